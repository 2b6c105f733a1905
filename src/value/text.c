#include "value/text.h"

#include "base/arena.h"
#include "value/scalar.h"

#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <wctype.h>

/* The C library's tables for C.UTF-8, which PostgreSQL 15 uses too; never the
 * process's own locale. */
static locale_t c_utf8;

static void open_locale(void)
{
	c_utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

static locale_t utf8_locale(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, open_locale);
	return c_utf8;
}

uint32_t char_lower(uint32_t cp)
{
	if (cp < 128)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	locale_t l = utf8_locale();
	return l ? (uint32_t)towlower_l((wint_t)cp, l) : cp;
}

uint32_t char_upper(uint32_t cp)
{
	if (cp < 128)
		return cp >= 'a' && cp <= 'z' ? cp - 32 : cp;
	locale_t l = utf8_locale();
	return l ? (uint32_t)towupper_l((wint_t)cp, l) : cp;
}

bool char_is_alnum(uint32_t cp)
{
	locale_t l = utf8_locale();
	return l ? iswalnum_l((wint_t)cp, l) : false;
}

static bool is_ascii(struct str s)
{
	unsigned char any = 0;
	for (size_t i = 0; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return any < 128;
}

static struct str map_chars(struct arena *a, struct str s, uint32_t (*map)(uint32_t))
{
	if (is_ascii(s)) {
		char *out = arena_alloc(a, s.n + 1);
		for (size_t i = 0; i < s.n; i++)
			out[i] = (char)map((unsigned char)s.p[i]);
		return (struct str){ out, s.n };
	}
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	while (s.n) {
		size_t size;
		uint32_t cp = utf8_decode(s, &size);
		utf8_put(&b, map(cp));
		s = str_from(s, size);
	}
	return str_copy(a, buf_view(&b));
}

struct str text_lower(struct arena *a, struct str s)
{
	return map_chars(a, s, char_lower);
}

struct str text_upper(struct arena *a, struct str s)
{
	return map_chars(a, s, char_upper);
}

struct str text_initcap(struct arena *a, struct str s)
{
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	bool was_alnum = false;
	while (s.n) {
		size_t size;
		uint32_t cp = utf8_decode(s, &size);
		utf8_put(&b, was_alnum ? char_lower(cp) : char_upper(cp));
		was_alnum = char_is_alnum(cp);
		s = str_from(s, size);
	}
	return str_copy(a, buf_view(&b));
}

int text_cmp_folded(struct str a, struct str b)
{
	while (a.n && b.n) {
		size_t a_size, b_size;
		uint32_t x = char_lower(utf8_decode(a, &a_size));
		uint32_t y = char_lower(utf8_decode(b, &b_size));
		if (x != y)
			return x < y ? -1 : 1;
		a = str_from(a, a_size);
		b = str_from(b, b_size);
	}
	return (a.n != 0) - (b.n != 0);
}
