/* to_char and to_number of numbers. */
#include "base/arena.h"
#include "value/format.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum place { PLACE_NONE, PLACE_BEFORE, PLACE_AFTER };

/* What a template asks for as a whole. */
struct shape {
	bool is_fm, has_point, has_zero, has_minus, has_plus, has_brackets, is_roman, is_multi,
		is_scientific;
	enum place sign; /* of S */
	int sign_at;	 /* digits before it */
	int whole, fraction, shift;
	int zero_start, zero_end; /* digit positions that show zeros */
};

enum key {
	KEY_CHAR,
	KEY_9,
	KEY_0,
	KEY_POINT,
	KEY_COMMA,
	KEY_CURRENCY,
	KEY_FM,
	KEY_MI,
	KEY_PL,
	KEY_SG,
	KEY_PR,
	KEY_S,
	KEY_V,
	KEY_TH,
	KEY_TH_LOWER,
	KEY_RN,
	KEY_RN_LOWER,
	KEY_EEEE,
	KEY_IGNORED
};

static const struct {
	const char *name;
	enum key key;
} keys[] = {
	{ "EEEE", KEY_EEEE }, { "eeee", KEY_EEEE },   { "FM", KEY_FM },	     { "fm", KEY_FM },
	{ "MI", KEY_MI },     { "mi", KEY_MI },	      { "PL", KEY_PL },	     { "pl", KEY_PL },
	{ "SG", KEY_SG },     { "sg", KEY_SG },	      { "PR", KEY_PR },	     { "pr", KEY_PR },
	{ "TH", KEY_TH },     { "th", KEY_TH_LOWER }, { "RN", KEY_RN },	     { "rn", KEY_RN_LOWER },
	{ "S", KEY_S },	      { "s", KEY_S },	      { "9", KEY_9 },	     { "0", KEY_0 },
	{ ".", KEY_POINT },   { "D", KEY_POINT },     { "d", KEY_POINT },    { ",", KEY_COMMA },
	{ "G", KEY_COMMA },   { "g", KEY_COMMA },     { "L", KEY_CURRENCY }, { "l", KEY_CURRENCY },
	{ "V", KEY_V },	      { "v", KEY_V },	      { "B", KEY_IGNORED },  { "b", KEY_IGNORED },
	{ "C", KEY_IGNORED }, { "c", KEY_IGNORED },
};

static bool next_key(struct str *format, bool *in_quotes, enum key *ret, char *ret_char)
{
	while (format->n && format->p[0] == '"') {
		*in_quotes = !*in_quotes;
		*format = str_from(*format, 1);
	}
	if (!format->n)
		return false;
	*ret = KEY_CHAR;
	*ret_char = format->p[0];
	for (size_t i = 0; !*in_quotes && i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!str_starts(*format, str_of(keys[i].name)))
			continue;
		*ret = keys[i].key;
		*format = str_from(*format, strlen(keys[i].name));
		return true;
	}
	*format = str_from(*format, 1);
	return true;
}

static int bad_template(struct ctx *c, const char *what)
{
	return err_set(c, "42601", "%s", what);
}

static int add_digit(struct ctx *c, struct shape *s, enum key key)
{
	if (s->has_brackets)
		return bad_template(c, key == KEY_9 ? "\"9\" must be ahead of \"PR\""
						    : "\"0\" must be ahead of \"PR\"");
	if (key == KEY_9 && s->is_multi) {
		s->shift++;
		return 0;
	}
	if (key == KEY_0 && !s->has_zero && !s->has_point) {
		s->has_zero = true;
		s->zero_start = s->whole + 1;
	}
	if (s->has_point)
		s->fraction++;
	else
		s->whole++;
	if (key == KEY_0)
		s->zero_end = s->whole + s->fraction;
	return 0;
}

static int add_sign(struct ctx *c, struct shape *s)
{
	if (s->sign)
		return bad_template(c, "cannot use \"S\" twice");
	if (s->has_plus || s->has_minus || s->has_brackets)
		return bad_template(c, "cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
	s->sign = s->has_point ? PLACE_AFTER : PLACE_BEFORE;
	s->sign_at = s->whole;
	return 0;
}

static int add_key(struct ctx *c, struct shape *s, enum key key)
{
	switch (key) {
	case KEY_9:
	case KEY_0:
		return add_digit(c, s, key);
	case KEY_POINT:
		if (s->has_point)
			return bad_template(c, "multiple decimal points");
		if (s->is_multi)
			return bad_template(c, "cannot use \"V\" and decimal point together");
		s->has_point = true;
		return 0;
	case KEY_FM:
		s->is_fm = true;
		return 0;
	case KEY_S:
		return add_sign(c, s);
	case KEY_MI:
	case KEY_PL:
	case KEY_SG:
		if (s->sign)
			return bad_template(
				c, key == KEY_MI   ? "cannot use \"S\" and \"MI\" together"
				   : key == KEY_PL ? "cannot use \"S\" and \"PL\" together"
						   : "cannot use \"S\" and \"SG\" together");
		s->has_minus |= key != KEY_PL;
		s->has_plus |= key != KEY_MI;
		return 0;
	case KEY_PR:
		if (s->sign || s->has_plus || s->has_minus)
			return bad_template(c, "cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" "
					       "together");
		s->has_brackets = true;
		return 0;
	case KEY_RN:
	case KEY_RN_LOWER:
		s->is_roman = true;
		return 0;
	case KEY_V:
		if (s->has_point)
			return bad_template(c, "cannot use \"V\" and decimal point together");
		s->is_multi = true;
		return 0;
	case KEY_EEEE:
		if (s->is_scientific)
			return bad_template(c, "cannot use \"EEEE\" twice");
		s->is_scientific = true;
		return 0;
	default:
		return 0;
	}
}

static int read_shape(struct ctx *c, struct str format, struct shape *ret)
{
	struct shape s = { 0 };
	enum key key;
	char ch;
	bool in_quotes = false;
	while (next_key(&format, &in_quotes, &key, &ch))
		TRY(add_key(c, &s, key));
	if (s.zero_start)
		s.zero_start--;
	*ret = s;
	return 0;
}

struct writer {
	struct buf *b;
	const struct shape *s;
	const char *number; /* digits and a point, without sign */
	const char *p;	    /* next of them */
	const char *last;   /* under FM the last digit worth showing */
	char sign;
	bool has_sign, has_digit, has_brackets;
	enum place sign_place;
	int at, count, blanks;
};

/* 0.5 under 9.9 shows no zero before the point. */
static bool hides_zero(const struct writer *w)
{
	return !w->s->has_zero && w->number == w->p && *w->number == '0' && w->s->fraction != 0;
}

static void put_sign(struct writer *w)
{
	if (w->sign_place != PLACE_NONE) {
		if (w->sign_place != PLACE_BEFORE)
			return;
		buf_char(w->b, w->sign);
	} else if (w->has_brackets) {
		buf_char(w->b, w->sign == '+' ? ' ' : '<');
	} else if (w->sign == '-') {
		buf_char(w->b, '-');
	} else if (!w->s->is_fm) {
		buf_char(w->b, ' ');
	}
	w->has_sign = true;
}

static void put_stored_digit(struct writer *w, enum key key)
{
	bool ends_at_point = w->last && *w->last == '.';
	if (*w->p == '.') {
		if (!ends_at_point || w->s->is_fm)
			buf_char(w->b, '.');
	} else if (w->last && w->p > w->last && key != KEY_0) {
		/* a zero that FM drops */
	} else if (hides_zero(w)) {
		if (!w->s->is_fm)
			buf_char(w->b, ' ');
		else if (ends_at_point)
			buf_char(w->b, '0');
	} else if (*w->p) {
		buf_char(w->b, *w->p);
		w->has_digit = true;
	}
	if (*w->p)
		w->p++;
}

static void put_digit(struct writer *w, enum key key)
{
	const struct shape *s = w->s;
	bool starts = w->at >= w->blanks || (s->has_zero && s->zero_start == w->at);
	if (!w->has_sign && starts && (!hides_zero(w) || (w->last && *w->last == '.')))
		put_sign(w);
	bool is_blank = w->at < w->blanks;
	if (is_blank && (!s->has_zero || s->zero_start > w->at)) {
		if (!s->is_fm)
			buf_char(w->b, ' ');
	} else if (is_blank) {
		buf_char(w->b, '0');
		w->has_digit = true;
	} else {
		put_stored_digit(w, key);
	}
	int end = w->count + (w->blanks ? 1 : 0) + (s->has_point ? 1 : 0);
	if (w->last && w->last == w->p)
		end = w->at;
	if (w->at + 1 == end) {
		if (w->has_sign && w->has_brackets)
			buf_char(w->b, w->sign == '+' ? ' ' : '>');
		else if (w->sign_place == PLACE_AFTER)
			buf_char(w->b, w->sign);
	}
	w->at++;
}

static const char *ordinal(const char *number)
{
	size_t n = strlen(number);
	char last = number[n - 1];
	if (n > 1 && number[n - 2] == '1')
		return "TH";
	return last == '1' ? "ST" : last == '2' ? "ND" : last == '3' ? "RD" : "TH";
}

static void put_ordinal(struct writer *w, bool is_lower)
{
	if (w->number[0] == '#' || w->sign == '-' || w->s->has_point)
		return;
	const char *th = ordinal(w->number);
	buf_char(w->b, is_lower ? (char)tolower(th[0]) : th[0]);
	buf_char(w->b, is_lower ? (char)tolower(th[1]) : th[1]);
}

static void put_key(struct writer *w, enum key key, char ch)
{
	switch (key) {
	case KEY_9:
	case KEY_0:
	case KEY_POINT:
		put_digit(w, key);
		break;
	case KEY_COMMA:
		if (w->has_digit)
			buf_char(w->b, ',');
		else if (!w->s->is_fm)
			buf_char(w->b, ' ');
		break;
	case KEY_CURRENCY:
		buf_char(w->b, ' ');
		break;
	case KEY_MI:
	case KEY_PL: {
		char mark = key == KEY_MI ? '-' : '+';
		if (w->sign == mark)
			buf_char(w->b, mark);
		else if (!w->s->is_fm)
			buf_char(w->b, ' ');
		break;
	}
	case KEY_SG:
		buf_char(w->b, w->sign);
		break;
	case KEY_TH:
	case KEY_TH_LOWER:
		put_ordinal(w, key == KEY_TH_LOWER);
		break;
	case KEY_CHAR:
		buf_char(w->b, ch);
		break;
	default:
		break;
	}
}

static const char *last_relevant(const struct shape *s, const char *number, int blanks)
{
	const char *point = strchr(number, '.');
	if (!s->is_fm || !s->has_point || !point)
		return NULL;
	const char *last = point;
	for (const char *p = point; *p; p++)
		if (*p != '0')
			last = p;
	if (s->zero_end > blanks) {
		long end = (long)strlen(number) - 1, keep = s->zero_end - blanks;
		const char *zero = number + (keep < end ? keep : end);
		if (zero > last)
			last = zero;
	}
	return last;
}

static void write_number(struct buf *b, struct str format, const struct shape *s, char sign,
			 const char *number, int blanks)
{
	struct writer w = { .b = b, .s = s, .number = number, .p = number, .sign = sign };
	w.sign_place = s->sign;
	w.blanks = blanks;
	w.has_brackets = s->has_brackets && !(sign != '-' && s->is_fm);
	if (s->has_plus || s->has_minus)
		w.has_sign = !(s->has_plus && !s->has_minus);
	else
		w.has_sign = sign == '+' && s->is_fm && !s->sign;
	if (!(s->has_plus || s->has_minus) && s->sign == PLACE_BEFORE && s->whole == s->sign_at)
		w.sign_place = PLACE_AFTER;
	w.count = s->fraction + s->whole - 1;
	w.last = last_relevant(s, number, blanks);
	if (!w.has_sign && blanks == 0)
		w.count++;
	enum key key;
	char ch;
	bool in_quotes = false;
	while (next_key(&format, &in_quotes, &key, &ch))
		put_key(&w, key, ch);
}

/* Fits the digits of text ("-12.50") to the shape and writes them. */
static void write_text(struct ctx *c, struct buf *b, struct str format, const struct shape *s,
		       struct str text)
{
	bool is_neg = text.n && text.p[0] == '-';
	char *number = str_dup(c->arena, is_neg ? str_from(text, 1) : text);
	size_t whole = strcspn(number, ".");
	int pre = s->whole + s->shift, blanks = 0;
	struct shape shape = *s;
	shape.whole = pre;
	if ((int)whole < pre) {
		blanks = pre - (int)whole;
	} else if ((int)whole > pre) {
		number = arena_alloc(c->arena, (size_t)(pre + s->fraction) + 2);
		memset(number, '#', (size_t)(pre + s->fraction) + 1);
		number[pre] = '.';
		number[pre + s->fraction + 1] = 0;
	}
	write_number(b, format, &shape, is_neg ? '-' : '+', number, blanks);
}

/* One decimal digit in the letters for 1, 5 and 10 of its place. */
static char *put_roman(char *to, int digit, const char letters[static 3])
{
	if (digit % 5 == 4) {
		*to++ = letters[0];
		*to++ = digit == 4 ? letters[1] : letters[2];
		return to;
	}
	if (digit >= 5)
		*to++ = letters[1];
	for (int i = digit % 5; i > 0; i--)
		*to++ = letters[0];
	return to;
}

static void write_roman(struct buf *b, const struct shape *s, struct str format, struct numeric v)
{
	char text[32] = "###############", *to = text;
	int n = v.kind == NUMERIC_FINITE && !v.is_neg && v.n == 1 && v.weight == 0 ? v.d[0] : 0;
	if (n > 0 && n < 4000) {
		to = put_roman(to, n / 1000, "M  ");
		to = put_roman(to, n / 100 % 10, "CDM");
		to = put_roman(to, n / 10 % 10, "XLC");
		to = put_roman(to, n % 10, "IVX");
		*to = 0;
	}
	bool is_lower = str_find(format, STR("rn")) >= 0;
	for (char *p = text; *p; p++)
		*p = is_lower ? (char)tolower(*p) : *p;
	buf_printf(b, s->is_fm ? "%s" : "%15s", text);
}

/* d.ddde+xx from the exact decimal */
static void write_scientific(struct ctx *c, struct buf *b, const struct shape *s, struct numeric v)
{
	if (v.kind != NUMERIC_FINITE) {
		buf_puts(b, " ");
		for (int i = 0; i < s->whole + s->fraction + 5; i++)
			buf_char(b, i == s->whole ? '.' : '#');
		return;
	}
	int exponent = 0;
	if (v.n) {
		exponent = v.weight * 4;
		for (int first = v.d[0]; first >= 10; first /= 10)
			exponent++;
	}
	struct numeric scaled = v;
	for (int round = 0; v.n && round < 2; round++) {
		/* rounding may carry into a further digit */
		struct str power = str_of(arena_printf(c->arena, "1e%d", -exponent));
		struct numeric unit;
		if (numeric_parse(c, power, &unit) < 0 || numeric_mul(c, v, unit, &scaled) < 0)
			return;
		scaled = numeric_round(c->arena, scaled, s->fraction);
		if (scaled.n && scaled.weight == 0 && scaled.d[0] >= 10)
			exponent++;
		else
			break;
	}
	scaled.dscale = s->fraction;
	struct str digits = numeric_print(c->arena, scaled);
	if (digits.n && digits.p[0] != '-')
		buf_char(b, ' ');
	buf_str(b, digits);
	buf_printf(b, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

int format_number(struct ctx *c, struct buf *b, struct str format, struct numeric v)
{
	struct shape s;
	TRY(read_shape(c, format, &s));
	if (s.is_roman && v.kind != NUMERIC_FINITE)
		return err_set(c, "0A000", "cannot convert %s to integer",
			       v.kind == NUMERIC_NAN ? "NaN" : "infinity");
	if (s.is_roman) {
		write_roman(b, &s, format, numeric_round(c->arena, v, 0));
		return 0;
	}
	if (s.is_scientific) {
		write_scientific(c, b, &s, v);
		return 0;
	}
	if (s.is_multi) {
		struct numeric power;
		struct str text = str_of(arena_printf(c->arena, "1e%d", s.shift));
		TRY(numeric_parse(c, text, &power));
		TRY(numeric_mul(c, v, power, &v));
	}
	v = numeric_round(c->arena, v, s.fraction);
	write_text(c, b, format, &s, numeric_print(c->arena, v));
	return 0;
}

int format_double(struct ctx *c, struct buf *b, struct str format, double v, int digits)
{
	struct shape s;
	TRY(read_shape(c, format, &s));
	if (s.is_roman)
		v = rint(v);
	if (s.is_roman || s.is_scientific || isinf(v))
		return format_number(c, b, format, numeric_from_double(c->arena, v, digits));
	if (s.is_multi)
		v *= pow(10, s.shift);
	int whole = snprintf(NULL, 0, "%.0f", fabs(v)), fraction = s.fraction;
	if (whole >= digits)
		fraction = 0;
	else if (whole + fraction > digits)
		fraction = digits - whole;
	s.fraction = fraction;
	char *text = arena_printf(c->arena, "%.*f", fraction, v);
	write_text(c, b, format, &s, str_of(text));
	return 0;
}

struct reader {
	struct str text;
	char *digits; /* sign, then digits and a point */
	size_t n;
	bool has_point;
	int whole, fraction;
};

static void skip_char(struct reader *r)
{
	r->text = str_from(r->text, 1);
}

/* A digit position takes one character, a sign in front of the first apart. */
static void read_digit(struct reader *r, const struct shape *s)
{
	while (r->text.n && r->text.p[0] == ' ')
		skip_char(r);
	if (!r->text.n)
		return;
	bool is_first = r->n == 1;
	if (is_first && strchr(s->has_brackets ? "+-<" : "+-", r->text.p[0])) {
		r->digits[0] = r->text.p[0] == '+' ? '+' : '-';
		skip_char(r);
	}
	char ch = r->text.n ? r->text.p[0] : 0;
	if (isdigit((unsigned char)ch)) {
		r->digits[r->n++] = ch;
		*(r->has_point ? &r->fraction : &r->whole) += 1;
	} else if (ch == '.' && s->has_point && !r->has_point) {
		r->digits[r->n++] = ch;
		r->has_point = true;
	}
	skip_char(r);
}

static void read_key(struct reader *r, const struct shape *s, enum key key)
{
	char ch = r->text.n ? r->text.p[0] : 0;
	switch (key) {
	case KEY_9:
	case KEY_0:
	case KEY_POINT:
		read_digit(r, s);
		break;
	case KEY_COMMA:
		if (ch == ',')
			skip_char(r);
		break;
	case KEY_MI:
	case KEY_SG:
	case KEY_S:
	case KEY_PR:
	case KEY_PL:
		if (ch == '-' || (ch == '<' && s->has_brackets))
			r->digits[0] = '-';
		if (ch && strchr("+-<>", ch))
			skip_char(r);
		break;
	case KEY_CURRENCY:
	case KEY_CHAR:
		if (ch && !isdigit((unsigned char)ch) && !strchr("+-.,", ch))
			skip_char(r);
		break;
	default:
		break;
	}
}

int format_parse_number(struct ctx *c, struct str text, struct str format, struct numeric *ret)
{
	struct shape s;
	TRY(read_shape(c, format, &s));
	struct reader r = { .text = text, .digits = arena_alloc(c->arena, text.n + 3), .n = 1 };
	r.digits[0] = '+';
	enum key key;
	char ch;
	bool in_quotes = false;
	while (next_key(&format, &in_quotes, &key, &ch))
		read_key(&r, &s, key);
	if (r.n == 1)
		return err_set(c, "22P02", "invalid input syntax for type numeric: \" \"");
	if (str_chr(r.text, '-') >= 0 && s.sign)
		r.digits[0] = '-';
	TRY(numeric_parse(c, (struct str){ r.digits, r.n }, ret));
	int precision = s.whole + s.shift + r.fraction;
	TRY(numeric_fit(c, *ret, (precision << 16 | r.fraction) + 4, ret));
	if (s.is_multi) {
		struct numeric power;
		struct str unit = str_of(arena_printf(c->arena, "1e-%d", s.shift));
		TRY(numeric_parse(c, unit, &power));
		TRY(numeric_mul(c, *ret, power, ret));
	}
	return 0;
}
