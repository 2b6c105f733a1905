/* Calendar arithmetic, stored text and output of dates and times. */
#include "value/datetime.h"

#include "base/arena.h"
#include "value/timezone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCH_DAYS = 730425 }; /* 0000-03-01 to 2000-01-01 */

int64_t civil_to_days(int64_t year, int month, int day)
{
	/* Years start in March, so that the leap day is the last. */
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAYS;
}

void civil_from_days(int64_t days, struct civil *ret)
{
	int64_t z = days + EPOCH_DAYS;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;
	ret->day = (int)(of_year - (153 * m + 2) / 5 + 1);
	ret->month = (int)(m < 10 ? m + 3 : m - 9);
	ret->year = y + era * 400 + (ret->month <= 2);
}

int month_days(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && is_leap);
}

bool civil_is_far(const struct civil *t)
{
	bool is_late = t->year > 294277 || (t->year == 294277 && (t->month > 1 || t->day > 3));
	return is_late || t->year < -4714;
}

int64_t civil_to_ts(const struct civil *t)
{
	int64_t days = civil_to_days(t->year, t->month, t->day);
	int64_t usecs = t->hour * USECS_PER_HOUR + t->minute * USECS_PER_MINUTE +
			t->second * USECS_PER_SEC + t->usec;
	return days * USECS_PER_DAY + usecs;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void set_clock(int64_t usecs, struct civil *ret)
{
	ret->hour = (int)(usecs / USECS_PER_HOUR);
	ret->minute = (int)(usecs / USECS_PER_MINUTE % 60);
	ret->second = (int)(usecs / USECS_PER_SEC % 60);
	ret->usec = (int)(usecs % USECS_PER_SEC);
}

void civil_from_ts(int64_t ts, struct civil *ret)
{
	int64_t days = floor_div(ts, USECS_PER_DAY);
	civil_from_days(days, ret);
	set_clock(ts - days * USECS_PER_DAY, ret);
}

bool ts_is_finite(int64_t ts)
{
	return ts != TS_INFINITY && ts != TS_NEG_INFINITY;
}

bool ts_in_range(int64_t ts)
{
	return ts >= INT64_C(-211813488000000000) && ts < INT64_C(9223371331200000000);
}

bool days_in_range(int64_t days)
{
	return days >= -2451545 && days < 2145031949;
}

int ts_range_error(struct ctx *c)
{
	return err_set(c, "22008", "timestamp out of range");
}

int date_range_error(struct ctx *c)
{
	return err_set(c, "22008", "date out of range");
}

/* Digits without sprintf: dates are printed on every row. */
static char *put_digits(char *to, int64_t v, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		to[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return to + n;
}

static char *put_stored_date(char *to, const struct civil *t)
{
	if (t->year >= 1 && t->year <= 9999) {
		to = put_digits(to, t->year, 4);
	} else if (t->year > 9999) {
		*to++ = 'Y';
		to = put_digits(to, t->year, 7);
	} else {
		*to++ = '-';
		*to++ = 'y';
		to = put_digits(to, 9999999 + t->year, 7);
	}
	*to++ = '-';
	to = put_digits(to, t->month, 2);
	*to++ = '-';
	return put_digits(to, t->day, 2);
}

static char *put_clock(char *to, const struct civil *t)
{
	to = put_digits(to, t->hour, 2);
	*to++ = ':';
	to = put_digits(to, t->minute, 2);
	*to++ = ':';
	to = put_digits(to, t->second, 2);
	*to++ = '.';
	return put_digits(to, t->usec, 6);
}

static struct str stored_infinity(bool is_neg)
{
	return is_neg ? STR("-infinity") : STR("infinity");
}

struct str ts_store(struct arena *a, int64_t ts, bool has_zone)
{
	if (!ts_is_finite(ts))
		return stored_infinity(ts < 0);
	struct civil t;
	civil_from_ts(ts, &t);
	char *text = arena_alloc(a, 40), *to = put_stored_date(text, &t);
	*to++ = ' ';
	to = put_clock(to, &t);
	if (has_zone) {
		memcpy(to, "+00", 3);
		to += 3;
	}
	return (struct str){ text, (size_t)(to - text) };
}

struct str date_store(struct arena *a, int32_t days)
{
	if (days == DATE_INFINITY || days == DATE_NEG_INFINITY)
		return stored_infinity(days < 0);
	struct civil t;
	civil_from_days(days, &t);
	char *text = arena_alloc(a, 20), *to = put_stored_date(text, &t);
	return (struct str){ text, (size_t)(to - text) };
}

struct str time_store(struct arena *a, int64_t usecs)
{
	struct civil t;
	set_clock(usecs, &t);
	char *text = arena_alloc(a, 16), *to = put_clock(text, &t);
	return (struct str){ text, (size_t)(to - text) };
}

struct str timetz_store(struct arena *a, int64_t usecs, int32_t east)
{
	struct civil t;
	set_clock(usecs, &t);
	char *text = arena_alloc(a, 32), *to = put_clock(text, &t);
	int32_t off = abs(east);
	*to++ = east < 0 ? '-' : '+';
	to = put_digits(to, off / 3600, 2);
	if (off % 3600) {
		*to++ = ':';
		to = put_digits(to, off / 60 % 60, 2);
	}
	if (off % 60) {
		*to++ = ':';
		to = put_digits(to, off % 60, 2);
	}
	return (struct str){ text, (size_t)(to - text) };
}

static int64_t take_number(struct str *s)
{
	int64_t v = 0;
	size_t i = 0;
	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9' && i < 18; i++)
		v = v * 10 + (s->p[i] - '0');
	*s = str_from(*s, i < s->n ? i + 1 : i); /* and the separator */
	return v;
}

static void load_date(struct str *s, struct civil *ret)
{
	if (s->n && s->p[0] == 'Y')
		*s = str_from(*s, 1);
	bool is_bc = s->n && s->p[0] == '-';
	if (is_bc)
		*s = str_from(*s, 2);
	ret->year = take_number(s) - (is_bc ? 9999999 : 0);
	ret->month = (int)take_number(s);
	ret->day = (int)take_number(s);
	if (ret->month < 1 || ret->month > 12)
		ret->month = 1;
}

static int64_t load_clock(struct str *s)
{
	int64_t hour = take_number(s), minute = take_number(s), second = take_number(s);
	size_t before = s->n;
	struct str digits = *s;
	int64_t usec = take_number(s);
	/* files written by hand may have fewer than six digits */
	size_t n = 0;
	while (n < before && digits.p[n] >= '0' && digits.p[n] <= '9')
		n++;
	for (; n < 6 && n > 0; n++)
		usec *= 10;
	if (n < before && digits.p)
		*s = str_from(digits, n); /* give the zone's sign back */
	return hour * USECS_PER_HOUR + minute * USECS_PER_MINUTE + second * USECS_PER_SEC + usec;
}

static bool load_infinity(struct str s, bool *ret_neg)
{
	*ret_neg = s.n > 1 && s.p[0] == '-' && s.p[1] == 'i';
	return *ret_neg || (s.n && s.p[0] == 'i');
}

int64_t ts_load(struct str stored)
{
	bool is_neg;
	if (load_infinity(stored, &is_neg))
		return is_neg ? TS_NEG_INFINITY : TS_INFINITY;
	struct civil t = { 0 };
	load_date(&stored, &t);
	return civil_to_days(t.year, t.month, t.day) * USECS_PER_DAY + load_clock(&stored);
}

int32_t date_load(struct str stored)
{
	bool is_neg;
	if (load_infinity(stored, &is_neg))
		return is_neg ? DATE_NEG_INFINITY : DATE_INFINITY;
	struct civil t = { 0 };
	load_date(&stored, &t);
	return (int32_t)civil_to_days(t.year, t.month, t.day);
}

int64_t time_load(struct str stored)
{
	return load_clock(&stored);
}

int64_t timetz_load(struct str stored, int32_t *ret_east)
{
	int64_t usecs = load_clock(&stored);
	bool is_neg = stored.n && stored.p[0] == '-';
	stored = str_from(stored, 1);
	int32_t east = (int32_t)take_number(&stored) * 3600;
	east += (int32_t)take_number(&stored) * 60;
	east += (int32_t)take_number(&stored);
	*ret_east = is_neg ? -east : east;
	return usecs;
}

/* Time without trailing zeros in the fraction. */
static char *put_time_short(char *to, const struct civil *t)
{
	to = put_clock(to, t);
	while (to[-1] == '0')
		to--;
	return to[-1] == '.' ? to - 1 : to;
}

static char *put_date_part(char *to, const struct civil *t)
{
	int64_t year = t->year > 0 ? t->year : 1 - t->year;
	if (year > 9999)
		to += sprintf(to, "%lld", (long long)year);
	else
		to = put_digits(to, year, 4);
	*to++ = '-';
	to = put_digits(to, t->month, 2);
	*to++ = '-';
	return put_digits(to, t->day, 2);
}

void offset_print(struct buf *b, int32_t east, bool is_full)
{
	int32_t off = abs(east);
	buf_printf(b, "%c%02d", east < 0 ? '-' : '+', off / 3600);
	if (is_full || off % 3600)
		buf_printf(b, ":%02d", off / 60 % 60);
	if (off % 60)
		buf_printf(b, ":%02d", off % 60);
}

void ts_print(struct buf *b, int64_t ts, bool has_zone, const struct tzone *zone, bool is_json)
{
	if (!ts_is_finite(ts)) {
		buf_puts(b, ts < 0 ? "-infinity" : "infinity");
		return;
	}
	int32_t east = 0;
	if (has_zone && zone) {
		east = tzone_offset_at(zone, floor_div(ts, USECS_PER_SEC) + PG_EPOCH_UNIX, NULL,
				       NULL);
		ts += east * USECS_PER_SEC;
	}
	struct civil t;
	civil_from_ts(ts, &t);
	char text[64], *to = put_date_part(text, &t);
	*to++ = is_json ? 'T' : ' ';
	to = put_time_short(to, &t);
	buf_put(b, text, (size_t)(to - text));
	if (has_zone)
		offset_print(b, east, is_json);
	if (t.year <= 0)
		buf_puts(b, " BC");
}

void date_print(struct buf *b, int32_t days)
{
	if (days == DATE_INFINITY || days == DATE_NEG_INFINITY) {
		buf_puts(b, days < 0 ? "-infinity" : "infinity");
		return;
	}
	struct civil t;
	civil_from_days(days, &t);
	char text[40], *to = put_date_part(text, &t);
	buf_put(b, text, (size_t)(to - text));
	if (t.year <= 0)
		buf_puts(b, " BC");
}

void time_print(struct buf *b, int64_t usecs)
{
	struct civil t;
	set_clock(usecs, &t);
	char text[32], *to = put_time_short(text, &t);
	buf_put(b, text, (size_t)(to - text));
}

void timetz_print(struct buf *b, int64_t usecs, int32_t east)
{
	time_print(b, usecs);
	offset_print(b, east, false);
}

int64_t usecs_round(int64_t usecs, int32_t digits)
{
	static const int64_t units[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };
	if (digits < 0 || digits > 5 || !ts_is_finite(usecs))
		return usecs;
	int64_t unit = units[digits];
	int64_t half = unit / 2;
	return usecs >= 0 ? (usecs + half) / unit * unit : -((-usecs + half) / unit * unit);
}

int64_t ts_to_local(int64_t utc, const struct tzone *zone)
{
	if (!zone || !ts_is_finite(utc))
		return utc;
	int64_t unix_s = floor_div(utc, USECS_PER_SEC) + PG_EPOCH_UNIX;
	return utc + tzone_offset_at(zone, unix_s, NULL, NULL) * USECS_PER_SEC;
}

int64_t ts_from_local(int64_t local, const struct tzone *zone)
{
	if (!zone || !ts_is_finite(local))
		return local;
	int64_t local_s = floor_div(local, USECS_PER_SEC) + PG_EPOCH_UNIX;
	return local - tzone_offset_local(zone, local_s) * USECS_PER_SEC;
}

int64_t env_now(const struct value_env *env)
{
	return (env ? env->now_us : 0) - PG_EPOCH_UNIX * USECS_PER_SEC;
}

const struct tzone *env_zone(const struct value_env *env)
{
	return env ? env->zone : NULL;
}
