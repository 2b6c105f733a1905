/* The catalog: look-ups, search paths, roles, privileges, copies and JSON. */
#include "ddl_util.h"
#include "harness.h"

#include "base/buf.h"
#include "sql/trigger.h"

static struct ddl_test t;

static void setup(void)
{
	ddl_test_begin(&t);
}

static void teardown(void)
{
	ddl_test_end(&t);
}

static void run(const char *script)
{
	if (ddl_test_run(&t, str_of(script), false) < 0)
		ck_abort_msg("%s: %s", t.c.err.code, t.c.err.message);
}

START_TEST(search_path_elements)
{
	size_t pos = 0;
	struct str s;
	const char *path = "\"$user\", public,\"A b\" , extensions";
	ck_assert(search_path_next(path, &pos, &s) && str_is(s, "public"));
	ck_assert(search_path_next(path, &pos, &s) && str_is(s, "A b"));
	ck_assert(search_path_next(path, &pos, &s) && str_is(s, "extensions"));
	ck_assert(!search_path_next(path, &pos, &s));
	pos = 0;
	ck_assert(!search_path_next("", &pos, &s));
}
END_TEST

START_TEST(names_are_found_along_the_path)
{
	run("create schema a; create schema b; create table b.t (x int); create table a.u (x int);"
	    "create table b.u (x int); create type b.mood as enum ('x')");
	ck_assert_ptr_null(catalog_find_relation(t.cat, "a", STR("t")));
	ck_assert_str_eq(catalog_find_relation(t.cat, "a, b", STR("t"))->schema, "b");
	ck_assert_str_eq(catalog_find_relation(t.cat, "a, b", STR("u"))->schema, "a");
	ck_assert_ptr_nonnull(catalog_find_type(t.cat, "b", STR(""), STR("mood")));
	ck_assert_ptr_null(catalog_find_type(t.cat, "a", STR(""), STR("mood")));
	ck_assert_ptr_eq(catalog_find_type(t.cat, "a", STR(""), STR("int4")),
			 type_builtin(STR("int4")));
	/* No two pairs of names share a key. */
	ck_assert_ptr_null(catalog_relation(t.cat, STR("b.t"), STR("")));
	char name[600];
	memset(name, 'x', sizeof(name));
	ck_assert_ptr_null(catalog_relation(t.cat, STR("b"), (struct str){ name, sizeof(name) }));
}
END_TEST

START_TEST(membership_and_inheritance)
{
	run("create role g; create role m in role g; create role n noinherit in role g;"
	    "create role deep in role n; create role su superuser");
	ck_assert(catalog_has_role(t.cat, STR("m"), STR("g"), true));
	ck_assert(!catalog_has_role(t.cat, STR("n"), STR("g"), true));
	ck_assert(catalog_has_role(t.cat, STR("n"), STR("g"), false));
	ck_assert(!catalog_has_role(t.cat, STR("deep"), STR("g"), true));
	ck_assert(catalog_has_role(t.cat, STR("deep"), STR("g"), false));
	ck_assert(catalog_has_role(t.cat, STR("su"), STR("g"), true));
	ck_assert(!catalog_has_role(t.cat, STR("g"), STR("m"), false));
	ck_assert(!catalog_has_role(t.cat, STR("nobody"), STR("g"), false));
}
END_TEST

static uint32_t privs(const char *role, const char *rel)
{
	return relation_privs(t.cat, str_of(role), catalog_relation(t.cat, STR("s"), str_of(rel)),
			      0xFFF);
}

START_TEST(privileges)
{
	run("create role su superuser; create role postgres createrole; create role a;"
	    "create role b in role a; create schema s; create table s.t (x int, y int);"
	    "create table s.plain (x int)");
	ck_assert_uint_eq(privs("postgres", "plain"), acl_all_privs('r'));
	ck_assert_uint_eq(privs("a", "plain"), 0);
	ck_assert_uint_eq(privs("su", "plain"), 0xFFF);
	run("grant select on s.t to a; grant insert on s.t to public; grant update (y) on s.t to a;"
	    "revoke all on s.t from postgres");
	ck_assert_uint_eq(privs("b", "t"), PRIV_SELECT | PRIV_INSERT);
	/* an owner whose rights were revoked has none, unlike with a NULL acl */
	ck_assert_uint_eq(privs("postgres", "t"), PRIV_INSERT);
	struct relation *rel = catalog_relation(t.cat, STR("s"), STR("t"));
	ck_assert_uint_eq(column_privs(t.cat, STR("b"), rel, &rel->columns.v[1], PRIV_UPDATE),
			  PRIV_UPDATE);
	ck_assert_uint_eq(column_privs(t.cat, STR("b"), rel, &rel->columns.v[0], PRIV_UPDATE), 0);
	run("revoke all on s.t from a, public");
	ck_assert_uint_eq(privs("a", "t"), 0);
	ck_assert_ptr_nonnull(rel->acl);
}
END_TEST

START_TEST(row_security_applies)
{
	run("create role postgres createrole; create role owner; create role m in role owner; "
	    "create role x;"
	    "create role by bypassrls; create schema s; create table s.t (x int);"
	    "alter table s.t owner to owner");
	struct relation *rel = catalog_relation(t.cat, STR("s"), STR("t"));
	ck_assert(!relation_rls_applies(t.cat, STR("x"), rel));
	run("alter table s.t enable row level security");
	rel = catalog_relation(t.cat, STR("s"), STR("t"));
	ck_assert(relation_rls_applies(t.cat, STR("x"), rel));
	ck_assert(!relation_rls_applies(t.cat, STR("owner"), rel));
	ck_assert(!relation_rls_applies(t.cat, STR("m"), rel));
	ck_assert(!relation_rls_applies(t.cat, STR("by"), rel));
	ck_assert(relation_rls_applies(t.cat, STR("unknown"), rel));
	run("alter table s.t force row level security");
	rel = catalog_relation(t.cat, STR("s"), STR("t"));
	ck_assert(relation_rls_applies(t.cat, STR("owner"), rel));
	ck_assert(!relation_rls_applies(t.cat, STR("by"), rel));
}
END_TEST

static const char everything[] =
	"create role postgres createrole; create role anon; create schema s; comment on schema s "
	"is 'c';"
	"create type s.mood as enum ('a', 'b'); create domain s.d as int default 1 check (value > "
	"0);"
	"create type s.comp as (a int, b s.mood[]);"
	"create table s.t (id bigint generated always as identity primary key, m s.mood not null,"
	" d s.d, c s.comp, g int generated always as (1 + 1) stored, v varchar(10) default 'x',"
	" a numeric(5,2)[], unique nulls not distinct (v), check (id > 0));"
	"create table s.u (id serial, t_id bigint references s.t on delete set null (t_id)"
	" deferrable initially deferred, at timestamptz);"
	"create index on s.t (m desc nulls last, (g + 1)) include (v) where g > 0;"
	"create view s.v with (security_invoker) as select id, v from s.t with local check option;"
	"alter table s.t enable row level security; create policy p on s.t as restrictive for "
	"update"
	" to anon using (true) with check (g > 0); grant select (v) on s.t to anon;"
	"grant all on s.u to anon with grant option; comment on column s.t.v is 'it''s';"
	"alter default privileges in schema s grant select on tables to anon;"
	"create trigger tr before update of at on s.u for each row execute function "
	"moddatetime(at);"
	"alter role anon set statement_timeout = '3s'; comment on policy p on s.t is 'p'";

static struct str to_json(const struct catalog *cat)
{
	struct buf b = buf_make(1 << 20);
	catalog_to_json(cat, &b);
	struct str text = str_of(buf_dup(t.c.arena, &b));
	buf_free(&b);
	return text;
}

START_TEST(json_keeps_everything)
{
	run(everything);
	struct str text = to_json(t.cat);
	struct catalog *back;
	ck_assert_int_eq(catalog_from_json(&t.c, text, &back), 0);
	ck_assert(str_eq(to_json(back), text));
	const struct relation *u = catalog_relation(back, STR("s"), STR("u"));
	ck_assert_str_eq(u->triggers.v[0]->args[0], "at");
	ck_assert_uint_eq(u->constraints.v[0]->n_set_cols, 1);
	ck_assert_ptr_eq(catalog_relation(back, STR("s"), STR("t"))->columns.v[0].type.type,
			 type_builtin(STR("int8")));
	catalog_unref(back);
}
END_TEST

START_TEST(json_of_another_format_is_refused)
{
	struct catalog *back = NULL;
	ck_assert_int_lt(catalog_from_json(&t.c, STR("{\"format\":99}"), &back), 0);
	ck_assert_str_eq(t.c.err.code, "XX001");
	ck_assert_int_lt(
		catalog_from_json(&t.c, STR("{\"format\":1,\"roles\":[{\"nme\":\"x\"}]}"), &back),
		0);
	ck_assert_int_lt(catalog_from_json(&t.c, STR("[1"), &back), 0);
	ck_assert_ptr_null(back);
}
END_TEST

START_TEST(an_edit_shares_nothing)
{
	run(everything);
	struct catalog *copy = catalog_edit(t.cat);
	ck_assert_int_eq(copy->version, t.cat->version + 1);
	copy->version--;
	struct str text = to_json(copy);
	ck_assert(str_eq(text, to_json(t.cat)));
	const struct relation *rel = catalog_relation(copy, STR("s"), STR("t"));
	ck_assert_ptr_ne(rel, catalog_relation(t.cat, STR("s"), STR("t")));
	ck_assert_ptr_eq(rel->row_type->row, rel);
	/* the original goes; under address sanitizer a shared piece would show */
	catalog_unref(t.cat);
	t.cat = t.session.cat = copy;
	ck_assert(str_eq(text, to_json(copy)));
	run("drop schema s cascade");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sql_catalog");
	TCase *tc = tcase_create("all");
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, search_path_elements);
	tcase_add_test(tc, names_are_found_along_the_path);
	tcase_add_test(tc, membership_and_inheritance);
	tcase_add_test(tc, privileges);
	tcase_add_test(tc, row_security_applies);
	tcase_add_test(tc, json_keeps_everything);
	tcase_add_test(tc, json_of_another_format_is_refused);
	tcase_add_test(tc, an_edit_shares_nothing);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
