/* The gateway's rule: which token a request's headers stand for. */
#include "auth/auth_internal.h"
#include "base/err.h"
#include "config/config.h"

/* The token of "Bearer <token>" (RFC 6750; the scheme in any case), p NULL for
 * another scheme. */
static struct str bearer_token(struct str authorization)
{
	struct str rest = str_trim(authorization);
	struct str scheme = str_split(&rest, ' ');
	if (!str_ieq(scheme, STR("bearer")))
		return (struct str){ 0 };
	return rest.p ? str_trim(rest) : STR("");
}

static bool is_key(struct str given, const char *key)
{
	return *key && str_eq_secret(given, str_of(key));
}

static void resolve_apikey(const struct auth *a, struct str apikey, struct credential *ret)
{
	const struct config_auth *keys = &a->cfg->auth;
	bool is_secret = is_key(apikey, keys->secret_key);
	bool is_publishable = is_key(apikey, keys->publishable_key);
	if (is_secret)
		*ret = (struct credential){ CREDENTIAL_BEARER, CREDENTIAL_KEY_SECRET,
					    str_of(a->service_role_key) };
	else if (is_publishable)
		*ret = (struct credential){ CREDENTIAL_BEARER, CREDENTIAL_KEY_PUBLISHABLE,
					    str_of(a->anon_key) };
	else
		*ret = (struct credential){ CREDENTIAL_BARE, CREDENTIAL_KEY_NONE, apikey };
}

static enum credential_key key_of(const struct auth *a, struct str text)
{
	const struct config_auth *keys = &a->cfg->auth;
	bool is_secret = is_key(text, keys->secret_key) || is_key(text, a->service_role_key);
	bool is_publishable = is_key(text, keys->publishable_key) || is_key(text, a->anon_key);
	if (is_secret)
		return CREDENTIAL_KEY_SECRET;
	return is_publishable ? CREDENTIAL_KEY_PUBLISHABLE : CREDENTIAL_KEY_NONE;
}

void credential_resolve(const struct auth *a, struct str authorization, struct str apikey,
			struct str query_apikey, struct credential *ret)
{
	if (!apikey.p)
		apikey = query_apikey;
	struct credential cr = { 0 };
	struct str token = bearer_token(authorization);
	if (authorization.p && !(token.p && str_starts(token, STR("sb_"))))
		cr = (struct credential){
			.kind = token.p ? CREDENTIAL_BEARER : CREDENTIAL_BARE,
			.token = token.p ? token : authorization,
		};
	else if (apikey.n)
		resolve_apikey(a, apikey, &cr);
	if (cr.key == CREDENTIAL_KEY_NONE && a->cfg->server.require_apikey)
		cr.key = key_of(a, apikey.n ? apikey : token.p ? token : STR(""));
	*ret = cr;
}

int credential_require_key(struct ctx *c, const struct auth *a, const struct credential *cr)
{
	if (!a->cfg->server.require_apikey || cr->key != CREDENTIAL_KEY_NONE)
		return 0;
	bool is_absent = cr->kind == CREDENTIAL_NONE;
	err_set(c, "401", "%s", is_absent ? "No API key found in request" : "Invalid API key");
	err_hint(c, "%s",
		 is_absent ? "No `apikey` request header or url param was found."
			   : "Send the project's publishable or anon key as `apikey`.");
	return err_http(c, 401);
}
