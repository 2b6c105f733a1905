/* What await.c and wakeup.c share. */
#ifndef LOOP_AWAIT_INT_H
#define LOOP_AWAIT_INT_H

#include "loop/await.h"
#include "loop/loop_int.h"

/* A suspended coroutine with an optional deadline; lives on its stack. */
struct waiting {
	struct timer timer;
	struct coro *co;
	bool is_late;
};

/* The coroutine that may wait here, or NULL to block the thread. CHECKs that
 * nothing is held and that a loop's thread does not block. */
struct coro *await_begin(void);

/* Starts and stops the deadline's timer (0: none). */
void waiting_start(struct waiting *w, struct coro *co, uint64_t deadline_ns);
void waiting_stop(struct waiting *w);

/* Suspends until *is_done, the deadline or cancelling. */
enum await_result waiting_for(struct waiting *w, const bool *is_done);

/* Milliseconds until the deadline for poll(), rounded up; -1 none, 0 passed. */
int await_ms_left(uint64_t deadline_ns);

#endif
