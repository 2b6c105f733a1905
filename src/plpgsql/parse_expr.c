/*
 * SQL inside a body: where it ends, that PostgreSQL's grammar takes it, and the
 * forms that need no SQL to be evaluated.
 */
#include "plpgsql/parse_int.h"
#include "sql/parse.h"
#include "sql/scan.h"

#include <string.h>

static const char select_word[] = "SELECT ";

/* An error of the SQL grammar gets its place in the body. */
static int place_in_body(struct pl_parser *p, const struct pl_expr *e)
{
	int in_text = p->c->err.position - e->skip;
	int start = sql_char_pos(p->text, e->offset);
	if (p->c->err.position > 0)
		p->c->err.position = in_text > 0 ? start + in_text - 1 : start;
	return -1;
}

/* PostgreSQL reads an expression as a SELECT's list and clauses, not as a set operation. */
static int refuse_set_operation(struct pl_parser *p, const struct pl_expr *e)
{
	int depth = 0;
	for (size_t at = 0; (at = sql_skip_space(e->sql, at)) < e->sql.n;) {
		struct sql_token t = sql_scan(e->sql, at);
		struct str word = str_sub(e->sql, t.at, t.n);
		at += t.n;
		if (t.kind == TOK_OTHER)
			depth += (word.p[0] == '(') - (word.p[0] == ')');
		bool is_set = t.kind == TOK_WORD &&
			      (str_ieq(word, STR("union")) || str_ieq(word, STR("except")) ||
			       str_ieq(word, STR("intersect")));
		if (depth || !is_set)
			continue;
		err_set(p->c, "42601", "syntax error at or near \"%.*s\"", STR_ARG(word));
		p->c->err.position = sql_char_pos(e->sql, (int)t.at);
		return place_in_body(p, e);
	}
	return 0;
}

/* TG_ARGV counts from 0; arrays here count from 1. */
static struct str shift_tg_argv(struct pl_parser *p, struct str sql)
{
	BUF_CLEANUP struct buf b = buf_make(2 * PLPGSQL_BODY_MAX);
	size_t done = 0;
	bool is_argv = false;
	for (size_t at = 0; (at = sql_skip_space(sql, at)) < sql.n;) {
		struct sql_token t = sql_scan(sql, at);
		struct str word = str_sub(sql, t.at, t.n);
		at += t.n;
		if (is_argv && str_is(word, "[")) {
			buf_str(&b, str_sub(sql, done, at - done));
			buf_puts(&b, "1+");
			done = at;
		}
		is_argv = t.kind == TOK_WORD && str_ieq(word, STR("tg_argv"));
	}
	if (!done)
		return sql;
	buf_str(&b, str_from(sql, done));
	return str_of(buf_dup(p->a, &b));
}

int pl_check_sql(struct pl_parser *p, struct pl_expr *e)
{
	struct arena_mark mark = arena_mark(p->c->arena);
	const struct json *stmt;
	if (sql_parse(p->c, e->sql, &stmt) < 0)
		return place_in_body(p, e);
	bool is_set = e->skip && json_get(node_as(stmt, "SelectStmt"), "larg");
	arena_rewind(p->c->arena, mark);
	if (is_set)
		TRY(refuse_set_operation(p, e));
	if (p->b->is_trigger)
		e->sql = shift_tg_argv(p, e->sql);
	return 0;
}

struct pl_expr *pl_expr_new(struct pl_parser *p, struct str text, int offset, bool is_statement)
{
	struct pl_expr *e = ARENA_NEW(p->a, struct pl_expr);
	e->text = text;
	e->offset = offset;
	e->ns = p->ns;
	e->id = p->b->n_exprs++;
	e->sql = text;
	if (!is_statement) {
		e->skip = (int)sizeof(select_word) - 1;
		e->sql = str_of(arena_printf(p->a, "%s%.*s", select_word, STR_ARG(text)));
	}
	struct pl_sql_ref ref = { is_statement ? 's' : 'e', text, offset };
	VEC_PUSH(p->a, &p->b->sqls, ref);
	return e;
}

static bool fast_word(struct pl_expr *e, struct str word)
{
	if (str_ieq(word, STR("null")))
		e->fast = FAST_NULL;
	else if (str_ieq(word, STR("true")) || str_ieq(word, STR("false")))
		e->fast = FAST_BOOL, e->number = (word.p[0] | 32) == 't';
	return e->fast != FAST_NO;
}

/* The text as one token or dotted name, read again by the body's own rules. */
static int fast_form(struct pl_parser *p, struct pl_expr *e)
{
	struct pl_parser one = *p;
	one.text = str_sub(e->text, 0, e->text.n);
	one.at = one.n_pushed = 0;
	one.lookup = LOOKUP_NORMAL;
	one.tok.kind = ',';
	int end;
	if (e->text.n > 200 || pl_next(&one) < 0)
		return 0;
	struct pl_token t = one.tok;
	if (pl_peek_kind(&one, &end) < 0 || end != T_EOF)
		return 0;
	if (t.kind == T_DATUM && t.used == t.n_parts) {
		e->fast = FAST_VAR, e->var = t.var;
	} else if (t.kind == T_DATUM && t.used + 1 == t.n_parts) {
		e->fast = FAST_FIELD, e->var = t.var, e->literal = t.parts[t.used];
	} else if (t.kind == T_SCONST && strchr("'$", e->text.p[t.at])) {
		e->fast = FAST_TEXT, e->literal = t.parts[0];
	} else if (t.kind == T_ICONST && str_to_i64(t.parts[0], &e->number) &&
		   e->number <= INT32_MAX) {
		e->fast = FAST_INT;
	} else if ((t.kind == T_WORD && !t.is_quoted) || t.kind == K_NULL) {
		fast_word(e, str_sub(e->text, t.at, t.n));
	}
	return 0;
}

int pl_finish_expr(struct pl_parser *p, struct pl_expr *e)
{
	TRY(pl_check_sql(p, e));
	return fast_form(p, e);
}

/* A slot that is not used is T_EOF, which then ends the text too: the error is left to
 * what follows. */
static bool ends(const struct pl_until *until, int kind)
{
	for (int i = 0; i < 3; i++)
		if (until->kinds[i] == kind)
			return true;
	return false;
}

static int missing_end(struct pl_parser *p, const struct pl_until *until, int depth)
{
	if (depth || !until->what)
		return pl_error(p, "mismatched parentheses");
	err_set(p->c, "42601", "missing \"%s\" at end of SQL %s", until->what,
		until->is_statement ? "statement" : "expression");
	return pl_error_at(p, p->tok.at);
}

/* Tokens up to the end; the end token is left in p->tok. */
static int skip_sql(struct pl_parser *p, const struct pl_until *until, size_t *ret_start)
{
	int depth = 0;
	size_t start = SIZE_MAX;
	for (;;) {
		TRY(pl_next(p));
		int kind = p->tok.kind;
		start = start == SIZE_MAX ? p->tok.at : start;
		if (depth == 0 && ends(until, kind))
			break;
		depth += kind == '(' || kind == '[';
		depth -= kind == ')' || kind == ']';
		if (depth < 0)
			return pl_error(p, "mismatched parentheses");
		if (kind == T_EOF || kind == ';')
			return missing_end(p, until, depth);
	}
	*ret_start = start;
	return 0;
}

int pl_read_sql(struct pl_parser *p, struct pl_until until, struct pl_expr **ret, int *ret_end)
{
	enum pl_lookup before = p->lookup;
	size_t start;
	p->lookup = LOOKUP_SQL;
	int rc = skip_sql(p, &until, &start);
	p->lookup = before;
	TRY(rc);
	if (start >= p->tok.at)
		return pl_error(p, until.is_statement ? "missing SQL statement"
						      : "missing expression");
	struct str text = str_sub(p->text, start, p->tok.at - start);
	while (text.n && strchr(" \t\n\r\f\v", text.p[text.n - 1]))
		text.n--;
	struct pl_expr *e = pl_expr_new(p, text, (int)start, until.is_statement);
	if (!until.no_check)
		TRY(until.is_statement ? pl_check_sql(p, e) : pl_finish_expr(p, e));
	*ret = e;
	if (ret_end)
		*ret_end = p->tok.kind;
	return 0;
}

int pl_read_expr(struct pl_parser *p, int until, const char *what, struct pl_expr **ret)
{
	return pl_read_sql(p, (struct pl_until){ { until }, what, false, false }, ret, NULL);
}

int pl_read_expr_list(struct pl_parser *p, int end1, int end2, const char *what,
		      struct pl_exprs *ret, int *ret_end)
{
	VEC(struct pl_expr *) list = { 0 };
	int end;
	do {
		struct pl_expr *e;
		struct pl_until until = { { ',', end1, end2 }, what, false, false };
		TRY(pl_read_sql(p, until, &e, &end));
		VEC_PUSH(p->a, &list, e);
	} while (end == ',');
	*ret = (struct pl_exprs){ list.v, list.n };
	*ret_end = end;
	return 0;
}
