/* to_date and to_timestamp. */
#include "base/arena.h"
#include "value/datetime.h"
#include "value/datetime_part.h"
#include "value/format.h"
#include "value/format_key.h"
#include "value/scalar.h"

#include <ctype.h>
#include <string.h>

struct reading {
	struct ctx *c;
	struct str text, source;
	int64_t year, month, day, hour, minute, second, usec, century;
	int64_t doy, julian, seconds_of_day, iso_year, iso_week, iso_day;
	bool is_pm, is_am, is_bc, has_year, has_12h, has_zone;
	int year_digits;
	int32_t east_sign, east_hour, east_minute;
};

static int bad_value(struct reading *r, struct str got, const struct format_item *item,
		     const char *detail)
{
	err_set(r->c, "22007", "invalid value \"%.*s\" for \"%.*s\"", STR_ARG(got),
		STR_ARG(item->text));
	return err_details(r->c, "%s", detail);
}

static int too_short(struct reading *r, struct str got, const struct format_item *item, size_t want,
		     size_t have)
{
	bad_value(r, got, item, "");
	err_details(r->c, "Field requires %zu characters, but only %zu could be parsed.", want,
		    have);
	return err_hint(r->c, "If your source string is not fixed-width, try using the \"FM\" "
			      "modifier.");
}

static void skip_space(struct reading *r)
{
	while (r->text.n && isspace((unsigned char)r->text.p[0]))
		r->text = str_from(r->text, 1);
}

/* A number of at most `most` characters; a separator next in the template
 * lets it run on. */
static int take_number(struct reading *r, const struct format_item *item, size_t most, bool is_open,
		       int64_t *ret)
{
	skip_space(r);
	size_t n = 0;
	bool is_signed = r->text.n && (r->text.p[0] == '-' || r->text.p[0] == '+');
	if (is_signed)
		n++;
	size_t shown = most;
	if (is_open || !item->is_filled)
		most = 18;
	int64_t v = 0;
	size_t digits = 0;
	for (; n < r->text.n && n < most && isdigit((unsigned char)r->text.p[n]); n++, digits++)
		v = v * 10 + (r->text.p[n] - '0');
	struct str got = str_sub(r->text, 0, shown);
	bool is_fixed = most == shown;
	if (is_fixed && r->text.n < most) {
		err_set(r->c, "22007", "source string too short for \"%.*s\" formatting field",
			STR_ARG(item->text));
		return err_details(r->c, "Field requires %zu characters, but only %zu remain.",
				   most, r->text.n);
	}
	if (is_fixed && digits && n < most)
		return too_short(r, got, item, most, n);
	if (!digits)
		return bad_value(r, got, item, "Value must be an integer.");
	if (v > INT32_MAX) {
		err_set(r->c, "22008", "value for \"%s\" in source string is out of range",
			item->name);
		return err_details(r->c, "Value must be in the range -2147483648 to 2147483647.");
	}
	*ret = is_signed && r->text.p[0] == '-' ? -v : v;
	r->text = str_from(r->text, n);
	if (item->has_th)
		r->text = str_from(r->text, 2);
	return (int)digits;
}

static int take_name(struct reading *r, const struct format_item *item, const char *const *names,
		     int count, size_t cut, int64_t *ret)
{
	skip_space(r);
	int best = -1;
	size_t best_n = 0;
	for (int i = 0; i < count; i++) {
		size_t n = strlen(names[i]) < cut ? strlen(names[i]) : cut;
		struct str name = { names[i], n };
		if (n > best_n && r->text.n >= n && str_ieq(str_sub(r->text, 0, n), name)) {
			best = i;
			best_n = n;
		}
	}
	if (best < 0) {
		size_t n = 0;
		while (n < r->text.n && !isspace((unsigned char)r->text.p[n]))
			n++;
		return bad_value(r, str_sub(r->text, 0, n), item,
				 "The given value did not match any of the allowed values for "
				 "this field.");
	}
	*ret = best;
	r->text = str_from(r->text, best_n);
	return 0;
}

static int take_fraction(struct reading *r, const struct format_item *item, int digits,
			 bool is_open)
{
	int64_t v;
	int n = take_number(r, item, (size_t)digits, is_open, &v);
	if (n < 0)
		return -1;
	for (; n < 6; n++)
		v *= 10;
	for (; n > 6; n--)
		v /= 10;
	r->usec = v;
	return 0;
}

static int take_year(struct reading *r, const struct format_item *item, bool is_open)
{
	int64_t v;
	int digits = take_number(r, item, item->value ? (size_t)item->value : 5, is_open, &v);
	if (digits < 0)
		return -1;
	/* shorter years are those nearest to 2020 */
	if (item->id == KEY_YYYY && item->value < 4 && digits < 4) {
		if (v < 70)
			v += 2000;
		else if (v < 100)
			v += 1900;
		else if (v < 520)
			v += 2000;
		else if (v < 1000)
			v += 1000;
	}
	r->year = v;
	r->has_year = true;
	return 0;
}

static int take_meridiem(struct reading *r, const struct format_item *item, bool is_bc)
{
	static const char *const ampm[] = { "am", "pm", "a.m.", "p.m." };
	static const char *const bcad[] = { "ad", "bc", "a.d.", "b.c." };
	int64_t at;
	TRY(take_name(r, item, is_bc ? bcad : ampm, 4, 8, &at));
	if (is_bc) {
		r->is_bc = at & 1;
	} else {
		r->is_pm = at & 1;
		r->is_am = !r->is_pm;
		r->has_12h = true;
	}
	return 0;
}

static int take_offset(struct reading *r, const struct format_item *item)
{
	int64_t v;
	r->east_sign = 1;
	if (r->text.n && (r->text.p[0] == '-' || r->text.p[0] == '+' || r->text.p[0] == ' ')) {
		r->east_sign = r->text.p[0] == '-' ? -1 : 1;
		r->text = str_from(r->text, 1);
	}
	if (take_number(r, item, 2, false, &v) < 0)
		return -1;
	r->east_hour = (int32_t)v;
	r->has_zone = true;
	if (item->id == KEY_OF && r->text.n && r->text.p[0] == ':') {
		r->text = str_from(r->text, 1);
		if (take_number(r, item, 2, false, &v) < 0)
			return -1;
		r->east_minute = (int32_t)v;
	}
	return 0;
}

static int take_month(struct reading *r, const struct format_item *item)
{
	int64_t v;
	const char *const *names = item->id == KEY_RM ? format_roman : format_months;
	TRY(take_name(r, item, names, 12, item->id == KEY_MON ? 3 : 20, &v));
	r->month = v + 1;
	return 0;
}

static int take_zone(struct reading *r, const struct format_item *item, bool is_open)
{
	int64_t v;
	if (item->id == KEY_TZ)
		return err_set(r->c, "0A000",
			       "formatting field \"TZ\" is only supported in to_char");
	if (item->id != KEY_TZM)
		return take_offset(r, item);
	if (take_number(r, item, 2, is_open, &v) < 0)
		return -1;
	r->east_minute = (int32_t)v;
	return 0;
}

/* Keys that are plain numbers: where they go, and their digits. NULL: what is
 * read says nothing that is needed (weekdays, quarters, weeks). */
static int64_t *number_target(struct reading *r, const struct format_item *item, size_t *ret_digits)
{
	const struct {
		enum format_id id;
		int64_t *to;
		size_t digits;
	} targets[] = {
		{ KEY_HH12, &r->hour, 2 },
		{ KEY_HH24, &r->hour, 2 },
		{ KEY_MI, &r->minute, 2 },
		{ KEY_SS, &r->second, 2 },
		{ KEY_SSSSS, &r->seconds_of_day, 5 },
		{ KEY_MM, &r->month, 2 },
		{ KEY_DD, &r->day, 2 },
		{ KEY_DDD, &r->doy, 3 },
		{ KEY_J, &r->julian, 7 },
		{ KEY_CC, &r->century, 2 },
		{ KEY_IYYYY, &r->iso_year, (size_t)item->value },
		{ KEY_IW, &r->iso_week, 2 },
		{ KEY_ID, &r->iso_day, 1 },
	};
	*ret_digits = item->id == KEY_WW ? 2 : 1;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		if (targets[i].id != item->id)
			continue;
		*ret_digits = targets[i].digits;
		return targets[i].to;
	}
	return NULL;
}

static int take_item(struct reading *r, const struct format_item *item, bool is_open)
{
	int64_t ignored, *to;
	size_t digits;
	switch (item->id) {
	case KEY_AM:
	case KEY_AM_DOTS:
	case KEY_BC:
	case KEY_BC_DOTS:
		return take_meridiem(r, item, item->id == KEY_BC || item->id == KEY_BC_DOTS);
	case KEY_MONTH:
	case KEY_MON:
	case KEY_RM:
		return take_month(r, item);
	case KEY_DAY:
	case KEY_DY:
		return take_name(r, item, format_days, 7, item->id == KEY_DY ? 3 : 20, &ignored);
	case KEY_YYYY:
		return take_year(r, item, is_open);
	case KEY_MS:
		return take_fraction(r, item, 3, is_open);
	case KEY_US:
		return take_fraction(r, item, 6, is_open);
	case KEY_FF:
		return take_fraction(r, item, item->value, is_open);
	case KEY_OF:
	case KEY_TZ:
	case KEY_TZH:
	case KEY_TZM:
		return take_zone(r, item, is_open);
	case KEY_Y_COMMA:
		return err_set(r->c, "0A000", "\"Y,YYY\" is not supported in to_date()");
	default:
		to = number_target(r, item, &digits);
		r->has_12h |= item->id == KEY_HH12;
		return take_number(r, item, digits, is_open, to ? to : &ignored) < 0 ? -1 : 0;
	}
}

static int out_of_range(struct reading *r)
{
	return err_set(r->c, "22008", "date/time field value out of range: \"%.*s\"",
		       STR_ARG(r->source));
}

static int finish_clock(struct reading *r, int64_t *ret)
{
	if (r->seconds_of_day) {
		r->hour = r->seconds_of_day / 3600;
		r->minute = r->seconds_of_day / 60 % 60;
		r->second = r->seconds_of_day % 60;
	}
	if (r->has_12h) {
		if (r->hour < 1 || r->hour > 12) {
			err_set(r->c, "22007", "hour \"%lld\" is invalid for the 12-hour clock",
				(long long)r->hour);
			return err_hint(r->c, "Use the 24-hour clock, or give an hour between 1 "
					      "and 12.");
		}
		if (r->is_pm && r->hour < 12)
			r->hour += 12;
		else if (!r->is_pm && r->hour == 12)
			r->hour = 0;
	}
	if (r->hour < 0 || r->hour > 23 || r->minute < 0 || r->minute > 59 || r->second < 0 ||
	    r->second > 59)
		return out_of_range(r);
	*ret = r->hour * USECS_PER_HOUR + r->minute * USECS_PER_MINUTE + r->second * USECS_PER_SEC +
	       r->usec;
	return 0;
}

static int finish_date(struct reading *r, int64_t *ret)
{
	if (r->julian) {
		*ret = r->julian - 2451545;
		return 0;
	}
	if (r->iso_year && r->iso_week) {
		int64_t jan4 = civil_to_days(r->iso_year, 1, 4);
		int64_t monday = jan4 - (day_of_week(jan4) + 6) % 7;
		*ret = monday + (r->iso_week - 1) * 7 + (r->iso_day ? r->iso_day - 1 : 0);
		return 0;
	}
	int64_t year = r->has_year ? r->year : r->century ? (r->century - 1) * 100 + 1 : 0;
	if (r->is_bc && year > 0)
		year = 1 - year;
	else if (year < 0)
		year++;
	if (r->doy && !r->has_year) {
		return err_set(r->c, "22007",
			       "cannot calculate day of year without year information");
	}
	if (r->doy) {
		if (r->doy > 366 || r->doy < 1)
			return out_of_range(r);
		*ret = civil_to_days(year, 1, 1) + r->doy - 1;
		return 0;
	}
	/* a zero stands for "not given" */
	if (r->month == 0)
		r->month = 1;
	if (r->day == 0)
		r->day = 1;
	if (r->month < 1 || r->month > 12 || r->day < 1 || r->day > month_days(year, (int)r->month))
		return out_of_range(r);
	*ret = civil_to_days(year, (int)r->month, (int)r->day);
	return 0;
}

/* Separators of the template match separators, or nothing, of the text. */
static void skip_literal(struct reading *r, const struct format_item *item)
{
	bool is_word =
		isalnum((unsigned char)item->text.p[0]) || (unsigned char)item->text.p[0] >= 128;
	if (!r->text.n)
		return;
	if (item->is_quoted || is_word) {
		r->text = str_from(r->text, utf8_size((unsigned char)r->text.p[0]));
		return;
	}
	if (isspace((unsigned char)item->text.p[0])) {
		skip_space(r);
		if (r->text.n && ispunct((unsigned char)r->text.p[0]))
			r->text = str_from(r->text, 1);
		return;
	}
	skip_space(r);
	if (r->text.n && ispunct((unsigned char)r->text.p[0]))
		r->text = str_from(r->text, 1);
}

/* Whether a number before `rest` may take more digits than its key. */
static bool is_open_before(struct str rest)
{
	struct format_item next;
	bool in_quotes = false;
	if (!format_next(&rest, &in_quotes, &next))
		return true;
	return next.id == KEY_TEXT && !isdigit((unsigned char)next.text.p[0]);
}

int format_parse_ts(struct ctx *c, struct str text, struct str format, int64_t *ret,
		    bool *ret_has_zone, int32_t *ret_east)
{
	struct reading r = { .c = c, .text = text, .source = text, .month = 1, .day = 1 };
	struct format_item item;
	bool in_quotes = false;
	int64_t days, usecs;
	skip_space(&r);
	while (format_next(&format, &in_quotes, &item)) {
		if (!r.text.n && item.id != KEY_TEXT)
			break;
		if (item.id == KEY_TEXT)
			skip_literal(&r, &item);
		else
			TRY(take_item(&r, &item, is_open_before(format)));
	}
	TRY(finish_clock(&r, &usecs));
	TRY(finish_date(&r, &days));
	__int128 ts = (__int128)days * USECS_PER_DAY + usecs;
	if (ts > INT64_MAX || ts < INT64_MIN || !ts_in_range((int64_t)ts))
		return ts_range_error(c);
	*ret = (int64_t)ts;
	*ret_has_zone = r.has_zone;
	*ret_east = r.east_sign * (r.east_hour * 3600 + r.east_minute * 60);
	return 0;
}
