/* POST, PATCH, PUT and DELETE on a relation. */
#include "api/rest_int.h"

#include <string.h>

struct write {
	struct call *k;
	struct plan_node *root; /* of the representation */
	struct write_plan plan;
	struct payload payload;
	bool has_body;
	bool is_made;
	struct row_sink rows; /* representation, key or nothing */
	struct row_sink inserted;
	struct row_sink overrides;
	uint64_t affected;
};

static enum write_kind kind_of(enum rest_action action)
{
	return action == ACT_INSERT   ? WRITE_INSERT
	       : action == ACT_UPDATE ? WRITE_UPDATE
	       : action == ACT_PUT    ? WRITE_PUT
				      : WRITE_DELETE;
}

static int put_key_error(struct ctx *c)
{
	return api_fail(c, ERR_PUT_KEY);
}

/* Runs inside the transaction: an error here rolls it back. */
static int check_affected(struct ctx *c, void *arg, uint64_t affected)
{
	struct write *w = arg;
	if (call_explains(w->k))
		return 0;
	const struct preferences *p = &w->k->req.prefs;
	w->affected = w->plan.returning == WRITE_NOTHING ? affected : w->rows.rows;
	if (w->plan.kind == WRITE_PUT)
		return w->affected == 1 ? 0 : put_key_error(c);
	if (w->k->media.kind == MEDIA_OBJECT && w->affected != 1)
		return singular_error(c, w->affected);
	bool limits = w->plan.kind != WRITE_INSERT && p->has_max_affected &&
		      p->handling == HANDLING_STRICT;
	if (limits && (int64_t)w->affected > p->max_affected) {
		api_fail(c, ERR_MAX_AFFECTED);
		return err_details(c, "The query affects %llu rows",
				   (unsigned long long)w->affected);
	}
	return 0;
}

/* An UPDATE with nothing to set is a SELECT of nothing: there `affected` is 0. */
static void print_write(struct sql_text *t, struct write *w)
{
	bool direct = w->plan.returning != WRITE_ROWS || (!w->is_made && plan_is_flat(w->root));
	if (direct) {
		write_print(t, &w->plan, w->root, true);
		return;
	}
	buf_puts(&t->text, "WITH pgrst_source AS (");
	write_print(t, &w->plan, w->root, false);
	buf_puts(&t->text, ") ");
	if (w->is_made) {
		wrap_open(t, w->k, true);
		buf_puts(&t->text, "NULL, nullif(current_setting('response.headers', true), ''), "
				   "nullif(current_setting('response.status', true), '') FROM (");
	}
	plan_print_select(t, w->root);
	if (w->is_made)
		wrap_close(t);
}

static enum row_format format_of(const struct write *w)
{
	if (call_explains(w->k))
		return ROWS_LINES;
	if (w->plan.returning == WRITE_KEY)
		return ROWS_VALUES;
	if (w->is_made)
		return ROWS_MADE;
	if (w->k->media.kind == MEDIA_CSV)
		return ROWS_CSV;
	return w->k->media.kind == MEDIA_OBJECT ? ROWS_OBJECT : ROWS_JSON;
}

static int insert_count_step(struct ctx *c, const struct call *k, struct write *w, struct step *ret)
{
	struct sql_text t = sql_text_make(c->arena);
	write_print_insert_count(&t, &w->plan);
	call_sink(c, k, &w->inserted, NULL, ROWS_NUMBER);
	return step_make(c, &t, &w->inserted, ret);
}

static int run_write(struct ctx *c, struct call *k, struct write *w)
{
	struct step steps[5];
	size_t n = call_pre_request(c, k, steps);
	if (write_counts_inserts(&w->plan))
		TRY(insert_count_step(c, k, w, &steps[n++]));
	struct sql_text t = sql_text_make(c->arena);
	explain_open(&t, k);
	print_write(&t, w);
	bool has_sink = w->plan.returning != WRITE_NOTHING || call_explains(k);
	if (has_sink)
		call_sink(c, k, &w->rows, &k->rs->body, format_of(w));
	struct step step;
	TRY(step_make(c, &t, has_sink ? &w->rows : NULL, &step));
	step.after = check_affected;
	step.after_arg = w;
	steps[n++] = step;
	if (!w->is_made)
		n += call_overrides_step(c, k, &w->overrides, &steps[n]);
	n += call_check_deferred(k, &steps[n]);
	struct tx_spec spec = { .end = call_tx_end(k) };
	call_mark(k, 2);
	TRY(engine_tx(c, k->api->engine, &k->session, &spec, steps, n));
	call_mark(k, 3);
	if (has_sink && w->plan.returning == WRITE_ROWS)
		row_sink_finish(&w->rows);
	return 0;
}

static void put_query_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
		    (ch >= 'A' && ch <= 'Z') || (ch && strchr("-_.~", ch)))
			buf_char(b, (char)ch);
		else
			buf_printf(b, "%%%02X", ch);
	}
}

static void respond_location(struct call *k, struct write *w)
{
	if (w->plan.returning != WRITE_KEY || w->rows.rows != 1 || !w->rows.values.n)
		return;
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	buf_printf(&b, "/%s", k->rel->name);
	for (size_t i = 0; i < w->rows.values.n; i++) {
		struct str value = w->rows.values.v[i];
		buf_char(&b, i ? '&' : '?');
		put_query_escaped(&b, w->rows.cols[i].name);
		buf_puts(&b, value.p ? "=eq." : "=is.null");
		if (value.p)
			put_query_escaped(&b, value);
	}
	response_header(k->rs, "Location", buf_view(&b));
}

static int insert_status(const struct write *w)
{
	bool merged = w->k->req.prefs.resolution == RESOLUTION_MERGE;
	if (!merged || !write_counts_inserts(&w->plan))
		return 201;
	return w->inserted.number > 0 ? 201 : 200;
}

static int status_of(const struct write *w)
{
	if (w->plan.kind == WRITE_INSERT)
		return insert_status(w);
	if (!w->has_body)
		return 204;
	if (w->plan.kind == WRITE_PUT)
		return w->inserted.number > 0 ? 201 : 200;
	return 200;
}

static void respond_applied(struct ctx *c, struct call *k, const struct write *w)
{
	struct preferences p = k->req.prefs;
	bool is_insert = w->plan.kind == WRITE_INSERT;
	if (!is_insert || (!w->plan.key.n && !k->req.query.has_on_conflict))
		p.resolution = RESOLUTION_NONE;
	if (!is_insert && w->plan.kind != WRITE_UPDATE)
		p.missing = MISSING_NONE;
	if (w->plan.kind != WRITE_UPDATE && w->plan.kind != WRITE_DELETE)
		p.has_max_affected = false;
	respond_preferences(c, k, &p);
}

static void respond_write_range(struct call *k, const struct write *w)
{
	bool counted = k->req.prefs.count == COUNT_EXACT || k->req.prefs.count == COUNT_ESTIMATED;
	int64_t n = (int64_t)w->affected;
	if (w->plan.kind == WRITE_UPDATE)
		respond_range(k, 0, n - 1, counted, n);
	else if (w->plan.kind != WRITE_PUT)
		respond_range(k, 1, 0, counted, n);
}

static int respond_write(struct ctx *c, struct call *k, struct write *w)
{
	response_status(k->rs, status_of(w));
	respond_location(k, w);
	respond_write_range(k, w);
	if (w->has_body)
		respond_content_type(c, k);
	respond_applied(c, k, w);
	respond_common(c, k, w->root);
	if (!w->has_body)
		buf_clear(&k->rs->body);
	TRY(respond_strip_nulls(c, k));
	if (w->overrides.values.n == 2) {
		w->rows.headers = w->overrides.values.v[0];
		w->rows.status = w->overrides.values.v[1];
	}
	return respond_overrides(c, k, &w->rows);
}

static int read_payload(struct ctx *c, struct call *k, struct write *w)
{
	if (w->plan.kind == WRITE_DELETE)
		return 0;
	name_list columns = { 0 };
	bool has_columns = k->req.query.has_columns && w->plan.kind != WRITE_PUT;
	for (size_t i = 0; has_columns && i < k->req.query.columns.n; i++)
		VEC_PUSH(c->arena, &columns, str_dup(c->arena, k->req.query.columns.v[i]));
	TRY(payload_parse(c, &k->req.content_type, k->rq->body, has_columns ? &columns : NULL,
			  &w->payload));
	w->plan.payload = &w->payload;
	return 0;
}

static enum write_returning returning_of(const struct call *k, const struct write *w)
{
	if (k->req.prefs.ret == RETURN_FULL)
		return WRITE_ROWS;
	bool wants_key = k->req.prefs.ret == RETURN_HEADERS && w->plan.kind == WRITE_INSERT;
	return wants_key && w->plan.key.n ? WRITE_KEY : WRITE_NOTHING;
}

int call_write(struct ctx *c, struct call *k)
{
	struct write w = { .k = k };
	w.plan.kind = kind_of(k->req.action);
	w.plan.rel = k->rel;
	w.plan.query = &k->req.query;
	w.plan.resolution = k->req.prefs.resolution;
	w.plan.apply_defaults = k->req.prefs.missing == MISSING_DEFAULT && w.plan.kind != WRITE_PUT;
	TRY(read_payload(c, k, &w));
	TRY(plan_find_relation(c, &k->plan, k->req.target, &k->rel));
	w.plan.rel = k->rel;
	relation_key(k->relations, c->arena, k->rel, &w.plan.key);
	TRY(plan_tree_build(c, &k->plan, k->rel, &k->req.query, PLAN_WRITE, &w.root));
	TRY(write_plan_build(c, &w.plan));
	TRY(call_check_preferences(c, k));
	TRY(call_negotiate(c, k));
	w.plan.returning = returning_of(k, &w);
	w.has_body = w.plan.returning == WRITE_ROWS;
	w.is_made = w.has_body && engine_can(k->api->engine, CAP_JSON_BODY) &&
		    k->media.kind != MEDIA_CSV;
	TRY(run_write(c, k, &w));
	if (call_explains(k))
		return explain_respond(c, k);
	return respond_write(c, k, &w);
}
