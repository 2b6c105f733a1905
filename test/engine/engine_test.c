#include "engine_test.h"

#include "base/buf.h"
#include "sql/type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *make_url(struct bench *b)
{
	const char *url = getenv("BEDPLATE_TEST_URL");
	if (url && *url)
		return url;
	char name[] = "/tmp/bedplate-engine-XXXXXX";
	int fd = mkstemp(name);
	ck_assert_int_ge(fd, 0);
	close(fd);
	b->path = strdup(name);
	return arena_printf(b->c.arena, "sqlite:%s", name);
}

static void fail_with(const struct ctx *c, const char *what)
{
	ck_abort_msg("%s: %s %s (%s)", what, c->err.code, c->err.message,
		     c->err.details ? c->err.details : "");
}

void bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	b->c.arena = arena_new(0);
	struct engine_options o = { .url = make_url(b), .create = true };
	if (engine_open(&b->c, &o, &b->e) < 0)
		fail_with(&b->c, "open");
	bench_script(b, "DROP SCHEMA IF EXISTS conf CASCADE; CREATE SCHEMA conf;"
			"GRANT USAGE ON SCHEMA conf TO anon, authenticated, service_role");
}

void bench_close(struct bench *b)
{
	engine_close(b->e);
	arena_free(b->c.arena);
	if (!b->path)
		return;
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char name[128];
		snprintf(name, sizeof(name), "%s%s", b->path, ends[i]);
		unlink(name);
	}
	free(b->path);
}

static int run_script(struct bench *b, const char *sql)
{
	err_clear(&b->c);
	struct script_spec spec = { .sql = str_of(sql), .role = "postgres" };
	return engine_script(&b->c, b->e, &spec);
}

void bench_script(struct bench *b, const char *sql)
{
	if (run_script(b, sql) < 0)
		fail_with(&b->c, sql);
}

const char *bench_script_error(struct bench *b, const char *sql)
{
	return run_script(b, sql) < 0 ? b->c.err.code : "";
}

struct session bench_session(struct bench *b, const char *role, const char *sub)
{
	struct session s = { .role = role, .search_path = "conf, public" };
	if (sub)
		s.claims = str_of(
			arena_printf(b->c.arena, "{\"sub\": \"%s\", \"role\": \"%s\"}", sub, role));
	return s;
}

/* ---- gathering rows ---- */

static int on_columns(struct ctx *c, void *arg, const struct result_column *cols, size_t n)
{
	struct gather *g = arg;
	(void)c;
	buf_clear(&g->text);
	g->n_columns_calls++;
	struct result_column *copy = arena_array(g->arena, n, sizeof(*copy));
	if (n)
		memcpy(copy, cols, n * sizeof(*copy));
	g->cols = copy;
	return 0;
}

static struct vtype vtype_of(const struct result_column *col)
{
	const struct type *t = col->type.type ? type_base(col->type.type) : NULL;
	if (!t)
		return VTYPE(V_TEXT);
	struct vtype v = VTYPE(t->kind == TYPE_ARRAY ? t->elem->value : t->value);
	v.is_array = t->kind == TYPE_ARRAY;
	return v;
}

static int on_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct gather *g = arg;
	(void)c;
	buf_puts(&g->text, g->text.n ? "\n" : "");
	for (size_t i = 0; i < n; i++) {
		struct vtype t = vtype_of(&g->cols[i]);
		buf_puts(&g->text, i ? "|" : "");
		if (cells[i].kind == D_NULL)
			buf_char(&g->text, '~');
		else if (cells[i].kind == D_TEXT && g->is_text)
			buf_str(&g->text, cells[i].s);
		else
			value_out(&g->text, &t, NULL, cells[i]);
	}
	return 0;
}

void gather_init(struct gather *g, struct bench *b)
{
	*g = (struct gather){ .arena = b->c.arena,
			      .text = buf_make(16 << 20),
			      .is_text = engine_can(b->e, CAP_NATIVE_SQL) };
	g->sink = (struct sink){ .arg = g, .columns = on_columns, .row = on_row };
}

/* ---- one statement ---- */

static const char *run(struct bench *b, const struct session *s, const char *sql, bool is_write,
		       int *ret_failed)
{
	struct gather g;
	gather_init(&g, b);
	struct step step = { .sql = str_of(sql), .sink = &g.sink };
	struct tx_spec spec = { .end = TX_COMMIT };
	err_clear(&b->c);
	*ret_failed = is_write ? engine_tx(&b->c, b->e, s, &spec, &step, 1)
			       : engine_read(&b->c, b->e, s, &step);
	const char *text = buf_dup(b->c.arena, &g.text);
	buf_free(&g.text);
	return text;
}

static const char *must(struct bench *b, const struct session *s, const char *sql, bool is_write)
{
	int failed;
	const char *text = run(b, s, sql, is_write, &failed);
	if (failed < 0)
		fail_with(&b->c, sql);
	return text;
}

static const char *must_not(struct bench *b, const struct session *s, const char *sql,
			    bool is_write)
{
	int failed;
	run(b, s, sql, is_write, &failed);
	return failed < 0 ? b->c.err.code : "";
}

const char *bench_read(struct bench *b, const struct session *s, const char *sql)
{
	return must(b, s, sql, false);
}

const char *bench_write(struct bench *b, const struct session *s, const char *sql)
{
	return must(b, s, sql, true);
}

const char *bench_read_error(struct bench *b, const struct session *s, const char *sql)
{
	return must_not(b, s, sql, false);
}

const char *bench_write_error(struct bench *b, const struct session *s, const char *sql)
{
	return must_not(b, s, sql, true);
}

const char *bench_answer(struct bench *b, const struct session *s, const char *sql)
{
	int failed;
	const char *text = run(b, s, sql, false, &failed);
	if (failed == 0)
		return text;
	return arena_printf(b->c.arena, "ERROR %s %s", b->c.err.code, b->c.err.message);
}
