#include "app/command.h"
#include "app/database.h"
#include "app/exposure.h"
#include "app/migrate.h"
#include "app/project.h"
#include "app/serving.h"
#include "app/term.h"
#include "auth/auth.h"
#include "base/err.h"
#include "config/config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void on_finding(void *arg, const struct finding *f)
{
	(void)arg;
	finding_print(stderr, f);
}

static void on_file(void *arg, const char *shown, double ms)
{
	(void)arg;
	fprintf(stderr, "applied %s in %.0f ms\n", shown, ms);
}

static int check_secrets(struct ctx *c, const struct config *cfg)
{
	if (!config_uses_demo_secret(cfg) || cfg->server.allow_demo_secrets)
		return 0;
	err_set(c, "F0000", "the secrets are those of `supabase start`, which everybody knows");
	return err_hint(c, "Make your own: bedplate keys --new >> supabase/.env (or set "
			   "[bedplate].allow_demo_secrets).");
}

static int check_exposure(struct ctx *c, const struct config *cfg, struct engine *e)
{
	struct catalog *cat;
	struct exposure *v;
	size_t n;
	TRY(engine_catalog(c, e, &cat));
	TRY(exposure_list(c, cat, cfg, &v, &n));
	catalog_unref(cat);
	if (exposure_count_refused(v, n) == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (v[i].is_open && !v[i].is_view && !v[i].is_allowed)
			fprintf(stderr, "  %s: anonymous callers can %s%s%s every row\n", v[i].name,
				v[i].can_read ? "read" : "",
				v[i].can_read && v[i].can_write ? " and " : "",
				v[i].can_write ? "write" : "");
	err_set(c, "F0000", "tables are exposed without row level security");
	return err_hint(c, "alter table … enable row level security, revoke the rights of anon, or "
			   "list them in [api].allow_open_tables.");
}

static int prepare(struct app *app, const struct config *cfg, struct db *db)
{
	struct migrate_result done;
	struct migrate_spec spec = { .on_finding = on_finding, .on_file = on_file };
	if (!db_engine(db))
		return err_set(app->c, "55006", "a server of this project is running already");
	if (!option_given(&app->options, "no-migrate"))
		TRY(migrate_run(app->c, db, cfg, &spec, &done));
	return check_exposure(app->c, cfg, db_engine(db));
}

static void wait_for_end(int signals)
{
	struct pollfd fd = { signals, POLLIN, 0 };
	struct signalfd_siginfo info;
	for (;;) {
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			return;
		if (read(signals, &info, sizeof(info)) != sizeof(info))
			continue;
		if (info.ssi_signo != SIGHUP)
			return;
	}
}

static int serve(struct app *app, const struct config *cfg, struct db *db, int signals)
{
	struct auth *auth;
	struct serving *serving;
	TRY(prepare(app, cfg, db));
	TRY(auth_new(app->c, cfg, &auth));
	struct serving_spec spec = {
		.cfg = cfg,
		.auth = auth,
		.engine = db_engine(db),
		.has_log = strcmp(cfg->server.log_level, "info") == 0 ||
			   strcmp(cfg->server.log_level, "debug") == 0,
		.reset_fd = -1,
	};
	if (serving_start(app->c, &spec, &serving) < 0) {
		auth_free(auth);
		return -1;
	}
	if (cfg->auth.enabled && !cfg->mail.smtp_enabled)
		term_warn("mail waits in the queue: [auth.email.smtp] is not enabled");
	fprintf(stderr, "serving %s on %s:%lld, database %s\n", cfg->project_id, cfg->server.host,
		(long long)cfg->api.port, cfg->db.shown_url);
	wait_for_end(signals);
	fprintf(stderr, "stopping\n");
	serving_stop(serving);
	auth_free(auth);
	return 0;
}

static int with_config(struct app *app, const struct config *cfg)
{
	struct db *db;
	int signals;
	config_report_ignored(cfg);
	TRY(check_secrets(app->c, cfg));
	TRY(serving_signals(app->c, &signals));
	/* Preparing a database may take rights that a server should not have. */
	bool is_prepared = option_given(&app->options, "no-migrate");
	int rc = db_open(app->c, cfg, !is_prepared, &db);
	if (rc == 0) {
		rc = serve(app, cfg, db, signals);
		db_close(db);
	}
	close(signals);
	return rc;
}

int cmd_serve(struct app *app)
{
	struct config *cfg;
	if (app_config(app, true, &cfg) < 0)
		return EXIT_FAILED;
	int rc = with_config(app, cfg);
	if (rc < 0)
		term_error(app->c);
	config_free(cfg);
	return rc < 0 ? EXIT_FAILED : EXIT_OK;
}
