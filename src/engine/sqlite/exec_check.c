/* Row checks that the rewriter added: policies' WITH CHECK, what RETURNING and
 * ON CONFLICT may see, views' check options. */
#include "base/err.h"
#include "engine/sqlite/exec_int.h"

int exec_checks_make(struct ctx *c, struct exec_plan *p, const struct query *q,
		     enum check_kind kind, int base, struct exec_checks *ret)
{
	struct exec_checks k = { 0 };
	struct query *row = exec_row_query(c, q);
	k.checks = arena_array(c->arena, q->checks.n, sizeof(*k.checks));
	for (size_t i = 0; i < q->checks.n; i++) {
		if (q->checks.v[i]->kind != kind)
			continue;
		k.checks[k.n++] = q->checks.v[i];
		exec_add_target(c, row, q->checks.v[i]->expr);
	}
	if (k.n) {
		struct row_source from = { q->result_rte, base };
		TRY(exec_prepare_query(c, p, row, &from, 1, &k.stmt));
	}
	*ret = k;
	return 0;
}

static int violated(struct exec_run *run, const struct row_check *k, struct exec_table *t,
		    const struct datum *cells)
{
	struct ctx *c = run->c;
	if (k->kind == CHECK_VIEW_CONFLICT)
		return err_set(c, "55000", "conflicting row is not visible through view \"%s\"",
			       k->relation);
	if (k->kind == CHECK_VIEW_OPTION) {
		err_set(c, "44000", "new row violates check option for view \"%s\"", k->relation);
		const char *row = exec_row_text(run, t->rel, cells);
		return row ? err_details(c, "Failing row contains %s.", row) : -1;
	}
	const char *arm = k->kind == CHECK_RLS_CONFLICT_UPDATE_USING ? "(USING expression) " : "";
	if (k->policy)
		return err_set(c, "42501",
			       "new row violates row-level security policy \"%s\" %sfor table "
			       "\"%s\"",
			       k->policy, arm, k->relation);
	return err_set(c, "42501", "new row violates row-level security policy %sfor table \"%s\"",
		       arm, k->relation);
}

/* A view's condition that is NULL lets the row pass no more than false does. */
int exec_checks_run(struct exec_run *run, struct exec_checks *k, struct exec_table *t,
		    const struct datum *cells)
{
	if (!k->n)
		return 0;
	size_t failed = k->n;
	TRY(exec_first(run, &k->stmt, cells));
	for (size_t i = 0; i < k->n && failed == k->n; i++) {
		if (sqlite3_column_int(k->stmt.st, (int)i) == 0)
			failed = i;
	}
	sqlite3_reset(k->stmt.st);
	return failed == k->n ? 0 : violated(run, k->checks[failed], t, cells);
}
