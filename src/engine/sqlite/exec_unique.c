/* Unique keys: finding the row that has one, and saying which was violated. */
#include "base/err.h"
#include "engine/sqlite/exec_int.h"
#include "engine/sqlite/storage.h"
#include "sql/analyze.h"

#include <string.h>

static const struct constraint *constraint_of(const struct relation *rel, const struct index *ix)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		bool is_key = con->kind == CON_PRIMARY || con->kind == CON_UNIQUE;
		if (is_key && con->index && strcmp(con->index, ix->name) == 0)
			return con;
	}
	return NULL;
}

static int row_scope(struct ctx *c, struct exec_plan *p, const struct relation *rel,
		     const struct stored_sql *sql, const struct type *want, struct query **ret)
{
	struct analysis an = { .cat = p->cat, .search_path = sql->search_path };
	return analyze_row_expr(c, &an, str_of(sql->text), rel, want, ret);
}

/* The key expression k on the table's row, and its scope on first use. */
static int key_expr(struct ctx *c, struct exec_plan *p, struct exec_table *t,
		    const struct index_key *k, struct query **scope, struct expr **ret)
{
	if (k->attnum) {
		const struct column *col = relation_column_by_attnum(t->rel, k->attnum);
		*ret = expr_var(c->arena, 0, k->attnum, col->type);
		return 0;
	}
	TRY(row_scope(c, p, t->rel, &k->expr, NULL, scope));
	*ret = (*scope)->where;
	return 0;
}

static int put_one(struct ctx *c, const struct query *scope, const struct expr *e,
		   struct exec_stmt *s, const struct row_source *from, struct buf *b)
{
	struct sqlite_print sp = { .binds = &s->binds, .rows = from, .n_rows = from ? 1 : 0 };
	return sqlite_print_expr(c, scope, e, &sp, b);
}

/* key of the table's row = the same key of the new row */
static int put_match(struct ctx *c, struct exec_table *t, const struct query *scope,
		     const struct expr *e, bool is_null_equal, struct exec_stmt *s, struct buf *b)
{
	struct row_source from = { 0, 0 };
	const char *collation = sqlite_collation(e->type.type);
	(void)t;
	TRY(put_one(c, scope, e, s, NULL, b));
	buf_puts(b, is_null_equal ? " IS " : " = ");
	TRY(put_one(c, scope, e, s, &from, b));
	if (collation) {
		buf_puts(b, " COLLATE ");
		sqlite_put_name(b, collation);
	}
	return 0;
}

/* A range table of the one table, for expressions that are plain columns. */
static struct query *plain_scope(struct ctx *c, const struct relation *rel)
{
	struct query *q = ARENA_NEW(c->arena, struct query);
	struct rte *rte = ARENA_NEW(c->arena, struct rte);
	rte->kind = RTE_RELATION;
	rte->rel = rel;
	rte->alias = rel->name;
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *col = &rel->columns.v[i];
		struct rte_column rc = { col->name, col->type, col->attnum };
		VEC_PUSH(c->arena, &rte->columns, rc);
	}
	q->result_rte = q->source_rte = -1;
	VEC_PUSH(c->arena, &q->rtes, rte);
	return q;
}

static int put_predicate(struct ctx *c, struct exec_plan *p, struct exec_table *t,
			 struct exec_unique *u, struct buf *b)
{
	struct query *scope;
	struct row_source from = { 0, 0 };
	if (!u->index->predicate.text)
		return 0;
	TRY(row_scope(c, p, t->rel, &u->index->predicate, type_of_value(V_BOOL), &scope));
	buf_puts(b, " AND ");
	TRY(put_one(c, scope, scope->where, &u->probe, NULL, b));
	buf_puts(b, " AND ");
	return put_one(c, scope, scope->where, &u->probe, &from, b);
}

static int make_probe(struct ctx *c, struct exec_plan *p, struct exec_table *t,
		      struct exec_unique *u)
{
	BUF_CLEANUP struct buf b = buf_make(EXEC_SQL_MAX);
	buf_printf(&b, "SELECT t0_0.%s FROM ", sqlite_rowid_name(t->rel));
	sqlite_put_table(&b, t->rel);
	buf_puts(&b, " AS t0_0 WHERE ");
	for (uint16_t i = 0; i < u->index->n_keys; i++) {
		struct query *scope = plain_scope(c, t->rel);
		struct expr *e;
		TRY(key_expr(c, p, t, &u->index->keys[i], &scope, &e));
		buf_puts(&b, i ? " AND " : "");
		TRY(put_match(c, t, scope, e, u->index->nulls_not_distinct, &u->probe, &b));
	}
	TRY(put_predicate(c, p, t, u, &b));
	exec_add_cell(c, &u->probe, t->at.rowid);
	buf_printf(&b, " AND t0_0.%s IS NOT ?%zu LIMIT 1", sqlite_rowid_name(t->rel),
		   u->probe.binds.n);
	struct exec_stmt s;
	TRY(exec_prepare_text(c, p, &b, &s));
	u->probe.st = s.st;
	return 0;
}

/* Probes are made when they are first needed: most plans never do. */
static int ensure_probe(struct exec_run *run, struct exec_table *t, struct exec_unique *u)
{
	if (u->probe.st)
		return 0;
	struct ctx plan = { .arena = run->p->arena };
	u->probe.binds.n = 0;
	if (make_probe(&plan, run->p, t, u) < 0) {
		run->c->err = err_copy(run->c->arena, &plan.err);
		return -1;
	}
	return 0;
}

int exec_uniques_make(struct ctx *c, struct exec_plan *p, struct exec_table *t)
{
	(void)p;
	t->uniques = arena_array(c->arena, t->rel->indexes.n, sizeof(*t->uniques));
	for (size_t i = 0; i < t->rel->indexes.n; i++) {
		const struct index *ix = t->rel->indexes.v[i];
		if (!ix->is_unique)
			continue;
		struct exec_unique *u = &t->uniques[t->n_uniques++];
		u->index = ix;
		u->constraint = constraint_of(t->rel, ix);
		u->is_ours = !storage_enforces(t->rel, ix);
		t->has_own_uniques |= u->is_ours;
	}
	return 0;
}

int exec_unique_find(struct exec_run *run, struct exec_table *t, struct exec_unique *u,
		     const struct datum *cells, int64_t *ret_rowid)
{
	TRY(ensure_probe(run, t, u));
	int found = exec_first(run, &u->probe, cells);
	if (found == 1) {
		*ret_rowid = sqlite3_column_int64(u->probe.st, 0);
		sqlite3_reset(u->probe.st);
	}
	return found;
}

/* "(lower(a), b)=(x, 2)" */
static const char *key_text(struct exec_run *run, struct exec_table *t, struct exec_unique *u,
			    const struct datum *cells)
{
	int16_t cols[32];
	struct datum values[32];
	uint16_t n = u->index->n_keys;
	for (uint16_t i = 0; i < n && i < 32; i++) {
		if (!u->index->keys[i].attnum)
			return NULL;
		cols[i] = u->index->keys[i].attnum;
		values[i] = cells[exec_cell_of(t->rel, cols[i])];
	}
	if (n > 32 || !exec_may_see(run, t->rel, cols, n))
		return NULL;
	return exec_key_text(run, t->rel, cols, n, values);
}

static int violation(struct exec_run *run, struct exec_table *t, struct exec_unique *u,
		     const struct datum *cells)
{
	err_set(run->c, "23505", "duplicate key value violates unique constraint \"%s\"",
		u->index->name);
	const char *key = key_text(run, t, u, cells);
	return key ? err_details(run->c, "Key %s already exists.", key) : -1;
}

int exec_unique_error(struct exec_run *run, struct exec_table *t, const struct datum *cells)
{
	struct error sqlite = run->c->err;
	for (size_t i = 0; i < t->n_uniques; i++) {
		int64_t rowid;
		int found = exec_unique_find(run, t, &t->uniques[i], cells, &rowid);
		if (found < 0)
			return -1;
		if (found)
			return violation(run, t, &t->uniques[i], cells);
	}
	run->c->err = sqlite;
	return -1;
}

int exec_unique_check(struct exec_run *run, struct exec_table *t, const struct datum *cells)
{
	for (size_t i = 0; i < t->n_uniques; i++) {
		int64_t rowid;
		if (!t->uniques[i].is_ours)
			continue;
		int found = exec_unique_find(run, t, &t->uniques[i], cells, &rowid);
		if (found < 0)
			return -1;
		if (found)
			return violation(run, t, &t->uniques[i], cells);
	}
	return 0;
}
