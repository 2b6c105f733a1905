/* A response sent while its handler runs, at the client's pace. */
#include "net/server_int.h"

enum { CHUNK_HEAD = 20 };

static int gone(struct ctx *c)
{
	return err_set(c, "08006", "the client has closed the connection");
}

/* Sends what is gathered and waits until all of it is taken. */
static int send_all(struct ctx *c, struct exchange *x)
{
	struct conn *k = x->conn;
	if (!k->is_dead && !k->is_blocked && conn_flush(k) < 0)
		k->is_dead = true;
	while (k->is_blocked && !k->is_dead) {
		struct wakeup w;
		wakeup_init(&w);
		x->writable = &w;
		int rc = await_wakeup(c, &w);
		x->writable = NULL;
		TRY(rc);
	}
	return k->is_dead ? gone(c) : 0;
}

void stream_wake(struct exchange *x)
{
	struct wakeup *w = x->writable;
	x->writable = NULL;
	if (w)
		wakeup_fire(w);
}

static void begin(struct exchange *x)
{
	struct conn *k = x->conn;
	bool is_old = x->rq.version_minor == 0;
	k->is_lingering = k->sl->is_draining || x->rs.is_close;
	k->is_closing = k->is_lingering || is_old || !x->head.is_keep_alive;
	struct render r = { .rq = &x->rq,
			    .date = server_date(k->sl),
			    .is_close = k->is_closing,
			    .is_chunked = !is_old,
			    .is_endless = is_old };
	conn_take_output(k);
	response_render(&k->out, &x->rs, &r);
	x->rs.is_streaming = true;
	x->rs.written = 0;
}

static void put_chunk(struct exchange *x, const void *p, size_t n)
{
	struct conn *k = x->conn;
	if (n == 0 || !response_has_body(&x->rs, &x->rq))
		return;
	conn_take_output(k);
	bool is_chunked = x->rq.version_minor > 0;
	if (is_chunked)
		buf_printf(&k->out, "%zx\r\n", n);
	buf_put(&k->out, p, n);
	if (is_chunked)
		buf_put(&k->out, "\r\n", 2);
	x->rs.written += n;
}

int response_stream(struct ctx *c, struct response *rs, const void *p, size_t n)
{
	struct exchange *x = rs->stream;
	const char *at = p;
	if (!x) /* loopback: an ordinary body */
		return response_write(c, rs, p, n);
	if (!rs->is_streaming)
		begin(x);
	while (n > 0) {
		size_t piece = n < BATCH_BYTES / 2 ? n : BATCH_BYTES / 2;
		if (x->conn->out.n + piece + CHUNK_HEAD > BATCH_BYTES)
			TRY(send_all(c, x));
		put_chunk(x, at, piece);
		at += piece;
		n -= piece;
	}
	return x->conn->is_dead ? gone(c) : 0;
}

int response_flush(struct ctx *c, struct response *rs)
{
	struct exchange *x = rs->stream;
	if (!x)
		return 0;
	if (!rs->is_streaming)
		begin(x);
	return send_all(c, x);
}

void stream_end(struct exchange *x)
{
	struct conn *k = x->conn;
	if (x->is_failed) {
		/* The status has been sent: only a cut can tell. */
		k->is_dead = true;
		return;
	}
	conn_take_output(k);
	if (x->rq.version_minor > 0 && response_has_body(&x->rs, &x->rq))
		buf_puts(&k->out, "0\r\n\r\n");
}
