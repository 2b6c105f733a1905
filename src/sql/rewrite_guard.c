/* Policies' conditions take their place in WHERE and ON, and whatever of the
 * caller's could tell about a row that they hide is evaluated on visible rows
 * only (DESIGN 2, "No leak"). A database may evaluate the conditions of one
 * WHERE in any order, so the order is written down: CASE WHEN policy THEN
 * condition END. Targets, ORDER BY and aggregates are evaluated on rows that
 * passed WHERE; a condition that could be moved into a subquery with policies
 * makes that subquery a barrier. */
#include "base/arena.h"
#include "base/check.h"
#include "base/test_hooks.h"
#include "sql/builtin.h"
#include "sql/rewrite_int.h"

#include <string.h>

struct weave {
	struct arena *a;
	struct query *q;
	struct expr **quals; /* per rte, NULL none */
	bool *is_nullable;   /* per rte: an outer join may make its row NULLs */
	bool *in_full;
};

/* ---- what leaks ---- */

static bool is_safe_node(const struct expr *e)
{
	switch (e->kind) {
	case EX_CONST:
	case EX_PARAM:
	case EX_VAR:
	case EX_AND:
	case EX_OR:
	case EX_NOT:
	case EX_IS_NULL:
	case EX_BOOL_TEST:
	case EX_CASE:
	case EX_COALESCE:
	case EX_RELABEL:
	case EX_CURRENT:
		return true;
	case EX_FUNC:
	case EX_DISTINCT:
	case EX_NULLIF:
	case EX_ANY_ALL:
		return e->builtin && (e->builtin->flags & BF_LEAKPROOF);
	case EX_CALL:
		return e->function->is_leakproof;
	case EX_INPUT: /* of what does not come from the row */
		return e->args.n &&
		       (e->args.v[0]->kind == EX_CONST || e->args.v[0]->kind == EX_PARAM);
	case EX_ARRAY:
		return true;
	default:
		return false;
	}
}

static bool visit_leak(struct expr *e, void *arg)
{
	bool *is_safe = arg;
	*is_safe = *is_safe && is_safe_node(e);
	return *is_safe;
}

static bool reads_row(struct expr *e);

bool expr_is_leakproof(const struct expr *e)
{
	bool is_safe = true;
	expr_walk((struct expr *)(uintptr_t)e, false, visit_leak, &is_safe);
	return is_safe || !reads_row((struct expr *)(uintptr_t)e);
}

static bool visit_row(struct expr *e, void *arg)
{
	bool *has_row = arg;
	*has_row |= e->kind == EX_VAR || e->kind == EX_WHOLE_ROW || e->subquery;
	return !*has_row;
}

/* An expression without columns tells nothing about rows. */
static bool reads_row(struct expr *e)
{
	bool has_row = false;
	expr_walk(e, false, visit_row, &has_row);
	return has_row;
}

/* ---- which entries a condition reads ---- */

struct ref_walk {
	const struct weave *w;
	bool *refs;
};

static void visit_ref(struct expr *e, int depth, void *arg)
{
	const struct ref_walk *rw = arg;
	bool is_ref = e->kind == EX_VAR || e->kind == EX_WHOLE_ROW;
	if (is_ref && e->levels_up == depth)
		rw->refs[e->rte] = true;
}

static void collect_refs(const struct weave *w, struct expr *e, bool *refs)
{
	struct ref_walk rw = { w, refs };
	memset(refs, 0, w->q->rtes.n * sizeof(*refs));
	expr_walk_depth(e, 0, visit_ref, &rw);
}

static void note_secured(struct rte *rte, void *arg)
{
	*(bool *)arg |= rte->security_quals.n > 0 || (rte->rel && rte->rel->security_barrier);
}

static void raise_barrier(struct rte *rte)
{
	struct query *q = rte->kind == RTE_SUBQUERY ? rte->subquery
			  : rte->kind == RTE_CTE    ? rte->cte->query
						    : NULL;
	bool is_secured = false;
	if (!q)
		return;
	note_secured(rte, &is_secured);
	query_each_rte(q, note_secured, &is_secured);
	if (is_secured)
		q->is_barrier = true;
}

/* ---- guards ---- */

/* A row that is there must be visible; the NULLs of an outer join may be seen. */
static struct expr *visible(const struct weave *w, int rte)
{
	if (!w->is_nullable[rte])
		return w->quals[rte];
	struct expr *is_null = expr_new(w->a, EX_IS_NULL, TYPEREF(type_of_value(V_BOOL)));
	struct expr *row = expr_var(w->a, rte, 0, TYPEREF(type_of_value(V_INT8)));
	VEC_PUSH(w->a, &is_null->args, row);
	return expr_or(w->a, is_null, w->quals[rte]);
}

static struct expr *guard_one(const struct weave *w, struct expr *e)
{
	if (expr_is_leakproof(e) || test_hooks.break_leak_guard)
		return e;
	bool *refs = arena_array(w->a, w->q->rtes.n, sizeof(*refs));
	collect_refs(w, e, refs);
	struct expr *all = NULL;
	for (size_t i = 0; i < w->q->rtes.n; i++) {
		if (!refs[i])
			continue;
		raise_barrier(w->q->rtes.v[i]);
		if (w->quals[i])
			all = expr_and(w->a, all, visible(w, (int)i));
	}
	if (!all)
		return e;
	struct expr *guard = expr_new(w->a, EX_GUARD, e->type);
	VEC_PUSH(w->a, &guard->args, all);
	VEC_PUSH(w->a, &guard->args, e);
	return guard;
}

static struct expr *guard(const struct weave *w, struct expr *e)
{
	if (!e || e->kind != EX_AND)
		return e ? guard_one(w, e) : NULL;
	struct expr *sum = NULL;
	for (size_t i = 0; i < e->args.n; i++)
		sum = expr_and(w->a, sum, guard(w, e->args.v[i]));
	return sum;
}

static void guard_from(const struct weave *w, struct from_item *f)
{
	if (!f->is_join)
		return;
	guard_from(w, f->left);
	guard_from(w, f->right);
	f->on = guard(w, f->on);
}

/* ---- where outer joins are ---- */

static void mark(struct weave *w, const struct from_item *f, bool is_nullable, bool in_full)
{
	if (!f->is_join) {
		w->is_nullable[f->rte] = is_nullable;
		w->in_full[f->rte] = in_full;
		return;
	}
	in_full |= f->join == JOIN_FULL;
	mark(w, f->left, is_nullable || f->join == JOIN_RIGHT, in_full);
	mark(w, f->right, is_nullable || f->join == JOIN_LEFT, in_full);
}

/* ---- placing a table's condition ---- */

enum place { PLACE_ABSENT, PLACE_OPEN, PLACE_DONE };

static enum place place(struct weave *w, struct from_item *f, int rte, struct expr *qual)
{
	if (!f->is_join)
		return f->rte == rte ? PLACE_OPEN : PLACE_ABSENT;
	bool on_left = true;
	enum place p = place(w, f->left, rte, qual);
	if (p == PLACE_ABSENT) {
		on_left = false;
		p = place(w, f->right, rte, qual);
	}
	if (p != PLACE_OPEN)
		return p;
	/* the side whose rows a join keeps without a match is filtered further out */
	if ((f->join == JOIN_LEFT && on_left) || (f->join == JOIN_RIGHT && !on_left))
		return PLACE_OPEN;
	if (f->join == JOIN_CROSS)
		f->join = JOIN_INNER;
	f->on = expr_and(w->a, qual, f->on);
	return PLACE_DONE;
}

static void place_qual(struct weave *w, int rte)
{
	struct query *q = w->q;
	for (size_t i = 0; i < q->from.n; i++) {
		if (place(w, q->from.v[i], rte, w->quals[rte]) == PLACE_DONE)
			return;
	}
	q->where = expr_and(w->a, w->quals[rte], q->where);
}

/* Below a FULL JOIN the table becomes a subquery with its condition inside;
 * output column a is attribute a, so that vars stay as they are. */
static void wrap(struct weave *w, int index)
{
	struct arena *a = w->a;
	struct rte *inner = ARENA_NEW(a, struct rte);
	struct rte *outer = w->q->rtes.v[index];
	*inner = *outer;
	struct query *sub = ARENA_NEW(a, struct query);
	*sub = (struct query){ .result_rte = -1, .source_rte = -1, .where = w->quals[index] };
	expr_move_rte(sub->where, index, 0);
	VEC_PUSH(a, &sub->rtes, inner);
	struct from_item *leaf = ARENA_NEW(a, struct from_item);
	VEC_PUSH(a, &sub->from, leaf);
	for (int16_t n = 1; n < inner->rel->next_attnum; n++) {
		const struct column *col = relation_column_by_attnum(inner->rel, n);
		struct expr *e = col ? expr_var(a, 0, n, col->type) : expr_bool(a, false);
		struct target t = { .expr = e, .name = col ? col->name : "" };
		VEC_PUSH(a, &sub->targets, t);
	}
	sub->is_barrier = true;
	outer->kind = RTE_SUBQUERY;
	outer->subquery = sub;
	memset(&outer->security_quals, 0, sizeof(outer->security_quals));
	w->quals[index] = NULL;
}

static void join_quals(struct weave *w)
{
	for (size_t i = 0; i < w->q->rtes.n; i++) {
		const struct rte *rte = w->q->rtes.v[i];
		for (size_t k = 0; k < rte->security_quals.n; k++)
			w->quals[i] = expr_and(w->a, w->quals[i], rte->security_quals.v[k]);
	}
}

int weave_quals(struct rewriter *r, struct query *q)
{
	struct arena *a = r->c->arena;
	size_t n = q->rtes.n;
	struct weave w = {
		.a = a,
		.q = q,
		.quals = arena_array(a, n, sizeof(*w.quals)),
		.is_nullable = arena_array(a, n, sizeof(bool)),
		.in_full = arena_array(a, n, sizeof(bool)),
	};
	join_quals(&w);
	for (size_t i = 0; i < q->from.n; i++)
		mark(&w, q->from.v[i], false, false);
	for (size_t i = 0; i < n; i++) {
		if (w.in_full[i] && w.quals[i])
			wrap(&w, (int)i);
	}
	q->where = guard(&w, q->where);
	for (size_t i = 0; i < q->from.n; i++)
		guard_from(&w, q->from.v[i]);
	for (size_t i = 0; i < n; i++) {
		if (w.quals[i])
			place_qual(&w, (int)i);
	}
	return 0;
}
