#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/vec.h"
#include "harness.h"

static struct ctx ctx;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
}

static void teardown(void)
{
	arena_free(ctx.arena);
}

static struct json *parse(const char *text)
{
	struct json *v = NULL;
	return json_parse(&ctx, str_of(text), (struct json_limits){ 0 }, &v) < 0 ? NULL : v;
}

START_TEST(arena_rewind_drops_later_pieces)
{
	char *kept = arena_strdup(ctx.arena, "kept");
	struct arena_mark mark = arena_mark(ctx.arena);
	size_t used = arena_used(ctx.arena);
	for (int i = 0; i < 1000; i++)
		arena_alloc(ctx.arena, 100);
	arena_rewind(ctx.arena, mark);
	ck_assert_uint_eq(arena_used(ctx.arena), used);
	ck_assert_str_eq(kept, "kept");
}
END_TEST

START_TEST(buf_stops_at_its_limit)
{
	BUF_CLEANUP struct buf b = buf_make(10);
	buf_puts(&b, "12345");
	ck_assert(buf_ok(&b));
	buf_puts(&b, "678901");
	ck_assert(!buf_ok(&b));
	ck_assert_uint_eq(b.n, 5);
}
END_TEST

START_TEST(buf_prints_extreme_integers)
{
	BUF_CLEANUP struct buf b = buf_make(100);
	buf_i64(&b, INT64_MIN);
	buf_char(&b, ' ');
	buf_i64(&b, 0);
	ck_assert(str_is(buf_view(&b), "-9223372036854775808 0"));
}
END_TEST

START_TEST(str_splits_every_piece)
{
	struct str rest = STR("a,,b,");
	const char *want[] = { "a", "", "b", "" };
	size_t n = 0;
	while (rest.p)
		ck_assert(str_is(str_split(&rest, ','), want[n++]));
	ck_assert_uint_eq(n, 4);
}
END_TEST

START_TEST(str_integers_have_bounds)
{
	int64_t v = 7;
	ck_assert(str_to_i64(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	ck_assert(!str_to_i64(STR("9223372036854775808"), &v));
	ck_assert(!str_to_i64(STR("12a"), &v));
	ck_assert(!str_to_i64(STR(""), &v));
}
END_TEST

START_TEST(utf8_refuses_malformed)
{
	ck_assert(str_is_utf8(STR("h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
	ck_assert(!str_is_utf8(STR("\xc0\xaf")));
	ck_assert(!str_is_utf8(STR("\xed\xa0\x80")));
	ck_assert(!str_is_utf8(STR("\xf4\x90\x80\x80")));
	ck_assert(!str_is_utf8(STR("\xe2\x82")));
}
END_TEST

START_TEST(map_keeps_and_forgets)
{
	struct map *m = map_new();
	static int values[1000];
	for (int i = 0; i < 1000; i++)
		ck_assert_ptr_null(
			map_put(m, str_of(arena_printf(ctx.arena, "k%d", i)), &values[i]));
	for (int i = 0; i < 1000; i += 2)
		ck_assert_ptr_eq(map_remove(m, str_of(arena_printf(ctx.arena, "k%d", i))),
				 &values[i]);
	ck_assert_uint_eq(map_count(m), 500);
	ck_assert_ptr_null(map_get(m, STR("k0")));
	ck_assert_ptr_eq(map_get(m, STR("k1")), &values[1]);
	map_free(m);
}
END_TEST

START_TEST(json_keeps_numbers_and_order)
{
	struct json *v = parse(
		" {\"b\": 1.00, \"a\": [true, null, -2e3], \"b\": \"\\u00e9\\ud83d\\ude00\"} ");
	ck_assert_ptr_nonnull(v);
	BUF_CLEANUP struct buf b = buf_make(1000);
	json_put(&b, v);
	ck_assert(str_is(buf_view(&b),
			 "{\"b\":1.00,\"a\":[true,null,-2e3],\"b\":\"\xc3\xa9\xf0\x9f\x98\x80\"}"));
	ck_assert(str_is(json_get(v, "a")->raw, "[true, null, -2e3]"));
}
END_TEST

START_TEST(json_refuses_what_is_not_json)
{
	const char *bad[] = { "",    "{",	 "[1,]",	"{\"a\" 1}", "01",
			      "1.",  "\"\x01\"", "\"\\ud800\"", "\"\\x\"",   "nul",
			      "1 2", "{a:1}",	 "\"abc",	"-",	     "\"\\u12\"" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!parse(bad[i]), "accepted %s", bad[i]);
}
END_TEST

START_TEST(json_depth_has_a_limit)
{
	char deep[2000];
	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	ck_assert_ptr_null(parse(deep));
	ck_assert(err_is(&ctx, "54001"));
}
END_TEST

START_TEST(err_carries_all_parts)
{
	ck_assert_int_eq(err_set(&ctx, "23505", "duplicate %d", 1), -1);
	err_details(&ctx, "Key %s.", "x");
	err_wrap(&ctx, "line %d", 3);
	ck_assert_str_eq(ctx.err.message, "line 3: duplicate 1");
	ck_assert_str_eq(ctx.err.details, "Key x.");
	ck_assert(err_class_is(&ctx, "23"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("base");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, arena_rewind_drops_later_pieces);
	tcase_add_test(t, buf_stops_at_its_limit);
	tcase_add_test(t, buf_prints_extreme_integers);
	tcase_add_test(t, str_splits_every_piece);
	tcase_add_test(t, str_integers_have_bounds);
	tcase_add_test(t, utf8_refuses_malformed);
	tcase_add_test(t, map_keeps_and_forgets);
	tcase_add_test(t, json_keeps_numbers_and_order);
	tcase_add_test(t, json_refuses_what_is_not_json);
	tcase_add_test(t, json_depth_has_a_limit);
	tcase_add_test(t, err_carries_all_parts);
	suite_add_tcase(s, t);
	return harness_run(s);
}
