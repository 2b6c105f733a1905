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

/* Arguments first: what is taken in brings copies of them. */
static int rewrite_call(struct rewriter *r, struct expr *call)
{
	if (!r->is_stored)
		TRY(check_function_schema(r, call->function));
	for (size_t i = 0; i < call->args.n; i++)
		TRY(rewrite_sublinks(r, call->args.v[i]));
	inline_call(r, call);
	return 0;
}

static bool visit_sublink(struct expr *e, void *arg)
{
	struct sublink_walk *w = arg;
	if (e->kind == EX_CALL && !w->failed) {
		w->failed = rewrite_call(w->r, e);
		return false;
	}
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
	if (rte->kind == RTE_FUNCTION && rte->func->kind == EX_CALL) {
		TRY(rewrite_sublinks(r, rte->func));
		if (rte->func->kind == EX_CALL)
			inline_rows(r, rte);
		return 0;
	}
	if (rte->kind != RTE_RELATION)
		return 0;
	if (!r->is_stored)
		TRY(check_schema(r, rte->rel));
	if (rte->rel->kind == REL_FOREIGN)
		return err_set(r->c, "0A000", "foreign table \"%s\" cannot be read on this engine",
			       rte->rel->name);
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
	if (q->is_rewritten)
		return 0; /* shared with another place, or a body that was taken in */
	q->is_rewritten = true;
	if (++r->depth > REWRITE_DEPTH_MAX)
		return err_set(r->c, "54001", "stack depth limit exceeded");
	const struct query *outer = r->query;
	r->query = q;
	bool is_dml = q->cmd != CMD_SELECT && q->result_rte >= 0;
	TRY(rewrite_parts(r, q));
	if (is_dml && q->rtes.v[q->result_rte]->rel->kind == REL_VIEW)
		TRY(rewrite_target_view(r, q));
	q->where = order_by_cost(r->c->arena, fold_where(r->c->arena, q->where));
	TRY(add_policies(r, q));
	TRY(weave_quals(r, q));
	r->depth--;
	r->query = outer;
	return 0;
}

static bool is_read_only(const struct query *q)
{
	for (size_t i = 0; i < q->ctes.n; i++)
		if (q->ctes.v[i]->query->cmd != CMD_SELECT)
			return false;
	return q->cmd == CMD_SELECT;
}

int rewrite_query(struct ctx *c, const struct rewrite *rw, struct query *q, struct query **ret)
{
	rte_list written = { 0 };
	struct rewriter r = {
		.c = c, .rw = rw, .targets = &written, .is_read_only = is_read_only(q)
	};
	TRY(rewrite_level(&r, q));
	TRY(check_access(&r, q));
	TRY(check_execute(&r, q));
	*ret = q;
	return 0;
}
