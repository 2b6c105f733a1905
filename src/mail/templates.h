/*
 * The templates of a project: those of its files, the defaults for the rest.
 * Files are read again when they change; a file that then has an error leaves
 * the former template at work. Any thread may render.
 */
#ifndef MAIL_TEMPLATES_H
#define MAIL_TEMPLATES_H

#include "mail/mail.h"

struct json;
struct templates;

/* F0000 naming file and line of the first template that cannot be used. */
int templates_new(struct ctx *c, const struct config *cfg, struct templates **ret);
void templates_free(struct templates *t);

bool templates_enabled(const struct templates *t, enum mail_kind kind);

/* Subject (one line of text) and body (HTML) in c->arena. */
int templates_render(struct ctx *c, struct templates *t, enum mail_kind kind,
		     const struct json *vars, struct str *ret_subject, struct str *ret_body);

/* The object that templates see, in c->arena. */
const struct json *templates_vars(struct ctx *c, const struct mail_vars *v);

#endif
