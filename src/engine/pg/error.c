/* PostgreSQL's errors as ours: the same SQLSTATE and texts. */
#include "engine/pg/pg_int.h"

#include "base/arena.h"
#include "base/err.h"

#include <stdlib.h>

void pg_set_error(struct ctx *c, const PGresult *res)
{
	const char *code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *details = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
	const char *hint = PQresultErrorField(res, PG_DIAG_MESSAGE_HINT);
	const char *position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);

	err_set(c, code ? code : "XX000", "%s", message ? message : "unknown error");
	if (details)
		err_details(c, "%s", details);
	if (hint)
		err_hint(c, "%s", hint);
	if (position)
		err_at(c, atoi(position));
}

void pg_set_conn_error(struct ctx *c, PGconn *pq)
{
	struct str text = str_trim(str_of(pq ? PQerrorMessage(pq) : "out of connections"));
	err_set(c, "08006", "could not reach the database");
	err_details(c, "%.*s", STR_ARG(text));
}
