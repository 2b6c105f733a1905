/*
 * Reads. A short one runs at once on the caller's thread; one that spends its
 * step budget is given up and runs again on the pool, so that it cannot stall
 * a loop. Each uses a reader connection for the time of the call only: no
 * half-stepped statement, and so no pinned snapshot, outlives it.
 */
#include "base/check.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/state.h"
#include "loop/coro.h"
#include "loop/loop.h"
#include "loop/pool.h"

enum { LOOP_STEPS = 200000 /* about 2 ms */ };
static const uint64_t SNAPSHOT_MAX_NS = 30ull * 1000 * 1000 * 1000;

/* Last in, first out: a thread most often gets the connection whose cache it
 * has just warmed. */
static int reader_take(struct ctx *c, struct sqlite_engine *e, struct sqlite_conn **ret)
{
	struct sqlite_conn *cn = NULL;
	pthread_mutex_lock(&e->mu);
	if (e->n_idle)
		cn = e->idle[--e->n_idle];
	pthread_mutex_unlock(&e->mu);
	if (!cn) {
		TRY(sqlite_conn_open(c, e->path, CONN_READER, false, &cn));
		cn->engine = e;
		cn->plans = plan_cache_new();
	}
	*ret = cn;
	return 0;
}

static void reader_give(struct sqlite_engine *e, struct sqlite_conn *cn)
{
	pthread_mutex_lock(&e->mu);
	bool is_kept = e->n_idle < READERS_MAX;
	if (is_kept)
		e->idle[e->n_idle++] = cn;
	pthread_mutex_unlock(&e->mu);
	if (!is_kept)
		sqlite_conn_close(cn);
}

void sqlite_close_readers(struct sqlite_engine *e)
{
	while (e->n_idle)
		sqlite_conn_close(e->idle[--e->n_idle]);
}

static int call_after(struct ctx *c, const struct step *step, uint64_t affected)
{
	return step->after ? step->after(c, step->after_arg, affected) : 0;
}

int sqlite_run_step(struct ctx *c, struct sqlite_conn *cn, const struct step *step, bool read_only)
{
	struct plan *plan;
	TRY(plan_get(c, cn, step->sql, &plan));
	uint64_t affected = 0;
	int failed;
	if (read_only && exec_plan_writes(plan_exec(plan)))
		failed = err_set(
			c, "25006",
			"cannot execute a statement that writes in a read-only transaction");
	else
		failed = exec_run(c, cn, plan_exec(plan), step->params, step->n_params, step->sink,
				  &affected);
	plan_release(plan);
	return failed < 0 ? -1 : call_after(c, step, affected);
}

struct read_call {
	struct ctx *c;
	struct sqlite_engine *e;
	const struct session *session;
	const struct step *steps;
	size_t n;
	uint64_t budget; /* VM instructions */
	bool is_over_budget;
};

static int run_steps(struct read_call *r, struct sqlite_conn *cn)
{
	TRY(sqlite_run(r->c, cn, cn->begin));
	int failed = engine_sync_catalog(r->c, r->e, cn);
	for (size_t i = 0; i < r->n && failed == 0; i++)
		failed = sqlite_run_step(r->c, cn, &r->steps[i], true);
	r->is_over_budget = failed < 0 && cn->stop == STOP_STEPS;
	sqlite_lift_limits(cn);
	if (!sqlite_tx_is_over(cn)) {
		struct ctx ignored = { .arena = r->c->arena };
		sqlite_run(&ignored, cn, failed < 0 ? cn->rollback : cn->commit);
	}
	CHECK(sqlite_tx_is_over(cn));
	return failed;
}

static int read_on_connection(void *arg)
{
	struct read_call *r = arg;
	struct sqlite_conn *cn;
	TRY(reader_take(r->c, r->e, &cn));
	int failed = sqlite_enter(r->c, cn, r->session, 0);
	if (failed == 0) {
		uint64_t latest = loop_clock_ns() + SNAPSHOT_MAX_NS;
		if (!cn->deadline_ns || cn->deadline_ns > latest)
			cn->deadline_ns = latest;
		cn->steps_left = r->budget;
		failed = run_steps(r, cn);
		sqlite_leave(cn);
	}
	reader_give(r->e, cn);
	return failed;
}

int sqlite_read_steps(struct ctx *c, struct sqlite_engine *e, const struct session *s,
		      const struct step *steps, size_t n)
{
	bool on_loop = coro_current() != NULL;
	struct read_call r = { c, e, s, steps, n, on_loop ? LOOP_STEPS : UINT64_MAX, false };
	atomic_fetch_add_explicit(&e->metrics.reads, 1, memory_order_relaxed);
	int failed = on_thread_stack(read_on_connection, &r);
	if (failed == 0 || !on_loop || !r.is_over_budget)
		return failed;
	err_clear(c);
	atomic_fetch_add_explicit(&e->metrics.long_reads, 1, memory_order_relaxed);
	r.budget = UINT64_MAX;
	return pool_run(c, e->long_reads, read_on_connection, &r);
}
