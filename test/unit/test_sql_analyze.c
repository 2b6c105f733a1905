/* Analysis against a hand-built catalog; expectations are PostgreSQL 15's. */
#include "base/arena.h"
#include "base/err.h"
#include "harness.h"
#include "sql/analyze.h"
#include "sql/builtin.h"
#include "sql/parse.h"
#include "support/sql_fixture.h"

static struct ctx ctx;
static struct catalog *cat;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
	cat = fixture_catalog();
}

static void teardown(void)
{
	catalog_unref(cat);
	arena_free(ctx.arena);
}

static struct query *analyze(const char *sql)
{
	struct analysis an = { .cat = cat, .search_path = "public", .text = str_of(sql) };
	const struct json *stmt;
	struct query *q = NULL;
	if (sql_parse(&ctx, an.text, &stmt) < 0 || analyze_query(&ctx, &an, stmt, &q) < 0)
		return NULL;
	return q;
}

static struct query *must(const char *sql)
{
	struct query *q = analyze(sql);
	ck_assert_msg(q != NULL, "%s: %s %s", sql, ctx.err.code, ctx.err.message);
	return q;
}

static const char *shape(const struct query *q)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	const targets *list = q->cmd == CMD_SELECT ? &q->targets : &q->returning;
	for (size_t i = 0; i < list->n; i++)
		buf_printf(&b, "%s%s %s", i ? ", " : "", list->v[i].name,
			   type_format(ctx.arena, list->v[i].expr->type));
	return buf_dup(ctx.arena, &b);
}

static const struct {
	const char *sql, *shape;
} output_cases[] = {
	{ "select id, t.name, email from t", "id integer, name text, email character varying(20)" },
	{ "select id + big, n * 2, f + 1, -small from t",
	  "?column? bigint, ?column? numeric, ?column? double precision, ?column? "
	  "smallint" },
	{ "select count(*), sum(id), sum(big), avg(id), max(name) from t",
	  "count bigint, sum bigint, sum numeric, avg numeric, max text" },
	{ "select 'x', null, $1", "?column? text, ?column? text, ?column? text" },
	{ "select id::text, name::int, 'sad'::mood from t", "id text, name integer, mood mood" },
	{ "select coalesce(id, 2.5), case when b then 1 else big end from t",
	  "coalesce numeric, big bigint" },
	{ "select jb -> 'a' ->> 0 as x, tags[1], nums || 1 from t",
	  "x text, tags text, ?column? integer[]" },
	{ "select json_agg(x) from (select id from t) x", "json_agg json" },
	{ "select * from json_to_recordset('[]') as x(a int, b mood)", "a integer, b mood" },
	{ "select * from jsonb_array_elements('[]') e", "value jsonb" },
	{ "select * from generate_series(1, 2) with ordinality as g(v)",
	  "v integer, ordinality bigint" },
	{ "select id from t union select big from t order by 1", "id bigint" },
	{ "with recursive r as (select 1 n union all select n + 1 from r) select * from r",
	  "n integer" },
	{ "select * from t join child using (id) where false",
	  "id bigint, name text, email character varying(20), n numeric(10,2), big bigint, "
	  "small smallint, f double precision, b boolean, u uuid, d date, "
	  "ts timestamp without time zone, tstz timestamp with time zone, iv interval, "
	  "j json, jb jsonb, tags text[], nums integer[], m mood, p posint, data bytea, "
	  "c character(5), tm time without time zone, r real, t_id integer, label text, "
	  "qty integer, mood mood" },
	{ "insert into child(id) values ($1) returning id, label", "id bigint, label text" },
	{ "select ts + iv, d - d, now() - tstz, d + 1 from t",
	  "?column? timestamp without time zone, ?column? integer, ?column? interval, "
	  "?column? date" },
};

START_TEST(outputs_have_postgresql_s_names_and_types)
{
	for (size_t i = 0; i < sizeof(output_cases) / sizeof(*output_cases); i++)
		ck_assert_str_eq(shape(must(output_cases[i].sql)), output_cases[i].shape);
}
END_TEST

static const struct {
	const char *sql, *code, *message;
	int position;
} error_cases[] = {
	{ "select 1 from nope", "42P01", "relation \"nope\" does not exist", 15 },
	{ "select \xC3\xA9 from t", "42703", "column \"\xC3\xA9\" does not exist", 8 },
	{ "select '\xC3\xA9', nope from t", "42703", "column \"nope\" does not exist", 13 },
	{ "select t.nope from t", "42703", "column t.nope does not exist", 8 },
	{ "select x.id from t", "42P01", "missing FROM-clause entry for table \"x\"", 8 },
	{ "select t.id from t x", "42P01", "invalid reference to FROM-clause entry for table \"t\"",
	  8 },
	{ "select id from t, child", "42702", "column reference \"id\" is ambiguous", 8 },
	{ "select 1 from t a, t a", "42712", "table name \"a\" specified more than once", 0 },
	{ "select 1 from t where name = 5", "42883", "operator does not exist: text = integer",
	  28 },
	{ "select g(1, 'a')", "42883", "function g(integer, unknown) does not exist", 8 },
	{ "select 1 from t where id", "42804",
	  "argument of WHERE must be type boolean, not type integer", 23 },
	{ "select coalesce(id, name) from t", "42804",
	  "COALESCE types integer and text cannot be matched", 21 },
	{ "select 1 from t where m = 'bad'", "22P02", "invalid input value for enum mood: \"bad\"",
	  27 },
	{ "select 'abc'::int", "22P02", "invalid input syntax for type integer: \"abc\"", 8 },
	{ "select u::int from t", "42846", "cannot cast type uuid to integer", 9 },
	{ "select email from t group by name", "42803",
	  "column \"t.email\" must appear in the GROUP BY clause or be used in an "
	  "aggregate "
	  "function",
	  8 },
	{ "select 1 from t where sum(id) > 1", "42803",
	  "aggregate functions are not allowed in WHERE", 23 },
	{ "select 1 union select 1, 2", "42601",
	  "each UNION query must have the same number of columns", 23 },
	{ "select id from t order by 2", "42P10", "ORDER BY position 2 is not in select list", 27 },
	{ "insert into t(nope) values (1)", "42703",
	  "column \"nope\" of relation \"t\" does not exist", 15 },
	{ "insert into t(id) values (1, 2)", "42601",
	  "INSERT has more expressions than target columns", 30 },
	{ "insert into t(b) values (1)", "42804",
	  "column \"b\" is of type boolean but expression is of type integer", 26 },
	{ "insert into gen(b) values (1)", "428C9",
	  "cannot insert a non-DEFAULT value into column \"b\"", 0 },
	{ "insert into gen(id) values (1)", "428C9",
	  "cannot insert a non-DEFAULT value into column \"id\"", 0 },
	{ "update gen set b = 1", "428C9", "column \"b\" can only be updated to DEFAULT", 0 },
	{ "insert into t(id) values (1) on conflict (name) do nothing", "42P10",
	  "there is no unique or exclusion constraint matching the ON CONFLICT "
	  "specification",
	  0 },
	{ "select ctid from t", "0A000", "system column \"ctid\" is not supported", 8 },
	{ "select 1::nope", "42704", "type \"nope\" does not exist", 11 },
};

START_TEST(errors_are_postgresql_s)
{
	for (size_t i = 0; i < sizeof(error_cases) / sizeof(*error_cases); i++) {
		ck_assert_msg(!analyze(error_cases[i].sql), "%s: accepted", error_cases[i].sql);
		ck_assert_str_eq(ctx.err.message, error_cases[i].message);
		ck_assert_str_eq(ctx.err.code, error_cases[i].code);
		ck_assert_msg(ctx.err.position == error_cases[i].position,
			      "%s: position %d, not %d", error_cases[i].sql, ctx.err.position,
			      error_cases[i].position);
	}
}
END_TEST

START_TEST(hints_are_postgresql_s)
{
	ck_assert_ptr_null(analyze("select namee from t"));
	ck_assert_str_eq(ctx.err.hint, "Perhaps you meant to reference the column \"t.name\".");
	ck_assert_ptr_null(analyze("select t.id from t x"));
	ck_assert_str_eq(ctx.err.hint, "Perhaps you meant to reference the table alias \"x\".");
	ck_assert_ptr_null(analyze("insert into gen(id) values (1)"));
	ck_assert_str_eq(ctx.err.details,
			 "Column \"id\" is an identity column defined as GENERATED ALWAYS.");
}
END_TEST

START_TEST(parameters_take_their_type_from_the_context)
{
	struct query *q = must("select id from t where u = $2 and id = any($1)");
	ck_assert_int_eq(q->n_params, 2);
	const struct expr *eq = q->where->args.v[0], *any = q->where->args.v[1];
	ck_assert_int_eq(eq->args.v[1]->kind, EX_INPUT);
	ck_assert_int_eq(eq->args.v[1]->type.type->value, V_UUID);
	ck_assert_int_eq(eq->args.v[1]->args.v[0]->kind, EX_PARAM);
	ck_assert_int_eq(any->kind, EX_ANY_ALL);
	ck_assert_str_eq(type_format(ctx.arena, any->args.v[1]->type), "integer[]");
}
END_TEST

static bool reads(const struct rte *r, int16_t attnum)
{
	for (size_t i = 0; i < r->access.selected.n; i++)
		if (r->access.selected.v[i] == attnum)
			return true;
	return false;
}

START_TEST(access_is_what_the_statement_reads_and_writes)
{
	struct query *q = must("select name from t where id = 1");
	ck_assert_uint_eq(q->rtes.v[0]->access.privs, PRIV_SELECT);
	ck_assert_uint_eq(q->rtes.v[0]->access.selected.n, 2);
	ck_assert(reads(q->rtes.v[0], 1) && reads(q->rtes.v[0], 2));
	q = must("select count(*) from t");
	ck_assert_uint_eq(q->rtes.v[0]->access.selected.n, 1);
	ck_assert(reads(q->rtes.v[0], 0));
	q = must("update t set name = 'x'");
	ck_assert_uint_eq(q->rtes.v[0]->access.privs, PRIV_UPDATE);
	ck_assert_int_eq(q->rtes.v[0]->access.updated.v[0], 2);
	q = must("delete from t where id = 1");
	ck_assert_uint_eq(q->rtes.v[0]->access.privs, PRIV_DELETE | PRIV_SELECT);
	q = must("insert into t(id) values (1) returning name");
	ck_assert_uint_eq(q->rtes.v[0]->access.privs, PRIV_INSERT | PRIV_SELECT);
	ck_assert(reads(q->rtes.v[0], 2) && !reads(q->rtes.v[0], 1));
}
END_TEST

START_TEST(upsert_reads_its_target_and_finds_the_index)
{
	struct query *q = must("insert into t(id, name) values (1, 'a') on conflict (id) do update "
			       "set name = excluded.name");
	ck_assert_uint_eq(q->rtes.v[0]->access.privs, PRIV_INSERT | PRIV_UPDATE | PRIV_SELECT);
	ck_assert_str_eq(q->conflict->index->name, "t_pkey");
	ck_assert_int_eq(q->rtes.v[q->conflict->excluded_rte]->kind, RTE_EXCLUDED);
	q = must("insert into t(id) values (1) on conflict do nothing");
	ck_assert_uint_eq(q->rtes.v[0]->access.privs, PRIV_INSERT);
	ck_assert_ptr_null(q->conflict->index);
	q = must("insert into gen(code) values ('x') on conflict (lower(code)) where a > 0 do "
		 "nothing");
	ck_assert_str_eq(q->conflict->index->name, "gen_code_idx");
}
END_TEST

START_TEST(outer_references_count_levels)
{
	struct query *q = must("select (select count(*) from child c where c.t_id = t.id) from t");
	struct query *sub = q->targets.v[0].expr->subquery;
	ck_assert_int_eq(sub->where->args.v[1]->levels_up, 1);
	ck_assert(reads(q->rtes.v[0], 1));
	struct expr *copy = expr_copy(ctx.arena, q->targets.v[0].expr);
	expr_shift_levels(copy, 1, 0);
	ck_assert_int_eq(copy->subquery->where->args.v[1]->levels_up, 2);
	ck_assert_int_eq(copy->subquery->where->args.v[0]->levels_up, 0);
	ck_assert_int_eq(sub->where->args.v[1]->levels_up, 1);
}
END_TEST

START_TEST(row_expressions_see_one_relation)
{
	struct analysis an = { .cat = cat, .search_path = "public" };
	const struct relation *t = catalog_relation(cat, STR("public"), STR("t"));
	const struct type *boolean = type_of_value(V_BOOL);
	struct query *q;
	ck_assert_int_eq(analyze_row_expr(&ctx, &an,
					  STR("auth.uid() = u and exists (select 1 from child "
					      "where t_id = t.id)"),
					  t, boolean, &q),
			 0);
	ck_assert_int_eq(q->where->kind, EX_AND);
	ck_assert_int_eq(analyze_row_expr(&ctx, &an, STR("nope = 1"), t, boolean, &q), -1);
	ck_assert_str_eq(ctx.err.code, "42703");
	ck_assert_int_eq(ctx.err.position, 1);
	ck_assert_int_eq(analyze_row_expr(&ctx, &an, STR("id"), t, boolean, &q), -1);
	ck_assert_str_eq(ctx.err.code, "42804");
}
END_TEST

START_TEST(defaults_are_assigned_and_see_no_column)
{
	struct analysis an = { .cat = cat, .search_path = "public" };
	struct typeref int8 = TYPEREF(type_of_value(V_INT8));
	struct expr *e;
	ck_assert_int_eq(analyze_default(&ctx, &an, STR("1 + 1"), int8, &e), 0);
	ck_assert(e->type.type == int8.type);
	ck_assert_int_eq(analyze_default(&ctx, &an, STR("id"), int8, &e), -1);
	ck_assert_str_eq(ctx.err.message, "cannot use column reference in DEFAULT expression");
	ck_assert_int_eq(analyze_default(&ctx, &an, STR("now()"), int8, &e), -1);
	ck_assert_str_eq(ctx.err.code, "42804");
}
END_TEST

START_TEST(references_point_at_name_tokens)
{
	struct analysis an = { .cat = cat, .search_path = "public", .want_refs = true };
	const struct relation *t = catalog_relation(cat, STR("public"), STR("t"));
	struct query *q;
	ck_assert_int_eq(analyze_row_expr(&ctx, &an, STR("t.name = 'a' and m = 'sad'::mood"), t,
					  type_of_value(V_BOOL), &q),
			 0);
	bool column = false, type = false;
	for (size_t i = 0; i < an.refs.n; i++) {
		column |= an.refs.v[i].attnum == 2 && an.refs.v[i].location == 2;
		type |= an.refs.v[i].type && an.refs.v[i].location == 28;
	}
	ck_assert(column);
	ck_assert(type);
}
END_TEST

START_TEST(deep_expressions_end_in_an_error)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	buf_puts(&b, "select 1");
	for (int i = 0; i < 1900; i++)
		buf_puts(&b, "+1");
	ck_assert_ptr_null(analyze(buf_dup(ctx.arena, &b)));
	ck_assert_str_eq(ctx.err.code, "54001");
}
END_TEST

START_TEST(nested_copies_end_in_an_error)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	buf_puts(&b, "select ");
	for (int i = 0; i < 40; i++)
		buf_puts(&b, "case ");
	buf_puts(&b, "1");
	for (int i = 0; i < 40; i++)
		buf_puts(&b, " when 1 then 1 when 2 then 2 else 3 end");
	ck_assert_ptr_null(analyze(buf_dup(ctx.arena, &b)));
	ck_assert_str_eq(ctx.err.code, "54001");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sql_analyze");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, outputs_have_postgresql_s_names_and_types);
	tcase_add_test(tc, errors_are_postgresql_s);
	tcase_add_test(tc, hints_are_postgresql_s);
	tcase_add_test(tc, parameters_take_their_type_from_the_context);
	tcase_add_test(tc, access_is_what_the_statement_reads_and_writes);
	tcase_add_test(tc, upsert_reads_its_target_and_finds_the_index);
	tcase_add_test(tc, outer_references_count_levels);
	tcase_add_test(tc, row_expressions_see_one_relation);
	tcase_add_test(tc, defaults_are_assigned_and_see_no_column);
	tcase_add_test(tc, references_point_at_name_tokens);
	tcase_add_test(tc, deep_expressions_end_in_an_error);
	tcase_add_test(tc, nested_copies_end_in_an_error);
	suite_add_tcase(suite, tc);
	return harness_run(suite);
}
