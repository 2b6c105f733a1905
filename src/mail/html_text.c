#include "mail/html.h"

#include <string.h>

struct text {
	struct buf *out;
	bool has_links;
	bool is_space;	 /* white space is due before the next word */
	int newlines;	 /* at the end of out */
	struct str href; /* of the open link */
	size_t link_from;
};

static void put_space(struct text *t)
{
	if (t->is_space && t->newlines == 0 && t->out->n)
		buf_char(t->out, ' ');
	t->is_space = false;
	t->newlines = 0;
}

static void break_line(struct text *t, int lines)
{
	t->is_space = false;
	while (t->out->n && t->newlines < lines) {
		buf_char(t->out, '\n');
		t->newlines++;
	}
}

static void put_utf8(struct buf *out, long ch)
{
	if (ch < 1 || ch > 0x10ffff || (ch >= 0xd800 && ch < 0xe000))
		ch = 0xfffd;
	if (ch < 0x80) {
		buf_char(out, (char)ch);
	} else if (ch < 0x800) {
		buf_char(out, (char)(0xc0 | ch >> 6));
		buf_char(out, (char)(0x80 | (ch & 63)));
	} else {
		if (ch < 0x10000) {
			buf_char(out, (char)(0xe0 | ch >> 12));
		} else {
			buf_char(out, (char)(0xf0 | ch >> 18));
			buf_char(out, (char)(0x80 | ((ch >> 12) & 63)));
		}
		buf_char(out, (char)(0x80 | ((ch >> 6) & 63)));
		buf_char(out, (char)(0x80 | (ch & 63)));
	}
}

static long numeric(struct str digits, int base)
{
	long ch = 0;
	for (size_t i = 0; i < digits.n && ch <= 0x10ffff; i++) {
		char d = (char)(digits.p[i] | 32);
		int v = d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : 99;
		if (v >= base)
			return -1;
		ch = ch * base + v;
	}
	return digits.n ? ch : -1;
}

/* The entity at s ("&amp;"): its bytes go to out. Returns its length, 0 none. */
static size_t entity(struct str s, struct buf *out)
{
	static const struct {
		const char *name, *text;
	} names[] = { { "amp", "&" },	{ "lt", "<" },	   { "gt", ">" },   { "quot", "\"" },
		      { "apos", "'" },	{ "nbsp", " " },   { "copy", "©" }, { "mdash", "—" },
		      { "ndash", "–" }, { "hellip", "…" }, { "zwnj", "" } };
	ptrdiff_t end = str_chr(str_sub(s, 0, 12), ';');
	if (end < 2)
		return 0;
	struct str name = str_sub(s, 1, (size_t)end - 1);
	if (name.p[0] == '#') {
		bool is_hex = name.n > 1 && (name.p[1] | 32) == 'x';
		long ch = numeric(str_from(name, is_hex ? 2 : 1), is_hex ? 16 : 10);
		if (ch < 0)
			return 0;
		put_utf8(out, ch);
		return (size_t)end + 1;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(name, names[i].name)) {
			buf_puts(out, names[i].text);
			return (size_t)end + 1;
		}
	return 0;
}

static void put_decoded(struct text *t, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t n = s.p[i] == '&' ? entity(str_from(s, i), t->out) : 0;
		if (!n)
			buf_char(t->out, s.p[i]);
		i += n ? n : 1;
	}
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

static void put_text(struct text *t, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		if (is_space(s.p[i])) {
			t->is_space = true;
			i++;
			continue;
		}
		put_space(t);
		size_t n = s.p[i] == '&' ? entity(str_from(s, i), t->out) : 0;
		if (!n)
			buf_char(t->out, s.p[i]);
		i += n ? n : 1;
	}
}

static struct str attribute(struct str tag, const char *name)
{
	ptrdiff_t at = str_find(tag, str_of(name));
	if (at < 0)
		return (struct str){ 0 };
	struct str rest = str_from(tag, (size_t)at + strlen(name));
	char quote = rest.n ? rest.p[0] : 0;
	if (quote != '"' && quote != '\'')
		return (struct str){ 0 };
	rest = str_from(rest, 1);
	ptrdiff_t end = str_chr(rest, quote);
	return end < 0 ? STR("") : str_sub(rest, 0, (size_t)end);
}

/* "Confirm" becomes "Confirm: https://…", unless the text is the link. */
static void close_link(struct text *t)
{
	struct str shown = str_from(buf_view(t->out), t->link_from);
	if (t->has_links && t->href.n && str_find(shown, STR("://")) < 0) {
		buf_puts(t->out, shown.n ? ": " : "");
		put_decoded(t, t->href);
		t->newlines = 0;
	}
	t->href = (struct str){ 0 };
}

static void on_tag(struct text *t, struct str tag)
{
	static const char *const blocks[] = { "p",  "h1", "h2", "h3", "h4",    "div",	    "table",
					      "tr", "ul", "ol", "li", "title", "blockquote" };
	bool is_closing = tag.n && tag.p[0] == '/';
	struct str name = is_closing ? str_from(tag, 1) : tag;
	size_t n = 0;
	while (n < name.n && !is_space(name.p[n]) && name.p[n] != '/')
		n++;
	name.n = n;
	if (str_ieq(name, STR("br"))) {
		buf_char(t->out, '\n');
		t->newlines++;
	} else if (str_ieq(name, STR("a"))) {
		if (is_closing) {
			close_link(t);
			return;
		}
		put_space(t);
		t->href = attribute(tag, "href=");
		t->link_from = t->out->n;
	}
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (str_ieq(name, str_of(blocks[i])))
			break_line(t, i < 5 ? 2 : 1);
}

/* Length of "<style>…</style>", "<script>…", "<head>…" and comments at s; 0 none. */
static size_t hidden(struct str s)
{
	static const char *const ends[][2] = { { "<style", "</style>" },
					       { "<script", "</script>" },
					       { "<head>", "</head>" },
					       { "<!--", "-->" } };
	for (size_t i = 0; i < 4; i++) {
		size_t n = strlen(ends[i][0]);
		if (!str_ieq(str_sub(s, 0, n), str_of(ends[i][0])))
			continue;
		ptrdiff_t end = str_find(s, str_of(ends[i][1]));
		return end < 0 ? s.n : (size_t)end + strlen(ends[i][1]);
	}
	return 0;
}

void html_to_text(struct str html, bool has_links, struct buf *out)
{
	struct text t = { .out = out, .has_links = has_links };
	while (html.n) {
		size_t skip = hidden(html);
		ptrdiff_t end = str_chr(html, '>');
		if (skip) {
			html = str_from(html, skip);
		} else if (html.p[0] == '<' && end > 0) {
			on_tag(&t, str_sub(html, 1, (size_t)end - 1));
			html = str_from(html, (size_t)end + 1);
		} else {
			ptrdiff_t at = str_chr(str_from(html, 1), '<');
			size_t n = at < 0 ? html.n : (size_t)at + 1;
			put_text(&t, str_sub(html, 0, n));
			html = str_from(html, n);
		}
	}
	if (out->n && t.newlines == 0)
		buf_char(out, '\n');
}
