/* Values of bodies: conversions, text, rows taken apart and put together. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/routine_int.h"
#include "engine/sqlite/types.h"

#include <string.h>

struct datum datum_keep(struct arena *a, struct datum v)
{
	if (v.kind == D_TEXT || v.kind == D_BLOB)
		v.s = str_copy(a, v.s);
	return v;
}

static bool is_same(struct typeref from, struct typeref to)
{
	return from.type == to.type && to.type->kind != TYPE_DOMAIN &&
	       (to.typmod < 0 || to.typmod == from.typmod);
}

/* A row in another row's clothes: the JSON text is the same. */
static bool is_row_move(struct typeref from, struct typeref to)
{
	const struct type *f = type_base(from.type), *t = type_base(to.type);
	bool is_from = f->kind == TYPE_COMPOSITE || f->oid == 2249;
	bool is_to = t->kind == TYPE_COMPOSITE || t->oid == 2249;
	return is_from && is_to;
}

static int cast_of(struct ctx *c, struct instance *in, struct typeref from, struct typeref to,
		   struct value_cast **ret)
{
	struct value_cast *k = in->casts;
	while (k && (k->is_busy || k->from.type != from.type || k->to.type != to.type ||
		     k->from.typmod != from.typmod || k->to.typmod != to.typmod))
		k = k->next;
	if (!k) {
		struct exec_plan *plan;
		TRY(exec_plan_make_cast(c, in->rs->cn, from, to, &plan));
		k = ARENA_NEW(in->arena, struct value_cast);
		*k = (struct value_cast){ .next = in->casts, .from = from, .to = to, .plan = plan };
		in->casts = k;
	}
	*ret = k;
	return 0;
}

static int keep_first(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	(void)n;
	*(struct datum *)arg = datum_keep(c->arena, cells[0]);
	return 0;
}

int value_coerce(struct ctx *c, struct instance *in, struct datum v, struct typeref from,
		 struct typeref to, struct datum *ret)
{
	struct value_cast *k;
	if (is_same(from, to) || is_row_move(from, to) ||
	    (v.kind == D_NULL && to.type->kind != TYPE_DOMAIN)) {
		*ret = v;
		return 0;
	}
	TRY(cast_of(c, in, from, to, &k));
	struct sql_param p = { .cell = &v };
	struct datum got = datum_null();
	struct sink sink = { .arg = &got, .row = keep_first };
	k->is_busy = true;
	int failed = exec_run(c, in->rs->cn, k->plan, &p, 1, &sink, NULL);
	k->is_busy = false;
	if (failed == 0)
		*ret = got;
	return failed;
}

static bool is_row_type(const struct type *t)
{
	t = type_base(t);
	return t->kind == TYPE_COMPOSITE || t->oid == 2249;
}

/* One field as record_out() quotes it. */
static void put_field(struct buf *b, struct str s)
{
	bool is_quoted = s.n == 0;
	for (size_t i = 0; i < s.n; i++)
		is_quoted |= strchr("\"\\(), \t\n", s.p[i]) != NULL;
	if (!is_quoted) {
		buf_str(b, s);
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(b, s.p[i]);
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

static int field_text(struct ctx *c, struct sqlite_conn *cn, const struct json *j,
		      const struct column *col, struct str *ret)
{
	struct datum v;
	*ret = (struct str){ 0 };
	if (j->kind == JSON_NULL)
		return 0;
	if (!col) {
		*ret = j->kind == JSON_STRING  ? j->text
		       : j->kind == JSON_TRUE  ? STR("t")
		       : j->kind == JSON_FALSE ? STR("f")
					       : j->raw;
		return 0;
	}
	struct vtype t = sqlite_vtype(c->arena, col->type);
	TRY(value_from_json(c, &t, &cn->env, j, &v));
	return routine_text(c, cn, v, col->type, ret);
}

/* "(1,a,)": of a record whose columns are not known, by what its JSON says. */
static int row_text(struct ctx *c, struct sqlite_conn *cn, struct datum v, struct typeref t,
		    struct str *ret)
{
	const struct relation *row = type_base(t.type)->row;
	struct json *object;
	TRY(json_parse(c, v.s, (struct json_limits){ 0 }, &object));
	BUF_CLEANUP struct buf b = buf_make(ROUTINE_ROWS_MEMORY_MAX);
	size_t i = 0;
	buf_char(&b, '(');
	for (const struct json *j = object->child; j; j = j->next, i++) {
		struct str s;
		const struct column *col = row && i < row->columns.n ? &row->columns.v[i] : NULL;
		buf_puts(&b, i ? "," : "");
		TRY(field_text(c, cn, j, col, &s));
		if (s.p)
			put_field(&b, s);
	}
	buf_char(&b, ')');
	if (!buf_ok(&b))
		return err_set(c, "54000", "a row is too large");
	*ret = str_copy(c->arena, buf_view(&b));
	return 0;
}

int routine_text(struct ctx *c, struct sqlite_conn *cn, struct datum v, struct typeref t,
		 struct str *ret)
{
	struct vtype type = sqlite_vtype(c->arena, t);
	BUF_CLEANUP struct buf b = buf_make(ROUTINE_ROWS_MEMORY_MAX);
	if (is_row_type(t.type) && v.kind == D_TEXT)
		return row_text(c, cn, v, t, ret);
	if (type_base(t.type)->kind == TYPE_PSEUDO && v.kind == D_TEXT) {
		*ret = v.s;
		return 0;
	}
	value_out(&b, &type, &cn->env, v);
	if (!buf_ok(&b))
		return err_set(c, "54000", "a value is too large");
	*ret = str_copy(c->arena, buf_view(&b));
	return 0;
}

int value_explode(struct ctx *c, struct sqlite_conn *cn, struct datum row,
		  const struct typeref *fields, const char *const *names, size_t n,
		  struct datum *ret)
{
	struct json *object;
	for (size_t i = 0; i < n; i++)
		ret[i] = datum_null();
	if (row.kind != D_TEXT)
		return 0;
	TRY(json_parse(c, row.s, (struct json_limits){ 0 }, &object));
	size_t i = 0;
	for (const struct json *j = object->child; j && i < n; j = j->next, i++) {
		/* by name where the names agree, else by place */
		const struct json *at = names && names[i] ? json_get(object, names[i]) : NULL;
		struct vtype t = sqlite_vtype(c->arena, fields[i]);
		TRY(value_from_json(c, &t, &cn->env, at ? at : j, &ret[i]));
	}
	return 0;
}

int value_implode(struct ctx *c, struct sqlite_conn *cn, const struct datum *cells,
		  const struct typeref *fields, const char *const *names, size_t n,
		  struct datum *ret)
{
	BUF_CLEANUP struct buf b = buf_make(ROUTINE_ROWS_MEMORY_MAX);
	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		struct vtype t = sqlite_vtype(c->arena, fields[i]);
		buf_puts(&b, i ? "," : "");
		json_put_string(&b, str_of(names[i]));
		buf_char(&b, ':');
		value_to_json(&b, &t, &cn->env, cells[i]);
	}
	buf_char(&b, '}');
	if (!buf_ok(&b))
		return err_set(c, "54000", "a row is too large");
	*ret = datum_text(str_copy(c->arena, buf_view(&b)));
	return 0;
}

/* ---- cells as a blob ---- */

void cells_pack(struct buf *b, const struct datum *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct datum *v = &cells[i];
		char kind = (char)v->kind;
		uint64_t size = v->s.n;
		buf_char(b, kind);
		if (v->kind == D_INT)
			buf_str(b, (struct str){ (const char *)&v->i, sizeof(v->i) });
		else if (v->kind == D_REAL)
			buf_str(b, (struct str){ (const char *)&v->r, sizeof(v->r) });
		else if (v->kind != D_NULL) {
			buf_str(b, (struct str){ (const char *)&size, sizeof(size) });
			buf_str(b, v->s);
		}
	}
}

static int unpack_one(struct str *rest, struct datum *ret)
{
	uint64_t word;
	enum datum_kind kind = (enum datum_kind)rest->p[0];
	*rest = str_from(*rest, 1);
	*ret = datum_null();
	if (kind == D_NULL)
		return 0;
	if (rest->n < sizeof(word))
		return -1;
	memcpy(&word, rest->p, sizeof(word));
	if (kind == D_INT)
		memcpy(&ret->i, rest->p, sizeof(ret->i));
	else if (kind == D_REAL)
		memcpy(&ret->r, rest->p, sizeof(ret->r));
	*rest = str_from(*rest, sizeof(word));
	ret->kind = kind;
	if (kind == D_INT || kind == D_REAL)
		return 0;
	if (word > rest->n)
		return -1;
	ret->s = str_sub(*rest, 0, (size_t)word);
	*rest = str_from(*rest, (size_t)word);
	return 0;
}

int cells_unpack(struct ctx *c, struct str packed, struct datum *cells, size_t max, size_t *ret_n)
{
	size_t n = 0;
	while (packed.n) {
		if (n == max || unpack_one(&packed, &cells[n]) < 0)
			return err_set(c, "XX000", "malformed arguments of bp_rows");
		n++;
	}
	*ret_n = n;
	return 0;
}
