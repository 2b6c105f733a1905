#include "base/arena.h"
#include "base/err.h"
#include "mail/template_int.h"

#include <string.h>

int lexer_fail(const struct lexer *l, const char *what)
{
	return err_set(l->c, "42601", "%s:%d: %s", l->name, l->line, what);
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool is_word(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || is_digit(ch) || ch == '_' ||
	       (unsigned char)ch >= 0x80;
}

static size_t word_length(struct str s)
{
	size_t n = 0;
	while (n < s.n && is_word(s.p[n]))
		n++;
	return n;
}

static int take(struct lexer *l, enum token_kind kind, size_t skip, size_t n, size_t total)
{
	l->tok.kind = kind;
	l->tok.text = str_sub(l->rest, skip, n);
	l->rest = str_from(l->rest, total);
	return 0;
}

static int raw_string(struct lexer *l)
{
	ptrdiff_t end = str_chr(str_from(l->rest, 1), '`');
	if (end < 0)
		return lexer_fail(l, "a raw string does not end");
	for (ptrdiff_t i = 1; i <= end; i++)
		l->line += l->rest.p[i] == '\n';
	return take(l, TOKEN_STRING, 1, (size_t)end, (size_t)end + 2);
}

/* The byte that \x stands for, 0 when it is not supported. */
static char escape_of(char ch)
{
	switch (ch) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case '\\':
	case '"':
	case '\'':
		return ch;
	default:
		return 0;
	}
}

static int quoted_string(struct lexer *l)
{
	char *text = arena_alloc(l->c->arena, l->rest.n + 1);
	size_t n = 0, i = 1;
	for (; i < l->rest.n && l->rest.p[i] != '"' && l->rest.p[i] != '\n'; i++) {
		char ch = l->rest.p[i];
		if (ch == '\\' && i + 1 < l->rest.n) {
			ch = escape_of(l->rest.p[++i]);
			if (!ch)
				return lexer_fail(l, "a string has an unknown escape");
		}
		text[n++] = ch;
	}
	if (i >= l->rest.n || l->rest.p[i] != '"')
		return lexer_fail(l, "a string does not end");
	take(l, TOKEN_STRING, 0, 0, i + 1);
	l->tok.text = (struct str){ text, n };
	return 0;
}

static int number(struct lexer *l)
{
	size_t n = 1;
	while (n < l->rest.n && (is_digit(l->rest.p[n]) || l->rest.p[n] == '.'))
		n++;
	if (n < l->rest.n && is_word(l->rest.p[n]))
		return lexer_fail(l, "a number has letters in it");
	struct json *check;
	struct str text = str_sub(l->rest, 0, n);
	if (json_parse(l->c, text, (struct json_limits){ 0 }, &check) < 0)
		return lexer_fail(l, "a number is malformed");
	return take(l, TOKEN_NUMBER, 0, n, n);
}

static int punctuation(struct lexer *l)
{
	static const struct {
		char ch;
		enum token_kind kind;
	} marks[] = { { '|', TOKEN_PIPE },
		      { '(', TOKEN_OPEN },
		      { ')', TOKEN_CLOSE },
		      { ',', TOKEN_COMMA },
		      { '=', TOKEN_ASSIGN } };
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (l->rest.p[0] == marks[i].ch)
			return take(l, marks[i].kind, 0, 1, 1);
	if (str_starts(l->rest, STR(":=")))
		return take(l, TOKEN_DECLARE, 0, 2, 2);
	return lexer_fail(l, arena_printf(l->c->arena, "unexpected character \"%c\"",
					  l->rest.p[0] >= ' ' ? l->rest.p[0] : '?'));
}

int lexer_next(struct lexer *l)
{
	size_t before = l->rest.n;
	while (l->rest.n && is_space(l->rest.p[0])) {
		l->line += l->rest.p[0] == '\n';
		l->rest = str_from(l->rest, 1);
	}
	l->tok.is_joined = before == l->rest.n;
	if (!l->rest.n)
		return take(l, TOKEN_END, 0, 0, 0);
	char ch = l->rest.p[0], after = l->rest.n > 1 ? l->rest.p[1] : ' ';
	if (ch == '"')
		return quoted_string(l);
	if (ch == '`')
		return raw_string(l);
	if (is_digit(ch) || (ch == '-' && is_digit(after)))
		return number(l);
	size_t n = word_length(str_from(l->rest, 1));
	if (ch == '.' && n)
		return take(l, TOKEN_FIELD, 1, n, n + 1);
	if (ch == '.')
		return take(l, TOKEN_DOT, 0, 1, 1);
	if (ch == '$')
		return take(l, TOKEN_VARIABLE, 1, n, n + 1);
	if (is_word(ch))
		return take(l, TOKEN_WORD, 0, n + 1, n + 1);
	return punctuation(l);
}
