/* Between the rewriter's own files. */
#ifndef SQL_REWRITE_INT_H
#define SQL_REWRITE_INT_H

#include "sql/rewrite.h"
#include "sql/walk.h"

/* A relation whose policies, or a view whose query, is being expanded. */
struct expanding {
	const struct expanding *outer;
	uint32_t oid;
};

typedef VEC(const struct rte *) rte_list;

struct rewriter {
	struct ctx *c;
	const struct rewrite *rw;
	const struct expanding *policies; /* innermost first */
	const struct expanding *views;
	const struct expanding *functions; /* whose bodies are being taken in */
	int depth;
	rte_list *targets;	   /* views that were written: their tables took their place */
	const struct query *query; /* the level that is worked on */
	bool is_read_only;	   /* the statement writes nothing */
	bool is_stored; /* inside a view or policy: schema rights were checked when it was made */
};

/* The whole work on one query level and everything below it. */
int rewrite_level(struct rewriter *r, struct query *q);

/* Rewrites the subqueries of an expression of this level. */
int rewrite_sublinks(struct rewriter *r, struct expr *e);

/* ---- rewrite_priv.c ---- */

/* 42501 unless the caller may use the relation's schema. */
int check_schema(struct rewriter *r, const struct relation *rel);

/* 42501 unless the roles may do what the finished query does to each relation. As
 * in PostgreSQL this comes last: what conditions that are constant made
 * unreachable is not looked at. */
int check_access(struct rewriter *r, struct query *q);
/* 42501 unless the caller may run the functions that are still called. */
int check_execute(struct rewriter *r, struct query *q);

/* The role whose rights count for it. */
const char *rte_role(const struct rewriter *r, const struct rte *rte);

/* 42501 unless the caller may use the function's schema. */
int check_function_schema(struct rewriter *r, const struct function *f);

/* ---- inline.c ---- */

/* A call of an SQL function becomes its body's expression where that is the same;
 * its arguments are rewritten already. */
void inline_call(struct rewriter *r, struct expr *call);
/* The same for rows in FROM. */
void inline_rows(struct rewriter *r, struct rte *rte);

/* ---- rewrite_fold.c ---- */

/* AND, OR and NOT over constants, folded. NULL stays NULL. */
struct expr *fold(struct arena *a, struct expr *e);
/* The same for a whole WHERE (NULL allowed), keeping what PostgreSQL has made a join by then. */
struct expr *fold_where(struct arena *a, struct expr *e);

/* The conditions of a WHERE, cheap ones first. */
struct expr *order_by_cost(struct arena *a, struct expr *e);

/* ---- policy.c ---- */

/* Adds security_quals to q's tables and, for what it writes, row checks. */
int add_policies(struct rewriter *r, struct query *q);

/* ---- view.c ---- */

/* A view that is read becomes a subquery. */
int expand_view(struct rewriter *r, struct rte *rte);
/* A view that is written becomes its table. */
int rewrite_target_view(struct rewriter *r, struct query *q);

/* ---- rewrite_guard.c ---- */

/* Moves security_quals into WHERE and ON, and guards the caller's conditions. */
int weave_quals(struct rewriter *r, struct query *q);
bool expr_is_leakproof(const struct expr *e);

#endif
