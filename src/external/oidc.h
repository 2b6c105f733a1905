/*
 * OpenID Connect: what an issuer publishes about itself (discovery), its keys,
 * and its id tokens. Both are fetched when needed, kept for a while, and fetched
 * again when a token names a key that is not there. Only issuers that the
 * configuration names are ever asked: a token never chooses who vouches for it.
 */
#ifndef EXTERNAL_OIDC_H
#define EXTERNAL_OIDC_H

#include "base/str.h"

struct arena;
struct ctx;
struct http_client;
struct json;
struct oidc;

enum {
	OIDC_ISSUERS_MAX = 64,
	OIDC_FRESH_S = 3600,	   /* that documents are kept */
	OIDC_REFETCH_S = 30,	   /* least time between two fetches of an issuer's keys */
	OIDC_TOKEN_MAX = 16 << 10, /* bytes of an id token */
};

/* Strings are in c->arena. */
struct oidc_endpoints {
	const char *issuer;			  /* as the document says it */
	const char *authorize, *token, *userinfo; /* "" when absent */
	bool has_s256;				  /* PKCE */
	bool has_post;				  /* client_secret_post at the token endpoint */
};

struct oidc *oidc_new(struct http_client *client); /* which outlives it */
void oidc_free(struct oidc *o);			   /* NULL allowed */

/* The document at <issuer>/.well-known/openid-configuration; may suspend. Error
 * 08006 when it cannot be had, or speaks for another issuer. */
int oidc_discover(struct ctx *c, struct oidc *o, const char *issuer, struct oidc_endpoints *ret);

struct oidc_expected {
	const char *issuer;	    /* whose keys count: of oidc_discover() */
	const char *other_issuer;   /* also allowed as iss, NULL: none */
	const char *const *clients; /* acceptable audiences, n_clients > 0 */
	size_t n_clients;
	struct str access_token; /* checked against at_hash when both are there */
};

/*
 * Checks the signature, iss, aud, exp, nbf and iat of an id token, and gives its
 * claims (c->arena). An issuer document with "{tenantid}" (Azure) is compared
 * with the token's tid in its place. May suspend. Error 28000 with the reason;
 * 08006 when the keys cannot be had.
 */
int oidc_verify(struct ctx *c, struct oidc *o, struct str token, const struct oidc_expected *e,
		struct json **ret);

/* True when some string or element of the aud claim is one of the clients. */
bool oidc_audience_fits(const struct json *claims, const char *const *clients, size_t n);

/* The S256 code challenge of a verifier (RFC 7636), in a. */
const char *oidc_challenge(struct arena *a, const char *verifier);

/* The JSON that <url> answers with 200, in c->arena; may suspend. 08006. */
int oidc_fetch_json(struct ctx *c, struct http_client *client, const char *url, struct json **ret);

#endif
