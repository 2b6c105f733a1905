/*
 * @@: whether a tsvector satisfies a query. Phrases are matched by positions,
 * with PostgreSQL's rules for negation inside a phrase: the positions where a
 * negated operand is absent are kept as the complement of a set.
 */
#include "value/tsearch.h"

#include <stdlib.h>
#include <string.h>

/* Where an operand ends in the text. is_negated: everywhere but there. */
struct places {
	VEC(int) at;
	int width; /* words between its first and last one */
	bool is_negated;
};

enum emit { EMIT_BOTH = 1, EMIT_LEFT = 2, EMIT_RIGHT = 4 };

static bool prefix_or_equal(const struct ts_node *n, struct str lexeme)
{
	return n->is_prefix ? str_starts(lexeme, n->text) : str_eq(lexeme, n->text);
}

static bool has_weight(const struct ts_node *n, const struct ts_lexeme *l)
{
	if (!n->weights)
		return true;
	for (size_t i = 0; i < l->pos.n; i++)
		if (n->weights & (1 << l->pos.v[i].weight))
			return true;
	return false;
}

static bool match_value(const struct ts_vector *v, const struct ts_node *n)
{
	if (!n->is_prefix) {
		const struct ts_lexeme *l = ts_vector_find(v, n->text);
		return l && has_weight(n, l);
	}
	for (size_t i = 0; i < v->lexemes.n; i++)
		if (prefix_or_equal(n, v->lexemes.v[i].text) && has_weight(n, &v->lexemes.v[i]))
			return true;
	return false;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void value_places(struct ctx *c, const struct ts_vector *v, const struct ts_node *n,
			 struct places *ret)
{
	for (size_t i = 0; i < v->lexemes.n; i++) {
		const struct ts_lexeme *l = &v->lexemes.v[i];
		if (!prefix_or_equal(n, l->text))
			continue;
		for (size_t k = 0; k < l->pos.n; k++)
			if (!n->weights || (n->weights & (1 << l->pos.v[k].weight)))
				VEC_PUSH(c->arena, &ret->at, (int)l->pos.v[k].pos);
	}
	if (ret->at.n)
		qsort(ret->at.v, ret->at.n, sizeof(int), by_number);
}

/* Merges two sets, each moved by its offset; emit says which positions stay. */
static void merge(struct ctx *c, const struct places *l, int l_offset, const struct places *r,
		  int r_offset, int emit, struct places *ret)
{
	size_t i = 0, k = 0;
	while (i < l->at.n || k < r->at.n) {
		int x = i < l->at.n ? l->at.v[i] + l_offset : INT32_MAX;
		int y = k < r->at.n ? r->at.v[k] + r_offset : INT32_MAX;
		bool keeps = x == y  ? emit & EMIT_BOTH
			     : x < y ? emit & EMIT_LEFT
				     : emit & EMIT_RIGHT;
		int at = x < y ? x : y;
		i += x <= y;
		k += y <= x;
		if (keeps && (!ret->at.n || ret->at.v[ret->at.n - 1] != at))
			VEC_PUSH(c->arena, &ret->at, at);
	}
}

static void combine(struct ctx *c, bool is_or, const struct places *l, int l_offset,
		    const struct places *r, int r_offset, struct places *ret)
{
	int both_sides = EMIT_BOTH | EMIT_LEFT | EMIT_RIGHT, emit;
	if (l->is_negated && r->is_negated) {
		emit = is_or ? EMIT_BOTH : both_sides;
		ret->is_negated = true;
	} else if (l->is_negated) {
		emit = is_or ? EMIT_LEFT : EMIT_RIGHT;
		ret->is_negated = is_or;
	} else if (r->is_negated) {
		emit = is_or ? EMIT_RIGHT : EMIT_LEFT;
		ret->is_negated = is_or;
	} else {
		emit = is_or ? both_sides : EMIT_BOTH;
	}
	merge(c, l, l_offset, r, r_offset, emit, ret);
}

static void find_places(struct ctx *c, const struct ts_vector *v, const struct ts_node *n,
			struct places *ret)
{
	*ret = (struct places){ 0 };
	if (n->op == TS_VALUE) {
		value_places(c, v, n, ret);
		return;
	}
	struct places l, r;
	find_places(c, v, n->left, &l);
	if (n->op == TS_NOT) {
		*ret = l;
		ret->is_negated = !l.is_negated;
		return;
	}
	find_places(c, v, n->right, &r);
	if (n->op == TS_PHRASE) {
		ret->width = n->distance + l.width + r.width;
		combine(c, false, &l, n->distance + r.width, &r, 0, ret);
		return;
	}
	int wide = l.width > r.width ? l.width : r.width;
	ret->width = wide;
	combine(c, n->op == TS_OR, &l, wide - l.width, &r, wide - r.width, ret);
}

static bool match_node(struct ctx *c, const struct ts_vector *v, const struct ts_node *n)
{
	struct places p;
	switch (n->op) {
	case TS_VALUE:
		return match_value(v, n);
	case TS_NOT:
		return !match_node(c, v, n->left);
	case TS_AND:
		return match_node(c, v, n->left) && match_node(c, v, n->right);
	case TS_OR:
		return match_node(c, v, n->left) || match_node(c, v, n->right);
	default:
		find_places(c, v, n, &p);
		return p.is_negated || p.at.n;
	}
}

bool ts_match(struct ctx *c, const struct ts_vector *v, const struct ts_node *q)
{
	return q && match_node(c, v, q);
}
