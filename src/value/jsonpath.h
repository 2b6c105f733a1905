/*
 * SQL/JSON path (PostgreSQL's jsonpath): accessors, wildcards, subscripts,
 * filters, comparisons, exists, starts with, like_regex, type() and size(), in
 * lax and strict mode. Arithmetic and the other methods are refused, 0A000.
 */
#ifndef VALUE_JSONPATH_H
#define VALUE_JSONPATH_H

#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"

typedef VEC(const struct json *) jsonpath_items;

/* What path selects of v, in order. vars (an object) names $x. is_silent: an
 * error of a strict path gives nothing. 42601, 2203A, 22033, 0A000. */
int jsonpath_query(struct ctx *c, struct str path, const struct json *v, const struct json *vars,
		   bool is_silent, jsonpath_items *ret);

#endif
