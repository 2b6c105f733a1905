/*
 * The engine contract. An engine runs PostgreSQL's SQL on some database under a
 * request's role and settings, and answers as PostgreSQL would: same rows,
 * same SQLSTATE and text. Callers know engines only through this file and
 * through capabilities, never by name.
 *
 * Threads: an engine object is shared by all loops. Every call may suspend the
 * calling coroutine (outside one it blocks), except where a slot says not. No
 * caller holds a connection, lock or transaction while it waits: a
 * transaction is handed over whole, as steps.
 *
 * Errors: SQLSTATE in c->err.code with PostgreSQL's message, details, hint and
 * position; 57014 when the deadline passes; PGRST003 when no connection came
 * free in time; 08xxx when the database cannot be reached.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "sql/catalog.h"

struct ctx;
struct buf;

enum engine_cap {
	CAP_NATIVE_SQL = 1 << 0,      /* the database parses PostgreSQL's SQL itself */
	CAP_NATIVE_POLICIES = 1 << 1, /* it enforces grants and policies itself */
	CAP_JSON_BODY = 1 << 2,	      /* it makes JSON bodies itself (row sinks get text cells) */
	CAP_EXPLAIN = 1 << 3,
	CAP_FUNCTIONS = 1 << 4 /* user functions run */
};

/* On whose behalf: one request's role stack and settings. Never connection state. */
struct session {
	const char *role;	 /* the role that privileges and policies see */
	const char *search_path; /* comma-separated, quoted as needed */
	struct str claims;	 /* request.jwt.claims, JSON text; empty none */
	const struct setting {
		const char *name;
		const char *value;
	} * settings; /* request.method, request.path, request.headers, ... */
	size_t n_settings;
	const char *timezone; /* NULL: the server's, UTC */
};

/* A parameter: untyped text, or NULL when p is NULL. */
struct sql_param {
	struct str text;
	/* Of an EX_PARAM with a known type (sql/analyze.h, struct name_scope): its value.
	 * Only inside an engine that runs functions itself. */
	const struct datum *cell;
};

struct result_column {
	const char *name;
	struct typeref type;   /* type NULL where the engine does not know it */
	const char *type_name; /* as format_type() */
};

/*
 * Where rows go. Each callback returns 0, or -1 with c->err set to stop the
 * statement (the transaction then rolls back). They run on the engine's
 * thread: they may not suspend, and touch only what arg owns.
 *
 * columns comes first, once per run of the statement, also when it has no rows
 * or no columns. An engine may have to run a statement or a whole transaction
 * again (a read that moves to another thread, a group without the request that
 * broke it): columns is then called again, and what the sink had received
 * before is void.
 */
struct sink {
	void *arg;
	int (*columns)(struct ctx *c, void *arg, const struct result_column *cols, size_t n);
	/* Cells are valid during the call only. From an engine that converts
	 * nothing (CAP_NATIVE_SQL) they are text in PostgreSQL's output format. */
	int (*row)(struct ctx *c, void *arg, const struct datum *cells, size_t n);
};

/* One statement of a transaction. */
struct step {
	struct str sql; /* $1.. are params */
	const struct sql_param *params;
	size_t n_params;
	struct sink *sink; /* NULL: rows are dropped */
	/* After the last row: `affected` rows were written (or returned). -1 with
	 * c->err rolls the transaction back. NULL: always fine. Called again when
	 * the transaction has to run again (see struct sink). */
	int (*after)(struct ctx *c, void *arg, uint64_t affected);
	void *after_arg;
};

enum tx_end { TX_COMMIT, TX_ROLLBACK };

struct tx_spec {
	bool read_only;
	enum tx_end end; /* TX_ROLLBACK: answered, nothing kept */
};

/* Called for each refused statement under keep_going, and for notices. */
struct script_report {
	int offset; /* byte offset of the statement in the script */
	struct str statement;
	const struct error *err; /* NULL for a notice */
	const char *notice;
};

struct script_spec {
	struct str sql;
	const char *role; /* migrations run as "postgres" */
	bool keep_going;  /* report refused statements and go on */
	/* When version is set, the script is a migration: it is recorded in
	 * supabase_migrations.schema_migrations in the same transaction. */
	const char *version;
	const char *name;
	void (*report)(void *arg, const struct script_report *r);
	void *report_arg;
	size_t ret_applied, ret_refused; /* statements */
};

enum watch_event { WATCH_CATALOG_CHANGED };

struct engine_options {
	const char *url;     /* sqlite:PATH or postgres://... */
	unsigned pool_size;  /* connections, 0 default */
	unsigned acquire_ms; /* wait for one, 0 default (10 s) */
	const char *bootstrap_role;
	bool create; /* make the database and the Supabase environment if missing */
};

struct engine;

struct engine_vtable {
	const char *name;	/* for people: `status`, logs */
	const char *url_scheme; /* "sqlite", "postgres" */
	uint32_t caps;		/* enum engine_cap */

	/* Opens the database, and takes its lock where one process owns it (55006
	 * "another process" otherwise). Blocking; called before loops run. */
	int (*open)(struct ctx *c, const struct engine_options *o, struct engine **ret);
	/* Deletes everything in the database, so that open() with create starts anew.
	 * 55006 while a process has it, 42501 without the right. Blocking. */
	int (*erase)(struct ctx *c, const struct engine_options *o);
	/* Finishes what is under way, checkpoints and frees. Blocking. */
	void (*close)(struct engine *e);

	/* The current catalog, with a reference for the caller. Does not suspend. */
	int (*catalog)(struct ctx *c, struct engine *e, struct catalog **ret);
	/* Reads it anew from the database (schema reload). */
	int (*reload)(struct ctx *c, struct engine *e);

	/* One read-only statement on a snapshot. */
	int (*read)(struct ctx *c, struct engine *e, const struct session *s,
		    const struct step *step);
	/* Steps as one transaction: all or nothing; durable when 0 is returned. */
	int (*tx)(struct ctx *c, struct engine *e, const struct session *s,
		  const struct tx_spec *spec, const struct step *steps, size_t n);
	/* A SQL script (migration, seed, `bedplate sql`), atomic unless keep_going. */
	int (*script)(struct ctx *c, struct engine *e, struct script_spec *spec);

	/* Calls fn (on any thread) when the catalog changes. Does not suspend. */
	int (*watch)(struct engine *e, void (*fn)(void *arg, enum watch_event ev), void *arg);
	/* Is it able to answer? Cheap, cached for a second. */
	int (*health)(struct ctx *c, struct engine *e);
	/* A consistent copy of the database into a file. */
	int (*backup)(struct ctx *c, struct engine *e, const char *path);
	/* Appends Prometheus lines. Does not suspend. */
	void (*metrics)(struct engine *e, struct buf *out);
};

/* First member of every engine's own struct. */
struct engine {
	const struct engine_vtable *vt;
};

/* The engine for a URL ("sqlite:PATH", a bare path, "postgres://..."), from
 * the table in engine/registry.c. NULL when no engine takes it. */
const struct engine_vtable *engine_for_url(struct str url);
const struct engine_vtable *engine_at(size_t i); /* NULL past the end */

int engine_open(struct ctx *c, const struct engine_options *o, struct engine **ret);
int engine_erase(struct ctx *c, const struct engine_options *o);
void engine_close(struct engine *e);
bool engine_can(const struct engine *e, uint32_t caps);
int engine_catalog(struct ctx *c, struct engine *e, struct catalog **ret);
int engine_read(struct ctx *c, struct engine *e, const struct session *s, const struct step *step);
int engine_tx(struct ctx *c, struct engine *e, const struct session *s, const struct tx_spec *spec,
	      const struct step *steps, size_t n);
int engine_script(struct ctx *c, struct engine *e, struct script_spec *spec);

/* The other slots; an engine without one answers 0A000 (backup) or does
 * nothing (reload, watch, health, metrics). */
int engine_reload(struct ctx *c, struct engine *e);
int engine_watch(struct engine *e, void (*fn)(void *arg, enum watch_event ev), void *arg);
int engine_health(struct ctx *c, struct engine *e);
int engine_backup(struct ctx *c, struct engine *e, const char *path);
void engine_metrics(struct engine *e, struct buf *out);

#endif
