#include "sql/ir.h"

#include "base/arena.h"

#include <string.h>

typedef bool visit_fn(struct expr *, void *);

static void walk_list(exprs *list, bool into, visit_fn *fn, void *arg)
{
	for (size_t i = 0; i < list->n; i++)
		expr_walk(list->v[i], into, fn, arg);
}

static void walk_keys(sort_keys *keys, bool into, visit_fn *fn, void *arg)
{
	for (size_t i = 0; i < keys->n; i++)
		expr_walk(keys->v[i].expr, into, fn, arg);
}

static void walk_targets(targets *list, visit_fn *fn, void *arg)
{
	for (size_t i = 0; i < list->n; i++)
		expr_walk(list->v[i].expr, true, fn, arg);
}

void expr_walk(struct expr *e, bool into_subqueries, visit_fn *fn, void *arg)
{
	if (!e || !fn(e, arg))
		return;
	walk_list(&e->args, into_subqueries, fn, arg);
	expr_walk(e->els, into_subqueries, fn, arg);
	expr_walk(e->filter, into_subqueries, fn, arg);
	walk_keys(&e->order_by, into_subqueries, fn, arg);
	if (e->window) {
		walk_list(&e->window->partition_by, into_subqueries, fn, arg);
		walk_keys(&e->window->order_by, into_subqueries, fn, arg);
	}
	if (e->subquery && into_subqueries)
		query_walk(e->subquery, fn, arg);
}

static void walk_from(struct from_item *f, visit_fn *fn, void *arg)
{
	if (!f || !f->is_join)
		return;
	walk_from(f->left, fn, arg);
	walk_from(f->right, fn, arg);
	expr_walk(f->on, true, fn, arg);
}

static void walk_rte(struct rte *r, visit_fn *fn, void *arg)
{
	if (r->subquery)
		query_walk(r->subquery, fn, arg);
	expr_walk(r->func, true, fn, arg);
	for (size_t i = 0; i < r->rows.n; i++)
		walk_list(&r->rows.v[i], true, fn, arg);
	walk_list(&r->security_quals, true, fn, arg);
}

static void walk_conflict(struct conflict *cf, visit_fn *fn, void *arg)
{
	if (!cf)
		return;
	walk_targets(&cf->set, fn, arg);
	expr_walk(cf->where, true, fn, arg);
}

void query_walk(struct query *q, visit_fn *fn, void *arg)
{
	if (!q)
		return;
	for (size_t i = 0; i < q->ctes.n; i++)
		query_walk(q->ctes.v[i]->query, fn, arg);
	for (size_t i = 0; i < q->rtes.n; i++)
		walk_rte(q->rtes.v[i], fn, arg);
	for (size_t i = 0; i < q->from.n; i++)
		walk_from(q->from.v[i], fn, arg);
	query_walk(q->left, fn, arg);
	query_walk(q->right, fn, arg);
	expr_walk(q->where, true, fn, arg);
	walk_targets(&q->targets, fn, arg);
	walk_list(&q->distinct_on, true, fn, arg);
	walk_list(&q->group_by, true, fn, arg);
	expr_walk(q->having, true, fn, arg);
	walk_keys(&q->order_by, true, fn, arg);
	expr_walk(q->limit, true, fn, arg);
	expr_walk(q->offset, true, fn, arg);
	walk_conflict(q->conflict, fn, arg);
	walk_targets(&q->returning, fn, arg);
	for (size_t i = 0; i < q->checks.n; i++)
		expr_walk(q->checks.v[i]->expr, true, fn, arg);
}

struct expr *expr_new(struct arena *a, enum expr_kind kind, struct typeref type)
{
	struct expr *e = ARENA_NEW(a, struct expr);
	e->kind = kind;
	e->type = type;
	e->location = -1;
	return e;
}

struct expr *expr_bool(struct arena *a, bool value)
{
	struct expr *e = expr_new(a, EX_CONST, TYPEREF(type_of_value(V_BOOL)));
	e->datum = datum_bool(value);
	return e;
}

static struct expr *binary(struct arena *a, enum expr_kind kind, struct expr *left,
			   struct expr *right)
{
	if (!left || !right)
		return left ? left : right;
	struct expr *e = expr_new(a, kind, TYPEREF(type_of_value(V_BOOL)));
	VEC_PUSH(a, &e->args, left);
	VEC_PUSH(a, &e->args, right);
	return e;
}

struct expr *expr_and(struct arena *a, struct expr *left, struct expr *right)
{
	return binary(a, EX_AND, left, right);
}

struct expr *expr_or(struct arena *a, struct expr *left, struct expr *right)
{
	return binary(a, EX_OR, left, right);
}

struct expr *expr_var(struct arena *a, int rte, int attnum, struct typeref type)
{
	struct expr *e = expr_new(a, EX_VAR, type);
	e->rte = rte;
	e->attnum = attnum;
	return e;
}
