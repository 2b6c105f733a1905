/* information_schema: constraints, keys, triggers. */
#include "base/arena.h"
#include "base/check.h"
#include "sql/deparse.h"
#include "sql/syscat/fills.h"
#include "sql/syscat/is.h"

#include <string.h>

static void put_constraint(struct fill *f, const char *schema, const char *name)
{
	put_text(f, "constraint_catalog", DATABASE);
	put_text(f, "constraint_schema", schema);
	put_text(f, "constraint_name", name);
}

/* NOT NULL as information_schema names it. */
static const char *not_null_name(struct fill *f, const struct relation *rel,
				 const struct column *col)
{
	return arena_printf(f->a, "%u_%u_%d_not_null", syscat_schema_oid(rel->schema), rel->oid,
			    col->attnum);
}

static bool may_change(const struct fill *f, const struct relation *rel)
{
	return may_see(f, rel, PRIVS_ON_TABLE & ~PRIV_SELECT, PRIVS_ON_COLUMN & ~PRIV_SELECT);
}

static const char *kind_word(enum constraint_kind kind)
{
	switch (kind) {
	case CON_PRIMARY:
		return "PRIMARY KEY";
	case CON_UNIQUE:
		return "UNIQUE";
	case CON_FOREIGN:
		return "FOREIGN KEY";
	default:
		return "CHECK";
	}
}

static void constraint_row(struct fill *f, const struct relation *rel, const char *name,
			   const struct constraint *con)
{
	fill_row(f);
	put_constraint(f, rel->schema, name);
	put_table(f, rel);
	put_text(f, "constraint_type", con ? kind_word(con->kind) : "CHECK");
	put_yes_no(f, "is_deferrable", con && con->is_deferrable);
	put_yes_no(f, "initially_deferred", con && con->is_deferred);
	put_yes_no(f, "enforced", true);
	if (con && con->kind == CON_UNIQUE)
		put_yes_no(f, "nulls_distinct", !con->nulls_not_distinct);
}

void fill_is_table_constraints(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (rel->kind != REL_TABLE || !may_change(f, rel))
			continue;
		for (size_t k = 0; k < rel->constraints.n; k++) {
			const struct constraint *con = rel->constraints.v[k];
			if (con->kind != CON_EXCLUDE)
				constraint_row(f, rel, con->name, con);
		}
		for (size_t k = 0; k < rel->columns.n; k++) {
			if (rel->columns.v[k].not_null)
				constraint_row(f, rel, not_null_name(f, rel, &rel->columns.v[k]),
					       NULL);
		}
	}
}

static void check_row(struct fill *f, const char *schema, const char *name, const char *clause)
{
	fill_row(f);
	put_constraint(f, schema, name);
	put_text(f, "check_clause", clause);
}

/* CHECK ((a > 0)) without the word in front. */
static const char *clause_of(const char *def)
{
	return strncmp(def, "CHECK ", 6) == 0 ? def + 6 : def;
}

static void relation_checks(struct fill *f, const struct relation *rel)
{
	for (size_t k = 0; k < rel->constraints.n; k++) {
		const struct constraint *con = rel->constraints.v[k];
		if (con->kind == CON_CHECK)
			check_row(f, rel->schema, con->name,
				  clause_of(deparse_constraint(&f->d, rel, con)));
	}
	for (size_t k = 0; k < rel->columns.n; k++) {
		const struct column *col = &rel->columns.v[k];
		if (col->not_null)
			check_row(f, rel->schema, not_null_name(f, rel, col),
				  arena_printf(f->a, "%s IS NOT NULL", col->name));
	}
}

void fill_is_check_constraints(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (rel->kind == REL_TABLE && fill_has_role(f, rel->owner))
			relation_checks(f, rel);
	}
	for (size_t i = 0; i < f->cat->types.n; i++) {
		const struct type *t = f->cat->types.v[i];
		for (const struct check_def *check = t->checks; check; check = check->next) {
			if (fill_has_role(f, t->owner))
				check_row(f, t->schema, check->name,
					  clause_of(deparse_domain_check(&f->d, t, check)));
		}
	}
}

/* ---- keys ---- */

static int16_t position_in_key(const struct constraint *key, int16_t attnum)
{
	for (uint16_t i = 0; key && i < key->n_cols; i++) {
		if (key->cols[i] == attnum)
			return (int16_t)(i + 1);
	}
	return 0;
}

static void key_rows(struct fill *f, const struct relation *rel, const struct constraint *con)
{
	bool is_foreign = con->kind == CON_FOREIGN;
	const struct relation *ref =
		is_foreign ? catalog_relation_by_oid(f->cat, con->ref_oid) : NULL;
	const struct constraint *key = ref ? referenced_key(ref, con) : NULL;
	for (uint16_t i = 0; i < con->n_cols; i++) {
		const struct column *col = relation_column_by_attnum(rel, con->cols[i]);
		if (!col)
			continue;
		fill_row(f);
		put_constraint(f, rel->schema, con->name);
		put_table(f, rel);
		put_text(f, "column_name", col->name);
		put_int(f, "ordinal_position", i + 1);
		if (key)
			put_int(f, "position_in_unique_constraint",
				position_in_key(key, con->ref_cols[i]));
	}
}

static bool is_key(const struct constraint *con)
{
	return con->kind == CON_PRIMARY || con->kind == CON_UNIQUE || con->kind == CON_FOREIGN;
}

void fill_is_key_column_usage(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (!may_see(f, rel, 0, PRIVS_ON_COLUMN))
			continue;
		for (size_t k = 0; k < rel->constraints.n; k++) {
			if (is_key(rel->constraints.v[k]))
				key_rows(f, rel, rel->constraints.v[k]);
		}
	}
}

static void used_columns(struct fill *f, const struct relation *rel, const struct constraint *con)
{
	bool is_foreign = con->kind == CON_FOREIGN;
	const struct relation *used =
		is_foreign ? catalog_relation_by_oid(f->cat, con->ref_oid) : rel;
	const int16_t *cols = is_foreign ? con->ref_cols : con->cols;
	if (!used || con->kind == CON_EXCLUDE || !fill_has_role(f, used->owner))
		return;
	for (uint16_t i = 0; i < con->n_cols; i++) {
		const struct column *col = relation_column_by_attnum(used, cols[i]);
		if (!col)
			continue;
		fill_row(f);
		put_table(f, used);
		put_text(f, "column_name", col->name);
		put_constraint(f, rel->schema, con->name);
	}
}

void fill_is_constraint_column_usage(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->constraints.n; k++)
			used_columns(f, rel, rel->constraints.v[k]);
	}
}

void fill_is_constraint_table_usage(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->constraints.n; k++) {
			const struct constraint *con = rel->constraints.v[k];
			const struct relation *used =
				con->kind == CON_FOREIGN
					? catalog_relation_by_oid(f->cat, con->ref_oid)
					: rel;
			if (!is_key(con) || !used || !fill_has_role(f, used->owner))
				continue;
			fill_row(f);
			put_table(f, used);
			put_constraint(f, rel->schema, con->name);
		}
	}
}

static const char *rule_word(char action)
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
		return "NO ACTION";
	}
}

void fill_is_referential_constraints(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->constraints.n; k++) {
			const struct constraint *con = rel->constraints.v[k];
			if (con->kind != CON_FOREIGN || !may_change(f, rel))
				continue;
			const struct relation *ref = catalog_relation_by_oid(f->cat, con->ref_oid);
			const struct constraint *key = referenced_key(ref, con);
			fill_row(f);
			put_constraint(f, rel->schema, con->name);
			put_text(f, "unique_constraint_catalog", key ? DATABASE : NULL);
			put_text(f, "unique_constraint_schema", key ? ref->schema : NULL);
			put_text(f, "unique_constraint_name", key ? key->name : NULL);
			put_text(f, "match_option", con->match == 'f' ? "FULL" : "NONE");
			put_text(f, "update_rule", rule_word(con->on_update));
			put_text(f, "delete_rule", rule_word(con->on_delete));
		}
	}
}

/* ---- triggers ---- */

static bool same_group(const struct trigger *a, const struct trigger *b, enum trigger_event event)
{
	return a->events & b->events & event && a->for_each_row == b->for_each_row &&
	       a->timing == b->timing;
}

static int64_t action_order(const struct relation *rel, const struct trigger *t,
			    enum trigger_event event)
{
	int64_t order = 1;
	for (size_t i = 0; i < rel->triggers.n; i++) {
		const struct trigger *other = rel->triggers.v[i];
		order += same_group(t, other, event) && strcmp(other->name, t->name) < 0;
	}
	return order;
}

static void put_event_table(struct fill *f, const struct relation *rel)
{
	put_text(f, "event_object_catalog", DATABASE);
	put_text(f, "event_object_schema", rel->schema);
	put_text(f, "event_object_table", rel->name);
}

static void trigger_row(struct fill *f, const struct relation *rel, const struct trigger *t,
			enum trigger_event event, const char *word)
{
	const char *def = deparse_trigger(&f->d, rel, t);
	const char *call = strstr(def, "EXECUTE FUNCTION ");
	fill_row(f);
	put_text(f, "trigger_catalog", DATABASE);
	put_text(f, "trigger_schema", rel->schema);
	put_text(f, "trigger_name", t->name);
	put_text(f, "event_manipulation", word);
	put_event_table(f, rel);
	put_int(f, "action_order", action_order(rel, t, event));
	put_text(f, "action_condition", t->when.text ? deparse_trigger_when(&f->d, rel, t) : NULL);
	put_text(f, "action_statement", call ? call : def);
	put_text(f, "action_orientation", t->for_each_row ? "ROW" : "STATEMENT");
	put_text(f, "action_timing",
		 t->timing == 'b'   ? "BEFORE"
		 : t->timing == 'i' ? "INSTEAD OF"
				    : "AFTER");
	put_text(f, "action_reference_old_table", t->old_table);
	put_text(f, "action_reference_new_table", t->new_table);
}

void fill_is_triggers(struct fill *f)
{
	static const struct {
		enum trigger_event event;
		const char *word;
	} events[] = { { TRIGGER_INSERT, "INSERT" },
		       { TRIGGER_DELETE, "DELETE" },
		       { TRIGGER_UPDATE, "UPDATE" } };
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (!rel->triggers.n || !may_change(f, rel))
			continue;
		for (size_t k = 0; k < rel->triggers.n; k++) {
			for (size_t e = 0; e < 3; e++) {
				if (rel->triggers.v[k]->events & (int32_t)events[e].event)
					trigger_row(f, rel, rel->triggers.v[k], events[e].event,
						    events[e].word);
			}
		}
	}
}

void fill_is_triggered_update_columns(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->triggers.n; k++) {
			const struct trigger *t = rel->triggers.v[k];
			for (uint16_t n = 0; n < t->n_columns; n++) {
				const struct column *col =
					relation_column_by_attnum(rel, t->columns[n]);
				if (!col || !may_change(f, rel))
					continue;
				fill_row(f);
				put_text(f, "trigger_catalog", DATABASE);
				put_text(f, "trigger_schema", rel->schema);
				put_text(f, "trigger_name", t->name);
				put_event_table(f, rel);
				put_text(f, "event_object_column", col->name);
			}
		}
	}
}
