/*
 * Invariants. CHECK stays in every build: a broken invariant ends the process
 * with the place and the expression, because going on could answer a request
 * with somebody else's data. Never CHECK anything a caller can send.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define CHECK(cond) ((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__))

/* A switch arm or state that no input can reach. */
#define UNREACHABLE() check_failed("unreachable", __FILE__, __LINE__)

/* Compiled out of release builds: for checks inside hot loops. */
#ifdef NDEBUG
#define DCHECK(cond) ((void)sizeof(!(cond)))
#else
#define DCHECK(cond) CHECK(cond)
#endif

/* Prints the failed expression to stderr and aborts. Never returns. */
_Noreturn void check_failed(const char *expr, const char *file, int line);

#endif
