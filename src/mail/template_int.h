/* The tree of a template. Values are JSON values: a missing one is NULL. */
#ifndef MAIL_TEMPLATE_INT_H
#define MAIL_TEMPLATE_INT_H

#include "base/buf.h"
#include "base/json.h"
#include "mail/html.h"
#include "mail/template.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_DOT,
	TOKEN_FIELD,	/* .Name; text is Name */
	TOKEN_VARIABLE, /* $ or $name; text is "" or name */
	TOKEN_STRING,
	TOKEN_NUMBER,
	TOKEN_PIPE,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_DECLARE, /* := */
	TOKEN_ASSIGN,
};

struct token {
	enum token_kind kind;
	struct str text;
	bool is_joined; /* no white space before it */
};

/* Reads the tokens of one action. */
struct lexer {
	struct ctx *c;
	const char *name;
	int line;
	struct str rest;
	struct token tok; /* the current one */
	int depth;	  /* of parentheses */
};

/* Moves to the next token. 42601. */
int lexer_next(struct lexer *l);

/* Error 42601 at the lexer's line. Always -1. */
int lexer_fail(const struct lexer *l, const char *what);

enum expr_kind { EXPR_DOT, EXPR_VARIABLE, EXPR_FIELD, EXPR_VALUE, EXPR_CALL };

struct function;

struct expr {
	enum expr_kind kind;
	struct str name;	  /* of a variable ("" is $) or field */
	const struct json *value; /* EXPR_VALUE; NULL is nil */
	const struct function *fn;
	struct expr *child; /* the base of a field, the first argument */
	struct expr *next;  /* argument */
};

/* A pipeline up to the end of the action or a closing parenthesis. */
int expr_parse(struct lexer *l, struct expr **ret);

enum node_kind { NODE_TEXT, NODE_PRINT, NODE_SET, NODE_IF, NODE_WITH, NODE_RANGE };

struct node {
	enum node_kind kind;
	int line;
	struct str text; /* NODE_TEXT */
	struct expr *expr;
	struct str key, variable; /* range $key, $variable; $variable := */
	bool is_assign;		  /* = instead of := */
	struct node *body, *other;
	struct node *next;
};

struct template
{
	const char *name;
	struct node *body;
};

/* One rendering. */
struct render {
	struct ctx *c;
	const struct template *t;
	enum template_mode mode;
	struct buf *out;
	struct html html; /* where in the document out ends */
	int line;
	unsigned steps;
};

/* Error "name:line: what" with a code. Always -1. */
int render_fail(const struct render *r, const char *code, const char *what);

struct function {
	const char *name;
	int min, max; /* arguments; max -1: any number */
	int (*fn)(struct render *r, const struct json **args, int n, const struct json **ret);
	bool is_lazy; /* and, or: evaluated in order by template_eval.c */
	bool is_or;
};

/* NULL when there is none of that name. */
const struct function *template_function(struct str name);

/* Go's truth: false, 0, "", empty lists and objects, and what is missing are false. */
bool value_is_true(const struct json *v);

/* As Go's fmt prints it. */
void value_print(struct buf *b, const struct json *v);

/* Values made while rendering. */
const struct json *value_bool(bool v);
const struct json *value_string(struct ctx *c, struct str text);
const struct json *value_int(struct ctx *c, int64_t v);

#endif
