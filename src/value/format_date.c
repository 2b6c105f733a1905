/* to_char of timestamps and intervals. */
#include "base/arena.h"
#include "value/datetime.h"
#include "value/datetime_part.h"
#include "value/format.h"
#include "value/format_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct moment {
	struct civil t;
	int64_t days;  /* from 2000-01-01 */
	int64_t hours; /* an interval's may pass 24 */
	bool is_interval, has_zone;
	int32_t east;
	struct str abbrev;
};

static void put_cased(struct buf *b, const char *word, size_t n, enum format_case letters)
{
	for (size_t i = 0; i < n && word[i]; i++) {
		int ch = (unsigned char)word[i];
		bool is_upper = letters == CASE_UPPER || (letters == CASE_CAPITAL && i == 0);
		buf_char(b, (char)(is_upper ? toupper(ch) : tolower(ch)));
	}
}

static void put_name(struct buf *b, const struct format_item *item, const char *word, size_t cut,
		     size_t width)
{
	size_t n = strlen(word) < cut ? strlen(word) : cut;
	put_cased(b, word, n, item->letters);
	for (; item->is_filled && n < width; n++)
		buf_char(b, ' ');
}

static void put_th(struct buf *b, const struct format_item *item, int64_t v)
{
	if (!item->has_th)
		return;
	int64_t last = llabs(v) % 10, tens = llabs(v) / 10 % 10;
	const char *th = tens == 1   ? "th"
			 : last == 1 ? "st"
			 : last == 2 ? "nd"
			 : last == 3 ? "rd"
				     : "th";
	put_cased(b, th, 2, item->is_th_upper ? CASE_UPPER : CASE_LOWER);
}

static void put_number(struct buf *b, const struct format_item *item, int64_t v, int width)
{
	if (!item->is_filled)
		width = 0;
	/* the sign counts towards the width of days only */
	bool counts_sign = item->id == KEY_DD;
	bool is_wider = v < 0 && width && !counts_sign;
	buf_printf(b, "%0*lld", is_wider ? width + 1 : width, (long long)v);
	put_th(b, item, v);
}

static int64_t shown_year(const struct moment *m, int64_t year)
{
	return m->is_interval ? year : year > 0 ? year : 1 - year;
}

static void put_year(struct buf *b, const struct format_item *item, int64_t year, int digits)
{
	static const int64_t units[] = { 1, 10, 100, 1000, 10000 };
	if (digits < 4)
		year %= units[digits];
	put_number(b, item, year, digits);
}

static void put_fraction(struct buf *b, const struct format_item *item, int usec, int digits)
{
	static const int units[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };
	buf_printf(b, "%0*d", digits, usec / units[digits]);
	put_th(b, item, usec / units[digits]);
}

static int hour12(int64_t hours)
{
	int64_t h = hours % 12;
	return (int)(h == 0 ? 12 : h);
}

static void put_offset(struct buf *b, const struct moment *m, enum format_id id)
{
	int32_t east = abs(m->east);
	char sign = m->east < 0 ? '-' : '+';
	if (id == KEY_TZM) {
		buf_printf(b, "%02d", east / 60 % 60);
		return;
	}
	buf_printf(b, "%c%02d", sign, east / 3600);
	if (id == KEY_OF && east / 60 % 60)
		buf_printf(b, ":%02d", east / 60 % 60);
}

static bool put_clock(struct buf *b, const struct moment *m, const struct format_item *item)
{
	switch (item->id) {
	case KEY_AM:
	case KEY_AM_DOTS: {
		const char *pm = item->id == KEY_AM ? "PM" : "P.M.";
		const char *am = item->id == KEY_AM ? "AM" : "A.M.";
		put_cased(b, m->hours % 24 >= 12 ? pm : am, 4, item->letters);
		return true;
	}
	case KEY_HH12:
		/* the width follows the sign of all hours */
		buf_printf(b, "%0*d",
			   !item->is_filled ? 0
			   : m->hours < 0   ? 3
					    : 2,
			   hour12(m->hours));
		put_th(b, item, hour12(m->hours));
		return true;
	case KEY_HH24:
		put_number(b, item, m->hours, 2);
		return true;
	case KEY_MI:
		put_number(b, item, m->t.minute, 2);
		return true;
	case KEY_SS:
		put_number(b, item, m->t.second, 2);
		return true;
	case KEY_MS:
		put_fraction(b, item, m->t.usec, 3);
		return true;
	case KEY_US:
		put_fraction(b, item, m->t.usec, 6);
		return true;
	case KEY_FF:
		put_fraction(b, item, m->t.usec, item->value);
		return true;
	case KEY_SSSSS:
		buf_printf(b, "%lld",
			   (long long)(m->hours * 3600 + m->t.minute * 60 + m->t.second));
		put_th(b, item, m->hours * 3600 + m->t.minute * 60 + m->t.second);
		return true;
	default:
		return false;
	}
}

static bool put_names(struct buf *b, const struct moment *m, const struct format_item *item)
{
	switch (item->id) {
	case KEY_BC:
		put_cased(b, m->t.year <= 0 ? "BC" : "AD", 2, item->letters);
		return true;
	case KEY_BC_DOTS:
		put_cased(b, m->t.year <= 0 ? "B.C." : "A.D.", 4, item->letters);
		return true;
	case KEY_MONTH:
		if (m->t.month)
			put_name(b, item, format_months[m->t.month - 1], 20, 9);
		return true;
	case KEY_MON:
		if (m->t.month)
			put_name(b, item, format_months[m->t.month - 1], 3, 0);
		return true;
	case KEY_RM: {
		/* whole years of an interval are month 12, below zero 1 */
		int month = m->t.month, at = month > 0 ? month - 1 : 12 + month;
		if (!month)
			at = m->t.year < 0 ? 0 : 11;
		if (m->t.month || (m->is_interval && m->t.year))
			put_name(b, item, format_roman[at], 8, 4);
		return true;
	}
	case KEY_DAY:
		put_name(b, item, format_days[day_of_week(m->days)], 20, 9);
		return true;
	case KEY_DY:
		put_name(b, item, format_days[day_of_week(m->days)], 3, 0);
		return true;
	case KEY_TZ:
		for (size_t i = 0; i < m->abbrev.n; i++)
			buf_char(b, item->letters == CASE_LOWER
					    ? (char)tolower((unsigned char)m->abbrev.p[i])
					    : m->abbrev.p[i]);
		return true;
	case KEY_TZH:
	case KEY_TZM:
	case KEY_OF:
		put_offset(b, m, item->id);
		return true;
	default:
		return false;
	}
}

static int64_t century(const struct moment *m)
{
	int64_t year = m->t.year;
	if (m->is_interval)
		return year / 100;
	return year > 0 ? (year - 1) / 100 + 1 : (year - 1) / 100 - ((year - 1) % 100 != 0);
}

static void put_date(struct buf *b, const struct moment *m, const struct format_item *item)
{
	int64_t iso_year;
	int week = iso_week(m->days, &iso_year);
	switch (item->id) {
	case KEY_CC:
		/* with its sign, one wider before the year 0 */
		put_number(b, item, century(m), century(m) < 0 && m->t.year >= 0 ? 1 : 2);
		break;
	case KEY_DDD:
		put_number(b, item, day_of_year(m->days), 3);
		break;
	case KEY_DD:
		put_number(b, item, m->t.day, 2);
		break;
	case KEY_D:
		put_number(b, item, day_of_week(m->days) + 1, 0);
		break;
	case KEY_ID:
		put_number(b, item, (day_of_week(m->days) + 6) % 7 + 1, 0);
		break;
	case KEY_IDDD:
		put_number(b, item, (week - 1) * 7 + (day_of_week(m->days) + 6) % 7 + 1, 3);
		break;
	case KEY_IW:
		put_number(b, item, week, 2);
		break;
	case KEY_IYYYY:
		put_year(b, item, shown_year(m, iso_year), item->value);
		break;
	case KEY_J:
		put_number(b, item, m->days + 2451545, 0);
		break;
	case KEY_MM:
		put_number(b, item, m->t.month, 2);
		break;
	case KEY_Q:
		if (m->t.month)
			put_number(b, item, (m->t.month - 1) / 3 + 1, 0);
		break;
	case KEY_WW:
		put_number(b, item, (day_of_year(m->days) - 1) / 7 + 1, 2);
		break;
	case KEY_W:
		put_number(b, item, (m->t.day - 1) / 7 + 1, 0);
		break;
	case KEY_Y_COMMA: {
		int64_t year = shown_year(m, m->t.year);
		buf_printf(b, "%lld,%03lld", (long long)(year / 1000), (long long)(year % 1000));
		put_th(b, item, year);
		break;
	}
	case KEY_YYYY:
		put_year(b, item, shown_year(m, m->t.year), item->value);
		break;
	default:
		break;
	}
}

static int format_moment(struct ctx *c, struct buf *b, struct str format, const struct moment *m)
{
	struct format_item item;
	bool in_quotes = false;
	while (format_next(&format, &in_quotes, &item)) {
		if (item.id == KEY_TEXT) {
			buf_str(b, item.text);
			continue;
		}
		bool needs_zone = item.id == KEY_TZ || item.id == KEY_OF || item.id == KEY_TZH ||
				  item.id == KEY_TZM || item.id == KEY_D || item.id == KEY_DAY ||
				  item.id == KEY_DY || item.id == KEY_ID || item.id == KEY_BC ||
				  item.id == KEY_BC_DOTS;
		if (m->is_interval && needs_zone) {
			err_set(c, "22007", "invalid format specification for an interval value");
			return err_hint(c, "Intervals are not tied to specific calendar dates.");
		}
		if (!put_clock(b, m, &item) && !put_names(b, m, &item))
			put_date(b, m, &item);
	}
	return 0;
}

int format_ts(struct ctx *c, struct buf *b, struct str format, int64_t local, bool has_zone,
	      int32_t east, struct str abbrev)
{
	struct moment m = { .has_zone = has_zone, .east = east, .abbrev = abbrev };
	if (!ts_is_finite(local))
		return 0;
	civil_from_ts(local, &m.t);
	m.days = civil_to_days(m.t.year, m.t.month, m.t.day);
	m.hours = m.t.hour;
	return format_moment(c, b, format, &m);
}

int format_interval(struct ctx *c, struct buf *b, struct str format, struct interval v)
{
	struct moment m = { .is_interval = true };
	m.t.year = v.months / 12;
	m.t.month = v.months % 12;
	m.t.day = v.days;
	m.days = v.days;
	m.hours = v.usecs / USECS_PER_HOUR;
	m.t.minute = (int)(v.usecs / USECS_PER_MINUTE % 60);
	m.t.second = (int)(v.usecs / USECS_PER_SEC % 60);
	m.t.usec = (int)(v.usecs % USECS_PER_SEC);
	return format_moment(c, b, format, &m);
}
