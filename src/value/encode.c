#include "value/encode.h"

#include "base/arena.h"
#include "value/scalar.h"

#include <string.h>

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 2045: a line feed after every 76 characters but the last. */
static void base64_put(struct buf *b, struct str s)
{
	size_t line = 0;
	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = 0;
		size_t n = s.n - i < 3 ? s.n - i : 3;
		for (size_t j = 0; j < 3; j++)
			v = v << 8 | (j < n ? (unsigned char)s.p[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			buf_char(b, j <= n ? base64_digits[v >> (18 - 6 * j) & 63] : '=');
		line += 4;
		if (line >= 76 && i + 3 < s.n) {
			buf_char(b, '\n');
			line = 0;
		}
	}
}

static int bad_end(struct ctx *c)
{
	err_set(c, "22023", "invalid base64 end sequence");
	return err_hint(c,
			"Input data is missing padding, is truncated, or is otherwise corrupted.");
}

static int base64_decode(struct ctx *c, struct str s, struct str *ret)
{
	char *out = arena_alloc(c->arena, s.n + 3);
	size_t n = 0;
	uint32_t v = 0;
	int have = 0, padding = 0;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r')
			continue;
		const char *digit = ch ? strchr(base64_digits, ch) : NULL;
		if (ch == '=') {
			if (!padding && have < 2)
				return err_set(c, "22023",
					       "unexpected \"=\" while decoding base64 sequence");
			padding++;
		} else if (!digit) {
			return err_set(
				c, "22023",
				"invalid symbol \"%.*s\" found while decoding base64 sequence",
				(int)utf8_size((unsigned char)ch), s.p + i);
		}
		v = v << 6 | (digit ? (uint32_t)(digit - base64_digits) : 0);
		if (++have < 4)
			continue;
		for (int j = 0; j < 3 - padding; j++)
			out[n++] = (char)(v >> (16 - 8 * j));
		v = 0;
		have = 0;
	}
	if (have)
		return bad_end(c);
	*ret = (struct str){ out, n };
	return 0;
}

static void escape_put(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if (ch == 0 || ch >= 0x80)
			buf_printf(b, "\\%03o", ch);
		else if (ch == '\\')
			buf_puts(b, "\\\\");
		else
			buf_char(b, (char)ch);
	}
}

static int unknown(struct ctx *c, struct str format)
{
	return err_set(c, "22023", "unrecognized encoding: \"%.*s\"", STR_ARG(format));
}

int bytes_encode(struct ctx *c, struct buf *b, struct str bytes, struct str format)
{
	if (str_ieq(format, STR("hex")))
		hex_put(b, bytes);
	else if (str_ieq(format, STR("base64")))
		base64_put(b, bytes);
	else if (str_ieq(format, STR("escape")))
		escape_put(b, bytes);
	else
		return unknown(c, format);
	return 0;
}

int bytes_decode(struct ctx *c, struct str text, struct str format, struct str *ret)
{
	if (str_ieq(format, STR("base64")))
		return base64_decode(c, text, ret);
	if (str_ieq(format, STR("hex")))
		return bytea_parse(c, str_of(arena_printf(c->arena, "\\x%.*s", STR_ARG(text))),
				   ret);
	if (!str_ieq(format, STR("escape")))
		return unknown(c, format);
	/* in this form a leading \x is no hex */
	if (text.n >= 2 && text.p[0] == '\\' && text.p[1] == 'x')
		return err_set(c, "22P02", "invalid input syntax for type bytea");
	return bytea_parse(c, text, ret);
}
