/* RETURN, RETURN NEXT, RETURN QUERY. */
#include "plpgsql/run_int.h"

#include <string.h>

static int mismatch(struct frame *f, const char *message)
{
	return err_set(&f->work, "42804", "%s", message);
}

/* PostgreSQL converts rows by position and only between equal types. */
static int check_shape(struct frame *f, const struct row_shape *from, const struct row_shape *to,
		       const char *message)
{
	struct arena *a = f->work.arena;
	for (size_t i = 0; i < from->n && i < to->n; i++) {
		if (pl_same_type(from->types[i], to->types[i]))
			continue;
		mismatch(f, message);
		return err_details(
			&f->work, "Returned type %s does not match expected type %s in column %zu.",
			type_format(a, from->types[i]), type_format(a, to->types[i]), i + 1);
	}
	if (from->n == to->n)
		return 0;
	mismatch(f, message);
	return err_details(
		&f->work,
		"Number of returned columns (%zu) does not match expected column count (%zu).",
		from->n, to->n);
}

int pl_check_trigger_row(struct frame *f, const struct row_shape *from, const struct row_shape *to)
{
	return check_shape(f, from, to,
			   "returned row structure does not match the structure of the "
			   "triggering table");
}

static int return_row_var(struct frame *f, int var)
{
	struct plpgsql_instance *in = f->in;
	struct slot *s = &f->slots[var];
	f->ret_var = var;
	f->ret_type = in->types[var].is_record ? TYPEREF(type_builtin(STR("record")))
					       : in->types[var].type;
	if (!s->shape && in->types[var].is_record)
		f->ret_var = -1;
	return 0;
}

int pl_run_return(struct frame *f, const struct pl_stmt *s)
{
	struct value v;
	f->has_returned = true;
	f->ret_var = -1;
	pl_cell_set(&f->ret, datum_null());
	f->ret_type = TYPEREF(f->in->unknown);
	if (f->in->is_set || !s->ret.value)
		return 0;
	if (s->ret.var >= 0 && f->in->types[s->ret.var].is_row)
		return return_row_var(f, s->ret.var);
	TRY(pl_eval(f, s->ret.value, &v));
	f->ret_type = v.t;
	pl_cell_set(&f->ret, v.d);
	return 0;
}

static int emit(struct frame *f, const struct datum *cells, size_t n)
{
	if (!f->rows)
		return err_set(&f->work, "0A000",
			       "set-valued function called in context that cannot accept a set");
	return f->rows->row(&f->work, f->rows->arg, cells, n) < 0 ? -1 : 0;
}

/* The current values of OUT parameters and RETURNS TABLE columns. */
static int out_cells(struct frame *f, struct datum *cells)
{
	const struct function *fn = f->in->spec.function;
	size_t n = 0;
	for (int i = 0; i < fn->n_args; i++) {
		if (!strchr("obt", fn->args[i].mode))
			continue;
		int var = f->in->body->args[i];
		if (f->in->types[var].is_row) {
			struct value v;
			TRY(pl_row_value(f, var, &v));
			cells[n++] = v.d;
		} else {
			cells[n++] = f->slots[var].cell.d;
		}
	}
	return 0;
}

static int next_outs(struct frame *f)
{
	size_t n = f->in->result.n;
	struct datum *cells = arena_array(f->work.arena, n, sizeof(*cells));
	TRY(out_cells(f, cells));
	return emit(f, cells, n);
}

static int next_row(struct frame *f, int var)
{
	struct slot *s = &f->slots[var];
	TRY(pl_slot_row_check(f, var));
	const struct row_shape *shape = s->shape;
	if (f->in->result.n)
		TRY(check_shape(f, shape, &f->in->result,
				"wrong record type supplied in RETURN NEXT"));
	struct datum *cells = arena_array(f->work.arena, shape->n, sizeof(*cells));
	for (size_t i = 0; i < shape->n; i++)
		cells[i] = s->is_null_row ? datum_null() : s->fields[i].d;
	return emit(f, cells, shape->n);
}

/* A composite value as a row of the result. */
static int next_composite(struct frame *f, struct value v)
{
	const struct row_shape *shape = &f->in->result;
	const struct type *t = type_base(v.t.type);
	bool is_row = t->kind == TYPE_COMPOSITE || !strcmp(t->name, "record");
	if (!is_row && v.d.kind != D_NULL)
		return mismatch(f, "cannot return non-composite value from function returning "
				   "composite type");
	if (t->kind == TYPE_COMPOSITE)
		TRY(check_shape(f, pl_composite_shape(f, t), shape,
				"wrong record type supplied in RETURN NEXT"));
	struct datum *cells = arena_array(f->work.arena, shape->n, sizeof(*cells));
	struct plpgsql_host *host = f->in->host;
	if (v.d.kind != D_NULL)
		TRY(host->explode(&f->work, host->arg, v.d, shape->types, shape->names, shape->n,
				  cells));
	return emit(f, cells, shape->n);
}

int pl_run_return_next(struct frame *f, const struct pl_stmt *s)
{
	struct value v;
	if (!s->ret.value)
		return next_outs(f);
	if (s->ret.var >= 0 && f->in->types[s->ret.var].is_row)
		return next_row(f, s->ret.var);
	TRY(pl_eval(f, s->ret.value, &v));
	if (f->in->is_row_result)
		return next_composite(f, v);
	TRY(pl_coerce_value(f, v, f->in->spec.result, &v));
	return emit(f, &v.d, 1);
}

struct passing {
	struct frame *f;
	uint64_t rows;
};

static int pass_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct passing *p = arg;
	p->rows++;
	if (p->f->rows)
		return p->f->rows->row(c, p->f->rows->arg, cells, n) < 0 ? -1 : 0;
	return err_set(c, "0A000",
		       "set-valued function called in context that cannot accept a set");
}

static int check_query(struct frame *f, const struct row_shape *shape)
{
	struct row_shape scalar = { NULL, &f->in->spec.result, 1, false };
	const struct row_shape *to = f->in->result.n ? &f->in->result : &scalar;
	if (!f->in->result.n && f->in->is_row_result)
		return 0; /* SETOF record: the caller names the columns */
	return check_shape(f, shape, to, "structure of query does not match function result type");
}

static int query_done(struct frame *f, const struct passing *p)
{
	f->row_count = p->rows;
	pl_assign_bool(f, f->in->body->found, p->rows > 0);
	return 0;
}

static int return_dynamic(struct frame *f, const struct pl_stmt *s)
{
	struct dynamic d DYNAMIC_CLEANUP = { 0 };
	struct passing passing = { f, 0 };
	struct host_sink sink = { &passing, pass_row };
	uint64_t affected;
	bool is_null;
	struct str sql;
	TRY(pl_eval_text(f, s->ret.value, &sql, &is_null));
	if (is_null)
		return err_set(&f->work, "22004", "query string argument of EXECUTE is null");
	TRY(pl_dynamic_using(f, &s->ret.args, &d));
	TRY(pl_dynamic_plan(f, sql, &d));
	TRY(check_query(f, &d.plan.shape));
	if (pl_dynamic_run(f, &d, &sink, &affected) < 0)
		return err_context(&f->work, "SQL statement \"%.*s\"", STR_ARG(sql));
	return query_done(f, &passing);
}

int pl_run_return_query(struct frame *f, const struct pl_stmt *s)
{
	struct plan *p;
	struct passing passing = { f, 0 };
	struct host_sink sink = { &passing, pass_row };
	uint64_t affected;
	if (s->ret.is_dynamic)
		return return_dynamic(f, s);
	TRY(pl_plan_get(f, s->ret.value, &p));
	TRY(check_query(f, &p->shape));
	if (pl_plan_run(f, p, &sink, &affected) < 0)
		return pl_statement_context(f, s->ret.value);
	return query_done(f, &passing);
}

/* The frame's result as a cell of the function's type, in a's memory. */
static int row_result(struct frame *f, struct datum *ret)
{
	struct plpgsql_instance *in = f->in;
	struct plpgsql_host *host = in->host;
	struct slot *s = &f->slots[f->ret_var];
	const char *message = "returned record type does not match expected record type";
	*ret = datum_null();
	if (s->is_null_row)
		return 0;
	if (in->result.n)
		TRY(check_shape(f, s->shape, &in->result, message));
	const struct row_shape *shape = in->result.n ? &in->result : s->shape;
	struct datum *cells = arena_array(f->work.arena, shape->n, sizeof(*cells));
	for (size_t i = 0; i < shape->n; i++)
		cells[i] = s->fields[i].d;
	return host->implode(&f->work, host->arg, cells, shape->types, shape->names, shape->n, ret);
}

static int out_result(struct frame *f, struct datum *ret)
{
	const struct row_shape *shape = &f->in->result;
	struct plpgsql_host *host = f->in->host;
	struct datum *cells = arena_array(f->work.arena, shape->n, sizeof(*cells));
	TRY(out_cells(f, cells));
	if (shape->n == 1) {
		*ret = cells[0];
		return 0;
	}
	return host->implode(&f->work, host->arg, cells, shape->types, shape->names, shape->n, ret);
}

int pl_return_result(struct frame *f, struct datum *ret)
{
	struct plpgsql_instance *in = f->in;
	struct value v = { f->ret.d, f->ret_type };
	f->during = "while casting return value to function's return type";
	*ret = datum_null();
	if (in->is_set)
		return 0;
	if (in->has_outs)
		return out_result(f, ret);
	if (in->is_void) {
		*ret = datum_text(STR("")); /* what void's output function gives */
		return 0;
	}
	if (f->ret_var >= 0) {
		if (!in->is_row_result)
			return mismatch(f,
					"cannot return a row from a function returning a scalar");
		return row_result(f, ret);
	}
	if (!in->is_row_result) {
		TRY(pl_coerce_value(f, v, in->spec.result, &v));
		*ret = v.d;
		return 0;
	}
	const struct type *t = type_base(v.t.type);
	bool is_row = t->kind == TYPE_COMPOSITE || !strcmp(t->name, "record");
	if (v.d.kind != D_NULL && !is_row)
		return mismatch(f, "cannot return non-composite value from function returning "
				   "composite type");
	if (v.d.kind != D_NULL && t->kind == TYPE_COMPOSITE && in->result.n)
		TRY(check_shape(f, pl_composite_shape(f, t), &in->result,
				"returned record type does not match expected record type"));
	*ret = v.d;
	return 0;
}
