/* Statements: printed, prepared, bound. */
#include "base/err.h"
#include "engine/sqlite/exec_int.h"

static int own(struct ctx *c, struct exec_plan *p, struct str sql, sqlite3_stmt **ret)
{
	sqlite3_stmt *st;
	TRY(sqlite_prepare(c, p->cn, sql, true, &st));
	VEC_PUSH(p->arena, &p->owned, st);
	*ret = st;
	return 0;
}

static void type_binds(struct ctx *c, struct exec_stmt *s)
{
	s->types = arena_array(c->arena, s->binds.n, sizeof(*s->types));
	for (size_t i = 0; i < s->binds.n; i++) {
		const struct bind *b = &s->binds.v[i];
		if (b->kind == BIND_PARAM && b->type.type)
			s->types[i] = sqlite_vtype(c->arena, b->type);
	}
}

int exec_prepare_query(struct ctx *c, struct exec_plan *p, const struct query *q,
		       const struct row_source *rows, size_t n_rows, struct exec_stmt *ret)
{
	BUF_CLEANUP struct buf sql = buf_make(EXEC_SQL_MAX);
	struct exec_stmt s = { 0 };
	struct sqlite_print sp = {
		.cat = p->cat, .binds = &s.binds, .rows = rows, .n_rows = n_rows
	};
	TRY(sqlite_print_query(c, q, &sp, &sql));
	TRY(own(c, p, buf_view(&sql), &s.st));
	type_binds(c, &s);
	*ret = s;
	return 0;
}

int exec_prepare_text(struct ctx *c, struct exec_plan *p, const struct buf *sql,
		      struct exec_stmt *ret)
{
	struct exec_stmt s = { 0 };
	TRY(own(c, p, buf_view(sql), &s.st));
	*ret = s;
	return 0;
}

void exec_add_cell(struct ctx *c, struct exec_stmt *s, int cell)
{
	struct bind b = { BIND_ROW, cell, { NULL, -1 } };
	VEC_PUSH(c->arena, &s->binds, b);
}

static bool is_plain_text(const struct vtype *t)
{
	return !t->is_array && (t->id == V_UNKNOWN || t->id == V_TEXT);
}

static int bind_param(struct exec_run *run, struct exec_stmt *s, size_t i)
{
	size_t index = (size_t)s->binds.v[i].index - 1;
	struct datum v = datum_null();
	if (index < run->n_params && run->params[index].cell) {
		v = *run->params[index].cell;
	} else if (index < run->n_params && run->params[index].text.p) {
		v = datum_text(run->params[index].text);
		if (!is_plain_text(&s->types[i]))
			TRY(value_in(run->c, &s->types[i], &run->cn->env, v.s, &v));
	}
	sqlite_bind(s->st, (int)i + 1, v);
	return 0;
}

int exec_bind(struct exec_run *run, struct exec_stmt *s, const struct datum *cells)
{
	for (size_t i = 0; i < s->binds.n; i++) {
		if (s->binds.v[i].kind == BIND_PARAM)
			TRY(bind_param(run, s, i));
		else
			sqlite_bind(s->st, (int)i + 1, cells[s->binds.v[i].index]);
	}
	return 0;
}

int exec_first(struct exec_run *run, struct exec_stmt *s, const struct datum *cells)
{
	TRY(exec_bind(run, s, cells));
	int found = sqlite_step(run->c, run->cn, s->st);
	if (found <= 0)
		sqlite3_reset(s->st);
	return found;
}

struct datum exec_cell(struct exec_run *run, sqlite3_stmt *st, int column)
{
	struct datum v = sqlite_cell(st, column);
	if (v.kind == D_TEXT || v.kind == D_BLOB)
		v.s = str_copy(run->c->arena, v.s);
	return v;
}

struct query *exec_row_query(struct ctx *c, const struct query *q)
{
	struct query *row = ARENA_NEW(c->arena, struct query);
	row->cmd = CMD_SELECT;
	row->result_rte = row->source_rte = -1;
	row->rtes.v = q->rtes.v;
	row->rtes.n = q->rtes.n;
	row->ctes.v = q->ctes.v;
	row->ctes.n = q->ctes.n;
	return row;
}

void exec_add_target(struct ctx *c, struct query *q, struct expr *e)
{
	struct target t = { .expr = e, .name = "" };
	VEC_PUSH(c->arena, &q->targets, t);
}
