#include "signin/session.h"

#include "auth/auth.h"
#include "base/arena.h"
#include "base/b64.h"
#include "base/buf.h"
#include "config/config.h"
#include "net/request.h"
#include "net/response.h"
#include "signin/counted.h"
#include "signin/hooks.h"
#include "signin/signin_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char token_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
enum { TOKEN_CHARS = 12 };

static const char *user_agent(struct call *k)
{
	struct str agent = request_header(k->rq, "User-Agent");
	return agent.p ? str_dup(k->a, str_sub(agent, 0, 1024)) : NULL;
}

static void add_refresh_token(struct txn *t, const char *token, const char *user_id,
			      const char *session_id, const char *parent)
{
	txn_add(t,
		"INSERT INTO auth.refresh_tokens (instance_id, token, user_id, revoked, "
		"created_at, "
		"updated_at, parent, session_id) VALUES ('00000000-0000-0000-0000-000000000000', "
		"$1, "
		"$2, false, now(), now(), $3, $4::uuid)",
		P(token, user_id, parent, session_id));
}

/* The session's key and its first token; NULL where tokens have rows. */
static const char *new_key(struct call *k, struct issued *in)
{
	unsigned char key[COUNTED_KEY];
	struct str raw = { (const char *)key, sizeof(key) };
	if (strcmp(k->s->o.cfg->auth.refresh_tokens, "counted") != 0)
		return NULL;
	randombytes_buf(key, sizeof(key));
	in->refresh_token = counted_make(k->a, in->session_id, 0, raw);
	return b64url_encode(k->a, raw);
}

void session_issue(struct txn *t, const char *user_id, const char *method, struct issued *ret)
{
	struct arena *a = t->k->a;
	*ret = (struct issued){ .user_id = user_id,
				.method = method,
				.session_id = new_uuid(a),
				.refresh_token = new_random(a, token_alphabet, TOKEN_CHARS) };
	const char *key = new_key(t->k, ret);
	txn_add(t,
		"INSERT INTO auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, "
		"ip, refresh_token_hmac_key, refresh_token_counter) "
		"VALUES ($1::uuid, $2::uuid, now(), now(), 'aal1', $3, $4::inet, $5, $6::bigint)",
		P(ret->session_id, user_id, user_agent(t->k), t->k->ip, key, key ? "0" : NULL));
	txn_add(t,
		"INSERT INTO auth.mfa_amr_claims (id, session_id, created_at, updated_at, "
		"authentication_method) VALUES ($1::uuid, $2::uuid, now(), now(), $3)",
		P(new_uuid(a), ret->session_id, method));
	if (!key)
		add_refresh_token(t, ret->refresh_token, user_id, ret->session_id, NULL);
	txn_add(t,
		"UPDATE auth.users SET last_sign_in_at = now(), updated_at = now() "
		"WHERE id = $1::uuid",
		P(user_id));
}

/* Two on, so that not even the last token of the lower level works. */
static int swap_counted(struct txn *t, const char *session_id, const struct rows *r,
			const char **ret_token)
{
	struct call *k = t->k;
	struct str key;
	int64_t counter = 0;
	if (!b64url_decode(k->a, rows_at(r, 0, 0), &key) || !str_to_i64(rows_at(r, 0, 1), &counter))
		return refuse_internal(k, "Failed to get session's refresh token key");
	*ret_token = counted_make(k->a, session_id, counter + 2, key);
	txn_add(t,
		"UPDATE auth.sessions SET refresh_token_counter = refresh_token_counter + 2 WHERE "
		"id = "
		"$1::uuid AND refresh_token_counter = $2::bigint",
		P(session_id, arena_printf(k->a, "%lld", (long long)counter)));
	txn_expect_one(t, 409, "conflict",
		       "Too many concurrent token refresh requests on the same session or refresh "
		       "token");
	return 0;
}

int session_swap_token(struct txn *t, const char *session_id, const char *user_id,
		       const char **ret_token)
{
	const char *token = new_random(t->k->a, token_alphabet, TOKEN_CHARS);
	struct rows r;
	TRY(txn_query(
		t->k,
		"SELECT refresh_token_hmac_key, refresh_token_counter FROM auth.sessions WHERE id "
		"= $1::uuid AND refresh_token_hmac_key IS NOT NULL",
		P(session_id), &r));
	if (r.n)
		return swap_counted(t, session_id, &r, ret_token);
	txn_add(t,
		"INSERT INTO auth.refresh_tokens (instance_id, token, user_id, revoked, "
		"created_at, "
		"updated_at, parent, session_id) SELECT '00000000-0000-0000-0000-000000000000', "
		"$1, "
		"$2, false, now(), now(), (SELECT r.token FROM auth.refresh_tokens r WHERE "
		"r.session_id = $3::uuid AND r.revoked = false ORDER BY r.id DESC LIMIT 1), "
		"$3::uuid",
		P(token, user_id, session_id));
	txn_add(t,
		"UPDATE auth.refresh_tokens SET revoked = true, updated_at = now() WHERE "
		"session_id = $1::uuid AND revoked = false AND token <> $2",
		P(session_id, token));
	*ret_token = token;
	return 0;
}

struct session_facts {
	const char *aal;
	const char *amr; /* JSON array */
};

static int read_facts(struct call *k, const char *session_id, struct session_facts *ret)
{
	struct rows rows;
	TRY(txn_query(k,
		      "SELECT s.aal, (SELECT json_agg(json_build_object('method', "
		      "m.authentication_method, 'timestamp', floor(extract(epoch FROM "
		      "m.updated_at))::bigint) ORDER BY m.updated_at DESC) FROM "
		      "auth.mfa_amr_claims m WHERE m.session_id = s.id) FROM auth.sessions s WHERE "
		      "s.id = $1::uuid",
		      P(session_id), &rows));
	if (!rows.n)
		return refuse(k, 403, "session_not_found",
			      "Session from session_id claim in JWT does not exist");
	ret->aal = rows_at(&rows, 0, 0).p ? rows_text(k, &rows, 0, 0) : "aal1";
	ret->amr = rows_at(&rows, 0, 1).p ? rows_text(k, &rows, 0, 1) : "[]";
	return 0;
}

static void put_text(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, ",\"%s\":", name);
	json_put_string(b, str_of(text));
}

/* The claims, and what a custom-access-token hook makes of them. */
static int access_token(struct call *k, const struct user *u, const struct issued *in,
			int64_t expires_at, const char **ret)
{
	const struct config *cfg = k->s->o.cfg;
	struct session_facts facts;
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	TRY(read_facts(k, in->session_id, &facts));
	buf_puts(&b, "{\"iss\":");
	json_put_string(&b, str_of(cfg->auth.jwt_issuer));
	put_text(&b, "sub", u->id);
	put_text(&b, "aud", u->aud);
	buf_printf(&b, ",\"exp\":%lld,\"iat\":%lld", (long long)expires_at,
		   (long long)(expires_at - cfg->auth.jwt_expiry));
	put_text(&b, "email", u->email);
	put_text(&b, "phone", u->phone);
	buf_printf(&b, ",\"app_metadata\":%s,\"user_metadata\":%s", u->app_metadata,
		   u->user_metadata);
	put_text(&b, "role", u->role);
	put_text(&b, "aal", facts.aal);
	buf_printf(&b, ",\"amr\":%s", facts.amr);
	put_text(&b, "session_id", in->session_id);
	buf_printf(&b, ",\"is_anonymous\":%s}", u->is_anonymous ? "true" : "false");
	const char *text = buf_dup(k->a, &b);
	if (buf_ok(&b))
		TRY(hook_access_token(k, u->id, in->method ? in->method : "token_refresh", &text));
	if (!buf_ok(&b) || auth_sign(k->c, k->s->o.auth, str_of(text), ret) < 0)
		return refuse_internal(k, "error generating jwt token");
	return 0;
}

struct made {
	const char *token;
	int64_t expires_at;
	struct user *user;
};

static int make(struct call *k, const struct issued *in, struct made *ret)
{
	TRY(user_by_id(k, in->user_id, &ret->user));
	if (!ret->user)
		return refuse(k, 403, "user_not_found",
			      "User from sub claim in JWT does not exist");
	ret->expires_at = unix_now() + k->s->o.cfg->auth.jwt_expiry;
	TRY(access_token(k, ret->user, in, ret->expires_at, &ret->token));
	response_header(k->rs, "sb-auth-user-id", str_of(in->user_id));
	response_header(k->rs, "sb-auth-session-id", str_of(in->session_id));
	atomic_fetch_add_explicit(&k->s->n_sign_ins, 1, memory_order_relaxed);
	return 0;
}

int session_answer(struct call *k, const struct issued *in)
{
	struct made m;
	BUF_CLEANUP struct buf b = buf_make(16 << 20);
	TRY(make(k, in, &m));
	buf_puts(&b, "{\"access_token\":");
	json_put_string(&b, str_of(m.token));
	buf_printf(&b, ",\"token_type\":\"bearer\",\"expires_in\":%lld,\"expires_at\":%lld",
		   (long long)k->s->o.cfg->auth.jwt_expiry, (long long)m.expires_at);
	put_text(&b, "refresh_token", in->refresh_token);
	buf_puts(&b, ",\"user\":");
	user_put(k, &b, m.user);
	if (in->provider_token)
		put_text(&b, "provider_token", in->provider_token);
	if (in->provider_refresh_token)
		put_text(&b, "provider_refresh_token", in->provider_refresh_token);
	if (in->weak_reasons)
		buf_printf(&b,
			   ",\"weak_password\":{\"message\":\"Password is weak\",\"reasons\":[%s]}",
			   in->weak_reasons);
	buf_char(&b, '}');
	return answer(k, 200, buf_view(&b));
}

int session_put_fragment(struct call *k, struct buf *b, const struct issued *in, const char *type)
{
	struct made m;
	TRY(make(k, in, &m));
	buf_printf(b, "access_token=%s&expires_at=%lld&expires_in=%lld", m.token,
		   (long long)m.expires_at, (long long)k->s->o.cfg->auth.jwt_expiry);
	if (in->provider_refresh_token) {
		buf_puts(b, "&provider_refresh_token=");
		put_urlencoded(b, str_of(in->provider_refresh_token));
	}
	if (in->provider_token) {
		buf_puts(b, "&provider_token=");
		put_urlencoded(b, str_of(in->provider_token));
	}
	buf_printf(b, "&refresh_token=%s&sb=&token_type=bearer", in->refresh_token);
	if (type) {
		buf_puts(b, "&type=");
		put_urlencoded(b, str_of(type));
	}
	return 0;
}
