#include "signin/call.h"

#include "base/arena.h"
#include "base/buf.h"
#include "net/request.h"
#include "net/response.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int refuse(struct call *k, int status, const char *code, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *text = arena_vprintf(k->a, fmt, ap);
	va_end(ap);
	err_set(k->c, "AUTH", "%s", text);
	k->c->err.http_status = status;
	k->error_code = code;
	return -1;
}

int refuse_internal(struct call *k, const char *text)
{
	const struct error *e = &k->c->err;
	if (e->code[0])
		fprintf(stderr, "auth: %s %.*s: %s: %s (SQLSTATE %s)%s%s\n",
			k->rq->method_name.p ? str_dup(k->a, k->rq->method_name) : "",
			STR_ARG(k->rq->path), text, e->message, e->code, e->details ? ": " : "",
			e->details ? e->details : "");
	if (err_is(k->c, "57014"))
		return refuse(k, 504, "request_timeout",
			      "Processing this request timed out, please retry after a moment.");
	return refuse(k, 500, "unexpected_failure", "%s", text);
}

const char *body_text(const struct call *k, const char *name)
{
	struct json *v = json_get(k->body, name);
	return v && v->kind == JSON_STRING ? str_dup(k->a, v->text) : "";
}

const char *body_object(struct call *k, const char *name)
{
	struct json *v = json_get(k->body, name);
	if (!v || v->kind != JSON_OBJECT)
		return NULL;
	BUF_CLEANUP struct buf b = buf_make(2 << 20);
	json_put(&b, v);
	return buf_dup(k->a, &b);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *url_decode(struct arena *a, struct str s)
{
	char *out = arena_array(a, s.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && s.n - i > 2) {
			int hi = hex_digit(s.p[i + 1]);
			int lo = hex_digit(s.p[i + 2]);
			if (hi >= 0 && lo >= 0 && (hi || lo)) {
				out[n++] = (char)(hi << 4 | lo);
				i += 2;
				continue;
			}
		}
		out[n++] = s.p[i] == '+' ? ' ' : s.p[i];
	}
	out[n] = 0;
	return out;
}

const char *query_text(const struct call *k, const char *name)
{
	struct str rest = k->rq->query;
	while (rest.p) {
		struct str value = str_split(&rest, '&');
		struct str key = str_split(&value, '=');
		if (str_is(key, name))
			return url_decode(k->a, value.p ? value : STR(""));
	}
	return NULL;
}

int answer(struct call *k, int status, struct str json)
{
	response_text(k->rs, status, "application/json", json);
	return 0;
}

int answer_empty(struct call *k)
{
	return answer(k, 200, STR("{}"));
}

const char *new_uuid(struct arena *a)
{
	unsigned char b[16];
	randombytes_buf(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	const char *hex = hex_of(a, b, sizeof(b));
	return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
			    hex + 20);
}

const char *new_random(struct arena *a, const char *alphabet, size_t n)
{
	uint32_t size = (uint32_t)strlen(alphabet);
	char *out = arena_array(a, n + 1, 1);
	for (size_t i = 0; i < n; i++)
		out[i] = alphabet[randombytes_uniform(size)];
	out[n] = 0;
	return out;
}

bool is_uuid(struct str s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (is_dash ? s.p[i] != '-' : hex_digit(s.p[i]) < 0)
			return false;
	}
	return true;
}

void put_urlencoded(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c | 32) >= 'a' && (c | 32) <= 'z' && c < 128)
			buf_char(b, (char)c);
		else if ((c >= '0' && c <= '9') || (c && strchr("-_.~", c)))
			buf_char(b, (char)c);
		else if (c == ' ')
			buf_char(b, '+');
		else
			buf_printf(b, "%%%02X", c);
	}
}

const char *hex_of(struct arena *a, const unsigned char *p, size_t n)
{
	char *out = arena_array(a, 2 * n + 1, 1);
	sodium_bin2hex(out, 2 * n + 1, p, n);
	return out;
}

int64_t unix_now(void)
{
	return (int64_t)time(NULL);
}

int64_t duration_seconds(const char *text)
{
	int64_t total = 0;
	if (!*text)
		return -1;
	while (*text) {
		char *end;
		double v = strtod(text, &end);
		if (end == text || v < 0 || v > 1e9)
			return -1;
		double unit = *end == 'h' ? 3600 : *end == 's' ? 1 : 0;
		if (*end == 'm')
			unit = end[1] == 's' ? 0.001 : 60;
		if (!strncmp(end, "us", 2) || !strncmp(end, "ns", 2))
			unit = 1e-9;
		if (unit == 0 && !(v == 0 && !*end))
			return -1;
		end += strspn(end, "hmsun");
		total += (int64_t)(v * unit);
		text = end;
	}
	return total;
}
