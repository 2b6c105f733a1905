/* What the headers and the path of a request mean: ranges, preferences, media
 * types, schemas, and bodies. */
#include "api/rest_body.h"
#include "api/rest_fuzzy.h"
#include "api/rest_request.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "harness.h"
#include "net/request.h"

static struct ctx ctx;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
}

static void teardown(void)
{
	arena_free(ctx.arena);
}

static int read_request(enum http_method method, const char *path, const char *query,
			const char *name, const char *value, struct rest_request *ret)
{
	static const char *const schemas[] = { "public", "other" };
	static const char *const methods[] = { "GET",	"HEAD",	  "POST",    "PUT",
					       "PATCH", "DELETE", "OPTIONS", "FOO" };
	struct http_header header = { str_of(name), str_of(value) };
	struct request rq = { .method = method,
			      .method_name = str_of(methods[method]),
			      .path = str_of(path),
			      .query = str_of(query),
			      .headers = &header,
			      .n_headers = name ? 1 : 0 };
	struct rest_request_options o = { .schemas = schemas, .n_schemas = 2, .allow_tx = true };
	return rest_request_read(&ctx, &rq, rq.path, &o, ret);
}

static const struct {
	const char *query, *range;
	bool has_limit;
	int64_t limit, offset;
} ranges[] = {
	{ "", NULL, false, 0, 0 },
	{ "limit=5", NULL, true, 5, 0 },
	{ "limit=5&offset=3", NULL, true, 5, 3 },
	{ "offset=3", NULL, false, 0, 3 },
	{ "limit=0", NULL, true, 0, 0 },
	{ "offset=-3", NULL, false, 0, 0 },
	{ "limit=x", NULL, false, 0, 0 },
	{ "", "0-9", true, 10, 0 },
	{ "", "5-", false, 0, 5 },
	{ "", "items=0-9", false, 0, 0 },
	{ "limit=3", "0-9", true, 3, 0 },
	{ "limit=100", "2-4", true, 3, 2 },
	{ "limit=9223372036854775807&offset=1", NULL, false, 0, 1 },
};

START_TEST(ranges_intersect)
{
	struct rest_request r;
	ck_assert_int_eq(read_request(HTTP_GET, "/t", ranges[_i].query,
				      ranges[_i].range ? "Range" : NULL, ranges[_i].range, &r),
			 0);
	ck_assert_int_eq(r.has_limit, ranges[_i].has_limit);
	ck_assert_int_eq(r.limit, ranges[_i].limit);
	ck_assert_int_eq(r.offset, ranges[_i].offset);
}
END_TEST

static const struct {
	enum http_method method;
	const char *path, *query, *name, *value, *code;
} refused[] = {
	{ HTTP_GET, "/t", "", "Range", "5-2", "PGRST103" },
	{ HTTP_GET, "/t", "limit=-1", NULL, NULL, "PGRST103" },
	{ HTTP_PUT, "/t", "limit=1", NULL, NULL, "PGRST114" },
	{ HTTP_GET, "/t", "", "Accept-Profile", "secret", "PGRST106" },
	{ HTTP_POST, "/t", "", "Content-Profile", "secret", "PGRST106" },
	{ HTTP_GET, "/a/b", "", NULL, NULL, "PGRST125" },
	{ HTTP_GET, "/rpc/a/b", "", NULL, NULL, "PGRST125" },
	{ HTTP_OTHER, "/t", "", NULL, NULL, "PGRST117" },
	{ HTTP_DELETE, "/rpc/f", "", NULL, NULL, "PGRST101" },
	{ HTTP_POST, "/", "", NULL, NULL, "PGRST117" },
	{ HTTP_GET, "/t", "a=eq.%ff", NULL, NULL, "22021" },
	{ HTTP_GET, "/t", "a=eq.%00", NULL, NULL, "22021" },
};

START_TEST(refuses_requests)
{
	struct rest_request r;
	ck_assert_int_eq(read_request(refused[_i].method, refused[_i].path, refused[_i].query,
				      refused[_i].name, refused[_i].value, &r),
			 -1);
	ck_assert_str_eq(ctx.err.code, refused[_i].code);
}
END_TEST

START_TEST(paths_and_profiles)
{
	struct rest_request r;
	ck_assert_int_eq(read_request(HTTP_GET, "/a%20b", "", NULL, NULL, &r), 0);
	ck_assert(str_is(r.target, "a b") && r.action == ACT_READ && str_is(r.schema, "public"));
	ck_assert_int_eq(read_request(HTTP_POST, "/rpc/f", "", "Content-Profile", "other", &r), 0);
	ck_assert(str_is(r.target, "f") && r.action == ACT_CALL && str_is(r.schema, "other"));
	ck_assert_int_eq(read_request(HTTP_HEAD, "/t", "", NULL, NULL, &r), 0);
	ck_assert(r.is_head && r.action == ACT_READ);
	ck_assert_int_eq(read_request(HTTP_GET, "", "", NULL, NULL, &r), 0);
	ck_assert(r.action == ACT_ROOT);
}
END_TEST

static const struct {
	const char *prefer, *applied;
} preferences[] = {
	{ "return=representation", "return=representation" },
	{ "count=exact,  tx=commit ,return=minimal", "return=minimal, count=exact, tx=commit" },
	{ "tx=rollback, tx=commit", "tx=rollback" },
	{ "resolution=merge-duplicates, missing=default",
	  "resolution=merge-duplicates, missing=default" },
	{ "max-affected=5", "" },
	{ "handling=strict, max-affected=5, timezone=UTC",
	  "handling=strict, timezone=UTC, max-affected=5" },
	{ "nonsense", "" },
};

START_TEST(preferences_in_order)
{
	struct rest_request r;
	BUF_CLEANUP struct buf b = buf_make(4096);
	ck_assert_int_eq(read_request(HTTP_POST, "/t", "", "Prefer", preferences[_i].prefer, &r),
			 0);
	preferences_applied(&b, &r.prefs);
	ck_assert_str_eq(buf_dup(ctx.arena, &b), preferences[_i].applied);
}
END_TEST

static const struct {
	const char *accept, *names;
} accepts[] = {
	{ "text/csv", "text/csv; charset=utf-8" },
	{ "text/csv;q=0.5, application/json",
	  "application/json; charset=utf-8 text/csv; charset=utf-8" },
	{ "*/*;q=0.1, text/x", "text/x */*; charset=utf-8" },
	{ "application/vnd.pgrst.object+json;nulls=stripped",
	  "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8" },
	{ "application/vnd.pgrst.array+json", "application/json; charset=utf-8" },
	{ "application/vnd.pgrst.plan+json; for=\"text/csv\"; options=wal|analyze",
	  "application/vnd.pgrst.plan+json; for=\"text/csv\"; options=analyze|wal; "
	  "charset=utf-8" },
};

START_TEST(accept_by_quality)
{
	struct rest_request r;
	BUF_CLEANUP struct buf b = buf_make(4096);
	ck_assert_int_eq(read_request(HTTP_GET, "/t", "", "Accept", accepts[_i].accept, &r), 0);
	for (size_t i = 0; i < r.accept.n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", media_content_type(ctx.arena, &r.accept.v[i]));
	ck_assert_str_eq(buf_dup(ctx.arena, &b), accepts[_i].names);
}
END_TEST

static const struct {
	enum media_kind kind;
	const char *body, *text; /* NULL: refused with PGRST102 */
} bodies[] = {
	{ MEDIA_JSON, "{\"a\":1}", "[{\"a\":1}]" },
	{ MEDIA_JSON, "[]", "[]" },
	{ MEDIA_JSON, "5", "[]" },
	{ MEDIA_JSON, "[1]", NULL },
	{ MEDIA_JSON, "[{\"a\":1},{\"a\":1,\"b\":2}]", NULL },
	{ MEDIA_JSON, "", NULL },
	{ MEDIA_CSV, "a,b\n1,\"x \"\"y\"\"\"\nNULL,\n",
	  "[{\"a\":\"1\",\"b\":\"x \\\"y\\\"\"},{\"a\":null,\"b\":\"\"}]" },
	{ MEDIA_CSV, "a,b\r\n1,2\r\n", "[{\"a\":\"1\",\"b\":\"2\"}]" },
	{ MEDIA_CSV, "a,b\n1\n", NULL },
	{ MEDIA_CSV, "a\n\"1", NULL },
	{ MEDIA_FORM, "a=1+2&b=%41", "[{\"a\":\"1 2\",\"b\":\"A\"}]" },
	{ MEDIA_OCTETS, "x", NULL },
};

START_TEST(bodies_become_rows)
{
	struct payload p;
	struct media m = { .kind = bodies[_i].kind };
	int rc = payload_parse(&ctx, &m, str_of(bodies[_i].body), NULL, &p);
	if (!bodies[_i].text) {
		ck_assert_int_eq(rc, -1);
		ck_assert_str_eq(ctx.err.code, "PGRST102");
		return;
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(str_dup(ctx.arena, p.text), bodies[_i].text);
}
END_TEST

START_TEST(closest_names)
{
	static const char *const names[] = { "projects", "clients", "tasks", "users" };
	ck_assert_str_eq(fuzzy_best(ctx.arena, names, 4, "project", 0.75, false), "projects");
	ck_assert_str_eq(fuzzy_best(ctx.arena, names, 4, "Clients", 0.75, false), "clients");
	ck_assert_ptr_null(fuzzy_best(ctx.arena, names, 4, "zebra", 0.33, false));
	ck_assert_ptr_null(fuzzy_best(ctx.arena, names, 4, "tasks", 0.33, true));
}
END_TEST

#define LOOP(t, name, table) tcase_add_loop_test(t, name, 0, sizeof(table) / sizeof(*(table)))

int main(void)
{
	Suite *s = suite_create("rest_request");
	TCase *t = tcase_create("requests");
	tcase_add_checked_fixture(t, setup, teardown);
	LOOP(t, ranges_intersect, ranges);
	LOOP(t, refuses_requests, refused);
	tcase_add_test(t, paths_and_profiles);
	LOOP(t, preferences_in_order, preferences);
	LOOP(t, accept_by_quality, accepts);
	LOOP(t, bodies_become_rows, bodies);
	tcase_add_test(t, closest_names);
	suite_add_tcase(s, t);
	return harness_run(s);
}
