/* information_schema: types, domains, sequences, and how a type is described. */
#include "base/arena.h"
#include "sql/deparse.h"
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"
#include "sql/syscat/is.h"

#include <string.h>

static const char *data_type(struct fill *f, const struct type *t)
{
	if (t->kind == TYPE_ARRAY)
		return "ARRAY";
	if (strcmp(t->schema, "pg_catalog") != 0)
		return "USER-DEFINED";
	return type_format(f->a, TYPEREF(t));
}

static void put_text_length(struct fill *f, const struct type *t, int32_t typmod)
{
	bool is_text = t->oid == 25 || t->oid == 1042 || t->oid == 1043;
	if (is_text && t->oid != 25 && typmod >= 4)
		put_int(f, "character_maximum_length", typmod - 4);
	if (is_text)
		put_int(f, "character_octet_length",
			typmod >= 4 ? 4 * (int64_t)(typmod - 4) : 1073741824);
}

static void put_number(struct fill *f, const struct type *t, int32_t typmod)
{
	static const struct {
		uint32_t oid;
		int precision;
		bool is_exact;
	} numbers[] = { { 21, 16, true },
			{ 23, 32, true },
			{ 20, 64, true },
			{ 700, 24, false },
			{ 701, 53, false } };
	for (size_t i = 0; i < 5; i++) {
		if (numbers[i].oid != t->oid)
			continue;
		put_int(f, "numeric_precision", numbers[i].precision);
		put_int(f, "numeric_precision_radix", 2);
		if (numbers[i].is_exact)
			put_int(f, "numeric_scale", 0);
	}
	if (t->oid != 1700)
		return;
	if (typmod >= 4)
		put_int(f, "numeric_precision", (typmod - 4) >> 16 & 0xffff);
	put_int(f, "numeric_precision_radix", 10);
	if (typmod >= 4)
		put_int(f, "numeric_scale", (typmod - 4) & 0x7ff);
}

static void put_time(struct fill *f, const struct type *t, int32_t typmod)
{
	bool is_time = t->oid == 1083 || t->oid == 1114 || t->oid == 1184 || t->oid == 1266;
	if (t->oid == 1082)
		put_int(f, "datetime_precision", 0);
	else if (is_time)
		put_int(f, "datetime_precision", typmod < 0 ? 6 : typmod);
	else if (t->oid == 1186)
		put_int(f, "datetime_precision",
			typmod < 0 || (typmod & 0xffff) == 0xffff ? 6 : typmod & 0xffff);
}

void put_is_type(struct fill *f, struct typeref t)
{
	const struct type *base = type_base(t.type);
	int32_t typmod = t.type->kind == TYPE_DOMAIN ? t.type->base_typmod : t.typmod;
	put_text(f, "data_type", data_type(f, base));
	if (base->kind != TYPE_BASE)
		return;
	put_text_length(f, base, typmod);
	put_number(f, base, typmod);
	put_time(f, base, typmod);
}

void put_udt(struct fill *f, const struct type *t)
{
	t = type_base(t);
	put_text(f, "udt_catalog", DATABASE);
	put_text(f, "udt_schema", t->schema);
	put_text(f, "udt_name", t->name);
}

static bool may_use_type(const struct fill *f, const struct type *t)
{
	return catalog_privs(f->cat, str_of(f->env->role), t->owner ? t->owner : "", t->acl, 'T',
			     PRIV_USAGE) ||
	       (t->owner && fill_has_role(f, t->owner));
}

void fill_is_domains(struct fill *f)
{
	for (size_t i = 0; i < f->cat->types.n; i++) {
		const struct type *t = f->cat->types.v[i];
		if (t->kind != TYPE_DOMAIN || !may_use_type(f, t))
			continue;
		fill_row(f);
		put_text(f, "domain_catalog", DATABASE);
		put_text(f, "domain_schema", t->schema);
		put_text(f, "domain_name", t->name);
		put_is_type(f, TYPEREF(t));
		put_text(f, "domain_default", t->default_sql);
		put_udt(f, t);
		put_text(f, "dtd_identifier", "1");
	}
}

void fill_is_domain_constraints(struct fill *f)
{
	for (size_t i = 0; i < f->cat->types.n; i++) {
		const struct type *t = f->cat->types.v[i];
		if (t->kind != TYPE_DOMAIN || !may_use_type(f, t))
			continue;
		for (const struct check_def *check = t->checks; check; check = check->next) {
			fill_row(f);
			put_text(f, "constraint_catalog", DATABASE);
			put_text(f, "constraint_schema", t->schema);
			put_text(f, "constraint_name", check->name);
			put_text(f, "domain_catalog", DATABASE);
			put_text(f, "domain_schema", t->schema);
			put_text(f, "domain_name", t->name);
			put_yes_no(f, "is_deferrable", false);
			put_yes_no(f, "initially_deferred", false);
		}
	}
}

static void element_row(struct fill *f, const struct relation *rel, const struct column *col)
{
	const struct type *t = type_base(col->type.type);
	fill_row(f);
	put_text(f, "object_catalog", DATABASE);
	put_text(f, "object_schema", rel->schema);
	put_text(f, "object_name", rel->name);
	put_text(f, "object_type", rel->kind == REL_COMPOSITE ? "USER-DEFINED TYPE" : "TABLE");
	put_text(f, "collection_type_identifier", arena_printf(f->a, "%d", col->attnum));
	put_text(f, "data_type", data_type(f, type_base(t->elem)));
	put_udt(f, t->elem);
	put_text(f, "dtd_identifier", arena_printf(f->a, "a%d", col->attnum));
}

void fill_is_element_types(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->columns.n; k++) {
			const struct column *col = &rel->columns.v[k];
			if (type_base(col->type.type)->kind == TYPE_ARRAY)
				element_row(f, rel, col);
		}
	}
}

void fill_is_user_defined_types(struct fill *f)
{
	for (size_t i = 0; i < f->cat->types.n; i++) {
		const struct type *t = f->cat->types.v[i];
		bool is_own = t->kind == TYPE_COMPOSITE && t->row && t->row->kind == REL_COMPOSITE;
		if (!is_own || !may_use_type(f, t))
			continue;
		fill_row(f);
		put_text(f, "user_defined_type_catalog", DATABASE);
		put_text(f, "user_defined_type_schema", t->schema);
		put_text(f, "user_defined_type_name", t->name);
		put_text(f, "user_defined_type_category", "STRUCTURED");
		put_yes_no(f, "is_instantiable", true);
	}
}

void fill_is_attributes(struct fill *f)
{
	for (size_t i = 0; i < f->cat->types.n; i++) {
		const struct type *t = f->cat->types.v[i];
		bool is_own = t->kind == TYPE_COMPOSITE && t->row && t->row->kind == REL_COMPOSITE;
		if (!is_own || !may_use_type(f, t))
			continue;
		for (size_t k = 0; k < t->row->columns.n; k++) {
			const struct column *col = &t->row->columns.v[k];
			const struct type *base = type_base(col->type.type);
			fill_row(f);
			put_text(f, "udt_catalog", DATABASE);
			put_text(f, "udt_schema", t->schema);
			put_text(f, "udt_name", t->name);
			put_text(f, "attribute_name", col->name);
			put_int(f, "ordinal_position", col->attnum);
			put_yes_no(f, "is_nullable", true);
			put_is_type(f, col->type);
			put_text(f, "attribute_udt_catalog", DATABASE);
			put_text(f, "attribute_udt_schema", base->schema);
			put_text(f, "attribute_udt_name", base->name);
			put_text(f, "dtd_identifier", arena_printf(f->a, "%d", col->attnum));
			put_yes_no(f, "is_derived_reference_attribute", false);
		}
	}
}

static bool is_of_identity(const struct fill *f, const struct sequence *seq)
{
	const struct relation *rel = catalog_relation_by_oid(f->cat, seq->owner_rel);
	const struct column *col = rel ? relation_column_by_attnum(rel, seq->owner_col) : NULL;
	return col && col->identity;
}

const char *number_text(struct fill *f, int64_t n)
{
	return arena_printf(f->a, "%lld", (long long)n);
}

void fill_is_sequences(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		const struct sequence *seq = rel->seq;
		uint32_t want = PRIV_SELECT | PRIV_UPDATE | PRIV_USAGE;
		if (!seq || is_of_identity(f, seq) || !may_see(f, rel, want, 0))
			continue;
		fill_row(f);
		put_text(f, "sequence_catalog", DATABASE);
		put_text(f, "sequence_schema", rel->schema);
		put_text(f, "sequence_name", rel->name);
		put_is_type(f, seq->type);
		put_text(f, "start_value", number_text(f, seq->start));
		put_text(f, "minimum_value", number_text(f, seq->min));
		put_text(f, "maximum_value", number_text(f, seq->max));
		put_text(f, "increment", number_text(f, seq->increment));
		put_yes_no(f, "cycle_option", seq->is_cycle);
	}
}
