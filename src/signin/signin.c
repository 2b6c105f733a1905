#include "signin/signin.h"

#include "auth/auth.h"
#include "base/arena.h"
#include "base/check.h"
#include "config/config.h"
#include "external/hook.h"
#include "external/provider.h"
#include "loop/pool.h"
#include "mail/mail.h"
#include "net/client.h"
#include "net/request.h"
#include "net/response.h"
#include "signin/cleanup.h"
#include "signin/hooks.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/signin_int.h"
#include "signin/user.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 20, HASH_QUEUE = 2000, JSON_DEPTH = 64 };

static int check_settings(struct ctx *c, struct signin *s)
{
	const struct config *cfg = s->o.cfg;
	s->timebox = duration_seconds(cfg->auth.timebox);
	s->inactivity = duration_seconds(cfg->auth.inactivity_timeout);
	s->max_frequency = duration_seconds(cfg->auth.max_frequency);
	if (s->timebox < 0 || s->inactivity < 0 || s->max_frequency < 0)
		return err_set(c, "F0000",
			       "[auth]: sessions.timebox, sessions.inactivity_timeout and "
			       "email.max_frequency are durations such as \"1h30m\" or \"10s\"");
	if (strcmp(cfg->auth.password_hash, "bcrypt") &&
	    strcmp(cfg->auth.password_hash, "argon2id"))
		return err_set(c, "F0000",
			       "[bedplate].password_hash is \"%s\", not bcrypt or argon2id",
			       cfg->auth.password_hash);
	if (strcmp(cfg->auth.refresh_tokens, "opaque") &&
	    strcmp(cfg->auth.refresh_tokens, "counted"))
		return err_set(c, "F0000",
			       "[bedplate].refresh_tokens is \"%s\", not opaque or counted",
			       cfg->auth.refresh_tokens);
	if (cfg->auth.otp_length < 6 || cfg->auth.otp_length > 10)
		return err_set(c, "F0000", "[auth.email].otp_length is not between 6 and 10");
	return 0;
}

static int start_external(struct ctx *c, struct signin *s)
{
	struct http_client_options o = { 0 };
	TRY(http_client_new(c, &o, &s->client));
	struct hooks_options h = { s->o.engine, s->o.cfg, s->client };
	TRY(hooks_new(c, &h, &s->hooks));
	return providers_new(c, s->o.cfg, s->client, &s->providers);
}

static int start(struct ctx *c, struct signin *s)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const char *url = s->o.cfg->auth.external_url;
	TRY(check_settings(c, s));
	TRY(start_external(c, s));
	if (sodium_init() < 0)
		return err_set(c, "F0000", "the random source is not available");
	s->arena = arena_new(0);
	s->external_url = *url ? arena_strdup(s->arena, url)
			       : arena_printf(s->arena, "%s/auth/v1", s->o.cfg->api.external_url);
	s->limits = limits_new();
	s->dummy_hash = password_make(s->arena, "no password of anybody",
				      !strcmp(s->o.cfg->auth.password_hash, "argon2id"));
	if (!s->dummy_hash)
		return err_set(c, "F0000", "this system cannot hash passwords");
	return pool_new(c, "passwords",
			cores < 1    ? 1
			: cores > 64 ? 64
				     : (unsigned)cores,
			HASH_QUEUE, &s->pool);
}

int signin_new(struct ctx *c, const struct signin_options *o, struct signin **ret)
{
	struct signin *s = calloc(1, sizeof(*s));
	CHECK(s);
	s->o = *o;
	if (start(c, s) < 0) {
		signin_free(s);
		return -1;
	}
	*ret = s;
	return 0;
}

void signin_free(struct signin *s)
{
	if (!s)
		return;
	pool_free(s->pool);
	hooks_free(s->hooks);
	providers_free(s->providers);
	http_client_free(s->client);
	limits_free(s->limits);
	arena_free(s->arena);
	free(s);
}

void signin_metrics(struct signin *s, struct buf *out)
{
	static const char *const names[] = { "sign_ins", "refused", "rate_limited", "refreshes" };
	uint64_t v[] = { atomic_load(&s->n_sign_ins), atomic_load(&s->n_refused),
			 atomic_load(&s->n_limited), atomic_load(&s->n_refreshed) };
	for (size_t i = 0; i < 4; i++)
		buf_printf(out,
			   "# TYPE bedplate_auth_%s_total counter\nbedplate_auth_%s_total %llu\n",
			   names[i], names[i], (unsigned long long)v[i]);
	if (s->o.mailer)
		mailer_metrics(s->o.mailer, out);
	buf_printf(out,
		   "# TYPE bedplate_auth_password_queue gauge\nbedplate_auth_password_queue %zu\n",
		   pool_queued(s->pool));
}

/* The peer, or the last address of the header that a trusted proxy sets. */
static const char *client_ip(struct call *k)
{
	const char *name = k->s->o.cfg->auth.ip_header;
	struct str v = *name ? request_header(k->rq, name) : (struct str){ 0 };
	struct str last = { 0 };
	while (v.p)
		last = str_trim(str_split(&v, ','));
	if (last.n && last.n < 64)
		return str_dup(k->a, last);
	return str_is(k->rq->peer, "unix") ? "127.0.0.1" : str_dup(k->a, k->rq->peer);
}

static int read_body(struct call *k)
{
	struct str body = k->rq->body;
	bool has_none = !str_trim(body).n;
	if (body.n > BODY_MAX)
		return refuse(k, 413, "request_entity_too_large",
			      "Request body too large (max %d bytes)", BODY_MAX);
	if (has_none &&
	    (k->rq->method == HTTP_DELETE || k->rq->method == HTTP_GET || !k->rq->body.p ||
	     str_ends(k->rq->path, STR("/logout")) || str_ends(k->rq->path, STR("/challenge"))))
		body = STR("{}");
	/* What Apple posts to /callback is a form. */
	if (k->rq->method == HTTP_GET || k->rq->method == HTTP_HEAD ||
	    str_ends(k->rq->path, STR("/callback")))
		body = STR("{}");
	if (json_parse(k->c, body, (struct json_limits){ .max_depth = JSON_DEPTH }, &k->body) < 0)
		return refuse(k, 400, "bad_json", "Could not parse request body as JSON: %s",
			      k->c->err.message);
	if (k->body->kind != JSON_OBJECT)
		return refuse(k, 400, "bad_json",
			      "Could not parse request body as JSON: not an object");
	return 0;
}

static struct credential credential_of(struct call *k)
{
	struct credential cr;
	credential_resolve(k->s->o.auth, request_header(k->rq, "Authorization"),
			   request_header(k->rq, "apikey"), (struct str){ 0 }, &cr);
	return cr;
}

static int verify_token(struct call *k)
{
	struct credential cr = credential_of(k);
	struct principal who;
	if (cr.kind != CREDENTIAL_BEARER)
		return refuse(k, 401, "no_authorization",
			      "This endpoint requires a valid Bearer token");
	if (auth_verify(k->c, k->s->o.auth, &cr, &who) < 0) {
		bool is_expired = strstr(k->c->err.message, "expired");
		return refuse(k, 403, "bad_jwt",
			      "invalid JWT: unable to parse or verify signature, %s",
			      is_expired ? "token has invalid claims: token is expired"
					 : k->c->err.message);
	}
	k->rq->role = str_of(who.role);
	if (json_parse(k->c, who.claims_json, (struct json_limits){ 0 }, &k->claims) < 0)
		return refuse(k, 403, "bad_jwt", "invalid token: missing claims");
	return 0;
}

static int load_session(struct call *k, const char *id)
{
	struct rows r;
	TRY(txn_query(
		k,
		"SELECT s.aal, floor(extract(epoch FROM s.created_at))::bigint, EXISTS (SELECT 1 "
		"FROM auth.mfa_amr_claims m WHERE m.session_id = s.id AND "
		"m.authentication_method = 'recovery') FROM auth.sessions s WHERE s.id = "
		"$1::uuid AND s.user_id = $2::uuid",
		P(id, k->user->id), &r));
	if (!r.n)
		return refuse(k, 403, "session_not_found",
			      "Session from session_id claim in JWT does not exist");
	k->session = ARENA_NEW(k->a, struct caller_session);
	k->session->id = id;
	k->session->aal = rows_at(&r, 0, 0).p ? rows_text(k, &r, 0, 0) : "aal1";
	str_to_i64(rows_at(&r, 0, 1), &k->session->created_at);
	k->session->is_recovery = rows_at(&r, 0, 2).p[0] == 't';
	return 0;
}

static int need_user(struct call *k, unsigned needs)
{
	struct str sub = json_get_str(k->claims, "sub", STR(""));
	struct str sid = json_get_str(k->claims, "session_id", STR(""));
	if (!sub.n)
		return refuse(k, 403, "bad_jwt", "invalid claim: missing sub claim");
	if (!is_uuid(sub))
		return refuse(k, 400, "bad_jwt", "invalid claim: sub claim must be a UUID");
	TRY(user_by_id(k, str_dup(k->a, sub), &k->user));
	if (!k->user || k->user->deleted_at)
		return refuse(k, 403, "user_not_found",
			      "User from sub claim in JWT does not exist");
	if (user_is_banned(k->user))
		return refuse(k, 403, "user_banned", "User is banned");
	if (sid.n && !is_uuid(sid))
		return refuse(k, 403, "bad_jwt", "invalid claim: session_id claim must be a UUID");
	if (sid.n)
		TRY(load_session(k, str_dup(k->a, sid)));
	if ((needs & NEEDS_NO_ANON) && k->user->is_anonymous)
		return refuse(k, 403, "no_authorization",
			      "Anonymous user not allowed to perform these actions");
	return 0;
}

int require_user(struct call *k)
{
	TRY(verify_token(k));
	return need_user(k, NEEDS_USER);
}

static int authorize(struct call *k, const struct route *r)
{
	if (!(r->needs & (NEEDS_USER | NEEDS_ADMIN)))
		return 0;
	TRY(verify_token(k));
	if (r->needs & NEEDS_USER)
		return need_user(k, r->needs);
	struct str role = json_get_str(k->claims, "role", STR(""));
	if (!str_is(role, "service_role") && !str_is(role, "supabase_admin"))
		return refuse(k, 403, "not_admin", "User not allowed");
	return 0;
}

/* Grants that rest on something else than a person's input take none. */
static int check_captcha(struct call *k, const struct route *r)
{
	const char *grant = query_text(k, "grant_type");
	struct credential cr = credential_of(k);
	bool is_exempt = grant && strcmp(grant, "password") != 0;
	if (!(r->needs & NEEDS_CAPTCHA) || is_exempt || cr.key == CREDENTIAL_KEY_SECRET)
		return 0;
	return captcha_check(k);
}

static int check_params(struct call *k, const struct route *r)
{
	for (size_t i = 0; i < 2 && k->params[i]; i++)
		if (!is_uuid(str_of(k->params[i])))
			return refuse(k, 404, "validation_failed", "%s must be an UUID",
				      str_starts(str_of(r->path), STR("/admin/users")) && !i
					      ? "user_id"
					      : "factor_id");
	return 0;
}

static int run(struct call *k, struct str path)
{
	bool is_known;
	const struct route *r = route_find(k, path, &is_known);
	struct credential cr = credential_of(k);
	if (!(r && r->needs & NO_KEY) && credential_require_key(k->c, k->s->o.auth, &cr) < 0)
		return refuse(k, 401, "no_authorization", "%s", k->c->err.message);
	if (!r && is_known)
		return refuse(k, 405, "validation_failed", "Method not allowed");
	if (!r)
		return refuse(k, 404, "not_found", "404 page not found");
	TRY(limit_take(k, r->limit));
	TRY(authorize(k, r));
	TRY(check_params(k, r));
	TRY(read_body(k));
	TRY(check_captcha(k, r));
	return r->handler(k);
}

/* Both formats that the SDKs know, by X-Supabase-Api-Version. */
static void answer_error(struct call *k)
{
	const struct error *e = &k->c->err;
	const char *code = k->error_code ? k->error_code : "unexpected_failure";
	bool is_new =
		str_cmp(request_header(k->rq, "X-Supabase-Api-Version"), STR("2024-01-01")) >= 0;
	int status = e->http_status ? e->http_status : 500;
	struct buf b = buf_make(64 << 10);
	const char *message = k->error_code
				      ? e->message
				      : "Unexpected failure, please check server logs for more "
					"information";
	if (is_new)
		buf_printf(&b, "{\"code\":\"%s\",\"message\":", code);
	else
		buf_printf(&b, "{\"code\":%d,\"error_code\":\"%s\",\"msg\":", status, code);
	json_put_string(&b, str_of(message));
	if (k->weak_reasons)
		buf_printf(&b, ",\"weak_password\":{\"reasons\":[%s]}", k->weak_reasons);
	buf_char(&b, '}');
	response_clear(k->rs);
	response_text(k->rs, status, "application/json", buf_view(&b));
	response_header(k->rs, "x-sb-error-code", str_of(code));
	if (is_new)
		response_header(k->rs, "X-Supabase-Api-Version", STR("2024-01-01"));
	if (k->retry_after > 0)
		response_headerf(k->rs, "Retry-After", "%lld", (long long)k->retry_after);
	buf_free(&b);
}

int signin_handle(struct ctx *c, struct request *rq, struct response *rs, struct str path,
		  struct signin *s)
{
	struct call k = { .c = c, .a = c->arena, .s = s, .rq = rq, .rs = rs };
	struct str aud = request_header(rq, "X-JWT-AUD");
	k.aud = aud.n ? str_dup(c->arena, aud) : SIGNIN_AUD;
	k.ip = client_ip(&k);
	if (run(&k, path) < 0)
		answer_error(&k);
	cleanup_sometimes(&k);
	return 0;
}
