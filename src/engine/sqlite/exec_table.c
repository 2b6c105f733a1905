/* Writing rows of one table: its statements, made on first use in a plan. */
#include "base/err.h"
#include "engine/sqlite/exec_trigger.h"
#include "sql/analyze.h"

#include <string.h>

struct exec_layout exec_layout_of(const struct relation *rel)
{
	int n = (int)rel->columns.n;
	return (struct exec_layout){
		.n = n,
		.old = n,
		.rowid = 2 * n,
		.excluded = 2 * n + 1,
		.extra = 3 * n + 1,
		.size = 3 * n + 1,
	};
}

int exec_cell_of(const struct relation *rel, int16_t attnum)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (rel->columns.v[i].attnum == attnum)
			return (int)i;
	}
	return -1;
}

/* ---- statements ---- */

static int make_insert(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	BUF_CLEANUP struct buf b = buf_make(EXEC_SQL_MAX);
	buf_puts(&b, "INSERT INTO ");
	sqlite_put_table(&b, t->rel);
	for (int i = 0; i < t->at.n; i++) {
		buf_puts(&b, i ? ", " : " (");
		sqlite_put_column(&b, &t->rel->columns.v[i]);
	}
	buf_puts(&b, t->at.n ? ") VALUES (" : " DEFAULT VALUES");
	for (int i = 0; i < t->at.n; i++)
		buf_printf(&b, "%s?%d", i ? ", " : "", i + 1);
	buf_puts(&b, t->at.n ? ")" : "");
	TRY(exec_prepare_text(c, p, &b, &t->insert));
	for (int i = 0; i < t->at.n; i++)
		exec_add_cell(c, &t->insert, i);
	return 0;
}

static int make_by_rowid(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	BUF_CLEANUP struct buf b = buf_make(EXEC_SQL_MAX);
	buf_puts(&b, "DELETE FROM ");
	sqlite_put_table(&b, t->rel);
	buf_printf(&b, " WHERE %s = ?1", sqlite_rowid_name(t->rel));
	TRY(exec_prepare_text(c, p, &b, &t->erase));
	exec_add_cell(c, &t->erase, t->at.rowid);
	buf_clear(&b);
	buf_puts(&b, "SELECT ");
	for (int i = 0; i < t->at.n; i++) {
		buf_puts(&b, i ? ", " : "");
		sqlite_put_column(&b, &t->rel->columns.v[i]);
	}
	buf_puts(&b, t->at.n ? " FROM " : "NULL FROM ");
	sqlite_put_table(&b, t->rel);
	buf_printf(&b, " WHERE %s = ?1", sqlite_rowid_name(t->rel));
	return exec_prepare_text(c, p, &b, &t->read);
}

int exec_update_make(struct ctx *c, struct exec_plan *p, struct exec_table *t, const int16_t *cells,
		     size_t n, struct exec_stmt *ret)
{
	BUF_CLEANUP struct buf b = buf_make(EXEC_SQL_MAX);
	struct exec_stmt s;
	buf_puts(&b, "UPDATE ");
	sqlite_put_table(&b, t->rel);
	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, i ? ", " : " SET ");
		sqlite_put_column(&b, &t->rel->columns.v[cells[i]]);
		buf_printf(&b, " = ?%zu", i + 1);
	}
	buf_printf(&b, " WHERE %s = ?%zu", sqlite_rowid_name(t->rel), n + 1);
	TRY(exec_prepare_text(c, p, &b, &s));
	for (size_t i = 0; i < n; i++)
		exec_add_cell(c, &s, cells[i]);
	exec_add_cell(c, &s, t->at.rowid);
	*ret = s;
	return 0;
}

/* ---- generated columns, triggers, CHECK ---- */

static int row_expr(struct ctx *c, struct exec_plan *p, const struct relation *rel,
		    const struct stored_sql *sql, const struct type *want, struct query **ret)
{
	struct analysis an = { .cat = p->cat, .search_path = sql->search_path };
	return analyze_row_expr(c, &an, str_of(sql->text), rel, want, ret);
}

/* Several stored expressions on the new row as one statement. */
static int add_row_expr(struct ctx *c, struct exec_plan *p, struct exec_table *t,
			const struct stored_sql *sql, const struct type *want,
			struct query **io_query)
{
	struct query *scope;
	TRY(row_expr(c, p, t->rel, sql, want, &scope));
	if (!*io_query)
		*io_query = exec_row_query(c, scope);
	exec_add_target(c, *io_query, scope->where);
	return 0;
}

static int prepare_new_row(struct ctx *c, struct exec_plan *p, const struct query *q,
			   struct exec_stmt *ret)
{
	struct row_source from = { 0, 0 };
	return exec_prepare_query(c, p, q, &from, 1, ret);
}

static int make_generated(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	struct query *q = NULL;
	t->generated_at = arena_array(c->arena, t->rel->columns.n, sizeof(*t->generated_at));
	for (size_t i = 0; i < t->rel->columns.n; i++) {
		const struct column *col = &t->rel->columns.v[i];
		if (!col->is_generated)
			continue;
		t->generated_at[t->n_generated++] = (int16_t)i;
		TRY(add_row_expr(c, p, t, &col->default_expr, col->type.type, &q));
	}
	return q ? prepare_new_row(c, p, q, &t->generated) : 0;
}

static const struct constraint *next_check(const struct relation *rel, const char *after)
{
	const struct constraint *best = NULL;
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		if (con->kind != CON_CHECK || (after && strcmp(con->name, after) <= 0))
			continue;
		if (!best || strcmp(con->name, best->name) < 0)
			best = con;
	}
	return best;
}

static int make_checks(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	struct query *q = NULL;
	const struct type *boolean = type_of_value(V_BOOL);
	t->check_names = arena_array(c->arena, t->rel->constraints.n, sizeof(*t->check_names));
	const char *name = NULL;
	for (;;) {
		const struct constraint *con = next_check(t->rel, name);
		if (!con)
			break;
		name = t->check_names[t->check.n++] = con->name;
		TRY(add_row_expr(c, p, t, &con->check, boolean, &q));
	}
	return q ? prepare_new_row(c, p, q, &t->check.stmt) : 0;
}

/* moddatetime(column) as an assignment of now(). */
static const struct trigger *next_touch(const struct relation *rel, const struct trigger *after)
{
	const struct trigger *best = NULL;
	for (size_t i = 0; i < rel->triggers.n; i++) {
		const struct trigger *tg = rel->triggers.v[i];
		bool is_touch = tg->timing == 'b' && !tg->is_disabled && tg->n_args == 1 &&
				(tg->events & TRIGGER_UPDATE) &&
				strcmp(tg->function, "moddatetime") == 0;
		if (!is_touch || (after && strcmp(tg->name, after->name) <= 0))
			continue;
		if (!best || strcmp(tg->name, best->name) < 0)
			best = tg;
	}
	return best;
}

static int make_touch(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	struct query *q = NULL;
	t->touch_at = arena_array(c->arena, t->rel->triggers.n, sizeof(*t->touch_at));
	t->touches = arena_array(c->arena, t->rel->triggers.n, sizeof(*t->touches));
	const struct trigger *tg = NULL;
	while ((tg = next_touch(t->rel, tg))) {
		const struct column *col = relation_column(t->rel, str_of(tg->args[0]));
		if (!col)
			return err_set(c, "09000", "\"%s\" has no attribute \"%s\"", t->rel->name,
				       tg->args[0]);
		struct stored_sql now = { "now()", "pg_catalog" };
		t->touches[t->n_touch] = tg;
		t->touch_at[t->n_touch++] = (int16_t)exec_cell_of(t->rel, col->attnum);
		TRY(add_row_expr(c, p, t, &now, col->type.type, &q));
	}
	return q ? prepare_new_row(c, p, q, &t->touch) : 0;
}

static int make_writes(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	TRY(make_insert(c, p, t));
	TRY(make_by_rowid(c, p, t));
	TRY(make_generated(c, p, t));
	TRY(make_checks(c, p, t));
	TRY(make_touch(c, p, t));
	return exec_uniques_make(c, p, t);
}

int exec_table_get(struct ctx *c, struct exec_plan *p, const struct relation *rel,
		   struct exec_table **ret)
{
	for (struct exec_table *t = p->tables; t; t = t->next) {
		if (t->rel == rel) {
			*ret = t;
			return 0;
		}
	}
	struct exec_table *t = ARENA_NEW(p->arena, struct exec_table);
	t->rel = rel;
	t->at = exec_layout_of(rel);
	if (rel->kind == REL_TABLE)
		TRY(make_writes(c, p, t));
	TRY(exec_triggers_make(c, p, t));
	t->next = p->tables;
	p->tables = t;
	if (rel->kind == REL_TABLE)
		TRY(exec_fks_make(c, p, t));
	*ret = t;
	return 0;
}

/* ---- rows ---- */

static int assign(struct exec_run *run, struct exec_stmt *s, const int16_t *at, size_t n,
		  struct datum *cells)
{
	TRY(exec_first(run, s, cells));
	for (size_t i = 0; i < n; i++)
		cells[at[i]] = exec_cell(run, s->st, (int)i);
	sqlite3_reset(s->st);
	return 0;
}

int exec_fill_row(struct exec_run *run, struct exec_table *t, struct datum *cells)
{
	return t->n_generated ? assign(run, &t->generated, t->generated_at, t->n_generated, cells)
			      : 0;
}

static int failing_row(struct exec_run *run, struct exec_table *t, const struct datum *cells)
{
	const char *row = exec_row_text(run, t->rel, cells);
	return row ? err_details(run->c, "Failing row contains %s.", row) : -1;
}

static int check_not_null(struct exec_run *run, struct exec_table *t, const struct datum *cells)
{
	for (int i = 0; i < t->at.n; i++) {
		const struct column *col = &t->rel->columns.v[i];
		if (!col->not_null || cells[i].kind != D_NULL)
			continue;
		err_set(run->c, "23502",
			"null value in column \"%s\" of relation \"%s\" violates not-null "
			"constraint",
			col->name, t->rel->name);
		return failing_row(run, t, cells);
	}
	return 0;
}

int exec_check_row(struct exec_run *run, struct exec_table *t, const struct datum *cells)
{
	TRY(check_not_null(run, t, cells));
	if (!t->check.n)
		return 0;
	size_t failed = t->check.n;
	TRY(exec_first(run, &t->check.stmt, cells));
	for (size_t i = 0; i < t->check.n && failed == t->check.n; i++) {
		/* NULL passes a CHECK */
		if (sqlite3_column_type(t->check.stmt.st, (int)i) != SQLITE_NULL &&
		    sqlite3_column_int(t->check.stmt.st, (int)i) == 0)
			failed = i;
	}
	sqlite3_reset(t->check.stmt.st);
	if (failed == t->check.n)
		return 0;
	err_set(run->c, "23514", "new row for relation \"%s\" violates check constraint \"%s\"",
		t->rel->name, t->check_names[failed]);
	return failing_row(run, t, cells);
}

static int run_write(struct exec_run *run, struct exec_table *t, struct exec_stmt *s,
		     const struct datum *cells)
{
	if (t->has_own_uniques && s != &t->erase)
		TRY(exec_unique_check(run, t, cells));
	TRY(exec_bind(run, s, cells));
	if (sqlite_run(run->c, run->cn, s->st) == 0)
		return 0;
	bool is_unique = (run->cn->last_rc & 0xff) == SQLITE_CONSTRAINT;
	return is_unique ? exec_unique_error(run, t, cells) : -1;
}

int exec_insert_row(struct exec_run *run, struct exec_table *t, struct datum *cells)
{
	cells[t->at.rowid] = datum_null();
	TRY(run_write(run, t, &t->insert, cells));
	int64_t rowid = sqlite3_last_insert_rowid(run->cn->db);
	cells[t->at.rowid] = datum_int(rowid);
	if (run->cn->frames)
		exec_note_write(run, t, rowid, CMD_INSERT);
	return 0;
}

bool exec_same_cell(struct datum a, struct datum b)
{
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case D_NULL:
		return true;
	case D_INT:
		return a.i == b.i;
	case D_REAL:
		return !(a.r < b.r) && !(a.r > b.r);
	default:
		return str_eq(a.s, b.s);
	}
}

/* BEFORE triggers may change any column: an UPDATE of those that did change. */
struct exec_variant {
	struct exec_variant *next;
	uint64_t cells;
	struct exec_stmt update;
};

enum { VARIANTS_MAX = 16 };

static uint64_t changed_cells(const struct exec_table *t, const struct datum *cells)
{
	uint64_t changed = 0;
	if (t->at.n > 64 || t->n_variants >= VARIANTS_MAX)
		return UINT64_MAX;
	for (int i = 0; i < t->at.n; i++) {
		if (!exec_same_cell(cells[i], cells[t->at.old + i]))
			changed |= (uint64_t)1 << i;
	}
	return changed;
}

static int make_variant(struct ctx *c, struct exec_plan *p, struct exec_table *t,
			struct exec_variant *v)
{
	int16_t *cells = arena_array(c->arena, (size_t)t->at.n, sizeof(*cells));
	size_t n = 0;
	for (int i = 0; i < t->at.n; i++) {
		if (v->cells == UINT64_MAX || (v->cells >> i & 1))
			cells[n++] = (int16_t)i;
	}
	TRY(exec_update_make(c, p, t, cells, n, &v->update));
	v->next = t->variants;
	t->variants = v;
	t->n_variants++;
	return 0;
}

/* NULL in *ret: nothing changed. */
static int update_of_changed(struct exec_run *run, struct exec_table *t, const struct datum *cells,
			     struct exec_stmt **ret)
{
	uint64_t changed = changed_cells(t, cells);
	struct exec_variant *v = t->variants;
	*ret = NULL;
	if (!changed)
		return 0;
	while (v && v->cells != changed)
		v = v->next;
	if (!v) {
		struct ctx plan = { .arena = run->p->arena };
		v = ARENA_NEW(plan.arena, struct exec_variant);
		v->cells = changed;
		if (make_variant(&plan, run->p, t, v) < 0) {
			run->c->err = err_copy(run->c->arena, &plan.err);
			return -1;
		}
	}
	*ret = &v->update;
	return 0;
}

int exec_update_row(struct exec_run *run, struct exec_table *t, struct exec_stmt *update,
		    struct datum *cells)
{
	const struct column *key = sqlite_rowid_column(t->rel);
	if (t->before_row & TRIGGER_UPDATE)
		TRY(update_of_changed(run, t, cells, &update));
	if (update)
		TRY(run_write(run, t, update, cells));
	if (run->cn->frames)
		exec_note_write(run, t, cells[t->at.rowid].i, CMD_UPDATE);
	if (key)
		cells[t->at.rowid] = cells[exec_cell_of(t->rel, key->attnum)];
	return 0;
}

int exec_delete_row(struct exec_run *run, struct exec_table *t, const struct datum *cells)
{
	if (run->cn->frames)
		exec_note_write(run, t, cells[t->at.rowid].i, CMD_DELETE);
	return run_write(run, t, &t->erase, cells);
}

int exec_read_row(struct exec_run *run, struct exec_table *t, int64_t rowid, struct datum *cells)
{
	sqlite3_bind_int64(t->read.st, 1, rowid);
	int found = sqlite_step(run->c, run->cn, t->read.st);
	for (int i = 0; i < t->at.n && found > 0; i++)
		cells[t->at.old + i] = exec_cell(run, t->read.st, i);
	cells[t->at.rowid] = datum_int(rowid);
	sqlite3_reset(t->read.st);
	return found;
}
