/* One epoll loop: descriptors, posted tasks, timers, then ready coroutines. */
#include "loop/loop.h"

#include "base/check.h"
#include "base/err.h"
#include "loop/loop_int.h"
#include "loop/overflow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

_Thread_local struct loop *loop_this;

static struct {
	atomic_int n;
	void (*destroy[LOOP_KEY_MAX])(void *value);
} keys;

uint64_t loop_clock_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t loop_now_ns(const struct loop *l)
{
	return l->now_ns;
}

uint64_t loop_take_stall_ns(struct loop *l)
{
	return atomic_exchange_explicit(&l->stall_ns, 0, memory_order_relaxed);
}

struct loop *loop_current(void)
{
	return loop_this;
}

static void run_posted(struct loop *l)
{
	struct loop_task *newest = atomic_exchange_explicit(&l->posted, NULL, memory_order_acquire);
	struct loop_task *oldest = NULL;
	while (newest) {
		struct loop_task *next = newest->next;
		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	while (oldest) {
		struct loop_task *t = oldest;
		oldest = t->next; /* t may be gone after fn */
		t->fn(t);
	}
}

static void on_event_fd(struct loop_fd *w, uint32_t events)
{
	(void)events;
	uint64_t count;
	ssize_t n = read(w->fd, &count, sizeof(count));
	(void)n;
	run_posted((struct loop *)((char *)w - offsetof(struct loop, event_watch)));
}

static void signal_event(struct loop *l)
{
	uint64_t one = 1;
	ssize_t n = write(l->event_fd, &one, sizeof(one));
	(void)n; /* only fails when the counter is full, and then it is readable */
}

void loop_post_task(struct loop *l, struct loop_task *t)
{
	int event_fd = l->event_fd;
	struct loop_task *head = atomic_load_explicit(&l->posted, memory_order_relaxed);
	do {
		t->next = head;
	} while (!atomic_compare_exchange_weak_explicit(&l->posted, &head, t, memory_order_release,
							memory_order_relaxed));
	if (head)
		return; /* whoever posted first has signalled */
	uint64_t one = 1;
	ssize_t n = write(event_fd, &one, sizeof(one));
	(void)n;
}

void loop_defer_task(struct loop *l, struct loop_task *t)
{
	t->next = NULL;
	*l->deferred_tail = t;
	l->deferred_tail = &t->next;
}

static void run_deferred(struct loop *l)
{
	while (l->deferred) {
		struct loop_task *t = l->deferred;
		l->deferred = t->next;
		if (!l->deferred)
			l->deferred_tail = &l->deferred;
		t->fn(t);
	}
}

struct owned_task {
	struct loop_task task;
	void (*fn)(void *arg);
	void *arg;
};

static void run_owned(struct loop_task *t)
{
	struct owned_task *o = (struct owned_task *)t;
	void (*fn)(void *arg) = o->fn;
	void *arg = o->arg;
	free(o);
	fn(arg);
}

void loop_post(struct loop *l, void (*fn)(void *arg), void *arg)
{
	struct owned_task *o = malloc(sizeof(*o));
	CHECK(o != NULL);
	*o = (struct owned_task){ .task = { .fn = run_owned }, .fn = fn, .arg = arg };
	loop_post_task(l, &o->task);
}

int loop_new(struct ctx *c, struct loop **ret)
{
	struct loop *l = calloc(1, sizeof(*l));
	CHECK(l != NULL);
	l->ready.tail = &l->ready.head;
	l->deferred_tail = &l->deferred;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	l->now_ns = loop_clock_ns();
	l->event_watch =
		(struct loop_fd){ .fd = l->event_fd, .events = EPOLLIN, .on_ready = on_event_fd };
	if (l->epoll_fd < 0 || l->event_fd < 0) {
		err_set(c, "58000", "cannot make an event loop: %s", strerror(errno));
		loop_free(l);
		return -1;
	}
	if (loop_fd_add(c, l, &l->event_watch) < 0) {
		loop_free(l);
		return -1;
	}
	*ret = l;
	return 0;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	CHECK(loop_this != l);
	run_posted(l);
	for (int key = LOOP_KEY_MAX; key-- > 0;)
		if (l->values[key] && keys.destroy[key])
			keys.destroy[key](l->values[key]);
	CHECK(l->n_coros == 0);
	coro_free_stacks(l);
	if (l->event_fd >= 0)
		close(l->event_fd);
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	free(l->heap);
	free(l);
}

static int wait_ms(const struct loop *l, int timeout_ms)
{
	if (l->ready.head)
		return 0;
	int due = timer_wait_ms(l);
	if (due < 0 || (timeout_ms >= 0 && timeout_ms < due))
		return timeout_ms;
	return due;
}

static void dispatch(struct loop *l)
{
	for (l->at_event = 0; l->at_event < l->n_events; l->at_event++) {
		struct epoll_event *e = &l->events[l->at_event];
		struct loop_fd *w = e->data.ptr;
		if (w)
			w->on_ready(w, e->events);
	}
	l->n_events = 0;
}

void loop_turn(struct loop *l, int timeout_ms)
{
	struct loop *outer = loop_this;
	CHECK(!outer || outer != l);
	loop_this = l;
	int n = epoll_wait(l->epoll_fd, l->events, LOOP_EVENTS, wait_ms(l, timeout_ms));
	CHECK(n >= 0 || errno == EINTR);
	l->n_events = n > 0 ? n : 0;
	l->now_ns = loop_clock_ns();
	dispatch(l);
	timer_run_due(l);
	coro_run_ready(l);
	run_deferred(l);
	uint64_t busy = loop_clock_ns() - l->now_ns;
	if (busy > atomic_load_explicit(&l->stall_ns, memory_order_relaxed))
		atomic_store_explicit(&l->stall_ns, busy, memory_order_relaxed);
	loop_this = outer;
}

void loop_run(struct loop *l)
{
	overflow_report_on_thread();
	while (!atomic_load_explicit(&l->is_stopping, memory_order_acquire))
		loop_turn(l, -1);
	atomic_store(&l->is_stopping, false);
	overflow_forget_thread();
}

void loop_stop(struct loop *l)
{
	atomic_store_explicit(&l->is_stopping, true, memory_order_release);
	signal_event(l);
}

static int control(struct ctx *c, struct loop *l, int op, struct loop_fd *w)
{
	struct epoll_event e = { .events = w->events, .data.ptr = w };
	if (epoll_ctl(l->epoll_fd, op, w->fd, &e) == 0)
		return 0;
	return err_set(c, "58000", "cannot watch a descriptor: %s", strerror(errno));
}

int loop_fd_add(struct ctx *c, struct loop *l, struct loop_fd *w)
{
	return control(c, l, EPOLL_CTL_ADD, w);
}

int loop_fd_arm_once(struct ctx *c, struct loop *l, struct loop_fd *w, uint32_t events)
{
	struct epoll_event e = { .events = events | EPOLLONESHOT, .data.ptr = w };
	w->events = e.events;
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, w->fd, &e) == 0)
		return 0;
	if (errno == ENOENT && epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, w->fd, &e) == 0)
		return 0;
	return err_set(c, "58000", "cannot watch a descriptor: %s", strerror(errno));
}

int loop_fd_change(struct ctx *c, struct loop *l, struct loop_fd *w, uint32_t events)
{
	w->events = events;
	return control(c, l, EPOLL_CTL_MOD, w);
}

void loop_fd_remove(struct loop *l, struct loop_fd *w)
{
	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
	/* Events of this turn that are not dispatched yet must not find it. */
	for (int i = l->at_event; i < l->n_events; i++)
		if (l->events[i].data.ptr == w)
			l->events[i].data.ptr = NULL;
}

int loop_key_new(void (*destroy)(void *value))
{
	int key = atomic_fetch_add(&keys.n, 1);
	CHECK(key < LOOP_KEY_MAX);
	keys.destroy[key] = destroy;
	return key;
}

void *loop_get(const struct loop *l, int key)
{
	return l->values[key];
}

void loop_set(struct loop *l, int key, void *value)
{
	l->values[key] = value;
}
