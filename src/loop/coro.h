/*
 * Coroutines: functions with a stack of their own that can wait without
 * blocking their loop. A coroutine is pinned: it starts, runs and ends on one
 * loop's thread. It waits only in await_* (loop/await.h) and in functions
 * that say "may suspend".
 *
 * Stacks are 256 KiB (1 MiB under sanitizers) of lazily touched memory over a
 * guard page, recycled by their loop. Calls into libraries that may need more
 * (SQLite, libpg_query, PCRE2, printf of floats in a loop, ...) go through
 * on_thread_stack().
 *
 * A coroutine always ends by returning from its function. Cancelling resumes
 * it with an error so that it unwinds; a live stack is never freed.
 */
#ifndef LOOP_CORO_H
#define LOOP_CORO_H

#include <stdbool.h>
#include <stddef.h>

struct coro;
struct loop;

/* Makes a coroutine that runs fn(arg) when the loop next comes to it. On the
 * loop's thread (also from another coroutine), or before the loop runs. */
struct coro *coro_spawn(struct loop *l, void (*fn)(void *arg), void *arg);

/* Runs fn(arg) in a coroutine at once, until it ends or suspends first. From
 * the loop's callbacks only, not from a coroutine (CHECK). Returns NULL when
 * it has already ended. */
struct coro *coro_run(struct loop *l, void (*fn)(void *arg), void *arg);

/* The running coroutine, or NULL (also inside on_thread_stack). */
struct coro *coro_current(void);

/* Asks co to end: what it waits for, and every await_* it calls afterwards,
 * returns -1 with error 57014. On its loop's thread; co must not have ended. */
void coro_cancel(struct coro *co);
/* Cancels every live coroutine of the loop, at the end of its life. */
void coro_cancel_all(struct loop *l);
bool coro_is_cancelled(const struct coro *co);

/* While shielded, a coroutine's waits ignore cancelling: for clean-up that must
 * itself wait (a ROLLBACK). Returns the former state; no-op outside. */
bool coro_shield(bool on);

/* Calls fn(arg) on the thread's own deep stack and returns its result. fn must
 * not suspend (CHECK). Outside a coroutine, simply calls it. Costs ~25 ns. */
int on_thread_stack(int (*fn)(void *arg), void *arg);

/* Live coroutines of a loop, and bytes of each stack. */
size_t coro_count(const struct loop *l);
size_t coro_stack_size(void);

#endif
