/*
 * A message as it goes over the wire: RFC 5322 headers and a MIME body of two
 * alternatives, text and HTML (RFC 2045 to 2047). Nothing in a variable can
 * add a header or a part: control characters never reach a header, other text
 * goes there as encoded words, and bodies are quoted-printable.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "base/str.h"

#include <time.h>

struct ctx;

struct message {
	const char *from_name; /* "" allowed */
	const char *from;      /* address */
	const char *to;	       /* address */
	struct str subject;    /* UTF-8 */
	struct str html;       /* UTF-8 */
	const char *id;	       /* of Message-ID, without host */
	time_t date;
};

enum { MESSAGE_MAX = 4 << 20 }; /* bytes */

/* The whole message, lines ended by CRLF, in c->arena. 54000 past MESSAGE_MAX. */
int message_build(struct ctx *c, const struct message *m, struct str *ret);

#endif
