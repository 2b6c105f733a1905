/* The parser's own: tokens, scopes, and the productions of its files. */
#ifndef PLPGSQL_PARSE_INT_H
#define PLPGSQL_PARSE_INT_H

#include "plpgsql/ast_int.h"

#include "base/arena.h"
#include "base/err.h"

/* Bytes stand for themselves. */
enum pl_token_kind {
	T_EOF = 0,
	T_IDENT = 256, /* not looked at yet */
	T_WORD,	       /* a name that is no variable */
	T_CWORD,       /* a.b or a.b.c that is no variable */
	T_DATUM,       /* a variable, or a record's field */
	T_SCONST,
	T_ICONST,
	T_FCONST,
	T_PARAM,
	T_OP,
	T_COLON_EQUALS,
	T_DOT_DOT,
	T_LESS_LESS,
	T_GREATER_GREATER,
	T_ARROW, /* => */
	T_TYPECAST,
	K_FIRST_KEYWORD = 300,
#define RESERVED(symbol, word) K_##symbol,
#define UNRESERVED(symbol, word) K_##symbol,
#include "keywords.def"
#undef RESERVED
#undef UNRESERVED
	K_KEYWORD_END
};

struct pl_token {
	int kind;
	size_t at, n;	     /* bytes of the body */
	struct str parts[3]; /* names folded or unquoted; a string's value is parts[0] */
	size_t n_parts;
	bool is_quoted;
	int var;     /* T_DATUM */
	size_t used; /* how many parts named the variable; the rest are fields */
};

/* Where names mean variables: not in declarations; in SQL only the host looks them up. */
enum pl_lookup { LOOKUP_NORMAL, LOOKUP_DECLARE, LOOKUP_SQL };

struct pl_parser {
	struct ctx *c;
	struct arena *a;
	struct plpgsql_body *b;
	struct str text;
	const struct function *f; /* NULL: DO */
	size_t at;		  /* next byte to scan */
	struct pl_token tok;	  /* the latest token */
	struct pl_token pushed[8];
	size_t n_pushed;
	enum pl_lookup lookup;
	const struct pl_ns *ns;
	int depth;
};

/* Tokens. All but line_of return -1 on failure; next() leaves the token in p->tok. */
int pl_next(struct pl_parser *p);
void pl_push_back(struct pl_parser *p);
int pl_expect(struct pl_parser *p, int kind); /* next, or a syntax error */
int pl_peek_kind(struct pl_parser *p, int *ret_kind);
bool pl_is_unreserved(int kind);
/* A name, keyword or variable as a plain identifier; syntax error otherwise. */
int pl_any_identifier(struct pl_parser *p, struct str *ret);
int pl_line_of(struct str text, size_t at);
int pl_error(struct pl_parser *p, const char *what); /* "what at or near the token" */
int pl_error_at(struct pl_parser *p, size_t at);     /* sets the place of c->err; -1 */
int pl_not_variable(struct pl_parser *p, const struct pl_token *t);
struct str pl_token_name(struct pl_parser *p, const struct pl_token *t); /* "a.b" */

/* SQL texts (parse_expr.c). Up to three tokens end one; *ret_end is which (NULL: not
 * asked for). what: the missing token, for messages. */
struct pl_until {
	int kinds[3];
	const char *what;
	bool is_statement, no_check;
};
int pl_read_sql(struct pl_parser *p, struct pl_until until, struct pl_expr **ret, int *ret_end);
int pl_read_expr(struct pl_parser *p, int until, const char *what, struct pl_expr **ret);
int pl_check_sql(struct pl_parser *p, struct pl_expr *e);
struct pl_expr *pl_expr_new(struct pl_parser *p, struct str text, int offset, bool is_statement);
/* Makes e an expression to be evaluated: checked, with its fast form. */
int pl_finish_expr(struct pl_parser *p, struct pl_expr *e);
int pl_read_expr_list(struct pl_parser *p, int end1, int end2, const char *what,
		      struct pl_exprs *ret, int *ret_end);

/* Targets (parse_target.c). */
int pl_read_target(struct pl_parser *p, struct pl_target *ret); /* p->tok is its T_DATUM */
int pl_read_into(struct pl_parser *p, bool allow_strict, struct pl_into *ret);
int pl_scalar_list(struct pl_parser *p, struct pl_into *ret);
int pl_check_assignable(struct pl_parser *p, const struct pl_token *t);
bool pl_is_row(const struct pl_parser *p, const struct pl_token *t);
bool pl_maybe_row(const struct pl_parser *p, const struct pl_token *t);

/* Scopes and declarations (parse_block.c). */
void pl_ns_push(struct pl_parser *p, struct str label, int kind);
int pl_var_add(struct pl_parser *p, struct pl_var v);
int pl_parse_block(struct pl_parser *p, struct str label, struct pl_stmt **ret);
/* The label after END, p NULL when there is none. */
int pl_read_end_label(struct pl_parser *p, struct str *ret, size_t *ret_at);
int pl_check_end_label(struct pl_parser *p, struct str label, struct str end, size_t at);

/* Statements. */
int pl_parse_stmts(struct pl_parser *p, struct pl_stmts *ret); /* until a closing keyword */
struct pl_stmt *pl_stmt_new(struct pl_parser *p, enum pl_kind kind, size_t at);
int pl_parse_loop(struct pl_parser *p, struct str label, struct pl_stmt **ret);
int pl_parse_raise(struct pl_parser *p, struct pl_stmt **ret);
int pl_parse_diagnostics(struct pl_parser *p, struct pl_stmt **ret);
int pl_parse_open(struct pl_parser *p, struct pl_stmt **ret);
int pl_parse_fetch(struct pl_parser *p, bool is_move, struct pl_stmt **ret);
int pl_parse_close(struct pl_parser *p, struct pl_stmt **ret);
int pl_cursor_args(struct pl_parser *p, int cursor, int until, struct pl_exprs *ret);
int pl_parse_sql(struct pl_parser *p, struct pl_stmt **ret);
int pl_parse_execute(struct pl_parser *p, struct pl_stmt **ret);
int pl_parse_return(struct pl_parser *p, struct pl_stmt **ret);

#endif
