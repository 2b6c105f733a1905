/* select=: columns, casts, aggregates, embeds and spreads. */
#include "api/rest_grammar.h"

static bool forest(struct lex *l, rest_items *ret);

static bool alias_separator(struct lex *l)
{
	return lex_char(l, ':') && lex_not_char(l, ':');
}

/* optionMaybe (try (name ':')) */
static void opt_alias(struct lex *l, struct str *ret)
{
	struct lex_mark m = lex_begin(l);
	struct str name;
	if (lex_end_try(l, m, parse_field_name(l, &name) && alias_separator(l)))
		*ret = name;
}

/* !inner, !left or !hint; ok and nothing consumed when there is none. */
static bool embed_param(struct lex *l, struct rest_item *it)
{
	size_t start = l->pos;
	if (!lex_char(l, '!'))
		return l->pos == start;
	if (lex_word(l, "left")) {
		if (it->join == JOIN_DEFAULT)
			it->join = JOIN_TYPE_LEFT;
		return true;
	}
	if (lex_word(l, "inner")) {
		if (it->join == JOIN_DEFAULT)
			it->join = JOIN_TYPE_INNER;
		return true;
	}
	struct str hint;
	struct lex_mark m = lex_begin(l);
	if (!lex_end_try(l, m, parse_field_name(l, &hint)))
		return false;
	if (!it->hint.p)
		it->hint = hint;
	return true;
}

static bool embed_tail(struct lex *l, struct rest_item *it)
{
	if (!embed_param(l, it) || !embed_param(l, it) || !parse_ahead(l, "("))
		return false;
	lex_spaces(l);
	return true;
}

static bool spread_head(struct lex *l, struct rest_item *it)
{
	struct lex_mark m = lex_begin(l);
	lex_spaces(l);
	bool ok = lex_string(l, "...") && parse_field_name(l, &it->relation) && embed_tail(l, it);
	return lex_end_try(l, m, ok);
}

static bool embed_head(struct lex *l, struct rest_item *it)
{
	struct lex_mark m = lex_begin(l);
	lex_spaces(l);
	opt_alias(l, &it->alias);
	/* count( is the aggregate, never a relation of that name. */
	bool ok = parse_field_name(l, &it->relation) && !str_is(it->relation, "count") &&
		  embed_tail(l, it);
	return lex_end_try(l, m, ok);
}

static bool item_end(struct lex *l)
{
	if (parse_ahead(l, ")") || parse_ahead(l, ","))
		return true;
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, lex_eof(l));
}

static bool star_item(struct lex *l, struct rest_item *it)
{
	struct lex_mark m = lex_begin(l);
	it->field.name = STR("*");
	return lex_end_try(l, m, lex_string(l, "*") && item_end(l));
}

/* optionMaybe (string "::" *> identifier) */
static bool opt_cast(struct lex *l, struct str *ret)
{
	size_t start = l->pos;
	if (!lex_string(l, "::"))
		return l->pos == start;
	return parse_identifier(l, ret);
}

static bool count_item_all(struct lex *l, struct rest_item *it)
{
	struct lex_mark m = lex_begin(l);
	opt_alias(l, &it->alias);
	it->field.name = STR("*");
	it->agg = AGG_COUNT;
	return lex_end_try(l, m,
			   lex_string(l, "count()") && opt_cast(l, &it->agg_cast) && item_end(l));
}

static bool aggregate_name(struct lex *l, enum rest_agg *ret)
{
	static const struct {
		const char *word;
		enum rest_agg agg;
		bool is_try;
	} names[] = { { "sum", AGG_SUM, false },
		      { "avg", AGG_AVG, false },
		      { "count", AGG_COUNT, false },
		      { "max", AGG_MAX, true },
		      { "min", AGG_MIN, true } };
	size_t start = l->pos;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].is_try ? lex_word(l, names[i].word) : lex_string(l, names[i].word)) {
			*ret = names[i].agg;
			return true;
		}
		if (l->pos != start)
			return false;
	}
	return false;
}

static void opt_aggregate(struct lex *l, enum rest_agg *ret)
{
	struct lex_mark m = lex_begin(l);
	enum rest_agg agg;
	if (lex_end_try(l, m, lex_char(l, '.') && aggregate_name(l, &agg) && lex_string(l, "()")))
		*ret = agg;
}

static bool column_item(struct lex *l, struct rest_item *it)
{
	opt_alias(l, &it->alias);
	if (!parse_field(l, &it->field) || !opt_cast(l, &it->cast))
		return false;
	opt_aggregate(l, &it->agg);
	return opt_cast(l, &it->agg_cast) && item_end(l);
}

static bool field_item(struct lex *l, struct rest_item *it)
{
	lex_spaces(l);
	size_t start = l->pos;
	bool ok = star_item(l, it);
	if (!ok) {
		*it = (struct rest_item){ .kind = ITEM_FIELD };
		ok = count_item_all(l, it);
	}
	if (!ok) {
		*it = (struct rest_item){ .kind = ITEM_FIELD };
		ok = l->pos == start && column_item(l, it);
	}
	if (ok)
		lex_spaces(l);
	return ok;
}

static bool children(struct lex *l, struct rest_item *it)
{
	if (++l->depth > REST_MAX_DEPTH) {
		l->is_too_deep = true;
		return false;
	}
	bool ok = lex_char(l, '(') && forest(l, &it->items) && lex_char(l, ')');
	l->depth--;
	return ok;
}

static bool tree(struct lex *l, struct rest_item **ret)
{
	if (!count_item(l))
		return false;
	struct rest_item it = { .kind = ITEM_SPREAD };
	bool ok;
	if (spread_head(l, &it)) {
		ok = children(l, &it);
	} else {
		it = (struct rest_item){ .kind = ITEM_EMBED };
		if (embed_head(l, &it)) {
			ok = children(l, &it);
		} else {
			it = (struct rest_item){ .kind = ITEM_FIELD };
			ok = field_item(l, &it);
		}
	}
	if (!ok)
		return false;
	*ret = arena_alloc(l->arena, sizeof(it));
	**ret = it;
	return true;
}

/* tree sepBy comma */
static bool forest(struct lex *l, rest_items *ret)
{
	struct rest_item *it;
	size_t start = l->pos;
	if (!tree(l, &it))
		return l->pos == start && !l->is_too_deep;
	VEC_PUSH(l->arena, ret, it);
	for (;;) {
		start = l->pos;
		if (!parse_comma(l))
			return l->pos == start;
		if (!tree(l, &it))
			return false;
		VEC_PUSH(l->arena, ret, it);
	}
}

bool parse_select(struct lex *l, rest_items *ret)
{
	return forest(l, ret);
}
