/* plpgsql bodies, their triggers and DO blocks. */
#include "engine/sqlite/routine_plpgsql.h"

#include "base/err.h"

int routine_plpgsql_make(struct ctx *c, struct instance *in)
{
	return err_set(c, "0A000", "functions in language %s cannot run on this engine yet",
		       in->f->language);
}

int routine_plpgsql_run(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
			struct host_sink *sink)
{
	(void)args;
	(void)n;
	(void)sink;
	return routine_plpgsql_make(c, in);
}

void routine_plpgsql_free(struct instance *in)
{
	(void)in;
}

int routine_trigger(struct ctx *c, struct sqlite_conn *cn, struct trigger_call *call)
{
	(void)cn;
	return err_set(c, "0A000", "trigger \"%s\" cannot run on this engine yet",
		       call->trigger->name);
}

int routine_do(struct ctx *c, struct sqlite_conn *cn, const char *language, struct str body)
{
	(void)cn;
	(void)body;
	return err_set(c, "0A000", "DO blocks in language %s cannot run on this engine yet",
		       language);
}
