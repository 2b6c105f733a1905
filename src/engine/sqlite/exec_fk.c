/* Foreign keys: checked and acted on after a statement's last write, without
 * policies, in the order of the rows. An action writes rows of the referencing
 * table, and those rows are then due like any other (a queue, as PostgreSQL's
 * AFTER triggers form one). */
#include "engine/sqlite/exec_fk.h"
#include "base/err.h"

#include <string.h>

/* ---- plans ---- */

static void put_columns_match(struct buf *b, const struct relation *rel, const int16_t *cols,
			      uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		const struct column *col = relation_column_by_attnum(rel, cols[i]);
		const char *collation = sqlite_collation(col->type.type);
		buf_puts(b, i ? " AND " : " WHERE ");
		sqlite_put_column(b, col);
		buf_printf(b, " = ?%d", i + 1);
		if (!collation)
			continue;
		buf_puts(b, " COLLATE ");
		sqlite_put_name(b, collation);
	}
}

/* SELECT what FROM rel WHERE cols = ?1.. */
static int make_find(struct ctx *c, struct exec_plan *p, const struct relation *rel,
		     const char *what, const int16_t *cols, uint16_t n, struct exec_stmt *ret)
{
	BUF_CLEANUP struct buf b = buf_make(EXEC_SQL_MAX);
	buf_printf(&b, "SELECT %s", what);
	if (strcmp(what, "1") != 0) {
		for (size_t i = 0; i < rel->columns.n; i++) {
			buf_puts(&b, ", ");
			sqlite_put_column(&b, &rel->columns.v[i]);
		}
	}
	buf_puts(&b, " FROM ");
	sqlite_put_table(&b, rel);
	put_columns_match(&b, rel, cols, n);
	return exec_prepare_text(c, p, &b, ret);
}

static int make_one(struct ctx *c, struct exec_plan *p, const struct relation *child,
		    const struct constraint *con, struct exec_fk *fk)
{
	fk->con = con;
	fk->child = child;
	fk->parent = catalog_relation_by_oid(p->cat, con->ref_oid);
	if (!fk->parent)
		return 0;
	TRY(make_find(c, p, fk->parent, "1", con->ref_cols, con->n_cols, &fk->find_parent));
	return make_find(c, p, child, sqlite_rowid_name(child), con->cols, con->n_cols,
			 &fk->find_children);
}

static size_t count_fks(const struct relation *rel)
{
	size_t n = 0;
	for (size_t i = 0; i < rel->constraints.n; i++)
		n += rel->constraints.v[i]->kind == CON_FOREIGN;
	return n;
}

static int make_own(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	t->fks = arena_array(c->arena, count_fks(t->rel), sizeof(*t->fks));
	for (size_t i = 0; i < t->rel->constraints.n; i++) {
		const struct constraint *con = t->rel->constraints.v[i];
		if (con->kind == CON_FOREIGN)
			TRY(make_one(c, p, t->rel, con, &t->fks[t->n_fks++]));
	}
	return 0;
}

static bool references(const struct relation *rel, const struct constraint *con, uint32_t oid)
{
	(void)rel;
	return con->kind == CON_FOREIGN && con->ref_oid == oid;
}

static size_t count_refs(const struct catalog *cat, uint32_t oid)
{
	size_t n = 0;
	for (size_t r = 0; r < cat->relations.n; r++) {
		const struct relation *rel = cat->relations.v[r];
		for (size_t i = 0; i < rel->constraints.n; i++)
			n += references(rel, rel->constraints.v[i], oid);
	}
	return n;
}

int exec_fks_make(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	const struct catalog *cat = p->cat;
	TRY(make_own(c, p, t));
	t->refs = arena_array(c->arena, count_refs(cat, t->rel->oid), sizeof(*t->refs));
	for (size_t r = 0; r < cat->relations.n; r++) {
		const struct relation *rel = cat->relations.v[r];
		for (size_t i = 0; i < rel->constraints.n; i++) {
			if (references(rel, rel->constraints.v[i], t->rel->oid))
				TRY(make_one(c, p, rel, rel->constraints.v[i],
					     &t->refs[t->n_refs++]));
		}
	}
	return 0;
}

/* ---- keys ---- */

static void take_key(const struct relation *rel, const int16_t *cols, uint16_t n,
		     const struct datum *cells, struct datum *ret)
{
	for (uint16_t i = 0; i < n; i++)
		ret[i] = cells[exec_cell_of(rel, cols[i])];
}

static unsigned count_nulls(const struct datum *key, uint16_t n)
{
	unsigned nulls = 0;
	for (uint16_t i = 0; i < n; i++)
		nulls += key[i].kind == D_NULL;
	return nulls;
}

static bool same_key(const struct relation *rel, const int16_t *cols, uint16_t n,
		     const struct datum *a, const struct datum *b)
{
	for (uint16_t i = 0; i < n; i++) {
		int cell = exec_cell_of(rel, cols[i]);
		if (!exec_same_cell(a[cell], b[cell]))
			return false;
	}
	return true;
}

static int find(struct exec_run *run, struct exec_stmt *s, const struct datum *key, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		sqlite_bind(s->st, i + 1, key[i]);
	int found = sqlite_step(run->c, run->cn, s->st);
	sqlite3_reset(s->st);
	return found;
}

/* ---- the referencing side ---- */

static int no_parent(struct exec_run *run, const struct exec_fk *fk, const struct datum *key)
{
	const struct constraint *con = fk->con;
	err_set(run->c, "23503",
		"insert or update on table \"%s\" violates foreign key constraint \"%s\"",
		fk->child->name, con->name);
	if (!exec_may_see(run, fk->child, con->cols, con->n_cols))
		return err_details(run->c, "Key is not present in table \"%s\".", fk->parent->name);
	return err_details(run->c, "Key %s is not present in table \"%s\".",
			   exec_key_text(run, fk->child, con->cols, con->n_cols, key),
			   fk->parent->name);
}

int exec_fk_check_child(struct exec_run *run, struct exec_fk *fk, const struct datum *cells)
{
	struct datum key[EXEC_KEY_MAX];
	const struct constraint *con = fk->con;
	if (!fk->parent || con->n_cols > EXEC_KEY_MAX)
		return 0;
	take_key(fk->child, con->cols, con->n_cols, cells, key);
	unsigned nulls = count_nulls(key, con->n_cols);
	if (nulls && con->match == 'f' && nulls < con->n_cols) {
		err_set(run->c, "23503",
			"insert or update on table \"%s\" violates foreign key constraint \"%s\"",
			fk->child->name, con->name);
		return err_details(run->c,
				   "MATCH FULL does not allow mixing of null and nonnull key "
				   "values.");
	}
	if (nulls)
		return 0;
	int found = find(run, &fk->find_parent, key, con->n_cols);
	return found == 0 ? no_parent(run, fk, key) : found < 0 ? -1 : 0;
}

/* ---- the referenced side ---- */

static int still_referenced(struct exec_run *run, const struct exec_fk *fk, const struct datum *key)
{
	const struct constraint *con = fk->con;
	err_set(run->c, "23503",
		"update or delete on table \"%s\" violates foreign key constraint \"%s\" on table "
		"\"%s\"",
		fk->parent->name, con->name, fk->child->name);
	if (!exec_may_see(run, fk->parent, con->ref_cols, con->n_cols))
		return err_details(run->c, "Key is still referenced from table \"%s\".",
				   fk->child->name);
	return err_details(run->c, "Key %s is still referenced from table \"%s\".",
			   exec_key_text(run, fk->parent, con->ref_cols, con->n_cols, key),
			   fk->child->name);
}

int exec_fk_check_parent(struct exec_run *run, struct exec_fk *fk, const struct datum *key)
{
	uint16_t n = fk->con->n_cols;
	/* another row may have taken the key */
	int found = find(run, &fk->find_parent, key, n);
	if (found)
		return found < 0 ? -1 : 0;
	found = find(run, &fk->find_children, key, n);
	return found > 0 ? still_referenced(run, fk, key) : found;
}

static int children(struct exec_run *run, struct exec_fk *fk, struct exec_table *t,
		    const struct datum *key, exec_rows *ret)
{
	sqlite3_stmt *st = fk->find_children.st;
	int more;
	for (uint16_t i = 0; i < fk->con->n_cols; i++)
		sqlite_bind(st, i + 1, key[i]);
	while ((more = sqlite_step(run->c, run->cn, st)) > 0) {
		struct exec_row row = { 0 };
		row.cells = arena_array(run->c->arena, (size_t)t->at.size, sizeof(*row.cells));
		row.cells[t->at.rowid] = sqlite_cell(st, 0);
		for (int i = 0; i < t->at.n; i++)
			row.cells[i] = row.cells[t->at.old + i] = exec_cell(run, st, i + 1);
		VEC_PUSH(run->c->arena, ret, row);
	}
	sqlite3_reset(st);
	return more;
}

static bool is_set_column(const struct constraint *con, int16_t attnum)
{
	for (uint16_t i = 0; i < con->n_set_cols; i++) {
		if (con->set_cols[i] == attnum)
			return true;
	}
	return con->n_set_cols == 0;
}

/* The statement that gives a referencing row its new key. */
static int action_update(struct exec_run *run, struct exec_fk *fk, struct exec_table *t,
			 struct exec_stmt **ret)
{
	if (!fk->set_key.st) {
		struct ctx plan = { .arena = run->p->arena };
		int16_t cells[EXEC_KEY_MAX + 1];
		size_t n = fk->con->n_cols;
		for (size_t i = 0; i < n; i++)
			cells[i] = (int16_t)exec_cell_of(t->rel, fk->con->cols[i]);
		if (exec_action_update_make(&plan, run->p, t, cells, n, &fk->set_key) < 0) {
			run->c->err = err_copy(run->c->arena, &plan.err);
			return -1;
		}
	}
	*ret = &fk->set_key;
	return 0;
}

/* SET DEFAULT's value, computed for this row. */
static int default_cell(struct exec_run *run, struct exec_table *t, int cell, struct datum *ret)
{
	struct ctx plan = { .arena = run->p->arena };
	struct query q = { .cmd = CMD_SELECT, .result_rte = -1, .source_rte = -1 };
	struct exec_stmt s;
	struct expr *e;
	int failed = exec_default_expr(&plan, run->p, &t->rel->columns.v[cell], &e);
	if (!failed) {
		exec_add_target(&plan, &q, e);
		failed = exec_prepare_query(&plan, run->p, &q, NULL, 0, &s);
	}
	if (failed) {
		run->c->err = err_copy(run->c->arena, &plan.err);
		return -1;
	}
	TRY(exec_first(run, &s, NULL));
	*ret = exec_cell(run, s.st, 0);
	sqlite3_reset(s.st);
	return 0;
}

static int new_key(struct exec_run *run, struct exec_fk *fk, struct exec_table *t, char action,
		   const struct datum *parent, bool is_delete, struct datum *cells)
{
	const struct constraint *con = fk->con;
	for (uint16_t i = 0; i < con->n_cols; i++) {
		int cell = exec_cell_of(t->rel, con->cols[i]);
		if (action == 'c')
			cells[cell] = parent[exec_cell_of(fk->parent, con->ref_cols[i])];
		else if (is_delete && !is_set_column(con, con->cols[i]))
			continue;
		else if (action == 'n')
			cells[cell] = datum_null();
		else
			TRY(default_cell(run, t, cell, &cells[cell]));
	}
	return 0;
}

/* The columns that the action assigns. */
static size_t set_columns(const struct exec_fk *fk, const struct exec_table *t, int16_t *ret)
{
	for (uint16_t i = 0; i < fk->con->n_cols; i++)
		ret[i] = (int16_t)exec_cell_of(t->rel, fk->con->cols[i]);
	return fk->con->n_cols;
}

static int update_child(struct exec_run *run, struct exec_fk *fk, struct exec_table *t,
			struct exec_row *row)
{
	struct exec_stmt *update;
	int16_t set[EXEC_KEY_MAX];
	size_t n = set_columns(fk, t, set);
	TRY(action_update(run, fk, t, &update));
	TRY(exec_check_unchanged(run, t, row->cells, "updated"));
	int stays = exec_before_row(run, t, 'b', CMD_UPDATE, row->cells, set, n);
	if (stays <= 0)
		return stays;
	TRY(exec_check_unchanged(run, t, row->cells, "updated"));
	TRY(exec_fill_row(run, t, row->cells));
	TRY(exec_check_row(run, t, row->cells));
	TRY(exec_update_row(run, t, update, row->cells));
	row->is_written = true;
	row->cmd = CMD_UPDATE;
	return exec_after_row(run, t, row, set, n);
}

static int delete_child(struct exec_run *run, struct exec_table *t, struct exec_row *row)
{
	TRY(exec_check_unchanged(run, t, row->cells, "updated"));
	int stays = exec_before_row(run, t, 'b', CMD_DELETE, row->cells, NULL, 0);
	if (stays <= 0)
		return stays;
	TRY(exec_check_unchanged(run, t, row->cells, "deleted"));
	TRY(exec_delete_row(run, t, row->cells));
	row->is_written = true;
	row->cmd = CMD_DELETE;
	return exec_after_row(run, t, row, NULL, 0);
}

static int act_on_child(struct exec_run *run, struct exec_fk *fk, struct exec_table *t, char action,
			const struct exec_row *parent, struct exec_row *row)
{
	bool is_delete = parent->cmd == CMD_DELETE;
	if (is_delete && action == 'c')
		return delete_child(run, t, row);
	TRY(new_key(run, fk, t, action, parent->cells, is_delete, row->cells));
	return update_child(run, fk, t, row);
}

/* The action on every row that references the key, as a statement of its own. */
static int act_on_children(struct exec_run *run, struct exec_fk *fk, struct exec_table *t,
			   char action, const struct exec_row *parent, const struct datum *key)
{
	EXEC_FRAME_CLEANUP struct exec_frame frame = { 0 };
	exec_rows *rows = ARENA_NEW(run->c->arena, exec_rows);
	enum query_cmd cmd = parent->cmd == CMD_DELETE && action == 'c' ? CMD_DELETE : CMD_UPDATE;
	int16_t set[EXEC_KEY_MAX];
	size_t n = set_columns(fk, t, set);
	TRY(children(run, fk, t, key, rows));
	if ((t->before_row | t->before_statement) & (int32_t)exec_event(cmd))
		exec_frame_open(run, t, &frame);
	int failed = exec_before_statement(run, t, cmd, set, n);
	for (size_t i = 0; i < rows->n && !failed; i++)
		failed = act_on_child(run, fk, t, action, parent, &rows->v[i]);
	run->frame = NULL;
	return failed ? -1 : exec_after_statement(run, t, cmd, set, n);
}

static int table_of(struct exec_run *run, const struct relation *rel, struct exec_table **ret)
{
	struct ctx plan = { .arena = run->p->arena };
	if (exec_table_get(&plan, run->p, rel, ret) == 0)
		return 0;
	run->c->err = err_copy(run->c->arena, &plan.err);
	return -1;
}

/* ---- a row that was written ---- */

static bool is_deferred(const struct exec_run *run, const struct constraint *con)
{
	return exec_is_deferred(run->cn, con->name, con->is_deferrable, con->is_deferred);
}

static int act(struct exec_run *run, struct exec_fk *fk, const struct exec_row *parent,
	       const struct datum *key)
{
	char action = parent->cmd == CMD_DELETE ? fk->con->on_delete : fk->con->on_update;
	if (action != 'c' && action != 'n' && action != 'd') {
		if (is_deferred(run, fk->con) && action != 'r')
			return exec_defer(run, fk, key, false);
		return exec_fk_check_parent(run, fk, key);
	}
	struct exec_table *t;
	TRY(table_of(run, fk->child, &t));
	/* PostgreSQL's action is a trigger itself, and pg_trigger_depth() counts it */
	run->cn->trigger_depth++;
	int failed = act_on_children(run, fk, t, action, parent, key);
	run->cn->trigger_depth--;
	if (failed)
		return -1;
	/* a default that is the very key that went away changes nothing, so nothing
	 * else would look */
	return action == 'd' ? exec_fk_check_parent(run, fk, key) : 0;
}

int exec_fk_act(struct exec_run *run, struct exec_table *t, const struct exec_row *row)
{
	struct datum key[EXEC_KEY_MAX];
	const struct datum *old = row->cells + t->at.old;
	if (row->cmd == CMD_INSERT)
		return 0;
	for (size_t i = 0; i < t->n_refs; i++) {
		struct exec_fk *fk = &t->refs[i];
		const struct constraint *con = fk->con;
		if (con->n_cols > EXEC_KEY_MAX ||
		    (row->cmd == CMD_UPDATE &&
		     same_key(t->rel, con->ref_cols, con->n_cols, old, row->cells)))
			continue;
		take_key(t->rel, con->ref_cols, con->n_cols, old, key);
		if (!count_nulls(key, con->n_cols))
			TRY(act(run, fk, row, key));
	}
	return 0;
}

/* A trigger or action may have changed the row since: its newer form was due then. */
static int is_current(struct exec_run *run, struct exec_table *t, const struct constraint *con,
		      const struct exec_row *row)
{
	struct datum *now = arena_array(run->c->arena, (size_t)t->at.size, sizeof(*now));
	int found = exec_read_row(run, t, row->cells[t->at.rowid].i, now);
	if (found <= 0)
		return found;
	return same_key(t->rel, con->cols, con->n_cols, now + t->at.old, row->cells);
}

static int check_one(struct exec_run *run, struct exec_table *t, struct exec_fk *fk,
		     const struct exec_row *row)
{
	if (is_deferred(run, fk->con))
		return exec_defer(run, fk, &row->cells[t->at.rowid], true);
	int due = run->has_called ? is_current(run, t, fk->con, row) : 1;
	return due > 0 ? exec_fk_check_child(run, fk, row->cells) : due;
}

int exec_fk_check(struct exec_run *run, struct exec_table *t, const struct exec_row *row)
{
	if (row->cmd == CMD_DELETE)
		return 0;
	for (size_t i = 0; i < t->n_fks; i++) {
		const struct constraint *con = t->fks[i].con;
		bool is_same =
			row->cmd == CMD_UPDATE && same_key(t->rel, con->cols, con->n_cols,
							   row->cells + t->at.old, row->cells);
		if (!is_same)
			TRY(check_one(run, t, &t->fks[i], row));
	}
	return 0;
}
