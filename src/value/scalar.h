/*
 * Input and output of the small types: boolean, the character types, uuid,
 * bytea, enum.
 */
#ifndef VALUE_SCALAR_H
#define VALUE_SCALAR_H

#include "value/value.h"

int bool_parse(struct ctx *c, struct str text, bool *ret);

/* Lower case with hyphens. */
int uuid_parse(struct ctx *c, struct str text, struct str *ret);

/* Hex (\x…) and escape format. */
int bytea_parse(struct ctx *c, struct str text, struct str *ret);
void bytea_print(struct buf *b, struct str bytes);
void hex_put(struct buf *b, struct str bytes);

/* varchar(n), char(n), name and text: length limits and padding of input.
 * is_explicit cuts silently as a cast does; else 22001 unless only blanks are
 * lost. Lengths count characters. */
int chars_fit(struct ctx *c, const struct vtype *t, bool is_explicit, struct str text,
	      struct str *ret);

/* 22021 for bytes that are not UTF-8 and for NUL. */
int chars_check(struct ctx *c, struct str text);

/* 22P02 "invalid input value for enum mood: \"x\"". */
int enum_check(struct ctx *c, const struct enum_labels *labels, struct str text);
/* Position in the order, or -1. */
ptrdiff_t enum_rank(const struct enum_labels *labels, struct str label);

/* Characters of a UTF-8 text, and the byte offset of a character (clamped). */
size_t utf8_length(struct str s);
size_t utf8_offset(struct str s, size_t chars);
/* Bytes of the character that starts with this byte. */
size_t utf8_size(unsigned char first);
/* Decodes the character at s.p[0]; s.n > 0 and s well-formed. */
uint32_t utf8_decode(struct str s, size_t *ret_size);
void utf8_put(struct buf *b, uint32_t cp);

#endif
