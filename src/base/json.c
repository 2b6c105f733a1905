#include "base/json.h"

#include "base/arena.h"
#include "base/err.h"

#include <string.h>

struct parser {
	struct ctx *c;
	struct str text;
	size_t at;
	uint32_t depth;
	uint32_t values;
	struct json_limits limits;
};

static int fail(struct parser *p, const char *what)
{
	err_set(p->c, "22P02", "invalid input syntax for type json");
	err_details(p->c, "%s at byte %zu.", what, p->at + 1);
	return -1;
}

static int peek(const struct parser *p)
{
	return p->at < p->text.n ? (unsigned char)p->text.p[p->at] : -1;
}

static void skip_space(struct parser *p)
{
	for (int ch = peek(p); ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r'; ch = peek(p))
		p->at++;
}

static int hex4(const struct parser *p, size_t at, uint32_t *ret)
{
	if (at + 4 > p->text.n)
		return -1;
	uint32_t value = 0;
	for (size_t i = at; i < at + 4; i++) {
		char ch = p->text.p[i];
		uint32_t digit;
		if (ch >= '0' && ch <= '9')
			digit = (uint32_t)(ch - '0');
		else if ((ch | 32) >= 'a' && (ch | 32) <= 'f')
			digit = (uint32_t)((ch | 32) - 'a' + 10);
		else
			return -1;
		value = value * 16 + digit;
	}
	*ret = value;
	return 0;
}

static size_t put_utf8(char *to, uint32_t cp)
{
	if (cp < 0x80) {
		to[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		to[0] = (char)(0xC0 | cp >> 6);
		to[1] = (char)(0x80 | (cp & 63));
		return 2;
	}
	if (cp < 0x10000) {
		to[0] = (char)(0xE0 | cp >> 12);
		to[1] = (char)(0x80 | (cp >> 6 & 63));
		to[2] = (char)(0x80 | (cp & 63));
		return 3;
	}
	to[0] = (char)(0xF0 | cp >> 18);
	to[1] = (char)(0x80 | (cp >> 12 & 63));
	to[2] = (char)(0x80 | (cp >> 6 & 63));
	to[3] = (char)(0x80 | (cp & 63));
	return 4;
}

/* At the 'u' of an escape; appends the code point, joining surrogate pairs. */
static int unicode_escape(struct parser *p, char *out, size_t *n)
{
	uint32_t cp;
	if (hex4(p, p->at + 1, &cp) < 0)
		return fail(p, "Bad \\u escape");
	p->at += 5;
	if (cp >= 0xDC00 && cp <= 0xDFFF)
		return fail(p, "Unicode low surrogate without a high one");
	if (cp >= 0xD800 && cp <= 0xDBFF) {
		uint32_t low;
		if (p->at + 6 > p->text.n || p->text.p[p->at] != '\\' ||
		    p->text.p[p->at + 1] != 'u' || hex4(p, p->at + 2, &low) < 0 || low < 0xDC00 ||
		    low > 0xDFFF)
			return fail(p, "Unicode high surrogate without a low one");
		cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
		p->at += 6;
	}
	*n += put_utf8(out + *n, cp);
	return 0;
}

static int simple_escape(char ch)
{
	switch (ch) {
	case '"':
	case '\\':
	case '/':
		return ch;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return -1;
	}
}

/* The end of the string that starts after the quote at `from`, and whether it
 * has escapes. */
static int find_string_end(struct parser *p, size_t from, size_t *ret_end, bool *ret_escapes)
{
	*ret_escapes = false;
	for (size_t i = from; i < p->text.n; i++) {
		unsigned char ch = (unsigned char)p->text.p[i];
		if (ch == '"') {
			*ret_end = i;
			return 0;
		}
		if (ch == '\\') {
			*ret_escapes = true;
			i++;
		} else if (ch < 0x20) {
			p->at = i;
			return fail(p, "Control character in a string");
		}
	}
	p->at = p->text.n;
	return fail(p, "Unterminated string");
}

static int parse_string(struct parser *p, struct str *ret)
{
	size_t start = p->at + 1, end = start;
	bool escapes;
	TRY(find_string_end(p, start, &end, &escapes));
	if (!escapes) {
		*ret = str_sub(p->text, start, end - start);
		p->at = end + 1;
		return 0;
	}
	char *out = arena_alloc(p->c->arena, end - start + 1);
	size_t n = 0;
	for (p->at = start; p->at < end;) {
		char ch = p->text.p[p->at++];
		if (ch != '\\') {
			out[n++] = ch;
			continue;
		}
		ch = p->text.p[p->at];
		if (ch == 'u') {
			TRY(unicode_escape(p, out, &n));
			continue;
		}
		int plain = simple_escape(ch);
		if (plain < 0)
			return fail(p, "Bad escape");
		out[n++] = (char)plain;
		p->at++;
	}
	out[n] = '\0';
	p->at = end + 1;
	*ret = (struct str){ out, n };
	return 0;
}

static size_t digits(struct parser *p)
{
	size_t from = p->at;
	while (peek(p) >= '0' && peek(p) <= '9')
		p->at++;
	return p->at - from;
}

static int parse_number(struct parser *p, struct json *v)
{
	size_t start = p->at;
	if (peek(p) == '-')
		p->at++;
	bool leading_zero = peek(p) == '0';
	size_t whole = digits(p);
	if (whole == 0 || (leading_zero && whole > 1))
		return fail(p, "Bad number");
	if (peek(p) == '.') {
		p->at++;
		if (digits(p) == 0)
			return fail(p, "Bad number");
	}
	if (peek(p) == 'e' || peek(p) == 'E') {
		p->at++;
		if (peek(p) == '+' || peek(p) == '-')
			p->at++;
		if (digits(p) == 0)
			return fail(p, "Bad number");
	}
	v->kind = JSON_NUMBER;
	v->text = str_sub(p->text, start, p->at - start);
	return 0;
}

static int parse_word(struct parser *p, struct json *v, struct str word, enum json_kind kind)
{
	if (!str_eq(str_sub(p->text, p->at, word.n), word))
		return fail(p, "Unexpected token");
	p->at += word.n;
	v->kind = kind;
	return 0;
}

static int parse_value(struct parser *p, struct json **ret);

static int enter(struct parser *p)
{
	uint32_t max = p->limits.max_depth ? p->limits.max_depth : 512;
	if (++p->depth > max) {
		err_set(p->c, "54001", "JSON is nested too deeply");
		return err_details(p->c, "The limit is %u levels.", max);
	}
	return 0;
}

static int parse_members(struct parser *p, struct json *v, char close)
{
	bool is_object = close == '}';
	struct json **tail = &v->child;
	v->kind = is_object ? JSON_OBJECT : JSON_ARRAY;
	TRY(enter(p));
	p->at++;
	skip_space(p);
	if (peek(p) == close) {
		p->at++;
		p->depth--;
		return 0;
	}
	for (;;) {
		struct str key = { NULL, 0 };
		skip_space(p);
		if (is_object) {
			if (peek(p) != '"')
				return fail(p, "Expected a member name");
			TRY(parse_string(p, &key));
			skip_space(p);
			if (peek(p) != ':')
				return fail(p, "Expected a colon");
			p->at++;
		}
		TRY(parse_value(p, tail));
		(*tail)->key = key;
		tail = &(*tail)->next;
		v->count++;
		skip_space(p);
		int ch = peek(p);
		if (ch != ',' && ch != close)
			return fail(p, "Expected a comma or the end");
		p->at++;
		if (ch == close)
			break;
	}
	p->depth--;
	return 0;
}

static int parse_by_first(struct parser *p, struct json *v)
{
	switch (peek(p)) {
	case '{':
		return parse_members(p, v, '}');
	case '[':
		return parse_members(p, v, ']');
	case '"':
		v->kind = JSON_STRING;
		return parse_string(p, &v->text);
	case 't':
		return parse_word(p, v, STR("true"), JSON_TRUE);
	case 'f':
		return parse_word(p, v, STR("false"), JSON_FALSE);
	case 'n':
		return parse_word(p, v, STR("null"), JSON_NULL);
	default:
		return parse_number(p, v);
	}
}

static int parse_value(struct parser *p, struct json **ret)
{
	uint32_t max = p->limits.max_values ? p->limits.max_values : 10u * 1000 * 1000;
	if (++p->values > max)
		return err_set(p->c, "54000", "JSON has more than %u values", max);
	struct json *v = ARENA_NEW(p->c->arena, struct json);
	skip_space(p);
	size_t start = p->at;
	TRY(parse_by_first(p, v));
	v->raw = str_sub(p->text, start, p->at - start);
	*ret = v;
	return 0;
}

int json_parse(struct ctx *c, struct str text, struct json_limits limits, struct json **ret)
{
	struct parser p = { .c = c, .text = text, .limits = limits };
	struct json *root;
	if (!str_is_utf8(text))
		return err_set(c, "22021", "invalid byte sequence for encoding \"UTF8\"");
	TRY(parse_value(&p, &root));
	skip_space(&p);
	if (p.at != text.n)
		return fail(&p, "Text after the value");
	*ret = root;
	return 0;
}

struct json *json_get(const struct json *obj, const char *key)
{
	struct json *found = NULL;
	if (!obj || obj->kind != JSON_OBJECT)
		return NULL;
	size_t n = strlen(key);
	for (struct json *m = obj->child; m; m = m->next)
		if (m->key.n == n && memcmp(m->key.p, key, n) == 0)
			found = m;
	return found;
}

struct json *json_at(const struct json *arr, uint32_t index)
{
	struct json *m = arr && arr->kind == JSON_ARRAY ? arr->child : NULL;
	while (m && index--)
		m = m->next;
	return m;
}

struct str json_get_str(const struct json *obj, const char *key, struct str dflt)
{
	const struct json *m = json_get(obj, key);
	return m && m->kind == JSON_STRING ? m->text : dflt;
}

const char *json_get_cstr(struct arena *a, const struct json *obj, const char *key)
{
	const struct json *m = json_get(obj, key);
	return m && m->kind == JSON_STRING ? str_dup(a, m->text) : NULL;
}

bool json_get_bool(const struct json *obj, const char *key, bool dflt)
{
	const struct json *m = json_get(obj, key);
	return m && (m->kind == JSON_TRUE || m->kind == JSON_FALSE) ? m->kind == JSON_TRUE : dflt;
}

int64_t json_get_i64(const struct json *obj, const char *key, int64_t dflt)
{
	const struct json *m = json_get(obj, key);
	int64_t value;
	return m && m->kind == JSON_NUMBER && str_to_i64(m->text, &value) ? value : dflt;
}

static void put_escape(struct buf *b, unsigned char ch)
{
	switch (ch) {
	case '"':
		buf_puts(b, "\\\"");
		break;
	case '\\':
		buf_puts(b, "\\\\");
		break;
	case '\b':
		buf_puts(b, "\\b");
		break;
	case '\f':
		buf_puts(b, "\\f");
		break;
	case '\n':
		buf_puts(b, "\\n");
		break;
	case '\r':
		buf_puts(b, "\\r");
		break;
	case '\t':
		buf_puts(b, "\\t");
		break;
	default:
		buf_printf(b, "\\u%04x", ch);
	}
}

void json_put_string(struct buf *b, struct str text)
{
	size_t from = 0;
	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];
		if (ch >= 0x20 && ch != '"' && ch != '\\')
			continue;
		buf_put(b, text.p + from, i - from);
		put_escape(b, ch);
		from = i + 1;
	}
	buf_put(b, text.p + from, text.n - from);
	buf_char(b, '"');
}

static void put_children(struct buf *b, const struct json *value, char open, char close)
{
	buf_char(b, open);
	for (const struct json *m = value->child; m; m = m->next) {
		if (m != value->child)
			buf_char(b, ',');
		if (open == '{') {
			json_put_string(b, m->key);
			buf_char(b, ':');
		}
		json_put(b, m);
	}
	buf_char(b, close);
}

void json_put(struct buf *b, const struct json *value)
{
	switch (value->kind) {
	case JSON_NULL:
		buf_puts(b, "null");
		break;
	case JSON_FALSE:
		buf_puts(b, "false");
		break;
	case JSON_TRUE:
		buf_puts(b, "true");
		break;
	case JSON_NUMBER:
		buf_str(b, value->text);
		break;
	case JSON_STRING:
		json_put_string(b, value->text);
		break;
	case JSON_ARRAY:
		put_children(b, value, '[', ']');
		break;
	case JSON_OBJECT:
		put_children(b, value, '{', '}');
		break;
	}
}
