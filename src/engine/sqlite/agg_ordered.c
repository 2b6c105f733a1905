/*
 * bp_ordered(spec, v1, .., k1, ..): an aggregate of the tables with DISTINCT or
 * ORDER BY inside its parentheses, neither of which SQLite has for functions of
 * more than one argument. The spec is constant JSON text:
 *
 *   ["json_agg", 1, [T, ..], [[T, is_desc, nulls_first], ..]]
 *
 * the aggregate's name without bp_, whether DISTINCT, the type codes of its
 * arguments and its sort keys. Rows are kept until the end, then sorted.
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/json.h"
#include "base/vec.h"
#include "engine/sqlite/agg.h"
#include "engine/sqlite/types.h"

#include <stdlib.h>

enum { KEYS_MAX = 16, ROWS_BYTES_MAX = 256 << 20 };

struct key {
	struct vtype type;
	bool is_desc, nulls_first;
};

struct ordered {
	struct ctx c; /* its own arena: rows outlive the step */
	const struct agg_ops *ops;
	bool is_distinct;
	struct datum codes[AGG_ARGS_MAX];
	struct vtype types[AGG_ARGS_MAX];
	struct key keys[KEYS_MAX];
	int n_keys;
	VEC(struct datum *) rows;
};

static int64_t number(const struct json *j)
{
	int64_t n = 0;
	if (j)
		str_to_i64(j->text, &n);
	return n;
}

static bool is_set(const struct json *j)
{
	return j && (j->kind == JSON_TRUE || number(j) != 0);
}

static int read_keys(struct sqlite_conn *cn, struct ordered *o, const struct json *keys)
{
	for (const struct json *j = keys ? keys->child : NULL; j; j = j->next) {
		if (o->n_keys == KEYS_MAX)
			return err_set(&o->c, "54011", "too many sort keys in an aggregate");
		struct key *k = &o->keys[o->n_keys++];
		TRY(type_of_code(&o->c, cn, datum_int(number(json_at(j, 0))), &k->type));
		k->is_desc = is_set(json_at(j, 1));
		k->nulls_first = is_set(json_at(j, 2));
	}
	return 0;
}

static int begin(struct sqlite_conn *cn, struct ordered *o, struct datum spec)
{
	struct json *root;
	o->c = (struct ctx){ .arena = arena_new(0) };
	if (spec.kind != D_TEXT)
		return err_set(&o->c, "XX000", "malformed call of bp_ordered");
	TRY(json_parse(&o->c, str_copy(o->c.arena, spec.s), (struct json_limits){ 0 }, &root));
	const struct json *name = json_at(root, 0), *codes = json_at(root, 2);
	const struct agg_ops *ops = name ? agg_find(name->text) : NULL;
	if (!ops || !codes || codes->count != (uint32_t)ops->n_args)
		return err_set(&o->c, "XX000", "bp_ordered names no aggregate");
	o->is_distinct = is_set(json_at(root, 1));
	for (int i = 0; i < ops->n_args; i++) {
		o->codes[i] = datum_int(number(json_at(codes, (uint32_t)i)));
		TRY(type_of_code(&o->c, cn, o->codes[i], &o->types[i]));
	}
	TRY(read_keys(cn, o, json_at(root, 3)));
	o->ops = ops;
	return 0;
}

static struct datum copy(struct arena *a, struct datum v)
{
	if (v.kind == D_TEXT || v.kind == D_BLOB)
		v.s = str_copy(a, v.s);
	return v;
}

static int add_row(struct sqlite_conn *cn, struct ordered *o, int n, sqlite3_value **args)
{
	if (!o->c.arena)
		TRY(begin(cn, o, sqlite_arg(args[0])));
	if (!o->ops || n - 1 != o->ops->n_args + o->n_keys)
		return err_set(&o->c, "XX000", "malformed call of bp_ordered");
	struct datum *row = arena_array(o->c.arena, (size_t)n, sizeof(*row));
	for (int i = 1; i < n; i++)
		row[i - 1] = copy(o->c.arena, sqlite_arg(args[i]));
	VEC_PUSH(o->c.arena, &o->rows, row);
	if (arena_used(o->c.arena) > ROWS_BYTES_MAX)
		return err_set(&o->c, "54000", "too many rows in an ordered aggregate");
	return 0;
}

static int compare_cells(const struct vtype *t, bool is_desc, bool nulls_first, struct datum a,
			 struct datum b)
{
	bool a_null = a.kind == D_NULL, b_null = b.kind == D_NULL;
	if (a_null || b_null)
		return a_null == b_null ? 0 : (a_null == nulls_first ? -1 : 1);
	int order = value_cmp(t, a, b);
	return is_desc ? -order : order;
}

static int compare_args(const struct ordered *o, const struct datum *a, const struct datum *b)
{
	int order = 0;
	for (int i = 0; i < o->ops->n_args && order == 0; i++)
		order = compare_cells(&o->types[i], false, false, a[i], b[i]);
	return order;
}

static int compare_rows(const void *pa, const void *pb, void *arg)
{
	const struct ordered *o = arg;
	const struct datum *a = *(struct datum *const *)pa, *b = *(struct datum *const *)pb;
	int order = 0, first = o->ops->n_args;
	for (int i = 0; i < o->n_keys && order == 0; i++)
		order = compare_cells(&o->keys[i].type, o->keys[i].is_desc, o->keys[i].nulls_first,
				      a[first + i], b[first + i]);
	return order || !o->is_distinct ? order : compare_args(o, a, b);
}

static int feed(struct ctx *c, struct sqlite_conn *cn, struct ordered *o, struct agg *g)
{
	TRY(agg_begin(c, cn, g, o->ops, o->codes));
	/* stable: glibc's qsort_r merges unless memory is short */
	qsort_r(o->rows.v, o->rows.n, sizeof(*o->rows.v), compare_rows, o);
	for (size_t i = 0; i < o->rows.n; i++) {
		if (o->is_distinct && i && !compare_args(o, o->rows.v[i - 1], o->rows.v[i]))
			continue;
		struct arena_mark mark = arena_mark(c->arena);
		TRY(o->ops->step(c, cn, g, o->rows.v[i]));
		arena_rewind(c->arena, mark);
	}
	return 0;
}

static int finish(struct ctx *c, struct sqlite_conn *cn, struct ordered *o, struct datum *ret,
		  struct agg *g)
{
	TRY(feed(c, cn, o, g));
	return o->ops->result(c, cn, g, ret);
}

static void on_step(sqlite3_context *sc, int n, sqlite3_value **args)
{
	struct sqlite_conn *cn = sqlite_conn_of(sc);
	struct ordered *o = sqlite3_aggregate_context(sc, sizeof(*o));
	CHECK(o);
	if (add_row(cn, o, n, args) < 0) {
		cn->fn.err = err_copy(cn->fn.arena, &o->c.err);
		sqlite_raise(cn, sc);
	}
}

static void on_final(sqlite3_context *sc)
{
	struct sqlite_conn *cn = sqlite_conn_of(sc);
	struct ordered *o = sqlite3_aggregate_context(sc, 0);
	struct datum ret = datum_null();
	struct agg g = { 0 };
	if (!o || !o->c.arena) {
		sqlite3_result_null(sc);
		return;
	}
	struct arena_mark mark = arena_mark(cn->fn.arena);
	if (o->ops && finish(&cn->fn, cn, o, &ret, &g) < 0)
		sqlite_raise(cn, sc);
	else
		sqlite_result(sc, ret);
	agg_end(&g);
	arena_rewind(cn->fn.arena, mark);
	arena_free(o->c.arena);
}

int sqlite_add_ordered_aggregate(struct ctx *c, struct sqlite_conn *cn)
{
	int rc = sqlite3_create_function_v2(cn->db, "bp_ordered", -1, SQLITE_UTF8, cn, NULL,
					    on_step, on_final, NULL);
	return rc == SQLITE_OK ? 0 : sqlite_error(c, cn, rc);
}
