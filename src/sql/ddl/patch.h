/* Renames in stored SQL. To be called before the catalog is changed. */
#ifndef SQL_DDL_PATCH_H
#define SQL_DDL_PATCH_H

#include "sql/ddl/statements.h"

/* A relation (attnum 0), one of its columns, or a type gets another name or
 * (new_schema set) another schema. */
struct rename {
	uint32_t oid;
	int16_t attnum;
	const struct type *type;	 /* instead of oid */
	const struct function *function; /* the same */
	const char *schema, *before, *after;
	const char *new_schema; /* NULL: a change of name */
};
void ddl_patch(struct ctx *c, struct ddl *d, const struct rename *r);

/* Every stored_sql of the catalog's relations; row is the relation whose
 * columns it sees, NULL for a view's query. text may be NULL. */
typedef void (*ddl_sql_fn)(struct stored_sql *sql, const struct relation *row, void *arg);
void ddl_each_sql(struct ddl *d, ddl_sql_fn fn, void *arg);

/* ALTER TYPE ... RENAME VALUE: literals of the enum; before the label changes. */
void ddl_patch_label(struct ctx *c, struct ddl *d, const struct type *t, const char *before,
		     const char *after);

/* RENAME COLUMN: OLD.before and NEW.before of a trigger's WHEN. */
void ddl_patch_when(struct ctx *c, struct ddl *d, struct trigger *t, const char *before,
		    const char *after);

/* ALTER SCHEMA ... RENAME: the search_paths stored with SQL. */
void ddl_patch_paths(struct ctx *c, struct ddl *d, const char *before, const char *after);

#endif
