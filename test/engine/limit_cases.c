/* What happens at limits: a read too long for a loop, a write that the disk
 * has no room for. */
#include "engine_test.h"

#include "loop/coro.h"
#include "loop/loop.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* A counter of the engine's metrics, -1 when it has none of that name. */
static long metric(struct bench *b, const char *name)
{
	BUF_CLEANUP struct buf out = buf_make(64 << 10);
	engine_metrics(b->e, &out);
	buf_char(&out, '\0');
	char *key = arena_printf(b->c.arena, "\n%s ", name);
	const char *at = strstr(out.p, key);
	return at ? atol(at + strlen(key)) : -1;
}

/* ---- a long read on a loop ---- */

struct long_read {
	struct bench *b;
	struct loop *loop;
	struct gather g;
	int result;
	int ticks; /* of the coroutine that runs beside it */
	bool is_done;
};

static void read_long(void *arg)
{
	struct long_read *r = arg;
	struct session s = bench_session(r->b, "postgres", NULL);
	struct step step = { .sql = STR("SELECT count(*) FROM generate_series(1, 400000) AS g"
					" WHERE g::text LIKE '%7%'"),
			     .sink = &r->g.sink };
	r->result = engine_read(&r->b->c, r->b->e, &s, &step);
	r->is_done = true;
	loop_stop(r->loop);
}

static void read_short(void *arg)
{
	struct long_read *r = arg;
	struct bench other = { .e = r->b->e, .c = { .arena = arena_new(0) } };
	struct session s = bench_session(&other, "postgres", NULL);
	ck_assert_str_eq(bench_read(&other, &s, "SELECT 1"), "1");
	r->ticks += !r->is_done;
	arena_free(other.c.arena);
}

START_TEST(a_long_read_leaves_the_loop_to_others)
{
	struct bench b;
	bench_open(&b);
	struct long_read r = { .b = &b };
	gather_init(&r.g, &b);
	ck_assert_int_eq(loop_new(&b.c, &r.loop), 0);
	coro_spawn(r.loop, read_long, &r);
	coro_spawn(r.loop, read_short, &r);
	loop_run(r.loop);
	ck_assert_int_eq(r.result, 0);
	ck_assert_str_eq(buf_dup(b.c.arena, &r.g.text), "163804");
	ck_assert_int_eq(r.ticks, 1);
	if (b.path)
		ck_assert_int_eq(metric(&b, "bedplate_sqlite_long_reads_total"), 1);
	buf_free(&r.g.text);
	loop_free(r.loop);
	bench_close(&b);
}
END_TEST

/* ---- no room on the disk ---- */

struct writer_arg {
	struct engine *e;
	_Atomic bool *stop;
	int n_done, n_failed;
};

static int insert(struct engine *e, struct ctx *c, const char *sql)
{
	struct session s = { .role = "postgres", .search_path = "conf" };
	struct step step = { .sql = str_of(sql) };
	struct tx_spec spec = { .end = TX_COMMIT };
	return engine_tx(c, e, &s, &spec, &step, 1);
}

static void *insert_small(void *arg)
{
	struct writer_arg *w = arg;
	while (!atomic_load(w->stop)) {
		struct ctx c = { .arena = arena_new(0) };
		if (insert(w->e, &c, "INSERT INTO t VALUES ('x')") < 0)
			w->n_failed++;
		else
			w->n_done++;
		arena_free(c.arena);
	}
	return NULL;
}

/* The big one outgrows SQLite's cache, spills into the log and meets the limit
 * inside a statement, which ends the whole group's transaction. */
START_TEST(a_write_without_room_fails_alone)
{
	struct bench b;
	bench_open(&b);
	if (!b.path) {
		bench_close(&b);
		return;
	}
	bench_script(&b, "CREATE TABLE conf.t (v text)");
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit limit = { 24 << 20, 24 << 20 };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	_Atomic bool stop = false;
	struct writer_arg w = { .e = b.e, .stop = &stop };
	pthread_t thread;
	pthread_create(&thread, NULL, insert_small, &w);
	for (int i = 0; i < 3; i++) {
		err_clear(&b.c);
		ck_assert_int_lt(insert(b.e, &b.c,
					"INSERT INTO t SELECT repeat('x', 10000)"
					" FROM generate_series(1, 4000)"),
				 0);
		ck_assert_msg(err_is(&b.c, "58030") || err_is(&b.c, "53100"), "%s", b.c.err.code);
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	ck_assert_int_eq(w.n_failed, 0);
	ck_assert_int_gt(w.n_done, 0);
	struct session s = bench_session(&b, "postgres", NULL);
	ck_assert_str_eq(bench_read(&b, &s, "SELECT count(*) FROM t"),
			 arena_printf(b.c.arena, "%d", w.n_done));
	bench_close(&b);
}
END_TEST

void add_limit_cases(TCase *t)
{
	tcase_add_test(t, a_long_read_leaves_the_loop_to_others);
	tcase_add_test(t, a_write_without_room_fails_alone);
}
