/* Whether the rows that are there satisfy what is being declared. */
#include "base/arena.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/storage_int.h"
#include "sql/parse.h"
#include "sql/scan.h"

#include <string.h>

struct first_row {
	bool is_found;
	const char *text; /* the row's only cell */
};

static int take_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct first_row *f = arg;
	if (!f->is_found && n && cells[0].kind == D_TEXT)
		f->text = str_dup(c->arena, cells[0].s);
	f->is_found = true;
	return 0;
}

/* Runs a query of ours in PostgreSQL's SQL under a search_path; first row or none. */
static int first(struct ctx *c, struct storage *st, const struct buf *sql, const char *search_path,
		 struct first_row *ret)
{
	struct first_row row = { 0 };
	struct sink sink = { .arg = &row, .row = take_row };
	const struct session *before = st->cn->session;
	/* Whoever alters the table, all of its rows count. */
	bool has_admin = catalog_role(st->cn->cat, STR("supabase_admin"));
	struct session session = { .role = has_admin ? "supabase_admin" : "postgres",
				   .search_path = search_path };
	const struct json *stmt;
	if (!buf_ok(sql))
		return err_set(c, "54000", "the statement is too long");
	struct str text = str_of(buf_dup(c->arena, sql));
	TRY(sql_parse(c, text, &stmt));
	st->cn->session = &session;
	int failed = script_run_query(c, st, text, stmt, &sink, NULL);
	st->cn->session = before;
	*ret = row;
	return failed;
}

static void put_table(struct buf *b, const struct relation *rel)
{
	sql_put_ident(b, str_of(rel->schema));
	buf_char(b, '.');
	sql_put_ident(b, str_of(rel->name));
}

int storage_validate_not_null(struct ctx *c, void *arg, const struct relation *rel,
			      const struct column *col)
{
	struct storage *st = arg;
	BUF_CLEANUP struct buf b = storage_sql();
	sqlite3_stmt *stmt;
	buf_puts(&b, "SELECT 1 FROM ");
	sqlite_put_table(&b, rel);
	buf_puts(&b, " WHERE ");
	sqlite_put_column(&b, col);
	buf_puts(&b, " IS NULL LIMIT 1");
	TRY(sqlite_prepare(c, st->cn, buf_view(&b), false, &stmt));
	int more = sqlite_step(c, st->cn, stmt);
	sqlite3_finalize(stmt);
	if (more > 0)
		return err_set(c, "23502", "column \"%s\" of relation \"%s\" contains null values",
			       col->name, rel->name);
	return more;
}

/* "(a, b)=(1, 2)" as an SQL expression; '' when a key is an expression. */
static void put_index_key(struct buf *b, const struct relation *rel, const struct index *ix)
{
	BUF_CLEANUP struct buf head = buf_make(1 << 16), values = buf_make(1 << 16);
	buf_char(&head, '(');
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		if (!ix->keys[i].attnum) {
			buf_puts(b, "''");
			return;
		}
		const char *name = relation_column_by_attnum(rel, ix->keys[i].attnum)->name;
		buf_printf(&head, "%s%s", i ? ", " : "", name);
		buf_puts(&values, i ? " || ', ' || coalesce(" : " || coalesce(");
		sql_put_ident(&values, str_of(name));
		buf_puts(&values, "::text, 'null')");
	}
	buf_puts(&head, ")=(");
	sql_put_literal(b, buf_view(&head));
	buf_str(b, buf_view(&values));
	buf_puts(b, " || ')'");
}

/* Two rows with one key, for an index that SQLite does not hold. */
int storage_validate_unique(struct ctx *c, struct storage *st, const struct relation *rel,
			    const struct index *ix)
{
	BUF_CLEANUP struct buf b = storage_sql(), keys = storage_sql(), nulls = storage_sql();
	struct first_row row;
	const char *path = ix->predicate.text ? ix->predicate.search_path : "";
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		const struct index_key *k = &ix->keys[i];
		BUF_CLEANUP struct buf one = storage_sql();
		if (k->attnum)
			sql_put_ident(&one,
				      str_of(relation_column_by_attnum(rel, k->attnum)->name));
		else
			buf_printf(&one, "(%s)", k->expr.text);
		path = k->attnum ? path : k->expr.search_path;
		buf_printf(&keys, "%s%.*s", i ? ", " : "", STR_ARG(buf_view(&one)));
		buf_printf(&nulls, " AND (%.*s) IS NOT NULL", STR_ARG(buf_view(&one)));
	}
	buf_puts(&b, "SELECT ");
	put_index_key(&b, rel, ix);
	buf_puts(&b, " FROM ");
	put_table(&b, rel);
	buf_printf(&b, " WHERE (%s)", ix->predicate.text ? ix->predicate.text : "true");
	if (!ix->nulls_not_distinct)
		buf_str(&b, buf_view(&nulls));
	buf_printf(&b, " GROUP BY %.*s HAVING count(*) > 1 LIMIT 1", STR_ARG(buf_view(&keys)));
	TRY(first(c, st, &b, path, &row));
	if (!row.is_found)
		return 0;
	err_set(c, "23505", "could not create unique index \"%s\"", ix->name);
	return row.text && *row.text ? err_details(c, "Key %s is duplicated.", row.text) : -1;
}

static int validate_check(struct ctx *c, struct storage *st, const struct relation *rel,
			  const struct constraint *con)
{
	BUF_CLEANUP struct buf b = storage_sql();
	struct first_row row;
	buf_puts(&b, "SELECT '' FROM ");
	put_table(&b, rel);
	buf_printf(&b, " WHERE NOT (%s\n) LIMIT 1", con->check.text);
	TRY(first(c, st, &b, con->check.search_path, &row));
	if (row.is_found)
		return err_set(c, "23514",
			       "check constraint \"%s\" of relation \"%s\" is violated by some row",
			       con->name, rel->name);
	return 0;
}

static void put_cell(struct buf *b, const char *alias, const struct relation *rel, int16_t attnum)
{
	buf_printf(b, "%s.", alias);
	sql_put_ident(b, str_of(relation_column_by_attnum(rel, attnum)->name));
}

/* "(a, b)=(1, 2)" of a referencing row f, as an SQL expression. */
static void put_key_text(struct buf *b, const struct relation *rel, const struct constraint *con)
{
	BUF_CLEANUP struct buf names = buf_make(1 << 16);
	for (uint16_t i = 0; i < con->n_cols; i++)
		buf_printf(&names, "%s%s", i ? ", " : "",
			   relation_column_by_attnum(rel, con->cols[i])->name);
	BUF_CLEANUP struct buf head = buf_make(1 << 16);
	buf_printf(&head, "(%.*s)=(", STR_ARG(buf_view(&names)));
	sql_put_literal(b, buf_view(&head));
	for (uint16_t i = 0; i < con->n_cols; i++) {
		buf_puts(b, i ? " || ', ' || " : " || ");
		buf_puts(b, "coalesce(");
		put_cell(b, "f", rel, con->cols[i]);
		buf_puts(b, "::text, 'null')");
	}
	buf_puts(b, " || ')'");
}

static void put_null_test(struct buf *b, const struct relation *rel, const struct constraint *con,
			  const char *test, const char *joiner)
{
	buf_char(b, '(');
	for (uint16_t i = 0; i < con->n_cols; i++) {
		buf_puts(b, i ? joiner : "");
		put_cell(b, "f", rel, con->cols[i]);
		buf_puts(b, test);
	}
	buf_char(b, ')');
}

static int validate_foreign(struct ctx *c, struct storage *st, const struct relation *rel,
			    const struct constraint *con)
{
	const struct relation *parent = catalog_relation_by_oid(st->session->cat, con->ref_oid);
	BUF_CLEANUP struct buf b = storage_sql();
	struct first_row row;
	buf_puts(&b, "SELECT ");
	put_key_text(&b, rel, con);
	buf_puts(&b, " FROM ");
	put_table(&b, rel);
	buf_puts(&b, " f WHERE ");
	put_null_test(&b, rel, con, " IS NOT NULL", con->match == 'f' ? " OR " : " AND ");
	buf_puts(&b, " AND NOT EXISTS (SELECT 1 FROM ");
	put_table(&b, parent);
	buf_puts(&b, " p WHERE ");
	for (uint16_t i = 0; i < con->n_cols; i++) {
		buf_puts(&b, i ? " AND " : "");
		put_cell(&b, "p", parent, con->ref_cols[i]);
		buf_puts(&b, " = ");
		put_cell(&b, "f", rel, con->cols[i]);
	}
	buf_puts(&b, ") LIMIT 1");
	TRY(first(c, st, &b, "", &row));
	if (!row.is_found)
		return 0;
	err_set(c, "23503",
		"insert or update on table \"%s\" violates foreign key constraint \"%s\"",
		rel->name, con->name);
	if (con->match == 'f' && strstr(row.text ? row.text : "", "null"))
		return err_details(
			c, "MATCH FULL does not allow mixing of null and nonnull key values.");
	return err_details(c, "Key %s is not present in table \"%s\".", row.text, parent->name);
}

int storage_validate_constraint(struct ctx *c, void *arg, const struct relation *rel,
				const struct constraint *con)
{
	if (con->kind == CON_CHECK)
		return validate_check(c, arg, rel, con);
	return con->kind == CON_FOREIGN ? validate_foreign(c, arg, rel, con) : 0;
}

/* A domain's check with VALUE written as the column. */
static void put_domain_check(struct buf *b, struct str text, const struct column *col)
{
	for (size_t at = 0; at < text.n;) {
		size_t start = sql_skip_space(text, at);
		buf_str(b, str_sub(text, at, start - at));
		if (start >= text.n)
			break;
		struct sql_token t = sql_scan(text, start);
		struct str token = str_sub(text, t.at, t.n);
		if (t.kind == TOK_WORD && str_ieq(token, STR("value")))
			sql_put_ident(b, str_of(col->name));
		else
			buf_str(b, token);
		at = t.at + t.n;
	}
}

int storage_validate_domain(struct ctx *c, void *arg, const struct relation *rel,
			    const struct column *col)
{
	const struct type *t = col->type.type;
	struct first_row row;
	if (t->not_null && storage_validate_not_null(c, arg, rel, col) < 0)
		return err_set(c, "23502", "column \"%s\" of table \"%s\" contains null values",
			       col->name, rel->name);
	for (const struct check_def *k = t->checks; k; k = k->next) {
		BUF_CLEANUP struct buf b = storage_sql();
		if (k->not_valid)
			continue;
		buf_puts(&b, "SELECT '' FROM ");
		put_table(&b, rel);
		buf_puts(&b, " WHERE NOT (");
		put_domain_check(&b, str_of(k->expr.text), col);
		buf_puts(&b, "\n) LIMIT 1");
		TRY(first(c, arg, &b, k->expr.search_path, &row));
		if (row.is_found)
			return err_set(c, "23514",
				       "column \"%s\" of table \"%s\" contains values that violate "
				       "the new constraint",
				       col->name, rel->name);
	}
	return 0;
}

int storage_rename_enum_label(struct ctx *c, void *arg, const struct type *t, const char *before,
			      const char *after)
{
	struct storage *st = arg;
	for (size_t i = 0; i < st->session->cat->relations.n; i++) {
		const struct relation *rel = st->session->cat->relations.v[i];
		for (size_t k = 0; rel->kind == REL_TABLE && k < rel->columns.n; k++) {
			const struct column *col = &rel->columns.v[k];
			if (type_base(col->type.type) == t->array)
				return err_set(
					c, "0A000",
					"an enum used in arrays cannot have a value renamed yet");
			if (type_base(col->type.type) != t)
				continue;
			BUF_CLEANUP struct buf b = storage_sql();
			buf_puts(&b, "UPDATE ");
			sqlite_put_table(&b, rel);
			buf_puts(&b, " SET ");
			sqlite_put_column(&b, col);
			buf_puts(&b, " = ");
			sqlite_put_text(&b, str_of(after));
			buf_puts(&b, " WHERE ");
			sqlite_put_column(&b, col);
			buf_puts(&b, " = ");
			sqlite_put_text(&b, str_of(before));
			TRY(storage_exec(c, st, &b));
		}
	}
	return 0;
}
