/*
 * Tokens and keys. The first byte chooses: a token against a set of keys (where
 * nothing but what a key signed may pass), a key set, claims, a role's path.
 * The keys have no signature that a fuzzer could find: a token that verifies is
 * a bug, except for those signed here from the input.
 */
#include "auth/claims.h"
#include "auth/jwk.h"
#include "auth/jwt.h"
#include "base/arena.h"
#include "base/b64.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "fuzz.h"

static const char secret[] = "a secret of more than thirty-two bytes";

static struct jwks *keys(struct ctx *c)
{
	static struct jwks *s;
	if (!s) {
		s = jwks_new();
		CHECK(jwks_add_secret(c, s, str_of(secret)) == 0);
	}
	return s;
}

static void fuzz_token(struct ctx *c, struct str in)
{
	struct json *claims;
	const struct jwk *key;
	int rc = jwt_verify(c, keys(c), in, &claims, &key);
	CHECK(rc == -1 || err_is(c, ""));
	if (rc < 0)
		CHECK(c->err.http_status == 401 && c->err.message);
}

/* What is signed must verify, with any payload, and any changed byte must not. */
static void fuzz_round_trip(struct ctx *c, struct str in)
{
	const char *token;
	struct json *claims;
	const struct jwk *key;
	CHECK(jwt_sign(c, jwks_signer(keys(c)), in, &token) == 0);
	int rc = jwt_verify(c, keys(c), str_of(token), &claims, &key);
	CHECK(rc == 0 || err_is(c, "PGRST303") || err_is(c, "PGRST301"));
	if (rc < 0)
		return;
	(void)jwt_check(c, claims, 1700000000, "a");
	(void)jwt_expiry(claims);
	struct str text = claims_text(c->arena, claims, "r");
	struct json *again;
	CHECK(json_parse(c, text, (struct json_limits){ 0 }, &again) == 0);
	CHECK(str_is(json_get_str(again, "role", STR("")), "r"));
	struct str second = claims_text(c->arena, again, "r");
	CHECK(str_eq(text, second));
	char *changed = arena_strdup(c->arena, token);
	changed[in.n % str_of(token).n] ^= 1;
	CHECK(jwt_verify(c, keys(c), str_of(changed), &claims, &key) == -1);
}

static void fuzz_keys(struct ctx *c, struct str in)
{
	struct jwks *s = jwks_new();
	if (jwks_add_json(c, s, in, false) == 0) {
		CHECK(jwks_count(s) > 0);
		const struct jwk *signer = jwks_signer(s);
		const char *token;
		struct json *claims;
		const struct jwk *key;
		const char *json = jwks_public_json(c->arena, s);
		struct json *parsed;
		CHECK(json_parse(c, str_of(json), (struct json_limits){ 0 }, &parsed) == 0);
		if (signer && jwt_sign(c, signer, STR("{}"), &token) == 0)
			(void)jwt_verify(c, s, str_of(token), &claims, &key);
	}
	jwks_free(s);
}

static void fuzz_path(struct ctx *c, struct str in)
{
	struct role_path path;
	struct str text = in;
	struct str claims_part = text;
	struct str path_part = str_split(&claims_part, '\n');
	struct json *claims;
	if (role_path_parse(c, c->arena, str_dup(c->arena, path_part), &path) < 0)
		return;
	CHECK(path.n > 0 && path.n <= ROLE_PATH_MAX);
	if (json_parse(c, claims_part, (struct json_limits){ 0 }, &claims) == 0)
		(void)role_path_get(c->arena, &path, claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(struct ctx * c, struct str in) = { fuzz_token,
									  fuzz_round_trip,
									  fuzz_keys, fuzz_path };
	if (size == 0 || size > 20000)
		return 0;
	struct ctx c = { .arena = arena_new(0) };
	struct str in = str_copy(c.arena, (struct str){ (const char *)data + 1, size - 1 });
	targets[data[0] % 4](&c, in);
	arena_free(c.arena);
	return 0;
}
