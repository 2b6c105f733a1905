/* A set of rowids, growing, for one statement. */
#ifndef ENGINE_SQLITE_ROWID_SET_H
#define ENGINE_SQLITE_ROWID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rowid_set {
	struct rowid_slot {
		int64_t rowid;
		bool is_used;
	} * slots;
	size_t n, cap;
};

/* False when it was there already. */
bool rowid_set_add(struct rowid_set *s, int64_t rowid);
bool rowid_set_has(const struct rowid_set *s, int64_t rowid);
void rowid_set_free(struct rowid_set *s);
#define ROWID_SET_CLEANUP __attribute__((cleanup(rowid_set_free)))

#endif
