/* The tree of a path, between its parser and its evaluation. */
#ifndef VALUE_JSONPATH_INT_H
#define VALUE_JSONPATH_INT_H

#include "value/jsonpath.h"

enum jp_kind {
	JP_ROOT,
	JP_CURRENT,
	JP_VARIABLE,
	JP_LITERAL,
	JP_GROUP, /* a parenthesised expression with accessors behind it */
	JP_KEY,
	JP_ANY_KEY,
	JP_ANY_ELEMENT,
	JP_SUBSCRIPTS,
	JP_FILTER,
	JP_TYPE,
	JP_SIZE,
	JP_AND,
	JP_OR,
	JP_NOT,
	JP_COMPARE,
	JP_EXISTS,
	JP_STARTS,
	JP_REGEX,
	JP_UNKNOWN
};

/* One of a list of subscripts; `last` counts from the end. */
struct jp_range {
	int64_t from, to;
	bool from_last, to_last;
};

struct jp {
	enum jp_kind kind;
	struct jp *next; /* the accessor behind */
	struct jp *a, *b;
	struct str text; /* key, variable, operator, pattern */
	struct str flags;
	const struct json *literal;
	VEC(struct jp_range) ranges;
};

struct jsonpath {
	bool is_strict;
	struct jp *root;
};

int jsonpath_parse(struct ctx *c, struct str text, struct jsonpath *ret);
static inline bool jp_is_predicate(const struct jp *n)
{
	return n->kind >= JP_AND;
}

#endif
