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
	BUILTIN_SRF,
	BUILTIN_CURRENT /* CURRENT_USER and its kin: a word of the grammar, no function */
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

enum { BUILTIN_MAX_ARGS = 8, BUILTIN_MAX_OUTS = 4 };

struct builtin {
	enum builtin_kind kind;
	const char *schema; /* "pg_catalog", "auth", "extensions" */
	const char *name;   /* function name, operator symbol, or "" for casts */
	uint8_t n_args;
	uint8_t n_defaults; /* trailing arguments that may be left out */
	const struct type
		*args[BUILTIN_MAX_ARGS]; /* pseudo-types allowed: anyelement, anyarray, any */
	const char *arg_names[BUILTIN_MAX_ARGS]; /* NULL where PostgreSQL's are not kept */
	const struct type *returns;
	/* The columns of a function that returns rows of its own shape (json_each). */
	uint8_t n_outs;
	const char *out_names[BUILTIN_MAX_OUTS];
	const struct type *outs[BUILTIN_MAX_OUTS];
	char volatility; /* 'i' 's' 'v' */
	uint32_t flags;
	/*
	 * The SQLite expression. Each argument is printed so that it needs no
	 * parentheses. NULL: not runnable there.
	 *   %1..%8  an argument          %*  all of them, comma-separated
	 *   %t1     its type's code (a T of value/fn.h)   %r  the result type's code
	 *   %#      all arguments, each after its type's code
	 *   %c      ` COLLATE "..."` as argument 1's type needs to compare, or nothing
	 * A C function is bp_ and PostgreSQL's internal name (pg_proc.prosrc);
	 * a set-returning one is a table-valued function with columns c1, c2.
	 * Collations carry pg_type.typname ("numeric", "_int4").
	 *   %f      where an aggregate's FILTER goes; at the end without one
	 * A comparison operator of one type is written natively with the type's
	 * collation, whatever stands here; T of an enum is its oid.
	 */
	const char *sqlite;
};

size_t builtin_count(void);
const struct builtin *builtin_at(size_t i);

/* A name (BUILTIN_FUNC) or symbol (BUILTIN_OP) that PostgreSQL knows and the
 * table does not. */
bool builtin_is_unsupported(enum builtin_kind kind, struct str name);

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
