/*
 * A slice of bytes: pointer and length, passed by value, owning nothing. The
 * bytes belong to whoever made them (an arena, a literal, a receive buffer)
 * and need not end in NUL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
	const char *p;
	size_t n;
};

/* A slice of a string literal. */
#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).n, (s).p

/* A slice of a NUL-terminated string; NULL gives the empty slice. */
struct str str_of(const char *s);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *s); /* equal to a C string */
bool str_ieq(struct str a, struct str b); /* ASCII letters without case */
int str_cmp(struct str a, struct str b);  /* byte order, as memcmp */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Index of the first c (or of the first needle), or -1. */
ptrdiff_t str_chr(struct str s, char c);
ptrdiff_t str_find(struct str s, struct str needle);

/* The part from byte `from` (clamped) to the end / of at most n bytes. */
struct str str_from(struct str s, size_t from);
struct str str_sub(struct str s, size_t from, size_t n);

/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);

/* Splits at the first sep: returns the part before it and leaves the rest in
 * *s. Without a sep, returns all and leaves *s empty with p == NULL, so that
 * `while (s.p)` visits every piece, a trailing empty one included. */
struct str str_split(struct str *s, char sep);

/* NUL-terminated copy in the arena. */
char *str_dup(struct arena *a, struct str s);
struct str str_copy(struct arena *a, struct str s);

/* Lower case of ASCII letters, in the arena. */
struct str str_lower(struct arena *a, struct str s);

/* Decimal integer, optional sign, nothing else around it, within int64.
 * False otherwise, *ret untouched. */
bool str_to_i64(struct str s, int64_t *ret);

/* True when both are the same bytes, compared in time that depends only on
 * the lengths. For secrets. */
bool str_eq_secret(struct str a, struct str b);

/* True when s is well-formed UTF-8 (RFC 3629: no surrogates, no overlongs). */
bool str_is_utf8(struct str s);

#endif
