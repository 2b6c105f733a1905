#include "api/rest_query.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "harness.h"

static struct ctx make_ctx(void)
{
	return (struct ctx){ .arena = arena_new(0) };
}

static const struct {
	const char *query, *message, *details;
} refused[] = {
	{ "select=id,clients(name[])",
	  "\"failed to parse select parameter (id,clients(name[]))\" (line 1, column 16)",
	  "unexpected '[' expecting letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \")\", "
	  "\",\" "
	  "or end of input" },
	{ "select=data->>-78xy",
	  "\"failed to parse select parameter (data->>-78xy)\" (line 1, column 11)",
	  "unexpected 'x' expecting digit, \"->\", \"::\", \".\", \",\" or end of input" },
	{ "select=name::", "\"failed to parse select parameter (name::)\" (line 1, column 7)",
	  "unexpected end of input expecting letter or digit" },
	{ "select=data->(!@%23",
	  "\"failed to parse select parameter (data->(!@#)\" (line 1, column 7)",
	  "unexpected \"(\" expecting \"-\", digit or any non reserved character different from: "
	  ".,>()" },
	{ "a.b=noop.0", "\"failed to parse filter (noop.0)\" (line 1, column 1)",
	  "unexpected \"o\" expecting \"not\" or operator (eq, gt, ...)" },
	{ "a=fts().value", "\"failed to parse filter (fts().value)\" (line 1, column 5)",
	  "unexpected \")\" expecting operator (eq, gt, ...)" },
	{ "a=in().value", "\"failed to parse filter (in().value)\" (line 1, column 3)",
	  "unexpected \"(\" expecting operator (eq, gt, ...)" },
	{ "order=id.ac", "\"failed to parse order (id.ac)\" (line 1, column 4)",
	  "unexpected \"c\" expecting \"asc\", \"desc\", \"nullsfirst\" or \"nullslast\"" },
	{ "order=clients(name,id)",
	  "\"failed to parse order (clients(name,id))\" (line 1, column 8)",
	  "unexpected '(' expecting letter, digit, \"-\", \"->>\", \"->\", delimiter (.), \",\" or "
	  "end "
	  "of input" },
	{ "order=id.asc.nullslasttt",
	  "\"failed to parse order (id.asc.nullslasttt)\" (line 1, column 17)",
	  "unexpected 't' expecting \",\" or end of input" },
	{ "or=()", "\"failed to parse logic tree (())\" (line 1, column 4)",
	  "unexpected \")\" expecting field name (* or [a..z0..9_$]), negation operator (not) or "
	  "logic operator (and, or)" },
	{ "or=(id.eq.1,not.xor(id.eq.2))",
	  "\"failed to parse logic tree ((id.eq.1,not.xor(id.eq.2)))\" (line 1, column 16)",
	  "unexpected \"x\" expecting logic operator (and, or)" },
	{ ":=eq.1", "\"failed to parse tree path (:)\" (line 1, column 1)",
	  "unexpected \":\" expecting field name (* or [a..z0..9_$])" },
	{ "id=", "\"failed to parse filter ()\" (line 1, column 1)",
	  "unexpected end of input expecting \"not\" or operator (eq, gt, ...)" },
};

START_TEST(refuses_as_upstream)
{
	struct ctx c = make_ctx();
	struct rest_query q;
	ck_assert_int_eq(rest_query_parse(&c, str_of(refused[_i].query), false, &q), -1);
	ck_assert_str_eq(c.err.code, "PGRST100");
	ck_assert_str_eq(c.err.message, refused[_i].message);
	ck_assert_str_eq(c.err.details, refused[_i].details);
	arena_free(c.arena);
}
END_TEST

START_TEST(reads_a_select_tree)
{
	struct ctx c = make_ctx();
	struct rest_query q;
	const char *text =
		"select=id,full:name,clients!fk!inner(a->b->>0::int,...x(*)),n:amount.sum()::text,"
		"count()";
	ck_assert_int_eq(rest_query_parse(&c, str_of(text), false, &q), 0);
	ck_assert_uint_eq(q.select.n, 5);
	ck_assert(str_is(q.select.v[1]->alias, "full") &&
		  str_is(q.select.v[1]->field.name, "name"));
	const struct rest_item *e = q.select.v[2];
	ck_assert(e->kind == ITEM_EMBED && str_is(e->relation, "clients") && str_is(e->hint, "fk"));
	ck_assert(e->join == JOIN_TYPE_INNER && e->items.n == 2);
	const struct rest_item *path = e->items.v[0];
	ck_assert(path->field.path.n == 2 && !path->field.path.v[0].as_text);
	ck_assert(path->field.path.v[1].as_text && str_is(path->field.path.v[1].key, "+0"));
	ck_assert(str_is(path->cast, "int"));
	ck_assert(e->items.v[1]->kind == ITEM_SPREAD);
	ck_assert(q.select.v[3]->agg == AGG_SUM && str_is(q.select.v[3]->agg_cast, "text"));
	ck_assert(q.select.v[4]->agg == AGG_COUNT && str_is(q.select.v[4]->field.name, "*"));
	arena_free(c.arena);
}
END_TEST

START_TEST(reads_filters_and_logic)
{
	struct ctx c = make_ctx();
	struct rest_query q;
	const char *text =
		"a.b.c=not.in.(1,\"x,y\",z)&or=(p.eq.\"q,r\",not.and(s.is.null,t.like(any).{a,b}))"
		"&a.limit=3&offset=2&x=eq.&u=wfts(english).dog";
	ck_assert_int_eq(rest_query_parse(&c, str_of(text), false, &q), 0);
	ck_assert_uint_eq(q.where.n, 4);
	const struct rest_where * or = &q.where.v[0];
	ck_assert(or->logic->is_group && or->logic->is_or && or->logic->parts.n == 2);
	ck_assert(str_is(or->logic->parts.v[0]->filter.value, "q,r"));
	const struct rest_logic *and = or->logic->parts.v[1];
	ck_assert(and->negated && !and->is_or && and->parts.n == 2);
	ck_assert(and->parts.v[1]->filter.quant == QUANT_ANY);
	ck_assert(str_is(and->parts.v[1]->filter.value, "{a,b}"));
	const struct rest_filter *in = &q.where.v[1].logic->filter;
	ck_assert(q.where.v[1].path.n == 2 && in->negated && in->op == OP_IN && in->list.n == 3);
	ck_assert(str_is(in->list.v[1], "x,y"));
	ck_assert(str_is(q.where.v[2].logic->filter.value, ""));
	ck_assert(str_is(q.where.v[3].logic->filter.language, "english"));
	ck_assert_uint_eq(q.ranges.n, 2);
	ck_assert(q.ranges.v[0].limit == 3 && q.ranges.v[1].offset == 2);
	arena_free(c.arena);
}
END_TEST

START_TEST(sorts_the_canonical_form)
{
	struct ctx c = make_ctx();
	struct rest_query q;
	ck_assert_int_eq(rest_query_parse(&c, STR("b=eq.2+3&a=eq.1;b=gt.1&flag"), false, &q), 0);
	ck_assert_str_eq(str_dup(c.arena, q.canonical), "a=eq.1&b=eq.2%203,gt.1&flag=");
	arena_free(c.arena);
}
END_TEST

START_TEST(bounds_depth)
{
	struct ctx c = make_ctx();
	struct rest_query q;
	struct buf b = buf_make(1 << 16);
	buf_puts(&b, "select=");
	for (int i = 0; i < 5000; i++)
		buf_puts(&b, "a(");
	ck_assert_int_eq(rest_query_parse(&c, buf_view(&b), false, &q), -1);
	ck_assert_str_eq(c.err.code, "PGRST100");
	buf_clear(&b);
	buf_puts(&b, "and=");
	for (int i = 0; i < 5000; i++)
		buf_puts(&b, "(and(");
	ck_assert_int_eq(rest_query_parse(&c, buf_view(&b), false, &q), -1);
	buf_free(&b);
	arena_free(c.arena);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rest_query");
	TCase *t = tcase_create("grammar");
	tcase_add_loop_test(t, refuses_as_upstream, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_test(t, reads_a_select_tree);
	tcase_add_test(t, reads_filters_and_logic);
	tcase_add_test(t, sorts_the_canonical_form);
	tcase_add_test(t, bounds_depth);
	suite_add_tcase(s, t);
	return harness_run(s);
}
