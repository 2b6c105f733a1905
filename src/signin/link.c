#include "signin/link.h"

#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "signin/hooks.h"
#include "signin/ott.h"
#include "signin/signin_int.h"

#include <stdio.h>
#include <string.h>

int refuse_external(struct call *k, const char *text)
{
	fprintf(stderr, "auth: %s: %s\n", text, k->c->err.message);
	return refuse(k, 500, "unexpected_failure", "%s", text);
}

static int find_identity(struct call *k, const struct link *l, const char **ret_user_id)
{
	struct rows r;
	*ret_user_id = NULL;
	TRY(txn_query(
		k, "SELECT user_id FROM auth.identities WHERE provider = $1 AND provider_id = $2",
		P(l->provider, l->id->subject), &r));
	if (r.n)
		*ret_user_id = rows_text(k, &r, 0, 0);
	return 0;
}

/* The accounts that have an address: by identity, else as their own. */
static int find_owner(struct call *k, const char *email, const char **owner)
{
	struct rows r;
	TRY(txn_query(k,
		      "SELECT i.user_id FROM auth.identities i JOIN auth.users u ON u.id = "
		      "i.user_id WHERE i.email = $1 AND i.provider NOT LIKE 'sso:%' AND u.aud = $2 "
		      "UNION SELECT u.id FROM auth.users u WHERE u.email = $1 AND u.aud = $2 AND "
		      "u.is_sso_user = false",
		      P(email, k->aud), &r));
	for (size_t i = 0; i < r.n; i++) {
		const char *id = rows_text(k, &r, i, 0);
		if (*owner && strcmp(*owner, id) != 0)
			return refuse(k, 500, "unexpected_failure",
				      "Multiple accounts with the same email address in the same "
				      "linking domain detected: default");
		*owner = id;
	}
	return 0;
}

static int find_by_address(struct call *k, const struct link *l, const char **ret_user_id)
{
	*ret_user_id = NULL;
	for (size_t i = 0; i < l->id->n_emails; i++)
		if (l->id->emails[i].is_verified) {
			struct str email = str_lower(k->a, l->id->emails[i].address);
			TRY(find_owner(k, str_dup(k->a, email), ret_user_id));
		}
	return 0;
}

/* An address that somebody has is not given to a new account. */
static int choose_email(struct call *k, struct link *l)
{
	bool is_taken = false;
	l->email = "";
	if (!l->id->email)
		return 0;
	const char *email = str_dup(k->a, str_lower(k->a, l->id->email->address));
	TRY(email_is_taken(k, email, NULL, &is_taken));
	if (!is_taken)
		l->email = email;
	return 0;
}

static const char *app_metadata(struct call *k, const struct link *l)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	buf_puts(&b, "{\"provider\":");
	json_put_string(&b, str_of(l->provider));
	buf_puts(&b, ",\"providers\":[");
	json_put_string(&b, str_of(l->provider));
	buf_puts(&b, "]}");
	return buf_dup(k->a, &b);
}

static int decide_new(struct call *k, struct link *l)
{
	if (!k->s->o.cfg->auth.enable_signup)
		return refuse(k, 422, "signup_disabled", "Signups not allowed for this instance");
	l->kind = LINK_CREATE;
	l->user_id = new_uuid(k->a);
	TRY(choose_email(k, l));
	struct new_user u = { .id = l->user_id,
			      .email = *l->email ? l->email : NULL,
			      .user_metadata = l->id->data,
			      .app_metadata = app_metadata(k, l) };
	return hook_before_user_created(k, &u);
}

int link_decide(struct call *k, const struct identity *id, const struct provider *p,
		struct link *ret)
{
	struct link l = { .id = id, .provider = provider_name(p), .email = "" };
	if (!id->email && !provider_config(p)->email_optional)
		return refuse(k, 500, "unexpected_failure",
			      "Error getting user email from external provider");
	TRY(find_identity(k, &l, &l.user_id));
	l.kind = LINK_EXISTS;
	if (!l.user_id) {
		TRY(find_by_address(k, &l, &l.user_id));
		l.kind = LINK_ADD;
	}
	if (!l.user_id)
		TRY(decide_new(k, &l));
	else
		TRY(user_by_id(k, l.user_id, &l.user));
	if (l.kind != LINK_CREATE && (!l.user || l.user->deleted_at))
		return refuse(k, 403, "user_not_found", "User not found");
	if (l.user && user_is_banned(l.user))
		return refuse(k, 403, "user_banned", "User is banned");
	*ret = l;
	return 0;
}

static const char *add_identity(struct txn *t, const char *user_id, const char *provider,
				const struct identity *id)
{
	const char *row = new_uuid(t->k->a);
	txn_add(t,
		"INSERT INTO auth.identities (id, provider_id, user_id, identity_data, provider, "
		"last_sign_in_at, created_at, updated_at) VALUES ($1::uuid, $2, $3::uuid, "
		"$4::jsonb, $5, now(), now(), now())",
		P(row, id->subject, user_id, id->data, provider));
	return row;
}

/* As txn_new_user(), with the identity of its provider instead of one by mail. */
static void create(struct txn *t, const struct link *l)
{
	txn_add(t,
		"INSERT INTO auth.users (instance_id, id, aud, role, email, encrypted_password, "
		"raw_app_meta_data, raw_user_meta_data, created_at, updated_at, is_anonymous, "
		"confirmation_token, recovery_token, email_change_token_new, email_change) VALUES "
		"('00000000-0000-0000-0000-000000000000', $1::uuid, $2, 'authenticated', $3, '', "
		"$4::jsonb, $5::jsonb, now(), now(), false, '', '', '', '')",
		P(l->user_id, t->k->aud, *l->email ? l->email : NULL, app_metadata(t->k, l),
		  l->id->data));
	add_identity(t, l->user_id, l->provider, l->id);
}

static void update_identity(struct txn *t, const struct link *l)
{
	txn_add(t,
		"UPDATE auth.identities SET identity_data = $3::jsonb, last_sign_in_at = now(), "
		"updated_at = now() WHERE provider = $1 AND provider_id = $2",
		P(l->provider, l->id->subject, l->id->data));
	txn_expect_one(t, 500, "unexpected_failure", "The identity is gone");
}

/* Whoever made this account before did not show to own its address: what they
 * could get in with goes. */
static void wipe_unconfirmed(struct txn *t, const struct link *l)
{
	txn_add(t,
		"UPDATE auth.users SET encrypted_password = '', phone = NULL, phone_confirmed_at = "
		"NULL, raw_user_meta_data = $2::jsonb, updated_at = now() WHERE id = $1::uuid AND "
		"email_confirmed_at IS NULL",
		P(l->user_id, l->id->data));
	txn_expect_one(t, 500, "unexpected_failure", "The account changed meanwhile");
	txn_add(t,
		"DELETE FROM auth.identities WHERE user_id = $1::uuid AND NOT (provider = $2 AND "
		"provider_id = $3)",
		P(l->user_id, l->provider, l->id->subject));
	txn_add(t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid", P(l->user_id));
	txn_add(t, "DELETE FROM auth.mfa_factors WHERE user_id = $1::uuid", P(l->user_id));
	txn_add(t, "DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid", P(l->user_id));
}

static const char *trait(struct call *k, const struct link *l)
{
	BUF_CLEANUP struct buf b = buf_make(1024);
	buf_puts(&b, "{\"provider\":");
	json_put_string(&b, str_of(l->provider));
	buf_char(&b, '}');
	return buf_dup(k->a, &b);
}

/* What becomes of an account whose address is not confirmed. */
static int settle(struct txn *t, struct link *l, struct user *u)
{
	const struct config *cfg = t->k->s->o.cfg;
	bool is_proven = l->id->email && l->id->email->is_verified;
	if (l->kind != LINK_CREATE)
		wipe_unconfirmed(t, l);
	if (is_proven || !cfg->auth.confirm_email) {
		txn_audit(t, u, "user_signedup", trait(t->k, l));
		txn_confirm_email(t, l->user_id);
		return 0;
	}
	l->is_pending = true;
	l->email = u->email;
	return *u->email ? ott_send(t, &ott_signup, u, u->email, false) : 0;
}

int link_apply(struct txn *t, struct link *l)
{
	struct user fresh = { .id = l->user_id,
			      .email = l->email,
			      .phone = "",
			      .user_metadata = l->id->data,
			      .app_metadata = "{}",
			      .identities = "[]",
			      .factors = "[]" };
	struct user *u = l->user ? l->user : &fresh;
	if (l->kind == LINK_CREATE)
		create(t, l);
	else if (l->kind == LINK_ADD)
		add_identity(t, l->user_id, l->provider, l->id);
	else
		update_identity(t, l);
	bool has_address = *u->email || (l->kind == LINK_CREATE && l->id->email);
	if (has_address && !user_is_confirmed(u))
		TRY(settle(t, l, u));
	else
		txn_audit(t, u, "login", trait(t->k, l));
	if (l->kind != LINK_CREATE) {
		if (user_is_confirmed(u))
			TRY(txn_merge_metadata(t, u, "raw_user_meta_data", l->id->data));
		txn_refresh_providers(t, l->user_id);
	}
	if (l->kind == LINK_ADD)
		txn_audit(t, u, "identity_link", trait(t->k, l));
	return 0;
}

int link_pending(struct call *k, const struct link *l)
{
	if (!*l->email)
		return refuse(k, 422, "provider_email_needs_verification",
			      "Unverified email with %s. Verify the email with %s in order to "
			      "sign in",
			      l->provider, l->provider);
	return refuse(k, 422, "provider_email_needs_verification",
		      "Unverified email with %s. A confirmation email has been sent to your %s "
		      "email",
		      l->provider, l->provider);
}

/* The first address of an account without one. */
static int adopt_email(struct txn *t, struct user *u, const struct identity *id)
{
	bool is_taken = false;
	if (*u->email || !id->email || !id->email->is_verified)
		return 0;
	const char *email = str_dup(t->k->a, str_lower(t->k->a, id->email->address));
	TRY(email_is_taken(t->k, email, u->id, &is_taken));
	if (is_taken)
		return refuse(t->k, 422, "email_exists",
			      "A user with this email address has already been registered");
	txn_add(t,
		"UPDATE auth.users SET email = $2, is_anonymous = false, updated_at = now() WHERE "
		"id = $1::uuid AND coalesce(email, '') = ''",
		P(u->id, email));
	txn_expect_one(t, 500, "unexpected_failure", "The account changed meanwhile");
	txn_confirm_email(t, u->id);
	return 0;
}

int link_to_user(struct txn *t, struct user *u, const struct identity *id, const struct provider *p)
{
	struct link l = { .id = id, .provider = provider_name(p), .user_id = u->id };
	const char *owner;
	TRY(find_identity(t->k, &l, &owner));
	if (owner)
		return refuse(t->k, 422, "identity_already_exists",
			      strcmp(owner, u->id) == 0
				      ? "Identity is already linked"
				      : "Identity is already linked to another user");
	TRY(adopt_email(t, u, id));
	add_identity(t, u->id, l.provider, id);
	txn_audit(t, u, "identity_link", trait(t->k, &l));
	txn_refresh_providers(t, u->id);
	if (*u->email)
		mail_notify(t, MAIL_IDENTITY_LINKED, u, u->email,
			    &(struct mail_vars){ .provider = l.provider });
	return 0;
}
