/*
 * One request to /auth/v1 and what the handlers of this folder share.
 *
 * A handler reads what it needs (txn.h, rows), decides in C, and hands a whole
 * transaction to the engine whose steps repeat, in SQL, each condition that the
 * decision rests on: two requests that race cannot both pass such a guard.
 */
#ifndef SIGNIN_CALL_H
#define SIGNIN_CALL_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

struct arena;
struct request;
struct response;
struct signin;
struct user;

/* The session that the caller's token names. */
struct caller_session {
	const char *id;
	const char *aal;
	int64_t created_at; /* Unix seconds */
	bool is_recovery;   /* it began with a recovery link */
};

struct call {
	struct ctx *c;
	struct arena *a; /* c->arena */
	struct signin *s;
	struct request *rq;
	struct response *rs;
	struct json *body;     /* an object; never NULL for POST, PUT and DELETE */
	const char *params[2]; /* of the path, in order; UUIDs are checked */
	const char *aud;       /* of users this call sees */
	const char *ip;	       /* the client's address */
	struct json *claims;   /* NULL without a token */
	struct user *user;     /* of the caller, NULL for none */
	struct caller_session *session;
	/* Of the error that is set; c->err has message and status. */
	const char *error_code;
	const char *weak_reasons; /* JSON members of a weak_password */
	int64_t retry_after;	  /* seconds, 0: not said */
	bool is_duplicate;	  /* the transaction met a key that somebody was faster with */
};

/* Sets the error: -1. code is one of GoTrue's, a literal. */
int refuse(struct call *k, int status, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), cold));
/* 500 unexpected_failure with this text, in place of the error that is set, which
 * goes to the operator's log. -1. */
int refuse_internal(struct call *k, const char *text);

/* A string member of the body; "" when it is absent or null. */
const char *body_text(const struct call *k, const char *name);
/* An object member as JSON text, NULL when absent. */
const char *body_object(struct call *k, const char *name);
/* A parameter of the query, decoded; NULL when absent. */
const char *query_text(const struct call *k, const char *name);

/* Answers with a body. */
int answer(struct call *k, int status, struct str json);
int answer_empty(struct call *k); /* {} */

/* A new version 4 UUID. */
const char *new_uuid(struct arena *a);
/* n random characters of the alphabet, uniformly. */
const char *new_random(struct arena *a, const char *alphabet, size_t n);
bool is_uuid(struct str s);
/* As application/x-www-form-urlencoded. */
void put_urlencoded(struct buf *b, struct str s);
const char *hex_of(struct arena *a, const unsigned char *p, size_t n);
int64_t unix_now(void);
/* Seconds of a Go duration ("1h30m", "10s"); -1 for none. */
int64_t duration_seconds(const char *text);

#endif
