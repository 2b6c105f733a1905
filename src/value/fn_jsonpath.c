/* jsonb_path_*() and the operators @? and @@. */
#include "value/fn_int.h"
#include "value/jsonpath.h"
#include "value/pgjson.h"
#include "value/text.h"

/* (target, path [, vars [, silent]]); the operators are silent. */
static int query(struct ctx *c, const struct datum *args, int nargs, bool is_silent,
		 jsonpath_items *ret)
{
	const struct json *v = pgjson_load(c->arena, args[0].s), *vars = NULL;
	if (nargs > 2 && args[2].kind == D_TEXT) /* else left out */
		vars = pgjson_load(c->arena, args[2].s);
	if (vars && vars->kind != JSON_OBJECT) {
		err_set(c, "22023", "\"vars\" argument is not an object");
		return err_details(c, "Jsonpath parameters should be encoded as key-value pairs of "
				      "\"vars\" object.");
	}
	return jsonpath_query(c, args[1].s, v, vars, is_silent || (nargs > 3 && args[3].i), ret);
}

static int path_exists(FN_ARGS)
{
	(void)env;
	jsonpath_items items = { 0 };
	TRY(query(c, args, nargs, false, &items));
	return ret_bool(ret, items.n > 0);
}

static int path_exists_opr(FN_ARGS)
{
	(void)env;
	jsonpath_items items = { 0 };
	TRY(query(c, args, nargs, true, &items));
	return ret_bool(ret, items.n > 0);
}

static int match(struct ctx *c, const jsonpath_items *items, bool is_silent, struct datum *ret)
{
	const struct json *v = items->n == 1 ? items->v[0] : NULL;
	if (v && (v->kind == JSON_TRUE || v->kind == JSON_FALSE))
		return ret_bool(ret, v->kind == JSON_TRUE);
	if (!is_silent && !(v && v->kind == JSON_NULL))
		return err_set(c, "22038", "single boolean result is expected");
	*ret = datum_null();
	return 0;
}

static int path_match(FN_ARGS)
{
	(void)env;
	jsonpath_items items = { 0 };
	TRY(query(c, args, nargs, false, &items));
	return match(c, &items, nargs > 3 && args[3].i, ret);
}

static int path_match_opr(FN_ARGS)
{
	(void)env;
	jsonpath_items items = { 0 };
	TRY(query(c, args, nargs, true, &items));
	return match(c, &items, true, ret);
}

static int path_query_array(FN_ARGS)
{
	(void)env;
	jsonpath_items items = { 0 };
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(query(c, args, nargs, false, &items));
	buf_char(&b, '[');
	for (size_t i = 0; i < items.n; i++) {
		if (i)
			buf_puts(&b, ", ");
		TRY(jsonb_put(c, &b, items.v[i]));
	}
	buf_char(&b, ']');
	return ret_buf(c, ret, &b);
}

static int path_query_first(FN_ARGS)
{
	(void)env;
	jsonpath_items items = { 0 };
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(query(c, args, nargs, false, &items));
	if (!items.n) {
		*ret = datum_null();
		return 0;
	}
	TRY(jsonb_put(c, &b, items.v[0]));
	return ret_buf(c, ret, &b);
}

static const struct value_fn rows[] = {
	STRICT("jsonb_path_exists", "b:Jt?Jb", path_exists),
	STRICT("jsonb_path_exists_opr", "b:Jt", path_exists_opr),
	STRICT("jsonb_path_match", "b:Jt?Jb", path_match),
	STRICT("jsonb_path_match_opr", "b:Jt", path_match_opr),
	STRICT("jsonb_path_query_array", "J:Jt?Jb", path_query_array),
	STRICT("jsonb_path_query_first", "J:Jt?Jb", path_query_first),
};
FN_GROUP(fn_group_jsonpath, rows);
