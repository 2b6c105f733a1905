/* From the JSON of a key to an OpenSSL key. */
#include "auth/jwk_internal.h"
#include "base/arena.h"
#include "base/b64.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

enum { MEMBER_MAX = 2048, P256_SIZE = 32, ED25519_SIZE = 32 };

/* The bytes of a base64url member; false when it is absent or malformed. */
static bool member(struct ctx *c, const struct json *jwk, const char *name, struct str *ret)
{
	struct str text = json_get_str(jwk, name, (struct str){ 0 });
	return text.n > 0 && text.n <= MEMBER_MAX && b64url_decode(c->arena, text, ret);
}

static int bad_member(struct ctx *c, const char *kind, const char *name)
{
	return err_set(c, "F0000", "the %s key's member \"%s\" is missing or malformed", kind,
		       name);
}

/* A parameter list under construction with the numbers it borrows. */
struct builder {
	OSSL_PARAM_BLD *bld;
	BIGNUM *numbers[8];
	int n;
};

static void builder_free(struct builder *b)
{
	for (int i = 0; i < b->n; i++)
		BN_clear_free(b->numbers[i]);
	OSSL_PARAM_BLD_free(b->bld);
}
#define BUILDER_CLEANUP __attribute__((cleanup(builder_free)))

static void push_number(struct builder *b, const char *param, struct str bytes)
{
	BIGNUM *number = BN_bin2bn((const unsigned char *)bytes.p, (int)bytes.n, NULL);
	CHECK(number && b->n < 8);
	b->numbers[b->n++] = number;
	CHECK(OSSL_PARAM_BLD_push_BN(b->bld, param, number) == 1);
}

static EVP_PKEY *build(struct builder *b, const char *type, bool is_private)
{
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b->bld);
	EVP_PKEY_CTX *pc = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	CHECK(params && pc && EVP_PKEY_fromdata_init(pc) == 1);
	int selection = is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
	if (EVP_PKEY_fromdata(pc, &pkey, selection, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(pc);
	OSSL_PARAM_free(params);
	ERR_clear_error();
	return pkey;
}

/* RFC 7518 §6.3.2: the private members beyond d come together or not at all. */
static int push_rsa_private(struct ctx *c, const struct json *jwk, struct builder *b)
{
	static const struct {
		const char *name, *param;
	} parts[] = {
		{ "d", OSSL_PKEY_PARAM_RSA_D },		 { "p", OSSL_PKEY_PARAM_RSA_FACTOR1 },
		{ "q", OSSL_PKEY_PARAM_RSA_FACTOR2 },	 { "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1 },
		{ "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2 }, { "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
	};
	size_t n = json_get(jwk, "p") ? 6 : 1;
	for (size_t i = 0; i < n; i++) {
		struct str bytes;
		if (!member(c, jwk, parts[i].name, &bytes))
			return bad_member(c, "RSA", parts[i].name);
		push_number(b, parts[i].param, bytes);
	}
	return 0;
}

static int read_rsa(struct ctx *c, const struct json *jwk, struct jwk *ret)
{
	BUILDER_CLEANUP struct builder b = { .bld = OSSL_PARAM_BLD_new() };
	struct str n, e;
	CHECK(b.bld);
	if (!member(c, jwk, "n", &n))
		return bad_member(c, "RSA", "n");
	if (!member(c, jwk, "e", &e))
		return bad_member(c, "RSA", "e");
	push_number(&b, OSSL_PKEY_PARAM_RSA_N, n);
	push_number(&b, OSSL_PKEY_PARAM_RSA_E, e);
	ret->can_sign = json_get(jwk, "d") && !ret->is_foreign;
	if (ret->can_sign)
		TRY(push_rsa_private(c, jwk, &b));
	int bits = BN_num_bits(b.numbers[0]);
	if (bits < JWK_RSA_MIN || bits > JWK_RSA_MAX)
		return err_set(c, "F0000", "the RSA key has %d bits, not %d to %d", bits,
			       JWK_RSA_MIN, JWK_RSA_MAX);
	ret->alg = JWK_RS256;
	ret->pkey = build(&b, "RSA", ret->can_sign);
	ret->public_members = arena_printf(
		c->arena, "\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"",
		STR_ARG(json_get_str(jwk, "n", STR(""))), STR_ARG(json_get_str(jwk, "e", STR(""))));
	return ret->pkey ? 0 : err_set(c, "F0000", "the RSA key is not a valid key");
}

/* Left-pads a coordinate; false when it is longer than the field. */
static bool coordinate(struct ctx *c, const struct json *jwk, const char *name, unsigned char *to)
{
	struct str bytes;
	if (!member(c, jwk, name, &bytes) || bytes.n > P256_SIZE)
		return false;
	memset(to, 0, P256_SIZE - bytes.n);
	memcpy(to + P256_SIZE - bytes.n, bytes.p, bytes.n);
	return true;
}

static int read_ec(struct ctx *c, const struct json *jwk, struct jwk *ret)
{
	BUILDER_CLEANUP struct builder b = { .bld = OSSL_PARAM_BLD_new() };
	unsigned char point[1 + 2 * P256_SIZE] = { 4 };
	struct str d;
	CHECK(b.bld);
	if (!coordinate(c, jwk, "x", point + 1))
		return bad_member(c, "EC", "x");
	if (!coordinate(c, jwk, "y", point + 1 + P256_SIZE))
		return bad_member(c, "EC", "y");
	CHECK(OSSL_PARAM_BLD_push_utf8_string(b.bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1);
	CHECK(OSSL_PARAM_BLD_push_octet_string(b.bld, OSSL_PKEY_PARAM_PUB_KEY, point,
					       sizeof(point)) == 1);
	ret->can_sign = json_get(jwk, "d") && !ret->is_foreign;
	if (ret->can_sign && !member(c, jwk, "d", &d))
		return bad_member(c, "EC", "d");
	if (ret->can_sign)
		push_number(&b, OSSL_PKEY_PARAM_PRIV_KEY, d);
	ret->alg = JWK_ES256;
	ret->pkey = build(&b, "EC", ret->can_sign);
	ret->public_members = arena_printf(
		c->arena, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"",
		STR_ARG(json_get_str(jwk, "x", STR(""))), STR_ARG(json_get_str(jwk, "y", STR(""))));
	return ret->pkey ? 0 : err_set(c, "F0000", "the EC key is not a valid P-256 key");
}

static int read_okp(struct ctx *c, const struct json *jwk, struct jwk *ret)
{
	struct str x, d;
	if (!member(c, jwk, "x", &x) || x.n != ED25519_SIZE)
		return bad_member(c, "Ed25519", "x");
	ret->can_sign = json_get(jwk, "d") && !ret->is_foreign;
	if (ret->can_sign && (!member(c, jwk, "d", &d) || d.n != ED25519_SIZE))
		return bad_member(c, "Ed25519", "d");
	ret->alg = JWK_EDDSA;
	ret->pkey = ret->can_sign ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
								 (const unsigned char *)d.p, d.n)
				  : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
								(const unsigned char *)x.p, x.n);
	CHECK(ret->pkey);
	ret->public_members =
		arena_printf(c->arena, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%.*s\"",
			     STR_ARG(json_get_str(jwk, "x", STR(""))));
	return 0;
}

static bool is_text(const struct json *jwk, const char *name, const char *value)
{
	return str_is(json_get_str(jwk, name, STR("")), value);
}

/* Whether we have the key's kind; the others are skipped, as JWKS readers do. */
static bool is_ours(const struct json *jwk, const char **ret_alg)
{
	if (is_text(jwk, "kty", "oct"))
		*ret_alg = "HS256";
	else if (is_text(jwk, "kty", "RSA"))
		*ret_alg = "RS256";
	else if (is_text(jwk, "kty", "EC") && is_text(jwk, "crv", "P-256"))
		*ret_alg = "ES256";
	else if (is_text(jwk, "kty", "OKP") && is_text(jwk, "crv", "Ed25519"))
		*ret_alg = "EdDSA";
	else
		return false;
	return !is_text(jwk, "use", "enc") &&
	       (!json_get(jwk, "alg") || is_text(jwk, "alg", *ret_alg));
}

static int add_one(struct ctx *c, struct jwks *s, const struct json *json, bool is_foreign)
{
	const char *alg;
	struct str secret;
	if (json->kind != JSON_OBJECT)
		return err_set(c, "F0000", "a key is not a JSON object");
	if (!is_ours(json, &alg))
		return 0;
	struct jwk k = { .kid = json_get_cstr(c->arena, json, "kid"), .is_foreign = is_foreign };
	switch (alg[0]) {
	case 'H':
		if (!member(c, json, "k", &secret))
			return bad_member(c, "oct", "k");
		return jwks_put_secret(c, s, secret, k.kid, is_foreign);
	case 'R':
		TRY(read_rsa(c, json, &k));
		break;
	default:
		TRY(alg[1] == 'S' ? read_ec(c, json, &k) : read_okp(c, json, &k));
	}
	jwks_put_pkey(s, &k);
	return 0;
}

int jwks_add_json(struct ctx *c, struct jwks *s, struct str text, bool is_foreign)
{
	struct json *root;
	size_t before = s->keys.n;
	if (text.n > JWK_TEXT_MAX)
		return err_set(c, "F0000", "the key set is larger than %d bytes", JWK_TEXT_MAX);
	if (json_parse(c, text, (struct json_limits){ 8, 10000 }, &root) < 0)
		return err_set(c, "F0000", "the key set is not valid JSON");
	const struct json *list = root->kind == JSON_ARRAY ? root : json_get(root, "keys");
	if (!list)
		TRY(add_one(c, s, root, is_foreign));
	else if (list->kind != JSON_ARRAY || list->count > JWK_SET_MAX)
		return err_set(c, "F0000", "\"keys\" is not an array of at most %d keys",
			       JWK_SET_MAX);
	for (const struct json *k = list ? list->child : NULL; k; k = k->next)
		TRY(add_one(c, s, k, is_foreign));
	if (s->keys.n == before)
		return err_set(c, "F0000",
			       "there is no key that can be used: HS256, RS256, ES256 "
			       "and EdDSA are");
	return 0;
}
