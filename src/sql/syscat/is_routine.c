/* information_schema: the project's functions, roles, grants. */
#include "base/arena.h"
#include "sql/deparse.h"
#include "sql/syscat/fills.h"
#include "sql/syscat/is.h"

#include <string.h>

static bool may_call(const struct fill *f, const struct function *fn)
{
	return fill_has_role(f, fn->owner) ||
	       catalog_privs(f->cat, str_of(f->env->role), fn->owner, fn->acl, 'f', PRIV_EXECUTE);
}

static const char *specific_name(struct fill *f, const struct function *fn)
{
	return arena_printf(f->a, "%s_%u", fn->name, fn->oid);
}

static void put_specific(struct fill *f, const struct function *fn)
{
	put_text(f, "specific_catalog", DATABASE);
	put_text(f, "specific_schema", fn->schema);
	put_text(f, "specific_name", specific_name(f, fn));
}

static void put_routine(struct fill *f, const struct function *fn)
{
	put_text(f, "routine_catalog", DATABASE);
	put_text(f, "routine_schema", fn->schema);
	put_text(f, "routine_name", fn->name);
}

static const char *upper(struct fill *f, const char *text)
{
	char *copy = arena_strdup(f->a, text);
	for (char *p = copy; *p; p++)
		*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
	return copy;
}

static const char *result_word(struct fill *f, const struct type *t)
{
	if (t->kind == TYPE_ARRAY)
		return "ARRAY";
	return strcmp(t->schema, "pg_catalog") ? "USER-DEFINED" : type_format(f->a, TYPEREF(t));
}

static void put_body(struct fill *f, const struct function *fn)
{
	bool is_sql = strcmp(fn->language, "sql") == 0;
	put_text(f, "routine_body", is_sql ? "SQL" : "EXTERNAL");
	put_text(f, "routine_definition", fill_has_role(f, fn->owner) ? fn->body.text : NULL);
	put_text(f, "external_language", upper(f, fn->language));
	put_text(f, "parameter_style", "GENERAL");
	put_yes_no(f, "is_deterministic", fn->volatility == 'i');
	put_text(f, "sql_data_access", "MODIFIES");
	if (fn->kind != 'p')
		put_yes_no(f, "is_null_call", fn->is_strict);
	put_yes_no(f, "schema_level_routine", true);
	put_int(f, "max_dynamic_result_sets", 0);
	put_text(f, "security_type", fn->security_definer ? "DEFINER" : "INVOKER");
	put_yes_no(f, "as_locator", false);
	put_yes_no(f, "is_udt_dependent", false);
}

void fill_is_routines(struct fill *f)
{
	for (size_t i = 0; i < f->cat->functions.n; i++) {
		const struct function *fn = f->cat->functions.v[i];
		if (!may_call(f, fn))
			continue;
		fill_row(f);
		put_specific(f, fn);
		put_routine(f, fn);
		put_text(f, "routine_type", fn->kind == 'p' ? "PROCEDURE" : "FUNCTION");
		if (fn->kind != 'p') {
			put_text(f, "data_type", result_word(f, fn->returns.type));
			put_text(f, "type_udt_catalog", DATABASE);
			put_text(f, "type_udt_schema", fn->returns.type->schema);
			put_text(f, "type_udt_name", fn->returns.type->name);
			put_text(f, "dtd_identifier", "0");
		}
		put_body(f, fn);
	}
}

static const char *mode_word(char mode)
{
	switch (mode) {
	case 'o':
	case 't':
		return "OUT";
	case 'b':
		return "INOUT";
	default:
		return "IN";
	}
}

void fill_is_parameters(struct fill *f)
{
	for (size_t i = 0; i < f->cat->functions.n; i++) {
		const struct function *fn = f->cat->functions.v[i];
		for (uint16_t k = 0; k < fn->n_args && may_call(f, fn); k++) {
			const struct func_arg *arg = &fn->args[k];
			fill_row(f);
			put_specific(f, fn);
			put_int(f, "ordinal_position", k + 1);
			put_text(f, "parameter_mode", mode_word(arg->mode));
			put_yes_no(f, "is_result", false);
			put_yes_no(f, "as_locator", false);
			put_text(f, "parameter_name", arg->name && *arg->name ? arg->name : NULL);
			put_text(f, "data_type", result_word(f, arg->type.type));
			put_text(f, "udt_catalog", DATABASE);
			put_text(f, "udt_schema", arg->type.type->schema);
			put_text(f, "udt_name", arg->type.type->name);
			put_text(f, "dtd_identifier", number_text(f, k + 1));
			if (arg->has_default && fill_has_role(f, fn->owner))
				put_text(f, "parameter_default",
					 deparse_expr(&f->d, NULL, &arg->default_expr,
						      arg->type.type));
		}
	}
}

/* ---- roles ---- */

void fill_is_enabled_roles(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		if (!fill_has_role(f, f->cat->roles.v[i]->name))
			continue;
		fill_row(f);
		put_text(f, "role_name", f->cat->roles.v[i]->name);
	}
}

void fill_is_applicable_roles(struct fill *f)
{
	for (size_t i = 0; i < f->cat->roles.n; i++) {
		const struct role *r = f->cat->roles.v[i];
		for (size_t k = 0; fill_has_role(f, r->name) && k < r->member_of.n; k++) {
			fill_row(f);
			put_text(f, "grantee", r->name);
			put_text(f, "role_name", r->member_of.v[k]);
			put_yes_no(f, "is_grantable", false);
		}
	}
}

/* ---- grants ---- */

static void put_parties(struct fill *f, const struct grant_row *g)
{
	put_text(f, "grantor", g->grantor);
	put_text(f, "grantee", g->grantee);
}

static void put_right(struct fill *f, const struct grant_row *g)
{
	put_text(f, "privilege_type", g->privilege);
	put_yes_no(f, "is_grantable", g->is_grantable);
}

/* The role_* relations leave out what only PUBLIC has, from others. */
static bool is_left_out(struct fill *f, const struct grant_row *g)
{
	return strncmp(f->rel->name, "role_", 5) == 0 && !strcmp(g->grantee, "PUBLIC") &&
	       !fill_has_role(f, g->grantor);
}

static void table_grant(struct fill *f, const struct grant_row *g, const void *arg)
{
	if (is_left_out(f, g))
		return;
	fill_row(f);
	put_parties(f, g);
	put_table(f, arg);
	put_right(f, g);
	put_yes_no(f, "with_hierarchy", strcmp(g->privilege, "SELECT") == 0);
}

static bool is_granted_on(const struct relation *rel)
{
	return rel->kind == REL_TABLE || rel->kind == REL_VIEW || rel->kind == REL_PARTITIONED ||
	       rel->kind == REL_FOREIGN;
}

void fill_is_table_privileges(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		if (is_granted_on(rel))
			each_grant(f, rel->owner, rel->acl, 'r', table_grant, rel);
	}
}

void fill_is_role_table_grants(struct fill *f)
{
	fill_is_table_privileges(f);
}

struct column_grant {
	const struct relation *rel;
	const struct column *col;
	bool is_own; /* from the column's own list */
};

/* What the table's list says already is said once. */
static bool is_on_table(const struct relation *rel, const struct grant_row *g)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} bits[] = { { "SELECT", PRIV_SELECT },
		     { "INSERT", PRIV_INSERT },
		     { "UPDATE", PRIV_UPDATE },
		     { "REFERENCES", PRIV_REFERENCES } };
	for (const struct acl *a = rel->acl; a; a = a->next) {
		const char *grantee = *a->grantee ? a->grantee : "PUBLIC";
		for (size_t i = 0; i < 4; i++) {
			if (strcmp(grantee, g->grantee) == 0 && (a->privs & bits[i].bit) &&
			    strcmp(g->privilege, bits[i].name) == 0)
				return true;
		}
	}
	return false;
}

static void column_grant(struct fill *f, const struct grant_row *g, const void *arg)
{
	static const char *const kinds[] = { "SELECT", "INSERT", "UPDATE", "REFERENCES" };
	const struct column_grant *on = arg;
	bool is_of_columns = false;
	for (size_t i = 0; i < 4; i++)
		is_of_columns |= strcmp(g->privilege, kinds[i]) == 0;
	if (!is_of_columns || is_left_out(f, g) || (on->is_own && is_on_table(on->rel, g)))
		return;
	fill_row(f);
	put_parties(f, g);
	put_table(f, on->rel);
	put_text(f, "column_name", on->col->name);
	put_right(f, g);
}

void fill_is_column_privileges(struct fill *f)
{
	const struct relation *rel;
	for (size_t i = 0; (rel = fill_relation(f, i)); i++) {
		for (size_t k = 0; is_granted_on(rel) && k < rel->columns.n; k++) {
			struct column_grant on = { rel, &rel->columns.v[k], false };
			each_grant(f, rel->owner, rel->acl, 'r', column_grant, &on);
			on.is_own = true;
			if (on.col->acl)
				each_grant(f, rel->owner, on.col->acl, 'c', column_grant, &on);
		}
	}
}

void fill_is_role_column_grants(struct fill *f)
{
	fill_is_column_privileges(f);
}

static void routine_grant(struct fill *f, const struct grant_row *g, const void *arg)
{
	if (is_left_out(f, g))
		return;
	fill_row(f);
	put_parties(f, g);
	put_specific(f, arg);
	put_routine(f, arg);
	put_right(f, g);
}

void fill_is_routine_privileges(struct fill *f)
{
	for (size_t i = 0; i < f->cat->functions.n; i++) {
		const struct function *fn = f->cat->functions.v[i];
		each_grant(f, fn->owner, fn->acl, 'f', routine_grant, fn);
	}
}

void fill_is_role_routine_grants(struct fill *f)
{
	fill_is_routine_privileges(f);
}

static void usage_grant(struct fill *f, const struct grant_row *g, const void *arg)
{
	const struct relation *rel = arg;
	if (strcmp(g->privilege, "USAGE") != 0)
		return;
	fill_row(f);
	put_parties(f, g);
	put_text(f, "object_catalog", DATABASE);
	put_text(f, "object_schema", rel->schema);
	put_text(f, "object_name", rel->name);
	put_text(f, "object_type", "SEQUENCE");
	put_right(f, g);
}

void fill_is_usage_privileges(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (rel->seq)
			each_grant(f, rel->owner, rel->acl, 'S', usage_grant, rel);
	}
}
