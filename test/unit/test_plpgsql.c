#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "harness.h"
#include "plpgsql/plpgsql.h"

static struct ctx ctx;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
}

static void teardown(void)
{
	arena_free(ctx.arena);
}

static int parse(const char *text)
{
	static struct func_arg args[] = { { .name = "a", .mode = 'i' } };
	static struct function f = { .name = "f", .args = args, .n_args = 1 };
	struct plpgsql_body *body;
	args[0].type = f.returns = TYPEREF(type_of_value(V_INT4));
	err_clear(&ctx);
	return plpgsql_parse(&ctx, ctx.arena, str_of(text), &f, &body);
}

START_TEST(errors_have_postgresql_s_text_and_place)
{
	static const struct {
		const char *text, *code, *message;
		int position;
	} cases[] = {
		{ "begin retrun a; end", "42601", "syntax error at or near \"retrun\"", 7 },
		{ "begin return a + ; end", "42601", "syntax error at end of input", 17 },
		{ "begin return; end", "42601", "missing expression at or near \";\"", 13 },
		{ "begin \xC3\xA4 := 1; end", "42601", "\"\xC3\xA4\" is not a known variable", 7 },
		{ "/* \xC3\xA4 */ begin b := 1; end", "42601", "\"b\" is not a known variable",
		  15 },
		{ "declare x int; x int; begin end", "42601",
		  "duplicate declaration at or near \"x\"", 16 },
		{ "begin exit; end", "42601",
		  "EXIT cannot be used outside a loop, unless it has a label", 7 },
		{ "begin return next a; end", "42804",
		  "cannot use RETURN NEXT in a non-SETOF function", 7 },
		{ "begin perform 'x; end", "42601",
		  "unterminated quoted string at or near \"'x; end\"", 15 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_int_eq(parse(cases[i].text), -1);
		ck_assert_str_eq(ctx.err.code, cases[i].code);
		ck_assert_str_eq(ctx.err.message, cases[i].message);
		ck_assert_int_eq(ctx.err.position, cases[i].position);
	}
}
END_TEST

START_TEST(bodies_that_the_grammar_s_own_parser_refuses)
{
	ck_assert_int_eq(parse("declare r record; begin r.x := 1; return r.x; end"), 0);
	ck_assert_int_eq(parse("declare r record; begin select 1 into r.x; return 1; end"), 0);
	ck_assert_int_eq(parse("declare v int[]; begin v[1] := a; v[1:2] := v; return 1; end"), 0);
}
END_TEST

static int nested(int n)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	buf_puts(&b, "begin ");
	for (int i = 0; i < n; i++)
		buf_puts(&b, "if true then ");
	for (int i = 0; i < n; i++)
		buf_puts(&b, "end if; ");
	buf_puts(&b, "end");
	return parse(buf_dup(ctx.arena, &b));
}

START_TEST(nesting_and_length_are_limited)
{
	ck_assert_int_eq(nested(PLPGSQL_NESTING_MAX - 1), 0);
	ck_assert_int_eq(nested(PLPGSQL_NESTING_MAX), -1);
	ck_assert_str_eq(ctx.err.code, "54001");
	char *long_text = arena_zalloc(ctx.arena, PLPGSQL_BODY_MAX + 2);
	memset(long_text, ' ', PLPGSQL_BODY_MAX + 1);
	ck_assert_int_eq(parse(long_text), -1);
	ck_assert_str_eq(ctx.err.code, "54000");
}
END_TEST

struct seen {
	struct buf out;
	const char *body;
};

static void see(void *arg, char kind, struct str sql, int offset)
{
	struct seen *s = arg;
	ck_assert_int_eq(strncmp(s->body + offset, sql.p, 3), 0);
	buf_printf(&s->out, "%c:%.*s;", kind, STR_ARG(sql));
}

START_TEST(every_sql_text_is_listed_with_its_place)
{
	struct plpgsql_body *body;
	struct seen s = { .out = buf_make(1000) };
	s.body = "declare x numeric(5,2) := 1.5; begin insert into t values (x); return x + 1; end";
	static struct function f = { .name = "f" };
	f.returns = TYPEREF(type_of_value(V_INT4));
	ck_assert_int_eq(plpgsql_parse(&ctx, ctx.arena, str_of(s.body), &f, &body), 0);
	plpgsql_each_sql(body, see, &s);
	ck_assert_str_eq(buf_dup(ctx.arena, &s.out),
			 "t:numeric(5,2);e:1.5;s:insert into t values (x);e:x + 1;");
	buf_free(&s.out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plpgsql");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, errors_have_postgresql_s_text_and_place);
	tcase_add_test(tc, bodies_that_the_grammar_s_own_parser_refuses);
	tcase_add_test(tc, nesting_and_length_are_limited);
	tcase_add_test(tc, every_sql_text_is_listed_with_its_place);
	suite_add_tcase(suite, tc);
	return harness_run(suite);
}
