/*
 * Mail: from a kind and its variables to a message in the durable queue, and
 * from there to an SMTP server, never in a request's path.
 *
 *	struct step queued;
 *	TRY(mail_compose(c, m, MAIL_RECOVERY, "ada@example.org", &vars, &queued));
 *	... append queued to the transaction's steps, run it ...
 *	mailer_wake(m);
 *
 * A message is sent if and only if the transaction that holds its step commits.
 * It waits in bedplate.mail_queue, on every engine, survives a restart, and is
 * sent by one node at a time (rows are leased). The transaction must run as a
 * role that may write there: MAIL_ROLE.
 */
#ifndef MAIL_MAIL_H
#define MAIL_MAIL_H

#include "base/str.h"

struct buf;
struct config;
struct ctx;
struct engine;
struct mailer;
struct step;

#define MAIL_ROLE "supabase_auth_admin"

/* The mails of [auth.email.template] and, from MAIL_PASSWORD_CHANGED on, the
 * notifications of [auth.email.notification], which are off by default. */
enum mail_kind {
	MAIL_CONFIRMATION,
	MAIL_INVITE,
	MAIL_RECOVERY,
	MAIL_MAGIC_LINK,
	MAIL_EMAIL_CHANGE,
	MAIL_REAUTHENTICATION,
	MAIL_PASSWORD_CHANGED,
	MAIL_EMAIL_CHANGED,
	MAIL_PHONE_CHANGED,
	MAIL_IDENTITY_LINKED,
	MAIL_IDENTITY_UNLINKED,
	MAIL_MFA_ENROLLED,
	MAIL_MFA_UNENROLLED,
};
enum { MAIL_KINDS = MAIL_MFA_UNENROLLED + 1 };

/* What a template sees, as {{ .SiteURL }}, {{ .ConfirmationURL }}, … NULL: "".
 * data is the user's metadata, a JSON object: {{ .Data.first_name }}. */
struct mail_vars {
	const char *site_url;
	const char *confirmation_url;
	const char *token;
	const char *token_hash;
	const char *email;
	const char *new_email;
	const char *old_email;
	const char *phone;
	const char *old_phone;
	const char *sending_to;
	const char *redirect_to;
	const char *provider;
	const char *factor_type;
	struct str data; /* p NULL: {} */
};

/* The name in config.toml: "confirmation", "magic_link", "password_changed". */
const char *mail_kind_name(enum mail_kind kind);

/* True when mails of this kind are to be sent: notifications ask the
 * configuration, the others are always on. */
bool mail_is_enabled(const struct mailer *m, enum mail_kind kind);

/*
 * Renders the mail and gives the INSERT into the queue as a step (c->arena) for
 * the caller's transaction. Does not suspend or touch the database. Errors:
 * 22023 when `to` is no address that a header and SMTP can carry; 22000 when
 * the template fails on these variables (its file and line in the message).
 */
int mail_compose(struct ctx *c, struct mailer *m, enum mail_kind kind, const char *to,
		 const struct mail_vars *v, struct step *ret);

struct mailer_options {
	struct engine *engine;	  /* these two outlive the mailer */
	const struct config *cfg; /* [auth.email.*] */
	/* A mail catcher on this machine (mail/mailbox.h) that takes the mail
	 * while [auth.email.smtp] is not enabled; 0: none, mail waits in the queue. */
	unsigned catcher_port;
};

/* Reads the templates. Error F0000 naming file and line when one is wrong. */
int mailer_new(struct ctx *c, const struct mailer_options *o, struct mailer **ret);
void mailer_free(struct mailer *m); /* NULL allowed; stopped before */

/* Starts the sender's thread, which begins with what a former process left.
 * Stopping waits for the message that is on its way, at most its time-out. */
int mailer_start(struct ctx *c, struct mailer *m);
void mailer_stop(struct mailer *m); /* not started is allowed */

/* Says that a transaction with mail has committed. Any thread, never blocks.
 * Without it the message is found within a few seconds. */
void mailer_wake(struct mailer *m);

/* Appends Prometheus lines: sent, failed, retried. */
void mailer_metrics(struct mailer *m, struct buf *out);

/* Tells of every template of cfg that cannot be used; the message begins with
 * "file:line: ". For `check`. */
void mail_check_templates(struct ctx *c, const struct config *cfg,
			  void (*fn)(void *arg, const char *message), void *arg);

#endif
