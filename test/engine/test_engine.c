#include "engine_test.h"

#include "../unit/harness.h"

int main(void)
{
	static void (*const groups[])(
		TCase *) = { add_read_cases,   add_tx_cases,	 add_script_cases,
			     add_policy_cases, add_thread_cases, add_limit_cases,
			     add_answer_cases, add_ddl_cases,	 add_routine_cases };
	Suite *suite = suite_create("engine");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		TCase *t = tcase_create("cases");
		tcase_set_timeout(t, 60);
		groups[i](t);
		suite_add_tcase(suite, t);
	}
	return harness_run(suite);
}
