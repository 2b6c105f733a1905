#include "api/cors.h"

#include "base/buf.h"
#include "config/config.h"
#include "net/request.h"
#include "net/response.h"

static bool is_allowed(struct str origin, const struct config_list *origins)
{
	for (size_t i = 0; i < origins->n; i++)
		if (str_is(origin, origins->v[i]))
			return true;
	return false;
}

/* "*" without a list; with one, the origin itself and credentials. */
static bool put_origin(struct response *rs, struct str origin, const struct config_list *origins)
{
	if (!origins->n) {
		response_header_set(rs, "Access-Control-Allow-Origin", STR("*"));
		return true;
	}
	if (!is_allowed(origin, origins))
		return false;
	response_header_set(rs, "Access-Control-Allow-Origin", origin);
	response_header(rs, "Access-Control-Allow-Credentials", STR("true"));
	return true;
}

static void put_request_headers(struct response *rs, struct str wanted)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	buf_puts(&b, "Authorization");
	while (wanted.p) {
		struct str name = str_trim(str_split(&wanted, ','));
		if (!name.n)
			continue;
		buf_puts(&b, ", ");
		buf_str(&b, name);
	}
	buf_puts(&b, ", Accept, Accept-Language, Content-Language");
	response_header(rs, "Access-Control-Allow-Headers", buf_view(&b));
}

bool cors_preflight(const struct request *rq, struct response *rs,
		    const struct config_list *origins)
{
	struct str origin = request_header(rq, "Origin");
	bool is_preflight = rq->method == HTTP_OPTIONS && origin.p &&
			    request_header(rq, "Access-Control-Request-Method").p;
	if (!is_preflight)
		return false;
	response_status(rs, 200);
	if (!put_origin(rs, origin, origins))
		return true;
	response_header(rs, "Access-Control-Allow-Methods",
			STR("GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"));
	put_request_headers(rs, request_header(rq, "Access-Control-Request-Headers"));
	response_header(rs, "Access-Control-Max-Age", STR("86400"));
	return true;
}

void cors_headers(const struct request *rq, struct response *rs, const struct config_list *origins)
{
	struct str origin = request_header(rq, "Origin");
	if (!origin.p) {
		if (rq->method == HTTP_OPTIONS)
			response_header_set(rs, "Access-Control-Allow-Origin", STR("*"));
		return;
	}
	if (put_origin(rs, origin, origins))
		response_header(rs, "Access-Control-Expose-Headers",
				STR("Content-Encoding, Content-Location, Content-Range, "
				    "Content-Type, Date, Location, Server, Transfer-Encoding, "
				    "Range-Unit"));
}
