/* Filters, logic trees and order terms to SQL. */
#include "api/rest_plan.h"

#include <string.h>

static const struct type *column_type(const struct relation *rel, struct str name)
{
	const struct column *col = rel ? relation_column(rel, name) : NULL;
	return col ? col->type.type : NULL;
}

static bool is_json_type(const struct type *t)
{
	return t && t->kind == TYPE_BASE && (t->value == V_JSON || t->value == V_JSONB) &&
	       (!strcmp(t->name, "json") || !strcmp(t->name, "jsonb"));
}

/* A key of plain characters stands in the text, so that an index on the same
 * expression matches; any other is a parameter. */
static void print_key(struct sql_text *t, struct str key)
{
	bool is_plain = key.n > 0 && key.n <= 64;
	for (size_t i = 0; i < key.n && is_plain; i++) {
		char ch = key.p[i];
		is_plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			   (ch >= '0' && ch <= '9') || ch == '_' || ch == ' ' || ch == '-';
	}
	if (is_plain)
		sql_literal(&t->text, key);
	else
		sql_param(t, key);
}

static void print_index(struct sql_text *t, struct str key)
{
	if (key.n > 10) {
		sql_param(t, key);
		buf_puts(&t->text, "::int");
		return;
	}
	buf_str(&t->text, str_from(key, key.p[0] == '+'));
}

static void print_path(struct sql_text *t, const struct rest_field *f)
{
	for (size_t i = 0; i < f->path.n; i++) {
		buf_puts(&t->text, f->path.v[i].as_text ? "->>" : "->");
		if (f->path.v[i].is_index)
			print_index(t, f->path.v[i].key);
		else
			print_key(t, f->path.v[i].key);
	}
}

static void print_column(struct sql_text *t, struct str name, const char *ref)
{
	buf_puts(&t->text, ref);
	buf_char(&t->text, '.');
	if (str_is(name, "*"))
		buf_char(&t->text, '*');
	else
		sql_ident(&t->text, name);
}

void plan_print_field(struct sql_text *t, const struct rest_field *f, const struct relation *rel,
		      const char *ref)
{
	bool to_json = f->path.n && !is_json_type(column_type(rel, f->name));
	if (f->path.n)
		buf_char(&t->text, '(');
	if (to_json)
		buf_puts(&t->text, "to_jsonb(");
	print_column(t, f->name, ref);
	if (to_json)
		buf_char(&t->text, ')');
	print_path(t, f);
	if (f->path.n)
		buf_char(&t->text, ')');
}

static const char *const operators[] = {
	[OP_EQ] = "=",	    [OP_GTE] = ">=",	[OP_GT] = ">",	      [OP_LTE] = "<=",
	[OP_LT] = "<",	    [OP_LIKE] = "LIKE", [OP_ILIKE] = "ILIKE", [OP_MATCH] = "~",
	[OP_IMATCH] = "~*", [OP_NEQ] = "<>",	[OP_CS] = "@>",	      [OP_CD] = "<@",
	[OP_OV] = "&&",	    [OP_SL] = "<<",	[OP_SR] = ">>",	      [OP_NXR] = "&<",
	[OP_NXL] = "&>",    [OP_ADJ] = "-|-",
};

static struct str star_to_percent(struct arena *a, struct str s)
{
	if (str_chr(s, '*') < 0)
		return s;
	char *p = str_dup(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (p[i] == '*')
			p[i] = '%';
	return (struct str){ p, s.n };
}

/* '{"a","b"}': every element quoted. */
static struct str array_literal(struct arena *a, const struct rest_filter *f)
{
	size_t limit = 3;
	for (size_t i = 0; i < f->list.n; i++)
		limit += 2 * f->list.v[i].n + 3;
	BUF_CLEANUP struct buf b = buf_make(limit);
	buf_char(&b, '{');
	for (size_t i = 0; i < f->list.n; i++) {
		buf_puts(&b, i ? ",\"" : "\"");
		for (size_t j = 0; j < f->list.v[i].n; j++) {
			char ch = f->list.v[i].p[j];
			if (ch == '"' || ch == '\\')
				buf_char(&b, '\\');
			buf_char(&b, ch);
		}
		buf_char(&b, '"');
	}
	buf_char(&b, '}');
	return (struct str){ buf_dup(a, &b), b.n };
}

static void print_in(struct sql_text *t, const struct rest_filter *f)
{
	bool is_empty = f->list.n == 1 && !f->list.v[0].n;
	buf_puts(&t->text, " = ANY (");
	sql_param(t, is_empty ? STR("{}") : array_literal(t->arena, f));
	buf_char(&t->text, ')');
}

static void print_is(struct sql_text *t, enum rest_is is)
{
	static const char *const words[] = { [IS_NULL_] = " IS NULL",
					     [IS_NOT_NULL] = " IS NOT NULL",
					     [IS_TRUE] = " IS TRUE",
					     [IS_FALSE] = " IS FALSE",
					     [IS_UNKNOWN] = " IS UNKNOWN" };
	buf_puts(&t->text, words[is]);
}

static void print_fts(struct sql_text *t, const struct rest_filter *f)
{
	buf_puts(&t->text, f->op == OP_FTS     ? " @@ to_tsquery("
			   : f->op == OP_PLFTS ? " @@ plainto_tsquery("
			   : f->op == OP_PHFTS ? " @@ phraseto_tsquery("
					       : " @@ websearch_to_tsquery(");
	if (f->language.p) {
		sql_param(t, f->language);
		buf_puts(&t->text, ", ");
	}
	sql_param(t, f->value);
	buf_char(&t->text, ')');
}

static void print_operand(struct sql_text *t, const struct rest_filter *f)
{
	struct str value = f->value;
	if (f->op == OP_LIKE || f->op == OP_ILIKE)
		value = star_to_percent(t->arena, value);
	buf_char(&t->text, ' ');
	buf_puts(&t->text, operators[f->op]);
	buf_char(&t->text, ' ');
	if (f->quant)
		buf_puts(&t->text, f->quant == QUANT_ANY ? "ANY (" : "ALL (");
	sql_param(t, value);
	if (f->quant)
		buf_char(&t->text, ')');
}

static bool is_fts(enum rest_op op)
{
	return op >= OP_FTS && op <= OP_WFTS;
}

static bool is_tsvector(const struct type *t)
{
	t = t ? type_base(t) : NULL;
	return t && !strcmp(t->name, "tsvector");
}

static void print_filter_field(struct sql_text *t, const struct rest_filter *f,
			       const struct relation *rel, const char *ref)
{
	bool convert = is_fts(f->op) && !is_tsvector(column_type(rel, f->field.name));
	if (convert) {
		buf_puts(&t->text, "to_tsvector(");
		if (f->language.p) {
			sql_param(t, f->language);
			buf_puts(&t->text, ", ");
		}
	}
	plan_print_field(t, &f->field, rel, ref);
	if (convert)
		buf_char(&t->text, ')');
}

/* embed=is.null: does the embed have rows? */
static bool print_null_embed(struct sql_text *t, const struct plan_node *node,
			     const struct rest_filter *f)
{
	if (!node || f->op != OP_IS || (f->is != IS_NULL_ && f->is != IS_NOT_NULL) ||
	    f->field.path.n)
		return false;
	struct plan_node *child = plan_child_named(node, f->field.name);
	if (!child)
		return false;
	bool wants_none = (f->is == IS_NULL_) != f->negated;
	if (wants_none)
		buf_puts(&t->text, "NOT ");
	plan_print_exists(t, child);
	return true;
}

void plan_print_filter(struct sql_text *t, const struct plan_node *node,
		       const struct rest_filter *f, const struct relation *rel, const char *ref)
{
	if (print_null_embed(t, node, f))
		return;
	if (f->negated)
		buf_puts(&t->text, "NOT ");
	print_filter_field(t, f, rel, ref);
	switch (f->op) {
	case OP_IN:
		print_in(t, f);
		break;
	case OP_IS:
		print_is(t, f->is);
		break;
	case OP_ISDISTINCT:
		buf_puts(&t->text, " IS DISTINCT FROM ");
		sql_param(t, f->value);
		break;
	case OP_FTS:
	case OP_PLFTS:
	case OP_PHFTS:
	case OP_WFTS:
		print_fts(t, f);
		break;
	default:
		print_operand(t, f);
	}
}

void plan_print_logic(struct sql_text *t, const struct plan_node *node, const struct rest_logic *l,
		      const struct relation *rel, const char *ref)
{
	if (!l->is_group) {
		plan_print_filter(t, node, &l->filter, rel, ref);
		return;
	}
	buf_puts(&t->text, l->negated ? "NOT (" : "(");
	for (size_t i = 0; i < l->parts.n; i++) {
		if (i)
			buf_puts(&t->text, l->is_or ? " OR " : " AND ");
		plan_print_logic(t, node, l->parts.v[i], rel, ref);
	}
	buf_char(&t->text, ')');
}

/* A column that the embed selects under an alias may be ordered by that name. */
static const struct rest_field *related_field(const struct plan_node *child,
					      const struct rest_field *field)
{
	for (size_t i = 0; i < child->items->n; i++) {
		const struct rest_item *it = child->items->v[i];
		if (it->kind == ITEM_FIELD && !it->agg && it->alias.p && !field->path.n &&
		    str_eq(it->alias, field->name))
			return &it->field;
	}
	return field;
}

static void print_order_term(struct sql_text *t, struct plan_node *node,
			     const struct rest_order_term *term)
{
	if (term->relation.p) {
		struct plan_node *child = plan_child_named(node, term->relation);
		buf_puts(&t->text, "(SELECT ");
		plan_print_field(t, related_field(child, &term->field), child->rel, child->ref);
		plan_print_from_where(t, child, true);
		buf_char(&t->text, ')');
	} else {
		plan_print_field(t, &term->field, node->rel, node->ref);
	}
	if (term->direction)
		buf_puts(&t->text, term->direction == 'a' ? " ASC" : " DESC");
	if (term->nulls)
		buf_puts(&t->text, term->nulls == 'f' ? " NULLS FIRST" : " NULLS LAST");
}

void plan_print_order(struct sql_text *t, struct plan_node *node)
{
	for (size_t i = 0; i < node->order.n; i++) {
		buf_puts(&t->text, i ? ", " : " ORDER BY ");
		print_order_term(t, node, &node->order.v[i]);
	}
}
