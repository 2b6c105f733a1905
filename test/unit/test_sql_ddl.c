/*
 * DDL against what PostgreSQL 15 made of the same script: ddl/errors.txt has
 * its refusals, ddl/catalog.txt its catalogs as ddl/describe.sql shows them.
 */
#include "ddl_util.h"
#include "harness.h"

#include "base/buf.h"

#include <stdlib.h>

static struct ddl_test t;

static void setup(void)
{
	ddl_test_begin(&t);
}

static void teardown(void)
{
	ddl_test_end(&t);
}

static char *read_file(const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/ddl/%s", TEST_UNIT_DIR, name);
	FILE *f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	char *p = arena_zalloc(t.c.arena, 1 << 20);
	ck_assert_uint_gt(fread(p, 1, (1 << 20) - 1, f), 0);
	fclose(f);
	return p;
}

static void run(const char *script)
{
	if (ddl_test_run(&t, str_of(script), false) < 0)
		ck_abort_msg("%s: %s", t.c.err.code, t.c.err.message);
}

static void refused(const char *statement, const char *code, const char *message)
{
	err_clear(&t.c);
	ck_assert_int_lt(ddl_test_run(&t, str_of(statement), false), 0);
	ck_assert_str_eq(t.c.err.message, message);
	ck_assert_str_eq(t.c.err.code, code);
}

/* ---- the catalog as describe.sql writes it ---- */

static const char *yes(bool b)
{
	return b ? "true" : "false";
}

static void put_columns(struct buf *b, const struct relation *rel, const int16_t *cols, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? "," : "", relation_column_by_attnum(rel, cols[i])->name);
}

static void put_constraint(struct buf *b, const struct relation *rel, const struct constraint *con)
{
	buf_printf(b, "con %s.%s %s %c ", rel->schema, rel->name, con->name, con->kind);
	if (con->kind == CON_CHECK)
		buf_char(b, '-');
	else
		put_columns(b, rel, con->cols, con->n_cols);
	buf_printf(b, " %s %s %s", yes(con->is_deferrable), yes(con->is_deferred),
		   yes(con->is_validated));
	if (con->kind == CON_FOREIGN)
		buf_printf(b, " %c%c%c", con->on_update, con->on_delete, con->match);
	buf_char(b, '\n');
}

static void put_acl(struct buf *b, const struct relation *rel)
{
	static const char *const names[] = { "insert",	 "select",     "update",  "delete",
					     "truncate", "references", "trigger", "execute",
					     "usage",	 "create" };
	for (const struct acl *a = rel->acl; a; a = a->next) {
		for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
			if (!(a->privs & (1u << i)))
				continue;
			const char *who = !*a->grantee				? "public"
					  : strcmp(a->grantee, rel->owner) == 0 ? "owner"
										: a->grantee;
			buf_printf(b, "acl %s.%s %s %s %s\n", rel->schema, rel->name, who, names[i],
				   yes(a->grantable & (1u << i)));
		}
	}
}

static void put_relation(struct buf *b, const struct relation *rel)
{
	buf_printf(b, "rel %s.%s %c %s %s\n", rel->schema, rel->name, rel->kind,
		   yes(rel->rls_enabled), yes(rel->rls_forced));
	for (size_t i = 0; i < rel->constraints.n; i++)
		put_constraint(b, rel, rel->constraints.v[i]);
	for (size_t i = 0; i < rel->indexes.n; i++) {
		const struct index *ix = rel->indexes.v[i];
		buf_printf(b, "idx %s.%s %s %s %s %d/%d %s\n", rel->schema, rel->name, ix->name,
			   yes(ix->is_unique), ix->method, ix->n_keys, ix->n_keys + ix->n_include,
			   yes(ix->predicate.text));
	}
	for (size_t i = 0; rel->kind != REL_SEQUENCE && i < rel->columns.n; i++) {
		const struct column *col = &rel->columns.v[i];
		buf_printf(b, "col %s.%s %s %s %d %s %c %s\n", rel->schema, rel->name, col->name,
			   col->type.type->name, col->type.typmod, yes(col->not_null),
			   col->identity       ? col->identity
			   : col->is_generated ? 's'
					       : '-',
			   yes(col->default_expr.text));
	}
	if (rel->kind != REL_COMPOSITE)
		put_acl(b, rel);
	if (rel->kind == REL_VIEW)
		buf_printf(b, "upd %s.%s %s %s %s\n", rel->schema, rel->name,
			   yes(rel->is_insertable), yes(rel->is_updatable), yes(rel->is_deletable));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Lines in byte order, as a list ended by NULL. */
static const char **sorted_lines(char *text)
{
	const char **lines = arena_array(t.c.arena, 10000, sizeof(*lines));
	size_t n = 0;
	for (char *save, *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
		lines[n++] = p;
	qsort(lines, n, sizeof(*lines), by_text);
	return lines;
}

static void compare(const char **got, const char **wanted, const char *what)
{
	int failed = 0;
	while (*got || *wanted) {
		int order = !*got ? 1 : !*wanted ? -1 : strcmp(*got, *wanted);
		if (order)
			printf("%s only in %s: %s\n", what, order < 0 ? "ours" : "PostgreSQL",
			       order < 0 ? *got : *wanted);
		failed += order != 0;
		got += order <= 0;
		wanted += order >= 0;
	}
	ck_assert_int_eq(failed, 0);
}

/* ---- errors as PostgreSQL's ---- */

/* The refusals of a script, one line each; hints on a line of their own. */
static void run_refusing(const char *script, struct buf *out)
{
	sql_stmts stmts = { 0 };
	ck_assert_int_eq(sql_split(&t.c, str_of(script), &stmts), 0);
	for (size_t i = 0; i < stmts.n; i++) {
		err_clear(&t.c);
		if (ddl_test_statement(&t, &stmts.v[i]) == 0)
			continue;
		buf_printf(out, "%s: %s\n", t.c.err.code, t.c.err.message);
		if (t.c.err.hint)
			buf_printf(out, "HINT:  %s\n", t.c.err.hint);
	}
}

/* Details are left out: lists of dependants come in another order. */
static char *without_details(char *text)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	bool is_detail = false;
	struct str rest = str_of(text);
	while (rest.p) {
		struct str line = str_split(&rest, '\n');
		bool is_head = line.n > 6 && line.p[5] == ':' && line.p[4] != ' ';
		if (is_head || str_starts(line, STR("HINT:")))
			is_detail = false;
		if (str_starts(line, STR("DETAIL:")))
			is_detail = true;
		if (!is_detail && line.n)
			buf_printf(&b, "%.*s\n", STR_ARG(line));
	}
	return buf_dup(t.c.arena, &b);
}

/* n: "" or "2", of the files' names. */
static void compare_script(const char *n)
{
	BUF_CLEANUP struct buf errors = buf_make(1 << 20);
	run_refusing(read_file(arena_printf(t.c.arena, "script%s.sql", n)), &errors);
	ck_assert_str_eq(buf_dup(t.c.arena, &errors),
			 without_details(read_file(arena_printf(t.c.arena, "errors%s.txt", n))));
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (size_t i = 0; i < t.cat->relations.n; i++)
		put_relation(&b, t.cat->relations.v[i]);
	compare(sorted_lines(buf_dup(t.c.arena, &b)),
		sorted_lines(read_file(arena_printf(t.c.arena, "catalog%s.txt", n))), "catalog");
}

START_TEST(script_makes_what_postgresql_makes)
{
	run("CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC");
	compare_script("");
}
END_TEST

/* Roles, schemas, ownership, renames, generated columns, domains, comments. */
START_TEST(second_script_makes_what_postgresql_makes)
{
	run("CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC");
	compare_script("2");
}
END_TEST

START_TEST(details_and_positions)
{
	run("create schema public; create table t (id serial primary key, a int);"
	    "create table u (id int references t); create view v as select id from t;"
	    "create view w as select id from v");
	refused("drop table t", "2BP01", "cannot drop table t because other objects depend on it");
	ck_assert_str_eq(t.c.err.details, "constraint u_id_fkey on table u depends on table t\n"
					  "view v depends on table t\n"
					  "view w depends on view v");
	ck_assert_str_eq(t.c.err.hint, "Use DROP ... CASCADE to drop the dependent objects too.");
	refused("create policy p on t using (id = 1 and zz = 2)", "42703",
		"column \"zz\" does not exist");
	ck_assert_int_eq(t.c.err.position, 40);
	refused("alter table t add b int default 1, add check (yy > 0)", "42703",
		"column \"yy\" does not exist");
	ck_assert_int_eq(t.c.err.position, 47);
}
END_TEST

/* ---- renames ---- */

START_TEST(renames_follow_into_stored_sql)
{
	run("create schema public; create schema other; create type mood as enum ('a');"
	    "create table todos (id int primary key, title text check (title <> ''), m mood);"
	    "create table notes (todo_id int references todos);"
	    "create policy p on notes using (exists (select from todos where todos.id = todo_id));"
	    "create view v as select t.title, todos.id from todos t, todos where t.m = 'a'::mood;"
	    "create index i on todos (lower(title)) where title is not null;"
	    "alter table todos rename column title to \"Head line\";"
	    "alter table todos rename to tasks; alter type mood rename to humour;"
	    "alter table tasks set schema other");
	struct relation *tasks = catalog_relation(t.cat, STR("other"), STR("tasks"));
	struct relation *notes = catalog_relation(t.cat, STR("public"), STR("notes"));
	struct relation *v = catalog_relation(t.cat, STR("public"), STR("v"));
	ck_assert_str_eq(tasks->constraints.v[0]->check.text, "\"Head line\" <> ''");
	ck_assert_str_eq(tasks->indexes.v[1]->keys[0].expr.text, "lower(\"Head line\")");
	ck_assert_str_eq(tasks->indexes.v[1]->predicate.text, "\"Head line\" is not null");
	ck_assert_str_eq(notes->policies.v[0]->using_expr.text,
			 "exists (select from other.tasks where tasks.id = todo_id)");
	ck_assert_str_eq(v->view.text, "select t.\"Head line\", tasks.id from other.tasks t, "
				       "other.tasks where t.m = 'a'::humour");
	ck_assert_str_eq(v->columns.v[0].name, "title");
}
END_TEST

START_TEST(stars_are_written_out)
{
	run("create schema public; create table a (id int, x text); create table b (id int, y int);"
	    "create view v as select b.y, a.* from a join b on a.id = b.id;"
	    "create view w as select * from a union all select * from a");
	struct relation *v = catalog_relation(t.cat, STR("public"), STR("v"));
	struct relation *w = catalog_relation(t.cat, STR("public"), STR("w"));
	ck_assert_str_eq(v->view.text, "select b.y, a.id, a.x from a join b on a.id = b.id");
	ck_assert_str_eq(w->view.text, "select a.id, a.x from a union all select a.id, a.x from a");
	ck_assert_uint_eq(v->sources.n, 3);
	ck_assert_int_eq(v->sources.v[1].base_attnum, 1);
}
END_TEST

START_TEST(sequences_follow_their_columns)
{
	run("create schema public; create table t (id serial primary key);"
	    "alter sequence t_id_seq rename to numbers");
	const struct relation *rel = catalog_relation(t.cat, STR("public"), STR("t"));
	ck_assert_str_eq(rel->columns.v[0].default_expr.text,
			 "nextval('public.numbers'::regclass)");
	ck_assert_str_eq(rel->columns.v[0].sequence, "public.numbers");
	run("drop table t");
	ck_assert_ptr_null(catalog_relation(t.cat, STR("public"), STR("numbers")));
}
END_TEST

/* ---- what is refused, with a reason ---- */

START_TEST(what_cannot_be_done_is_said)
{
	run("create schema public; create table t (id int)");
	refused("create table p (a int) partition by list (a)", "0A000",
		"partitioned tables are not supported on this engine");
	refused("create function f() returns int language plv8 as 'return 1'", "0A000",
		"functions in language plv8 are not supported on this engine");
	refused("do $$ begin end $$", "0A000", "DO blocks are not supported on this engine");
	refused("create trigger x before insert on t for each row execute function f()", "42883",
		"function f() does not exist");
	refused("create extension postgis", "0A000",
		"extension \"postgis\" is not available on this engine");
	ck_assert_ptr_nonnull(t.c.err.hint);
	run("create extension if not exists pgcrypto; begin; set statement_timeout = 0; commit;"
	    "create table m (a int, at timestamptz); create trigger tr before update on m"
	    " for each row execute procedure extensions.moddatetime(at)");
	refused("create trigger tr2 before update on m for each row execute procedure"
		" moddatetime(a)",
		"09000", "attribute \"a\" of \"m\" must be type TIMESTAMP or TIMESTAMPTZ");
}
END_TEST

START_TEST(other_roles_stay_within_their_rights)
{
	run("create role boss superuser; create role postgres createrole createdb; create role a;"
	    "create role b; create schema public; grant all on schema public to a;"
	    "create table t (id int); set role a; create table mine (id int);"
	    "create view v as select 1 as x");
	refused("create schema s", "42501", "permission denied for database postgres");
	refused("create role x", "42501", "permission denied to create role");
	refused("grant b to a", "42501", "must have admin option on role \"b\"");
	refused("alter role b set statement_timeout = 0", "42501",
		"permission denied to alter role");
	refused("alter view v owner to postgres", "42501", "must be member of role \"postgres\"");
	refused("alter default privileges for role b grant select on tables to a", "42501",
		"must be member of role \"b\"");
	refused("drop table t", "42501", "must be owner of table t");
	refused("grant select on t to a", "42501", "permission denied for table t");
	run("reset role");
	refused("create role x superuser", "42501", "must be superuser to create superusers");
	refused("grant boss to a", "42501", "must be superuser to alter superusers");
	t.session.role = t.session.session_role = "a";
	refused("set role postgres", "42501", "permission denied to set role \"postgres\"");
	refused("select set_config('role', 'boss', false)", "42501",
		"permission denied to set role \"boss\"");
}
END_TEST

START_TEST(supabase_environment)
{
	struct str sql = ddl_bootstrap_sql();
	if (ddl_test_run(&t, sql, false) < 0)
		ck_abort_msg("%s: %s", t.c.err.code, t.c.err.message);
	const struct relation *users = catalog_relation(t.cat, STR("auth"), STR("users"));
	ck_assert(users->rls_enabled);
	ck_assert_str_eq(users->owner, "supabase_auth_admin");
	run("set role postgres; create table public.todos (id bigint primary key)");
	const struct relation *todos = catalog_relation(t.cat, STR("public"), STR("todos"));
	ck_assert_uint_eq(relation_privs(t.cat, STR("anon"), todos, PRIV_SELECT | PRIV_INSERT),
			  PRIV_SELECT | PRIV_INSERT);
	ck_assert_uint_eq(relation_privs(t.cat, STR("anon"), users, PRIV_SELECT), 0);
	ck_assert(!relation_rls_applies(t.cat, STR("service_role"), users));
	ck_assert(relation_rls_applies(t.cat, STR("anon"), users));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sql_ddl");
	TCase *tc = tcase_create("all");
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, script_makes_what_postgresql_makes);
	tcase_add_test(tc, second_script_makes_what_postgresql_makes);
	tcase_add_test(tc, details_and_positions);
	tcase_add_test(tc, renames_follow_into_stored_sql);
	tcase_add_test(tc, stars_are_written_out);
	tcase_add_test(tc, sequences_follow_their_columns);
	tcase_add_test(tc, what_cannot_be_done_is_said);
	tcase_add_test(tc, other_roles_stay_within_their_rights);
	tcase_add_test(tc, supabase_environment);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
