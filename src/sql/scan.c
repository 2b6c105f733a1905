#include "sql/scan.h"

#include <string.h>

static bool is_space(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool is_ident_start(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_' ||
	       (unsigned char)ch >= 0x80;
}

static bool is_ident(char ch)
{
	return is_ident_start(ch) || is_digit(ch) || ch == '$';
}

static char at_or_nul(struct str text, size_t at)
{
	return at < text.n ? text.p[at] : '\0';
}

size_t sql_skip_space(struct str text, size_t at)
{
	while (at < text.n && is_space(text.p[at]))
		at++;
	return at;
}

/* Past the closing quote of what opens at `at`; a doubled quote stays inside,
 * and a backslash takes the next byte when has_escapes. */
static struct sql_token quoted(struct str text, size_t start, size_t at, bool has_escapes,
			       enum sql_token_kind kind)
{
	char quote = text.p[at++];
	while (at < text.n) {
		char ch = text.p[at++];
		if (ch == '\\' && has_escapes)
			at++;
		else if (ch == quote && at_or_nul(text, at) == quote)
			at++;
		else if (ch == quote)
			return (struct sql_token){ kind, start, at - start, false };
	}
	return (struct sql_token){ kind, start, text.n - start, true };
}

static struct sql_token line_comment(struct str text, size_t at)
{
	struct str rest = str_from(text, at);
	ptrdiff_t eol = str_chr(rest, '\n');
	return (struct sql_token){ TOK_COMMENT, at, eol < 0 ? rest.n : (size_t)eol, false };
}

static struct sql_token block_comment(struct str text, size_t start)
{
	int depth = 0;
	for (size_t at = start; at + 1 < text.n;) {
		bool opens = text.p[at] == '/' && text.p[at + 1] == '*';
		bool closes = text.p[at] == '*' && text.p[at + 1] == '/';
		at += opens || closes ? 2 : 1;
		depth += opens - closes;
		if (depth == 0)
			return (struct sql_token){ TOK_COMMENT, start, at - start, false };
	}
	return (struct sql_token){ TOK_COMMENT, start, text.n - start, true };
}

/* $1, $tag$ ... $tag$, or a stray dollar. */
static struct sql_token dollar(struct str text, size_t start)
{
	size_t at = start + 1;
	if (is_digit(at_or_nul(text, at))) {
		while (is_digit(at_or_nul(text, at)))
			at++;
		return (struct sql_token){ TOK_PARAM, start, at - start, false };
	}
	if (is_ident_start(at_or_nul(text, at)))
		while (at < text.n && is_ident(text.p[at]) && text.p[at] != '$')
			at++;
	if (at_or_nul(text, at) != '$')
		return (struct sql_token){ TOK_OTHER, start, 1, false };
	struct str tag = str_sub(text, start, at + 1 - start);
	ptrdiff_t close = str_find(str_from(text, at + 1), tag);
	if (close < 0)
		return (struct sql_token){ TOK_DOLLAR, start, text.n - start, true };
	size_t end = at + 1 + (size_t)close + tag.n;
	return (struct sql_token){ TOK_DOLLAR, start, end - start, false };
}

/* Identifiers, and the string forms that a letter opens. */
static struct sql_token word(struct str text, size_t start)
{
	char lower = (char)(text.p[start] | 32);
	char next = at_or_nul(text, start + 1);
	if (next == '\'' && (lower == 'e' || lower == 'b' || lower == 'x' || lower == 'n'))
		return quoted(text, start, start + 1, lower == 'e', TOK_STRING);
	if (lower == 'u' && next == '&' && at_or_nul(text, start + 2) == '\'')
		return quoted(text, start, start + 2, false, TOK_STRING);
	if (lower == 'u' && next == '&' && at_or_nul(text, start + 2) == '"')
		return quoted(text, start, start + 2, false, TOK_QUOTED);
	size_t at = start;
	while (at < text.n && is_ident(text.p[at]))
		at++;
	return (struct sql_token){ TOK_WORD, start, at - start, false };
}

static struct sql_token number(struct str text, size_t start)
{
	size_t at = start;
	while (is_digit(at_or_nul(text, at)))
		at++;
	if (at_or_nul(text, at) == '.' && at_or_nul(text, at + 1) != '.')
		at++;
	while (is_digit(at_or_nul(text, at)))
		at++;
	char sign = at_or_nul(text, at + 1);
	size_t digits = at + (sign == '+' || sign == '-' ? 2 : 1);
	if ((at_or_nul(text, at) | 32) == 'e' && is_digit(at_or_nul(text, digits)))
		for (at = digits; is_digit(at_or_nul(text, at));)
			at++;
	return (struct sql_token){ TOK_NUMBER, start, at - start, false };
}

static struct sql_token operator_run(struct str text, size_t start)
{
	size_t at = start;
	while (at < text.n && strchr("+-*/<>=~!@#%^&|`?", text.p[at]) && text.p[at]) {
		bool opens_comment = (text.p[at] == '-' && at_or_nul(text, at + 1) == '-') ||
				     (text.p[at] == '/' && at_or_nul(text, at + 1) == '*');
		if (opens_comment)
			break;
		at++;
	}
	if (at == start)
		return (struct sql_token){ TOK_OTHER, start, 1, false };
	return (struct sql_token){ TOK_OPERATOR, start, at - start, false };
}

struct sql_token sql_scan(struct str text, size_t at)
{
	char ch = text.p[at], next = at_or_nul(text, at + 1);
	if (ch == '-' && next == '-')
		return line_comment(text, at);
	if (ch == '/' && next == '*')
		return block_comment(text, at);
	if (ch == '\'')
		return quoted(text, at, at, false, TOK_STRING);
	if (ch == '"')
		return quoted(text, at, at, false, TOK_QUOTED);
	if (ch == '$')
		return dollar(text, at);
	if (is_ident_start(ch))
		return word(text, at);
	if (is_digit(ch) || (ch == '.' && is_digit(next)))
		return number(text, at);
	return operator_run(text, at);
}

int sql_char_pos(struct str text, int offset)
{
	if (offset < 0)
		return 0;
	size_t end = (size_t)offset < text.n ? (size_t)offset : text.n;
	int chars = 1;
	for (size_t i = 0; i < end; i++)
		chars += ((unsigned char)text.p[i] & 0xC0) != 0x80;
	return chars;
}
