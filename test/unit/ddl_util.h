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
	size_t n_run, n_refused;
	bool is_verbose;
};

static const struct ddl_storage ddl_no_storage;

static inline void ddl_test_notice(struct ctx *c, void *arg, const char *what)
{
	struct ddl_test *t = arg;
	(void)c;
	if (t->is_verbose)
		fprintf(stderr, "notice: %s\n", what);
}

/* An empty catalog with role postgres and schema public, or the Supabase one. */
static inline void ddl_test_begin(struct ddl_test *t)
{
	memset(t, 0, sizeof(*t));
	t->c.arena = arena_new(0);
	t->cat = catalog_new();
	t->session = (struct ddl_session){ .cat = t->cat,
					   .role = "postgres",
					   .search_path = "\"$user\", public, extensions",
					   .storage = &ddl_no_storage,
					   .notice = ddl_test_notice,
					   .notice_arg = t };
}

static inline void ddl_test_end(struct ddl_test *t)
{
	catalog_unref(t->cat);
	arena_free(t->c.arena);
}

/* Runs every statement; stops at the first refused one unless keep_going. */
static inline int ddl_test_run(struct ddl_test *t, struct str script, bool keep_going)
{
	sql_stmts stmts = { 0 };
	if (sql_split(&t->c, script, &stmts) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; i < stmts.n; i++) {
		const struct json *stmt;
		t->n_run++;
		struct catalog *before = catalog_edit(t->cat);
		before->version = t->cat->version;
		if (sql_parse(&t->c, stmts.v[i].text, &stmt) == 0 &&
		    ddl_run(&t->c, &t->session, stmts.v[i].text, stmt, stmts.v[i].copy_data) == 0) {
			catalog_unref(before);
			continue;
		}
		t->session.role = arena_strdup(t->c.arena, t->session.role);
		t->session.search_path = arena_strdup(t->c.arena, t->session.search_path);
		catalog_unref(t->cat);
		t->cat = t->session.cat = before;
		t->n_refused++;
		rc = -1;
		if (!keep_going)
			return -1;
		fprintf(stderr, "%s: %s | %.*s\n", t->c.err.code, t->c.err.message,
		       (int)(stmts.v[i].text.n < 160 ? stmts.v[i].text.n : 160),
		       stmts.v[i].text.p);
		err_clear(&t->c);
	}
	return rc;
}

#endif
