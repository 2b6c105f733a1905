#include "base/map.h"

#include "base/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct entry {
	uint64_t hash;
	char *key; /* NULL: never used; TOMBSTONE: removed */
	size_t key_len;
	void *value;
};

struct map {
	struct entry *entries;
	size_t cap; /* power of two */
	size_t count;
	size_t filled; /* count and tombstones */
};

static char tombstone[1];
static uint64_t seed[2];
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
	CHECK(getrandom(seed, sizeof(seed), 0) == (ssize_t)sizeof(seed));
}

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotl(uint64_t x, int b)
{
	return (x << b) | (x >> (64 - b));
}

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v0 = rotl(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotl(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v2 = rotl(s->v2, 32);
}

uint64_t map_hash(struct str key)
{
	pthread_once(&seed_once, make_seed);
	struct sip s = { seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du,
			 seed[0] ^ 0x6c7967656e657261u, seed[1] ^ 0x7465646279746573u };
	size_t whole = key.n & ~(size_t)7;
	for (size_t i = 0; i < whole; i += 8) {
		uint64_t word;
		memcpy(&word, key.p + i, 8);
		s.v3 ^= word;
		sip_round(&s);
		s.v0 ^= word;
	}
	uint64_t last = (uint64_t)key.n << 56;
	for (size_t i = whole; i < key.n; i++)
		last |= (uint64_t)(unsigned char)key.p[i] << (8 * (i - whole));
	s.v3 ^= last;
	sip_round(&s);
	s.v0 ^= last;
	s.v2 ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

struct map *map_new(void)
{
	struct map *m = calloc(1, sizeof(*m));
	CHECK(m != NULL);
	m->cap = 16;
	m->entries = calloc(m->cap, sizeof(*m->entries));
	CHECK(m->entries != NULL);
	return m;
}

static bool is_live(const struct entry *e)
{
	return e->key && e->key != tombstone;
}

void map_free(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->cap; i++)
		if (is_live(&m->entries[i]))
			free(m->entries[i].key);
	free(m->entries);
	free(m);
}

static struct entry *find(const struct map *m, struct str key, uint64_t hash)
{
	for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
		struct entry *e = &m->entries[i];
		if (!e->key)
			return NULL;
		if (e->key != tombstone && e->hash == hash &&
		    str_eq((struct str){ e->key, e->key_len }, key))
			return e;
	}
}

static struct entry *free_slot(struct entry *entries, size_t cap, uint64_t hash)
{
	size_t i = hash & (cap - 1);
	while (is_live(&entries[i]))
		i = (i + 1) & (cap - 1);
	return &entries[i];
}

static void rehash(struct map *m)
{
	size_t cap = m->count * 4 < m->cap ? m->cap : m->cap * 2;
	struct entry *entries = calloc(cap, sizeof(*entries));
	CHECK(entries != NULL);
	for (size_t i = 0; i < m->cap; i++)
		if (is_live(&m->entries[i]))
			*free_slot(entries, cap, m->entries[i].hash) = m->entries[i];
	free(m->entries);
	m->entries = entries;
	m->cap = cap;
	m->filled = m->count;
}

void *map_get(const struct map *m, struct str key)
{
	struct entry *e = find(m, key, map_hash(key));
	return e ? e->value : NULL;
}

void *map_put(struct map *m, struct str key, void *value)
{
	CHECK(value != NULL);
	uint64_t hash = map_hash(key);
	struct entry *e = find(m, key, hash);
	if (e) {
		void *old = e->value;
		e->value = value;
		return old;
	}
	if ((m->filled + 1) * 4 > m->cap * 3)
		rehash(m);
	e = free_slot(m->entries, m->cap, hash);
	if (!e->key)
		m->filled++;
	*e = (struct entry){
		.hash = hash, .key = malloc(key.n + 1), .key_len = key.n, .value = value
	};
	CHECK(e->key != NULL);
	if (key.n)
		memcpy(e->key, key.p, key.n);
	m->count++;
	return NULL;
}

void *map_remove(struct map *m, struct str key)
{
	struct entry *e = find(m, key, map_hash(key));
	if (!e)
		return NULL;
	void *value = e->value;
	free(e->key);
	*e = (struct entry){ .key = tombstone };
	m->count--;
	return value;
}

size_t map_count(const struct map *m)
{
	return m->count;
}

bool map_next(const struct map *m, size_t *pos, struct str *ret_key, void **ret_value)
{
	for (; *pos < m->cap; (*pos)++) {
		struct entry *e = &m->entries[*pos];
		if (!is_live(e))
			continue;
		*ret_key = (struct str){ e->key, e->key_len };
		*ret_value = e->value;
		(*pos)++;
		return true;
	}
	return false;
}
