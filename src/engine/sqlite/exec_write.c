/* INSERT, UPDATE, DELETE and upsert: scan, triggers, check, write. */
#include "base/err.h"
#include "engine/sqlite/exec_fk.h"

#include <string.h>

/* ---- a row: checks ---- */

/* The columns that an UPDATE of the query assigns. */
static const int16_t *set_of(const struct exec_dml *d, enum query_cmd cmd, size_t *ret_n)
{
	bool is_conflict = d->q->cmd == CMD_INSERT && cmd == CMD_UPDATE;
	*ret_n = is_conflict ? d->n_conflict : d->n_assigned;
	return is_conflict ? d->conflict_at : d->assigned;
}

static const char *done_to(enum query_cmd cmd)
{
	return cmd == CMD_DELETE ? "deleted" : "updated";
}

/* BEFORE triggers: 1 the row stays, 0 it is skipped. */
static int before(struct exec_run *run, struct exec_dml *d, enum query_cmd cmd,
		  struct exec_row *row)
{
	size_t n;
	const int16_t *set = set_of(d, cmd, &n);
	if (d->is_by_row && cmd != CMD_INSERT)
		TRY(exec_check_unchanged(run, d->table, row->cells, "updated"));
	int stays = exec_before_row(run, d->table, 'b', cmd, row->cells, set, n);
	if (stays > 0 && d->is_by_row && cmd != CMD_INSERT)
		TRY(exec_check_unchanged(run, d->table, row->cells, done_to(cmd)));
	return stays;
}

/* Triggers, generated columns and every check of a row: 1 it is to be written. */
static int check_row(struct exec_run *run, struct exec_dml *d, enum query_cmd cmd,
		     struct exec_row *row)
{
	struct exec_checks *checks = cmd == CMD_UPDATE ? &d->update_checks : &d->insert_checks;
	int stays = before(run, d, cmd, row);
	if (stays <= 0 || cmd == CMD_DELETE)
		return stays;
	TRY(exec_fill_row(run, d->table, row->cells));
	TRY(exec_checks_run(run, checks, d->table, row->cells));
	TRY(exec_check_row(run, d->table, row->cells));
	return 1;
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
	int stays = check_row(run, d, CMD_UPDATE, row);
	return stays > 0 ? write_update(run, d, row) : stays;
}

static int twice(struct ctx *c)
{
	err_set(c, "21000", "ON CONFLICT DO UPDATE command cannot affect row a second time");
	return err_hint(c,
			"Ensure that no rows proposed for insertion within the same command have "
			"duplicate constrained values.");
}

/* A trigger's statement has put the row there since this one began. */
static bool is_new_here(const struct exec_run *run, int64_t rowid)
{
	return run->frame && rowid_set_has(&run->frame->inserted, rowid);
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
		if (found && (!rowid_set_add(touched, rowid) || is_new_here(run, rowid)))
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

/* INSTEAD OF: the triggers have written, or skipped, the view's row. */
static int write_instead(struct exec_run *run, struct exec_dml *d, struct exec_row *row)
{
	int stays = exec_before_row(run, d->table, 'i', d->q->cmd, row->cells, d->assigned,
				    d->n_assigned);
	if (stays <= 0)
		return stays;
	row->is_written = true;
	row->cmd = d->q->cmd;
	run->affected++;
	return 0;
}

/* The row as it was checked, into the table; then what follows from it. */
static int write_row(struct exec_run *run, struct exec_dml *d, struct exec_row *row,
		     struct rowid_set *touched)
{
	size_t n;
	TRY(write_one(run, d, row, touched));
	TRY(compute_returning(run, d, row));
	const int16_t *set = set_of(d, row->cmd, &n);
	return exec_after_row(run, d->table, row, set, n);
}

/* ---- all rows ---- */

/* Every row is checked before the first is written, so that what the checks read
 * is the state before the statement. A row that fails stops the statement where
 * PostgreSQL would: rows before it are written first and may fail first. */
static int all_at_once(struct exec_run *run, struct exec_dml *d, exec_rows *rows)
{
	ROWID_SET_CLEANUP struct rowid_set touched = { 0 };
	size_t n = 0;
	while (n < rows->n && check_row(run, d, d->q->cmd, &rows->v[n]) > 0)
		n++;
	struct error failed = run->c->err;
	for (size_t i = 0; i < n; i++)
		TRY(write_row(run, d, &rows->v[i], &touched));
	if (n == rows->n)
		return 0;
	run->c->err = failed;
	return -1;
}

/* A trigger sees the rows that were written before its own. */
static int one_by_one(struct exec_run *run, struct exec_dml *d, exec_rows *rows)
{
	ROWID_SET_CLEANUP struct rowid_set touched = { 0 };
	for (size_t i = 0; i < rows->n; i++) {
		int stays = check_row(run, d, d->q->cmd, &rows->v[i]);
		if (stays < 0)
			return -1;
		if (stays)
			TRY(write_row(run, d, &rows->v[i], &touched));
	}
	return 0;
}

static int all_instead(struct exec_run *run, struct exec_dml *d, exec_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		TRY(write_instead(run, d, &rows->v[i]));
		TRY(compute_returning(run, d, &rows->v[i]));
	}
	return 0;
}

static int write_rows(struct exec_run *run, struct exec_dml *d, exec_rows *rows)
{
	EXEC_FRAME_CLEANUP struct exec_frame frame = { 0 };
	if (d->is_instead) {
		TRY(exec_before_triggers(run, d));
		return all_instead(run, d, rows);
	}
	if (!d->is_by_row || run->is_replica)
		return all_at_once(run, d, rows);
	exec_frame_open(run, d->table, &frame);
	int failed = exec_before_triggers(run, d) < 0 ? -1 : one_by_one(run, d, rows);
	run->frame = NULL;
	return failed;
}

/* ---- the statement ---- */

/* Errors that a row's own values raise: PostgreSQL, which takes row after row, has
 * written the rows before it by then. */
static bool is_row_error(const struct ctx *c)
{
	return err_class_is(c, "22") || err_class_is(c, "23") || err_class_is(c, "42");
}

static bool may_update(const struct exec_dml *d)
{
	return d->q->conflict && d->q->conflict->do_update;
}

/* BEFORE STATEMENT triggers; they run after the scan, which must not see their work. */
int exec_before_triggers(struct exec_run *run, struct exec_dml *d)
{
	if (run->is_batch)
		return 0;
	TRY(exec_before_statement(run, d->table, d->q->cmd, d->assigned, d->n_assigned));
	if (!may_update(d))
		return 0;
	return exec_before_statement(run, d->table, CMD_UPDATE, d->conflict_at, d->n_conflict);
}

int exec_after_triggers(struct exec_run *run, struct exec_dml *d)
{
	if (run->is_batch)
		return 0;
	if (may_update(d))
		TRY(exec_after_statement(run, d->table, CMD_UPDATE, d->conflict_at, d->n_conflict));
	return exec_after_statement(run, d->table, d->q->cmd, d->assigned, d->n_assigned);
}

int exec_dml_run(struct exec_run *run, struct exec_dml *d, exec_rows *ret)
{
	run->written = d->table->rel;
	run->access = &d->q->rtes.v[d->q->result_rte]->access;
	bool has_failed = exec_scan_run(run, d, ret) < 0;
	struct error failed = run->c->err;
	if (has_failed && !is_row_error(run->c))
		return -1;
	TRY(write_rows(run, d, ret));
	if (has_failed) {
		run->c->err = failed;
		return -1;
	}
	return exec_after_triggers(run, d);
}

void exec_returning(const struct exec_dml *d, const struct exec_row *row, struct datum *cells)
{
	for (size_t i = 0; i < d->n_columns; i++)
		cells[i] = row->returning ? row->returning[i] : row->cells[d->returning_cells[i]];
}
