#include "app/command.h"
#include "app/database.h"
#include "app/exposure.h"
#include "app/lint.h"
#include "app/migrate.h"
#include "app/private_pg.h"
#include "app/project.h"
#include "app/term.h"
#include "auth/auth.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "mail/mail.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPORT_MAX = 64 << 20 };

struct check {
	struct app *app;
	struct config *cfg;
	size_t errors, warnings;
	struct buf findings, exposed; /* JSON elements, with --json */
};

static void add(void *arg, const struct finding *f)
{
	struct check *ck = arg;
	ck->errors += f->is_error;
	ck->warnings += !f->is_error;
	if (!ck->app->is_json) {
		finding_print(stdout, f);
		return;
	}
	if (ck->findings.n)
		buf_char(&ck->findings, ',');
	finding_json(&ck->findings, f);
}

static void add_error(struct check *ck)
{
	const struct error *e = &ck->app->c->err;
	add(ck, &(struct finding){
			.is_error = true, .what = e->message, .why = e->details, .fix = e->hint });
	err_clear(ck->app->c);
}

static void check_config(struct check *ck)
{
	for (size_t i = 0; i < ck->cfg->n_problems; i++) {
		struct finding f;
		config_finding(ck->app, ck->cfg, i, &f);
		add(ck, &f);
	}
}

/* Keys that cannot be read stop every command that needs them. */
static void check_keys(struct check *ck)
{
	struct auth *auth;
	if (auth_new(ck->app->c, ck->cfg, &auth) < 0)
		add_error(ck);
	else
		auth_free(auth);
}

static void add_template(void *arg, const char *message)
{
	add(arg, &(struct finding){ .is_error = true, .what = message });
}

/* A port that nobody has now. */
static int64_t free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0)
		(void)getsockname(fd, (struct sockaddr *)&at, &n);
	if (fd >= 0)
		close(fd);
	return ntohs(at.sin_port);
}

static const char *can_do(const struct exposure *x)
{
	bool reads = x->can_read && (x->is_open || x->has_read_policy);
	bool writes = x->can_write && (x->is_open || x->has_write_policy);
	return reads && writes ? "read and write" : reads ? "read" : writes ? "write" : NULL;
}

static void check_open_table(struct check *ck, const struct exposure *x)
{
	struct ctx *c = ck->app->c;
	if (!x->is_open || x->is_view || x->is_allowed)
		return;
	add(ck,
	    &(struct finding){
		    .what = arena_printf(c->arena, "%s has no row level security", x->name),
		    .why = arena_printf(c->arena,
					"anonymous callers can %s every row; `serve` refuses to "
					"start",
					can_do(x)),
		    .fix = arena_printf(c->arena,
					"alter table %s enable row level security; or list it in "
					"[api].allow_open_tables",
					x->name) });
}

static void show_exposure(struct check *ck, const struct exposure *x)
{
	const char *what = can_do(x);
	if (!what)
		return;
	if (ck->app->is_json) {
		if (ck->exposed.n)
			buf_char(&ck->exposed, ',');
		buf_puts(&ck->exposed, "{\"name\":");
		json_put_string(&ck->exposed, str_of(x->name));
		buf_printf(&ck->exposed, ",\"can\":\"%s\",\"open\":%s,\"view\":%s}", what,
			   x->is_open ? "true" : "false", x->is_view ? "true" : "false");
		return;
	}
	printf("  %-32s %-15s %s\n", x->name, what,
	       !x->is_open  ? "the rows that policies allow"
	       : x->is_view ? "every row: the view checks as its owner"
			    : "every row: no row level security");
}

static void check_exposure(struct check *ck, struct engine *e)
{
	struct ctx *c = ck->app->c;
	struct catalog *cat;
	struct exposure *v;
	size_t n;
	if (engine_catalog(c, e, &cat) < 0) {
		add_error(ck);
		return;
	}
	lint_catalog(c, cat, ck->cfg, add, ck);
	int rc = exposure_list(c, cat, ck->cfg, &v, &n);
	catalog_unref(cat);
	if (rc < 0) {
		add_error(ck);
		return;
	}
	for (size_t i = 0; i < n; i++)
		check_open_table(ck, &v[i]);
	if (!ck->app->is_json)
		printf("\nAnonymous callers can:\n");
	for (size_t i = 0; i < n; i++)
		show_exposure(ck, &v[i]);
}

static int try_migrations(struct check *ck, const struct config *scratch)
{
	struct ctx *c = ck->app->c;
	struct db *db;
	struct migrate_result done;
	struct migrate_spec spec = { .keep_going = true, .on_finding = add, .arg = ck };
	TRY(db_open(c, scratch, true, &db));
	if (migrate_run(c, db, ck->cfg, &spec, &done) < 0)
		add_error(ck);
	check_exposure(ck, db_engine(db));
	db_close(db);
	return 0;
}

static int try_on_sqlite(struct check *ck, struct config *scratch)
{
	scratch->db.url = arena_printf(ck->app->c->arena, "sqlite:%s/check.db", scratch->state_dir);
	return try_migrations(ck, scratch);
}

static int try_on_postgres(struct check *ck, struct config *scratch)
{
	struct private_pg *pg;
	scratch->db.port = free_port();
	TRY(private_pg_start(ck->app->c, scratch, &pg));
	int rc = try_migrations(ck, scratch);
	private_pg_stop(pg);
	return rc;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

/* An empty database of its own, so that the project's is not touched. */
static void check_scratch(struct check *ck, int (*run)(struct check *ck, struct config *scratch))
{
	char dir[] = "/tmp/bedplate-check-XXXXXX";
	struct config scratch = *ck->cfg;
	if (!mkdtemp(dir)) {
		err_set(ck->app->c, "58030", "could not make a folder in /tmp: %s",
			strerror(errno));
		add_error(ck);
		return;
	}
	scratch.state_dir = dir;
	if (run(ck, &scratch) < 0)
		add_error(ck);
	(void)nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Without a server to try them on, the database that there is says what it exposes. */
static void check_as_it_stands(struct check *ck)
{
	struct db *db;
	term_warn("no PostgreSQL server is installed to try the migrations on; what follows is %s "
		  "as it stands",
		  ck->cfg->db.shown_url);
	if (db_open(ck->app->c, ck->cfg, false, &db) < 0) {
		add_error(ck);
		return;
	}
	check_exposure(ck, db_engine(db));
	db_close(db);
}

static void check_database(struct check *ck)
{
	if (str_starts(str_of(ck->cfg->db.url), STR("sqlite:")))
		check_scratch(ck, try_on_sqlite);
	else if (private_pg_is_installed(ck->app->c))
		check_scratch(ck, try_on_postgres);
	else
		check_as_it_stands(ck);
}

static void print_end(const struct check *ck)
{
	if (ck->app->is_json)
		printf("{\"ok\":%s,\"errors\":%zu,\"warnings\":%zu,\"problems\":[%.*s],"
		       "\"anonymous\":[%.*s]}\n",
		       ck->errors + ck->warnings ? "false" : "true", ck->errors, ck->warnings,
		       STR_ARG(buf_view(&ck->findings)), STR_ARG(buf_view(&ck->exposed)));
	else
		printf("\n%zu error%s, %zu warning%s\n", ck->errors, ck->errors == 1 ? "" : "s",
		       ck->warnings, ck->warnings == 1 ? "" : "s");
}

int cmd_check(struct app *app)
{
	struct check ck = { .app = app };
	struct config_options opt = { .database_url =
					      option_value(&app->options, "database-url", NULL) };
	if (app_check_is_project(app) < 0 || config_read(app->c, app_dir(app), &opt, &ck.cfg) < 0) {
		term_error(app->c);
		return EXIT_FAILED;
	}
	ck.findings = buf_make(REPORT_MAX);
	ck.exposed = buf_make(REPORT_MAX);
	check_config(&ck);
	check_keys(&ck);
	mail_check_templates(app->c, ck.cfg, add_template, &ck);
	if (!app->is_json)
		config_report_ignored(ck.cfg);
	check_database(&ck);
	print_end(&ck);
	buf_free(&ck.findings);
	buf_free(&ck.exposed);
	config_free(ck.cfg);
	return ck.errors + ck.warnings ? EXIT_PROBLEMS : EXIT_OK;
}
