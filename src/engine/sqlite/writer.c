#include "engine/sqlite/writer.h"

#include "base/check.h"
#include "engine/sqlite/exec.h"
#include "loop/await.h"

#include <stdio.h>
#include <stdlib.h>

static const uint64_t WRITE_BUDGET_NS = 10ull * 1000 * 1000 * 1000;

/* On the waiting caller's stack. */
struct request {
	struct request *next;
	struct ctx *c;
	const struct session *session;
	const struct tx_spec *spec;
	const struct step *steps;
	size_t n;
	struct script_spec *script; /* NULL: steps */
	int result;
	bool is_out;	/* failed for good: not run again with its group */
	bool is_queued; /* under the writer's mutex */
	struct wakeup done;
};

struct writer {
	struct sqlite_engine *e;
	struct sqlite_conn *cn;
	sqlite3_stmt *begin, *savepoint, *release, *rollback_to;
	int log_pages;
	pthread_t thread;
	bool is_running;

	pthread_mutex_t mu; /* what follows */
	pthread_cond_t more;
	struct request *first, **last;
	size_t n_queued;
	bool stop;
};

/* ---- one request ---- */

static int run_steps(struct writer *w, struct request *r)
{
	TRY(sqlite_enter(r->c, w->cn, r->session, 0));
	uint64_t latest = loop_clock_ns() + WRITE_BUDGET_NS;
	if (!w->cn->deadline_ns || w->cn->deadline_ns > latest)
		w->cn->deadline_ns = latest;
	for (size_t i = 0; i < r->n; i++)
		TRY(sqlite_run_step(r->c, w->cn, &r->steps[i], r->spec->read_only));
	TRY(exec_finish(r->c, w->cn));
	/* The executor has checked every key; this net must find nothing. */
	if (sqlite_has_deferred_fk(w->cn))
		return err_set(r->c, "23503", "a foreign key constraint is violated");
	return 0;
}

/* Runs r between savepoint and release. -1: the transaction is gone. */
static int run_request(struct writer *w, struct request *r)
{
	err_clear(r->c);
	struct ctx own = { .arena = r->c->arena };
	CHECK(sqlite_run(&own, w->cn, w->savepoint) == 0);
	r->result = run_steps(w, r);
	if (r->result < 0)
		exec_reset(w->cn);
	sqlite_leave(w->cn);
	if (r->result == 0 && sqlite_tx_is_over(w->cn))
		r->result = err_set(r->c, "25P01", "the transaction has ended");
	if (r->result < 0) {
		r->is_out = true;
		atomic_fetch_add_explicit(&w->e->metrics.failed_requests, 1, memory_order_relaxed);
	}
	if (sqlite_tx_is_over(w->cn))
		return -1;
	if (r->result < 0 || r->spec->end == TX_ROLLBACK)
		CHECK(sqlite_run(&own, w->cn, w->rollback_to) == 0);
	CHECK(sqlite_run(&own, w->cn, w->release) == 0);
	return 0;
}

/* ---- one group ---- */

/* An answer that nobody can give: what reached the disk is unknown. */
static _Noreturn void die(const struct writer *w, const char *what)
{
	fprintf(stderr,
		"bedplate: %s: %s failed: %s; ending, so that nothing is answered wrongly\n",
		w->e->path, what, sqlite3_errmsg(w->cn->db));
	abort();
}

static int commit(struct ctx *c, struct writer *w)
{
	if (sqlite_run(c, w->cn, w->cn->commit) == 0) {
		atomic_fetch_add_explicit(&w->e->metrics.commits, 1, memory_order_relaxed);
		return 0;
	}
	if ((w->cn->last_rc & 0xff) == SQLITE_IOERR)
		die(w, "commit");
	if (!sqlite_tx_is_over(w->cn))
		sqlite_run(&(struct ctx){ .arena = c->arena }, w->cn, w->cn->rollback);
	return -1;
}

/* 0: every request is decided; 1: run again without those that are out. */
static int run_group_once(struct ctx *c, struct writer *w, struct request *group, size_t *ret_ok)
{
	*ret_ok = 0;
	TRY(sqlite_run(c, w->cn, w->begin));
	int failed = engine_sync_catalog(c, w->e, w->cn);
	for (struct request *r = group; r && failed == 0; r = r->next) {
		if (r->is_out)
			continue;
		if (run_request(w, r) < 0)
			return 1;
		*ret_ok += r->result == 0 && r->spec->end == TX_COMMIT;
	}
	if (failed < 0 || *ret_ok == 0) {
		sqlite_run(&(struct ctx){ .arena = c->arena }, w->cn, w->cn->rollback);
		return failed;
	}
	return commit(c, w);
}

static void fail_group(const struct ctx *c, struct request *group)
{
	for (struct request *r = group; r; r = r->next) {
		if (r->is_out)
			continue;
		r->c->err = err_copy(r->c->arena, &c->err);
		r->result = -1;
	}
}

static void run_group(struct ctx *c, struct writer *w, struct request *group)
{
	size_t n_ok;
	int rc;
	while ((rc = run_group_once(c, w, group, &n_ok)) > 0)
		atomic_fetch_add_explicit(&w->e->metrics.rerun_groups, 1, memory_order_relaxed);
	if (rc < 0)
		fail_group(c, group);
}

/* ---- a script ---- */

static int run_script(struct writer *w, struct request *r, struct catalog **ret_cat)
{
	TRY(sqlite_run(r->c, w->cn, w->begin));
	int failed = engine_sync_catalog(r->c, w->e, w->cn);
	if (failed == 0)
		failed = sqlite_enter(r->c, w->cn, NULL, 0);
	if (failed == 0)
		failed = script_run(r->c, w->cn, r->script, ret_cat);
	sqlite_leave(w->cn);
	if (failed == 0)
		return commit(r->c, w);
	exec_reset(w->cn);
	if (!sqlite_tx_is_over(w->cn))
		sqlite_run(&(struct ctx){ .arena = r->c->arena }, w->cn, w->cn->rollback);
	return -1;
}

static void run_script_request(struct writer *w, struct request *r)
{
	struct catalog *cat = NULL;
	r->result = run_script(w, r, &cat);
	if (r->result == 0 && cat)
		engine_publish(w->e, cat);
	plan_cache_clear(w->cn->plans);
	sqlite_set_catalog(w->cn, NULL);
	catalog_unref(cat);
}

/* ---- the thread ---- */

/* The next group, or one script; NULL when the writer is to stop. */
static struct request *take_group(struct writer *w, size_t *ret_n)
{
	pthread_mutex_lock(&w->mu);
	while (!w->first && !w->stop)
		pthread_cond_wait(&w->more, &w->mu);
	struct request *group = w->first, **end = &w->first;
	size_t n = 0;
	while (*end && n < GROUP_MAX && !(n && (*end)->script)) {
		struct request *r = *end;
		r->is_queued = false;
		end = &r->next;
		n++;
		if (r->script)
			break;
	}
	w->first = *end;
	if (!w->first)
		w->last = &w->first;
	*end = NULL;
	w->n_queued -= n;
	pthread_mutex_unlock(&w->mu);
	*ret_n = n;
	return n ? group : NULL;
}

/* r is gone once it has been woken. */
static void answer(struct request *group)
{
	while (group) {
		struct request *next = group->next;
		wakeup_fire(&group->done);
		group = next;
	}
}

static void count_group(struct metrics *m, size_t n)
{
	atomic_fetch_add_explicit(&m->requests, n, memory_order_relaxed);
	if (n > atomic_load_explicit(&m->group_max, memory_order_relaxed))
		atomic_store_explicit(&m->group_max, n, memory_order_relaxed);
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;
	struct ctx c = { .arena = arena_new(0) };
	struct request *group;
	size_t n;
	while ((group = take_group(w, &n))) {
		if (group->script)
			run_script_request(w, group);
		else
			run_group(&c, w, group);
		count_group(&w->e->metrics, n);
		answer(group);
		checkpointer_after_commit(w->e, w->cn, w->log_pages);
		err_clear(&c);
		arena_reset(c.arena);
	}
	arena_free(c.arena);
	return NULL;
}

/* ---- the callers' side ---- */

static int enqueue(struct writer *w, struct request *r)
{
	pthread_mutex_lock(&w->mu);
	bool is_open = !w->stop;
	if (is_open) {
		r->is_queued = true;
		*w->last = r;
		w->last = &r->next;
		w->n_queued++;
		pthread_cond_signal(&w->more);
	}
	pthread_mutex_unlock(&w->mu);
	return is_open ? 0 : err_set(r->c, "57P01", "the database is shutting down");
}

/* Takes r back when the writer has not begun it. */
static bool take_back(struct writer *w, struct request *r)
{
	pthread_mutex_lock(&w->mu);
	bool was_queued = r->is_queued;
	if (was_queued) {
		struct request **at = &w->first;
		while (*at != r)
			at = &(*at)->next;
		*at = r->next;
		if (!*at)
			w->last = at;
		w->n_queued--;
		r->is_queued = false;
	}
	pthread_mutex_unlock(&w->mu);
	return was_queued;
}

static int wait_for(struct writer *w, struct request *r)
{
	wakeup_init(&r->done);
	TRY(enqueue(w, r));
	/* While the writer works it owns c: what waiting reports goes elsewhere. */
	struct ctx wait = { .arena = arena_new(0), .deadline_ns = r->c->deadline_ns };
	int failed = await_wakeup(&wait, &r->done);
	if (failed < 0 && take_back(w, r)) {
		r->c->err = err_copy(r->c->arena, &wait.err);
		r->result = -1;
	} else if (failed < 0) {
		await_wakeup_always(&r->done);
	}
	arena_free(wait.arena);
	return r->result;
}

int writer_tx(struct ctx *c, struct writer *w, const struct session *s, const struct tx_spec *spec,
	      const struct step *steps, size_t n)
{
	struct request r = { .c = c, .session = s, .spec = spec, .steps = steps, .n = n };
	return wait_for(w, &r);
}

int writer_script(struct ctx *c, struct writer *w, struct script_spec *spec)
{
	struct request r = { .c = c, .script = spec };
	return wait_for(w, &r);
}

size_t writer_queued(struct writer *w)
{
	pthread_mutex_lock(&w->mu);
	size_t n = w->n_queued;
	pthread_mutex_unlock(&w->mu);
	return n;
}

/* ---- start and stop ---- */

static int on_commit(void *arg, sqlite3 *db, const char *schema, int pages)
{
	struct writer *w = arg;
	(void)db;
	(void)schema;
	w->log_pages = pages;
	return SQLITE_OK;
}

static int prepare_all(struct ctx *c, struct writer *w)
{
	TRY(sqlite_prepare(c, w->cn, STR("BEGIN IMMEDIATE"), true, &w->begin));
	TRY(sqlite_prepare(c, w->cn, STR("SAVEPOINT request"), true, &w->savepoint));
	TRY(sqlite_prepare(c, w->cn, STR("RELEASE request"), true, &w->release));
	return sqlite_prepare(c, w->cn, STR("ROLLBACK TO request"), true, &w->rollback_to);
}

static int open_connection(struct ctx *c, struct writer *w, bool create)
{
	TRY(sqlite_conn_open(c, w->e->path, CONN_WRITER, create, &w->cn));
	w->cn->engine = w->e;
	w->cn->plans = plan_cache_new();
	sqlite3_wal_hook(w->cn->db, on_commit, w);
	return prepare_all(c, w);
}

int writer_start(struct ctx *c, struct sqlite_engine *e, bool create, struct writer **ret)
{
	struct writer *w = calloc(1, sizeof(*w));
	CHECK(w);
	w->e = e;
	w->last = &w->first;
	pthread_mutex_init(&w->mu, NULL);
	pthread_cond_init(&w->more, NULL);
	if (open_connection(c, w, create) < 0) {
		writer_stop(w);
		return -1;
	}
	if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
		writer_stop(w);
		return err_set(c, "53000", "could not start the writer thread");
	}
	pthread_setname_np(w->thread, "writer");
	w->is_running = true;
	*ret = w;
	return 0;
}

void writer_stop(struct writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mu);
	w->stop = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->mu);
	if (w->is_running)
		pthread_join(w->thread, NULL);
	sqlite3_finalize(w->begin);
	sqlite3_finalize(w->savepoint);
	sqlite3_finalize(w->release);
	sqlite3_finalize(w->rollback_to);
	sqlite_conn_close(w->cn);
	pthread_mutex_destroy(&w->mu);
	pthread_cond_destroy(&w->more);
	free(w);
}
