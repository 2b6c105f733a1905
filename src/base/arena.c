#include "base/arena.h"

#include "base/check.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CHUNK = 8192, ALIGN = 16 };

struct chunk {
	struct chunk *prev;
	size_t size; /* bytes of data */
	size_t used;
	size_t before; /* bytes handed out by the chunks before this one */
	_Alignas(ALIGN) char data[];
};

struct arena {
	struct chunk *top;
	size_t chunk_size;
};

static struct chunk *chunk_new(struct chunk *prev, size_t size)
{
	CHECK(size < SIZE_MAX - sizeof(struct chunk));
	struct chunk *k = malloc(sizeof(*k) + size);
	CHECK(k != NULL);
	k->prev = prev;
	k->size = size;
	k->used = 0;
	k->before = prev ? prev->before + prev->used : 0;
	return k;
}

struct arena *arena_new(size_t chunk_size)
{
	struct arena *a = malloc(sizeof(*a));
	CHECK(a != NULL);
	a->chunk_size = chunk_size ? chunk_size : DEFAULT_CHUNK;
	a->top = chunk_new(NULL, a->chunk_size);
	return a;
}

static void pop_chunk(struct arena *a)
{
	struct chunk *k = a->top;
	a->top = k->prev;
	free(k);
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->top)
		pop_chunk(a);
	free(a);
}

void arena_reset(struct arena *a)
{
	while (a->top->prev)
		pop_chunk(a);
	a->top->used = 0;
}

size_t arena_used(const struct arena *a)
{
	return a->top->before + a->top->used;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ .chunk = a->top, .used = a->top->used };
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
	while (a->top != mark.chunk)
		pop_chunk(a);
	a->top->used = mark.used;
}

static size_t chunk_size_for(const struct arena *a, size_t n)
{
#ifdef BEDPLATE_ARENA_MALLOC
	(void)a;
	return n ? n : 1;
#else
	size_t grown = a->top->size < (1u << 20) ? a->top->size * 2 : a->top->size;
	return n > grown ? n : grown;
#endif
}

void *arena_alloc(struct arena *a, size_t n)
{
	CHECK(n < SIZE_MAX - ALIGN);
	size_t need = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
#ifdef BEDPLATE_ARENA_MALLOC
	need = n ? n : 1;
	a->top = chunk_new(a->top, chunk_size_for(a, need));
#else
	if (a->top->size - a->top->used < need)
		a->top = chunk_new(a->top, chunk_size_for(a, need));
#endif
	char *p = a->top->data + a->top->used;
	a->top->used += need;
	return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);
	memset(p, 0, n);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;
	CHECK(!__builtin_mul_overflow(count, size, &n));
	return arena_zalloc(a, n);
}

char *arena_strndup(struct arena *a, const char *p, size_t n)
{
	char *copy = arena_alloc(a, n + 1);
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	CHECK(n >= 0);
	char *s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
