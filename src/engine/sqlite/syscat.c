#include "engine/sqlite/syscat.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/map.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/plan_cache.h"
#include "sql/syscat/syscat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The rows of one relation as one role sees them in one catalog. */
struct syscat_kept {
	struct syscat_kept *next; /* of the connection */
	int refs;		  /* the connection's and the cursors' */
	const struct relation *rel;
	struct catalog *cat; /* a reference: rows point into it */
	char *role;
	struct arena *arena;
	struct syscat_rows rows;
	struct map **index; /* by column: key -> struct chain, made when asked for */
};

struct chain {
	struct chain *next;
	size_t row;
};

struct binding {
	struct sqlite_conn *cn;
	const struct relation *rel;
};

struct table {
	sqlite3_vtab base;
	struct binding *b;
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct syscat_kept *kept;
	bool by_key;
	const struct chain *at; /* by key */
	size_t row;
};

static void release(struct syscat_kept *kept)
{
	if (!kept || --kept->refs > 0)
		return;
	for (size_t i = 0; i < kept->rel->columns.n; i++)
		map_free(kept->index[i]);
	arena_free(kept->arena);
	catalog_unref(kept->cat);
	free(kept->index);
	free(kept->role);
	free(kept);
}

void syscat_forget(struct sqlite_conn *cn)
{
	while (cn->syscat) {
		struct syscat_kept *kept = cn->syscat;
		cn->syscat = kept->next;
		release(kept);
	}
}

static struct syscat_kept *make(struct sqlite_conn *cn, const struct relation *rel)
{
	struct syscat_kept *kept = calloc(1, sizeof(*kept));
	CHECK(kept);
	kept->refs = 1;
	kept->rel = rel;
	kept->cat = catalog_ref(cn->cat);
	kept->role = strdup(sqlite_conn_role(cn));
	kept->arena = arena_new(64 << 10);
	kept->index = calloc(rel->columns.n, sizeof(struct map *));
	CHECK(kept->role && kept->index);
	const char *zone = cn->session && cn->session->timezone ? cn->session->timezone : "UTC";
	struct syscat_env env = { .cat = kept->cat,
				  .role = kept->role,
				  .search_path = arena_strdup(kept->arena, sqlite_search_path(cn)),
				  .timezone = arena_strdup(kept->arena, zone),
				  .pid = getpid() };
	syscat_fill(kept->arena, &env, rel, &kept->rows);
	return kept;
}

static struct syscat_kept *keep(struct sqlite_conn *cn, const struct relation *rel)
{
	for (struct syscat_kept *k = cn->syscat; k; k = k->next) {
		if (k->rel == rel && k->cat == cn->cat &&
		    strcmp(k->role, sqlite_conn_role(cn)) == 0)
			return k;
	}
	struct syscat_kept *kept = make(cn, rel);
	kept->next = cn->syscat;
	cn->syscat = kept;
	return kept;
}

/* What a cell is looked up by; false for NULL and for what is no key. */
static bool key_of(struct datum v, char *number, struct str *ret)
{
	if (v.kind == D_TEXT) {
		*ret = v.s;
		return true;
	}
	if (v.kind != D_INT)
		return false;
	memcpy(number, &v.i, sizeof(v.i));
	*ret = (struct str){ number, sizeof(v.i) };
	return true;
}

static const struct map *index_on(struct syscat_kept *kept, int column)
{
	if (kept->index[column])
		return kept->index[column];
	struct map *m = map_new();
	for (size_t i = kept->rows.rows.n; i-- > 0;) {
		char number[8];
		struct str key;
		if (!key_of(kept->rows.rows.v[i][column], number, &key))
			continue;
		struct chain *link = ARENA_NEW(kept->arena, struct chain);
		link->row = i;
		link->next = map_get(m, key);
		map_put(m, key, link);
	}
	kept->index[column] = m;
	return m;
}

/* ---- the module ---- */

static int on_connect(sqlite3 *db, void *arg, int argc, const char *const *argv, sqlite3_vtab **ret,
		      char **ret_message)
{
	(void)argc;
	(void)argv;
	(void)ret_message;
	struct binding *b = arg;
	BUF_CLEANUP struct buf sql = buf_make(64 << 10);
	buf_puts(&sql, "CREATE TABLE x(");
	for (size_t i = 0; i < b->rel->columns.n; i++) {
		buf_puts(&sql, i ? ", " : "");
		sqlite_put_column(&sql, &b->rel->columns.v[i]);
	}
	buf_puts(&sql, ")");
	buf_char(&sql, '\0');
	int rc = sqlite3_declare_vtab(db, buf_view(&sql).p);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	struct table *t = calloc(1, sizeof(*t));
	CHECK(t);
	t->b = b;
	*ret = &t->base;
	return SQLITE_OK;
}

static int on_disconnect(sqlite3_vtab *t)
{
	free(t);
	return SQLITE_OK;
}

/* An oid names one row, or few; another column some. */
static double rows_by(const struct relation *rel, int column)
{
	const char *name = rel->columns.v[column].name;
	size_t n = strlen(name);
	if (column == 0 && strcmp(name, "oid") == 0)
		return 1;
	return n > 2 && (strcmp(name + n - 2, "id") == 0 || strcmp(name + n - 4, "name") == 0)
		       ? 10
		       : 100;
}

static int on_best_index(sqlite3_vtab *vt, sqlite3_index_info *info)
{
	const struct table *t = (const struct table *)vt;
	int best = -1;
	double best_rows = 2000;
	for (int i = 0; i < info->nConstraint; i++) {
		int column = info->aConstraint[i].iColumn;
		if (!info->aConstraint[i].usable || column < 0 ||
		    info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ ||
		    strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0 ||
		    rows_by(t->b->rel, column) >= best_rows)
			continue;
		best = i;
		best_rows = rows_by(t->b->rel, column);
	}
	info->idxNum = 0;
	if (best >= 0) {
		info->idxNum = info->aConstraint[best].iColumn + 1;
		info->aConstraintUsage[best].argvIndex = 1;
	}
	info->estimatedRows = (sqlite3_int64)best_rows;
	info->estimatedCost = best_rows;
	return SQLITE_OK;
}

static int on_open(sqlite3_vtab *vt, sqlite3_vtab_cursor **ret)
{
	(void)vt;
	struct cursor *cur = calloc(1, sizeof(*cur));
	CHECK(cur);
	*ret = &cur->base;
	return SQLITE_OK;
}

static int on_close(sqlite3_vtab_cursor *vc)
{
	struct cursor *cur = (struct cursor *)vc;
	release(cur->kept);
	free(cur);
	return SQLITE_OK;
}

static int on_filter(sqlite3_vtab_cursor *vc, int column, const char *text, int n,
		     sqlite3_value **values)
{
	struct cursor *cur = (struct cursor *)vc;
	const struct binding *b = ((struct table *)vc->pVtab)->b;
	(void)text;
	release(cur->kept);
	cur->kept = NULL;
	if (!b->cn->cat)
		return SQLITE_ERROR;
	cur->kept = keep(b->cn, b->rel);
	cur->kept->refs++;
	cur->by_key = column > 0 && n == 1;
	cur->row = 0;
	cur->at = NULL;
	char number[8];
	struct str key;
	if (cur->by_key && key_of(sqlite_arg(values[0]), number, &key))
		cur->at = map_get(index_on(cur->kept, column - 1), key);
	return SQLITE_OK;
}

static int on_next(sqlite3_vtab_cursor *vc)
{
	struct cursor *cur = (struct cursor *)vc;
	if (cur->by_key)
		cur->at = cur->at->next;
	else
		cur->row++;
	return SQLITE_OK;
}

static int on_eof(sqlite3_vtab_cursor *vc)
{
	const struct cursor *cur = (const struct cursor *)vc;
	return cur->by_key ? !cur->at : cur->row >= cur->kept->rows.rows.n;
}

static size_t row_of(const struct cursor *cur)
{
	return cur->by_key ? cur->at->row : cur->row;
}

static int on_column(sqlite3_vtab_cursor *vc, sqlite3_context *sc, int column)
{
	const struct cursor *cur = (const struct cursor *)vc;
	sqlite_result(sc, cur->kept->rows.rows.v[row_of(cur)][column]);
	return SQLITE_OK;
}

static int on_rowid(sqlite3_vtab_cursor *vc, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)row_of((const struct cursor *)vc) + 1;
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

int sqlite_add_syscat(struct ctx *c, struct sqlite_conn *cn)
{
	for (size_t i = 0; i < syscat_count(); i++) {
		const struct relation *rel = syscat_at(i);
		struct binding *b = malloc(sizeof(*b));
		char name[160];
		CHECK(b);
		*b = (struct binding){ cn, rel };
		snprintf(name, sizeof(name), "%s.%s", rel->schema, rel->name);
		int rc = sqlite3_create_module_v2(cn->db, name, &module, b, free);
		if (rc != SQLITE_OK)
			return sqlite_error(c, cn, rc);
	}
	return 0;
}
