/*
 * The pipeline without a socket: one request's bytes in, one response's bytes
 * out, through the same parser, handler and renderer as the server. For tests,
 * and for commands that ask their own API.
 */
#ifndef NET_LOOPBACK_H
#define NET_LOOPBACK_H

#include "net/server.h"

/*
 * Parses `in` (exactly one whole request, limits as the server's defaults), runs
 * the handler on the calling thread or coroutine, and appends the response, its
 * body included, to out. A request that the server would refuse gives its
 * refusal; a handler that fails, 500. Returns -1 only when a spooled body cannot
 * be read back (58030). Errors of the handler stay in its own context: c lends
 * its deadline only.
 */
int loopback(struct ctx *c, struct http_handler handler, struct str in, struct buf *out);

#endif
