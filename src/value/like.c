/* LIKE, ILIKE, and SIMILAR TO's patterns. */
#include "base/arena.h"
#include "base/buf.h"
#include "value/pattern.h"
#include "value/scalar.h"
#include "value/text.h"

static int trailing_escape(struct ctx *c)
{
	return err_set(c, "22025", "LIKE pattern must not end with escape character");
}

static size_t step(struct str s, size_t at)
{
	size_t n = utf8_size((unsigned char)s.p[at]);
	return at + n <= s.n ? n : s.n - at;
}

/* One wildcard run is retried at a time: the last % seen. escape is a byte, or
 * -1. Like PostgreSQL, a trailing escape is only found when it is reached. */
static int match(struct ctx *c, struct str text, struct str pattern, int escape)
{
	size_t t = 0, p = 0, star = SIZE_MAX, retry = 0;
	while (t < text.n) {
		int ch = p < pattern.n ? (unsigned char)pattern.p[p] : -1;
		bool is_escaped = ch >= 0 && ch == escape;
		if (is_escaped && p + 1 >= pattern.n)
			return trailing_escape(c);
		if (!is_escaped && ch == '%') {
			star = ++p;
			retry = t;
			continue;
		}
		if (!is_escaped && ch == '_') {
			t += step(text, t);
			p++;
			continue;
		}
		if (ch >= 0 && pattern.p[p + is_escaped] == text.p[t]) {
			t++;
			p += 1 + (size_t)is_escaped;
			continue;
		}
		if (star == SIZE_MAX)
			return 0;
		retry += step(text, retry);
		t = retry;
		p = star;
	}
	while (p < pattern.n && pattern.p[p] == '%')
		p++;
	return p == pattern.n;
}

/* With an escape of several bytes, or none, the pattern is rewritten for \. */
static struct str with_backslash(struct arena *a, struct str pattern, struct str escape)
{
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	while (pattern.n) {
		size_t n = step(pattern, 0);
		struct str ch = str_sub(pattern, 0, n);
		pattern = str_from(pattern, n);
		if (escape.n && str_eq(ch, escape)) {
			buf_char(&b, '\\');
			if (pattern.n) {
				n = step(pattern, 0);
				buf_str(&b, str_sub(pattern, 0, n));
				pattern = str_from(pattern, n);
			}
			continue;
		}
		if (str_is(ch, "\\"))
			buf_char(&b, '\\');
		buf_str(&b, ch);
	}
	return str_copy(a, buf_view(&b));
}

int like_escape_pattern(struct ctx *c, struct str pattern, struct str escape, struct str *ret)
{
	if (utf8_length(escape) > 1) {
		err_set(c, "22025", "invalid escape string");
		return err_hint(c, "Escape string must be empty or one character.");
	}
	*ret = str_is(escape, "\\") ? pattern : with_backslash(c->arena, pattern, escape);
	return 0;
}

int like_match(struct ctx *c, struct str text, struct str pattern, struct str escape, bool is_ci)
{
	TRY(like_escape_pattern(c, pattern, escape, &pattern));
	if (is_ci) {
		text = text_lower(c->arena, text);
		pattern = text_lower(c->arena, pattern);
	}
	return match(c, text, pattern, '\\');
}

struct similar {
	struct ctx *c;
	struct buf *b;
	bool in_class;
	int quotes; /* escape-double-quote separators seen */
};

static int put_escaped(struct similar *m, struct str ch)
{
	if (!str_is(ch, "\"") || m->in_class) {
		buf_char(m->b, '\\');
		buf_str(m->b, ch);
		return 0;
	}
	if (m->quotes >= 2)
		return err_set(m->c, "2200C",
			       "SQL regular expression may not contain more than two "
			       "escape-double-quote separators");
	buf_puts(m->b, m->quotes++ == 0 ? "){1,1}?(" : "){1,1}(?:");
	return 0;
}

static void put_plain(struct similar *m, struct str ch)
{
	if (m->in_class) {
		if (str_is(ch, "\\"))
			buf_char(m->b, '\\');
		buf_str(m->b, ch);
		if (str_is(ch, "]"))
			m->in_class = false;
		return;
	}
	switch (ch.p[0]) {
	case '[':
		m->in_class = true;
		buf_char(m->b, '[');
		break;
	case '%':
		buf_puts(m->b, ".*");
		break;
	case '_':
		buf_char(m->b, '.');
		break;
	case '(':
		buf_puts(m->b, "(?:");
		break;
	case '\\':
	case '.':
	case '^':
	case '$':
		buf_char(m->b, '\\');
		buf_str(m->b, ch);
		break;
	default:
		buf_str(m->b, ch);
	}
}

int similar_to_regex(struct ctx *c, struct str pattern, struct str escape, struct str *ret)
{
	if (utf8_length(escape) > 1) {
		err_set(c, "22025", "invalid escape string");
		return err_hint(c, "Escape string must be empty or one character.");
	}
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	struct similar m = { .c = c, .b = &b };
	buf_puts(&b, "^(?:");
	while (pattern.n) {
		size_t n = step(pattern, 0);
		struct str ch = str_sub(pattern, 0, n);
		pattern = str_from(pattern, n);
		if (escape.n && str_eq(ch, escape)) {
			if (!pattern.n)
				break;
			n = step(pattern, 0);
			TRY(put_escaped(&m, str_sub(pattern, 0, n)));
			pattern = str_from(pattern, n);
			continue;
		}
		put_plain(&m, ch);
	}
	buf_puts(&b, ")$");
	*ret = str_copy(c->arena, buf_view(&b));
	return 0;
}
