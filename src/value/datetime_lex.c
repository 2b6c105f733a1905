#include "value/datetime_lex.h"

#include "value/timezone_int.h"

#include <ctype.h>
#include <string.h>

struct lexer {
	struct str s;
	size_t at;
};

static int look(const struct lexer *l)
{
	return l->at < l->s.n ? (unsigned char)l->s.p[l->at] : 0;
}

static void take_while(struct lexer *l, const char *also, bool with_digits, bool with_letters)
{
	for (int ch = look(l); ch; ch = look(l)) {
		bool is_taken = (with_digits && isdigit(ch)) || (with_letters && isalpha(ch)) ||
				strchr(also, ch);
		if (!is_taken)
			return;
		l->at++;
	}
}

/* After leading digits: a time, a date or a number. */
static enum field_kind lex_digits(struct lexer *l)
{
	take_while(l, "", true, false);
	int ch = look(l);
	if (ch == ':') {
		take_while(l, ":.", true, false);
		return FIELD_TIME;
	}
	if (ch != '-' && ch != '/' && ch != '.')
		return FIELD_NUMBER;
	char delimiter[2] = { (char)ch, 0 };
	l->at++;
	if (!isdigit(look(l))) {
		take_while(l, delimiter, true, true);
		return FIELD_DATE;
	}
	enum field_kind kind = ch == '.' ? FIELD_NUMBER : FIELD_DATE;
	take_while(l, "", true, false);
	if (look(l) != ch)
		return kind;
	take_while(l, delimiter, true, false);
	return FIELD_DATE;
}

static enum field_kind lex_letters(struct lexer *l)
{
	size_t start = l->at;
	take_while(l, "", false, true);
	int ch = look(l), value;
	struct str word = str_sub(l->s, start, l->at - start);
	bool is_joined = ch == '-' || ch == '/' || ch == '.';
	if (ch == '+' || isdigit(ch))
		is_joined = datetime_word(word, &value) == WORD_NONE;
	if (!is_joined)
		return FIELD_WORD;
	take_while(l, "+-/_.:", true, true);
	return FIELD_DATE;
}

static int lex_sign(struct lexer *l, struct arena *a, struct field *ret)
{
	char sign = (char)look(l);
	l->at++;
	while (isspace(look(l)))
		l->at++;
	size_t start = l->at;
	if (isdigit(look(l))) {
		take_while(l, ":.-", true, false);
		ret->kind = FIELD_ZONE;
	} else if (isalpha(look(l))) {
		take_while(l, "", false, true);
		ret->kind = FIELD_SPECIAL;
	} else {
		return -1;
	}
	struct str body = str_sub(l->s, start, l->at - start);
	ret->text = str_of(arena_printf(a, "%c%.*s", sign, STR_ARG(body)));
	return 0;
}

static int lex_field(struct lexer *l, struct arena *a, struct field *ret)
{
	int ch = look(l);
	size_t start = l->at;
	if (ch == '+' || ch == '-')
		return lex_sign(l, a, ret);
	if (isdigit(ch)) {
		ret->kind = lex_digits(l);
	} else if (ch == '.') {
		l->at++;
		take_while(l, "", true, false);
		ret->kind = FIELD_NUMBER;
	} else if (isalpha(ch)) {
		ret->kind = lex_letters(l);
	} else {
		return -1;
	}
	ret->text = str_sub(l->s, start, l->at - start);
	return 0;
}

int datetime_lex(struct arena *a, struct str text, struct field fields[static FIELDS_MAX])
{
	struct lexer l = { str_lower(a, text), 0 };
	int n = 0;
	while (l.at < l.s.n) {
		int ch = look(&l);
		if (isspace(ch) || (ispunct(ch) && !strchr("+-.", ch))) {
			l.at++;
			continue;
		}
		if (n == FIELDS_MAX || !ch)
			return -1;
		if (lex_field(&l, a, &fields[n]) < 0)
			return -1;
		n++;
	}
	return n;
}

static const struct {
	const char *name;
	enum word_kind kind;
	int value;
} words[] = {
	{ "january", WORD_MONTH, 1 },
	{ "jan", WORD_MONTH, 1 },
	{ "february", WORD_MONTH, 2 },
	{ "feb", WORD_MONTH, 2 },
	{ "march", WORD_MONTH, 3 },
	{ "mar", WORD_MONTH, 3 },
	{ "april", WORD_MONTH, 4 },
	{ "apr", WORD_MONTH, 4 },
	{ "may", WORD_MONTH, 5 },
	{ "june", WORD_MONTH, 6 },
	{ "jun", WORD_MONTH, 6 },
	{ "july", WORD_MONTH, 7 },
	{ "jul", WORD_MONTH, 7 },
	{ "august", WORD_MONTH, 8 },
	{ "aug", WORD_MONTH, 8 },
	{ "september", WORD_MONTH, 9 },
	{ "sept", WORD_MONTH, 9 },
	{ "sep", WORD_MONTH, 9 },
	{ "october", WORD_MONTH, 10 },
	{ "oct", WORD_MONTH, 10 },
	{ "november", WORD_MONTH, 11 },
	{ "nov", WORD_MONTH, 11 },
	{ "december", WORD_MONTH, 12 },
	{ "dec", WORD_MONTH, 12 },
	{ "sunday", WORD_DAY, 0 },
	{ "sun", WORD_DAY, 0 },
	{ "monday", WORD_DAY, 1 },
	{ "mon", WORD_DAY, 1 },
	{ "tuesday", WORD_DAY, 2 },
	{ "tues", WORD_DAY, 2 },
	{ "tue", WORD_DAY, 2 },
	{ "wednesday", WORD_DAY, 3 },
	{ "weds", WORD_DAY, 3 },
	{ "wed", WORD_DAY, 3 },
	{ "thursday", WORD_DAY, 4 },
	{ "thurs", WORD_DAY, 4 },
	{ "thur", WORD_DAY, 4 },
	{ "thu", WORD_DAY, 4 },
	{ "friday", WORD_DAY, 5 },
	{ "fri", WORD_DAY, 5 },
	{ "saturday", WORD_DAY, 6 },
	{ "sat", WORD_DAY, 6 },
	{ "am", WORD_AMPM, 0 },
	{ "pm", WORD_AMPM, 1 },
	{ "ad", WORD_BC, 0 },
	{ "bc", WORD_BC, 1 },
	{ "at", WORD_IGNORE, 0 },
	{ "on", WORD_IGNORE, 0 },
	{ "t", WORD_TIME_MARK, 0 },
	{ "j", WORD_JULIAN, 0 },
	{ "jd", WORD_JULIAN, 0 },
	{ "julian", WORD_JULIAN, 0 },
	{ "now", WORD_NOW, 0 },
	{ "today", WORD_TODAY, 0 },
	{ "tomorrow", WORD_TOMORROW, 0 },
	{ "yesterday", WORD_YESTERDAY, 0 },
	{ "epoch", WORD_EPOCH, 0 },
	{ "infinity", WORD_INFINITY, 0 },
	{ "+infinity", WORD_INFINITY, 0 },
	{ "-infinity", WORD_NEG_INFINITY, 0 },
	{ "allballs", WORD_ALLBALLS, 0 },
	{ "dst", WORD_DST, 0 },
	{ "d", WORD_UNIT_FIELD, 0 },
	{ "dow", WORD_UNIT_FIELD, 0 },
	{ "doy", WORD_UNIT_FIELD, 0 },
	{ "h", WORD_UNIT_FIELD, 0 },
	{ "isodow", WORD_UNIT_FIELD, 0 },
	{ "isoyear", WORD_UNIT_FIELD, 0 },
	{ "m", WORD_UNIT_FIELD, 0 },
	{ "mm", WORD_UNIT_FIELD, 0 },
	{ "s", WORD_UNIT_FIELD, 0 },
	{ "y", WORD_UNIT_FIELD, 0 },
};

enum word_kind datetime_word(struct str word, int *ret_value)
{
	*ret_value = 0;
	/* PostgreSQL compares ten characters */
	struct str key = str_sub(word, 0, 10);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_is(key, words[i].name))
			continue;
		*ret_value = words[i].value;
		return words[i].kind;
	}
	return WORD_NONE;
}
