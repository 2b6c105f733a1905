/*
 * Passwords: strength, hashing and checking. Hashing burns a core for tens of
 * milliseconds on purpose, so it runs on a pool of its own whose threads give way
 * to everything else.
 */
#ifndef SIGNIN_PASSWORD_H
#define SIGNIN_PASSWORD_H

#include "signin/call.h"

enum { PASSWORD_MAX = 72 }; /* bytes, as GoTrue: bcrypt reads no more */

/* 422 weak_password, or 400 when too long. */
int password_check_strength(struct call *k, const char *password);

/* Hash of a new password as configured. May suspend; 429 when the pool is full. */
int password_hash(struct call *k, const char *password, const char **ret);

/*
 * Whether the password is the one that was hashed: bcrypt ($2a$ $2b$ $2y$),
 * argon2i and argon2id (PHC strings), Firebase's scrypt ($fbscrypt$). hash NULL or
 * "" costs the same as one of ours and is false. May suspend.
 */
int password_verify(struct call *k, const char *password, const char *hash, bool *ret);

/* A hash that somebody brings (admin API): one of the kinds above. */
bool password_is_known_hash(const char *hash);

/* The pure part, on this thread. */
bool password_matches(const char *password, const char *hash);
/* NULL when it fails. is_argon: argon2id, else bcrypt of cost 10. */
const char *password_make(struct arena *a, const char *password, bool is_argon);

#endif
