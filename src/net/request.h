/*
 * A request as a handler sees it, whatever protocol brought it. Everything in
 * it lives in the request's arena (ctx->arena) and dies when the response has
 * been handed over.
 */
#ifndef NET_REQUEST_H
#define NET_REQUEST_H

#include "base/str.h"

struct arena;

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_OTHER /* see request.method_name */
};

struct http_header {
	struct str name;  /* as sent */
	struct str value; /* without surrounding white space; bytes >= 0x80 possible */
};

struct request {
	enum http_method method;
	struct str method_name; /* case matters; "GET" */
	struct str path;	/* raw: starts with '/', still percent-encoded; "*" for OPTIONS */
	struct str query; /* raw: after the first '?', without it; p NULL when there was no '?' */
	struct str host;  /* Host header or authority of an absolute-form target */
	struct str body;  /* decoded from chunks; NUL-terminated one past the end */
	struct http_header *headers;
	size_t n_headers;
	int version_minor; /* 0 or 1 of HTTP/1.x */
	bool is_local;	   /* came through the unix socket */
	struct str peer;   /* the client's address as text, "unix" for the socket */
	struct str id;	   /* request id: X-Request-Id if sane, else made here */
	uint64_t start_ns; /* CLOCK_MONOTONIC at the first byte of the head's last read */

	/* For the access log; a handler may set it (arena or static memory). */
	struct str role;
};

/* Value of the first header of that name (any case), p NULL when absent. */
struct str request_header(const struct request *rq, const char *name);

/* All headers of that name joined with ", " (RFC 9110 5.3), p NULL when absent. */
struct str request_header_all(struct arena *a, const struct request *rq, const char *name);

#endif
