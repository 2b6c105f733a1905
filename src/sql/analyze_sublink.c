/* Subqueries in expressions, subscripts and fields. */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

static size_t n_outputs(const struct query *q)
{
	size_t n = 0;
	for (size_t i = 0; i < q->targets.n; i++)
		n += !q->targets.v[i].is_hidden;
	return n;
}

/* x IN (select y), x op ANY/ALL (select y). The test is `args[0] builtin
 * output`; both sides are converted to the operator's types. */
static int any_sublink(struct az *z, const struct json *node, struct expr *e, const char *op)
{
	struct expr *test;
	TRY(az_outputs_known(z, e->subquery));
	TRY(az_expr(z, node, &test));
	size_t n = test->kind == EX_ROW ? test->args.n : 1;
	if (n_outputs(e->subquery) != n) {
		err_set(z->c, "42601",
			n_outputs(e->subquery) < n ? "subquery has too few columns"
						   : "subquery has too many columns");
		return az_at(z, e->location);
	}
	struct typeref want[64];
	exprs tests = { 0 };
	if (n > 64)
		return err_set(z->c, "54011", "row has too many columns");
	for (size_t i = 0; i < n; i++) {
		struct expr *left = test->kind == EX_ROW ? test->args.v[i] : test;
		const struct type *args[2], *result;
		e->builtin = az_find_op(z, op, left->type.type,
					e->subquery->targets.v[i].expr->type.type, e->location,
					args, &result);
		if (!e->builtin)
			return -1;
		TRY(coerce_expr(z, left, TYPEREF(args[0]), COERCE_IMPLICIT, &left));
		VEC_PUSH(z->a, &tests, left);
		want[i] = TYPEREF(args[1]);
	}
	TRY(az_coerce_outputs(z, e->subquery, want, n, false));
	if (n == 1) {
		e->args = tests;
	} else {
		test->args = tests;
		VEC_PUSH(z->a, &e->args, test);
	}
	return 0;
}

int az_any_sublink(struct az *z, const struct json *subselect, const struct json *test,
		   const char *op, int location, struct expr **ret)
{
	struct expr *e = expr_new(z->a, EX_SUBLINK, TYPEREF(type_of_value(V_BOOL)));
	e->location = location;
	e->sublink = SUB_ANY;
	TRY(az_subquery(z, subselect, &e->subquery));
	TRY(any_sublink(z, test, e, op));
	*ret = e;
	return 0;
}

static const char *sublink_op(struct az *z, const struct json *body)
{
	const struct json *names = json_get(body, "operName");
	if (!names)
		return "="; /* IN */
	return str_dup(z->a, node_string(json_at(names, names->count - 1)));
}

static int one_column(struct az *z, const struct query *q, int location)
{
	if (n_outputs(q) == 1)
		return 0;
	err_set(z->c, "42601", "subquery must return only one column");
	return az_at(z, location);
}

static int array_sublink(struct az *z, struct expr *e)
{
	TRY(one_column(z, e->subquery, e->location));
	TRY(az_outputs_known(z, e->subquery));
	struct typeref t = e->subquery->targets.v[0].expr->type;
	const struct type *base = type_base(t.type);
	const struct type *array = base->kind == TYPE_ARRAY ? base : t.type->array;
	if (!array) {
		err_set(z->c, "42704", "could not find array type for data type %s",
			az_type(z, t.type));
		return az_at(z, e->location);
	}
	e->sublink = SUB_ARRAY;
	e->type = (struct typeref){ array, t.typmod };
	return 0;
}

int az_sublink(struct az *z, const struct json *body, struct expr **ret)
{
	struct str kind = json_get_str(body, "subLinkType", STR("EXISTS_SUBLINK"));
	struct expr *e = expr_new(z->a, EX_SUBLINK, TYPEREF(type_of_value(V_BOOL)));
	e->location = (int)node_location(body);
	if (z->scope->clause == CL_DEFAULT) {
		err_set(z->c, "0A000", "cannot use subquery in DEFAULT expression");
		return az_at(z, e->location);
	}
	TRY(az_subquery(z, json_get(body, "subselect"), &e->subquery));
	*ret = e;
	if (str_is(kind, "EXISTS_SUBLINK")) {
		e->sublink = SUB_EXISTS;
		return az_outputs_known(z, e->subquery);
	}
	if (str_is(kind, "ANY_SUBLINK") || str_is(kind, "ALL_SUBLINK")) {
		e->is_all = str_is(kind, "ALL_SUBLINK");
		e->sublink = e->is_all ? SUB_ALL : SUB_ANY;
		return any_sublink(z, json_get(body, "testexpr"), e, sublink_op(z, body));
	}
	if (str_is(kind, "ARRAY_SUBLINK"))
		return array_sublink(z, e);
	if (!str_is(kind, "EXPR_SUBLINK"))
		return err_set(z->c, "0A000", "%.*s is not supported", STR_ARG(kind));
	TRY(one_column(z, e->subquery, e->location));
	TRY(az_outputs_known(z, e->subquery));
	e->sublink = SUB_SCALAR;
	e->type = e->subquery->targets.v[0].expr->type;
	return 0;
}

int az_field(struct az *z, struct expr *e, struct str name, int location, struct expr **ret)
{
	row_columns cols = { 0 };
	if (!type_is_row(type_base(e->type.type)) || !az_row_shape(z, e, &cols)) {
		err_set(z->c, "42809",
			"column notation .%.*s applied to type %s, which is not a composite type",
			STR_ARG(name), az_type(z, e->type.type));
		return az_at(z, location);
	}
	for (size_t i = 0; i < cols.n; i++) {
		if (!str_is(name, cols.v[i].name))
			continue;
		if (e->kind == EX_WHOLE_ROW) {
			*ret = az_row_column(z, e, i);
			(*ret)->location = location;
			return 0;
		}
		if (e->kind == EX_ROW && e->names) {
			*ret = e->args.v[i];
			return 0;
		}
		struct expr *field = expr_new(z->a, EX_FIELD, cols.v[i].type);
		field->name = cols.v[i].name;
		field->location = location;
		VEC_PUSH(z->a, &field->args, e);
		*ret = field;
		return 0;
	}
	int computed = az_has_computed(z, e, name) ? az_computed(z, e, name, location, ret) : 0;
	if (computed)
		return computed < 0 ? -1 : 0;
	if (e->kind == EX_WHOLE_ROW)
		err_set(z->c, "42703", "column %s.%.*s does not exist", az_row_alias(z, e),
			STR_ARG(name));
	else if (e->type.type->oid == 2249)
		err_set(z->c, "42703", "could not identify column \"%.*s\" in record data type",
			STR_ARG(name));
	else
		err_set(z->c, "42703", "column \"%.*s\" not found in data type %s", STR_ARG(name),
			az_type(z, e->type.type));
	return az_at(z, location);
}

static int bound(struct az *z, const struct json *node, struct expr **ret)
{
	*ret = NULL;
	if (!node)
		return 0;
	struct expr *e;
	TRY(az_expr(z, node, &e));
	const struct type *int4 = type_of_value(V_INT4);
	if (!coerce_can(e->type.type, int4, COERCE_ASSIGN)) {
		err_set(z->c, "42804", "array subscript must have type integer");
		return az_at(z, e->location);
	}
	return coerce_expr(z, e, TYPEREF(int4), COERCE_ASSIGN, ret);
}

/* jsonb['key'] is -> spelt otherwise. */
static int json_subscript(struct az *z, struct expr *e, const struct json *indices, int location,
			  struct expr **ret)
{
	struct expr *key;
	if (json_get_bool(indices, "is_slice", false))
		return err_set(z->c, "42804", "jsonb subscript does not support slices"),
		       az_at(z, location);
	TRY(az_expr(z, json_get(indices, "uidx"), &key));
	return az_op(z, "->", e, key, location, ret);
}

static int subscript(struct az *z, struct expr *e, const struct json *indices, int location,
		     struct expr **ret)
{
	const struct type *base = type_base(e->type.type);
	if (base->value == V_JSONB && base->kind == TYPE_BASE)
		return json_subscript(z, e, indices, location, ret);
	if (base->kind != TYPE_ARRAY) {
		err_set(z->c, "42804",
			"cannot subscript type %s because it does not support subscripting",
			az_type(z, e->type.type));
		return az_at(z, location);
	}
	bool slice = json_get_bool(indices, "is_slice", false);
	struct expr *lower, *upper;
	TRY(bound(z, json_get(indices, "lidx"), &lower));
	TRY(bound(z, json_get(indices, "uidx"), &upper));
	struct typeref elem = { base->elem, e->type.typmod };
	struct expr *sub = expr_new(z->a, EX_SUBSCRIPT, slice ? e->type : elem);
	sub->location = location;
	sub->is_slice = slice;
	VEC_PUSH(z->a, &sub->args, e);
	if (slice)
		VEC_PUSH(z->a, &sub->args, lower);
	VEC_PUSH(z->a, &sub->args, upper);
	*ret = sub;
	return 0;
}

/* a[1][2] is one subscript of two indexes. */
static int next_subscript(struct az *z, struct expr *e, const struct json *indices, int location,
			  struct expr **ret)
{
	bool more = e->kind == EX_SUBSCRIPT && !e->is_slice &&
		    !json_get_bool(indices, "is_slice", false) &&
		    type_base(e->type.type)->kind != TYPE_ARRAY;
	if (!more)
		return subscript(z, e, indices, location, ret);
	struct expr *upper;
	TRY(bound(z, json_get(indices, "uidx"), &upper));
	VEC_PUSH(z->a, &e->args, upper);
	*ret = e;
	return 0;
}

int az_indirection(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *e;
	int location = (int)node_location(body);
	TRY(az_expr(z, json_get(body, "arg"), &e));
	const struct json *list = json_get(body, "indirection");
	for (const struct json *item = list->child; item; item = item->next) {
		const struct json *indices = node_as(item, "A_Indices");
		if (location < 0)
			location = e->location;
		if (indices)
			TRY(next_subscript(z, e, indices, location, &e));
		else if (node_as(item, "String"))
			TRY(az_field(z, e, node_string(item), location, &e));
		else
			return err_set(z->c, "0A000",
				       "row expansion via \"*\" is not supported here"),
			       az_at(z, location);
	}
	*ret = e;
	return 0;
}
