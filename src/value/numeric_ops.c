/* numeric: operators with NaN, infinity and PostgreSQL's result scales. */
#include "value/numeric_int.h"

struct numeric numeric_neg(struct numeric v)
{
	if (v.kind == NUMERIC_PINF || v.kind == NUMERIC_NINF)
		v.kind = v.kind == NUMERIC_PINF ? NUMERIC_NINF : NUMERIC_PINF;
	else if (v.n > 0)
		v.is_neg = !v.is_neg;
	return v;
}

struct numeric numeric_abs(struct numeric v)
{
	if (v.kind == NUMERIC_NINF)
		v.kind = NUMERIC_PINF;
	v.is_neg = false;
	return v;
}

struct numeric numeric_sign(struct arena *a, struct numeric v)
{
	return v.kind == NUMERIC_NAN ? v : numeric_from_i64(a, numeric_sgn(v));
}

static bool is_inf(struct numeric v)
{
	return v.kind == NUMERIC_PINF || v.kind == NUMERIC_NINF;
}

static bool either_nan(struct numeric x, struct numeric y)
{
	return x.kind == NUMERIC_NAN || y.kind == NUMERIC_NAN;
}

int numeric_add(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	if (either_nan(a, b) || (is_inf(a) && is_inf(b) && a.kind != b.kind)) {
		*ret = numeric_special(NUMERIC_NAN);
		return 0;
	}
	if (is_inf(a) || is_inf(b)) {
		*ret = is_inf(a) ? a : b;
		return 0;
	}
	return numeric_check(c, numeric_add_finite(c->arena, a, b), ret);
}

int numeric_sub(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	return numeric_add(c, a, numeric_neg(b), ret);
}

int numeric_mul(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	if (either_nan(a, b)) {
		*ret = numeric_special(NUMERIC_NAN);
		return 0;
	}
	if (is_inf(a) || is_inf(b)) {
		int sign = numeric_sgn(a) * numeric_sgn(b);
		*ret = numeric_special(sign == 0  ? NUMERIC_NAN
				       : sign > 0 ? NUMERIC_PINF
						  : NUMERIC_NINF);
		return 0;
	}
	struct numeric product = numeric_mul_finite(c->arena, a, b);
	if (product.dscale > NUMERIC_DSCALE_LIMIT)
		product = numeric_round(c->arena, product, NUMERIC_DSCALE_LIMIT);
	return numeric_check(c, product, ret);
}

static int by_zero(struct ctx *c)
{
	return err_set(c, "22012", "division by zero");
}

/* x / y where one is not finite. */
static int div_special(struct ctx *c, struct numeric x, struct numeric y, struct numeric *ret)
{
	if (either_nan(x, y) || (is_inf(x) && is_inf(y))) {
		*ret = numeric_special(NUMERIC_NAN);
		return 0;
	}
	if (is_inf(y)) {
		*ret = numeric_zero(0);
		return 0;
	}
	int sign = numeric_sgn(x) * numeric_sgn(y);
	if (sign == 0)
		return by_zero(c);
	*ret = numeric_special(sign > 0 ? NUMERIC_PINF : NUMERIC_NINF);
	return 0;
}

int numeric_div(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	if (a.kind != NUMERIC_FINITE || b.kind != NUMERIC_FINITE)
		return div_special(c, a, b, ret);
	if (b.n == 0)
		return by_zero(c);
	int scale = numeric_div_scale(a, b);
	return numeric_check(c, numeric_div_finite(c->arena, a, b, scale, true), ret);
}

int numeric_div_trunc(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	if (a.kind != NUMERIC_FINITE || b.kind != NUMERIC_FINITE)
		return div_special(c, a, b, ret);
	if (b.n == 0)
		return by_zero(c);
	return numeric_check(c, numeric_div_finite(c->arena, a, b, 0, false), ret);
}

int numeric_mod(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	if (either_nan(a, b)) {
		*ret = numeric_special(NUMERIC_NAN);
		return 0;
	}
	if (numeric_sgn(b) == 0)
		return by_zero(c);
	if (is_inf(a)) {
		*ret = numeric_special(NUMERIC_NAN);
		return 0;
	}
	if (is_inf(b)) {
		*ret = a;
		return 0;
	}
	struct numeric whole = numeric_div_finite(c->arena, a, b, 0, false);
	struct numeric back = numeric_mul_finite(c->arena, whole, b);
	back.dscale = b.dscale;
	return numeric_check(c, numeric_add_finite(c->arena, a, numeric_neg(back)), ret);
}

struct numeric numeric_ceil(struct arena *a, struct numeric v)
{
	if (v.kind != NUMERIC_FINITE)
		return v;
	struct numeric whole = numeric_trunc(a, v, 0);
	if (!v.is_neg && numeric_cmp_abs(v, whole) != 0)
		whole = numeric_add_finite(a, whole, numeric_from_i64(a, 1));
	return whole;
}

struct numeric numeric_floor(struct arena *a, struct numeric v)
{
	return numeric_neg(numeric_ceil(a, numeric_neg(v)));
}
