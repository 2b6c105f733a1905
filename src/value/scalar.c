#include "value/scalar.h"

#include "base/arena.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_prefix(struct str s, struct str word)
{
	return s.n > 0 && s.n <= word.n && str_ieq(s, str_sub(word, 0, s.n));
}

int bool_parse(struct ctx *c, struct str text, bool *ret)
{
	struct str s = str_trim(text);
	if (is_prefix(s, STR("true")) || is_prefix(s, STR("yes")) || str_ieq(s, STR("on")) ||
	    str_is(s, "1")) {
		*ret = true;
		return 0;
	}
	bool is_off = s.n >= 2 && is_prefix(s, STR("off"));
	if (is_prefix(s, STR("false")) || is_prefix(s, STR("no")) || is_off || str_is(s, "0")) {
		*ret = false;
		return 0;
	}
	return err_set(c, "22P02", "invalid input syntax for type boolean: \"%.*s\"",
		       STR_ARG(text));
}

/* 16 hex pairs, a hyphen allowed after each second one; the rest must be "}" or
 * nothing. */
static bool uuid_read(struct str s, char *to)
{
	bool is_braced = s.n && s.p[0] == '{';
	size_t at = is_braced;
	for (int i = 0; i < 16; i++) {
		if (at + 2 > s.n || !isxdigit((unsigned char)s.p[at]) ||
		    !isxdigit((unsigned char)s.p[at + 1]))
			return false;
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = (char)tolower((unsigned char)s.p[at++]);
		*to++ = (char)tolower((unsigned char)s.p[at++]);
		if (at < s.n && s.p[at] == '-' && i % 2 == 1 && i < 15)
			at++;
	}
	if (is_braced && (at >= s.n || s.p[at++] != '}'))
		return false;
	return at == s.n;
}

int uuid_parse(struct ctx *c, struct str text, struct str *ret)
{
	char *out = arena_alloc(c->arena, 37);
	if (!uuid_read(text, out))
		return err_set(c, "22P02", "invalid input syntax for type uuid: \"%.*s\"",
			       STR_ARG(text));
	*ret = (struct str){ out, 36 };
	return 0;
}

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 32;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

static int bytea_parse_hex(struct ctx *c, struct str s, struct str *ret)
{
	char *out = arena_alloc(c->arena, s.n / 2 + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (strchr(" \n\t\r", s.p[i]) && s.p[i])
			continue;
		int high = hex_value(s.p[i]);
		if (high < 0)
			return err_set(c, "22023", "invalid hexadecimal digit: \"%.*s\"",
				       (int)utf8_size((unsigned char)s.p[i]), s.p + i);
		if (++i >= s.n)
			return err_set(c, "22023",
				       "invalid hexadecimal data: odd number of digits");
		int low = hex_value(s.p[i]);
		if (low < 0)
			return err_set(c, "22023", "invalid hexadecimal digit: \"%.*s\"",
				       (int)utf8_size((unsigned char)s.p[i]), s.p + i);
		out[n++] = (char)(high * 16 + low);
	}
	*ret = (struct str){ out, n };
	return 0;
}

static bool is_octal(const char *p)
{
	return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' &&
	       p[2] <= '7';
}

int bytea_parse(struct ctx *c, struct str text, struct str *ret)
{
	if (text.n >= 2 && text.p[0] == '\\' && text.p[1] == 'x')
		return bytea_parse_hex(c, str_from(text, 2), ret);
	char *out = arena_alloc(c->arena, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\\') {
			out[n++] = text.p[i];
			continue;
		}
		if (i + 3 < text.n && is_octal(text.p + i + 1)) {
			const char *p = text.p + i + 1;
			out[n++] = (char)((p[0] - '0') * 64 + (p[1] - '0') * 8 + (p[2] - '0'));
			i += 3;
		} else if (i + 1 < text.n && text.p[i + 1] == '\\') {
			out[n++] = '\\';
			i++;
		} else {
			return err_set(c, "22P02", "invalid input syntax for type bytea");
		}
	}
	*ret = (struct str){ out, n };
	return 0;
}

void hex_put(struct buf *b, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *to = buf_reserve(b, bytes.n * 2);
	if (!to)
		return;
	for (size_t i = 0; i < bytes.n; i++) {
		to[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
		to[2 * i + 1] = digits[(unsigned char)bytes.p[i] & 15];
	}
	b->n += bytes.n * 2;
}

void bytea_print(struct buf *b, struct str bytes)
{
	buf_puts(b, "\\x");
	hex_put(b, bytes);
}

static struct str pad(struct arena *a, struct str text, size_t blanks)
{
	char *out = arena_alloc(a, text.n + blanks + 1);
	memcpy(out, text.p, text.n);
	memset(out + text.n, ' ', blanks);
	return (struct str){ out, text.n + blanks };
}

static bool is_blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ')
			return false;
	return true;
}

int chars_fit(struct ctx *c, const struct vtype *t, bool is_explicit, struct str text,
	      struct str *ret)
{
	if (t->id == V_NAME && text.n > 63) {
		size_t n = 63;
		while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
			n--;
		*ret = str_sub(text, 0, n);
		return 0;
	}
	*ret = text;
	if ((t->id != V_VARCHAR && t->id != V_BPCHAR) || t->typmod < 4)
		return 0;
	size_t limit = (size_t)(t->typmod - 4), length = utf8_length(text);
	if (length <= limit) {
		if (t->id == V_BPCHAR && length < limit)
			*ret = pad(c->arena, text, limit - length);
		return 0;
	}
	size_t cut = utf8_offset(text, limit);
	if (!is_explicit && !is_blank(str_from(text, cut)))
		return err_set(c, "22001", "value too long for type %s(%zu)",
			       t->id == V_VARCHAR ? "character varying" : "character", limit);
	*ret = str_sub(text, 0, cut);
	return 0;
}

static int bad_bytes(struct ctx *c, struct str s)
{
	char hex[32] = "";
	size_t want = s.p[0] ? utf8_size((unsigned char)s.p[0]) : 1, n = want < s.n ? want : s.n;
	for (size_t i = 0; i < n && i < 5; i++)
		snprintf(hex + 5 * i, sizeof(hex) - 5 * i, "0x%02x ", (unsigned char)s.p[i]);
	hex[5 * n - 1] = 0;
	return err_set(c, "22021", "invalid byte sequence for encoding \"UTF8\": %s", hex);
}

int chars_check(struct ctx *c, struct str text)
{
	if (str_is_utf8(text) && !(text.n && memchr(text.p, 0, text.n)))
		return 0;
	for (size_t i = 0; i < text.n;) {
		size_t size = utf8_size((unsigned char)text.p[i]);
		if (!text.p[i] || i + size > text.n || !str_is_utf8(str_sub(text, i, size)))
			return bad_bytes(c, str_from(text, i));
		i += size;
	}
	return 0;
}

ptrdiff_t enum_rank(const struct enum_labels *labels, struct str label)
{
	for (size_t i = 0; i < labels->n; i++)
		if (str_eq(labels->labels[i], label))
			return (ptrdiff_t)i;
	return -1;
}

int enum_check(struct ctx *c, const struct enum_labels *labels, struct str text)
{
	if (!labels || enum_rank(labels, text) >= 0)
		return 0;
	return err_set(c, "22P02", "invalid input value for enum %.*s: \"%.*s\"",
		       STR_ARG(labels->name), STR_ARG(text));
}

size_t utf8_size(unsigned char first)
{
	return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_length(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

size_t utf8_offset(struct str s, size_t chars)
{
	size_t i = 0;
	while (chars-- > 0 && i < s.n)
		i += utf8_size((unsigned char)s.p[i]);
	return i < s.n ? i : s.n;
}

uint32_t utf8_decode(struct str s, size_t *ret_size)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t size = utf8_size(p[0]);
	if (size > s.n)
		size = 1;
	if (ret_size)
		*ret_size = size;
	if (size == 1)
		return p[0];
	uint32_t cp = p[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++)
		cp = cp << 6 | (p[i] & 0x3fu);
	return cp;
}

void utf8_put(struct buf *b, uint32_t cp)
{
	if (cp < 0x80) {
		buf_char(b, (char)cp);
	} else if (cp < 0x800) {
		buf_char(b, (char)(0xc0 | cp >> 6));
		buf_char(b, (char)(0x80 | (cp & 0x3f)));
	} else if (cp < 0x10000) {
		buf_char(b, (char)(0xe0 | cp >> 12));
		buf_char(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (cp & 0x3f)));
	} else {
		buf_char(b, (char)(0xf0 | cp >> 18));
		buf_char(b, (char)(0x80 | (cp >> 12 & 0x3f)));
		buf_char(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (cp & 0x3f)));
	}
}
