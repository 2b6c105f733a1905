/* What commands share: the project's configuration and how its findings are shown. */
#ifndef APP_PROJECT_H
#define APP_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct config;
struct finding;

/* The project's folder: --project, else the nearest folder upwards that holds
 * supabase/config.toml, else the working directory. */
const char *app_dir(struct app *app);

/* 58P01 when no folder is named and there is no project here or above. */
int app_check_is_project(struct app *app);

/* Reads the configuration; --database-url and --port replace what it says. On
 * failure every error has been printed and -1 comes back. Warnings are printed
 * too when is_loud. Free with config_free(). */
int app_config(struct app *app, bool is_loud, struct config **ret);

/* A path below the project's folder without that prefix. */
const char *app_shown_path(const struct config *cfg, const char *path);

/* The i-th problem of the configuration as a finding (text read from its file). */
void config_finding(struct app *app, const struct config *cfg, size_t i, struct finding *ret);

/* Names the settings that the project has and this version does not honour, on
 * stderr: section by section. */
void config_report_ignored(const struct config *cfg);

#endif
