/* Input, output and JSON of every type: the dispatch. */
#include "value/array.h"
#include "value/datetime.h"
#include "value/interval.h"
#include "value/number.h"
#include "value/numeric.h"
#include "value/pgjson.h"
#include "value/scalar.h"
#include "value/tsearch.h"
#include "value/value.h"
#include "value/vector.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

static int in_numeric(struct ctx *c, const struct vtype *t, struct str text, struct datum *ret)
{
	struct numeric v;
	TRY(numeric_parse(c, text, &v));
	TRY(numeric_fit(c, v, t->typmod, &v));
	*ret = datum_text(numeric_print(c->arena, v));
	return 0;
}

static int in_chars(struct ctx *c, const struct vtype *t, struct str text, struct datum *ret)
{
	TRY(chars_fit(c, t, false, text, &text));
	*ret = datum_text(text);
	return 0;
}

static int in_ts(struct ctx *c, const struct vtype *t, const struct value_env *env, struct str text,
		 struct datum *ret)
{
	int64_t ts;
	TRY(ts_parse(c, t->id, env, text, &ts));
	*ret = datum_text(ts_store(c->arena, usecs_round(ts, t->typmod), t->id == V_TIMESTAMPTZ));
	return 0;
}

static int in_clock(struct ctx *c, const struct vtype *t, const struct value_env *env,
		    struct str text, struct datum *ret)
{
	int64_t usecs;
	int32_t east;
	if (t->id == V_TIME) {
		TRY(time_parse(c, env, text, &usecs));
		*ret = datum_text(time_store(c->arena, usecs_round(usecs, t->typmod)));
		return 0;
	}
	TRY(timetz_parse(c, env, text, &usecs, &east));
	*ret = datum_text(timetz_store(c->arena, usecs_round(usecs, t->typmod), east));
	return 0;
}

static int in_float(struct ctx *c, const struct vtype *t, struct str text, struct datum *ret)
{
	double v;
	TRY(float_parse(c, t->id, text, &v));
	*ret = datum_real(v);
	return 0;
}

static int in_int(struct ctx *c, const struct vtype *t, struct str text, struct datum *ret)
{
	int64_t v;
	TRY(int_parse(c, t->id, text, &v));
	*ret = datum_int(v);
	return 0;
}

static int in_date(struct ctx *c, const struct value_env *env, struct str text, struct datum *ret)
{
	int32_t days;
	TRY(date_parse(c, env, text, &days));
	*ret = datum_text(date_store(c->arena, days));
	return 0;
}

static int in_interval(struct ctx *c, const struct vtype *t, struct str text, struct datum *ret)
{
	struct interval v;
	TRY(interval_parse(c, t->typmod, text, &v));
	*ret = datum_text(interval_store(c->arena, v));
	return 0;
}

static int in_bool(struct ctx *c, struct str text, struct datum *ret)
{
	bool v;
	TRY(bool_parse(c, text, &v));
	*ret = datum_bool(v);
	return 0;
}

static int in_vector(struct ctx *c, const struct vtype *t, struct str text, struct str *ret)
{
	struct vector v;
	TRY(vector_parse(c, text, t->typmod, &v));
	*ret = vector_print(c, v);
	return 0;
}

/* Types whose stored form is a text that one parser gives. */
static int in_text_form(struct ctx *c, const struct vtype *t, struct str text, struct datum *ret)
{
	struct json *tree;
	struct str s = text;
	if (t->id == V_UUID)
		TRY(uuid_parse(c, text, &s));
	else if (t->id == V_JSON)
		TRY(pgjson_parse(c, text, true, &tree));
	else if (t->id == V_JSONB)
		TRY(jsonb_parse(c, text, &s));
	else if (t->id == V_ENUM)
		TRY(enum_check(c, t->labels, text));
	else if (t->id == V_TSVECTOR)
		TRY(ts_vector_in(c, text, &s));
	else if (t->id == V_TSQUERY)
		TRY(ts_query_in(c, text, &s));
	else if (t->id == V_VECTOR)
		TRY(in_vector(c, t, text, &s));
	*ret = datum_text(s);
	return 0;
}

static int in_bytea(struct ctx *c, struct str text, struct datum *ret)
{
	struct str bytes;
	TRY(bytea_parse(c, text, &bytes));
	*ret = datum_blob(bytes);
	return 0;
}

static int in_array(struct ctx *c, const struct vtype *t, const struct value_env *env,
		    struct str text, struct datum *ret)
{
	struct vtype element = *t;
	element.is_array = false;
	struct str stored;
	TRY(array_parse(c, &element, env, text, &stored));
	*ret = datum_text(stored);
	return 0;
}

int value_in(struct ctx *c, const struct vtype *t, const struct value_env *env, struct str text,
	     struct datum *ret)
{
	TRY(chars_check(c, text));
	if (t->is_array)
		return in_array(c, t, env, text, ret);
	switch (t->id) {
	case V_BOOL:
		return in_bool(c, text, ret);
	case V_INT2:
	case V_INT4:
	case V_INT8:
	case V_OID:
		return in_int(c, t, text, ret);
	case V_FLOAT4:
	case V_FLOAT8:
		return in_float(c, t, text, ret);
	case V_NUMERIC:
		return in_numeric(c, t, text, ret);
	case V_VARCHAR:
	case V_BPCHAR:
	case V_NAME:
		return in_chars(c, t, text, ret);
	case V_DATE:
		return in_date(c, env, text, ret);
	case V_TIME:
	case V_TIMETZ:
		return in_clock(c, t, env, text, ret);
	case V_TIMESTAMP:
	case V_TIMESTAMPTZ:
		return in_ts(c, t, env, text, ret);
	case V_INTERVAL:
		return in_interval(c, t, text, ret);
	case V_BYTEA:
		return in_bytea(c, text, ret);
	default:
		return in_text_form(c, t, text, ret);
	}
}

static void out_datetime(struct buf *b, const struct vtype *t, const struct value_env *env,
			 struct str s, bool is_json)
{
	int32_t east;
	int64_t usecs;
	switch (t->id) {
	case V_DATE:
		date_print(b, date_load(s));
		break;
	case V_TIME:
		time_print(b, time_load(s));
		break;
	case V_TIMETZ:
		usecs = timetz_load(s, &east);
		timetz_print(b, usecs, east);
		break;
	default:
		ts_print(b, ts_load(s), t->id == V_TIMESTAMPTZ, env_zone(env), is_json);
	}
}

void value_out(struct buf *b, const struct vtype *t, const struct value_env *env, struct datum v)
{
	switch (v.kind) {
	case D_NULL:
		return;
	case D_INT:
		if (t->id == V_BOOL && !t->is_array)
			buf_char(b, v.i ? 't' : 'f');
		else
			buf_i64(b, v.i);
		return;
	case D_REAL:
		float_print(b, t->id == V_FLOAT4 ? V_FLOAT4 : V_FLOAT8, v.r);
		return;
	case D_BLOB:
		bytea_print(b, v.s);
		return;
	case D_TEXT:
		break;
	}
	if (t->is_array) {
		struct vtype element = *t;
		element.is_array = false;
		array_print(b, &element, env, v.s);
	} else if (t->id >= V_DATE && t->id <= V_TIMESTAMPTZ) {
		out_datetime(b, t, env, v.s, false);
	} else {
		buf_str(b, v.s);
	}
}

/* "YYYY-MM-DD HH:MM:SS.ffffff+00" in UTC as "YYYY-MM-DDTHH:MM:SS[.f]+00:00"
 * without reading the numbers: what a page of rows spends its time on. */
static bool fast_ts_json(struct buf *b, const struct vtype *t, const struct value_env *env,
			 struct str s)
{
	size_t whole = t->id == V_TIMESTAMPTZ ? 29 : 26;
	if (t->id < V_TIMESTAMP || s.n != whole || s.p[0] < '0' || s.p[0] > '9' ||
	    (t->id == V_TIMESTAMPTZ && env_zone(env)))
		return false;
	size_t n = 26;
	while (s.p[n - 1] == '0')
		n--;
	if (s.p[n - 1] == '.')
		n--;
	char *to = buf_reserve(b, 36);
	if (!to)
		return true;
	memcpy(to + 1, s.p, n);
	to[0] = '"';
	to[11] = 'T';
	n++;
	if (t->id == V_TIMESTAMPTZ) {
		memcpy(to + n, "+00:00", 6);
		n += 6;
	}
	to[n++] = '"';
	b->n += n;
	return true;
}

static void text_to_json(struct buf *b, const struct vtype *t, const struct value_env *env,
			 struct str s)
{
	bool is_number = t->id == V_NUMERIC && s.n && s.p[0] != 'N' && s.p[0] != 'I' &&
			 !str_is(s, "-Infinity");
	if (is_number || t->id == V_JSON || t->id == V_JSONB) {
		buf_str(b, s);
	} else if (t->id >= V_DATE && t->id <= V_TIMESTAMPTZ) {
		if (fast_ts_json(b, t, env, s))
			return;
		buf_char(b, '"');
		out_datetime(b, t, env, s, true);
		buf_char(b, '"');
	} else {
		json_put_string(b, s);
	}
}

void value_to_json(struct buf *b, const struct vtype *t, const struct value_env *env,
		   struct datum v)
{
	switch (v.kind) {
	case D_NULL:
		buf_puts(b, "null");
		return;
	case D_INT:
		if (t->id == V_BOOL)
			buf_puts(b, v.i ? "true" : "false");
		else if (t->id == V_OID)
			buf_printf(b, "\"%lld\"", (long long)v.i);
		else
			buf_i64(b, v.i);
		return;
	case D_REAL:
		if (isinf(v.r) || isnan(v.r))
			buf_char(b, '"');
		value_out(b, t, env, v);
		if (isinf(v.r) || isnan(v.r))
			buf_char(b, '"');
		return;
	case D_BLOB:
		buf_puts(b, "\"\\\\x");
		hex_put(b, v.s);
		buf_char(b, '"');
		return;
	case D_TEXT:
		break;
	}
	if (t->is_array) {
		struct vtype element = *t;
		element.is_array = false;
		array_print_json(b, &element, env, v.s);
	} else {
		text_to_json(b, t, env, v.s);
	}
}

/* The text that PostgreSQL hands to the input function: a string's own, of
 * anything else its JSON. */
static struct str json_text(struct ctx *c, const struct json *j)
{
	if (j->kind == JSON_STRING || j->kind == JSON_NUMBER)
		return j->text;
	if (j->raw.p)
		return j->raw;
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	json_put(&b, j);
	return str_copy(c->arena, buf_view(&b));
}

static int json_column(struct ctx *c, const struct vtype *t, const struct json *j,
		       struct datum *ret)
{
	struct str s = j->raw;
	if (t->id == V_JSONB || !s.p) {
		BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
		if (t->id == V_JSONB)
			TRY(jsonb_put(c, &b, j));
		else
			json_put(&b, j);
		s = str_copy(c->arena, buf_view(&b));
	}
	*ret = datum_text(s);
	return 0;
}

int value_from_json(struct ctx *c, const struct vtype *t, const struct value_env *env,
		    const struct json *j, struct datum *ret)
{
	if (!j || j->kind == JSON_NULL) {
		*ret = datum_null();
		return 0;
	}
	if (t->is_array && j->kind != JSON_STRING) {
		struct vtype element = *t;
		element.is_array = false;
		struct str stored;
		TRY(array_from_json(c, &element, env, j, &stored));
		*ret = datum_text(stored);
		return 0;
	}
	if (!t->is_array && (t->id == V_JSON || t->id == V_JSONB))
		return json_column(c, t, j, ret);
	return value_in(c, t, env, json_text(c, j), ret);
}
