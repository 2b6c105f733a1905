/*
 * Changing a jsonb tree: set, insert and delete along a path.
 */
#ifndef VALUE_JSONB_PATH_H
#define VALUE_JSONB_PATH_H

#include "value/array.h"

enum jsonb_edit {
	JSONB_REPLACE = 1,
	JSONB_CREATE = 2, /* with REPLACE: add what is missing at the last step */
	JSONB_INSERT_BEFORE = 4,
	JSONB_INSERT_AFTER = 8,
	JSONB_DELETE = 16
};

/* A changed copy of v (unchanged parts are shared). 22P02, 22004, 22023. */
int jsonb_edit(struct ctx *c, const struct json *v, const struct array *path, unsigned edit,
	       const struct json *value, struct json **ret);

/* v contains part, as @> says. */
bool jsonb_contains(const struct json *v, const struct json *part);

#endif
