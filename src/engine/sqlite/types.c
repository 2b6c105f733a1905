#include "engine/sqlite/types.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/json.h"
#include "sql/type.h"
#include "value/array.h"
#include "value/fn.h"

#include <stdlib.h>

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

void array_put_element(struct buf *b, const struct vtype *t, struct datum v)
{
	if (t->is_array && v.kind == D_TEXT)
		buf_str(b, v.s);
	else
		array_put_cell(b, t, v);
}

int array_get_element(struct ctx *c, const struct vtype *t, const struct json *j, struct datum *ret)
{
	struct vtype element = *t;
	element.is_array = false;
	*ret = j->kind == JSON_ARRAY ? datum_text(j->raw) : array_cell(c->arena, &element, j);
	return 0;
}
