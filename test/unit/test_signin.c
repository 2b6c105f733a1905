#include "base/arena.h"
#include "config/config.h"
#include "harness.h"
#include "signin/call.h"
#include "signin/counted.h"
#include "signin/password.h"
#include "signin/rate.h"
#include "signin/redirect.h"
#include "signin/totp.h"

#include <sodium.h>

static struct arena *a;

static void setup(void)
{
	a = arena_new(0);
	ck_assert_int_ge(sodium_init(), 0);
}

static void teardown(void)
{
	arena_free(a);
}

static bool globs(const char *pattern, const char *text)
{
	return redirect_glob(str_of(pattern), str_of(text));
}

START_TEST(globs_as_upstream_documents_them)
{
	ck_assert(globs("http://localhost:3000/*", "http://localhost:3000/foo"));
	ck_assert(!globs("http://localhost:3000/*", "http://localhost:3000/foo/bar"));
	ck_assert(!globs("http://localhost:3000/*", "http://localhost:3000/foo.bar"));
	ck_assert(globs("http://localhost:3000/**", "http://localhost:3000/foo/bar.html"));
	ck_assert(globs("http://localhost:3000/**", "http://localhost:3000/"));
	ck_assert(globs("https://*.example.org/**", "https://a.example.org/x/y"));
	ck_assert(!globs("https://*.example.org/**", "https://a.b.example.org/x"));
	ck_assert(!globs("https://*.example.org/**", "https://evil.org/.example.org/x"));
	ck_assert(globs("http://localhost:300?/", "http://localhost:3001/"));
	ck_assert(!globs("http://localhost:300?/", "http://localhost:300./"));
	ck_assert(globs("http://h/[!a-z].html", "http://h/1.html"));
	ck_assert(!globs("http://h/[!a-z].html", "http://h/b.html"));
	ck_assert(globs("https://{a,b}.org", "https://b.org"));
	ck_assert(!globs("https://{a,b}.org", "https://c.org"));
	ck_assert(globs("a\\*b", "a*b"));
	ck_assert(!globs("a\\*b", "axb"));
}
END_TEST

START_TEST(a_glob_that_backtracks_ends)
{
	char text[512];
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	ck_assert(!globs("**a**a**a**a**a**a**a**a**a**b", text));
}
END_TEST

static bool allowed(const char *url)
{
	const char *patterns[] = { "https://app.example.org/**", "com.example.app://**",
				   "https://*.preview.example.org/*" };
	struct config_list list = { patterns, 3 };
	return redirect_is_allowed("http://127.0.0.1:3000", &list, str_of(url));
}

START_TEST(redirects_lead_home)
{
	static const char *const good[] = {
		"http://127.0.0.1:3000/x",	     "http://127.0.0.1:4000",
		"https://app.example.org/a/b?c#d",   "com.example.app://login",
		"https://one.preview.example.org/x", "http://127.0.0.1:3000",
	};
	static const char *const bad[] = {
		"",
		"x",
		"//evil.example",
		"https://evil.example/",
		"http://127.0.0.1.evil.example/",
		"https://app.example.org@evil.example/",
		"https://app.example.org.evil.example/",
		"https://evil.example/#https://app.example.org/",
		"javascript:alert(1)",
		"javascript://127.0.0.1/%0aalert(1)",
		"http:\\\\evil.example",
		"https://app.example.org\\@evil.example/",
		"http://2130706433/",
		"http://10.0.0.1/",
		"https://app.example.org/\n",
		"https://evil.example/.preview.example.org/x",
		"data:text/html,x",
		"http://[::2]/",
		"http://0x7f000001@evil.example/",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(allowed(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!allowed(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(passwords_verify_in_every_form)
{
	const char *bcrypt = password_make(a, "correct horse", false);
	const char *argon = password_make(a, "correct horse", true);
	ck_assert(!strncmp(bcrypt, "$2a$10$", 7));
	ck_assert(!strncmp(argon, "$argon2id$", 10));
	ck_assert(password_matches("correct horse", bcrypt));
	ck_assert(!password_matches("correct hors", bcrypt));
	ck_assert(password_matches("correct horse", argon));
	ck_assert(!password_matches("wrong", argon));
	ck_assert(!password_matches("", ""));
	ck_assert(!password_matches("*0", "*0"));
	ck_assert(!password_matches("plain", "plain"));
	ck_assert(password_is_known_hash("$2y$10$x"));
	ck_assert(!password_is_known_hash("$1$md5"));
}
END_TEST

START_TEST(bcrypt_vectors)
{
	/* The crypt_blowfish test vector. */
	ck_assert(password_matches("U*U",
				   "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
	ck_assert(password_matches("U*U",
				   "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
}
END_TEST

START_TEST(firebase_scrypt_vector)
{
	static const char hash[] = "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk="
				   "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn21"
				   "0wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$"
				   "lSrfV15cpx95/sZS2W9c9Kp6i/LV"
				   "gQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
	ck_assert(password_matches("user1password", hash));
	ck_assert(!password_matches("user2password", hash));
	ck_assert(!password_matches("x", "$fbscrypt$v=1,n=60,r=8,p=1,ss=Bw==,sk=Bw==$Bw==$Bw=="));
	ck_assert(!password_matches("x", "$fbscrypt$"));
}
END_TEST

START_TEST(totp_vectors_of_rfc_6238)
{
	/* "12345678901234567890" in base32; the last six of the RFC's eight digits. */
	static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
	char code[7];
	ck_assert(totp_code(secret, 59 / 30, code));
	ck_assert_str_eq(code, "287082");
	ck_assert(totp_code(secret, 1111111109 / 30, code));
	ck_assert_str_eq(code, "081804");
	ck_assert(totp_matches(secret, 59 + 30, "287082"));
	ck_assert(!totp_matches(secret, 59 + 61, "287082"));
	ck_assert(!totp_matches(secret, 59, "28708"));
	ck_assert(!totp_code("not base32!", 1, code));
	ck_assert_uint_eq(strlen(totp_new_secret(a)), 32);
	ck_assert_str_eq(
		totp_uri(a, "My app", "a@b.co", "ABC"),
		"otpauth://totp/My%20app:a%40b.co?algorithm=SHA1&digits=6&issuer=My%20app&period="
		"30&secret=ABC");
	ck_assert(strstr(totp_svg(a, "otpauth://x"), "<path"));
}
END_TEST

START_TEST(buckets_refill)
{
	struct limits *l = limits_new();
	struct limit what = { "x", 3, 30 };
	int64_t wait = 0;
	for (int i = 0; i < 3; i++)
		ck_assert(limits_take(l, &what, STR("a"), 100, &wait));
	ck_assert(!limits_take(l, &what, STR("a"), 100, &wait));
	ck_assert_int_ge(wait, 10);
	ck_assert(limits_take(l, &what, STR("b"), 100, &wait));
	ck_assert(!limits_has(l, &what, STR("a"), 109, &wait));
	ck_assert(limits_has(l, &what, STR("a"), 110.1, &wait));
	ck_assert(limits_take(l, &what, STR("a"), 110.1, &wait));
	ck_assert(!limits_take(l, &what, STR("a"), 110.1, &wait));
	ck_assert(limits_take(l, &(struct limit){ "off", 0, 1 }, STR("a"), 0, &wait));
	limits_free(l);
}
END_TEST

START_TEST(the_table_of_buckets_is_bounded)
{
	struct limits *l = limits_new();
	struct limit what = { "x", 1, 1000 };
	int64_t wait = 0;
	for (int i = 0; i < 250000; i++)
		limits_take(l, &what, str_of(arena_printf(a, "%d", i)), 0, &wait);
	ck_assert_uint_le(limits_count(l), 100001);
	limits_free(l);
}
END_TEST

START_TEST(durations)
{
	ck_assert_int_eq(duration_seconds("1s"), 1);
	ck_assert_int_eq(duration_seconds("1m0s"), 60);
	ck_assert_int_eq(duration_seconds("24h"), 86400);
	ck_assert_int_eq(duration_seconds("1h30m10s"), 5410);
	ck_assert_int_eq(duration_seconds("0"), 0);
	ck_assert_int_eq(duration_seconds("1d"), -1);
	ck_assert_int_eq(duration_seconds("x"), -1);
	ck_assert_int_eq(duration_seconds(""), -1);
	ck_assert_int_eq(duration_seconds("-1s"), -1);
	ck_assert_int_eq(duration_seconds("nan"), -1);
}
END_TEST

START_TEST(counted_tokens_round_trip)
{
	static const int64_t counters[] = { 0, 1, 127, 128, 300, 1ll << 40 };
	char key[COUNTED_KEY] = "0123456789abcdef0123456789abcde";
	struct str k = { key, sizeof(key) };
	const char *id = new_uuid(a);
	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		char *text = arena_strdup(a, counted_make(a, id, counters[i], k));
		struct counted t;
		ck_assert(counted_parse(a, str_of(text), &t));
		ck_assert_str_eq(t.session_id, id);
		ck_assert_int_eq(t.counter, counters[i]);
		ck_assert(counted_is_signed(&t, k));
		key[0] ^= 1;
		ck_assert(!counted_is_signed(&t, k));
		key[0] ^= 1;
		for (size_t j = 0; text[j]; j++) {
			char was = text[j];
			text[j] = was == 'A' ? 'B' : 'A';
			ck_assert(!counted_parse(a, str_of(text), &t));
			text[j] = was;
		}
	}
	ck_assert(!counted_parse(a, STR("abcdefghijkl"), &(struct counted){ 0 }));
	ck_assert(!counted_parse(a, STR(""), &(struct counted){ 0 }));
	ck_assert(!counted_make(a, "no uuid", 0, k));
}
END_TEST

START_TEST(uuids)
{
	ck_assert(is_uuid(str_of(new_uuid(a))));
	ck_assert_int_eq(new_uuid(a)[14], '4');
	ck_assert(!is_uuid(STR("3f2b4a5e-0000-4000-8000-00000000000g")));
	ck_assert(!is_uuid(STR("")));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("signin");
	TCase *t = tcase_create("signin");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, globs_as_upstream_documents_them);
	tcase_add_test(t, a_glob_that_backtracks_ends);
	tcase_add_test(t, redirects_lead_home);
	tcase_add_test(t, passwords_verify_in_every_form);
	tcase_add_test(t, bcrypt_vectors);
	tcase_add_test(t, firebase_scrypt_vector);
	tcase_add_test(t, totp_vectors_of_rfc_6238);
	tcase_add_test(t, buckets_refill);
	tcase_add_test(t, the_table_of_buckets_is_bounded);
	tcase_add_test(t, durations);
	tcase_add_test(t, counted_tokens_round_trip);
	tcase_add_test(t, uuids);
	suite_add_tcase(s, t);
	return harness_run(s);
}
