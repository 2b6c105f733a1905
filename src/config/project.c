#include "config/project.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "config/config.h"
#include "config/file.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int version_cmp(const char *a, const char *b)
{
	a += strspn(a, "0");
	b += strspn(b, "0");
	size_t na = strlen(a), nb = strlen(b);
	if (na != nb)
		return na < nb ? -1 : 1;
	return strcmp(a, b);
}

static int migration_cmp(const void *x, const void *y)
{
	const struct migration *a = x, *b = y;
	int r = version_cmp(a->version, b->version);
	return r ? r : strcmp(a->path, b->path);
}

/* Files are applied in the order of their names, as Supabase's command line does. */
static int path_cmp(const void *x, const void *y)
{
	const struct migration *a = x, *b = y;
	return strcmp(a->path, b->path);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* False when the name is not <digits>_<name>.sql. */
static bool migration_parse(struct ctx *c, const char *dir, const char *file, struct migration *ret)
{
	size_t digits = strspn(file, "0123456789"), n = strlen(file);
	if (digits == 0 || file[digits] != '_' || n < digits + 5 ||
	    strcmp(file + n - 4, ".sql") != 0)
		return false;
	*ret = (struct migration){
		.path = arena_printf(c->arena, "%s/%s", dir, file),
		.shown = arena_printf(c->arena, "supabase/migrations/%s", file),
		.version = arena_strndup(c->arena, file, digits),
		.name = arena_strndup(c->arena, file + digits + 1, n - digits - 5),
	};
	return true;
}

static int check_versions(struct ctx *c, const struct migration *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (version_cmp(v[i - 1].version, v[i].version) == 0) {
			err_set(c, "F0000", "%s and %s have the same version", v[i - 1].shown,
				v[i].shown);
			return err_hint(c, "Give one of them another number.");
		}
	return 0;
}

static int list_migrations(struct ctx *c, const struct config *cfg, struct project_files *ret)
{
	const char *dir = path_join(c, cfg->supabase_dir, "migrations");
	DIR *d __attribute__((cleanup(close_dir))) = opendir(dir);
	if (!d && errno == ENOENT)
		return 0;
	if (!d)
		return err_set(c, "58030", "could not read %s: %s", dir, strerror(errno));
	VEC(struct migration) found = { 0 };
	VEC(const char *) skipped = { 0 };
	for (struct dirent *e; (e = readdir(d));) {
		struct migration m;
		if (e->d_name[0] == '.')
			continue;
		if (found.n + skipped.n == PROJECT_FILES_MAX)
			return err_set(c, "54000", "%s holds too many files", dir);
		if (migration_parse(c, dir, e->d_name, &m))
			VEC_PUSH(c->arena, &found, m);
		else
			VEC_PUSH(c->arena, &skipped, arena_strdup(c->arena, e->d_name));
	}
	if (found.n)
		qsort(found.v, found.n, sizeof(*found.v), migration_cmp);
	TRY(check_versions(c, found.v, found.n));
	if (found.n)
		qsort(found.v, found.n, sizeof(*found.v), path_cmp);
	ret->migrations = found.v;
	ret->n_migrations = found.n;
	ret->skipped = skipped.v;
	ret->n_skipped = skipped.n;
	return 0;
}

static bool holds(const char **v, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], path) == 0)
			return true;
	return false;
}

/* As the CLI: matches of one pattern sorted, patterns in order, no file twice. */
static int list_seeds(struct ctx *c, const struct config *cfg, struct project_files *ret)
{
	VEC(const char *) found = { 0 };
	VEC(const char *) unmatched = { 0 };
	for (size_t i = 0; cfg->db.seed_enabled && i < cfg->db.sql_paths.n; i++) {
		glob_t g = { 0 };
		int rc = glob(cfg->db.sql_paths.v[i], 0, NULL, &g);
		for (size_t k = 0; rc == 0 && k < g.gl_pathc && found.n < PROJECT_FILES_MAX; k++)
			if (!holds(found.v, found.n, g.gl_pathv[k]))
				VEC_PUSH(c->arena, &found, arena_strdup(c->arena, g.gl_pathv[k]));
		if (rc != 0)
			VEC_PUSH(c->arena, &unmatched, cfg->db.sql_paths.v[i]);
		globfree(&g);
	}
	ret->seeds = found.v;
	ret->n_seeds = found.n;
	ret->unmatched = unmatched.v;
	ret->n_unmatched = unmatched.n;
	return 0;
}

int project_list(struct ctx *c, const struct config *cfg, struct project_files *ret)
{
	struct project_files files = { 0 };
	if (cfg->db.migrations_enabled)
		TRY(list_migrations(c, cfg, &files));
	TRY(list_seeds(c, cfg, &files));
	const char *roles = path_join(c, cfg->supabase_dir, "roles.sql");
	if (access(roles, R_OK) == 0)
		files.roles = roles;
	*ret = files;
	return 0;
}

int project_read(struct ctx *c, const char *path, struct str *ret)
{
	return file_read(c, path, PROJECT_SQL_MAX, ret);
}
