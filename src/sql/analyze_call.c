/* Calls of the project's own functions: which of them a call may mean, and the
 * call itself with defaults filled in and VARIADIC arguments collected. */
#include "sql/analyze_call.h"

#include <string.h>

/* The parameters that a call gives arguments for; of CALL the OUT ones as well. */
struct params {
	const struct func_arg *v[CALL_ARGS_MAX];
	const char *names[CALL_ARGS_MAX]; /* NULL unnamed */
	int n, n_defaults;
	const struct type *variadic; /* the array type of the last, NULL */
};

static bool is_input(const struct func_arg *arg)
{
	return arg->mode != 'o' && arg->mode != 't';
}

static struct params params_of(const struct function *f, bool with_out)
{
	struct params p = { .n = 0 };
	for (int i = 0; i < f->n_args && p.n < CALL_ARGS_MAX; i++) {
		const struct func_arg *arg = &f->args[i];
		if (!is_input(arg) && !(with_out && arg->mode == 'o'))
			continue;
		p.names[p.n] = arg->name && arg->name[0] ? arg->name : NULL;
		p.v[p.n++] = arg;
		p.n_defaults += arg->has_default;
		if (arg->mode == 'v')
			p.variadic = arg->type.type;
	}
	return p;
}

int az_call_path_pos(const struct az *z, const struct call *call, const char *schema)
{
	if (call->schema.n)
		return str_is(call->schema, schema) ? 0 : -1;
	if (!strcmp(schema, "pg_catalog"))
		return 0;
	size_t pos = 0;
	struct str element;
	for (int i = 1; search_path_next(z->an->search_path, &pos, &element); i++)
		if (str_is(element, schema))
			return i;
	return -1;
}

static bool same_args(const struct candidate *a, const struct candidate *b)
{
	if (a->n_args != b->n_args)
		return false;
	for (int i = 0; i < a->n_args; i++)
		if (a->args[i] != b->args[i])
			return false;
	return true;
}

/* What hides what, as the manual's "Function Type Resolution", step 1: earlier
 * schemas, then functions that need no VARIADIC; else nobody can tell. */
void az_call_add(struct az *z, struct call *call, struct candidate cand)
{
	for (size_t i = 0; i < call->cands.n; i++) {
		struct candidate *have = &call->cands.v[i];
		if ((!have->user && !cand.user) || !same_args(have, &cand))
			continue;
		int preference = cand.path_pos - have->path_pos;
		if (!preference)
			preference = (cand.n_variadic > 0) - (have->n_variadic > 0);
		if (!preference && !have->user)
			preference = 1;
		if (preference < 0)
			*have = cand;
		else if (preference == 0)
			have->is_ambiguous = true;
		return;
	}
	VEC_PUSH(z->a, &call->cands, cand);
}

/* f(1, 2, 3) of f(a int, VARIADIC b int[]). */
static void add_spread(struct az *z, struct call *call, const struct function *f,
		       const struct params *p, int path_pos)
{
	int given = (int)call->args.n, fixed = p->n - 1;
	if (call->is_variadic || call->n_named || given < p->n)
		return;
	struct candidate cand = { .user = f, .n_args = given, .path_pos = path_pos };
	const struct type *array = type_base(p->variadic);
	const struct type *elem = array->kind == TYPE_ARRAY ? array->elem
				  : array->oid == 2277 ? type_builtin_by_oid(2283) /* anyarray */
				  : array->oid == 5078
					  ? type_builtin_by_oid(5077) /* anycompatible */
					  : array;
	cand.args = arena_array(z->a, (size_t)given + 1, sizeof(*cand.args));
	for (int i = 0; i < given; i++)
		cand.args[i] = i < fixed ? p->v[i]->type.type : elem;
	cand.n_variadic = given - fixed;
	az_call_add(z, call, cand);
}

static void add_user(struct az *z, struct call *call, const struct function *f, int path_pos)
{
	struct params p = params_of(f, call->is_procedure);
	int given = (int)call->args.n;
	call->exists = true;
	if (p.variadic)
		add_spread(z, call, f, &p, path_pos);
	if ((p.variadic && given >= p.n && !call->is_variadic) || given > p.n ||
	    given < p.n - p.n_defaults || (call->is_variadic && !p.variadic) ||
	    (call->n_named && p.variadic && !call->is_variadic))
		return;
	int *order = arena_array(z->a, CALL_ARGS_MAX, sizeof(*order));
	if (!az_call_place_args(call, p.names, p.n, p.n_defaults, order))
		return;
	struct candidate cand = {
		.user = f, .n_args = given, .order = order, .path_pos = path_pos
	};
	cand.args = arena_array(z->a, (size_t)given + 1, sizeof(*cand.args));
	for (int i = 0; i < given; i++)
		cand.args[i] = p.v[order[i]]->type.type;
	az_call_add(z, call, cand);
}

void az_call_add_users(struct az *z, struct call *call)
{
	for (size_t i = 0; i < z->cat->functions.n; i++) {
		const struct function *f = z->cat->functions.v[i];
		if (!str_is(call->name, f->name))
			continue;
		int path_pos = az_call_path_pos(z, call, f->schema);
		if (path_pos >= 0)
			add_user(z, call, f, path_pos);
	}
}

/* ---- the call ---- */

static bool forget_place(struct expr *e, void *arg)
{
	(void)arg;
	e->location = -1; /* of another text */
	return true;
}

static int default_of(struct az *z, const struct func_arg *arg, struct expr **ret)
{
	struct analysis an = { .cat = z->cat, .search_path = arg->default_expr.search_path };
	TRY(analyze_default(z->c, &an, str_of(arg->default_expr.text), arg->type, ret));
	expr_walk(*ret, true, forget_place, NULL);
	struct expr *e = *ret;
	if (type_is_poly(arg->type.type) && e->kind == EX_CONST && e->datum.kind == D_NULL)
		e->type = TYPEREF(type_of_value(V_UNKNOWN)); /* of whatever the others are */
	return 0;
}

/* Actual arguments by parameter; the spread ones behind the fixed. */
struct slots {
	struct expr *v[CALL_ARGS_MAX];
	const struct type *declared[CALL_ARGS_MAX], *actual[CALL_ARGS_MAX];
	int n;
};

static int fill_slots(struct az *z, const struct call *call, const struct candidate *cand,
		      const struct params *p, struct slots *s)
{
	int given = (int)call->args.n;
	s->n = cand->n_variadic ? given : p->n;
	for (int i = 0; i < given; i++) {
		int k = cand->n_variadic ? i : cand->order[i];
		s->v[k] = call->args.v[i];
		s->declared[k] = cand->args[i];
	}
	for (int k = 0; k < s->n; k++) {
		if (!s->v[k]) {
			TRY(default_of(z, p->v[k], &s->v[k]));
			s->declared[k] = p->v[k]->type.type;
		}
		s->actual[k] = s->v[k]->type.type;
	}
	return 0;
}

static struct expr *packed(struct az *z, const struct expr *e, struct slots *s, int fixed)
{
	struct expr *array = expr_new(z->a, EX_ARRAY, TYPEREF(s->declared[fixed]->array));
	array->location = e->location;
	for (int k = fixed; k < s->n; k++)
		VEC_PUSH(z->a, &array->args, s->v[k]);
	return array;
}

static int coerce_slots(struct az *z, struct slots *s)
{
	for (int k = 0; k < s->n; k++)
		TRY(coerce_expr(z, s->v[k], TYPEREF(s->declared[k]), COERCE_IMPLICIT, &s->v[k]));
	return 0;
}

/* Most results have no polymorphic type, and then nothing is to be worked out. */
static const struct type *plain_result(const struct function *f)
{
	return type_is_poly(f->returns.type) ? f->returns.type : type_of_value(V_TEXT);
}

int az_call_user(struct az *z, const struct call *call, const struct candidate *cand,
		 struct expr **ret)
{
	const struct function *f = cand->user;
	struct params p = params_of(f, call->is_procedure);
	struct slots s = { .n = 0 };
	if (f->kind == 'p' && !call->is_procedure) {
		err_set(z->c, "42809", "%s is a procedure", az_call_signature(z, call));
		err_hint(z->c, "To call a procedure, use CALL.");
		return az_at(z, call->location);
	}
	TRY(fill_slots(z, call, cand, &p, &s));
	const struct type *result = plain_result(f);
	if (!resolve_poly(s.declared, s.actual, s.n, &result))
		return az_call_poly_error(z, call, s.actual);
	if (!type_is_poly(f->returns.type))
		result = f->returns.type;
	TRY(coerce_slots(z, &s));
	struct expr *e = expr_new(z->a, EX_CALL, TYPEREF(result));
	e->function = f;
	e->location = call->location;
	int fixed = cand->n_variadic ? p.n - 1 : p.n;
	for (int k = 0; k < fixed; k++)
		if (is_input(p.v[k]))
			VEC_PUSH(z->a, &e->args, s.v[k]);
	if (cand->n_variadic)
		VEC_PUSH(z->a, &e->args, packed(z, e, &s, fixed));
	az_ref_function(z, call->location, f);
	*ret = e;
	return 0;
}

static bool is_output(const struct func_arg *arg)
{
	return arg->mode == 'o' || arg->mode == 'b' || arg->mode == 't';
}

/* The type an output parameter has in this call. */
static const struct type *out_type(const struct expr *call, const struct func_arg *out)
{
	const struct function *f = call->function;
	const struct type *declared[CALL_ARGS_MAX], *actual[CALL_ARGS_MAX];
	const struct type *result = out->type.type;
	size_t n = 0;
	if (!type_is_poly(result))
		return result;
	for (int i = 0; i < f->n_args && n < call->args.n && n < CALL_ARGS_MAX; i++) {
		if (!is_input(&f->args[i]))
			continue;
		actual[n] = call->args.v[n]->type.type;
		declared[n++] = f->args[i].type.type;
	}
	return resolve_poly(declared, actual, (int)n, &result) ? result : out->type.type;
}

bool call_out_columns(struct arena *a, const struct expr *call, row_columns *ret)
{
	const struct function *f = call->function;
	row_columns cols = { 0 };
	for (int i = 0; i < f->n_args; i++) {
		const struct func_arg *arg = &f->args[i];
		if (!is_output(arg))
			continue;
		const char *name = arg->name && arg->name[0]
					   ? arg->name
					   : arena_printf(a, "column%zu", cols.n + 1);
		struct row_column col = { name, { out_type(call, arg), arg->type.typmod } };
		VEC_PUSH(a, &cols, col);
	}
	if (cols.n < 2)
		return false;
	*ret = cols;
	return true;
}

/* ---- t.f ---- */

static bool takes_row(const struct function *f, const struct type *row, struct str name)
{
	if (!str_is(name, f->name) || f->kind == 'p')
		return false;
	struct params p = params_of(f, false);
	if (p.n < 1 || p.n - p.n_defaults > 1)
		return false;
	const struct type *t = p.v[0]->type.type;
	return t == row || (t->kind == TYPE_PSEUDO && coerce_can(row, t, COERCE_IMPLICIT));
}

bool az_has_computed(struct az *z, const struct expr *row, struct str name)
{
	for (size_t i = 0; i < z->cat->functions.n; i++)
		if (takes_row(z->cat->functions.v[i], row->type.type, name))
			return true;
	return false;
}

int az_computed(struct az *z, struct expr *row, struct str name, int location, struct expr **ret)
{
	struct call call = { .name = name, .location = location };
	const struct type *actual[1] = { row->type.type };
	bool many = false;
	VEC_PUSH(z->a, &call.args, row);
	az_call_add_users(z, &call);
	const struct candidate *best = resolve(&call.cands, actual, 1, &many);
	if (!best || best->is_ambiguous || best->user->returns_set)
		return 0;
	return az_call_user(z, &call, best, ret) < 0 ? -1 : 1;
}

/* ---- CALL ---- */

static int no_procedure(struct az *z, const struct call *call, bool many)
{
	az_call_no_function(z, call, many);
	if (err_is(z->c, "42883")) {
		err_set(z->c, "42883", "procedure %s does not exist", az_call_signature(z, call));
		err_hint(z->c, "No procedure matches the given name and argument types. You might "
			       "need to add explicit type casts.");
	} else if (err_is(z->c, "42725")) {
		err_set(z->c, "42725", "procedure %s is not unique", az_call_signature(z, call));
		err_hint(z->c, "Could not choose a best candidate procedure. You might need to "
			       "add explicit type casts.");
	}
	return az_at(z, call->location);
}

static int procedure_call(struct az *z, const struct json *body, struct expr **ret)
{
	struct call call = { .is_procedure = true };
	const struct type *actual[CALL_ARGS_MAX];
	bool many = false;
	TRY(az_call_read(z, body, &call));
	az_call_add_users(z, &call);
	for (size_t i = 0; i < call.args.n; i++)
		actual[i] = call.args.v[i]->type.type;
	const struct candidate *best =
		call.args.n    ? resolve(&call.cands, actual, (int)call.args.n, &many)
		: call.cands.n ? &call.cands.v[0]
			       : NULL;
	if (!best || best->is_ambiguous)
		return no_procedure(z, &call, many || best);
	if (best->user->kind != 'p') {
		err_set(z->c, "42809", "%s is not a procedure", az_call_signature(z, &call));
		err_hint(z->c, "To call a function, use SELECT.");
		return az_at(z, call.location);
	}
	return az_call_user(z, &call, best, ret);
}

int az_call_stmt(struct az *z, const struct json *body, struct query **ret)
{
	struct query *q = ARENA_NEW(z->a, struct query);
	struct target t = { .name = "" };
	const struct json *call = json_get(body, "funccall");
	q->result_rte = q->source_rte = -1;
	scope_push(z, q)->clause = CL_CALL;
	TRY(procedure_call(z, node_as(call, "FuncCall") ? node_as(call, "FuncCall") : call,
			   &t.expr));
	scope_pop(z);
	t.name = t.expr->function->name;
	VEC_PUSH(z->a, &q->targets, t);
	*ret = q;
	return 0;
}
