/* Relations, their columns and indexes. */
#include "base/arena.h"
#include "base/buf.h"
#include "sql/deparse.h"
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"

#include <string.h>

static bool is_project(const struct fill *f, size_t i)
{
	return i < f->cat->relations.n;
}

static size_t count_checks(const struct relation *rel)
{
	size_t n = 0;
	for (size_t i = 0; i < rel->constraints.n; i++)
		n += rel->constraints.v[i]->kind == CON_CHECK;
	return n;
}

static void put_storage(struct fill *f, uint32_t oid, bool has_rows)
{
	put_int(f, "relfilenode", has_rows ? oid : 0);
	put_real(f, "reltuples", -1);
}

static void put_options(struct fill *f, const struct relation *rel)
{
	const char *options[3];
	size_t n = 0;
	if (rel->security_invoker)
		options[n++] = "security_invoker=true";
	if (rel->security_barrier)
		options[n++] = "security_barrier=true";
	if (rel->view_check)
		options[n++] =
			rel->view_check == 'l' ? "check_option=local" : "check_option=cascaded";
	if (n)
		put_texts(f, "reloptions", options, n);
}

/* Foreign keys are triggers on both tables to PostgreSQL. */
static bool is_in_foreign_key(const struct fill *f, const struct relation *rel)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *other = f->cat->relations.v[i];
		for (size_t k = 0; k < other->constraints.n; k++) {
			const struct constraint *con = other->constraints.v[k];
			if (con->kind == CON_FOREIGN && (other == rel || con->ref_oid == rel->oid))
				return true;
		}
	}
	return false;
}

static void class_row(struct fill *f, const struct relation *rel)
{
	char kind = syscat_relkind(rel);
	bool has_rows = is_table(rel) || rel->kind == REL_SEQUENCE;
	fill_row(f);
	put_int(f, "oid", rel->oid);
	put_text(f, "relname", rel->name);
	put_int(f, "relnamespace", syscat_schema_oid(rel->schema));
	put_int(f, "reltype", relation_type_oid(rel));
	put_int(f, "relowner", syscat_role_oid(rel->owner ? rel->owner : "supabase_admin"));
	put_int(f, "relam", is_table(rel) && kind != 'v' ? 2 : 0);
	put_storage(f, rel->oid, has_rows && kind != 'v');
	put_bool(f, "relhasindex", rel->indexes.n > 0);
	put_text(f, "relpersistence", "p");
	put_char(f, "relkind", kind);
	put_int(f, "relnatts", rel->seq ? 3 : rel->next_attnum > 0 ? rel->next_attnum - 1 : 0);
	put_int(f, "relchecks", (int64_t)count_checks(rel));
	put_bool(f, "relhasrules", kind == 'v' || kind == 'm');
	put_bool(f, "relhastriggers", rel->triggers.n > 0 || is_in_foreign_key(f, rel));
	put_bool(f, "relrowsecurity", rel->rls_enabled);
	put_bool(f, "relforcerowsecurity", rel->rls_forced);
	put_bool(f, "relispopulated", true);
	put_char(f, "relreplident",
		 kind == 'r' || kind == 'm' || kind == 'p'
			 ? (rel->replica_identity ? rel->replica_identity : 'd')
			 : 'n');
	put_bool(f, "relispartition", rel->is_partition);
	put_acl(f, "relacl", rel->acl);
	put_options(f, rel);
}

static uint32_t access_method(const char *name)
{
	static const struct {
		const char *name;
		uint32_t oid;
	} methods[] = { { "btree", 403 }, { "hash", 405 },  { "gist", 783 },
			{ "gin", 2742 },  { "brin", 3580 }, { "spgist", 4000 } };
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (name && strcmp(name, methods[i].name) == 0)
			return methods[i].oid;
	}
	return name ? syscat_oid(SYS_OTHER, 0, name) : 403;
}

static void index_class_row(struct fill *f, const struct relation *rel, const struct index *ix)
{
	fill_row(f);
	put_int(f, "oid", ix->oid);
	put_text(f, "relname", ix->name);
	put_int(f, "relnamespace", syscat_schema_oid(rel->schema));
	put_int(f, "relowner", syscat_role_oid(rel->owner));
	put_int(f, "relam", access_method(ix->method));
	put_storage(f, ix->oid, true);
	put_text(f, "relpersistence", "p");
	put_text(f, "relkind", "i");
	put_int(f, "relnatts", ix->n_keys + ix->n_include);
	put_bool(f, "relispopulated", true);
	put_text(f, "relreplident", "n");
}

void fill_pg_class(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		class_row(f, rel);
		for (size_t k = 0; k < rel->indexes.n; k++)
			index_class_row(f, rel, rel->indexes.v[k]);
	}
}

/* ---- columns ---- */

static bool is_by_value(const struct type *t)
{
	int n = type_length(t);
	return n == 1 || n == 2 || n == 4 || (n == 8 && type_base(t)->kind == TYPE_BASE);
}

static const char *alignment(const struct type *t)
{
	int n = type_length(t);
	if (n == 1 || n == 64 || type_base(t)->value == V_UUID)
		return n == -1 ? "i" : "c";
	if (n == 2)
		return "s";
	return n == 8 || n == 12 || n == 16 ? "d" : "i";
}

static const char *storage(const struct type *t)
{
	if (type_length(t) > 0)
		return "p";
	return type_base(t)->kind == TYPE_BASE && type_base(t)->value == V_NUMERIC ? "m" : "x";
}

static uint32_t collation_of(const struct type *t)
{
	t = type_base(t);
	const struct type *elem = t->kind == TYPE_ARRAY ? type_base(t->elem) : t;
	if (elem->kind != TYPE_BASE || elem->category != 'S')
		return 0;
	return elem->value == V_NAME ? 950 : 100;
}

static void put_attribute_type(struct fill *f, struct typeref t)
{
	put_int(f, "attlen", type_length(t.type));
	put_int(f, "attndims", type_base(t.type)->kind == TYPE_ARRAY ? 1 : 0);
	put_int(f, "attcacheoff", -1);
	put_int(f, "atttypmod", t.typmod);
	put_bool(f, "attbyval", is_by_value(t.type));
	put_text(f, "attalign", alignment(t.type));
	put_text(f, "attstorage", storage(t.type));
}

static void attribute_row(struct fill *f, const struct relation *rel, const struct column *col)
{
	fill_row(f);
	put_int(f, "attrelid", rel->oid);
	put_text(f, "attname", col->name);
	put_int(f, "atttypid", col->type.type->oid);
	put_int(f, "attstattarget", -1);
	put_int(f, "attnum", col->attnum);
	put_attribute_type(f, col->type);
	put_bool(f, "attnotnull", col->not_null);
	put_bool(f, "atthasdef", col->default_expr.text != NULL);
	put_char(f, "attidentity", col->identity);
	put_char(f, "attgenerated", col->is_generated ? 's' : 0);
	put_bool(f, "attislocal", true);
	put_int(f, "attcollation", collation_of(col->type.type));
	put_acl(f, "attacl", col->acl);
}

static struct typeref key_type(const struct relation *rel, int16_t attnum)
{
	const struct column *col = relation_column_by_attnum(rel, attnum);
	return col ? col->type : TYPEREF(type_of_value(V_TEXT));
}

static void index_attributes(struct fill *f, const struct relation *rel, const struct index *ix)
{
	for (uint16_t i = 0; i < ix->n_keys + ix->n_include; i++) {
		int16_t attnum = i < ix->n_keys ? ix->keys[i].attnum : ix->include[i - ix->n_keys];
		const struct column *col = relation_column_by_attnum(rel, attnum);
		fill_row(f);
		put_int(f, "attrelid", ix->oid);
		put_text(f, "attname", col ? col->name : "expr");
		put_int(f, "atttypid", key_type(rel, attnum).type->oid);
		put_int(f, "attstattarget", -1);
		put_int(f, "attnum", i + 1);
		put_attribute_type(f, key_type(rel, attnum));
		put_bool(f, "attislocal", true);
	}
}

void fill_pg_attribute(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		for (size_t k = 0; k < rel->columns.n; k++)
			attribute_row(f, rel, &rel->columns.v[k]);
		for (size_t k = 0; k < rel->indexes.n; k++)
			index_attributes(f, rel, rel->indexes.v[k]);
	}
}

void fill_pg_attrdef(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->columns.n; k++) {
			const struct column *col = &rel->columns.v[k];
			if (!col->default_expr.text || col->identity)
				continue;
			fill_row(f);
			put_int(f, "oid", syscat_oid(SYS_DEFAULT, rel->oid, col->name));
			put_int(f, "adrelid", rel->oid);
			put_int(f, "adnum", col->attnum);
			put_text(f, "adbin", deparse_default(&f->d, rel, col));
		}
	}
}

/* ---- indexes ---- */

static const struct constraint *constraint_of(const struct relation *rel, const struct index *ix)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		if (con->index && strcmp(con->index, ix->name) == 0)
			return con;
	}
	return NULL;
}

static void put_keys(struct fill *f, const struct relation *rel, const struct index *ix)
{
	size_t n = (size_t)ix->n_keys + ix->n_include;
	int64_t *keys = arena_array(f->a, n + 1, sizeof(*keys));
	int64_t *options = arena_array(f->a, n + 1, sizeof(*options));
	int64_t *classes = arena_array(f->a, n + 1, sizeof(*classes));
	int64_t *collations = arena_array(f->a, n + 1, sizeof(*collations));
	BUF_CLEANUP struct buf exprs = buf_make(64 << 10);
	for (size_t i = 0; i < n; i++) {
		bool is_key = i < ix->n_keys;
		const struct index_key *key = is_key ? &ix->keys[i] : NULL;
		keys[i] = is_key ? key->attnum : ix->include[i - ix->n_keys];
		options[i] = is_key ? key->is_desc | key->nulls_first << 1 : 0;
		classes[i] = syscat_oid(SYS_OTHER, 1, is_key && key->opclass ? key->opclass : "");
		collations[i] = keys[i] ? collation_of(key_type(rel, (int16_t)keys[i]).type) : 0;
		if (is_key && !key->attnum)
			buf_printf(&exprs, "%s%s", exprs.n ? ", " : "",
				   fill_expr(f, rel, &key->expr));
	}
	put_numbers(f, "indkey", keys, n);
	put_numbers(f, "indcollation", collations, ix->n_keys);
	put_numbers(f, "indclass", classes, ix->n_keys);
	put_numbers(f, "indoption", options, ix->n_keys);
	put_text(f, "indexprs", exprs.n ? buf_dup(f->a, &exprs) : NULL);
}

static void index_row(struct fill *f, const struct relation *rel, const struct index *ix)
{
	const struct constraint *con = constraint_of(rel, ix);
	fill_row(f);
	put_int(f, "indexrelid", ix->oid);
	put_int(f, "indrelid", rel->oid);
	put_int(f, "indnatts", ix->n_keys + ix->n_include);
	put_int(f, "indnkeyatts", ix->n_keys);
	put_bool(f, "indisunique", ix->is_unique);
	put_bool(f, "indnullsnotdistinct", ix->nulls_not_distinct);
	put_bool(f, "indisprimary", con && con->kind == CON_PRIMARY);
	put_bool(f, "indisexclusion", con && con->kind == CON_EXCLUDE);
	put_bool(f, "indimmediate", !con || !con->is_deferrable);
	put_bool(f, "indisvalid", true);
	put_bool(f, "indisready", true);
	put_bool(f, "indislive", true);
	put_keys(f, rel, ix);
	put_text(f, "indpred", fill_expr(f, rel, &ix->predicate));
}

void fill_pg_index(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->indexes.n; k++)
			index_row(f, rel, rel->indexes.v[k]);
	}
}

void fill_pg_indexes(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->indexes.n; k++) {
			const struct index *ix = rel->indexes.v[k];
			fill_row(f);
			put_text(f, "schemaname", rel->schema);
			put_text(f, "tablename", rel->name);
			put_text(f, "indexname", ix->name);
			put_text(f, "indexdef", deparse_index(&f->d, rel, ix));
		}
	}
}

/* ---- views over these ---- */

void fill_pg_tables(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		char kind = syscat_relkind(rel);
		if (kind != 'r' && kind != 'p')
			continue;
		fill_row(f);
		put_text(f, "schemaname", rel->schema);
		put_text(f, "tablename", rel->name);
		put_text(f, "tableowner", rel->owner);
		put_bool(f, "hasindexes", rel->indexes.n > 0);
		put_bool(f, "hasrules", false);
		put_bool(f, "hastriggers", rel->triggers.n > 0 || is_in_foreign_key(f, rel));
		put_bool(f, "rowsecurity", rel->rls_enabled);
	}
}

void fill_pg_views(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		if (syscat_relkind(rel) != 'v')
			continue;
		fill_row(f);
		put_text(f, "schemaname", rel->schema);
		put_text(f, "viewname", rel->name);
		put_text(f, "viewowner", rel->owner);
		put_text(f, "definition", is_project(f, i) ? deparse_view(&f->d, rel) : NULL);
	}
}

void fill_pg_matviews(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (rel->kind != REL_MATVIEW)
			continue;
		fill_row(f);
		put_text(f, "schemaname", rel->schema);
		put_text(f, "matviewname", rel->name);
		put_text(f, "matviewowner", rel->owner);
		put_bool(f, "hasindexes", rel->indexes.n > 0);
		put_bool(f, "ispopulated", true);
		put_text(f, "definition", deparse_view(&f->d, rel));
	}
}

void fill_pg_rewrite(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (rel->kind != REL_VIEW && rel->kind != REL_MATVIEW)
			continue;
		fill_row(f);
		put_int(f, "oid", syscat_oid(SYS_RULE, rel->oid, "_RETURN"));
		put_text(f, "rulename", "_RETURN");
		put_int(f, "ev_class", rel->oid);
		put_text(f, "ev_type", "1");
		put_text(f, "ev_enabled", "O");
		put_bool(f, "is_instead", true);
		put_text(f, "ev_qual", "<>");
		put_text(f, "ev_action", rel->view.text);
	}
}

/* Rules of the user's own do not exist. */
void fill_pg_rules(struct fill *f)
{
	(void)f;
}
