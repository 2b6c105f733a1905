/*
 * Environment variables: the process's own, then .env files. The first
 * definition of a name wins.
 *
 * A file has lines NAME=value, an optional `export ` before the name, and
 * comments from # (in a bare value: after white space). Values are bare (white
 * space trimmed, ${VAR} and $VAR replaced), 'single quoted' (verbatim, may span
 * lines) or "double quoted" (\n \r \t \" \\ \$, ${VAR} replaced, may span lines).
 */
#ifndef CONFIG_ENV_H
#define CONFIG_ENV_H

#include "base/str.h"

struct arena;
struct ctx;
struct env;

enum { ENV_FILE_MAX = 1 << 20 };

/* process is a NULL-terminated vector of "NAME=value", kept by reference; NULL
 * for none. The result lives in a. */
struct env *env_new(struct arena *a, char **process);

/* Adds a file's variables below those that are there. Error F0000
 * "file:line:column: what"; what stood before the error is kept. */
int env_add_text(struct ctx *c, struct env *env, const char *file, struct str text);

/* Likewise; a file that does not exist adds nothing. */
int env_add_file(struct ctx *c, struct env *env, const char *file);

/* The value, or NULL. */
const char *env_get(const struct env *env, const char *name);

/* The names in the process's environment one after the other, from *pos = 0
 * on; an empty name at the end. They point into it. */
struct str env_next(const struct env *env, size_t *pos);

/* Of a variable that came from a file: that file's name. NULL otherwise. */
const char *env_source(const struct env *env, const char *name);

#endif
