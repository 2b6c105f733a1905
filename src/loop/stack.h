/* Stacks of coroutines: mapped memory over a guard page. */
#ifndef LOOP_STACK_H
#define LOOP_STACK_H

#include <stdbool.h>
#include <stddef.h>

/* Lowest usable byte of a new stack of coro_stack_size() bytes. Out of memory
 * or mappings is a CHECK: connections are limited long before. */
char *stack_new(void);
void stack_free(char *stack);

/* Between two uses: gives pages below the first 32 KiB back to the kernel if
 * the last use went that deep. */
void stack_recycle(char *stack);

/* True when address lies in the guard page below the stack. */
bool stack_is_guard(const char *stack, const void *address);

/* Lays out the frame from which coro_switch() enters main(arg); returns the
 * stack pointer for it. */
void *stack_prepare(char *stack, void (*main)(void *arg), void *arg);

#endif
