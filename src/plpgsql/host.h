/*
 * What the interpreter needs of the engine it runs on. The engine implements
 * it once (engine/sqlite/routine*.c); the interpreter knows no engine.
 *
 * All calls run on the thread and inside the transaction of the statement that
 * called the function, never suspend, and report PostgreSQL's errors in c->err.
 * c is the call's own: its arena is rewound after each statement of the body, so that
 * a loop does not grow. What a host keeps for longer lives elsewhere, and errors are
 * set in the c that was passed, not in the one that plpgsql_call() was given.
 * Cells are in the stored form of value/value.h; a composite value is the JSON
 * text of its fields as the engine's row functions make it.
 */
#ifndef PLPGSQL_HOST_H
#define PLPGSQL_HOST_H

#include "sql/analyze.h"

struct ctx;

/* A statement or expression of a body, analysed and planned for the role and
 * search_path in force. Belongs to the function's instance: released with it. */
struct host_query {
	struct result_shape {
		const char **names;
		struct typeref *types;
		size_t n;
	} shape;	/* what it returns; n 0: no rows (INSERT without RETURNING, DDL) */
	bool is_select; /* returns rows without writing itself */
};

/* Rows as they come; stops the statement early, without an error, on 1. */
struct host_sink {
	void *arg;
	int (*row)(struct ctx *c, void *arg, const struct datum *cells, size_t n);
};

enum host_subtransaction { SUBTX_BEGIN, SUBTX_COMMIT, SUBTX_ABORT };

enum raise_level { RAISE_DEBUG, RAISE_LOG, RAISE_INFO, RAISE_NOTICE, RAISE_WARNING };

struct plpgsql_host {
	void *arg;

	/* Plans one SQL statement. names: the variables it may use; the params of run()
	 * are numbered as names' EX_PARAMs are. Utility statements (DDL) are planned too
	 * where the engine allows them. 0A000 for what does not run on this engine. */
	int (*prepare)(struct ctx *c, void *arg, struct str sql, const struct name_scope *names,
		       struct host_query **ret);
	void (*release)(void *arg, struct host_query *q);

	/* Runs it with cells for $1.. (in the order of names). A query may be run again
	 * while an earlier run of it is under way (recursion). sink NULL drops rows.
	 * ret_affected: rows written, or returned by a SELECT. Cells given to the sink
	 * are valid during the callback only. */
	int (*run)(struct ctx *c, void *arg, struct host_query *q, const struct datum *params,
		   size_t n, struct host_sink *sink, uint64_t *ret_affected);

	/* A scalar through the assignment cast (COERCE_ASSIGN) with typmod, domain checks
	 * included; for unknown the input function. The result is in c->arena. */
	int (*coerce)(struct ctx *c, void *arg, struct datum v, struct typeref from,
		      struct typeref to, struct datum *ret);

	/* The value as text, by its type's output function (RAISE's %, EXECUTE's string). */
	int (*out)(struct ctx *c, void *arg, struct datum v, struct typeref t, struct str *ret);

	/* A composite cell taken apart into the fields of a row type (n of them), and
	 * put together. */
	int (*explode)(struct ctx *c, void *arg, struct datum row, const struct typeref *fields,
		       const char *const *names, size_t n, struct datum *ret);
	int (*implode)(struct ctx *c, void *arg, const struct datum *cells,
		       const struct typeref *fields, const char *const *names, size_t n,
		       struct datum *ret);

	/* An EXCEPTION block's savepoint; they nest. ABORT undoes what ran since BEGIN
	 * and ends the level, as COMMIT does. 0A000 where the statement that is under way
	 * allows none. */
	int (*subtransaction)(struct ctx *c, void *arg, enum host_subtransaction what);

	/* RAISE below EXCEPTION. code: SQLSTATE; fields of err as USING gives them. */
	void (*raise)(struct ctx *c, void *arg, enum raise_level level, const struct error *err);

	/* Called at loop turns and statements: 57014 when the budget or deadline is over,
	 * 54001 past the depth limit of nested calls. */
	int (*check)(struct ctx *c, void *arg);

	/* A type by the text of a declaration ("numeric(10,2)", "public.mood[]"); %TYPE and
	 * %ROWTYPE are the interpreter's own to take apart, by cat. */
	int (*type)(struct ctx *c, void *arg, struct str text, struct typeref *ret);
	const struct catalog *(*catalog)(void *arg);
};

#endif
