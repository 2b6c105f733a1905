/* The virtual table behind the set-returning functions. */
#include "engine/sqlite/srf.h"

#include "base/arena.h"
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

enum { COL_VALUE, COL_C1, COL_C2, COL_C3, COL_C4, COL_ARGS };

struct srf_binding {
	struct sqlite_conn *cn;
	const struct srf_ops *ops;
};

struct srf_table {
	sqlite3_vtab base;
	struct srf_binding *b;
};

struct srf_cursor {
	sqlite3_vtab_cursor base;
	struct srf_call call;
	bool is_at_end;
};

static int on_connect(sqlite3 *db, void *arg, int argc, const char *const *argv, sqlite3_vtab **ret,
		      char **ret_message)
{
	(void)argc;
	(void)argv;
	(void)ret_message;
	int rc = sqlite3_declare_vtab(db,
				      "CREATE TABLE x(value, c1, c2, c3, c4, a1 HIDDEN, a2 HIDDEN,"
				      " a3 HIDDEN, a4 HIDDEN)");
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	struct srf_table *t = calloc(1, sizeof(*t));
	CHECK(t);
	t->b = arg;
	*ret = &t->base;
	return SQLITE_OK;
}

static int on_disconnect(sqlite3_vtab *t)
{
	free(t);
	return SQLITE_OK;
}

/* The arguments arrive as equalities on the hidden columns; idxNum says which
 * of them are there. */
static int on_best_index(sqlite3_vtab *vt, sqlite3_index_info *info)
{
	const struct srf_table *t = (const struct srf_table *)vt;
	int seen = 0, n = 0, place[SRF_ARGS_MAX] = { 0 };
	for (int i = 0; i < info->nConstraint; i++) {
		int arg = info->aConstraint[i].iColumn - COL_ARGS;
		if (arg < 0 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (!info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		seen |= 1 << arg;
		place[arg] = i;
	}
	for (int arg = 0; arg < SRF_ARGS_MAX; arg++) {
		if (!(seen & 1 << arg))
			continue;
		info->aConstraintUsage[place[arg]].argvIndex = ++n;
		info->aConstraintUsage[place[arg]].omit = 1;
	}
	info->idxNum = seen;
	info->estimatedCost = 100;
	info->estimatedRows = 100;
	return n <= t->b->ops->n_args ? SQLITE_OK : SQLITE_CONSTRAINT;
}

static int on_open(sqlite3_vtab *vt, sqlite3_vtab_cursor **ret)
{
	struct srf_cursor *cur = calloc(1, sizeof(*cur));
	CHECK(cur);
	cur->call.cn = ((struct srf_table *)vt)->b->cn;
	*ret = &cur->base;
	return SQLITE_OK;
}

static void end_call(struct srf_cursor *cur)
{
	arena_free(cur->call.c.arena);
	cur->call = (struct srf_call){ .cn = cur->call.cn };
}

static int on_close(sqlite3_vtab_cursor *vc)
{
	struct srf_cursor *cur = (struct srf_cursor *)vc;
	end_call(cur);
	free(cur);
	return SQLITE_OK;
}

static int fail(struct srf_cursor *cur)
{
	struct sqlite_conn *cn = cur->call.cn;
	if (cn->c && !cn->has_fn_error) {
		cn->c->err = err_copy(cn->c->arena, &cur->call.c.err);
		cn->has_fn_error = true;
	}
	cur->is_at_end = true;
	return SQLITE_ERROR;
}

static int list_next(struct srf_call *call)
{
	size_t i = (size_t)call->row - 1;
	if (i >= call->v1.n)
		return 0;
	call->c1 = call->v1.v[i];
	call->c2 = i < call->v2.n ? call->v2.v[i] : datum_null();
	call->c3 = i < call->v3.n ? call->v3.v[i] : datum_null();
	call->c4 = i < call->v4.n ? call->v4.v[i] : datum_null();
	return 1;
}

static int on_next(sqlite3_vtab_cursor *vc)
{
	struct srf_cursor *cur = (struct srf_cursor *)vc;
	const struct srf_ops *ops = ((struct srf_table *)vc->pVtab)->b->ops;
	cur->call.row++;
	int more = ops->next ? ops->next(&cur->call) : list_next(&cur->call);
	cur->is_at_end = more <= 0;
	return more < 0 ? fail(cur) : SQLITE_OK;
}

static int on_filter(sqlite3_vtab_cursor *vc, int seen, const char *text, int n,
		     sqlite3_value **values)
{
	struct srf_cursor *cur = (struct srf_cursor *)vc;
	const struct srf_ops *ops = ((struct srf_table *)vc->pVtab)->b->ops;
	struct datum args[SRF_ARGS_MAX];
	bool has_null = false;
	(void)text;
	(void)n;
	end_call(cur);
	cur->call.c = (struct ctx){ .arena = arena_new(0) };
	cur->call.name = ops->name;
	for (int i = 0, at = 0; i < SRF_ARGS_MAX; i++) {
		args[i] = seen & 1 << i ? sqlite_arg(values[at++]) : datum_null();
		if (args[i].kind == D_TEXT || args[i].kind == D_BLOB)
			args[i].s = str_copy(cur->call.c.arena, args[i].s);
		has_null |= i < ops->n_args && args[i].kind == D_NULL;
	}
	cur->is_at_end = true;
	if (has_null && ops->is_strict)
		return SQLITE_OK;
	if (ops->begin(&cur->call, args) < 0)
		return fail(cur);
	cur->call.mark = arena_mark(cur->call.c.arena);
	return on_next(vc);
}

static int on_eof(sqlite3_vtab_cursor *vc)
{
	return ((struct srf_cursor *)vc)->is_at_end;
}

static int on_column(sqlite3_vtab_cursor *vc, sqlite3_context *sc, int column)
{
	const struct srf_cursor *cur = (const struct srf_cursor *)vc;
	if (column == COL_VALUE || column == COL_C1)
		sqlite_result(sc, cur->call.c1);
	else if (column == COL_C2)
		sqlite_result(sc, cur->call.c2);
	else if (column == COL_C3)
		sqlite_result(sc, cur->call.c3);
	else if (column == COL_C4)
		sqlite_result(sc, cur->call.c4);
	return SQLITE_OK;
}

static int on_rowid(sqlite3_vtab_cursor *vc, sqlite3_int64 *ret)
{
	*ret = ((const struct srf_cursor *)vc)->call.row;
	return SQLITE_OK;
}

/* Without xCreate the table is eponymous: it exists under the module's name. */
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

static int add(struct sqlite_conn *cn, const struct srf_ops *ops)
{
	struct srf_binding *b = malloc(sizeof(*b));
	CHECK(b);
	*b = (struct srf_binding){ cn, ops };
	char name[64];
	snprintf(name, sizeof(name), "bp_%s", ops->name);
	return sqlite3_create_module_v2(cn->db, name, &module, b, free);
}

int sqlite_add_set_functions(struct ctx *c, struct sqlite_conn *cn)
{
	const struct srf_ops *const tables[] = { srf_series_ops, srf_list_ops, srf_acl_ops };
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct srf_ops *ops = tables[t]; ops->name; ops++) {
			int rc = add(cn, ops);
			if (rc != SQLITE_OK)
				return sqlite_error(c, cn, rc);
		}
	}
	return 0;
}
