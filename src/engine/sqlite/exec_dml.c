/* INSERT, UPDATE, DELETE and upsert: what they need to run (exec_write.c). */
#include "base/err.h"
#include "engine/sqlite/exec_fk.h"

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
	size_t total = 0, most = n + t->n_generated + t->n_touch;
	int16_t *cells = arena_array(c->arena, most, sizeof(*cells));
	for (size_t i = 0; i < n; i++) {
		if (!has_cell(cells, total, assigned[i]))
			cells[total++] = assigned[i];
	}
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

/* Whether a trigger may run between two rows' writes. */
static bool is_by_row(const struct exec_dml *d)
{
	const struct exec_table *t = d->table;
	int32_t events = (int32_t)exec_event(d->q->cmd);
	if (d->q->conflict && d->q->conflict->do_update)
		events |= TRIGGER_UPDATE;
	return (t->before_row | t->before_statement) & events;
}

static int make_view_write(struct ctx *c, struct exec_plan *p, struct exec_dml *d)
{
	const struct relation *rel = d->table->rel;
	if (rel->kind != REL_VIEW || !(d->table->instead_row & (int32_t)exec_event(d->q->cmd)))
		return err_set(c, "0A000", "writing to \"%s\" is not supported on this engine",
			       rel->name);
	if (d->q->conflict)
		return err_set(c, "0A000",
			       "ON CONFLICT on a view with INSTEAD OF triggers is not supported");
	d->is_instead = true;
	TRY(exec_scan_make(c, p, d));
	return make_returning(c, p, d);
}

int exec_dml_make(struct ctx *c, struct exec_plan *p, const struct query *q, struct exec_dml **ret)
{
	struct exec_dml *d = ARENA_NEW(c->arena, struct exec_dml);
	const struct relation *rel = q->rtes.v[q->result_rte]->rel;
	*ret = d;
	d->q = q;
	d->at = exec_layout_of(rel);
	TRY(exec_table_get(c, p, rel, &d->table));
	d->is_by_row = is_by_row(d);
	if (rel->kind != REL_TABLE)
		return make_view_write(c, p, d);
	TRY(exec_scan_make(c, p, d));
	TRY(make_checks(c, p, d));
	if (q->cmd == CMD_UPDATE)
		TRY(make_update(c, p, d, d->assigned, d->n_assigned));
	if (q->conflict)
		TRY(make_conflict(c, p, d));
	return make_returning(c, p, d);
}
