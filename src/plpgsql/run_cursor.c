/* Cursors: rows read when opened, and a place among them. They end with the call. */
#include "plpgsql/run_int.h"

#include <stdlib.h>
#include <string.h>

static struct cursor *find(struct frame *f, struct str name)
{
	for (struct cursor *cur = f->cursors; cur; cur = cur->next)
		if (str_is(name, cur->name))
			return cur;
	return NULL;
}

static void destroy(struct cursor *cur)
{
	pl_rowset_free(&cur->rows);
	free(cur->name);
	free(cur);
}

void pl_cursor_close(struct frame *f, struct cursor *cur)
{
	struct cursor **at = &f->cursors;
	while (*at != cur)
		at = &(*at)->next;
	*at = cur->next;
	destroy(cur);
}

void pl_cursors_free(struct frame *f)
{
	while (f->cursors)
		pl_cursor_close(f, f->cursors);
}

/* Takes over rows; the shape is copied beside them. */
static struct cursor *add(struct frame *f, struct str name, struct rowset *rows,
			  const struct row_shape *shape)
{
	struct cursor *cur = calloc(1, sizeof(*cur));
	CHECK(cur);
	cur->rows = *rows;
	*rows = (struct rowset){ 0 };
	struct arena *a = cur->rows.arena;
	const char **names = arena_array(a, shape->n, sizeof(*names));
	struct typeref *types = arena_array(a, shape->n, sizeof(*types));
	for (size_t i = 0; i < shape->n; i++) {
		names[i] = arena_strdup(a, shape->names[i]);
		types[i] = shape->types[i];
	}
	cur->shape = (struct row_shape){ names, types, shape->n, false };
	cur->name = strndup(name.p, name.n);
	CHECK(cur->name);
	cur->next = f->cursors;
	f->cursors = cur;
	return cur;
}

/* The portal's name: the variable's value, else one of our own. */
static int portal_name(struct frame *f, int var, struct str *ret)
{
	struct datum d = f->slots[var].cell.d;
	if (d.kind == D_TEXT) {
		*ret = str_copy(f->work.arena, d.s);
		if (find(f, *ret))
			return err_set(&f->work, "42P03", "cursor \"%.*s\" already in use",
				       STR_ARG(*ret));
		return 0;
	}
	const struct pl_var *v = &f->in->body->vars.v[var];
	if (v->cursor)
		*ret = v->name;
	else
		*ret = str_of(arena_printf(f->work.arena, "<unnamed portal %d>", ++f->n_cursors));
	if (find(f, *ret))
		return err_set(&f->work, "42P03", "cursor \"%.*s\" already in use", STR_ARG(*ret));
	return 0;
}

int pl_cursor_open(struct frame *f, int var, const struct pl_exprs *args, struct cursor **ret)
{
	const struct pl_cursor *decl = f->in->body->vars.v[var].cursor;
	struct rowset rows ROWSET_CLEANUP = { 0 };
	struct str name;
	struct plan *p;
	TRY(portal_name(f, var, &name));
	struct value *values = arena_array(f->work.arena, args->n, sizeof(*values));
	for (size_t i = 0; i < args->n; i++)
		TRY(pl_eval(f, args->v[i], &values[i]));
	for (size_t i = 0; i < args->n; i++)
		TRY(pl_assign_value(f, decl->args[i], values[i]));
	TRY(pl_plan_get(f, decl->query, &p));
	struct row_shape shape = p->shape;
	if (pl_rowset_read(f, p, &rows) < 0)
		return pl_statement_context(f, decl->query);
	*ret = add(f, name, &rows, &shape);
	pl_cell_set(&f->slots[var].cell, datum_text(name));
	return 0;
}

static int open_text(struct frame *f, const struct pl_stmt *s)
{
	struct rowset rows ROWSET_CLEANUP = { 0 };
	struct dynamic d DYNAMIC_CLEANUP = { 0 };
	struct row_shape shape;
	struct str name;
	TRY(portal_name(f, s->open.cursor, &name));
	if (s->open.is_dynamic) {
		TRY(pl_dynamic_rows(f, s->open.query, &s->open.args, &d, &rows));
		shape = d.plan.shape;
	} else {
		struct plan *p;
		TRY(pl_plan_get(f, s->open.query, &p));
		shape = p->shape;
		if (pl_rowset_read(f, p, &rows) < 0)
			return pl_statement_context(f, s->open.query);
	}
	add(f, name, &rows, &shape);
	pl_cell_set(&f->slots[s->open.cursor].cell, datum_text(name));
	return 0;
}

int pl_run_open(struct frame *f, const struct pl_stmt *s)
{
	struct cursor *cur;
	if (s->open.query)
		return open_text(f, s);
	return pl_cursor_open(f, s->open.cursor, &s->open.args, &cur);
}

static int need_cursor(struct frame *f, int var, struct cursor **ret)
{
	struct datum d = f->slots[var].cell.d;
	if (d.kind != D_TEXT)
		return err_set(&f->work, "22004", "cursor variable \"%.*s\" is null",
			       STR_ARG(f->in->body->vars.v[var].name));
	*ret = find(f, d.s);
	if (!*ret)
		return err_set(&f->work, "34000", "cursor \"%.*s\" does not exist", STR_ARG(d.s));
	return 0;
}

/* Where the cursor goes; rows are 1..n, with 0 before and n + 1 behind them. */
static int64_t destination(const struct cursor *cur, enum pl_fetch direction, int64_t count)
{
	int64_t n = (int64_t)cur->rows.rows.n, to = cur->at;
	if (count == INT64_MAX)
		to = direction == FETCH_BACKWARD ? 0 : n + 1;
	else if (direction == FETCH_ABSOLUTE)
		to = count < 0 ? n + 1 + count : count;
	else
		to = direction == FETCH_BACKWARD ? cur->at - count : cur->at + count;
	return to < 0 ? 0 : to > n + 1 ? n + 1 : to;
}

int pl_run_fetch(struct frame *f, const struct pl_stmt *s)
{
	struct cursor *cur;
	int64_t count = s->fetch.count;
	bool is_null;
	TRY(need_cursor(f, s->fetch.cursor, &cur));
	if (s->fetch.count_expr) {
		TRY(pl_eval_int(f, s->fetch.count_expr, f->in->int4, &count, &is_null));
		if (is_null)
			return err_set(&f->work, "22004",
				       "relative or absolute cursor position is null");
	}
	int64_t before = cur->at, n = (int64_t)cur->rows.rows.n;
	cur->at = destination(cur, s->fetch.direction, count);
	bool is_row = cur->at >= 1 && cur->at <= n;
	int64_t moved = cur->at > before ? cur->at - before : before - cur->at;
	if (s->fetch.is_many && !is_row && moved)
		moved--;
	f->row_count = s->fetch.is_many ? (uint64_t)moved : is_row;
	pl_assign_bool(f, f->in->body->found, f->row_count > 0);
	if (s->fetch.is_move)
		return 0;
	return pl_assign_into(f, &s->fetch.into, &cur->shape,
			      is_row ? cur->rows.rows.v[cur->at - 1] : NULL);
}

int pl_run_close(struct frame *f, const struct pl_stmt *s)
{
	struct cursor *cur;
	TRY(need_cursor(f, s->open.cursor, &cur));
	pl_cursor_close(f, cur);
	return 0;
}
