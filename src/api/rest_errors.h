/*
 * Error answers in PostgREST's form: {"code","details","hint","message"} and
 * the HTTP status, from spec/errors.def.
 */
#ifndef API_REST_ERRORS_H
#define API_REST_ERRORS_H

#include "base/err.h"

struct response;

/* One of spec/errors.def with its own text. Returns -1. */
#define API_ERROR(symbol, code, status, text) ERR_##symbol,
enum api_error {
#include "spec/errors.def"
	API_ERROR_COUNT
};

int api_fail(struct ctx *c, enum api_error e);
/* The same with another message. */
int api_failf(struct ctx *c, enum api_error e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));

/* The HTTP status of an error. 42501 is 401 for callers who sent no token. */
int api_error_status(const struct error *e, bool is_anonymous);

/* Replaces the response with the error: body, status, Proxy-Status and
 * WWW-Authenticate. is_verbose false leaves out details and hint. */
void api_error_respond(struct ctx *c, struct response *rs, bool is_anonymous, bool is_verbose);

#endif
