/* Identifiers and secrets from the kernel's generator. */
#ifndef EXTERNAL_RANDOM_H
#define EXTERNAL_RANDOM_H

#include <stddef.h>

struct arena;

/* A UUID of version 4 (RFC 9562), lower case, in a. */
const char *external_uuid(struct arena *a);

/* n random bytes as base64url without padding, in a. */
const char *external_random(struct arena *a, size_t n);

#endif
