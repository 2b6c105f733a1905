/*
 * The catalog's structs described as data: which member is what, so that the
 * deep copy, the JSON writer and the JSON reader are one walk each and no
 * field can be kept by one of them and lost by another.
 */
#ifndef SQL_CATALOG_SHAPE_H
#define SQL_CATALOG_SHAPE_H

#include "sql/catalog.h"

#include <string.h>

#include <stddef.h>

enum member_kind {
	M_END,
	M_CSTR,	     /* const char *, NULL allowed */
	M_BOOL,	     /* bool */
	M_CHAR,	     /* char, 0 is absent */
	M_I16,	     /* int16_t */
	M_I32,	     /* int32_t or an enum */
	M_U32,	     /* uint32_t */
	M_I64,	     /* int64_t */
	M_DOUBLE,    /* double */
	M_TYPE,	     /* const struct type *: built-in by name, else by oid */
	M_RELATION,  /* const struct relation *, by oid */
	M_STRUCT,    /* a struct inside */
	M_PTR,	     /* a pointer to one struct, NULL allowed */
	M_LIST,	     /* linked by its first member */
	M_VEC,	     /* VEC of structs */
	M_VEC_PTR,   /* VEC of pointers to structs */
	M_VEC_CSTR,  /* VEC of strings */
	M_ARR,	     /* pointer to structs, count in a uint16_t member */
	M_ARR_I16,   /* pointer to int16_t, count in a uint16_t member */
	M_ARR_CSTR,  /* pointer to strings, count in a uint16_t member */
	M_ARR_CSTR32 /* the same with a uint32_t count */
};

struct shape;

struct member {
	const char *key; /* in JSON */
	enum member_kind kind;
	size_t offset;
	size_t count_offset; /* M_ARR*: where the count is */
	const struct shape *shape;
};

struct shape {
	size_t size;
	const struct member *members; /* ended by M_END */
};

extern const struct shape shape_schema, shape_relation, shape_type, shape_function, shape_role,
	shape_default_acl, shape_extension, shape_publication, shape_event_trigger,
	shape_search_config;

/* Types and relations by oid only: for a catalog whose objects have no names yet. */
void catalog_index_oids(struct catalog *cat);

/* Every VEC has this layout. */
struct any_vec {
	char *v;
	size_t n, cap;
};

/* The catalog's lists: name in JSON, place and element shape. */
struct catalog_list {
	const char *key;
	size_t offset;
	const struct shape *shape;
};
enum { CATALOG_LISTS = 10 };
extern const struct catalog_list catalog_lists[CATALOG_LISTS];

/* Count of an M_ARR* member of the struct at base. */
size_t shape_count(const struct member *m, const char *base);
void shape_set_count(const struct member *m, char *base, size_t n);

/* The pointer stored at that place. */
static inline const char *shape_load(const char *at)
{
	const char *p;
	memcpy(&p, at, sizeof(p));
	return p;
}

#endif
