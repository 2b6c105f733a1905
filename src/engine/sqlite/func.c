/* How C functions are registered and called: arguments, errors, memory. */
#include "engine/sqlite/func.h"

#include "base/arena.h"
#include "base/check.h"
#include "engine/sqlite/agg.h"
#include "engine/sqlite/func_catalog.h"
#include "engine/sqlite/routine.h"
#include "engine/sqlite/srf.h"
#include "engine/sqlite/syscat.h"
#include "value/fn.h"

#include <stdio.h>
#include <stdlib.h>

enum { FN_ARGS_MAX = 128 };

/* SQLite hands a function one pointer: which function, on which connection. */
struct binding {
	struct sqlite_conn *cn;
	const struct sqlite_fn *fn;
};

static int read_args(struct datum *args, int n, sqlite3_value **values)
{
	int n_nulls = 0;
	for (int i = 0; i < n; i++) {
		args[i] = sqlite_arg(values[i]);
		n_nulls += args[i].kind == D_NULL;
	}
	return n_nulls;
}

static void finish(struct sqlite_conn *cn, sqlite3_context *sc, int failed, struct datum ret,
		   struct arena_mark mark)
{
	if (failed < 0)
		sqlite_raise(cn, sc);
	else
		sqlite_result(sc, ret);
	arena_rewind(cn->fn.arena, mark);
}

static void call(sqlite3_context *sc, int n, sqlite3_value **values)
{
	const struct binding *b = sqlite3_user_data(sc);
	struct datum args[FN_ARGS_MAX];
	if (read_args(args, n, values) && (b->fn->flags & FN_STRICT)) {
		sqlite3_result_null(sc);
		return;
	}
	struct datum ret = datum_null();
	struct arena_mark mark = arena_mark(b->cn->fn.arena);
	b->cn->fn_sc = sc;
	int failed = b->fn->body(&b->cn->fn, b->cn, args, n, &ret);
	finish(b->cn, sc, failed, ret, mark);
}

static int add_one(struct sqlite_conn *cn, const struct sqlite_fn *fn)
{
	struct binding *b = malloc(sizeof(*b));
	CHECK(b);
	*b = (struct binding){ cn, fn };
	int flags = SQLITE_UTF8 | (fn->flags & FN_CONST ? SQLITE_DETERMINISTIC : 0);
	return sqlite3_create_function_v2(cn->db, fn->name, fn->n_args, flags, b, call, NULL, NULL,
					  free);
}

int sqlite_add_functions(struct ctx *c, struct sqlite_conn *cn, const struct sqlite_fn *fns,
			 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = add_one(cn, &fns[i]);
		if (rc != SQLITE_OK)
			return sqlite_error(c, cn, rc);
	}
	return 0;
}

/* ---- the functions of value/fn.h ---- */

struct value_binding {
	struct sqlite_conn *cn;
	const struct value_fn *fn;
};

static void call_value(sqlite3_context *sc, int n, sqlite3_value **values)
{
	const struct value_binding *b = sqlite3_user_data(sc);
	struct datum args[FN_ARGS_MAX];
	if (read_args(args, n, values) && b->fn->is_strict) {
		sqlite3_result_null(sc);
		return;
	}
	struct datum ret = datum_null();
	struct arena_mark mark = arena_mark(b->cn->fn.arena);
	int failed = value_fn_call(&b->cn->fn, b->fn, &b->cn->env, args, n, &ret);
	finish(b->cn, sc, failed, ret, mark);
}

static int add_value_arity(struct sqlite_conn *cn, const struct value_fn *f, int n_args)
{
	struct value_binding *b = malloc(sizeof(*b));
	CHECK(b);
	*b = (struct value_binding){ cn, f };
	char name[80];
	snprintf(name, sizeof(name), "bp_%s", f->name);
	/* now and the zone are fixed for an attempt, so constant in a statement */
	int flags = SQLITE_UTF8 | (f->is_volatile ? 0 : SQLITE_DETERMINISTIC);
	return sqlite3_create_function_v2(cn->db, name, n_args, flags, b, call_value, NULL, NULL,
					  free);
}

/* A name has a row per signature; the first that takes a number of arguments
 * serves it, as value_fn_find() says. A repeating last argument is registered
 * for any number, and SQLite prefers an exact one. */
static int add_value_row(struct sqlite_conn *cn, const struct value_fn *f)
{
	int min = value_fn_min_args(f), max = value_fn_max_args(f);
	bool repeats = max >= 127;
	int last = repeats ? min : max;
	int rc = repeats ? add_value_arity(cn, f, -1) : SQLITE_OK;
	for (int n = min; n <= last && rc == SQLITE_OK; n++) {
		if (value_fn_find(f->name, n) == f)
			rc = add_value_arity(cn, f, n);
	}
	return rc;
}

int sqlite_add_value_functions(struct ctx *c, struct sqlite_conn *cn)
{
	size_t n;
	const struct value_fn *table = value_fn_table(&n);
	for (size_t i = 0; i < n; i++) {
		int rc = add_value_row(cn, &table[i]);
		if (rc != SQLITE_OK)
			return sqlite_error(c, cn, rc);
	}
	return 0;
}

int sqlite_register_functions(struct ctx *c, struct sqlite_conn *cn)
{
	TRY(sqlite_add_value_functions(c, cn));
	TRY(sqlite_add_type_functions(c, cn));
	TRY(sqlite_add_session_functions(c, cn));
	TRY(sqlite_add_record_functions(c, cn));
	TRY(sqlite_add_crypto_functions(c, cn));
	TRY(sqlite_add_extension_functions(c, cn));
	TRY(sqlite_add_vault_functions(c, cn));
	TRY(sqlite_add_sequence_functions(c, cn));
	TRY(sqlite_add_routines(c, cn));
	TRY(sqlite_add_aggregates(c, cn));
	TRY(sqlite_add_syscat(c, cn));
	TRY(sqlite_add_name_functions(c, cn));
	TRY(sqlite_add_definition_functions(c, cn));
	TRY(sqlite_add_privilege_functions(c, cn));
	TRY(sqlite_add_size_functions(c, cn));
	return sqlite_add_set_functions(c, cn);
}
