#include "mail/message.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "mail/html.h"

#include <string.h>

enum { LINE_MAX_QP = 76, WORD_BYTES = 45 };

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return str_find(s, STR("=?")) < 0;
}

/* Bytes of s, at most max, that end between two characters. */
static size_t whole_chars(struct str s, size_t max)
{
	size_t n = s.n < max ? s.n : max;
	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return n ? n : (s.n < max ? s.n : max);
}

static void put_base64(struct buf *b, struct str s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < s.n; i += 3) {
		unsigned v = 0;
		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
		buf_char(b, digits[v >> 18]);
		buf_char(b, digits[(v >> 12) & 63]);
		buf_char(b, i + 1 < s.n ? digits[(v >> 6) & 63] : '=');
		buf_char(b, i + 2 < s.n ? digits[v & 63] : '=');
	}
}

/* Encoded words (RFC 2047), each at most 75 characters, folded. */
static void put_words(struct buf *b, struct str s)
{
	for (bool is_first = true; s.n; is_first = false) {
		size_t n = whole_chars(s, WORD_BYTES);
		buf_puts(b, is_first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		put_base64(b, str_sub(s, 0, n));
		buf_puts(b, "?=");
		s = str_from(s, n);
	}
}

/* Without control characters, which become spaces. */
static struct str one_line(struct ctx *c, struct str s)
{
	char *p = arena_strndup(c->arena, s.p ? s.p : "", s.n);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			p[i] = ' ';
	return str_trim((struct str){ p, s.n });
}

/* Long plain text is folded by encoding it: lines stay below 78. */
static void put_subject(struct ctx *c, struct buf *b, struct str subject)
{
	struct str s = one_line(c, subject);
	buf_puts(b, "Subject: ");
	if (is_plain(s) && s.n < 66)
		buf_str(b, s);
	else
		put_words(b, s);
	buf_puts(b, "\r\n");
}

static void put_from(struct ctx *c, struct buf *b, const struct message *m)
{
	struct str name = one_line(c, str_of(m->from_name));
	buf_puts(b, "From: ");
	if (!name.n) {
		buf_printf(b, "%s\r\n", m->from);
		return;
	}
	if (is_plain(name) && name.n < 60) {
		buf_char(b, '"');
		for (size_t i = 0; i < name.n; i++) {
			if (name.p[i] == '"' || name.p[i] == '\\')
				buf_char(b, '\\');
			buf_char(b, name.p[i]);
		}
		buf_char(b, '"');
	} else {
		put_words(b, name);
	}
	buf_printf(b, "\r\n <%s>\r\n", m->from);
}

static void put_date(struct buf *b, time_t date)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm t;
	gmtime_r(&date, &t);
	buf_printf(b, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday,
		   months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void soft_break(struct buf *b, size_t *column, size_t needed)
{
	if (*column + needed < LINE_MAX_QP)
		return;
	buf_puts(b, "=\r\n");
	*column = 0;
}

/* True when the byte at i is the last of its line. */
static bool ends_line(struct str s, size_t i)
{
	return i + 1 >= s.n || s.p[i + 1] == '\n' || (s.p[i + 1] == '\r' && i + 2 < s.n);
}

/* Quoted-printable (RFC 2045 6.7); a leading dot is encoded for old relays. */
static void put_quoted(struct buf *b, struct str s)
{
	size_t column = 0;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		if (ch == '\n') {
			buf_puts(b, "\r\n");
			column = 0;
			continue;
		}
		bool is_space = ch == ' ' || ch == '\t';
		bool is_literal =
			(ch > ' ' && ch <= '~' && ch != '=') || (is_space && !ends_line(s, i));
		if (ch == '.' && column == 0)
			is_literal = false;
		soft_break(b, &column, is_literal ? 1 : 3);
		if (is_literal)
			buf_char(b, ch);
		else
			buf_printf(b, "=%02X", (unsigned char)ch);
		column += is_literal ? 1 : 3;
	}
	if (column)
		buf_puts(b, "\r\n");
}

static void put_part(struct buf *b, const char *boundary, const char *type, struct str body)
{
	buf_printf(b,
		   "--%s\r\nContent-Type: %s; charset=UTF-8\r\n"
		   "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		   boundary, type);
	put_quoted(b, body);
	buf_puts(b, "\r\n");
}

static const char *host_of(const char *address)
{
	const char *at = strchr(address, '@');
	return at ? at + 1 : "localhost";
}

int message_build(struct ctx *c, const struct message *m, struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(MESSAGE_MAX);
	BUF_CLEANUP struct buf text = buf_make(MESSAGE_MAX);
	/* "=_" cannot stand in quoted-printable. */
	const char *boundary = arena_printf(c->arena, "=_%s", m->id);
	put_from(c, &b, m);
	buf_printf(&b, "To: %s\r\n", m->to);
	put_subject(c, &b, m->subject);
	put_date(&b, m->date);
	buf_printf(&b, "Message-ID: <%s@%s>\r\n", m->id, host_of(m->from));
	buf_puts(&b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
	buf_printf(&b, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n",
		   boundary);
	html_to_text(m->html, true, &text);
	put_part(&b, boundary, "text/plain", buf_view(&text));
	put_part(&b, boundary, "text/html", m->html);
	buf_printf(&b, "--%s--\r\n", boundary);
	if (!buf_ok(&b) || !buf_ok(&text))
		return err_set(c, "54000", "the mail is larger than 4 MiB");
	*ret = (struct str){ buf_dup(c->arena, &b), b.n };
	return 0;
}
