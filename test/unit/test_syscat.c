/* The system catalogs' rows, and objects printed as PostgreSQL prints them. */
#include "ddl_util.h"
#include "harness.h"

#include "sql/deparse.h"
#include "sql/syscat/names.h"
#include "sql/syscat/syscat.h"

static struct ddl_test t;

static const char schema[] =
	"create role anon; create role supabase_admin superuser; create role postgres createrole;"
	"create schema public; create schema auth; grant usage on schema public to anon;"
	"create table t (id int primary key, name varchar(9) not null default 'x',"
	" price numeric check (price > 0 and name <> ''));"
	"create table c (t_id int references t on delete cascade, unique (t_id));"
	"create index on t (lower(name)) where price > 1;"
	"alter table t enable row level security;"
	"create policy p on t using (exists (select 1 from c where c.t_id = t.id));"
	"create view v as select id, name from t where id in (1, 2);";

static void setup(void)
{
	ddl_test_begin(&t);
	if (ddl_test_run(&t, str_of(schema), false) < 0)
		ck_abort_msg("%s: %s", t.c.err.code, t.c.err.message);
}

static void teardown(void)
{
	ddl_test_end(&t);
}

static const struct relation *relation(const char *name)
{
	const struct relation *rel = catalog_relation(t.cat, STR("public"), str_of(name));
	ck_assert_ptr_nonnull(rel);
	return rel;
}

static struct deparse deparse(void)
{
	return (struct deparse){ t.c.arena, t.cat, "public" };
}

/* The cell of a column in the first row whose `key` column is value. */
static struct datum cell(const char *role, const char *table, const char *key, const char *value,
			 const char *column)
{
	const struct relation *rel = syscat_find("public", str_of(table));
	struct syscat_env env = { t.cat, role, "public", "UTC", 1 };
	struct syscat_rows rows = { 0 };
	ck_assert_ptr_nonnull(rel);
	syscat_fill(t.c.arena, &env, rel, &rows);
	size_t k = (size_t)relation_column(rel, str_of(key))->attnum - 1;
	size_t at = (size_t)relation_column(rel, str_of(column))->attnum - 1;
	for (size_t i = 0; i < rows.rows.n; i++) {
		const struct datum *row = rows.rows.v[i];
		if (row[k].kind == D_TEXT && str_is(row[k].s, value))
			return row[at];
	}
	ck_abort_msg("no row of %s with %s = %s", table, key, value);
	return datum_null();
}

START_TEST(every_relation_can_be_filled)
{
	struct syscat_env env = { t.cat, "anon", "public", "UTC", 1 };
	for (size_t i = 0; i < syscat_count(); i++) {
		struct syscat_rows rows = { 0 };
		syscat_fill(t.c.arena, &env, syscat_at(i), &rows);
		ck_assert_ptr_eq(syscat_relation_by_oid(syscat_at(i)->oid), syscat_at(i));
	}
}
END_TEST

START_TEST(rows_show_the_catalog)
{
	ck_assert_int_eq(cell("postgres", "pg_class", "relname", "t", "oid").i, relation("t")->oid);
	ck_assert_int_eq(cell("postgres", "pg_class", "relname", "t", "relrowsecurity").i, 1);
	ck_assert(str_is(cell("postgres", "pg_class", "relname", "v", "relkind").s, "v"));
	ck_assert_int_eq(cell("postgres", "pg_namespace", "nspname", "pg_catalog", "oid").i, 11);
	ck_assert_int_eq(cell("postgres", "pg_namespace", "nspname", "auth", "oid").i,
			 syscat_schema_oid("auth"));
	ck_assert(str_is(cell("postgres", "pg_policies", "policyname", "p", "roles").s,
			 "[\"public\"]"));
}
END_TEST

START_TEST(names_go_both_ways)
{
	struct deparse d = deparse();
	uint32_t oid;
	ck_assert_int_eq(sysname_oid(&t.c, &d, REG_CLASS, STR("t"), &oid), 0);
	ck_assert_int_eq(oid, relation("t")->oid);
	ck_assert_str_eq(sysname_text(&d, REG_CLASS, oid), "public.t");
	ck_assert_str_eq(sysname_shown(&t.c, &d, REG_CLASS, STR("public.t")), "t");
	ck_assert_int_eq(sysname_oid(&t.c, &d, REG_TYPE, STR("Int[]"), &oid), 0);
	ck_assert_int_eq(oid, 1007);
	ck_assert_int_eq(sysname_oid(&t.c, &d, REG_CLASS, STR("nope"), &oid), -1);
	ck_assert_str_eq(t.c.err.code, "42P01");
	err_clear(&t.c);
	ck_assert_int_eq(sysname_oid(&t.c, &d, REG_CLASS, STR("a.\"b"), &oid), -1);
	ck_assert_str_eq(t.c.err.code, "42602");
}
END_TEST

START_TEST(constraints_and_indexes_as_postgresql_prints_them)
{
	struct deparse d = deparse();
	const struct relation *rel = relation("t"), *child = relation("c");
	ck_assert_str_eq(deparse_constraint(&d, rel, relation_constraint(rel, STR("t_check"))),
			 "CHECK (((price > (0)::numeric) AND ((name)::text <> ''::text)))");
	ck_assert_str_eq(
		deparse_constraint(&d, child, relation_constraint(child, STR("c_t_id_fkey"))),
		"FOREIGN KEY (t_id) REFERENCES t(id) ON DELETE CASCADE");
	ck_assert_str_eq(deparse_index(&d, rel, relation_index(rel, STR("t_lower_idx"))),
			 "CREATE INDEX t_lower_idx ON public.t USING btree "
			 "(lower((name)::text)) WHERE (price > (1)::numeric)");
	ck_assert_str_eq(deparse_default(&d, rel, relation_column(rel, STR("name"))),
			 "'x'::character varying");
}
END_TEST

START_TEST(queries_as_postgresql_prints_them)
{
	struct deparse d = deparse();
	const struct relation *rel = relation("t");
	ck_assert_str_eq(
		deparse_expr(&d, rel, &rel->policies.v[0]->using_expr, type_builtin(STR("bool"))),
		"(EXISTS ( SELECT 1\n   FROM c\n  WHERE (c.t_id = t.id)))");
	ck_assert_str_eq(deparse_view(&d, relation("v")), " SELECT t.id,\n    t.name\n   FROM t\n"
							  "  WHERE (t.id = ANY (ARRAY[1, 2]));");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("syscat");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_relation_can_be_filled);
	tcase_add_test(tc, rows_show_the_catalog);
	tcase_add_test(tc, names_go_both_ways);
	tcase_add_test(tc, constraints_and_indexes_as_postgresql_prints_them);
	tcase_add_test(tc, queries_as_postgresql_prints_them);
	suite_add_tcase(suite, tc);
	return harness_run(suite);
}
