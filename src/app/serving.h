/*
 * A running server of one project: the API's listeners, the control socket, and
 * on an engine without PostgreSQL's protocol the port that says so.
 */
#ifndef APP_SERVING_H
#define APP_SERVING_H

#include "base/str.h"

struct auth;
struct config;
struct ctx;
struct engine;
struct serving;

/* Blocks SIGINT, SIGTERM and SIGHUP in this thread and those it starts from
 * here on; call before any. The result is a signalfd for them. */
int serving_signals(struct ctx *c, int *ret_fd);

struct serving_spec {
	const struct config *cfg; /* these three outlive the server */
	struct auth *auth;
	struct engine *engine;
	bool has_log;	       /* access log lines on stdout */
	int reset_fd;	       /* an eventfd that `bedplate reset` signals, -1: refused */
	unsigned catcher_port; /* SMTP port of a mail catcher, 0: none */
};

/* Starts listening and returns. Errors: 58000 naming the address. */
int serving_start(struct ctx *c, const struct serving_spec *spec, struct serving **ret);

/* Finishes what is under way within [bedplate].drain_timeout, and frees. */
void serving_stop(struct serving *s);

#endif
