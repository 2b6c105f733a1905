#include "sql/function_names.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/scan.h"

#include <string.h>

static bool is_input(const struct func_arg *arg)
{
	return arg->mode != 'o' && arg->mode != 't';
}

size_t function_n_inputs(const struct function *f)
{
	size_t n = 0;
	for (int i = 0; i < f->n_args; i++)
		n += is_input(&f->args[i]);
	return n;
}

const struct func_arg *function_nth_input(const struct function *f, size_t i)
{
	for (int k = 0; k < f->n_args; k++)
		if (is_input(&f->args[k]) && i-- == 0)
			return &f->args[k];
	return NULL;
}

static struct typeref type_of(const struct function_names *fn, size_t i)
{
	return fn->arg_types ? fn->arg_types[i] : function_nth_input(fn->f, i)->type;
}

static struct expr *param(struct ctx *c, const struct function_names *fn, size_t i)
{
	struct expr *e = expr_new(c->arena, EX_PARAM, type_of(fn, i));
	e->param = (int)i + 1;
	return e;
}

static struct expr *param_named(struct ctx *c, const struct function_names *fn, struct str name)
{
	size_t n = function_n_inputs(fn->f);
	for (size_t i = 0; i < n; i++) {
		const char *has = function_nth_input(fn->f, i)->name;
		if (has && has[0] && str_is(name, has))
			return param(c, fn, i);
	}
	return NULL;
}

/* p.field of a parameter of a row type. */
static struct expr *field_of(struct ctx *c, struct expr *row, struct str name)
{
	const struct type *t = type_base(row->type.type);
	const struct column *col =
		t->kind == TYPE_COMPOSITE && t->row ? relation_column(t->row, name) : NULL;
	if (!col)
		return NULL;
	struct expr *e = expr_new(c->arena, EX_FIELD, col->type);
	e->name = col->name;
	VEC_PUSH(c->arena, &e->args, row);
	return e;
}

static int resolve_name(struct ctx *c, void *arg, const struct str *parts, size_t n,
			struct expr **ret)
{
	const struct function_names *fn = arg;
	struct expr *e = NULL;
	if (n > 1 && str_is(parts[0], fn->f->name)) {
		e = param_named(c, fn, parts[1]);
		if (e && n == 3)
			e = field_of(c, e, parts[2]);
	}
	if (!e && n <= 2) {
		e = param_named(c, fn, parts[0]);
		if (e && n == 2)
			e = field_of(c, e, parts[1]);
	}
	if (!e)
		return 0;
	*ret = e;
	return 1;
}

static int resolve_number(struct ctx *c, void *arg, int n, struct expr **ret)
{
	const struct function_names *fn = arg;
	if (n < 1 || (size_t)n > function_n_inputs(fn->f))
		return 0;
	*ret = param(c, fn, (size_t)n - 1);
	return 1;
}

void function_names_init(struct function_names *ret, const struct function *f,
			 const struct typeref *arg_types)
{
	*ret = (struct function_names){ .f = f, .arg_types = arg_types };
	ret->scope = (struct name_scope){ .arg = ret,
					  .on_conflict = NAMES_COLUMN,
					  .resolve = resolve_name,
					  .param = resolve_number };
}

const char *function_search_path(const struct function *f, const char *search_path)
{
	for (uint16_t i = 0; i < f->n_settings; i++)
		if (!strncmp(f->settings[i], "search_path=", 12))
			return f->settings[i] + 12;
	return search_path;
}

/* The word at *at, past comments; *at moves behind it. */
static struct str next_word(struct str text, size_t *at)
{
	for (*at = sql_skip_space(text, *at); *at < text.n; *at = sql_skip_space(text, *at)) {
		struct sql_token t = sql_scan(text, *at);
		*at = t.at + t.n;
		if (t.kind != TOK_COMMENT)
			return str_sub(text, t.at, t.n);
	}
	return STR("");
}

static int atomic_statements(struct ctx *c, struct str body, sql_stmts *ret)
{
	size_t at = 0;
	if (str_ieq(next_word(body, &at), STR("return"))) {
		struct str expr = str_from(body, at);
		struct sql_stmt one = { .text = str_of(arena_printf(c->arena, "select%.*s",
								    STR_ARG(expr))) };
		VEC_PUSH(c->arena, ret, one);
		return 0;
	}
	next_word(body, &at); /* ATOMIC */
	size_t end = body.n;
	while (end > at && ((body.p[end - 1] | 0x20) != 'd'))
		end--;
	end = end >= at + 3 ? end - 3 : at; /* END */
	TRY(sql_split(c, str_sub(body, at, end - at), ret));
	for (size_t i = 0; i < ret->n; i++)
		ret->v[i].offset += (int)at;
	return 0;
}

int function_statements(struct ctx *c, const struct function *f, sql_stmts *ret)
{
	struct str body = str_of(f->body.text);
	return f->is_atomic ? atomic_statements(c, body, ret) : sql_split(c, body, ret);
}

/* The first semicolon from at on, text.n when there is none. */
static size_t find_semicolon(struct str text, size_t at)
{
	for (at = sql_skip_space(text, at); at < text.n; at = sql_skip_space(text, at)) {
		struct sql_token t = sql_scan(text, at);
		if (t.kind == TOK_OTHER && text.p[t.at] == ';')
			return t.at;
		at = t.at + t.n;
	}
	return text.n;
}

bool function_only_returns(struct ctx *c, const struct function *f, struct str *ret_select)
{
	struct str body = str_of(f->body.text);
	size_t at = 0;
	if (!str_ieq(next_word(body, &at), STR("begin")) ||
	    !str_ieq(next_word(body, &at), STR("return")))
		return false;
	size_t end = find_semicolon(body, at);
	struct str expr = str_sub(body, at, end - at);
	if (end == body.n || !str_trim(expr).n)
		return false;
	at = end + 1;
	if (!str_ieq(next_word(body, &at), STR("end")))
		return false;
	struct str last = next_word(body, &at);
	if (last.n && (!str_is(last, ";") || next_word(body, &at).n))
		return false;
	*ret_select = str_of(arena_printf(c->arena, "select (%.*s\n)", STR_ARG(expr)));
	return true;
}
