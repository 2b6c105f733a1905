/*
 * Type conversion as PostgreSQL 15 decides it (parse_coerce.c's behaviour):
 * which conversions exist in which context, what they are made of, and the
 * common type of several expressions.
 */
#ifndef SQL_COERCE_H
#define SQL_COERCE_H

#include "sql/ir.h"

struct az;

enum coercion { COERCE_IMPLICIT, COERCE_ASSIGN, COERCE_EXPLICIT };

/* How one type becomes another. */
enum coerce_path { PATH_NONE, PATH_RELABEL, PATH_FUNC, PATH_ARRAY, PATH_IO };

enum coerce_path coerce_find(const struct type *from, const struct type *to, enum coercion ctx,
			     const struct builtin **ret_cast);

/* Whether a value of type from may stand where `to` is wanted. Unknown
 * literals may stand anywhere; pseudo-types accept what they describe. */
bool coerce_can(const struct type *from, const struct type *to, enum coercion ctx);

/* Converts e; the pair must pass coerce_can(). Literals are read now: 22P02
 * and the like with their position. typmod -1 leaves lengths alone. */
int coerce_expr(struct az *z, struct expr *e, struct typeref to, enum coercion ctx,
		struct expr **ret);

/* For an assignment to a column: 42804 "column "x" is of type ...". */
int coerce_to_column(struct az *z, struct expr *e, const char *column, struct typeref to,
		     struct expr **ret);

/* The common type of list (UNION, CASE, VALUES, ...; what names it in errors);
 * `location` of the error is the offending expression's. */
int coerce_common(struct az *z, const exprs *list, const char *what, struct typeref *ret);
/* Converts every item to it. */
int coerce_list(struct az *z, exprs *list, struct typeref to, const char *what);

bool type_is(const struct type *t, const char *name); /* the built-in of that name */
bool type_is_unknown(const struct type *t);
bool type_is_row(const struct type *t); /* record or composite */

#endif
