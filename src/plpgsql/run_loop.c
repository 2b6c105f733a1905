/* Loops. Rows and array elements are read before the body first runs. */
#include "plpgsql/run_int.h"
#include "value/array.h"

/* What the body's end means for the loop: true to go on with the next turn. */
static bool goes_on(struct frame *f, const struct pl_loop *l, enum flow *flow)
{
	bool is_ours = !f->exit_label.n || str_eq(f->exit_label, l->label);
	if (*flow == FLOW_NEXT)
		return true;
	if (*flow == FLOW_CONTINUE && is_ours) {
		f->exit_label = (struct str){ 0 };
		*flow = FLOW_NEXT;
		return true;
	}
	if (*flow == FLOW_EXIT && is_ours) {
		f->exit_label = (struct str){ 0 };
		*flow = FLOW_NEXT;
	}
	return false;
}

static int check(struct frame *f)
{
	return f->in->host->check(&f->work, f->in->host->arg);
}

static enum flow run_plain(struct frame *f, const struct pl_stmt *s)
{
	enum flow flow = FLOW_NEXT;
	const struct pl_loop *l = &s->loop;
	for (;;) {
		bool is_true = true, is_null;
		struct arena_mark mark = arena_mark(f->work.arena);
		TRY(check(f));
		if (s->kind == PL_WHILE)
			TRY(pl_eval_bool(f, l->query, &is_true, &is_null));
		arena_rewind(f->work.arena, mark);
		if (!is_true)
			break;
		flow = pl_run_stmts(f, &l->body);
		if (!goes_on(f, l, &flow))
			break;
	}
	return flow;
}

static int bound(struct frame *f, struct pl_expr *e, const char *what, int64_t *ret)
{
	bool is_null;
	TRY(pl_eval_int(f, e, f->in->int4, ret, &is_null));
	if (is_null)
		return err_set(&f->work, "22004", "%s of FOR loop cannot be null", what);
	return 0;
}

static enum flow run_integers(struct frame *f, const struct pl_stmt *s)
{
	const struct pl_loop *l = &s->loop;
	int64_t at, to, by = 1;
	enum flow flow = FLOW_NEXT;
	bool is_found = false;
	TRY(bound(f, l->query, "lower bound", &at));
	TRY(bound(f, l->to, "upper bound", &to));
	if (l->by)
		TRY(bound(f, l->by, "BY value", &by));
	if (by <= 0)
		return err_set(&f->work, "22023", "BY value of FOR loop must be greater than zero");
	by = l->is_reverse ? -by : by;
	for (; l->is_reverse ? at >= to : at <= to; at += by) {
		is_found = true;
		TRY(check(f));
		pl_cell_set(&f->slots[l->var].cell, datum_int(at));
		flow = pl_run_stmts(f, &l->body);
		if (!goes_on(f, l, &flow))
			break;
	}
	if (flow != FLOW_ERROR)
		pl_assign_bool(f, f->in->body->found, is_found);
	return flow;
}

static enum flow run_rows(struct frame *f, const struct pl_loop *l, const struct pl_into *into,
			  const struct row_shape *shape, const struct rowset *rows)
{
	enum flow flow = FLOW_NEXT;
	struct arena_mark mark = arena_mark(f->work.arena);
	if (!rows->rows.n)
		TRY(pl_assign_into(f, into, shape, NULL));
	for (size_t i = 0; i < rows->rows.n; i++) {
		TRY(check(f));
		TRY(pl_assign_into(f, into, shape, rows->rows.v[i]));
		arena_rewind(f->work.arena, mark);
		flow = pl_run_stmts(f, &l->body);
		if (!goes_on(f, l, &flow))
			break;
	}
	if (flow != FLOW_ERROR)
		pl_assign_bool(f, f->in->body->found, rows->rows.n > 0);
	return flow;
}

static enum flow run_query_loop(struct frame *f, const struct pl_stmt *s)
{
	struct plan *p;
	struct rowset rows ROWSET_CLEANUP = { 0 };
	TRY(pl_plan_get(f, s->loop.query, &p));
	if (!p->shape.n)
		return err_set(&f->work, "42601", "cannot open a query without rows as a loop");
	struct row_shape shape = p->shape;
	TRY(pl_rowset_read(f, p, &rows) < 0 ? pl_statement_context(f, s->loop.query) : 0);
	return run_rows(f, &s->loop, &s->loop.targets, &shape, &rows);
}

static enum flow run_execute_loop(struct frame *f, const struct pl_stmt *s)
{
	struct rowset rows ROWSET_CLEANUP = { 0 };
	struct dynamic d DYNAMIC_CLEANUP = { 0 };
	TRY(pl_dynamic_rows(f, s->loop.query, &s->loop.args, &d, &rows));
	return run_rows(f, &s->loop, &s->loop.targets, &d.plan.shape, &rows);
}

static enum flow run_cursor_loop(struct frame *f, const struct pl_stmt *s)
{
	struct cursor *cur;
	struct pl_target target = { s->loop.var, NULL, 0 };
	struct pl_into into = { &target, 1, false };
	TRY(pl_cursor_open(f, s->loop.cursor, &s->loop.args, &cur));
	enum flow flow = run_rows(f, &s->loop, &into, &cur->shape, &cur->rows);
	if (flow != FLOW_ERROR) {
		pl_cursor_close(f, cur);
		pl_cell_set(&f->slots[s->loop.cursor].cell, datum_null());
	}
	return flow;
}

static int element_target(struct frame *f, const struct pl_loop *l, struct datum d,
			  struct typeref t)
{
	struct value v = { d, t };
	struct row_shape shape = { .types = &t, .n = 1 };
	if (l->targets.n == 1)
		return pl_assign_target(f, &l->targets.v[0], v);
	const struct type *base = type_base(t.type);
	if (base->kind != TYPE_COMPOSITE)
		return pl_assign_into(f, &l->targets, &shape, &d);
	const struct row_shape *fields = pl_composite_shape(f, t.type);
	struct datum *cells = arena_array(f->work.arena, fields->n, sizeof(*cells));
	struct plpgsql_host *host = f->in->host;
	if (d.kind != D_NULL)
		TRY(host->explode(&f->work, host->arg, d, fields->types, fields->names, fields->n,
				  cells));
	return pl_assign_into(f, &l->targets, fields, cells);
}

static int check_foreach(struct frame *f, const struct pl_loop *l, const struct value *v,
			 const struct array *a)
{
	if (l->slice < 0 || l->slice > a->ndims)
		return err_set(&f->work, "2202E",
			       "slice dimension (%d) is out of the valid range 0..%d", l->slice,
			       a->ndims);
	const struct var_type *vt = &f->in->types[l->targets.v[0].var];
	bool is_array =
		!vt->is_row && vt->type.type && type_base(vt->type.type)->kind == TYPE_ARRAY;
	(void)v;
	if (l->slice > 0 && !is_array)
		return err_set(&f->work, "42804",
			       "FOREACH ... SLICE loop variable must be of an array type");
	if (l->slice == 0 && is_array)
		return err_set(&f->work, "42804",
			       "FOREACH loop variable must not be of an array type");
	return 0;
}

static enum flow run_slices(struct frame *f, const struct pl_loop *l, const struct array *a,
			    const struct vtype *element, struct typeref whole, struct typeref leaf)
{
	enum flow flow = FLOW_NEXT;
	size_t width = 1;
	for (int i = a->ndims - l->slice; i < a->ndims; i++)
		width *= a->dims[i];
	for (size_t at = 0; at < a->n; at += width) {
		struct arena_mark mark = arena_mark(f->work.arena);
		TRY(check(f));
		struct array part = { .ndims = l->slice, .v = a->v + at, .n = width };
		for (int i = 0; i < l->slice; i++)
			part.dims[i] = a->dims[a->ndims - l->slice + i];
		struct datum d = a->v[at];
		if (l->slice)
			d = datum_text(array_build(f->work.arena, element, &part));
		TRY(element_target(f, l, d, l->slice ? whole : leaf));
		arena_rewind(f->work.arena, mark);
		flow = pl_run_stmts(f, &l->body);
		if (!goes_on(f, l, &flow))
			break;
	}
	return flow;
}

static enum flow run_foreach(struct frame *f, const struct pl_stmt *s)
{
	const struct pl_loop *l = &s->loop;
	struct value v;
	struct array a;
	TRY(pl_eval(f, l->query, &v));
	if (v.d.kind == D_NULL)
		return err_set(&f->work, "22004", "FOREACH expression must not be null");
	const struct type *at = type_base(v.t.type);
	if (at->kind != TYPE_ARRAY)
		return err_set(&f->work, "42804",
			       "FOREACH expression must yield an array, not type %s",
			       type_format(f->work.arena, v.t));
	struct typeref leaf = { at->elem, v.t.typmod };
	struct vtype element = type_vtype(f->work.arena, leaf);
	/* The loop's body may assign to the variable that the array came from. */
	array_open(f->work.arena, &element, str_copy(f->work.arena, v.d.s), &a);
	TRY(check_foreach(f, l, &v, &a));
	enum flow flow = run_slices(f, l, &a, &element, v.t, leaf);
	if (flow != FLOW_ERROR)
		pl_assign_bool(f, f->in->body->found, a.n > 0);
	return flow;
}

enum flow pl_run_loop(struct frame *f, const struct pl_stmt *s)
{
	switch (s->kind) {
	case PL_FOR_INT:
		return run_integers(f, s);
	case PL_FOR_QUERY:
		return run_query_loop(f, s);
	case PL_FOR_EXECUTE:
		return run_execute_loop(f, s);
	case PL_FOR_CURSOR:
		return run_cursor_loop(f, s);
	case PL_FOREACH:
		return run_foreach(f, s);
	default:
		return run_plain(f, s);
	}
}
