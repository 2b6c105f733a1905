/* Deferred foreign keys: a list per connection, looked at before the work of a
 * request becomes final. Entries name their constraint by table and name, for
 * plans and catalogs may be gone by then. */
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
};

struct exec_state {
	struct arena *arena;
	struct deferred *first, **last;
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
	for (uint16_t i = 0; i < d->n; i++) {
		d->key[i] = key[i];
		if (key[i].kind == D_TEXT || key[i].kind == D_BLOB)
			d->key[i].s = str_copy(s->arena, key[i].s);
	}
	*s->last = d;
	s->last = &d->next;
	return 0;
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

static int recheck(struct exec_run *run, const struct deferred *d)
{
	const struct relation *rel = catalog_relation_by_oid(run->p->cat, d->child_oid);
	struct exec_table *t;
	if (!rel)
		return 0;
	TRY(exec_table_get(run->c, run->p, rel, &t));
	struct exec_fk *fk = fk_of(t, d->constraint);
	if (!fk)
		return 0;
	return d->is_child ? recheck_child(run, t, fk, d) : exec_fk_check_parent(run, fk, d->key);
}

int exec_finish(struct ctx *c, struct sqlite_conn *cn)
{
	if (!cn->exec || !cn->exec->first)
		return 0;
	struct exec_plan p = {
		.arena = c->arena, .cat = cn->cat, .cn = cn, .role = sqlite_conn_role(cn)
	};
	struct exec_run run = { .c = c, .cn = cn, .p = &p };
	int failed = 0;
	for (const struct deferred *d = cn->exec->first; d && !failed; d = d->next)
		failed = recheck(&run, d);
	for (size_t i = 0; i < p.owned.n; i++)
		sqlite3_finalize(p.owned.v[i]);
	exec_reset(cn);
	return failed;
}

void exec_reset(struct sqlite_conn *cn)
{
	if (!cn->exec || !cn->exec->first)
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
