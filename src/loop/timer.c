/* Timers: a binary heap of pointers; each timer knows its slot. */
#include "base/check.h"
#include "loop/loop_int.h"

#include <stdlib.h>

static void place(struct loop *l, uint32_t i, struct timer *t)
{
	l->heap[i] = t;
	t->slot = i + 1;
}

static void sift_up(struct loop *l, uint32_t i, struct timer *t)
{
	while (i > 0) {
		uint32_t parent = (i - 1) / 2;
		if (l->heap[parent]->at_ns <= t->at_ns)
			break;
		place(l, i, l->heap[parent]);
		i = parent;
	}
	place(l, i, t);
}

static void sift_down(struct loop *l, uint32_t i, struct timer *t)
{
	for (;;) {
		uint32_t child = 2 * i + 1;
		if (child >= l->n_timers)
			break;
		if (child + 1 < l->n_timers && l->heap[child + 1]->at_ns < l->heap[child]->at_ns)
			child++;
		if (t->at_ns <= l->heap[child]->at_ns)
			break;
		place(l, i, l->heap[child]);
		i = child;
	}
	place(l, i, t);
}

static void settle(struct loop *l, uint32_t i, struct timer *t)
{
	if (i > 0 && t->at_ns < l->heap[(i - 1) / 2]->at_ns)
		sift_up(l, i, t);
	else
		sift_down(l, i, t);
}

static void reserve_slot(struct loop *l)
{
	if (l->n_timers < l->cap_timers)
		return;
	l->cap_timers = l->cap_timers ? l->cap_timers * 2 : 64;
	l->heap = realloc(l->heap, l->cap_timers * sizeof(*l->heap));
	CHECK(l->heap != NULL);
}

void timer_start(struct loop *l, struct timer *t, uint64_t at_ns)
{
	t->at_ns = at_ns;
	if (t->slot) {
		settle(l, t->slot - 1, t);
		return;
	}
	reserve_slot(l);
	sift_up(l, l->n_timers++, t);
}

void timer_stop(struct loop *l, struct timer *t)
{
	if (!t->slot)
		return;
	uint32_t i = t->slot - 1;
	t->slot = 0;
	struct timer *last = l->heap[--l->n_timers];
	if (last != t)
		settle(l, i, last);
}

int timer_wait_ms(const struct loop *l)
{
	if (!l->n_timers)
		return -1;
	uint64_t now = loop_clock_ns();
	uint64_t at = l->heap[0]->at_ns;
	if (at <= now)
		return 0;
	uint64_t ms = (at - now + 999999) / 1000000;
	return ms > 3600000 ? 3600000 : (int)ms;
}

void timer_run_due(struct loop *l)
{
	while (l->n_timers && l->heap[0]->at_ns <= l->now_ns) {
		struct timer *t = l->heap[0];
		timer_stop(l, t);
		t->fn(t);
	}
}
