/* Functions by name and signature. */
#include "sql/ddl/function.h"

#include <string.h>

static void put_inputs(struct ctx *c, struct buf *b, const struct function *f,
		       const char *separator)
{
	size_t n = function_n_inputs(f);
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, i ? separator : "");
		buf_puts(b, type_format(c->arena, function_nth_input(f, i)->type));
	}
}

const char *function_signature(struct ctx *c, const struct function *f)
{
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	buf_printf(&b, "%s(", f->name);
	put_inputs(c, &b, f, ", ");
	buf_char(&b, ')');
	return buf_dup(c->arena, &b);
}

static bool same_inputs(const struct function *f, const struct typeref *inputs, size_t n)
{
	if (function_n_inputs(f) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (function_nth_input(f, i)->type.type != inputs[i].type)
			return false;
	return true;
}

/* CALL and DROP PROCEDURE count OUT parameters as well. */
static bool same_all(const struct function *f, const struct typeref *types, size_t n)
{
	if (f->n_args != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (f->args[i].type.type != types[i].type)
			return false;
	return true;
}

struct function *function_with(const struct ddl *d, const char *schema, struct str name,
			       const struct typeref *inputs, size_t n)
{
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		struct function *f = d->cat->functions.v[i];
		if (str_is(name, f->name) && !strcmp(f->schema, schema) &&
		    same_inputs(f, inputs, n))
			return f;
	}
	return NULL;
}

struct function *function_no_args(const struct ddl *d, struct str schema, struct str name)
{
	size_t pos = 0;
	struct str element;
	if (schema.n)
		return function_with(d, arena_printf(d->a, "%.*s", STR_ARG(schema)), name, NULL, 0);
	while (search_path_next(d->s->search_path, &pos, &element)) {
		struct function *f = function_with(d, arena_printf(d->a, "%.*s", STR_ARG(element)),
						   name, NULL, 0);
		if (f)
			return f;
	}
	return NULL;
}

/* Whether the path leads to f and not to another of the same signature. */
static bool is_visible(struct ctx *c, const struct ddl *d, const struct function *f)
{
	size_t pos = 0, n = function_n_inputs(f);
	struct str element;
	struct typeref *inputs = arena_array(c->arena, n + 1, sizeof(*inputs));
	for (size_t i = 0; i < n; i++)
		inputs[i] = function_nth_input(f, i)->type;
	while (search_path_next(d->s->search_path, &pos, &element)) {
		if (str_is(element, f->schema))
			return true;
		if (function_with(d, str_dup(c->arena, element), str_of(f->name), inputs, n))
			return false;
	}
	return false;
}

const char *function_shown(struct ctx *c, const struct ddl *d, const struct function *f)
{
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	if (!is_visible(c, d, f)) {
		sql_put_ident(&b, str_of(f->schema));
		buf_char(&b, '.');
	}
	sql_put_ident(&b, str_of(f->name));
	buf_char(&b, '(');
	put_inputs(c, &b, f, ",");
	buf_char(&b, ')');
	return buf_dup(c->arena, &b);
}

int function_must_own(struct ctx *c, const struct ddl *d, const struct function *f)
{
	return ddl_must_own(c, d, f->owner, f->kind == 'p' ? "procedure" : "function", f->name);
}

/* ---- ObjectWithArgs ---- */

struct wanted {
	struct str schema, name, objtype;
	struct typeref types[128];
	size_t n;
	bool any_args; /* no argument list was written */
	bool is_missing_type;
};

static const char *kind_word(struct str objtype)
{
	return str_is(objtype, "OBJECT_PROCEDURE") ? "procedure"
	       : str_is(objtype, "OBJECT_ROUTINE") ? "routine"
						   : "function";
}

static const char *wanted_name(struct ctx *c, const struct wanted *w)
{
	return w->schema.n
		       ? arena_printf(c->arena, "%.*s.%.*s", STR_ARG(w->schema), STR_ARG(w->name))
		       : str_dup(c->arena, w->name);
}

static const char *wanted_signature(struct ctx *c, const struct wanted *w)
{
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	buf_printf(&b, "%s(", wanted_name(c, w));
	for (size_t i = 0; i < w->n; i++) {
		buf_puts(&b, i ? ", " : "");
		buf_puts(&b, type_format(c->arena, TYPEREF(w->types[i].type)));
	}
	buf_char(&b, ')');
	return buf_dup(c->arena, &b);
}

static int read_wanted(struct ctx *c, struct ddl *d, const struct json *object, struct str objtype,
		       bool missing_ok, struct wanted *w)
{
	const struct json *names = json_get(object, "objname"), *args = json_get(object, "objargs");
	*w = (struct wanted){ .schema = ddl_qualifier(names),
			      .name = ddl_last_name(names),
			      .objtype = objtype,
			      .any_args = json_get_bool(object, "args_unspecified", false) };
	for (const struct json *j = args ? args->child : NULL; j; j = j->next) {
		if (w->n == sizeof(w->types) / sizeof(*w->types))
			return err_set(c, "54023", "functions cannot have more than 100 arguments");
		const struct json *type_name = node_as(j, "TypeName");
		if (ddl_type(c, d, type_name, &w->types[w->n]) == 0) {
			w->n++;
			continue;
		}
		c->err.position = 0;
		bool is_missing = err_is(c, "42704") || err_is(c, "3F000");
		if (!missing_ok || !is_missing)
			return -1;
		err_clear(c);
		w->is_missing_type = true;
		return 0;
	}
	return 0;
}

static bool is_kind(const struct function *f, struct str objtype)
{
	if (str_is(objtype, "OBJECT_PROCEDURE"))
		return f->kind == 'p';
	return f->kind != 'p' || !str_is(objtype, "OBJECT_FUNCTION");
}

static bool matches(const struct wanted *w, const struct function *f)
{
	if (!str_is(w->name, f->name))
		return false;
	return w->any_args || same_inputs(f, w->types, w->n) ||
	       (f->kind == 'p' && same_all(f, w->types, w->n));
}

/* What is meant in one schema; several when nothing tells them apart. */
static struct function *in_schema(const struct ddl *d, const struct wanted *w, struct str schema,
				  bool *ret_many)
{
	struct function *found = NULL, *other = NULL;
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		struct function *f = d->cat->functions.v[i];
		if (!str_is(schema, f->schema) || !matches(w, f))
			continue;
		if (!is_kind(f, w->objtype)) {
			other = f;
			continue;
		}
		*ret_many |= found != NULL;
		found = f;
	}
	return found ? found : other;
}

static int not_found(struct ctx *c, const struct wanted *w)
{
	const char *kind = str_is(w->objtype, "OBJECT_PROCEDURE") ? "procedure" : "function";
	if (w->any_args)
		return err_set(c, "42883", "could not find a %s named \"%s\"", kind,
			       wanted_name(c, w));
	return err_set(c, "42883", "%s %s does not exist", kind, wanted_signature(c, w));
}

static int not_unique(struct ctx *c, const struct wanted *w)
{
	const char *kind = kind_word(w->objtype);
	err_set(c, "42725", "%s name \"%s\" is not unique", kind, wanted_name(c, w));
	return err_hint(c, "Specify the argument list to select the %s unambiguously.", kind);
}

static void skip_missing(struct ctx *c, struct ddl *d, const struct wanted *w)
{
	const char *kind = kind_word(w->objtype);
	if (w->is_missing_type)
		ddl_notice(c, d, "%s %s(...) does not exist, skipping", kind, wanted_name(c, w));
	else if (w->any_args)
		ddl_notice(c, d, "%s %s() does not exist, skipping", kind, wanted_name(c, w));
	else
		ddl_notice(c, d, "%s %s does not exist, skipping", kind, wanted_signature(c, w));
}

int ddl_find_function(struct ctx *c, struct ddl *d, const struct json *object, struct str objtype,
		      bool missing_ok, struct function **ret)
{
	struct wanted w;
	struct function *f = NULL;
	bool many = false;
	size_t pos = 0;
	struct str element;
	TRY(read_wanted(c, d, object, objtype, missing_ok, &w));
	if (w.schema.n && !catalog_schema(d->cat, w.schema) && !missing_ok)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(w.schema));
	if (w.schema.n && !w.is_missing_type)
		f = in_schema(d, &w, w.schema, &many);
	while (!w.schema.n && !w.is_missing_type && !f &&
	       search_path_next(d->s->search_path, &pos, &element))
		f = in_schema(d, &w, element, &many);
	if (f && many)
		return not_unique(c, &w);
	if (f && !is_kind(f, objtype))
		return err_set(c, "42809", "%s is not a %s", wanted_signature(c, &w),
			       kind_word(objtype));
	if (!f && !missing_ok)
		return not_found(c, &w);
	if (!f)
		skip_missing(c, d, &w);
	*ret = f;
	return 0;
}
