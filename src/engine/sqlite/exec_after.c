/* What is due at the end of a query: AFTER triggers, foreign keys and their actions,
 * in one queue. An action's rows are due like any other, behind what is due already. */
#include "base/err.h"
#include "engine/sqlite/exec_fk.h"

#include <string.h>

/* PostgreSQL's foreign keys are triggers with such names. */
static const char FOREIGN_KEY_NAME[] = "RI_ConstraintTrigger_a";

struct exec_due {
	struct exec_table *table;
	struct exec_row *row; /* NULL: a statement's triggers */
	enum query_cmd cmd;
	uint64_t fires; /* which of the table's triggers */
	bool is_cancelled;
};

/* What a query did to one table by one kind of command. */
struct exec_written {
	struct exec_written *next;
	const struct exec_table *table;
	enum query_cmd cmd;
	bool has_begun;	     /* BEFORE STATEMENT has fired */
	size_t statement_at; /* its AFTER STATEMENT triggers' place in the queue + 1 */
	VEC(const struct datum *) old_rows, new_rows; /* for transition tables */
};

static struct exec_written *written_of(struct exec_run *run, const struct exec_table *t,
				       enum query_cmd cmd)
{
	struct exec_written **at = &run->after->written;
	for (; *at; at = &(*at)->next) {
		if ((*at)->table == t && (*at)->cmd == cmd)
			return *at;
	}
	*at = ARENA_NEW(run->c->arena, struct exec_written);
	(*at)->table = t;
	(*at)->cmd = cmd;
	return *at;
}

static void push(struct exec_run *run, struct exec_due due)
{
	struct exec_due *d = ARENA_NEW(run->c->arena, struct exec_due);
	*d = due;
	VEC_PUSH(run->c->arena, &run->after->list, d);
}

/* ---- into the queue ---- */

static int choose(struct exec_run *run, struct exec_table *t, bool is_row, enum query_cmd cmd,
		  const struct datum *cells, const int16_t *set, size_t n_set, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < t->n_triggers; i++) {
		struct exec_trigger *tr = &t->triggers[i];
		if (tr->tg->timing != 'a' || tr->tg->for_each_row != is_row)
			continue;
		int applies = exec_trigger_applies(run, t, tr, exec_event(cmd), cells, set, n_set);
		if (applies < 0)
			return -1;
		*ret |= (uint64_t)applies << i;
	}
	return 0;
}

int exec_after_row(struct exec_run *run, struct exec_table *t, struct exec_row *row,
		   const int16_t *set, size_t n_set)
{
	int32_t ev = (int32_t)exec_event(row->cmd);
	struct exec_due due = { .table = t, .row = row, .cmd = row->cmd };
	if (run->is_replica || !row->is_written)
		return 0;
	if (t->after_row & ev)
		TRY(choose(run, t, true, row->cmd, row->cells, set, n_set, &due.fires));
	if (t->transition & ev) {
		struct exec_written *w = written_of(run, t, row->cmd);
		VEC_PUSH(run->c->arena, &w->old_rows, row->cells + t->at.old);
		VEC_PUSH(run->c->arena, &w->new_rows, row->cells);
	}
	if (due.fires || t->n_fks || (t->n_refs && row->cmd != CMD_INSERT))
		push(run, due);
	return 0;
}

int exec_after_statement(struct exec_run *run, struct exec_table *t, enum query_cmd cmd,
			 const int16_t *set, size_t n_set)
{
	struct exec_due due = { .table = t, .cmd = cmd };
	if (run->is_replica || !(t->after_statement & (int32_t)exec_event(cmd)))
		return 0;
	struct exec_written *w = written_of(run, t, cmd);
	struct exec_after *a = run->after;
	if (w->statement_at > a->next)
		a->list.v[w->statement_at - 1]->is_cancelled = true;
	TRY(choose(run, t, false, cmd, NULL, set, n_set, &due.fires));
	if (!due.fires)
		return 0;
	push(run, due);
	w->statement_at = a->list.n;
	return 0;
}

int exec_before_statement(struct exec_run *run, struct exec_table *t, enum query_cmd cmd,
			  const int16_t *set, size_t n_set)
{
	enum trigger_event ev = exec_event(cmd);
	if (run->is_replica || !(t->before_statement & (int32_t)ev))
		return 0;
	struct exec_written *w = written_of(run, t, cmd);
	if (w->has_begun)
		return 0;
	w->has_begun = true;
	for (size_t i = 0; i < t->n_triggers; i++) {
		struct exec_trigger *tr = &t->triggers[i];
		struct trigger_call call = { .trigger = tr->tg, .rel = t->rel, .event = ev };
		if (tr->tg->timing != 'b' || tr->tg->for_each_row)
			continue;
		int applies = exec_trigger_applies(run, t, tr, ev, NULL, set, n_set);
		if (applies < 0 || (applies && exec_trigger_call(run, &call) < 0))
			return -1;
	}
	return 0;
}

/* ---- out of the queue ---- */

/* The function may assign to NEW: that changes nothing after the row was written. */
static struct datum *row_copy(struct exec_run *run, const struct exec_table *t,
			      const struct datum *cells)
{
	struct datum *copy = arena_array(run->c->arena, (size_t)t->at.n, sizeof(*copy));
	if (t->at.n)
		memcpy(copy, cells, (size_t)t->at.n * sizeof(*copy));
	return copy;
}

static void give_transitions(struct exec_run *run, const struct exec_due *due,
			     struct trigger_call *call)
{
	const struct trigger *tg = call->trigger;
	if (!tg->old_table && !tg->new_table)
		return;
	static const struct datum *const none[] = { NULL };
	const struct exec_written *w = written_of(run, due->table, due->cmd);
	call->n_rows = w->new_rows.n;
	if (tg->old_table)
		call->old_rows = w->old_rows.n ? w->old_rows.v : none;
	if (tg->new_table)
		call->new_rows = w->new_rows.n ? w->new_rows.v : none;
}

static int fire_one(struct exec_run *run, const struct exec_due *due, const struct exec_trigger *tr)
{
	const struct exec_table *t = due->table;
	struct trigger_call call = { .trigger = tr->tg,
				     .rel = t->rel,
				     .event = exec_event(due->cmd) };
	if (due->row && due->cmd != CMD_INSERT)
		call.old_row = due->row->cells + t->at.old;
	if (due->row && due->cmd != CMD_DELETE)
		call.new_row = row_copy(run, t, due->row->cells);
	give_transitions(run, due, &call);
	return exec_trigger_call(run, &call);
}

/* The triggers whose names come before, or after, those of foreign keys. */
static int fire_named(struct exec_run *run, const struct exec_due *due, bool is_before_keys)
{
	for (size_t i = 0; i < due->table->n_triggers; i++) {
		const struct exec_trigger *tr = &due->table->triggers[i];
		bool is_before = strcmp(tr->tg->name, FOREIGN_KEY_NAME) < 0;
		if ((due->fires >> i & 1) && is_before == is_before_keys)
			TRY(fire_one(run, due, tr));
	}
	return 0;
}

static int fire(struct exec_run *run, const struct exec_due *due)
{
	TRY(fire_named(run, due, true));
	if (due->row) {
		TRY(exec_fk_act(run, due->table, due->row));
		TRY(exec_fk_check(run, due->table, due->row));
	}
	return fire_named(run, due, false);
}

/* Deferred triggers leave the queue before the others fire. */
static int defer(struct exec_run *run, struct exec_due *due)
{
	const struct exec_table *t = due->table;
	for (size_t i = 0; i < t->n_triggers && due->row; i++) {
		const struct exec_trigger *tr = &t->triggers[i];
		if (!(due->fires >> i & 1) || !tr->tg->is_constraint ||
		    !exec_is_deferred(run->cn, tr->tg->name, tr->tg->is_deferrable,
				      tr->tg->is_deferred))
			continue;
		due->fires &= ~((uint64_t)1 << i);
		TRY(exec_defer_trigger(run, t, tr, due->row));
	}
	return 0;
}

static int fire_round(struct exec_run *run, size_t end)
{
	struct exec_after *a = run->after;
	for (size_t i = a->next; i < end; i++)
		TRY(defer(run, a->list.v[i]));
	while (a->next < end) {
		const struct exec_due *due = a->list.v[a->next++];
		if (!due->is_cancelled)
			TRY(fire(run, due));
	}
	return 0;
}

int exec_after_fire(struct exec_run *run)
{
	while (run->after->next < run->after->list.n)
		TRY(fire_round(run, run->after->list.n));
	return 0;
}
