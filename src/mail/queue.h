/*
 * The durable queue: bedplate.mail_queue, made by the engines' bootstrap. A
 * sender takes rows by moving their next_at into the future, which is its
 * lease: another node sees them again only when the lease is over, so a
 * message is sent once unless its sender dies between the server's answer and
 * the next commit.
 */
#ifndef MAIL_QUEUE_H
#define MAIL_QUEUE_H

#include "base/str.h"

struct ctx;
struct engine;
struct step;

enum {
	QUEUE_LEASE_S = 90,	 /* longer than sending may take */
	QUEUE_ATTEMPTS_MAX = 12, /* about a day and a half */
};

struct queued {
	const char *id; /* uuid */
	const char *sender, *recipient;
	struct str message;
	int attempts; /* this one included */
};

/* The INSERT, in c->arena. */
void queue_add(struct ctx *c, const struct queued *q, const char *kind, struct step *ret);

/* Leases the message that has waited longest, if one is due; memory in c->arena. */
int queue_take(struct ctx *c, struct engine *e, struct queued *ret, bool *ret_found);

/* Sent: the row goes. */
int queue_done(struct ctx *c, struct engine *e, const char *id);

/* Not sent: due again after a pause that doubles, or failed for good when
 * is_final or after QUEUE_ATTEMPTS_MAX attempts. why has no secrets. */
int queue_retry(struct ctx *c, struct engine *e, const struct queued *q, bool is_final,
		const char *why);

/* Removes failed rows after 30 days. */
int queue_prune(struct ctx *c, struct engine *e);

#endif
