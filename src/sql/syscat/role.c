/* Roles, schemas, the database, default privileges. */
#include "base/arena.h"
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"

#include <string.h>

void fill_pg_namespace(struct fill *f)
{
	static const char *const own[] = { "pg_catalog", "information_schema" };
	for (size_t i = 0; i < 2; i++) {
		if (catalog_schema(f->cat, str_of(own[i])))
			continue;
		fill_row(f);
		put_int(f, "oid", syscat_schema_oid(own[i]));
		put_text(f, "nspname", own[i]);
		put_int(f, "nspowner", 10);
		put_acl(f, "nspacl",
			&(struct acl){
				.grantee = "", .grantor = "supabase_admin", .privs = PRIV_USAGE });
	}
	for (size_t i = 0; i < f->cat->schemas.n; i++) {
		const struct schema *s = f->cat->schemas.v[i];
		fill_row(f);
		put_int(f, "oid", syscat_schema_oid(s->name));
		put_text(f, "nspname", s->name);
		put_int(f, "nspowner", syscat_role_oid(s->owner));
		put_acl(f, "nspacl", s->acl);
	}
}

static void put_attributes(struct fill *f, const struct role *r)
{
	put_text(f, "rolname", r->name);
	put_bool(f, "rolsuper", r->is_superuser);
	put_bool(f, "rolinherit", r->inherits);
	put_bool(f, "rolcreaterole", r->create_role);
	put_bool(f, "rolcreatedb", r->create_db);
	put_bool(f, "rolcanlogin", r->can_login);
	put_bool(f, "rolreplication", false);
	put_int(f, "rolconnlimit", -1);
	put_bool(f, "rolbypassrls", r->bypass_rls);
	put_int(f, "oid", syscat_role_oid(r->name));
}

void fill_pg_roles(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		const struct role *r = f->cat->roles.v[i];
		fill_row(f);
		put_attributes(f, r);
		put_text(f, "rolpassword", "********");
		if (r->settings.n)
			put_texts(f, "rolconfig", r->settings.v, r->settings.n);
	}
}

void fill_pg_authid(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		fill_row(f);
		put_attributes(f, f->cat->roles.v[i]);
	}
}

void fill_pg_user(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		const struct role *r = f->cat->roles.v[i];
		if (!r->can_login)
			continue;
		fill_row(f);
		put_text(f, "usename", r->name);
		put_int(f, "usesysid", syscat_role_oid(r->name));
		put_bool(f, "usecreatedb", r->create_db);
		put_bool(f, "usesuper", r->is_superuser);
		put_bool(f, "userepl", false);
		put_bool(f, "usebypassrls", r->bypass_rls);
		put_text(f, "passwd", "********");
		if (r->settings.n)
			put_texts(f, "useconfig", r->settings.v, r->settings.n);
	}
}

void fill_pg_auth_members(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		const struct role *r = f->cat->roles.v[i];
		for (size_t k = 0; k < r->member_of.n; k++) {
			fill_row(f);
			put_int(f, "roleid", syscat_role_oid(r->member_of.v[k]));
			put_int(f, "member", syscat_role_oid(r->name));
			put_int(f, "grantor", 10);
		}
	}
}

static bool is_direct_member(const struct role *r, const char *of)
{
	for (size_t i = 0; i < r->member_of.n; i++) {
		if (strcmp(r->member_of.v[i], of) == 0)
			return true;
	}
	return false;
}

void fill_pg_group(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		const struct role *group = f->cat->roles.v[i];
		int64_t *members = arena_array(f->a, f->cat->roles.n, sizeof(*members));
		size_t n = 0;
		if (group->can_login)
			continue;
		for (size_t k = 0; k < f->cat->roles.n; k++) {
			if (is_direct_member(f->cat->roles.v[k], group->name))
				members[n++] = syscat_role_oid(f->cat->roles.v[k]->name);
		}
		fill_row(f);
		put_text(f, "groname", group->name);
		put_int(f, "grosysid", syscat_role_oid(group->name));
		put_numbers(f, "grolist", members, n);
	}
}

void fill_pg_db_role_setting(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		const struct role *r = f->cat->roles.v[i];
		if (!r->settings.n)
			continue;
		fill_row(f);
		put_int(f, "setrole", syscat_role_oid(r->name));
		put_texts(f, "setconfig", r->settings.v, r->settings.n);
	}
}

void fill_pg_default_acl(struct fill *f)
{
	for (size_t i = 0; i < f->cat->default_acls.n; i++) {
		const struct default_acl *d = f->cat->default_acls.v[i];
		fill_row(f);
		put_int(f, "oid", syscat_oid(SYS_OTHER, (uint32_t)i, "default_acl"));
		put_int(f, "defaclrole", syscat_role_oid(d->role));
		put_int(f, "defaclnamespace", *d->schema ? syscat_schema_oid(d->schema) : 0);
		put_char(f, "defaclobjtype", d->kind);
		put_texts(f, "defaclacl", NULL, 0);
		put_acl(f, "defaclacl", d->acl);
	}
}

void fill_pg_database(struct fill *f)
{
	fill_row(f);
	put_int(f, "oid", 5);
	put_text(f, "datname", DATABASE);
	put_int(f, "datdba", syscat_role_oid("postgres"));
	put_int(f, "encoding", 6);
	put_text(f, "datlocprovider", "c");
	put_bool(f, "datallowconn", true);
	put_int(f, "datconnlimit", -1);
	put_int(f, "dattablespace", 1663);
	put_text(f, "datcollate", "C.UTF-8");
	put_text(f, "datctype", "C.UTF-8");
}

void fill_pg_tablespace(struct fill *f)
{
	static const char *const names[] = { "pg_default", "pg_global" };
	for (uint32_t i = 0; i < 2; i++) {
		fill_row(f);
		put_int(f, "oid", 1663 + i);
		put_text(f, "spcname", names[i]);
		put_int(f, "spcowner", 10);
	}
}
