/* Statements that real projects' migrations are made of, beyond tables. */
#include "ddl_util.h"
#include "harness.h"

static struct ddl_test t;

static void setup(void)
{
	ddl_test_begin(&t);
}

static void teardown(void)
{
	ddl_test_end(&t);
}

static void run(const char *script)
{
	if (ddl_test_run(&t, str_of(script), false) < 0)
		ck_abort_msg("%s: %s", t.c.err.code, t.c.err.message);
}

static void refused(const char *statement, const char *code, const char *message)
{
	err_clear(&t.c);
	ck_assert_int_lt(ddl_test_run(&t, str_of(statement), false), 0);
	ck_assert_str_eq(t.c.err.message, message);
	ck_assert_str_eq(t.c.err.code, code);
}

static void begin(void)
{
	run("create role supabase_admin superuser; create role postgres createrole createdb;"
	    "create schema public");
}

START_TEST(extensions_are_kept)
{
	begin();
	run("create role service_role; create schema extensions; create extension citext with "
	    "schema extensions;"
	    "create extension if not exists citext; create extension pg_cron");
	const struct extension *x = catalog_extension(t.cat, STR("citext"));
	ck_assert_str_eq(x->schema, "extensions");
	ck_assert_ptr_nonnull(catalog_relation(t.cat, STR("cron"), STR("job")));
	run("create schema vault; create extension supabase_vault; create extension pg_net;"
	    "create extension pgmq; create extension http with schema extensions");
	ck_assert_ptr_nonnull(catalog_relation(t.cat, STR("vault"), STR("decrypted_secrets")));
	ck_assert_ptr_nonnull(catalog_relation(t.cat, STR("net"), STR("http_request_queue")));
	ck_assert_ptr_nonnull(catalog_type(t.cat, STR("extensions"), STR("http_response")));
	refused("create extension citext", "42710", "extension \"citext\" already exists");
	refused("create extension timescaledb", "0A000",
		"extension \"timescaledb\" is not available on this engine");
	run("comment on extension citext is 'c'; alter extension citext set schema public;"
	    "create table a (x public.citext, y citext)");
	ck_assert_str_eq(catalog_extension(t.cat, STR("citext"))->schema, "public");
	run("drop extension citext; drop extension if exists citext");
	ck_assert_ptr_null(catalog_extension(t.cat, STR("citext")));
	refused("drop extension citext", "42704", "extension \"citext\" does not exist");
}
END_TEST

START_TEST(publications_follow_their_tables)
{
	begin();
	run("create table a (id int, b text); create table c (id int); create publication p;"
	    "alter publication p add table a (id), table c;"
	    "create publication everything for all tables with (publish = 'insert, delete')");
	const struct publication *p = catalog_publication(t.cat, STR("p"));
	ck_assert_uint_eq(p->tables.n, 2);
	ck_assert_uint_eq(p->tables.v[0].n_columns, 1);
	ck_assert(p->truncates);
	ck_assert(!catalog_publication(t.cat, STR("everything"))->updates);
	refused("alter publication p add table a", "42710",
		"relation \"a\" is already member of publication \"p\"");
	refused("alter publication everything add table a", "55000",
		"publication \"everything\" is defined as FOR ALL TABLES");
	refused("create publication p", "42710", "publication \"p\" already exists");
	run("alter publication p drop table a; drop table c");
	ck_assert_uint_eq(catalog_publication(t.cat, STR("p"))->tables.n, 0);
	refused("alter publication p drop table a", "42704",
		"relation \"a\" is not part of the publication");
	run("alter publication p set table a; alter publication p rename to q;"
	    "alter publication q owner to postgres; comment on publication q is 'x'");
	ck_assert_uint_eq(catalog_publication(t.cat, STR("q"))->tables.n, 1);
	run("drop publication q; drop publication if exists q");
}
END_TEST

START_TEST(event_triggers_are_named)
{
	begin();
	run("create event trigger e on ddl_command_end when tag in ('CREATE TABLE')"
	    " execute function public.f(); alter event trigger e disable;"
	    "comment on event trigger e is 'x'");
	const struct event_trigger *e = catalog_event_trigger(t.cat, STR("e"));
	ck_assert_int_eq(e->enabled, 'D');
	ck_assert_str_eq(e->tags.v[0], "CREATE TABLE");
	run("drop event trigger e");
	refused("drop event trigger e", "42704", "event trigger \"e\" does not exist");
}
END_TEST

START_TEST(keys_over_the_same_columns_are_one)
{
	begin();
	run("create table a (id int, primary key (id), constraint k unique (id));"
	    "create table b (id int constraint p primary key, constraint k unique (id))");
	const struct relation *a = catalog_relation(t.cat, STR("public"), STR("a"));
	const struct relation *b = catalog_relation(t.cat, STR("public"), STR("b"));
	ck_assert_uint_eq(a->constraints.n, 1);
	ck_assert_str_eq(a->constraints.v[0]->name, "k");
	ck_assert_int_eq(a->constraints.v[0]->kind, CON_PRIMARY);
	ck_assert_uint_eq(b->constraints.n, 1);
	ck_assert_str_eq(b->constraints.v[0]->name, "p");
	refused("create table c (id int, x int, primary key (id), constraint k unique (x))",
		"42P07", "relation \"k\" already exists");
}
END_TEST

START_TEST(temporary_objects_go_at_the_end)
{
	begin();
	run("create table a (id int); create temp table b (id serial); create temp view v as"
	    " select 1 as x; create temp table a (only_here int); alter table a add y text;"
	    "create view w as select only_here from a");
	ck_assert_ptr_null(catalog_relation(t.cat, STR("public"), STR("b")));
	ck_assert_uint_eq(catalog_relation(t.cat, STR("pg_temp"), STR("a"))->columns.n, 2);
	refused("create temp table public.c (id int)", "42P16",
		"cannot create temporary relation in non-temporary schema");
	ck_assert_int_eq(ddl_end(&t.c, &t.session), 0);
	ck_assert_ptr_null(catalog_schema(t.cat, STR("pg_temp")));
	ck_assert_ptr_null(catalog_relation(t.cat, STR("pg_temp"), STR("a")));
	ck_assert_ptr_nonnull(catalog_relation(t.cat, STR("public"), STR("a")));
	ck_assert_ptr_null(catalog_relation(t.cat, STR("public"), STR("w")));
}
END_TEST

START_TEST(default_null_is_no_default)
{
	begin();
	run("create domain d as int default 3; create table a (x text default null, y d default"
	    " null, z int default 5); alter table a alter z set default null::int;"
	    "alter table a add w uuid default null, add u varchar(9) default null");
	const struct relation *a = catalog_relation(t.cat, STR("public"), STR("a"));
	ck_assert_ptr_null(a->columns.v[0].default_expr.text);
	ck_assert_ptr_nonnull(a->columns.v[1].default_expr.text);
	ck_assert_ptr_null(a->columns.v[2].default_expr.text);
	ck_assert_ptr_null(a->columns.v[3].default_expr.text);
	ck_assert_ptr_nonnull(a->columns.v[4].default_expr.text);
}
END_TEST

START_TEST(rights_on_what_an_extension_brought)
{
	begin();
	run("create extension pg_trgm; create domain xid as text");
	run("grant all on function public.gtrgm_out(public.gtrgm) to postgres");
	run("grant all on function gin_extract_query_trgm(text, internal, smallint) to postgres");
	refused("grant all on function nobody_knows(int) to postgres", "42883",
		"function nobody_knows(integer) does not exist");
	const struct type *xid = catalog_type(t.cat, STR("public"), STR("xid"));
	ck_assert_str_eq(type_format(t.c.arena, TYPEREF(xid)), "public.xid");
}
END_TEST

START_TEST(text_search_configurations_are_copies)
{
	begin();
	run("create text search configuration vn (copy = pg_catalog.simple);"
	    "alter text search configuration vn alter mapping for word with simple;"
	    "create table a (x text, v tsvector generated always as (to_tsvector('vn', x)) "
	    "stored)");
	ck_assert_str_eq(catalog_ts_config(t.cat, NULL, STR("public"), STR("vn"))->base, "simple");
	refused("alter text search configuration vn alter mapping for word with unaccent, simple",
		"0A000", "text search mappings are those of the copied configuration");
	refused("create text search configuration b (copy = nope)", "42704",
		"text search configuration \"nope\" does not exist");
	run("drop text search configuration vn; drop text search configuration if exists vn");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sql_project");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, extensions_are_kept);
	tcase_add_test(tc, publications_follow_their_tables);
	tcase_add_test(tc, event_triggers_are_named);
	tcase_add_test(tc, keys_over_the_same_columns_are_one);
	tcase_add_test(tc, temporary_objects_go_at_the_end);
	tcase_add_test(tc, default_null_is_no_default);
	tcase_add_test(tc, rights_on_what_an_extension_brought);
	tcase_add_test(tc, text_search_configurations_are_copies);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
