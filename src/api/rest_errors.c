#include "api/rest_errors.h"

#include "base/arena.h"
#include "base/json.h"
#include "net/response.h"

#include <stdlib.h>
#include <string.h>

struct api_error_row {
	const char *code;
	int status;
	const char *text;
};

#define API_ERROR(symbol, code, status, text) { code, status, text },
static const struct api_error_row errors[] = {
#include "spec/errors.def"
};

struct state_row {
	const char *prefix;
	int status;
};
#define SQLSTATE_STATUS(prefix, status) { prefix, status },
static const struct state_row states[] = {
#include "spec/errors.def"
};

int api_fail(struct ctx *c, enum api_error e)
{
	return err_set(c, errors[e].code, "%s", errors[e].text);
}

int api_failf(struct ctx *c, enum api_error e, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *text = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	return err_set(c, errors[e].code, "%s", text);
}

static int state_status(const char *code)
{
	int status = 400;
	size_t best = 0;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		size_t n = strlen(states[i].prefix);
		if (n > best && !strncmp(code, states[i].prefix, n)) {
			best = n;
			status = states[i].status;
		}
	}
	return status;
}

static bool is_unknown_role(const struct error *e)
{
	struct str m = str_of(e->message);
	return !strcmp(e->code, "22023") && str_starts(m, STR("role")) &&
	       str_ends(m, STR("does not exist"));
}

int api_error_status(const struct error *e, bool is_anonymous)
{
	if (e->http_status)
		return e->http_status;
	for (size_t i = 0; i < API_ERROR_COUNT; i++)
		if (!strcmp(e->code, errors[i].code))
			return errors[i].status;
	if (!strcmp(e->code, "42501"))
		return is_anonymous ? 401 : 403;
	if (is_unknown_role(e))
		return 401;
	if (!strcmp(e->code, "21000") &&
	    str_ends(str_of(e->message), STR("requires a WHERE clause")))
		return 400;
	if (!strncmp(e->code, "PT", 2)) {
		int status = atoi(e->code + 2);
		return status >= 100 && status <= 599 ? status : 500;
	}
	return state_status(e->code);
}

/* Details of an ambiguous embed are JSON already. */
static void put_text_or_null(struct buf *b, const char *text, bool is_json)
{
	if (!text)
		buf_puts(b, "null");
	else if (is_json)
		buf_puts(b, text);
	else
		json_put_string(b, str_of(text));
}

static void put_error(struct buf *b, const struct error *e, bool is_verbose)
{
	buf_puts(b, "{\"code\":");
	json_put_string(b, str_of(e->code));
	if (is_verbose) {
		buf_puts(b, ",\"details\":");
		put_text_or_null(b, e->details, !strcmp(e->code, "PGRST201"));
		buf_puts(b, ",\"hint\":");
		put_text_or_null(b, e->hint, false);
	}
	buf_puts(b, ",\"message\":");
	put_text_or_null(b, e->message ? e->message : "", false);
	buf_char(b, '}');
}

static const char *text_or_null(struct arena *a, const struct json *obj, const char *key)
{
	const struct json *j = json_get(obj, key);
	return j && j->kind == JSON_STRING ? str_dup(a, j->text) : NULL;
}

static int bad_raise(struct ctx *c, const char *details, const char *hint)
{
	err_clear(c);
	api_fail(c, ERR_RAISE_JSON);
	err_details(c, "%s", details);
	return err_hint(c, "%s", hint);
}

static int bad_raise_message(struct ctx *c, const char *text)
{
	return bad_raise(c, arena_printf(c->arena, "Invalid JSON value for MESSAGE: '%s'", text),
			 "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' "
			 "and optional keys: 'details', 'hint'.");
}

static int bad_raise_detail(struct ctx *c, const char *text)
{
	return bad_raise(c,
			 text ? arena_printf(c->arena, "Invalid JSON value for DETAIL: '%s'", text)
			      : "DETAIL is missing in the RAISE statement",
			 "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' "
			 "and optional key: 'status_text'.");
}

static struct json *parse_object(struct ctx *c, const char *text)
{
	struct json *j;
	if (!text || json_parse(c, str_of(text), (struct json_limits){ 0 }, &j) < 0)
		return NULL;
	return j->kind == JSON_OBJECT ? j : NULL;
}

/* RAISE SQLSTATE 'PGRST': MESSAGE is the body, DETAIL status and headers. */
static const struct json *expand_raise(struct ctx *c)
{
	struct error e = c->err;
	struct json *body = parse_object(c, e.message);
	const char *code = body ? text_or_null(c->arena, body, "code") : NULL;
	const char *message = body ? text_or_null(c->arena, body, "message") : NULL;
	if (!code || !message) {
		bad_raise_message(c, e.message);
		return NULL;
	}
	struct json *detail = parse_object(c, e.details);
	const struct json *headers = json_get(detail, "headers");
	if (!detail || !headers || json_get_i64(detail, "status", 0) <= 0) {
		bad_raise_detail(c, e.details);
		return NULL;
	}
	const char *details = text_or_null(c->arena, body, "details");
	const char *hint = text_or_null(c->arena, body, "hint");
	err_clear(c);
	err_set(c, code, "%s", message);
	err_http(c, (int)json_get_i64(detail, "status", 500));
	if (details)
		err_details(c, "%s", details);
	if (hint)
		err_hint(c, "%s", hint);
	return headers;
}

void api_error_respond(struct ctx *c, struct response *rs, bool is_anonymous, bool is_verbose)
{
	const struct json *raised = !strcmp(c->err.code, "PGRST") ? expand_raise(c) : NULL;
	int status = api_error_status(&c->err, is_anonymous);
	response_clear(rs);
	response_status(rs, status);
	response_header(rs, "Content-Type", STR("application/json; charset=utf-8"));
	response_headerf(rs, "Proxy-Status", "PostgREST; error=%s", c->err.code);
	for (const struct json *h = raised ? raised->child : NULL; h; h = h->next)
		if (h->kind == JSON_STRING)
			response_header_set(rs, str_dup(c->arena, h->key), h->text);
	if (status == 401) {
		bool is_invalid =
			!strcmp(c->err.code, "PGRST301") || !strcmp(c->err.code, "PGRST303");
		if (is_invalid)
			response_headerf(rs, "WWW-Authenticate",
					 "Bearer error=\"invalid_token\", error_description=\"%s\"",
					 c->err.message);
		else
			response_header(rs, "WWW-Authenticate", STR("Bearer"));
	}
	put_error(&rs->body, &c->err, is_verbose);
}
