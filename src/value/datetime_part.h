/*
 * Fields of dates and times: extract, date_part, date_trunc.
 */
#ifndef VALUE_DATETIME_PART_H
#define VALUE_DATETIME_PART_H

#include "value/interval.h"

/* A field's name (any case): 0A000 / 22023 for one that is unknown, by the
 * functions below. */
enum datetime_unit {
	UNIT_UNKNOWN,
	UNIT_MICROSECOND,
	UNIT_MILLISECOND,
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_QUARTER,
	UNIT_YEAR,
	UNIT_DECADE,
	UNIT_CENTURY,
	UNIT_MILLENNIUM,
	UNIT_DOW,
	UNIT_ISODOW,
	UNIT_DOY,
	UNIT_ISOYEAR,
	UNIT_JULIAN,
	UNIT_EPOCH,
	UNIT_TIMEZONE,
	UNIT_TIMEZONE_HOUR,
	UNIT_TIMEZONE_MINUTE
};
enum datetime_unit datetime_unit_of(struct arena *a, struct str name);

/* A field's value as an exact decimal: v / 10^scale. */
struct part {
	__int128 v;
	int scale;
	bool is_clock; /* seconds and their fraction, which float8 adds up apart */
	bool is_null;  /* not finite and without a value */
	int infinity;  /* -1, 1: an infinite field */
};

/* ts is wall-clock for timestamptz, with its offset east; type is for messages
 * ("timestamp with time zone"). */
int ts_part(struct ctx *c, struct str field, const char *type, int64_t ts, int32_t east,
	    bool has_zone, struct part *ret);
/* The same of a finite date, whose years reach further. */
int date_part_of(struct ctx *c, struct str field, int32_t days, struct part *ret);
int time_part(struct ctx *c, struct str field, const char *type, int64_t usecs, int32_t east,
	      bool has_zone, struct part *ret);
int interval_part(struct ctx *c, struct str field, struct interval v, struct part *ret);

/* Start of the field's unit, on the wall clock. */
int ts_trunc(struct ctx *c, struct str field, const char *type, int64_t ts, int64_t *ret);
int interval_trunc(struct ctx *c, struct str field, struct interval v, struct interval *ret);

/* ISO week number (1..53), its year, and day numbers. */
int iso_week(int64_t days, int64_t *ret_year);
int day_of_week(int64_t days); /* 0 Sunday */
int day_of_year(int64_t days);

#endif
