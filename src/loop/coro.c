/*
 * A coroutine's stack outlives the coroutine: coro_main() runs one function
 * after another, parked in the loop's free list in between.
 */
#include "loop/coro.h"

#include "base/check.h"
#include "loop/fiber.h"
#include "loop/loop_int.h"
#include "loop/stack.h"

#include <stdlib.h>

static void push(struct coro_queue *q, struct coro *co)
{
	co->next = NULL;
	*q->tail = co;
	q->tail = &co->next;
}

/* From the coroutine's stack to the thread's, until entered again. */
static void leave(struct coro *co)
{
	struct loop *l = co->loop;
	void **save = co->is_exiting ? NULL : &co->fake;
	fiber_leave(save, l->thread_bottom, l->thread_size, l->thread_fiber);
	coro_switch(&co->sp, l->thread_sp);
	fiber_enter(co->fake, &l->thread_bottom, &l->thread_size);
}

static void coro_main(void *arg)
{
	struct coro *co = arg;
	fiber_enter(NULL, &co->loop->thread_bottom, &co->loop->thread_size);
	while (!co->is_exiting) {
		co->fn(co->arg);
		co->is_ended = true;
		leave(co);
	}
	leave(co);
	UNREACHABLE();
}

/* From the thread's stack to the coroutine's, until it leaves. */
static void enter(struct coro *co)
{
	struct loop *l = co->loop;
	l->thread_fiber = fiber_of_thread();
	fiber_leave(&l->thread_fake, co->stack, coro_stack_size(), co->fiber);
	coro_switch(&l->thread_sp, co->sp);
	fiber_enter(l->thread_fake, NULL, NULL);
}

static void destroy(struct coro *co)
{
	co->is_exiting = true;
	enter(co);
	fiber_free(co->fiber);
	fiber_forget(co->valgrind_id);
	stack_free(co->stack);
	free(co);
}

static struct coro *lease(struct loop *l)
{
	struct coro *co = l->free_coros;
	if (co) {
		l->free_coros = co->next;
		l->n_free--;
		return co;
	}
	co = calloc(1, sizeof(*co));
	CHECK(co != NULL);
	co->loop = l;
	co->stack = stack_new();
	co->valgrind_id = fiber_register(co->stack, coro_stack_size());
	co->fiber = fiber_new();
	co->sp = stack_prepare(co->stack, coro_main, co);
	return co;
}

static struct coro *coro_make(struct loop *l, void (*fn)(void *arg), void *arg)
{
	struct coro *co = lease(l);
	co->fn = fn;
	co->arg = arg;
	co->is_ended = co->is_cancelled = co->is_shielded = false;
	co->is_interruptible = false;
	l->n_coros++;
	co->live_next = l->live;
	co->live_at = &l->live;
	if (l->live)
		l->live->live_at = &co->live_next;
	l->live = co;
	return co;
}

static void give_back(struct coro *co)
{
	struct loop *l = co->loop;
	l->n_coros--;
	*co->live_at = co->live_next;
	if (co->live_next)
		co->live_next->live_at = co->live_at;
	if (l->n_free >= CORO_FREE_MAX) {
		destroy(co);
		return;
	}
	stack_recycle(co->stack);
	co->next = l->free_coros;
	l->free_coros = co;
	l->n_free++;
}

/* Runs co until it suspends (true) or ends (false; co is gone). */
static bool resume(struct coro *co)
{
	struct loop *l = co->loop;
	CHECK(l->current == NULL);
	for (;;) {
		l->current = co;
		enter(co);
		l->current = NULL;
		if (!co->call)
			break;
		co->call_result = co->call(co->call_arg);
		co->call = NULL;
	}
	if (!co->is_ended)
		return true;
	give_back(co);
	return false;
}

struct coro *coro_spawn(struct loop *l, void (*fn)(void *arg), void *arg)
{
	struct coro *co = coro_make(l, fn, arg);
	coro_wake(co);
	return co;
}

struct coro *coro_run(struct loop *l, void (*fn)(void *arg), void *arg)
{
	CHECK(loop_this == l && l->current == NULL);
	struct coro *co = coro_make(l, fn, arg);
	return resume(co) ? co : NULL;
}

struct coro *coro_current(void)
{
	return loop_this ? loop_this->current : NULL;
}

void coro_suspend(struct coro *co, bool interruptible)
{
	DCHECK(co == coro_current());
	co->is_interruptible = interruptible;
	leave(co);
	co->is_interruptible = false;
}

void coro_wake(struct coro *co)
{
	if (co->is_queued)
		return;
	co->is_queued = true;
	push(&co->loop->ready, co);
}

void coro_run_ready(struct loop *l)
{
	struct coro *co = l->ready.head;
	l->ready = (struct coro_queue){ .head = NULL };
	l->ready.tail = &l->ready.head;
	while (co) {
		struct coro *next = co->next;
		co->is_queued = false;
		resume(co);
		co = next;
	}
}

void coro_cancel(struct coro *co)
{
	co->is_cancelled = true;
	if (co->is_interruptible && !co->is_shielded)
		coro_wake(co);
}

void coro_cancel_all(struct loop *l)
{
	for (struct coro *co = l->live; co; co = co->live_next)
		coro_cancel(co);
}

bool coro_is_cancelled(const struct coro *co)
{
	return co->is_cancelled;
}

bool coro_must_end(const struct coro *co)
{
	return co->is_cancelled && !co->is_shielded;
}

bool coro_shield(bool on)
{
	struct coro *co = coro_current();
	if (!co)
		return false;
	bool was = co->is_shielded;
	co->is_shielded = on;
	return was;
}

int on_thread_stack(int (*fn)(void *arg), void *arg)
{
	struct coro *co = coro_current();
	if (!co)
		return fn(arg);
	co->call_arg = arg;
	co->call = fn;
	leave(co);
	return co->call_result;
}

size_t coro_count(const struct loop *l)
{
	return l->n_coros;
}

void coro_free_stacks(struct loop *l)
{
	while (l->free_coros) {
		struct coro *co = l->free_coros;
		l->free_coros = co->next;
		destroy(co);
	}
	l->n_free = 0;
}
