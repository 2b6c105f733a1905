/*
 * Sending by SMTP, through libcurl: TLS from the start on port 465, else
 * STARTTLS, which must succeed before a password leaves this machine.
 */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include "base/str.h"

struct ctx;
struct smtp;

enum { SMTP_CONNECT_S = 15, SMTP_TOTAL_S = 60 };

struct smtp_options {
	const char *host; /* a name or an address */
	unsigned port;
	const char *user, *pass;	/* "" : no AUTH */
	bool (*is_stopping)(void *arg); /* asked now and then: give up? */
	void *arg;
};

/* Strings in the options outlive the result. One thread at a time. */
int smtp_new(struct ctx *c, const struct smtp_options *o, struct smtp **ret);
void smtp_free(struct smtp *s); /* NULL allowed */

/* Sends a message (CRLF lines). The connection is kept for the next one. Error
 * 08006 with the reason; *ret_is_final is set when the server refuses this
 * message for good (550 to 554). */
int smtp_send(struct ctx *c, struct smtp *s, const char *from, const char *to, struct str message,
	      bool *ret_is_final);

#endif
