/* Functions of the extensions that projects ask for: uuid-ossp, unaccent, pgjwt,
 * pgcrypto's encrypt family, fuzzystrmatch. */
#include "base/arena.h"
#include "base/b64.h"
#include "base/check.h"
#include "engine/sqlite/func.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <utf8proc.h>

enum { RESULT_MAX = 64 << 20, LEVENSHTEIN_MAX = 255 };

#define UNUSED                                                                                     \
	(void)cn;                                                                                  \
	(void)n

static int take_buf(struct ctx *c, const struct buf *b, struct datum *ret)
{
	if (!buf_ok(b))
		return err_set(c, "54000", "result of a function is too large");
	*ret = datum_text(str_copy(c->arena, buf_view(b)));
	return 0;
}

/* ---- uuid-ossp ---- */

static int hex_digit(char ch)
{
	return ch <= '9' ? ch - '0' : (ch | 0x20) - 'a' + 10;
}

/* The 16 bytes of a stored uuid. */
static void uuid_bytes(struct str text, unsigned char *out)
{
	size_t n = 0;
	for (size_t i = 0; i + 1 < text.n && n < 16; i++) {
		if (text.p[i] == '-')
			continue;
		out[n++] = (unsigned char)(hex_digit(text.p[i]) << 4 | hex_digit(text.p[i + 1]));
		i++;
	}
}

static struct datum uuid_text(struct ctx *c, const unsigned char *b)
{
	return datum_text(str_of(arena_printf(
		c->arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		b[13], b[14], b[15])));
}

/* RFC 9562 5.3 and 5.5: the hash of the namespace and the name. */
static int named_uuid(struct ctx *c, const EVP_MD *md, int version, const struct datum *a,
		      struct datum *ret)
{
	unsigned char *text = arena_alloc(c->arena, 16 + a[1].s.n), hash[EVP_MAX_MD_SIZE];
	unsigned int size;
	uuid_bytes(a[0].s, text);
	memcpy(text + 16, a[1].s.p, a[1].s.n);
	if (!EVP_Digest(text, 16 + a[1].s.n, hash, &size, md, NULL))
		return err_set(c, "XX000", "could not compute a hash");
	hash[6] = (unsigned char)((hash[6] & 0x0f) | version << 4);
	hash[8] = (hash[8] & 0x3f) | 0x80;
	*ret = uuid_text(c, hash);
	return 0;
}

static int fn_uuid_v3(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	UNUSED;
	return named_uuid(c, EVP_md5(), 3, a, ret);
}

static int fn_uuid_v5(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	UNUSED;
	return named_uuid(c, EVP_sha1(), 5, a, ret);
}

/* ---- unaccent ---- */

/* Letters that have no decomposition and yet a plain spelling. */
static const struct {
	utf8proc_int32_t from;
	const char *to;
} spellings[] = {
	{ 0xa1, "!" },	 { 0xab, "<<" },   { 0xad, "-" },    { 0xbb, ">>" },	{ 0xc6, "AE" },
	{ 0xd0, "D" },	 { 0xd7, "*" },	   { 0xd8, "O" },    { 0xde, "TH" },	{ 0xdf, "ss" },
	{ 0xe6, "ae" },	 { 0xf0, "d" },	   { 0xf7, "/" },    { 0xf8, "o" },	{ 0xfe, "th" },
	{ 0x110, "D" },	 { 0x111, "d" },   { 0x126, "H" },   { 0x127, "h" },	{ 0x131, "i" },
	{ 0x132, "IJ" }, { 0x133, "ij" },  { 0x138, "q" },   { 0x13f, "L" },	{ 0x140, "l" },
	{ 0x141, "L" },	 { 0x142, "l" },   { 0x149, "'n" },  { 0x14a, "N" },	{ 0x14b, "n" },
	{ 0x152, "OE" }, { 0x153, "oe" },  { 0x166, "T" },   { 0x167, "t" },	{ 0x17f, "s" },
	{ 0x180, "b" },	 { 0x197, "I" },   { 0x1b5, "Z" },   { 0x1b6, "z" },	{ 0x2010, "-" },
	{ 0x2011, "-" }, { 0x2012, "-" },  { 0x2013, "-" },  { 0x2014, "-" },	{ 0x2018, "'" },
	{ 0x2019, "'" }, { 0x201c, "\"" }, { 0x201d, "\"" }, { 0x2026, "..." },
};

static const char *spelling_of(utf8proc_int32_t cp)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (spellings[i].from == cp)
			return spellings[i].to;
	return NULL;
}

static bool is_mark(utf8proc_int32_t cp)
{
	return cp >= 0x300 && cp <= 0x362;
}

static void put_char(struct buf *b, utf8proc_int32_t cp)
{
	utf8proc_uint8_t bytes[4];
	buf_put(b, bytes, (size_t)utf8proc_encode_char(cp, bytes));
}

static void put_plain(struct buf *b, utf8proc_int32_t cp)
{
	utf8proc_int32_t parts[8];
	int last_class = 0;
	const char *spelling = spelling_of(cp);
	if (spelling || cp < 0x80) {
		if (spelling)
			buf_puts(b, spelling);
		else
			buf_char(b, (char)cp);
		return;
	}
	utf8proc_ssize_t n = utf8proc_decompose_char(cp, parts, 8, UTF8PROC_DECOMPOSE, &last_class);
	for (utf8proc_ssize_t i = 0; i < n && i < 8; i++)
		if (!is_mark(parts[i]))
			put_char(b, parts[i]);
}

static int fn_unaccent(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)cn;
	BUF_CLEANUP struct buf b = buf_make(RESULT_MAX);
	struct str s = a[n - 1].s; /* before it the dictionary's name */
	for (size_t i = 0; i < s.n;) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)s.p + i,
							 (utf8proc_ssize_t)(s.n - i), &cp);
		if (size <= 0) {
			buf_char(&b, s.p[i++]);
			continue;
		}
		put_plain(&b, cp);
		i += (size_t)size;
	}
	return take_buf(c, &b, ret);
}

/* ---- pgjwt ---- */

static int fn_url_encode(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	UNUSED;
	*ret = datum_text(str_of(b64url_encode(c->arena, a[0].s)));
	return 0;
}

static int fn_url_decode(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	UNUSED;
	struct str bytes;
	if (!b64url_decode(c->arena, a[0].s, &bytes))
		return err_set(c, "22023", "invalid base64 end sequence");
	*ret = datum_blob(bytes);
	return 0;
}

static const EVP_MD *algorithm(struct str name)
{
	return str_is(name, "HS256")   ? EVP_sha256()
	       : str_is(name, "HS384") ? EVP_sha384()
	       : str_is(name, "HS512") ? EVP_sha512()
				       : NULL;
}

static int fn_sign(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)cn;
	struct str name = n > 2 ? a[2].s : STR("HS256");
	const EVP_MD *md = algorithm(name);
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned int size;
	if (!md)
		return err_set(c, "22023", "Cannot use \"%.*s\": No such hash algorithm",
			       STR_ARG(name));
	const char *header =
		arena_printf(c->arena, "{\"alg\":\"%.*s\",\"typ\":\"JWT\"}", STR_ARG(name));
	const char *input = arena_printf(c->arena, "%s.%s", b64url_encode(c->arena, str_of(header)),
					 b64url_encode(c->arena, a[0].s));
	if (!HMAC(md, a[1].s.p, (int)a[1].s.n, (const unsigned char *)input, strlen(input), mac,
		  &size))
		return err_set(c, "39000", "hmac failed");
	struct str signature = { (const char *)mac, size };
	*ret = datum_text(
		str_of(arena_printf(c->arena, "%s.%s", input, b64url_encode(c->arena, signature))));
	return 0;
}

/* ---- pgcrypto: encrypt(data, key, type), encrypt_iv(data, key, iv, type) ---- */

struct cipher {
	const EVP_CIPHER *evp;
	unsigned char key[32], iv[16];
	bool is_padded;
};

static bool has_word(struct str type, const char *word)
{
	return str_find(type, str_of(word)) >= 0;
}

/* "aes", "aes-cbc/pad:pkcs", "aes-ecb/pad:none": short keys are filled with zeros. */
static int read_cipher(struct ctx *c, struct str type, struct str key, struct str iv,
		       struct cipher *ret)
{
	struct cipher k = { .is_padded = !has_word(type, "/pad:none") };
	bool is_ecb = has_word(type, "-ecb");
	if (!str_starts(type, STR("aes")))
		return err_set(c, "22023", "Cannot use \"%.*s\": No such cipher algorithm",
			       STR_ARG(type));
	if (key.n > sizeof(k.key))
		return err_set(c, "22023", "encrypt error: Key was too big");
	memcpy(k.key, key.p, key.n);
	memcpy(k.iv, iv.p ? iv.p : "", iv.n < sizeof(k.iv) ? iv.n : sizeof(k.iv));
	int bits = key.n <= 16 ? 128 : key.n <= 24 ? 192 : 256;
	k.evp = is_ecb	      ? (bits == 128   ? EVP_aes_128_ecb()
				 : bits == 192 ? EVP_aes_192_ecb()
					       : EVP_aes_256_ecb())
		: bits == 128 ? EVP_aes_128_cbc()
		: bits == 192 ? EVP_aes_192_cbc()
			      : EVP_aes_256_cbc();
	*ret = k;
	return 0;
}

static int run_cipher(struct ctx *c, const struct cipher *k, struct str data, bool is_encrypt,
		      struct datum *ret)
{
	unsigned char *out = arena_alloc(c->arena, data.n + 32);
	int n = 0, rest = 0;
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	CHECK(x);
	bool is_ok = EVP_CipherInit_ex(x, k->evp, NULL, k->key, k->iv, is_encrypt) &&
		     EVP_CIPHER_CTX_set_padding(x, k->is_padded) &&
		     EVP_CipherUpdate(x, out, &n, (const unsigned char *)data.p, (int)data.n) &&
		     EVP_CipherFinal_ex(x, out + n, &rest);
	EVP_CIPHER_CTX_free(x);
	if (!is_ok)
		return err_set(c, "39000",
			       "%s error: Data not a multiple of block size, or a wrong key",
			       is_encrypt ? "encrypt" : "decrypt");
	*ret = datum_blob((struct str){ (const char *)out, (size_t)(n + rest) });
	return 0;
}

static int crypt_call(struct ctx *c, const struct datum *a, int n, bool is_encrypt,
		      struct datum *ret)
{
	struct cipher k;
	struct str iv = n > 3 ? a[2].s : STR("");
	TRY(read_cipher(c, a[n - 1].s, a[1].s, iv, &k));
	return run_cipher(c, &k, a[0].s, is_encrypt, ret);
}

static int fn_encrypt(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)cn;
	return crypt_call(c, a, n, true, ret);
}

static int fn_decrypt(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)cn;
	return crypt_call(c, a, n, false, ret);
}

/* ---- fuzzystrmatch ---- */

struct codepoints {
	utf8proc_int32_t v[LEVENSHTEIN_MAX];
	int n;
};

static int read_codepoints(struct ctx *c, struct str s, struct codepoints *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < s.n;) {
		utf8proc_ssize_t size =
			utf8proc_iterate((const utf8proc_uint8_t *)s.p + i,
					 (utf8proc_ssize_t)(s.n - i), &ret->v[ret->n]);
		if (size <= 0)
			return err_set(c, "22021", "invalid byte sequence");
		i += (size_t)size;
		if (++ret->n == LEVENSHTEIN_MAX && i < s.n)
			return err_set(c, "22023",
				       "levenshtein argument exceeds maximum length of %d "
				       "characters",
				       LEVENSHTEIN_MAX);
	}
	return 0;
}

static int least(int a, int b, int d)
{
	int m = a < b ? a : b;
	return m < d ? m : d;
}

/* levenshtein(a, b [, insert, delete, substitute]) */
static int fn_levenshtein(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			  struct datum *ret)
{
	(void)cn;
	struct codepoints x, y;
	int ins = n > 2 ? (int)a[2].i : 1, del = n > 2 ? (int)a[3].i : 1;
	int sub = n > 2 ? (int)a[4].i : 1, row[LEVENSHTEIN_MAX + 1];
	TRY(read_codepoints(c, a[0].s, &x));
	TRY(read_codepoints(c, a[1].s, &y));
	for (int k = 0; k <= y.n; k++)
		row[k] = k * ins;
	for (int i = 1; i <= x.n; i++) {
		int diagonal = row[0];
		row[0] = i * del;
		for (int k = 1; k <= y.n; k++) {
			int above = row[k];
			row[k] = least(above + del, row[k - 1] + ins,
				       diagonal + (x.v[i - 1] == y.v[k - 1] ? 0 : sub));
			diagonal = above;
		}
	}
	*ret = datum_int(row[y.n]);
	return 0;
}

static char soundex_code(char ch)
{
	static const char codes[] = "01230120022455012623010202";
	char upper = (char)(ch & ~0x20);
	return upper >= 'A' && upper <= 'Z' ? codes[upper - 'A'] : '\0';
}

static void soundex(struct str s, char out[5])
{
	size_t i = 0;
	int n = 0;
	memset(out, 0, 5);
	while (i < s.n && !soundex_code(s.p[i]))
		i++;
	if (i == s.n)
		return;
	out[n++] = (char)(s.p[i] & ~0x20);
	for (i++; i < s.n && n < 4; i++) {
		char code = soundex_code(s.p[i]);
		if (code && code != '0' && code != soundex_code(s.p[i - 1]))
			out[n++] = code;
	}
	while (n < 4)
		out[n++] = '0';
}

static int fn_soundex(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	UNUSED;
	char code[5];
	soundex(a[0].s, code);
	*ret = datum_text(str_of(arena_strdup(c->arena, code)));
	return 0;
}

static int fn_difference(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)c;
	UNUSED;
	char x[5], y[5];
	int same = 0;
	soundex(a[0].s, x);
	soundex(a[1].s, y);
	for (int i = 0; i < 4; i++)
		same += x[i] == y[i];
	*ret = datum_int(same);
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_uuid_generate_v3", 2, FN_CONST | FN_STRICT, fn_uuid_v3 },
	{ "bp_uuid_generate_v5", 2, FN_CONST | FN_STRICT, fn_uuid_v5 },
	{ "bp_unaccent", -1, FN_CONST | FN_STRICT, fn_unaccent },
	{ "bp_url_encode", 1, FN_CONST | FN_STRICT, fn_url_encode },
	{ "bp_url_decode", 1, FN_CONST | FN_STRICT, fn_url_decode },
	{ "bp_jwt_sign", -1, FN_CONST | FN_STRICT, fn_sign },
	{ "bp_encrypt", -1, FN_CONST | FN_STRICT, fn_encrypt },
	{ "bp_decrypt", -1, FN_CONST | FN_STRICT, fn_decrypt },
	{ "bp_levenshtein", -1, FN_CONST | FN_STRICT, fn_levenshtein },
	{ "bp_soundex", 1, FN_CONST | FN_STRICT, fn_soundex },
	{ "bp_difference", 2, FN_CONST | FN_STRICT, fn_difference },
};

int sqlite_add_extension_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
