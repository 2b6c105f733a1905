/*
 * JSON Schema, draft 7, as pg_jsonschema checks it: whether a document matches a
 * schema. Formats are annotations; references lead inside the schema only.
 */
#ifndef VALUE_JSON_SCHEMA_H
#define VALUE_JSON_SCHEMA_H

#include "base/json.h"

/* 1 it matches, 0 it does not, -1 with 54001 for a schema nested or referring too
 * deeply, or a pattern's error. */
int json_schema_matches(struct ctx *c, const struct json *schema, const struct json *document);

#endif
