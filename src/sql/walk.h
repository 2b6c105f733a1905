/*
 * Walks over the IR that know how many queries deep they are, and what they
 * walk: one level's expressions, all range table entries, vars of one entry.
 */
#ifndef SQL_WALK_H
#define SQL_WALK_H

#include "sql/ir.h"

/* Calls fn for every expression slot of this level alone: not into range table
 * subqueries, CTEs or set operands. A slot may be replaced. 0, or fn's -1. */
int query_slots(struct query *q, int (*fn)(struct expr **slot, void *arg), void *arg);

/* Calls fn for every node of e with the number of queries between it and e. */
void expr_walk_depth(struct expr *e, int depth, void (*fn)(struct expr *, int depth, void *arg),
		     void *arg);
void query_walk_depth(struct query *q, int depth, void (*fn)(struct expr *, int depth, void *arg),
		      void *arg);

/* Makes vars of rtes[from] at e's own level refer to rtes[to]. */
void expr_move_rte(struct expr *e, int from, int to);

/* Calls fn for every range table entry of q and of all queries below it. */
void query_each_rte(struct query *q, void (*fn)(struct rte *, void *arg), void *arg);
void expr_each_rte(struct expr *e, void (*fn)(struct rte *, void *arg), void *arg);

#endif
