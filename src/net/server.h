/*
 * The HTTP/1.1 server (RFC 9110, 9112): N loops, each on a thread of its own
 * with its own TCP listener (SO_REUSEPORT). Idle connections are plain structs;
 * an active request runs its handler in a coroutine.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "net/request.h"
#include "net/response.h"

struct access_log;
struct ctx;
struct loop;
struct server;

/*
 * Answers one request. Runs in a coroutine and may suspend. c has the request's
 * arena, deadline (if the options set one) and id. Returns 0 with rs filled;
 * -1 when it could not answer: the server sends a bare 500. It is the handler
 * that turns c->err into a response.
 */
struct http_handler {
	int (*fn)(struct ctx *c, struct request *rq, struct response *rs, void *arg);
	void *arg;
};

struct server_listen {
	const char *host;      /* numeric address; NULL: 127.0.0.1. Unused with unix_path */
	uint16_t port;	       /* 0: any free one, see server_port() */
	const char *unix_path; /* instead of host and port; a stale socket is replaced */
	unsigned unix_mode;    /* permission bits of the socket file, 0: 0600 */
	struct http_handler handler;
};

enum { SERVER_LISTEN_MAX = 4 };

/* Zero in a member means its default, written behind it. */
struct server_options {
	struct server_listen listen[SERVER_LISTEN_MAX];
	int n_listen;
	int loops;		     /* number of cores */
	uint32_t line_max;	     /* 16384 bytes of request line, else 414 */
	uint32_t head_max;	     /* 65536 bytes of line and headers, else 431 */
	uint32_t header_count;	     /* 100, else 431 */
	uint64_t body_max;	     /* 50 MiB, else 413 */
	uint64_t response_max;	     /* 64 MiB of rs->body in memory */
	uint64_t write_max;	     /* 4 GiB through response_write() */
	uint64_t spool_max;	     /* 8 GiB of unlinked files of large bodies together */
	uint64_t input_memory_max;   /* 256 MiB per loop of requests being received; a
					request that would go beyond is refused with 503 */
	uint64_t output_memory_max;  /* 64 MiB per loop held for slow clients, beyond it
					bodies over 16 KiB go to a file */
	uint32_t requests_max;	     /* 4096 per loop (24000 over all loops at most) whose
					handlers run or wait; more get 503 with Retry-After */
	uint32_t connections_max;    /* 10000 per loop, more are closed */
	uint32_t head_timeout_ms;    /* 10 s from a head's first byte to its last */
	uint32_t body_timeout_ms;    /* 10 s, plus 1 s per 16 KiB received */
	uint32_t idle_timeout_ms;    /* 75 s between requests */
	uint32_t write_timeout_ms;   /* 30 s, plus 1 s per 16 KiB sent */
	uint32_t request_timeout_ms; /* none: deadline of the handler's ctx */
	uint32_t drain_timeout_ms;   /* 10 s, then requests are cancelled */
	const char *spool_dir;	     /* "/tmp": for unlinked files of large bodies */
	struct access_log *log;	     /* NULL: no access log; outlives the server */
};

/* Binds, starts the loops and returns. Error 58000 naming the address (in use,
 * no right, ...). Strings in the options are copied. */
int server_start(struct ctx *c, const struct server_options *o, struct server **ret);

/* The TCP port of listener i. */
uint16_t server_port(const struct server *s, int i);

/* Number of loops, and the i-th: for work beside requests. */
int server_n_loops(const struct server *s);
struct loop *server_loop(const struct server *s, int i);

/* Begins a graceful end: stops accepting, closes idle connections, lets running
 * requests finish with "Connection: close"; after drain_timeout_ms cancels
 * them. Any thread, not a signal handler; a second call does nothing. */
void server_drain(struct server *s);

/* Waits until the loops have ended after server_drain(), and frees s. */
void server_join(struct server *s);

#endif
