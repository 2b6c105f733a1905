/* Access control lists under edit: acl.c's parts that grant.c and default.c use. */
#ifndef SQL_DDL_ACL_H
#define SQL_DDL_ACL_H

#include "sql/ddl/statements.h"

/* PRIV_* of a privilege's name, 0 when there is none of that name. */
uint32_t acl_priv_by_name(struct str name);
void acl_add(struct arena *a, struct acl **acl, const char *grantee, const char *grantor,
	     uint32_t privs, bool with_grant);
/* A list that becomes empty keeps one entry without rights (see struct acl). */
void acl_remove(struct arena *a, struct acl **acl, const char *grantee, const char *grantor,
		uint32_t privs, bool only_grant);
/* What a NULL list stands for (acldefault). */
struct acl *acl_default(struct arena *a, char kind, const char *owner);
const struct acl *acl_default_entry(const struct catalog *cat, const char *role, const char *schema,
				    char kind);

/* One GRANT or REVOKE, its privileges and grantees resolved. */
struct grant {
	bool is_grant, option; /* WITH GRANT OPTION, or REVOKE GRANT OPTION FOR */
	bool all;	       /* ALL PRIVILEGES */
	uint32_t privs;	       /* whole-object ones named */
	VEC(const char *) grantees;
	const struct json *privileges; /* for column lists */
	struct str objtype;	       /* OBJECT_FUNCTION and its kin */
};
int grant_parse(struct ctx *c, struct ddl *d, const struct json *stmt, char kind,
		const char *kind_name, struct grant *ret);
void grant_apply(struct ddl *d, const struct grant *g, struct acl **acl, char kind,
		 const char *owner);

#endif
