/* What is assigned to: variables, record fields, subscripts, and lists of them. */
#include "plpgsql/parse_int.h"

enum { INTO_MAX = 1024 };

static const struct pl_var *var_of(const struct pl_parser *p, const struct pl_token *t)
{
	return &p->b->vars.v[t->var];
}

bool pl_is_row(const struct pl_parser *p, const struct pl_token *t)
{
	return t->used == t->n_parts && var_of(p, t)->shape == SHAPE_RECORD;
}

bool pl_maybe_row(const struct pl_parser *p, const struct pl_token *t)
{
	return t->used == t->n_parts && var_of(p, t)->shape != SHAPE_SCALAR;
}

int pl_check_assignable(struct pl_parser *p, const struct pl_token *t)
{
	const struct pl_var *v = var_of(p, t);
	if (!v->is_constant)
		return 0;
	err_set(p->c, "22005", "variable \"%.*s\" is declared CONSTANT", STR_ARG(v->name));
	return pl_error_at(p, t->at);
}

static int read_subscript(struct pl_parser *p, struct pl_step *ret)
{
	struct pl_step s = { .field = { NULL, 0 } };
	int end = ':', kind;
	TRY(pl_peek_kind(p, &kind));
	if (kind == ':' || kind == ']')
		TRY(pl_next(p));
	if (kind == ']')
		return pl_error(p, "syntax error");
	struct pl_until until = { { ':', ']', ']' }, NULL, false, false };
	if (kind != ':')
		TRY(pl_read_sql(p, until, &s.from, &end));
	s.is_slice = end == ':';
	if (s.is_slice)
		TRY(pl_peek_kind(p, &kind));
	if (s.is_slice && kind == ']')
		TRY(pl_next(p));
	else if (s.is_slice)
		TRY(pl_read_sql(p, (struct pl_until){ { ']', ']', ']' }, NULL, false, false },
				&s.to, &end));
	*ret = s;
	return 0;
}

int pl_read_target(struct pl_parser *p, struct pl_target *ret)
{
	VEC(struct pl_step) steps = { 0 };
	struct pl_token t = p->tok;
	for (size_t i = t.used; i < t.n_parts; i++)
		VEC_PUSH(p->a, &steps, ((struct pl_step){ .field = t.parts[i] }));
	for (;;) {
		int kind;
		struct pl_step s = { .field = { NULL, 0 } };
		TRY(pl_peek_kind(p, &kind));
		if (kind != '[' && kind != '.')
			break;
		TRY(pl_next(p));
		if (kind == '[')
			TRY(read_subscript(p, &s));
		else
			TRY(pl_any_identifier(p, &s.field));
		VEC_PUSH(p->a, &steps, s);
	}
	*ret = (struct pl_target){ t.var, steps.v, steps.n };
	return 0;
}

static int add_scalar(struct pl_parser *p, struct pl_into *into, size_t *cap)
{
	struct pl_token t = p->tok;
	TRY(pl_check_assignable(p, &t));
	struct pl_target target = { t.var, NULL, 0 };
	target.n_steps = t.n_parts - t.used;
	target.steps = arena_array(p->a, target.n_steps, sizeof(*target.steps));
	for (size_t i = 0; i < target.n_steps; i++)
		target.steps[i].field = t.parts[t.used + i];
	if (into->n == *cap)
		into->v = vec_grow(p->a, into->v, into->n, cap, sizeof(*into->v));
	into->v[into->n++] = target;
	return 0;
}

/* The first target is in p->tok; reads `, b, c`. */
int pl_scalar_list(struct pl_parser *p, struct pl_into *ret)
{
	struct pl_into into = { NULL, 0, false };
	size_t cap = 0;
	TRY(add_scalar(p, &into, &cap));
	for (;;) {
		TRY(pl_next(p));
		if (p->tok.kind != ',')
			break;
		if (into.n >= INTO_MAX)
			return err_set(p->c, "42601", "too many INTO variables specified"),
			       pl_error_at(p, p->tok.at);
		TRY(pl_next(p));
		if (p->tok.kind != T_DATUM)
			return pl_not_variable(p, &p->tok);
		if (pl_is_row(p, &p->tok)) {
			err_set(p->c, "42601", "\"%.*s\" is not a scalar variable",
				STR_ARG(pl_token_name(p, &p->tok)));
			return pl_error_at(p, p->tok.at);
		}
		TRY(add_scalar(p, &into, &cap));
	}
	pl_push_back(p);
	*ret = into;
	return 0;
}

int pl_read_into(struct pl_parser *p, bool allow_strict, struct pl_into *ret)
{
	TRY(pl_next(p));
	bool is_strict = allow_strict && p->tok.kind == K_STRICT;
	if (is_strict)
		TRY(pl_next(p));
	if (p->tok.kind != T_DATUM)
		return pl_not_variable(p, &p->tok);
	bool is_row = pl_is_row(p, &p->tok);
	if (is_row) {
		int kind;
		struct pl_target target = { p->tok.var, NULL, 0 };
		TRY(pl_check_assignable(p, &p->tok));
		TRY(pl_peek_kind(p, &kind));
		if (kind == ',') {
			TRY(pl_next(p));
			err_set(p->c, "42601",
				"record variable cannot be part of multiple-item INTO list");
			return pl_error_at(p, p->tok.at);
		}
		*ret = (struct pl_into){ ARENA_NEW(p->a, struct pl_target), 1, is_strict };
		ret->v[0] = target;
		return 0;
	}
	TRY(pl_scalar_list(p, ret));
	ret->is_strict = is_strict;
	return 0;
}
