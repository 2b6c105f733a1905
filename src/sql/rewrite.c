/* One query level after the other: rights, views, subqueries, policies, guards. */
#include "sql/rewrite.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/rewrite_int.h"

enum { REWRITE_DEPTH_MAX = 100 };

struct sublink_walk {
	struct rewriter *r;
	int failed;
};

static bool visit_sublink(struct expr *e, void *arg)
{
	struct sublink_walk *w = arg;
	if (e->subquery && !w->failed)
		w->failed = rewrite_level(w->r, e->subquery);
	return !w->failed;
}

int rewrite_sublinks(struct rewriter *r, struct expr *e)
{
	struct sublink_walk w = { .r = r };
	expr_walk(e, false, visit_sublink, &w);
	return w.failed;
}

static int visit_slot(struct expr **slot, void *arg)
{
	return rewrite_sublinks(arg, *slot);
}

static int rewrite_rte(struct rewriter *r, struct rte *rte, bool is_target)
{
	if (rte->kind == RTE_SUBQUERY)
		return rewrite_level(r, rte->subquery);
	if (rte->kind != RTE_RELATION)
		return 0;
	if (!r->is_stored)
		TRY(check_schema(r, rte->rel));
	return rte->rel->kind == REL_VIEW && !is_target ? expand_view(r, rte) : 0;
}

static int rewrite_parts(struct rewriter *r, struct query *q)
{
	for (size_t i = 0; i < q->rtes.n; i++)
		TRY(rewrite_rte(r, q->rtes.v[i], (int)i == q->result_rte));
	for (size_t i = 0; i < q->ctes.n; i++)
		TRY(rewrite_level(r, q->ctes.v[i]->query));
	if (q->left)
		TRY(rewrite_level(r, q->left));
	if (q->right)
		TRY(rewrite_level(r, q->right));
	return query_slots(q, visit_slot, r);
}

int rewrite_level(struct rewriter *r, struct query *q)
{
	if (++r->depth > REWRITE_DEPTH_MAX)
		return err_set(r->c, "54001", "stack depth limit exceeded");
	bool is_dml = q->cmd != CMD_SELECT && q->result_rte >= 0;
	TRY(rewrite_parts(r, q));
	if (is_dml && q->rtes.v[q->result_rte]->rel->kind == REL_VIEW)
		TRY(rewrite_target_view(r, q));
	q->where = order_by_cost(r->c->arena, fold_where(r->c->arena, q->where));
	TRY(add_policies(r, q));
	TRY(weave_quals(r, q));
	r->depth--;
	return 0;
}

int rewrite_query(struct ctx *c, const struct rewrite *rw, struct query *q, struct query **ret)
{
	rte_list written = { 0 };
	struct rewriter r = { .c = c, .rw = rw, .targets = &written };
	TRY(rewrite_level(&r, q));
	TRY(check_access(&r, q));
	*ret = q;
	return 0;
}
