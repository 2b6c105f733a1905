/* The fields of a date/time text, cut as PostgreSQL cuts them. */
#ifndef VALUE_DATETIME_LEX_H
#define VALUE_DATETIME_LEX_H

#include "base/arena.h"
#include "base/str.h"

enum field_kind {
	FIELD_NUMBER, /* digits, perhaps with one point */
	FIELD_DATE,   /* numbers or letters joined by - / . */
	FIELD_TIME,   /* holds a colon */
	FIELD_ZONE,   /* a sign and digits */
	FIELD_WORD,
	FIELD_SPECIAL /* a sign and letters: -infinity */
};

struct field {
	enum field_kind kind;
	struct str text; /* lower case */
};

enum { FIELDS_MAX = 25 };

/* Fields of text, or -1 when a character fits nowhere. */
int datetime_lex(struct arena *a, struct str text, struct field fields[static FIELDS_MAX]);

/* What a word stands for. */
enum word_kind {
	WORD_NONE,
	WORD_MONTH, /* value 1..12 */
	WORD_DAY,   /* day of week: ignored */
	WORD_AMPM,  /* value 0 am, 1 pm */
	WORD_BC,    /* value 1 BC, 0 AD */
	WORD_IGNORE,
	WORD_TIME_MARK, /* "t" */
	WORD_JULIAN,
	WORD_NOW,
	WORD_TODAY,
	WORD_TOMORROW,
	WORD_YESTERDAY,
	WORD_EPOCH,
	WORD_INFINITY,
	WORD_NEG_INFINITY,
	WORD_ALLBALLS,
	WORD_DST,
	WORD_UNIT_FIELD /* y, m, d, h, … of "y2001m02d04": not supported */
};
enum word_kind datetime_word(struct str word, int *ret_value);

#endif
