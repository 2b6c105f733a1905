/*
 * Transactions in one round trip: BEGIN, the role and settings, the statement
 * and COMMIT travel as one pipeline. Only a step that must be looked at before
 * COMMIT (step.after) costs a second trip.
 */
#include "engine/pg/pg_int.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "loop/coro.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SETTINGS = 32, MAX_PARAMS = 65535 }; /* of the protocol */

struct prepared {
	bool is_ready; /* the server has confirmed it */
	char name[48];
};

/* One command of a pipeline, in the order sent, for reading its result. */
struct command {
	enum { PLAIN, PREPARE, STEP } kind;
	struct str sql;		 /* PREPARE */
	const struct step *step; /* STEP */
};

enum { MAX_COMMANDS = 16 };

/* One transaction under way on one connection. */
struct run {
	struct pg_conn *conn;
	const struct session *session;
	const struct tx_spec *spec;
	bool can_prepare;  /* as the engine thought when it began */
	bool has_rows_out; /* a sink has seen something: too late to start again */
	struct command commands[MAX_COMMANDS];
	size_t n_commands;
};

static int send_failed(struct ctx *c, struct run *r)
{
	r->conn->is_broken = true;
	return pg_conn_error(c, r->conn->pq);
}

static void sent(struct run *r, struct command command)
{
	CHECK(r->n_commands < MAX_COMMANDS);
	r->commands[r->n_commands++] = command;
}

static int send_plain(struct ctx *c, struct run *r, const char *sql)
{
	if (!PQsendQueryParams(r->conn->pq, sql, 0, NULL, NULL, NULL, NULL, 0))
		return send_failed(c, r);
	sent(r, (struct command){ .kind = PLAIN });
	return 0;
}

void pg_forget_prepared(struct pg_conn *conn)
{
	struct str key;
	void *prepared;
	for (size_t pos = 0; map_next(conn->prepared, &pos, &key, &prepared);)
		free(prepared);
	map_free(conn->prepared);
	conn->prepared = map_new();
}

/* The statement's prepared form on this connection, sent to be prepared now if
 * it is new. No name is ever used twice, by any connection or process: behind a
 * pooler another client's statement of the same name would be run instead. */
static int prepare(struct ctx *c, struct run *r, struct str sql, const char *text, const char **ret)
{
	struct pg_conn *conn = r->conn;
	struct prepared *p = map_get(conn->prepared, sql);
	if (p) {
		*ret = p->name;
		return 0;
	}
	if (map_count(conn->prepared) >= PG_MAX_PREPARED) {
		pg_forget_prepared(conn);
		TRY(send_plain(c, r, "DEALLOCATE ALL"));
	}
	p = calloc(1, sizeof(*p));
	CHECK(p != NULL);
	snprintf(p->name, sizeof(p->name), "bp_%016" PRIx64 "_%" PRIu64, conn->pg->name_seed,
		 atomic_fetch_add(&conn->pg->n_names, 1));
	map_put(conn->prepared, sql, p);
	if (!PQsendPrepare(conn->pq, p->name, text, 0, NULL))
		return send_failed(c, r);
	sent(r, (struct command){ .kind = PREPARE, .sql = sql });
	*ret = p->name;
	return 0;
}

static int send_with_params(struct ctx *c, struct run *r, struct str sql, int n,
			    const char **values, const struct step *step)
{
	PGconn *pq = r->conn->pq;
	const char *text = str_dup(c->arena, sql), *name;
	if (!r->can_prepare) {
		if (!PQsendQueryParams(pq, text, n, NULL, values, NULL, NULL, 0))
			return send_failed(c, r);
	} else {
		TRY(prepare(c, r, sql, text, &name));
		if (!PQsendQueryPrepared(pq, name, n, values, NULL, NULL, 0))
			return send_failed(c, r);
	}
	sent(r, (struct command){ .kind = step ? STEP : PLAIN, .step = step });
	return 0;
}

static int bind_params(struct ctx *c, const struct step *step, const char ***ret)
{
	if (step->n_params > MAX_PARAMS)
		return err_set(c, "54000", "too many parameters");
	const char **values = arena_array(c->arena, step->n_params + 1, sizeof(*values));
	for (size_t i = 0; i < step->n_params; i++) {
		struct str text = step->params[i].text;
		if (!text.p)
			continue;
		if (str_chr(text, '\0') >= 0)
			return err_set(c, "22021",
				       "invalid byte sequence for encoding \"UTF8\": 0x00");
		values[i] = str_dup(c->arena, text);
	}
	*ret = values;
	return 0;
}

static void add_setting(const char **values, int *n, const char *name, const char *value)
{
	CHECK(*n + 2 <= 2 * MAX_SETTINGS);
	values[(*n)++] = name;
	values[(*n)++] = value;
}

static struct str session_texts[MAX_SETTINGS + 1];
static pthread_once_t session_once = PTHREAD_ONCE_INIT;

static void make_session_texts(void)
{
	for (int pairs = 1; pairs <= MAX_SETTINGS; pairs++) {
		struct buf sql = buf_make(8192); /* kept for the life of the process */
		buf_puts(&sql, "SELECT ");
		for (int i = 1; i <= pairs * 2; i += 2)
			buf_printf(&sql, "%sset_config($%d, $%d, true)", i > 1 ? ", " : "", i,
				   i + 1);
		buf_char(&sql, '\0');
		session_texts[pairs] = (struct str){ sql.p, sql.n - 1 };
	}
}

static struct str session_sql(int pairs)
{
	pthread_once(&session_once, make_session_texts);
	return session_texts[pairs];
}

/* The session as one `select set_config(...), ...`. */
static int send_session(struct ctx *c, struct run *r)
{
	const struct session *s = r->session;
	const char *values[2 * MAX_SETTINGS];
	int n = 0;
	if (s->n_settings > MAX_SETTINGS - 4)
		return err_set(c, "54000", "too many settings");
	if (s->search_path)
		add_setting(values, &n, "search_path", s->search_path);
	if (s->timezone)
		add_setting(values, &n, "timezone", s->timezone);
	for (size_t i = 0; i < s->n_settings; i++)
		add_setting(values, &n, s->settings[i].name, s->settings[i].value);
	if (s->claims.n)
		add_setting(values, &n, "request.jwt.claims", str_dup(c->arena, s->claims));
	/* Last: the role may be one that cannot set the others. */
	if (s->role)
		add_setting(values, &n, "role", s->role);
	if (n == 0)
		return 0;
	return send_with_params(c, r, session_sql(n / 2), n, values, NULL);
}

static int send_step(struct ctx *c, struct run *r, const struct step *step)
{
	const char **values;
	TRY(bind_params(c, step, &values));
	return send_with_params(c, r, step->sql, (int)step->n_params, values, step);
}

static int describe(struct ctx *c, struct step const *step, const PGresult *res)
{
	int n = PQnfields(res);
	struct result_column *cols = arena_array(c->arena, (size_t)n + 1, sizeof(*cols));
	for (int i = 0; i < n; i++)
		cols[i] = (struct result_column){
			.name = PQfname(res, i),
			.type = TYPEREF(pg_type_by_oid(NULL, PQftype(res, i))),
		};
	return step->sink->columns ? step->sink->columns(c, step->sink->arg, cols, (size_t)n) : 0;
}

static int deliver(struct ctx *c, struct run *r, const struct step *step, const PGresult *res)
{
	if (!step->sink || PQresultStatus(res) != PGRES_TUPLES_OK)
		return 0;
	int n = PQnfields(res);
	struct datum *cells = arena_array(c->arena, (size_t)n + 1, sizeof(*cells));
	r->has_rows_out = true;
	TRY(describe(c, step, res));
	for (int row = 0; row < PQntuples(res); row++) {
		for (int i = 0; i < n; i++)
			cells[i] = PQgetisnull(res, row, i) ? datum_null()
							    : datum_text(pg_cell(res, row, i));
		TRY(step->sink->row(c, step->sink->arg, cells, (size_t)n));
	}
	return 0;
}

static uint64_t affected_rows(PGresult *res)
{
	const char *text = PQcmdTuples(res);
	return *text ? strtoull(text, NULL, 10) : (uint64_t)PQntuples(res);
}

static void settle_prepared(struct run *r, const struct command *cmd, bool is_ok)
{
	struct prepared *p = map_get(r->conn->prepared, cmd->sql);
	if (!p)
		return;
	if (is_ok)
		p->is_ready = true;
	else if (!p->is_ready)
		free(map_remove(r->conn->prepared, cmd->sql));
}

/* One result of a command, when nothing has failed before it. */
static int take_result(struct ctx *c, struct run *r, const struct command *cmd, PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);
	if (status == PGRES_FATAL_ERROR)
		return pg_error(c, res);
	if (status == PGRES_PIPELINE_ABORTED)
		return err_set(c, "25P02", "current transaction is aborted");
	if (cmd->kind != STEP)
		return 0;
	TRY(deliver(c, r, cmd->step, res));
	if (!cmd->step->after)
		return 0;
	return cmd->step->after(c, cmd->step->after_arg, affected_rows(res));
}

/* Reads the results of everything sent. After the first failure the rest is
 * only drained; that failure is what c->err tells. -1 with the connection
 * broken when it was lost or the deadline passed meanwhile. */
static int receive(struct ctx *c, struct run *r)
{
	struct error first = { .code = "" };
	int rc = 0;
	for (size_t i = 0; i < r->n_commands;) {
		PGRESULT_CLEANUP PGresult *res = NULL;
		const struct command *cmd = &r->commands[i];
		if (pg_conn_result(c, r->conn, &res) < 0) {
			r->conn->is_broken = true;
			return -1;
		}
		if (!res) {
			i++;
			continue;
		}
		if (cmd->kind == PREPARE)
			settle_prepared(r, cmd, PQresultStatus(res) == PGRES_COMMAND_OK);
		if (rc == 0 && take_result(c, r, cmd, res) < 0) {
			rc = -1;
			first = c->err;
		}
	}
	PGRESULT_CLEANUP PGresult *sync = NULL;
	if (pg_conn_result(c, r->conn, &sync) < 0) {
		r->conn->is_broken = true;
		return -1;
	}
	CHECK(sync && PQresultStatus(sync) == PGRES_PIPELINE_SYNC);
	if (rc < 0)
		c->err = first;
	return rc;
}

/* Sends what has been queued in libpq and reads all its results. */
static int finish_trip(struct ctx *c, struct run *r)
{
	if (!PQpipelineSync(r->conn->pq))
		return send_failed(c, r);
	if (pg_conn_flush(c, r->conn) < 0) {
		r->conn->is_broken = true;
		return -1;
	}
	int rc = receive(c, r);
	r->n_commands = 0;
	return rc;
}

/* Ends a failed transaction and keeps the error that ended it. A connection
 * that cannot even do that is given up. */
static void roll_back(struct ctx *c, struct run *r)
{
	struct error first = c->err;
	bool was = coro_shield(true);
	r->n_commands = 0;
	bool is_done = !r->conn->is_broken && PQstatus(r->conn->pq) == CONNECTION_OK &&
		       send_plain(c, r, "ROLLBACK") == 0 && finish_trip(c, r) == 0;
	if (!is_done)
		pg_conn_abandon(r->conn);
	coro_shield(was);
	c->err = first;
}

static const char *begin_sql(const struct tx_spec *spec)
{
	return spec->read_only ? "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
			       : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
}

static const char *end_sql(const struct tx_spec *spec)
{
	return spec->end == TX_COMMIT ? "COMMIT" : "ROLLBACK";
}

/* A step whose failure can still undo the transaction must be seen first. */
static bool may_end_with(const struct tx_spec *spec, const struct step *step)
{
	return spec->read_only || spec->end == TX_ROLLBACK || (!step->after && !step->sink);
}

static int run_steps(struct ctx *c, struct run *r, const struct step *steps, size_t n)
{
	bool is_ended = false;
	CHECK(n > 0);
	TRY(send_plain(c, r, begin_sql(r->spec)));
	TRY(send_session(c, r));
	for (size_t i = 0; i < n; i++) {
		TRY(send_step(c, r, &steps[i]));
		is_ended = i + 1 == n && may_end_with(r->spec, &steps[i]);
		if (is_ended)
			TRY(send_plain(c, r, end_sql(r->spec)));
		TRY(finish_trip(c, r));
	}
	if (is_ended)
		return 0;
	TRY(send_plain(c, r, end_sql(r->spec)));
	return finish_trip(c, r);
}

/* 26000 and 42P05 on a statement we prepared mean that a pooler gave us
 * another server connection: go on without prepared statements. */
static bool lost_prepared(struct ctx *c, const struct run *r)
{
	return (err_is(c, "26000") || err_is(c, "42P05")) && !r->has_rows_out && r->can_prepare;
}

static int attempt(struct ctx *c, struct pg *pg, const struct session *s,
		   const struct tx_spec *spec, const struct step *steps, size_t n, bool *ret_again)
{
	struct run r = { .session = s, .spec = spec, .can_prepare = atomic_load(&pg->can_prepare) };
	*ret_again = false;
	TRY(pg_acquire(c, pg, &r.conn));
	atomic_fetch_add(&pg->stats.transactions, 1);
	CHECK(PQenterPipelineMode(r.conn->pq) == 1);
	int rc = run_steps(c, &r, steps, n);
	if (rc < 0 && lost_prepared(c, &r)) {
		atomic_store(&pg->can_prepare, false);
		*ret_again = true;
	}
	if (rc < 0)
		roll_back(c, &r);
	if (!r.conn->is_broken && PQexitPipelineMode(r.conn->pq) != 1)
		r.conn->is_broken = true;
	pg_release(r.conn);
	return rc;
}

int pg_tx(struct ctx *c, struct engine *e, const struct session *s, const struct tx_spec *spec,
	  const struct step *steps, size_t n)
{
	struct pg *pg = (struct pg *)e;
	bool again;
	int rc = attempt(c, pg, s, spec, steps, n, &again);
	if (rc < 0 && again) {
		err_clear(c);
		rc = attempt(c, pg, s, spec, steps, n, &again);
	}
	return rc;
}

int pg_read(struct ctx *c, struct engine *e, const struct session *s, const struct step *step)
{
	struct tx_spec spec = { .read_only = true, .end = TX_COMMIT };
	return pg_tx(c, e, s, &spec, step, 1);
}
