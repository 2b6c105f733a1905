/* RAISE and GET DIAGNOSTICS. */
#include "plpgsql/parse_int.h"

#include <string.h>

static const struct {
	int token;
	enum pl_raise_option what;
} raise_options[] = {
	{ K_ERRCODE, OPT_ERRCODE },   { K_MESSAGE, OPT_MESSAGE }, { K_DETAIL, OPT_DETAIL },
	{ K_HINT, OPT_HINT },	      { K_COLUMN, OPT_COLUMN },	  { K_CONSTRAINT, OPT_CONSTRAINT },
	{ K_DATATYPE, OPT_DATATYPE }, { K_TABLE, OPT_TABLE },	  { K_SCHEMA, OPT_SCHEMA },
};

static int raise_option_kind(struct pl_parser *p, enum pl_raise_option *ret)
{
	TRY(pl_next(p));
	if (p->tok.kind == T_EOF)
		return pl_error(p, "unexpected end of function definition");
	for (size_t i = 0; i < sizeof(raise_options) / sizeof(*raise_options); i++)
		if (p->tok.kind == raise_options[i].token) {
			*ret = raise_options[i].what;
			return 0;
		}
	return pl_error(p, "unrecognized RAISE statement option");
}

static int read_options(struct pl_parser *p, struct pl_stmt *s)
{
	VEC(__typeof__(*s->raise.options)) list = { 0 };
	int end;
	do {
		__typeof__(*s->raise.options) o;
		TRY(raise_option_kind(p, &o.what));
		TRY(pl_next(p));
		if (p->tok.kind != '=' && p->tok.kind != T_COLON_EQUALS)
			return pl_error(p, "syntax error, expected \"=\"");
		struct pl_until until = { { ',', ';' }, ", or ;", false, false };
		TRY(pl_read_sql(p, until, &o.value, &end));
		VEC_PUSH(p->a, &list, o);
	} while (end != ';');
	s->raise.options = (void *)list.v;
	s->raise.n_options = list.n;
	return 0;
}

static int read_level(struct pl_parser *p, struct pl_stmt *s)
{
	static const struct {
		int token;
		enum raise_level level;
	} levels[] = { { K_WARNING, RAISE_WARNING },
		       { K_NOTICE, RAISE_NOTICE },
		       { K_INFO, RAISE_INFO },
		       { K_LOG, RAISE_LOG },
		       { K_DEBUG, RAISE_DEBUG } };
	s->raise.is_exception = true;
	bool is_level = p->tok.kind == K_EXCEPTION;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (p->tok.kind == levels[i].token) {
			s->raise.level = levels[i].level;
			s->raise.is_exception = false;
			is_level = true;
		}
	return is_level ? pl_next(p) : 0;
}

/* 'a' and 'b' with a line's end between them are one string. */
static bool is_continued(const struct pl_parser *p, size_t end)
{
	return p->tok.kind == T_SCONST && memchr(p->text.p + end, '\n', p->tok.at - end);
}

static int read_format(struct pl_parser *p, struct pl_stmt *s)
{
	int end;
	s->raise.format = p->tok.parts[0];
	size_t at = p->tok.at + p->tok.n;
	TRY(pl_next(p));
	while (is_continued(p, at)) {
		struct str more = p->tok.parts[0];
		s->raise.format = str_of(
			arena_printf(p->a, "%.*s%.*s", STR_ARG(s->raise.format), STR_ARG(more)));
		at = p->tok.at + p->tok.n;
		TRY(pl_next(p));
	}
	if (p->tok.kind != ',' && p->tok.kind != ';' && p->tok.kind != K_USING)
		return pl_error(p, "syntax error");
	if (p->tok.kind == ',')
		TRY(pl_read_expr_list(p, ';', K_USING, ", or ; or USING", &s->raise.args, &end));
	return 0;
}

static int read_sqlstate(struct pl_parser *p, struct pl_stmt *s)
{
	TRY(pl_expect(p, T_SCONST));
	struct str code = p->tok.parts[0];
	if (code.n != 5 || strspn(str_dup(p->a, code), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5)
		return pl_error(p, "invalid SQLSTATE code");
	s->raise.condition = code;
	s->raise.code = str_dup(p->a, code);
	return 0;
}

static int read_condition(struct pl_parser *p, struct pl_stmt *s)
{
	if (p->tok.kind == K_SQLSTATE) {
		TRY(read_sqlstate(p, s));
	} else {
		if (p->tok.kind != T_WORD && !pl_is_unreserved(p->tok.kind))
			return pl_error(p, "syntax error");
		s->raise.condition = p->tok.parts[0];
		s->raise.code = pl_condition_code(s->raise.condition);
		if (!s->raise.code)
			return err_set(p->c, "42704", "unrecognized exception condition \"%.*s\"",
				       STR_ARG(s->raise.condition));
	}
	TRY(pl_next(p));
	return p->tok.kind == ';' || p->tok.kind == K_USING ? 0 : pl_error(p, "syntax error");
}

static int check_parameters(struct pl_parser *p, const struct pl_stmt *s)
{
	struct str f = s->raise.format;
	size_t wanted = 0;
	for (size_t i = 0; i < f.n; i++) {
		if (f.p[i] != '%')
			continue;
		if (i + 1 < f.n && f.p[i + 1] == '%')
			i++;
		else
			wanted++;
	}
	if (wanted > s->raise.args.n)
		return err_set(p->c, "42601", "too few parameters specified for RAISE");
	if (wanted < s->raise.args.n)
		return err_set(p->c, "42601", "too many parameters specified for RAISE");
	return 0;
}

int pl_parse_raise(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_RAISE, p->tok.at);
	*ret = s;
	s->raise.is_exception = true;
	TRY(pl_next(p));
	if (p->tok.kind == T_EOF)
		return pl_error(p, "unexpected end of function definition");
	s->raise.is_rethrow = p->tok.kind == ';';
	if (s->raise.is_rethrow)
		return 0;
	TRY(read_level(p, s));
	if (p->tok.kind == T_EOF)
		return pl_error(p, "unexpected end of function definition");
	if (p->tok.kind == T_SCONST)
		TRY(read_format(p, s));
	else if (p->tok.kind != K_USING)
		TRY(read_condition(p, s));
	if (p->tok.kind == K_USING)
		TRY(read_options(p, s));
	return check_parameters(p, s);
}

static const struct {
	int token;
	enum pl_diag what;
	const char *name;
	bool is_current, is_stacked;
} diag_items[] = {
	{ K_ROW_COUNT, DIAG_ROW_COUNT, "ROW_COUNT", true, false },
	{ K_PG_CONTEXT, DIAG_CONTEXT, "PG_CONTEXT", true, false },
	{ K_PG_EXCEPTION_DETAIL, DIAG_ERROR_DETAIL, "PG_EXCEPTION_DETAIL", false, true },
	{ K_PG_EXCEPTION_HINT, DIAG_ERROR_HINT, "PG_EXCEPTION_HINT", false, true },
	{ K_PG_EXCEPTION_CONTEXT, DIAG_ERROR_CONTEXT, "PG_EXCEPTION_CONTEXT", false, true },
	{ K_COLUMN_NAME, DIAG_COLUMN, "COLUMN_NAME", false, true },
	{ K_CONSTRAINT_NAME, DIAG_CONSTRAINT, "CONSTRAINT_NAME", false, true },
	{ K_PG_DATATYPE_NAME, DIAG_DATATYPE, "PG_DATATYPE_NAME", false, true },
	{ K_MESSAGE_TEXT, DIAG_MESSAGE, "MESSAGE_TEXT", false, true },
	{ K_TABLE_NAME, DIAG_TABLE, "TABLE_NAME", false, true },
	{ K_SCHEMA_NAME, DIAG_SCHEMA, "SCHEMA_NAME", false, true },
	{ K_RETURNED_SQLSTATE, DIAG_SQLSTATE, "RETURNED_SQLSTATE", false, true },
};

static int diag_item(struct pl_parser *p)
{
	TRY(pl_next(p));
	for (size_t i = 0; i < sizeof(diag_items) / sizeof(*diag_items); i++)
		if (diag_items[i].token == p->tok.kind)
			return (int)i;
	return pl_error(p, "unrecognized GET DIAGNOSTICS item");
}

static int diag_target(struct pl_parser *p, struct pl_target *ret)
{
	int kind;
	TRY(pl_next(p));
	if (p->tok.kind != T_DATUM)
		return pl_not_variable(p, &p->tok);
	TRY(pl_check_assignable(p, &p->tok));
	TRY(pl_peek_kind(p, &kind));
	if (pl_is_row(p, &p->tok) || kind == '[') {
		err_set(p->c, "42601", "\"%.*s\" is not a scalar variable",
			STR_ARG(pl_token_name(p, &p->tok)));
		return pl_error_at(p, p->tok.at);
	}
	return pl_read_target(p, ret);
}

static int check_diag_area(struct pl_parser *p, const int *items, size_t n, bool is_stacked,
			   size_t at)
{
	for (size_t i = 0; i < n; i++) {
		bool is_allowed = is_stacked ? diag_items[items[i]].is_stacked
					     : diag_items[items[i]].is_current;
		if (is_allowed)
			continue;
		err_set(p->c, "42601", "diagnostics item %s is not allowed in GET %s DIAGNOSTICS",
			diag_items[items[i]].name, is_stacked ? "STACKED" : "CURRENT");
		return pl_error_at(p, at);
	}
	return 0;
}

int pl_parse_diagnostics(struct pl_parser *p, struct pl_stmt **ret)
{
	struct pl_stmt *s = pl_stmt_new(p, PL_DIAGNOSTICS, p->tok.at);
	size_t at = p->tok.at;
	VEC(__typeof__(*s->diag.items)) list = { 0 };
	VEC(int) which = { 0 };
	TRY(pl_next(p));
	s->diag.is_stacked = p->tok.kind == K_STACKED;
	if (s->diag.is_stacked || p->tok.kind == K_CURRENT)
		TRY(pl_next(p));
	if (p->tok.kind != K_DIAGNOSTICS)
		return pl_error(p, "syntax error");
	do {
		__typeof__(*s->diag.items) item;
		TRY(diag_target(p, &item.target));
		TRY(pl_next(p));
		if (p->tok.kind != '=' && p->tok.kind != T_COLON_EQUALS)
			return pl_error(p, "syntax error");
		int i = diag_item(p);
		TRY(i);
		item.what = diag_items[i].what;
		VEC_PUSH(p->a, &list, item);
		VEC_PUSH(p->a, &which, i);
		TRY(pl_next(p));
	} while (p->tok.kind == ',');
	if (p->tok.kind != ';')
		return pl_error(p, "syntax error");
	s->diag.items = (void *)list.v;
	s->diag.n = list.n;
	*ret = s;
	return check_diag_area(p, which.v, which.n, s->diag.is_stacked, at);
}
