/*
 * Private to engine/pg: the engine's own struct, its connections and the calls
 * between its files.
 */
#ifndef ENGINE_PG_INT_H
#define ENGINE_PG_INT_H

#include "base/err.h"
#include "base/map.h"
#include "engine/engine.h"
#include "loop/await.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
	PG_DEFAULT_POOL = 10,
	PG_DEFAULT_ACQUIRE_MS = 10000,
	PG_MAX_PREPARED = 256 /* statements per connection, then all are dropped */
};

struct pg_conn {
	PGconn *pq;
	struct pg *pg;
	struct pg_conn *next_idle;
	struct map *prepared; /* SQL text -> struct prepared (exec.c) */
	bool is_broken;	      /* closed instead of reused */
};

/* A caller waiting for a connection: on its own stack, in FIFO order. */
struct pg_waiter {
	struct pg_waiter *next;
	struct wakeup wakeup;
	struct pg_conn *conn; /* handed over; NULL: a free place to connect */
	bool is_served;
};

struct pg_stats {
	_Atomic uint64_t acquired, timeouts, connected, broken, transactions;
};

struct pg {
	struct engine base;
	char *conninfo;
	unsigned pool_size;
	unsigned acquire_ms;

	pthread_mutex_t lock; /* guards what follows; never held across a suspension */
	struct pg_conn *idle;
	unsigned n_open; /* connections in use, idle or being made */
	unsigned n_waiting;
	struct pg_waiter *wait_head, **wait_tail;
	struct catalog *catalog;
	struct {
		void (*fn)(void *arg, enum watch_event ev);
		void *arg;
	} watchers[8];
	size_t n_watchers;

	/* Off once a pooler in between has been seen to lose prepared statements. */
	_Atomic bool can_prepare;
	uint64_t name_seed; /* random: names of prepared statements are this engine's alone */
	_Atomic uint64_t n_names;
	struct pg_stats stats;

	pthread_t listener;
	bool has_listener;
	_Atomic bool is_closing;
	int stop_fd; /* eventfd that ends the listener */
};

/* ---- conn.c ---- */

/* Opens one connection; may suspend. 08001/08006 when it fails. */
int pg_conn_open(struct ctx *c, struct pg *pg, struct pg_conn **ret);
void pg_conn_close(struct pg_conn *conn);

/* Sends what libpq has buffered, then the next result of a pipeline or query
 * (NULL between them); may suspend. A lost connection is 08006. */
int pg_conn_flush(struct ctx *c, struct pg_conn *conn);
int pg_conn_result(struct ctx *c, struct pg_conn *conn, PGresult **ret);

/* One simple query to its end; rows of the last result in *ret unless NULL. */
int pg_conn_query(struct ctx *c, struct pg_conn *conn, const char *sql, PGresult **ret);

/* Stops what runs on the server and marks the connection broken. */
void pg_conn_abandon(struct pg_conn *conn);

/* ---- pool.c ---- */

/* A connection for the caller alone; may suspend. PGRST003 after acquire_ms. */
int pg_acquire(struct ctx *c, struct pg *pg, struct pg_conn **ret);
void pg_release(struct pg_conn *conn);

/* ---- exec.c ---- */

void pg_forget_prepared(struct pg_conn *conn);
int pg_read(struct ctx *c, struct engine *e, const struct session *s, const struct step *step);
int pg_tx(struct ctx *c, struct engine *e, const struct session *s, const struct tx_spec *spec,
	  const struct step *steps, size_t n);

/* ---- script.c ---- */

int pg_script(struct ctx *c, struct engine *e, struct script_spec *spec);
int pg_erase(struct ctx *c, const struct engine_options *o);

/* ---- catalog.c, view_source.c ---- */

/* Reads the whole catalog over conn; may suspend. */
int pg_catalog_read(struct ctx *c, struct pg_conn *conn, struct catalog **ret);
int pg_catalog_types(struct ctx *c, struct pg_conn *conn, struct catalog *cat);
int pg_catalog_functions(struct ctx *c, struct pg_conn *conn, struct catalog *cat);
int pg_catalog_roles(struct ctx *c, struct pg_conn *conn, struct catalog *cat);

/* The origins of a view's columns from its rule (pg_rewrite.ev_action). */
void pg_view_sources(struct arena *a, struct str ev_action, struct relation *view);

/* Any type of the database by OID: a built-in or one of cat->types. */
const struct type *pg_type_by_oid(const struct catalog *cat, uint32_t oid);

/* Parses an aclitem[] literal ("{anon=arwd/postgres,=r/postgres}"). */
struct acl *pg_acl_parse(struct arena *a, struct str text);

/* ---- error.c ---- */

/* Sets c->err from a failed result and returns -1. */
#define pg_error(c, res) (pg_set_error((c), (res)), err_failed())
void pg_set_error(struct ctx *c, const PGresult *res);
/* Sets 08006 with libpq's text, without the parts that may hold secrets. */
#define pg_conn_error(c, pq) (pg_set_conn_error((c), (pq)), err_failed())
void pg_set_conn_error(struct ctx *c, PGconn *pq);

/* ---- listen.c ---- */

int pg_listen_start(struct ctx *c, struct pg *pg);
void pg_listen_stop(struct pg *pg);

/* ---- small ---- */

#define PGRESULT_CLEANUP __attribute__((cleanup(pg_result_cleanup)))
static inline void pg_result_cleanup(PGresult **res)
{
	PQclear(*res);
}
static inline struct str pg_cell(const PGresult *res, int row, int col)
{
	return (struct str){ PQgetvalue(res, row, col), (size_t)PQgetlength(res, row, col) };
}
static inline uint32_t pg_cell_oid(const PGresult *res, int row, int col)
{
	return (uint32_t)strtoul(PQgetvalue(res, row, col), NULL, 10);
}

#endif
