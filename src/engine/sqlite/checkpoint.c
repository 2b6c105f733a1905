/*
 * Copying the write-ahead log back into the file. A thread of its own does it
 * while writers go on (PASSIVE); it can never finish under steady writing, so
 * above 16 MB of log the writer copies the rest itself between two groups,
 * after which SQLite begins the log anew.
 */
#include "base/check.h"
#include "engine/sqlite/state.h"

#include <stdlib.h>

enum { LOG_STEP_PAGES = 1024 /* 4 MB */, LOG_MAX_PAGES = 4096 /* 16 MB */ };

struct checkpointer {
	struct sqlite_engine *e;
	sqlite3 *db;
	pthread_t thread;
	bool is_running;
	int next_at; /* pages in the log that call for the next copy; the writer's */

	pthread_mutex_t mu; /* what follows */
	pthread_cond_t more;
	bool is_wanted, stop;
};

static bool wait_for_work(struct checkpointer *k)
{
	pthread_mutex_lock(&k->mu);
	while (!k->is_wanted && !k->stop)
		pthread_cond_wait(&k->more, &k->mu);
	k->is_wanted = false;
	bool go_on = !k->stop;
	pthread_mutex_unlock(&k->mu);
	return go_on;
}

static void *checkpointer_main(void *arg)
{
	struct checkpointer *k = arg;
	while (wait_for_work(k)) {
		sqlite3_wal_checkpoint_v2(k->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		atomic_fetch_add_explicit(&k->e->metrics.checkpoints, 1, memory_order_relaxed);
	}
	return NULL;
}

/* Every 4 MB: each copy ends with an fsync of the file. A log that is shorter
 * than it was has been begun anew. */
static bool is_due(struct checkpointer *k, int log_pages)
{
	if (log_pages + LOG_STEP_PAGES < k->next_at)
		k->next_at = LOG_STEP_PAGES;
	if (log_pages < k->next_at)
		return false;
	k->next_at = log_pages + LOG_STEP_PAGES;
	return true;
}

void checkpointer_after_commit(struct sqlite_engine *e, struct sqlite_conn *cn, int log_pages)
{
	struct checkpointer *k = e->checkpointer;
	atomic_store_explicit(&e->metrics.log_pages, (uint64_t)log_pages, memory_order_relaxed);
	if (log_pages > LOG_MAX_PAGES)
		sqlite3_wal_checkpoint_v2(cn->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (!k || !is_due(k, log_pages))
		return;
	pthread_mutex_lock(&k->mu);
	k->is_wanted = true;
	pthread_cond_signal(&k->more);
	pthread_mutex_unlock(&k->mu);
}

int checkpointer_start(struct ctx *c, struct sqlite_engine *e)
{
	struct checkpointer *k = calloc(1, sizeof(*k));
	CHECK(k);
	k->e = e;
	k->next_at = LOG_STEP_PAGES;
	pthread_mutex_init(&k->mu, NULL);
	pthread_cond_init(&k->more, NULL);
	e->checkpointer = k;
	int rc = sqlite3_open_v2(e->path, &k->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
				 SQLITE_VFS);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(k->db, "PRAGMA synchronous=FULL", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return err_set(c, "58030", "could not open \"%s\" for checkpoints: %s", e->path,
			       sqlite3_errstr(rc));
	if (pthread_create(&k->thread, NULL, checkpointer_main, k) != 0)
		return err_set(c, "53000", "could not start the checkpoint thread");
	pthread_setname_np(k->thread, "checkpoint");
	k->is_running = true;
	return 0;
}

void checkpointer_stop(struct sqlite_engine *e)
{
	struct checkpointer *k = e->checkpointer;
	if (!k)
		return;
	pthread_mutex_lock(&k->mu);
	k->stop = true;
	pthread_cond_signal(&k->more);
	pthread_mutex_unlock(&k->mu);
	if (k->is_running)
		pthread_join(k->thread, NULL);
	sqlite3_close_v2(k->db);
	pthread_mutex_destroy(&k->mu);
	pthread_cond_destroy(&k->more);
	free(k);
	e->checkpointer = NULL;
}
