/* The read-only scan before a write: it finds the rows and computes what they
 * become, so that everything sees the tables as the statement found them. */
#include "base/err.h"
#include "engine/sqlite/exec_int.h"
#include "engine/sqlite/regclass.h"
#include "engine/sqlite/rowid_set.h"
#include "sql/analyze.h"
#include "sql/builtin.h"
#include "sql/walk.h"

#include <string.h>

/* ---- defaults ---- */

static struct expr *null_of(struct ctx *c, const struct column *col)
{
	struct expr *e = expr_new(c->arena, EX_CONST, col->type);
	e->datum = datum_null();
	return e;
}

/* The next value of an identity column's own sequence. */
static struct expr *identity_expr(struct ctx *c, struct exec_plan *p, const struct column *col)
{
	static const struct builtin next_identity = {
		.kind = BUILTIN_FUNC,
		.schema = "pg_catalog",
		.name = "nextval",
		.n_args = 1,
		.volatility = 'v',
		.flags = BF_RAISES,
		.sqlite = "bp_identity(%1)",
	};
	struct str schema, name;
	if (regclass_split(c, str_of(col->sequence), &schema, &name) < 0)
		return NULL;
	const struct relation *seq = catalog_relation(p->cat, schema, name);
	struct expr *oid = expr_new(c->arena, EX_CONST, TYPEREF(type_of_value(V_INT8)));
	struct expr *e = expr_new(c->arena, EX_FUNC, col->type);
	if (!seq)
		return NULL;
	oid->datum = datum_int(seq->oid);
	e->builtin = &next_identity;
	VEC_PUSH(c->arena, &e->args, oid);
	return e;
}

int exec_default_expr(struct ctx *c, struct exec_plan *p, const struct column *col,
		      struct expr **ret)
{
	struct stored_sql sql = col->default_expr;
	if (col->is_generated) {
		*ret = null_of(c, col);
		return 0;
	}
	if (col->identity && col->sequence && (*ret = identity_expr(c, p, col)))
		return 0;
	if (!sql.text && col->type.type->kind == TYPE_DOMAIN && col->type.type->default_sql)
		sql = (struct stored_sql){ col->type.type->default_sql, p->search_path };
	if (!sql.text) {
		*ret = null_of(c, col);
		return 0;
	}
	struct analysis an = { .cat = p->cat, .search_path = sql.search_path };
	return analyze_default(c, &an, str_of(sql.text), col->type, ret);
}

/* ---- INSERT ---- */

static bool is_default(const struct expr *e)
{
	return e->kind == EX_DEFAULT;
}

/* The source column (1-based) that an INSERT target reads, 0 when it is none. */
struct source_walk {
	int rte, column;
};

static void note_source(struct expr *e, int depth, void *arg)
{
	struct source_walk *w = arg;
	if (e->kind == EX_VAR && e->levels_up == depth && e->rte == w->rte)
		w->column = e->attnum;
}

static int source_column(const struct query *q, struct expr *e)
{
	struct source_walk w = { q->source_rte, 0 };
	expr_walk_depth(e, 0, note_source, &w);
	return w.column;
}

/* Whether the statement gives the column a value other than DEFAULT. */
static bool gives_value(const struct query *q, const struct target *t)
{
	if (is_default(t->expr))
		return false;
	const struct rte *src = q->source_rte >= 0 ? q->rtes.v[q->source_rte] : NULL;
	int k = source_column(q, t->expr);
	if (!src || src->kind != RTE_VALUES || !k)
		return true;
	for (size_t i = 0; i < src->rows.n; i++) {
		if (!is_default(src->rows.v[i].v[k - 1]))
			return true;
	}
	return false;
}

static int refuse_value(struct ctx *c, const struct column *col)
{
	err_set(c, "428C9", "cannot insert a non-DEFAULT value into column \"%s\"", col->name);
	if (col->is_generated)
		return err_details(c, "Column \"%s\" is a generated column.", col->name);
	err_details(c, "Column \"%s\" is an identity column defined as GENERATED ALWAYS.",
		    col->name);
	return err_hint(c, "Use OVERRIDING SYSTEM VALUE to override.");
}

/* DEFAULT in VALUES becomes the column's default. */
static int fill_values(struct ctx *c, struct exec_plan *p, const struct query *q,
		       const struct target *t, const struct column *col)
{
	struct rte *src = q->source_rte >= 0 ? q->rtes.v[q->source_rte] : NULL;
	int k = source_column(q, t->expr);
	if (!src || src->kind != RTE_VALUES || !k)
		return 0;
	for (size_t i = 0; i < src->rows.n; i++) {
		struct expr **slot = &src->rows.v[i].v[k - 1];
		if (is_default(*slot))
			TRY(exec_default_expr(c, p, col, slot));
	}
	return 0;
}

static bool takes_default(const struct query *q, const struct target *t, const struct column *col)
{
	return !t || is_default(t->expr) || (col->identity && q->overriding == 'u');
}

static int insert_value(struct ctx *c, struct exec_plan *p, const struct query *q,
			const struct column *col, struct expr **ret)
{
	const struct target *t = NULL;
	for (size_t i = 0; i < q->targets.n; i++) {
		if (q->targets.v[i].attnum == col->attnum)
			t = &q->targets.v[i];
	}
	bool is_always = col->is_generated || (col->identity == 'a' && !q->overriding);
	if (t && is_always && gives_value(q, t))
		return refuse_value(c, col);
	if (takes_default(q, t, col))
		return exec_default_expr(c, p, col, ret);
	TRY(fill_values(c, p, q, t, col));
	*ret = col->is_generated ? null_of(c, col) : t->expr;
	return 0;
}

/* One row of VALUES needs no FROM: its expressions stand in the targets. */
struct inline_walk {
	int rte;
	const exprs *row;
};

static bool visit_inline(struct expr *e, void *arg)
{
	const struct inline_walk *w = arg;
	if (e->kind != EX_VAR || e->levels_up || e->rte != w->rte)
		return true;
	*e = *w->row->v[e->attnum - 1];
	return false;
}

static bool inline_values(const struct query *q, struct query *scan)
{
	const struct rte *src = q->rtes.v[q->source_rte];
	if (src->kind != RTE_VALUES || src->rows.n != 1)
		return false;
	struct inline_walk w = { q->source_rte, &src->rows.v[0] };
	for (size_t i = 0; i < scan->targets.n; i++)
		expr_walk(scan->targets.v[i].expr, false, visit_inline, &w);
	return true;
}

static struct from_item *leaf(struct ctx *c, int rte)
{
	struct from_item *f = ARENA_NEW(c->arena, struct from_item);
	f->rte = rte;
	return f;
}

static int make_insert(struct ctx *c, struct exec_plan *p, struct exec_dml *d, struct query *scan)
{
	const struct query *q = d->q;
	for (int i = 0; i < d->at.n; i++) {
		struct expr *e;
		TRY(insert_value(c, p, q, &d->table->rel->columns.v[i], &e));
		exec_add_target(c, scan, e);
	}
	if (q->source_rte >= 0 && !inline_values(q, scan))
		VEC_PUSH(c->arena, &scan->from, leaf(c, q->source_rte));
	return 0;
}

/* ---- UPDATE, DELETE ---- */

static bool has_leaf(const struct from_item *f, int rte)
{
	return f->is_join ? has_leaf(f->left, rte) || has_leaf(f->right, rte) : f->rte == rte;
}

static void add_from(struct ctx *c, struct exec_dml *d, struct query *scan)
{
	bool has_target = false;
	for (size_t i = 0; i < d->q->from.n; i++)
		has_target |= has_leaf(d->q->from.v[i], d->q->result_rte);
	if (!has_target)
		VEC_PUSH(c->arena, &scan->from, leaf(c, d->q->result_rte));
	for (size_t i = 0; i < d->q->from.n; i++)
		VEC_PUSH(c->arena, &scan->from, d->q->from.v[i]);
	scan->where = d->q->where;
	d->may_repeat =
		!d->is_instead && (scan->from.n > 1 || (scan->from.n && scan->from.v[0]->is_join));
}

static int assigned_value(struct ctx *c, struct exec_plan *p, const struct target *t,
			  const struct column *col, struct expr **ret)
{
	if (is_default(t->expr))
		return exec_default_expr(c, p, col, ret);
	if (col->is_generated) {
		err_set(c, "428C9", "column \"%s\" can only be updated to DEFAULT", col->name);
		return err_details(c, "Column \"%s\" is a generated column.", col->name);
	}
	if (col->identity == 'a') {
		err_set(c, "428C9", "column \"%s\" can only be updated to DEFAULT", col->name);
		return err_details(c,
				   "Column \"%s\" is an identity column defined as GENERATED "
				   "ALWAYS.",
				   col->name);
	}
	*ret = t->expr;
	return 0;
}

int exec_assignments(struct ctx *c, struct exec_plan *p, const struct relation *rel,
		     const targets *list, struct query *into, int16_t **ret_cells, size_t *ret_n)
{
	int16_t *cells = arena_array(c->arena, list->n, sizeof(*cells));
	for (size_t i = 0; i < list->n; i++) {
		int cell = exec_cell_of(rel, list->v[i].attnum);
		struct expr *e;
		if (cell < 0)
			return err_set(c, "0A000", "this assignment is not supported");
		TRY(assigned_value(c, p, &list->v[i], &rel->columns.v[cell], &e));
		exec_add_target(c, into, e);
		cells[i] = (int16_t)cell;
	}
	*ret_cells = cells;
	*ret_n = list->n;
	return 0;
}

static int make_found(struct ctx *c, struct exec_plan *p, struct exec_dml *d, struct query *scan)
{
	const struct relation *rel = d->table->rel;
	int rte = d->q->result_rte;
	if (!d->is_instead) /* a view's rows have none */
		exec_add_target(c, scan,
				expr_var(c->arena, rte, 0, TYPEREF(type_of_value(V_INT8))));
	for (int i = 0; i < d->at.n; i++) {
		const struct column *col = &rel->columns.v[i];
		exec_add_target(c, scan, expr_var(c->arena, rte, col->attnum, col->type));
	}
	add_from(c, d, scan);
	if (d->q->cmd != CMD_UPDATE)
		return 0;
	return exec_assignments(c, p, rel, &d->q->targets, scan, &d->assigned, &d->n_assigned);
}

/* ---- other tables' columns that RETURNING reads ---- */

struct extra_walk {
	const struct query *q;
	bool *wanted;
};

static void note_extra(struct expr *e, int depth, void *arg)
{
	struct extra_walk *w = arg;
	bool is_ref = e->kind == EX_VAR || e->kind == EX_WHOLE_ROW;
	if (is_ref && e->levels_up == depth && e->rte != w->q->result_rte)
		w->wanted[e->rte] = true;
}

static void add_extras(struct ctx *c, struct exec_dml *d, struct query *scan)
{
	const struct query *q = d->q;
	struct extra_walk w = { q, arena_array(c->arena, q->rtes.n, sizeof(bool)) };
	for (size_t i = 0; i < q->returning.n; i++)
		expr_walk_depth(q->returning.v[i].expr, 0, note_extra, &w);
	d->sources = arena_array(c->arena, q->rtes.n + 1, sizeof(*d->sources));
	d->sources[d->n_sources++] =
		(struct row_source){ q->result_rte, q->cmd == CMD_DELETE ? d->at.old : 0 };
	for (size_t i = 0; i < q->rtes.n; i++) {
		const struct rte *rte = q->rtes.v[i];
		if (!w.wanted[i])
			continue;
		d->sources[d->n_sources++] =
			(struct row_source){ (int)i, d->at.extra + (int)d->n_extra };
		for (size_t k = 0; k < rte->columns.n; k++)
			exec_add_target(c, scan,
					expr_var(c->arena, (int)i, rte->columns.v[k].attnum,
						 rte->columns.v[k].type));
		d->n_extra += rte->columns.n;
	}
	d->at.size = d->at.extra + (int)d->n_extra;
}

int exec_scan_make(struct ctx *c, struct exec_plan *p, struct exec_dml *d)
{
	struct query *scan = exec_row_query(c, d->q);
	scan->ctes.v = d->q->ctes.v;
	scan->ctes.n = d->q->ctes.n;
	if (d->q->cmd == CMD_INSERT)
		TRY(make_insert(c, p, d, scan));
	else
		TRY(make_found(c, p, d, scan));
	add_extras(c, d, scan);
	return exec_prepare_query(c, p, scan, NULL, 0, &d->scan);
}

/* ---- running it ---- */

static void read_found(struct exec_run *run, struct exec_dml *d, struct datum *cells)
{
	sqlite3_stmt *st = d->scan.st;
	int n = d->at.n, at = 0;
	if (!d->is_instead)
		cells[d->at.rowid] = sqlite_cell(st, at++);
	for (int i = 0; i < n; i++)
		cells[i] = cells[d->at.old + i] = exec_cell(run, st, at++);
	for (size_t i = 0; i < d->n_assigned; i++)
		cells[d->assigned[i]] = exec_cell(run, st, at++);
	for (size_t i = 0; i < d->n_extra; i++)
		cells[d->at.extra + (int)i] = exec_cell(run, st, at++);
}

static void read_new(struct exec_run *run, struct exec_dml *d, struct datum *cells)
{
	int at = 0;
	for (int i = 0; i < d->at.n; i++)
		cells[i] = exec_cell(run, d->scan.st, at++);
	for (size_t i = 0; i < d->n_extra; i++)
		cells[d->at.extra + (int)i] = exec_cell(run, d->scan.st, at++);
}

static int read_rows(struct exec_run *run, struct exec_dml *d, struct rowid_set *seen,
		     exec_rows *rows)
{
	int more;
	while ((more = sqlite_step(run->c, run->cn, d->scan.st)) > 0) {
		struct exec_row row = { 0 };
		/* a table joined to several rows is written once, with the first */
		if (d->may_repeat && !rowid_set_add(seen, sqlite3_column_int64(d->scan.st, 0)))
			continue;
		row.cells = arena_array(run->c->arena, (size_t)d->at.size, sizeof(*row.cells));
		if (d->q->cmd == CMD_INSERT)
			read_new(run, d, row.cells);
		else
			read_found(run, d, row.cells);
		VEC_PUSH(run->c->arena, rows, row);
		if (arena_used(run->c->arena) > EXEC_ROWS_MEMORY_MAX) {
			sqlite3_reset(d->scan.st);
			return err_set(run->c, "53200",
				       "out of memory: the statement writes too "
				       "many rows at once");
		}
	}
	sqlite3_reset(d->scan.st);
	return more;
}

int exec_scan_run(struct exec_run *run, struct exec_dml *d, exec_rows *ret)
{
	ROWID_SET_CLEANUP struct rowid_set seen = { 0 };
	TRY(exec_bind(run, &d->scan, NULL));
	return read_rows(run, d, &seen, ret);
}
