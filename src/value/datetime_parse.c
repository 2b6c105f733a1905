/* Input of dates and times: PostgreSQL's field rules with DateStyle ISO, MDY. */
#include "value/datetime.h"

#include "base/arena.h"
#include "value/datetime_lex.h"
#include "value/timezone.h"
#include "value/timezone_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum parse_error { PARSE_OK, BAD_FORMAT, FIELD_OVERFLOW, MONTH_DAY_OVERFLOW, ZONE_OVERFLOW };

enum {
	HAS_YEAR = 1,
	HAS_MONTH = 2,
	HAS_DAY = 4,
	HAS_DOY = 8,
	HAS_TIME = 16,
	HAS_ZONE = 32,
	HAS_DATE = HAS_YEAR | HAS_MONTH | HAS_DAY
};

struct parts {
	struct ctx *c;
	const struct value_env *env;
	unsigned has;
	struct civil t;
	int doy;
	bool is_bc, is_2digit, is_text_month, has_julian;
	bool has_ampm, is_pm;
	enum word_kind special; /* WORD_NONE or the word that is the whole value */
	bool has_expect_time;	/* "t" was seen, or J */
	bool is_julian_next;
	int32_t east; /* with HAS_ZONE */
	const struct tzone *zone;
	bool is_pg_error; /* c->err is set already */
};

static int to_int(struct str s)
{
	int64_t v = 0;
	for (size_t i = 0; i < s.n && isdigit((unsigned char)s.p[i]); i++) {
		v = v * 10 + (s.p[i] - '0');
		if (v > 2000000000)
			return 2000000001;
	}
	return (int)v;
}

/* ".ffffff…" rounded to microseconds. */
static int fraction_usecs(struct str s)
{
	char text[32] = "0";
	size_t n = s.n < 20 ? s.n : 20;
	memcpy(text + 1, s.p, n);
	return (int)(strtod(text, NULL) * 1000000 + 0.5);
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isdigit((unsigned char)s.p[i]))
			return false;
	return s.n > 0;
}

static enum parse_error set_usec(struct parts *p, struct str fraction)
{
	if (!all_digits(str_from(fraction, 1)) && fraction.n > 1)
		return BAD_FORMAT;
	p->t.usec = fraction_usecs(fraction);
	return PARSE_OK;
}

/* h:m[:s[.f]] */
static enum parse_error decode_time(struct parts *p, struct str s)
{
	if (p->has & HAS_TIME)
		return BAD_FORMAT;
	p->has |= HAS_TIME;
	struct str hour = str_split(&s, ':');
	struct str minute = str_split(&s, ':');
	p->t.hour = to_int(hour);
	p->t.usec = 0;
	p->t.second = 0;
	ptrdiff_t dot = str_chr(minute, '.');
	if (!s.p && dot >= 0) {
		/* mm:ss.f */
		if (dot == 0)
			return BAD_FORMAT;
		if (set_usec(p, str_from(minute, (size_t)dot)))
			return BAD_FORMAT;
		p->t.second = to_int(minute);
		p->t.minute = p->t.hour;
		p->t.hour = 0;
	} else {
		if (!all_digits(minute))
			return BAD_FORMAT;
		p->t.minute = to_int(minute);
	}
	if (s.p) {
		dot = str_chr(s, '.');
		struct str second = dot < 0 ? s : str_sub(s, 0, (size_t)dot);
		if (!all_digits(second))
			return BAD_FORMAT;
		p->t.second = to_int(second);
		if (dot >= 0 && set_usec(p, str_from(s, (size_t)dot)))
			return BAD_FORMAT;
	}
	bool is_bad = p->t.minute > 59 || p->t.second > 60 || p->t.hour > 1000000 || p->t.hour < 0;
	return is_bad ? FIELD_OVERFLOW : PARSE_OK;
}

/* ±h[h][:mm[:ss]], ±hhmm, ±hhmmss */
static enum parse_error decode_zone(struct str s, int32_t *ret_east)
{
	bool is_neg = s.p[0] == '-';
	s = str_from(s, 1);
	int hour = 0, minute = 0, second = 0;
	struct str first = str_split(&s, ':');
	if (!all_digits(first))
		return BAD_FORMAT;
	hour = to_int(first);
	if (s.p) {
		struct str second_part = str_split(&s, ':');
		if (!all_digits(second_part))
			return BAD_FORMAT;
		minute = to_int(second_part);
		if (s.p) {
			if (!all_digits(s))
				return BAD_FORMAT;
			second = to_int(s);
		}
	} else if (first.n > 4) {
		second = hour % 100;
		minute = hour / 100 % 100;
		hour = hour / 10000;
	} else if (first.n > 2) {
		minute = hour % 100;
		hour = hour / 100;
	}
	if (hour > 15 || minute > 59 || second > 59)
		return ZONE_OVERFLOW;
	int32_t east = hour * 3600 + minute * 60 + second;
	*ret_east = is_neg ? -east : east;
	return PARSE_OK;
}

/* One number of a date that is not run together. */
static enum parse_error decode_number(struct parts *p, struct str s)
{
	int value = to_int(s);
	unsigned has = p->has & HAS_DATE;
	if (s.n == 3 && has == HAS_YEAR && value >= 1 && value <= 366) {
		p->has |= HAS_DOY | HAS_MONTH | HAS_DAY;
		p->doy = value;
		return PARSE_OK;
	}
	unsigned field;
	switch (has) {
	case 0:
		field = s.n >= 3 ? HAS_YEAR : HAS_MONTH;
		break;
	case HAS_YEAR:
		field = HAS_MONTH;
		break;
	case HAS_MONTH:
		/* after a month's name the number may be a year: "Jan-2020-08" */
		field = p->is_text_month && s.n >= 3 ? HAS_YEAR : HAS_DAY;
		break;
	case HAS_YEAR | HAS_MONTH:
		if (p->is_text_month && s.n >= 3 && p->is_2digit) {
			/* "99-Jan-2020": what looked like a year was the day */
			p->t.day = (int)p->t.year;
			p->has = (p->has & ~(unsigned)HAS_YEAR) | HAS_DAY;
			field = HAS_YEAR;
			break;
		}
		field = HAS_DAY;
		break;
	case HAS_DAY:
		field = HAS_MONTH;
		break;
	case HAS_MONTH | HAS_DAY:
		field = HAS_YEAR;
		break;
	case HAS_DATE:
		/* hhmmss after a whole date */
		return BAD_FORMAT;
	default:
		return BAD_FORMAT;
	}
	p->has |= field;
	if (field == HAS_YEAR) {
		p->t.year = value;
		p->is_2digit = s.n <= 2;
	} else if (field == HAS_MONTH) {
		p->t.month = value;
	} else {
		p->t.day = value;
	}
	return PARSE_OK;
}

/* Digits run together: yyyymmdd, yymmdd, hhmmss, hhmm; perhaps with .f */
static enum parse_error decode_run(struct parts *p, struct str s)
{
	ptrdiff_t dot = str_chr(s, '.');
	struct str digits = dot < 0 ? s : str_sub(s, 0, (size_t)dot);
	if (dot >= 0) {
		if ((p->has & HAS_DATE) != HAS_DATE)
			return BAD_FORMAT;
		if (set_usec(p, str_from(s, (size_t)dot)))
			return BAD_FORMAT;
	} else if ((p->has & HAS_DATE) != HAS_DATE && digits.n >= 6) {
		size_t year_n = digits.n - 4;
		p->t.year = to_int(str_sub(digits, 0, year_n));
		p->t.month = to_int(str_sub(digits, year_n, 2));
		p->t.day = to_int(str_from(digits, year_n + 2));
		p->is_2digit = year_n == 2;
		p->has |= HAS_DATE;
		return PARSE_OK;
	}
	if ((p->has & HAS_TIME) || (digits.n != 6 && digits.n != 4))
		return BAD_FORMAT;
	p->has |= HAS_TIME;
	p->t.hour = to_int(str_sub(digits, 0, 2));
	p->t.minute = to_int(str_sub(digits, 2, 2));
	p->t.second = digits.n == 6 ? to_int(str_from(digits, 4)) : 0;
	return PARSE_OK;
}

static enum parse_error take_month(struct parts *p, int month)
{
	if (p->has & HAS_MONTH && !p->is_text_month && !(p->has & HAS_DAY)) {
		/* "8 Jan 1999": the first number was the day after all */
		p->t.day = p->t.month;
		p->has |= HAS_DAY;
	} else if (p->has & HAS_MONTH) {
		return BAD_FORMAT;
	}
	p->has |= HAS_MONTH;
	p->is_text_month = true;
	p->t.month = month;
	return PARSE_OK;
}

/* Splits at everything that is neither digit nor letter and between both;
 * months by name count first, as the numbers' meaning depends on them. */
static enum parse_error decode_date(struct parts *p, struct str s)
{
	struct str pieces[8];
	int n = 0;
	for (size_t i = 0; i < s.n;) {
		bool is_digit = isdigit((unsigned char)s.p[i]),
		     is_alpha = isalpha((unsigned char)s.p[i]);
		if (!is_digit && !is_alpha) {
			i++;
			continue;
		}
		size_t start = i;
		while (i < s.n &&
		       (is_digit ? isdigit((unsigned char)s.p[i]) : isalpha((unsigned char)s.p[i])))
			i++;
		if (n == 8)
			return BAD_FORMAT;
		pieces[n++] = str_sub(s, start, i - start);
	}
	for (int i = 0; i < n; i++) {
		if (isdigit((unsigned char)pieces[i].p[0]))
			continue;
		int value;
		enum word_kind kind = datetime_word(pieces[i], &value);
		if (kind == WORD_MONTH) {
			if (take_month(p, value))
				return BAD_FORMAT;
		} else if (kind == WORD_BC) {
			p->is_bc = value;
		} else if (kind != WORD_IGNORE && kind != WORD_DAY) {
			return BAD_FORMAT;
		}
	}
	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)pieces[i].p[0]))
			continue;
		/* a short first number before a month's name is the year: 99-Jan-08 */
		bool is_done = (p->has & HAS_DATE) == HAS_DATE;
		if (is_done)
			return BAD_FORMAT;
		enum parse_error e = decode_number(p, pieces[i]);
		if (e)
			return e;
	}
	bool is_whole = (p->has & HAS_DATE) == HAS_DATE || (p->has & HAS_DOY);
	return is_whole ? PARSE_OK : BAD_FORMAT;
}

static enum parse_error zone_by_name(struct parts *p, struct str name)
{
	if (p->has & HAS_ZONE)
		return BAD_FORMAT;
	p->has |= HAS_ZONE;
	p->east = 0;
	if (tzone_find(p->c, name, &p->zone) < 0) {
		p->is_pg_error = true;
		return BAD_FORMAT;
	}
	return PARSE_OK;
}

/* hhmmss-zz, or a zone's name with / or - in it, after the date. */
static enum parse_error decode_late_date(struct parts *p, struct str s)
{
	if (isalpha((unsigned char)s.p[0]))
		return zone_by_name(p, s);
	ptrdiff_t dash = str_chr(s, '-');
	if (dash < 0 || (p->has & HAS_ZONE))
		return BAD_FORMAT;
	enum parse_error e = decode_zone(str_from(s, (size_t)dash), &p->east);
	if (e)
		return e;
	p->has |= HAS_ZONE;
	return decode_run(p, str_sub(s, 0, (size_t)dash));
}

static enum parse_error decode_julian(struct parts *p, struct str s)
{
	p->is_julian_next = false;
	if (p->has & HAS_DATE)
		return BAD_FORMAT;
	ptrdiff_t dot = str_chr(s, '.');
	int64_t day = to_int(dot < 0 ? s : str_sub(s, 0, (size_t)dot));
	civil_from_days(day - 2451545, &p->t);
	p->has |= HAS_DATE;
	p->has_julian = true;
	if (dot >= 0) {
		double rest = strtod(str_dup(p->c->arena, str_from(s, (size_t)dot)), NULL);
		int64_t usecs = (int64_t)(rest * (double)USECS_PER_DAY);
		struct civil clock;
		civil_from_ts(usecs, &clock);
		p->t.hour = clock.hour;
		p->t.minute = clock.minute;
		p->t.second = clock.second;
		p->t.usec = clock.usec;
		p->has |= HAS_TIME;
	}
	return PARSE_OK;
}

static enum parse_error decode_number_field(struct parts *p, struct str s)
{
	if (p->is_julian_next)
		return decode_julian(p, s);
	if (p->has_expect_time) {
		p->has_expect_time = false;
		return decode_run(p, s);
	}
	ptrdiff_t dot = str_chr(s, '.');
	bool has_date = (p->has & HAS_DATE) == HAS_DATE;
	if (dot >= 0 && !has_date)
		return decode_date(p, s);
	if (dot > 2)
		return decode_run(p, s);
	if (dot < 0 && s.n >= 6 && (!(p->has & HAS_DATE) || !(p->has & HAS_TIME)))
		return decode_run(p, s);
	if (has_date && !(p->has & HAS_TIME) && s.n == 4)
		return decode_run(p, s);
	if (dot >= 0)
		return BAD_FORMAT;
	return decode_number(p, s);
}

static enum parse_error decode_word(struct parts *p, struct str s)
{
	int value;
	int32_t east;
	enum word_kind kind = datetime_word(s, &value);
	switch (kind) {
	case WORD_MONTH:
		return take_month(p, value);
	case WORD_DAY:
	case WORD_IGNORE:
		return PARSE_OK;
	case WORD_AMPM:
		if (p->has_ampm)
			return BAD_FORMAT;
		p->has_ampm = true;
		p->is_pm = value;
		return PARSE_OK;
	case WORD_BC:
		p->is_bc = value;
		return PARSE_OK;
	case WORD_TIME_MARK:
		if ((p->has & HAS_DATE) != HAS_DATE)
			return BAD_FORMAT;
		p->has_expect_time = true;
		return PARSE_OK;
	case WORD_JULIAN:
		p->is_julian_next = true;
		return PARSE_OK;
	case WORD_DST:
		p->east += 3600;
		return PARSE_OK;
	case WORD_ALLBALLS:
		p->has |= HAS_TIME | HAS_ZONE;
		return PARSE_OK;
	case WORD_UNIT_FIELD:
		return BAD_FORMAT;
	case WORD_NONE:
		break;
	default:
		if (p->special)
			return BAD_FORMAT;
		p->special = kind;
		return PARSE_OK;
	}
	if (tzone_abbrev(s, &east)) {
		if (p->has & HAS_ZONE)
			return BAD_FORMAT;
		p->has |= HAS_ZONE;
		p->east = east;
		return PARSE_OK;
	}
	struct error saved = p->c->err;
	enum parse_error e = zone_by_name(p, s);
	if (e && p->is_pg_error) {
		/* a plain word that is no zone is just bad input */
		p->c->err = saved;
		p->is_pg_error = false;
	}
	return e;
}

static enum parse_error decode_field(struct parts *p, const struct field *f)
{
	bool has_month_day = (p->has & (HAS_MONTH | HAS_DAY)) == (HAS_MONTH | HAS_DAY);
	switch (f->kind) {
	case FIELD_DATE:
		if (p->is_julian_next && isdigit((unsigned char)f->text.p[0])) {
			/* J2451187-08: a zone behind */
			ptrdiff_t dash = str_chr(f->text, '-');
			if (dash < 0)
				return BAD_FORMAT;
			p->has |= HAS_ZONE;
			enum parse_error e = decode_zone(str_from(f->text, (size_t)dash), &p->east);
			return e ? e : decode_julian(p, str_sub(f->text, 0, (size_t)dash));
		}
		if (has_month_day || p->has_expect_time)
			return decode_late_date(p, f->text);
		return decode_date(p, f->text);
	case FIELD_TIME:
		p->has_expect_time = false;
		return decode_time(p, f->text);
	case FIELD_ZONE:
		if (p->has & HAS_ZONE)
			return BAD_FORMAT;
		p->has |= HAS_ZONE;
		return decode_zone(f->text, &p->east);
	case FIELD_NUMBER:
		return decode_number_field(p, f->text);
	default:
		return decode_word(p, f->text);
	}
}

static enum parse_error finish_time(struct parts *p)
{
	if (p->has_ampm) {
		if (p->t.hour > 12)
			return FIELD_OVERFLOW;
		if (p->is_pm && p->t.hour != 12)
			p->t.hour += 12;
		else if (!p->is_pm && p->t.hour == 12)
			p->t.hour = 0;
	}
	struct civil *t = &p->t;
	bool is_over = t->hour > 24 || t->minute > 59 || t->second > 60;
	if (t->hour == 24 && (t->minute || t->second || t->usec))
		is_over = true;
	return is_over ? FIELD_OVERFLOW : PARSE_OK;
}

static enum parse_error finish_year(struct parts *p)
{
	struct civil *t = &p->t;
	if (p->is_bc) {
		if (t->year <= 0)
			return FIELD_OVERFLOW;
		t->year = 1 - t->year;
	} else if (p->is_2digit) {
		if (t->year < 100)
			t->year += t->year < 70 ? 2000 : 1900;
	} else if (t->year <= 0) {
		return FIELD_OVERFLOW;
	}
	return PARSE_OK;
}

/* Checks the fields that are there, then that all are. */
static enum parse_error finish_date(struct parts *p)
{
	struct civil *t = &p->t;
	if (!p->has_julian && (p->has & HAS_YEAR)) {
		enum parse_error e = finish_year(p);
		if (e)
			return e;
	}
	if (p->has & HAS_DOY) {
		int64_t day = civil_to_days(t->year, 1, 1) + p->doy - 1;
		struct civil date;
		civil_from_days(day, &date);
		if (date.year != t->year)
			return FIELD_OVERFLOW;
		t->month = date.month;
		t->day = date.day;
	}
	if ((p->has & HAS_MONTH) && (t->month < 1 || t->month > 12))
		return MONTH_DAY_OVERFLOW;
	if ((p->has & HAS_DAY) && (t->day < 1 || t->day > 31))
		return MONTH_DAY_OVERFLOW;
	if ((p->has & HAS_DATE) != HAS_DATE)
		return BAD_FORMAT;
	return t->day > month_days(t->year, t->month) ? FIELD_OVERFLOW : PARSE_OK;
}

static enum parse_error decode(struct parts *p, struct str text)
{
	struct field fields[FIELDS_MAX];
	if (text.n > 150)
		return BAD_FORMAT;
	int n = datetime_lex(p->c->arena, text, fields);
	if (n <= 0)
		return BAD_FORMAT;
	for (int i = 0; i < n; i++) {
		enum parse_error e = decode_field(p, &fields[i]);
		if (e)
			return e;
	}
	return p->has_expect_time || p->is_julian_next ? BAD_FORMAT : PARSE_OK;
}

static int report(struct parts *p, enum parse_error e, const char *type, struct str text)
{
	if (p->is_pg_error)
		return -1;
	switch (e) {
	case FIELD_OVERFLOW:
	case MONTH_DAY_OVERFLOW:
		err_set(p->c, "22008", "date/time field value out of range: \"%.*s\"",
			STR_ARG(text));
		if (e == MONTH_DAY_OVERFLOW)
			err_hint(p->c, "Perhaps you need a different \"datestyle\" setting.");
		return -1;
	case ZONE_OVERFLOW:
		return err_set(p->c, "22009", "time zone displacement out of range: \"%.*s\"",
			       STR_ARG(text));
	default:
		return err_set(p->c, "22007", "invalid input syntax for type %s: \"%.*s\"", type,
			       STR_ARG(text));
	}
}

static int32_t local_today(const struct parts *p)
{
	int64_t now = ts_to_local(env_now(p->env), env_zone(p->env));
	return (int32_t)(now / USECS_PER_DAY - (now % USECS_PER_DAY < 0));
}

/* today, tomorrow and yesterday as a date. */
static bool special_date(struct parts *p)
{
	int shift = p->special == WORD_TOMORROW ? 1 : p->special == WORD_YESTERDAY ? -1 : 0;
	if (p->special != WORD_TODAY && !shift)
		return false;
	civil_from_days(local_today(p) + shift, &p->t);
	p->has |= HAS_DATE;
	p->has_julian = true; /* valid already */
	p->special = WORD_NONE;
	return true;
}

static bool special_ts(struct parts *p, enum value_type id, int64_t *ret)
{
	switch (p->special) {
	case WORD_INFINITY:
		*ret = TS_INFINITY;
		return true;
	case WORD_NEG_INFINITY:
		*ret = TS_NEG_INFINITY;
		return true;
	case WORD_EPOCH:
		*ret = -PG_EPOCH_UNIX * USECS_PER_SEC;
		return true;
	case WORD_NOW:
		*ret = env_now(p->env);
		if (id == V_TIMESTAMP)
			*ret = ts_to_local(*ret, env_zone(p->env));
		return true;
	default:
		return false;
	}
}

static const char *ts_name(enum value_type id)
{
	return id == V_TIMESTAMP ? "timestamp" : "timestamp with time zone";
}

int ts_parse(struct ctx *c, enum value_type id, const struct value_env *env, struct str text,
	     int64_t *ret)
{
	if (ts_parse_iso(id, env, text, ret))
		return 0;
	struct parts p = { .c = c, .env = env };
	enum parse_error e = decode(&p, text);
	if (e)
		return report(&p, e, ts_name(id), text);
	if (special_ts(&p, id, ret))
		return 0;
	special_date(&p);
	e = finish_time(&p);
	if (!e)
		e = finish_date(&p);
	if (e)
		return report(&p, e, ts_name(id), text);
	bool is_far = civil_is_far(&p.t);
	int64_t ts = is_far ? 0 : civil_to_ts(&p.t);
	if (id == V_TIMESTAMPTZ && !is_far) {
		if (p.has & HAS_ZONE)
			ts = (p.zone ? ts_from_local(ts, p.zone) : ts) - p.east * USECS_PER_SEC;
		else
			ts = ts_from_local(ts, env_zone(env));
	}
	if (is_far || !ts_in_range(ts))
		return err_set(c, "22008", "timestamp out of range: \"%.*s\"", STR_ARG(text));
	*ret = ts;
	return 0;
}

int date_parse(struct ctx *c, const struct value_env *env, struct str text, int32_t *ret)
{
	struct parts p = { .c = c, .env = env };
	enum parse_error e = decode(&p, text);
	if (e)
		return report(&p, e, "date", text);
	int64_t ts;
	if (special_ts(&p, V_TIMESTAMP, &ts)) {
		if (!ts_is_finite(ts))
			*ret = ts < 0 ? DATE_NEG_INFINITY : DATE_INFINITY;
		else
			*ret = (int32_t)(ts / USECS_PER_DAY - (ts % USECS_PER_DAY < 0));
		return 0;
	}
	special_date(&p);
	e = finish_time(&p);
	if (!e)
		e = finish_date(&p);
	if (e)
		return report(&p, e, "date", text);
	int64_t days = civil_to_days(p.t.year, p.t.month, p.t.day);
	if (!days_in_range(days))
		return err_set(c, "22008", "date out of range: \"%.*s\"", STR_ARG(text));
	*ret = (int32_t)days;
	return 0;
}

/* hhmm or hhmmss, perhaps with a fraction */
static bool is_clock_run(struct str s)
{
	ptrdiff_t dot = str_chr(s, '.');
	size_t n = dot < 0 ? s.n : (size_t)dot;
	return (n == 4 && dot < 0) || n == 6;
}

/* A time alone: digits run together are hhmmss. */
static enum parse_error decode_time_only(struct parts *p, struct str text)
{
	struct field fields[FIELDS_MAX];
	if (text.n > 150)
		return BAD_FORMAT;
	int n = datetime_lex(p->c->arena, text, fields);
	if (n <= 0)
		return BAD_FORMAT;
	for (int i = 0; i < n; i++) {
		enum parse_error e;
		bool is_run = fields[i].kind == FIELD_NUMBER && !(p->has & (HAS_DATE | HAS_TIME)) &&
			      n <= 2 && is_clock_run(fields[i].text);
		if (is_run) {
			p->has |= HAS_DATE;
			e = decode_run(p, fields[i].text);
		} else if (fields[i].kind == FIELD_WORD && str_is(fields[i].text, "t")) {
			p->has |= HAS_DATE;
			continue;
		} else {
			e = decode_field(p, &fields[i]);
		}
		if (e)
			return e;
	}
	return PARSE_OK;
}

static int parse_clock(struct parts *p, const char *type, struct str text, int64_t *ret)
{
	enum parse_error e = decode_time_only(p, text);
	if (e)
		return report(p, e, type, text);
	if (p->special == WORD_NOW) {
		int64_t now = ts_to_local(env_now(p->env), env_zone(p->env));
		*ret = now - (now / USECS_PER_DAY - (now % USECS_PER_DAY < 0)) * USECS_PER_DAY;
		return 0;
	}
	if (!(p->has & HAS_TIME))
		return report(p, BAD_FORMAT, type, text);
	e = finish_time(p);
	if (e)
		return report(p, e, type, text);
	*ret = p->t.hour * USECS_PER_HOUR + p->t.minute * USECS_PER_MINUTE +
	       p->t.second * USECS_PER_SEC + p->t.usec;
	if (*ret > USECS_PER_DAY)
		return report(p, FIELD_OVERFLOW, type, text);
	return 0;
}

int time_parse(struct ctx *c, const struct value_env *env, struct str text, int64_t *ret)
{
	struct parts p = { .c = c, .env = env };
	return parse_clock(&p, "time", text, ret);
}

int timetz_parse(struct ctx *c, const struct value_env *env, struct str text, int64_t *ret,
		 int32_t *ret_east)
{
	struct parts p = { .c = c, .env = env };
	TRY(parse_clock(&p, "time with time zone", text, ret));
	int64_t now_s = env_now(env) / USECS_PER_SEC + PG_EPOCH_UNIX;
	if (!(p.has & HAS_ZONE))
		*ret_east = tzone_offset_at(env_zone(env), now_s, NULL, NULL);
	else
		*ret_east = p.zone ? tzone_offset_at(p.zone, now_s, NULL, NULL) : p.east;
	return 0;
}
