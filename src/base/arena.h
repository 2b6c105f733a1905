/*
 * An arena: memory with one lifetime. Pieces are never freed on their own;
 * arena_reset() or arena_rewind() drops them together. One arena serves one
 * request, one migration run or one published snapshot.
 *
 * Out of memory ends the process (CHECK): callers never test for NULL, and
 * whatever a client can make large has its own limit before it gets here.
 * Under -Darena=malloc every piece is its own heap block, so that address
 * sanitizer sees each overrun and use after reset.
 *
 * Not thread safe: an arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A position to rewind to. Opaque to callers. */
struct arena_mark {
	void *chunk;
	size_t used;
};

/* Makes an empty arena; chunk_size (bytes, 0 for the default 8 KiB) is the
 * size of its first chunk. Release with arena_free(). */
struct arena *arena_new(size_t chunk_size);

/* Frees the arena and all its memory. NULL is allowed. */
void arena_free(struct arena *a);

/* Drops every piece and keeps the first chunk for reuse. */
void arena_reset(struct arena *a);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

struct arena_mark arena_mark(const struct arena *a);

/* Drops every piece allocated after mark. Marks taken later become invalid. */
void arena_rewind(struct arena *a, struct arena_mark mark);

/* n bytes, uninitialized, aligned for any type. n may be 0. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull));

/* n zeroed bytes. */
void *arena_zalloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull));

/* count * size zeroed bytes; an overflow of the product is a CHECK. */
void *arena_array(struct arena *a, size_t count, size_t size)
	__attribute__((malloc, returns_nonnull));

/* A copy of n bytes at p, with a NUL after them. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);

/* printf into the arena; the result is NUL terminated. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* A zeroed struct of the given type. */
#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), sizeof(type)))

#endif
