/* pgcrypto's digest, hmac, crypt and gen_salt, over OpenSSL and libxcrypt. */
#include "base/arena.h"
#include "base/check.h"
#include "engine/sqlite/func.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct str bytes_of(struct datum v)
{
	return v.kind == D_TEXT || v.kind == D_BLOB ? v.s : STR("");
}

static const EVP_MD *find_digest(struct ctx *c, struct datum name)
{
	static const char *const names[] = {
		"md5", "sha1", "sha224", "sha256", "sha384", "sha512"
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_ieq(bytes_of(name), str_of(names[i])))
			return EVP_get_digestbyname(names[i]);
	}
	err_set(c, "22023", "Cannot use \"%.*s\": No such hash algorithm", STR_ARG(bytes_of(name)));
	return NULL;
}

static int fn_digest(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)n;
	const EVP_MD *md = find_digest(c, a[1]);
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	struct str data = bytes_of(a[0]);
	if (!md)
		return -1;
	if (!EVP_Digest(data.p, data.n, out, &size, md, NULL))
		return err_set(c, "39000", "digest failed");
	*ret = datum_blob(str_copy(c->arena, (struct str){ (char *)out, size }));
	return 0;
}

/* md5() answers in hexadecimal text. */
static int fn_md5(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		  struct datum *ret)
{
	(void)cn;
	(void)n;
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	struct str data = bytes_of(a[0]);
	if (!EVP_Digest(data.p, data.n, out, &size, EVP_md5(), NULL))
		return err_set(c, "XX000", "could not compute MD5 hash");
	char *text = arena_alloc(c->arena, 2 * (size_t)size + 1);
	for (unsigned int i = 0; i < size; i++)
		snprintf(text + 2 * (size_t)i, 3, "%02x", out[i]);
	*ret = datum_text((struct str){ text, 2 * (size_t)size });
	return 0;
}

static int sha(struct ctx *c, const EVP_MD *md, struct datum v, struct datum *ret)
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	struct str data = bytes_of(v);
	if (!EVP_Digest(data.p, data.n, out, &size, md, NULL))
		return err_set(c, "XX000", "could not compute SHA hash");
	*ret = datum_blob(str_copy(c->arena, (struct str){ (char *)out, size }));
	return 0;
}

static int fn_sha224(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)n;
	return sha(c, EVP_sha224(), a[0], ret);
}

static int fn_sha256(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)n;
	return sha(c, EVP_sha256(), a[0], ret);
}

static int fn_sha384(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)n;
	return sha(c, EVP_sha384(), a[0], ret);
}

static int fn_sha512(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)n;
	return sha(c, EVP_sha512(), a[0], ret);
}

static int fn_hmac(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)cn;
	(void)n;
	const EVP_MD *md = find_digest(c, a[2]);
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	struct str data = bytes_of(a[0]), key = bytes_of(a[1]);
	if (!md)
		return -1;
	if (!HMAC(md, key.p, (int)key.n, (const unsigned char *)data.p, data.n, out, &size))
		return err_set(c, "39000", "hmac failed");
	*ret = datum_blob(str_copy(c->arena, (struct str){ (char *)out, size }));
	return 0;
}

static int fn_crypt(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)cn;
	(void)n;
	/* 32 KiB: too large for a stack */
	struct crypt_data *data = calloc(1, sizeof(*data));
	CHECK(data);
	const char *hash =
		crypt_r(str_dup(c->arena, bytes_of(a[0])), str_dup(c->arena, bytes_of(a[1])), data);
	bool is_good = hash && hash[0] != '*';
	if (is_good)
		*ret = datum_text(str_of(arena_strdup(c->arena, hash)));
	explicit_bzero(data, sizeof(*data));
	free(data);
	return is_good ? 0 : err_set(c, "22023", "invalid salt");
}

/* gen_salt(type [, rounds]); bcrypt's cost is bounded so that a call ends. */
static const struct {
	const char *type, *prefix;
	unsigned long rounds, min, max;
} salts[] = {
	{ "bf", "$2a$", 6, 4, 12 },
	{ "md5", "$1$", 0, 0, 0 },
	{ "xdes", "_", 725, 1, 16777215 },
	{ "des", "", 0, 0, 0 },
};

static int fn_gen_salt(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)cn;
	for (size_t i = 0; i < sizeof(salts) / sizeof(salts[0]); i++) {
		if (!str_ieq(bytes_of(a[0]), str_of(salts[i].type)))
			continue;
		unsigned long rounds = n > 1 ? (unsigned long)a[1].i : salts[i].rounds;
		if (rounds < salts[i].min || rounds > salts[i].max)
			return err_set(c, "22023", "gen_salt: Incorrect number of rounds");
		char *salt = crypt_gensalt_ra(salts[i].prefix, rounds, NULL, 0);
		if (!salt)
			return err_set(c, "39000", "gen_salt failed");
		*ret = datum_text(str_of(arena_strdup(c->arena, salt)));
		free(salt);
		return 0;
	}
	return err_set(c, "22023", "gen_salt: Unknown salt algorithm");
}

static const struct sqlite_fn fns[] = {
	{ "bp_digest", 2, FN_CONST | FN_STRICT, fn_digest },
	{ "bp_md5_text", 1, FN_CONST | FN_STRICT, fn_md5 },
	{ "bp_md5_bytea", 1, FN_CONST | FN_STRICT, fn_md5 },
	{ "bp_sha224_bytea", 1, FN_CONST | FN_STRICT, fn_sha224 },
	{ "bp_sha256_bytea", 1, FN_CONST | FN_STRICT, fn_sha256 },
	{ "bp_sha384_bytea", 1, FN_CONST | FN_STRICT, fn_sha384 },
	{ "bp_sha512_bytea", 1, FN_CONST | FN_STRICT, fn_sha512 },
	{ "bp_hmac", 3, FN_CONST | FN_STRICT, fn_hmac },
	{ "bp_crypt", 2, FN_CONST | FN_STRICT, fn_crypt },
	{ "bp_gen_salt", 1, FN_STRICT, fn_gen_salt },
	{ "bp_gen_salt", 2, FN_STRICT, fn_gen_salt },
};

int sqlite_add_crypto_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
