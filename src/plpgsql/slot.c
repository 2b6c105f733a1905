/* Variables: cells, rows, and assignment with its conversions. */
#include "plpgsql/run_int.h"
#include "sql/coerce.h"

#include <stdlib.h>
#include <string.h>

void pl_cell_set(struct cell *cell, struct datum d)
{
	bool has_bytes = d.kind == D_TEXT || d.kind == D_BLOB;
	if (has_bytes && d.s.n > cell->cap) {
		char *grown = malloc(d.s.n + d.s.n / 2);
		CHECK(grown);
		memcpy(grown, d.s.p, d.s.n);
		free(cell->owned);
		cell->owned = grown;
		cell->cap = d.s.n + d.s.n / 2;
	} else if (has_bytes && d.s.n) {
		memmove(cell->owned, d.s.p, d.s.n);
	}
	cell->d = d;
	if (has_bytes)
		cell->d.s.p = cell->owned ? cell->owned : "";
}

void pl_cell_free(struct cell *cell)
{
	free(cell->owned);
	*cell = (struct cell){ 0 };
}

void pl_slot_clear(struct slot *s)
{
	pl_cell_free(&s->cell);
	for (size_t i = 0; i < s->n_fields; i++)
		pl_cell_free(&s->fields[i]);
	free(s->fields);
	arena_free(s->arena);
	*s = (struct slot){ 0 };
}

bool pl_same_type(struct typeref from, struct typeref to)
{
	return from.type == to.type && (to.typmod == -1 || from.typmod == to.typmod);
}

static struct str var_name(const struct frame *f, int var)
{
	return f->in->body->vars.v[var].name;
}

/* Where no assignment cast leads, PostgreSQL's plpgsql goes by way of text. */
static int through_text(struct frame *f, struct value *v, struct typeref to)
{
	struct str text;
	bool is_row =
		type_base(v->t.type)->kind == TYPE_COMPOSITE || v->t.type->kind == TYPE_PSEUDO;
	if (is_row || coerce_can(v->t.type, to.type, COERCE_ASSIGN))
		return 0;
	TRY(pl_value_text(f, *v, &text));
	*v = (struct value){ datum_text(text), TYPEREF(f->in->text) };
	return 0;
}

int pl_coerce_value(struct frame *f, struct value v, struct typeref to, struct value *ret)
{
	bool is_domain = to.type->kind == TYPE_DOMAIN;
	if (v.t.type == f->in->unknown)
		v.t = TYPEREF(f->in->text);
	if (pl_same_type(v.t, to) || (v.d.kind == D_NULL && !is_domain)) {
		*ret = (struct value){ v.d, to };
		return 0;
	}
	if (v.d.kind != D_NULL)
		TRY(through_text(f, &v, to));
	ret->t = to;
	return f->in->host->coerce(&f->work, f->in->host->arg, v.d, v.t, to, &ret->d);
}

int pl_assign_cell(struct frame *f, struct cell *cell, struct value v, struct typeref to)
{
	struct value done;
	TRY(pl_coerce_value(f, v, to, &done));
	pl_cell_set(cell, done.d);
	return 0;
}

static bool is_composite(const struct type *t)
{
	return type_base(t)->kind == TYPE_COMPOSITE;
}

struct row_shape *pl_relation_shape(struct arena *a, const struct relation *rel)
{
	struct row_shape *shape = ARENA_NEW(a, struct row_shape);
	shape->n = rel->columns.n;
	shape->names = arena_array(a, shape->n, sizeof(*shape->names));
	struct typeref *types = arena_array(a, shape->n, sizeof(*types));
	for (size_t i = 0; i < shape->n; i++) {
		shape->names[i] = rel->columns.v[i].name;
		types[i] = rel->columns.v[i].type;
	}
	shape->types = types;
	return shape;
}

const struct row_shape *pl_composite_shape(struct frame *f, const struct type *t)
{
	return pl_relation_shape(f->work.arena, type_base(t)->row);
}

/* A composite value into a row variable. */
static int assign_composite(struct frame *f, int var, struct value v)
{
	struct var_type *vt = &f->in->types[var];
	struct slot *s = &f->slots[var];
	if (v.d.kind == D_NULL) {
		if (f->in->body->vars.v[var].is_not_null)
			return err_set(&f->work, "22004",
				       "null value cannot be assigned to variable \"%.*s\" "
				       "declared NOT NULL",
				       STR_ARG(var_name(f, var)));
		if (vt->is_record && !is_composite(v.t.type)) {
			s->shape = NULL;
			return 0;
		}
	}
	const struct row_shape *shape = vt->shape;
	if (is_composite(v.t.type))
		shape = pl_composite_shape(f, v.t.type);
	else if (strcmp(v.t.type->name, "record") != 0 && v.d.kind != D_NULL)
		return err_set(&f->work, "42804",
			       "cannot assign non-composite value to a record variable");
	if (!shape)
		return err_set(&f->work, "0A000",
			       "a row without named columns cannot be assigned to record \"%.*s\"",
			       STR_ARG(var_name(f, var)));
	if (v.d.kind == D_NULL)
		return pl_assign_row(f, var, shape, NULL);
	struct datum *cells = arena_array(f->work.arena, shape->n, sizeof(*cells));
	struct plpgsql_host *host = f->in->host;
	TRY(host->explode(&f->work, host->arg, v.d, shape->types, shape->names, shape->n, cells));
	return pl_assign_row(f, var, shape, cells);
}

static int refuse_null(struct frame *f, int var)
{
	return err_set(&f->work, "22004",
		       "null value cannot be assigned to variable \"%.*s\" declared NOT NULL",
		       STR_ARG(var_name(f, var)));
}

int pl_assign_value(struct frame *f, int var, struct value v)
{
	struct var_type *vt = &f->in->types[var];
	if (vt->is_row)
		return assign_composite(f, var, v);
	if (!vt->type.type)
		vt->type = v.t;
	struct value done;
	if (v.d.kind == D_NULL && f->in->body->vars.v[var].is_not_null)
		return refuse_null(f, var);
	TRY(pl_coerce_value(f, v, vt->type, &done));
	pl_cell_set(&f->slots[var].cell, done.d);
	return 0;
}

static bool same_shape(const struct row_shape *a, const struct row_shape *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->types[i].type != b->types[i].type ||
		    a->types[i].typmod != b->types[i].typmod ||
		    strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return true;
}

/* The shape itself if it lasts, else the slot's copy of it. */
static const struct row_shape *keep_shape(struct slot *s, const struct row_shape *shape)
{
	if (shape->is_lasting)
		return shape;
	if (s->shape == &s->own && same_shape(&s->own, shape))
		return &s->own;
	struct arena *old = s->arena;
	s->arena = arena_new(256);
	const char **names = arena_array(s->arena, shape->n, sizeof(*names));
	struct typeref *types = arena_array(s->arena, shape->n, sizeof(*types));
	for (size_t i = 0; i < shape->n; i++) {
		names[i] = arena_strdup(s->arena, shape->names[i]);
		types[i] = shape->types[i];
	}
	s->own = (struct row_shape){ names, types, shape->n, false };
	arena_free(old);
	return &s->own;
}

static void need_fields(struct slot *s, size_t n)
{
	if (n <= s->n_fields)
		return;
	struct cell *grown = calloc(n, sizeof(*grown));
	CHECK(grown);
	if (s->n_fields)
		memcpy(grown, s->fields, s->n_fields * sizeof(*grown));
	free(s->fields);
	s->fields = grown;
	s->n_fields = n;
}

static int assign_fixed_row(struct frame *f, int var, const struct row_shape *shape,
			    const struct datum *cells)
{
	struct slot *s = &f->slots[var];
	const struct row_shape *to = f->in->types[var].shape;
	need_fields(s, to->n);
	struct value *done = arena_array(f->work.arena, to->n, sizeof(*done));
	for (size_t i = 0; i < to->n; i++) {
		struct value v = { datum_null(), to->types[i] };
		if (cells && i < shape->n)
			v = (struct value){ cells[i], shape->types[i] };
		TRY(pl_coerce_value(f, v, to->types[i], &done[i]));
	}
	for (size_t i = 0; i < to->n; i++)
		pl_cell_set(&s->fields[i], done[i].d);
	s->shape = to;
	s->is_null_row = !cells;
	return 0;
}

int pl_assign_row(struct frame *f, int var, const struct row_shape *shape,
		  const struct datum *cells)
{
	struct slot *s = &f->slots[var];
	if (!f->in->types[var].is_record)
		return assign_fixed_row(f, var, shape, cells);
	/* The cells may be this very row's: copy them before the shape goes. */
	size_t n = shape->n;
	struct datum *from = arena_array(f->work.arena, n, sizeof(*from));
	for (size_t i = 0; i < n; i++) {
		from[i] = cells ? cells[i] : datum_null();
		if (from[i].kind == D_TEXT || from[i].kind == D_BLOB)
			from[i].s = str_copy(f->work.arena, from[i].s);
	}
	s->shape = keep_shape(s, shape);
	need_fields(s, n);
	for (size_t i = 0; i < n; i++)
		pl_cell_set(&s->fields[i], from[i]);
	s->is_null_row = !cells;
	return 0;
}

int pl_slot_row_check(struct frame *f, int var)
{
	if (f->slots[var].shape)
		return 0;
	err_set(&f->work, "55000", "record \"%.*s\" is not assigned yet",
		STR_ARG(var_name(f, var)));
	return err_details(&f->work,
			   "The tuple structure of a not-yet-assigned record is indeterminate.");
}

int pl_slot_field(struct frame *f, int var, struct str field, int *ret_index)
{
	TRY(pl_slot_row_check(f, var));
	const struct row_shape *shape = f->slots[var].shape;
	for (size_t i = 0; i < shape->n; i++)
		if (str_is(field, shape->names[i])) {
			*ret_index = (int)i;
			return 0;
		}
	return err_set(&f->work, "42703", "record \"%.*s\" has no field \"%.*s\"",
		       STR_ARG(var_name(f, var)), STR_ARG(field));
}

int pl_row_value(struct frame *f, int var, struct value *ret)
{
	struct slot *s = &f->slots[var];
	struct var_type *vt = &f->in->types[var];
	ret->t = vt->is_record ? TYPEREF(type_builtin(STR("record"))) : vt->type;
	ret->d = datum_null();
	if (!s->shape || s->is_null_row)
		return 0;
	struct datum *cells = arena_array(f->work.arena, s->shape->n, sizeof(*cells));
	for (size_t i = 0; i < s->shape->n; i++)
		cells[i] = s->fields[i].d;
	struct plpgsql_host *host = f->in->host;
	return host->implode(&f->work, host->arg, cells, s->shape->types, s->shape->names,
			     s->shape->n, &ret->d);
}

void pl_assign_bool(struct frame *f, int var, bool is_true)
{
	pl_cell_set(&f->slots[var].cell, datum_bool(is_true));
}

void pl_assign_text(struct frame *f, int var, const char *text)
{
	pl_cell_set(&f->slots[var].cell, text ? datum_text(str_of(text)) : datum_null());
}
