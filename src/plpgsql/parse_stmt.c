/* Statements: dispatch by the first word, and the plain ones. */
#include "plpgsql/parse_int.h"
#include "sql/scan.h"

#include <string.h>

struct pl_stmt *pl_stmt_new(struct pl_parser *p, enum pl_kind kind, size_t at)
{
	struct pl_stmt *s = ARENA_NEW(p->a, struct pl_stmt);
	s->kind = kind;
	s->line = pl_line_of(p->text, at);
	return s;
}

/* The text between the brackets of ROW(...), when they enclose all of it. */
static bool row_fields(struct str text, struct str *ret)
{
	size_t at = 0;
	int depth = 0;
	struct str head = str_sub(text, 0, 3);
	if (!str_ieq(head, STR("row")))
		return false;
	size_t open = sql_skip_space(text, 3);
	if (open >= text.n || text.p[open] != '(' || text.p[text.n - 1] != ')')
		return false;
	for (at = open; at < text.n; at = sql_skip_space(text, at)) {
		struct sql_token t = sql_scan(text, at);
		at += t.n;
		depth += (text.p[t.at] == '(') - (text.p[t.at] == ')');
		if (depth == 0)
			break;
	}
	*ret = str_sub(text, open + 1, text.n - open - 2);
	return at >= text.n && ret->n > 0;
}

/* A row of known columns is assigned to a record by these columns. */
static void assign_columns(struct pl_parser *p, struct pl_stmt *s)
{
	struct str fields;
	struct pl_expr *value = s->assign.value;
	bool is_row = p->b->vars.v[s->assign.target.var].shape != SHAPE_SCALAR;
	if (!is_row || s->assign.target.n_steps || !row_fields(value->text, &fields))
		return;
	s->assign.row = ARENA_NEW(p->a, struct pl_expr);
	*s->assign.row = *value;
	s->assign.row->id = p->b->n_exprs++;
	s->assign.row->sql = str_of(arena_printf(p->a, "SELECT %.*s", STR_ARG(fields)));
	s->assign.row_target = ARENA_NEW(p->a, struct pl_target);
	*s->assign.row_target = s->assign.target;
}

static int parse_assign(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_ASSIGN, p->tok.at);
	size_t start = p->tok.at;
	TRY(pl_check_assignable(p, &p->tok));
	TRY(pl_read_target(p, &s->assign.target));
	TRY(pl_next(p));
	if (p->tok.kind == ')' || p->tok.kind == ']')
		return pl_error(p, "mismatched parentheses");
	if (p->tok.kind != '=' && p->tok.kind != T_COLON_EQUALS)
		return pl_error(p, "syntax error");
	int kind;
	TRY(pl_peek_kind(p, &kind));
	if (kind == ';' || kind == T_EOF) {
		/* Nothing at all is a list without columns: an error when it runs. */
		struct str none = str_sub(p->text, p->tok.at + p->tok.n, 0);
		s->assign.value = pl_expr_new(p, none, (int)(p->tok.at + p->tok.n), false);
		TRY(pl_next(p));
	} else {
		TRY(pl_read_expr(p, ';', ";", &s->assign.value));
	}
	struct pl_expr *e = s->assign.value;
	s->assign.text = str_sub(p->text, start, (size_t)e->offset + e->text.n - start);
	assign_columns(p, s);
	*ret = s;
	return 0;
}

static int parse_branch(struct pl_parser *p, struct pl_branch *b)
{
	TRY(pl_read_expr(p, K_THEN, "THEN", &b->cond));
	return pl_parse_stmts(p, &b->body);
}

static int end_of(struct pl_parser *p, int kind)
{
	TRY(pl_next(p));
	if (p->tok.kind != K_END)
		return pl_error(p, "syntax error");
	TRY(pl_expect(p, kind));
	return pl_expect(p, ';');
}

static int parse_if(struct pl_parser *p, struct pl_stmt **ret)
{
	VEC(struct pl_branch) list = { 0 };
	struct pl_stmt *s = pl_stmt_new(p, PL_IF, p->tok.at);
	do {
		struct pl_branch b;
		TRY(parse_branch(p, &b));
		VEC_PUSH(p->a, &list, b);
		TRY(pl_next(p));
	} while (p->tok.kind == K_ELSIF || p->tok.kind == K_ELSEIF);
	s->cond.branches = list.v;
	s->cond.n = list.n;
	s->cond.has_else = p->tok.kind == K_ELSE;
	if (s->cond.has_else)
		TRY(pl_parse_stmts(p, &s->cond.els));
	else
		pl_push_back(p);
	*ret = s;
	return end_of(p, K_IF);
}

/* Simple CASE tests a hidden variable: each WHEN becomes `variable IN (list)`. */
static void test_variable(struct pl_parser *p, struct pl_stmt *s)
{
	char *name = arena_printf(p->a, "__Case__Variable_%zu__", p->b->vars.n);
	struct pl_var v = { .like_var = -1, .name = str_of(name), .shape = SHAPE_SCALAR };
	s->cases.test_var = pl_var_add(p, v);
	for (size_t i = 0; i < s->cases.n; i++) {
		struct pl_expr *e = s->cases.branches[i].cond;
		char *sql = arena_printf(p->a, "SELECT \"%s\" IN (%.*s)", name, STR_ARG(e->text));
		e->skip = (int)(strlen(name) + sizeof("SELECT \"\" IN (") - 1);
		e->sql = str_of(sql);
		e->fast = FAST_NO;
		e->ns = p->ns;
	}
}

static int parse_case(struct pl_parser *p, struct pl_stmt **ret)
{
	VEC(struct pl_branch) list = { 0 };
	struct pl_stmt *s = pl_stmt_new(p, PL_CASE, p->tok.at);
	const struct pl_ns *outer = p->ns;
	TRY(pl_next(p));
	if (p->tok.kind != K_WHEN) {
		pl_push_back(p);
		TRY(pl_read_expr(p, K_WHEN, "WHEN", &s->cases.test));
	}
	while (p->tok.kind == K_WHEN) {
		struct pl_branch b;
		TRY(parse_branch(p, &b));
		VEC_PUSH(p->a, &list, b);
		TRY(pl_next(p));
	}
	s->cases.branches = list.v;
	s->cases.n = list.n;
	s->cases.has_else = p->tok.kind == K_ELSE;
	if (s->cases.has_else)
		TRY(pl_parse_stmts(p, &s->cases.els));
	else
		pl_push_back(p);
	TRY(end_of(p, K_CASE));
	if (s->cases.test)
		test_variable(p, s);
	p->ns = outer;
	*ret = s;
	return 0;
}

static const struct pl_ns *find_label(const struct pl_ns *ns, struct str name, bool any_loop)
{
	for (; ns; ns = ns->up)
		if (ns->kind == NS_LABEL &&
		    (any_loop ? ns->label == LABEL_LOOP : (name.n && str_eq(ns->name, name))))
			return ns;
	return NULL;
}

static int check_exit_label(struct pl_parser *p, bool is_exit, struct str label, size_t at)
{
	const struct pl_ns *ns = find_label(p->ns, label, false);
	if (!ns)
		err_set(p->c, "42601",
			"there is no label \"%.*s\" attached to any block or loop enclosing this "
			"statement",
			STR_ARG(label));
	else if (!is_exit && ns->label != LABEL_LOOP)
		err_set(p->c, "42601", "block label \"%.*s\" cannot be used in CONTINUE",
			STR_ARG(label));
	else
		return 0;
	return pl_error_at(p, at);
}

static int parse_exit(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_EXIT, p->tok.at);
	size_t at = p->tok.at, label_at = 0;
	s->exit.is_exit = p->tok.kind == K_EXIT;
	TRY(pl_next(p));
	if (p->tok.kind != ';' && p->tok.kind != K_WHEN) {
		label_at = p->tok.at;
		pl_push_back(p);
		TRY(pl_any_identifier(p, &s->exit.label));
		TRY(pl_next(p));
	}
	if (p->tok.kind == K_WHEN)
		TRY(pl_read_expr(p, ';', ";", &s->exit.cond));
	else if (p->tok.kind != ';')
		return pl_error(p, "syntax error");
	if (s->exit.label.n)
		TRY(check_exit_label(p, s->exit.is_exit, s->exit.label, label_at));
	*ret = s;
	if (s->exit.label.n || find_label(p->ns, STR(""), true))
		return 0;
	err_set(p->c, "42601",
		s->exit.is_exit ? "EXIT cannot be used outside a loop, unless it has a label"
				: "CONTINUE cannot be used outside a loop");
	return pl_error_at(p, at);
}

static int parse_assert(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_ASSERT, p->tok.at);
	int end;
	struct pl_until until = { { ',', ';' }, ", or ;", false, false };
	TRY(pl_read_sql(p, until, &s->assertion.cond, &end));
	if (end == ',')
		TRY(pl_read_expr(p, ';', ";", &s->assertion.message));
	*ret = s;
	return 0;
}

static int parse_transaction(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_TRANSACTION, p->tok.at);
	s->transaction.is_rollback = p->tok.kind == K_ROLLBACK;
	TRY(pl_next(p));
	if (p->tok.kind == K_AND) {
		TRY(pl_next(p));
		if (p->tok.kind == K_NO)
			TRY(pl_next(p));
		if (p->tok.kind != K_CHAIN)
			return pl_error(p, "syntax error");
		TRY(pl_next(p));
	}
	*ret = s;
	return p->tok.kind == ';' ? 0 : pl_error(p, "syntax error");
}

static int parse_labelled(struct pl_parser *p, struct str label, struct pl_stmt **ret)
{
	switch (p->tok.kind) {
	case K_DECLARE:
	case K_BEGIN:
		TRY(pl_parse_block(p, label, ret));
		return pl_expect(p, ';');
	case K_LOOP:
	case K_WHILE:
	case K_FOR:
	case K_FOREACH:
		return pl_parse_loop(p, label, ret);
	default:
		return pl_error(p, "syntax error");
	}
}

static int parse_simple(struct pl_parser *p, struct pl_stmt **ret)
{
	switch (p->tok.kind) {
	case T_DATUM:
		return parse_assign(p, ret);
	case K_IF:
		return parse_if(p, ret);
	case K_CASE:
		return parse_case(p, ret);
	case K_EXIT:
	case K_CONTINUE:
		return parse_exit(p, ret);
	case K_RETURN:
		return pl_parse_return(p, ret);
	case K_RAISE:
		return pl_parse_raise(p, ret);
	case K_ASSERT:
		return parse_assert(p, ret);
	case K_EXECUTE:
		return pl_parse_execute(p, ret);
	case K_GET:
		return pl_parse_diagnostics(p, ret);
	case K_OPEN:
		return pl_parse_open(p, ret);
	case K_FETCH:
	case K_MOVE:
		return pl_parse_fetch(p, p->tok.kind == K_MOVE, ret);
	case K_CLOSE:
		return pl_parse_close(p, ret);
	case K_COMMIT:
	case K_ROLLBACK:
		return parse_transaction(p, ret);
	case K_NULL:
		*ret = pl_stmt_new(p, PL_NULL, p->tok.at);
		return pl_expect(p, ';');
	default:
		return pl_parse_sql(p, ret);
	}
}

static int parse_stmt(struct pl_parser *p, struct pl_stmt **ret)
{
	struct str label = { "", 0 };
	switch (p->tok.kind) {
	case T_LESS_LESS:
		TRY(pl_any_identifier(p, &label));
		TRY(pl_expect(p, T_GREATER_GREATER));
		TRY(pl_next(p));
		return parse_labelled(p, label, ret);
	case K_DECLARE:
	case K_BEGIN:
	case K_LOOP:
	case K_WHILE:
	case K_FOR:
	case K_FOREACH:
		return parse_labelled(p, label, ret);
	default:
		return parse_simple(p, ret);
	}
}

static bool closes(int kind)
{
	return kind == K_END || kind == K_ELSE || kind == K_ELSIF || kind == K_ELSEIF ||
	       kind == K_WHEN || kind == K_EXCEPTION || kind == T_EOF;
}

/* The token that closes the list is pushed back. */
int pl_parse_stmts(struct pl_parser *p, struct pl_stmts *ret)
{
	VEC(struct pl_stmt *) list = { 0 };
	if (++p->depth > PLPGSQL_NESTING_MAX)
		return err_set(p->c, "54001", "stack depth limit exceeded"),
		       pl_error_at(p, p->tok.at);
	for (;;) {
		struct pl_stmt *s;
		TRY(pl_next(p));
		if (closes(p->tok.kind))
			break;
		TRY(parse_stmt(p, &s));
		VEC_PUSH(p->a, &list, s);
	}
	p->depth--;
	pl_push_back(p);
	*ret = (struct pl_stmts){ list.v, list.n };
	return 0;
}
