/* Instances and calls. */
#include "base/json.h"
#include "plpgsql/run_int.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 500 };

static const char *signature(struct plpgsql_instance *in)
{
	const struct function *fn = in->spec.function;
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	if (!fn)
		return "inline_code_block";
	if (strcmp(fn->schema ? fn->schema : "public", "public") != 0)
		buf_printf(&b, "%s.", fn->schema);
	buf_printf(&b, "%s(", fn->name);
	const char *comma = "";
	for (int i = 0; i < fn->n_args; i++) {
		if (!strchr("ibv", fn->args[i].mode))
			continue;
		buf_printf(&b, "%s%s", comma, type_format(in->arena, fn->args[i].type));
		comma = ",";
	}
	buf_char(&b, ')');
	return buf_dup(in->arena, &b);
}

void plpgsql_free(struct plpgsql_instance *in)
{
	if (!in)
		return;
	for (int i = 0; i < in->body->n_exprs; i++)
		pl_plan_free(in->host, &in->plans[i]);
	for (size_t i = 0; i < in->retired.n; i++)
		pl_plan_free(in->host, in->retired.v[i]);
	for (size_t i = 0; in->spare_slots && i < in->body->vars.n; i++)
		pl_slot_clear(&in->spare_slots[i]);
	free(in->spare_slots);
	arena_free(in->spare_arena);
	arena_free(in->arena);
}

int plpgsql_new(struct ctx *c, const struct plpgsql_spec *spec, struct plpgsql_host *host,
		struct plpgsql_instance **ret)
{
	struct arena *a = arena_new(0);
	struct plpgsql_instance *in = ARENA_NEW(a, struct plpgsql_instance);
	in->arena = a;
	in->spec = *spec;
	in->host = host;
	in->body = spec->body;
	in->plans = arena_array(a, (size_t)in->body->n_exprs + 1, sizeof(*in->plans));
	if (pl_resolve_types(c, in) < 0) {
		plpgsql_free(in);
		return -1;
	}
	in->signature = signature(in);
	*ret = in;
	return 0;
}

static const char *statement_name(const struct pl_stmt *s)
{
	static const char *const names[] = {
		[PL_BLOCK] = "statement block",
		[PL_ASSIGN] = "assignment",
		[PL_IF] = "IF",
		[PL_CASE] = "CASE",
		[PL_LOOP] = "LOOP",
		[PL_WHILE] = "WHILE",
		[PL_FOR_INT] = "FOR with integer loop variable",
		[PL_FOR_QUERY] = "FOR over SELECT rows",
		[PL_FOR_CURSOR] = "FOR over cursor",
		[PL_FOR_EXECUTE] = "FOR over EXECUTE statement",
		[PL_FOREACH] = "FOREACH over array",
		[PL_EXIT] = "EXIT",
		[PL_RETURN] = "RETURN",
		[PL_RETURN_NEXT] = "RETURN NEXT",
		[PL_RETURN_QUERY] = "RETURN QUERY",
		[PL_RAISE] = "RAISE",
		[PL_ASSERT] = "ASSERT",
		[PL_SQL] = "SQL statement",
		[PL_PERFORM] = "PERFORM",
		[PL_CALL] = "CALL",
		[PL_EXECUTE] = "EXECUTE",
		[PL_DIAGNOSTICS] = "GET DIAGNOSTICS",
		[PL_OPEN] = "OPEN",
		[PL_FETCH] = "FETCH",
		[PL_CLOSE] = "CLOSE",
		[PL_NULL] = "NULL",
		[PL_TRANSACTION] = "COMMIT",
	};
	if (s->kind == PL_DIAGNOSTICS && s->diag.is_stacked)
		return "GET STACKED DIAGNOSTICS";
	if (s->kind == PL_EXIT && !s->exit.is_exit)
		return "CONTINUE";
	if (s->kind == PL_FETCH && s->fetch.is_move)
		return "MOVE";
	if (s->kind == PL_TRANSACTION && s->transaction.is_rollback)
		return "ROLLBACK";
	return names[s->kind];
}

const char *pl_context_line(struct frame *f)
{
	struct arena *a = f->work.arena;
	const char *name = f->in->signature;
	if (f->during && f->stmt)
		return arena_printf(a, "PL/pgSQL function %s line %d %s", name, f->stmt->line,
				    f->during);
	if (f->during)
		return arena_printf(a, "PL/pgSQL function %s %s", name, f->during);
	if (!f->stmt)
		return arena_printf(a, "PL/pgSQL function %s", name);
	return arena_printf(a, "PL/pgSQL function %s line %d at %s", name, f->stmt->line,
			    statement_name(f->stmt));
}

void pl_add_context_line(struct frame *f)
{
	err_add_context(&f->work, "%s", pl_context_line(f));
}

int pl_init_var(struct frame *f, int var, struct value v)
{
	struct slot *s = &f->slots[var];
	const struct var_type *vt = &f->in->types[var];
	bool is_null = v.d.kind == D_NULL;
	if (vt->is_row && is_null) {
		s->shape = NULL;
		return vt->is_record ? 0 : pl_assign_row(f, var, vt->shape, NULL);
	}
	if (f->in->body->vars.v[var].cursor) {
		pl_cell_set(&s->cell, datum_text(f->in->body->vars.v[var].name));
		return 0;
	}
	if (!vt->type.type) {
		pl_cell_set(&s->cell, datum_null());
		return 0;
	}
	return pl_assign_value(f, var, v);
}

static int enter_args(struct frame *f, const struct datum *args, size_t n)
{
	const struct function *fn = f->in->spec.function;
	const struct plpgsql_body *b = f->in->body;
	size_t next = 0;
	f->during = "while storing call arguments into local variables";
	for (int i = 0; fn && i < fn->n_args; i++) {
		bool is_in = strchr("ibv", fn->args[i].mode) != NULL;
		struct value v = { datum_null(), f->in->types[b->args[i]].type };
		if (is_in && next < n)
			v.d = args[next++];
		bool is_plain = !f->in->types[b->args[i]].is_row;
		if (is_plain)
			pl_cell_set(&f->slots[b->args[i]].cell, v.d);
		else
			TRY(pl_init_var(f, b->args[i], v));
	}
	pl_assign_bool(f, b->found, false);
	f->during = NULL;
	return 0;
}

static void tg_text(struct frame *f, enum pl_tg which, const char *text)
{
	pl_assign_text(f, f->in->body->tg_first + (int)which, text);
}

static void tg_args(struct frame *f)
{
	struct plpgsql_trigger *tg = f->tg;
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (size_t i = 0; i < tg->n_args; i++) {
		buf_char(&b, i ? ',' : '[');
		json_put_string(&b, str_of(tg->args[i]));
	}
	buf_puts(&b, tg->n_args ? "]" : "[]");
	int first = f->in->body->tg_first;
	pl_cell_set(&f->slots[first + TG_ARGV].cell, datum_text(buf_view(&b)));
	pl_cell_set(&f->slots[first + TG_NARGS].cell, datum_int((int64_t)tg->n_args));
}

static int enter_row(struct frame *f, int var, const struct datum *row)
{
	const struct relation *rel = f->tg->rel;
	const struct var_type *vt = &f->in->types[var];
	/* Without a row its fields are NULL, in a statement's trigger as well. */
	f->slots[var].shape = NULL;
	const struct row_shape *shape =
		vt->shape ? vt->shape : pl_relation_shape(f->work.arena, rel);
	return pl_assign_row(f, var, shape, row);
}

static int enter_trigger(struct frame *f)
{
	const struct plpgsql_body *b = f->in->body;
	struct plpgsql_trigger *tg = f->tg;
	tg_text(f, TG_NAME, tg->name);
	tg_text(f, TG_WHEN, tg->when);
	tg_text(f, TG_LEVEL, tg->level);
	tg_text(f, TG_OP, tg->op);
	tg_text(f, TG_RELNAME, tg->rel->name);
	tg_text(f, TG_TABLE_NAME, tg->rel->name);
	tg_text(f, TG_TABLE_SCHEMA, tg->rel->schema);
	pl_cell_set(&f->slots[b->tg_first + TG_RELID].cell, datum_int(tg->rel->oid));
	tg_args(f);
	TRY(enter_row(f, b->new_row, tg->new_row));
	return enter_row(f, b->old_row, tg->old_row);
}

/* The row a trigger function returned, into tg->new_row. */
static int leave_trigger(struct frame *f, struct ctx *c)
{
	struct plpgsql_trigger *tg = f->tg;
	/* a row that is not there: NEW of a DELETE, OLD of an INSERT */
	tg->ret_is_null =
		f->ret_var < 0 ? f->ret.d.kind == D_NULL : f->slots[f->ret_var].is_null_row;
	if (tg->ret_is_null || !tg->new_row || strcmp(tg->level, "ROW") != 0)
		return 0;
	if (strcmp(tg->when, "AFTER") == 0)
		return 0;
	const struct row_shape *want = pl_relation_shape(f->work.arena, tg->rel);
	struct datum *cells = arena_array(f->work.arena, want->n, sizeof(*cells));
	if (f->ret_var >= 0) {
		struct slot *s = &f->slots[f->ret_var];
		TRY(pl_check_trigger_row(f, s->shape, want));
		for (size_t i = 0; i < want->n; i++)
			cells[i] = s->fields[i].d;
	} else {
		struct plpgsql_host *host = f->in->host;
		TRY(host->explode(&f->work, host->arg, f->ret.d, want->types, want->names, want->n,
				  cells));
	}
	for (size_t i = 0; i < want->n; i++) {
		tg->new_row[i] = cells[i];
		if (cells[i].kind == D_TEXT || cells[i].kind == D_BLOB)
			tg->new_row[i].s = str_copy(c->arena, cells[i].s);
	}
	return 0;
}

static int no_return(struct frame *f)
{
	struct plpgsql_instance *in = f->in;
	if (f->tg)
		return err_set(&f->work, "2F005",
			       "control reached end of trigger procedure without RETURN");
	if (in->is_set || in->is_void || in->has_outs)
		return 0;
	return err_set(&f->work, "2F005", "control reached end of function without RETURN");
}

static int run_frame(struct frame *f, const struct datum *args, size_t n, struct ctx *c,
		     struct datum *ret)
{
	TRY(enter_args(f, args, n));
	if (f->tg)
		TRY(enter_trigger(f));
	f->stmt = f->in->body->block;
	TRY(pl_run_block(f, f->in->body->block));
	f->stmt = NULL;
	if (!f->has_returned)
		TRY(no_return(f));
	if (f->tg)
		return leave_trigger(f, c);
	struct datum d;
	TRY(pl_return_result(f, &d));
	f->during = NULL;
	if (d.kind == D_TEXT || d.kind == D_BLOB)
		d.s = str_copy(c->arena, d.s);
	*ret = d;
	return 0;
}

/* Variables and memory of an earlier call, where it is over. */
static void frame_open(struct frame *f, struct plpgsql_instance *in, struct ctx *c)
{
	f->in = in;
	f->work = *c;
	f->work.err = (struct error){ .code = "" };
	f->slots = in->spare_slots;
	f->work.arena = in->spare_arena;
	in->spare_slots = NULL;
	in->spare_arena = NULL;
	if (!f->slots)
		f->slots = calloc(in->body->vars.n + 1, sizeof(*f->slots));
	CHECK(f->slots);
	if (!f->work.arena)
		f->work.arena = arena_new(0);
}

static void frame_close(struct frame *f)
{
	struct plpgsql_instance *in = f->in;
	pl_cursors_free(f);
	pl_cell_free(&f->ret);
	arena_reset(f->work.arena);
	if (!in->spare_slots) {
		in->spare_slots = f->slots;
		in->spare_arena = f->work.arena;
		return;
	}
	for (size_t i = 0; i < in->body->vars.n; i++)
		pl_slot_clear(&f->slots[i]);
	free(f->slots);
	arena_free(f->work.arena);
}

int plpgsql_call(struct ctx *c, struct plpgsql_instance *in, const struct datum *args, size_t n,
		 struct plpgsql_trigger *tg, struct host_sink *rows, struct datum *ret)
{
	struct frame f = { .tg = tg, .rows = rows, .ret_var = -1 };
	struct datum result = datum_null();
	if (in->depth >= DEPTH_MAX)
		return err_set(c, "54001", "stack depth limit exceeded");
	if (in->body->is_trigger && !tg)
		return err_set(c, "0A000", "trigger functions can only be called as triggers");
	in->depth++;
	frame_open(&f, in, c);
	int rc = run_frame(&f, args, n, c, &result);
	if (rc < 0 && !f.is_context_done)
		pl_add_context_line(&f);
	if (rc < 0)
		c->err = err_copy(c->arena, &f.work.err);
	frame_close(&f);
	in->depth--;
	if (rc == 0 && !in->is_set && !tg && ret)
		*ret = result;
	return rc;
}
