/* numeric functions. */
#include "value/fn_int.h"
#include "value/number.h"
#include "value/numeric.h"

#include <math.h>

static int load(struct ctx *c, struct datum v, struct numeric *ret)
{
	if (v.kind == D_INT) {
		*ret = numeric_from_i64(c->arena, v.i);
		return 0;
	}
	if (v.kind == D_REAL) {
		*ret = numeric_from_double(c->arena, v.r, 15);
		return 0;
	}
	return numeric_parse(c, v.s, ret);
}

static int give(struct ctx *c, struct numeric v, struct datum *ret)
{
	return ret_text(ret, numeric_print(c->arena, v));
}

#define BINARY(fn, op)                                                                             \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct numeric a, b, v;                                                            \
		TRY(load(c, args[0], &a));                                                         \
		TRY(load(c, args[1], &b));                                                         \
		TRY(op(c, a, b, &v));                                                              \
		return give(c, v, ret);                                                            \
	}
BINARY(add, numeric_add)
BINARY(sub, numeric_sub)
BINARY(mul, numeric_mul)
BINARY(div_, numeric_div)
BINARY(div_trunc, numeric_div_trunc)
BINARY(mod, numeric_mod)
BINARY(power, numeric_power)
BINARY(log_base, numeric_log)

#define UNARY(fn, op)                                                                              \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct numeric a, v;                                                               \
		TRY(load(c, args[0], &a));                                                         \
		TRY(op(c, a, &v));                                                                 \
		return give(c, v, ret);                                                            \
	}
UNARY(square_root, numeric_sqrt)
UNARY(exponential, numeric_exp)
UNARY(natural_log, numeric_ln)

static int log_ten(struct ctx *c, struct numeric a, struct numeric *ret)
{
	return numeric_log(c, numeric_from_i64(c->arena, 10), a, ret);
}
UNARY(decimal_log, log_ten)

/* One argument in, never an error. */
#define PLAIN(fn, expr)                                                                            \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct numeric a;                                                                  \
		TRY(load(c, args[0], &a));                                                         \
		return give(c, (expr), ret);                                                       \
	}
PLAIN(absolute, numeric_abs(a))
PLAIN(negate, numeric_neg(a))
PLAIN(same, a)
PLAIN(sign, numeric_sign(c->arena, a))
PLAIN(ceiling, numeric_ceil(c->arena, a))
PLAIN(floor_, numeric_floor(c->arena, a))
PLAIN(round_whole, numeric_round(c->arena, a, 0))
PLAIN(trunc_whole, numeric_trunc(c->arena, a, 0))

static int clamp_scale(int64_t scale)
{
	return scale > 2000 ? 2000 : scale < -2000 ? -2000 : (int)scale;
}
PLAIN(round_scale, numeric_round(c->arena, a, clamp_scale(args[1].i)))
PLAIN(trunc_scale, numeric_trunc(c->arena, a, clamp_scale(args[1].i)))

static struct numeric with_scale(struct numeric v, int dscale)
{
	if (v.kind == NUMERIC_FINITE)
		v.dscale = dscale;
	return v;
}
PLAIN(trim_scale, with_scale(a, numeric_min_scale(a)))

static int scale_of(FN_ARGS)
{
	FN_UNUSED;
	struct numeric a;
	TRY(load(c, args[0], &a));
	return a.kind == NUMERIC_FINITE ? ret_int(ret, a.dscale) : ret_null(ret);
}

static int min_scale_of(FN_ARGS)
{
	FN_UNUSED;
	struct numeric a;
	TRY(load(c, args[0], &a));
	return a.kind == NUMERIC_FINITE ? ret_int(ret, numeric_min_scale(a)) : ret_null(ret);
}

static int increment(FN_ARGS)
{
	FN_UNUSED;
	struct numeric a, v;
	TRY(load(c, args[0], &a));
	TRY(numeric_add(c, a, numeric_from_i64(c->arena, 1), &v));
	return give(c, v, ret);
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

/* Euclid's; the result shows the larger scale. */
static int gcd_of(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	int scale = max_int(a.dscale, b.dscale);
	a = numeric_abs(a);
	b = numeric_abs(b);
	while (b.n > 0) {
		struct numeric rest;
		TRY(numeric_mod(c, a, b, &rest));
		a = b;
		b = rest;
	}
	a.dscale = scale;
	*ret = a;
	return 0;
}

static int gcd(FN_ARGS)
{
	FN_UNUSED;
	struct numeric a, b, v;
	TRY(load(c, args[0], &a));
	TRY(load(c, args[1], &b));
	if (a.kind != NUMERIC_FINITE || b.kind != NUMERIC_FINITE)
		return ret_text(ret, STR("NaN"));
	TRY(gcd_of(c, a, b, &v));
	return give(c, v, ret);
}

static int lcm(FN_ARGS)
{
	FN_UNUSED;
	struct numeric a, b, v, quotient;
	TRY(load(c, args[0], &a));
	TRY(load(c, args[1], &b));
	if (a.kind != NUMERIC_FINITE || b.kind != NUMERIC_FINITE)
		return ret_text(ret, STR("NaN"));
	int scale = max_int(a.dscale, b.dscale);
	if (a.n == 0 || b.n == 0)
		return give(c, (struct numeric){ .dscale = scale }, ret);
	TRY(gcd_of(c, a, b, &v));
	TRY(numeric_div_trunc(c, a, v, &quotient));
	TRY(numeric_mul(c, quotient, b, &v));
	return give(c, with_scale(numeric_abs(v), scale), ret);
}

static int factorial(FN_ARGS)
{
	FN_UNUSED;
	int64_t n = args[0].i;
	if (n < 0)
		return err_set(c, "22003", "factorial of a negative number is undefined");
	if (n > 32177)
		return err_set(c, "22003", "value overflows numeric format");
	struct numeric v = numeric_from_i64(c->arena, 1);
	for (int64_t i = 2; i <= n; i++)
		TRY(numeric_mul(c, v, numeric_from_i64(c->arena, i), &v));
	return give(c, v, ret);
}

static int bucket_error(struct ctx *c, const char *what)
{
	return err_set(c, "2201G", "%s", what);
}

/* width_bucket(operand, low, high, count) */
static int width_bucket_numeric(FN_ARGS)
{
	FN_UNUSED;
	struct numeric x, low, high;
	TRY(load(c, args[0], &x));
	TRY(load(c, args[1], &low));
	TRY(load(c, args[2], &high));
	int64_t count = args[3].i;
	if (count <= 0)
		return bucket_error(c, "count must be greater than zero");
	if (x.kind == NUMERIC_NAN || low.kind == NUMERIC_NAN || high.kind == NUMERIC_NAN)
		return bucket_error(c, "operand, lower bound, and upper bound cannot be NaN");
	if (low.kind != NUMERIC_FINITE || high.kind != NUMERIC_FINITE)
		return bucket_error(c, "lower and upper bounds must be finite");
	int order = numeric_cmp(low, high);
	if (order == 0)
		return bucket_error(c, "lower bound cannot equal upper bound");
	bool is_below = order < 0 ? numeric_cmp(x, low) < 0 : numeric_cmp(x, low) > 0;
	bool is_above = order < 0 ? numeric_cmp(x, high) >= 0 : numeric_cmp(x, high) <= 0;
	if (is_below)
		return ret_int(ret, 0);
	if (is_above) {
		TRY(int_check(c, V_INT4, count + 1, &count));
		return ret_int(ret, count);
	}
	struct numeric part, whole, bucket;
	TRY(numeric_sub(c, x, low, &part));
	TRY(numeric_sub(c, high, low, &whole));
	TRY(numeric_mul(c, part, numeric_from_i64(c->arena, count), &part));
	TRY(numeric_div_trunc(c, part, whole, &bucket));
	int64_t v;
	TRY(numeric_to_i64(c, bucket, "integer", INT32_MIN, INT32_MAX, &v));
	return ret_int(ret, v + 1);
}

static int width_bucket_float8(FN_ARGS)
{
	FN_UNUSED;
	double x = args[0].r, low = args[1].r, high = args[2].r;
	int64_t count = args[3].i;
	if (count <= 0)
		return bucket_error(c, "count must be greater than zero");
	if (isinf(low) || isinf(high))
		return bucket_error(c, "lower and upper bounds must be finite");
	if (!(low < high) && !(low > high))
		return bucket_error(c, "lower bound cannot equal upper bound");
	bool is_up = low < high;
	if (is_up ? x < low : x > low)
		return ret_int(ret, 0);
	if (is_up ? x >= high : x <= high) {
		TRY(int_check(c, V_INT4, count + 1, &count));
		return ret_int(ret, count);
	}
	double part = is_up ? (double)count * (x - low) / (high - low)
			    : (double)count * (low - x) / (low - high);
	/* bounds so far apart that a difference is infinite */
	if (!(part >= 0 && part <= (double)count))
		part = (double)count * ((x / 4 - low / 4) / (high / 4 - low / 4));
	return ret_int(ret, (int64_t)part + 1);
}

static const struct value_fn rows[] = {
	STRICT("numeric_add", "n:nn", add),
	STRICT("numeric_sub", "n:nn", sub),
	STRICT("numeric_mul", "n:nn", mul),
	STRICT("numeric_div", "n:nn", div_),
	STRICT("numeric_div_trunc", "n:nn", div_trunc),
	STRICT("numeric_mod", "n:nn", mod),
	STRICT("numeric_power", "n:nn", power),
	STRICT("numeric_log", "n:nn", log_base),
	STRICT("numeric_sqrt", "n:n", square_root),
	STRICT("numeric_exp", "n:n", exponential),
	STRICT("numeric_ln", "n:n", natural_log),
	STRICT("log", "n:n", decimal_log),
	STRICT("log10", "n:n", decimal_log),
	STRICT("numeric_abs", "n:n", absolute),
	STRICT("numeric_uminus", "n:n", negate),
	STRICT("numeric_uplus", "n:n", same),
	STRICT("numeric_sign", "n:n", sign),
	STRICT("numeric_ceil", "n:n", ceiling),
	STRICT("numeric_floor", "n:n", floor_),
	STRICT("round", "n:n", round_whole),
	STRICT("trunc", "n:n", trunc_whole),
	STRICT("numeric_round", "n:ni", round_scale),
	STRICT("numeric_trunc", "n:ni", trunc_scale),
	STRICT("numeric_trim_scale", "n:n", trim_scale),
	STRICT("numeric_scale", "i:n", scale_of),
	STRICT("numeric_min_scale", "i:n", min_scale_of),
	STRICT("numeric_inc", "n:n", increment),
	STRICT("numeric_gcd", "n:nn", gcd),
	STRICT("numeric_lcm", "n:nn", lcm),
	STRICT("numeric_fac", "n:l", factorial),
	STRICT("width_bucket_numeric", "i:nnni", width_bucket_numeric),
	STRICT("width_bucket_float8", "i:dddi", width_bucket_float8),
};
FN_GROUP(fn_group_numeric, rows);
