/* Sums, averages, variances, extremes. Exact types stay exact, as PostgreSQL
 * computes them; floats follow its Youngs-Cramer update. */
#include "base/arena.h"
#include "base/check.h"
#include "engine/sqlite/agg.h"
#include "value/fn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

static bool is_float(const struct agg *g)
{
	return g->types[0].id == V_FLOAT4 || g->types[0].id == V_FLOAT8;
}

static bool is_int(const struct agg *g)
{
	return g->types[0].id == V_INT2 || g->types[0].id == V_INT4 || g->types[0].id == V_INT8;
}

static double real_of(struct datum v)
{
	return v.kind == D_INT ? (double)v.i : v.r;
}

static int numeric_of(struct ctx *c, struct datum v, struct numeric *ret)
{
	if (v.kind == D_INT) {
		*ret = numeric_from_i64(c->arena, v.i);
		return 0;
	}
	return numeric_parse(c, v.kind == D_TEXT ? v.s : STR("0"), ret);
}

static void keep(struct numeric_sum *s, struct numeric v)
{
	if ((size_t)v.n > s->cap) {
		s->cap = (size_t)v.n * 2;
		s->digits = realloc(s->digits, s->cap * sizeof(*s->digits));
		CHECK(s->digits);
	}
	if (v.n)
		memmove(s->digits, v.d, (size_t)v.n * sizeof(*v.d));
	s->v = v;
	s->v.d = s->digits;
}

static int accumulate(struct ctx *c, struct numeric_sum *s, struct numeric v, bool is_first)
{
	if (!is_first)
		TRY(numeric_add(c, s->v, v, &v));
	keep(s, v);
	return 0;
}

static struct numeric numeric_of_i128(struct ctx *c, __int128 v)
{
	char text[48], *p = text + sizeof(text);
	unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
	do {
		*--p = (char)('0' + (int)(u % 10));
		u /= 10;
	} while (u);
	if (v < 0)
		*--p = '-';
	struct numeric n;
	CHECK(numeric_parse(c, (struct str){ p, (size_t)(text + sizeof(text) - p) }, &n) == 0);
	return n;
}

static struct datum print(struct ctx *c, struct numeric v)
{
	return datum_text(numeric_print(c->arena, v));
}

/* ---- sum and avg ---- */

static int call2(struct ctx *c, struct sqlite_conn *cn, const char *name, struct datum a,
		 struct datum b, struct datum *ret)
{
	const struct datum args[] = { a, b };
	const struct value_fn *f = value_fn_find(name, 2);
	CHECK(f);
	return value_fn_call(c, f, &cn->env, args, 2, ret);
}

static void keep_datum(struct agg *g, struct datum v)
{
	char *copy = NULL;
	if (v.kind == D_TEXT || v.kind == D_BLOB) {
		copy = malloc(v.s.n + 1);
		CHECK(copy);
		memcpy(copy, v.s.p, v.s.n);
		v.s.p = copy;
	}
	if (g->v.kind == D_TEXT || g->v.kind == D_BLOB)
		free((void *)(uintptr_t)g->v.s.p);
	g->v = v;
}

static int add_interval(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum v,
			const char *op)
{
	if (g->count)
		TRY(call2(c, cn, op, g->v, v, &v));
	keep_datum(g, v);
	return 0;
}

static int sum_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	struct numeric n;
	if (v[0].kind == D_NULL)
		return 0;
	if (is_int(g)) {
		g->i += v[0].i;
	} else if (is_float(g)) {
		g->f += real_of(v[0]);
		if (g->types[0].id == V_FLOAT4 && strcmp(g->ops->name, "sum") == 0)
			g->f = (double)(float)g->f;
	} else if (g->types[0].id == V_INTERVAL) {
		TRY(add_interval(c, cn, g, v[0], "interval_pl"));
	} else {
		TRY(numeric_of(c, v[0], &n));
		TRY(accumulate(c, &g->n, n, g->count == 0));
	}
	g->count++;
	return 0;
}

static int sum_inverse(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	struct numeric n;
	if (v[0].kind == D_NULL)
		return 0;
	if (is_int(g)) {
		g->i -= v[0].i;
	} else if (is_float(g)) {
		g->f -= real_of(v[0]);
	} else if (g->types[0].id == V_INTERVAL) {
		TRY(add_interval(c, cn, g, v[0], "interval_mi"));
	} else {
		TRY(numeric_of(c, v[0], &n));
		TRY(numeric_sub(c, g->n.v, n, &n));
		keep(&g->n, n);
	}
	g->count--;
	return 0;
}

static int sum_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	if (!g->count)
		return 0;
	if (g->types[0].id == V_INT8) {
		*ret = print(c, numeric_of_i128(c, g->i));
	} else if (is_int(g)) {
		if (g->i > INT64_MAX || g->i < INT64_MIN)
			return err_set(c, "22003", "bigint out of range");
		*ret = datum_int((int64_t)g->i);
	} else if (is_float(g)) {
		*ret = datum_real(g->f);
	} else if (g->types[0].id == V_INTERVAL) {
		*ret = g->v;
	} else {
		*ret = print(c, g->n.v);
	}
	return 0;
}

static int avg_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	if (!g->count)
		return 0;
	if (is_float(g)) {
		*ret = datum_real(g->f / (double)g->count);
		return 0;
	}
	if (g->types[0].id == V_INTERVAL)
		return call2(c, cn, "interval_div", g->v, datum_real((double)g->count), ret);
	struct numeric sum = is_int(g) ? numeric_of_i128(c, g->i) : g->n.v, mean;
	TRY(numeric_div(c, sum, numeric_from_i64(c->arena, g->count), &mean));
	*ret = print(c, mean);
	return 0;
}

static void sum_free(struct agg *g)
{
	free(g->n.digits);
	free(g->n2.digits);
	keep_datum(g, datum_null());
}

/* ---- variance ---- */

static int var_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)cn;
	struct numeric x, square;
	if (v[0].kind == D_NULL)
		return 0;
	if (is_float(g)) {
		double n = (double)g->count + 1, d = real_of(v[0]);
		g->f += d;
		if (g->count) {
			double t = d * n - g->f;
			g->sxx += t * t / (n * (n - 1));
		}
	} else {
		TRY(numeric_of(c, v[0], &x));
		TRY(numeric_mul(c, x, x, &square));
		TRY(accumulate(c, &g->n, x, g->count == 0));
		TRY(accumulate(c, &g->n2, square, g->count == 0));
	}
	g->count++;
	return 0;
}

/* (N * sum(X²) - sum(X)²) / (N * (N - 1)), or / N² of a population */
static int exact_variance(struct ctx *c, const struct agg *g, bool is_sample, struct numeric *ret)
{
	struct numeric n = numeric_from_i64(c->arena, g->count), nx2, x2, top, bottom;
	TRY(numeric_mul(c, n, g->n2.v, &nx2));
	TRY(numeric_mul(c, g->n.v, g->n.v, &x2));
	TRY(numeric_sub(c, nx2, x2, &top));
	struct numeric zero = numeric_from_i64(c->arena, 0);
	if (top.kind == NUMERIC_FINITE && numeric_cmp(top, zero) <= 0) {
		*ret = zero;
		return 0;
	}
	struct numeric m = numeric_from_i64(c->arena, is_sample ? g->count - 1 : g->count);
	TRY(numeric_mul(c, n, m, &bottom));
	return numeric_div(c, top, bottom, ret);
}

static int spread(struct ctx *c, const struct agg *g, bool is_sample, bool is_root,
		  struct datum *ret)
{
	if (g->count < (is_sample ? 2 : 1))
		return 0;
	if (is_float(g)) {
		double v = g->sxx / (double)(is_sample ? g->count - 1 : g->count);
		*ret = datum_real(is_root ? sqrt(v) : v);
		return 0;
	}
	struct numeric v;
	TRY(exact_variance(c, g, is_sample, &v));
	if (is_root)
		TRY(numeric_sqrt(c, v, &v));
	*ret = print(c, v);
	return 0;
}

static int var_samp(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	return spread(c, g, true, false, ret);
}

static int var_pop(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	return spread(c, g, false, false, ret);
}

static int stddev_samp(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	return spread(c, g, true, true, ret);
}

static int stddev_pop(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	return spread(c, g, false, true, ret);
}

/* ---- two variables: f(Y, X) ---- */

static int pair_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)c;
	(void)cn;
	if (v[0].kind == D_NULL || v[1].kind == D_NULL)
		return 0;
	double n = (double)g->count + 1, y = real_of(v[0]), x = real_of(v[1]);
	g->f += x;
	g->sy += y;
	if (g->count) {
		double tx = x * n - g->f, ty = y * n - g->sy, scale = 1 / (n * (n - 1));
		g->sxx += tx * tx * scale;
		g->syy += ty * ty * scale;
		g->sxy += tx * ty * scale;
	}
	g->count++;
	return 0;
}

static int regr_count(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)c;
	(void)cn;
	*ret = datum_int(g->count);
	return 0;
}

static int covar_pop(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)c;
	(void)cn;
	if (g->count)
		*ret = datum_real(g->sxy / (double)g->count);
	return 0;
}

static int covar_samp(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)c;
	(void)cn;
	if (g->count > 1)
		*ret = datum_real(g->sxy / (double)(g->count - 1));
	return 0;
}

static int corr(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)c;
	(void)cn;
	if (g->count && g->sxx > 0 && g->syy > 0)
		*ret = datum_real(g->sxy / sqrt(g->sxx * g->syy));
	return 0;
}

/* ---- min, max, bits ---- */

static int extreme(struct agg *g, struct datum v, int sign)
{
	if (v.kind == D_NULL)
		return 0;
	if (!g->count || value_cmp(&g->types[0], v, g->v) * sign > 0)
		keep_datum(g, v);
	g->count++;
	return 0;
}

static int min_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)c;
	(void)cn;
	return extreme(g, v[0], -1);
}

static int max_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)c;
	(void)cn;
	return extreme(g, v[0], 1);
}

static int bit_and_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)c;
	(void)cn;
	if (v[0].kind == D_INT)
		g->v = datum_int(g->count++ ? g->v.i & v[0].i : v[0].i);
	return 0;
}

static int bit_or_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)c;
	(void)cn;
	if (v[0].kind == D_INT)
		g->v = datum_int(g->count++ ? g->v.i | v[0].i : v[0].i);
	return 0;
}

static int value_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)c;
	(void)cn;
	if (g->count)
		*ret = g->v;
	return 0;
}

const struct agg_ops agg_number_ops[] = {
	{ "sum", 1, sum_step, sum_result, sum_inverse, sum_free, false },
	{ "avg", 1, sum_step, avg_result, sum_inverse, sum_free, false },
	{ "variance", 1, var_step, var_samp, NULL, sum_free, false },
	{ "var_samp", 1, var_step, var_samp, NULL, sum_free, false },
	{ "var_pop", 1, var_step, var_pop, NULL, sum_free, false },
	{ "stddev", 1, var_step, stddev_samp, NULL, sum_free, false },
	{ "stddev_samp", 1, var_step, stddev_samp, NULL, sum_free, false },
	{ "stddev_pop", 1, var_step, stddev_pop, NULL, sum_free, false },
	{ "corr", 2, pair_step, corr, NULL, NULL, false },
	{ "covar_pop", 2, pair_step, covar_pop, NULL, NULL, false },
	{ "covar_samp", 2, pair_step, covar_samp, NULL, NULL, false },
	{ "regr_count", 2, pair_step, regr_count, NULL, NULL, false },
	{ "min", 1, min_step, value_result, NULL, sum_free, false },
	{ "max", 1, max_step, value_result, NULL, sum_free, false },
	{ "bit_and", 1, bit_and_step, value_result, NULL, NULL, false },
	{ "bit_or", 1, bit_or_step, value_result, NULL, NULL, false },
	{ 0 },
};
