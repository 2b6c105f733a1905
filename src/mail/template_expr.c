#include "base/arena.h"
#include "base/err.h"
#include "mail/template_int.h"

static struct expr *expr_new(struct lexer *l, enum expr_kind kind)
{
	struct expr *e = ARENA_NEW(l->c->arena, struct expr);
	e->kind = kind;
	return e;
}

static struct expr *literal(struct lexer *l, const struct json *value)
{
	struct expr *e = expr_new(l, EXPR_VALUE);
	e->value = value;
	return e;
}

static const struct json *number(struct lexer *l)
{
	struct json *v = ARENA_NEW(l->c->arena, struct json);
	v->kind = JSON_NUMBER;
	v->text = v->raw = l->tok.text;
	return v;
}

static int call(struct lexer *l, const struct function *fn, struct expr *last, struct expr **ret);

static int unknown_word(struct lexer *l)
{
	return lexer_fail(l, arena_printf(l->c->arena, "there is no function \"%.*s\"",
					  STR_ARG(l->tok.text)));
}

/* true, false, nil, or a function without arguments inside a list of operands. */
static int word(struct lexer *l, struct expr **ret)
{
	struct str w = l->tok.text;
	if (str_is(w, "true") || str_is(w, "false"))
		*ret = literal(l, value_bool(str_is(w, "true")));
	else if (str_is(w, "nil"))
		*ret = literal(l, NULL);
	else if (template_function(w))
		return lexer_fail(l, "a call inside a call takes parentheses");
	else
		return unknown_word(l);
	return lexer_next(l);
}

static int parenthesized(struct lexer *l, struct expr **ret)
{
	if (++l->depth > TEMPLATE_DEPTH_MAX)
		return lexer_fail(l, "too many parentheses inside each other");
	TRY(lexer_next(l));
	TRY(expr_parse(l, ret));
	if (l->tok.kind != TOKEN_CLOSE)
		return lexer_fail(l, "a parenthesis is not closed");
	l->depth--;
	return lexer_next(l);
}

static int primary(struct lexer *l, struct expr **ret)
{
	struct expr *e;
	switch (l->tok.kind) {
	case TOKEN_DOT:
		*ret = expr_new(l, EXPR_DOT);
		return lexer_next(l);
	case TOKEN_FIELD:
		e = expr_new(l, EXPR_FIELD);
		e->name = l->tok.text;
		e->child = expr_new(l, EXPR_DOT);
		*ret = e;
		return lexer_next(l);
	case TOKEN_VARIABLE:
		e = expr_new(l, EXPR_VARIABLE);
		e->name = l->tok.text;
		*ret = e;
		return lexer_next(l);
	case TOKEN_STRING:
		*ret = literal(l, value_string(l->c, l->tok.text));
		return lexer_next(l);
	case TOKEN_NUMBER:
		*ret = literal(l, number(l));
		return lexer_next(l);
	case TOKEN_OPEN:
		return parenthesized(l, ret);
	case TOKEN_WORD:
		return word(l, ret);
	default:
		return lexer_fail(l, "a value is missing");
	}
}

/* .A.B, $x.A, (…).A */
static int operand(struct lexer *l, struct expr **ret)
{
	struct expr *e;
	TRY(primary(l, &e));
	while (l->tok.kind == TOKEN_FIELD && l->tok.is_joined) {
		struct expr *field = expr_new(l, EXPR_FIELD);
		field->name = l->tok.text;
		field->child = e;
		e = field;
		TRY(lexer_next(l));
	}
	*ret = e;
	return 0;
}

static bool ends_command(enum token_kind kind)
{
	return kind == TOKEN_END || kind == TOKEN_PIPE || kind == TOKEN_CLOSE;
}

static int check_count(struct lexer *l, const struct function *fn, int n)
{
	if (n >= fn->min && (fn->max < 0 || n <= fn->max))
		return 0;
	return lexer_fail(
		l, arena_printf(l->c->arena, "\"%s\" takes another number of arguments", fn->name));
}

/* The arguments up to the command's end, then what the pipe passes on. */
static int call(struct lexer *l, const struct function *fn, struct expr *last, struct expr **ret)
{
	struct expr *e = expr_new(l, EXPR_CALL);
	struct expr **tail = &e->child;
	int n = 0;
	e->fn = fn;
	while (!ends_command(l->tok.kind)) {
		TRY(operand(l, tail));
		tail = &(*tail)->next;
		n++;
	}
	*tail = last;
	TRY(check_count(l, fn, n + (last != NULL)));
	*ret = e;
	return 0;
}

static int command(struct lexer *l, struct expr *last, struct expr **ret)
{
	const struct function *fn = NULL;
	if (l->tok.kind == TOKEN_WORD)
		fn = template_function(l->tok.text);
	if (fn) {
		TRY(lexer_next(l));
		return call(l, fn, last, ret);
	}
	if (last)
		return lexer_fail(l, "after | a function is needed");
	TRY(operand(l, ret));
	if (!ends_command(l->tok.kind))
		return lexer_fail(l, "only functions take arguments");
	return 0;
}

int expr_parse(struct lexer *l, struct expr **ret)
{
	struct expr *e;
	TRY(command(l, NULL, &e));
	while (l->tok.kind == TOKEN_PIPE) {
		TRY(lexer_next(l));
		TRY(command(l, e, &e));
	}
	*ret = e;
	return 0;
}
