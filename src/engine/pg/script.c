/*
 * Scripts: migrations, seeds and `bedplate sql`, statement by statement in one
 * transaction, or under keep_going with a savepoint around each.
 */
#include "engine/pg/pg_int.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/parse.h"

#include <string.h>

/* Transaction control inside a script would end our transaction. */
static bool is_transaction_control(struct str text)
{
	static const char *const words[] = { "begin", "commit", "end", "start transaction",
					     "rollback" };
	struct str s = str_trim(text);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct str word = str_of(words[i]);
		struct str head = str_sub(s, 0, word.n);
		struct str rest = str_trim(str_from(s, word.n));
		bool plain = rest.n == 0 || str_ieq(rest, STR("transaction")) ||
			     str_ieq(rest, STR("work"));
		if (str_ieq(head, word) && plain)
			return true;
	}
	return false;
}

static int send_copy(struct ctx *c, struct pg_conn *conn, struct str data)
{
	while (data.n) {
		size_t n = data.n < 65536 ? data.n : 65536;
		int sent = PQputCopyData(conn->pq, data.p, (int)n);
		if (sent < 0)
			return pg_conn_error(c, conn->pq);
		if (sent > 0)
			data = str_from(data, n);
		TRY(pg_conn_flush(c, conn));
	}
	if (PQputCopyEnd(conn->pq, NULL) < 0)
		return pg_conn_error(c, conn->pq);
	return pg_conn_query(c, conn, NULL, NULL);
}

static int run_statement(struct ctx *c, struct pg_conn *conn, const struct sql_stmt *stmt)
{
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, str_dup(c->arena, stmt->text), &res));
	if (PQresultStatus(res) == PGRES_COPY_IN)
		return send_copy(c, conn, stmt->copy_data);
	return 0;
}

static void report(struct script_spec *spec, const struct sql_stmt *stmt, const struct error *err,
		   const char *notice)
{
	struct script_report r = { stmt->offset, stmt->text, err, notice };
	if (spec->report)
		spec->report(spec->report_arg, &r);
}

/* Under keep_going: a refused statement is undone alone and reported. */
static int run_guarded(struct ctx *c, struct pg_conn *conn, struct script_spec *spec,
		       const struct sql_stmt *stmt)
{
	TRY(pg_conn_query(c, conn, "SAVEPOINT bedplate", NULL));
	if (run_statement(c, conn, stmt) == 0) {
		spec->ret_applied++;
		return pg_conn_query(c, conn, "RELEASE SAVEPOINT bedplate", NULL);
	}
	if (conn->is_broken)
		return -1;
	spec->ret_refused++;
	report(spec, stmt, &c->err, NULL);
	err_clear(c);
	return pg_conn_query(c, conn, "ROLLBACK TO SAVEPOINT bedplate; RELEASE SAVEPOINT bedplate",
			     NULL);
}

static int run_all(struct ctx *c, struct pg_conn *conn, struct script_spec *spec,
		   const sql_stmts *stmts)
{
	for (size_t i = 0; i < stmts->n; i++) {
		const struct sql_stmt *stmt = &stmts->v[i];
		if (is_transaction_control(stmt->text)) {
			report(spec, stmt, NULL, "the script already runs in one transaction");
			continue;
		}
		struct arena_mark mark = arena_mark(c->arena);
		if (spec->keep_going) {
			TRY(run_guarded(c, conn, spec, stmt));
			arena_rewind(c->arena, mark);
			continue;
		}
		if (run_statement(c, conn, stmt) < 0) {
			spec->ret_refused++;
			report(spec, stmt, &c->err, NULL);
			return -1;
		}
		arena_rewind(c->arena, mark);
		spec->ret_applied++;
	}
	return 0;
}

static int record_migration(struct ctx *c, struct pg_conn *conn, const struct script_spec *spec,
			    const sql_stmts *stmts)
{
	BUF_CLEANUP struct buf sql = buf_make(SQL_TEXT_MAX);
	buf_puts(&sql, "CREATE SCHEMA IF NOT EXISTS supabase_migrations;"
		       " CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations"
		       " (version text NOT NULL PRIMARY KEY, statements text[], name text);"
		       " INSERT INTO supabase_migrations.schema_migrations (version, name, "
		       "statements) VALUES (");
	sql_put_literal(&sql, str_of(spec->version));
	buf_puts(&sql, ", ");
	sql_put_literal(&sql, str_of(spec->name ? spec->name : ""));
	buf_puts(&sql, ", ARRAY[");
	for (size_t i = 0; i < stmts->n; i++) {
		if (i)
			buf_char(&sql, ',');
		sql_put_literal(&sql, stmts->v[i].text);
	}
	buf_puts(&sql, "]::text[])");
	if (!buf_ok(&sql))
		return err_set(c, "54000", "the migration is too large to record");
	return pg_conn_query(c, conn, buf_dup(c->arena, &sql), NULL);
}

static int run_script(struct ctx *c, struct pg_conn *conn, struct script_spec *spec)
{
	sql_stmts stmts = { 0 };
	TRY(sql_split(c, spec->sql, &stmts));
	TRY(pg_conn_query(c, conn, "BEGIN", NULL));
	if (run_all(c, conn, spec, &stmts) < 0)
		return -1;
	if (spec->version)
		TRY(record_migration(c, conn, spec, &stmts));
	return pg_conn_query(c, conn, "COMMIT", NULL);
}

int pg_script(struct ctx *c, struct engine *e, struct script_spec *spec)
{
	struct pg *pg = (struct pg *)e;
	struct pg_conn *conn;
	TRY(pg_acquire(c, pg, &conn));
	int rc = run_script(c, conn, spec);
	/* What the script SET must not outlive it: the connection is not reused. */
	conn->is_broken = true;
	pg_release(conn);
	TRY(rc);
	return e->vt->reload(c, e);
}
