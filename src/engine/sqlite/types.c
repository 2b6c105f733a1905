#include "engine/sqlite/types.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/json.h"
#include "sql/type.h"
#include "value/fn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Labels as struct str, made once per enum. A script may change an enum in
 * place: the entry remembers what it was made from. */
struct label_cache {
	struct label_cache *next;
	uint32_t oid;
	const char **source;
	uint32_t n_source;
	struct enum_labels labels;
	struct str items[];
};

static struct enum_labels *make_labels(struct sqlite_conn *cn, const struct type *t)
{
	struct label_cache *e = calloc(1, sizeof(*e) + t->n_labels * sizeof(e->items[0]));
	CHECK(e);
	e->oid = t->oid;
	e->source = t->labels;
	e->n_source = t->n_labels;
	for (uint32_t i = 0; i < t->n_labels; i++)
		e->items[i] = str_of(t->labels[i]);
	e->labels = (struct enum_labels){ str_of(t->name), e->items, t->n_labels };
	e->next = cn->labels;
	cn->labels = e;
	return &e->labels;
}

static const struct enum_labels *labels_of(struct sqlite_conn *cn, const struct type *t)
{
	for (struct label_cache *e = cn->labels; e; e = e->next) {
		if (e->oid == t->oid && e->source == t->labels && e->n_source == t->n_labels)
			return &e->labels;
	}
	return make_labels(cn, t);
}

void type_cache_free(struct sqlite_conn *cn)
{
	while (cn->labels) {
		struct label_cache *next = cn->labels->next;
		free(cn->labels);
		cn->labels = next;
	}
}

static struct vtype vtype_of(struct sqlite_conn *cn, const struct type *t)
{
	t = type_base(t);
	bool is_array = t->kind == TYPE_ARRAY;
	const struct type *elem = is_array ? type_base(t->elem) : t;
	struct vtype v = VTYPE(elem->value);
	v.is_array = is_array;
	if (elem->kind == TYPE_ENUM) {
		v.id = V_ENUM;
		v.labels = labels_of(cn, elem);
	} else if (elem->kind == TYPE_COMPOSITE) {
		v.id = V_JSON;
	}
	return v;
}

int type_of_code(struct ctx *c, struct sqlite_conn *cn, struct datum code, struct vtype *ret)
{
	if (code.kind != D_INT)
		return err_set(c, "XX000", "a type code is missing");
	if (code.i < TYPE_CODE_OID) {
		*ret = value_type_of_code(code.i);
		return 0;
	}
	const struct type *t = cn->cat ? catalog_type_by_oid(cn->cat, (uint32_t)code.i) : NULL;
	if (!t)
		return err_set(c, "XX000", "type with OID %lld does not exist", (long long)code.i);
	*ret = vtype_of(cn, t);
	return 0;
}

/* ---- arrays ---- */

static void put_hex(struct buf *b, struct str bytes)
{
	buf_puts(b, "\"\\\\x");
	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(b, "%02x", (unsigned char)bytes.p[i]);
	buf_char(b, '"');
}

static void put_real(struct buf *b, const struct vtype *t, struct datum v)
{
	struct vtype scalar = VTYPE(t->id == V_FLOAT4 ? V_FLOAT4 : V_FLOAT8);
	bool is_finite = v.r - v.r == 0;
	buf_puts(b, is_finite ? "" : "\"");
	value_out(b, &scalar, NULL, v);
	buf_puts(b, is_finite ? "" : "\"");
}

void array_put_element(struct buf *b, const struct vtype *t, struct datum v)
{
	switch (v.kind) {
	case D_NULL:
		buf_puts(b, "null");
		return;
	case D_INT:
		if (t->id == V_BOOL)
			buf_puts(b, v.i ? "true" : "false");
		else
			buf_i64(b, v.i);
		return;
	case D_REAL:
		put_real(b, t, v);
		return;
	case D_BLOB:
		put_hex(b, v.s);
		return;
	case D_TEXT:
		if (t->is_array)
			buf_str(b, v.s);
		else
			json_put_string(b, v.s);
	}
}

int array_get_element(struct ctx *c, const struct vtype *t, const struct json *j, struct datum *ret)
{
	struct vtype scalar = *t;
	scalar.is_array = false;
	switch (j->kind) {
	case JSON_NULL:
		*ret = datum_null();
		return 0;
	case JSON_TRUE:
	case JSON_FALSE:
		*ret = datum_bool(j->kind == JSON_TRUE);
		return 0;
	case JSON_NUMBER:
		return value_in(c, &scalar, NULL, j->text, ret);
	case JSON_STRING:
		if (t->id == V_BYTEA || t->id == V_FLOAT4 || t->id == V_FLOAT8)
			return value_in(c, &scalar, NULL, j->text, ret);
		*ret = datum_text(j->text);
		return 0;
	default:
		*ret = datum_text(j->raw);
		return 0;
	}
}
