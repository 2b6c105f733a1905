/*
 * SQL functions whose body is one SELECT become part of the query that calls
 * them, as PostgreSQL's planner does it for STABLE and IMMUTABLE ones. Here
 * SECURITY DEFINER bodies are taken in as well, their relations checked as the
 * owner, and plpgsql bodies that only RETURN an expression: a policy's
 * is_member() then is one query with its table, not a call a row. What cannot be
 * taken in stays a call.
 */
#include "base/arena.h"
#include "sql/analyze_int.h"
#include "sql/function_names.h"
#include "sql/rewrite_int.h"

#include <string.h>

enum { INLINE_DEPTH_MAX = 20, INLINE_ARGS_MAX = 100 };

/* One call on its way in. */
struct inlining {
	struct rewriter *r;
	const struct function *f;
	const exprs *args;
	struct query *body;
	bool is_refused;
};

static bool is_known_setting_only(const struct function *f)
{
	for (uint16_t i = 0; i < f->n_settings; i++)
		if (strncmp(f->settings[i], "search_path=", 12) != 0)
			return false;
	return true;
}

static bool is_under_way(const struct rewriter *r, const struct function *f)
{
	int depth = 0;
	for (const struct expanding *x = r->functions; x; x = x->outer, depth++)
		if (x->oid == f->oid)
			return true;
	return depth >= INLINE_DEPTH_MAX;
}

static bool may_inline(const struct rewriter *r, const struct function *f)
{
	bool is_steady = f->volatility != 'v' || r->is_read_only;
	return f->kind != 'p' && !f->refusal && is_steady && is_known_setting_only(f) &&
	       !is_under_way(r, f) &&
	       catalog_privs(r->rw->cat, str_of(r->rw->role), f->owner, f->acl, 'f', PRIV_EXECUTE);
}

/* ---- what may not be in it ---- */

static bool is_name_in(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

/* What looks at the role that runs it. */
static bool reads_role(const struct expr *e)
{
	static const char *const names[] = { "current_user",	    "current_role", "user",
					     "row_security_active", "pg_has_role",  NULL };
	return e->builtin &&
	       (is_name_in(e->builtin->name, names) || !strncmp(e->builtin->name, "has_", 4));
}

/* What looks at the search_path when it runs. */
static bool reads_path(const struct expr *e)
{
	static const char *const names[] = { "current_schema", "current_schemas", "to_regclass",
					     "to_regtype",     "to_regproc",	  NULL };
	bool is_input = e->kind == EX_INPUT && e->type.type->oid == 2205;
	return is_input || (e->builtin && is_name_in(e->builtin->name, names));
}

static bool changes(const struct expr *e, char volatility)
{
	char has = e->builtin	 ? e->builtin->volatility
		   : e->function ? e->function->volatility
				 : 'i';
	return has == 'v' || (volatility == 'i' && has == 's');
}

static void look(struct expr *e, int depth, void *arg)
{
	struct inlining *in = arg;
	const struct function *f = in->f;
	bool is_definer = f->security_definer;
	(void)depth;
	in->is_refused |= changes(e, f->volatility) || (is_definer && reads_role(e)) ||
			  (f->n_settings && reads_path(e));
	if (e->kind != EX_CALL || !is_definer)
		return;
	/* it would run as the caller */
	in->is_refused |= !e->function->security_definer;
	e->is_checked = true;
}

/* ---- the body ---- */

/* The one SELECT that the body is. */
static int body_text(struct inlining *in, struct str *ret)
{
	sql_stmts stmts = { 0 };
	if (!strcmp(in->f->language, "plpgsql"))
		return function_only_returns(in->r->c, in->f, ret) ? 0 : -1;
	TRY(function_statements(in->r->c, in->f, &stmts));
	if (stmts.n != 1)
		return -1;
	*ret = stmts.v[0].text;
	return 0;
}

static int analyze_body(struct inlining *in)
{
	struct rewriter *r = in->r;
	const struct function *f = in->f;
	const struct json *stmt;
	struct typeref types[INLINE_ARGS_MAX];
	struct function_names names;
	struct analysis an = { .cat = r->rw->cat, .names = &names.scope };
	TRY(body_text(in, &an.text));
	if (in->args->n > INLINE_ARGS_MAX)
		return -1;
	for (size_t i = 0; i < in->args->n; i++)
		types[i] = in->args->v[i]->type;
	function_names_init(&names, f, types);
	if (strcmp(f->language, "sql") != 0)
		names.scope.on_conflict = NAMES_AMBIGUOUS;
	an.search_path =
		f->is_atomic ? f->body.search_path : function_search_path(f, r->rw->search_path);
	TRY(sql_parse(r->c, an.text, &stmt));
	return node_as(stmt, "SelectStmt") ? analyze_query(r->c, &an, stmt, &in->body) : -1;
}

static bool writes(const struct query *q)
{
	for (size_t i = 0; i < q->ctes.n; i++)
		if (q->ctes.v[i]->query->cmd != CMD_SELECT)
			return true;
	return q->cmd != CMD_SELECT || q->for_update;
}

static size_t n_outputs(const struct query *q)
{
	size_t n = 0;
	for (size_t i = 0; i < q->targets.n; i++)
		n += !q->targets.v[i].is_hidden;
	return n;
}

/* Outputs become of the types that the function promises. */
static int coerce_outputs(struct inlining *in, const struct typeref *want, size_t n)
{
	struct query *q = in->body;
	struct analysis an = { .cat = in->r->rw->cat, .search_path = in->r->rw->search_path };
	struct az z = { .c = in->r->c, .a = in->r->c->arena, .an = &an, .cat = an.cat };
	size_t k = 0;
	if (q->set_op != SET_NONE) {
		for (size_t i = 0; i < n; i++)
			if (q->targets.v[i].expr->type.type != want[i].type)
				return -1;
		return 0;
	}
	for (size_t i = 0; i < q->targets.n && k < n; i++) {
		struct target *t = &q->targets.v[i];
		if (t->is_hidden)
			continue;
		bool is_same = t->expr->type.type == want[k].type;
		/* ORDER BY, GROUP BY and DISTINCT share an output's node */
		if (!is_same && (q->is_distinct || q->is_grouped ||
				 !coerce_can(t->expr->type.type, want[k].type, COERCE_ASSIGN)))
			return -1;
		if (!is_same)
			TRY(coerce_expr(&z, t->expr, TYPEREF(want[k].type), COERCE_ASSIGN,
					&t->expr));
		k++;
	}
	return 0;
}

static void check_as_owner(struct rte *rte, void *arg)
{
	if (rte->kind == RTE_RELATION && !rte->access.check_as)
		rte->access.check_as = arg;
}

static bool is_expression(const struct query *q)
{
	return !q->rtes.n && !q->from.n && !q->where && !q->is_grouped && !q->limit && !q->offset &&
	       !q->ctes.n && q->set_op == SET_NONE && !q->order_by.n && !q->windows.n &&
	       q->targets.n == 1;
}

static void note_subquery(struct expr *e, int depth, void *arg)
{
	(void)depth;
	*(bool *)arg |= e->subquery != NULL;
}

/* What PostgreSQL itself takes in asks for rights when the query starts; the rest
 * when the call is made, so a call it stays where they are missing. */
static int check_rights(struct rewriter *inner, const struct inlining *in)
{
	rte_list none = { 0 };
	struct rewriter check = *inner;
	bool has_subquery = false;
	query_walk_depth(in->body, 0, note_subquery, &has_subquery);
	bool is_native = !strcmp(in->f->language, "sql") && !in->f->security_definer &&
			 !in->f->n_settings && is_expression(in->body) && !has_subquery;
	if (is_native)
		return 0;
	check.targets = &none;
	TRY(check_access(&check, in->body));
	return check_execute(&check, in->body);
}

/* Views, policies and calls inside, as the role that runs the body. */
static int rewrite_body(struct inlining *in)
{
	const struct function *f = in->f;
	struct expanding here = { in->r->functions, f->oid };
	struct rewriter inner = *in->r;
	struct rewrite rw = *in->r->rw;
	inner.functions = &here;
	if (f->security_definer)
		rw.role = f->owner;
	rw.search_path = function_search_path(f, rw.search_path);
	inner.rw = &rw;
	inner.is_stored = f->is_atomic;
	TRY(rewrite_level(&inner, in->body));
	TRY(check_rights(&inner, in));
	if (f->security_definer)
		query_each_rte(in->body, check_as_owner, (void *)(uintptr_t)f->owner);
	query_walk_depth(in->body, 0, look, in);
	return in->is_refused ? -1 : 0;
}

/* ---- parameters ---- */

struct use {
	struct expr *e;
	int depth;
};
struct finder {
	struct arena *a;
	VEC(struct use) list;
	int count[INLINE_ARGS_MAX + 1];
	int deepest[INLINE_ARGS_MAX + 1]; /* 1: in the body's own SELECT */
};

static void find_param(struct expr *e, int depth, void *arg)
{
	struct finder *f = arg;
	if (e->kind != EX_PARAM || e->param < 1 || e->param > INLINE_ARGS_MAX)
		return;
	for (size_t i = 0; i < f->list.n; i++)
		if (f->list.v[i].e == e)
			return;
	struct use use = { e, depth };
	VEC_PUSH(f->a, &f->list, use);
	f->count[e->param]++;
	if (depth > f->deepest[e->param])
		f->deepest[e->param] = depth;
}

/* What an argument holds that its place or number of uses would change. */
struct holds {
	bool work;	/* a query or call: once at most */
	bool place;	/* an aggregate: at the call's own level only */
	bool volatile_; /* another value each time: exactly once, there */
};

static bool visit_holds(struct expr *e, void *arg)
{
	struct holds *h = arg;
	h->work |= e->subquery || e->kind == EX_CALL;
	h->place |= e->kind == EX_AGG || e->kind == EX_WINDOW;
	h->volatile_ |= changes(e, 's');
	return true;
}

static bool may_move(const exprs *args, const struct finder *f, bool is_tested, bool is_expression)
{
	for (size_t i = 0; i < args->n; i++) {
		struct holds h = { false, false, false };
		bool is_there = is_expression && f->deepest[i + 1] <= 1;
		expr_walk(args->v[i], false, visit_holds, &h);
		int uses = f->count[i + 1] + (is_tested ? 1 : 0);
		if ((h.work && uses > 1) || ((h.place || h.volatile_) && !is_there) ||
		    (h.volatile_ && uses != 1) ||
		    (is_tested && type_is_row(type_base(args->v[i]->type.type))))
			return false;
	}
	return true;
}

static struct expr *argument(struct arena *a, const struct expr *arg, int depth)
{
	struct expr *copy = expr_copy(a, arg);
	if (depth)
		expr_shift_levels(copy, depth, 0);
	return copy;
}

/* p.column of a row argument is the column. */
static void open_field(struct expr *e, int depth, void *arg)
{
	const struct inlining *in = arg;
	const struct expr *row = e->kind == EX_FIELD ? e->args.v[0] : NULL;
	const struct query *q = in->r->query;
	if (!row || row->kind != EX_WHOLE_ROW || row->levels_up != depth || !q ||
	    (size_t)row->rte >= q->rtes.n)
		return;
	const struct type *t = type_base(row->type.type);
	const struct rte *rte = q->rtes.v[row->rte];
	if (t->kind != TYPE_COMPOSITE || !t->row || rte->columns.n != t->row->columns.n)
		return;
	for (size_t i = 0; i < rte->columns.n; i++) {
		if (strcmp(t->row->columns.v[i].name, e->name) != 0)
			continue;
		struct expr *var = expr_var(in->r->c->arena, row->rte, rte->columns.v[i].attnum,
					    rte->columns.v[i].type);
		var->levels_up = row->levels_up;
		*e = *var;
		return;
	}
}

static bool substitute(struct inlining *in, bool is_tested)
{
	struct arena *a = in->r->c->arena;
	struct finder *f = ARENA_NEW(a, struct finder);
	f->a = a;
	query_walk_depth(in->body, 1, find_param, f);
	if (!may_move(in->args, f, is_tested, is_expression(in->body)))
		return false;
	for (size_t i = 0; i < f->list.n; i++) {
		struct use *u = &f->list.v[i];
		*u->e = *argument(a, in->args->v[u->e->param - 1], u->depth);
	}
	query_walk_depth(in->body, 1, open_field, in);
	return true;
}

/* ---- scalars ---- */

/* LIMIT 1: a function gives its first row. */
static bool limit_to_one(struct arena *a, struct query *q)
{
	if (q->offset || (q->limit && q->limit->kind != EX_CONST))
		return false;
	bool is_single = q->is_grouped && !q->group_by.n && !q->having;
	if (q->limit)
		return q->limit->datum.kind == D_INT && q->limit->datum.i == 1;
	if (is_single)
		return true;
	q->limit = expr_new(a, EX_CONST, TYPEREF(type_of_value(V_INT8)));
	q->limit->datum = datum_int(1);
	return true;
}

static struct expr *as_expression(struct inlining *in, const struct expr *call)
{
	struct arena *a = in->r->c->arena;
	struct query *q = in->body;
	if (is_expression(q)) {
		struct expr *e = q->targets.v[0].expr;
		expr_shift_levels(e, -1, 1);
		return e;
	}
	if (!limit_to_one(a, q))
		return NULL;
	struct expr *e = expr_new(a, EX_SUBLINK, call->type);
	e->sublink = SUB_SCALAR;
	e->subquery = q;
	return e;
}

/* STRICT: NULL where an argument is. */
static struct expr *guard_nulls(struct arena *a, struct expr *e, const exprs *args)
{
	struct expr *any = NULL;
	for (size_t i = 0; i < args->n; i++) {
		if (args->v[i]->kind == EX_CONST && args->v[i]->datum.kind != D_NULL)
			continue;
		struct expr *test = expr_new(a, EX_IS_NULL, TYPEREF(type_of_value(V_BOOL)));
		VEC_PUSH(a, &test->args, expr_copy(a, args->v[i]));
		any = expr_or(a, any, test);
	}
	if (!any)
		return e;
	struct expr *out = expr_new(a, EX_CASE, e->type);
	struct expr *null = expr_new(a, EX_CONST, e->type);
	null->datum = datum_null();
	VEC_PUSH(a, &out->args, any);
	VEC_PUSH(a, &out->args, null);
	out->els = e;
	return out;
}

static int make_body(struct inlining *in, const struct typeref *want, size_t n)
{
	TRY(analyze_body(in));
	if (writes(in->body) || n_outputs(in->body) != n)
		return -1;
	TRY(coerce_outputs(in, want, n));
	return rewrite_body(in);
}

static struct expr *inlined(struct inlining *in, const struct expr *call)
{
	const struct function *f = in->f;
	struct typeref want = call->type;
	if (make_body(in, &want, 1) < 0 || !substitute(in, f->is_strict))
		return NULL;
	struct expr *e = as_expression(in, call);
	return e && f->is_strict ? guard_nulls(in->r->c->arena, e, in->args) : e;
}

void inline_call(struct rewriter *r, struct expr *call)
{
	const struct function *f = call->function;
	struct inlining in = { .r = r, .f = f, .args = &call->args };
	if (f->returns_set || type_is_row(type_base(f->returns.type)) ||
	    f->returns.type->oid == 2278 || !may_inline(r, f))
		return;
	struct expr *e = inlined(&in, call);
	err_clear(r->c);
	if (!e)
		return;
	int location = call->location;
	*call = *e;
	call->location = location;
}

/* ---- rows ---- */

static bool visit_outside(struct expr *e, void *arg)
{
	*(bool *)arg |= e->kind == EX_VAR || e->kind == EX_WHOLE_ROW;
	return !*(bool *)arg;
}

/* LATERAL arguments stay a call's. */
static bool reads_neighbours(const exprs *args)
{
	bool found = false;
	for (size_t i = 0; i < args->n; i++)
		expr_walk(args->v[i], true, visit_outside, &found);
	return found;
}

void inline_rows(struct rewriter *r, struct rte *rte)
{
	const struct expr *call = rte->func;
	const struct function *f = call->function;
	struct inlining in = { .r = r, .f = f, .args = &call->args };
	size_t n = rte->columns.n;
	if (!f->returns_set || f->is_strict || rte->with_ordinality || !may_inline(r, f) ||
	    reads_neighbours(&call->args))
		return;
	struct typeref *want = arena_array(r->c->arena, n + 1, sizeof(*want));
	for (size_t i = 0; i < n; i++)
		want[i] = rte->columns.v[i].type;
	bool is_made = make_body(&in, want, n) == 0 && substitute(&in, false);
	err_clear(r->c);
	if (!is_made)
		return;
	in.body->is_barrier |= f->security_definer;
	rte->kind = RTE_SUBQUERY;
	rte->subquery = in.body;
	rte->func = NULL;
	rte->is_lateral = false;
}
