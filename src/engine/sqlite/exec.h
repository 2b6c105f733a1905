/*
 * A rewritten query made ready to run on one connection, and run: SELECT as a
 * printed, prepared statement; INSERT, UPDATE, DELETE and upsert in the row
 * executor.
 *
 * Runs on a deep stack; nothing here suspends.
 */
#ifndef ENGINE_SQLITE_EXEC_H
#define ENGINE_SQLITE_EXEC_H

#include "engine/sqlite/conn.h"
#include "sql/ir.h"

struct exec_plan;

/* Makes the plan for q, which rewrite_query() returned. Everything lives in
 * c->arena, which must live as long as the plan: the plan cache gives each plan
 * an arena of its own. cn->cat is the catalog that q was analysed with. */
int exec_prepare(struct ctx *c, struct sqlite_conn *cn, struct query *q, struct exec_plan **ret);

/* Finalizes the plan's statements; its memory goes with its arena. NULL allowed. */
void exec_finish(struct exec_plan *p);

/* True when it writes nothing (also no sequence). */
bool exec_is_read_only(const struct exec_plan *p);

/* Runs it between sqlite_enter() and sqlite_leave(), in the transaction that is
 * open. Calls sink->columns once, then sink->row for each row; sink NULL drops
 * them. *ret_affected: rows written, or returned by a SELECT. On -1 the
 * statement's own writes may be half done: the caller rolls back to its
 * savepoint. Every statement is reset when it returns. */
int exec_run(struct ctx *c, struct sqlite_conn *cn, struct exec_plan *p,
	     const struct sql_param *params, size_t n_params, struct sink *sink,
	     uint64_t *ret_affected);

#endif
