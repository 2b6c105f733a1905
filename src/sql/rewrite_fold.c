/* What PostgreSQL's planner does to conditions as far as it shows: constants that
 * it folds away are neither run nor asked for privileges, and costly conditions
 * run after cheap ones, which decides which error a row raises. */
#include "base/arena.h"
#include "sql/builtin.h"
#include "sql/rewrite_int.h"

#include <string.h>

static bool is_const(const struct expr *e, bool value)
{
	return e->kind == EX_CONST && e->datum.kind == D_INT && (e->datum.i != 0) == value &&
	       type_base(e->type.type)->value == V_BOOL;
}

/* AND (or OR): the deciding constant decides, the other kind drops out. */
static struct expr *fold_list(struct arena *a, struct expr *e)
{
	bool decides = e->kind == EX_OR;
	exprs kept = { 0 };
	for (size_t i = 0; i < e->args.n; i++) {
		struct expr *arg = fold(a, e->args.v[i]);
		if (is_const(arg, decides))
			return arg;
		if (!is_const(arg, !decides))
			VEC_PUSH(a, &kept, arg);
	}
	if (kept.n == 0)
		return expr_bool(a, !decides);
	if (kept.n == 1)
		return kept.v[0];
	e->args = kept;
	return e;
}

struct expr *fold(struct arena *a, struct expr *e)
{
	if (!e)
		return NULL;
	if (e->kind == EX_AND || e->kind == EX_OR)
		return fold_list(a, e);
	if (e->kind != EX_NOT)
		return e;
	e->args.v[0] = fold(a, e->args.v[0]);
	if (is_const(e->args.v[0], true) || is_const(e->args.v[0], false))
		return expr_bool(a, is_const(e->args.v[0], false));
	return e;
}

/* The elements of an array that a condition runs through: counted or guessed. */
static int n_elements(const struct expr *array)
{
	if (array->kind == EX_ARRAY)
		return (int)array->args.n;
	if (array->kind != EX_CONST || array->datum.kind != D_TEXT)
		return 10;
	int n = 1;
	for (size_t i = 0; i < array->datum.s.n; i++)
		n += array->datum.s.p[i] == ',';
	return n;
}

/* Calls in halves, as cost_qual_eval counts them: 1 each, 100 for what is an SQL
 * function there (auth.uid), half a call per element of an array, an input and an
 * output function for a conversion through text. */
static int node_cost(const struct expr *e)
{
	switch (e->kind) {
	case EX_FUNC:
		return e->builtin && strcmp(e->builtin->schema, "auth") == 0 ? 200 : 2;
	case EX_CALL:
		return (int)(2 * (e->function->cost > 0 ? e->function->cost : 100));
	case EX_DISTINCT:
	case EX_NULLIF:
	case EX_TYPMOD:
		return 2;
	case EX_ANY_ALL:
		return n_elements(e->args.v[1]);
	case EX_INPUT:
	case EX_OUTPUT:
		return e->args.v[0]->kind == EX_CONST || e->args.v[0]->kind == EX_PARAM ? 0 : 4;
	case EX_SUBLINK:
		return e->sublink == SUB_SCALAR ? 0 : 100;
	default:
		return 0;
	}
}

static bool visit_varying(struct expr *e, void *arg)
{
	bool *varies = arg;
	*varies |= e->kind == EX_VAR || e->kind == EX_WHOLE_ROW || e->kind == EX_PARAM ||
		   e->kind == EX_CURRENT || e->subquery ||
		   (e->builtin && e->builtin->volatility != 'i') ||
		   (e->function && e->function->volatility != 'i');
	return !*varies;
}

/* What the planner computes once and for all. */
static bool is_constant(struct expr *e)
{
	bool varies = false;
	expr_walk(e, false, visit_varying, &varies);
	return !varies;
}

static bool visit_cost(struct expr *e, void *arg)
{
	if (is_constant(e))
		return false;
	*(int *)arg += node_cost(e);
	return true;
}

static int cost_of(struct expr *e)
{
	int cost = 0;
	/* a subquery without a reference outside runs once */
	if (e->kind == EX_SUBLINK && e->sublink == SUB_SCALAR)
		return 0;
	expr_walk(e, false, visit_cost, &cost);
	return cost;
}

static void flatten(struct arena *a, struct expr *e, exprs *ret)
{
	if (e->kind != EX_AND) {
		VEC_PUSH(a, ret, e);
		return;
	}
	for (size_t i = 0; i < e->args.n; i++)
		flatten(a, e->args.v[i], ret);
}

/* PostgreSQL makes joins of these before it folds, so they stay and are asked
 * for privileges whatever stands beside them. */
static bool becomes_join(const struct expr *e)
{
	bool is_not = e->kind == EX_NOT;
	if (is_not)
		e = e->args.v[0];
	return e->kind == EX_SUBLINK &&
	       (e->sublink == SUB_EXISTS || (e->sublink == SUB_ANY && !is_not));
}

struct expr *fold_where(struct arena *a, struct expr *e)
{
	exprs all = { 0 };
	struct expr *sum = NULL;
	bool is_false = false;
	if (!e)
		return NULL;
	flatten(a, e, &all);
	for (size_t i = 0; i < all.n; i++) {
		all.v[i] = fold(a, all.v[i]);
		is_false |= is_const(all.v[i], false);
	}
	for (size_t i = 0; i < all.n; i++) {
		if (!is_const(all.v[i], true) && (!is_false || becomes_join(all.v[i])))
			sum = expr_and(a, sum, all.v[i]);
	}
	if (is_false)
		return expr_and(a, expr_bool(a, false), sum);
	return sum ? sum : expr_bool(a, true);
}

struct expr *order_by_cost(struct arena *a, struct expr *e)
{
	exprs all = { 0 };
	struct expr *sum = NULL;
	if (!e || e->kind != EX_AND)
		return e;
	flatten(a, e, &all);
	int *cost = arena_array(a, all.n, sizeof(*cost));
	for (size_t i = 0; i < all.n; i++) {
		/* insertion keeps equals in their order */
		struct expr *one = all.v[i];
		int its_cost = cost_of(one);
		size_t at = i;
		for (; at > 0 && cost[at - 1] > its_cost; at--) {
			all.v[at] = all.v[at - 1];
			cost[at] = cost[at - 1];
		}
		all.v[at] = one;
		cost[at] = its_cost;
	}
	for (size_t i = 0; i < all.n; i++)
		sum = expr_and(a, sum, all.v[i]);
	return sum;
}
