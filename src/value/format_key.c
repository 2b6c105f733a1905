#include "value/format_key.h"

#include "value/scalar.h"

#include <ctype.h>

const char *const format_months[12] = { "January",   "February", "March",    "April",
					"May",	     "June",	 "July",     "August",
					"September", "October",	 "November", "December" };
const char *const format_days[7] = { "Sunday",	 "Monday", "Tuesday", "Wednesday",
				     "Thursday", "Friday", "Saturday" };
const char *const format_roman[12] = { "I",   "II",   "III", "IV", "V",	 "VI",
				       "VII", "VIII", "IX",  "X",  "XI", "XII" };

/* Longer names before their beginnings. Names without letters of both cases
 * match in any case; the flag says that case decides the output's. */
static const struct {
	const char *name;
	enum format_id id;
	int value;
	bool has_case;
} keys[] = {
	{ "A.D.", KEY_BC_DOTS, 0, true },   { "A.M.", KEY_AM_DOTS, 0, true },
	{ "AD", KEY_BC, 0, true },	    { "AM", KEY_AM, 0, true },
	{ "B.C.", KEY_BC_DOTS, 0, true },   { "BC", KEY_BC, 0, true },
	{ "CC", KEY_CC, 0, false },	    { "DAY", KEY_DAY, 0, true },
	{ "DDD", KEY_DDD, 0, false },	    { "DD", KEY_DD, 0, false },
	{ "DY", KEY_DY, 0, true },	    { "D", KEY_D, 0, false },
	{ "FF1", KEY_FF, 1, false },	    { "FF2", KEY_FF, 2, false },
	{ "FF3", KEY_FF, 3, false },	    { "FF4", KEY_FF, 4, false },
	{ "FF5", KEY_FF, 5, false },	    { "FF6", KEY_FF, 6, false },
	{ "HH24", KEY_HH24, 0, false },	    { "HH12", KEY_HH12, 0, false },
	{ "HH", KEY_HH12, 0, false },	    { "IDDD", KEY_IDDD, 0, false },
	{ "ID", KEY_ID, 0, false },	    { "IW", KEY_IW, 0, false },
	{ "IYYY", KEY_IYYYY, 4, false },    { "IYY", KEY_IYYYY, 3, false },
	{ "IY", KEY_IYYYY, 2, false },	    { "I", KEY_IYYYY, 1, false },
	{ "J", KEY_J, 0, false },	    { "MI", KEY_MI, 0, false },
	{ "MM", KEY_MM, 0, false },	    { "MONTH", KEY_MONTH, 0, true },
	{ "MON", KEY_MON, 0, true },	    { "MS", KEY_MS, 0, false },
	{ "OF", KEY_OF, 0, false },	    { "P.M.", KEY_AM_DOTS, 0, true },
	{ "PM", KEY_AM, 0, true },	    { "Q", KEY_Q, 0, false },
	{ "RM", KEY_RM, 0, true },	    { "SSSSS", KEY_SSSSS, 0, false },
	{ "SSSS", KEY_SSSSS, 0, false },    { "SS", KEY_SS, 0, false },
	{ "TZH", KEY_TZH, 0, false },	    { "TZM", KEY_TZM, 0, false },
	{ "TZ", KEY_TZ, 0, true },	    { "US", KEY_US, 0, false },
	{ "WW", KEY_WW, 0, false },	    { "W", KEY_W, 0, false },
	{ "Y,YYY", KEY_Y_COMMA, 0, false }, { "YYYY", KEY_YYYY, 4, false },
	{ "YYY", KEY_YYYY, 3, false },	    { "YY", KEY_YYYY, 2, false },
	{ "Y", KEY_YYYY, 1, false },
};

static bool starts_ci(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_ieq(str_sub(s, 0, prefix.n), prefix);
}

static enum format_case case_of(struct str s)
{
	if (islower((unsigned char)s.p[0]))
		return CASE_LOWER;
	return s.n > 1 && islower((unsigned char)s.p[1]) ? CASE_CAPITAL : CASE_UPPER;
}

static bool find_key(struct str s, struct format_item *ret)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str name = str_of(keys[i].name);
		if (!starts_ci(s, name))
			continue;
		ret->id = keys[i].id;
		ret->name = keys[i].name;
		ret->value = keys[i].value;
		ret->text = str_sub(s, 0, name.n);
		ret->letters = keys[i].has_case ? case_of(s) : CASE_UPPER;
		return true;
	}
	return false;
}

static void take_suffixes(struct str *format, struct format_item *item)
{
	if (starts_ci(*format, STR("TH"))) {
		item->has_th = true;
		item->is_th_upper = format->p[0] == 'T';
		*format = str_from(*format, 2);
	}
	if (str_starts(*format, STR("SP")))
		*format = str_from(*format, 2);
}

static bool take_literal(struct str *format, bool is_quoted, struct format_item *item)
{
	size_t n = utf8_size((unsigned char)format->p[0]);
	item->id = KEY_TEXT;
	item->is_quoted = is_quoted;
	item->text = str_sub(*format, 0, n);
	*format = str_from(*format, n);
	return true;
}

bool format_next(struct str *format, bool *in_quotes, struct format_item *ret)
{
	struct format_item item = { .is_filled = true };
	while (format->n) {
		char ch = format->p[0];
		bool is_escape = ch == '\\' && format->n > 1 && (*in_quotes || format->p[1] == '"');
		if (ch == '"') {
			*in_quotes = !*in_quotes;
			*format = str_from(*format, 1);
			continue;
		}
		if (is_escape)
			*format = str_from(*format, 1);
		if (is_escape || *in_quotes) {
			*ret = item;
			return take_literal(format, *in_quotes, ret);
		}
		bool is_prefix = true;
		if (starts_ci(*format, STR("FM")))
			item.is_filled = false;
		else if (!starts_ci(*format, STR("FX")) && !starts_ci(*format, STR("TM")))
			is_prefix = false;
		if (is_prefix) {
			*format = str_from(*format, 2);
			continue;
		}
		if (!find_key(*format, &item)) {
			*ret = item;
			return take_literal(format, false, ret);
		}
		*format = str_from(*format, item.text.n);
		take_suffixes(format, &item);
		*ret = item;
		return true;
	}
	return false;
}
