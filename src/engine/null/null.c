/*
 * Copy this folder to begin a new engine: every slot of the contract with the
 * least that is right. What an engine leaves NULL, engine.c stands in for.
 */
#include "engine/null/null.h"

#include "base/check.h"
#include "base/err.h"
#include "sql/parse.h"

#include <stdlib.h>

struct null_engine {
	struct engine base;
	struct catalog *cat;
};

static struct null_engine *self(struct engine *e)
{
	return (struct null_engine *)e;
}

static int null_open(struct ctx *c, const struct engine_options *o, struct engine **ret)
{
	(void)c;
	(void)o;
	struct null_engine *e = calloc(1, sizeof(*e));
	CHECK(e);
	e->base.vt = &null_engine_vtable;
	e->cat = catalog_new();
	*ret = &e->base;
	return 0;
}

static void null_close(struct engine *e)
{
	catalog_unref(self(e)->cat);
	free(e);
}

static int null_catalog(struct ctx *c, struct engine *e, struct catalog **ret)
{
	(void)c;
	*ret = catalog_ref(self(e)->cat);
	return 0;
}

static int run_step(struct ctx *c, const struct step *step)
{
	if (step->sink && step->sink->columns)
		TRY(step->sink->columns(c, step->sink->arg, NULL, 0));
	return step->after ? step->after(c, step->after_arg, 0) : 0;
}

static int null_read(struct ctx *c, struct engine *e, const struct session *s,
		     const struct step *step)
{
	(void)e;
	(void)s;
	return run_step(c, step);
}

static int null_tx(struct ctx *c, struct engine *e, const struct session *s,
		   const struct tx_spec *spec, const struct step *steps, size_t n)
{
	(void)e;
	(void)s;
	(void)spec;
	for (size_t i = 0; i < n; i++)
		TRY(run_step(c, &steps[i]));
	return 0;
}

static int null_script(struct ctx *c, struct engine *e, struct script_spec *spec)
{
	(void)e;
	sql_stmts stmts = { 0 };
	TRY(sql_split(c, spec->sql, &stmts));
	spec->ret_applied = stmts.n;
	spec->ret_refused = 0;
	return 0;
}

const struct engine_vtable null_engine_vtable = {
	.name = "null",
	.url_scheme = "null",
	.open = null_open,
	.close = null_close,
	.catalog = null_catalog,
	.read = null_read,
	.tx = null_tx,
	.script = null_script,
};
