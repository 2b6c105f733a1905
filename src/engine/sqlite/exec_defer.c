/* Deferred foreign keys and constraint triggers: a list per connection, looked at before the work
 * of a request becomes final. Entries name their constraint by table and name, for plans and
 * catalogs may be gone by then. */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "engine/sqlite/exec_fk.h"

#include <string.h>

struct deferred {
	struct deferred *next;
	uint32_t child_oid;
	const char *constraint;
	bool is_child;
	struct datum key[EXEC_KEY_MAX]; /* rowid, or the referenced key */
	uint16_t n;
	/* A trigger: its name is in constraint, its table in child_oid. */
	struct datum *old_row, *new_row;
	enum query_cmd cmd;
	bool is_trigger;
	bool is_done; /* by SET CONSTRAINTS ... IMMEDIATE */
};

/* SET CONSTRAINTS, for the rest of the transaction. */
struct constraint_mode {
	struct constraint_mode *next; /* an earlier one */
	const char *name;	      /* NULL: all */
	bool is_deferred;
};

struct exec_state {
	struct arena *arena;
	struct deferred *first, **last;
	size_t n;
	struct constraint_mode *modes;
};

static struct exec_state *state_of(struct sqlite_conn *cn)
{
	if (!cn->exec) {
		struct arena *a = arena_new(0);
		cn->exec = ARENA_NEW(a, struct exec_state);
		*cn->exec = (struct exec_state){ .arena = a, .last = &cn->exec->first };
	}
	return cn->exec;
}

static void add(struct exec_state *s, struct deferred *d)
{
	*s->last = d;
	s->last = &d->next;
	s->n++;
}

static struct datum kept(struct exec_state *s, struct datum v)
{
	if (v.kind == D_TEXT || v.kind == D_BLOB)
		v.s = str_copy(s->arena, v.s);
	return v;
}

int exec_defer(struct exec_run *run, const struct exec_fk *fk, const struct datum *key,
	       bool is_child)
{
	struct exec_state *s = state_of(run->cn);
	struct deferred *d = ARENA_NEW(s->arena, struct deferred);
	d->child_oid = fk->child->oid;
	d->constraint = arena_strdup(s->arena, fk->con->name);
	d->is_child = is_child;
	d->n = is_child ? 1 : fk->con->n_cols;
	CHECK(d->n <= EXEC_KEY_MAX);
	for (uint16_t i = 0; i < d->n; i++)
		d->key[i] = kept(s, key[i]);
	add(s, d);
	return 0;
}

static struct datum *kept_row(struct exec_state *s, const struct datum *cells, int n)
{
	struct datum *row = arena_array(s->arena, (size_t)n, sizeof(*row));
	for (int i = 0; i < n; i++)
		row[i] = kept(s, cells[i]);
	return row;
}

int exec_defer_trigger(struct exec_run *run, const struct exec_table *t,
		       const struct exec_trigger *tr, const struct exec_row *row)
{
	struct exec_state *s = state_of(run->cn);
	struct deferred *d = ARENA_NEW(s->arena, struct deferred);
	d->is_trigger = true;
	d->child_oid = t->rel->oid;
	d->constraint = arena_strdup(s->arena, tr->tg->name);
	d->cmd = row->cmd;
	if (row->cmd != CMD_INSERT)
		d->old_row = kept_row(s, row->cells + t->at.old, t->at.n);
	if (row->cmd != CMD_DELETE)
		d->new_row = kept_row(s, row->cells, t->at.n);
	add(s, d);
	return 0;
}

size_t exec_deferred_mark(const struct sqlite_conn *cn)
{
	return cn->exec ? cn->exec->n : 0;
}

void exec_deferred_cut(struct sqlite_conn *cn, size_t mark)
{
	if (!cn->exec || cn->exec->n <= mark)
		return;
	struct deferred **at = &cn->exec->first;
	for (size_t i = 0; i < mark; i++)
		at = &(*at)->next;
	*at = NULL;
	cn->exec->last = at;
	cn->exec->n = mark;
}

static struct exec_fk *fk_of(struct exec_table *t, const char *name)
{
	for (size_t i = 0; i < t->n_fks; i++) {
		if (strcmp(t->fks[i].con->name, name) == 0)
			return &t->fks[i];
	}
	return NULL;
}

/* A referencing row as it is now; gone is fine. */
static int recheck_child(struct exec_run *run, struct exec_table *t, struct exec_fk *fk,
			 const struct deferred *d)
{
	struct datum *cells = arena_array(run->c->arena, (size_t)t->at.size, sizeof(*cells));
	int found = exec_read_row(run, t, d->key[0].i, cells);
	return found > 0 ? exec_fk_check_child(run, fk, cells + t->at.old) : found;
}

/* Its function's own statements may defer more: behind what is in the list. */
static int fire_trigger(struct exec_run *run, struct exec_table *t, const struct deferred *d)
{
	for (size_t i = 0; i < t->n_triggers; i++) {
		const struct trigger *tg = t->triggers[i].tg;
		struct trigger_call call = { .trigger = tg,
					     .rel = t->rel,
					     .event = exec_event(d->cmd),
					     .old_row = d->old_row,
					     .new_row = d->new_row };
		if (strcmp(tg->name, d->constraint) == 0)
			return exec_trigger_call(run, &call);
	}
	return 0;
}

static int recheck(struct exec_run *run, const struct deferred *d)
{
	const struct relation *rel = catalog_relation_by_oid(run->p->cat, d->child_oid);
	struct exec_table *t;
	if (!rel)
		return 0;
	TRY(exec_table_get(run->c, run->p, rel, &t));
	if (d->is_trigger)
		return fire_trigger(run, t, d);
	struct exec_fk *fk = fk_of(t, d->constraint);
	if (!fk)
		return 0;
	return d->is_child ? recheck_child(run, t, fk, d) : exec_fk_check_parent(run, fk, d->key);
}

bool exec_is_deferred(const struct sqlite_conn *cn, const char *name, bool is_deferrable,
		      bool is_initially)
{
	const struct constraint_mode *m = cn->exec ? cn->exec->modes : NULL;
	while (m && m->name && strcmp(m->name, name) != 0)
		m = m->next;
	return m ? is_deferrable && m->is_deferred : is_initially;
}

/* What is in the list for this constraint (NULL: any), and what that adds to it. */
static int run_deferred(struct ctx *c, struct sqlite_conn *cn, const char *name)
{
	struct exec_plan p = {
		.arena = c->arena, .cat = cn->cat, .cn = cn, .role = sqlite_conn_role(cn)
	};
	struct exec_after after = { 0 };
	struct exec_run run = { .c = c, .cn = cn, .p = &p, .after = &after };
	int failed = 0;
	for (struct deferred *d = cn->exec->first; d && !failed; d = d->next) {
		if (d->is_done || (name && strcmp(name, d->constraint) != 0))
			continue;
		d->is_done = true;
		failed = recheck(&run, d);
	}
	for (size_t i = 0; i < p.owned.n; i++)
		sqlite3_finalize(p.owned.v[i]);
	return failed;
}

int exec_set_constraint(struct ctx *c, struct sqlite_conn *cn, const char *name, bool is_deferred)
{
	struct exec_state *s = state_of(cn);
	struct constraint_mode *m = ARENA_NEW(s->arena, struct constraint_mode);
	*m = (struct constraint_mode){ .next = s->modes, .is_deferred = is_deferred };
	m->name = name ? arena_strdup(s->arena, name) : NULL;
	s->modes = m;
	return is_deferred ? 0 : run_deferred(c, cn, name);
}

int exec_finish(struct ctx *c, struct sqlite_conn *cn)
{
	if (!cn->exec)
		return 0;
	/* what is still deferred now is due; what a trigger defers next as well */
	int failed = cn->exec->first ? run_deferred(c, cn, NULL) : 0;
	exec_reset(cn);
	return failed;
}

void exec_reset(struct sqlite_conn *cn)
{
	if (!cn->exec)
		return;
	arena_free(cn->exec->arena);
	cn->exec = NULL;
}

void exec_state_free(struct sqlite_conn *cn)
{
	if (cn->exec)
		arena_free(cn->exec->arena);
	cn->exec = NULL;
}

/* ---- TRUNCATE ---- */

static int truncate_one(struct exec_run *run, struct exec_table *t, char timing)
{
	for (size_t i = 0; i < t->n_triggers; i++) {
		struct exec_trigger *tr = &t->triggers[i];
		struct trigger_call call = { .trigger = tr->tg,
					     .rel = t->rel,
					     .event = TRIGGER_TRUNCATE };
		if (tr->tg->timing != timing)
			continue;
		int applies = exec_trigger_applies(run, t, tr, TRIGGER_TRUNCATE, NULL, NULL, 0);
		if (applies < 0 || (applies && exec_trigger_call(run, &call) < 0))
			return -1;
	}
	return 0;
}

static bool has_truncate(const struct relation *rel)
{
	for (size_t i = 0; i < rel->triggers.n; i++) {
		if (rel->triggers.v[i]->events & TRIGGER_TRUNCATE)
			return true;
	}
	return false;
}

int exec_truncate_triggers(struct ctx *c, struct sqlite_conn *cn,
			   const struct relation *const *rels, size_t n, char timing)
{
	struct exec_plan p = {
		.arena = c->arena, .cat = cn->cat, .cn = cn, .role = sqlite_conn_role(cn)
	};
	struct exec_after after = { 0 };
	struct exec_run run = { .c = c, .cn = cn, .p = &p, .after = &after };
	int failed = 0;
	for (size_t i = 0; i < n && !failed && !cn->is_replica; i++) {
		struct exec_table *t;
		if (!has_truncate(rels[i]))
			continue;
		failed = exec_table_get(c, &p, rels[i], &t);
		if (!failed)
			failed = truncate_one(&run, t, timing);
	}
	for (size_t i = 0; i < p.owned.n; i++)
		sqlite3_finalize(p.owned.v[i]);
	return failed;
}
