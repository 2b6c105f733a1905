/* ts_rank and ts_rank_cd: PostgreSQL's formulas, in its precision. */
#include "value/tsearch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	NORM_LOG_LENGTH = 1,
	NORM_LENGTH = 2,
	NORM_EXTENT = 4,
	NORM_UNIQUE = 8,
	NORM_LOG_UNIQUE = 16,
	NORM_PLUS_ONE = 32
};

typedef VEC(const struct ts_node *) operands;

static bool same_operand(const struct ts_node *a, const struct ts_node *b)
{
	return str_eq(a->text, b->text) && a->is_prefix == b->is_prefix;
}

static void collect(struct ctx *c, const struct ts_node *n, operands *ret)
{
	if (!n)
		return;
	if (n->op == TS_VALUE) {
		for (size_t i = 0; i < ret->n; i++)
			if (same_operand(ret->v[i], n))
				return;
		VEC_PUSH(c->arena, ret, n);
		return;
	}
	collect(c, n->left, ret);
	collect(c, n->right, ret);
}

static bool applies(const struct ts_node *n, const struct ts_lexeme *l)
{
	return n->is_prefix ? str_starts(l->text, n->text) : str_eq(l->text, n->text);
}

static const struct ts_pos no_position = { TS_POSITION_MAX, 0 };

/* The positions of a lexeme; one at the end of the world when it was stripped. */
static size_t positions(const struct ts_lexeme *l, const struct ts_pos **ret)
{
	*ret = l->pos.n ? l->pos.v : &no_position;
	return l->pos.n ? l->pos.n : 1;
}

static double lexeme_rank(const struct ts_lexeme *l, const float w[4])
{
	const struct ts_pos *at;
	size_t n = positions(l, &at), best = 0;
	float sum = 0.0F, highest = -1.0F;
	for (size_t i = 0; i < n; i++) {
		float one = w[at[i].weight];
		sum += one / (float)((i + 1) * (i + 1));
		if (one > highest) {
			highest = one;
			best = i;
		}
	}
	return (double)(highest + sum - highest / (float)((best + 1) * (best + 1))) / 1.64493406685;
}

static float rank_or(const struct ts_vector *v, const operands *list, const float w[4])
{
	float sum = 0.0F;
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < v->lexemes.n; k++)
			if (applies(list->v[i], &v->lexemes.v[k]))
				sum = (float)((double)sum + lexeme_rank(&v->lexemes.v[k], w));
	return list->n ? sum / (float)list->n : sum;
}

static float distance_weight(int distance)
{
	if (distance > 100)
		return 1e-30F;
	return (float)(1.0 / (1.005 + 0.05 * exp((double)((float)distance / 1.5F) - 2)));
}

static void rank_pair(const struct ts_lexeme *a, const struct ts_lexeme *b, const float w[4],
		      float *rank)
{
	const struct ts_pos *x, *y;
	size_t nx = positions(a, &x), ny = positions(b, &y);
	for (size_t i = 0; i < nx; i++) {
		for (size_t k = 0; k < ny; k++) {
			int distance = abs((int)x[i].pos - (int)y[k].pos);
			if (!distance && a->pos.n && b->pos.n)
				continue;
			if (!distance)
				distance = TS_POSITION_MAX;
			float one = (float)sqrt((double)(w[x[i].weight] * w[y[k].weight] *
							 distance_weight(distance)));
			*rank = *rank < 0 ? one
					  : (float)(1.0 -
						    (1.0 - (double)*rank) * (1.0 - (double)one));
		}
	}
}

static float rank_and(const struct ts_vector *v, const operands *list, const float w[4])
{
	float rank = -1.0F;
	if (list->n < 2)
		return rank_or(v, list, w);
	const struct ts_lexeme *seen[256];
	size_t item[256], n = 0;
	for (size_t i = 0; i < list->n; i++) {
		for (size_t k = 0; k < v->lexemes.n && n < 256; k++) {
			const struct ts_lexeme *l = &v->lexemes.v[k];
			if (!applies(list->v[i], l))
				continue;
			for (size_t e = 0; e < n; e++)
				if (item[e] != i)
					rank_pair(l, seen[e], w, &rank);
			seen[n] = l;
			item[n++] = i;
		}
	}
	return rank;
}

static int length_of(const struct ts_vector *v)
{
	int n = 0;
	for (size_t i = 0; i < v->lexemes.n; i++)
		n += v->lexemes.v[i].pos.n ? (int)v->lexemes.v[i].pos.n : 1;
	return n;
}

/* ts_rank computes in single precision, ts_rank_cd in double. */
static double rounded(double rank, bool is_single)
{
	return is_single ? (double)(float)rank : rank;
}

static double normalize(double rank, const struct ts_vector *v, int method, bool is_single)
{
	int length = length_of(v), unique = (int)v->lexemes.n;
	if ((method & NORM_LOG_LENGTH) && unique > 0)
		rank = rounded(rank / (log((double)length + 1) / (is_single ? log(2.0) : 1.0)),
			       is_single);
	if ((method & NORM_LENGTH) && length > 0)
		rank = rounded(rank / length, is_single);
	if ((method & NORM_UNIQUE) && unique > 0)
		rank = rounded(rank / unique, is_single);
	if ((method & NORM_LOG_UNIQUE) && unique > 0)
		rank = rounded(rank / (log((double)unique + 1) / log(2.0)), is_single);
	if (method & NORM_PLUS_ONE)
		rank = rank / rounded(rank + 1, is_single);
	return rank;
}

float ts_rank(struct ctx *c, const struct ts_vector *v, const struct ts_node *q, const float w[4],
	      int method)
{
	operands list = { 0 };
	if (!v->lexemes.n || !q)
		return 0.0F;
	collect(c, q, &list);
	bool is_and = q->op == TS_AND || q->op == TS_PHRASE;
	float rank = is_and ? rank_and(v, &list, w) : rank_or(v, &list, w);
	if (rank < 0)
		rank = 1e-20F;
	return (float)normalize((double)rank, v, method, true);
}

/* ---- cover density ---- */

struct spot {
	int pos;
	uint8_t weight;
	const struct ts_lexeme *lexeme;
};
typedef VEC(struct spot) spots;

static int by_pos(const void *a, const void *b)
{
	return ((const struct spot *)a)->pos - ((const struct spot *)b)->pos;
}

static bool is_asked(const operands *list, const struct ts_lexeme *l, uint8_t weight)
{
	for (size_t i = 0; i < list->n; i++)
		if (applies(list->v[i], l) &&
		    (!list->v[i]->weights || (list->v[i]->weights & (1 << weight))))
			return true;
	return false;
}

static void find_spots(struct ctx *c, const struct ts_vector *v, const operands *list, spots *ret)
{
	for (size_t i = 0; i < v->lexemes.n; i++) {
		const struct ts_lexeme *l = &v->lexemes.v[i];
		const struct ts_pos *at;
		size_t n = positions(l, &at);
		for (size_t k = 0; k < n; k++)
			if (is_asked(list, l, at[k].weight)) {
				struct spot s = { at[k].pos, at[k].weight, l };
				VEC_PUSH(c->arena, ret, s);
			}
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_pos);
}

/* The query on the part [from, to] of the document. */
static bool covers(struct ctx *c, const spots *s, size_t from, size_t to, const struct ts_node *q)
{
	struct ts_vector part = { 0 };
	struct arena_mark mark = arena_mark(c->arena);
	for (size_t i = from; i <= to; i++) {
		struct ts_lexeme l = { .text = s->v[i].lexeme->text };
		struct ts_pos p = { (uint16_t)s->v[i].pos, s->v[i].weight };
		VEC_PUSH(c->arena, &l.pos, p);
		VEC_PUSH(c->arena, &part.lexemes, l);
	}
	ts_vector_normalize(c, &part);
	bool found = ts_match(c, &part, q);
	arena_rewind(c->arena, mark);
	return found;
}

/* The next shortest cover at or after *from. */
static bool next_cover(struct ctx *c, const spots *s, const struct ts_node *q, size_t *from,
		       size_t *ret_begin, size_t *ret_end)
{
	size_t end = *from;
	while (end < s->n && !covers(c, s, *from, end, q))
		end++;
	if (end >= s->n)
		return false;
	size_t begin = end;
	while (begin > *from && !covers(c, s, begin, end, q))
		begin--;
	*ret_begin = begin;
	*ret_end = end;
	*from = begin + 1;
	return true;
}

float ts_rank_cover(struct ctx *c, const struct ts_vector *v, const struct ts_node *q,
		    const float w[4], int method)
{
	operands list = { 0 };
	spots s = { 0 };
	if (!v->lexemes.n || !q)
		return 0.0F;
	collect(c, q, &list);
	find_spots(c, v, &list, &s);
	double rank = 0.0, sum_distance = 0.0, previous = 0.0;
	size_t from = 0, begin, end;
	int n_extents = 0;
	while (next_cover(c, &s, q, &from, &begin, &end)) {
		double inverse = 0.0;
		for (size_t i = begin; i <= end; i++)
			inverse += 1.0 / (double)w[s.v[i].weight];
		double density = (double)(end - begin + 1) / inverse;
		int noise = (s.v[end].pos - s.v[begin].pos) - (int)(end - begin);
		if (noise < 0)
			noise = (int)(end - begin) / 2;
		rank += density / (double)(1 + noise);
		double middle = (double)(s.v[end].pos + s.v[begin].pos) / 2.0;
		if (n_extents > 0 && middle > previous)
			sum_distance += 1.0 / (middle - previous);
		previous = middle;
		n_extents++;
	}
	if ((method & NORM_EXTENT) && n_extents > 0 && sum_distance > 0)
		rank /= (double)n_extents / sum_distance;
	return (float)normalize(rank, v, method, false);
}
