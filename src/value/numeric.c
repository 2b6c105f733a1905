/* numeric: input, output, conversion, comparison. */
#include "value/numeric.h"

#include "value/numeric_int.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT_LIMIT = 32767 }; /* 131072 decimal digits before the point */

struct numeric numeric_special(enum numeric_kind kind)
{
	return (struct numeric){ .kind = kind };
}

struct numeric numeric_zero(int dscale)
{
	return (struct numeric){ .dscale = dscale };
}

int numeric_sgn(struct numeric v)
{
	if (v.kind == NUMERIC_NINF)
		return -1;
	if (v.kind != NUMERIC_FINITE)
		return 1;
	return v.n == 0 ? 0 : v.is_neg ? -1 : 1;
}

struct numeric numeric_strip(struct numeric v)
{
	while (v.n > 0 && v.d[0] == 0) {
		v.d++;
		v.n--;
		v.weight--;
	}
	while (v.n > 0 && v.d[v.n - 1] == 0)
		v.n--;
	if (v.n == 0) {
		v.weight = 0;
		v.is_neg = false;
	}
	return v;
}

int numeric_check(struct ctx *c, struct numeric v, struct numeric *ret)
{
	if (v.kind == NUMERIC_FINITE && v.n > 0 && v.weight > WEIGHT_LIMIT)
		return err_set(c, "22003", "value overflows numeric format");
	*ret = v;
	return 0;
}

static int bad_syntax(struct ctx *c, struct str text)
{
	return err_set(c, "22P02", "invalid input syntax for type numeric: \"%.*s\"",
		       STR_ARG(text));
}

static bool parse_special(struct str s, struct numeric *ret)
{
	bool is_neg = s.n && s.p[0] == '-';
	bool is_signed = s.n && (s.p[0] == '-' || s.p[0] == '+');
	if (str_ieq(s, STR("nan"))) {
		*ret = numeric_special(NUMERIC_NAN);
		return true;
	}
	if (is_signed)
		s = str_from(s, 1);
	if (!str_ieq(s, STR("infinity")) && !str_ieq(s, STR("inf")))
		return false;
	*ret = numeric_special(is_neg ? NUMERIC_NINF : NUMERIC_PINF);
	return true;
}

/* Mantissa and exponent of a decimal literal; digits point into text. */
struct decimal {
	struct str whole, fraction;
	bool is_neg;
	long exponent;
};

static struct str take_digits(struct str *s)
{
	size_t n = 0;
	while (n < s->n && isdigit((unsigned char)s->p[n]))
		n++;
	struct str digits = str_sub(*s, 0, n);
	*s = str_from(*s, n);
	return digits;
}

static bool take_exponent(struct str *s, long *ret)
{
	if (!s->n || (s->p[0] | 32) != 'e')
		return true;
	*s = str_from(*s, 1);
	bool is_neg = s->n && s->p[0] == '-';
	if (s->n && (s->p[0] == '-' || s->p[0] == '+'))
		*s = str_from(*s, 1);
	struct str digits = take_digits(s);
	if (!digits.n)
		return false;
	long value = 0;
	for (size_t i = 0; i < digits.n && value < 100000000; i++)
		value = value * 10 + (digits.p[i] - '0');
	*ret = is_neg ? -value : value;
	return true;
}

static bool split_decimal(struct str s, struct decimal *ret)
{
	struct decimal dec = { 0 };
	dec.is_neg = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_from(s, 1);
	dec.whole = take_digits(&s);
	if (s.n && s.p[0] == '.') {
		s = str_from(s, 1);
		dec.fraction = take_digits(&s);
	}
	if (!dec.whole.n && !dec.fraction.n)
		return false;
	if (!take_exponent(&s, &dec.exponent) || s.n)
		return false;
	*ret = dec;
	return true;
}

static int decimal_digit(const struct decimal *dec, long i)
{
	if (i < (long)dec->whole.n)
		return dec->whole.p[i] - '0';
	return dec->fraction.p[i - (long)dec->whole.n] - '0';
}

/* Groups decimal digits by four around the point. */
static struct numeric pack_decimal(struct arena *a, const struct decimal *dec)
{
	long total = (long)(dec->whole.n + dec->fraction.n);
	long dweight = (long)dec->whole.n - 1 + dec->exponent; /* of the first digit */
	long weight = dweight >= 0 ? dweight / NB_DIGITS : -((-dweight - 1) / NB_DIGITS) - 1;
	long offset = (weight + 1) * NB_DIGITS - (dweight + 1); /* zeros put in front */
	long n = (total + offset + NB_DIGITS - 1) / NB_DIGITS;
	int16_t *d = arena_array(a, (size_t)n, sizeof(*d));
	for (long i = 0; i < n; i++) {
		int digit = 0;
		for (long j = i * NB_DIGITS; j < (i + 1) * NB_DIGITS; j++) {
			long at = j - offset;
			digit = digit * 10 + (at >= 0 && at < total ? decimal_digit(dec, at) : 0);
		}
		d[i] = (int16_t)digit;
	}
	long dscale = (long)dec->fraction.n - dec->exponent;
	struct numeric v = { .is_neg = dec->is_neg,
			     .weight = (int)weight,
			     .dscale = dscale < 0 ? 0 : (int)dscale,
			     .n = (int)n,
			     .d = d };
	return numeric_strip(v);
}

int numeric_parse(struct ctx *c, struct str text, struct numeric *ret)
{
	struct str s = str_trim(text);
	if (parse_special(s, ret))
		return 0;
	struct decimal dec;
	if (!split_decimal(s, &dec))
		return bad_syntax(c, text);
	if (dec.exponent > 0x3fffffff / 2 || dec.exponent < -0x3fffffff / 2)
		return bad_syntax(c, text);
	if (dec.exponent > 200000 || dec.whole.n > 200000)
		return err_set(c, "22003", "value overflows numeric format");
	if (dec.exponent < -NUMERIC_DSCALE_LIMIT - 200000)
		dec.exponent = -NUMERIC_DSCALE_LIMIT - 200000;
	struct numeric v = pack_decimal(c->arena, &dec);
	if (v.dscale > NUMERIC_DSCALE_LIMIT)
		v = numeric_round(c->arena, v, NUMERIC_DSCALE_LIMIT);
	return numeric_check(c, v, ret);
}

static int digit_at(const struct numeric *v, int weight)
{
	int i = v->weight - weight;
	return i >= 0 && i < v->n ? v->d[i] : 0;
}

static char *put4(char *to, int digit)
{
	to[0] = (char)('0' + digit / 1000);
	to[1] = (char)('0' + digit / 100 % 10);
	to[2] = (char)('0' + digit / 10 % 10);
	to[3] = (char)('0' + digit % 10);
	return to + 4;
}

static char *put_whole(char *to, const struct numeric *v)
{
	if (v->n == 0 || v->weight < 0) {
		*to = '0';
		return to + 1;
	}
	to += sprintf(to, "%d", digit_at(v, v->weight));
	for (int w = v->weight - 1; w >= 0; w--)
		to = put4(to, digit_at(v, w));
	return to;
}

struct str numeric_print(struct arena *a, struct numeric v)
{
	if (v.kind != NUMERIC_FINITE)
		return v.kind == NUMERIC_NAN	? STR("NaN")
		       : v.kind == NUMERIC_PINF ? STR("Infinity")
						: STR("-Infinity");
	size_t whole = v.weight >= 0 ? (size_t)(v.weight + 1) * NB_DIGITS : 1;
	char *text = arena_alloc(a, whole + (size_t)v.dscale + 16);
	char *to = text;
	if (v.is_neg && v.n)
		*to++ = '-';
	to = put_whole(to, &v);
	if (v.dscale > 0) {
		*to++ = '.';
		char *end = to + v.dscale;
		for (int w = -1; to < end; w--)
			to = put4(to, digit_at(&v, w));
		to = end;
	}
	return (struct str){ text, (size_t)(to - text) };
}

static int fit_overflow(struct ctx *c, int precision, int scale)
{
	err_set(c, "22003", "numeric field overflow");
	int whole = precision - scale;
	return err_details(c,
			   "A field with precision %d, scale %d must round to an absolute value "
			   "less than %s%d.",
			   precision, scale, whole ? "10^" : "", whole ? whole : 1);
}

/* Decimal digits before the point of a non-zero value (may be negative). */
static int whole_digits(const struct numeric *v)
{
	int digits = (v->weight + 1) * NB_DIGITS;
	int first = v->d[0];
	return digits - (first < 10 ? 3 : first < 100 ? 2 : first < 1000 ? 1 : 0);
}

int numeric_fit(struct ctx *c, struct numeric v, int32_t typmod, struct numeric *ret)
{
	*ret = v;
	if (typmod < 4)
		return 0;
	int precision = ((typmod - 4) >> 16) & 0xffff;
	int scale = (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
	if (v.kind == NUMERIC_NAN)
		return 0;
	if (v.kind != NUMERIC_FINITE) {
		err_set(c, "22003", "numeric field overflow");
		return err_details(
			c, "A field with precision %d, scale %d cannot hold an infinite value.",
			precision, scale);
	}
	v = numeric_round(c->arena, v, scale);
	if (v.n > 0 && whole_digits(&v) > precision - scale)
		return fit_overflow(c, precision, scale);
	*ret = v;
	return 0;
}

struct numeric numeric_from_i64(struct arena *a, int64_t v)
{
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	int16_t *d = arena_array(a, 5, sizeof(*d));
	for (int i = 4; i >= 0; i--) {
		d[i] = (int16_t)(rest % NB);
		rest /= NB;
	}
	return numeric_strip((struct numeric){ .is_neg = v < 0, .weight = 4, .n = 5, .d = d });
}

struct numeric numeric_from_double(struct arena *a, double v, int digits)
{
	if (isnan(v))
		return numeric_special(NUMERIC_NAN);
	if (isinf(v))
		return numeric_special(v < 0 ? NUMERIC_NINF : NUMERIC_PINF);
	char text[64];
	int n = snprintf(text, sizeof(text), "%.*g", digits, v);
	struct decimal dec;
	if (!split_decimal((struct str){ text, (size_t)n }, &dec))
		return numeric_zero(0);
	return pack_decimal(a, &dec);
}

int numeric_to_i64(struct ctx *c, struct numeric v, const char *type, int64_t min, int64_t max,
		   int64_t *ret)
{
	if (v.kind != NUMERIC_FINITE)
		return err_set(c, "0A000", "cannot convert %s to %s",
			       v.kind == NUMERIC_NAN ? "NaN" : "infinity", type);
	v = numeric_round(c->arena, v, 0);
	__int128 value = 0;
	if (v.n > 0 && v.weight > 5)
		return err_set(c, "22003", "%s out of range", type);
	for (int w = v.weight; v.n > 0 && w >= 0; w--)
		value = value * NB + digit_at(&v, w);
	if (v.is_neg)
		value = -value;
	if (value < min || value > max)
		return err_set(c, "22003", "%s out of range", type);
	*ret = (int64_t)value;
	return 0;
}

double numeric_approx(struct numeric v)
{
	if (v.kind != NUMERIC_FINITE)
		return v.kind == NUMERIC_NAN	? (double)NAN
		       : v.kind == NUMERIC_PINF ? (double)INFINITY
						: -(double)INFINITY;
	/* Beyond 20 base digits nothing changes a double; the scale is folded into
	 * the exponent so that no text grows with the value. */
	char text[160], *to = text;
	if (v.is_neg)
		*to++ = '-';
	*to++ = '0';
	int n = v.n < 25 ? v.n : 25;
	for (int i = 0; i < n; i++)
		to = put4(to, v.d[i]);
	if (n < v.n)
		*to++ = '1'; /* sticky */
	int exponent = (v.weight + 1 - n) * NB_DIGITS - (n < v.n ? 1 : 0);
	sprintf(to, "e%d", exponent);
	return strtod(text, NULL);
}

int numeric_to_double(struct ctx *c, struct numeric v, double *ret)
{
	double r = numeric_approx(v);
	if (v.kind == NUMERIC_FINITE && (isinf(r) || (fpclassify(r) == FP_ZERO && v.n > 0)))
		return err_set(c, "22003", "\"%.*s\" is out of range for type double precision",
			       STR_ARG(numeric_print(c->arena, v)));
	*ret = r;
	return 0;
}

static int kind_rank(enum numeric_kind kind)
{
	return kind == NUMERIC_NAN ? 2 : kind == NUMERIC_PINF ? 1 : kind == NUMERIC_NINF ? -1 : 0;
}

int numeric_cmp(struct numeric a, struct numeric b)
{
	int rank = kind_rank(a.kind) - kind_rank(b.kind);
	if (rank || a.kind != NUMERIC_FINITE)
		return rank < 0 ? -1 : rank > 0;
	int sign = numeric_sgn(a), other = numeric_sgn(b);
	if (sign != other)
		return sign < other ? -1 : 1;
	int abs = numeric_cmp_abs(a, b);
	return sign < 0 ? -abs : abs;
}

/* -1 -Infinity, 0 finite, 1 Infinity, 2 NaN */
static int text_rank(struct str s)
{
	if (str_is(s, "NaN"))
		return 2;
	if (str_is(s, "Infinity"))
		return 1;
	return str_is(s, "-Infinity") ? -1 : 0;
}

static struct str zeros_cut(struct str fraction)
{
	while (fraction.n && fraction.p[fraction.n - 1] == '0')
		fraction.n--;
	return fraction;
}

int numeric_cmp_text(struct str a, struct str b)
{
	int rank = text_rank(a) - text_rank(b);
	if (rank || text_rank(a))
		return rank < 0 ? -1 : rank > 0;
	struct decimal x, y;
	if (!split_decimal(a, &x) || !split_decimal(b, &y) || x.exponent || y.exponent)
		return str_cmp(a, b);
	x.fraction = zeros_cut(x.fraction);
	y.fraction = zeros_cut(y.fraction);
	while (x.whole.n && x.whole.p[0] == '0')
		x.whole = str_from(x.whole, 1);
	while (y.whole.n && y.whole.p[0] == '0')
		y.whole = str_from(y.whole, 1);
	bool x_zero = !x.whole.n && !x.fraction.n, y_zero = !y.whole.n && !y.fraction.n;
	int x_sign = x_zero ? 0 : x.is_neg ? -1 : 1, y_sign = y_zero ? 0 : y.is_neg ? -1 : 1;
	if (x_sign != y_sign)
		return x_sign < y_sign ? -1 : 1;
	int abs = x.whole.n != y.whole.n ? (x.whole.n < y.whole.n ? -1 : 1)
					 : str_cmp(x.whole, y.whole);
	if (!abs)
		abs = str_cmp(x.fraction, y.fraction);
	abs = abs < 0 ? -1 : abs > 0;
	return x_sign < 0 ? -abs : abs;
}

int numeric_min_scale(struct numeric v)
{
	if (v.n == 0)
		return 0;
	int scale = (v.n - v.weight - 1) * NB_DIGITS;
	if (scale <= 0)
		return 0;
	for (int last = v.d[v.n - 1]; last % 10 == 0; last /= 10)
		scale--;
	return scale;
}
