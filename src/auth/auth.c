#include "auth/auth.h"

#include "auth/auth_internal.h"
#include "auth/cache.h"
#include "auth/jwt.h"
#include "base/arena.h"
#include "base/b64.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "config/file.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The exp of the tokens of `supabase start`; with a signing key, ten years on. */
enum { DEMO_EXPIRY = 1983812996, TEN_YEARS = 3650 * 86400 };

static int64_t now_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME_COARSE, &t);
	return t.tv_sec;
}

static int add_file(struct ctx *c, struct jwks *keys, const char *path, const char *setting,
		    bool is_foreign)
{
	struct str text;
	if (file_read(c, path, JWK_TEXT_MAX, &text) < 0 ||
	    jwks_add_json(c, keys, text, is_foreign) < 0)
		return err_wrap(c, "%s", setting);
	return 0;
}

static int add_secret(struct ctx *c, struct auth *a)
{
	struct str secret = str_of(a->cfg->auth.jwt_secret);
	if (a->cfg->server.jwt_secret_is_base64 &&
	    !b64_decode_any(c->arena, str_of(a->cfg->auth.jwt_secret), &secret))
		return err_set(c, "F0000", "auth.jwt_secret is not base64");
	bool is_json = str_starts(str_trim(secret), STR("{"));
	if ((is_json ? jwks_add_json(c, a->keys, secret, false)
		     : jwks_add_secret(c, a->keys, secret)) < 0)
		return err_wrap(c, "auth.jwt_secret");
	return 0;
}

static int read_keys(struct ctx *c, struct auth *a)
{
	const struct config *cfg = a->cfg;
	if (!cfg->server.accept_jwt)
		return 0;
	if (cfg->auth.signing_keys_path)
		TRY(add_file(c, a->keys, cfg->auth.signing_keys_path, "auth.signing_keys_path",
			     false));
	TRY(add_secret(c, a));
	if (cfg->server.jwks_path)
		TRY(add_file(c, a->keys, cfg->server.jwks_path, "bedplate.jwks_path", true));
	return 0;
}

/* The token of an API key, in the CLI's own shape. */
static int mint(struct ctx *c, const struct auth *a, const char *given, const char *role,
		const char **ret)
{
	const struct jwk *signer = jwks_signer(a->keys);
	const char *token = given ? given : "";
	if (!given && signer) {
		bool is_demo = jwk_alg(signer) == JWK_HS256;
		int64_t exp = is_demo ? DEMO_EXPIRY : now_seconds() + TEN_YEARS;
		const char *claims = arena_printf(
			c->arena, "{\"iss\":\"supabase-demo\",\"role\":\"%s\",\"exp\":%lld}", role,
			(long long)exp);
		TRY(jwt_sign(c, signer, str_of(claims), &token));
	}
	*ret = arena_strdup(a->arena, token);
	return 0;
}

static void set_anonymous(struct auth *a)
{
	const char *role = a->cfg->server.anon_role;
	struct json none = { .kind = JSON_OBJECT };
	if (!*role)
		return;
	a->anonymous = (struct principal){
		.role = role,
		.claims_json = claims_text(a->arena, &none, role),
		.is_anonymous = true,
	};
}

static int fill(struct ctx *c, struct auth *a)
{
	const struct config *cfg = a->cfg;
	TRY(role_path_parse(c, a->arena, cfg->server.jwt_role_claim, &a->role_path));
	TRY(read_keys(c, a));
	TRY(mint(c, a, cfg->auth.anon_key, "anon", &a->anon_key));
	TRY(mint(c, a, cfg->auth.service_role_key, "service_role", &a->service_role_key));
	set_anonymous(a);
	return 0;
}

int auth_new(struct ctx *c, const struct config *cfg, struct auth **ret)
{
	struct arena *arena = arena_new(0);
	struct auth *a = ARENA_NEW(arena, struct auth);
	a->arena = arena;
	a->cfg = cfg;
	a->keys = jwks_new();
	pthread_mutex_init(&a->lock, NULL);
	a->issuers = arena_array(arena, cfg->auth.n_third_party + 1, sizeof(struct issuer_keys *));
	if (fill(c, a) < 0) {
		auth_free(a);
		return -1;
	}
	a->cache = token_cache_new((size_t)cfg->server.jwt_cache_max_entries);
	*ret = a;
	return 0;
}

static void keys_unref(struct issuer_keys *k)
{
	if (!k || --k->refs)
		return;
	jwks_free(k->jwks);
	free(k);
}

void auth_set_issuer_keys(struct auth *a, size_t i, struct jwks *keys)
{
	struct issuer_keys *k = calloc(1, sizeof(*k));
	CHECK(k && i < a->cfg->auth.n_third_party);
	*k = (struct issuer_keys){ keys, 1 };
	pthread_mutex_lock(&a->lock);
	keys_unref(a->issuers[i]);
	a->issuers[i] = k;
	pthread_mutex_unlock(&a->lock);
}

void auth_free(struct auth *a)
{
	if (!a)
		return;
	token_cache_free(a->cache);
	for (size_t i = 0; i < a->cfg->auth.n_third_party; i++)
		keys_unref(a->issuers[i]);
	pthread_mutex_destroy(&a->lock);
	jwks_free(a->keys);
	arena_free(a->arena);
}

/* A third party's key vouches only for tokens that name a configured issuer. */
static int check_issuer(struct ctx *c, const struct auth *a, const struct jwk *key,
			const struct json *claims)
{
	const struct config_auth *cfg = &a->cfg->auth;
	if (!jwk_is_foreign(key) || cfg->n_third_party == 0)
		return 0;
	struct str iss = json_get_str(claims, "iss", STR(""));
	for (size_t i = 0; i < cfg->n_third_party; i++)
		if (str_is(iss, cfg->third_party[i].issuer))
			return 0;
	jwt_refuse(c, "PGRST301", "No suitable key or wrong key type");
	return err_details(c, "The issuer of the JWT is not one that is configured");
}

/* PostgreSQL takes SET ROLE none for a reset to the connection's own role,
 * which may be a superuser: it must not come from a token. */
static int check_role(struct ctx *c, const char *role)
{
	if (*role && strcmp(role, "none") != 0)
		return 0;
	err_set(c, "22023", "role \"%s\" does not exist", role);
	return err_http(c, 401);
}

static int principal_of(struct ctx *c, const struct auth *a, const struct json *claims,
			struct principal *ret)
{
	const char *role = role_path_get(c->arena, &a->role_path, claims);
	if (!role)
		role = a->anonymous.role;
	if (!role)
		return jwt_refuse(c, "PGRST302", "Anonymous access is disabled");
	TRY(check_role(c, role));
	*ret = (struct principal){
		.role = role,
		.claims_json = claims_text(c->arena, claims, role),
		.subject = json_get_str(claims, "sub", (struct str){ 0 }),
		.is_anonymous = strcmp(role, a->cfg->server.anon_role) == 0,
		.expires_at = jwt_expiry(claims),
	};
	return 0;
}

/* What the token says of its issuer, not verified yet: it only picks the keys. */
static int issuer_of(struct ctx *c, const struct auth *a, struct str token)
{
	struct jwt_parts parts;
	struct str payload;
	struct json *claims;
	if (jwt_split(c, token, &parts) < 0 || !b64url_decode(c->arena, parts.payload, &payload) ||
	    json_parse(c, payload, (struct json_limits){ 32, 10000 }, &claims) < 0)
		return -1;
	struct str iss = json_get_str(claims, "iss", STR(""));
	for (size_t i = 0; i < a->cfg->auth.n_third_party; i++)
		if (str_is(iss, a->cfg->auth.third_party[i].issuer))
			return (int)i;
	return -1;
}

/* A token of a third party, with the keys that were fetched from it. */
static int verify_foreign(struct ctx *c, struct auth *a, struct str token, struct json **ret)
{
	struct error first = c->err;
	const struct jwk *key;
	int i = issuer_of(c, a, token);
	c->err = first;
	if (i < 0)
		return -1;
	pthread_mutex_lock(&a->lock);
	struct issuer_keys *k = a->issuers[i];
	if (k)
		k->refs++;
	pthread_mutex_unlock(&a->lock);
	if (!k)
		return -1;
	err_clear(c);
	int rc = jwt_verify(c, k->jwks, token, ret, &key);
	pthread_mutex_lock(&a->lock);
	keys_unref(k);
	pthread_mutex_unlock(&a->lock);
	return rc;
}

static int verify_signature(struct ctx *c, struct auth *a, struct str token, struct json **ret)
{
	const struct jwk *key;
	if (jwt_verify(c, a->keys, token, ret, &key) == 0)
		return check_issuer(c, a, key, *ret);
	return a->cfg->auth.n_third_party ? verify_foreign(c, a, token, ret) : -1;
}

static int verify_token(struct ctx *c, struct auth *a, struct str token, struct principal *ret)
{
	struct json *claims;
	struct principal who;
	int64_t now = now_seconds();
	if (token_cache_get(a->cache, c->arena, token, now, ret))
		return 0;
	if (jwks_count(a->keys) == 0) {
		err_set(c, "PGRST300", "Server lacks JWT secret");
		return err_http(c, 500);
	}
	TRY(verify_signature(c, a, token, &claims));
	TRY(jwt_check(c, claims, now, a->cfg->server.jwt_aud));
	TRY(principal_of(c, a, claims, &who));
	token_cache_put(a->cache, token, &who);
	*ret = who;
	return 0;
}

int auth_verify(struct ctx *c, struct auth *a, const struct credential *cr, struct principal *ret)
{
	if (cr->kind == CREDENTIAL_BEARER)
		return verify_token(c, a, cr->token, ret);
	if (!a->anonymous.role)
		return jwt_refuse(c, "PGRST302", "Anonymous access is disabled");
	*ret = a->anonymous;
	return 0;
}

const char *auth_challenge(struct ctx *c)
{
	if (err_is(c, "PGRST301") || err_is(c, "PGRST303"))
		return arena_printf(c->arena,
				    "Bearer error=\"invalid_token\", error_description=\"%s\"",
				    c->err.message);
	return err_is(c, "PGRST302") || err_is(c, "42501") ? "Bearer" : NULL;
}

const char *auth_anon_key(const struct auth *a)
{
	return a->anon_key;
}

const char *auth_service_role_key(const struct auth *a)
{
	return a->service_role_key;
}

const struct jwks *auth_keys(const struct auth *a)
{
	return a->keys;
}

int auth_sign(struct ctx *c, const struct auth *a, struct str claims_json, const char **ret)
{
	const struct jwk *signer = jwks_signer(a->keys);
	if (!signer)
		return err_set(c, "F0000",
			       "there is no key to sign with: auth.jwt_secret holds "
			       "public keys only");
	return jwt_sign(c, signer, claims_json, ret);
}

struct auth_cache_stats auth_cache_stats(struct auth *a)
{
	return token_cache_stats(a->cache);
}

static void put_metric(struct buf *out, const char *name, const char *type, const char *help,
		       uint64_t value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
		   (unsigned long long)value);
}

void auth_metrics(struct auth *a, struct buf *out)
{
	struct auth_cache_stats s = auth_cache_stats(a);
	put_metric(out, "bedplate_jwt_cache_hits_total", "counter",
		   "Tokens found among those verified before.", s.hits);
	put_metric(out, "bedplate_jwt_cache_misses_total", "counter",
		   "Tokens that had to be verified.", s.misses);
	put_metric(out, "bedplate_jwt_cache_evictions_total", "counter",
		   "Verified tokens given up for others.", s.evictions);
	put_metric(out, "bedplate_jwt_cache_entries", "gauge", "Verified tokens remembered.",
		   s.entries);
}
