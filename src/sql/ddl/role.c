/* CREATE, ALTER and DROP ROLE. Passwords are not kept: nobody signs in to this
 * database with one. */
#include "sql/ddl/function.h"

#include <stdio.h>
#include <string.h>

static bool is_member(const struct role *member, const char *granted, size_t *ret_at)
{
	for (size_t i = 0; i < member->member_of.n; i++) {
		if (strcmp(member->member_of.v[i], granted) != 0)
			continue;
		*ret_at = i;
		return true;
	}
	return false;
}

/* Unlike catalog_has_role(), without a superuser's membership in everything. */
static bool reaches(struct ddl *d, const struct role *from, const char *to, int depth)
{
	if (strcmp(from->name, to) == 0)
		return true;
	for (size_t i = 0; depth > 0 && i < from->member_of.n; i++) {
		const struct role *next = catalog_role(d->cat, str_of(from->member_of.v[i]));
		if (next && reaches(d, next, to, depth - 1))
			return true;
	}
	return false;
}

/* CREATEROLE hands out every role but a superuser. */
static int may_grant(struct ctx *c, const struct ddl *d, const struct role *granted)
{
	const struct role *me = catalog_role(d->cat, str_of(d->s->role));
	if (!me || me->is_superuser)
		return 0;
	if (granted->is_superuser)
		return err_set(c, "42501", "must be superuser to alter superusers");
	if (me->create_role)
		return 0;
	return err_set(c, "42501", "must have admin option on role \"%s\"", granted->name);
}

int ddl_change_membership(struct ctx *c, struct ddl *d, const struct role *granted,
			  struct role *member, bool is_grant)
{
	TRY(may_grant(c, d, granted));
	size_t at;
	bool is_already = is_member(member, granted->name, &at);
	if (!is_grant && is_already)
		member->member_of.v[at] = member->member_of.v[--member->member_of.n];
	if (!is_grant || is_already)
		return 0;
	if (reaches(d, granted, member->name, 32))
		return err_set(c, "0LP01", "role \"%s\" is a member of role \"%s\"", granted->name,
			       member->name);
	VEC_PUSH(d->a, &member->member_of, granted->name);
	return 0;
}

static bool arg_bool(const struct json *arg)
{
	const struct json *b = node_as(arg, "Boolean");
	const struct json *i = node_as(arg, "Integer");
	return b ? json_get_bool(b, "boolval", false) : json_get_i64(i, "ival", 0) != 0;
}

/* roles: a List of RoleSpec. into: they become members of role, else it of them. */
static int add_members(struct ctx *c, struct ddl *d, struct role *role, const struct json *roles,
		       bool into)
{
	const struct json *items = json_get(node_as(roles, "List"), "items");
	for (const struct json *j = items ? items->child : NULL; j; j = j->next) {
		const char *name;
		TRY(ddl_role(c, d, j, &name));
		struct role *other = catalog_role(d->cat, str_of(name));
		if (!other)
			return err_set(c, "42704", "role \"public\" does not exist");
		TRY(into ? ddl_change_membership(c, d, role, other, true)
			 : ddl_change_membership(c, d, other, role, true));
	}
	return 0;
}

static int make_superuser(struct ctx *c, struct ddl *d, struct role *role, bool is_super,
			  bool is_new)
{
	const struct role *me = catalog_role(d->cat, str_of(d->s->role));
	if (me && !me->is_superuser)
		return err_set(c, "42501",
			       is_new ? "must be superuser to create superusers"
				      : "must be superuser to alter superuser roles or change "
					"superuser attribute");
	role->is_superuser = is_super;
	return 0;
}

static int set_options(struct ctx *c, struct ddl *d, struct role *role, const struct json *options,
		       bool is_new)
{
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		const struct json *arg = json_get(elem, "arg");
		struct str name = json_get_str(elem, "defname", STR(""));
		if (str_is(name, "superuser") && arg_bool(arg) != role->is_superuser)
			TRY(make_superuser(c, d, role, arg_bool(arg), is_new));
		else if (str_is(name, "bypassrls"))
			role->bypass_rls = arg_bool(arg);
		else if (str_is(name, "canlogin"))
			role->can_login = arg_bool(arg);
		else if (str_is(name, "inherit"))
			role->inherits = arg_bool(arg);
		else if (str_is(name, "createrole"))
			role->create_role = arg_bool(arg);
		else if (str_is(name, "createdb"))
			role->create_db = arg_bool(arg);
		else if (str_is(name, "addroleto"))
			TRY(add_members(c, d, role, arg, false));
		else if (str_is(name, "rolemembers") || str_is(name, "adminmembers"))
			TRY(add_members(c, d, role, arg, true));
		else if (str_is(name, "password"))
			ddl_notice(c, d, "the password of role %s is not kept", role->name);
	}
	return 0;
}

static int must_be_able(struct ctx *c, struct ddl *d, const char *verb)
{
	const struct role *me = catalog_role(d->cat, str_of(d->s->role));
	if (!me || me->is_superuser || me->create_role)
		return 0;
	return err_set(c, "42501", "permission denied to %s role", verb);
}

/* PostgreSQL's own roles, which the bootstrap makes. */
static bool is_predefined(struct str name)
{
	static const char *const names[] = { "pg_read_all_data", "pg_write_all_data", "pg_monitor",
					     "pg_signal_backend", "pg_database_owner" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_is(name, names[i]))
			return true;
	}
	return false;
}

int ddl_create_role(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str name = json_get_str(stmt, "role", STR(""));
	TRY(must_be_able(c, d, "create"));
	if (catalog_role(d->cat, name))
		return err_set(c, "42710", "role \"%.*s\" already exists", STR_ARG(name));
	if (str_starts(name, STR("pg_")) && !is_predefined(name)) {
		err_set(c, "42939", "role name \"%.*s\" is reserved", STR_ARG(name));
		return err_details(c, "Role names starting with \"pg_\" are reserved.");
	}
	struct role *role = ARENA_NEW(d->a, struct role);
	role->name = str_dup(d->a, name);
	role->inherits = true;
	role->can_login = str_is(json_get_str(stmt, "stmt_type", STR("")), "ROLESTMT_USER");
	VEC_PUSH(d->a, &d->cat->roles, role);
	catalog_index(d->cat);
	return set_options(c, d, role, json_get(stmt, "options"), true);
}

int ddl_alter_role(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const char *name;
	TRY(ddl_role(c, d, json_get(stmt, "role"), &name));
	if (strcmp(name, d->s->role) != 0)
		TRY(must_be_able(c, d, "alter"));
	struct role *role = catalog_role(d->cat, str_of(name));
	if (!role)
		return err_set(c, "42704", "role \"%s\" does not exist", name);
	return set_options(c, d, role, json_get(stmt, "options"), false);
}

/* The values of SET name = a, b as one text. */
static const char *setting_text(struct ctx *c, const struct json *args)
{
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	for (const struct json *j = args ? args->child : NULL; j; j = j->next) {
		const struct json *k = node_as(j, "A_Const");
		if (b.n)
			buf_puts(&b, ", ");
		struct str s = json_get_str(json_get(k, "sval"), "sval", STR(""));
		struct str f = json_get_str(json_get(k, "fval"), "fval", STR(""));
		if (s.n || f.n)
			buf_str(&b, s.n ? s : f);
		else
			buf_i64(&b, json_get_i64(json_get(k, "ival"), "ival", 0));
	}
	return buf_dup(c->arena, &b);
}

int ddl_alter_role_set(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	if (!json_get(stmt, "role")) {
		ddl_notice(c, d, "settings of all roles are not kept");
		return 0;
	}
	const char *role_name;
	TRY(ddl_role(c, d, json_get(stmt, "role"), &role_name));
	struct role *role = catalog_role(d->cat, str_of(role_name));
	const struct json *set = json_get(stmt, "setstmt");
	const struct json *inner = node_as(set, "VariableSetStmt");
	set = inner ? inner : set;
	struct str kind = json_get_str(set, "kind", STR(""));
	const char *prefix =
		arena_printf(c->arena, "%s=", json_get_cstr(c->arena, set, "name") ?: "");
	size_t n = 0;
	for (size_t i = 0; role && i < role->settings.n; i++) {
		bool is_same = strncmp(role->settings.v[i], prefix, strlen(prefix)) == 0;
		if (!is_same && !str_is(kind, "VAR_RESET_ALL"))
			role->settings.v[n++] = role->settings.v[i];
	}
	if (!role)
		return err_set(c, "42704", "role \"public\" does not exist");
	if (strcmp(role_name, d->s->role) != 0)
		TRY(must_be_able(c, d, "alter"));
	role->settings.n = n;
	if (str_is(kind, "VAR_SET_VALUE"))
		VEC_PUSH(
			d->a, &role->settings,
			arena_printf(d->a, "%s%s", prefix, setting_text(c, json_get(set, "args"))));
	return 0;
}

/* Who owns something: the first object found, for the error's details. */
static const char *owned_object(struct ctx *c, const struct ddl *d, const char *role)
{
	for (size_t i = 0; i < d->cat->schemas.n; i++) {
		const struct schema *s = d->cat->schemas.v[i];
		if (s->owner && strcmp(s->owner, role) == 0)
			return arena_printf(c->arena, "owner of schema %s", s->name);
	}
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		const struct relation *rel = d->cat->relations.v[i];
		if (rel->owner && strcmp(rel->owner, role) == 0)
			return arena_printf(c->arena, "owner of %s %s",
					    relation_kind_name(rel->kind), rel->name);
		for (size_t j = 0; j < rel->policies.n; j++) {
			const struct policy *p = rel->policies.v[j];
			for (size_t k = 0; k < p->n_roles; k++) {
				if (strcmp(p->roles[k], role) == 0)
					return arena_printf(c->arena,
							    "target of policy %s on table %s",
							    p->name, rel->name);
			}
		}
		for (const struct acl *a = rel->acl; a; a = a->next) {
			if (a->privs && strcmp(a->grantee, role) == 0)
				return arena_printf(c->arena, "privileges for %s %s",
						    relation_kind_name(rel->kind), rel->name);
		}
	}
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		const struct function *f = d->cat->functions.v[i];
		if (f->owner && strcmp(f->owner, role) == 0)
			return arena_printf(c->arena, "owner of function %s",
					    function_shown(c, d, f));
		for (const struct acl *a = f->acl; a; a = a->next)
			if (a->privs && strcmp(a->grantee, role) == 0)
				return arena_printf(c->arena, "privileges for function %s",
						    function_shown(c, d, f));
	}
	return NULL;
}

static int drop_role(struct ctx *c, struct ddl *d, const char *name)
{
	const char *owned = owned_object(c, d, name);
	if (strcmp(name, d->s->role) == 0)
		return err_set(c, "55006", "current user cannot be dropped");
	if (owned) {
		err_set(c, "2BP01",
			"role \"%s\" cannot be dropped because some objects depend on it", name);
		return err_details(c, "%s", owned);
	}
	ddl_acl_forget_role(d, name);
	size_t n = 0, at;
	for (size_t i = 0; i < d->cat->roles.n; i++) {
		struct role *role = d->cat->roles.v[i];
		if (strcmp(role->name, name) == 0)
			continue;
		if (is_member(role, name, &at))
			role->member_of.v[at] = role->member_of.v[--role->member_of.n];
		d->cat->roles.v[n++] = role;
	}
	d->cat->roles.n = n;
	catalog_index(d->cat);
	return 0;
}

int ddl_drop_role(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	bool missing_ok = json_get_bool(stmt, "missing_ok", false);
	TRY(must_be_able(c, d, "drop"));
	for (const struct json *j = json_get(stmt, "roles")->child; j; j = j->next) {
		const char *name;
		struct str wanted = json_get_str(node_as(j, "RoleSpec"), "rolename", STR(""));
		if (wanted.n && !catalog_role(d->cat, wanted) && missing_ok) {
			ddl_notice(c, d, "role \"%.*s\" does not exist, skipping", STR_ARG(wanted));
			continue;
		}
		TRY(ddl_role(c, d, j, &name));
		TRY(drop_role(c, d, name));
	}
	return 0;
}
