/* Shared by the timezone*.c files only. */
#ifndef VALUE_TIMEZONE_INT_H
#define VALUE_TIMEZONE_INT_H

#include "base/str.h"

enum { TZONE_ABBREV_MAX = 16 };

struct tzone_type {
	int32_t east;
	bool is_dst;
	char abbrev[TZONE_ABBREV_MAX];
};

/* When a POSIX rule changes: the w-th weekday d of month m, or a day number. */
struct tzone_change {
	enum { CHANGE_MONTH, CHANGE_JULIAN, CHANGE_DAY } kind;
	int month, week, day;
	int32_t seconds;
};

struct tzone_rule {
	struct tzone_type std, dst;
	bool has_dst;
	struct tzone_change start, end;
};

struct tzone {
	size_t time_n, type_n;
	int64_t *times;
	unsigned char *kinds;
	struct tzone_type *types;
	bool has_rule;
	struct tzone_rule rule;
};

/* The footer of a TZif file, e.g. "CET-1CEST,M3.5.0,M10.5.0/3". */
bool tzone_rule_parse(struct str text, struct tzone_rule *ret);
struct tzone_type tzone_rule_at(const struct tzone_rule *rule, int64_t unix_s);

/* "+02", "-3:30", "<+02>-02", "ABC-2": POSIX, west positive after a name. */
bool tzone_posix_offset(struct str name, int32_t *ret_east);

/* PostgreSQL's default abbreviations ("PST", "cest"). */
bool tzone_abbrev(struct str name, int32_t *ret_east);

#endif
