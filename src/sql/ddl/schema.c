/* Schemas and extensions. */
#include "sql/ddl/statements.h"

#include <string.h>

int ddl_create_schema(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const char *owner = d->s->role;
	if (json_get(stmt, "authrole"))
		TRY(ddl_role(c, d, json_get(stmt, "authrole"), &owner));
	struct str name = json_get_str(stmt, "schemaname", str_of(owner));
	if (!ddl_may_do_all(d))
		return err_set(c, "42501", "permission denied for database postgres");
	if (catalog_schema(d->cat, name)) {
		if (!json_get_bool(stmt, "if_not_exists", false))
			return err_set(c, "42P06", "schema \"%.*s\" already exists", STR_ARG(name));
		ddl_notice(c, d, "schema \"%.*s\" already exists, skipping", STR_ARG(name));
		return 0;
	}
	if (str_starts(name, STR("pg_"))) {
		err_set(c, "42939", "unacceptable schema name \"%.*s\"", STR_ARG(name));
		return err_details(c, "The prefix \"pg_\" is reserved for system schemas.");
	}
	struct schema *schema = ARENA_NEW(d->a, struct schema);
	schema->name = str_dup(d->a, name);
	schema->owner = arena_strdup(d->a, owner);
	schema->acl = ddl_initial_acl(d, owner, "", 'n');
	VEC_PUSH(d->a, &d->cat->schemas, schema);
	catalog_index(d->cat);
	/* Elements are statements of their own that create in this schema. */
	const char *path = d->s->search_path;
	d->s->search_path = arena_printf(c->arena, "\"%.*s\", %s", STR_ARG(name), path);
	const struct json *elements = json_get(stmt, "schemaElts");
	int rc = 0;
	for (const struct json *j = elements ? elements->child : NULL; j && rc == 0; j = j->next)
		rc = ddl_run_node(c, d, j);
	d->s->search_path = path;
	return rc;
}

/* Extensions whose functions and types are built in, wholly or in part; the
 * others cannot be made up. */
static const struct {
	const char *name;
	const char *notice; /* NULL: all of what projects use is there */
} extensions[] = {
	{ "plpgsql", NULL },
	{ "uuid-ossp", NULL },
	{ "pgcrypto", NULL },
	{ "citext", NULL },
	{ "moddatetime", NULL },
	{ "pg_trgm", "trigram indexes are kept in the catalog only" },
	{ "btree_gin", "its operator classes add nothing here" },
	{ "btree_gist", "its operator classes add nothing here" },
	{ "unaccent", "its functions are not there yet" },
	{ "pg_stat_statements", "statistics are kept elsewhere" },
	{ "pgjwt", "its functions are not there yet" },
	{ "pg_graphql", "GraphQL is not served" },
	{ "supabase_vault", "the vault is not there yet" },
	{ "pgsodium", "its functions are not there yet" },
	{ "pg_net", "its functions are not there yet" },
	{ "pg_cron", "jobs are not run yet" },
	{ "hypopg", "it adds nothing here" },
	{ "index_advisor", "it adds nothing here" },
};

int ddl_create_extension(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str name = json_get_str(stmt, "extname", STR(""));
	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++) {
		if (!str_is(name, extensions[i].name))
			continue;
		if (extensions[i].notice)
			ddl_notice(c, d, "extension \"%s\": %s", extensions[i].name,
				   extensions[i].notice);
		return 0;
	}
	err_set(c, "0A000", "extension \"%.*s\" is not available on this engine", STR_ARG(name));
	return err_hint(c, "Take what depends on it out of the migration, or use PostgreSQL as "
			   "the engine.");
}
