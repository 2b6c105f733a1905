#include "app/migrate.h"

#include "app/database.h"
#include "app/project.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"
#include "config/project.h"

#include <string.h>
#include <time.h>

/* One file on its way into the database. */
struct file_run {
	const struct migrate_spec *spec;
	const char *shown;
	struct str text;
	struct arena *arena;
};

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Byte offset of the n-th character (1-based) of UTF-8 text. */
static size_t byte_of(struct str text, int character)
{
	size_t i = 0;
	for (int n = 1; n < character && i < text.n; n++)
		for (i++; i < text.n && ((unsigned char)text.p[i] & 0xc0) == 0x80; i++)
			;
	return i;
}

static void on_report(void *arg, const struct script_report *r)
{
	const struct file_run *run = arg;
	struct finding f = { .file = run->shown, .text = run->text };
	size_t at = (size_t)r->offset;
	if (!run->spec->on_finding)
		return;
	if (r->err && r->err->position > 0)
		at += byte_of(r->statement, r->err->position);
	text_place(run->text, at, &f.line, &f.column);
	f.is_error = r->err != NULL;
	f.what = r->err ? r->err->message : r->notice;
	f.why = r->err ? r->err->details : NULL;
	f.fix = r->err ? r->err->hint : NULL;
	if (!f.fix && r->err && strcmp(r->err->code, "42P01") == 0)
		f.fix = "No migration up to this one creates it: add the one that does.";
	run->spec->on_finding(run->spec->arg, &f);
}

/* version NULL: no migration, nothing is recorded. */
static int run_file(struct ctx *c, struct db *db, const struct migrate_spec *spec, const char *path,
		    const char *shown, const char *version, const char *name,
		    struct migrate_result *ret)
{
	struct ctx own = { .arena = arena_new(0) };
	struct file_run run = { .spec = spec, .shown = shown };
	struct script_spec script = {
		.role = "postgres",
		.keep_going = spec->keep_going,
		.version = version,
		.name = name,
		.report = on_report,
		.report_arg = &run,
	};
	double start = now_ms();
	int rc = project_read(&own, path, &run.text);
	script.sql = run.text;
	if (rc == 0 && !spec->dry_run)
		rc = db_script(&own, db, &script);
	ret->refused += script.ret_refused;
	if (rc == 0) {
		ret->files++;
		ret->statements += script.ret_applied;
		if (spec->on_file)
			spec->on_file(spec->arg, shown, now_ms() - start);
	} else {
		c->err = err_copy(c->arena, &own.err);
		if (spec->on_finding)
			c->err.details = c->err.hint = NULL; /* the finding had them */
	}
	arena_free(own.arena);
	return rc < 0 ? err_wrap(c, "%s was not applied", shown) : 0;
}

/* [api].auto_expose_new_tables = false: what `create table` in public grants to
 * the API's roles, which a project has from the start, is taken back. */
static int hide_new_tables(struct ctx *c, struct db *db)
{
	struct script_spec spec = {
		.role = "postgres",
		.sql = STR("alter default privileges in schema public revoke all on tables"
			   " from anon, authenticated, service_role;"
			   "alter default privileges in schema public revoke all on sequences"
			   " from anon, authenticated, service_role;"
			   "alter default privileges in schema public revoke all on functions"
			   " from anon, authenticated, service_role"),
	};
	if (db_script(c, db, &spec) < 0)
		return err_wrap(c, "[api].auto_expose_new_tables = false");
	return 0;
}

static bool is_applied(const char **applied, size_t n, const char *version)
{
	for (size_t i = 0; i < n; i++)
		if (version_cmp(applied[i], version) == 0)
			return true;
	return false;
}

static int apply_pending(struct ctx *c, struct db *db, const struct config *cfg,
			 const struct project_files *files, const struct migrate_spec *spec,
			 struct migrate_result *ret)
{
	const char **applied;
	size_t n;
	TRY(db_applied(c, db, &applied, &n));
	ret->was_empty = n == 0;
	if (!cfg->api.auto_expose_new_tables && !spec->dry_run)
		TRY(hide_new_tables(c, db));
	if (n == 0 && files->roles)
		TRY(run_file(c, db, spec, files->roles, "supabase/roles.sql", NULL, NULL, ret));
	for (size_t i = 0; i < files->n_migrations; i++) {
		const struct migration *m = &files->migrations[i];
		if (!is_applied(applied, n, m->version))
			TRY(run_file(c, db, spec, m->path, m->shown, m->version, m->name, ret));
	}
	return 0;
}

int migrate_run(struct ctx *c, struct db *db, const struct config *cfg,
		const struct migrate_spec *spec, struct migrate_result *ret)
{
	struct project_files files;
	*ret = (struct migrate_result){ 0 };
	TRY(project_list(c, cfg, &files));
	for (size_t i = 0; i < files.n_skipped; i++)
		term_warn("supabase/migrations/%s was skipped: its name is not <digits>_<name>.sql",
			  files.skipped[i]);
	return apply_pending(c, db, cfg, &files, spec, ret);
}

int migrate_seed(struct ctx *c, struct db *db, const struct config *cfg,
		 const struct migrate_spec *spec, struct migrate_result *ret)
{
	struct project_files files;
	*ret = (struct migrate_result){ 0 };
	TRY(project_list(c, cfg, &files));
	for (size_t i = 0; i < files.n_unmatched; i++)
		if (strpbrk(files.unmatched[i], "*?[") || cfg->db.sql_paths.n > 1)
			term_warn("no seed file matches %s",
				  app_shown_path(cfg, files.unmatched[i]));
	for (size_t i = 0; i < files.n_seeds; i++)
		TRY(run_file(c, db, spec, files.seeds[i], app_shown_path(cfg, files.seeds[i]), NULL,
			     NULL, ret));
	return 0;
}
