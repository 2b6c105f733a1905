/*
 * Temporary objects live in the schema pg_temp of the script's private catalog
 * and are gone before it is published: nothing else ever sees them.
 */
#include "sql/ddl/statements.h"

#include <string.h>

static const char temp_name[] = "pg_temp";

struct schema *ddl_temp_schema(struct ddl *d)
{
	struct schema *schema = catalog_schema(d->cat, str_of(temp_name));
	if (schema)
		return schema;
	schema = ARENA_NEW(d->a, struct schema);
	schema->name = temp_name;
	schema->owner = arena_strdup(d->a, d->s->role);
	VEC_PUSH(d->a, &d->cat->schemas, schema);
	catalog_index(d->cat);
	return schema;
}

int ddl_schema_for(struct ctx *c, struct ddl *d, const struct json *range_var, struct schema **ret)
{
	struct str name = json_get_str(range_var, "schemaname", STR(""));
	bool is_temp = str_is(json_get_str(range_var, "relpersistence", STR("p")), "t");
	if (is_temp && name.n && !str_is(name, temp_name))
		return err_set(c, "42P16",
			       "cannot create temporary relation in non-temporary "
			       "schema");
	if (!is_temp && !str_is(name, temp_name))
		return ddl_create_schema_of(c, d, name, json_get_i64(range_var, "location", -1),
					    ret);
	*ret = ddl_temp_schema(d);
	return 0;
}

static struct relation *first_relation(const struct ddl *d)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		bool is_owned = rel->kind == REL_SEQUENCE && rel->seq->owner_rel;
		if (strcmp(rel->schema, temp_name) == 0 && !is_owned)
			return rel;
	}
	return NULL;
}

static void drop_functions(struct ddl *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		if (strcmp(d->cat->functions.v[i]->schema, temp_name) != 0)
			d->cat->functions.v[n++] = d->cat->functions.v[i];
	}
	d->cat->functions.n = n;
}

static void drop_schema(struct ddl *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->cat->schemas.n; i++) {
		if (strcmp(d->cat->schemas.v[i]->name, temp_name) != 0)
			d->cat->schemas.v[n++] = d->cat->schemas.v[i];
	}
	d->cat->schemas.n = n;
}

int ddl_end(struct ctx *c, struct ddl_session *s)
{
	struct ddl d = { .s = s, .cat = s->cat, .a = s->cat->arena };
	struct relation *rel;
	if (!catalog_schema(d.cat, str_of(temp_name)))
		return 0;
	s->notice = NULL;
	while ((rel = first_relation(&d)))
		TRY(ddl_drop_relation(c, &d, rel, true));
	drop_functions(&d);
	drop_schema(&d);
	catalog_index(d.cat);
	return 0;
}
