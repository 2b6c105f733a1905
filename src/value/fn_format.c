/* to_char, to_date, to_timestamp, to_number. */
#include "value/datetime.h"
#include "value/fn_int.h"
#include "value/format.h"
#include "value/text.h"
#include "value/timezone.h"

/* An empty template, or an infinite timestamp, has no text. */
static int give(struct ctx *c, struct datum *ret, const struct buf *b, struct str format)
{
	return format.n ? ret_buf(c, ret, b) : ret_null(ret);
}

static int ts_to_char(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	int64_t ts = ts_load(args[0].s);
	if (!ts_is_finite(ts))
		return ret_null(ret);
	TRY(format_ts(c, &b, args[1].s, ts, false, 0, STR("")));
	return give(c, ret, &b, args[1].s);
}

static int tz_to_char(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	int64_t ts = ts_load(args[0].s), local = ts_to_local(ts, env_zone(env));
	if (!ts_is_finite(ts))
		return ret_null(ret);
	int64_t unix_s = ts / USECS_PER_SEC - (ts % USECS_PER_SEC < 0) + PG_EPOCH_UNIX;
	struct str abbrev;
	int32_t east = tzone_offset_at(env_zone(env), unix_s, &abbrev, NULL);
	TRY(format_ts(c, &b, args[1].s, local, true, east, abbrev));
	return give(c, ret, &b, args[1].s);
}

static int interval_to_char(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct interval v;
	interval_load(args[0].s, &v);
	TRY(format_interval(c, &b, args[1].s, v));
	return give(c, ret, &b, args[1].s);
}

static int numeric_to_char(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct numeric v;
	TRY(numeric_parse(c, args[0].s, &v));
	TRY(format_number(c, &b, args[1].s, v));
	return ret_buf(c, ret, &b);
}

static int int_to_char(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(format_number(c, &b, args[1].s, numeric_from_i64(c->arena, args[0].i)));
	return ret_buf(c, ret, &b);
}

static int float8_to_char(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(format_double(c, &b, args[1].s, args[0].r, 15));
	return ret_buf(c, ret, &b);
}

static int float4_to_char(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(format_double(c, &b, args[1].s, args[0].r, 6));
	return ret_buf(c, ret, &b);
}

static int to_number(FN_ARGS)
{
	FN_UNUSED;
	struct numeric v;
	if (!args[1].s.n)
		return ret_null(ret);
	TRY(format_parse_number(c, args[0].s, args[1].s, &v));
	return ret_text(ret, numeric_print(c->arena, v));
}

static int to_date(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts;
	bool has_zone;
	int32_t east;
	if (format_parse_ts(c, args[0].s, args[1].s, &ts, &has_zone, &east) < 0) {
		bool is_range = str_starts(str_of(c->err.message), STR("timestamp out of range"));
		return is_range ? err_set(c, "22008", "date out of range: \"%.*s\"",
					  STR_ARG(args[0].s))
				: -1;
	}
	int64_t days = ts / USECS_PER_DAY - (ts % USECS_PER_DAY < 0);
	return ret_text(ret, date_store(c->arena, (int32_t)days));
}

static int to_timestamp(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts;
	bool has_zone;
	int32_t east;
	TRY(format_parse_ts(c, args[0].s, args[1].s, &ts, &has_zone, &east));
	ts = has_zone ? ts - east * USECS_PER_SEC : ts_from_local(ts, env_zone(env));
	return ret_text(ret, ts_store(c->arena, ts, true));
}

static const struct value_fn rows[] = {
	STRICT("timestamp_to_char", "t:mt", ts_to_char),
	STABLE("timestamptz_to_char", "t:zt", tz_to_char),
	STRICT("interval_to_char", "t:It", interval_to_char),
	STRICT("numeric_to_char", "t:nt", numeric_to_char),
	STRICT("int4_to_char", "t:it", int_to_char),
	STRICT("int8_to_char", "t:lt", int_to_char),
	STRICT("float4_to_char", "t:ft", float4_to_char),
	STRICT("float8_to_char", "t:dt", float8_to_char),
	STRICT("numeric_to_number", "n:tt", to_number),
	STRICT("to_date", "D:tt", to_date),
	STABLE("to_timestamp", "z:tt", to_timestamp),
};
FN_GROUP(fn_group_format, rows);
