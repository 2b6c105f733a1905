/* Who may do what: PostgreSQL's aclmask(), has_privs_of_role() and
 * check_enable_rls() on the catalog. */
#include "base/arena.h"
#include "sql/catalog.h"

#include <string.h>

enum { ROLE_DEPTH_MAX = 32 };

bool search_path_next(const char *search_path, size_t *pos, struct str *ret_schema)
{
	const char *p = search_path + *pos;
	for (;;) {
		p += strspn(p, " \t\r\n,");
		if (!*p)
			return false;
		struct str element;
		if (*p == '"') {
			const char *end = p + 1;
			while (*end && (*end != '"' || end[1] == '"'))
				end += *end == '"' ? 2 : 1;
			element = (struct str){ p + 1, (size_t)(end - p - 1) };
			p = *end ? end + 1 : end;
		} else {
			element = str_trim((struct str){ p, strcspn(p, ",") });
			p += strcspn(p, ",");
		}
		*pos = (size_t)(p - search_path);
		if (str_is(element, "$user"))
			continue;
		*ret_schema = element;
		return true;
	}
}

static bool reaches(const struct catalog *cat, const struct role *from, struct str role,
		    bool need_inherit, int depth)
{
	if (str_is(role, from->name))
		return true;
	if (depth == 0 || (need_inherit && !from->inherits))
		return false;
	for (size_t i = 0; i < from->member_of.n; i++) {
		const struct role *next = catalog_role(cat, str_of(from->member_of.v[i]));
		if (next && reaches(cat, next, role, need_inherit, depth - 1))
			return true;
	}
	return false;
}

bool catalog_has_role(const struct catalog *cat, struct str member, struct str role,
		      bool need_inherit)
{
	const struct role *from = catalog_role(cat, member);
	if (!from)
		return false;
	return from->is_superuser || reaches(cat, from, role, need_inherit, ROLE_DEPTH_MAX);
}

uint32_t acl_all_privs(char kind)
{
	switch (kind) {
	case 'S':
		return PRIV_USAGE | PRIV_SELECT | PRIV_UPDATE;
	case 'f':
		return PRIV_EXECUTE;
	case 'T':
		return PRIV_USAGE;
	case 'n':
		return PRIV_USAGE | PRIV_CREATE;
	case 'c':
		return PRIV_INSERT | PRIV_SELECT | PRIV_UPDATE | PRIV_REFERENCES;
	default:
		return PRIV_INSERT | PRIV_SELECT | PRIV_UPDATE | PRIV_DELETE | PRIV_TRUNCATE |
		       PRIV_REFERENCES | PRIV_TRIGGER;
	}
}

uint32_t acl_public_privs(char kind)
{
	if (kind == 'f')
		return PRIV_EXECUTE;
	return kind == 'T' ? PRIV_USAGE : 0;
}

/* Rights of an acl list; is_list_default when a NULL list has none of its own. */
static uint32_t acl_privs(const struct catalog *cat, struct str role, const struct acl *acl,
			  uint32_t want)
{
	uint32_t have = 0;
	for (const struct acl *a = acl; a && (have & want) != want; a = a->next) {
		if (!(a->privs & want & ~have))
			continue;
		if (!*a->grantee || catalog_has_role(cat, role, str_of(a->grantee), true))
			have |= a->privs & want;
	}
	return have;
}

uint32_t catalog_privs(const struct catalog *cat, struct str role, const char *owner,
		       const struct acl *acl, char kind, uint32_t want)
{
	const struct role *r = catalog_role(cat, role);
	if (r && r->is_superuser)
		return want;
	if (acl)
		return acl_privs(cat, role, acl, want);
	uint32_t have = acl_public_privs(kind) & want;
	if (owner && r && catalog_has_role(cat, role, str_of(owner), true))
		have |= acl_all_privs(kind) & want;
	return have;
}

uint32_t relation_privs(const struct catalog *cat, struct str role, const struct relation *rel,
			uint32_t want)
{
	return catalog_privs(cat, role, rel->owner, rel->acl, rel->kind == REL_SEQUENCE ? 'S' : 'r',
			     want);
}

uint32_t column_privs(const struct catalog *cat, struct str role, const struct relation *rel,
		      const struct column *col, uint32_t want)
{
	uint32_t have = relation_privs(cat, role, rel, want);
	if ((have & want) != want && col->acl)
		have |= acl_privs(cat, role, col->acl, want & ~have);
	return have;
}

bool relation_rls_applies(const struct catalog *cat, struct str role, const struct relation *rel)
{
	if (!rel->rls_enabled)
		return false;
	const struct role *r = catalog_role(cat, role);
	if (r && (r->is_superuser || r->bypass_rls))
		return false;
	if (rel->rls_forced || !r)
		return true;
	return !catalog_has_role(cat, role, str_of(rel->owner), true);
}
