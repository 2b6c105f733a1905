/* SELECT, VALUES, set operations and WITH. */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

/* ---- output columns ---- */

/* A name's strength as PostgreSQL ranks it: 2 the expression's own, 1 a type's. */
static int figure_name(struct az *z, const struct json *node, const char **ret);

static int name_of_list(struct az *z, const struct json *list, const char **ret)
{
	for (uint32_t i = list ? list->count : 0; i-- > 0;) {
		struct str name = node_string(json_at(list, i));
		if (name.n) {
			*ret = str_dup(z->a, name);
			return 2;
		}
	}
	return 0;
}

static int sublink_name(struct az *z, const struct json *body, const char **ret)
{
	struct str kind = json_get_str(body, "subLinkType", STR(""));
	if (str_is(kind, "EXISTS_SUBLINK"))
		*ret = "exists";
	else if (str_is(kind, "ARRAY_SUBLINK"))
		*ret = "array";
	else if (str_is(kind, "EXPR_SUBLINK")) {
		const struct json *select = node_as(json_get(body, "subselect"), "SelectStmt");
		const struct json *first = json_at(json_get(select, "targetList"), 0);
		const struct json *target = node_as(first, "ResTarget");
		if (!target)
			return 0;
		*ret = json_get_cstr(z->a, target, "name");
		return *ret ? 2 : figure_name(z, json_get(target, "val"), ret);
	} else
		return 0;
	return 2;
}

static int cast_name(struct az *z, const struct json *body, const char **ret)
{
	int strength = figure_name(z, json_get(body, "arg"), ret);
	if (strength > 1)
		return strength;
	const struct json *names = json_get(json_get(body, "typeName"), "names");
	*ret = str_dup(z->a, node_string(json_at(names, names->count - 1)));
	return 1;
}

static int fixed_name(const struct json *node, const char **ret)
{
	static const struct {
		const char *kind, *name;
	} fixed[] = { { "CoalesceExpr", "coalesce" },
		      { "A_ArrayExpr", "array" },
		      { "RowExpr", "row" },
		      { "GroupingFunc", "grouping" } };
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (node_as(node, fixed[i].kind)) {
			*ret = fixed[i].name;
			return 2;
		}
	return 0;
}

static int word_name(struct az *z, const struct json *body, const char **ret)
{
	struct str op = json_get_str(body, "op", STR("SVFOP_CURRENT_DATE"));
	struct str word = str_lower(z->a, str_from(op, strlen("SVFOP_")));
	if (str_ends(word, STR("_n")))
		word.n -= 2;
	*ret = str_dup(z->a, word);
	return 2;
}

static int figure_name(struct az *z, const struct json *node, const char **ret)
{
	const struct json *body;
	if ((body = node_as(node, "ColumnRef")))
		return name_of_list(z, json_get(body, "fields"), ret);
	if ((body = node_as(node, "FuncCall")))
		return name_of_list(z, json_get(body, "funcname"), ret);
	if ((body = node_as(node, "A_Indirection"))) {
		int strength = name_of_list(z, json_get(body, "indirection"), ret);
		return strength ? strength : figure_name(z, json_get(body, "arg"), ret);
	}
	if ((body = node_as(node, "TypeCast")))
		return cast_name(z, body, ret);
	if ((body = node_as(node, "CollateClause")))
		return figure_name(z, json_get(body, "arg"), ret);
	if ((body = node_as(node, "SubLink")))
		return sublink_name(z, body, ret);
	if ((body = node_as(node, "SQLValueFunction")))
		return word_name(z, body, ret);
	if ((body = node_as(node, "A_Expr"))) {
		*ret = "nullif";
		return str_is(json_get_str(body, "kind", STR("")), "AEXPR_NULLIF") ? 2 : 0;
	}
	if ((body = node_as(node, "MinMaxExpr"))) {
		bool least = str_is(json_get_str(body, "op", STR("")), "IS_LEAST");
		*ret = least ? "least" : "greatest";
		return 2;
	}
	if ((body = node_as(node, "CaseExpr"))) {
		int strength = figure_name(z, json_get(body, "defresult"), ret);
		if (strength > 1)
			return strength;
		*ret = "case";
		return 1;
	}
	return fixed_name(node, ret);
}

const char *az_target_name(struct az *z, const struct json *node)
{
	const char *name = NULL;
	return figure_name(z, node, &name) ? name : "?column?";
}

static const struct json *star_fields(const struct json *value)
{
	const struct json *ref = node_as(value, "ColumnRef");
	const struct json *fields = ref ? json_get(ref, "fields") : NULL;
	return fields && node_as(json_at(fields, fields->count - 1), "A_Star") ? fields : NULL;
}

/* (row).*: every field of a row value. */
static int row_star(struct az *z, const struct json *value, targets *ret, bool *ret_done)
{
	const struct json *ind = node_as(value, "A_Indirection");
	const struct json *list = ind ? json_get(ind, "indirection") : NULL;
	*ret_done = false;
	if (!list || list->count != 1 || !node_as(list->child, "A_Star"))
		return 0;
	struct expr *row;
	row_columns cols = { 0 };
	TRY(az_expr(z, json_get(ind, "arg"), &row));
	if (!az_row_shape(z, row, &cols)) {
		err_set(z->c, "42809", "type %s is not composite", az_type(z, row->type.type));
		return az_at(z, row->location);
	}
	for (size_t i = 0; i < cols.n; i++) {
		struct target t = { .name = cols.v[i].name };
		TRY(az_field(z, row, str_of(t.name), row->location, &t.expr));
		VEC_PUSH(z->a, ret, t);
	}
	*ret_done = true;
	return 0;
}

int az_target_list(struct az *z, const struct json *list, enum clause clause, targets *ret)
{
	enum clause before = z->scope->clause;
	z->scope->clause = clause;
	for (const struct json *node = list ? list->child : NULL; node; node = node->next) {
		const struct json *rt = node_as(node, "ResTarget"), *value = json_get(rt, "val");
		const struct json *fields = star_fields(value);
		bool done;
		if (fields) {
			const struct json *ref = node_as(value, "ColumnRef");
			TRY(az_star(z, fields, (int)node_location(ref), ret));
			continue;
		}
		TRY(row_star(z, value, ret, &done));
		if (done)
			continue;
		struct target t = { .name = json_get_cstr(z->a, rt, "name") };
		TRY(az_expr(z, value, &t.expr));
		if (!t.name)
			t.name = az_target_name(z, value);
		if (ret->n >= 1664)
			return err_set(z->c, "54011", "target lists can have at most 1664 entries");
		VEC_PUSH(z->a, ret, t);
	}
	z->scope->clause = before;
	return 0;
}

int az_coerce_outputs(struct az *z, struct query *q, const struct typeref *want, size_t n,
		      bool only_unknown)
{
	targets *list = q->cmd == CMD_SELECT ? &q->targets : &q->returning;
	if (q->set_op != SET_NONE) {
		TRY(az_coerce_outputs(z, q->left, want, n, only_unknown));
		TRY(az_coerce_outputs(z, q->right, want, n, only_unknown));
	}
	for (size_t i = 0; i < n && i < list->n; i++) {
		struct expr *e = list->v[i].expr;
		if (!want[i].type || (only_unknown && !type_is_unknown(e->type.type)))
			continue;
		if (q->set_op != SET_NONE) {
			struct expr *copy = expr_copy(z->a, e);
			copy->type = want[i];
			list->v[i].expr = copy;
			continue;
		}
		TRY(coerce_expr(z, e, want[i], COERCE_IMPLICIT, &list->v[i].expr));
	}
	return 0;
}

int az_outputs_known(struct az *z, struct query *q)
{
	targets *list = q->cmd == CMD_SELECT ? &q->targets : &q->returning;
	struct typeref *want = arena_array(z->a, list->n, sizeof(*want));
	for (size_t i = 0; i < list->n; i++)
		want[i] = TYPEREF(type_of_value(V_TEXT));
	return az_coerce_outputs(z, q, want, list->n, true);
}

int az_limit(struct az *z, const struct json *node, const char *what, enum clause clause,
	     struct expr **ret)
{
	const struct type *int8 = type_of_value(V_INT8);
	const struct json *constant = node_as(node, "A_Const");
	struct expr *e;
	if (!node || (constant && json_get_bool(constant, "isnull", false)))
		return 0;
	TRY(az_expr_in(z, node, clause, &e));
	if (!coerce_can(e->type.type, int8, COERCE_ASSIGN)) {
		err_set(z->c, "42804", "argument of %s must be type bigint, not type %s", what,
			az_type(z, e->type.type));
		return az_at(z, e->location);
	}
	return coerce_expr(z, e, TYPEREF(int8), COERCE_ASSIGN, ret);
}

/* ---- VALUES ---- */

static int values_row(struct az *z, const struct json *row, size_t width, exprs *ret)
{
	const struct json *items = json_get(node_as(row, "List"), "items");
	for (const struct json *item = items ? items->child : NULL; item; item = item->next) {
		struct expr *e;
		TRY(az_expr_in(z, item, CL_VALUES, &e));
		VEC_PUSH(z->a, ret, e);
	}
	if (width && ret->n != width) {
		err_set(z->c, "42601", "VALUES lists must all be the same length");
		return az_at(z, ret->n ? ret->v[0]->location : -1);
	}
	return 0;
}

static int values_column(struct az *z, struct rte *r, size_t i, struct typeref *ret)
{
	exprs column = { 0 };
	for (size_t k = 0; k < r->rows.n; k++)
		VEC_PUSH(z->a, &column, r->rows.v[k].v[i]);
	TRY(coerce_common(z, &column, "VALUES", ret));
	TRY(coerce_list(z, &column, *ret, "VALUES"));
	for (size_t k = 0; k < r->rows.n; k++)
		r->rows.v[k].v[i] = column.v[k];
	return 0;
}

static int values_clause(struct az *z, const struct json *lists, struct query *q)
{
	struct rte *r = ARENA_NEW(z->a, struct rte);
	r->kind = RTE_VALUES;
	r->alias = "*VALUES*";
	for (const struct json *row = lists->child; row; row = row->next) {
		exprs items = { 0 };
		TRY(values_row(z, row, r->rows.n ? r->rows.v[0].n : 0, &items));
		VEC_PUSH(z->a, &r->rows, items);
	}
	int rte = query_add_rte(z, q, r);
	for (size_t i = 0; i < r->rows.v[0].n; i++) {
		struct typeref t;
		TRY(values_column(z, r, i, &t));
		const char *name = arena_printf(z->a, "column%zu", i + 1);
		struct rte_column col = { name, t, (int16_t)(i + 1) };
		VEC_PUSH(z->a, &r->columns, col);
		struct target target = { .expr = expr_var(z->a, rte, (int)i + 1, t), .name = name };
		VEC_PUSH(z->a, &q->targets, target);
	}
	struct from_item *leaf = ARENA_NEW(z->a, struct from_item);
	leaf->rte = rte;
	VEC_PUSH(z->a, &q->from, leaf);
	VEC_PUSH(z->a, &z->scope->items, ns_for_rte(z, q, rte));
	return 0;
}

/* ---- set operations ---- */

static enum set_op set_op_of(const struct json *body)
{
	struct str op = json_get_str(body, "op", STR("SETOP_NONE"));
	bool all = json_get_bool(body, "all", false);
	if (str_is(op, "SETOP_UNION"))
		return all ? SET_UNION_ALL : SET_UNION;
	if (str_is(op, "SETOP_INTERSECT"))
		return all ? SET_INTERSECT_ALL : SET_INTERSECT;
	if (str_is(op, "SETOP_EXCEPT"))
		return all ? SET_EXCEPT_ALL : SET_EXCEPT;
	return SET_NONE;
}

static const char *set_op_name(enum set_op op)
{
	if (op == SET_UNION || op == SET_UNION_ALL)
		return "UNION";
	return op == SET_INTERSECT || op == SET_INTERSECT_ALL ? "INTERSECT" : "EXCEPT";
}

/* The two sides' columns take their common types. */
static int match_columns(struct az *z, struct query *q)
{
	const char *what = set_op_name(q->set_op);
	size_t n = q->left->targets.n;
	if (n != q->right->targets.n) {
		err_set(z->c, "42601", "each %s query must have the same number of columns", what);
		return az_at(z, q->right->targets.n ? q->right->targets.v[0].expr->location : -1);
	}
	struct typeref *want = arena_array(z->a, n, sizeof(*want));
	for (size_t i = 0; i < n; i++) {
		exprs pair = { 0 };
		VEC_PUSH(z->a, &pair, q->left->targets.v[i].expr);
		VEC_PUSH(z->a, &pair, q->right->targets.v[i].expr);
		TRY(coerce_common(z, &pair, what, &want[i]));
		for (size_t k = 0; k < 2; k++)
			if (!coerce_can(pair.v[k]->type.type, want[i].type, COERCE_IMPLICIT)) {
				err_set(z->c, "42846", "%s could not convert type %s to %s", what,
					az_type(z, pair.v[k]->type.type), az_type(z, want[i].type));
				return az_at(z, pair.v[k]->location);
			}
		struct target t = { .name = q->left->targets.v[i].name };
		t.expr = expr_var(z->a, -1, (int)i + 1, want[i]);
		t.expr->location = pair.v[0]->location;
		VEC_PUSH(z->a, &q->targets, t);
	}
	TRY(az_coerce_outputs(z, q->left, want, n, false));
	return az_coerce_outputs(z, q->right, want, n, false);
}

static int no_locking(struct az *z, const struct json *body)
{
	if (!json_get(body, "lockingClause"))
		return 0;
	return err_set(z->c, "0A000", "FOR UPDATE is not allowed with UNION/INTERSECT/EXCEPT");
}

static int name_columns(struct az *z, struct cte *cte, const struct json *names, int location)
{
	targets *list =
		cte->query->cmd == CMD_SELECT ? &cte->query->targets : &cte->query->returning;
	if (names && names->count > list->n) {
		err_set(z->c, "42P10",
			"WITH query \"%s\" has %zu columns available but %u columns "
			"specified",
			cte->name, list->n, names->count);
		return az_at(z, location);
	}
	size_t i = 0;
	for (const struct json *n = names ? names->child : NULL; n; n = n->next)
		list->v[i++].name = str_dup(z->a, node_string(n));
	return 0;
}

/* From here on the recursive query's name stands for the first term's columns. */
static int second_term(struct az *z, struct recursion *r, struct query *left)
{
	TRY(az_outputs_known(z, left));
	r->cte->query = left;
	TRY(name_columns(z, r->cte, r->names, -1));
	r->first = arena_array(z->a, left->targets.n, sizeof(*r->first));
	for (size_t i = 0; i < left->targets.n; i++)
		r->first[i] = left->targets.v[i].expr->type;
	VEC_PUSH(z->a, &z->scope->ctes, r->cte);
	return 0;
}

static int set_operation(struct az *z, const struct json *body, struct query *q)
{
	q->set_op = set_op_of(body);
	TRY(no_locking(z, body));
	TRY(az_select(z, json_get(body, "larg"), &q->left));
	if (z->scope->recursion)
		TRY(second_term(z, z->scope->recursion, q->left));
	TRY(az_select(z, json_get(body, "rarg"), &q->right));
	TRY(match_columns(z, q));
	TRY(az_sort(z, json_get(body, "sortClause"), q, &q->order_by));
	TRY(az_limit(z, json_get(body, "limitOffset"), "OFFSET", CL_OFFSET, &q->offset));
	return az_limit(z, json_get(body, "limitCount"), "LIMIT", CL_LIMIT, &q->limit);
}

/* ---- SELECT ---- */

static int check_limit_option(struct az *z, const struct json *body)
{
	struct str option = json_get_str(body, "limitOption", STR(""));
	if (str_is(option, "LIMIT_OPTION_WITH_TIES"))
		return err_set(z->c, "0A000", "WITH TIES is not supported");
	return 0;
}

static int plain_select(struct az *z, const struct json *body, struct query *q)
{
	if (json_get(body, "intoClause"))
		return err_set(z->c, "0A000", "SELECT ... INTO is not allowed here");
	TRY(az_from_clause(z, json_get(body, "fromClause")));
	TRY(az_window_clause(z, json_get(body, "windowClause")));
	TRY(az_target_list(z, json_get(body, "targetList"), CL_SELECT, &q->targets));
	TRY(az_bool_expr(z, json_get(body, "whereClause"), CL_WHERE, "WHERE", &q->where));
	TRY(az_bool_expr(z, json_get(body, "havingClause"), CL_HAVING, "HAVING", &q->having));
	TRY(az_sort(z, json_get(body, "sortClause"), q, &q->order_by));
	TRY(az_group(z, json_get(body, "groupClause"), q));
	TRY(az_distinct(z, json_get(body, "distinctClause"), q));
	TRY(check_limit_option(z, body));
	TRY(az_limit(z, json_get(body, "limitOffset"), "OFFSET", CL_OFFSET, &q->offset));
	TRY(az_limit(z, json_get(body, "limitCount"), "LIMIT", CL_LIMIT, &q->limit));
	q->for_update = json_get(body, "lockingClause") != NULL;
	q->is_grouped = q->group_by.n || z->scope->has_aggs || q->having;
	if (z->scope->srf_rte >= 0 && z->scope->has_windows)
		return err_set(z->c, "0A000",
			       "a set-returning function beside window functions is not supported");
	for (size_t i = 0; i < z->scope->windows.n; i++)
		VEC_PUSH(z->a, &q->windows, z->scope->windows.v[i]);
	return q->is_grouped ? az_check_grouping(z, q) : 0;
}

/* Relations of which no column was named still need SELECT on some column. */
static void finish_access(struct az *z, struct query *q)
{
	for (size_t i = 0; i < q->rtes.n; i++) {
		struct rte_access *access = &q->rtes.v[i]->access;
		if ((access->privs & PRIV_SELECT) && access->selected.n == 0)
			VEC_PUSH(z->a, &access->selected, (int16_t)0);
	}
}

static int select_body(struct az *z, const struct json *body, struct query *q)
{
	TRY(az_with(z, json_get(body, "withClause")));
	if (set_op_of(body) != SET_NONE)
		return set_operation(z, body, q);
	if (json_get(body, "valuesLists")) {
		TRY(values_clause(z, json_get(body, "valuesLists"), q));
		TRY(az_sort(z, json_get(body, "sortClause"), q, &q->order_by));
		TRY(az_limit(z, json_get(body, "limitOffset"), "OFFSET", CL_OFFSET, &q->offset));
		return az_limit(z, json_get(body, "limitCount"), "LIMIT", CL_LIMIT, &q->limit);
	}
	return plain_select(z, body, q);
}

int az_select(struct az *z, const struct json *body, struct query **ret)
{
	if (z->depth >= AZ_DEPTH_MAX)
		return err_set(z->c, "54001", "stack depth limit exceeded");
	struct query *q = ARENA_NEW(z->a, struct query);
	q->cmd = CMD_SELECT;
	q->result_rte = q->source_rte = -1;
	struct recursion *recursion = z->recursion;
	z->recursion = NULL;
	scope_push(z, q)->recursion = recursion;
	z->depth++;
	int rc = select_body(z, body, q);
	z->depth--;
	scope_pop(z);
	TRY(rc);
	finish_access(z, q);
	*ret = q;
	return 0;
}

int az_subquery(struct az *z, const struct json *node, struct query **ret)
{
	const struct json *body = node_as(node, "SelectStmt");
	if (!body)
		return err_set(z->c, "0A000", "%.*s is not allowed in a subquery",
			       STR_ARG(node_kind(node)));
	return az_select(z, body, ret);
}

int az_query(struct az *z, const struct json *stmt, struct query **ret)
{
	const struct json *body;
	struct query *q = NULL;
	if ((body = node_as(stmt, "SelectStmt")))
		return az_select(z, body, ret);
	if ((body = node_as(stmt, "InsertStmt")))
		TRY(az_insert(z, body, &q));
	else if ((body = node_as(stmt, "UpdateStmt")))
		TRY(az_update(z, body, &q));
	else if ((body = node_as(stmt, "DeleteStmt")))
		TRY(az_delete(z, body, &q));
	else if ((body = node_as(stmt, "CallStmt")))
		return az_call_stmt(z, body, ret);
	else
		return err_set(z->c, "0A000", "%.*s is not a query", STR_ARG(node_kind(stmt)));
	finish_access(z, q);
	*ret = q;
	return 0;
}

/* ---- WITH ---- */

/* The recursive term must give what the first term gave. */
static int check_recursive_types(struct az *z, const struct cte *cte, const struct typeref *first)
{
	const struct query *q = cte->query;
	for (size_t i = 0; i < q->targets.n; i++) {
		const struct type *all = q->targets.v[i].expr->type.type;
		if (all == first[i].type)
			continue;
		err_set(z->c, "42804",
			"recursive query \"%s\" column %zu has type %s in non-recursive term but "
			"type "
			"%s overall",
			cte->name, i + 1, az_type(z, first[i].type), az_type(z, all));
		err_hint(z->c, "Cast the output of the non-recursive term to the correct type.");
		return az_at(z, q->targets.v[i].expr->location);
	}
	return 0;
}

static bool mentions(const struct json *node, const char *name)
{
	if (str_is(node->key, "relname") && str_is(node->text, name))
		return true;
	for (const struct json *child = node->child; child; child = child->next)
		if (mentions(child, name))
			return true;
	return false;
}

static int recursive_cte(struct az *z, struct cte *cte, const struct json *def)
{
	const struct json *body = node_as(json_get(def, "ctequery"), "SelectStmt");
	enum set_op op = body ? set_op_of(body) : SET_NONE;
	if (op != SET_UNION && op != SET_UNION_ALL) {
		err_set(z->c, "42P19",
			"recursive query \"%s\" does not have the form non-recursive-term UNION "
			"[ALL] "
			"recursive-term",
			cte->name);
		return az_at(z, (int)node_location(def));
	}
	struct query *q;
	struct recursion r = { .cte = cte, .names = json_get(def, "aliascolnames") };
	cte->is_recursive = true;
	z->recursion = &r;
	TRY(az_select(z, body, &q));
	cte->query = q;
	return check_recursive_types(z, cte, r.first);
}

static int one_cte(struct az *z, const struct json *def, bool recursive)
{
	struct cte *cte = ARENA_NEW(z->a, struct cte);
	cte->name = json_get_cstr(z->a, def, "ctename");
	struct str mode = json_get_str(def, "ctematerialized", STR(""));
	cte->materialized = str_is(mode, "CTEMaterializeAlways")  ? 'y'
			    : str_is(mode, "CTEMaterializeNever") ? 'n'
								  : 'd';
	for (size_t i = 0; i < z->scope->q->ctes.n; i++)
		if (!strcmp(z->scope->q->ctes.v[i]->name, cte->name)) {
			err_set(z->c, "42712", "WITH query name \"%s\" specified more than once",
				cte->name);
			return az_at(z, (int)node_location(def));
		}
	const struct json *query = json_get(def, "ctequery");
	if (recursive && mentions(query, cte->name)) {
		TRY(recursive_cte(z, cte, def));
	} else {
		TRY(az_query(z, query, &cte->query));
		TRY(az_outputs_known(z, cte->query));
	}
	TRY(name_columns(z, cte, json_get(def, "aliascolnames"), (int)node_location(def)));
	VEC_PUSH(z->a, &z->scope->q->ctes, cte);
	VEC_PUSH(z->a, &z->scope->ctes, cte);
	return 0;
}

int az_with(struct az *z, const struct json *with)
{
	const struct json *ctes = json_get(with, "ctes");
	bool recursive = json_get_bool(with, "recursive", false);
	for (const struct json *node = ctes ? ctes->child : NULL; node; node = node->next)
		TRY(one_cte(z, node_as(node, "CommonTableExpr"), recursive));
	return 0;
}
