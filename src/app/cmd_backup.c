#include "app/command.h"
#include "app/database.h"
#include "app/project.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"

#include <sys/stat.h>
#include <unistd.h>

/* A running server has another working directory, maybe. */
static const char *absolute(struct app *app, const char *path)
{
	char here[4096];
	if (path[0] == '/' || !getcwd(here, sizeof(here)))
		return path;
	return arena_printf(app->c->arena, "%s/%s", here, path);
}

static int backup(struct app *app, const struct config *cfg, const char *path)
{
	struct db *db;
	if (access(path, F_OK) == 0)
		return err_set(app->c, "58P02", "%s is there already", path);
	TRY(db_open(app->c, cfg, false, &db));
	int rc = db_backup(app->c, db, path);
	db_close(db);
	return rc;
}

int cmd_backup(struct app *app)
{
	struct config *cfg;
	struct stat st = { 0 };
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	const char *path = absolute(app, app->args[0]);
	int rc = backup(app, cfg, path);
	if (rc < 0)
		term_error(app->c);
	else if (stat(path, &st) == 0 && app->is_json)
		printf("{\"bytes\":%lld}\n", (long long)st.st_size);
	else
		printf("copied %s to %s (%lld bytes)\n", cfg->db.shown_url, app->args[0],
		       (long long)st.st_size);
	config_free(cfg);
	return rc < 0 ? EXIT_FAILED : EXIT_OK;
}
