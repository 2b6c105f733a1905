/*
 * Sign-in: /auth/v1 as GoTrue (supabase/auth) serves it, over any engine.
 *
 *	GET /auth/v1/settings -> signin_handle(c, rq, rs, "/settings", signin)
 *
 * State is in the auth.* tables; memory holds only rate limits. Any node can
 * answer any request. routes.c has the table of what there is.
 */
#ifndef SIGNIN_SIGNIN_H
#define SIGNIN_SIGNIN_H

#include "base/str.h"

struct auth;
struct buf;
struct config;
struct ctx;
struct engine;
struct mailer;
struct request;
struct response;
struct signin;

/* All outlive the result. */
struct signin_options {
	struct engine *engine;
	const struct config *cfg;
	struct auth *auth;
	struct mailer *mailer; /* NULL: whatever needs a mail answers 500 */
};

/* Starts the threads that hash passwords. F0000 naming a wrong setting. */
int signin_new(struct ctx *c, const struct signin_options *o, struct signin **ret);
void signin_free(struct signin *s); /* NULL allowed; no request is under way */

/* Answers a request; path is what follows /auth/v1. May suspend. Always answers,
 * errors in GoTrue's format, and returns 0. */
int signin_handle(struct ctx *c, struct request *rq, struct response *rs, struct str path,
		  struct signin *s);

/* Appends Prometheus lines: sign-ins, refusals, limits. */
void signin_metrics(struct signin *s, struct buf *out);

#endif
