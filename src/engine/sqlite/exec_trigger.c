/* Triggers of a table: made with its statements, fired before a row is written. */
#include "engine/sqlite/exec_trigger.h"
#include "base/arena.h"
#include "base/err.h"
#include "sql/analyze.h"
#include "sql/parse.h"

#include <stdlib.h>
#include <string.h>

/* ---- making ---- */

static int by_name(const void *a, const void *b)
{
	const struct exec_trigger *x = a, *y = b;
	return strcmp(x->tg->name, y->tg->name);
}

/* NEW and OLD of a WHEN are the entries 0 and 1 of its query, bound from the row. */
struct when_names {
	struct name_scope scope;
	const struct relation *rel;
};

static struct expr *row_var(struct ctx *c, const struct relation *rel, int rte, size_t i)
{
	return expr_var(c->arena, rte, rel->columns.v[i].attnum, rel->columns.v[i].type);
}

static struct expr *whole_row(struct ctx *c, const struct relation *rel, int rte)
{
	const struct type *type = rel->row_type ? rel->row_type : type_builtin(STR("record"));
	struct expr *e = expr_new(c->arena, EX_ROW, TYPEREF(type));
	e->names = arena_array(c->arena, rel->columns.n, sizeof(*e->names));
	for (size_t i = 0; i < rel->columns.n; i++) {
		e->names[i] = rel->columns.v[i].name;
		VEC_PUSH(c->arena, &e->args, row_var(c, rel, rte, i));
	}
	return e;
}

static int resolve_row(struct ctx *c, void *arg, const struct str *parts, size_t n,
		       struct expr **ret)
{
	const struct relation *rel = ((const struct when_names *)arg)->rel;
	int rte = str_is(parts[0], "new") ? 0 : 1;
	if ((rte && !str_is(parts[0], "old")) || n > 2)
		return 0;
	if (n == 1) {
		*ret = whole_row(c, rel, rte);
		return 1;
	}
	const struct column *col = relation_column(rel, parts[1]);
	if (!col)
		return err_set(c, "42703", "column %s.%.*s does not exist", rte ? "old" : "new",
			       STR_ARG(parts[1]));
	*ret = row_var(c, rel, rte, (size_t)(col - rel->columns.v));
	return 1;
}

static void add_row(struct ctx *c, struct query *q, const struct relation *rel, const char *alias)
{
	struct rte *rte = ARENA_NEW(c->arena, struct rte);
	rte->kind = RTE_RELATION;
	rte->rel = rel;
	rte->alias = alias;
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *col = &rel->columns.v[i];
		struct rte_column rc = { col->name, col->type, col->attnum };
		VEC_PUSH(c->arena, &rte->columns, rc);
	}
	VEC_PUSH(c->arena, &q->rtes, rte);
}

static int make_when(struct ctx *c, struct exec_plan *p, struct exec_table *t,
		     struct exec_trigger *tr)
{
	const struct stored_sql *when = &tr->tg->when;
	struct when_names names = { .rel = t->rel };
	names.scope = (struct name_scope){ .arg = &names,
					   .on_conflict = NAMES_VARIABLE,
					   .resolve = resolve_row };
	struct analysis an = { .cat = p->cat,
			       .search_path = when->search_path,
			       .names = &names.scope };
	struct row_source from[] = { { 0, 0 }, { 1, t->at.old } };
	const struct json *stmt;
	struct query *q, *row = ARENA_NEW(c->arena, struct query);
	if (!when->text)
		return 0;
	const char *sql =
		arena_printf(c->arena, "SELECT CASE WHEN (%s) THEN 1 ELSE 0 END", when->text);
	TRY(sql_parse(c, str_of(sql), &stmt));
	TRY(analyze_query(c, &an, stmt, &q));
	row->cmd = CMD_SELECT;
	row->result_rte = row->source_rte = -1;
	add_row(c, row, t->rel, "new");
	add_row(c, row, t->rel, "old");
	exec_add_target(c, row, q->targets.v[0].expr);
	return exec_prepare_query(c, p, row, from, 2, &tr->when);
}

static int touch_of(const struct exec_table *t, const struct trigger *tg)
{
	for (size_t i = 0; i < t->n_touch; i++) {
		if (t->touches[i] == tg)
			return (int)i;
	}
	return -1;
}

static void note_events(struct exec_table *t, const struct exec_trigger *tr)
{
	const struct trigger *tg = tr->tg;
	if (tg->timing == 'i')
		t->instead_row |= tg->events;
	else if (tg->timing == 'b' && !tg->for_each_row)
		t->before_statement |= tg->events;
	else if (tg->timing == 'b' && tr->touch < 0)
		t->before_row |= tg->events;
	else if (tg->timing == 'a' && tg->for_each_row)
		t->after_row |= tg->events;
	else if (tg->timing == 'a')
		t->after_statement |= tg->events;
	if (tg->old_table || tg->new_table)
		t->transition |= tg->events;
}

int exec_triggers_make(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	t->triggers = arena_array(c->arena, t->rel->triggers.n, sizeof(*t->triggers));
	for (size_t i = 0; i < t->rel->triggers.n; i++) {
		const struct trigger *tg = t->rel->triggers.v[i];
		if (tg->is_disabled)
			continue;
		if (t->n_triggers == EXEC_TRIGGERS_MAX)
			return err_set(c, "54000", "table \"%s\" has too many triggers",
				       t->rel->name);
		t->triggers[t->n_triggers++] = (struct exec_trigger){ .tg = tg };
	}
	if (t->n_triggers)
		qsort(t->triggers, t->n_triggers, sizeof(*t->triggers), by_name);
	for (size_t i = 0; i < t->n_triggers; i++) {
		t->triggers[i].touch = touch_of(t, t->triggers[i].tg);
		TRY(make_when(c, p, t, &t->triggers[i]));
		note_events(t, &t->triggers[i]);
	}
	return 0;
}

/* ---- whether one fires ---- */

/* UPDATE OF: whether the statement assigns one of the trigger's columns. */
static bool assigns(const struct exec_table *t, const struct trigger *tg, const int16_t *set,
		    size_t n_set)
{
	for (size_t i = 0; i < n_set && tg->n_columns; i++) {
		for (uint16_t k = 0; k < tg->n_columns; k++) {
			if (t->rel->columns.v[set[i]].attnum == tg->columns[k])
				return true;
		}
	}
	return tg->n_columns == 0;
}

int exec_trigger_applies(struct exec_run *run, const struct exec_table *t, struct exec_trigger *tr,
			 enum trigger_event ev, const struct datum *cells, const int16_t *set,
			 size_t n_set)
{
	if (!(tr->tg->events & (int32_t)ev))
		return 0;
	if (ev == TRIGGER_UPDATE && !assigns(t, tr->tg, set, n_set))
		return 0;
	if (!tr->when.st)
		return 1;
	TRY(exec_first(run, &tr->when, cells));
	int applies = sqlite3_column_int(tr->when.st, 0) != 0;
	sqlite3_reset(tr->when.st);
	return applies;
}

int exec_trigger_call(struct exec_run *run, struct trigger_call *call)
{
	struct sqlite_conn *cn = run->cn;
	if (cn->trigger_depth >= ROUTINE_DEPTH_MAX)
		return err_set(run->c, "54001", "stack depth limit exceeded");
	if (arena_used(run->c->arena) > EXEC_ROWS_MEMORY_MAX)
		return err_set(run->c, "53200",
			       "out of memory: the triggers of one statement need too much");
	cn->trigger_depth++;
	run->has_called = true;
	int failed = routine_trigger(run->c, cn, call);
	cn->trigger_depth--;
	return failed;
}

/* ---- before a row is written ---- */

static int touch_one(struct exec_run *run, struct exec_table *t, int i, struct datum *cells)
{
	TRY(exec_first(run, &t->touch, cells));
	cells[t->touch_at[i]] = exec_cell(run, t->touch.st, i);
	sqlite3_reset(t->touch.st);
	return 0;
}

/* moddatetime alone asks for no order of rows. */
static int touch_all(struct exec_run *run, struct exec_table *t, struct datum *cells,
		     const int16_t *set, size_t n_set)
{
	for (size_t i = 0; i < t->n_triggers; i++) {
		struct exec_trigger *tr = &t->triggers[i];
		if (tr->touch < 0)
			continue;
		int applies = exec_trigger_applies(run, t, tr, TRIGGER_UPDATE, cells, set, n_set);
		if (applies < 0)
			return -1;
		if (applies)
			TRY(touch_one(run, t, tr->touch, cells));
	}
	return 1;
}

/* 1 the row stays, 0 the function returned NULL. */
static int call_before(struct exec_run *run, struct exec_table *t, struct exec_trigger *tr,
		       enum trigger_event ev, struct datum *cells)
{
	struct trigger_call call = {
		.trigger = tr->tg,
		.rel = t->rel,
		.event = ev,
		.old_row = ev == TRIGGER_INSERT ? NULL : cells + t->at.old,
		.new_row = ev == TRIGGER_DELETE ? NULL : cells,
	};
	if (tr->touch >= 0)
		return touch_one(run, t, tr->touch, cells) < 0 ? -1 : 1;
	TRY(exec_trigger_call(run, &call));
	return !call.ret_is_null;
}

int exec_before_row(struct exec_run *run, struct exec_table *t, char timing, enum query_cmd cmd,
		    struct datum *cells, const int16_t *set, size_t n_set)
{
	enum trigger_event ev = exec_event(cmd);
	int32_t functions = timing == 'i' ? t->instead_row : t->before_row;
	if (run->is_replica)
		return 1;
	if (!(functions & (int32_t)ev))
		return cmd == CMD_UPDATE && t->n_touch ? touch_all(run, t, cells, set, n_set) : 1;
	for (size_t i = 0; i < t->n_generated && cmd != CMD_DELETE; i++)
		cells[t->generated_at[i]] = datum_null();
	for (size_t i = 0; i < t->n_triggers; i++) {
		struct exec_trigger *tr = &t->triggers[i];
		if (tr->tg->timing != timing || !tr->tg->for_each_row)
			continue;
		int rc = exec_trigger_applies(run, t, tr, ev, cells, set, n_set);
		if (rc > 0 && (rc = call_before(run, t, tr, ev, cells)) == 0)
			return 0;
		if (rc < 0)
			return -1;
	}
	return 1;
}

/* ---- what nested statements did to the table under way ---- */

void exec_frame_open(struct exec_run *run, struct exec_table *t, struct exec_frame *f)
{
	*f = (struct exec_frame){ .outer = run->cn->frames, .cn = run->cn, .rel_oid = t->rel->oid };
	run->cn->frames = f;
	run->frame = f;
}

void exec_frame_close(struct exec_frame *f)
{
	if (f->cn)
		f->cn->frames = f->outer;
	rowid_set_free(&f->changed);
	rowid_set_free(&f->inserted);
}

void exec_note_write(struct exec_run *run, const struct exec_table *t, int64_t rowid,
		     enum query_cmd cmd)
{
	for (struct exec_frame *f = run->cn->frames; f; f = f->outer) {
		if (f != run->frame && f->rel_oid == t->rel->oid)
			rowid_set_add(cmd == CMD_INSERT ? &f->inserted : &f->changed, rowid);
	}
}

int exec_check_unchanged(struct exec_run *run, const struct exec_table *t,
			 const struct datum *cells, const char *what)
{
	const struct exec_frame *f = run->frame;
	if (!f || !f->changed.n || cells[t->at.rowid].kind != D_INT ||
	    !rowid_set_has(&f->changed, cells[t->at.rowid].i))
		return 0;
	err_set(run->c, "27000",
		"tuple to be %s was already modified by an operation triggered by the current "
		"command",
		what);
	return err_hint(run->c, "Consider using an AFTER trigger instead of a BEFORE trigger to "
				"propagate changes to other rows.");
}
