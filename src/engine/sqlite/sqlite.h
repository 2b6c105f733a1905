/*
 * The SQLite engine: PostgreSQL's SQL inside the process, on one file.
 * See README.md for how its files fit together.
 */
#ifndef ENGINE_SQLITE_SQLITE_H
#define ENGINE_SQLITE_SQLITE_H

#include "engine/engine.h"

extern const struct engine_vtable sqlite_engine_vtable;

/* Deletes the database file and its logs; nothing to do when it is missing.
 * 55006 while a process has it. */
int sqlite_erase(struct ctx *c, const char *path);

#endif
