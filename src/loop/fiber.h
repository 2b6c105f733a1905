/*
 * The sanitizers' view of a stack switch. Without these calls address
 * sanitizer reports false errors and thread sanitizer loses its shadow stack.
 * Everything here is empty in an ordinary build.
 */
#ifndef LOOP_FIBER_H
#define LOOP_FIBER_H

#include <stddef.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define LOOP_ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define LOOP_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define LOOP_TSAN 1
#include <sanitizer/tsan_interface.h>
#else
#define LOOP_TSAN 0
#endif

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define LOOP_VALGRIND RUNNING_ON_VALGRIND
#else
#define LOOP_VALGRIND 0
#endif

/* Tells valgrind of a stack; returns the id to forget it by. */
static inline unsigned fiber_register(void *p, size_t n)
{
	(void)p, (void)n;
#if __has_include(<valgrind/memcheck.h>)
	return VALGRIND_STACK_REGISTER(p, (char *)p + n);
#else
	return 0;
#endif
}

static inline void fiber_forget(unsigned id)
{
	(void)id;
#if __has_include(<valgrind/memcheck.h>)
	VALGRIND_STACK_DEREGISTER(id);
#endif
}

/* Before a switch to the stack [bottom, bottom + size). save NULL: the stack
 * being left is never entered again. */
static inline void fiber_leave(void **save, const void *bottom, size_t size, void *fiber)
{
	(void)save, (void)bottom, (void)size, (void)fiber;
#if LOOP_ASAN
	__sanitizer_start_switch_fiber(save, bottom, size);
#endif
#if LOOP_TSAN
	__tsan_switch_to_fiber(fiber, 0);
#endif
}

/* After it, on the new stack; tells the bounds of the stack that was left. */
static inline void fiber_enter(void *saved, const void **ret_bottom, size_t *ret_size)
{
	(void)saved, (void)ret_bottom, (void)ret_size;
#if LOOP_ASAN
	__sanitizer_finish_switch_fiber(saved, ret_bottom, ret_size);
#endif
}

static inline void *fiber_new(void)
{
#if LOOP_TSAN
	return __tsan_create_fiber(0);
#else
	return NULL;
#endif
}

static inline void fiber_free(void *fiber)
{
	(void)fiber;
#if LOOP_TSAN
	__tsan_destroy_fiber(fiber);
#endif
}

static inline void *fiber_of_thread(void)
{
#if LOOP_TSAN
	return __tsan_get_current_fiber();
#else
	return NULL;
#endif
}

/* The stack's frames are all gone. */
static inline void fiber_unpoison(void *p, size_t n)
{
	(void)p, (void)n;
#if LOOP_ASAN
	__asan_unpoison_memory_region(p, n);
#endif
}

#endif
