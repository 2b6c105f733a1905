#include "loop/overflow.h"

#include "base/check.h"
#include "loop/loop_int.h"
#include "loop/stack.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIGNAL_STACK = 64 << 10 };

static _Thread_local char *signal_stack;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	struct coro *co = coro_current();
	if (co && stack_is_guard(co->stack, info->si_addr)) {
		static const char text[] =
			"bedplate: a coroutine has overflowed its stack; deep calls belong "
			"into on_thread_stack()\n";
		ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);
		(void)n;
	}
	/* The faulting instruction runs again and ends the process, core and all. */
	signal(number, SIG_DFL);
}

static void install(void)
{
	struct sigaction now,
		report = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	if (sigaction(SIGSEGV, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		sigaction(SIGSEGV, &report, NULL);
}

void overflow_report_on_thread(void)
{
	stack_t now;
	pthread_once(&once, install);
	if (signal_stack || sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE))
		return;
	signal_stack = malloc(SIGNAL_STACK);
	CHECK(signal_stack != NULL);
	sigaltstack(&(stack_t){ .ss_sp = signal_stack, .ss_size = SIGNAL_STACK }, NULL);
}

void overflow_forget_thread(void)
{
	if (!signal_stack)
		return;
	sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL);
	free(signal_stack);
	signal_stack = NULL;
}
