/* Functions whose work depends on a type: input, output, casts, rows, arrays,
 * enums. */
#include "base/arena.h"
#include "base/json.h"
#include "engine/sqlite/func.h"
#include "engine/sqlite/types.h"
#include "value/fn.h"

#include <string.h>

enum { RESULT_MAX = 256 << 20 };

static int take_buf(struct ctx *c, const struct buf *b, struct datum *ret)
{
	if (!buf_ok(b))
		return err_set(c, "54000", "result of a function is too large");
	*ret = datum_text(str_copy(c->arena, buf_view(b)));
	return 0;
}

/* ---- bp_in(T, text [, typmod]), bp_out(T, v), bp_json(T, v) ---- */

static int fn_in(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		 struct datum *ret)
{
	struct vtype t;
	TRY(type_of_code(c, cn, a[0], &t));
	if (a[1].kind == D_NULL)
		return 0;
	if (a[1].kind != D_TEXT) {
		*ret = a[1]; /* a cell already */
		return 0;
	}
	if (n > 2 && a[2].kind == D_INT)
		t.typmod = (int32_t)a[2].i;
	return value_in(c, &t, &cn->env, a[1].s, ret);
}

static int fn_out(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		  struct datum *ret)
{
	(void)n;
	struct vtype t;
	TRY(type_of_code(c, cn, a[0], &t));
	if (a[1].kind == D_NULL)
		return 0;
	BUF_CLEANUP struct buf b = buf_make(RESULT_MAX);
	value_out(&b, &t, &cn->env, a[1]);
	return take_buf(c, &b, ret);
}

static int fn_json(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)n;
	struct vtype t;
	TRY(type_of_code(c, cn, a[0], &t));
	BUF_CLEANUP struct buf b = buf_make(RESULT_MAX);
	value_to_json(&b, &t, &cn->env, a[1]);
	return take_buf(c, &b, ret);
}

/* ---- bp_cast(Tfrom, Tto, typmod, is_explicit, v) ---- */

static int fn_cast(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)n;
	struct vtype from, to;
	TRY(type_of_code(c, cn, a[0], &from));
	TRY(type_of_code(c, cn, a[1], &to));
	if (a[4].kind == D_NULL)
		return 0;
	to.typmod = a[2].kind == D_INT ? (int32_t)a[2].i : -1;
	return value_cast(c, &from, &to, &cn->env, a[3].i != 0, a[4], ret);
}

/* ---- bp_row('[["name",T],...]', v...), bp_field(T, row, 'name') ---- */

struct row_shape {
	size_t n;
	struct {
		struct str name;
		struct vtype type;
	} cols[];
};

/* SQLite keeps the shape with the call site as long as the text is constant. */
struct shape_holder {
	struct arena *arena;
	struct row_shape *shape;
};

static void free_shape(void *p)
{
	struct shape_holder *h = p;
	arena_free(h->arena);
}

static int parse_shape(struct ctx *c, struct sqlite_conn *cn, struct str text,
		       struct row_shape **ret)
{
	struct json *spec;
	TRY(json_parse(c, str_copy(c->arena, text), (struct json_limits){ 0 }, &spec));
	struct row_shape *shape =
		arena_zalloc(c->arena, sizeof(*shape) + spec->count * sizeof(shape->cols[0]));
	for (const struct json *j = spec->child; j; j = j->next) {
		const struct json *name = json_at(j, 0), *code = json_at(j, 1);
		int64_t number = 0;
		if (!name || !code || !str_to_i64(code->text, &number))
			return err_set(c, "XX000", "malformed shape of a row");
		shape->cols[shape->n].name = name->text;
		TRY(type_of_code(c, cn, datum_int(number), &shape->cols[shape->n].type));
		shape->n++;
	}
	*ret = shape;
	return 0;
}

static int get_shape(struct ctx *c, struct sqlite_conn *cn, struct str text,
		     const struct row_shape **ret)
{
	const struct shape_holder *held = sqlite3_get_auxdata(cn->fn_sc, 0);
	if (held) {
		*ret = held->shape;
		return 0;
	}
	struct arena *arena = arena_new(0);
	struct ctx own = { .arena = arena };
	struct row_shape *shape;
	if (parse_shape(&own, cn, text, &shape) < 0) {
		c->err = err_copy(c->arena, &own.err);
		arena_free(arena);
		return -1;
	}
	struct shape_holder *h = ARENA_NEW(arena, struct shape_holder);
	*h = (struct shape_holder){ arena, shape };
	sqlite3_set_auxdata(cn->fn_sc, 0, h, free_shape);
	held = sqlite3_get_auxdata(cn->fn_sc, 0);
	if (!held)
		return err_set(c, "XX000", "the shape of a row is not constant");
	*ret = held->shape;
	return 0;
}

static int fn_row(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		  struct datum *ret)
{
	const struct row_shape *shape;
	if (n < 1 || a[0].kind != D_TEXT)
		return err_set(c, "XX000", "malformed call of bp_row");
	TRY(get_shape(c, cn, a[0].s, &shape));
	if (shape->n != (size_t)n - 1)
		return err_set(c, "XX000", "a row has %d values for %zu columns", n - 1, shape->n);
	BUF_CLEANUP struct buf b = buf_make(RESULT_MAX);
	buf_char(&b, '{');
	for (size_t i = 0; i < shape->n; i++) {
		if (i)
			buf_char(&b, ',');
		json_put_string(&b, shape->cols[i].name);
		buf_char(&b, ':');
		value_to_json(&b, &shape->cols[i].type, &cn->env, a[i + 1]);
	}
	buf_char(&b, '}');
	return take_buf(c, &b, ret);
}

static int fn_field(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)n;
	struct vtype t;
	TRY(type_of_code(c, cn, a[0], &t));
	if (a[1].kind != D_TEXT || a[2].kind != D_TEXT)
		return 0;
	struct json *row;
	TRY(json_parse(c, a[1].s, (struct json_limits){ 0 }, &row));
	const struct json *member = json_get(row, str_dup(c->arena, a[2].s));
	return member ? value_from_json(c, &t, &cn->env, member, ret) : 0;
}

/* ---- bp_array(T, v...), bp_subscript(T, arr, i...), bp_slice(T, arr, lo, hi) ---- */

/* All of one shape: PostgreSQL's arrays are rectangles. */
static bool is_same_shape(const struct json *a, const struct json *b)
{
	if (a->kind != JSON_ARRAY || b->kind != JSON_ARRAY)
		return a->kind != JSON_ARRAY && b->kind != JSON_ARRAY;
	return a->count == b->count && (!a->count || is_same_shape(a->child, b->child));
}

static int check_shapes(struct ctx *c, const struct datum *v, int n)
{
	struct json *first = NULL, *one;
	for (int i = 0; i < n; i++) {
		if (v[i].kind != D_TEXT)
			return err_set(c, "2202E",
				       "multidimensional arrays must have array "
				       "expressions with matching dimensions");
		TRY(json_parse(c, v[i].s, (struct json_limits){ 0 }, &one));
		if (!first)
			first = one;
		if (!is_same_shape(first, one))
			return err_set(c, "2202E",
				       "multidimensional arrays must have array "
				       "expressions with matching dimensions");
	}
	return 0;
}

static int fn_array(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	struct vtype t;
	if (n < 1)
		return err_set(c, "XX000", "malformed call of bp_array");
	TRY(type_of_code(c, cn, a[0], &t));
	if (t.is_array)
		TRY(check_shapes(c, a + 1, n - 1));
	BUF_CLEANUP struct buf b = buf_make(RESULT_MAX);
	buf_char(&b, '[');
	for (int i = 1; i < n; i++) {
		if (i > 1)
			buf_char(&b, ',');
		array_put_element(&b, &t, a[i]);
	}
	buf_char(&b, ']');
	return take_buf(c, &b, ret);
}

static int fn_subscript(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			struct datum *ret)
{
	struct vtype t;
	if (n < 3)
		return err_set(c, "XX000", "malformed call of bp_subscript");
	TRY(type_of_code(c, cn, a[0], &t));
	if (a[1].kind != D_TEXT)
		return 0;
	struct json *at;
	TRY(json_parse(c, a[1].s, (struct json_limits){ 0 }, &at));
	for (int i = 2; i < n; i++) {
		if (a[i].kind != D_INT || a[i].i < 1 || a[i].i > UINT32_MAX ||
		    at->kind != JSON_ARRAY)
			return 0;
		at = json_at(at, (uint32_t)(a[i].i - 1));
		if (!at)
			return 0;
	}
	/* fewer subscripts than dimensions select nothing */
	return at->kind == JSON_ARRAY ? 0 : array_get_element(c, &t, at, ret);
}

static int fn_slice(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)n;
	(void)cn;
	struct json *arr;
	if (a[1].kind != D_TEXT)
		return 0;
	TRY(json_parse(c, a[1].s, (struct json_limits){ 0 }, &arr));
	int64_t low = a[2].kind == D_INT ? a[2].i : 1;
	int64_t high = a[3].kind == D_INT ? a[3].i : INT64_MAX;
	BUF_CLEANUP struct buf b = buf_make(RESULT_MAX);
	buf_char(&b, '[');
	int64_t i = 1;
	for (const struct json *j = arr->child; j; j = j->next, i++) {
		if (i < low || i > high)
			continue;
		if (b.n > 1)
			buf_char(&b, ',');
		buf_str(&b, j->raw);
	}
	buf_char(&b, ']');
	return take_buf(c, &b, ret);
}

/* ---- enums ---- */

/* T may be the enum's or, where only a result type is known, its array's. */
static int enum_of(struct ctx *c, struct sqlite_conn *cn, struct datum code,
		   const struct enum_labels **ret)
{
	struct vtype t;
	TRY(type_of_code(c, cn, code, &t));
	if (!t.labels || !t.labels->n)
		return err_set(c, "XX000", "the type is no enum");
	*ret = t.labels;
	return 0;
}

static int64_t label_place(const struct enum_labels *e, struct datum label)
{
	for (size_t i = 0; label.kind == D_TEXT && i < e->n; i++) {
		if (str_eq(e->labels[i], label.s))
			return (int64_t)i;
	}
	return -1;
}

static int fn_enum_ord(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)n;
	const struct enum_labels *e;
	if (a[1].kind == D_NULL)
		return 0;
	TRY(enum_of(c, cn, a[0], &e));
	*ret = datum_int(label_place(e, a[1]));
	return 0;
}

static int fn_enum_first(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)n;
	const struct enum_labels *e;
	TRY(enum_of(c, cn, a[0], &e));
	*ret = datum_text(e->labels[0]);
	return 0;
}

static int fn_enum_last(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			struct datum *ret)
{
	(void)n;
	const struct enum_labels *e;
	TRY(enum_of(c, cn, a[0], &e));
	*ret = datum_text(e->labels[e->n - 1]);
	return 0;
}

static int put_labels(struct ctx *c, const struct enum_labels *e, int64_t low, int64_t high,
		      struct datum *ret)
{
	BUF_CLEANUP struct buf b = buf_make(RESULT_MAX);
	buf_char(&b, '[');
	for (int64_t i = low; i <= high; i++) {
		if (i > low)
			buf_char(&b, ',');
		json_put_string(&b, e->labels[i]);
	}
	buf_char(&b, ']');
	return take_buf(c, &b, ret);
}

static int fn_enum_range_all(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			     struct datum *ret)
{
	(void)n;
	const struct enum_labels *e;
	TRY(enum_of(c, cn, a[0], &e));
	return put_labels(c, e, 0, (int64_t)e->n - 1, ret);
}

static int fn_enum_range_bounds(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
				struct datum *ret)
{
	(void)n;
	const struct enum_labels *e;
	TRY(enum_of(c, cn, a[0], &e));
	int64_t low = a[1].kind == D_NULL ? 0 : label_place(e, a[1]);
	int64_t high = a[3].kind == D_NULL ? (int64_t)e->n - 1 : label_place(e, a[3]);
	return put_labels(c, e, low < 0 ? 0 : low, high, ret);
}

/* ---- pg_typeof(T) ---- */

static int fn_typeof(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)n;
	const struct type *t = NULL;
	if (a[0].kind == D_INT && a[0].i >= TYPE_CODE_OID && cn->cat)
		t = catalog_type_by_oid(cn->cat, (uint32_t)a[0].i);
	struct vtype v;
	TRY(type_of_code(c, cn, a[0], &v));
	*ret = datum_text(t ? str_of(type_format(c->arena, TYPEREF(t)))
			    : value_type_name(c->arena, &v));
	return 0;
}

/* ---- bp_limit(n), bp_offset(n) ---- */

static int fn_limit(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)cn;
	(void)n;
	if (a[0].kind == D_INT && a[0].i < 0)
		return err_set(c, "2201W", "LIMIT must not be negative");
	*ret = datum_int(a[0].kind == D_INT ? a[0].i : -1);
	return 0;
}

static int fn_offset(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)n;
	if (a[0].kind == D_INT && a[0].i < 0)
		return err_set(c, "2201X", "OFFSET must not be negative");
	*ret = datum_int(a[0].kind == D_INT ? a[0].i : 0);
	return 0;
}

/* ---- bp_raise(sqlstate, message) ---- */

static int fn_raise(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)cn;
	(void)n;
	(void)ret;
	const char *code = a[0].kind == D_TEXT ? str_dup(c->arena, a[0].s) : "XX000";
	return err_set(c, code, "%.*s", a[1].kind == D_TEXT ? (int)a[1].s.n : 0,
		       a[1].kind == D_TEXT ? a[1].s.p : "");
}

/* bp_raise is not constant: SQLite would run it before it is known to be needed. */
static const struct sqlite_fn fns[] = {
	{ "bp_in", 2, FN_CONST, fn_in },
	{ "bp_in", 3, FN_CONST, fn_in },
	{ "bp_out", 2, FN_CONST, fn_out },
	{ "bp_json", 2, FN_CONST, fn_json },
	{ "bp_cast", 5, FN_CONST, fn_cast },
	{ "bp_row", -1, FN_CONST, fn_row },
	{ "bp_field", 3, FN_CONST, fn_field },
	{ "bp_array", -1, FN_CONST, fn_array },
	{ "bp_subscript", -1, FN_CONST, fn_subscript },
	{ "bp_slice", 4, FN_CONST, fn_slice },
	{ "bp_enum_ord", 2, FN_CONST, fn_enum_ord },
	{ "bp_enum_first", 2, FN_CONST, fn_enum_first },
	{ "bp_enum_last", 2, FN_CONST, fn_enum_last },
	{ "bp_enum_range_all", 2, FN_CONST, fn_enum_range_all },
	{ "bp_enum_range_bounds", 4, FN_CONST, fn_enum_range_bounds },
	{ "bp_pg_typeof", 1, FN_CONST, fn_typeof },
	{ "bp_limit", 1, FN_CONST, fn_limit },
	{ "bp_offset", 1, FN_CONST, fn_offset },
	{ "bp_raise", 2, 0, fn_raise },
};

int sqlite_add_type_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
