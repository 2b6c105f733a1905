/* CREATE TABLE. */
#include "sql/ddl/statements.h"

#include <string.h>

struct relation *ddl_new_relation(struct ddl *d, enum relation_kind kind, const char *schema,
				  const char *name)
{
	struct relation *rel = ARENA_NEW(d->a, struct relation);
	rel->oid = ddl_new_oid(d);
	rel->schema = arena_strdup(d->a, schema);
	rel->name = arena_strdup(d->a, name);
	rel->kind = kind;
	rel->owner = arena_strdup(d->a, d->s->role);
	rel->next_attnum = 1;
	rel->replica_identity = 'd';
	return rel;
}

/* The row type of a table, view or composite type, and its array. */
static int add_row_type(struct ctx *c, struct ddl *d, struct relation *rel)
{
	struct type *t = ARENA_NEW(d->a, struct type);
	t->schema = rel->schema;
	t->name = rel->name;
	t->kind = TYPE_COMPOSITE;
	t->value = V_TEXT;
	t->category = 'C';
	t->base_typmod = -1;
	t->row = rel;
	t->owner = rel->owner;
	rel->row_type = t;
	return ddl_add_type(c, d, t);
}

int ddl_add_relation(struct ctx *c, struct ddl *d, struct relation *rel)
{
	if (ddl_relname_taken(d, str_of(rel->schema), str_of(rel->name)))
		return err_set(c, "42P07", "relation \"%s\" already exists", rel->name);
	if (rel->kind != REL_SEQUENCE)
		TRY(add_row_type(c, d, rel));
	if (rel->kind != REL_COMPOSITE)
		rel->acl = ddl_initial_acl(d, rel->owner, rel->schema,
					   rel->kind == REL_SEQUENCE ? 'S' : 'r');
	VEC_PUSH(d->a, &d->cat->relations, rel);
	catalog_index_relation(d->cat, rel);
	return 0;
}

void ddl_remove_relation(struct ddl *d, struct relation *rel)
{
	size_t n = 0;
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		if (d->cat->relations.v[i] != rel)
			d->cat->relations.v[n++] = d->cat->relations.v[i];
	}
	d->cat->relations.n = n;
	ddl_unpublish(d, rel);
	if (rel->row_type)
		ddl_remove_type(d, rel->row_type);
	else
		catalog_index(d->cat);
}

/* What CREATE TABLE was asked for, gathered before anything is made. */
struct table_plan {
	enum relation_kind kind;
	struct schema *schema;
	const char *name;
	VEC(struct column_plan) columns;
	VEC(struct con_spec) constraints;
	VEC(const struct json *) likes;
};

static int refuse_kinds(struct ctx *c, const struct json *stmt)
{
	if (json_get(stmt, "partspec") || json_get(stmt, "partbound"))
		return ddl_refuse(c, "partitioned tables are not supported on this engine",
				  "Make one table with an index on the partition key, or use "
				  "PostgreSQL as the engine.");
	if (json_get(stmt, "inhRelations"))
		return ddl_refuse(c, "table inheritance is not supported on this engine",
				  "Repeat the parent's columns (LIKE parent), or use PostgreSQL as "
				  "the engine.");
	if (json_get(stmt, "ofTypename"))
		return ddl_refuse(c, "typed tables (CREATE TABLE ... OF) are not supported",
				  "Write the columns out.");
	return 0;
}

static int plan_element(struct ctx *c, struct ddl *d, const struct json *node,
			struct table_plan *plan)
{
	const struct json *def = node_as(node, "ColumnDef");
	if (def) {
		struct column_plan p;
		TRY(ddl_plan_column(c, d, def, plan->name, &p));
		for (size_t i = 0; i < plan->columns.n; i++) {
			if (strcmp(plan->columns.v[i].col.name, p.col.name) != 0)
				continue;
			err_set(c, "42701", "column \"%s\" specified more than once", p.col.name);
			return -1;
		}
		VEC_PUSH(c->arena, &plan->columns, p);
		for (size_t i = 0; i < p.constraints.n; i++)
			VEC_PUSH(c->arena, &plan->constraints, p.constraints.v[i]);
		return 0;
	}
	const struct json *con = node_as(node, "Constraint");
	if (con) {
		VEC_PUSH(c->arena, &plan->constraints, ddl_con_spec(con));
		return 0;
	}
	const struct json *like = node_as(node, "TableLikeClause");
	if (!like)
		return ddl_refuse(c, "this element of CREATE TABLE is not supported", NULL);
	VEC_PUSH(c->arena, &plan->likes, like);
	struct relation *source;
	TRY(ddl_relation(c, d, json_get(like, "relation"), false, &source));
	return ddl_like_columns(c, d, like, source, &plan->columns.v, &plan->columns.n,
				&plan->columns.cap);
}

/* Sequences come first: their defaults are analysed with the table. */
static int make_columns(struct ctx *c, struct ddl *d, struct table_plan *plan, struct relation *rel)
{
	for (size_t i = 0; i < plan->columns.n; i++) {
		struct column_plan *p = &plan->columns.v[i];
		struct relation *seq;
		TRY(ddl_column_sequence(c, d, rel->schema, rel->name, p, &seq));
		p->col.attnum = rel->next_attnum++;
		if (seq)
			ddl_own_sequence(seq, rel, p->col.attnum);
		ddl_name_column_storage(d, rel, &p->col);
		VEC_PUSH(d->a, &rel->columns, p->col);
	}
	return 0;
}

static int make_table(struct ctx *c, struct ddl *d, struct table_plan *plan)
{
	struct relation *rel = ddl_new_relation(d, plan->kind, plan->schema->name, plan->name);
	TRY(make_columns(c, d, plan, rel));
	TRY(ddl_add_relation(c, d, rel));
	for (size_t i = 0; i < plan->columns.n; i++)
		TRY(ddl_check_column_default(c, d, rel, &plan->columns.v[i]));
	TRY(ddl_add_constraints(c, d, rel, plan->constraints.v, plan->constraints.n, false));
	for (size_t i = 0; i < plan->likes.n; i++)
		TRY(ddl_like_rest(c, d, plan->likes.v[i], rel));
	catalog_index_relation(d->cat, rel);
	return rel->kind == REL_FOREIGN ? 0 : STORE(c, d, create_table, rel);
}

static int create(struct ctx *c, struct ddl *d, const struct json *stmt, enum relation_kind kind)
{
	const struct json *rv = json_get(stmt, "relation");
	struct str name = json_get_str(rv, "relname", STR(""));
	struct table_plan plan = { .kind = kind, .name = str_dup(c->arena, name) };
	TRY(refuse_kinds(c, stmt));
	TRY(ddl_schema_for(c, d, rv, &plan.schema));
	if (ddl_relname_taken(d, str_of(plan.schema->name), name)) {
		if (!json_get_bool(stmt, "if_not_exists", false))
			return err_set(c, "42P07", "relation \"%s\" already exists", plan.name);
		ddl_notice(c, d, "relation \"%s\" already exists, skipping", plan.name);
		return 0;
	}
	const struct json *elements = json_get(stmt, "tableElts");
	for (const struct json *j = elements ? elements->child : NULL; j; j = j->next)
		TRY(plan_element(c, d, j, &plan));
	return make_table(c, d, &plan);
}

int ddl_create_table(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	return create(c, d, stmt, REL_TABLE);
}

/* Declared, so that what mentions it can be kept; a query of it is refused. */
int ddl_create_foreign_table(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	ddl_notice(c, d, "foreign data is not read: queries of this table will fail");
	return create(c, d, json_get(stmt, "base"), REL_FOREIGN);
}
