/* SET, RESET and the calls of set_config() and setval() that dumps are made of. */
#include "sql/ddl/statements.h"

#include <string.h>

/* The list of a SET search_path as text, quoted where needed. */
static const char *path_text(struct ctx *c, const struct json *args)
{
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	for (const struct json *j = args ? args->child : NULL; j; j = j->next) {
		struct str s =
			json_get_str(json_get(node_as(j, "A_Const"), "sval"), "sval", STR(""));
		if (b.n)
			buf_puts(&b, ", ");
		if (s.n)
			sql_put_ident(&b, s);
	}
	return buf_dup(c->arena, &b);
}

static int set_role(struct ctx *c, struct ddl *d, struct str name)
{
	const char *reset_to = d->s->session_role;
	if (!name.n || str_is(name, "none")) {
		d->s->role = reset_to;
		return 0;
	}
	const struct role *role = catalog_role(d->cat, name);
	if (!role)
		return err_set(c, "22023", "role \"%.*s\" does not exist", STR_ARG(name));
	if (strcmp(reset_to, "postgres") != 0 &&
	    !catalog_has_role(d->cat, str_of(reset_to), name, false))
		return err_set(c, "42501", "permission denied to set role \"%s\"", role->name);
	d->s->role = role->name;
	return 0;
}

/* Settings of PostgreSQL 14 to 18 that scripts set. */
static const char *const setting_names[] = {
	"allow_in_place_tablespaces",
	"application_name",
	"array_nulls",
	"backslash_quote",
	"bytea_output",
	"check_function_bodies",
	"client_connection_check_interval",
	"client_encoding",
	"client_min_messages",
	"commit_delay",
	"compute_query_id",
	"constraint_exclusion",
	"cpu_tuple_cost",
	"createrole_self_grant",
	"cursor_tuple_fraction",
	"datestyle",
	"deadlock_timeout",
	"debug_print_plan",
	"default_statistics_target",
	"default_table_access_method",
	"default_tablespace",
	"default_text_search_config",
	"default_toast_compression",
	"default_transaction_deferrable",
	"default_transaction_isolation",
	"default_transaction_read_only",
	"effective_cache_size",
	"effective_io_concurrency",
	"enable_hashjoin",
	"enable_indexscan",
	"enable_mergejoin",
	"enable_nestloop",
	"enable_seqscan",
	"escape_string_warning",
	"exit_on_error",
	"extra_float_digits",
	"force_parallel_mode",
	"from_collapse_limit",
	"geqo",
	"gin_fuzzy_search_limit",
	"gin_pending_list_limit",
	"hash_mem_multiplier",
	"idle_in_transaction_session_timeout",
	"idle_session_timeout",
	"intervalstyle",
	"jit",
	"join_collapse_limit",
	"lc_messages",
	"lc_monetary",
	"lc_numeric",
	"lc_time",
	"lo_compat_privileges",
	"local_preload_libraries",
	"lock_timeout",
	"log_min_duration_statement",
	"log_min_messages",
	"log_statement",
	"logical_decoding_work_mem",
	"maintenance_work_mem",
	"max_parallel_workers",
	"max_parallel_workers_per_gather",
	"max_stack_depth",
	"operator_precedence_warning",
	"parallel_leader_participation",
	"password_encryption",
	"plan_cache_mode",
	"quote_all_identifiers",
	"random_page_cost",
	"recursive_worktable_factor",
	"role",
	"row_security",
	"search_path",
	"session_authorization",
	"seed",
	"seq_page_cost",
	"session_preload_libraries",
	"session_replication_role",
	"standard_conforming_strings",
	"statement_timeout",
	"stats_fetch_consistency",
	"synchronize_seqscans",
	"synchronous_commit",
	"temp_buffers",
	"temp_tablespaces",
	"timezone",
	"timezone_abbreviations",
	"track_activities",
	"transaction_deferrable",
	"transaction_isolation",
	"transaction_read_only",
	"transaction_timeout",
	"transform_null_equals",
	"vacuum_cost_delay",
	"wal_compression",
	"work_mem",
	"xmlbinary",
	"xmloption",
};

/* A dotted name is a user's own. */
bool ddl_is_setting(struct str name)
{
	if (str_chr(name, '.') > 0)
		return true;
	for (size_t i = 0; i < sizeof(setting_names) / sizeof(*setting_names); i++) {
		if (str_ieq(name, str_of(setting_names[i])))
			return true;
	}
	return false;
}

static bool is_off(const char *value)
{
	return str_ieq(str_of(value), STR("off")) || str_ieq(str_of(value), STR("false")) ||
	       str_ieq(str_of(value), STR("no")) || strcmp(value, "0") == 0;
}

static int set_named(struct ctx *c, struct ddl *d, struct str name, const char *value)
{
	if (str_ieq(name, STR("search_path"))) {
		d->s->search_path = arena_strdup(d->a, value);
		return 0;
	}
	if (str_ieq(name, STR("check_function_bodies"))) {
		d->s->keep_bodies_unchecked = is_off(value);
		return 0;
	}
	if (str_ieq(name, STR("role")) || str_ieq(name, STR("session_authorization")))
		return set_role(c, d, str_of(value));
	if (!ddl_is_setting(name))
		return err_set(c, "42704", "unrecognized configuration parameter \"%.*s\"",
			       STR_ARG(name));
	if (str_ieq(name, STR("session_replication_role")))
		d->s->is_replica = str_ieq(str_of(value), STR("replica"));
	return 0;
}

static struct str first_value(const struct json *args)
{
	const struct json *k = node_as(args ? args->child : NULL, "A_Const");
	return json_get_str(json_get(k, "sval"), "sval", STR(""));
}

int ddl_set(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str kind = json_get_str(stmt, "kind", STR(""));
	struct str name = json_get_str(stmt, "name", STR(""));
	const struct json *args = json_get(stmt, "args");
	if (str_is(kind, "VAR_SET_MULTI") || str_is(kind, "VAR_SET_CURRENT"))
		return 0; /* transaction characteristics: a script is one transaction */
	bool is_all = str_is(kind, "VAR_RESET_ALL");
	bool is_reset = is_all || str_is(kind, "VAR_RESET") || str_is(kind, "VAR_SET_DEFAULT");
	bool is_path = str_ieq(name, STR("search_path"));
	if (is_all || (is_reset && is_path))
		d->s->search_path = "\"$user\", public, extensions";
	if (is_all)
		return 0;
	if (is_reset)
		return is_path ? 0 : set_named(c, d, name, "");
	const char *value = is_path ? path_text(c, args) : str_dup(c->arena, first_value(args));
	return set_named(c, d, name, value);
}

/* The only target of a SELECT without FROM, when it calls that function. */
static const struct json *only_call(const struct json *stmt, const char *function)
{
	const struct json *list = json_get(stmt, "targetList");
	if (!list || list->count != 1 || json_get(stmt, "fromClause") ||
	    json_get(stmt, "whereClause"))
		return NULL;
	const struct json *call =
		node_as(json_get(node_as(list->child, "ResTarget"), "val"), "FuncCall");
	const struct json *names = json_get(call, "funcname");
	struct str schema = ddl_qualifier(names);
	if (!call || !str_is(ddl_last_name(names), function) ||
	    (schema.n && !str_is(schema, "pg_catalog")))
		return NULL;
	return call;
}

static bool const_text(const struct json *arg, struct str *ret)
{
	const struct json *cast = node_as(arg, "TypeCast");
	const struct json *k = node_as(cast ? json_get(cast, "arg") : arg, "A_Const");
	if (!json_get(k, "sval"))
		return false;
	*ret = json_get_str(json_get(k, "sval"), "sval", STR(""));
	return true;
}

int ddl_select(struct ctx *c, struct ddl *d, const struct json *stmt, bool *ret_done)
{
	const struct json *call = only_call(stmt, "set_config");
	const struct json *args = json_get(call, "args");
	struct str name, value;
	*ret_done = false;
	if (!call || !args || args->count != 3 || !const_text(json_at(args, 0), &name) ||
	    !const_text(json_at(args, 1), &value))
		return 0;
	/* set_config is also how settings like request.jwt.claims are set: those
	 * are a query's business. */
	if (str_chr(name, '.') > 0)
		return 0;
	*ret_done = true;
	return set_named(c, d, name, str_dup(c->arena, value));
}
