/*
 * Where sign-in asks the project's hooks (external/hook.h). Each does nothing
 * when its hook is not enabled. All suspend, and run in no transaction.
 */
#ifndef SIGNIN_HOOKS_H
#define SIGNIN_HOOKS_H

#include "signin/user.h"

/* Refuses a new user with the hook's error. */
int hook_before_user_created(struct call *k, const struct new_user *u);

/* *claims: JSON of an access token to be; replaced by what the hook makes of it.
 * 500 when claims that the service needs are gone. */
int hook_access_token(struct call *k, const char *user_id, const char *method, const char **claims);

/* A password was right or wrong; a second factor was. Refuse with the hook's
 * message when it says "reject", and end the user's sessions when it asks to
 * (always, for a factor). */
int hook_password(struct call *k, const char *user_id, bool is_valid);
int hook_mfa(struct call *k, const char *user_id, const char *factor_id, const char *type,
	     bool is_valid);

/* True when mails go to the hook and not to the mailer. */
bool hook_takes_mail(const struct call *k);
struct hook_mail {
	const char *action; /* "signup", "recovery", "email_change", … */
	const char *token, *token_hash, *redirect_to;
	const char *token_new, *token_hash_new; /* of an e-mail change with two mails */
	const char *new_email;			/* of an e-mail change */
	const char *old_email, *provider, *factor_type;
};
int hook_send_email(struct call *k, const struct user *u, const struct hook_mail *m);

/* Checks gotrue_meta_security.captcha_token of the body. */
int captcha_check(struct call *k);

#endif
