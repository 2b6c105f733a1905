/* What plpgsql's interpreter asks of this engine (plpgsql/host.h). */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/sqlite/routine_plpgsql.h"
#include "sql/ddl.h"
#include "sql/parse.h"

#include <string.h>

static int host_prepare(struct ctx *c, void *arg, struct str sql, const struct name_scope *names,
			struct host_query **ret)
{
	struct query_plan *q;
	TRY(query_plan_make(c, arg, sql, names, false, &q));
	*ret = &q->pub;
	return 0;
}

static void host_release(void *arg, struct host_query *q)
{
	(void)arg;
	query_plan_free((struct query_plan *)q);
}

static int host_run(struct ctx *c, void *arg, struct host_query *q, const struct datum *params,
		    size_t n, struct host_sink *sink, uint64_t *ret_affected)
{
	struct instance *in = arg;
	struct ctx *outer = in->rs->cn->c;
	in->rs->cn->c = c;
	int failed = query_plan_run(c, (struct query_plan *)q, params, n, sink, ret_affected);
	in->rs->cn->c = outer;
	return failed;
}

static int host_coerce(struct ctx *c, void *arg, struct datum v, struct typeref from,
		       struct typeref to, struct datum *ret)
{
	struct instance *in = arg;
	struct ctx *outer = in->rs->cn->c;
	in->rs->cn->c = c;
	int failed = value_coerce(c, in, v, from, to, ret);
	in->rs->cn->c = outer;
	return failed;
}

static int host_out(struct ctx *c, void *arg, struct datum v, struct typeref t, struct str *ret)
{
	struct instance *in = arg;
	return routine_text(c, in->rs->cn, v, t, ret);
}

static int host_explode(struct ctx *c, void *arg, struct datum row, const struct typeref *fields,
			const char *const *names, size_t n, struct datum *ret)
{
	struct instance *in = arg;
	return value_explode(c, in->rs->cn, row, fields, names, n, ret);
}

static int host_implode(struct ctx *c, void *arg, const struct datum *cells,
			const struct typeref *fields, const char *const *names, size_t n,
			struct datum *ret)
{
	struct instance *in = arg;
	return value_implode(c, in->rs->cn, cells, fields, names, n, ret);
}

static int host_subtransaction(struct ctx *c, void *arg, enum host_subtransaction what)
{
	struct instance *in = arg;
	return routine_subtransaction(c, in->rs, what);
}

/* A script's reader sees what psql would show. */
static void host_raise(struct ctx *c, void *arg, enum raise_level level, const struct error *err)
{
	const char *word = level == RAISE_INFO	   ? "INFO"
			   : level == RAISE_NOTICE ? "NOTICE"
						   : "WARNING";
	const struct instance *in = arg;
	const struct ddl_session *s = in->rs->cn->ddl;
	if (!s || !s->notice || level < RAISE_INFO)
		return;
	s->notice(c, s->notice_arg,
		  arena_printf(c->arena, "%s: %s", word, err->message ? err->message : ""));
}

static int host_check(struct ctx *c, void *arg)
{
	const struct instance *in = arg;
	return sqlite_check_limits(c, in->rs->cn);
}

static int host_type(struct ctx *c, void *arg, struct str text, struct typeref *ret)
{
	const struct instance *in = arg;
	struct analysis an = { .cat = in->rs->cn->cat, .search_path = in->search_path };
	const char *expr = arena_printf(c->arena, "NULL::%.*s", STR_ARG(text));
	const struct json *node;
	TRY(sql_parse_expr(c, str_of(expr), &node));
	const struct json *cast = node_as(node, "TypeCast");
	if (!cast)
		return err_set(c, "42601", "syntax error at or near \"%.*s\"", STR_ARG(text));
	return analyze_type_name(c, &an, json_get(cast, "typeName"), ret);
}

static const struct catalog *host_catalog(void *arg)
{
	const struct instance *in = arg;
	return in->rs->cn->cat;
}

void routine_host_init(struct instance *in)
{
	in->host = (struct plpgsql_host){ .arg = in,
					  .prepare = host_prepare,
					  .release = host_release,
					  .run = host_run,
					  .coerce = host_coerce,
					  .out = host_out,
					  .explode = host_explode,
					  .implode = host_implode,
					  .subtransaction = host_subtransaction,
					  .raise = host_raise,
					  .check = host_check,
					  .type = host_type,
					  .catalog = host_catalog };
}
