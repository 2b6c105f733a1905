/* The row executor from end to end, on a database in memory: the scenarios of
 * test/unit/exec, whose answers a PostgreSQL 15 gave (test/support/scenario.py). */
#include "base/arena.h"
#include "base/err.h"
#include "engine/sqlite/conn.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/exec_int.h"
#include "engine/sqlite/storage.h"
#include "engine/sqlite/store.h"
#include "harness.h"
#include "sql/ddl.h"
#include "sql/parse.h"

static struct ctx c;
static struct sqlite_conn *cn;
static struct catalog *cat;
static struct ddl_session ddl;
static struct storage storage;
static char out[64 << 10];

static void die(const char *what, const char *sql)
{
	ck_abort_msg("%s: %s %s (%s) in %s", what, c.err.code, c.err.message,
		     c.err.details ? c.err.details : "", sql);
}

static int run_one(const struct sql_stmt *st)
{
	const struct json *stmt;
	TRY(sql_parse(&c, st->text, &stmt));
	TRY(ddl_run(&c, &ddl, st->text, stmt, st->copy_data));
	cn->is_replica = ddl.is_replica;
	return 0;
}

static void script(const char *sql)
{
	sql_stmts list = { 0 };
	if (sql_split(&c, str_of(sql), &list) < 0)
		die("split", sql);
	if (sqlite_enter(&c, cn, NULL, 0) < 0)
		die("enter", sql);
	for (size_t i = 0; i < list.n; i++) {
		if (run_one(&list.v[i]) < 0)
			die("script", str_dup(c.arena, list.v[i].text));
	}
	if (exec_finish(&c, cn) < 0)
		die("finish", sql);
	sqlite_leave(cn);
}

static void put_cell(struct buf *b, const struct result_column *col, struct datum v)
{
	if (v.kind == D_NULL) {
		buf_puts(b, "~");
		return;
	}
	struct vtype t = sqlite_vtype(c.arena, col->type);
	value_out(b, &t, NULL, v);
}

struct rows {
	struct buf b;
	const struct result_column *cols;
};

static int on_columns(struct ctx *cc, void *arg, const struct result_column *cols, size_t n)
{
	(void)cc, (void)n;
	((struct rows *)arg)->cols = cols;
	return 0;
}

static int on_row(struct ctx *cc, void *arg, const struct datum *cells, size_t n)
{
	struct rows *r = arg;
	(void)cc;
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&r->b, '|');
		put_cell(&r->b, &r->cols[i], cells[i]);
	}
	buf_char(&r->b, '\n');
	return 0;
}

static void put_error(struct buf *b, const struct error *e)
{
	buf_printf(b, "ERROR %s %s\n", e->code, e->message);
	if (e->details)
		buf_printf(b, "DETAIL %s\n", e->details);
}

static int run_sql(struct str sql, struct sink *sink, uint64_t *affected)
{
	struct exec_plan *p = NULL;
	int failed = exec_plan_make(&c, cn, sql, &p);
	if (!failed)
		failed = exec_run(&c, cn, p, NULL, 0, sink, affected);
	if (!failed)
		failed = exec_finish(&c, cn);
	exec_plan_free(p);
	return failed;
}

/* One statement as a role, in a transaction of its own. */
static const char *as(const char *role, const char *claims, struct str sql)
{
	struct session s = { .role = role, .search_path = "public", .claims = str_of(claims) };
	struct rows r = { .b = buf_make(sizeof(out) - 1) };
	struct sink sink = { &r, on_columns, on_row };
	uint64_t affected;
	err_clear(&c);
	ck_assert_int_eq(sqlite_enter(&c, cn, &s, 0), 0);
	ck_assert_int_eq(sqlite_exec(&c, cn, "BEGIN"), 0);
	bool failed = run_sql(sql, &sink, &affected) < 0;
	if (failed) {
		buf_clear(&r.b);
		put_error(&r.b, &c.err);
	} else if (!r.cols) {
		buf_printf(&r.b, "#%d\n", (int)affected);
	}
	exec_reset(cn);
	sqlite_exec(&c, cn, failed ? "ROLLBACK" : "COMMIT");
	sqlite_leave(cn);
	snprintf(out, sizeof(out), "%.*s", (int)r.b.n, r.b.p ? r.b.p : "");
	buf_free(&r.b);
	return out;
}

static void setup(void)
{
	c = (struct ctx){ .arena = arena_new(0) };
	if (sqlite_conn_open(&c, ":memory:", CONN_WRITER, true, &cn) < 0)
		die("open", "");
	if (store_create(&c, cn) < 0)
		die("store", "");
	cat = catalog_new();
	struct role *postgres = ARENA_NEW(cat->arena, struct role);
	*postgres = (struct role){ .name = "postgres", .is_superuser = true, .inherits = true };
	VEC_PUSH(cat->arena, &cat->roles, postgres);
	struct schema *pub = ARENA_NEW(cat->arena, struct schema);
	*pub = (struct schema){ .name = "public", .owner = "postgres" };
	VEC_PUSH(cat->arena, &cat->schemas, pub);
	catalog_index(cat);
	sqlite_set_catalog(cn, cat);
	storage = (struct storage){ .cn = cn, .session = &ddl };
	ddl = (struct ddl_session){ .cat = cat,
				    .role = "postgres",
				    .search_path = "public",
				    .storage = &sqlite_storage,
				    .storage_arg = &storage };
	script("CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role BYPASSRLS;"
	       "GRANT USAGE ON SCHEMA public TO PUBLIC;");
}

static void teardown(void)
{
	exec_state_free(cn);
	sqlite_conn_close(cn);
	catalog_unref(cat);
	arena_free(c.arena);
}

/* ---- scenario files ---- */

static struct str read_file(const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", SCENARIOS, name);
	FILE *f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "no %s", path);
	char *text = arena_alloc(c.arena, 1 << 20);
	size_t n = fread(text, 1, 1 << 20, f);
	fclose(f);
	return (struct str){ text, n };
}

static int n_wrong;

static void compare(const char *name, struct str sql, struct str want, const char *got)
{
	if (str_is(want, got))
		return;
	n_wrong++;
	fprintf(stderr, "%s: %.*swant:\n%.*sgot:\n%s\n", name, STR_ARG(sql), STR_ARG(want), got);
}

static void step(const char *name, struct str head, struct str body)
{
	ptrdiff_t at = str_find(body, STR("----\n"));
	struct str sql = at < 0 ? body : str_sub(body, 0, (size_t)at);
	struct str want = at < 0 ? STR("") : str_from(body, (size_t)at + 5);
	if (str_starts(head, STR("@script"))) {
		script(str_dup(c.arena, sql));
	} else if (str_starts(head, STR("@as ")) || str_starts(head, STR("@own "))) {
		str_split(&head, ' ');
		const char *role = str_dup(c.arena, str_split(&head, ' '));
		const char *sub = str_dup(c.arena, str_split(&head, ' '));
		bool is_anon = strcmp(sub, "-") == 0;
		compare(name, sql, want,
			as(role, is_anon ? "{}" : arena_printf(c.arena, "{\"sub\":\"%s\"}", sub),
			   str_trim(sql)));
	}
}

static void scenario(const char *name)
{
	struct str text = read_file(name);
	struct str head = { 0 };
	n_wrong = 0;
	size_t begin = 0;
	while (text.n) {
		ptrdiff_t eol = str_chr(text, '\n');
		struct str line = str_sub(text, 0, eol < 0 ? text.n : (size_t)eol);
		struct str rest = str_from(text, line.n + 1);
		(void)begin;
		head = line;
		ptrdiff_t next = str_find(rest, STR("\n@"));
		bool is_step = str_starts(line, STR("@"));
		struct str body = str_starts(rest, STR("@")) ? STR("")
				  : next < 0		     ? rest
							     : str_sub(rest, 0, (size_t)next + 1);
		if (is_step)
			step(name, head, body);
		text = is_step ? str_from(rest, body.n) : rest;
	}
	ck_assert_int_eq(n_wrong, 0);
}

START_TEST(sequences)
{
	scenario("sequences.scn");
}
END_TEST

START_TEST(basics)
{
	scenario("basics.scn");
}
END_TEST

START_TEST(policies)
{
	scenario("policies.scn");
}
END_TEST

START_TEST(leak)
{
	scenario("leak.scn");
}
END_TEST

START_TEST(upsert)
{
	scenario("upsert.scn");
}
END_TEST

START_TEST(fkeys)
{
	scenario("fkeys.scn");
}
END_TEST

START_TEST(constraints)
{
	scenario("constraints.scn");
}
END_TEST

START_TEST(views)
{
	scenario("views.scn");
}
END_TEST

START_TEST(queries)
{
	scenario("queries.scn");
}
END_TEST

START_TEST(privileges)
{
	scenario("privileges.scn");
}
END_TEST

START_TEST(types)
{
	scenario("types.scn");
}
END_TEST

START_TEST(queries_json)
{
	scenario("queries_json.scn");
}
END_TEST

START_TEST(triggers)
{
	scenario("triggers.scn");
}
END_TEST

START_TEST(trigger_rows)
{
	scenario("trigger_rows.scn");
}
END_TEST

START_TEST(trigger_after)
{
	scenario("trigger_after.scn");
}
END_TEST

START_TEST(trigger_nested)
{
	scenario("trigger_nested.scn");
}
END_TEST

START_TEST(trigger_views)
{
	scenario("trigger_views.scn");
}
END_TEST

/* ---- what an index serves ---- */

static void put_plan(struct buf *b, sqlite3_stmt *st)
{
	sqlite3_stmt *explain;
	char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sqlite3_sql(st));
	ck_assert_int_eq(sqlite3_prepare_v2(cn->db, sql, -1, &explain, NULL), SQLITE_OK);
	while (sqlite3_step(explain) == SQLITE_ROW)
		buf_printf(b, "%s; ", (const char *)sqlite3_column_text(explain, 3));
	sqlite3_finalize(explain);
	sqlite3_free(sql);
}

/* SQLite's plan for a SELECT as alice. */
static const char *plan_of(const char *sql)
{
	struct session s = { .role = "authenticated",
			     .search_path = "public",
			     .claims = STR("{\"sub\":\"11111111-1111-1111-1111-111111111111\"}") };
	struct exec_plan *p;
	struct buf b = buf_make(sizeof(out) - 1);
	ck_assert_int_eq(sqlite_enter(&c, cn, &s, 0), 0);
	if (exec_plan_make(&c, cn, str_of(sql), &p) < 0)
		die("plan", sql);
	put_plan(&b, p->select.st);
	exec_plan_free(p);
	sqlite_leave(cn);
	snprintf(out, sizeof(out), "%.*s", (int)b.n, b.p ? b.p : "");
	buf_free(&b);
	return out;
}

#define SERVED(sql) ck_assert_ptr_null(strstr(plan_of(sql), "SCAN t"))

START_TEST(policies_leave_indexes_usable)
{
	script("CREATE TABLE docs (id int PRIMARY KEY, owner uuid, name text, n numeric);"
	       "CREATE INDEX ON docs (owner); CREATE INDEX ON docs (name);"
	       "CREATE INDEX ON docs (n);"
	       "CREATE TABLE seen (doc int PRIMARY KEY, who uuid);"
	       "ALTER TABLE docs ENABLE ROW LEVEL SECURITY;"
	       "CREATE POLICY p ON docs USING (owner = auth.uid() OR EXISTS"
	       " (SELECT 1 FROM seen s WHERE s.doc = docs.id AND s.who = auth.uid()));"
	       "CREATE TABLE mine (id int PRIMARY KEY, owner uuid);"
	       "CREATE INDEX ON mine (owner);"
	       "ALTER TABLE mine ENABLE ROW LEVEL SECURITY;"
	       "CREATE POLICY p ON mine USING (owner = auth.uid());"
	       "CREATE VIEW vdocs WITH (security_invoker = true) AS SELECT id, name FROM docs;"
	       "GRANT ALL ON docs, seen, mine, vdocs TO authenticated;");
	SERVED("SELECT name FROM docs WHERE id = $1");
	SERVED("SELECT name FROM docs WHERE id = $1 AND name ILIKE 'x%'");
	SERVED("SELECT id FROM docs WHERE name = $1");
	SERVED("SELECT id FROM docs WHERE id = ANY ($1)");
	SERVED("SELECT name FROM vdocs WHERE id = $1");
	SERVED("SELECT id FROM mine");
	SERVED("SELECT d.name FROM mine m JOIN docs d ON d.id = m.id");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sqlite_exec");
	TCase *t = tcase_create("sqlite_exec");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, basics);
	tcase_add_test(t, sequences);
	tcase_add_test(t, policies);
	tcase_add_test(t, leak);
	tcase_add_test(t, upsert);
	tcase_add_test(t, fkeys);
	tcase_add_test(t, constraints);
	tcase_add_test(t, views);
	tcase_add_test(t, queries);
	tcase_add_test(t, privileges);
	tcase_add_test(t, types);
	tcase_add_test(t, queries_json);
	tcase_add_test(t, triggers);
	tcase_add_test(t, trigger_rows);
	tcase_add_test(t, trigger_after);
	tcase_add_test(t, trigger_views);
	tcase_add_test(t, trigger_nested);
	tcase_add_test(t, policies_leave_indexes_usable);
	suite_add_tcase(s, t);
	return harness_run(s);
}
