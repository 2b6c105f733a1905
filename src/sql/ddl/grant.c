/* GRANT, REVOKE and ALTER DEFAULT PRIVILEGES. */
#include "sql/builtin.h"
#include "sql/ddl/acl.h"
#include "sql/ddl/function.h"

#include <ctype.h>
#include <string.h>

/* An object whose rights are given. */
struct grantable {
	const char *owner;
	const struct acl *acl;
	char kind;
	const char *what, *name; /* "table", "t" */
};

static int invalid_privilege(struct ctx *c, struct str name, const char *kind_name)
{
	char *upper = str_dup(c->arena, name);
	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return err_set(c, "0LP01", "invalid privilege type %s for %s", upper, kind_name);
}

int grant_parse(struct ctx *c, struct ddl *d, const struct json *stmt, char kind,
		const char *kind_name, struct grant *ret)
{
	struct grant g = { .is_grant = json_get_bool(stmt, "is_grant", false),
			   .option = json_get_bool(stmt, "grant_option", false) };
	g.privileges = json_get(stmt, "privileges");
	g.all = !g.privileges;
	if (g.all)
		g.privs = acl_all_privs(kind);
	for (const struct json *j = g.all ? NULL : g.privileges->child; j; j = j->next) {
		const struct json *p = node_as(j, "AccessPriv");
		struct str name = json_get_str(p, "priv_name", STR("all"));
		bool is_all = str_is(name, "all");
		uint32_t priv = is_all ? acl_all_privs(json_get(p, "cols") ? 'c' : kind)
				       : acl_priv_by_name(name);
		if (!priv)
			return err_set(c, "42601", "unrecognized privilege type \"%.*s\"",
				       STR_ARG(name));
		uint32_t valid = acl_all_privs(json_get(p, "cols") ? 'c' : kind);
		if (kind == 'r' && !json_get(p, "cols"))
			valid |= PRIV_USAGE; /* a sequence may be named as a table */
		if (priv & ~valid)
			return invalid_privilege(c, name, kind_name);
		if (!json_get(p, "cols"))
			g.privs |= priv;
	}
	const struct json *grantees = json_get(stmt, "grantees");
	for (const struct json *j = grantees ? grantees->child : NULL; j; j = j->next) {
		const char *role;
		TRY(ddl_role(c, d, j, &role));
		if (!*role && g.is_grant && g.option)
			return err_set(c, "0LP01", "grant options can only be granted to roles");
		VEC_PUSH(c->arena, &g.grantees, role);
	}
	*ret = g;
	return 0;
}

void grant_apply(struct ddl *d, const struct grant *g, struct acl **acl, char kind,
		 const char *owner)
{
	uint32_t privs = g->all ? acl_all_privs(kind) : g->privs & acl_all_privs(kind);
	if (!*acl && kind != 'c')
		*acl = acl_default(d->a, kind, owner);
	for (size_t i = 0; i < g->grantees.n; i++) {
		if (g->is_grant)
			acl_add(d->a, acl, g->grantees.v[i], owner, privs, g->option);
		else if (*acl)
			acl_remove(d->a, acl, g->grantees.v[i], owner, privs, g->option);
	}
}

/* Grants and revokes are the owner's to make (or of roles that hold the grant
 * option). Who has some right but none to give away only gets a warning: *ret_may false. */
static int may_grant(struct ctx *c, struct ddl *d, const struct grantable *o, bool *ret_may)
{
	*ret_may = true;
	if (ddl_must_own(c, d, o->owner, o->what, o->name) == 0)
		return 0;
	for (const struct acl *acl = o->acl; acl; acl = acl->next) {
		if (acl->grantable &&
		    catalog_has_role(d->cat, str_of(d->s->role), str_of(acl->grantee), true)) {
			err_clear(c);
			return 0;
		}
	}
	if (!catalog_privs(d->cat, str_of(d->s->role), o->owner, o->acl, o->kind,
			   acl_all_privs(o->kind)))
		return err_set(c, "42501", "permission denied for %s %s", o->what, o->name);
	err_clear(c);
	*ret_may = false;
	ddl_notice(c, d, "no privileges were granted for \"%s\"", o->name);
	return 0;
}

static int grant_columns(struct ctx *c, struct ddl *d, const struct grant *g, struct relation *rel)
{
	for (const struct json *j = g->all ? NULL : g->privileges->child; j; j = j->next) {
		const struct json *p = node_as(j, "AccessPriv");
		const struct json *cols = json_get(p, "cols");
		struct str name = json_get_str(p, "priv_name", STR("all"));
		struct grant one = *g;
		one.all = str_is(name, "all");
		one.privs = acl_priv_by_name(name);
		for (const struct json *n = cols ? cols->child : NULL; n; n = n->next) {
			struct column *col;
			TRY(ddl_column(c, rel, node_string(n), &col));
			grant_apply(d, &one, &col->acl, 'c', rel->owner);
		}
	}
	return 0;
}

static int grant_relation(struct ctx *c, struct ddl *d, const struct grant *g, struct relation *rel)
{
	char kind = rel->kind == REL_SEQUENCE ? 'S' : 'r';
	struct grantable o = { rel->owner, rel->acl, kind, relation_kind_name(rel->kind),
			       rel->name };
	bool may;
	TRY(may_grant(c, d, &o, &may));
	if (!may)
		return 0;
	if (kind == 'r' && !g->all && (g->privs & PRIV_USAGE))
		return invalid_privilege(c, STR("usage"), "table");
	TRY(grant_columns(c, d, g, rel));
	if (!g->privs && !g->all)
		return 0;
	grant_apply(d, g, &rel->acl, kind, rel->owner);
	/* REVOKE at the table's level takes the columns' rights along. */
	for (size_t i = 0; !g->is_grant && i < rel->columns.n; i++)
		grant_apply(d, g, &rel->columns.v[i].acl, 'c', rel->owner);
	return 0;
}

static int grant_schema(struct ctx *c, struct ddl *d, const struct grant *g, struct str name)
{
	struct schema *schema = catalog_schema(d->cat, name);
	if (!schema)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(name));
	struct grantable o = { schema->owner, schema->acl, 'n', "schema", schema->name };
	bool may;
	TRY(may_grant(c, d, &o, &may));
	if (!may)
		return 0;
	grant_apply(d, g, &schema->acl, 'n', schema->owner);
	return 0;
}

static bool stop_at_first(const struct builtin *b, void *arg)
{
	const struct builtin **found = arg;
	*found = b;
	return false;
}

/* What an extension brings for its operators and indexes: dumps grant it all. */
static bool is_of_extension(struct str name)
{
	static const char *const prefixes[] = { "gtrgm_",
						"gin_",
						"similarity_",
						"word_similarity_",
						"strict_word_similarity_",
						"set_limit",
						"show_limit",
						"unaccent",
						"vector_",
						"halfvec_",
						"sparsevec_",
						"array_to_vector",
						"hnsw",
						"ivfflat",
						"l1_",
						"l2_",
						"inner_product",
						"cosine_distance",
						"hamming_",
						"jaccard_",
						"binary_quantize",
						"subvector" };
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_starts(name, str_of(prefixes[i])))
			return true;
	return false;
}

/* No function of the project's: a built-in one, whose rights are as they are? */
static bool is_builtin(const struct json *object)
{
	static const enum builtin_kind kinds[] = { BUILTIN_FUNC, BUILTIN_SRF, BUILTIN_AGG };
	struct str name = ddl_last_name(json_get(object, "objname"));
	const struct builtin *b = NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !b; i++)
		builtin_each(kinds[i], name, stop_at_first, (void *)&b);
	return b || builtin_is_unsupported(BUILTIN_FUNC, name) || is_of_extension(name);
}

/* The function, or a type that only an extension's own functions take. */
static bool is_missing(const struct ctx *c)
{
	return err_is(c, "42883") || err_is(c, "42704");
}

static int grant_one_function(struct ctx *c, struct ddl *d, const struct grant *g,
			      struct function *f)
{
	struct grantable o = { f->owner, f->acl, 'f', f->kind == 'p' ? "procedure" : "function",
			       f->name };
	bool may;
	TRY(may_grant(c, d, &o, &may));
	if (may)
		grant_apply(d, g, &f->acl, 'f', f->owner);
	return 0;
}

static int grant_function(struct ctx *c, struct ddl *d, const struct grant *g,
			  const struct json *object)
{
	struct function *f;
	if (ddl_find_function(c, d, object, g->objtype, false, &f) < 0) {
		if (!is_builtin(object) || !is_missing(c))
			return -1;
		err_clear(c);
		ddl_notice(c, d, "privileges on the built-in function %.*s are fixed",
			   STR_ARG(ddl_last_name(json_get(object, "objname"))));
		return 0;
	}
	return grant_one_function(c, d, g, f);
}

static int grant_type(struct ctx *c, struct ddl *d, const struct grant *g, const struct json *names)
{
	struct type *t;
	TRY(ddl_user_type(c, d, names, false, &t));
	struct grantable o = { t->owner, t->acl, 'T', "type", t->name };
	bool may;
	TRY(may_grant(c, d, &o, &may));
	if (!may)
		return 0;
	grant_apply(d, g, &t->acl, 'T', t->owner);
	return 0;
}

static const struct json *list_items(const struct json *node)
{
	const struct json *list = node_as(node, "List");
	return list ? json_get(list, "items") : NULL;
}

static int grant_object(struct ctx *c, struct ddl *d, const struct grant *g, char kind,
			const struct json *object)
{
	struct relation *rel;
	switch (kind) {
	case 'r':
	case 'S':
		TRY(ddl_relation(c, d, node_as(object, "RangeVar"), false, &rel));
		return grant_relation(c, d, g, rel);
	case 'n':
		return grant_schema(c, d, g, node_string(object));
	case 'f':
		return grant_function(c, d, g, node_as(object, "ObjectWithArgs"));
	default:
		return grant_type(c, d, g, list_items(object));
	}
}

static int grant_all_in_schema(struct ctx *c, struct ddl *d, const struct grant *g, char kind,
			       struct str schema)
{
	if (!catalog_schema(d->cat, schema))
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(schema));
	for (size_t i = 0; kind == 'f' && i < d->cat->functions.n; i++) {
		struct function *f = d->cat->functions.v[i];
		bool is_kind = str_is(g->objtype, "OBJECT_ROUTINE") ||
			       (f->kind == 'p') == str_is(g->objtype, "OBJECT_PROCEDURE");
		if (!str_is(schema, f->schema) || !is_kind)
			continue;
		TRY(grant_one_function(c, d, g, f));
	}
	for (size_t i = 0; kind != 'f' && i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		bool is_sequence = rel->kind == REL_SEQUENCE;
		if (!str_is(schema, rel->schema) || is_sequence != (kind == 'S') ||
		    rel->kind == REL_COMPOSITE)
			continue;
		TRY(grant_relation(c, d, g, rel));
	}
	return 0;
}

/* The acl kind of an ObjectType, 0 for those that mean nothing here. */
static char kind_of(struct str objtype, const char **ret_name)
{
	static const struct {
		const char *objtype;
		char kind;
		const char *name;
	} kinds[] = {
		{ "OBJECT_TABLE", 'r', "relation" },   { "OBJECT_SEQUENCE", 'S', "sequence" },
		{ "OBJECT_SCHEMA", 'n', "schema" },    { "OBJECT_FUNCTION", 'f', "function" },
		{ "OBJECT_ROUTINE", 'f', "function" }, { "OBJECT_PROCEDURE", 'f', "procedure" },
		{ "OBJECT_TYPE", 'T', "type" },	       { "OBJECT_DOMAIN", 'T', "type" },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!str_is(objtype, kinds[i].objtype))
			continue;
		*ret_name = kinds[i].name;
		return kinds[i].kind;
	}
	return 0;
}

/* PostgreSQL looks for the functions before it looks at roles and rights. */
static int find_functions(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *objects = json_get(stmt, "objects");
	struct str objtype = json_get_str(stmt, "objtype", STR(""));
	for (const struct json *j = objects ? objects->child : NULL; j; j = j->next) {
		const struct json *object = node_as(j, "ObjectWithArgs");
		struct function *f;
		if (!object || ddl_find_function(c, d, object, objtype, false, &f) == 0)
			continue;
		if (!is_builtin(object) || !is_missing(c))
			return -1;
		err_clear(c);
	}
	return 0;
}

int ddl_grant(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const char *kind_name;
	char kind = kind_of(json_get_str(stmt, "objtype", STR("")), &kind_name);
	if (!kind) {
		ddl_notice(c, d, "privileges on databases, languages and the like are not kept");
		return 0;
	}
	struct grant g;
	if (kind == 'f')
		TRY(find_functions(c, d, stmt));
	TRY(grant_parse(c, d, stmt, kind, kind_name, &g));
	g.objtype = json_get_str(stmt, "objtype", STR(""));
	bool is_schema_wide =
		str_is(json_get_str(stmt, "targtype", STR("")), "ACL_TARGET_ALL_IN_SCHEMA");
	const struct json *objects = json_get(stmt, "objects");
	for (const struct json *j = objects ? objects->child : NULL; j; j = j->next) {
		if (is_schema_wide)
			TRY(grant_all_in_schema(c, d, &g, kind, node_string(j)));
		else
			TRY(grant_object(c, d, &g, kind, j));
	}
	return 0;
}

static struct acl **default_entry(struct ddl *d, const char *role, const char *schema, char kind)
{
	for (size_t i = 0; i < d->cat->default_acls.n; i++) {
		struct default_acl *e = d->cat->default_acls.v[i];
		if (e->kind == kind && strcmp(e->role, role) == 0 && strcmp(e->schema, schema) == 0)
			return &e->acl;
	}
	struct default_acl *e = ARENA_NEW(d->a, struct default_acl);
	e->role = arena_strdup(d->a, role);
	e->schema = arena_strdup(d->a, schema);
	e->kind = kind;
	/* The global list replaces the built-in defaults, a schema's adds to them. */
	if (!*schema)
		e->acl = acl_default(d->a, kind, role);
	VEC_PUSH(d->a, &d->cat->default_acls, e);
	return &e->acl;
}

static const struct json *option(const struct json *options, const char *name)
{
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		if (str_is(json_get_str(elem, "defname", STR("")), name))
			return list_items(json_get(elem, "arg"));
	}
	return NULL;
}

static int default_for_role(struct ctx *c, struct ddl *d, const struct grant *g, char kind,
			    const char *role, const struct json *schemas)
{
	if (!schemas) {
		grant_apply(d, g, default_entry(d, role, "", kind), kind, role);
		return 0;
	}
	if (kind == 'n')
		return err_set(c, "0LP01",
			       "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS");
	for (const struct json *j = schemas->child; j; j = j->next) {
		struct str name = node_string(j);
		if (!catalog_schema(d->cat, name))
			return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(name));
		struct acl **acl = default_entry(d, role, str_dup(c->arena, name), kind);
		/* An empty schema list must not turn into the built-in defaults. */
		if (!*acl)
			acl_add(d->a, acl, role, role, 0, false);
		grant_apply(d, g, acl, kind, role);
	}
	return 0;
}

int ddl_default_privileges(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *action = json_get(stmt, "action");
	const struct json *inner = node_as(action, "GrantStmt");
	action = inner ? inner : action;
	const char *kind_name;
	char kind = kind_of(json_get_str(action, "objtype", STR("")), &kind_name);
	struct grant g;
	TRY(grant_parse(c, d, action, kind, kind_name, &g));
	const struct json *roles = option(json_get(stmt, "options"), "roles");
	const struct json *schemas = option(json_get(stmt, "options"), "schemas");
	if (!roles)
		return default_for_role(c, d, &g, kind, d->s->role, schemas);
	for (const struct json *j = roles->child; j; j = j->next) {
		const char *role;
		TRY(ddl_role(c, d, j, &role));
		TRY(ddl_must_be_member(c, d, role));
		TRY(default_for_role(c, d, &g, kind, role, schemas));
	}
	return 0;
}

int ddl_grant_role(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	bool is_grant = json_get_bool(stmt, "is_grant", false);
	for (const struct json *g = json_get(stmt, "granted_roles")->child; g; g = g->next) {
		struct str name = json_get_str(node_as(g, "AccessPriv"), "priv_name", STR(""));
		const struct role *granted = catalog_role(d->cat, name);
		if (!granted)
			return err_set(c, "42704", "role \"%.*s\" does not exist", STR_ARG(name));
		for (const struct json *j = json_get(stmt, "grantee_roles")->child; j;
		     j = j->next) {
			const char *member_name;
			TRY(ddl_role(c, d, j, &member_name));
			struct role *member = catalog_role(d->cat, str_of(member_name));
			if (!member)
				return err_set(c, "42704", "role \"public\" does not exist");
			TRY(ddl_change_membership(c, d, granted, member, is_grant));
		}
	}
	return 0;
}
