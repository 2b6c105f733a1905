/* Template pattern keys of dates: shared by the format_*.c files only. */
#ifndef VALUE_FORMAT_KEY_H
#define VALUE_FORMAT_KEY_H

#include "base/str.h"

enum format_id {
	KEY_TEXT, /* a literal character */
	KEY_AM,
	KEY_AM_DOTS,
	KEY_BC,
	KEY_BC_DOTS,
	KEY_CC,
	KEY_DAY,
	KEY_DY,
	KEY_DDD,
	KEY_DD,
	KEY_D,
	KEY_FF,
	KEY_HH12,
	KEY_HH24,
	KEY_IDDD,
	KEY_ID,
	KEY_IW,
	KEY_IYYYY, /* value: digits */
	KEY_J,
	KEY_MI,
	KEY_MM,
	KEY_MONTH,
	KEY_MON,
	KEY_MS,
	KEY_OF,
	KEY_Q,
	KEY_RM,
	KEY_SSSSS,
	KEY_SS,
	KEY_TZ,
	KEY_TZH,
	KEY_TZM,
	KEY_US,
	KEY_WW,
	KEY_W,
	KEY_Y_COMMA,
	KEY_YYYY /* value: digits */
};

enum format_case { CASE_UPPER, CASE_CAPITAL, CASE_LOWER };

struct format_item {
	enum format_id id;
	const char *name;
	int value; /* digits of years and fractions, bytes of names */
	enum format_case letters;
	bool is_filled; /* no FM */
	bool has_th, is_th_upper;
	bool is_quoted;	 /* a literal out of double quotes */
	struct str text; /* a literal character */
};

/* Takes the next item off *format; false at its end. *fm carries FM. */
bool format_next(struct str *format, bool *in_quotes, struct format_item *ret);

extern const char *const format_months[12], *const format_days[7], *const format_roman[12];

#endif
