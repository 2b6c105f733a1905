/*
 * The built-in functions, operators, casts and aggregates: spec/builtins/, one
 * row each, with PostgreSQL's signature and what it takes to run it on an
 * engine without it. Overload resolution, implicit casts, the printers, `check`
 * and the docs all read this table.
 */
#ifndef SQL_BUILTIN_H
#define SQL_BUILTIN_H

#include "base/str.h"
#include "sql/type.h"

struct ctx;

enum builtin_kind {
	BUILTIN_FUNC,
	BUILTIN_OP,
	BUILTIN_CAST,
	BUILTIN_AGG,
	BUILTIN_WINDOW,
	BUILTIN_SRF
};

enum builtin_flag {
	BF_STRICT = 1 << 0,    /* NULL in, NULL out */
	BF_LEAKPROOF = 1 << 1, /* pg_proc.proleakproof: may run on hidden rows */
	BF_RAISES = 1 << 2,    /* can raise an error that depends on its arguments */
	BF_VARIADIC = 1 << 3,  /* the last argument type repeats, one or more */
	BF_COMMUTES = 1 << 4,
	BF_IMPLICIT = 1 << 5, /* casts: everywhere */
	BF_ASSIGN = 1 << 6    /* casts: in assignments; neither: explicit only */
};

enum { BUILTIN_MAX_ARGS = 8 };

struct builtin {
	enum builtin_kind kind;
	const char *schema; /* "pg_catalog", "auth", "extensions" */
	const char *name;   /* function name, operator symbol, or "" for casts */
	uint8_t n_args;
	uint8_t n_defaults; /* trailing arguments that may be left out */
	const struct type
		*args[BUILTIN_MAX_ARGS]; /* pseudo-types allowed: anyelement, anyarray, any */
	const struct type *returns;
	char volatility; /* 'i' 's' 'v' */
	uint32_t flags;
	/*
	 * The SQLite expression: %1..%8 are the printed arguments, %* all of them
	 * comma-separated, %t1 the type of an argument as a string literal the
	 * C functions read, %r the result type likewise. NULL: not runnable there.
	 */
	const char *sqlite;
};

size_t builtin_count(void);
const struct builtin *builtin_at(size_t i);

/* Candidates by name and kind: calls fn for each until it returns false. */
void builtin_each(enum builtin_kind kind, struct str name,
		  bool (*fn)(const struct builtin *, void *), void *arg);

/* The cast function from one built-in type to another (domains stripped), or
 * NULL when there is none in the table; binary-coercible pairs and I/O casts
 * are sql/coerce.h's business. */
const struct builtin *builtin_cast(const struct type *from, const struct type *to);

/* The operator with exactly these argument types, or NULL. */
const struct builtin *builtin_op(const char *symbol, const struct type *left,
				 const struct type *right);

#endif
