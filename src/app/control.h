/*
 * The control socket: how commands reach a database that a running server
 * owns. HTTP over a unix socket with mode 0600; who may open it may do
 * everything, as with the database file itself.
 *
 *	POST /query          one statement; answer: JSON lines
 *	POST /script         answer: JSON lines
 *	POST /backup
 *	POST /reset          only `dev`: it empties its database and builds it anew
 *
 * Bodies are JSON objects.
 */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

#include "engine/engine.h"

struct config;
struct db_rows;
struct request;
struct response;

/* Where the server of this project listens: next to a SQLite file, else in the
 * project's .bedplate folder. In a. */
const char *control_path(struct arena *a, const struct config *cfg);

/* True when somebody accepts connections there. */
bool control_is_alive(const char *path);

/* The client's side. Errors of the server come back as they were there. */
int control_query(struct ctx *c, const char *path, const char *role, struct str sql,
		  struct db_rows *rows, uint64_t *ret_affected);
int control_script(struct ctx *c, const char *path, struct script_spec *spec);
int control_backup(struct ctx *c, const char *path, const char *file);

/* Asks the server to reset its database and waits until it serves again. 0A000
 * when it does not do that. */
int control_reset(struct ctx *c, const char *path);

/* What the server's side works on. */
struct control_server {
	struct engine *engine;
	int reset_fd; /* an eventfd to signal for /reset, -1: refused */
};

/* The server's side: a handler for net/server.h; arg is a struct control_server. */
int control_handle(struct ctx *c, struct request *rq, struct response *rs, void *arg);

#endif
