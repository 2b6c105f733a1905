/*
 * Set-returning functions, as table-valued functions of SQLite's: bp_NAME(args)
 * in FROM, with the columns c1 to c4 (and value, which is c1).
 */
#ifndef ENGINE_SQLITE_SRF_H
#define ENGINE_SQLITE_SRF_H

#include "base/vec.h"
#include "engine/sqlite/conn.h"

enum { SRF_ARGS_MAX = 4 };

/* One call under way. */
struct srf_call {
	struct ctx c; /* an arena that lives as long as the call */
	struct sqlite_conn *cn;
	const char *name; /* of the function, for messages */
	int64_t row;	  /* 1-based */
	struct datum c1, c2, c3, c4;
	/* For functions that make all rows at once. */
	VEC(struct datum) v1, v2, v3, v4;
	/* For those that count: state of their own. */
	struct datum stop, step;
	bool is_down;
	struct arena_mark mark; /* memory of the row before goes back to here */
};

struct srf_ops {
	const char *name; /* without bp_ */
	int n_args;
	bool is_strict; /* a NULL argument: no rows */
	/* Errors in call->c.err. */
	int (*begin)(struct srf_call *call, const struct datum *args);
	/* 1 with the row in c1 to c4, 0 at the end, -1; NULL: v1 to v4 are the rows. */
	int (*next)(struct srf_call *call);
};

extern const struct srf_ops srf_series_ops[], srf_list_ops[],
	srf_acl_ops[]; /* ended by name NULL */

int sqlite_add_set_functions(struct ctx *c, struct sqlite_conn *cn);

#endif
