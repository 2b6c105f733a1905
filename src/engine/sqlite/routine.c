/* Functions compiled and called: instances, and what a call changes for its time. */
#include "engine/sqlite/routine.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "base/map.h"
#include "engine/sqlite/func.h"
#include "engine/sqlite/routine_int.h"
#include "engine/sqlite/routine_plpgsql.h"
#include "sql/function_names.h"

#include <stdlib.h>
#include <string.h>

/* ---- per connection ---- */

struct routines *routines_of(struct sqlite_conn *cn)
{
	if (!cn->routines) {
		cn->routines = calloc(1, sizeof(*cn->routines));
		CHECK(cn->routines);
		cn->routines->cn = cn;
		cn->routines->instances = map_new();
	}
	return cn->routines;
}

static void free_instance(struct instance *in)
{
	routine_plpgsql_free(in);
	while (in->queries)
		query_plan_free(in->queries);
	for (struct value_cast *k = in->casts; k; k = k->next)
		exec_plan_free(k->plan);
	catalog_unref(in->cat);
	arena_free(in->arena);
}

static void drop_instance(struct instance *in)
{
	if (!in->is_stale)
		map_remove(in->rs->instances, in->key);
	in->is_stale = true;
	if (in->n_users == 0)
		free_instance(in);
}

void routine_clear(struct sqlite_conn *cn)
{
	struct routines *rs = cn->routines;
	size_t pos = 0;
	struct str key;
	void *value;
	while (rs && map_count(rs->instances)) {
		pos = 0;
		CHECK(map_next(rs->instances, &pos, &key, &value));
		drop_instance(value);
	}
}

void routine_free(struct sqlite_conn *cn)
{
	if (!cn->routines)
		return;
	routine_clear(cn);
	routine_drop_subtransactions(cn->routines);
	map_free(cn->routines->instances);
	free(cn->routines);
	cn->routines = NULL;
}

/* ---- types of a call ---- */

static const struct type *type_by_oid(const struct catalog *cat, uint32_t oid)
{
	const struct type *t = oid >= CATALOG_FIRST_OID ? catalog_type_by_oid(cat, oid) : NULL;
	return t ? t : type_builtin_by_oid(oid);
}

static int read_typeref(struct ctx *c, const struct instance *in, struct str text,
			struct typeref *ret)
{
	struct str rest = text, oid = str_split(&rest, ':');
	int64_t n, typmod = -1;
	if (!str_to_i64(oid, &n) || (rest.p && !str_to_i64(rest, &typmod)))
		return err_set(c, "XX000", "malformed signature of a call");
	const struct type *t = type_by_oid(in->cat, (uint32_t)n);
	if (!t)
		return err_set(c, "XX000", "type %lld is not in the catalog", (long long)n);
	*ret = (struct typeref){ t, (int32_t)typmod };
	return 0;
}

static size_t count_items(struct str list)
{
	size_t n = list.n > 0;
	for (size_t i = 0; i < list.n; i++)
		n += list.p[i] == ',';
	return n;
}

static int read_types(struct ctx *c, struct instance *in, struct str list, struct typeref **ret,
		      size_t *ret_n)
{
	size_t n = count_items(list);
	*ret = arena_array(in->arena, n + 1, sizeof(**ret));
	*ret_n = n;
	for (size_t i = 0; i < n; i++)
		TRY(read_typeref(c, in, str_split(&list, ','), &(*ret)[i]));
	return 0;
}

static void add_column(struct instance *in, const char *name, struct typeref t)
{
	struct row_column col = { name, t };
	VEC_PUSH(in->arena, &in->columns, col);
}

static bool out_columns(struct instance *in)
{
	struct expr *call = expr_new(in->arena, EX_CALL, in->result);
	call->function = in->f;
	for (size_t i = 0; i < function_n_inputs(in->f); i++) {
		struct typeref t =
			in->arg_types ? in->arg_types[i] : function_nth_input(in->f, i)->type;
		VEC_PUSH(in->arena, &call->args, expr_new(in->arena, EX_CONST, t));
	}
	return call_out_columns(in->arena, call, &in->columns);
}

/* The columns of a row of the result, as az_function_columns() names them. */
static void shape_result(struct instance *in)
{
	const struct type *t = in->result.type ? type_base(in->result.type) : NULL;
	if (in->columns.n || !t || !strcmp(t->name, "void") || !strcmp(t->name, "trigger"))
		return;
	if (out_columns(in)) {
		in->is_row = true;
	} else if (t->kind == TYPE_COMPOSITE && t->row) {
		in->is_row = true;
		for (size_t i = 0; i < t->row->columns.n; i++)
			add_column(in, t->row->columns.v[i].name, t->row->columns.v[i].type);
	} else {
		add_column(in, in->f->name, in->result);
	}
}

/* "argument oids|result oid|columns" */
static int read_signature(struct ctx *c, struct instance *in, struct str sig)
{
	struct typeref *types;
	size_t n;
	struct str args = str_split(&sig, '|'), result = str_split(&sig, '|');
	TRY(read_types(c, in, args, &in->arg_types, &n));
	if (n != function_n_inputs(in->f))
		return err_set(c, "XX000", "malformed signature of a call");
	TRY(read_typeref(c, in, result, &in->result));
	TRY(read_types(c, in, sig, &types, &n));
	for (size_t i = 0; i < n; i++)
		add_column(in, arena_printf(in->arena, "c%zu", i + 1), types[i]);
	in->is_row = n > 0;
	return 0;
}

/* ---- making one ---- */

static const char *role_of(const struct sqlite_conn *cn, const struct function *f)
{
	return f && f->security_definer ? f->owner : sqlite_conn_role(cn);
}

static int refuse(struct ctx *c, const struct function *f)
{
	return err_set(c, "0A000", "function %s() cannot run on this engine: %s", f->name,
		       f->refusal);
}

static int compile(struct ctx *c, struct instance *in)
{
	if (in->f->refusal)
		return refuse(c, in->f);
	if (!strcmp(in->f->language, "sql"))
		return sql_body_make(c, in);
	return routine_plpgsql_make(c, in);
}

static int fill(struct ctx *c, struct instance *in, const struct routine_spec *spec)
{
	in->result = spec->f->returns;
	if (spec->signature.n)
		TRY(read_signature(c, in, spec->signature));
	shape_result(in);
	struct call_scope scope;
	TRY(call_scope_open(c, in, &scope));
	int failed = compile(c, in);
	call_scope_close(&scope);
	return failed;
}

int instance_new(struct ctx *c, struct sqlite_conn *cn, const struct routine_spec *spec,
		 struct instance **ret)
{
	struct arena *a = arena_new(0);
	struct instance *in = ARENA_NEW(a, struct instance);
	const char *path = sqlite_search_path(cn);
	in->rs = routines_of(cn);
	in->arena = a;
	in->cat = catalog_ref(cn->cat);
	in->edits = cn->edits;
	in->f = spec->f;
	in->rel = spec->rel;
	in->role = arena_strdup(a, role_of(cn, spec->f));
	in->search_path = arena_strdup(a, spec->f ? function_search_path(spec->f, path) : path);
	in->is_stale = true; /* not in the map yet */
	in->n_users = 1;
	if (spec->f && fill(c, in, spec) < 0) {
		free_instance(in);
		return -1;
	}
	*ret = in;
	return 0;
}

static struct str key_of(struct ctx *c, const struct sqlite_conn *cn,
			 const struct routine_spec *spec)
{
	const char *path = function_search_path(spec->f, sqlite_search_path(cn));
	return str_of(arena_printf(c->arena, "%u|%u|%s|%s|%.*s", spec->f->oid,
				   spec->rel ? spec->rel->oid : 0, role_of(cn, spec->f), path,
				   STR_ARG(spec->signature)));
}

static void remember(struct instance *in, struct str key)
{
	if (map_count(in->rs->instances) >= ROUTINE_INSTANCES_MAX)
		routine_clear(in->rs->cn);
	in->key = str_copy(in->arena, key);
	in->is_stale = false;
	map_put(in->rs->instances, in->key, in);
}

int instance_enter(struct ctx *c, struct sqlite_conn *cn, const struct routine_spec *spec,
		   struct instance **ret)
{
	struct routines *rs = routines_of(cn);
	struct str key = key_of(c, cn, spec);
	struct instance *in = map_get(rs->instances, key);
	if (in && (in->cat != cn->cat || in->edits != cn->edits)) {
		drop_instance(in);
		in = NULL;
	}
	if (in) {
		in->n_users++;
		*ret = in;
		return 0;
	}
	TRY(instance_new(c, cn, spec, &in));
	remember(in, key);
	*ret = in;
	return 0;
}

void instance_leave(struct instance *in)
{
	in->n_users--;
	if (in->is_stale && in->n_users == 0)
		free_instance(in);
}

/* ---- the scope of a call ---- */

static void set_settings(struct instance *in)
{
	for (uint16_t i = 0; i < in->f->n_settings; i++) {
		struct str rest = str_of(in->f->settings[i]), name = str_split(&rest, '=');
		if (!str_ieq(name, STR("search_path")))
			sqlite_set_setting(in->rs->cn, name, rest);
	}
}

int call_scope_open(struct ctx *c, struct instance *in, struct call_scope *s)
{
	struct routines *rs = in->rs;
	struct sqlite_conn *cn = rs->cn;
	if (rs->depth >= ROUTINE_DEPTH_MAX) {
		err_set(c, "54001", "stack depth limit exceeded");
		return err_hint(c, "Functions may be nested %d calls deep.", ROUTINE_DEPTH_MAX);
	}
	rs->depth++;
	*s = (struct call_scope){
		.cn = cn, .session = cn->session, .c = cn->c, .settings = cn->settings
	};
	if (cn->session)
		s->own = *cn->session;
	s->own.role = in->role;
	s->own.search_path = in->search_path;
	s->restores_settings = in->f && in->f->n_settings;
	cn->session = &s->own;
	cn->c = c;
	if (s->restores_settings)
		set_settings(in);
	return 0;
}

void call_scope_close(struct call_scope *s)
{
	s->cn->routines->depth--;
	s->cn->session = s->session;
	s->cn->c = s->c;
	if (s->restores_settings)
		s->cn->settings = s->settings;
}

/* ---- calls ---- */

static bool has_null(const struct datum *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (args[i].kind == D_NULL)
			return true;
	}
	return false;
}

int instance_run(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
		 struct host_sink *sink)
{
	struct call_scope scope;
	if (in->f->is_strict && has_null(args, n))
		return 0;
	TRY(call_scope_open(c, in, &scope));
	struct memo *outer = routine_begin_statement(in->rs->cn);
	int failed = in->sql ? sql_body_run(c, in, args, n, sink)
			     : routine_plpgsql_run(c, in, args, n, sink);
	routine_end_statement(in->rs->cn, outer);
	call_scope_close(&scope);
	return failed;
}

int instance_value(struct ctx *c, struct instance *in, const struct datum *cells, struct datum *ret)
{
	size_t n = in->columns.n;
	if (!in->is_row) {
		*ret = n ? cells[0] : datum_null();
		return 0;
	}
	struct typeref *types = arena_array(c->arena, n, sizeof(*types));
	const char **names = arena_array(c->arena, n, sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		types[i] = in->columns.v[i].type;
		names[i] = in->columns.v[i].name;
	}
	return value_implode(c, in->rs->cn, cells, types, names, n, ret);
}

struct first_row {
	struct instance *in;
	struct datum value;
	bool is_found;
};

static int take_first(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct first_row *first = arg;
	struct datum v;
	(void)n;
	if (first->is_found)
		return 1;
	TRY(instance_value(c, first->in, cells, &v));
	first->value = datum_keep(c->arena, v);
	first->is_found = true;
	return 1;
}

int routine_value(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
		  struct datum *ret)
{
	struct first_row first = { .in = in, .value = datum_null() };
	struct host_sink sink = { &first, take_first };
	TRY(instance_run(c, in, args, n, &sink));
	*ret = first.value;
	return 0;
}

int routine_call(struct ctx *c, struct sqlite_conn *cn, const struct function *f,
		 const struct datum *args, size_t n, struct datum *ret)
{
	struct routine_spec spec = { .f = f };
	struct instance *in;
	TRY(instance_enter(c, cn, &spec, &in));
	int failed = routine_value(c, in, args, n, ret);
	instance_leave(in);
	return failed;
}
