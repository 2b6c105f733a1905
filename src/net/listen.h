/* Listening sockets. Internal to net. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "net/server_int.h"

/* n sockets on one address (SO_REUSEPORT), and the port they got. -1 with 58000
 * when the address is in use, not numeric or not allowed. */
int listen_tcp(struct ctx *c, const char *host, uint16_t port, int n, int *ret_fds,
	       uint16_t *ret_port);

/* One socket at path, replacing a file that nobody listens on. */
int listen_unix(struct ctx *c, const char *path, unsigned mode, int *ret_fd);

/* Accepts what waits at listener i of the loop. */
void listen_accept(struct server_loop *sl, int i);

#endif
