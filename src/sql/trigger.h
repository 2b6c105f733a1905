/*
 * Triggers as the catalog keeps them: a function of the project's own, or the
 * built-in moddatetime(column), BEFORE UPDATE FOR EACH ROW, which sets the
 * column to the transaction's time.
 */
#ifndef SQL_TRIGGER_H
#define SQL_TRIGGER_H

#include "sql/catalog.h"

enum trigger_event {
	TRIGGER_INSERT = 1 << 0,
	TRIGGER_UPDATE = 1 << 1,
	TRIGGER_DELETE = 1 << 2,
	TRIGGER_TRUNCATE = 1 << 3
};

struct trigger {
	const char *name;
	char timing; /* b before, a after, i instead of */
	int32_t events;
	bool for_each_row;
	bool is_disabled;
	int16_t *columns; /* UPDATE OF: attnums, n_columns; 0: any column */
	uint16_t n_columns;
	struct stored_sql when; /* text NULL when absent */
	const char *function_schema, *function;
	uint32_t function_oid; /* of catalog.functions; 0: a built-in one */
	uint32_t oid;
	bool is_constraint, is_deferrable, is_deferred; /* CONSTRAINT TRIGGER */
	uint32_t constraint_rel;			/* its FROM, 0 none */
	const char *old_table, *new_table;		/* REFERENCING, NULL none */
	const char **args;
	uint16_t n_args;
	const char *comment;
};

/* Whether an enabled INSTEAD OF trigger of the view takes this event. */
bool relation_has_instead(const struct relation *rel, enum trigger_event event);
/* Whether rows can be written: a table, a view that stands for one, or one with
 * such a trigger. */
bool relation_accepts(const struct relation *rel, enum trigger_event event);

#endif
