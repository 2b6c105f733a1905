/* POST /signup: with address and password, or anonymous. */
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "signin/hooks.h"
#include "signin/ott.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define EMAIL_PROVIDER "{\"provider\":\"email\",\"providers\":[\"email\"]}"
#define BY_EMAIL "{\"provider\":\"email\"}"

struct signup {
	const char *id, *email, *data, *hash; /* id: of a new user */
	bool is_pkce;
};

static int anonymous(struct call *k)
{
	struct txn t;
	struct issued in;
	const char *data = body_object(k, "data");
	struct new_user u = { .id = new_uuid(k->a), .is_anonymous = true, .user_metadata = data };
	if (!k->s->o.cfg->auth.enable_anonymous)
		return refuse(k, 422, "anonymous_provider_disabled",
			      "Anonymous sign-ins are disabled");
	TRY(limit_take_own(k, OWN_ANONYMOUS));
	TRY(hook_before_user_created(k, &u));
	txn_begin(&t, k);
	txn_new_user(&t, &u, NULL);
	session_issue(&t, u.id, "anonymous", &in);
	TRY(txn_run(&t, "Database error creating anonymous user"));
	return session_answer(k, &in);
}

/* What a new user would be answered, so that the address's owner is not told. */
static int answer_plausible(struct call *k, const struct signup *s)
{
	BUF_CLEANUP struct buf b = buf_make(2 << 20);
	char now[40];
	time_t t = time(NULL);
	struct tm tm;
	unsigned us = (unsigned)(unix_now() * 7919 % 1000000);
	size_t n = strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%S", gmtime_r(&t, &tm));
	snprintf(now + n, sizeof(now) - n, ".%06uZ", us);
	buf_printf(&b, "{\"id\":\"%s\",\"aud\":\"%s\",\"role\":\"\",\"email\":", new_uuid(k->a),
		   k->aud);
	json_put_string(&b, str_of(s->email));
	buf_printf(
		&b,
		",\"phone\":\"\",\"confirmation_sent_at\":\"%s\",\"app_metadata\":" EMAIL_PROVIDER
		",\"user_metadata\":%s,\"identities\":[],\"created_at\":\"%s\",\"updated_at\":"
		"\"%s\",\"is_anonymous\":false}",
		now, s->data ? s->data : "{}", now, now);
	return answer(k, 200, buf_view(&b));
}

static int existing(struct call *k, const struct signup *s, const struct user *u)
{
	struct txn t;
	txn_begin(&t, k);
	txn_audit(&t, u, "user_repeated_signup", BY_EMAIL);
	TRY(txn_run(&t, "Error recording audit log entry"));
	if (!k->s->o.cfg->auth.confirm_email)
		return refuse(k, 422, "user_already_exists", "User already registered");
	return answer_plausible(k, s);
}

static struct new_user new_user(const struct signup *s)
{
	return (struct new_user){ .id = s->id,
				  .email = s->email,
				  .password_hash = s->hash,
				  .user_metadata = s->data,
				  .app_metadata = EMAIL_PROVIDER };
}

/* The user's row, new or as somebody left it who never confirmed the address: the
 * credentials of such a one are replaced, since nobody has shown to own it. */
static const char *put_user(struct txn *t, const struct signup *s, const struct user *old)
{
	struct new_user u = new_user(s);
	if (!old) {
		txn_new_user(t, &u, s->data);
		return u.id;
	}
	txn_add(t,
		"UPDATE auth.users SET encrypted_password = $2, raw_user_meta_data = $3::jsonb, "
		"updated_at = now() WHERE id = $1::uuid AND email_confirmed_at IS NULL",
		P(old->id, s->hash, s->data ? s->data : "{}"));
	txn_expect_one(t, 422, "user_already_exists", "User already registered");
	txn_add(t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid", P(old->id));
	return old->id;
}

static int confirmed_at_once(struct call *k, const struct signup *s, const struct user *old)
{
	struct txn t;
	struct issued in;
	struct user actor = { .email = s->email, .phone = "" };
	txn_begin(&t, k);
	actor.id = put_user(&t, s, old);
	txn_confirm_email(&t, actor.id);
	txn_audit(&t, &actor, "user_signedup", BY_EMAIL);
	txn_audit(&t, &actor, "login", BY_EMAIL);
	session_issue(&t, actor.id, "password", &in);
	TRY(txn_run(&t, "Database error saving new user"));
	return session_answer(k, &in);
}

static int to_be_confirmed(struct call *k, const struct signup *s, const struct user *old)
{
	struct txn t;
	struct user u = { .email = s->email,
			  .phone = "",
			  .user_metadata = s->data ? s->data : "{}" };
	struct user *made;
	TRY(ott_check_frequency(k, &ott_signup, s->email, old ? old->confirmation_sent_at : 0));
	txn_begin(&t, k);
	u.id = put_user(&t, s, old);
	if (s->is_pkce)
		pkce_start(&t, "email", "email/signup", u.id);
	TRY(ott_send(&t, &ott_signup, &u, s->email, s->is_pkce));
	txn_audit(&t, &u, "user_confirmation_requested", BY_EMAIL);
	TRY(txn_run(&t, "Database error saving new user"));
	TRY(user_by_id(k, u.id, &made));
	return made ? answer_user(k, 200, made) : answer_plausible(k, s);
}

static int with_password(struct call *k, struct signup *s, const char *password)
{
	struct user *old;
	bool is_taken;
	TRY(password_hash(k, password, &s->hash));
	TRY(user_by_email(k, s->email, &old));
	if (old && user_is_confirmed(old))
		return existing(k, s, old);
	TRY(email_is_taken(k, s->email, old ? old->id : NULL, &is_taken));
	if (is_taken)
		return existing(k, s, NULL);
	s->id = new_uuid(k->a);
	struct new_user made = new_user(s);
	if (!old)
		TRY(hook_before_user_created(k, &made));
	return k->s->o.cfg->auth.confirm_email ? to_be_confirmed(k, s, old)
					       : confirmed_at_once(k, s, old);
}

int handle_signup(struct call *k)
{
	const struct config *cfg = k->s->o.cfg;
	const char *email = body_text(k, "email"), *phone = body_text(k, "phone");
	const char *password = body_text(k, "password");
	struct signup s = { .data = body_object(k, "data") };
	if (!cfg->auth.enable_signup)
		return refuse(k, 422, "signup_disabled", "Signups not allowed for this instance");
	if (!*email && !*phone)
		return anonymous(k);
	TRY(limit_take(k, LIMIT_SIGN_IN));
	if (!*password)
		return refuse(k, 400, "validation_failed", "Signup requires a valid password");
	TRY(password_check_strength(k, password));
	if (*email && *phone)
		return refuse(
			k, 400, "validation_failed",
			"Only an email address or phone number should be provided on signup.");
	TRY(pkce_check(k, &s.is_pkce));
	if (*phone)
		return refuse(k, 400, "phone_provider_disabled", "Phone signups are disabled");
	if (!cfg->auth.email_enabled)
		return refuse(k, 400, "email_provider_disabled", "Email signups are disabled");
	TRY(check_email(k, email, &s.email));
	if (with_password(k, &s, password) == 0)
		return 0;
	/* Somebody signed up with this address at the same moment: look again. */
	return k->is_duplicate ? with_password(k, &s, password) : -1;
}
