#include "base/buf.h"

#include "base/arena.h"
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buf buf_make(size_t limit)
{
	CHECK(limit > 0);
	return (struct buf){ .limit = limit };
}

void buf_free(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
}

bool buf_ok(const struct buf *b)
{
	return !b->overflow;
}

char *buf_reserve(struct buf *b, size_t n)
{
	if (b->cap - b->n >= n && b->p)
		return b->p + b->n;
	if (n > b->limit || b->n > b->limit - n) {
		b->overflow = true;
		return NULL;
	}
	size_t cap = b->cap ? b->cap : 256;
	while (cap < b->n + n)
		cap *= 2;
	if (cap > b->limit)
		cap = b->limit;
	b->p = realloc(b->p, cap);
	CHECK(b->p != NULL);
	b->cap = cap;
	return b->p + b->n;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	char *to = n ? buf_reserve(b, n) : NULL;
	if (!to)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void buf_char(struct buf *b, char c)
{
	char *to = buf_reserve(b, 1);
	if (!to)
		return;
	*to = c;
	b->n++;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

void buf_i64(struct buf *b, int64_t value)
{
	char digits[24];
	char *end = digits + sizeof(digits);
	char *at = end;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--at = '-';
	buf_put(b, at, (size_t)(end - at));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	CHECK(n >= 0);
	char *to = buf_reserve(b, (size_t)n + 1);
	if (to) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_consume(struct buf *b, size_t n)
{
	CHECK(n <= b->n);
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

struct str buf_view(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

char *buf_dup(struct arena *a, const struct buf *b)
{
	return arena_strndup(a, b->p, b->n);
}
