/* JSON Schema: what matches, what does not, and schemas that cannot be followed. */
#include "base/arena.h"
#include "base/err.h"
#include "harness.h"
#include "value/json_schema.h"

static struct ctx c;

static int match(const char *schema, const char *document)
{
	struct json *s, *d;
	ck_assert_int_eq(json_parse(&c, str_of(schema), (struct json_limits){ 0 }, &s), 0);
	ck_assert_int_eq(json_parse(&c, str_of(document), (struct json_limits){ 0 }, &d), 0);
	return json_schema_matches(&c, s, d);
}

static const struct {
	const char *schema, *document;
	int result;
} cases[] = {
	{ "{}", "1", 1 },
	{ "false", "1", 0 },
	{ "{\"type\":\"integer\"}", "1.0", 1 },
	{ "{\"type\":\"integer\"}", "1.5", 0 },
	{ "{\"type\":[\"string\",\"null\"]}", "null", 1 },
	{ "{\"enum\":[1,\"a\",{\"b\":[2]}]}", "{\"b\":[2.0]}", 1 },
	{ "{\"enum\":[1]}", "\"1\"", 0 },
	{ "{\"minimum\":1,\"exclusiveMaximum\":3}", "3", 0 },
	{ "{\"multipleOf\":0.5}", "1.5", 1 },
	{ "{\"minLength\":2,\"maxLength\":2}", "\"äö\"", 1 },
	{ "{\"pattern\":\"^a+$\"}", "\"aab\"", 0 },
	{ "{\"items\":{\"type\":\"number\"},\"minItems\":1}", "[1,\"2\"]", 0 },
	{ "{\"items\":[{\"type\":\"number\"},{\"type\":\"string\"}]}", "[1,\"2\",null]", 1 },
	{ "{\"uniqueItems\":true}", "[1,1.0]", 0 },
	{ "{\"contains\":{\"const\":7}}", "[1,7]", 1 },
	{ "{\"required\":[\"a\"]}", "{\"b\":1}", 0 },
	{ "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":1}", 0 },
	{ "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1,\"b\":2}", 0 },
	{ "{\"patternProperties\":{\"^x\":{\"type\":\"null\"}},\"additionalProperties\":false}",
	  "{\"xy\":null}", 1 },
	{ "{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":5}]}", "4", 0 },
	{ "{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "3", 0 },
	{ "{\"not\":{\"type\":\"null\"}}", "null", 0 },
	{ "{\"definitions\":{\"q\":{\"const\":1}},\"allOf\":[{\"$ref\":\"#/definitions/q\"}]}", "1",
	  1 },
	{ "{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#\"}},\"required\":[\"v\"]}",
	  "{\"v\":1,\"n\":{\"v\":2,\"n\":{}}}", 0 },
};

START_TEST(matches_as_the_draft_says)
{
	c = (struct ctx){ .arena = arena_new(0) };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(match(cases[i].schema, cases[i].document) == cases[i].result,
			      "%s on %s", cases[i].schema, cases[i].document);
	arena_free(c.arena);
}
END_TEST

START_TEST(endless_references_end)
{
	c = (struct ctx){ .arena = arena_new(0) };
	ck_assert_int_eq(match("{\"$ref\":\"#\"}", "1"), -1);
	ck_assert_str_eq(c.err.code, "54001");
	ck_assert_int_eq(match("{\"$ref\":\"http://example.org\"}", "1"), -1);
	ck_assert_str_eq(c.err.code, "22023");
	arena_free(c.arena);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("json_schema");
	TCase *t = tcase_create("all");
	tcase_add_test(t, matches_as_the_draft_says);
	tcase_add_test(t, endless_references_end);
	suite_add_tcase(s, t);
	return harness_run(s);
}
