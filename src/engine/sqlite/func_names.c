/* Objects by name: regclass and its kin, visibility, comments. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/sqlite/func_catalog.h"
#include "engine/sqlite/plan_cache.h"
#include "sql/syscat/names.h"
#include "sql/syscat/syscat.h"
#include "sql/trigger.h"

#include <string.h>

struct deparse catalog_deparse(struct ctx *c, const struct sqlite_conn *cn)
{
	return (struct deparse){ c->arena, cn->cat, sqlite_search_path(cn) };
}

int catalog_oid(struct ctx *c, const struct sqlite_conn *cn, uint32_t kind, struct datum v,
		uint32_t *ret)
{
	struct deparse d = catalog_deparse(c, cn);
	if (v.kind == D_INT) {
		*ret = (uint32_t)v.i;
		return 0;
	}
	if (v.kind != D_TEXT)
		return err_set(c, "XX000", "a name or a number is expected");
	return sysname_oid(c, &d, kind, v.s, ret);
}

static struct datum text_or_null(const char *text)
{
	return text ? datum_text(str_of(text)) : datum_null();
}

/* bp_reg_in(kind, text): the type's input. */
static int fn_reg_in(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	uint32_t oid;
	TRY(catalog_oid(c, cn, (uint32_t)a[0].i, a[1], &oid));
	*ret = datum_text(str_of(sysname_text(&d, (uint32_t)a[0].i, oid)));
	return 0;
}

/* bp_reg_find(kind, text): the same, NULL where there is no such thing. */
static int fn_reg_find(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	uint32_t oid = 0;
	int64_t number;
	/* PostgreSQL 15 takes no numbers here, and lets a malformed name fail */
	if (a[1].kind != D_TEXT || str_to_i64(a[1].s, &number))
		return 0;
	if (sysname_find(c, &d, (uint32_t)a[0].i, a[1].s, &oid) < 0) {
		if (strcmp(c->err.code, "42725") != 0)
			return -1;
		err_clear(c);
		return 0;
	}
	if (oid)
		*ret = datum_text(str_of(sysname_text(&d, (uint32_t)a[0].i, oid)));
	return 0;
}

/* bp_reg_out(kind, value) */
static int fn_reg_out(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	*ret = a[1];
	if (a[1].kind == D_TEXT)
		*ret = datum_text(str_of(sysname_shown(c, &d, (uint32_t)a[0].i, a[1].s)));
	return 0;
}

/* bp_reg_oid(kind, value) */
static int fn_reg_oid(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)n;
	uint32_t oid;
	TRY(catalog_oid(c, cn, (uint32_t)a[0].i, a[1], &oid));
	*ret = datum_int(oid);
	return 0;
}

/* bp_reg_name(kind, oid) */
static int fn_reg_name(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	*ret = datum_text(str_of(sysname_text(&d, (uint32_t)a[0].i, (uint32_t)a[1].i)));
	return 0;
}

/* The elements of a reg array as they are found, or as their oids. */
static int each_element(struct ctx *c, struct sqlite_conn *cn, uint32_t kind, struct str array,
			bool to_oid, struct datum *ret)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	struct deparse d = catalog_deparse(c, cn);
	struct json *items;
	TRY(json_parse(c, array, (struct json_limits){ 0 }, &items));
	for (const struct json *j = items->child; j; j = j->next) {
		uint32_t oid = 0;
		buf_char(&b, b.n ? ',' : '[');
		if (j->kind != JSON_STRING) {
			buf_puts(&b, "null");
			continue;
		}
		TRY(sysname_oid(c, &d, kind, j->text, &oid));
		if (to_oid)
			buf_i64(&b, oid);
		else
			json_put_string(&b, str_of(sysname_text(&d, kind, oid)));
	}
	buf_puts(&b, b.n ? "]" : "[]");
	*ret = datum_text(str_copy(c->arena, buf_view(&b)));
	return 0;
}

/* bp_reg_array_in(kind, text): the input of regtype[] and its kin. */
static int fn_reg_array_in(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	(void)n;
	const struct vtype texts = VTYPE_ARRAY(V_TEXT);
	struct datum array = datum_null();
	TRY(value_in(c, &texts, &cn->env, a[1].s, &array));
	return each_element(c, cn, (uint32_t)a[0].i, array.s, false, ret);
}

static int fn_reg_array_oid(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			    struct datum *ret)
{
	(void)n;
	return each_element(c, cn, (uint32_t)a[0].i, a[1].s, true, ret);
}

/* bp_vector_out(array): int2vector and oidvector are numbers between spaces. */
static int fn_vector_out(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)n;
	(void)cn;
	if (a[0].kind != D_TEXT || a[0].s.n < 2)
		return 0;
	char *text = arena_strndup(c->arena, a[0].s.p + 1, a[0].s.n - 2);
	for (char *p = text; *p; p++)
		*p = *p == ',' ? ' ' : *p;
	*ret = datum_text(str_of(text));
	return 0;
}

static int fn_format_type(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			  struct datum *ret)
{
	(void)n;
	if (a[0].kind != D_INT)
		return 0;
	const struct type *t = syscat_type(cn->cat, (uint32_t)a[0].i);
	int32_t typmod = a[1].kind == D_INT ? (int32_t)a[1].i : -1;
	if (a[0].i == 0)
		*ret = datum_text(STR("-"));
	else if (!t)
		*ret = datum_text(STR("???"));
	else
		*ret = datum_text(str_of(type_format(c->arena, (struct typeref){ t, typmod })));
	return 0;
}

static int fn_userbyid(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)n;
	const char *name = syscat_role_name(cn->cat, (uint32_t)a[0].i);
	*ret = datum_text(str_of(
		name ? name : arena_printf(c->arena, "unknown (OID=%lld)", (long long)a[0].i)));
	return 0;
}

/* ---- visibility ---- */

static int fn_table_is_visible(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			       struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	const char *text = sysname_text(&d, REG_CLASS, (uint32_t)a[0].i);
	int64_t number;
	if (str_to_i64(str_of(text), &number))
		return 0;
	*ret = datum_bool(strcmp(sysname_shown(c, &d, REG_CLASS, str_of(text)), text) != 0);
	return 0;
}

static int fn_type_is_visible(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	const struct type *t = syscat_type(cn->cat, (uint32_t)a[0].i);
	if (t)
		*ret = datum_bool(
			catalog_find_type(cn->cat, d.search_path, STR(""), str_of(t->name)) == t);
	return 0;
}

static int fn_function_is_visible(struct ctx *c, struct sqlite_conn *cn, const struct datum *a,
				  int n, struct datum *ret)
{
	(void)n;
	struct deparse d = catalog_deparse(c, cn);
	const struct function *f = syscat_function(cn->cat, (uint32_t)a[0].i);
	*ret = datum_bool(!f || deparse_is_visible(&d, f->schema));
	return 0;
}

static int fn_true(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_bool(true);
	return 0;
}

/* ---- comments ---- */

static const char *relation_comment(const struct relation *rel, uint32_t oid)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		if (syscat_oid(SYS_CONSTRAINT, rel->oid, con->name) == oid)
			return con->comment;
	}
	for (size_t i = 0; i < rel->indexes.n; i++) {
		if (rel->indexes.v[i]->oid == oid)
			return rel->indexes.v[i]->comment;
	}
	for (size_t i = 0; i < rel->policies.n; i++) {
		if (syscat_oid(SYS_POLICY, rel->oid, rel->policies.v[i]->name) == oid)
			return rel->policies.v[i]->comment;
	}
	for (size_t i = 0; i < rel->triggers.n; i++) {
		if (rel->triggers.v[i]->oid == oid)
			return rel->triggers.v[i]->comment;
	}
	return rel->oid == oid ? rel->comment : NULL;
}

static const char *comment_of(const struct catalog *cat, uint32_t oid)
{
	const struct type *t = catalog_type_by_oid(cat, oid);
	const struct function *f = syscat_function(cat, oid);
	const char *text = t ? t->comment : f ? f->comment : NULL;
	for (size_t i = 0; !text && i < cat->relations.n; i++)
		text = relation_comment(cat->relations.v[i], oid);
	for (size_t i = 0; !text && i < cat->schemas.n; i++) {
		if (syscat_schema_oid(cat->schemas.v[i]->name) == oid)
			text = cat->schemas.v[i]->comment;
	}
	return text;
}

/* obj_description(oid [, catalog]): oids here are of one kind each. */
static int fn_obj_description(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	(void)c;
	(void)n;
	*ret = text_or_null(comment_of(cn->cat, (uint32_t)a[0].i));
	return 0;
}

static int fn_col_description(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	(void)c;
	(void)n;
	const struct relation *rel = catalog_relation_by_oid(cn->cat, (uint32_t)a[0].i);
	const struct column *col = rel ? relation_column_by_attnum(rel, (int16_t)a[1].i) : NULL;
	*ret = text_or_null(col ? col->comment : NULL);
	return 0;
}

static int fn_shobj_description(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
				struct datum *ret)
{
	(void)c;
	(void)n;
	const char *name = syscat_role_name(cn->cat, (uint32_t)a[0].i);
	const struct role *r = name ? catalog_role(cn->cat, str_of(name)) : NULL;
	*ret = text_or_null(r ? r->comment : NULL);
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_reg_in", 2, FN_STRICT | FN_CONST, fn_reg_in },
	{ "bp_reg_find", 2, FN_STRICT | FN_CONST, fn_reg_find },
	{ "bp_reg_out", 2, FN_STRICT | FN_CONST, fn_reg_out },
	{ "bp_reg_oid", 2, FN_STRICT | FN_CONST, fn_reg_oid },
	{ "bp_reg_name", 2, FN_STRICT | FN_CONST, fn_reg_name },
	{ "bp_reg_array_in", 2, FN_STRICT | FN_CONST, fn_reg_array_in },
	{ "bp_reg_array_oid", 2, FN_STRICT | FN_CONST, fn_reg_array_oid },
	{ "bp_vector_out", 1, FN_STRICT | FN_CONST, fn_vector_out },
	{ "bp_format_type", 2, FN_CONST, fn_format_type },
	{ "bp_pg_get_userbyid", 1, FN_STRICT | FN_CONST, fn_userbyid },
	{ "bp_pg_table_is_visible", 1, FN_STRICT, fn_table_is_visible },
	{ "bp_pg_type_is_visible", 1, FN_STRICT, fn_type_is_visible },
	{ "bp_pg_function_is_visible", 1, FN_STRICT, fn_function_is_visible },
	{ "bp_pg_operator_is_visible", 1, FN_STRICT, fn_true },
	{ "bp_pg_collation_is_visible", 1, FN_STRICT, fn_true },
	{ "bp_pg_opclass_is_visible", 1, FN_STRICT, fn_true },
	{ "bp_obj_description", 1, FN_STRICT, fn_obj_description },
	{ "bp_obj_description", 2, FN_STRICT, fn_obj_description },
	{ "bp_col_description", 2, FN_STRICT, fn_col_description },
	{ "bp_shobj_description", 2, FN_STRICT, fn_shobj_description },
};

int sqlite_add_name_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
