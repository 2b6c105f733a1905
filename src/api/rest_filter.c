/* column=op.value and and=/or= trees. */
#include "api/rest_grammar.h"

struct op_name {
	const char *word;
	enum rest_op op;
};

/* Order matters: the first word that is a prefix of the text wins, and the
 * delimiter must follow. */
static const struct op_name simple_ops[] = {
	{ "neq", OP_NEQ }, { "cs", OP_CS },   { "cd", OP_CD },	 { "ov", OP_OV },  { "sl", OP_SL },
	{ "sr", OP_SR },   { "nxr", OP_NXR }, { "nxl", OP_NXL }, { "adj", OP_ADJ }
};
static const struct op_name quant_ops[] = { { "eq", OP_EQ },	    { "gte", OP_GTE },
					    { "gt", OP_GT },	    { "lte", OP_LTE },
					    { "lt", OP_LT },	    { "like", OP_LIKE },
					    { "ilike", OP_ILIKE },  { "match", OP_MATCH },
					    { "imatch", OP_IMATCH } };
static const struct op_name fts_ops[] = {
	{ "fts", OP_FTS }, { "plfts", OP_PLFTS }, { "phfts", OP_PHFTS }, { "wfts", OP_WFTS }
};
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static bool one_word(struct lex *l, const struct op_name *names, size_t n, enum rest_op *ret)
{
	for (size_t i = 0; i < n; i++)
		if (lex_word(l, names[i].word)) {
			*ret = names[i].op;
			return true;
		}
	return false;
}

static bool labelled_word(struct lex *l, const struct op_name *names, size_t n, enum rest_op *ret)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_label(l, m, one_word(l, names, n, ret), "unknown single value operator");
}

/* Everything that is left. */
static bool whole_value(struct lex *l, struct str *ret)
{
	*ret = str_from(l->text, l->pos);
	l->pos = l->text.n;
	return true;
}

/* A quoted value counts only when a separator follows; otherwise the quote is
 * part of a plain one. */
static bool quoted_element(struct lex *l, struct str *ret)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, parse_quoted(l, ret) && lex_not_none_of(l, ",)"));
}

static void plain_element(struct lex *l, struct str *ret)
{
	size_t start = l->pos;
	while (lex_none_of(l, ",)"))
		;
	*ret = (struct str){ l->text.p + start, l->pos - start };
}

/* {a,b}: commas inside belong to the value. */
static bool array_value(struct lex *l, struct str *ret)
{
	struct lex_mark m = lex_begin(l);
	bool ok = lex_string(l, "{");
	while (ok && lex_none_of(l, "{}"))
		;
	ok = ok && lex_string(l, "}");
	if (ok)
		*ret = (struct str){ l->text.p + m.pos, l->pos - m.pos };
	return lex_end_try(l, m, ok);
}

static bool logic_value(struct lex *l, struct str *ret)
{
	if (!quoted_element(l, ret) && !array_value(l, ret))
		plain_element(l, ret);
	return true;
}

static bool value(struct lex *l, struct rest_filter *f, bool in_logic)
{
	return in_logic ? logic_value(l, &f->value) : whole_value(l, &f->value);
}

static bool list_value(struct lex *l, struct rest_filter *f)
{
	lex_spaces(l);
	if (!lex_char(l, '('))
		return false;
	lex_spaces(l);
	for (;;) {
		struct str element;
		if (!quoted_element(l, &element))
			plain_element(l, &element);
		VEC_PUSH(l->arena, &f->list, element);
		size_t start = l->pos;
		if (!lex_char(l, ',')) {
			if (l->pos != start)
				return false;
			break;
		}
	}
	lex_spaces(l);
	if (!lex_char(l, ')'))
		return false;
	lex_spaces(l);
	return true;
}

/* try (string word *> delimiter) */
static bool op_prefix(struct lex *l, const char *word)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, lex_string(l, word) && parse_delimiter(l));
}

static bool ci_word(struct lex *l, const char *word)
{
	struct lex_mark m = lex_begin(l);
	for (; *word; word++)
		if (!lex_char(l, *word) && !lex_char(l, (char)(*word & ~0x20)))
			return lex_end_try(l, m, false);
	return lex_end_try(l, m, true);
}

static bool is_value(struct lex *l, struct rest_filter *f)
{
	static const struct {
		const char *word;
		enum rest_is is;
	} words[] = { { "null", IS_NULL_ },
		      { "not_null", IS_NOT_NULL },
		      { "true", IS_TRUE },
		      { "false", IS_FALSE },
		      { "unknown", IS_UNKNOWN } };
	struct lex_mark m = lex_begin(l);
	bool ok = false;
	for (size_t i = 0; i < COUNT(words) && !ok; i++) {
		ok = ci_word(l, words[i].word);
		f->is = words[i].is;
	}
	return lex_end_label(l, m, ok, "isVal: (null, not_null, true, false, unknown)");
}

static void opt_language(struct lex *l, struct rest_filter *f)
{
	struct lex_mark m = lex_begin(l);
	struct str lang;
	if (lex_end_try(l, m, lex_char(l, '(') && parse_identifier(l, &lang) && lex_char(l, ')')))
		f->language = lang;
}

static bool fts_op(struct lex *l, struct rest_filter *f, bool in_logic)
{
	struct lex_mark m = lex_begin(l);
	bool ok = one_word(l, fts_ops, COUNT(fts_ops), &f->op);
	if (ok) {
		opt_language(l, f);
		ok = parse_delimiter(l) && value(l, f, in_logic);
	}
	return lex_end_try(l, m, ok);
}

static bool simple_op(struct lex *l, struct rest_filter *f, bool in_logic)
{
	struct lex_mark m = lex_begin(l);
	bool ok = labelled_word(l, simple_ops, COUNT(simple_ops), &f->op) && parse_delimiter(l) &&
		  value(l, f, in_logic);
	return lex_end_try(l, m, ok);
}

static void opt_quantifier(struct lex *l, struct rest_filter *f)
{
	struct lex_mark m = lex_begin(l);
	enum rest_quant q = QUANT_ANY;
	bool ok = lex_char(l, '(');
	if (ok && !lex_word(l, "any")) {
		q = QUANT_ALL;
		ok = lex_string(l, "all");
	}
	ok = ok && lex_char(l, ')');
	if (lex_end_try(l, m, ok))
		f->quant = q;
}

static bool quant_op(struct lex *l, struct rest_filter *f, bool in_logic)
{
	struct lex_mark m = lex_begin(l);
	bool ok = labelled_word(l, quant_ops, COUNT(quant_ops), &f->op);
	if (ok) {
		opt_quantifier(l, f);
		ok = parse_delimiter(l) && value(l, f, in_logic);
	}
	return lex_end_try(l, m, ok);
}

static bool operation(struct lex *l, struct rest_filter *f, bool in_logic)
{
	if (op_prefix(l, "in")) {
		f->op = OP_IN;
		return list_value(l, f);
	}
	if (op_prefix(l, "is")) {
		f->op = OP_IS;
		return is_value(l, f);
	}
	if (op_prefix(l, "isdistinct")) {
		f->op = OP_ISDISTINCT;
		return value(l, f, in_logic);
	}
	return fts_op(l, f, in_logic) || simple_op(l, f, in_logic) || quant_op(l, f, in_logic);
}

bool parse_op_expr(struct lex *l, struct rest_filter *f, bool in_logic)
{
	if (!count_item(l))
		return false;
	f->negated = op_prefix(l, "not");
	struct lex_mark m = lex_begin(l);
	bool ok = operation(l, f, in_logic);
	return lex_end_label(l, m, ok, "operator (eq, gt, ...)");
}

static bool logic_filter(struct lex *l, struct rest_logic *t)
{
	struct lex_mark m = lex_begin(l);
	bool ok = parse_field(l, &t->filter.field) && parse_delimiter(l) &&
		  parse_op_expr(l, &t->filter, true);
	return lex_end_try(l, m, ok);
}

static bool logic_operator(struct lex *l, struct rest_logic *t)
{
	struct lex_mark m = lex_begin(l);
	bool ok = lex_word(l, "and");
	if (!ok)
		ok = t->is_or = lex_string(l, "or");
	return lex_end_label(l, m, ok, "logic operator (and, or)");
}

static bool logic_paren(struct lex *l, char ch)
{
	lex_spaces(l);
	if (!lex_char(l, ch))
		return false;
	lex_spaces(l);
	return true;
}

static bool logic_parts(struct lex *l, struct rest_logic *t)
{
	if (!logic_paren(l, '('))
		return false;
	for (;;) {
		struct rest_logic *part;
		if (!parse_logic_tree(l, &part))
			return false;
		VEC_PUSH(l->arena, &t->parts, part);
		size_t start = l->pos;
		if (!parse_comma(l)) {
			if (l->pos != start)
				return false;
			break;
		}
	}
	return logic_paren(l, ')');
}

static bool logic_group(struct lex *l, struct rest_logic *t)
{
	t->is_group = true;
	struct lex_mark m = lex_begin(l);
	t->negated = op_prefix(l, "not");
	lex_end_label(l, m, true, "negation operator (not)");
	return logic_operator(l, t) && logic_parts(l, t);
}

bool parse_logic_tree(struct lex *l, struct rest_logic **ret)
{
	if (++l->depth > REST_MAX_DEPTH) {
		l->is_too_deep = true;
		return false;
	}
	struct rest_logic *t = ARENA_NEW(l->arena, struct rest_logic);
	bool ok = logic_filter(l, t);
	if (!ok && !l->is_too_deep) {
		*t = (struct rest_logic){ 0 };
		ok = logic_group(l, t);
	}
	l->depth--;
	if (ok)
		*ret = t;
	return ok;
}
