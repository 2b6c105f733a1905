/* Listening sockets: making them and accepting from them. */
#include "net/listen.h"

#include "base/check.h"
#include "net/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, ACCEPTS_MAX = 64 };

/* ---- making ---- */

static int fail(struct ctx *c, const char *what, const char *address)
{
	return err_set(c, "58000", "cannot %s %s: %s", what, address, strerror(errno));
}

static int set_on(int fd, int level, int option)
{
	return setsockopt(fd, level, option, &(int){ 1 }, sizeof(int));
}

static int bind_tcp(const struct addrinfo *ai, bool is_shared)
{
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	set_on(fd, SOL_SOCKET, SO_REUSEADDR);
	if (is_shared)
		set_on(fd, SOL_SOCKET, SO_REUSEPORT);
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* With SO_REUSEPORT a second server of the same user would silently take half
 * of the connections; a socket without it finds out. */
static bool is_port_taken(const struct addrinfo *ai)
{
	int fd = bind_tcp(ai, false);
	if (fd < 0)
		return true;
	close(fd);
	return false;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);
	if (getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		return 0;
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
					     : ((struct sockaddr_in *)&a)->sin_port);
}

int listen_tcp(struct ctx *c, const char *host, uint16_t port, int n, int *ret_fds,
	       uint16_t *ret_port)
{
	char address[128], service[8];
	struct addrinfo *ai = NULL;
	snprintf(service, sizeof(service), "%u", port);
	snprintf(address, sizeof(address), "on %.80s port %u", host, port);
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
				  .ai_socktype = SOCK_STREAM };
	if (getaddrinfo(host, service, &hints, &ai) != 0)
		return err_set(c, "58000", "cannot listen %s: not a numeric address", address);
	int made = 0;
	if (port == 0 || !is_port_taken(ai)) {
		for (; made < n; made++) {
			ret_fds[made] = bind_tcp(ai, true);
			if (ret_fds[made] < 0)
				break;
			uint16_t real = htons(port_of(ret_fds[made]));
			if (ai->ai_family == AF_INET6)
				((struct sockaddr_in6 *)(void *)ai->ai_addr)->sin6_port = real;
			else
				((struct sockaddr_in *)(void *)ai->ai_addr)->sin_port = real;
		}
	}
	int saved = errno;
	freeaddrinfo(ai);
	if (made == n) {
		*ret_port = port_of(ret_fds[0]);
		return 0;
	}
	while (made > 0)
		close(ret_fds[--made]);
	errno = saved;
	return fail(c, "listen", address);
}

/* A socket file that nobody answers on is left over from a crash. */
static bool is_stale(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	bool is_refused =
		connect(fd, (const struct sockaddr *)a, sizeof(*a)) < 0 && errno == ECONNREFUSED;
	close(fd);
	return is_refused;
}

int listen_unix(struct ctx *c, const char *path, unsigned mode, int *ret_fd)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(a.sun_path))
		return err_set(c, "58000", "cannot listen on %s: the path is too long", path);
	strcpy(a.sun_path, path);
	if (is_stale(&a))
		unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(c, "listen on", path);
	/* The file gets this mode when it is made, so it is never open wider. */
	if (fchmod(fd, mode) < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    chmod(path, mode) < 0 || listen(fd, BACKLOG) < 0) {
		fail(c, "listen on", path);
		close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

/* ---- accepting ---- */

static void peer_text(const struct sockaddr_storage *a, char *text, size_t n)
{
	const void *address = NULL;
	if (a->ss_family == AF_INET)
		address = &((const struct sockaddr_in *)a)->sin_addr;
	else if (a->ss_family == AF_INET6)
		address = &((const struct sockaddr_in6 *)a)->sin6_addr;
	if (!address || !inet_ntop(a->ss_family, address, text, (socklen_t)n))
		snprintf(text, n, "unix");
}

/* Without a free descriptor the connection would stay in the backlog and wake
 * the loop for ever: take it with the reserved one and close it. */
static void shed(struct server_loop *sl, int listen_fd)
{
	metrics_add(server_metrics()->refused, 1);
	if (sl->reserve_fd < 0)
		return;
	close(sl->reserve_fd);
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	sl->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void take_connection(struct server_loop *sl, int fd, int i, const struct sockaddr_storage *a)
{
	char peer[PEER_TEXT];
	if (sl->n_conns >= sl->s->o.connections_max) {
		metrics_add(server_metrics()->refused, 1);
		close(fd);
		return;
	}
	peer_text(a, peer, sizeof(peer));
	if (a->ss_family != AF_UNIX)
		set_on(fd, IPPROTO_TCP, TCP_NODELAY);
	conn_new(sl, fd, i, peer);
}

void listen_accept(struct server_loop *sl, int i)
{
	int listen_fd = sl->listen[i].w.fd;
	for (int n = 0; n < ACCEPTS_MAX; n++) {
		struct sockaddr_storage a = { .ss_family = AF_UNIX };
		socklen_t len = sizeof(a);
		int fd = accept4(listen_fd, (struct sockaddr *)&a, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			take_connection(sl, fd, i, &a);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			shed(sl, listen_fd);
		else if (errno != EINTR && errno != ECONNABORTED)
			return;
	}
}
