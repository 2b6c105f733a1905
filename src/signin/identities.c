/* grant_type=id_token, and the unlinking of identities. */
#include "auth/auth.h"
#include "base/arena.h"
#include "config/config.h"
#include "net/request.h"
#include "signin/link.h"
#include "signin/oauth.h"
#include "signin/ott.h"
#include "signin/routes.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <stdio.h>
#include <string.h>

/* The provider that the client names, or whose issuer it names. */
static const struct provider *choose(struct call *k, const char *name, const char *issuer)
{
	if (*name)
		return provider_find(k->s->providers, str_of(name));
	for (size_t i = 0; i < k->s->o.cfg->external.n_providers; i++) {
		const struct config_provider *cfg = &k->s->o.cfg->external.providers[i];
		const struct provider *p = provider_find(k->s->providers, str_of(cfg->name));
		if (p && provider_is_issuer(p, str_of(issuer)))
			return p;
	}
	return NULL;
}

static int verify(struct call *k, const struct provider *p, struct identity *ret)
{
	struct id_token_request r = {
		.id_token = str_of(body_text(k, "id_token")),
		.access_token = str_of(body_text(k, "access_token")),
		.nonce = str_of(body_text(k, "nonce")),
		.issuer = str_of(body_text(k, "issuer")),
	};
	if (provider_id_token(k->c, k->s->providers, p, &r, ret) == 0)
		return 0;
	if (err_is(k->c, "invalid_nonce"))
		return refuse(k, 400, "invalid_nonce", "Nonces mismatch");
	if (str_starts(str_of(k->c->err.message), STR("Passed nonce")))
		return refuse(k, 400, "bad_oauth_callback", "%s", k->c->err.message);
	fprintf(stderr, "auth: an id token of %s was refused: %s\n", provider_name(p),
		k->c->err.message);
	return refuse(k, 400, "bad_oauth_callback", "Bad ID token");
}

static int sign_in(struct call *k, const struct provider *p, const struct identity *id)
{
	struct txn t;
	struct link l;
	struct issued in;
	TRY(link_decide(k, id, p, &l));
	txn_begin(&t, k);
	TRY(link_apply(&t, &l));
	if (!l.is_pending)
		session_issue(&t, l.user_id, "oauth", &in);
	TRY(txn_run(&t, "Database error saving new user"));
	return l.is_pending ? link_pending(k, &l) : session_answer(k, &in);
}

static int add_to_user(struct call *k, const struct provider *p, const struct identity *id)
{
	struct txn t;
	struct issued in;
	if (!k->s->o.cfg->auth.enable_manual_linking)
		return refuse(k, 404, "manual_linking_disabled", "Manual linking is disabled");
	TRY(require_user(k));
	txn_begin(&t, k);
	TRY(link_to_user(&t, k->user, id, p));
	session_issue(&t, k->user->id, "oauth", &in);
	TRY(txn_run(&t, "Database error saving new user"));
	return session_answer(k, &in);
}

int token_id_token(struct call *k)
{
	const char *name = body_text(k, "provider"), *issuer = body_text(k, "issuer");
	struct identity id;
	if (!*body_text(k, "id_token"))
		return refuse(k, 400, "bad_oauth_callback", "id_token required");
	if (!*name && (!*issuer || !*body_text(k, "client_id")))
		return refuse(k, 400, "bad_oauth_callback",
			      "provider or client_id and issuer required");
	const struct provider *p = choose(k, name, issuer);
	if (!p)
		return refuse(k, 400, *name ? "provider_disabled" : "validation_failed",
			      *name ? "Provider (issuer \"%s\") is not enabled"
				    : "Custom OIDC provider \"%s\" not allowed",
			      *name ? name : issuer);
	TRY(verify(k, p, &id));
	return json_get_bool(k->body, "link_identity", false) ? add_to_user(k, p, &id)
							      : sign_in(k, p, &id);
}

/* Another identity's address takes the place of the one that goes. */
static int take_other_email(struct txn *t, const struct user *u, const char *gone)
{
	struct rows r;
	bool is_taken = false;
	TRY(txn_query(t->k,
		      "SELECT email FROM auth.identities WHERE user_id = $1::uuid AND id <> "
		      "$2::uuid AND email IS NOT NULL ORDER BY created_at",
		      P(u->id, gone), &r));
	for (size_t i = 0; i < r.n; i++)
		if (str_is(rows_at(&r, i, 0), u->email))
			return 0;
	const char *email = r.n ? rows_text(t->k, &r, 0, 0) : NULL;
	if (email)
		TRY(email_is_taken(t->k, email, u->id, &is_taken));
	if (is_taken)
		return refuse(t->k, 422, "email_conflict_identity_not_deletable",
			      "Unable to unlink identity due to email conflict");
	txn_add(t, "UPDATE auth.users SET email = $2, updated_at = now() WHERE id = $1::uuid",
		P(u->id, email));
	return 0;
}

int handle_unlink_identity(struct call *k)
{
	struct txn t;
	struct rows r;
	const struct user *u = k->user;
	if (!k->s->o.cfg->auth.enable_manual_linking)
		return refuse(k, 404, "manual_linking_disabled", "Manual linking is disabled");
	TRY(txn_query(k,
		      "SELECT provider, (SELECT count(*) FROM auth.identities j WHERE j.user_id = "
		      "$1::uuid) FROM auth.identities WHERE user_id = $1::uuid AND id = $2::uuid",
		      P(u->id, k->params[0]), &r));
	if (!r.n)
		return refuse(k, 422, "identity_not_found", "Identity doesn't exist");
	if (str_is(rows_at(&r, 0, 1), "1"))
		return refuse(k, 422, "single_identity_not_deletable",
			      "User must have at least 1 identity after unlinking");
	const char *provider = rows_text(k, &r, 0, 0);
	txn_begin(&t, k);
	/* Two requests at once must not take the last two. */
	txn_add(&t,
		"DELETE FROM auth.identities WHERE id = $2::uuid AND user_id = $1::uuid AND EXISTS "
		"(SELECT 1 FROM auth.identities i WHERE i.user_id = $1::uuid AND i.id <> $2::uuid)",
		P(u->id, k->params[0]));
	txn_expect_one(&t, 422, "single_identity_not_deletable",
		       "User must have at least 1 identity after unlinking");
	if (strcmp(provider, "phone") == 0)
		txn_add(&t,
			"UPDATE auth.users SET phone = NULL, phone_confirmed_at = NULL WHERE id = "
			"$1::uuid",
			P(u->id));
	else
		TRY(take_other_email(&t, u, k->params[0]));
	txn_refresh_providers(&t, u->id);
	txn_audit(&t, u, "identity_unlink", NULL);
	if (*u->email)
		mail_notify(&t, MAIL_IDENTITY_UNLINKED, u, u->email,
			    &(struct mail_vars){ .provider = provider });
	TRY(txn_run(&t, "Database error deleting identity"));
	return answer_empty(k);
}
