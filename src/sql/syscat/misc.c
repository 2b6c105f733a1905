/* Comments, dependencies, extensions, publications, settings and the rest. */
#include "base/arena.h"
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"

#include <string.h>

enum {
	CLASS_CLASS = 1259,
	CLASS_TYPE = 1247,
	CLASS_PROC = 1255,
	CLASS_NAMESPACE = 2615,
	CLASS_CONSTRAINT = 2606,
	CLASS_POLICY = 3256,
	CLASS_TRIGGER = 2620,
	CLASS_AUTHID = 1260,
	CLASS_ATTRDEF = 2604
};

/* ---- comments ---- */

static void comment(struct fill *f, uint32_t class, uint32_t oid, int64_t sub, const char *text)
{
	if (!text)
		return;
	fill_row(f);
	put_int(f, "objoid", oid);
	put_int(f, "classoid", class);
	put_int(f, "objsubid", sub);
	put_text(f, "description", text);
}

static void relation_comments(struct fill *f, const struct relation *rel)
{
	comment(f, CLASS_CLASS, rel->oid, 0, rel->comment);
	for (size_t i = 0; i < rel->columns.n; i++)
		comment(f, CLASS_CLASS, rel->oid, rel->columns.v[i].attnum,
			rel->columns.v[i].comment);
	for (size_t i = 0; i < rel->constraints.n; i++)
		comment(f, CLASS_CONSTRAINT,
			syscat_oid(SYS_CONSTRAINT, rel->oid, rel->constraints.v[i]->name), 0,
			rel->constraints.v[i]->comment);
	for (size_t i = 0; i < rel->indexes.n; i++)
		comment(f, CLASS_CLASS, rel->indexes.v[i]->oid, 0, rel->indexes.v[i]->comment);
	for (size_t i = 0; i < rel->policies.n; i++)
		comment(f, CLASS_POLICY, syscat_oid(SYS_POLICY, rel->oid, rel->policies.v[i]->name),
			0, rel->policies.v[i]->comment);
	for (size_t i = 0; i < rel->triggers.n; i++)
		comment(f, CLASS_TRIGGER, rel->triggers.v[i]->oid, 0, rel->triggers.v[i]->comment);
}

void fill_pg_description(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++)
		relation_comments(f, f->cat->relations.v[i]);
	for (size_t i = 0; i < f->cat->types.n; i++) {
		const struct type *t = f->cat->types.v[i];
		if (t->kind != TYPE_ARRAY)
			comment(f, CLASS_TYPE, t->oid, 0, t->comment);
	}
	for (size_t i = 0; i < f->cat->functions.n; i++)
		comment(f, CLASS_PROC, f->cat->functions.v[i]->oid, 0,
			f->cat->functions.v[i]->comment);
	for (size_t i = 0; i < f->cat->schemas.n; i++)
		comment(f, CLASS_NAMESPACE, syscat_schema_oid(f->cat->schemas.v[i]->name), 0,
			f->cat->schemas.v[i]->comment);
}

void fill_pg_shdescription(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		const struct role *r = f->cat->roles.v[i];
		if (!r->comment)
			continue;
		fill_row(f);
		put_int(f, "objoid", syscat_role_oid(r->name));
		put_int(f, "classoid", CLASS_AUTHID);
		put_text(f, "description", r->comment);
	}
}

/* ---- dependencies ---- */

static void depend(struct fill *f, uint32_t class, uint32_t oid, uint32_t ref_class, uint32_t ref,
		   int64_t ref_sub, char type)
{
	fill_row(f);
	put_int(f, "classid", class);
	put_int(f, "objid", oid);
	put_int(f, "refclassid", ref_class);
	put_int(f, "refobjid", ref);
	put_int(f, "refobjsubid", ref_sub);
	put_char(f, "deptype", type);
}

static bool is_identity(const struct fill *f, const struct sequence *seq)
{
	const struct relation *rel = catalog_relation_by_oid(f->cat, seq->owner_rel);
	const struct column *col = rel ? relation_column_by_attnum(rel, seq->owner_col) : NULL;
	return col && col->identity;
}

static void relation_depends(struct fill *f, const struct relation *rel)
{
	depend(f, CLASS_CLASS, rel->oid, CLASS_NAMESPACE, syscat_schema_oid(rel->schema), 0, 'n');
	if (rel->seq && rel->seq->owner_rel)
		depend(f, CLASS_CLASS, rel->oid, CLASS_CLASS, rel->seq->owner_rel,
		       rel->seq->owner_col, is_identity(f, rel->seq) ? 'i' : 'a');
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *col = &rel->columns.v[i];
		if (col->default_expr.text && !col->identity)
			depend(f, CLASS_ATTRDEF, syscat_oid(SYS_DEFAULT, rel->oid, col->name),
			       CLASS_CLASS, rel->oid, col->attnum, 'a');
	}
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		uint32_t oid = syscat_oid(SYS_CONSTRAINT, rel->oid, con->name);
		for (uint16_t k = 0; k < con->n_cols; k++)
			depend(f, CLASS_CONSTRAINT, oid, CLASS_CLASS, rel->oid, con->cols[k], 'a');
		const struct index *ix =
			con->index ? relation_index(rel, str_of(con->index)) : NULL;
		if (ix)
			depend(f, CLASS_CLASS, ix->oid, CLASS_CONSTRAINT, oid, 0, 'i');
	}
	for (size_t i = 0; i < rel->sources.n; i++)
		depend(f, 2618, syscat_oid(SYS_RULE, rel->oid, "_RETURN"), CLASS_CLASS,
		       rel->sources.v[i].base_oid, rel->sources.v[i].base_attnum, 'n');
}

void fill_pg_depend(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++)
		relation_depends(f, f->cat->relations.v[i]);
}

/* ---- settings ---- */

void fill_pg_settings(struct fill *f)
{
	const struct {
		const char *name, *value, *type, *context;
	} settings[] = {
		{ "client_encoding", "UTF8", "string", "user" },
		{ "DateStyle", "ISO, MDY", "string", "user" },
		{ "default_transaction_isolation", "read committed", "enum", "user" },
		{ "IntervalStyle", "postgres", "enum", "user" },
		{ "max_identifier_length", "63", "integer", "internal" },
		{ "search_path", f->env->search_path, "string", "user" },
		{ "server_encoding", "UTF8", "string", "internal" },
		{ "server_version", "15.0", "string", "internal" },
		{ "server_version_num", "150000", "integer", "internal" },
		{ "standard_conforming_strings", "on", "bool", "user" },
		{ "TimeZone", f->env->timezone, "string", "user" },
		{ "wal_level", "logical", "enum", "postmaster" },
	};
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		fill_row(f);
		put_text(f, "name", settings[i].name);
		put_text(f, "setting", settings[i].value);
		put_text(f, "category", "Bedplate");
		put_text(f, "context", settings[i].context);
		put_text(f, "vartype", settings[i].type);
		put_text(f, "source", "default");
		put_text(f, "boot_val", settings[i].value);
		put_text(f, "reset_val", settings[i].value);
		put_bool(f, "pending_restart", false);
	}
}

/* ---- access methods and such ---- */

void fill_pg_am(struct fill *f)
{
	static const struct {
		uint32_t oid;
		const char *name;
		char type;
	} methods[] = {
		{ 2, "heap", 't' },    { 403, "btree", 'i' }, { 405, "hash", 'i' },
		{ 783, "gist", 'i' },  { 2742, "gin", 'i' },  { 4000, "spgist", 'i' },
		{ 3580, "brin", 'i' },
	};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		fill_row(f);
		put_int(f, "oid", methods[i].oid);
		put_text(f, "amname", methods[i].name);
		put_text(f, "amhandler",
			 arena_printf(f->a, "%s%s",
				      strcmp(methods[i].name, "btree") ? methods[i].name : "bt",
				      methods[i].type == 't' ? "_tableam_handler" : "handler"));
		put_char(f, "amtype", methods[i].type);
	}
}

/* The operator classes that indexes of the project name, and the default one. */
void fill_pg_opclass(struct fill *f)
{
	static const char *const names[] = { "",
					     "text_pattern_ops",
					     "varchar_pattern_ops",
					     "gin_trgm_ops",
					     "jsonb_path_ops",
					     "gist_trgm_ops" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fill_row(f);
		put_int(f, "oid", syscat_oid(SYS_OTHER, 1, names[i]));
		put_int(f, "opcmethod", i < 3 ? 403 : 2742);
		put_text(f, "opcname", *names[i] ? names[i] : "default_ops");
		put_int(f, "opcnamespace", 11);
		put_int(f, "opcowner", 10);
		put_bool(f, "opcdefault", i == 0);
	}
}

void fill_pg_collation(struct fill *f)
{
	static const struct {
		uint32_t oid;
		const char *name, *locale;
		char provider;
	} collations[] = { { 100, "default", NULL, 'd' },
			   { 950, "C", "C", 'c' },
			   { 951, "POSIX", "POSIX", 'c' } };
	for (size_t i = 0; i < 3; i++) {
		fill_row(f);
		put_int(f, "oid", collations[i].oid);
		put_text(f, "collname", collations[i].name);
		put_int(f, "collnamespace", 11);
		put_int(f, "collowner", 10);
		put_char(f, "collprovider", collations[i].provider);
		put_bool(f, "collisdeterministic", true);
		put_int(f, "collencoding", -1);
		put_text(f, "collcollate", collations[i].locale);
		put_text(f, "collctype", collations[i].locale);
	}
}
