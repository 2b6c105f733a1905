#include "app/command.h"
#include "app/database.h"
#include "app/import.h"
#include "app/project.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REPORT_MAX = 64 << 20, SCHEMA_TEXT_MAX = 256 << 20 };

/* Where the dump comes from: a file, stdin, or pg_dump on a pipe. */
struct source {
	FILE *in;
	pid_t child; /* 0: none */
	size_t size; /* bytes, 0 unknown */
};

struct report {
	struct app *app;
	struct source source;
	struct buf findings; /* JSON elements */
	size_t n_findings;
	bool has_bar;
};

/* ---- the source ---- */

static int from_file(struct app *app, const char *path, struct source *ret)
{
	struct stat st;
	if (strcmp(path, "-") == 0) {
		ret->in = stdin;
		return 0;
	}
	ret->in = fopen(path, "re");
	if (!ret->in)
		return err_set(app->c, "58P01", "could not open %s: %s", path, strerror(errno));
	if (fstat(fileno(ret->in), &st) == 0 && S_ISREG(st.st_mode))
		ret->size = (size_t)st.st_size;
	return 0;
}

static char hex_value(char ch)
{
	return (char)(ch <= '9' ? ch - '0' : (ch | 0x20) - 'a' + 10);
}

static bool is_hex(char ch)
{
	return (ch >= '0' && ch <= '9') || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'f');
}

static char *percent_decoded(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool is_code =
			s.p[i] == '%' && i + 2 < s.n && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]);
		out[n++] = is_code ? (char)(hex_value(s.p[i + 1]) * 16 + hex_value(s.p[i + 2]))
				   : s.p[i];
		i += is_code ? 2 : 0;
	}
	out[n] = '\0';
	return out;
}

/* The URL without its password, and the password; NULL: it has none. */
static const char *split_password(struct arena *a, const char *url, const char **ret_password)
{
	const char *user = strstr(url, "://") + 3;
	size_t n = strcspn(user, "@/?");
	struct str info = { user, n };
	ptrdiff_t colon = user[n] == '@' ? str_chr(info, ':') : -1;
	*ret_password = NULL;
	if (colon < 0)
		return url;
	*ret_password = percent_decoded(a, str_from(info, (size_t)colon + 1));
	return arena_printf(a, "%.*s%.*s%s", (int)(user - url), url, (int)colon, user, user + n);
}

/* The password goes by the environment, where ps does not show it. */
static char **dump_environment(struct arena *a, const char *password)
{
	size_t n = 0, k = 0;
	while (environ[n])
		n++;
	char **env = arena_array(a, n + 3, sizeof(*env));
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "PGTZ=", 5) != 0)
			env[k++] = environ[i];
	env[k++] = arena_strdup(a, "PGTZ=UTC");
	if (password)
		env[k++] = arena_printf(a, "PGPASSWORD=%s", password);
	return env;
}

static int from_server(struct app *app, const char *url, struct source *ret)
{
	int ends[2];
	const char *password, *shown = split_password(app->c->arena, url, &password);
	const char *const args[] = { "pg_dump",
				     "--format=plain",
				     "--encoding=UTF8",
				     "--no-owner",
				     "--no-tablespaces",
				     "--no-password",
				     shown,
				     NULL };
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(app->c, "58000", "no pipe: %s", strerror(errno));
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	int failed =
		posix_spawnp(&ret->child, args[0], &actions, NULL, (char *const *)(uintptr_t)args,
			     dump_environment(app->c->arena, password));
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (failed) {
		close(ends[0]);
		ret->child = 0;
		err_set(app->c, "58P01", "could not start pg_dump: %s", strerror(failed));
		return err_hint(app->c, "Reading a live server takes PostgreSQL's client programs "
					"(package postgresql-client); or give a dump's file.");
	}
	ret->in = fdopen(ends[0], "r");
	return 0;
}

static bool is_url(const char *source)
{
	return strncmp(source, "postgres://", 11) == 0 || strncmp(source, "postgresql://", 13) == 0;
}

static int source_open(struct app *app, const char *name, struct source *ret)
{
	return is_url(name) ? from_server(app, name, ret) : from_file(app, name, ret);
}

static int source_close(struct app *app, struct source *s)
{
	int status = 0;
	if (s->in && s->in != stdin)
		fclose(s->in);
	if (!s->child)
		return 0;
	while (waitpid(s->child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(app->c, "58000", "pg_dump failed: what it wrote before was imported");
}

/* ---- what is shown ---- */

static void on_progress(void *arg, size_t bytes)
{
	struct report *r = arg;
	if (r->app->is_json || !isatty(STDERR_FILENO))
		return;
	r->has_bar = true;
	if (!r->source.size) {
		fprintf(stderr, "\r%zu MB read", bytes >> 20);
		return;
	}
	int done = (int)(bytes * 40 / r->source.size);
	done = done > 40 ? 40 : done;
	fprintf(stderr, "\r[%.*s%*s] %zu %%", done, "########################################",
		40 - done, "", bytes * 100 / r->source.size);
}

static void end_bar(struct report *r)
{
	if (r->has_bar)
		fprintf(stderr, "\r%60s\r", "");
	r->has_bar = false;
}

static void on_finding(void *arg, const struct finding *f)
{
	struct report *r = arg;
	r->n_findings++;
	if (!r->app->is_json) {
		end_bar(r);
		finding_print(stderr, f);
		return;
	}
	if (r->findings.n)
		buf_char(&r->findings, ',');
	finding_json(&r->findings, f);
}

static void print_end(const struct report *r, const struct import_result *done,
		      const char *migration)
{
	if (r->app->is_json) {
		printf("{\"statements\":%zu,\"refused\":%zu,\"left_out\":%zu,\"tables\":%zu,"
		       "\"rows\":%zu,\"different\":%zu,\"problems\":[%.*s]}\n",
		       done->statements, done->refused, done->managed, done->tables, done->rows,
		       done->different, STR_ARG(buf_view(&r->findings)));
		return;
	}
	printf("%zu statements applied, %zu refused, %zu of the services' own left out\n",
	       done->statements, done->refused, done->managed);
	printf("%zu rows in %zu tables; read back: %zu tables equal, %zu different\n", done->rows,
	       done->tables, done->compared - done->different, done->different);
	if (migration)
		printf("the schema is %s, recorded as applied\n", migration);
}

/* ---- the base migration ---- */

static int write_file(struct app *app, const char *path, struct str text)
{
	FILE *f = fopen(path, "wxe");
	if (!f)
		return err_set(app->c, "58030", "could not write %s: %s", path, strerror(errno));
	bool is_ok = fwrite(text.p, 1, text.n, f) == text.n;
	is_ok = fclose(f) == 0 && is_ok;
	return is_ok ? 0 : err_set(app->c, "58030", "could not write %s", path);
}

/* What was imported is the migration that later ones build on. */
static int adopt(struct app *app, const struct config *cfg, struct db *db, struct str schema,
		 const char **ret_shown)
{
	struct ctx *c = app->c;
	char version[32];
	time_t now = time(NULL);
	struct tm tm;
	gmtime_r(&now, &tm);
	strftime(version, sizeof(version), "%Y%m%d%H%M%S", &tm);
	const char *folder = arena_printf(c->arena, "%s/migrations", cfg->supabase_dir);
	mkdir(cfg->supabase_dir, 0777);
	mkdir(folder, 0777);
	const char *path = arena_printf(c->arena, "%s/%s_imported.sql", folder, version);
	TRY(write_file(app, path, schema));
	struct script_spec spec = {
		.role = "postgres", .sql = STR("select 1"), .version = version, .name = "imported"
	};
	TRY(db_script(c, db, &spec));
	*ret_shown = app_shown_path(cfg, path);
	return 0;
}

/* ---- the command ---- */

/* An import meets nothing of the same name. */
static int must_be_empty(struct app *app, struct db *db)
{
	size_t n = 0;
	struct catalog *cat;
	if (!db_engine(db))
		return err_set(app->c, "55006", "a server is running on this database"),
		       err_hint(app->c, "Stop it while you import.");
	TRY(engine_catalog(app->c, db_engine(db), &cat));
	for (size_t i = 0; i < cat->relations.n; i++)
		n += strcmp(cat->relations.v[i]->schema, "public") == 0;
	catalog_unref(cat);
	if (!n)
		return 0;
	err_set(app->c, "55000", "the database has %zu tables and views in public already", n);
	return err_hint(app->c,
			"Import into an empty one (bedplate reset), or go on with --force.");
}

static int import(struct app *app, const struct config *cfg, struct db *db, struct report *r)
{
	struct buf schema = buf_make(SCHEMA_TEXT_MAX);
	struct import_result done = { 0 };
	struct import_spec spec = {
		.progress = on_progress, .on_finding = on_finding, .arg = r, .schema = &schema
	};
	const char *shown = NULL;
	int failed = source_open(app, app->args[0], &r->source);
	if (failed == 0)
		failed = import_dump(app->c, db, r->source.in, &spec, &done);
	end_bar(r);
	if (failed == 0)
		failed = source_close(app, &r->source);
	if (failed == 0 && schema.n && !option_given(&app->options, "no-migration"))
		failed = adopt(app, cfg, db, buf_view(&schema), &shown);
	buf_free(&schema);
	print_end(r, &done, shown);
	if (failed < 0)
		term_error(app->c);
	return failed < 0 || done.refused || done.different ? EXIT_FAILED : EXIT_OK;
}

static int with_config(struct app *app, const struct config *cfg)
{
	struct db *db;
	if (db_open(app->c, cfg, true, &db) < 0) {
		term_error(app->c);
		return EXIT_FAILED;
	}
	struct report r = { .app = app, .findings = buf_make(REPORT_MAX) };
	int rc = EXIT_FAILED;
	if (!option_given(&app->options, "force") && must_be_empty(app, db) < 0)
		term_error(app->c);
	else
		rc = import(app, cfg, db, &r);
	buf_free(&r.findings);
	db_close(db);
	return rc;
}

int cmd_import(struct app *app)
{
	struct config *cfg;
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	int rc = with_config(app, cfg);
	config_free(cfg);
	return rc;
}
