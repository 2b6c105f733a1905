#include "base/arena.h"
#include "base/buf.h"
#include "harness.h"
#include "net/http_parse.h"

#include <stdlib.h>

static const struct http_limits limits = {
	.line_max = 200, .head_max = 600, .header_count = 6, .body_max = 1000
};

static struct arena *arena;

static void setup(void)
{
	arena = arena_new(0);
}

static void teardown(void)
{
	arena_free(arena);
}

/* What parsing gave, as text, so that two runs compare easily. */
struct outcome {
	char text[4096];
	size_t used;
};

static void describe(struct outcome *o, const struct request *rq, const struct http_head *h,
		     struct str body)
{
	int n = snprintf(o->text, sizeof(o->text), "%d %.*s path=%.*s query=%s%.*s host=%.*s ka=%d",
			 rq->version_minor, STR_ARG(rq->method_name), STR_ARG(rq->path),
			 rq->query.p ? "?" : "", STR_ARG(rq->query), STR_ARG(rq->host),
			 h->is_keep_alive);
	for (size_t i = 0; i < rq->n_headers; i++)
		n += snprintf(o->text + n, sizeof(o->text) - (size_t)n, " [%.*s=%.*s]",
			      STR_ARG(rq->headers[i].name), STR_ARG(rq->headers[i].value));
	snprintf(o->text + n, sizeof(o->text) - (size_t)n, " body=%.*s", STR_ARG(body));
}

static void fail_with(struct outcome *o, int status)
{
	snprintf(o->text, sizeof(o->text), status == HTTP_MORE ? "more" : "%d", status);
}

/* Bytes arrive up to each of the given ends, as a socket would bring them. The
 * input is copied to a block of exactly its size, so that an overrun shows. */
static void parse_pieces(struct str in, const size_t *ends, size_t n_ends, struct outcome *o)
{
	struct http_scan scan = { .pos = 0 };
	struct http_head head;
	struct http_body body;
	struct request rq = { .method = HTTP_GET };
	struct buf out = buf_make(limits.body_max + 1);
	bool has_head = false;
	size_t at = 0;
	int status = HTTP_MORE;
	for (size_t i = 0; i < n_ends && status == HTTP_MORE; i++) {
		char *copy = malloc(ends[i] ? ends[i] : 1);
		memcpy(copy, in.p, ends[i]);
		struct str have = { copy, ends[i] };
		if (!has_head) {
			status = http_scan(&scan, have, &limits);
			if (status == HTTP_DONE) {
				struct str raw =
					str_sub(have, scan.leading, scan.pos - scan.leading);
				status = http_parse_head(arena, str_copy(arena, raw), &limits, &rq,
							 &head);
				at = scan.pos;
				has_head = status == HTTP_DONE;
			}
			if (has_head) {
				http_body_init(&body, &head, limits.body_max);
				status = head.framing == HTTP_BODY_NONE ? HTTP_DONE : HTTP_MORE;
			}
		}
		if (has_head && status == HTTP_MORE) {
			size_t used;
			status = http_body_feed(&body, str_from(have, at), &out, &used);
			at += used;
		}
		free(copy);
	}
	o->used = at;
	if (status == HTTP_DONE)
		describe(o, &rq, &head, buf_view(&out));
	else
		fail_with(o, status);
	buf_free(&out);
}

static void parse_whole(const char *text, struct outcome *o)
{
	struct str in = str_of(text);
	parse_pieces(in, &in.n, 1, o);
}

static void expect(const char *text, const char *outcome)
{
	struct outcome o;
	parse_whole(text, &o);
	ck_assert_msg(strcmp(o.text, outcome) == 0, "for %s\n got %s\nwant %s", text, o.text,
		      outcome);
}

static void expect_status(const char *text, int status)
{
	char want[16];
	snprintf(want, sizeof(want), "%d", status);
	expect(text, want);
}

#define H "Host: a\r\n"

START_TEST(requests_are_understood)
{
	expect("GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	       "1 GET path=/ query= host=a ka=1 [Host=a] body=");
	expect("GET /a%20b?x=1?y HTTP/1.1\r\nhost:a:80 \t\r\n\r\n",
	       "1 GET path=/a%20b query=?x=1?y host=a:80 ka=1 [host=a:80] body=");
	expect("GET /? HTTP/1.0\r\n\r\n", "0 GET path=/ query=? host= ka=0 body=");
	expect("GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n",
	       "0 GET path=/ query= host= ka=1 [Connection=x, Keep-Alive] body=");
	expect("GET / HTTP/1.1\r\nHost:\r\nConnection: CLOSE\r\n\r\n",
	       "1 GET path=/ query= host= ka=0 [Host=] [Connection=CLOSE] body=");
	expect("\r\n\r\nOPTIONS * HTTP/1.1\r\n" H "\r\n",
	       "1 OPTIONS path=* query= host=a ka=1 [Host=a] body=");
	expect("GET http://b:1?q HTTP/1.1\r\n" H "\r\n",
	       "1 GET path=/ query=?q host=b:1 ka=1 [Host=a] body=");
	expect("QUERY /x HTTP/1.1\r\n" H "X:\r\n\r\n",
	       "1 QUERY path=/x query= host=a ka=1 [Host=a] [X=] body=");
}
END_TEST

START_TEST(bodies_are_understood)
{
	expect("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc",
	       "1 POST path=/ query= host=a ka=1 [Host=a] [Content-Length=3] body=abc");
	expect("POST / HTTP/1.1\r\n" H "content-length: 0\r\n\r\n",
	       "1 POST path=/ query= host=a ka=1 [Host=a] [content-length=0] body=");
	expect("POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n"
	       "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nT: v\r\n\r\n",
	       "1 POST path=/ query= host=a ka=1 [Host=a] [Transfer-Encoding=Chunked] "
	       "body=abc0123456789");
	expect("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nab", "more");
	expect("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n", "more");
}
END_TEST

START_TEST(smuggling_is_refused)
{
	static const char *const bad[] = {
		"POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length: -3\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Content-Length : 3\r\n\r\n",
		"POST / HTTP/1.1\r\n" H " Content-Length: 3\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "X: y\r\n folded\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n"
		"Transfer-Encoding: chunked\r\n\r\n",
		"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
		"POST / HTTP/1.1\n" H "\n",
		"POST / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\x01\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "X\x80: y\r\n\r\n",
		"POST / HTTP/1.1\r\n" H ": y\r\n\r\n",
		"POST / HTTP/1.1\r\n" H "novalue\r\n\r\n",
		"POST / HTTP/1.1\r\n\r\n",
		"POST / HTTP/1.1\r\n" H H "\r\n",
		"POST / HTTP/1.1\r\nHost: a b\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a,b/\r\n\r\n",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_status(bad[i], 400);
	/* A NUL inside a value. */
	struct outcome o;
	struct str in = STR("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n");
	parse_pieces(in, &in.n, 1, &o);
	ck_assert_str_eq(o.text, "400");
	/* Codings other than chunked, however they are spelled. */
	expect_status("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 501);
	expect_status("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n", 501);
	expect_status("POST / HTTP/1.1\r\n" H "Transfer-Encoding: \"chunked\"\r\n\r\n", 501);
	expect_status("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n", 501);
}
END_TEST

#define CHUNKED "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"

START_TEST(bad_chunks_are_refused)
{
	static const char *const bad[] = {
		CHUNKED "\r\nabc",
		CHUNKED "g\r\n",
		CHUNKED "-1\r\n",
		CHUNKED " 3\r\nabc\r\n",
		CHUNKED "3 \r\nabc\r\n",
		CHUNKED "0x3\r\nabc\r\n",
		CHUNKED "3\nabc\r\n",
		CHUNKED "3\r\nabcd\r\n",
		CHUNKED "3\r\nabc\n",
		CHUNKED "3\r\nabc\rx",
		CHUNKED "3;a\nb\r\nabc\r\n",
		CHUNKED "00000000000000003\r\nabc\r\n",
		CHUNKED "0\r\n folded\r\n\r\n",
		CHUNKED "0\r\nno colon\r\n\r\n",
		CHUNKED "0\r\nT: v\n\r\n",
		CHUNKED "0\r\n\rx",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_status(bad[i], 400);
	expect_status(CHUNKED "ffffffffffffffff\r\n", 413);
	expect_status(CHUNKED "3e9\r\n", 413);
}
END_TEST

START_TEST(request_lines_are_strict)
{
	static const char *const bad[] = {
		"GET  / HTTP/1.1\r\n" H "\r\n",
		"GET / HTTP/1.1 \r\n" H "\r\n",
		" GET / HTTP/1.1\r\n" H "\r\n",
		"GET /\r\n" H "\r\n",
		"GET / http/1.1\r\n" H "\r\n",
		"GET / HTTP/1\r\n" H "\r\n",
		"GET / HTTP/1.10\r\n" H "\r\n",
		"GET /a#b HTTP/1.1\r\n" H "\r\n",
		"GET /a\tb HTTP/1.1\r\n" H "\r\n",
		"GET\t/ HTTP/1.1\r\n" H "\r\n",
		"G(T / HTTP/1.1\r\n" H "\r\n",
		"GET * HTTP/1.1\r\n" H "\r\n",
		"GET a HTTP/1.1\r\n" H "\r\n",
		"GET http:///x HTTP/1.1\r\n" H "\r\n",
		"\x16\x03\x01",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_status(bad[i], 400);
	expect_status("GET / HTTP/2.0\r\n" H "\r\n", 505);
	expect_status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
	expect_status("CONNECT a:1 HTTP/1.1\r\n" H "\r\n", 501);
	expect_status("POST / HTTP/1.1\r\n" H "Expect: magic\r\n\r\n", 417);
}
END_TEST

static void expect_repeated(const char *start, char ch, size_t n, const char *end, int status)
{
	char text[4096];
	size_t at = (size_t)snprintf(text, sizeof(text), "%s", start);
	memset(text + at, ch, n);
	snprintf(text + at + n, sizeof(text) - at - n, "%s", end);
	if (status)
		expect_status(text, status);
	else
		parse_whole(text, &(struct outcome){ .used = 0 });
}

START_TEST(every_size_has_a_limit)
{
	expect_repeated("GET /", 'a', 200, "", 414);
	expect_repeated("GET /", 'a', 200, " HTTP/1.1\r\n" H "\r\n", 414);
	expect_repeated("GET / HTTP/1.1\r\n" H "X: ", 'a', 600, "", 431);
	expect_repeated("GET / HTTP/1.1\r\n" H "X: ", 'a', 600, "\r\n\r\n", 431);
	expect_status("GET / HTTP/1.1\r\n" H "a:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\n\r\n", 431);
	expect("GET / HTTP/1.1\r\n" H "a:\r\nb:\r\nc:\r\nd:\r\ne:\r\n\r\n",
	       "1 GET path=/ query= host=a ka=1 [Host=a] [a=] [b=] [c=] [d=] [e=] body=");
	expect_status("POST / HTTP/1.1\r\n" H "Content-Length: 1001\r\n\r\n", 413);
	expect_status("POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999999999\r\n\r\n",
		      413);
	expect_repeated(CHUNKED "3;", 'x', 300, "", 400);
	expect_status("\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", 400);
}
END_TEST

/* ---- splits ---- */

static const char *const samples[] = {
	"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"\r\n\r\nPOST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
	CHUNKED "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nT: v\r\nU:\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
	"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
	"GET / HTTP/1.1\r\n" H "a:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\n\r\n",
	CHUNKED "3\r\nabcd\r\n0\r\n\r\n",
	CHUNKED "3e8\r\nabc",
	CHUNKED "5\r\nabcde\r\n3e9\r\n",
	"\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",
	"GET http://x/y HTTP/1.1\r\nHost: a\r\n\r\n",
	"\rGET / HTTP/1.1\r\n\r\n",
};

static void expect_same(struct str in, const size_t *ends, size_t n, const struct outcome *whole)
{
	struct outcome o;
	parse_pieces(in, ends, n, &o);
	ck_assert_msg(strcmp(o.text, whole->text) == 0, "split at %zu of %.*s\n got %s\nwant %s",
		      ends[0], STR_ARG(in), o.text, whole->text);
	if (whole->text[0] == '1' || whole->text[0] == '0')
		ck_assert_uint_eq(o.used, whole->used);
}

static void check_splits(struct str in)
{
	struct outcome whole;
	parse_pieces(in, &in.n, 1, &whole);
	for (size_t a = 0; a <= in.n; a++) {
		expect_same(in, (size_t[]){ a, in.n }, 2, &whole);
		for (size_t b = a; b <= in.n; b += 7)
			expect_same(in, (size_t[]){ a, b, in.n }, 3, &whole);
		arena_reset(arena);
	}
	size_t ends[1024];
	for (size_t i = 0; i < in.n; i++)
		ends[i] = i + 1;
	expect_same(in, ends, in.n, &whole);
}

START_TEST(every_split_parses_equally)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		check_splits(str_of(samples[i]));
	/* At the limits themselves. */
	char text[800];
	for (int n = 180; n < 196; n += 3) {
		snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\n" H "\r\n", n, 1);
		check_splits(str_of(text));
	}
	for (int n = 560; n < 580; n += 7) {
		snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" H "X: %0*d\r\n\r\n", n, 1);
		check_splits(str_of(text));
	}
}
END_TEST

START_TEST(headers_are_found_in_any_case)
{
	struct http_head head;
	struct request rq = { .method = HTTP_GET };
	struct str in = STR("GET / HTTP/1.1\r\nHOST: a\r\nPrefer: x\r\nprefer: y\r\n\r\n");
	ck_assert_int_eq(http_parse_head(arena, in, &limits, &rq, &head), HTTP_DONE);
	ck_assert(str_is(request_header(&rq, "Prefer"), "x"));
	ck_assert(str_is(request_header_all(arena, &rq, "Prefer"), "x, y"));
	ck_assert_ptr_null(request_header(&rq, "Accept").p);
	ck_assert_ptr_null(request_header_all(arena, &rq, "Accept").p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("http");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, requests_are_understood);
	tcase_add_test(t, bodies_are_understood);
	tcase_add_test(t, smuggling_is_refused);
	tcase_add_test(t, bad_chunks_are_refused);
	tcase_add_test(t, request_lines_are_strict);
	tcase_add_test(t, every_size_has_a_limit);
	tcase_add_test(t, every_split_parses_equally);
	tcase_add_test(t, headers_are_found_in_any_case);
	suite_add_tcase(s, t);
	return harness_run(s);
}
