/* Ordered-set aggregates: mode(), percentile_cont() and percentile_disc(). Their
 * rows are kept as an array's elements and sorted at the end. */
#include "base/arena.h"
#include "engine/sqlite/agg.h"
#include "engine/sqlite/types.h"
#include "value/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int keep(struct ctx *c, struct agg *g, int at, struct datum v)
{
	if (!g->text.limit)
		g->text = buf_make(AGG_RESULT_MAX);
	if (v.kind == D_NULL)
		return 0;
	buf_char(&g->text, g->count++ ? ',' : '[');
	array_put_element(&g->text, &g->types[at], v);
	return buf_ok(&g->text) ? 0 : err_set(c, "54000", "too many rows for %s", g->ops->name);
}

static int mode_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)cn;
	return keep(c, g, 0, v[0]);
}

static int percentile_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g,
			   const struct datum *v)
{
	(void)cn;
	bool is_null = v[0].kind == D_NULL;
	double p = is_null ? NAN : v[0].kind == D_INT ? (double)v[0].i : v[0].r;
	if (!is_null && !(p >= 0 && p <= 1))
		return err_set(c, "22003", "percentile value %g is not between 0 and 1", p);
	g->fraction = p;
	return keep(c, g, 1, v[1]);
}

static int compare(const void *a, const void *b, void *type)
{
	return value_cmp(type, *(const struct datum *)a, *(const struct datum *)b);
}

/* The rows in order; n 0: there are none. */
static void sorted(struct ctx *c, struct agg *g, int at, struct array *ret)
{
	*ret = (struct array){ 0 };
	if (!g->count)
		return;
	char *p = arena_alloc(c->arena, g->text.n + 1);
	memcpy(p, g->text.p, g->text.n);
	p[g->text.n] = ']';
	array_open(c->arena, &g->types[at], (struct str){ p, g->text.n + 1 }, ret);
	qsort_r(ret->v, ret->n, sizeof(*ret->v), compare, &g->types[at]);
}

/* The first in order of those that come most often. */
static int mode_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	struct array a;
	size_t best = 0;
	sorted(c, g, 0, &a);
	*ret = datum_null();
	for (size_t i = 0, next; i < a.n; i = next) {
		for (next = i + 1; next < a.n && value_cmp(&g->types[0], a.v[i], a.v[next]) == 0;)
			next++;
		if (next - i <= best)
			continue;
		best = next - i;
		*ret = a.v[i];
	}
	return 0;
}

static int disc_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	struct array a;
	sorted(c, g, 1, &a);
	*ret = datum_null();
	if (!a.n || isnan(g->fraction))
		return 0;
	double row = ceil(g->fraction * (double)a.n);
	*ret = a.v[row < 1 ? 0 : (size_t)row - 1];
	return 0;
}

static double number(struct datum v)
{
	return v.kind == D_INT ? (double)v.i : v.r;
}

static int cont_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	struct array a;
	sorted(c, g, 1, &a);
	*ret = datum_null();
	if (!a.n || isnan(g->fraction))
		return 0;
	double at = g->fraction * (double)(a.n - 1);
	double lo = number(a.v[(size_t)floor(at)]), hi = number(a.v[(size_t)ceil(at)]);
	*ret = datum_real(lo + (at - floor(at)) * (hi - lo));
	return 0;
}

static void sorted_free(struct agg *g)
{
	buf_free(&g->text);
}

const struct agg_ops agg_sorted_ops[] = {
	{ "mode", 1, mode_step, mode_result, NULL, sorted_free, false },
	{ "percentile_disc", 2, percentile_step, disc_result, NULL, sorted_free, false },
	{ "percentile_cont", 2, percentile_step, cont_result, NULL, sorted_free, false },
	{ 0 },
};
