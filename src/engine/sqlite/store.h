/*
 * The catalog in its file. Three tables of our own, beside the user's:
 *
 *   _bedplate_meta     one row: format of the file, catalog version, next oid
 *   _bedplate_catalog  one row per catalog object: list, key, JSON
 *   _bedplate_sequences  where each sequence stands (sequence.h)
 *
 * A row per object keeps a small DDL's write small. All functions run on a
 * connection inside the caller's transaction.
 */
#ifndef ENGINE_SQLITE_STORE_H
#define ENGINE_SQLITE_STORE_H

#include "engine/sqlite/conn.h"

/* The version of the storage map (DESIGN 3): a file of a later one is refused. */
enum { STORE_FORMAT = 1 };

/* Makes the tables in an empty file. */
int store_create(struct ctx *c, struct sqlite_conn *cn);

/* True when the file has them already; 0A000 for a later format, XX001 for a
 * database file that is not ours. */
int store_exists(struct ctx *c, struct sqlite_conn *cn, bool *ret);

/* The catalog version in the transaction's snapshot. Two microseconds. */
int store_version(struct ctx *c, struct sqlite_conn *cn, int64_t *ret);

int store_load(struct ctx *c, struct sqlite_conn *cn, struct catalog **ret);

/* Writes what differs from the stored rows, and the version. */
int store_save(struct ctx *c, struct sqlite_conn *cn, const struct catalog *cat);

#endif
