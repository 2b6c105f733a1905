#include "external/hook.h"

#include "base/arena.h"
#include "base/b64.h"
#include "base/check.h"
#include "base/err.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

int hook_sign(struct ctx *c, struct str secret, const char *id, int64_t time, struct str body,
	      const char **ret)
{
	struct str prefix = STR("v1,whsec_"), key;
	if (!str_starts(secret, prefix) ||
	    !b64_decode_any(c->arena, str_from(secret, prefix.n), &key) || key.n == 0)
		return err_set(c, "F0000", "a hook's secret must be v1,whsec_<base64>");
	const char *text =
		arena_printf(c->arena, "%s.%lld.%.*s", id, (long long)time, STR_ARG(body));
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	CHECK(HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)text, str_of(text).n,
		   mac, &n));
	unsigned char *encoded = arena_alloc(c->arena, n * 2);
	EVP_EncodeBlock(encoded, mac, (int)n);
	*ret = arena_printf(c->arena, "v1,%s", (char *)encoded);
	return 0;
}
