/*
 * HTTP/1.x request parsing without I/O (RFC 9112), strict: whatever two
 * parsers could read differently is refused. Bytes come in any split; the
 * result does not depend on it.
 *
 *   1. http_scan() until it finds the end of the head,
 *   2. http_parse_head() on exactly those bytes,
 *   3. http_body_feed() on what follows, until HTTP_DONE.
 *
 * Every function returns HTTP_MORE, HTTP_DONE or the 4xx/5xx status to refuse
 * the request with; after a refusal the connection must be closed.
 */
#ifndef NET_HTTP_PARSE_H
#define NET_HTTP_PARSE_H

#include "net/request.h"

struct buf;

enum { HTTP_MORE = 0, HTTP_DONE = 1 };

struct http_limits {
	uint32_t line_max;     /* request line, else 414 */
	uint32_t head_max;     /* request line and headers, else 431 */
	uint32_t header_count; /* else 431 */
	uint64_t body_max;     /* else 413 */
};

/* Zeroed before each head. */
struct http_scan {
	size_t pos;	/* bytes looked at */
	size_t line;	/* start of the current line */
	uint32_t lines; /* complete lines */
	size_t leading; /* empty lines skipped before the request line */
};

/* Looks for the end of the head in `in`, which holds the head's bytes so far
 * (a longer one at each call). HTTP_DONE: the head is the bytes
 * [s->leading, s->pos). Lines end in CR LF; a bare LF or CR is 400. */
int http_scan(struct http_scan *s, struct str in, const struct http_limits *limits);

enum http_framing { HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_CHUNKED };

struct http_head {
	enum http_framing framing;
	uint64_t content_length; /* HTTP_BODY_LENGTH */
	bool is_keep_alive;
	bool is_continue; /* Expect: 100-continue */
};

/* Parses a whole head: fills method, target, headers, host, version of *rq
 * (slices of head, which must live as long; arrays in the arena) and *ret. */
int http_parse_head(struct arena *a, struct str head, const struct http_limits *limits,
		    struct request *rq, struct http_head *ret);

struct http_body {
	enum http_framing framing;
	int state;
	uint64_t left;	/* bytes of the body or of the chunk still to come */
	uint64_t total; /* decoded so far */
	uint64_t max;
	uint32_t line;	  /* bytes of the current size or trailer line */
	uint32_t trailer; /* bytes of trailers */
	int digits;
};

void http_body_init(struct http_body *b, const struct http_head *head, uint64_t body_max);

/* Decodes from `in`, appending to out (whose limit must allow body_max), and
 * says how many bytes were used. Trailers are checked and dropped. */
int http_body_feed(struct http_body *b, struct str in, struct buf *out, size_t *ret_used);

#endif
