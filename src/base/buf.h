/*
 * A growing byte buffer with a limit that cannot be left out. Appending past
 * the limit sets `overflow` and drops the bytes; the owner tests it once at
 * the end (buf_ok) instead of after every append.
 *
 * Memory is malloc'ed and owned by the buf: BUF_CLEANUP on a local, or
 * buf_free(). Not thread safe.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t limit; /* bytes; appends beyond it are refused */
	bool overflow;
};

/* An empty buffer that will hold at most limit bytes (> 0). */
struct buf buf_make(size_t limit);
void buf_free(struct buf *b);
#define BUF_CLEANUP __attribute__((cleanup(buf_free)))

/* Empties it and keeps the memory. */
void buf_clear(struct buf *b);

/* True when nothing was refused. */
bool buf_ok(const struct buf *b);

void buf_put(struct buf *b, const void *p, size_t n);
void buf_char(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_str(struct buf *b, struct str s);
void buf_i64(struct buf *b, int64_t value);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes at the returned pointer, or NULL past the limit; add
 * to b->n what was used. */
char *buf_reserve(struct buf *b, size_t n);

/* Removes the first n bytes (n <= b->n). */
void buf_consume(struct buf *b, size_t n);

/* The content; valid until the next append. */
struct str buf_view(const struct buf *b);

/* A NUL-terminated copy in the arena. */
char *buf_dup(struct arena *a, const struct buf *b);

#endif
