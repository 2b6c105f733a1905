#include "base/vec.h"

#include <string.h>

void *vec_grow(struct arena *a, const void *old, size_t count, size_t *cap, size_t item_size)
{
	*cap = *cap ? *cap * 2 : 8;
	void *grown = arena_array(a, *cap, item_size);
	if (count)
		memcpy(grown, old, count * item_size);
	return grown;
}
