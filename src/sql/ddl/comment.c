/* COMMENT ON. */
#include "sql/ddl/statements.h"

#include <string.h>

struct comment {
	const char *text; /* in the catalog's arena, NULL to remove */
	struct str kind;  /* OBJECT_... */
	const struct json *object;
	const struct json *names; /* of a List object */
};

static struct str name_back(const struct comment *k, uint32_t back)
{
	return k->names && k->names->count >= back
		       ? node_string(json_at(k->names, k->names->count - back))
		       : STR("");
}

static int on_relation(struct ctx *c, struct ddl *d, const struct comment *k)
{
	static const struct {
		const char *object;
		enum relation_kind kind;
		const char *name;
	} kinds[] = {
		{ "OBJECT_TABLE", REL_TABLE, "a table" },
		{ "OBJECT_VIEW", REL_VIEW, "a view" },
		{ "OBJECT_SEQUENCE", REL_SEQUENCE, "a sequence" },
		{ "OBJECT_MATVIEW", REL_MATVIEW, "a materialized view" },
	};
	struct relation *rel;
	TRY(ddl_relation_named(c, d, name_back(k, 2), name_back(k, 1), false, &rel));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (str_is(k->kind, kinds[i].object) && rel->kind != kinds[i].kind)
			return err_set(c, "42809", "\"%s\" is not %s", rel->name, kinds[i].name);
	}
	TRY(ddl_must_own_relation(c, d, rel));
	rel->comment = k->text;
	return 0;
}

/* The table of a column, policy, constraint or trigger. */
static int table_of(struct ctx *c, struct ddl *d, const struct comment *k, struct relation **ret)
{
	TRY(ddl_relation_named(c, d, name_back(k, 3), name_back(k, 2), false, ret));
	return ddl_must_own_relation(c, d, *ret);
}

static int on_column(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct relation *rel;
	struct column *col;
	TRY(table_of(c, d, k, &rel));
	TRY(ddl_column(c, rel, name_back(k, 1), &col));
	col->comment = k->text;
	return 0;
}

static int on_policy(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct relation *rel;
	TRY(table_of(c, d, k, &rel));
	struct policy *p = relation_policy(rel, name_back(k, 1));
	if (!p)
		return err_set(c, "42704", "policy \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(name_back(k, 1)), rel->name);
	p->comment = k->text;
	return 0;
}

static int on_constraint(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct relation *rel;
	TRY(table_of(c, d, k, &rel));
	struct constraint *con = relation_constraint(rel, name_back(k, 1));
	if (!con)
		return err_set(c, "42704", "constraint \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(name_back(k, 1)), rel->name);
	con->comment = k->text;
	return 0;
}

static int on_trigger(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct relation *rel;
	TRY(table_of(c, d, k, &rel));
	for (size_t i = 0; i < rel->triggers.n; i++) {
		if (!str_is(name_back(k, 1), rel->triggers.v[i]->name))
			continue;
		rel->triggers.v[i]->comment = k->text;
		return 0;
	}
	return err_set(c, "42704", "trigger \"%.*s\" for table \"%s\" does not exist",
		       STR_ARG(name_back(k, 1)), rel->name);
}

static int on_index(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct relation *rel;
	struct index *ix;
	TRY(ddl_index(c, d, name_back(k, 2), name_back(k, 1), true, &rel, &ix));
	if (!ix)
		return err_set(c, "42P01", "relation \"%.*s\" does not exist",
			       STR_ARG(name_back(k, 1)));
	ix->comment = k->text;
	return 0;
}

static int on_schema(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct str name = node_string(k->object);
	struct schema *schema = catalog_schema(d->cat, name);
	if (!schema)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(name));
	TRY(ddl_must_own(c, d, schema->owner, "schema", schema->name));
	schema->comment = k->text;
	return 0;
}

static int on_role(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct str name = node_string(k->object);
	struct role *role = catalog_role(d->cat, name);
	if (!role)
		return err_set(c, "42704", "role \"%.*s\" does not exist", STR_ARG(name));
	role->comment = k->text;
	return 0;
}

static int on_extension(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct extension *x;
	TRY(ddl_find_extension(c, d, node_string(k->object), &x));
	x->comment = k->text;
	return 0;
}

static int on_publication(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct publication *p;
	TRY(ddl_find_publication(c, d, node_string(k->object), &p));
	p->comment = k->text;
	return 0;
}

static int on_event_trigger(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct event_trigger *t;
	TRY(ddl_find_event_trigger(c, d, node_string(k->object), &t));
	t->comment = k->text;
	return 0;
}

static int on_type(struct ctx *c, struct ddl *d, const struct comment *k)
{
	struct type *t;
	TRY(ddl_user_type(c, d, json_get(node_as(k->object, "TypeName"), "names"), false, &t));
	TRY(ddl_must_own(c, d, t->owner, "type", t->name));
	if (t->row)
		catalog_relation_by_oid(d->cat, t->row->oid)->comment = k->text;
	t->comment = k->text;
	return 0;
}

static int on_function(struct ctx *c, struct ddl *d, const struct comment *k)
{
	return ddl_comment_function(c, d, k->object, k->kind, k->text);
}

int ddl_comment(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	static const struct {
		const char *kind;
		int (*run)(struct ctx *, struct ddl *, const struct comment *);
	} kinds[] = {
		{ "OBJECT_TABLE", on_relation },
		{ "OBJECT_VIEW", on_relation },
		{ "OBJECT_SEQUENCE", on_relation },
		{ "OBJECT_MATVIEW", on_relation },
		{ "OBJECT_COLUMN", on_column },
		{ "OBJECT_POLICY", on_policy },
		{ "OBJECT_TABCONSTRAINT", on_constraint },
		{ "OBJECT_TRIGGER", on_trigger },
		{ "OBJECT_INDEX", on_index },
		{ "OBJECT_SCHEMA", on_schema },
		{ "OBJECT_ROLE", on_role },
		{ "OBJECT_TYPE", on_type },
		{ "OBJECT_DOMAIN", on_type },
		{ "OBJECT_FUNCTION", on_function },
		{ "OBJECT_ROUTINE", on_function },
		{ "OBJECT_PROCEDURE", on_function },
		{ "OBJECT_EXTENSION", on_extension },
		{ "OBJECT_PUBLICATION", on_publication },
		{ "OBJECT_EVENT_TRIGGER", on_event_trigger },
	};
	struct comment k = { .object = json_get(stmt, "object") };
	k.names = json_get(node_as(k.object, "List"), "items");
	if (json_get(stmt, "comment"))
		k.text = str_dup(d->a, json_get_str(stmt, "comment", STR("")));
	if (k.text && !*k.text)
		k.text = NULL;
	k.kind = json_get_str(stmt, "objtype", STR(""));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (str_is(k.kind, kinds[i].kind))
			return kinds[i].run(c, d, &k);
	}
	ddl_notice(c, d, "comments on this kind of object are not kept");
	return 0;
}
