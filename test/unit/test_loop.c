#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "harness.h"
#include "loop/await.h"
#include "loop/coro.h"
#include "loop/fiber.h"
#include "loop/pool.h"

#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

static struct ctx ctx;
static struct loop *loop;
static int n_done;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
	ck_assert_int_eq(loop_new(&ctx, &loop), 0);
	n_done = 0;
}

static void teardown(void)
{
	loop_free(loop);
	arena_free(ctx.arena);
}

/* Turns the loop until every coroutine has ended. */
static void run_all(void)
{
	for (int i = 0; coro_count(loop) > 0; i++) {
		ck_assert_msg(i < 100000, "coroutines do not end");
		loop_turn(loop, 1000);
	}
}

static uint64_t in_ms(uint64_t ms)
{
	return loop_clock_ns() + ms * 1000000;
}

/* ---- coroutines ---- */

static void count(void *arg)
{
	n_done += *(int *)arg;
}

START_TEST(spawned_coroutines_run_in_order_and_stacks_are_reused)
{
	int one = 1;
	for (int i = 0; i < 1000; i++) {
		coro_spawn(loop, count, &one);
		if (i % 10 == 9)
			run_all();
	}
	run_all();
	ck_assert_int_eq(n_done, 1000);
}
END_TEST

static void yield_often(void *arg)
{
	struct ctx c = { .arena = ctx.arena };
	int *value = arg;
	for (int i = 0; i < 100; i++) {
		(*value)++;
		CHECK(await_yield(&c) == 0);
	}
	n_done++;
}

START_TEST(coroutines_interleave)
{
	int values[300] = { 0 };
	for (int i = 0; i < 300; i++)
		coro_spawn(loop, yield_often, &values[i]);
	run_all();
	ck_assert_int_eq(n_done, 300);
	for (int i = 0; i < 300; i++)
		ck_assert_int_eq(values[i], 100);
}
END_TEST

#if defined(__x86_64__)
static void aligned_store(void)
{
	/* Faults unless the stack is aligned as the ABI says. */
	char room[32] __attribute__((aligned(16)));
	__asm__ volatile("movaps %%xmm0, (%0)" : : "r"(room) : "memory");
}
#else
static void aligned_store(void)
{
}
#endif

static int aligned_call(void *arg)
{
	aligned_store();
	(*(int *)arg)++;
	return 7;
}

static void check_alignment(void *arg)
{
	struct ctx c = { .arena = ctx.arena };
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
	CHECK(frame % 16 == 0);
	aligned_store();
	CHECK(await_yield(&c) == 0);
	aligned_store();
	CHECK(on_thread_stack(aligned_call, arg) == 7);
	char text[64];
	CHECK(snprintf(text, sizeof(text), "%.17g %Lf", 0.1, 1.0L) > 0);
}

START_TEST(stack_is_aligned_for_sse)
{
	int calls = 0;
	coro_spawn(loop, check_alignment, &calls);
	run_all();
	ck_assert_int_eq(calls, 1);
}
END_TEST

static void round_up_then_yield(void *arg)
{
	(void)arg;
	struct ctx c = { .arena = ctx.arena };
	fesetround(FE_UPWARD);
	CHECK(await_yield(&c) == 0);
	CHECK(fegetround() == FE_UPWARD);
	fesetround(FE_TONEAREST);
	n_done++;
}

static void expect_nearest(void *arg)
{
	(void)arg;
	CHECK(fegetround() == FE_TONEAREST);
	n_done++;
}

START_TEST(rounding_mode_belongs_to_the_coroutine)
{
	coro_spawn(loop, round_up_then_yield, NULL);
	coro_spawn(loop, expect_nearest, NULL);
	run_all();
	ck_assert_int_eq(n_done, 2);
	ck_assert_int_eq(fegetround(), FE_TONEAREST);
}
END_TEST

static int eat_stack(void *arg)
{
	(void)arg;
	char big[2 << 20]; /* twice a coroutine's stack */
	memset(big, 1, sizeof(big));
	__asm__ volatile("" : : "r"(big) : "memory");
	ck_assert_ptr_null(coro_current());
	return big[12345];
}

static void call_deep(void *arg)
{
	(void)arg;
	CHECK(coro_current() != NULL);
	n_done = on_thread_stack(eat_stack, NULL);
	CHECK(coro_current() != NULL);
}

START_TEST(deep_calls_run_on_the_thread_stack)
{
	coro_spawn(loop, call_deep, NULL);
	run_all();
	ck_assert_int_eq(n_done, 1);
	ck_assert_int_eq(on_thread_stack(eat_stack, NULL), 1);
}
END_TEST

static int recurse(int depth)
{
	volatile char frame[512];
	frame[0] = (char)depth;
	return depth ? recurse(depth - 1) + frame[0] : frame[0];
}

static void overflow_stack(void *arg)
{
	(void)arg;
	n_done = recurse(1 << 20);
}

START_TEST(overflow_hits_the_guard_page)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	coro_spawn(loop, overflow_stack, NULL);
	loop_run(loop);
}
END_TEST

static void use_much_stack(void *arg)
{
	char much[100 << 10];
	memset(much, 1, sizeof(much));
	__asm__ volatile("" : : "r"(much) : "memory");
	n_done += *(int *)arg;
}

START_TEST(recycled_stack_is_trimmed_and_works)
{
	int one = 1;
	for (int i = 0; i < 5; i++) {
		coro_spawn(loop, use_much_stack, &one);
		run_all();
	}
	ck_assert_int_eq(n_done, 5);
}
END_TEST

/* ---- waiting ---- */

struct pipe_case {
	int fds[2];
	int result;
	struct ctx c;
};

static void read_side(void *arg)
{
	struct pipe_case *p = arg;
	p->result = await_fd(&p->c, p->fds[0], EPOLLIN);
}

static struct pipe_case pipe_make(void)
{
	struct pipe_case p = { .c = { .arena = ctx.arena } };
	ck_assert_int_eq(pipe(p.fds), 0);
	return p;
}

static void pipe_close(struct pipe_case *p)
{
	close(p->fds[0]);
	close(p->fds[1]);
}

START_TEST(await_fd_wakes_when_readable)
{
	struct pipe_case p = pipe_make();
	coro_spawn(loop, read_side, &p);
	loop_turn(loop, 0);
	loop_turn(loop, 0);
	ck_assert_uint_eq(coro_count(loop), 1);
	ck_assert_int_eq(write(p.fds[1], "x", 1), 1);
	run_all();
	ck_assert_int_eq(p.result, EPOLLIN);
	pipe_close(&p);
}
END_TEST

START_TEST(await_fd_honours_the_deadline)
{
	struct pipe_case p = pipe_make();
	p.c.deadline_ns = in_ms(20);
	coro_spawn(loop, read_side, &p);
	run_all();
	ck_assert_int_eq(p.result, -1);
	ck_assert(err_is(&p.c, "57014"));
	ck_assert_uint_ge(loop_clock_ns(), p.c.deadline_ns);
	pipe_close(&p);
}
END_TEST

static void read_thrice(void *arg)
{
	struct pipe_case *p = arg;
	char byte;
	for (int i = 0; i < 3; i++) {
		CHECK(await_fd(&p->c, p->fds[0], EPOLLIN) == EPOLLIN);
		CHECK(read(p->fds[0], &byte, 1) == 1);
		n_done++;
	}
	/* A closed and reopened number is another registration. */
	pipe_close(p);
	CHECK(pipe(p->fds) == 0);
	p->c.deadline_ns = in_ms(5);
	p->result = await_fd(&p->c, p->fds[0], EPOLLIN);
	n_done++;
}

START_TEST(await_fd_works_again_and_on_a_reused_number)
{
	struct pipe_case p = pipe_make();
	coro_spawn(loop, read_thrice, &p);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(write(p.fds[1], "x", 1), 1);
		while (n_done == i)
			loop_turn(loop, 100);
	}
	run_all();
	ck_assert_int_eq(n_done, 4);
	ck_assert_int_eq(p.result, -1);
	ck_assert(err_is(&p.c, "57014"));
	pipe_close(&p);
}
END_TEST

START_TEST(await_fd_ends_when_cancelled)
{
	struct pipe_case p = pipe_make();
	struct coro *co = coro_spawn(loop, read_side, &p);
	loop_turn(loop, 0);
	loop_turn(loop, 0);
	coro_cancel(co);
	run_all();
	ck_assert_int_eq(p.result, -1);
	ck_assert(err_is(&p.c, "57014"));
	pipe_close(&p);
}
END_TEST

START_TEST(await_fd_blocks_outside_a_coroutine)
{
	struct pipe_case p = pipe_make();
	p.c.deadline_ns = in_ms(10);
	ck_assert_int_eq(await_fd(&p.c, p.fds[0], EPOLLIN), -1);
	ck_assert(err_is(&p.c, "57014"));
	p.c.deadline_ns = 0;
	ck_assert_int_eq(write(p.fds[1], "x", 1), 1);
	ck_assert_int_eq(await_fd(&p.c, p.fds[0], EPOLLIN), EPOLLIN);
	pipe_close(&p);
}
END_TEST

struct watch_case {
	struct pipe_case p;
	int n_read;
};

static void read_watched(void *arg)
{
	struct watch_case *w = arg;
	struct fd_watch f;
	CHECK(fd_watch_init(&w->p.c, &f, loop, w->p.fds[0]) == 0);
	char byte;
	for (;;) {
		CHECK(await_watch(&w->p.c, &f, EPOLLIN) > 0);
		if (read(w->p.fds[0], &byte, 1) != 1)
			break;
		w->n_read++;
		/* Bytes that come while nobody waits must not be lost. */
		CHECK(await_sleep(&w->p.c, 2000000) == 0);
	}
	fd_watch_stop(&f);
}

START_TEST(watched_descriptor_keeps_events_that_nobody_awaits)
{
	struct watch_case w = { .p = pipe_make() };
	coro_spawn(loop, read_watched, &w);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(write(w.p.fds[1], "x", 1), 1);
		loop_turn(loop, 0);
	}
	close(w.p.fds[1]);
	run_all();
	ck_assert_int_eq(w.n_read, 20);
	close(w.p.fds[0]);
}
END_TEST

static void sleep_shielded(void *arg)
{
	int *results = arg;
	struct ctx c = { .arena = ctx.arena };
	results[0] = await_sleep(&c, 60000000000u);
	bool was = coro_shield(true);
	results[1] = await_sleep(&c, 5000000);
	coro_shield(was);
	results[2] = await_sleep(&c, 5000000);
}

START_TEST(cancelling_stays_until_shielded)
{
	int results[3] = { 9, 9, 9 };
	struct coro *co = coro_spawn(loop, sleep_shielded, results);
	loop_turn(loop, 0);
	coro_cancel(co);
	run_all();
	ck_assert_int_eq(results[0], -1);
	ck_assert_int_eq(results[1], 0);
	ck_assert_int_eq(results[2], -1);
}
END_TEST

/* ---- timers ---- */

struct timed {
	struct timer t;
	int order;
};

static void on_timer(struct timer *t)
{
	((struct timed *)t)->order = ++n_done;
}

START_TEST(timers_fire_in_order_and_stop)
{
	struct timed t[50] = { 0 };
	uint64_t base = loop_clock_ns();
	for (int i = 0; i < 50; i++) {
		t[i].t.fn = on_timer;
		timer_start(loop, &t[i].t, base + (uint64_t)((i * 37) % 50) * 100000);
	}
	for (int i = 0; i < 50; i += 5)
		timer_stop(loop, &t[i].t);
	timer_start(loop, &t[1].t, base + 1); /* restarted, now first */
	while (n_done < 40)
		loop_turn(loop, 100);
	ck_assert_int_eq(t[1].order, 1);
	for (int i = 2; i < 50; i++)
		for (int j = 2; j < 50; j++)
			if (t[i].order && t[j].order && t[i].t.at_ns < t[j].t.at_ns)
				ck_assert_int_lt(t[i].order, t[j].order);
	ck_assert_int_eq(t[5].order, 0);
}
END_TEST

/* ---- between threads ---- */

enum { N_WAKEUPS = 2000 };
static struct wakeup wakeups[N_WAKEUPS];

static void *fire_all(void *arg)
{
	(void)arg;
	for (int i = 0; i < N_WAKEUPS; i++)
		wakeup_fire(&wakeups[i]);
	return NULL;
}

static void await_all(void *arg)
{
	(void)arg;
	struct ctx c = { .arena = ctx.arena };
	for (int i = 0; i < N_WAKEUPS; i++)
		CHECK(await_wakeup(&c, &wakeups[i]) == 0);
	n_done++;
}

START_TEST(wakeups_from_another_thread_all_arrive)
{
	pthread_t thread;
	for (int i = 0; i < N_WAKEUPS; i++)
		wakeup_init(&wakeups[i]);
	coro_spawn(loop, await_all, NULL);
	pthread_create(&thread, NULL, fire_all, NULL);
	run_all();
	pthread_join(thread, NULL);
	ck_assert_int_eq(n_done, 1);
}
END_TEST

START_TEST(wakeups_block_outside_a_coroutine)
{
	pthread_t thread;
	for (int i = 0; i < N_WAKEUPS; i++)
		wakeup_init(&wakeups[i]);
	ctx.deadline_ns = in_ms(5);
	ck_assert_int_eq(await_wakeup(&ctx, &wakeups[0]), -1);
	ctx.deadline_ns = 0;
	pthread_create(&thread, NULL, fire_all, NULL);
	await_all(NULL);
	pthread_join(thread, NULL);
}
END_TEST

/* Short-lived wakeups with deadlines that race with the firing. */
struct race {
	struct wakeup w;
	atomic_bool is_given;
};

static int fire_race(void *arg)
{
	struct race *r = arg;
	wakeup_fire(&r->w);
	return 0;
}

static struct pool *pool;

struct late_call {
	struct ctx c;
	struct race r;
};

static void race_once(void *arg)
{
	struct late_call *l = arg;
	struct ctx patient = { .arena = NULL };
	wakeup_init(&l->r.w);
	CHECK(pool_run(&patient, pool, fire_race, &l->r) == 0);
	CHECK(await_wakeup_until(&l->r.w, loop_clock_ns() + 1) == AWAIT_DONE);
	n_done++;
}

START_TEST(fired_wakeup_wins_over_the_deadline)
{
	ck_assert_int_eq(pool_new(&ctx, "test", 2, 1000, &pool), 0);
	struct late_call *calls = calloc(200, sizeof(*calls));
	for (int i = 0; i < 200; i++)
		coro_spawn(loop, race_once, &calls[i]);
	run_all();
	ck_assert_int_eq(n_done, 200);
	free(calls);
	pool_free(pool);
}
END_TEST

static void *post_many(void *arg)
{
	for (int i = 0; i < 1000; i++)
		loop_post(loop, count, arg);
	return NULL;
}

START_TEST(posted_tasks_all_run)
{
	pthread_t threads[3];
	int one = 1;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, post_many, &one);
	while (n_done < 3000)
		loop_turn(loop, 100);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

/* ---- pool ---- */

static atomic_int in_pool;

static int nap(void *arg)
{
	in_pool++;
	usleep(*(unsigned *)arg);
	return 42;
}

struct pool_case {
	struct ctx c;
	unsigned us;
	int result;
};

static void call_pool(void *arg)
{
	struct pool_case *p = arg;
	p->result = pool_run(&p->c, pool, nap, &p->us);
}

START_TEST(pool_runs_calls_beside_the_loop)
{
	ck_assert_int_eq(pool_new(&ctx, "test", 4, 100, &pool), 0);
	struct pool_case p[8];
	for (int i = 0; i < 8; i++) {
		p[i] = (struct pool_case){ .c = { .arena = ctx.arena }, .us = 1000 };
		coro_spawn(loop, call_pool, &p[i]);
	}
	run_all();
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(p[i].result, 42);
	unsigned us = 1;
	ck_assert_int_eq(pool_run(&ctx, pool, nap, &us), 42); /* outside */
	pool_free(pool);
}
END_TEST

START_TEST(full_pool_refuses)
{
	ck_assert_int_eq(pool_new(&ctx, "test", 1, 1, &pool), 0);
	struct pool_case p[3];
	in_pool = 0;
	for (int i = 0; i < 3; i++) {
		p[i] = (struct pool_case){ .c = { .arena = arena_new(0) }, .us = 50000 };
		coro_spawn(loop, call_pool, &p[i]);
		while (i == 0 && in_pool == 0)
			loop_turn(loop, 1);
	}
	run_all();
	ck_assert_int_eq(p[0].result, 42);
	ck_assert_int_eq(p[1].result, 42);
	ck_assert_int_eq(p[2].result, -1);
	ck_assert(err_is(&p[2].c, "53000"));
	ck_assert_int_eq(p[2].c.err.http_status, 503);
	for (int i = 0; i < 3; i++)
		arena_free(p[i].c.arena);
	pool_free(pool);
}
END_TEST

START_TEST(late_call_leaves_the_queue_but_a_running_one_is_awaited)
{
	ck_assert_int_eq(pool_new(&ctx, "test", 1, 10, &pool), 0);
	struct pool_case p[2];
	in_pool = 0;
	for (int i = 0; i < 2; i++)
		p[i] = (struct pool_case){ .c = { .arena = arena_new(0), .deadline_ns = in_ms(10) },
					   .us = 60000 };
	coro_spawn(loop, call_pool, &p[0]);
	while (in_pool == 0)
		loop_turn(loop, 1);
	coro_spawn(loop, call_pool, &p[1]);
	run_all();
	ck_assert_int_eq(p[0].result, 42);
	ck_assert_int_eq(p[1].result, -1);
	ck_assert(err_is(&p[1].c, "57014"));
	ck_assert_int_eq(in_pool, 1);
	arena_free(p[0].c.arena);
	arena_free(p[1].c.arena);
	pool_free(pool);
}
END_TEST

/* ---- rules ---- */

static void wait_while_holding(void *arg)
{
	(void)arg;
	hold_enter();
	await_yield(&ctx);
}

START_TEST(holding_across_a_suspension_is_caught)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	coro_spawn(loop, wait_while_holding, NULL);
	run_all();
}
END_TEST

static int wait_on_thread_stack(void *arg)
{
	return await_sleep(arg, 1);
}

static void wait_deep(void *arg)
{
	on_thread_stack(wait_on_thread_stack, arg);
}

START_TEST(waiting_on_the_thread_stack_is_caught)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	coro_spawn(loop, wait_deep, &ctx);
	run_all();
}
END_TEST

static void free_value(void *value)
{
	n_done += *(int *)value;
}

START_TEST(values_per_loop_are_destroyed_with_it)
{
	int key = loop_key_new(free_value), three = 3;
	ck_assert_ptr_null(loop_get(loop, key));
	loop_set(loop, key, &three);
	ck_assert_ptr_eq(loop_get(loop, key), &three);
	loop_free(loop);
	ck_assert_int_eq(n_done, 3);
	ck_assert_int_eq(loop_new(&ctx, &loop), 0);
}
END_TEST

static void add_coroutine_tests(TCase *t)
{
	tcase_add_test(t, spawned_coroutines_run_in_order_and_stacks_are_reused);
	tcase_add_test(t, coroutines_interleave);
	tcase_add_test(t, stack_is_aligned_for_sse);
	tcase_add_test(t, rounding_mode_belongs_to_the_coroutine);
	tcase_add_test(t, deep_calls_run_on_the_thread_stack);
	tcase_add_test(t, recycled_stack_is_trimmed_and_works);
	tcase_add_test(t, values_per_loop_are_destroyed_with_it);
}

static void add_death_tests(TCase *t)
{
#if !LOOP_ASAN && !LOOP_TSAN
	tcase_add_test_raise_signal(t, overflow_hits_the_guard_page, SIGSEGV);
#else
	(void)overflow_hits_the_guard_page;
#endif
#ifndef NDEBUG
	tcase_add_test_raise_signal(t, holding_across_a_suspension_is_caught, SIGABRT);
#else
	(void)holding_across_a_suspension_is_caught;
#endif
	tcase_add_test_raise_signal(t, waiting_on_the_thread_stack_is_caught, SIGABRT);
}

int main(void)
{
	Suite *s = suite_create("loop");
	TCase *t = tcase_create("loop");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	add_coroutine_tests(t);
	add_death_tests(t);
	tcase_add_test(t, await_fd_wakes_when_readable);
	tcase_add_test(t, await_fd_honours_the_deadline);
	tcase_add_test(t, await_fd_works_again_and_on_a_reused_number);
	tcase_add_test(t, await_fd_ends_when_cancelled);
	tcase_add_test(t, await_fd_blocks_outside_a_coroutine);
	tcase_add_test(t, watched_descriptor_keeps_events_that_nobody_awaits);
	tcase_add_test(t, cancelling_stays_until_shielded);
	tcase_add_test(t, timers_fire_in_order_and_stop);
	tcase_add_test(t, wakeups_from_another_thread_all_arrive);
	tcase_add_test(t, wakeups_block_outside_a_coroutine);
	tcase_add_test(t, fired_wakeup_wins_over_the_deadline);
	tcase_add_test(t, posted_tasks_all_run);
	tcase_add_test(t, pool_runs_calls_beside_the_loop);
	tcase_add_test(t, full_pool_refuses);
	tcase_add_test(t, late_call_leaves_the_queue_but_a_running_one_is_awaited);
	suite_add_tcase(s, t);
	return harness_run(s);
}
