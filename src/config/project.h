/*
 * The files of a project: what `migrate` and `reset` run, in order.
 */
#ifndef CONFIG_PROJECT_H
#define CONFIG_PROJECT_H

#include "base/str.h"

struct config;
struct ctx;

enum {
	PROJECT_FILES_MAX = 100000,
	PROJECT_SQL_MAX = 256 << 20, /* bytes of one SQL file */
};

/* supabase/migrations/<digits>_<name>.sql. */
struct migration {
	const char *path;    /* absolute */
	const char *shown;   /* relative to the project's folder */
	const char *version; /* the digits as they stand, any number of them */
	const char *name;    /* without version and ".sql" */
};

struct project_files {
	struct migration *migrations; /* by version as a number, then by file name */
	size_t n_migrations;
	const char **seeds; /* absolute, in the order of [db.seed].sql_paths */
	size_t n_seeds;
	const char *roles;    /* supabase/roles.sql, or NULL */
	const char **skipped; /* files of migrations/ whose names do not match */
	size_t n_skipped;
	const char **unmatched; /* globs that match no file, as configured */
	size_t n_unmatched;
};

/* Lists the files. A missing folder gives none. Two migrations with one version
 * are an error (F0000). All memory in c->arena. */
int project_list(struct ctx *c, const struct config *cfg, struct project_files *ret);

/* Compares two strings of digits as numbers of any length. */
int version_cmp(const char *a, const char *b);

/* The text of a file of the project. Errors as file_read(). */
int project_read(struct ctx *c, const char *path, struct str *ret);

#endif
