/* The connection's state machine: reading, deadlines, closing. */
#include "base/arena.h"
#include "base/check.h"
#include "net/access_log.h"
#include "net/metrics.h"
#include "net/server_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEPS_MAX = 16 }; /* reads of one connection in a turn */

/* ---- deadlines ---- */

static uint64_t now(const struct conn *k)
{
	return loop_now_ns(k->sl->l);
}

/* The timer is only ever moved to an earlier time here; a later deadline is
 * seen when it fires. So an ordinary request costs no heap operation. */
void conn_set_deadline(struct conn *k, uint64_t at_ns)
{
	k->deadline_ns = at_ns;
	if (at_ns && (!k->timer.slot || k->timer.at_ns > at_ns))
		timer_start(k->sl->l, &k->timer, at_ns);
}

static void set_idle(struct conn *k)
{
	k->state = CONN_IDLE;
	k->scan = (struct http_scan){ .pos = 0 };
	conn_set_deadline(k, now(k) + k->sl->s->o.idle_timeout_ms * 1000000ull);
}

static void set_body_deadline(struct conn *k)
{
	conn_set_deadline(k, k->body_ns + k->sl->s->o.body_timeout_ms * 1000000ull +
				     k->x->body.total / 16384 * 1000000000ull);
}

static void on_timer(struct timer *t)
{
	struct conn *k = (struct conn *)((char *)t - offsetof(struct conn, timer));
	if (!k->deadline_ns)
		return;
	if (k->deadline_ns > now(k))
		timer_start(k->sl->l, &k->timer, k->deadline_ns);
	else if ((k->state == CONN_HEAD || k->state == CONN_BODY) && !k->is_blocked)
		conn_refuse(k, 408);
	else
		conn_close(k);
}

/* ---- beginning and end ---- */

static void on_ready(struct loop_fd *w, uint32_t events);

static int change(struct ctx *c, struct loop *l, struct loop_fd *w)
{
	return loop_fd_change(c, l, w, w->events);
}

static void watch(struct conn *k, int (*how)(struct ctx *, struct loop *, struct loop_fd *))
{
	struct arena *a = arena_new(256);
	struct ctx c = { .arena = a };
	if (how(&c, k->sl->l, &k->w) < 0)
		conn_close(k);
	arena_free(a);
}

void conn_new(struct server_loop *sl, int fd, int listen_index, const char *peer)
{
	struct conn *k = calloc(1, sizeof(*k));
	CHECK(k != NULL);
	k->w = (struct loop_fd){ .fd = fd,
				 .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				 .on_ready = on_ready };
	k->timer.fn = on_timer;
	k->sl = sl;
	k->listen = &sl->s->o.listen[listen_index];
	k->file = -1;
	k->in = buf_make(SIZE_MAX / 2); /* bounded by head_max and READ_BYTES */
	snprintf(k->peer, sizeof(k->peer), "%s", peer);
	k->next = sl->conns;
	k->at = &sl->conns;
	if (k->next)
		k->next->at = &k->next;
	sl->conns = k;
	sl->n_conns++;
	metrics_add(server_metrics()->accepted, 1);
	metrics_add(server_metrics()->connections, 1);
	set_idle(k);
	watch(k, loop_fd_add);
}

/* Edge triggered: the change makes a pending event come once more. */
static void rearm(struct conn *k)
{
	watch(k, change);
}

void conn_close(struct conn *k)
{
	struct server_loop *sl = k->sl;
	if (k->state == CONN_BUSY) {
		/* The handler's stack is live: it unwinds first. */
		k->is_dead = true;
		if (k->x->co)
			coro_cancel(k->x->co);
		return;
	}
	if (k->x)
		exchange_free(k->x);
	sl->held_in -= k->held_in;
	sl->held_out -= k->held_out;
	timer_stop(sl->l, &k->timer);
	loop_fd_remove(sl->l, &k->w);
	close(k->w.fd);
	conn_free_output(k);
	buf_free(&k->in);
	*k->at = k->next;
	if (k->next)
		k->next->at = k->at;
	free(k);
	metrics_add(server_metrics()->connections, -1);
	if (--sl->n_conns == 0 && sl->is_draining)
		loop_stop(sl->l);
}

/* ---- refusing ---- */

/* Also what never became a request leaves a line. */
static void log_refusal(struct conn *k, int status)
{
	struct access_log *log = k->sl->s->o.log;
	struct request unknown = { .peer = str_of(k->peer) };
	if (log)
		access_log_add(log, k->x ? &k->x->rq : &unknown, status, 0, 0);
}

void conn_refuse(struct conn *k, int status)
{
	struct buf *out = &k->out;
	log_refusal(k, status);
	if (k->x)
		exchange_free(k->x);
	if (!out->p)
		*out = buf_make(SIZE_MAX / 2);
	const char *reason = http_reason(status);
	buf_printf(out, "HTTP/1.1 %d %s\r\n", status, reason);
	buf_str(out, server_date(k->sl));
	buf_printf(out,
		   "Server: bedplate\r\nContent-Type: application/json\r\n"
		   "Content-Length: %zu\r\nConnection: close\r\n\r\n{\"message\":\"%s\"}",
		   strlen(reason) + 14, reason);
	metrics_add(server_metrics()->requests[0], 1);
	k->state = CONN_IDLE;
	k->is_closing = k->is_lingering = true;
	buf_free(&k->in);
	conn_account(k);
	if (conn_flush(k) < 0)
		conn_close(k);
	else if (!k->is_blocked)
		conn_linger(k);
}

/* ---- input ---- */

static bool has_large_output(const struct conn *k)
{
	return k->body.n > 0 || k->file_left > 0 || k->out.n - k->out_at >= BATCH_BYTES;
}

static bool can_take(const struct conn *k)
{
	return k->state <= CONN_BODY && !k->is_blocked && !k->is_closing && !has_large_output(k);
}

/* The body is whole: answer. */
static void run_request(struct conn *k)
{
	bool is_overload = coro_count(k->sl->l) >= k->sl->s->o.requests_max;
	if (is_overload)
		exchange_overload(k->x);
	if (is_overload || exchange_run(k->x))
		exchange_finish(k->x);
}

/* Sends "100 Continue" unless the body has begun to come (RFC 9110 10.1.1). */
static void start_body(struct conn *k, bool has_more)
{
	k->state = CONN_BODY;
	k->body_ns = now(k);
	set_body_deadline(k);
	if (!k->x->head.is_continue || has_more)
		return;
	if (!k->out.p)
		k->out = buf_make(SIZE_MAX / 2);
	buf_puts(&k->out, "HTTP/1.1 100 Continue\r\n\r\n");
}

/* Returns how many bytes were used; a head is used only whole. On a refusal
 * *ret_status tells why. */
static size_t take_head(struct conn *k, struct str in, int *ret_status)
{
	int status = http_scan(&k->scan, in, &k->sl->s->limits);
	if (status == HTTP_MORE) {
		if (k->state == CONN_IDLE)
			conn_set_deadline(k, now(k) + k->sl->s->o.head_timeout_ms * 1000000ull);
		k->state = CONN_HEAD;
		return 0;
	}
	size_t used = k->scan.pos, skipped = k->scan.leading;
	k->scan = (struct http_scan){ .pos = 0 };
	if (status == HTTP_DONE) {
		k->x = exchange_new(k);
		status = exchange_begin(k->x, str_sub(in, skipped, used - skipped));
	}
	if (status != HTTP_DONE) {
		*ret_status = status;
		return 0;
	}
	if (k->x->head.framing == HTTP_BODY_NONE)
		run_request(k);
	else
		start_body(k, in.n > used);
	return used;
}

static size_t take_body(struct conn *k, struct str in, int *ret_status)
{
	size_t used = 0;
	int status = http_body_feed(&k->x->body, in, &k->x->body_buf, &used);
	if (status == HTTP_DONE)
		run_request(k);
	else if (status == HTTP_MORE)
		set_body_deadline(k);
	else
		*ret_status = status;
	return used;
}

/* Uses as much of `in` as the state allows. */
static size_t take_input(struct conn *k, struct str in, int *ret_status)
{
	size_t used = 0;
	while (used < in.n && can_take(k)) {
		struct str rest = str_from(in, used);
		size_t n = k->state == CONN_BODY ? take_body(k, rest, ret_status)
						 : take_head(k, rest, ret_status);
		used += n;
		if (n == 0 || *ret_status)
			break;
	}
	return used;
}

/* Uses bytes just read into the loop's buffer, or kept before, and keeps what
 * is left over. */
static int take_bytes(struct conn *k, struct str fresh)
{
	int status = 0;
	if (k->in.n == 0) {
		size_t used = take_input(k, fresh, &status);
		if (used < fresh.n)
			buf_put(&k->in, fresh.p + used, fresh.n - used);
	} else {
		buf_put(&k->in, fresh.p, fresh.n);
		buf_consume(&k->in, take_input(k, buf_view(&k->in), &status));
	}
	if (k->in.n == 0 && k->in.cap)
		buf_free(&k->in);
	conn_account(k);
	bool is_too_much = k->sl->held_in > k->sl->s->o.input_memory_max && k->held_in > READ_BYTES;
	if (!status && is_too_much && k->state == CONN_BODY)
		return 503;
	return status;
}

/* 1 bytes taken, 0 nothing there, -1 the end; else a status to refuse with. */
static int read_some(struct conn *k)
{
	ssize_t n = recv(k->w.fd, k->sl->read_buf, READ_BYTES, 0);
	if (n < 0 && errno == EINTR)
		return 1;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		k->is_readable = false;
		return 0;
	}
	if (n <= 0)
		return -1;
	/* Edge triggered: a short read has emptied the socket. */
	if (n < READ_BYTES && !k->is_hung_up)
		k->is_readable = false;
	k->read_ns = now(k);
	metrics_add(server_metrics()->bytes_in, n);
	int status = take_bytes(k, (struct str){ k->sl->read_buf, (size_t)n });
	return status ? status : 1;
}

/* Takes bytes kept from before (in state HEAD they wait for more), or reads. */
static int advance(struct conn *k)
{
	if (k->in.n && k->state == CONN_IDLE) {
		int status = take_bytes(k, (struct str){ NULL, 0 });
		return status ? status : 1;
	}
	return k->is_readable ? read_some(k) : 0;
}

/* All is sent that could be: close, wait for the next request, or let things
 * go on by themselves. */
static void settle(struct conn *k)
{
	conn_account(k);
	if (k->state == CONN_BUSY || k->is_blocked)
		return;
	if (!k->is_closing) {
		if (k->state == CONN_IDLE)
			set_idle(k);
		return;
	}
	if (k->is_lingering || k->in.n || k->is_readable)
		conn_linger(k);
	else
		conn_close(k);
}

void conn_drive(struct conn *k)
{
	int step, n = 0;
	do {
		step = can_take(k) ? advance(k) : 0;
		if (step > 1) {
			conn_refuse(k, step);
			return;
		}
		if (step < 0) {
			k->is_closing = true;
			k->is_readable = false;
		}
		if (k->is_dead && k->state != CONN_BUSY) {
			conn_close(k);
			return;
		}
		bool is_due = step != 1 || !can_take(k);
		if (is_due && conn_has_output(k)) {
			if (conn_flush(k) < 0) {
				conn_close(k);
				return;
			}
			step = 1; /* there is room again, unless blocked */
		}
		/* Others' turn: the same event comes again in the next turn. */
		if (++n == STEPS_MAX && step == 1 && can_take(k)) {
			rearm(k);
			return;
		}
	} while (step == 1 && can_take(k));
	settle(k);
}

static void on_ready(struct loop_fd *w, uint32_t events)
{
	struct conn *k = (struct conn *)w;
	if (events & (EPOLLERR | EPOLLHUP)) {
		conn_close(k);
		return;
	}
	if (events & (EPOLLIN | EPOLLRDHUP))
		k->is_readable = true;
	if (events & EPOLLRDHUP)
		k->is_hung_up = true;
	if (k->state == CONN_LINGER) {
		conn_discard(k);
		return;
	}
	if (k->is_blocked && (events & EPOLLOUT) && conn_flush(k) < 0) {
		conn_close(k);
		return;
	}
	if (k->state == CONN_BUSY && !k->is_blocked)
		stream_wake(k->x);
	if (k->state != CONN_BUSY && !k->is_blocked)
		conn_drive(k);
}

void conn_drain(struct conn *k)
{
	char byte;
	if (k->state != CONN_IDLE || conn_has_output(k))
		return;
	/* A request that has arrived is still answered. */
	if (recv(k->w.fd, &byte, 1, MSG_PEEK) <= 0)
		conn_close(k);
}
