/* Input of intervals. */
#include "value/interval.h"

#include "base/arena.h"
#include "value/datetime.h"
#include "value/datetime_lex.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum parse_error { PARSE_OK, BAD_FORMAT, FIELD_OVERFLOW };

/* Each unit as a multiple of months, days or microseconds. */
enum unit {
	UNIT_NONE,
	UNIT_USEC,
	UNIT_MSEC,
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_YEAR,
	UNIT_DECADE,
	UNIT_CENTURY,
	UNIT_MILLENNIUM,
	UNIT_QUARTER,
	UNIT_AGO,
	UNIT_IGNORE
};

static const struct {
	const char *name;
	enum unit unit;
} unit_words[] = {
	{ "ago", UNIT_AGO },
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
	{ "h", UNIT_HOUR },
	{ "hour", UNIT_HOUR },
	{ "hours", UNIT_HOUR },
	{ "hr", UNIT_HOUR },
	{ "hrs", UNIT_HOUR },
	{ "m", UNIT_MINUTE },
	{ "microsecon", UNIT_USEC },
	{ "mil", UNIT_MILLENNIUM },
	{ "millennia", UNIT_MILLENNIUM },
	{ "millennium", UNIT_MILLENNIUM },
	{ "millisecon", UNIT_MSEC },
	{ "mils", UNIT_MILLENNIUM },
	{ "min", UNIT_MINUTE },
	{ "mins", UNIT_MINUTE },
	{ "minute", UNIT_MINUTE },
	{ "minutes", UNIT_MINUTE },
	{ "mon", UNIT_MONTH },
	{ "mons", UNIT_MONTH },
	{ "month", UNIT_MONTH },
	{ "months", UNIT_MONTH },
	{ "ms", UNIT_MSEC },
	{ "msec", UNIT_MSEC },
	{ "mseconds", UNIT_MSEC },
	{ "msecs", UNIT_MSEC },
	{ "qtr", UNIT_QUARTER },
	{ "quarter", UNIT_QUARTER },
	{ "s", UNIT_SECOND },
	{ "sec", UNIT_SECOND },
	{ "second", UNIT_SECOND },
	{ "seconds", UNIT_SECOND },
	{ "secs", UNIT_SECOND },
	{ "us", UNIT_USEC },
	{ "usec", UNIT_USEC },
	{ "usecond", UNIT_USEC },
	{ "useconds", UNIT_USEC },
	{ "usecs", UNIT_USEC },
	{ "w", UNIT_WEEK },
	{ "week", UNIT_WEEK },
	{ "weeks", UNIT_WEEK },
	{ "y", UNIT_YEAR },
	{ "year", UNIT_YEAR },
	{ "years", UNIT_YEAR },
	{ "yr", UNIT_YEAR },
	{ "yrs", UNIT_YEAR },
};

static enum unit find_unit(struct str word)
{
	word = str_sub(word, 0, 10);
	for (size_t i = 0; i < sizeof(unit_words) / sizeof(unit_words[0]); i++)
		if (str_is(word, unit_words[i].name))
			return unit_words[i].unit;
	return UNIT_NONE;
}

struct total {
	int64_t years, months, days;
	__int128 usecs;
	unsigned seen; /* bit per unit group */
};

static void add_usecs(struct total *t, double usecs)
{
	t->usecs += (__int128)rint(usecs);
}

static void add_day_fraction(struct total *t, double days)
{
	double whole = trunc(days);
	t->days += (int64_t)whole;
	double usecs = (days - whole) * (double)USECS_PER_DAY;
	add_usecs(t, usecs);
}

/* val units plus a fraction of one; the fraction falls to smaller fields. */
static enum parse_error add_units(struct total *t, enum unit unit, int64_t val, double fraction)
{
	static const int64_t usec_units[] = {
		0, 1, 1000, USECS_PER_SEC, USECS_PER_MINUTE, USECS_PER_HOUR
	};
	static const int years[] = { 1, 10, 100, 1000 };
	unsigned bit = 1u << unit;
	bool has_parts = unit == UNIT_SECOND && fpclassify(fraction) != FP_ZERO;
	if (has_parts)
		bit |= 1u << UNIT_MSEC | 1u << UNIT_USEC;
	if (t->seen & bit)
		return BAD_FORMAT;
	t->seen |= bit;
	if (unit <= UNIT_HOUR) {
		t->usecs += (__int128)val * usec_units[unit];
		add_usecs(t, fraction * (double)usec_units[unit]);
		return PARSE_OK;
	}
	switch (unit) {
	case UNIT_DAY:
		t->days += val;
		add_usecs(t, fraction * (double)USECS_PER_DAY);
		return PARSE_OK;
	case UNIT_WEEK:
		t->days += val * 7;
		add_day_fraction(t, fraction * 7);
		return PARSE_OK;
	case UNIT_MONTH:
		t->months += val;
		add_day_fraction(t, fraction * 30);
		return PARSE_OK;
	case UNIT_YEAR:
	case UNIT_DECADE:
	case UNIT_CENTURY:
	case UNIT_MILLENNIUM:
		if (val > INT32_MAX || val < -(int64_t)INT32_MAX)
			return FIELD_OVERFLOW;
		t->years += val * years[unit - UNIT_YEAR];
		t->months += (int64_t)rint(fraction * 12 * years[unit - UNIT_YEAR]);
		return PARSE_OK;
	default:
		return BAD_FORMAT;
	}
}

static bool take_i64(struct str *s, int64_t *ret)
{
	size_t n = s->n && (s->p[0] == '-' || s->p[0] == '+');
	while (n < s->n && isdigit((unsigned char)s->p[n]))
		n++;
	bool is_ok = str_to_i64(str_sub(*s, 0, n), ret);
	*s = str_from(*s, n);
	return is_ok;
}

/* ".5" as 0.5 */
static bool take_fraction(struct str s, double *ret)
{
	char text[40] = "0";
	for (size_t i = 1; i < s.n; i++)
		if (!isdigit((unsigned char)s.p[i]))
			return false;
	memcpy(text + 1, s.p, s.n < 30 ? s.n : 30);
	*ret = strtod(text, NULL);
	return true;
}

/* h:m[:s[.f]] or m:s.f, with an optional sign for all of it */
static enum parse_error add_clock(struct total *t, struct str s)
{
	bool is_neg = s.p[0] == '-';
	if (s.p[0] == '-' || s.p[0] == '+')
		s = str_from(s, 1);
	int64_t part[3] = { 0 };
	int n = 0;
	double fraction = 0;
	while (n < 3) {
		if (!s.n || !isdigit((unsigned char)s.p[0]) || !take_i64(&s, &part[n]))
			return BAD_FORMAT;
		n++;
		if (!s.n || s.p[0] != ':')
			break;
		s = str_from(s, 1);
		if (!s.n)
			break;
	}
	if (s.n && s.p[0] == '.') {
		if (!take_fraction(s, &fraction))
			return BAD_FORMAT;
		if (n == 2) {
			part[2] = part[1];
			part[1] = part[0];
			part[0] = 0;
		}
	} else if (s.n) {
		return BAD_FORMAT;
	}
	unsigned bits = 1u << UNIT_HOUR | 1u << UNIT_MINUTE | 1u << UNIT_SECOND | 1u << UNIT_MSEC |
			1u << UNIT_USEC;
	if (t->seen & bits)
		return BAD_FORMAT;
	t->seen |= bits;
	if (part[1] > 59 || part[2] > 60)
		return FIELD_OVERFLOW;
	__int128 usecs = (__int128)part[0] * USECS_PER_HOUR + part[1] * USECS_PER_MINUTE +
			 part[2] * USECS_PER_SEC + (int64_t)rint(fraction * 1000000);
	t->usecs += is_neg ? -usecs : usecs;
	return PARSE_OK;
}

static enum parse_error add_number(struct total *t, enum unit *unit, struct str s)
{
	bool is_neg = s.n && s.p[0] == '-';
	int64_t val = 0, months;
	double fraction = 0;
	bool starts_digit = s.n > (size_t)(s.p[0] == '-' || s.p[0] == '+') &&
			    isdigit((unsigned char)s.p[s.p[0] == '-' || s.p[0] == '+']);
	if (starts_digit && !take_i64(&s, &val))
		return FIELD_OVERFLOW;
	if (!starts_digit && s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_from(s, 1);
	if (*unit == UNIT_NONE)
		*unit = UNIT_SECOND;
	if (s.n && s.p[0] == '-') {
		/* years-months */
		s = str_from(s, 1);
		months = 0;
		if (s.n && (!take_i64(&s, &months) || s.n))
			return BAD_FORMAT;
		if (months < 0 || months >= 12)
			return FIELD_OVERFLOW;
		*unit = UNIT_MONTH;
		val = val * 12 + (is_neg ? -months : months);
	} else if (s.n && s.p[0] == '.') {
		if (!take_fraction(s, &fraction))
			return BAD_FORMAT;
		if (is_neg)
			fraction = -fraction;
	} else if (s.n || !starts_digit) {
		return BAD_FORMAT;
	}
	return add_units(t, *unit, val, fraction);
}

/* Units stand behind their numbers, so the fields are read from the end. */
static enum parse_error parse_verbose(struct ctx *c, struct str text, struct total *t)
{
	struct field fields[FIELDS_MAX];
	int n = datetime_lex(c->arena, text, fields);
	if (n <= 0)
		return BAD_FORMAT;
	enum unit unit = UNIT_NONE;
	bool is_ago = false;
	for (int i = n - 1; i >= 0; i--) {
		enum parse_error e = PARSE_OK;
		struct str s = fields[i].text;
		bool has_colon = str_chr(s, ':') >= 0;
		if (fields[i].kind == FIELD_WORD) {
			enum unit found = find_unit(s);
			if (found == UNIT_NONE)
				return BAD_FORMAT;
			if (found == UNIT_AGO)
				is_ago = true;
			unit = found;
			continue;
		}
		if (fields[i].kind == FIELD_SPECIAL)
			return BAD_FORMAT;
		if (has_colon) {
			e = add_clock(t, s);
			unit = UNIT_DAY;
		} else {
			e = add_number(t, &unit, s);
		}
		if (e)
			return e;
	}
	if (!t->seen)
		return BAD_FORMAT;
	if (is_ago) {
		t->years = -t->years;
		t->months = -t->months;
		t->days = -t->days;
		t->usecs = -t->usecs;
	}
	return PARSE_OK;
}

static enum unit iso_unit(char letter, bool is_time)
{
	switch (letter) {
	case 'Y':
		return is_time ? UNIT_NONE : UNIT_YEAR;
	case 'M':
		return is_time ? UNIT_MINUTE : UNIT_MONTH;
	case 'W':
		return is_time ? UNIT_NONE : UNIT_WEEK;
	case 'D':
		return is_time ? UNIT_NONE : UNIT_DAY;
	case 'H':
		return is_time ? UNIT_HOUR : UNIT_NONE;
	case 'S':
		return is_time ? UNIT_SECOND : UNIT_NONE;
	default:
		return UNIT_NONE;
	}
}

static bool take_double(struct ctx *c, struct str *s, double *ret)
{
	char *text = str_dup(c->arena, *s), *end;
	if (!s->n || !strchr("+-.0123456789", s->p[0]))
		return false;
	double v = strtod(text, &end);
	if (end == text)
		return false;
	*ret = v;
	*s = str_from(*s, (size_t)(end - text));
	return true;
}

/* P[n]Y[n]M[n]W[n]DT[n]H[n]M[n]S, or P0001-02-03T04:05:06 */
static enum parse_error parse_iso(struct ctx *c, struct str s, struct total *t)
{
	bool is_time = false, has_field = false;
	if (s.n < 2 || s.p[0] != 'P')
		return BAD_FORMAT;
	s = str_from(s, 1);
	static const enum unit date_order[] = { UNIT_YEAR, UNIT_MONTH, UNIT_DAY };
	static const enum unit time_order[] = { UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND };
	int at = 0;
	while (s.n) {
		if (s.p[0] == 'T') {
			is_time = true;
			has_field = false;
			at = 0;
			s = str_from(s, 1);
			continue;
		}
		double v;
		if (!take_double(c, &s, &v))
			return BAD_FORMAT;
		if (fabs(v) > 9e15)
			return FIELD_OVERFLOW;
		enum unit unit;
		if (s.n && isalpha((unsigned char)s.p[0]) && s.p[0] != 'T') {
			unit = iso_unit(s.p[0], is_time);
			s = str_from(s, 1);
		} else {
			unit = at < 3 ? (is_time ? time_order : date_order)[at++] : UNIT_NONE;
			if (s.n && s.p[0] == (is_time ? ':' : '-'))
				s = str_from(s, 1);
		}
		if (unit == UNIT_NONE)
			return BAD_FORMAT;
		enum parse_error e = add_units(t, unit, (int64_t)v, v - trunc(v));
		if (e)
			return e;
		has_field = true;
	}
	return has_field || t->seen || is_time ? PARSE_OK : BAD_FORMAT;
}

static enum parse_error finish(const struct total *t, struct interval *ret)
{
	int64_t months = t->years * 12 + t->months;
	if (months > INT32_MAX || months < INT32_MIN || t->days > INT32_MAX ||
	    t->days < INT32_MIN || t->usecs > INT64_MAX || t->usecs < INT64_MIN)
		return FIELD_OVERFLOW;
	*ret = (struct interval){ (int32_t)months, (int32_t)t->days, (int64_t)t->usecs };
	return PARSE_OK;
}

int interval_parse(struct ctx *c, int32_t typmod, struct str text, struct interval *ret)
{
	struct total t = { 0 };
	struct interval v = { 0 };
	enum parse_error e = text.n > 200 ? BAD_FORMAT : parse_verbose(c, text, &t);
	if (e == BAD_FORMAT) {
		t = (struct total){ 0 };
		e = parse_iso(c, text, &t);
	}
	if (!e)
		e = finish(&t, &v);
	if (e == FIELD_OVERFLOW)
		return err_set(c, "22015", "interval field value out of range: \"%.*s\"",
			       STR_ARG(text));
	if (e)
		return err_set(c, "22007", "invalid input syntax for type interval: \"%.*s\"",
			       STR_ARG(text));
	if (typmod >= 0)
		v.usecs = usecs_round(v.usecs, typmod & 0xffff);
	*ret = v;
	return 0;
}
