/*
 * The error object and the call context that carries it.
 *
 * Every fallible function above this layer takes `struct ctx *c` first and
 * returns 0 or -1; on -1 c->err says what went wrong, in words meant for the
 * caller of the API. Outputs are named ret_* and untouched on failure. Lower
 * layers never log: the one place that answers the request does.
 *
 * Codes are SQLSTATEs or a service's own codes ("PGRST116"). The table of
 * known codes, their HTTP status and default text is spec/errors.def.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/str.h"

struct arena;

enum { ERR_CODE_MAX = 48 };

struct error {
	char code[ERR_CODE_MAX]; /* "" when there is no error */
	int http_status;	 /* 0: derived from the code by the service */
	const char *message;
	const char *details; /* NULL when absent, as in PostgREST's bodies */
	const char *hint;
	int position;	     /* 1-based character offset in the SQL text, 0 unknown */
	const char *context; /* PostgreSQL's CONTEXT: lines, innermost first; NULL none */
	/* What the error is about, as PostgreSQL's error fields; NULL unknown. */
	const char *schema, *table, *column, *constraint, *datatype;
};

/*
 * One request's (or command's) context. The arena owns every string in err.
 * A ctx belongs to one thread at a time; it may move between threads while
 * the coroutine that owns it is suspended.
 */
struct ctx {
	struct arena *arena;
	struct error err;
	uint64_t deadline_ns; /* CLOCK_MONOTONIC, 0 none */
	const char *request_id;
};

static inline int err_failed(void)
{
	return -1;
}

/* Sets the error and returns -1. The message is printed into the arena. (A
 * macro, so that the compiler sees the -1 and knows which paths go on.) */
#define err_set(c, code, ...) (err_set_error((c), (code), __VA_ARGS__), err_failed())

/* Add to the error that is set; each returns -1 so that `return` can use it. */
#define err_details(c, ...) (err_set_details((c), __VA_ARGS__), err_failed())
#define err_hint(c, ...) (err_set_hint((c), __VA_ARGS__), err_failed())
#define err_at(c, position_) ((c)->err.position = (position_), err_failed())
#define err_http(c, status) ((c)->err.http_status = (status), err_failed())

/* Adds a line to the context of the error that is set; -1. */
#define err_context(c, ...) (err_add_context((c), __VA_ARGS__), err_failed())

/* Puts "context: " before the message; -1. */
#define err_wrap(c, ...) (err_set_context((c), __VA_ARGS__), err_failed())

void err_set_error(struct ctx *c, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));
void err_set_details(struct ctx *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), cold));
void err_set_hint(struct ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
void err_set_context(struct ctx *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), cold));

void err_add_context(struct ctx *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), cold));

void err_clear(struct ctx *c);
bool err_is(const struct ctx *c, const char *code);
/* First two characters (the SQLSTATE class), e.g. err_class_is(c, "23"). */
bool err_class_is(const struct ctx *c, const char *class2);

/* A copy whose strings live in arena a. */
struct error err_copy(struct arena *a, const struct error *e);

/* return -1 when expr failed; c->err is already set. */
#define TRY(expr)                                                                                  \
	do {                                                                                       \
		if ((expr) < 0)                                                                    \
			return -1;                                                                 \
	} while (0)

#endif
