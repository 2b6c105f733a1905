/* Shared by the numeric_*.c files only. */
#ifndef VALUE_NUMERIC_INT_H
#define VALUE_NUMERIC_INT_H

#include "base/arena.h"
#include "value/numeric.h"

enum { NB = 10000, NB_DIGITS = 4 };

/* Strips zero digits at both ends. */
struct numeric numeric_strip(struct numeric v);

/* Exact arithmetic on finite values; the result's dscale is the caller's. */
struct numeric numeric_add_finite(struct arena *a, struct numeric x, struct numeric y);
struct numeric numeric_mul_finite(struct arena *a, struct numeric x, struct numeric y);
/* The quotient rounded (or cut) to rscale decimals. y is not zero. */
struct numeric numeric_div_finite(struct arena *a, struct numeric x, struct numeric y, int rscale,
				  bool is_rounded);
int numeric_cmp_abs(struct numeric x, struct numeric y);
/* Result scale of x / y. */
int numeric_div_scale(struct numeric x, struct numeric y);

/* Product rounded to rscale. */
struct numeric numeric_mul_round(struct arena *a, struct numeric x, struct numeric y, int rscale);

/* 22003 when the value does not fit the format. */
int numeric_check(struct ctx *c, struct numeric v, struct numeric *ret);

struct numeric numeric_special(enum numeric_kind kind);
struct numeric numeric_zero(int dscale);

/* Sign as a number: -1, 0, 1 (infinities count). */
int numeric_sgn(struct numeric v);

/* Double without overflow errors: may be infinite. */
double numeric_approx(struct numeric v);

#endif
