#include "base/str.h"

#include "base/arena.h"

#include <string.h>
#include <strings.h>

struct str str_of(const char *s)
{
	return (struct str){ s, s ? strlen(s) : 0 };
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *s)
{
	return str_eq(a, str_of(s));
}

bool str_ieq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

ptrdiff_t str_chr(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? at - s.p : -1;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? at - s.p : -1;
}

struct str str_from(struct str s, size_t from)
{
	return str_sub(s, from, s.n);
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){ s.p ? s.p + from : NULL, n };
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n && is_space(s.p[0]))
		s = str_from(s, 1);
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_split(struct str *s, char sep)
{
	ptrdiff_t at = str_chr(*s, sep);
	struct str head = *s;
	if (at < 0) {
		*s = (struct str){ NULL, 0 };
		return head;
	}
	head.n = (size_t)at;
	*s = str_from(*s, (size_t)at + 1);
	return head;
}

char *str_dup(struct arena *a, struct str s)
{
	return arena_strndup(a, s.p, s.n);
}

struct str str_copy(struct arena *a, struct str s)
{
	return (struct str){ str_dup(a, s), s.n };
}

struct str str_lower(struct arena *a, struct str s)
{
	char *copy = str_dup(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	return (struct str){ copy, s.n };
}

bool str_to_i64(struct str s, int64_t *ret)
{
	bool negative = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_from(s, 1);
	if (s.n == 0)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0';
		if (digit < 0 || digit > 9)
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

bool str_eq_secret(struct str a, struct str b)
{
	unsigned char diff = a.n != b.n;
	for (size_t i = 0; i < a.n && b.n; i++)
		diff |= (unsigned char)(a.p[i] ^ b.p[i % b.n]);
	return diff == 0;
}

/* Length of the UTF-8 sequence at p (n bytes left), 0 when malformed. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	if (p[0] < 0x80)
		return 1;
	size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || n < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
	bool surrogate = p[0] == 0xED && p[1] > 0x9F;
	bool too_big = p[0] == 0xF4 && p[1] > 0x8F;
	return overlong || surrogate || too_big ? 0 : len;
}

bool str_is_utf8(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t len = utf8_len((const unsigned char *)s.p + i, s.n - i);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}
