/* Functions of dates, times and timestamps. */
#include "value/datetime.h"
#include "value/datetime_part.h"
#include "value/fn_int.h"
#include "value/interval.h"
#include "value/number.h"
#include "value/numeric.h"
#include "value/timezone.h"

#include <math.h>
#include <string.h>

static int give_ts(struct ctx *c, int64_t ts, bool has_zone, struct datum *ret)
{
	return ret_text(ret, ts_store(c->arena, ts, has_zone));
}

static int give_interval(struct ctx *c, struct interval v, struct datum *ret)
{
	return ret_text(ret, interval_store(c->arena, v));
}

static bool date_is_finite(int32_t days)
{
	return days != DATE_INFINITY && days != DATE_NEG_INFINITY;
}

/* ---- sums and differences ---- */

static int shift_ts(struct ctx *c, const struct tzone *zone, struct datum ts, struct datum by,
		    int sign, bool has_zone, struct datum *ret)
{
	struct interval v;
	int64_t result;
	interval_load(by.s, &v);
	if (sign < 0)
		TRY(interval_neg(c, v, &v));
	TRY(ts_add_interval(c, ts_load(ts.s), zone, v, &result));
	return give_ts(c, result, has_zone, ret);
}

#define SHIFT(fn, zone, at, by, sign, has_zone)                                                    \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return shift_ts(c, (zone), args[at], args[by], (sign), (has_zone), ret);           \
	}
SHIFT(ts_plus, NULL, 0, 1, 1, false)
SHIFT(ts_minus, NULL, 0, 1, -1, false)
SHIFT(plus_ts, NULL, 1, 0, 1, false)
SHIFT(tz_plus, env_zone(env), 0, 1, 1, true)
SHIFT(tz_minus, env_zone(env), 0, 1, -1, true)
SHIFT(plus_tz, env_zone(env), 1, 0, 1, true)

static int date_to_ts(struct ctx *c, int32_t days, int64_t *ret)
{
	if (!date_is_finite(days)) {
		*ret = days < 0 ? TS_NEG_INFINITY : TS_INFINITY;
		return 0;
	}
	__int128 ts = (__int128)days * USECS_PER_DAY;
	if (ts > INT64_MAX - USECS_PER_DAY || !ts_in_range((int64_t)ts))
		return err_set(c, "22008", "date out of range for timestamp");
	*ret = (int64_t)ts;
	return 0;
}

static int shift_date(struct ctx *c, struct datum date, struct datum by, int sign,
		      struct datum *ret)
{
	int64_t ts;
	TRY(date_to_ts(c, date_load(date.s), &ts));
	return shift_ts(c, NULL, datum_text(ts_store(c->arena, ts, false)), by, sign, false, ret);
}

static int date_plus_interval(FN_ARGS)
{
	FN_UNUSED;
	return shift_date(c, args[0], args[1], 1, ret);
}

static int interval_plus_date(FN_ARGS)
{
	FN_UNUSED;
	return shift_date(c, args[1], args[0], 1, ret);
}

static int date_minus_interval(FN_ARGS)
{
	FN_UNUSED;
	return shift_date(c, args[0], args[1], -1, ret);
}

static int shift_days(struct ctx *c, struct datum date, int64_t by, struct datum *ret)
{
	int32_t days = date_load(date.s);
	if (!date_is_finite(days)) {
		*ret = date;
		return 0;
	}
	int64_t sum = days + by;
	if (!days_in_range(sum))
		return date_range_error(c);
	return ret_text(ret, date_store(c->arena, (int32_t)sum));
}

static int date_plus_days(FN_ARGS)
{
	FN_UNUSED;
	return shift_days(c, args[0], args[1].i, ret);
}

static int days_plus_date(FN_ARGS)
{
	FN_UNUSED;
	return shift_days(c, args[1], args[0].i, ret);
}

static int date_minus_days(FN_ARGS)
{
	FN_UNUSED;
	return shift_days(c, args[0], -args[1].i, ret);
}

static int date_minus_date(FN_ARGS)
{
	FN_UNUSED;
	int32_t a = date_load(args[0].s), b = date_load(args[1].s);
	if (!date_is_finite(a) || !date_is_finite(b))
		return err_set(c, "22008", "cannot subtract infinite dates");
	return ret_int(ret, (int64_t)a - b);
}

static int ts_minus_ts(FN_ARGS)
{
	FN_UNUSED;
	struct interval v;
	TRY(ts_sub(c, ts_load(args[0].s), ts_load(args[1].s), &v));
	return give_interval(c, v, ret);
}

static int64_t wrap_day(int64_t usecs)
{
	int64_t rest = usecs % USECS_PER_DAY;
	return rest < 0 ? rest + USECS_PER_DAY : rest;
}

static int shift_time(struct ctx *c, struct datum time, struct datum by, int sign,
		      struct datum *ret)
{
	struct interval v;
	interval_load(by.s, &v);
	return ret_text(ret, time_store(c->arena, wrap_day(time_load(time.s) +
							   sign * (v.usecs % USECS_PER_DAY))));
}

static int time_plus(FN_ARGS)
{
	FN_UNUSED;
	return shift_time(c, args[0], args[1], 1, ret);
}

static int plus_time(FN_ARGS)
{
	FN_UNUSED;
	return shift_time(c, args[1], args[0], 1, ret);
}

static int time_minus(FN_ARGS)
{
	FN_UNUSED;
	return shift_time(c, args[0], args[1], -1, ret);
}

static int shift_timetz(struct ctx *c, struct datum time, struct datum by, int sign,
			struct datum *ret)
{
	struct interval v;
	int32_t east;
	interval_load(by.s, &v);
	int64_t usecs = timetz_load(time.s, &east) + sign * (v.usecs % USECS_PER_DAY);
	return ret_text(ret, timetz_store(c->arena, wrap_day(usecs), east));
}

static int timetz_plus(FN_ARGS)
{
	FN_UNUSED;
	return shift_timetz(c, args[0], args[1], 1, ret);
}

static int plus_timetz(FN_ARGS)
{
	FN_UNUSED;
	return shift_timetz(c, args[1], args[0], 1, ret);
}

static int timetz_minus(FN_ARGS)
{
	FN_UNUSED;
	return shift_timetz(c, args[0], args[1], -1, ret);
}

static int time_minus_time(FN_ARGS)
{
	FN_UNUSED;
	struct interval v = { .usecs = time_load(args[0].s) - time_load(args[1].s) };
	return give_interval(c, v, ret);
}

/* date + time */
static int date_with_time(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts;
	TRY(date_to_ts(c, date_load(args[0].s), &ts));
	if (ts_is_finite(ts))
		ts += time_load(args[1].s);
	if (ts_is_finite(ts) && !ts_in_range(ts))
		return ts_range_error(c);
	return give_ts(c, ts, false, ret);
}

static int time_with_date(FN_ARGS)
{
	struct datum swapped[2] = { args[1], args[0] };
	return date_with_time(c, env, swapped, nargs, ret);
}

static int date_with_timetz(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts;
	int32_t east;
	TRY(date_to_ts(c, date_load(args[0].s), &ts));
	int64_t usecs = timetz_load(args[1].s, &east);
	if (ts_is_finite(ts))
		ts += usecs - east * USECS_PER_SEC;
	if (ts_is_finite(ts) && !ts_in_range(ts))
		return ts_range_error(c);
	return give_ts(c, ts, true, ret);
}

static int timetz_with_date(FN_ARGS)
{
	struct datum swapped[2] = { args[1], args[0] };
	return date_with_timetz(c, env, swapped, nargs, ret);
}

/* ---- age ---- */

static int age_of(struct ctx *c, int64_t a, int64_t b, struct datum *ret)
{
	if (!ts_is_finite(a) || !ts_is_finite(b))
		return ts_range_error(c);
	return give_interval(c, ts_age(a, b), ret);
}

static int age_ts(FN_ARGS)
{
	FN_UNUSED;
	return age_of(c, ts_load(args[0].s), ts_load(args[1].s), ret);
}

static int age_tz(FN_ARGS)
{
	FN_UNUSED;
	const struct tzone *zone = env_zone(env);
	return age_of(c, ts_to_local(ts_load(args[0].s), zone),
		      ts_to_local(ts_load(args[1].s), zone), ret);
}

/* age(x): from today's midnight; text with a zone is a timestamptz. */
static int age_today(FN_ARGS)
{
	FN_UNUSED;
	int64_t now = ts_to_local(env_now(env), env_zone(env));
	now -= wrap_day(now);
	int64_t ts = ts_load(args[0].s);
	if (str_ends(args[0].s, STR("+00")))
		ts = ts_to_local(ts, env_zone(env));
	return age_of(c, now, ts, ret);
}

/* ---- zones ---- */

static int at_zone_ts(FN_ARGS)
{
	FN_UNUSED;
	if (!ts_is_finite(ts_load(args[1].s)))
		return give_ts(c, ts_load(args[1].s), true, ret);
	const struct tzone *zone;
	TRY(tzone_find(c, args[0].s, &zone));
	int64_t ts = ts_from_local(ts_load(args[1].s), zone);
	if (ts_is_finite(ts) && !ts_in_range(ts))
		return ts_range_error(c);
	return give_ts(c, ts, true, ret);
}

static int at_zone_tz(FN_ARGS)
{
	FN_UNUSED;
	if (!ts_is_finite(ts_load(args[1].s)))
		return give_ts(c, ts_load(args[1].s), false, ret);
	const struct tzone *zone;
	TRY(tzone_find(c, args[0].s, &zone));
	int64_t ts = ts_to_local(ts_load(args[1].s), zone);
	if (ts_is_finite(ts) && !ts_in_range(ts))
		return ts_range_error(c);
	return give_ts(c, ts, false, ret);
}

static int interval_zone(struct ctx *c, struct datum v, int64_t *ret)
{
	struct interval i;
	interval_load(v.s, &i);
	if (i.months || i.days)
		return err_set(c, "22023",
			       "interval time zone \"%.*s\" must not include months or days",
			       STR_ARG(v.s));
	*ret = i.usecs / USECS_PER_SEC * USECS_PER_SEC;
	return 0;
}

static int at_izone_ts(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts = ts_load(args[1].s), offset;
	if (!ts_is_finite(ts))
		return give_ts(c, ts, true, ret);
	TRY(interval_zone(c, args[0], &offset));
	if (!ts_in_range(ts - offset))
		return ts_range_error(c);
	return give_ts(c, ts - offset, true, ret);
}

static int at_izone_tz(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts = ts_load(args[1].s), offset;
	if (!ts_is_finite(ts))
		return give_ts(c, ts, false, ret);
	TRY(interval_zone(c, args[0], &offset));
	if (!ts_in_range(ts + offset))
		return ts_range_error(c);
	return give_ts(c, ts + offset, false, ret);
}

static int move_timetz(struct ctx *c, struct datum v, int32_t to_east, struct datum *ret)
{
	int32_t east;
	int64_t usecs = timetz_load(v.s, &east) + (to_east - east) * USECS_PER_SEC;
	return ret_text(ret, timetz_store(c->arena, wrap_day(usecs), to_east));
}

static int at_zone_timetz(FN_ARGS)
{
	FN_UNUSED;
	const struct tzone *zone;
	TRY(tzone_find(c, args[0].s, &zone));
	int64_t now = env_now(env);
	int64_t east = (ts_to_local(now, zone) - now) / USECS_PER_SEC;
	return move_timetz(c, args[1], (int32_t)east, ret);
}

static int at_izone_timetz(FN_ARGS)
{
	FN_UNUSED;
	int64_t offset;
	TRY(interval_zone(c, args[0], &offset));
	return move_timetz(c, args[1], (int32_t)(offset / USECS_PER_SEC), ret);
}

/* ---- date_trunc and bins ---- */

static int trunc_ts(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts;
	TRY(ts_trunc(c, args[0].s, "timestamp without time zone", ts_load(args[1].s), &ts));
	if (ts_is_finite(ts) && !ts_in_range(ts))
		return ts_range_error(c);
	return give_ts(c, ts, false, ret);
}

static int trunc_in_zone(struct ctx *c, struct str field, int64_t ts, const struct tzone *zone,
			 struct datum *ret)
{
	int64_t local = ts_to_local(ts, zone), cut;
	TRY(ts_trunc(c, field, "timestamp with time zone", local, &cut));
	/* an hour or less keeps the offset, so that a fold stays on its side */
	bool is_clock = datetime_unit_of(c->arena, field) <= UNIT_HOUR;
	int64_t result =
		is_clock && ts_is_finite(ts) ? cut - (local - ts) : ts_from_local(cut, zone);
	if (ts_is_finite(result) && !ts_in_range(result))
		return ts_range_error(c);
	return give_ts(c, result, true, ret);
}

static int trunc_tz(FN_ARGS)
{
	FN_UNUSED;
	return trunc_in_zone(c, args[0].s, ts_load(args[1].s), env_zone(env), ret);
}

static int trunc_tz_zone(FN_ARGS)
{
	FN_UNUSED;
	const struct tzone *zone;
	if (!ts_is_finite(ts_load(args[1].s)))
		return give_ts(c, ts_load(args[1].s), true, ret);
	TRY(tzone_find(c, args[2].s, &zone));
	return trunc_in_zone(c, args[0].s, ts_load(args[1].s), zone, ret);
}

static int bin_of(struct ctx *c, const struct datum *args, bool has_zone, struct datum *ret)
{
	struct interval stride;
	interval_load(args[0].s, &stride);
	int64_t ts = ts_load(args[1].s), origin = ts_load(args[2].s);
	if (!ts_is_finite(ts))
		return give_ts(c, ts, has_zone, ret);
	if (!ts_is_finite(origin))
		return err_set(c, "22008", "origin out of range");
	if (stride.months)
		return err_set(
			c, "0A000",
			"timestamps cannot be binned into intervals containing months or years");
	__int128 size = (__int128)stride.days * USECS_PER_DAY + stride.usecs;
	if (size > INT64_MAX || size < INT64_MIN)
		return err_set(c, "22008", "interval out of range");
	if (size <= 0)
		return err_set(c, "22008", "stride must be greater than zero");
	int64_t diff;
	if (__builtin_sub_overflow(ts, origin, &diff))
		return err_set(c, "22008", "interval out of range");
	__int128 bins = diff / size - (diff % size < 0);
	__int128 start = origin + bins * size;
	if (start > INT64_MAX || start < INT64_MIN || !ts_in_range((int64_t)start))
		return ts_range_error(c);
	return give_ts(c, (int64_t)start, has_zone, ret);
}

static int bin_ts(FN_ARGS)
{
	FN_UNUSED;
	return bin_of(c, args, false, ret);
}

static int bin_tz(FN_ARGS)
{
	FN_UNUSED;
	return bin_of(c, args, true, ret);
}

/* ---- making them ---- */

/* shown: the year in messages, 1 BC as 0 or as -1 */
static int make_days(struct ctx *c, int64_t shown, int64_t year, int64_t month, int64_t day,
		     int64_t *ret)
{
	int64_t y = year < 0 ? year + 1 : year;
	bool is_bad = year == 0 || month < 1 || month > 12 || day < 1 || day > 31 ||
		      day > month_days(y, (int)month);
	if (is_bad)
		return err_set(c, "22008", "date field value out of range: %lld-%02lld-%02lld",
			       (long long)shown, (long long)month, (long long)day);
	int64_t days =
		y > 5874898 || y < -4713 ? INT64_MAX : civil_to_days(y, (int)month, (int)day);
	if (!days_in_range(days))
		return err_set(c, "22008", "date out of range: %lld-%02lld-%02lld", (long long)year,
			       (long long)month, (long long)day);
	*ret = days;
	return 0;
}

static int make_date(FN_ARGS)
{
	FN_UNUSED;
	int64_t days;
	TRY(make_days(c, args[0].i + (args[0].i < 0), args[0].i, args[1].i, args[2].i, &days));
	return ret_text(ret, date_store(c->arena, (int32_t)days));
}

/* The clock of make_time and make_timestamp; 24:00:00 is allowed. */
static int make_clock(struct ctx *c, int64_t hour, int64_t minute, double second, int64_t *ret)
{
	double rounded = rint(second * (double)USECS_PER_SEC);
	bool is_bad = hour < 0 || minute < 0 || minute > 59 || isnan(second) || second < 0 ||
		      second > 60 || hour > 24 || (hour == 24 && (minute > 0 || rounded > 0));
	if (is_bad)
		return err_set(c, "22008", "time field value out of range: %lld:%02lld:%02g",
			       (long long)hour, (long long)minute, second);
	*ret = hour * USECS_PER_HOUR + minute * USECS_PER_MINUTE + (int64_t)rounded;
	return 0;
}

static int make_time(FN_ARGS)
{
	FN_UNUSED;
	int64_t usecs;
	TRY(make_clock(c, args[0].i, args[1].i, args[2].r, &usecs));
	return ret_text(ret, time_store(c->arena, usecs));
}

static int make_local(struct ctx *c, const struct datum *args, int64_t *ret)
{
	int64_t days, usecs;
	TRY(make_days(c, args[0].i, args[0].i, args[1].i, args[2].i, &days));
	TRY(make_clock(c, args[3].i, args[4].i, args[5].r, &usecs));
	__int128 ts = (__int128)days * USECS_PER_DAY + usecs;
	if (ts > INT64_MAX || ts < INT64_MIN || !ts_in_range((int64_t)ts))
		return ts_range_error(c);
	*ret = (int64_t)ts;
	return 0;
}

static int make_ts(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts;
	TRY(make_local(c, args, &ts));
	return give_ts(c, ts, false, ret);
}

/* A zone's name, or an offset whose sign is ISO's (east positive). */
static int find_iso_zone(struct ctx *c, struct str name, const struct tzone **ret)
{
	char first = name.n ? name.p[0] : 0;
	if (first != '+' && first != '-')
		return tzone_find(c, name, ret);
	struct str flipped = str_copy(c->arena, name);
	struct str opposite = str_of(arena_printf(c->arena, "%c%.*s", first == '+' ? '-' : '+',
						  STR_ARG(str_from(flipped, 1))));
	return tzone_find(c, opposite, ret);
}

static int make_tz(FN_ARGS)
{
	FN_UNUSED;
	int64_t ts;
	const struct tzone *zone = env_zone(env);
	TRY(make_local(c, args, &ts));
	if (nargs > 6)
		TRY(find_iso_zone(c, args[6].s, &zone));
	return give_ts(c, ts_from_local(ts, zone), true, ret);
}

static int from_epoch(FN_ARGS)
{
	FN_UNUSED;
	double seconds = args[0].r;
	if (isinf(seconds))
		return give_ts(c, seconds < 0 ? TS_NEG_INFINITY : TS_INFINITY, true, ret);
	if (isnan(seconds))
		return err_set(c, "22008", "timestamp cannot be NaN");
	double usecs = rint((seconds - (double)PG_EPOCH_UNIX) * (double)USECS_PER_SEC);
	bool is_in = usecs > -211813488000000001.0 && usecs < 9223371331200000000.0;
	if (!is_in || !ts_in_range((int64_t)usecs)) {
		BUF_CLEANUP struct buf b = buf_make(400);
		buf_printf(&b, "%g", seconds);
		return err_set(c, "22008", "timestamp out of range: \"%.*s\"",
			       STR_ARG(buf_view(&b)));
	}
	return give_ts(c, (int64_t)usecs, true, ret);
}

static int is_finite(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, !str_is(args[0].s, "infinity") && !str_is(args[0].s, "-infinity"));
}

static int give_now(FN_ARGS)
{
	FN_UNUSED;
	return give_ts(c, env_now(env), true, ret);
}

static int give_local_now(FN_ARGS)
{
	FN_UNUSED;
	return give_ts(c, ts_to_local(env_now(env), env_zone(env)), false, ret);
}

static int give_today(FN_ARGS)
{
	FN_UNUSED;
	int64_t now = ts_to_local(env_now(env), env_zone(env));
	int64_t days = (now - wrap_day(now)) / USECS_PER_DAY;
	return ret_text(ret, date_store(c->arena, (int32_t)days));
}

static int give_local_time(FN_ARGS)
{
	FN_UNUSED;
	int64_t now = ts_to_local(env_now(env), env_zone(env));
	return ret_text(ret, time_store(c->arena, wrap_day(now)));
}

static int give_current_time(FN_ARGS)
{
	FN_UNUSED;
	int64_t now = env_now(env), local = ts_to_local(now, env_zone(env));
	int32_t east = (int32_t)((local - now) / USECS_PER_SEC);
	return ret_text(ret, timetz_store(c->arena, wrap_day(local), east));
}

static const struct value_fn rows[] = {
	STRICT("timestamp_pl_interval", "m:mI", ts_plus),
	STRICT("timestamp_mi_interval", "m:mI", ts_minus),
	STRICT("interval_pl_timestamp", "m:Im", plus_ts),
	STABLE("timestamptz_pl_interval", "z:zI", tz_plus),
	STABLE("timestamptz_mi_interval", "z:zI", tz_minus),
	STABLE("interval_pl_timestamptz", "z:Iz", plus_tz),
	STRICT("date_pl_interval", "m:DI", date_plus_interval),
	STRICT("date_mi_interval", "m:DI", date_minus_interval),
	STRICT("interval_pl_date", "m:ID", interval_plus_date),
	STRICT("date_pli", "D:Di", date_plus_days),
	STRICT("date_mii", "D:Di", date_minus_days),
	STRICT("integer_pl_date", "D:iD", days_plus_date),
	STRICT("date_mi", "i:DD", date_minus_date),
	STRICT("timestamp_mi", "I:mm", ts_minus_ts),
	STRICT("timestamptz_mi", "I:zz", ts_minus_ts),
	STRICT("time_pl_interval", "M:MI", time_plus),
	STRICT("interval_pl_time", "M:IM", plus_time),
	STRICT("time_mi_interval", "M:MI", time_minus),
	STRICT("timetz_pl_interval", "Z:ZI", timetz_plus),
	STRICT("interval_pl_timetz", "Z:IZ", plus_timetz),
	STRICT("timetz_mi_interval", "Z:ZI", timetz_minus),
	STRICT("time_mi_time", "I:MM", time_minus_time),
	STRICT("datetime_timestamp", "m:DM", date_with_time),
	STRICT("timedate_pl", "m:MD", time_with_date),
	STRICT("datetimetz_timestamptz", "z:DZ", date_with_timetz),
	STRICT("timetzdate_pl", "z:ZD", timetz_with_date),
	STRICT("timestamp_age", "I:mm", age_ts),
	STABLE("timestamptz_age", "I:zz", age_tz),
	STABLE("age", "I:m", age_today),
	STRICT("timestamp_zone", "z:tm", at_zone_ts),
	STRICT("timestamptz_zone", "m:tz", at_zone_tz),
	STRICT("timestamp_izone", "z:Im", at_izone_ts),
	STRICT("timestamptz_izone", "m:Iz", at_izone_tz),
	STABLE("timetz_zone", "Z:tZ", at_zone_timetz),
	STRICT("timetz_izone", "Z:IZ", at_izone_timetz),
	STRICT("timestamp_trunc", "m:tm", trunc_ts),
	STABLE("timestamptz_trunc", "z:tz", trunc_tz),
	STRICT("timestamptz_trunc_zone", "z:tzt", trunc_tz_zone),
	STRICT("timestamp_bin", "m:Imm", bin_ts),
	STRICT("timestamptz_bin", "z:Izz", bin_tz),
	STRICT("make_date", "D:iii", make_date),
	STRICT("make_time", "M:iid", make_time),
	STRICT("make_timestamp", "m:iiiiid", make_ts),
	STABLE("make_timestamptz", "z:iiiiid", make_tz),
	STRICT("make_timestamptz_at_timezone", "z:iiiiidt", make_tz),
	STRICT("float8_timestamptz", "z:d", from_epoch),
	STRICT("date_finite", "b:D", is_finite),
	STRICT("timestamp_finite", "b:m", is_finite),
	STABLE("now", "z:", give_now),
	STABLE("localtimestamp", "m:", give_local_now),
	STABLE("current_date", "D:", give_today),
	STABLE("localtime", "M:", give_local_time),
	STABLE("current_time", "Z:", give_current_time),
};
FN_GROUP(fn_group_datetime, rows);
