/* The statements of bodies: planned when first reached, planned anew when the
 * catalog changes, and twice when a recursive call needs one that is under way. */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/sqlite/func.h"
#include "engine/sqlite/routine_int.h"
#include "sql/ddl.h"
#include "sql/parse.h"

#include <stdlib.h>
#include <string.h>

static bool is_query_node(const struct json *stmt)
{
	static const char *const kinds[] = { "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt",
					     "CallStmt" };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (node_as(stmt, kinds[i]))
			return true;
	}
	return false;
}

static void drop_idle(struct query_plan *q)
{
	while (q->n_idle)
		exec_plan_free(q->idle[--q->n_idle]);
}

static bool is_current(const struct query_plan *q)
{
	const struct sqlite_conn *cn = q->in->rs->cn;
	return q->version == cn->cat->version && q->edits == cn->edits;
}

/* A plan that nobody runs: an idle one, or another of the same text. */
static int take_plan(struct ctx *c, struct query_plan *q, struct exec_plan **ret)
{
	struct sqlite_conn *cn = q->in->rs->cn;
	if (!is_current(q)) {
		drop_idle(q);
		q->version = cn->cat->version;
		q->edits = cn->edits;
	}
	if (q->n_idle) {
		*ret = q->idle[--q->n_idle];
		return 0;
	}
	return exec_plan_make_named(c, cn, q->sql, NULL, q->names, ret);
}

static void give_plan(struct query_plan *q, struct exec_plan *p)
{
	if (!is_current(q) || q->n_idle == ROUTINE_IDLE_PLANS_MAX)
		exec_plan_free(p);
	else
		q->idle[q->n_idle++] = p;
}

static int describe(struct ctx *c, struct query_plan *q)
{
	struct exec_plan *p;
	size_t n;
	TRY(take_plan(c, q, &p));
	const struct result_column *cols = exec_plan_columns(p, &n);
	q->pub.shape.names = arena_array(q->arena, n + 1, sizeof(*q->pub.shape.names));
	q->pub.shape.types = arena_array(q->arena, n + 1, sizeof(*q->pub.shape.types));
	q->pub.shape.n = n;
	for (size_t i = 0; i < n; i++) {
		q->pub.shape.names[i] = arena_strdup(q->arena, cols[i].name ? cols[i].name : "");
		q->pub.shape.types[i] = cols[i].type;
	}
	q->pub.is_select = !exec_plan_writes(p);
	give_plan(q, p);
	return 0;
}

static int fill(struct ctx *c, struct query_plan *q, const struct name_scope *names,
		bool is_lasting)
{
	struct ctx own = { .arena = q->arena };
	struct name_notes *notes = NULL;
	const struct json *stmt;
	if (sql_parse(&own, q->sql, &stmt) < 0) {
		c->err = err_copy(c->arena, &own.err);
		return -1;
	}
	if (!is_query_node(stmt)) {
		q->utility = stmt;
		return 0;
	}
	q->names = names && !is_lasting ? name_notes_new(q->arena, names, &notes) : names;
	int failed = describe(c, q);
	if (notes)
		name_notes_close(notes);
	return failed;
}

int query_plan_make(struct ctx *c, struct instance *in, struct str sql,
		    const struct name_scope *names, bool is_lasting, struct query_plan **ret)
{
	struct arena *a = arena_new(1 << 10);
	struct query_plan *q = ARENA_NEW(a, struct query_plan);
	q->arena = a;
	q->in = in;
	q->sql = str_copy(a, sql);
	if (fill(c, q, names, is_lasting) < 0) {
		drop_idle(q);
		arena_free(a);
		return -1;
	}
	q->next = in->queries;
	q->prev = &in->queries;
	if (q->next)
		q->next->prev = &q->next;
	in->queries = q;
	*ret = q;
	return 0;
}

void query_plan_free(struct query_plan *q)
{
	if (!q)
		return;
	*q->prev = q->next;
	if (q->next)
		q->next->prev = q->prev;
	drop_idle(q);
	arena_free(q->arena);
}

/* ---- running ---- */

struct stop_sink {
	struct host_sink *to;
	bool is_stopped;
};

static int pass_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct stop_sink *s = arg;
	int rc = s->to->row(c, s->to->arg, cells, n);
	s->is_stopped = rc > 0;
	return rc ? -1 : 0;
}

static const char *command_of(const struct query_plan *q)
{
	static const char *const words[] = { "insert", "update", "delete" };
	static const char *const names[] = { "INSERT", "UPDATE", "DELETE" };
	struct str s = str_trim(q->sql);
	for (size_t i = 0; i < 3; i++) {
		if (s.n > 6 && str_ieq(str_sub(s, 0, 6), str_of(words[i])))
			return names[i];
	}
	return "SELECT";
}

/* A function that is not volatile has promised to write nothing. */
static int check_may_write(struct ctx *c, const struct query_plan *q)
{
	const struct instance *in = q->in;
	if (in->rs->cn->kind == CONN_READER)
		return err_set(c, "25006", "cannot execute %s in a read-only transaction",
			       command_of(q));
	if (in->f && in->f->volatility && in->f->volatility != 'v')
		return err_set(c, "0A000", "%s is not allowed in a non-volatile function",
			       command_of(q));
	return 0;
}

/* SET [LOCAL] name = value of a setting that only current_setting() reads: for the
 * rest of the transaction. */
static int run_set(struct ctx *c, struct sqlite_conn *cn, const struct json *set)
{
	struct str name = json_get_str(set, "name", STR(""));
	const struct json *args = json_get(set, "args");
	const struct json *value = args && args->child ? node_as(args->child, "A_Const") : NULL;
	const struct json *text = value ? json_get(value, "sval") : NULL;
	bool is_plain = str_is(json_get_str(set, "kind", STR("")), "VAR_SET_VALUE") && text &&
			args->count == 1 && !str_ieq(name, STR("role")) &&
			!str_ieq(name, STR("session_authorization")) &&
			!str_ieq(name, STR("search_path"));
	if (!is_plain)
		return err_set(c, "0A000", "SET %.*s cannot run inside a function on this engine",
			       STR_ARG(name));
	sqlite_set_setting(cn, name, json_get_str(text, "sval", STR("")));
	return 0;
}

static int set_constraints(struct ctx *c, struct sqlite_conn *cn, const struct json *set)
{
	const struct json *names = json_get(set, "constraints");
	bool is_deferred = json_get_bool(set, "deferred", false);
	if (!names || !names->child)
		return exec_set_constraint(c, cn, NULL, is_deferred);
	for (const struct json *j = names->child; j; j = j->next) {
		const struct json *name = node_as(j, "RangeVar");
		struct str rel = name ? json_get_str(name, "relname", STR("")) : STR("");
		TRY(exec_set_constraint(c, cn, str_dup(c->arena, rel), is_deferred));
	}
	return 0;
}

static int run_utility(struct ctx *c, struct query_plan *q)
{
	struct sqlite_conn *cn = q->in->rs->cn;
	if (node_as(q->utility, "ConstraintsSetStmt"))
		return set_constraints(c, cn, node_as(q->utility, "ConstraintsSetStmt"));
	if (!cn->ddl && node_as(q->utility, "VariableSetStmt"))
		return run_set(c, cn, node_as(q->utility, "VariableSetStmt"));
	if (!cn->ddl) {
		err_set(c, "0A000", "this statement cannot run inside a function on this engine");
		return err_hint(c, "Run it in a migration.");
	}
	const char *role = cn->ddl->role, *path = cn->ddl->search_path;
	routine_before_ddl(q->in->rs);
	cn->ddl->role = sqlite_conn_role(cn);
	cn->ddl->search_path = sqlite_search_path(cn);
	int failed = ddl_run(c, cn->ddl, q->sql, q->utility, (struct str){ 0 });
	cn->ddl->role = role;
	cn->ddl->search_path = path;
	cn->edits++;
	return failed;
}

static int run_plan(struct ctx *c, struct query_plan *q, struct exec_plan *p,
		    const struct datum *params, size_t n, struct host_sink *sink,
		    uint64_t *ret_affected)
{
	struct sql_param *bound = arena_array(c->arena, n + 1, sizeof(*bound));
	struct stop_sink stop = { .to = sink };
	struct sink rows = { .arg = &stop, .row = pass_row };
	for (size_t i = 0; i < n; i++)
		bound[i].cell = &params[i];
	if (exec_plan_writes(p))
		TRY(check_may_write(c, q));
	int failed = exec_run(c, q->in->rs->cn, p, bound, n, sink ? &rows : NULL, ret_affected);
	if (failed < 0 && stop.is_stopped) {
		err_clear(c);
		if (ret_affected)
			*ret_affected = 1;
		return 0;
	}
	return failed;
}

int query_plan_run(struct ctx *c, struct query_plan *q, const struct datum *params, size_t n,
		   struct host_sink *sink, uint64_t *ret_affected)
{
	struct exec_plan *p;
	if (ret_affected)
		*ret_affected = 0;
	if (q->utility)
		return run_utility(c, q);
	TRY(take_plan(c, q, &p));
	int failed = run_plan(c, q, p, params, n, sink, ret_affected);
	give_plan(q, p);
	return failed;
}
