/* The project's functions on this engine. */
#include "engine/sqlite/routine.h"

#include "base/err.h"

int __attribute__((weak))
routine_trigger(struct ctx *c, struct sqlite_conn *cn, struct trigger_call *call)
{
	(void)cn;
	return err_set(c, "0A000", "function %s() cannot run on this engine",
		       call->trigger->function);
}
