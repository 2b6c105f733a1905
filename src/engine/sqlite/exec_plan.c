/* Plans: from a statement's text to what runs it, and running SELECT. */
#include "base/check.h"
#include "base/err.h"
#include "engine/sqlite/exec_trigger.h"
#include "engine/sqlite/plan_cache.h"
#include "engine/sqlite/routine.h"
#include "sql/analyze.h"
#include "sql/parse.h"
#include "sql/rewrite.h"
#include "sql/syscat/names.h"

#include <string.h>

int exec_describe(struct ctx *c, const targets *list, bool skip_hidden, struct result_column **ret,
		  int **ret_outputs, size_t *ret_n)
{
	struct result_column *cols = arena_array(c->arena, list->n, sizeof(*cols));
	int *outputs = arena_array(c->arena, list->n, sizeof(*outputs));
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct target *t = &list->v[i];
		if (skip_hidden && t->is_hidden)
			continue;
		cols[n] = (struct result_column){ t->name, t->expr->type,
						  type_format(c->arena, t->expr->type) };
		outputs[n++] = (int)i;
	}
	*ret = cols;
	*ret_outputs = outputs;
	*ret_n = n;
	return 0;
}

/* ---- making plans ---- */

/* Relations by name and vectors leave as the texts that PostgreSQL shows. */
static void show_names(struct ctx *c, struct query *q)
{
	for (size_t i = 0; !q->set_op && i < q->targets.n; i++) {
		struct target *t = &q->targets.v[i];
		uint32_t oid = t->expr->type.type->oid;
		if (oid != REG_CLASS && oid != OID_INT2VECTOR && oid != OID_OIDVECTOR)
			continue;
		struct expr *out = expr_new(c->arena, EX_OUTPUT, TYPEREF(type_of_value(V_TEXT)));
		VEC_PUSH(c->arena, &out->args, t->expr);
		t->expr = out;
	}
}

static int prepare(struct ctx *c, struct exec_plan *p, struct query *q)
{
	p->q = q;
	p->n_params = (size_t)q->n_params;
	TRY(exec_ctes_make(c, p, q));
	p->writes = q->cmd != CMD_SELECT || p->n_ctes > 0;
	if (q->cmd != CMD_SELECT) {
		TRY(exec_dml_make(c, p, q, &p->dml));
		p->columns = p->dml->columns;
		p->n_columns = p->dml->n_columns;
		return 0;
	}
	show_names(c, q);
	TRY(exec_describe(c, &q->targets, true, &p->columns, &p->outputs, &p->n_columns));
	return exec_prepare_query(c, p, q, NULL, 0, &p->select);
}

/* What a plan is made of: a statement, or a conversion of $1. */
struct plan_source {
	struct str sql;
	const struct json *stmt; /* NULL: sql is parsed */
	const struct name_scope *names;
	struct typeref from, to; /* types NULL: a statement */
};

static int make_cast_in(struct ctx *c, struct exec_plan *p, struct analysis *an,
			const struct plan_source *src)
{
	struct query none = { 0 };
	struct query *q = exec_row_query(c, &none);
	struct expr *e;
	TRY(analyze_cast(c, an, src->from, src->to, &e));
	exec_add_target(c, q, e);
	q->n_params = 1;
	return prepare(c, p, q);
}

static int make_in(struct ctx *c, struct exec_plan *p, const struct plan_source *src)
{
	struct analysis an = { .cat = p->cat, .search_path = p->search_path, .names = src->names };
	struct rewrite rw = { p->cat, p->role, p->search_path };
	const struct json *stmt = src->stmt;
	struct query *q;
	if (src->to.type)
		return make_cast_in(c, p, &an, src);
	if (!stmt)
		TRY(sql_parse(c, str_copy(c->arena, src->sql), &stmt));
	TRY(analyze_query(c, &an, stmt, &q));
	TRY(rewrite_query(c, &rw, q, &q));
	return prepare(c, p, q);
}

static int make_plan(struct ctx *c, struct sqlite_conn *cn, const struct plan_source *src,
		     struct exec_plan **ret)
{
	struct arena *a = arena_new(32 << 10);
	struct exec_plan *p = ARENA_NEW(a, struct exec_plan);
	p->arena = a;
	p->cn = cn;
	p->cat = catalog_ref(cn->cat);
	p->role = arena_strdup(a, sqlite_conn_role(cn));
	p->search_path = arena_strdup(a, sqlite_search_path(cn));
	struct ctx plan = { .arena = a, .deadline_ns = c->deadline_ns };
	if (make_in(&plan, p, src) < 0) {
		c->err = err_copy(c->arena, &plan.err);
		exec_plan_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}

int exec_plan_make_parsed(struct ctx *c, struct sqlite_conn *cn, struct str sql,
			  const struct json *stmt, struct exec_plan **ret)
{
	return make_plan(c, cn, &(struct plan_source){ .sql = sql, .stmt = stmt }, ret);
}

int exec_plan_make(struct ctx *c, struct sqlite_conn *cn, struct str sql, struct exec_plan **ret)
{
	return make_plan(c, cn, &(struct plan_source){ .sql = sql }, ret);
}

int exec_plan_make_named(struct ctx *c, struct sqlite_conn *cn, struct str sql,
			 const struct json *stmt, const struct name_scope *names,
			 struct exec_plan **ret)
{
	struct plan_source src = { .sql = sql, .stmt = stmt, .names = names };
	return make_plan(c, cn, &src, ret);
}

int exec_plan_make_cast(struct ctx *c, struct sqlite_conn *cn, struct typeref from,
			struct typeref to, struct exec_plan **ret)
{
	return make_plan(c, cn, &(struct plan_source){ .from = from, .to = to }, ret);
}

const struct result_column *exec_plan_columns(const struct exec_plan *p, size_t *ret_n)
{
	*ret_n = p->n_columns;
	return p->columns;
}

void exec_plan_free(struct exec_plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->owned.n; i++)
		sqlite3_finalize(p->owned.v[i]);
	catalog_unref(p->cat);
	arena_free(p->arena);
}

bool exec_plan_writes(const struct exec_plan *p)
{
	return p->writes;
}

size_t exec_plan_params(const struct exec_plan *p)
{
	return p->n_params;
}

int64_t exec_plan_catalog_version(const struct exec_plan *p)
{
	return p->cat->version;
}

/* ---- running ---- */

static int send_columns(struct exec_run *run, struct sink *sink)
{
	if (!sink || !sink->columns)
		return 0;
	return sink->columns(run->c, sink->arg, run->p->columns, run->p->n_columns);
}

static int send_row(struct exec_run *run, struct sink *sink, const struct datum *cells)
{
	if (!sink || !sink->row)
		return 0;
	return sink->row(run->c, sink->arg, cells, run->p->n_columns);
}

static int run_select(struct exec_run *run, struct sink *sink)
{
	struct exec_plan *p = run->p;
	struct datum *cells = arena_array(run->c->arena, p->n_columns, sizeof(*cells));
	int more;
	TRY(exec_bind(run, &p->select, NULL));
	TRY(send_columns(run, sink));
	run->affected = 0;
	while ((more = sqlite_step(run->c, run->cn, p->select.st)) > 0) {
		for (size_t i = 0; i < p->n_columns; i++)
			cells[i] = sqlite_cell(p->select.st, p->outputs[i]);
		run->affected++;
		if (send_row(run, sink, cells) < 0) {
			sqlite3_reset(p->select.st);
			return -1;
		}
	}
	sqlite3_reset(p->select.st);
	return more;
}

static int send_rows(struct exec_run *run, struct sink *sink, const exec_rows *rows)
{
	struct exec_dml *d = run->p->dml;
	if (!d->n_columns)
		return 0;
	struct datum *cells = arena_array(run->c->arena, d->n_columns, sizeof(*cells));
	TRY(send_columns(run, sink));
	for (size_t i = 0; i < rows->n; i++) {
		if (!rows->v[i].is_written)
			continue;
		exec_returning(d, &rows->v[i], cells);
		TRY(send_row(run, sink, cells));
	}
	return 0;
}

/* The main query sees no cascade of its CTEs: PostgreSQL runs it on the snapshot
 * that the statement began with. */
static int run_writes(struct exec_run *run, struct sink *sink)
{
	struct exec_plan *p = run->p;
	exec_rows rows = { 0 };
	if (p->dml && p->n_ctes)
		TRY(exec_before_triggers(run, p->dml));
	TRY(exec_ctes_run(run));
	run->affected = 0;
	TRY(p->dml ? exec_dml_run(run, p->dml, &rows) : run_select(run, sink));
	if (!run->is_batch)
		TRY(exec_after_fire(run));
	return p->dml ? send_rows(run, sink, &rows) : 0;
}

/* The rows of a WITH are in tables that all statements of the connection share: a
 * statement inside another gives them back as it found them. */
static int run_nested(struct exec_run *run, struct sink *sink)
{
	exec_rows *kept;
	if (!run->p->n_ctes || run->cn->exec_depth < 2)
		return run_writes(run, sink);
	TRY(exec_ctes_keep(run, &kept));
	TRY(run_writes(run, sink));
	return exec_ctes_give_back(run, kept);
}

static int run_plan(struct ctx *c, struct sqlite_conn *cn, struct exec_plan *p,
		    const struct sql_param *params, size_t n_params, struct sink *sink,
		    uint64_t *ret_affected)
{
	struct exec_after after = { 0 };
	struct exec_run run = { .c = c, .cn = cn, .p = p, .params = params, .n_params = n_params };
	CHECK(p->cn == cn);
	run.after = &after;
	run.is_replica = cn->is_replica;
	TRY(p->writes ? run_nested(&run, sink) : run_select(&run, sink));
	if (ret_affected)
		*ret_affected = run.affected;
	return 0;
}

int exec_run(struct ctx *c, struct sqlite_conn *cn, struct exec_plan *p,
	     const struct sql_param *params, size_t n_params, struct sink *sink,
	     uint64_t *ret_affected)
{
	struct memo *outer = routine_begin_statement(cn);
	cn->exec_depth++;
	int failed = run_plan(c, cn, p, params, n_params, sink, ret_affected);
	cn->exec_depth--;
	routine_end_statement(cn, outer);
	return failed;
}

/* ---- a batch ---- */

struct exec_batch {
	struct exec_run run;
	struct exec_after after;
};

int exec_batch_begin(struct ctx *c, struct sqlite_conn *cn, struct exec_plan *p,
		     struct exec_batch **ret)
{
	struct exec_batch *b = ARENA_NEW(c->arena, struct exec_batch);
	CHECK(p->dml && !p->n_ctes);
	b->run = (struct exec_run){ .c = c, .cn = cn, .p = p, .after = &b->after };
	b->run.is_replica = cn->is_replica;
	TRY(exec_before_triggers(&b->run, p->dml));
	b->run.is_batch = true;
	*ret = b;
	return 0;
}

bool exec_batch_keeps_rows(const struct exec_batch *b)
{
	const struct exec_table *t = b->run.p->dml->table;
	return t->after_row || t->transition || t->n_fks;
}

int exec_batch_run(struct ctx *c, struct exec_batch *b, const struct sql_param *params,
		   size_t n_params)
{
	struct ctx *outer = b->run.c;
	b->run.c = c;
	b->run.params = params;
	b->run.n_params = n_params;
	int failed = run_writes(&b->run, NULL);
	b->run.c = outer;
	return failed;
}

int exec_batch_end(struct exec_batch *b)
{
	b->run.is_batch = false;
	TRY(exec_after_triggers(&b->run, b->run.p->dml));
	return exec_after_fire(&b->run);
}
