#include "base/arena.h"
#include "base/err.h"
#include "harness.h"
#include "sql/builtin.h"
#include "sql/parse.h"

static struct ctx ctx;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
}

static void teardown(void)
{
	arena_free(ctx.arena);
}

static sql_stmts split(const char *script)
{
	sql_stmts out = { 0 };
	ck_assert_int_eq(sql_split(&ctx, str_of(script), &out), 0);
	return out;
}

START_TEST(splits_at_semicolons_outside_quotes)
{
	sql_stmts s = split("select ';' , \";\", $a$;$a$ /* ; /* ; */ */ -- ;\n; ;\n select 2");
	ck_assert_uint_eq(s.n, 2);
	ck_assert(str_is(s.v[1].text, "select 2"));
	ck_assert(str_ends(s.v[0].text, STR("$a$;$a$")));
}
END_TEST

START_TEST(split_reports_offsets)
{
	const char *script = "\xEF\xBB\xBF  select 1;\n-- c\nselect 2;";
	sql_stmts s = split(script);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_int_eq(s.v[0].offset, 5);
	ck_assert_int_eq(strncmp(script + s.v[1].offset, "select 2", 8), 0);
}
END_TEST

START_TEST(split_reads_copy_blocks_and_psql_lines)
{
	sql_stmts s =
		split("\\restrict abc;\nCOPY public.t (a, b) FROM stdin;\n1\tx;\n2\t\\N\n\\.\n"
		      "select 3;\n\\unrestrict abc\n");
	ck_assert_uint_eq(s.n, 2);
	ck_assert(str_is(s.v[0].copy_data, "1\tx;\n2\t\\N\n"));
	ck_assert(str_is(s.v[1].text, "select 3"));
	ck_assert_ptr_null(s.v[1].copy_data.p);
}
END_TEST

START_TEST(split_keeps_atomic_bodies_whole)
{
	sql_stmts s =
		split("create function f() returns int begin atomic select case when true then "
		      "1 end; select 2; end; select 3");
	ck_assert_uint_eq(s.n, 2);
	ck_assert(str_is(s.v[1].text, "select 3"));
}
END_TEST

START_TEST(split_refuses_what_does_not_end)
{
	static const struct {
		const char *script, *message;
		int position;
	} cases[] = {
		{ "select 'abc", "unterminated quoted string at or near \"'abc\"", 8 },
		{ "select \xC3\xA9, \"abc", "unterminated quoted identifier at or near \"\"abc\"",
		  11 },
		{ "select $x$ abc", "unterminated dollar-quoted string at or near \"$x$ abc\"", 8 },
		{ "/* /* */", "unterminated /* comment at or near \"/* /* */\"", 1 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		sql_stmts out = { 0 };
		ck_assert_int_eq(sql_split(&ctx, str_of(cases[i].script), &out), -1);
		ck_assert_str_eq(ctx.err.code, "42601");
		ck_assert_str_eq(ctx.err.message, cases[i].message);
		ck_assert_int_eq(ctx.err.position, cases[i].position);
	}
}
END_TEST

START_TEST(parses_to_the_grammar_s_tree)
{
	const struct json *stmt = NULL;
	ck_assert_int_eq(sql_parse(&ctx, STR("select 1"), &stmt), 0);
	ck_assert(str_is(node_kind(stmt), "SelectStmt"));
	ck_assert_int_eq(sql_parse(&ctx, STR("select 'x' y 3"), &stmt), -1);
	ck_assert_str_eq(ctx.err.message, "syntax error at or near \"3\"");
	ck_assert_int_eq(ctx.err.position, 14);
}
END_TEST

START_TEST(expression_positions_are_its_own)
{
	const struct json *e = NULL;
	ck_assert_int_eq(sql_parse_expr(&ctx, STR("a = 'b' -- c"), &e), 0);
	ck_assert(str_is(node_kind(e), "A_Expr"));
	ck_assert_int_eq(json_get_i64(node_as(e, "A_Expr"), "location", -1), 2);
	ck_assert_int_eq(sql_parse_expr(&ctx, STR("a = = 1"), &e), -1);
	ck_assert_int_eq(ctx.err.position, 5);
	ck_assert_int_eq(sql_parse_expr(&ctx, STR("1), (2"), &e), -1);
	ck_assert_int_eq(sql_parse_expr(&ctx, STR("1) from t --"), &e), -1);
}
END_TEST

static bool refused_as_too_deep(const char *unit, int times, const char *prefix, const char *end)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	buf_puts(&b, prefix);
	for (int i = 0; i < times; i++)
		buf_puts(&b, unit);
	buf_puts(&b, end);
	const struct json *stmt = NULL;
	err_clear(&ctx);
	int rc = sql_parse(&ctx, buf_view(&b), &stmt);
	return rc < 0 && err_is(&ctx, "54001");
}

START_TEST(limits_stand_before_the_grammar)
{
	ck_assert(refused_as_too_deep("(", 300, "select ", "1"));
	ck_assert(refused_as_too_deep("1+", 20000, "select ", "1"));
	ck_assert(refused_as_too_deep("- ", 20000, "select ", "1"));
	ck_assert(refused_as_too_deep("select 1,1 union ", 3000, "", "select 1,1"));
	ck_assert(refused_as_too_deep("case when ", 300, "select ", "1"));
	ck_assert(!refused_as_too_deep("1+", 1500, "select ", "1"));
	ck_assert(!refused_as_too_deep("(1,2),", 20000, "values ", "(1,2)"));
}
END_TEST

START_TEST(refuses_bytes_that_are_not_utf8)
{
	const struct json *stmt = NULL;
	ck_assert_int_eq(sql_parse(&ctx, STR("select '\xff'"), &stmt), -1);
	ck_assert_str_eq(ctx.err.code, "22021");
	ck_assert_int_eq(sql_parse(&ctx, STR("select '\0'"), &stmt), -1);
}
END_TEST

static const char *ident(const char *name)
{
	BUF_CLEANUP struct buf b = buf_make(1000);
	sql_put_ident(&b, str_of(name));
	return buf_dup(ctx.arena, &b);
}

START_TEST(identifiers_are_quoted_as_quote_ident_does)
{
	ck_assert_str_eq(ident("a_1"), "a_1");
	ck_assert_str_eq(ident("Abc"), "\"Abc\"");
	ck_assert_str_eq(ident("select"), "\"select\"");
	ck_assert_str_eq(ident("a\"b"), "\"a\"\"b\"");
	ck_assert_str_eq(ident(""), "\"\"");
	ck_assert_str_eq(ident("name"), "name");
}
END_TEST

static const char *format(const char *name, int32_t typmod)
{
	const struct type *t = type_builtin(str_of(name));
	ck_assert_ptr_nonnull(t);
	return type_format(ctx.arena, (struct typeref){ t, typmod });
}

START_TEST(types_print_as_format_type_does)
{
	ck_assert_str_eq(format("int4", -1), "integer");
	ck_assert_str_eq(format("_int4", -1), "integer[]");
	ck_assert_str_eq(format("varchar", 24), "character varying(20)");
	ck_assert_str_eq(format("numeric", ((10 << 16) | 2) + 4), "numeric(10,2)");
	ck_assert_str_eq(format("timestamptz", 3), "timestamp(3) with time zone");
	ck_assert_str_eq(format("timestamp without time zone", -1), "timestamp without time zone");
	ck_assert_ptr_null(type_builtin(STR("nonesuch")));
}
END_TEST

START_TEST(builtins_are_found_by_signature)
{
	const struct type *i4 = type_of_value(V_INT4), *i8 = type_of_value(V_INT8);
	const struct builtin *eq = builtin_op("=", i4, i8);
	ck_assert_ptr_nonnull(eq);
	ck_assert_str_eq(eq->sqlite, "%1 = %2");
	ck_assert(eq->flags & BF_LEAKPROOF);
	ck_assert_ptr_null(builtin_op("=", i4, type_of_value(V_TEXT)));
	ck_assert_ptr_nonnull(builtin_cast(i4, i8));
	ck_assert_ptr_null(builtin_cast(type_of_value(V_UUID), i8));
	ck_assert_ptr_nonnull(builtin_op("-", NULL, i4));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sql_parse");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, splits_at_semicolons_outside_quotes);
	tcase_add_test(tc, split_reports_offsets);
	tcase_add_test(tc, split_reads_copy_blocks_and_psql_lines);
	tcase_add_test(tc, split_keeps_atomic_bodies_whole);
	tcase_add_test(tc, split_refuses_what_does_not_end);
	tcase_add_test(tc, parses_to_the_grammar_s_tree);
	tcase_add_test(tc, expression_positions_are_its_own);
	tcase_add_test(tc, limits_stand_before_the_grammar);
	tcase_add_test(tc, refuses_bytes_that_are_not_utf8);
	tcase_add_test(tc, identifiers_are_quoted_as_quote_ident_does);
	tcase_add_test(tc, types_print_as_format_type_does);
	tcase_add_test(tc, builtins_are_found_by_signature);
	suite_add_tcase(suite, tc);
	return harness_run(suite);
}
