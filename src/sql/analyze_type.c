/* Names of types: TypeName nodes to catalog types and modifiers. */
#include "base/check.h"
#include "sql/analyze_int.h"
#include "sql/scan.h"

#include <string.h>

static int unknown_type(struct az *z, const struct json *tn, struct str schema, struct str name)
{
	if (schema.n)
		err_set(z->c, "42704", "type \"%.*s.%.*s\" does not exist", STR_ARG(schema),
			STR_ARG(name));
	else
		err_set(z->c, "42704", "type \"%.*s\" does not exist", STR_ARG(name));
	return az_at(z, (int)node_location(tn));
}

static int typmod_ints(struct az *z, const struct json *mods, int64_t *out, int *n)
{
	for (const struct json *m = mods ? mods->child : NULL; m; m = m->next) {
		const struct json *value = json_get(node_as(m, "A_Const"), "ival");
		if (!value || *n == 2)
			return err_set(z->c, "42601", "type modifiers must be simple constants");
		out[(*n)++] = json_get_i64(value, "ival", 0);
	}
	return 0;
}

static int bad_length(struct az *z, const struct type *t, const char *what, int64_t max)
{
	if (max)
		err_set(z->c, "22023", "length for type %s cannot exceed %lld", what,
			(long long)max);
	else
		err_set(z->c, "22023", "length for type %s must be at least 1", what);
	(void)t;
	return -1;
}

static int numeric_typmod(struct az *z, const int64_t *m, int n, int32_t *ret)
{
	int64_t scale = n > 1 ? m[1] : 0;
	if (m[0] < 1 || m[0] > 1000)
		return err_set(z->c, "22023", "NUMERIC precision %lld must be between 1 and 1000",
			       (long long)m[0]);
	if (scale < -1000 || scale > 1000)
		return err_set(z->c, "22023", "NUMERIC scale %lld must be between -1000 and 1000",
			       (long long)scale);
	*ret = (int32_t)((m[0] << 16) | (scale & 0x7FF)) + 4;
	return 0;
}

static int temporal_typmod(const struct type *t, const int64_t *m, int n, int32_t *ret)
{
	if (t->value == V_INTERVAL) {
		/* interval day (32767 = no field mask), or interval(p): mask, precision */
		int64_t precision = n > 1 ? m[1] : 0xFFFF;
		*ret = (int32_t)((m[0] & 0x7FFF) << 16 | (precision & 0xFFFF));
		if (m[0] == 0x7FFF && n < 2)
			*ret = -1;
		return 0;
	}
	*ret = (int32_t)(m[0] > 6 ? 6 : m[0]);
	return 0;
}

static int make_typmod(struct az *z, const struct type *t, const struct json *tn, int32_t *ret)
{
	int64_t m[2] = { 0 };
	int n = 0;
	TRY(typmod_ints(z, json_get(tn, "typmods"), m, &n));
	*ret = -1;
	if (n == 0)
		return 0;
	switch (t->value) {
	case V_VARCHAR:
	case V_BPCHAR: {
		const char *what = t->value == V_VARCHAR ? "varchar" : "char";
		if (m[0] < 1)
			return bad_length(z, t, what, 0);
		if (m[0] > 10485760)
			return bad_length(z, t, what, 10485760);
		*ret = (int32_t)m[0] + 4;
		return 0;
	}
	case V_NUMERIC:
		return numeric_typmod(z, m, n, ret);
	case V_TIME:
	case V_TIMETZ:
	case V_TIMESTAMP:
	case V_TIMESTAMPTZ:
	case V_INTERVAL:
		return temporal_typmod(t, m, n, ret);
	case V_VECTOR:
		if (m[0] < 1)
			return err_set(z->c, "22023",
				       "dimensions for type vector must be at least 1");
		if (m[0] > 16000)
			return err_set(z->c, "22023",
				       "dimensions for type vector cannot exceed 16000");
		*ret = (int32_t)m[0];
		return 0;
	default:
		break;
	}
	if (t->oid == 1560 || t->oid == 1562) {
		*ret = (int32_t)m[0];
		return 0;
	}
	err_set(z->c, "42601", "type modifier is not allowed for type \"%s\"", t->name);
	return az_at(z, (int)node_location(tn));
}

/* A table's row type by the table's name. */
static const struct type *row_type(struct az *z, struct str schema, struct str name)
{
	struct relation *rel = schema.n ? catalog_relation(z->cat, schema, name)
					: catalog_find_relation(z->cat, z->an->search_path, name);
	return rel ? rel->row_type : NULL;
}

static const struct type *array_of(struct az *z, const struct type *t, const struct json *tn)
{
	if (t->kind == TYPE_ARRAY)
		return t; /* more dimensions are the same type */
	if (!t->array) {
		err_set(z->c, "42704", "could not find array type for data type %s", az_type(z, t));
		az_at(z, (int)node_location(tn));
	}
	return t->array;
}

int az_type_name(struct az *z, const struct json *tn, struct typeref *ret)
{
	const struct json *names = json_get(tn, "names");
	if (json_get_bool(tn, "setof", false))
		return err_set(z->c, "42601", "SETOF is not allowed here");
	if (json_get_bool(tn, "pct_type", false))
		return err_set(z->c, "0A000", "%%TYPE is not supported here");
	if (!names || names->count == 0)
		return err_set(z->c, "42601", "improper type name");
	struct str name = node_string(json_at(names, names->count - 1));
	struct str schema = names->count > 1 ? node_string(json_at(names, names->count - 2))
					     : (struct str){ 0 };
	const struct type *t = catalog_find_type(z->cat, z->an->search_path, schema, name);
	if (!t)
		t = row_type(z, schema, name);
	if (!t)
		return unknown_type(z, tn, schema, name);
	if (t->oid >= 16384)
		az_ref(z, (int)node_location(tn), 0, 0, t);
	int32_t typmod;
	TRY(make_typmod(z, t, tn, &typmod));
	if (json_get(tn, "arrayBounds"))
		t = array_of(z, t, tn);
	if (!t)
		return -1;
	*ret = (struct typeref){ t, typmod };
	return 0;
}

const char *az_type(struct az *z, const struct type *t)
{
	return type_format(z->a, TYPEREF(t));
}

int64_t node_location(const struct json *body)
{
	return json_get_i64(body, "location", -1);
}

int az_at(struct az *z, int location)
{
	if (location < 0)
		return -1;
	if (z->an->text.p)
		z->c->err.position = sql_char_pos(z->an->text, location);
	else
		z->c->err.position = location + 1;
	return -1;
}
