#include "value/datetime_part.h"

#include "base/arena.h"
#include "value/datetime.h"

#include <string.h>

static const struct {
	const char *name;
	enum datetime_unit unit;
} units[] = {
	{ "c", UNIT_CENTURY },
	{ "cent", UNIT_CENTURY },
	{ "centuries", UNIT_CENTURY },
	{ "century", UNIT_CENTURY },
	{ "d", UNIT_DAY },
	{ "day", UNIT_DAY },
	{ "days", UNIT_DAY },
	{ "dec", UNIT_DECADE },
	{ "decade", UNIT_DECADE },
	{ "decades", UNIT_DECADE },
	{ "decs", UNIT_DECADE },
	{ "dow", UNIT_DOW },
	{ "doy", UNIT_DOY },
	{ "epoch", UNIT_EPOCH },
	{ "h", UNIT_HOUR },
	{ "hour", UNIT_HOUR },
	{ "hours", UNIT_HOUR },
	{ "hr", UNIT_HOUR },
	{ "hrs", UNIT_HOUR },
	{ "isodow", UNIT_ISODOW },
	{ "isoyear", UNIT_ISOYEAR },
	{ "j", UNIT_JULIAN },
	{ "jd", UNIT_JULIAN },
	{ "julian", UNIT_JULIAN },
	{ "m", UNIT_MINUTE },
	{ "microsecon", UNIT_MICROSECOND },
	{ "mil", UNIT_MILLENNIUM },
	{ "millennia", UNIT_MILLENNIUM },
	{ "millennium", UNIT_MILLENNIUM },
	{ "millisecon", UNIT_MILLISECOND },
	{ "mils", UNIT_MILLENNIUM },
	{ "min", UNIT_MINUTE },
	{ "mins", UNIT_MINUTE },
	{ "minute", UNIT_MINUTE },
	{ "minutes", UNIT_MINUTE },
	{ "mon", UNIT_MONTH },
	{ "mons", UNIT_MONTH },
	{ "month", UNIT_MONTH },
	{ "months", UNIT_MONTH },
	{ "ms", UNIT_MILLISECOND },
	{ "msec", UNIT_MILLISECOND },
	{ "mseconds", UNIT_MILLISECOND },
	{ "msecs", UNIT_MILLISECOND },
	{ "qtr", UNIT_QUARTER },
	{ "quarter", UNIT_QUARTER },
	{ "s", UNIT_SECOND },
	{ "sec", UNIT_SECOND },
	{ "second", UNIT_SECOND },
	{ "seconds", UNIT_SECOND },
	{ "secs", UNIT_SECOND },
	{ "timezone", UNIT_TIMEZONE },
	{ "timezone_h", UNIT_TIMEZONE_HOUR },
	{ "timezone_m", UNIT_TIMEZONE_MINUTE },
	{ "us", UNIT_MICROSECOND },
	{ "usec", UNIT_MICROSECOND },
	{ "usecond", UNIT_MICROSECOND },
	{ "useconds", UNIT_MICROSECOND },
	{ "usecs", UNIT_MICROSECOND },
	{ "w", UNIT_WEEK },
	{ "week", UNIT_WEEK },
	{ "weeks", UNIT_WEEK },
	{ "y", UNIT_YEAR },
	{ "year", UNIT_YEAR },
	{ "years", UNIT_YEAR },
	{ "yr", UNIT_YEAR },
	{ "yrs", UNIT_YEAR },
};

enum datetime_unit datetime_unit_of(struct arena *a, struct str name)
{
	struct str key = str_sub(str_lower(a, name), 0, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_is(key, units[i].name))
			return units[i].unit;
	return UNIT_UNKNOWN;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int day_of_week(int64_t days)
{
	int64_t d = (days + 6) % 7;
	return (int)(d < 0 ? d + 7 : d);
}

int day_of_year(int64_t days)
{
	struct civil t;
	civil_from_days(days, &t);
	return (int)(days - civil_to_days(t.year, 1, 1)) + 1;
}

int iso_week(int64_t days, int64_t *ret_year)
{
	/* the week belongs to the year of its Thursday */
	int64_t thursday = days - (day_of_week(days) + 6) % 7 + 3;
	struct civil t;
	civil_from_days(thursday, &t);
	if (ret_year)
		*ret_year = t.year;
	return (int)((thursday - civil_to_days(t.year, 1, 1)) / 7) + 1;
}

/* No year 0: 1 BC is -1. */
static int64_t shown_year(int64_t year)
{
	return year > 0 ? year : year - 1;
}

static int64_t century(int64_t year)
{
	return year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100);
}

static int64_t millennium(int64_t year)
{
	return year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000);
}

static int unit_error(struct ctx *c, struct str field, const char *type, bool is_known)
{
	struct str name = str_lower(c->arena, field);
	return err_set(c, is_known ? "0A000" : "22023", "unit \"%.*s\" not %s for type %s",
		       STR_ARG(name), is_known ? "supported" : "recognized", type);
}

static bool clock_part(enum datetime_unit unit, int64_t usecs, struct part *ret)
{
	int64_t sub_minute = usecs % USECS_PER_MINUTE;
	switch (unit) {
	case UNIT_MICROSECOND:
		*ret = (struct part){ .v = sub_minute };
		return true;
	case UNIT_MILLISECOND:
		*ret = (struct part){ .v = sub_minute, .scale = 3, .is_clock = true };
		return true;
	case UNIT_SECOND:
		*ret = (struct part){ .v = sub_minute, .scale = 6, .is_clock = true };
		return true;
	case UNIT_MINUTE:
		*ret = (struct part){ .v = usecs / USECS_PER_MINUTE % 60 };
		return true;
	case UNIT_HOUR:
		*ret = (struct part){ .v = usecs / USECS_PER_HOUR };
		return true;
	default:
		return false;
	}
}

static bool zone_part(enum datetime_unit unit, int32_t east, struct part *ret)
{
	switch (unit) {
	case UNIT_TIMEZONE:
		*ret = (struct part){ .v = east };
		return true;
	case UNIT_TIMEZONE_HOUR:
		*ret = (struct part){ .v = east / 3600 };
		return true;
	case UNIT_TIMEZONE_MINUTE:
		*ret = (struct part){ .v = east % 3600 / 60 };
		return true;
	default:
		return false;
	}
}

static bool date_field(enum datetime_unit unit, int64_t days, int64_t *ret)
{
	struct civil t;
	civil_from_days(days, &t);
	int64_t iso_year;
	int week = iso_week(days, &iso_year);
	switch (unit) {
	case UNIT_DAY:
		*ret = t.day;
		return true;
	case UNIT_WEEK:
		*ret = week;
		return true;
	case UNIT_MONTH:
		*ret = t.month;
		return true;
	case UNIT_QUARTER:
		*ret = (t.month - 1) / 3 + 1;
		return true;
	case UNIT_YEAR:
		*ret = shown_year(t.year);
		return true;
	case UNIT_DECADE:
		*ret = floor_div(t.year, 10);
		return true;
	case UNIT_CENTURY:
		*ret = century(t.year);
		return true;
	case UNIT_MILLENNIUM:
		*ret = millennium(t.year);
		return true;
	case UNIT_DOW:
		*ret = day_of_week(days);
		return true;
	case UNIT_ISODOW:
		*ret = (day_of_week(days) + 6) % 7 + 1;
		return true;
	case UNIT_DOY:
		*ret = day_of_year(days);
		return true;
	case UNIT_ISOYEAR:
		*ret = shown_year(iso_year);
		return true;
	default:
		return false;
	}
}

/* Fields that grow without end are infinite, the others have no value. */
static int infinite_part(struct ctx *c, struct str field, const char *type, int64_t ts,
			 enum datetime_unit unit, struct part *ret)
{
	if (unit == UNIT_UNKNOWN)
		return unit_error(c, field, type, false);
	switch (unit) {
	case UNIT_YEAR:
	case UNIT_DECADE:
	case UNIT_CENTURY:
	case UNIT_MILLENNIUM:
	case UNIT_JULIAN:
	case UNIT_ISOYEAR:
	case UNIT_EPOCH:
		*ret = (struct part){ .infinity = ts < 0 ? -1 : 1 };
		return 0;
	default:
		*ret = (struct part){ .is_null = true };
		return 0;
	}
}

int ts_part(struct ctx *c, struct str field, const char *type, int64_t ts, int32_t east,
	    bool has_zone, struct part *ret)
{
	enum datetime_unit unit = datetime_unit_of(c->arena, field);
	if (!ts_is_finite(ts))
		return infinite_part(c, field, type, ts, unit, ret);
	int64_t days = floor_div(ts, USECS_PER_DAY), usecs = ts - days * USECS_PER_DAY, v;
	if (has_zone && zone_part(unit, east, ret))
		return 0;
	if (unit == UNIT_EPOCH) {
		__int128 us = (__int128)ts - east * USECS_PER_SEC + PG_EPOCH_UNIX * USECS_PER_SEC;
		*ret = (struct part){ .v = us, .scale = 6 };
		return 0;
	}
	if (unit == UNIT_JULIAN) {
		/* the day's fraction is left to the caller: usecs / 86400e6 */
		*ret = (struct part){ .v = ((__int128)days + 2451545) * USECS_PER_DAY + usecs,
				      .scale = -1 };
		return 0;
	}
	if (clock_part(unit, usecs, ret))
		return 0;
	if (!date_field(unit, days, &v))
		return unit_error(c, field, type, unit != UNIT_UNKNOWN);
	*ret = (struct part){ .v = v };
	return 0;
}

int date_part_of(struct ctx *c, struct str field, int32_t days, struct part *ret)
{
	enum datetime_unit unit = datetime_unit_of(c->arena, field);
	int64_t v;
	if (unit == UNIT_EPOCH) {
		v = days * INT64_C(86400) + PG_EPOCH_UNIX;
		*ret = (struct part){ .v = v };
		return 0;
	}
	if (unit == UNIT_JULIAN) {
		*ret = (struct part){ .v = (int64_t)days + 2451545 };
		return 0;
	}
	if (!date_field(unit, days, &v))
		return unit_error(c, field, "date", unit != UNIT_UNKNOWN);
	*ret = (struct part){ .v = v };
	return 0;
}

int time_part(struct ctx *c, struct str field, const char *type, int64_t usecs, int32_t east,
	      bool has_zone, struct part *ret)
{
	enum datetime_unit unit = datetime_unit_of(c->arena, field);
	if (has_zone && zone_part(unit, east, ret))
		return 0;
	if (unit == UNIT_EPOCH) {
		*ret = (struct part){ .v = (__int128)usecs - east * USECS_PER_SEC, .scale = 6 };
		return 0;
	}
	if (clock_part(unit, usecs, ret))
		return 0;
	return unit_error(c, field, type, unit != UNIT_UNKNOWN);
}

int interval_part(struct ctx *c, struct str field, struct interval v, struct part *ret)
{
	enum datetime_unit unit = datetime_unit_of(c->arena, field);
	int64_t years = v.months / 12, months = v.months % 12;
	switch (unit) {
	case UNIT_DAY:
		*ret = (struct part){ .v = v.days };
		return 0;
	case UNIT_MONTH:
		*ret = (struct part){ .v = months };
		return 0;
	case UNIT_QUARTER:
		*ret = (struct part){ .v = months / 3 + 1 };
		return 0;
	case UNIT_YEAR:
		*ret = (struct part){ .v = years };
		return 0;
	case UNIT_DECADE:
		*ret = (struct part){ .v = years / 10 };
		return 0;
	case UNIT_CENTURY:
		*ret = (struct part){ .v = years / 100 };
		return 0;
	case UNIT_MILLENNIUM:
		*ret = (struct part){ .v = years / 1000 };
		return 0;
	case UNIT_EPOCH: {
		/* a year has 365.25 days here, a month 30 */
		__int128 days = (__int128)years * 1461 + ((__int128)months * 30 + v.days) * 4;
		*ret = (struct part){ .v = days * (USECS_PER_DAY / 4) + v.usecs, .scale = 6 };
		return 0;
	}
	default:
		break;
	}
	if (clock_part(unit, v.usecs, ret))
		return 0;
	return unit_error(c, field, "interval", unit != UNIT_UNKNOWN);
}

static int64_t trunc_clock(enum datetime_unit unit, int64_t usecs)
{
	int64_t size = unit == UNIT_MICROSECOND	  ? 1
		       : unit == UNIT_MILLISECOND ? 1000
		       : unit == UNIT_SECOND	  ? USECS_PER_SEC
		       : unit == UNIT_MINUTE	  ? USECS_PER_MINUTE
						  : USECS_PER_HOUR;
	return usecs / size * size;
}

/* First year of the decade, century or millennium. */
static int64_t trunc_year(enum datetime_unit unit, int64_t year)
{
	if (unit == UNIT_DECADE)
		return floor_div(year, 10) * 10;
	int64_t size = unit == UNIT_CENTURY ? 100 : 1000;
	return floor_div(year - 1, size) * size + 1;
}

/* Words that date_trunc reads at all: the units of intervals and time zones. */
static bool is_trunc_word(enum datetime_unit unit)
{
	return unit != UNIT_UNKNOWN && (unit <= UNIT_MILLENNIUM || unit >= UNIT_TIMEZONE);
}

int ts_trunc(struct ctx *c, struct str field, const char *type, int64_t ts, int64_t *ret)
{
	enum datetime_unit unit = datetime_unit_of(c->arena, field);
	if (!ts_is_finite(ts)) {
		*ret = ts;
		return 0;
	}
	if (!is_trunc_word(unit) || unit > UNIT_MILLENNIUM)
		return unit_error(c, field, type, is_trunc_word(unit));
	int64_t days = floor_div(ts, USECS_PER_DAY);
	if (unit <= UNIT_HOUR) {
		*ret = days * USECS_PER_DAY + trunc_clock(unit, ts - days * USECS_PER_DAY);
		return 0;
	}
	struct civil t;
	civil_from_days(days, &t);
	switch (unit) {
	case UNIT_DAY:
		break;
	case UNIT_WEEK:
		days -= (day_of_week(days) + 6) % 7;
		break;
	case UNIT_MONTH:
		days = civil_to_days(t.year, t.month, 1);
		break;
	case UNIT_QUARTER:
		days = civil_to_days(t.year, (t.month - 1) / 3 * 3 + 1, 1);
		break;
	case UNIT_YEAR:
		days = civil_to_days(t.year, 1, 1);
		break;
	default:
		days = civil_to_days(trunc_year(unit, t.year), 1, 1);
	}
	*ret = days * USECS_PER_DAY;
	return 0;
}

int interval_trunc(struct ctx *c, struct str field, struct interval v, struct interval *ret)
{
	static const int year_units[] = { 1, 10, 100, 1000 };
	enum datetime_unit unit = datetime_unit_of(c->arena, field);
	if (!is_trunc_word(unit) || unit > UNIT_MILLENNIUM)
		return unit_error(c, field, "interval", is_trunc_word(unit));
	if (unit == UNIT_WEEK) {
		unit_error(c, field, "interval", true);
		return err_details(c, "Months usually have fractional weeks.");
	}
	if (unit <= UNIT_HOUR) {
		v.usecs = trunc_clock(unit, v.usecs);
		*ret = v;
		return 0;
	}
	v.usecs = 0;
	if (unit >= UNIT_MONTH)
		v.days = 0;
	if (unit == UNIT_QUARTER)
		v.months = v.months / 3 * 3;
	if (unit >= UNIT_YEAR) {
		int size = year_units[unit - UNIT_YEAR] * 12;
		v.months = v.months / size * size;
	}
	*ret = v;
	return 0;
}
