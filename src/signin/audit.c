/* auth.audit_log_entries, in GoTrue's form. */
#include "base/arena.h"
#include "base/buf.h"
#include "signin/signin_int.h"
#include "signin/txn.h"
#include "signin/user.h"

#include <string.h>

static const struct action {
	const char *name, *type;
} actions[] = {
	{ "login", "account" },
	{ "logout", "account" },
	{ "user_signedup", "team" },
	{ "user_invited", "team" },
	{ "user_deleted", "team" },
	{ "token_revoked", "token" },
	{ "token_refreshed", "token" },
	{ "factor_in_progress", "factor" },
	{ "factor_unenrolled", "factor" },
	{ "challenge_created", "factor" },
	{ "verification_attempted", "factor" },
	{ "factor_deleted", "factor" },
	{ "factor_updated", "factor" },
};

static const char *log_type(const char *action)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (!strcmp(actions[i].name, action))
			return actions[i].type;
	return "user";
}

static void put(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", name);
	json_put_string(b, str_of(text));
}

void txn_audit(struct txn *t, const struct user *actor, const char *action, const char *traits)
{
	BUF_CLEANUP struct buf b = buf_make(256 << 10);
	buf_char(&b, '{');
	put(&b, "action", action);
	put(&b, "actor_id", actor ? actor->id : "00000000-0000-0000-0000-000000000000");
	put(&b, "actor_username",
	    !actor	    ? "service_role"
	    : *actor->phone ? actor->phone
			    : actor->email);
	buf_printf(&b, ",\"actor_via_sso\":%s", actor && actor->is_sso ? "true" : "false");
	put(&b, "log_type", log_type(action));
	if (traits)
		buf_printf(&b, ",\"traits\":%s", traits);
	buf_char(&b, '}');
	txn_add(t,
		"INSERT INTO auth.audit_log_entries (instance_id, id, payload, created_at, "
		"ip_address) VALUES ('00000000-0000-0000-0000-000000000000', $1::uuid, $2::json, "
		"now(), $3)",
		P(new_uuid(t->k->a), buf_dup(t->k->a, &b), t->k->ip));
}
