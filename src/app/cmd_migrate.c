#include "app/command.h"
#include "app/database.h"
#include "app/migrate.h"
#include "app/project.h"
#include "app/term.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"

enum { REPORT_MAX = 64 << 20 };

struct report {
	bool is_json, is_dry;
	struct buf files, findings; /* JSON elements */
};

static void on_finding(void *arg, const struct finding *f)
{
	struct report *r = arg;
	if (!r->is_json) {
		finding_print(stderr, f);
		return;
	}
	if (r->findings.n)
		buf_char(&r->findings, ',');
	finding_json(&r->findings, f);
}

static void on_file(void *arg, const char *shown, double ms)
{
	struct report *r = arg;
	if (!r->is_json) {
		if (r->is_dry)
			printf("would apply %s\n", shown);
		else
			printf("applied %s in %.0f ms\n", shown, ms);
		return;
	}
	if (r->files.n)
		buf_char(&r->files, ',');
	json_put_string(&r->files, str_of(shown));
}

static void print_end(const struct app *app, const struct report *r,
		      const struct migrate_result *done, bool is_ok)
{
	if (r->is_json) {
		printf("{\"ok\":%s,\"files\":[%.*s],\"statements\":%zu,\"refused\":%zu,"
		       "\"problems\":[%.*s]}\n",
		       is_ok ? "true" : "false", STR_ARG(buf_view(&r->files)), done->statements,
		       done->refused, STR_ARG(buf_view(&r->findings)));
		return;
	}
	if (!is_ok)
		term_error(app->c);
	else if (done->files == 0)
		printf("nothing to apply\n");
	if (done->refused)
		fprintf(stderr, "%zu statements applied, %zu refused\n", done->statements,
			done->refused);
}

static int migrate(struct app *app, const struct config *cfg, struct report *report)
{
	struct db *db;
	struct migrate_result done = { 0 };
	struct migrate_spec spec = {
		.keep_going = option_given(&app->options, "keep-going"),
		.dry_run = report->is_dry,
		.on_finding = on_finding,
		.on_file = on_file,
		.arg = report,
	};
	if (db_open(app->c, cfg, true, &db) < 0) {
		term_error(app->c);
		return EXIT_FAILED;
	}
	bool is_ok = migrate_run(app->c, db, cfg, &spec, &done) == 0;
	print_end(app, report, &done, is_ok);
	db_close(db);
	return is_ok ? EXIT_OK : EXIT_FAILED;
}

int cmd_migrate(struct app *app)
{
	struct config *cfg;
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	struct report report = {
		.is_json = app->is_json,
		.is_dry = option_given(&app->options, "dry-run"),
		.files = buf_make(REPORT_MAX),
		.findings = buf_make(REPORT_MAX),
	};
	int rc = migrate(app, cfg, &report);
	buf_free(&report.files);
	buf_free(&report.findings);
	config_free(cfg);
	return rc;
}
