/* FROM: relations, subqueries, functions, joins with USING and NATURAL. */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

static int from_item(struct az *z, const struct json *node, struct from_item **ret,
		     ns_items *ret_items);

/* AS alias (a, b): renames the leading columns. */
static int apply_alias(struct az *z, struct rte *r, const struct json *alias, int location)
{
	if (!alias)
		return 0;
	const struct json *names = json_get(alias, "colnames");
	r->alias = json_get_cstr(z->a, alias, "aliasname");
	if (names && names->count > r->columns.n) {
		err_set(z->c, "42P10",
			"table \"%s\" has %zu columns available but %u columns specified", r->alias,
			r->columns.n, names->count);
		return az_at(z, location);
	}
	size_t i = 0;
	for (const struct json *n = names ? names->child : NULL; n; n = n->next)
		r->columns.v[i++].name = str_dup(z->a, node_string(n));
	return 0;
}

static struct from_item *leaf(struct az *z, int rte)
{
	struct from_item *f = ARENA_NEW(z->a, struct from_item);
	f->rte = rte;
	return f;
}

static void add_columns_of(struct az *z, struct rte *r, const struct query *q)
{
	int16_t n = 0;
	for (size_t i = 0; i < q->targets.n; i++) {
		if (q->targets.v[i].is_hidden)
			continue;
		struct rte_column col = { q->targets.v[i].name, q->targets.v[i].expr->type, ++n };
		VEC_PUSH(z->a, &r->columns, col);
	}
}

static bool is_readable(const struct relation *rel)
{
	return rel->kind == REL_TABLE || rel->kind == REL_VIEW || rel->kind == REL_MATVIEW ||
	       rel->kind == REL_PARTITIONED || rel->kind == REL_FOREIGN ||
	       rel->kind == REL_SEQUENCE;
}

static struct rte *relation_rte(struct az *z, const struct relation *rel, const char *alias)
{
	struct rte *r = ARENA_NEW(z->a, struct rte);
	r->kind = RTE_RELATION;
	r->rel = rel;
	r->alias = alias;
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *c = &rel->columns.v[i];
		struct rte_column col = { c->name, c->type, c->attnum };
		VEC_PUSH(z->a, &r->columns, col);
	}
	return r;
}

int az_add_relation(struct az *z, const struct json *rv, int *ret_rte, struct ns_item **ret_item)
{
	struct str schema = json_get_str(rv, "schemaname", (struct str){ 0 });
	struct str name = json_get_str(rv, "relname", STR(""));
	int location = (int)node_location(rv);
	struct relation *rel = az_relation(z, schema, name, location);
	if (!rel)
		return -1;
	if (!is_readable(rel)) {
		err_set(z->c, "42809", "cannot open relation \"%s\"", rel->name);
		return az_at(z, location);
	}
	az_ref(z, location, rel->oid, 0, NULL);
	const struct json *alias = json_get(rv, "alias");
	struct rte *r = relation_rte(z, rel, rel->name);
	TRY(apply_alias(z, r, alias, location));
	*ret_rte = query_add_rte(z, z->scope->q, r);
	*ret_item = ns_for_rte(z, z->scope->q, *ret_rte);
	if (!alias)
		(*ret_item)->schema = rel->schema;
	return 0;
}

static int cte_rte(struct az *z, const struct json *rv, struct cte *cte, int *ret_rte)
{
	struct rte *r = ARENA_NEW(z->a, struct rte);
	r->kind = RTE_CTE;
	r->cte = cte;
	r->alias = cte->name;
	if (cte->query->cmd == CMD_SELECT) {
		add_columns_of(z, r, cte->query);
	} else {
		struct query outputs = { .targets = cte->query->returning };
		add_columns_of(z, r, &outputs);
		if (r->columns.n == 0) {
			err_set(z->c, "0A000", "WITH query \"%s\" does not have a RETURNING clause",
				cte->name);
			return az_at(z, (int)node_location(rv));
		}
	}
	TRY(apply_alias(z, r, json_get(rv, "alias"), (int)node_location(rv)));
	*ret_rte = query_add_rte(z, z->scope->q, r);
	return 0;
}

static int range_var(struct az *z, const struct json *rv, struct from_item **ret, ns_items *items)
{
	int rte;
	struct ns_item *item;
	struct str name = json_get_str(rv, "relname", STR(""));
	struct cte *cte = json_get(rv, "schemaname") ? NULL : az_find_cte(z, name);
	if (cte) {
		TRY(cte_rte(z, rv, cte, &rte));
		item = ns_for_rte(z, z->scope->q, rte);
	} else {
		TRY(az_add_relation(z, rv, &rte, &item));
		z->scope->q->rtes.v[rte]->access.privs |= PRIV_SELECT;
	}
	VEC_PUSH(z->a, items, item);
	*ret = leaf(z, rte);
	return 0;
}

static int range_subselect(struct az *z, const struct json *body, struct from_item **ret,
			   ns_items *items)
{
	struct rte *r = ARENA_NEW(z->a, struct rte);
	const struct json *alias = json_get(body, "alias");
	r->kind = RTE_SUBQUERY;
	r->is_lateral = json_get_bool(body, "lateral", false);
	r->alias = "";
	if (!alias) {
		err_set(z->c, "42601", "subquery in FROM must have an alias");
		err_hint(z->c, "For example, FROM (SELECT ...) [AS] foo.");
		return -1;
	}
	bool before = z->scope->is_lateral;
	z->scope->is_lateral = r->is_lateral;
	int rc = az_subquery(z, json_get(body, "subquery"), &r->subquery);
	z->scope->is_lateral = before;
	TRY(rc);
	TRY(az_outputs_known(z, r->subquery));
	add_columns_of(z, r, r->subquery);
	TRY(apply_alias(z, r, alias, -1));
	int rte = query_add_rte(z, z->scope->q, r);
	VEC_PUSH(z->a, items, ns_for_rte(z, z->scope->q, rte));
	*ret = leaf(z, rte);
	return 0;
}

/* (a int, b text) behind a function that returns record. */
static int column_definitions(struct az *z, struct rte *r, const struct json *list)
{
	int16_t n = 0;
	for (const struct json *item = list->child; item; item = item->next) {
		const struct json *def = node_as(item, "ColumnDef");
		struct rte_column col = { json_get_cstr(z->a, def, "colname"), { 0 }, ++n };
		TRY(az_type_name(z, json_get(def, "typeName"), &col.type));
		VEC_PUSH(z->a, &r->columns, col);
	}
	return 0;
}

static int wrong_coldefs(struct az *z, const struct type *t, bool has_outs, int location)
{
	if (has_outs)
		err_set(z->c, "42601",
			"a column definition list is redundant for a function with OUT "
			"parameters");
	else if (type_base(t)->kind == TYPE_COMPOSITE)
		err_set(z->c, "42601",
			"a column definition list is redundant for a function returning a named "
			"composite type");
	else
		err_set(z->c, "42601",
			"a column definition list is only allowed for "
			"functions returning \"record\"");
	return az_at(z, location);
}

/* A function's one OUT parameter names its column, whatever the alias. */
static const char *out_name(const struct expr *call)
{
	const char *name = NULL;
	size_t n = 0;
	for (int i = 0; call->kind == EX_CALL && i < call->function->n_args; i++) {
		const struct func_arg *arg = &call->function->args[i];
		if (arg->mode == 'i' || arg->mode == 'v')
			continue;
		name = arg->name;
		n++;
	}
	return n == 1 && name && name[0] ? name : NULL;
}

/* The columns a function's result has in FROM. */
int az_function_columns(struct az *z, struct rte *r, const char *name, const struct json *coldefs,
			int location)
{
	const struct builtin *b = r->func->kind == EX_FUNC ? r->func->builtin : NULL;
	const struct type *t = r->func->type.type;
	row_columns shape = { 0 };
	bool has_outs = r->func->kind == EX_CALL && call_out_columns(z->a, r->func, &shape);
	bool is_record = t->oid == 2249 && !(b && b->n_outs) && !has_outs;
	if (coldefs && !is_record)
		return wrong_coldefs(z, t, has_outs,
				     (int)node_location(node_as(coldefs->child, "ColumnDef")));
	if (coldefs)
		return column_definitions(z, r, coldefs);
	if (is_record) {
		err_set(z->c, "42601",
			"a column definition list is required for functions returning "
			"\"record\"");
		return az_at(z, location);
	}
	for (uint8_t i = 0; b && i < b->n_outs; i++) {
		struct rte_column col = { b->out_names[i], TYPEREF(b->outs[i]), (int16_t)(i + 1) };
		VEC_PUSH(z->a, &r->columns, col);
	}
	if (r->columns.n)
		return 0;
	shape.n = 0;
	if (type_is_row(type_base(t)) && az_row_shape(z, r->func, &shape)) {
		for (size_t i = 0; i < shape.n; i++) {
			struct rte_column col = { shape.v[i].name, shape.v[i].type,
						  (int16_t)(i + 1) };
			VEC_PUSH(z->a, &r->columns, col);
		}
		return 0;
	}
	struct rte_column col = { name, r->func->type, 1 };
	VEC_PUSH(z->a, &r->columns, col);
	return 0;
}

static int range_function(struct az *z, const struct json *body, struct from_item **ret,
			  ns_items *items)
{
	const struct json *functions = json_get(body, "functions");
	const struct json *pair = json_get(node_as(functions->child, "List"), "items");
	const struct json *call = json_at(pair, 0), *alias = json_get(body, "alias");
	const struct json *coldefs = json_get(body, "coldeflist"), *inner = json_at(pair, 1);
	if (functions->count > 1)
		return err_set(z->c, "0A000", "ROWS FROM with several functions is not supported");
	if (!coldefs && inner && node_as(inner, "List"))
		coldefs = json_get(node_as(inner, "List"), "items");
	struct rte *r = ARENA_NEW(z->a, struct rte);
	r->kind = RTE_FUNCTION;
	r->with_ordinality = json_get_bool(body, "ordinality", false);
	r->is_lateral = true; /* a function may always look at the items before it */
	bool before = z->scope->is_lateral;
	z->scope->is_lateral = true;
	int rc = az_expr_in(z, call, CL_FROM_FUNC, &r->func);
	z->scope->is_lateral = before;
	TRY(rc);
	const char *name = az_target_name(z, call);
	/* A single-column function's column takes the table alias as its name. */
	const char *as = alias ? json_get_cstr(z->a, alias, "aliasname") : NULL;
	r->alias = name;
	if (type_is_unknown(r->func->type.type))
		TRY(coerce_expr(z, r->func, TYPEREF(type_of_value(V_TEXT)), COERCE_IMPLICIT,
				&r->func));
	const struct builtin *b = r->func->builtin;
	bool scalar = !type_is_row(type_base(r->func->type.type)) && !(b && b->n_outs);
	const char *own = out_name(r->func);
	TRY(az_function_columns(z, r,
				own	       ? own
				: scalar && as ? as
					       : name,
				coldefs, r->func->location));
	if (r->with_ordinality) {
		struct rte_column col = { "ordinality", TYPEREF(type_of_value(V_INT8)),
					  (int16_t)(r->columns.n + 1) };
		VEC_PUSH(z->a, &r->columns, col);
	}
	TRY(apply_alias(z, r, alias, -1));
	int rte = query_add_rte(z, z->scope->q, r);
	VEC_PUSH(z->a, items, ns_for_rte(z, z->scope->q, rte));
	*ret = leaf(z, rte);
	return 0;
}

/* ---- joins ---- */

struct side {
	ns_items items;
	VEC(struct ns_column) cols; /* what * would give */
};

static void collect_columns(struct az *z, struct side *side)
{
	for (size_t i = 0; i < side->items.n; i++) {
		struct ns_item *item = side->items.v[i];
		for (size_t k = 0; item->is_col_visible && k < item->cols.n; k++)
			VEC_PUSH(z->a, &side->cols, item->cols.v[k]);
	}
}

static int find_using(struct az *z, const struct side *side, const char *name, const char *which,
		      struct expr **ret)
{
	struct expr *found = NULL;
	for (size_t i = 0; i < side->cols.n; i++) {
		if (strcmp(side->cols.v[i].name, name) != 0)
			continue;
		if (found) {
			err_set(z->c, "42702",
				"common column name \"%s\" appears more than once in %s table",
				name, which);
			return -1;
		}
		found = side->cols.v[i].expr;
	}
	if (!found)
		return err_set(z->c, "42703",
			       "column \"%s\" specified in USING clause does not exist in %s table",
			       name, which);
	*ret = found;
	return 0;
}

/* The merged column of USING: the side that is never padded with NULLs. */
static int merged_column(struct az *z, enum join_kind kind, struct expr *left, struct expr *right,
			 struct expr **ret)
{
	exprs both = { 0 };
	struct typeref common;
	VEC_PUSH(z->a, &both, left);
	VEC_PUSH(z->a, &both, right);
	TRY(coerce_common(z, &both, "JOIN/USING", &common));
	TRY(coerce_list(z, &both, common, "JOIN/USING"));
	if (kind == JOIN_FULL) {
		struct expr *e = expr_new(z->a, EX_COALESCE, common);
		e->args = both;
		*ret = e;
		return 0;
	}
	*ret = kind == JOIN_RIGHT ? both.v[1] : both.v[0];
	return 0;
}

typedef VEC(const char *) name_list;

static bool has_name(const name_list *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return true;
	return false;
}

static int using_names(struct az *z, const struct json *join, const struct side *left,
		       const struct side *right, name_list *ret)
{
	const struct json *list = json_get(join, "usingClause");
	for (const struct json *n = list ? list->child : NULL; n; n = n->next) {
		const char *name = str_dup(z->a, node_string(n));
		if (has_name(ret, name))
			return err_set(z->c, "42701",
				       "column name \"%s\" appears more than once in USING clause",
				       name);
		VEC_PUSH(z->a, ret, name);
	}
	for (size_t i = 0; json_get_bool(join, "isNatural", false) && i < left->cols.n; i++)
		for (size_t k = 0; k < right->cols.n; k++)
			if (!strcmp(left->cols.v[i].name, right->cols.v[k].name)) {
				VEC_PUSH(z->a, ret, left->cols.v[i].name);
				break;
			}
	return 0;
}

/* The join's own columns: merged ones, then the rest of left and right; and
 * the condition that USING stands for. */
static int join_columns(struct az *z, enum join_kind kind, const name_list *names,
			const struct side *left, const struct side *right, struct ns_item *join,
			struct expr **ret_on)
{
	for (size_t i = 0; i < names->n; i++) {
		struct expr *l, *r, *eq, *merged;
		TRY(find_using(z, left, names->v[i], "left", &l));
		TRY(find_using(z, right, names->v[i], "right", &r));
		l = az_ns_use(z, z->scope, 0, l, -1);
		r = az_ns_use(z, z->scope, 0, r, -1);
		TRY(az_op(z, "=", l, r, -1, &eq));
		*ret_on = expr_and(z->a, *ret_on, eq);
		TRY(merged_column(z, kind, l, r, &merged));
		struct ns_column col = { names->v[i], merged };
		VEC_PUSH(z->a, &join->cols, col);
	}
	const struct side *sides[2] = { left, right };
	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < sides[s]->cols.n; i++)
			if (!has_name(names, sides[s]->cols.v[i].name))
				VEC_PUSH(z->a, &join->cols, sides[s]->cols.v[i]);
	return 0;
}

static enum join_kind join_kind(const struct json *body)
{
	struct str type = json_get_str(body, "jointype", STR("JOIN_INNER"));
	if (str_is(type, "JOIN_LEFT"))
		return JOIN_LEFT;
	if (str_is(type, "JOIN_RIGHT"))
		return JOIN_RIGHT;
	return str_is(type, "JOIN_FULL") ? JOIN_FULL : JOIN_INNER;
}

static int merge_items(struct az *z, ns_items *into, const ns_items *from)
{
	for (size_t i = 0; i < from->n; i++) {
		TRY(ns_check_alias(z, into, from->v[i], -1));
		VEC_PUSH(z->a, into, from->v[i]);
	}
	return 0;
}

/* The right side may look at the left one when the join lets it. */
static int right_side(struct az *z, const struct json *node, enum join_kind kind,
		      const struct side *left, struct from_item **ret, struct side *right)
{
	size_t before = z->scope->items.n;
	for (size_t i = 0; i < left->items.n; i++) {
		struct ns_item *item = left->items.v[i];
		item->is_lateral_only = true;
		item->is_lateral_ok = kind == JOIN_INNER || kind == JOIN_LEFT;
		VEC_PUSH(z->a, &z->scope->items, item);
	}
	int rc = from_item(z, node, ret, &right->items);
	z->scope->items.n = before;
	for (size_t i = 0; i < left->items.n; i++) {
		left->items.v[i]->is_lateral_only = false;
		left->items.v[i]->is_lateral_ok = true;
	}
	return rc;
}

/* ON sees the two sides alone. */
static int join_on(struct az *z, const struct json *quals, const ns_items *items, struct expr **ret)
{
	ns_items before = z->scope->items;
	z->scope->items = *items;
	int rc = az_bool_expr(z, quals, CL_JOIN_ON, "JOIN/ON", ret);
	z->scope->items = before;
	return rc;
}

static void set_nullable(struct az *z, const struct side *side, bool is_nullable)
{
	for (size_t i = 0; is_nullable && i < side->items.n; i++)
		if (side->items.v[i]->rte >= 0)
			z->scope->q->rtes.v[side->items.v[i]->rte]->is_nullable = true;
}

static int join_expr(struct az *z, const struct json *body, struct from_item **ret, ns_items *out)
{
	struct side left = { 0 }, right = { 0 };
	struct from_item *f = ARENA_NEW(z->a, struct from_item);
	f->is_join = true;
	f->join = join_kind(body);
	TRY(from_item(z, json_get(body, "larg"), &f->left, &left.items));
	TRY(right_side(z, json_get(body, "rarg"), f->join, &left, &f->right, &right));
	collect_columns(z, &left);
	collect_columns(z, &right);
	name_list names = { 0 };
	struct ns_item *join = ARENA_NEW(z->a, struct ns_item);
	*join = (struct ns_item){
		.alias = "", .rte = -1, .is_col_visible = true, .is_lateral_ok = true
	};
	TRY(using_names(z, body, &left, &right, &names));
	TRY(join_columns(z, f->join, &names, &left, &right, join, &f->on));
	set_nullable(z, &left, f->join == JOIN_RIGHT || f->join == JOIN_FULL);
	set_nullable(z, &right, f->join == JOIN_LEFT || f->join == JOIN_FULL);
	ns_items both = { 0 };
	TRY(merge_items(z, &both, &left.items));
	TRY(merge_items(z, &both, &right.items));
	const struct json *quals = json_get(body, "quals"), *alias = json_get(body, "alias");
	if (quals)
		TRY(join_on(z, quals, &both, &f->on));
	if (!f->on && f->join == JOIN_INNER)
		f->join = JOIN_CROSS;
	for (size_t i = 0; i < both.n; i++) {
		both.v[i]->is_col_visible = false;
		both.v[i]->is_rel_visible &= !alias;
	}
	if (alias) {
		join->alias = json_get_cstr(z->a, alias, "aliasname");
		join->is_rel_visible = true;
		const struct json *cols = json_get(alias, "colnames");
		size_t i = 0;
		for (const struct json *n = cols ? cols->child : NULL; n && i < join->cols.n;
		     n = n->next)
			join->cols.v[i++].name = str_dup(z->a, node_string(n));
	}
	*out = both;
	VEC_PUSH(z->a, out, join);
	*ret = f;
	return 0;
}

static int from_item(struct az *z, const struct json *node, struct from_item **ret, ns_items *items)
{
	const struct json *body;
	if (z->depth >= AZ_DEPTH_MAX)
		return err_set(z->c, "54001", "stack depth limit exceeded");
	z->depth++;
	int rc = -1;
	if ((body = node_as(node, "RangeVar")))
		rc = range_var(z, body, ret, items);
	else if ((body = node_as(node, "JoinExpr")))
		rc = join_expr(z, body, ret, items);
	else if ((body = node_as(node, "RangeSubselect")))
		rc = range_subselect(z, body, ret, items);
	else if ((body = node_as(node, "RangeFunction")))
		rc = range_function(z, body, ret, items);
	else
		err_set(z->c, "0A000", "%.*s in FROM is not supported", STR_ARG(node_kind(node)));
	z->depth--;
	return rc;
}

int az_from_clause(struct az *z, const struct json *from)
{
	size_t first = z->scope->items.n;
	for (const struct json *node = from ? from->child : NULL; node; node = node->next) {
		struct from_item *f;
		ns_items items = { 0 };
		TRY(from_item(z, node, &f, &items));
		VEC_PUSH(z->a, &z->scope->q->from, f);
		for (size_t i = 0; i < items.n; i++) {
			TRY(ns_check_alias(z, &z->scope->items, items.v[i], -1));
			items.v[i]->is_lateral_only = true;
			VEC_PUSH(z->a, &z->scope->items, items.v[i]);
		}
	}
	for (size_t i = first; i < z->scope->items.n; i++)
		z->scope->items.v[i]->is_lateral_only = false;
	return 0;
}
