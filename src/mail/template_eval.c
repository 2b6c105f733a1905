#include "base/arena.h"
#include "base/err.h"
#include "mail/template_int.h"

enum { ARGS_MAX = 32, VALUE_MAX = 256 << 10 };

/* Variables in sight, innermost first. */
struct scope {
	struct str name;
	const struct json *value;
	const struct scope *outer;
};

/* The place of the running list of nodes. */
struct frame {
	const struct json *dot;
	struct scope *scope;
};

int render_fail(const struct render *r, const char *code, const char *what)
{
	return err_set(r->c, code, "%s:%d: %s", r->t->name, r->line, what);
}

static int count_step(struct render *r)
{
	if (++r->steps > TEMPLATE_STEPS_MAX)
		return render_fail(r, "54000", "the template takes too many steps");
	return 0;
}

static int eval(struct render *r, const struct frame *f, const struct expr *e,
		const struct json **ret);

static int eval_variable(struct render *r, const struct frame *f, struct str name,
			 const struct json **ret)
{
	for (const struct scope *s = f->scope; s; s = s->outer)
		if (str_eq(s->name, name)) {
			*ret = s->value;
			return 0;
		}
	return render_fail(r, "22000",
			   arena_printf(r->c->arena, "there is no variable $%.*s", STR_ARG(name)));
}

/* and, or: the first argument that decides, or the last one. */
static int eval_lazy(struct render *r, const struct frame *f, const struct expr *e,
		     const struct json **ret)
{
	const struct json *v = NULL;
	for (const struct expr *arg = e->child; arg; arg = arg->next) {
		TRY(eval(r, f, arg, &v));
		if (value_is_true(v) == e->fn->is_or)
			break;
	}
	*ret = v;
	return 0;
}

static int eval_call(struct render *r, const struct frame *f, const struct expr *e,
		     const struct json **ret)
{
	const struct json *args[ARGS_MAX];
	int n = 0;
	if (e->fn->is_lazy)
		return eval_lazy(r, f, e, ret);
	for (const struct expr *arg = e->child; arg; arg = arg->next) {
		if (n == ARGS_MAX)
			return render_fail(r, "54000", "a call has too many arguments");
		TRY(eval(r, f, arg, &args[n++]));
	}
	return e->fn->fn(r, args, n, ret);
}

static int eval_field(struct render *r, const struct frame *f, const struct expr *e,
		      const struct json **ret)
{
	const struct json *base;
	TRY(eval(r, f, e->child, &base));
	if (base && base->kind != JSON_OBJECT && base->kind != JSON_NULL)
		return render_fail(
			r, "22000",
			arena_printf(r->c->arena, "the value has no field %.*s", STR_ARG(e->name)));
	*ret = json_get(base, str_dup(r->c->arena, e->name));
	return 0;
}

static int eval(struct render *r, const struct frame *f, const struct expr *e,
		const struct json **ret)
{
	TRY(count_step(r));
	switch (e->kind) {
	case EXPR_DOT:
		*ret = f->dot;
		return 0;
	case EXPR_VALUE:
		*ret = e->value;
		return 0;
	case EXPR_VARIABLE:
		return eval_variable(r, f, e->name, ret);
	case EXPR_FIELD:
		return eval_field(r, f, e, ret);
	default:
		return eval_call(r, f, e, ret);
	}
}

static struct scope *declare(struct render *r, struct scope *outer, struct str name,
			     const struct json *value)
{
	struct scope *s = ARENA_NEW(r->c->arena, struct scope);
	*s = (struct scope){ name, value, outer };
	return s;
}

static int set(struct render *r, struct frame *f, const struct node *n, const struct json *value)
{
	const struct json *was;
	if (!n->is_assign) {
		f->scope = declare(r, f->scope, n->variable, value);
		return 0;
	}
	TRY(eval_variable(r, f, n->variable, &was));
	struct scope *s = f->scope;
	while (!str_eq(s->name, n->variable))
		s = (struct scope *)(uintptr_t)s->outer;
	s->value = value;
	return 0;
}

static void write_text(struct render *r, struct str text)
{
	buf_str(r->out, text);
	if (r->mode == TEMPLATE_HTML)
		html_follow(&r->html, text);
}

static int print(struct render *r, const struct json *v)
{
	BUF_CLEANUP struct buf text = buf_make(VALUE_MAX);
	const char *why;
	value_print(&text, v);
	if (!buf_ok(&text))
		return render_fail(r, "54000", "a value is too long");
	if (r->mode == TEMPLATE_TEXT)
		buf_str(r->out, buf_view(&text));
	else if (html_write(&r->html, buf_view(&text), r->out, &why) < 0)
		return render_fail(r, "22000", why);
	return 0;
}

static int run(struct render *r, struct frame f, const struct node *n);

static int run_range(struct render *r, const struct frame *f, const struct node *n,
		     const struct json *v)
{
	int64_t at = 0;
	if (v && v->kind != JSON_ARRAY && v->kind != JSON_OBJECT && v->kind != JSON_NULL)
		return render_fail(r, "22000", "range takes a list or an object");
	if (!value_is_true(v))
		return run(r, *f, n->other);
	for (const struct json *item = v->child; item; item = item->next) {
		struct frame inner = { item, f->scope };
		if (n->key.n)
			inner.scope = declare(r, inner.scope, n->key,
					      v->kind == JSON_OBJECT ? value_string(r->c, item->key)
								     : value_int(r->c, at++));
		if (n->variable.n)
			inner.scope = declare(r, inner.scope, n->variable, item);
		TRY(run(r, inner, n->body));
	}
	return 0;
}

static int run_branch(struct render *r, struct frame f, const struct node *n, const struct json *v)
{
	if (n->variable.n)
		TRY(set(r, &f, n, v));
	if (!value_is_true(v))
		return run(r, f, n->other);
	if (n->kind == NODE_WITH)
		f.dot = v;
	return run(r, f, n->body);
}

static int run_node(struct render *r, struct frame *f, const struct node *n)
{
	const struct json *v;
	TRY(count_step(r));
	r->line = n->line;
	if (n->kind == NODE_TEXT) {
		write_text(r, n->text);
		return 0;
	}
	TRY(eval(r, f, n->expr, &v));
	switch (n->kind) {
	case NODE_PRINT:
		return print(r, v);
	case NODE_SET:
		return set(r, f, n, v);
	case NODE_RANGE:
		return run_range(r, f, n, v);
	default:
		return run_branch(r, *f, n, v);
	}
}

static int run(struct render *r, struct frame f, const struct node *n)
{
	for (; n; n = n->next) {
		TRY(run_node(r, &f, n));
		if (!buf_ok(r->out))
			return render_fail(r, "54000", "the text is too long");
	}
	return 0;
}

int template_render(struct ctx *c, const struct template *t, enum template_mode mode,
		    const struct json *root, struct buf *out)
{
	struct render r = { .c = c, .t = t, .mode = mode, .out = out, .line = 1 };
	struct frame f = { root, declare(&r, NULL, (struct str){ 0 }, root) };
	return run(&r, f, t->body);
}
