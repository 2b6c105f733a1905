/* A connection's output, and its end. */
#include "net/metrics.h"
#include "net/server_int.h"
#include "net/spool.h"

#include "base/check.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SEND_FILE_BYTES = 1 << 20, LINGER_MS = 1500, LINGER_BYTES = 8 << 20 };

bool conn_has_output(const struct conn *k)
{
	return k->out_at < k->out.n || k->body_at < k->body.n || k->file_left > 0;
}

void conn_account(struct conn *k)
{
	struct server_loop *sl = k->sl;
	size_t in = k->in.n + (k->x ? k->x->body_buf.n : 0);
	size_t out = k->is_blocked ? k->out.n + k->body.n : 0;
	sl->held_in += in - k->held_in;
	sl->held_out += out - k->held_out;
	k->held_in = in;
	k->held_out = out;
}

void conn_free_output(struct conn *k)
{
	struct server_loop *sl = k->sl;
	if (!sl->spare_out.p && k->out.p && k->out.cap <= 2 * BATCH_BYTES) {
		sl->spare_out = k->out;
		buf_clear(&sl->spare_out);
		k->out.p = NULL;
	}
	buf_free(&k->out);
	k->out.n = k->out.cap = 0;
	buf_free(&k->body);
	k->out_at = k->body_at = 0;
	if (k->file >= 0)
		close(k->file);
	spool_release(&k->spooled);
	k->file = -1;
	k->file_left = 0;
}

/* Marks n bytes of memory as sent. */
static void take_sent(struct conn *k, size_t n)
{
	size_t head = k->out.n - k->out_at;
	if (head > n)
		head = n;
	k->out_at += head;
	k->body_at += n - head;
}

/* > 0 bytes sent, 0 would block, -1 failed. */
static ssize_t send_some(struct conn *k)
{
	ssize_t n;
	if (k->out_at < k->out.n || k->body_at < k->body.n) {
		struct iovec v[2] = { { k->out.p + k->out_at, k->out.n - k->out_at },
				      { k->body.p + k->body_at, k->body.n - k->body_at } };
		struct msghdr m = { .msg_iov = v, .msg_iovlen = v[1].iov_len ? 2 : 1 };
		n = sendmsg(k->w.fd, &m, MSG_NOSIGNAL | (k->file_left ? MSG_MORE : 0));
		if (n > 0)
			take_sent(k, (size_t)n);
	} else {
		off_t at = (off_t)k->file_at;
		size_t most = k->file_left < SEND_FILE_BYTES ? k->file_left : SEND_FILE_BYTES;
		n = sendfile(k->w.fd, k->file, &at, most);
		if (n == 0)
			return -1; /* the file is shorter than it was */
		if (n > 0) {
			k->file_at += (uint64_t)n;
			k->file_left -= (uint64_t)n;
		}
	}
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return n;
}

/* A large body that the client is slow to take goes to an unlinked file, so
 * that it holds no memory. When that fails it stays in memory. */
static void spill_body(struct conn *k)
{
	size_t left = k->body.n - k->body_at;
	bool is_tight = k->sl->held_out > k->sl->s->o.output_memory_max;
	if (k->file >= 0 || left <= (is_tight ? INLINE_BODY : RESPONSE_SPOOL_BYTES))
		return;
	int fd = spool_open(k->sl->s->o.spool_dir);
	if (fd < 0)
		return;
	if (spool_add(fd, k->body.p + k->body_at, left, &k->spooled) < 0) {
		close(fd);
		spool_release(&k->spooled);
		return;
	}
	k->file = fd;
	k->file_at = 0;
	k->file_left = left;
	buf_free(&k->body);
	k->body_at = 0;
}

static void wait_for_client(struct conn *k)
{
	const struct server_options *o = &k->sl->s->o;
	if (!k->is_blocked) {
		k->is_blocked = true;
		k->write_ns = loop_now_ns(k->sl->l);
		k->write_bytes = 0;
		conn_account(k);
		spill_body(k);
		conn_account(k);
	}
	/* A first pause, and then at least 16 KiB a second. */
	conn_set_deadline(k, k->write_ns + o->write_timeout_ms * 1000000ull +
				     k->write_bytes / 16384 * 1000000000ull);
}

int conn_flush(struct conn *k)
{
	uint64_t sent = 0;
	ssize_t n = 1;
	while (n > 0 && conn_has_output(k)) {
		n = send_some(k);
		if (n > 0)
			sent += (uint64_t)n;
	}
	metrics_add(server_metrics()->bytes_out, (int64_t)sent);
	k->write_bytes += sent;
	if (n < 0)
		return -1;
	if (n == 0) {
		wait_for_client(k);
		return 0;
	}
	if (k->is_blocked && k->state == CONN_BUSY)
		conn_set_deadline(k, 0); /* that of the write */
	k->is_blocked = false;
	conn_free_output(k);
	return 0;
}

void conn_linger(struct conn *k)
{
	k->state = CONN_LINGER;
	k->write_bytes = 0;
	buf_free(&k->in);
	shutdown(k->w.fd, SHUT_WR);
	conn_set_deadline(k, loop_now_ns(k->sl->l) + LINGER_MS * 1000000ull);
	conn_discard(k);
}

void conn_discard(struct conn *k)
{
	while (k->write_bytes < LINGER_BYTES) {
		ssize_t n = recv(k->w.fd, k->sl->read_buf, READ_BYTES, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			break;
		k->write_bytes += (uint64_t)n;
	}
	conn_close(k);
}
