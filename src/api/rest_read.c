/* GET and HEAD on a relation. */
#include "api/rest_int.h"

#include "base/json.h"

/* The number of all rows, when it takes a query of its own. */
enum total_source { TOTAL_NONE, TOTAL_PAGE, TOTAL_QUERY, TOTAL_PLANNED };

struct read {
	struct plan_node *root;
	bool has_body;
	bool is_made; /* the database makes the body */
	enum total_source total_source;
	struct row_sink rows;
	struct row_sink count;
	struct row_sink explain;
	struct buf plan; /* EXPLAIN's JSON */
	bool has_total;
	int64_t total;
};

static enum total_source total_source(const struct call *k, const struct plan_node *root)
{
	enum prefer_count count = k->req.prefs.count;
	bool can_explain = engine_can(k->api->engine, CAP_EXPLAIN);
	if (count == COUNT_NONE)
		return TOTAL_NONE;
	if (count == COUNT_PLANNED && can_explain)
		return TOTAL_PLANNED;
	bool is_page = !root->has_limit && !k->req.offset && !k->plan.max_rows;
	return is_page ? TOTAL_PAGE : TOTAL_QUERY;
}

/* An estimate counts no further than one past db-max-rows. */
static void print_count(struct sql_text *t, const struct call *k, const struct read *r)
{
	if (k->req.prefs.count != COUNT_ESTIMATED || !k->plan.max_rows) {
		plan_print_count(t, r->root);
		return;
	}
	buf_puts(&t->text, "SELECT count(*) FROM (");
	plan_print_count_rows(t, r->root);
	buf_printf(&t->text, " LIMIT %lld) pgrst_c", (long long)k->plan.max_rows + 1);
}

static void print_rows(struct sql_text *t, struct call *k, struct read *r)
{
	if (r->is_made) {
		wrap_open(t, k, r->has_body);
		if (r->total_source == TOTAL_QUERY) {
			buf_char(&t->text, '(');
			print_count(t, k, r);
			buf_char(&t->text, ')');
		} else {
			buf_puts(&t->text, "NULL");
		}
		buf_puts(&t->text, ", nullif(current_setting('response.headers', true), ''), "
				   "nullif(current_setting('response.status', true), '') FROM (");
		plan_print_select(t, r->root);
		wrap_close(t);
	} else if (!r->has_body) {
		buf_puts(&t->text, "SELECT count(*) FROM (");
		plan_print_select(t, r->root);
		wrap_close(t);
	} else {
		plan_print_select(t, r->root);
	}
}

static enum row_format format_of(const struct call *k, const struct read *r)
{
	if (call_explains(k))
		return ROWS_LINES;
	if (r->is_made)
		return ROWS_MADE;
	if (!r->has_body)
		return ROWS_NUMBER;
	if (k->media.kind == MEDIA_CSV)
		return ROWS_CSV;
	return k->media.kind == MEDIA_OBJECT ? ROWS_OBJECT : ROWS_JSON;
}

static int count_step(struct ctx *c, const struct call *k, struct read *r, struct step *ret)
{
	struct sql_text t = sql_text_make(c->arena);
	print_count(&t, k, r);
	call_sink(c, k, &r->count, NULL, ROWS_NUMBER);
	return step_make(c, &t, &r->count, ret);
}

static int explain_step(struct ctx *c, const struct call *k, struct read *r, struct step *ret)
{
	struct sql_text t = sql_text_make(c->arena);
	buf_puts(&t.text, "EXPLAIN (FORMAT JSON) ");
	plan_print_count_rows(&t, r->root);
	call_sink(c, k, &r->explain, &r->plan, ROWS_MADE);
	return step_make(c, &t, &r->explain, ret);
}

static int64_t planned_rows(struct ctx *c, const struct read *r)
{
	struct json *j;
	struct str text = { buf_dup(c->arena, &r->plan), r->plan.n };
	if (json_parse(c, text, (struct json_limits){ 0 }, &j) < 0) {
		err_clear(c);
		return 0;
	}
	int64_t rows = 0;
	const struct json *plan = json_get(json_at(j, 0), "Plan");
	const struct json *n = json_get(plan, "Plan Rows");
	if (!n || n->kind != JSON_NUMBER || !str_to_i64(n->text, &rows))
		return 0;
	return rows;
}

static int run_steps(struct ctx *c, struct call *k, struct step *steps, size_t n)
{
	if (n == 1)
		return engine_read(c, k->api->engine, &k->session, &steps[0]);
	struct tx_spec spec = { .read_only = true, .end = TX_COMMIT };
	return engine_tx(c, k->api->engine, &k->session, &spec, steps, n);
}

static int run_read(struct ctx *c, struct call *k, struct read *r)
{
	struct step steps[4];
	size_t n = call_pre_request(c, k, steps);
	struct sql_text t = sql_text_make(c->arena);
	explain_open(&t, k);
	print_rows(&t, k, r);
	call_sink(c, k, &r->rows, &k->rs->body, format_of(k, r));
	TRY(step_make(c, &t, &r->rows, &steps[n++]));
	if (!r->is_made && r->total_source == TOTAL_QUERY)
		TRY(count_step(c, k, r, &steps[n++]));
	bool explains = engine_can(k->api->engine, CAP_EXPLAIN) &&
			(r->total_source == TOTAL_PLANNED || k->req.prefs.count == COUNT_ESTIMATED);
	if (explains)
		TRY(explain_step(c, k, r, &steps[n++]));
	call_mark(k, 2);
	TRY(run_steps(c, k, steps, n));
	call_mark(k, 3);
	row_sink_finish(&r->rows);
	if (r->rows.format == ROWS_NUMBER)
		r->rows.rows = (uint64_t)r->rows.number;
	return 0;
}

static void settle_total(struct ctx *c, struct call *k, struct read *r)
{
	switch (r->total_source) {
	case TOTAL_NONE:
		return;
	case TOTAL_PAGE:
		r->total = (int64_t)r->rows.rows;
		break;
	case TOTAL_QUERY:
		r->total = r->is_made ? r->rows.total : r->count.number;
		break;
	case TOTAL_PLANNED:
		r->total = planned_rows(c, r);
		break;
	}
	r->has_total = true;
	if (k->req.prefs.count == COUNT_ESTIMATED && r->plan.n && r->total > k->plan.max_rows) {
		int64_t planned = planned_rows(c, r);
		if (planned > r->total)
			r->total = planned;
	}
}

static void content_location(struct ctx *c, struct call *k)
{
	(void)c;
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	buf_char(&b, '/');
	buf_puts(&b, k->rel->name);
	if (k->req.query.canonical.n) {
		buf_char(&b, '?');
		buf_str(&b, k->req.query.canonical);
	}
	response_header(k->rs, "Content-Location", buf_view(&b));
}

static int respond_read(struct ctx *c, struct call *k, struct read *r)
{
	int64_t rows = (int64_t)r->rows.rows;
	int64_t lower = k->req.offset, upper = lower + rows - 1;
	if (r->has_total && lower > r->total)
		return respond_out_of_bounds(c, k, r->total);
	response_status(k->rs, r->has_total && rows < r->total ? 206 : 200);
	respond_range(k, lower, upper, r->has_total, r->total);
	content_location(c, k);
	respond_content_type(c, k);
	struct preferences applied = k->req.prefs;
	applied.resolution = RESOLUTION_NONE;
	applied.ret = RETURN_NONE;
	applied.missing = MISSING_NONE;
	applied.has_max_affected = false;
	respond_preferences(c, k, &applied);
	respond_common(c, k, r->root);
	TRY(respond_strip_nulls(c, k));
	return respond_overrides(c, k, &r->rows);
}

static int read_relation(struct ctx *c, struct call *k, struct read *r)
{
	TRY(plan_tree_build(c, &k->plan, k->rel, &k->req.query, PLAN_READ, &r->root));
	TRY(call_negotiate(c, k));
	TRY(call_check_preferences(c, k));
	apply_range(k, r->root);
	r->has_body = !k->req.is_head;
	r->is_made = engine_can(k->api->engine, CAP_JSON_BODY) &&
		     (k->media.kind != MEDIA_CSV || !r->has_body);
	r->total_source = total_source(k, r->root);
	TRY(run_read(c, k, r));
	if (call_explains(k))
		return explain_respond(c, k);
	settle_total(c, k, r);
	if (k->media.kind == MEDIA_OBJECT && r->rows.rows != 1)
		return singular_error(c, r->rows.rows);
	return respond_read(c, k, r);
}

int call_read(struct ctx *c, struct call *k)
{
	struct read r = { .plan = buf_make(1 << 20) };
	int rc = read_relation(c, k, &r);
	buf_free(&r.plan);
	return rc;
}
