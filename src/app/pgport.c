/*
 * One thread, one client at a time, with short time limits: this port answers
 * one sentence. https://www.postgresql.org/docs/15/protocol-message-formats.html
 */
#include "app/pgport.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SSL_REQUEST = 80877103,
	GSSENC_REQUEST = 80877104,
	STARTUP_MAX = 10000,
	TIMEOUT_S = 2,
	BACKLOG = 16,
};

struct pgport {
	pthread_t thread;
	int listener, stop;
	struct buf answer;
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool read_exactly(int fd, void *to, size_t n)
{
	return recv(fd, to, n, MSG_WAITALL) == (ssize_t)n;
}

/* Reads startup packets until the one that is not about encryption. */
static bool read_startup(int fd)
{
	unsigned char packet[STARTUP_MAX];
	for (int i = 0; i < 3; i++) {
		if (!read_exactly(fd, packet, 8))
			return false;
		uint32_t size = be32(packet), code = be32(packet + 4);
		if (size < 8 || size > STARTUP_MAX || !read_exactly(fd, packet + 8, size - 8))
			return false;
		if (code != SSL_REQUEST && code != GSSENC_REQUEST)
			return true;
		if (send(fd, "N", 1, MSG_NOSIGNAL) != 1)
			return false;
	}
	return false;
}

static void answer(const struct pgport *p, int fd)
{
	struct timeval limit = { .tv_sec = TIMEOUT_S };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (read_startup(fd))
		(void)send(fd, p->answer.p, p->answer.n, MSG_NOSIGNAL);
}

static void *run(void *arg)
{
	struct pgport *p = arg;
	struct pollfd fds[] = { { p->listener, POLLIN, 0 }, { p->stop, POLLIN, 0 } };
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents)
			return NULL;
		int fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		answer(p, fd);
		close(fd);
	}
}

static void put_field(struct buf *b, char kind, const char *text)
{
	buf_char(b, kind);
	buf_put(b, text, strlen(text) + 1);
}

/* ErrorResponse: 'E', length, fields, a zero byte. */
static struct buf make_answer(const char *api_url)
{
	BUF_CLEANUP struct buf fields = buf_make(4096);
	BUF_CLEANUP struct buf hint = buf_make(2048);
	struct buf b = buf_make(4096 + 8);
	buf_printf(&hint,
		   "Use the API at %s, `bedplate sql`, or a PostgreSQL database through "
		   "DATABASE_URL.",
		   api_url);
	buf_char(&hint, '\0');
	put_field(&fields, 'S', "FATAL");
	put_field(&fields, 'V', "FATAL");
	put_field(&fields, 'C', "0A000");
	put_field(
		&fields, 'M',
		"this project runs on SQLite inside Bedplate: there is no PostgreSQL server here");
	put_field(&fields, 'H', hint.p);
	buf_char(&fields, '\0');
	uint32_t size = htonl((uint32_t)fields.n + 4);
	buf_char(&b, 'E');
	buf_put(&b, &size, 4);
	buf_str(&b, buf_view(&fields));
	CHECK(buf_ok(&b));
	return b;
}

static int listen_on(struct ctx *c, uint16_t port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	err_set(c, "58000", "the database port %u is not answered: %s", port, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int pgport_start(struct ctx *c, uint16_t port, const char *api_url, struct pgport **ret)
{
	int listener = listen_on(c, port);
	if (listener < 0)
		return -1;
	struct pgport *p = calloc(1, sizeof(*p));
	CHECK(p);
	p->listener = listener;
	p->stop = eventfd(0, EFD_CLOEXEC);
	p->answer = make_answer(api_url);
	CHECK(p->stop >= 0 && pthread_create(&p->thread, NULL, run, p) == 0);
	*ret = p;
	return 0;
}

void pgport_stop(struct pgport *p)
{
	uint64_t one = 1;
	if (!p)
		return;
	CHECK(write(p->stop, &one, sizeof(one)) == sizeof(one));
	pthread_join(p->thread, NULL);
	close(p->listener);
	close(p->stop);
	buf_free(&p->answer);
	free(p);
}
