#include "engine/sqlite/conn.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/str.h"
#include "base/test_hooks.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/plan_cache.h"
#include "engine/sqlite/routine.h"
#include "engine/sqlite/syscat.h"
#include "engine/sqlite/types.h"
#include "value/timezone.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PROGRESS_STEPS = 2000, STATEMENTS_PER_CHECK = 256 };

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Memory statistics take a mutex in every allocation; nothing here reads them. */
static void configure_library(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

static int on_progress(void *arg)
{
	struct sqlite_conn *cn = arg;
	if (atomic_load_explicit(&cn->cancel, memory_order_relaxed)) {
		cn->stop = STOP_CANCEL;
	} else if (cn->deadline_ns && clock_ns(CLOCK_MONOTONIC) > cn->deadline_ns) {
		cn->stop = STOP_DEADLINE;
	} else if (cn->steps_left != UINT64_MAX) {
		if (cn->steps_left <= PROGRESS_STEPS)
			cn->stop = STOP_STEPS;
		else
			cn->steps_left -= PROGRESS_STEPS;
	}
	return cn->stop != STOP_NONE;
}

/* Debian builds SQLite with secure_delete on; PostgreSQL does not wipe either. */
static int set_pragmas(struct ctx *c, struct sqlite_conn *cn)
{
	sqlite3_db_config(cn->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(cn->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(cn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(cn->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_busy_timeout(cn->db, 0);
	if (cn->kind == CONN_WRITER)
		TRY(sqlite_exec(c, cn, "PRAGMA journal_mode=WAL"));
	TRY(sqlite_exec(c, cn,
			"PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=OFF;"
			"PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;"
			"PRAGMA wal_autocheckpoint=0; PRAGMA case_sensitive_like=ON"));
	if (test_hooks.break_fsync)
		TRY(sqlite_exec(c, cn, "PRAGMA synchronous=NORMAL"));
	if (cn->kind == CONN_READER)
		return sqlite_exec(c, cn, "PRAGMA query_only=ON");
	return 0;
}

static int prepare_own(struct ctx *c, struct sqlite_conn *cn)
{
	TRY(sqlite_prepare(c, cn, STR("BEGIN"), true, &cn->begin));
	TRY(sqlite_prepare(c, cn, STR("COMMIT"), true, &cn->commit));
	return sqlite_prepare(c, cn, STR("ROLLBACK"), true, &cn->rollback);
}

int sqlite_conn_open(struct ctx *c, const char *path, enum conn_kind kind, bool create,
		     struct sqlite_conn **ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, configure_library);

	struct sqlite_conn *cn = calloc(1, sizeof(*cn));
	CHECK(cn);
	cn->kind = kind;
	cn->steps_left = UINT64_MAX;
	cn->fn.arena = arena_new(0);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(path, &cn->db, create ? flags | SQLITE_OPEN_CREATE : flags,
				 SQLITE_VFS);
	if (rc != SQLITE_OK) {
		err_set(c, "08001", "could not open database file \"%s\": %s", path,
			sqlite3_errstr(rc));
		sqlite_conn_close(cn);
		return -1;
	}
	sqlite3_progress_handler(cn->db, PROGRESS_STEPS, on_progress, cn);
	if (set_pragmas(c, cn) < 0 || sqlite_register_collations(c, cn) < 0 ||
	    sqlite_register_functions(c, cn) < 0 || prepare_own(c, cn) < 0) {
		sqlite_conn_close(cn);
		return -1;
	}
	*ret = cn;
	return 0;
}

void sqlite_conn_close(struct sqlite_conn *cn)
{
	if (!cn)
		return;
	plan_cache_free(cn->plans);
	routine_free(cn);
	exec_state_free(cn);
	sqlite3_finalize(cn->begin);
	sqlite3_finalize(cn->commit);
	sqlite3_finalize(cn->rollback);
	sqlite3_finalize(cn->version);
	sqlite3_finalize(cn->seq_read);
	sqlite3_finalize(cn->seq_write);
	type_cache_free(cn);
	syscat_forget(cn);
	catalog_unref(cn->cat);
	sqlite3_close_v2(cn->db);
	arena_free(cn->fn.arena);
	free(cn);
}

int sqlite_enter(struct ctx *c, struct sqlite_conn *cn, const struct session *session,
		 int64_t now_us)
{
	const struct tzone *zone = NULL;
	if (session && session->timezone && strcmp(session->timezone, "UTC") != 0)
		TRY(tzone_session(c, str_of(session->timezone), &zone));
	cn->c = c;
	cn->arena = c->arena;
	cn->session = session;
	cn->env = (struct value_env){
		.now_us = now_us ? now_us : (int64_t)(clock_ns(CLOCK_REALTIME) / 1000),
		.zone = zone,
	};
	cn->sequences = NULL;
	cn->settings = NULL;
	cn->claims = NULL;
	cn->has_fn_error = false;
	cn->stop = STOP_NONE;
	cn->steps_left = UINT64_MAX;
	cn->deadline_ns = c->deadline_ns;
	return 0;
}

void sqlite_leave(struct sqlite_conn *cn)
{
	syscat_forget(cn);
	cn->c = NULL;
	cn->session = NULL;
	cn->sequences = NULL;
	sqlite_lift_limits(cn);
}

void sqlite_lift_limits(struct sqlite_conn *cn)
{
	cn->stop = STOP_NONE;
	cn->steps_left = UINT64_MAX;
	cn->deadline_ns = 0;
}

void sqlite_set_catalog(struct sqlite_conn *cn, struct catalog *cat)
{
	if (cat == cn->cat)
		return;
	struct catalog *old = cn->cat;
	if (cn->plans)
		plan_cache_clear(cn->plans);
	routine_clear(cn);
	cn->cat = cat ? catalog_ref(cat) : NULL;
	catalog_unref(old);
}

const char *sqlite_conn_role(const struct sqlite_conn *cn)
{
	return cn->session && cn->session->role ? cn->session->role : "postgres";
}

int sqlite_prepare(struct ctx *c, struct sqlite_conn *cn, struct str sql, bool keep,
		   sqlite3_stmt **ret)
{
	CHECK(sql.n < (1u << 30));
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v3(cn->db, sql.p, (int)sql.n, keep ? SQLITE_PREPARE_PERSISTENT : 0,
				    &st, NULL);
	if (rc != SQLITE_OK)
		return sqlite_error(c, cn, rc);
	*ret = st;
	return 0;
}

int sqlite_exec(struct ctx *c, struct sqlite_conn *cn, const char *sql)
{
	int rc = sqlite3_exec(cn->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : sqlite_error(c, cn, rc);
}

int sqlite_execf(struct ctx *c, struct sqlite_conn *cn, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *sql = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	CHECK(sql);
	int failed = sqlite_exec(c, cn, sql);
	sqlite3_free(sql);
	return failed;
}

/* SQLite counts steps per statement: many short ones would never be asked. */
static bool is_stopped(struct sqlite_conn *cn)
{
	return ++cn->n_steps % STATEMENTS_PER_CHECK == 0 && cn->c && on_progress(cn);
}

int sqlite_check_limits(struct ctx *c, struct sqlite_conn *cn)
{
	return is_stopped(cn) ? sqlite_interrupted(c, cn) : 0;
}

int sqlite_step(struct ctx *c, struct sqlite_conn *cn, sqlite3_stmt *st)
{
	if (is_stopped(cn)) {
		sqlite3_reset(st);
		return sqlite_interrupted(c, cn);
	}
	cn->has_fn_error = false; /* of a statement given up half-way */
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	sqlite_error(c, cn, rc);
	sqlite3_reset(st);
	return -1;
}

int sqlite_run(struct ctx *c, struct sqlite_conn *cn, sqlite3_stmt *st)
{
	int more;
	while ((more = sqlite_step(c, cn, st)) > 0)
		continue;
	sqlite3_reset(st);
	return more;
}

static struct datum blob_of(const void *p, int n)
{
	return datum_blob((struct str){ n ? p : "", (size_t)n });
}

struct datum sqlite_cell(sqlite3_stmt *st, int column)
{
	switch (sqlite3_column_type(st, column)) {
	case SQLITE_INTEGER:
		return datum_int(sqlite3_column_int64(st, column));
	case SQLITE_FLOAT:
		return datum_real(sqlite3_column_double(st, column));
	case SQLITE_TEXT: {
		const char *p = (const char *)sqlite3_column_text(st, column);
		return datum_text((struct str){ p, (size_t)sqlite3_column_bytes(st, column) });
	}
	case SQLITE_BLOB: {
		const void *p = sqlite3_column_blob(st, column);
		return blob_of(p, sqlite3_column_bytes(st, column));
	}
	default:
		return datum_null();
	}
}

struct datum sqlite_arg(sqlite3_value *v)
{
	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER:
		return datum_int(sqlite3_value_int64(v));
	case SQLITE_FLOAT:
		return datum_real(sqlite3_value_double(v));
	case SQLITE_TEXT: {
		const char *p = (const char *)sqlite3_value_text(v);
		return datum_text((struct str){ p, (size_t)sqlite3_value_bytes(v) });
	}
	case SQLITE_BLOB: {
		const void *p = sqlite3_value_blob(v);
		return blob_of(p, sqlite3_value_bytes(v));
	}
	default:
		return datum_null();
	}
}

void sqlite_bind(sqlite3_stmt *st, int index, struct datum v)
{
	int rc = SQLITE_OK;
	switch (v.kind) {
	case D_NULL:
		rc = sqlite3_bind_null(st, index);
		break;
	case D_INT:
		rc = sqlite3_bind_int64(st, index, v.i);
		break;
	case D_REAL:
		rc = sqlite3_bind_double(st, index, v.r);
		break;
	case D_TEXT:
		rc = sqlite3_bind_text64(st, index, v.s.p ? v.s.p : "", v.s.n, SQLITE_STATIC,
					 SQLITE_UTF8);
		break;
	case D_BLOB:
		rc = sqlite3_bind_blob64(st, index, v.s.p ? v.s.p : "", v.s.n, SQLITE_STATIC);
		break;
	}
	CHECK(rc == SQLITE_OK || rc == SQLITE_TOOBIG);
}

void sqlite_result(sqlite3_context *sc, struct datum v)
{
	switch (v.kind) {
	case D_NULL:
		sqlite3_result_null(sc);
		return;
	case D_INT:
		sqlite3_result_int64(sc, v.i);
		return;
	case D_REAL:
		sqlite3_result_double(sc, v.r);
		return;
	case D_TEXT:
		sqlite3_result_text64(sc, v.s.p ? v.s.p : "", v.s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
		return;
	case D_BLOB:
		sqlite3_result_blob64(sc, v.s.p ? v.s.p : "", v.s.n, SQLITE_TRANSIENT);
		return;
	}
}

struct sqlite_conn *sqlite_conn_of(sqlite3_context *sc)
{
	return sqlite3_user_data(sc);
}
