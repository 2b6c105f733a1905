/* plpgsql bodies, and DO blocks. */
#include "engine/sqlite/routine_plpgsql.h"

#include "base/arena.h"
#include "base/err.h"
#include "plpgsql/plpgsql.h"

#include <string.h>

/* The actual types by parameter, OUT ones too; NULL: all as declared. */
static struct typeref *types_by_parameter(struct instance *in)
{
	if (!in->arg_types)
		return NULL;
	struct typeref *types = arena_array(in->arena, in->f->n_args + 1u, sizeof(*types));
	size_t n_in = 0, n_out = 0;
	for (int i = 0; i < in->f->n_args; i++) {
		char mode = in->f->args[i].mode;
		if (mode != 'o' && mode != 't')
			types[i] = in->arg_types[n_in++];
		else if (n_out < in->columns.n)
			types[i] = in->columns.v[n_out].type;
		n_out += mode != 'i' && mode != 'v';
	}
	return types;
}

static int make(struct ctx *c, struct instance *in, struct str body)
{
	struct plpgsql_spec spec = { .function = in->f,
				     .rel = in->rel,
				     .arg_types = types_by_parameter(in),
				     .result = in->result };
	struct ctx own = { .arena = in->arena, .deadline_ns = c->deadline_ns };
	struct plpgsql_body *tree;
	routine_host_init(in);
	if (plpgsql_parse(&own, in->arena, body, in->f, &tree) < 0) {
		c->err = err_copy(c->arena, &own.err);
		return -1;
	}
	spec.body = tree;
	return plpgsql_new(c, &spec, &in->host, &in->plpgsql);
}

int routine_plpgsql_make(struct ctx *c, struct instance *in)
{
	if (strcmp(in->f->language, "plpgsql") != 0)
		return err_set(c, "0A000", "functions in language %s cannot run on this engine",
			       in->f->language);
	return make(c, in, str_of(in->f->body.text));
}

/* A single result as a row of the function's columns. */
static int give_value(struct ctx *c, struct instance *in, struct datum v, struct host_sink *sink)
{
	size_t n = in->columns.n;
	struct datum *cells = arena_array(c->arena, n + 1, sizeof(*cells));
	const char **names = arena_array(c->arena, n + 1, sizeof(*names));
	struct typeref *types = arena_array(c->arena, n + 1, sizeof(*types));
	if (!in->is_row) {
		cells[0] = v;
		return sink->row(c, sink->arg, cells, n);
	}
	for (size_t i = 0; i < n; i++) {
		names[i] = in->columns.v[i].name;
		types[i] = in->columns.v[i].type;
	}
	TRY(value_explode(c, in->rs->cn, v, types, names, n, cells));
	return sink->row(c, sink->arg, cells, n);
}

int routine_plpgsql_run(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
			struct host_sink *sink)
{
	struct datum v = datum_null();
	if (in->f->returns_set)
		return plpgsql_call(c, in->plpgsql, args, n, NULL, sink, NULL);
	TRY(plpgsql_call(c, in->plpgsql, args, n, NULL, NULL, &v));
	if (!sink || !in->columns.n || (in->is_row && v.kind == D_NULL))
		return 0;
	return give_value(c, in, v, sink) < 0 ? -1 : 0;
}

void routine_plpgsql_free(struct instance *in)
{
	plpgsql_free(in->plpgsql);
	in->plpgsql = NULL;
}

static int run_block(struct ctx *c, struct instance *in, struct str body)
{
	struct call_scope scope;
	struct datum none;
	TRY(call_scope_open(c, in, &scope));
	int failed = make(c, in, body);
	if (failed == 0)
		failed = plpgsql_call(c, in->plpgsql, NULL, 0, NULL, NULL, &none);
	call_scope_close(&scope);
	return failed;
}

int routine_do(struct ctx *c, struct sqlite_conn *cn, const char *language, struct str body)
{
	struct routine_spec spec = { 0 };
	struct instance *in;
	if (strcmp(language, "plpgsql") != 0)
		return err_set(c, "0A000", "DO blocks in language %s cannot run on this engine",
			       language);
	TRY(instance_new(c, cn, &spec, &in));
	int failed = run_block(c, in, body);
	instance_leave(in);
	return failed;
}
