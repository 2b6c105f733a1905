/* GET /user, POST /logout, GET /reauthenticate. */
#include "base/arena.h"
#include "net/response.h"
#include "signin/ott.h"
#include "signin/routes.h"
#include "signin/signin_int.h"

#include <string.h>

int handle_user_get(struct call *k)
{
	return answer_user(k, 200, k->user);
}

int handle_logout(struct call *k)
{
	const char *scope = query_text(k, "scope");
	struct txn t;
	if (!scope || !*scope)
		scope = "global";
	if (strcmp(scope, "global") && strcmp(scope, "local") && strcmp(scope, "others"))
		return refuse(k, 400, "validation_failed", "Unsupported logout scope \"%s\"",
			      scope);
	const char *sid = k->session ? k->session->id : NULL;
	txn_begin(&t, k);
	txn_audit(&t, k->user, "logout", NULL);
	if (!sid || !strcmp(scope, "global"))
		txn_add(&t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid", P(k->user->id));
	else if (!strcmp(scope, "local"))
		txn_add(&t, "DELETE FROM auth.sessions WHERE id = $1::uuid", P(sid));
	else
		txn_add(&t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid AND id <> $2::uuid",
			P(k->user->id, sid));
	TRY(txn_run(&t, "Error logging out user"));
	return response_status(k->rs, 204);
}

int handle_reauthenticate(struct call *k)
{
	struct txn t;
	const struct user *u = k->user;
	if (!*u->email)
		return refuse(
			k, 400, "validation_failed",
			"Reauthentication requires the user to have an email or a phone number");
	if (!user_is_confirmed(u))
		return refuse(k, 422, "email_not_confirmed", "Please verify your email first.");
	TRY(ott_check_frequency(k, &ott_reauth, u->email, u->reauthentication_sent_at));
	txn_begin(&t, k);
	txn_audit(&t, u, "user_reauthenticate_requested", NULL);
	TRY(ott_send(&t, &ott_reauth, u, u->email, false));
	TRY(txn_run(&t, "Error sending reauthentication email"));
	return answer_empty(k);
}
