#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "mail/mailbox_int.h"
#include "net/request.h"
#include "net/response.h"

#include <string.h>
#include <sys/random.h>

/* Made from mailbox_page.html by tools/embed_text.py. */
const char *mailbox_page_html(void);

enum { LIMIT_DEFAULT = 50, ANSWER_MAX = 32 << 20 };

/* One request. */
struct call {
	struct ctx *c;
	struct request *rq;
	struct response *rs;
	struct store *store;
};

static int answer(struct call *k, int status, const char *type, struct str body)
{
	response_text(k->rs, status, type, body);
	return 0;
}

static int answer_text(struct call *k, int status, const char *text)
{
	return answer(k, status, "text/plain; charset=utf-8", str_of(text));
}

static int answer_json(struct call *k, const struct buf *b)
{
	if (!buf_ok(b))
		return answer_text(k, 500, "the answer is too large\n");
	return answer(k, 200, "application/json", str_of(buf_dup(k->c->arena, b)));
}

static int hex(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 32;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

static struct str decode(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool is_hex = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
			      hex(s.p[i + 2]) >= 0;
		char ch = s.p[i] == '+' ? ' ' : s.p[i];
		p[n++] = (char)(is_hex ? hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]) : ch);
		i += is_hex ? 2 : 0;
	}
	return (struct str){ p, n };
}

static struct str parameter(struct call *k, const char *name)
{
	struct str rest = k->rq->query;
	while (rest.p) {
		struct str item = str_split(&rest, '&');
		struct str key = str_split(&item, '=');
		if (str_is(key, name))
			return decode(k->c->arena, item);
	}
	return (struct str){ 0 };
}

static size_t number(struct call *k, const char *name, size_t dflt)
{
	int64_t v;
	return str_to_i64(parameter(k, name), &v) && v >= 0 && v < 1000000 ? (size_t)v : dflt;
}

/* Messages that match (all without a query), one page of them. */
static int answer_list(struct call *k, struct str query)
{
	size_t n, matched = 0, unread = 0, shown = 0;
	size_t start = number(k, "start", 0), limit = number(k, "limit", LIMIT_DEFAULT);
	BUF_CLEANUP struct buf page = buf_make(ANSWER_MAX), b = buf_make(ANSWER_MAX);
	struct item **v = store_list(k->c->arena, k->store, &n);
	for (size_t i = 0; i < n; i++) {
		if (search_matches(k->c->arena, query, v[i])) {
			unread += !v[i]->is_read;
			if (matched++ >= start && shown < limit) {
				buf_puts(&page, shown++ ? "," : "");
				item_put_summary(&page, v[i]);
			}
		}
		store_put_back(k->store, v[i]);
	}
	struct store_counts counts = store_counts(k->store);
	buf_printf(&b,
		   "{\"total\":%llu,\"unread\":%llu,\"count\":%zu,\"messages_count\":%zu,"
		   "\"messages_unread\":%zu,\"start\":%zu,\"tags\":[],\"messages\":[",
		   (unsigned long long)counts.total, (unsigned long long)counts.unread, shown,
		   matched, unread, start);
	buf_str(&b, buf_view(&page));
	buf_puts(&b, "]}");
	return answer_json(k, &b);
}

static int delete_search(struct call *k, struct str query)
{
	size_t n;
	struct item **v = store_list(k->c->arena, k->store, &n);
	for (size_t i = 0; i < n; i++) {
		if (search_matches(k->c->arena, query, v[i]))
			store_delete(k->store, str_of(v[i]->id));
		store_put_back(k->store, v[i]);
	}
	return answer_text(k, 200, "ok");
}

static int on_search(struct call *k)
{
	struct str query = str_trim(parameter(k, "query"));
	if (!query.n)
		return answer_text(k, 400, "Error: no search query");
	return k->rq->method == HTTP_DELETE ? delete_search(k, query) : answer_list(k, query);
}

/* {"IDs":[...], "Read": bool}: those, or all without IDs. */
static int change(struct call *k)
{
	struct json *body = NULL;
	bool is_delete = k->rq->method == HTTP_DELETE;
	if (k->rq->body.n &&
	    json_parse(k->c, k->rq->body, (struct json_limits){ 8, 10000 }, &body) < 0)
		err_clear(k->c);
	if (!body && !is_delete)
		return answer_text(k, 400, "Error: a JSON body is needed");
	const struct json *ids = json_get(body, "IDs");
	bool is_read = json_get_bool(body, "Read", false);
	struct str all = STR("");
	const struct json *id = ids && ids->count ? ids->child : NULL;
	do {
		struct str which = id ? id->text : all;
		if (id && !which.n)
			continue;
		if (is_delete)
			store_delete(k->store, which);
		else
			store_mark(k->store, which, is_read);
	} while (id && (id = id->next));
	return answer_text(k, 200, "ok");
}

static int on_messages(struct call *k)
{
	if (k->rq->method == HTTP_DELETE || k->rq->method == HTTP_PUT)
		return change(k);
	return answer_list(k, STR(""));
}

static int on_info(struct call *k)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	struct store_counts n = store_counts(k->store);
	buf_printf(&b,
		   "{\"Version\":\"bedplate\",\"LatestVersion\":\"bedplate\",\"Database\":\"\","
		   "\"DatabaseSize\":%llu,\"Messages\":%llu,\"Unread\":%llu,\"Tags\":{},"
		   "\"RuntimeStats\":{\"Uptime\":0,\"Memory\":0,\"MessagesDeleted\":%llu,"
		   "\"SMTPAccepted\":%llu,\"SMTPAcceptedSize\":%llu,\"SMTPRejected\":0,"
		   "\"SMTPIgnored\":0}}",
		   (unsigned long long)n.bytes, (unsigned long long)n.total,
		   (unsigned long long)n.unread, (unsigned long long)n.deleted,
		   (unsigned long long)n.accepted, (unsigned long long)n.accepted_bytes);
	return answer_json(k, &b);
}

static int answer_headers(struct call *k, const struct item *item)
{
	size_t n;
	struct str raw = item->raw;
	struct mime_header *v = mime_headers(k->c->arena, &raw, &n);
	BUF_CLEANUP struct buf b = buf_make(ANSWER_MAX);
	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		bool is_seen = false;
		for (size_t j = 0; j < i; j++)
			is_seen = is_seen || str_ieq(v[j].name, v[i].name);
		if (is_seen)
			continue;
		buf_puts(&b, i ? "," : "");
		json_put_string(&b, mime_to_utf8(k->c->arena, v[i].name));
		buf_puts(&b, ":[");
		for (size_t j = i; j < n; j++) {
			if (!str_ieq(v[j].name, v[i].name))
				continue;
			buf_puts(&b, j > i ? "," : "");
			json_put_string(&b, mime_to_utf8(k->c->arena, v[j].value));
		}
		buf_char(&b, ']');
	}
	buf_char(&b, '}');
	return answer_json(k, &b);
}

/* A file is never shown by the browser at this origin. */
static int answer_part(struct call *k, const struct item *item, struct str number_text)
{
	int64_t number;
	if (!str_to_i64(number_text, &number))
		number = 0;
	for (size_t i = 0; i < item->m.n_parts; i++) {
		const struct mime_part *p = &item->m.parts[i];
		if (p->number != number)
			continue;
		response_header(k->rs, "Content-Disposition", STR("attachment"));
		return answer(k, 200, "application/octet-stream", str_copy(k->c->arena, p->body));
	}
	return answer_text(k, 404, "404 page not found\n");
}

static int answer_item(struct call *k, const struct item *item, struct str what)
{
	BUF_CLEANUP struct buf b = buf_make(ANSWER_MAX);
	if (str_is(what, "raw"))
		return answer(k, 200, "text/plain; charset=utf-8",
			      str_copy(k->c->arena, item->raw));
	if (str_is(what, "headers"))
		return answer_headers(k, item);
	if (str_starts(what, STR("part/")))
		return answer_part(k, item, str_from(what, 5));
	if (what.n)
		return answer_text(k, 404, "404 page not found\n");
	item_put_json(&b, item);
	store_mark(k->store, str_of(item->id), true);
	return answer_json(k, &b);
}

static int on_message(struct call *k, struct str path)
{
	struct str id = str_split(&path, '/');
	struct item *item = store_get(k->store, id);
	if (!item)
		return answer_text(k, 404, "404 page not found\n");
	int rc = answer_item(k, item, path);
	store_put_back(k->store, item);
	return rc;
}

/* What a message may do in a browser: nothing but be seen. */
static int on_view(struct call *k, struct str name)
{
	if (!str_ends(name, STR(".html")))
		return answer_text(k, 404, "404 page not found\n");
	struct item *item = store_get(k->store, str_sub(name, 0, name.n - 5));
	if (!item)
		return answer_text(k, 404, "404 page not found\n");
	response_header(k->rs, "Content-Security-Policy",
			STR("sandbox allow-popups allow-popups-to-escape-sandbox; default-src "
			    "'none'; img-src data: http: https:; style-src 'unsafe-inline'; "
			    "font-src data: http: https:; base-uri 'none'; form-action 'none'"));
	struct str html = str_copy(k->c->arena, item->m.html);
	store_put_back(k->store, item);
	const char *page = arena_printf(k->c->arena, "<!DOCTYPE html><base target=\"_blank\">%.*s",
					STR_ARG(html));
	return answer(k, 200, "text/html; charset=utf-8", str_of(page));
}

static int on_page(struct call *k)
{
	unsigned char r[16];
	char nonce[33];
	CHECK(getrandom(r, sizeof(r), 0) == (ssize_t)sizeof(r));
	for (size_t i = 0; i < sizeof(r); i++) {
		nonce[2 * i] = "0123456789abcdef"[r[i] >> 4];
		nonce[2 * i + 1] = "0123456789abcdef"[r[i] & 15];
	}
	nonce[32] = '\0';
	response_headerf(k->rs, "Content-Security-Policy",
			 "default-src 'none'; script-src 'nonce-%s'; style-src 'unsafe-inline'; "
			 "connect-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; "
			 "form-action 'none'; frame-ancestors 'none'",
			 nonce);
	const char *page = mailbox_page_html(), *at = strstr(page, "@NONCE@");
	CHECK(at);
	page = arena_printf(k->c->arena, "%.*s%s%s", (int)(at - page), page, nonce, at + 7);
	return answer(k, 200, "text/html; charset=utf-8", str_of(page));
}

/* A page of another site must not read or delete mail: what a browser sends
 * from elsewhere names its origin, and a name that was made to point here is
 * not this host's. */
static bool is_foreign(const struct request *rq)
{
	struct str origin = request_header(rq, "Origin");
	struct str host = rq->host;
	ptrdiff_t colon = str_chr(host, ':');
	struct str name = colon < 0 ? host : str_sub(host, 0, (size_t)colon);
	bool is_address = name.n > 0;
	for (size_t i = 0; i < name.n; i++)
		is_address =
			is_address && ((name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '.');
	if (!is_address && !str_is(name, "localhost") && !str_is(name, "host.docker.internal"))
		return true;
	return origin.n &&
	       !(str_starts(origin, STR("http://")) && str_eq(str_from(origin, 7), host));
}

static int route(struct call *k)
{
	struct str path = k->rq->path;
	if (str_is(path, "/"))
		return on_page(k);
	if (str_is(path, "/livez") || str_is(path, "/readyz"))
		return answer_text(k, 200, "ok");
	if (str_starts(path, STR("/view/")))
		return on_view(k, str_from(path, 6));
	if (!str_starts(path, STR("/api/v1/")))
		return answer_text(k, 404, "404 page not found\n");
	path = str_from(path, 8);
	if (str_is(path, "messages"))
		return on_messages(k);
	if (str_is(path, "search"))
		return on_search(k);
	if (str_is(path, "info"))
		return on_info(k);
	if (str_is(path, "tags"))
		return answer(k, 200, "application/json", STR("[]"));
	if (str_starts(path, STR("message/")))
		return on_message(k, str_from(path, 8));
	return answer_text(k, 404, "404 page not found\n");
}

int mailbox_handle(struct ctx *c, struct request *rq, struct response *rs, void *arg)
{
	struct call k = { c, rq, rs, arg };
	response_header(rs, "Referrer-Policy", STR("no-referrer"));
	response_header(rs, "X-Content-Type-Options", STR("nosniff"));
	response_header(rs, "Cache-Control", STR("no-store"));
	if (is_foreign(rq))
		return answer_text(&k, 403, "The mailbox answers its own page only.\n");
	return route(&k);
}
