/* The engine's vtable: opening and closing, the published catalog, the rest. */
#include "engine/sqlite/sqlite.h"

#include "base/buf.h"
#include "base/check.h"
#include "engine/sqlite/backup.h"
#include "engine/sqlite/lock.h"
#include "engine/sqlite/state.h"
#include "engine/sqlite/store.h"
#include "engine/sqlite/writer.h"
#include "loop/pool.h"
#include "sql/ddl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sqlite_engine *self(struct engine *e)
{
	return (struct sqlite_engine *)e;
}

/* ---- the published catalog ---- */

struct catalog *engine_published(struct sqlite_engine *e)
{
	pthread_mutex_lock(&e->mu);
	struct catalog *cat = e->published ? catalog_ref(e->published) : NULL;
	pthread_mutex_unlock(&e->mu);
	return cat;
}

void engine_publish(struct sqlite_engine *e, struct catalog *cat)
{
	struct watcher watchers[WATCHERS_MAX];
	pthread_mutex_lock(&e->mu);
	struct catalog *old = e->published;
	e->published = catalog_ref(cat);
	size_t n = e->n_watchers;
	memcpy(watchers, e->watchers, sizeof(watchers));
	pthread_mutex_unlock(&e->mu);
	catalog_unref(old);
	for (size_t i = 0; i < n; i++)
		watchers[i].fn(watchers[i].arg, WATCH_CATALOG_CHANGED);
}

/* The snapshot may be older or newer than what is published: a commit comes
 * before its publication. Then the snapshot's own rows are read. */
int engine_sync_catalog(struct ctx *c, struct sqlite_engine *e, struct sqlite_conn *cn)
{
	int64_t version;
	TRY(store_version(c, cn, &version));
	if (cn->cat && cn->cat->version == version)
		return 0;
	struct catalog *cat = engine_published(e);
	if (!cat || cat->version != version) {
		catalog_unref(cat);
		TRY(store_load(c, cn, &cat));
	}
	sqlite_set_catalog(cn, cat);
	catalog_unref(cat);
	return 0;
}

/* ---- open and close ---- */

static const char *path_of(struct ctx *c, const char *url)
{
	struct str s = str_of(url);
	if (str_starts(s, STR("sqlite://")))
		s = str_from(s, 9);
	else if (str_starts(s, STR("sqlite:")))
		s = str_from(s, 7);
	return str_dup(c->arena, s);
}

static int run_bootstrap(struct ctx *c, struct sqlite_engine *e, const char *role)
{
	struct script_spec spec = { .sql = ddl_bootstrap_sql(), .role = role ? role : "postgres" };
	if (writer_script(c, e->writer, &spec) < 0)
		return err_wrap(c, "setting up the database");
	return 0;
}

/* What a database of an earlier version lacks: tables are made IF NOT EXISTS. */
static int run_upgrade(struct ctx *c, struct sqlite_engine *e)
{
	if (catalog_relation(e->published, STR("bedplate"), STR("mail_queue")))
		return 0;
	const char *sql = arena_printf(
		c->arena,
		"SET ROLE supabase_admin;\n"
		"CREATE SCHEMA IF NOT EXISTS bedplate AUTHORIZATION supabase_auth_admin;\n%s",
		ddl_bootstrap_tables_sql().p);
	struct script_spec spec = { .sql = str_of(sql), .role = "supabase_admin" };
	if (writer_script(c, e->writer, &spec) < 0)
		return err_wrap(c, "upgrading the database");
	return 0;
}

/* Tables of our own and the first catalog: on a connection of its own, before
 * the writer begins. */
static int create_store(struct ctx *c, struct sqlite_engine *e, bool create, bool *ret_is_new)
{
	struct sqlite_conn *cn;
	TRY(sqlite_conn_open(c, e->path, CONN_WRITER, create, &cn));
	bool exists = false;
	int failed = store_exists(c, cn, &exists);
	if (failed == 0 && !exists)
		failed = create ? store_create(c, cn)
				: err_set(c, "3D000", "database file \"%s\" is empty", e->path);
	struct catalog *cat = NULL;
	if (failed == 0)
		failed = store_load(c, cn, &cat);
	if (failed == 0)
		e->published = cat;
	sqlite_conn_close(cn);
	*ret_is_new = !exists || (failed == 0 && e->published->version == 0);
	return failed;
}

/* A program without our lock (a sqlite3 shell) may have the file open. */
static int explain_busy(struct ctx *c, const struct sqlite_engine *e)
{
	if (!err_is(c, "55P03"))
		return -1;
	err_set(c, "55006", "database file \"%s\" is open in another program", e->path);
	return err_hint(c, "Close it there: one process owns a database file.");
}

static int start(struct ctx *c, struct sqlite_engine *e, const struct engine_options *o)
{
	TRY(file_lock_take(c, e->path, &e->lock_fd));
	bool is_new;
	if (create_store(c, e, o->create, &is_new) < 0)
		return explain_busy(c, e);
	TRY(pool_new(c, "long-reads", LONG_READ_THREADS, LONG_READ_QUEUE, &e->long_reads));
	TRY(writer_start(c, e, false, &e->writer));
	TRY(checkpointer_start(c, e));
	if (!o->create)
		return 0;
	return is_new ? run_bootstrap(c, e, o->bootstrap_role) : run_upgrade(c, e);
}

static void sqlite_engine_close(struct engine *base)
{
	struct sqlite_engine *e = self(base);
	pool_free(e->long_reads);
	sqlite_close_readers(e);
	writer_stop(e->writer); /* it still calls the checkpointer */
	checkpointer_stop(e);
	catalog_unref(e->published);
	file_lock_release(e->lock_fd);
	pthread_mutex_destroy(&e->mu);
	free(e->path);
	free(e);
}

static int sqlite_engine_open(struct ctx *c, const struct engine_options *o, struct engine **ret)
{
	const char *path = path_of(c, o->url);
	if (!*path)
		return err_set(c, "08001", "the database URL names no file");
	if (!o->create && access(path, F_OK) != 0)
		return err_set(c, "3D000", "database file \"%s\" does not exist", path);
	struct sqlite_engine *e = calloc(1, sizeof(*e));
	CHECK(e);
	e->base.vt = &sqlite_engine_vtable;
	e->path = strdup(path);
	e->lock_fd = -1;
	pthread_mutex_init(&e->mu, NULL);
	if (start(c, e, o) < 0) {
		sqlite_engine_close(&e->base);
		return -1;
	}
	*ret = &e->base;
	return 0;
}

/* ---- calls ---- */

static int sqlite_engine_catalog(struct ctx *c, struct engine *e, struct catalog **ret)
{
	(void)c;
	*ret = engine_published(self(e));
	return 0;
}

static int sqlite_engine_read(struct ctx *c, struct engine *e, const struct session *s,
			      const struct step *step)
{
	return sqlite_read_steps(c, self(e), s, step, 1);
}

static int sqlite_engine_tx(struct ctx *c, struct engine *e, const struct session *s,
			    const struct tx_spec *spec, const struct step *steps, size_t n)
{
	if (spec->read_only)
		return sqlite_read_steps(c, self(e), s, steps, n);
	return writer_tx(c, self(e)->writer, s, spec, steps, n);
}

static int sqlite_engine_script(struct ctx *c, struct engine *e, struct script_spec *spec)
{
	return writer_script(c, self(e)->writer, spec);
}

static int sqlite_engine_watch(struct engine *base, void (*fn)(void *arg, enum watch_event ev),
			       void *arg)
{
	struct sqlite_engine *e = self(base);
	pthread_mutex_lock(&e->mu);
	CHECK(e->n_watchers < WATCHERS_MAX);
	e->watchers[e->n_watchers++] = (struct watcher){ fn, arg };
	pthread_mutex_unlock(&e->mu);
	return 0;
}

static int sqlite_engine_backup(struct ctx *c, struct engine *e, const char *path)
{
	return sqlite_backup(c, self(e), path);
}

struct series {
	const char *name, *type, *help;
	uint64_t value;
};

static void put_series(struct buf *out, const struct series *s)
{
	buf_printf(out, "# HELP bedplate_sqlite_%s %s\n# TYPE bedplate_sqlite_%s %s\n", s->name,
		   s->help, s->name, s->type);
	buf_printf(out, "bedplate_sqlite_%s %llu\n", s->name, (unsigned long long)s->value);
}

static void sqlite_engine_metrics(struct engine *base, struct buf *out)
{
	struct sqlite_engine *e = self(base);
	struct metrics *m = &e->metrics;
	const struct series all[] = {
		{ "reads_total", "counter", "Read transactions.", m->reads },
		{ "long_reads_total", "counter", "Reads moved to the pool.", m->long_reads },
		{ "commits_total", "counter", "Group commits.", m->commits },
		{ "write_requests_total", "counter", "Requests in all groups.", m->requests },
		{ "write_group_max", "gauge", "Largest group so far.", m->group_max },
		{ "write_failures_total", "counter", "Requests rolled back.", m->failed_requests },
		{ "group_reruns_total", "counter", "Groups run again.", m->rerun_groups },
		{ "checkpoints_total", "counter", "Checkpoints by the thread.", m->checkpoints },
		{ "log_pages", "gauge", "Pages in the write-ahead log.", m->log_pages },
		{ "plan_cache_hits_total", "counter", "Plans found.", m->plan_hits },
		{ "plan_cache_misses_total", "counter", "Plans made.", m->plan_misses },
		{ "write_queue_length", "gauge", "Requests waiting.", writer_queued(e->writer) },
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		put_series(out, &all[i]);
}

static int sqlite_engine_erase(struct ctx *c, const struct engine_options *o)
{
	return sqlite_erase(c, path_of(c, o->url));
}

const struct engine_vtable sqlite_engine_vtable = {
	.name = "sqlite",
	.url_scheme = "sqlite",
	.caps = CAP_FUNCTIONS,
	.open = sqlite_engine_open,
	.erase = sqlite_engine_erase,
	.close = sqlite_engine_close,
	.catalog = sqlite_engine_catalog,
	.read = sqlite_engine_read,
	.tx = sqlite_engine_tx,
	.script = sqlite_engine_script,
	.watch = sqlite_engine_watch,
	.backup = sqlite_engine_backup,
	.metrics = sqlite_engine_metrics,
};
