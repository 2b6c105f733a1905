/* On whose behalf a request runs: what engines see as role and settings. */
#include "api/rest_int.h"

#include "base/json.h"
#include "value/timezone.h"

#include <stdlib.h>

static void put_member(struct buf *b, struct str name, struct str value, bool is_first)
{
	if (!is_first)
		buf_char(b, ',');
	json_put_string(b, name);
	buf_char(b, ':');
	json_put_string(b, value);
}

/* request.headers: names in lower case, all but Cookie. */
static const char *headers_json(struct ctx *c, const struct request *rq)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	buf_char(&b, '{');
	for (size_t i = 0; i < rq->n_headers; i++) {
		struct str name = str_lower(c->arena, rq->headers[i].name);
		if (!str_is(name, "cookie") && str_is_utf8(rq->headers[i].value))
			put_member(&b, name, rq->headers[i].value, b.n == 1);
	}
	buf_char(&b, '}');
	return buf_dup(c->arena, &b);
}

static const char *cookies_json(struct ctx *c, const struct request *rq)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	struct str cookies = request_header(rq, "Cookie");
	buf_char(&b, '{');
	while (cookies.p) {
		struct str value = str_trim(str_split(&cookies, ';'));
		struct str name = str_split(&value, '=');
		if (name.n && value.p && str_is_utf8(name) && str_is_utf8(value))
			put_member(&b, name, value, b.n == 1);
	}
	buf_char(&b, '}');
	return buf_dup(c->arena, &b);
}

static const char *search_path(struct ctx *c, const struct call *k)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	sql_ident(&b, k->req.schema);
	const struct config_list *extra = &k->api->cfg->api.extra_search_path;
	for (size_t i = 0; i < extra->n; i++) {
		buf_puts(&b, ", ");
		sql_ident(&b, str_of(extra->v[i]));
	}
	return buf_dup(c->arena, &b);
}

/* Prefer: timezone=, for cells that the database has not printed. */
static int session_zone(struct ctx *c, struct call *k)
{
	struct str name = k->req.prefs.timezone;
	if (!name.p || engine_can(k->api->engine, CAP_NATIVE_SQL))
		return 0;
	return tzone_session(c, name, &k->zone);
}

int call_session(struct ctx *c, struct call *k)
{
	struct setting *s = arena_array(c->arena, 4, sizeof(*s));
	s[0] = (struct setting){ "request.method", str_dup(c->arena, k->rq->method_name) };
	s[1] = (struct setting){ "request.path", str_dup(c->arena, k->rq->path) };
	s[2] = (struct setting){ "request.headers", headers_json(c, k->rq) };
	s[3] = (struct setting){ "request.cookies", cookies_json(c, k->rq) };
	k->session = (struct session){
		.role = k->who->role,
		.search_path = search_path(c, k),
		.claims = k->who->claims_json,
		.settings = s,
		.n_settings = 4,
		.timezone =
			k->req.prefs.timezone.p ? str_dup(c->arena, k->req.prefs.timezone) : NULL,
	};
	return session_zone(c, k);
}

size_t call_pre_request(struct ctx *c, const struct call *k, struct step *ret)
{
	const char *name = k->api->cfg->server.pre_request;
	if (!name || !*name || !engine_can(k->api->engine, CAP_FUNCTIONS))
		return 0;
	struct str rest = str_of(name);
	struct str schema = str_split(&rest, '.');
	BUF_CLEANUP struct buf b = buf_make(1024);
	buf_puts(&b, "SELECT ");
	sql_ident(&b, schema);
	if (rest.p) {
		buf_char(&b, '.');
		sql_ident(&b, rest);
	}
	buf_puts(&b, "()");
	*ret = (struct step){ .sql = { buf_dup(c->arena, &b), b.n } };
	return 1;
}
