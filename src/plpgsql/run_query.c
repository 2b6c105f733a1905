/*
 * SQL texts: planned on first use with the variables they name, bound and run.
 * Expressions that need no SQL are evaluated here.
 */
#include "plpgsql/run_int.h"
#include "sql/ir.h"

#include <stdio.h>
#include <string.h>

/* While one text is planned. */
struct planning {
	struct frame *f;
	const struct pl_expr *e;
	VEC(struct plan_param) params;
	VEC(struct plan_record) records;
	struct arena *arena;
	const struct value *using; /* EXECUTE: the parameters; names stand for nothing */
	size_t n_using;
};

static struct expr *param(struct planning *p, struct ctx *c, int var, int field, struct typeref t)
{
	size_t i = 0;
	for (; i < p->params.n; i++)
		if (p->params.v[i].var == var && p->params.v[i].field == field)
			break;
	if (i == p->params.n)
		VEC_PUSH(p->arena, &p->params, ((struct plan_param){ var, field }));
	struct expr *e = expr_new(c->arena, EX_PARAM, t);
	e->param = (int)i + 1;
	return e;
}

/* Notes the shape that the plan was made with. */
static void note_record(struct planning *p, int var)
{
	const struct row_shape *shape = p->f->slots[var].shape;
	for (size_t i = 0; i < p->records.n; i++)
		if (p->records.v[i].var == var)
			return;
	struct plan_record r = { .var = var, .n = shape->n };
	r.names = arena_array(p->arena, shape->n, sizeof(*r.names));
	r.types = arena_array(p->arena, shape->n, sizeof(*r.types));
	for (size_t i = 0; i < shape->n; i++) {
		r.names[i] = arena_strdup(p->arena, shape->names[i]);
		r.types[i] = shape->types[i];
	}
	VEC_PUSH(p->arena, &p->records, r);
}

static int refer_row(struct planning *p, struct ctx *c, int var, struct str field,
		     struct expr **ret)
{
	struct frame *f = p->f;
	const struct var_type *vt = &f->in->types[var];
	int i = -1;
	if (pl_slot_row_check(f, var) < 0 || (field.p && pl_slot_field(f, var, field, &i) < 0)) {
		c->err = err_copy(c->arena, &f->work.err);
		return -1;
	}
	const struct row_shape *shape = f->slots[var].shape;
	if (vt->is_record)
		note_record(p, var);
	if (field.p) {
		*ret = param(p, c, var, i, shape->types[i]);
		return 1;
	}
	const struct type *t = vt->is_record ? type_builtin(STR("record")) : vt->type.type;
	struct expr *row = expr_new(c->arena, EX_ROW, TYPEREF(t));
	row->names = arena_array(c->arena, shape->n, sizeof(*row->names));
	for (size_t j = 0; j < shape->n; j++) {
		row->names[j] = arena_strdup(c->arena, shape->names[j]);
		VEC_PUSH(c->arena, &row->args, param(p, c, var, (int)j, shape->types[j]));
	}
	*ret = row;
	return 1;
}

static int resolve(struct ctx *c, void *arg, const struct str *parts, size_t n, struct expr **ret)
{
	struct planning *p = arg;
	const struct plpgsql_body *b = p->f->in->body;
	int var;
	size_t used;
	if (!p->e || !pl_ns_find(b, p->e->ns, parts, n, false, &var, &used))
		return 0;
	const struct var_type *vt = &p->f->in->types[var];
	if (n > used + 1 || (n > used && !vt->is_row))
		return 0;
	if (vt->is_row)
		return refer_row(p, c, var, n > used ? parts[used] : (struct str){ 0 }, ret);
	*ret = param(p, c, var, -1, vt->type.type ? vt->type : TYPEREF(p->f->in->text));
	return 1;
}

static const struct relation *outer_relation(void *arg, struct str name)
{
	struct planning *p = arg;
	const struct name_scope *outer = p->f->tg ? p->f->tg->outer : NULL;
	return outer && outer->relation ? outer->relation(outer->arg, name) : NULL;
}

/* $n: a parameter of the function, or of EXECUTE. */
static int resolve_number(struct ctx *c, void *arg, int n, struct expr **ret)
{
	struct planning *p = arg;
	if (p->e) {
		char name[16];
		snprintf(name, sizeof(name), "$%d", n);
		struct str part = str_of(name);
		return resolve(c, arg, &part, 1, ret);
	}
	if (n < 1 || (size_t)n > p->n_using)
		return err_set(c, "42P02", "there is no parameter $%d", n);
	struct typeref t = p->using[n - 1].t;
	*ret = expr_new(c->arena, EX_PARAM,
			t.type == p->f->in->unknown ? TYPEREF(p->f->in->text) : t);
	(*ret)->param = n;
	return 1;
}

static int make_plan(struct planning *p, struct str sql, struct plan *ret)
{
	struct frame *f = p->f;
	struct name_scope names = { p, p->e ? f->in->body->on_conflict : NAMES_COLUMN, resolve,
				    f->tg && f->tg->outer ? outer_relation : NULL, resolve_number };
	struct host_query *q;
	if (f->in->host->prepare(&f->work, f->in->host->arg, sql, &names, &q) < 0) {
		f->work.err.position = 0; /* a place in this text, not in the caller's */
		return -1;
	}
	*ret = (struct plan){ .q = q,
			      .params = p->params.v,
			      .n_params = p->params.n,
			      .records = p->records.v,
			      .n_records = p->records.n,
			      .arena = p->arena };
	ret->shape = (struct row_shape){ q->shape.names, q->shape.types, q->shape.n, false };
	return 0;
}

void pl_plan_free(struct plpgsql_host *host, struct plan *p)
{
	if (p->q)
		host->release(host->arg, p->q);
	arena_free(p->arena);
	*p = (struct plan){ 0 };
}

/* Whether the records that the plan names still have the shapes they had. */
static bool is_current(const struct frame *f, const struct plan *p)
{
	for (size_t i = 0; i < p->n_records; i++) {
		const struct plan_record *r = &p->records[i];
		const struct row_shape *now = f->slots[r->var].shape;
		if (!now || now->n != r->n)
			return false;
		for (size_t j = 0; j < r->n; j++)
			if (now->types[j].type != r->types[j].type ||
			    now->types[j].typmod != r->types[j].typmod ||
			    strcmp(now->names[j], r->names[j]) != 0)
				return false;
	}
	return true;
}

/* A recursive call may be running the old plan: then it stays until the instance goes. */
static void retire(struct plpgsql_instance *in, struct plan *p)
{
	if (in->depth <= 1) {
		pl_plan_free(in->host, p);
		return;
	}
	struct plan *old = ARENA_NEW(in->arena, struct plan);
	*old = *p;
	VEC_PUSH(in->arena, &in->retired, old);
}

int pl_plan_get(struct frame *f, struct pl_expr *e, struct plan **ret)
{
	struct plan *plan = &f->in->plans[e->id], made;
	if (plan->q && is_current(f, plan)) {
		*ret = plan;
		return 0;
	}
	struct planning p = { .f = f, .e = e, .arena = arena_new(512) };
	if (make_plan(&p, e->sql, &made) < 0) {
		arena_free(p.arena);
		return -1;
	}
	if (plan->q)
		retire(f->in, plan);
	*plan = made;
	*ret = plan;
	return 0;
}

static struct datum param_cell(const struct frame *f, const struct plan_param *p)
{
	const struct slot *s = &f->slots[p->var];
	if (p->field < 0)
		return s->cell.d;
	return s->shape ? s->fields[p->field].d : datum_null();
}

int pl_plan_run(struct frame *f, struct plan *p, struct host_sink *sink, uint64_t *ret_affected)
{
	struct datum *cells = arena_array(f->work.arena, p->n_params, sizeof(*cells));
	for (size_t i = 0; i < p->n_params; i++)
		cells[i] = param_cell(f, &p->params[i]);
	struct plpgsql_host *host = f->in->host;
	return host->run(&f->work, host->arg, p->q, cells, p->n_params, sink, ret_affected);
}

struct one_cell {
	struct frame *f;
	struct datum d;
	int rows;
};

static int take_one(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct one_cell *one = arg;
	if (++one->rows > 1)
		return err_set(c, "21000", "query returned more than one row");
	one->d = n ? cells[0] : datum_null();
	if (one->d.kind == D_TEXT || one->d.kind == D_BLOB)
		one->d.s = str_copy(one->f->work.arena, one->d.s);
	return 0;
}

static int eval_sql(struct frame *f, struct pl_expr *e, struct value *ret)
{
	struct plan *p;
	uint64_t affected;
	struct one_cell one = { .f = f, .d = datum_null() };
	struct host_sink sink = { &one, take_one };
	TRY(pl_plan_get(f, e, &p));
	if (p->shape.n != 1) {
		err_set(&f->work, "42601", "query returned %zu column%s", p->shape.n,
			p->shape.n == 1 ? "" : "s");
		return err_context(&f->work, "query: %.*s", STR_ARG(e->text));
	}
	struct typeref t = p->shape.types[0];
	TRY(pl_plan_run(f, p, &sink, &affected));
	*ret = (struct value){ one.d, t };
	return 0;
}

static int eval_field(struct frame *f, struct pl_expr *e, struct value *ret)
{
	int i;
	if (!f->in->types[e->var].is_row)
		return eval_sql(f, e, ret);
	TRY(pl_slot_field(f, e->var, e->literal, &i));
	const struct slot *s = &f->slots[e->var];
	*ret = (struct value){ s->fields[i].d, s->shape->types[i] };
	return 0;
}

static int eval_var(struct frame *f, struct pl_expr *e, struct value *ret)
{
	const struct var_type *vt = &f->in->types[e->var];
	if (vt->is_row) {
		if (vt->is_record && !f->slots[e->var].shape)
			TRY(pl_slot_row_check(f, e->var));
		return pl_row_value(f, e->var, ret);
	}
	*ret = (struct value){ f->slots[e->var].cell.d, vt->type };
	return 0;
}

int pl_eval(struct frame *f, struct pl_expr *e, struct value *ret)
{
	const struct plpgsql_instance *in = f->in;
	switch (e->fast) {
	case FAST_NULL:
		*ret = (struct value){ datum_null(), TYPEREF(in->unknown) };
		return 0;
	case FAST_BOOL:
		*ret = (struct value){ datum_bool(e->number), TYPEREF(in->boolean) };
		return 0;
	case FAST_INT:
		*ret = (struct value){ datum_int(e->number), TYPEREF(in->int4) };
		return 0;
	case FAST_TEXT:
		*ret = (struct value){ datum_text(e->literal), TYPEREF(in->unknown) };
		return 0;
	case FAST_VAR:
		return eval_var(f, e, ret);
	case FAST_FIELD:
		return eval_field(f, e, ret);
	case FAST_NO:
		break;
	}
	return eval_sql(f, e, ret);
}

int pl_eval_bool(struct frame *f, struct pl_expr *e, bool *ret, bool *ret_is_null)
{
	struct value v;
	TRY(pl_eval(f, e, &v));
	TRY(pl_coerce_value(f, v, TYPEREF(f->in->boolean), &v));
	*ret_is_null = v.d.kind == D_NULL;
	*ret = v.d.kind == D_INT && v.d.i;
	return 0;
}

int pl_eval_int(struct frame *f, struct pl_expr *e, const struct type *t, int64_t *ret,
		bool *ret_is_null)
{
	struct value v;
	TRY(pl_eval(f, e, &v));
	TRY(pl_coerce_value(f, v, TYPEREF(t), &v));
	*ret_is_null = v.d.kind == D_NULL;
	*ret = v.d.kind == D_INT ? v.d.i : 0;
	return 0;
}

int pl_value_text(struct frame *f, struct value v, struct str *ret)
{
	bool is_text =
		v.d.kind == D_TEXT && (v.t.type == f->in->text || v.t.type == f->in->unknown);
	if (is_text) {
		*ret = v.d.s;
		return 0;
	}
	return f->in->host->out(&f->work, f->in->host->arg, v.d, v.t, ret);
}

int pl_eval_text(struct frame *f, struct pl_expr *e, struct str *ret, bool *ret_is_null)
{
	struct value v;
	TRY(pl_eval(f, e, &v));
	*ret_is_null = v.d.kind == D_NULL;
	return *ret_is_null ? 0 : pl_value_text(f, v, ret);
}

int pl_dynamic_using(struct frame *f, const struct pl_exprs *args, struct dynamic *d)
{
	d->n = args->n;
	d->host = f->in->host;
	d->using = arena_array(f->work.arena, args->n, sizeof(*d->using));
	d->cells = arena_array(f->work.arena, args->n, sizeof(*d->cells));
	for (size_t i = 0; i < args->n; i++) {
		TRY(pl_eval(f, args->v[i], &d->using[i]));
		d->cells[i] = d->using[i].d;
	}
	return 0;
}

int pl_dynamic_plan(struct frame *f, struct str sql, struct dynamic *d)
{
	struct planning p = { .f = f, .using = d->using, .n_using = d->n };
	p.arena = arena_new(256);
	if (make_plan(&p, sql, &d->plan) < 0) {
		arena_free(p.arena);
		return -1;
	}
	d->plan.shape.is_lasting = false;
	return 0;
}

int pl_dynamic_run(struct frame *f, struct dynamic *d, struct host_sink *sink,
		   uint64_t *ret_affected)
{
	return d->host->run(&f->work, d->host->arg, d->plan.q, d->cells, d->n, sink, ret_affected);
}

void pl_dynamic_free(struct dynamic *d)
{
	if (d->host)
		pl_plan_free(d->host, &d->plan);
}
