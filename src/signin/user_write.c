/* Changes of users, as steps of a transaction. */
#include "base/arena.h"
#include "base/buf.h"
#include "signin/signin_int.h"
#include "signin/user.h"

#include <string.h>

static void put_member(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", name);
	json_put_string(b, str_of(text));
}

static const char *identity_data(struct call *k, const char *user_id, const char *email,
				 const char *phone, bool is_verified)
{
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	buf_char(&b, '{');
	put_member(&b, "sub", user_id);
	if (email)
		put_member(&b, "email", email);
	if (phone)
		put_member(&b, "phone", phone);
	buf_printf(&b, ",\"email_verified\":%s,\"phone_verified\":%s}",
		   email && is_verified ? "true" : "false",
		   phone && is_verified ? "true" : "false");
	return buf_dup(k->a, &b);
}

static void new_identity(struct txn *t, const char *user_id, const char *provider, const char *data)
{
	txn_add(t,
		"INSERT INTO auth.identities (id, provider_id, user_id, identity_data, provider, "
		"last_sign_in_at, created_at, updated_at) "
		"VALUES ($1::uuid, $2, $3::uuid, $4::jsonb, $5, now(), now(), now())",
		P(new_uuid(t->k->a), user_id, user_id, data, provider));
}

void txn_new_email_identity(struct txn *t, const char *user_id, const char *email, bool is_verified,
			    const char *extra)
{
	const char *data = identity_data(t->k, user_id, email, NULL, is_verified);
	/* What GoTrue knows itself wins over what the caller says. */
	new_identity(t, user_id, "email", extra ? merge_json(t->k, extra, data) : data);
}

void txn_new_user(struct txn *t, const struct new_user *u, const char *identity_extra)
{
	txn_add(t,
		"INSERT INTO auth.users (instance_id, id, aud, role, email, phone, "
		"encrypted_password, raw_app_meta_data, raw_user_meta_data, created_at, "
		"updated_at, "
		"is_anonymous, confirmation_token, recovery_token, email_change_token_new, "
		"email_change) VALUES ('00000000-0000-0000-0000-000000000000', $1::uuid, $2, $3, "
		"$4, "
		"$5, $6, $7::jsonb, $8::jsonb, now(), now(), $9::boolean, '', '', '', '')",
		P(u->id, t->k->aud, u->role ? u->role : "authenticated", u->email, u->phone,
		  u->password_hash ? u->password_hash : "",
		  u->app_metadata ? u->app_metadata : "{}",
		  u->user_metadata ? u->user_metadata : "{}", u->is_anonymous ? "true" : "false"));
	if (u->email)
		txn_new_email_identity(t, u->id, u->email, false, identity_extra);
	if (u->phone)
		new_identity(t, u->id, "phone", identity_data(t->k, u->id, NULL, u->phone, false));
}

void txn_confirm_email(struct txn *t, const char *user_id)
{
	txn_add(t,
		"UPDATE auth.users SET email_confirmed_at = now(), confirmation_token = '', "
		"raw_user_meta_data = coalesce(raw_user_meta_data, '{}'::jsonb) || "
		"'{\"email_verified\": true}'::jsonb, updated_at = now() WHERE id = $1::uuid",
		P(user_id));
	txn_add(t,
		"UPDATE auth.identities SET identity_data = identity_data || "
		"'{\"email_verified\": true}'::jsonb, updated_at = now() WHERE user_id = $1::uuid "
		"AND "
		"provider = 'email'",
		P(user_id));
	txn_add(t, "DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid", P(user_id));
}

void txn_refresh_providers(struct txn *t, const char *user_id)
{
	txn_add(t,
		"UPDATE auth.users SET raw_app_meta_data = coalesce(raw_app_meta_data, "
		"'{}'::jsonb) || "
		"jsonb_build_object('provider', (SELECT i.provider FROM auth.identities i WHERE "
		"i.user_id = $1::uuid ORDER BY i.created_at LIMIT 1), 'providers', (SELECT "
		"jsonb_agg(p.provider ORDER BY p.began) FROM (SELECT i.provider, "
		"min(i.created_at) AS began FROM auth.identities i WHERE i.user_id = "
		"$1::uuid GROUP BY i.provider) p)), updated_at = now() WHERE id = $1::uuid AND "
		"EXISTS (SELECT 1 FROM "
		"auth.identities i WHERE i.user_id = $1::uuid)",
		P(user_id));
}

const char *merge_json(struct call *k, const char *base, const char *patch)
{
	struct json *old, *new;
	if (json_parse(k->c, str_of(base), (struct json_limits){ 0 }, &old) < 0 ||
	    old->kind != JSON_OBJECT) {
		err_clear(k->c);
		old = NULL;
	}
	if (json_parse(k->c, str_of(patch), (struct json_limits){ 0 }, &new) < 0) {
		err_clear(k->c);
		return base;
	}
	BUF_CLEANUP struct buf b = buf_make(4 << 20);
	buf_char(&b, '{');
	for (const struct json *src = old ? old : new; src; src = src == old ? new : NULL)
		for (const struct json *m = src->child; m; m = m->next) {
			const char *key = str_dup(k->a, m->key);
			if ((src == old && json_get(new, key)) || json_get(src, key) != m ||
			    (src == new && m->kind == JSON_NULL))
				continue;
			if (b.n > 1)
				buf_char(&b, ',');
			json_put_string(&b, m->key);
			buf_char(&b, ':');
			json_put(&b, m);
		}
	buf_char(&b, '}');
	return buf_dup(k->a, &b);
}

int txn_merge_metadata(struct txn *t, const struct user *u, const char *column, const char *patch)
{
	bool is_app = !strcmp(column, "raw_app_meta_data");
	const char *now = is_app ? u->app_metadata : u->user_metadata;
	txn_add(t,
		is_app ? "UPDATE auth.users SET raw_app_meta_data = $2::jsonb, updated_at = now() "
			 "WHERE id = $1::uuid"
		       : "UPDATE auth.users SET raw_user_meta_data = $2::jsonb, updated_at = now() "
			 "WHERE id = $1::uuid",
		P(u->id, merge_json(t->k, now, patch)));
	return 0;
}

static bool is_atext(unsigned char c)
{
	return c >= 128 || (c > ' ' && c < 127 && !strchr("\"(),:;<>@[\\]", c));
}

static bool is_address(struct str s)
{
	ptrdiff_t at = -1;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '@')
			at = (ptrdiff_t)i;
	if (at < 1 || (size_t)at + 1 >= s.n || at > 64)
		return false;
	for (size_t i = 0; i < (size_t)at; i++)
		if (!is_atext((unsigned char)s.p[i]))
			return false;
	struct str domain = str_from(s, (size_t)at + 1);
	if (domain.p[0] == '.' || domain.p[0] == '-' || domain.p[domain.n - 1] == '.')
		return false;
	for (size_t i = 0; i < domain.n; i++) {
		unsigned char c = (unsigned char)domain.p[i];
		bool is_letter = (c | 32) >= 'a' && (c | 32) <= 'z';
		if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c < 128)
			return false;
	}
	return str_find(domain, STR("..")) < 0;
}

int check_email(struct call *k, const char *email, const char **ret)
{
	struct str s = str_of(email);
	if (!s.n)
		return refuse(k, 400, "validation_failed", "An email address is required");
	if (s.n > 255)
		return refuse(k, 400, "validation_failed", "An email address is too long");
	if (!is_address(s))
		return refuse(k, 400, "validation_failed",
			      "Unable to validate email address: invalid format");
	*ret = str_dup(k->a, str_lower(k->a, s));
	return 0;
}
