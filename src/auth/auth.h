/*
 * Authentication: from a request's headers to a principal.
 *
 *	struct credential cr;
 *	credential_resolve(auth, authorization, apikey, query_apikey, &cr);
 *	TRY(auth_verify(c, auth, &cr, &who));
 *
 * A struct auth holds one configuration's keys and a bounded cache of verified
 * tokens. It is made at start or reload and shared by all threads; nothing
 * here suspends or does I/O after auth_new().
 *
 * Errors are PostgREST's, with c->err.http_status set:
 *	PGRST300 500  there is no secret to verify with
 *	PGRST301 401  the token could not be decoded or verified
 *	PGRST302 401  anonymous access is off and no token was given
 *	PGRST303 401  a claim is malformed, or refuses the token (expired, …)
 */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "auth/principal.h"

struct arena;
struct auth;
struct buf;
struct config;
struct ctx;
struct jwks;

/* What the gateway passes on. The three outcomes differ by service: rest takes
 * NONE and BARE for an anonymous caller, storage takes BARE as its token and
 * refuses NONE, auth refuses both. */
enum credential_kind {
	CREDENTIAL_NONE,   /* neither header */
	CREDENTIAL_BEARER, /* "Authorization: Bearer <token>", or an sb_ key's own token */
	CREDENTIAL_BARE,   /* an apikey that is no known key, or another scheme */
};

/* Which key of the project came with the request. */
enum credential_key {
	CREDENTIAL_KEY_NONE,
	CREDENTIAL_KEY_PUBLISHABLE, /* sb_publishable_…, or the anon JWT */
	CREDENTIAL_KEY_SECRET,	    /* sb_secret_…, or the service_role JWT */
};

struct credential {
	enum credential_kind kind;
	enum credential_key key;
	struct str token; /* BEARER: the token; BARE: the text as it came */
};

/* Reads the keys of cfg (signing_keys_path, jwks_path: file reads) and mints
 * the anon and service_role tokens that it does not give. cfg must outlive
 * the result. Errors: F0000 with the key and what is wrong with it. */
int auth_new(struct ctx *c, const struct config *cfg, struct auth **ret);
void auth_free(struct auth *a); /* NULL allowed */

/*
 * The gateway's rule: the client's Authorization, unless it is absent or
 * "Bearer sb_…"; then by apikey (the header, else the query parameter): the
 * secret key stands for the service_role token, the publishable key for the
 * anon token, anything else is passed on bare. Absent headers are slices with
 * p == NULL. Keys are compared in constant time. *ret points into the
 * arguments or into a.
 */
void credential_resolve(const struct auth *a, struct str authorization, struct str apikey,
			struct str query_apikey, struct credential *ret);

/* With [bedplate].require_apikey, as the hosted platform: fails with 401 when
 * no known key of the project came. Otherwise always 0. */
int credential_require_key(struct ctx *c, const struct auth *a, const struct credential *cr);

/* Verifies a BEARER credential and says who it is; NONE and BARE are the
 * anonymous role, or PGRST302 where that is off. The strings of *ret live in
 * c->arena or in a. A token already verified costs one lookup and a copy. */
int auth_verify(struct ctx *c, struct auth *a, const struct credential *cr, struct principal *ret);

/* Gives the i-th [auth.third_party] issuer its public keys, which are the auth's
 * from then on; they verify tokens that name this issuer and no others. Any
 * thread. */
void auth_set_issuer_keys(struct auth *a, size_t i, struct jwks *keys);

/* The value of WWW-Authenticate for an error of this file (or 42501 answered
 * with 401), in arena; NULL when there is none to send. */
const char *auth_challenge(struct ctx *c);

/* The project's own tokens: configured or minted. */
const char *auth_anon_key(const struct auth *a);
const char *auth_service_role_key(const struct auth *a);

/* Signs claims_json (one JSON object) with the project's first signing key,
 * else with the secret; the token is in c->arena. */
int auth_sign(struct ctx *c, const struct auth *a, struct str claims_json, const char **ret);

/* The keys that tokens are verified with. */
const struct jwks *auth_keys(const struct auth *a);

/* For /metrics. Entries never exceed [bedplate].jwt_cache_max_entries. */
struct auth_cache_stats {
	uint64_t hits, misses, evictions;
	size_t entries;
};
struct auth_cache_stats auth_cache_stats(struct auth *a);

/* Appends the same as Prometheus lines. */
void auth_metrics(struct auth *a, struct buf *out);

#endif
