/* Responses, the loopback, metrics and the access log. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "harness.h"
#include "net/access_log.h"
#include "net/loopback.h"
#include "net/metrics.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static struct ctx ctx;
static struct buf out;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
	out = buf_make(64 << 20);
}

static void teardown(void)
{
	buf_free(&out);
	arena_free(ctx.arena);
}

static int serve(struct ctx *c, struct request *rq, struct response *rs, void *arg)
{
	(void)arg;
	if (str_is(rq->path, "/fail")) {
		buf_puts(&rs->body, "half an answer");
		return err_set(c, "XX000", "no");
	}
	if (str_is(rq->path, "/none"))
		return response_status(rs, 304);
	if (str_is(rq->path, "/length")) {
		rs->has_length = true;
		rs->length = 77;
		return 0;
	}
	response_header(rs, "X-One", STR("1"));
	response_header(rs, "x-one", STR("2"));
	response_header_set(rs, "X-ONE", STR("3\r\nX-Two: 4"));
	response_header(rs, "Content-Length", STR("999"));
	response_headerf(rs, "Content-Range", "%d-%d/*", 0, 4);
	buf_str(&rs->body, rq->body);
	return 0;
}

static const char *ask(const char *request)
{
	buf_clear(&out);
	ck_assert_int_eq(
		loopback(&ctx, (struct http_handler){ serve, NULL }, str_of(request), &out), 0);
	return buf_dup(ctx.arena, &out);
}

START_TEST(response_has_exactly_its_headers)
{
	ck_assert_str_eq(ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
			 "HTTP/1.1 200 OK\r\nServer: bedplate\r\nX-ONE: 3  X-Two: 4\r\n"
			 "Content-Range: 0-4/*\r\nContent-Length: 5\r\n\r\nhello");
	ck_assert_str_eq(ask("GET /fail HTTP/1.1\r\nHost: a\r\n\r\n"),
			 "HTTP/1.1 500 Internal Server Error\r\nServer: bedplate\r\n"
			 "Content-Length: 0\r\n\r\n");
	ck_assert_str_eq(ask("GET /none HTTP/1.1\r\nHost: a\r\n\r\n"),
			 "HTTP/1.1 304 Not Modified\r\nServer: bedplate\r\n\r\n");
	ck_assert_str_eq(ask("HEAD /length HTTP/1.1\r\nHost: a\r\n\r\n"),
			 "HTTP/1.1 200 OK\r\nServer: bedplate\r\nContent-Length: 77\r\n\r\n");
	ck_assert_str_eq(
		ask("bad"),
		"HTTP/1.1 400 Bad Request\r\nServer: bedplate\r\nContent-Length: 0\r\n\r\n");
}
END_TEST

static int serve_pieces(struct ctx *c, struct request *rq, struct response *rs, void *arg)
{
	size_t piece = *(size_t *)arg;
	char *text = arena_zalloc(c->arena, piece);
	for (size_t total = 0; total < 3 << 20; total += piece) {
		memset(text, 'a' + (int)(total / piece % 26), piece);
		TRY(response_write(c, rs, text, piece));
	}
	(void)rq;
	return 0;
}

START_TEST(spooled_body_is_whole)
{
	for (size_t piece = 1000; piece < 3 << 20; piece = piece * 7 + 1) {
		buf_clear(&out);
		struct http_handler h = { serve_pieces, &piece };
		ck_assert_int_eq(loopback(&ctx, h, STR("GET / HTTP/1.0\r\n\r\n"), &out), 0);
		struct str all = buf_view(&out);
		ptrdiff_t head = str_find(all, STR("\r\n\r\n"));
		ck_assert_int_gt(head, 0);
		struct str body = str_from(all, (size_t)head + 4);
		ck_assert_uint_eq(body.n, ((3 << 20) + piece - 1) / piece * piece);
		for (size_t i = 0; i < body.n; i += 997)
			ck_assert_int_eq(body.p[i], 'a' + (int)(i / piece % 26));
	}
}
END_TEST

START_TEST(response_write_has_a_limit)
{
	struct response rs = {
		.arena = ctx.arena, .body = buf_make(100), .file = -1, .write_max = 10
	};
	ck_assert_int_eq(response_write(&ctx, &rs, "0123456789", 10), 0);
	ck_assert_int_eq(response_write(&ctx, &rs, "x", 1), -1);
	ck_assert(err_is(&ctx, "54000"));
	buf_free(&rs.body);
}
END_TEST

START_TEST(spooling_reports_a_missing_folder)
{
	struct response rs = { .arena = ctx.arena,
			       .body = buf_make(4 << 20),
			       .file = -1,
			       .write_max = 4 << 20,
			       .spool_dir = "/does/not/exist" };
	char *large = calloc(1, 2 << 20);
	ck_assert_int_eq(response_write(&ctx, &rs, large, 2 << 20), -1);
	ck_assert(err_is(&ctx, "58030"));
	free(large);
	buf_free(&rs.body);
}
END_TEST

/* ---- metrics ---- */

static int counter, gauge, histogram;

static void *count_much(void *arg)
{
	(void)arg;
	for (int i = 0; i < 1000; i++) {
		metrics_add(counter, 2);
		metrics_add(gauge, i % 2 ? -1 : 1);
		metrics_observe(histogram, (uint64_t)i);
	}
	return NULL;
}

static double half(void *arg)
{
	(void)arg;
	return 0.5;
}

START_TEST(metrics_sum_over_threads)
{
	static const uint32_t bounds[] = { 9, 99 };
	counter = metrics_counter("t_total", "Things.", "kind=\"a\"");
	histogram = metrics_histogram("t_seconds", "Time.", "", bounds, 2, 0.001);
	int other = metrics_counter("t_total", "Things.", "kind=\"b\"");
	gauge = metrics_gauge("t_now", "Now.", "");
	metrics_gauge_fn("t_half", "Asked.", "", half, NULL);
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count_much, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	metrics_add(other, 1);
	ck_assert_int_eq(metrics_value(counter), 8000);
	metrics_print(&out);
	ck_assert_str_eq(buf_dup(ctx.arena, &out),
			 "# HELP t_total Things.\n# TYPE t_total counter\n"
			 "t_total{kind=\"a\"} 8000\nt_total{kind=\"b\"} 1\n"
			 "# HELP t_seconds Time.\n# TYPE t_seconds histogram\n"
			 "t_seconds_bucket{le=\"0.009\"} 40\nt_seconds_bucket{le=\"0.099\"} 400\n"
			 "t_seconds_bucket{le=\"+Inf\"} 4000\nt_seconds_sum 1998\n"
			 "t_seconds_count 4000\n"
			 "# HELP t_now Now.\n# TYPE t_now gauge\nt_now 0\n"
			 "# HELP t_half Asked.\n# TYPE t_half gauge\nt_half 0.5\n");
}
END_TEST

/* ---- access log ---- */

START_TEST(access_log_lines_are_json_without_secrets)
{
	int fds[2];
	struct access_log *log;
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(access_log_new(&ctx, fds[1], &log), 0);
	struct request rq = { .method_name = STR("GET"),
			      .path = STR("/a\"b\xff"),
			      .query = STR("ACCESS_TOKEN=s3cret&x=&password=s3cret&y"),
			      .id = STR("r1"),
			      .peer = STR("::1") };
	access_log_add(log, &rq, 200, 12, 34);
	access_log_free(log);
	char text[2048];
	ssize_t n = read(fds[0], text, sizeof(text));
	ck_assert_int_gt(n, 1);
	struct json *v;
	ck_assert_int_eq(
		json_parse(&ctx, (struct str){ text, (size_t)n }, (struct json_limits){ 0 }, &v),
		0);
	ck_assert(str_is(json_get_str(v, "path", STR("")),
			 "/a\"b%FF?ACCESS_TOKEN=***&x=&password=***&y"));
	ck_assert_int_eq(json_get_i64(v, "us", 0), 34);
	ck_assert_int_eq(json_get_i64(v, "bytes", 0), 12);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("http_server");
	TCase *t = tcase_create("http_server");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, response_has_exactly_its_headers);
	tcase_add_test(t, spooled_body_is_whole);
	tcase_add_test(t, response_write_has_a_limit);
	tcase_add_test(t, spooling_reports_a_missing_folder);
	tcase_add_test(t, metrics_sum_over_threads);
	tcase_add_test(t, access_log_lines_are_json_without_secrets);
	suite_add_tcase(s, t);
	return harness_run(s);
}
