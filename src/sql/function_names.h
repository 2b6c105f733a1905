/*
 * The names that the body of an SQL function knows: its input parameters, by
 * name, as function.name, and as $n. They become EX_PARAMs of the parameters'
 * types, numbered from 1 in their order; columns go first (NAMES_COLUMN).
 */
#ifndef SQL_FUNCTION_NAMES_H
#define SQL_FUNCTION_NAMES_H

#include "sql/analyze.h"
#include "sql/parse.h"

struct function_names {
	struct name_scope scope; /* for struct analysis */
	const struct function *f;
	/* Of the input parameters, where f is polymorphic; NULL: as declared. */
	const struct typeref *arg_types;
};

/* ret must not move while its scope is used. */
void function_names_init(struct function_names *ret, const struct function *f,
			 const struct typeref *arg_types);

/* How many input parameters f has, and the i-th of them. */
size_t function_n_inputs(const struct function *f);
const struct func_arg *function_nth_input(const struct function *f, size_t i);

/* The search_path a body runs with: the one of SET, else the caller's. */
const char *function_search_path(const struct function *f, const char *search_path);

/* The statements of an SQL body, offsets counted in it: of BEGIN ATOMIC what is
 * inside, of RETURN expr a SELECT of it (its text then is not the body's own, and
 * its offset is so that positions fall on the expression). Errors as sql_split(). */
int function_statements(struct ctx *c, const struct function *f, sql_stmts *ret);

/* A plpgsql body that is BEGIN RETURN expr; END and nothing else, as a SELECT of
 * expr; false for any other. */
bool function_only_returns(struct ctx *c, const struct function *f, struct str *ret_select);

#endif
