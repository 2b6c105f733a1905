/* Building a response; response_render.c writes it out. */
#include "net/response.h"

#include "base/arena.h"
#include "base/err.h"
#include "net/request.h"
#include "net/response_int.h"
#include "net/spool.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Bytes that response_write() gathers before each write to the file. */
enum { FILE_BLOCK = 256 << 10 };

int response_status(struct response *rs, int status)
{
	rs->status = status;
	return 0;
}

static struct str clean_copy(struct arena *a, struct str value)
{
	char *copy = arena_strndup(a, value.p, value.n);
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
			copy[i] = ' ';
	return (struct str){ copy, value.n };
}

static void grow(struct response *rs)
{
	size_t cap = rs->cap_headers ? rs->cap_headers * 2 : 16;
	struct http_header *h = arena_alloc(rs->arena, cap * sizeof(*h));
	if (rs->n_headers)
		memcpy(h, rs->headers, rs->n_headers * sizeof(*h));
	rs->headers = h;
	rs->cap_headers = cap;
}

void response_header(struct response *rs, const char *name, struct str value)
{
	if (rs->n_headers == rs->cap_headers)
		grow(rs);
	rs->headers[rs->n_headers++] = (struct http_header){
		.name = clean_copy(rs->arena, str_of(name)),
		.value = clean_copy(rs->arena, value),
	};
}

void response_headerf(struct response *rs, const char *name, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *value = arena_vprintf(rs->arena, fmt, ap);
	va_end(ap);
	response_header(rs, name, str_of(value));
}

void response_header_set(struct response *rs, const char *name, struct str value)
{
	size_t kept = 0;
	for (size_t i = 0; i < rs->n_headers; i++)
		if (!str_ieq(rs->headers[i].name, str_of(name)))
			rs->headers[kept++] = rs->headers[i];
	rs->n_headers = kept;
	response_header(rs, name, value);
}

struct str response_header_get(const struct response *rs, const char *name)
{
	for (size_t i = 0; i < rs->n_headers; i++)
		if (str_ieq(rs->headers[i].name, str_of(name)))
			return rs->headers[i].value;
	return (struct str){ NULL, 0 };
}

void response_text(struct response *rs, int status, const char *content_type, struct str body)
{
	rs->status = status;
	response_header_set(rs, "Content-Type", str_of(content_type));
	buf_clear(&rs->body);
	buf_str(&rs->body, body);
}

static void drop_file(struct response *rs)
{
	if (rs->file >= 0)
		close(rs->file);
	spool_release(&rs->spooled);
	rs->file = -1;
	rs->file_offset = rs->file_bytes = 0;
}

void response_file(struct response *rs, int fd, uint64_t offset, uint64_t bytes)
{
	drop_file(rs);
	buf_clear(&rs->body);
	rs->file = fd;
	rs->file_offset = offset;
	rs->file_bytes = bytes;
}

void response_clear(struct response *rs)
{
	drop_file(rs);
	buf_clear(&rs->body);
	rs->status = 200;
	rs->n_headers = 0;
	rs->written = 0;
	rs->has_length = false;
}

/* ---- spooling ---- */

static int disk_error(struct ctx *c)
{
	if (errno == EDQUOT)
		return err_set(c, "53100",
			       "too many large responses are waiting for their clients");
	return err_set(c, errno == ENOSPC ? "53100" : "58030",
		       "could not write a large response to disk: %s", strerror(errno));
}

static int spill(struct ctx *c, struct response *rs)
{
	if (rs->file < 0) {
		rs->file = spool_open(rs->spool_dir);
		if (rs->file < 0)
			return disk_error(c);
	}
	if (spool_add(rs->file, rs->body.p, rs->body.n, &rs->spooled) < 0)
		return disk_error(c);
	rs->file_bytes += rs->body.n;
	buf_clear(&rs->body);
	return 0;
}

int response_write(struct ctx *c, struct response *rs, const void *p, size_t n)
{
	if (n > rs->write_max - rs->written)
		return err_set(c, "54000", "the response exceeds %llu bytes",
			       (unsigned long long)rs->write_max);
	rs->written += n;
	size_t bound = rs->file < 0 ? RESPONSE_SPOOL_BYTES : FILE_BLOCK;
	if (rs->body.n && n > bound - rs->body.n)
		TRY(spill(c, rs));
	if (n > bound) {
		/* A piece larger than the buffer: through it in blocks. */
		const char *at = p;
		while (n > FILE_BLOCK) {
			buf_put(&rs->body, at, FILE_BLOCK);
			TRY(spill(c, rs));
			at += FILE_BLOCK;
			n -= FILE_BLOCK;
		}
		p = at;
	}
	buf_put(&rs->body, p, n);
	return 0;
}

int response_seal(struct ctx *c, struct response *rs)
{
	if (rs->file >= 0 && rs->body.n)
		return spill(c, rs);
	return 0;
}
