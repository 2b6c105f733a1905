/* The generic printer: SELECT, its clauses, CTEs and set operations. */
#include "sql/print.h"

#include "base/check.h"
#include "base/err.h"

static void print_body(struct printer *p);

/* ---- sort keys and windows ---- */

/* The output column (1-based) that shows e, 0 when none does. */
static int output_of(const struct query *q, const struct expr *e)
{
	for (size_t i = 0; i < q->targets.n; i++) {
		if (q->targets.v[i].expr == e)
			return (int)i + 1;
	}
	return 0;
}

static bool has_outer_join(const struct from_item *f)
{
	if (!f->is_join)
		return false;
	return f->join == JOIN_LEFT || f->join == JOIN_RIGHT || f->join == JOIN_FULL ||
	       has_outer_join(f->left) || has_outer_join(f->right);
}

/* A column that cannot be NULL here: where its NULLs go need not be said, and an
 * index serves the order as it is. */
static bool is_never_null(const struct printer *p, const struct expr *e)
{
	if (e->kind != EX_VAR || e->levels_up || e->rte < 0 || e->attnum <= 0)
		return false;
	const struct rte *rte = p->query->rtes.v[e->rte];
	if (rte->kind != RTE_RELATION)
		return false;
	const struct column *col = relation_column_by_attnum(rte->rel, (int16_t)e->attnum);
	for (size_t i = 0; i < p->query->from.n; i++) {
		if (has_outer_join(p->query->from.v[i]))
			return false;
	}
	return col && col->not_null;
}

static void print_sort_tail(struct printer *p, const struct sort_key *k)
{
	if (k->is_desc)
		buf_puts(p->out, " DESC");
	if (is_never_null(p, k->expr))
		return;
	/* SQLite's own default is NULLS FIRST ascending, LAST descending */
	if (k->nulls_first == k->is_desc)
		buf_puts(p->out, k->nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

void print_sort_keys(struct printer *p, const sort_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (i)
			buf_puts(p->out, ", ");
		p->dialect->sort_key(p, keys->v[i].expr);
		print_sort_tail(p, &keys->v[i]);
	}
}

void print_window(struct printer *p, const struct window *w)
{
	const char *sep = "";
	buf_char(p->out, '(');
	if (w->partition_by.n) {
		buf_puts(p->out, "PARTITION BY ");
		for (size_t i = 0; i < w->partition_by.n; i++) {
			if (i)
				buf_puts(p->out, ", ");
			print_expr(p, w->partition_by.v[i]);
			p->dialect->collate(p, w->partition_by.v[i]);
		}
		sep = " ";
	}
	if (w->order_by.n) {
		buf_puts(p->out, sep);
		buf_puts(p->out, "ORDER BY ");
		print_sort_keys(p, &w->order_by);
		sep = " ";
	}
	if (w->frame && *w->frame) {
		buf_puts(p->out, sep);
		buf_puts(p->out, w->frame);
	}
	buf_char(p->out, ')');
}

/* ---- FROM ---- */

/* The first row names the columns: SQLite would call a bare column by its name. */
static void print_values(struct printer *p, const struct rte *rte)
{
	buf_puts(p->out, "(");
	for (size_t i = 0; i < rte->rows.n; i++) {
		const exprs *row = &rte->rows.v[i];
		if (i) {
			buf_puts(p->out, i == 1 ? " UNION ALL VALUES (" : ", (");
			print_exprs(p, row, ", ");
			buf_char(p->out, ')');
			continue;
		}
		for (size_t k = 0; k < row->n; k++) {
			buf_puts(p->out, k ? ", " : "SELECT ");
			print_expr(p, row->v[k]);
			buf_printf(p->out, " AS column%zu", k + 1);
		}
	}
	buf_char(p->out, ')');
}

/* The printer of the query that owns a CTE, for the CTE's name. */
static int cte_owner(const struct printer *p, const struct cte *cte, size_t *ret_index)
{
	for (; p; p = p->outer) {
		for (size_t i = 0; i < p->query->ctes.n; i++) {
			if (p->query->ctes.v[i] == cte) {
				*ret_index = i;
				return p->id;
			}
		}
	}
	return -1;
}

static void print_cte_name(struct printer *p, const struct cte *cte)
{
	size_t index;
	int id = cte_owner(p, cte, &index);
	if (id < 0)
		print_refuse(p, "this use of WITH", -1);
	else if (cte->query->cmd != CMD_SELECT)
		p->dialect->modifying_cte(p, cte, index);
	else
		buf_printf(p->out, "w%d_%zu", id, index);
}

static void print_rte(struct printer *p, int index)
{
	const struct rte *rte = p->query->rtes.v[index];
	if (p->dialect->rte && p->dialect->rte(p, rte, index))
		return;
	switch (rte->kind) {
	case RTE_RELATION:
		p->dialect->relation(p, rte->rel);
		break;
	case RTE_SUBQUERY:
		print_subquery(p, rte->subquery);
		break;
	case RTE_CTE:
		print_cte_name(p, rte->cte);
		break;
	case RTE_VALUES:
		print_values(p, rte);
		break;
	default:
		print_refuse(p, "this item in FROM", -1);
	}
	buf_printf(p->out, " AS t%d_%d", p->id, index);
}

static void print_from_item(struct printer *p, const struct from_item *f)
{
	static const char *const words[] = { " JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ",
					     " JOIN " };
	if (!f->is_join) {
		print_rte(p, f->rte);
		return;
	}
	print_from_item(p, f->left);
	buf_puts(p->out, words[f->join]);
	if (f->right->is_join)
		buf_char(p->out, '(');
	print_from_item(p, f->right);
	if (f->right->is_join)
		buf_char(p->out, ')');
	if (f->on) {
		buf_puts(p->out, " ON ");
		print_expr(p, f->on);
	}
}

void print_from(struct printer *p)
{
	const struct query *q = p->query;
	for (size_t i = 0; i < q->from.n; i++) {
		buf_puts(p->out, i ? " JOIN " : " FROM ");
		const struct from_item *f = q->from.v[i];
		bool is_nested = i > 0 && f->is_join;
		if (is_nested)
			buf_char(p->out, '(');
		print_from_item(p, f);
		if (is_nested)
			buf_char(p->out, ')');
	}
}

void print_where(struct printer *p)
{
	if (!p->query->where)
		return;
	buf_puts(p->out, " WHERE ");
	print_expr(p, p->query->where);
}

/* ---- clauses ---- */

static void print_targets(struct printer *p)
{
	const struct query *q = p->query;
	buf_puts(p->out, q->is_distinct ? "SELECT DISTINCT " : "SELECT ");
	for (size_t i = 0; i < q->targets.n; i++) {
		if (i)
			buf_puts(p->out, ", ");
		print_expr(p, q->targets.v[i].expr);
		if (q->is_distinct || p->compares_rows)
			p->dialect->collate(p, q->targets.v[i].expr);
		buf_printf(p->out, " AS c%zu", i + 1);
	}
	if (!q->targets.n)
		buf_puts(p->out, "NULL AS c0");
}

static void print_group(struct printer *p)
{
	const struct query *q = p->query;
	for (size_t i = 0; i < q->group_by.n; i++) {
		buf_puts(p->out, i ? ", " : " GROUP BY ");
		print_expr(p, q->group_by.v[i]);
		p->dialect->collate(p, q->group_by.v[i]);
	}
	if (q->having) {
		/* the aggregate keeps the condition from being moved into WHERE, where
		 * it would see rows that policies hide */
		buf_puts(p->out, " HAVING CASE WHEN count(*) >= 0 THEN ");
		print_expr(p, q->having);
		buf_puts(p->out, " END");
	}
}

static void print_order(struct printer *p, bool by_name)
{
	const struct query *q = p->query;
	for (size_t i = 0; i < q->order_by.n; i++) {
		const struct sort_key *k = &q->order_by.v[i];
		int out = output_of(q, k->expr);
		buf_puts(p->out, i ? ", " : " ORDER BY ");
		if (by_name)
			buf_printf(p->out, "o%zu", i + 1);
		else if (out && q->is_distinct)
			buf_printf(p->out, "c%d", out);
		else
			p->dialect->sort_key(p, k->expr);
		if (by_name || (out && q->is_distinct))
			p->dialect->collate(p, k->expr);
		print_sort_tail(p, k);
	}
}

static void print_limit(struct printer *p)
{
	const struct query *q = p->query;
	if (!q->limit && !q->offset) {
		if (q->is_barrier)
			buf_puts(p->out, " LIMIT -1");
		return;
	}
	buf_puts(p->out, " LIMIT ");
	if (q->limit)
		p->dialect->limit(p, q->limit, false);
	else
		buf_puts(p->out, "-1");
	if (q->offset) {
		buf_puts(p->out, " OFFSET ");
		p->dialect->limit(p, q->offset, true);
	}
}

/* The first row of each group of equal distinct_on values, in ORDER BY's order. */
static void print_distinct_on(struct printer *p)
{
	const struct query *q = p->query;
	buf_puts(p->out, "SELECT ");
	for (size_t i = 0; i < q->targets.n; i++)
		buf_printf(p->out, "%sc%zu", i ? ", " : "", i + 1);
	buf_puts(p->out, " FROM (");
	print_targets(p);
	for (size_t i = 0; i < q->order_by.n; i++) {
		buf_puts(p->out, ", ");
		p->dialect->sort_key(p, q->order_by.v[i].expr);
		buf_printf(p->out, " AS o%zu", i + 1);
	}
	buf_puts(p->out, ", row_number() OVER (PARTITION BY ");
	for (size_t i = 0; i < q->distinct_on.n; i++) {
		if (i)
			buf_puts(p->out, ", ");
		print_expr(p, q->distinct_on.v[i]);
		p->dialect->collate(p, q->distinct_on.v[i]);
	}
	if (q->order_by.n) {
		buf_puts(p->out, " ORDER BY ");
		print_sort_keys(p, &q->order_by);
	}
	buf_puts(p->out, ") AS rn");
	print_from(p);
	print_where(p);
	print_group(p);
	buf_puts(p->out, ") WHERE rn = 1");
	print_order(p, true);
	print_limit(p);
}

/* ---- set operations ---- */

static bool is_plain_operand(const struct query *q)
{
	return q->set_op == SET_NONE && !q->order_by.n && !q->limit && !q->offset && !q->ctes.n &&
	       !q->distinct_on.n && !q->is_barrier;
}

/* An operand of UNION: SQLite has no parentheses around one. */
static void print_operand(struct printer *p, const struct query *q)
{
	bool is_plain = is_plain_operand(q);
	if (!is_plain)
		buf_puts(p->out, "SELECT * FROM (");
	struct printer sub = *p;
	sub.query = q;
	sub.id = ++*p->last_id;
	sub.outer = p;
	sub.compares_rows = p->query->set_op != SET_UNION_ALL;
	print_body(&sub);
	p->failed = sub.failed;
	if (!is_plain)
		buf_char(p->out, ')');
}

static void print_columns(struct printer *p, const char *before)
{
	for (size_t i = 0; i < p->query->targets.n; i++)
		buf_printf(p->out, "%sc%zu", i ? ", " : before, i + 1);
}

/* INTERSECT ALL and EXCEPT ALL: the n-th of equal rows meets the other side's n-th. */
static void print_numbered(struct printer *p, const struct query *q)
{
	print_columns(p, "SELECT ");
	buf_puts(p->out, ", row_number() OVER (");
	for (size_t i = 0; i < p->query->targets.n; i++) {
		buf_printf(p->out, "%sc%zu", i ? ", " : "PARTITION BY ", i + 1);
		p->dialect->collate(p, p->query->targets.v[i].expr);
	}
	buf_puts(p->out, ") AS rn FROM (");
	print_operand(p, q);
	buf_char(p->out, ')');
}

static void print_set_op(struct printer *p)
{
	static const char *const words[] = {
		[SET_UNION] = " UNION ",	 [SET_UNION_ALL] = " UNION ALL ",
		[SET_INTERSECT] = " INTERSECT ", [SET_INTERSECT_ALL] = " INTERSECT ",
		[SET_EXCEPT] = " EXCEPT ",	 [SET_EXCEPT_ALL] = " EXCEPT ",
	};
	const struct query *q = p->query;
	bool counts = q->set_op == SET_INTERSECT_ALL || q->set_op == SET_EXCEPT_ALL;
	/* ORDER BY of a compound takes no expressions, that of a subquery does */
	bool is_wrapped = q->order_by.n || counts;
	if (is_wrapped) {
		print_columns(p, "SELECT ");
		buf_puts(p->out, " FROM (");
	}
	(counts ? print_numbered : print_operand)(p, q->left);
	buf_puts(p->out, words[q->set_op]);
	(counts ? print_numbered : print_operand)(p, q->right);
	if (is_wrapped)
		buf_char(p->out, ')');
	print_order(p, false);
	print_limit(p);
}

/* ---- whole queries ---- */

static void print_cte(struct printer *p, size_t i)
{
	const struct cte *cte = p->query->ctes.v[i];
	buf_printf(p->out, "w%d_%zu(", p->id, i);
	for (size_t k = 0; k < cte->query->targets.n; k++)
		buf_printf(p->out, "%sc%zu", k ? ", " : "", k + 1);
	buf_puts(p->out, cte->materialized == 'y' ? ") AS MATERIALIZED " : ") AS ");
	print_subquery(p, cte->query);
}

static void print_ctes(struct printer *p)
{
	const struct query *q = p->query;
	bool is_recursive = false;
	const char *sep = "";
	for (size_t i = 0; i < q->ctes.n; i++)
		is_recursive |= q->ctes.v[i]->is_recursive;
	for (size_t i = 0; i < q->ctes.n; i++) {
		if (q->ctes.v[i]->query->cmd != CMD_SELECT)
			continue;
		buf_puts(p->out, *sep ? sep : (is_recursive ? "WITH RECURSIVE " : "WITH "));
		print_cte(p, i);
		sep = ", ";
	}
	if (*sep)
		buf_char(p->out, ' ');
}

static void print_body(struct printer *p)
{
	const struct query *q = p->query;
	if (q->cmd != CMD_SELECT) {
		print_refuse(p, "a data-modifying statement here", -1);
		return;
	}
	print_ctes(p);
	if (q->set_op != SET_NONE) {
		print_set_op(p);
		return;
	}
	if (q->distinct_on.n) {
		print_distinct_on(p);
		return;
	}
	print_targets(p);
	print_from(p);
	print_where(p);
	print_group(p);
	print_order(p, false);
	print_limit(p);
}

void print_subquery(struct printer *p, const struct query *q)
{
	struct printer sub = *p;
	sub.query = q;
	sub.id = ++*p->last_id;
	sub.outer = p;
	sub.compares_rows = false;
	buf_char(p->out, '(');
	print_body(&sub);
	p->failed = sub.failed;
	buf_char(p->out, ')');
}

int print_query(struct ctx *c, const struct dialect *d, const struct query *q, void *arg,
		struct buf *out)
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
	print_body(&p);
	if (p.failed)
		return -1;
	return buf_ok(out) ? 0 : err_set(c, "54000", "statement is too long");
}
