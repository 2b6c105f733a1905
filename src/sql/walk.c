/* Walks that know how many queries deep they are. */
#include "sql/walk.h"

typedef int slot_fn(struct expr **, void *);
typedef void depth_fn(struct expr *, int, void *);

#define TRY_SLOT(slot)                                                                             \
	do {                                                                                       \
		if (*(slot) && fn((slot), arg) < 0)                                                \
			return -1;                                                                 \
	} while (0)

static int list_slots(exprs *list, slot_fn *fn, void *arg)
{
	for (size_t i = 0; i < list->n; i++)
		TRY_SLOT(&list->v[i]);
	return 0;
}

static int target_slots(targets *list, slot_fn *fn, void *arg)
{
	for (size_t i = 0; i < list->n; i++)
		TRY_SLOT(&list->v[i].expr);
	return 0;
}

static int key_slots(sort_keys *list, slot_fn *fn, void *arg)
{
	for (size_t i = 0; i < list->n; i++)
		TRY_SLOT(&list->v[i].expr);
	return 0;
}

static int from_slots(struct from_item *f, slot_fn *fn, void *arg)
{
	if (!f || !f->is_join)
		return 0;
	if (from_slots(f->left, fn, arg) < 0 || from_slots(f->right, fn, arg) < 0)
		return -1;
	TRY_SLOT(&f->on);
	return 0;
}

static int rte_slots(struct rte *rte, slot_fn *fn, void *arg)
{
	TRY_SLOT(&rte->func);
	for (size_t i = 0; i < rte->rows.n; i++) {
		if (list_slots(&rte->rows.v[i], fn, arg) < 0)
			return -1;
	}
	return list_slots(&rte->security_quals, fn, arg);
}

static int dml_slots(struct query *q, slot_fn *fn, void *arg)
{
	if (q->conflict) {
		if (target_slots(&q->conflict->set, fn, arg) < 0)
			return -1;
		TRY_SLOT(&q->conflict->where);
	}
	for (size_t i = 0; i < q->checks.n; i++)
		TRY_SLOT(&q->checks.v[i]->expr);
	return target_slots(&q->returning, fn, arg);
}

int query_slots(struct query *q, slot_fn *fn, void *arg)
{
	for (size_t i = 0; i < q->rtes.n; i++) {
		if (rte_slots(q->rtes.v[i], fn, arg) < 0)
			return -1;
	}
	for (size_t i = 0; i < q->from.n; i++) {
		if (from_slots(q->from.v[i], fn, arg) < 0)
			return -1;
	}
	TRY_SLOT(&q->where);
	TRY_SLOT(&q->having);
	TRY_SLOT(&q->limit);
	TRY_SLOT(&q->offset);
	if (target_slots(&q->targets, fn, arg) < 0 || list_slots(&q->distinct_on, fn, arg) < 0 ||
	    list_slots(&q->group_by, fn, arg) < 0 || key_slots(&q->order_by, fn, arg) < 0)
		return -1;
	return dml_slots(q, fn, arg);
}

/* ---- with depth ---- */

struct depth_walk {
	depth_fn *fn;
	void *arg;
	int depth;
};

static bool visit(struct expr *e, void *arg)
{
	const struct depth_walk *w = arg;
	w->fn(e, w->depth, w->arg);
	if (e->subquery)
		query_walk_depth(e->subquery, w->depth + 1, w->fn, w->arg);
	return true;
}

void expr_walk_depth(struct expr *e, int depth, depth_fn *fn, void *arg)
{
	struct depth_walk w = { fn, arg, depth };
	expr_walk(e, false, visit, &w);
}

static int visit_slot(struct expr **slot, void *arg)
{
	const struct depth_walk *w = arg;
	expr_walk_depth(*slot, w->depth, w->fn, w->arg);
	return 0;
}

void query_walk_depth(struct query *q, int depth, depth_fn *fn, void *arg)
{
	if (!q)
		return;
	struct depth_walk w = { fn, arg, depth };
	for (size_t i = 0; i < q->ctes.n; i++)
		query_walk_depth(q->ctes.v[i]->query, depth + 1, fn, arg);
	for (size_t i = 0; i < q->rtes.n; i++)
		query_walk_depth(q->rtes.v[i]->subquery, depth + 1, fn, arg);
	query_walk_depth(q->left, depth + 1, fn, arg);
	query_walk_depth(q->right, depth + 1, fn, arg);
	query_slots(q, visit_slot, &w);
}

struct move {
	int from, to;
};

static void move_one(struct expr *e, int depth, void *arg)
{
	const struct move *m = arg;
	bool is_ref = e->kind == EX_VAR || e->kind == EX_WHOLE_ROW;
	if (is_ref && e->levels_up == depth && e->rte == m->from)
		e->rte = m->to;
}

void expr_move_rte(struct expr *e, int from, int to)
{
	struct move m = { from, to };
	if (from != to)
		expr_walk_depth(e, 0, move_one, &m);
}

/* ---- range tables ---- */

struct rte_walk {
	void (*fn)(struct rte *, void *);
	void *arg;
};

static void visit_rtes(struct expr *e, int depth, void *arg)
{
	(void)depth;
	const struct rte_walk *w = arg;
	if (e->subquery)
		query_each_rte(e->subquery, w->fn, w->arg);
}

static bool visit_rtes_here(struct expr *e, void *arg)
{
	visit_rtes(e, 0, arg);
	return true;
}

void expr_each_rte(struct expr *e, void (*fn)(struct rte *, void *), void *arg)
{
	struct rte_walk w = { fn, arg };
	expr_walk(e, false, visit_rtes_here, &w);
}

static int visit_rtes_slot(struct expr **slot, void *arg)
{
	expr_walk(*slot, false, visit_rtes_here, arg);
	return 0;
}

void query_each_rte(struct query *q, void (*fn)(struct rte *, void *), void *arg)
{
	if (!q)
		return;
	struct rte_walk w = { fn, arg };
	for (size_t i = 0; i < q->ctes.n; i++)
		query_each_rte(q->ctes.v[i]->query, fn, arg);
	for (size_t i = 0; i < q->rtes.n; i++) {
		fn(q->rtes.v[i], arg);
		query_each_rte(q->rtes.v[i]->subquery, fn, arg);
	}
	query_each_rte(q->left, fn, arg);
	query_each_rte(q->right, fn, arg);
	query_slots(q, visit_rtes_slot, &w);
}
