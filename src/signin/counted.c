#include "signin/counted.h"

#include "base/arena.h"
#include "base/b64.h"
#include "base/buf.h"
#include "signin/call.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <string.h>

enum { ID_BYTES = 16, SIGNATURE = 16, CHECKSUM = 4, HEAD = 1 + ID_BYTES, UVARINT_MAX = 9 };

static bool sign(struct str message, struct str key, unsigned char ret[SIGNATURE])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	if (!HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)message.p, message.n, md,
		  &n))
		return false;
	memcpy(ret, md, SIGNATURE);
	return true;
}

static bool read_uvarint(struct str s, int64_t *ret)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.n && i < UVARINT_MAX; i++) {
		v |= (uint64_t)((unsigned char)s.p[i] & 127) << (7 * i);
		if (!((unsigned char)s.p[i] & 128)) {
			*ret = (int64_t)v;
			return i + 1 == s.n && (i == 0 || s.p[i]);
		}
	}
	return false;
}

bool counted_parse(struct arena *a, struct str text, struct counted *ret)
{
	struct str raw;
	unsigned char md[SHA256_DIGEST_LENGTH];
	if (text.n > 128 || !b64url_decode(a, text, &raw) ||
	    raw.n < HEAD + 1 + SIGNATURE + CHECKSUM || raw.p[0])
		return false;
	size_t n = raw.n - CHECKSUM;
	SHA256((const unsigned char *)raw.p, n, md);
	if (memcmp(md, raw.p + n, CHECKSUM) != 0)
		return false;
	n -= SIGNATURE;
	if (!read_uvarint(str_sub(raw, HEAD, n - HEAD), &ret->counter))
		return false;
	const char *hex = hex_of(a, (const unsigned char *)raw.p + 1, ID_BYTES);
	ret->session_id = arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
				       hex + 16, hex + 20);
	ret->signed_part = str_sub(raw, 0, n);
	ret->signature = str_sub(raw, n, SIGNATURE);
	return true;
}

bool counted_is_signed(const struct counted *t, struct str key)
{
	unsigned char want[SIGNATURE];
	return key.n == COUNTED_KEY && sign(t->signed_part, key, want) &&
	       str_eq_secret((struct str){ (char *)want, SIGNATURE }, t->signature);
}

const char *counted_make(struct arena *a, const char *session_id, int64_t counter, struct str key)
{
	unsigned char raw[HEAD + 10 + SIGNATURE + CHECKSUM] = { 0 }, md[SHA256_DIGEST_LENGTH];
	size_t n = 0;
	if (sodium_hex2bin(raw + 1, ID_BYTES, session_id, strlen(session_id), "-", &n, NULL) ||
	    n != ID_BYTES)
		return NULL;
	n = HEAD;
	for (uint64_t v = (uint64_t)counter;; v >>= 7) {
		raw[n++] = (unsigned char)((v & 127) | (v > 127 ? 128 : 0));
		if (v <= 127)
			break;
	}
	if (!sign((struct str){ (char *)raw, n }, key, raw + n))
		return NULL;
	n += SIGNATURE;
	SHA256(raw, n, md);
	memcpy(raw + n, md, CHECKSUM);
	return b64url_encode(a, (struct str){ (char *)raw, n + CHECKSUM });
}
