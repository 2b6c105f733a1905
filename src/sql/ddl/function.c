/* CREATE FUNCTION and CREATE PROCEDURE. */
#include "sql/ddl/function.h"
#include "sql/builtin.h"

#include <string.h>

enum { ARGS_MAX = 100 };

/* The statement while it is read; what is kept is in d's arena. */
struct make {
	struct ctx *c;
	struct ddl *d;
	const struct json *stmt;
	struct function *f;
	bool is_procedure;
	struct function_options options;
	int body_at; /* byte offset of the body in the statement, -1 unknown */
};

static const char *type_name_text(struct ctx *c, const struct json *tn)
{
	const struct json *names = json_get(tn, "names");
	BUF_CLEANUP struct buf b = buf_make(4096);
	for (const struct json *j = names ? names->child : NULL; j; j = j->next)
		buf_printf(&b, "%s%.*s", b.n ? "." : "", STR_ARG(node_string(j)));
	if (json_get(tn, "arrayBounds"))
		buf_puts(&b, "[]");
	return buf_dup(c->arena, &b);
}

/* table.column%TYPE */
static int column_type(struct make *m, const struct json *tn, struct typeref *ret)
{
	const struct json *names = json_get(tn, "names");
	struct relation *rel;
	struct column *col;
	uint32_t n = names->count;
	struct str schema = n > 2 ? node_string(json_at(names, n - 3)) : (struct str){ 0 };
	TRY(ddl_relation_named(m->c, m->d, schema,
			       n > 1 ? node_string(json_at(names, n - 2)) : STR(""), false, &rel));
	TRY(ddl_column(m->c, rel, ddl_last_name(names), &col));
	*ret = TYPEREF(col->type.type);
	if (json_get(tn, "arrayBounds") && col->type.type->array)
		ret->type = col->type.type->array;
	return 0;
}

/* what: how the error names the type; a parameter's goes without quotes. */
static int read_type(struct make *m, const struct json *tn, bool is_result, struct typeref *ret)
{
	struct analysis an = { .cat = m->d->cat, .search_path = m->d->s->search_path };
	struct json plain = *tn;
	if (json_get_bool(tn, "pct_type", false))
		return column_type(m, tn, ret);
	struct str schema = ddl_qualifier(json_get(tn, "names"));
	if (schema.n && !str_is(schema, "pg_catalog") && !catalog_schema(m->d->cat, schema))
		return err_set(m->c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(schema));
	/* SETOF is the function's, not the type's */
	if (json_get_bool(tn, "setof", false)) {
		struct json *copy = arena_alloc(m->c->arena, sizeof(*copy) * tn->count);
		struct json *last = NULL;
		size_t n = 0;
		for (const struct json *j = tn->child; j; j = j->next) {
			if (str_is(j->key, "setof"))
				continue;
			copy[n] = *j;
			copy[n].next = NULL;
			if (last)
				last->next = &copy[n];
			last = &copy[n++];
		}
		plain.child = copy;
	}
	if (analyze_type_name(m->c, &an, &plain, ret) == 0) {
		ret->typmod = -1;
		return 0;
	}
	if (err_is(m->c, "42704") && strstr(m->c->err.message, "does not exist")) {
		err_clear(m->c);
		err_set(m->c, "42704",
			is_result ? "type \"%s\" does not exist" : "type %s does not exist",
			type_name_text(m->c, tn));
	}
	return -1;
}

/* ---- parameters ---- */

static char mode_of(struct str mode)
{
	static const struct {
		const char *name;
		char mode;
	} modes[] = { { "FUNC_PARAM_OUT", 'o' },
		      { "FUNC_PARAM_INOUT", 'b' },
		      { "FUNC_PARAM_VARIADIC", 'v' },
		      { "FUNC_PARAM_TABLE", 't' } };
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (str_is(mode, modes[i].name))
			return modes[i].mode;
	return 'i';
}

static bool is_input(char mode)
{
	return mode == 'i' || mode == 'b' || mode == 'v';
}

static bool is_output(char mode)
{
	return mode == 'o' || mode == 'b' || mode == 't';
}

static bool is_array_like(const struct type *t)
{
	return type_base(t)->kind == TYPE_ARRAY || t->oid == 2277 || t->oid == 5078 ||
	       t->oid == 2276;
}

static int check_name(struct make *m, const struct func_arg *arg)
{
	for (uint16_t i = 0; arg->name[0] && i < m->f->n_args; i++) {
		const struct func_arg *other = &m->f->args[i];
		bool are_apart = (!is_output(arg->mode) && !is_input(other->mode)) ||
				 (!is_output(other->mode) && !is_input(arg->mode));
		if (!are_apart && !strcmp(other->name, arg->name))
			return err_set(m->c, "42P13", "parameter name \"%s\" used more than once",
				       arg->name);
	}
	return 0;
}

static int check_order(struct make *m, const struct func_arg *arg, bool has_default)
{
	for (uint16_t i = 0; i < m->f->n_args; i++) {
		const struct func_arg *before = &m->f->args[i];
		if (before->mode == 'v' && is_input(arg->mode))
			return err_set(m->c, "42P13",
				       "VARIADIC parameter must be the last input parameter");
		if (before->mode == 'v' && m->is_procedure)
			return err_set(m->c, "42P13",
				       "VARIADIC parameter must be the last parameter");
		if (before->has_default && is_input(arg->mode) && !has_default)
			return err_set(m->c, "42P13",
				       "input parameters after one with a default value must also "
				       "have defaults");
		if (before->has_default && m->is_procedure && arg->mode == 'o')
			return err_set(m->c, "42P13",
				       "procedure OUT parameters cannot appear after one with a "
				       "default value");
	}
	return 0;
}

/* The expression behind DEFAULT or = ends with its parameter. */
static struct str default_text(struct ddl *d, size_t param)
{
	size_t open = 0, from, to;
	while (open < d->tokens.n && !ddl_token_is(d, open, "("))
		open++;
	if (!ddl_part(d, open + 1, ddl_close(d, open), param, &from, &to))
		return STR("");
	size_t at = from;
	while (at < to && !ddl_token_is(d, at, "default") && !ddl_token_is(d, at, "=") &&
	       !ddl_token_is(d, at, ":="))
		at++;
	return ddl_span(d, at + 1, to);
}

/* The error in PostgreSQL's words for parameters. */
static int default_error(struct make *m, struct str text, const struct func_arg *arg)
{
	struct ctx *c = m->c;
	const char *tail = strstr(c->err.message, "but default expression is of type ");
	if (tail) {
		c->err.message =
			arena_printf(c->arena, "argument of DEFAULT must be type %s, not type %s",
				     type_format(c->arena, arg->type),
				     tail + strlen("but default expression is of type "));
		c->err.hint = NULL;
		return -1;
	}
	if (!strstr(c->err.message, "column reference in DEFAULT"))
		return -1;
	struct analysis an = { .cat = m->d->cat, .search_path = m->d->s->search_path };
	const struct json *stmt;
	struct query *q;
	an.text = str_of(arena_printf(c->arena, "select %.*s", STR_ARG(text)));
	TRY(sql_parse(c, an.text, &stmt));
	if (analyze_query(c, &an, stmt, &q) == 0)
		return err_set(c, "42P10",
			       "cannot use table references in parameter default value");
	if (c->err.position > 7)
		c->err.position += sql_char_pos(m->d->text, (int)(text.p - m->d->text.p)) - 8;
	return -1;
}

static int read_default(struct make *m, size_t param, struct func_arg *arg)
{
	ddl_token_at(m->d, 0); /* makes the tokens */
	struct str text = default_text(m->d, param);
	if (!is_input(arg->mode))
		return err_set(m->c, "42P13", "only input parameters can have default values");
	if (ddl_check_default(m->c, m->d, text, arg->type) < 0)
		return default_error(m, text, arg);
	arg->has_default = true;
	arg->default_expr = ddl_keep(m->d, text);
	return 0;
}

static int read_param(struct make *m, const struct json *p, size_t index)
{
	struct func_arg arg = { .mode = mode_of(json_get_str(p, "mode", STR(""))) };
	const struct json *tn = json_get(p, "argType");
	struct str name = json_get_str(p, "name", STR(""));
	bool has_default = json_get(p, "defexpr");
	arg.name = str_dup(m->d->a, name);
	TRY(read_type(m, tn, false, &arg.type));
	if (json_get_bool(tn, "setof", false))
		return err_set(m->c, "42P13", "%s cannot accept set arguments",
			       m->is_procedure ? "procedures" : "functions");
	TRY(check_order(m, &arg, has_default));
	if (arg.mode == 'v' && !is_array_like(arg.type.type))
		return err_set(m->c, "42P13", "VARIADIC parameter must be an array");
	TRY(check_name(m, &arg));
	if (has_default)
		TRY(read_default(m, index, &arg));
	m->f->args[m->f->n_args++] = arg;
	return 0;
}

static int read_params(struct make *m)
{
	const struct json *params = json_get(m->stmt, "parameters");
	size_t n = params ? params->count : 0, i = 0;
	if (n > ARGS_MAX)
		return err_set(m->c, "54023", "functions cannot have more than %d arguments",
			       ARGS_MAX);
	m->f->args = arena_array(m->d->a, n + 1, sizeof(*m->f->args));
	for (const struct json *j = params ? params->child : NULL; j; j = j->next)
		TRY(read_param(m, node_as(j, "FunctionParameter"), i++));
	return 0;
}

/* ---- the result ---- */

/* The type that OUT parameters make; NULL when there is none. */
static const struct type *out_type(const struct function *f)
{
	const struct type *one = NULL;
	size_t n = 0;
	for (uint16_t i = 0; i < f->n_args; i++)
		if (is_output(f->args[i].mode)) {
			one = f->args[i].type.type;
			n++;
		}
	return n > 1 ? type_builtin(STR("record")) : one;
}

static bool has_mode(const struct function *f, char mode)
{
	for (uint16_t i = 0; i < f->n_args; i++)
		if (f->args[i].mode == mode)
			return true;
	return false;
}

static int read_returns(struct make *m)
{
	const struct json *tn = json_get(m->stmt, "returnType");
	const struct type *outs = out_type(m->f);
	struct function *f = m->f;
	if (m->is_procedure) {
		f->returns =
			TYPEREF(outs ? type_builtin(STR("record")) : type_builtin(STR("void")));
		return 0;
	}
	if (!tn && !outs)
		return err_set(m->c, "42P13", "function result type must be specified");
	if (!tn) {
		f->returns = TYPEREF(outs);
		return 0;
	}
	f->returns_set = json_get_bool(tn, "setof", false);
	if (has_mode(f, 't')) {
		f->returns = TYPEREF(outs);
		f->returns_set = true;
		return 0;
	}
	TRY(read_type(m, tn, true, &f->returns));
	if (outs && outs != f->returns.type)
		return err_set(m->c, "42P13",
			       "function result type must be %s because of OUT parameters",
			       type_format(m->c->arena, TYPEREF(outs)));
	return 0;
}

static bool is_compatible(const struct type *t)
{
	return t->oid >= 5077 && t->oid <= 5080;
}

static bool is_poly(const struct type *t)
{
	return t->oid == 2277 || t->oid == 2283 || t->oid == 2776 || t->oid == 3500 ||
	       t->oid == 3831 || is_compatible(t);
}

static int undetermined(struct make *m, const struct type *t)
{
	err_set(m->c, "42P13", "cannot determine result data type");
	return err_details(
		m->c,
		is_compatible(t)
			? "A result of type %s requires at least one input of type anycompatible, "
			  "anycompatiblearray, anycompatiblenonarray, anycompatiblerange, or "
			  "anycompatiblemultirange."
			: "A result of type %s requires at least one input of type anyelement, "
			  "anyarray, anynonarray, anyenum, anyrange, or anymultirange.",
		t->name);
}

static bool has_poly_input(const struct function *f, bool compatible)
{
	for (uint16_t i = 0; i < f->n_args; i++) {
		const struct type *t = f->args[i].type.type;
		if (is_input(f->args[i].mode) && is_poly(t) && is_compatible(t) == compatible)
			return true;
	}
	return false;
}

static int check_poly(struct make *m)
{
	const struct function *f = m->f;
	const struct type *t = f->returns.type;
	if (is_poly(t) && !has_poly_input(f, is_compatible(t)))
		return undetermined(m, t);
	for (uint16_t i = 0; i < f->n_args; i++) {
		t = f->args[i].type.type;
		if (is_output(f->args[i].mode) && is_poly(t) &&
		    !has_poly_input(f, is_compatible(t)))
			return undetermined(m, t);
	}
	return 0;
}

/* ---- language and pseudo-types ---- */

static int check_language(struct make *m)
{
	static const char *const others[] = { "c",	   "internal", "plv8",	  "plpython3u",
					      "plpythonu", "plperl",   "plperlu", "pltcl",
					      "pltclu",	   "plcoffee", "plls",	  "plrust",
					      "pljava",	   "plr",      "plsh" };
	const char *language = m->options.language;
	if (!strcmp(language, "sql") || !strcmp(language, "plpgsql"))
		return 0;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(language, others[i])) {
			err_set(m->c, "0A000",
				"functions in language %s are not supported on this engine",
				language);
			return err_hint(m->c, "Write the function in SQL or plpgsql.");
		}
	return err_set(m->c, "42704", "language \"%s\" does not exist", language);
}

static int check_pseudo(struct make *m)
{
	const struct function *f = m->f;
	bool is_sql = !strcmp(f->language, "sql");
	const struct type *t = f->returns.type;
	bool is_trigger = t->oid == 2279 || t->oid == 3838;
	if (t->kind == TYPE_PSEUDO && !is_poly(t) && t->oid != 2278 && t->oid != 2249 &&
	    !(is_trigger && !is_sql))
		return err_set(m->c, is_sql ? "42P13" : "0A000",
			       is_sql ? "SQL functions cannot return type %s"
				      : "PL/pgSQL functions cannot return type %s",
			       type_format(m->c->arena, f->returns));
	if (is_trigger && f->n_args) {
		err_set(m->c, "42P13", "trigger functions cannot have declared arguments");
		return err_hint(m->c, "The arguments of the trigger can be accessed through "
				      "TG_NARGS and TG_ARGV instead.");
	}
	for (uint16_t i = 0; i < f->n_args; i++) {
		t = f->args[i].type.type;
		if (t->kind != TYPE_PSEUDO || is_poly(t) || !is_input(f->args[i].mode) ||
		    (t->oid == 2249 && !is_sql))
			continue;
		return err_set(m->c, is_sql ? "42P13" : "0A000",
			       is_sql ? "SQL functions cannot have arguments of type %s"
				      : "PL/pgSQL functions cannot accept type %s",
			       type_format(m->c->arena, f->args[i].type));
	}
	return 0;
}

/* ---- the body's text ---- */

/* Where in the statement the literal's text stands, when it does so as it is. */
static int literal_offset(struct make *m, struct str body)
{
	struct ddl *d = m->d;
	size_t i = ddl_token_at(d, json_get_i64(m->options.as_option, "location", 0));
	while (i < d->tokens.n && d->tokens.v[i].kind != TOK_STRING &&
	       d->tokens.v[i].kind != TOK_DOLLAR)
		i++;
	if (i == d->tokens.n)
		return -1;
	const struct sql_token *t = &d->tokens.v[i];
	struct str token = str_sub(d->text, t->at, t->n);
	bool is_dollar = t->kind == TOK_DOLLAR;
	ptrdiff_t quote = is_dollar ? str_chr(str_from(token, 1), '$') + 1 : str_chr(token, '\'');
	size_t open = (size_t)quote + 1;
	return str_starts(str_from(token, open), body) ? (int)(t->at + open) : -1;
}

static int quoted_body(struct make *m)
{
	const struct json *as = m->options.as;
	if (as->count > 1)
		return err_set(m->c, "42P13", "only one AS item needed for language \"%s\"",
			       m->options.language);
	struct str body = node_string(as->child);
	m->f->body = ddl_keep(m->d, body);
	m->body_at = literal_offset(m, body);
	return 0;
}

/* RETURN expr, or BEGIN ATOMIC ... END: from that word to the statement's end. */
static int atomic_body(struct make *m)
{
	struct ddl *d = m->d;
	size_t last = ddl_token_at(d, 0), n = d->tokens.n;
	while (last < n &&
	       !(ddl_token_is(d, last, "begin") && ddl_token_is(d, last + 1, "atomic")) &&
	       !ddl_token_is(d, last, "return"))
		last++;
	if (last >= n)
		return err_set(m->c, "42601", "the function's body was not found");
	struct str body = ddl_span(d, last, n);
	m->f->body = ddl_keep(d, body);
	m->f->is_atomic = true;
	m->body_at = (int)(body.p - d->text.p);
	return 0;
}

static int read_body(struct make *m)
{
	bool has_sql_body = json_get(m->stmt, "sql_body");
	if (!m->options.language && !has_sql_body)
		return err_set(m->c, "42P13", "no language specified");
	if (!m->options.language)
		m->options.language = "sql";
	TRY(check_language(m));
	m->f->language = arena_strdup(m->d->a, m->options.language);
	if (has_sql_body && strcmp(m->options.language, "sql") != 0)
		return err_set(m->c, "42P13",
			       "inline SQL function body only valid for language SQL");
	if (has_sql_body && m->options.as)
		return err_set(m->c, "42P13", "duplicate function body specified");
	if (!has_sql_body && !m->options.as)
		return err_set(m->c, "42P13", "no function body specified");
	return has_sql_body ? 0 : quoted_body(m);
}

/* ---- OR REPLACE ---- */

static int must_drop(struct make *m, const struct function *old)
{
	return err_hint(m->c, "Use DROP %s %s first.", old->kind == 'p' ? "PROCEDURE" : "FUNCTION",
			function_shown(m->c, m->d, old));
}

static const char *nth_name(const struct function *f, bool outputs, size_t n, struct typeref *ret)
{
	for (uint16_t i = 0; i < f->n_args; i++) {
		const struct func_arg *arg = &f->args[i];
		if ((outputs ? is_output(arg->mode) : is_input(arg->mode)) && n-- == 0) {
			*ret = arg->type;
			return arg->name;
		}
	}
	return NULL;
}

static bool same_outputs(const struct function *a, const struct function *b)
{
	for (size_t i = 0;; i++) {
		struct typeref x, y;
		const char *left = nth_name(a, true, i, &x), *right = nth_name(b, true, i, &y);
		if (!left || !right)
			return !left && !right;
		if (strcmp(left, right) != 0 || x.type != y.type)
			return false;
	}
}

static int check_inputs_kept(struct make *m, const struct function *old)
{
	size_t n = function_n_inputs(old);
	for (size_t i = 0; i < n; i++) {
		const struct func_arg *before = function_nth_input(old, i);
		const struct func_arg *after = function_nth_input(m->f, i);
		if (before->name[0] && strcmp(before->name, after->name) != 0) {
			err_set(m->c, "42P13", "cannot change name of input parameter \"%s\"",
				before->name);
			return must_drop(m, old);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!function_nth_input(old, i)->has_default ||
		    function_nth_input(m->f, i)->has_default)
			continue;
		err_set(m->c, "42P13", "cannot remove parameter defaults from existing function");
		return must_drop(m, old);
	}
	return 0;
}

static int check_replace(struct make *m, const struct function *old)
{
	const struct function *f = m->f;
	if (!json_get_bool(m->stmt, "replace", false))
		return err_set(m->c, "42723",
			       "function \"%s\" already exists with same argument types", f->name);
	TRY(function_must_own(m->c, m->d, old));
	if ((old->kind == 'p') != (f->kind == 'p')) {
		err_set(m->c, "42809", "cannot change routine kind");
		return err_details(m->c, "\"%s\" is a %s.", old->name,
				   old->kind == 'p' ? "procedure" : "function");
	}
	if (old->returns.type != f->returns.type || old->returns_set != f->returns_set) {
		err_set(m->c, "42P13",
			m->is_procedure ? "cannot change whether a procedure has output parameters"
					: "cannot change return type of existing function");
		return must_drop(m, old);
	}
	if (f->returns.type->oid == 2249 && !same_outputs(old, f)) {
		err_set(m->c, "42P13", "cannot change return type of existing function");
		err_details(m->c, "Row type defined by OUT parameters is different.");
		return must_drop(m, old);
	}
	return check_inputs_kept(m, old);
}

/* Keeps what belongs to the object: its oid, owner, rights and comment. */
static void replace(struct function *old, const struct function *f)
{
	struct function made = *f;
	made.oid = old->oid;
	made.owner = old->owner;
	made.acl = old->acl;
	made.comment = old->comment;
	*old = made;
}

static bool same_builtin(const struct builtin *b, void *arg)
{
	struct make *m = arg;
	const struct function *f = m->f;
	bool is_same = !strcmp(b->schema, f->schema) && b->n_args == function_n_inputs(f);
	for (uint8_t i = 0; is_same && i < b->n_args; i++)
		is_same = b->args[i] == function_nth_input(f, i)->type.type;
	if (is_same)
		ddl_notice(m->c, m->d,
			   "function %s.%s is built in: what the project defines is kept but not "
			   "called",
			   f->schema, f->name);
	return !is_same;
}

static void say_if_builtin(struct make *m)
{
	builtin_each(BUILTIN_FUNC, str_of(m->f->name), same_builtin, m);
}

static int place(struct make *m, const struct schema *schema)
{
	struct function *f = m->f;
	size_t n = function_n_inputs(f);
	struct typeref *inputs = arena_array(m->c->arena, n + 1, sizeof(*inputs));
	for (size_t i = 0; i < n; i++)
		inputs[i] = function_nth_input(f, i)->type;
	struct function *old = function_with(m->d, schema->name, str_of(f->name), inputs, n);
	if (old)
		TRY(check_replace(m, old));
	TRY(check_pseudo(m));
	if (f->is_atomic || !m->d->s->keep_bodies_unchecked)
		TRY(function_check_body(m->c, m->d, f, m->body_at));
	say_if_builtin(m);
	if (old) {
		replace(old, f);
		return 0;
	}
	f->oid = ddl_new_oid(m->d);
	f->owner = arena_strdup(m->d->a, m->d->s->role);
	f->acl = ddl_initial_acl(m->d, f->owner, f->schema, 'f');
	VEC_PUSH(m->d->a, &m->d->cat->functions, f);
	return 0;
}

int ddl_create_function(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *names = json_get(stmt, "funcname");
	struct schema *schema;
	struct make m = { .c = c,
			  .d = d,
			  .stmt = stmt,
			  .f = ARENA_NEW(d->a, struct function),
			  .is_procedure = json_get_bool(stmt, "is_procedure", false),
			  .body_at = -1 };
	struct function *f = m.f;
	TRY(ddl_create_schema_of(c, d, ddl_qualifier(names), -1, &schema));
	f->schema = schema->name;
	f->name = str_dup(d->a, ddl_last_name(names));
	f->kind = m.is_procedure ? 'p' : 'f';
	f->volatility = 'v';
	f->parallel = 'u';
	TRY(function_read_options(c, d, json_get(stmt, "options"), m.is_procedure, &m.options));
	TRY(read_body(&m));
	TRY(read_params(&m));
	TRY(read_returns(&m));
	if (json_get(stmt, "sql_body"))
		TRY(atomic_body(&m));
	f->cost = 100;
	f->rows = f->returns_set ? 1000 : 0;
	TRY(function_apply_options(c, d, &m.options, f));
	TRY(check_poly(&m));
	return place(&m, schema);
}
