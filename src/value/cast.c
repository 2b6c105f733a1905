/* Casts between types. */
#include "base/arena.h"
#include "value/array.h"
#include "value/datetime.h"
#include "value/interval.h"
#include "value/number.h"
#include "value/numeric.h"
#include "value/pgjson.h"
#include "value/scalar.h"
#include "value/value.h"

#include <math.h>

struct cast {
	struct ctx *c;
	const struct vtype *from, *to;
	const struct value_env *env;
	bool is_explicit;
};

static bool is_chars(const struct vtype *t)
{
	return !t->is_array && (t->id == V_TEXT || t->id == V_VARCHAR || t->id == V_BPCHAR ||
				t->id == V_NAME || t->id == V_CITEXT || t->id == V_UNKNOWN);
}

static bool is_int(enum value_type id)
{
	return id == V_INT2 || id == V_INT4 || id == V_INT8 || id == V_OID;
}

static bool is_float(enum value_type id)
{
	return id == V_FLOAT4 || id == V_FLOAT8;
}

static int no_cast(struct cast *k)
{
	struct arena *a = k->c->arena;
	return err_set(k->c, "42846", "cannot cast type %.*s to %.*s",
		       STR_ARG(value_type_name(a, k->from)), STR_ARG(value_type_name(a, k->to)));
}

static int to_chars(struct cast *k, struct datum v, struct datum *ret)
{
	struct str s;
	if (v.kind == D_INT && k->from->id == V_BOOL) {
		s = v.i ? STR("true") : STR("false");
	} else if (is_chars(k->from)) {
		s = v.s;
		while (k->from->id == V_BPCHAR && k->to->id != V_BPCHAR && s.n &&
		       s.p[s.n - 1] == ' ')
			s.n--;
	} else {
		BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
		value_out(&b, k->from, k->env, v);
		s = str_copy(k->c->arena, buf_view(&b));
	}
	TRY(chars_fit(k->c, k->to, k->is_explicit, s, &s));
	*ret = datum_text(s);
	return 0;
}

static int ret_numeric(struct cast *k, struct numeric v, struct datum *ret)
{
	TRY(numeric_fit(k->c, v, k->to->typmod, &v));
	*ret = datum_text(numeric_print(k->c->arena, v));
	return 0;
}

/* numeric goes to float through its text, so that it rounds once. */
static int numeric_to_float(struct cast *k, struct numeric v, struct datum *ret)
{
	struct str text = numeric_print(k->c->arena, v);
	double r;
	TRY(float_parse(k->c, k->to->id, text, &r));
	*ret = datum_real(r);
	return 0;
}

static int from_numeric(struct cast *k, struct datum v, struct datum *ret)
{
	struct numeric n;
	TRY(numeric_parse(k->c, v.s, &n));
	if (k->to->id == V_NUMERIC)
		return ret_numeric(k, n, ret);
	if (is_float(k->to->id))
		return numeric_to_float(k, n, ret);
	if (!is_int(k->to->id) || k->to->id == V_OID)
		return no_cast(k);
	struct int_range range = int_range_of(k->to->id);
	int64_t i;
	TRY(numeric_to_i64(k->c, n, range.name, range.min, range.max, &i));
	*ret = datum_int(i);
	return 0;
}

static int from_int(struct cast *k, struct datum v, struct datum *ret)
{
	if (k->to->id == V_BOOL) {
		if (k->from->id != V_INT4)
			return no_cast(k);
		*ret = datum_bool(v.i != 0);
		return 0;
	}
	if (k->from->id == V_BOOL) {
		if (k->to->id != V_INT4)
			return no_cast(k);
		*ret = v;
		return 0;
	}
	if (is_float(k->to->id)) {
		*ret = datum_real(k->to->id == V_FLOAT4 ? (double)(float)v.i : (double)v.i);
		return 0;
	}
	if (k->to->id == V_NUMERIC)
		return ret_numeric(k, numeric_from_i64(k->c->arena, v.i), ret);
	if (!is_int(k->to->id))
		return no_cast(k);
	int64_t i = v.i;
	if (k->to->id == V_OID && k->from->id != V_INT8)
		i = (int64_t)(uint32_t)i;
	else if (k->from->id == V_OID && k->to->id == V_INT4)
		i = (int32_t)i;
	TRY(int_check(k->c, k->to->id, i, &i));
	*ret = datum_int(i);
	return 0;
}

static int from_float(struct cast *k, struct datum v, struct datum *ret)
{
	int64_t i;
	double r = v.kind == D_INT ? (double)v.i : v.r;
	if (is_float(k->to->id)) {
		TRY(float_fit(k->c, k->to->id, r, &r));
		*ret = datum_real(r);
		return 0;
	}
	if (k->to->id == V_NUMERIC) {
		int digits = k->from->id == V_FLOAT4 ? 6 : 15;
		return ret_numeric(k, numeric_from_double(k->c->arena, r, digits), ret);
	}
	if (!is_int(k->to->id) || k->to->id == V_OID)
		return no_cast(k);
	TRY(int_from_double(k->c, k->to->id, r, &i));
	*ret = datum_int(i);
	return 0;
}

static int ret_ts(struct cast *k, int64_t ts, struct datum *ret)
{
	if (ts_is_finite(ts) && !ts_in_range(ts))
		return ts_range_error(k->c);
	ts = usecs_round(ts, k->to->typmod);
	*ret = datum_text(ts_store(k->c->arena, ts, k->to->id == V_TIMESTAMPTZ));
	return 0;
}

static int64_t clock_of(int64_t ts)
{
	return ts - (ts / USECS_PER_DAY - (ts % USECS_PER_DAY < 0)) * USECS_PER_DAY;
}

static int from_date(struct cast *k, struct datum v, struct datum *ret)
{
	int32_t days = date_load(v.s);
	if (k->to->id == V_DATE) {
		*ret = v;
		return 0;
	}
	if (k->to->id != V_TIMESTAMP && k->to->id != V_TIMESTAMPTZ)
		return no_cast(k);
	if (days == DATE_INFINITY || days == DATE_NEG_INFINITY)
		return ret_ts(k, days < 0 ? TS_NEG_INFINITY : TS_INFINITY, ret);
	__int128 wide = (__int128)days * USECS_PER_DAY;
	if (wide > INT64_MAX - USECS_PER_DAY)
		return err_set(k->c, "22008", "date out of range for timestamp");
	int64_t ts = (int64_t)wide;
	if (!ts_in_range(ts))
		return err_set(k->c, "22008", "date out of range for timestamp");
	return ret_ts(k, k->to->id == V_TIMESTAMPTZ ? ts_from_local(ts, env_zone(k->env)) : ts,
		      ret);
}

static int ts_to_date(struct cast *k, int64_t local, struct datum *ret)
{
	int32_t days;
	if (!ts_is_finite(local))
		days = local < 0 ? DATE_NEG_INFINITY : DATE_INFINITY;
	else
		days = (int32_t)(local / USECS_PER_DAY - (local % USECS_PER_DAY < 0));
	*ret = datum_text(date_store(k->c->arena, days));
	return 0;
}

static int from_ts(struct cast *k, struct datum v, struct datum *ret)
{
	struct arena *a = k->c->arena;
	int64_t ts = ts_load(v.s);
	const struct tzone *zone = env_zone(k->env);
	int64_t local = k->from->id == V_TIMESTAMPTZ ? ts_to_local(ts, zone) : ts;
	switch (k->to->id) {
	case V_TIMESTAMP:
		return ret_ts(k, local, ret);
	case V_TIMESTAMPTZ:
		return ret_ts(k, k->from->id == V_TIMESTAMP ? ts_from_local(ts, zone) : ts, ret);
	case V_DATE:
		return ts_to_date(k, local, ret);
	case V_TIME:
		if (!ts_is_finite(ts)) {
			*ret = datum_null();
			return 0;
		}
		*ret = datum_text(time_store(a, usecs_round(clock_of(local), k->to->typmod)));
		return 0;
	case V_TIMETZ:
		if (k->from->id != V_TIMESTAMPTZ)
			return no_cast(k);
		*ret = datum_null();
		if (ts_is_finite(ts))
			*ret = datum_text(timetz_store(a, clock_of(local),
						       (int32_t)((local - ts) / USECS_PER_SEC)));
		return 0;
	default:
		return no_cast(k);
	}
}

static int from_clock(struct cast *k, struct datum v, struct datum *ret)
{
	struct arena *a = k->c->arena;
	int32_t east = 0;
	int64_t usecs = k->from->id == V_TIMETZ ? timetz_load(v.s, &east) : time_load(v.s);
	switch (k->to->id) {
	case V_TIME:
		*ret = datum_text(time_store(a, usecs_round(usecs, k->to->typmod)));
		return 0;
	case V_TIMETZ:
		if (k->from->id == V_TIME) {
			int64_t now = env_now(k->env);
			east = (int32_t)((ts_to_local(now, env_zone(k->env)) - now) /
					 USECS_PER_SEC);
		}
		usecs = usecs_round(usecs, k->to->typmod);
		*ret = datum_text(timetz_store(a, usecs, east));
		return 0;
	case V_INTERVAL:
		if (k->from->id == V_TIMETZ)
			return no_cast(k);
		*ret = datum_text(interval_store(a, (struct interval){ .usecs = usecs }));
		return 0;
	default:
		return no_cast(k);
	}
}

static int from_interval(struct cast *k, struct datum v, struct datum *ret)
{
	struct interval i;
	interval_load(v.s, &i);
	if (k->to->id == V_TIME) {
		*ret = datum_text(time_store(k->c->arena, clock_of(i.usecs)));
		return 0;
	}
	if (k->to->id != V_INTERVAL)
		return no_cast(k);
	if (k->to->typmod >= 0)
		i.usecs = usecs_round(i.usecs, k->to->typmod & 0xffff);
	*ret = datum_text(interval_store(k->c->arena, i));
	return 0;
}

static const char *json_kind_name(enum json_kind kind)
{
	static const char *const names[] = { "null",   "boolean", "boolean", "numeric",
					     "string", "array",	  "object" };
	return names[kind];
}

static int from_jsonb(struct cast *k, struct datum v, struct datum *ret)
{
	struct json *j = pgjson_load(k->c->arena, v.s);
	bool is_bool = j->kind == JSON_TRUE || j->kind == JSON_FALSE;
	enum value_type to = k->to->id;
	if (to != V_BOOL && to != V_NUMERIC && !(is_int(to) && to != V_OID) && !is_float(to))
		return no_cast(k);
	if (to == V_BOOL ? !is_bool : j->kind != JSON_NUMBER) {
		const char *kind = json_kind_name(j->kind);
		return err_set(k->c, "22023", "cannot cast jsonb %s to type %.*s", kind,
			       STR_ARG(value_type_name(k->c->arena, k->to)));
	}
	if (is_bool) {
		*ret = datum_bool(j->kind == JSON_TRUE);
		return 0;
	}
	return from_numeric(k, datum_text(j->text), ret);
}

static int from_json_types(struct cast *k, struct datum v, struct datum *ret)
{
	if (k->to->id == k->from->id || (k->from->id == V_JSONB && k->to->id == V_JSON)) {
		*ret = v;
		return 0;
	}
	if (k->to->id == V_JSONB)
		return value_in(k->c, k->to, k->env, v.s, ret);
	return k->from->id == V_JSONB ? from_jsonb(k, v, ret) : no_cast(k);
}

static int cast_array(struct cast *k, struct datum v, struct datum *ret)
{
	struct vtype from = *k->from, to = *k->to;
	from.is_array = to.is_array = false;
	if (from.id == to.id && to.typmod < 0) {
		*ret = v;
		return 0;
	}
	struct array array;
	array_open(k->c->arena, &from, v.s, &array);
	for (size_t i = 0; i < array.n; i++)
		TRY(value_cast(k->c, &from, &to, k->env, k->is_explicit, array.v[i], &array.v[i]));
	*ret = datum_text(array_build(k->c->arena, &to, &array));
	return 0;
}

static int cast_scalar(struct cast *k, struct datum v, struct datum *ret)
{
	switch (k->from->id) {
	case V_BOOL:
		if (k->to->id == V_BOOL) {
			*ret = v;
			return 0;
		}
		return k->to->id == V_INT4 ? from_int(k, v, ret) : no_cast(k);
	case V_INT2:
	case V_INT4:
	case V_INT8:
	case V_OID:
		return from_int(k, v, ret);
	case V_FLOAT4:
	case V_FLOAT8:
		return from_float(k, v, ret);
	case V_NUMERIC:
		return from_numeric(k, v, ret);
	case V_DATE:
		return from_date(k, v, ret);
	case V_TIME:
	case V_TIMETZ:
		return from_clock(k, v, ret);
	case V_TIMESTAMP:
	case V_TIMESTAMPTZ:
		return from_ts(k, v, ret);
	case V_INTERVAL:
		return from_interval(k, v, ret);
	case V_JSON:
	case V_JSONB:
		return from_json_types(k, v, ret);
	default:
		if (k->from->id != k->to->id)
			return no_cast(k);
		*ret = v;
		return 0;
	}
}

int value_cast(struct ctx *c, const struct vtype *from, const struct vtype *to,
	       const struct value_env *env, bool is_explicit, struct datum v, struct datum *ret)
{
	struct cast k = { c, from, to, env, is_explicit };
	if (v.kind == D_NULL) {
		*ret = v;
		return 0;
	}
	if (is_chars(to))
		return to_chars(&k, v, ret);
	if (is_chars(from))
		return value_in(c, to, env, v.s, ret);
	if (from->is_array != to->is_array)
		return no_cast(&k);
	return from->is_array ? cast_array(&k, v, ret) : cast_scalar(&k, v, ret);
}
