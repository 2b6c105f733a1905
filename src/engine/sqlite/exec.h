/*
 * The row executor and the plans it runs (DESIGN 3, "Row executor"): one SQL
 * statement of PostgreSQL's dialect, as one role, on one SQLite connection.
 *
 * A plan owns an arena, a reference to the catalog it was made from and its
 * prepared statements; it belongs to the connection that made it and to the
 * role and search_path of the call that did. The plan cache keys on those.
 *
 * Every call here runs between sqlite_enter() and sqlite_leave(), on the
 * connection's thread, on a deep stack, and never suspends. Writing plans run
 * inside a transaction that the caller opened; after -1 the caller rolls it
 * (or its savepoint) back: an executor that failed half-way has written rows.
 */
#ifndef ENGINE_SQLITE_EXEC_H
#define ENGINE_SQLITE_EXEC_H

#include "engine/engine.h"

struct ctx;
struct json;
struct query;
struct sqlite_conn;
struct exec_plan;

/* Parses, analyses, rewrites (grants, policies, views) and prepares one
 * statement for cn's catalog, role and search_path. Errors are PostgreSQL's:
 * 42601, 42P01, 42501, ...; 0A000 for what does not run on SQLite. */
int exec_plan_make(struct ctx *c, struct sqlite_conn *cn, struct str sql, struct exec_plan **ret);

/* The same for a statement already parsed; stmt must outlive the call only. */
int exec_plan_make_parsed(struct ctx *c, struct sqlite_conn *cn, struct str sql,
			  const struct json *stmt, struct exec_plan **ret);

/* Finalizes its statements and frees it. NULL allowed. */
void exec_plan_free(struct exec_plan *p);

bool exec_plan_writes(const struct exec_plan *p);
size_t exec_plan_params(const struct exec_plan *p); /* highest $n */
int64_t exec_plan_catalog_version(const struct exec_plan *p);

/* Runs it. Rows go to sink (NULL: dropped) as typed cells, valid during the
 * callback; rows of a writing statement only after its last check. Values for
 * missing parameters are NULL. ret_affected: rows written, or rows returned
 * by a SELECT. Errors are PostgreSQL's, with details as PostgreSQL gives them
 * to this role. */
int exec_run(struct ctx *c, struct sqlite_conn *cn, struct exec_plan *p,
	     const struct sql_param *params, size_t n_params, struct sink *sink,
	     uint64_t *ret_affected);

/* Constraints that are deferred to the transaction's end: call before the
 * COMMIT or RELEASE that makes a request's work final. */
int exec_finish(struct ctx *c, struct sqlite_conn *cn);
/* Forgets them: call when a request's work was rolled back. */
void exec_reset(struct sqlite_conn *cn);

/* Frees what the executor keeps per connection (write statements by table);
 * for sqlite_conn_close(). Plans of the connection must be freed first. */
void exec_state_free(struct sqlite_conn *cn);

#endif
