/*
 * Verified tokens. Bounded in entries and in the size of each, sharded so that
 * a lock is held for one lookup and copy only. An expired entry is no hit.
 * Thread safe; nothing suspends under a lock.
 */
#ifndef AUTH_CACHE_H
#define AUTH_CACHE_H

#include "auth/auth.h"

struct token_cache;

enum { TOKEN_CACHE_TOKEN_MAX = 4096 }; /* larger tokens are not kept */

/* NULL for max_entries 0; every function takes NULL. */
struct token_cache *token_cache_new(size_t max_entries);
void token_cache_free(struct token_cache *cache);

/* The principal that put() stored for this very token, copied into a, unless
 * its exp has passed at now (Unix seconds, with JWT_LEEWAY). */
bool token_cache_get(struct token_cache *cache, struct arena *a, struct str token, int64_t now,
		     struct principal *ret);

void token_cache_put(struct token_cache *cache, struct str token, const struct principal *who);

struct auth_cache_stats token_cache_stats(struct token_cache *cache);

#endif
