/* How SQLite runs the tables of aggregates, also over windows. */
#include "engine/sqlite/agg.h"

#include "base/arena.h"
#include "base/check.h"
#include "engine/sqlite/types.h"
#include "sql/type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct agg_binding {
	struct sqlite_conn *cn;
	const struct agg_ops *ops;
};

static const struct agg_ops *const tables[] = { agg_number_ops, agg_list_ops, agg_sorted_ops };

const struct agg_ops *agg_find(struct str name)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct agg_ops *ops = tables[t]; ops->name; ops++) {
			if (str_is(name, ops->name))
				return ops;
		}
	}
	return NULL;
}

static bool is_row_code(struct datum code)
{
	return code.kind == D_INT && code.i == AGG_ROW_CODE;
}

int agg_begin(struct ctx *c, struct sqlite_conn *cn, struct agg *g, const struct agg_ops *ops,
	      const struct datum *codes)
{
	for (int i = 0; i < ops->n_args; i++)
		if (is_row_code(codes[i]))
			g->types[i] = VTYPE(V_JSON);
		else
			TRY(type_of_code(c, cn, codes[i], &g->types[i]));
	g->is_composite = ops->n_args && is_row_code(codes[0]);
	g->ops = ops;
	return 0;
}

void agg_end(struct agg *g)
{
	if (g->ops && g->ops->free)
		g->ops->free(g);
	*g = (struct agg){ 0 };
}

/* codes and values alternate: T1, v1, T2, v2 */
static int one_row(struct agg_binding *b, struct agg *g, sqlite3_value **args, bool is_inverse)
{
	struct ctx *c = &b->cn->fn;
	struct datum codes[AGG_ARGS_MAX], values[AGG_ARGS_MAX];
	for (int i = 0; i < b->ops->n_args; i++) {
		codes[i] = sqlite_arg(args[2 * i]);
		values[i] = sqlite_arg(args[2 * i + 1]);
	}
	if (!g->ops)
		TRY(agg_begin(c, b->cn, g, b->ops, codes));
	if (!is_inverse)
		return b->ops->step(c, b->cn, g, values);
	if (b->ops->inverse)
		return b->ops->inverse(c, b->cn, g, values);
	return err_set(c, "0A000", "aggregate %s does not support a moving window frame",
		       b->ops->name);
}

static void run_row(sqlite3_context *sc, sqlite3_value **args, bool is_inverse)
{
	struct agg_binding *b = sqlite3_user_data(sc);
	struct agg *g = sqlite3_aggregate_context(sc, sizeof(*g));
	CHECK(g);
	struct arena_mark mark = arena_mark(b->cn->fn.arena);
	if (one_row(b, g, args, is_inverse) < 0)
		sqlite_raise(b->cn, sc);
	arena_rewind(b->cn->fn.arena, mark);
}

static void on_step(sqlite3_context *sc, int n, sqlite3_value **args)
{
	(void)n;
	run_row(sc, args, false);
}

static void on_inverse(sqlite3_context *sc, int n, sqlite3_value **args)
{
	(void)n;
	run_row(sc, args, true);
}

static void on_value(sqlite3_context *sc)
{
	struct agg_binding *b = sqlite3_user_data(sc);
	struct agg *g = sqlite3_aggregate_context(sc, 0);
	struct datum ret = datum_null();
	if (b->ops->is_empty_list)
		ret = datum_text(STR("[]"));
	struct arena_mark mark = arena_mark(b->cn->fn.arena);
	if (g && g->ops && b->ops->result(&b->cn->fn, b->cn, g, &ret) < 0)
		sqlite_raise(b->cn, sc);
	else
		sqlite_result(sc, ret);
	arena_rewind(b->cn->fn.arena, mark);
}

static void on_final(sqlite3_context *sc)
{
	on_value(sc);
	struct agg *g = sqlite3_aggregate_context(sc, 0);
	if (g)
		agg_end(g);
}

static int add(struct sqlite_conn *cn, const struct agg_ops *ops)
{
	struct agg_binding *b = malloc(sizeof(*b));
	CHECK(b);
	*b = (struct agg_binding){ cn, ops };
	char name[64];
	snprintf(name, sizeof(name), "bp_%s", ops->name);
	return sqlite3_create_window_function(cn->db, name, 2 * ops->n_args, SQLITE_UTF8, b,
					      on_step, on_final, on_value, on_inverse, free);
}

/* ---- bp_single(v): the value of a scalar subquery ---- */

struct single {
	sqlite3_value *value;
};

static void single_step(sqlite3_context *sc, int n, sqlite3_value **args)
{
	struct sqlite_conn *cn = sqlite_conn_of(sc);
	struct single *s = sqlite3_aggregate_context(sc, sizeof(*s));
	(void)n;
	CHECK(s);
	if (!s->value) {
		s->value = sqlite3_value_dup(args[0]);
		return;
	}
	struct arena_mark mark = arena_mark(cn->fn.arena);
	err_set(&cn->fn, "21000", "more than one row returned by a subquery used as an expression");
	sqlite_raise(cn, sc);
	arena_rewind(cn->fn.arena, mark);
}

static void single_final(sqlite3_context *sc)
{
	struct single *s = sqlite3_aggregate_context(sc, 0);
	if (!s || !s->value)
		return;
	sqlite3_result_value(sc, s->value);
	sqlite3_value_free(s->value);
}

int sqlite_add_aggregates(struct ctx *c, struct sqlite_conn *cn)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct agg_ops *ops = tables[t]; ops->name; ops++) {
			int rc = add(cn, ops);
			if (rc != SQLITE_OK)
				return sqlite_error(c, cn, rc);
		}
	}
	int rc = sqlite3_create_function_v2(cn->db, "bp_single", 1, SQLITE_UTF8, cn, NULL,
					    single_step, single_final, NULL);
	return rc == SQLITE_OK ? sqlite_add_ordered_aggregate(c, cn) : sqlite_error(c, cn, rc);
}
