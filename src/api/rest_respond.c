/* What every answer has: negotiation, headers, ranges. */
#include "api/rest_int.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int call_check_preferences(struct ctx *c, const struct call *k)
{
	const struct preferences *p = &k->req.prefs;
	if (!p->invalid.n || p->handling != HANDLING_STRICT)
		return 0;
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	for (size_t i = 0; i < p->invalid.n; i++) {
		buf_puts(&b, i ? ", " : "");
		buf_str(&b, p->invalid.v[i]);
	}
	api_fail(c, ERR_PREFERENCES);
	return err_details(c, "Invalid preferences: %s", buf_dup(c->arena, &b));
}

static bool is_served(enum media_kind kind)
{
	return kind == MEDIA_JSON || kind == MEDIA_ANY || kind == MEDIA_CSV ||
	       kind == MEDIA_OBJECT || kind == MEDIA_ARRAY_STRIPPED;
}

int call_negotiate(struct ctx *c, struct call *k)
{
	for (size_t i = 0; i < k->req.accept.n; i++) {
		struct media m = k->req.accept.v[i];
		if (m.kind == MEDIA_PLAN && k->api->cfg->server.plan_enabled &&
		    engine_can(k->api->engine, CAP_EXPLAIN)) {
			k->explain = m;
			m = media_parse(c->arena, m.plan_for);
		}
		if (!is_served(m.kind))
			continue;
		if (m.kind == MEDIA_ANY)
			m = (struct media){ .kind = MEDIA_JSON };
		k->media = m;
		return 0;
	}
	return call_negotiate_failed(c, k);
}

int call_negotiate_failed(struct ctx *c, const struct call *k)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	for (size_t i = 0; i < k->req.accept.n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", media_name(c->arena, &k->req.accept.v[i]));
	return api_failf(c, ERR_MEDIA_TYPE, "None of these media types are available: %s",
			 buf_dup(c->arena, &b));
}

int singular_error(struct ctx *c, uint64_t rows)
{
	api_fail(c, ERR_SINGULAR);
	return err_details(c, "The result contains %llu rows", (unsigned long long)rows);
}

static void put_legacy(struct buf *b, const struct plan_node *node)
{
	if (node->has_legacy_match) {
		buf_puts(b, b->n ? ", `" : "`");
		buf_str(b, node->name);
		buf_puts(b, "` to `");
		buf_str(b, node->alias);
		buf_char(b, '`');
	}
	for (size_t i = 0; i < node->children.n; i++)
		put_legacy(b, node->children.v[i]);
}

static void warn_legacy(struct ctx *c, struct call *k, const struct plan_node *root)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	put_legacy(&b, root);
	if (b.n)
		response_headerf(k->rs, "Warning",
				 "299 PostgRESTv17 \"Embedded resource was referenced by relation "
				 "name even though it has an alias. This is deprecated and will "
				 "stop working in a future release. Update %s in query string "
				 "filters, orders or limits.\"",
				 buf_dup(c->arena, &b));
}

void respond_common(struct ctx *c, struct call *k, const struct plan_node *root)
{
	response_header(k->rs, "Vary", STR("Accept, Prefer, Range"));
	if (root)
		warn_legacy(c, k, root);
}

void respond_content_type(struct ctx *c, struct call *k)
{
	response_header(k->rs, "Content-Type", str_of(media_content_type(c->arena, &k->media)));
	if (k->req.by_profile)
		response_header(k->rs, "Content-Profile", k->req.schema);
}

void respond_preferences(struct ctx *c, struct call *k, const struct preferences *p)
{
	(void)c;
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	preferences_applied(&b, p);
	if (b.n)
		response_header(k->rs, "Preference-Applied", buf_view(&b));
}

static void put_bounds(struct buf *b, int64_t lower, int64_t upper)
{
	buf_i64(b, lower);
	buf_char(b, '-');
	buf_i64(b, upper);
	buf_char(b, '/');
}

void respond_range(struct call *k, int64_t lower, int64_t upper, bool has_total, int64_t total)
{
	BUF_CLEANUP struct buf b = buf_make(256);
	if ((!has_total || total) && lower <= upper)
		put_bounds(&b, lower, upper);
	else
		buf_puts(&b, "*/");
	if (has_total)
		buf_i64(&b, total);
	else
		buf_char(&b, '*');
	response_header(k->rs, "Content-Range", buf_view(&b));
}

static int override_header(struct ctx *c, struct call *k, const struct json *j)
{
	const struct json *m = j->kind == JSON_OBJECT ? j->child : NULL;
	if (!m || m->next || m->kind != JSON_STRING)
		return api_fail(c, ERR_BAD_GUC_HEADERS);
	response_header_set(k->rs, str_dup(c->arena, m->key), m->text);
	return 0;
}

static int override_headers(struct ctx *c, struct call *k, struct str text)
{
	struct json *list;
	if (json_parse(c, text, (struct json_limits){ 0 }, &list) < 0 || list->kind != JSON_ARRAY) {
		err_clear(c);
		return api_fail(c, ERR_BAD_GUC_HEADERS);
	}
	for (const struct json *j = list->child; j; j = j->next)
		TRY(override_header(c, k, j));
	return 0;
}

int respond_overrides(struct ctx *c, struct call *k, const struct row_sink *s)
{
	int64_t status;
	if (s->headers.p)
		TRY(override_headers(c, k, s->headers));
	if (!s->status.p)
		return 0;
	if (!str_to_i64(s->status, &status) || status < 100 || status > 999)
		return api_fail(c, ERR_BAD_GUC_STATUS);
	response_status(k->rs, (int)status);
	return 0;
}

static void put_stripped(struct buf *b, const struct json *j)
{
	if (j->kind != JSON_OBJECT && j->kind != JSON_ARRAY) {
		json_put(b, j);
		return;
	}
	size_t n = 0;
	buf_char(b, j->kind == JSON_OBJECT ? '{' : '[');
	for (const struct json *m = j->child; m; m = m->next) {
		if (j->kind == JSON_OBJECT && m->kind == JSON_NULL)
			continue;
		if (n++)
			buf_char(b, ',');
		if (j->kind == JSON_OBJECT) {
			json_put_string(b, m->key);
			buf_char(b, ':');
		}
		put_stripped(b, m);
	}
	buf_char(b, j->kind == JSON_OBJECT ? '}' : ']');
}

int respond_strip_nulls(struct ctx *c, struct call *k)
{
	struct json *j;
	bool wanted = k->media.kind == MEDIA_ARRAY_STRIPPED || k->media.is_stripped;
	if (!wanted || !k->rs->body.n)
		return 0;
	struct str text = { buf_dup(c->arena, &k->rs->body), k->rs->body.n };
	TRY(json_parse(c, text, (struct json_limits){ 0 }, &j));
	buf_clear(&k->rs->body);
	put_stripped(&k->rs->body, j);
	return 0;
}

void call_sink(struct ctx *c, const struct call *k, struct row_sink *s, struct buf *body,
	       enum row_format format)
{
	row_sink_init(s, c->arena, body, format, engine_can(k->api->engine, CAP_NATIVE_SQL));
	s->env.zone = k->zone;
}

struct sql_text sql_text_make(struct arena *a)
{
	return (struct sql_text){ .arena = a, .text = buf_make(SQL_TEXT_MAX) };
}

int step_make(struct ctx *c, struct sql_text *t, struct row_sink *sink, struct step *ret)
{
	/* A text that lost a piece must never run: it could be the WHERE. */
	bool is_whole = buf_ok(&t->text);
	if (is_whole)
		*ret = (struct step){ .sql = { buf_dup(t->arena, &t->text), t->text.n },
				      .params = t->params.v,
				      .n_params = t->params.n,
				      .sink = sink ? &sink->sink : NULL };
	buf_free(&t->text);
	return is_whole ? 0 : err_set(c, "54001", "the statement is too long");
}

enum tx_end call_tx_end(const struct call *k)
{
	enum config_tx_end end = k->api->cfg->server.tx_end;
	bool rollback = end == CONFIG_TX_ROLLBACK || end == CONFIG_TX_ROLLBACK_ALLOW_OVERRIDE;
	if (k->req.prefs.tx)
		rollback = k->req.prefs.tx == PREFER_TX_ROLLBACK;
	return rollback ? TX_ROLLBACK : TX_COMMIT;
}

void wrap_open(struct sql_text *t, const struct call *k, bool has_body)
{
	if (!has_body)
		buf_puts(&t->text, "SELECT ''::text");
	else if (k->media.kind == MEDIA_OBJECT)
		buf_puts(&t->text, "SELECT coalesce(json_agg(pgrst_t)->0, 'null')::text");
	else
		buf_puts(&t->text, "SELECT coalesce(json_agg(pgrst_t), '[]')::text");
	buf_puts(&t->text, ", count(pgrst_t), ");
}

void wrap_close(struct sql_text *t)
{
	buf_puts(&t->text, ") pgrst_t");
}

void apply_range(const struct call *k, struct plan_node *root)
{
	bool capped = k->plan.max_rows && root->has_limit;
	if (k->req.has_limit && (!capped || k->req.limit < root->limit)) {
		root->has_limit = true;
		root->limit = k->req.limit;
	}
	root->has_offset = k->req.offset > 0;
	root->offset = k->req.offset;
}

int respond_out_of_bounds(struct ctx *c, struct call *k, int64_t total)
{
	api_fail(c, ERR_INVALID_RANGE);
	err_details(c, "An offset of %lld was requested, but there are only %lld rows.",
		    (long long)k->req.offset, (long long)total);
	api_error_respond(c, k->rs, k->who->is_anonymous, !k->api->cfg->server.minimal_errors);
	err_clear(c);
	respond_range(k, 1, 0, true, total);
	return 0;
}

size_t call_check_deferred(const struct call *k, struct step *ret)
{
	if (call_tx_end(k) != TX_ROLLBACK || !engine_can(k->api->engine, CAP_NATIVE_SQL))
		return 0;
	*ret = (struct step){ .sql = STR("SET CONSTRAINTS ALL IMMEDIATE") };
	return 1;
}

size_t call_overrides_step(struct ctx *c, const struct call *k, struct row_sink *sink,
			   struct step *ret)
{
	if (!engine_can(k->api->engine, CAP_FUNCTIONS))
		return 0;
	call_sink(c, k, sink, NULL, ROWS_VALUES);
	*ret = (struct step){
		.sql = STR("SELECT nullif(current_setting('response.headers', true), ''), "
			   "nullif(current_setting('response.status', true), '')"),
		.sink = &sink->sink
	};
	return 1;
}
