/*
 * Scripts: migrations, seeds and `bedplate sql`, on the writer's thread in one
 * transaction. Each statement runs between SAVEPOINT and RELEASE; without
 * keep_going the first refused one ends the script, and with it everything it
 * did. The catalog is edited in a private copy that the engine publishes after
 * the commit.
 */
#include "base/arena.h"
#include "base/check.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/state.h"
#include "engine/sqlite/storage.h"
#include "engine/sqlite/store.h"
#include "plpgsql/plpgsql.h"
#include "sql/parse.h"

#include <string.h>

enum { STATEMENTS_LITERAL_MAX = 256 << 20 };

struct script {
	struct ctx *c;
	struct sqlite_conn *cn;
	struct script_spec *spec;
	struct storage storage;
	struct ddl_session session;
	int64_t base_version;
	const struct sql_stmt *current;
};

/* A plpgsql body's syntax; what the parser knows but does not take is a reason
 * why the body cannot run. */
static int check_body(struct ctx *c, void *arg, const struct function *f, const char **ret_refusal,
		      int *ret_offset)
{
	struct plpgsql_body *body;
	(void)arg;
	if (strcmp(f->language, "plpgsql") != 0 ||
	    plpgsql_parse(c, c->arena, str_of(f->body.text), f, &body) == 0)
		return 0;
	if (!err_is(c, "0A000"))
		return -1;
	*ret_refusal = c->err.message;
	*ret_offset = c->err.position > 0 ? c->err.position - 1 : 0;
	err_clear(c);
	return 0;
}

static void on_notice(struct ctx *c, void *arg, const char *what)
{
	struct script *s = arg;
	(void)c;
	if (!s->spec->report)
		return;
	struct script_report r = { .offset = s->current ? s->current->offset : 0,
				   .statement = s->current ? s->current->text : STR(""),
				   .notice = what };
	s->spec->report(s->spec->report_arg, &r);
}

static void report_refused(struct script *s)
{
	s->spec->ret_refused++;
	if (!s->spec->report)
		return;
	struct script_report r = { .offset = s->current->offset,
				   .statement = s->current->text,
				   .err = &s->c->err };
	s->spec->report(s->spec->report_arg, &r);
}

/* Where the failed statement is: a migration's reader looks for the line. */
static int locate(struct script *s)
{
	int line, col, at = s->current->offset;
	if (s->c->err.position > 0)
		at += s->c->err.position - 1;
	sql_line_col(s->spec->sql, at, &line, &col);
	if (!s->c->err.details)
		err_details(s->c, "line %d, column %d of the script", line, col);
	return -1;
}

/* ---- one statement ---- */

/* The session's strings were made in the statement's arena. */
static void keep_session(struct script *s, const char *role, const char *path)
{
	if (s->session.role != role)
		s->session.role = arena_strdup(s->c->arena, s->session.role);
	if (s->session.search_path != path)
		s->session.search_path = arena_strdup(s->c->arena, s->session.search_path);
}

static int run_in(struct ctx *own, struct script *s, const struct sql_stmt *st)
{
	const struct json *stmt;
	TRY(sql_parse(own, st->text, &stmt));
	return ddl_run(own, &s->session, st->text, stmt, st->copy_data);
}

static bool is_query(struct str text)
{
	static const char *const words[] = {
		"insert", "update", "delete", "select", "copy", "with"
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);
		if (text.n > n && str_ieq(str_sub(text, 0, n), str_of(words[i])))
			return true;
	}
	return false;
}

/* Runs it with memory of its own, so that a long script needs little. */
static int run_statement(struct script *s, const struct sql_stmt *st)
{
	struct ctx own = { .arena = arena_new(0), .deadline_ns = s->c->deadline_ns };
	const char *role = s->session.role, *path = s->session.search_path;
	struct session session = { .role = role, .search_path = path };
	struct ctx *outer = s->cn->c;
	s->cn->c = &own;
	s->cn->session = &session;
	s->cn->is_replica = s->session.is_replica;
	int failed = run_in(&own, s, st);
	s->cn->is_replica = false;
	if (!is_query(st->text))
		s->cn->edits++;
	keep_session(s, role, path);
	if (failed < 0)
		s->c->err = err_copy(s->c->arena, &own.err);
	s->cn->c = outer;
	s->cn->session = NULL;
	arena_free(own.arena);
	return failed;
}

static void use_catalog(struct script *s, struct catalog *cat)
{
	s->session.cat = cat;
	sqlite_set_catalog(s->cn, cat);
	catalog_unref(cat); /* the connection holds it */
}

/* A refused statement under keep_going may have edited the catalog half. */
static int run_guarded(struct script *s, const struct sql_stmt *st)
{
	struct catalog *before = NULL;
	if (s->spec->keep_going && !is_query(st->text))
		before = catalog_edit(s->session.cat);
	TRY(sqlite_exec(s->c, s->cn, "SAVEPOINT statement"));
	size_t deferred = exec_deferred_mark(s->cn);
	int failed = run_statement(s, st);
	if (failed == 0) {
		catalog_unref(before);
		return sqlite_exec(s->c, s->cn, "RELEASE statement");
	}
	if (sqlite_tx_is_over(s->cn)) {
		catalog_unref(before);
		return -1;
	}
	struct ctx own = { .arena = s->c->arena };
	CHECK(sqlite_exec(&own, s->cn, "ROLLBACK TO statement; RELEASE statement") == 0);
	exec_deferred_cut(s->cn, deferred);
	if (before) {
		before->version = s->session.cat->version;
		use_catalog(s, before);
	}
	return failed;
}

static int run_all(struct script *s, const sql_stmts *stmts)
{
	for (size_t i = 0; i < stmts->n; i++) {
		s->current = &stmts->v[i];
		if (run_guarded(s, s->current) == 0) {
			s->spec->ret_applied++;
			continue;
		}
		report_refused(s);
		if (!s->spec->keep_going || sqlite_tx_is_over(s->cn))
			return locate(s);
		err_clear(s->c);
	}
	return 0;
}

/* ---- queries of a script ---- */

int script_run_query(struct ctx *c, struct storage *st, struct str text, const struct json *stmt,
		     struct sink *sink, uint64_t *ret_affected)
{
	struct exec_plan *plan;
	TRY(exec_plan_make_parsed(c, st->cn, text, stmt, &plan));
	uint64_t affected = 0;
	int failed = exec_run(c, st->cn, plan, NULL, 0, sink, &affected);
	exec_plan_free(plan);
	if (failed == 0 && ret_affected)
		*ret_affected = affected;
	return failed;
}

/* ---- the migration's own record ---- */

static const char history_sql[] =
	"CREATE SCHEMA IF NOT EXISTS supabase_migrations;"
	"CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations"
	" (version text NOT NULL PRIMARY KEY, statements text[], name text)";

static void put_array_item(struct buf *b, struct str item)
{
	buf_char(b, '"');
	for (size_t i = 0; i < item.n; i++) {
		if (item.p[i] == '"' || item.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, item.p[i]);
	}
	buf_char(b, '"');
}

static int run_text(struct script *s, struct str sql)
{
	sql_stmts stmts = { 0 };
	TRY(sql_split(s->c, sql, &stmts));
	for (size_t i = 0; i < stmts.n; i++)
		TRY(run_statement(s, &stmts.v[i]));
	return 0;
}

static int record_migration(struct script *s, const sql_stmts *stmts)
{
	BUF_CLEANUP struct buf list = buf_make(STATEMENTS_LITERAL_MAX);
	BUF_CLEANUP struct buf sql = buf_make(STATEMENTS_LITERAL_MAX);
	s->current = NULL;
	s->session.role = "postgres";
	s->session.notice = NULL; /* our own statements have nothing to tell */
	TRY(run_text(s, str_of(history_sql)));
	buf_char(&list, '{');
	for (size_t i = 0; i < stmts->n; i++) {
		if (i)
			buf_char(&list, ',');
		put_array_item(&list, stmts->v[i].text);
	}
	buf_char(&list, '}');
	buf_puts(&sql, "INSERT INTO supabase_migrations.schema_migrations"
		       " (version, statements, name) VALUES (");
	sql_put_literal(&sql, str_of(s->spec->version));
	buf_puts(&sql, ", ");
	sql_put_literal(&sql, buf_view(&list));
	buf_puts(&sql, ", ");
	sql_put_literal(&sql, str_of(s->spec->name ? s->spec->name : ""));
	buf_char(&sql, ')');
	if (!buf_ok(&list) || !buf_ok(&sql))
		return err_set(s->c, "54000", "the migration is too large to be recorded");
	return run_text(s, buf_view(&sql));
}

/* ---- the whole ---- */

static int finish(struct script *s, struct catalog **ret_cat)
{
	TRY(exec_finish(s->c, s->cn));
	TRY(ddl_end(s->c, &s->session));
	if (sqlite_has_deferred_fk(s->cn))
		return err_set(s->c, "23503", "a foreign key constraint is violated");
	TRY(store_save(s->c, s->cn, s->session.cat));
	*ret_cat = catalog_ref(s->session.cat);
	return 0;
}

static int run_script(struct script *s, const sql_stmts *stmts, struct catalog **ret_cat)
{
	TRY(run_all(s, stmts));
	if (s->spec->version)
		TRY(record_migration(s, stmts));
	return finish(s, ret_cat);
}

int script_run(struct ctx *c, struct sqlite_conn *cn, struct script_spec *spec,
	       struct catalog **ret_cat)
{
	sql_stmts stmts = { 0 };
	spec->ret_applied = spec->ret_refused = 0;
	TRY(sql_split(c, spec->sql, &stmts));
	struct script s = { .c = c, .cn = cn, .spec = spec };
	s.session = (struct ddl_session){
		.role = spec->role ? spec->role : "postgres",
		.search_path = "\"$user\", public, extensions",
		.storage = &sqlite_storage,
		.storage_arg = &s.storage,
		.notice = on_notice,
		.notice_arg = &s,
		.check_body = check_body,
	};
	s.storage = (struct storage){ cn, &s.session };
	use_catalog(&s, catalog_edit(cn->cat));
	cn->ddl = &s.session;
	int failed = run_script(&s, &stmts, ret_cat);
	cn->ddl = NULL;
	return failed;
}
