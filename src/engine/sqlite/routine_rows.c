/* bp_rows(oid, signature, packed): the rows of a function of the project's as a
 * table-valued function with the columns c1, c2, ... The rows are made at once: the
 * function has come to its end before the statement goes on. */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "engine/sqlite/routine_int.h"

#include <stdlib.h>

struct rows_table {
	sqlite3_vtab base;
	struct sqlite_conn *cn;
};

struct rows_cursor {
	sqlite3_vtab_cursor base;
	struct arena *arena;
	VEC(struct datum *) rows;
	size_t n_columns, at;
	struct instance *in;
};

static int on_connect(sqlite3 *db, void *arg, int argc, const char *const *argv, sqlite3_vtab **ret,
		      char **ret_message)
{
	(void)argc;
	(void)argv;
	(void)ret_message;
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	buf_puts(&b, "CREATE TABLE x(");
	for (int i = 1; i <= ROUTINE_COLUMNS_MAX; i++)
		buf_printf(&b, "c%d, ", i);
	buf_puts(&b, "oid HIDDEN, signature HIDDEN, packed HIDDEN)");
	buf_char(&b, '\0');
	int rc = sqlite3_declare_vtab(db, buf_view(&b).p);
	if (rc != SQLITE_OK)
		return rc;
	struct rows_table *t = calloc(1, sizeof(*t));
	CHECK(t);
	t->cn = arg;
	*ret = &t->base;
	return SQLITE_OK;
}

static int on_disconnect(sqlite3_vtab *t)
{
	free(t);
	return SQLITE_OK;
}

static int on_best_index(sqlite3_vtab *vt, sqlite3_index_info *info)
{
	int seen = 0;
	(void)vt;
	for (int i = 0; i < info->nConstraint; i++) {
		int arg = info->aConstraint[i].iColumn - ROUTINE_COLUMNS_MAX;
		if (arg < 0 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (!info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		info->aConstraintUsage[i].argvIndex = arg + 1;
		info->aConstraintUsage[i].omit = 1;
		seen |= 1 << arg;
	}
	info->estimatedCost = 1000;
	info->estimatedRows = 100;
	return seen == 7 ? SQLITE_OK : SQLITE_CONSTRAINT;
}

static int on_open(sqlite3_vtab *vt, sqlite3_vtab_cursor **ret)
{
	struct rows_cursor *cur = calloc(1, sizeof(*cur));
	(void)vt;
	CHECK(cur);
	*ret = &cur->base;
	return SQLITE_OK;
}

static void forget_rows(struct rows_cursor *cur)
{
	arena_free(cur->arena);
	cur->arena = NULL;
	cur->rows.v = NULL;
	cur->rows.n = cur->rows.cap = 0;
	cur->at = 0;
}

static int on_close(sqlite3_vtab_cursor *vc)
{
	forget_rows((struct rows_cursor *)vc);
	free(vc);
	return SQLITE_OK;
}

static int take_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct rows_cursor *cur = arg;
	struct datum *row = arena_array(cur->arena, n + 1, sizeof(*row));
	for (size_t i = 0; i < n; i++)
		row[i] = datum_keep(cur->arena, cells[i]);
	cur->n_columns = n;
	VEC_PUSH(cur->arena, &cur->rows, row);
	if (arena_used(cur->arena) > ROUTINE_ROWS_MEMORY_MAX)
		return err_set(c, "53200", "out of memory: a function returns too many rows");
	return cur->in->f->returns_set ? 0 : 1;
}

/* A function that is no set gives one row, of NULLs when it has nothing to say. */
static void add_missing(struct rows_cursor *cur, const struct instance *in)
{
	if (in->f->returns_set || cur->rows.n)
		return;
	cur->n_columns = in->columns.n;
	struct datum *row = arena_array(cur->arena, cur->n_columns + 1, sizeof(*row));
	VEC_PUSH(cur->arena, &cur->rows, row);
}

static int make_rows(struct ctx *c, struct sqlite_conn *cn, struct rows_cursor *cur,
		     sqlite3_value **values)
{
	struct datum *args = arena_array(c->arena, ROUTINE_ARGS_MAX, sizeof(*args));
	struct host_sink sink = { cur, take_row };
	struct routine_spec spec;
	size_t n;
	TRY(routine_spec_of(c, cn, sqlite_arg(values[0]), sqlite_arg(values[1]), &spec));
	/* values are gone once another statement runs here */
	spec.signature = str_copy(c->arena, spec.signature);
	TRY(cells_unpack(c, str_copy(c->arena, sqlite_arg(values[2]).s), args, ROUTINE_ARGS_MAX,
			 &n));
	TRY(instance_enter(c, cn, &spec, &cur->in));
	int failed = instance_run(c, cur->in, args, n, &sink);
	if (failed == 0)
		add_missing(cur, cur->in);
	instance_leave(cur->in);
	cur->in = NULL;
	return failed;
}

static int on_filter(sqlite3_vtab_cursor *vc, int index, const char *text, int n,
		     sqlite3_value **values)
{
	struct rows_cursor *cur = (struct rows_cursor *)vc;
	struct sqlite_conn *cn = ((struct rows_table *)vc->pVtab)->cn;
	(void)index;
	(void)text;
	(void)n;
	forget_rows(cur);
	cur->arena = arena_new(0);
	struct ctx own = { .arena = arena_new(0), .deadline_ns = cn->c->deadline_ns };
	int failed = make_rows(&own, cn, cur, values);
	if (failed < 0)
		routine_fail(cn, &own.err);
	arena_free(own.arena);
	return failed < 0 ? SQLITE_ERROR : SQLITE_OK;
}

static int on_next(sqlite3_vtab_cursor *vc)
{
	((struct rows_cursor *)vc)->at++;
	return SQLITE_OK;
}

static int on_eof(sqlite3_vtab_cursor *vc)
{
	const struct rows_cursor *cur = (const struct rows_cursor *)vc;
	return cur->at >= cur->rows.n;
}

static int on_column(sqlite3_vtab_cursor *vc, sqlite3_context *sc, int column)
{
	const struct rows_cursor *cur = (const struct rows_cursor *)vc;
	if ((size_t)column < cur->n_columns)
		sqlite_result(sc, cur->rows.v[cur->at][column]);
	return SQLITE_OK;
}

static int on_rowid(sqlite3_vtab_cursor *vc, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((const struct rows_cursor *)vc)->at + 1;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = on_connect,
	.xBestIndex = on_best_index,
	.xDisconnect = on_disconnect,
	.xOpen = on_open,
	.xClose = on_close,
	.xFilter = on_filter,
	.xNext = on_next,
	.xEof = on_eof,
	.xColumn = on_column,
	.xRowid = on_rowid,
};

int sqlite_add_row_functions(struct ctx *c, struct sqlite_conn *cn)
{
	int rc = sqlite3_create_module_v2(cn->db, "bp_rows", &module, cn, NULL);
	return rc == SQLITE_OK ? 0 : sqlite_error(c, cn, rc);
}
