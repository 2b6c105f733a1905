#include "value/number.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct int_range int_range_of(enum value_type id)
{
	if (id == V_INT2)
		return (struct int_range){ INT16_MIN, INT16_MAX, "smallint" };
	if (id == V_INT4)
		return (struct int_range){ INT32_MIN, INT32_MAX, "integer" };
	if (id == V_OID)
		return (struct int_range){ 0, UINT32_MAX, "oid" };
	return (struct int_range){ INT64_MIN, INT64_MAX, "bigint" };
}

static int int_syntax(struct ctx *c, const char *name, struct str text)
{
	return err_set(c, "22P02", "invalid input syntax for type %s: \"%.*s\"", name,
		       STR_ARG(text));
}

static int int_overflow(struct ctx *c, const char *name, struct str text)
{
	return err_set(c, "22003", "value \"%.*s\" is out of range for type %s", STR_ARG(text),
		       name);
}

/* An oid reads like strtoul: a sign is allowed and wraps. */
static int64_t wrap_oid(__int128 v)
{
	return v < 0 && v >= INT32_MIN ? (int64_t)(v + ((__int128)1 << 32)) : (int64_t)v;
}

int int_parse(struct ctx *c, enum value_type id, struct str text, int64_t *ret)
{
	struct int_range range = int_range_of(id);
	struct str s = str_trim(text);
	bool is_neg = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_from(s, 1);
	if (!s.n)
		return int_syntax(c, range.name, text);
	__int128 v = 0;
	bool is_over = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!isdigit((unsigned char)s.p[i]))
			return is_over ? int_overflow(c, range.name, text)
				       : int_syntax(c, range.name, text);
		v = v * 10 + (s.p[i] - '0');
		if (v > (__int128)1 << 100) {
			v = (__int128)1 << 100;
			is_over = true;
		}
		if (v > (__int128)range.max + 1)
			is_over = true;
	}
	if (is_neg)
		v = -v;
	if (id == V_OID && v < 0 && v >= INT32_MIN)
		v = wrap_oid(v);
	if (v < range.min || v > range.max)
		return int_overflow(c, range.name, text);
	*ret = (int64_t)v;
	return 0;
}

int int_check(struct ctx *c, enum value_type id, int64_t v, int64_t *ret)
{
	struct int_range range = int_range_of(id);
	if (v < range.min || v > range.max)
		return err_set(c, "22003", "%s out of range", id == V_OID ? "OID" : range.name);
	*ret = v;
	return 0;
}

int int_arith(struct ctx *c, enum value_type id, char op, int64_t a, int64_t b, int64_t *ret)
{
	if ((op == '/' || op == '%') && b == 0)
		return err_set(c, "22012", "division by zero");
	__int128 v;
	switch (op) {
	case '+':
		v = (__int128)a + b;
		break;
	case '-':
		v = (__int128)a - b;
		break;
	case '*':
		v = (__int128)a * b;
		break;
	case '/':
		v = (__int128)a / b;
		break;
	default:
		v = b == -1 ? 0 : a % b;
	}
	struct int_range range = int_range_of(id);
	if (v < range.min || v > range.max)
		return err_set(c, "22003", "%s out of range", range.name);
	*ret = (int64_t)v;
	return 0;
}

int int_from_double(struct ctx *c, enum value_type id, double v, int64_t *ret)
{
	struct int_range range = int_range_of(id);
	double whole = rint(v);
	/* the upper bound itself is not a double for bigint: compare below max + 1 */
	if (isnan(v) || whole < (double)range.min || whole >= -(double)range.min)
		return err_set(c, "22003", "%s out of range", range.name);
	*ret = (int64_t)whole;
	return 0;
}

static const char *float_name(enum value_type id)
{
	return id == V_FLOAT4 ? "real" : "double precision";
}

static bool float_special(struct str s, double *ret)
{
	bool is_neg = s.n && s.p[0] == '-';
	struct str word = s;
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		word = str_from(s, 1);
	if (str_ieq(word, STR("nan")))
		*ret = (double)NAN;
	else if (str_ieq(word, STR("infinity")) || str_ieq(word, STR("inf")))
		*ret = is_neg ? -(double)INFINITY : (double)INFINITY;
	else
		return false;
	return true;
}

int float_parse(struct ctx *c, enum value_type id, struct str text, double *ret)
{
	struct str s = str_trim(text);
	if (float_special(s, ret)) {
		if (isnan(*ret))
			return err_set(c, "0A000", "NaN is not supported for type %s",
				       float_name(id));
		return 0;
	}
	char *z = str_dup(c->arena, s), *end = z;
	errno = 0;
	double v = id == V_FLOAT4 ? (double)strtof(z, &end) : strtod(z, &end);
	if (end != z + s.n || !s.n)
		return err_set(c, "22P02", "invalid input syntax for type %s: \"%.*s\"",
			       float_name(id), STR_ARG(text));
	if (errno == ERANGE && (isinf(v) || fpclassify(v) == FP_ZERO))
		return err_set(c, "22003", "\"%.*s\" is out of range for type %s", STR_ARG(s),
			       float_name(id));
	*ret = v;
	return 0;
}

/* Four times the value of "d.ddde±x", when that is an integer below 2^126. */
static bool times_four(const char *text, __int128 *ret)
{
	__int128 m = 0, limit = (__int128)1 << 122;
	int exponent = 0;
	bool is_neg = *text == '-', in_fraction = false;
	for (text += is_neg; *text && *text != 'e'; text++) {
		in_fraction |= *text == '.';
		if (*text == '.')
			continue;
		m = m * 10 + (*text - '0');
		exponent -= in_fraction;
	}
	exponent += *text ? atoi(text + 1) : 0;
	for (m *= 4; exponent > 0 && m < limit; exponent--)
		m *= 10;
	for (; exponent < 0 && m % 10 == 0; exponent++)
		m /= 10;
	*ret = is_neg ? -m : m;
	return exponent == 0;
}

/* True when the text lies exactly between v and a neighbour: it reads back only
 * by rounding to even, which PostgreSQL's output does not rely on. With at most
 * 17 digits that happens to integers, halves and quarters alone. */
static bool is_tie(enum value_type id, const char *text, double v)
{
	__int128 at;
	if (fabs(v) < 0x1p20 || fabs(v) > 0x1p119 || !times_four(text, &at))
		return false;
	for (int up = 0; up < 2; up++) {
		double end = up ? (double)INFINITY : -(double)INFINITY;
		double next = id == V_FLOAT4 ? (double)nextafterf((float)v, (float)end)
					     : nextafter(v, end);
		bool is_whole = !(rint(v * 2) < v * 2) && !(rint(v * 2) > v * 2) &&
				!(rint(next * 2) < next * 2) && !(rint(next * 2) > next * 2);
		if (is_whole && (__int128)(v * 2) + (__int128)(next * 2) == at)
			return true;
	}
	return false;
}

static bool reads_back(enum value_type id, const char *text, double v)
{
	double back = id == V_FLOAT4 ? (double)strtof(text, NULL) : strtod(text, NULL);
	return !(back < v) && !(back > v) && !is_tie(id, text, v);
}

/* The text with its last digit one up; false when that carries. */
static bool next_decimal(const char *text, char ret[static 40])
{
	memcpy(ret, text, 40);
	char *e = strchr(ret, 'e');
	if (!e || !isdigit((unsigned char)e[-1]) || e[-1] == '9')
		return false;
	e[-1]++;
	return true;
}

/* Shortest "d.ddde±x" that reads back. */
static void shortest(enum value_type id, double v, char text[static 40])
{
	bool is_subnormal = fabs(v) < (id == V_FLOAT4 ? (double)FLT_MIN : DBL_MIN);
	int most = id == V_FLOAT4 ? 9 : 17, sure = id == V_FLOAT4 ? 6 : 15;
	for (int digits = is_subnormal ? 1 : sure; digits <= most; digits++) {
		snprintf(text, 40, "%.*e", digits - 1, v);
		if (reads_back(id, text, v))
			return;
		/* At a power of two the neighbour below is nearer, and the upper of the
		 * two candidates may read back where the nearest does not. */
		char upper[40];
		if (!is_subnormal && next_decimal(text, upper) && reads_back(id, upper, v)) {
			memcpy(text, upper, sizeof(upper));
			return;
		}
	}
}

/* Digits without sign, point and trailing zeros; returns the exponent. */
static int take_digits(const char *text, char digits[static 24], int *ret_n)
{
	int n = 0;
	for (; *text && *text != 'e'; text++)
		if (isdigit((unsigned char)*text))
			digits[n++] = *text;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	*ret_n = n;
	return atoi(text + 1);
}

void float_print(struct buf *b, enum value_type id, double v)
{
	if (isnan(v) || isinf(v)) {
		buf_puts(b, isnan(v) ? "NaN" : v < 0 ? "-Infinity" : "Infinity");
		return;
	}
	if (signbit(v))
		buf_char(b, '-');
	if (fpclassify(v) == FP_ZERO) {
		buf_char(b, '0');
		return;
	}
	char text[40] = "", digits[24];
	shortest(id, v, text);
	int n, exponent = take_digits(text, digits, &n);
	if (exponent < -4 || exponent >= (id == V_FLOAT4 ? 6 : 15)) {
		buf_char(b, digits[0]);
		if (n > 1) {
			buf_char(b, '.');
			buf_put(b, digits + 1, (size_t)n - 1);
		}
		buf_printf(b, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
		return;
	}
	if (exponent < 0) {
		buf_puts(b, "0.");
		for (int i = -1; i > exponent; i--)
			buf_char(b, '0');
		buf_put(b, digits, (size_t)n);
		return;
	}
	for (int i = 0; i <= exponent || i < n; i++) {
		if (i == exponent + 1)
			buf_char(b, '.');
		buf_char(b, i < n ? digits[i] : '0');
	}
}

int float_fit(struct ctx *c, enum value_type id, double v, double *ret)
{
	if (id != V_FLOAT4) {
		*ret = v;
		return 0;
	}
	float f = (float)v;
	if (isinf(f) && !isinf(v))
		return err_set(c, "22003", "value out of range: overflow");
	if (fpclassify(f) == FP_ZERO && fpclassify(v) != FP_ZERO)
		return err_set(c, "22003", "value out of range: underflow");
	*ret = (double)f;
	return 0;
}

int float_arith(struct ctx *c, enum value_type id, char op, double a, double b, double *ret)
{
	bool a_zero = fpclassify(a) == FP_ZERO, b_zero = fpclassify(b) == FP_ZERO;
	if (op == '/' && b_zero && !isnan(a))
		return err_set(c, "22012", "division by zero");
	double v = op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
	if (id == V_FLOAT4)
		v = (double)(float)v;
	if (isinf(v) && !isinf(a) && !isinf(b))
		return err_set(c, "22003", "value out of range: overflow");
	bool is_product = op == '*' || op == '/';
	bool may_vanish = a_zero || (op == '*' && b_zero) || (op == '/' && isinf(b));
	if (is_product && fpclassify(v) == FP_ZERO && !may_vanish)
		return err_set(c, "22003", "value out of range: underflow");
	if (isnan(v))
		return err_set(c, "0A000", "NaN is not supported for type %s", float_name(id));
	*ret = v;
	return 0;
}

int float_cmp(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(a) != 0) - (isnan(b) != 0);
	return a < b ? -1 : a > b;
}
