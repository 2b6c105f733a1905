/* The DECLARE section. */
#include "plpgsql/parse_declare_int.h"
#include "plpgsql/parse_int.h"
#include "sql/parse.h"
#include "sql/scan.h"

#include <string.h>

static int read_name(struct pl_parser *p, struct pl_var *v)
{
	if (p->tok.kind != T_WORD && !pl_is_unreserved(p->tok.kind))
		return pl_error(p, "syntax error");
	int var;
	size_t used;
	v->name = p->tok.parts[0];
	v->line = pl_line_of(p->text, p->tok.at);
	if (pl_ns_find(p->b, p->ns, &v->name, 1, true, &var, &used))
		return pl_error(p, "duplicate declaration");
	return 0;
}

/* name%TYPE and name%ROWTYPE. 1: it was one of them; 0: it is not, with the token after
 * the name in p->tok. */
static int like_type(struct pl_parser *p, struct pl_var *v, const struct pl_token *name)
{
	int kind;
	TRY(pl_next(p));
	if (p->tok.kind != '%')
		return 0;
	TRY(pl_peek_kind(p, &kind));
	TRY(pl_next(p));
	bool is_row = p->tok.kind == K_ROWTYPE;
	if (!is_row && p->tok.kind != K_TYPE)
		return 0;
	int var;
	size_t used;
	memcpy(v->like, name->parts, sizeof(v->like));
	v->n_like = name->n_parts;
	v->is_rowtype = is_row;
	v->like_var = -1;
	if (is_row)
		v->shape = SHAPE_RECORD;
	else if (pl_ns_find(p->b, p->ns, name->parts, name->n_parts, false, &var, &used) &&
		 used == name->n_parts)
		v->like_var = var, v->shape = p->b->vars.v[var].shape;
	return 1;
}

static bool ends_type(int kind, int depth)
{
	return kind == K_COLLATE || kind == K_NOT || kind == '=' || kind == T_COLON_EQUALS ||
	       kind == K_DEFAULT || ((kind == ',' || kind == ')') && depth == 0);
}

/* The grammar's opinion of a type's text; its place in the body on error. */
static int check_type(struct pl_parser *p, struct pl_var *v, struct str text)
{
	static const char head[] = "ALTER TABLE t ALTER c TYPE ";
	struct pl_expr e = { .offset = v->type_offset, .skip = (int)sizeof(head) - 1 };
	e.sql = str_of(arena_printf(p->a, "%s%.*s", head, STR_ARG(text)));
	TRY(pl_check_sql(p, &e));
	struct str word = v->type;
	if (str_ieq(word, STR("record"))) {
		v->shape = SHAPE_RECORD;
		return 0;
	}
	bool is_array = str_ends(word, STR("]"));
	ptrdiff_t paren = str_chr(word, '(');
	word = str_trim(paren < 0 ? word : str_sub(word, 0, (size_t)paren));
	bool is_builtin =
		is_array || type_builtin(str_lower(p->a, word)) || str_ieq(word, STR("refcursor"));
	v->shape = is_builtin ? SHAPE_SCALAR : SHAPE_UNKNOWN;
	return 0;
}

/* Reads a type that begins at p->tok; the token after it is pushed back. */
int pl_read_type(struct pl_parser *p, struct pl_var *v)
{
	size_t start = p->tok.at;
	int depth = 0;
	struct pl_token name = p->tok;
	if (name.kind == T_WORD || name.kind == T_CWORD || pl_is_unreserved(name.kind)) {
		int is_like = like_type(p, v, &name);
		TRY(is_like);
		if (is_like)
			return 0;
	}
	while (p->tok.kind != ';') {
		if (p->tok.kind == T_EOF)
			return pl_error(p, depth ? "mismatched parentheses"
						 : "incomplete data type declaration");
		if (ends_type(p->tok.kind, depth))
			break;
		depth += (p->tok.kind == '(') - (p->tok.kind == ')');
		TRY(pl_next(p));
	}
	struct str text = str_sub(p->text, start, p->tok.at - start);
	v->type = str_trim(text);
	v->type_offset = (int)start;
	v->like_var = -1;
	if (!v->type.n)
		return pl_error(p, "missing data type declaration");
	pl_push_back(p);
	struct pl_sql_ref ref = { 't', v->type, v->type_offset };
	VEC_PUSH(p->a, &p->b->sqls, ref);
	return check_type(p, v, text);
}

static int alias(struct pl_parser *p, struct pl_var *v)
{
	int var;
	size_t used;
	TRY(pl_expect(p, K_FOR));
	TRY(pl_next(p));
	struct pl_token t = p->tok;
	bool is_name = t.kind == T_WORD || t.kind == T_CWORD || t.kind == T_PARAM ||
		       pl_is_unreserved(t.kind);
	if (!is_name)
		return pl_error(p, "syntax error");
	if (!pl_ns_find(p->b, p->ns, t.parts, t.n_parts, false, &var, &used)) {
		err_set(p->c, "42704", "variable \"%.*s\" does not exist",
			STR_ARG(pl_token_name(p, &t)));
		return pl_error_at(p, t.at);
	}
	struct pl_ns *ns = ARENA_NEW(p->a, struct pl_ns);
	*ns = (struct pl_ns){ .kind = NS_VAR, .name = v->name, .var = var, .up = p->ns };
	p->ns = ns;
	return pl_expect(p, ';');
}

static int cursor_args(struct pl_parser *p, struct pl_cursor *cur)
{
	VEC(int) args = { 0 };
	do {
		struct pl_var v = { .like_var = -1 };
		TRY(pl_next(p));
		TRY(read_name(p, &v));
		TRY(pl_next(p));
		TRY(pl_read_type(p, &v));
		VEC_PUSH(p->a, &args, pl_var_add(p, v));
		TRY(pl_next(p));
	} while (p->tok.kind == ',');
	cur->args = args.v;
	cur->n_args = args.n;
	return p->tok.kind == ')' ? 0 : pl_error(p, "syntax error");
}

static int cursor(struct pl_parser *p, struct pl_var *v, int scroll)
{
	const struct pl_ns *outer = p->ns;
	struct pl_cursor *cur = ARENA_NEW(p->a, struct pl_cursor);
	cur->scroll = scroll;
	pl_ns_push(p, v->name, LABEL_OTHER);
	TRY(pl_next(p));
	if (p->tok.kind == '(') {
		TRY(cursor_args(p, cur));
		TRY(pl_next(p));
	}
	if (p->tok.kind != K_IS && p->tok.kind != K_FOR)
		return pl_error(p, "syntax error");
	struct pl_until until = { { ';' }, ";", true, false };
	TRY(pl_read_sql(p, until, &cur->query, NULL));
	p->ns = outer;
	v->cursor = cur;
	v->type = STR("refcursor");
	pl_var_add(p, *v);
	return 0;
}

static int collate_and_null(struct pl_parser *p, struct pl_var *v, size_t *not_null_at)
{
	TRY(pl_next(p));
	if (p->tok.kind == K_COLLATE) {
		TRY(pl_next(p));
		if (p->tok.kind != T_WORD && p->tok.kind != T_CWORD &&
		    !pl_is_unreserved(p->tok.kind))
			return pl_error(p, "syntax error");
		TRY(pl_next(p));
	}
	if (p->tok.kind != K_NOT)
		return 0;
	*not_null_at = p->tok.at;
	TRY(pl_expect(p, K_NULL));
	v->is_not_null = true;
	return pl_next(p);
}

static int plain(struct pl_parser *p, struct pl_var *v)
{
	size_t not_null_at = 0;
	v->is_constant = p->tok.kind == K_CONSTANT;
	if (v->is_constant)
		TRY(pl_next(p));
	TRY(pl_read_type(p, v));
	TRY(collate_and_null(p, v, &not_null_at));
	int kind = p->tok.kind;
	if (kind == '=' || kind == T_COLON_EQUALS || kind == K_DEFAULT)
		TRY(pl_read_expr(p, ';', ";", &v->init));
	else if (kind != ';')
		return pl_error(p, "syntax error");
	if (v->is_not_null && !v->init) {
		err_set(p->c, "22004",
			"variable \"%.*s\" must have a default value, since it's declared NOT NULL",
			STR_ARG(v->name));
		return pl_error_at(p, not_null_at);
	}
	pl_var_add(p, *v);
	return 0;
}

static int declaration(struct pl_parser *p)
{
	struct pl_var v = { .like_var = -1 };
	TRY(read_name(p, &v));
	TRY(pl_next(p));
	int kind = p->tok.kind, scroll = 0;
	if (kind == K_ALIAS)
		return alias(p, &v);
	if (kind == K_NO || kind == K_SCROLL) {
		int following;
		TRY(pl_peek_kind(p, &following));
		scroll = kind == K_NO ? -1 : 1;
		TRY(pl_next(p));
		if (kind == K_NO && p->tok.kind != K_SCROLL)
			return pl_error(p, "syntax error");
		if (kind == K_NO)
			TRY(pl_next(p));
		if (p->tok.kind != K_CURSOR)
			return pl_error(p, "syntax error");
	}
	return p->tok.kind == K_CURSOR ? cursor(p, &v, scroll) : plain(p, &v);
}

/* p->tok is DECLARE; ends with BEGIN in p->tok. */
int pl_parse_declare(struct pl_parser *p, struct pl_block *b)
{
	size_t first = p->b->vars.n;
	p->lookup = LOOKUP_DECLARE;
	for (;;) {
		TRY(pl_next(p));
		if (p->tok.kind == K_BEGIN)
			break;
		if (p->tok.kind == K_DECLARE)
			continue;
		if (p->tok.kind == T_LESS_LESS) {
			struct str label;
			size_t at = p->tok.at;
			TRY(pl_any_identifier(p, &label));
			TRY(pl_expect(p, T_GREATER_GREATER));
			err_set(p->c, "42601",
				"block label must be placed before DECLARE, not after");
			return pl_error_at(p, at);
		}
		TRY(declaration(p));
	}
	p->lookup = LOOKUP_NORMAL;
	int *vars = arena_array(p->a, p->b->vars.n - first, sizeof(*vars));
	for (size_t i = first; i < p->b->vars.n; i++)
		vars[i - first] = (int)i;
	b->vars = vars;
	b->n_vars = p->b->vars.n - first;
	return 0;
}
