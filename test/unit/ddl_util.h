/* A DDL script run on an empty catalog without storage, for tests. */
#ifndef TEST_DDL_UTIL_H
#define TEST_DDL_UTIL_H

#include "base/arena.h"
#include "base/err.h"
#include "sql/ddl.h"
#include "sql/parse.h"

#include <stdio.h>
#include <string.h>

struct ddl_test {
	struct ctx c;
	struct catalog *cat;
	struct ddl_session session;
};

static const struct ddl_storage ddl_no_storage;

static inline void ddl_test_begin(struct ddl_test *t)
{
	memset(t, 0, sizeof(*t));
	t->c.arena = arena_new(0);
	t->cat = catalog_new();
	t->session = (struct ddl_session){ .cat = t->cat,
					   .role = "postgres",
					   .search_path = "\"$user\", public, extensions",
					   .storage = &ddl_no_storage };
}

static inline void ddl_test_end(struct ddl_test *t)
{
	catalog_unref(t->cat);
	arena_free(t->c.arena);
}

/* One statement; a refused one leaves the catalog as it was. */
static inline int ddl_test_statement(struct ddl_test *t, const struct sql_stmt *s)
{
	const struct json *stmt;
	struct catalog *before = catalog_edit(t->cat);
	before->version = t->cat->version;
	int rc = sql_parse(&t->c, s->text, &stmt);
	if (rc == 0)
		rc = ddl_run(&t->c, &t->session, s->text, stmt, s->copy_data);
	t->session.role = arena_strdup(t->c.arena, t->session.role);
	t->session.search_path = arena_strdup(t->c.arena, t->session.search_path);
	catalog_unref(rc ? t->cat : before);
	if (rc)
		t->cat = t->session.cat = before;
	return rc;
}

/* Every statement up to the first refused one, or past them when keep_going. */
static inline int ddl_test_run(struct ddl_test *t, struct str script, bool keep_going)
{
	sql_stmts stmts = { 0 };
	if (sql_split(&t->c, script, &stmts) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; i < stmts.n; i++) {
		if (ddl_test_statement(t, &stmts.v[i]) == 0)
			continue;
		rc = -1;
		if (!keep_going)
			return -1;
	}
	return rc;
}

#endif
