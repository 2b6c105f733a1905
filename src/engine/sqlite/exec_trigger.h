/*
 * Triggers as the executor fires them (DESIGN 3, "Row executor").
 *
 * BEFORE ROW triggers run between a row's computation and its checks, INSTEAD OF
 * ones in place of the write; AFTER triggers, foreign keys and their actions wait
 * in one queue for the end of the query, row after row, in the order of names, as
 * PostgreSQL's do. A trigger's function runs whole statements, also of the plan
 * under way: no statement is half-stepped and no cell points into a statement when
 * one is called.
 */
#ifndef ENGINE_SQLITE_EXEC_TRIGGER_H
#define ENGINE_SQLITE_EXEC_TRIGGER_H

#include "engine/sqlite/exec_int.h"
#include "engine/sqlite/routine.h"
#include "engine/sqlite/rowid_set.h"

enum { EXEC_TRIGGERS_MAX = 64 }; /* of one table */

struct exec_trigger {
	const struct trigger *tg;
	struct exec_stmt when; /* WHEN on the cells of a row; st NULL: always */
	int touch;	       /* moddatetime: of the table's touches; -1: a function */
};

/* A statement that writes a table while triggers may write it too: nested writes
 * note here what they did. On the stack, linked from the connection. */
struct exec_frame {
	struct exec_frame *outer;
	struct sqlite_conn *cn;
	uint32_t rel_oid;
	struct rowid_set changed;  /* updated, deleted */
	struct rowid_set inserted; /* by others, or already touched by ON CONFLICT */
};
void exec_frame_open(struct exec_run *run, struct exec_table *t, struct exec_frame *f);
void exec_frame_close(struct exec_frame *f);
#define EXEC_FRAME_CLEANUP __attribute__((cleanup(exec_frame_close)))
/* Tells the statements further out; run's own frame is not told. */
void exec_note_write(struct exec_run *run, const struct exec_table *t, int64_t rowid,
		     enum query_cmd cmd);
/* 27000 when a nested statement has changed the row since it was found. */
int exec_check_unchanged(struct exec_run *run, const struct exec_table *t,
			 const struct datum *cells, const char *what);

static inline enum trigger_event exec_event(enum query_cmd cmd)
{
	return cmd == CMD_INSERT   ? TRIGGER_INSERT
	       : cmd == CMD_UPDATE ? TRIGGER_UPDATE
				   : TRIGGER_DELETE;
}

/* The table's enabled triggers, by name. */
int exec_triggers_make(struct ctx *c, struct exec_plan *p, struct exec_table *t);

/* BEFORE ('b') or INSTEAD OF ('i') ROW triggers on a row under way, which they may
 * change. set: the cells that an UPDATE assigns. 1 the row stays, 0 it is skipped. */
int exec_before_row(struct exec_run *run, struct exec_table *t, char timing, enum query_cmd cmd,
		    struct datum *cells, const int16_t *set, size_t n_set);

/* Statement triggers: BEFORE at once, AFTER into the queue; once in a query per table
 * and event. */
int exec_before_statement(struct exec_run *run, struct exec_table *t, enum query_cmd cmd,
			  const int16_t *set, size_t n_set);
int exec_after_statement(struct exec_run *run, struct exec_table *t, enum query_cmd cmd,
			 const int16_t *set, size_t n_set);

/* A row was written: what is due for it at the query's end. */
int exec_after_row(struct exec_run *run, struct exec_table *t, struct exec_row *row,
		   const int16_t *set, size_t n_set);
/* Fires everything that is due, also what that brings. */
int exec_after_fire(struct exec_run *run);

/* Whether the trigger is for this: event, UPDATE OF, WHEN. 1, 0, -1. */
int exec_trigger_applies(struct exec_run *run, const struct exec_table *t, struct exec_trigger *tr,
			 enum trigger_event ev, const struct datum *cells, const int16_t *set,
			 size_t n_set);
/* Calls its function. */
int exec_trigger_call(struct exec_run *run, struct trigger_call *call);

/* Whether a constraint waits for the transaction's end, as declared or as SET
 * CONSTRAINTS says. */
bool exec_is_deferred(const struct sqlite_conn *cn, const char *name, bool is_deferrable,
		      bool is_initially);

/* A deferred constraint trigger: fired by exec_finish(). */
int exec_defer_trigger(struct exec_run *run, const struct exec_table *t,
		       const struct exec_trigger *tr, const struct exec_row *row);

#endif
