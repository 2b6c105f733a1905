/*
 * SQL of this service: reads into rows of text, and transactions as a list of
 * steps. Every value is bound. Runs as supabase_auth_admin, whose tables the
 * auth.* ones are; triggers on them run in the same transaction.
 */
#ifndef SIGNIN_TXN_H
#define SIGNIN_TXN_H

#include "engine/engine.h"
#include "signin/call.h"

/* Cells as PostgreSQL's text; p NULL for NULL. In the call's arena. */
struct rows {
	size_t n, n_cols;
	struct str *cells;
};

/* For parameters: P("text", NULL, id). */
#define P(...)                                                                                     \
	(const char *const[]){ __VA_ARGS__ },                                                      \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)
#define P_NONE NULL, 0

static inline struct str rows_at(const struct rows *r, size_t row, size_t col)
{
	return r->cells[row * r->n_cols + col];
}
/* The same as a C string, NULL for NULL. */
const char *rows_text(struct call *k, const struct rows *r, size_t row, size_t col);

/* A read-only statement on a snapshot. Suspends. */
int txn_query(struct call *k, const char *sql, const char *const *params, size_t n,
	      struct rows *ret);

enum { TXN_STEPS_MAX = 48 };

struct txn {
	struct call *k;
	struct step steps[TXN_STEPS_MAX];
	size_t n;
	bool has_mail; /* mailer_wake() after the commit */
};

void txn_begin(struct txn *t, struct call *k);
/* Appends a statement. */
void txn_add(struct txn *t, const char *sql, const char *const *params, size_t n);
/* Appends one whose rows are read into *ret when txn_run() returns 0. */
void txn_read(struct txn *t, const char *sql, const char *const *params, size_t n,
	      struct rows *ret);
/* The last statement must write exactly one row; otherwise the transaction rolls
 * back and txn_run() fails with this error. code and message are literals. */
void txn_expect_one(struct txn *t, int status, const char *code, const char *message);
/* Runs it, durable when 0. Suspends. Any database error becomes 500 with
 * `failure`, its own text goes to the log. */
int txn_run(struct txn *t, const char *failure);

struct user;
/* Appends a row to auth.audit_log_entries. traits: JSON object text or NULL. */
void txn_audit(struct txn *t, const struct user *actor, const char *action, const char *traits);

#endif
