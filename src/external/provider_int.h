#ifndef EXTERNAL_PROVIDER_INT_H
#define EXTERNAL_PROVIDER_INT_H

#include "base/buf.h"
#include "external/oidc.h"
#include "external/provider.h"

enum provider_kind { PROVIDER_OAUTH, PROVIDER_OIDC };

/* A row of spec/providers.def. */
struct provider_row {
	const char *name;
	enum provider_kind kind;
	const char *base, *authorize, *token, *api, *user, *emails, *scopes, *claims, *verified;
};

struct provider {
	const struct provider_row *row;
	const struct config_provider *cfg;
	const char *name;
	const char *base; /* without a slash at its end; an issuer for OIDC */
	const char *api;  /* base of user and emails */
	const char *clients[PROVIDER_CLIENTS_MAX]; /* acceptable audiences */
	size_t n_clients;
};

struct providers {
	const struct config *cfg;
	struct http_client *client;
	struct oidc *oidc;
	struct arena *arena;
	struct provider *v;
	size_t n;
};

/* "&name=value", percent-encoded. */
void put_parameter(struct buf *b, const char *name, struct str value);

/* Where the provider's endpoints are; may suspend. */
int provider_endpoints(struct ctx *c, struct providers *ps, const struct provider *p,
		       struct oidc_endpoints *ret);

#endif
