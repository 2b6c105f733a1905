/* The functions of templates, and values. */
#include "base/arena.h"
#include "base/err.h"
#include "mail/template_int.h"

#include <stdlib.h>
#include <string.h>

typedef const struct json *value;

static const struct json json_true = { .kind = JSON_TRUE, .raw = { "true", 4 } };
static const struct json json_false = { .kind = JSON_FALSE, .raw = { "false", 5 } };

enum { PRINTED_MAX = 256 << 10 };

value value_bool(bool v)
{
	return v ? &json_true : &json_false;
}

value value_string(struct ctx *c, struct str text)
{
	struct json *v = ARENA_NEW(c->arena, struct json);
	v->kind = JSON_STRING;
	v->text = text;
	return v;
}

value value_int(struct ctx *c, int64_t n)
{
	struct json *v = ARENA_NEW(c->arena, struct json);
	v->kind = JSON_NUMBER;
	v->text = v->raw = str_of(arena_printf(c->arena, "%lld", (long long)n));
	return v;
}

static double number_of(struct ctx *c, value v)
{
	return strtod(str_dup(c->arena, v->text), NULL);
}

static bool is_zero(struct str number)
{
	for (size_t i = 0; i < number.n && (number.p[i] | 32) != 'e'; i++)
		if (number.p[i] >= '1' && number.p[i] <= '9')
			return false;
	return true;
}

bool value_is_true(value v)
{
	if (!v)
		return false;
	switch (v->kind) {
	case JSON_NULL:
	case JSON_FALSE:
		return false;
	case JSON_TRUE:
		return true;
	case JSON_NUMBER:
		return !is_zero(v->text);
	case JSON_STRING:
		return v->text.n > 0;
	default:
		return v->count > 0;
	}
}

static void print_children(struct buf *b, value v, const char *open, const char *close)
{
	buf_puts(b, open);
	for (value child = v->child; child; child = child->next) {
		if (child != v->child)
			buf_char(b, ' ');
		if (v->kind == JSON_OBJECT) {
			buf_str(b, child->key);
			buf_char(b, ':');
		}
		value_print(b, child);
	}
	buf_puts(b, close);
}

void value_print(struct buf *b, value v)
{
	if (!v || v->kind == JSON_NULL)
		return;
	switch (v->kind) {
	case JSON_STRING:
	case JSON_NUMBER:
		buf_str(b, v->text);
		break;
	case JSON_ARRAY:
		print_children(b, v, "[", "]");
		break;
	case JSON_OBJECT:
		print_children(b, v, "map[", "]");
		break;
	default:
		buf_puts(b, v->kind == JSON_TRUE ? "true" : "false");
	}
}

static bool is_nil(value v)
{
	return !v || v->kind == JSON_NULL;
}

/* -1, 0, 1; *ret_comparable false for different or unordered kinds. */
static int compare(struct ctx *c, value a, value b, bool *ret_comparable)
{
	*ret_comparable = true;
	if (is_nil(a) || is_nil(b))
		return is_nil(a) && is_nil(b) ? 0 : 1;
	if (a->kind == JSON_STRING && b->kind == JSON_STRING)
		return str_cmp(a->text, b->text);
	if (a->kind == JSON_NUMBER && b->kind == JSON_NUMBER) {
		double x = number_of(c, a), y = number_of(c, b);
		return x < y ? -1 : x > y;
	}
	bool are_bools = a->kind <= JSON_TRUE && b->kind <= JSON_TRUE;
	*ret_comparable = are_bools;
	return are_bools && a->kind == b->kind ? 0 : 1;
}

static int fail(struct render *r, const char *what)
{
	return render_fail(r, "22000", what);
}

static int fn_eq(struct render *r, value *args, int n, value *ret)
{
	for (int i = 1; i < n; i++) {
		bool is_comparable;
		if (compare(r->c, args[0], args[i], &is_comparable) == 0) {
			*ret = value_bool(true);
			return 0;
		}
		if (!is_comparable)
			return fail(r, "eq compares values of different types");
	}
	*ret = value_bool(false);
	return 0;
}

static int fn_ne(struct render *r, value *args, int n, value *ret)
{
	value equal;
	TRY(fn_eq(r, args, n, &equal));
	*ret = value_bool(equal->kind == JSON_FALSE);
	return 0;
}

static int ordered(struct render *r, value *args, int *ret)
{
	bool is_comparable;
	*ret = compare(r->c, args[0], args[1], &is_comparable);
	if (!is_comparable || is_nil(args[0]) || is_nil(args[1]))
		return fail(r, "values of these types have no order");
	return 0;
}

static int fn_lt(struct render *r, value *args, int n, value *ret)
{
	int order;
	(void)n;
	TRY(ordered(r, args, &order));
	*ret = value_bool(order < 0);
	return 0;
}

static int fn_le(struct render *r, value *args, int n, value *ret)
{
	int order;
	(void)n;
	TRY(ordered(r, args, &order));
	*ret = value_bool(order <= 0);
	return 0;
}

static int fn_gt(struct render *r, value *args, int n, value *ret)
{
	int order;
	(void)n;
	TRY(ordered(r, args, &order));
	*ret = value_bool(order > 0);
	return 0;
}

static int fn_ge(struct render *r, value *args, int n, value *ret)
{
	int order;
	(void)n;
	TRY(ordered(r, args, &order));
	*ret = value_bool(order >= 0);
	return 0;
}

static int fn_not(struct render *r, value *args, int n, value *ret)
{
	(void)r, (void)n;
	*ret = value_bool(!value_is_true(args[0]));
	return 0;
}

static int fn_len(struct render *r, value *args, int n, value *ret)
{
	(void)n;
	if (is_nil(args[0]) || args[0]->kind < JSON_STRING)
		return fail(r, "len takes a text, a list or an object");
	bool is_text = args[0]->kind == JSON_STRING;
	*ret = value_int(r->c, is_text ? (int64_t)args[0]->text.n : args[0]->count);
	return 0;
}

static int fn_index(struct render *r, value *args, int n, value *ret)
{
	value v = args[0];
	for (int i = 1; i < n && v; i++) {
		int64_t at;
		if (v->kind == JSON_OBJECT && args[i] && args[i]->kind == JSON_STRING)
			v = json_get(v, str_dup(r->c->arena, args[i]->text));
		else if (v->kind == JSON_ARRAY && args[i] && str_to_i64(args[i]->text, &at) &&
			 at >= 0 && at < v->count)
			v = json_at(v, (uint32_t)at);
		else
			return fail(r, "index is out of range, or of the wrong type");
	}
	*ret = v;
	return 0;
}

static int fn_slice(struct render *r, value *args, int n, value *ret)
{
	int64_t from = 0, to = 0;
	if (!args[0] || args[0]->kind != JSON_STRING)
		return fail(r, "slice takes a text");
	to = (int64_t)args[0]->text.n;
	bool is_ok = n < 2 || (args[1] && str_to_i64(args[1]->text, &from));
	is_ok = is_ok && (n < 3 || (args[2] && str_to_i64(args[2]->text, &to)));
	if (!is_ok || from < 0 || from > to || to > (int64_t)args[0]->text.n)
		return fail(r, "slice is out of range");
	*ret = value_string(r->c, str_sub(args[0]->text, (size_t)from, (size_t)(to - from)));
	return 0;
}

static int printed(struct render *r, const struct buf *b, value *ret)
{
	if (!buf_ok(b))
		return render_fail(r, "54000", "a text is too long");
	struct str text = { buf_dup(r->c->arena, b), b->n };
	*ret = value_string(r->c, text);
	return 0;
}

/* Go puts spaces between operands when neither is a text. */
static int fn_print(struct render *r, value *args, int n, value *ret)
{
	BUF_CLEANUP struct buf b = buf_make(PRINTED_MAX);
	for (int i = 0; i < n; i++) {
		bool is_text = args[i] && args[i]->kind == JSON_STRING;
		bool was_text = i && args[i - 1] && args[i - 1]->kind == JSON_STRING;
		if (i && !is_text && !was_text)
			buf_char(&b, ' ');
		value_print(&b, args[i]);
	}
	return printed(r, &b, ret);
}

static int fn_println(struct render *r, value *args, int n, value *ret)
{
	BUF_CLEANUP struct buf b = buf_make(PRINTED_MAX);
	for (int i = 0; i < n; i++) {
		if (i)
			buf_char(&b, ' ');
		value_print(&b, args[i]);
	}
	buf_char(&b, '\n');
	return printed(r, &b, ret);
}

static int fn_printf(struct render *r, value *args, int n, value *ret)
{
	BUF_CLEANUP struct buf b = buf_make(PRINTED_MAX);
	int next = 1;
	if (!args[0] || args[0]->kind != JSON_STRING)
		return fail(r, "printf takes a format");
	struct str f = args[0]->text;
	for (size_t i = 0; i < f.n; i++) {
		char verb = f.p[i] == '%' && i + 1 < f.n ? f.p[i + 1] : 0;
		if (!verb) {
			buf_char(&b, f.p[i]);
			continue;
		}
		i++;
		if (verb == '%')
			buf_char(&b, '%');
		else if (!strchr("svdqt", verb))
			return fail(r, "printf knows %s, %v, %d, %t, %q and %%");
		else if (next >= n)
			return fail(r, "printf has too few arguments");
		else if (verb == 'q' && args[next] && args[next]->kind == JSON_STRING)
			json_put_string(&b, args[next++]->text);
		else
			value_print(&b, args[next++]);
	}
	return printed(r, &b, ret);
}

static int escaped(struct render *r, value *args, int n, value *ret,
		   void (*escape)(struct str, struct buf *))
{
	BUF_CLEANUP struct buf b = buf_make(PRINTED_MAX);
	value text;
	TRY(fn_print(r, args, n, &text));
	escape(text->text, &b);
	return printed(r, &b, ret);
}

static int fn_html(struct render *r, value *args, int n, value *ret)
{
	/* Into HTML the place escapes; twice would show the entities. */
	return r->mode == TEMPLATE_HTML ? fn_print(r, args, n, ret)
					: escaped(r, args, n, ret, html_escape);
}

static int fn_urlquery(struct render *r, value *args, int n, value *ret)
{
	return escaped(r, args, n, ret, url_escape);
}

static const struct function functions[] = {
	{ "and", 1, -1, NULL, true, false },
	{ "or", 1, -1, NULL, true, true },
	{ "not", 1, 1, fn_not, false, false },
	{ "eq", 2, -1, fn_eq, false, false },
	{ "ne", 2, 2, fn_ne, false, false },
	{ "lt", 2, 2, fn_lt, false, false },
	{ "le", 2, 2, fn_le, false, false },
	{ "gt", 2, 2, fn_gt, false, false },
	{ "ge", 2, 2, fn_ge, false, false },
	{ "len", 1, 1, fn_len, false, false },
	{ "index", 1, -1, fn_index, false, false },
	{ "slice", 1, 3, fn_slice, false, false },
	{ "print", 0, -1, fn_print, false, false },
	{ "println", 0, -1, fn_println, false, false },
	{ "printf", 1, -1, fn_printf, false, false },
	{ "html", 1, -1, fn_html, false, false },
	{ "urlquery", 1, -1, fn_urlquery, false, false },
};

const struct function *template_function(struct str name)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (str_is(name, functions[i].name))
			return &functions[i];
	return NULL;
}
