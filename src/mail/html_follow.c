/* A tokenizer of HTML that keeps only where it stands. */
#include "mail/html.h"

#include <string.h>

static char lower(char ch)
{
	return ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f';
}

static bool is_letter(char ch)
{
	return lower(ch) >= 'a' && lower(ch) <= 'z';
}

static void name_add(struct html *h, char ch)
{
	if (h->n_name + 1 < HTML_NAME_MAX)
		h->name[h->n_name++] = lower(ch);
	h->name[h->n_name] = '\0';
}

static void name_clear(struct html *h)
{
	h->n_name = 0;
	h->name[0] = '\0';
}

static void tail_add(struct html *h, char ch)
{
	if (h->n_tail + 1 == HTML_NAME_MAX)
		memmove(h->tail, h->tail + 1, --h->n_tail);
	h->tail[h->n_tail++] = lower(ch);
}

static bool tail_is(const struct html *h, const char *end)
{
	return str_ends((struct str){ h->tail, h->n_tail }, str_of(end));
}

static void enter(struct html *h, enum html_state state)
{
	h->state = state;
	h->n_tail = 0;
}

static enum html_attr attr_of(const char *name)
{
	static const char *const urls[] = { "href",	  "src",    "action",  "formaction",
					    "background", "cite",   "poster",  "data",
					    "longdesc",	  "usemap", "profile", "xlink:href",
					    "srcset",	  NULL };
	if (strncmp(name, "data-", 5) == 0)
		name += 5;
	if (strncmp(name, "on", 2) == 0)
		return HTML_ATTR_EVENT;
	if (strcmp(name, "style") == 0)
		return HTML_ATTR_STYLE;
	for (size_t i = 0; urls[i]; i++)
		if (strcmp(name, urls[i]) == 0)
			return HTML_ATTR_URL;
	return strstr(name, "url") || strstr(name, "uri") ? HTML_ATTR_URL : HTML_ATTR_PLAIN;
}

static void end_tag(struct html *h)
{
	if (*h->raw && !h->is_closing)
		enter(h, HTML_RAW);
	else
		enter(h, HTML_TEXT);
}

static void tag_open(struct html *h, char ch)
{
	if (ch == '!') {
		enter(h, HTML_MARKUP);
	} else if (ch == '/') {
		h->is_closing = true;
	} else if (is_letter(ch)) {
		name_clear(h);
		name_add(h, ch);
		h->state = HTML_TAG_NAME;
	} else {
		enter(h, HTML_TEXT);
	}
}

static void tag_name(struct html *h, char ch)
{
	if (ch != '>' && ch != '/' && !is_space(ch)) {
		name_add(h, ch);
		return;
	}
	bool is_raw = strcmp(h->name, "script") == 0 || strcmp(h->name, "style") == 0;
	strcpy(h->raw, is_raw ? h->name : "");
	if (ch == '>')
		end_tag(h);
	else
		h->state = HTML_TAG;
}

static void in_tag(struct html *h, char ch)
{
	if (ch == '>') {
		end_tag(h);
	} else if (!is_space(ch) && ch != '/') {
		name_clear(h);
		name_add(h, ch);
		h->state = HTML_ATTR_NAME;
	}
}

static void attr_name(struct html *h, char ch)
{
	if (ch == '=') {
		h->attr = attr_of(h->name);
		h->url = HTML_URL_START;
		h->state = HTML_BEFORE_VALUE;
	} else if (ch == '>') {
		end_tag(h);
	} else if (!is_space(ch)) {
		name_add(h, ch);
	}
}

static void value(struct html *h, char ch)
{
	if (h->quote ? ch == h->quote : is_space(ch)) {
		h->state = HTML_TAG;
	} else if (!h->quote && ch == '>') {
		end_tag(h);
	} else if (ch == '?' || ch == '#') {
		h->url = HTML_URL_QUERY;
	} else if (h->url == HTML_URL_START && !is_space(ch)) {
		h->url = HTML_URL_PATH;
	}
}

static void before_value(struct html *h, char ch)
{
	if (is_space(ch))
		return;
	h->quote = ch == '"' || ch == '\'' ? ch : 0;
	h->state = HTML_VALUE;
	if (!h->quote)
		value(h, ch);
}

/* <!-- … -->; what stands in <!--[if mso]> … <![endif]--> is HTML to Outlook. */
static void markup(struct html *h, char ch)
{
	tail_add(h, ch);
	if (tail_is(h, "--[if"))
		return;
	if (h->n_tail == 2 && tail_is(h, "--"))
		h->state = HTML_COMMENT;
	else if (ch == '>')
		enter(h, HTML_TEXT);
}

static void comment(struct html *h, char ch)
{
	tail_add(h, ch);
	if (tail_is(h, "-->"))
		enter(h, HTML_TEXT);
	else if (h->n_tail == 5 && tail_is(h, "--[if"))
		enter(h, HTML_MARKUP);
}

static void raw(struct html *h, char ch)
{
	tail_add(h, ch);
	if (!tail_is(h, h->raw) || h->n_tail < strlen(h->raw) + 2)
		return;
	size_t at = h->n_tail - strlen(h->raw) - 2;
	if (memcmp(h->tail + at, "</", 2) != 0)
		return;
	h->is_closing = true;
	enter(h, HTML_TAG);
}

static void step(struct html *h, char ch)
{
	switch (h->state) {
	case HTML_TEXT:
		if (ch == '<') {
			h->state = HTML_TAG_OPEN;
			h->is_closing = false;
		}
		return;
	case HTML_TAG_OPEN:
		tag_open(h, ch);
		return;
	case HTML_TAG_NAME:
		tag_name(h, ch);
		return;
	case HTML_TAG:
		in_tag(h, ch);
		return;
	case HTML_ATTR_NAME:
		attr_name(h, ch);
		return;
	case HTML_BEFORE_VALUE:
		before_value(h, ch);
		return;
	case HTML_VALUE:
		value(h, ch);
		return;
	case HTML_COMMENT:
		comment(h, ch);
		return;
	case HTML_MARKUP:
		markup(h, ch);
		return;
	case HTML_RAW:
		raw(h, ch);
		return;
	}
}

void html_follow(struct html *h, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		step(h, text.p[i]);
}
