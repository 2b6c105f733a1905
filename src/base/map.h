/*
 * A hash map from byte slices to pointers, open addressing, with a secret
 * per-process seed (SipHash-1-3) so that a client cannot choose keys that
 * collide. Keys are copied; values are the caller's.
 *
 * Memory is malloc'ed and owned by the map. Not thread safe.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map;

struct map *map_new(void);
void map_free(struct map *m); /* NULL allowed; values are not touched */

void *map_get(const struct map *m, struct str key); /* NULL when absent */

/* Stores value (not NULL) and returns the one it replaced, or NULL. */
void *map_put(struct map *m, struct str key, void *value);

/* Removes the key and returns its value, or NULL. */
void *map_remove(struct map *m, struct str key);

size_t map_count(const struct map *m);

/* Visits every entry in no particular order; start with *pos = 0. False at
 * the end. The map must not change meanwhile. */
bool map_next(const struct map *m, size_t *pos, struct str *ret_key, void **ret_value);

/* The seeded hash that the map uses. */
uint64_t map_hash(struct str key);

#endif
