/* Set-returning functions that take a value apart: arrays, JSON, text. */
#include "base/arena.h"
#include "base/check.h"
#include "base/json.h"
#include "engine/sqlite/srf.h"
#include "engine/sqlite/types.h"
#include "value/fn.h"
#include "value/pattern.h"

#include <string.h>

static void push(struct srf_call *call, struct datum v1, struct datum v2)
{
	VEC_PUSH(call->c.arena, &call->v1, v1);
	VEC_PUSH(call->c.arena, &call->v2, v2);
}

static int parse(struct srf_call *call, struct datum text, struct json **ret)
{
	return json_parse(&call->c, text.kind == D_TEXT ? text.s : STR("null"),
			  (struct json_limits){ 0 }, ret);
}

/* ---- arrays ---- */

static int unnest_into(struct srf_call *call, const struct vtype *t, const struct json *arr)
{
	for (const struct json *j = arr->child; j; j = j->next) {
		struct datum v = datum_null();
		if (j->kind == JSON_ARRAY) {
			TRY(unnest_into(call, t, j));
			continue;
		}
		TRY(array_get_element(&call->c, t, j, &v));
		push(call, v, datum_null());
	}
	return 0;
}

static int unnest(struct srf_call *call, const struct datum *a)
{
	struct vtype t;
	struct json *arr;
	TRY(type_of_code(&call->c, call->cn, a[0], &t));
	TRY(parse(call, a[1], &arr));
	return unnest_into(call, &t, arr);
}

/* generate_subscripts(T, arr, dim [, reverse]) */
static int subscripts(struct srf_call *call, const struct datum *a)
{
	struct json *at;
	TRY(parse(call, a[1], &at));
	for (int64_t dim = a[2].i; dim > 1 && at; dim--)
		at = at->kind == JSON_ARRAY ? at->child : NULL;
	if (!at || at->kind != JSON_ARRAY || a[2].i < 1)
		return 0;
	bool is_reverse = a[3].kind == D_INT && a[3].i;
	for (int64_t i = 1; i <= (int64_t)at->count; i++)
		push(call, datum_int(is_reverse ? (int64_t)at->count + 1 - i : i), datum_null());
	return 0;
}

/* ---- JSON ---- */

static struct datum as_json(const struct json *j)
{
	return datum_text(j->raw);
}

static struct datum as_text(const struct json *j)
{
	if (j->kind == JSON_NULL)
		return datum_null();
	return datum_text(j->kind == JSON_STRING ? j->text : j->raw);
}

static bool is_jsonb(const struct srf_call *call)
{
	return strncmp(call->name, "jsonb", 5) == 0;
}

/* PostgreSQL 15's texts, which differ between json and jsonb. */
static int cannot_call(struct srf_call *call, const char *on)
{
	return err_set(&call->c, "22023", "cannot call %s on %s", call->name, on);
}

static int no_elements(struct srf_call *call, const struct json *j)
{
	bool is_object = j->kind == JSON_OBJECT;
	if (is_jsonb(call))
		return err_set(&call->c, "22023", "cannot extract elements from %s",
			       is_object ? "an object" : "a scalar");
	return cannot_call(call, is_object ? "a non-array" : "a scalar");
}

static int no_members(struct srf_call *call, const struct json *j)
{
	if (is_jsonb(call))
		return cannot_call(call, "a non-object");
	return err_set(&call->c, "22023", "cannot deconstruct %s",
		       j->kind == JSON_ARRAY ? "an array as an object" : "a scalar");
}

static int elements(struct srf_call *call, struct datum text, bool to_text)
{
	struct json *arr;
	TRY(parse(call, text, &arr));
	if (arr->kind != JSON_ARRAY)
		return no_elements(call, arr);
	for (const struct json *j = arr->child; j; j = j->next)
		push(call, to_text ? as_text(j) : as_json(j), datum_null());
	return 0;
}

static int array_elements(struct srf_call *call, const struct datum *a)
{
	return elements(call, a[0], false);
}

static int array_elements_text(struct srf_call *call, const struct datum *a)
{
	return elements(call, a[0], true);
}

static void push_members(struct srf_call *call, const struct json *obj, bool to_text)
{
	for (const struct json *j = obj->child; j; j = j->next)
		push(call, datum_text(j->key), to_text ? as_text(j) : as_json(j));
}

static int members(struct srf_call *call, struct datum text, bool to_text)
{
	struct json *obj;
	TRY(parse(call, text, &obj));
	if (obj->kind != JSON_OBJECT)
		return no_members(call, obj);
	push_members(call, obj, to_text);
	return 0;
}

static int each(struct srf_call *call, const struct datum *a)
{
	return members(call, a[0], false);
}

static int each_text(struct srf_call *call, const struct datum *a)
{
	return members(call, a[0], true);
}

static int object_keys(struct srf_call *call, const struct datum *a)
{
	struct json *obj;
	TRY(parse(call, a[0], &obj));
	if (obj->kind != JSON_OBJECT)
		return cannot_call(call, obj->kind == JSON_ARRAY ? "an array" : "a scalar");
	push_members(call, obj, true);
	return 0;
}

/* Rows as JSON objects; the columns are taken out of them by bp_field. */
static int recordset(struct srf_call *call, const struct datum *a)
{
	struct json *arr;
	if (a[0].kind == D_NULL)
		return 0;
	TRY(parse(call, a[0], &arr));
	if (arr->kind != JSON_ARRAY && is_jsonb(call))
		return cannot_call(call, "a non-array");
	if (arr->kind != JSON_ARRAY)
		return cannot_call(call, arr->kind == JSON_OBJECT ? "an object" : "a scalar");
	for (const struct json *j = arr->child; j; j = j->next) {
		if (j->kind != JSON_OBJECT)
			return err_set(&call->c, "22023",
				       "argument of %s must be an array of objects", call->name);
		push(call, as_json(j), datum_null());
	}
	return 0;
}

static int populate_recordset(struct srf_call *call, const struct datum *a)
{
	return recordset(call, &a[2]);
}

/* ---- text ---- */

/* Rows of what an array function of the value library gives. */
static int from_array(struct srf_call *call, const char *name, const struct datum *a, int n)
{
	const struct vtype text = VTYPE_ARRAY(V_TEXT);
	const struct value_fn *f = value_fn_find(name, n);
	struct datum arr = datum_null();
	struct json *items;
	if (!f)
		return err_set(&call->c, "0A000", "%s cannot run on this engine", name);
	TRY(value_fn_call(&call->c, f, &call->cn->env, a, n, &arr));
	if (arr.kind != D_TEXT)
		return 0;
	TRY(parse(call, arr, &items));
	return unnest_into(call, &text, items);
}

static int text_to_table(struct srf_call *call, const struct datum *a)
{
	return from_array(call, "text_to_array", a, 2);
}

static int text_to_table_null(struct srf_call *call, const struct datum *a)
{
	return from_array(call, "text_to_array_null", a, 3);
}

static int split_no_flags(struct srf_call *call, const struct datum *a)
{
	return from_array(call, "regexp_split_to_array_no_flags", a, 2);
}

static int split(struct srf_call *call, const struct datum *a)
{
	return from_array(call, "regexp_split_to_array", a, 3);
}

/* One match as an array of its groups, or of the whole when it has none. */
static struct datum match_row(struct srf_call *call, struct str text,
			      const struct regex_span *spans, int n_groups)
{
	const struct vtype t = VTYPE(V_TEXT);
	BUF_CLEANUP struct buf b = buf_make(256 << 20);
	for (int i = n_groups ? 1 : 0; i <= n_groups; i++) {
		struct datum v = datum_null();
		if (spans[i].start >= 0)
			v = datum_text(str_sub(text, (size_t)spans[i].start,
					       (size_t)(spans[i].end - spans[i].start)));
		buf_char(&b, b.n ? ',' : '[');
		array_put_element(&b, &t, v);
	}
	buf_char(&b, ']');
	return datum_text(str_copy(call->c.arena, buf_view(&b)));
}

static size_t next_char(struct str text, size_t at)
{
	at++;
	while (at < text.n && ((unsigned char)text.p[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static int find_matches(struct srf_call *call, struct str text, struct str pattern,
			struct str flags, bool is_global)
{
	struct regex *re;
	struct regex_span spans[REGEX_GROUPS_MAX];
	TRY(regex_compile(&call->c, pattern, flags, &re));
	for (size_t at = 0; at <= text.n;) {
		int found = regex_search(&call->c, re, text, at, spans);
		if (found <= 0)
			return found;
		push(call, match_row(call, text, spans, regex_groups(re)), datum_null());
		if (!is_global)
			return 0;
		at = (size_t)spans[0].end;
		if (spans[0].end == spans[0].start)
			at = next_char(text, at);
	}
	return 0;
}

static int matches_no_flags(struct srf_call *call, const struct datum *a)
{
	return find_matches(call, a[0].s, a[1].s, STR(""), false);
}

static int matches(struct srf_call *call, const struct datum *a)
{
	BUF_CLEANUP struct buf flags = buf_make(64);
	bool is_global = false;
	for (size_t i = 0; a[2].kind == D_TEXT && i < a[2].s.n; i++) {
		if (a[2].s.p[i] == 'g')
			is_global = true;
		else
			buf_char(&flags, a[2].s.p[i]);
	}
	return find_matches(call, a[0].s, a[1].s, buf_view(&flags), is_global);
}

const struct srf_ops srf_list_ops[] = {
	{ "array_unnest", 2, true, unnest, NULL },
	{ "generate_subscripts_nodir", 3, true, subscripts, NULL },
	{ "generate_subscripts", 4, true, subscripts, NULL },
	{ "json_each", 1, true, each, NULL },
	{ "jsonb_each", 1, true, each, NULL },
	{ "json_each_text", 1, true, each_text, NULL },
	{ "jsonb_each_text", 1, true, each_text, NULL },
	{ "json_object_keys", 1, true, object_keys, NULL },
	{ "jsonb_object_keys", 1, true, object_keys, NULL },
	{ "json_array_elements", 1, true, array_elements, NULL },
	{ "jsonb_array_elements", 1, true, array_elements, NULL },
	{ "json_array_elements_text", 1, true, array_elements_text, NULL },
	{ "jsonb_array_elements_text", 1, true, array_elements_text, NULL },
	{ "json_to_recordset", 1, true, recordset, NULL },
	{ "jsonb_to_recordset", 1, true, recordset, NULL },
	{ "json_populate_recordset", 4, false, populate_recordset, NULL },
	{ "jsonb_populate_recordset", 3, false, populate_recordset, NULL },
	{ "regexp_split_to_table", 3, true, split, NULL },
	{ "regexp_split_to_table_no_flags", 2, true, split_no_flags, NULL },
	{ "regexp_matches", 3, true, matches, NULL },
	{ "regexp_matches_no_flags", 2, true, matches_no_flags, NULL },
	{ "text_to_table", 2, false, text_to_table, NULL },
	{ "text_to_table_null", 3, false, text_to_table_null, NULL },
	{ 0 },
};
