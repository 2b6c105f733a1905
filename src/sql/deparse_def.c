/* Constraints, indexes, triggers and functions as statements. */
#include "base/arena.h"
#include "base/buf.h"
#include "sql/catalog_shape.h"
#include "sql/deparse.h"
#include "sql/parse.h"
#include "sql/syscat/syscat.h"
#include "sql/trigger.h"

#include <stdio.h>
#include <string.h>

enum { DEF_MAX = 4 << 20 };

static void put_ident(struct buf *b, const char *name)
{
	sql_put_ident(b, str_of(name));
}

static void put_qualified(struct buf *b, const char *schema, const char *name)
{
	put_ident(b, schema);
	buf_char(b, '.');
	put_ident(b, name);
}

bool deparse_is_visible(const struct deparse *d, const char *schema)
{
	struct str element;
	size_t pos = 0;
	if (strcmp(schema, "pg_catalog") == 0)
		return true;
	while (d->search_path && search_path_next(d->search_path, &pos, &element)) {
		if (str_is(element, schema))
			return true;
	}
	return false;
}

const char *deparse_relation_name(const struct deparse *d, const struct relation *rel)
{
	BUF_CLEANUP struct buf b = buf_make(1024);
	const struct relation *found = syscat_find(d->search_path, str_of(rel->name));
	if (!found)
		found = catalog_find_relation(d->cat, d->search_path, str_of(rel->name));
	if (found == rel)
		put_ident(&b, rel->name);
	else
		put_qualified(&b, rel->schema, rel->name);
	return buf_dup(d->a, &b);
}

static void put_columns(struct buf *b, const struct relation *rel, const int16_t *cols, size_t n)
{
	buf_char(b, '(');
	for (size_t i = 0; i < n; i++) {
		const struct column *col = relation_column_by_attnum(rel, cols[i]);
		buf_puts(b, i ? ", " : "");
		put_ident(b, col ? col->name : "?");
	}
	buf_char(b, ')');
}

/* ---- constraints ---- */

static const char *action_word(char action)
{
	switch (action) {
	case 'r':
		return "RESTRICT";
	case 'c':
		return "CASCADE";
	case 'n':
		return "SET NULL";
	case 'd':
		return "SET DEFAULT";
	default:
		return NULL;
	}
}

static void put_foreign(const struct deparse *d, struct buf *b, const struct relation *rel,
			const struct constraint *con)
{
	const struct relation *ref = catalog_relation_by_oid(d->cat, con->ref_oid);
	buf_puts(b, "FOREIGN KEY ");
	put_columns(b, rel, con->cols, con->n_cols);
	buf_printf(b, " REFERENCES %s", ref ? deparse_relation_name(d, ref) : "?");
	if (ref)
		put_columns(b, ref, con->ref_cols, con->n_cols);
	if (con->match == 'f')
		buf_puts(b, " MATCH FULL");
	if (action_word(con->on_update))
		buf_printf(b, " ON UPDATE %s", action_word(con->on_update));
	if (action_word(con->on_delete))
		buf_printf(b, " ON DELETE %s", action_word(con->on_delete));
	if (con->n_set_cols) {
		buf_char(b, ' ');
		put_columns(b, rel, con->set_cols, con->n_set_cols);
	}
}

static void put_unique(struct buf *b, const struct relation *rel, const struct constraint *con)
{
	const struct index *ix = con->index ? relation_index(rel, str_of(con->index)) : NULL;
	buf_puts(b, con->kind == CON_PRIMARY ? "PRIMARY KEY " : "UNIQUE ");
	buf_puts(b, con->nulls_not_distinct ? "NULLS NOT DISTINCT " : "");
	put_columns(b, rel, con->cols, con->n_cols);
	if (ix && ix->n_include) {
		buf_puts(b, " INCLUDE ");
		put_columns(b, rel, ix->include, ix->n_include);
	}
}

const char *deparse_constraint(const struct deparse *d, const struct relation *rel,
			       const struct constraint *con)
{
	BUF_CLEANUP struct buf b = buf_make(DEF_MAX);
	if (con->kind == CON_FOREIGN)
		put_foreign(d, &b, rel, con);
	else if (con->kind == CON_CHECK)
		buf_printf(&b, "CHECK (%s)",
			   deparse_expr(d, rel, &con->check, type_builtin(STR("bool"))));
	else
		put_unique(&b, rel, con);
	buf_puts(&b, con->is_deferrable ? " DEFERRABLE" : "");
	buf_puts(&b, con->is_deferred ? " INITIALLY DEFERRED" : "");
	buf_puts(&b, con->is_validated ? "" : " NOT VALID");
	return buf_dup(d->a, &b);
}

const char *deparse_domain_check(const struct deparse *d, const struct type *domain,
				 const struct check_def *check)
{
	return arena_printf(d->a, "CHECK (%s)%s", deparse_check(d, domain, check),
			    check->not_valid ? " NOT VALID" : "");
}

/* ---- indexes ---- */

static bool is_call(const char *text)
{
	size_t n = 0;
	while (text[n] && !strchr("( '\"", text[n]))
		n++;
	if (!n || text[n] != '(')
		return false;
	int depth = 0;
	for (const char *p = text + n; *p; p++) {
		depth += (*p == '(') - (*p == ')');
		if (depth == 0)
			return p[1] == '\0';
	}
	return false;
}

static void put_index_key(const struct deparse *d, struct buf *b, const struct relation *rel,
			  const struct index_key *key)
{
	const struct column *col = relation_column_by_attnum(rel, key->attnum);
	if (col) {
		put_ident(b, col->name);
		return;
	}
	const char *text = deparse_expr(d, rel, &key->expr, NULL);
	buf_printf(b, is_call(text) ? "%s" : "(%s)", text);
}

static void put_order(struct buf *b, const struct index_key *key)
{
	if (key->opclass)
		buf_printf(b, " %s", key->opclass);
	if (key->is_desc)
		buf_puts(b, key->nulls_first ? " DESC" : " DESC NULLS LAST");
	else if (key->nulls_first)
		buf_puts(b, " NULLS FIRST");
}

const char *deparse_index_column(const struct deparse *d, const struct relation *rel,
				 const struct index *ix, size_t n)
{
	BUF_CLEANUP struct buf b = buf_make(DEF_MAX);
	if (n < 1 || n > (size_t)ix->n_keys + ix->n_include)
		return "";
	if (n <= ix->n_keys) {
		put_index_key(d, &b, rel, &ix->keys[n - 1]);
	} else {
		const struct column *col =
			relation_column_by_attnum(rel, ix->include[n - 1 - ix->n_keys]);
		put_ident(&b, col ? col->name : "?");
	}
	return buf_dup(d->a, &b);
}

const char *deparse_index(const struct deparse *d, const struct relation *rel,
			  const struct index *ix)
{
	BUF_CLEANUP struct buf b = buf_make(DEF_MAX);
	buf_puts(&b, ix->is_unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
	put_ident(&b, ix->name);
	buf_puts(&b, " ON ");
	put_qualified(&b, rel->schema, rel->name);
	buf_printf(&b, " USING %s (", ix->method ? ix->method : "btree");
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		buf_puts(&b, i ? ", " : "");
		put_index_key(d, &b, rel, &ix->keys[i]);
		put_order(&b, &ix->keys[i]);
	}
	buf_char(&b, ')');
	if (ix->n_include) {
		buf_puts(&b, " INCLUDE ");
		put_columns(&b, rel, ix->include, ix->n_include);
	}
	buf_puts(&b, ix->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
	if (ix->predicate.text)
		buf_printf(&b, " WHERE %s",
			   deparse_expr(d, rel, &ix->predicate, type_builtin(STR("bool"))));
	return buf_dup(d->a, &b);
}

/* ---- triggers ---- */

static void put_events(struct buf *b, const struct relation *rel, const struct trigger *t)
{
	static const struct {
		enum trigger_event event;
		const char *word;
	} events[] = { { TRIGGER_INSERT, "INSERT" },
		       { TRIGGER_DELETE, "DELETE" },
		       { TRIGGER_UPDATE, "UPDATE" },
		       { TRIGGER_TRUNCATE, "TRUNCATE" } };
	bool is_first = true;
	for (size_t i = 0; i < 4; i++) {
		if (!(t->events & (int32_t)events[i].event))
			continue;
		buf_printf(b, "%s%s", is_first ? "" : " OR ", events[i].word);
		is_first = false;
		for (uint16_t k = 0; events[i].event == TRIGGER_UPDATE && k < t->n_columns; k++) {
			const struct column *col = relation_column_by_attnum(rel, t->columns[k]);
			buf_puts(b, k ? ", " : " OF ");
			put_ident(b, col ? col->name : "?");
		}
	}
}

static void put_deferral(const struct deparse *d, struct buf *b, const struct trigger *t)
{
	const struct relation *from = catalog_relation_by_oid(d->cat, t->constraint_rel);
	if (!t->is_constraint)
		return;
	if (from)
		buf_printf(b, "FROM %s ", deparse_relation_name(d, from));
	buf_puts(b, t->is_deferrable ? "DEFERRABLE INITIALLY " : "NOT DEFERRABLE INITIALLY ");
	buf_puts(b, t->is_deferred ? "DEFERRED " : "IMMEDIATE ");
}

static void put_transition_tables(struct buf *b, const struct trigger *t)
{
	if (!t->old_table && !t->new_table)
		return;
	buf_puts(b, "REFERENCING ");
	if (t->old_table) {
		buf_puts(b, "OLD TABLE AS ");
		put_ident(b, t->old_table);
		buf_char(b, ' ');
	}
	if (t->new_table) {
		buf_puts(b, "NEW TABLE AS ");
		put_ident(b, t->new_table);
		buf_char(b, ' ');
	}
}

static void put_call(const struct deparse *d, struct buf *b, const struct trigger *t)
{
	buf_puts(b, "EXECUTE FUNCTION ");
	if (!deparse_is_visible(d, t->function_schema)) {
		put_ident(b, t->function_schema);
		buf_char(b, '.');
	}
	put_ident(b, t->function);
	buf_char(b, '(');
	for (uint16_t i = 0; i < t->n_args; i++) {
		buf_puts(b, i ? ", " : "");
		sql_put_literal(b, str_of(t->args[i]));
	}
	buf_char(b, ')');
}

const char *deparse_trigger(const struct deparse *d, const struct relation *rel,
			    const struct trigger *t)
{
	BUF_CLEANUP struct buf b = buf_make(DEF_MAX);
	buf_puts(&b, t->is_constraint ? "CREATE CONSTRAINT TRIGGER " : "CREATE TRIGGER ");
	put_ident(&b, t->name);
	buf_puts(&b, t->timing == 'b' ? " BEFORE " : t->timing == 'i' ? " INSTEAD OF " : " AFTER ");
	put_events(&b, rel, t);
	buf_puts(&b, " ON ");
	put_qualified(&b, rel->schema, rel->name);
	buf_char(&b, ' ');
	put_deferral(d, &b, t);
	put_transition_tables(&b, t);
	buf_puts(&b, t->for_each_row ? "FOR EACH ROW " : "FOR EACH STATEMENT ");
	if (t->when.text)
		buf_printf(&b, "WHEN (%s) ", deparse_trigger_when(d, rel, t));
	put_call(d, &b, t);
	return buf_dup(d->a, &b);
}

/* ---- functions ---- */

static const char *mode_word(const struct function *f, const struct func_arg *arg)
{
	switch (arg->mode) {
	case 'o':
		return "OUT ";
	case 'b':
		return "INOUT ";
	case 'v':
		return "VARIADIC ";
	default:
		return f->kind == 'p' ? "IN " : "";
	}
}

static void put_argument(const struct deparse *d, struct buf *b, const struct func_arg *arg)
{
	if (arg->name && *arg->name) {
		put_ident(b, arg->name);
		buf_char(b, ' ');
	}
	buf_puts(b, type_format(d->a, TYPEREF(arg->type.type)));
}

const char *deparse_arguments(const struct deparse *d, const struct function *f, bool with_defaults)
{
	BUF_CLEANUP struct buf b = buf_make(DEF_MAX);
	for (uint16_t i = 0; i < f->n_args; i++) {
		const struct func_arg *arg = &f->args[i];
		if (arg->mode == 't')
			continue;
		buf_puts(&b, b.n ? ", " : "");
		buf_puts(&b, mode_word(f, arg));
		put_argument(d, &b, arg);
		if (with_defaults && arg->has_default)
			buf_printf(&b, " DEFAULT %s",
				   deparse_expr(d, NULL, &arg->default_expr, arg->type.type));
	}
	return buf_dup(d->a, &b);
}

const char *deparse_result(const struct deparse *d, const struct function *f)
{
	BUF_CLEANUP struct buf b = buf_make(DEF_MAX);
	if (f->kind == 'p')
		return NULL;
	for (uint16_t i = 0; i < f->n_args; i++) {
		if (f->args[i].mode != 't')
			continue;
		buf_puts(&b, b.n ? ", " : "TABLE(");
		put_argument(d, &b, &f->args[i]);
	}
	if (b.n)
		buf_char(&b, ')');
	else
		buf_printf(&b, "%s%s", f->returns_set ? "SETOF " : "",
			   type_format(d->a, TYPEREF(f->returns.type)));
	return buf_dup(d->a, &b);
}

static void put_attributes(struct buf *b, const struct function *f)
{
	size_t before = b->n;
	buf_puts(b, f->volatility == 'i' ? " IMMUTABLE" : f->volatility == 's' ? " STABLE" : "");
	buf_puts(b, f->parallel == 's'	 ? " PARALLEL SAFE"
		    : f->parallel == 'r' ? " PARALLEL RESTRICTED"
					 : "");
	buf_puts(b, f->is_strict ? " STRICT" : "");
	buf_puts(b, f->security_definer ? " SECURITY DEFINER" : "");
	buf_puts(b, f->is_leakproof ? " LEAKPROOF" : "");
	if (f->cost > 0 && f->cost != 100)
		buf_printf(b, " COST %g", f->cost);
	if (f->returns_set && f->rows > 0 && f->rows != 1000)
		buf_printf(b, " ROWS %g", f->rows);
	if (b->n > before)
		buf_char(b, '\n');
}

/* A list of names is printed as one literal each; any other value as one. */
static void put_setting_value(struct buf *b, const char *name, const char *value)
{
	static const char *const lists[] = { "search_path", "temp_tablespaces",
					     "session_preload_libraries",
					     "local_preload_libraries" };
	bool is_list = false;
	for (size_t i = 0; i < 4; i++)
		is_list |= strcmp(name, lists[i]) == 0;
	if (!is_list || !*value) {
		sql_put_literal(b, str_of(value));
		return;
	}
	for (const char *p = value; *p;) {
		p += strspn(p, " ,");
		bool is_quoted = *p == '"';
		size_t n = is_quoted ? strcspn(p + 1, "\"") : strcspn(p, ",");
		sql_put_literal(b, str_trim((struct str){ p + is_quoted, n }));
		p += n + (is_quoted ? 2 : 0);
		p += strspn(p, " ,");
		buf_puts(b, *p ? ", " : "");
	}
}

static void put_settings(struct buf *b, const struct function *f)
{
	for (uint16_t i = 0; i < f->n_settings; i++) {
		const char *eq = strchr(f->settings[i], '=');
		char name[64] = "";
		size_t n = eq ? (size_t)(eq - f->settings[i]) : 0;
		if (!n || n >= sizeof(name))
			continue;
		memcpy(name, f->settings[i], n);
		buf_puts(b, " SET ");
		put_ident(b, name);
		buf_puts(b, " TO ");
		put_setting_value(b, name, eq + 1);
		buf_char(b, '\n');
	}
}

/* $function$, longer where the body has that in it. */
static void put_body(struct buf *b, const struct function *f)
{
	char tag[256];
	size_t n = (size_t)snprintf(tag, 32, "$%s", f->kind == 'p' ? "procedure" : "function");
	while (strstr(f->body.text, tag) && n < sizeof(tag) - 2) {
		tag[n++] = 'x';
		tag[n] = '\0';
	}
	buf_printf(b, "AS %s$%s%s$\n", tag, f->body.text, tag);
}

const char *deparse_function(const struct deparse *d, const struct function *f)
{
	BUF_CLEANUP struct buf b = buf_make(DEF_MAX);
	const char *result = deparse_result(d, f);
	buf_printf(&b, "CREATE OR REPLACE %s ", f->kind == 'p' ? "PROCEDURE" : "FUNCTION");
	put_qualified(&b, f->schema, f->name);
	buf_printf(&b, "(%s)\n", deparse_arguments(d, f, true));
	if (result)
		buf_printf(&b, " RETURNS %s\n", result);
	buf_puts(&b, " LANGUAGE ");
	put_ident(&b, f->language);
	buf_char(&b, '\n');
	put_attributes(&b, f);
	put_settings(&b, f);
	if (f->is_atomic)
		buf_printf(&b, "%s\n", f->body.text);
	else
		put_body(&b, f);
	return buf_dup(d->a, &b);
}
