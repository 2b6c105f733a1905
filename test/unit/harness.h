/*
 * Check in fork mode, with a closing line that script/test adds up. A failed
 * assertion ends the forked child, so it never jumps across a coroutine stack.
 */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include <check.h>
#include <stdio.h>
#include <string.h>

/* START_TEST(name) { ... } END_TEST, then ADD(name) between BEGIN and the end. */
static inline int harness_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
	srunner_free(runner);
	return failed ? 1 : 0;
}

#endif
