/*
 * The project's functions, run on this engine: SQL functions and plpgsql bodies
 * called from printed SQL, from triggers and from scripts (DO).
 *
 * Calls nest inside a running statement of the same connection. A call pushes
 * its role (SECURITY DEFINER) and settings (SET search_path) on cn's session for
 * its time. A function that writes may be called where the caller holds no
 * half-written state: from a SELECT whose FROM is materialised, from the scan of a
 * DML statement, from triggers; elsewhere (policies, CHECK, defaults evaluated
 * inside a write) and on a reading connection it is refused: 25006 in a read-only
 * transaction, else 0A000.
 *
 * Results of STABLE and IMMUTABLE functions are remembered by arguments within
 * one statement.
 */
#ifndef ENGINE_SQLITE_ROUTINE_H
#define ENGINE_SQLITE_ROUTINE_H

#include "engine/sqlite/conn.h"
#include "sql/trigger.h"

struct memo;

enum { ROUTINE_DEPTH_MAX = 100 }; /* nested calls; 54001 beyond */

/* C function bp_call and the table-valued function bp_rows, see dialect.h. */
int sqlite_add_routines(struct ctx *c, struct sqlite_conn *cn);

/* One call with cells for f's input parameters; the result's cell is in c->arena.
 * 42501 without EXECUTE is the rewriter's business, not this one's. */
int routine_call(struct ctx *c, struct sqlite_conn *cn, const struct function *f,
		 const struct datum *args, size_t n, struct datum *ret);

/* A trigger's function for one row, or for a statement (both rows NULL). */
struct trigger_call {
	const struct trigger *trigger;
	const struct relation *rel;
	enum trigger_event event;
	const struct datum *old_row;
	struct datum *new_row; /* in and out, rel->columns.n cells */
	/* Rows for REFERENCING OLD/NEW TABLE: every row of the statement; NULL none. */
	const struct datum *const *old_rows, *const *new_rows;
	size_t n_rows;
	bool ret_is_null; /* RETURN NULL */
};
int routine_trigger(struct ctx *c, struct sqlite_conn *cn, struct trigger_call *call);

/* DO: an anonymous block in language ("plpgsql"), as the current role. */
int routine_do(struct ctx *c, struct sqlite_conn *cn, const char *language, struct str body);

/* Forgets compiled bodies: when the catalog of cn changed. Those under way stay until
 * their calls end. */
void routine_clear(struct sqlite_conn *cn);
/* For sqlite_conn_close(). */
void routine_free(struct sqlite_conn *cn);

/* Around one statement: what stable functions returned is remembered between them.
 * Gives what was remembered before; hand it to the second. */
struct memo *routine_begin_statement(struct sqlite_conn *cn);
void routine_end_statement(struct sqlite_conn *cn, struct memo *outer);

#endif
