/* Reading json and jsonb, and building them from values. */
#include "value/array.h"
#include "value/fn_int.h"
#include "value/json_scan.h"
#include "value/json_schema.h"
#include "value/pgjson.h"
#include "value/text.h"

#include <string.h>

/* ---- -> ->> #> #>> ---- */

static int give_raw(struct datum *ret, bool is_found, struct str raw)
{
	return is_found ? ret_text(ret, raw) : ret_null(ret);
}

static int give_text(struct ctx *c, struct datum *ret, bool is_found, struct str raw)
{
	struct str s;
	if (!is_found || !json_scan_text(c->arena, raw, &s))
		return ret_null(ret);
	return ret_text(ret, s);
}

static int field(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	return give_raw(ret, json_scan_member(c->arena, args[0].s, args[1].s, &raw), raw);
}

static int field_text(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	bool is_found = json_scan_member(c->arena, args[0].s, args[1].s, &raw);
	return give_text(c, ret, is_found, raw);
}

static int element(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	return give_raw(ret, json_scan_element(args[0].s, args[1].i, &raw), raw);
}

static int element_text(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	return give_text(c, ret, json_scan_element(args[0].s, args[1].i, &raw), raw);
}

/* A jsonb scalar is an array of one to PostgreSQL, and here it shows. */
static bool jsonb_element_of(const struct datum *args, struct str *ret)
{
	char first = args[0].s.n ? args[0].s.p[0] : 0;
	if (first == '{' || first == '[')
		return json_scan_element(args[0].s, args[1].i, ret);
	*ret = args[0].s;
	return args[1].i == 0 || args[1].i == -1;
}

static int jsonb_element(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	return give_raw(ret, jsonb_element_of(args, &raw), raw);
}

static int jsonb_element_text(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	return give_text(c, ret, jsonb_element_of(args, &raw), raw);
}

static bool is_first(struct str s, char ch)
{
	s = str_trim(s);
	return s.n && s.p[0] == ch;
}

/* One step of a path. */
static bool step(struct arena *a, struct str text, struct datum by, struct str *ret)
{
	int64_t index;
	if (by.kind == D_NULL)
		return false;
	if (is_first(text, '{'))
		return json_scan_member(a, text, by.s, ret);
	struct str s = by.s;
	while (s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		s = str_from(s, 1);
	if (!is_first(text, '[') || !str_to_i64(s, &index) || index > INT32_MAX ||
	    index < INT32_MIN)
		return false;
	return json_scan_element(text, index, ret);
}

static bool walk(struct arena *a, const struct datum *args, struct str *ret)
{
	struct vtype text = VTYPE(V_TEXT);
	struct array path;
	array_open(a, &text, args[1].s, &path);
	struct str at = str_trim(args[0].s);
	for (size_t i = 0; i < path.n; i++)
		if (path.v[i].kind == D_NULL || !step(a, at, path.v[i], &at))
			return false;
	*ret = at;
	return true;
}

static int path(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	return give_raw(ret, walk(c->arena, args, &raw), raw);
}

static int path_text(FN_ARGS)
{
	FN_UNUSED;
	struct str raw = { 0 };
	return give_text(c, ret, walk(c->arena, args, &raw), raw);
}

/* ---- typeof, array_length, strip_nulls ---- */

static int type_name(FN_ARGS)
{
	FN_UNUSED;
	static const char *const names[] = { "null",   "boolean", "boolean", "number",
					     "string", "array",	  "object" };
	return ret_text(ret, str_of(names[pgjson_load(c->arena, args[0].s)->kind]));
}

static int array_length(FN_ARGS)
{
	FN_UNUSED;
	const struct json *v = pgjson_load(c->arena, args[0].s);
	if (v->kind == JSON_OBJECT)
		return err_set(c, "22023", "cannot get array length of a non-array");
	if (v->kind != JSON_ARRAY)
		return err_set(c, "22023", "cannot get array length of a scalar");
	return ret_int(ret, v->count);
}

static void put_stripped(struct buf *b, const struct json *v)
{
	if (v->kind != JSON_OBJECT && v->kind != JSON_ARRAY) {
		if (v->kind == JSON_STRING)
			json_put_string(b, v->text);
		else
			buf_str(b, v->raw);
		return;
	}
	bool is_object = v->kind == JSON_OBJECT, is_first_one = true;
	buf_char(b, is_object ? '{' : '[');
	for (const struct json *e = v->child; e; e = e->next) {
		if (is_object && e->kind == JSON_NULL)
			continue;
		if (!is_first_one)
			buf_char(b, ',');
		is_first_one = false;
		if (is_object) {
			json_put_string(b, e->key);
			buf_char(b, ':');
		}
		put_stripped(b, e);
	}
	buf_char(b, is_object ? '}' : ']');
}

static int json_strip(FN_ARGS)
{
	FN_UNUSED;
	struct json *v;
	TRY(pgjson_parse(c, args[0].s, false, &v));
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	put_stripped(&b, v);
	return ret_buf(c, ret, &b);
}

static int jsonb_of(struct ctx *c, struct datum *ret, const struct buf *b)
{
	if (!buf_ok(b))
		return err_set(c, "54000", "result of function is too large");
	struct str s;
	TRY(jsonb_parse(c, str_copy(c->arena, buf_view(b)), &s));
	return ret_text(ret, s);
}

static int jsonb_strip(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	put_stripped(&b, pgjson_load(c->arena, args[0].s));
	return jsonb_of(c, ret, &b);
}

/* ---- from values ---- */

static int to_json(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct vtype t = value_type_of_code(args[0].i);
	value_to_json(&b, &t, env, args[1]);
	return ret_buf(c, ret, &b);
}

static int to_jsonb(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct vtype t = value_type_of_code(args[0].i);
	value_to_json(&b, &t, env, args[1]);
	return jsonb_of(c, ret, &b);
}

/* array_to_json with line feeds between the outermost elements */
static int array_to_json_pretty(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct vtype t = value_type_of_code(args[0].i), one = t;
	if (!args[2].i)
		return to_json(c, env, args, 2, ret);
	one.is_array = false;
	const struct json *v = array_load(c->arena, args[1].s);
	buf_char(&b, '[');
	for (const struct json *e = v->child; e; e = e->next) {
		if (e != v->child)
			buf_puts(&b, ",\n ");
		if (e->kind == JSON_ARRAY)
			array_print_json(&b, &one, env, e->raw);
		else
			value_to_json(&b, &one, env, array_cell(c->arena, &one, e));
	}
	buf_char(&b, ']');
	return ret_buf(c, ret, &b);
}

static int odd_arguments(struct ctx *c, bool is_jsonb)
{
	err_set(c, "22023", "argument list must have even number of elements");
	return err_hint(c, "The arguments of %s() must consist of alternating keys and values.",
			is_jsonb ? "jsonb_build_object" : "json_build_object");
}

static int put_key(struct ctx *c, struct buf *b, const struct value_env *env,
		   const struct datum *pair, int at, bool is_jsonb)
{
	struct vtype t = value_type_of_code(pair[0].i);
	if (pair[1].kind == D_NULL && is_jsonb)
		return err_set(c, "22023", "argument %d: key must not be null", at);
	if (pair[1].kind == D_NULL) {
		err_set(c, "22023", "argument %d cannot be null", at);
		return err_hint(c, "Object keys should be text.");
	}
	if (t.is_array || t.id == V_JSON || t.id == V_JSONB)
		return err_set(c, "22023",
			       "key value must be scalar, not array, composite, or json");
	BUF_CLEANUP struct buf text = buf_make(TEXT_MAX);
	if (t.id == V_BOOL)
		buf_puts(&text, pair[1].i ? "true" : "false");
	else if (t.id >= V_DATE && t.id <= V_TIMESTAMPTZ)
		value_to_json(&text, &t, env, pair[1]);
	else
		value_out(&text, &t, env, pair[1]);
	struct str s = buf_view(&text);
	if (t.id >= V_DATE && t.id <= V_TIMESTAMPTZ)
		buf_str(b, s); /* quoted already */
	else
		json_put_string(b, s);
	return 0;
}

static int put_object(struct ctx *c, struct buf *b, const struct value_env *env,
		      const struct datum *args, int nargs, bool is_jsonb)
{
	if (nargs % 4)
		return odd_arguments(c, is_jsonb);
	buf_char(b, '{');
	for (int i = 0; i < nargs; i += 4) {
		if (i)
			buf_puts(b, ", ");
		TRY(put_key(c, b, env, args + i, i / 2 + 1, is_jsonb));
		buf_puts(b, " : ");
		struct vtype t = value_type_of_code(args[i + 2].i);
		value_to_json(b, &t, env, args[i + 3]);
	}
	buf_char(b, '}');
	return 0;
}

static int json_build_object(FN_ARGS)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(put_object(c, &b, env, args, nargs, false));
	return ret_buf(c, ret, &b);
}

static int jsonb_build_object(FN_ARGS)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(put_object(c, &b, env, args, nargs, true));
	return jsonb_of(c, ret, &b);
}

static void put_array(struct buf *b, const struct value_env *env, const struct datum *args,
		      int nargs)
{
	buf_char(b, '[');
	for (int i = 0; i + 1 < nargs; i += 2) {
		if (i)
			buf_puts(b, ", ");
		struct vtype t = value_type_of_code(args[i].i);
		value_to_json(b, &t, env, args[i + 1]);
	}
	buf_char(b, ']');
}

static int json_build_array(FN_ARGS)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	put_array(&b, env, args, nargs);
	return ret_buf(c, ret, &b);
}

static int jsonb_build_array(FN_ARGS)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	put_array(&b, env, args, nargs);
	return jsonb_of(c, ret, &b);
}

static int put_pair(struct ctx *c, struct buf *b, struct datum key, struct datum v)
{
	if (key.kind == D_NULL)
		return err_set(c, "22004", "null value not allowed for object key");
	if (b->n > 1)
		buf_puts(b, ", ");
	json_put_string(b, key.s);
	buf_puts(b, " : ");
	if (v.kind == D_NULL)
		buf_puts(b, "null");
	else
		json_put_string(b, v.s);
	return 0;
}

/* json_object('{k,v,…}') or '{{k,v},…}' */
static int put_object_of_array(struct ctx *c, struct buf *b, struct str stored)
{
	struct vtype text = VTYPE(V_TEXT);
	struct array v;
	array_open(c->arena, &text, stored, &v);
	if (v.ndims > 2)
		return err_set(c, "2202E", "wrong number of array subscripts");
	if (v.ndims == 2 && v.dims[1] != 2)
		return err_set(c, "2202E", "array must have two columns");
	if (v.n % 2)
		return err_set(c, "2202E", "array must have even number of elements");
	buf_char(b, '{');
	for (size_t i = 0; i < v.n; i += 2)
		TRY(put_pair(c, b, v.v[i], v.v[i + 1]));
	buf_char(b, '}');
	return 0;
}

static int put_object_of_two(struct ctx *c, struct buf *b, const struct datum *args)
{
	struct vtype text = VTYPE(V_TEXT);
	struct array keys, values;
	array_open(c->arena, &text, args[0].s, &keys);
	array_open(c->arena, &text, args[1].s, &values);
	if (keys.ndims > 1 || keys.ndims != values.ndims)
		return err_set(c, "2202E", "wrong number of array subscripts");
	if (keys.n != values.n)
		return err_set(c, "2202E", "mismatched array dimensions");
	buf_char(b, '{');
	for (size_t i = 0; i < keys.n; i++)
		TRY(put_pair(c, b, keys.v[i], values.v[i]));
	buf_char(b, '}');
	return 0;
}

static int json_object(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(nargs == 1 ? put_object_of_array(c, &b, args[0].s) : put_object_of_two(c, &b, args));
	return ret_buf(c, ret, &b);
}

static int jsonb_object(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(nargs == 1 ? put_object_of_array(c, &b, args[0].s) : put_object_of_two(c, &b, args));
	return jsonb_of(c, ret, &b);
}

static int matches_schema(FN_ARGS)
{
	FN_UNUSED;
	struct json *schema, *document;
	TRY(pgjson_parse(c, args[0].s, true, &schema));
	TRY(pgjson_parse(c, args[1].s, true, &document));
	int result = json_schema_matches(c, schema, document);
	return result < 0 ? -1 : ret_bool(ret, result);
}

static const struct value_fn rows[] = {
	STRICT("json_matches_schema", "b:jj", matches_schema),
	STRICT("json_object_field", "j:jt", field),
	STRICT("jsonb_object_field", "J:Jt", field),
	STRICT("json_object_field_text", "t:jt", field_text),
	STRICT("jsonb_object_field_text", "t:Jt", field_text),
	STRICT("json_array_element", "j:ji", element),
	STRICT("jsonb_array_element", "J:Ji", jsonb_element),
	STRICT("json_array_element_text", "t:ji", element_text),
	STRICT("jsonb_array_element_text", "t:Ji", jsonb_element_text),
	STRICT("json_extract_path", "j:j[t", path),
	STRICT("jsonb_extract_path", "J:J[t", path),
	STRICT("json_extract_path_text", "t:j[t", path_text),
	STRICT("jsonb_extract_path_text", "t:J[t", path_text),
	STRICT("json_typeof", "t:j", type_name),
	STRICT("jsonb_typeof", "t:J", type_name),
	STRICT("json_array_length", "i:j", array_length),
	STRICT("jsonb_array_length", "i:J", array_length),
	STRICT("json_strip_nulls", "j:j", json_strip),
	STRICT("jsonb_strip_nulls", "J:J", jsonb_strip),
	STABLE("to_json", "j:TV", to_json),
	STABLE("to_jsonb", "J:TV", to_jsonb),
	STABLE("array_to_json", "j:TV", to_json),
	STABLE("array_to_json_pretty", "j:TVb", array_to_json_pretty),
	LAX("json_build_object", "j:TV*", json_build_object),
	LAX("jsonb_build_object", "J:TV*", jsonb_build_object),
	LAX("json_build_array", "j:TV*", json_build_array),
	LAX("jsonb_build_array", "J:TV*", jsonb_build_array),
	LAX("json_build_object_noargs", "j:", json_build_object),
	LAX("jsonb_build_object_noargs", "J:", jsonb_build_object),
	LAX("json_build_array_noargs", "j:", json_build_array),
	LAX("jsonb_build_array_noargs", "J:", jsonb_build_array),
	STRICT("json_object", "j:[t", json_object),
	STRICT("json_object_two_arg", "j:[t[t", json_object),
	STRICT("jsonb_object", "J:[t", jsonb_object),
	STRICT("jsonb_object_two_arg", "J:[t[t", jsonb_object),
};
FN_GROUP(fn_group_json, rows);
