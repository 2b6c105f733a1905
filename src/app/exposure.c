#include "app/exposure.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "config/config.h"
#include "sql/catalog.h"

#include <stdlib.h>
#include <string.h>

enum { PRIV_WRITE = PRIV_INSERT | PRIV_UPDATE | PRIV_DELETE };

static uint32_t all_privs(const struct catalog *cat, struct str role, const struct relation *rel)
{
	uint32_t want = PRIV_SELECT | PRIV_WRITE;
	uint32_t has = relation_privs(cat, role, rel, want);
	for (size_t i = 0; i < rel->columns.n; i++)
		has |= column_privs(cat, role, rel, &rel->columns.v[i], want);
	return has;
}

static bool is_for(const struct catalog *cat, const struct policy *p, struct str role)
{
	bool is_public = p->n_roles == 0;
	for (size_t i = 0; i < p->n_roles && !is_public; i++)
		is_public = strcmp(p->roles[i], "public") == 0 ||
			    catalog_has_role(cat, role, str_of(p->roles[i]), false);
	return is_public;
}

static void note_policies(const struct catalog *cat, const struct relation *rel, struct str role,
			  struct exposure *x)
{
	for (size_t i = 0; i < rel->policies.n; i++) {
		const struct policy *p = rel->policies.v[i];
		if (!p->is_permissive || !is_for(cat, p, role))
			continue;
		x->has_read_policy |= p->cmd == '*' || p->cmd == 'r';
		x->has_write_policy |= p->cmd != 'r';
	}
}

/* "schema.table", a plain name for public, "schema.*", or "*" for all. */
static bool names(const char *entry, const struct exposure *x)
{
	size_t n = strlen(x->schema);
	return strcmp(entry, x->name) == 0 || strcmp(entry, "*") == 0 ||
	       (strncmp(entry, x->schema, n) == 0 && strcmp(entry + n, ".*") == 0) ||
	       (strcmp(x->schema, "public") == 0 && strcmp(entry, x->table) == 0);
}

static bool is_listed(const struct config_list *list, const struct exposure *x)
{
	for (size_t i = 0; i < list->n; i++)
		if (names(list->v[i], x))
			return true;
	return false;
}

static bool is_exposed(const struct catalog *cat, const struct config *cfg,
		       const struct relation *rel)
{
	struct str anon = str_of(cfg->server.anon_role);
	bool is_kind = rel->kind == REL_TABLE || rel->kind == REL_PARTITIONED ||
		       rel->kind == REL_VIEW || rel->kind == REL_MATVIEW ||
		       rel->kind == REL_FOREIGN;
	const struct schema *schema = catalog_schema(cat, str_of(rel->schema));
	if (!is_kind || !schema ||
	    !catalog_privs(cat, anon, schema->owner, schema->acl, 'n', PRIV_USAGE))
		return false;
	for (size_t i = 0; i < cfg->api.schemas.n; i++)
		if (strcmp(cfg->api.schemas.v[i], rel->schema) == 0)
			return true;
	return false;
}

static bool describe(struct ctx *c, const struct catalog *cat, const struct config *cfg,
		     const struct relation *rel, struct exposure *ret)
{
	struct str anon = str_of(cfg->server.anon_role);
	uint32_t has = all_privs(cat, anon, rel);
	bool is_view = rel->kind == REL_VIEW || rel->kind == REL_MATVIEW;
	if (!has)
		return false;
	*ret = (struct exposure){
		.name = arena_printf(c->arena, "%s.%s", rel->schema, rel->name),
		.schema = arena_strdup(c->arena, rel->schema),
		.table = arena_strdup(c->arena, rel->name),
		.is_view = is_view,
		.can_read = (has & PRIV_SELECT) != 0,
		.can_write = (has & PRIV_WRITE) != 0,
		.is_open = is_view ? !rel->security_invoker : !relation_rls_applies(cat, anon, rel),
	};
	note_policies(cat, rel, anon, ret);
	ret->is_allowed = is_listed(&cfg->api.allow_open_tables, ret);
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct exposure *x = a, *y = b;
	return strcmp(x->name, y->name);
}

int exposure_list(struct ctx *c, const struct catalog *cat, const struct config *cfg,
		  struct exposure **ret, size_t *ret_n)
{
	VEC(struct exposure) found = { 0 };
	bool has_anon = catalog_role(cat, str_of(cfg->server.anon_role)) != NULL;
	for (size_t i = 0; has_anon && i < cat->relations.n; i++) {
		struct exposure x;
		const struct relation *rel = cat->relations.v[i];
		if (is_exposed(cat, cfg, rel) && describe(c, cat, cfg, rel, &x))
			VEC_PUSH(c->arena, &found, x);
	}
	if (found.n)
		qsort(found.v, found.n, sizeof(*found.v), by_name);
	*ret = found.v;
	*ret_n = found.n;
	return 0;
}

size_t exposure_count_refused(const struct exposure *v, size_t n)
{
	size_t refused = 0;
	for (size_t i = 0; i < n; i++)
		refused += v[i].is_open && !v[i].is_view && !v[i].is_allowed;
	return refused;
}
