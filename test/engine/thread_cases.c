/* Readers and writers at once, with a script between. */
#include "engine_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum { WRITERS = 4, WRITES = 50, READERS = 2 };

struct worker {
	struct engine *e;
	int id;
	_Atomic int *n_failed;
	_Atomic bool *stop;
};

static int run_one(struct worker *w, const char *sql, bool is_write)
{
	struct ctx c = { .arena = arena_new(0) };
	struct session s = { .role = "postgres", .search_path = "conf" };
	struct step step = { .sql = str_of(sql) };
	struct tx_spec spec = { .end = TX_COMMIT };
	int failed = is_write ? engine_tx(&c, w->e, &s, &spec, &step, 1)
			      : engine_read(&c, w->e, &s, &step);
	if (failed < 0)
		fprintf(stderr, "%s: %s %s\n", sql, c.err.code, c.err.message);
	arena_free(c.arena);
	return failed;
}

static void *write_rows(void *arg)
{
	struct worker *w = arg;
	for (int i = 0; i < WRITES; i++) {
		char sql[128];
		snprintf(sql, sizeof(sql), "INSERT INTO t VALUES (%d, 'x')", w->id * 1000 + i);
		if (run_one(w, sql, true) < 0)
			atomic_fetch_add(w->n_failed, 1);
	}
	return NULL;
}

static void *read_rows(void *arg)
{
	struct worker *w = arg;
	while (!atomic_load(w->stop)) {
		if (run_one(w, "SELECT count(*) FROM t WHERE v = 'x'", false) < 0)
			atomic_fetch_add(w->n_failed, 1);
	}
	return NULL;
}

START_TEST(writers_and_readers_together)
{
	struct bench b;
	bench_open(&b);
	bench_script(&b, "CREATE TABLE conf.t (id int PRIMARY KEY, v text)");
	static _Atomic int n_failed;
	static _Atomic bool stop;
	pthread_t threads[WRITERS + READERS];
	struct worker workers[WRITERS + READERS];
	for (int i = 0; i < WRITERS + READERS; i++) {
		workers[i] = (struct worker){ b.e, i, &n_failed, &stop };
		pthread_create(&threads[i], NULL, i < WRITERS ? write_rows : read_rows,
			       &workers[i]);
	}
	bench_script(&b, "CREATE TABLE conf.other (id int); ALTER TABLE conf.t ADD COLUMN z int");
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&stop, true);
	for (int i = WRITERS; i < WRITERS + READERS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(n_failed, 0);
	struct session s = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "200");
	bench_close(&b);
}
END_TEST

static uint64_t in_ms(unsigned ms)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + ms * 1000000u;
}

/* A write that runs out of time, again and again, beside others. */
static void *write_too_much(void *arg)
{
	struct worker *w = arg;
	while (!atomic_load(w->stop)) {
		struct ctx c = { .arena = arena_new(0), .deadline_ns = in_ms(50) };
		struct session s = { .role = "postgres", .search_path = "conf" };
		struct step step = { .sql = STR("INSERT INTO t SELECT g + 100000, 'y'"
						" FROM generate_series(1, 3000000) AS g") };
		struct tx_spec spec = { .end = TX_COMMIT };
		if (engine_tx(&c, w->e, &s, &spec, &step, 1) == 0 || !err_is(&c, "57014"))
			atomic_fetch_add(w->n_failed, 1);
		arena_free(c.arena);
	}
	return NULL;
}

START_TEST(a_request_that_runs_out_of_time_fails_alone)
{
	struct bench b;
	bench_open(&b);
	bench_script(&b, "CREATE TABLE conf.t (id int PRIMARY KEY, v text)");
	static _Atomic int n_failed;
	static _Atomic bool stop;
	pthread_t threads[3];
	struct worker workers[3];
	for (int i = 0; i < 3; i++) {
		workers[i] = (struct worker){ b.e, i, &n_failed, &stop };
		pthread_create(&threads[i], NULL, i < 2 ? write_rows : write_too_much, &workers[i]);
	}
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	atomic_store(&stop, true);
	pthread_join(threads[2], NULL);
	ck_assert_int_eq(n_failed, 0);
	struct session s = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"), "100");
	bench_close(&b);
}
END_TEST

START_TEST(a_deadline_ends_a_statement)
{
	struct bench b;
	bench_open(&b);
	struct session s = bench_session(&b, "postgres", NULL);
	b.c.deadline_ns = in_ms(200);
	ck_assert_str_eq(bench_read_error(&b, &s,
					  "SELECT count(*) FROM generate_series(1, 100000) AS a,"
					  " generate_series(1, 100000) AS b"),
			 "57014");
	b.c.deadline_ns = 0;
	ck_assert_str_eq(bench_read(&b, &s, "SELECT 1"), "1");
	bench_close(&b);
}
END_TEST

void add_thread_cases(TCase *t)
{
	tcase_add_test(t, writers_and_readers_together);
	tcase_add_test(t, a_request_that_runs_out_of_time_fails_alone);
	tcase_add_test(t, a_deadline_ends_a_statement);
}
