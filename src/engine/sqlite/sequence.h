/*
 * Sequences: one row each in _bedplate_sequences, by the relation's oid, so
 * that a rename touches nothing. Unlike PostgreSQL's they roll back with their
 * transaction; the numbers handed out are the same where nothing rolls back.
 * On the writer's connection only (25006 elsewhere).
 */
#ifndef ENGINE_SQLITE_SEQUENCE_H
#define ENGINE_SQLITE_SEQUENCE_H

#include "engine/sqlite/conn.h"

/* Makes the row, or sets it: nextval gives value itself when !is_called. */
int sequence_set(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq, int64_t value,
		 bool is_called);
int sequence_drop(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq);

/* nextval. 2200H at the end of one that does not cycle. */
int sequence_next(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq, int64_t *ret);

/* The sequence that a regclass text names, along the search_path: 42P01,
 * 42809. */
int sequence_find(struct ctx *c, struct sqlite_conn *cn, struct str name,
		  const struct relation **ret);

#endif
