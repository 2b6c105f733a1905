/*
 * `dev --engine postgres`: a PostgreSQL found on the machine, with its data in
 * the project's .bedplate folder, started and stopped with `dev`. It listens on
 * the configured database port of 127.0.0.1, where the CLI has it.
 */
#ifndef APP_PRIVATE_PG_H
#define APP_PRIVATE_PG_H

#include <stdbool.h>

struct app;
struct config;
struct ctx;
struct private_pg;

/* Acts on --engine: starts a server and points cfg at it, or for "sqlite" and
 * without the option leaves *ret NULL. Errors: 22023 for another name, 58P01
 * when no PostgreSQL is installed, 58000 when it does not start. */
int private_pg_choose(struct app *app, struct config *cfg, struct private_pg **ret);

bool private_pg_is_installed(struct ctx *c);

/* Starts a server with its data in cfg->state_dir, on cfg->db.port, and points
 * cfg at it. Errors as above. */
int private_pg_start(struct ctx *c, struct config *cfg, struct private_pg **ret);

/* Points another configuration at the server. */
void private_pg_use(const struct private_pg *pg, struct config *cfg);

/* Stops the server (fast shutdown) and waits for it. NULL allowed. */
void private_pg_stop(struct private_pg *pg);

#endif
