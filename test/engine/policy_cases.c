/* Roles, grants and policies. */
#include "engine_test.h"

#define ALICE "11111111-1111-1111-1111-111111111111"
#define BOB "22222222-2222-2222-2222-222222222222"

static void make_notes(struct bench *b)
{
	bench_open(b);
	bench_script(b, "CREATE TABLE conf.notes (id int PRIMARY KEY, owner uuid, body text);"
			"ALTER TABLE conf.notes ENABLE ROW LEVEL SECURITY;"
			"GRANT SELECT, INSERT, UPDATE, DELETE ON conf.notes TO authenticated;"
			"CREATE POLICY own ON conf.notes FOR ALL TO authenticated"
			" USING (owner = auth.uid()) WITH CHECK (owner = auth.uid());"
			"INSERT INTO conf.notes VALUES (1, '" ALICE "', 'hers'), (2, '" BOB
			"', 'his')");
}

START_TEST(policies_filter_rows)
{
	struct bench b;
	make_notes(&b);
	struct session alice = bench_session(&b, "authenticated", ALICE);
	struct session bob = bench_session(&b, "authenticated", BOB);
	struct session postgres = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(bench_read(&b, &alice, "SELECT body FROM notes"), "hers");
	ck_assert_str_eq(bench_read(&b, &bob, "SELECT body FROM notes"), "his");
	ck_assert_str_eq(bench_read(&b, &postgres, "SELECT count(*) FROM notes"), "2");
	bench_close(&b);
}
END_TEST

START_TEST(grants_come_first)
{
	struct bench b;
	make_notes(&b);
	struct session anon = bench_session(&b, "anon", NULL);
	ck_assert_str_eq(bench_read_error(&b, &anon, "SELECT body FROM notes"), "42501");
	ck_assert_str_eq(b.c.err.message, "permission denied for table notes");
	bench_close(&b);
}
END_TEST

START_TEST(with_check_stops_writes)
{
	struct bench b;
	make_notes(&b);
	struct session alice = bench_session(&b, "authenticated", ALICE);
	ck_assert_str_eq(
		bench_write_error(&b, &alice, "INSERT INTO notes VALUES (3, '" BOB "', 'forged')"),
		"42501");
	ck_assert_str_eq(b.c.err.message,
			 "new row violates row-level security policy for table \"notes\"");
	ck_assert_str_eq(bench_write(&b, &alice,
				     "INSERT INTO notes VALUES (3, '" ALICE "', 'x') RETURNING id"),
			 "3");
	ck_assert_str_eq(bench_write(&b, &alice, "UPDATE notes SET body = 'y' RETURNING id"),
			 "1\n3");
	ck_assert_str_eq(bench_write(&b, &alice, "DELETE FROM notes WHERE id = 2 RETURNING id"),
			 "");
	bench_close(&b);
}
END_TEST

START_TEST(filters_do_not_leak)
{
	struct bench b;
	make_notes(&b);
	struct session alice = bench_session(&b, "authenticated", ALICE);
	/* 'his' is no number, and alice may not learn it from the error */
	bench_write(&b, &alice, "UPDATE notes SET body = '1'");
	ck_assert_str_eq(bench_read(&b, &alice, "SELECT id FROM notes WHERE body::int > 0"), "1");
	bench_close(&b);
}
END_TEST

START_TEST(plans_are_per_role)
{
	struct bench b;
	make_notes(&b);
	struct session alice = bench_session(&b, "authenticated", ALICE);
	struct session postgres = bench_session(&b, "postgres", NULL);
	for (int i = 0; i < 3; i++) {
		ck_assert_str_eq(bench_read(&b, &postgres, "SELECT count(*) FROM notes"), "2");
		ck_assert_str_eq(bench_read(&b, &alice, "SELECT count(*) FROM notes"), "1");
	}
	bench_close(&b);
}
END_TEST

START_TEST(settings_reach_sql)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "authenticated", ALICE);
	const struct setting settings[] = { { "request.method", "GET" } };
	s.settings = settings;
	s.n_settings = 1;
	ck_assert_str_eq(bench_read(&b, &s,
				    "SELECT auth.uid(), auth.role(),"
				    " current_setting('request.method'),"
				    " current_setting('request.jwt.claims')::json ->> 'role'"),
			 ALICE "|authenticated|GET|authenticated");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT current_setting('no.such', true)"), "~");
	bench_close(&b);
}
END_TEST

void add_policy_cases(TCase *t)
{
	tcase_add_test(t, policies_filter_rows);
	tcase_add_test(t, grants_come_first);
	tcase_add_test(t, with_check_stops_writes);
	tcase_add_test(t, filters_do_not_leak);
	tcase_add_test(t, plans_are_per_role);
	tcase_add_test(t, settings_reach_sql);
}
