/* From PostgreSQL's advanced regular expressions to PCRE2's syntax. */
#include "value/regex_int.h"
#include "value/scalar.h"

#include <ctype.h>
#include <string.h>

struct translator {
	struct ctx *c;
	struct str s; /* what is left */
	struct buf *b;
	const struct regex_options *options;
	struct regex_facts facts;
	int depth, groups;
	bool can_quantify;   /* the last item is an atom */
	bool has_preference; /* a quantifier was seen at this or an inner level */
	bool has_top_choice;
};

static int bad(struct translator *t, const char *what)
{
	return err_set(t->c, "2201B", "invalid regular expression: %s", what);
}

int regex_options_read(struct ctx *c, struct str flags, struct regex_options *ret)
{
	struct regex_options o = { 0 };
	for (size_t i = 0; i < flags.n; i++) {
		switch (flags.p[i]) {
		case 'i':
			o.is_ci = true;
			break;
		case 'c':
			o.is_ci = false;
			break;
		case 'n':
		case 'm':
			o.is_newline_stop = o.is_newline_anchor = true;
			break;
		case 'p':
			o.is_newline_stop = true;
			o.is_newline_anchor = false;
			break;
		case 'w':
			o.is_newline_stop = false;
			o.is_newline_anchor = true;
			break;
		case 's':
			o.is_newline_stop = o.is_newline_anchor = false;
			break;
		case 'q':
			o.is_literal = true;
			break;
		case 'x':
			o.is_extended = true;
			break;
		case 't':
			o.is_extended = false;
			break;
		case 'e':
			o.is_literal = false;
			break;
		default:
			return err_set(c, "22023", "invalid regular expression option: \"%.*s\"",
				       (int)utf8_size((unsigned char)flags.p[i]), flags.p + i);
		}
	}
	*ret = o;
	return 0;
}

static int look(const struct translator *t, size_t ahead)
{
	return ahead < t->s.n ? (unsigned char)t->s.p[ahead] : 0;
}

static void skip(struct translator *t, size_t n)
{
	t->s = str_from(t->s, n);
}

static void put_code(struct translator *t, uint32_t cp)
{
	buf_printf(t->b, "\\x{%x}", cp);
}

static void put_literal(struct translator *t)
{
	uint32_t cp = 0;
	size_t n;
	cp = utf8_decode(t->s, &n);
	if (cp < 128 && !isalnum((int)cp))
		put_code(t, cp);
	else
		buf_put(t->b, t->s.p, n);
	skip(t, n);
}

static int take_hex(struct translator *t, size_t from, size_t least, size_t most)
{
	size_t n = 0;
	uint32_t cp = 0;
	while (n < most && isxdigit(look(t, from + n))) {
		int ch = look(t, from + n);
		cp = cp * 16 + (uint32_t)(isdigit(ch) ? ch - '0' : (ch | 32) - 'a' + 10);
		n++;
	}
	if (n < least || cp > 0x10ffff)
		return bad(t, "invalid escape \\ sequence");
	put_code(t, cp);
	skip(t, from + n);
	return 0;
}

/* A digit after a backslash: a back reference or an octal code. */
static int put_number(struct translator *t)
{
	if (look(t, 1) == '0') {
		uint32_t cp = 0;
		size_t n = 1;
		for (; n < 4 && look(t, n) >= '0' && look(t, n) <= '7'; n++)
			cp = cp * 8 + (uint32_t)(look(t, n) - '0');
		put_code(t, cp);
		skip(t, n);
		return 0;
	}
	int v = look(t, 1) - '0';
	size_t n = 2;
	while (isdigit(look(t, n)) && v * 10 + look(t, n) - '0' <= t->groups)
		v = v * 10 + look(t, n++) - '0';
	if (v > t->groups)
		return bad(t, "invalid backreference number");
	t->facts.has_backref = true;
	buf_printf(t->b, "\\g{%d}", v);
	skip(t, n);
	return 0;
}

static const char *class_of(int letter, bool in_brackets)
{
	switch (letter) {
	case 'd':
		return in_brackets ? "0-9" : "[0-9]";
	case 'D':
		return "[^0-9]";
	case 'w':
		return in_brackets ? "[:alnum:]_" : "[[:alnum:]_]";
	case 'W':
		return "[^[:alnum:]_]";
	case 's':
		return in_brackets ? "[:space:]" : "[[:space:]]";
	case 'S':
		return "[^[:space:]]";
	default:
		return NULL;
	}
}

static int code_of(int letter)
{
	static const char letters[] = "abefnrtv", codes[] = "\a\b\033\f\n\r\t\v";
	const char *found = letter ? strchr(letters, letter) : NULL;
	return found ? codes[found - letters] : -1;
}

/* Escapes that stand for one character; 1 when it was one. */
static int put_char_escape(struct translator *t)
{
	int ch = look(t, 1);
	int code = code_of(ch);
	if (code >= 0) {
		put_code(t, (uint32_t)code);
		skip(t, 2);
		return 1;
	}
	switch (ch) {
	case 'B':
		put_code(t, '\\');
		skip(t, 2);
		return 1;
	case 'c':
		if (!look(t, 2))
			return bad(t, "invalid escape \\ sequence");
		put_code(t, (uint32_t)(look(t, 2) & 31));
		skip(t, 3);
		return 1;
	case 'u':
		return take_hex(t, 2, 4, 4) < 0 ? -1 : 1;
	case 'U':
		return take_hex(t, 2, 8, 8) < 0 ? -1 : 1;
	case 'x':
		return take_hex(t, 2, 1, 8) < 0 ? -1 : 1;
	default:
		return 0;
	}
}

static const char *constraint_of(int letter)
{
	switch (letter) {
	case 'A':
		return "\\A";
	case 'Z':
		return "\\z";
	case 'm':
		return "\\b(?=[[:alnum:]_])";
	case 'M':
		return "\\b(?<=[[:alnum:]_])";
	case 'y':
		return "\\b";
	case 'Y':
		return "\\B";
	default:
		return NULL;
	}
}

static int put_escape(struct translator *t)
{
	int ch = look(t, 1);
	if (!ch)
		return bad(t, "invalid escape \\ sequence");
	const char *constraint = constraint_of(ch), *class = class_of(ch, false);
	t->can_quantify = !constraint;
	if (constraint || class) {
		buf_puts(t->b, constraint ? constraint : class);
		skip(t, 2);
		return 0;
	}
	if (isdigit(ch))
		return put_number(t);
	int done = put_char_escape(t);
	if (done)
		return done < 0 ? -1 : 0;
	if (isalpha(ch))
		return bad(t, "invalid escape \\ sequence");
	skip(t, 1);
	put_literal(t);
	return 0;
}

/* [:class:], [.x.] and [=x=] within brackets. */
static int put_bracket_class(struct translator *t)
{
	int kind = look(t, 1);
	size_t end = 2;
	while (end + 1 < t->s.n && !(look(t, end) == kind && look(t, end + 1) == ']'))
		end++;
	if (end + 1 >= t->s.n)
		return bad(t, "brackets [] not balanced");
	struct str name = str_sub(t->s, 2, end - 2);
	static const char *const names[] = { "alnum", "alpha", "ascii",	 "blank", "cntrl",
					     "digit", "graph", "lower",	 "print", "punct",
					     "space", "upper", "xdigit", "word" };
	if (kind == ':') {
		bool is_known = false;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			is_known |= str_is(name, names[i]);
		if (!is_known)
			return bad(t, "invalid character class");
		if (str_is(name, "digit"))
			buf_puts(t->b, "0-9");
		else
			buf_printf(t->b, "[:%.*s:]", STR_ARG(name));
		skip(t, end + 2);
		return 0;
	}
	if (utf8_length(name) != 1)
		return bad(t, "invalid collating element");
	skip(t, 2);
	put_literal(t);
	skip(t, 2);
	return 0;
}

static int put_in_brackets(struct translator *t)
{
	int ch = look(t, 0), next = look(t, 1);
	if (ch == '[' && (next == ':' || next == '.' || next == '='))
		return put_bracket_class(t);
	if (ch != '\\') {
		if (ch == '-') {
			buf_char(t->b, '-');
			skip(t, 1);
		} else {
			put_literal(t);
		}
		return 0;
	}
	const char *class = class_of(next, true);
	if (class && islower(next)) {
		buf_puts(t->b, class);
		skip(t, 2);
		return 0;
	}
	if (next == 'D' || next == 'W' || next == 'S')
		return bad(t, "invalid escape \\ sequence");
	int done = put_char_escape(t);
	if (done)
		return done < 0 ? -1 : 0;
	if (!next || isalpha(next))
		return bad(t, "invalid escape \\ sequence");
	skip(t, 1);
	put_literal(t);
	return 0;
}

/* [[:<:]] and [[:>:]] stand alone. */
static bool put_word_edge(struct translator *t)
{
	static const char begin[] = "[[:<:]]", end[] = "[[:>:]]";
	bool is_begin = str_starts(t->s, STR(begin));
	if (!is_begin && !str_starts(t->s, STR(end)))
		return false;
	buf_puts(t->b, constraint_of(is_begin ? 'm' : 'M'));
	skip(t, sizeof(begin) - 1);
	t->can_quantify = false;
	return true;
}

static int put_brackets(struct translator *t)
{
	if (put_word_edge(t))
		return 0;
	buf_char(t->b, '[');
	skip(t, 1);
	if (look(t, 0) == '^') {
		buf_char(t->b, '^');
		skip(t, 1);
		if (t->options->is_newline_stop)
			buf_puts(t->b, "\\n");
	}
	bool is_first = true;
	while (is_first || look(t, 0) != ']') {
		if (!t->s.n)
			return bad(t, "brackets [] not balanced");
		TRY(put_in_brackets(t));
		is_first = false;
	}
	buf_char(t->b, ']');
	skip(t, 1);
	t->can_quantify = true;
	return 0;
}

static int take_count(struct translator *t, int *ret)
{
	int v = 0, n = 0;
	while (isdigit(look(t, 0))) {
		v = v * 10 + look(t, 0) - '0';
		if (v > 255)
			return bad(t, "invalid repetition count(s)");
		skip(t, 1);
		n++;
	}
	*ret = n ? v : -1;
	return 0;
}

static int put_braces(struct translator *t)
{
	int low, high;
	skip(t, 1);
	TRY(take_count(t, &low));
	high = low;
	if (look(t, 0) == ',') {
		skip(t, 1);
		TRY(take_count(t, &high));
		if (high >= 0 && high < low)
			return bad(t, "invalid repetition count(s)");
		buf_printf(t->b, high < 0 ? "{%d,}" : "{%d,%d}", low, high);
	} else {
		buf_printf(t->b, "{%d}", low);
	}
	if (look(t, 0) != '}')
		return bad(t,
			   look(t, 0) ? "invalid repetition count(s)" : "braces {} not balanced");
	skip(t, 1);
	return 0;
}

static int put_quantifier(struct translator *t)
{
	if (!t->can_quantify)
		return bad(t, "quantifier operand invalid");
	if (look(t, 0) == '{') {
		TRY(put_braces(t));
	} else {
		buf_char(t->b, (char)look(t, 0));
		skip(t, 1);
	}
	bool is_lazy = look(t, 0) == '?';
	if (is_lazy) {
		buf_char(t->b, '?');
		skip(t, 1);
	}
	if (!t->has_preference) {
		t->has_preference = true;
		t->facts.is_shortest = is_lazy;
	}
	t->facts.has_choice = true;
	t->can_quantify = false;
	return 0;
}

static int put_open(struct translator *t)
{
	static const char *const kinds[] = { "?:", "?=", "?!", "?<=", "?<!" };
	struct str inner = str_from(t->s, 1);
	buf_char(t->b, '(');
	t->depth++;
	t->can_quantify = false;
	if (look(t, 1) != '?') {
		t->groups++;
		skip(t, 1);
		return 0;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_starts(inner, str_of(kinds[i])))
			continue;
		buf_puts(t->b, kinds[i]);
		skip(t, 1 + strlen(kinds[i]));
		return 0;
	}
	return bad(t, "quantifier operand invalid");
}

static int put_close(struct translator *t)
{
	if (--t->depth < 0)
		return bad(t, "parentheses () not balanced");
	buf_char(t->b, ')');
	skip(t, 1);
	t->can_quantify = true;
	return 0;
}

/* White space and comments under the x option. */
static bool skip_blank(struct translator *t)
{
	if (!t->options->is_extended)
		return false;
	if (isspace(look(t, 0))) {
		skip(t, 1);
		return true;
	}
	if (look(t, 0) != '#')
		return false;
	while (t->s.n && look(t, 0) != '\n')
		skip(t, 1);
	return true;
}

static int put_item(struct translator *t)
{
	int ch = look(t, 0);
	switch (ch) {
	case '\\':
		return put_escape(t);
	case '[':
		return put_brackets(t);
	case '(':
		return put_open(t);
	case ')':
		return put_close(t);
	case '|':
		t->has_top_choice |= t->depth == 0;
		t->facts.has_choice = true;
		buf_char(t->b, '|');
		skip(t, 1);
		t->can_quantify = false;
		return 0;
	case '^':
	case '$':
		buf_char(t->b, (char)ch);
		skip(t, 1);
		t->can_quantify = false;
		return 0;
	case '.':
		buf_char(t->b, '.');
		skip(t, 1);
		t->can_quantify = true;
		return 0;
	case '*':
	case '+':
	case '?':
		return put_quantifier(t);
	case '{':
		if (isdigit(look(t, 1)))
			return put_quantifier(t);
		break;
	default:
		break;
	}
	put_literal(t);
	t->can_quantify = true;
	return 0;
}

/* "***:" and "***=" directors, then "(?flags)". */
static int read_prefix(struct translator *t, struct regex_options *options)
{
	if (str_starts(t->s, STR("***="))) {
		options->is_literal = true;
		skip(t, 4);
		return 0;
	}
	if (str_starts(t->s, STR("***:")))
		skip(t, 4);
	if (look(t, 0) != '(' || look(t, 1) != '?' || !isalpha(look(t, 2)))
		return 0;
	ptrdiff_t end = str_chr(t->s, ')');
	if (end < 0)
		return bad(t, "invalid embedded option");
	struct regex_options embedded;
	struct str letters = str_sub(t->s, 2, (size_t)end - 2);
	if (regex_options_read(t->c, letters, &embedded) < 0)
		return bad(t, "invalid embedded option");
	options->is_ci |= embedded.is_ci;
	options->is_extended |= embedded.is_extended;
	options->is_literal |= embedded.is_literal;
	options->is_newline_stop |= embedded.is_newline_stop;
	options->is_newline_anchor |= embedded.is_newline_anchor;
	skip(t, (size_t)end + 1);
	return 0;
}

int regex_translate(struct ctx *c, struct str pattern, struct regex_options *options, struct buf *b,
		    struct regex_facts *ret)
{
	struct translator t = { .c = c, .s = pattern, .b = b, .options = options };
	if (!options->is_literal)
		TRY(read_prefix(&t, options));
	while (t.s.n) {
		if (options->is_literal)
			put_literal(&t);
		else if (!skip_blank(&t))
			TRY(put_item(&t));
	}
	if (t.depth > 0)
		return bad(&t, "parentheses () not balanced");
	if (t.has_top_choice)
		t.facts.is_shortest = false;
	*ret = t.facts;
	return 0;
}
