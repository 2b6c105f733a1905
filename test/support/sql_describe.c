/*
 * Reads statements, one a line, and prints what the analyser makes of each:
 * "name type, name type", or "CODE message" with position and hint. A script
 * compares this with a real PostgreSQL's \gdesc. With --fixture it prints the
 * SQL that builds the same catalog there, with --builtins the table of built-ins.
 */
#include "base/arena.h"
#include "base/err.h"
#include "sql/analyze.h"
#include "sql/builtin.h"
#include "sql/parse.h"
#include "support/sql_fixture.h"

#include <stdio.h>
#include <string.h>

/* A domain is described by its base type on the wire. */
static struct typeref base_of(struct typeref t)
{
	while (t.type->kind == TYPE_DOMAIN)
		t = (struct typeref){ t.type->base, t.type->base_typmod };
	return t;
}

static void describe(struct ctx *c, const struct query *q)
{
	const targets *list = q->cmd == CMD_SELECT ? &q->targets : &q->returning;
	for (size_t i = 0; i < list->n; i++)
		printf("%s%s|%s", i ? "; " : "", list->v[i].name,
		       type_format(c->arena, base_of(list->v[i].expr->type)));
	printf("\n");
}

static void run(struct catalog *cat, const char *line)
{
	struct ctx c = { .arena = arena_new(0) };
	struct analysis an = { .cat = cat, .search_path = "public", .text = str_of(line) };
	const struct json *stmt;
	struct query *q;
	if (sql_parse(&c, an.text, &stmt) == 0 && analyze_query(&c, &an, stmt, &q) == 0)
		describe(&c, q);
	else
		printf("%s @%d %s%s%s\n", c.err.code, c.err.position, c.err.message,
		       c.err.hint ? " HINT: " : "", c.err.hint ? c.err.hint : "");
	arena_free(c.arena);
}

/* A row of the table of built-ins: kind, schema, name, arguments, result,
 * volatility, strict, leakproof, cast context. */
static void print_builtin(const struct builtin *b)
{
	static const char *const kinds[] = {
		"func", "op", "cast", "agg", "window", "srf", "current"
	};
	printf("%s|%s|%s|", kinds[b->kind], b->schema, b->name);
	for (int i = 0; i < b->n_args; i++)
		printf("%s%s", i ? " " : "", b->args[i]->name);
	printf("|%s|%c|%d|%d|%c\n", b->returns->name, b->volatility, (b->flags & BF_STRICT) != 0,
	       (b->flags & BF_LEAKPROOF) != 0,
	       b->flags & BF_IMPLICIT ? 'i'
	       : b->flags & BF_ASSIGN ? 'a'
				      : 'e');
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--builtins")) {
		for (size_t i = 0; i < builtin_count(); i++)
			print_builtin(builtin_at(i));
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--fixture")) {
		fputs(fixture_sql, stdout);
		return 0;
	}
	struct catalog *cat = fixture_catalog();
	char line[1 << 16];
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		run(cat, line);
	}
	catalog_unref(cat);
	return 0;
}
