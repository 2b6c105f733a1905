/* One connection: libpq in non-blocking mode, waiting through the loop. */
#include "engine/pg/pg_int.h"

#include "base/check.h"
#include "base/err.h"

#include <stdlib.h>
#include <sys/epoll.h>

static void ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

/* Drives a connection attempt; the descriptor may change between steps. */
static int finish_connect(struct ctx *c, PGconn *pq)
{
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;
	while (status != PGRES_POLLING_OK) {
		if (status == PGRES_POLLING_FAILED || PQstatus(pq) == CONNECTION_BAD)
			return pg_conn_error(c, pq);
		uint32_t events = status == PGRES_POLLING_READING ? EPOLLIN : EPOLLOUT;
		TRY(await_fd(c, PQsocket(pq), events));
		status = PQconnectPoll(pq);
	}
	return 0;
}

int pg_conn_open(struct ctx *c, struct pg *pg, struct pg_conn **ret)
{
	PGconn *pq = PQconnectStart(pg->conninfo);
	CHECK(pq != NULL);
	if (finish_connect(c, pq) < 0) {
		PQfinish(pq);
		return -1;
	}
	PQsetNoticeReceiver(pq, ignore_notice, NULL);
	CHECK(PQsetnonblocking(pq, 1) == 0);
	struct pg_conn *conn = calloc(1, sizeof(*conn));
	CHECK(conn != NULL);
	*conn = (struct pg_conn){ .pq = pq, .pg = pg, .prepared = map_new() };
	atomic_fetch_add(&pg->stats.connected, 1);
	*ret = conn;
	return 0;
}

void pg_conn_close(struct pg_conn *conn)
{
	PQfinish(conn->pq);
	pg_forget_prepared(conn);
	map_free(conn->prepared);
	free(conn);
}

int pg_conn_flush(struct ctx *c, struct pg_conn *conn)
{
	for (;;) {
		int left = PQflush(conn->pq);
		if (left == 0)
			return 0;
		if (left < 0)
			return pg_conn_error(c, conn->pq);
		int ready = await_fd(c, PQsocket(conn->pq), EPOLLIN | EPOLLOUT);
		if (ready < 0)
			return -1;
		/* The server may be blocked on sending to us: read to let it go on. */
		if ((ready & EPOLLIN) && !PQconsumeInput(conn->pq))
			return pg_conn_error(c, conn->pq);
	}
}

int pg_conn_result(struct ctx *c, struct pg_conn *conn, PGresult **ret)
{
	while (PQisBusy(conn->pq)) {
		TRY(await_fd(c, PQsocket(conn->pq), EPOLLIN));
		if (!PQconsumeInput(conn->pq))
			return pg_conn_error(c, conn->pq);
	}
	*ret = PQgetResult(conn->pq);
	return 0;
}

/* Reads results up to the NULL that ends a query; the first error wins. */
static int drain(struct ctx *c, struct pg_conn *conn, PGresult **ret_last)
{
	PGresult *last = NULL;
	int rc = 0;
	for (;;) {
		PGresult *res;
		if (pg_conn_result(c, conn, &res) < 0) {
			PQclear(last);
			return -1;
		}
		if (!res)
			break;
		ExecStatusType status = PQresultStatus(res);
		if (status == PGRES_FATAL_ERROR && rc == 0)
			rc = pg_error(c, res);
		PQclear(last);
		last = res;
		if (status == PGRES_COPY_IN)
			break; /* the caller sends the data */
	}
	if (rc == 0 && ret_last) {
		*ret_last = last;
		return 0;
	}
	PQclear(last);
	return rc;
}

int pg_conn_query(struct ctx *c, struct pg_conn *conn, const char *sql, PGresult **ret)
{
	if (sql && !PQsendQuery(conn->pq, sql))
		return pg_conn_error(c, conn->pq);
	if (pg_conn_flush(c, conn) < 0 || drain(c, conn, ret) < 0) {
		if (PQstatus(conn->pq) == CONNECTION_BAD)
			conn->is_broken = true;
		return -1;
	}
	return 0;
}

void pg_conn_abandon(struct pg_conn *conn)
{
	char ignored[256];
	PGcancel *cancel = PQgetCancel(conn->pq);
	if (cancel) {
		PQcancel(cancel, ignored, sizeof(ignored));
		PQfreeCancel(cancel);
	}
	conn->is_broken = true;
}
