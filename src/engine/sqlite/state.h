/*
 * One open database file: what its parts share. Private to this folder.
 *
 * Threads: any loop or worker reads, each on a connection that it takes from
 * the list for the time of one call; one writer thread writes; one thread
 * copies the log back into the file.
 */
#ifndef ENGINE_SQLITE_STATE_H
#define ENGINE_SQLITE_STATE_H

#include "engine/sqlite/conn.h"
#include "engine/sqlite/plan_cache.h"

#include <pthread.h>
#include <stdatomic.h>

struct pool;
struct writer;
struct checkpointer;

enum { READERS_MAX = 64, WATCHERS_MAX = 16, LONG_READ_THREADS = 2, LONG_READ_QUEUE = 256 };

struct watcher {
	void (*fn)(void *arg, enum watch_event ev);
	void *arg;
};

struct metrics {
	_Atomic uint64_t reads, long_reads, commits, requests, rerun_groups, failed_requests;
	_Atomic uint64_t group_max, checkpoints;
	_Atomic uint64_t plan_hits, plan_misses;
	_Atomic uint64_t log_pages; /* of the write-ahead log, after the last commit */
};

struct sqlite_engine {
	struct engine base;
	char *path;
	int lock_fd;
	struct pool *long_reads;
	struct writer *writer;
	struct checkpointer *checkpointer;
	struct metrics metrics;

	pthread_mutex_t mu; /* what follows */
	struct catalog *published;
	struct sqlite_conn *idle[READERS_MAX];
	size_t n_idle;
	struct watcher watchers[WATCHERS_MAX];
	size_t n_watchers;
};

/* ---- sqlite.c ---- */

/* The published catalog, with a reference for the caller. */
struct catalog *engine_published(struct sqlite_engine *e);
/* Publishes cat (takes a reference) and tells the watchers. */
void engine_publish(struct sqlite_engine *e, struct catalog *cat);

/* Makes cn->cat the catalog of the snapshot that cn's open transaction reads. */
int engine_sync_catalog(struct ctx *c, struct sqlite_engine *e, struct sqlite_conn *cn);

/* ---- read.c ---- */

/* Steps that only read, on one snapshot. May suspend. */
int sqlite_read_steps(struct ctx *c, struct sqlite_engine *e, const struct session *s,
		      const struct step *steps, size_t n);
void sqlite_close_readers(struct sqlite_engine *e);

/* Runs one step in the open transaction of cn, between sqlite_enter and
 * sqlite_leave. read_only: 25006 for a statement that writes. */
int sqlite_run_step(struct ctx *c, struct sqlite_conn *cn, const struct step *step, bool read_only);

/* ---- script.c ---- */

/* Runs a script in cn's open transaction, which the caller commits or rolls
 * back. *ret_cat: the catalog as the script left it (with a reference), already
 * saved in the file; NULL when the script changed none. */
int script_run(struct ctx *c, struct sqlite_conn *cn, struct script_spec *spec,
	       struct catalog **ret_cat);

/* ---- checkpoint.c ---- */

int checkpointer_start(struct ctx *c, struct sqlite_engine *e);
void checkpointer_stop(struct sqlite_engine *e);
/* After a commit: log_pages pages are in the log. The writer's thread. */
void checkpointer_after_commit(struct sqlite_engine *e, struct sqlite_conn *cn, int log_pages);

#endif
