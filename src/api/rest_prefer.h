/* The Prefer header (RFC 7240) as PostgREST reads it. */
#ifndef API_REST_PREFER_H
#define API_REST_PREFER_H

#include "base/str.h"
#include "base/vec.h"

struct buf;

enum prefer_resolution { RESOLUTION_NONE, RESOLUTION_MERGE, RESOLUTION_IGNORE };
enum prefer_return { RETURN_NONE, RETURN_FULL, RETURN_MINIMAL, RETURN_HEADERS };
enum prefer_count { COUNT_NONE, COUNT_EXACT, COUNT_PLANNED, COUNT_ESTIMATED };
enum prefer_tx { PREFER_TX_NONE, PREFER_TX_COMMIT, PREFER_TX_ROLLBACK };
enum prefer_missing { MISSING_NONE, MISSING_DEFAULT, MISSING_NULL };
enum prefer_handling { HANDLING_NONE, HANDLING_STRICT, HANDLING_LENIENT };

struct preferences {
	enum prefer_resolution resolution;
	enum prefer_return ret;
	enum prefer_count count;
	enum prefer_tx tx;
	enum prefer_missing missing;
	enum prefer_handling handling;
	struct str timezone; /* p NULL absent */
	bool has_max_affected;
	int64_t max_affected;
	VEC(struct str) invalid; /* tokens nobody knows */
};

/* Adds one header's comma list; the first value of a kind wins. tx= is only
 * taken when the configuration lets a request choose. */
void preferences_add(struct arena *a, struct preferences *p, struct str header, bool allow_tx);

/* The Preference-Applied value, in the fixed order; empty when nothing was. */
void preferences_applied(struct buf *b, const struct preferences *p);

#endif
