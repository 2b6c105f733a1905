#include "value/pgjson.h"

#include "value/scalar.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH_MAX = 512 };

enum token {
	TOKEN_END,
	TOKEN_STRING,
	TOKEN_NUMBER,
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_NULL,
	TOKEN_PUNCT /* p->punct */
};

struct parser {
	struct ctx *c;
	struct str s;
	size_t at; /* behind the current token */
	enum token token;
	char punct;
	struct str raw;	 /* the current token's bytes */
	struct str text; /* its unescaped text, for strings */
	bool is_checked_only;
	int depth;
};

static int syntax(struct parser *p)
{
	return err_set(p->c, "22P02", "invalid input syntax for type json");
}

static int expected(struct parser *p, const char *what)
{
	syntax(p);
	if (p->token == TOKEN_END)
		return err_details(p->c, "The input string ended unexpectedly.");
	return err_details(p->c, "Expected %s, but found \"%.*s\".", what, STR_ARG(p->raw));
}

static bool is_word_byte(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_' || (unsigned char)ch >= 0x80;
}

/* A token that is nothing, up to the end of the word it starts. */
static int bad_token(struct parser *p, size_t start, size_t end)
{
	while (end < p->s.n && is_word_byte(p->s.p[end]))
		end++;
	if (end == start)
		end += utf8_size((unsigned char)p->s.p[start]);
	if (end > p->s.n)
		end = p->s.n;
	syntax(p);
	return err_details(p->c, "Token \"%.*s\" is invalid.", (int)(end - start), p->s.p + start);
}

static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 32;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

static int read_hex4(struct parser *p, size_t at, uint32_t *ret)
{
	uint32_t v = 0;
	for (size_t i = at; i < at + 4; i++) {
		int digit = i < p->s.n ? hex_digit(p->s.p[i]) : -1;
		if (i >= p->s.n) {
			/* PostgreSQL shows the unfinished token */
			syntax(p);
			return err_details(p->c, "Token \"%.*s\" is invalid.",
					   (int)(p->s.n - (size_t)(p->raw.p - p->s.p)), p->raw.p);
		}
		if (digit < 0) {
			syntax(p);
			return err_details(p->c,
					   "\"\\u\" must be followed by four hexadecimal digits.");
		}
		v = v * 16 + (uint32_t)digit;
	}
	*ret = v;
	return 0;
}

static int surrogate_error(struct parser *p, bool is_high)
{
	syntax(p);
	return err_details(p->c,
			   is_high ? "Unicode high surrogate must not follow a high surrogate."
				   : "Unicode low surrogate must follow a high surrogate.");
}

static char *put_utf8(char *to, uint32_t cp)
{
	struct buf b = buf_make(8);
	utf8_put(&b, cp);
	memcpy(to, b.p, b.n);
	to += b.n;
	buf_free(&b);
	return to;
}

/* \uXXXX at p->at (behind the u); *high carries a surrogate between calls. */
static int lex_unicode(struct parser *p, char **to, uint32_t *high)
{
	uint32_t cp;
	TRY(read_hex4(p, p->at, &cp));
	p->at += 4;
	if (p->is_checked_only)
		return 0;
	if (cp >= 0xd800 && cp <= 0xdbff) {
		if (*high)
			return surrogate_error(p, true);
		*high = cp;
		return 0;
	}
	if (cp >= 0xdc00 && cp <= 0xdfff) {
		if (!*high)
			return surrogate_error(p, false);
		cp = 0x10000 + ((*high & 0x3ff) << 10) + (cp & 0x3ff);
		*high = 0;
	} else if (*high) {
		return surrogate_error(p, false);
	}
	if (cp == 0) {
		err_set(p->c, "22P05", "unsupported Unicode escape sequence");
		return err_details(p->c, "\\u0000 cannot be converted to text.");
	}
	*to = put_utf8(*to, cp);
	return 0;
}

static int lex_escape(struct parser *p, char **to, uint32_t *high)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	if (p->at >= p->s.n)
		return bad_token(p, (size_t)(p->raw.p - p->s.p), p->s.n);
	char ch = p->s.p[p->at++];
	if (ch == 'u')
		return lex_unicode(p, to, high);
	const char *found = ch ? strchr(from, ch) : NULL;
	if (*high && !p->is_checked_only)
		return surrogate_error(p, false);
	if (!found) {
		size_t n = utf8_size((unsigned char)ch);
		syntax(p);
		return err_details(p->c, "Escape sequence \"\\%.*s\" is invalid.", (int)n,
				   p->s.p + p->at - 1);
	}
	*(*to)++ = into[found - from];
	return 0;
}

static int lex_string(struct parser *p)
{
	size_t start = p->at++;
	const char *end = memchr(p->s.p + p->at, '"', p->s.n - p->at);
	size_t n = end ? (size_t)(end - p->s.p) - p->at : p->s.n - p->at;
	bool is_plain = end && !memchr(p->s.p + p->at, '\\', n);
	for (size_t i = 0; is_plain && i < n; i++)
		is_plain = (unsigned char)p->s.p[p->at + i] >= 0x20;
	p->raw = (struct str){ p->s.p + start, n + 2 };
	if (is_plain) {
		p->text = str_sub(p->s, p->at, n);
		p->at += n + 1;
		return 0;
	}
	char *text = arena_alloc(p->c->arena, p->s.n - start + 1), *to = text;
	uint32_t high = 0;
	for (;;) {
		if (p->at >= p->s.n)
			return bad_token(p, start, p->s.n);
		unsigned char ch = (unsigned char)p->s.p[p->at++];
		if (ch == '"')
			break;
		if (ch < 0x20) {
			syntax(p);
			return err_details(p->c, "Character with value 0x%02x must be escaped.",
					   ch);
		}
		if (ch == '\\') {
			TRY(lex_escape(p, &to, &high));
			continue;
		}
		if (high && !p->is_checked_only)
			return surrogate_error(p, false);
		*to++ = (char)ch;
	}
	if (high && !p->is_checked_only)
		return surrogate_error(p, false);
	p->raw = str_sub(p->s, start, p->at - start);
	p->text = (struct str){ text, (size_t)(to - text) };
	return 0;
}

static size_t skip_digits(struct str s, size_t at)
{
	while (at < s.n && isdigit((unsigned char)s.p[at]))
		at++;
	return at;
}

static int lex_number(struct parser *p)
{
	struct str s = p->s;
	size_t start = p->at, i = start + (s.p[start] == '-');
	bool is_bad = false;
	if (i < s.n && s.p[i] == '0')
		i++;
	else if (i < s.n && isdigit((unsigned char)s.p[i]))
		i = skip_digits(s, i);
	else
		is_bad = true;
	if (i < s.n && s.p[i] == '.') {
		size_t end = skip_digits(s, i + 1);
		is_bad |= end == i + 1;
		i = end;
	}
	if (i < s.n && (s.p[i] | 32) == 'e') {
		i++;
		if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
			i++;
		size_t end = skip_digits(s, i);
		is_bad |= end == i;
		i = end;
	}
	if (is_bad || (i < s.n && is_word_byte(s.p[i])))
		return bad_token(p, start, i);
	p->raw = p->text = str_sub(s, start, i - start);
	p->at = i;
	return 0;
}

static int lex_word(struct parser *p)
{
	static const struct {
		const char *name;
		enum token token;
	} words[] = { { "true", TOKEN_TRUE }, { "false", TOKEN_FALSE }, { "null", TOKEN_NULL } };
	size_t start = p->at, end = start;
	while (end < p->s.n && is_word_byte(p->s.p[end]))
		end++;
	p->raw = str_sub(p->s, start, end - start);
	for (size_t i = 0; i < 3; i++) {
		if (!str_is(p->raw, words[i].name))
			continue;
		p->token = words[i].token;
		p->at = end;
		return 0;
	}
	return bad_token(p, start, end);
}

static int advance(struct parser *p)
{
	while (p->at < p->s.n && p->s.p[p->at] && strchr(" \t\n\r", p->s.p[p->at]))
		p->at++;
	if (p->at >= p->s.n) {
		p->token = TOKEN_END;
		p->raw = str_from(p->s, p->s.n);
		return 0;
	}
	char ch = p->s.p[p->at];
	if (ch == '"') {
		p->token = TOKEN_STRING;
		p->raw = str_from(p->s, p->at);
		return lex_string(p);
	}
	if (ch == '-' || isdigit((unsigned char)ch)) {
		p->token = TOKEN_NUMBER;
		return lex_number(p);
	}
	if (ch && strchr("{}[]:,", ch)) {
		p->token = TOKEN_PUNCT;
		p->punct = ch;
		p->raw = str_sub(p->s, p->at++, 1);
		return 0;
	}
	return lex_word(p);
}

static bool at_punct(const struct parser *p, char ch)
{
	return p->token == TOKEN_PUNCT && p->punct == ch;
}

static int parse_value(struct parser *p, struct json **ret);

static void append(struct json *parent, struct json ***tail, struct json *child)
{
	**tail = child;
	*tail = &child->next;
	parent->count++;
}

static int parse_array(struct parser *p, struct json *v)
{
	struct json **tail = &v->child, *child;
	TRY(advance(p));
	if (at_punct(p, ']'))
		return 0;
	for (;;) {
		TRY(parse_value(p, &child));
		append(v, &tail, child);
		if (at_punct(p, ']'))
			return 0;
		if (!at_punct(p, ','))
			return expected(p, "\",\" or \"]\"");
		TRY(advance(p));
	}
}

static int parse_object(struct parser *p, struct json *v)
{
	struct json **tail = &v->child, *child;
	TRY(advance(p));
	if (at_punct(p, '}'))
		return 0;
	for (;;) {
		if (p->token != TOKEN_STRING)
			return expected(p, v->count ? "string" : "string or \"}\"");
		struct str key = p->text;
		TRY(advance(p));
		if (!at_punct(p, ':'))
			return expected(p, "\":\"");
		TRY(advance(p));
		TRY(parse_value(p, &child));
		child->key = key;
		append(v, &tail, child);
		if (at_punct(p, '}'))
			return 0;
		if (!at_punct(p, ','))
			return expected(p, "\",\" or \"}\"");
		TRY(advance(p));
	}
}

/* On return the current token is the one behind the value. */
static int parse_value(struct parser *p, struct json **ret)
{
	static const enum json_kind kinds[] = { [TOKEN_STRING] = JSON_STRING,
						[TOKEN_NUMBER] = JSON_NUMBER,
						[TOKEN_TRUE] = JSON_TRUE,
						[TOKEN_FALSE] = JSON_FALSE,
						[TOKEN_NULL] = JSON_NULL };
	struct json *v = ARENA_NEW(p->c->arena, struct json);
	const char *start = p->raw.p;
	if (p->token == TOKEN_END || (p->token == TOKEN_PUNCT && !strchr("[{", p->punct)))
		return expected(p, "JSON value");
	if (p->token == TOKEN_PUNCT) {
		if (++p->depth > DEPTH_MAX)
			return err_set(p->c, "54001", "stack depth limit exceeded");
		v->kind = p->punct == '[' ? JSON_ARRAY : JSON_OBJECT;
		TRY(v->kind == JSON_ARRAY ? parse_array(p, v) : parse_object(p, v));
		p->depth--;
	} else {
		v->kind = kinds[p->token];
		v->text = p->text;
	}
	v->raw = (struct str){ start, (size_t)(p->s.p + p->at - start) };
	*ret = v;
	return advance(p);
}

int pgjson_parse(struct ctx *c, struct str text, bool is_checked_only, struct json **ret)
{
	struct parser p = { .c = c, .s = text, .is_checked_only = is_checked_only };
	struct json *v;
	if (!text.p)
		p.s = STR("");
	TRY(advance(&p));
	TRY(parse_value(&p, &v));
	if (p.token != TOKEN_END)
		return expected(&p, "end of input");
	*ret = v;
	return 0;
}

struct json *pgjson_load(struct arena *a, struct str text)
{
	struct ctx c = { .arena = a };
	struct json *v = NULL;
	if (pgjson_parse(&c, text, false, &v) == 0)
		return v;
	/* json text with escapes that do not convert */
	c.err = (struct error){ 0 };
	if (pgjson_parse(&c, text, true, &v) < 0)
		v = ARENA_NEW(a, struct json);
	return v;
}
