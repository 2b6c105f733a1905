/* Publications: which tables' changes are sent. Realtime reads them. */
#include "sql/ddl/statements.h"

#include <string.h>

static int publish_one(struct ctx *c, struct publication *p, struct str what)
{
	static const struct {
		const char *name;
		size_t at;
	} kinds[] = {
		{ "insert", offsetof(struct publication, inserts) },
		{ "update", offsetof(struct publication, updates) },
		{ "delete", offsetof(struct publication, deletes) },
		{ "truncate", offsetof(struct publication, truncates) },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!str_ieq(what, str_of(kinds[i].name)))
			continue;
		*(bool *)((char *)p + kinds[i].at) = true;
		return 0;
	}
	return err_set(c, "42601",
		       "unrecognized value for publication option \"publish\": "
		       "\"%.*s\"",
		       STR_ARG(what));
}

static int publish_option(struct ctx *c, struct publication *p, struct str list)
{
	p->inserts = p->updates = p->deletes = p->truncates = false;
	while (list.n) {
		size_t n = 0;
		while (n < list.n && list.p[n] != ',')
			n++;
		struct str word = str_trim(str_sub(list, 0, n));
		if (word.n)
			TRY(publish_one(c, p, word));
		list = str_sub(list, n < list.n ? n + 1 : n, list.n);
	}
	return 0;
}

static int apply_options(struct ctx *c, struct publication *p, const struct json *options)
{
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		const struct json *arg = json_get(elem, "arg");
		struct str name = json_get_str(elem, "defname", STR(""));
		if (str_is(name, "publish"))
			TRY(publish_option(c, p, node_string(arg)));
		else if (str_is(name, "publish_via_partition_root"))
			p->via_root = !arg || str_ieq(node_string(arg), STR("true"));
		else
			return err_set(c, "42601", "unrecognized publication parameter: \"%.*s\"",
				       STR_ARG(name));
	}
	return 0;
}

static bool has_table(const struct publication *p, uint32_t oid)
{
	for (size_t i = 0; i < p->tables.n; i++) {
		if (p->tables.v[i].rel_oid == oid)
			return true;
	}
	return false;
}

static void remove_table(struct publication *p, uint32_t oid)
{
	size_t n = 0;
	for (size_t i = 0; i < p->tables.n; i++) {
		if (p->tables.v[i].rel_oid != oid)
			p->tables.v[n++] = p->tables.v[i];
	}
	p->tables.n = n;
}

void ddl_unpublish(struct ddl *d, const struct relation *rel)
{
	for (size_t i = 0; i < d->cat->publications.n; i++)
		remove_table(d->cat->publications.v[i], rel->oid);
}

/* AP_AddObjects and CREATE, AP_DropObjects. */
static int change_table(struct ctx *c, struct ddl *d, struct publication *p,
			const struct json *spec, bool is_drop)
{
	struct relation *rel;
	TRY(ddl_relation(c, d, json_get(spec, "relation"), false, &rel));
	if (json_get(spec, "whereClause"))
		return ddl_refuse(c, "row filters of publications are not supported on this engine",
				  NULL);
	if (is_drop) {
		if (!has_table(p, rel->oid))
			return err_set(c, "42704", "relation \"%s\" is not part of the publication",
				       rel->name);
		remove_table(p, rel->oid);
		return 0;
	}
	TRY(ddl_must_own_relation(c, d, rel));
	if (rel->kind != REL_TABLE && rel->kind != REL_PARTITIONED) {
		err_set(c, "22023", "cannot add relation \"%s\" to publication", rel->name);
		return err_details(c, "This operation is not supported for %ss.",
				   relation_kind_name(rel->kind));
	}
	if (has_table(p, rel->oid))
		return err_set(c, "42710",
			       "relation \"%s\" is already member of publication \"%s\"", rel->name,
			       p->name);
	struct publication_table t = { .rel_oid = rel->oid };
	const struct json *columns = json_get(spec, "columns");
	if (columns) {
		t.columns = ddl_key_columns(c, d, rel, columns, NULL, "publication");
		if (!t.columns)
			return -1;
		t.n_columns = (uint16_t)columns->count;
	}
	VEC_PUSH(d->a, &p->tables, t);
	return 0;
}

static int change_schema(struct ctx *c, struct ddl *d, struct publication *p, struct str name,
			 bool is_drop)
{
	const struct schema *schema = catalog_schema(d->cat, name);
	size_t n = 0, before = p->schemas.n;
	if (!schema)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(name));
	for (size_t i = 0; i < before; i++) {
		if (!str_is(name, p->schemas.v[i]))
			p->schemas.v[n++] = p->schemas.v[i];
	}
	p->schemas.n = n;
	if (is_drop && n == before)
		return err_set(c, "42704",
			       "tables from schema \"%.*s\" are not part of the "
			       "publication",
			       STR_ARG(name));
	if (!is_drop && n < before)
		return err_set(c, "42710",
			       "schema \"%.*s\" is already member of publication \"%s\"",
			       STR_ARG(name), p->name);
	if (!is_drop)
		VEC_PUSH(d->a, &p->schemas, str_dup(d->a, name));
	return 0;
}

static int change_objects(struct ctx *c, struct ddl *d, struct publication *p,
			  const struct json *objects, bool is_drop)
{
	for (const struct json *j = objects ? objects->child : NULL; j; j = j->next) {
		const struct json *spec = node_as(j, "PublicationObjSpec");
		struct str kind = json_get_str(spec, "pubobjtype", STR(""));
		if (str_is(kind, "PUBLICATIONOBJ_TABLE"))
			TRY(change_table(c, d, p, json_get(spec, "pubtable"), is_drop));
		else if (str_is(kind, "PUBLICATIONOBJ_TABLES_IN_SCHEMA"))
			TRY(change_schema(c, d, p, json_get_str(spec, "name", STR("")), is_drop));
		else
			return ddl_refuse(c, "name the schema whose tables are published", NULL);
	}
	return 0;
}

int ddl_create_publication(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str name = json_get_str(stmt, "pubname", STR(""));
	if (catalog_publication(d->cat, name))
		return err_set(c, "42710", "publication \"%.*s\" already exists", STR_ARG(name));
	struct publication *p = ARENA_NEW(d->a, struct publication);
	p->name = str_dup(d->a, name);
	p->owner = arena_strdup(d->a, d->s->role);
	p->all_tables = json_get_bool(stmt, "for_all_tables", false);
	p->inserts = p->updates = p->deletes = p->truncates = true;
	TRY(apply_options(c, p, json_get(stmt, "options")));
	TRY(change_objects(c, d, p, json_get(stmt, "pubobjects"), false));
	p->oid = ddl_new_oid(d);
	VEC_PUSH(d->a, &d->cat->publications, p);
	return 0;
}

int ddl_find_publication(struct ctx *c, struct ddl *d, struct str name, struct publication **ret)
{
	struct publication *p = catalog_publication(d->cat, name);
	if (!p)
		return err_set(c, "42704", "publication \"%.*s\" does not exist", STR_ARG(name));
	TRY(ddl_must_own(c, d, p->owner, "publication", p->name));
	*ret = p;
	return 0;
}

int ddl_alter_publication(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct publication *p;
	TRY(ddl_find_publication(c, d, json_get_str(stmt, "pubname", STR("")), &p));
	const struct json *objects = json_get(stmt, "pubobjects");
	struct str action = json_get_str(stmt, "action", STR(""));
	if (json_get(stmt, "options"))
		return apply_options(c, p, json_get(stmt, "options"));
	if (p->all_tables) {
		err_set(c, "55000", "publication \"%s\" is defined as FOR ALL TABLES", p->name);
		return err_details(c, "Tables cannot be added to or dropped from FOR ALL TABLES "
				      "publications.");
	}
	if (str_is(action, "AP_SetObjects"))
		p->tables.n = p->schemas.n = 0;
	return change_objects(c, d, p, objects, str_is(action, "AP_DropObjects"));
}

int ddl_drop_publication(struct ctx *c, struct ddl *d, struct str name, bool missing_ok)
{
	struct publication *p;
	if (missing_ok && !catalog_publication(d->cat, name)) {
		ddl_notice(c, d, "publication \"%.*s\" does not exist, skipping", STR_ARG(name));
		return 0;
	}
	TRY(ddl_find_publication(c, d, name, &p));
	size_t n = 0;
	for (size_t i = 0; i < d->cat->publications.n; i++) {
		if (d->cat->publications.v[i] != p)
			d->cat->publications.v[n++] = d->cat->publications.v[i];
	}
	d->cat->publications.n = n;
	return 0;
}
