/* LOOP, WHILE, FOR and FOREACH. */
#include "plpgsql/parse_int.h"

static int loop_body(struct pl_parser *p, struct pl_loop *l)
{
	struct str end;
	size_t at;
	TRY(pl_parse_stmts(p, &l->body));
	TRY(pl_next(p));
	if (p->tok.kind != K_END)
		return pl_error(p, "syntax error");
	TRY(pl_expect(p, K_LOOP));
	TRY(pl_read_end_label(p, &end, &at));
	TRY(pl_expect(p, ';'));
	return pl_check_end_label(p, l->label, end, at);
}

/* A loop's variable or variables, before it is known which kind of loop it is. */
struct loop_var {
	struct pl_token name;
	struct pl_into targets;
	bool is_row; /* one record */
	bool is_list, is_known;
};

static int read_variable(struct pl_parser *p, struct loop_var *v)
{
	int kind;
	TRY(pl_next(p));
	v->name = p->tok;
	if (p->tok.kind == T_CWORD || (p->tok.kind != T_DATUM && p->tok.kind != T_WORD))
		return pl_not_variable(p, &p->tok);
	TRY(pl_peek_kind(p, &kind));
	v->is_known = p->tok.kind == T_DATUM;
	if (!v->is_known && kind == ',')
		return pl_not_variable(p, &p->tok);
	if (!v->is_known)
		return 0;
	v->is_row = pl_is_row(p, &p->tok);
	v->is_list = kind == ',';
	if (v->is_row)
		TRY(pl_check_assignable(p, &p->tok));
	if (v->is_row) {
		v->targets = (struct pl_into){ ARENA_NEW(p->a, struct pl_target), 1, false };
		v->targets.v[0].var = p->tok.var;
		return 0;
	}
	return pl_scalar_list(p, &v->targets);
}

static int need_row_target(struct pl_parser *p, const struct loop_var *v)
{
	if (v->is_known)
		return 0;
	err_set(p->c, "42601",
		"loop variable of loop over rows must be a record variable or list of scalar "
		"variables");
	return pl_error_at(p, v->name.at);
}

/* A hidden variable of the loop's own, by the name in FOR. */
static int own_variable(struct pl_parser *p, const struct loop_var *v, const char *type)
{
	struct pl_var var = { .like_var = -1, .name = pl_token_name(p, &v->name) };
	var.type = str_of(type);
	var.shape = str_is(var.type, "record") ? SHAPE_RECORD : SHAPE_SCALAR;
	var.line = pl_line_of(p->text, v->name.at);
	return pl_var_add(p, var);
}

static int for_execute(struct pl_parser *p, const struct loop_var *v, struct pl_stmt *s)
{
	int end;
	struct pl_until until = { { K_LOOP, K_USING }, "LOOP or USING", false, false };
	s->kind = PL_FOR_EXECUTE;
	TRY(pl_read_sql(p, until, &s->loop.query, &end));
	TRY(need_row_target(p, v));
	s->loop.targets = v->targets;
	if (end == K_USING)
		TRY(pl_read_expr_list(p, K_LOOP, 0, ", or LOOP", &s->loop.args, &end));
	return 0;
}

static int for_cursor(struct pl_parser *p, const struct loop_var *v, struct pl_stmt *s)
{
	const struct pl_var *cursor = &p->b->vars.v[p->tok.var];
	s->kind = PL_FOR_CURSOR;
	s->loop.cursor = p->tok.var;
	if (v->is_list) {
		err_set(p->c, "42601", "cursor FOR loop must have only one target variable");
		return pl_error_at(p, v->name.at);
	}
	if (!cursor->cursor) {
		err_set(p->c, "42601", "cursor FOR loop must use a bound cursor variable");
		return pl_error_at(p, p->tok.at);
	}
	TRY(pl_cursor_args(p, s->loop.cursor, K_LOOP, &s->loop.args));
	s->loop.var = own_variable(p, v, "record");
	return 0;
}

static int for_integer(struct pl_parser *p, const struct loop_var *v, struct pl_stmt *s)
{
	int end;
	struct pl_until until = { { K_LOOP, K_BY }, "LOOP", false, false };
	s->kind = PL_FOR_INT;
	TRY(pl_finish_expr(p, s->loop.query));
	TRY(pl_read_sql(p, until, &s->loop.to, &end));
	if (end == K_BY)
		TRY(pl_read_expr(p, K_LOOP, "LOOP", &s->loop.by));
	if (v->is_list) {
		err_set(p->c, "42601", "integer FOR loop must have only one target variable");
		return pl_error_at(p, v->name.at);
	}
	s->loop.var = own_variable(p, v, "integer");
	return 0;
}

/* The text read as an expression turns out to be a query. */
static int for_query(struct pl_parser *p, const struct loop_var *v, struct pl_stmt *s, size_t at)
{
	s->kind = PL_FOR_QUERY;
	if (s->loop.is_reverse) {
		err_set(p->c, "42601", "cannot specify REVERSE in query FOR loop");
		return pl_error_at(p, at);
	}
	s->loop.query->sql = s->loop.query->text;
	s->loop.query->skip = 0;
	TRY(pl_check_sql(p, s->loop.query));
	TRY(need_row_target(p, v));
	s->loop.targets = v->targets;
	return 0;
}

static int for_control(struct pl_parser *p, struct pl_stmt *s)
{
	struct loop_var v = { 0 };
	int end;
	TRY(read_variable(p, &v));
	TRY(pl_expect(p, K_IN));
	TRY(pl_next(p));
	size_t at = p->tok.at;
	if (p->tok.kind == K_EXECUTE)
		return for_execute(p, &v, s);
	bool is_cursor = p->tok.kind == T_DATUM && p->tok.used == p->tok.n_parts &&
			 str_is(p->b->vars.v[p->tok.var].type, "refcursor");
	if (is_cursor)
		return for_cursor(p, &v, s);
	s->loop.is_reverse = p->tok.kind == K_REVERSE;
	if (!s->loop.is_reverse)
		pl_push_back(p);
	struct pl_until until = { { T_DOT_DOT, K_LOOP }, "LOOP", false, true };
	TRY(pl_read_sql(p, until, &s->loop.query, &end));
	return end == T_DOT_DOT ? for_integer(p, &v, s) : for_query(p, &v, s, at);
}

static int foreach_control(struct pl_parser *p, struct pl_stmt *s)
{
	struct loop_var v = { 0 };
	int64_t slice = 0;
	TRY(read_variable(p, &v));
	TRY(pl_next(p));
	if (p->tok.kind == K_SLICE) {
		TRY(pl_expect(p, T_ICONST));
		str_to_i64(p->tok.parts[0], &slice);
		TRY(pl_next(p));
	}
	if (p->tok.kind != K_IN)
		return pl_error(p, "syntax error");
	TRY(pl_expect(p, K_ARRAY));
	TRY(pl_read_expr(p, K_LOOP, "LOOP", &s->loop.query));
	s->kind = PL_FOREACH;
	s->loop.slice = (int)slice;
	s->loop.targets = v.targets;
	return 0;
}

/* PostgreSQL finds an unknown FOREACH variable once the whole loop is read. */
static int check_foreach(struct pl_parser *p, const struct pl_stmt *s, size_t at)
{
	if (s->kind != PL_FOREACH || s->loop.targets.n)
		return 0;
	err_set(p->c, "42601",
		"loop variable of FOREACH must be a known variable or list of variables");
	return pl_error_at(p, at);
}

int pl_parse_loop(struct pl_parser *p, struct str label, struct pl_stmt **ret)
{
	const struct pl_ns *outer = p->ns;
	struct pl_stmt *s = pl_stmt_new(p, PL_LOOP, p->tok.at);
	int kind = p->tok.kind;
	size_t at = p->at;
	pl_ns_push(p, label, LABEL_LOOP);
	s->loop.label = label;
	if (kind == K_WHILE) {
		s->kind = PL_WHILE;
		TRY(pl_read_expr(p, K_LOOP, "LOOP", &s->loop.query));
	} else if (kind == K_FOR) {
		TRY(for_control(p, s));
	} else if (kind == K_FOREACH) {
		TRY(foreach_control(p, s));
	}
	TRY(check_foreach(p, s, at + 1));
	TRY(loop_body(p, &s->loop));
	p->ns = outer;
	*ret = s;
	return 0;
}
