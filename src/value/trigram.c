/* Trigrams and what is computed from them. */
#include "value/trigram.h"

#include "base/buf.h"
#include "value/text.h"

#include <stdlib.h>
#include <string.h>

/* In the order of the text, with the words' limits. */
struct trigram {
	struct str text;
	bool begins_word, ends_word;
};
typedef VEC(struct trigram) sequence;

static size_t char_size(unsigned char first)
{
	return first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

static uint32_t char_of(const char *p, size_t n)
{
	uint32_t cp = n == 1 ? (unsigned char)p[0] : (unsigned char)p[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++)
		cp = cp << 6 | ((unsigned char)p[i] & 0x3f);
	return cp;
}

/* Bytes of the word character at i, 0 when it is none. */
static size_t word_char(struct str s, size_t i)
{
	if (i >= s.n)
		return 0;
	size_t n = char_size((unsigned char)s.p[i]);
	return i + n <= s.n && char_is_alnum(char_of(s.p + i, n)) ? n : 0;
}

static void add_word(struct ctx *c, struct str word, sequence *ret)
{
	char *padded = arena_alloc(c->arena, word.n + 3);
	memcpy(padded, "  ", 2);
	memcpy(padded + 2, word.p, word.n);
	padded[word.n + 2] = ' ';
	struct str s = { padded, word.n + 3 };
	size_t starts[3] = { 0, 1, 2 }, n = 2, at = 2;
	size_t first = ret->n;
	while (at < s.n) {
		starts[n % 3] = at;
		at += char_size((unsigned char)s.p[at]);
		n++;
		size_t from = starts[(n - 3) % 3];
		struct trigram t = { .text = { s.p + from, at - from } };
		VEC_PUSH(c->arena, ret, t);
	}
	ret->v[first].begins_word = true;
	ret->v[ret->n - 1].ends_word = true;
}

static void sequence_of(struct ctx *c, struct str text, sequence *ret)
{
	struct str s = text_lower(c->arena, text);
	for (size_t i = 0; i < s.n;) {
		size_t end = i, n;
		while ((n = word_char(s, end)) > 0)
			end += n;
		if (end > i)
			add_word(c, str_sub(s, i, end - i), ret);
		i = end > i ? end : i + char_size((unsigned char)s.p[i]);
	}
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void unique(struct ctx *c, const sequence *s, struct trigrams *ret)
{
	for (size_t i = 0; i < s->n; i++)
		VEC_PUSH(c->arena, &ret->v, s->v[i].text);
	if (!ret->v.n)
		return;
	qsort(ret->v.v, ret->v.n, sizeof(*ret->v.v), by_text);
	size_t n = 1;
	for (size_t i = 1; i < ret->v.n; i++)
		if (!str_eq(ret->v.v[i], ret->v.v[n - 1]))
			ret->v.v[n++] = ret->v.v[i];
	ret->v.n = n;
}

void trigrams_of(struct ctx *c, struct str text, struct trigrams *ret)
{
	sequence s = { 0 };
	sequence_of(c, text, &s);
	*ret = (struct trigrams){ 0 };
	unique(c, &s, ret);
}

static size_t common(const struct trigrams *a, const struct trigrams *b)
{
	size_t i = 0, k = 0, n = 0;
	while (i < a->v.n && k < b->v.n) {
		int order = str_cmp(a->v.v[i], b->v.v[k]);
		n += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return n;
}

static float ratio(size_t shared, size_t a, size_t b)
{
	return shared ? (float)shared / (float)(a + b - shared) : 0.0F;
}

float trigram_similarity(struct ctx *c, struct str a, struct str b)
{
	struct trigrams x, y;
	trigrams_of(c, a, &x);
	trigrams_of(c, b, &y);
	return ratio(common(&x, &y), x.v.n, y.v.n);
}

static float part_similarity(struct ctx *c, const struct trigrams *a, const sequence *s,
			     size_t from, size_t to)
{
	struct arena_mark mark = arena_mark(c->arena);
	sequence part = { .v = s->v + from, .n = to - from };
	struct trigrams y = { 0 };
	unique(c, &part, &y);
	float found = ratio(common(a, &y), a->v.n, y.v.n);
	arena_rewind(c->arena, mark);
	return found;
}

enum { WORD_TRIGRAMS_MAX = 400 }; /* of the longer text: the search is cubic */

float trigram_word_similarity(struct ctx *c, struct str a, struct str b, bool is_strict)
{
	struct trigrams x;
	sequence s = { 0 };
	float best = 0.0F;
	trigrams_of(c, a, &x);
	sequence_of(c, b, &s);
	size_t n = s.n > WORD_TRIGRAMS_MAX ? WORD_TRIGRAMS_MAX : s.n;
	for (size_t from = 0; from < n; from++) {
		if (is_strict && !s.v[from].begins_word)
			continue;
		size_t widest = from + 4 * x.v.n + 8;
		for (size_t to = from + 1; to <= n && to <= widest; to++) {
			if (is_strict && !s.v[to - 1].ends_word)
				continue;
			float one = part_similarity(c, &x, &s, from, to);
			best = one > best ? one : best;
		}
	}
	return best;
}
