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
struct name_scope;
struct query;
struct relation;
struct sqlite_conn;
struct exec_plan;
struct exec_batch;

/* Parses, analyses, rewrites (grants, policies, views) and prepares one
 * statement for cn's catalog, role and search_path. Errors are PostgreSQL's:
 * 42601, 42P01, 42501, ...; 0A000 for what does not run on SQLite. */
int exec_plan_make(struct ctx *c, struct sqlite_conn *cn, struct str sql, struct exec_plan **ret);

/* The same for a statement already parsed; stmt must outlive the call only. */
int exec_plan_make_parsed(struct ctx *c, struct sqlite_conn *cn, struct str sql,
			  const struct json *stmt, struct exec_plan **ret);

/* The same with names that a function's body brings: their values are cells (struct
 * sql_param). stmt NULL: sql is parsed. names must outlive the call only. */
int exec_plan_make_named(struct ctx *c, struct sqlite_conn *cn, struct str sql,
			 const struct json *stmt, const struct name_scope *names,
			 struct exec_plan **ret);

/* SELECT $1 of type from, assigned to type to: one cell in, one out. */
int exec_plan_make_cast(struct ctx *c, struct sqlite_conn *cn, struct typeref from,
			struct typeref to, struct exec_plan **ret);

/* What its rows look like: columns of the result, none without rows. */
const struct result_column *exec_plan_columns(const struct exec_plan *p, size_t *ret_n);

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

/*
 * Many executions of one INSERT that are one statement (COPY): statement triggers
 * fire once, AFTER triggers and foreign keys at exec_batch_end(). Where
 * exec_batch_keeps_rows(), the memory of the calls must last until then. The batch
 * is in the arena of exec_batch_begin()'s c; nothing to free.
 */
int exec_batch_begin(struct ctx *c, struct sqlite_conn *cn, struct exec_plan *p,
		     struct exec_batch **ret);
bool exec_batch_keeps_rows(const struct exec_batch *b);
int exec_batch_run(struct ctx *c, struct exec_batch *b, const struct sql_param *params,
		   size_t n_params);
int exec_batch_end(struct exec_batch *b);

/* TRUNCATE's triggers of these relations, before ('b') or after ('a') it. */
int exec_truncate_triggers(struct ctx *c, struct sqlite_conn *cn,
			   const struct relation *const *rels, size_t n, char timing);

/* SET CONSTRAINTS for one name (NULL: all), until the transaction ends; IMMEDIATE
 * looks at what was deferred. */
int exec_set_constraint(struct ctx *c, struct sqlite_conn *cn, const char *name, bool is_deferred);

/* A place in the list of what is deferred, and back to it: for savepoints. */
size_t exec_deferred_mark(const struct sqlite_conn *cn);
void exec_deferred_cut(struct sqlite_conn *cn, size_t mark);

/* Constraints and constraint triggers that are deferred to the transaction's end: call before the
 * COMMIT or RELEASE that makes a request's work final. */
int exec_finish(struct ctx *c, struct sqlite_conn *cn);
/* Forgets them: call when a request's work was rolled back. */
void exec_reset(struct sqlite_conn *cn);

/* Frees what the executor keeps per connection (write statements by table);
 * for sqlite_conn_close(). Plans of the connection must be freed first. */
void exec_state_free(struct sqlite_conn *cn);

#endif
