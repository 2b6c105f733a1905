#include "sql/ddl/statements.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *ddl_cstr(struct ctx *c, const struct json *node, const char *key)
{
	return json_get_cstr(c->arena, node, key);
}

static struct str nth_from_end(const struct json *list, uint32_t back)
{
	if (!list || list->count < back)
		return STR("");
	return node_string(json_at(list, list->count - back));
}

struct str ddl_last_name(const struct json *list)
{
	return nth_from_end(list, 1);
}

struct str ddl_qualifier(const struct json *list)
{
	return nth_from_end(list, 2);
}

int ddl_err_at(struct ctx *c, const struct ddl *d, int64_t location)
{
	if (location >= 0 && (size_t)location <= d->text.n)
		err_at(c, sql_char_pos(d->text, (int)location));
	return -1;
}

int ddl_refuse(struct ctx *c, const char *what, const char *hint)
{
	err_set(c, "0A000", "%s", what);
	return hint ? err_hint(c, "%s", hint) : -1;
}

void ddl_notice(struct ctx *c, struct ddl *d, const char *fmt, ...)
{
	if (!d->s->notice)
		return;
	va_list ap;
	va_start(ap, fmt);
	const char *what = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	d->s->notice(c, d->s->notice_arg, what);
}

int ddl_create_schema_of(struct ctx *c, struct ddl *d, struct str name, int64_t location,
			 struct schema **ret)
{
	struct schema *schema = NULL;
	size_t pos = 0;
	struct str element;
	if (str_is(name, "pg_temp")) {
		*ret = ddl_temp_schema(d);
		return 0;
	}
	if (name.n) {
		schema = catalog_schema(d->cat, name);
		if (!schema) {
			err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(name));
			return ddl_err_at(c, d, location);
		}
	}
	while (!schema && search_path_next(d->s->search_path, &pos, &element))
		schema = catalog_schema(d->cat, element);
	if (!schema)
		return err_set(c, "3F000", "no schema has been selected to create in");
	if (!catalog_privs(d->cat, str_of(d->s->role), schema->owner, schema->acl, 'n',
			   PRIV_CREATE) &&
	    strcmp(d->s->role, "postgres") != 0)
		return err_set(c, "42501", "permission denied for schema %s", schema->name);
	*ret = schema;
	return 0;
}

bool ddl_may_do_all(const struct ddl *d)
{
	const struct role *role = catalog_role(d->cat, str_of(d->s->role));
	/* Migrations run as postgres, which a Supabase project lets change all of it. */
	return (role && role->is_superuser) || strcmp(d->s->role, "postgres") == 0;
}

static bool may_use(const struct ddl *d, const struct schema *schema)
{
	return ddl_may_do_all(d) || catalog_privs(d->cat, str_of(d->s->role), schema->owner,
						  schema->acl, 'n', PRIV_USAGE);
}

/* Along the search_path, past the schemas that the role may not use. */
static struct relation *find_relation(const struct ddl *d, struct str name)
{
	size_t pos = 0;
	struct str element;
	struct relation *temp = catalog_relation(d->cat, STR("pg_temp"), name);
	if (temp)
		return temp;
	while (search_path_next(d->s->search_path, &pos, &element)) {
		const struct schema *schema = catalog_schema(d->cat, element);
		struct relation *rel = schema && may_use(d, schema)
					       ? catalog_relation(d->cat, element, name)
					       : NULL;
		if (rel)
			return rel;
	}
	return catalog_relation(d->cat, STR("pg_catalog"), name);
}

int ddl_relation_named(struct ctx *c, struct ddl *d, struct str schema, struct str name,
		       bool missing_ok, struct relation **ret)
{
	const struct schema *in = schema.n ? catalog_schema(d->cat, schema) : NULL;
	if (in && !may_use(d, in))
		return err_set(c, "42501", "permission denied for schema %s", in->name);
	*ret = schema.n ? catalog_relation(d->cat, schema, name) : find_relation(d, name);
	if (*ret || missing_ok)
		return 0;
	if (schema.n)
		return err_set(c, "42P01", "relation \"%.*s.%.*s\" does not exist", STR_ARG(schema),
			       STR_ARG(name));
	return err_set(c, "42P01", "relation \"%.*s\" does not exist", STR_ARG(name));
}

int ddl_relation(struct ctx *c, struct ddl *d, const struct json *range_var, bool missing_ok,
		 struct relation **ret)
{
	return ddl_relation_named(c, d, json_get_str(range_var, "schemaname", STR("")),
				  json_get_str(range_var, "relname", STR("")), missing_ok, ret);
}

int ddl_index(struct ctx *c, struct ddl *d, struct str schema, struct str name, bool missing_ok,
	      struct relation **ret_rel, struct index **ret)
{
	size_t pos = 0;
	struct str element;
	*ret = NULL;
	if (schema.n)
		*ret = catalog_index_by_name(d->cat, schema, name, ret_rel);
	while (!schema.n && !*ret && search_path_next(d->s->search_path, &pos, &element))
		*ret = catalog_index_by_name(d->cat, element, name, ret_rel);
	if (*ret || missing_ok)
		return 0;
	return err_set(c, "42704", "index \"%.*s\" does not exist", STR_ARG(name));
}

int ddl_column(struct ctx *c, const struct relation *rel, struct str name, struct column **ret)
{
	*ret = relation_column(rel, name);
	if (*ret)
		return 0;
	return err_set(c, "42703", "column \"%.*s\" of relation \"%s\" does not exist",
		       STR_ARG(name), rel->name);
}

int ddl_user_type(struct ctx *c, struct ddl *d, const struct json *names, bool missing_ok,
		  struct type **ret)
{
	struct str schema = ddl_qualifier(names), name = ddl_last_name(names);
	struct type *t = schema.n ? catalog_type(d->cat, schema, name) : NULL;
	size_t pos = 0;
	struct str element;
	while (!t && !schema.n && search_path_next(d->s->search_path, &pos, &element))
		t = catalog_type(d->cat, element, name);
	*ret = t;
	if (t || missing_ok)
		return 0;
	const struct type *builtin = catalog_find_type(d->cat, d->s->search_path, schema, name);
	if (builtin)
		return err_set(c, "42501", "must be owner of type %s",
			       type_format(c->arena, TYPEREF(builtin)));
	if (schema.n)
		return err_set(c, "42704", "type \"%.*s.%.*s\" does not exist", STR_ARG(schema),
			       STR_ARG(name));
	return err_set(c, "42704", "type \"%.*s\" does not exist", STR_ARG(name));
}

int ddl_role(struct ctx *c, struct ddl *d, const struct json *spec, const char **ret)
{
	const struct json *inner = node_as(spec, "RoleSpec");
	spec = inner ? inner : spec;
	struct str type = json_get_str(spec, "roletype", STR(""));
	if (str_is(type, "ROLESPEC_PUBLIC")) {
		*ret = "";
		return 0;
	}
	if (!str_is(type, "ROLESPEC_CSTRING")) {
		*ret = d->s->role;
		return 0;
	}
	struct str name = json_get_str(spec, "rolename", STR(""));
	const struct role *role = catalog_role(d->cat, name);
	if (!role)
		return err_set(c, "42704", "role \"%.*s\" does not exist", STR_ARG(name));
	*ret = role->name;
	return 0;
}

int ddl_type(struct ctx *c, struct ddl *d, const struct json *type_name, struct typeref *ret)
{
	struct analysis an = { .cat = d->cat, .search_path = d->s->search_path };
	if (analyze_type_name(c, &an, type_name, ret) == 0)
		return 0;
	if (!c->err.position)
		ddl_err_at(c, d, json_get_i64(type_name, "location", -1));
	return -1;
}

int ddl_must_own(struct ctx *c, const struct ddl *d, const char *owner, const char *kind,
		 const char *name)
{
	if (ddl_may_do_all(d) ||
	    (owner && catalog_has_role(d->cat, str_of(d->s->role), str_of(owner), true)))
		return 0;
	return err_set(c, "42501", "must be owner of %s %s", kind, name);
}

int ddl_must_be_member(struct ctx *c, const struct ddl *d, const char *role)
{
	if (ddl_may_do_all(d) || catalog_has_role(d->cat, str_of(d->s->role), str_of(role), false))
		return 0;
	return err_set(c, "42501", "must be member of role \"%s\"", role);
}

const char *relation_kind_name(enum relation_kind kind)
{
	switch (kind) {
	case REL_VIEW:
		return "view";
	case REL_MATVIEW:
		return "materialized view";
	case REL_SEQUENCE:
		return "sequence";
	case REL_COMPOSITE:
		return "type";
	case REL_FOREIGN:
		return "foreign table";
	default:
		return "table";
	}
}

int ddl_must_own_relation(struct ctx *c, const struct ddl *d, const struct relation *rel)
{
	return ddl_must_own(c, d, rel->owner, relation_kind_name(rel->kind), rel->name);
}

bool ddl_relname_taken(const struct ddl *d, struct str schema, struct str name)
{
	return catalog_relation(d->cat, schema, name) ||
	       catalog_index_by_name(d->cat, schema, name, NULL);
}

/* At most n bytes of s, never half a UTF-8 character. */
static size_t clip(const char *s, size_t n)
{
	if (strlen(s) <= n)
		return strlen(s);
	while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	return n;
}

const char *ddl_object_name(struct ctx *c, const char *a, const char *b, const char *label)
{
	size_t a_n = strlen(a), b_n = b ? strlen(b) : 0, overhead = 0;
	bool has_b = b && *b;
	if (has_b)
		overhead++;
	if (label)
		overhead += strlen(label) + 1;
	while (a_n + b_n > NAME_MAX_BYTES - overhead) {
		if (a_n > b_n)
			a_n--;
		else
			b_n--;
	}
	a_n = clip(a, a_n);
	b_n = has_b ? clip(b, b_n) : 0;
	return arena_printf(c->arena, "%.*s%s%.*s%s%s", (int)a_n, a, has_b ? "_" : "", (int)b_n,
			    has_b ? b : "", label ? "_" : "", label ? label : "");
}

static bool conname_taken(const struct ddl *d, const char *schema, const char *name)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		const struct relation *rel = d->cat->relations.v[i];
		if (strcmp(rel->schema, schema) == 0 && relation_constraint(rel, str_of(name)))
			return true;
	}
	return false;
}

const char *ddl_choose_relname(struct ctx *c, const struct ddl *d, const char *schema,
			       const char *a, const char *b, const char *label,
			       bool also_constraints)
{
	const char *name = ddl_object_name(c, a, b, label);
	for (int pass = 1; ddl_relname_taken(d, str_of(schema), str_of(name)) ||
			   (also_constraints && conname_taken(d, schema, name));
	     pass++)
		name = ddl_object_name(c, a, b, arena_printf(c->arena, "%s%d", label, pass));
	return name;
}

const char *ddl_choose_conname(struct ctx *c, const struct ddl *d, const char *schema,
			       const char *a, const char *b, const char *label)
{
	const char *name = ddl_object_name(c, a, b, label);
	for (int pass = 1; conname_taken(d, schema, name); pass++)
		name = ddl_object_name(c, a, b, arena_printf(c->arena, "%s%d", label, pass));
	return name;
}

uint32_t ddl_new_oid(struct ddl *d)
{
	return d->cat->next_oid++;
}

const char *ddl_qualified(struct ctx *c, const char *schema, const char *name)
{
	BUF_CLEANUP struct buf b = buf_make(1024);
	sql_put_ident(&b, str_of(schema));
	buf_char(&b, '.');
	sql_put_ident(&b, str_of(name));
	return buf_dup(c->arena, &b);
}

/* "_name", with more underscores in front until it is free. */
static const char *array_type_name(struct ctx *c, const struct ddl *d, const struct type *t)
{
	const char *name = t->name;
	do {
		name = arena_printf(c->arena, "_%.*s", (int)clip(name, NAME_MAX_BYTES - 1), name);
	} while (catalog_type(d->cat, str_of(t->schema), str_of(name)) ||
		 type_builtin(str_of(name)));
	return arena_strdup(d->a, name);
}

int ddl_add_type(struct ctx *c, struct ddl *d, struct type *t)
{
	struct type *old = catalog_type(d->cat, str_of(t->schema), str_of(t->name));
	if (old && old->kind == TYPE_ARRAY) {
		/* An array type made for us gives way, as in PostgreSQL. */
		old->name = array_type_name(c, d, old);
		catalog_index(d->cat);
	} else if (old) {
		err_set(c, "42710", "type \"%s\" already exists", t->name);
		if (t->row && t->row->kind != REL_COMPOSITE)
			err_hint(c,
				 "A relation has an associated type of the same name, so you "
				 "must use a name that doesn't conflict with any existing type.");
		return -1;
	}
	t->oid = ddl_new_oid(d);
	VEC_PUSH(d->a, &d->cat->types, t);
	catalog_index_type(d->cat, t);
	struct type *array = ARENA_NEW(d->a, struct type);
	array->oid = ddl_new_oid(d);
	array->schema = t->schema;
	array->name = array_type_name(c, d, t);
	array->kind = TYPE_ARRAY;
	array->value = t->value;
	array->category = 'A';
	array->elem = t;
	array->base_typmod = -1;
	array->owner = t->owner;
	t->array = array;
	VEC_PUSH(d->a, &d->cat->types, array);
	catalog_index_type(d->cat, array);
	return 0;
}

void ddl_remove_type(struct ddl *d, const struct type *t)
{
	const struct type *array = t->array;
	size_t n = 0;
	for (size_t i = 0; i < d->cat->types.n; i++) {
		struct type *kept = d->cat->types.v[i];
		if (kept != t && kept != array)
			d->cat->types.v[n++] = kept;
	}
	d->cat->types.n = n;
	catalog_index(d->cat);
}

const char *ddl_shown_name(struct ctx *c, const struct ddl *d, const struct relation *rel)
{
	if (catalog_find_relation(d->cat, d->s->search_path, str_of(rel->name)) == rel)
		return rel->name;
	return ddl_qualified(c, rel->schema, rel->name);
}

void ddl_name_column_storage(struct ddl *d, const struct relation *rel, struct column *col)
{
	col->storage_name = NULL;
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *other = &rel->columns.v[i];
		if (other->attnum == col->attnum || strcasecmp(other->name, col->name) != 0)
			continue;
		col->storage_name = arena_printf(d->a, "%s#%d", col->name, col->attnum);
		return;
	}
}
