/*
 * JSON Web Tokens in JWS compact form (RFC 7515, 7519), judged as PostgREST
 * does, with its texts. No I/O, no state; any thread.
 */
#ifndef AUTH_JWT_H
#define AUTH_JWT_H

#include "auth/jwk.h"

struct json;

enum {
	JWT_SIZE_MAX = 16 << 10, /* bytes of a token */
	JWT_LEEWAY = 30,	 /* seconds by which clocks may differ */
};

/* The three parts of a token, still encoded, pointing into it. */
struct jwt_parts {
	struct str header, payload, signature;
	struct str signed_part; /* header.payload */
};

/* Splits; PGRST301 when it is empty, too large or not of three parts. */
int jwt_split(struct ctx *c, struct str token, struct jwt_parts *ret);

/*
 * Checks the signature and gives the claims, an object in c->arena.
 * PGRST301: no key fits the header's alg and kid, none verifies, "none" or an
 * unknown alg, a critical extension, malformed parts. A kid picks its key; keys
 * without one are tried as well. PGRST303: the payload is not a JSON object.
 * *ret_key is the key that verified it.
 */
int jwt_verify(struct ctx *c, const struct jwks *keys, struct str token, struct json **ret,
	       const struct jwk **ret_key);

/*
 * PGRST303 unless exp, nbf and iat (numbers, when present and not null) hold at
 * now (Unix seconds) within JWT_LEEWAY, and aud (a string or an array of them)
 * names the given audience; "" takes any.
 */
int jwt_check(struct ctx *c, const struct json *claims, int64_t now, const char *aud);

/* The exp claim as Unix seconds, 0 when there is none. */
int64_t jwt_expiry(const struct json *claims);

/* A token over claims (one JSON object as text), in c->arena. */
int jwt_sign(struct ctx *c, const struct jwk *key, struct str claims, const char **ret);

/* Sets an error of the service: code, status 401 and a constant text. */
int jwt_refuse(struct ctx *c, const char *code, const char *message);

#endif
