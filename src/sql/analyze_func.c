/* Function calls: candidates, named and default arguments, aggregates, windows. */
#include "base/check.h"
#include "sql/analyze_call.h"

#include <string.h>

static bool schema_allows(struct az *z, const struct call *call, const char *schema)
{
	if (call->schema.n == 0) {
		if (!strcmp(schema, "pg_catalog") || !strcmp(schema, "extensions"))
			return true;
		size_t pos = 0;
		struct str element;
		while (search_path_next(z->an->search_path, &pos, &element))
			if (str_is(element, schema))
				return true;
		return false;
	}
	if (str_is(call->schema, schema))
		return true;
	/* An extension lives where it was put; pgcrypto has gen_random_uuid too. */
	bool extension = str_is(call->schema, "extensions") || str_is(call->schema, "public") ||
			 catalog_has_extension_in(z->cat, call->schema);
	return extension &&
	       (!strcmp(schema, "extensions") ||
		(!strcmp(schema, "pg_catalog") && str_is(call->name, "gen_random_uuid")));
}

struct gather {
	struct az *z;
	struct call *call;
};

/* The parameter that actual argument i goes to, or -1. */
static int parameter_of(const struct call *call, int i, const char *const *names, int n)
{
	if (!call->names[i])
		return i < n ? i : -1;
	for (int k = 0; k < n; k++)
		if (names[k] && !strcmp(names[k], call->names[i]))
			return k;
	return -1;
}

/* Fills order; false when an argument has no place or a required one is missing. */
bool az_call_place_args(const struct call *call, const char *const *names, int n, int n_defaults,
			int *order)
{
	bool taken[CALL_ARGS_MAX] = { false };
	int given = (int)call->args.n;
	for (int i = 0; i < given; i++) {
		int k = parameter_of(call, i, names, n);
		if (k < 0 || taken[k])
			return false;
		taken[k] = true;
		order[i] = k;
	}
	for (int k = 0; k < n - n_defaults; k++)
		if (!taken[k])
			return false;
	return true;
}

/* Extensions are found wherever they are installed, behind all that is named. */
static int builtin_pos(const struct gather *g, const struct builtin *b)
{
	int pos = az_call_path_pos(g->z, g->call, b->schema);
	return pos >= 0 ? pos : 1 << 16;
}

static void add_variadic(struct gather *g, const struct builtin *b)
{
	int given = (int)g->call->args.n, fixed = b->n_args - 1;
	if (given < b->n_args || g->call->n_named)
		return;
	const struct type *last = b->args[fixed];
	bool spread = !g->call->is_variadic;
	struct candidate cand = { .builtin = b, .n_args = given, .path_pos = builtin_pos(g, b) };
	if (!spread && given != b->n_args)
		return;
	cand.args = arena_array(g->z->a, (size_t)given, sizeof(*cand.args));
	for (int i = 0; i < given; i++)
		cand.args[i] = i < fixed ? b->args[i] : last;
	if (spread && last->kind == TYPE_ARRAY)
		for (int i = fixed; i < given; i++)
			cand.args[i] = last->elem;
	cand.n_variadic = spread ? given - fixed : 0;
	VEC_PUSH(g->z->a, &g->call->cands, cand);
}

static bool add_builtin(const struct builtin *b, void *arg)
{
	struct gather *g = arg;
	struct call *call = g->call;
	if (!schema_allows(g->z, call, b->schema))
		return true;
	call->exists = true;
	int given = (int)call->args.n;
	if (b->flags & BF_VARIADIC) {
		add_variadic(g, b);
		return true;
	}
	if (given > b->n_args || given < b->n_args - b->n_defaults || call->is_variadic)
		return true;
	int *order = arena_array(g->z->a, CALL_ARGS_MAX, sizeof(*order));
	if (!az_call_place_args(call, b->arg_names, b->n_args, b->n_defaults, order))
		return true;
	struct candidate cand = {
		.builtin = b, .n_args = given, .order = order, .path_pos = builtin_pos(g, b)
	};
	cand.args = arena_array(g->z->a, (size_t)given + 1, sizeof(*cand.args));
	for (int i = 0; i < given; i++)
		cand.args[i] = b->args[order[i]];
	VEC_PUSH(g->z->a, &call->cands, cand);
	return true;
}

static void gather_candidates(struct az *z, struct call *call)
{
	static const enum builtin_kind kinds[] = { BUILTIN_FUNC, BUILTIN_SRF, BUILTIN_AGG,
						   BUILTIN_WINDOW };
	struct gather g = { z, call };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		builtin_each(kinds[i], call->name, add_builtin, &g);
	az_call_add_users(z, call);
}

const char *az_call_signature(struct az *z, const struct call *call)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	if (call->schema.n)
		buf_printf(&b, "%.*s.", STR_ARG(call->schema));
	buf_printf(&b, "%.*s(", STR_ARG(call->name));
	for (size_t i = 0; i < call->args.n; i++) {
		buf_puts(&b, i ? ", " : "");
		if (call->names[i])
			buf_printf(&b, "%s => ", call->names[i]);
		buf_puts(&b, az_type(z, call->args.v[i]->type.type));
	}
	buf_puts(&b, ")");
	return buf_dup(z->a, &b);
}

static bool is_schema(struct az *z, struct str name)
{
	return str_is(name, "pg_catalog") || str_is(name, "extensions") || str_is(name, "auth") ||
	       str_is(name, "storage") || catalog_schema(z->cat, name);
}

int az_call_no_function(struct az *z, const struct call *call, bool many)
{
	if (call->schema.n && !is_schema(z, call->schema)) {
		err_set(z->c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(call->schema));
	} else if (str_is(call->name, "unnest") && call->args.n > 1) {
		err_set(z->c, "0A000", "unnest() of several arrays is not supported");
	} else if (!call->exists && builtin_is_unsupported(BUILTIN_FUNC, call->name)) {
		err_set(z->c, "0A000", "function %s is not supported here",
			az_call_signature(z, call));
	} else if (call->is_star) {
		err_set(z->c, "42883", "function %.*s() does not exist", STR_ARG(call->name));
		err_hint(z->c, "No function matches the given name and argument types. You might "
			       "need to add explicit type casts.");
	} else if (many) {
		err_set(z->c, "42725", "function %s is not unique", az_call_signature(z, call));
		err_hint(z->c, "Could not choose a best candidate function. You might need to add "
			       "explicit type casts.");
	} else {
		err_set(z->c, "42883", "function %s does not exist", az_call_signature(z, call));
		err_hint(z->c, "No function matches the given name and argument types. You might "
			       "need to add explicit type casts.");
	}
	return az_at(z, call->location);
}

static int read_arg(struct az *z, struct call *call, const struct json *node)
{
	const struct json *named = node_as(node, "NamedArgExpr");
	struct expr *e;
	if (call->args.n == CALL_ARGS_MAX) {
		err_set(z->c, "54023", "cannot pass more than %d arguments to a function",
			CALL_ARGS_MAX);
		return az_at(z, call->location);
	}
	TRY(az_expr(z, named ? json_get(named, "arg") : node, &e));
	if (named) {
		const char *name = json_get_cstr(z->a, named, "name");
		for (size_t i = 0; i < call->args.n; i++) {
			if (!call->names[i] || strcmp(call->names[i], name) != 0)
				continue;
			err_set(z->c, "42601", "argument name \"%s\" used more than once", name);
			return az_at(z, (int)node_location(named));
		}
		call->names[call->args.n] = name;
		call->n_named++;
	} else if (call->n_named) {
		err_set(z->c, "42601", "positional argument cannot follow named argument");
		return az_at(z, e->location);
	}
	VEC_PUSH(z->a, &call->args, e);
	return 0;
}

int az_call_read(struct az *z, const struct json *body, struct call *call)
{
	const struct json *names = json_get(body, "funcname"), *args = json_get(body, "args");
	call->name = node_string(json_at(names, names->count - 1));
	if (names->count > 1)
		call->schema = node_string(json_at(names, names->count - 2));
	call->location = (int)node_location(body);
	call->is_star = json_get_bool(body, "agg_star", false);
	call->is_distinct = json_get_bool(body, "agg_distinct", false);
	call->is_variadic = json_get_bool(body, "func_variadic", false);
	for (const struct json *arg = args ? args->child : NULL; arg; arg = arg->next)
		TRY(read_arg(z, call, arg));
	return 0;
}

/* An ordered-set aggregate takes the sorted expression as its last argument; its
 * row in the table of built-ins has a name that no call can have. */
static int read_within_group(struct az *z, const struct json *order, struct call *call)
{
	const struct json *key = node_as(order ? order->child : NULL, "SortBy");
	struct str way = json_get_str(key, "sortby_dir", STR("SORTBY_DEFAULT"));
	bool is_known = str_is(call->name, "mode") || str_is(call->name, "percentile_cont") ||
			str_is(call->name, "percentile_disc");
	if (!is_known || order->count != 1 ||
	    !(str_is(way, "SORTBY_DEFAULT") || str_is(way, "SORTBY_ASC"))) {
		err_set(z->c, "0A000", "this use of WITHIN GROUP is not supported");
		return az_at(z, call->location);
	}
	TRY(read_arg(z, call, json_get(key, "node")));
	call->name = str_of(arena_printf(z->a, "within_group:%.*s", STR_ARG(call->name)));
	return 0;
}

/* int4(x), text(x): a type's name as a function of one argument is a cast. */
static bool is_cast_call(struct az *z, const struct call *call, const struct type **ret)
{
	if (call->args.n != 1 || call->n_named || call->is_star)
		return false;
	const struct type *t =
		catalog_find_type(z->cat, z->an->search_path, call->schema, call->name);
	if (!t || t->kind == TYPE_PSEUDO)
		return false;
	const struct type *from = call->args.v[0]->type.type;
	const struct builtin *cast;
	*ret = t;
	return type_is_unknown(from) ||
	       coerce_find(from, t, COERCE_EXPLICIT, &cast) == PATH_RELABEL;
}

/* What a left-out argument stands for. */
static struct expr *default_arg(struct az *z, const struct builtin *b, int i)
{
	const struct type *t = b->args[i];
	struct expr *e = expr_new(z->a, EX_CONST, TYPEREF(t));
	switch (t->value) {
	case V_BOOL:
		e->datum = datum_bool(strncmp(b->name, "jsonb_set", 9) == 0);
		break;
	case V_FLOAT8:
		e->datum = datum_real(0);
		break;
	case V_TEXT:
		e->datum = datum_text(!strcmp(b->name, "normalize") ? STR("NFC")
								    : STR("use_json_null"));
		break;
	default:
		e->datum = datum_int(0);
	}
	return e;
}

/* The trailing arguments of a variadic array parameter become one array. */
static void pack_variadic(struct az *z, struct expr *e, const struct candidate *cand,
			  const struct type *array)
{
	struct expr *packed = expr_new(z->a, EX_ARRAY, TYPEREF(array));
	size_t fixed = (size_t)(cand->n_args - cand->n_variadic);
	for (size_t i = fixed; i < e->args.n; i++)
		VEC_PUSH(z->a, &packed->args, e->args.v[i]);
	e->args.n = fixed;
	VEC_PUSH(z->a, &e->args, packed);
}

static int place_results(struct az *z, struct expr *e, const struct candidate *cand,
			 const exprs *given)
{
	const struct builtin *b = cand->builtin;
	if (cand->n_variadic || !cand->order) {
		e->args = *given;
		const struct type *last = b->args[b->n_args - 1];
		if (cand->n_variadic && last->kind == TYPE_ARRAY)
			pack_variadic(z, e, cand, last);
		return 0;
	}
	struct expr *slots[BUILTIN_MAX_ARGS] = { 0 };
	for (size_t i = 0; i < given->n; i++)
		slots[cand->order[i]] = given->v[i];
	for (int k = 0; k < b->n_args; k++)
		VEC_PUSH(z->a, &e->args, slots[k] ? slots[k] : default_arg(z, b, k));
	return 0;
}

/* PostgreSQL gives this one no position. */
int az_call_poly_error(struct az *z, const struct call *call, const struct type **actual)
{
	for (size_t i = 0; i < call->args.n; i++)
		if (type_is_unknown(actual[i])) {
			err_set(z->c, "42804",
				"could not determine polymorphic type because input has type "
				"unknown");
			return -1;
		}
	return az_call_no_function(z, call, false);
}

/* Coerces the arguments to the chosen candidate's and makes the node. */
static int build_call(struct az *z, struct call *call, const struct candidate *cand,
		      enum expr_kind kind, struct expr **ret)
{
	const struct builtin *b = cand->builtin;
	const struct type *actual[CALL_ARGS_MAX], *declared[CALL_ARGS_MAX];
	const struct type *result = b->returns;
	exprs given = { 0 };
	for (size_t i = 0; i < call->args.n; i++) {
		actual[i] = call->args.v[i]->type.type;
		declared[i] = cand->args[i];
	}
	if (!resolve_poly(declared, actual, (int)call->args.n, &result))
		return az_call_poly_error(z, call, actual);
	for (size_t i = 0; i < call->args.n; i++) {
		struct expr *arg;
		TRY(coerce_expr(z, call->args.v[i], TYPEREF(declared[i]), COERCE_IMPLICIT, &arg));
		VEC_PUSH(z->a, &given, arg);
	}
	struct expr *e = expr_new(z->a, kind, TYPEREF(result));
	e->builtin = b;
	e->location = call->location;
	e->is_star = call->is_star;
	e->is_distinct = call->is_distinct;
	e->is_variadic = call->is_variadic;
	TRY(place_results(z, e, cand, &given));
	*ret = e;
	return 0;
}

static int not_allowed(struct az *z, const char *what, const char *code, int location)
{
	err_set(z->c, code, "%s are not allowed in %s", what, az_clause_name(z->scope->clause));
	return az_at(z, location);
}

static bool allows_aggregates(enum clause clause)
{
	return clause == CL_SELECT || clause == CL_HAVING || clause == CL_ORDER_BY ||
	       clause == CL_DISTINCT_ON || clause == CL_WINDOW;
}

static int agg_modifiers(struct az *z, const struct json *body, struct expr *e)
{
	bool is_within = json_get_bool(body, "agg_within_group", false);
	const struct json *order = is_within ? NULL : json_get(body, "agg_order");
	for (const struct json *key = order ? order->child : NULL; key; key = key->next) {
		const struct json *sort_by = node_as(key, "SortBy");
		struct sort_key k;
		struct expr *by;
		TRY(az_expr(z, json_get(sort_by, "node"), &by));
		TRY(az_sort_key(z, sort_by, by, &k));
		VEC_PUSH(z->a, &e->order_by, k);
	}
	return az_bool_expr(z, json_get(body, "agg_filter"), CL_FILTER, "FILTER", &e->filter);
}

/* The fewest levels out that the arguments' columns stand; -1: no column. */
static void nearest_level(struct expr *e, int depth, void *arg)
{
	int *nearest = arg;
	if ((e->kind != EX_VAR && e->kind != EX_WHOLE_ROW) || e->levels_up < depth)
		return;
	int level = e->levels_up - depth;
	if (*nearest < 0 || level < *nearest)
		*nearest = level;
}

/* An aggregate of outer columns alone would belong to the outer query. */
static int check_level(struct az *z, const struct expr *e)
{
	int nearest = -1;
	for (size_t i = 0; i < e->args.n; i++)
		expr_walk_levels(e->args.v[i], 0, nearest_level, &nearest);
	if (nearest <= 0)
		return 0;
	err_set(z->c, "0A000", "an aggregate over columns of an outer query is not supported");
	return az_at(z, e->location);
}

static int check_distinct_order(struct az *z, const struct expr *e)
{
	for (size_t i = 0; e->is_distinct && i < e->order_by.n; i++) {
		bool found = false;
		for (size_t k = 0; k < e->args.n; k++)
			found |= expr_equal(e->args.v[k], e->order_by.v[i].expr);
		if (found)
			continue;
		err_set(z->c, "42P10",
			"in an aggregate with DISTINCT, ORDER BY expressions must appear in "
			"argument "
			"list");
		return az_at(z, e->order_by.v[i].expr->location);
	}
	return 0;
}

static int aggregate(struct az *z, const struct json *body, struct call *call,
		     const struct candidate *cand, struct expr **ret)
{
	if (!allows_aggregates(z->scope->clause))
		return not_allowed(z, "aggregate functions", "42803", call->location);
	if (cand->builtin->n_args == 0 && !call->is_star) {
		err_set(z->c, "42809",
			"%.*s(*) must be used to call a parameterless aggregate function",
			STR_ARG(call->name));
		return az_at(z, call->location);
	}
	struct expr *e;
	TRY(build_call(z, call, cand, EX_AGG, &e));
	TRY(agg_modifiers(z, body, e));
	TRY(check_distinct_order(z, e));
	TRY(check_level(z, e));
	z->scope->has_aggs = true;
	z->scope->agg_location = call->location;
	*ret = e;
	return 0;
}

static int window_call(struct az *z, const struct json *body, struct call *call,
		       const struct candidate *cand, struct expr **ret)
{
	enum clause clause = z->scope->clause;
	if (clause != CL_SELECT && clause != CL_ORDER_BY && clause != CL_DISTINCT_ON)
		return not_allowed(z, "window functions", "42P20", call->location);
	if (call->is_distinct) {
		err_set(z->c, "0A000", "DISTINCT is not implemented for window functions");
		return az_at(z, call->location);
	}
	struct expr *e;
	TRY(build_call(z, call, cand, EX_WINDOW, &e));
	if (json_get(body, "agg_order"))
		return err_set(z->c, "0A000",
			       "aggregate ORDER BY is not implemented for window functions"),
		       az_at(z, call->location);
	TRY(az_bool_expr(z, json_get(body, "agg_filter"), CL_FILTER, "FILTER", &e->filter));
	TRY(az_over(z, json_get(body, "over"), &e->window));
	z->scope->has_windows = true;
	*ret = e;
	return 0;
}

static bool is_agg_or_window(struct expr *e, void *arg)
{
	*(bool *)arg |= e->kind == EX_AGG || e->kind == EX_WINDOW;
	return true;
}

static int refuse_srf(struct az *z, const char *where, int location)
{
	err_set(z->c, "0A000", "a set-returning function %s is not supported", where);
	err_hint(z->c, "Call it in FROM.");
	return az_at(z, location);
}

/* SELECT f(x) FROM t reads as SELECT f FROM t, f(x): one such call is the same. */
static int srf_as_from(struct az *z, struct expr *e, struct expr **ret)
{
	struct scope *s = z->scope;
	bool late = false;
	expr_walk(e, false, is_agg_or_window, &late);
	if (late)
		return refuse_srf(z, "of aggregates", e->location);
	if (s->srf_rte >= 0 && !expr_equal(s->q->rtes.v[s->srf_rte]->func, e))
		return refuse_srf(z, "beside another in one SELECT list", e->location);
	if (s->srf_rte < 0) {
		struct rte *r = ARENA_NEW(z->a, struct rte);
		r->kind = RTE_FUNCTION;
		r->alias = e->function ? e->function->name : e->builtin->name;
		r->func = e;
		r->is_lateral = true;
		TRY(az_function_columns(z, r, r->alias, NULL, e->location));
		s->srf_rte = query_add_rte(z, s->q, r);
		struct from_item *leaf = ARENA_NEW(z->a, struct from_item);
		leaf->rte = s->srf_rte;
		VEC_PUSH(z->a, &s->q->from, leaf);
	}
	struct rte *r = s->q->rtes.v[s->srf_rte];
	bool is_row = type_is_row(type_base(e->type.type));
	*ret = is_row ? expr_new(z->a, EX_WHOLE_ROW, e->type)
		      : expr_var(z->a, s->srf_rte, r->columns.v[0].attnum, r->columns.v[0].type);
	(*ret)->rte = s->srf_rte;
	(*ret)->location = e->location;
	return 0;
}

static int build_rows(struct az *z, struct call *call, const struct candidate *cand,
		      struct expr **ret)
{
	return cand->user ? az_call_user(z, call, cand, ret)
			  : build_call(z, call, cand, EX_FUNC, ret);
}

static int set_returning(struct az *z, struct call *call, const struct candidate *cand,
			 struct expr **ret)
{
	enum clause clause = z->scope->clause;
	struct expr *e;
	if (clause == CL_FROM_FUNC)
		return build_rows(z, call, cand, ret);
	if (clause == CL_ORDER_BY || clause == CL_GROUP_BY || clause == CL_RETURNING)
		return refuse_srf(z, arena_printf(z->a, "in %s", az_clause_name(clause)),
				  call->location);
	if (clause != CL_SELECT)
		return not_allowed(z, "set-returning functions", "0A000", call->location);
	TRY(build_rows(z, call, cand, &e));
	return srf_as_from(z, e, ret);
}

static int wrong_modifiers(struct az *z, const struct json *body, const struct call *call)
{
	const char *what = NULL;
	if (call->is_star)
		what = "%.*s(*) specified, but %.*s is not an aggregate function";
	else if (call->is_distinct)
		what = "DISTINCT specified, but %.*s is not an aggregate function";
	else if (json_get(body, "agg_order"))
		what = "ORDER BY specified, but %.*s is not an aggregate function";
	else if (json_get(body, "agg_filter"))
		what = "FILTER specified, but %.*s is not an aggregate function";
	else if (json_get(body, "over"))
		what = "OVER specified, but %.*s is not a window function nor an aggregate "
		       "function";
	if (!what)
		return 0;
	err_set(z->c, "42809", what, STR_ARG(call->name), STR_ARG(call->name));
	return az_at(z, call->location);
}

/* The project's own: a value, or rows where there may be rows. */
static int user_function(struct az *z, const struct json *body, struct call *call,
			 const struct candidate *cand, struct expr **ret)
{
	TRY(wrong_modifiers(z, body, call));
	if (!cand->user->returns_set)
		return az_call_user(z, call, cand, ret);
	return set_returning(z, call, cand, ret);
}

/* pg_typeof(x) is known now. */
static int type_of_arg(struct az *z, const struct call *call, struct expr **ret)
{
	struct expr *e = expr_new(z->a, EX_CONST, TYPEREF(type_builtin(STR("regtype"))));
	e->location = call->location;
	e->datum = datum_text(str_of(az_type(z, call->args.v[0]->type.type)));
	*ret = e;
	return 0;
}

static int dispatch(struct az *z, const struct json *body, struct call *call,
		    const struct candidate *cand, struct expr **ret)
{
	if (cand->user)
		return user_function(z, body, call, cand, ret);
	switch (cand->builtin->kind) {
	case BUILTIN_AGG:
		if (json_get(body, "over"))
			return window_call(z, body, call, cand, ret);
		return aggregate(z, body, call, cand, ret);
	case BUILTIN_WINDOW:
		if (json_get(body, "over"))
			return window_call(z, body, call, cand, ret);
		err_set(z->c, "42809", "window function %.*s requires an OVER clause",
			STR_ARG(call->name));
		return az_at(z, call->location);
	case BUILTIN_SRF:
		TRY(wrong_modifiers(z, body, call));
		return set_returning(z, call, cand, ret);
	default:
		TRY(wrong_modifiers(z, body, call));
		if (!strcmp(cand->builtin->name, "pg_typeof"))
			return type_of_arg(z, call, ret);
		return build_call(z, call, cand, EX_FUNC, ret);
	}
}

/* f(row) may mean row.f. */
static bool is_column_call(struct az *z, const struct call *call, struct expr **ret)
{
	if (call->args.n != 1 || call->schema.n || call->n_named || call->is_star)
		return false;
	row_columns cols = { 0 };
	if (!type_is_row(type_base(call->args.v[0]->type.type)) ||
	    !az_row_shape(z, call->args.v[0], &cols))
		return false;
	for (size_t i = 0; i < cols.n; i++)
		if (str_is(call->name, cols.v[i].name))
			return az_field(z, call->args.v[0], call->name, call->location, ret) == 0;
	return false;
}

int az_func_call(struct az *z, const struct json *body, struct expr **ret)
{
	struct call call = { 0 };
	struct scope *s = z->scope;
	bool had_aggs = s->has_aggs;
	s->has_aggs = false;
	TRY(az_call_read(z, body, &call));
	if (json_get_bool(body, "agg_within_group", false))
		TRY(read_within_group(z, json_get(body, "agg_order"), &call));
	bool nested = s->has_aggs;
	s->has_aggs |= had_aggs;
	bool is_function = call.args.n == 1 && az_has_computed(z, call.args.v[0], call.name);
	if (!is_function && is_column_call(z, &call, ret))
		return 0;
	gather_candidates(z, &call);
	const struct type *actual[CALL_ARGS_MAX], *cast;
	for (size_t i = 0; i < call.args.n; i++)
		actual[i] = call.args.v[i]->type.type;
	if (call.is_star && call.args.n == 0 && !str_is(call.name, "count") && !call.cands.n)
		return az_call_no_function(z, &call, false);
	bool many = false;
	const struct candidate *best = NULL;
	if (call.args.n == 0 && call.cands.n)
		best = &call.cands.v[0];
	else if (!is_cast_call(z, &call, &cast))
		best = resolve(&call.cands, actual, (int)call.args.n, &many);
	else
		return coerce_expr(z, call.args.v[0], TYPEREF(cast), COERCE_EXPLICIT, ret);
	if (!best || best->is_ambiguous)
		return az_call_no_function(z, &call, many || best);
	if (nested && best->builtin && best->builtin->kind == BUILTIN_AGG &&
	    !json_get(body, "over")) {
		err_set(z->c, "42803", "aggregate function calls cannot be nested");
		return az_at(z, z->scope->agg_location);
	}
	TRY(dispatch(z, body, &call, best, ret));
	(*ret)->is_sql_syntax =
		str_is(json_get_str(body, "funcformat", STR("")), "COERCE_SQL_SYNTAX");
	return 0;
}
