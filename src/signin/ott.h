/*
 * One-time tokens: what is mailed, how it is stored, how it is consumed.
 *
 * A code's hash is hex(sha224(address + code)), "pkce_" before it in the PKCE
 * flow, in auth.one_time_tokens and in the user's row. It is consumed by one DELETE
 * that must hit one row: of two requests with one code, one gets in.
 */
#ifndef SIGNIN_OTT_H
#define SIGNIN_OTT_H

#include "mail/mail.h"
#include "signin/user.h"

struct ott {
	const char *otp;  /* digits */
	const char *hash; /* with its prefix */
};

/* The columns of a kind of token. */
struct ott_kind {
	const char *type;      /* one_time_token_type */
	const char *mail_type; /* "signup": ?type= of the link */
	enum mail_kind mail;
	const char *flow; /* authentication_method of its flow_state */
};
extern const struct ott_kind ott_signup, ott_invite, ott_recovery, ott_magic_link, ott_reauth,
	ott_change_current, ott_change_new;

const char *ott_hash(struct call *k, const char *address, const char *otp);
struct ott ott_new(struct call *k, const char *address, bool is_pkce);

/* Appends: the token in both tables, without a mail. address: what it proves. */
void ott_store(struct txn *t, const struct ott_kind *kind, const char *user_id, const char *address,
	       const struct ott *o);
/* Appends: the mail in the queue. -1 with over_email_send_rate_limit. */
int ott_mail(struct txn *t, const struct ott_kind *kind, const struct user *u, const char *to,
	     const struct ott *o);
/* Both, for an address of the user. u needs id, email, user_metadata. */
int ott_send(struct txn *t, const struct ott_kind *kind, const struct user *u, const char *to,
	     bool is_pkce);
/* Both mails of an e-mail change. */
int ott_send_change(struct txn *t, const struct user *u, const char *new_email, bool is_pkce);
/* Appends the consuming step; 403 otp_expired when it is not there. */
void ott_consume(struct txn *t, const char *user_id, const char *types, const char *hash,
		 const char *message);

/* 429 when a mail of this kind went to the address less than max_frequency ago,
 * whether or not anybody has it. */
int ott_check_frequency(struct call *k, const struct ott_kind *kind, const char *address,
			int64_t sent_at);

/* A notification, where it is switched on; failures to compose are only logged. */
void mail_notify(struct txn *t, enum mail_kind kind, const struct user *u, const char *to,
		 const struct mail_vars *extra);

const char *ott_link(struct call *k, const char *type, const char *hash, const char *redirect_to);
/* Where the caller wants to be led, if that is allowed; else the site's URL. */
const char *redirect_of(struct call *k, const char *from_body);

/* PKCE: checks code_challenge and its method in the body; *ret whether it is asked for. */
int pkce_check(struct call *k, bool *ret);
void pkce_start(struct txn *t, const char *provider, const char *method, const char *user_id);
bool pkce_matches(struct arena *a, const char *challenge, const char *method, const char *verifier);

#endif
