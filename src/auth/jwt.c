#include "auth/jwt.h"

#include "base/arena.h"
#include "base/b64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HTTP_UNAUTHORIZED = 401 };

static const struct json_limits header_limits = { .max_depth = 8, .max_values = 64 };
static const struct json_limits payload_limits = { .max_depth = 64, .max_values = 20000 };

int jwt_refuse(struct ctx *c, const char *code, const char *message)
{
	err_set(c, code, "%s", message);
	return err_http(c, HTTP_UNAUTHORIZED);
}

/* PGRST301 of a key problem: one message, the reason in the details. */
static int refuse_key(struct ctx *c, const char *details)
{
	jwt_refuse(c, "PGRST301", "No suitable key or wrong key type");
	return err_details(c, "%s", details);
}

static int refuse_alg(struct ctx *c, const char *details)
{
	jwt_refuse(c, "PGRST301", "Wrong or unsupported encoding algorithm");
	return err_details(c, "%s", details);
}

static int refuse_decode(struct ctx *c)
{
	return jwt_refuse(c, "PGRST301", "JWT cryptographic operation failed");
}

int jwt_split(struct ctx *c, struct str token, struct jwt_parts *ret)
{
	struct str parts[3] = { 0 };
	struct str rest = token;
	size_t n = 0;
	if (token.n == 0)
		return jwt_refuse(c, "PGRST301", "Empty JWT is sent in Authorization header");
	if (token.n > JWT_SIZE_MAX)
		return jwt_refuse(c, "PGRST301", "JWT is too large");
	for (; rest.p; n++) {
		struct str part = str_split(&rest, '.');
		if (n < 3)
			parts[n] = part;
	}
	if (n != 3) {
		err_set(c, "PGRST301", "Expected 3 parts in JWT; got %zu", n);
		return err_http(c, HTTP_UNAUTHORIZED);
	}
	*ret = (struct jwt_parts){
		.header = parts[0],
		.payload = parts[1],
		.signature = parts[2],
		.signed_part = { token.p, parts[0].n + 1 + parts[1].n },
	};
	return 0;
}

struct header {
	enum jwk_alg alg;
	struct str kid; /* p NULL when absent */
};

/* A set that holds the kinds of keys a caller may have is told what it lacks. */
static int read_header(struct ctx *c, struct str text, struct header *ret)
{
	struct json *root;
	struct str decoded;
	if (!b64url_decode(c->arena, text, &decoded))
		return refuse_decode(c);
	if (json_parse(c, decoded, header_limits, &root) < 0 || root->kind != JSON_OBJECT)
		return refuse_decode(c);
	struct str name = json_get_str(root, "alg", STR(""));
	if (str_ieq(name, STR("none")))
		return refuse_alg(c, "JWT is unsecured but expected 'alg' was not 'none'");
	int alg = jwk_alg_parse(name);
	if (alg < 0)
		return refuse_alg(c, "Only HS256, RS256, ES256 and EdDSA are supported");
	if (json_get(root, "crit"))
		return refuse_alg(c, "JWT demands an extension that is not supported");
	ret->alg = (enum jwk_alg)alg;
	ret->kid = json_get_str(root, "kid", (struct str){ 0 });
	return 0;
}

static bool is_candidate(const struct jwk *k, const struct header *h)
{
	if (jwk_alg(k) != h->alg)
		return false;
	return !h->kid.p || !jwk_kid(k) || str_is(h->kid, jwk_kid(k));
}

static int find_key(struct ctx *c, const struct jwks *keys, const struct header *h, struct str data,
		    struct str sig, const struct jwk **ret)
{
	const struct jwk *k;
	bool is_tried = false;
	for (size_t i = 0; (k = jwks_at(keys, i)); i++) {
		if (!is_candidate(k, h))
			continue;
		is_tried = true;
		if (jwk_verify(k, data, sig)) {
			*ret = k;
			return 0;
		}
	}
	return refuse_key(c, is_tried ? "None of the keys was able to decode the JWT"
				      : "No suitable key was found to decode the JWT");
}

int jwt_verify(struct ctx *c, const struct jwks *keys, struct str token, struct json **ret,
	       const struct jwk **ret_key)
{
	struct jwt_parts parts;
	struct header header = { 0 };
	struct str sig, payload;
	const struct jwk *key;
	struct json *claims;
	TRY(jwt_split(c, token, &parts));
	TRY(read_header(c, parts.header, &header));
	if (!b64url_decode(c->arena, parts.signature, &sig) ||
	    !b64url_decode(c->arena, parts.payload, &payload))
		return refuse_decode(c);
	TRY(find_key(c, keys, &header, parts.signed_part, sig, &key));
	if (json_parse(c, payload, payload_limits, &claims) < 0 || claims->kind != JSON_OBJECT)
		return jwt_refuse(c, "PGRST303", "Parsing claims failed");
	*ret = claims;
	*ret_key = key;
	return 0;
}

/* A member that is there and not null. */
static const struct json *claim(const struct json *claims, const char *name)
{
	const struct json *v = json_get(claims, name);
	return v && v->kind != JSON_NULL ? v : NULL;
}

/* A NumericDate (RFC 7519 §2), which may have a fraction: the second it is in. */
static int64_t seconds(const struct json *number)
{
	int64_t whole;
	if (str_to_i64(number->text, &whole))
		return whole;
	char text[64];
	size_t n = number->text.n < sizeof(text) ? number->text.n : sizeof(text) - 1;
	memcpy(text, number->text.p, n);
	text[n] = '\0';
	double v = floor(strtod(text, NULL));
	if (!(v < 9e18))
		return INT64_MAX;
	return v > -9e18 ? (int64_t)v : INT64_MIN;
}

int64_t jwt_expiry(const struct json *claims)
{
	const struct json *exp = claim(claims, "exp");
	return exp && exp->kind == JSON_NUMBER ? seconds(exp) : 0;
}

static int check_time(struct ctx *c, const struct json *claims, const char *name, int64_t now,
		      const char *refusal)
{
	const struct json *v = claim(claims, name);
	if (!v)
		return 0;
	if (v->kind != JSON_NUMBER)
		return jwt_refuse(
			c, "PGRST303",
			arena_printf(c->arena, "The JWT '%s' claim must be a number", name));
	bool is_end = strcmp(name, "exp") == 0;
	int64_t t = seconds(v);
	bool is_wrong = is_end ? t < now - JWT_LEEWAY : t > now + JWT_LEEWAY;
	return is_wrong ? jwt_refuse(c, "PGRST303", refusal) : 0;
}

static int check_audience(struct ctx *c, const struct json *claims, const char *aud)
{
	const struct json *v = claim(claims, "aud");
	if (!v)
		return 0;
	bool is_list = v->kind == JSON_ARRAY;
	bool is_named = !*aud || (is_list && v->count == 0);
	for (const struct json *one = is_list ? v->child : v; one;
	     one = is_list ? one->next : NULL) {
		if (one->kind != JSON_STRING)
			return jwt_refuse(c, "PGRST303",
					  "The JWT 'aud' claim must be a string or an array of "
					  "strings");
		is_named = is_named || str_is(one->text, aud);
	}
	return is_named ? 0 : jwt_refuse(c, "PGRST303", "JWT not in audience");
}

int jwt_check(struct ctx *c, const struct json *claims, int64_t now, const char *aud)
{
	TRY(check_time(c, claims, "exp", now, "JWT expired"));
	TRY(check_time(c, claims, "nbf", now, "JWT not yet valid"));
	TRY(check_time(c, claims, "iat", now, "JWT issued at future"));
	return check_audience(c, claims, aud);
}

int jwt_sign(struct ctx *c, const struct jwk *key, struct str claims, const char **ret)
{
	BUF_CLEANUP struct buf header = buf_make(4096);
	struct str sig;
	buf_printf(&header, "{\"alg\":\"%s\",\"typ\":\"JWT\"", jwk_alg_name(jwk_alg(key)));
	if (jwk_kid(key)) {
		buf_puts(&header, ",\"kid\":");
		json_put_string(&header, str_of(jwk_kid(key)));
	}
	buf_char(&header, '}');
	if (!buf_ok(&header))
		return err_set(c, "F0000", "the signing key's kid is too long");
	const char *data =
		arena_printf(c->arena, "%s.%s", b64url_encode(c->arena, buf_view(&header)),
			     b64url_encode(c->arena, claims));
	TRY(jwk_sign(c, key, str_of(data), &sig));
	*ret = arena_printf(c->arena, "%s.%s", data, b64url_encode(c->arena, sig));
	return 0;
}
