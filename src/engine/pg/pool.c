/*
 * The connection pool: a bounded number of connections, handed out in the
 * order they were asked for. Dead ones are noticed before they are used, so
 * that a restarted server costs a reconnect and no failed request.
 */
#include "engine/pg/pg_int.h"

#include "base/err.h"
#include "loop/loop.h"

#include <poll.h>
#include <stdlib.h>

/* A connection that has something to read while idle was closed or told off
 * by the server (a terminated backend sends its error first). */
static bool is_alive(const struct pg_conn *conn)
{
	struct pollfd p = { .fd = PQsocket(conn->pq), .events = POLLIN };
	return PQstatus(conn->pq) == CONNECTION_OK && poll(&p, 1, 0) == 0;
}

/* Under the lock. An idle connection, or NULL with a place taken in n_open, or
 * NULL without (*ret_must_wait). Dead idle ones are chained into *dead. */
static struct pg_conn *take(struct pg *pg, struct pg_conn **dead, bool *ret_must_wait)
{
	*ret_must_wait = false;
	while (pg->idle) {
		struct pg_conn *conn = pg->idle;
		pg->idle = conn->next_idle;
		if (is_alive(conn))
			return conn;
		conn->next_idle = *dead;
		*dead = conn;
		pg->n_open--;
	}
	if (pg->n_open < pg->pool_size)
		pg->n_open++;
	else
		*ret_must_wait = true;
	return NULL;
}

static void enqueue(struct pg *pg, struct pg_waiter *w)
{
	wakeup_init(&w->wakeup);
	w->next = NULL;
	*pg->wait_tail = w;
	pg->wait_tail = &w->next;
	pg->n_waiting++;
}

/* Under the lock. False when w had already been served. */
static bool unqueue(struct pg *pg, struct pg_waiter *w)
{
	for (struct pg_waiter **at = &pg->wait_head; *at; at = &(*at)->next) {
		if (*at != w)
			continue;
		*at = w->next;
		if (pg->wait_tail == &w->next)
			pg->wait_tail = at;
		pg->n_waiting--;
		return true;
	}
	return false;
}

/* Under the lock: gives the place (and the connection, if any) to the first
 * waiter. False when nobody waits. */
static bool serve_waiter(struct pg *pg, struct pg_conn *conn)
{
	struct pg_waiter *w = pg->wait_head;
	if (!w)
		return false;
	unqueue(pg, w);
	w->conn = conn;
	w->is_served = true;
	wakeup_fire(&w->wakeup);
	return true;
}

static void give_up_place(struct pg *pg)
{
	pthread_mutex_lock(&pg->lock);
	if (!serve_waiter(pg, NULL))
		pg->n_open--;
	pthread_mutex_unlock(&pg->lock);
}

/* Waits in the queue for at most acquire_ms. */
static int wait_turn(struct ctx *c, struct pg *pg, struct pg_waiter *w)
{
	uint64_t deadline = c->deadline_ns;
	uint64_t limit = loop_clock_ns() + (uint64_t)pg->acquire_ms * 1000000;
	if (deadline == 0 || limit < deadline)
		c->deadline_ns = limit;
	int rc = await_wakeup(c, &w->wakeup);
	c->deadline_ns = deadline;
	if (rc == 0)
		return 0;

	pthread_mutex_lock(&pg->lock);
	bool was_waiting = unqueue(pg, w);
	pthread_mutex_unlock(&pg->lock);
	if (!was_waiting) {
		await_wakeup_always(&w->wakeup);
		err_clear(c);
		return 0;
	}
	atomic_fetch_add(&pg->stats.timeouts, 1);
	err_set(c, "PGRST003", "Timed out acquiring connection from connection pool.");
	return err_http(c, 504);
}

static void close_all(struct pg *pg, struct pg_conn *dead)
{
	while (dead) {
		struct pg_conn *next = dead->next_idle;
		atomic_fetch_add(&pg->stats.broken, 1);
		pg_conn_close(dead);
		dead = next;
	}
}

int pg_acquire(struct ctx *c, struct pg *pg, struct pg_conn **ret)
{
	struct pg_conn *dead = NULL;
	struct pg_waiter w = { .conn = NULL };
	bool must_wait;

	pthread_mutex_lock(&pg->lock);
	struct pg_conn *conn = take(pg, &dead, &must_wait);
	if (must_wait)
		enqueue(pg, &w);
	pthread_mutex_unlock(&pg->lock);
	close_all(pg, dead);

	if (must_wait) {
		TRY(wait_turn(c, pg, &w));
		conn = w.conn;
	}
	atomic_fetch_add(&pg->stats.acquired, 1);
	if (!conn && pg_conn_open(c, pg, &conn) < 0) {
		give_up_place(pg);
		return err_http(c, 503);
	}
	*ret = conn;
	return 0;
}

void pg_release(struct pg_conn *conn)
{
	struct pg *pg = conn->pg;
	bool is_usable = !conn->is_broken && PQstatus(conn->pq) == CONNECTION_OK &&
			 PQtransactionStatus(conn->pq) == PQTRANS_IDLE;
	if (!is_usable) {
		atomic_fetch_add(&pg->stats.broken, 1);
		pg_conn_close(conn);
		give_up_place(pg);
		return;
	}
	pthread_mutex_lock(&pg->lock);
	if (!serve_waiter(pg, conn)) {
		conn->next_idle = pg->idle;
		pg->idle = conn;
	}
	pthread_mutex_unlock(&pg->lock);
}
