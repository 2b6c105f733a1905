/* Statements one after the other; IF, CASE, EXIT, assignment, EXCEPTION blocks. */
#include "plpgsql/run_int.h"

#include <string.h>

/* A whole row variable to another. */
static int copy_row(struct frame *f, int to, int from)
{
	const struct slot *s = &f->slots[from];
	if (f->in->types[from].is_record)
		TRY(pl_slot_row_check(f, from));
	if (to == from)
		return 0;
	struct datum *cells = arena_array(f->work.arena, s->shape->n, sizeof(*cells));
	for (size_t i = 0; i < s->shape->n; i++)
		cells[i] = s->fields[i].d;
	return pl_assign_row(f, to, s->shape, s->is_null_row ? NULL : cells);
}

static int run_assign(struct frame *f, const struct pl_stmt *s)
{
	struct value v;
	const struct pl_target *t = &s->assign.target;
	struct pl_expr *e = s->assign.value;
	bool is_row = f->in->types[t->var].is_row && !t->n_steps;
	if (s->assign.row && is_row) {
		struct pl_into into = { s->assign.row_target, 1, false };
		return pl_assign_row_expr(f, s->assign.row, &into);
	}
	if (is_row && e->fast == FAST_VAR && f->in->types[e->var].is_row)
		return copy_row(f, t->var, e->var);
	if (pl_eval(f, e, &v) < 0) {
		if (f->work.err.message && !strncmp(f->work.err.message, "query returned ", 15) &&
		    err_is(&f->work, "42601"))
			f->work.err.message = arena_printf(f->work.arena, "assignment source%s",
							   f->work.err.message + 5);
		return -1;
	}
	return pl_assign_target(f, t, v);
}

static enum flow run_if(struct frame *f, const struct pl_stmt *s)
{
	for (size_t i = 0; i < s->cond.n; i++) {
		bool is_true, is_null;
		TRY(pl_eval_bool(f, s->cond.branches[i].cond, &is_true, &is_null));
		if (is_true)
			return pl_run_stmts(f, &s->cond.branches[i].body);
	}
	return pl_run_stmts(f, &s->cond.els);
}

static enum flow run_case(struct frame *f, const struct pl_stmt *s)
{
	if (s->cases.test) {
		struct value v;
		TRY(pl_eval(f, s->cases.test, &v));
		if (v.t.type == f->in->unknown)
			v.t = TYPEREF(f->in->text);
		f->in->types[s->cases.test_var].type = v.t;
		TRY(pl_assign_value(f, s->cases.test_var, v));
	}
	for (size_t i = 0; i < s->cases.n; i++) {
		bool is_true, is_null;
		TRY(pl_eval_bool(f, s->cases.branches[i].cond, &is_true, &is_null));
		if (is_true)
			return pl_run_stmts(f, &s->cases.branches[i].body);
	}
	if (s->cases.has_else)
		return pl_run_stmts(f, &s->cases.els);
	err_set(&f->work, "20000", "case not found");
	return err_hint(&f->work, "CASE statement is missing ELSE part.");
}

static enum flow run_exit(struct frame *f, const struct pl_stmt *s)
{
	bool is_true = true, is_null;
	if (s->exit.cond)
		TRY(pl_eval_bool(f, s->exit.cond, &is_true, &is_null));
	if (!is_true)
		return FLOW_NEXT;
	f->exit_label = s->exit.label;
	return s->exit.is_exit ? FLOW_EXIT : FLOW_CONTINUE;
}

static int run_transaction(struct frame *f, const struct pl_stmt *s)
{
	(void)s;
	const struct function *fn = f->in->spec.function;
	if (fn && fn->kind == 'p')
		return err_set(&f->work, "0A000",
			       "COMMIT and ROLLBACK inside procedures are not supported");
	return err_set(&f->work, "2D000", "invalid transaction termination");
}

static enum flow run_simple(struct frame *f, const struct pl_stmt *s)
{
	switch (s->kind) {
	case PL_ASSIGN:
		return run_assign(f, s);
	case PL_RETURN_NEXT:
		return pl_run_return_next(f, s);
	case PL_RETURN_QUERY:
		return pl_run_return_query(f, s);
	case PL_RAISE:
		return pl_run_raise(f, s);
	case PL_ASSERT:
		return pl_run_assert(f, s);
	case PL_SQL:
	case PL_CALL:
		return pl_run_sql(f, s);
	case PL_PERFORM:
		return pl_run_perform(f, s);
	case PL_EXECUTE:
		return pl_run_execute(f, s);
	case PL_DIAGNOSTICS:
		return pl_run_diagnostics(f, s);
	case PL_OPEN:
		return pl_run_open(f, s);
	case PL_FETCH:
		return pl_run_fetch(f, s);
	case PL_CLOSE:
		return pl_run_close(f, s);
	case PL_TRANSACTION:
		return run_transaction(f, s);
	default:
		return FLOW_NEXT;
	}
}

static enum flow dispatch(struct frame *f, const struct pl_stmt *s)
{
	switch (s->kind) {
	case PL_BLOCK:
		return pl_run_block(f, s);
	case PL_IF:
		return run_if(f, s);
	case PL_CASE:
		return run_case(f, s);
	case PL_LOOP:
	case PL_WHILE:
	case PL_FOR_INT:
	case PL_FOR_QUERY:
	case PL_FOR_CURSOR:
	case PL_FOR_EXECUTE:
	case PL_FOREACH:
		return pl_run_loop(f, s);
	case PL_EXIT:
		return run_exit(f, s);
	case PL_RETURN:
		TRY(pl_run_return(f, s));
		return FLOW_RETURN;
	default:
		return run_simple(f, s);
	}
}

/* On failure f->stmt stays at the innermost statement, for the context line. */
enum flow pl_run_stmts(struct frame *f, const struct pl_stmts *list)
{
	const struct pl_stmt *outer = f->stmt;
	struct plpgsql_host *host = f->in->host;
	for (size_t i = 0; i < list->n; i++) {
		struct arena_mark mark = arena_mark(f->work.arena);
		f->stmt = list->v[i];
		TRY(host->check(&f->work, host->arg));
		enum flow flow = dispatch(f, list->v[i]);
		if (flow == FLOW_ERROR)
			return flow;
		arena_rewind(f->work.arena, mark);
		f->stmt = outer;
		if (flow != FLOW_NEXT)
			return flow;
	}
	return FLOW_NEXT;
}

static int init_vars(struct frame *f, const struct pl_block *b)
{
	f->during = "during statement block local variable initialization";
	for (size_t i = 0; i < b->n_vars; i++) {
		int var = b->vars[i];
		const struct pl_var *v = &f->in->body->vars.v[var];
		struct arena_mark mark = arena_mark(f->work.arena);
		struct value value = { datum_null(), TYPEREF(f->in->unknown) };
		if (v->argument)
			continue;
		if (v->init)
			TRY(pl_eval(f, v->init, &value));
		if (v->init || f->in->types[var].is_row || !v->is_not_null)
			TRY(pl_init_var(f, var, value));
		arena_rewind(f->work.arena, mark);
	}
	f->during = NULL;
	return 0;
}

static bool condition_matches(const struct pl_condition *cond, const char *code)
{
	if (!cond->code)
		return strcmp(code, "57014") != 0 && strcmp(code, "P0004") != 0;
	if (cond->is_class)
		return strncmp(cond->code, code, 2) == 0;
	return strcmp(cond->code, code) == 0;
}

static const struct pl_handler *find_handler(const struct pl_block *b, const char *code)
{
	for (size_t i = 0; i < b->n_handlers; i++)
		for (size_t j = 0; j < b->handlers[i].n_conditions; j++)
			if (condition_matches(&b->handlers[i].conditions[j], code))
				return &b->handlers[i];
	return NULL;
}

/* The error as it was thrown, kept while its handler runs. */
static enum flow run_handler(struct frame *f, const struct pl_block *b, const struct pl_handler *h,
			     const struct error *caught)
{
	const struct error *outer = f->caught;
	f->caught = caught;
	pl_assign_text(f, b->sqlstate_var, caught->code);
	pl_assign_text(f, b->sqlerrm_var, caught->message);
	enum flow flow = pl_run_stmts(f, &h->body);
	f->caught = outer;
	return flow;
}

static void free_arena(struct arena **a)
{
	arena_free(*a);
}

static enum flow run_protected(struct frame *f, const struct pl_block *b, const struct pl_stmt *s)
{
	struct plpgsql_host *host = f->in->host;
	struct arena_mark mark = arena_mark(f->work.arena);
	TRY(host->subtransaction(&f->work, host->arg, SUBTX_BEGIN));
	enum flow flow = pl_run_stmts(f, &b->body);
	if (flow != FLOW_ERROR) {
		TRY(host->subtransaction(&f->work, host->arg, SUBTX_COMMIT));
		return flow;
	}
	if (!f->is_context_done)
		pl_add_context_line(f);
	struct arena *kept __attribute__((cleanup(free_arena))) = arena_new(512);
	struct error caught = err_copy(kept, &f->work.err);
	f->is_context_done = true;
	f->during = NULL;
	err_clear(&f->work);
	arena_rewind(f->work.arena, mark);
	TRY(host->subtransaction(&f->work, host->arg, SUBTX_ABORT));
	const struct pl_handler *h = find_handler(b, caught.code);
	if (!h) {
		f->work.err = err_copy(f->work.arena, &caught);
		return FLOW_ERROR;
	}
	f->is_context_done = false;
	f->stmt = s;
	return run_handler(f, b, h, &caught);
}

enum flow pl_run_block(struct frame *f, const struct pl_stmt *s)
{
	const struct pl_block *b = &s->block;
	TRY(init_vars(f, b)); /* outside the reach of the handlers, as in PostgreSQL */
	enum flow flow = b->n_handlers ? run_protected(f, b, s) : pl_run_stmts(f, &b->body);
	bool is_ours = flow == FLOW_EXIT && f->exit_label.n && str_eq(f->exit_label, b->label);
	if (!is_ours)
		return flow;
	f->exit_label = (struct str){ 0 };
	return FLOW_NEXT;
}
