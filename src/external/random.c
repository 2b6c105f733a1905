#include "external/random.h"

#include "base/arena.h"
#include "base/b64.h"
#include "base/check.h"

#include <sys/random.h>

static unsigned char *bytes(struct arena *a, size_t n)
{
	unsigned char *p = arena_alloc(a, n);
	CHECK(n <= 256 && getrandom(p, n, 0) == (ssize_t)n);
	return p;
}

const char *external_uuid(struct arena *a)
{
	unsigned char *r = bytes(a, 16);
	r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
	return arena_printf(a,
			    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			    r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10],
			    r[11], r[12], r[13], r[14], r[15]);
}

const char *external_random(struct arena *a, size_t n)
{
	return b64url_encode(a, (struct str){ (char *)bytes(a, n), n });
}
