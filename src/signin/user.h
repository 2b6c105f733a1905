/* Users as rows of auth.users with their identities and factors. */
#ifndef SIGNIN_USER_H
#define SIGNIN_USER_H

#include "signin/txn.h"

struct buf;

/* A row; texts are "" for NULL, times Unix seconds with 0 for NULL. */
struct user {
	const char *id, *aud, *role, *email, *phone;
	const char *password_hash;
	const char *confirmation_token, *recovery_token, *reauthentication_token;
	const char *email_change, *email_change_token_current, *email_change_token_new;
	int email_change_status;
	const char *app_metadata, *user_metadata; /* JSON objects */
	const char *identities, *factors;	  /* JSON arrays, as the API shows them */
	bool is_anonymous, is_sso;
	int64_t email_confirmed_at, confirmation_sent_at, recovery_sent_at, email_change_sent_at,
		reauthentication_sent_at, invited_at, banned_until, deleted_at, phone_confirmed_at;
	struct rows row; /* what the above was read from */
};

/* Each: *ret NULL when there is none. Suspends. */
int user_by_id(struct call *k, const char *id, struct user **ret);
int user_by_email(struct call *k, const char *email, struct user **ret);
/* By a condition on auth.users u, for the calls that look for a token. */
int user_where(struct call *k, const char *condition, const char *const *params, size_t n,
	       struct user **ret);
/* A list: condition, ORDER BY and LIMIT in `tail`. */
int users_list(struct call *k, const char *tail, const char *const *params, size_t n,
	       struct user ***ret, size_t *ret_n);

/* Whether another user than `except` (NULL: any) has the address, in users or
 * in an identity. */
int email_is_taken(struct call *k, const char *email, const char *except, bool *ret);

bool user_is_banned(const struct user *u);
bool user_is_confirmed(const struct user *u);
/* It has a verified factor. */
bool user_has_mfa(struct call *k, const struct user *u);

/* As the API shows it. */
void user_put(struct call *k, struct buf *b, const struct user *u);
int answer_user(struct call *k, int status, const struct user *u);

struct new_user {
	const char *id, *email, *phone; /* email and phone NULL for none */
	const char *password_hash;	/* NULL none */
	const char *role;		/* NULL: authenticated */
	const char *user_metadata;	/* JSON object text or NULL */
	const char *app_metadata;
	bool is_anonymous;
};
/* Appends the INSERTs of the user and, with an address or number, of its
 * identities, whose data get `identity_extra` (JSON object or NULL) below sub, email
 * and the verified flags. */
void txn_new_user(struct txn *t, const struct new_user *u, const char *identity_extra);
void txn_new_email_identity(struct txn *t, const char *user_id, const char *email, bool is_verified,
			    const char *extra);
/* The address is confirmed: user, metadata, identity; all one-time tokens end. */
void txn_confirm_email(struct txn *t, const char *user_id);
/* provider and providers of app_metadata, from the identities. */
void txn_refresh_providers(struct txn *t, const char *user_id);
/* Merges into user or app metadata; null members remove keys. `column` is a literal. */
int txn_merge_metadata(struct txn *t, const struct user *u, const char *column, const char *patch);
/* JSON of base with the members of patch over it, null members removed. */
const char *merge_json(struct call *k, const char *base, const char *patch);

/* Lower case, and refused as GoTrue does when it is no address. */
int check_email(struct call *k, const char *email, const char **ret);

#endif
