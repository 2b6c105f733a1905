/*
 * The mail catcher of `dev`: an SMTP server that takes every message, a page to
 * read them, and Mailpit's JSON API, as `supabase start` has them.
 *
 *	GET /						the page
 *	GET /view/ID.html				a message's HTML, without scripts
 *	GET|DELETE /api/v1/messages  PUT (read state)
 *	GET|DELETE /api/v1/search?query=
 *	GET /api/v1/message/{ID|latest}[/headers|/raw|/part/N]
 *	GET /api/v1/info  /api/v1/tags  /livez  /readyz
 *
 * Messages are kept in memory, the newest MAILBOX_MESSAGES_MAX of them and
 * MAILBOX_BYTES_MAX at most. It listens on the loopback address unless told
 * otherwise, and answers no browser page of another site.
 */
#ifndef MAIL_MAILBOX_H
#define MAIL_MAILBOX_H

#include "base/str.h"

struct ctx;
struct mailbox;

enum {
	MAILBOX_MESSAGES_MAX = 500,
	MAILBOX_BYTES_MAX = 64 << 20,
	MAILBOX_MESSAGE_MAX = 10 << 20,
};

struct mailbox_options {
	const char *host;   /* numeric; NULL: 127.0.0.1 */
	unsigned port;	    /* of the page; 0, or taken: any free one */
	unsigned smtp_port; /* likewise */
};

/* Starts both servers on threads of their own. Error 58000. */
int mailbox_start(struct ctx *c, const struct mailbox_options *o, struct mailbox **ret);
void mailbox_stop(struct mailbox *mb); /* NULL allowed */

unsigned mailbox_port(const struct mailbox *mb);
unsigned mailbox_smtp_port(const struct mailbox *mb);

#endif
