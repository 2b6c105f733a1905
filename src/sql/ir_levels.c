/* Walks that know how many queries in they are, and what is built on them. */
#include "sql/ir.h"

#include <string.h>

typedef void level_fn(struct expr *, int depth, void *);

struct walk {
	level_fn *fn;
	void *arg;
	int depth;
};

static void walk_query(struct query *q, struct walk w);

static bool visit(struct expr *e, void *arg)
{
	const struct walk *w = arg;
	w->fn(e, w->depth, w->arg);
	if (e->subquery)
		walk_query(e->subquery, (struct walk){ w->fn, w->arg, w->depth + 1 });
	return true;
}

static void walk_one(struct expr *e, struct walk *w)
{
	expr_walk(e, false, visit, w);
}

static void walk_targets(targets *list, struct walk *w)
{
	for (size_t i = 0; i < list->n; i++)
		walk_one(list->v[i].expr, w);
}

static void walk_list(exprs *list, struct walk *w)
{
	for (size_t i = 0; i < list->n; i++)
		walk_one(list->v[i], w);
}

static void walk_from(struct from_item *f, struct walk *w)
{
	if (!f || !f->is_join)
		return;
	walk_from(f->left, w);
	walk_from(f->right, w);
	walk_one(f->on, w);
}

static void walk_rte(struct rte *r, struct walk *w)
{
	walk_query(r->subquery, (struct walk){ w->fn, w->arg, w->depth + 1 });
	walk_one(r->func, w);
	for (size_t i = 0; i < r->rows.n; i++)
		walk_list(&r->rows.v[i], w);
	walk_list(&r->security_quals, w);
}

static void walk_ranges(struct query *q, struct walk *w)
{
	struct walk inner = { w->fn, w->arg, w->depth + 1 };
	for (size_t i = 0; i < q->ctes.n; i++)
		walk_query(q->ctes.v[i]->query, inner);
	for (size_t i = 0; i < q->rtes.n; i++)
		walk_rte(q->rtes.v[i], w);
	for (size_t i = 0; i < q->from.n; i++)
		walk_from(q->from.v[i], w);
	walk_query(q->left, inner);
	walk_query(q->right, inner);
}

static void walk_query(struct query *q, struct walk w)
{
	if (!q)
		return;
	walk_ranges(q, &w);
	walk_one(q->where, &w);
	walk_targets(&q->targets, &w);
	walk_list(&q->distinct_on, &w);
	walk_list(&q->group_by, &w);
	walk_one(q->having, &w);
	for (size_t i = 0; i < q->order_by.n; i++)
		walk_one(q->order_by.v[i].expr, &w);
	walk_one(q->limit, &w);
	walk_one(q->offset, &w);
	if (q->conflict) {
		walk_targets(&q->conflict->set, &w);
		walk_one(q->conflict->where, &w);
	}
	walk_targets(&q->returning, &w);
	for (size_t i = 0; i < q->checks.n; i++)
		walk_one(q->checks.v[i]->expr, &w);
}

void expr_walk_levels(struct expr *e, int depth, level_fn *fn, void *arg)
{
	struct walk w = { fn, arg, depth };
	walk_one(e, &w);
}

void query_walk_levels(struct query *q, int depth, level_fn *fn, void *arg)
{
	walk_query(q, (struct walk){ fn, arg, depth });
}

struct shift {
	int delta;
	int from;
};

static void shift_one(struct expr *e, int depth, void *arg)
{
	const struct shift *s = arg;
	if ((e->kind == EX_VAR || e->kind == EX_WHOLE_ROW) && e->levels_up >= s->from + depth)
		e->levels_up += s->delta;
}

void expr_shift_levels(struct expr *e, int delta, int depth)
{
	struct shift s = { delta, depth };
	expr_walk_levels(e, 0, shift_one, &s);
}

static bool same_datum(struct datum a, struct datum b)
{
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case D_NULL:
		return true;
	case D_INT:
		return a.i == b.i;
	case D_REAL:
		return memcmp(&a.r, &b.r, sizeof(a.r)) == 0;
	case D_TEXT:
	case D_BLOB:
		return str_eq(a.s, b.s);
	}
	return false;
}

static bool same_list(const exprs *a, const exprs *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!expr_equal(a->v[i], b->v[i]))
			return false;
	return true;
}

static bool same_keys(const sort_keys *a, const sort_keys *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].is_desc != b->v[i].is_desc ||
		    a->v[i].nulls_first != b->v[i].nulls_first ||
		    !expr_equal(a->v[i].expr, b->v[i].expr))
			return false;
	return true;
}

static bool same_window(const struct window *a, const struct window *b)
{
	if (!a || !b)
		return a == b;
	return !strcmp(a->frame, b->frame) && same_list(&a->partition_by, &b->partition_by) &&
	       same_keys(&a->order_by, &b->order_by);
}

static bool same_flags(const struct expr *a, const struct expr *b)
{
	return a->negated == b->negated && a->is_all == b->is_all &&
	       a->is_distinct == b->is_distinct && a->is_star == b->is_star &&
	       a->is_slice == b->is_slice && a->test == b->test && a->sublink == b->sublink;
}

bool expr_equal(const struct expr *a, const struct expr *b)
{
	if (!a || !b || a == b)
		return a == b;
	if (a->kind != b->kind || a->type.type != b->type.type || a->builtin != b->builtin ||
	    a->function != b->function || !same_flags(a, b))
		return false;
	if (a->rte != b->rte || a->attnum != b->attnum || a->levels_up != b->levels_up ||
	    a->param != b->param || a->subquery != b->subquery || !same_datum(a->datum, b->datum))
		return false;
	if ((a->name || b->name) && (!a->name || !b->name || strcmp(a->name, b->name) != 0))
		return false;
	return same_list(&a->args, &b->args) && expr_equal(a->els, b->els) &&
	       expr_equal(a->filter, b->filter) && same_keys(&a->order_by, &b->order_by) &&
	       same_window(a->window, b->window);
}
