#include "app/command.h"
#include "app/database.h"
#include "app/exposure.h"
#include "app/migrate.h"
#include "app/private_pg.h"
#include "app/project.h"
#include "app/serving.h"
#include "app/term.h"
#include "app/watch.h"
#include "auth/auth.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"
#include "mail/mailbox.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { CURL_TRIES = 40 };

struct dev {
	struct app *app;
	struct config *cfg;
	struct private_pg *pg; /* NULL without --engine postgres */
	struct db *db;
	struct auth *auth;
	struct serving *serving;
	struct watch *watch;
	struct mailbox *mailbox; /* NULL without [inbucket] */
	int signals, reset_fd;
};

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void on_finding(void *arg, const struct finding *f)
{
	(void)arg;
	finding_print(stderr, f);
}

static void on_file(void *arg, const char *shown, double ms)
{
	(void)arg;
	printf("  applied %s in %.0f ms\n", shown, ms);
}

static const struct migrate_spec dev_spec = { .on_finding = on_finding, .on_file = on_file };

/* What goes wrong in a file must not end `dev`: it is shown, and waits for the
 * next change. */
static bool show_failure(struct dev *d, int rc)
{
	if (rc == 0)
		return true;
	term_error(d->app->c);
	err_clear(d->app->c);
	return false;
}

static bool apply_migrations(struct dev *d, struct migrate_result *ret)
{
	return show_failure(d, migrate_run(d->app->c, d->db, d->cfg, &dev_spec, ret));
}

static bool apply_seeds(struct dev *d)
{
	struct migrate_result done;
	return show_failure(d, migrate_seed(d->app->c, d->db, d->cfg, &dev_spec, &done));
}

/* Into a database that had nothing before. */
static void build(struct dev *d, bool has_seeds)
{
	struct migrate_result done;
	if (apply_migrations(d, &done) && done.was_empty && done.files && has_seeds)
		apply_seeds(d);
}

static void print_exposure(struct dev *d, const struct exposure *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].is_open && !v[i].is_view && !v[i].is_allowed)
			term_warn("%s has no row level security: anonymous callers can %s%s%s it",
				  v[i].name, v[i].can_read ? "read" : "",
				  v[i].can_read && v[i].can_write ? " and " : "",
				  v[i].can_write ? "write" : "");
	(void)d;
}

static bool has_row(struct ctx *c, struct db *db, const char *role, const char *name,
		    const char *schema)
{
	uint64_t rows = 0;
	const char *sql =
		arena_printf(c->arena, "select 1 from \"%s\".\"%s\" limit 1", schema, name);
	int rc = db_query(c, db, role, str_of(sql), NULL, &rows);
	err_clear(c);
	return rc == 0 && rows > 0;
}

/* A request that returns rows to anybody, for people to try. */
static void print_curl(struct dev *d, const struct exposure *v, size_t n)
{
	const char *role = d->cfg->server.anon_role;
	for (size_t i = 0; i < n && i < CURL_TRIES; i++) {
		bool is_default = strcmp(v[i].schema, d->cfg->api.schemas.v[0]) == 0;
		if (!v[i].can_read || !is_default ||
		    !has_row(d->app->c, d->db, role, v[i].table, v[i].schema))
			continue;
		printf("\n  curl '%s/rest/v1/%s?limit=3'\n", d->cfg->api.external_url, v[i].table);
		return;
	}
}

static void print_access(struct dev *d)
{
	struct ctx *c = d->app->c;
	struct catalog *cat;
	struct exposure *v;
	size_t n;
	if (engine_catalog(c, db_engine(d->db), &cat) < 0) {
		err_clear(c);
		return;
	}
	if (exposure_list(c, cat, d->cfg, &v, &n) == 0) {
		print_curl(d, v, n);
		print_exposure(d, v, n);
	}
	catalog_unref(cat);
}

static void print_banner(struct dev *d, double ms)
{
	const struct config *cfg = d->cfg;
	const char *bold = term(stdout, TERM_BOLD), *plain = term(stdout, TERM_PLAIN);
	printf("\n%s%s%s is ready in %.0f ms\n\n", bold, cfg->project_id, plain, ms);
	printf("  API URL           %s\n", cfg->api.external_url);
	printf("  Database          %s\n", cfg->db.shown_url);
	printf("  Publishable key   %s\n", cfg->auth.publishable_key);
	printf("  Secret key        %s\n", cfg->auth.secret_key);
	printf("  anon key          %s\n", auth_anon_key(d->auth));
	printf("  service_role key  %s\n", auth_service_role_key(d->auth));
	if (d->mailbox)
		printf("  Mailpit URL       http://127.0.0.1:%u\n", mailbox_port(d->mailbox));
	print_access(d);
	printf("\nCtrl-C stops.\n");
	fflush(stdout);
}

static int start_serving(struct dev *d)
{
	TRY(auth_new(d->app->c, d->cfg, &d->auth));
	struct serving_spec spec = {
		.cfg = d->cfg,
		.auth = d->auth,
		.engine = db_engine(d->db),
		.reset_fd = d->reset_fd,
		.catcher_port = d->mailbox ? mailbox_smtp_port(d->mailbox) : 0,
	};
	return serving_start(d->app->c, &spec, &d->serving);
}

static void stop_serving(struct dev *d)
{
	if (d->serving)
		serving_stop(d->serving);
	auth_free(d->auth);
	d->serving = NULL;
	d->auth = NULL;
}

/* A configuration with an error leaves the old one at work. */
static int reload_config(struct dev *d)
{
	struct config *fresh;
	if (app_config(d->app, true, &fresh) < 0)
		return 0;
	if (!d->pg && strcmp(fresh->db.url, d->cfg->db.url) != 0) {
		term_warn("the database changed: start `bedplate dev` again");
		config_free(fresh);
		return 0;
	}
	stop_serving(d);
	if (d->pg)
		private_pg_use(d->pg, fresh);
	config_free(d->cfg);
	d->cfg = fresh;
	TRY(start_serving(d));
	printf("  configuration read again\n");
	return 0;
}

/* `bedplate reset` beside us: the database is ours, so is the work. */
static int on_reset(struct dev *d)
{
	uint64_t count;
	double begin = now_ms();
	if (read(d->reset_fd, &count, sizeof(count)) != sizeof(count))
		return 0;
	stop_serving(d);
	db_close(d->db);
	d->db = NULL;
	TRY(db_erase(d->app->c, d->cfg));
	TRY(db_open(d->app->c, d->cfg, true, &d->db));
	build(d, true);
	TRY(start_serving(d));
	printf("  database built anew in %.0f ms\n", now_ms() - begin);
	fflush(stdout);
	return 0;
}

static bool on_migrations(struct dev *d)
{
	struct migrate_result done;
	bool is_ok = apply_migrations(d, &done);
	if (is_ok && done.files == 0)
		printf("  nothing new: what changed in an applied migration takes `bedplate "
		       "reset`\n");
	return is_ok;
}

static bool on_seeds(struct dev *d)
{
	bool is_ok = apply_seeds(d);
	if (!is_ok)
		printf("  to load the seeds into an empty database: bedplate reset\n");
	return is_ok;
}

static int on_change(struct dev *d)
{
	uint32_t changes = watch_take(d->app->c, d->watch, d->cfg);
	double start = now_ms();
	bool is_ok = true;
	if (changes & WATCH_CONFIG)
		TRY(reload_config(d));
	if (changes & WATCH_MIGRATIONS)
		is_ok = on_migrations(d) && is_ok;
	if (changes & WATCH_SEEDS)
		is_ok = on_seeds(d) && is_ok;
	if (changes && is_ok)
		printf("  %sup to date%s in %.0f ms\n", term(stdout, TERM_GREEN),
		       term(stdout, TERM_PLAIN), now_ms() - start);
	fflush(stdout);
	return 0;
}

static int run_until_signal(struct dev *d)
{
	struct signalfd_siginfo info;
	struct pollfd fds[] = { { d->signals, POLLIN, 0 },
				{ -1, POLLIN, 0 },
				{ d->reset_fd, POLLIN, 0 } };
	if (d->watch)
		fds[1].fd = watch_fd(d->watch);
	for (;;) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return err_set(d->app->c, "58000", "poll: %s", strerror(errno));
		if (fds[0].revents && read(d->signals, &info, sizeof(info)) > 0)
			return 0;
		if (fds[1].revents)
			TRY(on_change(d));
		if (fds[2].revents)
			TRY(on_reset(d));
	}
}

/* Outlives changes of the configuration, so that mail stays to be read. */
static int start_mailbox(struct dev *d)
{
	const struct config_mail *mail = &d->cfg->mail;
	struct mailbox_options o = {
		.port = (unsigned)mail->catcher_port,
		.smtp_port = (unsigned)mail->catcher_smtp_port,
	};
	if (!mail->catcher_enabled)
		return 0;
	TRY(mailbox_start(d->app->c, &o, &d->mailbox));
	if (mailbox_port(d->mailbox) != o.port)
		term_warn("port %u is in use: the mailbox is at port %u", o.port,
			  mailbox_port(d->mailbox));
	return 0;
}

static int start(struct dev *d)
{
	struct app *app = d->app;
	double begin = now_ms();
	TRY(serving_signals(app->c, &d->signals));
	d->reset_fd = eventfd(0, EFD_CLOEXEC);
	if (d->reset_fd < 0)
		return err_set(app->c, "58000", "the system gave no eventfd");
	TRY(private_pg_choose(app, d->cfg, &d->pg));
	TRY(db_open(app->c, d->cfg, true, &d->db));
	if (!db_engine(d->db))
		return err_set(app->c, "55006", "a server of this project is running already");
	build(d, !option_given(&app->options, "no-seed"));
	TRY(start_mailbox(d));
	TRY(start_serving(d));
	if (!option_given(&app->options, "no-watch"))
		TRY(watch_new(app->c, d->cfg, &d->watch));
	print_banner(d, now_ms() - begin);
	return 0;
}

static void stop(struct dev *d)
{
	watch_free(d->watch);
	stop_serving(d);
	mailbox_stop(d->mailbox);
	db_close(d->db);
	private_pg_stop(d->pg);
	if (d->signals >= 0)
		close(d->signals);
	if (d->reset_fd >= 0)
		close(d->reset_fd);
	config_free(d->cfg);
}

int cmd_dev(struct app *app)
{
	struct dev d = { .app = app, .signals = -1, .reset_fd = -1 };
	if (app_config(app, true, &d.cfg) < 0)
		return EXIT_FAILED;
	config_report_ignored(d.cfg);
	int rc = start(&d);
	if (rc == 0)
		rc = run_until_signal(&d);
	if (rc < 0)
		term_error(app->c);
	stop(&d);
	return rc < 0 ? EXIT_FAILED : EXIT_OK;
}
