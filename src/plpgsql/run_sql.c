/* SQL statements with INTO, PERFORM and EXECUTE. */
#include "plpgsql/run_int.h"
#include "sql/parse.h"

#include <string.h>

/* The first row, and whether there were more. */
struct first_row {
	struct arena *a;
	struct datum *cells;
	uint64_t rows;
	uint64_t enough; /* stop after so many */
};

static int take_first(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	(void)c;
	struct first_row *first = arg;
	if (first->rows++ == 0) {
		first->cells = arena_array(first->a, n, sizeof(*first->cells));
		for (size_t i = 0; i < n; i++) {
			first->cells[i] = cells[i];
			if (cells[i].kind == D_TEXT || cells[i].kind == D_BLOB)
				first->cells[i].s = str_copy(first->a, cells[i].s);
		}
	}
	return first->enough && first->rows >= first->enough;
}

int pl_statement_context(struct frame *f, const struct pl_expr *e)
{
	return err_context(&f->work, "SQL statement \"%.*s\"", STR_ARG(e->sql));
}

static int store_into(struct frame *f, const struct pl_into *into, bool is_mod,
		      const struct row_shape *shape, const struct first_row *first)
{
	if (first->rows == 0 && into->is_strict)
		return err_set(&f->work, "P0002", "query returned no rows");
	if (first->rows > 1 && (into->is_strict || is_mod)) {
		err_set(&f->work, "P0003", "query returned more than one row");
		return err_hint(&f->work,
				"Make sure the query returns a single row, or use LIMIT 1.");
	}
	return pl_assign_into(f, into, shape, first->rows ? first->cells : NULL);
}

/* Strictness decides after the row is looked at; INSERT and its kin run to their end. */
static int run_into(struct frame *f, const struct pl_stmt *s, struct plan *p)
{
	uint64_t affected;
	bool is_select = p->q->is_select;
	uint64_t enough = s->sql.into.is_strict ? 2 : 1;
	struct first_row first = { .a = f->work.arena, .enough = is_select ? enough : 0 };
	struct host_sink sink = { &first, take_first };
	struct row_shape shape = p->shape;
	if (!shape.n)
		return err_set(&f->work, "42601",
			       "INTO used with a command that cannot return data");
	if (pl_plan_run(f, p, &sink, &affected) < 0)
		return pl_statement_context(f, s->sql.query);
	f->row_count = is_select ? (first.rows > 0) : affected;
	pl_assign_bool(f, f->in->body->found, is_select ? first.rows > 0 : affected > 0);
	return store_into(f, &s->sql.into, !is_select, &shape, &first);
}

static int refuse_rows(struct frame *f, bool is_select)
{
	err_set(&f->work, "42601", "query has no destination for result data");
	if (is_select)
		err_hint(&f->work,
			 "If you want to discard the results of a SELECT, use PERFORM instead.");
	return -1;
}

int pl_run_sql(struct frame *f, const struct pl_stmt *s)
{
	struct plan *p;
	uint64_t affected = 0;
	TRY(pl_plan_get(f, s->sql.query, &p));
	if (s->sql.has_into)
		return run_into(f, s, p);
	bool is_call = s->kind == PL_CALL;
	if (p->shape.n && !is_call)
		return refuse_rows(f, p->q->is_select);
	if (pl_plan_run(f, p, NULL, &affected) < 0)
		return pl_statement_context(f, s->sql.query);
	if (is_call)
		return 0;
	f->row_count = affected;
	pl_assign_bool(f, f->in->body->found, affected > 0);
	return 0;
}

int pl_run_perform(struct frame *f, const struct pl_stmt *s)
{
	struct plan *p;
	uint64_t affected = 0;
	TRY(pl_plan_get(f, s->sql.query, &p));
	if (pl_plan_run(f, p, NULL, &affected) < 0)
		return pl_statement_context(f, s->sql.query);
	f->row_count = affected;
	pl_assign_bool(f, f->in->body->found, affected > 0);
	return 0;
}

/* ROW(a, b): its fields as columns, which have names and types. */
int pl_assign_row_expr(struct frame *f, struct pl_expr *e, const struct pl_into *into)
{
	struct plan *p;
	uint64_t affected;
	struct first_row first = { .a = f->work.arena };
	struct host_sink sink = { &first, take_first };
	TRY(pl_plan_get(f, e, &p));
	struct row_shape shape = p->shape;
	shape.names = arena_array(f->work.arena, shape.n, sizeof(*shape.names));
	for (size_t i = 0; i < shape.n; i++)
		shape.names[i] = arena_printf(f->work.arena, "f%zu", i + 1);
	TRY(pl_plan_run(f, p, &sink, &affected));
	return pl_assign_into(f, into, &shape, first.cells);
}

static int dynamic_context(struct frame *f, struct str sql)
{
	return err_context(&f->work, "SQL statement \"%.*s\"", STR_ARG(sql));
}

static int run_one_dynamic(struct frame *f, const struct pl_stmt *s, struct str sql, bool is_last)
{
	struct dynamic d DYNAMIC_CLEANUP = { 0 };
	struct first_row first = { .a = f->work.arena };
	struct host_sink sink = { &first, take_first };
	uint64_t affected = 0;
	bool wants_rows = is_last && s->sql.has_into;
	TRY(pl_dynamic_using(f, &s->sql.args, &d));
	TRY(pl_dynamic_plan(f, sql, &d));
	if (wants_rows && !d.plan.shape.n)
		return err_set(&f->work, "42601",
			       "INTO used with a command that cannot return data");
	first.enough = wants_rows && d.plan.q->is_select ? 2 : 0;
	if (pl_dynamic_run(f, &d, wants_rows ? &sink : NULL, &affected) < 0)
		return dynamic_context(f, sql);
	bool is_select = d.plan.q->is_select;
	f->row_count = is_select && wants_rows ? first.rows : affected;
	if (!wants_rows)
		return 0;
	struct pl_into into = s->sql.into;
	return store_into(f, &into, false, &d.plan.shape, &first);
}

int pl_run_execute(struct frame *f, const struct pl_stmt *s)
{
	bool is_null;
	struct str sql;
	sql_stmts stmts = { 0 };
	TRY(pl_eval_text(f, s->sql.query, &sql, &is_null));
	if (is_null)
		return err_set(&f->work, "22004", "query string argument of EXECUTE is null");
	if (sql_split(&f->work, sql, &stmts) < 0) {
		f->work.err.position = 0;
		return -1;
	}
	for (size_t i = 0; i < stmts.n; i++)
		TRY(run_one_dynamic(f, s, stmts.v[i].text, i + 1 == stmts.n));
	return 0;
}
