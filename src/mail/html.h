/*
 * Where in an HTML document the output stands, and how a value is written
 * there: the idea of Go's html/template, followed as the text is made instead
 * of before. A written value never changes the place.
 */
#ifndef MAIL_HTML_H
#define MAIL_HTML_H

#include "base/buf.h"
#include "base/str.h"

enum html_state {
	HTML_TEXT,
	HTML_TAG_OPEN, /* after < */
	HTML_TAG_NAME,
	HTML_TAG, /* between attributes */
	HTML_ATTR_NAME,
	HTML_BEFORE_VALUE, /* after = */
	HTML_VALUE,
	HTML_COMMENT,
	HTML_MARKUP, /* <!DOCTYPE, <![endif] */
	HTML_RAW,    /* inside script or style */
};

enum html_attr { HTML_ATTR_PLAIN, HTML_ATTR_URL, HTML_ATTR_STYLE, HTML_ATTR_EVENT };
enum html_url { HTML_URL_START, HTML_URL_PATH, HTML_URL_QUERY };

enum { HTML_NAME_MAX = 32 };

/* Zeroed at the start of a document. */
struct html {
	enum html_state state;
	enum html_attr attr;
	enum html_url url;
	char quote; /* of the value: ", ' or 0 */
	bool is_closing;
	char name[HTML_NAME_MAX]; /* of the tag, then of the attribute; lower case */
	size_t n_name;
	char raw[HTML_NAME_MAX];  /* "script", "style": what ends HTML_RAW */
	char tail[HTML_NAME_MAX]; /* the last bytes, lower case, for ends */
	size_t n_tail;
};

/* Follows the document's own text. */
void html_follow(struct html *h, struct str text);

/* Writes a value at this place. -1 with *ret_why where none can be written. */
int html_write(struct html *h, struct str value, struct buf *out, const char **ret_why);

/* Escapes & < > " ' + as Go's html does. */
void html_escape(struct str s, struct buf *out);

/* Percent-encodes all but unreserved characters. */
void url_escape(struct str s, struct buf *out);

/* The text of an HTML body, for people who read plain text: tags go, links are
 * shown behind their text (when asked for), entities are decoded, blocks are lines. */
void html_to_text(struct str html, bool has_links, struct buf *out);

#endif
