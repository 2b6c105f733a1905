#include "app/command.h"
#include "app/control.h"
#include "app/database.h"
#include "app/migrate.h"
#include "app/project.h"
#include "app/term.h"
#include "base/err.h"
#include "config/config.h"

#include <string.h>
#include <unistd.h>

static void on_finding(void *arg, const struct finding *f)
{
	(void)arg;
	finding_print(stderr, f);
}

static void on_file(void *arg, const char *shown, double ms)
{
	(void)arg;
	printf("applied %s in %.0f ms\n", shown, ms);
}

/* Scripts must say --yes; people are asked. */
static int confirm(struct app *app, const struct config *cfg)
{
	char answer[16] = "";
	if (option_given(&app->options, "yes"))
		return 0;
	if (!isatty(STDIN_FILENO))
		return err_set(app->c, "22023", "reset deletes everything in %s: say --yes",
			       cfg->db.shown_url);
	printf("Everything in %s will be lost. Go on? [y/N] ", cfg->db.shown_url);
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin) || (answer[0] != 'y' && answer[0] != 'Y'))
		return err_set(app->c, "57014", "nothing was changed");
	return 0;
}

/* The database is a running server's: `dev` does it itself. */
static int reset_beside(struct app *app, const struct config *cfg)
{
	const char *socket = control_path(app->c->arena, cfg);
	if (!control_is_alive(socket))
		return -1;
	err_clear(app->c);
	TRY(control_reset(app->c, socket));
	printf("done by the running `bedplate dev`, see its terminal\n");
	return 0;
}

static int rebuild(struct app *app, const struct config *cfg)
{
	struct db *db;
	struct migrate_result done;
	struct migrate_spec spec = { .on_finding = on_finding, .on_file = on_file };
	if (db_erase(app->c, cfg) < 0)
		return err_is(app->c, "55006") ? reset_beside(app, cfg) : -1;
	TRY(db_open(app->c, cfg, true, &db));
	int rc = migrate_run(app->c, db, cfg, &spec, &done);
	if (rc == 0 && !option_given(&app->options, "no-seed"))
		rc = migrate_seed(app->c, db, cfg, &spec, &done);
	db_close(db);
	return rc;
}

int cmd_reset(struct app *app)
{
	struct config *cfg;
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	int rc = confirm(app, cfg);
	if (rc == 0)
		rc = rebuild(app, cfg);
	if (rc < 0)
		term_error(app->c);
	config_free(cfg);
	return rc < 0 ? EXIT_FAILED : EXIT_OK;
}
