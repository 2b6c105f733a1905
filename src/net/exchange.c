/* One request and its answer. */
#include "base/arena.h"
#include "base/check.h"
#include "net/access_log.h"
#include "net/metrics.h"
#include "net/server_int.h"

#include <stdlib.h>
#include <string.h>

enum { KEEP_BODY = 256 << 10, ID_MAX = 128 };

/* ---- leasing ---- */

static void on_done(struct loop_task *t)
{
	struct exchange *x = (struct exchange *)((char *)t - offsetof(struct exchange, done));
	struct conn *k = x->conn;
	x->co = NULL;
	exchange_finish(x);
	if (k->is_dead)
		conn_close(k);
	else
		conn_drive(k);
}

struct exchange *exchange_new(struct conn *k)
{
	struct server_loop *sl = k->sl;
	const struct server_options *o = &sl->s->o;
	struct exchange *x = sl->spare;
	if (x) {
		sl->spare = x->next;
		sl->n_spare--;
	} else {
		x = calloc(1, sizeof(*x));
		CHECK(x != NULL);
		x->c.arena = arena_new(0);
		x->rs.body = buf_make(o->response_max);
		x->body_buf = buf_make(o->body_max + 1);
	}
	x->conn = k;
	x->done.fn = on_done;
	x->is_failed = false;
	x->c = (struct ctx){ .arena = x->c.arena };
	x->rq = (struct request){ .peer = str_of(k->peer), .is_local = k->listen->unix_path };
	x->rs = (struct response){ .status = 200,
				   .arena = x->c.arena,
				   .body = x->rs.body,
				   .file = -1,
				   .write_max = o->write_max,
				   .spool_dir = o->spool_dir,
				   .stream = x };
	return x;
}

static void recycle_buf(struct buf *b)
{
	if (b->cap > KEEP_BODY)
		buf_free(b);
	buf_clear(b);
}

void exchange_free(struct exchange *x)
{
	struct server_loop *sl = x->conn->sl;
	response_clear(&x->rs); /* closes a file that was not handed over */
	x->conn->x = NULL;
	x->conn = NULL;
	if (sl->n_spare >= SPARE_EXCHANGES) {
		arena_free(x->c.arena);
		buf_free(&x->rs.body);
		buf_free(&x->body_buf);
		free(x);
		return;
	}
	arena_reset(x->c.arena);
	recycle_buf(&x->rs.body);
	recycle_buf(&x->body_buf);
	x->next = sl->spare;
	sl->spare = x;
	sl->n_spare++;
}

/* ---- receiving ---- */

static bool is_sane_id(struct str id)
{
	if (id.n == 0 || id.n > ID_MAX)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		char ch = id.p[i];
		bool is_alnum = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
				(ch >= 'A' && ch <= 'Z');
		if (!is_alnum && !strchr("-_.:/+=", ch))
			return false;
	}
	return true;
}

/* splitmix64: distinct for 2^64 requests of a loop; a label, not a secret. */
static struct str make_id(struct exchange *x)
{
	struct server_loop *sl = x->conn->sl;
	uint64_t z = sl->id_state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	char *text = arena_alloc(x->c.arena, 17);
	for (int i = 0; i < 16; i++, z >>= 4)
		text[i] = "0123456789abcdef"[z & 15];
	text[16] = '\0';
	return (struct str){ text, 16 };
}

int exchange_begin(struct exchange *x, struct str head)
{
	struct conn *k = x->conn;
	struct server *s = k->sl->s;
	struct str copy = str_copy(x->c.arena, head);
	int status = http_parse_head(x->c.arena, copy, &s->limits, &x->rq, &x->head);
	if (status != HTTP_DONE)
		return status;
	http_body_init(&x->body, &x->head, s->limits.body_max);
	x->rq.start_ns = k->read_ns;
	struct str id = request_header(&x->rq, "x-request-id");
	x->rq.id = is_sane_id(id) ? str_copy(x->c.arena, id) : make_id(x);
	x->c.request_id = x->rq.id.p;
	return HTTP_DONE;
}

/* ---- answering ---- */

static void run_handler(void *arg)
{
	struct exchange *x = arg;
	const struct http_handler *h = &x->conn->listen->handler;
	if (h->fn(&x->c, &x->rq, &x->rs, h->arg) < 0 || !buf_ok(&x->rs.body) ||
	    (!x->rs.is_streaming && response_seal(&x->c, &x->rs) < 0))
		x->is_failed = true;
	if (x->co)
		loop_defer_task(x->conn->sl->l, &x->done);
}

bool exchange_run(struct exchange *x)
{
	struct conn *k = x->conn;
	uint32_t timeout_ms = k->sl->s->o.request_timeout_ms;
	k->state = CONN_BUSY;
	conn_set_deadline(k, 0);
	if (timeout_ms)
		x->c.deadline_ns = loop_now_ns(k->sl->l) + timeout_ms * 1000000ull;
	if (x->body_buf.n) {
		buf_char(&x->body_buf, '\0');
		x->rq.body = (struct str){ x->body_buf.p, x->body_buf.n - 1 };
	} else {
		x->rq.body = STR("");
	}
	metrics_add(server_metrics()->in_flight, 1);
	x->co = coro_run(k->sl->l, run_handler, x);
	return x->co == NULL;
}

void exchange_overload(struct exchange *x)
{
	metrics_add(server_metrics()->in_flight, 1);
	response_text(&x->rs, 503, "application/json",
		      STR("{\"message\":\"Too many requests are being handled\"}"));
	response_header(&x->rs, "Retry-After", STR("1"));
}

static void put_body(struct conn *k, struct exchange *x)
{
	struct response *rs = &x->rs;
	if (rs->file >= 0) {
		k->file = rs->file;
		k->file_at = rs->file_offset;
		k->file_left = rs->file_bytes;
		k->spooled = rs->spooled;
		rs->file = -1;
		rs->spooled = 0;
	} else if (rs->body.n <= INLINE_BODY) {
		buf_put(&k->out, rs->body.p, rs->body.n);
	} else {
		k->body = rs->body;
		rs->body = buf_make(rs->body.limit);
	}
}

static void fail_response(struct exchange *x)
{
	bool is_too_large = !buf_ok(&x->rs.body);
	response_clear(&x->rs);
	response_text(&x->rs, 500, "application/json",
		      STR("{\"message\":\"The server could not answer this request\"}"));
	if (!is_too_large)
		return;
	buf_clear(&x->rs.body);
	buf_printf(
		&x->rs.body,
		"{\"code\":\"54000\",\"details\":null,\"hint\":\"Ask for fewer rows at a time.\","
		"\"message\":\"The response exceeds %llu bytes\"}",
		(unsigned long long)x->rs.body.limit);
}

static void count_request(struct exchange *x, uint64_t bytes)
{
	const struct server_metrics *m = server_metrics();
	int class = x->rs.status / 100;
	uint64_t us = (loop_clock_ns() - x->rq.start_ns) / 1000;
	metrics_add(m->in_flight, -1);
	metrics_add(m->requests[class > 0 && class < 6 ? class : 5], 1);
	metrics_observe(m->duration, us);
	struct access_log *log = x->conn->sl->s->o.log;
	if (log)
		access_log_add(log, &x->rq, x->rs.status, bytes, us);
}

void conn_take_output(struct conn *k)
{
	if (k->out.p)
		return;
	struct server_loop *sl = k->sl;
	k->out = sl->spare_out.p ? sl->spare_out : buf_make(SIZE_MAX / 2);
	sl->spare_out.p = NULL;
	buf_reserve(&k->out, 4096);
}

/* Puts head and body into the output; returns the body's bytes. */
static uint64_t put_response(struct conn *k, struct exchange *x)
{
	struct render r = { .rq = &x->rq, .date = server_date(k->sl), .is_close = k->is_closing };
	conn_take_output(k);
	response_render(&k->out, &x->rs, &r);
	if (!response_has_body(&x->rs, &x->rq))
		return 0;
	uint64_t bytes = response_length(&x->rs);
	put_body(k, x);
	return bytes;
}

void exchange_finish(struct exchange *x)
{
	struct conn *k = x->conn;
	uint64_t bytes = x->rs.written;
	if (x->rs.is_streaming) {
		stream_end(x);
	} else {
		if (x->is_failed)
			fail_response(x);
		k->is_lingering = k->sl->is_draining || x->rs.is_close; /* more may come */
		k->is_closing = k->is_lingering || !x->head.is_keep_alive;
		bytes = put_response(k, x);
	}
	count_request(x, bytes);
	exchange_free(x);
	k->state = CONN_IDLE;
}
