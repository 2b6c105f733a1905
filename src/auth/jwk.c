#include "auth/jwk.h"

#include "auth/jwk_internal.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <string.h>

enum { ES256_HALF = 32, HS256_SIZE = 32 };

static const char *const names[JWK_ALG_COUNT] = { "HS256", "RS256", "ES256", "EdDSA" };

const char *jwk_alg_name(enum jwk_alg alg)
{
	return names[alg];
}

int jwk_alg_parse(struct str name)
{
	for (int i = 0; i < JWK_ALG_COUNT; i++)
		if (str_is(name, names[i]))
			return i;
	return -1;
}

struct jwks *jwks_new(void)
{
	struct arena *a = arena_new(0);
	struct jwks *s = ARENA_NEW(a, struct jwks);
	s->arena = a;
	s->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	s->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	CHECK(s->hmac && s->sha256);
	return s;
}

void jwks_free(struct jwks *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->keys.n; i++) {
		EVP_MAC_CTX_free(s->keys.v[i]->mac);
		EVP_PKEY_free(s->keys.v[i]->pkey);
	}
	EVP_MAC_free(s->hmac);
	EVP_MD_free(s->sha256);
	arena_free(s->arena);
}

static struct jwk *put(struct jwks *s, const struct jwk *from)
{
	struct jwk *k = ARENA_NEW(s->arena, struct jwk);
	*k = *from;
	if (from->kid)
		k->kid = arena_strdup(s->arena, from->kid);
	if (from->public_members)
		k->public_members = arena_strdup(s->arena, from->public_members);
	VEC_PUSH(s->arena, &s->keys, k);
	return k;
}

void jwks_put_pkey(struct jwks *s, const struct jwk *from)
{
	struct jwk *k = put(s, from);
	k->digest = k->alg == JWK_EDDSA ? NULL : s->sha256;
}

int jwks_put_secret(struct ctx *c, struct jwks *s, struct str secret, const char *kid,
		    bool is_foreign)
{
	if (secret.n < JWK_SECRET_MIN)
		return err_set(c, "F0000", "the HS256 secret is shorter than %d bytes",
			       JWK_SECRET_MIN);
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *mac = EVP_MAC_CTX_new(s->hmac);
	CHECK(mac && EVP_MAC_init(mac, (const unsigned char *)secret.p, secret.n, params) == 1);
	put(s, &(struct jwk){ .alg = JWK_HS256,
			      .kid = kid,
			      .is_foreign = is_foreign,
			      .can_sign = !is_foreign,
			      .mac = mac });
	return 0;
}

int jwks_add_secret(struct ctx *c, struct jwks *s, struct str secret)
{
	return jwks_put_secret(c, s, secret, NULL, false);
}

size_t jwks_count(const struct jwks *s)
{
	return s->keys.n;
}

const struct jwk *jwks_at(const struct jwks *s, size_t i)
{
	return i < s->keys.n ? s->keys.v[i] : NULL;
}

const struct jwk *jwks_signer(const struct jwks *s)
{
	for (size_t i = 0; i < s->keys.n; i++)
		if (s->keys.v[i]->can_sign)
			return s->keys.v[i];
	return NULL;
}

const char *jwks_public_json(struct arena *a, const struct jwks *s)
{
	BUF_CLEANUP struct buf b = buf_make(JWK_TEXT_MAX);
	const char *sep = "";
	buf_puts(&b, "{\"keys\":[");
	for (size_t i = 0; i < s->keys.n; i++) {
		const struct jwk *k = s->keys.v[i];
		if (!k->pkey || k->is_foreign)
			continue;
		buf_printf(&b, "%s{%s,\"alg\":\"%s\",\"use\":\"sig\",\"key_ops\":[\"verify\"]", sep,
			   k->public_members, names[k->alg]);
		if (k->kid) {
			buf_puts(&b, ",\"kid\":");
			json_put_string(&b, str_of(k->kid));
		}
		buf_char(&b, '}');
		sep = ",";
	}
	buf_puts(&b, "]}");
	return buf_dup(a, &b);
}

enum jwk_alg jwk_alg(const struct jwk *k)
{
	return k->alg;
}

const char *jwk_kid(const struct jwk *k)
{
	return k->kid;
}

bool jwk_is_foreign(const struct jwk *k)
{
	return k->is_foreign;
}

/* HMAC of data into out (HS256_SIZE bytes). */
static bool hmac(const struct jwk *k, struct str data, unsigned char *out)
{
	EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(k->mac);
	size_t n = 0;
	bool ok = mac && EVP_MAC_update(mac, (const unsigned char *)data.p, data.n) == 1 &&
		  EVP_MAC_final(mac, out, &n, HS256_SIZE) == 1 && n == HS256_SIZE;
	EVP_MAC_CTX_free(mac);
	return ok;
}

static const unsigned char *bytes(struct str s)
{
	return (const unsigned char *)s.p;
}

/* JWS has r and s as two halves of 32 bytes (RFC 7518 §3.4), OpenSSL wants DER. */
static unsigned char *es256_to_der(struct str sig, int *ret_n)
{
	unsigned char *der = NULL;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(bytes(sig), ES256_HALF, NULL);
	BIGNUM *s = BN_bin2bn(bytes(sig) + ES256_HALF, ES256_HALF, NULL);
	CHECK(pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1);
	*ret_n = i2d_ECDSA_SIG(pair, &der);
	ECDSA_SIG_free(pair);
	return *ret_n > 0 ? der : NULL;
}

static bool digest_verify(const struct jwk *k, struct str data, const unsigned char *sig, size_t n)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	CHECK(md);
	bool ok = EVP_DigestVerifyInit(md, NULL, k->digest, NULL, k->pkey) == 1 &&
		  EVP_DigestVerify(md, sig, n, bytes(data), data.n) == 1;
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return ok;
}

static bool es256_verify(const struct jwk *k, struct str data, struct str sig)
{
	int n;
	if (sig.n != 2 * ES256_HALF)
		return false;
	unsigned char *der = es256_to_der(sig, &n);
	bool ok = der && digest_verify(k, data, der, (size_t)n);
	OPENSSL_free(der);
	return ok;
}

bool jwk_verify(const struct jwk *k, struct str data, struct str sig)
{
	unsigned char mac[HS256_SIZE];
	switch (k->alg) {
	case JWK_HS256:
		return sig.n == HS256_SIZE && hmac(k, data, mac) &&
		       CRYPTO_memcmp(mac, sig.p, HS256_SIZE) == 0;
	case JWK_ES256:
		return es256_verify(k, data, sig);
	default:
		return digest_verify(k, data, bytes(sig), sig.n);
	}
}

/* The two halves of a DER signature, in place of it. */
static bool es256_from_der(unsigned char *sig, size_t *n)
{
	const unsigned char *p = sig;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)*n);
	bool ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), sig, ES256_HALF) == ES256_HALF &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(pair), sig + ES256_HALF, ES256_HALF) == ES256_HALF;
	ECDSA_SIG_free(pair);
	*n = 2 * ES256_HALF;
	return ok;
}

int jwk_sign(struct ctx *c, const struct jwk *k, struct str data, struct str *ret)
{
	CHECK(k->can_sign);
	unsigned char *sig = arena_alloc(c->arena, JWK_SIGNATURE_MAX);
	size_t n = JWK_SIGNATURE_MAX;
	if (k->alg == JWK_HS256) {
		CHECK(hmac(k, data, sig));
		*ret = (struct str){ (char *)sig, HS256_SIZE };
		return 0;
	}
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	CHECK(md);
	bool ok = EVP_DigestSignInit(md, NULL, k->digest, NULL, k->pkey) == 1 &&
		  EVP_DigestSign(md, sig, &n, bytes(data), data.n) == 1;
	EVP_MD_CTX_free(md);
	if (ok && k->alg == JWK_ES256)
		ok = es256_from_der(sig, &n);
	ERR_clear_error();
	if (!ok)
		return err_set(c, "F0000", "signing with the %s key failed", names[k->alg]);
	*ret = (struct str){ (char *)sig, n };
	return 0;
}
