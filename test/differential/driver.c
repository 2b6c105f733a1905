/*
 * Runs statements on one engine for a comparing test. Reads JSON lines:
 *
 *	{"script": SQL}                                     as role postgres
 *	{"role": R, "claims": JSON text, "sql": SQL, "commit": true}
 *
 * and answers each with one JSON line: {"rows": [[...]], "affected": n} or
 * {"error": [SQLSTATE, message, details]}.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1 << 24, MAX_COLUMNS = 200 };

struct rows {
	struct buf out;
	struct vtype types[MAX_COLUMNS];
	bool is_text; /* the engine sends PostgreSQL's text itself */
	size_t n_rows;
};

static int take_columns(struct ctx *c, void *arg, const struct result_column *cols, size_t n)
{
	struct rows *r = arg;
	for (size_t i = 0; i < n && i < MAX_COLUMNS; i++)
		r->types[i] = type_vtype(c->arena, cols[i].type);
	return 0;
}

static void put_cell(struct rows *r, size_t i, struct datum cell)
{
	if (cell.kind == D_NULL) {
		buf_puts(&r->out, "null");
		return;
	}
	BUF_CLEANUP struct buf text = buf_make(LINE_MAX_BYTES);
	if (r->is_text)
		buf_str(&text, cell.s);
	else
		value_out(&text, &r->types[i], NULL, cell);
	json_put_string(&r->out, buf_view(&text));
}

static int take_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct rows *r = arg;
	(void)c;
	buf_puts(&r->out, r->n_rows++ ? ",[" : "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&r->out, ',');
		put_cell(r, i, cells[i]);
	}
	buf_char(&r->out, ']');
	return 0;
}

static int take_affected(struct ctx *c, void *arg, uint64_t affected)
{
	(void)c;
	*(uint64_t *)arg = affected;
	return 0;
}

static void put_error(struct buf *out, const struct error *e)
{
	buf_puts(out, "{\"error\":[");
	json_put_string(out, str_of(e->code));
	buf_char(out, ',');
	json_put_string(out, str_of(e->message));
	buf_char(out, ',');
	json_put_string(out, str_of(e->details ? e->details : ""));
	buf_puts(out, "]}");
}

static void run_script(struct ctx *c, struct engine *e, const struct json *line, struct buf *out)
{
	struct script_spec spec = { .sql = json_get(line, "script")->text, .role = "postgres" };
	if (engine_script(c, e, &spec) < 0)
		put_error(out, &c->err);
	else
		buf_puts(out, "{\"rows\":[]}");
}

static void run_statement(struct ctx *c, struct engine *e, const struct json *line, struct buf *out)
{
	uint64_t affected = 0;
	struct rows rows = { .out = buf_make(LINE_MAX_BYTES),
			     .is_text = engine_can(e, CAP_NATIVE_SQL) };
	struct sink sink = { .arg = &rows, .columns = take_columns, .row = take_row };
	struct session session = {
		.role = json_get_cstr(c->arena, line, "role"),
		.search_path = "public",
		.claims = json_get_str(line, "claims", STR("")),
	};
	struct step step = { .sql = json_get_str(line, "sql", STR("")),
			     .sink = &sink,
			     .after = take_affected,
			     .after_arg = &affected };
	struct tx_spec tx = { .end = json_get_bool(line, "commit", false) ? TX_COMMIT
									  : TX_ROLLBACK };
	if (engine_tx(c, e, &session, &tx, &step, 1) < 0)
		put_error(out, &c->err);
	else
		buf_printf(out, "{\"rows\":[%.*s],\"affected\":%llu}", STR_ARG(buf_view(&rows.out)),
			   (unsigned long long)affected);
	buf_free(&rows.out);
}

static void answer(struct engine *e, struct str text)
{
	struct ctx c = { .arena = arena_new(0) };
	struct json *line;
	BUF_CLEANUP struct buf out = buf_make(LINE_MAX_BYTES * 2);
	if (json_parse(&c, text, (struct json_limits){ 0 }, &line) < 0)
		put_error(&out, &c.err);
	else if (json_get(line, "script"))
		run_script(&c, e, line, &out);
	else
		run_statement(&c, e, line, &out);
	printf("%.*s\n", STR_ARG(buf_view(&out)));
	fflush(stdout);
	arena_free(c.arena);
}

int main(int argc, char **argv)
{
	struct ctx c = { .arena = arena_new(0) };
	struct engine *e;
	struct engine_options options = { .url = argc > 1 ? argv[1] : "", .create = true };
	if (engine_open(&c, &options, &e) < 0) {
		fprintf(stderr, "%s %s %s\n", c.err.code, c.err.message,
			c.err.details ? c.err.details : "");
		return 1;
	}
	char *line = NULL;
	size_t cap = 0;
	for (ssize_t n = getline(&line, &cap, stdin); n > 0; n = getline(&line, &cap, stdin))
		answer(e, str_trim((struct str){ line, (size_t)n }));
	free(line);
	engine_close(e);
	arena_free(c.arena);
	return 0;
}
