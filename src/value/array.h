/*
 * Arrays: '{…}' literals, the stored JSON, and their elements.
 *
 * An element type is a vtype without is_array. Element cells follow value.h.
 */
#ifndef VALUE_ARRAY_H
#define VALUE_ARRAY_H

#include "base/json.h"
#include "base/vec.h"
#include "value/value.h"

/* Input of a literal: 22P02 "malformed array literal" with its detail, and
 * the element type's own errors. */
int array_parse(struct ctx *c, const struct vtype *element, const struct value_env *env,
		struct str text, struct str *ret);

/* Output as '{…}', or as JSON like to_json. */
void array_print(struct buf *b, const struct vtype *element, const struct value_env *env,
		 struct str stored);
void array_print_json(struct buf *b, const struct vtype *element, const struct value_env *env,
		      struct str stored);

/* From a JSON array, as json_populate_record does. */
int array_from_json(struct ctx *c, const struct vtype *element, const struct value_env *env,
		    const struct json *j, struct str *ret);

/* The stored text as a tree; never fails (a broken text is empty). */
struct json *array_load(struct arena *a, struct str stored);

/* A leaf of that tree as a cell of the element type, and the reverse. */
struct datum array_cell(struct arena *a, const struct vtype *element, const struct json *leaf);
void array_put_cell(struct buf *b, const struct vtype *element, struct datum v);

/* All leaves in storage order, and the dimensions (0 of an empty array). */
enum { ARRAY_DIMS_MAX = 6 };
struct array {
	int ndims;
	uint32_t dims[ARRAY_DIMS_MAX];
	struct datum *v;
	size_t n;
};
void array_open(struct arena *a, const struct vtype *element, struct str stored, struct array *ret);
struct str array_build(struct arena *a, const struct vtype *element, const struct array *v);

/* btree order of two stored texts. */
int array_cmp(const struct vtype *element, struct str a, struct str b);

#endif
