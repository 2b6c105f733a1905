/*
 * A SQLite connection as this engine uses one: opened with the pragmas that
 * the design asks for, carrying the call it is working for, so that the C
 * functions and collations registered on it know on whose behalf they run.
 *
 * One thread at a time (NOMUTEX). Nothing here suspends; run it on a deep
 * stack (loop/coro.h, on_thread_stack).
 *
 * Errors of C functions: a function sets the PostgreSQL error with
 * sqlite_raise(); SQLite unwinds the statement with SQLITE_ERROR, and
 * sqlite_error() then hands out that error instead of SQLite's.
 */
#ifndef ENGINE_SQLITE_CONN_H
#define ENGINE_SQLITE_CONN_H

#include "base/err.h"
#include "engine/engine.h"
#include "value/value.h"

#include <sqlite3.h>

struct claims;
struct ddl_session;
struct exec_state;
struct label_cache;
struct local_setting;
struct plan_cache;
struct routines;
struct sqlite_engine;
struct syscat_kept;

/* One process owns a file, so SQLite need not lock it anew in every transaction:
 * the lock is taken once, and the log's index lives on the heap instead of in
 * shared memory. Saves four system calls a read. Every connection of a file
 * must use it, and other processes wait until the last one is closed. */
#define SQLITE_VFS "unix-excl"

enum conn_kind {
	CONN_READER, /* query_only */
	CONN_WRITER
};

/* Why the progress handler stopped a statement. */
enum sqlite_stop {
	STOP_NONE,
	STOP_STEPS,    /* the step budget is spent */
	STOP_DEADLINE, /* c->deadline_ns or the write budget has passed */
	STOP_CANCEL    /* another thread asked for it */
};

/* The current value that currval() and lastval() answer with. */
struct sequence_value {
	struct sequence_value *next; /* the one before; in the call's arena */
	uint32_t oid;		     /* of the sequence */
	int64_t value;
};

struct sqlite_conn {
	sqlite3 *db;
	enum conn_kind kind;
	struct sqlite_engine *engine; /* NULL in unit tests */

	/* The call under way, between sqlite_enter() and sqlite_leave(). */
	struct ctx *c;
	const struct session *session;
	struct catalog *cat;  /* a reference, kept between calls until it changes */
	struct value_env env; /* now and zone: fixed for an attempt */
	struct sequence_value *sequences;

	/* For C functions: their own arena (reset after each call) and error. */
	struct ctx fn;
	sqlite3_context *fn_sc; /* of the C function that runs */
	bool has_fn_error;	/* c->err holds a C function's error */

	/* Progress handler. */
	uint64_t steps_left;  /* VM instructions; UINT64_MAX no limit */
	uint64_t deadline_ns; /* CLOCK_MONOTONIC, 0 none */
	enum sqlite_stop stop;
	_Atomic bool cancel;
	unsigned n_steps; /* of sqlite_step() */

	int last_rc; /* extended result code of the last failure (SQLITE_CONSTRAINT_UNIQUE, ...) */
	struct plan_cache *plans;  /* NULL until the engine gives it one */
	struct exec_state *exec;   /* the executor's, NULL until it makes it */
	struct exec_frame *frames; /* tables being written while triggers run, innermost first */
	unsigned trigger_depth;	   /* pg_trigger_depth() */
	unsigned exec_depth;	   /* statements under way, one in another */
	bool is_replica;	   /* session_replication_role = replica */
	sqlite3_stmt *begin, *commit, *rollback, *version, *seq_read, *seq_write;
	struct label_cache *labels;	/* types.c */
	struct local_setting *settings; /* set_config() in this call; func_session.c */
	struct claims *claims;		/* of this call, parsed; func_session.c */
	struct syscat_kept *syscat;	/* rows of system catalogs in this call; syscat.c */
	/* Memory of the whole call under way: cn->c's own may be a nested one's. */
	struct arena *arena;
	struct routines *routines; /* routine.c, NULL until it makes it */
	struct ddl_session *ddl;   /* the script under way, NULL none */
	uint64_t edits;		   /* of the catalog under edit, whose version stays */
};

/* Opens path with every C function and collation registered; create makes the
 * file when it is missing. Error 08001 when it cannot be opened, XX001 when it
 * is no database. */
int sqlite_conn_open(struct ctx *c, const char *path, enum conn_kind kind, bool create,
		     struct sqlite_conn **ret);
void sqlite_conn_close(struct sqlite_conn *cn); /* NULL allowed */

/* Begins work for one call (or one attempt of it). session may be NULL: role
 * postgres, no claims. now_us 0: the clock. Error 22023 for an unknown time
 * zone. */
int sqlite_enter(struct ctx *c, struct sqlite_conn *cn, const struct session *session,
		 int64_t now_us);
void sqlite_leave(struct sqlite_conn *cn);

/* 57014 when the budget or deadline of the call is over; for loops outside SQLite. */
int sqlite_check_limits(struct ctx *c, struct sqlite_conn *cn);

/* No budget and no deadline from here on: for the ROLLBACK that follows one. */
void sqlite_lift_limits(struct sqlite_conn *cn);

/* Takes a new reference to cat in place of the one held. */
void sqlite_set_catalog(struct sqlite_conn *cn, struct catalog *cat);

/* The role of the call under way ("postgres" without a session). */
const char *sqlite_conn_role(const struct sqlite_conn *cn);

/* Prepares sql to be kept (SQLITE_PREPARE_PERSISTENT) or used once. */
int sqlite_prepare(struct ctx *c, struct sqlite_conn *cn, struct str sql, bool keep,
		   sqlite3_stmt **ret);

/* Runs SQL of our own making, dropping rows; several statements allowed. */
int sqlite_exec(struct ctx *c, struct sqlite_conn *cn, const char *sql);
/* The same, printf-made with %Q, %w as in sqlite3_mprintf. */
int sqlite_execf(struct ctx *c, struct sqlite_conn *cn, const char *fmt, ...);

/* 1 a row is ready, 0 done, -1 error (the statement is reset). */
int sqlite_step(struct ctx *c, struct sqlite_conn *cn, sqlite3_stmt *st);

/* Steps to the end, resets and clears nothing else. */
int sqlite_run(struct ctx *c, struct sqlite_conn *cn, sqlite3_stmt *st);

/* Cells. A column's text is valid until the next step. Text is bound without
 * a copy: it must outlive the statement's run. index is 1-based. */
struct datum sqlite_cell(sqlite3_stmt *st, int column);
void sqlite_bind(sqlite3_stmt *st, int index, struct datum v);

/* In a C function: raises the error that is in cn->fn.err. */
void sqlite_raise(struct sqlite_conn *cn, sqlite3_context *sc);
/* The connection a C function was registered on. */
struct sqlite_conn *sqlite_conn_of(sqlite3_context *sc);
/* Arguments and results of C functions; the result is copied. */
struct datum sqlite_arg(sqlite3_value *v);
void sqlite_result(sqlite3_context *sc, struct datum v);

/* Sets c->err from the connection's last failure with result code rc, and
 * returns -1: the C function's error where there is one; constraint failures
 * as 23xxx with SQLite's text (the executor makes PostgreSQL's), 57014, 53100,
 * 58030, XX001, ... cn->last_rc keeps the extended code. */
int sqlite_error(struct ctx *c, struct sqlite_conn *cn, int rc);

/* The error of a statement that the progress handler stopped (57014). */
int sqlite_interrupted(struct ctx *c, const struct sqlite_conn *cn);

/* True when the failure just seen has ended SQLite's whole transaction. */
bool sqlite_tx_is_over(const struct sqlite_conn *cn);

/* Rows that violate a deferred foreign key in the open transaction: 0 or not. */
bool sqlite_has_deferred_fk(struct sqlite_conn *cn);

/* Registers C functions and collations (func_*.c, collate.c). */
int sqlite_register_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_register_collations(struct ctx *c, struct sqlite_conn *cn);

#endif
