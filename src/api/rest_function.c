#include "api/rest_function.h"

#include "api/rest_errors.h"
#include "api/rest_fuzzy.h"
#include "api/rest_plan.h"

#include <stdlib.h>
#include <string.h>

const struct func_arg *function_input(const struct function *f, size_t i)
{
	for (size_t j = 0; j < f->n_args; j++)
		if (strchr("ibv", f->args[j].mode) && i-- == 0)
			return &f->args[j];
	return NULL;
}

bool function_is_composite(const struct function *f)
{
	for (size_t i = 0; i < f->n_args; i++)
		if (strchr("tbo", f->args[i].mode))
			return true;
	return f->returns.type && type_base(f->returns.type)->kind == TYPE_COMPOSITE;
}

bool function_is_void(const struct function *f)
{
	return !f->returns_set && f->returns.type && !strcmp(f->returns.type->name, "void");
}

static bool is_type(const struct func_arg *arg, const char *name)
{
	return arg->type.type && !strcmp(arg->type.type->name, name);
}

static bool takes_body(const struct func_arg *arg)
{
	return is_type(arg, "json") || is_type(arg, "jsonb") || is_type(arg, "text") ||
	       is_type(arg, "xml") || is_type(arg, "bytea");
}

const char *function_arg_type(struct arena *a, const struct func_arg *arg)
{
	const struct type *t = arg->type.type;
	const char *name = t ? t->name : "text";
	return !strcmp(name, "bpchar")	  ? "varchar"
	       : !strcmp(name, "_bpchar") ? "varchar[]"
	       : !strcmp(name, "bit")	  ? "varbit"
	       : !strcmp(name, "_bit")	  ? "varbit[]"
					  : type_format(a, arg->type);
}

bool function_is_unnamed(const struct function *f)
{
	const struct func_arg *first = function_input(f, 0);
	return first && !*first->name && !function_input(f, 1);
}

/* Unnamed parameters cannot be given by name: one may take the body. */
static bool is_callable(const struct function *f)
{
	const struct func_arg *arg;
	size_t unnamed = 0;
	for (size_t i = 0; (arg = function_input(f, i)); i++)
		unnamed += !*arg->name;
	return !unnamed || (unnamed == 1 && takes_body(function_input(f, 0)));
}

static bool has_key(const name_list *keys, const char *name)
{
	for (size_t i = 0; i < keys->n; i++)
		if (!strcmp(keys->v[i], name))
			return true;
	return false;
}

static bool is_raw_body(const struct function_call *call)
{
	enum media_kind kind = call->content_type.kind;
	return call->is_post && (kind == MEDIA_OCTETS || kind == MEDIA_TEXT || kind == MEDIA_XML);
}

static bool matches_names(const struct function *f, const struct function_call *call)
{
	const struct func_arg *arg;
	size_t used = 0, n = 0;
	for (; (arg = function_input(f, n)); n++) {
		bool given = has_key(&call->keys, arg->name);
		if (!given && !arg->has_default)
			return false;
		used += given;
	}
	if (!n && is_raw_body(call))
		return false;
	return used == call->keys.n;
}

static bool matches_body(const struct function *f, const struct function_call *call)
{
	if (!call->is_post || !function_is_unnamed(f))
		return false;
	const struct func_arg *arg = function_input(f, 0);
	switch (call->content_type.kind) {
	case MEDIA_JSON:
		return is_type(arg, "json") || is_type(arg, "jsonb");
	case MEDIA_TEXT:
		return is_type(arg, "text");
	case MEDIA_XML:
		return is_type(arg, "xml");
	case MEDIA_OCTETS:
		return is_type(arg, "bytea");
	default:
		return false;
	}
}

typedef VEC(const struct function *) function_list;

static function_list named(struct ctx *c, const struct plan_settings *s, struct str name)
{
	const struct catalog *cat = s->relations->cat;
	function_list list = { 0 };
	for (size_t i = 0; i < cat->functions.n; i++) {
		const struct function *f = cat->functions.v[i];
		bool is_trigger = f->returns.type && !strcmp(f->returns.type->name, "trigger");
		if (str_is(name, f->name) && str_is(s->schema, f->schema) && !is_trigger &&
		    is_callable(f))
			VEC_PUSH(c->arena, &list, f);
	}
	return list;
}

static size_t input_count(const struct function *f)
{
	size_t n = 0;
	while (function_input(f, n))
		n++;
	return n;
}

static int by_input_count(const void *a, const void *b)
{
	size_t x = input_count(*(const struct function *const *)a);
	size_t y = input_count(*(const struct function *const *)b);
	return (x > y) - (x < y);
}

static int ambiguous(struct ctx *c, function_list *list)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	qsort(list->v, list->n, sizeof(*list->v), by_input_count);
	for (size_t i = 0; i < list->n; i++) {
		const struct function *f = list->v[i];
		const struct func_arg *arg;
		buf_printf(&b, "%s%s.%s(", i ? ", " : "", f->schema, f->name);
		for (size_t j = 0; (arg = function_input(f, j)); j++)
			buf_printf(&b, "%s%s => %s", j ? ", " : "", arg->name,
				   type_format(c->arena, arg->type));
		buf_char(&b, ')');
	}
	api_failf(c, ERR_AMBIGUOUS_RPC, "Could not choose the best candidate function between: %s",
		  buf_dup(c->arena, &b));
	return err_hint(c, "Try renaming the parameters or the function itself in the database so "
			   "function overloading can be resolved");
}

static const char *joined(struct ctx *c, const name_list *names)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	for (size_t i = 0; i < names->n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", names->v[i]);
	return buf_dup(c->arena, &b);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *signature(struct ctx *c, const struct function *f)
{
	name_list names = { 0 };
	const struct func_arg *arg;
	for (size_t i = 0; (arg = function_input(f, i)); i++)
		VEC_PUSH(c->arena, &names, arg->name);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	return arena_printf(c->arena, "(%s)", joined(c, &names));
}

/* The closest signature of that name, else the closest name. */
static void hint(struct ctx *c, const struct plan_settings *s, const struct function_call *call,
		 const function_list *same)
{
	name_list names = { 0 };
	const char *found;
	for (size_t i = 0; i < same->n; i++)
		VEC_PUSH(c->arena, &names, signature(c, same->v[i]));
	if (same->n) {
		const char *key = arena_printf(c->arena, "(%s)", joined(c, &call->keys));
		found = fuzzy_best(c->arena, names.v, names.n, key, 0.33, false);
		if (found)
			found = arena_printf(c->arena, "%.*s%s", STR_ARG(call->name), found);
	} else {
		const struct catalog *cat = s->relations->cat;
		for (size_t i = 0; i < cat->functions.n; i++)
			if (str_is(s->schema, cat->functions.v[i]->schema) &&
			    is_callable(cat->functions.v[i]) &&
			    !has_key(&names, cat->functions.v[i]->name))
				VEC_PUSH(c->arena, &names, cat->functions.v[i]->name);
		found = fuzzy_best(c->arena, names.v, names.n, str_dup(c->arena, call->name), 0.75,
				   false);
	}
	if (found)
		err_hint(c, "Perhaps you meant to call the function %.*s.%s", STR_ARG(s->schema),
			 found);
}

static const char *body_words(const struct function_call *call)
{
	if (!call->is_post)
		return "";
	switch (call->content_type.kind) {
	case MEDIA_TEXT:
		return " with a single unnamed text parameter";
	case MEDIA_XML:
		return " with a single unnamed xml parameter";
	case MEDIA_OCTETS:
		return " with a single unnamed bytea parameter";
	case MEDIA_JSON:
		return " or with a single unnamed json/jsonb parameter";
	default:
		return "";
	}
}

static int not_found(struct ctx *c, const struct plan_settings *s, const struct function_call *call,
		     const function_list *same)
{
	const char *keys = joined(c, &call->keys);
	bool raw = is_raw_body(call);
	const char *message = raw	      ? ""
			      : !call->keys.n ? " without parameters"
					      : arena_printf(c->arena, "(%s)", keys);
	const char *details = raw	      ? ""
			      : !call->keys.n ? " without parameters"
					      : arena_printf(c->arena, " with parameter%s%s",
							     call->keys.n > 1 ? "s " : " ", keys);
	api_failf(c, ERR_NO_FUNCTION, "Could not find the function %.*s.%.*s%s in the schema cache",
		  STR_ARG(s->schema), STR_ARG(call->name), message);
	err_details(c,
		    "Searched for the function %.*s.%.*s%s%s, but no matches were found in the "
		    "schema cache.",
		    STR_ARG(s->schema), STR_ARG(call->name), details, body_words(call));
	if (!raw)
		hint(c, s, call, same);
	return -1;
}

int function_find(struct ctx *c, const struct plan_settings *s, const struct function_call *call,
		  const struct function **ret)
{
	function_list same = named(c, s, call->name);
	function_list found = { 0 }, whole = { 0 };
	for (size_t i = 0; i < same.n; i++) {
		if (matches_names(same.v[i], call))
			VEC_PUSH(c->arena, &found, same.v[i]);
		else if (matches_body(same.v[i], call))
			VEC_PUSH(c->arena, &whole, same.v[i]);
	}
	function_list *list = found.n ? &found : &whole;
	if (!list->n)
		return not_found(c, s, call, &same);
	if (list->n > 1)
		return ambiguous(c, list);
	*ret = list->v[0];
	return 0;
}
