/* "Perhaps you meant": the closest of some names, as PostgREST scores them
 * (n-grams of 3, then 2; cosine over grams picks candidates, edit distance
 * ranks them). */
#ifndef API_REST_FUZZY_H
#define API_REST_FUZZY_H

#include "base/str.h"

struct arena;

/* The best of names for key with a score of at least min_score (0..1) and, when
 * below_one is set, less than 1; NULL when there is none. */
const char *fuzzy_best(struct arena *a, const char *const *names, size_t n, const char *key,
		       double min_score, bool below_one);

#endif
