/*
 * Integers and floats: input, output, checked arithmetic and PostgreSQL's
 * rounding. Messages name the SQL type: "integer out of range".
 */
#ifndef VALUE_NUMBER_H
#define VALUE_NUMBER_H

#include "base/buf.h"
#include "base/err.h"
#include "value/value.h"

/* Limits and name of an integer type (V_INT2, V_INT4, V_INT8, V_OID). */
struct int_range {
	int64_t min, max;
	const char *name;
};
struct int_range int_range_of(enum value_type id);

/* 22P02 and 22003 as PostgreSQL's int2in, int4in, int8in. */
int int_parse(struct ctx *c, enum value_type id, struct str text, int64_t *ret);

/* 22003 "<type> out of range" unless v fits. */
int int_check(struct ctx *c, enum value_type id, int64_t v, int64_t *ret);

/* op is one of + - * / % ; the result must fit id. 22012, 22003. */
int int_arith(struct ctx *c, enum value_type id, char op, int64_t a, int64_t b, int64_t *ret);

/* Rounds half to even. 22003. */
int int_from_double(struct ctx *c, enum value_type id, double v, int64_t *ret);

/* id is V_FLOAT4 or V_FLOAT8; float4 values are doubles that hold one exactly. */
int float_parse(struct ctx *c, enum value_type id, struct str text, double *ret);

/* Shortest text that reads back as the same value. */
void float_print(struct buf *b, enum value_type id, double v);

/* Rounds to float4 with its range checks (22003), or passes float8. */
int float_fit(struct ctx *c, enum value_type id, double v, double *ret);

/* op is + - * or /. 22003 "value out of range: overflow", 22012. */
int float_arith(struct ctx *c, enum value_type id, char op, double a, double b, double *ret);

/* NaN greatest and equal to itself. */
int float_cmp(double a, double b);

#endif
