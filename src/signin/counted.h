/*
 * Refresh tokens of upstream's second generation: no row each, but a counter and a
 * key in auth.sessions. A token is base64url of
 *	0, session id (16 bytes), counter (uvarint), HMAC-SHA-256 of these under the
 *	session's key (16 bytes), SHA-256 of all of it (4 bytes)
 * The last token works, and the one before it (its answer may have been lost); an
 * older one ends the session, unless it comes within the reuse interval.
 */
#ifndef SIGNIN_COUNTED_H
#define SIGNIN_COUNTED_H

#include "base/str.h"

struct arena;

enum { COUNTED_KEY = 32 };

struct counted {
	const char *session_id;
	int64_t counter;
	struct str signed_part, signature;
};

/* False for anything that no key could have made. */
bool counted_parse(struct arena *a, struct str text, struct counted *ret);
bool counted_is_signed(const struct counted *t, struct str key);
/* key: COUNTED_KEY bytes. NULL for a session id that is no UUID. */
const char *counted_make(struct arena *a, const char *session_id, int64_t counter, struct str key);

struct call;
struct issued;
/* grant_type=refresh_token with such a token. */
int counted_refresh(struct call *k, const struct counted *t, struct issued *ret);

#endif
