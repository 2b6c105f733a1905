/* The body: Content-Length or chunks (RFC 9112 7.1), in any split. */
#include "base/buf.h"
#include "net/http_chars.h"
#include "net/http_parse.h"

enum { SIZE_LINE_MAX = 256, SIZE_DIGITS_MAX = 16, TRAILERS_MAX = 8192 };

enum state {
	SIZE,
	EXTENSION,
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER_START,
	TRAILER_NAME,
	TRAILER_VALUE,
	TRAILER_LF,
	END_LF
};

void http_body_init(struct http_body *b, const struct http_head *head, uint64_t body_max)
{
	*b = (struct http_body){ .framing = head->framing, .max = body_max, .state = SIZE };
	if (head->framing == HTTP_BODY_LENGTH)
		b->left = head->content_length;
}

/* Takes body bytes that are due; returns how many. */
static size_t take_data(struct http_body *b, struct str in, struct buf *out)
{
	size_t n = in.n < b->left ? in.n : (size_t)b->left;
	buf_put(out, in.p, n);
	b->left -= n;
	b->total += n;
	return n;
}

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

static int in_size(struct http_body *b, char ch)
{
	int digit = hex_value(ch);
	if (digit >= 0) {
		if (++b->digits > SIZE_DIGITS_MAX)
			return 400;
		b->left = b->left << 4 | (uint64_t)digit;
		return HTTP_MORE;
	}
	if (b->digits == 0)
		return 400;
	if (ch == ';')
		b->state = EXTENSION;
	else if (ch == '\r')
		b->state = SIZE_LF;
	else
		return 400;
	return HTTP_MORE;
}

static int in_extension(struct http_body *b, char ch)
{
	if (ch == '\r')
		b->state = SIZE_LF;
	else if (!http_is(ch, CHAR_FIELD))
		return 400;
	return HTTP_MORE;
}

static int after_size(struct http_body *b, char ch)
{
	if (ch != '\n')
		return 400;
	if (b->left > b->max - b->total)
		return 413;
	b->state = b->left ? DATA : TRAILER_START;
	return HTTP_MORE;
}

static int after_data(struct http_body *b, char ch)
{
	if (b->state == DATA_CR) {
		b->state = DATA_LF;
		return ch == '\r' ? HTTP_MORE : 400;
	}
	b->state = SIZE;
	b->digits = 0;
	b->line = 0;
	return ch == '\n' ? HTTP_MORE : 400;
}

static int in_trailer(struct http_body *b, char ch)
{
	if (++b->trailer > TRAILERS_MAX)
		return 431;
	switch (b->state) {
	case TRAILER_START:
		b->state = ch == '\r' ? END_LF : TRAILER_NAME;
		return ch == '\r' || http_is(ch, CHAR_TOKEN) ? HTTP_MORE : 400;
	case TRAILER_NAME:
		if (ch == ':')
			b->state = TRAILER_VALUE;
		return ch == ':' || http_is(ch, CHAR_TOKEN) ? HTTP_MORE : 400;
	case TRAILER_VALUE:
		if (ch == '\r')
			b->state = TRAILER_LF;
		return ch == '\r' || http_is(ch, CHAR_FIELD) ? HTTP_MORE : 400;
	case TRAILER_LF:
		b->state = TRAILER_START;
		return ch == '\n' ? HTTP_MORE : 400;
	default: /* END_LF */
		return ch == '\n' ? HTTP_DONE : 400;
	}
}

/* One byte of a chunk's frame. */
static int step(struct http_body *b, char ch)
{
	if (b->state <= SIZE_LF && ++b->line > SIZE_LINE_MAX)
		return 400;
	switch (b->state) {
	case SIZE:
		return in_size(b, ch);
	case EXTENSION:
		return in_extension(b, ch);
	case SIZE_LF:
		return after_size(b, ch);
	case DATA_CR:
	case DATA_LF:
		return after_data(b, ch);
	default:
		return in_trailer(b, ch);
	}
}

static int feed_chunks(struct http_body *b, struct str in, struct buf *out, size_t *ret_used)
{
	size_t i = 0;
	int status = HTTP_MORE;
	while (i < in.n && status == HTTP_MORE) {
		if (b->state != DATA) {
			status = step(b, in.p[i++]);
			continue;
		}
		i += take_data(b, str_from(in, i), out);
		if (!b->left)
			b->state = DATA_CR;
	}
	*ret_used = i;
	return status;
}

int http_body_feed(struct http_body *b, struct str in, struct buf *out, size_t *ret_used)
{
	if (b->framing == HTTP_BODY_CHUNKED)
		return feed_chunks(b, in, out, ret_used);
	*ret_used = take_data(b, in, out);
	return b->left ? HTTP_MORE : HTTP_DONE;
}
