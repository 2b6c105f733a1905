/* The PostgreSQL engine: opening, catalog and the vtable. */
#include "engine/pg/pg.h"
#include "engine/pg/pg_int.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "sql/ddl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static int pg_reload(struct ctx *c, struct engine *e)
{
	struct pg *pg = (struct pg *)e;
	struct pg_conn *conn;
	struct catalog *fresh;
	TRY(pg_acquire(c, pg, &conn));
	int rc = pg_catalog_read(c, conn, &fresh);
	pg_release(conn);
	TRY(rc);

	pthread_mutex_lock(&pg->lock);
	struct catalog *old = pg->catalog;
	fresh->version = old ? old->version + 1 : 1;
	pg->catalog = fresh;
	pthread_mutex_unlock(&pg->lock);
	catalog_unref(old);
	for (size_t i = 0; i < pg->n_watchers; i++)
		pg->watchers[i].fn(pg->watchers[i].arg, WATCH_CATALOG_CHANGED);
	return 0;
}

static int pg_get_catalog(struct ctx *c, struct engine *e, struct catalog **ret)
{
	struct pg *pg = (struct pg *)e;
	(void)c;
	pthread_mutex_lock(&pg->lock);
	*ret = catalog_ref(pg->catalog);
	pthread_mutex_unlock(&pg->lock);
	return 0;
}

static void pg_free(struct pg *pg)
{
	pg_listen_stop(pg);
	while (pg->idle) {
		struct pg_conn *next = pg->idle->next_idle;
		pg_conn_close(pg->idle);
		pg->idle = next;
	}
	catalog_unref(pg->catalog);
	pthread_mutex_destroy(&pg->lock);
	free(pg->conninfo);
	free(pg);
}

static void pg_close(struct engine *e)
{
	pg_free((struct pg *)e);
}

static struct pg *pg_new(const struct engine_options *o)
{
	struct pg *pg = calloc(1, sizeof(*pg));
	CHECK(pg != NULL);
	pg->base.vt = &pg_engine_vtable;
	pg->conninfo = strdup(o->url);
	CHECK(pg->conninfo != NULL);
	pg->pool_size = o->pool_size ? o->pool_size : PG_DEFAULT_POOL;
	pg->acquire_ms = o->acquire_ms ? o->acquire_ms : PG_DEFAULT_ACQUIRE_MS;
	pg->wait_tail = &pg->wait_head;
	pthread_mutex_init(&pg->lock, NULL);
	atomic_init(&pg->can_prepare, true);
	CHECK(getrandom(&pg->name_seed, sizeof(pg->name_seed), 0) == sizeof(pg->name_seed));
	return pg;
}

static const char IS_PREPARED_SQL[] =
	"SELECT to_regclass('auth.users') IS NOT NULL AND to_regclass('storage.objects') IS NOT "
	"NULL"
	" AND to_regclass('supabase_migrations.seed_files') IS NOT NULL"
	" AND to_regclass('bedplate.mail_queue') IS NOT NULL"
	" AND to_regprocedure('auth.uid()') IS NOT NULL"
	" AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role')";

static int bootstrap_on(struct ctx *c, struct pg_conn *conn)
{
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, IS_PREPARED_SQL, &res));
	if (PQgetvalue(res, 0, 0)[0] == 't')
		return 0;
	TRY(pg_conn_query(c, conn, "BEGIN", NULL));
	TRY(pg_conn_query(c, conn, pg_bootstrap_sql(), NULL));
	TRY(pg_conn_query(c, conn, ddl_bootstrap_tables_sql().p, NULL));
	return pg_conn_query(c, conn, "COMMIT", NULL);
}

/* The roles, schemas and tables that a Supabase project starts with. */
static int bootstrap(struct ctx *c, struct pg *pg)
{
	struct pg_conn *conn;
	TRY(pg_acquire(c, pg, &conn));
	int rc = bootstrap_on(c, conn);
	if (rc < 0) {
		err_wrap(c, "preparing the database for Bedplate");
		if (err_is(c, "42501") && !c->err.hint)
			err_hint(c,
				 "Connect once as a role with CREATEROLE that owns the database, "
				 "or let such a role run `bedplate migrate` first.");
	}
	conn->is_broken = true; /* what the script SET ends with it */
	pg_release(conn);
	return rc;
}

static int pg_open(struct ctx *c, const struct engine_options *o, struct engine **ret)
{
	struct pg *pg = pg_new(o);
	if ((o->create && bootstrap(c, pg) < 0) || pg_reload(c, &pg->base) < 0 ||
	    pg_listen_start(c, pg) < 0) {
		pg_free(pg);
		return -1;
	}
	*ret = &pg->base;
	return 0;
}

static int pg_watch(struct engine *e, void (*fn)(void *arg, enum watch_event ev), void *arg)
{
	struct pg *pg = (struct pg *)e;
	CHECK(pg->n_watchers < sizeof(pg->watchers) / sizeof(*pg->watchers));
	pg->watchers[pg->n_watchers].fn = fn;
	pg->watchers[pg->n_watchers++].arg = arg;
	return 0;
}

static int pg_health(struct ctx *c, struct engine *e)
{
	struct session s = { .role = NULL };
	struct step step = { .sql = STR("SELECT 1") };
	return pg_read(c, e, &s, &step);
}

static int pg_backup(struct ctx *c, struct engine *e, const char *path)
{
	(void)e;
	(void)path;
	err_set(c, "0A000", "bedplate backup copies SQLite files only");
	return err_hint(c, "Use pg_dump or your provider's backups for PostgreSQL.");
}

static void gauge(struct buf *out, const char *name, const char *type, const char *help,
		  uint64_t value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s ", name, help, name, type, name);
	buf_i64(out, (int64_t)value);
	buf_char(out, '\n');
}

static void pg_metrics(struct engine *e, struct buf *out)
{
	struct pg *pg = (struct pg *)e;
	pthread_mutex_lock(&pg->lock);
	unsigned open = pg->n_open, waiting = pg->n_waiting;
	pthread_mutex_unlock(&pg->lock);
	gauge(out, "bedplate_pg_connections", "gauge", "Open connections of the pool.", open);
	gauge(out, "bedplate_pg_connections_max", "gauge", "Size of the pool.", pg->pool_size);
	gauge(out, "bedplate_pg_waiting", "gauge", "Requests waiting for a connection.", waiting);
	gauge(out, "bedplate_pg_timeouts_total", "counter",
	      "Requests that got no connection in time.", atomic_load(&pg->stats.timeouts));
	gauge(out, "bedplate_pg_connects_total", "counter", "Connections made.",
	      atomic_load(&pg->stats.connected));
	gauge(out, "bedplate_pg_broken_total", "counter", "Connections lost or given up.",
	      atomic_load(&pg->stats.broken));
	gauge(out, "bedplate_pg_transactions_total", "counter", "Transactions run.",
	      atomic_load(&pg->stats.transactions));
}

const struct engine_vtable pg_engine_vtable = {
	.name = "PostgreSQL",
	.url_scheme = "postgres",
	.caps = CAP_NATIVE_SQL | CAP_NATIVE_POLICIES | CAP_JSON_BODY | CAP_EXPLAIN | CAP_FUNCTIONS,
	.open = pg_open,
	.erase = pg_erase,
	.close = pg_close,
	.catalog = pg_get_catalog,
	.reload = pg_reload,
	.read = pg_read,
	.tx = pg_tx,
	.script = pg_script,
	.watch = pg_watch,
	.health = pg_health,
	.backup = pg_backup,
	.metrics = pg_metrics,
};
