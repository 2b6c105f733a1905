/* OWNER TO. */
#include "sql/ddl/statements.h"

#include <string.h>

int ddl_set_relation_owner(struct ctx *c, struct ddl *d, struct relation *rel, const char *owner)
{
	const char *before = rel->owner;
	TRY(ddl_must_own_relation(c, d, rel));
	TRY(ddl_must_be_member(c, d, owner));
	rel->owner = arena_strdup(d->a, owner);
	if (rel->acl)
		ddl_acl_change_owner(d, rel->acl, before, owner);
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (rel->columns.v[i].acl)
			ddl_acl_change_owner(d, rel->columns.v[i].acl, before, owner);
	}
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *seq = d->cat->relations.v[i];
		if (seq->kind == REL_SEQUENCE && seq->seq->owner_rel == rel->oid)
			TRY(ddl_set_relation_owner(c, d, seq, owner));
	}
	return 0;
}

int ddl_alter_owner(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const char *owner;
	TRY(ddl_role(c, d, json_get(stmt, "newowner"), &owner));
	struct str kind = json_get_str(stmt, "objectType", STR(""));
	const struct json *object = json_get(stmt, "object");
	TRY(ddl_must_be_member(c, d, owner));
	if (str_is(kind, "OBJECT_SCHEMA")) {
		struct schema *schema = catalog_schema(d->cat, node_string(object));
		if (!schema)
			return err_set(c, "3F000", "schema \"%.*s\" does not exist",
				       STR_ARG(node_string(object)));
		TRY(ddl_must_own(c, d, schema->owner, "schema", schema->name));
		if (schema->acl)
			ddl_acl_change_owner(d, schema->acl, schema->owner, owner);
		schema->owner = arena_strdup(d->a, owner);
		return 0;
	}
	if (str_is(kind, "OBJECT_TYPE") || str_is(kind, "OBJECT_DOMAIN")) {
		struct type *t;
		TRY(ddl_user_type(c, d, json_get(node_as(object, "List"), "items"), false, &t));
		TRY(ddl_must_own(c, d, t->owner, "type", t->name));
		if (t->acl)
			ddl_acl_change_owner(d, t->acl, t->owner, owner);
		t->owner = arena_strdup(d->a, owner);
		return 0;
	}
	if (str_is(kind, "OBJECT_FUNCTION") || str_is(kind, "OBJECT_PROCEDURE") ||
	    str_is(kind, "OBJECT_ROUTINE"))
		return ddl_own_function(c, d, stmt, owner);
	if (str_is(kind, "OBJECT_PUBLICATION")) {
		struct publication *p;
		TRY(ddl_find_publication(c, d, node_string(object), &p));
		p->owner = arena_strdup(d->a, owner);
		return 0;
	}
	if (str_is(kind, "OBJECT_EVENT_TRIGGER")) {
		struct event_trigger *t;
		TRY(ddl_find_event_trigger(c, d, node_string(object), &t));
		t->owner = arena_strdup(d->a, owner);
		return 0;
	}
	ddl_notice(c, d, "OWNER TO: this kind of object has no owner here");
	return 0;
}
