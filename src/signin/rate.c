#include "signin/rate.h"

#include "base/check.h"
#include "base/map.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS_MAX = 100000, KEY_MAX = 320 };

struct bucket {
	double tokens, at, burst, period;
};

struct limits {
	pthread_mutex_t lock;
	struct map *buckets;
};

struct limits *limits_new(void)
{
	struct limits *l = calloc(1, sizeof(*l));
	CHECK(l);
	pthread_mutex_init(&l->lock, NULL);
	l->buckets = map_new();
	return l;
}

static void drop_all(struct limits *l)
{
	size_t pos = 0;
	struct str key;
	void *value;
	while (map_next(l->buckets, &pos, &key, &value))
		free(value);
	map_free(l->buckets);
}

void limits_free(struct limits *l)
{
	if (!l)
		return;
	drop_all(l);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static double level(const struct bucket *b, double now)
{
	double tokens = b->tokens + (now - b->at) * b->burst / b->period;
	return tokens > b->burst ? b->burst : tokens;
}

/* Keeps the buckets that still hold somebody back. */
static void sweep(struct limits *l, double now)
{
	struct map *kept = map_new();
	size_t pos = 0;
	struct str key;
	void *value;
	while (map_next(l->buckets, &pos, &key, &value)) {
		struct bucket *b = value;
		if (level(b, now) < 1 && map_count(kept) < BUCKETS_MAX / 2)
			map_put(kept, key, b);
		else
			free(b);
	}
	map_free(l->buckets);
	l->buckets = kept;
}

static bool use(struct limits *l, const struct limit *what, struct str key, double now, double take,
		int64_t *ret_wait)
{
	char text[KEY_MAX];
	if (what->burst <= 0)
		return true;
	int n = snprintf(text, sizeof(text), "%s %.*s", what->name,
			 (int)(key.n < 280 ? key.n : 280), key.p ? key.p : "");
	struct str full = { text, (size_t)n };
	pthread_mutex_lock(&l->lock);
	struct bucket *b = map_get(l->buckets, full);
	if (!b) {
		if (map_count(l->buckets) >= BUCKETS_MAX)
			sweep(l, now);
		b = calloc(1, sizeof(*b));
		CHECK(b);
		*b = (struct bucket){ what->burst, now, what->burst, what->period };
		map_put(l->buckets, full, b);
	}
	b->tokens = level(b, now);
	b->at = now;
	bool is_there = b->tokens >= 1;
	if (is_there)
		b->tokens -= take;
	else
		*ret_wait = (int64_t)((1 - b->tokens) * what->period / what->burst) + 1;
	pthread_mutex_unlock(&l->lock);
	return is_there;
}

bool limits_take(struct limits *l, const struct limit *what, struct str key, double now,
		 int64_t *ret_wait)
{
	return use(l, what, key, now, 1, ret_wait);
}

bool limits_has(struct limits *l, const struct limit *what, struct str key, double now,
		int64_t *ret_wait)
{
	return use(l, what, key, now, 0, ret_wait);
}

size_t limits_count(struct limits *l)
{
	pthread_mutex_lock(&l->lock);
	size_t n = map_count(l->buckets);
	pthread_mutex_unlock(&l->lock);
	return n;
}
