/*
 * Negative controls (DESIGN 7): a test build can switch a protection off, and
 * the matching test must then fail. In every other build they are constants.
 */
#ifndef SQL_TEST_HOOKS_H
#define SQL_TEST_HOOKS_H

#include <stdbool.h>

struct test_hooks {
	bool break_with_check;	     /* policies' WITH CHECK is not evaluated */
	bool break_returning_select; /* RETURNING does not bring the SELECT policies */
	bool break_leak_guard;	     /* the caller's conditions are not guarded */
};

#ifdef BEDPLATE_TEST_HOOKS
extern struct test_hooks test_hooks; /* sql/test_hooks.c; set from BEDPLATE_BREAK at start */
#else
static const struct test_hooks test_hooks = { false, false, false };
#endif

#endif
