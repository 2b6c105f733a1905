#include "value/json_schema.h"

#include "base/err.h"
#include "value/pattern.h"
#include "value/pgjson.h"

#include <stdlib.h>
#include <string.h>

enum { SCHEMA_DEPTH_MAX = 200 };

struct check {
	struct ctx *c;
	const struct json *root;
	int depth;
};

static int matches(struct check *k, const struct json *schema, const struct json *doc);

static double number(const struct check *k, const struct json *j)
{
	return strtod(str_dup(k->c->arena, j->text), NULL);
}

static bool is_integer(const struct check *k, const struct json *j)
{
	double v = number(k, j);
	return v == (double)(int64_t)v;
}

/* ---- type, enum, const ---- */

static bool has_type(const struct check *k, const struct json *doc, struct str type)
{
	switch (doc->kind) {
	case JSON_OBJECT:
		return str_is(type, "object");
	case JSON_ARRAY:
		return str_is(type, "array");
	case JSON_STRING:
		return str_is(type, "string");
	case JSON_NUMBER:
		return str_is(type, "number") || (str_is(type, "integer") && is_integer(k, doc));
	case JSON_NULL:
		return str_is(type, "null");
	default:
		return str_is(type, "boolean");
	}
}

static int check_type(struct check *k, const struct json *want, const struct json *doc)
{
	if (want->kind == JSON_STRING)
		return has_type(k, doc, want->text);
	for (const struct json *j = want->child; j; j = j->next)
		if (j->kind == JSON_STRING && has_type(k, doc, j->text))
			return 1;
	return 0;
}

static int check_enum(struct check *k, const struct json *want, const struct json *doc)
{
	(void)k;
	for (const struct json *j = want->child; j; j = j->next)
		if (jsonb_cmp(j, doc) == 0)
			return 1;
	return 0;
}

static int check_const(struct check *k, const struct json *want, const struct json *doc)
{
	(void)k;
	return jsonb_cmp(want, doc) == 0;
}

/* ---- numbers, strings ---- */

#define NUMBER_CHECK(name, condition)                                                              \
	static int name(struct check *k, const struct json *want, const struct json *doc)          \
	{                                                                                          \
		if (doc->kind != JSON_NUMBER || want->kind != JSON_NUMBER)                         \
			return 1;                                                                  \
		double v = number(k, doc), limit = number(k, want);                                \
		return condition;                                                                  \
	}
NUMBER_CHECK(check_minimum, v >= limit)
NUMBER_CHECK(check_maximum, v <= limit)
NUMBER_CHECK(check_above, v > limit)
NUMBER_CHECK(check_below, v < limit)
NUMBER_CHECK(check_multiple, limit > 0 && v / limit == (double)(int64_t)(v / limit))

static size_t characters(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static int check_min_length(struct check *k, const struct json *want, const struct json *doc)
{
	return doc->kind != JSON_STRING || (double)characters(doc->text) >= number(k, want);
}

static int check_max_length(struct check *k, const struct json *want, const struct json *doc)
{
	return doc->kind != JSON_STRING || (double)characters(doc->text) <= number(k, want);
}

static int check_pattern(struct check *k, const struct json *want, const struct json *doc)
{
	if (doc->kind != JSON_STRING)
		return 1;
	return regex_test(k->c, doc->text, want->text, STR(""));
}

/* ---- arrays ---- */

static int check_items(struct check *k, const struct json *want, const struct json *doc)
{
	const struct json *schema = want->kind == JSON_ARRAY ? want->child : want;
	if (doc->kind != JSON_ARRAY)
		return 1;
	for (const struct json *j = doc->child; j && schema; j = j->next) {
		int result = matches(k, schema, j);
		if (result <= 0)
			return result;
		schema = want->kind == JSON_ARRAY ? schema->next : want;
	}
	return 1;
}

static int check_contains(struct check *k, const struct json *want, const struct json *doc)
{
	int result = doc->kind != JSON_ARRAY;
	for (const struct json *j = doc->child; j && result == 0 && doc->kind == JSON_ARRAY;
	     j = j->next)
		result = matches(k, want, j);
	return result;
}

static int check_min_items(struct check *k, const struct json *want, const struct json *doc)
{
	return doc->kind != JSON_ARRAY || doc->count >= number(k, want);
}

static int check_max_items(struct check *k, const struct json *want, const struct json *doc)
{
	return doc->kind != JSON_ARRAY || doc->count <= number(k, want);
}

static int check_unique(struct check *k, const struct json *want, const struct json *doc)
{
	(void)k;
	if (doc->kind != JSON_ARRAY || !str_is(want->raw, "true"))
		return 1;
	for (const struct json *a = doc->child; a; a = a->next)
		for (const struct json *b = a->next; b; b = b->next)
			if (jsonb_cmp(a, b) == 0)
				return 0;
	return 1;
}

/* ---- objects ---- */

static const struct json *member(const struct json *object, struct str name)
{
	const struct json *found = NULL;
	for (const struct json *j = object->child; j; j = j->next)
		if (str_eq(j->key, name))
			found = j;
	return found;
}

static int check_required(struct check *k, const struct json *want, const struct json *doc)
{
	(void)k;
	for (const struct json *j = want->child; j && doc->kind == JSON_OBJECT; j = j->next)
		if (!member(doc, j->text))
			return 0;
	return 1;
}

static int check_properties(struct check *k, const struct json *want, const struct json *doc)
{
	int result = 1;
	for (const struct json *j = want->child; j && doc->kind == JSON_OBJECT && result > 0;
	     j = j->next) {
		const struct json *value = member(doc, j->key);
		if (value)
			result = matches(k, j, value);
	}
	return result;
}

static int check_pattern_properties(struct check *k, const struct json *want,
				    const struct json *doc)
{
	for (const struct json *j = want->child; j && doc->kind == JSON_OBJECT; j = j->next) {
		for (const struct json *m = doc->child; m; m = m->next) {
			int result = regex_test(k->c, m->key, j->key, STR(""));
			if (result > 0)
				result = matches(k, j, m) > 0 ? 1 : -2;
			if (result < 0)
				return result == -2 ? 0 : -1;
		}
	}
	return 1;
}

static int is_named(struct check *k, const struct json *schema, struct str key)
{
	const struct json *properties = json_get(schema, "properties");
	const struct json *patterns = json_get(schema, "patternProperties");
	if (properties && member(properties, key))
		return 1;
	for (const struct json *j = patterns ? patterns->child : NULL; j; j = j->next) {
		int result = regex_test(k->c, key, j->key, STR(""));
		if (result)
			return result;
	}
	return 0;
}

static int check_additional(struct check *k, const struct json *schema, const struct json *doc)
{
	const struct json *want = json_get(schema, "additionalProperties");
	if (!want || doc->kind != JSON_OBJECT)
		return 1;
	for (const struct json *m = doc->child; m; m = m->next) {
		int named = is_named(k, schema, m->key);
		int result = named ? named : matches(k, want, m);
		if (result <= 0)
			return result;
	}
	return 1;
}

static int check_min_properties(struct check *k, const struct json *want, const struct json *doc)
{
	return doc->kind != JSON_OBJECT || doc->count >= number(k, want);
}

static int check_max_properties(struct check *k, const struct json *want, const struct json *doc)
{
	return doc->kind != JSON_OBJECT || doc->count <= number(k, want);
}

/* ---- combinations ---- */

/* How many of the schemas match, -1. */
static int count_matches(struct check *k, const struct json *list, const struct json *doc)
{
	int n = 0;
	for (const struct json *j = list->child; j; j = j->next) {
		int result = matches(k, j, doc);
		if (result < 0)
			return -1;
		n += result;
	}
	return n;
}

static int check_all_of(struct check *k, const struct json *want, const struct json *doc)
{
	int n = count_matches(k, want, doc);
	return n < 0 ? -1 : n == (int)want->count;
}

static int check_any_of(struct check *k, const struct json *want, const struct json *doc)
{
	int n = count_matches(k, want, doc);
	return n < 0 ? -1 : n > 0;
}

static int check_one_of(struct check *k, const struct json *want, const struct json *doc)
{
	int n = count_matches(k, want, doc);
	return n < 0 ? -1 : n == 1;
}

static int check_not(struct check *k, const struct json *want, const struct json *doc)
{
	int result = matches(k, want, doc);
	return result < 0 ? -1 : !result;
}

/* "#", "#/definitions/name" */
static int check_ref(struct check *k, const struct json *want, const struct json *doc)
{
	const struct json *at = k->root;
	struct str path = want->text;
	if (!str_starts(path, STR("#")))
		return err_set(k->c, "22023", "a schema's reference leads outside: %.*s",
			       STR_ARG(path));
	path = str_from(path, 1);
	if (path.n)
		path = str_from(path, 1);
	while (path.p && path.n && at)
		at = member(at, str_split(&path, '/'));
	if (!at)
		return err_set(k->c, "22023", "a schema's reference leads nowhere: %.*s",
			       STR_ARG(want->text));
	return matches(k, at, doc);
}

static const struct {
	const char *keyword;
	int (*check)(struct check *k, const struct json *want, const struct json *doc);
} keywords[] = {
	{ "type", check_type },
	{ "enum", check_enum },
	{ "const", check_const },
	{ "minimum", check_minimum },
	{ "maximum", check_maximum },
	{ "exclusiveMinimum", check_above },
	{ "exclusiveMaximum", check_below },
	{ "multipleOf", check_multiple },
	{ "minLength", check_min_length },
	{ "maxLength", check_max_length },
	{ "pattern", check_pattern },
	{ "items", check_items },
	{ "contains", check_contains },
	{ "minItems", check_min_items },
	{ "maxItems", check_max_items },
	{ "uniqueItems", check_unique },
	{ "required", check_required },
	{ "properties", check_properties },
	{ "patternProperties", check_pattern_properties },
	{ "minProperties", check_min_properties },
	{ "maxProperties", check_max_properties },
	{ "allOf", check_all_of },
	{ "anyOf", check_any_of },
	{ "oneOf", check_one_of },
	{ "not", check_not },
	{ "$ref", check_ref },
};

static int check_keywords(struct check *k, const struct json *schema, const struct json *doc)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		const struct json *want = json_get(schema, keywords[i].keyword);
		int result = want ? keywords[i].check(k, want, doc) : 1;
		if (result <= 0)
			return result;
	}
	return check_additional(k, schema, doc);
}

/* A schema is an object, or true or false for everything and nothing. */
static int matches(struct check *k, const struct json *schema, const struct json *doc)
{
	if (schema->kind != JSON_OBJECT)
		return !str_is(schema->raw, "false");
	if (++k->depth > SCHEMA_DEPTH_MAX)
		return err_set(k->c, "54001", "the schema is nested too deeply");
	int result = check_keywords(k, schema, doc);
	k->depth--;
	return result;
}

int json_schema_matches(struct ctx *c, const struct json *schema, const struct json *document)
{
	struct check k = { .c = c, .root = schema };
	return matches(&k, schema, document);
}
