/* SQLite's result codes as PostgreSQL's errors. */
#include "engine/sqlite/conn.h"

#include "base/check.h"

#include <string.h>

void sqlite_raise(struct sqlite_conn *cn, sqlite3_context *sc)
{
	/* The first counts: SQLite ends the aggregates of a failed statement too. */
	if (cn->c && !cn->has_fn_error) {
		cn->c->err = err_copy(cn->c->arena, &cn->fn.err);
		cn->has_fn_error = true;
	}
	sqlite3_result_error(sc, cn->fn.err.message ? cn->fn.err.message : "error", -1);
}

static const struct {
	int rc; /* primary code */
	const char *sqlstate;
} codes[] = {
	{ SQLITE_READONLY, "25006" }, { SQLITE_IOERR, "58030" }, { SQLITE_CORRUPT, "XX001" },
	{ SQLITE_NOTADB, "XX001" },   { SQLITE_FULL, "53100" },	 { SQLITE_CANTOPEN, "58030" },
	{ SQLITE_TOOBIG, "54000" },   { SQLITE_BUSY, "55P03" },	 { SQLITE_LOCKED, "55P03" },
};

static int constraint_error(struct ctx *c, struct sqlite_conn *cn, int rc)
{
	const char *text = sqlite3_errmsg(cn->db);
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return err_set(c, "23505", "%s", text);
	case SQLITE_CONSTRAINT_NOTNULL:
		return err_set(c, "23502", "%s", text);
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return err_set(c, "23503", "%s", text);
	case SQLITE_CONSTRAINT_CHECK:
		return err_set(c, "23514", "%s", text);
	default:
		return err_set(c, "23000", "%s", text);
	}
}

int sqlite_interrupted(struct ctx *c, const struct sqlite_conn *cn)
{
	if (cn->stop == STOP_CANCEL)
		return err_set(c, "57014", "canceling statement due to user request");
	return err_set(c, "57014", "canceling statement due to statement timeout");
}

int sqlite_error(struct ctx *c, struct sqlite_conn *cn, int rc)
{
	int extended = sqlite3_extended_errcode(cn->db);
	cn->last_rc = (extended & 0xff) == (rc & 0xff) ? extended : rc;
	int primary = rc & 0xff;
	CHECK(primary != SQLITE_MISUSE);
	CHECK(primary != SQLITE_NOMEM);
	if (cn->has_fn_error) {
		cn->has_fn_error = false;
		if (c != cn->c)
			c->err = err_copy(c->arena, &cn->c->err);
		return -1;
	}
	if (primary == SQLITE_CONSTRAINT)
		return constraint_error(c, cn, cn->last_rc);
	if (primary == SQLITE_INTERRUPT)
		return sqlite_interrupted(c, cn);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].rc == primary)
			return err_set(c, codes[i].sqlstate, "%s", sqlite3_errmsg(cn->db));
	}
	/* SQLite's own parser is bounded where PostgreSQL's is not. */
	if (strstr(sqlite3_errmsg(cn->db), "parser stack overflow")) {
		err_set(c, "54001", "the statement is nested too deeply for this engine");
		return err_hint(c, "Embed fewer levels, or ask for them in several requests.");
	}
	return err_set(c, "XX000", "SQLite: %s", sqlite3_errmsg(cn->db));
}

bool sqlite_tx_is_over(const struct sqlite_conn *cn)
{
	return sqlite3_get_autocommit(cn->db) != 0;
}

bool sqlite_has_deferred_fk(struct sqlite_conn *cn)
{
	int now = 0, high = 0;
	sqlite3_db_status(cn->db, SQLITE_DBSTATUS_DEFERRED_FKS, &now, &high, 0);
	return now != 0;
}
