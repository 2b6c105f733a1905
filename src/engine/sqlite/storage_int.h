/* What the parts of the storage share. */
#ifndef ENGINE_SQLITE_STORAGE_INT_H
#define ENGINE_SQLITE_STORAGE_INT_H

#include "base/buf.h"
#include "engine/sqlite/storage.h"

/* An empty buffer for one statement, and running what was put into it. */
struct buf storage_sql(void);
int storage_exec(struct ctx *c, struct storage *st, struct buf *sql);

/* INTEGER, REAL, TEXT or BLOB. */
const char *storage_class(const struct type *t);

int storage_create_index(struct ctx *c, void *arg, const struct relation *rel,
			 const struct index *ix);
int storage_drop_index(struct ctx *c, void *arg, const struct relation *rel,
		       const struct index *ix);

#endif
