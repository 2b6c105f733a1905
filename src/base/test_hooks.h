/*
 * Negative controls (DESIGN 7): a test build can switch a protection off, and
 * the matching test must then fail. In every other build they are constants.
 */
#ifndef BASE_TEST_HOOKS_H
#define BASE_TEST_HOOKS_H

#include <stdbool.h>

struct test_hooks {
	bool break_with_check;	     /* policies' WITH CHECK is not evaluated */
	bool break_returning_select; /* RETURNING does not bring the SELECT policies */
	bool break_leak_guard;	     /* the caller's conditions are not guarded */
	bool break_fsync;	     /* SQLite commits with synchronous=NORMAL */
};

#ifdef BEDPLATE_TEST_HOOKS
extern struct test_hooks test_hooks; /* base/test_hooks.c; set from BEDPLATE_BREAK at start */
#else
static const struct test_hooks test_hooks = { false, false, false, false };
#endif

#endif
