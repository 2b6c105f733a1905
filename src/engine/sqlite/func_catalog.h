/* What the functions over the system catalogs share. */
#ifndef ENGINE_SQLITE_FUNC_CATALOG_H
#define ENGINE_SQLITE_FUNC_CATALOG_H

#include "engine/sqlite/func.h"
#include "sql/deparse.h"

/* For printing objects of the call's catalog into c's arena. */
struct deparse catalog_deparse(struct ctx *c, const struct sqlite_conn *cn);

/* An oid argument: a number, or the text of a regclass and the like. */
int catalog_oid(struct ctx *c, const struct sqlite_conn *cn, uint32_t kind, struct datum v,
		uint32_t *ret);

/* Each file's table. */
int sqlite_add_name_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_definition_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_privilege_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_size_functions(struct ctx *c, struct sqlite_conn *cn);

#endif
