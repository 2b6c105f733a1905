/* The server's side of the control socket. */
#include "app/control.h"

#include "app/database.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "net/request.h"
#include "net/response.h"

#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 96 << 20 };

const char *control_path(struct arena *a, const struct config *cfg)
{
	struct str url = str_of(cfg->db.url);
	if (str_starts(url, STR("sqlite:")))
		return arena_printf(a, "%.*s.sock", STR_ARG(str_from(url, 7)));
	return arena_printf(a, "%s/server.sock", cfg->state_dir);
}

static void put_text(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(b, ",\"%s\":", name);
	json_put_string(b, str_of(value));
}

static void put_error(struct buf *b, const struct error *e)
{
	buf_puts(b, "{\"code\":");
	json_put_string(b, str_of(e->code));
	put_text(b, "message", e->message);
	put_text(b, "details", e->details);
	put_text(b, "hint", e->hint);
	buf_printf(b, ",\"position\":%d}", e->position);
}

/* One line of the answer. Callbacks run on the engine's thread while the
 * request's coroutine waits: the response is theirs alone. */
static int send_line(struct ctx *c, struct response *rs, struct buf *b)
{
	buf_char(b, '\n');
	if (!buf_ok(b))
		return err_set(c, "54000", "a row is too large for the control socket");
	return response_write(c, rs, b->p, b->n);
}

static int send_error(struct ctx *c, struct response *rs)
{
	BUF_CLEANUP struct buf b = buf_make(LINE_MAX_BYTES);
	buf_puts(&b, "{\"error\":");
	put_error(&b, &c->err);
	buf_char(&b, '}');
	err_clear(c);
	return send_line(c, rs, &b);
}

static void put_list(struct buf *b, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_char(b, i ? ',' : '[');
		json_put_string(b, str_of(v[i]));
	}
	buf_puts(b, n ? "]" : "[]");
}

static int send_columns(struct ctx *c, void *arg, const char *const *names,
			const char *const *types, size_t n)
{
	BUF_CLEANUP struct buf b = buf_make(LINE_MAX_BYTES);
	buf_puts(&b, "{\"columns\":");
	put_list(&b, names, n);
	buf_puts(&b, ",\"types\":");
	put_list(&b, types, n);
	buf_char(&b, '}');
	return send_line(c, arg, &b);
}

static int send_row(struct ctx *c, void *arg, const struct str *cells, size_t n)
{
	BUF_CLEANUP struct buf b = buf_make(LINE_MAX_BYTES);
	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, ',');
		if (cells[i].p)
			json_put_string(&b, cells[i]);
		else
			buf_puts(&b, "null");
	}
	buf_char(&b, ']');
	return send_line(c, arg, &b);
}

static int run_query(struct ctx *c, const struct json *in, struct response *rs,
		     const struct control_server *s)
{
	struct db *db = db_of_engine(s->engine);
	struct db_rows rows = { .arg = rs, .columns = send_columns, .row = send_row };
	const char *role = json_get_cstr(c->arena, in, "role");
	uint64_t affected = 0;
	int rc = db_query(c, db, role ? role : "postgres", json_get_str(in, "sql", STR("")), &rows,
			  &affected);
	db_close(db);
	if (rc < 0)
		return send_error(c, rs);
	BUF_CLEANUP struct buf b = buf_make(LINE_MAX_BYTES);
	buf_printf(&b, "{\"affected\":%llu}", (unsigned long long)affected);
	return send_line(c, rs, &b);
}

struct report_target {
	struct ctx *c;
	struct response *rs;
};

static void send_report(void *arg, const struct script_report *r)
{
	struct report_target *t = arg;
	struct ctx own = { .arena = t->c->arena };
	BUF_CLEANUP struct buf b = buf_make(LINE_MAX_BYTES);
	buf_printf(&b, "{\"report\":{\"offset\":%d,\"statement\":", r->offset);
	json_put_string(&b, r->statement);
	put_text(&b, "notice", r->notice);
	if (r->err) {
		buf_puts(&b, ",\"err\":");
		put_error(&b, r->err);
	}
	buf_puts(&b, "}}");
	(void)send_line(&own, t->rs, &b);
}

static int run_script(struct ctx *c, const struct json *in, struct response *rs,
		      const struct control_server *s)
{
	struct report_target target = { c, rs };
	struct script_spec spec = {
		.sql = json_get_str(in, "sql", STR("")),
		.role = json_get_cstr(c->arena, in, "role"),
		.version = json_get_cstr(c->arena, in, "version"),
		.name = json_get_cstr(c->arena, in, "name"),
		.keep_going = json_get_bool(in, "keep_going", false),
		.report = send_report,
		.report_arg = &target,
	};
	if (engine_script(c, s->engine, &spec) < 0)
		return send_error(c, rs);
	BUF_CLEANUP struct buf b = buf_make(LINE_MAX_BYTES);
	buf_printf(&b, "{\"applied\":%zu,\"refused\":%zu}", spec.ret_applied, spec.ret_refused);
	return send_line(c, rs, &b);
}

static int run_backup(struct ctx *c, const struct json *in, struct response *rs,
		      const struct control_server *s)
{
	struct db *db = db_of_engine(s->engine);
	const char *file = json_get_cstr(c->arena, in, "file");
	int rc = file ? db_backup(c, db, file) : err_set(c, "22023", "no file was named");
	db_close(db);
	if (rc < 0)
		return send_error(c, rs);
	response_text(rs, 200, "application/json", STR("{}\n"));
	return 0;
}

/* `dev` does it after this answer, with the server stopped. */
static int run_reset(struct ctx *c, const struct json *in, struct response *rs,
		     const struct control_server *s)
{
	uint64_t one = 1;
	(void)in;
	if (s->reset_fd < 0) {
		err_set(c, "0A000", "the running server does not reset its database");
		err_hint(c, "Stop it first: only `bedplate dev` does this while it runs.");
		return send_error(c, rs);
	}
	if (write(s->reset_fd, &one, sizeof(one)) != sizeof(one))
		err_set(c, "58000", "the running server could not be told");
	response_text(rs, 200, "application/json", STR("{}\n"));
	return 0;
}

int control_handle(struct ctx *c, struct request *rq, struct response *rs, void *arg)
{
	static const struct {
		const char *path;
		int (*run)(struct ctx *c, const struct json *in, struct response *rs,
			   const struct control_server *s);
	} routes[] = {
		{ "/query", run_query },
		{ "/script", run_script },
		{ "/backup", run_backup },
		{ "/reset", run_reset },
	};
	struct json *in;
	response_header(rs, "Content-Type", STR("application/x-ndjson"));
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (rq->method != HTTP_POST || !str_is(rq->path, routes[i].path))
			continue;
		if (json_parse(c, rq->body, (struct json_limits){ 8, 100 }, &in) < 0)
			return send_error(c, rs);
		return routes[i].run(c, in, rs, arg);
	}
	response_text(rs, 404, "text/plain", STR("no such command\n"));
	return 0;
}
