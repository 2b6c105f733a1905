/*
 * The server's own structures. A connection is a state machine driven by its
 * loop; a request's handler is a coroutine.
 *
 *            bytes           head whole         body whole
 *   IDLE ──────────▶ HEAD ──────────▶ BODY ──────────▶ BUSY (handler runs)
 *    ▲                                                   │
 *    └───────────────────── answered ────────────────────┘
 *
 * Output gathers beside that; while the client is slow to take it (is_blocked)
 * no further input is read, so what a connection can hold is bounded.
 * LINGER: answered and shut down; discards what still comes, so that the
 * client reads the answer instead of a reset.
 */
#ifndef NET_SERVER_INT_H
#define NET_SERVER_INT_H

#include "base/err.h"
#include "loop/await.h"
#include "loop/coro.h"
#include "loop/loop.h"
#include "net/http_parse.h"
#include "net/response_int.h"
#include "net/server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum {
	READ_BYTES = 64 << 10,	/* read at once, into the loop's buffer */
	BATCH_BYTES = 64 << 10, /* answers gathered for one write */
	INLINE_BODY = 16 << 10, /* bodies copied behind their head */
	SPARE_EXCHANGES = 64,
	PEER_TEXT = 64
};

/* The first three wait for input; see conn_can_take(). */
enum conn_state { CONN_IDLE, CONN_HEAD, CONN_BODY, CONN_BUSY, CONN_LINGER };

/* One request being received or answered. Recycled per loop. */
struct exchange {
	struct exchange *next;
	struct conn *conn;
	struct loop_task done;
	struct coro *co; /* while the handler is suspended */
	struct ctx c;
	struct request rq;
	struct response rs;
	struct http_head head;
	struct http_body body;
	struct buf body_buf;
	bool is_failed;		 /* the handler returned -1 */
	struct wakeup *writable; /* a stream waits for the client */
};

struct conn {
	struct loop_fd w; /* first */
	struct timer timer;
	struct server_loop *sl;
	struct conn *next, **at;
	const struct server_listen *listen;
	enum conn_state state;
	uint64_t deadline_ns; /* 0 none; the timer may be set earlier */
	uint64_t body_ns;     /* start of the body */
	uint64_t write_ns;    /* start of a write that blocked */
	uint64_t write_bytes; /* sent since, or discarded while lingering */
	uint64_t read_ns;     /* when the current bytes were read */

	struct http_scan scan;
	struct buf in;	/* bytes read and not used */
	struct buf out; /* heads and small bodies to send */
	size_t out_at;
	struct buf body; /* a large body behind them */
	size_t body_at;
	int file; /* or a file */
	uint64_t file_at, file_left;
	uint64_t spooled; /* bytes of it that count as spooled */
	struct exchange *x;
	size_t held_in, held_out; /* this connection's part of the loop's */

	bool is_readable;  /* the kernel may hold bytes */
	bool is_hung_up;   /* the client ended its side; a read will say so */
	bool is_blocked;   /* output waits for the client */
	bool is_closing;   /* after the output that is pending */
	bool is_lingering; /* and then linger: more input may come */
	bool is_dead;	   /* close when the handler has ended */
	char peer[PEER_TEXT];
};

/* A listener as its callback finds it. */
struct listener {
	struct loop_fd w; /* first */
	struct server_loop *sl;
};

struct server_loop {
	struct server *s;
	int index;
	struct loop *l;
	pthread_t thread;
	struct listener listen[SERVER_LISTEN_MAX];
	int n_listen;
	struct conn *conns;
	uint32_t n_conns;
	struct exchange *spare;
	int n_spare;
	struct buf spare_out;
	char *read_buf;
	size_t held_in;	 /* bytes of requests being received or handled */
	size_t held_out; /* bytes of answers that clients are slow to take */
	int reserve_fd;	 /* given up to accept and close when descriptors run out */
	bool is_draining;
	struct timer drain_timer;
	struct loop_task drain_task;
	time_t date_at;
	char date[48];
	uint64_t id_state;
};

struct server {
	struct server_options o;
	struct http_limits limits;
	char *names[SERVER_LISTEN_MAX]; /* copies of hosts and paths */
	uint16_t ports[SERVER_LISTEN_MAX];
	int unix_fds[SERVER_LISTEN_MAX]; /* -1 none */
	char *spool_dir;
	atomic_bool is_draining;
	int n_loops;
	struct server_loop *loops;
};

/* ---- conn.c ---- */
void conn_new(struct server_loop *sl, int fd, int listen_index, const char *peer);
void conn_close(struct conn *k);

/* Goes on with what has been read or can be read, and sends what is gathered. */
void conn_drive(struct conn *k);

/* Ends the connection because of what the client sent: answers status and
 * closes, discarding the rest. */
void conn_refuse(struct conn *k, int status);

/* When the current state must have ended; 0 for no limit. */
void conn_set_deadline(struct conn *k, uint64_t at_ns);

/* Brings the loop's held bytes up to date with k's buffers. */
void conn_account(struct conn *k);

/* Closes it now if it is idle, else after the current request. */
void conn_drain(struct conn *k);

/* ---- conn_io.c ---- */
bool conn_has_output(const struct conn *k);

/* Sends what is pending as far as the client takes it; sets is_blocked when
 * something is left. -1 when the connection has failed and must close. */
int conn_flush(struct conn *k);
void conn_free_output(struct conn *k);

/* Half-closes and discards input for a while. */
void conn_linger(struct conn *k);
void conn_discard(struct conn *k);

/* ---- exchange.c ---- */
struct exchange *exchange_new(struct conn *k);
void exchange_free(struct exchange *x);

/* Parses the head and says HTTP_DONE or the status to refuse with. */
int exchange_begin(struct exchange *x, struct str head);

/* Runs the handler; true when it has ended already. */
bool exchange_run(struct exchange *x);

/* Answers 503 instead of running the handler. */
void exchange_overload(struct exchange *x);

/* Puts the response into the connection's output and counts it. */
void exchange_finish(struct exchange *x);

/* Makes sure k->out has memory, the loop's spare one if it is free. */
void conn_take_output(struct conn *k);

/* ---- stream.c ---- */
/* The last chunk, when the handler has ended. */
void stream_end(struct exchange *x);
/* The client takes bytes again. */
void stream_wake(struct exchange *x);

/* "Date: ...\r\n" of the current second. */
struct str server_date(struct server_loop *sl);

/* ---- server_metrics.c ---- */
struct server_metrics {
	int requests[6]; /* by class; 0: refused before a handler */
	int duration;
	int in_flight, connections, accepted, refused;
	int bytes_in, bytes_out;
};
const struct server_metrics *server_metrics(void);

/* The server whose loops the stall gauge asks; NULL when it ends. */
void server_metrics_watch(struct server *s);

#endif
