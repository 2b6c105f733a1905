/*
 * Tables, columns, indexes and sequences in the file. A table's physical
 * columns carry only a storage class: NOT NULL, CHECK, defaults, keys and
 * foreign keys are the executor's, so that changing one rebuilds nothing.
 */
#include "engine/sqlite/storage.h"

#include "base/arena.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/routine.h"
#include "engine/sqlite/sequence.h"
#include "engine/sqlite/storage_int.h"
#include "sql/parse.h"

#include <string.h>

enum { DDL_SQL_MAX = 4 << 20 };

struct buf storage_sql(void)
{
	return buf_make(DDL_SQL_MAX);
}

int storage_exec(struct ctx *c, struct storage *st, struct buf *sql)
{
	if (!buf_ok(sql))
		return err_set(c, "54000", "the statement is too long");
	return sqlite_exec(c, st->cn, buf_dup(c->arena, sql));
}

const char *storage_class(const struct type *t)
{
	t = type_base(t);
	if (t->kind != TYPE_BASE)
		return "TEXT";
	switch (t->value) {
	case V_BOOL:
	case V_INT2:
	case V_INT4:
	case V_INT8:
	case V_OID:
		return "INTEGER";
	case V_FLOAT4:
	case V_FLOAT8:
		return "REAL";
	case V_BYTEA:
		return "BLOB";
	default:
		return "TEXT";
	}
}

/* ---- tables ---- */

static bool has_storage(const struct relation *rel)
{
	return rel->kind == REL_TABLE || rel->kind == REL_PARTITIONED || rel->kind == REL_MATVIEW;
}

static int create_table(struct ctx *c, void *arg, const struct relation *rel)
{
	if (!has_storage(rel))
		return 0;
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "CREATE TABLE ");
	sqlite_put_table(&b, rel);
	storage_put_definition(&b, rel);
	TRY(storage_exec(c, arg, &b));
	for (size_t i = 0; i < rel->indexes.n; i++)
		TRY(storage_create_index(c, arg, rel, rel->indexes.v[i]));
	return 0;
}

static int drop_table(struct ctx *c, void *arg, const struct relation *rel)
{
	if (!has_storage(rel))
		return 0;
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "DROP TABLE ");
	sqlite_put_table(&b, rel);
	return storage_exec(c, arg, &b);
}

static int rename_table(struct ctx *c, void *arg, const struct relation *before,
			const struct relation *after)
{
	if (!has_storage(before))
		return 0;
	for (size_t i = 0; i < before->indexes.n; i++)
		TRY(storage_drop_index(c, arg, before, before->indexes.v[i]));
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "ALTER TABLE ");
	sqlite_put_table(&b, before);
	buf_puts(&b, " RENAME TO ");
	sqlite_put_table(&b, after);
	TRY(storage_exec(c, arg, &b));
	for (size_t i = 0; i < after->indexes.n; i++)
		TRY(storage_create_index(c, arg, after, after->indexes.v[i]));
	return 0;
}

static int truncate_tables(struct ctx *c, void *arg, const struct relation *const *rels, size_t n,
			   bool restart_identity)
{
	struct storage *st = arg;
	TRY(exec_truncate_triggers(c, st->cn, rels, n, 'b'));
	for (size_t i = 0; i < n; i++) {
		BUF_CLEANUP struct buf b = storage_sql();
		buf_puts(&b, "DELETE FROM ");
		sqlite_put_table(&b, rels[i]);
		TRY(storage_exec(c, arg, &b));
	}
	TRY(exec_truncate_triggers(c, st->cn, rels, n, 'a'));
	for (size_t i = 0; restart_identity && i < st->session->cat->relations.n; i++) {
		const struct relation *seq = st->session->cat->relations.v[i];
		for (size_t k = 0; seq->seq && k < n; k++) {
			if (seq->seq->owner_rel == rels[k]->oid)
				TRY(sequence_set(c, st->cn, seq, seq->seq->start, false));
		}
	}
	return 0;
}

/* ---- columns ---- */

/* Runs a query of ours in PostgreSQL's SQL through the executor. */
static int run_sql(struct ctx *c, struct storage *st, struct buf *sql)
{
	const struct json *stmt;
	if (!buf_ok(sql))
		return err_set(c, "54000", "the statement is too long");
	struct str text = str_of(buf_dup(c->arena, sql));
	TRY(sql_parse(c, text, &stmt));
	return script_run_query(c, st, text, stmt, NULL, NULL);
}

static void put_qualified(struct buf *b, const struct relation *rel)
{
	sql_put_ident(b, str_of(rel->schema));
	buf_char(b, '.');
	sql_put_ident(b, str_of(rel->name));
}

static int fill_column(struct ctx *c, struct storage *st, const struct relation *rel,
		       const struct column *col)
{
	if (!col->default_expr.text && !col->identity && !col->sequence)
		return 0;
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "UPDATE ");
	put_qualified(&b, rel);
	buf_puts(&b, " SET ");
	sql_put_ident(&b, str_of(col->name));
	buf_puts(&b, " = DEFAULT");
	/* Every row, whoever may see it, and no trigger hears of it. */
	struct relation *edited = catalog_relation_by_oid(st->session->cat, rel->oid);
	const struct session *before = st->cn->session;
	struct session session = { .role = "postgres", .search_path = st->session->search_path };
	size_t n_triggers = edited->triggers.n;
	st->cn->session = &session;
	edited->triggers.n = 0;
	int failed = run_sql(c, st, &b);
	edited->triggers.n = n_triggers;
	st->cn->session = before;
	return failed;
}

static int add_physical(struct ctx *c, struct storage *st, const struct relation *rel,
			const char *name, const struct type *type)
{
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "ALTER TABLE ");
	sqlite_put_table(&b, rel);
	buf_puts(&b, " ADD COLUMN ");
	sqlite_put_name(&b, name);
	buf_printf(&b, " %s", storage_class(type));
	return storage_exec(c, st, &b);
}

static int drop_physical(struct ctx *c, struct storage *st, const struct relation *rel,
			 const char *name)
{
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "ALTER TABLE ");
	sqlite_put_table(&b, rel);
	buf_puts(&b, " DROP COLUMN ");
	sqlite_put_name(&b, name);
	return storage_exec(c, st, &b);
}

static int rename_physical(struct ctx *c, struct storage *st, const struct relation *rel,
			   const char *before, const char *after)
{
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "ALTER TABLE ");
	sqlite_put_table(&b, rel);
	buf_puts(&b, " RENAME COLUMN ");
	sqlite_put_name(&b, before);
	buf_puts(&b, " TO ");
	sqlite_put_name(&b, after);
	return storage_exec(c, st, &b);
}

static int add_column(struct ctx *c, void *arg, const struct relation *rel,
		      const struct column *col)
{
	if (!has_storage(rel))
		return 0;
	TRY(add_physical(c, arg, rel, storage_column_name(c, col), col->type.type));
	return fill_column(c, arg, rel, col);
}

static int drop_column(struct ctx *c, void *arg, const struct relation *rel,
		       const struct column *col)
{
	const char *key;
	if (!has_storage(rel))
		return 0;
	TRY(storage_physical_key(c, arg, rel, &key));
	if (key && strcmp(key, storage_column_name(c, col)) == 0)
		return storage_rebuild(c, arg, rel, rel, NULL); /* SQLite drops no key */
	return has_storage(rel) ? drop_physical(c, arg, rel, storage_column_name(c, col)) : 0;
}

static int rename_column(struct ctx *c, void *arg, const struct relation *rel, const char *before,
			 const struct column *col)
{
	return has_storage(rel) ? rename_physical(c, arg, rel, before, storage_column_name(c, col))
				: 0;
}

/* ---- indexes ---- */

/* A single integer key is the rowid and needs no index of its own. */
static bool is_rowid_index(const struct relation *rel, const struct index *ix)
{
	const struct column *rowid = sqlite_rowid_column(rel);
	const struct constraint *key = relation_primary_key(rel);
	return rowid && key && key->index && strcmp(key->index, ix->name) == 0;
}

/*
 * An index stands in the file when a plain sqlite3 can check it: no expression
 * (it would need our functions) and no column whose order needs a collation of
 * ours. Of a partial one the file has the columns, not the predicate.
 */
static bool is_physical(const struct relation *rel, const struct index *ix)
{
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		const struct column *col = relation_column_by_attnum(rel, ix->keys[i].attnum);
		if (!ix->keys[i].attnum || !col || sqlite_collation(col->type.type))
			return false;
	}
	return has_storage(rel) && !is_rowid_index(rel, ix) &&
	       (strcmp(ix->method, "btree") == 0 || strcmp(ix->method, "hash") == 0);
}

bool storage_enforces(const struct relation *rel, const struct index *ix)
{
	if (is_rowid_index(rel, ix))
		return true;
	return is_physical(rel, ix) && !ix->predicate.text && !ix->nulls_not_distinct;
}

static void put_index(struct buf *b, const struct relation *rel, const struct index *ix)
{
	bool is_unique = ix->is_unique && !ix->predicate.text;
	buf_puts(b, is_unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
	sqlite_put_object(b, rel->schema, ix->name);
	buf_puts(b, " ON ");
	sqlite_put_table(b, rel);
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		buf_puts(b, i ? ", " : " (");
		sqlite_put_column(b, relation_column_by_attnum(rel, ix->keys[i].attnum));
		buf_puts(b, ix->keys[i].is_desc ? " DESC" : "");
	}
	buf_char(b, ')');
}

/* SQLite refused it: says which key, as PostgreSQL does. */
static int duplicate(struct ctx *c, struct storage *st, const struct relation *rel,
		     const struct index *ix)
{
	err_clear(c);
	if (storage_validate_unique(c, st, rel, ix) < 0)
		return -1;
	return err_set(c, "23505", "could not create unique index \"%s\"", ix->name);
}

int storage_create_index(struct ctx *c, void *arg, const struct relation *rel,
			 const struct index *ix)
{
	struct storage *st = arg;
	if (!has_storage(rel))
		return 0;
	if (is_rowid_index(rel, ix)) {
		if (storage_sync_key(c, st, rel) == 0)
			return 0;
		return err_class_is(c, "23") ? duplicate(c, st, rel, ix) : -1;
	}
	if (!is_physical(rel, ix) && st->session && st->session->notice)
		st->session->notice(c, st->session->notice_arg,
				    arena_printf(c->arena,
						 "index \"%s\" is kept in the catalog only: "
						 "searches do not use it",
						 ix->name));
	if (!is_physical(rel, ix))
		return ix->is_unique ? storage_validate_unique(c, st, rel, ix) : 0;
	if (ix->is_unique && !storage_enforces(rel, ix))
		TRY(storage_validate_unique(c, st, rel, ix));
	BUF_CLEANUP struct buf b = storage_sql();
	put_index(&b, rel, ix);
	if (storage_exec(c, st, &b) == 0)
		return 0;
	return err_is(c, "23505") ? duplicate(c, st, rel, ix) : -1;
}

int storage_drop_index(struct ctx *c, void *arg, const struct relation *rel, const struct index *ix)
{
	BUF_CLEANUP struct buf b = storage_sql();
	if (!has_storage(rel))
		return 0;
	buf_puts(&b, "DROP INDEX IF EXISTS ");
	sqlite_put_object(&b, rel->schema, ix->name);
	return storage_exec(c, arg, &b);
}

/* The primary key may be gone: its column is then no longer the rowid. */
static int drop_index(struct ctx *c, void *arg, const struct relation *rel, const struct index *ix)
{
	TRY(storage_drop_index(c, arg, rel, ix));
	return has_storage(rel) ? storage_sync_key(c, arg, rel) : 0;
}

/* ---- sequences ---- */

static int create_sequence(struct ctx *c, void *arg, const struct relation *rel)
{
	struct storage *st = arg;
	return sequence_set(c, st->cn, rel, rel->seq->start, false);
}

static int drop_sequence(struct ctx *c, void *arg, const struct relation *rel)
{
	struct storage *st = arg;
	return sequence_drop(c, st->cn, rel);
}

static int set_sequence(struct ctx *c, void *arg, const struct relation *rel, int64_t value,
			bool is_called)
{
	struct storage *st = arg;
	return sequence_set(c, st->cn, rel, value, is_called);
}

/* INSERT ... SELECT as the owner, under the query's own search_path. A
 * materialized view is a table while it is filled. */
static int fill_table(struct ctx *c, void *arg, const struct relation *rel,
		      const struct stored_sql *query)
{
	struct storage *st = arg;
	struct relation *edited = catalog_relation_by_oid(st->session->cat, rel->oid);
	const struct session *before = st->cn->session;
	struct session session = { .role = rel->owner, .search_path = query->search_path };
	enum relation_kind kind = rel->kind;
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "INSERT INTO ");
	put_qualified(&b, rel);
	buf_printf(&b, " %s", query->text);
	st->cn->session = &session;
	edited->kind = REL_TABLE;
	int failed = run_sql(c, st, &b);
	edited->kind = kind;
	st->cn->session = before;
	return failed;
}

static int run_query(struct ctx *c, void *arg, struct str text, const struct json *stmt)
{
	return script_run_query(c, arg, text, stmt, NULL, NULL);
}

static int set_constraint(struct ctx *c, void *arg, const char *name, bool is_deferred)
{
	return exec_set_constraint(c, ((struct storage *)arg)->cn, name, is_deferred);
}

static int run_block(struct ctx *c, void *arg, const char *language, struct str body)
{
	const struct storage *st = arg;
	return routine_do(c, st->cn, language, body);
}

const struct ddl_storage sqlite_storage = {
	.create_table = create_table,
	.drop_table = drop_table,
	.rename_table = rename_table,
	.add_column = add_column,
	.drop_column = drop_column,
	.rename_column = rename_column,
	.alter_column_type = storage_alter_column_type,
	.validate_constraint = storage_validate_constraint,
	.validate_not_null = storage_validate_not_null,
	.validate_domain = storage_validate_domain,
	.rename_enum_label = storage_rename_enum_label,
	.copy_from = storage_copy_from,
	.create_index = storage_create_index,
	.drop_index = drop_index,
	.create_sequence = create_sequence,
	.drop_sequence = drop_sequence,
	.set_sequence = set_sequence,
	.truncate = truncate_tables,
	.fill_table = fill_table,
	.run_block = run_block,
	.run_query = run_query,
	.set_constraint = set_constraint,
};
