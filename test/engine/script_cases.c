/* Scripts: atomicity, reports, the catalog's versions. */
#include "engine_test.h"

#include <stdatomic.h>
#include <stdio.h>

START_TEST(a_script_is_atomic)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(bench_script_error(&b, "CREATE TABLE conf.t (id int);"
						"INSERT INTO conf.t VALUES (1);"
						"SELECT * FROM conf.nothing"),
			 "42P01");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT * FROM t"), "42P01");
	bench_script(&b, "CREATE TABLE conf.t (id int); INSERT INTO conf.t VALUES (1)");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM t"), "1");
	bench_close(&b);
}
END_TEST

struct reports {
	int n;
	int offset;
	char code[ERR_CODE_MAX];
};

static void on_report(void *arg, const struct script_report *r)
{
	struct reports *reports = arg;
	if (!r->err)
		return;
	reports->n++;
	reports->offset = r->offset;
	memcpy(reports->code, r->err->code, sizeof(reports->code));
}

START_TEST(keep_going_reports_each_refusal)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	struct reports reports = { 0 };
	const char *sql = "CREATE TABLE conf.t (id int);\n"
			  "CREATE TABLE conf.u (id nothing);\n"
			  "INSERT INTO conf.t VALUES (7)";
	struct script_spec spec = { .sql = str_of(sql),
				    .role = "postgres",
				    .keep_going = true,
				    .report = on_report,
				    .report_arg = &reports };
	ck_assert_int_eq(engine_script(&b.c, b.e, &spec), 0);
	ck_assert_int_eq(reports.n, 1);
	ck_assert_int_eq(reports.offset, 30);
	ck_assert_str_eq(reports.code, "42704");
	ck_assert_uint_eq(spec.ret_applied, 2);
	ck_assert_uint_eq(spec.ret_refused, 1);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM t"), "7");
	bench_close(&b);
}
END_TEST

START_TEST(a_migration_is_recorded)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	struct script_spec spec = { .sql = STR("CREATE TABLE conf.t (id int, \"a\"\"b\" text)"),
				    .role = "postgres",
				    .version = "20240101000000",
				    .name = "first" };
	ck_assert_int_eq(engine_script(&b.c, b.e, &spec), 0);
	ck_assert_str_eq(
		bench_read(&b, &s,
			   "SELECT version, name FROM supabase_migrations.schema_migrations"
			   " WHERE version = '20240101000000'"),
		"20240101000000|first");
	bench_close(&b);
}
END_TEST

static void count_event(void *arg, enum watch_event ev)
{
	(void)ev;
	atomic_fetch_add((_Atomic int *)arg, 1);
}

START_TEST(a_changed_catalog_is_seen_at_once)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	static _Atomic int events;
	engine_watch(b.e, count_event, &events);
	bench_script(&b, "CREATE TABLE conf.t (a text, b text);"
			 "INSERT INTO conf.t VALUES ('was a', 'was b')");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT a FROM t"), "was a");
	/* the same text must not read the old column */
	bench_script(&b, "ALTER TABLE conf.t RENAME a TO x; ALTER TABLE conf.t RENAME b TO a");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT a FROM t"), "was b");
	struct catalog *cat;
	ck_assert_int_eq(engine_catalog(&b.c, b.e, &cat), 0);
	const struct relation *rel = catalog_relation(cat, STR("conf"), STR("t"));
	ck_assert_ptr_nonnull(rel);
	ck_assert_ptr_nonnull(relation_column(rel, STR("x")));
	ck_assert_ptr_null(relation_column(rel, STR("b")));
	catalog_unref(cat);
	ck_assert_int_ge(events, 2);
	bench_close(&b);
}
END_TEST

START_TEST(data_and_catalog_survive_a_restart)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	if (!b.path) {
		bench_close(&b);
		return;
	}
	bench_script(&b, "CREATE TABLE conf.t (id serial PRIMARY KEY, v text);"
			 "INSERT INTO conf.t (v) VALUES ('a'), ('b')");
	engine_close(b.e);
	struct engine_options o = { .url = b.path };
	ck_assert_int_eq(engine_open(&b.c, &o, &b.e), 0);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT id, v FROM t ORDER BY id"), "1|a\n2|b");
	ck_assert_str_eq(bench_write(&b, &s, "INSERT INTO t (v) VALUES ('c') RETURNING id"), "3");
	bench_close(&b);
}
END_TEST

START_TEST(a_second_owner_is_refused)
{
	struct bench b;
	bench_open(&b);
	struct engine_options o = { .url = b.path };
	struct engine *second;
	if (b.path) {
		ck_assert_int_lt(engine_open(&b.c, &o, &second), 0);
		ck_assert_str_eq(b.c.err.code, "55006");
		ck_assert_ptr_nonnull(strstr(b.c.err.message, "pid"));
	}
	bench_close(&b);
}
END_TEST

START_TEST(a_backup_is_a_database)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	if (!b.path) {
		bench_close(&b);
		return;
	}
	bench_script(&b, "CREATE TABLE conf.t (id int); INSERT INTO conf.t VALUES (42)");
	char *path = arena_printf(b.c.arena, "%s.copy", b.path);
	if (engine_backup(&b.c, b.e, path) < 0)
		ck_abort_msg("%s", b.c.err.message);
	ck_assert_int_lt(engine_backup(&b.c, b.e, path), 0);
	ck_assert_str_eq(b.c.err.code, "58P02");
	struct engine *first = b.e;
	struct engine_options o = { .url = path };
	ck_assert_int_eq(engine_open(&b.c, &o, &b.e), 0);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM t"), "42");
	engine_close(b.e);
	b.e = first;
	remove(path);
	remove(arena_printf(b.c.arena, "%s.lock", path));
	bench_close(&b);
}
END_TEST

void add_script_cases(TCase *t)
{
	tcase_add_test(t, a_script_is_atomic);
	tcase_add_test(t, keep_going_reports_each_refusal);
	tcase_add_test(t, a_migration_is_recorded);
	tcase_add_test(t, a_changed_catalog_is_seen_at_once);
	tcase_add_test(t, data_and_catalog_survive_a_restart);
	tcase_add_test(t, a_second_owner_is_refused);
	tcase_add_test(t, a_backup_is_a_database);
}
