/* Rows read whole before a loop's body runs: it must not see its own changes. */
#include "plpgsql/run_int.h"

struct reading {
	struct frame *f;
	struct rowset *rows;
};

static int keep_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct rowset *r = ((struct reading *)arg)->rows;
	struct datum *copy = arena_array(r->arena, n, sizeof(*copy));
	for (size_t i = 0; i < n; i++) {
		copy[i] = cells[i];
		if (cells[i].kind == D_TEXT || cells[i].kind == D_BLOB)
			copy[i].s = str_copy(r->arena, cells[i].s);
	}
	VEC_PUSH(r->arena, &r->rows, copy);
	r->width = n;
	if (arena_used(r->arena) > ROWS_BYTES_MAX)
		return err_set(c, "54000", "a loop's rows take more than %d MiB",
			       ROWS_BYTES_MAX >> 20);
	return 0;
}

int pl_rowset_read(struct frame *f, struct plan *p, struct rowset *ret)
{
	uint64_t affected;
	*ret = (struct rowset){ .arena = arena_new(0) };
	struct reading reading = { f, ret };
	struct host_sink sink = { &reading, keep_row };
	return pl_plan_run(f, p, &sink, &affected);
}

int pl_dynamic_rows(struct frame *f, struct pl_expr *e, const struct pl_exprs *args,
		    struct dynamic *d, struct rowset *ret)
{
	uint64_t affected;
	bool is_null;
	struct str sql;
	TRY(pl_eval_text(f, e, &sql, &is_null));
	if (is_null)
		return err_set(&f->work, "22004", "query string argument of EXECUTE is null");
	TRY(pl_dynamic_using(f, args, d));
	TRY(pl_dynamic_plan(f, sql, d));
	*ret = (struct rowset){ .arena = arena_new(0) };
	struct reading reading = { f, ret };
	struct host_sink sink = { &reading, keep_row };
	return pl_dynamic_run(f, d, &sink, &affected);
}

void pl_rowset_free(struct rowset *r)
{
	arena_free(r->arena);
	*r = (struct rowset){ 0 };
}
