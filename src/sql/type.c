#include "sql/type.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "sql/parse.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct type_row {
	uint32_t oid;
	const char *name;
	const char *sql_name;
	enum value_type value;
	char category;
	bool is_preferred;
	uint32_t array_oid;
	bool is_pseudo;
} rows[] = {
#define BUILTIN_TYPE(oid, name, sql, value, category, preferred, array)                            \
	{ oid, name, sql, value, category, preferred, array, false },
#define BUILTIN_PSEUDO(oid, name, category, array)                                                 \
	{ oid, name, NULL, V_UNKNOWN, category, false, array, true },
#include "types.def"
#undef BUILTIN_TYPE
#undef BUILTIN_PSEUDO
};

enum { N_TYPES = sizeof(rows) / sizeof(*rows) };

/* Spellings that the grammar does not map itself but users write in strings. */
static const struct {
	const char *spelling, *name;
} aliases[] = {
	{ "int", "int4" },     { "decimal", "numeric" },
	{ "float", "float8" }, { "char varying", "varchar" },
	{ "time", "time" },    { "timestamp", "timestamp" },
	{ "bool", "bool" },    { "character", "bpchar" },
};

struct name_entry {
	const char *name;
	const struct type *type;
};

static struct type types[N_TYPES];
static struct type arrays[N_TYPES];
static struct name_entry names[N_TYPES * 4];
static size_t n_names;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void add_name(const char *name, const struct type *t)
{
	names[n_names++] = (struct name_entry){ name, t };
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name_entry *)a)->name, ((const struct name_entry *)b)->name);
}

/* The two strings live as long as the process. */
static const char *joined(const char *a, const char *b)
{
	size_t n = strlen(a) + strlen(b) + 1;
	char *p = malloc(n);
	CHECK(p);
	snprintf(p, n, "%s%s", a, b);
	return p;
}

static void fill_array(const struct type_row *row, size_t i)
{
	arrays[i] = (struct type){ .oid = row->array_oid,
				   .schema = types[i].schema,
				   .name = joined("_", row->name),
				   .kind = TYPE_ARRAY,
				   .value = row->value,
				   .category = row->is_pseudo ? 'P' : 'A',
				   .elem = &types[i] };
	types[i].array = &arrays[i];
	add_name(arrays[i].name, &arrays[i]);
	if (row->sql_name)
		add_name(joined(row->sql_name, "[]"), &arrays[i]);
	else
		add_name(joined(row->name, "[]"), &arrays[i]);
}

/* int2vector and oidvector are arrays in all but their text. */
static void fill_vectors(void)
{
	struct type *int2 = NULL, *oid = NULL;
	for (size_t i = 0; i < N_TYPES; i++) {
		int2 = types[i].oid == 21 ? &types[i] : int2;
		oid = types[i].oid == 26 ? &types[i] : oid;
	}
	for (size_t i = 0; i < N_TYPES; i++) {
		if (types[i].oid != 22 && types[i].oid != 30)
			continue;
		types[i].kind = TYPE_ARRAY;
		types[i].elem = types[i].oid == 22 ? int2 : oid;
	}
}

static void fill(void)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		const struct type_row *row = &rows[i];
		types[i] =
			(struct type){ .oid = row->oid,
				       .schema = row->oid > 9000 && row->oid < 10000 ? "extensions"
										     : "pg_catalog",
				       .name = row->name,
				       .kind = row->is_pseudo ? TYPE_PSEUDO : TYPE_BASE,
				       .value = row->value,
				       .category = row->category,
				       .is_preferred = row->is_preferred,
				       .base_typmod = -1 };
		add_name(row->name, &types[i]);
		if (row->sql_name && strcmp(row->sql_name, row->name) != 0)
			add_name(row->sql_name, &types[i]);
		if (row->array_oid)
			fill_array(row, i);
	}
	qsort(names, n_names, sizeof(*names), compare_names);
	fill_vectors();
}

static int compare_key(const void *key, const void *entry)
{
	return str_cmp(*(const struct str *)key, str_of(((const struct name_entry *)entry)->name));
}

const struct type *type_builtin(struct str name)
{
	pthread_once(&once, fill);
	const struct name_entry *e = bsearch(&name, names, n_names, sizeof(*names), compare_key);
	if (e)
		return e->type;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (str_is(name, aliases[i].spelling) &&
		    strcmp(aliases[i].spelling, aliases[i].name) != 0)
			return type_builtin(str_of(aliases[i].name));
	return NULL;
}

const struct type *type_builtin_by_oid(uint32_t oid)
{
	pthread_once(&once, fill);
	for (size_t i = 0; i < N_TYPES; i++) {
		if (rows[i].oid == oid)
			return &types[i];
		if (rows[i].array_oid == oid && oid != 0)
			return &arrays[i];
	}
	return NULL;
}

const struct type *type_of_value(enum value_type value)
{
	pthread_once(&once, fill);
	if (value == V_TEXT)
		return type_builtin(STR("text"));
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].value == value && (value != V_UNKNOWN || types[i].oid == 705))
			return &types[i];
	return NULL;
}

size_t type_builtin_count(void)
{
	pthread_once(&once, fill);
	size_t n = N_TYPES;
	for (size_t i = 0; i < N_TYPES; i++)
		n += types[i].array == &arrays[i];
	return n;
}

const struct type *type_builtin_at(size_t at)
{
	pthread_once(&once, fill);
	if (at < N_TYPES)
		return &types[at];
	at -= N_TYPES;
	for (size_t i = 0; i < N_TYPES; i++) {
		if (types[i].array == &arrays[i] && at-- == 0)
			return &arrays[i];
	}
	return NULL;
}

const struct type *type_base(const struct type *t)
{
	while (t->kind == TYPE_DOMAIN)
		t = t->base;
	return t;
}

static const struct enum_labels *labels_of(struct arena *a, const struct type *t)
{
	struct str *list = arena_array(a, t->n_labels, sizeof(*list));
	struct enum_labels *labels = ARENA_NEW(a, struct enum_labels);
	for (uint32_t i = 0; i < t->n_labels; i++)
		list[i] = str_of(t->labels[i]);
	*labels = (struct enum_labels){ str_of(t->name), list, t->n_labels };
	return labels;
}

struct vtype type_vtype(struct arena *a, struct typeref t)
{
	if (!t.type)
		return VTYPE(V_TEXT);
	const struct type *base = type_base(t.type);
	int32_t typmod = t.type->kind == TYPE_DOMAIN ? t.type->base_typmod : t.typmod;
	struct vtype v = { .id = base->value, .typmod = typmod };
	if (base->kind == TYPE_ARRAY) {
		v.is_array = true;
		base = type_base(base->elem);
		v.id = base->value;
	}
	if (base->kind == TYPE_ENUM)
		v.labels = labels_of(a, base);
	return v;
}

static const char *sql_name(const struct type *t)
{
	return t >= types && t < types + N_TYPES ? rows[t - types].sql_name : NULL;
}

/* "(20)" after the first word of the name: "timestamp(3) with time zone". */
static void put_with_typmod(struct buf *b, const char *name, const char *mod)
{
	bool is_temporal = !strncmp(name, "time ", 5) || !strncmp(name, "timestamp ", 10);
	const char *rest = is_temporal ? strchr(name, ' ') : name + strlen(name);
	buf_put(b, name, (size_t)(rest - name));
	buf_puts(b, mod);
	buf_puts(b, rest);
}

static const char *typmod_text(struct arena *a, const struct type *t, int32_t typmod)
{
	if (typmod < 0)
		return "";
	switch (t->value) {
	case V_VARCHAR:
	case V_BPCHAR:
		return arena_printf(a, "(%d)", typmod - 4);
	case V_NUMERIC:
		return arena_printf(a, "(%d,%d)", (typmod - 4) >> 16 & 0xFFFF,
				    (((typmod - 4) & 0x7FF) ^ 1024) - 1024);
	case V_TIME:
	case V_TIMETZ:
	case V_TIMESTAMP:
	case V_TIMESTAMPTZ:
	case V_VECTOR:
		return arena_printf(a, "(%d)", typmod);
	case V_INTERVAL:
		return (typmod & 0xFFFF) == 0xFFFF ? "" : arena_printf(a, "(%d)", typmod & 0xFFFF);
	default:
		return t->oid == 1560 || t->oid == 1562 ? arena_printf(a, "(%d)", typmod) : "";
	}
}

static bool is_visible_schema(const char *schema)
{
	return !schema || !strcmp(schema, "pg_catalog") || !strcmp(schema, "public") ||
	       !strcmp(schema, "extensions");
}

static void put_name(struct buf *b, const struct type *t)
{
	bool is_builtin = t >= types && t < types + N_TYPES;
	bool is_hidden = !is_builtin && t->schema && type_builtin(str_of(t->name));
	if (!is_visible_schema(t->schema) || is_hidden) {
		sql_put_ident(b, str_of(t->schema));
		buf_char(b, '.');
	}
	sql_put_ident(b, str_of(t->name));
}

const char *type_format(struct arena *a, struct typeref t)
{
	if (t.type->kind == TYPE_ARRAY && t.type->oid != 22 && t.type->oid != 30)
		return arena_printf(a, "%s[]",
				    type_format(a, (struct typeref){ t.type->elem, t.typmod }));
	BUF_CLEANUP struct buf b = buf_make(4096);
	const char *builtin = sql_name(t.type);
	bool is_builtin = t.type >= types && t.type < types + N_TYPES;
	if (builtin)
		put_with_typmod(&b, builtin, typmod_text(a, t.type, t.typmod));
	else if (t.type->oid == 2276)
		buf_puts(&b, "\"any\"");
	else if (is_builtin)
		put_with_typmod(&b, t.type->name, typmod_text(a, t.type, t.typmod));
	else
		put_name(&b, t.type);
	return buf_dup(a, &b);
}
