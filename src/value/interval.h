/*
 * Intervals: months, days and microseconds kept apart, compared by the span
 * they make with 30-day months and 24-hour days.
 */
#ifndef VALUE_INTERVAL_H
#define VALUE_INTERVAL_H

#include "base/buf.h"
#include "base/err.h"
#include "value/value.h"

struct interval {
	int32_t months, days;
	int64_t usecs;
};

/* Verbose ("1 day 02:03:04 ago"), SQL standard and ISO 8601 input. 22007,
 * 22015 "interval field value out of range". typmod as atttypmod; its
 * precision is honoured, its field range is not. */
int interval_parse(struct ctx *c, int32_t typmod, struct str text, struct interval *ret);

/* IntervalStyle postgres: also the stored form. */
void interval_print(struct buf *b, struct interval v);
struct str interval_store(struct arena *a, struct interval v);
/* Trusts stored text; false (and zero) for anything else. */
bool interval_load(struct str stored, struct interval *ret);

int interval_cmp(struct interval a, struct interval b);

/* 22008 "interval out of range" beyond the fields. */
int interval_add(struct ctx *c, struct interval a, struct interval b, struct interval *ret);
int interval_neg(struct ctx *c, struct interval v, struct interval *ret);
int interval_mul(struct ctx *c, struct interval v, double factor, struct interval *ret);
int interval_div(struct ctx *c, struct interval v, double divisor, struct interval *ret);
int interval_justify_hours(struct ctx *c, struct interval v, struct interval *ret);
int interval_justify_days(struct ctx *c, struct interval v, struct interval *ret);
int interval_justify(struct ctx *c, struct interval v, struct interval *ret);

/* Timestamp arithmetic: months (the day clamped), days, then microseconds;
 * months and days on the zone's wall clock (NULL zone: UTC or timestamp). */
int ts_add_interval(struct ctx *c, int64_t ts, const struct tzone *zone, struct interval v,
		    int64_t *ret);
int ts_sub(struct ctx *c, int64_t a, int64_t b, struct interval *ret);
/* Symbolic difference in years, months and days of two wall-clock times. */
struct interval ts_age(int64_t a, int64_t b);

#endif
