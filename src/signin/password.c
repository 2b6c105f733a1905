#include "signin/password.h"

#include "base/arena.h"
#include "base/b64.h"
#include "base/buf.h"
#include "config/config.h"
#include "loop/pool.h"
#include "signin/signin_int.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* At NICE 5 a thread has a third of a reader's weight: reads keep their latency, and
 * sign-ins go on when reads take all there is. */
enum { BCRYPT_COST = 10, FB_KEY = 32, FB_N_MAX = 20, NICE = 5 };

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char digits[] = "0123456789";
static const char symbols[] = "!@#$%^&*()_+-=[]{};'\\:\"|<>?,./`~";

/* [auth].password_requirements, as the CLI spells them. */
static const struct requirement {
	const char *name;
	const char *sets[4];
} requirements[] = {
	{ "letters_digits", { letters, digits } },
	{ "lower_upper_letters_digits", { lower, upper, digits } },
	{ "lower_upper_letters_digits_symbols", { lower, upper, digits, symbols } },
};

static const struct requirement *required(const struct call *k)
{
	for (size_t i = 0; i < sizeof(requirements) / sizeof(*requirements); i++)
		if (!strcmp(requirements[i].name, k->s->o.cfg->auth.password_requirements))
			return &requirements[i];
	return NULL;
}

static void check_sets(struct call *k, const char *password, struct buf *text, struct buf *why)
{
	const struct requirement *r = required(k);
	bool is_missing = false;
	for (size_t i = 0; r && i < 4 && r->sets[i]; i++)
		is_missing |= !strpbrk(password, r->sets[i]);
	if (!is_missing)
		return;
	buf_printf(text, "%sPassword should contain at least one character of each: ",
		   text->n ? " " : "");
	for (size_t i = 0; i < 4 && r->sets[i]; i++)
		buf_printf(text, "%s%s", i ? ", " : "", r->sets[i]);
	buf_char(text, '.');
	buf_printf(why, "%s\"characters\"", why->n ? "," : "");
}

int password_check_strength(struct call *k, const char *password)
{
	BUF_CLEANUP struct buf text = buf_make(4096);
	BUF_CLEANUP struct buf why = buf_make(256);
	long long min = (long long)k->s->o.cfg->auth.password_min;
	if (strlen(password) > PASSWORD_MAX)
		return refuse(k, 400, "validation_failed",
			      "Password cannot be longer than %d characters", PASSWORD_MAX);
	if ((long long)strlen(password) < min) {
		buf_printf(&text, "Password should be at least %lld characters.", min);
		buf_puts(&why, "\"length\"");
	}
	check_sets(k, password, &text, &why);
	if (!why.n)
		return 0;
	k->weak_reasons = buf_dup(k->a, &why);
	return refuse(k, 422, "weak_password", "%s", buf_dup(k->a, &text));
}

static bool is_crypt(const char *password, const char *hash)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *out = data ? crypt_rn(password, hash, data, sizeof(*data)) : NULL;
	bool is_same = out && str_eq_secret(str_of(out), str_of(hash));
	sodium_memzero(data, sizeof(*data));
	free(data);
	return is_same;
}

/* A member "name=value" of a PHC string's parameters. */
static struct str parameter(struct str list, const char *name)
{
	while (list.p) {
		struct str value = str_split(&list, ',');
		struct str key = str_split(&value, '=');
		if (str_is(key, name))
			return value.p ? value : STR("");
	}
	return (struct str){ 0 };
}

static bool decode(struct arena *a, struct str text, struct str *ret)
{
	return text.p && b64_decode_any(a, text, ret);
}

/* $fbscrypt$v=1,n=14,r=8,p=1,ss=SEPARATOR,sk=SIGNERKEY$SALT$HASH: the signer key,
 * encrypted under what scrypt makes of the password and salt+separator. */
static bool is_firebase(struct arena *a, const char *password, const char *hash)
{
	struct str rest = str_from(str_of(hash), strlen("$fbscrypt$"));
	struct str list = str_split(&rest, '$');
	struct str salt_text = str_split(&rest, '$');
	struct str salt, separator, signer, want;
	int64_t n = 0, r = 0, p = 0;
	unsigned char key[FB_KEY], iv[16] = { 0 };
	if (!rest.p || !decode(a, salt_text, &salt) || !decode(a, rest, &want) ||
	    !decode(a, parameter(list, "ss"), &separator) ||
	    !decode(a, parameter(list, "sk"), &signer) || !str_to_i64(parameter(list, "n"), &n) ||
	    !str_to_i64(parameter(list, "r"), &r) || !str_to_i64(parameter(list, "p"), &p) ||
	    n < 1 || n > FB_N_MAX || r < 1 || r > 32 || p < 1 || p > 16)
		return false;
	BUF_CLEANUP struct buf whole = buf_make(4096);
	buf_str(&whole, salt);
	buf_str(&whole, separator);
	if (!buf_ok(&whole) ||
	    !EVP_PBE_scrypt(password, strlen(password), (const unsigned char *)whole.p, whole.n,
			    1ull << n, (uint64_t)r, (uint64_t)p, 1ull << 31, key, sizeof(key)))
		return false;
	unsigned char *out = arena_array(a, signer.n + 32, 1);
	int len = 0;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool is_made =
		ctx && EVP_EncryptInit_ex(ctx, EVP_aes_256_ctr(), NULL, key, iv) &&
		EVP_EncryptUpdate(ctx, out, &len, (const unsigned char *)signer.p, (int)signer.n);
	EVP_CIPHER_CTX_free(ctx);
	return is_made && str_eq_secret((struct str){ (char *)out, (size_t)len }, want);
}

bool password_matches(const char *password, const char *hash)
{
	if (!strncmp(hash, "$argon2", 7))
		return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
	if (!strncmp(hash, "$fbscrypt$", 10)) {
		struct arena *a = arena_new(0);
		bool is_same = is_firebase(a, password, hash);
		arena_free(a);
		return is_same;
	}
	return hash[0] == '$' && is_crypt(password, hash);
}

const char *password_make(struct arena *a, const char *password, bool is_argon)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE], random[16];
	char argon[crypto_pwhash_STRBYTES];
	if (is_argon)
		return crypto_pwhash_str(argon, password, strlen(password),
					 crypto_pwhash_OPSLIMIT_INTERACTIVE,
					 crypto_pwhash_MEMLIMIT_INTERACTIVE)
			       ? NULL
			       : arena_strdup(a, argon);
	randombytes_buf(random, sizeof(random));
	if (!crypt_gensalt_rn("$2a$", BCRYPT_COST, random, sizeof(random), setting,
			      sizeof(setting)))
		return NULL;
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *out = data ? crypt_rn(password, setting, data, sizeof(*data)) : NULL;
	const char *copy = out ? arena_strdup(a, out) : NULL;
	free(data);
	return copy;
}

bool password_is_known_hash(const char *hash)
{
	static const char *const kinds[] = { "$2a$",	  "$2b$",	"$2y$",
					     "$argon2i$", "$argon2id$", "$fbscrypt$" };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strncmp(hash, kinds[i], strlen(kinds[i])))
			return true;
	return false;
}

struct work {
	struct arena *a;
	const char *password, *hash;
	bool is_argon;
	const char *ret_hash;
	bool ret_match;
};

/* A storm of sign-ins must not slow reads: these threads come last. */
static void be_nice(void)
{
	static _Thread_local bool is_nice;
	if (!is_nice)
		setpriority(PRIO_PROCESS, 0, NICE);
	is_nice = true;
}

static int do_hash(void *arg)
{
	struct work *w = arg;
	be_nice();
	w->ret_hash = password_make(w->a, w->password, w->is_argon);
	return 0;
}

static int do_verify(void *arg)
{
	struct work *w = arg;
	be_nice();
	w->ret_match = password_matches(w->password, w->hash);
	return 0;
}

static int run(struct call *k, int (*fn)(void *arg), struct work *w)
{
	if (pool_run(k->c, k->s->pool, fn, w) == 0)
		return 0;
	if (!err_is(k->c, "53000"))
		return refuse_internal(k, "Password could not be checked");
	k->retry_after = 1;
	return refuse(k, 429, "over_request_rate_limit", "Request rate limit reached");
}

int password_hash(struct call *k, const char *password, const char **ret)
{
	struct work w = { .a = k->a,
			  .password = password,
			  .is_argon = !strcmp(k->s->o.cfg->auth.password_hash, "argon2id") };
	TRY(run(k, do_hash, &w));
	if (!w.ret_hash)
		return refuse_internal(k, "Password could not be hashed");
	*ret = w.ret_hash;
	return 0;
}

int password_verify(struct call *k, const char *password, const char *hash, bool *ret)
{
	bool has_hash = hash && *hash;
	struct work w = { .password = password, .hash = has_hash ? hash : k->s->dummy_hash };
	TRY(run(k, do_verify, &w));
	*ret = has_hash && w.ret_match;
	return 0;
}
