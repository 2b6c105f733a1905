/* Row security as PostgreSQL 15's get_row_security_policies decides it: which
 * policies a command on a table brings, as conditions on the rows it may see
 * and as checks on the rows it writes. */
#include "base/arena.h"
#include "base/err.h"
#include "base/test_hooks.h"
#include "sql/analyze.h"
#include "sql/rewrite_int.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(const struct policy *) policy_list;

/* What is being built for one table of one query. */
struct policy_work {
	struct rewriter *r;
	struct query *q;
	struct rte *rte;
	int index;
	const char *role;
	bool has_subquery;
};

struct policy_set {
	policy_list permissive, restrictive;
};

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct policy *const *)a)->name,
		      (*(const struct policy *const *)b)->name);
}

static bool is_for_role(const struct policy_work *w, const struct policy *pol)
{
	if (pol->n_roles == 0)
		return true;
	for (uint16_t i = 0; i < pol->n_roles; i++) {
		if (strcmp(pol->roles[i], "public") == 0 ||
		    catalog_has_role(w->r->rw->cat, str_of(w->role), str_of(pol->roles[i]), true))
			return true;
	}
	return false;
}

static void sort_policies(policy_list *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_name);
}

static struct policy_set policies_for(const struct policy_work *w, char cmd)
{
	struct policy_set set = { 0 };
	const struct relation *rel = w->rte->rel;
	for (size_t i = 0; i < rel->policies.n; i++) {
		const struct policy *pol = rel->policies.v[i];
		if ((pol->cmd != '*' && pol->cmd != cmd) || !is_for_role(w, pol))
			continue;
		if (pol->is_permissive)
			VEC_PUSH(w->r->c->arena, &set.permissive, pol);
		else
			VEC_PUSH(w->r->c->arena, &set.restrictive, pol);
	}
	sort_policies(&set.permissive);
	sort_policies(&set.restrictive);
	return set;
}

/* ---- a policy's text as an expression on this query's row ---- */

static void set_check_as(struct rte *rte, void *arg)
{
	if (rte->kind == RTE_RELATION)
		rte->access.check_as = arg;
}

static void note_subquery(struct expr *e, int depth, void *arg)
{
	(void)depth;
	bool *found = arg;
	found[0] |= e->subquery != NULL;
	found[1] |= e->kind == EX_CALL;
}

static bool is_expanding(const struct expanding *x, uint32_t oid)
{
	for (; x; x = x->outer) {
		if (x->oid == oid)
			return true;
	}
	return false;
}

static int expand_subqueries(struct policy_work *w, struct expr *e)
{
	bool found[2] = { false, false }; /* a subquery, a call */
	expr_walk_depth(e, 0, note_subquery, found);
	if (!found[0] && !found[1])
		return 0;
	const struct relation *rel = w->rte->rel;
	if (found[0] && is_expanding(w->r->policies, rel->oid))
		return err_set(w->r->c, "42P17",
			       "infinite recursion detected in policy for relation \"%s\"",
			       rel->name);
	expr_each_rte(e, set_check_as, (void *)(uintptr_t)w->rte->access.check_as);
	struct expanding here = { w->r->policies, rel->oid };
	struct rewriter inner = *w->r;
	inner.policies = &here;
	inner.is_stored = true;
	return rewrite_sublinks(&inner, e);
}

static int policy_expr(struct policy_work *w, const struct stored_sql *sql, struct expr **ret)
{
	struct rewriter *r = w->r;
	struct analysis an = { .cat = r->rw->cat, .search_path = sql->search_path };
	struct query *scope;
	const struct type *boolean = type_of_value(V_BOOL);
	TRY(analyze_row_expr(r->c, &an, str_of(sql->text), w->rte->rel, boolean, &scope));
	struct expr *e = scope->where;
	expr_move_rte(e, 0, w->index);
	TRY(expand_subqueries(w, e));
	*ret = fold(r->c->arena, e);
	return 0;
}

/* ---- combining ---- */

static bool is_true(const struct expr *e)
{
	return e->kind == EX_CONST && e->datum.kind == D_INT && e->datum.i;
}

static const struct stored_sql *using_of(const struct policy *pol)
{
	return pol->using_expr.text ? &pol->using_expr : NULL;
}

static const struct stored_sql *check_of(const struct policy *pol)
{
	return pol->check_expr.text ? &pol->check_expr : using_of(pol);
}

typedef const struct stored_sql *text_of(const struct policy *);

/* The OR of the permissive ones; NULL when there is none: nothing is allowed. */
static int permissive_expr(struct policy_work *w, const struct policy_set *set, text_of *text,
			   struct expr **ret)
{
	struct expr *sum = NULL;
	for (size_t i = 0; i < set->permissive.n; i++) {
		const struct stored_sql *sql = text(set->permissive.v[i]);
		struct expr *e;
		if (!sql)
			continue;
		TRY(policy_expr(w, sql, &e));
		sum = expr_or(w->r->c->arena, sum, e);
	}
	*ret = fold(w->r->c->arena, sum);
	return 0;
}

static void add_qual(struct policy_work *w, struct expr *e)
{
	if (!is_true(e))
		VEC_PUSH(w->r->c->arena, &w->rte->security_quals, e);
}

/* Rows that the command may see. */
static int add_security_quals(struct policy_work *w, char cmd)
{
	struct policy_set set = policies_for(w, cmd);
	struct expr *allowed;
	TRY(permissive_expr(w, &set, using_of, &allowed));
	if (!allowed) {
		add_qual(w, expr_bool(w->r->c->arena, false));
		return 0;
	}
	for (size_t i = 0; i < set.restrictive.n; i++) {
		struct expr *e;
		if (!using_of(set.restrictive.v[i]))
			continue;
		TRY(policy_expr(w, using_of(set.restrictive.v[i]), &e));
		add_qual(w, e);
	}
	add_qual(w, allowed);
	return 0;
}

static void add_check(struct policy_work *w, enum check_kind kind, struct expr *e,
		      const char *policy)
{
	if (is_true(e))
		return;
	struct row_check *check = ARENA_NEW(w->r->c->arena, struct row_check);
	*check = (struct row_check){
		.kind = kind, .expr = e, .policy = policy, .relation = w->rte->rel->name
	};
	VEC_PUSH(w->r->c->arena, &w->q->checks, check);
}

/* Conditions that rows must satisfy, an error otherwise. */
static int add_checks(struct policy_work *w, char cmd, enum check_kind kind, text_of *text)
{
	struct policy_set set = policies_for(w, cmd);
	struct expr *allowed;
	if (test_hooks.break_with_check && text == check_of)
		return 0;
	TRY(permissive_expr(w, &set, text, &allowed));
	if (!allowed) {
		add_check(w, kind, expr_bool(w->r->c->arena, false), NULL);
		return 0;
	}
	add_check(w, kind, allowed, NULL);
	for (size_t i = 0; i < set.restrictive.n; i++) {
		const struct policy *pol = set.restrictive.v[i];
		struct expr *e;
		if (!text(pol))
			continue;
		TRY(policy_expr(w, text(pol), &e));
		add_check(w, kind, e, pol->name);
	}
	return 0;
}

/* ---- commands ---- */

static int add_insert(struct policy_work *w, bool reads)
{
	TRY(add_checks(w, 'a', CHECK_RLS_INSERT, check_of));
	if (reads)
		TRY(add_checks(w, 'r', CHECK_RLS_INSERT, using_of));
	if (!w->q->conflict || !w->q->conflict->do_update)
		return 0;
	TRY(add_checks(w, 'w', CHECK_RLS_CONFLICT_UPDATE_USING, using_of));
	if (reads)
		TRY(add_checks(w, 'r', CHECK_RLS_CONFLICT_UPDATE_USING, using_of));
	TRY(add_checks(w, 'w', CHECK_RLS_UPDATE, check_of));
	return reads ? add_checks(w, 'r', CHECK_RLS_UPDATE, using_of) : 0;
}

static int add_for_target(struct policy_work *w)
{
	bool reads = (w->rte->access.privs & PRIV_SELECT) && !test_hooks.break_returning_select;
	if (w->q->cmd == CMD_INSERT)
		return add_insert(w, reads);
	TRY(add_security_quals(w, w->q->cmd == CMD_UPDATE ? 'w' : 'd'));
	if (reads)
		TRY(add_security_quals(w, 'r'));
	if (w->q->cmd != CMD_UPDATE)
		return 0;
	TRY(add_checks(w, 'w', CHECK_RLS_UPDATE, check_of));
	return reads ? add_checks(w, 'r', CHECK_RLS_UPDATE, using_of) : 0;
}

static int add_for_rte(struct policy_work *w)
{
	if (w->index == w->q->result_rte && w->q->cmd != CMD_SELECT)
		return add_for_target(w);
	/* FOR UPDATE sees what UPDATE would */
	if (w->rte->access.privs & PRIV_UPDATE)
		TRY(add_security_quals(w, 'w'));
	return add_security_quals(w, 'r');
}

int add_policies(struct rewriter *r, struct query *q)
{
	for (size_t i = 0; i < q->rtes.n; i++) {
		struct rte *rte = q->rtes.v[i];
		bool is_table = rte->kind == RTE_RELATION &&
				(rte->rel->kind == REL_TABLE || rte->rel->kind == REL_PARTITIONED);
		if (!is_table ||
		    !relation_rls_applies(r->rw->cat, str_of(rte_role(r, rte)), rte->rel))
			continue;
		struct policy_work w = {
			.r = r, .q = q, .rte = rte, .index = (int)i, .role = rte_role(r, rte)
		};
		TRY(add_for_rte(&w));
	}
	return 0;
}
