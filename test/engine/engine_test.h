/*
 * The conformance suite that every engine runs: cases through engine.h alone.
 * BEDPLATE_TEST_URL names the database (default: a new SQLite file); a case
 * that needs a capability skips itself where the engine has none.
 *
 * Each case runs in a process of its own (Check's fork mode) on tables of a
 * schema "conf" that it makes anew.
 */
#ifndef TEST_ENGINE_TEST_H
#define TEST_ENGINE_TEST_H

#include "base/arena.h"
#include "base/err.h"
#include "engine/engine.h"

#include <check.h>

/* An open engine and a context to call it with. */
struct bench {
	struct engine *e;
	struct ctx c;
	char *path; /* of a SQLite file, to be removed; NULL otherwise */
};

void bench_open(struct bench *b);
void bench_close(struct bench *b);

/* Runs a script as postgres; fails the case on an error. */
void bench_script(struct bench *b, const char *sql);
/* The same, expecting it to be refused: returns the SQLSTATE. */
const char *bench_script_error(struct bench *b, const char *sql);

/* A session for a role, with claims {"sub": ..., "role": ...} unless sub is NULL. */
struct session bench_session(struct bench *b, const char *role, const char *sub);

/* Rows as text: cells by '|', rows by '\n', NULL as "~". In b->c.arena. */
const char *bench_read(struct bench *b, const struct session *s, const char *sql);
/* One statement in a transaction of its own; rows of RETURNING as above. */
const char *bench_write(struct bench *b, const struct session *s, const char *sql);

/* As above, expecting an error: returns its SQLSTATE ("" when it succeeded). */
const char *bench_read_error(struct bench *b, const struct session *s, const char *sql);
const char *bench_write_error(struct bench *b, const struct session *s, const char *sql);

/* Rows, or "ERROR code message". */
const char *bench_answer(struct bench *b, const struct session *s, const char *sql);

/* A sink that gathers text; free with arena. */
struct gather {
	struct sink sink;
	struct buf text;
	const struct result_column *cols;
	struct arena *arena;
	int n_columns_calls;
	bool is_text; /* cells are PostgreSQL's own text already */
};
void gather_init(struct gather *g, struct bench *b);

void add_read_cases(TCase *t);
void add_tx_cases(TCase *t);
void add_script_cases(TCase *t);
void add_policy_cases(TCase *t);
void add_thread_cases(TCase *t);
void add_limit_cases(TCase *t);
void add_answer_cases(TCase *t);
void add_ddl_cases(TCase *t);
void add_routine_cases(TCase *t);

#endif
