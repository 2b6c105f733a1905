/* numeric: exact arithmetic and rounding. */
#include "value/numeric_int.h"

#include <string.h>

int numeric_cmp_abs(struct numeric x, struct numeric y)
{
	if (x.n == 0 || y.n == 0)
		return x.n == y.n ? 0 : x.n == 0 ? -1 : 1;
	if (x.weight != y.weight)
		return x.weight < y.weight ? -1 : 1;
	for (int i = 0; i < x.n || i < y.n; i++) {
		int dx = i < x.n ? x.d[i] : 0, dy = i < y.n ? y.d[i] : 0;
		if (dx != dy)
			return dx < dy ? -1 : 1;
	}
	return 0;
}

static int digit_of(const struct numeric *v, int weight)
{
	int i = v->weight - weight;
	return i >= 0 && i < v->n ? v->d[i] : 0;
}

/* |x| + sign * |y|, where the result is not negative. */
static struct numeric combine_abs(struct arena *a, struct numeric x, struct numeric y, int sign)
{
	int top = (x.weight > y.weight ? x.weight : y.weight) + 1;
	int x_low = x.weight - x.n + 1, y_low = y.weight - y.n + 1;
	int low = x_low < y_low ? x_low : y_low;
	int n = top - low + 1;
	int16_t *d = arena_array(a, (size_t)n, sizeof(*d));
	int carry = 0;
	for (int w = low; w <= top; w++) {
		int digit = digit_of(&x, w) + sign * digit_of(&y, w) + carry;
		carry = digit >= NB ? 1 : digit < 0 ? -1 : 0;
		d[top - w] = (int16_t)(digit - carry * NB);
	}
	return numeric_strip((struct numeric){ .weight = top, .n = n, .d = d });
}

struct numeric numeric_add_finite(struct arena *a, struct numeric x, struct numeric y)
{
	int dscale = x.dscale > y.dscale ? x.dscale : y.dscale;
	struct numeric sum;
	if (x.n == 0 || y.n == 0) {
		sum = x.n == 0 ? y : x;
	} else if (x.is_neg == y.is_neg) {
		sum = combine_abs(a, x, y, 1);
		sum.is_neg = x.is_neg;
	} else {
		bool is_swapped = numeric_cmp_abs(x, y) < 0;
		sum = is_swapped ? combine_abs(a, y, x, -1) : combine_abs(a, x, y, -1);
		sum.is_neg = sum.n > 0 && (is_swapped ? y.is_neg : x.is_neg);
	}
	sum.dscale = dscale;
	return sum;
}

struct numeric numeric_mul_finite(struct arena *a, struct numeric x, struct numeric y)
{
	if (x.n == 0 || y.n == 0)
		return numeric_zero(x.dscale + y.dscale);
	int n = x.n + y.n;
	uint64_t *sums = arena_array(a, (size_t)n, sizeof(*sums));
	for (int i = 0; i < x.n; i++)
		for (int j = 0; j < y.n; j++)
			sums[i + j + 1] += (uint64_t)(x.d[i] * y.d[j]);
	int16_t *d = arena_array(a, (size_t)n, sizeof(*d));
	uint64_t carry = 0;
	for (int i = n - 1; i >= 0; i--) {
		carry += sums[i];
		d[i] = (int16_t)(carry % NB);
		carry /= NB;
	}
	return numeric_strip((struct numeric){ .is_neg = x.is_neg != y.is_neg,
					       .weight = x.weight + y.weight + 1,
					       .dscale = x.dscale + y.dscale,
					       .n = n,
					       .d = d });
}

/* Adds one unit to the last of n digits; true when a carry leaves the top. */
static bool increment(int16_t *d, int n, int by)
{
	for (int i = n - 1; i >= 0; i--) {
		int digit = d[i] + by;
		if (digit < NB) {
			d[i] = (int16_t)digit;
			return false;
		}
		d[i] = (int16_t)(digit - NB);
		by = 1;
	}
	return true;
}

static int pow10_small(int n)
{
	static const int powers[] = { 1, 10, 100, 1000, 10000 };
	return powers[n];
}

static struct numeric cut(struct arena *a, struct numeric v, int scale, bool is_rounded)
{
	v.dscale = scale < 0 ? 0 : scale;
	/* decimal digits kept, counted from the top of the first base digit */
	long keep = (long)(v.weight + 1) * NB_DIGITS + scale;
	if (v.n == 0 || keep >= (long)v.n * NB_DIGITS)
		return v;
	if (keep < 0 || (keep == 0 && (!is_rounded || v.d[0] < NB / 2)))
		return numeric_zero(v.dscale);
	int n = (int)((keep + NB_DIGITS - 1) / NB_DIGITS); /* base digits kept, in part */
	int16_t *d = arena_array(a, (size_t)n + 2, sizeof(*d));
	memcpy(d + 1, v.d, (size_t)(n < v.n ? n : v.n) * sizeof(*d));
	int part = (int)(keep % NB_DIGITS);
	bool is_up;
	int unit = 1;
	if (part == 0) {
		is_up = v.d[n] >= NB / 2;
	} else {
		unit = pow10_small(NB_DIGITS - part);
		int rest = d[n] % unit;
		d[n] = (int16_t)(d[n] - rest);
		is_up = rest >= unit / 2;
	}
	if (is_rounded && is_up) {
		/* d[0] is 0, so a carry never leaves */
		increment(d, n + 1, unit);
	}
	v.d = d;
	v.n = n + 1;
	v.weight++;
	return numeric_strip(v);
}

struct numeric numeric_round(struct arena *a, struct numeric v, int scale)
{
	return v.kind == NUMERIC_FINITE ? cut(a, v, scale, true) : v;
}

struct numeric numeric_trunc(struct arena *a, struct numeric v, int scale)
{
	return v.kind == NUMERIC_FINITE ? cut(a, v, scale, false) : v;
}

struct numeric numeric_mul_round(struct arena *a, struct numeric x, struct numeric y, int rscale)
{
	return cut(a, numeric_mul_finite(a, x, y), rscale, true);
}

/* Long division of n+m digits u (one spare in front) by n digits v, both scaled
 * so that v[0] >= NB/2; q gets m+1 digits. Knuth's algorithm D. */
static void divide_digits(int32_t *u, const int32_t *v, int n, int m, int16_t *q)
{
	for (int j = 0; j <= m; j++) {
		int64_t top = (int64_t)u[j] * NB + u[j + 1];
		int64_t guess = top / v[0], rest = top % v[0];
		while (guess >= NB || (n > 1 && guess * v[1] > rest * NB + u[j + 2])) {
			guess--;
			rest += v[0];
			if (rest >= NB)
				break;
		}
		int64_t borrow = 0;
		for (int i = n - 1; i >= 0; i--) {
			int64_t digit = u[j + 1 + i] - guess * v[i] + borrow;
			borrow = digit < 0 ? -((-digit + NB - 1) / NB) : 0;
			u[j + 1 + i] = (int32_t)(digit - borrow * NB);
		}
		u[j] = (int32_t)(u[j] + borrow);
		if (u[j] < 0) {
			guess--;
			int carry = 0;
			for (int i = n - 1; i >= 0; i--) {
				int digit = u[j + 1 + i] + v[i] + carry;
				carry = digit >= NB;
				u[j + 1 + i] = digit - carry * NB;
			}
			u[j] += carry;
		}
		q[j] = (int16_t)guess;
	}
}

/* to[0..n-1] = from * factor, right aligned with one spare digit in front. */
static void scale_digits(int32_t *to, const int16_t *from, int from_n, int n, int factor)
{
	int carry = 0;
	for (int i = n - 1; i >= 0; i--) {
		int digit = (i - 1 < from_n && i > 0 ? from[i - 1] * factor : 0) + carry;
		to[i] = digit % NB;
		carry = digit / NB;
	}
}

struct numeric numeric_div_finite(struct arena *a, struct numeric x, struct numeric y, int rscale,
				  bool is_rounded)
{
	if (x.n == 0)
		return numeric_zero(rscale);
	int weight = x.weight - y.weight;
	/* one base digit more than asked, so that rounding sees what follows */
	int want = weight + 1 + (rscale + NB_DIGITS - 1) / NB_DIGITS + 2;
	if (rscale < 0)
		want = weight + 3;
	if (want < 1)
		return numeric_zero(rscale);
	int factor = NB / (y.d[0] + 1);
	int m = want;
	int u_n = y.n + m + 1;
	if (u_n < x.n + 2)
		u_n = x.n + 2;
	m = u_n - y.n - 1;
	int32_t *u = arena_array(a, (size_t)u_n + 1, sizeof(*u));
	int32_t *v = arena_array(a, (size_t)y.n + 1, sizeof(*v));
	scale_digits(u, x.d, x.n, u_n, factor);
	scale_digits(v, y.d, y.n, y.n + 1, factor);
	int16_t *q = arena_array(a, (size_t)m + 1, sizeof(*q));
	divide_digits(u, v + 1, y.n, m, q);
	struct numeric quotient = {
		.is_neg = x.is_neg != y.is_neg, .weight = weight, .n = m + 1, .d = q
	};
	return cut(a, numeric_strip(quotient), rscale, is_rounded);
}

int numeric_div_scale(struct numeric x, struct numeric y)
{
	int x_first = x.n ? x.d[0] : 0, y_first = y.n ? y.d[0] : 0;
	int weight = (x.n ? x.weight : 0) - (y.n ? y.weight : 0);
	if (x_first <= y_first)
		weight--;
	int scale = NUMERIC_SIG_DIGITS - weight * NB_DIGITS;
	if (scale < x.dscale)
		scale = x.dscale;
	if (scale < y.dscale)
		scale = y.dscale;
	return scale > NUMERIC_SCALE_CAP ? NUMERIC_SCALE_CAP : scale;
}
