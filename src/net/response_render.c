/* The status line and the headers on the wire. */
#include "net/response_int.h"

#include "net/request.h"

#include <string.h>

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} known[] = {
		{ 100, "Continue" },
		{ 101, "Switching Protocols" },
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 205, "Reset Content" },
		{ 206, "Partial Content" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 402, "Payment Required" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 411, "Length Required" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 425, "Too Early" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == status)
			return known[i].reason;
	return "";
}

bool response_has_body(const struct response *rs, const struct request *rq)
{
	return rq->method != HTTP_HEAD && rs->status >= 200 && rs->status != 204 &&
	       rs->status != 304;
}

uint64_t response_length(const struct response *rs)
{
	return rs->file >= 0 ? rs->file_bytes : rs->body.n;
}

/* Headers that the server alone decides. */
static bool is_reserved(struct str name)
{
	switch (name.n) {
	case 10:
		return str_ieq(name, STR("connection"));
	case 14:
		return str_ieq(name, STR("content-length"));
	case 17:
		return str_ieq(name, STR("transfer-encoding"));
	default:
		return false;
	}
}

static void put_headers(struct buf *out, const struct response *rs)
{
	for (size_t i = 0; i < rs->n_headers; i++) {
		const struct http_header *h = &rs->headers[i];
		if (is_reserved(h->name))
			continue;
		buf_str(out, h->name);
		buf_put(out, ": ", 2);
		buf_str(out, h->value);
		buf_put(out, "\r\n", 2);
	}
}

static void put_length(struct buf *out, const struct response *rs, const struct render *r)
{
	if (r->is_endless)
		return;
	if (r->is_chunked && rs->status != 204 && rs->status != 304) {
		buf_str(out, STR("Transfer-Encoding: chunked\r\n"));
		return;
	}
	uint64_t n = response_length(rs);
	if (!response_has_body(rs, r->rq)) {
		/* Of all heads without a body only HEAD's may tell a length. */
		if (r->rq->method != HTTP_HEAD || rs->status < 200 || rs->status == 204)
			return;
		if (rs->has_length)
			n = rs->length;
		else if (n == 0)
			return;
	}
	buf_str(out, STR("Content-Length: "));
	buf_i64(out, (int64_t)n);
	buf_put(out, "\r\n", 2);
}

static void put_connection(struct buf *out, const struct render *r)
{
	if (r->is_close)
		buf_str(out, STR("Connection: close\r\n"));
	else if (r->rq->version_minor == 0)
		buf_str(out, STR("Connection: keep-alive\r\n"));
}

void response_render(struct buf *out, const struct response *rs, const struct render *r)
{
	if (rs->status == 200) {
		buf_str(out, STR("HTTP/1.1 200 OK\r\n"));
	} else {
		buf_str(out, STR("HTTP/1.1 "));
		buf_i64(out, rs->status);
		buf_char(out, ' ');
		buf_puts(out, http_reason(rs->status));
		buf_put(out, "\r\n", 2);
	}
	buf_str(out, r->date);
	buf_str(out, STR("Server: bedplate\r\n"));
	put_headers(out, rs);
	put_length(out, rs, r);
	put_connection(out, r);
	buf_put(out, "\r\n", 2);
}
