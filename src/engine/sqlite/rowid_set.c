#include "engine/sqlite/rowid_set.h"

#include "base/check.h"

#include <stdlib.h>

static struct rowid_slot *slot_of(const struct rowid_set *s, int64_t rowid)
{
	size_t i = (size_t)((uint64_t)rowid * 0x9e3779b97f4a7c15u >> 20) & (s->cap - 1);
	while (s->slots[i].is_used && s->slots[i].rowid != rowid)
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

static void grow(struct rowid_set *s)
{
	struct rowid_set bigger = { .cap = s->cap ? s->cap * 2 : 64, .n = s->n };
	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	CHECK(bigger.slots);
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slots[i].is_used)
			*slot_of(&bigger, s->slots[i].rowid) = s->slots[i];
	}
	free(s->slots);
	*s = bigger;
}

bool rowid_set_add(struct rowid_set *s, int64_t rowid)
{
	if (s->n * 2 >= s->cap)
		grow(s);
	struct rowid_slot *slot = slot_of(s, rowid);
	if (slot->is_used)
		return false;
	*slot = (struct rowid_slot){ rowid, true };
	s->n++;
	return true;
}

bool rowid_set_has(const struct rowid_set *s, int64_t rowid)
{
	return s->cap && slot_of(s, rowid)->is_used;
}

void rowid_set_free(struct rowid_set *s)
{
	free(s->slots);
	*s = (struct rowid_set){ 0 };
}
