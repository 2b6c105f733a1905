/*
 * Trigrams as pg_trgm makes them: each word of a text in lower case, two blanks
 * before it and one behind it, cut into runs of three characters.
 */
#ifndef VALUE_TRIGRAM_H
#define VALUE_TRIGRAM_H

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

/* Sorted, each once. */
struct trigrams {
	VEC(struct str) v;
};

void trigrams_of(struct ctx *c, struct str text, struct trigrams *ret);
/* similarity(a, b). */
float trigram_similarity(struct ctx *c, struct str a, struct str b);
/* word_similarity(a, b): the best run of b's trigrams; strict: of whole words. */
float trigram_word_similarity(struct ctx *c, struct str a, struct str b, bool is_strict);

#endif
