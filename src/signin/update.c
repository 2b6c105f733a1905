/* PUT /user: what a user may change about itself. */
#include "base/arena.h"
#include "config/config.h"
#include "signin/ott.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <string.h>

enum { RECENT_SECONDS = 24 * 3600 };

struct update {
	const char *email, *password, *data; /* NULL: unchanged */
	const char *hash;
	bool has_password, is_pkce, is_email_new;
};

static int check_password(struct call *k, struct update *up, bool is_nonce_needed)
{
	const struct user *u = k->user;
	bool is_same = false, is_right = false;
	if (is_nonce_needed && !*body_text(k, "nonce"))
		return refuse(k, 400, "reauthentication_needed",
			      "Password update requires reauthentication");
	if (*u->password_hash && *up->password) {
		const char *old = body_text(k, "current_password");
		if (*old)
			TRY(password_verify(k, old, u->password_hash, &is_right));
		if (*old && !is_right)
			return refuse(k, 400, "current_password_invalid",
				      "Current password required when setting new password.");
		TRY(password_verify(k, up->password, u->password_hash, &is_same));
	}
	if (is_same)
		return refuse(k, 422, "same_password",
			      "New password should be different from the old password.");
	return *up->password ? password_hash(k, up->password, &up->hash) : 0;
}

static int check_rights(struct call *k, const struct update *up)
{
	const struct user *u = k->user;
	bool is_aal2 = k->session && !strcmp(k->session->aal, "aal2");
	if (json_get(k->body, "app_metadata"))
		return refuse(k, 403, "not_admin",
			      "Updating app_metadata requires admin privileges");
	if (user_has_mfa(k, u) && !is_aal2 &&
	    ((up->has_password && *up->password) || up->is_email_new))
		return refuse(k, 401, "insufficient_aal",
			      "AAL2 session is required to update email or password when MFA is "
			      "enabled.");
	if (u->is_anonymous && up->has_password && *up->password && !up->email)
		return refuse(k, 422, "validation_failed",
			      "Updating password of an anonymous user without an email or phone is "
			      "not allowed");
	if (u->is_sso && ((up->has_password && *up->password) || up->is_email_new))
		return refuse(k, 422, "user_sso_managed",
			      "Updating email, phone, password of a SSO account only possible via "
			      "SSO");
	return 0;
}

static int read_update(struct call *k, struct update *up)
{
	const char *email = body_text(k, "email");
	struct json *password = json_get(k->body, "password");
	bool is_taken = false;
	if (*body_text(k, "phone"))
		return refuse(k, 400, "phone_provider_disabled", "Unsupported phone provider");
	if (*email)
		TRY(check_email(k, email, &up->email));
	up->has_password = password && password->kind == JSON_STRING;
	up->password = up->has_password ? str_dup(k->a, password->text) : NULL;
	up->data = body_object(k, "data");
	up->is_email_new = up->email && strcmp(up->email, k->user->email);
	if (up->has_password)
		TRY(password_check_strength(k, up->password));
	TRY(pkce_check(k, &up->is_pkce));
	TRY(check_rights(k, up));
	if (up->is_email_new)
		TRY(email_is_taken(k, up->email, k->user->id, &is_taken));
	return is_taken ? refuse(k, 422, "email_exists",
				 "A user with this email address has already been registered")
			: 0;
}

/* The code that reauthenticate mailed, consumed in this transaction. */
static void use_nonce(struct txn *t)
{
	struct call *k = t->k;
	txn_add(t,
		"DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid AND token_type::text = "
		"'reauthentication_token' AND token_hash = $2 AND created_at > (now() AT TIME ZONE "
		"'utc') - make_interval(secs => $3::float8)",
		P(k->user->id, ott_hash(k, k->user->email, body_text(k, "nonce")),
		  arena_printf(k->a, "%lld", (long long)k->s->o.cfg->auth.otp_expiry)));
	txn_expect_one(t, 422, "reauthentication_not_valid", "Nonce has expired or is invalid");
}

/* All that an older password's holder may have started ends. */
static void set_password(struct txn *t, const struct update *up)
{
	struct call *k = t->k;
	const char *id = k->user->id;
	txn_add(t,
		"UPDATE auth.users SET encrypted_password = $2, confirmation_token = '', "
		"recovery_token = '', email_change_token_current = '', email_change_token_new = "
		"'', "
		"reauthentication_token = '', recovery_sent_at = NULL, confirmation_sent_at = "
		"NULL, "
		"email_change_sent_at = NULL, reauthentication_sent_at = NULL, updated_at = now() "
		"WHERE id = $1::uuid",
		P(id, up->hash ? up->hash : ""));
	txn_add(t, "DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid", P(id));
	txn_add(t,
		"DELETE FROM auth.sessions WHERE user_id = $1::uuid AND ($2::uuid IS NULL OR id <> "
		"$2::uuid)",
		P(id, k->session ? k->session->id : NULL));
	txn_audit(t, k->user, "user_updated_password", NULL);
	if (*k->user->email)
		mail_notify(t, MAIL_PASSWORD_CHANGED, k->user, k->user->email, NULL);
}

/* An anonymous user where addresses need no confirmation becomes one with it. */
static void take_email(struct txn *t, const char *email)
{
	const char *id = t->k->user->id;
	txn_add(t,
		"UPDATE auth.users SET email = $2, is_anonymous = false, email_confirmed_at = "
		"now(), "
		"updated_at = now() WHERE id = $1::uuid",
		P(id, email));
	txn_new_email_identity(t, id, email, true, NULL);
	txn_refresh_providers(t, id);
}

static int change_email(struct txn *t, const struct update *up)
{
	struct call *k = t->k;
	if (k->user->is_anonymous && !k->s->o.cfg->auth.confirm_email) {
		take_email(t, up->email);
		return 0;
	}
	TRY(ott_check_frequency(k, &ott_change_new, up->email, k->user->email_change_sent_at));
	if (up->is_pkce)
		pkce_start(t, "email_change", "email_change", k->user->id);
	return ott_send_change(t, k->user, up->email, up->is_pkce);
}

int handle_user_put(struct call *k)
{
	struct update up = { 0 };
	struct txn t;
	struct user *u;
	TRY(read_update(k, &up));
	bool is_recent = k->session && k->session->created_at + RECENT_SECONDS > unix_now();
	bool is_nonce_needed =
		up.has_password && k->s->o.cfg->auth.secure_password_change && !is_recent;
	if (up.has_password)
		TRY(check_password(k, &up, is_nonce_needed));
	txn_begin(&t, k);
	if (is_nonce_needed)
		use_nonce(&t);
	if (up.has_password)
		set_password(&t, &up);
	if (up.data)
		txn_merge_metadata(&t, k->user, "raw_user_meta_data", up.data);
	if (up.is_email_new)
		TRY(change_email(&t, &up));
	txn_audit(&t, k->user, "user_modified", NULL);
	TRY(txn_run(&t, "Error updating user"));
	TRY(user_by_id(k, k->user->id, &u));
	return u ? answer_user(k, 200, u) : refuse(k, 404, "user_not_found", "User not found");
}
