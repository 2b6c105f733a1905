/* SMTP in (RFC 5321): takes every message for everybody, and relays none. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "loop/await.h"
#include "loop/coro.h"
#include "loop/loop.h"
#include "mail/mailbox_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CLIENTS_MAX = 32,
	LINE_MAX_BYTES = 4096,
	RECIPIENTS_MAX = 100,
	COMMANDS_MAX = 250, /* between two messages */
	READ_BYTES = 16 << 10,
	TURN_MS = 200,
};
#define IDLE_NS (UINT64_C(60) * 1000000000)

struct smtp_server {
	struct store *store;
	struct loop *loop;
	struct loop_fd listener;
	unsigned port;
	unsigned clients;
	pthread_t thread;
	bool is_running;
	atomic_bool is_stopping;
};

struct client {
	struct smtp_server *server;
	struct ctx c;
	int fd;
	struct buf in;
	bool has_sender;
	struct str to[RECIPIENTS_MAX];
	size_t n_to;
	struct arena *mail; /* of to */
};

static int reply(struct client *cl, const char *text)
{
	struct str rest = str_of(text);
	while (rest.n) {
		ssize_t n = send(cl->fd, rest.p, rest.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			rest = str_from(rest, (size_t)n);
		else if (n < 0 && errno == EAGAIN)
			TRY(await_fd(&cl->c, cl->fd, EPOLLOUT));
		else
			return -1;
	}
	return 0;
}

/* More bytes into cl->in; -1 at the end, on errors and past the limit. */
static int fill(struct client *cl)
{
	for (;;) {
		char *to = buf_reserve(&cl->in, READ_BYTES);
		if (!to)
			return -1;
		ssize_t n = recv(cl->fd, to, READ_BYTES, MSG_DONTWAIT);
		if (n > 0) {
			cl->in.n += (size_t)n;
			return 0;
		}
		if (n == 0 || errno != EAGAIN)
			return -1;
		cl->c.deadline_ns = loop_clock_ns() + IDLE_NS;
		TRY(await_fd(&cl->c, cl->fd, EPOLLIN));
	}
}

/* A line without its end, in *ret; valid until the next read. */
static int read_line(struct client *cl, struct str *ret, size_t *ret_bytes)
{
	for (;;) {
		ptrdiff_t at = str_chr(buf_view(&cl->in), '\n');
		if (at >= 0) {
			*ret = str_sub(buf_view(&cl->in), 0, (size_t)at);
			if (str_ends(*ret, STR("\r")))
				ret->n--;
			*ret_bytes = (size_t)at + 1;
			return 0;
		}
		if (cl->in.n > LINE_MAX_BYTES)
			return -1;
		TRY(fill(cl));
	}
}

static void reset(struct client *cl)
{
	cl->has_sender = false;
	cl->n_to = 0;
	arena_reset(cl->mail);
}

/* Takes "\r\n.\r\n" away and a leading dot of each line (4.5.2). */
static void unstuff(struct buf *message, struct str data)
{
	while (data.n) {
		ptrdiff_t at = str_chr(data, '\n');
		size_t n = at < 0 ? data.n : (size_t)at + 1;
		bool is_stuffed = data.p[0] == '.';
		buf_put(message, data.p + is_stuffed, n - is_stuffed);
		data = str_from(data, n);
	}
}

/* Where the data ends, and behind its end mark; -1: not there yet. */
static ptrdiff_t find_end(struct str in, size_t *ret_next)
{
	if (str_starts(in, STR(".\r\n"))) {
		*ret_next = 3;
		return 0;
	}
	ptrdiff_t at = str_find(in, STR("\r\n.\r\n"));
	*ret_next = (size_t)at + 5;
	return at < 0 ? -1 : at + 2;
}

static int read_data(struct client *cl)
{
	size_t next;
	ptrdiff_t end;
	TRY(reply(cl, "354 End data with <CR><LF>.<CR><LF>\r\n"));
	while ((end = find_end(buf_view(&cl->in), &next)) < 0)
		if (fill(cl) < 0) {
			if (cl->in.overflow)
				(void)reply(cl, "552 Message too large\r\n");
			return -1;
		}
	BUF_CLEANUP struct buf message = buf_make(MAILBOX_MESSAGE_MAX + 1);
	unstuff(&message, str_sub(buf_view(&cl->in), 0, (size_t)end));
	buf_consume(&cl->in, next);
	store_add(cl->server->store, buf_view(&message), cl->to, cl->n_to);
	reset(cl);
	return reply(cl, "250 2.0.0 Ok: queued\r\n");
}

/* The address between < and >. */
static struct str path_of(struct str line)
{
	ptrdiff_t open = str_chr(line, '<'), close = str_chr(line, '>');
	if (open < 0 || close < open)
		return (struct str){ 0 };
	return str_sub(line, (size_t)open + 1, (size_t)(close - open) - 1);
}

static int on_rcpt(struct client *cl, struct str line)
{
	struct str to = path_of(line);
	if (!cl->has_sender)
		return reply(cl, "503 5.5.1 MAIL first\r\n");
	if (!to.n)
		return reply(cl, "501 5.1.3 Bad recipient address\r\n");
	if (cl->n_to == RECIPIENTS_MAX)
		return reply(cl, "452 4.5.3 Too many recipients\r\n");
	cl->to[cl->n_to++] = str_copy(cl->mail, to);
	return reply(cl, "250 2.1.5 Ok\r\n");
}

static bool is_verb(struct str line, const char *verb)
{
	return str_ieq(str_sub(line, 0, strlen(verb)), str_of(verb));
}

static int on_mail(struct client *cl, struct str line)
{
	if (!path_of(line).p)
		return reply(cl, "501 5.1.7 Bad sender address\r\n");
	reset(cl);
	cl->has_sender = true;
	return reply(cl, "250 2.1.0 Ok\r\n");
}

/* A browser that is made to speak to this port must get nowhere. */
static bool is_http(struct str line)
{
	return str_find(line, STR(" HTTP/1")) >= 0 || is_verb(line, "host:");
}

/* One command; -1 ends the connection. */
static int command(struct client *cl, struct str line)
{
	if (is_verb(line, "EHLO"))
		return reply(cl, "250-bedplate\r\n250-SIZE 10485760\r\n250-8BITMIME\r\n"
				 "250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8\r\n");
	if (is_verb(line, "HELO"))
		return reply(cl, "250 bedplate\r\n");
	if (is_verb(line, "MAIL FROM:"))
		return on_mail(cl, line);
	if (is_verb(line, "RCPT TO:"))
		return on_rcpt(cl, line);
	if (is_verb(line, "RSET")) {
		reset(cl);
		return reply(cl, "250 2.0.0 Ok\r\n");
	}
	if (is_verb(line, "NOOP"))
		return reply(cl, "250 2.0.0 Ok\r\n");
	if (is_verb(line, "QUIT") || is_http(line)) {
		(void)reply(cl, "221 2.0.0 Bye\r\n");
		return -1;
	}
	return reply(cl, "502 5.5.2 Command not recognized\r\n");
}

static void talk(struct client *cl)
{
	struct str line;
	size_t bytes;
	if (reply(cl, "220 bedplate ESMTP\r\n") < 0)
		return;
	for (int n = 0; n < COMMANDS_MAX && read_line(cl, &line, &bytes) == 0; n++) {
		bool is_data = is_verb(line, "DATA") && cl->n_to > 0;
		int rc = is_data ? 0 : command(cl, line);
		buf_consume(&cl->in, bytes);
		if (rc < 0 || (is_data && read_data(cl) < 0))
			return;
		n = is_data ? 0 : n;
	}
}

static void serve(void *arg)
{
	struct client *cl = arg;
	talk(cl);
	close(cl->fd);
	cl->server->clients--;
	buf_free(&cl->in);
	arena_free(cl->mail);
	arena_free(cl->c.arena);
	free(cl);
}

static void on_connect(struct loop_fd *w, uint32_t events)
{
	struct smtp_server *s =
		(struct smtp_server *)(void *)((char *)w - offsetof(struct smtp_server, listener));
	(void)events;
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (s->clients == CLIENTS_MAX) {
		close(fd);
		return;
	}
	struct client *cl = calloc(1, sizeof(*cl));
	CHECK(cl);
	cl->server = s;
	cl->fd = fd;
	cl->c.arena = arena_new(0);
	cl->mail = arena_new(0);
	cl->in = buf_make(MAILBOX_MESSAGE_MAX);
	s->clients++;
	coro_spawn(s->loop, serve, cl);
}

static void *run(void *arg)
{
	struct smtp_server *s = arg;
	while (!atomic_load(&s->is_stopping))
		loop_turn(s->loop, TURN_MS);
	loop_fd_remove(s->loop, &s->listener);
	while (coro_count(s->loop)) {
		coro_cancel_all(s->loop);
		loop_turn(s->loop, 10);
	}
	return NULL;
}

static int bind_to(const char *host, unsigned port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int one = 1;
	if (inet_pton(AF_INET, host ? host : "127.0.0.1", &at.sin_addr) != 1)
		return -1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, CLIENTS_MAX) == 0)
		return fd;
	close(fd);
	return -1;
}

static unsigned port_of(int fd)
{
	struct sockaddr_in at = { 0 };
	socklen_t n = sizeof(at);
	(void)getsockname(fd, (struct sockaddr *)&at, &n);
	return ntohs(at.sin_port);
}

static int start(struct ctx *c, struct smtp_server *s, const char *host, unsigned port)
{
	s->listener = (struct loop_fd){ .fd = bind_to(host, port),
					.events = EPOLLIN,
					.on_ready = on_connect };
	if (s->listener.fd < 0)
		s->listener.fd = bind_to(host, 0);
	if (s->listener.fd < 0)
		return err_set(c, "58000", "no port for the mailbox's SMTP server");
	s->port = port_of(s->listener.fd);
	TRY(loop_new(c, &s->loop));
	TRY(loop_fd_add(c, s->loop, &s->listener));
	if (pthread_create(&s->thread, NULL, run, s) != 0)
		return err_set(c, "58000", "the system gave no thread for the mailbox");
	s->is_running = true;
	return 0;
}

int smtp_server_start(struct ctx *c, struct store *store, const char *host, unsigned port,
		      struct smtp_server **ret)
{
	struct smtp_server *s = calloc(1, sizeof(*s));
	CHECK(s);
	s->store = store;
	if (start(c, s, host, port) < 0) {
		smtp_server_stop(s);
		return -1;
	}
	*ret = s;
	return 0;
}

void smtp_server_stop(struct smtp_server *s)
{
	if (!s)
		return;
	atomic_store(&s->is_stopping, true);
	if (s->is_running)
		pthread_join(s->thread, NULL);
	if (s->listener.fd >= 0)
		close(s->listener.fd);
	if (s->loop)
		loop_free(s->loop);
	free(s);
}

unsigned smtp_server_port(const struct smtp_server *s)
{
	return s->port;
}
