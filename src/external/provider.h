/*
 * Identity providers: the rows of spec/providers.def that the project enables,
 * and any other [auth.external.<name>] with a url, which is an OpenID Connect
 * issuer. From a provider's answer to who the person is.
 */
#ifndef EXTERNAL_PROVIDER_H
#define EXTERNAL_PROVIDER_H

#include "base/str.h"

struct config;
struct config_provider;
struct ctx;
struct http_client;
struct json;
struct provider;
struct providers;

enum { PROVIDER_EMAILS_MAX = 32, PROVIDER_CLIENTS_MAX = 16, PROVIDER_EXTRA_MAX = 32 };

/* cfg and client outlive the result. F0000 when an enabled provider cannot be
 * used (a self-hosted one without url). No I/O. */
int providers_new(struct ctx *c, const struct config *cfg, struct http_client *client,
		  struct providers **ret);
void providers_free(struct providers *p); /* NULL allowed */

/* By name ("github", "custom:github"); NULL when it is not enabled. */
const struct provider *provider_find(const struct providers *p, struct str name);
/* True when the issuer is this provider's: for clients that name it so. */
bool provider_is_issuer(const struct provider *p, struct str issuer);
const char *provider_name(const struct provider *p);
const struct config_provider *provider_config(const struct provider *p);

/* Where to send the person. Strings of the result are in c->arena. */
struct provider_start {
	const char *state;
	const char *scopes;	       /* further ones, separated by commas or spaces; "" */
	const char *const (*extra)[2]; /* further parameters that the client asks for; the
					  service's own are left out */
	size_t n_extra;
	const char *verifier; /* of PKCE, used when the provider takes it */
};

/* Whether the provider takes PKCE (S256); may suspend. 08006. */
int provider_has_pkce(struct ctx *c, struct providers *ps, const struct provider *p, bool *ret);
/* May suspend (discovery). 08006 when the provider cannot be reached. */
int provider_authorize_url(struct ctx *c, struct providers *ps, const struct provider *p,
			   const struct provider_start *s, const char **ret);

struct provider_tokens {
	struct str access, refresh, id; /* empty when absent */
};

/* Exchanges the code; verifier NULL without PKCE. May suspend. 08006, or 28000
 * when the provider refuses. The secret and the code are in no message. */
int provider_exchange(struct ctx *c, struct providers *ps, const struct provider *p,
		      const char *code, const char *verifier, struct provider_tokens *ret);

struct provider_email {
	struct str address;
	bool is_verified, is_primary;
};

struct identity {
	const char *subject; /* never empty */
	struct provider_email emails[PROVIDER_EMAILS_MAX];
	size_t n_emails;
	const struct provider_email *email; /* the primary one, or the last; NULL: none */
	const char *data;		    /* identity_data: a JSON object */
};

/* Who the person is: from the id token, or by asking. user_form is Apple's
 * "user" of the first sign-in, empty otherwise. May suspend. 08006, 28000. */
int provider_identity(struct ctx *c, struct providers *ps, const struct provider *p,
		      const struct provider_tokens *t, struct str user_form, struct identity *ret);

struct id_token_request {
	struct str id_token, access_token;
	struct str nonce;  /* as the client made it; its hash is in the token */
	struct str issuer; /* that the client names, "" for none: it must be the provider's */
};

/*
 * An id token that a client brings. Signature, issuer, audience and times are
 * checked; the nonce must be in both places or in neither, unless
 * skip_nonce_check. May suspend. 28000 with a reason for the operator;
 * invalid_nonce when the nonces differ.
 */
int provider_id_token(struct ctx *c, struct providers *ps, const struct provider *p,
		      const struct id_token_request *r, struct identity *ret);

/* Reads an identity from the claims or profile of a provider: for tests. */
int identity_read(struct ctx *c, const struct provider *p, const struct json *profile,
		  const struct json *emails, const char *issuer, struct identity *ret);

#endif
