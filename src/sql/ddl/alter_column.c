/* ALTER TABLE ... ALTER COLUMN. */
#include "sql/ddl/statements.h"

#include <string.h>

static int set_default(struct ctx *c, struct ddl *d, struct relation *rel, struct column *col,
		       size_t from, size_t to, const struct json *expr)
{
	bool is_drop = !expr;
	if (col->is_generated) {
		err_set(c, "42601", "column \"%s\" of relation \"%s\" is a generated column",
			col->name, rel->name);
		return is_drop ? err_hint(c, "Use ALTER TABLE ... ALTER COLUMN ... DROP "
					     "EXPRESSION instead.")
			       : -1;
	}
	if (col->identity) {
		err_set(c, "42601", "column \"%s\" of relation \"%s\" is an identity column",
			col->name, rel->name);
		return is_drop ? err_hint(c, "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY "
					     "instead.")
			       : -1;
	}
	if (is_drop) {
		col->default_expr = (struct stored_sql){ 0 };
		return 0;
	}
	struct str text = ddl_span(d, ddl_token_find(d, from, "default") + 1, to);
	TRY(ddl_check_default(c, d, text, col->type));
	col->default_expr = (struct stored_sql){ 0 };
	if (!ddl_is_no_default(expr, col->type))
		col->default_expr = ddl_keep(d, text);
	return 0;
}

/* A bare column of a primary key, or identity, stays NOT NULL. */
static int drop_not_null(struct ctx *c, struct relation *rel, struct column *col)
{
	const struct constraint *pk = relation_primary_key(rel);
	for (size_t i = 0; pk && i < pk->n_cols; i++) {
		if (pk->cols[i] == col->attnum)
			return err_set(c, "42P16", "column \"%s\" is in a primary key", col->name);
	}
	if (col->identity)
		return err_set(c, "42601", "column \"%s\" of relation \"%s\" is an identity column",
			       col->name, rel->name);
	col->not_null = false;
	return 0;
}

static int set_not_null(struct ctx *c, struct ddl *d, struct relation *rel, struct column *col)
{
	if (!col->not_null)
		TRY(STORE(c, d, validate_not_null, rel, col));
	col->not_null = true;
	return STORE(c, d, sync_table, rel);
}

static int add_identity(struct ctx *c, struct ddl *d, struct relation *rel, struct column *col,
			const struct json *node)
{
	struct relation *seq;
	if (col->identity)
		return err_set(c, "55000",
			       "column \"%s\" of relation \"%s\" is already an identity column",
			       col->name, rel->name);
	if (!col->not_null)
		return err_set(c, "55000",
			       "column \"%s\" of relation \"%s\" must be declared NOT NULL before "
			       "identity can be added",
			       col->name, rel->name);
	if (col->default_expr.text)
		return err_set(c, "55000",
			       "column \"%s\" of relation \"%s\" already has a default value",
			       col->name, rel->name);
	struct column_plan p = { .col = *col, .identity = node };
	TRY(ddl_column_sequence(c, d, rel->schema, rel->name, &p, &seq));
	ddl_own_sequence(seq, rel, col->attnum);
	col->sequence = p.col.sequence;
	col->identity = json_get_str(node, "generated_when", STR("a")).p[0];
	return 0;
}

static struct relation *owned_sequence(struct ddl *d, const struct relation *rel, int16_t attnum)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *seq = d->cat->relations.v[i];
		if (seq->kind == REL_SEQUENCE && seq->seq->owner_rel == rel->oid &&
		    seq->seq->owner_col == attnum)
			return seq;
	}
	return NULL;
}

int ddl_drop_owned_sequences(struct ctx *c, struct ddl *d, const struct relation *rel,
			     int16_t attnum)
{
	struct relation *seq;
	while ((seq = owned_sequence(d, rel, attnum))) {
		ddl_remove_relation(d, seq);
		TRY(STORE(c, d, drop_sequence, seq));
	}
	return 0;
}

/* A serial column may own another one besides. */
static struct relation *identity_sequence(struct ctx *c, struct ddl *d, const struct column *col)
{
	for (size_t i = 0; col->sequence && i < d->cat->relations.n; i++) {
		struct relation *seq = d->cat->relations.v[i];
		if (seq->kind == REL_SEQUENCE &&
		    strcmp(ddl_qualified(c, seq->schema, seq->name), col->sequence) == 0)
			return seq;
	}
	return NULL;
}

static int set_identity(struct ctx *c, struct ddl *d, struct relation *rel, struct column *col,
			const struct json *options)
{
	if (!col->identity)
		return err_set(c, "55000",
			       "column \"%s\" of relation \"%s\" is not an identity column",
			       col->name, rel->name);
	for (const struct json *j = options->child; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		if (str_is(json_get_str(elem, "defname", STR("")), "generated"))
			col->identity = (char)json_get_i64(
				node_as(json_get(elem, "arg"), "Integer"), "ival", 'a');
	}
	struct relation *seq = identity_sequence(c, d, col);
	return seq ? ddl_sequence_options(c, d, seq, options, false) : 0;
}

static int drop_identity(struct ctx *c, struct ddl *d, struct relation *rel, struct column *col,
			 bool missing_ok)
{
	if (!col->identity && missing_ok) {
		ddl_notice(c, d,
			   "column \"%s\" of relation \"%s\" is not an identity column, skipping",
			   col->name, rel->name);
		return 0;
	}
	if (!col->identity)
		return err_set(c, "55000",
			       "column \"%s\" of relation \"%s\" is not an identity column",
			       col->name, rel->name);
	struct relation *seq = identity_sequence(c, d, col);
	col->identity = 0;
	col->sequence = NULL;
	if (!seq)
		return 0;
	ddl_remove_relation(d, seq);
	return STORE(c, d, drop_sequence, seq);
}

static int drop_expression(struct ctx *c, struct ddl *d, struct relation *rel, struct column *col,
			   bool missing_ok)
{
	if (!col->is_generated && missing_ok) {
		ddl_notice(c, d,
			   "column \"%s\" of relation \"%s\" is not a stored generated column, "
			   "skipping",
			   col->name, rel->name);
		return 0;
	}
	if (!col->is_generated)
		return err_set(c, "55000",
			       "column \"%s\" of relation \"%s\" is not a stored generated column",
			       col->name, rel->name);
	col->is_generated = false;
	col->default_expr = (struct stored_sql){ 0 };
	return 0;
}

/* Views and policies that read the column stand in the way, as in PostgreSQL. */
static int refuse_used_column(struct ctx *c, struct ddl *d, struct relation *rel,
			      const struct column *col)
{
	dependents deps = { 0 };
	TRY(ddl_dependents(c, d, rel, col->attnum, &deps));
	for (size_t i = 0; i < deps.n; i++) {
		const struct dependent *dep = &deps.v[i];
		bool is_view = dep->rel && !dep->policy && !dep->con && !dep->index &&
			       !dep->column && !dep->trigger;
		if (!is_view && !dep->policy && !dep->trigger)
			continue;
		err_set(c, "0A000",
			is_view ? "cannot alter type of a column used by a view or rule"
			: dep->trigger
				? "cannot alter type of a column used in a trigger definition"
				: "cannot alter type of a column used in a policy definition");
		return err_details(c, "%s%s depends on column \"%s\"",
				   is_view ? "rule _RETURN on " : "", dep->what, col->name);
	}
	return 0;
}

static int check_type_change(struct ctx *c, struct ddl *d, struct relation *rel,
			     const struct column *col, struct typeref to, struct str using_text)
{
	if (col->identity && strncmp(type_base(to.type)->name, "int", 3) != 0)
		return err_set(c, "22023",
			       "identity column type must be smallint, integer, or bigint");
	if (using_text.n)
		return ddl_check_expr(c, d, using_text, rel, to.type);
	struct query *q;
	struct analysis an = { .cat = d->cat, .search_path = d->s->search_path };
	BUF_CLEANUP struct buf b = buf_make(256);
	sql_put_ident(&b, str_of(col->name));
	if (analyze_row_expr(c, &an, buf_view(&b), rel, to.type, &q) == 0)
		return 0;
	const char *name = type_format(c->arena, to);
	err_set(c, "42804", "column \"%s\" cannot be cast automatically to type %s", col->name,
		name);
	return err_hint(c, "You might need to specify \"USING %s::%s\".", col->name, name);
}

static int set_type(struct ctx *c, struct ddl *d, struct relation *rel, struct column *col,
		    const struct json *def, size_t from, size_t to)
{
	struct typeref type;
	struct str using_text = { 0 };
	TRY(ddl_type(c, d, json_get(def, "typeName"), &type));
	if (col->is_generated && json_get(def, "raw_default"))
		return err_set(c, "42601",
			       "cannot specify USING when altering type of generated column");
	if (json_get(def, "raw_default"))
		using_text = ddl_span(d, ddl_token_find(d, from, "using") + 1, to);
	if (rel->kind != REL_COMPOSITE)
		TRY(check_type_change(c, d, rel, col, type, using_text));
	TRY(refuse_used_column(c, d, rel, col));
	if (col->default_expr.text && !col->is_generated) {
		struct analysis an = { .cat = d->cat,
				       .search_path = col->default_expr.search_path };
		struct expr *e;
		if (analyze_default(c, &an, str_of(col->default_expr.text), type, &e) < 0)
			return err_set(
				c, "42804",
				"default for column \"%s\" cannot be cast automatically to type %s",
				col->name, type_format(c->arena, type));
	}
	struct relation *before = ARENA_NEW(c->arena, struct relation);
	*before = *rel;
	before->columns.v = arena_array(c->arena, rel->columns.n, sizeof(*rel->columns.v));
	memcpy(before->columns.v, rel->columns.v, rel->columns.n * sizeof(*rel->columns.v));
	col->type = type;
	if (rel->kind == REL_COMPOSITE)
		return 0;
	return STORE(c, d, alter_column_type, before, rel, col, using_text);
}

int ddl_alter_column(struct ctx *c, struct ddl *d, struct relation *rel, const struct json *cmd,
		     size_t from, size_t to)
{
	struct str kind = json_get_str(cmd, "subtype", STR(""));
	const struct json *def = json_get(cmd, "def");
	bool missing_ok = json_get_bool(cmd, "missing_ok", false);
	struct column *col;
	TRY(ddl_column(c, rel, json_get_str(cmd, "name", STR("")), &col));
	if (str_is(kind, "AT_ColumnDefault"))
		return set_default(c, d, rel, col, from, to, def);
	if (str_is(kind, "AT_SetNotNull"))
		return set_not_null(c, d, rel, col);
	if (str_is(kind, "AT_DropNotNull")) {
		TRY(drop_not_null(c, rel, col));
		return STORE(c, d, sync_table, rel);
	}
	if (str_is(kind, "AT_AddIdentity"))
		return add_identity(c, d, rel, col, node_as(def, "Constraint"));
	if (str_is(kind, "AT_SetIdentity"))
		return set_identity(c, d, rel, col, json_get(node_as(def, "List"), "items"));
	if (str_is(kind, "AT_DropIdentity"))
		return drop_identity(c, d, rel, col, missing_ok);
	if (str_is(kind, "AT_DropExpression"))
		return drop_expression(c, d, rel, col, missing_ok);
	return set_type(c, d, rel, col, node_as(def, "ColumnDef"), from, to);
}
