/* Types, functions, operators, casts. */
#include "base/arena.h"
#include "base/buf.h"
#include "sql/deparse.h"
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"

#include <string.h>

static char type_letter(const struct type *t)
{
	switch (t->kind) {
	case TYPE_ENUM:
		return 'e';
	case TYPE_DOMAIN:
		return 'd';
	case TYPE_COMPOSITE:
		return 'c';
	case TYPE_PSEUDO:
		return 'p';
	default:
		return t->category == 'R' ? 'r' : 'b';
	}
}

static void put_domain(struct fill *f, const struct type *t)
{
	put_bool(f, "typnotnull", t->not_null);
	put_int(f, "typbasetype", t->base->oid);
	put_int(f, "typtypmod", t->base_typmod);
	put_text(f, "typdefaultbin", t->default_sql);
	put_text(f, "typdefault", t->default_sql);
}

static void type_row(struct fill *f, const struct type *t)
{
	bool is_array = t->kind == TYPE_ARRAY;
	fill_row(f);
	put_int(f, "oid", t->oid);
	put_text(f, "typname", t->name);
	put_int(f, "typnamespace", syscat_schema_oid(t->schema));
	put_int(f, "typowner", syscat_role_oid(t->owner ? t->owner : "supabase_admin"));
	put_int(f, "typlen", type_length(t));
	put_bool(f, "typbyval", type_length(t) > 0 && type_length(t) <= 8);
	put_char(f, "typtype", type_letter(t));
	put_char(f, "typcategory", t->category);
	put_bool(f, "typispreferred", t->is_preferred);
	put_bool(f, "typisdefined", true);
	put_text(f, "typdelim", ",");
	put_int(f, "typrelid", t->kind == TYPE_COMPOSITE && t->row ? t->row->oid : 0);
	put_text(f, "typsubscript", is_array ? "array_subscript_handler" : "-");
	put_int(f, "typelem", is_array ? t->elem->oid : 0);
	put_int(f, "typarray", t->array ? t->array->oid : 0);
	put_text(f, "typinput",
		 is_array		     ? "array_in"
		 : t->kind == TYPE_ENUM	     ? "enum_in"
		 : t->kind == TYPE_DOMAIN    ? "domain_in"
		 : t->kind == TYPE_COMPOSITE ? "record_in"
					     : arena_printf(f->a, "%sin", t->name));
	put_text(f, "typoutput",
		 is_array		     ? "array_out"
		 : t->kind == TYPE_ENUM	     ? "enum_out"
		 : t->kind == TYPE_COMPOSITE ? "record_out"
					     : arena_printf(f->a, "%sout", t->name));
	put_text(f, "typalign", "i");
	put_text(f, "typstorage", type_length(t) > 0 ? "p" : "x");
	put_int(f, "typtypmod", -1);
	if (t->kind == TYPE_DOMAIN)
		put_domain(f, t);
	put_acl(f, "typacl", t->acl);
}

void fill_pg_type(struct fill *f)
{
	const struct type *t;
	for (size_t i = 0; (t = fill_type(f, i)); i++)
		type_row(f, t);
}

void fill_pg_enum(struct fill *f)
{
	for (size_t i = 0; i < f->cat->types.n; i++) {
		const struct type *t = f->cat->types.v[i];
		for (uint32_t k = 0; t->kind == TYPE_ENUM && k < t->n_labels; k++) {
			fill_row(f);
			put_int(f, "oid", syscat_oid(SYS_OTHER, t->oid, t->labels[k]));
			put_int(f, "enumtypid", t->oid);
			put_real(f, "enumsortorder", k + 1);
			put_text(f, "enumlabel", t->labels[k]);
		}
	}
}

void fill_pg_range(struct fill *f)
{
	static const uint32_t ranges[][2] = { { 3904, 23 },   { 3906, 1700 }, { 3908, 1114 },
					      { 3910, 1184 }, { 3912, 1082 }, { 3926, 20 } };
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		fill_row(f);
		put_int(f, "rngtypid", ranges[i][0]);
		put_int(f, "rngsubtype", ranges[i][1]);
	}
}

/* ---- functions ---- */

static const struct {
	const char *name;
	uint32_t oid;
	bool is_procedural, is_trusted;
} languages[] = {
	{ "internal", 12, false, false },
	{ "c", 13, false, false },
	{ "sql", 14, false, true },
	{ "plpgsql", 13554, true, true },
};
enum { N_LANGUAGES = sizeof(languages) / sizeof(languages[0]) };

static uint32_t language_oid(const char *name)
{
	for (size_t i = 0; i < N_LANGUAGES; i++) {
		if (strcmp(languages[i].name, name) == 0)
			return languages[i].oid;
	}
	return syscat_oid(SYS_OTHER, 2, name);
}

void fill_pg_language(struct fill *f)
{
	for (size_t i = 0; i < N_LANGUAGES; i++) {
		fill_row(f);
		put_int(f, "oid", languages[i].oid);
		put_text(f, "lanname", languages[i].name);
		put_int(f, "lanowner", 10);
		put_bool(f, "lanispl", languages[i].is_procedural);
		put_bool(f, "lanpltrusted", languages[i].is_trusted);
	}
}

static bool is_input(char mode)
{
	return mode == 'i' || mode == 'b' || mode == 'v' || mode == 0;
}

static void put_parameters(struct fill *f, const struct function *fn)
{
	size_t n_in = 0, n_defaults = 0;
	bool has_modes = false, has_names = false;
	int64_t *in = arena_array(f->a, fn->n_args + 1u, sizeof(*in));
	int64_t *all = arena_array(f->a, fn->n_args + 1u, sizeof(*all));
	const char **modes = arena_array(f->a, fn->n_args + 1u, sizeof(*modes));
	const char **names = arena_array(f->a, fn->n_args + 1u, sizeof(*names));
	for (uint16_t i = 0; i < fn->n_args; i++) {
		const struct func_arg *arg = &fn->args[i];
		char mode = arg->mode ? arg->mode : 'i';
		all[i] = arg->type.type->oid;
		modes[i] = arena_strndup(f->a, &mode, 1);
		names[i] = arg->name ? arg->name : "";
		has_modes |= mode != 'i';
		has_names |= names[i][0] != '\0';
		n_defaults += arg->has_default;
		if (is_input(mode))
			in[n_in++] = all[i];
	}
	put_int(f, "pronargs", (int64_t)n_in);
	put_int(f, "pronargdefaults", (int64_t)n_defaults);
	put_int(f, "prorettype", fn->returns.type->oid);
	put_numbers(f, "proargtypes", in, n_in);
	if (has_modes) {
		put_numbers(f, "proallargtypes", all, fn->n_args);
		put_texts(f, "proargmodes", modes, fn->n_args);
	}
	if (has_names)
		put_texts(f, "proargnames", names, fn->n_args);
}

static void function_row(struct fill *f, const struct function *fn)
{
	bool is_sql = strcmp(fn->language, "sql") == 0;
	fill_row(f);
	put_int(f, "oid", fn->oid);
	put_text(f, "proname", fn->name);
	put_int(f, "pronamespace", syscat_schema_oid(fn->schema));
	put_int(f, "proowner", syscat_role_oid(fn->owner));
	put_int(f, "prolang", language_oid(fn->language));
	put_real(f, "procost", fn->cost > 0 ? fn->cost : 100);
	put_real(f, "prorows", fn->returns_set ? (fn->rows > 0 ? fn->rows : 1000) : 0);
	put_char(f, "prokind", fn->kind ? fn->kind : 'f');
	put_bool(f, "prosecdef", fn->security_definer);
	put_bool(f, "proleakproof", fn->is_leakproof);
	put_bool(f, "proisstrict", fn->is_strict);
	put_bool(f, "proretset", fn->returns_set);
	put_char(f, "provolatile", fn->volatility ? fn->volatility : 'v');
	put_char(f, "proparallel", fn->parallel ? fn->parallel : 'u');
	put_parameters(f, fn);
	put_text(f, "prosrc", is_sql && fn->is_atomic ? "" : fn->body.text);
	if (fn->is_atomic)
		put_text(f, "prosqlbody", fn->body.text);
	if (fn->n_settings)
		put_texts(f, "proconfig", fn->settings, fn->n_settings);
	put_acl(f, "proacl", fn->acl);
}

static char builtin_letter(const struct builtin *b)
{
	return b->kind == BUILTIN_AGG ? 'a' : b->kind == BUILTIN_WINDOW ? 'w' : 'f';
}

static void builtin_row(struct fill *f, const struct builtin *b, uint32_t oid)
{
	int64_t args[BUILTIN_MAX_ARGS];
	for (uint8_t i = 0; i < b->n_args; i++)
		args[i] = b->args[i]->oid;
	fill_row(f);
	put_int(f, "oid", oid);
	put_text(f, "proname", b->name);
	put_int(f, "pronamespace", syscat_schema_oid(b->schema));
	put_int(f, "proowner", 10);
	put_int(f, "prolang", 12);
	put_real(f, "procost", 1);
	put_real(f, "prorows", b->kind == BUILTIN_SRF ? 1000 : 0);
	put_char(f, "prokind", builtin_letter(b));
	put_bool(f, "proleakproof", b->flags & BF_LEAKPROOF);
	put_bool(f, "proisstrict", b->flags & BF_STRICT);
	put_bool(f, "proretset", b->kind == BUILTIN_SRF);
	put_char(f, "provolatile", b->volatility);
	put_text(f, "proparallel", "s");
	put_int(f, "pronargs", b->n_args);
	put_int(f, "pronargdefaults", b->n_defaults);
	put_int(f, "prorettype", b->returns->oid);
	put_numbers(f, "proargtypes", args, b->n_args);
	put_text(f, "prosrc", b->name);
}

static bool is_function(const struct builtin *b)
{
	return b->kind == BUILTIN_FUNC || b->kind == BUILTIN_SRF || b->kind == BUILTIN_AGG ||
	       b->kind == BUILTIN_WINDOW;
}

void fill_pg_proc(struct fill *f)
{
	for (size_t i = 0; i < f->cat->functions.n; i++)
		function_row(f, f->cat->functions.v[i]);
	for (size_t i = 0; i < builtin_count(); i++) {
		const struct builtin *b = builtin_at(i);
		if (is_function(b))
			builtin_row(f, b, syscat_oid(SYS_BUILTIN, (uint32_t)i, b->name));
	}
}

void fill_pg_aggregate(struct fill *f)
{
	for (size_t i = 0; i < builtin_count(); i++) {
		if (builtin_at(i)->kind != BUILTIN_AGG)
			continue;
		fill_row(f);
		put_text(f, "aggfnoid", builtin_at(i)->name);
		put_text(f, "aggkind", "n");
	}
}

void fill_pg_operator(struct fill *f)
{
	for (size_t i = 0; i < builtin_count(); i++) {
		const struct builtin *b = builtin_at(i);
		if (b->kind != BUILTIN_OP)
			continue;
		fill_row(f);
		put_int(f, "oid", syscat_oid(SYS_BUILTIN, (uint32_t)i, b->name));
		put_text(f, "oprname", b->name);
		put_int(f, "oprnamespace", syscat_schema_oid(b->schema));
		put_int(f, "oprowner", 10);
		put_text(f, "oprkind", b->n_args == 2 ? "b" : "l");
		put_int(f, "oprleft", b->n_args == 2 ? b->args[0]->oid : 0);
		put_int(f, "oprright", b->args[b->n_args - 1]->oid);
		put_int(f, "oprresult", b->returns->oid);
	}
}

void fill_pg_cast(struct fill *f)
{
	for (size_t i = 0; i < builtin_count(); i++) {
		const struct builtin *b = builtin_at(i);
		if (b->kind != BUILTIN_CAST || b->args[0]->kind == TYPE_PSEUDO)
			continue;
		fill_row(f);
		put_int(f, "oid", syscat_oid(SYS_BUILTIN, (uint32_t)i, "cast"));
		put_int(f, "castsource", b->args[0]->oid);
		put_int(f, "casttarget", b->returns->oid);
		put_text(f, "castcontext",
			 b->flags & BF_IMPLICIT ? "i"
			 : b->flags & BF_ASSIGN ? "a"
						: "e");
		put_text(f, "castmethod", "f");
	}
}
