/*
 * An engine that keeps nothing: the template for a new one. Reads and
 * transactions succeed without rows, scripts are split and counted.
 */
#ifndef ENGINE_NULL_NULL_H
#define ENGINE_NULL_NULL_H

#include "engine/engine.h"

extern const struct engine_vtable null_engine_vtable;

#endif
