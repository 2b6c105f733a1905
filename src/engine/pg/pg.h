/*
 * The PostgreSQL engine (versions 14 to 18), over libpq in non-blocking
 * pipeline mode. The database itself enforces grants and policies and makes
 * JSON bodies; this engine sets the role and settings and carries text.
 */
#ifndef ENGINE_PG_PG_H
#define ENGINE_PG_PG_H

#include "engine/engine.h"

extern const struct engine_vtable pg_engine_vtable;

/* The script that engine_options.create runs: idempotent, and harmless on a
 * database that Supabase's own services made. */
const char *pg_bootstrap_sql(void);

#endif
