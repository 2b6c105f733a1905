/* order=: columns, JSON paths and columns of to-one embeds. */
#include "api/rest_grammar.h"

/* try (delimiter *> string word) */
static bool dotted(struct lex *l, const char *word)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, parse_delimiter(l) && lex_string(l, word));
}

static bool term_end(struct lex *l)
{
	if (parse_ahead(l, ","))
		return true;
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, lex_eof(l));
}

static bool directions(struct lex *l, struct rest_order_term *t)
{
	if (dotted(l, "asc"))
		t->direction = 'a';
	else if (dotted(l, "desc"))
		t->direction = 'd';
	if (dotted(l, "nullsfirst"))
		t->nulls = 'f';
	else if (dotted(l, "nullslast"))
		t->nulls = 'l';
	return term_end(l);
}

static bool relation_term(struct lex *l, struct rest_order_term *t)
{
	struct lex_mark m = lex_begin(l);
	bool ok = parse_field_name(l, &t->relation) && lex_char(l, '(') &&
		  parse_field(l, &t->field) && lex_char(l, ')') && directions(l, t);
	return lex_end_try(l, m, ok);
}

static bool term(struct lex *l, struct rest_order_term *ret)
{
	if (!count_item(l))
		return false;
	lex_spaces(l);
	struct rest_order_term t = { 0 };
	if (!relation_term(l, &t)) {
		t = (struct rest_order_term){ 0 };
		if (!parse_field(l, &t.field) || !directions(l, &t))
			return false;
	}
	lex_spaces(l);
	*ret = t;
	return true;
}

bool parse_order(struct lex *l, struct rest_order *ret)
{
	for (;;) {
		struct rest_order_term t;
		if (!term(l, &t))
			return false;
		VEC_PUSH(l->arena, &ret->terms, t);
		size_t start = l->pos;
		if (!lex_char(l, ','))
			return l->pos == start;
	}
}
