/* CREATE INDEX, and what constraints and ALTER need of indexes. */
#include "sql/ddl/statements.h"

#include <string.h>

/* Those of extensions are kept in the catalog and find nothing faster. */
static const char *const methods[] = { "btree",	 "hash", "gin",	    "gist",    "brin",
				       "spgist", "hnsw", "ivfflat", "pgroonga" };

static bool is_method(struct str name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (str_is(name, methods[i]))
			return true;
	}
	return false;
}

/* The text of an index expression: in parentheses, or a bare function call. */
static struct str key_text(struct ddl *d, size_t from, size_t to)
{
	if (ddl_token_is(d, from, "("))
		return ddl_span(d, from + 1, ddl_close(d, from));
	size_t i = from;
	while (i < to && !ddl_token_is(d, i, "("))
		i++;
	return ddl_span(d, from, ddl_close(d, i) + 1);
}

/* PostgreSQL's FigureIndexColname: what names an expression's column. */
static struct str expr_name(const struct json *expr)
{
	const struct json *call = node_as(expr, "FuncCall");
	const struct json *cast = node_as(expr, "TypeCast");
	const struct json *ref = node_as(expr, "ColumnRef");
	if (call)
		return ddl_last_name(json_get(call, "funcname"));
	if (ref)
		return ddl_last_name(json_get(ref, "fields"));
	if (cast) {
		struct str inner = expr_name(json_get(cast, "arg"));
		if (inner.n)
			return inner;
		return ddl_last_name(json_get(json_get(cast, "typeName"), "names"));
	}
	if (node_as(expr, "CoalesceExpr"))
		return STR("coalesce");
	if (node_as(expr, "CaseExpr"))
		return STR("case");
	return STR("");
}

/* What names the i-th column of an index, included ones behind the keys. */
static struct str column_name(struct ctx *c, const struct relation *rel, const struct index *ix,
			      size_t i)
{
	int16_t attnum = i < ix->n_keys ? ix->keys[i].attnum : ix->include[i - ix->n_keys];
	const struct json *expr;
	if (attnum)
		return str_of(relation_column_by_attnum(rel, attnum)->name);
	if (sql_parse_expr(c, str_of(ix->keys[i].expr.text), &expr) < 0) {
		err_clear(c);
		return STR("expr");
	}
	struct str name = expr_name(expr);
	return name.n ? name : STR("expr");
}

static bool has_name(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* A repeated name is numbered. */
const char *ddl_index_addition(struct ctx *c, const struct relation *rel, const struct index *ix)
{
	size_t n = (size_t)ix->n_keys + ix->n_include;
	const char **names = arena_array(c->arena, n, sizeof(*names));
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (size_t i = 0; i < n; i++) {
		struct str base = column_name(c, rel, ix, i);
		names[i] = str_dup(c->arena, base);
		for (int pass = 1; has_name(names, i, names[i]); pass++)
			names[i] = arena_printf(c->arena, "%.*s%d", STR_ARG(base), pass);
		if (b.n <= NAME_MAX_BYTES)
			buf_printf(&b, "%s%s", i ? "_" : "", names[i]);
	}
	return buf_dup(c->arena, &b);
}

static int plan_key(struct ctx *c, struct ddl *d, const struct relation *rel,
		    const struct json *elem, size_t from, size_t to, struct index_key *ret)
{
	struct str name = json_get_str(elem, "name", STR(""));
	struct str ordering = json_get_str(elem, "ordering", STR(""));
	struct str nulls = json_get_str(elem, "nulls_ordering", STR(""));
	struct index_key key = { .is_desc = str_is(ordering, "SORTBY_DESC") };
	key.nulls_first = str_is(nulls, "SORTBY_NULLS_FIRST") ||
			  (key.is_desc && !str_is(nulls, "SORTBY_NULLS_LAST"));
	if (name.n) {
		struct column *col = relation_column(rel, name);
		if (!col)
			return err_set(c, "42703", "column \"%.*s\" does not exist", STR_ARG(name));
		key.attnum = col->attnum;
	} else {
		struct str text = key_text(d, from, to);
		TRY(ddl_check_immutable(c, d, text, rel, false));
		key.expr = ddl_keep(d, text);
	}
	if (json_get(elem, "opclass"))
		key.opclass = str_dup(d->a, ddl_last_name(json_get(elem, "opclass")));
	*ret = key;
	return 0;
}

static int plan_keys(struct ctx *c, struct ddl *d, const struct json *stmt, struct relation *rel,
		     struct index *ix)
{
	const struct json *params = json_get(stmt, "indexParams");
	int64_t location = json_get_i64(json_get(stmt, "relation"), "location", 0);
	size_t open = ddl_token_find(d, ddl_token_at(d, location), "(");
	ix->n_keys = (uint16_t)params->count;
	ix->keys = arena_array(d->a, params->count, sizeof(*ix->keys));
	size_t i = 0;
	for (const struct json *j = params->child; j; j = j->next, i++) {
		size_t from = 0, to = 0;
		ddl_part(d, open + 1, ddl_close(d, open), i, &from, &to);
		TRY(plan_key(c, d, rel, node_as(j, "IndexElem"), from, to, &ix->keys[i]));
	}
	const struct json *include = json_get(stmt, "indexIncludingParams");
	if (!include)
		return 0;
	ix->include = arena_array(d->a, include->count, sizeof(*ix->include));
	for (const struct json *j = include->child; j; j = j->next) {
		struct str name = json_get_str(node_as(j, "IndexElem"), "name", STR(""));
		struct column *col = relation_column(rel, name);
		if (!col && !name.n)
			return err_set(c, "0A000",
				       "expressions are not supported in included columns");
		if (!col)
			return err_set(c, "42703", "column \"%.*s\" does not exist", STR_ARG(name));
		ix->include[ix->n_include++] = col->attnum;
	}
	return 0;
}

static int plan_predicate(struct ctx *c, struct ddl *d, const struct json *stmt,
			  const struct relation *rel, struct index *ix)
{
	if (!json_get(stmt, "whereClause"))
		return 0;
	int64_t location = json_get_i64(json_get(stmt, "relation"), "location", 0);
	size_t i = ddl_token_find(d, ddl_token_at(d, location), "where");
	struct str text = ddl_span(d, i + 1, d->tokens.n);
	TRY(ddl_check_condition(c, d, text, rel, "WHERE"));
	ix->predicate = ddl_keep(d, text);
	return 0;
}

int ddl_create_index(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct relation *rel;
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), false, &rel));
	if (rel->kind != REL_TABLE && rel->kind != REL_MATVIEW) {
		err_set(c, "42809", "cannot create index on relation \"%s\"", rel->name);
		return err_details(c, "This operation is not supported for %ss.",
				   relation_kind_name(rel->kind));
	}
	TRY(ddl_must_own_relation(c, d, rel));
	struct str name = json_get_str(stmt, "idxname", STR(""));
	struct str method = json_get_str(stmt, "accessMethod", STR("btree"));
	if (!is_method(method))
		return err_set(c, "42704", "access method \"%.*s\" does not exist",
			       STR_ARG(method));
	if (name.n && ddl_relname_taken(d, str_of(rel->schema), name)) {
		if (!json_get_bool(stmt, "if_not_exists", false))
			return err_set(c, "42P07", "relation \"%.*s\" already exists",
				       STR_ARG(name));
		ddl_notice(c, d, "relation \"%.*s\" already exists, skipping", STR_ARG(name));
		return 0;
	}
	struct index *ix = ARENA_NEW(d->a, struct index);
	ix->oid = ddl_new_oid(d);
	ix->method = str_dup(d->a, method);
	ix->is_unique = json_get_bool(stmt, "unique", false);
	ix->nulls_not_distinct = json_get_bool(stmt, "nulls_not_distinct", false);
	TRY(plan_keys(c, d, stmt, rel, ix));
	TRY(plan_predicate(c, d, stmt, rel, ix));
	ix->name = name.n ? str_dup(d->a, name)
			  : arena_strdup(d->a, ddl_choose_relname(c, d, rel->schema, rel->name,
								  ddl_index_addition(c, rel, ix),
								  "idx", false));
	VEC_PUSH(d->a, &rel->indexes, ix);
	catalog_index_relation(d->cat, rel);
	return STORE(c, d, create_index, rel, ix);
}

int ddl_drop_index(struct ctx *c, struct ddl *d, struct relation *rel, struct index *ix)
{
	size_t n = 0;
	for (size_t i = 0; i < rel->indexes.n; i++) {
		if (rel->indexes.v[i] != ix)
			rel->indexes.v[n++] = rel->indexes.v[i];
	}
	rel->indexes.n = n;
	catalog_index(d->cat);
	return STORE(c, d, drop_index, rel, ix);
}
