#include "api/rest_fuzzy.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 128, CANDIDATES = 50 };

struct entry {
	const char *name;
	double score;
};

/* Lower case; for grams only word characters, between dashes. */
static size_t simplify(const char *name, char *out)
{
	size_t n = 0;
	out[n++] = '-';
	for (const char *p = name; *p && n < NAME_MAX_BYTES; p++) {
		char ch = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
		bool is_word = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
			       (unsigned char)ch >= 0x80 || ch == '_' || ch == ' ' || ch == ',';
		if (is_word)
			out[n++] = ch;
	}
	out[n++] = '-';
	return n;
}

/* How often each gram of a occurs in b, and the sum of squares of a's counts. */
static double dot(const char *a, size_t na, const char *b, size_t nb, size_t size)
{
	double sum = 0;
	for (size_t i = 0; i + size <= na; i++)
		for (size_t j = 0; j + size <= nb; j++)
			sum += !memcmp(a + i, b + j, size);
	return sum;
}

static size_t lower(const char *name, char *out)
{
	size_t n = 0;
	for (; n < NAME_MAX_BYTES && name[n]; n++)
		out[n] = name[n] >= 'A' && name[n] <= 'Z' ? (char)(name[n] | 0x20) : name[n];
	return n;
}

static double closeness(const char *x, const char *y)
{
	char a[NAME_MAX_BYTES], b[NAME_MAX_BYTES];
	size_t na = lower(x, a), nb = lower(y, b);
	size_t row[NAME_MAX_BYTES + 1];
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t cost = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			row[j] = cost < step ? cost : step;
		}
	}
	size_t longest = na > nb ? na : nb;
	return longest ? 1 - (double)row[nb] / (double)longest : 1;
}

static int by_score(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->score < y->score || x->score > y->score)
		return x->score < y->score ? 1 : -1;
	return strcmp(x->name, y->name);
}

static const char *best_of(struct entry *list, size_t n, const char *key, double min_score,
			   bool below_one)
{
	qsort(list, n, sizeof(*list), by_score);
	if (n > CANDIDATES)
		n = CANDIDATES;
	for (size_t i = 0; i < n; i++)
		list[i].score = closeness(list[i].name, key);
	qsort(list, n, sizeof(*list), by_score);
	for (size_t i = 0; i < n; i++)
		if (list[i].score >= min_score && (!below_one || list[i].score < 1))
			return list[i].name;
	return NULL;
}

const char *fuzzy_best(struct arena *a, const char *const *names, size_t n, const char *key,
		       double min_score, bool below_one)
{
	char kbuf[NAME_MAX_BYTES + 2], nbuf[NAME_MAX_BYTES + 2];
	size_t kn = simplify(key, kbuf);
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(names[i], key))
			return below_one ? NULL : names[i];
	struct entry *list = arena_array(a, n + 1, sizeof(*list));
	for (size_t size = 3; size >= 2; size--) {
		double key_norm = sqrt(dot(kbuf, kn, kbuf, kn, size));
		size_t found = 0;
		for (size_t i = 0; i < n; i++) {
			size_t nn = simplify(names[i], nbuf);
			double common = dot(kbuf, kn, nbuf, nn, size);
			if (common > 0)
				list[found++] = (struct entry){
					names[i],
					common / (key_norm * sqrt(dot(nbuf, nn, nbuf, nn, size)))
				};
		}
		const char *best = best_of(list, found, key, min_score, below_one);
		if (best)
			return best;
	}
	return NULL;
}
