/* Array functions: polymorphic, each array and element behind its type code. */
#include "value/array.h"
#include "value/fn_int.h"
#include "value/number.h"
#include "value/scalar.h"
#include "value/text.h"

#include <string.h>

static struct vtype element_of(struct datum code)
{
	struct vtype t = value_type_of_code(code.i);
	t.is_array = false;
	return t;
}

static void open_array(struct ctx *c, const struct datum *pair, struct array *ret)
{
	struct vtype t = element_of(pair[0]);
	if (pair[1].kind == D_NULL)
		*ret = (struct array){ 0 };
	else
		array_open(c->arena, &t, pair[1].s, ret);
}

static int give(struct ctx *c, struct datum code, const struct array *v, struct datum *ret)
{
	struct vtype t = element_of(code);
	return ret_text(ret, array_build(c->arena, &t, v));
}

static bool same_cell(const struct vtype *t, struct datum a, struct datum b)
{
	if (a.kind == D_NULL || b.kind == D_NULL)
		return a.kind == b.kind;
	return value_cmp(t, a, b) == 0;
}

/* A flat array of n cells. */
static struct array flat(struct datum *v, size_t n)
{
	struct array a = { .v = v, .n = n };
	a.ndims = n ? 1 : 0;
	a.dims[0] = (uint32_t)n;
	return a;
}

/* ---- joining ---- */

static int one_dimension(struct ctx *c, const struct array *v)
{
	if (v->ndims <= 1)
		return 0;
	return err_set(c, "22000", "argument must be empty or one-dimensional array");
}

static int add_cell(struct ctx *c, const struct datum *pair, struct datum cell, bool at_end,
		    struct datum *ret)
{
	struct array v;
	open_array(c, pair, &v);
	TRY(one_dimension(c, &v));
	struct datum *cells = arena_array(c->arena, v.n + 1, sizeof(*cells));
	for (size_t i = 0; i < v.n; i++)
		cells[i + !at_end] = v.v[i];
	cells[at_end ? v.n : 0] = cell;
	v = flat(cells, v.n + 1);
	return give(c, pair[0], &v, ret);
}

static int append(FN_ARGS)
{
	FN_UNUSED;
	return add_cell(c, args, args[3], true, ret);
}

static int prepend(FN_ARGS)
{
	FN_UNUSED;
	return add_cell(c, args + 2, args[1], false, ret);
}

static int incompatible(struct ctx *c, const char *detail)
{
	err_set(c, "2202E", "cannot concatenate incompatible arrays");
	return err_details(c, "%s", detail);
}

/* Dimensions of a || b: equal ones add up, an array of one dimension less is
 * one more row. */
static int joined_dims(struct ctx *c, const struct array *a, const struct array *b,
		       struct array *ret)
{
	const struct array *big = a->ndims >= b->ndims ? a : b;
	int less = a->ndims > b->ndims ? a->ndims - b->ndims : b->ndims - a->ndims;
	if (less > 1) {
		err_set(c, "2202E", "cannot concatenate incompatible arrays");
		return err_details(c,
				   "Arrays of %d and %d dimensions are not compatible for "
				   "concatenation.",
				   a->ndims, b->ndims);
	}
	ret->ndims = big->ndims;
	memcpy(ret->dims, big->dims, sizeof(ret->dims));
	if (less == 0) {
		for (int i = 1; i < a->ndims; i++)
			if (a->dims[i] != b->dims[i])
				return incompatible(c,
						    "Arrays with differing element dimensions are "
						    "not compatible for concatenation.");
		ret->dims[0] = a->dims[0] + b->dims[0];
		return 0;
	}
	const struct array *small = big == a ? b : a;
	for (int i = 0; i < small->ndims; i++)
		if (small->dims[i] != big->dims[i + 1])
			return incompatible(c,
					    "Arrays with differing dimensions are not compatible "
					    "for concatenation.");
	ret->dims[0] = big->dims[0] + 1;
	return 0;
}

static int concat(FN_ARGS)
{
	FN_UNUSED;
	struct array a, b, joined = { 0 };
	if (args[1].kind == D_NULL && args[3].kind == D_NULL)
		return ret_null(ret);
	open_array(c, args, &a);
	open_array(c, args + 2, &b);
	if (!a.n || !b.n)
		return give(c, args[0], a.n ? &a : &b, ret);
	TRY(joined_dims(c, &a, &b, &joined));
	joined.n = a.n + b.n;
	joined.v = arena_array(c->arena, joined.n, sizeof(*joined.v));
	memcpy(joined.v, a.v, a.n * sizeof(*a.v));
	memcpy(joined.v + a.n, b.v, b.n * sizeof(*b.v));
	return give(c, args[0], &joined, ret);
}

/* ---- shape ---- */

static int cardinality(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	open_array(c, args, &v);
	return ret_int(ret, (int64_t)v.n);
}

static int ndims(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	open_array(c, args, &v);
	return v.ndims ? ret_int(ret, v.ndims) : ret_null(ret);
}

static int length(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	open_array(c, args, &v);
	if (args[2].i < 1 || args[2].i > v.ndims)
		return ret_null(ret);
	return ret_int(ret, v.dims[args[2].i - 1]);
}

static int lower(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	open_array(c, args, &v);
	return args[2].i < 1 || args[2].i > v.ndims ? ret_null(ret) : ret_int(ret, 1);
}

static int dims(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	open_array(c, args, &v);
	if (!v.ndims)
		return ret_null(ret);
	BUF_CLEANUP struct buf b = buf_make(256);
	for (int i = 0; i < v.ndims; i++)
		buf_printf(&b, "[1:%u]", v.dims[i]);
	return ret_buf(c, ret, &b);
}

/* ---- searching and changing ---- */

static int search_flat(struct ctx *c, const struct array *v)
{
	if (v->ndims <= 1)
		return 0;
	return err_set(c, "0A000",
		       "searching for elements in multidimensional arrays is not supported");
}

/* array_position(array, element[, start]) */
static int position(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	struct vtype t = element_of(args[0]);
	if (args[1].kind == D_NULL)
		return ret_null(ret);
	open_array(c, args, &v);
	TRY(search_flat(c, &v));
	int64_t start = 1;
	if (nargs > 4) {
		if (args[4].kind == D_NULL)
			return err_set(c, "22004", "initial position must not be null");
		start = args[4].i;
	}
	for (size_t i = start > 1 ? (size_t)start - 1 : 0; i < v.n; i++)
		if (same_cell(&t, v.v[i], args[3]))
			return ret_int(ret, (int64_t)i + 1);
	return ret_null(ret);
}

static int positions(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	struct vtype t = element_of(args[0]), ints = VTYPE(V_INT4);
	if (args[1].kind == D_NULL)
		return ret_null(ret);
	open_array(c, args, &v);
	TRY(search_flat(c, &v));
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++)
		if (same_cell(&t, v.v[i], args[3]))
			v.v[n++] = datum_int((int64_t)i + 1);
	v = flat(v.v, n);
	return ret_text(ret, array_build(c->arena, &ints, &v));
}

static int remove_cell(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	struct vtype t = element_of(args[0]);
	if (args[1].kind == D_NULL)
		return ret_null(ret);
	open_array(c, args, &v);
	if (v.ndims > 1)
		return err_set(c, "0A000",
			       "removing elements from multidimensional arrays is not supported");
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++)
		if (!same_cell(&t, v.v[i], args[3]))
			v.v[n++] = v.v[i];
	v = flat(v.v, n);
	return give(c, args[0], &v, ret);
}

static int replace_cell(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	struct vtype t = element_of(args[0]);
	if (args[1].kind == D_NULL)
		return ret_null(ret);
	open_array(c, args, &v);
	for (size_t i = 0; i < v.n; i++)
		if (same_cell(&t, v.v[i], args[3]))
			v.v[i] = args[5];
	return give(c, args[0], &v, ret);
}

static int trim(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	open_array(c, args, &v);
	int64_t n = args[2].i, all = v.ndims ? v.dims[0] : 0;
	if (n < 0 || n > all)
		return err_set(c, "2202E", "number of elements to trim must be between 0 and %lld",
			       (long long)all);
	if (!v.ndims)
		return give(c, args[0], &v, ret);
	size_t row = v.n / v.dims[0];
	v.dims[0] = (uint32_t)(all - n);
	v.n = row * v.dims[0];
	if (!v.n)
		v.ndims = 0;
	return give(c, args[0], &v, ret);
}

/* array_fill(element, dims) */
static int fill(FN_ARGS)
{
	FN_UNUSED;
	struct vtype ints = VTYPE(V_INT4);
	struct array sizes, v = { 0 };
	if (args[2].kind == D_NULL)
		return err_set(c, "22004", "dimension array or low bound array cannot be null");
	array_open(c->arena, &ints, args[2].s, &sizes);
	if (sizes.n > ARRAY_DIMS_MAX)
		return err_set(c, "54000",
			       "number of array dimensions (%zu) exceeds the maximum allowed (%d)",
			       sizes.n, ARRAY_DIMS_MAX);
	v.n = sizes.n ? 1 : 0;
	for (size_t i = 0; i < sizes.n; i++) {
		if (sizes.v[i].kind == D_NULL)
			return err_set(c, "22004", "dimension values cannot be null");
		if (sizes.v[i].i < 0 || (size_t)sizes.v[i].i * (v.n ? v.n : 1) > 4u << 20)
			return err_set(c, "54000", "array size exceeds the maximum allowed");
		v.dims[v.ndims++] = (uint32_t)sizes.v[i].i;
		v.n *= (size_t)sizes.v[i].i;
	}
	if (!v.n)
		v.ndims = 0;
	v.v = arena_array(c->arena, v.n + 1, sizeof(*v.v));
	for (size_t i = 0; i < v.n; i++)
		v.v[i] = args[1];
	return give(c, args[0], &v, ret);
}

/* ---- @> <@ && ---- */

static bool has_cell(const struct vtype *t, const struct array *v, struct datum cell)
{
	for (size_t i = 0; cell.kind != D_NULL && i < v->n; i++)
		if (v->v[i].kind != D_NULL && value_cmp(t, v->v[i], cell) == 0)
			return true;
	return false;
}

static bool has_all(const struct vtype *t, const struct array *v, const struct array *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		if (!has_cell(t, v, cells->v[i]))
			return false;
	return true;
}

static int contains(FN_ARGS)
{
	FN_UNUSED;
	struct array a, b;
	struct vtype t = element_of(args[0]);
	open_array(c, args, &a);
	open_array(c, args + 2, &b);
	return ret_bool(ret, has_all(&t, &a, &b));
}

static int contained(FN_ARGS)
{
	FN_UNUSED;
	struct array a, b;
	struct vtype t = element_of(args[0]);
	open_array(c, args, &a);
	open_array(c, args + 2, &b);
	return ret_bool(ret, has_all(&t, &b, &a));
}

static int overlap(FN_ARGS)
{
	FN_UNUSED;
	struct array a, b;
	struct vtype t = element_of(args[0]);
	open_array(c, args, &a);
	open_array(c, args + 2, &b);
	for (size_t i = 0; i < b.n; i++)
		if (has_cell(&t, &a, b.v[i]))
			return ret_bool(ret, true);
	return ret_bool(ret, false);
}

/* ---- text ---- */

/* array_to_string(array, separator[, text for null]) */
static int to_text(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	struct vtype t = element_of(args[0]);
	if (args[1].kind == D_NULL || args[2].kind == D_NULL)
		return ret_null(ret);
	bool shows_null = nargs > 3 && args[3].kind != D_NULL, is_first = true;
	open_array(c, args, &v);
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	for (size_t i = 0; i < v.n; i++) {
		if (v.v[i].kind == D_NULL && !shows_null)
			continue;
		if (!is_first)
			buf_str(&b, args[2].s);
		is_first = false;
		if (v.v[i].kind == D_NULL)
			buf_str(&b, args[3].s);
		else
			value_out(&b, &t, env, v.v[i]);
	}
	return ret_buf(c, ret, &b);
}

static void put_piece(struct buf *b, struct str s, const struct datum *null_text)
{
	struct vtype t = VTYPE(V_TEXT);
	bool is_null = null_text && null_text->kind != D_NULL && str_eq(s, null_text->s);
	if (b->n > 1)
		buf_char(b, ',');
	array_put_cell(b, &t, is_null ? datum_null() : datum_text(s));
}

/* string_to_array(text, separator[, text of null]); NULL separator: letters */
static int from_text(FN_ARGS)
{
	FN_UNUSED;
	if (args[0].kind == D_NULL)
		return ret_null(ret);
	struct str s = args[0].s;
	const struct datum *null_text = nargs > 2 ? &args[2] : NULL;
	bool by_letter = args[1].kind == D_NULL;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	buf_char(&b, '[');
	while (by_letter && s.n) {
		size_t n = utf8_size((unsigned char)s.p[0]);
		put_piece(&b, str_sub(s, 0, n), null_text);
		s = str_from(s, n);
	}
	struct str separator = by_letter ? STR("") : args[1].s;
	for (bool more = !by_letter && s.n; more;) {
		ptrdiff_t at = separator.n ? str_find(s, separator) : -1;
		put_piece(&b, at < 0 ? s : str_sub(s, 0, (size_t)at), null_text);
		more = at >= 0;
		if (more)
			s = str_from(s, (size_t)at + separator.n);
	}
	buf_char(&b, ']');
	return ret_buf(c, ret, &b);
}

/* width_bucket(operand, thresholds) */
static int width_bucket(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	struct vtype t = element_of(args[2]);
	open_array(c, args + 2, &v);
	if (v.ndims > 1)
		return err_set(c, "2202E", "thresholds must be one-dimensional array");
	int64_t n = 0;
	for (size_t i = 0; i < v.n; i++) {
		if (v.v[i].kind == D_NULL)
			return err_set(c, "22004", "thresholds array must not contain NULLs");
		if (value_cmp(&t, args[1], v.v[i]) >= 0)
			n = (int64_t)i + 1;
	}
	return ret_int(ret, n);
}

/* array[index]: one subscript a dimension; anything else is NULL. */
static int subscript(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	open_array(c, args, &v);
	if (nargs - 2 != v.ndims)
		return ret_null(ret);
	size_t at = 0;
	for (int i = 0; i < v.ndims; i++) {
		int64_t index = args[2 + i].i;
		if (index < 1 || index > v.dims[i])
			return ret_null(ret);
		at = at * v.dims[i] + (size_t)index - 1;
	}
	*ret = v.v[at];
	return 0;
}

/* array[low:high] of the first dimension; NULL bounds mean the ends. */
static int slice(FN_ARGS)
{
	FN_UNUSED;
	struct array v;
	if (args[1].kind == D_NULL)
		return ret_null(ret);
	open_array(c, args, &v);
	int64_t all = v.ndims ? v.dims[0] : 0;
	int64_t low = args[2].kind == D_NULL || args[2].i < 1 ? 1 : args[2].i;
	int64_t high = args[3].kind == D_NULL || args[3].i > all ? all : args[3].i;
	if (low > high) {
		v = (struct array){ 0 };
		return give(c, args[0], &v, ret);
	}
	size_t row = v.n / v.dims[0];
	v.v += row * (size_t)(low - 1);
	v.dims[0] = (uint32_t)(high - low + 1);
	v.n = row * v.dims[0];
	return give(c, args[0], &v, ret);
}

/* ARRAY[…]: code of the element, then the elements */
static int make(FN_ARGS)
{
	FN_UNUSED;
	struct datum *cells = arena_array(c->arena, (size_t)nargs, sizeof(*cells));
	for (int i = 1; i < nargs; i++)
		cells[i - 1] = args[i];
	struct array v = flat(cells, (size_t)nargs - 1);
	return give(c, args[0], &v, ret);
}

static const struct value_fn rows[] = {
	LAX("array_append", "1:TVTV", append),
	LAX("array_prepend", "2:TVTV", prepend),
	LAX("array_cat", "1:TVTV", concat),
	STRICT("array_cardinality", "i:TV", cardinality),
	STRICT("array_ndims", "i:TV", ndims),
	STRICT("array_length", "i:TVi", length),
	STRICT("array_upper", "i:TVi", length),
	STRICT("array_lower", "i:TVi", lower),
	STRICT("array_dims", "t:TV", dims),
	LAX("array_position", "i:TVTV", position),
	LAX("array_position_start", "i:TVTVi", position),
	LAX("array_positions", "[i:TVTV", positions),
	LAX("array_remove", "1:TVTV", remove_cell),
	LAX("array_replace", "1:TVTVTV", replace_cell),
	STRICT("trim_array", "1:TVi", trim),
	LAX("array_fill", "A:TV[i", fill),
	STRICT("arraycontains", "b:TVTV", contains),
	STRICT("arraycontained", "b:TVTV", contained),
	STRICT("arrayoverlap", "b:TVTV", overlap),
	STABLE("array_to_text", "t:TVt", to_text),
	LAX("array_to_text_null", "t:TVtt", to_text),
	LAX("text_to_array", "[t:tt", from_text),
	LAX("text_to_array_null", "[t:ttt", from_text),
	STRICT("width_bucket_array", "i:TVTV", width_bucket),
	STRICT("array_subscript", "E:TVi*", subscript),
	LAX("array_slice", "1:TVii", slice),
	LAX("array_make", "A:TV*", make),
};
FN_GROUP(fn_group_array, rows);
