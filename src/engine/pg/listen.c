/*
 * Schema changes made elsewhere: a thread with its own connection LISTENs on
 * PostgREST's channel ("pgrst", "reload schema") and reads the catalog anew.
 * It reconnects with a growing pause when the server goes away.
 */
#include "engine/pg/pg_int.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { FIRST_PAUSE_MS = 250, LONGEST_PAUSE_MS = 16000 };

/* True when the engine is closing. */
static bool pause_or_stop(struct pg *pg, int fd, int timeout_ms)
{
	struct pollfd p[2] = { { .fd = pg->stop_fd, .events = POLLIN },
			       { .fd = fd, .events = POLLIN } };
	poll(p, fd >= 0 ? 2 : 1, timeout_ms);
	return atomic_load(&pg->is_closing);
}

static void reload(struct pg *pg)
{
	struct ctx c = { .arena = arena_new(0) };
	pg->base.vt->reload(&c, &pg->base);
	arena_free(c.arena);
}

static void take_notifications(struct pg *pg, struct pg_conn *conn)
{
	bool must_reload = false;
	for (PGnotify *n = PQnotifies(conn->pq); n; n = PQnotifies(conn->pq)) {
		struct str what = str_of(n->extra);
		must_reload |= what.n == 0 || str_is(what, "reload schema");
		PQfreemem(n);
	}
	if (must_reload)
		reload(pg);
}

/* Listens until the connection breaks or the engine closes. */
static void listen_on(struct pg *pg, struct pg_conn *conn)
{
	while (!pause_or_stop(pg, PQsocket(conn->pq), -1)) {
		if (!PQconsumeInput(conn->pq) || PQstatus(conn->pq) != CONNECTION_OK)
			return;
		take_notifications(pg, conn);
	}
}

static void *listener(void *arg)
{
	struct pg *pg = arg;
	int pause_ms = FIRST_PAUSE_MS;
	bool was_lost = false;
	while (!atomic_load(&pg->is_closing)) {
		struct ctx c = { .arena = arena_new(0) };
		struct pg_conn *conn;
		if (pg_conn_open(&c, pg, &conn) == 0) {
			pause_ms = FIRST_PAUSE_MS;
			if (pg_conn_query(&c, conn, "LISTEN pgrst", NULL) == 0) {
				if (was_lost)
					reload(pg);
				listen_on(pg, conn);
				was_lost = true;
			}
			pg_conn_close(conn);
		}
		arena_free(c.arena);
		if (!atomic_load(&pg->is_closing))
			pause_or_stop(pg, -1, pause_ms);
		pause_ms = pause_ms * 2 < LONGEST_PAUSE_MS ? pause_ms * 2 : LONGEST_PAUSE_MS;
	}
	return NULL;
}

int pg_listen_start(struct ctx *c, struct pg *pg)
{
	pg->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (pg->stop_fd < 0 || pthread_create(&pg->listener, NULL, listener, pg) != 0)
		return err_set(c, "58000", "cannot start the schema listener");
	pg->has_listener = true;
	return 0;
}

void pg_listen_stop(struct pg *pg)
{
	uint64_t one = 1;
	if (!pg->has_listener)
		return;
	atomic_store(&pg->is_closing, true);
	CHECK(write(pg->stop_fd, &one, sizeof(one)) == (ssize_t)sizeof(one));
	pthread_join(pg->listener, NULL);
	close(pg->stop_fd);
	pg->has_listener = false;
}
