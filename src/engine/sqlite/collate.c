/*
 * Collations for stored TEXT whose order is not that of its bytes. A type's
 * collation is its pg_type.typname ("numeric", "interval", "jsonb", "citext",
 * "_int4", ...); types in byte order use SQLite's BINARY.
 */
#include "engine/sqlite/conn.h"

#include <stdio.h>

enum { COLLATE_ARRAY = 1 << 8 };

static int compare(void *arg, int na, const void *a, int nb, const void *b)
{
	uintptr_t code = (uintptr_t)arg;
	return value_collate((enum value_type)(code & 0xff), (code & COLLATE_ARRAY) != 0,
			     (struct str){ a, (size_t)na }, (struct str){ b, (size_t)nb });
}

static int add(struct ctx *c, struct sqlite_conn *cn, enum value_type id, bool is_array)
{
	if (!value_needs_collation(id, is_array))
		return 0;
	char name[40];
	snprintf(name, sizeof(name), "%s%s", is_array ? "_" : "", value_type_typname(id));
	uintptr_t code = (uintptr_t)id | (is_array ? COLLATE_ARRAY : 0);
	int rc = sqlite3_create_collation(cn->db, name, SQLITE_UTF8, (void *)code, compare);
	return rc == SQLITE_OK ? 0 : sqlite_error(c, cn, rc);
}

int sqlite_register_collations(struct ctx *c, struct sqlite_conn *cn)
{
	for (int id = V_BOOL; id < V_TYPE_COUNT; id++) {
		TRY(add(c, cn, (enum value_type)id, false));
		TRY(add(c, cn, (enum value_type)id, true));
	}
	return 0;
}
