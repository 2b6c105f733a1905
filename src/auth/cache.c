/*
 * A set-associative cache: a token's hash picks a set of a few slots, a clock
 * hand in each set picks the one to give up. The hash covers the signature
 * alone, which nobody can forge for another token; the whole token is compared.
 */
#include "auth/cache.h"

#include "auth/jwt.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, SHARDS = 16, HASHED_MAX = 64 };

struct entry {
	uint64_t hash;
	int64_t expires_at;
	size_t token_n, role_n, claims_n, subject_n;
	bool is_anonymous;
	bool is_used; /* since the hand last came by */
	char bytes[]; /* token, role and NUL, claims, subject */
};

struct set {
	struct entry *way[WAYS];
	unsigned hand;
};

struct shard {
	_Alignas(64) pthread_mutex_t lock;
	uint64_t hits, misses, evictions;
	size_t entries;
};

struct token_cache {
	size_t n_sets;
	unsigned ways;
	struct set *sets;
	struct shard shards[SHARDS];
};

struct token_cache *token_cache_new(size_t max_entries)
{
	if (max_entries == 0)
		return NULL;
	struct token_cache *cache = NULL;
	CHECK(posix_memalign((void **)&cache, 64, sizeof(*cache)) == 0);
	memset(cache, 0, sizeof(*cache));
	cache->ways = max_entries < WAYS ? (unsigned)max_entries : WAYS;
	cache->n_sets = max_entries / cache->ways;
	cache->sets = calloc(cache->n_sets, sizeof(*cache->sets));
	CHECK(cache->sets);
	for (size_t i = 0; i < SHARDS; i++)
		CHECK(pthread_mutex_init(&cache->shards[i].lock, NULL) == 0);
	return cache;
}

void token_cache_free(struct token_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < cache->n_sets; i++)
		for (size_t w = 0; w < WAYS; w++)
			free(cache->sets[i].way[w]);
	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_destroy(&cache->shards[i].lock);
	free(cache->sets);
	free(cache);
}

static uint64_t token_hash(struct str token)
{
	return map_hash(str_from(token, token.n > HASHED_MAX ? token.n - HASHED_MAX : 0));
}

static bool is_entry_of(const struct entry *e, uint64_t hash, struct str token)
{
	return e && e->hash == hash && e->token_n == token.n &&
	       memcmp(e->bytes, token.p, token.n) == 0;
}

static struct entry **find(struct token_cache *cache, struct set *set, uint64_t hash,
			   struct str token)
{
	for (unsigned w = 0; w < cache->ways; w++)
		if (is_entry_of(set->way[w], hash, token))
			return &set->way[w];
	return NULL;
}

static void drop(struct shard *shard, struct entry **e)
{
	free(*e);
	*e = NULL;
	shard->entries--;
}

static void copy_out(struct arena *a, const struct entry *e, struct principal *ret)
{
	size_t n = e->role_n + 1 + e->claims_n + e->subject_n;
	char *p = arena_alloc(a, n);
	memcpy(p, e->bytes + e->token_n, n);
	*ret = (struct principal){
		.role = p,
		.claims_json = { p + e->role_n + 1, e->claims_n },
		.subject = { p + e->role_n + 1 + e->claims_n, e->subject_n },
		.is_anonymous = e->is_anonymous,
		.expires_at = e->expires_at,
	};
}

bool token_cache_get(struct token_cache *cache, struct arena *a, struct str token, int64_t now,
		     struct principal *ret)
{
	if (!cache || token.n > TOKEN_CACHE_TOKEN_MAX)
		return false;
	uint64_t hash = token_hash(token);
	size_t i = hash % cache->n_sets;
	struct shard *shard = &cache->shards[i % SHARDS];
	pthread_mutex_lock(&shard->lock);
	struct entry **e = find(cache, &cache->sets[i], hash, token);
	if (e && (*e)->expires_at && (*e)->expires_at < now - JWT_LEEWAY) {
		drop(shard, e);
		e = NULL;
	}
	if (e) {
		(*e)->is_used = true;
		copy_out(a, *e, ret);
		shard->hits++;
	} else {
		shard->misses++;
	}
	pthread_mutex_unlock(&shard->lock);
	return e != NULL;
}

static struct entry *entry_new(struct str token, const struct principal *who)
{
	size_t role_n = strlen(who->role);
	size_t n = token.n + role_n + 1 + who->claims_json.n + who->subject.n;
	struct entry *e = malloc(sizeof(*e) + n);
	CHECK(e);
	*e = (struct entry){
		.hash = token_hash(token),
		.expires_at = who->expires_at,
		.token_n = token.n,
		.role_n = role_n,
		.claims_n = who->claims_json.n,
		.subject_n = who->subject.n,
		.is_anonymous = who->is_anonymous,
	};
	char *p = e->bytes;
	p = (char *)memcpy(p, token.p, token.n) + token.n;
	p = (char *)memcpy(p, who->role, role_n + 1) + role_n + 1;
	p = (char *)memcpy(p, who->claims_json.p, who->claims_json.n) + who->claims_json.n;
	if (who->subject.n)
		memcpy(p, who->subject.p, who->subject.n);
	return e;
}

/* An empty slot, else the first one that was not used since the last round. */
static struct entry **choose(struct token_cache *cache, struct set *set)
{
	for (unsigned w = 0; w < cache->ways; w++)
		if (!set->way[w])
			return &set->way[w];
	for (;;) {
		struct entry **e = &set->way[set->hand];
		set->hand = (set->hand + 1) % cache->ways;
		if (!(*e)->is_used)
			return e;
		(*e)->is_used = false;
	}
}

void token_cache_put(struct token_cache *cache, struct str token, const struct principal *who)
{
	if (!cache || token.n > TOKEN_CACHE_TOKEN_MAX)
		return;
	struct entry *fresh = entry_new(token, who);
	size_t i = fresh->hash % cache->n_sets;
	struct shard *shard = &cache->shards[i % SHARDS];
	pthread_mutex_lock(&shard->lock);
	struct entry **slot = find(cache, &cache->sets[i], fresh->hash, token);
	if (!slot)
		slot = choose(cache, &cache->sets[i]);
	if (*slot) {
		drop(shard, slot);
		shard->evictions++;
	}
	*slot = fresh;
	shard->entries++;
	pthread_mutex_unlock(&shard->lock);
}

struct auth_cache_stats token_cache_stats(struct token_cache *cache)
{
	struct auth_cache_stats sum = { 0 };
	for (size_t i = 0; cache && i < SHARDS; i++) {
		struct shard *shard = &cache->shards[i];
		pthread_mutex_lock(&shard->lock);
		sum.hits += shard->hits;
		sum.misses += shard->misses;
		sum.evictions += shard->evictions;
		sum.entries += shard->entries;
		pthread_mutex_unlock(&shard->lock);
	}
	return sum;
}
