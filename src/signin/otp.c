/* POST /otp, /magiclink, /recover, /resend: everything that mails a code.
 *
 * The answer, its limits and its cost (a durable write) are the same whether or not
 * anybody has the address. */
#include "base/arena.h"
#include "config/config.h"
#include "signin/hooks.h"
#include "signin/ott.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/signin_int.h"

#include <string.h>

static int answer_unknown(struct call *k)
{
	struct txn t;
	txn_begin(&t, k);
	txn_audit(&t, NULL, "user_recovery_requested", "{\"unknown_address\":true}");
	TRY(txn_run(&t, "Unable to process request"));
	return answer_empty(k);
}

static int mail_to(struct call *k, const struct ott_kind *kind, const struct user *u, bool is_pkce,
		   int64_t sent_at, const char *action)
{
	struct txn t;
	TRY(ott_check_frequency(k, kind, u->email, sent_at));
	txn_begin(&t, k);
	if (is_pkce)
		pkce_start(&t, kind->flow, kind->flow, u->id);
	TRY(ott_send(&t, kind, u, u->email, is_pkce));
	txn_audit(&t, u, action, NULL);
	TRY(txn_run(&t, "Unable to process request"));
	return answer_empty(k);
}

/* Signs up whoever answers the mail. A password that somebody set without ever
 * showing to own the address goes. */
static int mail_new_user(struct call *k, const char *email, struct user *old, bool is_pkce)
{
	struct txn t;
	const char *data = body_object(k, "data");
	struct user u = { .email = email, .phone = "", .user_metadata = data ? data : "{}" };
	struct new_user made = { .id = new_uuid(k->a),
				 .email = email,
				 .user_metadata = data,
				 .app_metadata =
					 "{\"provider\":\"email\",\"providers\":[\"email\"]}" };
	bool is_confirming = k->s->o.cfg->auth.confirm_email;
	const struct ott_kind *kind = is_confirming ? &ott_signup : &ott_magic_link;
	if (!k->s->o.cfg->auth.enable_signup)
		return refuse(k, 422, "signup_disabled", "Signups not allowed for this instance");
	TRY(ott_check_frequency(k, kind, email, old ? old->confirmation_sent_at : 0));
	if (!old)
		TRY(hook_before_user_created(k, &made));
	txn_begin(&t, k);
	u.id = old ? old->id : made.id;
	if (old)
		txn_add(&t,
			"UPDATE auth.users SET encrypted_password = '' WHERE id = $1::uuid AND "
			"email_confirmed_at IS NULL",
			P(old->id));
	else
		txn_new_user(&t, &made, data);
	if (!is_confirming)
		txn_confirm_email(&t, u.id);
	if (is_pkce)
		pkce_start(&t, kind->flow, kind->flow, u.id);
	TRY(ott_send(&t, kind, &u, email, is_pkce));
	txn_audit(&t, &u, "user_confirmation_requested", "{\"provider\":\"email\"}");
	TRY(txn_run(&t, "Database error saving new user"));
	return answer_empty(k);
}

static int magic_link(struct call *k, bool is_creating)
{
	const char *email;
	bool is_pkce;
	struct user *u;
	if (!k->s->o.cfg->auth.email_enabled)
		return refuse(k, 422, "email_provider_disabled", "Email logins are disabled");
	TRY(check_email(k, body_text(k, "email"), &email));
	TRY(pkce_check(k, &is_pkce));
	TRY(user_by_email(k, email, &u));
	if (!u && !is_creating)
		return refuse(k, 422, "otp_disabled", "Signups not allowed for otp");
	if (!u || !user_is_confirmed(u))
		return mail_new_user(k, email, u, is_pkce);
	return mail_to(k, &ott_magic_link, u, is_pkce, u->recovery_sent_at,
		       "user_recovery_requested");
}

int handle_otp(struct call *k)
{
	const char *email = body_text(k, "email"), *phone = body_text(k, "phone");
	if (*email && *phone)
		return refuse(k, 400, "validation_failed",
			      "Only an email address or phone number should be provided");
	if (*email && *body_text(k, "channel"))
		return refuse(k, 400, "validation_failed",
			      "Channel should only be specified with Phone OTP");
	if (*phone)
		return refuse(k, 400, "phone_provider_disabled", "Unsupported phone provider");
	if (!*email)
		return refuse(k, 400, "validation_failed", "One of email or phone must be set");
	return magic_link(k, json_get_bool(k->body, "create_user", true));
}

int handle_magiclink(struct call *k)
{
	return magic_link(k, true);
}

int handle_recover(struct call *k)
{
	const char *email = body_text(k, "email");
	bool is_pkce;
	struct user *u;
	if (!*email)
		return refuse(k, 400, "validation_failed", "Password recovery requires an email");
	TRY(check_email(k, email, &email));
	TRY(pkce_check(k, &is_pkce));
	TRY(user_by_email(k, email, &u));
	if (u)
		return mail_to(k, &ott_recovery, u, is_pkce, u->recovery_sent_at,
			       "user_recovery_requested");
	TRY(ott_check_frequency(k, &ott_recovery, email, 0));
	return answer_unknown(k);
}

static int resend_change(struct call *k, const struct user *u, bool is_pkce)
{
	struct txn t;
	TRY(ott_check_frequency(k, &ott_change_new, u->email_change, u->email_change_sent_at));
	txn_begin(&t, k);
	if (is_pkce)
		pkce_start(&t, "email_change", "email_change", u->id);
	TRY(ott_send_change(&t, u, u->email_change, is_pkce));
	TRY(txn_run(&t, "Error sending email change email"));
	return answer_empty(k);
}

int handle_resend(struct call *k)
{
	const char *type = body_text(k, "type"), *email = body_text(k, "email");
	bool is_change = !strcmp(type, "email_change"), is_pkce;
	struct user *u;
	if (!is_change && strcmp(type, "signup"))
		return refuse(k, 400, "validation_failed",
			      !strcmp(type, "sms") || !strcmp(type, "phone_change")
				      ? "Type provided requires a phone number"
				      : "Missing one of these types: signup, email_change, sms, "
					"phone_change");
	TRY(pkce_check(k, &is_pkce));
	if (!*email && !is_change)
		return refuse(k, 400, "validation_failed",
			      "Type provided requires an email address");
	if (!*email)
		return refuse(k, 400, "validation_failed", "Missing email address or phone number");
	if (!k->s->o.cfg->auth.email_enabled)
		return refuse(k, 400, "email_provider_disabled", "Email logins are disabled");
	TRY(check_email(k, email, &email));
	TRY(user_by_email(k, email, &u));
	if (u && is_change && *u->email_change)
		return resend_change(k, u, is_pkce);
	if (u && !is_change && !user_is_confirmed(u))
		return mail_to(k, &ott_signup, u, is_pkce, u->confirmation_sent_at,
			       "user_confirmation_requested");
	TRY(ott_check_frequency(k, is_change ? &ott_change_new : &ott_signup, email, 0));
	return answer_unknown(k);
}
