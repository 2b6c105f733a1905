/*
 * Aggregates. Each is a row of a table: a step and a result over a state that
 * begins as zeroes. SQLite calls them as bp_NAME(T1, v1, T2, v2): every value
 * after its type's code. One that needs DISTINCT or ORDER BY is called through
 * bp_ordered (agg_ordered.c), which feeds the same rows.
 */
#ifndef ENGINE_SQLITE_AGG_H
#define ENGINE_SQLITE_AGG_H

#include "base/buf.h"
#include "engine/sqlite/conn.h"
#include "value/numeric.h"

enum { AGG_ARGS_MAX = 2, AGG_RESULT_MAX = 256 << 20 };

/* Stands for the type of an argument that is a row, as bp_row() writes it. */
enum { AGG_ROW_CODE = -1 };

/* SQLite's aggregate contexts are aligned to 8 bytes only. */
typedef __int128 agg_int __attribute__((aligned(8)));

/* A running numeric with digits of its own. */
struct numeric_sum {
	struct numeric v;
	int16_t *digits;
	size_t cap;
};

struct agg {
	const struct agg_ops *ops; /* NULL before the first row */
	struct vtype types[AGG_ARGS_MAX];
	bool is_composite; /* types[0] is a row type */
	int64_t count;	   /* rows that counted */
	double fraction;   /* of a percentile */
	union {
		struct {
			agg_int i;
			double f, sxx, sy, syy, sxy; /* f is Sx */
			struct numeric_sum n, n2;
			struct datum v; /* malloc'ed text: interval, min, max */
		};
		struct buf text; /* lists */
	};
};

struct agg_ops {
	const char *name; /* without bp_ */
	int n_args;
	/* c->arena is rewound after each step. */
	int (*step)(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v);
	/* Not called when no row came. */
	int (*result)(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret);
	/* Takes a row out of a moving frame; NULL: it cannot be. */
	int (*inverse)(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v);
	void (*free)(struct agg *g); /* NULL: nothing to free */
	bool is_empty_list;	     /* without rows: '[]' instead of NULL */
};

/* The rows of the files below, by name; NULL when there is none. */
const struct agg_ops *agg_find(struct str name);

extern const struct agg_ops agg_number_ops[], agg_list_ops[],
	agg_sorted_ops[]; /* ended by name NULL */

/* Begins g with the type codes of its arguments. */
int agg_begin(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct agg_ops *ops,
	      const struct datum *codes);
void agg_end(struct agg *g);

int sqlite_add_aggregates(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_ordered_aggregate(struct ctx *c, struct sqlite_conn *cn);

#endif
