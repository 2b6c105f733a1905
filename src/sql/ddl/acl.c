/* Access control lists: what GRANT and REVOKE make of them (aclupdate(),
 * acldefault(), get_user_default_acl()). */
#include "sql/ddl/acl.h"

#include <string.h>

static const struct {
	const char *name;
	uint32_t priv;
} priv_names[] = {
	{ "insert", PRIV_INSERT },     { "select", PRIV_SELECT },
	{ "update", PRIV_UPDATE },     { "delete", PRIV_DELETE },
	{ "truncate", PRIV_TRUNCATE }, { "references", PRIV_REFERENCES },
	{ "trigger", PRIV_TRIGGER },   { "execute", PRIV_EXECUTE },
	{ "usage", PRIV_USAGE },       { "create", PRIV_CREATE },
	{ "connect", PRIV_CONNECT },   { "temporary", PRIV_TEMPORARY },
	{ "temp", PRIV_TEMPORARY },
};

uint32_t acl_priv_by_name(struct str name)
{
	for (size_t i = 0; i < sizeof(priv_names) / sizeof(*priv_names); i++) {
		if (str_ieq(name, str_of(priv_names[i].name)))
			return priv_names[i].priv;
	}
	return 0;
}

static struct acl **find(struct acl **acl, const char *grantee, const char *grantor)
{
	for (; *acl; acl = &(*acl)->next) {
		if (strcmp((*acl)->grantee, grantee) == 0 && strcmp((*acl)->grantor, grantor) == 0)
			break;
	}
	return acl;
}

void acl_add(struct arena *a, struct acl **acl, const char *grantee, const char *grantor,
	     uint32_t privs, bool with_grant)
{
	struct acl **at = find(acl, grantee, grantor);
	if (!*at) {
		*at = ARENA_NEW(a, struct acl);
		(*at)->grantee = arena_strdup(a, grantee);
		(*at)->grantor = arena_strdup(a, grantor);
	}
	(*at)->privs |= privs;
	if (with_grant)
		(*at)->grantable |= privs;
}

void acl_remove(struct arena *a, struct acl **acl, const char *grantee, const char *grantor,
		uint32_t privs, bool only_grant)
{
	struct acl **at = find(acl, grantee, grantor);
	if (!*at)
		return;
	(*at)->grantable &= ~privs;
	if (!only_grant)
		(*at)->privs &= ~privs;
	if (!(*at)->privs)
		*at = (*at)->next;
	if (!*acl)
		acl_add(a, acl, grantor, grantor, 0, false); /* empty, which NULL is not */
}

struct acl *acl_default(struct arena *a, char kind, const char *owner)
{
	struct acl *acl = NULL;
	if (acl_public_privs(kind))
		acl_add(a, &acl, "", owner, acl_public_privs(kind), false);
	if (kind != 'c')
		acl_add(a, &acl, owner, owner, acl_all_privs(kind), false);
	return acl;
}

static struct acl *copy(struct arena *a, const struct acl *from)
{
	struct acl *to = NULL;
	for (; from; from = from->next) {
		acl_add(a, &to, from->grantee, from->grantor, from->privs, false);
		(*find(&to, from->grantee, from->grantor))->grantable |= from->grantable;
	}
	return to;
}

static bool covers(const struct acl *big, const struct acl *small)
{
	for (; small; small = small->next) {
		const struct acl *b = big;
		while (b && (strcmp(b->grantee, small->grantee) || b->privs != small->privs ||
			     b->grantable != small->grantable))
			b = b->next;
		if (!b && small->privs)
			return false;
	}
	return true;
}

const struct acl *acl_default_entry(const struct catalog *cat, const char *role, const char *schema,
				    char kind)
{
	for (size_t i = 0; i < cat->default_acls.n; i++) {
		const struct default_acl *e = cat->default_acls.v[i];
		if (e->kind == kind && strcmp(e->role, role) == 0 && strcmp(e->schema, schema) == 0)
			return e->acl;
	}
	return NULL;
}

struct acl *ddl_initial_acl(struct ddl *d, const char *owner, const char *schema, char kind)
{
	const struct acl *global = acl_default_entry(d->cat, owner, "", kind);
	const struct acl *local =
		kind == 'n' ? NULL : acl_default_entry(d->cat, owner, schema, kind);
	if (!global && !local)
		return NULL;
	struct acl *plain = acl_default(d->a, kind, owner);
	struct acl *acl = global ? copy(d->a, global) : acl_default(d->a, kind, owner);
	for (; local; local = local->next) {
		if (!local->privs)
			continue;
		acl_add(d->a, &acl, local->grantee, local->grantor, local->privs, false);
		(*find(&acl, local->grantee, local->grantor))->grantable |= local->grantable;
	}
	return covers(acl, plain) && covers(plain, acl) ? NULL : acl;
}

void ddl_acl_change_owner(struct ddl *d, struct acl *acl, const char *before, const char *after)
{
	struct acl *first = NULL;
	for (struct acl *e = acl; e; e = e->next) {
		if (strcmp(e->grantor, before) == 0)
			e->grantor = arena_strdup(d->a, after);
		if (strcmp(e->grantee, before) == 0)
			e->grantee = arena_strdup(d->a, after);
		if (strcmp(e->grantee, after) != 0 || strcmp(e->grantor, after) != 0)
			continue;
		if (first) { /* the new owner had an entry already: one holds both */
			first->privs |= e->privs;
			e->privs = e->grantable = 0;
		} else {
			first = e;
		}
	}
}

static void forget(struct acl **acl, const char *role)
{
	while (*acl) {
		if (strcmp((*acl)->grantee, role) == 0 && (*acl)->next)
			*acl = (*acl)->next;
		else if (strcmp((*acl)->grantee, role) == 0)
			(*acl)->privs = (*acl)->grantable = 0, acl = &(*acl)->next;
		else
			acl = &(*acl)->next;
	}
}

void ddl_acl_forget_role(struct ddl *d, const char *role)
{
	for (size_t i = 0; i < d->cat->schemas.n; i++)
		forget(&d->cat->schemas.v[i]->acl, role);
	for (size_t i = 0; i < d->cat->types.n; i++)
		forget(&d->cat->types.v[i]->acl, role);
	for (size_t i = 0; i < d->cat->functions.n; i++)
		forget(&d->cat->functions.v[i]->acl, role);
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		forget(&rel->acl, role);
		for (size_t j = 0; j < rel->columns.n; j++)
			forget(&rel->columns.v[j].acl, role);
	}
	for (size_t i = 0; i < d->cat->default_acls.n; i++)
		forget(&d->cat->default_acls.v[i]->acl, role);
}
