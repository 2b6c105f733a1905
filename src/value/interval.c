/* Intervals: output, stored form, order and arithmetic. */
#include "value/interval.h"

#include "base/arena.h"
#include "value/datetime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_part(struct buf *b, long long value, const char *unit, bool *is_zero,
		     bool *is_before)
{
	if (value == 0)
		return;
	buf_printf(b, "%s%s%lld %s%s", *is_zero ? "" : " ", *is_before && value > 0 ? "+" : "",
		   value, unit, value == 1 ? "" : "s");
	*is_before = value < 0;
	*is_zero = false;
}

void interval_print(struct buf *b, struct interval v)
{
	bool is_zero = true, is_before = false;
	put_part(b, v.months / 12, "year", &is_zero, &is_before);
	put_part(b, v.months % 12, "mon", &is_zero, &is_before);
	put_part(b, v.days, "day", &is_zero, &is_before);
	if (!is_zero && v.usecs == 0)
		return;
	uint64_t abs = v.usecs < 0 ? 0 - (uint64_t)v.usecs : (uint64_t)v.usecs;
	uint64_t seconds = abs / USECS_PER_SEC;
	buf_printf(b, "%s%s%02llu:%02llu:%02llu", is_zero ? "" : " ",
		   v.usecs < 0 ? "-"
		   : is_before ? "+"
			       : "",
		   (unsigned long long)(seconds / 3600), (unsigned long long)(seconds / 60 % 60),
		   (unsigned long long)(seconds % 60));
	if (abs % USECS_PER_SEC == 0)
		return;
	buf_printf(b, ".%06llu", (unsigned long long)(abs % USECS_PER_SEC));
	while (b->n && b->p[b->n - 1] == '0')
		b->n--;
}

struct str interval_store(struct arena *a, struct interval v)
{
	struct buf b = buf_make(256);
	interval_print(&b, v);
	struct str s = str_copy(a, buf_view(&b));
	buf_free(&b);
	return s;
}

static bool load_int(struct str *s, int64_t *ret)
{
	size_t n = 0;
	while (n < s->n && (s->p[n] == '-' || s->p[n] == '+' || (s->p[n] >= '0' && s->p[n] <= '9')))
		n++;
	bool is_ok = str_to_i64(str_sub(*s, 0, n), ret);
	*s = str_from(*s, n);
	return is_ok;
}

static bool load_clock(struct str s, int64_t *ret)
{
	bool is_neg = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_from(s, 1);
	uint64_t parts[3] = { 0 };
	for (int i = 0; i < 3; i++) {
		struct str part = str_split(&s, i == 2 ? '.' : ':');
		if (!part.n)
			return false;
		for (size_t j = 0; j < part.n; j++)
			parts[i] = parts[i] * 10 + (uint64_t)(part.p[j] - '0');
	}
	uint64_t usecs = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * USECS_PER_SEC;
	uint64_t unit = USECS_PER_SEC / 10;
	for (size_t i = 0; s.p && i < s.n && i < 6; i++, unit /= 10)
		usecs += (uint64_t)(s.p[i] - '0') * unit;
	*ret = (int64_t)(is_neg ? 0 - usecs : usecs);
	return true;
}

bool interval_load(struct str stored, struct interval *ret)
{
	*ret = (struct interval){ 0 };
	struct interval v = { 0 };
	struct str rest = stored;
	while (rest.p && rest.n) {
		struct str word = str_split(&rest, ' '), before = word;
		if (str_chr(word, ':') >= 0) {
			if (!load_clock(word, &v.usecs))
				return false;
			break;
		}
		int64_t value;
		if (!load_int(&before, &value) || before.n || !rest.p)
			return false;
		struct str unit = str_split(&rest, ' ');
		if (str_starts(unit, STR("year")))
			v.months += (int32_t)(value * 12);
		else if (str_starts(unit, STR("mon")))
			v.months += (int32_t)value;
		else if (str_starts(unit, STR("day")))
			v.days = (int32_t)value;
		else
			return false;
	}
	*ret = v;
	return true;
}

static __int128 span(struct interval v)
{
	__int128 days = (__int128)v.months * 30 + v.days;
	return days * USECS_PER_DAY + v.usecs;
}

int interval_cmp(struct interval a, struct interval b)
{
	__int128 x = span(a), y = span(b);
	return x < y ? -1 : x > y;
}

static int out_of_range(struct ctx *c)
{
	return err_set(c, "22008", "interval out of range");
}

int interval_add(struct ctx *c, struct interval a, struct interval b, struct interval *ret)
{
	struct interval v;
	if (__builtin_add_overflow(a.months, b.months, &v.months) ||
	    __builtin_add_overflow(a.days, b.days, &v.days) ||
	    __builtin_add_overflow(a.usecs, b.usecs, &v.usecs))
		return out_of_range(c);
	*ret = v;
	return 0;
}

int interval_neg(struct ctx *c, struct interval v, struct interval *ret)
{
	if (v.months == INT32_MIN || v.days == INT32_MIN || v.usecs == INT64_MIN)
		return out_of_range(c);
	*ret = (struct interval){ -v.months, -v.days, -v.usecs };
	return 0;
}

/* PostgreSQL cleans what multiplication adds: six decimals of a second. */
static double clean_fraction(double v)
{
	return rint(v * 1000000.0) / 1000000.0;
}

static bool fits_int(double v)
{
	return v >= (double)INT32_MIN && v <= (double)INT32_MAX;
}

/* The part of a month that a factor leaves goes to days, that of a day to the
 * time. */
static int scale(struct ctx *c, double months, double days, double usecs, struct interval *ret)
{
	if (isnan(months) || isnan(days) || !fits_int(months) || !fits_int(days))
		return out_of_range(c);
	struct interval r = { (int32_t)months, (int32_t)days, 0 };
	double month_days = clean_fraction((months - r.months) * 30);
	double seconds = (days - r.days + month_days - (int)month_days) * 86400;
	seconds = clean_fraction(seconds);
	if (fabs(seconds) >= 86400) {
		r.days += (int32_t)(seconds / 86400);
		seconds -= (int)(seconds / 86400) * 86400;
	}
	r.days += (int32_t)month_days;
	double total = rint(usecs + seconds * 1000000.0);
	if (isnan(total) || total < -9223372036854775808.0 || total >= 9223372036854775808.0)
		return out_of_range(c);
	r.usecs = (int64_t)total;
	*ret = r;
	return 0;
}

int interval_mul(struct ctx *c, struct interval v, double factor, struct interval *ret)
{
	return scale(c, v.months * factor, v.days * factor, (double)v.usecs * factor, ret);
}

int interval_div(struct ctx *c, struct interval v, double divisor, struct interval *ret)
{
	if (fpclassify(divisor) == FP_ZERO)
		return err_set(c, "22012", "division by zero");
	return scale(c, v.months / divisor, v.days / divisor, (double)v.usecs / divisor, ret);
}

/* Makes the signs of neighbours agree, as justify does. */
static void same_sign_time(struct interval *v)
{
	if (v->days > 0 && v->usecs < 0) {
		v->usecs += USECS_PER_DAY;
		v->days--;
	} else if (v->days < 0 && v->usecs > 0) {
		v->usecs -= USECS_PER_DAY;
		v->days++;
	}
}

static void same_sign_days(struct interval *v)
{
	if (v->months > 0 && v->days < 0) {
		v->days += 30;
		v->months--;
	} else if (v->months < 0 && v->days > 0) {
		v->days -= 30;
		v->months++;
	}
}

int interval_justify_hours(struct ctx *c, struct interval v, struct interval *ret)
{
	int32_t whole = (int32_t)(v.usecs / USECS_PER_DAY);
	v.usecs -= whole * USECS_PER_DAY;
	if (__builtin_add_overflow(v.days, whole, &v.days))
		return out_of_range(c);
	same_sign_time(&v);
	*ret = v;
	return 0;
}

int interval_justify_days(struct ctx *c, struct interval v, struct interval *ret)
{
	int32_t whole = v.days / 30;
	v.days -= whole * 30;
	if (__builtin_add_overflow(v.months, whole, &v.months))
		return out_of_range(c);
	same_sign_days(&v);
	*ret = v;
	return 0;
}

int interval_justify(struct ctx *c, struct interval v, struct interval *ret)
{
	int32_t whole_days = (int32_t)(v.usecs / USECS_PER_DAY);
	v.usecs -= whole_days * USECS_PER_DAY;
	if (__builtin_add_overflow(v.days, whole_days, &v.days))
		return out_of_range(c);
	int32_t whole_months = v.days / 30;
	v.days -= whole_months * 30;
	if (__builtin_add_overflow(v.months, whole_months, &v.months))
		return out_of_range(c);
	if (v.months > 0 && (v.days < 0 || (v.days == 0 && v.usecs < 0))) {
		v.days += 30;
		v.months--;
	} else if (v.months < 0 && (v.days > 0 || (v.days == 0 && v.usecs > 0))) {
		v.days -= 30;
		v.months++;
	}
	same_sign_time(&v);
	*ret = v;
	return 0;
}

static int add_months(int64_t *ts, int32_t months)
{
	struct civil t;
	civil_from_ts(*ts, &t);
	int64_t total = t.year * 12 + t.month - 1 + months;
	t.year = total / 12 - (total % 12 < 0);
	t.month = (int)(total - t.year * 12) + 1;
	if (t.day > month_days(t.year, t.month))
		t.day = month_days(t.year, t.month);
	if (civil_is_far(&t))
		return -1;
	*ts = civil_to_ts(&t);
	return 0;
}

int ts_add_interval(struct ctx *c, int64_t ts, const struct tzone *zone, struct interval v,
		    int64_t *ret)
{
	if (!ts_is_finite(ts)) {
		*ret = ts;
		return 0;
	}
	if (v.months) {
		int64_t local = ts_to_local(ts, zone);
		if (add_months(&local, v.months) < 0)
			return ts_range_error(c);
		ts = ts_from_local(local, zone);
	}
	if (v.days) {
		__int128 local = ts_to_local(ts, zone) + (__int128)v.days * USECS_PER_DAY;
		if (local < INT64_MIN + USECS_PER_DAY || local > INT64_MAX - USECS_PER_DAY)
			return ts_range_error(c);
		ts = ts_from_local((int64_t)local, zone);
	}
	if (__builtin_add_overflow(ts, v.usecs, &ts) || !ts_in_range(ts))
		return ts_range_error(c);
	*ret = ts;
	return 0;
}

int ts_sub(struct ctx *c, int64_t a, int64_t b, struct interval *ret)
{
	if (!ts_is_finite(a) || !ts_is_finite(b))
		return err_set(c, "22008", "cannot subtract infinite timestamps");
	struct interval v = { 0 };
	if (__builtin_sub_overflow(a, b, &v.usecs))
		return out_of_range(c);
	return interval_justify_hours(c, v, ret);
}

struct interval ts_age(int64_t a, int64_t b)
{
	bool is_neg = a < b;
	struct civil x, y;
	civil_from_ts(is_neg ? b : a, &x);
	civil_from_ts(is_neg ? a : b, &y);
	int64_t months = (x.year - y.year) * 12 + x.month - y.month;
	int64_t days = x.day - y.day;
	int64_t usecs = (x.hour - y.hour) * USECS_PER_HOUR +
			(x.minute - y.minute) * USECS_PER_MINUTE +
			(x.second - y.second) * USECS_PER_SEC + (x.usec - y.usec);
	if (usecs < 0) {
		usecs += USECS_PER_DAY;
		days--;
	}
	/* a month is as long as the one the earlier date stands in, counted from
	 * the earlier operand or, when reversed, from the first argument's month */
	const struct civil *from = &y;
	int64_t year = from->year;
	int month = from->month;
	while (days < 0) {
		days += month_days(year, month);
		months--;
	}
	struct interval v = { (int32_t)months, (int32_t)days, usecs };
	if (is_neg)
		v = (struct interval){ -v.months, -v.days, -v.usecs };
	return v;
}
