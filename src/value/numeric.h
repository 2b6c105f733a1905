/*
 * Exact decimals as PostgreSQL's numeric: base-10000 digits, a display scale,
 * NaN and the infinities, and PostgreSQL's rules for the scale of results.
 *
 * Numbers are values; digits belong to the arena and are never changed once
 * built. Results beyond the format are 22003 "value overflows numeric format".
 */
#ifndef VALUE_NUMERIC_H
#define VALUE_NUMERIC_H

#include "base/err.h"
#include "base/str.h"

enum numeric_kind { NUMERIC_FINITE, NUMERIC_NAN, NUMERIC_PINF, NUMERIC_NINF };

/* A finite value is the sum of d[i] * 10000^(weight - i); zero has n == 0. No
 * leading or trailing zero digit. dscale: decimals shown after the point. */
struct numeric {
	enum numeric_kind kind;
	bool is_neg;
	int weight;
	int dscale;
	int n;
	const int16_t *d;
};

enum { NUMERIC_DSCALE_LIMIT = 16383, NUMERIC_SCALE_CAP = 1000, NUMERIC_SIG_DIGITS = 16 };

/* Input syntax of `'…'::numeric`: 22P02, 22003. */
int numeric_parse(struct ctx *c, struct str text, struct numeric *ret);

/* Text as PostgreSQL prints it, in the arena. */
struct str numeric_print(struct arena *a, struct numeric v);

/* Rounds to the scale of a typmod and checks the precision (22003 "numeric
 * field overflow" with its detail). typmod -1 changes nothing. */
int numeric_fit(struct ctx *c, struct numeric v, int32_t typmod, struct numeric *ret);

struct numeric numeric_from_i64(struct arena *a, int64_t v);
/* Through 15 (float8) or 6 (float4) significant digits, as PostgreSQL casts. */
struct numeric numeric_from_double(struct arena *a, double v, int digits);

/* Rounds half away from zero. 22003 "<type> out of range"; 0A000 for NaN and
 * infinity ("cannot convert NaN to integer"). max bounds the result. */
int numeric_to_i64(struct ctx *c, struct numeric v, const char *type, int64_t min, int64_t max,
		   int64_t *ret);
/* 22003 when beyond double's range. */
int numeric_to_double(struct ctx *c, struct numeric v, double *ret);

/* btree order: NaN equals NaN and is greatest. */
int numeric_cmp(struct numeric a, struct numeric b);
/* The same on two printed texts without building numbers. */
int numeric_cmp_text(struct str a, struct str b);

struct numeric numeric_neg(struct numeric v);
struct numeric numeric_abs(struct numeric v);
struct numeric numeric_sign(struct arena *a, struct numeric v);
int numeric_add(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret);
int numeric_sub(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret);
int numeric_mul(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret);
/* 22012 division by zero. */
int numeric_div(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret);
int numeric_div_trunc(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret);
int numeric_mod(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret);

/* Half away from zero, or towards it; scale may be negative. */
struct numeric numeric_round(struct arena *a, struct numeric v, int scale);
struct numeric numeric_trunc(struct arena *a, struct numeric v, int scale);
struct numeric numeric_ceil(struct arena *a, struct numeric v);
struct numeric numeric_floor(struct arena *a, struct numeric v);

/* 2201F for a negative argument of sqrt and of power, 2201E for logarithms. */
int numeric_sqrt(struct ctx *c, struct numeric v, struct numeric *ret);
int numeric_exp(struct ctx *c, struct numeric v, struct numeric *ret);
int numeric_ln(struct ctx *c, struct numeric v, struct numeric *ret);
int numeric_log(struct ctx *c, struct numeric base, struct numeric v, struct numeric *ret);
int numeric_power(struct ctx *c, struct numeric a, struct numeric b, struct numeric *ret);

/* Digits after the point without trailing zeros. */
int numeric_min_scale(struct numeric v);

#endif
