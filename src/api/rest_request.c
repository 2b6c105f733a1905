#include "api/rest_request.h"

#include "api/rest_errors.h"
#include "base/buf.h"
#include "net/request.h"

#include <string.h>

/* Path segments are decoded as form text is, except that '+' stays. */
static struct str decode_segment(struct ctx *c, struct str s)
{
	if (str_chr(s, '%') < 0)
		return s;
	BUF_CLEANUP struct buf b = buf_make(s.n * 3 + 1);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '+')
			buf_puts(&b, "%2B");
		else if (s.p[i] == '&' || s.p[i] == ';' || s.p[i] == '=')
			buf_printf(&b, "%%%02X", (unsigned)s.p[i]);
		else
			buf_char(&b, s.p[i]);
	struct rest_param *params;
	size_t n;
	struct str copy = { buf_dup(c->arena, &b), b.n };
	if (rest_params_split(c, copy, &params, &n) < 0 || n != 1)
		return s;
	return params[0].name;
}

static int read_path(struct ctx *c, struct str path, const struct rest_request_options *o,
		     struct rest_request *r, bool *ret_is_root)
{
	path = str_from(path, str_starts(path, STR("/")));
	*ret_is_root = !path.n;
	if (!path.n)
		return o->is_openapi_off ? api_fail(c, ERR_OPENAPI_OFF) : 0;
	struct str first = str_split(&path, '/');
	if (!path.p) {
		r->target = decode_segment(c, first);
		return 0;
	}
	r->is_rpc = str_is(first, "rpc") && path.n && str_chr(path, '/') < 0;
	if (!r->is_rpc)
		return api_fail(c, ERR_PATH);
	r->target = decode_segment(c, path);
	return 0;
}

static bool is_write_method(enum http_method m)
{
	return m == HTTP_POST || m == HTTP_PUT || m == HTTP_PATCH || m == HTTP_DELETE;
}

static int read_schema(struct ctx *c, const struct request *rq,
		       const struct rest_request_options *o, struct rest_request *r)
{
	struct str profile = request_header(rq, is_write_method(rq->method) ? "Content-Profile"
									    : "Accept-Profile");
	if (!profile.p) {
		r->schema = str_of(o->schemas[0]);
		r->by_profile = o->n_schemas != 1;
		return 0;
	}
	for (size_t i = 0; i < o->n_schemas; i++)
		if (str_is(profile, o->schemas[i])) {
			r->schema = str_of(o->schemas[i]);
			r->by_profile = true;
			return 0;
		}
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	for (size_t i = 0; i < o->n_schemas; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", o->schemas[i]);
	api_failf(c, ERR_UNKNOWN_SCHEMA, "Invalid schema: %.*s", STR_ARG(profile));
	return err_hint(c, "Only the following schemas are exposed: %s", buf_dup(c->arena, &b));
}

static int unsupported(struct ctx *c, const struct request *rq)
{
	return api_failf(c, ERR_METHOD, "Unsupported HTTP method: %.*s", STR_ARG(rq->method_name));
}

static int rpc_action(struct ctx *c, const struct request *rq, struct rest_request *r)
{
	switch (rq->method) {
	case HTTP_GET:
	case HTTP_HEAD:
		r->action = ACT_CALL_GET;
		return 0;
	case HTTP_POST:
		r->action = ACT_CALL;
		return 0;
	case HTTP_OPTIONS:
		r->action = ACT_INFO;
		return 0;
	default:
		return api_failf(c, ERR_RPC_METHOD, "Cannot use the %.*s method on RPC",
				 STR_ARG(rq->method_name));
	}
}

static int read_action(struct ctx *c, const struct request *rq, bool is_root,
		       struct rest_request *r)
{
	static const int actions[] = {
		[HTTP_GET] = ACT_READ,	  [HTTP_HEAD] = ACT_READ,    [HTTP_POST] = ACT_INSERT,
		[HTTP_PUT] = ACT_PUT,	  [HTTP_PATCH] = ACT_UPDATE, [HTTP_DELETE] = ACT_DELETE,
		[HTTP_OPTIONS] = ACT_INFO
	};
	r->is_head = rq->method == HTTP_HEAD;
	if (r->is_rpc)
		return rpc_action(c, rq, r);
	if (rq->method == HTTP_OTHER || (is_root && is_write_method(rq->method)))
		return unsupported(c, rq);
	r->action = (enum rest_action)actions[rq->method];
	if (is_root)
		r->action = r->action == ACT_INFO ? ACT_ROOT_INFO : ACT_ROOT;
	return 0;
}

static int bad_range(struct ctx *c, const char *details)
{
	api_fail(c, ERR_INVALID_RANGE);
	return err_details(c, "%s", details);
}

/* Range: a-b. Anything else is ignored. False when a > b. */
static bool header_range(struct str text, int64_t *lower, int64_t *upper)
{
	struct str rest = text;
	struct str a = str_split(&rest, '-');
	int64_t from, to = INT64_MAX;
	bool has_digits = a.n && a.p[0] >= '0' && a.p[0] <= '9' && rest.p &&
			  (!rest.n || (rest.p[0] >= '0' && rest.p[0] <= '9'));
	if (!has_digits || !str_to_i64(a, &from) || (rest.n && !str_to_i64(rest, &to)))
		return true;
	*lower = from;
	*upper = to;
	return from <= to;
}

static const struct rest_range *top_range(const struct rest_query *q)
{
	for (size_t i = 0; i < q->ranges.n; i++)
		if (!q->ranges.v[i].path.n)
			return &q->ranges.v[i];
	return NULL;
}

/* The intersection of Range (GET only) and limit=/offset=. limit=0 is allowed
 * and stands alone; a negative limit is not. */
static int read_range(struct ctx *c, const struct request *rq, struct rest_request *r)
{
	int64_t lower = 0, upper = INT64_MAX;
	const struct rest_range *q = top_range(&r->query);
	struct str header = request_header(rq, "Range");
	if (rq->method == HTTP_GET && header.p && !header_range(header, &lower, &upper))
		return bad_range(c, "The lower boundary must be lower than or equal to the upper "
				    "boundary in the Range header.");
	if (q && q->has_limit && q->limit < 0)
		return bad_range(c, "Limit should be greater than or equal to zero.");
	if (rq->method == HTTP_PUT && q)
		return api_fail(c, ERR_PUT_RANGE);
	if (q && q->has_offset && q->offset > lower)
		lower = q->offset;
	if (q && q->has_limit) {
		int64_t from = q->has_offset ? q->offset : 0;
		int64_t last;
		if (q->limit == 0) {
			r->has_limit = true;
			return 0;
		}
		if (__builtin_add_overflow(from, q->limit - 1, &last))
			last = INT64_MAX;
		if (last < upper)
			upper = last;
	}
	if (upper < lower)
		return bad_range(c, "Limit should be greater than or equal to zero.");
	r->offset = lower;
	r->has_limit = upper != INT64_MAX;
	r->limit = r->has_limit ? upper - lower + 1 : 0;
	return 0;
}

static void read_preferences(struct ctx *c, const struct request *rq, bool allow_tx,
			     struct preferences *p)
{
	for (size_t i = 0; i < rq->n_headers; i++)
		if (str_ieq(rq->headers[i].name, STR("Prefer")))
			preferences_add(c->arena, p, rq->headers[i].value, allow_tx);
}

int rest_request_read(struct ctx *c, const struct request *rq, struct str path,
		      const struct rest_request_options *o, struct rest_request *ret)
{
	struct rest_request r = { 0 };
	bool is_root;
	TRY(read_path(c, path, o, &r, &is_root));
	TRY(read_schema(c, rq, o, &r));
	TRY(read_action(c, rq, is_root, &r));
	TRY(rest_query_parse(c, rq->query.p ? rq->query : STR(""), r.action == ACT_CALL_GET,
			     &r.query));
	TRY(read_range(c, rq, &r));
	read_preferences(c, rq, o->allow_tx, &r.prefs);
	media_accept(c->arena, request_header_all(c->arena, rq, "Accept"), &r.accept);
	struct str type = request_header(rq, "Content-Type");
	r.content_type = media_parse(c->arena, type.p ? type : STR("application/json"));
	*ret = r;
	return 0;
}
