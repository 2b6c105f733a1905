/* Data-modifying CTEs: run first, their RETURNING kept in temporary tables. */
#include "base/err.h"
#include "engine/sqlite/exec_int.h"

#include <string.h>

static int make_cte(struct ctx *c, struct exec_plan *p, const struct query *q, size_t index,
		    struct exec_cte *ret)
{
	TRY(exec_dml_make(c, p, q, &ret->dml));
	if (!ret->dml->n_columns)
		return 0;
	BUF_CLEANUP struct buf b = buf_make(EXEC_SQL_MAX);
	sqlite_put_cte_table(&b, index, ret->dml->n_columns);
	const char *table = buf_dup(c->arena, &b);
	buf_clear(&b);
	buf_printf(&b, "CREATE TEMP TABLE IF NOT EXISTS %s (", strchr(table, '.') + 1);
	for (size_t i = 0; i < ret->dml->n_columns; i++)
		buf_printf(&b, "%sc%zu", i ? ", " : "", i + 1);
	buf_puts(&b, ")");
	ret->create = buf_dup(c->arena, &b);
	TRY(sqlite_exec(c, p->cn, ret->create));
	buf_clear(&b);
	buf_printf(&b, "DELETE FROM %s", table);
	TRY(exec_prepare_text(c, p, &b, &ret->clear));
	buf_clear(&b);
	buf_printf(&b, "SELECT * FROM %s", table);
	TRY(exec_prepare_text(c, p, &b, &ret->all));
	buf_clear(&b);
	buf_printf(&b, "INSERT INTO %s VALUES (", table);
	for (size_t i = 0; i < ret->dml->n_columns; i++)
		buf_printf(&b, "%s?%zu", i ? ", " : "", i + 1);
	buf_puts(&b, ")");
	TRY(exec_prepare_text(c, p, &b, &ret->insert));
	for (size_t i = 0; i < ret->dml->n_columns; i++)
		exec_add_cell(c, &ret->insert, (int)i);
	return 0;
}

/* A CTE sees those before it: their definitions go with its own statements. */
static const struct query *with_earlier(struct ctx *c, const struct query *q, size_t index)
{
	struct query *own = ARENA_NEW(c->arena, struct query);
	*own = *q->ctes.v[index]->query;
	own->ctes.v = NULL;
	own->ctes.n = own->ctes.cap = 0;
	for (size_t i = 0; i < index; i++)
		VEC_PUSH(c->arena, &own->ctes, q->ctes.v[i]);
	for (size_t i = 0; i < q->ctes.v[index]->query->ctes.n; i++)
		VEC_PUSH(c->arena, &own->ctes, q->ctes.v[index]->query->ctes.v[i]);
	return own;
}

int exec_ctes_make(struct ctx *c, struct exec_plan *p, const struct query *q)
{
	p->ctes = arena_array(c->arena, q->ctes.n, sizeof(*p->ctes));
	for (size_t i = 0; i < q->ctes.n; i++) {
		if (q->ctes.v[i]->query->cmd != CMD_SELECT)
			TRY(make_cte(c, p, with_earlier(c, q, i), i, &p->ctes[p->n_ctes++]));
	}
	return 0;
}

static int keep_rows(struct exec_run *run, struct exec_cte *cte, const exec_rows *rows)
{
	struct datum *cells = arena_array(run->c->arena, cte->dml->n_columns, sizeof(*cells));
	if (!cte->dml->n_columns)
		return 0;
	/* The rollback of the request that planned it took the table along. */
	TRY(sqlite_exec(run->c, run->cn, cte->create));
	TRY(sqlite_run(run->c, run->cn, cte->clear.st));
	for (size_t i = 0; i < rows->n; i++) {
		if (!rows->v[i].is_written)
			continue;
		exec_returning(cte->dml, &rows->v[i], cells);
		TRY(exec_bind(run, &cte->insert, cells));
		TRY(sqlite_run(run->c, run->cn, cte->insert.st));
	}
	return 0;
}

int exec_ctes_run(struct exec_run *run)
{
	exec_rows *rows = arena_array(run->c->arena, run->p->n_ctes, sizeof(*rows));
	for (size_t i = 0; i < run->p->n_ctes; i++) {
		TRY(exec_dml_run(run, run->p->ctes[i].dml, &rows[i]));
		TRY(keep_rows(run, &run->p->ctes[i], &rows[i]));
	}
	return 0;
}

/* ---- around a nested statement ---- */

static int read_rows(struct exec_run *run, const struct exec_cte *cte, exec_rows *ret)
{
	sqlite3_stmt *st = cte->all.st;
	int more;
	while ((more = sqlite_step(run->c, run->cn, st)) > 0) {
		struct exec_row row = { 0 };
		row.cells = arena_array(run->c->arena, cte->dml->n_columns, sizeof(*row.cells));
		for (size_t i = 0; i < cte->dml->n_columns; i++)
			row.cells[i] = exec_cell(run, st, (int)i);
		VEC_PUSH(run->c->arena, ret, row);
	}
	sqlite3_reset(st);
	return more;
}

int exec_ctes_keep(struct exec_run *run, exec_rows **ret)
{
	exec_rows *kept = arena_array(run->c->arena, run->p->n_ctes, sizeof(*kept));
	for (size_t i = 0; i < run->p->n_ctes; i++) {
		const struct exec_cte *cte = &run->p->ctes[i];
		if (!cte->dml->n_columns)
			continue;
		TRY(sqlite_exec(run->c, run->cn, cte->create));
		TRY(read_rows(run, cte, &kept[i]));
	}
	*ret = kept;
	return 0;
}

int exec_ctes_give_back(struct exec_run *run, const exec_rows *kept)
{
	for (size_t i = 0; i < run->p->n_ctes; i++) {
		struct exec_cte *cte = &run->p->ctes[i];
		if (!cte->dml->n_columns)
			continue;
		TRY(sqlite_run(run->c, run->cn, cte->clear.st));
		for (size_t k = 0; k < kept[i].n; k++) {
			TRY(exec_bind(run, &cte->insert, kept[i].v[k].cells));
			TRY(sqlite_run(run->c, run->cn, cte->insert.st));
		}
	}
	return 0;
}
