#include "base/arena.h"
#include "sql/catalog_shape.h"

#include <string.h>

static void copy_struct(struct catalog *to, const struct shape *sh, char *dst, const char *src);

static const struct type *copy_type_ref(const struct catalog *to, const struct type *t)
{
	if (!t || t->oid < CATALOG_FIRST_OID)
		return t;
	return catalog_type_by_oid(to, t->oid);
}

static char *copy_ptr(struct catalog *to, const struct shape *sh, const char *src)
{
	char *dst = arena_zalloc(to->arena, sh->size);
	copy_struct(to, sh, dst, src);
	return dst;
}

static void *copy_list(struct catalog *to, const struct shape *sh, const char *src)
{
	void *head = NULL;
	void **tail = &head;
	for (; src; src = shape_load(src)) {
		*tail = copy_ptr(to, sh, src);
		tail = *tail;
	}
	return head;
}

static void copy_vec(struct catalog *to, const struct member *m, struct any_vec *dst,
		     const struct any_vec *src)
{
	size_t size = m->kind == M_VEC ? m->shape->size : sizeof(char *);
	dst->n = dst->cap = src->n;
	dst->v = src->n ? arena_array(to->arena, src->n, size) : NULL;
	for (size_t i = 0; i < src->n; i++) {
		char *d = dst->v + i * size;
		const char *s = src->v + i * size;
		if (m->kind == M_VEC) {
			copy_struct(to, m->shape, d, s);
			continue;
		}
		s = shape_load(s);
		char *item = m->kind == M_VEC_CSTR ? arena_strdup(to->arena, s)
						   : copy_ptr(to, m->shape, s);
		memcpy(d, &item, sizeof(item));
	}
}

static void *copy_array(struct catalog *to, const struct member *m, const char *src, size_t n)
{
	if (!src || !n)
		return NULL;
	if (m->kind == M_ARR_I16) {
		int16_t *nums = arena_array(to->arena, n, sizeof(*nums));
		memcpy(nums, src, n * sizeof(*nums));
		return nums;
	}
	if (m->kind == M_ARR) {
		char *items = arena_array(to->arena, n, m->shape->size);
		for (size_t i = 0; i < n; i++)
			copy_struct(to, m->shape, items + i * m->shape->size,
				    src + i * m->shape->size);
		return items;
	}
	const char *const *texts = (const void *)src;
	const char **copies = arena_array(to->arena, n, sizeof(*copies));
	for (size_t i = 0; i < n; i++)
		copies[i] = arena_strdup(to->arena, texts[i]);
	return copies;
}

/* The members that are one pointer in the struct. */
static const void *copy_pointer(struct catalog *to, const struct member *m, const char *base,
				const void *p)
{
	if (!p)
		return NULL;
	switch (m->kind) {
	case M_CSTR:
		return arena_strdup(to->arena, p);
	case M_TYPE:
		return copy_type_ref(to, p);
	case M_RELATION:
		return catalog_relation_by_oid(to, ((const struct relation *)p)->oid);
	case M_PTR:
		return copy_ptr(to, m->shape, p);
	case M_LIST:
		return copy_list(to, m->shape, p);
	default:
		return copy_array(to, m, p, shape_count(m, base));
	}
}

static void copy_member(struct catalog *to, const struct member *m, char *dst_base,
			const char *src_base)
{
	char *dst = dst_base + m->offset;
	const char *src = src_base + m->offset;
	const void *p;
	switch (m->kind) {
	case M_CSTR:
	case M_TYPE:
	case M_RELATION:
	case M_PTR:
	case M_LIST:
	case M_ARR:
	case M_ARR_I16:
	case M_ARR_CSTR:
	case M_ARR_CSTR32:
		memcpy(&p, src, sizeof(p));
		p = copy_pointer(to, m, src_base, p);
		memcpy(dst, &p, sizeof(p));
		break;
	case M_STRUCT:
		copy_struct(to, m->shape, dst, src);
		break;
	case M_VEC:
	case M_VEC_PTR:
	case M_VEC_CSTR:
		copy_vec(to, m, (struct any_vec *)(void *)dst,
			 (const struct any_vec *)(const void *)src);
		break;
	default: /* plain values came with the memcpy of the whole struct */
		break;
	}
}

/* src and dst may be partly filled shells: every pointer is replaced. */
static void copy_struct(struct catalog *to, const struct shape *sh, char *dst, const char *src)
{
	void *next = NULL;
	memcpy(dst, src, sh->size);
	if (sh->members[0].offset)
		memcpy(dst, &next, sizeof(next)); /* a list's first member */
	for (const struct member *m = sh->members; m->kind != M_END; m++)
		copy_member(to, m, dst, src);
}

/* Types and relations refer to each other, so all of them exist before any is filled. */
static void make_shells(struct catalog *to, const struct catalog *from)
{
	for (size_t i = 0; i < from->types.n; i++) {
		struct type *t = ARENA_NEW(to->arena, struct type);
		t->oid = from->types.v[i]->oid;
		VEC_PUSH(to->arena, &to->types, t);
	}
	for (size_t i = 0; i < from->relations.n; i++) {
		struct relation *rel = ARENA_NEW(to->arena, struct relation);
		rel->oid = from->relations.v[i]->oid;
		VEC_PUSH(to->arena, &to->relations, rel);
	}
	catalog_index_oids(to);
}

struct catalog *catalog_edit(const struct catalog *from)
{
	struct catalog *to = catalog_new();
	to->version = from->version + 1;
	to->next_oid = from->next_oid;
	make_shells(to, from);
	for (size_t i = 0; i < CATALOG_LISTS; i++) {
		const struct catalog_list *list = &catalog_lists[i];
		struct any_vec *dst = (void *)((char *)to + list->offset);
		const struct any_vec *src = (const void *)((const char *)from + list->offset);
		for (size_t j = 0; j < src->n; j++) {
			const char *item = ((char *const *)(const void *)src->v)[j];
			if (j >= dst->n) {
				char *made = arena_zalloc(to->arena, list->shape->size);
				VEC_PUSH(to->arena, (VEC(char *) *)(void *)dst, made);
			}
			copy_struct(to, list->shape, ((char **)(void *)dst->v)[j], item);
		}
	}
	catalog_index(to);
	return to;
}
