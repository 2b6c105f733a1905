/*
 * Finding a member or element in JSON text that is known to be valid, without
 * a tree: what -> and ->> do for every row.
 */
#ifndef VALUE_JSON_SCAN_H
#define VALUE_JSON_SCAN_H

#include "base/str.h"

struct arena;

/* The raw text of the last member of that name of an object; false when text
 * is no object or has none. */
bool json_scan_member(struct arena *a, struct str text, struct str key, struct str *ret);

/* The raw text of an element (negative counts from the end). */
bool json_scan_element(struct str text, int64_t index, struct str *ret);

/* A raw value as ->> gives it: strings unescaped, else itself. False for null. */
bool json_scan_text(struct arena *a, struct str raw, struct str *ret);

#endif
