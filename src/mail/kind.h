/* The kinds of mail, and what is sent when the project has no template. */
#ifndef MAIL_KIND_H
#define MAIL_KIND_H

#include "mail/mail.h"

struct mail_default {
	const char *name; /* in config.toml */
	bool is_notification;
	const char *subject, *body;
};

const struct mail_default *mail_default(enum mail_kind kind);

#endif
