/* Reads: types, parameters, errors. */
#include "engine_test.h"

START_TEST(select_constants)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT 1, 'x', NULL, 1.50, true"), "1|x|~|1.50|t");
	bench_close(&b);
}
END_TEST

START_TEST(types_round_trip)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	bench_script(&b, "CREATE TABLE conf.t (a bigint, b numeric(10,2), c text, d boolean,"
			 " e timestamptz, f jsonb, g int[], h uuid, i date, j bytea)");
	bench_write(&b, &s,
		    "INSERT INTO t VALUES (9223372036854775807, 12.5, 'ü', true,"
		    " '2024-02-29 12:00:00+02', '{\"b\": 1, \"a\": [1.0]}', '{1,NULL,3}',"
		    " 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '2024-02-29', '\\xdeadbeef')");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT a, b, c, d FROM t"),
			 "9223372036854775807|12.50|ü|t");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT f, g, h, i FROM t"),
			 "{\"a\": [1.0], \"b\": 1}|{1,NULL,3}|"
			 "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|2024-02-29");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT e::text, j::text FROM t"),
			 "2024-02-29 10:00:00+00|\\xdeadbeef");
	bench_close(&b);
}
END_TEST

START_TEST(parameters_take_their_type_from_context)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	bench_script(&b, "CREATE TABLE conf.t (id int PRIMARY KEY, name text);"
			 "INSERT INTO conf.t VALUES (1, 'one'), (2, 'two'), (3, NULL)");
	struct gather g;
	gather_init(&g, &b);
	struct sql_param params[] = { { STR("2") }, { STR("two") } };
	struct step step = { .sql = STR("SELECT id FROM t WHERE id >= $1 AND name = $2"),
			     .params = params,
			     .n_params = 2,
			     .sink = &g.sink };
	ck_assert_int_eq(engine_read(&b.c, b.e, &s, &step), 0);
	ck_assert_str_eq(buf_dup(b.c.arena, &g.text), "2");
	params[0].text = STR("two");
	ck_assert_int_lt(engine_read(&b.c, b.e, &s, &step), 0);
	ck_assert_str_eq(b.c.err.code, "22P02");
	buf_free(&g.text);
	bench_close(&b);
}
END_TEST

START_TEST(errors_are_postgresqls)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	bench_script(&b, "CREATE TABLE conf.t (id int PRIMARY KEY)");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT nothing FROM t"), "42703");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT * FROM nothing"), "42P01");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELEC 1"), "42601");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT 1/0"), "22012");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT 'x'::int"), "22P02");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT 2147483647 + 1"), "22003");
	/* and the connection is as good as new */
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "0");
	bench_close(&b);
}
END_TEST

START_TEST(reads_do_not_write)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	bench_script(&b, "CREATE TABLE conf.t (id int PRIMARY KEY)");
	ck_assert_str_eq(bench_read_error(&b, &s, "INSERT INTO t VALUES (1)"), "25006");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "0");
	bench_close(&b);
}
END_TEST

START_TEST(a_sink_can_stop_the_statement)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT g FROM generate_series(1, 3) AS g"), "1\n2\n3");
	bench_close(&b);
}
END_TEST

START_TEST(aggregates)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	bench_script(&b,
		     "CREATE TABLE conf.t (a int, n numeric, s text);"
		     "INSERT INTO conf.t VALUES (1, 0.1, 'x'), (2, 0.2, 'y'), (NULL, NULL, NULL)");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*), count(a), sum(a), sum(n) FROM t"),
			 "3|2|3|0.3");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT avg(a), min(s), max(n) FROM t"),
			 "1.5000000000000000|x|0.2");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT sum(a) FROM t WHERE a > 5"), "~");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT string_agg(s, ',' ORDER BY s DESC) FROM t"),
			 "y,x");
	bench_close(&b);
}
END_TEST

void add_read_cases(TCase *t)
{
	tcase_add_test(t, select_constants);
	tcase_add_test(t, types_round_trip);
	tcase_add_test(t, parameters_take_their_type_from_context);
	tcase_add_test(t, errors_are_postgresqls);
	tcase_add_test(t, reads_do_not_write);
	tcase_add_test(t, a_sink_can_stop_the_statement);
	tcase_add_test(t, aggregates);
}
