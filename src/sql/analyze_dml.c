/* INSERT, UPDATE, DELETE and RETURNING. */
#include "base/check.h"
#include "sql/analyze_int.h"
#include "sql/syscat/syscat.h"

#include <string.h>

static int refuse_target(struct az *z, const struct relation *rel, int location)
{
	const char *what = NULL;
	if (syscat_is(rel)) {
		if (syscat_relkind(rel) == 'v')
			err_set(z->c, "55000", "cannot change view \"%s\"", rel->name);
		else
			err_set(z->c, "42501", "permission denied: \"%s\" is a system catalog",
				rel->name);
		return az_at(z, location);
	}
	if (rel->kind == REL_SEQUENCE)
		what = "sequence";
	else if (rel->kind == REL_MATVIEW)
		what = "materialized view";
	else if (rel->kind == REL_COMPOSITE)
		what = "composite type";
	if (!what)
		return 0;
	err_set(z->c, "42809", "cannot change %s \"%s\"", what, rel->name);
	return az_at(z, location);
}

/* The statement's target as rtes[0]. */
static int add_target(struct az *z, const struct json *body, uint32_t priv,
		      struct ns_item **ret_item)
{
	struct query *q = z->scope->q;
	const struct json *rv = json_get(body, "relation");
	struct str name = json_get_str(rv, "relname", STR(""));
	if (!json_get(rv, "schemaname") && az_find_cte(z, name)) {
		err_set(z->c, "42809",
			"relation \"%.*s\" cannot be the target of a modifying statement",
			STR_ARG(name));
		return az_at(z, (int)node_location(rv));
	}
	TRY(az_add_relation(z, rv, &q->result_rte, ret_item));
	struct rte *r = q->rtes.v[q->result_rte];
	r->access.privs |= priv;
	return refuse_target(z, r->rel, (int)node_location(rv));
}

struct column *az_target_column(struct az *z, const struct relation *rel, struct str name,
				int location)
{
	struct column *col = relation_column(rel, name);
	if (!col) {
		err_set(z->c, "42703", "column \"%.*s\" of relation \"%s\" does not exist",
			STR_ARG(name), rel->name);
		az_at(z, location);
		return NULL;
	}
	az_ref(z, location, rel->oid, col->attnum, NULL);
	return col;
}

/* ---- INSERT ---- */

struct insert_target {
	struct column *col;
	int location;
};
typedef VEC(struct insert_target) insert_targets;

static int named_columns(struct az *z, const struct json *cols, const struct relation *rel,
			 insert_targets *ret)
{
	for (const struct json *node = cols->child; node; node = node->next) {
		const struct json *rt = node_as(node, "ResTarget");
		struct str name = json_get_str(rt, "name", STR(""));
		int location = (int)node_location(rt);
		struct column *col = az_target_column(z, rel, name, location);
		if (!col)
			return -1;
		if (json_get(rt, "indirection"))
			return err_set(z->c, "0A000",
				       "assigning part of a column is not supported"),
			       az_at(z, location);
		for (size_t i = 0; i < ret->n; i++)
			if (ret->v[i].col == col) {
				err_set(z->c, "42701", "column \"%.*s\" specified more than once",
					STR_ARG(name));
				return az_at(z, location);
			}
		struct insert_target t = { col, location };
		VEC_PUSH(z->a, ret, t);
	}
	return 0;
}

static int insert_columns(struct az *z, const struct json *body, const struct relation *rel,
			  insert_targets *ret)
{
	const struct json *cols = json_get(body, "cols");
	if (cols)
		return named_columns(z, cols, rel, ret);
	for (size_t i = 0; i < rel->columns.n; i++) {
		struct insert_target t = { &rel->columns.v[i], -1 };
		VEC_PUSH(z->a, ret, t);
	}
	return 0;
}

/* n values for these columns: too many is an error, too few only when named. */
static int check_width(struct az *z, insert_targets *cols, size_t n, int location, bool named)
{
	if (n > cols->n) {
		err_set(z->c, "42601", "INSERT has more expressions than target columns");
		return az_at(z, location);
	}
	if (n < cols->n && named) {
		err_set(z->c, "42601", "INSERT has more target columns than expressions");
		return az_at(z, cols->v[n].location);
	}
	cols->n = n;
	return 0;
}

/* A given (not DEFAULT) value for a generated or identity column. */
static int check_insertable(struct az *z, const struct query *q, const struct column *col)
{
	bool always = col->identity == 'a' && q->overriding == 0;
	if (!col->is_generated && !always)
		return 0;
	err_set(z->c, "428C9", "cannot insert a non-DEFAULT value into column \"%s\"", col->name);
	if (col->is_generated)
		return err_details(z->c, "Column \"%s\" is a generated column.", col->name);
	err_details(z->c, "Column \"%s\" is an identity column defined as GENERATED ALWAYS.",
		    col->name);
	return err_hint(z->c, "Use OVERRIDING SYSTEM VALUE to override.");
}

static int values_item(struct az *z, const struct query *q, const struct json *node,
		       const struct column *col, struct expr **ret)
{
	if (node_as(node, "SetToDefault")) {
		*ret = expr_new(z->a, EX_DEFAULT, col->type);
		(*ret)->location = (int)node_location(node->child);
		return 0;
	}
	struct expr *e;
	TRY(az_expr_in(z, node, CL_VALUES, &e));
	TRY(check_insertable(z, q, col));
	return coerce_to_column(z, e, col->name, col->type, ret);
}

static int location_of(const struct json *node)
{
	return node && node->child ? (int)node_location(node->child) : -1;
}

static int values_row(struct az *z, const struct query *q, const struct json *row,
		      insert_targets *cols, bool named, exprs *ret)
{
	const struct json *items = json_get(node_as(row, "List"), "items");
	size_t n = items ? items->count : 0;
	int extra = n > cols->n ? location_of(json_at(items, (uint32_t)cols->n)) : -1;
	TRY(check_width(z, cols, n, extra, named));
	size_t i = 0;
	for (const struct json *item = items ? items->child : NULL; item; item = item->next) {
		struct expr *e;
		TRY(values_item(z, q, item, cols->v[i++].col, &e));
		VEC_PUSH(z->a, ret, e);
	}
	return 0;
}

static int values_source(struct az *z, const struct json *select, struct query *q,
			 insert_targets *cols, bool named)
{
	struct rte *r = ARENA_NEW(z->a, struct rte);
	const struct json *lists = json_get(select, "valuesLists");
	r->kind = RTE_VALUES;
	r->alias = "*VALUES*";
	TRY(az_with(z, json_get(select, "withClause")));
	for (const struct json *row = lists->child; row; row = row->next) {
		exprs items = { 0 };
		if (r->rows.n && json_get(node_as(row, "List"), "items")->count != r->rows.v[0].n)
			return err_set(z->c, "42601", "VALUES lists must all be the same length"),
			       az_at(z, location_of(json_at(json_get(node_as(row, "List"), "items"),
							    0)));
		TRY(values_row(z, q, row, cols, named, &items));
		VEC_PUSH(z->a, &r->rows, items);
	}
	for (size_t i = 0; i < cols->n; i++) {
		struct rte_column col = { cols->v[i].col->name, cols->v[i].col->type,
					  (int16_t)(i + 1) };
		VEC_PUSH(z->a, &r->columns, col);
	}
	q->source_rte = query_add_rte(z, q, r);
	return 0;
}

/* Literals without a type in the SELECT list take the column's. */
static int type_unknown_outputs(struct az *z, struct query *sub, const insert_targets *cols)
{
	struct typeref *want = arena_array(z->a, cols->n, sizeof(*want));
	for (size_t i = 0; i < cols->n && i < sub->targets.n; i++)
		want[i] = cols->v[i].col->type;
	return az_coerce_outputs(z, sub, want, cols->n, true);
}

static int select_source(struct az *z, const struct json *select, struct query *q,
			 insert_targets *cols, bool named)
{
	struct rte *r = ARENA_NEW(z->a, struct rte);
	r->kind = RTE_SUBQUERY;
	r->alias = "*SELECT*";
	TRY(az_select(z, select, &r->subquery));
	const targets *out = &r->subquery->targets;
	int extra = out->n > cols->n ? out->v[cols->n].expr->location : -1;
	TRY(check_width(z, cols, out->n, extra, named));
	TRY(type_unknown_outputs(z, r->subquery, cols));
	for (size_t i = 0; i < out->n; i++) {
		struct rte_column col = { out->v[i].name, out->v[i].expr->type, (int16_t)(i + 1) };
		VEC_PUSH(z->a, &r->columns, col);
		TRY(check_insertable(z, q, cols->v[i].col));
	}
	q->source_rte = query_add_rte(z, q, r);
	return 0;
}

static bool is_plain_values(const struct json *select)
{
	return json_get(select, "valuesLists") && !json_get(select, "sortClause") &&
	       !json_get(select, "limitCount") && !json_get(select, "limitOffset");
}

static int insert_source(struct az *z, const struct json *body, struct query *q,
			 insert_targets *cols)
{
	const struct json *select = node_as(json_get(body, "selectStmt"), "SelectStmt");
	bool named = json_get(body, "cols") != NULL;
	struct rte *target = q->rtes.v[q->result_rte];
	if (!select) {
		cols->n = 0;
		return 0;
	}
	if (is_plain_values(select))
		TRY(values_source(z, select, q, cols, named));
	else
		TRY(select_source(z, select, q, cols, named));
	const struct rte *source = q->rtes.v[q->source_rte];
	for (size_t i = 0; i < cols->n; i++) {
		const struct column *col = cols->v[i].col;
		struct target t = { .name = col->name, .attnum = col->attnum };
		struct expr *var =
			expr_var(z->a, q->source_rte, (int)i + 1, source->columns.v[i].type);
		if (source->kind == RTE_SUBQUERY)
			var->location = source->subquery->targets.v[i].expr->location;
		TRY(coerce_to_column(z, var, col->name, col->type, &t.expr));
		VEC_PUSH(z->a, &q->targets, t);
		VEC_PUSH(z->a, &target->access.inserted, col->attnum);
	}
	return 0;
}

static char overriding_of(const struct json *body)
{
	struct str text = json_get_str(body, "override", STR(""));
	if (str_is(text, "OVERRIDING_SYSTEM_VALUE"))
		return 's';
	return str_is(text, "OVERRIDING_USER_VALUE") ? 'u' : 0;
}

static struct query *dml_query(struct az *z, enum query_cmd cmd)
{
	struct query *q = ARENA_NEW(z->a, struct query);
	q->cmd = cmd;
	q->result_rte = q->source_rte = -1;
	scope_push(z, q);
	return q;
}

int az_returning(struct az *z, const struct json *list, struct query *q)
{
	TRY(az_target_list(z, list, CL_RETURNING, &q->returning));
	for (size_t i = 0; i < q->returning.n; i++) {
		struct target *t = &q->returning.v[i];
		if (type_is_unknown(t->expr->type.type))
			TRY(coerce_expr(z, t->expr, TYPEREF(type_of_value(V_TEXT)), COERCE_IMPLICIT,
					&t->expr));
	}
	return 0;
}

static int insert_body(struct az *z, const struct json *body, struct query *q)
{
	struct ns_item *item;
	insert_targets cols = { 0 };
	TRY(az_with(z, json_get(body, "withClause")));
	TRY(add_target(z, body, PRIV_INSERT, &item));
	q->overriding = overriding_of(body);
	TRY(insert_columns(z, body, q->rtes.v[q->result_rte]->rel, &cols));
	TRY(insert_source(z, body, q, &cols));
	VEC_PUSH(z->a, &z->scope->items, item);
	if (json_get(body, "onConflictClause"))
		TRY(az_conflict(z, json_get(body, "onConflictClause"), q));
	return az_returning(z, json_get(body, "returningList"), q);
}

int az_insert(struct az *z, const struct json *body, struct query **ret)
{
	struct query *q = dml_query(z, CMD_INSERT);
	TRY(insert_body(z, body, q));
	scope_pop(z);
	*ret = q;
	return 0;
}

/* ---- UPDATE ---- */

static int check_updatable(struct az *z, const struct column *col)
{
	if (!col->is_generated && col->identity != 'a')
		return 0;
	err_set(z->c, "428C9", "column \"%s\" can only be updated to DEFAULT", col->name);
	if (col->is_generated)
		return err_details(z->c, "Column \"%s\" is a generated column.", col->name);
	return err_details(z->c, "Column \"%s\" is an identity column defined as GENERATED ALWAYS.",
			   col->name);
}

/* Column number colno of (a, b) = (select x, y): a subquery of that column alone. */
static int multi_sublink(struct az *z, const struct json *sub, int64_t colno, int64_t ncolumns,
			 struct expr **ret)
{
	struct expr *e = expr_new(z->a, EX_SUBLINK, TYPEREF(type_of_value(V_UNKNOWN)));
	e->sublink = SUB_SCALAR;
	e->location = (int)node_location(sub);
	TRY(az_subquery(z, json_get(sub, "subselect"), &e->subquery));
	struct query *q = e->subquery;
	if (q->targets.n != (size_t)ncolumns) {
		err_set(z->c, "42601", "number of columns does not match number of values");
		return az_at(z, e->location);
	}
	if (q->set_op != SET_NONE || q->is_distinct) {
		err_set(z->c, "0A000",
			"assigning several columns from UNION or DISTINCT is not supported");
		return az_at(z, e->location);
	}
	struct target keep = q->targets.v[colno - 1];
	q->targets.n = 0;
	VEC_PUSH(z->a, &q->targets, keep);
	TRY(az_outputs_known(z, q));
	e->type = q->targets.v[0].expr->type;
	*ret = e;
	return 0;
}

static int multi_assign(struct az *z, const struct json *ref, const struct json **ret_node,
			struct expr **ret)
{
	const struct json *source = json_get(ref, "source");
	int64_t colno = json_get_i64(ref, "colno", 1), n = json_get_i64(ref, "ncolumns", 1);
	const struct json *row = node_as(source, "RowExpr"), *sub = node_as(source, "SubLink");
	if (row) {
		const struct json *args = json_get(row, "args");
		if (!args || args->count != n) {
			err_set(z->c, "42601", "number of columns does not match number of values");
			return az_at(z, (int)node_location(row));
		}
		*ret_node = json_at(args, (uint32_t)colno - 1);
		return 0;
	}
	if (!sub) {
		err_set(z->c, "0A000",
			"source for a multiple-column UPDATE item must be a sub-SELECT or ROW() "
			"expression");
		return az_at(z, location_of(source));
	}
	*ret_node = NULL;
	return multi_sublink(z, sub, colno, n, ret);
}

static int set_value(struct az *z, const struct json *node, const struct column *col,
		     struct expr **ret)
{
	const struct json *multi = node_as(node, "MultiAssignRef");
	struct expr *e = NULL;
	if (multi)
		TRY(multi_assign(z, multi, &node, &e));
	if (node && node_as(node, "SetToDefault")) {
		*ret = expr_new(z->a, EX_DEFAULT, col->type);
		(*ret)->location = (int)node_location(node->child);
		return 0;
	}
	TRY(check_updatable(z, col));
	if (node)
		TRY(az_expr_in(z, node, CL_UPDATE, &e));
	return coerce_to_column(z, e, col->name, col->type, ret);
}

int az_set_list(struct az *z, const struct json *list, struct query *q, targets *ret)
{
	struct rte *r = q->rtes.v[q->result_rte];
	for (const struct json *node = list->child; node; node = node->next) {
		const struct json *rt = node_as(node, "ResTarget");
		int location = (int)node_location(rt);
		struct column *col =
			az_target_column(z, r->rel, json_get_str(rt, "name", STR("")), location);
		if (!col)
			return -1;
		if (json_get(rt, "indirection"))
			return err_set(z->c, "0A000",
				       "assigning part of a column is not supported"),
			       az_at(z, location);
		for (size_t i = 0; i < ret->n; i++)
			if (ret->v[i].attnum == col->attnum)
				return err_set(z->c, "42601",
					       "multiple assignments to same column \"%s\"",
					       col->name);
		struct target t = { .name = col->name, .attnum = col->attnum };
		TRY(set_value(z, json_get(rt, "val"), col, &t.expr));
		VEC_PUSH(z->a, ret, t);
		VEC_PUSH(z->a, &r->access.updated, col->attnum);
	}
	return 0;
}

/* The target as from[0], then FROM or USING, which may not look at it sideways. */
static int dml_from(struct az *z, const struct json *from, struct ns_item *item, struct query *q)
{
	struct from_item *leaf = ARENA_NEW(z->a, struct from_item);
	leaf->rte = q->result_rte;
	VEC_PUSH(z->a, &q->from, leaf);
	item->is_lateral_only = true;
	item->is_lateral_ok = false;
	VEC_PUSH(z->a, &z->scope->items, item);
	TRY(az_from_clause(z, from));
	item->is_lateral_only = false;
	item->is_lateral_ok = true;
	return 0;
}

static int update_body(struct az *z, const struct json *body, struct query *q)
{
	struct ns_item *item;
	TRY(az_with(z, json_get(body, "withClause")));
	TRY(add_target(z, body, PRIV_UPDATE, &item));
	TRY(dml_from(z, json_get(body, "fromClause"), item, q));
	TRY(az_set_list(z, json_get(body, "targetList"), q, &q->targets));
	TRY(az_bool_expr(z, json_get(body, "whereClause"), CL_WHERE, "WHERE", &q->where));
	return az_returning(z, json_get(body, "returningList"), q);
}

int az_update(struct az *z, const struct json *body, struct query **ret)
{
	struct query *q = dml_query(z, CMD_UPDATE);
	TRY(update_body(z, body, q));
	scope_pop(z);
	*ret = q;
	return 0;
}

static int delete_body(struct az *z, const struct json *body, struct query *q)
{
	struct ns_item *item;
	TRY(az_with(z, json_get(body, "withClause")));
	TRY(add_target(z, body, PRIV_DELETE, &item));
	TRY(dml_from(z, json_get(body, "usingClause"), item, q));
	TRY(az_bool_expr(z, json_get(body, "whereClause"), CL_WHERE, "WHERE", &q->where));
	return az_returning(z, json_get(body, "returningList"), q);
}

int az_delete(struct az *z, const struct json *body, struct query **ret)
{
	struct query *q = dml_query(z, CMD_DELETE);
	TRY(delete_body(z, body, q));
	scope_pop(z);
	*ret = q;
	return 0;
}
