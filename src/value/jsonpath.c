/* A jsonpath on a document. */
#include "value/jsonpath_int.h"

#include "base/arena.h"
#include "value/pattern.h"
#include "value/pgjson.h"

#include <string.h>

struct run {
	struct ctx *c;
	bool is_strict;
	const struct json *root, *vars;
};

enum truth { NO, YES, UNKNOWN };

static int eval(struct run *r, const struct jp *n, const struct json *current, jsonpath_items *out);
static enum truth test(struct run *r, const struct jp *n, const struct json *current);

static int step(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out);

static int push(struct run *r, const struct jp *next, const struct json *v, jsonpath_items *out)
{
	if (next)
		return step(r, next, v, out);
	VEC_PUSH(r->c->arena, out, v);
	return 0;
}

static struct json *scalar(struct run *r, enum json_kind kind, const char *text)
{
	struct json *v = ARENA_NEW(r->c->arena, struct json);
	v->kind = kind;
	v->text = v->raw = str_of(text);
	return v;
}

static int each_child(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	for (const struct json *e = v->child; e; e = e->next)
		TRY(push(r, n, e, out));
	return 0;
}

/* Lax paths look into the elements of an array where a member is asked for. */
static int unwrap(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	for (const struct json *e = v->child; e; e = e->next) {
		if (n->kind != JP_FILTER)
			TRY(e->kind == JSON_ARRAY ? 0 : step(r, n, e, out));
		else if (test(r, n->a, e) == YES)
			TRY(push(r, n->next, e, out));
	}
	return 0;
}

static int key(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	if (v->kind == JSON_ARRAY && !r->is_strict)
		return unwrap(r, n, v, out);
	if (v->kind != JSON_OBJECT)
		return r->is_strict ? err_set(r->c, "2203A",
					      "jsonpath member accessor can only be applied to an "
					      "object")
				    : 0;
	for (const struct json *e = v->child; e; e = e->next) {
		if (str_eq(e->key, n->text))
			return push(r, n->next, e, out);
	}
	return r->is_strict ? err_set(r->c, "2203A", "JSON object does not contain key \"%.*s\"",
				      STR_ARG(n->text))
			    : 0;
}

static int any_key(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	if (v->kind == JSON_ARRAY && !r->is_strict)
		return unwrap(r, n, v, out);
	if (v->kind == JSON_OBJECT)
		return each_child(r, n->next, v, out);
	return r->is_strict ? err_set(r->c, "2203C",
				      "jsonpath wildcard member accessor can only be "
				      "applied to an object")
			    : 0;
}

static int ranges(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	int64_t count = v->kind == JSON_ARRAY ? v->count : 1;
	for (size_t i = 0; i < n->ranges.n; i++) {
		const struct jp_range *g = &n->ranges.v[i];
		int64_t from = g->from + (g->from_last ? count - 1 : 0);
		int64_t to = g->to + (g->to_last ? count - 1 : 0);
		if (r->is_strict && (from < 0 || from > to || to >= count))
			return err_set(r->c, "22033", "jsonpath array subscript is out of bounds");
		for (int64_t k = from < 0 ? 0 : from; k <= to && k < count; k++)
			TRY(push(r, n->next, v->kind == JSON_ARRAY ? json_at(v, (uint32_t)k) : v,
				 out));
	}
	return 0;
}

static int elements(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	if (v->kind != JSON_ARRAY && r->is_strict)
		return err_set(r->c, "22039",
			       "jsonpath array accessor can only be applied to an "
			       "array");
	if (n->kind == JP_SUBSCRIPTS)
		return ranges(r, n, v, out);
	return v->kind == JSON_ARRAY ? each_child(r, n->next, v, out) : push(r, n->next, v, out);
}

static int method(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	static const char *const names[] = { "null",   "boolean", "boolean", "number",
					     "string", "array",	  "object" };
	if (n->kind == JP_TYPE)
		return push(r, n->next, scalar(r, JSON_STRING, names[v->kind]), out);
	if (v->kind != JSON_ARRAY && r->is_strict)
		return err_set(r->c, "22039",
			       "jsonpath item method .size() can only be applied to "
			       "an array");
	uint32_t count = v->kind == JSON_ARRAY ? v->count : 1;
	return push(r, n->next, scalar(r, JSON_NUMBER, arena_printf(r->c->arena, "%u", count)),
		    out);
}

static int step(struct run *r, const struct jp *n, const struct json *v, jsonpath_items *out)
{
	switch (n->kind) {
	case JP_KEY:
		return key(r, n, v, out);
	case JP_ANY_KEY:
		return any_key(r, n, v, out);
	case JP_ANY_ELEMENT:
	case JP_SUBSCRIPTS:
		return elements(r, n, v, out);
	case JP_FILTER:
		if (v->kind == JSON_ARRAY && !r->is_strict)
			return unwrap(r, n, v, out);
		return test(r, n->a, v) == YES ? push(r, n->next, v, out) : 0;
	default:
		return method(r, n, v, out);
	}
}

static int group(struct run *r, const struct jp *n, const struct json *current, jsonpath_items *out)
{
	jsonpath_items inner = { 0 };
	TRY(eval(r, n->a, current, &inner));
	for (size_t i = 0; i < inner.n; i++)
		TRY(push(r, n->next, inner.v[i], out));
	return 0;
}

static int eval(struct run *r, const struct jp *n, const struct json *current, jsonpath_items *out)
{
	const struct json *v;
	switch (n->kind) {
	case JP_ROOT:
		return push(r, n->next, r->root, out);
	case JP_CURRENT:
		return push(r, n->next, current, out);
	case JP_LITERAL:
		return push(r, n->next, n->literal, out);
	case JP_GROUP:
		return group(r, n, current, out);
	case JP_VARIABLE:
		v = json_get(r->vars, str_dup(r->c->arena, n->text));
		if (!v)
			return err_set(r->c, "42704", "could not find jsonpath variable \"%.*s\"",
				       STR_ARG(n->text));
		return push(r, n->next, v, out);
	default:
		v = scalar(
			r,
			(enum json_kind[]){ JSON_FALSE, JSON_TRUE, JSON_NULL }[test(r, n, current)],
			"");
		return push(r, NULL, v, out);
	}
}

/* ---- predicates ---- */

/* An operand's items; lax unwraps arrays. False: an error, which is unknown. */
static bool items_of(struct run *r, const struct jp *n, const struct json *current,
		     jsonpath_items *ret)
{
	jsonpath_items found = { 0 };
	if (eval(r, n, current, &found) < 0) {
		err_clear(r->c);
		return false;
	}
	for (size_t i = 0; i < found.n; i++) {
		if (found.v[i]->kind != JSON_ARRAY || r->is_strict)
			VEC_PUSH(r->c->arena, ret, found.v[i]);
		else
			(void)each_child(r, NULL, found.v[i], ret);
	}
	return true;
}

static bool is_bool(const struct json *v)
{
	return v->kind == JSON_TRUE || v->kind == JSON_FALSE;
}

static enum truth compare(struct str op, const struct json *x, const struct json *y)
{
	bool is_alike = x->kind == y->kind || (is_bool(x) && is_bool(y));
	if (!is_alike && (x->kind == JSON_NULL || y->kind == JSON_NULL))
		return str_is(op, "!=") ? YES : NO;
	if (!is_alike || x->kind == JSON_ARRAY || x->kind == JSON_OBJECT)
		return UNKNOWN;
	int d = x->kind == JSON_STRING	 ? str_cmp(x->text, y->text)
		: x->kind == JSON_NUMBER ? jsonb_cmp(x, y)
					 : (int)x->kind - (int)y->kind;
	bool is_true = str_is(op, "==")	  ? d == 0
		       : str_is(op, "!=") ? d != 0
		       : str_is(op, "<")  ? d < 0
		       : str_is(op, ">")  ? d > 0
		       : str_is(op, "<=") ? d <= 0
					  : d >= 0;
	return is_true ? YES : NO;
}

static enum truth matches(struct run *r, const struct jp *n, const struct json *x)
{
	if (x->kind != JSON_STRING)
		return UNKNOWN;
	int found = regex_test(r->c, x->text, n->text, n->flags);
	if (found < 0)
		err_clear(r->c);
	return found < 0 ? UNKNOWN : found ? YES : NO;
}

static enum truth test_pair(struct run *r, const struct jp *n, const struct json *x,
			    const struct json *y)
{
	if (n->kind == JP_REGEX)
		return matches(r, n, x);
	if (n->kind == JP_COMPARE)
		return compare(n->text, x, y);
	if (x->kind != JSON_STRING || y->kind != JSON_STRING)
		return UNKNOWN;
	return str_starts(x->text, y->text) ? YES : NO;
}

/* True when some pair is; an error on the way is unknown. */
static enum truth test_pairs(struct run *r, const struct jp *n, const struct json *current)
{
	static const struct json none = { .kind = JSON_NULL };
	jsonpath_items left = { 0 }, right = { 0 };
	bool is_unknown = false;
	if (!items_of(r, n->a, current, &left) || (n->b && !items_of(r, n->b, current, &right)))
		return UNKNOWN;
	if (!n->b)
		VEC_PUSH(r->c->arena, &right, &none);
	for (size_t i = 0; i < left.n; i++) {
		for (size_t k = 0; k < right.n; k++) {
			enum truth t = test_pair(r, n, left.v[i], right.v[k]);
			if (t == YES && !r->is_strict)
				return YES;
			is_unknown |= t == UNKNOWN;
			if (t == YES && !is_unknown)
				return YES;
		}
	}
	return is_unknown ? UNKNOWN : NO;
}

static enum truth test(struct run *r, const struct jp *n, const struct json *current)
{
	enum truth a, b;
	jsonpath_items found = { 0 };
	switch (n->kind) {
	case JP_AND:
		a = test(r, n->a, current);
		b = a == NO ? NO : test(r, n->b, current);
		return a == NO || b == NO ? NO : a == YES && b == YES ? YES : UNKNOWN;
	case JP_OR:
		a = test(r, n->a, current);
		b = a == YES ? YES : test(r, n->b, current);
		return a == YES || b == YES ? YES : a == NO && b == NO ? NO : UNKNOWN;
	case JP_NOT:
		a = test(r, n->a, current);
		return a == UNKNOWN ? a : a == YES ? NO : YES;
	case JP_UNKNOWN:
		return test(r, n->a, current) == UNKNOWN ? YES : NO;
	case JP_EXISTS:
		return !items_of(r, n->a, current, &found) ? UNKNOWN : found.n ? YES : NO;
	default:
		return test_pairs(r, n, current);
	}
}

int jsonpath_query(struct ctx *c, struct str text, const struct json *v, const struct json *vars,
		   bool is_silent, jsonpath_items *ret)
{
	struct jsonpath path;
	struct run r = { .c = c, .root = v, .vars = vars };
	TRY(jsonpath_parse(c, text, &path));
	r.is_strict = path.is_strict;
	jsonpath_items items = { 0 };
	if (eval(&r, path.root, v, &items) < 0) {
		if (!is_silent)
			return -1;
		err_clear(c);
	}
	*ret = items;
	return 0;
}
