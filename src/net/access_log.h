/*
 * The access log: one JSON object a line per request. Loops fill buffers of
 * their own; one thread writes them, so that a slow sink never stalls a
 * request. When the sink cannot follow, lines are dropped and counted
 * (bedplate_access_log_dropped_total).
 */
#ifndef NET_ACCESS_LOG_H
#define NET_ACCESS_LOG_H

#include "base/str.h"

struct access_log;
struct ctx;
struct request;

/* Starts a log onto fd, which stays the caller's. */
int access_log_new(struct ctx *c, int fd, struct access_log **ret);

/* Writes what is buffered and frees. NULL allowed. */
void access_log_free(struct access_log *log);

/* Adds a line. Values of secret query parameters (apikey, token, code, ...)
 * appear as "***". Any thread. */
void access_log_add(struct access_log *log, const struct request *rq, int status, uint64_t bytes,
		    uint64_t duration_us);

#endif
