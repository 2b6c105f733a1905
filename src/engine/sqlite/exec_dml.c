/* INSERT, UPDATE, DELETE and upsert: scan, check, write, foreign keys. */
#include "base/err.h"
#include "engine/sqlite/exec_fk.h"
#include "engine/sqlite/rowid_set.h"

#include <string.h>

/* ---- the plan ---- */

static int make_checks(struct ctx *c, struct exec_plan *p, struct exec_dml *d)
{
	const struct query *q = d->q;
	TRY(exec_checks_make(c, p, q, CHECK_RLS_INSERT, 0, &d->insert_checks));
	TRY(exec_checks_make(c, p, q, CHECK_RLS_UPDATE, 0, &d->update_checks));
	TRY(exec_checks_make(c, p, q, CHECK_VIEW_OPTION, 0, &d->view_checks));
	TRY(exec_checks_make(c, p, q, CHECK_VIEW_CONFLICT, d->at.old, &d->view_conflict));
	return exec_checks_make(c, p, q, CHECK_RLS_CONFLICT_UPDATE_USING, d->at.old,
				&d->conflict_checks);
}

static bool has_cell(const int16_t *cells, size_t n, int16_t cell)
{
	for (size_t i = 0; i < n; i++) {
		if (cells[i] == cell)
			return true;
	}
	return false;
}

int exec_action_update_make(struct ctx *c, struct exec_plan *p, struct exec_table *t,
			    const int16_t *assigned, size_t n, struct exec_stmt *ret)
{
	int16_t *cells = arena_array(c->arena, n + t->n_generated + t->n_touch, sizeof(*cells));
	size_t total = 0;
	for (size_t i = 0; i < n; i++)
		cells[total++] = assigned[i];
	for (size_t i = 0; i < t->n_generated; i++) {
		if (!has_cell(cells, total, t->generated_at[i]))
			cells[total++] = t->generated_at[i];
	}
	for (size_t i = 0; i < t->n_touch; i++) {
		if (!has_cell(cells, total, t->touch_at[i]))
			cells[total++] = t->touch_at[i];
	}
	return exec_update_make(c, p, t, cells, total, ret);
}

static int make_update(struct ctx *c, struct exec_plan *p, struct exec_dml *d,
		       const int16_t *assigned, size_t n)
{
	return exec_action_update_make(c, p, d->table, assigned, n, &d->update);
}

static bool is_arbiter(const struct conflict *cf, const struct exec_unique *u)
{
	if (cf->index)
		return cf->index == u->index || strcmp(cf->index->name, u->index->name) == 0;
	if (cf->constraint)
		return u->constraint == cf->constraint;
	return true;
}

static int make_arbiters(struct ctx *c, struct exec_dml *d)
{
	struct exec_table *t = d->table;
	d->arbiters = arena_array(c->arena, t->n_uniques, sizeof(*d->arbiters));
	for (size_t i = 0; i < t->n_uniques; i++) {
		if (is_arbiter(d->q->conflict, &t->uniques[i]))
			d->arbiters[d->n_arbiters++] = &t->uniques[i];
	}
	return 0;
}

static int make_conflict(struct ctx *c, struct exec_plan *p, struct exec_dml *d)
{
	const struct conflict *cf = d->q->conflict;
	struct row_source from[] = { { d->q->result_rte, d->at.old },
				     { cf->excluded_rte, d->at.excluded } };
	TRY(make_arbiters(c, d));
	if (!cf->do_update)
		return 0;
	if (cf->where) {
		struct query *q = exec_row_query(c, d->q);
		exec_add_target(c, q, cf->where);
		TRY(exec_prepare_query(c, p, q, from, 2, &d->conflict_where));
	}
	struct query *q = exec_row_query(c, d->q);
	TRY(exec_assignments(c, p, d->table->rel, &cf->set, q, &d->conflict_at, &d->n_conflict));
	TRY(exec_prepare_query(c, p, q, from, 2, &d->conflict_set));
	return make_update(c, p, d, d->conflict_at, d->n_conflict);
}

static bool plain_returning(struct ctx *c, struct exec_dml *d)
{
	const struct query *q = d->q;
	int base = q->cmd == CMD_DELETE ? d->at.old : 0;
	int *cells = arena_array(c->arena, q->returning.n, sizeof(*cells));
	for (size_t i = 0; i < q->returning.n; i++) {
		const struct expr *e = q->returning.v[i].expr;
		bool is_column = e->kind == EX_VAR && !e->levels_up && e->rte == q->result_rte &&
				 e->attnum > 0;
		if (!is_column)
			return false;
		cells[i] = base + exec_cell_of(d->table->rel, (int16_t)e->attnum);
	}
	d->returning_cells = cells;
	return true;
}

static int make_returning(struct ctx *c, struct exec_plan *p, struct exec_dml *d)
{
	int *outputs;
	TRY(exec_describe(c, &d->q->returning, false, &d->columns, &outputs, &d->n_columns));
	if (!d->n_columns || plain_returning(c, d))
		return 0;
	struct query *q = exec_row_query(c, d->q);
	for (size_t i = 0; i < d->q->returning.n; i++)
		exec_add_target(c, q, d->q->returning.v[i].expr);
	q->ctes.v = d->q->ctes.v;
	q->ctes.n = d->q->ctes.n;
	return exec_prepare_query(c, p, q, d->sources, d->n_sources, &d->returning);
}

int exec_dml_make(struct ctx *c, struct exec_plan *p, const struct query *q, struct exec_dml **ret)
{
	struct exec_dml *d = ARENA_NEW(c->arena, struct exec_dml);
	const struct relation *rel = q->rtes.v[q->result_rte]->rel;
	d->q = q;
	d->at = exec_layout_of(rel);
	if (rel->kind != REL_TABLE)
		return err_set(c, "0A000", "writing to \"%s\" is not supported on this engine",
			       rel->name);
	TRY(exec_table_get(c, p, rel, &d->table));
	TRY(exec_scan_make(c, p, d));
	TRY(make_checks(c, p, d));
	if (q->cmd == CMD_UPDATE)
		TRY(make_update(c, p, d, d->assigned, d->n_assigned));
	if (q->conflict)
		TRY(make_conflict(c, p, d));
	TRY(make_returning(c, p, d));
	*ret = d;
	return 0;
}

/* ---- a row: checks ---- */

static int check_update(struct exec_run *run, struct exec_dml *d, struct exec_row *row)
{
	bool is_conflict = d->q->cmd == CMD_INSERT;
	TRY(exec_fill_row(run, d->table, row->cells, is_conflict ? d->conflict_at : d->assigned,
			  is_conflict ? d->n_conflict : d->n_assigned));
	TRY(exec_checks_run(run, &d->update_checks, d->table, row->cells));
	return exec_check_row(run, d->table, row->cells);
}

static int check_one(struct exec_run *run, struct exec_dml *d, struct exec_row *row)
{
	if (d->q->cmd == CMD_DELETE)
		return 0;
	if (d->q->cmd == CMD_UPDATE)
		return check_update(run, d, row);
	TRY(exec_fill_row(run, d->table, row->cells, NULL, 0));
	TRY(exec_checks_run(run, &d->insert_checks, d->table, row->cells));
	return exec_check_row(run, d->table, row->cells);
}

/* ---- a row: writing ---- */

static int write_update(struct exec_run *run, struct exec_dml *d, struct exec_row *row)
{
	TRY(exec_update_row(run, d->table, &d->update, row->cells));
	row->is_written = true;
	row->cmd = CMD_UPDATE;
	run->affected++;
	return exec_checks_run(run, &d->view_checks, d->table, row->cells);
}

/* The row that stands in the way: 1 found, 0 none, -1. */
static int find_conflict(struct exec_run *run, struct exec_dml *d, struct exec_row *row,
			 int64_t *ret_rowid)
{
	row->cells[d->at.rowid] = datum_null();
	for (size_t i = 0; i < d->n_arbiters; i++) {
		int found = exec_unique_find(run, d->table, d->arbiters[i], row->cells, ret_rowid);
		if (found)
			return found;
	}
	return 0;
}

static int conflict_applies(struct exec_run *run, struct exec_dml *d, const struct exec_row *row)
{
	if (!d->conflict_where.st)
		return 1;
	TRY(exec_first(run, &d->conflict_where, row->cells));
	int applies = sqlite3_column_int(d->conflict_where.st, 0) != 0;
	sqlite3_reset(d->conflict_where.st);
	return applies;
}

static int update_conflict(struct exec_run *run, struct exec_dml *d, struct exec_row *row,
			   int64_t rowid)
{
	size_t width = (size_t)d->at.n * sizeof(*row->cells);
	memcpy(row->cells + d->at.excluded, row->cells, width);
	TRY(exec_read_row(run, d->table, rowid, row->cells));
	TRY(exec_checks_run(run, &d->conflict_checks, d->table, row->cells));
	TRY(exec_checks_run(run, &d->view_conflict, d->table, row->cells));
	int applies = conflict_applies(run, d, row);
	if (applies <= 0)
		return applies;
	memcpy(row->cells, row->cells + d->at.old, width);
	TRY(exec_first(run, &d->conflict_set, row->cells));
	for (size_t i = 0; i < d->n_conflict; i++)
		row->cells[d->conflict_at[i]] = exec_cell(run, d->conflict_set.st, (int)i);
	sqlite3_reset(d->conflict_set.st);
	TRY(check_update(run, d, row));
	return write_update(run, d, row);
}

static int twice(struct ctx *c)
{
	err_set(c, "21000", "ON CONFLICT DO UPDATE command cannot affect row a second time");
	return err_hint(c,
			"Ensure that no rows proposed for insertion within the same command have "
			"duplicate constrained values.");
}

static int write_insert(struct exec_run *run, struct exec_dml *d, struct exec_row *row,
			struct rowid_set *touched)
{
	const struct conflict *cf = d->q->conflict;
	if (cf) {
		int64_t rowid;
		int found = find_conflict(run, d, row, &rowid);
		if (found < 0)
			return -1;
		if (found && !cf->do_update)
			return 0;
		if (found && !rowid_set_add(touched, rowid))
			return twice(run->c);
		if (found)
			return update_conflict(run, d, row, rowid);
	}
	TRY(exec_insert_row(run, d->table, row->cells));
	if (cf && cf->do_update)
		rowid_set_add(touched, row->cells[d->at.rowid].i);
	row->is_written = true;
	row->cmd = CMD_INSERT;
	run->affected++;
	return exec_checks_run(run, &d->view_checks, d->table, row->cells);
}

static int write_one(struct exec_run *run, struct exec_dml *d, struct exec_row *row,
		     struct rowid_set *touched)
{
	if (d->q->cmd == CMD_INSERT)
		return write_insert(run, d, row, touched);
	if (d->q->cmd == CMD_UPDATE)
		return write_update(run, d, row);
	TRY(exec_delete_row(run, d->table, row->cells));
	row->is_written = true;
	row->cmd = CMD_DELETE;
	run->affected++;
	return 0;
}

/* An error in RETURNING comes before those of the next row. */
static int compute_returning(struct exec_run *run, struct exec_dml *d, struct exec_row *row)
{
	if (!row->is_written || !d->returning.st)
		return 0;
	row->returning = arena_array(run->c->arena, d->n_columns, sizeof(*row->returning));
	TRY(exec_first(run, &d->returning, row->cells));
	for (size_t i = 0; i < d->n_columns; i++)
		row->returning[i] = exec_cell(run, d->returning.st, (int)i);
	sqlite3_reset(d->returning.st);
	return 0;
}

static int write_rows(struct exec_run *run, struct exec_dml *d, exec_rows *rows, size_t n)
{
	ROWID_SET_CLEANUP struct rowid_set touched = { 0 };
	for (size_t i = 0; i < n; i++) {
		TRY(write_one(run, d, &rows->v[i], &touched));
		TRY(compute_returning(run, d, &rows->v[i]));
	}
	return 0;
}

/* Errors that a row's own values raise: PostgreSQL, which takes row after row, has
 * written the rows before it by then. */
static bool is_row_error(const struct ctx *c)
{
	return err_class_is(c, "22") || err_class_is(c, "23") || err_class_is(c, "42");
}

/* Every row is checked before the first is written, so that what the checks read
 * is the state before the statement. A row that fails, in the scan or in a check,
 * stops the statement where PostgreSQL would: rows before it are written first and
 * may fail first. */
int exec_dml_run(struct exec_run *run, struct exec_dml *d, exec_rows *ret)
{
	run->written = d->table->rel;
	run->access = &d->q->rtes.v[d->q->result_rte]->access;
	bool has_failed = exec_scan_run(run, d, ret) < 0;
	struct error failed = run->c->err;
	if (has_failed && !is_row_error(run->c))
		return -1;
	size_t n = 0;
	while (n < ret->n && check_one(run, d, &ret->v[n]) == 0)
		n++;
	if (n < ret->n)
		failed = run->c->err;
	TRY(write_rows(run, d, ret, n));
	if (has_failed || n < ret->n) {
		run->c->err = failed;
		return -1;
	}
	return run->is_fk_later ? 0 : exec_fk_rows(run, d->table, ret);
}

void exec_returning(const struct exec_dml *d, const struct exec_row *row, struct datum *cells)
{
	for (size_t i = 0; i < d->n_columns; i++)
		cells[i] = row->returning ? row->returning[i] : row->cells[d->returning_cells[i]];
}
