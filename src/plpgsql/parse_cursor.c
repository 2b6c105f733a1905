/* OPEN, FETCH, MOVE, CLOSE and cursors' arguments. */
#include "plpgsql/parse_int.h"

#include <string.h>

static int read_cursor(struct pl_parser *p, int *ret)
{
	TRY(pl_next(p));
	if (p->tok.kind != T_DATUM)
		return pl_not_variable(p, &p->tok);
	const struct pl_var *v = &p->b->vars.v[p->tok.var];
	if (p->tok.used != p->tok.n_parts || v->shape == SHAPE_RECORD) {
		err_set(p->c, "42804", "cursor variable must be a simple variable");
		return pl_error_at(p, p->tok.at);
	}
	const struct type *t = v->argument ? p->f->args[v->argument - 1].type.type : NULL;
	bool is_cursor = str_ieq(v->type, STR("refcursor")) || (t && !strcmp(t->name, "refcursor"));
	if (!is_cursor) {
		err_set(p->c, "42804", "variable \"%.*s\" must be of type cursor or refcursor",
			STR_ARG(v->name));
		return pl_error_at(p, p->tok.at);
	}
	*ret = p->tok.var;
	return 0;
}

static int arg_index(const struct pl_parser *p, const struct pl_cursor *cur, struct str name)
{
	for (size_t i = 0; i < cur->n_args; i++)
		if (str_eq(p->b->vars.v[cur->args[i]].name, name))
			return (int)i;
	return -1;
}

/* `name :=` before an argument; its place, or the next free one. */
static int arg_place(struct pl_parser *p, const struct pl_cursor *cur, size_t next, size_t *ret)
{
	int kind;
	TRY(pl_next(p));
	bool is_word = p->tok.kind == T_WORD || p->tok.kind == T_DATUM;
	TRY(pl_peek_kind(p, &kind));
	*ret = next;
	if (!is_word || kind != T_COLON_EQUALS) {
		pl_push_back(p);
		return 0;
	}
	int i = arg_index(p, cur, p->tok.parts[0]);
	if (i < 0) {
		err_set(p->c, "42601", "cursor has no argument named \"%.*s\"",
			STR_ARG(p->tok.parts[0]));
		return pl_error_at(p, p->tok.at);
	}
	*ret = (size_t)i;
	return pl_next(p);
}

static int cursor_error(struct pl_parser *p, const char *fmt, struct str name, size_t at)
{
	err_set(p->c, "42601", fmt, STR_ARG(name));
	return pl_error_at(p, at);
}

static int repeated_arg(struct pl_parser *p, const struct pl_var *v, size_t place)
{
	err_set(p->c, "42601",
		"value for parameter \"%.*s\" of cursor \"%.*s\" specified more than once",
		STR_ARG(p->b->vars.v[v->cursor->args[place]].name), STR_ARG(v->name));
	return pl_error_at(p, p->tok.at);
}

static int read_args(struct pl_parser *p, const struct pl_var *v, struct pl_exprs *ret)
{
	const struct pl_cursor *cur = v->cursor;
	int end = ',';
	ret->v = arena_array(p->a, cur->n_args, sizeof(*ret->v));
	ret->n = cur->n_args;
	for (size_t n = 0; end == ','; n++) {
		size_t place;
		if (n == cur->n_args)
			return cursor_error(p, "too many arguments for cursor \"%.*s\"", v->name,
					    p->tok.at);
		TRY(arg_place(p, cur, n, &place));
		if (ret->v[place])
			return repeated_arg(p, v, place);
		struct pl_until until = { { ',', ')' }, ",\" or \")", false, false };
		TRY(pl_read_sql(p, until, &ret->v[place], &end));
		if (end == ')' && n + 1 < cur->n_args)
			return cursor_error(p, "not enough arguments for cursor \"%.*s\"", v->name,
					    p->tok.at);
	}
	return 0;
}

int pl_cursor_args(struct pl_parser *p, int cursor, int until, struct pl_exprs *ret)
{
	const struct pl_var *v = &p->b->vars.v[cursor];
	TRY(pl_next(p));
	if (!v->cursor->n_args && p->tok.kind == '(')
		return cursor_error(p, "cursor \"%.*s\" has no arguments", v->name, p->tok.at);
	if (v->cursor->n_args && p->tok.kind != '(')
		return cursor_error(p, "cursor \"%.*s\" has arguments", v->name, p->tok.at);
	if (v->cursor->n_args) {
		TRY(read_args(p, v, ret));
		TRY(pl_next(p));
	}
	return p->tok.kind == until ? 0 : pl_error(p, "syntax error");
}

static int open_query(struct pl_parser *p, struct pl_stmt *s)
{
	int end;
	TRY(pl_next(p));
	if (p->tok.kind == K_NO || p->tok.kind == K_SCROLL) {
		s->open.scroll = p->tok.kind == K_NO ? -1 : 1;
		if (p->tok.kind == K_NO)
			TRY(pl_next(p));
		if (p->tok.kind == K_SCROLL)
			TRY(pl_next(p));
	}
	if (p->tok.kind != K_FOR)
		return pl_error(p, "syntax error, expected \"FOR\"");
	TRY(pl_next(p));
	s->open.is_dynamic = p->tok.kind == K_EXECUTE;
	if (!s->open.is_dynamic) {
		struct pl_until until = { { ';' }, ";", true, false };
		pl_push_back(p);
		return pl_read_sql(p, until, &s->open.query, NULL);
	}
	struct pl_until until = { { K_USING, ';' }, "USING or ;", false, false };
	TRY(pl_read_sql(p, until, &s->open.query, &end));
	if (end == K_USING)
		TRY(pl_read_expr_list(p, ';', 0, ", or ;", &s->open.args, &end));
	return 0;
}

int pl_parse_open(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_OPEN, p->tok.at);
	*ret = s;
	TRY(read_cursor(p, &s->open.cursor));
	if (!p->b->vars.v[s->open.cursor].cursor)
		return open_query(p, s);
	return pl_cursor_args(p, s->open.cursor, ';', &s->open.args);
}

static int direction_count(struct pl_parser *p, struct pl_stmt *s)
{
	struct pl_until until = { { K_FROM, K_IN }, "FROM or IN", false, false };
	return pl_read_sql(p, until, &s->fetch.count_expr, NULL);
}

static int expect_from(struct pl_parser *p)
{
	TRY(pl_next(p));
	bool is_from = p->tok.kind == K_FROM || p->tok.kind == K_IN;
	return is_from ? 0 : pl_error(p, "expected FROM or IN");
}

/* FORWARD and BACKWARD: alone, ALL, or a count. */
static int forward_count(struct pl_parser *p, struct pl_stmt *s)
{
	TRY(pl_next(p));
	int kind = p->tok.kind;
	if (kind == T_EOF)
		return pl_error(p, "unexpected end of function definition");
	if (kind == K_FROM || kind == K_IN)
		return 0;
	s->fetch.is_many = true;
	if (kind == K_ALL) {
		s->fetch.count = INT64_MAX;
		return expect_from(p);
	}
	pl_push_back(p);
	return direction_count(p, s);
}

/* NEXT, PRIOR, FIRST, LAST, ALL. */
static int named_direction(struct pl_parser *p, struct pl_stmt *s, int kind)
{
	s->fetch.direction = kind == K_PRIOR			 ? FETCH_BACKWARD
			     : kind == K_FIRST || kind == K_LAST ? FETCH_ABSOLUTE
								 : FETCH_FORWARD;
	s->fetch.is_many = kind == K_ALL;
	s->fetch.count = kind == K_LAST ? -1 : kind == K_ALL ? INT64_MAX : 1;
	return expect_from(p);
}

static int fetch_direction(struct pl_parser *p, struct pl_stmt *s)
{
	s->fetch.count = 1;
	TRY(pl_next(p));
	int kind = p->tok.kind;
	switch (kind) {
	case T_EOF:
		return pl_error(p, "unexpected end of function definition");
	case K_NEXT:
	case K_PRIOR:
	case K_FIRST:
	case K_LAST:
	case K_ALL:
		return named_direction(p, s, kind);
	case K_ABSOLUTE:
	case K_RELATIVE:
		s->fetch.direction = kind == K_ABSOLUTE ? FETCH_ABSOLUTE : FETCH_RELATIVE;
		return direction_count(p, s);
	case K_FORWARD:
	case K_BACKWARD:
		s->fetch.direction = kind == K_FORWARD ? FETCH_FORWARD : FETCH_BACKWARD;
		return forward_count(p, s);
	case K_FROM:
	case K_IN:
		return 0;
	case T_DATUM:
		pl_push_back(p);
		return 0;
	default:
		pl_push_back(p);
		s->fetch.is_many = true;
		return direction_count(p, s);
	}
}

int pl_parse_fetch(struct pl_parser *p, bool is_move, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_FETCH, p->tok.at);
	size_t at = p->tok.at;
	*ret = s;
	s->fetch.is_move = is_move;
	TRY(fetch_direction(p, s));
	TRY(read_cursor(p, &s->fetch.cursor));
	if (is_move)
		return pl_expect(p, ';');
	TRY(pl_expect(p, K_INTO));
	TRY(pl_read_into(p, false, &s->fetch.into));
	TRY(pl_expect(p, ';'));
	if (!s->fetch.is_many)
		return 0;
	err_set(p->c, "0A000", "FETCH statement cannot return multiple rows");
	return pl_error_at(p, at);
}

int pl_parse_close(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_CLOSE, p->tok.at);
	*ret = s;
	TRY(read_cursor(p, &s->open.cursor));
	return pl_expect(p, ';');
}
