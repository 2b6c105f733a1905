/* A_Expr in all its kinds: operators, IN, BETWEEN, LIKE, ANY/ALL, NULLIF. */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

static const struct type *bool_type(void)
{
	return type_of_value(V_BOOL);
}

static struct expr *make(struct az *z, enum expr_kind kind, int location)
{
	struct expr *e = expr_new(z->a, kind, TYPEREF(bool_type()));
	e->location = location;
	return e;
}

static const char *op_name(struct az *z, const struct json *body)
{
	const struct json *names = json_get(body, "name");
	return str_dup(z->a, node_string(json_at(names, names->count - 1)));
}

int az_op(struct az *z, const char *symbol, struct expr *left, struct expr *right, int location,
	  struct expr **ret)
{
	if (!strcmp(symbol, "!="))
		symbol = "<>";
	const struct type *args[2], *result;
	const struct builtin *op = az_find_op(z, symbol, left ? left->type.type : NULL,
					      right->type.type, location, args, &result);
	if (!op)
		return -1;
	struct expr *e = expr_new(z->a, EX_FUNC, TYPEREF(result));
	e->builtin = op;
	e->location = location;
	struct expr *operands[2] = { left ? left : right, right };
	for (int i = 0; i < op->n_args; i++) {
		struct expr *arg;
		TRY(coerce_expr(z, operands[i], TYPEREF(args[i]), COERCE_IMPLICIT, &arg));
		VEC_PUSH(z->a, &e->args, arg);
	}
	if (left && left->location >= 0 && left->location < e->location)
		e->location = left->location; /* errors about the whole point at its start */
	*ret = e;
	return 0;
}

/* (a, b) < (c, d): decided by the first pair that differs. */
static int row_order(struct az *z, const char *symbol, struct expr *left, struct expr *right,
		     int location, struct expr **ret)
{
	char strict[2] = { symbol[0], '\0' };
	struct expr *result = NULL;
	for (size_t i = left->args.n; i-- > 0;) {
		bool last = i == left->args.n - 1;
		struct expr *order, *equal;
		TRY(az_op(z, last ? symbol : strict, left->args.v[i], right->args.v[i], location,
			  &order));
		if (last) {
			result = order;
			continue;
		}
		TRY(az_op(z, "=", left->args.v[i], right->args.v[i], location, &equal));
		result = expr_or(z->a, order, expr_and(z->a, equal, result));
	}
	*ret = result;
	return 0;
}

int az_row_op(struct az *z, const char *symbol, struct expr *left, struct expr *right, int location,
	      struct expr **ret)
{
	if (left->args.n != right->args.n)
		return err_set(z->c, "42601", "unequal number of entries in row expressions"),
		       az_at(z, location);
	if (left->args.n == 0)
		return err_set(z->c, "0A000", "cannot compare rows of zero length"),
		       az_at(z, location);
	if (symbol[0] == '<' || symbol[0] == '>') {
		if (strcmp(symbol, "<>") != 0)
			return row_order(z, symbol, left, right, location, ret);
	} else if (strcmp(symbol, "=") != 0 && strcmp(symbol, "!=") != 0) {
		err_set(z->c, "0A000",
			"could not determine interpretation of row comparison operator %s", symbol);
		return az_at(z, location);
	}
	bool equal = !strcmp(symbol, "=");
	struct expr *all = NULL;
	for (size_t i = 0; i < left->args.n; i++) {
		struct expr *one;
		TRY(az_op(z, symbol, left->args.v[i], right->args.v[i], location, &one));
		all = equal ? expr_and(z->a, all, one) : expr_or(z->a, all, one);
	}
	*ret = all;
	return 0;
}

static bool is_row(const struct expr *e)
{
	return e->kind == EX_ROW;
}

static int compare(struct az *z, const char *symbol, struct expr *left, struct expr *right,
		   int location, struct expr **ret)
{
	if (left && is_row(left) && is_row(right))
		return az_row_op(z, symbol, left, right, location, ret);
	return az_op(z, symbol, left, right, location, ret);
}

static int operands(struct az *z, const struct json *body, struct expr **ret_left,
		    struct expr **ret_right)
{
	const struct json *left = json_get(body, "lexpr");
	*ret_left = NULL;
	if (left)
		TRY(az_expr(z, left, ret_left));
	return az_expr(z, json_get(body, "rexpr"), ret_right);
}

/* (a, b) = (select x, y): equal rows, as the one row that IN would find. */
static bool is_row_subquery(const struct json *body)
{
	const struct json *sub = node_as(json_get(body, "rexpr"), "SubLink");
	return sub && node_as(json_get(body, "lexpr"), "RowExpr") &&
	       str_is(json_get_str(sub, "subLinkType", STR("")), "EXPR_SUBLINK");
}

static int row_subquery(struct az *z, const struct json *body, struct expr **ret)
{
	const char *op = op_name(z, body);
	if (strcmp(op, "=") != 0) {
		err_set(z->c, "0A000", "row comparison %s with a subquery is not supported", op);
		return az_at(z, (int)node_location(body));
	}
	const struct json *sub = node_as(json_get(body, "rexpr"), "SubLink");
	return az_any_sublink(z, json_get(sub, "subselect"), json_get(body, "lexpr"), "=",
			      (int)node_location(body), ret);
}

static int plain_op(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *left, *right;
	if (is_row_subquery(body))
		return row_subquery(z, body, ret);
	TRY(operands(z, body, &left, &right));
	return compare(z, op_name(z, body), left, right, (int)node_location(body), ret);
}

/* lhs op ANY (array expression). */
static int any_all(struct az *z, const struct json *body, bool is_all, struct expr **ret)
{
	struct expr *left, *right;
	int location = (int)node_location(body);
	TRY(operands(z, body, &left, &right));
	const struct type *elem = type_of_value(V_UNKNOWN);
	if (!type_is_unknown(right->type.type)) {
		const struct type *array = type_base(right->type.type);
		if (array->kind != TYPE_ARRAY) {
			err_set(z->c, "42809", "op ANY/ALL (array) requires array on right side");
			return az_at(z, location);
		}
		elem = array->elem;
	}
	const struct type *args[2], *result;
	const struct builtin *op =
		az_find_op(z, op_name(z, body), left->type.type, elem, location, args, &result);
	if (!op)
		return -1;
	if (type_base(result)->value != V_BOOL) {
		err_set(z->c, "42809", "op ANY/ALL (array) requires operator to yield boolean");
		return az_at(z, location);
	}
	if (!args[1]->array)
		return err_set(z->c, "42704", "could not find array type for data type %s",
			       az_type(z, args[1])),
		       az_at(z, location);
	struct expr *e = make(z, EX_ANY_ALL, location);
	e->builtin = op;
	e->is_all = is_all;
	TRY(coerce_expr(z, left, TYPEREF(args[0]), COERCE_IMPLICIT, &left));
	TRY(coerce_expr(z, right, TYPEREF(args[1]->array), COERCE_IMPLICIT, &right));
	VEC_PUSH(z->a, &e->args, left);
	VEC_PUSH(z->a, &e->args, right);
	*ret = e;
	return 0;
}

static int distinct(struct az *z, const struct json *body, bool negated, struct expr **ret)
{
	struct expr *left, *right, *eq;
	int location = (int)node_location(body);
	TRY(operands(z, body, &left, &right));
	bool null_right = right->kind == EX_CONST && right->datum.kind == D_NULL;
	if (null_right || (left->kind == EX_CONST && left->datum.kind == D_NULL)) {
		struct expr *test = make(z, EX_IS_NULL, location);
		test->negated = !negated;
		VEC_PUSH(z->a, &test->args, null_right ? left : right);
		*ret = test;
		return 0;
	}
	if (is_row(left) && is_row(right)) {
		struct expr *any = NULL;
		if (left->args.n != right->args.n)
			return err_set(z->c, "42601",
				       "unequal number of entries in row expressions"),
			       az_at(z, location);
		for (size_t i = 0; i < left->args.n; i++) {
			struct expr *one = make(z, EX_DISTINCT, location);
			TRY(az_op(z, "=", left->args.v[i], right->args.v[i], location, &eq));
			one->builtin = eq->builtin;
			one->args = eq->args;
			any = expr_or(z->a, any, one);
		}
		*ret = any;
		if (negated) {
			*ret = make(z, EX_NOT, location);
			VEC_PUSH(z->a, &(*ret)->args, any);
		}
		return 0;
	}
	TRY(az_op(z, "=", left, right, location, &eq));
	struct expr *e = make(z, EX_DISTINCT, location);
	e->builtin = eq->builtin;
	e->args = eq->args;
	e->negated = negated;
	*ret = e;
	return 0;
}

static int null_if(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *left, *right, *eq;
	int location = (int)node_location(body);
	TRY(operands(z, body, &left, &right));
	TRY(az_op(z, "=", left, right, location, &eq));
	struct expr *e = make(z, EX_NULLIF, location);
	e->builtin = eq->builtin;
	e->args = eq->args;
	e->type = eq->args.v[0]->type;
	*ret = e;
	return 0;
}

static bool has_var(const struct json *node)
{
	if (str_is(node->key, "ColumnRef"))
		return true;
	for (const struct json *child = node->child; child; child = child->next)
		if (has_var(child))
			return true;
	return false;
}

/* As an array of the items' common type; false when they have none. */
static bool in_as_array(struct az *z, const char *op, struct expr *left, exprs *items, int location,
			struct expr **ret)
{
	exprs all = { 0 };
	struct typeref common;
	VEC_PUSH(z->a, &all, left);
	for (size_t i = 0; i < items->n; i++)
		VEC_PUSH(z->a, &all, items->v[i]);
	struct error before = z->c->err;
	if (coerce_common(z, &all, "IN", &common) < 0) {
		z->c->err = before;
		return false;
	}
	const struct type *args[2], *result;
	const struct builtin *b =
		az_find_op(z, op, left->type.type, common.type, location, args, &result);
	if (!b || !args[1]->array) {
		z->c->err = before;
		return false;
	}
	struct expr *array = make(z, EX_ARRAY, location);
	array->type = TYPEREF(args[1]->array);
	array->args = *items;
	struct expr *e = make(z, EX_ANY_ALL, location);
	e->builtin = b;
	e->is_all = strcmp(op, "<>") == 0;
	VEC_PUSH(z->a, &e->args, left);
	VEC_PUSH(z->a, &e->args, array);
	e->args.v[0]->location = left->location;
	*ret = e;
	return true;
}

static int in_finish(struct az *z, struct expr *e)
{
	const struct type *args[2], *result;
	struct expr *array = e->args.v[1];
	const struct type *left = e->args.v[0]->type.type, *elem = array->type.type->elem;
	if (!az_find_op(z, e->builtin->name, left, elem, e->location, args, &result))
		return -1;
	TRY(coerce_expr(z, e->args.v[0], TYPEREF(args[0]), COERCE_IMPLICIT, &e->args.v[0]));
	for (size_t i = 0; i < array->args.n; i++)
		TRY(coerce_expr(z, array->args.v[i], TYPEREF(elem), COERCE_IMPLICIT,
				&array->args.v[i]));
	return 0;
}

/* x IN (a, b): an array test over the items without columns, OR-ed with plain
 * comparisons for the rest, as PostgreSQL splits it. */
static int in_list(struct az *z, const struct json *body, struct expr **ret)
{
	struct expr *left, *result = NULL;
	const char *op = op_name(z, body);
	bool negated = strcmp(op, "<>") == 0;
	int location = (int)node_location(body);
	TRY(az_expr(z, json_get(body, "lexpr"), &left));
	const struct json *items = json_get(node_as(json_get(body, "rexpr"), "List"), "items");
	exprs plain = { 0 }, rest = { 0 };
	for (const struct json *item = items->child; item; item = item->next) {
		struct expr *e;
		TRY(az_expr(z, item, &e));
		if (has_var(item) || is_row(e))
			VEC_PUSH(z->a, &rest, e);
		else
			VEC_PUSH(z->a, &plain, e);
	}
	if (plain.n > 1 && in_as_array(z, op, left, &plain, location, &result)) {
		TRY(in_finish(z, result));
		plain.n = 0;
	}
	for (size_t i = 0; i < plain.n + rest.n; i++) {
		struct expr *item = i < plain.n ? plain.v[i] : rest.v[i - plain.n], *one, *copy;
		TRY(az_copy(z, left, &copy));
		TRY(compare(z, op, copy, item, location, &one));
		result = negated ? expr_and(z->a, result, one) : expr_or(z->a, result, one);
	}
	*ret = result;
	return 0;
}

static int between(struct az *z, const struct json *body, bool negated, bool symmetric,
		   struct expr **ret)
{
	struct expr *x, *low, *high, *from, *to;
	int location = (int)node_location(body);
	const struct json *bounds = json_get(node_as(json_get(body, "rexpr"), "List"), "items");
	TRY(az_expr(z, json_get(body, "lexpr"), &x));
	TRY(az_expr(z, json_at(bounds, 0), &low));
	TRY(az_expr(z, json_at(bounds, 1), &high));
	struct expr *result = NULL;
	for (int turn = 0; turn < (symmetric ? 2 : 1); turn++) {
		struct expr *a = turn ? high : low, *b = turn ? low : high, *again;
		TRY(az_copy(z, x, &again));
		TRY(compare(z, negated ? "<" : ">=", x, a, location, &from));
		TRY(compare(z, negated ? ">" : "<=", again, b, location, &to));
		struct expr *one = negated ? expr_or(z->a, from, to) : expr_and(z->a, from, to);
		result = negated ? expr_and(z->a, result, one) : expr_or(z->a, result, one);
	}
	*ret = result;
	return 0;
}

int az_a_expr(struct az *z, const struct json *body, struct expr **ret)
{
	struct str kind = json_get_str(body, "kind", STR("AEXPR_OP"));
	if (str_is(kind, "AEXPR_OP") || str_is(kind, "AEXPR_LIKE") || str_is(kind, "AEXPR_ILIKE") ||
	    str_is(kind, "AEXPR_SIMILAR"))
		return plain_op(z, body, ret);
	if (str_is(kind, "AEXPR_OP_ANY"))
		return any_all(z, body, false, ret);
	if (str_is(kind, "AEXPR_OP_ALL"))
		return any_all(z, body, true, ret);
	if (str_is(kind, "AEXPR_DISTINCT"))
		return distinct(z, body, false, ret);
	if (str_is(kind, "AEXPR_NOT_DISTINCT"))
		return distinct(z, body, true, ret);
	if (str_is(kind, "AEXPR_NULLIF"))
		return null_if(z, body, ret);
	if (str_is(kind, "AEXPR_IN"))
		return in_list(z, body, ret);
	if (str_is(kind, "AEXPR_BETWEEN"))
		return between(z, body, false, false, ret);
	if (str_is(kind, "AEXPR_NOT_BETWEEN"))
		return between(z, body, true, false, ret);
	if (str_is(kind, "AEXPR_BETWEEN_SYM"))
		return between(z, body, false, true, ret);
	if (str_is(kind, "AEXPR_NOT_BETWEEN_SYM"))
		return between(z, body, true, true, ret);
	err_set(z->c, "0A000", "%.*s is not supported", STR_ARG(kind));
	return az_at(z, (int)node_location(body));
}
