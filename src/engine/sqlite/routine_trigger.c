/* Trigger functions: rows in and out, transition tables. */
#include "base/arena.h"
#include "base/err.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/routine_plpgsql.h"
#include "plpgsql/plpgsql.h"

#include <string.h>

/* ---- transition tables: temporary tables, filled before each call ---- */

struct transition {
	struct relation *old_rel, *new_rel; /* NULL: not asked for */
};

static struct relation *transition_relation(struct ctx *c, const struct relation *rel,
					    const char *name, const char *role, int depth)
{
	struct relation *t = ARENA_NEW(c->arena, struct relation);
	*t = (struct relation){ .oid = rel->oid,
				.schema = arena_printf(c->arena, "transition %d", depth),
				.name = name,
				.kind = REL_TABLE,
				.owner = role,
				.row_type = rel->row_type };
	for (size_t i = 0; i < rel->columns.n; i++) {
		struct column col = { .name = rel->columns.v[i].name,
				      .attnum = rel->columns.v[i].attnum,
				      .type = rel->columns.v[i].type,
				      .storage_name = rel->columns.v[i].storage_name };
		VEC_PUSH(c->arena, &t->columns, col);
	}
	return t;
}

static int insert_rows(struct ctx *c, struct sqlite_conn *cn, const struct relation *t,
		       const struct datum *const *rows, size_t n_rows)
{
	BUF_CLEANUP struct buf b = buf_make(EXEC_ROUTINE_SQL_MAX);
	sqlite3_stmt *st;
	int failed = 0;
	buf_puts(&b, "INSERT INTO temp.");
	sqlite_put_table(&b, t);
	buf_puts(&b, " VALUES (");
	for (size_t i = 0; i < t->columns.n; i++)
		buf_printf(&b, "%s?%zu", i ? ", " : "", i + 1);
	buf_puts(&b, ")");
	TRY(sqlite_prepare(c, cn, buf_view(&b), false, &st));
	for (size_t r = 0; r < n_rows && failed == 0; r++) {
		for (size_t i = 0; i < t->columns.n; i++)
			sqlite_bind(st, (int)i + 1, rows[r][i]);
		failed = sqlite_run(c, cn, st);
	}
	sqlite3_finalize(st);
	return failed;
}

static int fill_transition(struct ctx *c, struct sqlite_conn *cn, const struct relation *t,
			   const struct datum *const *rows, size_t n_rows)
{
	BUF_CLEANUP struct buf b = buf_make(EXEC_ROUTINE_SQL_MAX);
	buf_puts(&b, "CREATE TEMP TABLE IF NOT EXISTS ");
	sqlite_put_table(&b, t);
	buf_puts(&b, " (");
	for (size_t i = 0; i < t->columns.n; i++) {
		buf_puts(&b, i ? ", " : "");
		sqlite_put_column(&b, &t->columns.v[i]);
	}
	buf_puts(&b, "); DELETE FROM temp.");
	sqlite_put_table(&b, t);
	TRY(sqlite_exec(c, cn, buf_dup(c->arena, &b)));
	return insert_rows(c, cn, t, rows, n_rows);
}

static const struct relation *find_transition(void *arg, struct str name)
{
	const struct transition *t = arg;
	if (t->new_rel && str_is(name, t->new_rel->name))
		return t->new_rel;
	return t->old_rel && str_is(name, t->old_rel->name) ? t->old_rel : NULL;
}

/* ---- a call ---- */

static const struct function *function_of(const struct catalog *cat, const struct trigger *tg)
{
	for (size_t i = 0; i < cat->functions.n; i++) {
		if (cat->functions.v[i]->oid == tg->function_oid)
			return cat->functions.v[i];
	}
	return NULL;
}

static const char *event_name(enum trigger_event event)
{
	return event == TRIGGER_INSERT	 ? "INSERT"
	       : event == TRIGGER_UPDATE ? "UPDATE"
	       : event == TRIGGER_DELETE ? "DELETE"
					 : "TRUNCATE";
}

static const char *timing_name(char timing)
{
	return timing == 'b' ? "BEFORE" : timing == 'i' ? "INSTEAD OF" : "AFTER";
}

static int run_trigger(struct ctx *c, struct instance *in, struct trigger_call *call,
		       const struct name_scope *outer)
{
	const struct trigger *tg = call->trigger;
	struct plpgsql_trigger t = { .name = tg->name,
				     .when = timing_name(tg->timing),
				     .level = tg->for_each_row ? "ROW" : "STATEMENT",
				     .op = event_name(call->event),
				     .rel = call->rel,
				     .args = (const char *const *)tg->args,
				     .n_args = tg->n_args,
				     .old_row = call->old_row,
				     .new_row = call->new_row,
				     .outer = outer };
	struct call_scope scope;
	struct datum none = datum_null();
	TRY(call_scope_open(c, in, &scope));
	int failed = plpgsql_call(c, in->plpgsql, NULL, 0, &t, NULL, &none);
	call_scope_close(&scope);
	call->ret_is_null = t.ret_is_null;
	return failed;
}

/* With transition tables an instance serves one call: its plans read their tables. */
static int run_with_tables(struct ctx *c, struct sqlite_conn *cn, const struct routine_spec *spec,
			   struct trigger_call *call)
{
	const struct trigger *tg = call->trigger;
	const char *role = spec->f->security_definer ? spec->f->owner : sqlite_conn_role(cn);
	int depth = routines_of(cn)->depth;
	struct transition t = { 0 };
	struct name_scope outer = { .arg = &t, .relation = find_transition };
	struct instance *in;
	if (tg->old_table && call->old_rows) {
		t.old_rel = transition_relation(c, call->rel, tg->old_table, role, depth);
		TRY(fill_transition(c, cn, t.old_rel, call->old_rows, call->n_rows));
	}
	if (tg->new_table && call->new_rows) {
		t.new_rel = transition_relation(c, call->rel, tg->new_table, role, depth);
		TRY(fill_transition(c, cn, t.new_rel, call->new_rows, call->n_rows));
	}
	TRY(instance_new(c, cn, spec, &in));
	int failed = run_trigger(c, in, call, &outer);
	instance_leave(in);
	return failed;
}

static int call_trigger(struct ctx *c, struct sqlite_conn *cn, struct trigger_call *call)
{
	struct routine_spec spec = { .f = function_of(cn->cat, call->trigger), .rel = call->rel };
	struct instance *in;
	if (!spec.f)
		return err_set(c, "42883", "function %s() does not exist", call->trigger->function);
	if (call->trigger->old_table || call->trigger->new_table)
		return run_with_tables(c, cn, &spec, call);
	TRY(instance_enter(c, cn, &spec, &in));
	int failed = run_trigger(c, in, call, NULL);
	instance_leave(in);
	return failed;
}

int routine_trigger(struct ctx *c, struct sqlite_conn *cn, struct trigger_call *call)
{
	struct memo *outer = routine_begin_statement(cn);
	int failed = call_trigger(c, cn, call);
	routine_end_statement(cn, outer);
	return failed;
}
