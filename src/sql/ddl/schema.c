/* Schemas. */
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
