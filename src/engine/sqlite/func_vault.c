/*
 * Supabase Vault's encryption: XChaCha20-Poly1305 with a key of the database's
 * own, in a file beside it that only its owner may read. A backup of the database
 * without that file has no secrets in it.
 */
#include "base/arena.h"
#include "engine/sqlite/func.h"
#include "engine/sqlite/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum {
	KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	SECRET_MAX = 1 << 20
};

static int read_key(struct ctx *c, const char *path, unsigned char *key)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 1
				       : err_set(c, "58030", "could not read the vault's key: %s",
						 strerror(errno));
	ssize_t n = read(fd, key, KEY_BYTES);
	close(fd);
	return n == KEY_BYTES ? 0 : err_set(c, "58030", "the vault's key file is damaged");
}

/* Written under another name first: a key is whole or not there. */
static int make_key(struct ctx *c, const char *path, unsigned char *key)
{
	const char *draft = arena_printf(c->arena, "%s.new", path);
	int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	randombytes_buf(key, KEY_BYTES);
	bool is_written = fd >= 0 && write(fd, key, KEY_BYTES) == KEY_BYTES && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (is_written && rename(draft, path) == 0)
		return 0;
	return err_set(c, "58030", "could not write the vault's key: %s", strerror(errno));
}

static int get_key(struct ctx *c, struct sqlite_conn *cn, bool is_made, unsigned char *key)
{
	if (!cn->engine)
		return err_set(c, "0A000", "there is no vault without a database file");
	const char *path = arena_printf(c->arena, "%s.vault-key", cn->engine->path);
	int found = read_key(c, path, key);
	if (found <= 0)
		return found;
	if (!is_made)
		return err_set(c, "58030", "the vault's key file is missing");
	return make_key(c, path, key);
}

/* vault._encrypt(secret text, id uuid, nonce bytea): base64 */
static int fn_encrypt(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)n;
	unsigned char key[KEY_BYTES];
	struct str secret = a[0].s, id = a[1].s, nonce = a[2].s;
	if (nonce.n != NONCE_BYTES || secret.n > SECRET_MAX)
		return err_set(c, "22023",
			       nonce.n != NONCE_BYTES ? "a nonce has %d bytes"
						      : "a secret is at most %d bytes",
			       nonce.n != NONCE_BYTES ? NONCE_BYTES : SECRET_MAX);
	TRY(get_key(c, cn, true, key));
	unsigned char *out = arena_alloc(c->arena, secret.n + TAG_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, (const unsigned char *)secret.p,
						   secret.n, (const unsigned char *)id.p, id.n,
						   NULL, (const unsigned char *)nonce.p, key);
	sodium_memzero(key, sizeof(key));
	size_t size =
		sodium_base64_ENCODED_LEN(secret.n + TAG_BYTES, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(c->arena, size);
	sodium_bin2base64(text, size, out, secret.n + TAG_BYTES, sodium_base64_VARIANT_ORIGINAL);
	*ret = datum_text(str_of(text));
	return 0;
}

/* vault._decrypt(secret text, id uuid, nonce bytea) */
static int fn_decrypt(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)n;
	unsigned char key[KEY_BYTES], *cipher = arena_alloc(c->arena, a[0].s.n + 1);
	struct str id = a[1].s, nonce = a[2].s;
	size_t size;
	if (nonce.n != NONCE_BYTES ||
	    sodium_base642bin(cipher, a[0].s.n, a[0].s.p, a[0].s.n, "\n", &size, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    size < TAG_BYTES)
		return err_set(c, "22023", "not a secret of the vault");
	TRY(get_key(c, cn, false, key));
	unsigned char *out = arena_alloc(c->arena, size);
	int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
		out, NULL, NULL, cipher, size, (const unsigned char *)id.p, id.n,
		(const unsigned char *)nonce.p, key);
	sodium_memzero(key, sizeof(key));
	if (failed)
		return err_set(c, "22023",
			       "a secret of the vault cannot be decrypted: it was "
			       "changed, or belongs to another key");
	*ret = datum_text((struct str){ (const char *)out, size - TAG_BYTES });
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_vault_encrypt", 3, FN_STRICT, fn_encrypt },
	{ "bp_vault_decrypt", 3, FN_STRICT, fn_decrypt },
};

int sqlite_add_vault_functions(struct ctx *c, struct sqlite_conn *cn)
{
	if (sodium_init() < 0)
		return err_set(c, "58000", "libsodium could not be started");
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
