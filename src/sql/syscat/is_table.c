/* information_schema: schemas, tables, columns, views. */
#include "base/arena.h"
#include "sql/deparse.h"
#include "sql/syscat/fills.h"
#include "sql/syscat/is.h"

#include <string.h>

static bool has_column_right(const struct fill *f, const struct relation *rel, uint32_t privs)
{
	for (size_t i = 0; privs && i < rel->columns.n; i++) {
		if (column_privs(f->cat, str_of(f->env->role), rel, &rel->columns.v[i], privs))
			return true;
	}
	return false;
}

bool may_see(const struct fill *f, const struct relation *rel, uint32_t privs, uint32_t columns)
{
	return fill_has_role(f, rel->owner) ||
	       relation_privs(f->cat, str_of(f->env->role), rel, privs) ||
	       has_column_right(f, rel, columns);
}

void put_table(struct fill *f, const struct relation *rel)
{
	put_text(f, "table_catalog", DATABASE);
	put_text(f, "table_schema", rel->schema);
	put_text(f, "table_name", rel->name);
}

void fill_is_information_schema_catalog_name(struct fill *f)
{
	fill_row(f);
	put_text(f, "catalog_name", DATABASE);
}

static void schema_row(struct fill *f, const char *name, const char *owner)
{
	fill_row(f);
	put_text(f, "catalog_name", DATABASE);
	put_text(f, "schema_name", name);
	put_text(f, "schema_owner", owner);
}

void fill_is_schemata(struct fill *f)
{
	for (size_t i = 0; i < f->cat->schemas.n; i++) {
		const struct schema *s = f->cat->schemas.v[i];
		if (fill_has_role(f, s->owner) ||
		    catalog_privs(f->cat, str_of(f->env->role), s->owner, s->acl, 'n',
				  PRIV_CREATE | PRIV_USAGE))
			schema_row(f, s->name, s->owner);
	}
	if (!catalog_schema(f->cat, STR("pg_catalog")))
		schema_row(f, "pg_catalog", "supabase_admin");
	if (!catalog_schema(f->cat, STR("information_schema")))
		schema_row(f, "information_schema", "supabase_admin");
}

/* Tables and views; information_schema knows no materialized ones. */
static bool is_listed(const struct relation *rel)
{
	return rel->kind == REL_TABLE || rel->kind == REL_VIEW || rel->kind == REL_PARTITIONED ||
	       rel->kind == REL_FOREIGN;
}

void fill_is_tables(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		bool is_view = syscat_relkind(rel) == 'v';
		if (!is_listed(rel) || !may_see(f, rel, PRIVS_ON_TABLE, PRIVS_ON_COLUMN))
			continue;
		fill_row(f);
		put_table(f, rel);
		put_text(f, "table_type", is_view ? "VIEW" : "BASE TABLE");
		put_yes_no(f, "is_insertable_into", !is_view || rel->is_insertable);
		put_yes_no(f, "is_typed", false);
	}
}

/* ---- columns ---- */

static void put_identity(struct fill *f, const struct column *col)
{
	put_yes_no(f, "is_identity", col->identity);
	if (!col->identity)
		return;
	put_text(f, "identity_generation", col->identity == 'a' ? "ALWAYS" : "BY DEFAULT");
	for (size_t i = 0; col->sequence && i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		const char *name = arena_printf(f->a, "%s.%s", rel->schema, rel->name);
		if (!rel->seq || strcmp(name, col->sequence) != 0)
			continue;
		put_text(f, "identity_start", number_text(f, rel->seq->start));
		put_text(f, "identity_increment", number_text(f, rel->seq->increment));
		put_text(f, "identity_maximum", number_text(f, rel->seq->max));
		put_text(f, "identity_minimum", number_text(f, rel->seq->min));
	}
}

static void put_domain_names(struct fill *f, const struct type *t)
{
	if (t->kind != TYPE_DOMAIN)
		return;
	put_text(f, "domain_catalog", DATABASE);
	put_text(f, "domain_schema", t->schema);
	put_text(f, "domain_name", t->name);
}

static bool is_updatable(const struct relation *rel, const struct column *col)
{
	if (syscat_relkind(rel) != 'v')
		return true;
	for (size_t i = 0; rel->is_updatable && i < rel->sources.n; i++) {
		if (rel->sources.v[i].attnum == col->attnum)
			return true;
	}
	return false;
}

static void column_row(struct fill *f, const struct relation *rel, const struct column *col)
{
	const struct type *base = type_base(col->type.type);
	bool has_default = col->default_expr.text && !col->identity;
	const char *expr = has_default ? deparse_default(&f->d, rel, col) : NULL;
	fill_row(f);
	put_table(f, rel);
	put_text(f, "column_name", col->name);
	put_int(f, "ordinal_position", col->attnum);
	put_text(f, "column_default", col->is_generated ? NULL : expr);
	put_yes_no(f, "is_nullable",
		   !col->not_null &&
			   !(col->type.type->kind == TYPE_DOMAIN && col->type.type->not_null));
	put_is_type(f, col->type);
	if (base->kind == TYPE_BASE && base->value == V_NAME) {
		put_text(f, "collation_catalog", DATABASE);
		put_text(f, "collation_schema", "pg_catalog");
		put_text(f, "collation_name", "C");
	}
	put_domain_names(f, col->type.type);
	put_udt(f, col->type.type);
	put_text(f, "dtd_identifier", number_text(f, col->attnum));
	put_yes_no(f, "is_self_referencing", false);
	put_identity(f, col);
	put_yes_no(f, "identity_cycle", false);
	put_text(f, "is_generated", col->is_generated ? "ALWAYS" : "NEVER");
	put_text(f, "generation_expression", col->is_generated ? expr : NULL);
	put_yes_no(f, "is_updatable", is_updatable(rel, col));
}

void fill_is_columns(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		bool is_owner = is_listed(rel) && fill_has_role(f, rel->owner);
		for (size_t k = 0; is_listed(rel) && k < rel->columns.n; k++) {
			const struct column *col = &rel->columns.v[k];
			if (is_owner ||
			    column_privs(f->cat, str_of(f->env->role), rel, col, PRIVS_ON_COLUMN))
				column_row(f, rel, col);
		}
	}
}

/* Columns of types of the project's own, as PostgreSQL lists those of any type. */
void fill_is_column_udt_usage(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; is_listed(rel) && k < rel->columns.n; k++) {
			const struct type *t = type_base(rel->columns.v[k].type.type);
			if (!t->owner || !fill_has_role(f, t->owner))
				continue;
			fill_row(f);
			put_udt(f, t);
			put_table(f, rel);
			put_text(f, "column_name", rel->columns.v[k].name);
		}
	}
}

/* ---- views ---- */

void fill_is_views(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		if (syscat_relkind(rel) != 'v' || !may_see(f, rel, PRIVS_ON_TABLE, PRIVS_ON_COLUMN))
			continue;
		fill_row(f);
		put_table(f, rel);
		if (!syscat_is(rel) && fill_has_role(f, rel->owner))
			put_text(f, "view_definition", deparse_view(&f->d, rel));
		put_text(f, "check_option",
			 rel->view_check == 'c'	  ? "CASCADED"
			 : rel->view_check == 'l' ? "LOCAL"
						  : "NONE");
		put_yes_no(f, "is_updatable", rel->is_updatable && rel->is_deletable);
		put_yes_no(f, "is_insertable_into", rel->is_insertable);
		put_yes_no(f, "is_trigger_updatable", false);
		put_yes_no(f, "is_trigger_deletable", false);
		put_yes_no(f, "is_trigger_insertable_into", false);
	}
}

static bool is_first_source(const struct relation *rel, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (rel->sources.v[i].base_oid == rel->sources.v[at].base_oid)
			return false;
	}
	return true;
}

void fill_is_view_table_usage(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; rel->kind == REL_VIEW && k < rel->sources.n; k++) {
			const struct relation *base =
				catalog_relation_by_oid(f->cat, rel->sources.v[k].base_oid);
			if (!base || !is_first_source(rel, k) || !fill_has_role(f, base->owner))
				continue;
			fill_row(f);
			put_text(f, "view_catalog", DATABASE);
			put_text(f, "view_schema", rel->schema);
			put_text(f, "view_name", rel->name);
			put_table(f, base);
		}
	}
}
