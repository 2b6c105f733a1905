/* What the service says of itself. */
#include "auth/auth.h"
#include "auth/jwk.h"
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "external/provider.h"
#include "net/response.h"
#include "signin/routes.h"
#include "signin/signin_int.h"

/* GoTrue's list. */
static const char *const providers[] = {
	"apple",      "azure",	  "bitbucket",	   "discord", "facebook", "snapchat",
	"figma",      "fly",	  "github",	   "gitlab",  "google",	  "keycloak",
	"kakao",      "linkedin", "linkedin_oidc", "notion",  "spotify",  "slack",
	"slack_oidc", "workos",	  "twitch",	   "twitter", "zoom",
};

int handle_health(struct call *k)
{
	return answer(k, 200,
		      STR("{\"version\":\"v" BEDPLATE_VERSION
			  "\",\"name\":\"GoTrue\",\"description\":\"GoTrue is a "
			  "user registration and authentication API\"}"));
}

int handle_settings(struct call *k)
{
	const struct config *cfg = k->s->o.cfg;
	BUF_CLEANUP struct buf b = buf_make(8192);
	buf_printf(&b, "{\"external\":{\"anonymous_users\":%s",
		   cfg->auth.enable_anonymous ? "true" : "false");
	for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++)
		buf_printf(&b, ",\"%s\":%s", providers[i],
			   provider_find(k->s->providers, str_of(providers[i])) ? "true" : "false");
	buf_printf(&b,
		   ",\"email\":%s,\"phone\":false},\"disable_signup\":%s,\"mailer_autoconfirm\":%s,"
		   "\"phone_autoconfirm\":false,\"sms_provider\":\"\",\"saml_enabled\":false,"
		   "\"passkeys_enabled\":false}",
		   cfg->auth.email_enabled ? "true" : "false",
		   cfg->auth.enable_signup ? "false" : "true",
		   cfg->auth.confirm_email ? "false" : "true");
	return answer(k, 200, buf_view(&b));
}

int handle_jwks(struct call *k)
{
	response_header(k->rs, "Cache-Control", STR("public, max-age=600"));
	return answer(k, 200, str_of(jwks_public_json(k->a, auth_keys(k->s->o.auth))));
}

int handle_discovery(struct call *k)
{
	const char *url = k->s->external_url;
	BUF_CLEANUP struct buf b = buf_make(16 << 10);
	buf_puts(&b, "{\"issuer\":");
	json_put_string(&b, str_of(k->s->o.cfg->auth.jwt_issuer));
	buf_printf(
		&b,
		",\"authorization_endpoint\":\"%s/oauth/authorize\",\"token_endpoint\":"
		"\"%s/oauth/token\",\"jwks_uri\":\"%s/.well-known/jwks.json\","
		"\"userinfo_endpoint\":\"%s/oauth/userinfo\","
		"\"response_types_supported\":[\"code\"],\"response_modes_supported\":[\"query\"],"
		"\"grant_types_supported\":[\"authorization_code\",\"refresh_token\"],"
		"\"subject_types_supported\":[\"public\"],"
		"\"id_token_signing_alg_values_supported\":[\"RS256\",\"HS256\",\"ES256\"],"
		"\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\","
		"\"client_secret_post\",\"none\"],\"code_challenge_methods_supported\":[\"S256\","
		"\"plain\"]}",
		url, url, url, url);
	response_header(k->rs, "Cache-Control", STR("public, max-age=600"));
	return answer(k, 200, buf_view(&b));
}
