/* Deep copies of IR trees, and moving them between query levels. */
#include "base/arena.h"
#include "sql/ir.h"

#include <string.h>

/* CTEs are shared by identity: an rte points at one of its query's ctes, or an
 * outer query's. Pairs of (old, new) let copied rtes follow. */
struct cte_pair {
	struct cte_pair *next;
	const struct cte *from;
	struct cte *to;
};

struct copier {
	struct arena *a;
	struct cte_pair *pairs;
};

static struct query *copy_query(struct copier *k, const struct query *q);
static struct expr *copy_expr(struct copier *k, const struct expr *e);

static void *dup_items(struct arena *a, const void *v, size_t n, size_t size)
{
	void *copy = arena_array(a, n, size);
	if (n)
		memcpy(copy, v, n * size);
	return copy;
}

/* Gives vec storage of its own with the same items. */
#define DUP_VEC(k, vec)                                                                            \
	do {                                                                                       \
		(vec)->v = dup_items((k)->a, (vec)->v, (vec)->n, sizeof(*(vec)->v));               \
		(vec)->cap = (vec)->n;                                                             \
	} while (0)

static void copy_list(struct copier *k, exprs *list)
{
	DUP_VEC(k, list);
	for (size_t i = 0; i < list->n; i++)
		list->v[i] = copy_expr(k, list->v[i]);
}

static void copy_keys(struct copier *k, sort_keys *keys)
{
	DUP_VEC(k, keys);
	for (size_t i = 0; i < keys->n; i++)
		keys->v[i].expr = copy_expr(k, keys->v[i].expr);
}

static void copy_targets(struct copier *k, targets *list)
{
	DUP_VEC(k, list);
	for (size_t i = 0; i < list->n; i++)
		list->v[i].expr = copy_expr(k, list->v[i].expr);
}

static struct window *copy_window(struct copier *k, const struct window *w)
{
	struct window *copy = dup_items(k->a, w, 1, sizeof(*w));
	copy_list(k, &copy->partition_by);
	copy_keys(k, &copy->order_by);
	return copy;
}

static struct expr *copy_expr(struct copier *k, const struct expr *e)
{
	if (!e)
		return NULL;
	struct expr *copy = dup_items(k->a, e, 1, sizeof(*e));
	copy_list(k, &copy->args);
	copy_keys(k, &copy->order_by);
	copy->filter = copy_expr(k, e->filter);
	copy->els = copy_expr(k, e->els);
	if (e->window)
		copy->window = copy_window(k, e->window);
	if (e->subquery)
		copy->subquery = copy_query(k, e->subquery);
	return copy;
}

static struct cte *copied_cte(const struct copier *k, struct cte *cte)
{
	for (const struct cte_pair *p = k->pairs; p; p = p->next)
		if (p->from == cte)
			return p->to;
	return cte;
}

static struct rte *copy_rte(struct copier *k, const struct rte *r)
{
	struct rte *copy = dup_items(k->a, r, 1, sizeof(*r));
	DUP_VEC(k, &copy->columns);
	if (r->subquery)
		copy->subquery = copy_query(k, r->subquery);
	if (r->cte)
		copy->cte = copied_cte(k, r->cte);
	copy->func = copy_expr(k, r->func);
	DUP_VEC(k, &copy->rows);
	for (size_t i = 0; i < copy->rows.n; i++)
		copy_list(k, &copy->rows.v[i]);
	DUP_VEC(k, &copy->access.selected);
	DUP_VEC(k, &copy->access.inserted);
	DUP_VEC(k, &copy->access.updated);
	copy_list(k, &copy->security_quals);
	return copy;
}

static struct from_item *copy_from(struct copier *k, const struct from_item *f)
{
	if (!f)
		return NULL;
	struct from_item *copy = dup_items(k->a, f, 1, sizeof(*f));
	copy->left = copy_from(k, f->left);
	copy->right = copy_from(k, f->right);
	copy->on = copy_expr(k, f->on);
	return copy;
}

static void copy_ctes(struct copier *k, struct query *q)
{
	DUP_VEC(k, &q->ctes);
	for (size_t i = 0; i < q->ctes.n; i++) {
		struct cte_pair *pair = ARENA_NEW(k->a, struct cte_pair);
		*pair = (struct cte_pair){ k->pairs, q->ctes.v[i],
					   dup_items(k->a, q->ctes.v[i], 1, sizeof(struct cte)) };
		k->pairs = pair;
		q->ctes.v[i] = pair->to;
	}
	for (size_t i = 0; i < q->ctes.n; i++)
		q->ctes.v[i]->query = copy_query(k, q->ctes.v[i]->query);
}

static struct conflict *copy_conflict(struct copier *k, const struct conflict *cf)
{
	struct conflict *copy = dup_items(k->a, cf, 1, sizeof(*cf));
	copy_targets(k, &copy->set);
	copy->where = copy_expr(k, cf->where);
	return copy;
}

static void copy_ranges(struct copier *k, struct query *q)
{
	copy_ctes(k, q);
	DUP_VEC(k, &q->rtes);
	for (size_t i = 0; i < q->rtes.n; i++)
		q->rtes.v[i] = copy_rte(k, q->rtes.v[i]);
	DUP_VEC(k, &q->from);
	for (size_t i = 0; i < q->from.n; i++)
		q->from.v[i] = copy_from(k, q->from.v[i]);
	q->left = copy_query(k, q->left);
	q->right = copy_query(k, q->right);
	DUP_VEC(k, &q->windows);
	for (size_t i = 0; i < q->windows.n; i++)
		q->windows.v[i] = copy_window(k, q->windows.v[i]);
}

static struct query *copy_query(struct copier *k, const struct query *q)
{
	if (!q)
		return NULL;
	struct query *copy = dup_items(k->a, q, 1, sizeof(*q));
	copy_ranges(k, copy);
	copy->where = copy_expr(k, q->where);
	copy_targets(k, &copy->targets);
	copy_list(k, &copy->distinct_on);
	copy_list(k, &copy->group_by);
	copy->having = copy_expr(k, q->having);
	copy_keys(k, &copy->order_by);
	copy->limit = copy_expr(k, q->limit);
	copy->offset = copy_expr(k, q->offset);
	if (q->conflict)
		copy->conflict = copy_conflict(k, q->conflict);
	copy_targets(k, &copy->returning);
	DUP_VEC(k, &copy->checks);
	for (size_t i = 0; i < copy->checks.n; i++) {
		struct row_check *check = dup_items(k->a, q->checks.v[i], 1, sizeof(*check));
		check->expr = copy_expr(k, check->expr);
		copy->checks.v[i] = check;
	}
	return copy;
}

struct expr *expr_copy(struct arena *a, const struct expr *e)
{
	struct copier k = { .a = a };
	return copy_expr(&k, e);
}

struct query *query_copy(struct arena *a, const struct query *q)
{
	struct copier k = { .a = a };
	return copy_query(&k, q);
}
