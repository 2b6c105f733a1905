/* Waiting for descriptors and time; wakeup.c has the events between threads. */
#include "loop/await.h"

#include "base/check.h"
#include "base/err.h"
#include "loop/await_int.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#ifndef NDEBUG
static _Thread_local int n_held;

void hold_enter(void)
{
	n_held++;
}

void hold_leave(void)
{
	CHECK(n_held > 0);
	n_held--;
}
#endif

struct coro *await_begin(void)
{
#ifndef NDEBUG
	CHECK(n_held == 0);
#endif
	struct coro *co = coro_current();
	/* In a callback, or inside on_thread_stack(): blocking would stop the
	 * whole loop, and what is waited for may need it. */
	CHECK(co || !loop_this);
	return co;
}

static void on_deadline(struct timer *t)
{
	struct waiting *w = (struct waiting *)t;
	w->is_late = true;
	coro_wake(w->co);
}

void waiting_start(struct waiting *w, struct coro *co, uint64_t deadline_ns)
{
	*w = (struct waiting){ .timer.fn = on_deadline, .co = co };
	if (deadline_ns)
		timer_start(co->loop, &w->timer, deadline_ns);
}

void waiting_stop(struct waiting *w)
{
	timer_stop(w->co->loop, &w->timer);
}

enum await_result waiting_for(struct waiting *w, const bool *is_done)
{
	for (;;) {
		if (*is_done)
			return AWAIT_DONE;
		if (coro_must_end(w->co))
			return AWAIT_CANCELLED;
		if (w->is_late)
			return AWAIT_TIMEOUT;
		coro_suspend(w->co, true);
	}
}

int await_error(struct ctx *c, enum await_result result)
{
	if (result == AWAIT_DONE)
		return 0;
	return err_set(c, "57014", "canceling statement due to %s",
		       result == AWAIT_TIMEOUT ? "statement timeout" : "user request");
}

int await_ms_left(uint64_t deadline_ns)
{
	if (!deadline_ns)
		return -1;
	uint64_t now = loop_clock_ns();
	if (deadline_ns <= now)
		return 0;
	uint64_t ms = (deadline_ns - now + 999999) / 1000000;
	return ms > 3600000 ? 3600000 : (int)ms;
}

/* ---- descriptors ---- */

static int block_on_fd(struct ctx *c, int fd, uint32_t events)
{
	/* EPOLLIN, EPOLLOUT, EPOLLERR and EPOLLHUP have poll()'s values. */
	struct pollfd p = { .fd = fd, .events = (short)events };
	for (;;) {
		int ms = await_ms_left(c->deadline_ns);
		int n = poll(&p, 1, ms);
		if (n > 0)
			return (unsigned short)p.revents;
		if (n < 0 && errno != EINTR)
			return err_set(c, "58000", "poll failed: %s", strerror(errno));
		if (n == 0 && ms == 0)
			return await_error(c, AWAIT_TIMEOUT);
	}
}

struct fd_wait {
	struct coro *co;
	uint32_t ready;
	bool is_done;
};

/* The descriptor's waiter is registered in f->waiter only while it waits. */
static void on_watch_ready(struct loop_fd *w, uint32_t events)
{
	struct fd_watch *f = (struct fd_watch *)w;
	struct fd_wait *wait = f->waiter;
	if (!wait || wait->is_done) {
		/* Level triggered: an event that nobody wants would come again
		 * in every turn. The next await_watch() arms it anew. */
		if (w->events && epoll_ctl(f->loop->epoll_fd, EPOLL_CTL_MOD, w->fd,
					   &(struct epoll_event){ .data.ptr = w }) == 0)
			w->events = 0;
		return;
	}
	wait->ready = events;
	wait->is_done = true;
	coro_wake(wait->co);
}

int fd_watch_init(struct ctx *c, struct fd_watch *f, struct loop *l, int fd)
{
	*f = (struct fd_watch){ .w = { .fd = fd, .on_ready = on_watch_ready } };
	if (l && loop_fd_add(c, l, &f->w) < 0)
		return -1;
	f->loop = l;
	return 0;
}

void fd_watch_stop(struct fd_watch *f)
{
	if (f->loop)
		loop_fd_remove(f->loop, &f->w);
	f->loop = NULL;
}

/* f is registered for what is awaited. */
static int wait_ready(struct ctx *c, struct coro *co, struct fd_watch *f)
{
	struct fd_wait wait = { .co = co };
	struct waiting w;
	f->waiter = &wait;
	waiting_start(&w, co, c->deadline_ns);
	enum await_result result = waiting_for(&w, &wait.is_done);
	waiting_stop(&w);
	f->waiter = NULL;
	return result == AWAIT_DONE ? (int)wait.ready : await_error(c, result);
}

int await_watch(struct ctx *c, struct fd_watch *f, uint32_t events)
{
	struct coro *co = await_begin();
	if (!co || !f->loop)
		return block_on_fd(c, f->w.fd, events);
	CHECK(co->loop == f->loop && !f->waiter);
	if (f->w.events != events)
		TRY(loop_fd_change(c, f->loop, &f->w, events));
	return wait_ready(c, co, f);
}

int await_fd(struct ctx *c, int fd, uint32_t events)
{
	struct coro *co = await_begin();
	if (!co)
		return block_on_fd(c, fd, events);
	struct fd_watch f = { .w = { .fd = fd, .on_ready = on_watch_ready }, .loop = co->loop };
	TRY(loop_fd_arm_once(c, co->loop, &f.w, events));
	int ready = wait_ready(c, co, &f);
	/* Once ready it is disarmed and may stay registered: the next wait for
	 * it is one call, and closing it unregisters. */
	if (ready < 0)
		fd_watch_stop(&f);
	return ready;
}

/* ---- time ---- */

static int block_for(struct ctx *c, uint64_t until, bool is_cut)
{
	for (;;) {
		int ms = await_ms_left(until);
		if (ms == 0)
			return is_cut ? await_error(c, AWAIT_TIMEOUT) : 0;
		poll(NULL, 0, ms);
	}
}

int await_sleep(struct ctx *c, uint64_t ns)
{
	uint64_t until = loop_clock_ns() + ns;
	bool is_cut = c->deadline_ns && c->deadline_ns < until;
	if (is_cut)
		until = c->deadline_ns;
	struct coro *co = await_begin();
	if (!co)
		return block_for(c, until, is_cut);
	struct waiting w;
	waiting_start(&w, co, until);
	enum await_result result = waiting_for(&w, &(bool){ false });
	waiting_stop(&w);
	if (result == AWAIT_TIMEOUT && !is_cut)
		return 0;
	return await_error(c, result);
}

int await_yield(struct ctx *c)
{
	struct coro *co = await_begin();
	if (!co)
		return 0;
	coro_wake(co);
	coro_suspend(co, true);
	return coro_must_end(co) ? await_error(c, AWAIT_CANCELLED) : 0;
}
