#include "signin/totp.h"

#include "base/arena.h"
#include "base/buf.h"
#include "signin/call.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <qrencode.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SECRET_BYTES = 20, SECRET_MAX = 64, STEP_SECONDS = 30, MODULE = 4, QUIET = 4 };

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const char *totp_new_secret(struct arena *a)
{
	/* 20 bytes are 32 characters of 5 bits: none is padding. */
	return new_random(a, base32, SECRET_BYTES * 8 / 5);
}

static size_t decode(const char *text, unsigned char ret[SECRET_MAX])
{
	uint32_t bits = 0;
	int n_bits = 0;
	size_t n = 0;
	for (; *text && *text != '='; text++) {
		const char *at = strchr(base32, *text);
		if (!at || n == SECRET_MAX)
			return 0;
		bits = bits << 5 | (uint32_t)(at - base32);
		n_bits += 5;
		if (n_bits >= 8) {
			n_bits -= 8;
			ret[n++] = (unsigned char)(bits >> n_bits);
		}
	}
	return n;
}

bool totp_code(const char *secret, uint64_t counter, char ret[7])
{
	unsigned char key[SECRET_MAX], md[EVP_MAX_MD_SIZE], message[8];
	unsigned n_md = 0;
	size_t n = decode(secret, key);
	for (int i = 7; i >= 0; i--, counter >>= 8)
		message[i] = (unsigned char)counter;
	if (!n || !HMAC(EVP_sha1(), key, (int)n, message, sizeof(message), md, &n_md))
		return false;
	const unsigned char *p = md + (md[n_md - 1] & 15);
	uint32_t v =
		(uint32_t)(p[0] & 127) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	snprintf(ret, 7, "%06u", (unsigned)(v % 1000000));
	return true;
}

bool totp_matches(const char *secret, int64_t now, const char *code)
{
	bool is_match = false;
	char want[7];
	uint64_t step = (uint64_t)now / STEP_SECONDS;
	for (uint64_t s = step - 1; s <= step + 1; s++)
		is_match |= totp_code(secret, s, want) && str_eq_secret(str_of(want), str_of(code));
	return is_match;
}

/* As in a path: a space is %20. */
static void put_part(struct buf *b, const char *text)
{
	for (; *text; text++)
		if (*text == ' ')
			buf_puts(b, "%20");
		else
			put_urlencoded(b, (struct str){ text, 1 });
}

const char *totp_uri(struct arena *a, const char *issuer, const char *account, const char *secret)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	buf_puts(&b, "otpauth://totp/");
	put_part(&b, issuer);
	buf_char(&b, ':');
	put_part(&b, account);
	buf_puts(&b, "?algorithm=SHA1&digits=6&issuer=");
	put_part(&b, issuer);
	buf_printf(&b, "&period=%d&secret=%s", STEP_SECONDS, secret);
	return buf_dup(a, &b);
}

const char *totp_svg(struct arena *a, const char *text)
{
	QRcode *qr = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (!qr)
		return NULL;
	int size = (qr->width + 2 * QUIET) * MODULE;
	BUF_CLEANUP struct buf b = buf_make(4 << 20);
	buf_printf(&b,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		   "viewBox=\"0 0 "
		   "%d %d\" shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" "
		   "fill=\"white\"/><path fill=\"black\" d=\"",
		   size, size, size, size, size, size);
	for (int y = 0; y < qr->width; y++)
		for (int x = 0; x < qr->width; x++)
			if (qr->data[y * qr->width + x] & 1)
				buf_printf(&b, "M%d %dh%dv%dh-%dz", (x + QUIET) * MODULE,
					   (y + QUIET) * MODULE, MODULE, MODULE, MODULE);
	buf_puts(&b, "\"/></svg>");
	QRcode_free(qr);
	return buf_dup(a, &b);
}
