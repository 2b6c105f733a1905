/*
 * The SQL front end: any text is split, parsed and analysed against a small
 * catalog, or refused with an error; what is analysed can be copied and walked.
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "fuzz.h"
#include "sql/analyze.h"
#include "sql/parse.h"
#include "support/sql_fixture.h"

#include <stdlib.h>

static void count_levels(struct expr *e, int depth, void *arg)
{
	int *n = arg;
	CHECK(depth >= 0 && e->type.type);
	(*n)++;
}

static void analyze_one(struct ctx *c, const struct catalog *cat, struct str text)
{
	struct analysis an = {
		.cat = cat, .search_path = "public", .text = text, .want_refs = true
	};
	const struct json *stmt;
	struct query *q;
	int before = 0, after = 0;
	if (sql_parse(c, text, &stmt) < 0 || analyze_query(c, &an, stmt, &q) < 0) {
		CHECK(c->err.code[0] && c->err.message);
		return;
	}
	query_walk_levels(q, 0, count_levels, &before);
	query_walk_levels(query_copy(c->arena, q), 0, count_levels, &after);
	CHECK(before == after);
	for (size_t i = 0; i < an.refs.n; i++)
		CHECK((size_t)an.refs.v[i].location < text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct catalog *cat;
	if (!cat)
		cat = fixture_catalog();
	struct ctx c = { .arena = arena_new(0) };
	struct str script = { (const char *)data, n };
	sql_stmts stmts = { 0 };
	if (n < 1 << 16 && sql_split(&c, script, &stmts) == 0)
		for (size_t i = 0; i < stmts.n; i++)
			analyze_one(&c, cat, stmts.v[i].text);
	arena_free(c.arena);
	return 0;
}
