/* The request's select tree, resolved against the catalog. */
#include "api/rest_errors.h"
#include "api/rest_fuzzy.h"
#include "api/rest_plan.h"
#include "base/json.h"

#include <string.h>

static const char *quoted(struct arena *a, struct str name)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	sql_ident(&b, name);
	return buf_dup(a, &b);
}

static const char *quoted_name(struct arena *a, const struct relation *rel)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	sql_name(&b, rel->schema, rel->name);
	return buf_dup(a, &b);
}

static bool is_readable_kind(const struct relation *rel)
{
	if (rel->is_partition)
		return false;
	return rel->kind == REL_TABLE || rel->kind == REL_VIEW || rel->kind == REL_MATVIEW ||
	       rel->kind == REL_PARTITIONED || rel->kind == REL_FOREIGN;
}

static int no_relation(struct ctx *c, const struct plan_settings *s, struct str name)
{
	const struct catalog *cat = s->relations->cat;
	VEC(const char *) names = { 0 };
	for (size_t i = 0; i < cat->relations.n; i++) {
		const struct relation *rel = cat->relations.v[i];
		if (str_is(s->schema, rel->schema) && is_readable_kind(rel))
			VEC_PUSH(c->arena, &names, rel->name);
	}
	const char *close = names.n < 500 ? fuzzy_best(c->arena, names.v, names.n,
						       str_dup(c->arena, name), 0.75, false)
					  : NULL;
	api_failf(c, ERR_NO_TABLE, "Could not find the table '%.*s.%.*s' in the schema cache",
		  STR_ARG(s->schema), STR_ARG(name));
	if (close)
		err_hint(c, "Perhaps you meant the table '%.*s.%s'", STR_ARG(s->schema), close);
	return -1;
}

int plan_find_relation(struct ctx *c, const struct plan_settings *s, struct str name,
		       const struct relation **ret)
{
	const struct relation *rel = catalog_relation(s->relations->cat, s->schema, name);
	if (!rel || !is_readable_kind(rel))
		return no_relation(c, s, name);
	*ret = rel;
	return 0;
}

static bool is_single(const struct relationship *r, struct str name, bool ours)
{
	return r->card != CARD_M2M && r->n_cols == 1 &&
	       str_is(name, ours ? r->cols[0].from : r->cols[0].to);
}

/* Does target (and hint) name this relationship? Self references go by table
 * name for the children and by column name for the parent. */
static bool matches(const struct relationship *r, struct str target, struct str hint)
{
	if (r->function)
		return str_is(target, r->function->name);
	bool is_name = str_is(target, r->to->name);
	bool is_fk = r->card != CARD_M2M;
	if (r->is_self) {
		if (hint.p)
			return is_name && r->card == CARD_O2M && is_single(r, hint, false);
		return (is_name && r->card == CARD_O2M) ||
		       (r->card == CARD_M2O && is_single(r, target, true));
	}
	if (!hint.p)
		return is_name || (!r->to_is_view && ((is_fk && str_is(target, r->constraint)) ||
						      is_single(r, target, true)));
	return is_name &&
	       ((is_fk && str_is(hint, r->constraint)) || is_single(r, hint, true) ||
		is_single(r, hint, false) || (!is_fk && str_is(hint, r->junction->name)));
}

static void put_cols(struct buf *b, const struct column_pair *cols, size_t n, bool ours)
{
	buf_char(b, '(');
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? ", " : "", ours ? cols[i].from : cols[i].to);
	buf_char(b, ')');
}

static void put_candidate(struct arena *a, struct buf *b, const struct relationship *r)
{
	static const char *const names[] = { [CARD_O2M] = "one-to-many",
					     [CARD_M2O] = "many-to-one",
					     [CARD_O2O] = "one-to-one",
					     [CARD_M2M] = "many-to-many" };
	BUF_CLEANUP struct buf text = buf_make(1 << 16);
	if (r->card == CARD_M2M) {
		buf_printf(&text, "%s using %s", r->junction->name, r->constraint);
		put_cols(&text, r->cols, r->n_cols, false);
		buf_printf(&text, " and %s", r->constraint2);
		put_cols(&text, r->cols2, r->n_cols2, false);
	} else {
		buf_printf(&text, "%s using %s", r->constraint, r->from->name);
		put_cols(&text, r->cols, r->n_cols, true);
		buf_printf(&text, " and %s", r->to->name);
		put_cols(&text, r->cols, r->n_cols, false);
	}
	buf_printf(b, "{\"cardinality\":\"%s\",\"embedding\":", names[r->card]);
	json_put_string(b, str_of(arena_printf(a, "%s with %s", r->from->name, r->to->name)));
	buf_puts(b, ",\"relationship\":");
	json_put_string(b, buf_view(&text));
	buf_char(b, '}');
}

static int ambiguous(struct ctx *c, const char *origin, struct str target,
		     const relationship_list *found)
{
	BUF_CLEANUP struct buf details = buf_make(1 << 20);
	BUF_CLEANUP struct buf hint = buf_make(1 << 20);
	buf_char(&details, '[');
	for (size_t i = 0; i < found->n; i++) {
		const struct relationship *r = found->v[i];
		if (i)
			buf_char(&details, ',');
		put_candidate(c->arena, &details, r);
		buf_printf(&hint, "%s'%s!%s'", i ? ", " : "", r->to->name,
			   r->card == CARD_M2M ? r->junction->name : r->constraint);
	}
	buf_char(&details, ']');
	api_failf(c, ERR_AMBIGUOUS_EMBED,
		  "Could not embed because more than one relationship was found for '%s' and "
		  "'%.*s'",
		  origin, STR_ARG(target));
	err_details(c, "%s", buf_dup(c->arena, &details));
	return err_hint(c,
			"Try changing '%.*s' to one of the following: %s. Find the desired "
			"relationship in the 'details' key.",
			STR_ARG(target), buf_dup(c->arena, &hint));
}

static const char *child_hint(struct ctx *c, const relationship_list *rels, struct str target)
{
	VEC(const char *) names = { 0 };
	for (size_t i = 0; i < rels->n; i++)
		VEC_PUSH(c->arena, &names, rels->v[i]->to->name);
	return fuzzy_best(c->arena, names.v, names.n, str_dup(c->arena, target), 0.33, true);
}

static int no_relationship(struct ctx *c, const struct plan_settings *s,
			   const struct relation *origin, const struct rest_item *it,
			   const relationship_list *rels)
{
	api_failf(c, ERR_NO_RELATIONSHIP,
		  "Could not find a relationship between '%s' and '%.*s' in the schema cache",
		  origin->name, STR_ARG(it->relation));
	if (it->hint.p)
		err_details(c,
			    "Searched for a foreign key relationship between '%s' and '%.*s' using "
			    "the hint '%.*s' in the schema '%.*s', but no matches were found.",
			    origin->name, STR_ARG(it->relation), STR_ARG(it->hint),
			    STR_ARG(s->schema));
	else
		err_details(c,
			    "Searched for a foreign key relationship between '%s' and '%.*s' in "
			    "the schema '%.*s', but no matches were found.",
			    origin->name, STR_ARG(it->relation), STR_ARG(s->schema));
	const char *close = rels ? child_hint(c, rels, it->relation) : NULL;
	if (close)
		err_hint(c, "Perhaps you meant '%s' instead of '%.*s'.", close,
			 STR_ARG(it->relation));
	return -1;
}

static int find_relationship(struct ctx *c, const struct plan_settings *s,
			     const struct relation *origin, const struct rest_item *it,
			     const struct relationship **ret)
{
	const relationship_list *rels = relation_set_from(s->relations, origin);
	relationship_list found = { 0 };
	for (size_t i = 0; rels && i < rels->n; i++) {
		struct relationship *r = rels->v[i];
		if (str_is(s->schema, r->to->schema) && matches(r, it->relation, it->hint))
			VEC_PUSH(c->arena, &found, r);
	}
	if (!found.n)
		return no_relationship(c, s, origin, it, rels);
	if (found.n > 1)
		return ambiguous(c, origin->name, it->relation, &found);
	*ret = found.v[0];
	return 0;
}

/* The row is cast to its type: over pgrst_source it is a record otherwise. */
static void name_computed(struct arena *a, struct plan_node *n)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	const struct plan_node *parent = n->parent;
	sql_name(&b, n->ship->function->schema, n->ship->function->name);
	buf_printf(&b, "(%s::%s) AS %s", parent->row, quoted_name(a, n->ship->from), n->ref);
	n->from = buf_dup(a, &b);
}

static void name_child(struct arena *a, struct plan_node *n)
{
	const char *alias = arena_printf(a, "%s_%d", n->rel->name, n->depth);
	n->ref = quoted(a, str_of(alias));
	n->row = n->ref;
	if (n->ship->function) {
		name_computed(a, n);
		return;
	}
	n->from = arena_printf(a, "%s AS %s", quoted_name(a, n->rel), n->ref);
	if (n->ship->card != CARD_M2M)
		return;
	const char *jt = arena_printf(a, "%s_%d_j", n->ship->junction->name, n->depth);
	n->junction_ref = quoted(a, str_of(jt));
	n->from = arena_printf(a, "%s, %s AS %s", n->from, quoted_name(a, n->ship->junction),
			       n->junction_ref);
}

static int add_children(struct ctx *c, const struct plan_settings *s, struct plan_node *node);

static int add_child(struct ctx *c, const struct plan_settings *s, struct plan_node *node,
		     const struct rest_item *it)
{
	struct plan_node *n = ARENA_NEW(c->arena, struct plan_node);
	n->parent = node;
	n->item = it;
	n->items = &it->items;
	n->name = it->relation;
	n->alias = it->alias;
	n->depth = node->depth + 1;
	TRY(find_relationship(c, s, node->rel, it, &n->ship));
	n->rel = n->ship->to;
	n->is_to_one = relationship_is_to_one(n->ship);
	n->is_inner = it->join == JOIN_TYPE_INNER;
	n->is_spread = it->kind == ITEM_SPREAD;
	name_child(c->arena, n);
	VEC_PUSH(c->arena, &node->children, n);
	return add_children(c, s, n);
}

static int add_children(struct ctx *c, const struct plan_settings *s, struct plan_node *node)
{
	for (size_t i = 0; i < node->items->n; i++) {
		const struct rest_item *it = node->items->v[i];
		if (it->kind != ITEM_FIELD)
			TRY(add_child(c, s, node, it));
		else if (it->agg && !s->aggregates_enabled)
			return api_fail(c, ERR_AGGREGATES_OFF);
	}
	return 0;
}

struct plan_node *plan_child_named(const struct plan_node *node, struct str name)
{
	for (size_t i = 0; i < node->children.n; i++)
		if (str_eq(plan_label(node->children.v[i]), name))
			return node->children.v[i];
	return NULL;
}

static int not_embedded(struct ctx *c, struct str name, const struct plan_node *legacy)
{
	api_failf(c, ERR_NOT_EMBEDDED, "'%.*s' is not an embedded resource in this request",
		  STR_ARG(name));
	if (!legacy)
		return err_hint(c,
				"Verify that '%.*s' is included in the 'select' query parameter.",
				STR_ARG(name));
	err_details(c, "Target names are not allowed in filters if they have an alias");
	return err_hint(c, "Change '%.*s' to '%.*s' in filters, orders or limits.",
			STR_ARG(legacy->name), STR_ARG(legacy->alias));
}

static struct plan_node *legacy_child(const struct plan_node *node, struct str name)
{
	for (size_t i = 0; i < node->children.n; i++)
		if (str_eq(node->children.v[i]->name, name) ||
		    (node->children.v[i]->alias.p && str_eq(node->children.v[i]->alias, name)))
			return node->children.v[i];
	return NULL;
}

/* Walks an embed path down; PGRST108 when a name on it is not embedded. */
static int node_at(struct ctx *c, const struct plan_settings *s, struct plan_node *root,
		   const rest_path *path, struct plan_node **ret)
{
	struct plan_node *node = root;
	for (size_t i = 0; i < path->n; i++) {
		struct str name = path->v[i];
		struct plan_node *legacy = legacy_child(node, name);
		struct plan_node *next =
			s->legacy_target_names ? legacy : plan_child_named(node, name);
		if (!next)
			return not_embedded(c, name, legacy && legacy->alias.p ? legacy : NULL);
		if (next->alias.p && !str_eq(next->alias, name))
			next->has_legacy_match = true;
		node = next;
	}
	*ret = node;
	return 0;
}

static int add_filters(struct ctx *c, const struct plan_settings *s, struct plan_node *root,
		       const struct rest_query *q, enum plan_source source)
{
	for (size_t i = 0; i < q->where.n; i++) {
		if (source == PLAN_WRITE && !q->where.v[i].path.n)
			continue;
		struct plan_node *node;
		TRY(node_at(c, s, root, &q->where.v[i].path, &node));
		VEC_PUSH(c->arena, &node->where, q->where.v[i].logic);
	}
	return 0;
}

static int check_related_order(struct ctx *c, const struct plan_node *node,
			       const struct rest_order_term *term)
{
	if (!term->relation.p)
		return 0;
	const struct plan_node *child = plan_child_named(node, term->relation);
	if (!child)
		return not_embedded(c, term->relation, NULL);
	if (child->is_to_one)
		return 0;
	api_failf(c, ERR_RELATED_ORDER, "A related order on '%.*s' is not possible",
		  STR_ARG(term->relation));
	return err_details(c,
			   "'%s' and '%.*s' do not form a many-to-one or one-to-one relationship",
			   node->rel->name, STR_ARG(term->relation));
}

static int add_orders(struct ctx *c, const struct plan_settings *s, struct plan_node *root,
		      const struct rest_query *q)
{
	for (size_t i = 0; i < q->order.n; i++) {
		struct plan_node *node;
		TRY(node_at(c, s, root, &q->order.v[i].path, &node));
		node->order.n = 0;
		for (size_t j = 0; j < q->order.v[i].terms.n; j++) {
			TRY(check_related_order(c, node, &q->order.v[i].terms.v[j]));
			VEC_PUSH(c->arena, &node->order, q->order.v[i].terms.v[j]);
		}
	}
	return 0;
}

static int add_ranges(struct ctx *c, const struct plan_settings *s, struct plan_node *root,
		      const struct rest_query *q)
{
	for (size_t i = 0; i < q->ranges.n; i++) {
		const struct rest_range *r = &q->ranges.v[i];
		struct plan_node *node;
		if (!r->path.n)
			continue; /* the root's is the caller's, with the Range header */
		TRY(node_at(c, s, root, &r->path, &node));
		node->has_limit = r->has_limit;
		node->limit = r->limit;
		node->has_offset = r->has_offset;
		node->offset = r->offset;
	}
	return 0;
}

static void cap_rows(struct plan_node *node, int64_t max_rows)
{
	if (!node->is_to_one && (!node->has_limit || node->limit > max_rows)) {
		node->has_limit = true;
		node->limit = max_rows;
	}
	for (size_t i = 0; i < node->children.n; i++)
		cap_rows(node->children.v[i], max_rows);
}

static bool has_aggregate(const struct plan_node *node)
{
	for (size_t i = 0; i < node->items->n; i++)
		if (node->items->v[i]->agg)
			return true;
	for (size_t i = 0; i < node->children.n; i++)
		if (node->children.v[i]->is_spread && has_aggregate(node->children.v[i]))
			return true;
	return false;
}

static int check_spreads(struct ctx *c, const struct plan_node *node)
{
	for (size_t i = 0; i < node->children.n; i++) {
		const struct plan_node *child = node->children.v[i];
		if (child->is_spread && !child->is_to_one && has_aggregate(child)) {
			api_fail(c, ERR_NOT_IMPLEMENTED);
			return err_details(c, "Aggregates are not implemented for one-to-many or "
					      "many-to-many spreads.");
		}
		TRY(check_spreads(c, child));
	}
	return 0;
}

int plan_tree_build(struct ctx *c, const struct plan_settings *s, const struct relation *rel,
		    const struct rest_query *q, enum plan_source source, struct plan_node **ret)
{
	struct plan_node *root = ARENA_NEW(c->arena, struct plan_node);
	root->items = &q->select;
	root->name = str_of(rel->name);
	root->rel = rel;
	root->row = quoted(c->arena, str_of(rel->name));
	if (source == PLAN_READ) {
		root->ref = quoted_name(c->arena, rel);
		root->from = root->ref;
	} else {
		root->ref = quoted(c->arena, str_of(rel->name));
		root->from = arena_printf(c->arena, "pgrst_source AS %s", root->ref);
	}
	TRY(add_children(c, s, root));
	TRY(add_filters(c, s, root, q, source));
	TRY(add_orders(c, s, root, q));
	if (source != PLAN_WRITE)
		TRY(add_ranges(c, s, root, q));
	TRY(check_spreads(c, root));
	if (source != PLAN_WRITE && s->max_rows > 0)
		cap_rows(root, s->max_rows);
	*ret = root;
	return 0;
}
