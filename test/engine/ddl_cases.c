/* DDL on tables that have rows: what follows, and what is refused. */
#include "engine_test.h"

static struct bench b;
static struct session s;

static void begin(void)
{
	bench_open(&b);
	s = bench_session(&b, "postgres", NULL);
}

START_TEST(columns_come_filled_and_change_type)
{
	begin();
	bench_script(&b, "CREATE TABLE conf.t (id int PRIMARY KEY, a text);"
			 "INSERT INTO conf.t VALUES (1, '10'), (2, '20');"
			 "ALTER TABLE conf.t ADD COLUMN n int DEFAULT 7, ADD COLUMN g int"
			 " GENERATED ALWAYS AS (id * 2) STORED, ADD COLUMN s serial;"
			 "ALTER TABLE conf.t ALTER COLUMN a TYPE int USING a::int + 1;"
			 "ALTER TABLE conf.t ALTER COLUMN n TYPE text");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT id, a, n || '!', g, s FROM t ORDER BY id"),
			 "1|11|7!|2|1\n2|21|7!|4|2");
	ck_assert_str_eq(bench_script_error(&b, "ALTER TABLE conf.t ALTER n TYPE date"), "42804");
	ck_assert_str_eq(bench_script_error(&b, "ALTER TABLE conf.t ADD x int NOT NULL"), "23502");
	bench_script(&b, "ALTER TABLE conf.t DROP COLUMN g, DROP COLUMN id");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM t ORDER BY a"), "11|7|1\n21|7|2");
	bench_close(&b);
}
END_TEST

START_TEST(constraints_look_at_the_rows_there_are)
{
	begin();
	bench_script(&b, "CREATE TABLE conf.p (id int PRIMARY KEY, x int);"
			 "CREATE TABLE conf.c (id int, p_id int, q_id int);"
			 "INSERT INTO conf.p VALUES (1, 5), (2, NULL);"
			 "INSERT INTO conf.c VALUES (1, 1, NULL), (1, 99, 3)");
	ck_assert_str_eq(bench_script_error(&b, "ALTER TABLE conf.p ADD CHECK (x > 5)"), "23514");
	ck_assert_str_eq(bench_script_error(&b, "ALTER TABLE conf.p ALTER x SET NOT NULL"),
			 "23502");
	ck_assert_str_eq(bench_script_error(&b, "ALTER TABLE conf.c ADD PRIMARY KEY (id)"),
			 "23505");
	ck_assert_str_eq(bench_script_error(
				 &b, "ALTER TABLE conf.c ADD FOREIGN KEY (p_id) REFERENCES conf.p"),
			 "23503");
	bench_script(&b, "ALTER TABLE conf.c ADD CONSTRAINT f FOREIGN KEY (p_id)"
			 " REFERENCES conf.p NOT VALID");
	ck_assert_str_eq(bench_script_error(&b, "ALTER TABLE conf.c VALIDATE CONSTRAINT f"),
			 "23503");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO c VALUES (2, 98, 1)"), "23503");
	bench_script(&b, "UPDATE conf.c SET p_id = 2, id = 2 WHERE p_id = 99;"
			 "ALTER TABLE conf.c VALIDATE CONSTRAINT f;"
			 "ALTER TABLE conf.c ADD PRIMARY KEY (id)");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO c VALUES (2, 1, 1)"), "23505");
	bench_script(&b, "ALTER TABLE conf.c DROP CONSTRAINT c_pkey");
	ck_assert_str_eq(bench_write(&b, &s, "INSERT INTO c VALUES (2, 1, 1) RETURNING id"), "2");
	bench_close(&b);
}
END_TEST

START_TEST(unique_indexes_of_every_kind)
{
	begin();
	bench_script(&b, "CREATE TABLE conf.t (a text, n numeric, b int);"
			 "CREATE UNIQUE INDEX ON conf.t (lower(a));"
			 "CREATE UNIQUE INDEX ON conf.t (b) WHERE n > 1;"
			 "CREATE UNIQUE INDEX ON conf.t (n) NULLS NOT DISTINCT;"
			 "INSERT INTO conf.t VALUES ('x', 1.0, 1), ('y', 0.5, 1)");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO t VALUES ('X', 9, 9)"), "23505");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO t VALUES ('z', 1.00, 9)"), "23505");
	bench_write(&b, &s, "INSERT INTO t VALUES ('v', 8, 1), ('w', NULL, 1)");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO t VALUES ('u', 7, 1)"), "23505");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO t VALUES ('u', NULL, 5)"), "23505");
	ck_assert_str_eq(bench_script_error(&b, "CREATE UNIQUE INDEX ON conf.t ((b + 1))"),
			 "23505");
	bench_close(&b);
}
END_TEST

START_TEST(copy_reads_text_and_csv)
{
	begin();
	bench_script(&b,
		     "CREATE TABLE conf.t (id int GENERATED ALWAYS AS IDENTITY, a text, j jsonb,"
		     " k text[], b bytea, n numeric(6,2));\n"
		     "COPY conf.t (id, a, j, k, b, n) FROM stdin;\n"
		     "1\ta\\tb\\\\c\t{\"x\": 1}\t{p,\"q r\",NULL}\t\\\\x0102\t3.14159\n"
		     "2\t\\N\t\\N\t{}\t\\N\t\\N\n"
		     "\\.\n"
		     "COPY conf.t (id, a) FROM stdin WITH (FORMAT csv, HEADER);\n"
		     "id,a\n3,\"quo\"\"ted, comma\"\n4,\n\\.\n");
	ck_assert_str_eq(
		bench_read(&b, &s, "SELECT id, a, j, k, encode(b, 'hex'), n FROM t ORDER BY id"),
		"1|a\tb\\c|{\"x\": 1}|{p,\"q r\",NULL}|0102|3.14\n2|~|~|{}|~|~\n"
		"3|quo\"ted, comma|~|~|~|~\n4|~|~|~|~|~");
	bench_script(
		&b, "CREATE TYPE conf.pair AS (x int, y text); CREATE TABLE conf.r (p conf.pair);\n"
		    "COPY conf.r (p) FROM stdin;\n(1,\"a, \"\"b\"\"\")\n(2,)\n\\N\n\\.\n");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT (p).x, (p).y FROM r ORDER BY 1"),
			 "1|a, \"b\"\n2|~\n~|~");
	ck_assert_str_eq(bench_script_error(&b, "COPY conf.t (id, a) FROM stdin;\n5\tx\ty\n\\.\n"),
			 "22P04");
	ck_assert_str_eq(bench_script_error(&b, "COPY conf.t (id) FROM stdin;\nx\n\\.\n"), "22P02");
	bench_close(&b);
}
END_TEST

START_TEST(names_keep_their_case)
{
	begin();
	bench_script(&b, "CREATE TABLE conf.\"Mixed\" (\"Id\" int, id int, \"ID\" text);"
			 "CREATE TABLE conf.mixed (x int);"
			 "INSERT INTO conf.\"Mixed\" VALUES (1, 2, 'three');"
			 "INSERT INTO conf.mixed VALUES (4)");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT \"ID\", id, \"Id\" FROM \"Mixed\""),
			 "three|2|1");
	bench_script(&b, "ALTER TABLE conf.\"Mixed\" RENAME COLUMN \"Id\" TO first;"
			 "ALTER TABLE conf.\"Mixed\" DROP COLUMN id;"
			 "ALTER TABLE conf.\"Mixed\" RENAME TO plain");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM plain"), "1|three");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM mixed"), "4");
	bench_close(&b);
}
END_TEST

START_TEST(views_and_policies_follow_renames)
{
	begin();
	bench_script(&b,
		     "CREATE TYPE conf.mood AS ENUM ('sad', 'ok');"
		     "CREATE TABLE conf.t (id int, title text, m conf.mood DEFAULT 'sad');"
		     "INSERT INTO conf.t VALUES (1, 'one');"
		     "CREATE VIEW conf.v AS SELECT t.* FROM conf.t WHERE t.m = 'sad';"
		     "CREATE MATERIALIZED VIEW conf.mv AS SELECT title FROM conf.t;"
		     "ALTER TABLE conf.t ADD COLUMN later int;"
		     "ALTER TABLE conf.t RENAME title TO headline; ALTER TABLE conf.t RENAME TO u;"
		     "ALTER TYPE conf.mood RENAME VALUE 'sad' TO 'blue';"
		     "INSERT INTO conf.u (id, headline) VALUES (2, 'two')");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM v ORDER BY id"),
			 "1|one|blue\n2|two|blue");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM mv"), "one");
	bench_script(&b, "REFRESH MATERIALIZED VIEW conf.mv");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT title FROM mv ORDER BY 1"), "one\ntwo");
	ck_assert_str_eq(bench_script_error(&b, "DROP TABLE conf.u"), "2BP01");
	bench_script(&b, "DROP TABLE conf.u CASCADE");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT * FROM v"), "42P01");
	bench_close(&b);
}
END_TEST

START_TEST(domains_check_what_is_there)
{
	begin();
	bench_script(&b, "CREATE DOMAIN conf.pos AS int; CREATE TABLE conf.t (p conf.pos);"
			 "INSERT INTO conf.t VALUES (-1)");
	ck_assert_str_eq(bench_script_error(&b, "ALTER DOMAIN conf.pos ADD CHECK (VALUE > 0)"),
			 "23514");
	bench_script(&b, "UPDATE conf.t SET p = 1; ALTER DOMAIN conf.pos ADD CHECK (VALUE > 0)");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO t VALUES (0)"), "23514");
	bench_close(&b);
}
END_TEST

void add_ddl_cases(TCase *t)
{
	tcase_add_test(t, columns_come_filled_and_change_type);
	tcase_add_test(t, constraints_look_at_the_rows_there_are);
	tcase_add_test(t, unique_indexes_of_every_kind);
	tcase_add_test(t, copy_reads_text_and_csv);
	tcase_add_test(t, names_keep_their_case);
	tcase_add_test(t, views_and_policies_follow_renames);
	tcase_add_test(t, domains_check_what_is_there);
}
