/* Expressions as PostgreSQL's ruleutils writes them. */
#include "base/arena.h"
#include "base/err.h"
#include "sql/builtin.h"
#include "sql/coerce.h"
#include "sql/deparse_int.h"
#include "sql/parse.h"
#include "sql/syscat/names.h"

#include <string.h>

enum { DEPTH_MAX = 200 };

static void put(struct dp *p, const char *text)
{
	buf_puts(p->out, text);
}

static void put_ident(struct dp *p, const char *name)
{
	sql_put_ident(p->out, str_of(name));
}

static void put_type(struct dp *p, struct typeref t)
{
	buf_printf(p->out, "::%s", type_format(p->c->arena, t));
}

static void put_name(struct dp *p, const char *schema, const char *name)
{
	if (!deparse_is_visible(p->d, schema)) {
		put_ident(p, schema);
		put(p, ".");
	}
	put_ident(p, name);
}

/* ---- constants ---- */

static struct str const_text(struct dp *p, const struct expr *e, struct buf *b)
{
	struct vtype t = type_vtype(p->c->arena, (struct typeref){ e->type.type, -1 });
	if (sysname_is_reg(e->type.type->oid) && e->datum.kind == D_TEXT)
		return str_of(sysname_shown(p->c, p->d, e->type.type->oid, e->datum.s));
	bool is_text = e->type.type->kind == TYPE_PSEUDO || e->type.type->kind == TYPE_ENUM ||
		       e->type.type->kind == TYPE_COMPOSITE;
	if (is_text && e->datum.kind == D_TEXT)
		return e->datum.s;
	value_out(b, &t, NULL, e->datum);
	return buf_view(b);
}

static bool is_plain_number(struct str s)
{
	return s.n && s.p[0] >= '0' && s.p[0] <= '9' &&
	       (memchr(s.p, '.', s.n) || memchr(s.p, 'e', s.n));
}

void dp_const(struct dp *p, const struct expr *e, int label)
{
	const struct type *t = e->type.type;
	bool needs_label = !type_is_unknown(t);
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	if (e->datum.kind == D_NULL) {
		put(p, "NULL");
		if (label >= 0)
			put_type(p, TYPEREF(type_is_unknown(t) ? type_of_value(V_TEXT) : t));
		return;
	}
	struct str s = const_text(p, e, &b);
	if (t->oid == 16) {
		put(p, e->datum.i ? "true" : "false");
		needs_label = false;
	} else if (t->oid == 23 && s.n && s.p[0] != '-') {
		buf_str(p->out, s);
		needs_label = false;
	} else if (t->oid == 1700 && is_plain_number(s)) {
		buf_str(p->out, s);
		needs_label = e->type.typmod >= 0;
	} else {
		sql_put_literal(p->out, s);
	}
	if (label > 0 || (label == 0 && needs_label))
		put_type(p, e->type);
}

/* ---- names ---- */

static const struct dp_frame *frame_at(const struct dp *p, int levels)
{
	const struct dp_frame *f = p->frame;
	while (f && levels-- > 0)
		f = f->outer;
	return f;
}

static const char *column_name(const struct rte *r, int attnum)
{
	for (size_t i = 0; i < r->columns.n; i++) {
		if (r->columns.v[i].attnum == attnum)
			return r->columns.v[i].name;
	}
	return NULL;
}

static void put_var(struct dp *p, const struct expr *e)
{
	const struct dp_frame *f = frame_at(p, e->levels_up);
	if (!f || e->rte < 0 || (size_t)e->rte >= f->q->rtes.n) {
		p->failed = true;
		return;
	}
	const char *name = column_name(f->q->rtes.v[e->rte], e->attnum);
	if (p->value && !f->outer) {
		put(p, p->value);
		return;
	}
	if (p->with_prefix) {
		put_ident(p, f->names[e->rte]);
		put(p, ".");
	}
	put_ident(p, name ? name : "?");
	p->failed |= !name;
}

static void put_whole_row(struct dp *p, const struct expr *e)
{
	const struct dp_frame *f = frame_at(p, e->levels_up);
	if (!f || e->rte < 0 || (size_t)e->rte >= f->q->rtes.n) {
		p->failed = true;
		return;
	}
	put_ident(p, f->names[e->rte]);
	put(p, ".*");
}

/* ---- casts ---- */

static bool is_cast(const struct expr *e)
{
	switch (e->kind) {
	case EX_RELABEL:
	case EX_TYPMOD:
	case EX_DOMAIN:
	case EX_INPUT:
	case EX_OUTPUT:
		return true;
	case EX_FUNC:
		return e->builtin && e->builtin->kind == BUILTIN_CAST;
	default:
		return false;
	}
}

static bool is_implicit(const struct expr *e)
{
	return e->kind != EX_INPUT && e->kind != EX_OUTPUT && !e->is_explicit;
}

static void put_cast(struct dp *p, const struct expr *e, bool show_implicit)
{
	const struct expr *arg = e->args.v[0];
	if (is_implicit(e) && !show_implicit) {
		dp_expr(p, arg, show_implicit);
		return;
	}
	/* a literal read by the type's input function is a constant of the type */
	if (e->kind == EX_INPUT && arg->kind == EX_CONST) {
		struct expr typed = *arg;
		struct vtype t = type_vtype(p->c->arena, TYPEREF(e->type.type));
		struct value_env env = { 0 };
		struct ctx own = { .arena = p->c->arena };
		typed.type = e->type;
		if (sysname_is_reg(e->type.type->oid) ||
		    value_in(&own, &t, &env, arg->datum.s, &typed.datum) < 0)
			typed.datum = arg->datum;
		dp_const(p, &typed, 0);
		return;
	}
	/* the text of a value on its way to another type is no cast of its own */
	if (arg->kind == EX_OUTPUT && e->kind != EX_OUTPUT)
		arg = arg->args.v[0];
	if (arg->kind == EX_CONST && arg->type.type == e->type.type && arg->type.typmod == -1) {
		dp_const(p, arg, -1);
	} else {
		put(p, "(");
		dp_expr(p, arg, false);
		put(p, ")");
	}
	put_type(p, e->type);
}

/* ---- operators and functions ---- */

static void put_operator(struct dp *p, const struct expr *e)
{
	put(p, "(");
	if (e->args.n == 2) {
		dp_expr(p, e->args.v[0], true);
		buf_printf(p->out, " %s ", e->builtin->name);
		dp_expr(p, e->args.v[1], true);
	} else {
		buf_printf(p->out, "%s ", e->builtin->name);
		dp_expr(p, e->args.v[0], true);
	}
	put(p, ")");
}

static void put_word(struct dp *p, const struct expr *e)
{
	if (e->kind == EX_CONST && e->datum.kind == D_TEXT)
		buf_str(p->out, e->datum.s);
	else
		p->failed = true;
}

/* Calls that have a grammar of their own: EXTRACT, TRIM, AT TIME ZONE, ... */
static bool put_syntax(struct dp *p, const struct expr *e)
{
	const char *name = e->builtin->name;
	const exprs *a = &e->args;
	const char *trim = !strcmp(name, "btrim")   ? "BOTH"
			   : !strcmp(name, "ltrim") ? "LEADING"
			   : !strcmp(name, "rtrim") ? "TRAILING"
						    : NULL;
	if (strcmp(name, "extract") == 0) {
		put(p, "EXTRACT(");
		put_word(p, a->v[0]);
		put(p, " FROM ");
		dp_expr(p, a->v[1], false);
		put(p, ")");
	} else if (trim) {
		buf_printf(p->out, "TRIM(%s", trim);
		if (a->n == 2) {
			put(p, " ");
			dp_expr(p, a->v[1], false);
		}
		put(p, " FROM ");
		dp_expr(p, a->v[0], false);
		put(p, ")");
	} else if (strcmp(name, "timezone") == 0 && a->n == 2) {
		put(p, "(");
		dp_expr(p, a->v[1], true);
		put(p, " AT TIME ZONE ");
		dp_expr(p, a->v[0], false);
		put(p, ")");
	} else if (strcmp(name, "position") == 0) {
		put(p, "POSITION((");
		dp_expr(p, a->v[1], false);
		put(p, ") IN (");
		dp_expr(p, a->v[0], false);
		put(p, "))");
	} else if (strcmp(name, "substring") == 0) {
		put(p, "SUBSTRING(");
		dp_expr(p, a->v[0], false);
		put(p, " FROM ");
		dp_expr(p, a->v[1], false);
		if (a->n == 3) {
			put(p, " FOR ");
			dp_expr(p, a->v[2], false);
		}
		put(p, ")");
	} else {
		return false;
	}
	return true;
}

static void put_filter(struct dp *p, const struct expr *e)
{
	if (!e->filter)
		return;
	put(p, " FILTER (WHERE ");
	dp_expr(p, e->filter, false);
	put(p, ")");
}

/* Defaults are not written: the trailing arguments that equal theirs. */
static size_t given_arguments(struct dp *p, const struct expr *e)
{
	const struct function *f = e->function;
	size_t n = e->args.n;
	while (f && n > 0 && n <= f->n_args && f->args[n - 1].has_default) {
		BUF_CLEANUP struct buf b = buf_make(64 << 10);
		struct dp inner = *p;
		inner.out = &b;
		dp_expr(&inner, e->args.v[n - 1], true);
		const char *text = buf_dup(p->c->arena, &b);
		if (strcmp(text, deparse_expr(p->d, NULL, &f->args[n - 1].default_expr,
					      f->args[n - 1].type.type)) != 0)
			break;
		n--;
	}
	return n;
}

static void put_call(struct dp *p, const struct expr *e)
{
	const struct function *f = e->function;
	const struct builtin *b = e->builtin;
	put_name(p, f ? f->schema : b->schema, f ? f->name : b->name);
	put(p, "(");
	if (e->is_star) {
		put(p, "*");
	} else {
		exprs args = e->args;
		args.n = f ? given_arguments(p, e) : args.n;
		put(p, e->is_distinct ? "DISTINCT " : "");
		dp_exprs(p, &args, true);
	}
	if (e->order_by.n) {
		put(p, " ORDER BY ");
		dp_sort_keys(p, &e->order_by);
	}
	put(p, ")");
	put_filter(p, e);
	if (e->kind == EX_WINDOW && e->window) {
		put(p, " OVER ");
		if (*e->window->name)
			put_ident(p, e->window->name);
		else
			dp_window(p, e->window);
	}
}

static void put_current(struct dp *p, const struct expr *e)
{
	for (const char *c = e->builtin ? e->builtin->name : "?"; *c; c++)
		buf_char(p->out, *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
}

static void put_function(struct dp *p, const struct expr *e)
{
	if (!e->builtin) {
		p->failed = true;
		return;
	}
	if (e->builtin->kind == BUILTIN_OP)
		put_operator(p, e);
	else if (e->builtin->kind == BUILTIN_CURRENT)
		put_current(p, e);
	else if (!e->is_sql_syntax || !put_syntax(p, e))
		put_call(p, e);
}

/* ---- boolean and conditional ---- */

static void put_chain(struct dp *p, const struct expr *e, const char *word)
{
	put(p, "(");
	for (size_t i = 0; i < e->args.n; i++) {
		put(p, i ? word : "");
		dp_expr(p, e->args.v[i], false);
	}
	put(p, ")");
}

static void put_test(struct dp *p, const struct expr *e, bool show, const char *test)
{
	put(p, "(");
	dp_expr(p, e->args.v[0], show);
	put(p, test);
	put(p, ")");
}

static const char *bool_test(const struct expr *e)
{
	switch (e->test) {
	case 't':
		return e->negated ? " IS NOT TRUE" : " IS TRUE";
	case 'f':
		return e->negated ? " IS NOT FALSE" : " IS FALSE";
	default:
		return e->negated ? " IS NOT UNKNOWN" : " IS UNKNOWN";
	}
}

static void put_distinct(struct dp *p, const struct expr *e)
{
	put(p, e->negated ? "(NOT (" : "(");
	dp_expr(p, e->args.v[0], true);
	put(p, " IS DISTINCT FROM ");
	dp_expr(p, e->args.v[1], true);
	put(p, e->negated ? "))" : ")");
}

/* CASE x WHEN v: each condition is x = v. */
static const struct expr *case_operand(const struct expr *e)
{
	const struct expr *cond = e->args.v[0];
	return e->is_simple && cond->kind == EX_FUNC && cond->args.n == 2 ? cond->args.v[0] : NULL;
}

static void put_case(struct dp *p, const struct expr *e)
{
	const struct expr *operand = e->args.n ? case_operand(e) : NULL;
	dp_keyword(p, "CASE", 0, DP_VAR, 0);
	if (operand) {
		put(p, " ");
		dp_expr(p, operand, true);
	}
	for (size_t i = 0; i + 1 < e->args.n; i += 2) {
		dp_keyword(p, "WHEN ", 0, 0, 0);
		dp_expr(p, operand ? e->args.v[i]->args.v[1] : e->args.v[i], false);
		put(p, " THEN ");
		dp_expr(p, e->args.v[i + 1], true);
	}
	dp_keyword(p, "ELSE ", 0, 0, 0);
	if (e->els) {
		dp_expr(p, e->els, true);
	} else {
		put(p, "NULL");
		put_type(p, TYPEREF(e->type.type));
	}
	dp_keyword(p, "END", -DP_VAR, 0, 0);
}

static void put_listed(struct dp *p, const char *open, const exprs *list, const char *close)
{
	put(p, open);
	dp_exprs(p, list, true);
	put(p, close);
}

/* ---- arrays and sublinks ---- */

static void put_array(struct dp *p, const struct expr *e)
{
	put_listed(p, "ARRAY[", &e->args, "]");
	if (!e->args.n)
		put_type(p, e->type);
}

static void put_any_all(struct dp *p, const struct expr *e)
{
	put(p, "(");
	dp_expr(p, e->args.v[0], true);
	buf_printf(p->out, " %s %s (", e->builtin ? e->builtin->name : "=",
		   e->is_all ? "ALL" : "ANY");
	dp_expr(p, e->args.v[1], true);
	/* a bare sublink would be taken for the sublink form of ANY */
	if (e->args.v[1]->kind == EX_SUBLINK && e->args.v[1]->sublink == SUB_SCALAR)
		put_type(p, e->args.v[1]->type);
	put(p, "))");
}

static void put_subscript(struct dp *p, const struct expr *e)
{
	const struct expr *base = e->args.v[0];
	bool is_bare = base->kind == EX_VAR || base->kind == EX_FIELD;
	put(p, is_bare ? "" : "(");
	dp_expr(p, base, true);
	put(p, is_bare ? "[" : ")[");
	for (size_t i = 1; i < e->args.n; i++) {
		put(p, i > 1 && e->is_slice ? ":" : i > 1 ? "][" : "");
		if (e->args.v[i])
			dp_expr(p, e->args.v[i], false);
	}
	put(p, "]");
}

static void put_sublink(struct dp *p, const struct expr *e)
{
	bool needs_paren = e->sublink != SUB_SCALAR && e->sublink != SUB_ARRAY;
	const char *op = e->builtin ? e->builtin->name : "=";
	put(p, e->sublink == SUB_ARRAY ? "ARRAY(" : "(");
	if (e->sublink == SUB_EXISTS)
		put(p, "EXISTS ");
	if ((e->sublink == SUB_ANY || e->sublink == SUB_ALL) && e->args.n) {
		dp_expr(p, e->args.v[0], true);
		if (e->sublink == SUB_ANY && strcmp(op, "=") == 0)
			put(p, " IN ");
		else
			buf_printf(p->out, " %s %s ", op, e->sublink == SUB_ALL ? "ALL" : "ANY");
	}
	put(p, needs_paren ? "(" : "");
	dp_query(p, e->subquery);
	put(p, needs_paren ? "))" : ")");
}

static void put_row(struct dp *p, const struct expr *e)
{
	put_listed(p, "ROW(", &e->args, ")");
}

static void put_field(struct dp *p, const struct expr *e)
{
	put(p, "(");
	dp_expr(p, e->args.v[0], true);
	put(p, ").");
	put_ident(p, e->name);
}

/* ---- all of them ---- */

static void put_more(struct dp *p, const struct expr *e)
{
	switch (e->kind) {
	case EX_COALESCE:
		put_listed(p, "COALESCE(", &e->args, ")");
		return;
	case EX_GREATEST:
		put_listed(p, "GREATEST(", &e->args, ")");
		return;
	case EX_LEAST:
		put_listed(p, "LEAST(", &e->args, ")");
		return;
	case EX_NULLIF:
		put_listed(p, "NULLIF(", &e->args, ")");
		return;
	case EX_ARRAY:
		put_array(p, e);
		return;
	case EX_ANY_ALL:
		put_any_all(p, e);
		return;
	case EX_SUBLINK:
		put_sublink(p, e);
		return;
	case EX_ROW:
		put_row(p, e);
		return;
	case EX_FIELD:
		put_field(p, e);
		return;
	case EX_SUBSCRIPT:
		put_subscript(p, e);
		return;
	default:
		p->failed = true;
		return;
	}
}

static void put_expr(struct dp *p, const struct expr *e)
{
	switch (e->kind) {
	case EX_CONST:
		dp_const(p, e, 0);
		return;
	case EX_PARAM:
		buf_printf(p->out, "$%d", e->param);
		return;
	case EX_VAR:
		put_var(p, e);
		return;
	case EX_WHOLE_ROW:
		put_whole_row(p, e);
		return;
	case EX_FUNC:
		put_function(p, e);
		return;
	case EX_CALL:
	case EX_AGG:
	case EX_WINDOW:
		put_call(p, e);
		return;
	case EX_CURRENT:
		put_current(p, e);
		return;
	case EX_AND:
		put_chain(p, e, " AND ");
		return;
	case EX_OR:
		put_chain(p, e, " OR ");
		return;
	case EX_NOT:
		put(p, "(NOT ");
		dp_expr(p, e->args.v[0], false);
		put(p, ")");
		return;
	case EX_IS_NULL:
		put_test(p, e, true, e->negated ? " IS NOT NULL" : " IS NULL");
		return;
	case EX_BOOL_TEST:
		put_test(p, e, false, bool_test(e));
		return;
	case EX_DISTINCT:
		put_distinct(p, e);
		return;
	case EX_CASE:
		put_case(p, e);
		return;
	default:
		put_more(p, e);
		return;
	}
}

void dp_expr(struct dp *p, const struct expr *e, bool show_implicit)
{
	if (!e || p->failed || p->depth >= DEPTH_MAX) {
		p->failed = true;
		return;
	}
	p->depth++;
	if (is_cast(e))
		put_cast(p, e, show_implicit);
	else
		put_expr(p, e);
	p->depth--;
}

void dp_exprs(struct dp *p, const exprs *list, bool show_implicit)
{
	for (size_t i = 0; i < list->n; i++) {
		buf_puts(p->out, i ? ", " : "");
		dp_expr(p, list->v[i], show_implicit);
	}
}
