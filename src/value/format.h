/*
 * to_char, to_date, to_timestamp and to_number: PostgreSQL's template patterns
 * in the C locale.
 */
#ifndef VALUE_FORMAT_H
#define VALUE_FORMAT_H

#include "value/interval.h"
#include "value/numeric.h"

/* A timestamp on its wall clock, with its zone for timestamptz. */
int format_ts(struct ctx *c, struct buf *b, struct str format, int64_t local, bool has_zone,
	      int32_t east, struct str abbrev);
int format_interval(struct ctx *c, struct buf *b, struct str format, struct interval v);

/* A text by a template, as a wall-clock time (*ret_east where it had one).
 * 22007, 22008. */
int format_parse_ts(struct ctx *c, struct str text, struct str format, int64_t *ret,
		    bool *ret_has_zone, int32_t *ret_east);

int format_number(struct ctx *c, struct buf *b, struct str format, struct numeric v);
/* float4 and float8 keep so many significant digits only (6, 15). */
int format_double(struct ctx *c, struct buf *b, struct str format, double v, int digits);
int format_parse_number(struct ctx *c, struct str text, struct str format, struct numeric *ret);

#endif
