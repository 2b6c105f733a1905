/* plpgsql bodies: the interpreter (plpgsql/plpgsql.h) on this engine. */
#ifndef ENGINE_SQLITE_ROUTINE_PLPGSQL_H
#define ENGINE_SQLITE_ROUTINE_PLPGSQL_H

#include "engine/sqlite/routine_int.h"

struct plpgsql_trigger;

int routine_plpgsql_make(struct ctx *c, struct instance *in);
int routine_plpgsql_run(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
			struct host_sink *sink);
void routine_plpgsql_free(struct instance *in);
void routine_host_init(struct instance *in);

#endif
