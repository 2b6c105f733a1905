/* The generic printer: expressions that are written alike everywhere. */
#include "sql/print.h"

#include "base/check.h"
#include "base/err.h"
#include "sql/builtin.h"

enum { PRINT_DEPTH_MAX = 400 };

void print_refuse(struct printer *p, const char *what, int location)
{
	if (p->failed)
		return;
	p->failed = -1;
	err_set(p->c, "0A000", "%s is not supported on this engine", what);
	if (location >= 0)
		err_at(p->c, location + 1);
}

const struct rte *print_rte_of(const struct printer *p, int levels_up, int rte)
{
	for (int i = 0; i < levels_up; i++) {
		CHECK(p->outer);
		p = p->outer;
	}
	CHECK(rte >= 0 && (size_t)rte < p->query->rtes.n);
	return p->query->rtes.v[rte];
}

void print_alias(struct printer *p, int levels_up, int rte)
{
	struct printer *owner = p;
	for (int i = 0; i < levels_up; i++)
		owner = owner->outer;
	buf_printf(p->out, "t%d_%d", owner->id, rte);
}

static void print_var(struct printer *p, const struct expr *e)
{
	if (e->rte < 0) { /* an output of this set operation */
		buf_printf(p->out, "c%d", e->attnum);
		return;
	}
	const struct rte *rte = print_rte_of(p, e->levels_up, e->rte);
	print_alias(p, e->levels_up, e->rte);
	buf_char(p->out, '.');
	if (rte->kind == RTE_RELATION) {
		const struct column *col = relation_column_by_attnum(rte->rel, (int16_t)e->attnum);
		CHECK(col);
		p->dialect->column(p, rte->rel, col);
	} else if (rte->kind == RTE_VALUES) {
		buf_printf(p->out, "column%d", e->attnum);
	} else {
		buf_printf(p->out, "c%d", e->attnum);
	}
}

void print_exprs(struct printer *p, const exprs *list, const char *separator)
{
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_puts(p->out, separator);
		print_expr(p, list->v[i]);
	}
}

static void print_case(struct printer *p, const struct expr *e)
{
	buf_puts(p->out, "CASE");
	for (size_t i = 0; i + 1 < e->args.n; i += 2) {
		buf_puts(p->out, " WHEN ");
		print_expr(p, e->args.v[i]);
		buf_puts(p->out, " THEN ");
		print_expr(p, e->args.v[i + 1]);
	}
	if (e->els) {
		buf_puts(p->out, " ELSE ");
		print_expr(p, e->els);
	}
	buf_puts(p->out, " END");
}

static void print_guard(struct printer *p, const struct expr *e)
{
	buf_puts(p->out, "CASE WHEN ");
	print_expr(p, e->args.v[0]);
	buf_puts(p->out, " THEN ");
	print_expr(p, e->args.v[1]);
	buf_puts(p->out, " END");
}

static void print_bool_test(struct printer *p, const struct expr *e)
{
	static const struct {
		char test;
		const char *text;
	} tests[] = { { 't', "TRUE" }, { 'f', "FALSE" }, { 'u', "NULL" } };
	buf_char(p->out, '(');
	print_expr(p, e->args.v[0]);
	buf_puts(p->out, e->negated ? " IS NOT " : " IS ");
	for (size_t i = 0; i < 3; i++) {
		if (tests[i].test == e->test)
			buf_puts(p->out, tests[i].text);
	}
	buf_char(p->out, ')');
}

static void print_coalesce(struct printer *p, const struct expr *e)
{
	if (e->args.n == 1) {
		print_expr(p, e->args.v[0]);
		return;
	}
	buf_puts(p->out, "coalesce(");
	print_exprs(p, &e->args, ", ");
	buf_char(p->out, ')');
}

static void print_sublink(struct printer *p, const struct expr *e)
{
	switch (e->sublink) {
	case SUB_EXISTS:
		buf_puts(p->out, "EXISTS ");
		print_subquery(p, e->subquery);
		return;
	case SUB_SCALAR:
		print_subquery(p, e->subquery);
		return;
	default:
		print_refuse(p, "this form of subquery", e->location);
	}
}

/* The terms of a AND (b AND c), without the nesting. */
static void collect_chain(struct printer *p, const struct expr *e, exprs *ret)
{
	for (size_t i = 0; i < e->args.n; i++) {
		if (e->args.v[i]->kind == e->kind)
			collect_chain(p, e->args.v[i], ret);
		else
			VEC_PUSH(p->c->arena, ret, e->args.v[i]);
	}
}

enum { LOGIC_WIDTH = 30 };

/* A long chain of AND or OR is written in groups: as one chain it would be as
 * deep a tree to the engine's parser as it has terms. */
static void print_logic(struct printer *p, struct expr *const *list, size_t n,
			const char *separator)
{
	size_t group = 1;
	while (group * LOGIC_WIDTH < n)
		group *= LOGIC_WIDTH;
	buf_char(p->out, '(');
	for (size_t i = 0; i < n; i += group) {
		size_t rest = n - i;
		buf_puts(p->out, i ? separator : "");
		if (group == 1)
			print_expr(p, list[i]);
		else
			print_logic(p, list + i, rest < group ? rest : group, separator);
	}
	buf_char(p->out, ')');
}

static void print_known(struct printer *p, const struct expr *e)
{
	exprs chain = { 0 };
	switch (e->kind) {
	case EX_VAR:
		print_var(p, e);
		return;
	case EX_AND:
	case EX_OR:
		collect_chain(p, e, &chain);
		print_logic(p, chain.v, chain.n, e->kind == EX_AND ? " AND " : " OR ");
		return;
	case EX_NOT:
		buf_puts(p->out, "(NOT ");
		print_expr(p, e->args.v[0]);
		buf_char(p->out, ')');
		return;
	case EX_IS_NULL:
		buf_char(p->out, '(');
		print_expr(p, e->args.v[0]);
		buf_puts(p->out, e->negated ? " IS NOT NULL)" : " IS NULL)");
		return;
	case EX_BOOL_TEST:
		print_bool_test(p, e);
		return;
	case EX_CASE:
		print_case(p, e);
		return;
	case EX_GUARD:
		print_guard(p, e);
		return;
	case EX_COALESCE:
		print_coalesce(p, e);
		return;
	case EX_SUBLINK:
		print_sublink(p, e);
		return;
	case EX_RELABEL:
		print_expr(p, e->args.v[0]);
		return;
	default:
		print_refuse(p, "this expression", e->location);
	}
}

void print_expr(struct printer *p, const struct expr *e)
{
	if (p->failed)
		return;
	if (++p->depth > PRINT_DEPTH_MAX) {
		p->failed = err_set(p->c, "54001", "stack depth limit exceeded");
		return;
	}
	if (!p->dialect->expr(p, e))
		print_known(p, e);
	p->depth--;
}

int print_expr_of(struct ctx *c, const struct dialect *d, const struct query *q,
		  const struct expr *e, void *arg, struct buf *out)
{
	int last_id = 0;
	struct printer p = {
		.c = c,
		.dialect = d,
		.out = out,
		.query = q,
		.last_id = &last_id,
		.arg = arg,
	};
	print_expr(&p, e);
	if (p.failed)
		return -1;
	return buf_ok(out) ? 0 : err_set(c, "54000", "statement is too long");
}
