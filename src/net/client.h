/*
 * The HTTP client, for hooks, identity providers and captchas: libcurl on a
 * bounded pool of its own. URLs come from the configuration, or from what a
 * configured provider publishes about itself; never from a request.
 *
 * http and https only, TLS 1.2 or later and verified, no proxy, no cookies, no
 * redirects, bounded time and size.
 */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "net/request.h"

struct ctx;
struct http_client;

enum {
	HTTP_CLIENT_TIMEOUT_MS = 10000,
	HTTP_CLIENT_BODY_MAX = 1 << 20,
};

struct http_client_options {
	unsigned threads;    /* 0: 8 */
	size_t queue;	     /* calls that wait for a thread, 0: 256 */
	const char *ca_file; /* further trusted certificates (PEM), NULL: the system's only */
};

struct http_call {
	const char *method; /* NULL: GET, or POST with a body */
	const char *url;
	const struct http_header *headers;
	size_t n_headers;
	struct str body;
	uint32_t timeout_ms; /* of the whole call, 0: HTTP_CLIENT_TIMEOUT_MS */
	size_t body_max;     /* of the answer, 0: HTTP_CLIENT_BODY_MAX */
};

struct http_answer {
	int status;
	struct str body;	   /* NUL-terminated one past the end */
	const char *content_type;  /* "" when absent */
	const char *retry_after;   /* "" when absent */
	const char *cache_control; /* "" when absent */
};

int http_client_new(struct ctx *c, const struct http_client_options *o, struct http_client **ret);
void http_client_free(struct http_client *h); /* NULL allowed; no call under way */

/*
 * One exchange; may suspend. Any status is a success; the answer is in
 * c->arena. Errors: 57014 when the time is over, 08006 when the server cannot
 * be reached or its certificate is not trusted, 54000 when the answer is larger
 * than body_max, 22023 when the URL cannot be used, 53000 when the queue is full.
 */
int http_client_call(struct ctx *c, struct http_client *h, const struct http_call *call,
		     struct http_answer *ret);

/* libcurl is set up once per process, whoever uses it first. Any thread. */
void http_client_global_init(void);

#endif
