/* PKCE, and where a flow may lead back to. */
#include "base/arena.h"
#include "base/b64.h"
#include "config/config.h"
#include "net/request.h"
#include "signin/ott.h"
#include "signin/redirect.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <openssl/sha.h>
#include <string.h>
#include <strings.h>

enum { CHALLENGE_MIN = 43, CHALLENGE_MAX = 128, FLOW_SECONDS = 300 };

static bool is_allowed(struct call *k, const char *url)
{
	return url && *url &&
	       redirect_is_allowed(k->s->o.cfg->auth.site_url, &k->s->o.cfg->auth.redirect_urls,
				   str_of(url));
}

const char *redirect_of(struct call *k, const char *from_body)
{
	struct str header = request_header(k->rq, "redirect_to");
	struct str referer = request_header(k->rq, "Referer");
	const char *asked = header.n ? str_dup(k->a, header) : query_text(k, "redirect_to");
	if (is_allowed(k, from_body))
		return from_body;
	if (is_allowed(k, asked))
		return asked;
	if (referer.n && is_allowed(k, str_dup(k->a, referer)))
		return str_dup(k->a, referer);
	return k->s->o.cfg->auth.site_url;
}

int pkce_check(struct call *k, bool *ret)
{
	const char *challenge = body_text(k, "code_challenge");
	const char *method = body_text(k, "code_challenge_method");
	size_t n = strlen(challenge);
	if (!n != !*method)
		return refuse(k, 400, "validation_failed",
			      "PKCE flow requires code_challenge_method and code_challenge");
	*ret = n;
	if (!n)
		return 0;
	if (n < CHALLENGE_MIN || n > CHALLENGE_MAX)
		return refuse(k, 400, "validation_failed",
			      "code challenge has to be between %d and %d characters",
			      CHALLENGE_MIN, CHALLENGE_MAX);
	if (strspn(challenge,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~") != n)
		return refuse(k, 400, "validation_failed",
			      "code challenge can only contain alphanumeric characters, hyphens, "
			      "periods, underscores and tildes");
	if (strcasecmp(method, "s256") && strcasecmp(method, "plain"))
		return refuse(k, 400, "validation_failed", "unsupported code_challenge method %s",
			      method);
	return 0;
}

void pkce_start(struct txn *t, const char *provider, const char *method, const char *user_id)
{
	struct arena *a = t->k->a;
	bool is_s256 = !strcasecmp(body_text(t->k, "code_challenge_method"), "s256");
	txn_add(t,
		"INSERT INTO auth.flow_state (id, user_id, auth_code, code_challenge_method, "
		"code_challenge, provider_type, provider_access_token, provider_refresh_token, "
		"created_at, updated_at, authentication_method) VALUES ($1::uuid, $2::uuid, $3, "
		"$4::auth.code_challenge_method, $5, $6, '', '', now(), now(), $7)",
		P(new_uuid(a), user_id, new_uuid(a), is_s256 ? "s256" : "plain",
		  body_text(t->k, "code_challenge"), provider, method));
}

bool pkce_matches(struct arena *a, const char *challenge, const char *method, const char *verifier)
{
	unsigned char md[SHA256_DIGEST_LENGTH];
	if (!strcasecmp(method, "plain"))
		return str_eq_secret(str_of(challenge), str_of(verifier));
	SHA256((const unsigned char *)verifier, strlen(verifier), md);
	const char *made = b64url_encode(a, (struct str){ (const char *)md, sizeof(md) });
	return str_eq_secret(str_of(challenge), str_of(made));
}

static int exchange(struct call *k, const struct rows *r, struct issued *ret)
{
	struct txn t;
	struct user *u;
	const char *user_id = rows_text(k, r, 0, 1);
	TRY(user_by_id(k, user_id, &u));
	if (!u)
		return refuse(k, 404, "flow_state_not_found",
			      "invalid flow state, no valid flow state found");
	if (user_is_banned(u))
		return refuse(k, 403, "user_banned", "User is banned");
	txn_begin(&t, k);
	txn_add(&t, "DELETE FROM auth.flow_state WHERE id = $1::uuid", P(rows_text(k, r, 0, 0)));
	txn_expect_one(&t, 404, "flow_state_not_found",
		       "invalid flow state, no valid flow state found");
	session_issue(&t, user_id, rows_text(k, r, 0, 5), ret);
	txn_audit(&t, u, "login", "{\"provider_type\":\"pkce\"}");
	TRY(txn_run(&t, "Error issuing a session"));
	ret->provider_token = rows_at(r, 0, 6).n ? rows_text(k, r, 0, 6) : NULL;
	ret->provider_refresh_token = rows_at(r, 0, 7).n ? rows_text(k, r, 0, 7) : NULL;
	return 0;
}

/* grant_type=pkce */
int token_pkce(struct call *k)
{
	const char *code = body_text(k, "auth_code"), *verifier = body_text(k, "code_verifier");
	struct rows r;
	struct issued in;
	int64_t age = 0;
	if (!*code || !*verifier)
		return refuse(
			k, 400, "validation_failed",
			"invalid request: both auth code and code verifier should be non-empty");
	TRY(txn_query(k,
		      "SELECT id, user_id, code_challenge, code_challenge_method, "
		      "floor(extract(epoch FROM now() - coalesce(auth_code_issued_at, "
		      "created_at)))::bigint, authentication_method, provider_access_token, "
		      "provider_refresh_token FROM auth.flow_state WHERE auth_code = $1",
		      P(code), &r));
	if (!r.n || !rows_at(&r, 0, 1).p)
		return refuse(k, 404, "flow_state_not_found",
			      "invalid flow state, no valid flow state found");
	str_to_i64(rows_at(&r, 0, 4), &age);
	if (age > FLOW_SECONDS)
		return refuse(k, 422, "flow_state_expired",
			      "invalid flow state, flow state has expired");
	if (!pkce_matches(k->a, rows_text(k, &r, 0, 2), rows_text(k, &r, 0, 3), verifier))
		return refuse(k, 400, "bad_code_verifier",
			      "code challenge does not match previously saved code verifier");
	TRY(exchange(k, &r, &in));
	return session_answer(k, &in);
}
