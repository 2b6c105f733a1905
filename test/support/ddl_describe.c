/*
 * Reads statements, one a line, runs each on one catalog and prints what came of
 * it: "ok", a query's columns as "name|type; name|type", or "CODE message" with
 * position, detail and hint. A script compares this with a real PostgreSQL.
 */
#include "base/arena.h"
#include "base/err.h"
#include "plpgsql/plpgsql.h"
#include "sql/analyze.h"
#include "sql/parse.h"
#include "unit/ddl_util.h"

#include <stdio.h>
#include <string.h>

static const char *const start =
	"create role boss superuser; create role postgres createrole; create role other;"
	"create schema public; grant all on schema public to public";
static struct typeref base_of(struct typeref t)
{
	while (t.type->kind == TYPE_DOMAIN)
		t = (struct typeref){ t.type->base, t.type->base_typmod };
	return t;
}

static bool is_query(const struct json *stmt)
{
	struct str kind = node_kind(stmt);
	return str_is(kind, "SelectStmt") || str_is(kind, "InsertStmt") ||
	       str_is(kind, "UpdateStmt") || str_is(kind, "DeleteStmt") || str_is(kind, "CallStmt");
}

static int describe(struct ddl_test *t, struct str text, const struct json *stmt)
{
	struct analysis an = { .cat = t->cat, .search_path = t->session.search_path, .text = text };
	struct query *q;
	TRY(analyze_query(&t->c, &an, stmt, &q));
	const targets *list = q->cmd == CMD_SELECT ? &q->targets : &q->returning;
	bool is_call = node_as(stmt, "CallStmt");
	for (size_t i = 0; i < list->n && !is_call; i++)
		printf("%s%s|%s", i ? "; " : "", list->v[i].name,
		       type_format(t->c.arena, base_of(list->v[i].expr->type)));
	printf("%s\n", list->n && !is_call ? "" : "ok");
	return 0;
}

static int run(struct ddl_test *t, const char *line)
{
	struct sql_stmt s = { .text = str_of(line) };
	const struct json *stmt;
	err_clear(&t->c);
	TRY(sql_parse(&t->c, s.text, &stmt));
	if (is_query(stmt))
		return describe(t, s.text, stmt);
	TRY(ddl_test_statement(t, &s));
	printf("ok\n");
	return 0;
}

static void print_part(const char *name, const char *text)
{
	if (!text)
		return;
	printf(" %s: ", name);
	for (; *text; text++)
		putchar(*text == '\n' ? ' ' : *text);
}

static int check_body(struct ctx *c, void *arg, const struct function *f, const char **ret_refusal,
		      int *ret_offset)
{
	struct plpgsql_body *body;
	(void)arg;
	(void)ret_refusal;
	(void)ret_offset;
	return strcmp(f->language, "plpgsql") != 0
		       ? 0
		       : plpgsql_parse(c, c->arena, str_of(f->body.text), f, &body);
}

int main(void)
{
	struct ddl_test t;
	char line[1 << 16];
	ddl_test_begin(&t);
	t.session.check_body = check_body;
	if (ddl_test_run(&t, str_of(start), false) < 0) {
		fprintf(stderr, "%s\n", t.c.err.message);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (run(&t, line) == 0)
			continue;
		printf("%s @%d %s", t.c.err.code, t.c.err.position, t.c.err.message);
		print_part("DETAIL", t.c.err.details);
		print_part("HINT", t.c.err.hint);
		printf("\n");
	}
	ddl_test_end(&t);
	return 0;
}
