/*
 * The names that the body of an SQL function knows: its input parameters, by
 * name, as function.name, and as $n. They become EX_PARAMs of the parameters'
 * types, numbered from 1 in their order; columns go first (NAMES_COLUMN).
 */
#ifndef SQL_FUNCTION_NAMES_H
#define SQL_FUNCTION_NAMES_H

#include "sql/analyze.h"

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
const struct func_arg *function_input(const struct function *f, size_t i);

#endif
