/*
 * Applying a project's SQL files: roles, migrations, seeds.
 */
#ifndef APP_MIGRATE_H
#define APP_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>

struct config;
struct ctx;
struct db;
struct finding;
struct migration;

struct migrate_spec {
	bool keep_going; /* refused statements are findings, not the end */
	bool dry_run;
	/* Called for each refused statement, and with is_error false for notices. May
	 * run on another thread while migrate_run() waits. */
	void (*on_finding)(void *arg, const struct finding *f);
	/* After a file was applied (or would be, in a dry run). */
	void (*on_file)(void *arg, const char *shown, double ms);
	void *arg;
};

struct migrate_result {
	size_t files;	   /* applied, or pending in a dry run */
	size_t statements; /* applied in them */
	size_t refused;
	bool was_empty; /* nothing had been applied before */
};

/*
 * Applies what is pending: roles.sql into a database without migrations, then
 * each migration as a transaction of its own. Stops at the first file that
 * fails (unless keep_going); those before it stay applied. ret is filled also
 * on failure.
 */
int migrate_run(struct ctx *c, struct db *db, const struct config *cfg,
		const struct migrate_spec *spec, struct migrate_result *ret);

/* Runs the seed files, each as a transaction. */
int migrate_seed(struct ctx *c, struct db *db, const struct config *cfg,
		 const struct migrate_spec *spec, struct migrate_result *ret);

#endif
