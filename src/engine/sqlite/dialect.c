/* Names, literals, types and parameters as SQLite writes them. */
#include "engine/sqlite/dialect.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "engine/sqlite/dialect_int.h"
#include "value/fn.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- names and literals ---- */

void sqlite_put_name(struct buf *b, const char *name)
{
	buf_char(b, '"');
	for (; *name; name++) {
		if (*name == '"')
			buf_char(b, '"');
		buf_char(b, *name);
	}
	buf_char(b, '"');
}

/* SQLite's names do not tell cases apart: one with capitals carries behind it
 * which letters they are, a hexadecimal digit for each four. */
static void put_capitals(struct buf *b, const char *name)
{
	unsigned digit = 0;
	bool has_capitals = false;
	for (const char *p = name; *p; p++)
		has_capitals |= *p >= 'A' && *p <= 'Z';
	for (size_t i = 0; has_capitals && name[i]; i++) {
		buf_puts(b, i ? "" : "~");
		digit |= (unsigned)(name[i] >= 'A' && name[i] <= 'Z') << (i % 4);
		if (i % 4 == 3 || !name[i + 1]) {
			buf_printf(b, "%x", digit);
			digit = 0;
		}
	}
}

void sqlite_put_object(struct buf *b, const char *schema, const char *name)
{
	buf_char(b, '"');
	for (const char *p = schema; *p; p++)
		buf_puts(b, *p == '"' ? "\"\"" : (char[]){ *p, 0 });
	buf_char(b, '.');
	for (const char *p = name; *p; p++)
		buf_puts(b, *p == '"' ? "\"\"" : (char[]){ *p, 0 });
	put_capitals(b, name);
	buf_char(b, '"');
}

void sqlite_put_table(struct buf *b, const struct relation *rel)
{
	sqlite_put_object(b, rel->schema, rel->name);
}

void sqlite_put_column(struct buf *b, const struct column *col)
{
	sqlite_put_name(b, col->storage_name ? col->storage_name : col->name);
}

void sqlite_put_text(struct buf *b, struct str text)
{
	buf_char(b, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			buf_char(b, '\'');
		buf_char(b, text.p[i]);
	}
	buf_char(b, '\'');
}

static void put_real(struct buf *b, double r)
{
	char text[40];
	if (isinf(r)) {
		buf_puts(b, r > 0 ? "9e999" : "-9e999");
		return;
	}
	snprintf(text, sizeof(text), "%.17g", r);
	buf_puts(b, text);
	if (!strpbrk(text, ".e"))
		buf_puts(b, ".0");
}

static void put_blob(struct buf *b, struct str s)
{
	buf_puts(b, "x'");
	for (size_t i = 0; i < s.n; i++)
		buf_printf(b, "%02x", (unsigned char)s.p[i]);
	buf_char(b, '\'');
}

void sqlite_put_datum(struct buf *b, struct datum v)
{
	switch (v.kind) {
	case D_NULL:
		buf_puts(b, "NULL");
		return;
	case D_INT:
		buf_i64(b, v.i);
		return;
	case D_REAL:
		put_real(b, v.r);
		return;
	case D_TEXT:
		sqlite_put_text(b, v.s);
		return;
	case D_BLOB:
		put_blob(b, v.s);
		return;
	}
}

void sqlite_put_cte_table(struct buf *b, size_t index, size_t n_columns)
{
	buf_printf(b, "temp.w%zu_%zu", index, n_columns);
}

/* ---- rowid ---- */

static bool has_column(const struct relation *rel, const char *name)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (strcasecmp(rel->columns.v[i].name, name) == 0)
			return true;
	}
	return false;
}

const char *sqlite_rowid_name(const struct relation *rel)
{
	static const char *const names[] = { "rowid", "_rowid_", "oid" };
	for (size_t i = 0; i < 3; i++) {
		if (!has_column(rel, names[i]))
			return names[i];
	}
	return "rowid";
}

const struct column *sqlite_rowid_column(const struct relation *rel)
{
	const struct constraint *pk = relation_primary_key(rel);
	if (!pk || pk->n_cols != 1)
		return NULL;
	const struct column *col = relation_column_by_attnum(rel, pk->cols[0]);
	if (!col || type_base(col->type.type)->kind != TYPE_BASE)
		return NULL;
	enum value_type v = type_base(col->type.type)->value;
	return v == V_INT2 || v == V_INT4 || v == V_INT8 ? col : NULL;
}

/* ---- types ---- */

const char *sqlite_collation(const struct type *t)
{
	static const char *const names[V_TYPE_COUNT][2] = {
		[V_BOOL] = { NULL, "_bool" },
		[V_INT2] = { NULL, "_int2" },
		[V_INT4] = { NULL, "_int4" },
		[V_INT8] = { NULL, "_int8" },
		[V_FLOAT4] = { NULL, "_float4" },
		[V_FLOAT8] = { NULL, "_float8" },
		[V_NUMERIC] = { "numeric", "_numeric" },
		[V_TEXT] = { NULL, "_text" },
		[V_VARCHAR] = { NULL, "_varchar" },
		[V_BPCHAR] = { "bpchar", "_bpchar" },
		[V_CITEXT] = { "citext", "_citext" },
		[V_NAME] = { NULL, "_name" },
		[V_UUID] = { NULL, "_uuid" },
		[V_DATE] = { NULL, "_date" },
		[V_TIME] = { NULL, "_time" },
		[V_TIMETZ] = { "timetz", "_timetz" },
		[V_TIMESTAMP] = { NULL, "_timestamp" },
		[V_TIMESTAMPTZ] = { NULL, "_timestamptz" },
		[V_INTERVAL] = { "interval", "_interval" },
		[V_JSON] = { NULL, "_json" },
		[V_JSONB] = { "jsonb", "_jsonb" },
		[V_BYTEA] = { NULL, "_bytea" },
		[V_OID] = { NULL, "_oid" },
	};
	t = type_base(t);
	bool is_array = t->kind == TYPE_ARRAY;
	enum value_type v = is_array ? t->elem->value : t->value;
	if (t->kind == TYPE_COMPOSITE || t->kind == TYPE_PSEUDO || v >= V_TYPE_COUNT)
		return NULL;
	return names[v][is_array];
}

int64_t sqlite_type_code(const struct type *t)
{
	t = type_base(t);
	if (t->kind == TYPE_ENUM)
		return t->oid;
	if (t->kind == TYPE_ARRAY) {
		const struct type *elem = type_base(t->elem);
		return elem->kind == TYPE_ENUM ? t->oid : elem->value + VALUE_ARRAY;
	}
	if (t->kind == TYPE_COMPOSITE)
		return V_JSONB;
	if (t->kind == TYPE_PSEUDO && strcmp(t->name, "record") == 0)
		return V_JSON; /* a row of a subquery, as bp_row() writes it */
	return t->value;
}

static const struct enum_labels *labels_of(struct arena *a, const struct type *t)
{
	struct str *labels = arena_array(a, t->n_labels, sizeof(*labels));
	for (uint32_t i = 0; i < t->n_labels; i++)
		labels[i] = str_of(t->labels[i]);
	struct enum_labels *e = ARENA_NEW(a, struct enum_labels);
	*e = (struct enum_labels){ str_of(t->name), labels, t->n_labels };
	return e;
}

struct vtype sqlite_vtype(struct arena *a, struct typeref t)
{
	int32_t typmod = t.typmod;
	const struct type *type = t.type;
	while (type->kind == TYPE_DOMAIN) {
		if (typmod < 0)
			typmod = type->base_typmod;
		type = type->base;
	}
	bool is_array = type->kind == TYPE_ARRAY;
	const struct type *elem = is_array ? type_base(type->elem) : type;
	struct vtype v = { .id = elem->value, .is_array = is_array, .typmod = typmod };
	if (elem->kind == TYPE_ENUM) {
		v.id = V_ENUM;
		v.labels = labels_of(a, elem);
	} else if (elem->kind == TYPE_COMPOSITE) {
		v.id = V_JSONB;
	}
	return v;
}

/* ---- parameters ---- */

static bool same_bind(const struct bind *a, const struct bind *b)
{
	return a->kind == b->kind && a->index == b->index && a->type.type == b->type.type &&
	       a->type.typmod == b->type.typmod;
}

void sqlite_put_bind(struct printer *p, struct bind b)
{
	struct sqlite_print *sp = p->arg;
	size_t i = 0;
	while (i < sp->binds->n && !same_bind(&sp->binds->v[i], &b))
		i++;
	if (i == sp->binds->n)
		VEC_PUSH(p->c->arena, sp->binds, b);
	buf_printf(p->out, "?%zu", i + 1);
}

static void dialect_relation(struct printer *p, const struct relation *rel)
{
	sqlite_put_table(p->out, rel);
}

static void dialect_column(struct printer *p, const struct relation *rel, const struct column *col)
{
	(void)rel;
	sqlite_put_column(p->out, col);
}

static void dialect_collate(struct printer *p, const struct expr *e)
{
	const char *name = sqlite_collation(e->type.type);
	if (!name)
		return;
	buf_puts(p->out, " COLLATE ");
	sqlite_put_name(p->out, name);
}

void sqlite_put_enum_rank(struct printer *p, const struct type *t, const struct expr *e)
{
	buf_puts(p->out, "CASE ");
	print_expr(p, e);
	for (uint32_t i = 0; i < t->n_labels; i++) {
		buf_puts(p->out, " WHEN ");
		sqlite_put_text(p->out, str_of(t->labels[i]));
		buf_printf(p->out, " THEN %u", i);
	}
	buf_puts(p->out, t->n_labels ? " END" : " WHEN NULL THEN NULL END");
}

static void dialect_sort_key(struct printer *p, const struct expr *e)
{
	const struct type *t = type_base(e->type.type);
	if (t->kind == TYPE_ENUM) {
		sqlite_put_enum_rank(p, t, e);
		return;
	}
	/* a bare integer would be taken for the number of an output column */
	bool is_const = e->kind == EX_CONST;
	buf_puts(p->out, is_const ? "+(" : "");
	print_expr(p, e);
	buf_puts(p->out, is_const ? ")" : "");
	dialect_collate(p, e);
}

static void dialect_modifying_cte(struct printer *p, const struct cte *cte, size_t index)
{
	sqlite_put_cte_table(p->out, index, cte->query->returning.n);
}

static void dialect_limit(struct printer *p, const struct expr *e, bool is_offset)
{
	if (e->kind == EX_CONST && e->datum.kind == D_INT && e->datum.i >= 0) {
		buf_i64(p->out, e->datum.i);
		return;
	}
	buf_puts(p->out, is_offset ? "bp_offset(" : "bp_limit(");
	print_expr(p, e);
	buf_char(p->out, ')');
}

const struct dialect sqlite_dialect = {
	.relation = dialect_relation,
	.column = dialect_column,
	.expr = sqlite_dialect_expr,
	.rte = sqlite_dialect_rte,
	.modifying_cte = dialect_modifying_cte,
	.collate = dialect_collate,
	.sort_key = dialect_sort_key,
	.limit = dialect_limit,
};

int sqlite_print_query(struct ctx *c, const struct query *q, struct sqlite_print *sp,
		       struct buf *out)
{
	return print_query(c, &sqlite_dialect, q, sp, out);
}

int sqlite_print_expr(struct ctx *c, const struct query *q, const struct expr *e,
		      struct sqlite_print *sp, struct buf *out)
{
	return print_expr_of(c, &sqlite_dialect, q, e, sp, out);
}
