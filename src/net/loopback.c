/* One exchange in memory. */
#include "net/loopback.h"

#include "base/arena.h"
#include "base/err.h"
#include "net/http_parse.h"
#include "net/response_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct http_limits limits = {
	.line_max = 16 << 10, .head_max = 64 << 10, .header_count = 100, .body_max = 50u << 20
};

enum { RESPONSE_MAX = 64 << 20 };

struct pass {
	struct ctx c;
	struct request rq;
	struct response rs;
	struct buf body;
};

/* HTTP_DONE, or the status that the server would refuse with. */
static int parse(struct pass *p, struct str in)
{
	struct http_scan scan = { .pos = 0 };
	struct http_head head;
	int status = http_scan(&scan, in, &limits);
	if (status != HTTP_DONE)
		return status == HTTP_MORE ? 400 : status;
	struct str raw = str_sub(in, scan.leading, scan.pos - scan.leading);
	status = http_parse_head(p->c.arena, raw, &limits, &p->rq, &head);
	if (status != HTTP_DONE || head.framing == HTTP_BODY_NONE)
		return status;
	struct http_body body;
	size_t used;
	http_body_init(&body, &head, limits.body_max);
	status = http_body_feed(&body, str_from(in, scan.pos), &p->body, &used);
	return status == HTTP_MORE ? 400 : status;
}

static void answer(struct pass *p, struct http_handler h)
{
	buf_char(&p->body, '\0');
	p->rq.body = (struct str){ p->body.p, p->body.n - 1 };
	if (h.fn(&p->c, &p->rq, &p->rs, h.arg) == 0 && buf_ok(&p->rs.body) &&
	    response_seal(&p->c, &p->rs) == 0)
		return;
	response_clear(&p->rs);
	p->rs.status = 500;
}

static int put_file(struct ctx *c, const struct response *rs, struct buf *out)
{
	char block[8192];
	uint64_t left = rs->file_bytes;
	off_t at = (off_t)rs->file_offset;
	while (left > 0) {
		ssize_t n = pread(rs->file, block, left < sizeof(block) ? left : sizeof(block), at);
		if (n <= 0)
			return err_set(c, "58030", "cannot read a spooled response: %s",
				       n < 0 ? strerror(errno) : "it is short");
		buf_put(out, block, (size_t)n);
		left -= (uint64_t)n;
		at += n;
	}
	return 0;
}

static int render(struct ctx *c, struct pass *p, struct buf *out)
{
	struct render r = { .rq = &p->rq };
	response_render(out, &p->rs, &r);
	if (!response_has_body(&p->rs, &p->rq))
		return 0;
	if (p->rs.file >= 0)
		return put_file(c, &p->rs, out);
	buf_str(out, buf_view(&p->rs.body));
	return 0;
}

int loopback(struct ctx *c, struct http_handler handler, struct str in, struct buf *out)
{
	struct pass p = { .c = { .arena = arena_new(0),
				 .deadline_ns = c->deadline_ns,
				 .request_id = "loopback" },
			  .rq = { .peer = STR("loopback"),
				  .id = STR("loopback"),
				  .version_minor = 1,
				  .is_local = true },
			  .rs = { .status = 200,
				  .body = buf_make(RESPONSE_MAX),
				  .file = -1,
				  .write_max = RESPONSE_MAX,
				  .spool_dir = "/tmp" },
			  .body = buf_make(limits.body_max + 1) };
	p.rs.arena = p.c.arena;
	int status = parse(&p, in);
	if (status == HTTP_DONE)
		answer(&p, handler);
	else
		p.rs.status = status;
	int rc = render(c, &p, out);
	response_clear(&p.rs);
	buf_free(&p.rs.body);
	buf_free(&p.body);
	arena_free(p.c.arena);
	return rc;
}
