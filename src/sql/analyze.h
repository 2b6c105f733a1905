/*
 * Analysis: a raw tree, a catalog and a search_path to the IR. It resolves
 * names and overloads, types every expression as PostgreSQL 15 does (implicit
 * casts, unknown literals and untyped parameters, domains, set operations,
 * polymorphic functions), and notes which columns of which relation are read
 * and written. It checks no privilege and adds no policy: sql/rewrite.h does.
 *
 * Errors carry PostgreSQL's SQLSTATE, text, hint and position: 42P01, 42703,
 * 42702, 42883, 42804, 42803, 42P10, 0A000 for what cannot run, ...
 */
#ifndef SQL_ANALYZE_H
#define SQL_ANALYZE_H

#include "sql/ir.h"

struct ctx;
struct json;

/* A reference from SQL text to a catalog object, with its place in the text:
 * what RENAME patches and DROP ... CASCADE follows. */
struct sql_ref {
	int location; /* byte offset of the object's own name token (not its qualifier) */
	uint32_t rel_oid;
	int16_t attnum; /* 0: the relation itself */
	const struct type *type;
	const struct function *function; /* a call; the rest is zero */
};

/*
 * Names that a function's body brings along: parameters, variables, NEW and OLD,
 * transition tables. They become EX_PARAMs of a known type, whose values the
 * caller binds as cells.
 */
enum name_conflict {
	NAMES_AMBIGUOUS, /* both a variable and a column: 42702, plpgsql's default */
	NAMES_COLUMN,	 /* the column wins: SQL functions, #variable_conflict use_column */
	NAMES_VARIABLE	 /* use_variable */
};
struct name_scope {
	void *arg;
	enum name_conflict on_conflict;
	/* What a dotted name of 1 to 3 parts stands for: 1 with the expression (an
	 * EX_PARAM; for a record an EX_ROW of them, with names) made in c->arena; 0 when
	 * it is none of these names; -1 with an error. NULL: there are none. */
	int (*resolve)(struct ctx *c, void *arg, const struct str *parts, size_t n,
		       struct expr **ret);
	/* A relation that only the body sees; NULL none. NULL: there are none. */
	const struct relation *(*relation)(void *arg, struct str name);
	/* $n as an expression of a known type: 1, 0, -1 as resolve. NULL: text. */
	int (*param)(struct ctx *c, void *arg, int n, struct expr **ret);
};

struct analysis {
	const struct catalog *cat;
	const char *search_path;
	const struct name_scope *names; /* NULL: none */
	struct str text; /* the statement: error positions count its characters; may be empty */
	bool keep_casts; /* casts of constants stay casts: for deparse */
	bool want_refs;
	VEC(struct sql_ref) refs; /* filled when want_refs */
};

/* SELECT, INSERT, UPDATE, DELETE, VALUES, and CALL as a SELECT of the procedure.
 * Parameters $n are untyped text that takes its type from the context, unless
 * an->names knows them; ret->n_params is the highest. */
int analyze_query(struct ctx *c, struct analysis *an, const struct json *stmt, struct query **ret);

/* An expression on one relation's row (a policy, CHECK, generated column,
 * index key): vars are rtes[0] of the query returned in ret_scope, whose
 * where is the expression. want: coerced to this type unless NULL. */
int analyze_row_expr(struct ctx *c, struct analysis *an, struct str text,
		     const struct relation *rel, const struct type *want, struct query **ret_scope);

/* A default: no columns allowed; coerced by assignment to want. */
int analyze_default(struct ctx *c, struct analysis *an, struct str text, struct typeref want,
		    struct expr **ret);

/* Columns by name and type: of a row value, a function's result. */
struct row_column {
	const char *name;
	struct typeref type;
};
typedef VEC(struct row_column) row_columns;

/* The OUT and TABLE parameters of a call (EX_CALL) as columns, polymorphic ones
 * as this call makes them; false when the function has fewer than two and so
 * returns a value, or a row of a named or unknown type. */
bool call_out_columns(struct arena *a, const struct expr *call, row_columns *ret);

/* $1 of type from as it is assigned to a variable of type to: the assignment cast, else
 * by way of text, as plpgsql does. 42804 when there is none; literals have no place. */
int analyze_cast(struct ctx *c, struct analysis *an, struct typeref from, struct typeref to,
		 struct expr **ret);

/* A TypeName node to a type; 42704 when unknown, with position. */
int analyze_type_name(struct ctx *c, struct analysis *an, const struct json *type_name,
		      struct typeref *ret);

#endif
