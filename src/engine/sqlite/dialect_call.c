/* Calls of the project's own functions. */
#include "base/arena.h"
#include "engine/sqlite/dialect_int.h"
#include "engine/sqlite/routine_int.h"
#include "sql/function_names.h"

/* Whether the call's own types say more than the function's declaration. */
static bool is_generic(const struct expr *call)
{
	const struct function *f = call->function;
	for (size_t i = 0; i < call->args.n; i++) {
		const struct func_arg *arg = function_nth_input(f, i);
		if (arg && arg->type.type != call->args.v[i]->type.type &&
		    arg->type.type->kind == TYPE_PSEUDO)
			return true;
	}
	return call->type.type != f->returns.type;
}

static void put_types(struct buf *b, const struct expr *call)
{
	for (size_t i = 0; i < call->args.n; i++)
		buf_printf(b, "%s%u", i ? "," : "", call->args.v[i]->type.type->oid);
	buf_printf(b, "|%u|", call->type.type->oid);
}

/* See struct routine_spec. */
static void put_head(struct printer *p, const struct expr *call, const struct rte *rte)
{
	BUF_CLEANUP struct buf sig = buf_make(64 << 10);
	row_columns outs;
	bool is_record =
		rte && call->type.type->oid == 2249 && !call_out_columns(p->c->arena, call, &outs);
	buf_printf(p->out, "%u, ", call->function->oid);
	if (!is_record && !is_generic(call)) {
		buf_puts(p->out, "NULL");
		return;
	}
	put_types(&sig, call);
	size_t n = is_record ? rte->columns.n - rte->with_ordinality : 0;
	for (size_t i = 0; i < n; i++) {
		struct typeref t = rte->columns.v[i].type;
		buf_printf(&sig, "%s%u:%d", i ? "," : "", t.type->oid, t.typmod);
	}
	sqlite_put_text(p->out, buf_view(&sig));
}

static void put_call_args(struct printer *p, const struct expr *call)
{
	for (size_t i = 0; i < call->args.n; i++) {
		buf_puts(p->out, i ? ", " : "");
		print_expr(p, call->args.v[i]);
	}
}

void sqlite_put_call(struct printer *p, const struct expr *e)
{
	buf_puts(p->out, "bp_call(");
	put_head(p, e, NULL);
	buf_puts(p->out, e->args.n ? ", " : "");
	put_call_args(p, e);
	buf_char(p->out, ')');
}

void sqlite_put_call_rows(struct printer *p, const struct rte *rte)
{
	if (rte->columns.n > ROUTINE_COLUMNS_MAX) {
		print_refuse(p, "a function with so many columns", rte->func->location);
		return;
	}
	buf_puts(p->out, "bp_rows(");
	put_head(p, rte->func, rte);
	buf_puts(p->out, ", bp_pack(");
	put_call_args(p, rte->func);
	buf_puts(p->out, "))");
}
