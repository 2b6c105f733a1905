#include "loop/stack.h"

#include "base/check.h"
#include "loop/coro.h"
#include "loop/fiber.h"
#include "loop/loop_int.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#if LOOP_ASAN || LOOP_TSAN
enum { STACK_SIZE = 1 << 20 };
#else
enum { STACK_SIZE = 256 << 10 };
#endif
enum {
	GUARD = 64 << 10, /* also right for 64 KiB pages */
	KEEP = 32 << 10,  /* bytes of a recycled stack that stay resident */
	MARK_WORDS = 8
};

static const uint64_t mark_word = 0xb3d91a7e57ac4a11u;

size_t coro_stack_size(void)
{
	return STACK_SIZE;
}

static uint64_t *mark_of(char *stack)
{
	return (uint64_t *)(void *)(stack + STACK_SIZE - KEEP);
}

static void write_mark(char *stack)
{
	for (int i = 0; i < MARK_WORDS; i++)
		mark_of(stack)[i] = mark_word;
}

static bool is_mark_whole(char *stack)
{
	for (int i = 0; i < MARK_WORDS; i++)
		if (mark_of(stack)[i] != mark_word)
			return false;
	return true;
}

char *stack_new(void)
{
	char *map = mmap(NULL, GUARD + STACK_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	CHECK(map != MAP_FAILED);
	CHECK(mprotect(map, GUARD, PROT_NONE) == 0);
	madvise(map + GUARD, STACK_SIZE, MADV_NOHUGEPAGE);
	write_mark(map + GUARD);
	return map + GUARD;
}

void stack_free(char *stack)
{
	fiber_unpoison(stack, STACK_SIZE);
	munmap(stack - GUARD, GUARD + STACK_SIZE);
}

void stack_recycle(char *stack)
{
	/* Valgrind takes what lies below the stack pointer for unreadable. */
	if (LOOP_VALGRIND || is_mark_whole(stack))
		return;
	madvise(stack, STACK_SIZE - KEEP, MADV_DONTNEED);
	write_mark(stack);
}

bool stack_is_guard(const char *stack, const void *address)
{
	const char *at = address;
	return at < stack && at >= stack - GUARD;
}

#if defined(__x86_64__)

void *stack_prepare(char *stack, void (*main)(void *arg), void *arg)
{
	uint64_t *top = (uint64_t *)(void *)(stack + STACK_SIZE);
	uint64_t *frame = top - 10; /* 8 words, then rsp = 0 mod 16 */
	memset(frame, 0, 10 * sizeof(*frame));
	uint32_t mxcsr;
	uint16_t x87;
	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(x87));
	frame[0] = mxcsr | (uint64_t)x87 << 32;
	frame[3] = (uint64_t)(uintptr_t)main;	    /* r13 */
	frame[4] = (uint64_t)(uintptr_t)arg;	    /* r12 */
	frame[7] = (uint64_t)(uintptr_t)coro_entry; /* return address */
	return frame;
}

#elif defined(__aarch64__)

void *stack_prepare(char *stack, void (*main)(void *arg), void *arg)
{
	uint64_t *frame = (uint64_t *)(void *)(stack + STACK_SIZE - 176);
	memset(frame, 0, 176);
	uint64_t fpcr;
	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	frame[1] = (uint64_t)(uintptr_t)coro_entry; /* x30 */
	frame[2] = (uint64_t)(uintptr_t)arg;	    /* x19 */
	frame[3] = (uint64_t)(uintptr_t)main;	    /* x20 */
	frame[20] = fpcr;
	return frame;
}

#else
#error "no coroutine switch for this processor: write coro_switch_*.S"
#endif
