#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "mail/mime_read.h"

#include <string.h>

enum { HEADERS_MAX = 500 };

static struct str trim_eol(struct str line)
{
	while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n'))
		line.n--;
	return line;
}

static struct str next_line(struct str *s)
{
	ptrdiff_t at = str_chr(*s, '\n');
	size_t n = at < 0 ? s->n : (size_t)at + 1;
	struct str line = str_sub(*s, 0, n);
	*s = str_from(*s, n);
	return trim_eol(line);
}

static bool is_folded(struct str s)
{
	return s.n && (s.p[0] == ' ' || s.p[0] == '\t');
}

static struct str unfold(struct arena *a, struct str value, struct str *raw)
{
	if (!is_folded(*raw))
		return str_trim(value);
	struct buf b = buf_make(64 << 10);
	buf_str(&b, str_trim(value));
	while (is_folded(*raw)) {
		buf_char(&b, ' ');
		buf_str(&b, str_trim(next_line(raw)));
	}
	struct str whole = str_copy(a, buf_view(&b));
	buf_free(&b);
	return whole;
}

struct mime_header *mime_headers(struct arena *a, struct str *raw, size_t *ret_n)
{
	VEC(struct mime_header) v = { 0 };
	while (raw->n) {
		struct str line = next_line(raw);
		if (!line.n)
			break;
		ptrdiff_t colon = str_chr(line, ':');
		if (colon < 1 || v.n == HEADERS_MAX)
			continue;
		struct mime_header h = { str_trim(str_sub(line, 0, (size_t)colon)),
					 unfold(a, str_from(line, (size_t)colon + 1), raw) };
		VEC_PUSH(a, &v, h);
	}
	*ret_n = v.n;
	return v.v;
}

struct str mime_to_utf8(struct arena *a, struct str bytes)
{
	if (str_is_utf8(bytes))
		return bytes;
	char *p = arena_alloc(a, bytes.n * 2 + 1);
	size_t n = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char ch = (unsigned char)bytes.p[i];
		if (ch >= 0x80) {
			p[n++] = (char)(0xc0 | ch >> 6);
			ch = 0x80 | (ch & 63);
		}
		p[n++] = (char)ch;
	}
	return (struct str){ p, n };
}

static int hex(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 32;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Quoted-printable; in headers '_' is a space. */
static struct str decode_quoted(struct arena *a, struct str s, bool is_header)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool is_escape = s.p[i] == '=' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
				 hex(s.p[i + 2]) >= 0;
		if (is_escape) {
			p[n++] = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
			i += 2;
		} else if (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '\n') {
			i++;
		} else if (s.p[i] == '=' && i + 2 < s.n && s.p[i + 1] == '\r') {
			i += 2;
		} else {
			p[n++] = is_header && s.p[i] == '_' ? ' ' : s.p[i];
		}
	}
	return (struct str){ p, n };
}

static int digit64(char ch)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = ch ? strchr(digits, ch) : NULL;
	return at ? (int)(at - digits) : -1;
}

static struct str decode_base64(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	unsigned bits = 0, have = 0;
	for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
		int d = digit64(s.p[i]);
		if (d < 0)
			continue;
		bits = (bits << 6 | (unsigned)d) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			p[n++] = (char)(bits >> have & 0xff);
		}
	}
	return (struct str){ p, n };
}

struct str mime_decode(struct arena *a, struct str bytes, struct str encoding)
{
	if (str_ieq(encoding, STR("base64")))
		return decode_base64(a, bytes);
	if (str_ieq(encoding, STR("quoted-printable")))
		return decode_quoted(a, bytes, false);
	return bytes;
}

/* "=?charset?B?text?=" at the start of s: its bytes, and its length (0: none). */
static size_t word(struct arena *a, struct str s, struct str *ret)
{
	ptrdiff_t q1 = str_starts(s, STR("=?")) ? str_chr(str_from(s, 2), '?') : -1;
	if (q1 < 1)
		return 0;
	struct str rest = str_from(s, 2 + (size_t)q1 + 1);
	ptrdiff_t end =
		rest.n > 2 && rest.p[1] == '?' ? str_find(str_from(rest, 2), STR("?=")) : -1;
	if (end < 0)
		return 0;
	struct str text = str_sub(rest, 2, (size_t)end);
	bool is_base64 = (rest.p[0] | 32) == 'b';
	*ret = is_base64 ? decode_base64(a, text) : decode_quoted(a, text, true);
	return (size_t)(rest.p + 2 + end + 2 - s.p);
}

struct str mime_decode_words(struct arena *a, struct str value)
{
	struct buf b = buf_make(64 << 10);
	bool was_word = false;
	for (size_t i = 0; i < value.n;) {
		struct str text;
		size_t gap = 0;
		while (was_word && i + gap < value.n && value.p[i + gap] == ' ')
			gap++;
		size_t n = word(a, str_from(value, i + gap), &text);
		was_word = n > 0;
		if (n)
			buf_str(&b, text);
		else
			buf_char(&b, value.p[i]);
		i += n ? gap + n : 1;
	}
	struct str whole = mime_to_utf8(a, str_copy(a, buf_view(&b)));
	buf_free(&b);
	return whole;
}

struct str mime_parameter(struct arena *a, struct str value, const char *name)
{
	struct str rest = value;
	struct str first = str_trim(str_split(&rest, ';'));
	if (!name)
		return str_lower(a, first);
	while (rest.p) {
		struct str item = str_trim(str_split(&rest, ';'));
		ptrdiff_t eq = str_chr(item, '=');
		if (eq < 1 || !str_ieq(str_trim(str_sub(item, 0, (size_t)eq)), str_of(name)))
			continue;
		struct str v = str_trim(str_from(item, (size_t)eq + 1));
		if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
			v = str_sub(v, 1, v.n - 2);
		return v;
	}
	return (struct str){ 0 };
}
