/* pg_get_*def() and their kin: objects as SQL text (sql/deparse.h). */
#include "base/arena.h"
#include "engine/sqlite/func_catalog.h"
#include "sql/syscat/names.h"
#include "sql/syscat/syscat.h"
#include "sql/trigger.h"

#include <string.h>

static void set_text(struct datum *ret, const char *text)
{
	if (text)
		*ret = datum_text(str_of(text));
}

static int fn_constraintdef(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			    struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	uint32_t oid = (uint32_t)a[0].i;
	const struct relation *rel;
	const struct constraint *con = syscat_constraint(cn->cat, oid, &rel);
	if (con) {
		set_text(ret, deparse_constraint(&d, rel, con));
		return 0;
	}
	for (size_t i = 0; i < cn->cat->types.n; i++) {
		const struct type *t = cn->cat->types.v[i];
		for (const struct check_def *k = t->checks; k; k = k->next) {
			if (syscat_oid(SYS_CONSTRAINT, t->oid, k->name) == oid)
				set_text(ret, deparse_domain_check(&d, t, k));
		}
	}
	return 0;
}

static int fn_indexdef(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	struct deparse d = catalog_deparse(c, cn);
	const struct relation *rel;
	const struct index *ix = syscat_index(cn->cat, (uint32_t)a[0].i, &rel);
	if (ix && n > 1 && a[1].i > 0)
		set_text(ret, deparse_index_column(&d, rel, ix, (size_t)a[1].i));
	else if (ix)
		set_text(ret, deparse_index(&d, rel, ix));
	return 0;
}

/* Nodes are kept as the text they print to. */
static int fn_expr(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)n;
	*ret = a[0];
	return 0;
}

static int fn_viewdef(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	uint32_t oid;
	TRY(catalog_oid(c, cn, REG_CLASS, a[0], &oid));
	const struct relation *rel = catalog_relation_by_oid(cn->cat, oid);
	bool is_view = rel && (rel->kind == REL_VIEW || rel->kind == REL_MATVIEW);
	if (is_view)
		set_text(ret, deparse_view(&d, rel));
	else if (rel)
		*ret = datum_text(STR("Not a view"));
	return 0;
}

static int fn_functiondef(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			  struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	const struct function *f = syscat_function(cn->cat, (uint32_t)a[0].i);
	if (f)
		set_text(ret, deparse_function(&d, f));
	return 0;
}

static int arguments(struct ctx *c, struct sqlite_conn *cn, const struct datum *a,
		     bool with_defaults, struct datum *ret)
{
	struct deparse d = catalog_deparse(c, cn);
	const struct function *f = syscat_function(cn->cat, (uint32_t)a[0].i);
	if (f)
		set_text(ret, deparse_arguments(&d, f, with_defaults));
	return 0;
}

static int fn_function_arguments(struct ctx *c, struct sqlite_conn *cn, const struct datum *a,
				 int n, struct datum *ret)
{
	(void)n;
	return arguments(c, cn, a, true, ret);
}

static int fn_identity_arguments(struct ctx *c, struct sqlite_conn *cn, const struct datum *a,
				 int n, struct datum *ret)
{
	(void)n;
	return arguments(c, cn, a, false, ret);
}

static int fn_function_result(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	const struct function *f = syscat_function(cn->cat, (uint32_t)a[0].i);
	if (f)
		set_text(ret, deparse_result(&d, f));
	return 0;
}

/* The default of the nth parameter, OUT ones counted. */
static int fn_arg_default(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			  struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	const struct function *f = syscat_function(cn->cat, (uint32_t)a[0].i);
	if (!f || a[1].i < 1 || a[1].i > f->n_args || !f->args[a[1].i - 1].has_default)
		return 0;
	const struct func_arg *arg = &f->args[a[1].i - 1];
	set_text(ret, deparse_expr(&d, NULL, &arg->default_expr, arg->type.type));
	return 0;
}

static int fn_triggerdef(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	for (size_t i = 0; i < cn->cat->relations.n; i++) {
		const struct relation *rel = cn->cat->relations.v[i];
		for (size_t k = 0; k < rel->triggers.n; k++) {
			const struct trigger *t = rel->triggers.v[k];
			uint32_t oid = t->oid ? t->oid : syscat_oid(SYS_OTHER, rel->oid, t->name);
			if (oid == (uint32_t)a[0].i)
				set_text(ret, deparse_trigger(&d, rel, t));
		}
	}
	return 0;
}

/* There are no rules but those of views, and no partitions. */
static int fn_null(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_null();
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_pg_get_constraintdef", -1, FN_STRICT, fn_constraintdef },
	{ "bp_pg_get_indexdef", -1, FN_STRICT, fn_indexdef },
	{ "bp_pg_get_expr", -1, FN_STRICT, fn_expr },
	{ "bp_pg_get_viewdef", -1, FN_STRICT, fn_viewdef },
	{ "bp_pg_get_functiondef", 1, FN_STRICT, fn_functiondef },
	{ "bp_pg_get_function_arguments", 1, FN_STRICT, fn_function_arguments },
	{ "bp_pg_get_function_identity_arguments", 1, FN_STRICT, fn_identity_arguments },
	{ "bp_pg_get_function_result", 1, FN_STRICT, fn_function_result },
	{ "bp_pg_get_function_arg_default", 2, FN_STRICT, fn_arg_default },
	{ "bp_pg_get_triggerdef", -1, FN_STRICT, fn_triggerdef },
	{ "bp_pg_get_ruledef", -1, FN_STRICT, fn_null },
	{ "bp_pg_get_partkeydef", 1, FN_STRICT, fn_null },
	{ "bp_inet_client_addr", 0, 0, fn_null },
	{ "bp_inet_server_addr", 0, 0, fn_null },
	{ "bp_inet_server_port", 0, 0, fn_null },
};

int sqlite_add_definition_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
