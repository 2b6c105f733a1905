/* Expressions over sets: ANY and ALL, IN, array subqueries; functions in FROM. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/sqlite/dialect_int.h"
#include "sql/builtin.h"
#include "sql/walk.h"

#include <string.h>

/* ---- ANY and ALL ---- */

/* What a set-valued operand looks like: its one column as an SQL text, and the
 * FROM that delivers it. */
struct set_text {
	const char *column;
	void (*put)(struct printer *p, const struct expr *e);
};

static void put_array_rows(struct printer *p, const struct expr *array)
{
	buf_puts(p->out, "json_each(");
	print_expr(p, array);
	buf_char(p->out, ')');
}

/* An element of json_each as a stored cell. */
static const char *element_cell(const struct type *elem)
{
	return type_base(elem)->value == V_BYTEA && type_base(elem)->kind == TYPE_BASE
		       ? "bp_in(22, value)"
		       : "value";
}

static bool is_equality(const struct expr *e, const struct type *r)
{
	const char *wanted = e->is_all || e->sublink == SUB_ALL ? "<>" : "=";
	return e->builtin && strcmp(e->builtin->name, wanted) == 0 &&
	       sqlite_is_native_comparison(e->builtin, e->args.v[0]->type.type, r);
}

static void put_test_value(struct printer *p, const struct expr *e)
{
	print_expr(p, e);
	const char *name = sqlite_collation(e->type.type);
	if (name) {
		buf_puts(p->out, " COLLATE ");
		sqlite_put_name(p->out, name);
	}
}

/* The operator applied to the test value and a named column. */
static void put_operator(struct printer *p, const struct expr *e, const struct type *elem,
			 const char *column)
{
	struct expr *cell = expr_new(p->c->arena, EX_FIELD, TYPEREF(elem));
	cell->name = column;
	struct expr *op = expr_new(p->c->arena, EX_FUNC, TYPEREF(type_of_value(V_BOOL)));
	op->builtin = e->builtin;
	op->location = e->location;
	VEC_PUSH(p->c->arena, &op->args, e->args.v[0]);
	VEC_PUSH(p->c->arena, &op->args, cell);
	print_expr(p, op);
}

/* 1 when any (all) results are true, 0 when none (not all), NULL between: the
 * SELECT up to its FROM. */
static void put_fold(struct printer *p, bool is_all)
{
	buf_puts(p->out, is_all ? "(SELECT CASE WHEN min(r) = 0 THEN 0 WHEN count(*) = count(r) "
				  "THEN 1 END FROM (SELECT "
				: "(SELECT CASE WHEN max(r) = 1 THEN 1 WHEN count(*) = count(r) "
				  "THEN 0 END FROM (SELECT ");
}

static void put_const_list(struct printer *p, const struct expr *e, const struct json *items)
{
	put_test_value(p, e->args.v[0]);
	buf_puts(p->out, e->is_all ? " NOT IN (" : " IN (");
	for (const struct json *j = items->child; j; j = j->next) {
		if (j != items->child)
			buf_puts(p->out, ", ");
		if (j->kind == JSON_STRING)
			sqlite_put_text(p->out, j->text);
		else if (j->kind == JSON_TRUE || j->kind == JSON_FALSE)
			buf_char(p->out, j->kind == JSON_TRUE ? '1' : '0');
		else if (j->kind == JSON_NULL)
			buf_puts(p->out, "NULL");
		else
			buf_str(p->out, j->text);
	}
	buf_char(p->out, ')');
}

/* = ANY('{a,b}') written as IN (...), which an index serves. */
static bool put_const_any(struct printer *p, const struct expr *e, const struct type *elem)
{
	const struct expr *array = e->args.v[1];
	struct json *items;
	if (array->kind != EX_CONST || array->datum.kind != D_TEXT || elem->value == V_BYTEA)
		return false;
	if (json_parse(p->c, array->datum.s, (struct json_limits){ 8, 10000 }, &items) < 0) {
		err_clear(p->c);
		return false;
	}
	for (const struct json *j = items->child; j; j = j->next) {
		if (j->kind == JSON_ARRAY)
			return false;
	}
	buf_char(p->out, '(');
	put_const_list(p, e, items);
	buf_char(p->out, ')');
	return true;
}

/* = ANY(ARRAY[a, b]) likewise. */
static bool put_listed_any(struct printer *p, const struct expr *e)
{
	const struct expr *array = e->args.v[1];
	if (array->kind != EX_ARRAY)
		return false;
	buf_char(p->out, '(');
	put_test_value(p, e->args.v[0]);
	buf_puts(p->out, e->is_all ? " NOT IN (" : " IN (");
	print_exprs(p, &array->args, ", ");
	buf_puts(p->out, "))");
	return true;
}

static void note_column(struct expr *e, int depth, void *arg)
{
	(void)depth;
	*(bool *)arg |= e->kind == EX_VAR || e->kind == EX_WHOLE_ROW || e->subquery;
}

static bool reads_rows(struct expr *e)
{
	bool found = false;
	expr_walk_depth(e, 0, note_column, &found);
	return found;
}

static void put_in_array(struct printer *p, const struct expr *e, const struct type *elem)
{
	put_test_value(p, e->args.v[0]);
	buf_printf(p->out, "%s (SELECT %s FROM ", e->is_all ? " NOT IN" : " IN",
		   element_cell(elem));
	put_array_rows(p, e->args.v[1]);
}

/* = ANY($1): an index serves the bare IN; a NULL array makes it NULL. */
static void put_param_any(struct printer *p, const struct expr *e, const struct type *elem)
{
	buf_char(p->out, '(');
	put_in_array(p, e, elem);
	buf_puts(p->out, " UNION ALL SELECT NULL WHERE ");
	print_expr(p, e->args.v[1]);
	buf_puts(p->out, " IS NULL))");
}

void sqlite_put_any_all(struct printer *p, const struct expr *e)
{
	const struct type *t = type_base(e->args.v[1]->type.type);
	const struct type *elem = t->kind == TYPE_ARRAY ? t->elem : t;
	bool is_in = is_equality(e, elem);
	if (is_in && (put_const_any(p, e, elem) || put_listed_any(p, e)))
		return;
	if (is_in && !reads_rows(e->args.v[1])) {
		put_param_any(p, e, elem);
		return;
	}
	buf_puts(p->out, "CASE WHEN ");
	print_expr(p, e->args.v[1]);
	buf_puts(p->out, " IS NOT NULL THEN ");
	if (is_in) {
		put_in_array(p, e, elem);
		buf_char(p->out, ')');
	} else {
		put_fold(p, e->is_all);
		put_operator(p, e, elem, element_cell(elem));
		buf_puts(p->out, " AS r FROM ");
		put_array_rows(p, e->args.v[1]);
		buf_puts(p->out, "))");
	}
	buf_puts(p->out, " END");
}

/* ---- subqueries ---- */

static void put_row_test(struct printer *p, const struct expr *row)
{
	buf_char(p->out, '(');
	print_exprs(p, &row->args, ", ");
	buf_char(p->out, ')');
}

static void put_in_subquery(struct printer *p, const struct expr *e)
{
	buf_char(p->out, '(');
	if (e->args.v[0]->kind == EX_ROW)
		put_row_test(p, e->args.v[0]);
	else
		put_test_value(p, e->args.v[0]);
	buf_puts(p->out, e->sublink == SUB_ALL ? " NOT IN " : " IN ");
	print_subquery(p, e->subquery);
	buf_char(p->out, ')');
}

static const struct type *first_type(const struct query *q)
{
	for (size_t i = 0; i < q->targets.n; i++) {
		if (!q->targets.v[i].is_hidden)
			return q->targets.v[i].expr->type.type;
	}
	return NULL;
}

/* ARRAY(SELECT ...): elements in the subquery's order. */
static void put_array_subquery(struct printer *p, const struct expr *e)
{
	const struct type *elem = first_type(e->subquery);
	buf_printf(p->out, "(SELECT bp_array_agg_cells(%lld, c1) FROM ",
		   (long long)(elem ? sqlite_type_code(elem) : 0));
	print_subquery(p, e->subquery);
	buf_char(p->out, ')');
}

/* ---- scalar subqueries: SQLite takes the first of several rows ---- */

static bool reads_level(struct expr *e, void *arg)
{
	if (e->kind == EX_VAR && e->levels_up == 0)
		*(bool *)arg = true;
	return true;
}

static bool is_key_var(const struct expr *e, int rte, int16_t key)
{
	return e->kind == EX_VAR && e->levels_up == 0 && e->rte == rte && e->attnum == key;
}

/* key = something from outside, among the conditions that all hold. */
static bool fixes_key(const struct expr *e, int rte, int16_t key)
{
	if (!e)
		return false;
	if (e->kind == EX_AND) {
		for (size_t i = 0; i < e->args.n; i++) {
			if (fixes_key(e->args.v[i], rte, key))
				return true;
		}
		return false;
	}
	if (e->kind != EX_FUNC || !e->builtin || e->args.n != 2 ||
	    strcmp(e->builtin->name, "=") != 0)
		return false;
	for (int side = 0; side < 2; side++) {
		bool is_inner = false;
		expr_walk(e->args.v[1 - side], false, reads_level, &is_inner);
		if (!is_inner && is_key_var(e->args.v[side], rte, key))
			return true;
	}
	return false;
}

static bool is_one_row(const struct query *q)
{
	if (q->set_op != SET_NONE)
		return false;
	if (!q->from.n || (q->is_grouped && !q->group_by.n))
		return true;
	if (q->limit && q->limit->kind == EX_CONST && q->limit->datum.kind == D_INT &&
	    q->limit->datum.i <= 1)
		return true;
	if (q->from.n != 1 || q->from.v[0]->is_join)
		return false;
	const struct rte *rte = q->rtes.v[q->from.v[0]->rte];
	const struct constraint *key =
		rte->kind == RTE_RELATION ? relation_primary_key(rte->rel) : NULL;
	return key && key->n_cols == 1 && fixes_key(q->where, q->from.v[0]->rte, key->cols[0]);
}

static bool put_scalar_subquery(struct printer *p, const struct expr *e)
{
	if (is_one_row(e->subquery))
		return false;
	buf_puts(p->out, "(SELECT bp_single(c1) FROM ");
	print_subquery(p, e->subquery);
	buf_char(p->out, ')');
	return true;
}

bool sqlite_put_sublink(struct printer *p, const struct expr *e)
{
	if (e->sublink == SUB_EXISTS)
		return false;
	if (e->sublink == SUB_SCALAR)
		return put_scalar_subquery(p, e);
	if (e->sublink == SUB_ARRAY) {
		put_array_subquery(p, e);
		return true;
	}
	const struct type *t = first_type(e->subquery);
	bool is_row = e->args.n && e->args.v[0]->kind == EX_ROW;
	if (is_row || (t && is_equality(e, t))) {
		put_in_subquery(p, e);
		return true;
	}
	put_fold(p, e->sublink == SUB_ALL);
	put_operator(p, e, t, "c1");
	buf_puts(p->out, " AS r FROM ");
	print_subquery(p, e->subquery);
	buf_puts(p->out, "))");
	return true;
}

/* ---- functions in FROM ---- */

/* A table-valued function: columns c1 and c2, rowid counts from 1. */
static bool is_table_function(const struct rte *rte)
{
	const struct expr *f = rte->func;
	return f->kind == EX_FUNC && f->builtin && f->builtin->kind == BUILTIN_SRF;
}

/* Its rows are JSON objects whose members are the columns. */
static bool is_record(const struct rte *rte)
{
	const struct builtin *b = rte->func->kind == EX_FUNC ? rte->func->builtin : NULL;
	return b && (strstr(b->name, "_to_record") || strstr(b->name, "_populate_record"));
}

/* ---- LATERAL ---- */

/* Whether a subquery in FROM reads the entries beside it. */
static void note_lateral(struct expr *e, int depth, void *arg)
{
	bool is_ref = e->kind == EX_VAR || e->kind == EX_WHOLE_ROW;
	if (is_ref && e->levels_up == depth)
		*(bool *)arg = true;
}

static bool is_lateral(const struct rte *rte)
{
	bool is_found = false;
	if (rte->kind == RTE_SUBQUERY && rte->is_lateral)
		query_walk_depth(rte->subquery, 1, note_lateral, &is_found);
	return is_found;
}

static bool is_json_safe(const struct type *t)
{
	t = type_base(t);
	return t->kind != TYPE_BASE ||
	       (t->value != V_BYTEA && t->value != V_FLOAT4 && t->value != V_FLOAT8);
}

/* SQLite's subqueries in FROM cannot look beside them, but arguments of its table
 * functions can: the rows travel as one JSON array of arrays. */
static void put_lateral(struct printer *p, const struct rte *rte)
{
	buf_puts(p->out, "json_each((SELECT json_group_array(json_array(");
	int n = 0;
	for (size_t i = 0; i < rte->subquery->targets.n; i++) {
		const struct type *t = rte->subquery->targets.v[i].expr->type.type;
		bool is_safe = is_json_safe(t);
		buf_puts(p->out, n++ ? ", " : "");
		if (!is_safe)
			buf_printf(p->out, "bp_out(%lld, ", (long long)sqlite_type_code(t));
		buf_printf(p->out, "c%zu", i + 1);
		buf_puts(p->out, is_safe ? "" : ")");
	}
	buf_puts(p->out, ")) FROM ");
	print_subquery(p, rte->subquery);
	buf_puts(p->out, "))");
}

static void put_lateral_column(struct printer *p, const struct expr *e)
{
	bool is_safe = is_json_safe(e->type.type);
	if (!is_safe)
		buf_printf(p->out, "bp_in(%lld, ", (long long)sqlite_type_code(e->type.type));
	buf_puts(p->out, "json_extract(");
	print_alias(p, e->levels_up, e->rte);
	buf_printf(p->out, ".value, '$[%d]')", e->attnum - 1);
	buf_puts(p->out, is_safe ? "" : ")");
}

bool sqlite_dialect_rte(struct printer *p, const struct rte *rte, int index)
{
	if (is_lateral(rte)) {
		put_lateral(p, rte);
		buf_printf(p->out, " AS t%d_%d", p->id, index);
		return true;
	}
	if (rte->kind != RTE_FUNCTION)
		return false;
	if (rte->func->kind == EX_CALL) {
		sqlite_put_call_rows(p, rte);
	} else if (is_table_function(rte)) {
		sqlite_put_builtin(p, rte->func);
	} else {
		buf_puts(p->out, "(SELECT ");
		print_expr(p, rte->func);
		buf_puts(p->out, " AS c1)");
	}
	buf_printf(p->out, " AS t%d_%d", p->id, index);
	return true;
}

static void put_alias_column(struct printer *p, const struct expr *e, const char *column)
{
	print_alias(p, e->levels_up, e->rte);
	buf_printf(p->out, ".%s", column);
}

static void put_record_column(struct printer *p, const struct rte *rte, const struct expr *e)
{
	const struct rte_column *col = &rte->columns.v[e->attnum - 1];
	buf_printf(p->out, "bp_field(%lld, ", (long long)sqlite_type_code(col->type.type));
	put_alias_column(p, e, "c1");
	buf_puts(p->out, ", ");
	sqlite_put_text(p->out, str_of(col->name));
	buf_char(p->out, ')');
}

static const char *output_name(const struct printer *p, int attnum)
{
	return arena_printf(p->c->arena, "c%d", attnum);
}

bool sqlite_put_function_var(struct printer *p, const struct rte *rte, const struct expr *e)
{
	if (is_lateral(rte)) {
		put_lateral_column(p, e);
		return true;
	}
	if (rte->kind != RTE_FUNCTION)
		return false;
	bool is_call = rte->func->kind == EX_CALL;
	if (rte->with_ordinality && e->attnum == (int)rte->columns.n)
		put_alias_column(p, e,
				 is_call || is_table_function(rte) ? "rowid" : "c1 IS NOT NULL");
	else if (is_call)
		put_alias_column(p, e, arena_printf(p->c->arena, "c%d", e->attnum));
	else if (is_record(rte))
		put_record_column(p, rte, e);
	else
		put_alias_column(p, e, e->attnum > 1 ? output_name(p, e->attnum) : "c1");
	return true;
}
