/* numeric: roots, exponentials and logarithms to the scale PostgreSQL shows. */
#include "value/numeric_int.h"

#include <math.h>
#include <stdlib.h>

enum { RESULT_SCALE_MAX = 2000, GUARD = 12 };

static int clamp_scale(int scale, int at_least)
{
	if (scale < at_least)
		scale = at_least;
	if (scale < 0)
		scale = 0;
	return scale > NUMERIC_SCALE_CAP ? NUMERIC_SCALE_CAP : scale;
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

/* Decimal weight of the first digit of a non-zero value. */
static int dweight(struct numeric v)
{
	if (v.n == 0)
		return 0;
	int first = v.d[0];
	return v.weight * NB_DIGITS + (first >= 1000 ? 3 : first >= 100 ? 2 : first >= 10 ? 1 : 0);
}

/* v rounded to so many significant decimal digits. */
static struct numeric round_sig(struct arena *a, struct numeric v, int sig)
{
	int scale = sig - 1 - dweight(v);
	struct numeric r = numeric_round(a, v, scale);
	r.dscale = max_int(scale, 0);
	return r;
}

static struct numeric mul_sig(struct arena *a, struct numeric x, struct numeric y, int sig)
{
	return round_sig(a, numeric_mul_finite(a, x, y), sig);
}

static struct numeric div_sig(struct arena *a, struct numeric x, struct numeric y, int sig)
{
	int scale = sig + 1 - (dweight(x) - dweight(y));
	return numeric_div_finite(a, x, y, scale < 0 ? 0 : scale, true);
}

static struct numeric small(struct arena *a, int64_t v)
{
	return numeric_from_i64(a, v);
}

/* Newton's iteration from a double; each round doubles the correct digits. */
static struct numeric sqrt_sig(struct arena *a, struct numeric v, int sig)
{
	/* Scale by an even power of the base so that the double cannot overflow. */
	int shift = v.weight / 2;
	struct numeric unit = v;
	unit.weight -= 2 * shift;
	struct numeric root = numeric_from_double(a, sqrt(numeric_approx(unit)), 15);
	struct numeric half = { .weight = -1, .dscale = 1, .n = 1, .d = (const int16_t[]){ 5000 } };
	for (int digits = 14; digits < 2 * sig; digits *= 2) {
		int work = digits * 2 + 4 < sig ? digits * 2 + 4 : sig;
		struct numeric sum = numeric_add_finite(a, root, div_sig(a, unit, root, work));
		root = round_sig(a, numeric_mul_finite(a, sum, half), work);
	}
	root.weight += shift;
	return root;
}

int numeric_sqrt(struct ctx *c, struct numeric v, struct numeric *ret)
{
	if (numeric_sgn(v) < 0)
		return err_set(c, "2201F", "cannot take square root of a negative number");
	*ret = v;
	if (v.kind != NUMERIC_FINITE)
		return 0;
	int weight = v.weight >= 0 ? (v.weight + 1) * NB_DIGITS / 2 - 1
				   : (v.weight + 1) * NB_DIGITS / 2 - 1;
	int scale = clamp_scale(NUMERIC_SIG_DIGITS - weight, v.dscale);
	if (v.n == 0) {
		*ret = numeric_zero(scale);
		return 0;
	}
	int sig = scale + max_int((dweight(v) / 2) + 1, 0) + GUARD;
	*ret = numeric_round(c->arena, sqrt_sig(c->arena, v, sig), scale);
	return 0;
}

/* e^v to sig significant digits: halve, Taylor, square back. */
static struct numeric exp_sig(struct arena *a, struct numeric v, int sig)
{
	int halvings = 0;
	double approx = fabs(numeric_approx(v));
	for (; approx > 0.01; approx /= 2)
		halvings++;
	int work = sig + GUARD + halvings / 3 + (int)(fabs(numeric_approx(v)) / 2.3 > 9999 ? 8 : 4);
	struct numeric power = small(a, (int64_t)1 << (halvings < 40 ? halvings : 40));
	struct numeric x = halvings ? div_sig(a, v, power, work) : v;
	struct numeric sum = small(a, 1), term = sum;
	for (int i = 1; i < 10000; i++) {
		term = mul_sig(a, term, x, work);
		term = div_sig(a, term, small(a, i), work);
		if (term.n == 0 || dweight(term) < -work)
			break;
		sum = round_sig(a, numeric_add_finite(a, sum, term), work);
	}
	while (halvings-- > 0)
		sum = mul_sig(a, sum, sum, work);
	return sum;
}

/* ln v to so many decimals, v > 0: square roots towards 1, then the series of
 * 2 artanh((v-1)/(v+1)). */
static struct numeric ln_scale(struct arena *a, struct numeric v, int scale)
{
	int roots = 0;
	/* an absolute error of ln v is a relative one of v */
	int work = max_int(scale, 0) + 3 * GUARD;
	struct numeric one = small(a, 1);
	v = round_sig(a, v, work + 10);
	while (fabs(log(numeric_approx(v))) > 0.05 || isinf(numeric_approx(v)) ||
	       numeric_approx(v) < 1e-300) {
		v = sqrt_sig(a, v, work + 10);
		roots++;
	}
	work += roots;
	struct numeric above = numeric_add_finite(a, v, numeric_neg(one));
	struct numeric z = div_sig(a, above, numeric_add_finite(a, v, one), work);
	if (z.n == 0)
		return numeric_zero(max_int(scale, 0));
	struct numeric z2 = mul_sig(a, z, z, work), power = z, sum = z;
	for (int i = 3; i < 100000; i += 2) {
		power = mul_sig(a, power, z2, work);
		if (power.n == 0 || dweight(power) < -(work + roots))
			break;
		sum = numeric_add_finite(a, sum, div_sig(a, power, small(a, i), work));
		sum = round_sig(a, sum, work + GUARD);
	}
	for (int i = 0; i <= roots; i++)
		sum = numeric_add_finite(a, sum, sum);
	return numeric_round(a, sum, scale);
}

/* PostgreSQL's estimate of the decimal weight of ln v, which sets scales. */
static int ln_dweight(struct arena *a, struct numeric v)
{
	if (numeric_sgn(v) <= 0)
		return 0;
	double approx = numeric_approx(v);
	if (approx >= 0.9 && approx <= 1.1) {
		struct numeric x = numeric_add_finite(a, v, numeric_neg(small(a, 1)));
		return x.n ? x.weight * NB_DIGITS + (int)log10(x.d[0]) : 0;
	}
	double digits = v.d[0];
	int weight = v.weight * NB_DIGITS;
	if (v.n > 1) {
		digits = digits * NB + v.d[1];
		weight -= NB_DIGITS;
	}
	return (int)log10(fabs(log(digits) + weight * 2.302585092994046));
}

int numeric_exp(struct ctx *c, struct numeric v, struct numeric *ret)
{
	if (v.kind != NUMERIC_FINITE) {
		*ret = v.kind == NUMERIC_NINF ? numeric_zero(0) : v;
		return 0;
	}
	double approx = numeric_approx(v);
	double digits = approx * 0.434294481903252;
	digits = fmax(fmin(digits, RESULT_SCALE_MAX), -RESULT_SCALE_MAX);
	int scale = clamp_scale(NUMERIC_SIG_DIGITS - (int)digits, v.dscale);
	if (fabs(approx) >= RESULT_SCALE_MAX * 3) {
		if (approx > 0)
			return err_set(c, "22003", "value overflows numeric format");
		*ret = numeric_zero(scale);
		return 0;
	}
	int sig = max_int(1 + scale + (int)digits, 1) + GUARD;
	*ret = numeric_round(c->arena, exp_sig(c->arena, v, sig), scale);
	return 0;
}

static int check_log(struct ctx *c, struct numeric v)
{
	int sign = numeric_sgn(v);
	if (sign < 0)
		return err_set(c, "2201E", "cannot take logarithm of a negative number");
	if (sign == 0)
		return err_set(c, "2201E", "cannot take logarithm of zero");
	return 0;
}

int numeric_ln(struct ctx *c, struct numeric v, struct numeric *ret)
{
	if (v.kind != NUMERIC_NAN)
		TRY(check_log(c, v));
	*ret = v;
	if (v.kind != NUMERIC_FINITE)
		return 0;
	int scale = clamp_scale(NUMERIC_SIG_DIGITS - ln_dweight(c->arena, v), v.dscale);
	*ret = ln_scale(c->arena, v, scale);
	return 0;
}

static int log_special(struct numeric base, struct numeric v, struct numeric *ret)
{
	bool v_inf = v.kind == NUMERIC_PINF, base_inf = base.kind == NUMERIC_PINF;
	if (base.kind == NUMERIC_NAN || v.kind == NUMERIC_NAN || (v_inf && base_inf))
		*ret = numeric_special(NUMERIC_NAN);
	else
		*ret = base_inf ? numeric_zero(0) : numeric_special(NUMERIC_PINF);
	return 0;
}

int numeric_log(struct ctx *c, struct numeric base, struct numeric v, struct numeric *ret)
{
	bool has_nan = base.kind == NUMERIC_NAN || v.kind == NUMERIC_NAN;
	bool is_special = base.kind != NUMERIC_FINITE || v.kind != NUMERIC_FINITE;
	if (is_special && !has_nan && numeric_sgn(v) < 0)
		TRY(check_log(c, v));
	if (!has_nan) {
		TRY(check_log(c, base));
		TRY(check_log(c, v));
	}
	if (base.kind != NUMERIC_FINITE || v.kind != NUMERIC_FINITE)
		return log_special(base, v, ret);
	struct arena *a = c->arena;
	int base_weight = ln_dweight(a, base), v_weight = ln_dweight(a, v);
	int weight = v_weight - base_weight;
	int scale = clamp_scale(NUMERIC_SIG_DIGITS - weight, max_int(base.dscale, v.dscale));
	int extra = scale + GUARD + abs(weight);
	struct numeric ln_base = ln_scale(a, base, extra + abs(base_weight));
	struct numeric ln_v = ln_scale(a, v, extra + abs(v_weight));
	if (ln_base.n == 0)
		return err_set(c, "22012", "division by zero");
	*ret = numeric_div_finite(a, ln_v, ln_base, scale, true);
	return 0;
}

static bool is_integer(struct numeric v)
{
	return v.kind != NUMERIC_FINITE || v.n <= v.weight + 1;
}

/* base^exponent by squaring, to the digits that scale shows. */
static int power_int(struct ctx *c, struct numeric base, int64_t exponent, int scale,
		     struct numeric *ret)
{
	struct arena *a = c->arena;
	if (exponent == 0 || base.n == 0) {
		*ret = exponent == 0 ? small(a, 1) : numeric_zero(0);
		ret->dscale = scale;
		return 0;
	}
	double log_base =
		log10(numeric_approx((struct numeric){ .n = base.n, .d = base.d }) + 0.0) +
		base.weight * (double)NB_DIGITS;
	double digits = (double)exponent * log_base;
	if (digits > 4.0 * 32768 * 4)
		return err_set(c, "22003", "value overflows numeric format");
	if (digits < -scale - 10) {
		*ret = numeric_zero(scale);
		return 0;
	}
	int sig = max_int(1 + scale + (int)digits, 1) + GUARD + 10;
	struct numeric power = base, result = small(a, 1);
	bool is_odd = exponent & 1;
	for (uint64_t rest = (uint64_t)llabs(exponent); rest; rest >>= 1) {
		if (rest & 1)
			result = mul_sig(a, result, power, sig);
		if (rest > 1)
			power = mul_sig(a, power, power, sig);
	}
	if (exponent < 0)
		result = div_sig(a, small(a, 1), result, sig);
	result = numeric_round(a, result, scale);
	result.is_neg = base.is_neg && is_odd && result.n > 0;
	return numeric_check(c, result, ret);
}

static int power_real(struct ctx *c, struct numeric base, struct numeric e, struct numeric *ret)
{
	struct arena *a = c->arena;
	bool is_neg = false;
	if (base.is_neg) {
		/* an integer exponent too large for power_int */
		int64_t unit = e.n && e.n == e.weight + 1 ? e.d[e.n - 1] : 0;
		is_neg = unit & 1;
		base = numeric_abs(base);
	}
	int weight = ln_dweight(a, base);
	int rough = max_int(8 - weight, 0);
	struct numeric product = numeric_mul_finite(a, ln_scale(a, base, rough), e);
	double approx = numeric_approx(product);
	if (fabs(approx) > RESULT_SCALE_MAX * 3.01) {
		if (approx > 0)
			return err_set(c, "22003", "value overflows numeric format");
		*ret = numeric_zero(NUMERIC_SCALE_CAP);
		return 0;
	}
	approx *= 0.434294481903252;
	int scale = clamp_scale(NUMERIC_SIG_DIGITS - (int)approx, max_int(base.dscale, e.dscale));
	int sig = max_int(scale + (int)approx, 0) + GUARD;
	int ln_digits = sig + abs(weight) + abs(dweight(e)) + 8;
	product = numeric_mul_finite(a, ln_scale(a, base, ln_digits), e);
	product = round_sig(a, product, sig + abs(dweight(product)) + 8);
	struct numeric result = numeric_round(a, exp_sig(a, product, sig), scale);
	result.is_neg = is_neg && result.n > 0;
	*ret = result;
	return 0;
}

/* Where one of the operands is infinite; the POSIX rules of pow(). */
static int power_special(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	struct arena *arena = c->arena;
	int sign_a = numeric_sgn(a), sign_b = numeric_sgn(b);
	struct numeric one = small(arena, 1);
	if (sign_a == 0 && sign_b < 0)
		return err_set(c, "2201F", "zero raised to a negative power is undefined");
	if (sign_a < 0 && !is_integer(b))
		return err_set(
			c, "2201F",
			"a negative number raised to a non-integer power yields a complex result");
	if (numeric_cmp(a, one) == 0 || sign_b == 0) {
		*ret = one;
		return 0;
	}
	if (sign_a == 0) {
		*ret = numeric_zero(0);
		return 0;
	}
	if (b.kind != NUMERIC_FINITE) {
		int size = numeric_cmp(numeric_abs(a), one);
		if (size == 0)
			*ret = one;
		else
			*ret = (size > 0) == (sign_b > 0) ? numeric_special(NUMERIC_PINF)
							  : numeric_zero(0);
		return 0;
	}
	bool is_odd = b.n && b.n == b.weight + 1 && (b.d[b.n - 1] & 1);
	if (sign_b < 0)
		*ret = numeric_zero(0);
	else
		*ret = numeric_special(sign_a < 0 && is_odd ? NUMERIC_NINF : NUMERIC_PINF);
	return 0;
}

int numeric_power(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret)
{
	struct numeric one = small(c->arena, 1);
	if (a.kind == NUMERIC_NAN || b.kind == NUMERIC_NAN) {
		bool is_one = (a.kind != NUMERIC_NAN && numeric_cmp(a, one) == 0) ||
			      (b.kind != NUMERIC_NAN && numeric_sgn(b) == 0);
		*ret = is_one ? one : numeric_special(NUMERIC_NAN);
		return 0;
	}
	if (a.kind != NUMERIC_FINITE || b.kind != NUMERIC_FINITE)
		return power_special(c, a, b, ret);
	if (a.n == 0 && numeric_sgn(b) < 0)
		return err_set(c, "2201F", "zero raised to a negative power is undefined");
	if (a.is_neg && !is_integer(b))
		return err_set(
			c, "2201F",
			"a negative number raised to a non-integer power yields a complex result");
	int64_t exponent;
	if (is_integer(b) && b.weight <= 2) {
		TRY(numeric_to_i64(c, b, "bigint", INT64_MIN, INT64_MAX, &exponent));
		if (exponent >= INT32_MIN && exponent <= INT32_MAX)
			return power_int(c, a, exponent, clamp_scale(NUMERIC_SIG_DIGITS, a.dscale),
					 ret);
	}
	if (a.n == 0) {
		*ret = numeric_zero(NUMERIC_SIG_DIGITS);
		return 0;
	}
	return power_real(c, a, b, ret);
}
