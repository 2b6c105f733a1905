/* POST /token: by grant_type. */
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "signin/hooks.h"
#include "signin/oauth.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <string.h>

static int wrong(struct call *k, const char *account)
{
	if (limit_count_failure(k, account)) {
		/* Guessing: seen in the audit log once, whether or not there is such a user. */
		BUF_CLEANUP struct buf b = buf_make(1024);
		struct txn t;
		buf_puts(&b, "{\"account\":");
		json_put_string(&b, str_sub(str_of(account), 0, 255));
		buf_char(&b, '}');
		txn_begin(&t, k);
		txn_audit(&t, NULL, "login_failed_repeatedly", buf_dup(k->a, &b));
		TRY(txn_run(&t, "Error recording audit log entry"));
	}
	return refuse(k, 400, "invalid_credentials", "Invalid login credentials");
}

/* Nothing is told before the password has been checked, and it is checked, at the
 * same cost, for users that do not exist. */
static int check(struct call *k, const char *account, const struct user *u, const char *password,
		 bool is_email)
{
	bool is_right;
	TRY(password_verify(k, password, u ? u->password_hash : NULL, &is_right));
	if (u && !u->deleted_at)
		TRY(hook_password(k, u->id, is_right));
	if (!u || !is_right || u->deleted_at)
		return wrong(k, account);
	if (user_is_banned(u))
		return refuse(k, 400, "user_banned", "User is banned");
	if (is_email && !user_is_confirmed(u))
		return refuse(k, 400, "email_not_confirmed", "Email not confirmed");
	if (!is_email && !u->phone_confirmed_at)
		return refuse(k, 400, "phone_not_confirmed", "Phone not confirmed");
	return 0;
}

static const char *weakness(struct call *k, const char *password)
{
	if (password_check_strength(k, password) == 0)
		return NULL;
	const char *reasons = k->weak_reasons;
	err_clear(k->c);
	k->weak_reasons = k->error_code = NULL;
	return reasons;
}

static int token_password(struct call *k)
{
	const char *email = body_text(k, "email"), *phone = body_text(k, "phone");
	const char *password = body_text(k, "password");
	struct user *u;
	struct issued in;
	struct txn t;
	if (*email && *phone)
		return refuse(k, 400, "validation_failed",
			      "Only an email address or phone number should be provided on login.");
	if (!*email && !*phone)
		return refuse(k, 400, "validation_failed", "missing email or phone");
	if (*email && !k->s->o.cfg->auth.email_enabled)
		return refuse(k, 422, "email_provider_disabled", "Email logins are disabled");
	if (*phone)
		return refuse(k, 422, "phone_provider_disabled", "Phone logins are disabled");
	const char *account = str_dup(k->a, str_lower(k->a, str_of(email)));
	TRY(limit_check_account(k, account));
	TRY(user_by_email(k, email, &u));
	TRY(check(k, account, u, password, true));
	txn_begin(&t, k);
	txn_audit(&t, u, "login", "{\"provider\":\"email\"}");
	session_issue(&t, u->id, "password", &in);
	TRY(txn_run(&t, "Error issuing a session"));
	in.weak_reasons = weakness(k, password);
	return session_answer(k, &in);
}

static const struct grant {
	const char *name;
	int (*handler)(struct call *k);
} grants[] = {
	{ "password", token_password },
	{ "refresh_token", token_refresh },
	{ "pkce", token_pkce },
	{ "id_token", token_id_token },
};

int handle_token(struct call *k)
{
	const char *type = query_text(k, "grant_type");
	TRY(limit_take_own(k, OWN_REFRESH));
	for (size_t i = 0; type && i < sizeof(grants) / sizeof(*grants); i++)
		if (!strcmp(type, grants[i].name))
			return grants[i].handler(k);
	return refuse(k, 400, "invalid_credentials", "unsupported_grant_type");
}
