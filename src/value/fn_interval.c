/* Intervals, fields of dates and times, comparisons across date types. */
#include "value/datetime.h"
#include "value/datetime_part.h"
#include "value/fn_int.h"
#include "value/interval.h"
#include "value/numeric.h"

#include <math.h>

static int give(struct ctx *c, struct interval v, struct datum *ret)
{
	return ret_text(ret, interval_store(c->arena, v));
}

static struct interval load(struct datum v)
{
	struct interval i;
	interval_load(v.s, &i);
	return i;
}

static int add(FN_ARGS)
{
	FN_UNUSED;
	struct interval v;
	TRY(interval_add(c, load(args[0]), load(args[1]), &v));
	return give(c, v, ret);
}

static int sub(FN_ARGS)
{
	FN_UNUSED;
	struct interval b = load(args[1]), a = load(args[0]), v;
	if (__builtin_sub_overflow(a.months, b.months, &v.months) ||
	    __builtin_sub_overflow(a.days, b.days, &v.days) ||
	    __builtin_sub_overflow(a.usecs, b.usecs, &v.usecs))
		return err_set(c, "22008", "interval out of range");
	return give(c, v, ret);
}

static int negate(FN_ARGS)
{
	FN_UNUSED;
	struct interval v;
	TRY(interval_neg(c, load(args[0]), &v));
	return give(c, v, ret);
}

static int mul(FN_ARGS)
{
	FN_UNUSED;
	struct interval v;
	TRY(interval_mul(c, load(args[0]), args[1].r, &v));
	return give(c, v, ret);
}

static int mul_left(FN_ARGS)
{
	FN_UNUSED;
	struct interval v;
	TRY(interval_mul(c, load(args[1]), args[0].r, &v));
	return give(c, v, ret);
}

static int divide(FN_ARGS)
{
	FN_UNUSED;
	struct interval v;
	TRY(interval_div(c, load(args[0]), args[1].r, &v));
	return give(c, v, ret);
}

#define JUSTIFY(fn, op)                                                                            \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct interval v;                                                                 \
		TRY(op(c, load(args[0]), &v));                                                     \
		return give(c, v, ret);                                                            \
	}
JUSTIFY(justify_hours, interval_justify_hours)
JUSTIFY(justify_days, interval_justify_days)
JUSTIFY(justify, interval_justify)

static int always(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, true);
}

static int truncate_(FN_ARGS)
{
	FN_UNUSED;
	struct interval v;
	TRY(interval_trunc(c, args[0].s, load(args[1]), &v));
	return give(c, v, ret);
}

/* years, months, weeks, days, hours, minutes, seconds */
static int make(FN_ARGS)
{
	FN_UNUSED;
	static const int64_t sizes[] = { USECS_PER_HOUR, USECS_PER_MINUTE };
	__int128 months = 0, days = 0, usecs = 0;
	for (int i = 0; i < nargs && i < 6; i++) {
		int64_t v = args[i].i;
		if (i < 2)
			months += (__int128)v * (i == 0 ? 12 : 1);
		else if (i < 4)
			days += (__int128)v * (i == 2 ? 7 : 1);
		else
			usecs += (__int128)v * sizes[i - 4];
	}
	double seconds = nargs > 6 ? args[6].r : 0;
	if (isinf(seconds) || isnan(seconds) || fabs(seconds) > 9e12)
		return err_set(c, "22008", "interval out of range");
	usecs += (__int128)rint(seconds * (double)USECS_PER_SEC);
	if (months > INT32_MAX || months < INT32_MIN || days > INT32_MAX || days < INT32_MIN ||
	    usecs > INT64_MAX || usecs < INT64_MIN)
		return err_set(c, "22008", "interval out of range");
	return give(c, (struct interval){ (int32_t)months, (int32_t)days, (int64_t)usecs }, ret);
}

/* ---- extract (numeric) and date_part (float8) ---- */

static const char ts_names[][28] = { "timestamp without time zone", "timestamp with time zone" };

static struct str print_i128(struct arena *a, __int128 v, int scale)
{
	char digits[48], *end = digits + sizeof(digits), *p = end;
	bool is_neg = v < 0;
	unsigned __int128 rest = is_neg ? -(unsigned __int128)v : (unsigned __int128)v;
	for (int i = 0; rest || i <= scale; i++) {
		if (scale && i == scale)
			*--p = '.';
		*--p = (char)('0' + (int)(rest % 10));
		rest /= 10;
	}
	if (is_neg)
		*--p = '-';
	return str_copy(a, (struct str){ p, (size_t)(end - p) });
}

static double part_real(const struct part *p)
{
	static const double powers[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6 };
	if (p->infinity)
		return p->infinity * (double)INFINITY;
	if (p->scale < 0)
		return (double)(p->v / USECS_PER_DAY) +
		       (double)(p->v % USECS_PER_DAY) / (double)USECS_PER_DAY;
	if (p->is_clock) {
		double second = (double)(p->v / USECS_PER_SEC),
		       rest = (double)(p->v % USECS_PER_SEC);
		return p->scale == 6 ? second + rest / 1000000.0 : second * 1000.0 + rest / 1000.0;
	}
	return (double)p->v / powers[p->scale];
}

static int give_real(const struct part *p, struct datum *ret)
{
	return p->is_null ? ret_null(ret) : ret_real(ret, part_real(p));
}

static int give_exact(struct ctx *c, const struct part *p, bool is_date, struct datum *ret)
{
	if (p->is_null)
		return ret_null(ret);
	if (p->infinity)
		return ret_text(ret, p->infinity < 0 ? STR("-Infinity") : STR("Infinity"));
	if (p->scale >= 0)
		return ret_text(ret, print_i128(c->arena, p->v, p->scale));
	/* a Julian day with its fraction */
	struct numeric whole = numeric_from_i64(c->arena, (int64_t)(p->v / USECS_PER_DAY));
	if (is_date)
		return ret_text(ret, numeric_print(c->arena, whole));
	struct numeric rest = numeric_from_i64(c->arena, (int64_t)(p->v % USECS_PER_DAY)), v;
	TRY(numeric_div(c, rest, numeric_from_i64(c->arena, USECS_PER_DAY), &v));
	TRY(numeric_add(c, whole, v, &v));
	return ret_text(ret, numeric_print(c->arena, v));
}

static int tz_fields(struct ctx *c, const struct value_env *env, const struct datum *args,
		     struct part *ret)
{
	int64_t ts = ts_load(args[1].s), local = ts_to_local(ts, env_zone(env));
	int32_t east = ts_is_finite(ts) ? (int32_t)((local - ts) / USECS_PER_SEC) : 0;
	return ts_part(c, args[0].s, ts_names[1], local, east, true, ret);
}

static int ts_fields(struct ctx *c, const struct value_env *env, const struct datum *args,
		     struct part *ret)
{
	(void)env;
	return ts_part(c, args[0].s, ts_names[0], ts_load(args[1].s), 0, false, ret);
}

static int time_fields(struct ctx *c, const struct value_env *env, const struct datum *args,
		       struct part *ret)
{
	(void)env;
	return time_part(c, args[0].s, "time without time zone", time_load(args[1].s), 0, false,
			 ret);
}

static int timetz_fields(struct ctx *c, const struct value_env *env, const struct datum *args,
			 struct part *ret)
{
	(void)env;
	int32_t east;
	int64_t usecs = timetz_load(args[1].s, &east);
	return time_part(c, args[0].s, "time with time zone", usecs, east, true, ret);
}

static int interval_fields(struct ctx *c, const struct value_env *env, const struct datum *args,
			   struct part *ret)
{
	(void)env;
	return interval_part(c, args[0].s, load(args[1]), ret);
}

/* Dates beyond every finite timestamp come just below infinity. */
static int64_t date_as_ts(int32_t days)
{
	if (days == DATE_INFINITY || days == DATE_NEG_INFINITY)
		return days < 0 ? TS_NEG_INFINITY : TS_INFINITY;
	__int128 ts = (__int128)days * USECS_PER_DAY;
	return ts >= TS_INFINITY ? TS_INFINITY - 1 : (int64_t)ts;
}

#define PARTS(real_fn, exact_fn, fields)                                                           \
	static int real_fn(FN_ARGS)                                                                \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct part p;                                                                     \
		TRY(fields(c, env, args, &p));                                                     \
		return give_real(&p, ret);                                                         \
	}                                                                                          \
	static int exact_fn(FN_ARGS)                                                               \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct part p;                                                                     \
		TRY(fields(c, env, args, &p));                                                     \
		return give_exact(c, &p, false, ret);                                              \
	}
PARTS(tz_part_real, tz_part_exact, tz_fields)
PARTS(ts_part_real, ts_part_exact, ts_fields)
PARTS(time_part_real, time_part_exact, time_fields)
PARTS(timetz_part_real, timetz_part_exact, timetz_fields)
PARTS(interval_field_real, interval_part_exact, interval_fields)

/* The epoch as PostgreSQL adds it up, rounding errors included. */
static int interval_part_real(FN_ARGS)
{
	struct interval v = load(args[1]);
	if (datetime_unit_of(c->arena, args[0].s) != UNIT_EPOCH)
		return interval_field_real(c, env, args, nargs, ret);
	double sum = (double)v.usecs / 1000000.0;
	sum += 365.25 * 86400.0 * (v.months / 12);
	sum += 30.0 * 86400.0 * (v.months % 12);
	sum += 86400.0 * v.days;
	return ret_real(ret, sum);
}

/* extract from a date knows no clock; date_part(text, date) does. */
static int date_part_exact(FN_ARGS)
{
	FN_UNUSED;
	struct part p;
	enum datetime_unit unit = datetime_unit_of(c->arena, args[0].s);
	bool has_clock = (unit >= UNIT_MICROSECOND && unit <= UNIT_HOUR) || unit >= UNIT_TIMEZONE;
	if (has_clock)
		return err_set(c, "0A000", "unit \"%.*s\" not supported for type date",
			       STR_ARG(str_lower(c->arena, args[0].s)));
	int32_t days = date_load(args[1].s);
	bool is_finite = days != DATE_INFINITY && days != DATE_NEG_INFINITY;
	TRY(is_finite ? date_part_of(c, args[0].s, days, &p)
		      : ts_part(c, args[0].s, "date", date_as_ts(days), 0, false, &p));
	return give_exact(c, &p, true, ret);
}

static int date_part_real(FN_ARGS)
{
	FN_UNUSED;
	struct part p;
	int64_t ts = date_as_ts(date_load(args[1].s));
	if (ts_is_finite(ts) && !ts_in_range(ts))
		return err_set(c, "22008", "date out of range for timestamp");
	TRY(ts_part(c, args[0].s, ts_names[0], date_as_ts(date_load(args[1].s)), 0, false, &p));
	return give_real(&p, ret);
}

/* ---- comparisons across date, timestamp, timestamptz ---- */

static int64_t as_utc(const struct value_env *env, struct datum v, char type)
{
	int64_t ts = type == 'D' ? date_as_ts(date_load(v.s)) : ts_load(v.s);
	bool is_beyond = ts == TS_INFINITY - 1;
	return type == 'z' || is_beyond ? ts : ts_from_local(ts, env_zone(env));
}

static int cross_cmp(const struct value_env *env, const struct datum *args, char a, char b)
{
	bool has_zone = a == 'z' || b == 'z';
	int64_t x = has_zone ? as_utc(env, args[0], a) : as_utc(NULL, args[0], a);
	int64_t y = has_zone ? as_utc(env, args[1], b) : as_utc(NULL, args[1], b);
	return x < y ? -1 : x > y;
}

#define CROSS1(fn, a, b, op)                                                                       \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return ret_bool(ret, cross_cmp(env, args, a, b) op 0);                             \
	}
#define CROSS(name, a, b)                                                                          \
	CROSS1(name##_eq, a, b, ==)                                                                \
	CROSS1(name##_ne, a, b, !=)                                                                \
	CROSS1(name##_lt, a, b, <)                                                                 \
	CROSS1(name##_le, a, b, <=)                                                                \
	CROSS1(name##_gt, a, b, >)                                                                 \
	CROSS1(name##_ge, a, b, >=)
CROSS(date_ts, 'D', 'm')
CROSS(date_tz, 'D', 'z')
CROSS(ts_date, 'm', 'D')
CROSS(ts_tz, 'm', 'z')
CROSS(tz_date, 'z', 'D')
CROSS(tz_ts, 'z', 'm')

#define CROSS_ROWS(left, right, sig, name)                                                         \
	STABLE(left "_eq_" right, sig, name##_eq), STABLE(left "_ne_" right, sig, name##_ne),      \
		STABLE(left "_lt_" right, sig, name##_lt),                                         \
		STABLE(left "_le_" right, sig, name##_le),                                         \
		STABLE(left "_gt_" right, sig, name##_gt),                                         \
		STABLE(left "_ge_" right, sig, name##_ge)

static const struct value_fn rows[] = {
	STRICT("interval_pl", "I:II", add),
	STRICT("interval_mi", "I:II", sub),
	STRICT("interval_um", "I:I", negate),
	STRICT("interval_mul", "I:Id", mul),
	STRICT("mul_d_interval", "I:dI", mul_left),
	STRICT("interval_div", "I:Id", divide),
	STRICT("interval_justify_hours", "I:I", justify_hours),
	STRICT("interval_justify_days", "I:I", justify_days),
	STRICT("interval_justify_interval", "I:I", justify),
	STRICT("interval_finite", "b:I", always),
	STRICT("interval_trunc", "I:tI", truncate_),
	STRICT("make_interval", "I:?iiiiiid", make),
	STRICT("timestamp_part", "d:tm", ts_part_real),
	STABLE("timestamptz_part", "d:tz", tz_part_real),
	STRICT("date_part", "d:tD", date_part_real),
	STRICT("time_part", "d:tM", time_part_real),
	STRICT("timetz_part", "d:tZ", timetz_part_real),
	STRICT("interval_part", "d:tI", interval_part_real),
	STRICT("extract_timestamp", "n:tm", ts_part_exact),
	STABLE("extract_timestamptz", "n:tz", tz_part_exact),
	STRICT("extract_date", "n:tD", date_part_exact),
	STRICT("extract_time", "n:tM", time_part_exact),
	STRICT("extract_timetz", "n:tZ", timetz_part_exact),
	STRICT("extract_interval", "n:tI", interval_part_exact),
	CROSS_ROWS("date", "timestamp", "b:Dm", date_ts),
	CROSS_ROWS("date", "timestamptz", "b:Dz", date_tz),
	CROSS_ROWS("timestamp", "date", "b:mD", ts_date),
	CROSS_ROWS("timestamp", "timestamptz", "b:mz", ts_tz),
	CROSS_ROWS("timestamptz", "date", "b:zD", tz_date),
	CROSS_ROWS("timestamptz", "timestamp", "b:zm", tz_ts),
};
FN_GROUP(fn_group_interval, rows);
