/*
 * The system catalogs as virtual tables: "pg_catalog.pg_class" and so on, whose
 * rows are made from the catalog of the call under way (sql/syscat/). Rows are
 * made when a relation is first read in a call and kept until its end, so that
 * joins look them up by any column they compare for equality.
 */
#ifndef ENGINE_SQLITE_SYSCAT_H
#define ENGINE_SQLITE_SYSCAT_H

#include "engine/sqlite/conn.h"

/* Registers the modules. */
int sqlite_add_syscat(struct ctx *c, struct sqlite_conn *cn);

/* Drops the rows kept; cursors keep what they read. */
void syscat_forget(struct sqlite_conn *cn);

#endif
