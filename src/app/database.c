#include "app/database.h"

#include "app/control.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/vec.h"
#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CELL_MAX = 64 << 20, MS = 1000 };

struct db {
	struct engine *engine;
	bool is_owned;	    /* closed with the db */
	const char *socket; /* of the server that owns the database; malloc'ed */
};

static int make_folder(struct ctx *c, const char *path)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_set(c, "58030", "could not make the folder %s: %s", path,
			       strerror(errno));
	return 0;
}

/* SQLite makes the file, not the folder it is in; and the control socket
 * needs its own. */
static int make_folders(struct ctx *c, const struct config *cfg)
{
	TRY(make_folder(c, cfg->state_dir));
	if (!str_starts(str_of(cfg->db.url), STR("sqlite:/")))
		return 0;
	char *path = arena_strdup(c->arena, cfg->db.url + strlen("sqlite:"));
	char *slash = strrchr(path, '/');
	if (slash == path)
		return 0;
	*slash = '\0';
	return make_folder(c, path);
}

static struct engine_options options_of(const struct config *cfg, bool create)
{
	return (struct engine_options){
		.url = cfg->db.url,
		.pool_size = (unsigned)cfg->server.pool_size,
		.acquire_ms = (unsigned)cfg->server.pool_acquisition_timeout * MS,
		.create = create,
	};
}

static struct db *db_new(struct engine *e, bool is_owned, const char *socket)
{
	struct db *db = calloc(1, sizeof(*db));
	CHECK(db);
	*db = (struct db){ e, is_owned, socket ? strdup(socket) : NULL };
	return db;
}

int db_open(struct ctx *c, const struct config *cfg, bool create, struct db **ret)
{
	struct engine *e;
	TRY(make_folders(c, cfg));
	struct engine_options opt = options_of(cfg, create);
	if (engine_open(c, &opt, &e) == 0) {
		*ret = db_new(e, true, NULL);
		return 0;
	}
	const char *socket = control_path(c->arena, cfg);
	if (!err_is(c, "55006") || !control_is_alive(socket))
		return -1;
	err_clear(c);
	*ret = db_new(NULL, false, socket);
	return 0;
}

struct db *db_of_engine(struct engine *e)
{
	return db_new(e, false, NULL);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->is_owned)
		engine_close(db->engine);
	free((void *)(uintptr_t)db->socket);
	free(db);
}

struct engine *db_engine(const struct db *db)
{
	return db->engine;
}

/* From the engine's typed cells to text. */
struct text_rows {
	struct db_rows *out;
	struct vtype *types;
	struct str *cells;
	size_t *starts;	     /* of the cells in the row's text */
	struct arena *arena; /* of the caller: the engine's may differ */
};

static const char *type_name(struct arena *a, const struct result_column *col)
{
	if (col->type_name)
		return arena_strdup(a, col->type_name);
	return col->type.type ? type_format(a, col->type) : "";
}

static int on_columns(struct ctx *c, void *arg, const struct result_column *cols, size_t n)
{
	struct text_rows *t = arg;
	const char **names = arena_array(t->arena, n + 1, sizeof(*names));
	const char **types = arena_array(t->arena, n + 1, sizeof(*types));
	t->types = arena_array(t->arena, n + 1, sizeof(*t->types));
	t->cells = arena_array(t->arena, n + 1, sizeof(*t->cells));
	t->starts = arena_array(t->arena, n + 1, sizeof(*t->starts));
	for (size_t i = 0; i < n; i++) {
		names[i] = arena_strdup(t->arena, cols[i].name);
		types[i] = type_name(t->arena, &cols[i]);
		t->types[i] = type_vtype(t->arena, cols[i].type);
	}
	return t->out->columns ? t->out->columns(c, t->out->arg, names, types, n) : 0;
}

static int on_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct text_rows *t = arg;
	BUF_CLEANUP struct buf b = buf_make(CELL_MAX);
	size_t *starts = t->starts;
	for (size_t i = 0; i < n; i++) {
		starts[i] = b.n;
		value_out(&b, &t->types[i], NULL, cells[i]);
	}
	starts[n] = b.n;
	if (!buf_ok(&b))
		return err_set(c, "54000", "a row is larger than 64 MiB");
	for (size_t i = 0; i < n; i++) {
		t->cells[i] = (struct str){ 0 };
		if (cells[i].kind != D_NULL)
			t->cells[i] = (struct str){ b.p ? b.p + starts[i] : "",
						    starts[i + 1] - starts[i] };
	}
	return t->out->row ? t->out->row(c, t->out->arg, t->cells, n) : 0;
}

static int note_affected(struct ctx *c, void *arg, uint64_t affected)
{
	(void)c;
	*(uint64_t *)arg = affected;
	return 0;
}

static int local_query(struct ctx *c, struct engine *e, const char *role, struct str sql,
		       struct db_rows *rows, uint64_t *ret_affected)
{
	struct text_rows text = { .out = rows, .arena = c->arena };
	struct sink sink = { .arg = &text, .columns = on_columns, .row = on_row };
	struct step step = {
		.sql = sql,
		.sink = rows ? &sink : NULL,
		.after = note_affected,
		.after_arg = ret_affected,
	};
	/* A database with roles of its own has its owner in the URL. */
	bool is_owner = strcmp(role, "postgres") == 0 && engine_can(e, CAP_NATIVE_POLICIES);
	struct session session = {
		.role = is_owner ? NULL : role,
		.search_path = "\"$user\", public, extensions",
	};
	struct tx_spec spec = { .end = TX_COMMIT };
	return engine_tx(c, e, &session, &spec, &step, 1);
}

int db_query(struct ctx *c, struct db *db, const char *role, struct str sql, struct db_rows *rows,
	     uint64_t *ret_affected)
{
	uint64_t affected = 0;
	if (db->socket)
		TRY(control_query(c, db->socket, role, sql, rows, &affected));
	else
		TRY(local_query(c, db->engine, role, sql, rows, &affected));
	if (ret_affected)
		*ret_affected = affected;
	return 0;
}

int db_script(struct ctx *c, struct db *db, struct script_spec *spec)
{
	return db->socket ? control_script(c, db->socket, spec)
			  : engine_script(c, db->engine, spec);
}

int db_backup(struct ctx *c, struct db *db, const char *path)
{
	if (db->socket)
		return control_backup(c, db->socket, path);
	if (!db->engine->vt->backup)
		return err_set(c, "0A000", "this database makes no copies of itself");
	return db->engine->vt->backup(c, db->engine, path);
}

int db_erase(struct ctx *c, const struct config *cfg)
{
	struct engine_options opt = options_of(cfg, false);
	return engine_erase(c, &opt);
}

struct versions {
	struct arena *arena;
	VEC(const char *) found;
};

static int add_version(struct ctx *c, void *arg, const struct str *cells, size_t n)
{
	struct versions *v = arg;
	(void)c;
	if (n)
		VEC_PUSH(v->arena, &v->found, str_dup(v->arena, cells[0]));
	return 0;
}

int db_applied(struct ctx *c, struct db *db, const char ***ret, size_t *ret_n)
{
	struct versions v = { .arena = c->arena };
	struct db_rows rows = { .arg = &v, .row = add_version };
	struct str sql = STR("select version from supabase_migrations.schema_migrations");
	if (db_query(c, db, "postgres", sql, &rows, NULL) < 0) {
		if (!err_is(c, "42P01") && !err_is(c, "3F000"))
			return -1;
		err_clear(c);
	}
	*ret = v.found.v;
	*ret_n = v.found.n;
	return 0;
}
