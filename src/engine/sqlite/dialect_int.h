/* Between the dialect's own files. */
#ifndef ENGINE_SQLITE_DIALECT_INT_H
#define ENGINE_SQLITE_DIALECT_INT_H

#include "engine/sqlite/dialect.h"

bool sqlite_dialect_expr(struct printer *p, const struct expr *e);
bool sqlite_dialect_rte(struct printer *p, const struct rte *rte, int index);

/* A var of a function in FROM: t0_1.value and the like. False for other rtes. */
bool sqlite_put_function_var(struct printer *p, const struct rte *rte, const struct expr *e);

/* ?n for this value. */
void sqlite_put_bind(struct printer *p, struct bind b);

/* A call of the project's own function: its value, and as a table. */
void sqlite_put_call(struct printer *p, const struct expr *e);
void sqlite_put_call_rows(struct printer *p, const struct rte *rte);

/* An enum's label as a number in the enum's order. */
void sqlite_put_enum_rank(struct printer *p, const struct type *t, const struct expr *e);

/* A built-in by its template; aggregates with their FILTER. */
void sqlite_put_builtin(struct printer *p, const struct expr *e);

/* Whether SQLite's own operator compares stored cells of these types as the
 * built-in operator does. */
bool sqlite_is_native_comparison(const struct builtin *b, const struct type *l,
				 const struct type *r);

/* Where the row of that rte is bound from, or NULL when it is read. */
const struct row_source *sqlite_row_source(const struct printer *p, int levels_up, int rte);

/* ANY/ALL over arrays, IN and ANY/ALL over subqueries. */
void sqlite_put_any_all(struct printer *p, const struct expr *e);
bool sqlite_put_sublink(struct printer *p, const struct expr *e);

#endif
