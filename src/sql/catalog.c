#include "sql/catalog.h"
#include "sql/trigger.h"

#include "base/arena.h"
#include "base/map.h"
#include "sql/catalog_shape.h"
#include "sql/syscat/syscat.h"

#include <stdio.h>
#include <string.h>

enum { NAME_KEY_MAX = 512 };

struct catalog *catalog_new(void)
{
	struct arena *a = arena_new(64 << 10);
	struct catalog *cat = ARENA_NEW(a, struct catalog);
	cat->arena = a;
	cat->refs = 1;
	cat->next_oid = CATALOG_FIRST_OID;
	cat->by_name = map_new();
	return cat;
}

struct catalog *catalog_ref(struct catalog *cat)
{
	__atomic_add_fetch(&cat->refs, 1, __ATOMIC_RELAXED);
	return cat;
}

void catalog_unref(struct catalog *cat)
{
	if (!cat || __atomic_sub_fetch(&cat->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	map_free(cat->by_name);
	arena_free(cat->arena);
}

/* Keys are "K" schema NUL name: no identifier holds a NUL. Names past the
 * buffer cannot be in the catalog. */
static struct str name_key(char *key, char kind, struct str schema, struct str name)
{
	if (schema.n + name.n + 2 > NAME_KEY_MAX)
		return (struct str){ key, 0 };
	size_t n = 0;
	key[n++] = kind;
	if (schema.n)
		memcpy(key + n, schema.p, schema.n);
	n += schema.n;
	key[n++] = '\0';
	if (name.n)
		memcpy(key + n, name.p, name.n);
	return (struct str){ key, n + name.n };
}

static struct str oid_key(char *key, char kind, uint32_t oid)
{
	key[0] = kind;
	memcpy(key + 1, &oid, sizeof(oid));
	return (struct str){ key, 1 + sizeof(oid) };
}

static void index_name(struct catalog *cat, char kind, const char *schema, const char *name,
		       void *value)
{
	char key[NAME_KEY_MAX];
	struct str k = name_key(key, kind, str_of(schema), str_of(name));
	if (k.n)
		map_put(cat->by_name, k, value);
}

static void index_oid(struct catalog *cat, char kind, uint32_t oid, void *value)
{
	char key[NAME_KEY_MAX];
	map_put(cat->by_name, oid_key(key, kind, oid), value);
}

static void *find_name(const struct catalog *cat, char kind, struct str schema, struct str name)
{
	char key[NAME_KEY_MAX];
	struct str k = name_key(key, kind, schema, name);
	return k.n ? map_get(cat->by_name, k) : NULL;
}

void catalog_index_oids(struct catalog *cat)
{
	for (size_t i = 0; i < cat->types.n; i++)
		index_oid(cat, 'T', cat->types.v[i]->oid, cat->types.v[i]);
	for (size_t i = 0; i < cat->relations.n; i++)
		index_oid(cat, 'R', cat->relations.v[i]->oid, cat->relations.v[i]);
}

void catalog_index_relation(struct catalog *cat, struct relation *rel)
{
	index_name(cat, 'r', rel->schema, rel->name, rel);
	index_oid(cat, 'R', rel->oid, rel);
	for (size_t i = 0; i < rel->indexes.n; i++)
		index_name(cat, 'i', rel->schema, rel->indexes.v[i]->name, rel);
}

void catalog_index_type(struct catalog *cat, struct type *t)
{
	index_name(cat, 't', t->schema, t->name, t);
	index_oid(cat, 'T', t->oid, t);
}

void catalog_index(struct catalog *cat)
{
	map_free(cat->by_name);
	cat->by_name = map_new();
	for (size_t i = 0; i < cat->schemas.n; i++)
		index_name(cat, 's', "", cat->schemas.v[i]->name, cat->schemas.v[i]);
	for (size_t i = 0; i < cat->roles.n; i++)
		index_name(cat, 'o', "", cat->roles.v[i]->name, cat->roles.v[i]);
	for (size_t i = 0; i < cat->types.n; i++)
		catalog_index_type(cat, cat->types.v[i]);
	for (size_t i = 0; i < cat->relations.n; i++)
		catalog_index_relation(cat, cat->relations.v[i]);
}

struct schema *catalog_schema(const struct catalog *cat, struct str name)
{
	return find_name(cat, 's', STR(""), name);
}

struct role *catalog_role(const struct catalog *cat, struct str name)
{
	return find_name(cat, 'o', STR(""), name);
}

struct extension *catalog_extension(const struct catalog *cat, struct str name)
{
	for (size_t i = 0; i < cat->extensions.n; i++) {
		if (str_is(name, cat->extensions.v[i]->name))
			return cat->extensions.v[i];
	}
	return NULL;
}

struct publication *catalog_publication(const struct catalog *cat, struct str name)
{
	for (size_t i = 0; i < cat->publications.n; i++) {
		if (str_is(name, cat->publications.v[i]->name))
			return cat->publications.v[i];
	}
	return NULL;
}

struct event_trigger *catalog_event_trigger(const struct catalog *cat, struct str name)
{
	for (size_t i = 0; i < cat->event_triggers.n; i++) {
		if (str_is(name, cat->event_triggers.v[i]->name))
			return cat->event_triggers.v[i];
	}
	return NULL;
}

struct search_config *catalog_ts_config(const struct catalog *cat, const char *search_path,
					struct str schema, struct str name)
{
	struct str element = schema;
	size_t pos = 0;
	while (schema.n || (search_path && search_path_next(search_path, &pos, &element))) {
		for (size_t i = 0; i < cat->ts_configs.n; i++) {
			struct search_config *t = cat->ts_configs.v[i];
			if (str_is(element, t->schema) && str_is(name, t->name))
				return t;
		}
		if (schema.n)
			break;
	}
	return NULL;
}

bool catalog_has_extension_in(const struct catalog *cat, struct str schema)
{
	for (size_t i = 0; i < cat->extensions.n; i++) {
		if (str_is(schema, cat->extensions.v[i]->schema))
			return true;
	}
	return false;
}

struct relation *catalog_relation(const struct catalog *cat, struct str schema, struct str name)
{
	return find_name(cat, 'r', schema, name);
}

struct relation *catalog_relation_by_oid(const struct catalog *cat, uint32_t oid)
{
	char key[NAME_KEY_MAX];
	return map_get(cat->by_name, oid_key(key, 'R', oid));
}

struct type *catalog_type(const struct catalog *cat, struct str schema, struct str name)
{
	return find_name(cat, 't', schema, name);
}

struct type *catalog_type_by_oid(const struct catalog *cat, uint32_t oid)
{
	char key[NAME_KEY_MAX];
	return map_get(cat->by_name, oid_key(key, 'T', oid));
}

struct index *relation_index(const struct relation *rel, struct str name)
{
	for (size_t i = 0; i < rel->indexes.n; i++) {
		if (str_is(name, rel->indexes.v[i]->name))
			return rel->indexes.v[i];
	}
	return NULL;
}

struct index *catalog_index_by_name(const struct catalog *cat, struct str schema, struct str name,
				    struct relation **ret_rel)
{
	struct relation *rel = find_name(cat, 'i', schema, name);
	struct index *ix = rel ? relation_index(rel, name) : NULL;
	if (ix && ret_rel)
		*ret_rel = rel;
	return ix;
}

struct column *relation_column(const struct relation *rel, struct str name)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (str_is(name, rel->columns.v[i].name))
			return &rel->columns.v[i];
	}
	return NULL;
}

struct column *relation_column_by_attnum(const struct relation *rel, int16_t attnum)
{
	/* Without dropped columns the n-th column has attnum n. */
	if (attnum > 0 && (size_t)attnum <= rel->columns.n &&
	    rel->columns.v[attnum - 1].attnum == attnum)
		return &rel->columns.v[attnum - 1];
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (rel->columns.v[i].attnum == attnum)
			return &rel->columns.v[i];
	}
	return NULL;
}

const struct constraint *relation_primary_key(const struct relation *rel)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		if (rel->constraints.v[i]->kind == CON_PRIMARY)
			return rel->constraints.v[i];
	}
	return NULL;
}

struct constraint *relation_constraint(const struct relation *rel, struct str name)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		if (str_is(name, rel->constraints.v[i]->name))
			return rel->constraints.v[i];
	}
	return NULL;
}

struct policy *relation_policy(const struct relation *rel, struct str name)
{
	for (size_t i = 0; i < rel->policies.n; i++) {
		if (str_is(name, rel->policies.v[i]->name))
			return rel->policies.v[i];
	}
	return NULL;
}

struct relation *catalog_find_relation(const struct catalog *cat, const char *search_path,
				       struct str name)
{
	struct relation *rel = catalog_relation(cat, STR("pg_temp"), name);
	if (!rel)
		rel = catalog_relation(cat, STR("pg_catalog"), name);
	size_t pos = 0;
	struct str schema;
	while (!rel && search_path && search_path_next(search_path, &pos, &schema))
		rel = catalog_relation(cat, schema, name);
	return rel;
}

/* An extension's type is found where the extension was put. */
static bool is_in_schema(const struct catalog *cat, const struct type *t, struct str schema)
{
	return str_is(schema, t->schema) ||
	       (strcmp(t->schema, "extensions") == 0 && catalog_has_extension_in(cat, schema));
}

const struct type *catalog_find_type(const struct catalog *cat, const char *search_path,
				     struct str schema, struct str name)
{
	if (schema.n && !str_is(schema, "pg_catalog")) {
		const struct type *t = catalog_type(cat, schema, name);
		if (t)
			return t;
		if (str_is(schema, "information_schema"))
			return syscat_domain(name);
		t = type_builtin(name);
		return t && is_in_schema(cat, t, schema) ? t : NULL;
	}
	const struct type *t = type_builtin(name);
	size_t pos = 0;
	struct str element;
	while (!t && !schema.n && search_path && search_path_next(search_path, &pos, &element))
		t = catalog_type(cat, element, name);
	return t;
}

bool relation_has_instead(const struct relation *rel, enum trigger_event event)
{
	for (size_t i = 0; i < rel->triggers.n; i++) {
		const struct trigger *tg = rel->triggers.v[i];
		if (tg->timing == 'i' && (tg->events & (int32_t)event) && !tg->is_disabled)
			return true;
	}
	return false;
}

bool relation_accepts(const struct relation *rel, enum trigger_event event)
{
	bool is_table = rel->kind == REL_TABLE || rel->kind == REL_PARTITIONED;
	bool stands_for_one = event == TRIGGER_INSERT	? rel->is_insertable
			      : event == TRIGGER_UPDATE ? rel->is_updatable
							: rel->is_deletable;
	return is_table || stands_for_one || relation_has_instead(rel, event);
}
