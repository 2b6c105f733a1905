/* SQL statements with INTO, PERFORM, CALL, EXECUTE and RETURN. */
#include "plpgsql/parse_int.h"

#include <string.h>

/* Copies the statement with spaces in INTO's place, so that positions stay. */
static struct str without_into(struct pl_parser *p, size_t start, size_t end, size_t into_at,
			       size_t into_end)
{
	struct str text = str_sub(p->text, start, end - start);
	char *copy = str_dup(p->a, text);
	if (into_end > into_at)
		memset(copy + (into_at - start), ' ', into_end - into_at);
	return (struct str){ copy, text.n };
}

static size_t trim_end(struct pl_parser *p, size_t start, size_t end)
{
	while (end > start && strchr(" \t\n\r\f\v", p->text.p[end - 1]))
		end--;
	return end;
}

struct into_place {
	size_t at, end;
};

static int read_statement_into(struct pl_parser *p, struct pl_stmt *s, struct into_place *place)
{
	if (s->sql.has_into)
		return pl_error(p, "INTO specified more than once");
	s->sql.has_into = true;
	place->at = p->tok.at;
	p->lookup = LOOKUP_NORMAL;
	TRY(pl_read_into(p, true, &s->sql.into));
	p->lookup = LOOKUP_SQL;
	return 0;
}

/* Tokens to the statement's semicolon; INTO on the way. first: its first token. */
static int scan_statement(struct pl_parser *p, struct pl_stmt *s, int first,
			  struct into_place *place)
{
	int depth = 0, previous;
	for (;;) {
		previous = p->tok.kind;
		TRY(pl_next(p));
		int kind = p->tok.kind;
		if (place->at && !place->end)
			place->end = p->tok.at;
		if (kind == ';' && depth == 0)
			return 0;
		if (kind == T_EOF)
			return pl_error(p, "unexpected end of function definition");
		depth += (kind == '(') - (kind == ')' && depth > 0);
		bool is_into = kind == K_INTO && previous != K_INSERT && previous != K_MERGE &&
			       first != K_IMPORT;
		if (is_into)
			TRY(read_statement_into(p, s, place));
	}
}

static int plain_sql(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_SQL, p->tok.at);
	struct into_place place = { 0 };
	size_t start = p->tok.at;
	int first = p->tok.kind;
	struct str word = p->tok.parts[0];
	p->lookup = LOOKUP_SQL;
	int rc = scan_statement(p, s, first, &place);
	p->lookup = LOOKUP_NORMAL;
	TRY(rc);
	size_t end = trim_end(p, start, p->tok.at);
	struct str text = without_into(p, start, end, place.at, place.end < end ? place.end : end);
	while (text.n && text.p[text.n - 1] == ' ')
		text.n--;
	s->sql.query = pl_expr_new(p, text, (int)start, true);
	s->sql.is_mod = first == K_INSERT || first == K_MERGE || str_is(word, "update") ||
			str_is(word, "delete");
	*ret = s;
	return pl_check_sql(p, s->sql.query);
}

/* A name that begins a statement but is followed by what only a variable has. */
static int word_statement(struct pl_parser *p, struct pl_stmt **ret)
{
	int kind;
	TRY(pl_peek_kind(p, &kind));
	/* ":" and "=" are one token only when scanned, so is "=" alone. */
	if (kind == '=' || kind == T_COLON_EQUALS || kind == '[' || kind == '.')
		return pl_not_variable(p, &p->tok);
	return plain_sql(p, ret);
}

static int perform(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_PERFORM, p->tok.at);
	struct pl_until until = { { ';' }, ";", false, true };
	size_t start = p->tok.at, word = p->tok.n;
	pl_push_back(p);
	TRY(pl_read_sql(p, until, &s->sql.query, NULL));
	struct pl_expr *e = s->sql.query;
	struct str rest = str_from(e->text, word);
	e->sql = str_of(arena_printf(p->a, "SELECT%.*s", STR_ARG(rest)));
	e->offset = (int)start + 1;
	e->skip = 0;
	TRY(pl_check_sql(p, e));
	e->text = e->sql;
	e->offset = (int)(start + word);
	e->skip = (int)sizeof("SELECT") - 1;
	*ret = s;
	return 0;
}

static int call(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_CALL, p->tok.at);
	struct pl_until until = { { ';' }, ";", true, false };
	pl_push_back(p);
	*ret = s;
	return pl_read_sql(p, until, &s->sql.query, NULL);
}

int pl_parse_sql(struct pl_parser *p, struct pl_stmt **ret)
{
	switch (p->tok.kind) {
	case K_PERFORM:
		return perform(p, ret);
	case K_CALL:
	case K_DO:
		return call(p, ret);
	case K_IMPORT:
	case K_INSERT:
	case K_MERGE:
		return plain_sql(p, ret);
	case T_WORD:
	case T_CWORD:
		return word_statement(p, ret);
	default:
		/* Unreserved keywords begin no SQL statement but these. */
		return pl_error(p, "syntax error");
	}
}

int pl_parse_execute(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_EXECUTE, p->tok.at);
	struct pl_until until = { { K_INTO, K_USING, ';' }, "INTO or USING or ;", false, false };
	int end;
	TRY(pl_read_sql(p, until, &s->sql.query, &end));
	while (end != ';') {
		bool is_second = end == K_INTO ? s->sql.has_into : s->sql.args.n > 0;
		if (is_second || (end != K_INTO && end != K_USING))
			return pl_error(p, "syntax error");
		if (end == K_USING) {
			TRY(pl_read_expr_list(p, ';', K_INTO, ", or ; or INTO", &s->sql.args,
					      &end));
			continue;
		}
		s->sql.has_into = true;
		TRY(pl_read_into(p, true, &s->sql.into));
		TRY(pl_next(p));
		end = p->tok.kind;
	}
	*ret = s;
	return 0;
}

static int no_parameter(struct pl_parser *p, const char *code, const char *message,
			const char *hint)
{
	TRY(pl_next(p));
	if (p->tok.kind == ';')
		return 0;
	err_set(p->c, code, "%s", message);
	if (hint)
		err_hint(p->c, "%s", hint);
	return pl_error_at(p, p->tok.at);
}

static int return_value(struct pl_parser *p, struct pl_stmt *s)
{
	TRY(pl_read_expr(p, ';', ";", &s->ret.value));
	if (s->ret.value->fast == FAST_VAR)
		s->ret.var = s->ret.value->var;
	return 0;
}

static bool has_out_args(const struct function *f)
{
	for (int i = 0; f && i < f->n_args; i++)
		if (strchr("obt", f->args[i].mode))
			return true;
	return false;
}

static bool returns_void(const struct function *f)
{
	return !f || !f->returns.type || !strcmp(f->returns.type->name, "void");
}

static int plain_return(struct pl_parser *p, struct pl_stmt *s)
{
	const struct function *f = p->f;
	if (f && f->returns_set)
		return no_parameter(p, "42804",
				    "RETURN cannot have a parameter in function returning set",
				    "Use RETURN NEXT or RETURN QUERY.");
	if (f && f->kind == 'p' && !has_out_args(f))
		return no_parameter(p, "42601", "RETURN cannot have a parameter in a procedure",
				    NULL);
	if (has_out_args(f))
		return no_parameter(
			p, "42804",
			"RETURN cannot have a parameter in function with OUT parameters", NULL);
	if (returns_void(f))
		return no_parameter(p, "42804",
				    "RETURN cannot have a parameter in function returning void",
				    NULL);
	return return_value(p, s);
}

static int need_set(struct pl_parser *p, const char *what, size_t at)
{
	if (p->f && p->f->returns_set)
		return 0;
	err_set(p->c, "42804", "cannot use %s in a non-SETOF function", what);
	return pl_error_at(p, at);
}

static int return_next(struct pl_parser *p, struct pl_stmt *s, size_t at)
{
	s->kind = PL_RETURN_NEXT;
	TRY(need_set(p, "RETURN NEXT", at));
	if (has_out_args(p->f))
		return no_parameter(
			p, "42804",
			"RETURN NEXT cannot have a parameter in function with OUT parameters",
			NULL);
	return return_value(p, s);
}

static int return_query(struct pl_parser *p, struct pl_stmt *s, size_t at)
{
	int end;
	s->kind = PL_RETURN_QUERY;
	TRY(need_set(p, "RETURN QUERY", at));
	TRY(pl_next(p));
	s->ret.is_dynamic = p->tok.kind == K_EXECUTE;
	if (!s->ret.is_dynamic) {
		pl_push_back(p);
		struct pl_until until = { { ';' }, ";", true, false };
		return pl_read_sql(p, until, &s->ret.value, NULL);
	}
	struct pl_until until = { { ';', K_USING }, "; or USING", false, false };
	TRY(pl_read_sql(p, until, &s->ret.value, &end));
	if (end == K_USING)
		TRY(pl_read_expr_list(p, ';', 0, ", or ;", &s->ret.args, &end));
	return 0;
}

int pl_parse_return(struct pl_parser *p, struct pl_stmt **ret)
{
	size_t at = p->tok.at;
	struct pl_stmt *s = pl_stmt_new(p, PL_RETURN, at);
	s->ret.var = -1;
	*ret = s;
	TRY(pl_next(p));
	if (p->tok.kind == T_EOF)
		return pl_error(p, "unexpected end of function definition");
	if (p->tok.kind == K_NEXT)
		return return_next(p, s, at);
	if (p->tok.kind == K_QUERY)
		return return_query(p, s, at);
	pl_push_back(p);
	return plain_return(p, s);
}
