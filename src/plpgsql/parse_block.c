/* Blocks, EXCEPTION sections, and the body as a whole. */
#include "plpgsql/parse_declare_int.h"
#include "plpgsql/parse_int.h"
#include "sql/parse.h"
#include "sql/scan.h"

#include <string.h>

int pl_read_end_label(struct pl_parser *p, struct str *ret, size_t *ret_at)
{
	*ret = (struct str){ NULL, 0 };
	TRY(pl_next(p));
	*ret_at = p->tok.at;
	pl_push_back(p);
	if (p->tok.kind == ';' || p->tok.kind == T_EOF)
		return 0;
	return pl_any_identifier(p, ret);
}

int pl_check_end_label(struct pl_parser *p, struct str label, struct str end, size_t at)
{
	if (!end.p || (label.n && str_eq(label, end)))
		return 0;
	if (!label.n)
		err_set(p->c, "42601", "end label \"%.*s\" specified for unlabeled block",
			STR_ARG(end));
	else
		err_set(p->c, "42601", "end label \"%.*s\" differs from block's label \"%.*s\"",
			STR_ARG(end), STR_ARG(label));
	return pl_error_at(p, at);
}

static int sqlstate_condition(struct pl_parser *p, struct pl_condition *ret)
{
	TRY(pl_expect(p, T_SCONST));
	struct str code = p->tok.parts[0];
	if (code.n != 5 || strspn(str_dup(p->a, code), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5)
		return pl_error(p, "invalid SQLSTATE code");
	ret->code = str_dup(p->a, code);
	ret->is_class = str_ends(code, STR("000"));
	return 0;
}

typedef VEC(struct pl_condition) condition_list;

static int condition(struct pl_parser *p, condition_list *list)
{
	struct str name;
	struct pl_condition cond = { 0 };
	size_t pos = 0;
	TRY(pl_any_identifier(p, &name));
	if (str_is(name, "sqlstate")) {
		TRY(sqlstate_condition(p, &cond));
		VEC_PUSH(p->a, list, cond);
		return 0;
	}
	if (str_is(name, "others")) {
		VEC_PUSH(p->a, list, cond);
		return 0;
	}
	if (!pl_condition_code(name))
		return err_set(p->c, "42704", "unrecognized exception condition \"%.*s\"",
			       STR_ARG(name));
	while ((cond.code = pl_condition_next(name, &pos))) {
		cond.is_class = !strcmp(cond.code + 2, "000");
		VEC_PUSH(p->a, list, cond);
	}
	return 0;
}

static int handler(struct pl_parser *p, struct pl_handler *h)
{
	condition_list list = { 0 };
	do {
		TRY(condition(p, &list));
		TRY(pl_next(p));
	} while (p->tok.kind == K_OR);
	if (p->tok.kind != K_THEN)
		return pl_error(p, "syntax error");
	h->conditions = list.v;
	h->n_conditions = list.n;
	return pl_parse_stmts(p, &h->body);
}

static int text_var(struct pl_parser *p, const char *name)
{
	struct pl_var v = { .name = str_of(name), .like_var = -1, .is_constant = true };
	v.type = STR("text");
	return pl_var_add(p, v);
}

/* p->tok is EXCEPTION. */
static int exception_section(struct pl_parser *p, struct pl_block *b)
{
	VEC(struct pl_handler) list = { 0 };
	b->sqlstate_var = text_var(p, "sqlstate");
	b->sqlerrm_var = text_var(p, "sqlerrm");
	TRY(pl_expect(p, K_WHEN));
	while (p->tok.kind == K_WHEN) {
		struct pl_handler h = { 0 };
		TRY(handler(p, &h));
		VEC_PUSH(p->a, &list, h);
		TRY(pl_next(p));
	}
	b->handlers = list.v;
	b->n_handlers = list.n;
	return 0;
}

/* p->tok is DECLARE or BEGIN; ends after END and its label. */
int pl_parse_block(struct pl_parser *p, struct str label, struct pl_stmt **ret)
{
	const struct pl_ns *outer = p->ns;
	struct str end;
	size_t at;
	struct pl_block b = { .label = label };
	pl_ns_push(p, label, LABEL_BLOCK);
	if (p->tok.kind == K_DECLARE)
		TRY(pl_parse_declare(p, &b));
	struct pl_stmt *s = pl_stmt_new(p, PL_BLOCK, p->tok.at);
	TRY(pl_parse_stmts(p, &b.body));
	TRY(pl_next(p));
	if (p->tok.kind == K_EXCEPTION)
		TRY(exception_section(p, &b));
	if (p->tok.kind != K_END)
		return pl_error(p, "syntax error");
	p->ns = outer;
	TRY(pl_read_end_label(p, &end, &at));
	TRY(pl_check_end_label(p, label, end, at));
	s->block = b;
	*ret = s;
	return 0;
}

static int option(struct pl_parser *p)
{
	static const struct {
		int kind;
		enum name_conflict conflict;
	} conflicts[] = { { K_ERROR, NAMES_AMBIGUOUS },
			  { K_USE_VARIABLE, NAMES_VARIABLE },
			  { K_USE_COLUMN, NAMES_COLUMN } };
	TRY(pl_next(p));
	if (p->tok.kind == K_OPTION)
		return pl_expect(p, K_DUMP);
	if (p->tok.kind == K_PRINT_STRICT_PARAMS) {
		struct str value;
		TRY(pl_any_identifier(p, &value));
		p->b->print_strict_params = str_is(value, "on");
		if (str_is(value, "on") || str_is(value, "off"))
			return 0;
		return err_set(p->c, "XX000", "unrecognized print_strict_params option %.*s",
			       STR_ARG(value));
	}
	if (p->tok.kind != K_VARIABLE_CONFLICT)
		return pl_error(p, "syntax error");
	TRY(pl_next(p));
	for (size_t i = 0; i < 3; i++)
		if (p->tok.kind == conflicts[i].kind) {
			p->b->on_conflict = conflicts[i].conflict;
			return 0;
		}
	return pl_error(p, "syntax error");
}

static int opt_label(struct pl_parser *p, struct str *ret)
{
	TRY(pl_next(p));
	if (p->tok.kind != T_LESS_LESS)
		return 0;
	TRY(pl_any_identifier(p, ret));
	TRY(pl_expect(p, T_GREATER_GREATER));
	return pl_next(p);
}

static int parse_all(struct pl_parser *p)
{
	struct str label = { "", 0 };
	for (;;) {
		TRY(pl_next(p));
		if (p->tok.kind != '#')
			break;
		TRY(option(p));
	}
	pl_push_back(p);
	TRY(opt_label(p, &label));
	if (p->tok.kind != K_DECLARE && p->tok.kind != K_BEGIN)
		return pl_error(p, "syntax error");
	TRY(pl_parse_block(p, label, &p->b->block));
	TRY(pl_next(p));
	if (p->tok.kind == ';')
		TRY(pl_next(p));
	return p->tok.kind == T_EOF ? 0 : pl_error(p, "syntax error");
}

static enum pl_shape shape_of(const struct type *t)
{
	if (!t)
		return SHAPE_UNKNOWN;
	if (t->kind == TYPE_COMPOSITE || !strcmp(t->name, "record"))
		return SHAPE_RECORD;
	return SHAPE_SCALAR;
}

static void add_alias(struct pl_parser *p, struct str name, int var)
{
	struct pl_ns *ns = ARENA_NEW(p->a, struct pl_ns);
	*ns = (struct pl_ns){ .kind = NS_VAR, .name = name, .var = var, .up = p->ns };
	p->ns = ns;
}

static void add_arguments(struct pl_parser *p)
{
	const struct function *f = p->f;
	p->b->n_args = f->n_args;
	p->b->args = arena_array(p->a, f->n_args, sizeof(int));
	for (int i = 0; i < f->n_args; i++) {
		const struct func_arg *arg = &f->args[i];
		struct pl_var v = { .name = str_of(arena_printf(p->a, "$%d", i + 1)),
				    .like_var = -1,
				    .argument = i + 1,
				    .shape = shape_of(arg->type.type) };
		p->b->args[i] = pl_var_add(p, v);
		if (arg->name && arg->name[0])
			add_alias(p, str_of(arg->name), p->b->args[i]);
		if (arg->name && arg->name[0])
			p->b->vars.v[p->b->args[i]].name = str_of(arg->name);
	}
}

static void add_trigger_vars(struct pl_parser *p)
{
	static const struct {
		const char *name, *type;
	} tg[TG_COUNT] = {
		[TG_NAME] = { "tg_name", "name" },
		[TG_WHEN] = { "tg_when", "text" },
		[TG_LEVEL] = { "tg_level", "text" },
		[TG_OP] = { "tg_op", "text" },
		[TG_RELID] = { "tg_relid", "oid" },
		[TG_RELNAME] = { "tg_relname", "name" },
		[TG_TABLE_NAME] = { "tg_table_name", "name" },
		[TG_TABLE_SCHEMA] = { "tg_table_schema", "name" },
		[TG_NARGS] = { "tg_nargs", "integer" },
		[TG_ARGV] = { "tg_argv", "text[]" },
	};
	struct pl_var row = { .like_var = -1, .shape = SHAPE_RECORD, .type = STR("record") };
	row.name = STR("new");
	p->b->new_row = pl_var_add(p, row);
	row.name = STR("old");
	p->b->old_row = pl_var_add(p, row);
	p->b->tg_first = (int)p->b->vars.n;
	for (int i = 0; i < TG_COUNT; i++) {
		struct pl_var v = { .like_var = -1, .name = str_of(tg[i].name) };
		v.type = str_of(tg[i].type);
		pl_var_add(p, v);
	}
}

static void add_function_scope(struct pl_parser *p)
{
	const struct function *f = p->f;
	pl_ns_push(p, str_of(f ? f->name : "inline_code_block"), LABEL_BLOCK);
	if (f)
		add_arguments(p);
	if (p->b->is_trigger)
		add_trigger_vars(p);
	struct pl_var found = { .like_var = -1, .name = STR("found"), .type = STR("boolean") };
	p->b->found = pl_var_add(p, found);
}

int plpgsql_parse(struct ctx *c, struct arena *a, struct str body, const struct function *f,
		  struct plpgsql_body **ret)
{
	if (body.n > PLPGSQL_BODY_MAX)
		return err_set(c, "54000", "function body is longer than %d bytes",
			       PLPGSQL_BODY_MAX);
	if ((body.n && memchr(body.p, '\0', body.n)) || !str_is_utf8(body))
		return err_set(c, "22021", "invalid byte sequence for encoding \"UTF8\"");
	struct plpgsql_body *b = ARENA_NEW(a, struct plpgsql_body);
	b->text = body;
	b->new_row = b->old_row = b->tg_first = -1;
	const struct type *returns = f ? f->returns.type : NULL;
	b->is_trigger = returns && !strcmp(returns->name, "trigger");
	struct pl_parser p = { .c = c, .a = a, .b = b, .text = body, .f = f };
	p.tok.kind = ';';
	add_function_scope(&p);
	TRY(parse_all(&p));
	*ret = b;
	return 0;
}

void plpgsql_each_sql(const struct plpgsql_body *b,
		      void (*fn)(void *arg, char kind, struct str sql, int offset), void *arg)
{
	for (size_t i = 0; i < b->sqls.n; i++)
		fn(arg, b->sqls.v[i].kind, b->sqls.v[i].sql, b->sqls.v[i].offset);
}
