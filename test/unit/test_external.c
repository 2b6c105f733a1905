#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "external/hook.h"
#include "external/oidc.h"
#include "external/provider.h"
#include "harness.h"
#include "net/client.h"

static struct arena *arena;
static struct ctx c;

static void setup(void)
{
	arena = arena_new(0);
	c = (struct ctx){ .arena = arena };
}

static void teardown(void)
{
	arena_free(arena);
}

static struct json *parse(const char *text)
{
	struct json *v;
	ck_assert_int_eq(json_parse(&c, str_of(text), (struct json_limits){ 0 }, &v), 0);
	return v;
}

/* The identity that a provider's profile gives; NULL when it is refused. */
static const struct identity *identity(const char *name, const char *profile, const char *emails)
{
	struct config_provider p = { .name = name,
				     .client_id = "id",
				     .secret = "s",
				     .url = "",
				     .redirect_uri = "http://x/callback" };
	struct config cfg = { .external = { .providers = &p, .n_providers = 1 } };
	struct providers *ps;
	struct identity *id = ARENA_NEW(arena, struct identity);
	if (strcmp(name, "keycloak") == 0 || strcmp(name, "corp") == 0)
		p.url = "https://idp.example.org/realms/x/";
	ck_assert_int_eq(providers_new(&c, &cfg, NULL, &ps), 0);
	const struct provider *found = provider_find(ps, str_of(name));
	ck_assert_ptr_nonnull(found);
	int rc = identity_read(&c, found, parse(profile), emails ? parse(emails) : NULL, "issuer",
			       id);
	providers_free(ps);
	return rc == 0 ? id : NULL;
}

static struct str member(const struct identity *id, const char *name)
{
	return json_get_str(parse(id->data), name, STR("-"));
}

START_TEST(profiles_become_identities)
{
	const struct identity *id = identity(
		"github",
		"{\"id\":42,\"login\":\"ada\",\"name\":\"Ada\",\"avatar_url\":\"http://a\"}",
		"[{\"email\":\"old@x.org\",\"verified\":true,\"primary\":false},"
		"{\"email\":\"Ada@x.org\",\"verified\":true,\"primary\":true}]");
	ck_assert_str_eq(id->subject, "42");
	ck_assert(str_is(id->email->address, "Ada@x.org"));
	ck_assert(id->email->is_verified);
	ck_assert(str_is(member(id, "user_name"), "ada"));
	ck_assert(str_is(member(id, "provider_id"), "42"));
	ck_assert(str_is(member(id, "iss"), "issuer"));
	id = identity(
		"discord",
		"{\"id\":\"7\",\"username\":\"ada\",\"discriminator\":\"12\",\"avatar\":\"a_x\","
		"\"email\":\"a@x.org\",\"verified\":false}",
		NULL);
	ck_assert(!id->email->is_verified);
	ck_assert(str_is(member(id, "name"), "ada#12"));
	ck_assert(str_is(member(id, "avatar_url"), "https://cdn.discordapp.com/avatars/7/a_x.gif"));
	id = identity("slack_oidc",
		      "{\"https://slack.com/user_id\":\"U1\",\"https://slack.com/team_id\":\"T1\","
		      "\"email\":\"a@x.org\",\"email_verified\":true}",
		      NULL);
	ck_assert_str_eq(id->subject, "U1");
	ck_assert(id->email->is_verified);
	id = identity("gitlab", "{\"id\":3,\"email\":\"a@x.org\",\"confirmed_at\":\"\"}",
		      "[{\"email\":\"b@x.org\",\"verified\":true}]");
	ck_assert(!id->email->is_verified);
	ck_assert(!id->emails[0].is_verified);
}
END_TEST

START_TEST(verified_means_what_the_provider_says)
{
	static const struct {
		const char *name, *profile;
		bool is_verified;
	} cases[] = {
		{ "google", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"email_verified\":true}", true },
		{ "google", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"email_verified\":\"true\"}",
		  true },
		{ "google", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"email_verified\":\"false\"}",
		  false },
		{ "google", "{\"sub\":\"1\",\"email\":\"a@x.org\"}", false },
		{ "corp", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"email_verified\":1}", false },
		{ "corp", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"email_verified\":null}", false },
		{ "azure", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"xms_edov\":false}", false },
		{ "azure", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"xms_edov\":\"1\"}", true },
		{ "azure", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"xms_edov\":\"0\"}", false },
		{ "apple", "{\"sub\":\"1\",\"email\":\"a@x.org\"}", true },
		{ "keycloak", "{\"sub\":\"1\",\"email\":\"a@x.org\",\"email_verified\":false}",
		  false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct identity *id = identity(cases[i].name, cases[i].profile, NULL);
		ck_assert_msg(id->email->is_verified == cases[i].is_verified, "%s",
			      cases[i].profile);
	}
	ck_assert_ptr_null(identity("google", "{\"email\":\"a@x.org\"}", NULL));
	ck_assert_ptr_null(identity("github", "{\"id\":{\"a\":1}}", "[]"));
	ck_assert_ptr_null(identity("corp", "{\"sub\":\"1\"}", NULL)->email);
}
END_TEST

START_TEST(audiences)
{
	static const char *const clients[] = { "app", "" };
	static const struct {
		const char *claims;
		bool fits;
	} cases[] = {
		{ "{\"aud\":\"app\"}", true },	    { "{\"aud\":[\"x\",\"app\"]}", true },
		{ "{\"aud\":\"apps\"}", false },    { "{\"aud\":\"\"}", false },
		{ "{\"aud\":[]}", false },	    { "{}", false },
		{ "{\"aud\":{\"app\":1}}", false }, { "{\"aud\":[[\"app\"]]}", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_msg(oidc_audience_fits(parse(cases[i].claims), clients, 2) ==
				      cases[i].fits,
			      "%s", cases[i].claims);
	ck_assert(!oidc_audience_fits(parse("{\"aud\":\"app\"}"), clients, 0));
}
END_TEST

/* The example of the Standard Webhooks specification. */
START_TEST(webhook_signature)
{
	const char *signature;
	ck_assert_int_eq(hook_sign(&c, STR("v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
				   "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
				   STR("{\"test\": 2432232314}"), &signature),
			 0);
	ck_assert_str_eq(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	ck_assert_int_eq(hook_sign(&c, STR("whsec_MfKQ"), "id", 0, STR(""), &signature), -1);
	ck_assert_int_eq(hook_sign(&c, STR("v1,whsec_"), "id", 0, STR(""), &signature), -1);
}
END_TEST

/* RFC 7636, appendix B. */
START_TEST(pkce_challenge)
{
	ck_assert_str_eq(oidc_challenge(arena, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
			 "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}
END_TEST

START_TEST(client_refuses)
{
	struct http_client *h;
	struct http_client_options o = { .threads = 1 };
	struct http_answer a;
	static const char *const urls[] = { "file:///etc/passwd", "gopher://127.0.0.1:1/",
					    "ftp://x/", "dict://127.0.0.1:1/x", "not a url" };
	ck_assert_int_eq(http_client_new(&c, &o, &h), 0);
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		struct http_call call = { .url = urls[i], .timeout_ms = 1000 };
		ck_assert_msg(http_client_call(&c, h, &call, &a) == -1, "%s", urls[i]);
		err_clear(&c);
	}
	struct http_call closed = { .url = "http://127.0.0.1:1/" };
	ck_assert_int_eq(http_client_call(&c, h, &closed, &a), -1);
	ck_assert(err_is(&c, "08006"));
	http_client_free(h);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("external");
	TCase *t = tcase_create("external");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, profiles_become_identities);
	tcase_add_test(t, verified_means_what_the_provider_says);
	tcase_add_test(t, audiences);
	tcase_add_test(t, webhook_signature);
	tcase_add_test(t, pkce_challenge);
	tcase_add_test(t, client_refuses);
	suite_add_tcase(s, t);
	return harness_run(s);
}
