/* The project's functions: calls, rights, writes, EXCEPTION, triggers. */
#include "engine_test.h"

static const char schema[] =
	"CREATE TABLE conf.t (id int PRIMARY KEY, title text, n int);"
	"CREATE TABLE conf.log (what text, who text);"
	"INSERT INTO conf.t VALUES (1, 'a', 10), (2, 'b', 20), (3, 'c', 30);"
	"CREATE FUNCTION conf.add(a int, b int DEFAULT 5) RETURNS int LANGUAGE sql VOLATILE"
	" AS $$ SELECT a + b $$;"
	"CREATE FUNCTION conf.from_n(m int) RETURNS SETOF conf.t LANGUAGE plpgsql STABLE"
	" AS $$ BEGIN RETURN QUERY SELECT * FROM conf.t WHERE n >= m ORDER BY id; END $$;"
	"CREATE FUNCTION conf.pairs(m int) RETURNS TABLE (x int, y text) LANGUAGE plpgsql AS $$"
	" DECLARE r record; BEGIN FOR r IN SELECT * FROM conf.t WHERE n >= m ORDER BY id LOOP"
	" x := r.n; y := r.title || '!'; RETURN NEXT; END LOOP; END $$;"
	"CREATE FUNCTION conf.outs(a int, OUT b int, OUT c text) LANGUAGE plpgsql"
	" AS $$ BEGIN b := a * 2; c := 'x' || a; END $$;"
	"CREATE FUNCTION conf.same(x anyelement) RETURNS anyelement LANGUAGE plpgsql"
	" AS $$ BEGIN RETURN x; END $$;"
	"CREATE FUNCTION conf.put(i int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
	" INSERT INTO conf.t (id, title) VALUES (i, 'new'); RETURN 'ok';"
	" EXCEPTION WHEN unique_violation THEN RETURN 'taken'; END $$;"
	"CREATE FUNCTION conf.fib(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN"
	" IF n < 2 THEN RETURN n; END IF; RETURN conf.fib(n - 1) + conf.fib(n - 2); END $$;"
	"CREATE FUNCTION conf.fail() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
	" RAISE EXCEPTION 'no %', 42 USING ERRCODE = 'P0123'; END $$;"
	"CREATE FUNCTION conf.strict_one(a int) RETURNS int LANGUAGE plpgsql STRICT"
	" AS $$ BEGIN RETURN 1; END $$;"
	"CREATE FUNCTION conf.stable_write() RETURNS void LANGUAGE plpgsql STABLE"
	" AS $$ BEGIN DELETE FROM conf.t; END $$;"
	"GRANT SELECT ON conf.t TO anon;";

static void open_with(struct bench *b, struct session *s, const char *role)
{
	bench_open(b);
	bench_script(b, schema);
	*s = bench_session(b, role, NULL);
}

START_TEST(calls_of_every_shape)
{
	struct bench b;
	struct session s;
	open_with(&b, &s, "postgres");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT add(1), add(1, 2), add(b => 3, a => 4)"),
			 "6|3|7");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT id, title FROM from_n(20)"), "2|b\n3|c");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM pairs(20) WITH ORDINALITY"),
			 "20|b!|1\n30|c!|2");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM outs(4)"), "8|x4");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT (outs(4)).c, same(3), same('x'::text)"),
			 "x4|3|x");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT fib(10), strict_one(NULL)"), "55|~");
	ck_assert_str_eq(bench_read(&b, &s,
				    "SELECT t.id, p.y FROM t, LATERAL pairs(t.n + 10) p "
				    "ORDER BY 1, 2"),
			 "1|b!\n1|c!\n2|c!");
	bench_close(&b);
}
END_TEST

START_TEST(a_function_writes_and_catches)
{
	struct bench b;
	struct session s;
	open_with(&b, &s, "postgres");
	ck_assert_str_eq(bench_write(&b, &s, "SELECT put(1), put(9), put(9)"), "taken|ok|taken");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT id, title FROM t WHERE id = 9"), "9|new");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT put(10)"), "25006");
	ck_assert_str_eq(bench_write_error(&b, &s, "SELECT stable_write()"), "0A000");
	ck_assert_str_eq(bench_write_error(&b, &s, "SELECT fail()"), "P0123");
	bench_close(&b);
}
END_TEST

START_TEST(rights_are_the_callers_or_the_owners)
{
	struct bench b;
	struct session s;
	open_with(&b, &s, "anon");
	bench_script(&b, "CREATE FUNCTION conf.mine() RETURNS bigint LANGUAGE plpgsql AS"
			 " $$ BEGIN RETURN (SELECT count(*) FROM conf.log); END $$;"
			 "CREATE FUNCTION conf.owners() RETURNS bigint LANGUAGE plpgsql"
			 " SECURITY DEFINER SET search_path = '' AS"
			 " $$ BEGIN RETURN (SELECT count(*) FROM conf.log); END $$;"
			 "CREATE FUNCTION conf.hidden() RETURNS int LANGUAGE plpgsql AS"
			 " $$ BEGIN RETURN 1; END $$;"
			 "REVOKE EXECUTE ON FUNCTION conf.hidden() FROM PUBLIC, anon;");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT mine()"), "42501");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT owners(), current_user"), "0|anon");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT hidden()"), "42501");
	bench_close(&b);
}
END_TEST

START_TEST(triggers_change_rows_and_see_transition_tables)
{
	struct bench b;
	struct session s;
	open_with(&b, &s, "postgres");
	bench_script(&b, "CREATE FUNCTION conf.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
			 " IF new.n < 0 THEN RETURN NULL; END IF;"
			 " new.title := upper(new.title) || tg_op; RETURN new; END $$;"
			 "CREATE TRIGGER a BEFORE INSERT ON conf.t FOR EACH ROW"
			 " EXECUTE FUNCTION conf.stamp();"
			 "CREATE FUNCTION conf.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
			 " INSERT INTO conf.log SELECT count(*) || ' rows', tg_argv[0] FROM fresh;"
			 " RETURN NULL; END $$;"
			 "CREATE TRIGGER b AFTER INSERT ON conf.t REFERENCING NEW TABLE AS fresh"
			 " FOR EACH STATEMENT EXECUTE FUNCTION conf.tell('x');");
	ck_assert_str_eq(bench_write(&b, &s,
				     "INSERT INTO t VALUES (7, 'q', 1), (8, 'r', -1) "
				     "RETURNING id, title"),
			 "7|QINSERT");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM log"), "1 rows|x");
	bench_close(&b);
}
END_TEST

START_TEST(a_block_runs_ddl_and_takes_it_back)
{
	struct bench b;
	struct session s;
	open_with(&b, &s, "postgres");
	bench_script(&b, "DO $$ BEGIN CREATE TABLE conf.made (a int);"
			 " INSERT INTO conf.made VALUES (1);"
			 " ALTER TABLE conf.made ADD COLUMN b text DEFAULT 'x';"
			 " INSERT INTO conf.made VALUES (2, 'y');"
			 " BEGIN CREATE TABLE conf.gone (a int); RAISE EXCEPTION 'no';"
			 " EXCEPTION WHEN OTHERS THEN NULL; END; END $$");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT * FROM made ORDER BY 1"), "1|x\n2|y");
	ck_assert_str_eq(bench_read_error(&b, &s, "SELECT * FROM gone"), "42P01");
	bench_close(&b);
}
END_TEST

void add_routine_cases(TCase *t)
{
	tcase_add_test(t, calls_of_every_shape);
	tcase_add_test(t, a_function_writes_and_catches);
	tcase_add_test(t, rights_are_the_callers_or_the_owners);
	tcase_add_test(t, triggers_change_rows_and_see_transition_tables);
	tcase_add_test(t, a_block_runs_ddl_and_takes_it_back);
}
