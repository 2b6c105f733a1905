/* SQL functions: every statement of the body in order; the rows of the last one, if
 * it gives any, are the result. */
#include "base/arena.h"
#include "base/err.h"
#include "engine/sqlite/routine_int.h"
#include "sql/function_names.h"

#include <string.h>

struct sql_body {
	struct function_names names;
	struct query_plan **stmts;
	size_t n;
	bool is_whole_row; /* its one column is the row */
};

static int wrong_result(struct ctx *c, const struct instance *in, const char *detail)
{
	err_set(c, "42P13", "return type mismatch in function declared to return %s",
		type_format(c->arena, in->result));
	return err_details(c, "%s", detail);
}

/* Whether the last statement's columns can be the function's. */
static int check_result(struct ctx *c, struct instance *in)
{
	struct sql_body *b = in->sql;
	const struct result_shape *shape = b->n ? &b->stmts[b->n - 1]->pub.shape : NULL;
	if (!in->columns.n)
		return 0;
	if (!shape || !shape->n)
		return wrong_result(c, in,
				    "Function's final statement must be SELECT or "
				    "INSERT/UPDATE/DELETE RETURNING.");
	const struct type *first = type_base(shape->types[0].type);
	b->is_whole_row = in->is_row && shape->n == 1 &&
			  (first->kind == TYPE_COMPOSITE || first->oid == 2249);
	if (b->is_whole_row || shape->n == in->columns.n)
		return 0;
	return wrong_result(c, in,
			    shape->n < in->columns.n ? "Final statement returns too few columns."
						     : "Final statement returns too many columns.");
}

int sql_body_make(struct ctx *c, struct instance *in)
{
	struct sql_body *b = ARENA_NEW(in->arena, struct sql_body);
	struct ctx own = { .arena = in->arena };
	sql_stmts stmts = { 0 };
	if (function_statements(&own, in->f, &stmts) < 0) {
		c->err = err_copy(c->arena, &own.err);
		return -1;
	}
	in->sql = b;
	function_names_init(&b->names, in->f, in->arg_types);
	b->stmts = arena_array(in->arena, stmts.n + 1, sizeof(struct query_plan *));
	for (size_t i = 0; i < stmts.n; i++) {
		TRY(query_plan_make(c, in, stmts.v[i].text, &b->names.scope, true, &b->stmts[i]));
		b->n++;
	}
	return check_result(c, in);
}

struct result_sink {
	struct instance *in;
	const struct result_shape *shape;
	struct host_sink *to;
	struct datum *cells;
};

static int take_whole_row(struct ctx *c, struct result_sink *r, const struct datum *cells)
{
	size_t n = r->in->columns.n;
	struct typeref *types = arena_array(c->arena, n, sizeof(*types));
	const char **names = arena_array(c->arena, n, sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		types[i] = r->in->columns.v[i].type;
		names[i] = r->in->columns.v[i].name;
	}
	return value_explode(c, r->in->rs->cn, cells[0], types, names, n, r->cells);
}

static int take_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct result_sink *r = arg;
	if (r->in->sql->is_whole_row) {
		TRY(take_whole_row(c, r, cells));
		return r->to->row(c, r->to->arg, r->cells, r->in->columns.n);
	}
	for (size_t i = 0; i < n && i < r->in->columns.n; i++)
		TRY(value_coerce(c, r->in, cells[i], r->shape->types[i], r->in->columns.v[i].type,
				 &r->cells[i]));
	return r->to->row(c, r->to->arg, r->cells, r->in->columns.n);
}

int sql_body_run(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
		 struct host_sink *sink)
{
	struct sql_body *b = in->sql;
	struct result_sink result = { .in = in, .to = sink };
	struct host_sink rows = { &result, take_row };
	result.cells = arena_array(c->arena, in->columns.n + 1, sizeof(*result.cells));
	for (size_t i = 0; i < b->n; i++) {
		bool is_result = i + 1 == b->n && sink && in->columns.n;
		result.shape = &b->stmts[i]->pub.shape;
		TRY(query_plan_run(c, b->stmts[i], args, n, is_result ? &rows : NULL, NULL));
	}
	return 0;
}
