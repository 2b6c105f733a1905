#include "app/command.h"
#include "app/database.h"
#include "app/project.h"
#include "app/table.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"
#include "config/project.h"
#include "sql/parse.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int read_stdin(struct ctx *c, struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(PROJECT_SQL_MAX);
	for (;;) {
		char *to = buf_reserve(&b, 64 << 10);
		if (!to)
			return err_set(c, "54000", "the statements are too large");
		ssize_t n = read(STDIN_FILENO, to, 64 << 10);
		if (n < 0 && errno != EINTR)
			return err_set(c, "58030", "could not read stdin: %s", strerror(errno));
		if (n == 0)
			break;
		b.n += n > 0 ? (size_t)n : 0;
	}
	*ret = (struct str){ buf_dup(c->arena, &b), b.n };
	return 0;
}

static int read_statements(struct app *app, struct str *ret, const char **ret_name)
{
	const char *file = option_value(&app->options, "file", app->n_args ? NULL : "-");
	*ret_name = file && strcmp(file, "-") != 0 ? file : NULL;
	if (file && app->n_args)
		return err_set(app->c, "22023", "give a statement or --file, not both");
	if (app->n_args) {
		*ret = str_of(app->args[0]);
		return 0;
	}
	return *ret_name ? project_read(app->c, file, ret) : read_stdin(app->c, ret);
}

/* Statements that may give rows; the others run as a script. */
static bool is_query(struct str text)
{
	static const char *const words[] = { "select", "with",	 "values",  "table", "insert",
					     "update", "delete", "explain", "show" };
	size_t n = 0;
	while (n < text.n && ((text.p[n] | 32) >= 'a' && (text.p[n] | 32) <= 'z'))
		n++;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(str_sub(text, 0, n), str_of(words[i])))
			return true;
	return n == 0 && text.n && text.p[0] == '(';
}

struct run {
	struct app *app;
	struct db *db;
	struct table *table;
	const char *role;
	struct str text;
	const char *name;
};

static int run_one(struct run *r, const struct sql_stmt *stmt)
{
	struct ctx *c = r->app->c;
	uint64_t affected = 0;
	if (is_query(stmt->text)) {
		struct db_rows rows = table_rows(r->table);
		TRY(db_query(c, r->db, r->role, stmt->text, &rows, &affected));
		table_flush(r->table, affected);
		return 0;
	}
	/* COPY's data stands between its statement and the next one. */
	struct str whole = stmt->text;
	if (stmt->copy_data.p)
		whole.n = (size_t)(stmt->copy_data.p + stmt->copy_data.n - whole.p);
	struct script_spec spec = { .sql = whole, .role = r->role };
	TRY(db_script(c, r->db, &spec));
	if (!r->app->is_json)
		printf("done\n");
	return 0;
}

static void explain(const struct run *r, const struct sql_stmt *stmt)
{
	const struct error *e = &r->app->c->err;
	struct finding f = { .is_error = true,
			     .file = r->name,
			     .text = r->text,
			     .what = e->message,
			     .why = e->details,
			     .fix = e->hint };
	size_t at = (size_t)stmt->offset + (e->position > 0 ? (size_t)e->position - 1 : 0);
	text_place(r->text, at, &f.line, &f.column);
	if (!f.file)
		f.file = "statement";
	finding_print(stderr, &f);
}

static int run_all(struct run *r)
{
	sql_stmts stmts = { 0 };
	if (sql_split(r->app->c, r->text, &stmts) < 0) {
		term_error(r->app->c);
		return EXIT_FAILED;
	}
	for (size_t i = 0; i < stmts.n; i++)
		if (run_one(r, &stmts.v[i]) < 0) {
			explain(r, &stmts.v[i]);
			return EXIT_FAILED;
		}
	return EXIT_OK;
}

static int with_config(struct app *app, const struct config *cfg)
{
	struct run r = { .app = app, .role = option_value(&app->options, "role", "postgres") };
	if (read_statements(app, &r.text, &r.name) < 0 || db_open(app->c, cfg, false, &r.db) < 0) {
		term_error(app->c);
		return EXIT_FAILED;
	}
	bool is_csv = option_given(&app->options, "csv");
	r.table = table_new(app->is_json ? TABLE_JSON : is_csv ? TABLE_CSV : TABLE_PRETTY);
	int rc = run_all(&r);
	table_free(r.table);
	db_close(r.db);
	return rc;
}

int cmd_sql(struct app *app)
{
	struct config *cfg;
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	int rc = with_config(app, cfg);
	config_free(cfg);
	return rc;
}
