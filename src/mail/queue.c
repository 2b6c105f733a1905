#include "mail/queue.h"

#include "base/arena.h"
#include "base/err.h"
#include "engine/engine.h"
#include "mail/mail.h"
#include "value/value.h"

enum { COLUMNS = 5, FIRST_PAUSE_S = 15, PAUSE_MAX_S = 6 * 3600 };

static struct sql_param text(struct ctx *c, const char *s)
{
	return (struct sql_param){ str_of(arena_strdup(c->arena, s)) };
}

void queue_add(struct ctx *c, const struct queued *q, const char *kind, struct step *ret)
{
	struct sql_param *params = arena_array(c->arena, COLUMNS, sizeof(*params));
	params[0] = text(c, q->id);
	params[1] = text(c, kind);
	params[2] = text(c, q->sender);
	params[3] = text(c, q->recipient);
	params[4] = (struct sql_param){ q->message };
	*ret = (struct step){
		.sql = STR("INSERT INTO bedplate.mail_queue (id, kind, sender, recipient, message) "
			   "VALUES ($1::uuid, $2, $3, $4, $5)"),
		.params = params,
		.n_params = COLUMNS,
	};
}

static int run(struct ctx *c, struct engine *e, const struct step *step)
{
	struct session s = { .role = MAIL_ROLE, .search_path = "pg_catalog" };
	struct tx_spec spec = { .end = TX_COMMIT };
	return engine_tx(c, e, &s, &spec, step, 1);
}

struct taking {
	struct arena *arena;
	struct queued *q;
	bool is_found;
};

static int on_columns(struct ctx *c, void *arg, const struct result_column *cols, size_t n)
{
	struct taking *t = arg;
	(void)c, (void)cols, (void)n;
	t->is_found = false;
	return 0;
}

static int on_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct taking *t = arg;
	int64_t attempts = 0;
	struct str v[COLUMNS];
	if (n != COLUMNS)
		return err_set(c, "XX000", "the mail queue answered with other columns");
	for (size_t i = 0; i < COLUMNS; i++)
		v[i] = cells[i].kind == D_TEXT ? cells[i].s : STR("");
	str_to_i64(v[4], &attempts);
	*t->q = (struct queued){
		.id = str_dup(t->arena, v[0]),
		.sender = str_dup(t->arena, v[1]),
		.recipient = str_dup(t->arena, v[2]),
		.message = str_copy(t->arena, v[3]),
		.attempts = (int)attempts,
	};
	t->is_found = true;
	return 0;
}

static int on_due(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct taking *t = arg;
	(void)c, (void)cells, (void)n;
	t->is_found = true;
	return 0;
}

/* A look before the write that takes: mostly there is nothing. */
static int has_due(struct ctx *c, struct engine *e, bool *ret)
{
	struct taking t = { 0 };
	struct sink sink = { &t, on_columns, on_due };
	struct session s = { .role = MAIL_ROLE, .search_path = "pg_catalog" };
	struct step step = {
		.sql = STR("SELECT 1 FROM bedplate.mail_queue WHERE state = 'waiting' AND "
			   "next_at <= now() LIMIT 1"),
		.sink = &sink,
	};
	TRY(engine_read(c, e, &s, &step));
	*ret = t.is_found;
	return 0;
}

/* The outer condition is checked again on a row that another node has just
 * leased, so that one of the two gets it. */
int queue_take(struct ctx *c, struct engine *e, struct queued *ret, bool *ret_found)
{
	struct taking t = { c->arena, ret, false };
	struct sink sink = { &t, on_columns, on_row };
	struct step step = {
		.sql = str_of(arena_printf(
			c->arena,
			"UPDATE bedplate.mail_queue SET attempts = attempts + 1, "
			"next_at = now() + interval '%d seconds' "
			"WHERE state = 'waiting' AND next_at <= now() AND id IN (SELECT id "
			"FROM bedplate.mail_queue WHERE state = 'waiting' AND next_at <= now() "
			"ORDER BY next_at LIMIT 1) "
			"RETURNING id::text, sender, recipient, message, attempts::text",
			QUEUE_LEASE_S)),
		.sink = &sink,
	};
	TRY(has_due(c, e, ret_found));
	if (!*ret_found)
		return 0;
	TRY(run(c, e, &step));
	*ret_found = t.is_found;
	return 0;
}

int queue_done(struct ctx *c, struct engine *e, const char *id)
{
	struct sql_param params[] = { text(c, id) };
	struct step step = {
		.sql = STR("DELETE FROM bedplate.mail_queue WHERE id = $1::uuid"),
		.params = params,
		.n_params = 1,
	};
	return run(c, e, &step);
}

static long pause_after(int attempts)
{
	long pause = FIRST_PAUSE_S;
	for (int i = 1; i < attempts && pause < PAUSE_MAX_S; i++)
		pause *= 2;
	return pause < PAUSE_MAX_S ? pause : PAUSE_MAX_S;
}

int queue_retry(struct ctx *c, struct engine *e, const struct queued *q, bool is_final,
		const char *why)
{
	bool is_over = is_final || q->attempts >= QUEUE_ATTEMPTS_MAX;
	struct sql_param params[] = { text(c, q->id), text(c, why) };
	const char *sql =
		is_over ? "UPDATE bedplate.mail_queue SET state = 'failed', message = NULL, "
			  "last_error = $2 WHERE id = $1::uuid"
			: arena_printf(c->arena,
				       "UPDATE bedplate.mail_queue SET next_at = now() + interval "
				       "'%ld seconds', last_error = $2 WHERE id = $1::uuid",
				       pause_after(q->attempts));
	struct step step = { .sql = str_of(sql), .params = params, .n_params = 2 };
	return run(c, e, &step);
}

int queue_prune(struct ctx *c, struct engine *e)
{
	struct step step = {
		.sql = STR("DELETE FROM bedplate.mail_queue WHERE state = 'failed' AND "
			   "created_at < now() - interval '30 days'"),
	};
	return run(c, e, &step);
}
