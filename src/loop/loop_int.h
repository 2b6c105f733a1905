/* What loop.c, coro.c, timer.c and await.c share. Nobody else includes it. */
#ifndef LOOP_LOOP_INT_H
#define LOOP_LOOP_INT_H

#include "loop/coro.h"
#include "loop/loop.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>

enum { LOOP_EVENTS = 256, CORO_FREE_MAX = 64 };

/* A queue of coroutines, linked through coro.next. */
struct coro_queue {
	struct coro *head;
	struct coro **tail;
};

struct loop {
	int epoll_fd;
	int event_fd;
	struct loop_fd event_watch;
	_Atomic(struct loop_task *) posted; /* newest first */
	atomic_bool is_stopping;
	struct loop_task *deferred; /* oldest first */
	struct loop_task **deferred_tail;

	uint64_t now_ns;
	_Atomic uint64_t stall_ns;
	struct epoll_event events[LOOP_EVENTS];
	int n_events, at_event;

	struct timer **heap; /* heap[0] fires first */
	uint32_t n_timers, cap_timers;

	struct coro_queue ready;
	struct coro *current;
	struct coro *free_coros;
	struct coro *live; /* every coroutine that has not ended */
	size_t n_free, n_coros;
	void *thread_sp; /* of the thread while a coroutine runs */

	/* The thread's own stack, for the sanitizers. */
	const void *thread_bottom;
	size_t thread_size;
	void *thread_fake;
	void *thread_fiber;

	void *values[LOOP_KEY_MAX];
};

struct coro {
	void *sp; /* while it does not run */
	struct loop *loop;
	struct coro *next;
	struct coro *live_next, **live_at;
	void (*fn)(void *arg);
	void *arg;
	bool is_ended;
	bool is_queued;
	bool is_cancelled;
	bool is_shielded;
	bool is_exiting;       /* asked to leave its stack for good */
	bool is_interruptible; /* waits in a way that cancelling may end */

	int (*call)(void *arg); /* to run on the thread's stack */
	void *call_arg;
	int call_result;

	char *stack; /* lowest usable byte, above the guard page */
	void *fake;
	void *fiber;
	unsigned valgrind_id;
};

/* The loop whose turn this thread runs, NULL outside. */
extern _Thread_local struct loop *loop_this;

/* Suspends the running coroutine until coro_wake(). Cancelling wakes it too
 * when interruptible. */
void coro_suspend(struct coro *co, bool interruptible);

/* Queues a suspended coroutine to go on; a queued one is left alone. */
void coro_wake(struct coro *co);

/* True when a wait of co should end because of coro_cancel(). */
bool coro_must_end(const struct coro *co);

/* Runs the coroutines that were ready when called. */
void coro_run_ready(struct loop *l);

void coro_free_stacks(struct loop *l);

/* Watches w->fd for one event, also when it is registered already, disarmed,
 * with a callback that is gone. -1 with 58000. */
int loop_fd_arm_once(struct ctx *c, struct loop *l, struct loop_fd *w, uint32_t events);

/* Milliseconds for epoll_wait until the next timer, -1 when there is none. */
int timer_wait_ms(const struct loop *l);
void timer_run_due(struct loop *l);

/* coro_switch_*.S: saves the callee-saved registers and the stack pointer in
 * *ret_sp, and goes on where sp was saved. */
void coro_switch(void **ret_sp, void *sp);

/* Where a new coroutine begins; expects what coro_stack_prepare() laid out. */
void coro_entry(void);

#endif
