/* Trigger functions for tests of the executor alone: the few plpgsql statements
 * that its scenarios use, with the row's values put into their text. */
#ifndef TEST_TRIGGER_BODY_H
#define TEST_TRIGGER_BODY_H

#include "engine/sqlite/routine.h"

/* For sqlite_conn.on_trigger. */
int trigger_body_run(struct ctx *c, struct sqlite_conn *cn, struct trigger_call *call);

#endif
