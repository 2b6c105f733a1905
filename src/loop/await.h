/*
 * Waiting. Each function here suspends the running coroutine, so that its loop
 * serves others meanwhile; outside a coroutine (command line, migrations, unit
 * tests, worker threads) the same call blocks the thread.
 *
 * All honour c->deadline_ns (CLOCK_MONOTONIC, 0: none) and cancelling of the
 * coroutine: both return -1 with error 57014. Nothing may be held across a
 * suspension: no mutex, no half-stepped statement, no iterator of a shared
 * list; mark such places with hold_enter()/hold_leave(). errno is not kept.
 */
#ifndef LOOP_AWAIT_H
#define LOOP_AWAIT_H

#include "loop/loop.h"

#include <stdatomic.h>
#include <stdint.h>

/* Waits until fd is ready for one of events (EPOLLIN, EPOLLOUT; errors and
 * hang-up always end the wait). Returns the ready events (> 0), or -1 with
 * 57014, or 58000 when the kernel refuses. One waiter per descriptor. Costs one
 * system call besides the wait; a descriptor that is waited for again and again
 * on one loop may use struct fd_watch. */
int await_fd(struct ctx *c, int fd, uint32_t events);

/* A long-lived descriptor (a database connection) registered once with one
 * loop: waiting for the same events again costs no system call. Memory of the
 * caller, zero it first. */
struct fd_watch {
	struct loop_fd w;
	struct loop *loop; /* NULL: await_watch() blocks in poll() */
	void *waiter;
};

/* Registers fd with the running loop (none: l NULL). -1 with 58000. */
int fd_watch_init(struct ctx *c, struct fd_watch *f, struct loop *l, int fd);
/* Unregisters; before fd is closed. An initialized or zeroed f. */
void fd_watch_stop(struct fd_watch *f);
/* As await_fd(). On the loop's own thread. */
int await_watch(struct ctx *c, struct fd_watch *f, uint32_t events);

/* Waits for ns nanoseconds. */
int await_sleep(struct ctx *c, uint64_t ns);

/* Lets the loop's other work run, then goes on. -1 when cancelled. */
int await_yield(struct ctx *c);

/*
 * A one-shot event between threads: one waiter, fired at most once. Initialize,
 * hand its address to whoever will fire it, then wait.
 *
 * Lifetime: after wakeup_fire() has been called nobody touches it but the
 * waiter. When await_wakeup() returns -1 the event may still be fired: the
 * waiter must first take its address back from the other side (under that
 * side's lock) or, when it is too late for that, call await_wakeup_always().
 */
struct wakeup {
	struct loop_task task;
	_Atomic uint32_t state;
	void *waiter; /* the suspended coroutine */
	struct loop *loop;
};

void wakeup_init(struct wakeup *w);

/* Ends the wait, now or when it begins. Any thread, never blocks. */
void wakeup_fire(struct wakeup *w);

/* Waits for the event. May suspend; -1 with 57014. */
int await_wakeup(struct ctx *c, struct wakeup *w);

/* The same without touching a ctx, for when the other side uses it meanwhile.
 * Turn a result into an error with await_error(). */
enum await_result { AWAIT_DONE, AWAIT_TIMEOUT, AWAIT_CANCELLED };
enum await_result await_wakeup_until(struct wakeup *w, uint64_t deadline_ns);

/* AWAIT_DONE: 0; else sets error 57014 and returns -1. */
int await_error(struct ctx *c, enum await_result result);

/* The same, whatever the deadline and cancelling say: for the waiter whose
 * stack the other side still uses. The firing must be certain. */
void await_wakeup_always(struct wakeup *w);

/* Marks on this thread that something is held which must not live across a
 * suspension; await_* CHECKs that the count is zero. No-ops under NDEBUG. */
#ifdef NDEBUG
static inline void hold_enter(void)
{
}
static inline void hold_leave(void)
{
}
#else
void hold_enter(void);
void hold_leave(void);
#endif

#endif
