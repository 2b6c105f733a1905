/*
 * JSON: a reader into an arena tree and helpers to write text.
 *
 * The reader follows RFC 8259: UTF-8 only, no trailing commas, no comments.
 * Numbers keep their text, so that exact decimals survive; strings are
 * unescaped (a NUL inside is kept, lone surrogates are refused). Object
 * members keep their order and their duplicates. Depth and count limits stand
 * before any recursion.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/str.h"

struct ctx;

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* A value. For members of an object `key` is the name. Children form a list. */
struct json {
	enum json_kind kind;
	uint32_t count;	    /* children of an array or object */
	struct str key;	    /* member name, unescaped */
	struct str text;    /* number: its text; string: unescaped bytes */
	struct str raw;	    /* this value's source text, white space included inside */
	struct json *child; /* first child */
	struct json *next;  /* next sibling */
};

struct json_limits {
	uint32_t max_depth;  /* nesting of arrays and objects; 0 = 512 */
	uint32_t max_values; /* 0 = 10 million */
};

/* Parses text whole. The tree and its strings live in c->arena or point into
 * text, which must outlive the tree. Error 22P02 with the reason and offset. */
int json_parse(struct ctx *c, struct str text, struct json_limits limits, struct json **ret);

/* The last member of that name (duplicates: last wins), or NULL; NULL and
 * other kinds allowed as obj. */
struct json *json_get(const struct json *obj, const char *key);

/* Array element by index, or NULL. O(n). */
struct json *json_at(const struct json *arr, uint32_t index);

/* Text of a string member, or the default; true/int of a member likewise. */
struct str json_get_str(const struct json *obj, const char *key, struct str dflt);
const char *json_get_cstr(struct arena *a, const struct json *obj, const char *key);
bool json_get_bool(const struct json *obj, const char *key, bool dflt);
int64_t json_get_i64(const struct json *obj, const char *key, int64_t dflt);

/* Appends text as a JSON string, quoted and escaped (control characters, quote,
 * backslash; all else verbatim, as PostgreSQL's to_json does). */
void json_put_string(struct buf *b, struct str text);

/* Appends a tree as compact JSON. */
void json_put(struct buf *b, const struct json *value);

#endif
