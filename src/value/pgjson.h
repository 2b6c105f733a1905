/*
 * JSON as PostgreSQL reads it: its tokens, its error details, and jsonb's
 * canonical text. Trees are base/json.h's.
 */
#ifndef VALUE_PGJSON_H
#define VALUE_PGJSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

/* Parses text whole. is_checked_only leaves strings escaped (json's input
 * checks no surrogates and allows \u0000); else string text is unescaped and
 * 22P05 stands for \u0000. Errors 22P02 "invalid input syntax for type json"
 * with PostgreSQL's detail, 54001 beyond 512 levels. */
int pgjson_parse(struct ctx *c, struct str text, bool is_checked_only, struct json **ret);

/* The same on text that was stored by us: never fails on it. A broken text
 * gives a null. The tree lives in the arena and points into text. */
struct json *pgjson_load(struct arena *a, struct str text);

/* Appends a tree as jsonb prints it: keys sorted by length then bytes, last
 * duplicate, ", " and ": ", numbers as numeric prints them. 22003 for numbers
 * that numeric refuses. */
int jsonb_put(struct ctx *c, struct buf *b, const struct json *v);

/* jsonb's input function and its stored text. */
int jsonb_parse(struct ctx *c, struct str text, struct str *ret);

/* btree order of two trees of canonical text. */
int jsonb_cmp(const struct json *x, const struct json *y);

/* Order of keys: length, then bytes. */
int jsonb_key_cmp(struct str a, struct str b);

#endif
