/* A readable end for a coroutine that overflows its stack. */
#ifndef LOOP_OVERFLOW_H
#define LOOP_OVERFLOW_H

/* Gives the calling thread a signal stack and, once per process, makes SIGSEGV
 * say so when a coroutine has run into its guard page; the process then ends as
 * without it. Does nothing where somebody else handles SIGSEGV (sanitizers). */
void overflow_report_on_thread(void);

/* Before the thread ends. */
void overflow_forget_thread(void);

#endif
