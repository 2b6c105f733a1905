/* Targets with fields and subscripts, and INTO. */
#include "plpgsql/run_int.h"
#include "sql/type.h"
#include "value/array.h"

#include <string.h>

enum { SUBSCRIPT_MAX = 1 << 20 };

static int subscript(struct frame *f, struct pl_expr *e, int64_t *ret)
{
	bool is_null;
	TRY(pl_eval_int(f, e, f->in->int4, ret, &is_null));
	if (is_null)
		return err_set(&f->work, "22004", "array subscript in assignment must not be null");
	return 0;
}

static int out_of_range(struct frame *f)
{
	return err_set(&f->work, "2202E", "array subscript out of range");
}

/* One cell of a one-dimensional array, which grows with NULLs in between. */
static int set_element(struct frame *f, struct array *a, int64_t at, struct datum v)
{
	if (at < 1)
		return err_set(&f->work, "0A000", "arrays that begin below 1 are not supported");
	if (at > SUBSCRIPT_MAX)
		return err_set(&f->work, "54000", "array size exceeds the maximum allowed (%d)",
			       SUBSCRIPT_MAX);
	if ((size_t)at > a->n) {
		struct datum *grown = arena_array(f->work.arena, (size_t)at, sizeof(*grown));
		for (size_t i = 0; i < (size_t)at; i++)
			grown[i] = i < a->n ? a->v[i] : datum_null();
		a->v = grown;
		a->n = (size_t)at;
	}
	a->v[at - 1] = v;
	a->ndims = 1;
	a->dims[0] = (uint32_t)a->n;
	return 0;
}

/* [i][j]...: an element that exists. */
static int set_deep(struct frame *f, struct array *a, const int64_t *at, int n, struct datum v)
{
	if (a->ndims != n)
		return err_set(&f->work, "2202E", "wrong number of array subscripts");
	size_t place = 0;
	for (int i = 0; i < n; i++) {
		if (at[i] < 1 || at[i] > a->dims[i])
			return out_of_range(f);
		place = place * a->dims[i] + (size_t)(at[i] - 1);
	}
	a->v[place] = v;
	return 0;
}

static int set_slice(struct frame *f, const struct pl_step *step, struct array *a,
		     const struct vtype *element, struct value v)
{
	int64_t from = 1, to = (int64_t)a->n;
	struct array src;
	if (step->from)
		TRY(subscript(f, step->from, &from));
	if (step->to)
		TRY(subscript(f, step->to, &to));
	if (v.d.kind != D_TEXT)
		return 0;
	array_open(f->work.arena, element, v.d.s, &src);
	if (to < from || a->ndims > 1 || src.ndims > 1)
		return out_of_range(f);
	if ((int64_t)src.n < to - from + 1)
		return err_set(&f->work, "2202E", "source array too small");
	for (int64_t i = from; i <= to; i++)
		TRY(set_element(f, a, i, src.v[i - from]));
	return 0;
}

/* The array in *cell with v stored at the subscripts `steps`. */
static int set_subscripts(struct frame *f, struct cell *cell, struct typeref t,
			  const struct pl_step *steps, size_t n, struct value v)
{
	const struct type *at = type_base(t.type);
	if (at->kind != TYPE_ARRAY)
		return err_set(&f->work, "42804",
			       "cannot subscript type %s because it does not support subscripting",
			       type_format(f->work.arena, t));
	int64_t places[ARRAY_DIMS_MAX];
	if (n > ARRAY_DIMS_MAX)
		return err_set(&f->work, "54000",
			       "number of array dimensions (%zu) exceeds the maximum allowed (%d)",
			       n, ARRAY_DIMS_MAX);
	bool is_slice = steps[0].is_slice;
	struct vtype element = type_vtype(f->work.arena, (struct typeref){ at->elem, t.typmod });
	struct value done;
	TRY(pl_coerce_value(f, v, is_slice ? t : (struct typeref){ at->elem, t.typmod }, &done));
	struct array a = { 0 };
	if (cell->d.kind == D_TEXT)
		array_open(f->work.arena, &element, cell->d.s, &a);
	for (size_t i = 0; i < n && !is_slice; i++)
		TRY(subscript(f, steps[i].from, &places[i]));
	if (is_slice)
		TRY(set_slice(f, steps, &a, &element, done));
	else if (n == 1 && a.ndims <= 1)
		TRY(set_element(f, &a, places[0], done.d));
	else
		TRY(set_deep(f, &a, places, (int)n, done.d));
	pl_cell_set(cell, datum_text(array_build(f->work.arena, &element, &a)));
	return 0;
}

static int set_steps(struct frame *f, struct cell *cell, struct typeref t,
		     const struct pl_step *steps, size_t n, struct value v);

/* A field of a composite cell: taken apart, set, put together. */
static int set_cell_field(struct frame *f, struct cell *cell, struct typeref t,
			  const struct pl_step *steps, size_t n, struct value v)
{
	if (type_base(t.type)->kind != TYPE_COMPOSITE)
		return err_set(
			&f->work, "42804",
			"cannot assign to field \"%.*s\" of a value of type %s, which is not "
			"a composite type",
			STR_ARG(steps[0].field), type_format(f->work.arena, t));
	const struct row_shape *shape = pl_composite_shape(f, t.type);
	struct datum *cells = arena_array(f->work.arena, shape->n, sizeof(*cells));
	struct plpgsql_host *host = f->in->host;
	if (cell->d.kind != D_NULL)
		TRY(host->explode(&f->work, host->arg, cell->d, shape->types, shape->names,
				  shape->n, cells));
	for (size_t i = 0; i < shape->n; i++) {
		if (!str_is(steps[0].field, shape->names[i]))
			continue;
		struct cell field = { .d = cells[i] };
		struct cell copy = { 0 };
		pl_cell_set(&copy, field.d);
		int rc = set_steps(f, &copy, shape->types[i], steps + 1, n - 1, v);
		cells[i] = copy.d;
		if (copy.d.kind == D_TEXT || copy.d.kind == D_BLOB)
			cells[i].s = str_copy(f->work.arena, copy.d.s);
		pl_cell_free(&copy);
		TRY(rc);
		struct datum whole;
		TRY(host->implode(&f->work, host->arg, cells, shape->types, shape->names, shape->n,
				  &whole));
		pl_cell_set(cell, whole);
		return 0;
	}
	return err_set(&f->work, "42703", "column \"%.*s\" does not exist",
		       STR_ARG(steps[0].field));
}

static int set_steps(struct frame *f, struct cell *cell, struct typeref t,
		     const struct pl_step *steps, size_t n, struct value v)
{
	if (n == 0)
		return pl_assign_cell(f, cell, v, t);
	if (steps[0].field.p)
		return set_cell_field(f, cell, t, steps, n, v);
	size_t subscripts = 0;
	while (subscripts < n && !steps[subscripts].field.p)
		subscripts++;
	if (subscripts == n)
		return set_subscripts(f, cell, t, steps, n, v);
	return err_set(&f->work, "0A000", "assignment to a field of an array's element");
}

static int set_row_field(struct frame *f, const struct pl_target *t, struct value v)
{
	int i;
	struct slot *s = &f->slots[t->var];
	if (!t->steps[0].field.p)
		return err_set(&f->work, "42804",
			       "cannot subscript type record because it does not "
			       "support subscripting");
	TRY(pl_slot_field(f, t->var, t->steps[0].field, &i));
	TRY(set_steps(f, &s->fields[i], s->shape->types[i], t->steps + 1, t->n_steps - 1, v));
	s->is_null_row = false;
	return 0;
}

int pl_assign_target(struct frame *f, const struct pl_target *t, struct value v)
{
	struct var_type *vt = &f->in->types[t->var];
	if (!t->n_steps)
		return pl_assign_value(f, t->var, v);
	if (vt->is_row)
		return set_row_field(f, t, v);
	return set_steps(f, &f->slots[t->var].cell, vt->type, t->steps, t->n_steps, v);
}

int pl_assign_into(struct frame *f, const struct pl_into *into, const struct row_shape *shape,
		   const struct datum *cells)
{
	bool is_row = into->n == 1 && !into->v[0].n_steps && f->in->types[into->v[0].var].is_row;
	if (is_row)
		return pl_assign_row(f, into->v[0].var, shape, cells);
	for (size_t i = 0; i < into->n; i++) {
		struct value v = { datum_null(), TYPEREF(f->in->unknown) };
		if (cells && i < shape->n)
			v = (struct value){ cells[i], shape->types[i] };
		TRY(pl_assign_target(f, &into->v[i], v));
	}
	return 0;
}
