/* Who may do what, as PostgreSQL's ExecCheckRTEPerms: rights on the relation,
 * else on each column that is read or written. */
#include "base/err.h"
#include "sql/rewrite_int.h"

const char *rte_role(const struct rewriter *r, const struct rte *rte)
{
	return rte->access.check_as ? rte->access.check_as : r->rw->role;
}

static int denied(struct ctx *c, const struct relation *rel)
{
	const char *what = rel->kind == REL_VIEW       ? "view"
			   : rel->kind == REL_MATVIEW  ? "materialized view"
			   : rel->kind == REL_SEQUENCE ? "sequence"
			   : rel->kind == REL_FOREIGN  ? "foreign table"
						       : "table";
	return err_set(c, "42501", "permission denied for %s %s", what, rel->name);
}

static bool has_any_column(const struct catalog *cat, struct str role, const struct relation *rel,
			   uint32_t priv)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (column_privs(cat, role, rel, &rel->columns.v[i], priv) & priv)
			return true;
	}
	return false;
}

static bool has_columns(const struct catalog *cat, struct str role, const struct relation *rel,
			const int16_t *attnums, size_t n, uint32_t priv)
{
	bool has_named = false;
	for (size_t i = 0; i < n; i++) {
		if (attnums[i] <= 0)
			continue;
		const struct column *col = relation_column_by_attnum(rel, attnums[i]);
		if (!col || !(column_privs(cat, role, rel, col, priv) & priv))
			return false;
		has_named = true;
	}
	return has_named || has_any_column(cat, role, rel, priv);
}

static bool has_access(const struct catalog *cat, struct str role, const struct rte *rte)
{
	const struct rte_access *a = &rte->access;
	const struct relation *rel = rte->rel;
	uint32_t rest = a->privs & ~relation_privs(cat, role, rel, a->privs);
	if (rest & ~(uint32_t)(PRIV_SELECT | PRIV_INSERT | PRIV_UPDATE))
		return false;
	if ((rest & PRIV_SELECT) &&
	    !has_columns(cat, role, rel, a->selected.v, a->selected.n, PRIV_SELECT))
		return false;
	if ((rest & PRIV_INSERT) &&
	    !has_columns(cat, role, rel, a->inserted.v, a->inserted.n, PRIV_INSERT))
		return false;
	return !(rest & PRIV_UPDATE) ||
	       has_columns(cat, role, rel, a->updated.v, a->updated.n, PRIV_UPDATE);
}

int check_schema(struct rewriter *r, const struct relation *rel)
{
	const struct schema *s = catalog_schema(r->rw->cat, str_of(rel->schema));
	if (!s || catalog_privs(r->rw->cat, str_of(r->rw->role), s->owner, s->acl, 'n', PRIV_USAGE))
		return 0;
	return err_set(r->c, "42501", "permission denied for schema %s", s->name);
}

int check_function_schema(struct rewriter *r, const struct function *f)
{
	const struct schema *s = catalog_schema(r->rw->cat, str_of(f->schema));
	if (!s || catalog_privs(r->rw->cat, str_of(r->rw->role), s->owner, s->acl, 'n', PRIV_USAGE))
		return 0;
	return err_set(r->c, "42501", "permission denied for schema %s", s->name);
}

static int check_rte(struct rewriter *r, const struct rte *rte)
{
	if (!rte->rel || !rte->access.privs || rte->kind == RTE_EXCLUDED ||
	    has_access(r->rw->cat, str_of(rte_role(r, rte)), rte))
		return 0;
	return denied(r->c, rte->rel);
}

struct access_walk {
	struct rewriter *r;
	int failed;
};

static int check_level(struct rewriter *r, struct query *q);

static bool visit_sublink(struct expr *e, void *arg)
{
	struct access_walk *w = arg;
	if (e->subquery && !w->failed)
		w->failed = check_level(w->r, e->subquery);
	return !w->failed;
}

static int visit_slot(struct expr **slot, void *arg)
{
	struct access_walk *w = arg;
	expr_walk(*slot, false, visit_sublink, w);
	return w->failed;
}

/* A level's own relations before those of what is inside it. */
static int check_level(struct rewriter *r, struct query *q)
{
	struct access_walk w = { .r = r };
	if (!q)
		return 0;
	for (size_t i = 0; i < q->rtes.n; i++)
		TRY(check_rte(r, q->rtes.v[i]));
	for (size_t i = 0; i < q->ctes.n; i++)
		TRY(check_level(r, q->ctes.v[i]->query));
	for (size_t i = 0; i < q->rtes.n; i++)
		TRY(check_level(r, q->rtes.v[i]->subquery));
	TRY(check_level(r, q->left));
	TRY(check_level(r, q->right));
	return query_slots(q, visit_slot, &w);
}

int check_access(struct rewriter *r, struct query *q)
{
	for (size_t i = 0; i < r->targets->n; i++)
		TRY(check_rte(r, r->targets->v[i]));
	return check_level(r, q);
}

static bool visit_call(struct expr *e, void *arg)
{
	struct access_walk *w = arg;
	const struct function *f = e->kind == EX_CALL && !e->is_checked ? e->function : NULL;
	const struct rewrite *rw = w->r->rw;
	if (f && !w->failed &&
	    !catalog_privs(rw->cat, str_of(rw->role), f->owner, f->acl, 'f', PRIV_EXECUTE))
		w->failed = err_set(w->r->c, "42501", "permission denied for %s %s",
				    f->kind == 'p' ? "procedure" : "function", f->name);
	return !w->failed;
}

int check_execute(struct rewriter *r, struct query *q)
{
	struct access_walk w = { .r = r };
	query_walk(q, visit_call, &w);
	return w.failed;
}
