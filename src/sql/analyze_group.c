/* GROUP BY, ORDER BY, DISTINCT and windows. */
#include "base/check.h"
#include "sql/analyze_int.h"

#include <string.h>

static bool local_column(struct az *z, struct str name)
{
	for (size_t i = 0; i < z->scope->items.n; i++) {
		const struct ns_item *item = z->scope->items.v[i];
		for (size_t k = 0; item->is_col_visible && k < item->cols.n; k++)
			if (str_is(name, item->cols.v[k].name))
				return true;
	}
	return false;
}

static int output_named(struct az *z, const struct query *q, struct str name, const char *what,
			int location, struct expr **ret)
{
	struct expr *found = NULL;
	for (size_t i = 0; i < q->targets.n; i++) {
		const struct target *t = &q->targets.v[i];
		if (t->is_hidden || !str_is(name, t->name))
			continue;
		if (found && !expr_equal(found, t->expr)) {
			err_set(z->c, "42702", "%s \"%.*s\" is ambiguous", what, STR_ARG(name));
			return az_at(z, location);
		}
		found = t->expr;
	}
	*ret = found;
	return 0;
}

static int output_at(struct az *z, const struct query *q, const struct json *constant,
		     const char *what, struct expr **ret)
{
	const struct json *ival = json_get(constant, "ival");
	int location = (int)node_location(constant);
	if (!ival) {
		err_set(z->c, "42601", "non-integer constant in %s", what);
		return az_at(z, location);
	}
	int64_t at = json_get_i64(ival, "ival", 0);
	if (at < 1 || (size_t)at > q->targets.n) {
		err_set(z->c, "42P10", "%s position %lld is not in select list", what,
			(long long)at);
		return az_at(z, location);
	}
	*ret = q->targets.v[at - 1].expr;
	return 0;
}

/* A sort or group item: an output's name or number, or an expression. */
static int clause_item(struct az *z, const struct json *node, struct query *q, enum clause clause,
		       struct expr **ret)
{
	const char *what = az_clause_name(clause);
	const struct json *constant = node_as(node, "A_Const"), *ref = node_as(node, "ColumnRef");
	const struct json *fields = ref ? json_get(ref, "fields") : NULL;
	*ret = NULL;
	if (constant)
		return output_at(z, q, constant, what, ret);
	if (fields && fields->count == 1 && node_as(fields->child, "String")) {
		struct str name = node_string(fields->child);
		bool column_first = clause == CL_GROUP_BY && local_column(z, name);
		if (!column_first)
			TRY(output_named(z, q, name, what, (int)node_location(ref), ret));
		if (*ret)
			return 0;
	}
	if (q->set_op != SET_NONE && fields && fields->count == 1) {
		struct str name = node_string(fields->child);
		err_set(z->c, "42703", "column \"%.*s\" does not exist", STR_ARG(name));
		return az_at(z, (int)node_location(ref));
	}
	if (q->set_op != SET_NONE) {
		err_set(z->c, "0A000", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause");
		err_details(z->c,
			    "Only result column names can be used, not expressions or functions.");
		err_hint(z->c,
			 "Add the expression/function to every SELECT, or move the UNION into a "
			 "FROM clause.");
		return az_at(z, (int)node_location(node->child));
	}
	TRY(az_expr_in(z, node, clause, ret));
	for (size_t i = 0; i < q->targets.n; i++)
		if (expr_equal(q->targets.v[i].expr, *ret)) {
			*ret = q->targets.v[i].expr;
			break;
		}
	return 0;
}

static int node_start(const struct json *node)
{
	return node && node->child ? (int)node_location(node->child) : -1;
}

static bool has_no_order(const struct type *t)
{
	t = type_base(t);
	t = t->kind == TYPE_ARRAY ? type_base(t->elem) : t;
	return t->kind == TYPE_BASE && (t->value == V_JSON || t->oid == 142);
}

static int needs(struct az *z, const struct expr *e, const char *what, int location)
{
	if (!has_no_order(e->type.type))
		return 0;
	err_set(z->c, "42883", "could not identify an %s operator for type %s", what,
		az_type(z, e->type.type));
	if (!strcmp(what, "ordering"))
		err_hint(z->c, "Use an explicit ordering operator or modify the query.");
	return az_at(z, location);
}

int az_sort_key(struct az *z, const struct json *sort_by, struct expr *e, struct sort_key *ret)
{
	struct str dir = json_get_str(sort_by, "sortby_dir", STR("SORTBY_DEFAULT"));
	struct str nulls = json_get_str(sort_by, "sortby_nulls", STR("SORTBY_NULLS_DEFAULT"));
	struct sort_key key = { .expr = e, .is_desc = str_is(dir, "SORTBY_DESC") };
	if (str_is(dir, "SORTBY_USING"))
		return err_set(z->c, "0A000", "ORDER BY ... USING is not supported");
	if (type_is_unknown(e->type.type))
		TRY(coerce_expr(z, e, TYPEREF(type_of_value(V_TEXT)), COERCE_IMPLICIT, &key.expr));
	TRY(needs(z, e, "ordering", node_start(json_get(sort_by, "node"))));
	key.nulls_first = key.is_desc;
	if (str_is(nulls, "SORTBY_NULLS_FIRST"))
		key.nulls_first = true;
	else if (str_is(nulls, "SORTBY_NULLS_LAST"))
		key.nulls_first = false;
	*ret = key;
	return 0;
}

int az_sort(struct az *z, const struct json *clause, struct query *q, sort_keys *ret)
{
	for (const struct json *node = clause ? clause->child : NULL; node; node = node->next) {
		const struct json *sort_by = node_as(node, "SortBy");
		struct expr *e;
		struct sort_key key;
		TRY(clause_item(z, json_get(sort_by, "node"), q, CL_ORDER_BY, &e));
		TRY(az_sort_key(z, sort_by, e, &key));
		VEC_PUSH(z->a, ret, key);
	}
	return 0;
}

int az_group(struct az *z, const struct json *clause, struct query *q)
{
	for (const struct json *node = clause ? clause->child : NULL; node; node = node->next) {
		struct expr *e;
		const struct json *set = node_as(node, "GroupingSet");
		if (set) {
			bool empty =
				str_is(json_get_str(set, "kind", STR("")), "GROUPING_SET_EMPTY");
			if (!empty || clause->count > 1)
				return err_set(z->c, "0A000", "GROUPING SETS are not supported");
			q->is_grouped = true;
			continue;
		}
		TRY(clause_item(z, node, q, CL_GROUP_BY, &e));
		if (type_is_unknown(e->type.type))
			TRY(coerce_expr(z, e, TYPEREF(type_of_value(V_TEXT)), COERCE_IMPLICIT, &e));
		TRY(needs(z, e, "equality", node_start(node)));
		VEC_PUSH(z->a, &q->group_by, e);
	}
	return 0;
}

static bool is_output(const struct query *q, const struct expr *e)
{
	for (size_t i = 0; i < q->targets.n; i++)
		if (expr_equal(q->targets.v[i].expr, e))
			return true;
	return false;
}

static int check_distinct(struct az *z, struct query *q)
{
	for (size_t i = 0; i < q->targets.n; i++)
		TRY(needs(z, q->targets.v[i].expr, "equality", q->targets.v[i].expr->location));
	for (size_t i = 0; i < q->order_by.n; i++) {
		if (is_output(q, q->order_by.v[i].expr))
			continue;
		err_set(z->c, "42P10",
			"for SELECT DISTINCT, ORDER BY expressions must appear in select list");
		return az_at(z, q->order_by.v[i].expr->location);
	}
	return 0;
}

static bool is_distinct_key(const struct query *q, const struct expr *e)
{
	for (size_t i = 0; i < q->distinct_on.n; i++)
		if (expr_equal(q->distinct_on.v[i], e))
			return true;
	return false;
}

/* ORDER BY must begin with the DISTINCT ON expressions, in any order. */
static int check_distinct_on(struct az *z, const struct query *q, int location)
{
	size_t n = q->order_by.n < q->distinct_on.n ? q->order_by.n : q->distinct_on.n;
	for (size_t i = 0; i < n; i++)
		if (!is_distinct_key(q, q->order_by.v[i].expr)) {
			err_set(z->c, "42P10",
				"SELECT DISTINCT ON expressions must match initial ORDER BY "
				"expressions");
			return az_at(z, location);
		}
	return 0;
}

int az_distinct(struct az *z, const struct json *clause, struct query *q)
{
	if (!clause || clause->count == 0)
		return 0;
	if (node_kind(clause->child).n == 0) { /* plain DISTINCT: one empty item */
		q->is_distinct = true;
		return check_distinct(z, q);
	}
	for (const struct json *node = clause->child; node; node = node->next) {
		struct expr *e;
		TRY(clause_item(z, node, q, CL_DISTINCT_ON, &e));
		TRY(needs(z, e, "equality", node_start(node)));
		VEC_PUSH(z->a, &q->distinct_on, e);
	}
	return check_distinct_on(z, q, node_start(clause->child));
}

/* ---- windows ---- */

/* PostgreSQL's FRAMEOPTION_* bits. */
enum frame {
	FRAME_NONDEFAULT = 0x1,
	FRAME_RANGE = 0x2,
	FRAME_ROWS = 0x4,
	FRAME_BETWEEN = 0x10,
	FRAME_EXCLUDE_CURRENT = 0x8000,
	FRAME_EXCLUDE_GROUP = 0x10000,
	FRAME_EXCLUDE_TIES = 0x20000
};

static int frame_bound(struct az *z, struct buf *b, int64_t options, bool start,
		       const struct json *offset)
{
	int64_t bits = options >> (start ? 5 : 6);
	if (bits & 0x1)
		buf_puts(b, "UNBOUNDED PRECEDING");
	else if (bits & 0x4)
		buf_puts(b, "UNBOUNDED FOLLOWING");
	else if (bits & 0x10)
		buf_puts(b, "CURRENT ROW");
	else {
		const struct json *ival = json_get(node_as(offset, "A_Const"), "ival");
		if (!ival)
			return err_set(z->c, "0A000",
				       "only integer constants are supported as frame offsets");
		buf_printf(b, "%lld %s", (long long)json_get_i64(ival, "ival", 0),
			   bits & 0x40 ? "PRECEDING" : "FOLLOWING");
	}
	return 0;
}

static int frame_text(struct az *z, const struct json *def, const char **ret)
{
	int64_t options = json_get_i64(def, "frameOptions", 0);
	*ret = "";
	if (!(options & FRAME_NONDEFAULT))
		return 0;
	BUF_CLEANUP struct buf b = buf_make(1000);
	buf_puts(&b, options & FRAME_RANGE ? "RANGE " : options & FRAME_ROWS ? "ROWS " : "GROUPS ");
	buf_puts(&b, "BETWEEN ");
	TRY(frame_bound(z, &b, options, true, json_get(def, "startOffset")));
	buf_puts(&b, " AND ");
	TRY(frame_bound(z, &b, options, false, json_get(def, "endOffset")));
	if (options & FRAME_EXCLUDE_CURRENT)
		buf_puts(&b, " EXCLUDE CURRENT ROW");
	else if (options & FRAME_EXCLUDE_GROUP)
		buf_puts(&b, " EXCLUDE GROUP");
	else if (options & FRAME_EXCLUDE_TIES)
		buf_puts(&b, " EXCLUDE TIES");
	*ret = buf_dup(z->a, &b);
	return 0;
}

static struct window *named_window(struct az *z, const char *name)
{
	for (size_t i = 0; i < z->scope->windows.n; i++)
		if (!strcmp(z->scope->windows.v[i]->name, name))
			return z->scope->windows.v[i];
	err_set(z->c, "42704", "window \"%s\" does not exist", name);
	return NULL;
}

static int window_def(struct az *z, const struct json *def, struct window *w)
{
	const char *base = json_get_cstr(z->a, def, "refname");
	if (base) {
		const struct window *from = named_window(z, base);
		if (!from)
			return az_at(z, (int)node_location(def));
		w->partition_by = from->partition_by;
		w->order_by = from->order_by;
	}
	const struct json *list = json_get(def, "partitionClause");
	enum clause before = z->scope->clause;
	z->scope->clause = CL_WINDOW;
	int rc = az_expr_list(z, list, &w->partition_by);
	list = json_get(def, "orderClause");
	for (const struct json *n = list ? list->child : NULL; n && rc == 0; n = n->next) {
		const struct json *sort_by = node_as(n, "SortBy");
		struct expr *e;
		struct sort_key key;
		rc = az_expr(z, json_get(sort_by, "node"), &e);
		if (rc == 0)
			rc = az_sort_key(z, sort_by, e, &key);
		if (rc == 0)
			VEC_PUSH(z->a, &w->order_by, key);
	}
	z->scope->clause = before;
	TRY(rc);
	return frame_text(z, def, &w->frame);
}

int az_window_clause(struct az *z, const struct json *list)
{
	for (const struct json *n = list ? list->child : NULL; n; n = n->next) {
		const struct json *def = node_as(n, "WindowDef");
		struct window *w = ARENA_NEW(z->a, struct window);
		w->name = json_get_cstr(z->a, def, "name");
		TRY(window_def(z, def, w));
		VEC_PUSH(z->a, &z->scope->windows, w);
	}
	return 0;
}

int az_over(struct az *z, const struct json *def, struct window **ret)
{
	const char *name = json_get_cstr(z->a, def, "name");
	if (name) {
		*ret = named_window(z, name);
		return *ret ? 0 : az_at(z, (int)node_location(def));
	}
	struct window *w = ARENA_NEW(z->a, struct window);
	w->name = "";
	TRY(window_def(z, def, w));
	*ret = w;
	return 0;
}

/* ---- what may stand beside GROUP BY ---- */

struct grouping {
	struct az *z;
	struct query *q;
	bool failed;
};

static bool grouped_by(const struct query *q, const struct expr *e)
{
	for (size_t i = 0; i < q->group_by.n; i++)
		if (expr_equal(q->group_by.v[i], e))
			return true;
	return false;
}

static bool groups_column(const struct query *q, int rte, int attnum)
{
	for (size_t i = 0; i < q->group_by.n; i++) {
		const struct expr *e = q->group_by.v[i];
		if (e->kind == EX_VAR && e->levels_up == 0 && e->rte == rte && e->attnum == attnum)
			return true;
	}
	return false;
}

/* Grouped by its table's whole primary key, every column is determined. */
static bool is_determined(const struct query *q, int rte)
{
	const struct rte *r = rte >= 0 ? q->rtes.v[rte] : NULL;
	if (!r || r->kind != RTE_RELATION)
		return false;
	const struct constraint *key = relation_primary_key(r->rel);
	for (uint16_t i = 0; key && i < key->n_cols; i++)
		if (!groups_column(q, rte, key->cols[i]))
			return false;
	return key != NULL;
}

static const char *column_name(const struct rte *r, int attnum)
{
	for (size_t i = 0; i < r->columns.n; i++)
		if (r->columns.v[i].attnum == attnum)
			return r->columns.v[i].name;
	return "?";
}

static void ungrouped(struct grouping *g, const struct expr *e, bool in_subquery)
{
	if (g->failed)
		return;
	g->failed = true;
	const struct rte *r = g->q->rtes.v[e->rte];
	if (e->rte == g->z->scope->srf_rte) {
		err_set(g->z->c, "0A000",
			"a set-returning function beside aggregates is not supported");
		az_at(g->z, e->location);
		return;
	}
	const char *name = e->kind == EX_VAR ? column_name(r, e->attnum) : "*";
	if (in_subquery)
		err_set(g->z->c, "42803",
			"subquery uses ungrouped column \"%s.%s\" from outer query", r->alias,
			name);
	else
		err_set(g->z->c, "42803",
			"column \"%s.%s\" must appear in the GROUP BY clause or be used in an "
			"aggregate function",
			r->alias, name);
	az_at(g->z, e->location);
}

static void check_inner(struct expr *e, int depth, void *arg)
{
	struct grouping *g = arg;
	if ((e->kind != EX_VAR && e->kind != EX_WHOLE_ROW) || e->levels_up != depth || e->rte < 0)
		return;
	bool fine = is_determined(g->q, e->rte) ||
		    (e->kind == EX_VAR && groups_column(g->q, e->rte, e->attnum));
	if (!fine)
		ungrouped(g, e, true);
}

static bool check_one(struct expr *e, void *arg)
{
	struct grouping *g = arg;
	if (e->kind == EX_AGG || grouped_by(g->q, e))
		return false;
	if (e->subquery)
		query_walk_levels(e->subquery, 1, check_inner, g);
	if ((e->kind != EX_VAR && e->kind != EX_WHOLE_ROW) || e->levels_up || e->rte < 0)
		return true;
	if (!is_determined(g->q, e->rte))
		ungrouped(g, e, false);
	return false;
}

int az_check_grouping(struct az *z, struct query *q)
{
	struct grouping g = { .z = z, .q = q };
	for (size_t i = 0; i < q->targets.n; i++)
		expr_walk(q->targets.v[i].expr, false, check_one, &g);
	expr_walk(q->having, false, check_one, &g);
	for (size_t i = 0; i < q->order_by.n; i++)
		expr_walk(q->order_by.v[i].expr, false, check_one, &g);
	for (size_t i = 0; i < q->distinct_on.n; i++)
		expr_walk(q->distinct_on.v[i], false, check_one, &g);
	return g.failed ? -1 : 0;
}
