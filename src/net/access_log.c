/*
 * Lines gather in one buffer under a short lock; a thread takes the buffer and
 * writes it, at the latest a fifth of a second later.
 */
#include "net/access_log.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "net/metrics.h"
#include "net/request.h"
#include "net/spool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BUFFER_MAX = 1 << 20, LINE_MAX_BYTES = 64 << 10, FLUSH_MS = 200, PATH_MAX_BYTES = 4096 };

struct access_log {
	int fd;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t is_due;
	struct buf filling;
	bool is_ending;
	int dropped; /* metric */
};

/* ---- the writing thread ---- */

static void wait_for_lines(struct access_log *log)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += FLUSH_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	while (!log->is_ending && log->filling.n < BUFFER_MAX / 4)
		if (pthread_cond_timedwait(&log->is_due, &log->lock, &until) != 0)
			return;
}

static void *write_lines(void *arg)
{
	struct access_log *log = arg;
	struct buf writing = buf_make(BUFFER_MAX);
	pthread_mutex_lock(&log->lock);
	while (!log->is_ending || log->filling.n) {
		wait_for_lines(log);
		struct buf full = log->filling;
		log->filling = writing;
		pthread_mutex_unlock(&log->lock);
		if (full.n && write_all(log->fd, full.p, full.n) < 0)
			metrics_add(log->dropped, 1);
		buf_clear(&full);
		writing = full;
		pthread_mutex_lock(&log->lock);
	}
	pthread_mutex_unlock(&log->lock);
	buf_free(&writing);
	return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int dropped_id;

static void register_metric(void)
{
	dropped_id = metrics_counter("bedplate_access_log_dropped_total",
				     "Access log lines that the sink could not take.", "");
}

int access_log_new(struct ctx *c, int fd, struct access_log **ret)
{
	pthread_once(&once, register_metric);
	struct access_log *log = calloc(1, sizeof(*log));
	CHECK(log != NULL);
	*log = (struct access_log){ .fd = fd,
				    .filling = buf_make(BUFFER_MAX),
				    .dropped = dropped_id };
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&log->is_due, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&log->lock, NULL);
	int rc = pthread_create(&log->thread, NULL, write_lines, log);
	if (rc) {
		free(log);
		return err_set(c, "58000", "cannot start the log thread: %s", strerror(rc));
	}
	pthread_setname_np(log->thread, "access-log");
	*ret = log;
	return 0;
}

void access_log_free(struct access_log *log)
{
	if (!log)
		return;
	pthread_mutex_lock(&log->lock);
	log->is_ending = true;
	pthread_cond_signal(&log->is_due);
	pthread_mutex_unlock(&log->lock);
	pthread_join(log->thread, NULL);
	pthread_cond_destroy(&log->is_due);
	pthread_mutex_destroy(&log->lock);
	buf_free(&log->filling);
	free(log);
}

/* ---- a line ---- */

/* Compared without case; a percent-encoded name is no name we know. */
static bool is_secret(struct str name)
{
	static const char *const names[] = {
		"apikey",	 "access_token",    "refresh_token",
		"token",	 "token_hash",	    "code",
		"code_verifier", "password",	    "secret",
		"client_secret", "id_token",	    "provider_token",
		"jwt",		 "signature",	    "key",
		"authorization", "x-amz-signature", "x-amz-security-token",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return false;
}

/* Bytes beyond ASCII percent-encoded, so that a line is always UTF-8. */
static void put_ascii(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];
		if (ch < 0x80)
			buf_char(out, text.p[i]);
		else
			buf_printf(out, "%%%02X", ch);
	}
}

static void put_query(struct buf *out, struct str query)
{
	char sep = '?';
	while (query.p) {
		struct str pair = str_split(&query, '&');
		struct str value = pair;
		struct str name = str_split(&value, '=');
		buf_char(out, sep);
		sep = '&';
		if (value.p && (is_secret(name) || str_chr(name, '%') >= 0)) {
			put_ascii(out, name);
			buf_puts(out, "=***");
		} else {
			put_ascii(out, pair);
		}
	}
}

static void put_time(struct buf *out)
{
	static _Thread_local time_t last;
	static _Thread_local char text[24];
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec != last) {
		struct tm tm;
		gmtime_r(&now.tv_sec, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		last = now.tv_sec;
	}
	char fraction[] = ".000Z\"";
	long ms = now.tv_nsec / 1000000;
	fraction[1] = (char)('0' + ms / 100);
	fraction[2] = (char)('0' + ms / 10 % 10);
	fraction[3] = (char)('0' + ms % 10);
	buf_char(out, '"');
	buf_puts(out, text);
	buf_puts(out, fraction);
}

static void put_member(struct buf *out, const char *key, struct str value)
{
	buf_puts(out, key);
	json_put_string(out, value);
}

static void put_line(struct buf *out, struct buf *path, const struct request *rq, int status,
		     uint64_t bytes, uint64_t duration_us)
{
	put_ascii(path, str_sub(rq->path, 0, PATH_MAX_BYTES));
	put_query(path, rq->query);
	buf_puts(out, "{\"time\":");
	put_time(out);
	put_member(out, ",\"id\":", rq->id);
	put_member(out, ",\"method\":", rq->method_name);
	put_member(out, ",\"path\":", str_sub(buf_view(path), 0, PATH_MAX_BYTES));
	buf_puts(out, ",\"status\":");
	buf_i64(out, status);
	buf_puts(out, ",\"bytes\":");
	buf_i64(out, (int64_t)bytes);
	buf_puts(out, ",\"us\":");
	buf_i64(out, (int64_t)duration_us);
	put_member(out, ",\"peer\":", rq->peer);
	if (rq->role.n)
		put_member(out, ",\"role\":", rq->role);
	buf_puts(out, "}\n");
}

void access_log_add(struct access_log *log, const struct request *rq, int status, uint64_t bytes,
		    uint64_t duration_us)
{
	BUF_CLEANUP struct buf line = buf_make(LINE_MAX_BYTES);
	BUF_CLEANUP struct buf path = buf_make(LINE_MAX_BYTES);
	buf_reserve(&line, 512);
	put_line(&line, &path, rq, status, bytes, duration_us);
	pthread_mutex_lock(&log->lock);
	bool has_room = buf_ok(&line) && log->filling.limit - log->filling.n >= line.n;
	if (has_room)
		buf_put(&log->filling, line.p, line.n);
	bool is_much = log->filling.n >= BUFFER_MAX / 4;
	pthread_mutex_unlock(&log->lock);
	if (is_much)
		pthread_cond_signal(&log->is_due);
	if (!has_room)
		metrics_add(log->dropped, 1);
}
