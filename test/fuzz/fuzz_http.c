/*
 * The HTTP parser on a stream of requests: read whole and read in pieces must
 * give the same, and everything found must lie within the limits. The first
 * input byte chooses the pieces.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "fuzz.h"
#include "net/http_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct http_limits limits = {
	.line_max = 256, .head_max = 1024, .header_count = 16, .body_max = 2048
};

/* A stream being parsed; `log` is what was understood, as text. */
struct stream {
	struct arena *arena;
	struct http_scan scan;
	struct request rq;
	struct http_head head;
	struct http_body body;
	struct buf out;
	struct buf log;
	bool in_body;
	int status;
};

static void check_request(const struct request *rq)
{
	CHECK(rq->n_headers <= limits.header_count);
	CHECK(rq->path.n > 0 && rq->path.n <= limits.line_max);
	CHECK(rq->version_minor == 0 || rq->host.p);
	for (size_t i = 0; i < rq->n_headers; i++) {
		struct http_header h = rq->headers[i];
		CHECK(h.name.n > 0 && str_chr(h.name, ' ') < 0 && str_chr(h.name, ':') < 0);
		CHECK(str_chr(h.value, '\n') < 0 && str_chr(h.value, '\r') < 0);
		CHECK(str_chr(h.value, '\0') < 0);
	}
}

static void end_request(struct stream *s)
{
	const struct request *rq = &s->rq;
	check_request(rq);
	CHECK(buf_ok(&s->out) && s->out.n <= limits.body_max);
	buf_printf(&s->log, "%d|%d|%d|", rq->method, rq->version_minor, s->head.is_keep_alive);
	buf_str(&s->log, rq->path);
	buf_char(&s->log, '|');
	buf_str(&s->log, rq->query);
	buf_char(&s->log, '|');
	buf_str(&s->log, rq->host);
	for (size_t i = 0; i < rq->n_headers; i++) {
		buf_str(&s->log, rq->headers[i].name);
		buf_char(&s->log, '=');
		buf_str(&s->log, rq->headers[i].value);
	}
	buf_str(&s->log, buf_view(&s->out));
	s->in_body = false;
	s->scan = (struct http_scan){ .pos = 0 };
	arena_reset(s->arena);
}

static size_t take_head(struct stream *s, struct str in)
{
	s->status = http_scan(&s->scan, in, &limits);
	if (s->status != HTTP_DONE)
		return 0;
	struct str raw = str_sub(in, s->scan.leading, s->scan.pos - s->scan.leading);
	size_t used = s->scan.pos;
	s->rq = (struct request){ .method = HTTP_GET };
	s->status = http_parse_head(s->arena, str_copy(s->arena, raw), &limits, &s->rq, &s->head);
	if (s->status != HTTP_DONE)
		return 0;
	buf_clear(&s->out);
	http_body_init(&s->body, &s->head, limits.body_max);
	s->in_body = true;
	if (s->head.framing == HTTP_BODY_NONE)
		end_request(s);
	s->status = HTTP_MORE;
	return used;
}

static size_t take_body(struct stream *s, struct str in)
{
	size_t used = 0;
	s->status = http_body_feed(&s->body, in, &s->out, &used);
	CHECK(used <= in.n);
	if (s->status != HTTP_DONE)
		return used;
	end_request(s);
	s->status = HTTP_MORE;
	return used;
}

/* Uses what it can of `in`; returns how much. */
static size_t take(struct stream *s, struct str in)
{
	size_t at = 0;
	while (s->status == HTTP_MORE && at < in.n) {
		struct str rest = str_from(in, at);
		size_t used = s->in_body ? take_body(s, rest) : take_head(s, rest);
		at += used;
		if (used == 0)
			break;
	}
	return at;
}

/* Feeds pieces whose sizes a small generator derives from seed; 0: all at once. */
static struct buf parse(struct str in, uint32_t seed)
{
	struct stream s = { .arena = arena_new(0),
			    .out = buf_make(limits.body_max + 1),
			    .log = buf_make(1 << 24) };
	size_t from = 0, to = seed ? 0 : in.n;
	do {
		seed = seed * 1664525 + 1013904223;
		if (to < in.n)
			to += 1 + (seed >> 24) % 40;
		if (to > in.n)
			to = in.n;
		from += take(&s, str_sub(in, from, to - from));
	} while (s.status == HTTP_MORE && to < in.n);
	buf_printf(&s.log, "end %d", s.status);
	arena_free(s.arena);
	buf_free(&s.out);
	return s.log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 64 << 10)
		return 0;
	struct str in = { (const char *)data + 1, size - 1 };
	struct buf whole = parse(in, 0), pieces = parse(in, data[0] + 1u);
	CHECK(str_eq(buf_view(&whole), buf_view(&pieces)));
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
