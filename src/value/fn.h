/*
 * Every SQL function and operator of PostgreSQL that this library implements,
 * in one table with one C signature, so that an engine registers all of them
 * with a single wrapper and the differential test calls each by name.
 *
 * Names are PostgreSQL's internal ones (pg_proc.prosrc: int4pl, numeric_add,
 * timestamptz_pl_interval, jsonb_contains); where PostgreSQL has none (SQL or
 * parser-level functions) it is the SQL name. Polymorphic functions (arrays,
 * to_jsonb, format, concat, …) take type codes as leading INTEGER arguments:
 * enum value_type, plus VALUE_ARRAY for an array of it; the signature shows
 * each as 'T'.
 */
#ifndef VALUE_FN_H
#define VALUE_FN_H

#include "value/value.h"

enum { VALUE_ARRAY = 256 }; /* added to a type code: array of that type */

/* args[0..nargs-1] in stored form. A strict function is never called with a
 * NULL argument: value_fn_call answers NULL itself. */
typedef int value_fn_body(struct ctx *c, const struct value_env *env, const struct datum *args,
			  int nargs, struct datum *ret);

struct value_fn {
	const char *name;
	/* "result:args", one letter each: b bool, s int2, i int4, l int8, f float4,
	 * d float8, n numeric, t text, p bpchar, c citext, u uuid, D date, M time,
	 * Z timetz, m timestamp, z timestamptz, I interval, j json, J jsonb,
	 * y bytea, T type code, a value of the type code before it, A array of the
	 * type code before it, [x array of x; '?' before the first optional
	 * argument, '*' after the last: it repeats. As a result, 1 and 2 are the type
	 * of the first and second type code, E the first one's element type. */
	const char *sig;
	bool is_strict;
	bool is_volatile; /* random: not deterministic */
	bool uses_env;	  /* reads env: stable, not immutable */
	value_fn_body *body;
};

/* The table, grouped by file; *ret_n rows. Names are not unique: a row per
 * signature. */
const struct value_fn *value_fn_table(size_t *ret_n);

/* The first row with that name which takes nargs arguments, or NULL. */
const struct value_fn *value_fn_find(const char *name, int nargs);

/* Least and most arguments (most is 127 for a repeating last one). */
int value_fn_min_args(const struct value_fn *f);
int value_fn_max_args(const struct value_fn *f);

/* Calls it, with strictness. Errors are the function's. */
int value_fn_call(struct ctx *c, const struct value_fn *f, const struct value_env *env,
		  const struct datum *args, int nargs, struct datum *ret);

/* The vtype that a type code stands for. */
struct vtype value_type_of_code(int64_t code);

#endif
