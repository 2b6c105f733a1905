#include "external/oidc.h"

#include "auth/jwk.h"
#include "auth/jwt.h"
#include "base/arena.h"
#include "base/b64.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "net/client.h"

#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DOCUMENT_MAX = 256 << 10, ISSUER_MAX = 512 };

/* An issuer's keys, shared by those who verify at the moment. */
struct keys {
	struct jwks *jwks;
	int refs;
};

struct issuer {
	char *name;
	struct arena *arena; /* of the endpoints */
	struct oidc_endpoints endpoints;
	char *jwks_uri;
	time_t discovered;
	struct keys *keys;
	time_t fetched; /* keys, also when that failed */
};

struct oidc {
	struct http_client *client;
	pthread_mutex_t lock;
	struct issuer v[OIDC_ISSUERS_MAX];
	size_t n;
};

struct oidc *oidc_new(struct http_client *client)
{
	struct oidc *o = calloc(1, sizeof(*o));
	CHECK(o);
	o->client = client;
	pthread_mutex_init(&o->lock, NULL);
	return o;
}

static void keys_unref(struct keys *k)
{
	if (!k || --k->refs)
		return;
	jwks_free(k->jwks);
	free(k);
}

static void issuer_clear(struct issuer *i)
{
	keys_unref(i->keys);
	arena_free(i->arena);
	free(i->name);
	free(i->jwks_uri);
	memset(i, 0, sizeof(*i));
}

void oidc_free(struct oidc *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++)
		issuer_clear(&o->v[i]);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

int oidc_fetch_json(struct ctx *c, struct http_client *client, const char *url, struct json **ret)
{
	struct http_header accept = { STR("Accept"), STR("application/json") };
	struct http_call call = {
		.url = url, .headers = &accept, .n_headers = 1, .body_max = DOCUMENT_MAX
	};
	struct http_answer a;
	if (http_client_call(c, client, &call, &a) < 0) {
		const char *why = c->err.message;
		return err_set(c, "08006", "%s: %s", url, why);
	}
	if (a.status != 200)
		return err_set(c, "08006", "%s: status %d", url, a.status);
	if (json_parse(c, a.body, (struct json_limits){ 32, 20000 }, ret) < 0)
		return err_set(c, "08006", "%s: no JSON", url);
	return 0;
}

/* Under the lock: the entry of an issuer, made when there is none; the oldest
 * goes when the table is full. */
static struct issuer *entry(struct oidc *o, const char *name)
{
	size_t oldest = 0;
	for (size_t i = 0; i < o->n; i++) {
		if (strcmp(o->v[i].name, name) == 0)
			return &o->v[i];
		if (o->v[i].discovered < o->v[oldest].discovered)
			oldest = i;
	}
	struct issuer *i = o->n < OIDC_ISSUERS_MAX ? &o->v[o->n++] : &o->v[oldest];
	issuer_clear(i);
	i->name = strdup(name);
	CHECK(i->name);
	return i;
}

static struct oidc_endpoints copy_endpoints(struct arena *a, const struct oidc_endpoints *e)
{
	struct oidc_endpoints copy = *e;
	copy.issuer = arena_strdup(a, e->issuer);
	copy.authorize = arena_strdup(a, e->authorize);
	copy.token = arena_strdup(a, e->token);
	copy.userinfo = arena_strdup(a, e->userinfo);
	return copy;
}

static bool cached(struct ctx *c, struct oidc *o, const char *issuer, struct oidc_endpoints *ret)
{
	pthread_mutex_lock(&o->lock);
	struct issuer *i = entry(o, issuer);
	bool is_fresh = i->discovered && time(NULL) - i->discovered < OIDC_FRESH_S;
	if (is_fresh)
		*ret = copy_endpoints(c->arena, &i->endpoints);
	pthread_mutex_unlock(&o->lock);
	return is_fresh;
}

static bool list_has(const struct json *list, const char *word)
{
	if (!list || list->kind != JSON_ARRAY)
		return false;
	for (const struct json *v = list->child; v; v = v->next)
		if (v->kind == JSON_STRING && str_is(v->text, word))
			return true;
	return false;
}

static const char *member(struct ctx *c, const struct json *doc, const char *name)
{
	return str_dup(c->arena, json_get_str(doc, name, STR("")));
}

static void publish(struct oidc *o, const char *issuer, const struct oidc_endpoints *e,
		    const char *jwks_uri)
{
	pthread_mutex_lock(&o->lock);
	struct issuer *i = entry(o, issuer);
	arena_free(i->arena);
	free(i->jwks_uri);
	i->arena = arena_new(0);
	i->endpoints = copy_endpoints(i->arena, e);
	i->jwks_uri = strdup(jwks_uri);
	CHECK(i->jwks_uri);
	i->discovered = time(NULL);
	pthread_mutex_unlock(&o->lock);
}

/* Equal but for a slash at the end; Azure's documents of several tenants name
 * "{tenantid}" where the others' names are. */
static bool is_same_issuer(const char *asked, const char *says)
{
	struct str a = str_of(asked), b = str_of(says);
	if (str_find(b, STR("{tenantid}")) >= 0)
		return str_starts(b, STR("https://login.microsoftonline.com/"));
	while (str_ends(a, STR("/")))
		a.n--;
	while (str_ends(b, STR("/")))
		b.n--;
	return str_eq(a, b);
}

int oidc_discover(struct ctx *c, struct oidc *o, const char *issuer, struct oidc_endpoints *ret)
{
	struct json *doc;
	struct str base = str_of(issuer);
	if (base.n > ISSUER_MAX)
		return err_set(c, "08006", "the issuer's name is too long");
	if (cached(c, o, issuer, ret))
		return 0;
	while (str_ends(base, STR("/")))
		base.n--;
	const char *url =
		arena_printf(c->arena, "%.*s/.well-known/openid-configuration", STR_ARG(base));
	TRY(oidc_fetch_json(c, o->client, url, &doc));
	struct oidc_endpoints e = {
		.issuer = member(c, doc, "issuer"),
		.authorize = member(c, doc, "authorization_endpoint"),
		.token = member(c, doc, "token_endpoint"),
		.userinfo = member(c, doc, "userinfo_endpoint"),
		.has_s256 = list_has(json_get(doc, "code_challenge_methods_supported"), "S256"),
		.has_post = list_has(json_get(doc, "token_endpoint_auth_methods_supported"),
				     "client_secret_post"),
	};
	if (!is_same_issuer(issuer, e.issuer))
		return err_set(c, "08006", "%s speaks for another issuer: %s", url, e.issuer);
	publish(o, issuer, &e, member(c, doc, "jwks_uri"));
	*ret = e;
	return 0;
}

const char *oidc_challenge(struct arena *a, const char *verifier)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)verifier, strlen(verifier), digest);
	return b64url_encode(a, (struct str){ (char *)digest, sizeof(digest) });
}

/* ---- keys ---- */

static struct keys *keys_take(struct oidc *o, const char *issuer, bool *ret_may_fetch,
			      struct ctx *c, const char **ret_uri)
{
	time_t now = time(NULL);
	pthread_mutex_lock(&o->lock);
	struct issuer *i = entry(o, issuer);
	struct keys *k = i->keys;
	if (k)
		k->refs++;
	*ret_may_fetch = now - i->fetched >= OIDC_REFETCH_S;
	*ret_uri = arena_strdup(c->arena, i->jwks_uri ? i->jwks_uri : "");
	bool is_old = now - i->fetched >= OIDC_FRESH_S;
	if (k && is_old) {
		keys_unref(k);
		k = NULL;
	}
	pthread_mutex_unlock(&o->lock);
	return k;
}

static void keys_give(struct oidc *o, struct keys *k)
{
	pthread_mutex_lock(&o->lock);
	keys_unref(k);
	pthread_mutex_unlock(&o->lock);
}

/* Also says that it was tried, so that a flood of tokens asks once. */
static void keys_publish(struct oidc *o, const char *issuer, struct keys *k)
{
	pthread_mutex_lock(&o->lock);
	struct issuer *i = entry(o, issuer);
	i->fetched = time(NULL);
	if (k) {
		keys_unref(i->keys);
		i->keys = k;
		k->refs++;
	}
	pthread_mutex_unlock(&o->lock);
}

static int fetch(struct ctx *c, struct oidc *o, const char *uri, struct keys **ret)
{
	struct http_call call = { .url = uri, .body_max = DOCUMENT_MAX };
	struct http_answer a;
	if (http_client_call(c, o->client, &call, &a) < 0 || a.status != 200)
		return err_set(c, "08006", "%s: the keys cannot be had", uri);
	struct jwks *jwks = jwks_new();
	if (jwks_add_json(c, jwks, a.body, true) < 0) {
		jwks_free(jwks);
		return err_set(c, "08006", "%s: no keys that can be used", uri);
	}
	struct keys *k = calloc(1, sizeof(*k));
	CHECK(k);
	k->jwks = jwks;
	k->refs = 1;
	*ret = k;
	return 0;
}

static int fetch_keys(struct ctx *c, struct oidc *o, const char *issuer, const char *uri,
		      struct keys **ret)
{
	struct keys *k = NULL;
	int rc = fetch(c, o, uri, &k);
	keys_publish(o, issuer, k);
	TRY(rc);
	*ret = k;
	return 0;
}

/* Verifies with the keys at hand; once more with fresh ones when none fits. */
static int verify_signature(struct ctx *c, struct oidc *o, const char *issuer, struct str token,
			    struct json **ret)
{
	bool may_fetch;
	const char *uri;
	const struct jwk *key;
	struct keys *k = keys_take(o, issuer, &may_fetch, c, &uri);
	int rc = -1;
	if (k) {
		rc = jwt_verify(c, k->jwks, token, ret, &key);
		keys_give(o, k);
	} else if (!may_fetch) {
		return err_set(c, "08006", "%s: the keys could not be had", issuer);
	}
	if (rc == 0 || !may_fetch)
		return rc;
	err_clear(c);
	TRY(fetch_keys(c, o, issuer, uri, &k));
	rc = jwt_verify(c, k->jwks, token, ret, &key);
	keys_give(o, k);
	return rc;
}

/* ---- claims ---- */

bool oidc_audience_fits(const struct json *claims, const char *const *clients, size_t n)
{
	const struct json *aud = json_get(claims, "aud");
	for (size_t i = 0; i < n; i++) {
		if (!*clients[i] || !aud)
			continue;
		if (aud->kind == JSON_STRING && str_is(aud->text, clients[i]))
			return true;
		if (list_has(aud, clients[i]))
			return true;
	}
	return false;
}

static int refuse(struct ctx *c, const char *why)
{
	return err_set(c, "28000", "%s", why);
}

/* The issuer that the token must name. */
static const char *wanted_issuer(struct ctx *c, const char *says, const struct json *claims)
{
	ptrdiff_t at = str_find(str_of(says), STR("{tenantid}"));
	struct str tid = json_get_str(claims, "tid", STR(""));
	if (at < 0)
		return says;
	for (size_t i = 0; i < tid.n; i++)
		if (!strchr("0123456789abcdef-", tid.p[i]))
			return "";
	return arena_printf(c->arena, "%.*s%.*s%s", (int)at, says, STR_ARG(tid),
			    says + at + strlen("{tenantid}"));
}

static int check_access_token(struct ctx *c, const struct json *claims, struct str access_token)
{
	struct str at_hash = json_get_str(claims, "at_hash", STR(""));
	unsigned char digest[SHA256_DIGEST_LENGTH];
	if (!at_hash.n || !access_token.n)
		return 0;
	SHA256((const unsigned char *)access_token.p, access_token.n, digest);
	const char *half = b64url_encode(c->arena, (struct str){ (char *)digest, 16 });
	return str_is(at_hash, half) ? 0 : refuse(c, "at_hash is not that of the access token");
}

static int check_claims(struct ctx *c, const struct oidc_expected *e, const char *says,
			const struct json *claims)
{
	struct str iss = json_get_str(claims, "iss", STR(""));
	bool is_issuer = iss.n && (str_is(iss, wanted_issuer(c, says, claims)) ||
				   (e->other_issuer && str_is(iss, e->other_issuer)));
	if (!is_issuer)
		return refuse(c, "the token is of another issuer");
	if (!jwt_expiry(claims))
		return refuse(c, "the token has no exp");
	if (jwt_check(c, claims, time(NULL), "") < 0)
		return refuse(c, "the token is not valid now");
	if (!oidc_audience_fits(claims, e->clients, e->n_clients))
		return refuse(c, "the token is for another audience");
	if (!json_get_str(claims, "sub", STR("")).n)
		return refuse(c, "the token has no sub");
	return check_access_token(c, claims, e->access_token);
}

int oidc_verify(struct ctx *c, struct oidc *o, struct str token, const struct oidc_expected *e,
		struct json **ret)
{
	struct oidc_endpoints doc;
	struct json *claims;
	if (token.n > OIDC_TOKEN_MAX)
		return refuse(c, "the token is too long");
	TRY(oidc_discover(c, o, e->issuer, &doc));
	if (verify_signature(c, o, e->issuer, token, &claims) < 0)
		return err_is(c, "08006") ? -1 : refuse(c, "the token's signature is wrong");
	TRY(check_claims(c, e, doc.issuer, claims));
	*ret = claims;
	return 0;
}
