/*
 * Type codes (the T of printed SQL): what a number in an SQL text stands for.
 * Below 16384 it is enum value_type, plus VALUE_ARRAY; from there on it is the
 * oid of a type of the catalog.
 */
#ifndef ENGINE_SQLITE_TYPES_H
#define ENGINE_SQLITE_TYPES_H

#include "engine/sqlite/conn.h"

struct json;
struct type;

enum { TYPE_CODE_OID = 16384 };

/* The type behind a code. Labels live in the connection's cache. XX000 for an
 * oid that the catalog does not have. */
int type_of_code(struct ctx *c, struct sqlite_conn *cn, struct datum code, struct vtype *ret);

/* Frees the cache; sqlite_conn_close() calls it. */
void type_cache_free(struct sqlite_conn *cn);

/* An array's stored form: '[' elements ']' of stored cells. t is the element's
 * type; an element that is itself an array is put as it is stored. */
void array_put_element(struct buf *b, const struct vtype *t, struct datum v);

/* An element of a stored array as the cell it came from. */
int array_get_element(struct ctx *c, const struct vtype *t, const struct json *j,
		      struct datum *ret);

#endif
