#include "base/test_hooks.h"

#ifdef BEDPLATE_TEST_HOOKS
#include <stdlib.h>
#include <string.h>

struct test_hooks test_hooks;

__attribute__((constructor)) static void read_hooks(void)
{
	const char *names = getenv("BEDPLATE_BREAK");
	if (!names)
		return;
	test_hooks.break_with_check = strstr(names, "WITH_CHECK");
	test_hooks.break_returning_select = strstr(names, "RETURNING_SELECT");
	test_hooks.break_leak_guard = strstr(names, "LEAK_GUARD");
	test_hooks.break_fsync = strstr(names, "FSYNC");
}
#endif
