/*
 * Base64 (RFC 4648). Decoding is strict: one alphabet, no white space, unused
 * bits zero, so that a text has one spelling.
 */
#ifndef BASE_B64_H
#define BASE_B64_H

#include "base/str.h"

/* base64url without padding (§5), as JWS and JWK use it; NUL-terminated, in a. */
char *b64url_encode(struct arena *a, struct str bytes);

/* False (and *ret untouched) on anything malformed. *ret is in a, a NUL follows. */
bool b64url_decode(struct arena *a, struct str text, struct str *ret);

/* The standard alphabet (§4), padded or not, or the URL alphabet: for keys that
 * people paste. */
bool b64_decode_any(struct arena *a, struct str text, struct str *ret);

#endif
