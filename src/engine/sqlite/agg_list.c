/* Aggregates that build a text: arrays, JSON, strings. */
#include "base/arena.h"
#include "base/json.h"
#include "engine/sqlite/agg.h"
#include "engine/sqlite/types.h"

#include <string.h>

static void begin(struct agg *g)
{
	if (!g->text.limit)
		g->text = buf_make(AGG_RESULT_MAX);
}

static void list_free(struct agg *g)
{
	buf_free(&g->text);
}

static int too_large(struct ctx *c, const struct agg *g)
{
	return buf_ok(&g->text) ? 0
				: err_set(c, "54000", "result of %s is too large", g->ops->name);
}

/* ---- array_agg ---- */

static int array_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)cn;
	begin(g);
	if (g->types[0].is_array && v[0].kind == D_NULL)
		return err_set(c, "22004", "cannot accumulate null arrays");
	buf_char(&g->text, g->count++ ? ',' : '[');
	array_put_element(&g->text, &g->types[0], v[0]);
	return too_large(c, g);
}

static int bracketed(struct ctx *c, const struct agg *g, char close, struct datum *ret)
{
	char *p = arena_alloc(c->arena, g->text.n + 1);
	memcpy(p, g->text.p, g->text.n);
	p[g->text.n] = close;
	*ret = datum_text((struct str){ p, g->text.n + 1 });
	return 0;
}

static int array_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	return bracketed(c, g, ']', ret);
}

/* ---- json_agg, jsonb_agg ---- */

static int json_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	begin(g);
	buf_puts(&g->text, g->count ? ", " : "[");
	if (g->count++ && v[0].kind != D_NULL && (g->types[0].is_array || g->is_composite))
		buf_puts(&g->text, "\n ");
	value_to_json(&g->text, &g->types[0], &cn->env, v[0]);
	return too_large(c, g);
}

static int to_jsonb(struct ctx *c, struct sqlite_conn *cn, struct datum *v)
{
	const struct vtype jsonb = VTYPE(V_JSONB);
	return value_in(c, &jsonb, &cn->env, v->s, v);
}

static int jsonb_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	TRY(bracketed(c, g, ']', ret));
	return to_jsonb(c, cn, ret);
}

/* ---- json_object_agg, jsonb_object_agg ---- */

static int object_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	begin(g);
	if (v[0].kind == D_NULL)
		return err_set(c, "22023", "field name must not be null");
	BUF_CLEANUP struct buf key = buf_make(AGG_RESULT_MAX);
	value_out(&key, &g->types[0], &cn->env, v[0]);
	buf_puts(&g->text, g->count++ ? ", " : "{ ");
	json_put_string(&g->text, buf_view(&key));
	buf_puts(&g->text, " : ");
	value_to_json(&g->text, &g->types[1], &cn->env, v[1]);
	return too_large(c, g);
}

static int object_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	struct str text = buf_view(&g->text);
	*ret = datum_text(str_of(arena_printf(c->arena, "%.*s }", STR_ARG(text))));
	return 0;
}

static int jsonb_object_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g,
			       struct datum *ret)
{
	TRY(bracketed(c, g, '}', ret));
	return to_jsonb(c, cn, ret);
}

/* ---- string_agg ---- */

static int string_step(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct datum *v)
{
	(void)cn;
	begin(g);
	if (v[0].kind != D_TEXT && v[0].kind != D_BLOB)
		return 0;
	if (g->count++ && (v[1].kind == D_TEXT || v[1].kind == D_BLOB))
		buf_str(&g->text, v[1].s);
	buf_str(&g->text, v[0].s);
	return too_large(c, g);
}

static int string_result(struct ctx *c, struct sqlite_conn *cn, struct agg *g, struct datum *ret)
{
	(void)cn;
	if (!g->count)
		return 0;
	struct str text = str_copy(c->arena, buf_view(&g->text));
	*ret = g->types[0].id == V_BYTEA ? datum_blob(text) : datum_text(text);
	return 0;
}

const struct agg_ops agg_list_ops[] = {
	{ "array_agg", 1, array_step, array_result, NULL, list_free, false },
	{ "array_agg_cells", 1, array_step, array_result, NULL, list_free, true },
	{ "json_agg", 1, json_step, array_result, NULL, list_free, false },
	{ "jsonb_agg", 1, json_step, jsonb_result, NULL, list_free, false },
	{ "json_object_agg", 2, object_step, object_result, NULL, list_free, false },
	{ "jsonb_object_agg", 2, object_step, jsonb_object_result, NULL, list_free, false },
	{ "string_agg", 2, string_step, string_result, NULL, list_free, false },
	{ 0 },
};
