/* The catalog as JSON and back, driven by sql/catalog_shape.c. Absent members
 * are zero; types are a name when built in, a number (oid) when our own. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "sql/catalog_shape.h"
#include "sql/ddl.h"
#include "sql/syscat/syscat.h"

#include <stdlib.h>
#include <string.h>

enum { CATALOG_FORMAT = 1 };

static void put_struct(struct buf *b, const struct shape *sh, const char *base);

static void put_type(struct buf *b, const struct type *t)
{
	if (t->oid >= CATALOG_FIRST_OID)
		buf_i64(b, t->oid);
	else
		json_put_string(b, str_of(t->name));
}

static void put_element(struct buf *b, const struct member *m, const char *p)
{
	if (m->kind == M_ARR_I16)
		buf_i64(b, *(const int16_t *)(const void *)p);
	else if (m->kind == M_ARR || m->kind == M_VEC)
		put_struct(b, m->shape, p);
	else {
		p = shape_load(p);
		if (m->kind == M_VEC_PTR)
			put_struct(b, m->shape, p);
		else
			json_put_string(b, str_of(p));
	}
}

static size_t element_size(const struct member *m)
{
	if (m->kind == M_ARR_I16)
		return sizeof(int16_t);
	return m->kind == M_ARR || m->kind == M_VEC ? m->shape->size : sizeof(char *);
}

static void put_elements(struct buf *b, const struct member *m, const char *v, size_t n)
{
	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(b, ',');
		put_element(b, m, v + i * element_size(m));
	}
	buf_char(b, ']');
}

static void put_list(struct buf *b, const struct shape *sh, const char *item)
{
	buf_char(b, '[');
	for (bool is_first = true; item; item = shape_load(item), is_first = false) {
		if (!is_first)
			buf_char(b, ',');
		put_struct(b, sh, item);
	}
	buf_char(b, ']');
}

static int64_t get_number(const struct member *m, const char *p)
{
	switch (m->kind) {
	case M_BOOL:
		return *(const bool *)(const void *)p;
	case M_CHAR:
		return *p;
	case M_I16:
		return *(const int16_t *)(const void *)p;
	case M_I32:
		return *(const int32_t *)(const void *)p;
	case M_U32:
		return *(const uint32_t *)(const void *)p;
	default:
		return *(const int64_t *)(const void *)p;
	}
}

static void put_key(struct buf *b, const char *key)
{
	if (b->n && b->p[b->n - 1] != '{')
		buf_char(b, ',');
	json_put_string(b, str_of(key));
	buf_char(b, ':');
}

static void put_number(struct buf *b, const struct member *m, const char *at)
{
	if (m->kind == M_DOUBLE) {
		double d = *(const double *)(const void *)at;
		if (d != 0) {
			put_key(b, m->key);
			buf_printf(b, "%.17g", d);
		}
		return;
	}
	int64_t n = get_number(m, at);
	if (!n)
		return;
	put_key(b, m->key);
	if (m->kind == M_CHAR)
		json_put_string(b, (struct str){ at, 1 });
	else
		buf_i64(b, n);
}

static void put_pointer(struct buf *b, const struct member *m, const char *base)
{
	const char *p;
	memcpy(&p, base + m->offset, sizeof(p));
	if (!p)
		return;
	put_key(b, m->key);
	switch (m->kind) {
	case M_CSTR:
		json_put_string(b, str_of(p));
		return;
	case M_TYPE:
		put_type(b, (const void *)p);
		return;
	case M_RELATION:
		buf_i64(b, ((const struct relation *)(const void *)p)->oid);
		return;
	case M_PTR:
		put_struct(b, m->shape, p);
		return;
	case M_LIST:
		put_list(b, m->shape, p);
		return;
	default:
		put_elements(b, m, p, shape_count(m, base));
	}
}

static void put_member(struct buf *b, const struct member *m, const char *base)
{
	const char *at = base + m->offset;
	const struct any_vec *vec;
	switch (m->kind) {
	case M_BOOL:
	case M_CHAR:
	case M_I16:
	case M_I32:
	case M_U32:
	case M_I64:
	case M_DOUBLE:
		put_number(b, m, at);
		return;
	case M_STRUCT:
		put_key(b, m->key);
		put_struct(b, m->shape, at);
		return;
	case M_VEC:
	case M_VEC_PTR:
	case M_VEC_CSTR:
		vec = (const void *)at;
		if (!vec->n)
			return;
		put_key(b, m->key);
		put_elements(b, m, vec->v, vec->n);
		return;
	default:
		put_pointer(b, m, base);
	}
}

static void put_struct(struct buf *b, const struct shape *sh, const char *base)
{
	buf_char(b, '{');
	for (const struct member *m = sh->members; m->kind != M_END; m++)
		put_member(b, m, base);
	buf_char(b, '}');
}

void catalog_to_json(const struct catalog *cat, struct buf *out)
{
	buf_printf(out, "{\"format\":%d,\"version\":%lld,\"next_oid\":%u", CATALOG_FORMAT,
		   (long long)cat->version, cat->next_oid);
	for (size_t i = 0; i < CATALOG_LISTS; i++) {
		const struct any_vec *vec =
			(const void *)((const char *)cat + catalog_lists[i].offset);
		struct member m = { NULL, M_VEC_PTR, 0, 0, catalog_lists[i].shape };
		put_key(out, catalog_lists[i].key);
		put_elements(out, &m, vec->v, vec->n);
	}
	buf_char(out, '}');
}

static int get_struct(struct ctx *c, struct catalog *cat, const struct shape *sh,
		      const struct json *obj, char *base);

static int get_type(struct ctx *c, const struct catalog *cat, const struct json *j,
		    const struct type **ret)
{
	int64_t oid;
	if (j->kind == JSON_STRING) {
		*ret = type_builtin(j->text);
		if (!*ret)
			*ret = syscat_domain(j->text);
	} else if (str_to_i64(j->text, &oid)) {
		*ret = catalog_type_by_oid(cat, (uint32_t)oid);
	}
	if (*ret)
		return 0;
	return err_set(c, "XX001", "the stored catalog names an unknown type %.*s",
		       STR_ARG(j->text));
}

static int get_element(struct ctx *c, struct catalog *cat, const struct member *m,
		       const struct json *j, char *to)
{
	int64_t n = 0;
	if (m->kind == M_ARR_I16) {
		str_to_i64(j->text, &n);
		*(int16_t *)(void *)to = (int16_t)n;
		return 0;
	}
	if (m->kind == M_ARR || m->kind == M_VEC)
		return get_struct(c, cat, m->shape, j, to);
	char *p;
	if (m->kind == M_VEC_PTR) {
		p = arena_zalloc(cat->arena, m->shape->size);
		TRY(get_struct(c, cat, m->shape, j, p));
	} else {
		p = str_dup(cat->arena, j->text);
	}
	memcpy(to, &p, sizeof(p));
	return 0;
}

static int get_elements(struct ctx *c, struct catalog *cat, const struct member *m,
			const struct json *arr, char **ret)
{
	char *v = arena_array(cat->arena, arr->count, element_size(m));
	size_t i = 0;
	for (const struct json *j = arr->child; j; j = j->next)
		TRY(get_element(c, cat, m, j, v + i++ * element_size(m)));
	*ret = v;
	return 0;
}

static int get_list(struct ctx *c, struct catalog *cat, const struct shape *sh,
		    const struct json *arr, char *head)
{
	for (const struct json *j = arr->child; j; j = j->next) {
		char *item = arena_zalloc(cat->arena, sh->size);
		TRY(get_struct(c, cat, sh, j, item));
		memcpy(head, &item, sizeof(item));
		head = item;
	}
	return 0;
}

static void get_number_member(const struct member *m, const struct json *j, char *at)
{
	int64_t n = 0;
	if (m->kind == M_CHAR) {
		*at = j->text.n ? j->text.p[0] : 0;
		return;
	}
	str_to_i64(j->text, &n);
	if (m->kind == M_BOOL)
		*(bool *)at = n != 0;
	else if (m->kind == M_I16)
		*(int16_t *)(void *)at = (int16_t)n;
	else if (m->kind == M_I32)
		*(int32_t *)(void *)at = (int32_t)n;
	else if (m->kind == M_U32)
		*(uint32_t *)(void *)at = (uint32_t)n;
	else
		*(int64_t *)(void *)at = n;
}

static int get_pointer(struct ctx *c, struct catalog *cat, const struct member *m,
		       const struct json *j, char *base)
{
	const void *p = NULL;
	const struct type *type = NULL;
	char *made;
	int64_t oid = 0;
	switch (m->kind) {
	case M_CSTR:
		p = str_dup(cat->arena, j->text);
		break;
	case M_TYPE:
		TRY(get_type(c, cat, j, &type));
		p = type;
		break;
	case M_RELATION:
		str_to_i64(j->text, &oid);
		p = catalog_relation_by_oid(cat, (uint32_t)oid);
		break;
	case M_PTR:
		p = made = arena_zalloc(cat->arena, m->shape->size);
		TRY(get_struct(c, cat, m->shape, j, made));
		break;
	default:
		TRY(get_elements(c, cat, m, j, &made));
		p = made;
		shape_set_count(m, base, j->count);
	}
	memcpy(base + m->offset, &p, sizeof(p));
	return 0;
}

static int get_member(struct ctx *c, struct catalog *cat, const struct member *m,
		      const struct json *j, char *base)
{
	char *at = base + m->offset;
	struct any_vec *vec;
	switch (m->kind) {
	case M_BOOL:
	case M_CHAR:
	case M_I16:
	case M_I32:
	case M_U32:
	case M_I64:
		get_number_member(m, j, at);
		return 0;
	case M_DOUBLE:
		*(double *)(void *)at = strtod(str_dup(c->arena, j->text), NULL);
		return 0;
	case M_STRUCT:
		return get_struct(c, cat, m->shape, j, at);
	case M_LIST:
		return get_list(c, cat, m->shape, j, at);
	case M_VEC:
	case M_VEC_PTR:
	case M_VEC_CSTR:
		vec = (void *)at;
		vec->n = vec->cap = j->count;
		return get_elements(c, cat, m, j, &vec->v);
	default:
		return get_pointer(c, cat, m, j, base);
	}
}

static int get_struct(struct ctx *c, struct catalog *cat, const struct shape *sh,
		      const struct json *obj, char *base)
{
	if (obj->kind != JSON_OBJECT)
		return err_set(c, "XX001", "the stored catalog is malformed");
	/* Written in the shape's order, so one pass over both usually does. */
	const struct member *m = sh->members;
	for (const struct json *j = obj->child; j; j = j->next) {
		while (m->kind != M_END && !str_is(j->key, m->key))
			m++;
		if (m->kind == M_END)
			return err_set(c, "XX001",
				       "the stored catalog has an unknown member \"%.*s\"",
				       STR_ARG(j->key));
		TRY(get_member(c, cat, m++, j, base));
	}
	return 0;
}

/* Empty objects with their oids, so that references can be resolved. */
static void make_shells(struct catalog *cat, const struct json *root)
{
	const struct json *types = json_get(root, "types");
	for (const struct json *j = types ? types->child : NULL; j; j = j->next) {
		struct type *t = ARENA_NEW(cat->arena, struct type);
		t->oid = (uint32_t)json_get_i64(j, "oid", 0);
		VEC_PUSH(cat->arena, &cat->types, t);
	}
	const struct json *rels = json_get(root, "relations");
	for (const struct json *j = rels ? rels->child : NULL; j; j = j->next) {
		struct relation *rel = ARENA_NEW(cat->arena, struct relation);
		rel->oid = (uint32_t)json_get_i64(j, "oid", 0);
		VEC_PUSH(cat->arena, &cat->relations, rel);
	}
	catalog_index_oids(cat);
}

static int fill(struct ctx *c, struct catalog *cat, const struct json *root)
{
	if (json_get_i64(root, "format", 0) != CATALOG_FORMAT)
		return err_set(c, "XX001",
			       "the stored catalog has format %lld, this program reads %d",
			       (long long)json_get_i64(root, "format", 0), CATALOG_FORMAT);
	cat->version = json_get_i64(root, "version", 0);
	cat->next_oid = (uint32_t)json_get_i64(root, "next_oid", CATALOG_FIRST_OID);
	make_shells(cat, root);
	for (size_t i = 0; i < CATALOG_LISTS; i++) {
		const struct catalog_list *list = &catalog_lists[i];
		struct any_vec *vec = (void *)((char *)cat + list->offset);
		const struct json *arr = json_get(root, list->key);
		size_t n = 0;
		for (const struct json *j = arr ? arr->child : NULL; j; j = j->next, n++) {
			if (n >= vec->n) {
				char *made = arena_zalloc(cat->arena, list->shape->size);
				VEC_PUSH(cat->arena, (VEC(char *) *)(void *)vec, made);
			}
			TRY(get_struct(c, cat, list->shape, j, ((char **)(void *)vec->v)[n]));
		}
	}
	catalog_index(cat);
	return 0;
}

int catalog_from_json(struct ctx *c, struct str text, struct catalog **ret)
{
	struct json *root;
	TRY(json_parse(c, text, (struct json_limits){ 64, 50000000 }, &root));
	struct catalog *cat = catalog_new();
	if (fill(c, cat, root) < 0) {
		catalog_unref(cat);
		return -1;
	}
	*ret = cat;
	return 0;
}
