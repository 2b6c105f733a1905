/*
 * Keys for signing and verifying: JSON Web Keys (RFC 7517, 7518, 8037) as
 * OpenSSL objects. A set is built once and then only read, by any thread.
 */
#ifndef AUTH_JWK_H
#define AUTH_JWK_H

#include "base/str.h"

struct arena;
struct ctx;
struct jwk;
struct jwks;

/* The algorithms there are. A key has exactly one: the token's header cannot
 * make an RSA key verify an HMAC. */
enum jwk_alg { JWK_HS256, JWK_RS256, JWK_ES256, JWK_EDDSA, JWK_ALG_COUNT };

enum {
	JWK_SECRET_MIN = 32, /* bytes of an HS256 key (RFC 7518 §3.2) */
	JWK_RSA_MIN = 2048,  /* bits */
	JWK_RSA_MAX = 8192,
	JWK_TEXT_MAX = 256 << 10, /* bytes of a JWKS */
	JWK_SET_MAX = 64,	  /* keys of a set */
	JWK_SIGNATURE_MAX = JWK_RSA_MAX / 8,
};

/* "HS256"; and back, -1 for anything else ("none" included). */
const char *jwk_alg_name(enum jwk_alg alg);
int jwk_alg_parse(struct str name);

struct jwks *jwks_new(void);
void jwks_free(struct jwks *s); /* NULL allowed */

/* Adds an HS256 key of raw bytes, copied. Error F0000 when it is too short. */
int jwks_add_secret(struct ctx *c, struct jwks *s, struct str secret);

/*
 * Adds the keys of a JSON text: one JWK, a JWKS ({"keys":[…]}) or an array of
 * JWKs (the CLI's signing_keys.json). Keys for encryption, and kinds and
 * algorithms that we do not have, are skipped. Error F0000 for a malformed or
 * weak key, or when no key remains. Keys marked foreign belong to a third party:
 * they never sign.
 */
int jwks_add_json(struct ctx *c, struct jwks *s, struct str text, bool is_foreign);

size_t jwks_count(const struct jwks *s);
const struct jwk *jwks_at(const struct jwks *s, size_t i); /* NULL past the end */

/* The first key that can sign, or NULL. */
const struct jwk *jwks_signer(const struct jwks *s);

/* {"keys":[…]} with the public halves of the project's own asymmetric keys,
 * never a secret; for /.well-known/jwks.json. In a. */
const char *jwks_public_json(struct arena *a, const struct jwks *s);

enum jwk_alg jwk_alg(const struct jwk *k);
const char *jwk_kid(const struct jwk *k); /* NULL when it has none */
bool jwk_is_foreign(const struct jwk *k);

/* True when sig is this key's signature of data. Constant time where the key is
 * a secret. Never fails otherwise: anything wrong is false. */
bool jwk_verify(const struct jwk *k, struct str data, struct str sig);

/* Signs data with a key of jwks_signer(); *ret is in c->arena. */
int jwk_sign(struct ctx *c, const struct jwk *k, struct str data, struct str *ret);

#endif
