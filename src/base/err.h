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

enum { ERR_CODE_MAX = 16 };

struct error {
	char code[ERR_CODE_MAX]; /* "" when there is no error */
	int http_status;	 /* 0: derived from the code by the service */
	const char *message;
	const char *details; /* NULL when absent, as in PostgREST's bodies */
	const char *hint;
	int position; /* 1-based character offset in the SQL text, 0 unknown */
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

/* Sets the error and returns -1. The message is printed into the arena. */
int err_set(struct ctx *c, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));

/* Add to the error that is set; each returns -1 so that `return` can use it. */
int err_details(struct ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
int err_hint(struct ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
int err_at(struct ctx *c, int position);
int err_http(struct ctx *c, int status);

/* Puts "context: " before the message. */
int err_wrap(struct ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));

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
