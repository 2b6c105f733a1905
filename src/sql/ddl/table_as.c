/* CREATE TABLE AS and materialized views: tables made from a query. */
#include "sql/ddl/statements.h"
#include "sql/ir.h"

#include <string.h>

/* The query's text: behind AS, without WITH [NO] DATA. */
static struct str query_text(struct ddl *d, const struct json *rv)
{
	size_t from = ddl_token_find(d, ddl_token_at(d, json_get_i64(rv, "location", 0)), "as") + 1;
	size_t to = d->tokens.n;
	if (to > from + 2 && ddl_token_is(d, to - 1, "data")) {
		size_t with = ddl_token_is(d, to - 2, "no") ? to - 3 : to - 2;
		if (ddl_token_is(d, with, "with"))
			to = with;
	}
	return ddl_span(d, from, to);
}

/* The relation with the query's columns, not yet in the catalog. */
static int plan(struct ctx *c, struct ddl *d, const struct json *stmt, enum relation_kind kind,
		const struct schema *schema, struct relation **ret)
{
	const struct json *into = json_get(stmt, "into"), *rv = json_get(into, "rel");
	const struct json *query = json_get(stmt, "query");
	struct analysis an = { .cat = d->cat, .search_path = d->s->search_path };
	struct query *q;
	TRY(analyze_query(c, &an, query, &q));
	struct relation *rel = ddl_new_relation(
		d, kind, schema->name, str_dup(c->arena, json_get_str(rv, "relname", STR(""))));
	ddl_view_columns(d, rel, q, json_get(into, "colNames"));
	TRY(ddl_check_view_columns(c, rel, json_get(into, "colNames")));
	struct str text = query_text(d, rv);
	const struct json *select = node_as(query, "SelectStmt");
	rel->view = ddl_keep(d, ddl_expand_stars(c, d, select, q, text));
	*ret = rel;
	return 0;
}

int ddl_create_table_as(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *into = json_get(stmt, "into"), *rv = json_get(into, "rel");
	struct str name = json_get_str(rv, "relname", STR(""));
	bool is_matview = str_is(json_get_str(stmt, "objtype", STR("")), "OBJECT_MATVIEW");
	struct schema *schema;
	struct relation *rel;
	TRY(ddl_schema_for(c, d, rv, &schema));
	if (ddl_relname_taken(d, str_of(schema->name), name) &&
	    json_get_bool(stmt, "if_not_exists", false)) {
		ddl_notice(c, d, "relation \"%.*s\" already exists, skipping", STR_ARG(name));
		return 0;
	}
	TRY(plan(c, d, stmt, is_matview ? REL_MATVIEW : REL_TABLE, schema, &rel));
	struct stored_sql query = rel->view;
	if (!is_matview) {
		rel->view = (struct stored_sql){ 0 };
		rel->sources.n = 0;
	}
	TRY(ddl_add_relation(c, d, rel));
	TRY(STORE(c, d, create_table, rel));
	if (json_get_bool(into, "skipData", false))
		return 0;
	return STORE(c, d, fill_table, rel, &query);
}

int ddl_refresh_matview(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct relation *rel;
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), false, &rel));
	if (rel->kind != REL_MATVIEW)
		return err_set(c, "0A000", "\"%s\" is not a materialized view", rel->name);
	TRY(ddl_must_own_relation(c, d, rel));
	const struct relation *rels[] = { rel };
	TRY(STORE(c, d, truncate, rels, 1, false));
	if (json_get_bool(stmt, "skipData", false))
		return 0;
	return STORE(c, d, fill_table, rel, &rel->view);
}
