/*
 * The catalog: schemas, relations, types, functions, roles, privileges and
 * policies, as PostgreSQL's own catalog would show them. On PostgreSQL it is
 * read from there; on the other engines it is what the migrations built.
 *
 * A published catalog is an immutable snapshot with a version; its memory is
 * one arena, freed when the last reference goes (catalog_ref/unref are thread
 * safe). DDL works on a private copy (catalog_edit) that is published whole or
 * dropped whole.
 *
 * Expressions (defaults, checks, policies, views) are kept as the user's text
 * with the search_path they were written under, and analysed when needed.
 */
#ifndef SQL_CATALOG_H
#define SQL_CATALOG_H

#include "sql/object.h"
#include "sql/object_db.h"

struct catalog {
	struct arena *arena;
	int64_t version;
	int refs; /* atomic */
	uint32_t next_oid;
	VEC(struct schema *) schemas;
	VEC(struct relation *) relations;
	VEC(struct type *) types; /* enums, domains, composites and arrays of these */
	VEC(struct function *) functions;
	VEC(struct role *) roles;
	VEC(struct default_acl *) default_acls;
	VEC(struct extension *) extensions;
	VEC(struct publication *) publications;
	VEC(struct event_trigger *) event_triggers;
	VEC(struct search_config *) ts_configs;
	struct map *by_name; /* "r:schema.name" etc.; see catalog_index() */
};

/* Objects of the catalog's own have oids from here on, built-in types below. */
enum { CATALOG_FIRST_OID = 16384 };

/* An empty catalog at version 0 with its own arena and one reference. */
struct catalog *catalog_new(void);
struct catalog *catalog_ref(struct catalog *cat);
void catalog_unref(struct catalog *cat); /* NULL allowed */

/* A deep, private copy to edit, with one reference; version + 1. */
struct catalog *catalog_edit(const struct catalog *cat);

/* Rebuilds the name index after objects were added, renamed or removed. */
void catalog_index(struct catalog *cat);

/* Look-ups by exact name; NULL when absent. */
struct schema *catalog_schema(const struct catalog *cat, struct str name);
struct relation *catalog_relation(const struct catalog *cat, struct str schema, struct str name);
struct relation *catalog_relation_by_oid(const struct catalog *cat, uint32_t oid);
struct type *catalog_type(const struct catalog *cat, struct str schema, struct str name);
struct type *catalog_type_by_oid(const struct catalog *cat, uint32_t oid);
/* An index by its schema; ret_rel (NULL allowed) is the relation it is on. */
struct index *catalog_index_by_name(const struct catalog *cat, struct str schema, struct str name,
				    struct relation **ret_rel);
struct role *catalog_role(const struct catalog *cat, struct str name);
struct extension *catalog_extension(const struct catalog *cat, struct str name);
struct publication *catalog_publication(const struct catalog *cat, struct str name);
struct event_trigger *catalog_event_trigger(const struct catalog *cat, struct str name);
/* A project's own configuration: in the schema, or along the path when that is "". */
struct search_config *catalog_ts_config(const struct catalog *cat, const char *search_path,
					struct str schema, struct str name);
/* Whether some extension of the catalog lives in that schema: what is built in
 * of extensions is found under it. */
bool catalog_has_extension_in(const struct catalog *cat, struct str schema);
/* Add one new object to the name index (catalog_index does all of them). */
void catalog_index_relation(struct catalog *cat, struct relation *rel);
void catalog_index_type(struct catalog *cat, struct type *t);

struct column *relation_column(const struct relation *rel, struct str name);
struct column *relation_column_by_attnum(const struct relation *rel, int16_t attnum);
const struct constraint *relation_primary_key(const struct relation *rel);
struct constraint *relation_constraint(const struct relation *rel, struct str name);
struct index *relation_index(const struct relation *rel, struct str name);
struct policy *relation_policy(const struct relation *rel, struct str name);

/* The next element of a search_path list from byte *pos on, quotes taken off;
 * "$user" is skipped. False at the end. (An element with "" inside quotes is
 * given as written.) */
bool search_path_next(const char *search_path, size_t *pos, struct str *ret_schema);

/* The first relation of that name along a search_path (comma-separated list,
 * "$user" skipped; pg_catalog is searched first as PostgreSQL does). */
struct relation *catalog_find_relation(const struct catalog *cat, const char *search_path,
				       struct str name);

/* A type by name: catalog types along the path, then built-ins. schema may be
 * empty. Accepts "name[]"-less internal names only; arrays through ->array. */
const struct type *catalog_find_type(const struct catalog *cat, const char *search_path,
				     struct str schema, struct str name);

/* True when member is role, or a direct or indirect member of it (with
 * INHERIT respected when need_inherit). Superusers are members of all. */
bool catalog_has_role(const struct catalog *cat, struct str member, struct str role,
		      bool need_inherit);

/* The bits of want that role holds on an object with this owner and acl (kind
 * as in default_acl.kind gives the NULL-acl defaults), through PUBLIC and
 * inherited memberships. Superusers hold all. */
uint32_t catalog_privs(const struct catalog *cat, struct str role, const char *owner,
		       const struct acl *acl, char kind, uint32_t want);

/* What the owner has, and what PUBLIC has, where the acl is NULL; kind 'c' is a column. */
uint32_t acl_all_privs(char kind);
uint32_t acl_public_privs(char kind);

/* Same for one relation; and for one of its columns (relation-level rights
 * count for every column). */
uint32_t relation_privs(const struct catalog *cat, struct str role, const struct relation *rel,
			uint32_t want);
uint32_t column_privs(const struct catalog *cat, struct str role, const struct relation *rel,
		      const struct column *col, uint32_t want);

/* Whether policies apply to role on rel: RLS enabled, role neither superuser
 * nor BYPASSRLS, and not the owner unless forced. */
bool relation_rls_applies(const struct catalog *cat, struct str role, const struct relation *rel);

#endif
