/* A foreign key as the executor runs it, and constraints put off to the end of
 * the transaction. */
#ifndef ENGINE_SQLITE_EXEC_FK_H
#define ENGINE_SQLITE_EXEC_FK_H

#include "engine/sqlite/exec_trigger.h"

enum { EXEC_KEY_MAX = 32 };

struct exec_fk {
	const struct constraint *con;
	const struct relation *child, *parent;
	struct exec_stmt find_parent;	/* by a key */
	struct exec_stmt find_children; /* rowid and all columns, by a key */
	struct exec_stmt set_key;	/* an action's UPDATE, made on first use */
};

/* The row's key must have a parent; 23503. */
int exec_fk_check_child(struct exec_run *run, struct exec_fk *fk, const struct datum *cells);
/* A key that went away must have no children, unless it is back; 23503. */
int exec_fk_check_parent(struct exec_run *run, struct exec_fk *fk, const struct datum *key);

/* Looks at it again in exec_finish(): a referencing row by its rowid, or a
 * referenced key. */
int exec_defer(struct exec_run *run, const struct exec_fk *fk, const struct datum *key,
	       bool is_child);

/* UPDATE by rowid of these cells and of all that generation and triggers change. */
int exec_action_update_make(struct ctx *c, struct exec_plan *p, struct exec_table *t,
			    const int16_t *cells, size_t n, struct exec_stmt *ret);

#endif
