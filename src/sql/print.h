/*
 * IR to SQL text. The generic printer walks the tree; a dialect says how names,
 * constants, parameters and built-ins are written, and may take over any node.
 * Only engines without native SQL print the IR.
 */
#ifndef SQL_PRINT_H
#define SQL_PRINT_H

#include "base/buf.h"
#include "sql/ir.h"

struct ctx;
struct printer;

struct dialect {
	/* The physical name of a relation, quoted ("\"public.todos\""). */
	void (*relation)(struct printer *p, const struct relation *rel);
	void (*column)(struct printer *p, const struct relation *rel, const struct column *col);
	void (*constant)(struct printer *p, const struct expr *e);
	void (*param)(struct printer *p, const struct expr *e);
	/* Optional override for any expression; false = let the generic printer do it. */
	bool (*expr)(struct printer *p, const struct expr *e);
	bool (*rte)(struct printer *p, const struct rte *rte, int index);
};

struct printer {
	struct ctx *c;
	const struct dialect *dialect;
	struct buf *out;
	const struct query *query; /* the query being printed */
	struct printer *outer;	   /* the enclosing query's printer */
	/* Row parameters: an rte whose columns are bound parameters instead of a
	 * table (NEW, EXCLUDED, the row under check); -1 none. Column attnum a is
	 * written as the dialect's parameter row_param_base + position. */
	int row_rte;
	int row_param_base;
	int failed; /* -1 once something could not be printed; c->err says what (0A000) */
	void *arg;  /* the dialect's */
};

int print_query(struct ctx *c, const struct dialect *d, const struct query *q, void *arg,
		struct buf *out);
void print_expr(struct printer *p, const struct expr *e);

#endif
