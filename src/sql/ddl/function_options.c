/* The options of CREATE and ALTER FUNCTION. */
#include "sql/ddl/function.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct ctx *c;
	struct ddl *d;
	struct function_options *o;
	bool is_procedure;
	const struct json *seen[16]; /* option nodes, to find the second of a kind */
	size_t n_seen;
};

static int conflicting(struct reading *r, const struct json *def)
{
	err_set(r->c, "42601", "conflicting or redundant options");
	return ddl_err_at(r->c, r->d, json_get_i64(def, "location", -1));
}

static int once(struct reading *r, const struct json *def)
{
	struct str name = json_get_str(def, "defname", STR(""));
	for (size_t i = 0; i < r->n_seen; i++)
		if (str_eq(json_get_str(r->seen[i], "defname", STR("")), name))
			return conflicting(r, def);
	if (r->n_seen < sizeof(r->seen) / sizeof(*r->seen))
		r->seen[r->n_seen++] = def;
	return 0;
}

static int not_of_procedures(struct reading *r, const struct json *def)
{
	if (!r->is_procedure)
		return 0;
	err_set(r->c, "42P13", "invalid attribute in procedure definition");
	return ddl_err_at(r->c, r->d, json_get_i64(def, "location", -1));
}

static double number_of(const struct json *arg)
{
	const struct json *i = node_as(arg, "Integer"), *f = node_as(arg, "Float");
	if (i)
		return (double)json_get_i64(i, "ival", 0);
	struct str text = json_get_str(f, "fval", STR("0"));
	char digits[64];
	size_t n = text.n < sizeof(digits) - 1 ? text.n : sizeof(digits) - 1;
	memcpy(digits, text.p, n);
	digits[n] = '\0';
	return strtod(digits, NULL);
}

static bool boolean_of(const struct json *arg)
{
	return json_get_bool(node_as(arg, "Boolean"), "boolval", false);
}

static int read_parallel(struct reading *r, struct str value)
{
	static const char *const names[] = { "safe", "restricted", "unsafe" };
	for (size_t i = 0; i < 3; i++)
		if (str_is(value, names[i])) {
			r->o->parallel = names[i][0];
			return 0;
		}
	return err_set(r->c, "42601", "parameter \"parallel\" must be SAFE, RESTRICTED, or UNSAFE");
}

static int read_estimate(struct reading *r, const struct json *def, const char *what, double *ret)
{
	*ret = number_of(json_get(def, "arg"));
	if (*ret <= 0)
		return err_set(r->c, "22023", "%s must be positive", what);
	return 0;
}

static int read_text_option(struct reading *r, const struct json *def, struct str name)
{
	const struct json *arg = json_get(def, "arg");
	if (str_is(name, "as")) {
		r->o->as = json_get(node_as(arg, "List"), "items");
		r->o->as_option = def;
		return 0;
	}
	if (str_is(name, "language")) {
		r->o->language = str_dup(r->c->arena, str_lower(r->c->arena, node_string(arg)));
		return 0;
	}
	if (str_is(name, "volatility")) {
		TRY(not_of_procedures(r, def));
		r->o->volatility = node_string(arg).p[0];
		return 0;
	}
	TRY(not_of_procedures(r, def));
	return read_parallel(r, node_string(arg));
}

static int read_option(struct reading *r, const struct json *def)
{
	struct str name = json_get_str(def, "defname", STR(""));
	const struct json *arg = json_get(def, "arg");
	if (str_is(name, "set")) {
		VEC_PUSH(r->c->arena, &r->o->sets, node_as(arg, "VariableSetStmt"));
		return 0;
	}
	TRY(once(r, def));
	if (str_is(name, "as") || str_is(name, "language") || str_is(name, "volatility") ||
	    str_is(name, "parallel"))
		return read_text_option(r, def, name);
	if (str_is(name, "security")) {
		r->o->security_definer = boolean_of(arg);
		return 0;
	}
	TRY(not_of_procedures(r, def));
	if (str_is(name, "strict"))
		r->o->is_strict = boolean_of(arg);
	else if (str_is(name, "leakproof"))
		r->o->is_leakproof = boolean_of(arg);
	else if (str_is(name, "cost"))
		return read_estimate(r, def, "COST", &r->o->cost);
	else if (str_is(name, "rows"))
		return read_estimate(r, def, "ROWS", &r->o->rows);
	else if (str_is(name, "window"))
		return ddl_refuse(r->c,
				  "window functions of one's own are not supported on this "
				  "engine",
				  NULL);
	else
		ddl_notice(r->c, r->d, "option %.*s of a function is not kept", STR_ARG(name));
	return 0;
}

int function_read_options(struct ctx *c, struct ddl *d, const struct json *list, bool is_procedure,
			  struct function_options *ret)
{
	*ret = (struct function_options){
		.is_strict = -1, .security_definer = -1, .is_leakproof = -1, .cost = -1, .rows = -1
	};
	struct reading r = { .c = c, .d = d, .o = ret, .is_procedure = is_procedure };
	for (const struct json *j = list ? list->child : NULL; j; j = j->next)
		TRY(read_option(&r, node_as(j, "DefElem")));
	return 0;
}

/* ---- SET ---- */

static void put_value(struct buf *b, const struct json *constant, bool is_list)
{
	const struct json *k = node_as(constant, "A_Const");
	const struct json *text = json_get(k, "sval"), *f = json_get(k, "fval"),
			  *i = json_get(k, "ival"), *bo = json_get(k, "boolval");
	if (text && is_list)
		sql_put_ident(b, json_get_str(text, "sval", STR("")));
	else if (text)
		buf_str(b, json_get_str(text, "sval", STR("")));
	else if (f)
		buf_str(b, json_get_str(f, "fval", STR("0")));
	else if (bo)
		buf_puts(b, json_get_bool(bo, "boolval", false) ? "on" : "off");
	else if (i)
		buf_i64(b, json_get_i64(i, "ival", 0));
}

static const char *setting_text(struct ddl *d, struct str name, const struct json *args)
{
	static const char *const lists[] = { "search_path", "temp_tablespaces",
					     "session_preload_libraries",
					     "local_preload_libraries" };
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	bool is_list = false;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		is_list |= str_ieq(name, str_of(lists[i]));
	buf_printf(&b, "%.*s=", STR_ARG(name));
	for (const struct json *j = args ? args->child : NULL; j; j = j->next) {
		buf_puts(&b, j == args->child ? "" : ", ");
		put_value(&b, j, is_list);
	}
	return buf_dup(d->a, &b);
}

static bool is_of(const char *setting, struct str name)
{
	const char *eq = strchr(setting, '=');
	return eq && str_ieq((struct str){ setting, (size_t)(eq - setting) }, name);
}

static void remove_setting(struct function *f, struct str name)
{
	uint16_t n = 0;
	for (uint16_t i = 0; i < f->n_settings; i++)
		if (!is_of(f->settings[i], name))
			f->settings[n++] = f->settings[i];
	f->n_settings = n;
}

static int apply_set(struct ctx *c, struct ddl *d, const struct json *set, struct function *f)
{
	struct str kind = json_get_str(set, "kind", STR("")),
		   name = json_get_str(set, "name", STR(""));
	if (str_is(kind, "VAR_RESET_ALL")) {
		f->n_settings = 0;
		return 0;
	}
	if (!ddl_is_setting(name))
		return err_set(c, "42704", "unrecognized configuration parameter \"%.*s\"",
			       STR_ARG(name));
	remove_setting(f, name);
	if (str_is(kind, "VAR_RESET") || str_is(kind, "VAR_SET_DEFAULT"))
		return 0;
	const char **settings = arena_array(d->a, f->n_settings + 1U, sizeof(*settings));
	if (f->n_settings)
		memcpy(settings, f->settings, f->n_settings * sizeof(*settings));
	bool is_current = str_is(kind, "VAR_SET_CURRENT");
	settings[f->n_settings++] =
		is_current
			? arena_printf(d->a, "%.*s=%s", STR_ARG(name),
				       str_ieq(name, STR("search_path")) ? d->s->search_path : "")
			: setting_text(d, name, json_get(set, "args"));
	f->settings = settings;
	return 0;
}

int function_apply_sets(struct ctx *c, struct ddl *d, const struct function_options *o,
			struct function *f)
{
	for (size_t i = 0; i < o->sets.n; i++)
		TRY(apply_set(c, d, o->sets.v[i], f));
	return 0;
}

int function_apply_options(struct ctx *c, struct ddl *d, const struct function_options *o,
			   struct function *f)
{
	if (o->is_leakproof == 1 && !ddl_may_do_all(d))
		return err_set(c, "42501", "only superuser can define a leakproof function");
	if (o->rows > 0 && !f->returns_set)
		return err_set(c, "22023",
			       "ROWS is not applicable when function does not return a set");
	if (o->volatility)
		f->volatility = o->volatility;
	if (o->parallel)
		f->parallel = o->parallel;
	if (o->is_strict >= 0)
		f->is_strict = o->is_strict;
	if (o->security_definer >= 0)
		f->security_definer = o->security_definer;
	if (o->is_leakproof >= 0)
		f->is_leakproof = o->is_leakproof;
	if (o->cost > 0)
		f->cost = o->cost;
	if (o->rows > 0)
		f->rows = o->rows;
	return function_apply_sets(c, d, o, f);
}
