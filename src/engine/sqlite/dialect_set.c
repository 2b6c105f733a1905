/* Expressions over sets: ANY and ALL, IN, array subqueries; functions in FROM. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/sqlite/dialect_int.h"
#include "sql/builtin.h"

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

void sqlite_put_any_all(struct printer *p, const struct expr *e)
{
	const struct type *t = type_base(e->args.v[1]->type.type);
	const struct type *elem = t->kind == TYPE_ARRAY ? t->elem : t;
	bool is_in = is_equality(e, elem);
	if (is_in && (put_const_any(p, e, elem) || put_listed_any(p, e)))
		return;
	buf_puts(p->out, "CASE WHEN ");
	print_expr(p, e->args.v[1]);
	buf_puts(p->out, " IS NOT NULL THEN ");
	if (is_in) {
		put_test_value(p, e->args.v[0]);
		buf_printf(p->out, "%s (SELECT %s FROM ", e->is_all ? " NOT IN" : " IN",
			   element_cell(elem));
		put_array_rows(p, e->args.v[1]);
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

bool sqlite_put_sublink(struct printer *p, const struct expr *e)
{
	if (e->sublink == SUB_EXISTS || e->sublink == SUB_SCALAR)
		return false;
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

static bool is_call(const struct rte *rte, const char *name)
{
	return rte->func->builtin && strcmp(rte->func->builtin->name, name) == 0;
}

static bool is_json_each(const struct rte *rte)
{
	static const char *const names[] = {
		"unnest",
		"json_array_elements",
		"jsonb_array_elements",
		"json_array_elements_text",
		"jsonb_array_elements_text",
		"json_each",
		"jsonb_each",
		"json_each_text",
		"jsonb_each_text",
		"json_object_keys",
		"jsonb_object_keys",
		"json_to_recordset",
		"jsonb_to_recordset",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (is_call(rte, names[i]))
			return true;
	}
	return false;
}

static bool is_record(const struct rte *rte)
{
	return is_call(rte, "json_to_recordset") || is_call(rte, "jsonb_to_recordset") ||
	       is_call(rte, "json_to_record") || is_call(rte, "jsonb_to_record");
}

bool sqlite_dialect_rte(struct printer *p, const struct rte *rte, int index)
{
	if (rte->kind != RTE_FUNCTION)
		return false;
	const struct expr *f = rte->func;
	if (f->kind == EX_FUNC && is_json_each(rte) && f->args.n) {
		put_array_rows(p, f->args.v[0]);
	} else if (f->kind == EX_FUNC && is_record(rte)) {
		buf_puts(p->out, "(SELECT ");
		print_expr(p, f->args.v[0]);
		buf_puts(p->out, " AS value)");
	} else if (f->kind == EX_FUNC && f->builtin && f->builtin->kind == BUILTIN_SRF) {
		sqlite_put_builtin(p, f);
	} else {
		buf_puts(p->out, "(SELECT ");
		print_expr(p, f);
		buf_puts(p->out, " AS value)");
	}
	buf_printf(p->out, " AS t%d_%d", p->id, index);
	return true;
}

static void put_alias_column(struct printer *p, const struct expr *e, const char *column)
{
	print_alias(p, e->levels_up, e->rte);
	buf_printf(p->out, ".%s", column);
}

/* json_each's element as JSON text. */
static void put_element_json(struct printer *p, const struct expr *e)
{
	buf_char(p->out, '(');
	put_alias_column(p, e, "json");
	buf_puts(p->out, " -> ");
	put_alias_column(p, e, "fullkey");
	buf_char(p->out, ')');
}

static void put_record_column(struct printer *p, const struct rte *rte, const struct expr *e)
{
	const struct rte_column *col = &rte->columns.v[e->attnum - 1];
	buf_printf(p->out, "bp_field(%lld, ", (long long)sqlite_type_code(col->type.type));
	if (is_json_each(rte))
		put_alias_column(p, e, "value");
	else
		put_alias_column(p, e, "value");
	buf_puts(p->out, ", ");
	sqlite_put_text(p->out, str_of(col->name));
	buf_char(p->out, ')');
}

static bool is_text_result(const struct rte *rte)
{
	const char *name = rte->func->builtin->name;
	size_t n = strlen(name);
	return n > 5 && strcmp(name + n - 5, "_text") == 0;
}

static void put_json_column(struct printer *p, const struct rte *rte, const struct expr *e)
{
	if (!is_text_result(rte)) {
		put_element_json(p, e);
		return;
	}
	/* text of an element: strings bare, null is NULL, the rest as JSON */
	buf_char(p->out, '(');
	put_alias_column(p, e, "json");
	buf_puts(p->out, " ->> ");
	put_alias_column(p, e, "fullkey");
	buf_char(p->out, ')');
}

bool sqlite_put_function_var(struct printer *p, const struct rte *rte, const struct expr *e)
{
	if (rte->kind != RTE_FUNCTION)
		return false;
	if (rte->with_ordinality && e->attnum == (int)rte->columns.n) {
		buf_char(p->out, '(');
		put_alias_column(p, e, is_json_each(rte) ? "key" : "rowid");
		buf_puts(p->out, is_json_each(rte) ? " + 1)" : ")");
		return true;
	}
	if (rte->func->kind != EX_FUNC || !rte->func->builtin) {
		put_alias_column(p, e, "value");
	} else if (is_record(rte)) {
		put_record_column(p, rte, e);
	} else if (is_call(rte, "unnest")) {
		put_alias_column(p, e, element_cell(e->type.type));
	} else if (!is_json_each(rte)) {
		bool is_table = rte->func->builtin->kind == BUILTIN_SRF;
		put_alias_column(p, e,
				 is_table ? arena_printf(p->c->arena, "c%d", e->attnum) : "value");
	} else if (e->attnum == 1 && (strstr(rte->func->builtin->name, "_each") ||
				      strstr(rte->func->builtin->name, "_keys"))) {
		put_alias_column(p, e, "key");
	} else {
		put_json_column(p, rte, e);
	}
	return true;
}
