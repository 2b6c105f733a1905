/*
 * Dates and times as numbers, their stored text, input, output and arithmetic.
 *
 * Timestamps are microseconds from 2000-01-01 00:00:00 (UTC for timestamptz),
 * dates days from 2000-01-01, times microseconds of the day: PostgreSQL's own
 * ranges fit, which the Unix epoch would not. The two ends of the integer
 * types are -infinity and infinity.
 */
#ifndef VALUE_DATETIME_H
#define VALUE_DATETIME_H

#include "base/buf.h"
#include "base/err.h"
#include "value/value.h"

#define TS_INFINITY INT64_MAX
#define TS_NEG_INFINITY INT64_MIN
#define DATE_INFINITY INT32_MAX
#define DATE_NEG_INFINITY INT32_MIN
#define USECS_PER_DAY INT64_C(86400000000)
#define USECS_PER_HOUR INT64_C(3600000000)
#define USECS_PER_MINUTE INT64_C(60000000)
#define USECS_PER_SEC INT64_C(1000000)
/* Seconds from the Unix epoch to 2000-01-01. */
#define PG_EPOCH_UNIX INT64_C(946684800)

/* Wall-clock fields; year is astronomical (0 is 1 BC). */
struct civil {
	int64_t year;
	int month, day;
	int hour, minute, second, usec;
};

/* Proleptic Gregorian. Days are from 2000-01-01. */
int64_t civil_to_days(int64_t year, int month, int day);
void civil_from_days(int64_t days, struct civil *ret);
int month_days(int64_t year, int month);
int64_t civil_to_ts(const struct civil *t);
/* Days outside any timestamp's range, with a few to spare for time zones:
 * civil_to_ts() would overflow there. */
bool civil_is_far(const struct civil *t);
void civil_from_ts(int64_t ts, struct civil *ret);
bool ts_is_finite(int64_t ts);
/* True within 4713 BC .. 294276 AD, or the date's 5874897 AD. */
bool ts_in_range(int64_t ts);
bool days_in_range(int64_t days);

/* Stored text and back. Loading trusts the text: it was stored by us. */
struct str ts_store(struct arena *a, int64_t ts, bool has_zone);
int64_t ts_load(struct str stored);
struct str date_store(struct arena *a, int32_t days);
int32_t date_load(struct str stored);
struct str time_store(struct arena *a, int64_t usecs);
int64_t time_load(struct str stored);
/* east: seconds east of Greenwich. */
struct str timetz_store(struct arena *a, int64_t usecs, int32_t east);
int64_t timetz_load(struct str stored, int32_t *ret_east);

/* Output: as psql, or with T and +00:00 as to_json (is_json). */
void ts_print(struct buf *b, int64_t ts, bool has_zone, const struct tzone *zone, bool is_json);
void date_print(struct buf *b, int32_t days);
void time_print(struct buf *b, int64_t usecs);
void timetz_print(struct buf *b, int64_t usecs, int32_t east);
/* +HH[:MM[:SS]]; is_full always prints minutes. */
void offset_print(struct buf *b, int32_t east, bool is_full);

/* Input; id is V_TIMESTAMP or V_TIMESTAMPTZ. 22007, 22008, 22009. */
int ts_parse(struct ctx *c, enum value_type id, const struct value_env *env, struct str text,
	     int64_t *ret);
/* Only ISO 8601's "YYYY-MM-DDTHH:MM:SS[.f][zone]" (or a space for the T). False
 * for anything else or out of range: ts_parse, which tries this first, decides. */
bool ts_parse_iso(enum value_type id, const struct value_env *env, struct str text, int64_t *ret);
int date_parse(struct ctx *c, const struct value_env *env, struct str text, int32_t *ret);
int time_parse(struct ctx *c, const struct value_env *env, struct str text, int64_t *ret);
int timetz_parse(struct ctx *c, const struct value_env *env, struct str text, int64_t *ret,
		 int32_t *ret_east);

/* Rounds microseconds to a typmod's number of digits (0..6, -1 none). */
int64_t usecs_round(int64_t usecs, int32_t digits);

/* Between the session's wall clock and UTC; infinities pass through. */
int64_t ts_to_local(int64_t utc, const struct tzone *zone);
int64_t ts_from_local(int64_t local, const struct tzone *zone);

/* The environment's transaction start; NULL env is the Unix epoch. */
int64_t env_now(const struct value_env *env);
const struct tzone *env_zone(const struct value_env *env);

int ts_range_error(struct ctx *c);
int date_range_error(struct ctx *c);

#endif
