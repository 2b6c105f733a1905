/*
 * A one-shot event between threads. The state decides who may touch the struct:
 * the firing thread's last access is the exchange to FIRED when nobody waited,
 * the posting of the task when a coroutine did, and the futex address (which
 * the kernel alone reads) when a thread did.
 */
#include "base/check.h"
#include "base/err.h"
#include "loop/await_int.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { QUIET, SUSPENDED, BLOCKED, FIRED };

struct wakeup_wait {
	struct coro *co;
	bool is_done;
};

static void on_task(struct loop_task *t)
{
	struct wakeup *w = (struct wakeup *)t;
	struct wakeup_wait *wait = w->waiter;
	wait->is_done = true;
	coro_wake(wait->co);
}

void wakeup_init(struct wakeup *w)
{
	*w = (struct wakeup){ .task.fn = on_task };
	atomic_init(&w->state, QUIET);
}

void wakeup_fire(struct wakeup *w)
{
	uint32_t was = atomic_exchange_explicit(&w->state, FIRED, memory_order_acq_rel);
	CHECK(was != FIRED);
	if (was == BLOCKED) {
		syscall(SYS_futex, &w->state, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	} else if (was == SUSPENDED) {
		if (loop_this == w->loop)
			on_task(&w->task);
		else
			loop_post_task(w->loop, &w->task);
	}
}

static enum await_result block(struct wakeup *w, uint64_t deadline_ns)
{
	uint32_t expected = QUIET;
	if (!atomic_compare_exchange_strong(&w->state, &expected, BLOCKED))
		return AWAIT_DONE;
	struct timespec at = { .tv_sec = (time_t)(deadline_ns / 1000000000u),
			       .tv_nsec = (long)(deadline_ns % 1000000000u) };
	for (;;) {
		long r = syscall(SYS_futex, &w->state, FUTEX_WAIT_BITSET_PRIVATE, BLOCKED,
				 deadline_ns ? &at : NULL, NULL, FUTEX_BITSET_MATCH_ANY);
		if (atomic_load_explicit(&w->state, memory_order_acquire) == FIRED)
			return AWAIT_DONE;
		if (r < 0 && errno == ETIMEDOUT)
			break;
	}
	expected = BLOCKED;
	return atomic_compare_exchange_strong(&w->state, &expected, QUIET) ? AWAIT_TIMEOUT
									   : AWAIT_DONE;
}

/* Takes the event back from SUSPENDED. When it has been fired meanwhile its
 * task is on the way and must arrive before the memory may go. */
static enum await_result withdraw(struct wakeup *w, struct wakeup_wait *wait,
				  enum await_result result)
{
	uint32_t expected = SUSPENDED;
	if (atomic_compare_exchange_strong(&w->state, &expected, QUIET))
		return result;
	while (!wait->is_done)
		coro_suspend(wait->co, false);
	return AWAIT_DONE;
}

static enum await_result suspend(struct wakeup *w, struct wakeup_wait *wait, uint64_t deadline_ns)
{
	uint32_t expected = QUIET;
	if (!atomic_compare_exchange_strong(&w->state, &expected, SUSPENDED))
		return AWAIT_DONE;
	struct waiting waiting;
	waiting_start(&waiting, wait->co, deadline_ns);
	enum await_result result = waiting_for(&waiting, &wait->is_done);
	waiting_stop(&waiting);
	return result == AWAIT_DONE ? result : withdraw(w, wait, result);
}

enum await_result await_wakeup_until(struct wakeup *w, uint64_t deadline_ns)
{
	struct coro *co = await_begin();
	if (atomic_load_explicit(&w->state, memory_order_acquire) == FIRED)
		return AWAIT_DONE;
	if (!co)
		return block(w, deadline_ns);
	struct wakeup_wait wait = { .co = co };
	w->waiter = &wait;
	w->loop = co->loop;
	enum await_result result = suspend(w, &wait, deadline_ns);
	w->waiter = NULL;
	return result;
}

int await_wakeup(struct ctx *c, struct wakeup *w)
{
	return await_error(c, await_wakeup_until(w, c->deadline_ns));
}

void await_wakeup_always(struct wakeup *w)
{
	bool was = coro_shield(true);
	enum await_result result = await_wakeup_until(w, 0);
	coro_shield(was);
	CHECK(result == AWAIT_DONE);
}
