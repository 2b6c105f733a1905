/*
 * Inside the analyser: what its files share. A struct az is one run; scopes
 * form a stack, one per query level, each with the names that are visible.
 */
#ifndef SQL_ANALYZE_INT_H
#define SQL_ANALYZE_INT_H

#include "base/err.h"
#include "base/json.h"
#include "sql/analyze.h"
#include "sql/builtin.h"
#include "sql/coerce.h"
#include "sql/ir.h"
#include "sql/parse.h"

/* Where an expression stands: what may be in it and how errors call it. */
enum clause {
	CL_SELECT,
	CL_FROM_FUNC,
	CL_JOIN_ON,
	CL_WHERE,
	CL_GROUP_BY,
	CL_HAVING,
	CL_ORDER_BY,
	CL_DISTINCT_ON,
	CL_LIMIT,
	CL_OFFSET,
	CL_RETURNING,
	CL_VALUES,
	CL_UPDATE,
	CL_FILTER,
	CL_WINDOW,
	CL_ROW, /* an expression on one row: CHECK, policy, generated column, index */
	CL_DEFAULT,
	CL_CALL
};

/* A name in scope and what it stands for, as an expression of its scope's query. */
struct ns_column {
	const char *name;
	struct expr *expr;
};

/* One FROM item (or join) as names see it. */
struct ns_item {
	const char *alias;  /* "" for a join without alias */
	const char *schema; /* relations: also reachable as schema.name; NULL otherwise */
	int rte;	    /* -1 for a join */
	VEC(struct ns_column) cols;
	bool is_rel_visible; /* as alias.column */
	bool is_col_visible; /* as a bare column */
	bool is_lateral_only;
	bool is_lateral_ok;
};
typedef VEC(struct ns_item *) ns_items;

/* A recursive WITH query between its first term and the second. */
struct recursion {
	struct cte *cte;
	const struct json *names; /* AS (a, b) */
	struct typeref *first;	  /* the first term's types */
};

struct scope {
	struct scope *outer;
	struct query *q;
	ns_items items;
	VEC(struct cte *) ctes;
	VEC(struct window *) windows; /* WINDOW clause, named */
	enum clause clause;
	bool has_aggs, has_windows;
	int agg_location; /* of the last one */
	bool is_lateral;  /* a FROM item under way may look at those before it */
	struct recursion *recursion;
	int srf_rte; /* the set-returning function of the SELECT list, -1 none */
};

struct az {
	struct ctx *c;
	struct arena *a;
	struct analysis *an;
	const struct catalog *cat;
	struct scope *scope;
	int depth;
	int n_params;
	int n_copied;		     /* nodes copied by constructs that use an operand again */
	struct recursion *recursion; /* for the next select: it is a recursive query */
};

enum { AZ_DEPTH_MAX = 900, AZ_COPY_MAX = 200000 };

/* ---- errors ---- */
/* Sets the error's position from a byte offset (-1: none); returns -1. */
int az_at(struct az *z, int location);
const char *az_type(struct az *z, const struct type *t); /* format_type */
int64_t node_location(const struct json *body);

/* ---- scopes: analyze_scope.c ---- */
struct scope *scope_push(struct az *z, struct query *q);
void scope_pop(struct az *z);
int query_add_rte(struct az *z, struct query *q, struct rte *r);
struct ns_item *ns_for_rte(struct az *z, struct query *q, int rte);
int ns_check_alias(struct az *z, const ns_items *items, const struct ns_item *add, int location);
int az_column_ref(struct az *z, const struct json *body, struct expr **ret);
/* alias.column by text, for (t).c notation; also marks access. */
struct expr *az_ns_use(struct az *z, struct scope *s, int levels, struct expr *e, int location);
struct ns_item *az_find_item(struct az *z, struct str schema, struct str name, int *ret_levels,
			     int location);
int az_star(struct az *z, const struct json *fields, int location, targets *out);
void az_whole_row(struct az *z, struct scope *s, int levels, struct ns_item *item, int location,
		  struct expr **ret);
void rte_mark(struct az *z, struct rte *r, int attnum);
/* Column i of a whole row, as a plain column. */
struct expr *az_row_column(struct az *z, const struct expr *whole_row, size_t i);
const char *az_row_alias(struct az *z, const struct expr *whole_row);
/* Column names and types of a row-valued expression; false when it has none. */
bool az_row_shape(struct az *z, const struct expr *e, row_columns *ret);
/* PostgreSQL's hint for a column that does not exist. */
void az_hint_column(struct az *z, struct str alias, struct str name);
struct relation *az_relation(struct az *z, struct str schema, struct str name, int location);
struct cte *az_find_cte(struct az *z, struct str name);
void az_ref(struct az *z, int location, uint32_t rel, int16_t attnum, const struct type *t);
void az_ref_function(struct az *z, int location, const struct function *f);
/* Counts the parameters of what an->names made, and puts it at location; 0. */
int az_note_params(struct az *z, struct expr *e, int location);
/* What an->names knows a dotted name as: 1, 0, -1 as name_scope.resolve. */
int az_scope_name(struct az *z, const struct str *parts, size_t n, int location, struct expr **ret);

/* ---- types: analyze_type.c ---- */
int az_type_name(struct az *z, const struct json *type_name, struct typeref *ret);

/* ---- expressions ---- */
int az_expr(struct az *z, const struct json *node, struct expr **ret);
int az_expr_in(struct az *z, const struct json *node, enum clause clause, struct expr **ret);
int az_expr_list(struct az *z, const struct json *list, exprs *ret);
int az_bool_expr(struct az *z, const struct json *node, enum clause clause, const char *what,
		 struct expr **ret);
/* Conversion of e to a boolean; what names the construct ("WHERE", "AND"). */
int az_to_bool(struct az *z, struct expr *e, const char *what, struct expr **ret);
int az_func_call(struct az *z, const struct json *body, struct expr **ret);
/* CALL: the call in a SELECT of its own. */
int az_call_stmt(struct az *z, const struct json *body, struct query **ret);
/* Whether some function of one argument has the name and takes such a row. */
bool az_has_computed(struct az *z, const struct expr *row, struct str name);
/* row.name where name is no column but a function of the row: 1, 0, -1. */
int az_computed(struct az *z, struct expr *row, struct str name, int location, struct expr **ret);
int az_sublink(struct az *z, const struct json *body, struct expr **ret);
/* test = ANY (select), as IN. */
int az_any_sublink(struct az *z, const struct json *subselect, const struct json *test,
		   const char *op, int location, struct expr **ret);
/* A copy of an operand that a construct uses once more. Nested, these multiply:
 * 54001 past a limit. */
int az_copy(struct az *z, const struct expr *e, struct expr **ret);
int az_a_expr(struct az *z, const struct json *body, struct expr **ret);
int az_case(struct az *z, const struct json *body, struct expr **ret);
int az_indirection(struct az *z, const struct json *body, struct expr **ret);
int az_field(struct az *z, struct expr *e, struct str name, int location, struct expr **ret);
int az_type_cast(struct az *z, const struct json *body, struct expr **ret);
int az_array_expr(struct az *z, const struct json *body, const struct type *elem_hint,
		  int32_t typmod, struct expr **ret);
const char *az_clause_name(enum clause clause);

/* An operator on analysed operands (left NULL for prefix). */
int az_op(struct az *z, const char *symbol, struct expr *left, struct expr *right, int location,
	  struct expr **ret);
/* Row comparison: (a, b) op (c, d). */
int az_row_op(struct az *z, const char *symbol, struct expr *left, struct expr *right, int location,
	      struct expr **ret);

/* ---- overloads: resolve.c ---- */
struct candidate {
	const struct builtin *builtin; /* or */
	const struct function *user;
	int n_args; /* after variadic expansion */
	const struct type **args;
	int *order;	   /* named calls: order[i] is the parameter of actual i; NULL positional */
	int n_variadic;	   /* how many actuals the variadic parameter took, 0 none */
	int path_pos;	   /* where along the search_path; pg_catalog 0 */
	bool is_ambiguous; /* another of the same schema takes the same arguments */
};
typedef VEC(struct candidate) candidates;

/* The best of cands for these argument types, or NULL; *ret_many tells "none"
 * from "too many". */
const struct candidate *resolve(const candidates *cands, const struct type **args, int n,
				bool *ret_many);
/* The types that polymorphic parameters stand for. declared is overwritten;
 * returns false when they do not agree. *ret_result: in declared, out actual. */
bool resolve_poly(const struct type **declared, const struct type **actual, int n,
		  const struct type **result);
bool type_is_poly(const struct type *t);

/* The operator for two operands; NULL with an error set (42883, 42725). */
const struct builtin *az_find_op(struct az *z, const char *symbol, const struct type *left,
				 const struct type *right, int location,
				 const struct type *ret_args[2], const struct type **ret_result);

/* ---- queries ---- */
int az_query(struct az *z, const struct json *stmt, struct query **ret);
int az_select(struct az *z, const struct json *body, struct query **ret);
int az_subquery(struct az *z, const struct json *node, struct query **ret);
int az_with(struct az *z, const struct json *with);
/* Columns of an rte that is a function call; coldefs may be NULL. */
int az_function_columns(struct az *z, struct rte *r, const char *name, const struct json *coldefs,
			int location);
int az_from_clause(struct az *z, const struct json *from);
int az_add_relation(struct az *z, const struct json *range_var, int *ret_rte,
		    struct ns_item **ret_item);
int az_target_list(struct az *z, const struct json *list, enum clause clause, targets *ret);
const char *az_target_name(struct az *z, const struct json *res_target);
int az_group(struct az *z, const struct json *body, struct query *q);
int az_check_grouping(struct az *z, struct query *q);
int az_sort(struct az *z, const struct json *sort_clause, struct query *q, sort_keys *ret);
int az_distinct(struct az *z, const struct json *clause, struct query *q);
int az_sort_key(struct az *z, const struct json *sort_by, struct expr *e, struct sort_key *ret);
int az_window_clause(struct az *z, const struct json *list);
int az_over(struct az *z, const struct json *def, struct window **ret);
int az_limit(struct az *z, const struct json *node, const char *what, enum clause clause,
	     struct expr **ret);
int az_insert(struct az *z, const struct json *body, struct query **ret);
int az_update(struct az *z, const struct json *body, struct query **ret);
int az_delete(struct az *z, const struct json *body, struct query **ret);
int az_set_list(struct az *z, const struct json *list, struct query *q, targets *ret);
int az_returning(struct az *z, const struct json *list, struct query *q);
int az_conflict(struct az *z, const struct json *clause, struct query *q);
struct column *az_target_column(struct az *z, const struct relation *rel, struct str name,
				int location);
/* Unknown-typed outputs become text. */
int az_outputs_known(struct az *z, struct query *q);
int az_coerce_outputs(struct az *z, struct query *q, const struct typeref *want, size_t n,
		      bool only_unknown);

#endif
