/* CHECK, PRIMARY KEY and UNIQUE; foreign keys are in fkey.c. */
#include "sql/ddl/statements.h"

#include <string.h>

void ddl_push_constraint(struct ddl *d, struct relation *rel, struct constraint *con)
{
	VEC_PUSH(d->a, &rel->constraints, con);
}

const char *ddl_joined_columns(struct ctx *c, const struct relation *rel, const int16_t *cols,
			       size_t n)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (size_t i = 0; i < n && b.n < NAME_MAX_BYTES + 1; i++) {
		const struct column *col = relation_column_by_attnum(rel, cols[i]);
		if (i)
			buf_char(&b, '_');
		buf_puts(&b, col ? col->name : "expr");
	}
	return buf_dup(c->arena, &b);
}

int16_t *ddl_key_columns(struct ctx *c, struct ddl *d, const struct relation *rel,
			 const struct json *names, const char *col, const char *in_what)
{
	uint32_t n = col ? 1 : names->count;
	int16_t *cols = arena_array(d->a, n, sizeof(*cols));
	const struct json *j = col ? NULL : names->child;
	for (uint32_t i = 0; i < n; i++, j = j ? j->next : NULL) {
		struct str name = col ? str_of(col) : node_string(j);
		const struct column *found = relation_column(rel, name);
		if (!found) {
			err_set(c, "42703",
				strcmp(in_what, "foreign key constraint") == 0
					? "column \"%.*s\" referenced in foreign key constraint "
					  "does not exist"
					: "column \"%.*s\" named in key does not exist",
				STR_ARG(name));
			return NULL;
		}
		for (uint32_t k = 0; k < i; k++) {
			if (cols[k] != found->attnum)
				continue;
			err_set(c, "42701", "column \"%.*s\" appears twice in %s", STR_ARG(name),
				in_what);
			return NULL;
		}
		cols[i] = found->attnum;
	}
	return cols;
}

void ddl_set_not_null(struct relation *rel, const struct constraint *pk)
{
	for (size_t i = 0; i < pk->n_cols; i++)
		relation_column_by_attnum(rel, pk->cols[i])->not_null = true;
}

/* Names of the columns that an expression's tree mentions, each once. */
static void referenced_columns(struct ctx *c, const struct json *node, const struct relation *rel,
			       int16_t *cols, uint16_t *n, uint16_t max)
{
	(void)c;
	const struct json *ref = node_as(node, "ColumnRef");
	if (ref) {
		const struct column *col =
			relation_column(rel, ddl_last_name(json_get(ref, "fields")));
		for (uint16_t i = 0; col && i < *n; i++) {
			if (cols[i] == col->attnum)
				col = NULL;
		}
		if (col && *n < max)
			cols[(*n)++] = col->attnum;
		return;
	}
	for (const struct json *j = node->child; j; j = j->next)
		referenced_columns(c, j, rel, cols, n, max);
}

static int name_is_free(struct ctx *c, const struct relation *rel, struct str name)
{
	if (!relation_constraint(rel, name))
		return 0;
	return err_set(c, "42710", "constraint \"%.*s\" for relation \"%s\" already exists",
		       STR_ARG(name), rel->name);
}

static int add_check(struct ctx *c, struct ddl *d, struct relation *rel,
		     const struct con_spec *spec, bool exists)
{
	int64_t location = json_get_i64(spec->node, "location", 0);
	struct str text = ddl_parens(d, ddl_token_at(d, location));
	TRY(ddl_check_condition(c, d, text, rel, "CHECK"));
	struct constraint *con = ARENA_NEW(d->a, struct constraint);
	con->kind = CON_CHECK;
	con->check = ddl_keep(d, text);
	con->cols = arena_array(d->a, rel->columns.n, sizeof(*con->cols));
	referenced_columns(c, json_get(spec->node, "raw_expr"), rel, con->cols, &con->n_cols,
			   (uint16_t)rel->columns.n);
	struct str name = json_get_str(spec->node, "conname", STR(""));
	TRY(name_is_free(c, rel, name));
	const struct column *only =
		con->n_cols == 1 ? relation_column_by_attnum(rel, con->cols[0]) : NULL;
	con->name =
		name.n ? str_dup(d->a, name)
		       : arena_strdup(d->a, ddl_choose_conname(c, d, rel->schema, rel->name,
							       only ? only->name : NULL, "check"));
	con->is_validated = !json_get_bool(spec->node, "skip_validation", false) || !exists;
	ddl_push_constraint(d, rel, con);
	if (exists && con->is_validated)
		return STORE(c, d, validate_constraint, rel, con);
	return 0;
}

struct index *ddl_constraint_index(struct ddl *d, struct relation *rel,
				   const struct constraint *con)
{
	struct index *ix = ARENA_NEW(d->a, struct index);
	ix->oid = ddl_new_oid(d);
	ix->name = con->index;
	ix->method = "btree";
	ix->is_unique = true;
	ix->nulls_not_distinct = con->nulls_not_distinct;
	ix->n_keys = con->n_cols;
	ix->keys = arena_array(d->a, con->n_cols, sizeof(*ix->keys));
	for (size_t i = 0; i < con->n_cols; i++)
		ix->keys[i].attnum = con->cols[i];
	VEC_PUSH(d->a, &rel->indexes, ix);
	catalog_index_relation(d->cat, rel);
	return ix;
}

/* ADD CONSTRAINT name UNIQUE USING INDEX ix: the index takes the name. */
static int adopt_index(struct ctx *c, struct ddl *d, struct relation *rel, struct constraint *con,
		       struct str index_name)
{
	struct index *ix = relation_index(rel, index_name);
	if (!ix)
		return err_set(c, "42704", "index \"%.*s\" does not exist", STR_ARG(index_name));
	if (!ix->is_unique)
		return err_set(c, "42809", "\"%s\" is not a unique index", ix->name);
	con->cols = arena_array(d->a, ix->n_keys, sizeof(*con->cols));
	con->n_cols = ix->n_keys;
	for (size_t i = 0; i < ix->n_keys; i++) {
		if (!ix->keys[i].attnum)
			return err_set(c, "42809", "index \"%s\" contains expressions", ix->name);
		con->cols[i] = ix->keys[i].attnum;
	}
	if (ix->predicate.text)
		return err_set(c, "42809", "\"%s\" is a partial index", ix->name);
	if (!con->name)
		con->name = ix->name;
	if (strcmp(con->name, ix->name) != 0) {
		TRY(STORE(c, d, drop_index, rel, ix));
		ix->name = con->name;
		catalog_index(d->cat);
		TRY(STORE(c, d, create_index, rel, ix));
	}
	con->index = ix->name;
	con->nulls_not_distinct = ix->nulls_not_distinct;
	return 0;
}

static int plan_key(struct ctx *c, struct ddl *d, struct relation *rel, const struct con_spec *spec,
		    struct constraint *con)
{
	bool is_primary = con->kind == CON_PRIMARY;
	const struct json *keys = json_get(spec->node, "keys");
	con->cols = ddl_key_columns(c, d, rel, keys, spec->col,
				    is_primary ? "primary key constraint" : "unique constraint");
	if (!con->cols)
		return -1;
	con->n_cols = (uint16_t)(spec->col ? 1 : keys->count);
	const char *joined = is_primary ? NULL : ddl_joined_columns(c, rel, con->cols, con->n_cols);
	if (!con->name)
		con->name =
			arena_strdup(d->a, ddl_choose_relname(c, d, rel->schema, rel->name, joined,
							      is_primary ? "pkey" : "key", true));
	if (ddl_relname_taken(d, str_of(rel->schema), str_of(con->name)))
		return err_set(c, "42P07", "relation \"%s\" already exists", con->name);
	TRY(name_is_free(c, rel, str_of(con->name)));
	con->index = con->name;
	return 0;
}

static int validate_key(struct ctx *c, struct ddl *d, struct relation *rel,
			const struct constraint *con, bool had_index)
{
	for (size_t i = 0; con->kind == CON_PRIMARY && i < con->n_cols; i++) {
		struct column *col = relation_column_by_attnum(rel, con->cols[i]);
		if (!col->not_null)
			TRY(STORE(c, d, validate_not_null, rel, col));
	}
	if (con->kind == CON_PRIMARY)
		ddl_set_not_null(rel, con);
	if (had_index)
		return 0;
	return STORE(c, d, create_index, rel, relation_index(rel, str_of(con->index)));
}

static int add_key(struct ctx *c, struct ddl *d, struct relation *rel, const struct con_spec *spec,
		   bool exists)
{
	struct constraint *con = ARENA_NEW(d->a, struct constraint);
	bool is_primary = str_is(json_get_str(spec->node, "contype", STR("")), "CONSTR_PRIMARY");
	con->kind = is_primary ? CON_PRIMARY : CON_UNIQUE;
	con->is_validated = true;
	con->is_deferrable = spec->is_deferrable;
	con->is_deferred = spec->is_deferred;
	con->nulls_not_distinct = json_get_bool(spec->node, "nulls_not_distinct", false);
	if (is_primary && relation_primary_key(rel)) {
		err_set(c, "42P16", "multiple primary keys for table \"%s\" are not allowed",
			rel->name);
		return ddl_err_at(c, d, json_get_i64(spec->node, "location", -1));
	}
	if (spec->name.n)
		con->name = str_dup(d->a, spec->name);
	struct str index_name = json_get_str(spec->node, "indexname", STR(""));
	TRY(index_name.n ? adopt_index(c, d, rel, con, index_name)
			 : plan_key(c, d, rel, spec, con));
	if (!index_name.n)
		ddl_constraint_index(d, rel, con);
	ddl_push_constraint(d, rel, con);
	if (exists)
		return validate_key(c, d, rel, con, index_name.n > 0);
	if (is_primary)
		ddl_set_not_null(rel, con);
	return 0;
}

int ddl_add_constraint(struct ctx *c, struct ddl *d, struct relation *rel,
		       const struct con_spec *spec, bool exists)
{
	struct str kind = json_get_str(spec->node, "contype", STR(""));
	if (str_is(kind, "CONSTR_CHECK"))
		return add_check(c, d, rel, spec, exists);
	if (str_is(kind, "CONSTR_FOREIGN"))
		return ddl_add_foreign_key(c, d, rel, spec, exists);
	if (str_is(kind, "CONSTR_EXCLUSION"))
		return ddl_refuse(c, "exclusion constraints are not supported on this engine",
				  "Use a UNIQUE constraint, or PostgreSQL as the engine.");
	return add_key(c, d, rel, spec, exists);
}

static bool is_kind(const struct con_spec *spec, const char *kind)
{
	return str_is(json_get_str(spec->node, "contype", STR("")), kind);
}

static bool same_columns(const struct con_spec *a, const struct con_spec *b)
{
	const struct json *x = json_get(a->node, "keys"), *y = json_get(b->node, "keys");
	uint32_t n = a->col ? 1 : x ? x->count : 0;
	if (!n || n != (b->col ? 1 : y ? y->count : 0))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct str p = a->col ? str_of(a->col) : node_string(json_at(x, i));
		if (!str_eq(p, b->col ? str_of(b->col) : node_string(json_at(y, i))))
			return false;
	}
	return true;
}

/* UNIQUE over the very columns of an earlier key of the same CREATE TABLE adds
 * nothing: PostgreSQL merges it into that one, which takes its name if unnamed. */
static bool merge_key(struct con_spec *specs, size_t n, size_t at)
{
	const struct con_spec *u = &specs[at];
	if (!is_kind(u, "CONSTR_UNIQUE"))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct con_spec *k = &specs[i];
		bool is_earlier =
			is_kind(k, "CONSTR_PRIMARY") || (i < at && is_kind(k, "CONSTR_UNIQUE"));
		if (!is_earlier || !same_columns(k, u) || k->is_deferrable != u->is_deferrable ||
		    json_get_bool(k->node, "nulls_not_distinct", false) !=
			    json_get_bool(u->node, "nulls_not_distinct", false))
			continue;
		if (!k->name.n)
			k->name = u->name;
		return true;
	}
	return false;
}

int ddl_add_constraints(struct ctx *c, struct ddl *d, struct relation *rel,
			const struct con_spec *list, size_t n, bool exists)
{
	struct con_spec *specs = arena_array(c->arena, n, sizeof(*specs));
	bool *is_merged = arena_array(c->arena, n, sizeof(*is_merged));
	if (n)
		memcpy(specs, list, n * sizeof(*specs));
	for (size_t i = 0; i < n; i++)
		is_merged[i] = !exists && merge_key(specs, n, i);
	static const char *const order[] = { "CONSTR_CHECK", "CONSTR_PRIMARY", "CONSTR_UNIQUE",
					     "CONSTR_EXCLUSION", "CONSTR_FOREIGN" };
	for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++) {
		for (size_t i = 0; i < n; i++) {
			if (is_kind(&specs[i], order[k]) && !is_merged[i])
				TRY(ddl_add_constraint(c, d, rel, &specs[i], exists));
		}
	}
	return 0;
}

int ddl_remove_constraint(struct ctx *c, struct ddl *d, struct relation *rel,
			  struct constraint *con)
{
	size_t n = 0;
	for (size_t i = 0; i < rel->constraints.n; i++) {
		if (rel->constraints.v[i] != con)
			rel->constraints.v[n++] = rel->constraints.v[i];
	}
	rel->constraints.n = n;
	struct index *ix = con->index ? relation_index(rel, str_of(con->index)) : NULL;
	return ix ? ddl_drop_index(c, d, rel, ix) : STORE(c, d, sync_table, rel);
}
