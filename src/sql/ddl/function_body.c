/* What a body must be when it is made: PostgreSQL's validators. */
#include "sql/coerce.h"
#include "sql/ddl/function.h"
#include "sql/ir.h"

#include <string.h>

struct check {
	struct ctx *c;
	struct ddl *d;
	struct function *f;
	int base; /* byte offset of the body in the statement, -1 unknown */
	struct function_names names;
	const char *search_path;
};

/* Positions count characters of a statement of the body: make them the statement's. */
static int move_position(struct check *k, int offset)
{
	if (k->c->err.position <= 0)
		return -1;
	if (k->base < 0)
		k->c->err.position = 0;
	else
		k->c->err.position += sql_char_pos(k->d->text, k->base + offset) - 1;
	return -1;
}

/* What PostgreSQL would take and this program does not: kept, and said. */
static bool is_ours(const struct check *k)
{
	const struct error *e = &k->c->err;
	if (err_is(k->c, "0A000"))
		return true;
	bool is_missing = err_is(k->c, "42P01") || err_is(k->c, "42883") || err_is(k->c, "3F000") ||
			  err_is(k->c, "42704");
	return is_missing &&
	       (strstr(e->message, "pg_") || strstr(e->message, "information_schema"));
}

static int keep_refused(struct check *k, int offset)
{
	struct function *f = k->f;
	int at = k->c->err.position > 0 ? k->c->err.position - 1 : 0;
	f->refusal = arena_strdup(k->d->a, k->c->err.message);
	f->refusal_offset = offset + at;
	err_clear(k->c);
	ddl_notice(k->c, k->d,
		   "function %s is kept but cannot run here: %s (at byte %d of its body)",
		   function_signature(k->c, f), f->refusal, f->refusal_offset);
	return 0;
}

/* ---- the result ---- */

static int mismatch(struct check *k)
{
	return err_set(k->c, "42P13", "return type mismatch in function declared to return %s",
		       type_format(k->c->arena, k->f->returns));
}

static int final_statement(struct check *k)
{
	mismatch(k);
	return err_details(k->c, "Function's final statement must be SELECT or "
				 "INSERT/UPDATE/DELETE RETURNING.");
}

struct result {
	const struct expr *v[1664];
	size_t n;
};

static void outputs_of(const struct query *q, struct result *r)
{
	const targets *list = q->cmd == CMD_SELECT ? &q->targets : &q->returning;
	r->n = 0;
	for (size_t i = 0; i < list->n && r->n < 1664; i++)
		if (!list->v[i].is_hidden)
			r->v[r->n++] = list->v[i].expr;
}

static int check_scalar(struct check *k, const struct result *r, const struct type *want)
{
	if (r->n != 1) {
		mismatch(k);
		return err_details(k->c, "Final statement must return exactly one column.");
	}
	const struct type *t = r->v[0]->type.type;
	if (want->kind == TYPE_PSEUDO || coerce_can(t, want, COERCE_ASSIGN))
		return 0;
	mismatch(k);
	return err_details(k->c, "Actual return type is %s.", type_format(k->c->arena, TYPEREF(t)));
}

static int check_columns(struct check *k, const struct result *r, const struct typeref *want,
			 size_t n)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct type *t = r->v[i]->type.type;
		if (i >= n) {
			mismatch(k);
			return err_details(k->c, "Final statement returns too many columns.");
		}
		if (want[i].type->kind == TYPE_PSEUDO || coerce_can(t, want[i].type, COERCE_ASSIGN))
			continue;
		mismatch(k);
		return err_details(k->c, "Final statement returns %s instead of %s at column %zu.",
				   type_format(k->c->arena, TYPEREF(t)),
				   type_format(k->c->arena, TYPEREF(want[i].type)), i + 1);
	}
	if (r->n >= n)
		return 0;
	mismatch(k);
	return err_details(k->c, "Final statement returns too few columns.");
}

/* The columns that OUT parameters or a row type ask for; false: any row will do. */
static bool wanted_columns(struct check *k, struct typeref **ret, size_t *ret_n)
{
	const struct function *f = k->f;
	const struct type *t = type_base(f->returns.type);
	struct typeref *v;
	size_t n = 0;
	if (t->kind == TYPE_COMPOSITE && t->row) {
		v = arena_array(k->c->arena, t->row->columns.n + 1, sizeof(*v));
		for (size_t i = 0; i < t->row->columns.n; i++)
			v[n++] = t->row->columns.v[i].type;
		*ret = v;
		*ret_n = n;
		return true;
	}
	v = arena_array(k->c->arena, f->n_args + 1U, sizeof(*v));
	for (uint16_t i = 0; i < f->n_args; i++)
		if (f->args[i].mode != 'i' && f->args[i].mode != 'v')
			v[n++] = f->args[i].type;
	*ret = v;
	*ret_n = n;
	return n > 1;
}

static int check_result(struct check *k, const struct query *q)
{
	const struct type *t = k->f->returns.type;
	struct result *r = arena_alloc(k->c->arena, sizeof(*r));
	struct typeref *want;
	size_t n;
	if (t->oid == 2278 || k->f->kind == 'p')
		return 0;
	if (!q)
		return final_statement(k);
	outputs_of(q, r);
	if (!r->n)
		return final_statement(k);
	if (!type_is_row(type_base(t)))
		return check_scalar(k, r, t);
	if (!wanted_columns(k, &want, &n))
		return 0;
	if (r->n == 1 && type_base(r->v[0]->type.type) == type_base(t))
		return 0; /* the row itself */
	if (r->n == 1 && n != 1 && r->v[0]->type.type->oid == 2249)
		return 0; /* a row whose columns are seen when it runs */
	return check_columns(k, r, want, n);
}

/* ---- statements ---- */

static bool is_query(const struct json *stmt)
{
	struct str kind = node_kind(stmt);
	return str_is(kind, "SelectStmt") || str_is(kind, "InsertStmt") ||
	       str_is(kind, "UpdateStmt") || str_is(kind, "DeleteStmt") || str_is(kind, "CallStmt");
}

static int check_statement(struct check *k, const struct sql_stmt *one, const struct query **ret)
{
	const struct json *stmt;
	struct query *q = NULL;
	struct analysis an = { .cat = k->d->cat,
			       .search_path = k->search_path,
			       .names = &k->names.scope,
			       .text = one->text };
	*ret = NULL;
	if (sql_parse(k->c, one->text, &stmt) < 0)
		return move_position(k, one->offset);
	if (!is_query(stmt)) {
		err_set(k->c, "0A000", "%.*s inside an SQL function is not supported",
			STR_ARG(node_kind(stmt)));
		return -1;
	}
	if (analyze_query(k->c, &an, stmt, &q) < 0) {
		if (!is_ours(k))
			move_position(k, one->offset);
		return -1;
	}
	*ret = q;
	return 0;
}

static bool has_poly(const struct function *f)
{
	size_t n = function_n_inputs(f);
	for (size_t i = 0; i < n; i++) {
		uint32_t oid = function_nth_input(f, i)->type.type->oid;
		if (function_nth_input(f, i)->type.type->kind == TYPE_PSEUDO && oid != 2249)
			return true;
	}
	return false;
}

static int check_sql(struct check *k)
{
	sql_stmts stmts = { 0 };
	const struct query *last = NULL;
	if (function_statements(k->c, k->f, &stmts) < 0)
		return move_position(k, 0);
	for (size_t i = 0; i < stmts.n; i++) {
		if (has_poly(k->f)) {
			const struct json *stmt;
			if (sql_parse(k->c, stmts.v[i].text, &stmt) < 0)
				return move_position(k, stmts.v[i].offset);
			continue;
		}
		if (check_statement(k, &stmts.v[i], &last) < 0)
			return is_ours(k) ? keep_refused(k, stmts.v[i].offset) : -1;
	}
	return has_poly(k->f) ? 0 : check_result(k, last);
}

static int check_other(struct check *k)
{
	struct ddl_session *s = k->d->s;
	const char *refusal = NULL;
	int offset = 0;
	if (!s->check_body)
		return 0;
	if (s->check_body(k->c, s->check_body_arg, k->f, &refusal, &offset) < 0)
		return move_position(k, 0);
	if (!refusal)
		return 0;
	k->f->refusal = arena_strdup(k->d->a, refusal);
	k->f->refusal_offset = offset;
	ddl_notice(k->c, k->d,
		   "function %s is kept but cannot run here: %s (at byte %d of its body)",
		   function_signature(k->c, k->f), refusal, offset);
	return 0;
}

int function_check_body(struct ctx *c, struct ddl *d, struct function *f, int base)
{
	struct check k = { .c = c, .d = d, .f = f, .base = base };
	k.search_path = function_search_path(f, d->s->search_path);
	function_names_init(&k.names, f, NULL);
	return strcmp(f->language, "sql") == 0 ? check_sql(&k) : check_other(&k);
}
