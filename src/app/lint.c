#include "app/lint.h"

#include "app/term.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"
#include "config/project.h"
#include "sql/catalog.h"

#include <string.h>

struct source {
	const char *shown;
	struct str text;
	struct str lower; /* the same in lower case, for searching */
};

struct lint {
	struct ctx *c;
	const struct catalog *cat;
	const struct config *cfg;
	struct source *sources;
	size_t n_sources;
	void (*on_finding)(void *arg, const struct finding *f);
	void *arg;
};

static void read_sources(struct lint *l)
{
	struct project_files files;
	if (project_list(l->c, l->cfg, &files) < 0) {
		err_clear(l->c);
		return;
	}
	l->sources = arena_array(l->c->arena, files.n_migrations + 1, sizeof(*l->sources));
	for (size_t i = 0; i < files.n_migrations; i++) {
		struct source *s = &l->sources[l->n_sources];
		if (project_read(l->c, files.migrations[i].path, &s->text) < 0) {
			err_clear(l->c);
			continue;
		}
		s->shown = files.migrations[i].shown;
		s->lower = str_lower(l->c->arena, s->text);
		l->n_sources++;
	}
}

static bool is_word_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

/* Whether name stands at `at` as a word of its own. */
static bool is_word_at(struct str text, size_t at, size_t n)
{
	return (at == 0 || !is_word_char(text.p[at - 1])) &&
	       (at + n >= text.n || !is_word_char(text.p[at + n]));
}

/* The name's place behind the last "create … <what>" on one line or the next
 * words; -1 when the text has none. Only a hint for people: no parsing. */
static ptrdiff_t find_made(struct str text, const char *what, struct str name)
{
	ptrdiff_t found = -1;
	size_t from = 0;
	for (;;) {
		ptrdiff_t at = str_find(str_from(text, from), name);
		if (at < 0)
			return found;
		size_t pos = from + (size_t)at;
		size_t window = pos > 80 ? pos - 80 : 0;
		struct str before = str_sub(text, window, pos - window);
		ptrdiff_t create = str_find(before, STR("create"));
		bool is_made = create >= 0 &&
			       str_find(str_from(before, (size_t)create), str_of(what)) >= 0;
		if (is_made && is_word_at(text, pos, name.n))
			found = (ptrdiff_t)pos;
		from = pos + 1;
	}
}

static void report(struct lint *l, const char *what_made, const char *name, const char *what,
		   const char *why, const char *fix)
{
	struct finding f = { .what = what, .why = why, .fix = fix };
	struct str lower = str_lower(l->c->arena, str_of(name));
	for (size_t i = l->n_sources; i > 0 && !f.file; i--) {
		const struct source *s = &l->sources[i - 1];
		ptrdiff_t at = find_made(s->lower, what_made, lower);
		if (at < 0)
			continue;
		f.file = s->shown;
		f.text = s->text;
		text_place(s->text, (size_t)at, &f.line, &f.column);
	}
	l->on_finding(l->arg, &f);
}

static const char *full_name(struct lint *l, const struct relation *rel)
{
	return arena_printf(l->c->arena, "%s.%s", rel->schema, rel->name);
}

static void lint_unenforced(struct lint *l, const struct relation *rel)
{
	if (rel->rls_enabled || rel->policies.n == 0)
		return;
	const char *name = full_name(l, rel);
	report(l, "policy", rel->policies.v[0]->name,
	       arena_printf(l->c->arena, "the policies of %s are not enforced", name),
	       "row level security is off for the table",
	       arena_printf(l->c->arena, "alter table %s enable row level security;", name));
}

static bool covers(const struct lint *l, const struct policy *p, const char *role)
{
	if (p->n_roles == 0)
		return true;
	for (size_t i = 0; i < p->n_roles; i++)
		if (strcmp(p->roles[i], "public") == 0 ||
		    catalog_has_role(l->cat, str_of(role), str_of(p->roles[i]), false))
			return true;
	return false;
}

static bool can_select(const struct lint *l, const struct relation *rel, const char *role)
{
	for (size_t i = 0; i < rel->policies.n; i++) {
		const struct policy *p = rel->policies.v[i];
		if (p->is_permissive && (p->cmd == 'r' || p->cmd == '*') && covers(l, p, role))
			return true;
	}
	return false;
}

/* PostgreSQL: an UPDATE or DELETE whose WHERE reads a column sees only rows that
 * a SELECT policy lets through; the API always has such a WHERE. */
static void lint_blind_write(struct lint *l, const struct relation *rel, const struct policy *p)
{
	bool is_write = p->cmd == 'w' || p->cmd == 'd';
	const char *role = p->n_roles ? p->roles[0] : "public";
	if (!rel->rls_enabled || !p->is_permissive || !is_write || can_select(l, rel, role))
		return;
	const char *verb = p->cmd == 'w' ? "updates" : "deletes";
	report(l, "policy", p->name,
	       arena_printf(l->c->arena, "%s of %s by %s find no row", verb, full_name(l, rel),
			    role),
	       "a write that filters by a column needs a SELECT policy too, and there is none",
	       arena_printf(l->c->arena, "create policy … on %s for select to %s using (…);",
			    full_name(l, rel), role));
}

static void lint_view(struct lint *l, const struct relation *view)
{
	if (view->kind != REL_VIEW || view->security_invoker ||
	    !relation_privs(l->cat, str_of(l->cfg->server.anon_role), view, PRIV_SELECT))
		return;
	for (size_t i = 0; i < view->sources.n; i++) {
		const struct relation *base =
			catalog_relation_by_oid(l->cat, view->sources.v[i].base_oid);
		if (!base || !base->rls_enabled)
			continue;
		report(l, "view", view->name,
		       arena_printf(l->c->arena, "%s shows rows of %s past its policies",
				    full_name(l, view), full_name(l, base)),
		       "a view checks as its owner, unless it says security_invoker",
		       arena_printf(
			       l->c->arena,
			       "alter view %s set (security_invoker = on); or keep it, if that "
			       "is meant",
			       full_name(l, view)));
		return;
	}
}

static bool is_exposed(const struct config *cfg, const char *schema)
{
	for (size_t i = 0; i < cfg->api.schemas.n; i++)
		if (strcmp(cfg->api.schemas.v[i], schema) == 0)
			return true;
	return false;
}

void lint_catalog(struct ctx *c, const struct catalog *cat, const struct config *cfg,
		  void (*on_finding)(void *arg, const struct finding *f), void *arg)
{
	struct lint l = { .c = c, .cat = cat, .cfg = cfg, .on_finding = on_finding, .arg = arg };
	read_sources(&l);
	for (size_t i = 0; i < cat->relations.n; i++) {
		const struct relation *rel = cat->relations.v[i];
		if (!is_exposed(cfg, rel->schema))
			continue;
		lint_unenforced(&l, rel);
		for (size_t k = 0; k < rel->policies.n; k++)
			lint_blind_write(&l, rel, rel->policies.v[k]);
		lint_view(&l, rel);
	}
}
