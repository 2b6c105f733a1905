/*
 * The database's port on an engine that does not speak PostgreSQL's protocol:
 * a client gets a PostgreSQL error that says what to use instead.
 */
#ifndef APP_PGPORT_H
#define APP_PGPORT_H

#include <stdint.h>

struct ctx;
struct pgport;

/* Listens on 127.0.0.1. Error 58000 when the port is in use. */
int pgport_start(struct ctx *c, uint16_t port, const char *api_url, struct pgport **ret);
void pgport_stop(struct pgport *p); /* NULL allowed */

#endif
