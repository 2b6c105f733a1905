/* ALTER ... RENAME and SET SCHEMA. */
#include "sql/ddl/function.h"
#include "sql/ddl/patch.h"

#include <string.h>

static struct relation *shallow(struct ctx *c, const struct relation *rel)
{
	struct relation *copy = ARENA_NEW(c->arena, struct relation);
	*copy = *rel;
	return copy;
}

/* Columns remember their sequence by name. */
static void rename_sequence_uses(struct ctx *c, struct ddl *d, const struct relation *before,
				 const char *schema, const char *name)
{
	const char *old = ddl_qualified(c, before->schema, before->name);
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		for (size_t k = 0; k < rel->columns.n; k++) {
			struct column *col = &rel->columns.v[k];
			if (col->sequence && strcmp(col->sequence, old) == 0)
				col->sequence = arena_strdup(d->a, ddl_qualified(c, schema, name));
		}
	}
}

static void rename_row_type(struct ddl *d, struct relation *rel)
{
	if (!rel->row_type)
		return;
	struct type *t = catalog_type_by_oid(d->cat, rel->row_type->oid);
	t->name = rel->name;
	t->schema = rel->schema;
	if (t->array) {
		struct type *array = catalog_type_by_oid(d->cat, t->array->oid);
		array->schema = rel->schema;
		array->name = arena_printf(d->a, "_%.62s", rel->name);
	}
}

/* The relation under a new name or schema, its dependants' text and the storage. */
static int move_relation(struct ctx *c, struct ddl *d, struct relation *rel, const char *schema,
			 const char *name)
{
	bool is_move = strcmp(schema, rel->schema) != 0;
	if (ddl_relname_taken(d, str_of(schema), str_of(name)))
		return err_set(c, "42P07",
			       is_move ? "relation \"%s\" already exists in schema \"%s\""
				       : "relation \"%s\" already exists",
			       name, schema);
	if (rel->row_type && catalog_type(d->cat, str_of(schema), str_of(name)))
		return err_set(c, "42710", "type \"%s\" already exists", name);
	struct rename r = { .oid = rel->oid,
			    .schema = rel->schema,
			    .before = rel->name,
			    .after = name,
			    .new_schema = is_move ? schema : NULL };
	ddl_patch(c, d, &r);
	struct relation *before = shallow(c, rel);
	if (rel->kind == REL_SEQUENCE)
		rename_sequence_uses(c, d, before, schema, name);
	rel->schema = arena_strdup(d->a, schema);
	rel->name = arena_strdup(d->a, name);
	rename_row_type(d, rel);
	catalog_index(d->cat);
	if (rel->kind == REL_SEQUENCE)
		return STORE(c, d, rename_sequence, before, rel);
	return rel->kind == REL_TABLE || rel->kind == REL_MATVIEW
		       ? STORE(c, d, rename_table, before, rel)
		       : 0;
}

static int rename_index(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	const struct json *rv = json_get(stmt, "relation");
	bool missing_ok = json_get_bool(stmt, "missing_ok", false);
	struct relation *rel = NULL;
	struct index *ix;
	TRY(ddl_index(c, d, json_get_str(rv, "schemaname", STR("")),
		      json_get_str(rv, "relname", STR("")), true, &rel, &ix));
	if (!ix && !missing_ok)
		return err_set(c, "42P01", "relation \"%s\" does not exist",
			       ddl_cstr(c, rv, "relname"));
	if (!ix) {
		ddl_notice(c, d, "relation \"%s\" does not exist, skipping",
			   ddl_cstr(c, rv, "relname"));
		return 0;
	}
	if (ddl_relname_taken(d, str_of(rel->schema), str_of(name)))
		return err_set(c, "42P07", "relation \"%s\" already exists", name);
	TRY(STORE(c, d, drop_index, rel, ix));
	for (size_t i = 0; i < rel->constraints.n; i++) {
		struct constraint *con = rel->constraints.v[i];
		if (con->index && strcmp(con->index, ix->name) == 0)
			con->name = con->index = arena_strdup(d->a, name);
	}
	ix->name = arena_strdup(d->a, name);
	catalog_index(d->cat);
	return STORE(c, d, create_index, rel, ix);
}

/* ALTER TABLE takes every kind, the others their own. */
static int check_kind(struct ctx *c, const struct relation *rel, struct str object)
{
	bool is_right = str_is(object, "OBJECT_VIEW")	    ? rel->kind == REL_VIEW
			: str_is(object, "OBJECT_SEQUENCE") ? rel->kind == REL_SEQUENCE
			: str_is(object, "OBJECT_MATVIEW")  ? rel->kind == REL_MATVIEW
							    : true;
	if (is_right)
		return 0;
	const char *wanted = str_is(object, "OBJECT_VIEW")	 ? "a view"
			     : str_is(object, "OBJECT_SEQUENCE") ? "a sequence"
								 : "a materialized view";
	return err_set(c, "42809", "\"%s\" is not %s", rel->name, wanted);
}

static int rename_relation(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	const struct json *rv = json_get(stmt, "relation");
	bool missing_ok = json_get_bool(stmt, "missing_ok", false);
	struct relation *rel;
	TRY(ddl_relation(c, d, rv, missing_ok, &rel));
	if (!rel) {
		ddl_notice(c, d, "relation \"%s\" does not exist, skipping",
			   ddl_cstr(c, rv, "relname"));
		return 0;
	}
	TRY(check_kind(c, rel, json_get_str(stmt, "renameType", STR(""))));
	TRY(ddl_must_own_relation(c, d, rel));
	return move_relation(c, d, rel, rel->schema, name);
}

static int rename_column(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	const struct json *rv = json_get(stmt, "relation");
	struct relation *rel;
	struct column *col;
	TRY(ddl_relation(c, d, rv, json_get_bool(stmt, "missing_ok", false), &rel));
	if (!rel)
		return 0;
	TRY(ddl_must_own_relation(c, d, rel));
	struct str old = json_get_str(stmt, "subname", STR(""));
	col = relation_column(rel, old);
	if (!col)
		return err_set(c, "42703", "column \"%.*s\" does not exist", STR_ARG(old));
	if (relation_column(rel, str_of(name)))
		return err_set(c, "42701", "column \"%s\" of relation \"%s\" already exists", name,
			       rel->name);
	struct rename r = { .oid = rel->oid,
			    .attnum = col->attnum,
			    .schema = rel->schema,
			    .before = col->name,
			    .after = name };
	ddl_patch(c, d, &r);
	const char *before = col->name;
	const char *stored = col->storage_name ? col->storage_name : before;
	col->name = arena_strdup(d->a, name);
	ddl_name_column_storage(d, rel, col);
	for (size_t i = 0; i < rel->triggers.n; i++) {
		struct trigger *t = rel->triggers.v[i];
		if (t->n_args == 1 && !t->function_oid && strcmp(t->args[0], before) == 0)
			t->args[0] = col->name;
		ddl_patch_when(c, d, t, before, col->name);
	}
	return rel->kind == REL_TABLE || rel->kind == REL_MATVIEW
		       ? STORE(c, d, rename_column, rel, stored, col)
		       : 0;
}

static int rename_constraint(struct ctx *c, struct ddl *d, const struct json *stmt,
			     const char *name)
{
	struct relation *rel;
	struct str old = json_get_str(stmt, "subname", STR(""));
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), json_get_bool(stmt, "missing_ok", false),
			 &rel));
	if (!rel)
		return 0;
	TRY(ddl_must_own_relation(c, d, rel));
	struct constraint *con = relation_constraint(rel, old);
	if (!con)
		return err_set(c, "42704", "constraint \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(old), rel->name);
	struct index *ix = con->index ? relation_index(rel, str_of(con->index)) : NULL;
	if (ix && ddl_relname_taken(d, str_of(rel->schema), str_of(name)))
		return err_set(c, "42P07", "relation \"%s\" already exists", name);
	if (relation_constraint(rel, str_of(name)))
		return err_set(c, "42710", "constraint \"%s\" for relation \"%s\" already exists",
			       name, rel->name);
	con->name = arena_strdup(d->a, name);
	if (!ix)
		return 0;
	TRY(STORE(c, d, drop_index, rel, ix));
	ix->name = con->index = con->name;
	catalog_index(d->cat);
	return STORE(c, d, create_index, rel, ix);
}

static int rename_policy(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	struct relation *rel;
	struct str old = json_get_str(stmt, "subname", STR(""));
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), false, &rel));
	TRY(ddl_must_own_relation(c, d, rel));
	struct policy *p = relation_policy(rel, old);
	if (!p)
		return err_set(c, "42704", "policy \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(old), rel->name);
	if (relation_policy(rel, str_of(name)))
		return err_set(c, "42710", "policy \"%s\" for table \"%s\" already exists", name,
			       rel->name);
	p->name = arena_strdup(d->a, name);
	return 0;
}

static int rename_trigger(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	struct relation *rel;
	struct str old = json_get_str(stmt, "subname", STR(""));
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), false, &rel));
	TRY(ddl_must_own_relation(c, d, rel));
	for (size_t i = 0; i < rel->triggers.n; i++)
		if (strcmp(rel->triggers.v[i]->name, name) == 0 && !str_is(old, name))
			return err_set(c, "42710",
				       "trigger \"%s\" for relation \"%s\" already exists", name,
				       rel->name);
	for (size_t i = 0; i < rel->triggers.n; i++) {
		if (!str_is(old, rel->triggers.v[i]->name))
			continue;
		rel->triggers.v[i]->name = arena_strdup(d->a, name);
		return 0;
	}
	return err_set(c, "42704", "trigger \"%.*s\" for table \"%s\" does not exist", STR_ARG(old),
		       rel->name);
}

static void rename_default_acls(struct ddl *d, const char *before, const char *after)
{
	for (size_t i = 0; i < d->cat->default_acls.n; i++) {
		if (strcmp(d->cat->default_acls.v[i]->schema, before) == 0)
			d->cat->default_acls.v[i]->schema = arena_strdup(d->a, after);
	}
}

static int rename_schema(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	struct str old = json_get_str(stmt, "subname", STR(""));
	struct schema *schema = catalog_schema(d->cat, old);
	if (!schema)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(old));
	if (catalog_schema(d->cat, str_of(name)))
		return err_set(c, "42P06", "schema \"%s\" already exists", name);
	TRY(ddl_must_own(c, d, schema->owner, "schema", schema->name));
	struct schema *made = ARENA_NEW(d->a, struct schema);
	*made = *schema;
	made->name = arena_strdup(d->a, name);
	VEC_PUSH(d->a, &d->cat->schemas, made);
	catalog_index(d->cat);
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		if (strcmp(rel->schema, schema->name) == 0)
			TRY(move_relation(c, d, rel, name, rel->name));
	}
	for (size_t i = 0; i < d->cat->types.n; i++) {
		struct type *t = d->cat->types.v[i];
		struct rename r = {
			.type = t, .before = t->name, .after = t->name, .new_schema = name
		};
		if (strcmp(t->schema, schema->name) != 0)
			continue;
		ddl_patch(c, d, &r);
		t->schema = made->name;
	}
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		struct function *f = d->cat->functions.v[i];
		if (strcmp(f->schema, schema->name) == 0)
			TRY(function_move(c, d, f, name, f->name));
	}
	ddl_patch_paths(c, d, schema->name, name);
	rename_default_acls(d, schema->name, name);
	size_t n = 0;
	for (size_t i = 0; i < d->cat->schemas.n; i++) {
		if (d->cat->schemas.v[i] != schema)
			d->cat->schemas.v[n++] = d->cat->schemas.v[i];
	}
	d->cat->schemas.n = n;
	catalog_index(d->cat);
	return 0;
}

static int move_type(struct ctx *c, struct ddl *d, struct type *t, const char *schema,
		     const char *name)
{
	bool is_move = strcmp(schema, t->schema) != 0;
	if (t->row)
		return move_relation(c, d, catalog_relation_by_oid(d->cat, t->row->oid), schema,
				     name);
	if (catalog_type(d->cat, str_of(schema), str_of(name)))
		return err_set(c, "42710", "type \"%s\" already exists", name);
	struct rename r = { .type = t,
			    .schema = t->schema,
			    .before = t->name,
			    .after = name,
			    .new_schema = is_move ? schema : NULL };
	ddl_patch(c, d, &r);
	t->name = arena_strdup(d->a, name);
	t->schema = arena_strdup(d->a, schema);
	struct type *array = t->array ? catalog_type_by_oid(d->cat, t->array->oid) : NULL;
	if (array) {
		array->schema = t->schema;
		array->name = arena_printf(d->a, "_%.62s", name);
	}
	catalog_index(d->cat);
	return 0;
}

static int rename_type(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	struct type *t;
	const struct json *object = json_get(stmt, "object");
	TRY(ddl_user_type(c, d, json_get(node_as(object, "List"), "items"), false, &t));
	TRY(ddl_must_own(c, d, t->owner, "type", t->name));
	if (t->row && t->row->kind != REL_COMPOSITE) {
		err_set(c, "42809", "%s is a table's row type", t->name);
		return err_hint(c, "Use ALTER TABLE instead.");
	}
	return move_type(c, d, t, t->schema, name);
}

static int rename_domain_check(struct ctx *c, struct ddl *d, const struct json *stmt,
			       const char *name)
{
	struct type *t;
	struct str old = json_get_str(stmt, "subname", STR(""));
	const struct json *object = json_get(stmt, "object");
	TRY(ddl_user_type(c, d, json_get(node_as(object, "List"), "items"), false, &t));
	for (struct check_def *k = t->checks; k; k = k->next) {
		if (!str_is(old, k->name))
			continue;
		k->name = arena_strdup(d->a, name);
		return 0;
	}
	return err_set(c, "42704", "constraint \"%.*s\" for domain \"%s\" does not exist",
		       STR_ARG(old), t->name);
}

struct role_change {
	struct ddl *d;
	const char *before, *after;
};

static void swap(const struct role_change *k, const char **name)
{
	if (*name && strcmp(*name, k->before) == 0)
		*name = k->after;
}

static void swap_acl(const struct role_change *k, struct acl *acl)
{
	for (; acl; acl = acl->next) {
		swap(k, &acl->grantee);
		swap(k, &acl->grantor);
	}
}

static void swap_in_relation(const struct role_change *k, struct relation *rel)
{
	swap(k, &rel->owner);
	swap_acl(k, rel->acl);
	for (size_t i = 0; i < rel->columns.n; i++)
		swap_acl(k, rel->columns.v[i].acl);
	for (size_t i = 0; i < rel->policies.n; i++) {
		for (size_t j = 0; j < rel->policies.v[i]->n_roles; j++)
			swap(k, &rel->policies.v[i]->roles[j]);
	}
}

static int rename_role(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	struct str old = json_get_str(stmt, "subname", STR(""));
	struct role *role = catalog_role(d->cat, old);
	if (!role)
		return err_set(c, "42704", "role \"%.*s\" does not exist", STR_ARG(old));
	if (catalog_role(d->cat, str_of(name)))
		return err_set(c, "42710", "role \"%s\" already exists", name);
	struct role_change k = { d, role->name, arena_strdup(d->a, name) };
	for (size_t i = 0; i < d->cat->relations.n; i++)
		swap_in_relation(&k, d->cat->relations.v[i]);
	for (size_t i = 0; i < d->cat->schemas.n; i++) {
		swap(&k, &d->cat->schemas.v[i]->owner);
		swap_acl(&k, d->cat->schemas.v[i]->acl);
	}
	for (size_t i = 0; i < d->cat->types.n; i++) {
		swap(&k, &d->cat->types.v[i]->owner);
		swap_acl(&k, d->cat->types.v[i]->acl);
	}
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		swap(&k, &d->cat->functions.v[i]->owner);
		swap_acl(&k, d->cat->functions.v[i]->acl);
	}
	for (size_t i = 0; i < d->cat->default_acls.n; i++) {
		swap(&k, &d->cat->default_acls.v[i]->role);
		swap_acl(&k, d->cat->default_acls.v[i]->acl);
	}
	for (size_t i = 0; i < d->cat->roles.n; i++) {
		for (size_t j = 0; j < d->cat->roles.v[i]->member_of.n; j++)
			swap(&k, &d->cat->roles.v[i]->member_of.v[j]);
	}
	role->name = k.after;
	catalog_index(d->cat);
	return 0;
}

static int rename_publication(struct ctx *c, struct ddl *d, const struct json *stmt,
			      const char *name)
{
	struct publication *p;
	TRY(ddl_find_publication(c, d, node_string(json_get(stmt, "object")), &p));
	if (catalog_publication(d->cat, str_of(name)))
		return err_set(c, "42710", "publication \"%s\" already exists", name);
	p->name = arena_strdup(d->a, name);
	return 0;
}

static int rename_event_trigger(struct ctx *c, struct ddl *d, const struct json *stmt,
				const char *name)
{
	struct event_trigger *t;
	TRY(ddl_find_event_trigger(c, d, node_string(json_get(stmt, "object")), &t));
	if (catalog_event_trigger(d->cat, str_of(name)))
		return err_set(c, "42710", "event trigger \"%s\" already exists", name);
	t->name = arena_strdup(d->a, name);
	return 0;
}

int ddl_rename(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	static const struct {
		const char *kind;
		int (*run)(struct ctx *, struct ddl *, const struct json *, const char *);
	} kinds[] = {
		{ "OBJECT_TABLE", rename_relation },
		{ "OBJECT_VIEW", rename_relation },
		{ "OBJECT_MATVIEW", rename_relation },
		{ "OBJECT_SEQUENCE", rename_relation },
		{ "OBJECT_INDEX", rename_index },
		{ "OBJECT_COLUMN", rename_column },
		{ "OBJECT_ATTRIBUTE", rename_column },
		{ "OBJECT_TABCONSTRAINT", rename_constraint },
		{ "OBJECT_DOMCONSTRAINT", rename_domain_check },
		{ "OBJECT_POLICY", rename_policy },
		{ "OBJECT_TRIGGER", rename_trigger },
		{ "OBJECT_SCHEMA", rename_schema },
		{ "OBJECT_TYPE", rename_type },
		{ "OBJECT_DOMAIN", rename_type },
		{ "OBJECT_ROLE", rename_role },
		{ "OBJECT_FUNCTION", ddl_rename_function },
		{ "OBJECT_PROCEDURE", ddl_rename_function },
		{ "OBJECT_ROUTINE", ddl_rename_function },
		{ "OBJECT_PUBLICATION", rename_publication },
		{ "OBJECT_EVENT_TRIGGER", rename_event_trigger },
	};
	struct str kind = json_get_str(stmt, "renameType", STR(""));
	const char *name = ddl_cstr(c, stmt, "newname");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (str_is(kind, kinds[i].kind))
			return kinds[i].run(c, d, stmt, name);
	}
	return ddl_refuse(c, "this RENAME is not supported on this engine", NULL);
}

static int set_extension_schema(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct extension *x;
	struct schema *schema;
	TRY(ddl_find_extension(c, d, node_string(json_get(stmt, "object")), &x));
	TRY(ddl_create_schema_of(c, d, json_get_str(stmt, "newschema", STR("")), -1, &schema));
	x->schema = schema->name;
	return 0;
}

static bool is_routine(struct str kind)
{
	return str_is(kind, "OBJECT_FUNCTION") || str_is(kind, "OBJECT_PROCEDURE") ||
	       str_is(kind, "OBJECT_ROUTINE");
}

int ddl_set_schema(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str kind = json_get_str(stmt, "objectType", STR(""));
	struct schema *schema;
	struct relation *rel = NULL;
	struct type *t;
	if (str_is(kind, "OBJECT_EXTENSION"))
		return set_extension_schema(c, d, stmt);
	if (json_get(stmt, "relation"))
		TRY(ddl_relation(c, d, json_get(stmt, "relation"),
				 json_get_bool(stmt, "missing_ok", false), &rel));
	if (is_routine(kind))
		return ddl_move_function(c, d, stmt);
	TRY(ddl_create_schema_of(c, d, json_get_str(stmt, "newschema", STR("")), -1, &schema));
	if (str_is(kind, "OBJECT_TYPE") || str_is(kind, "OBJECT_DOMAIN")) {
		const struct json *object = json_get(stmt, "object");
		TRY(ddl_user_type(c, d, json_get(node_as(object, "List"), "items"), false, &t));
		TRY(ddl_must_own(c, d, t->owner, "type", t->name));
		return strcmp(t->schema, schema->name) == 0
			       ? 0
			       : move_type(c, d, t, schema->name, t->name);
	}
	if (!json_get(stmt, "relation"))
		return ddl_refuse(c, "this SET SCHEMA is not supported on this engine", NULL);
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), json_get_bool(stmt, "missing_ok", false),
			 &rel));
	if (!rel)
		return 0;
	TRY(ddl_must_own_relation(c, d, rel));
	if (strcmp(rel->schema, schema->name) == 0)
		return 0;
	/* Sequences that the table's columns own go with it. */
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *seq = d->cat->relations.v[i];
		if (seq->kind == REL_SEQUENCE && seq->seq->owner_rel == rel->oid)
			TRY(move_relation(c, d, seq, schema->name, seq->name));
	}
	return move_relation(c, d, rel, schema->name, rel->name);
}
