#include "auth/claims.h"
#include "auth/jwk.h"
#include "auth/jwt.h"
#include "base/arena.h"
#include "base/b64.h"
#include "base/err.h"
#include "base/json.h"
#include "harness.h"
#include "jwk_fixtures.h"

#include <stdlib.h>
#include <unistd.h>

static struct ctx ctx;
static struct jwks *keys;

enum { NOW = 1700000000 };

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
	keys = jwks_new();
}

static void teardown(void)
{
	jwks_free(keys);
	arena_free(ctx.arena);
}

static void add(const char *json)
{
	ck_assert_msg(jwks_add_json(&ctx, keys, str_of(json), false) == 0, "%s", ctx.err.message);
}

static const char *sign_with(const char *key, const char *claims)
{
	struct jwks *signers = jwks_new();
	const char *token = NULL;
	ck_assert_int_eq(jwks_add_json(&ctx, signers, str_of(key), false), 0);
	ck_assert_int_eq(jwt_sign(&ctx, jwks_signer(signers), str_of(claims), &token), 0);
	jwks_free(signers);
	return token;
}

/* "" when the token is good, else "CODE message (details)". */
static const char *verdict(const char *token)
{
	struct json *claims;
	const struct jwk *key;
	err_clear(&ctx);
	if (jwt_verify(&ctx, keys, str_of(token), &claims, &key) == 0)
		return "";
	ck_assert_int_eq(ctx.err.http_status, 401);
	return arena_printf(ctx.arena, "%s %s%s%s%s", ctx.err.code, ctx.err.message,
			    ctx.err.details ? " (" : "", ctx.err.details ? ctx.err.details : "",
			    ctx.err.details ? ")" : "");
}

/* header.payload.signature from plain texts; the signature is signed when a key is given. */
static const char *forge(const char *header, const char *payload, const char *sig)
{
	return arena_printf(ctx.arena, "%s.%s.%s", b64url_encode(ctx.arena, str_of(header)),
			    b64url_encode(ctx.arena, str_of(payload)),
			    b64url_encode(ctx.arena, str_of(sig)));
}

static const char no_key[] = "PGRST301 No suitable key or wrong key type (No suitable key was "
			     "found to decode the JWT)";
static const char bad_signature[] = "PGRST301 No suitable key or wrong key type (None of the keys "
				    "was able to decode the JWT)";
static const char undecodable[] = "PGRST301 JWT cryptographic operation failed";

START_TEST(rfc_vectors_verify)
{
	add(oct_key);
	add(ec_private);
	add(ed_private);
	ck_assert_str_eq(verdict("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
				 "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
				 "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
				 "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
			 "");
	ck_assert_str_eq(verdict("eyJhbGciOiJFUzI1NiJ9."
				 "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
				 "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
				 "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
				 "pmWQxfKTUJqPP3-Kg6NU1Q"),
			 "");
	/* The signature is good, the payload is a sentence. */
	ck_assert_str_eq(verdict("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
				 "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5B"
				 "hVsPt9g7sVvpAr_MuM0KAg"),
			 "PGRST303 Parsing claims failed");
}
END_TEST

START_TEST(signatures_round_trip)
{
	const char *const all[] = { oct_key, rsa_private, ec_private, ed_private };
	for (size_t i = 0; i < 4; i++) {
		char *token = arena_strdup(ctx.arena, sign_with(all[i], "{\"role\":\"x\"}"));
		ck_assert_str_eq(verdict(token), no_key);
		add(all[i]);
		ck_assert_str_eq(verdict(token), "");
		char *payload = strchr(token, '.') + 3;
		*payload = *payload == 'A' ? 'B' : 'A';
		ck_assert_str_eq(verdict(token), bad_signature);
	}
}
END_TEST

START_TEST(public_halves_verify_and_never_sign)
{
	struct jwks *all = jwks_new();
	ck_assert_int_eq(jwks_add_json(&ctx, all, str_of(rsa_private), false), 0);
	ck_assert_int_eq(jwks_add_json(&ctx, all, str_of(ec_private), false), 0);
	ck_assert_int_eq(jwks_add_json(&ctx, all, str_of(ed_private), false), 0);
	ck_assert_int_eq(jwks_add_json(&ctx, all, str_of(oct_key), false), 0);
	const char *json = jwks_public_json(ctx.arena, all);
	jwks_free(all);
	ck_assert_ptr_null(strstr(json, "\"d\""));
	ck_assert_ptr_null(strstr(json, "oct"));
	add(json);
	ck_assert_uint_eq(jwks_count(keys), 3);
	ck_assert_ptr_null(jwks_signer(keys));
	ck_assert_str_eq(verdict(sign_with(rsa_private, "{}")), "");
	ck_assert_str_eq(verdict(sign_with(ec_private, "{}")), "");
	ck_assert_str_eq(verdict(sign_with(ed_private, "{}")), "");
}
END_TEST

START_TEST(kid_picks_its_key)
{
	add(rsa_public); /* kid r1 */
	add(oct_key);	 /* no kid */
	const char *token = sign_with(rsa_private, "{}");
	ck_assert_str_eq(verdict(token), "");
	struct jwks *other = jwks_new();
	char *renamed = arena_strdup(ctx.arena, rsa_public);
	strstr(renamed, "r1")[1] = '2';
	ck_assert_int_eq(jwks_add_json(&ctx, other, str_of(renamed), false), 0);
	struct json *claims;
	const struct jwk *key;
	ck_assert_int_eq(jwt_verify(&ctx, other, str_of(token), &claims, &key), -1);
	ck_assert_str_eq(ctx.err.details, "No suitable key was found to decode the JWT");
	jwks_free(other);
}
END_TEST

START_TEST(none_and_unknown_algorithms_are_refused)
{
	add(oct_key);
	const char *none = "PGRST301 Wrong or unsupported encoding algorithm (JWT is unsecured but "
			   "expected 'alg' was not 'none')";
	ck_assert_str_eq(verdict(forge("{\"alg\":\"none\"}", "{}", "")), none);
	ck_assert_str_eq(verdict(forge("{\"alg\":\"NoNe\"}", "{}", "x")), none);
	const char *unknown =
		"PGRST301 Wrong or unsupported encoding algorithm (Only HS256, RS256, "
		"ES256 and EdDSA are supported)";
	ck_assert_str_eq(verdict(forge("{\"alg\":\"HS512\"}", "{}", "x")), unknown);
	ck_assert_str_eq(verdict(forge("{\"alg\":\"hs256\"}", "{}", "x")), unknown);
	ck_assert_str_eq(verdict(forge("{\"alg\":7}", "{}", "x")), unknown);
	ck_assert_str_eq(verdict(forge("{}", "{}", "x")), unknown);
	ck_assert_str_eq(verdict(forge("{\"alg\":\"HS256\",\"crit\":[\"b64\"]}", "{}", "x")),
			 "PGRST301 Wrong or unsupported encoding algorithm (JWT demands an "
			 "extension that is not supported)");
}
END_TEST

/* The attack: an RSA public key's text used as an HMAC secret. */
START_TEST(algorithm_confusion_is_refused)
{
	add(rsa_public);
	struct jwks *attacker = jwks_new();
	const char *token = NULL;
	ck_assert_int_eq(jwks_add_secret(&ctx, attacker, str_of(rsa_public)), 0);
	ck_assert_int_eq(
		jwt_sign(&ctx, jwks_at(attacker, 0), STR("{\"role\":\"service_role\"}"), &token),
		0);
	jwks_free(attacker);
	ck_assert_str_eq(verdict(token), no_key);
}
END_TEST

START_TEST(malformed_tokens_are_refused)
{
	add(oct_key);
	ck_assert_str_eq(verdict(""), "PGRST301 Empty JWT is sent in Authorization header");
	ck_assert_str_eq(verdict("a"), "PGRST301 Expected 3 parts in JWT; got 1");
	ck_assert_str_eq(verdict("a.b"), "PGRST301 Expected 3 parts in JWT; got 2");
	ck_assert_str_eq(verdict("a.b.c.d.e"), "PGRST301 Expected 3 parts in JWT; got 5");
	ck_assert_str_eq(verdict("a.b.c"), undecodable);
	ck_assert_str_eq(verdict(".."), undecodable);
	ck_assert_str_eq(verdict(forge("[]", "{}", "x")), undecodable);
	ck_assert_str_eq(verdict(forge("{\"alg\":", "{}", "x")), undecodable);
	ck_assert_str_eq(verdict(forge("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", "{}", "x")),
			 undecodable);
	ck_assert_str_eq(verdict(forge("{\"alg\":\"HS256\"}", "{}", "")), bad_signature);
	ck_assert_str_eq(verdict(arena_printf(ctx.arena, "%s=", sign_with(oct_key, "{}"))),
			 undecodable);
	ck_assert_str_eq(verdict(sign_with(oct_key, "[1]")), "PGRST303 Parsing claims failed");
	ck_assert_str_eq(verdict(sign_with(oct_key, "{\"a\":")), "PGRST303 Parsing claims failed");
	char *huge = arena_zalloc(ctx.arena, JWT_SIZE_MAX + 2);
	memset(huge, 'a', JWT_SIZE_MAX + 1);
	ck_assert_str_eq(verdict(huge), "PGRST301 JWT is too large");
}
END_TEST

/* One spelling a token: changing unused bits must not give a second valid one. */
START_TEST(signature_has_one_spelling)
{
	add(oct_key);
	char *token = arena_strdup(ctx.arena, sign_with(oct_key, "{}"));
	char *last = token + strlen(token) - 1;
	const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	*last = alphabet[(strchr(alphabet, *last) - alphabet) ^ 1];
	ck_assert_str_eq(verdict(token), undecodable);
}
END_TEST

static const char *key_error(const char *json)
{
	struct jwks *s = jwks_new();
	err_clear(&ctx);
	const char *text = jwks_add_json(&ctx, s, str_of(json), false) < 0 ? ctx.err.message : "";
	jwks_free(s);
	return text;
}

START_TEST(bad_keys_are_refused)
{
	const char *none = "there is no key that can be used: HS256, RS256, ES256 and EdDSA are";
	ck_assert_str_eq(key_error("{"), "the key set is not valid JSON");
	ck_assert_str_eq(key_error("[]"), none);
	ck_assert_str_eq(key_error("{\"keys\":[]}"), none);
	ck_assert_str_eq(key_error("{\"keys\":1}"), "\"keys\" is not an array of at most 64 keys");
	ck_assert_str_eq(key_error("[1]"), "a key is not a JSON object");
	ck_assert_str_eq(key_error("{\"kty\":\"oct\",\"k\":\"c2hvcnQ\"}"),
			 "the HS256 secret is shorter than 32 bytes");
	ck_assert_str_eq(key_error("{\"kty\":\"oct\"}"),
			 "the oct key's member \"k\" is missing or malformed");
	ck_assert_str_eq(key_error("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ndZAcOSfWR9sJNWJ\"}"),
			 "the RSA key has 96 bits, not 2048 to 8192");
	ck_assert_str_eq(key_error("{\"kty\":\"EC\",\"crv\":\"P-256\","
				   "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
				   "\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}"),
			 "the EC key is not a valid P-256 key");
	ck_assert_str_eq(key_error("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}"),
			 "the Ed25519 key's member \"x\" is missing or malformed");
	ck_assert_str_eq(key_error("{\"kty\":\"EC\",\"crv\":\"P-384\"}"), none);
	ck_assert_str_eq(key_error("{\"kty\":\"RSA\",\"use\":\"enc\"}"), none);
	ck_assert_str_eq(key_error("{\"kty\":\"RSA\",\"alg\":\"RS512\"}"), none);
}
END_TEST

static const char *check(const char *claims, const char *aud)
{
	struct json *root;
	err_clear(&ctx);
	ck_assert_int_eq(json_parse(&ctx, str_of(claims), (struct json_limits){ 0 }, &root), 0);
	if (jwt_check(&ctx, root, NOW, aud) == 0)
		return "";
	ck_assert_str_eq(ctx.err.code, "PGRST303");
	return ctx.err.message;
}

START_TEST(times_have_thirty_seconds)
{
	ck_assert_str_eq(check("{}", ""), "");
	ck_assert_str_eq(check("{\"exp\":1699999970}", ""), "");
	ck_assert_str_eq(check("{\"exp\":1699999969}", ""), "JWT expired");
	ck_assert_str_eq(check("{\"exp\":1699999970.9}", ""), "");
	ck_assert_str_eq(check("{\"exp\":1e300}", ""), "");
	ck_assert_str_eq(check("{\"exp\":-1e300}", ""), "JWT expired");
	ck_assert_str_eq(check("{\"exp\":null,\"nbf\":null,\"iat\":null,\"aud\":null}", "x"), "");
	ck_assert_str_eq(check("{\"nbf\":1700000030}", ""), "");
	ck_assert_str_eq(check("{\"nbf\":1700000031}", ""), "JWT not yet valid");
	ck_assert_str_eq(check("{\"iat\":1700000030}", ""), "");
	ck_assert_str_eq(check("{\"iat\":1700000031}", ""), "JWT issued at future");
	ck_assert_str_eq(check("{\"exp\":\"9\"}", ""), "The JWT 'exp' claim must be a number");
	ck_assert_str_eq(check("{\"nbf\":true}", ""), "The JWT 'nbf' claim must be a number");
	ck_assert_str_eq(check("{\"iat\":[]}", ""), "The JWT 'iat' claim must be a number");
}
END_TEST

START_TEST(audiences_match)
{
	const char *kind = "The JWT 'aud' claim must be a string or an array of strings";
	ck_assert_str_eq(check("{\"aud\":\"a\"}", ""), "");
	ck_assert_str_eq(check("{\"aud\":\"a\"}", "a"), "");
	ck_assert_str_eq(check("{\"aud\":\"b\"}", "a"), "JWT not in audience");
	ck_assert_str_eq(check("{\"aud\":[\"b\",\"a\"]}", "a"), "");
	ck_assert_str_eq(check("{\"aud\":[\"b\"]}", "a"), "JWT not in audience");
	ck_assert_str_eq(check("{\"aud\":[]}", "a"), "");
	ck_assert_str_eq(check("{}", "a"), "");
	ck_assert_str_eq(check("{\"aud\":{}}", ""), kind);
	ck_assert_str_eq(check("{\"aud\":[\"a\",1]}", "a"), kind);
}
END_TEST

static const char *role(const char *path_text, const char *claims)
{
	struct role_path path;
	struct json *root;
	err_clear(&ctx);
	if (role_path_parse(&ctx, ctx.arena, path_text, &path) < 0)
		return "refused";
	ck_assert_int_eq(json_parse(&ctx, str_of(claims), (struct json_limits){ 0 }, &root), 0);
	const char *r = role_path_get(ctx.arena, &path, root);
	return r ? r : "absent";
}

START_TEST(role_is_found_by_path)
{
	ck_assert_str_eq(role("$.role", "{\"role\":\"a\"}"), "a");
	ck_assert_str_eq(role(".role", "{}"), "absent");
	ck_assert_str_eq(role(".app.role", "{\"app\":{\"role\":\"a\"}}"), "a");
	ck_assert_str_eq(role(".app.role", "{\"app\":3}"), "absent");
	ck_assert_str_eq(role("$.r[1]", "{\"r\":[\"a\",\"b\"]}"), "b");
	ck_assert_str_eq(role("$.r[2]", "{\"r\":[\"a\",\"b\"]}"), "absent");
	ck_assert_str_eq(role("$['https://x.y/r']", "{\"https://x.y/r\":\"a\"}"), "a");
	ck_assert_str_eq(role(".\"a.b\"", "{\"a.b\":\"c\"}"), "c");
	ck_assert_str_eq(role("$.role", "{\"role\":{\"a\":1}}"), "{\"a\":1}");
	const char *const bad[] = { "",	      "$",    "role", ".",     "$.a[",
				    "$.a[x]", "$['a", "..a",  "$.a b", ".a.b.c.d.e.f.g.h.i" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(strcmp(role(bad[i], "{}"), "refused") == 0, "%s", bad[i]);
}
END_TEST

static const char *text_of(const char *claims)
{
	struct json *root;
	ck_assert_int_eq(json_parse(&ctx, str_of(claims), (struct json_limits){ 0 }, &root), 0);
	return str_dup(ctx.arena, claims_text(ctx.arena, root, "r\"x"));
}

START_TEST(claims_are_sorted_and_unique)
{
	ck_assert_str_eq(text_of("{}"), "{\"role\":\"r\\\"x\"}");
	ck_assert_str_eq(text_of("{\"z\": [1, 2.50], \"role\":\"old\",\"a\":{\"c\":1,\"b\":2},"
				 "\"z\":null,\"role\":2}"),
			 "{\"a\":{\"c\":1,\"b\":2},\"role\":\"r\\\"x\",\"z\":null}");
}
END_TEST

static bool has_jose(void)
{
	if (system("command -v jose >/dev/null 2>&1") == 0)
		return true;
	printf("SKIP jose_agrees: the tool `jose` is not installed\n");
	return false;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* Another implementation agrees, in both directions (libjose has no EdDSA). */
START_TEST(jose_agrees)
{
	const char *const all[] = { oct_key, rsa_private, ec_private };
	char dir[] = "/tmp/bedplate-jose-XXXXXX";
	if (!has_jose())
		return;
	ck_assert_ptr_nonnull(mkdtemp(dir));
	const char *jwk = arena_printf(ctx.arena, "%s/k.jwk", dir);
	const char *jws = arena_printf(ctx.arena, "%s/t.jws", dir);
	for (size_t i = 0; i < 3; i++) {
		char line[4096] = "";
		write_file(jwk, all[i]);
		write_file(jws, sign_with(all[i], "{\"role\":\"x\"}"));
		ck_assert_int_eq(
			system(arena_printf(ctx.arena, "jose jws ver -i %s -k %s", jws, jwk)), 0);
		const char *alg = i == 0 ? "HS256" : i == 1 ? "RS256" : "ES256";
		FILE *p =
			popen(arena_printf(ctx.arena,
					   "printf '{\"role\":\"y\"}' | jose jws sig -I- -k %s -c "
					   "-s '{\"protected\":{\"alg\":\"%s\"}}'",
					   jwk, alg),
			      "r");
		ck_assert_ptr_nonnull(p);
		ck_assert_ptr_nonnull(fgets(line, sizeof(line), p));
		ck_assert_int_eq(pclose(p), 0);
		add(all[i]);
		ck_assert_str_eq(verdict(line), "");
	}
	ck_assert_int_eq(system(arena_printf(ctx.arena, "rm -r %s", dir)), 0);
}
END_TEST

START_TEST(base64_is_strict)
{
	struct str s = { 0 };
	ck_assert_str_eq(b64url_encode(ctx.arena, STR("")), "");
	ck_assert_str_eq(b64url_encode(ctx.arena, STR("\xfb\xff\xfe")), "-__-");
	ck_assert(b64url_decode(ctx.arena, STR("-__-"), &s) && str_is(s, "\xfb\xff\xfe"));
	ck_assert(b64url_decode(ctx.arena, STR("Zg"), &s) && str_is(s, "f"));
	ck_assert(!b64url_decode(ctx.arena, STR("Zh"), &s));
	ck_assert(!b64url_decode(ctx.arena, STR("Zg=="), &s));
	ck_assert(!b64url_decode(ctx.arena, STR("Z"), &s));
	ck_assert(!b64url_decode(ctx.arena, STR("Zg\n"), &s));
	ck_assert(b64_decode_any(ctx.arena, STR("+//+Zg==\n"), &s) && str_is(s, "\xfb\xff\xfe"
										"f"));
	ck_assert(b64_decode_any(ctx.arena, STR("Zm8="), &s) && str_is(s, "fo"));
	ck_assert(!b64_decode_any(ctx.arena, STR("===="), &s));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("jwt");
	TCase *t = tcase_create("jwt");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, rfc_vectors_verify);
	tcase_add_test(t, signatures_round_trip);
	tcase_add_test(t, public_halves_verify_and_never_sign);
	tcase_add_test(t, kid_picks_its_key);
	tcase_add_test(t, none_and_unknown_algorithms_are_refused);
	tcase_add_test(t, algorithm_confusion_is_refused);
	tcase_add_test(t, malformed_tokens_are_refused);
	tcase_add_test(t, signature_has_one_spelling);
	tcase_add_test(t, bad_keys_are_refused);
	tcase_add_test(t, times_have_thirty_seconds);
	tcase_add_test(t, audiences_match);
	tcase_add_test(t, role_is_found_by_path);
	tcase_add_test(t, claims_are_sorted_and_unique);
	tcase_add_test(t, jose_agrees);
	tcase_add_test(t, base64_is_strict);
	suite_add_tcase(s, t);
	return harness_run(s);
}
