/*
 * Typed growing arrays in an arena: the only container macros. Declare with
 * VEC(type), start zeroed, append with VEC_PUSH. Old storage stays in the
 * arena until it is reset.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#include <stddef.h>

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *v;                                                                           \
		size_t n, cap;                                                                     \
	}

/* Appends item; evaluates vec more than once. */
#define VEC_PUSH(arena, vec, item)                                                                 \
	do {                                                                                       \
		if ((vec)->n == (vec)->cap)                                                        \
			(vec)->v = vec_grow((arena), (vec)->v, (vec)->n, &(vec)->cap,              \
					    sizeof(*(vec)->v));                                    \
		(vec)->v[(vec)->n++] = (item);                                                     \
	} while (0)

/* Doubles the storage of count items of the given size; used by VEC_PUSH. */
void *vec_grow(struct arena *a, const void *old, size_t count, size_t *cap, size_t item_size);

#endif
