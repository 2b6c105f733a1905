/* A verifier's inside. Private to auth.c and keys.c. */
#ifndef AUTH_AUTH_INTERNAL_H
#define AUTH_AUTH_INTERNAL_H

#include "auth/auth.h"
#include "auth/claims.h"

struct token_cache;

struct auth {
	struct arena *arena;
	const struct config *cfg;
	struct jwks *keys;
	struct role_path role_path;
	struct token_cache *cache;
	struct principal anonymous;   /* role NULL when anonymous access is off */
	const char *anon_key;	      /* never NULL; "" when it cannot be minted */
	const char *service_role_key; /* likewise */
};

#endif
