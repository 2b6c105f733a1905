/*
 * The event loop: one epoll instance per thread. A loop runs callbacks of
 * descriptors, timers and posted tasks on its own (deep) stack, and
 * coroutines (loop/coro.h) on theirs. Callbacks never block and never suspend;
 * code that waits runs in a coroutine.
 *
 * Except loop_post(), loop_post_task(), loop_take_stall_ns() and loop_stop(), every function may be
 * called on the loop's own thread only, or before it runs.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct ctx;
struct loop;

enum { LOOP_KEY_MAX = 32 };

/* Makes a loop. Error 58000 when the kernel has no descriptors left. */
int loop_new(struct ctx *c, struct loop **ret);

/* Frees a loop that is not running; runs what was posted and the destructors
 * of loop_set() values first. No coroutine may be alive (CHECK). NULL allowed. */
void loop_free(struct loop *l);

/* Runs on the calling thread until loop_stop(). */
void loop_run(struct loop *l);

/* One turn: waits at most timeout_ms (-1: until something happens, 0: not at
 * all) and runs what is due. For tests and for threads with a loop of their own. */
void loop_turn(struct loop *l, int timeout_ms);

/* Makes loop_run() return after the current turn. Any thread. */
void loop_stop(struct loop *l);

/* The loop that runs on this thread, or NULL. */
struct loop *loop_current(void);

/* CLOCK_MONOTONIC in ns: read now, and as of the start of this turn (cheap). */
uint64_t loop_clock_ns(void);
uint64_t loop_now_ns(const struct loop *l);

/* The longest time one turn has kept the loop busy since the last call, in ns.
 * For the metric that shows a handler which hogs its loop. Any thread. */
uint64_t loop_take_stall_ns(struct loop *l);

/* ---- tasks ---- */

/* Memory of the caller that must live until fn runs. */
struct loop_task {
	struct loop_task *next;
	void (*fn)(struct loop_task *t);
};

/* Runs t->fn(t) on the loop's thread, in posting order. Any thread; also
 * before the loop runs. A task may be posted again once its fn has begun. */
void loop_post_task(struct loop *l, struct loop_task *t);

/* The same with memory of the loop's: runs fn(arg). Any thread. */
void loop_post(struct loop *l, void (*fn)(void *arg), void *arg);

/* Runs t->fn(t) at the end of this turn, after the coroutines; costs no system
 * call. On the loop's thread only. */
void loop_defer_task(struct loop *l, struct loop_task *t);

/* ---- timers ---- */

/* Zeroed memory of the caller; stop it before the memory goes away. */
struct timer {
	uint64_t at_ns;
	uint32_t slot; /* 1-based place in the heap, 0 when not running */
	void (*fn)(struct timer *t);
};

/* (Re)starts t to call t->fn(t) once at at_ns (CLOCK_MONOTONIC), to within a
 * millisecond, never early. O(log n). */
void timer_start(struct loop *l, struct timer *t, uint64_t at_ns);
void timer_stop(struct loop *l, struct timer *t); /* a stopped timer is allowed */

/* ---- descriptors ---- */

/* A watched descriptor: memory of the caller, which removes it before it
 * closes fd or frees the memory (also from inside any callback). */
struct loop_fd {
	int fd;
	uint32_t events; /* EPOLL* being watched */
	/* events: those that are ready. */
	void (*on_ready)(struct loop_fd *w, uint32_t events);
};

/* Watch w->fd for w->events, change them, stop. -1 with error 58000. */
int loop_fd_add(struct ctx *c, struct loop *l, struct loop_fd *w);
int loop_fd_change(struct ctx *c, struct loop *l, struct loop_fd *w, uint32_t events);
void loop_fd_remove(struct loop *l, struct loop_fd *w);

/* ---- storage per loop ---- */

/* A key for one value per loop (a database connection, a cache). Call once at
 * start-up; destroy(value) runs in loop_free() on the thread that frees, in
 * reverse order of the keys. CHECK fails past LOOP_KEY_MAX keys. */
int loop_key_new(void (*destroy)(void *value));
void *loop_get(const struct loop *l, int key); /* NULL when never set */
void loop_set(struct loop *l, int key, void *value);

#endif
