/*
 * Text search configurations: a copy of a built-in one under another name.
 * Other dictionaries and parsers cannot be plugged in.
 */
#include "sql/ddl/statements.h"
#include "value/tsearch.h"

#include <string.h>

static struct str copied(const struct json *definition)
{
	for (const struct json *j = definition ? definition->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		if (str_ieq(json_get_str(elem, "defname", STR("")), STR("copy")))
			return ddl_last_name(
				json_get(node_as(json_get(elem, "arg"), "TypeName"), "names"));
	}
	return STR("");
}

static struct search_config *find(const struct ddl *d, const struct json *names)
{
	struct str schema = ddl_qualifier(names);
	return catalog_ts_config(d->cat, d->s->search_path, schema, ddl_last_name(names));
}

static int missing(struct ctx *c, struct str name)
{
	return err_set(c, "42704", "text search configuration \"%.*s\" does not exist",
		       STR_ARG(name));
}

int ddl_define(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *names = json_get(stmt, "defnames");
	struct str from = copied(json_get(stmt, "definition"));
	struct schema *schema;
	if (!str_is(json_get_str(stmt, "kind", STR("")), "OBJECT_TSCONFIGURATION") || !from.n)
		return ddl_refuse(c, "this definition is not supported on this engine", NULL);
	TRY(ddl_create_schema_of(c, d, ddl_qualifier(names), -1, &schema));
	if (catalog_ts_config(d->cat, NULL, str_of(schema->name), ddl_last_name(names)))
		return err_set(c, "23505", "text search configuration \"%.*s\" already exists",
			       STR_ARG(ddl_last_name(names)));
	const struct search_config *base =
		catalog_ts_config(d->cat, d->s->search_path, STR(""), from);
	if (!base && !ts_config_is_builtin(from))
		return missing(c, from);
	struct search_config *t = ARENA_NEW(d->a, struct search_config);
	t->oid = ddl_new_oid(d);
	t->schema = arena_strdup(d->a, schema->name);
	t->name = str_dup(d->a, ddl_last_name(names));
	t->base = base ? base->base : str_dup(d->a, from);
	t->owner = arena_strdup(d->a, d->s->role);
	VEC_PUSH(d->a, &d->cat->ts_configs, t);
	return 0;
}

/* Whether the dictionary is the one that the copied configuration has. */
static bool is_own(const struct search_config *t, struct str dictionary)
{
	size_t n = strlen(t->base);
	if (strcmp(t->base, "simple") == 0)
		return str_is(dictionary, "simple");
	return str_starts(dictionary, str_of(t->base)) && str_is(str_from(dictionary, n), "_stem");
}

int ddl_alter_ts_config(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *names = json_get(stmt, "cfgname"), *dicts = json_get(stmt, "dicts");
	const struct search_config *t = find(d, names);
	if (!t)
		return missing(c, ddl_last_name(names));
	TRY(ddl_must_own(c, d, t->owner, "text search configuration", t->name));
	bool is_same = dicts && dicts->count == 1;
	for (const struct json *j = dicts ? dicts->child : NULL; j; j = j->next)
		is_same &= is_own(t, ddl_last_name(json_get(node_as(j, "List"), "items")));
	if (!is_same)
		return ddl_refuse(c, "text search mappings are those of the copied configuration",
				  "Leave the mapping out, or use PostgreSQL as the engine.");
	return 0;
}

int ddl_drop_ts_config(struct ctx *c, struct ddl *d, const struct json *names, bool missing_ok)
{
	const struct search_config *t = find(d, names);
	struct str name = ddl_last_name(names);
	if (!t && !missing_ok)
		return missing(c, name);
	if (!t) {
		ddl_notice(c, d, "text search configuration \"%.*s\" does not exist, skipping",
			   STR_ARG(name));
		return 0;
	}
	TRY(ddl_must_own(c, d, t->owner, "text search configuration", t->name));
	size_t n = 0;
	for (size_t i = 0; i < d->cat->ts_configs.n; i++) {
		if (d->cat->ts_configs.v[i] != t)
			d->cat->ts_configs.v[n++] = d->cat->ts_configs.v[i];
	}
	d->cat->ts_configs.n = n;
	return 0;
}
