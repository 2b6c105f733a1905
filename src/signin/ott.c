#include "signin/ott.h"
#include "signin/hooks.h"

#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "signin/routes.h"
#include "signin/signin_int.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const struct ott_kind ott_signup = { "confirmation_token", "signup", MAIL_CONFIRMATION,
				     "email/signup" };
const struct ott_kind ott_invite = { "confirmation_token", "invite", MAIL_INVITE, "invite" };
const struct ott_kind ott_recovery = { "recovery_token", "recovery", MAIL_RECOVERY, "recovery" };
const struct ott_kind ott_magic_link = { "recovery_token", "magiclink", MAIL_MAGIC_LINK,
					 "magiclink" };
const struct ott_kind ott_reauth = { "reauthentication_token", "reauthentication",
				     MAIL_REAUTHENTICATION, "" };
const struct ott_kind ott_change_current = { "email_change_token_current", "email_change",
					     MAIL_EMAIL_CHANGE, "email_change" };
const struct ott_kind ott_change_new = { "email_change_token_new", "email_change",
					 MAIL_EMAIL_CHANGE, "email_change" };

const char *ott_hash(struct call *k, const char *address, const char *otp)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	const char *both = arena_printf(k->a, "%s%s", address, otp);
	EVP_Digest(both, strlen(both), md, &n, EVP_sha224(), NULL);
	return hex_of(k->a, md, n);
}

struct ott ott_new(struct call *k, const char *address, bool is_pkce)
{
	struct ott o;
	o.otp = new_random(k->a, "0123456789", (size_t)k->s->o.cfg->auth.otp_length);
	o.hash = arena_printf(k->a, "%s%s", is_pkce ? "pkce_" : "", ott_hash(k, address, o.otp));
	return o;
}

static const char *store_sql(const struct ott_kind *kind)
{
	if (kind == &ott_invite)
		return "UPDATE auth.users SET confirmation_token = $2, confirmation_sent_at = "
		       "now(), "
		       "invited_at = now(), updated_at = now() WHERE id = $1::uuid";
	if (kind == &ott_signup)
		return "UPDATE auth.users SET confirmation_token = $2, confirmation_sent_at = "
		       "now(), "
		       "updated_at = now() WHERE id = $1::uuid";
	if (kind == &ott_reauth)
		return "UPDATE auth.users SET reauthentication_token = $2, "
		       "reauthentication_sent_at = now(), updated_at = now() WHERE id = $1::uuid";
	if (kind == &ott_change_current)
		return "UPDATE auth.users SET email_change_token_current = $2, "
		       "email_change_sent_at = now(), updated_at = now() WHERE id = $1::uuid";
	if (kind == &ott_change_new)
		return "UPDATE auth.users SET email_change_token_new = $2, "
		       "email_change_sent_at = now(), updated_at = now() WHERE id = $1::uuid";
	return "UPDATE auth.users SET recovery_token = $2, recovery_sent_at = now(), "
	       "updated_at = now() WHERE id = $1::uuid";
}

void ott_store(struct txn *t, const struct ott_kind *kind, const char *user_id, const char *address,
	       const struct ott *o)
{
	txn_add(t, store_sql(kind), P(user_id, o->hash));
	txn_add(t,
		"DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid AND token_type::text = "
		"$2",
		P(user_id, kind->type));
	txn_add(t,
		"INSERT INTO auth.one_time_tokens (id, user_id, token_type, token_hash, "
		"relates_to, "
		"created_at, updated_at) VALUES ($1::uuid, $2::uuid, $3::auth.one_time_token_type, "
		"$4, $5, now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc')",
		P(new_uuid(t->k->a), user_id, kind->type, o->hash, address));
}

const char *ott_link(struct call *k, const char *type, const char *hash, const char *redirect_to)
{
	BUF_CLEANUP struct buf b = buf_make(16 << 10);
	buf_printf(&b, "%s/verify?token=%s&type=%s&redirect_to=", k->s->external_url, hash, type);
	if (strpbrk(redirect_to, "&=#% +"))
		put_urlencoded(&b, str_of(redirect_to));
	else
		buf_puts(&b, redirect_to);
	return buf_dup(k->a, &b);
}

static int compose(struct txn *t, enum mail_kind kind, const char *to, const struct mail_vars *v)
{
	struct call *k = t->k;
	struct step step;
	if (!k->s->o.mailer)
		return refuse(k, 500, "unexpected_failure", "There is no mailer");
	if (mail_compose(k->c, k->s->o.mailer, kind, to, v, &step) < 0) {
		if (err_is(k->c, "22023"))
			return refuse(k, 400, "email_address_invalid",
				      "Email address \"%s\" is invalid", to);
		return refuse_internal(k, "Error sending email");
	}
	txn_add(t, "", P_NONE);
	t->steps[t->n - 1] = step;
	t->has_mail = true;
	return 0;
}

/* The hook sends what the mailer would. */
static int mail_by_hook(struct txn *t, const struct ott_kind *kind, const struct user *u,
			const struct ott *o, const struct ott *other)
{
	struct hook_mail m = {
		.action = kind->mail_type,
		.token = o->otp,
		.token_hash = o->hash,
		.redirect_to = redirect_of(t->k, NULL),
		.new_email = kind->mail == MAIL_EMAIL_CHANGE ? u->email_change : NULL,
	};
	if (other) {
		/* As upstream: the hashes are crossed over. */
		m.token_new = other->otp;
		m.token_hash = other->hash;
		m.token_hash_new = o->hash;
	}
	return hook_send_email(t->k, u, &m);
}

int ott_mail(struct txn *t, const struct ott_kind *kind, const struct user *u, const char *to,
	     const struct ott *o)
{
	struct call *k = t->k;
	const char *redirect_to = redirect_of(k, NULL);
	struct mail_vars v = {
		.site_url = k->s->o.cfg->auth.site_url,
		.confirmation_url = ott_link(k, kind->mail_type, o->hash, redirect_to),
		.token = o->otp,
		.token_hash = o->hash,
		.email = u->email,
		.new_email = kind->mail == MAIL_EMAIL_CHANGE ? u->email_change : NULL,
		.sending_to = to,
		.redirect_to = redirect_to,
		.data = str_of(u->user_metadata ? u->user_metadata : "{}"),
	};
	if (hook_takes_mail(k))
		return mail_by_hook(t, kind, u, o, NULL);
	TRY(limit_mail(k));
	return compose(t, kind->mail, to, &v);
}

int ott_send(struct txn *t, const struct ott_kind *kind, const struct user *u, const char *to,
	     bool is_pkce)
{
	struct ott o = ott_new(t->k, to, is_pkce);
	ott_store(t, kind, u->id, to, &o);
	return ott_mail(t, kind, u, to, &o);
}

int ott_send_change(struct txn *t, const struct user *u, const char *new_email, bool is_pkce)
{
	struct user changed = *u;
	changed.email_change = new_email;
	txn_add(t,
		"UPDATE auth.users SET email_change = $2, email_change_confirm_status = 0, "
		"email_change_token_current = '', email_change_token_new = '' WHERE id = $1::uuid",
		P(u->id, new_email));
	bool is_double = t->k->s->o.cfg->auth.double_confirm && *u->email;
	if (is_double && hook_takes_mail(t->k)) {
		struct ott current = ott_new(t->k, u->email, is_pkce);
		struct ott next = ott_new(t->k, new_email, is_pkce);
		ott_store(t, &ott_change_current, u->id, u->email, &current);
		ott_store(t, &ott_change_new, u->id, new_email, &next);
		return mail_by_hook(t, &ott_change_current, &changed, &current, &next);
	}
	if (is_double)
		TRY(ott_send(t, &ott_change_current, &changed, u->email, is_pkce));
	return ott_send(t, &ott_change_new, &changed, new_email, is_pkce);
}

void ott_consume(struct txn *t, const char *user_id, const char *types, const char *hash,
		 const char *message)
{
	txn_add(t,
		"DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid AND "
		"strpos($2, token_type::text) > 0 AND token_hash = $3",
		P(user_id, types, hash));
	txn_expect_one(t, 403, "otp_expired", message);
}

static int too_soon(struct call *k, int64_t left)
{
	k->retry_after = left;
	return refuse(k, 429, "over_email_send_rate_limit",
		      "For security purposes, you can only request this after %lld seconds.",
		      (long long)left);
}

int ott_check_frequency(struct call *k, const struct ott_kind *kind, const char *address,
			int64_t sent_at)
{
	int64_t pause = k->s->max_frequency, left = sent_at + pause - unix_now(), wait = 0;
	struct timespec ts;
	struct limit what = { "mailed", 1, (double)pause };
	if (pause <= 0)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	const char *key = arena_printf(k->a, "%s %s", kind->type, address);
	if (!limits_take(k->s->limits, &what, str_of(key),
			 (double)ts.tv_sec + (double)ts.tv_nsec / 1e9, &wait))
		return too_soon(k, wait);
	return sent_at && left > 0 ? too_soon(k, left) : 0;
}

void mail_notify(struct txn *t, enum mail_kind kind, const struct user *u, const char *to,
		 const struct mail_vars *extra)
{
	struct call *k = t->k;
	struct mail_vars v = extra ? *extra : (struct mail_vars){ 0 };
	size_t before = t->n;
	if (!k->s->o.mailer || !mail_is_enabled(k->s->o.mailer, kind) || !*to)
		return;
	v.site_url = k->s->o.cfg->auth.site_url;
	v.email = u->email;
	v.sending_to = to;
	v.data = str_of(u->user_metadata);
	if (compose(t, kind, to, &v) < 0) {
		fprintf(stderr, "auth: a notification could not be made: %s\n", k->c->err.message);
		err_clear(k->c);
		k->error_code = NULL;
		t->n = before;
	}
}
