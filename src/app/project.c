#include "app/project.h"

#include "app/command.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"
#include "config/file.h"
#include "config/toml.h"

#include <string.h>
#include <unistd.h>

const char *app_dir(struct app *app)
{
	const char *given = option_value(&app->options, "project", NULL);
	const char *found = given ? given : config_find_dir(app->c, NULL);
	return found ? found : ".";
}

const char *app_shown_path(const struct config *cfg, const char *path)
{
	size_t n = strlen(cfg->dir);
	return strncmp(path, cfg->dir, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

void config_finding(struct app *app, const struct config *cfg, size_t i, struct finding *ret)
{
	const struct config_problem *p = &cfg->problems[i];
	struct finding f = {
		.is_error = p->severity == CONFIG_ERROR,
		.file = p->file ? app_shown_path(cfg, p->file) : NULL,
		.line = p->line,
		.column = p->column,
		.what = p->key ? arena_printf(app->c->arena, "%s %s", p->key, p->what) : p->what,
		.fix = p->fix,
	};
	if (p->file && file_read(app->c, p->file, TOML_SIZE_MAX, &f.text) < 0)
		err_clear(app->c);
	*ret = f;
}

/* Bytes of the section's name in a dotted key. */
static size_t section_size(const char *key)
{
	const char *dot = strrchr(key, '.');
	return dot ? (size_t)(dot - key) : 0;
}

void config_report_ignored(const struct config *cfg)
{
	FILE *f = stderr;
	if (cfg->n_ignored == 0)
		return;
	fprintf(f, "%snot honoured yet:%s", term(f, TERM_YELLOW), term(f, TERM_PLAIN));
	const char *last = "";
	for (size_t i = 0; i < cfg->n_ignored; i++) {
		const char *key = cfg->ignored[i].key;
		size_t n = section_size(key);
		bool is_same = i > 0 && section_size(last) == n && strncmp(last, key, n) == 0;
		if (is_same)
			fprintf(f, ", %s", key + n + (n > 0));
		else
			fprintf(f, "\n  [%.*s] %s", (int)n, key, key + n + (n > 0));
		last = key;
	}
	fputc('\n', f);
}

static int apply_options(struct app *app, struct config *cfg)
{
	int64_t port;
	TRY(option_number(app->c, &app->options, "port", cfg->api.port, &port));
	if (port < 1 || port > 65535)
		return err_set(app->c, "22023", "--port takes a number from 1 to 65535");
	if (port != cfg->api.port) {
		cfg->api.port = port;
		cfg->api.external_url =
			arena_printf(cfg->arena, "http://127.0.0.1:%lld", (long long)port);
	}
	return 0;
}

/* What sign-in misses does not stop a command that is about the database. */
static bool is_fatal(const struct config_problem *p, bool is_loud)
{
	return p->severity == CONFIG_ERROR &&
	       (is_loud || !p->key || strncmp(p->key, "auth.", 5) != 0);
}

static int report(struct app *app, const struct config *cfg, bool is_loud)
{
	int errors = 0;
	for (size_t i = 0; i < cfg->n_problems; i++) {
		bool is_error = is_fatal(&cfg->problems[i], is_loud);
		errors += is_error;
		if (!is_error && !is_loud)
			continue;
		struct finding f;
		config_finding(app, cfg, i, &f);
		finding_print(stderr, &f);
	}
	return errors ? -1 : 0;
}

/* A command in some other folder must not make a database there. */
int app_check_is_project(struct app *app)
{
	if (option_given(&app->options, "project") || config_find_dir(app->c, NULL) ||
	    access("supabase", F_OK) == 0)
		return 0;
	err_set(app->c, "58P01", "there is no supabase/ folder here or above");
	return err_hint(app->c, "`bedplate new NAME` makes a project; --project DIR names one.");
}

int app_config(struct app *app, bool is_loud, struct config **ret)
{
	struct config *cfg;
	struct config_options opt = {
		.database_url = option_value(&app->options, "database-url", NULL),
	};
	if (app_check_is_project(app) < 0 || config_read(app->c, app_dir(app), &opt, &cfg) < 0) {
		term_error(app->c);
		return -1;
	}
	int rc = report(app, cfg, is_loud);
	if (rc == 0 && apply_options(app, cfg) < 0) {
		term_error(app->c);
		rc = -1;
	}
	if (rc < 0) {
		config_free(cfg);
		return -1;
	}
	*ret = cfg;
	return 0;
}
