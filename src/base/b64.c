#include "base/b64.h"

#include "base/arena.h"

static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *b64url_encode(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, bytes.n / 3 * 4 + 5);
	size_t n = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		for (have += 8; have >= 6; have -= 6)
			out[n++] = url_alphabet[bits >> (have - 6) & 63];
	}
	if (have)
		out[n++] = url_alphabet[bits << (6 - have) & 63];
	out[n] = '\0';
	return out;
}

/* The six bits of a character, or -1. */
static int url_value(char ch)
{
	if (ch >= 'A' && ch <= 'Z')
		return ch - 'A';
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a' + 26;
	if (ch >= '0' && ch <= '9')
		return ch - '0' + 52;
	return ch == '-' ? 62 : ch == '_' ? 63 : -1;
}

bool b64url_decode(struct arena *a, struct str text, struct str *ret)
{
	if (text.n % 4 == 1)
		return false;
	char *out = arena_alloc(a, text.n / 4 * 3 + 4);
	size_t n = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < text.n; i++) {
		int v = url_value(text.p[i]);
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (char)(bits >> have & 255);
		}
	}
	if (bits & ((1u << have) - 1))
		return false;
	out[n] = '\0';
	*ret = (struct str){ out, n };
	return true;
}

bool b64_decode_any(struct arena *a, struct str text, struct str *ret)
{
	text = str_trim(text);
	for (int i = 0; i < 2 && text.n % 4 == 0 && str_ends(text, STR("=")); i++)
		text.n -= i == 0 && text.n > 1 && text.p[text.n - 2] == '=' ? 2 : 1;
	char *url = str_dup(a, text);
	for (char *p = url; *p; p++)
		*p = *p == '+' ? '-' : (char)(*p == '/' ? '_' : *p);
	return b64url_decode(a, (struct str){ url, text.n }, ret);
}
