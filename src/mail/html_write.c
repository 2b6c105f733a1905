#include "mail/html.h"

#include <string.h>

/* What stands for a value that would be dangerous at its place, as in Go. */
#define UNSAFE "ZgotmplZ"

void html_escape(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&#34;");
			break;
		case '\'':
			buf_puts(out, "&#39;");
			break;
		case '+':
			buf_puts(out, "&#43;");
			break;
		case '\0':
			buf_puts(out, "\xef\xbf\xbd");
			break;
		default:
			buf_char(out, s.p[i]);
		}
}

static bool is_alnum(char ch)
{
	return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static bool is_one_of(char ch, const char *set)
{
	return ch && strchr(set, ch);
}

static void percent(struct str s, const char *kept, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_alnum(s.p[i]) || is_one_of(s.p[i], kept))
			buf_char(out, s.p[i]);
		else
			buf_printf(out, "%%%02x", (unsigned char)s.p[i]);
	}
}

void url_escape(struct str s, struct buf *out)
{
	percent(s, "-._~", out);
}

/* True for a URL without a scheme, or with one that is harmless. */
static bool is_safe_url(struct str s)
{
	static const char *const schemes[] = { "http", "https", "mailto" };
	ptrdiff_t colon = str_chr(s, ':');
	ptrdiff_t slash = str_chr(s, '/');
	if (colon < 0 || (slash >= 0 && slash < colon))
		return true;
	for (size_t i = 0; i < 3; i++)
		if (str_ieq(str_sub(s, 0, (size_t)colon), str_of(schemes[i])))
			return true;
	return false;
}

/* An unquoted value must not end itself. */
static void escape_unquoted(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '=' || s.p[i] == '`')
			buf_printf(out, "&#%d;", s.p[i]);
		else
			html_escape(str_sub(s, i, 1), out);
	}
}

static void escape_attr(const struct html *h, struct str s, struct buf *out)
{
	if (h->quote)
		html_escape(s, out);
	else if (s.n)
		escape_unquoted(s, out);
	else
		buf_puts(out, UNSAFE);
}

static void write_url(struct html *h, struct str s, struct buf *out)
{
	BUF_CLEANUP struct buf url = buf_make(out->limit);
	if (h->url == HTML_URL_START && !is_safe_url(s))
		s = STR("#" UNSAFE);
	if (h->url == HTML_URL_QUERY)
		url_escape(s, &url);
	else
		percent(s, "-._~!#$&*+,/:;=?@[]%()", &url);
	if (s.n && h->url == HTML_URL_START)
		h->url = HTML_URL_PATH;
	out->overflow |= url.overflow;
	escape_attr(h, buf_view(&url), out);
}

static bool is_safe_style(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && !is_one_of(s.p[i], " #%.,-_!+") &&
		    (unsigned char)s.p[i] < 0x80)
			return false;
	return str_find(s, STR("--")) < 0 && str_find(s, STR("expression")) < 0;
}

static void write_style(const struct html *h, struct str s, struct buf *out)
{
	s = is_safe_style(s) ? s : STR(UNSAFE);
	if (h->state == HTML_RAW)
		buf_str(out, s);
	else
		escape_attr(h, s, out);
}

static int write_value(struct html *h, struct str s, struct buf *out, const char **ret_why)
{
	switch (h->attr) {
	case HTML_ATTR_URL:
		write_url(h, s, out);
		return 0;
	case HTML_ATTR_STYLE:
		write_style(h, s, out);
		return 0;
	case HTML_ATTR_EVENT:
		*ret_why = "a value cannot be printed into an event attribute";
		return -1;
	default:
		escape_attr(h, s, out);
		return 0;
	}
}

/* A name: of letters and digits, and none that has a meaning of its own. */
static void write_name(struct str s, struct buf *out)
{
	bool is_safe = s.n > 0 && s.n < HTML_NAME_MAX;
	for (size_t i = 0; i < s.n; i++)
		is_safe = is_safe && (is_alnum(s.p[i]) || s.p[i] == '-');
	is_safe = is_safe && !(s.n > 1 && str_ieq(str_sub(s, 0, 2), STR("on")));
	static const char *const special[] = { "style",	     "href",	   "src",
					       "action",     "formaction", "srcset",
					       "background", "data",	   "poster" };
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		is_safe = is_safe && !str_ieq(s, str_of(special[i]));
	buf_str(out, is_safe ? s : STR(UNSAFE));
}

int html_write(struct html *h, struct str value, struct buf *out, const char **ret_why)
{
	switch (h->state) {
	case HTML_BEFORE_VALUE:
		h->quote = 0;
		h->state = HTML_VALUE;
		return write_value(h, value, out, ret_why);
	case HTML_VALUE:
		return write_value(h, value, out, ret_why);
	case HTML_RAW:
		if (strcmp(h->raw, "style") == 0) {
			write_style(h, value, out);
			return 0;
		}
		*ret_why = "a value cannot be printed into a script";
		return -1;
	case HTML_TAG_OPEN:
	case HTML_TAG_NAME:
		*ret_why = "a value cannot be printed into a tag's name";
		return -1;
	case HTML_TAG:
	case HTML_ATTR_NAME:
		write_name(value, out);
		return 0;
	default:
		html_escape(value, out);
		return 0;
	}
}
