/*
 * What DDL does to the file: the ddl_storage (sql/ddl.h) of this engine, with a
 * struct storage as its arg. Runs on the writer's connection inside the
 * script's transaction.
 */
#ifndef ENGINE_SQLITE_STORAGE_H
#define ENGINE_SQLITE_STORAGE_H

#include "engine/sqlite/conn.h"
#include "sql/ddl.h"

struct storage {
	struct sqlite_conn *cn;
	/* The script's session; session->cat is the catalog under edit, which
	 * cn->cat is as well while the script runs. */
	struct ddl_session *session;
};

extern const struct ddl_storage sqlite_storage;

/* Whether SQLite itself refuses a second row with a unique index's key. The
 * executor looks for one where it does not: partial and expression indexes,
 * keys that need a collation of ours, NULLS NOT DISTINCT. */
bool storage_enforces(const struct relation *rel, const struct index *ix);

/* Analyses, rewrites and runs one query of a script as its current role
 * (script.c); storage's run_query is this. */
int script_run_query(struct ctx *c, struct storage *st, struct str text, const struct json *stmt,
		     struct sink *sink, uint64_t *ret_affected);

#endif
