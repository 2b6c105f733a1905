/* Names of relations in values: what 'schema.name'::regclass stands for. */
#ifndef ENGINE_SQLITE_REGCLASS_H
#define ENGINE_SQLITE_REGCLASS_H

#include "engine/sqlite/conn.h"

/* The relation that text names: an oid in digits, or a name, quoted as needed,
 * found along the search_path when it has no schema. 42P01, 3F000, 42602. */
int regclass_find(struct ctx *c, struct sqlite_conn *cn, struct str text,
		  const struct relation **ret);

/* Splits "a"."b" or a.b into its last two parts, folded to lower case outside
 * quotes; *ret_schema is empty when there is one. 42602 "invalid name syntax". */
int regclass_split(struct ctx *c, struct str text, struct str *ret_schema, struct str *ret_name);

#endif
