#include "auth/auth.h"
#include "auth/cache.h"
#include "auth/jwk.h"
#include "auth/jwt.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"
#include "harness.h"
#include "jwk_fixtures.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static struct ctx ctx;
static struct config *cfg;
static struct auth *auth;
static char dir[64];

/* The tokens that every `supabase start` prints. */
static const char demo_anon[] =
	"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
	"eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9."
	"CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0";
static const char demo_service[] =
	"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
	"eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImV4cCI6MTk4MzgxMjk5Nn0."
	"EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU";

static void start(char **environment)
{
	struct config_options opt = { .environ = environment };
	auth_free(auth);
	config_free(cfg);
	auth = NULL;
	cfg = NULL;
	ck_assert_msg(config_load(&ctx, dir, &opt, &cfg) == 0, "%s", ctx.err.message);
	ck_assert_msg(auth_new(&ctx, cfg, &auth) == 0, "%s", ctx.err.message);
}

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
	strcpy(dir, "/tmp/bedplate-auth-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	start((char *[]){ NULL });
}

static void teardown(void)
{
	auth_free(auth);
	config_free(cfg);
	ck_assert_int_eq(system(arena_printf(ctx.arena, "rm -r '%s'", dir)), 0);
	arena_free(ctx.arena);
}

static struct credential resolve(const char *authorization, const char *apikey, const char *query)
{
	struct credential cr;
	credential_resolve(auth, str_of(authorization), str_of(apikey), str_of(query), &cr);
	return cr;
}

static struct credential bearer(const char *token)
{
	return (struct credential){ .kind = CREDENTIAL_BEARER, .token = str_of(token) };
}

/* The role, or "CODE status message". */
static const char *who(struct credential cr)
{
	struct principal p;
	err_clear(&ctx);
	if (auth_verify(&ctx, auth, &cr, &p) == 0)
		return p.role;
	return arena_printf(ctx.arena, "%s %d %s", ctx.err.code, ctx.err.http_status,
			    ctx.err.message);
}

static const char *mint(const char *claims)
{
	const char *token;
	ck_assert_int_eq(auth_sign(&ctx, auth, str_of(claims), &token), 0);
	return token;
}

START_TEST(minted_keys_are_those_of_supabase_start)
{
	ck_assert_str_eq(auth_anon_key(auth), demo_anon);
	ck_assert_str_eq(auth_service_role_key(auth), demo_service);
}
END_TEST

START_TEST(gateway_has_three_outcomes)
{
	const char *bearer_header = "Bearer tok.en.x";
	ck_assert_int_eq(resolve(NULL, NULL, NULL).kind, CREDENTIAL_NONE);
	ck_assert_int_eq(resolve(NULL, "", NULL).kind, CREDENTIAL_NONE);
	struct credential cr = resolve(bearer_header, CONFIG_DEMO_SECRET_KEY, NULL);
	ck_assert_int_eq(cr.kind, CREDENTIAL_BEARER);
	ck_assert(str_is(cr.token, "tok.en.x"));
	cr = resolve(NULL, "some.raw.jwt", NULL);
	ck_assert_int_eq(cr.kind, CREDENTIAL_BARE);
	ck_assert(str_is(cr.token, "some.raw.jwt"));
	cr = resolve("Basic abc", CONFIG_DEMO_SECRET_KEY, NULL);
	ck_assert_int_eq(cr.kind, CREDENTIAL_BARE);
	ck_assert(str_is(cr.token, "Basic abc"));
}
END_TEST

START_TEST(opaque_keys_stand_for_their_tokens)
{
	struct credential cr = resolve(NULL, CONFIG_DEMO_SECRET_KEY, NULL);
	ck_assert_int_eq(cr.key, CREDENTIAL_KEY_SECRET);
	ck_assert(str_is(cr.token, demo_service));
	ck_assert_str_eq(who(cr), "service_role");
	cr = resolve("Bearer " CONFIG_DEMO_PUBLISHABLE_KEY, CONFIG_DEMO_PUBLISHABLE_KEY, NULL);
	ck_assert_int_eq(cr.key, CREDENTIAL_KEY_PUBLISHABLE);
	ck_assert_str_eq(who(cr), "anon");
	cr = resolve("bearer " CONFIG_DEMO_SECRET_KEY, NULL, CONFIG_DEMO_SECRET_KEY);
	ck_assert_str_eq(who(cr), "service_role");
	/* The opaque key in Authorization alone says nothing. */
	cr = resolve("Bearer " CONFIG_DEMO_SECRET_KEY, NULL, NULL);
	ck_assert_int_eq(cr.kind, CREDENTIAL_NONE);
	cr = resolve(NULL, "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvy", NULL);
	ck_assert_int_eq(cr.kind, CREDENTIAL_BARE);
	ck_assert_str_eq(who(cr), "anon");
}
END_TEST

START_TEST(keyless_requests_may_be_refused)
{
	struct credential none = resolve(NULL, NULL, NULL);
	ck_assert_int_eq(credential_require_key(&ctx, auth, &none), 0);
	start((char *[]){ "BEDPLATE_REQUIRE_APIKEY=true", NULL });
	ck_assert_int_eq(credential_require_key(&ctx, auth, &none), -1);
	ck_assert_str_eq(ctx.err.message, "No API key found in request");
	struct credential cr = resolve(NULL, "nonsense", NULL);
	ck_assert_int_eq(credential_require_key(&ctx, auth, &cr), -1);
	ck_assert_str_eq(ctx.err.message, "Invalid API key");
	cr = resolve("Bearer x.y.z", demo_anon, NULL);
	ck_assert_int_eq(credential_require_key(&ctx, auth, &cr), 0);
	cr = resolve(NULL, CONFIG_DEMO_SECRET_KEY, NULL);
	ck_assert_int_eq(credential_require_key(&ctx, auth, &cr), 0);
}
END_TEST

START_TEST(principal_carries_role_claims_and_subject)
{
	struct principal p;
	struct credential cr =
		bearer(mint("{\"sub\":\"u1\",\"role\":\"authenticated\",\"exp\":9999999999}"));
	for (int i = 0; i < 2; i++) { /* verified, then from the cache */
		ck_assert_int_eq(auth_verify(&ctx, auth, &cr, &p), 0);
		ck_assert_str_eq(p.role, "authenticated");
		ck_assert(str_is(p.claims_json,
				 "{\"exp\":9999999999,\"role\":\"authenticated\",\"sub\":\"u1\"}"));
		ck_assert(str_is(p.subject, "u1"));
		ck_assert(!p.is_anonymous);
		ck_assert_int_eq(p.expires_at, 9999999999);
	}
	ck_assert_uint_eq(auth_cache_stats(auth).hits, 1);
	ck_assert_uint_eq(auth_cache_stats(auth).entries, 1);
	cr = bearer(mint("{\"sub\":\"u2\"}"));
	ck_assert_int_eq(auth_verify(&ctx, auth, &cr, &p), 0);
	ck_assert_str_eq(p.role, "anon");
	ck_assert(p.is_anonymous);
	cr = (struct credential){ 0 };
	ck_assert_int_eq(auth_verify(&ctx, auth, &cr, &p), 0);
	ck_assert(str_is(p.claims_json, "{\"role\":\"anon\"}"));
	ck_assert(p.is_anonymous);
}
END_TEST

START_TEST(refusals_have_their_codes_and_challenges)
{
	ck_assert_str_eq(who(bearer("x")), "PGRST301 401 Expected 3 parts in JWT; got 1");
	ck_assert_str_eq(auth_challenge(&ctx),
			 "Bearer error=\"invalid_token\", "
			 "error_description=\"Expected 3 parts in JWT; got 1\"");
	ck_assert_str_eq(who(bearer(mint("{\"exp\":1}"))), "PGRST303 401 JWT expired");
	ck_assert_str_eq(auth_challenge(&ctx),
			 "Bearer error=\"invalid_token\", error_description=\"JWT expired\"");
	ck_assert_str_eq(who(bearer(mint("{\"role\":\"none\"}"))),
			 "22023 401 role \"none\" does not exist");
	ck_assert_str_eq(who(bearer(mint("{\"role\":\"\"}"))),
			 "22023 401 role \"\" does not exist");
	ck_assert_ptr_null(auth_challenge(&ctx));
	ck_assert_uint_eq(auth_cache_stats(auth).entries, 0);
	start((char *[]){ "BEDPLATE_ANON_ROLE=", NULL });
	ck_assert_str_eq(who((struct credential){ 0 }),
			 "PGRST302 401 Anonymous access is disabled");
	ck_assert_str_eq(auth_challenge(&ctx), "Bearer");
	ck_assert_str_eq(who(bearer(mint("{}"))), "PGRST302 401 Anonymous access is disabled");
	start((char *[]){ "BEDPLATE_ACCEPT_JWT=false", NULL });
	ck_assert_str_eq(who(bearer(demo_anon)), "PGRST300 500 Server lacks JWT secret");
	ck_assert_ptr_null(auth_challenge(&ctx));
	ck_assert_str_eq(who((struct credential){ 0 }), "anon");
	start((char *[]){ "BEDPLATE_JWT_AUD=mine", NULL });
	ck_assert_str_eq(who(bearer(mint("{\"aud\":\"yours\"}"))),
			 "PGRST303 401 JWT not in audience");
}
END_TEST

static void put(const char *name, const char *text)
{
	FILE *f = fopen(arena_printf(ctx.arena, "%s/%s", dir, name), "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

START_TEST(signing_keys_sign_and_the_secret_still_verifies)
{
	const char *old = mint("{\"role\":\"authenticated\"}");
	put("keys.json", arena_printf(ctx.arena, "[%s]", ec_private));
	start((char *[]){
		arena_printf(ctx.arena, "SUPABASE_AUTH_SIGNING_KEYS_PATH=%s/keys.json", dir),
		NULL });
	ck_assert(str_starts(str_of(auth_anon_key(auth)), STR("eyJhbGciOiJFUzI1NiIsI")));
	ck_assert_str_eq(who(resolve(NULL, CONFIG_DEMO_SECRET_KEY, NULL)), "service_role");
	ck_assert_str_eq(who(bearer(old)), "authenticated");
	ck_assert_str_eq(who(bearer(mint("{\"role\":\"x\"}"))), "x");
	ck_assert_ptr_nonnull(
		strstr(jwks_public_json(ctx.arena, auth_keys(auth)), "\"kid\":\"e1\""));
}
END_TEST

START_TEST(secret_may_be_a_key_set_or_base64)
{
	start((char *[]){
		arena_printf(ctx.arena, "SUPABASE_AUTH_JWT_SECRET={\"keys\":[%s]}", rsa_public),
		NULL });
	ck_assert_str_eq(auth_anon_key(auth), "");
	ck_assert_str_eq(who(bearer(demo_anon)), "PGRST301 401 No suitable key or wrong key type");
	start((char *[]){ "SUPABASE_AUTH_JWT_SECRET="
			  "c3VwZXItc2VjcmV0LWp3dC10b2tlbi13aXRoLWF0LWxlYXN0LTMyLWNoYXJhY3RlcnMt"
			  "bG9uZw==",
			  "BEDPLATE_JWT_SECRET_IS_BASE64=true", NULL });
	ck_assert_str_eq(who(bearer(demo_service)), "service_role");
}
END_TEST

START_TEST(third_parties_vouch_for_their_issuer_only)
{
	struct jwks *theirs = jwks_new();
	const char *good, *bad;
	ck_assert_int_eq(jwks_add_json(&ctx, theirs, str_of(rsa_private), false), 0);
	ck_assert_int_eq(jwt_sign(&ctx, jwks_signer(theirs),
				  STR("{\"iss\":\"https://securetoken.google.com/p\"}"), &good),
			 0);
	ck_assert_int_eq(jwt_sign(&ctx, jwks_signer(theirs),
				  STR("{\"iss\":\"https://other\",\"role\":\"service_role\"}"),
				  &bad),
			 0);
	jwks_free(theirs);
	put("jwks.json", arena_printf(ctx.arena, "{\"keys\":[%s]}", rsa_public));
	ck_assert_int_eq(system(arena_printf(ctx.arena, "mkdir %s/supabase", dir)), 0);
	put("supabase/config.toml",
	    "[auth.third_party.firebase]\nenabled = true\n"
	    "project_id = \"p\"\n[bedplate]\njwks_path = \"../jwks.json\"\n");
	start((char *[]){ NULL });
	ck_assert_str_eq(who(bearer(good)), "anon");
	ck_assert_str_eq(who(bearer(bad)), "PGRST301 401 No suitable key or wrong key type");
	ck_assert_str_eq(who(bearer(demo_service)), "service_role");
}
END_TEST

START_TEST(bad_keys_stop_the_start)
{
	struct auth *other = NULL;
	struct config *bad = NULL;
	put("keys.json", "{\"kty\":\"oct\",\"k\":\"AA\"}");
	struct config_options opt = {
		.environ = (char *[]){ arena_printf(ctx.arena,
						    "SUPABASE_AUTH_SIGNING_KEYS_PATH=%s/keys.json",
						    dir),
				       NULL }
	};
	ck_assert_int_eq(config_load(&ctx, dir, &opt, &bad), 0);
	ck_assert_int_eq(auth_new(&ctx, bad, &other), -1);
	ck_assert_str_eq(ctx.err.message,
			 "auth.signing_keys_path: the HS256 secret is shorter than "
			 "32 bytes");
	ck_assert_ptr_null(other);
	config_free(bad);
}
END_TEST

START_TEST(cache_is_bounded_and_drops_what_expired)
{
	struct token_cache *cache = token_cache_new(20);
	struct principal p = { .role = "r", .claims_json = STR("{}"), .expires_at = 1000 };
	struct principal got;
	for (int i = 0; i < 1000; i++)
		token_cache_put(cache, str_of(arena_printf(ctx.arena, "token-%d", i)), &p);
	struct auth_cache_stats stats = token_cache_stats(cache);
	ck_assert_uint_le(stats.entries, 20);
	ck_assert_uint_ge(stats.entries, 16);
	ck_assert_uint_eq(stats.evictions, 1000 - stats.entries);
	ck_assert(token_cache_get(cache, ctx.arena, STR("token-999"), 1030, &got));
	ck_assert(!token_cache_get(cache, ctx.arena, STR("token-99"), 1030, &got));
	ck_assert(!token_cache_get(cache, ctx.arena, STR("token-999"), 1031, &got));
	ck_assert(!token_cache_get(cache, ctx.arena, STR("token-999"), 1030, &got));
	token_cache_free(cache);
	token_cache_put(NULL, STR("x"), &p);
	ck_assert(!token_cache_get(NULL, ctx.arena, STR("x"), 0, &got));
}
END_TEST

/* Two tokens whose signatures are alike are still two tokens. */
START_TEST(cache_compares_the_whole_token)
{
	struct token_cache *cache = token_cache_new(8);
	struct principal p = { .role = "r", .claims_json = STR("{}") }, got;
	const char *tail = "................................................................same";
	token_cache_put(cache, str_of(arena_printf(ctx.arena, "a%s", tail)), &p);
	ck_assert(token_cache_get(cache, ctx.arena, str_of(arena_printf(ctx.arena, "a%s", tail)), 0,
				  &got));
	ck_assert(!token_cache_get(cache, ctx.arena, str_of(arena_printf(ctx.arena, "b%s", tail)),
				   0, &got));
	token_cache_free(cache);
}
END_TEST

enum { WORKERS = 4, ROUNDS = 3000, TOKENS = 40 };

static void *hammer(void *arg)
{
	struct token_cache *cache = arg;
	struct arena *a = arena_new(0);
	for (int i = 0; i < ROUNDS; i++) {
		char token[32], role[32];
		int k = i * 7 % TOKENS;
		struct principal p = { .role = role, .claims_json = STR("{}") }, got;
		snprintf(token, sizeof(token), "token-%d", k);
		snprintf(role, sizeof(role), "role-%d", k);
		if (token_cache_get(cache, a, str_of(token), 0, &got))
			ck_assert_str_eq(got.role, role);
		else
			token_cache_put(cache, str_of(token), &p);
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

/* More tokens than places, so that entries go while others read them. */
START_TEST(cache_serves_many_threads)
{
	struct token_cache *cache = token_cache_new(16);
	pthread_t threads[WORKERS];
	for (int i = 0; i < WORKERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, hammer, cache), 0);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	struct auth_cache_stats stats = token_cache_stats(cache);
	ck_assert_uint_le(stats.entries, 16);
	ck_assert_uint_eq(stats.hits + stats.misses, WORKERS * ROUNDS);
	token_cache_free(cache);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("auth");
	TCase *t = tcase_create("auth");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, minted_keys_are_those_of_supabase_start);
	tcase_add_test(t, gateway_has_three_outcomes);
	tcase_add_test(t, opaque_keys_stand_for_their_tokens);
	tcase_add_test(t, keyless_requests_may_be_refused);
	tcase_add_test(t, principal_carries_role_claims_and_subject);
	tcase_add_test(t, refusals_have_their_codes_and_challenges);
	tcase_add_test(t, signing_keys_sign_and_the_secret_still_verifies);
	tcase_add_test(t, secret_may_be_a_key_set_or_base64);
	tcase_add_test(t, third_parties_vouch_for_their_issuer_only);
	tcase_add_test(t, bad_keys_stop_the_start);
	tcase_add_test(t, cache_is_bounded_and_drops_what_expired);
	tcase_add_test(t, cache_compares_the_whole_token);
	tcase_add_test(t, cache_serves_many_threads);
	suite_add_tcase(s, t);
	return harness_run(s);
}
