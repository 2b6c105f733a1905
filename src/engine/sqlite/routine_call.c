/* bp_call(oid, signature, args..) and bp_pack(args..): functions of the project's as
 * SQLite's functions, and what stable ones returned within a statement. */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "base/map.h"
#include "engine/sqlite/routine_int.h"

#include <stdlib.h>

enum { MEMO_ENTRIES_MAX = 10000, MEMO_BYTES_MAX = 16 << 20, KEY_MAX = 8 << 10 };

/* ---- what was returned before ---- */

struct memo {
	struct arena *arena;
	struct map *by_key;
};

struct memo *routine_begin_statement(struct sqlite_conn *cn)
{
	struct routines *rs = routines_of(cn);
	struct memo *outer = rs->memo;
	rs->memo = NULL;
	rs->n_statements++;
	return outer;
}

void routine_end_statement(struct sqlite_conn *cn, struct memo *outer)
{
	memo_free(cn->routines->memo);
	cn->routines->memo = outer;
	cn->routines->n_statements--;
}

void memo_free(struct memo *m)
{
	if (!m)
		return;
	map_free(m->by_key);
	arena_free(m->arena);
	free(m);
}

bool memo_get(struct routines *rs, struct str key, struct datum *ret)
{
	const struct datum *v = rs->memo ? map_get(rs->memo->by_key, key) : NULL;
	if (v)
		*ret = *v;
	return v != NULL;
}

void memo_put(struct routines *rs, struct str key, struct datum v)
{
	if (!rs->n_statements)
		return;
	if (!rs->memo) {
		rs->memo = calloc(1, sizeof(*rs->memo));
		CHECK(rs->memo);
		rs->memo->arena = arena_new(0);
		rs->memo->by_key = map_new();
	}
	struct memo *m = rs->memo;
	if (map_count(m->by_key) >= MEMO_ENTRIES_MAX || arena_used(m->arena) > MEMO_BYTES_MAX)
		return;
	struct datum *kept = ARENA_NEW(m->arena, struct datum);
	*kept = datum_keep(m->arena, v);
	map_put(m->by_key, key, kept);
}

/* ---- the function ---- */

static const struct function *function_by_oid(const struct catalog *cat, int64_t oid)
{
	for (size_t i = 0; i < cat->functions.n; i++) {
		if (cat->functions.v[i]->oid == (uint32_t)oid)
			return cat->functions.v[i];
	}
	return NULL;
}

int routine_spec_of(struct ctx *c, struct sqlite_conn *cn, struct datum oid, struct datum sig,
		    struct routine_spec *ret)
{
	*ret = (struct routine_spec){ .f = function_by_oid(cn->cat, oid.i) };
	if (!ret->f)
		return err_set(c, "XX000", "function %lld is not in the catalog", (long long)oid.i);
	if (sig.kind == D_TEXT)
		ret->signature = sig.s;
	return 0;
}

static int call_fresh(struct ctx *c, struct sqlite_conn *cn, const struct routine_spec *spec,
		      const struct datum *args, size_t n, struct datum *ret)
{
	struct instance *in;
	TRY(instance_enter(c, cn, spec, &in));
	int failed = routine_value(c, in, args, n, ret);
	instance_leave(in);
	return failed;
}

/* Its result for these arguments is the same all through a statement. */
static int call_stable(struct ctx *c, struct sqlite_conn *cn, const struct routine_spec *spec,
		       const struct datum *args, size_t n, struct datum *ret)
{
	struct routines *rs = routines_of(cn);
	BUF_CLEANUP struct buf key = buf_make(KEY_MAX);
	buf_printf(&key, "%u %s ", spec->f->oid, sqlite_conn_role(cn));
	buf_str(&key, spec->signature);
	cells_pack(&key, args, n);
	if (!buf_ok(&key))
		return call_fresh(c, cn, spec, args, n, ret);
	if (memo_get(rs, buf_view(&key), ret))
		return 0;
	TRY(call_fresh(c, cn, spec, args, n, ret));
	memo_put(rs, buf_view(&key), *ret);
	return 0;
}

static int call_in(struct ctx *c, struct sqlite_conn *cn, int n, sqlite3_value **values,
		   struct datum *ret)
{
	struct datum args[ROUTINE_ARGS_MAX + 2];
	struct routine_spec spec;
	if (n < 2 || n > ROUTINE_ARGS_MAX + 2)
		return err_set(c, "XX000", "malformed call of bp_call");
	for (int i = 0; i < n; i++)
		args[i] = sqlite_arg(values[i]);
	TRY(routine_spec_of(c, cn, args[0], args[1], &spec));
	if (spec.f->volatility && spec.f->volatility != 'v')
		return call_stable(c, cn, &spec, args + 2, (size_t)n - 2, ret);
	return call_fresh(c, cn, &spec, args + 2, (size_t)n - 2, ret);
}

void routine_fail(struct sqlite_conn *cn, const struct error *err)
{
	if (!cn->c || cn->has_fn_error)
		return;
	cn->c->err = err_copy(cn->c->arena, err);
	cn->has_fn_error = true;
}

static void fn_call(sqlite3_context *sc, int n, sqlite3_value **values)
{
	struct sqlite_conn *cn = sqlite3_user_data(sc);
	struct ctx own = { .arena = arena_new(0), .deadline_ns = cn->c->deadline_ns };
	struct datum ret = datum_null();
	if (call_in(&own, cn, n, values, &ret) < 0) {
		routine_fail(cn, &own.err);
		sqlite3_result_error(sc, "error in a function", -1);
	} else {
		sqlite_result(sc, ret);
	}
	arena_free(own.arena);
}

static void fn_pack(sqlite3_context *sc, int n, sqlite3_value **values)
{
	BUF_CLEANUP struct buf b = buf_make(ROUTINE_ROWS_MEMORY_MAX);
	for (int i = 0; i < n; i++) {
		struct datum v = sqlite_arg(values[i]);
		cells_pack(&b, &v, 1);
	}
	sqlite_result(sc, datum_blob(buf_view(&b)));
}

int sqlite_add_routines(struct ctx *c, struct sqlite_conn *cn)
{
	int rc = sqlite3_create_function_v2(cn->db, "bp_call", -1, SQLITE_UTF8, cn, fn_call, NULL,
					    NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function_v2(cn->db, "bp_pack", -1,
						SQLITE_UTF8 | SQLITE_DETERMINISTIC, cn, fn_pack,
						NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return sqlite_error(c, cn, rc);
	return sqlite_add_row_functions(c, cn);
}
