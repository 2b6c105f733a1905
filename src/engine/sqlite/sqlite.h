/*
 * The SQLite engine: PostgreSQL's SQL inside the process, on one file.
 * See README.md for how its files fit together.
 */
#ifndef ENGINE_SQLITE_SQLITE_H
#define ENGINE_SQLITE_SQLITE_H

#include "engine/engine.h"

extern const struct engine_vtable sqlite_engine_vtable;

#endif
