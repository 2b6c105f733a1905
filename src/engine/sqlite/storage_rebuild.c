/*
 * Tables made anew: where a column becomes the rowid or stops being it, or gets
 * another storage class. No table refers to another in the file, so that
 * nothing else is touched; rows keep their rowids where the key does not
 * decide them.
 */
#include "base/arena.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/storage_int.h"
#include "sql/analyze.h"
#include "sql/parse.h"

#include <string.h>

static const char new_table[] = "_bedplate_new";

int storage_physical_key(struct ctx *c, struct storage *st, const struct relation *rel,
			 const char **ret)
{
	BUF_CLEANUP struct buf b = storage_sql(), name = buf_make(4096);
	sqlite3_stmt *stmt;
	sqlite_put_table(&name, rel);
	/* the quoted name as the text that the pragma takes */
	buf_puts(&b, "SELECT name FROM pragma_table_info(");
	sqlite_put_text(&b, storage_unquoted(c, buf_view(&name)));
	buf_puts(&b, ") WHERE pk > 0");
	TRY(sqlite_prepare(c, st->cn, buf_view(&b), false, &stmt));
	int more = sqlite_step(c, st->cn, stmt);
	*ret = more > 0 ? arena_strdup(c->arena, (const char *)sqlite3_column_text(stmt, 0)) : NULL;
	sqlite3_finalize(stmt);
	return more < 0 ? -1 : 0;
}

struct str storage_unquoted(struct ctx *c, struct str name)
{
	char *out = arena_alloc(c->arena, name.n + 1);
	size_t n = 0;
	for (size_t i = 1; i + 1 < name.n; i++) {
		out[n++] = name.p[i];
		if (name.p[i] == '"')
			i++;
	}
	return (struct str){ out, n };
}

void storage_put_definition(struct buf *b, const struct relation *rel)
{
	const struct column *rowid = sqlite_rowid_column(rel);
	buf_puts(b, " (");
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *col = &rel->columns.v[i];
		buf_puts(b, i ? ", " : "");
		sqlite_put_column(b, col);
		buf_printf(b, " %s%s", storage_class(col->type.type),
			   col == rowid ? " PRIMARY KEY" : "");
	}
	/* SQLite has no table without columns; PostgreSQL has. */
	buf_puts(b, rel->columns.n ? ")" : "_bedplate_none)");
}

/* What fills a column of the new table: the old one's, or an expression. */
static int put_source(struct ctx *c, const struct column *col, const struct storage_change *change,
		      struct buf *b)
{
	if (!change || col->attnum != change->attnum) {
		buf_puts(b, "t0_0.");
		sqlite_put_column(b, col);
		return 0;
	}
	struct sqlite_print sp = { 0 };
	return sqlite_print_expr(c, change->scope, change->scope->where, &sp, b);
}

static int put_copy(struct ctx *c, const struct relation *before, const struct relation *after,
		    const struct storage_change *change, struct buf *b)
{
	const char *rowid = sqlite_rowid_name(after);
	bool keeps_rowid = !sqlite_rowid_column(after) && !sqlite_rowid_column(before);
	buf_printf(b, "INSERT INTO %s (", new_table);
	for (size_t i = 0; i < after->columns.n; i++) {
		buf_puts(b, i ? ", " : "");
		sqlite_put_column(b, &after->columns.v[i]);
	}
	if (keeps_rowid)
		buf_printf(b, "%s%s", after->columns.n ? ", " : "", rowid);
	buf_puts(b, ") SELECT ");
	for (size_t i = 0; i < after->columns.n; i++) {
		buf_puts(b, i ? ", " : "");
		TRY(put_source(c, &after->columns.v[i], change, b));
	}
	if (keeps_rowid)
		buf_printf(b, "%st0_0.%s", after->columns.n ? ", " : "", rowid);
	else if (!after->columns.n)
		buf_puts(b, "NULL");
	buf_puts(b, " FROM ");
	sqlite_put_table(b, before);
	buf_puts(b, " AS t0_0");
	return 0;
}

int storage_rebuild(struct ctx *c, struct storage *st, const struct relation *before,
		    const struct relation *after, const struct storage_change *change)
{
	BUF_CLEANUP struct buf make = storage_sql(), copy = storage_sql(), swap = storage_sql();
	buf_printf(&make, "CREATE TABLE %s", new_table);
	storage_put_definition(&make, after);
	TRY(storage_exec(c, st, &make));
	TRY(put_copy(c, before, after, change, &copy));
	TRY(storage_exec(c, st, &copy));
	buf_puts(&swap, "DROP TABLE ");
	sqlite_put_table(&swap, before);
	buf_printf(&swap, ";ALTER TABLE %s RENAME TO ", new_table);
	sqlite_put_table(&swap, after);
	TRY(storage_exec(c, st, &swap));
	for (size_t i = 0; i < after->indexes.n; i++)
		TRY(storage_create_index(c, st, after, after->indexes.v[i]));
	return 0;
}

int storage_sync_key(struct ctx *c, struct storage *st, const struct relation *rel)
{
	const struct column *wanted = sqlite_rowid_column(rel);
	const char *has;
	TRY(storage_physical_key(c, st, rel, &has));
	if (wanted ? has && strcmp(has, storage_column_name(c, wanted)) == 0 : !has)
		return 0;
	return storage_rebuild(c, st, rel, rel, NULL);
}

const char *storage_column_name(struct ctx *c, const struct column *col)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	sqlite_put_column(&b, col);
	return str_dup(c->arena, storage_unquoted(c, buf_view(&b)));
}

/* The new value of a column whose type changes, on the row as it was. */
static int change_scope(struct ctx *c, struct storage *st, const struct relation *before,
			const struct column *col, struct str using_expr, struct query **ret)
{
	struct analysis an = { .cat = st->session->cat, .search_path = st->session->search_path };
	BUF_CLEANUP struct buf b = storage_sql();
	const struct column *old = relation_column_by_attnum(before, col->attnum);
	/* An assignment cast cuts nothing off, and takes what is not implicit. */
	if (using_expr.n)
		buf_str(&b, using_expr);
	else
		sql_put_ident(&b, str_of(old->name));
	return analyze_row_expr(c, &an, str_of(buf_dup(c->arena, &b)), before, col->type.type, ret);
}

int storage_alter_column_type(struct ctx *c, void *arg, const struct relation *before,
			      const struct relation *after, const struct column *col,
			      struct str using_expr)
{
	struct storage *st = arg;
	struct storage_change change = { .attnum = col->attnum };
	struct query *scope;
	TRY(change_scope(c, st, before, col, using_expr, &scope));
	change.scope = scope;
	if (col->type.typmod >= 0) {
		struct expr *cut = expr_new(c->arena, EX_TYPMOD, col->type);
		VEC_PUSH(c->arena, &cut->args, scope->where);
		cut->location = -1;
		scope->where = cut;
	}
	for (size_t i = 0; i < before->indexes.n; i++)
		TRY(storage_drop_index(c, st, before, before->indexes.v[i]));
	return storage_rebuild(c, st, before, after, &change);
}
