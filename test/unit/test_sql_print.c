/* What the SQLite dialect writes, statement by statement. */

#include "base/arena.h"
#include "base/err.h"
#include "engine/sqlite/dialect.h"
#include "harness.h"
#include "sql/analyze.h"
#include "sql/parse.h"
#include "support/sql_fixture.h"

static struct ctx c;
static struct catalog *cat;

static void setup(void)
{
	c = (struct ctx){ .arena = arena_new(0) };
	cat = fixture_catalog();
}

static void teardown(void)
{
	catalog_unref(cat);
	arena_free(c.arena);
}

/* The SQL, or "!code message". */
static const char *printed(const char *sql)
{
	struct analysis an = { .cat = cat, .search_path = "public" };
	binds list = { 0 };
	struct sqlite_print sp = { .cat = cat, .binds = &list };
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	const struct json *stmt;
	struct query *q;
	err_clear(&c);
	if (sql_parse(&c, str_of(sql), &stmt) < 0 || analyze_query(&c, &an, stmt, &q) < 0 ||
	    sqlite_print_query(&c, q, &sp, &b) < 0)
		return arena_printf(c.arena, "!%s %s", c.err.code, c.err.message);
	return buf_dup(c.arena, &b);
}

#define PRINTS(sql, want) ck_assert_str_eq(printed(sql), want)

START_TEST(selects)
{
	PRINTS("SELECT id, name FROM t WHERE id = $1",
	       "SELECT t0_0.\"id\" AS c1, t0_0.\"name\" AS c2 FROM \"public.t\" AS t0_0 "
	       "WHERE (t0_0.\"id\" = ?1)");
	PRINTS("SELECT id FROM t WHERE id = ANY ('{1,2}')",
	       "SELECT t0_0.\"id\" AS c1 FROM \"public.t\" AS t0_0 WHERE (t0_0.\"id\" IN "
	       "(1, 2))");
	PRINTS("SELECT id FROM t WHERE id IN (SELECT t_id FROM child)",
	       "SELECT t0_0.\"id\" AS c1 FROM \"public.t\" AS t0_0 WHERE (t0_0.\"id\" IN "
	       "(SELECT t1_0.\"t_id\" AS c1 FROM \"public.child\" AS t1_0))");
	PRINTS("SELECT id FROM t ORDER BY name DESC, id LIMIT 5 OFFSET 2",
	       "SELECT t0_0.\"id\" AS c1 FROM \"public.t\" AS t0_0 ORDER BY t0_0.\"name\" "
	       "DESC NULLS FIRST, t0_0.\"id\" LIMIT 5 OFFSET 2");
	PRINTS("SELECT DISTINCT ON (name) id FROM t ORDER BY name, id",
	       "SELECT c1 FROM (SELECT t0_0.\"id\" AS c1, t0_0.\"name\" AS o1, t0_0.\"id\" "
	       "AS o2, row_number() OVER (PARTITION BY t0_0.\"name\" ORDER BY t0_0.\"name\" "
	       "NULLS LAST, t0_0.\"id\") AS rn FROM \"public.t\" AS t0_0) WHERE rn = 1 "
	       "ORDER BY o1 NULLS LAST, o2");
	PRINTS("SELECT count(*) FILTER (WHERE id > 1), string_agg(name, ',' ORDER BY id DESC) FROM "
	       "t",
	       "SELECT count(*) FILTER (WHERE (t0_0.\"id\" > 1)) AS c1, "
	       "bp_ordered('[\"string_agg\",0,[8,8],[[3,1,1]]]', t0_0.\"name\", ',', "
	       "t0_0.\"id\") AS c2 FROM \"public.t\" AS t0_0");
	PRINTS("SELECT t.id FROM t LEFT JOIN child ch ON ch.t_id = t.id",
	       "SELECT t0_0.\"id\" AS c1 FROM \"public.t\" AS t0_0 LEFT JOIN "
	       "\"public.child\" AS t0_1 ON (t0_1.\"t_id\" = t0_0.\"id\")");
	PRINTS("SELECT id FROM t UNION SELECT t_id FROM child ORDER BY 1",
	       "SELECT c1 FROM (SELECT t1_0.\"id\" AS c1 FROM \"public.t\" AS t1_0 UNION "
	       "SELECT t2_0.\"t_id\" AS c1 FROM \"public.child\" AS t2_0) ORDER BY c1 NULLS "
	       "LAST");
	PRINTS("WITH w AS (SELECT id FROM t) SELECT * FROM w",
	       "WITH w0_0(c1) AS (SELECT t1_0.\"id\" AS c1 FROM \"public.t\" AS t1_0) "
	       "SELECT t0_0.c1 AS c1 FROM w0_0 AS t0_0");
	PRINTS("SELECT name IS DISTINCT FROM 'x' FROM t",
	       "SELECT (t0_0.\"name\" IS NOT 'x') AS c1 FROM \"public.t\" AS t0_0");
	PRINTS("SELECT (SELECT max(id) FROM child ch WHERE ch.t_id = t.id) FROM t",
	       "SELECT (SELECT max(t1_0.\"id\") AS c1 FROM \"public.child\" AS t1_0 WHERE "
	       "(t1_0.\"t_id\" = t0_0.\"id\")) AS c1 FROM \"public.t\" AS t0_0");
	PRINTS("SELECT a FROM (VALUES (1), (2)) AS v(a)",
	       "SELECT t0_0.c1 AS c1 FROM (SELECT t1_0.column1 AS c1 FROM (SELECT 1 AS "
	       "column1 UNION ALL VALUES (2)) AS t1_0) AS t0_0");
	PRINTS("SELECT x.n FROM t, LATERAL (SELECT count(*) AS n FROM child ch WHERE ch.t_id = "
	       "t.id) x",
	       "SELECT json_extract(t0_1.value, '$[0]') AS c1 FROM \"public.t\" AS t0_0 "
	       "JOIN json_each((SELECT json_group_array(json_array(c1)) FROM (SELECT "
	       "count(*) AS c1 FROM \"public.child\" AS t1_0 WHERE (t1_0.\"t_id\" = "
	       "t0_0.\"id\")))) AS t0_1");
	PRINTS("SELECT greatest(1, id) FROM t",
	       "SELECT (SELECT max(g) FROM (SELECT 1 AS g UNION ALL SELECT t0_0.\"id\")) AS "
	       "c1 FROM \"public.t\" AS t0_0");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sql_print");
	TCase *t = tcase_create("sql_print");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, selects);
	suite_add_tcase(s, t);
	return harness_run(s);
}
