/* A function call while its function is looked for. */
#ifndef SQL_ANALYZE_CALL_H
#define SQL_ANALYZE_CALL_H

#include "sql/analyze_int.h"

enum { CALL_ARGS_MAX = 100 };

struct call {
	struct str schema, name;
	int location;
	exprs args;
	const char *names[CALL_ARGS_MAX]; /* NULL: positional */
	int n_named;
	bool is_variadic, is_star, is_distinct;
	bool is_procedure; /* of CALL */
	candidates cands;
	bool exists; /* something has that name */
};

/* Where along the search_path a schema stands for this call, -1: out of sight. */
int az_call_path_pos(const struct az *z, const struct call *call, const char *schema);
/* Fills order: the parameter of each argument; false when an argument has no place
 * or a parameter without default no argument. */
bool az_call_place_args(const struct call *call, const char *const *names, int n, int n_defaults,
			int *order);
/* Adds a candidate unless one earlier in the path takes the same arguments. */
void az_call_add(struct az *z, struct call *call, struct candidate cand);
void az_call_add_users(struct az *z, struct call *call);
/* The call of the project's function that was chosen: EX_CALL. */
int az_call_user(struct az *z, const struct call *call, const struct candidate *cand,
		 struct expr **ret);
/* 42883, 42725 and their kin. */
int az_call_no_function(struct az *z, const struct call *call, bool many);
int az_call_poly_error(struct az *z, const struct call *call, const struct type **actual);
const char *az_call_signature(struct az *z, const struct call *call);
int az_call_read(struct az *z, const struct json *body, struct call *call);

#endif
