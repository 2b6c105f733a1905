/* Queries as PostgreSQL's ruleutils lays them out. */
#include "base/arena.h"
#include "base/err.h"
#include "sql/builtin.h"
#include "sql/coerce.h"
#include "sql/deparse_int.h"
#include "sql/parse.h"

#include <string.h>

enum { INDENT_LIMIT = 40 };

static void put(struct dp *p, const char *text)
{
	buf_puts(p->out, text);
}

static void put_ident(struct dp *p, const char *name)
{
	sql_put_ident(p->out, str_of(name));
}

void dp_keyword(struct dp *p, const char *word, int before, int after, int plus)
{
	struct buf *b = p->out;
	p->indent += before;
	while (b->n && b->p[b->n - 1] == ' ')
		b->n--;
	buf_char(b, '\n');
	int n = p->indent;
	if (n >= INDENT_LIMIT) /* deep levels come closer and closer */
		n = INDENT_LIMIT + (n - INDENT_LIMIT) / (DP_STD / 2) % INDENT_LIMIT;
	for (n = (n > 0 ? n : 0) + plus; n > 0; n--)
		buf_char(b, ' ');
	buf_puts(b, word);
	p->indent += after;
	if (p->indent < 0)
		p->indent = 0;
}

/* ---- names ---- */

static bool is_taken(const struct dp_frame *f, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (f->names[i] && strcmp(f->names[i], name) == 0)
			return true;
	}
	for (f = f->outer; f; f = f->outer) {
		for (size_t i = 0; i < f->q->rtes.n; i++) {
			if (f->names[i] && strcmp(f->names[i], name) == 0)
				return true;
		}
	}
	return false;
}

/* A name of its own for each rte, among those of the queries around. */
static void name_rtes(struct dp *p, struct dp_frame *f)
{
	f->names = arena_array(p->c->arena, f->q->rtes.n + 1, sizeof(*f->names));
	for (size_t i = 0; i < f->q->rtes.n; i++) {
		const struct rte *r = f->q->rtes.v[i];
		const char *name = r->alias && *r->alias ? r->alias : "unnamed_subquery";
		for (int n = 1; is_taken(f, i, name); n++)
			name = arena_printf(p->c->arena, "%s_%d", r->alias, n);
		f->names[i] = name;
	}
}

/* ---- targets ---- */

/* A column's own name as it would be printed, NULL where it has none. */
static const char *own_name(const struct dp *p, const struct expr *e)
{
	const struct dp_frame *f = p->frame;
	for (int i = 0; i < e->levels_up && f; i++)
		f = f->outer;
	if (e->kind != EX_VAR)
		return e->kind == EX_WHOLE_ROW ? NULL : "?column?";
	if (!f || e->rte < 0 || (size_t)e->rte >= f->q->rtes.n)
		return NULL;
	const struct rte *r = f->q->rtes.v[e->rte];
	for (size_t i = 0; i < r->columns.n; i++) {
		if (r->columns.v[i].attnum == e->attnum)
			return r->columns.v[i].name;
	}
	return NULL;
}

static void put_targets(struct dp *p, const struct query *q)
{
	bool is_first = true, is_operand = p->is_operand;
	p->is_operand = false;
	for (size_t i = 0; i < q->targets.n; i++) {
		const struct target *t = &q->targets.v[i];
		if (t->is_hidden)
			continue;
		put(p, is_first ? " " : ", ");
		size_t line = p->out->n - 1; /* where a new one begins */
		if (!is_first)
			dp_keyword(p, "", -DP_STD, DP_STD, DP_VAR);
		dp_expr(p, t->expr, !is_operand);
		/* what begins with a new line of its own needs no second one */
		if (!is_first && p->out->n > line + 1 && p->out->p[line + 1] == '\n') {
			p->out->n--;
			memmove(p->out->p + line, p->out->p + line + 1, p->out->n - line);
		}
		const char *own = own_name(p, t->expr);
		if (t->name && (!own || strcmp(own, t->name) != 0)) {
			put(p, " AS ");
			put_ident(p, t->name);
		}
		is_first = false;
	}
}

/* ---- FROM ---- */

static void from_item(struct dp *p, const struct from_item *f);

static void put_values(struct dp *p, const struct rte *r)
{
	put(p, "(VALUES ");
	for (size_t i = 0; i < r->rows.n; i++) {
		put(p, i ? ", (" : "(");
		for (size_t k = 0; k < r->rows.v[i].n; k++) {
			put(p, k ? "," : "");
			dp_expr(p, r->rows.v[i].v[k], false);
		}
		put(p, ")");
	}
	put(p, ")");
}

static void put_column_names(struct dp *p, const struct rte *r)
{
	put(p, "(");
	for (size_t i = 0; i < r->columns.n; i++) {
		put(p, i ? ", " : "");
		put_ident(p, r->columns.v[i].name);
	}
	put(p, ")");
}

static bool is_record_function(const struct rte *r)
{
	return r->func->type.type->oid == 2249 && !(r->func->builtin && r->func->builtin->n_outs) &&
	       !r->func->function;
}

static void put_function_names(struct dp *p, const struct rte *r)
{
	if (!is_record_function(r)) {
		put_column_names(p, r);
		return;
	}
	put(p, "(");
	for (size_t i = 0; i < r->columns.n; i++) {
		put(p, i ? ", " : "");
		put_ident(p, r->columns.v[i].name);
		buf_printf(p->out, " %s", type_format(p->c->arena, r->columns.v[i].type));
	}
	put(p, ")");
}

static const char *plain_name(const struct rte *r)
{
	return r->kind == RTE_RELATION ? r->rel->name : r->kind == RTE_CTE ? r->cte->name : NULL;
}

static bool visit_var(struct expr *e, void *arg)
{
	*(bool *)arg |= (e->kind == EX_VAR || e->kind == EX_WHOLE_ROW) && e->levels_up == 0;
	return true;
}

/* Whether a function in FROM uses columns of the items beside it. */
static bool looks_around(struct expr *e)
{
	bool found = false;
	expr_walk(e, false, visit_var, &found);
	return found;
}

static void put_leaf(struct dp *p, int index)
{
	const struct rte *r = p->frame->q->rtes.v[index];
	const char *name = p->frame->names[index], *plain = plain_name(r);
	bool is_lateral = r->kind == RTE_SUBQUERY
				  ? r->is_lateral
				  : r->kind == RTE_FUNCTION && looks_around(r->func);
	put(p, is_lateral ? "LATERAL " : "");
	if (r->kind == RTE_RELATION) {
		put(p, deparse_relation_name(p->d, r->rel));
	} else if (r->kind == RTE_CTE) {
		put_ident(p, r->cte->name);
	} else if (r->kind == RTE_SUBQUERY) {
		put(p, "(");
		dp_query(p, r->subquery);
		put(p, ")");
	} else if (r->kind == RTE_VALUES) {
		put_values(p, r);
	} else if (r->kind == RTE_FUNCTION) {
		dp_expr(p, r->func, true);
		put(p, r->with_ordinality ? " WITH ORDINALITY" : "");
	} else {
		p->failed = true;
	}
	if (!plain || strcmp(plain, name) != 0) {
		put(p, r->kind == RTE_FUNCTION && is_record_function(r) ? " AS " : " ");
		put_ident(p, name);
	}
	if (r->kind == RTE_FUNCTION)
		put_function_names(p, r);
	else if (r->kind == RTE_VALUES)
		put_column_names(p, r);
}

static void put_join(struct dp *p, const struct from_item *f)
{
	static const char *const words[] = { [JOIN_INNER] = " JOIN ",
					     [JOIN_LEFT] = " LEFT JOIN ",
					     [JOIN_RIGHT] = " RIGHT JOIN ",
					     [JOIN_FULL] = " FULL JOIN ",
					     [JOIN_CROSS] = " CROSS JOIN " };
	const char *word = f->join == JOIN_INNER && !f->on ? " CROSS JOIN " : words[f->join];
	put(p, "(");
	from_item(p, f->left);
	dp_keyword(p, word, -DP_STD, DP_STD, DP_JOIN);
	from_item(p, f->right);
	if (f->on) {
		put(p, " ON (");
		dp_expr(p, f->on, false);
		put(p, ")");
	} else if (f->join != JOIN_INNER && f->join != JOIN_CROSS) {
		put(p, " ON TRUE");
	}
	put(p, ")");
}

static void from_item(struct dp *p, const struct from_item *f)
{
	if (f->is_join)
		put_join(p, f);
	else
		put_leaf(p, f->rte);
}

static void put_from(struct dp *p, const struct query *q)
{
	for (size_t i = 0; i < q->from.n; i++) {
		if (i == 0) {
			dp_keyword(p, " FROM ", -DP_STD, DP_STD, 2);
		} else {
			put(p, ", ");
			dp_keyword(p, "", -DP_STD, DP_STD, DP_VAR);
		}
		from_item(p, q->from.v[i]);
	}
}

/* ---- clauses ---- */

/* In ORDER BY and GROUP BY a call stands in parentheses. */
static void put_sort_expr(struct dp *p, const struct expr *e)
{
	bool is_call = (e->kind == EX_FUNC && e->builtin && e->builtin->kind == BUILTIN_FUNC) ||
		       e->kind == EX_CALL || e->kind == EX_AGG || e->kind == EX_WINDOW;
	if (e->kind == EX_CONST) {
		dp_const(p, e, 1);
		return;
	}
	put(p, is_call ? "(" : "");
	dp_expr(p, e, true);
	put(p, is_call ? ")" : "");
}

void dp_sort_keys(struct dp *p, const sort_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		const struct sort_key *k = &keys->v[i];
		put(p, i ? ", " : "");
		if (k->expr->kind == EX_VAR && k->expr->rte < 0)
			buf_printf(p->out, "%d", k->expr->attnum);
		else
			put_sort_expr(p, k->expr);
		if (k->is_desc)
			put(p, k->nulls_first ? " DESC" : " DESC NULLS LAST");
		else
			put(p, k->nulls_first ? " NULLS FIRST" : "");
	}
}

void dp_window(struct dp *p, const struct window *w)
{
	bool needs_space = false;
	put(p, "(");
	if (w->partition_by.n) {
		put(p, "PARTITION BY ");
		for (size_t i = 0; i < w->partition_by.n; i++) {
			put(p, i ? ", " : "");
			put_sort_expr(p, w->partition_by.v[i]);
		}
		needs_space = true;
	}
	if (w->order_by.n) {
		put(p, needs_space ? " ORDER BY " : "ORDER BY ");
		dp_sort_keys(p, &w->order_by);
		needs_space = true;
	}
	if (w->frame && *w->frame)
		buf_printf(p->out, "%s%s", needs_space ? " " : "", w->frame);
	put(p, ")");
}

static void put_distinct(struct dp *p, const struct query *q)
{
	if (!q->is_distinct && !q->distinct_on.n)
		return;
	put(p, " DISTINCT");
	if (!q->distinct_on.n)
		return;
	put(p, " ON (");
	for (size_t i = 0; i < q->distinct_on.n; i++) {
		put(p, i ? ", " : "");
		put_sort_expr(p, q->distinct_on.v[i]);
	}
	put(p, ")");
}

static void put_basic(struct dp *p, const struct query *q)
{
	p->indent += DP_STD;
	put(p, " SELECT");
	put_distinct(p, q);
	put_targets(p, q);
	put_from(p, q);
	if (q->where) {
		dp_keyword(p, " WHERE ", -DP_STD, DP_STD, 1);
		dp_expr(p, q->where, false);
	}
	for (size_t i = 0; i < q->group_by.n; i++) {
		if (i == 0)
			dp_keyword(p, " GROUP BY ", -DP_STD, DP_STD, 1);
		put(p, i ? ", " : "");
		put_sort_expr(p, q->group_by.v[i]);
	}
	if (q->having) {
		dp_keyword(p, " HAVING ", -DP_STD, DP_STD, 0);
		dp_expr(p, q->having, false);
	}
}

static bool needs_parens(const struct query *q)
{
	return q->ctes.n || q->order_by.n || q->for_update || q->offset || q->limit || q->set_op;
}

static void put_operand(struct dp *p, const struct query *q)
{
	p->is_operand = true;
	dp_query(p, q);
	p->is_operand = false;
}

/* The left operand, with the line break behind it. */
static void put_left(struct dp *p, const struct query *q, enum set_op outer)
{
	bool is_plain_set = q->set_op && !q->order_by.n && !q->limit && !q->offset && !q->ctes.n;
	if (is_plain_set && q->set_op != outer) {
		put(p, "(");
		dp_keyword(p, "", DP_STD, 0, 0);
		put_operand(p, q);
		dp_keyword(p, ") ", -DP_STD, 0, 0);
		return;
	}
	bool paren = needs_parens(q) && !is_plain_set;
	put(p, paren ? "(" : "");
	put_operand(p, q);
	put(p, paren ? ")" : "");
	dp_keyword(p, "", 0, 0, 0);
}

static void put_right(struct dp *p, const struct query *q)
{
	bool is_set = q->set_op != SET_NONE, paren = needs_parens(q);
	put(p, is_set ? "(" : "");
	dp_keyword(p, "", is_set ? DP_STD : 0, 0, 0);
	put(p, paren && !is_set ? "(" : "");
	put_operand(p, q);
	put(p, paren && !is_set ? ")" : "");
	if (is_set)
		dp_keyword(p, ")", -DP_STD, 0, 0);
}

static void put_set_operation(struct dp *p, const struct query *q)
{
	static const char *const words[] = {
		[SET_UNION] = "UNION ",		[SET_UNION_ALL] = "UNION ALL ",
		[SET_INTERSECT] = "INTERSECT ", [SET_INTERSECT_ALL] = "INTERSECT ALL ",
		[SET_EXCEPT] = "EXCEPT ",	[SET_EXCEPT_ALL] = "EXCEPT ALL ",
	};
	p->is_operand = false;
	put_left(p, q->left, q->set_op);
	put(p, words[q->set_op]);
	put_right(p, q->right);
}

static void put_ctes(struct dp *p, const struct query *q)
{
	bool is_recursive = false;
	for (size_t i = 0; i < q->ctes.n; i++)
		is_recursive |= q->ctes.v[i]->is_recursive;
	p->indent += DP_STD;
	for (size_t i = 0; i < q->ctes.n; i++) {
		const struct cte *cte = q->ctes.v[i];
		put(p, i ? ", " : is_recursive ? " WITH RECURSIVE " : " WITH ");
		put_ident(p, cte->name);
		put(p, " AS ");
		put(p, cte->materialized == 'y'	  ? "MATERIALIZED "
		       : cte->materialized == 'n' ? "NOT MATERIALIZED "
						  : "");
		put(p, "(");
		dp_keyword(p, "", 0, 0, 0);
		dp_query(p, cte->query);
		dp_keyword(p, "", 0, 0, 0);
		put(p, ")");
	}
	p->indent -= DP_STD;
	dp_keyword(p, "", 0, 0, 0);
}

void dp_query(struct dp *p, const struct query *q)
{
	struct dp_frame frame = { .q = q, .outer = p->frame };
	struct dp inner = *p;
	if (p->failed || q->cmd != CMD_SELECT || p->depth >= 100) {
		p->failed = true;
		return;
	}
	name_rtes(p, &frame);
	inner.frame = &frame;
	inner.with_prefix = true;
	inner.depth += 5;
	if (q->ctes.n)
		put_ctes(&inner, q);
	if (q->set_op != SET_NONE)
		put_set_operation(&inner, q);
	else
		put_basic(&inner, q);
	if (q->order_by.n) {
		dp_keyword(&inner, " ORDER BY ", -DP_STD, DP_STD, 1);
		dp_sort_keys(&inner, &q->order_by);
	}
	if (q->offset) {
		dp_keyword(&inner, " OFFSET ", -DP_STD, DP_STD, 0);
		dp_expr(&inner, q->offset, false);
	}
	if (q->limit) {
		dp_keyword(&inner, " LIMIT ", -DP_STD, DP_STD, 0);
		dp_expr(&inner, q->limit, false);
	}
	p->failed |= inner.failed;
}
