/* The read's SELECT from a plan tree. */
#include "api/rest_plan.h"

#include <stdlib.h>
#include <string.h>

static void print_select(struct sql_text *t, struct plan_node *node);

static void print_and(struct sql_text *t, size_t *n)
{
	buf_puts(&t->text, (*n)++ ? " AND " : " WHERE ");
}

static void print_equal(struct sql_text *t, const char *left, const char *left_col,
			const char *right, const char *right_col)
{
	buf_puts(&t->text, left);
	buf_char(&t->text, '.');
	sql_ident(&t->text, str_of(left_col));
	buf_puts(&t->text, " = ");
	buf_puts(&t->text, right);
	buf_char(&t->text, '.');
	sql_ident(&t->text, str_of(right_col));
}

static void print_joins(struct sql_text *t, const struct plan_node *node, size_t *n)
{
	const struct relationship *r = node->ship;
	const char *near = r->card == CARD_M2M ? node->junction_ref : node->ref;
	for (size_t i = 0; i < r->n_cols; i++) {
		print_and(t, n);
		print_equal(t, near, r->cols[i].to, node->parent->ref, r->cols[i].from);
	}
	for (size_t i = 0; i < r->n_cols2; i++) {
		print_and(t, n);
		print_equal(t, node->ref, r->cols2[i].from, node->junction_ref, r->cols2[i].to);
	}
}

void plan_print_from_where(struct sql_text *t, struct plan_node *node, bool with_inner)
{
	size_t n = 0;
	buf_puts(&t->text, " FROM ");
	buf_puts(&t->text, node->from);
	if (node->ship)
		print_joins(t, node, &n);
	for (size_t i = 0; i < node->where.n; i++) {
		print_and(t, &n);
		plan_print_logic(t, node, node->where.v[i], node->rel, node->ref);
	}
	for (size_t i = 0; with_inner && i < node->children.n; i++) {
		if (!node->children.v[i]->is_inner)
			continue;
		print_and(t, &n);
		plan_print_exists(t, node->children.v[i]);
	}
}

/* A to-one over a view may find several rows; upstream would repeat the parent. */
static bool needs_one(const struct plan_node *node)
{
	return node->is_to_one && (node->ship->to_is_view || node->ship->function);
}

static void print_range(struct sql_text *t, const struct plan_node *node)
{
	if (node->has_limit) {
		buf_puts(&t->text, " LIMIT ");
		sql_param(t, str_of(arena_printf(t->arena, "%lld", (long long)node->limit)));
	} else if (needs_one(node)) {
		buf_puts(&t->text, " LIMIT 1");
	}
	if (node->has_offset && node->offset) {
		buf_puts(&t->text, " OFFSET ");
		sql_param(t, str_of(arena_printf(t->arena, "%lld", (long long)node->offset)));
	}
}

void plan_print_exists(struct sql_text *t, struct plan_node *child)
{
	buf_puts(&t->text, "EXISTS (SELECT 1");
	plan_print_from_where(t, child, true);
	if (child->has_limit || child->has_offset)
		print_range(t, child);
	buf_char(&t->text, ')');
}

/* A column of the response: an item or a star's column of `owner`, or an embed;
 * reached through spreads, outermost first. */
struct leaf {
	struct str label;
	const struct rest_item *item;
	const struct column *column;
	struct plan_node *embed;
	struct plan_node *owner;
	struct plan_node *spreads[REST_MAX_DEPTH + 2];
	int n_spreads;
};
typedef VEC(struct leaf) leaves;

static const char *agg_name(enum rest_agg agg)
{
	static const char *const names[] = {
		[AGG_NONE] = "",       [AGG_SUM] = "sum", [AGG_AVG] = "avg",
		[AGG_COUNT] = "count", [AGG_MAX] = "max", [AGG_MIN] = "min"
	};
	return names[agg];
}

/* A JSON path is named by its last key; by the column when it has none. */
static struct str field_label(const struct rest_field *f)
{
	for (size_t i = f->path.n; i-- > 0;)
		if (!f->path.v[i].is_index)
			return f->path.v[i].key;
	return f->name;
}

static struct str item_label(const struct rest_item *it)
{
	if (it->alias.p)
		return it->alias;
	return it->agg ? str_of(agg_name(it->agg)) : field_label(&it->field);
}

static bool is_star(const struct rest_item *it)
{
	return it->kind == ITEM_FIELD && !it->agg && str_is(it->field.name, "*") &&
	       !it->field.path.n;
}

/* An embed with nothing in it, however deep: it filters but does not show. */
static bool is_hollow(const struct plan_node *n)
{
	for (size_t i = 0; i < n->items->n; i++)
		if (n->items->v[i]->kind == ITEM_FIELD)
			return false;
	for (size_t i = 0; i < n->children.n; i++)
		if (!is_hollow(n->children.v[i]))
			return false;
	return true;
}

static void collect_field(struct sql_text *t, struct plan_node *node, const struct rest_item *it,
			  const struct leaf *base, bool expand, leaves *out)
{
	struct leaf l = *base;
	l.owner = node;
	if (!is_star(it) || !expand) {
		l.item = it;
		l.label = item_label(it);
		VEC_PUSH(t->arena, out, l);
		return;
	}
	for (size_t i = 0; i < node->rel->columns.n; i++) {
		l.column = &node->rel->columns.v[i];
		l.label = str_of(l.column->name);
		VEC_PUSH(t->arena, out, l);
	}
}

/* Own fields first, then embeds and spreads in order, as upstream. */
static void collect(struct sql_text *t, struct plan_node *node, const struct leaf *base,
		    bool expand, leaves *out)
{
	expand = expand || base->n_spreads;
	for (size_t i = 0; i < node->items->n; i++)
		if (node->items->v[i]->kind == ITEM_FIELD)
			collect_field(t, node, node->items->v[i], base, expand, out);
	for (size_t i = 0; i < node->children.n; i++) {
		struct plan_node *child = node->children.v[i];
		struct leaf l = *base;
		l.owner = node;
		if (child->is_spread) {
			l.spreads[l.n_spreads++] = child;
			collect(t, child, &l, true, out);
		} else if (!is_hollow(child)) {
			l.embed = child;
			l.label = plan_label(child);
			VEC_PUSH(t->arena, out, l);
		}
	}
}

static bool is_grouped(const leaves *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].item && list->v[i].item->agg)
			return true;
	return false;
}

static void print_embed(struct sql_text *t, struct plan_node *n)
{
	buf_puts(&t->text,
		 n->is_to_one ? "(SELECT row_to_json(pgrst_e)::jsonb FROM ("
			      : "COALESCE((SELECT json_agg(row_to_json(pgrst_e))::jsonb FROM (");
	print_select(t, n);
	buf_puts(&t->text, n->is_to_one ? ") pgrst_e)" : ") pgrst_e), '[]')");
}

/* embed(count): in PostgreSQL, table.count is count(table) when the table has
 * no such column. */
static bool is_row_count(const struct relation *rel, const struct rest_item *it)
{
	return it && it->kind == ITEM_FIELD && !it->agg && !it->field.path.n &&
	       str_is(it->field.name, "count") && !relation_column(rel, it->field.name);
}

static void print_item(struct sql_text *t, const struct leaf *l)
{
	const struct rest_item *it = l->item;
	if (is_row_count(l->owner->rel, it)) {
		buf_puts(&t->text, "count(*)");
		return;
	}
	if (it->agg && str_is(it->field.name, "*")) {
		buf_char(&t->text, l->n_spreads ? '1' : '*');
		return;
	}
	if (it->cast.p)
		buf_puts(&t->text, "CAST(");
	plan_print_field(t, &it->field, l->owner->rel, l->owner->ref);
	if (it->cast.p)
		buf_printf(&t->text, " AS %.*s)", STR_ARG(it->cast));
}

static void print_value(struct sql_text *t, const struct leaf *l, int level);

static void print_spread(struct sql_text *t, const struct leaf *l, int level)
{
	struct plan_node *node = l->spreads[level];
	buf_puts(&t->text,
		 node->is_to_one
			 ? "(SELECT "
			 : "COALESCE((SELECT json_agg(pgrst_s.pgrst_v)::jsonb FROM (SELECT ");
	print_value(t, l, level + 1);
	if (!node->is_to_one)
		buf_puts(&t->text, " AS pgrst_v");
	plan_print_from_where(t, node, true);
	plan_print_order(t, node);
	print_range(t, node);
	buf_puts(&t->text, node->is_to_one ? ")" : ") pgrst_s), '[]')");
}

static void print_value(struct sql_text *t, const struct leaf *l, int level)
{
	if (level < l->n_spreads) {
		print_spread(t, l, level);
	} else if (l->embed) {
		print_embed(t, l->embed);
	} else if (l->column) {
		buf_puts(&t->text, l->owner->ref);
		buf_char(&t->text, '.');
		sql_ident(&t->text, str_of(l->column->name));
	} else {
		print_item(t, l);
	}
}

static bool has_own_label(const struct leaf *l)
{
	if (l->n_spreads || l->embed)
		return true;
	const struct rest_item *it = l->item;
	return it && !is_star(it) &&
	       (is_row_count(l->owner->rel, it) || it->alias.p || it->agg || it->cast.p ||
		it->agg_cast.p || it->field.path.n);
}

static void print_leaf(struct sql_text *t, const struct leaf *l)
{
	const struct rest_item *it = l->item;
	if (it && it->agg_cast.p)
		buf_puts(&t->text, "CAST(");
	if (it && it->agg)
		buf_printf(&t->text, "%s(", agg_name(it->agg));
	print_value(t, l, 0);
	if (it && it->agg)
		buf_char(&t->text, ')');
	if (it && it->agg_cast.p)
		buf_printf(&t->text, " AS %.*s)", STR_ARG(it->agg_cast));
	if (!has_own_label(l))
		return;
	buf_puts(&t->text, " AS ");
	sql_ident(&t->text, l->label);
}

static leaves leaves_of(struct sql_text *t, struct plan_node *node)
{
	leaves list = { 0 };
	const struct leaf none = { 0 };
	collect(t, node, &none, false, &list);
	if (!is_grouped(&list))
		return list;
	list.n = 0;
	collect(t, node, &none, true, &list);
	return list;
}

static void print_leaves(struct sql_text *t, const struct plan_node *node, const leaves *list)
{
	if (!list->n && !node->items->n) {
		buf_puts(&t->text, node->ref);
		buf_puts(&t->text, ".*");
	}
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_puts(&t->text, ", ");
		print_leaf(t, &list->v[i]);
	}
}

static void print_group(struct sql_text *t, const leaves *list)
{
	if (!is_grouped(list))
		return;
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++)
		if (!list->v[i].item || !list->v[i].item->agg)
			buf_printf(&t->text, "%s%zu", n++ ? ", " : " GROUP BY ", i + 1);
}

static void print_select(struct sql_text *t, struct plan_node *node)
{
	leaves list = leaves_of(t, node);
	buf_puts(&t->text, "SELECT ");
	print_leaves(t, node, &list);
	plan_print_from_where(t, node, true);
	print_group(t, &list);
	plan_print_order(t, node);
	print_range(t, node);
}

void plan_print_select(struct sql_text *t, struct plan_node *root)
{
	print_select(t, root);
}

void plan_print_list(struct sql_text *t, struct plan_node *root)
{
	leaves list = leaves_of(t, root);
	print_leaves(t, root, &list);
}

void plan_print_count(struct sql_text *t, struct plan_node *root)
{
	buf_puts(&t->text, "SELECT count(*)");
	plan_print_from_where(t, root, true);
}

void plan_print_count_rows(struct sql_text *t, struct plan_node *root)
{
	buf_puts(&t->text, "SELECT 1");
	plan_print_from_where(t, root, true);
}

bool plan_is_flat(const struct plan_node *root)
{
	for (size_t i = 0; i < root->items->n; i++)
		if (root->items->v[i]->agg || is_row_count(root->rel, root->items->v[i]))
			return false;
	return !root->children.n && !root->order.n;
}

static void need(struct arena *a, name_list *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_is(name, list->v[i]))
			return;
	VEC_PUSH(a, list, str_dup(a, name));
}

void plan_needed_columns(struct arena *a, const struct plan_node *root, name_list *ret)
{
	name_list list = { 0 };
	for (size_t i = 0; i < root->items->n; i++)
		if (root->items->v[i]->kind == ITEM_FIELD &&
		    !is_row_count(root->rel, root->items->v[i]))
			need(a, &list, root->items->v[i]->field.name);
	for (size_t i = 0; i < root->children.n; i++) {
		const struct relationship *r = root->children.v[i]->ship;
		for (size_t j = 0; j < r->n_cols; j++)
			need(a, &list, str_of(r->cols[j].from));
	}
	for (size_t i = 0; i < root->order.n; i++)
		if (!root->order.v[i].relation.p)
			need(a, &list, root->order.v[i].field.name);
	bool is_all = !root->items->n;
	for (size_t i = 0; i < root->children.n; i++)
		is_all = is_all || root->children.v[i]->ship->function;
	for (size_t i = 0; i < list.n; i++)
		is_all = is_all || !strcmp(list.v[i], "*");
	if (is_all) {
		list.n = 0;
		need(a, &list, STR("*"));
	}
	*ret = list;
}
