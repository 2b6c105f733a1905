/*
 * A bounded pool of worker threads for calls that block or burn CPU: password
 * hashing, name lookup, long reads. Make one pool per kind of work, so that a
 * storm of one kind cannot slow the others.
 */
#ifndef LOOP_POOL_H
#define LOOP_POOL_H

#include <stddef.h>

struct ctx;
struct pool;

/* Starts `threads` workers (1 to 64) with a queue of at most queue_limit (> 0)
 * waiting calls. name (<= 15 bytes) appears in messages and thread names. */
int pool_new(struct ctx *c, const char *name, unsigned threads, size_t queue_limit,
	     struct pool **ret);

/* Ends the workers; no call may be under way. NULL allowed. */
void pool_free(struct pool *p);

/*
 * Runs fn(arg) on a worker and returns its result; may suspend. fn may use c
 * and its arena (the coroutine sleeps meanwhile) and report errors there, but
 * must not await anything.
 *
 * -1 with 53000 (status 503) when the queue is full; -1 with 57014 when the
 * deadline or cancelling strikes while the call still waits in the queue. Once
 * a worker has begun, its result is waited for.
 */
int pool_run(struct ctx *c, struct pool *p, int (*fn)(void *arg), void *arg);

/* Calls waiting now (any thread; for metrics). */
size_t pool_queued(struct pool *p);

#endif
