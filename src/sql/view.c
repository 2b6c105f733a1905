/* Views: a subquery where they are read, their table where they are written. */
#include "base/arena.h"
#include "base/err.h"
#include "sql/analyze.h"
#include "sql/parse.h"
#include "sql/rewrite_int.h"
#include "sql/trigger.h"

#include <string.h>

static void set_check_as(struct rte *rte, void *arg)
{
	if (rte->kind == RTE_RELATION)
		rte->access.check_as = arg;
}

/* The view's query, its relations checked as the view says. */
static int view_query(struct rewriter *r, const struct relation *view, struct query **ret)
{
	struct analysis an = { .cat = r->rw->cat, .search_path = view->view.search_path };
	const struct json *stmt;
	struct query *q;
	TRY(sql_parse(r->c, str_of(view->view.text), &stmt));
	TRY(analyze_query(r->c, &an, stmt, &q));
	if (!view->security_invoker)
		query_each_rte(q, set_check_as, (void *)(uintptr_t)view->owner);
	*ret = q;
	return 0;
}

static int enter_view(struct rewriter *r, const struct relation *view, struct expanding *here,
		      struct rewriter *ret)
{
	for (const struct expanding *x = r->views; x; x = x->outer) {
		if (x->oid == view->oid)
			return err_set(r->c, "42P17",
				       "infinite recursion detected in rules for relation \"%s\"",
				       view->name);
	}
	*here = (struct expanding){ r->views, view->oid };
	*ret = *r;
	ret->views = here;
	ret->is_stored = true;
	return 0;
}

int expand_view(struct rewriter *r, struct rte *rte)
{
	struct expanding here;
	struct rewriter inner;
	struct query *q;
	TRY(enter_view(r, rte->rel, &here, &inner));
	TRY(view_query(r, rte->rel, &q));
	TRY(rewrite_level(&inner, q));
	rte->kind = RTE_SUBQUERY;
	rte->subquery = q;
	return 0;
}

/* ---- writing ---- */

struct kind_walk {
	enum expr_kind kind;
	bool found;
};

static bool visit_kind(struct expr *e, void *arg)
{
	struct kind_walk *w = arg;
	w->found |= e->kind == w->kind;
	return !w->found;
}

static bool has_kind(const struct query *q, enum expr_kind kind)
{
	struct kind_walk w = { .kind = kind };
	for (size_t i = 0; i < q->targets.n; i++)
		expr_walk(q->targets.v[i].expr, false, visit_kind, &w);
	return w.found;
}

/* Why a view's query is not simply its table, NULL when it is. */
static const char *not_updatable(const struct query *q)
{
	if (q->is_distinct || q->distinct_on.n)
		return "Views containing DISTINCT are not automatically updatable.";
	if (q->group_by.n)
		return "Views containing GROUP BY are not automatically updatable.";
	if (q->having)
		return "Views containing HAVING are not automatically updatable.";
	if (q->set_op != SET_NONE)
		return "Views containing UNION, INTERSECT, or EXCEPT are not automatically "
		       "updatable.";
	if (q->ctes.n)
		return "Views containing WITH are not automatically updatable.";
	if (q->limit || q->offset)
		return "Views containing LIMIT or OFFSET are not automatically updatable.";
	if (has_kind(q, EX_AGG))
		return "Views that return aggregate functions are not automatically updatable.";
	if (has_kind(q, EX_WINDOW))
		return "Views that return window functions are not automatically updatable.";
	bool is_single = q->from.n == 1 && !q->from.v[0]->is_join;
	if (!is_single || q->rtes.v[q->from.v[0]->rte]->kind != RTE_RELATION)
		return "Views that do not select from a single table or view are not "
		       "automatically updatable.";
	return NULL;
}

static int refuse_view(struct ctx *c, const struct query *q, const struct relation *view,
		       const char *why)
{
	static const struct {
		const char *verb, *gerund, *event;
	} words[] = {
		[CMD_INSERT] = { "insert into", "inserting into", "INSERT" },
		[CMD_UPDATE] = { "update", "updating", "UPDATE" },
		[CMD_DELETE] = { "delete from", "deleting from", "DELETE" },
	};
	err_set(c, "55000", "cannot %s view \"%s\"", words[q->cmd].verb, view->name);
	err_details(c, "%s", why);
	return err_hint(c,
			"To enable %s the view, provide an INSTEAD OF %s trigger or an "
			"unconditional ON %s DO INSTEAD rule.",
			words[q->cmd].gerund, words[q->cmd].event, words[q->cmd].event);
}

/* The move of one statement from a view to its table. */
struct retarget {
	struct rewriter *r;
	struct query *q, *view_query;
	const struct relation *view;
	int index;	/* result_rte */
	int base_index; /* the table's place in the view's query */
};

static struct expr *output(const struct retarget *t, int attnum)
{
	int n = 0;
	for (size_t i = 0; i < t->view_query->targets.n; i++) {
		if (!t->view_query->targets.v[i].is_hidden && ++n == attnum)
			return t->view_query->targets.v[i].expr;
	}
	return NULL;
}

/* The table's column behind a view's column, 0 when it is computed. */
static int16_t base_column(const struct retarget *t, int attnum)
{
	const struct expr *e = output(t, attnum);
	bool is_plain = e && e->kind == EX_VAR && !e->levels_up && e->rte == t->base_index;
	return is_plain ? (int16_t)e->attnum : 0;
}

static int map_targets(const struct retarget *t, targets *list)
{
	for (size_t i = 0; i < list->n; i++) {
		int16_t attnum = base_column(t, list->v[i].attnum);
		if (!attnum) {
			const struct column *col =
				relation_column_by_attnum(t->view, list->v[i].attnum);
			err_set(t->r->c, "0A000", "cannot %s column \"%s\" of view \"%s\"",
				t->q->cmd == CMD_INSERT ? "insert into" : "update",
				col ? col->name : "?", t->view->name);
			return err_details(t->r->c, "View columns that are not columns of their "
						    "base relation are not updatable.");
		}
		list->v[i].attnum = attnum;
	}
	return 0;
}

static struct expr *moved(const struct retarget *t, const struct expr *e, int depth)
{
	struct expr *copy = expr_copy(t->r->c->arena, e);
	expr_move_rte(copy, t->base_index, t->index);
	expr_shift_levels(copy, depth, 0);
	return copy;
}

static struct expr *moved_row(const struct retarget *t, const struct expr *whole, int depth)
{
	struct arena *a = t->r->c->arena;
	struct expr *row = expr_new(a, EX_ROW, whole->type);
	size_t n = t->view->columns.n;
	row->names = arena_array(a, n, sizeof(*row->names));
	for (size_t i = 0; i < n; i++) {
		const struct column *col = &t->view->columns.v[i];
		row->names[i] = col->name;
		VEC_PUSH(a, &row->args, moved(t, output(t, col->attnum), depth));
	}
	return row;
}

static void substitute(struct expr *e, int depth, void *arg)
{
	const struct retarget *t = arg;
	if (e->levels_up != depth || e->rte != t->index)
		return;
	/* what a replacement brings belongs to the table already */
	if (e->kind == EX_VAR && e->attnum > 0)
		*e = *moved(t, output(t, e->attnum), depth);
	else if (e->kind == EX_WHOLE_ROW)
		*e = *moved_row(t, e, depth);
}

/* Vars are replaced before anything moved is walked: collect, then replace. */
struct found {
	struct expr *e;
	int depth;
};
struct finder {
	const struct retarget *t;
	VEC(struct found) list;
};

static void find_var(struct expr *e, int depth, void *arg)
{
	struct finder *f = arg;
	bool is_ref = e->kind == EX_VAR || e->kind == EX_WHOLE_ROW;
	if (!is_ref || e->levels_up != depth || e->rte != f->t->index)
		return;
	for (size_t i = 0; i < f->list.n; i++) {
		if (f->list.v[i].e == e)
			return;
	}
	struct found found = { e, depth };
	VEC_PUSH(f->t->r->c->arena, &f->list, found);
}

static void substitute_all(const struct retarget *t)
{
	struct finder f = { .t = t };
	query_walk_depth(t->q, 0, find_var, &f);
	for (size_t i = 0; i < f.list.n; i++)
		substitute(f.list.v[i].e, f.list.v[i].depth, (void *)(uintptr_t)t);
}

static void map_attnums(const struct retarget *t, int16_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i] > 0)
			v[i] = base_column(t, v[i]);
	}
}

/* The table in the view's place: the caller's rights on the view were checked,
 * here count the rights of the view's owner (or of the caller, security_invoker). */
static struct rte *base_rte(const struct retarget *t)
{
	const struct rte *view_rte = t->q->rtes.v[t->index];
	struct rte *base = t->view_query->rtes.v[t->base_index];
	struct rte_access access = view_rte->access;
	access.check_as = base->access.check_as;
	access.selected.n = 0;
	access.selected.v = NULL;
	access.selected.cap = 0;
	for (size_t i = 0; i < base->access.selected.n; i++)
		VEC_PUSH(t->r->c->arena, &access.selected, base->access.selected.v[i]);
	map_attnums(t, access.inserted.v, access.inserted.n);
	map_attnums(t, access.updated.v, access.updated.n);
	base->access = access;
	for (size_t i = 0; i < view_rte->security_quals.n; i++)
		VEC_PUSH(t->r->c->arena, &base->security_quals, view_rte->security_quals.v[i]);
	base->alias = view_rte->alias;
	return base;
}

/* In front: what a view stands on is checked before the view. */
static void add_view_check(const struct retarget *t, enum check_kind kind, struct expr *qual)
{
	struct row_check *check = ARENA_NEW(t->r->c->arena, struct row_check);
	*check = (struct row_check){ .kind = kind, .expr = qual, .relation = t->view->name };
	VEC_PUSH(t->r->c->arena, &t->q->checks, check);
	size_t n = t->q->checks.n;
	memmove(t->q->checks.v + 1, t->q->checks.v, (n - 1) * sizeof(*t->q->checks.v));
	t->q->checks.v[0] = check;
}

/* ---- ON CONFLICT ---- */

static bool has_key(const struct index *ix, int16_t attnum)
{
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		if (ix->keys[i].attnum == attnum)
			return true;
	}
	return false;
}

static bool same_columns(const struct index *ix, const int16_t *cols, size_t n)
{
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		bool found = false;
		for (size_t k = 0; k < n; k++)
			found |= cols[k] == ix->keys[i].attnum;
		if (!found)
			return false;
	}
	for (size_t k = 0; k < n; k++) {
		if (!has_key(ix, cols[k]))
			return false;
	}
	return true;
}

static int find_index(const struct retarget *t, const struct relation *base, struct conflict *cf)
{
	for (size_t i = 0; i < base->indexes.n && !cf->index; i++) {
		const struct index *ix = base->indexes.v[i];
		if (ix->is_unique && !ix->predicate.text &&
		    same_columns(ix, cf->view_cols.v, cf->view_cols.n))
			cf->index = ix;
	}
	if (cf->index || base->kind == REL_VIEW)
		return 0;
	return err_set(t->r->c, "42P10",
		       "there is no unique or exclusion constraint matching the ON CONFLICT "
		       "specification");
}

/* EXCLUDED becomes a row of the table too. */
static void move_excluded(const struct retarget *t, const struct rte *base)
{
	struct conflict *cf = t->q->conflict;
	struct rte *row = t->q->rtes.v[cf->excluded_rte];
	struct retarget excluded = *t;
	excluded.index = cf->excluded_rte;
	substitute_all(&excluded);
	row->rel = base->rel;
	row->columns.n = 0;
	for (size_t i = 0; i < base->rel->columns.n; i++) {
		const struct column *c = &base->rel->columns.v[i];
		struct rte_column col = { c->name, c->type, c->attnum };
		VEC_PUSH(t->r->c->arena, &row->columns, col);
	}
}

static int move_conflict(const struct retarget *t, const struct rte *base)
{
	struct conflict *cf = t->q->conflict;
	TRY(map_targets(t, &cf->set));
	for (size_t i = 0; i < cf->view_cols.n; i++)
		cf->view_cols.v[i] = base_column(t, cf->view_cols.v[i]);
	if (cf->has_target)
		TRY(find_index(t, base->rel, cf));
	if (cf->excluded_rte >= 0)
		move_excluded(t, base);
	return 0;
}

static int move_to_base(struct retarget *t, bool has_check)
{
	struct query *q = t->q;
	TRY(map_targets(t, &q->targets));
	struct rte *base = base_rte(t);
	if (q->conflict)
		TRY(move_conflict(t, base));
	substitute_all(t);
	VEC_PUSH(t->r->c->arena, t->r->targets, q->rtes.v[t->index]);
	q->rtes.v[t->index] = base;
	struct expr *qual = t->view_query->where;
	if (qual) {
		expr_move_rte(qual, t->base_index, t->index);
		TRY(rewrite_sublinks(t->r, qual));
	}
	if (qual && q->cmd != CMD_INSERT && t->view->security_barrier)
		VEC_PUSH(t->r->c->arena, &base->security_quals, qual);
	else if (qual && q->cmd != CMD_INSERT)
		q->where = expr_and(t->r->c->arena, q->where, qual);
	if (qual && has_check && q->cmd != CMD_DELETE)
		add_view_check(t, CHECK_VIEW_OPTION, qual);
	if (qual && q->conflict && q->conflict->do_update)
		add_view_check(t, CHECK_VIEW_CONFLICT, qual);
	return 0;
}

/* INSTEAD OF triggers write such a view's rows, whatever its query is. */
static bool has_instead(const struct relation *view, enum query_cmd cmd)
{
	return relation_has_instead(view, cmd == CMD_INSERT   ? TRIGGER_INSERT
					  : cmd == CMD_UPDATE ? TRIGGER_UPDATE
							      : TRIGGER_DELETE);
}

int rewrite_target_view(struct rewriter *r, struct query *q)
{
	struct rewriter inner = *r;
	bool is_cascaded = false;
	inner.is_stored = true;
	for (int depth = 0; q->rtes.v[q->result_rte]->rel->kind == REL_VIEW; depth++) {
		const struct relation *view = q->rtes.v[q->result_rte]->rel;
		struct retarget t = { .r = &inner, .q = q, .view = view, .index = q->result_rte };
		if (depth > 30)
			return err_set(r->c, "54001", "stack depth limit exceeded");
		if (has_instead(view, q->cmd))
			return q->cmd == CMD_INSERT ? 0
						    : expand_view(&inner, q->rtes.v[q->result_rte]);
		TRY(view_query(&inner, view, &t.view_query));
		const char *why = not_updatable(t.view_query);
		if (why)
			return refuse_view(r->c, q, view, why);
		t.base_index = t.view_query->from.v[0]->rte;
		is_cascaded |= view->view_check == 'c';
		TRY(move_to_base(&t, is_cascaded || view->view_check == 'l'));
	}
	return 0;
}
