/*
 * Reading a message: headers, encoded words, MIME parts. Lenient, since it
 * shows what any program sends; bounded in depth and parts. What is not UTF-8
 * is read as Latin-1.
 */
#ifndef MAIL_MIME_READ_H
#define MAIL_MIME_READ_H

#include "base/str.h"

struct arena;

enum { MIME_DEPTH_MAX = 8, MIME_PARTS_MAX = 64, MIME_ADDRESSES_MAX = 256 };

struct mime_address {
	struct str name, address; /* UTF-8 */
};

struct mime_addresses {
	struct mime_address *v;
	size_t n;
};

struct mime_part {
	struct str type; /* "text/html", lower case */
	struct str file_name, content_id;
	struct str body; /* decoded */
	bool is_inline;
	int number; /* as in the message, from 1 */
};

struct mime_message {
	struct mime_addresses from, to, cc, bcc, reply_to;
	struct str id, subject, date, return_path;
	struct str text, html; /* UTF-8; text is made from html when there is none */
	struct mime_part *parts;
	size_t n_parts; /* attachments and inline files */
};

struct mime_header {
	struct str name, value; /* value unfolded, not decoded */
};

/* Everything in a; pieces may point into raw. Never fails: what cannot be read
 * is empty. */
struct mime_message mime_read(struct arena *a, struct str raw);

/* The headers at the start of *raw, which is moved behind the empty line. */
struct mime_header *mime_headers(struct arena *a, struct str *raw, size_t *ret_n);

/* RFC 2047 words and stray bytes become UTF-8. */
struct str mime_decode_words(struct arena *a, struct str value);

/* The named parameter of a header ("boundary"), or the value before the first
 * ';' with name NULL; lower case when is_lower. */
struct str mime_parameter(struct arena *a, struct str value, const char *name);

/* Bytes of a charset as UTF-8. */
struct str mime_to_utf8(struct arena *a, struct str bytes);

/* Decodes "base64" or "quoted-printable"; other names give the bytes. */
struct str mime_decode(struct arena *a, struct str bytes, struct str encoding);

#endif
