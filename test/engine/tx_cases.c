/* Transactions: steps, rollback, constraints. */
#include "engine_test.h"

static int refuse(struct ctx *c, void *arg, uint64_t affected)
{
	(void)affected;
	(*(int *)arg)++;
	return err_set(c, "PT409", "refused by the caller");
}

static int note(struct ctx *c, void *arg, uint64_t affected)
{
	(void)c;
	*(uint64_t *)arg = affected;
	return 0;
}

static void make_table(struct bench *b)
{
	bench_open(b);
	bench_script(b, "CREATE TABLE conf.t (id int PRIMARY KEY, v text NOT NULL)");
}

START_TEST(steps_are_one_transaction)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	uint64_t affected = 0;
	struct step steps[] = {
		{ .sql = STR("INSERT INTO t VALUES (1, 'a'), (2, 'b')"),
		  .after = note,
		  .after_arg = &affected },
		{ .sql = STR("INSERT INTO t VALUES (1, 'again')") },
	};
	struct tx_spec spec = { .end = TX_COMMIT };
	ck_assert_int_lt(engine_tx(&b.c, b.e, &s, &spec, steps, 2), 0);
	ck_assert_str_eq(b.c.err.code, "23505");
	ck_assert_uint_eq(affected, 2);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "0");
	err_clear(&b.c);
	ck_assert_int_eq(engine_tx(&b.c, b.e, &s, &spec, steps, 1), 0);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "2");
	bench_close(&b);
}
END_TEST

START_TEST(after_can_roll_back)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	int calls = 0;
	struct step step = { .sql = STR("INSERT INTO t VALUES (1, 'a')"),
			     .after = refuse,
			     .after_arg = &calls };
	struct tx_spec spec = { .end = TX_COMMIT };
	ck_assert_int_lt(engine_tx(&b.c, b.e, &s, &spec, &step, 1), 0);
	ck_assert_str_eq(b.c.err.code, "PT409");
	ck_assert_int_ge(calls, 1);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "0");
	bench_close(&b);
}
END_TEST

START_TEST(rollback_answers_and_keeps_nothing)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	struct gather g;
	gather_init(&g, &b);
	struct step step = { .sql = STR("INSERT INTO t VALUES (1, 'a') RETURNING id, v"),
			     .sink = &g.sink };
	struct tx_spec spec = { .end = TX_ROLLBACK };
	ck_assert_int_eq(engine_tx(&b.c, b.e, &s, &spec, &step, 1), 0);
	ck_assert_str_eq(buf_dup(b.c.arena, &g.text), "1|a");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "0");
	buf_free(&g.text);
	bench_close(&b);
}
END_TEST

START_TEST(read_only_transaction_refuses_writes)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	struct step step = { .sql = STR("INSERT INTO t VALUES (1, 'a')") };
	struct tx_spec spec = { .read_only = true, .end = TX_COMMIT };
	ck_assert_int_lt(engine_tx(&b.c, b.e, &s, &spec, &step, 1), 0);
	ck_assert_str_eq(b.c.err.code, "25006");
	bench_close(&b);
}
END_TEST

START_TEST(constraints)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	bench_script(&b, "CREATE TABLE conf.child (id int PRIMARY KEY, t_id int REFERENCES conf.t,"
			 " n int CHECK (n > 0))");
	bench_write(&b, &s, "INSERT INTO t VALUES (1, 'a')");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO t VALUES (1, 'b')"), "23505");
	ck_assert_str_eq(b.c.err.message,
			 "duplicate key value violates unique constraint \"t_pkey\"");
	ck_assert_str_eq(b.c.err.details, "Key (id)=(1) already exists.");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO t VALUES (2, NULL)"), "23502");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO child VALUES (1, 7, 1)"), "23503");
	ck_assert_str_eq(bench_write_error(&b, &s, "INSERT INTO child VALUES (1, 1, 0)"), "23514");
	bench_write(&b, &s, "INSERT INTO child VALUES (1, 1, 1)");
	ck_assert_str_eq(bench_write_error(&b, &s, "DELETE FROM t WHERE id = 1"), "23503");
	bench_close(&b);
}
END_TEST

START_TEST(returning_and_upsert)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(
		bench_write(&b, &s, "INSERT INTO t VALUES (1, 'a'), (2, 'b') RETURNING id"),
		"1\n2");
	ck_assert_str_eq(bench_write(&b, &s,
				     "INSERT INTO t VALUES (1, 'c') ON CONFLICT (id) DO UPDATE SET"
				     " v = excluded.v RETURNING v"),
			 "c");
	ck_assert_str_eq(bench_write(&b, &s, "UPDATE t SET v = v || '!' WHERE id = 2 RETURNING v"),
			 "b!");
	ck_assert_str_eq(bench_write(&b, &s, "DELETE FROM t RETURNING id"), "1\n2");
	bench_close(&b);
}
END_TEST

START_TEST(columns_come_once_and_first)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	struct gather g;
	gather_init(&g, &b);
	struct step step = { .sql = STR("SELECT id FROM t"), .sink = &g.sink };
	ck_assert_int_eq(engine_read(&b.c, b.e, &s, &step), 0);
	ck_assert_int_eq(g.n_columns_calls, 1);
	buf_free(&g.text);
	bench_close(&b);
}
END_TEST

/* What a rolled back run has made for itself must not be missed by the next. */
START_TEST(a_writing_cte_runs_again_after_a_rollback)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	const char *sql = "WITH w AS (INSERT INTO t VALUES (1, 'a') RETURNING id, v)"
			  " SELECT id, v FROM w";
	struct step step = { .sql = str_of(sql) };
	struct tx_spec spec = { .end = TX_ROLLBACK };
	for (int i = 0; i < 2; i++) {
		if (engine_tx(&b.c, b.e, &s, &spec, &step, 1) < 0)
			ck_abort_msg("%s %s", b.c.err.code, b.c.err.message);
	}
	ck_assert_str_eq(bench_write(&b, &s, sql), "1|a");
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "1");
	bench_close(&b);
}
END_TEST

/* A failed statement leaves its cached plan usable. */
START_TEST(a_plan_runs_again_after_an_error)
{
	struct bench b;
	make_table(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	const char *sql = "INSERT INTO t VALUES (1, 'a') RETURNING id";
	ck_assert_str_eq(bench_write(&b, &s, sql), "1");
	for (int i = 0; i < 3; i++)
		ck_assert_str_eq(bench_write_error(&b, &s, sql), "23505");
	bench_write(&b, &s, "DELETE FROM t");
	ck_assert_str_eq(bench_write(&b, &s, sql), "1");
	bench_close(&b);
}
END_TEST

void add_tx_cases(TCase *t)
{
	tcase_add_test(t, a_writing_cte_runs_again_after_a_rollback);
	tcase_add_test(t, a_plan_runs_again_after_an_error);
	tcase_add_test(t, steps_are_one_transaction);
	tcase_add_test(t, after_can_roll_back);
	tcase_add_test(t, rollback_answers_and_keeps_nothing);
	tcase_add_test(t, read_only_transaction_refuses_writes);
	tcase_add_test(t, constraints);
	tcase_add_test(t, returning_and_upsert);
	tcase_add_test(t, columns_come_once_and_first);
}
