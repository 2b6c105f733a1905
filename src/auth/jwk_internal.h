/* A key's inside. Private to jwk.c and jwk_read.c. */
#ifndef AUTH_JWK_INTERNAL_H
#define AUTH_JWK_INTERNAL_H

#include "auth/jwk.h"
#include "base/vec.h"

#include <openssl/evp.h>

struct jwk {
	enum jwk_alg alg;
	const char *kid;
	bool is_foreign;
	bool can_sign;
	EVP_MAC_CTX *mac;	    /* HS256: keyed, to be duplicated */
	EVP_PKEY *pkey;		    /* the others */
	const EVP_MD *digest;	    /* NULL for EdDSA */
	const char *public_members; /* JSON members of the public half */
};

struct jwks {
	struct arena *arena;
	EVP_MAC *hmac;
	EVP_MD *sha256;
	VEC(struct jwk *) keys;
};

/* Adds an HS256 key under a kid (NULL for none). */
int jwks_put_secret(struct ctx *c, struct jwks *s, struct str secret, const char *kid,
		    bool is_foreign);

/* Adds an asymmetric key, whose pkey the set owns from then on. */
void jwks_put_pkey(struct jwks *s, const struct jwk *from);

#endif
