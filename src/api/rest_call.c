/* /rpc/name: functions, by GET and POST. */
#include "api/rest_function.h"
#include "api/rest_int.h"

#include <stdlib.h>
#include <string.h>

struct invocation {
	struct call *k;
	struct function_call given;
	const struct function *f;
	struct payload payload;	 /* JSON arguments */
	struct rest_param *args; /* arguments by name: GET and forms */
	size_t n_args;
	bool is_direct; /* args rather than payload */
	bool is_composite, is_single;
	bool has_body, is_csv;
	struct plan_node *root;
	struct row_sink rows;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void keys_from_args(struct ctx *c, struct invocation *v)
{
	name_list keys = { 0 };
	for (size_t i = 0; i < v->n_args; i++)
		VEC_PUSH(c->arena, &keys, str_dup(c->arena, v->args[i].name));
	if (keys.n > 1)
		qsort(keys.v, keys.n, sizeof(*keys.v), by_name);
	size_t n = 0;
	for (size_t i = 0; i < keys.n; i++)
		if (!n || strcmp(keys.v[n - 1], keys.v[i]) != 0)
			keys.v[n++] = keys.v[i];
	keys.n = n;
	v->given.keys = keys;
	v->is_direct = true;
}

static int keys_from_json(struct ctx *c, struct call *k, struct invocation *v)
{
	name_list columns = { 0 };
	for (size_t i = 0; i < k->req.query.columns.n; i++)
		VEC_PUSH(c->arena, &columns, str_dup(c->arena, k->req.query.columns.v[i]));
	struct str body = k->rq->body.n ? k->rq->body : STR("{}");
	TRY(payload_parse(c, &k->req.content_type, body, k->req.query.has_columns ? &columns : NULL,
			  &v->payload));
	v->given.keys = v->payload.keys;
	return 0;
}

static int read_arguments(struct ctx *c, struct call *k, struct invocation *v)
{
	enum media_kind kind = k->req.content_type.kind;
	v->given = (struct function_call){ .name = k->req.target,
					   .content_type = k->req.content_type,
					   .is_post = k->req.action == ACT_CALL };
	if (k->req.action != ACT_CALL) {
		v->args = k->req.query.args.v;
		v->n_args = k->req.query.args.n;
		keys_from_args(c, v);
		return 0;
	}
	if (kind == MEDIA_FORM) {
		TRY(rest_params_split(c, k->rq->body, &v->args, &v->n_args));
		keys_from_args(c, v);
		return 0;
	}
	if (kind == MEDIA_TEXT || kind == MEDIA_XML || kind == MEDIA_OCTETS)
		return 0;
	return keys_from_json(c, k, v);
}

/* A row type of a table brings its columns and relationships; any other result
 * is a relation without any. */
static void result_relation(struct ctx *c, struct call *k, struct invocation *v)
{
	const struct type *t = v->f->returns.type ? type_base(v->f->returns.type) : NULL;
	k->rel = NULL;
	if (t && t->kind == TYPE_COMPOSITE)
		k->rel = catalog_relation(k->relations->cat, k->req.schema, str_of(t->name));
	if (k->rel)
		return;
	struct relation *none = ARENA_NEW(c->arena, struct relation);
	none->schema = v->f->schema;
	none->name = v->f->name;
	none->kind = REL_COMPOSITE;
	k->rel = none;
}

static void print_arg_head(struct sql_text *t, const struct func_arg *arg)
{
	if (arg->mode == 'v')
		buf_puts(&t->text, "VARIADIC ");
	sql_ident(&t->text, str_of(arg->name));
	buf_puts(&t->text, " := ");
}

static bool is_given(const struct invocation *v, const struct func_arg *arg)
{
	for (size_t i = 0; i < v->given.keys.n; i++)
		if (!strcmp(v->given.keys.v[i], arg->name))
			return true;
	return false;
}

/* Repeated keys of a variadic parameter are its array. */
static struct str direct_value(struct arena *a, const struct invocation *v,
			       const struct func_arg *arg)
{
	size_t limit = 3;
	for (size_t i = 0; i < v->n_args; i++)
		limit += 2 * v->args[i].value.n + 3;
	BUF_CLEANUP struct buf b = buf_make(limit);
	struct str last = { 0 };
	buf_char(&b, '{');
	for (size_t i = 0; i < v->n_args; i++) {
		if (!str_is(v->args[i].name, arg->name))
			continue;
		last = v->args[i].value;
		buf_puts(&b, b.n > 1 ? ",\"" : "\"");
		for (size_t j = 0; j < last.n; j++) {
			if (last.p[j] == '"' || last.p[j] == '\\')
				buf_char(&b, '\\');
			buf_char(&b, last.p[j]);
		}
		buf_char(&b, '"');
	}
	buf_char(&b, '}');
	return arg->mode == 'v' ? (struct str){ buf_dup(a, &b), b.n } : last;
}

static void print_args(struct sql_text *t, const struct invocation *v)
{
	const struct func_arg *arg;
	size_t n = 0;
	for (size_t i = 0; (arg = function_input(v->f, i)); i++) {
		if (!is_given(v, arg))
			continue;
		buf_puts(&t->text, n++ ? ", " : "");
		print_arg_head(t, arg);
		if (v->is_direct) {
			sql_param(t, direct_value(t->arena, v, arg));
			buf_printf(&t->text, "::%s", function_arg_type(t->arena, arg));
		} else {
			buf_puts(&t->text, "pgrst_body.");
			sql_ident(&t->text, str_of(arg->name));
		}
	}
}

static bool takes_whole_body(const struct invocation *v)
{
	return v->given.is_post && function_is_unnamed(v->f);
}

static void print_whole_body(struct sql_text *t, const struct invocation *v)
{
	const struct func_arg *arg = function_input(v->f, 0);
	struct str body = v->k->rq->body;
	if (v->k->req.content_type.kind == MEDIA_OCTETS) {
		BUF_CLEANUP struct buf b = buf_make((body.n + 2) * 2);
		buf_puts(&b, "\\x");
		for (size_t i = 0; i < body.n; i++)
			buf_printf(&b, "%02x", (unsigned)(unsigned char)body.p[i]);
		body = (struct str){ buf_dup(t->arena, &b), b.n };
	} else if (v->k->req.content_type.kind == MEDIA_JSON && !body.n) {
		body = STR("{}");
	}
	sql_param(t, body.p ? body : STR(""));
	buf_printf(&t->text, "::%s", function_arg_type(t->arena, arg));
}

/* json_to_recordset($1) AS pgrst_body(...), LATERAL: typed arguments. */
static void print_body_source(struct sql_text *t, const struct invocation *v)
{
	const struct func_arg *arg;
	size_t n = 0;
	if (v->is_direct || takes_whole_body(v) || !v->given.keys.n)
		return;
	buf_puts(&t->text, "(SELECT * FROM json_to_recordset(");
	sql_param(t, v->payload.text);
	buf_puts(&t->text, ") AS _(");
	for (size_t i = 0; (arg = function_input(v->f, i)); i++) {
		if (!is_given(v, arg))
			continue;
		buf_puts(&t->text, n++ ? ", " : "");
		sql_ident(&t->text, str_of(arg->name));
		buf_printf(&t->text, " %s", function_arg_type(t->arena, arg));
	}
	buf_puts(&t->text, ") LIMIT 1) AS pgrst_body, LATERAL ");
}

static void print_call(struct sql_text *t, const struct invocation *v)
{
	bool is_value = !v->is_composite;
	buf_printf(&t->text, "SELECT %s FROM ",
		   is_value ? "pgrst_call.pgrst_scalar" : "pgrst_call.*");
	print_body_source(t, v);
	if (is_value)
		buf_puts(&t->text, "(SELECT ");
	sql_name(&t->text, v->f->schema, v->f->name);
	buf_char(&t->text, '(');
	if (takes_whole_body(v))
		print_whole_body(t, v);
	else
		print_args(t, v);
	buf_puts(&t->text, is_value ? ") pgrst_scalar) pgrst_call" : ") pgrst_call");
}

static void print_body(struct sql_text *t, const struct invocation *v)
{
	const char *row = v->is_composite ? "pgrst_t" : "pgrst_t.pgrst_scalar";
	if (!v->has_body)
		buf_puts(&t->text, "''::text");
	else if (v->is_single || v->k->media.kind == MEDIA_OBJECT)
		buf_printf(&t->text, "coalesce(json_agg(%s)->0, 'null')::text", row);
	else
		buf_printf(&t->text, "coalesce(json_agg(%s), '[]')::text", row);
}

static void print_invocation(struct sql_text *t, const struct invocation *v)
{
	buf_puts(&t->text, "WITH pgrst_source AS (");
	print_call(t, v);
	buf_puts(&t->text, ") ");
	if (v->is_csv) {
		plan_print_select(t, v->root);
		return;
	}
	buf_puts(&t->text, "SELECT ");
	print_body(t, v);
	buf_puts(&t->text, v->is_single ? ", 1, " : ", count(pgrst_t), ");
	if (v->k->req.prefs.count) {
		buf_char(&t->text, '(');
		plan_print_count(t, v->root);
		buf_char(&t->text, ')');
	} else {
		buf_puts(&t->text, "NULL");
	}
	buf_puts(&t->text, ", nullif(current_setting('response.headers', true), ''), "
			   "nullif(current_setting('response.status', true), '') FROM (");
	plan_print_select(t, v->root);
	wrap_close(t);
}

static int check_result(struct ctx *c, void *arg, uint64_t affected)
{
	(void)affected;
	struct invocation *v = arg;
	if (call_explains(v->k))
		return 0;
	const struct preferences *p = &v->k->req.prefs;
	uint64_t rows = v->rows.rows;
	if (v->k->media.kind == MEDIA_OBJECT && rows != 1)
		return singular_error(c, rows);
	if (p->has_max_affected && p->handling == HANDLING_STRICT &&
	    (int64_t)rows > p->max_affected) {
		api_fail(c, ERR_MAX_AFFECTED);
		return err_details(c, "The query affects %llu rows", (unsigned long long)rows);
	}
	return 0;
}

static int run(struct ctx *c, struct call *k, struct invocation *v)
{
	struct step steps[3];
	size_t n = call_pre_request(c, k, steps);
	struct sql_text t = sql_text_make(c->arena);
	explain_open(&t, k);
	print_invocation(&t, v);
	call_sink(c, k, &v->rows, &k->rs->body,
		  call_explains(k) ? ROWS_LINES
		  : v->is_csv	   ? ROWS_CSV
				   : ROWS_MADE);
	struct step step;
	TRY(step_make(c, &t, &v->rows, &step));
	step.after = check_result;
	step.after_arg = v;
	steps[n++] = step;
	n += call_check_deferred(k, &steps[n]);
	bool writes = v->given.is_post && v->f->volatility == 'v';
	struct tx_spec spec = { .read_only = !writes, .end = call_tx_end(k) };
	call_mark(k, 2);
	TRY(engine_tx(c, k->api->engine, &k->session, &spec, steps, n));
	call_mark(k, 3);
	row_sink_finish(&v->rows);
	return 0;
}

static int respond(struct ctx *c, struct call *k, struct invocation *v)
{
	int64_t rows = (int64_t)v->rows.rows, lower = k->req.offset;
	bool counted = v->rows.has_total;
	if (counted && lower > v->rows.total)
		return respond_out_of_bounds(c, k, v->rows.total);
	response_status(k->rs, counted && rows < v->rows.total ? 206 : 200);
	respond_range(k, lower, lower + rows - 1, counted, v->rows.total);
	struct preferences p = k->req.prefs;
	p.resolution = RESOLUTION_NONE;
	p.ret = RETURN_NONE;
	p.missing = MISSING_NONE;
	respond_preferences(c, k, &p);
	respond_common(c, k, v->root);
	if (function_is_void(v->f)) {
		response_status(k->rs, 204);
		buf_clear(&k->rs->body);
	} else {
		respond_content_type(c, k);
		TRY(respond_strip_nulls(c, k));
	}
	return respond_overrides(c, k, &v->rows);
}

static int plan(struct ctx *c, struct call *k, struct invocation *v)
{
	TRY(read_arguments(c, k, v));
	TRY(function_find(c, &k->plan, &v->given, &v->f));
	v->is_composite = function_is_composite(v->f);
	v->is_single = !v->f->returns_set;
	result_relation(c, k, v);
	TRY(plan_tree_build(c, &k->plan, k->rel, &k->req.query, PLAN_CALL, &v->root));
	apply_range(k, v->root);
	TRY(call_negotiate(c, k));
	TRY(call_check_preferences(c, k));
	if (v->is_single && k->req.prefs.has_max_affected &&
	    k->req.prefs.handling == HANDLING_STRICT)
		return api_fail(c, ERR_MAX_AFFECTED_RPC);
	v->has_body = !k->req.is_head;
	v->is_csv = v->has_body && k->media.kind == MEDIA_CSV;
	return 0;
}

int call_function(struct ctx *c, struct call *k)
{
	struct invocation v = { .k = k };
	TRY(plan(c, k, &v));
	if (!engine_can(k->api->engine, CAP_FUNCTIONS)) {
		err_set(c, "0A000", "this database engine cannot run functions yet");
		return err_http(c, 501);
	}
	TRY(run(c, k, &v));
	if (call_explains(k))
		return explain_respond(c, k);
	return respond(c, k, &v);
}

int call_function_info(struct ctx *c, struct call *k)
{
	struct invocation v = { .k = k };
	TRY(read_arguments(c, k, &v));
	TRY(function_find(c, &k->plan, &v.given, &v.f));
	response_status(k->rs, 200);
	response_header(k->rs, "Allow",
			v.f->volatility == 'v' ? STR("OPTIONS,POST")
					       : STR("OPTIONS,GET,HEAD,POST"));
	respond_common(c, k, NULL);
	return 0;
}
