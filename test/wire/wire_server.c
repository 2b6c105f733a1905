/*
 * A small server for the wire tests and the floor measurement: fixed routes, no
 * database. Prints "port N" when it listens; SIGTERM drains it.
 *
 *   wire_server [--port N] [--unix PATH] [--loops N] [--log] [NAME=VALUE ...]
 *
 * NAME is a member of struct server_options (head_timeout_ms, body_max, ...).
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "loop/await.h"
#include "net/access_log.h"
#include "net/metrics.h"
#include "net/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int64_t number_after(struct str query, const char *name, int64_t dflt)
{
	int64_t value = dflt;
	while (query.p) {
		struct str rest = str_split(&query, '&');
		struct str key = str_split(&rest, '=');
		if (str_is(key, name))
			str_to_i64(rest, &value);
	}
	return value;
}

static int echo(struct request *rq, struct response *rs)
{
	response_header(rs, "Content-Type", STR("text/plain"));
	buf_printf(&rs->body, "%.*s %.*s", STR_ARG(rq->method_name), STR_ARG(rq->path));
	if (rq->query.p)
		buf_printf(&rs->body, " ?%.*s", STR_ARG(rq->query));
	buf_printf(&rs->body, "\nhost=%.*s id=%.*s local=%d\n", STR_ARG(rq->host), STR_ARG(rq->id),
		   rq->is_local);
	for (size_t i = 0; i < rq->n_headers; i++)
		buf_printf(&rs->body, "%.*s: %.*s\n", STR_ARG(rq->headers[i].name),
			   STR_ARG(rq->headers[i].value));
	buf_printf(&rs->body, "body %zu\n", rq->body.n);
	buf_str(&rs->body, rq->body);
	return 0;
}

/* ?n=BYTES: a pattern that the client can check; ?memory=1 keeps it in rs->body. */
static int large(struct ctx *c, struct request *rq, struct response *rs)
{
	int64_t left = number_after(rq->query, "n", 1000);
	bool in_memory = number_after(rq->query, "memory", 0) != 0;
	char block[1000];
	for (int i = 0; i < 1000; i++)
		block[i] = (char)('a' + i % 26);
	while (left > 0) {
		size_t n = left < 1000 ? (size_t)left : 1000;
		if (in_memory)
			buf_put(&rs->body, block, n);
		else
			TRY(response_write(c, rs, block, n));
		left -= (int64_t)n;
	}
	return 0;
}

/* ?n=PIECES&bytes=EACH&ms=PAUSE&fail=1 */
static int stream(struct ctx *c, struct request *rq, struct response *rs)
{
	int64_t n = number_after(rq->query, "n", 3), ms = number_after(rq->query, "ms", 0);
	size_t bytes = (size_t)number_after(rq->query, "bytes", 10);
	char *piece = arena_alloc(c->arena, bytes);
	memset(piece, 's', bytes);
	response_header(rs, "Content-Type", STR("text/plain"));
	for (int64_t i = 0; i < n; i++) {
		TRY(response_stream(c, rs, piece, bytes));
		if (ms) {
			TRY(response_flush(c, rs));
			TRY(await_sleep(c, (uint64_t)ms * 1000000));
		}
	}
	if (number_after(rq->query, "fail", 0))
		return err_set(c, "XX000", "failed in the middle");
	return 0;
}

static int answer(struct ctx *c, struct request *rq, struct response *rs, void *arg)
{
	(void)arg;
	rq->role = STR("tester");
	if (str_is(rq->path, "/hello")) {
		response_header(rs, "Content-Type", STR("application/json"));
		buf_str(&rs->body,
			STR("[{\"id\":1,\"title\":\"The first row of a small table\"}]"));
		return 0;
	}
	if (str_is(rq->path, "/echo") || str_is(rq->path, "*"))
		return echo(rq, rs);
	if (str_is(rq->path, "/stream"))
		return stream(c, rq, rs);
	if (str_is(rq->path, "/large"))
		return large(c, rq, rs);
	if (str_is(rq->path, "/sleep")) {
		TRY(await_sleep(c, (uint64_t)number_after(rq->query, "ms", 10) * 1000000));
		buf_str(&rs->body, STR("slept"));
		return 0;
	}
	if (str_is(rq->path, "/empty"))
		return response_status(rs, 204);
	if (str_is(rq->path, "/inject")) {
		response_header(rs, "X-Echo", STR("a\r\nX-Evil: 1"));
		return 0;
	}
	if (str_is(rq->path, "/metrics")) {
		metrics_print(&rs->body);
		return 0;
	}
	if (str_is(rq->path, "/fail"))
		return err_set(c, "XX000", "failed on purpose");
	response_text(rs, 404, "text/plain", STR("not found"));
	return 0;
}

static void set_option(struct server_options *o, const char *name, long value)
{
#define OPTION(member)                                                                             \
	if (strcmp(name, #member) == 0)                                                            \
	o->member = (__typeof__(o->member))value
	OPTION(line_max);
	OPTION(head_max);
	OPTION(header_count);
	OPTION(body_max);
	OPTION(response_max);
	OPTION(write_max);
	OPTION(spool_max);
	OPTION(requests_max);
	OPTION(input_memory_max);
	OPTION(output_memory_max);
	OPTION(connections_max);
	OPTION(head_timeout_ms);
	OPTION(body_timeout_ms);
	OPTION(idle_timeout_ms);
	OPTION(write_timeout_ms);
	OPTION(request_timeout_ms);
	OPTION(drain_timeout_ms);
#undef OPTION
}

static bool parse_args(int argc, char **argv, struct server_options *o)
{
	bool has_log = false;
	for (int i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
			o->listen[0].port = (uint16_t)atoi(argv[++i]);
		} else if (strcmp(argv[i], "--unix") == 0 && i + 1 < argc) {
			o->listen[1] = o->listen[0];
			o->listen[1].unix_path = argv[++i];
			o->n_listen = 2;
		} else if (strcmp(argv[i], "--loops") == 0 && i + 1 < argc) {
			o->loops = atoi(argv[++i]);
		} else if (strcmp(argv[i], "--log") == 0) {
			has_log = true;
		} else if (value) {
			*value = '\0';
			set_option(o, argv[i], atol(value + 1));
		}
	}
	return has_log;
}

int main(int argc, char **argv)
{
	sigset_t ending;
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ending, NULL);

	struct ctx c = { .arena = arena_new(0) };
	struct server_options o = { .n_listen = 1, .listen[0].handler.fn = answer };
	struct access_log *log = NULL;
	struct server *s = NULL;
	if (parse_args(argc, argv, &o) && access_log_new(&c, STDERR_FILENO, &log) < 0)
		return 1;
	o.log = log;
	if (server_start(&c, &o, &s) < 0) {
		fprintf(stderr, "wire_server: %s\n", c.err.message);
		return 1;
	}
	printf("port %u\n", server_port(s, 0));
	fflush(stdout);
	int signal_number;
	sigwait(&ending, &signal_number);
	server_drain(s);
	server_join(s);
	access_log_free(log);
	arena_free(c.arena);
	return 0;
}
