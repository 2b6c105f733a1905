/* Stored arrays: cells, output, order. */
#include "value/array.h"

#include "base/arena.h"
#include "value/number.h"
#include "value/pgjson.h"
#include "value/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct json *array_load(struct arena *a, struct str stored)
{
	struct json *v = pgjson_load(a, stored);
	if (v->kind != JSON_ARRAY)
		*v = (struct json){ .kind = JSON_ARRAY };
	return v;
}

static double load_real(struct str s)
{
	char text[64];
	size_t n = s.n < sizeof(text) - 1 ? s.n : sizeof(text) - 1;
	memcpy(text, s.p, n);
	text[n] = 0;
	return strtod(text, NULL);
}

struct datum array_cell(struct arena *a, const struct vtype *element, const struct json *leaf)
{
	int64_t i;
	struct str bytes;
	switch (leaf->kind) {
	case JSON_NULL:
		return datum_null();
	case JSON_TRUE:
	case JSON_FALSE:
		return datum_bool(leaf->kind == JSON_TRUE);
	case JSON_NUMBER:
		if (element->id == V_FLOAT4 || element->id == V_FLOAT8)
			return datum_real(load_real(leaf->text));
		if (str_to_i64(leaf->text, &i))
			return datum_int(i);
		return datum_text(leaf->text);
	default:
		break;
	}
	if (element->id == V_FLOAT4 || element->id == V_FLOAT8)
		return datum_real(load_real(leaf->text));
	if (element->id == V_BYTEA) {
		struct ctx c = { .arena = a };
		return datum_blob(bytea_parse(&c, leaf->text, &bytes) == 0 ? bytes : STR(""));
	}
	return datum_text(leaf->text);
}

static void put_real(struct buf *b, double v)
{
	if (isinf(v))
		buf_puts(b, v < 0 ? "\"-Infinity\"" : "\"Infinity\"");
	else
		float_print(b, V_FLOAT8, v);
}

void array_put_cell(struct buf *b, const struct vtype *element, struct datum v)
{
	switch (v.kind) {
	case D_NULL:
		buf_puts(b, "null");
		break;
	case D_INT:
		if (element->id == V_BOOL)
			buf_puts(b, v.i ? "true" : "false");
		else
			buf_i64(b, v.i);
		break;
	case D_REAL:
		put_real(b, v.r);
		break;
	case D_TEXT:
		json_put_string(b, v.s);
		break;
	case D_BLOB:
		buf_puts(b, "\"\\\\x");
		hex_put(b, v.s);
		buf_char(b, '"');
		break;
	}
}

/* As PostgreSQL quotes elements. */
static bool needs_quotes(struct str s)
{
	if (!s.n || str_ieq(s, STR("null")))
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (strchr("\"\\{}, \t\n\r\v\f", s.p[i]))
			return true;
	return false;
}

static void put_quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

static void print_leaf(struct buf *b, struct arena *a, const struct vtype *element,
		       const struct value_env *env, const struct json *leaf)
{
	if (leaf->kind == JSON_NULL) {
		buf_puts(b, "NULL");
		return;
	}
	BUF_CLEANUP struct buf text = buf_make(SIZE_MAX / 2);
	value_out(&text, element, env, array_cell(a, element, leaf));
	struct str s = buf_view(&text);
	if (needs_quotes(s))
		put_quoted(b, s);
	else
		buf_str(b, s);
}

static void print_level(struct buf *b, struct arena *a, const struct vtype *element,
			const struct value_env *env, const struct json *v)
{
	buf_char(b, '{');
	for (const struct json *e = v->child; e; e = e->next) {
		if (e != v->child)
			buf_char(b, ',');
		if (e->kind == JSON_ARRAY)
			print_level(b, a, element, env, e);
		else
			print_leaf(b, a, element, env, e);
	}
	buf_char(b, '}');
}

void array_print(struct buf *b, const struct vtype *element, const struct value_env *env,
		 struct str stored)
{
	struct arena *a = arena_new(0);
	print_level(b, a, element, env, array_load(a, stored));
	arena_free(a);
}

static void json_level(struct buf *b, struct arena *a, const struct vtype *element,
		       const struct value_env *env, const struct json *v)
{
	buf_char(b, '[');
	for (const struct json *e = v->child; e; e = e->next) {
		if (e != v->child)
			buf_char(b, ',');
		if (e->kind == JSON_ARRAY)
			json_level(b, a, element, env, e);
		else
			value_to_json(b, element, env, array_cell(a, element, e));
	}
	buf_char(b, ']');
}

/* Elements whose JSON is their cell: the stored text is the answer. */
static bool is_json_already(enum value_type id)
{
	switch (id) {
	case V_BOOL:
	case V_INT2:
	case V_INT4:
	case V_INT8:
	case V_FLOAT8:
	case V_TEXT:
	case V_VARCHAR:
	case V_BPCHAR:
	case V_CITEXT:
	case V_NAME:
	case V_UUID:
	case V_INTERVAL:
	case V_BYTEA:
	case V_ENUM:
		return true;
	default:
		return false;
	}
}

void array_print_json(struct buf *b, const struct vtype *element, const struct value_env *env,
		      struct str stored)
{
	if (is_json_already(element->id)) {
		buf_str(b, stored);
		return;
	}
	struct arena *a = arena_new(0);
	json_level(b, a, element, env, array_load(a, stored));
	arena_free(a);
}

struct from_json {
	struct ctx *c;
	const struct vtype *element;
	const struct value_env *env;
	struct buf *b;
	int ndims; /* 0 until the first leaf is seen */
	uint32_t dims[ARRAY_DIMS_MAX + 1];
};

static int expected_array(struct ctx *c)
{
	return err_set(c, "22P02", "expected JSON array");
}

static int from_json_level(struct from_json *f, const struct json *j, int depth)
{
	if (depth >= ARRAY_DIMS_MAX)
		return err_set(f->c, "54000",
			       "number of array dimensions (%d) exceeds the maximum allowed (%d)",
			       depth + 1, ARRAY_DIMS_MAX);
	bool is_leaf_level = f->ndims == depth + 1;
	if (f->dims[depth] && f->dims[depth] != j->count + 1) {
		err_set(f->c, "22P02", "malformed JSON array");
		return err_details(f->c, "Multidimensional arrays must have sub-arrays with "
					 "matching dimensions.");
	}
	f->dims[depth] = j->count + 1;
	buf_char(f->b, '[');
	for (const struct json *e = j->child; e; e = e->next) {
		if (e != j->child)
			buf_char(f->b, ',');
		if (e->kind == JSON_ARRAY && !is_leaf_level) {
			TRY(from_json_level(f, e, depth + 1));
			continue;
		}
		if (!f->ndims)
			f->ndims = depth + 1;
		is_leaf_level = f->ndims == depth + 1;
		if (!is_leaf_level)
			return expected_array(f->c);
		struct datum v;
		TRY(value_from_json(f->c, f->element, f->env, e, &v));
		array_put_cell(f->b, f->element, v);
	}
	buf_char(f->b, ']');
	return 0;
}

int array_from_json(struct ctx *c, const struct vtype *element, const struct value_env *env,
		    const struct json *j, struct str *ret)
{
	if (j->kind != JSON_ARRAY)
		return expected_array(c);
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	struct from_json f = { .c = c, .element = element, .env = env, .b = &b };
	TRY(from_json_level(&f, j, 0));
	*ret = f.ndims ? str_copy(c->arena, buf_view(&b)) : STR("[]");
	return 0;
}

static size_t count_leaves(const struct json *v)
{
	size_t n = 0;
	for (const struct json *e = v->child; e; e = e->next)
		n += e->kind == JSON_ARRAY ? count_leaves(e) : 1;
	return n;
}

static void collect(struct arena *a, const struct vtype *element, const struct json *v,
		    struct array *ret)
{
	for (const struct json *e = v->child; e; e = e->next) {
		if (e->kind == JSON_ARRAY)
			collect(a, element, e, ret);
		else
			ret->v[ret->n++] = array_cell(a, element, e);
	}
}

void array_open(struct arena *a, const struct vtype *element, struct str stored, struct array *ret)
{
	const struct json *v = array_load(a, stored);
	*ret = (struct array){ 0 };
	ret->v = arena_array(a, count_leaves(v) + 1, sizeof(*ret->v));
	collect(a, element, v, ret);
	if (!ret->n)
		return;
	for (const struct json *e = v; e && e->kind == JSON_ARRAY && ret->ndims < ARRAY_DIMS_MAX;
	     e = e->child)
		ret->dims[ret->ndims++] = e->count;
}

static void build_level(struct buf *b, const struct vtype *element, const struct array *v,
			int depth, size_t *at)
{
	buf_char(b, '[');
	for (uint32_t i = 0; v->ndims && i < v->dims[depth]; i++) {
		if (i)
			buf_char(b, ',');
		if (depth + 1 < v->ndims)
			build_level(b, element, v, depth + 1, at);
		else
			array_put_cell(b, element, v->v[(*at)++]);
	}
	buf_char(b, ']');
}

struct str array_build(struct arena *a, const struct vtype *element, const struct array *v)
{
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	size_t at = 0;
	build_level(&b, element, v, 0, &at);
	return str_copy(a, buf_view(&b));
}

static int cmp_cells(const struct vtype *element, struct datum x, struct datum y)
{
	if (x.kind == D_NULL || y.kind == D_NULL)
		return (x.kind == D_NULL) - (y.kind == D_NULL);
	return value_cmp(element, x, y);
}

int array_cmp(const struct vtype *element, struct str a, struct str b)
{
	if (str_eq(a, b))
		return 0;
	struct arena *arena = arena_new(0);
	struct array x, y;
	array_open(arena, element, a, &x);
	array_open(arena, element, b, &y);
	int result = 0;
	for (size_t i = 0; !result && i < x.n && i < y.n; i++)
		result = cmp_cells(element, x.v[i], y.v[i]);
	if (!result && x.n != y.n)
		result = x.n < y.n ? -1 : 1;
	if (!result)
		result = x.ndims - y.ndims;
	for (int i = 0; !result && i < x.ndims; i++)
		result = x.dims[i] < y.dims[i] ? -1 : x.dims[i] > y.dims[i];
	arena_free(arena);
	return result;
}
