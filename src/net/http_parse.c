/* The head: finding its end in any split of its bytes, then parsing it whole. */
#include "net/http_parse.h"

#include "base/arena.h"
#include "net/http_chars.h"

#include <string.h>

enum { LEADING_MAX = 8, METHOD_MAX = 32 };

/* ---- the end of the head ---- */

/*
 * Checks a line that ends before `end` (its LF included), or, when it is not
 * complete, would end after it at the earliest; a limit strikes at the same
 * byte either way.
 */
static int check_limits(const struct http_scan *s, size_t end, const struct http_limits *limits)
{
	if (s->lines == 0 && end - s->leading > limits->line_max)
		return 414;
	if (end - s->leading > limits->head_max)
		return 431;
	return HTTP_MORE;
}

/* One complete line [s->line, s->pos). */
static int scan_line(struct http_scan *s, struct str in, const struct http_limits *limits)
{
	int status = check_limits(s, s->pos, limits);
	if (status)
		return status;
	size_t n = s->pos - s->line;
	if (n < 2 || in.p[s->pos - 2] != '\r')
		return 400;
	bool is_empty = n == 2;
	s->line = s->pos;
	if (!is_empty) {
		s->lines++;
		return s->lines > limits->header_count + 1 ? 431 : HTTP_MORE;
	}
	if (s->lines > 0)
		return HTTP_DONE;
	s->leading = s->pos;
	return s->leading > LEADING_MAX ? 400 : HTTP_MORE;
}

int http_scan(struct http_scan *s, struct str in, const struct http_limits *limits)
{
	while (s->pos < in.n) {
		/* Not a method: a TLS hello, say. No need to wait for a line. */
		if (s->lines == 0 && s->pos == s->leading && !http_is(in.p[s->pos], CHAR_TOKEN) &&
		    in.p[s->pos] != '\r')
			return 400;
		const char *lf = memchr(in.p + s->pos, '\n', in.n - s->pos);
		if (!lf) {
			s->pos = in.n;
			return check_limits(s, s->pos + 1, limits);
		}
		s->pos = (size_t)(lf - in.p) + 1;
		int status = scan_line(s, in, limits);
		if (status != HTTP_MORE)
			return status;
	}
	return HTTP_MORE;
}

/* ---- the request line ---- */

static enum http_method method_of(struct str name)
{
	static const struct {
		const char *name;
		enum http_method method;
	} known[] = { { "GET", HTTP_GET },	  { "HEAD", HTTP_HEAD },
		      { "POST", HTTP_POST },	  { "PUT", HTTP_PUT },
		      { "PATCH", HTTP_PATCH },	  { "DELETE", HTTP_DELETE },
		      { "OPTIONS", HTTP_OPTIONS } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is(name, known[i].name))
			return known[i].method;
	return HTTP_OTHER;
}

static bool all_are(struct str s, int class)
{
	for (size_t i = 0; i < s.n; i++)
		if (!http_is(s.p[i], class))
			return false;
	return true;
}

static int parse_version(struct str text, struct request *rq)
{
	if (text.n != 8 || memcmp(text.p, "HTTP/", 5) != 0 || text.p[6] != '.' || text.p[5] < '0' ||
	    text.p[5] > '9' || text.p[7] < '0' || text.p[7] > '9')
		return 400;
	if (text.p[5] != '1' || text.p[7] > '1')
		return 505;
	rq->version_minor = text.p[7] - '0';
	return 0;
}

/* http://host/path: takes the host away and leaves the path. */
static int strip_authority(struct str *target, struct request *rq)
{
	struct str rest = *target;
	if (rest.n >= 7 && str_ieq(str_sub(rest, 0, 7), STR("http://")))
		rest = str_from(rest, 7);
	else if (rest.n >= 8 && str_ieq(str_sub(rest, 0, 8), STR("https://")))
		rest = str_from(rest, 8);
	else
		return 400;
	size_t n = 0;
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
		n++;
	rq->host = str_sub(rest, 0, n);
	if (n == 0 || !all_are(rq->host, CHAR_HOST))
		return 400;
	*target = str_from(rest, n);
	return 0;
}

static int parse_target(struct str target, struct request *rq)
{
	if (target.n == 0 || !all_are(target, CHAR_TARGET))
		return 400;
	if (target.p[0] != '/' && !str_is(target, "*")) {
		int status = strip_authority(&target, rq);
		if (status)
			return status;
	}
	if (str_is(target, "*") && rq->method != HTTP_OPTIONS)
		return 400;
	ptrdiff_t mark = str_chr(target, '?');
	rq->path = mark < 0 ? target : str_sub(target, 0, (size_t)mark);
	rq->query = mark < 0 ? (struct str){ NULL, 0 } : str_from(target, (size_t)mark + 1);
	if (rq->path.n == 0)
		rq->path = STR("/");
	return 0;
}

static int parse_request_line(struct str line, struct request *rq)
{
	struct str rest = line;
	rq->method_name = str_split(&rest, ' ');
	if (!rest.p || rq->method_name.n == 0 || !all_are(rq->method_name, CHAR_TOKEN))
		return 400;
	struct str target = str_split(&rest, ' ');
	if (!rest.p)
		return 400;
	int status = parse_version(rest, rq);
	if (status)
		return status;
	if (rq->method_name.n > METHOD_MAX || str_is(rq->method_name, "CONNECT"))
		return 501;
	rq->method = method_of(rq->method_name);
	return parse_target(target, rq);
}

/* ---- headers ---- */

/* What the framing headers said. */
struct fields {
	bool has_host, has_length, has_encoding, is_encoding_known;
	bool is_close, is_keep_alive, is_expect_unknown, is_continue;
	bool is_length_huge;
	uint64_t length;
};

static int take_length(struct str value, struct fields *f)
{
	if (f->has_length || value.n == 0)
		return 400;
	f->has_length = true;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return 400;
		f->is_length_huge |= f->length > UINT64_MAX / 10 - 1;
		f->length = f->length * 10 + (uint64_t)(value.p[i] - '0');
	}
	return 0;
}

static void take_connection(struct str value, struct fields *f)
{
	while (value.p) {
		struct str option = str_trim(str_split(&value, ','));
		f->is_close |= str_ieq(option, STR("close"));
		f->is_keep_alive |= str_ieq(option, STR("keep-alive"));
	}
}

/* A header that framing depends on; others pass. */
static int take_field(struct http_header h, struct request *rq, struct fields *f)
{
	if (h.name.n == 4 && str_ieq(h.name, STR("host"))) {
		if (f->has_host || !all_are(h.value, CHAR_HOST))
			return 400;
		f->has_host = true;
		if (!rq->host.p) /* an absolute target has named it already */
			rq->host = h.value;
	} else if (h.name.n == 14 && str_ieq(h.name, STR("content-length"))) {
		return take_length(h.value, f);
	} else if (h.name.n == 17 && str_ieq(h.name, STR("transfer-encoding"))) {
		if (f->has_encoding)
			return 400;
		f->has_encoding = true;
		f->is_encoding_known = str_ieq(h.value, STR("chunked"));
	} else if (h.name.n == 10 && str_ieq(h.name, STR("connection"))) {
		take_connection(h.value, f);
	} else if (h.name.n == 6 && str_ieq(h.name, STR("expect"))) {
		bool is_continue = str_ieq(h.value, STR("100-continue"));
		f->is_continue |= is_continue;
		f->is_expect_unknown |= !is_continue;
	}
	return 0;
}

static int parse_header(struct str line, struct http_header *ret)
{
	size_t n = 0;
	while (n < line.n && http_is(line.p[n], CHAR_TOKEN))
		n++;
	/* Also refuses a folded line and a space before the colon. */
	if (n == 0 || n == line.n || line.p[n] != ':')
		return 400;
	struct str value = str_from(line, n + 1);
	while (value.n && (value.p[0] == ' ' || value.p[0] == '\t'))
		value = str_from(value, 1);
	while (value.n && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t'))
		value.n--;
	if (!all_are(value, CHAR_FIELD))
		return 400;
	*ret = (struct http_header){ .name = str_sub(line, 0, n), .value = value };
	return 0;
}

static int parse_headers(struct str rest, struct request *rq, struct fields *f)
{
	while (rest.n > 2) {
		struct str line = rest;
		line.n = (size_t)str_chr(rest, '\n') - 1;
		rest = str_from(rest, line.n + 2);
		struct http_header *h = &rq->headers[rq->n_headers];
		int status = parse_header(line, h);
		if (!status)
			status = take_field(*h, rq, f);
		if (status)
			return status;
		rq->n_headers++;
	}
	return 0;
}

/* RFC 9112 6.1 and 6.3, without the leniency that request smuggling needs. */
static int decide_framing(const struct request *rq, const struct fields *f,
			  const struct http_limits *limits, struct http_head *ret)
{
	if (f->has_encoding && (f->has_length || rq->version_minor == 0))
		return 400;
	if (rq->version_minor == 1 && !f->has_host)
		return 400;
	if (f->has_encoding && !f->is_encoding_known)
		return 501;
	if (f->is_expect_unknown && rq->version_minor == 1)
		return 417;
	if (f->has_length && (f->is_length_huge || f->length > limits->body_max))
		return 413;
	*ret = (struct http_head){
		.is_keep_alive = !f->is_close && (rq->version_minor == 1 || f->is_keep_alive),
		.is_continue = f->is_continue && rq->version_minor == 1,
	};
	if (f->has_encoding)
		ret->framing = HTTP_BODY_CHUNKED;
	else if (f->length > 0)
		ret->framing = HTTP_BODY_LENGTH;
	ret->content_length = f->length;
	return HTTP_DONE;
}

static size_t count_lines(struct str head)
{
	size_t n = 0;
	const char *end = head.p + head.n;
	for (const char *p = head.p; (p = memchr(p, '\n', (size_t)(end - p)));) {
		n++;
		if (++p == end)
			break;
	}
	return n;
}

int http_parse_head(struct arena *a, struct str head, const struct http_limits *limits,
		    struct request *rq, struct http_head *ret)
{
	struct str line = str_sub(head, 0, (size_t)str_chr(head, '\n') - 1);
	int status = parse_request_line(line, rq);
	if (status)
		return status;
	rq->headers = arena_alloc(a, count_lines(head) * sizeof(*rq->headers));
	rq->n_headers = 0;
	struct fields f = { .has_host = false };
	status = parse_headers(str_from(head, line.n + 2), rq, &f);
	if (status)
		return status;
	return decide_framing(rq, &f, limits, ret);
}
