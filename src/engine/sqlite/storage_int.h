/* What the parts of the storage share. */
#ifndef ENGINE_SQLITE_STORAGE_INT_H
#define ENGINE_SQLITE_STORAGE_INT_H

#include "base/buf.h"
#include "engine/sqlite/storage.h"
#include "sql/ir.h"

/* An empty buffer for one statement, and running what was put into it. */
struct buf storage_sql(void);
int storage_exec(struct ctx *c, struct storage *st, struct buf *sql);

/* INTEGER, REAL, TEXT or BLOB. */
const char *storage_class(const struct type *t);

/* "(a INTEGER PRIMARY KEY, b TEXT)". */
void storage_put_definition(struct buf *b, const struct relation *rel);
/* A quoted name without its quotes. */
struct str storage_unquoted(struct ctx *c, struct str name);
const char *storage_column_name(struct ctx *c, const struct column *col);

/* --- storage_rebuild.c --- */

/* The new value of one column: scope->where on the row as it was. */
struct storage_change {
	int16_t attnum;
	const struct query *scope;
};
/* The column that is the rowid in the file, NULL when none is. */
int storage_physical_key(struct ctx *c, struct storage *st, const struct relation *rel,
			 const char **ret);
/* Makes the table anew with the columns of after; change may be NULL. */
int storage_rebuild(struct ctx *c, struct storage *st, const struct relation *before,
		    const struct relation *after, const struct storage_change *change);
/* Rebuilds when the rowid column is not what the primary key asks for. */
int storage_sync_key(struct ctx *c, struct storage *st, const struct relation *rel);
int storage_alter_column_type(struct ctx *c, void *arg, const struct relation *before,
			      const struct relation *after, const struct column *col,
			      struct str using_expr);

/* --- storage_validate.c --- */
int storage_validate_constraint(struct ctx *c, void *arg, const struct relation *rel,
				const struct constraint *con);
int storage_validate_not_null(struct ctx *c, void *arg, const struct relation *rel,
			      const struct column *col);
int storage_validate_domain(struct ctx *c, void *arg, const struct relation *rel,
			    const struct column *col);
int storage_validate_unique(struct ctx *c, struct storage *st, const struct relation *rel,
			    const struct index *ix);
int storage_rename_enum_label(struct ctx *c, void *arg, const struct type *t, const char *before,
			      const char *after);

/* --- storage_copy.c --- */
int storage_copy_from(struct ctx *c, void *arg, const struct relation *rel,
		      const struct column *const *cols, size_t n_cols, bool is_csv,
		      struct str data);

int storage_create_index(struct ctx *c, void *arg, const struct relation *rel,
			 const struct index *ix);
int storage_drop_index(struct ctx *c, void *arg, const struct relation *rel,
		       const struct index *ix);

#endif
