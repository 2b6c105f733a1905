/*
 * The control socket: how commands reach a database that a running server
 * owns. HTTP over a unix socket with mode 0600; who may open it may do
 * everything, as with the database file itself.
 *
 *	POST /query?role=R   body: one statement; answer: JSON lines
 *	POST /script?…       body: the script; answer: JSON lines
 *	POST /backup         body: the file's path
 *	GET  /status
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

/* The server's side: a handler for net/server.h; arg is the struct engine. */
int control_handle(struct ctx *c, struct request *rq, struct response *rs, void *arg);

#endif
