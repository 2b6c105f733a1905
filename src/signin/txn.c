#include "signin/txn.h"

#include "base/arena.h"
#include "base/check.h"
#include "mail/mail.h"
#include "signin/signin_int.h"
#include "sql/type.h"
#include "value/value.h"

#include <stdio.h>
#include <string.h>

static const struct session as_auth = { .role = SIGNIN_ROLE, .search_path = "auth" };

struct reading {
	struct call *k;
	struct rows *rows;
	struct vtype *types;
	bool *is_typed;
	size_t cap;
};

static int on_columns(struct ctx *c, void *arg, const struct result_column *cols, size_t n)
{
	struct reading *r = arg;
	(void)c;
	*r->rows = (struct rows){ .n_cols = n };
	r->cap = 0;
	r->types = arena_array(r->k->a, n ? n : 1, sizeof(*r->types));
	r->is_typed = arena_array(r->k->a, n ? n : 1, sizeof(*r->is_typed));
	for (size_t i = 0; i < n; i++) {
		r->is_typed[i] =
			!engine_can(r->k->s->o.engine, CAP_NATIVE_SQL) && cols[i].type.type;
		if (r->is_typed[i])
			r->types[i] = type_vtype(r->k->a, cols[i].type);
	}
	return 0;
}

static struct str cell_text(struct reading *r, size_t col, const struct datum *cell)
{
	if (cell->kind == D_NULL)
		return (struct str){ 0 };
	if (!r->is_typed[col] && (cell->kind == D_TEXT || cell->kind == D_BLOB))
		return str_copy(r->k->a, cell->s);
	if (!r->is_typed[col])
		return str_of(arena_printf(r->k->a, "%lld", (long long)cell->i));
	BUF_CLEANUP struct buf b = buf_make(16 << 20);
	struct value_env env = { 0 };
	value_out(&b, &r->types[col], &env, *cell);
	return (struct str){ buf_dup(r->k->a, &b), b.n };
}

static int on_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct reading *r = arg;
	struct rows *rows = r->rows;
	(void)c;
	if ((rows->n + 1) * n > r->cap) {
		size_t cap = r->cap ? r->cap * 2 : n * 2;
		struct str *grown = arena_array(r->k->a, cap, sizeof(*grown));
		if (rows->n)
			memcpy(grown, rows->cells, rows->n * n * sizeof(*grown));
		rows->cells = grown;
		r->cap = cap;
	}
	for (size_t i = 0; i < n; i++)
		rows->cells[rows->n * n + i] = cell_text(r, i, &cells[i]);
	rows->n++;
	return 0;
}

static struct sink *reader(struct call *k, struct rows *ret)
{
	struct reading *r = ARENA_NEW(k->a, struct reading);
	struct sink *sink = ARENA_NEW(k->a, struct sink);
	*r = (struct reading){ .k = k, .rows = ret };
	*sink = (struct sink){ r, on_columns, on_row };
	return sink;
}

static struct step make_step(struct call *k, const char *sql, const char *const *params, size_t n)
{
	struct sql_param *bound = arena_array(k->a, n ? n : 1, sizeof(*bound));
	for (size_t i = 0; i < n; i++)
		bound[i] = (struct sql_param){ .text = params[i] ? str_of(params[i])
								 : (struct str){ 0 } };
	return (struct step){ .sql = str_of(sql), .params = bound, .n_params = n };
}

const char *rows_text(struct call *k, const struct rows *r, size_t row, size_t col)
{
	struct str s = rows_at(r, row, col);
	return s.p ? str_dup(k->a, s) : NULL;
}

int txn_query(struct call *k, const char *sql, const char *const *params, size_t n,
	      struct rows *ret)
{
	struct step step = make_step(k, sql, params, n);
	*ret = (struct rows){ 0 };
	step.sink = reader(k, ret);
	if (engine_read(k->c, k->s->o.engine, &as_auth, &step) < 0)
		return refuse_internal(k, "Database error querying schema");
	return 0;
}

void txn_begin(struct txn *t, struct call *k)
{
	t->k = k;
	t->n = 0;
	t->has_mail = false;
}

void txn_add(struct txn *t, const char *sql, const char *const *params, size_t n)
{
	CHECK(t->n < TXN_STEPS_MAX);
	t->steps[t->n++] = make_step(t->k, sql, params, n);
}

void txn_read(struct txn *t, const char *sql, const char *const *params, size_t n, struct rows *ret)
{
	*ret = (struct rows){ 0 };
	txn_add(t, sql, params, n);
	t->steps[t->n - 1].sink = reader(t->k, ret);
}

struct guard {
	struct call *k;
	int status;
	const char *code, *message;
};

static int check_guard(struct ctx *c, void *arg, uint64_t affected)
{
	const struct guard *g = arg;
	if (affected == 1)
		return 0;
	g->k->error_code = g->code;
	err_set(c, "AUTH", "%s", g->message);
	c->err.http_status = g->status;
	return -1;
}

void txn_expect_one(struct txn *t, int status, const char *code, const char *message)
{
	struct guard *g = ARENA_NEW(t->k->a, struct guard);
	*g = (struct guard){ t->k, status, code, message };
	t->steps[t->n - 1].after = check_guard;
	t->steps[t->n - 1].after_arg = g;
}

int txn_run(struct txn *t, const char *failure)
{
	struct call *k = t->k;
	struct tx_spec spec = { .end = TX_COMMIT };
	k->error_code = NULL;
	if (engine_tx(k->c, k->s->o.engine, &as_auth, &spec, t->steps, t->n) < 0) {
		k->is_duplicate = err_is(k->c, "23505");
		return k->error_code && err_is(k->c, "AUTH") ? -1 : refuse_internal(k, failure);
	}
	if (t->has_mail)
		mailer_wake(k->s->o.mailer);
	return 0;
}
