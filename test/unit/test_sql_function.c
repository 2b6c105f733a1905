/*
 * Functions and triggers in the catalog, the names a body brings along, and SQL
 * functions that are taken into the query that calls them.
 */
#include "ddl_util.h"
#include "harness.h"

#include "base/buf.h"
#include "sql/function_names.h"
#include "sql/rewrite.h"
#include "sql/trigger.h"

static struct ddl_test t;
static char notices[8192];

static void on_notice(struct ctx *c, void *arg, const char *what)
{
	(void)c;
	(void)arg;
	strncat(notices, what, sizeof(notices) - strlen(notices) - 2);
	strcat(notices, "\n");
}

static void setup(void)
{
	ddl_test_begin(&t);
	notices[0] = '\0';
	t.session.notice = on_notice;
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

static void refused(const char *statement, const char *code, const char *message)
{
	err_clear(&t.c);
	ck_assert_int_lt(ddl_test_run(&t, str_of(statement), false), 0);
	ck_assert_str_eq(t.c.err.message, message);
	ck_assert_str_eq(t.c.err.code, code);
}

static const char base[] =
	"create role anon; create role boss superuser; create role postgres createrole;"
	"create schema public; create schema s; grant usage on schema public to anon;"
	"create table t (id int primary key, name text, at timestamptz);"
	"create table members (team int, who text); alter table members enable row level security;"
	"grant select on t to anon;";

static struct function *function(const char *name)
{
	for (size_t i = 0; i < t.cat->functions.n; i++)
		if (!strcmp(t.cat->functions.v[i]->name, name))
			return t.cat->functions.v[i];
	return NULL;
}

static struct relation *relation(const char *name)
{
	return catalog_relation(t.cat, STR("public"), str_of(name));
}

static struct trigger *trigger(const char *table, const char *name)
{
	struct relation *rel = relation(table);
	for (size_t i = 0; i < rel->triggers.n; i++)
		if (!strcmp(rel->triggers.v[i]->name, name))
			return rel->triggers.v[i];
	return NULL;
}

/* ---- the catalog ---- */

START_TEST(everything_said_is_kept)
{
	run(base);
	run("create function f(a int, inout b text default 'x', variadic c int[] default '{}')"
	    " language plpgsql stable strict security definer leakproof parallel safe cost 7"
	    " set search_path = '' set my.own to 'a b' as $$ begin b := 'y'; end $$;"
	    "create function rows() returns table (x int, y t) rows 9 language sql as"
	    " 'select 1, t from t';"
	    "create procedure p(out a int) language sql as 'select 1';"
	    "create function atom(a int) returns int begin atomic select a; select a + 1; end;"
	    "create function tg() returns trigger language plpgsql as 'begin return new; end';"
	    "create constraint trigger k after insert or update of name on t from members"
	    " deferrable initially deferred for each row when (new.id > 0)"
	    " execute function tg('a', 2);"
	    "create trigger n after update on t referencing old table as o new table as n"
	    " execute function tg(); comment on trigger n on t is 'said';"
	    "comment on function f is 'also'; grant execute on function f to anon");
	const struct function *f = function("f");
	ck_assert_int_eq(f->n_args, 3);
	ck_assert_int_eq(f->volatility, 's');
	ck_assert_int_eq(f->parallel, 's');
	ck_assert(f->is_strict && f->security_definer && f->is_leakproof);
	ck_assert_double_eq(f->cost, 7);
	ck_assert_int_eq(f->n_settings, 2);
	ck_assert_str_eq(f->settings[0], "search_path=\"\"");
	ck_assert_str_eq(f->settings[1], "my.own=a b");
	ck_assert_str_eq(f->args[1].default_expr.text, "'x'");
	ck_assert_str_eq(f->body.text, " begin b := 'y'; end ");
	ck_assert_str_eq(function("atom")->body.text, "begin atomic select a; select a + 1; end");
	const struct trigger *k = trigger("t", "k");
	ck_assert(k->is_constraint && k->is_deferrable && k->is_deferred && k->for_each_row);
	ck_assert_uint_eq(k->constraint_rel, relation("members")->oid);
	ck_assert_uint_eq(k->function_oid, function("tg")->oid);
	ck_assert_str_eq(k->when.text, "new.id > 0");
	ck_assert_str_eq(k->args[1], "2");
	ck_assert_str_eq(trigger("t", "n")->old_table, "o");
	/* as JSON and back, and as a copy, nothing is lost */
	BUF_CLEANUP struct buf first = buf_make(1 << 20), second = buf_make(1 << 20);
	struct catalog *again;
	catalog_to_json(t.cat, &first);
	ck_assert_int_eq(catalog_from_json(&t.c, buf_view(&first), &again), 0);
	catalog_to_json(again, &second);
	ck_assert(str_eq(buf_view(&first), buf_view(&second)));
	catalog_unref(again);
}
END_TEST

START_TEST(a_replaced_function_is_the_same_object)
{
	run(base);
	run("create function f() returns int language sql as 'select 1';"
	    "comment on function f() is 'c'; revoke execute on function f() from public");
	uint32_t oid = function("f")->oid;
	run("create or replace function f() returns int language sql as 'select 2'");
	ck_assert_uint_eq(function("f")->oid, oid);
	ck_assert_str_eq(function("f")->comment, "c");
	ck_assert_ptr_nonnull(function("f")->acl);
	ck_assert_str_eq(function("f")->body.text, "select 2");
}
END_TEST

START_TEST(renames_follow_into_what_calls)
{
	run(base);
	run("create function f(a int) returns int language sql immutable as 'select a';"
	    "create function tg() returns trigger language plpgsql as 'begin return new; end';"
	    "create policy p on t using (public.f(id) > 0 and f(1) = 1);"
	    "create view v as select f(id) as x, id as f from t;"
	    "alter table t add column d int default f(2);"
	    "create trigger a before update on t for each row when (old.name <> new.name)"
	    " execute function tg();"
	    "alter function f(int) rename to \"G h\"; alter function tg() set schema s;"
	    "alter table t rename name to label");
	ck_assert_str_eq(relation("t")->policies.v[0]->using_expr.text,
			 "public.\"G h\"(id) > 0 and \"G h\"(1) = 1");
	ck_assert_str_eq(relation("v")->view.text, "select \"G h\"(id) as x, id as f from t");
	ck_assert_str_eq(relation_column(relation("t"), STR("d"))->default_expr.text, "\"G h\"(2)");
	ck_assert_str_eq(trigger("t", "a")->function_schema, "s");
	ck_assert_str_eq(trigger("t", "a")->when.text, "old.label <> new.label");
	run("alter function \"G h\"(int) set schema s");
	ck_assert_str_eq(relation("v")->view.text, "select s.\"G h\"(id) as x, id as f from t");
	run("alter schema s rename to z");
	ck_assert_str_eq(relation("v")->view.text, "select z.\"G h\"(id) as x, id as f from t");
	ck_assert_str_eq(function("tg")->schema, "z");
}
END_TEST

START_TEST(cascade_takes_what_depends)
{
	run(base);
	run("create function f(a int) returns int language sql immutable as 'select a';"
	    "create function of_t(a t) returns int language sql as 'select a.id';"
	    "create function tg() returns trigger language plpgsql as 'begin return new; end';"
	    "create policy p on t using (f(id) > 0); create view v as select f(id) as x from t;"
	    "create index ix on t (f(id)); alter table t add column d int default f(2);"
	    "create trigger a before update on t for each row execute function tg()");
	refused("drop function f", "2BP01",
		"cannot drop function f(integer) because other objects depend on it");
	run("drop function f cascade; drop function tg cascade");
	const struct relation *rel = relation("t");
	ck_assert_uint_eq(rel->policies.n, 0);
	ck_assert_uint_eq(rel->triggers.n, 0);
	ck_assert_ptr_null(relation("v"));
	ck_assert_ptr_null(relation_index(rel, STR("ix")));
	ck_assert_ptr_null(relation_column(rel, STR("d"))->default_expr.text);
	ck_assert(strstr(notices, "drop cascades to policy p on table t"));
	refused("drop table t", "2BP01", "cannot drop table t because other objects depend on it");
	run("drop table t cascade");
	ck_assert_ptr_null(function("of_t"));
	run("create function s.inside() returns int language sql as 'select 1'");
	refused("drop schema s", "2BP01",
		"cannot drop schema s because other objects depend on it");
	run("drop schema s cascade");
	ck_assert_ptr_null(function("inside"));
}
END_TEST

START_TEST(bodies_that_cannot_run_are_kept_and_said)
{
	run(base);
	run("create function f() returns bigint language sql as"
	    " 'select 1; select pg_column_size(1)::bigint'");
	ck_assert_str_eq(function("f")->refusal,
			 "function pg_column_size(integer) is not supported here");
	ck_assert_int_eq(function("f")->refusal_offset, 17);
	ck_assert(strstr(notices, "function f() is kept but cannot run here"));
	run("create or replace function f() returns bigint language sql as 'select 1'");
	ck_assert_ptr_null(function("f")->refusal);
	run("set check_function_bodies = off;"
	    "create function g() returns int language sql as 'select nope from nowhere';"
	    "reset check_function_bodies");
	refused("create function h() returns int language sql as 'select nope from nowhere'",
		"42P01", "relation \"nowhere\" does not exist");
	ck_assert_int_eq(t.c.err.position, 67);
}
END_TEST

START_TEST(default_privileges_reach_functions)
{
	run(base);
	run("alter default privileges revoke execute on functions from public;"
	    "alter default privileges in schema public grant execute on functions to anon;"
	    "create function f() returns int language sql as 'select 1';"
	    "create function s.g() returns int language sql as 'select 1'");
	const struct function *f = function("f"), *g = function("g");
	ck_assert(catalog_privs(t.cat, STR("anon"), f->owner, f->acl, 'f', PRIV_EXECUTE));
	ck_assert(!catalog_privs(t.cat, STR("anon"), g->owner, g->acl, 'f', PRIV_EXECUTE));
	run("grant all on function public.gtrgm_in(cstring), public.gtrgm_out(public.gtrgm) to "
	    "anon;"
	    "revoke all on all functions in schema public from anon");
	f = function("f");
	ck_assert(!catalog_privs(t.cat, STR("anon"), f->owner, f->acl, 'f', PRIV_EXECUTE));
}
END_TEST

/* ---- the names of a body ---- */

static int variable(struct ctx *c, void *arg, const struct str *parts, size_t n, struct expr **ret)
{
	(void)arg;
	if (!str_is(parts[n - 1], "name") && !str_is(parts[n - 1], "mine"))
		return 0;
	*ret = expr_new(c->arena, EX_PARAM, TYPEREF(type_builtin(STR("text"))));
	(*ret)->param = 3;
	return n == 1;
}

static int analyze(const char *sql, enum name_conflict on_conflict, struct query **ret)
{
	struct name_scope *names = ARENA_NEW(t.c.arena, struct name_scope);
	struct analysis *an = ARENA_NEW(t.c.arena, struct analysis);
	const struct json *stmt;
	*names = (struct name_scope){ .resolve = variable, .on_conflict = on_conflict };
	*an = (struct analysis){
		.cat = t.cat, .search_path = "public", .names = names, .text = str_of(sql)
	};
	ck_assert_int_eq(sql_parse(&t.c, str_of(sql), &stmt), 0);
	return analyze_query(&t.c, an, stmt, ret);
}

START_TEST(variables_and_columns_meet)
{
	struct query *q;
	run(base);
	ck_assert_int_eq(analyze("select mine, id from t", NAMES_AMBIGUOUS, &q), 0);
	ck_assert_int_eq(q->targets.v[0].expr->kind, EX_PARAM);
	ck_assert_int_eq(q->targets.v[1].expr->kind, EX_VAR);
	ck_assert_int_eq(q->n_params, 3);
	ck_assert_int_lt(analyze("select name from t", NAMES_AMBIGUOUS, &q), 0);
	ck_assert_str_eq(t.c.err.message, "column reference \"name\" is ambiguous");
	ck_assert_str_eq(t.c.err.details,
			 "It could refer to either a PL/pgSQL variable or a table column.");
	ck_assert_int_eq(t.c.err.position, 8);
	ck_assert_int_eq(analyze("select t.name from t", NAMES_AMBIGUOUS, &q), 0);
	ck_assert_int_eq(analyze("select name from t", NAMES_COLUMN, &q), 0);
	ck_assert_int_eq(q->targets.v[0].expr->kind, EX_VAR);
	ck_assert_int_eq(analyze("select name from t", NAMES_VARIABLE, &q), 0);
	ck_assert_int_eq(q->targets.v[0].expr->kind, EX_PARAM);
	ck_assert_int_lt(analyze("select nope from t", NAMES_AMBIGUOUS, &q), 0);
	ck_assert_str_eq(t.c.err.message, "column \"nope\" does not exist");
}
END_TEST

/* ---- taken into the query ---- */

static int rewrite(const char *sql, const char *role, struct query **ret)
{
	struct analysis an = { .cat = t.cat, .search_path = "public", .text = str_of(sql) };
	struct rewrite rw = { .cat = t.cat, .role = role, .search_path = "public" };
	const struct json *stmt;
	struct query *q;
	ck_assert_int_eq(sql_parse(&t.c, str_of(sql), &stmt), 0);
	ck_assert_int_eq(analyze_query(&t.c, &an, stmt, &q), 0);
	return rewrite_query(&t.c, &rw, q, ret);
}

static bool count_call(struct expr *e, void *arg)
{
	*(int *)arg += e->kind == EX_CALL;
	return true;
}

static int calls_left(const char *sql, const char *role)
{
	struct query *q;
	int n = 0;
	if (rewrite(sql, role, &q) < 0)
		ck_abort_msg("%s: %s", t.c.err.code, t.c.err.message);
	query_walk(q, count_call, &n);
	return n;
}

static const char functions[] =
	"create function is_member(x int) returns bool language sql stable security definer"
	" set search_path = public as 'select exists (select 1 from members where team = x)';"
	"create function add(a int, b int) returns int language sql immutable as 'select a + b';"
	"create function add1(a int) returns int language sql as 'select a + 1';"
	"create function rnd() returns float8 language sql as 'select random()';"
	"create function me() returns text language sql stable security definer as"
	" 'select current_user::text';"
	"create function pl(a int) returns int language plpgsql as 'begin return a; end';"
	"create function pl1(a int) returns bool language plpgsql stable security definer as"
	" 'begin return exists (select 1 from public.members m where m.team = a); end;';"
	"create function pl2(team int) returns bool language plpgsql stable as"
	" 'begin return exists (select 1 from public.members where team = 1); end';"
	"create function pl3(a int) returns int language plpgsql stable as"
	" 'declare b int; begin return a; end';"
	"create function pl4(a int) returns int language plpgsql stable as"
	" 'begin return a; return 1; end';"
	"create function inv(a int) returns int language sql stable as 'select pl3(a)';"
	"create function def(a int) returns int language sql security definer as 'select pl3(a)';"
	"create function rec(a int) returns int language sql as 'select 1';"
	"create or replace function rec(a int) returns int language sql as 'select rec(a - 1)';"
	"create function all_t() returns setof t language sql stable as 'select * from t';"
	"create function sets() returns int language sql stable set my.x = 1 as 'select 1';"
	"create function secret(a int) returns int language sql stable as 'select a';"
	"revoke execute on function secret(int) from public;";

START_TEST(sql_bodies_become_expressions)
{
	run(base);
	run(functions);
	ck_assert_int_eq(calls_left("select is_member(id), add(add(id, 1), 2) from t", "anon"), 0);
	ck_assert_int_eq(calls_left("select * from all_t() where id > 1", "anon"), 0);
	ck_assert_int_eq(calls_left("select add1(1)", "anon"), 0);
	ck_assert_int_eq(calls_left("update t set id = add(id, 1)", "postgres"), 0);
	/* what writes, draws lots, asks who it is, or has a body of its own stays */
	ck_assert_int_eq(calls_left("update t set id = add1(id)", "postgres"), 1);
	ck_assert_int_eq(calls_left("select add1(pl3(1)), add(pl3(1), 2)", "anon"), 2);
	ck_assert_int_eq(calls_left("select add(add1(1), floor(random())::int)", "anon"), 0);
	ck_assert_int_eq(calls_left("select me()", "anon"), 1);
	ck_assert_int_eq(calls_left("select pl1(id) from t", "anon"), 0);
	ck_assert_int_eq(calls_left("select pl2(id), pl3(id), pl4(id) from t", "postgres"), 3);
	ck_assert_int_eq(calls_left("select def(1)", "anon"), 1);
	ck_assert_int_eq(calls_left("select rec(1)", "anon"), 1);
	ck_assert_int_eq(calls_left("select sets()", "anon"), 1);
	ck_assert_int_eq(calls_left("select t.id from t, lateral all_t() x", "anon"), 0);
}
END_TEST

START_TEST(a_definer_s_tables_are_checked_as_the_owner)
{
	struct query *q;
	run(base);
	run(functions);
	ck_assert_int_eq(rewrite("select is_member(id) from t", "anon", &q), 0);
	const struct expr *e = q->targets.v[0].expr;
	ck_assert_int_eq(e->kind, EX_SUBLINK);
	ck_assert_str_eq(e->subquery->rtes.v[0]->access.check_as, "postgres");
	ck_assert_ptr_null(e->subquery->rtes.v[0]->security_quals.v);
	/* and nobody else's: anon may not read the table itself */
	ck_assert_int_lt(rewrite("select * from members", "anon", &q), 0);
	ck_assert_str_eq(t.c.err.message, "permission denied for table members");
}
END_TEST

START_TEST(execute_is_asked_for)
{
	struct query *q;
	run(base);
	run(functions);
	run("create view v as select secret(id) as x from t; grant select on v to anon;"
	    "create function s.f() returns int language plpgsql as 'begin return 1; end'");
	static const char *const queries[] = { "select secret(1)", "select * from v",
					       "select id from t where secret(id) = 1" };
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_lt(rewrite(queries[i], "anon", &q), 0);
		ck_assert_str_eq(t.c.err.code, "42501");
		ck_assert_str_eq(t.c.err.message, "permission denied for function secret");
	}
	ck_assert_int_eq(calls_left("select secret(1)", "postgres"), 0);
	ck_assert_int_lt(rewrite("select s.f()", "anon", &q), 0);
	ck_assert_str_eq(t.c.err.message, "permission denied for schema s");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sql_function");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, everything_said_is_kept);
	tcase_add_test(tc, a_replaced_function_is_the_same_object);
	tcase_add_test(tc, renames_follow_into_what_calls);
	tcase_add_test(tc, cascade_takes_what_depends);
	tcase_add_test(tc, bodies_that_cannot_run_are_kept_and_said);
	tcase_add_test(tc, default_privileges_reach_functions);
	tcase_add_test(tc, variables_and_columns_meet);
	tcase_add_test(tc, sql_bodies_become_expressions);
	tcase_add_test(tc, a_definer_s_tables_are_checked_as_the_owner);
	tcase_add_test(tc, execute_is_asked_for);
	suite_add_tcase(suite, tc);
	return harness_run(suite);
}
