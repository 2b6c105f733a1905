/* A verifier's inside. Private to auth.c and keys.c. */
#ifndef AUTH_AUTH_INTERNAL_H
#define AUTH_AUTH_INTERNAL_H

#include "auth/auth.h"
#include "auth/claims.h"

#include <pthread.h>

struct token_cache;

/* Keys of a third party's, shared by those who verify at the moment. */
struct issuer_keys {
	struct jwks *jwks;
	int refs;
};

struct auth {
	struct arena *arena;
	const struct config *cfg;
	struct jwks *keys;
	struct role_path role_path;
	struct token_cache *cache;
	pthread_mutex_t lock;	      /* of issuer_keys */
	struct issuer_keys **issuers; /* one for each of cfg->auth.third_party, NULL: none yet */
	struct principal anonymous;   /* role NULL when anonymous access is off */
	const char *anon_key;	      /* never NULL; "" when it cannot be minted */
	const char *service_role_key; /* likewise */
};

#endif
