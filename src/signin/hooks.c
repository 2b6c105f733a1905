#include "signin/hooks.h"

#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "external/captcha.h"
#include "external/hook.h"
#include "signin/signin_int.h"

#include <stdio.h>
#include <string.h>

enum { PAYLOAD_MAX = 1 << 20 };

static void put(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "%s\"%s\":", b->n && b->p[b->n - 1] != '{' ? "," : "", name);
	json_put_string(b, str_of(text ? text : ""));
}

/* The error moves to where this service's answers take it from. */
static int fail(struct call *k)
{
	struct error e = k->c->err;
	if (e.details)
		fprintf(stderr, "auth: %s: %s\n", e.message, e.details);
	return refuse(k, e.http_status ? e.http_status : 500, arena_strdup(k->a, e.code), "%s",
		      e.message);
}

static int call(struct call *k, enum hook_kind kind, const struct buf *members, struct json **ret)
{
	struct str text = { buf_dup(k->a, members), members->n };
	if (hook_call(k->c, k->s->hooks, kind, str_of(k->ip), text, ret) < 0)
		return fail(k);
	return 0;
}

static const char *object(const char *json)
{
	return json && *json ? json : "{}";
}

int hook_before_user_created(struct call *k, const struct new_user *u)
{
	struct json *answer;
	BUF_CLEANUP struct buf b = buf_make(PAYLOAD_MAX);
	if (!hook_is_enabled(k->s->hooks, HOOK_BEFORE_USER_CREATED))
		return 0;
	buf_puts(&b, "\"user\":{");
	put(&b, "id", u->id);
	put(&b, "aud", k->aud);
	put(&b, "role", u->role ? u->role : "authenticated");
	put(&b, "email", u->email);
	put(&b, "phone", u->phone);
	buf_printf(&b,
		   ",\"app_metadata\":%s,\"user_metadata\":%s,\"identities\":[],"
		   "\"created_at\":\"0001-01-01T00:00:00Z\",\"updated_at\":"
		   "\"0001-01-01T00:00:00Z\",\"is_anonymous\":%s}",
		   object(u->app_metadata), object(u->user_metadata),
		   u->is_anonymous ? "true" : "false");
	return call(k, HOOK_BEFORE_USER_CREATED, &b, &answer);
}

/* What upstream's schema of claims asks for. */
static int check_claims(struct call *k, const struct json *claims)
{
	static const char *const needed[] = {
		"aud",	 "exp",	 "iat", "sub",	      "email",
		"phone", "role", "aal", "session_id", "is_anonymous"
	};
	if (!claims || claims->kind != JSON_OBJECT)
		return refuse(k, 500, "unexpected_failure", "output claims field is missing");
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (!json_get(claims, needed[i]))
			return refuse(k, 500, "unexpected_failure",
				      "output claims do not conform to the expected schema: \n- "
				      "(root): %s is required\n",
				      needed[i]);
	return 0;
}

int hook_access_token(struct call *k, const char *user_id, const char *method, const char **claims)
{
	struct json *answer;
	BUF_CLEANUP struct buf b = buf_make(PAYLOAD_MAX), out = buf_make(PAYLOAD_MAX);
	if (!hook_is_enabled(k->s->hooks, HOOK_CUSTOM_ACCESS_TOKEN))
		return 0;
	put(&b, "user_id", user_id);
	buf_printf(&b, ",\"claims\":%s", *claims);
	put(&b, "authentication_method", method);
	TRY(call(k, HOOK_CUSTOM_ACCESS_TOKEN, &b, &answer));
	const struct json *made = json_get(answer, "claims");
	TRY(check_claims(k, made));
	json_put(&out, made);
	if (!buf_ok(&out))
		return refuse(k, 500, "unexpected_failure", "error generating jwt token");
	*claims = buf_dup(k->a, &out);
	return 0;
}

static bool is_rejected(const struct json *answer)
{
	return str_is(json_get_str(answer, "decision", STR("")), "reject");
}

static const char *message_of(struct call *k, const struct json *answer, const char *dflt)
{
	struct str message = json_get_str(answer, "message", STR(""));
	return message.n ? str_dup(k->a, message) : dflt;
}

static int end_sessions(struct call *k, const char *user_id)
{
	struct txn t;
	txn_begin(&t, k);
	txn_add(&t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid", P(user_id));
	return txn_run(&t, "Error logging out user");
}

int hook_password(struct call *k, const char *user_id, bool is_valid)
{
	struct json *answer;
	BUF_CLEANUP struct buf b = buf_make(PAYLOAD_MAX);
	if (!hook_is_enabled(k->s->hooks, HOOK_PASSWORD_VERIFICATION))
		return 0;
	put(&b, "user_id", user_id);
	buf_printf(&b, ",\"valid\":%s", is_valid ? "true" : "false");
	TRY(call(k, HOOK_PASSWORD_VERIFICATION, &b, &answer));
	if (!is_rejected(answer))
		return 0;
	if (json_get_bool(answer, "should_logout_user", false))
		TRY(end_sessions(k, user_id));
	return refuse(
		k, 400, "invalid_credentials", "%s",
		message_of(k, answer, "Further password verification attempts will be rejected."));
}

int hook_mfa(struct call *k, const char *user_id, const char *factor_id, const char *type,
	     bool is_valid)
{
	struct json *answer;
	BUF_CLEANUP struct buf b = buf_make(PAYLOAD_MAX);
	if (!hook_is_enabled(k->s->hooks, HOOK_MFA_VERIFICATION))
		return 0;
	put(&b, "user_id", user_id);
	put(&b, "factor_id", factor_id);
	put(&b, "factor_type", type);
	buf_printf(&b, ",\"valid\":%s", is_valid ? "true" : "false");
	TRY(call(k, HOOK_MFA_VERIFICATION, &b, &answer));
	if (!is_rejected(answer))
		return 0;
	TRY(end_sessions(k, user_id));
	return refuse(k, 403, "mfa_verification_rejected", "%s",
		      message_of(k, answer, "Further MFA verification attempts will be rejected."));
}

bool hook_takes_mail(const struct call *k)
{
	return hook_is_enabled(k->s->hooks, HOOK_SEND_EMAIL);
}

int hook_send_email(struct call *k, const struct user *u, const struct hook_mail *m)
{
	struct json *answer;
	struct hook_mail mail = *m;
	BUF_CLEANUP struct buf b = buf_make(PAYLOAD_MAX);
	if (!mail.new_email)
		mail.new_email = "";
	m = &mail;
	buf_puts(&b, "\"user\":");
	if (u->row.n && !*m->new_email) {
		user_put(k, &b, u);
	} else {
		buf_char(&b, '{');
		put(&b, "id", u->id);
		put(&b, "aud", k->aud);
		put(&b, "role", "authenticated");
		put(&b, "email", u->email);
		put(&b, "phone", u->phone);
		if (*m->new_email)
			put(&b, "new_email", m->new_email);
		buf_printf(&b, ",\"app_metadata\":%s,\"user_metadata\":%s}",
			   object(u->app_metadata), object(u->user_metadata));
	}
	buf_puts(&b, ",\"email_data\":{");
	put(&b, "token", m->token);
	put(&b, "token_hash", m->token_hash);
	put(&b, "redirect_to", m->redirect_to);
	put(&b, "email_action_type", m->action);
	put(&b, "site_url", k->s->external_url);
	put(&b, "token_new", m->token_new);
	put(&b, "token_hash_new", m->token_hash_new);
	put(&b, "old_email", m->old_email);
	put(&b, "old_phone", "");
	put(&b, "provider", m->provider);
	put(&b, "factor_type", m->factor_type);
	buf_char(&b, '}');
	return call(k, HOOK_SEND_EMAIL, &b, &answer);
}

int captcha_check(struct call *k)
{
	const struct json *meta = json_get(k->body, "gotrue_meta_security");
	struct str token = json_get_str(meta, "captcha_token", STR(""));
	if (!captcha_is_enabled(k->s->o.cfg))
		return 0;
	if (captcha_verify(k->c, k->s->o.cfg, k->s->client, token, str_of(k->ip)) < 0)
		return fail(k);
	return 0;
}
