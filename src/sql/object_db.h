/*
 * Objects of a database beside its schemas: extensions, publications and event
 * triggers. Plain data as in sql/object.h.
 */
#ifndef SQL_OBJECT_DB_H
#define SQL_OBJECT_DB_H

#include "sql/object.h"

/* What CREATE EXTENSION left; its functions and types are built in. */
struct extension {
	uint32_t oid;
	const char *name;
	const char *schema;
	const char *version;
	const char *owner;
	const char *comment;
};

struct publication_table {
	uint32_t rel_oid;
	int16_t *columns; /* attnums, n_columns; 0 of them: every column */
	uint16_t n_columns;
};

struct publication {
	uint32_t oid;
	const char *name;
	const char *owner;
	const char *comment;
	bool all_tables;
	bool inserts, updates, deletes, truncates; /* WITH (publish = ...) */
	bool via_root;
	VEC(struct publication_table) tables;
	VEC(const char *) schemas; /* TABLES IN SCHEMA */
};

/* CREATE TEXT SEARCH CONFIGURATION (COPY = base): a built-in one's other name. */
struct search_config {
	uint32_t oid;
	const char *schema, *name;
	const char *base;
	const char *owner;
};

/* Kept by name: DDL here fires none of them. */
struct event_trigger {
	uint32_t oid;
	const char *name;
	const char *event; /* ddl_command_end, ... */
	const char *owner;
	const char *function_schema, *function;
	VEC(const char *) tags; /* WHEN TAG IN (...) */
	char enabled;		/* pg_event_trigger.evtenabled: O D R A */
	const char *comment;
};

#endif
