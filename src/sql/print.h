/*
 * IR to SQL text. The generic printer walks the tree; a dialect says how names,
 * constants, parameters and built-ins are written, and may take over any node.
 * Only engines without native SQL print the IR.
 *
 * Names: range table entry r of the n-th query printed is t<n>_<r>, so that an
 * inner query never hides an outer one's; output column i (1-based, hidden ones
 * counted) of a query is c<i>.
 */
#ifndef SQL_PRINT_H
#define SQL_PRINT_H

#include "base/buf.h"
#include "sql/ir.h"

struct ctx;
struct printer;

struct dialect {
	/* The physical name of a relation or column, quoted. */
	void (*relation)(struct printer *p, const struct relation *rel);
	void (*column)(struct printer *p, const struct relation *rel, const struct column *col);
	/* Any expression that the generic printer does not know: built-ins, constants,
	 * parameters, input and output functions, arrays, rows. Asked first, so that a
	 * dialect can take over any node; false leaves it to the generic printer. */
	bool (*expr)(struct printer *p, const struct expr *e);
	/* An rte in FROM; false = the generic form. */
	bool (*rte)(struct printer *p, const struct rte *rte, int index);
	/* Where the rows of a data-modifying CTE (the index-th of its query) are read. */
	void (*modifying_cte)(struct printer *p, const struct cte *cte, size_t index);
	/* After an expression that is sorted, grouped or compared: a COLLATE clause. */
	void (*collate)(struct printer *p, const struct expr *e);
	/* A sort key's expression as something that sorts as PostgreSQL does. */
	void (*sort_key)(struct printer *p, const struct expr *e);
	/* LIMIT's or OFFSET's expression as an integer that may be negative (no
	 * limit) for NULL only: 2201W and 2201X are raised for the rest. */
	void (*limit)(struct printer *p, const struct expr *e, bool is_offset);
};

struct printer {
	struct ctx *c;
	const struct dialect *dialect;
	struct buf *out;
	const struct query *query; /* the query being printed */
	struct printer *outer;	   /* the enclosing query's printer */
	int id;			   /* n of its names */
	int *last_id;
	bool compares_rows; /* an operand of UNION and the like: equal rows are one */
	int depth;	    /* of nested expressions, against a limit */
	int failed;	    /* -1 once something could not be printed; c->err says what (0A000) */
	void *arg;	    /* the dialect's */
};

/* Prints a SELECT (with CTEs, set operations). -1 with c->err 0A000 when it
 * holds what the dialect cannot say, 54001 when it is nested too deep. */
int print_query(struct ctx *c, const struct dialect *d, const struct query *q, void *arg,
		struct buf *out);

/* Prints one expression whose vars belong to q, without q's FROM. */
int print_expr_of(struct ctx *c, const struct dialect *d, const struct query *q,
		  const struct expr *e, void *arg, struct buf *out);

/* ---- for dialects ---- */

void print_expr(struct printer *p, const struct expr *e);
void print_subquery(struct printer *p, const struct query *q);
void print_exprs(struct printer *p, const exprs *list, const char *separator);
void print_sort_keys(struct printer *p, const sort_keys *keys);
/* (PARTITION BY ... ORDER BY ... frame) */
void print_window(struct printer *p, const struct window *w);
/* FROM, and WHERE with an extra condition in front (NULL none). */
void print_from(struct printer *p);
void print_where(struct printer *p);
/* t<n>_<rte> of the query levels_up out. */
void print_alias(struct printer *p, int levels_up, int rte);
/* The rte that a var or whole-row refers to. */
const struct rte *print_rte_of(const struct printer *p, int levels_up, int rte);
/* Marks it as failed with 0A000 "what is not supported on this engine". */
void print_refuse(struct printer *p, const char *what, int location);

#endif
