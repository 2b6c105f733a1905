/* Names that a body lends for the time of planning, written down so that the same
 * text can be planned again: after a change of the catalog, or for a recursive call. */
#include "base/arena.h"
#include "base/err.h"
#include "engine/sqlite/routine_int.h"

#include <stdlib.h>
#include <string.h>

/* What a name stood for; NULL: not a name of the body's. */
struct noted {
	struct noted *next;
	struct str parts[3];
	size_t n;
	int number; /* $n, with n 0 */
	struct expr *expr;
};

struct noted_relation {
	struct noted_relation *next;
	struct str name;
	const struct relation *rel;
};

struct name_notes {
	struct name_scope scope;
	struct arena *arena;
	const struct name_scope *from; /* while the first plan is made */
	struct noted *names;
	struct noted_relation *rels;
};

static struct noted *find(struct name_notes *k, const struct str *parts, size_t n, int number)
{
	for (struct noted *m = k->names; m; m = m->next) {
		bool is_same = m->n == n && m->number == number;
		for (size_t i = 0; i < n && is_same; i++)
			is_same = str_eq(m->parts[i], parts[i]);
		if (is_same)
			return m;
	}
	return NULL;
}

static void note(struct name_notes *k, const struct str *parts, size_t n, int number,
		 const struct expr *e)
{
	struct noted *m = ARENA_NEW(k->arena, struct noted);
	for (size_t i = 0; i < n; i++)
		m->parts[i] = str_copy(k->arena, parts[i]);
	m->n = n;
	m->number = number;
	m->expr = e ? expr_copy(k->arena, e) : NULL;
	m->next = k->names;
	k->names = m;
}

static int give(struct ctx *c, const struct noted *m, struct expr **ret)
{
	if (!m || !m->expr)
		return 0;
	*ret = expr_copy(c->arena, m->expr);
	return 1;
}

static int resolve(struct ctx *c, void *arg, const struct str *parts, size_t n, struct expr **ret)
{
	struct name_notes *k = arg;
	struct noted *m = n <= 3 ? find(k, parts, n, 0) : NULL;
	if (m || !k->from || n > 3)
		return give(c, m, ret);
	int found = k->from->resolve(c, k->from->arg, parts, n, ret);
	if (found >= 0)
		note(k, parts, n, 0, found ? *ret : NULL);
	return found;
}

static int resolve_number(struct ctx *c, void *arg, int number, struct expr **ret)
{
	struct name_notes *k = arg;
	struct noted *m = find(k, NULL, 0, number);
	if (m || !k->from)
		return give(c, m, ret);
	int found = k->from->param(c, k->from->arg, number, ret);
	if (found >= 0)
		note(k, NULL, 0, number, found ? *ret : NULL);
	return found;
}

static const struct relation *relation(void *arg, struct str name)
{
	struct name_notes *k = arg;
	for (struct noted_relation *m = k->rels; m; m = m->next) {
		if (str_eq(m->name, name))
			return m->rel;
	}
	if (!k->from)
		return NULL;
	struct noted_relation *m = ARENA_NEW(k->arena, struct noted_relation);
	m->name = str_copy(k->arena, name);
	m->rel = k->from->relation(k->from->arg, name);
	m->next = k->rels;
	k->rels = m;
	return m->rel;
}

const struct name_scope *name_notes_new(struct arena *a, const struct name_scope *from,
					struct name_notes **ret)
{
	struct name_notes *k = ARENA_NEW(a, struct name_notes);
	k->arena = a;
	k->from = from;
	k->scope = (struct name_scope){ .arg = k,
					.on_conflict = from->on_conflict,
					.resolve = from->resolve ? resolve : NULL,
					.relation = from->relation ? relation : NULL,
					.param = from->param ? resolve_number : NULL };
	*ret = k;
	return &k->scope;
}

void name_notes_close(struct name_notes *k)
{
	k->from = NULL;
}
