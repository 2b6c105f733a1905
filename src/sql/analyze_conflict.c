/* ON CONFLICT: which unique index it means, and what DO UPDATE sees. */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

struct arbiter {
	VEC(int16_t) cols;
	exprs keys;	    /* expressions */
	struct expr *where; /* the index's predicate, as the statement gives it */
};

static int read_elements(struct az *z, const struct json *infer, struct query *q,
			 struct arbiter *ret)
{
	const struct json *elems = json_get(infer, "indexElems");
	struct rte *r = q->rtes.v[q->result_rte];
	for (const struct json *n = elems ? elems->child : NULL; n; n = n->next) {
		const struct json *elem = node_as(n, "IndexElem");
		const struct json *expr = json_get(elem, "expr");
		if (expr) {
			struct expr *e;
			TRY(az_expr_in(z, expr, CL_ROW, &e));
			VEC_PUSH(z->a, &ret->keys, e);
			continue;
		}
		struct str name = json_get_str(elem, "name", STR(""));
		struct column *col = relation_column(r->rel, name);
		if (!col) {
			err_set(z->c, "42703", "column \"%.*s\" does not exist", STR_ARG(name));
			az_hint_column(z, (struct str){ 0 }, name);
			return az_at(z, (int)node_location(infer));
		}
		rte_mark(z, r, col->attnum);
		az_ref(z, -1, r->rel->oid, col->attnum, NULL);
		VEC_PUSH(z->a, &ret->cols, col->attnum);
	}
	return az_bool_expr(z, json_get(infer, "whereClause"), CL_ROW, "WHERE", &ret->where);
}

static bool has_col(const struct arbiter *ar, int16_t attnum)
{
	for (size_t i = 0; i < ar->cols.n; i++)
		if (ar->cols.v[i] == attnum)
			return true;
	return false;
}

static bool index_has_col(const struct index *ix, int16_t attnum)
{
	for (uint16_t i = 0; i < ix->n_keys; i++)
		if (ix->keys[i].attnum == attnum)
			return true;
	return false;
}

/* A stored expression of the relation, analysed; NULL when it cannot be. */
static struct expr *stored(struct az *z, const struct relation *rel, struct stored_sql sql)
{
	struct analysis an = { .cat = z->cat, .search_path = sql.search_path };
	struct error before = z->c->err;
	struct query *scope;
	if (analyze_row_expr(z->c, &an, str_of(sql.text), rel, NULL, &scope) < 0) {
		z->c->err = before;
		return NULL;
	}
	return scope->where;
}

static bool in_exprs(const exprs *list, const struct expr *e)
{
	for (size_t i = 0; i < list->n; i++)
		if (expr_equal(list->v[i], e))
			return true;
	return false;
}

/* Whether every conjunct of the predicate is one of `given`. */
static bool implies(const struct expr *given, const struct expr *predicate)
{
	if (!given || !predicate)
		return false;
	if (predicate->kind == EX_AND) {
		for (size_t i = 0; i < predicate->args.n; i++)
			if (!implies(given, predicate->args.v[i]))
				return false;
		return true;
	}
	if (expr_equal(given, predicate))
		return true;
	for (size_t i = 0; given->kind == EX_AND && i < given->args.n; i++)
		if (implies(given->args.v[i], predicate))
			return true;
	return false;
}

static bool matches(struct az *z, const struct relation *rel, const struct index *ix,
		    const struct arbiter *ar)
{
	if (!ix->is_unique)
		return false;
	exprs keys = { 0 };
	for (uint16_t i = 0; i < ix->n_keys; i++) {
		if (ix->keys[i].attnum) {
			if (!has_col(ar, ix->keys[i].attnum))
				return false;
			continue;
		}
		struct expr *e = stored(z, rel, ix->keys[i].expr);
		if (!e || !in_exprs(&ar->keys, e))
			return false;
		VEC_PUSH(z->a, &keys, e);
	}
	for (size_t i = 0; i < ar->cols.n; i++)
		if (!index_has_col(ix, ar->cols.v[i]))
			return false;
	for (size_t i = 0; i < ar->keys.n; i++)
		if (!in_exprs(&keys, ar->keys.v[i]))
			return false;
	return !ix->predicate.text || implies(ar->where, stored(z, rel, ix->predicate));
}

static const struct constraint *constraint_of(const struct relation *rel, const struct index *ix)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		bool is_key = con->kind == CON_PRIMARY || con->kind == CON_UNIQUE;
		if (is_key && con->index && !strcmp(con->index, ix->name))
			return con;
	}
	return NULL;
}

static int infer_index(struct az *z, const struct relation *rel, const struct arbiter *ar,
		       struct conflict *cf)
{
	for (size_t i = 0; i < rel->indexes.n && !cf->index; i++) {
		const struct index *ix = rel->indexes.v[i];
		const struct constraint *con = constraint_of(rel, ix);
		if (!matches(z, rel, ix, ar))
			continue;
		if (con && con->is_deferrable)
			return err_set(z->c, "55000",
				       "ON CONFLICT does not support deferrable unique "
				       "constraints/exclusion constraints as arbiters");
		cf->index = ix;
		cf->constraint = con;
	}
	if (cf->index)
		return 0;
	return err_set(z->c, "42P10",
		       "there is no unique or exclusion constraint matching the ON "
		       "CONFLICT specification");
}

static int named_constraint(struct az *z, const struct json *infer, struct query *q,
			    struct conflict *cf)
{
	struct str name = json_get_str(infer, "conname", STR(""));
	struct rte *r = q->rtes.v[q->result_rte];
	for (size_t i = 0; i < r->rel->constraints.n && !cf->constraint; i++)
		if (str_is(name, r->rel->constraints.v[i]->name))
			cf->constraint = r->rel->constraints.v[i];
	if (!cf->constraint)
		return err_set(z->c, "42704", "constraint \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(name), r->rel->name);
	if (cf->constraint->kind != CON_PRIMARY && cf->constraint->kind != CON_UNIQUE)
		return err_set(z->c, "42809",
			       "constraint in ON CONFLICT clause has no associated index");
	for (uint16_t i = 0; i < cf->constraint->n_cols; i++)
		rte_mark(z, r, cf->constraint->cols[i]);
	for (size_t i = 0; i < r->rel->indexes.n; i++)
		if (cf->constraint->index &&
		    !strcmp(r->rel->indexes.v[i]->name, cf->constraint->index))
			cf->index = r->rel->indexes.v[i];
	return 0;
}

static int find_arbiter(struct az *z, const struct json *infer, struct query *q,
			struct conflict *cf)
{
	if (json_get(infer, "conname"))
		return named_constraint(z, infer, q, cf);
	struct arbiter ar = { 0 };
	TRY(read_elements(z, infer, q, &ar));
	const struct relation *rel = q->rtes.v[q->result_rte]->rel;
	/* A view's indexes are its table's: the rewriter finds them there. */
	if (rel->kind == REL_VIEW) {
		for (size_t i = 0; i < ar.cols.n; i++)
			VEC_PUSH(z->a, &cf->view_cols, ar.cols.v[i]);
		return 0;
	}
	return infer_index(z, rel, &ar, cf);
}

static int excluded_row(struct az *z, struct query *q, struct conflict *cf)
{
	const struct rte *target = q->rtes.v[q->result_rte];
	struct rte *r = ARENA_NEW(z->a, struct rte);
	r->kind = RTE_EXCLUDED;
	r->alias = "excluded";
	r->rel = target->rel;
	for (size_t i = 0; i < target->rel->columns.n; i++) {
		const struct column *c = &target->rel->columns.v[i];
		struct rte_column col = { c->name, c->type, c->attnum };
		VEC_PUSH(z->a, &r->columns, col);
	}
	cf->excluded_rte = query_add_rte(z, q, r);
	VEC_PUSH(z->a, &z->scope->items, ns_for_rte(z, q, cf->excluded_rte));
	return 0;
}

int az_conflict(struct az *z, const struct json *clause, struct query *q)
{
	struct conflict *cf = ARENA_NEW(z->a, struct conflict);
	const struct json *infer = json_get(clause, "infer");
	cf->excluded_rte = -1;
	cf->do_update = str_is(json_get_str(clause, "action", STR("")), "ONCONFLICT_UPDATE");
	cf->has_target = infer != NULL;
	if (cf->do_update && !infer) {
		err_set(z->c, "42601",
			"ON CONFLICT DO UPDATE requires inference specification or constraint "
			"name");
		err_hint(z->c, "For example, ON CONFLICT (column_name).");
		return az_at(z, (int)node_location(clause));
	}
	if (infer)
		TRY(find_arbiter(z, infer, q, cf));
	q->conflict = cf;
	if (!cf->do_update)
		return 0;
	size_t before = z->scope->items.n;
	q->rtes.v[q->result_rte]->access.privs |= PRIV_UPDATE;
	TRY(excluded_row(z, q, cf));
	TRY(az_set_list(z, json_get(clause, "targetList"), q, &cf->set));
	TRY(az_bool_expr(z, json_get(clause, "whereClause"), CL_WHERE, "WHERE", &cf->where));
	z->scope->items.n = before;
	return 0;
}
