/* Expressions: constants, parameters, logic, CASE and its kin, casts. */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

typedef int expr_fn(struct az *, const struct json *, struct expr **);

static struct expr *make(struct az *z, enum expr_kind kind, const struct type *t, int location)
{
	struct expr *e = expr_new(z->a, kind, TYPEREF(t));
	e->location = location;
	return e;
}

static const struct type *bool_type(void)
{
	return type_of_value(V_BOOL);
}

/* A number too long for int4: bigint when it fits, else numeric. */
static int float_const(struct az *z, struct expr *e, struct str text)
{
	int64_t i;
	if (str_to_i64(text, &i)) {
		e->type = TYPEREF(type_of_value(V_INT8));
		e->datum = datum_int(i);
		return 0;
	}
	e->type = TYPEREF(type_of_value(V_NUMERIC));
	struct vtype t = VTYPE(V_NUMERIC);
	if (value_in(z->c, &t, NULL, text, &e->datum) < 0)
		return az_at(z, e->location);
	return 0;
}

static int a_const(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *e = make(z, EX_CONST, type_of_value(V_UNKNOWN), (int)node_location(body));
	const struct json *value;
	*ret = e;
	if ((value = json_get(body, "ival"))) {
		e->type = TYPEREF(type_of_value(V_INT4));
		e->datum = datum_int(json_get_i64(value, "ival", 0));
	} else if ((value = json_get(body, "fval"))) {
		return float_const(z, e, json_get_str(value, "fval", STR("0")));
	} else if ((value = json_get(body, "boolval"))) {
		e->type = TYPEREF(bool_type());
		e->datum = datum_bool(json_get_bool(value, "boolval", false));
	} else if ((value = json_get(body, "sval"))) {
		e->datum = datum_text(json_get_str(value, "sval", STR("")));
	} else if (json_get(body, "bsval")) {
		err_set(z->c, "0A000", "bit string constants are not supported");
		return az_at(z, e->location);
	} else {
		e->datum = datum_null();
	}
	return 0;
}

static int param_ref(struct az *z, const struct json *body, struct expr **ret)
{
	int64_t number = json_get_i64(body, "number", 0);
	const struct name_scope *names = z->an->names;
	struct expr *e = make(z, EX_PARAM, type_of_value(V_UNKNOWN), (int)node_location(body));
	if (number < 1 || number > 65535) {
		err_set(z->c, "42P02", "there is no parameter $%lld", (long long)number);
		return az_at(z, e->location);
	}
	if (names && names->param) {
		int known = names->param(z->c, names->arg, (int)number, ret);
		if (known > 0)
			return az_note_params(z, *ret, e->location);
		if (known < 0)
			return az_at(z, e->location);
		err_set(z->c, "42P02", "there is no parameter $%lld", (long long)number);
		return az_at(z, e->location);
	}
	e->param = (int)number;
	if (e->param > z->n_params)
		z->n_params = e->param;
	*ret = e;
	return 0;
}

int az_to_bool(struct az *z, struct expr *e, const char *what, struct expr **ret)
{
	if (!coerce_can(e->type.type, bool_type(), COERCE_ASSIGN) ||
	    type_base(e->type.type)->category != 'B') {
		if (!type_is_unknown(e->type.type)) {
			err_set(z->c, "42804", "argument of %s must be type boolean, not type %s",
				what, az_type(z, e->type.type));
			return az_at(z, e->location);
		}
	}
	return coerce_expr(z, e, TYPEREF(bool_type()), COERCE_ASSIGN, ret);
}

static int bool_expr(struct az *z, const struct json *body, struct expr **ret)
{
	static const struct {
		const char *op, *what;
		enum expr_kind kind;
	} ops[] = { { "AND_EXPR", "AND", EX_AND },
		    { "OR_EXPR", "OR", EX_OR },
		    { "NOT_EXPR", "NOT", EX_NOT } };
	struct str op = json_get_str(body, "boolop", STR("AND_EXPR"));
	size_t k = 0;
	while (k < 2 && !str_is(op, ops[k].op))
		k++;
	struct expr *e = make(z, ops[k].kind, bool_type(), (int)node_location(body));
	const struct json *args = json_get(body, "args");
	for (const struct json *arg = args ? args->child : NULL; arg; arg = arg->next) {
		struct expr *item;
		TRY(az_expr(z, arg, &item));
		TRY(az_to_bool(z, item, ops[k].what, &item));
		VEC_PUSH(z->a, &e->args, item);
	}
	*ret = e;
	return 0;
}

static struct expr *is_null(struct az *z, struct expr *arg, bool negated, int location)
{
	struct expr *e = make(z, EX_IS_NULL, bool_type(), location);
	e->negated = negated;
	VEC_PUSH(z->a, &e->args, arg);
	return e;
}

/* A row IS NULL when every field is, IS NOT NULL when no field is. */
static int row_is_null(struct az *z, struct expr *row, bool negated, int location,
		       struct expr **ret)
{
	row_columns cols = { 0 };
	struct expr *all = NULL;
	az_row_shape(z, row, &cols);
	for (size_t i = 0; i < cols.n; i++) {
		struct expr *field =
			row->kind == EX_ROW ? row->args.v[i] : az_row_column(z, row, i);
		all = expr_and(z->a, all, is_null(z, field, negated, location));
	}
	*ret = all ? all : expr_bool(z->a, true);
	return 0;
}

static int null_test(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *arg;
	int location = (int)node_location(body);
	bool negated = str_is(json_get_str(body, "nulltesttype", STR("")), "IS_NOT_NULL");
	TRY(az_expr(z, json_get(body, "arg"), &arg));
	if (arg->kind == EX_ROW || arg->kind == EX_WHOLE_ROW)
		return row_is_null(z, arg, negated, location, ret);
	*ret = is_null(z, arg, negated, location);
	return 0;
}

static int boolean_test(struct az *z, const struct json *body, struct expr **ret)
{
	static const struct {
		const char *name, *what;
		char test;
		bool negated;
	} tests[] = { { "IS_TRUE", "IS TRUE", 't', false },
		      { "IS_NOT_TRUE", "IS NOT TRUE", 't', true },
		      { "IS_FALSE", "IS FALSE", 'f', false },
		      { "IS_NOT_FALSE", "IS NOT FALSE", 'f', true },
		      { "IS_UNKNOWN", "IS UNKNOWN", 'u', false },
		      { "IS_NOT_UNKNOWN", "IS NOT UNKNOWN", 'u', true } };
	struct str name = json_get_str(body, "booltesttype", STR("IS_TRUE"));
	size_t k = 0;
	while (k < 5 && !str_is(name, tests[k].name))
		k++;
	struct expr *arg;
	TRY(az_expr(z, json_get(body, "arg"), &arg));
	TRY(az_to_bool(z, arg, tests[k].what, &arg));
	struct expr *e = make(z, EX_BOOL_TEST, bool_type(), (int)node_location(body));
	e->test = tests[k].test;
	e->negated = tests[k].negated;
	VEC_PUSH(z->a, &e->args, arg);
	*ret = e;
	return 0;
}

/* COALESCE, GREATEST, LEAST: arguments of one common type. */
static int common_args(struct az *z, const struct json *body, enum expr_kind kind, const char *what,
		       struct expr **ret)
{
	struct expr *e = make(z, kind, bool_type(), (int)node_location(body));
	TRY(az_expr_list(z, json_get(body, "args"), &e->args));
	TRY(coerce_common(z, &e->args, what, &e->type));
	TRY(coerce_list(z, &e->args, e->type, what));
	*ret = e;
	return 0;
}

static int coalesce(struct az *z, const struct json *body, struct expr **ret)
{
	return common_args(z, body, EX_COALESCE, "COALESCE", ret);
}

static int min_max(struct az *z, const struct json *body, struct expr **ret)
{
	bool least = str_is(json_get_str(body, "op", STR("")), "IS_LEAST");
	return common_args(z, body, least ? EX_LEAST : EX_GREATEST, least ? "LEAST" : "GREATEST",
			   ret);
}

static bool count_node(struct expr *e, void *arg)
{
	(void)e;
	(*(int *)arg)++;
	return true;
}

int az_copy(struct az *z, const struct expr *e, struct expr **ret)
{
	*ret = expr_copy(z->a, e);
	expr_walk(*ret, true, count_node, &z->n_copied);
	if (z->n_copied <= AZ_COPY_MAX)
		return 0;
	err_set(z->c, "54001", "stack depth limit exceeded");
	err_hint(z->c, "The statement nests too many CASE, IN or BETWEEN.");
	return az_at(z, e->location);
}

/* WHEN of the simple form: arg = value. arg is analysed once per WHEN's tree. */
static int case_when(struct az *z, struct expr *arg, const struct json *when, exprs *conds,
		     exprs *results)
{
	struct expr *cond, *result;
	TRY(az_expr(z, json_get(when, "expr"), &cond));
	if (arg) {
		struct expr *copy;
		TRY(az_copy(z, arg, &copy));
		TRY(az_op(z, "=", copy, cond, cond->location, &cond));
	}
	TRY(az_to_bool(z, cond, "CASE/WHEN", &cond));
	TRY(az_expr(z, json_get(when, "result"), &result));
	VEC_PUSH(z->a, conds, cond);
	VEC_PUSH(z->a, results, result);
	return 0;
}

int az_case(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *e = make(z, EX_CASE, bool_type(), (int)node_location(body)), *arg = NULL;
	e->is_simple = json_get(body, "arg") != NULL;
	exprs conds = { 0 }, results = { 0 }, all = { 0 };
	const struct json *node = json_get(body, "arg");
	if (node) {
		TRY(az_expr(z, node, &arg));
		if (type_is_unknown(arg->type.type))
			TRY(coerce_expr(z, arg, TYPEREF(type_of_value(V_TEXT)), COERCE_IMPLICIT,
					&arg));
	}
	const struct json *whens = json_get(body, "args");
	for (const struct json *w = whens->child; w; w = w->next)
		TRY(case_when(z, arg, node_as(w, "CaseWhen"), &conds, &results));
	if ((node = json_get(body, "defresult"))) {
		TRY(az_expr(z, node, &e->els));
		VEC_PUSH(z->a, &all, e->els); /* the default's type counts first */
	}
	for (size_t i = 0; i < results.n; i++)
		VEC_PUSH(z->a, &all, results.v[i]);
	TRY(coerce_common(z, &all, "CASE", &e->type));
	TRY(coerce_list(z, &all, e->type, "CASE"));
	if (e->els)
		e->els = all.v[0];
	for (size_t i = 0; i < conds.n; i++) {
		VEC_PUSH(z->a, &e->args, conds.v[i]);
		VEC_PUSH(z->a, &e->args, all.v[i + (e->els ? 1 : 0)]);
	}
	*ret = e;
	return 0;
}

static int row_expr(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *e = make(z, EX_ROW, type_builtin(STR("record")), (int)node_location(body));
	const struct json *args = json_get(body, "args");
	for (const struct json *arg = args ? args->child : NULL; arg; arg = arg->next) {
		const struct json *ref = node_as(arg, "ColumnRef");
		const struct json *fields = ref ? json_get(ref, "fields") : NULL;
		if (fields && node_as(json_at(fields, fields->count - 1), "A_Star")) {
			targets expanded = { 0 };
			TRY(az_star(z, fields, (int)node_location(ref), &expanded));
			for (size_t i = 0; i < expanded.n; i++)
				VEC_PUSH(z->a, &e->args, expanded.v[i].expr);
			continue;
		}
		struct expr *item;
		TRY(az_expr(z, arg, &item));
		VEC_PUSH(z->a, &e->args, item);
	}
	*ret = e;
	return 0;
}

int az_array_expr(struct az *z, const struct json *body, const struct type *hint, int32_t typmod,
		  struct expr **ret)
{
	int location = (int)node_location(body);
	const struct json *items = json_get(body, "elements");
	struct expr *e = make(z, EX_ARRAY, bool_type(), location);
	bool nested = false;
	for (const struct json *item = items ? items->child : NULL; item; item = item->next) {
		struct expr *value;
		const struct json *inner = node_as(item, "A_ArrayExpr");
		if (inner)
			TRY(az_array_expr(z, inner, hint, typmod, &value));
		else
			TRY(az_expr(z, item, &value));
		nested |= inner || type_base(value->type.type)->kind == TYPE_ARRAY;
		VEC_PUSH(z->a, &e->args, value);
	}
	struct typeref elem = { hint, typmod };
	if (hint && nested)
		elem = TYPEREF(hint->array);
	if (!hint && e->args.n == 0) {
		err_set(z->c, "42P18", "cannot determine type of empty array");
		err_hint(z->c,
			 "Explicitly cast to the desired type, for example ARRAY[]::integer[].");
		return az_at(z, location);
	}
	if (!hint)
		TRY(coerce_common(z, &e->args, "ARRAY", &elem));
	if (hint) {
		for (size_t i = 0; i < e->args.n; i++) {
			struct expr *v = e->args.v[i];
			if (!coerce_can(v->type.type, elem.type, COERCE_EXPLICIT)) {
				err_set(z->c, "42846", "cannot cast type %s to %s",
					az_type(z, v->type.type), az_type(z, elem.type));
				return az_at(z, v->location);
			}
			TRY(coerce_expr(z, v, elem, COERCE_EXPLICIT, &e->args.v[i]));
		}
	} else {
		TRY(coerce_list(z, &e->args, elem, "ARRAY"));
	}
	const struct type *array = elem.type->kind == TYPE_ARRAY ? elem.type : elem.type->array;
	if (!array) {
		err_set(z->c, "42704", "could not find array type for data type %s",
			az_type(z, elem.type));
		return az_at(z, location);
	}
	e->type = (struct typeref){ array, elem.typmod };
	*ret = e;
	return 0;
}

static int array_expr(struct az *z, const struct json *body, struct expr **ret)
{
	return az_array_expr(z, body, NULL, -1, ret);
}

int az_type_cast(struct az *z, const struct json *body, struct expr **ret)
{
	struct typeref to;
	const struct json *arg = json_get(body, "arg");
	int location = (int)node_location(body);
	TRY(az_type_name(z, json_get(body, "typeName"), &to));
	const struct json *array = node_as(arg, "A_ArrayExpr");
	struct expr *e;
	if (array && type_base(to.type)->kind == TYPE_ARRAY)
		TRY(az_array_expr(z, array, type_base(to.type)->elem, to.typmod, &e));
	else
		TRY(az_expr(z, arg, &e));
	if (!coerce_can(e->type.type, to.type, COERCE_EXPLICIT)) {
		err_set(z->c, "42846", "cannot cast type %s to %s", az_type(z, e->type.type),
			az_type(z, to.type));
		return az_at(z, location >= 0 ? location : e->location);
	}
	int rc = coerce_expr(z, e, to, COERCE_EXPLICIT, ret);
	return rc < 0 && location >= 0 && err_is(z->c, "42846") ? az_at(z, location) : rc;
}

static int collate_clause(struct az *z, const struct json *body, struct expr **ret)
{
	const struct json *names = json_get(body, "collname");
	struct str name = node_string(json_at(names, names->count - 1));
	static const char *const binary[] = { "C",	 "POSIX",   "ucs_basic",
					      "default", "C.UTF-8", "C.utf8" };
	for (size_t i = 0; i < sizeof(binary) / sizeof(*binary); i++)
		if (str_is(name, binary[i]))
			return az_expr(z, json_get(body, "arg"), ret);
	err_set(z->c, "0A000", "collation \"%.*s\" is not supported", STR_ARG(name));
	err_hint(z->c, "Text is ordered by its bytes, as under collation \"C\".");
	return az_at(z, (int)node_location(body));
}

static bool current_found(const struct builtin *b, void *arg)
{
	*(const struct builtin **)arg = b;
	return false;
}

static int sql_value_function(struct az *z, const struct json *body, struct expr **ret)
{
	/* SVFOP_CURRENT_TIMESTAMP_N: the word, and whether a precision follows */
	struct str op = json_get_str(body, "op", STR("SVFOP_CURRENT_DATE"));
	struct str word = str_lower(z->a, str_from(op, strlen("SVFOP_")));
	int64_t typmod = json_get_i64(body, "typmod", -1);
	if (str_ends(word, STR("_n")))
		word.n -= 2;
	else
		typmod = -1;
	const struct builtin *b = NULL;
	builtin_each(BUILTIN_CURRENT, word, current_found, &b);
	if (!b)
		return err_set(z->c, "0A000", "%.*s is not supported", STR_ARG(word));
	struct expr *e = make(z, EX_CURRENT, b->returns, (int)node_location(body));
	e->builtin = b;
	struct typeref to = { b->returns, (int32_t)typmod };
	return coerce_expr(z, e, to, COERCE_EXPLICIT, ret);
}

static int set_to_default(struct az *z, const struct json *body, struct expr **ret)
{
	(void)ret;
	err_set(z->c, "42601", "DEFAULT is not allowed in this context");
	return az_at(z, (int)node_location(body));
}

static int grouping_func(struct az *z, const struct json *body, struct expr **ret)
{
	(void)ret;
	err_set(z->c, "0A000", "GROUPING is not supported");
	return az_at(z, (int)node_location(body));
}

static const struct {
	const char *kind;
	expr_fn *fn;
} kinds[] = {
	{ "ColumnRef", az_column_ref },	     { "A_Const", a_const },
	{ "FuncCall", az_func_call },	     { "A_Expr", az_a_expr },
	{ "TypeCast", az_type_cast },	     { "BoolExpr", bool_expr },
	{ "NullTest", null_test },	     { "SubLink", az_sublink },
	{ "ParamRef", param_ref },	     { "CaseExpr", az_case },
	{ "CoalesceExpr", coalesce },	     { "A_ArrayExpr", array_expr },
	{ "A_Indirection", az_indirection }, { "RowExpr", row_expr },
	{ "BooleanTest", boolean_test },     { "SQLValueFunction", sql_value_function },
	{ "MinMaxExpr", min_max },	     { "CollateClause", collate_clause },
	{ "SetToDefault", set_to_default },  { "GroupingFunc", grouping_func },
};

int az_expr(struct az *z, const struct json *node, struct expr **ret)
{
	struct str kind = node_kind(node);
	if (z->depth >= AZ_DEPTH_MAX)
		return err_set(z->c, "54001", "stack depth limit exceeded");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!str_is(kind, kinds[i].kind))
			continue;
		z->depth++;
		int rc = kinds[i].fn(z, node->child, ret);
		z->depth--;
		return rc;
	}
	err_set(z->c, "0A000", "expression of kind %.*s is not supported", STR_ARG(kind));
	return node && node->child ? az_at(z, (int)node_location(node->child)) : -1;
}

int az_expr_in(struct az *z, const struct json *node, enum clause clause, struct expr **ret)
{
	enum clause before = z->scope->clause;
	z->scope->clause = clause;
	int rc = az_expr(z, node, ret);
	z->scope->clause = before;
	return rc;
}

int az_bool_expr(struct az *z, const struct json *node, enum clause clause, const char *what,
		 struct expr **ret)
{
	if (!node)
		return 0;
	struct expr *e;
	TRY(az_expr_in(z, node, clause, &e));
	return az_to_bool(z, e, what, ret);
}

int az_expr_list(struct az *z, const struct json *list, exprs *ret)
{
	for (const struct json *item = list ? list->child : NULL; item; item = item->next) {
		struct expr *e;
		TRY(az_expr(z, item, &e));
		VEC_PUSH(z->a, ret, e);
	}
	return 0;
}

const char *az_clause_name(enum clause clause)
{
	switch (clause) {
	case CL_SELECT:
		return "SELECT";
	case CL_FROM_FUNC:
		return "functions in FROM";
	case CL_JOIN_ON:
		return "JOIN conditions";
	case CL_WHERE:
		return "WHERE";
	case CL_GROUP_BY:
		return "GROUP BY";
	case CL_HAVING:
		return "HAVING";
	case CL_ORDER_BY:
		return "ORDER BY";
	case CL_DISTINCT_ON:
		return "DISTINCT ON";
	case CL_LIMIT:
		return "LIMIT";
	case CL_OFFSET:
		return "OFFSET";
	case CL_RETURNING:
		return "RETURNING";
	case CL_VALUES:
		return "VALUES";
	case CL_UPDATE:
		return "UPDATE";
	case CL_FILTER:
		return "FILTER";
	case CL_WINDOW:
		return "window definitions";
	case CL_ROW:
		return "check constraints";
	case CL_DEFAULT:
		return "DEFAULT expressions";
	case CL_CALL:
		return "CALL arguments";
	}
	return "this clause";
}
