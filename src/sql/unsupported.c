/* Functions and operators that PostgreSQL or a common extension has and this
 * table of built-ins does not: a call is refused as such, not as a misspelling. */
#include "sql/builtin.h"

#include <stdlib.h>

/* clang-format off */
static const char *const functions[] = {
	"abbrev", "acosd", "acosh", "akeys", "armor", "array_to_tsvector", "asind", "asinh", "atan2d",
	"atand", "atanh", "avals", "bit_count", "bit_xor", "broadcast", "col_description", "cosd",
	"cotd", "current_query", "daterange", "dearmor", "dmetaphone", "each", 
	"erf", "erfc", "family", "format_type", "getdatabaseencoding", "has_any_column_privilege",
	"has_column_privilege", "has_database_privilege", "has_function_privilege",
	"has_schema_privilege", "has_sequence_privilege", "has_type_privilege", "host", "hostmask",
	"hstore", "http_get", "http_post", "inet_client_addr", "inet_merge", "inet_same_family",
	"inet_server_addr", "int4range", "int8range", "is_normalized", "isempty", "json_to_tsvector",
 "jsonb_path_exists_tz", "jsonb_path_query",
 "jsonb_to_tsvector", 
	"lo_create", "lo_export", "lo_get", "lo_import", "lo_put", "lo_unlink", "lower_inc",
	"lower_inf", "masklen", "metaphone", "mode", "netmask", "network", "numrange",
	"obj_description", "percentile_cont", "percentile_disc", "pg_advisory_unlock",
	"pg_advisory_unlock_all", "pg_cancel_backend", "pg_column_size", "pg_current_xact_id",
	"pg_database_size", "pg_function_is_visible", "pg_get_constraintdef", "pg_get_expr",
	"pg_get_function_arguments", "pg_get_function_identity_arguments", "pg_get_function_result",
	"pg_get_functiondef", "pg_get_indexdef", "pg_get_keywords", "pg_get_triggerdef",
	"pg_get_userbyid", "pg_get_viewdef", "pg_has_role", "pg_indexes_size",
	"pg_listening_channels", "pg_relation_size", "pg_size_bytes", "pg_size_pretty",
	"pg_sleep_for", "pg_sleep_until", "pg_snapshot_xmin", "pg_table_is_visible", "pg_table_size",
	"pg_terminate_backend", "pg_timezone_names", "pg_total_relation_size",
	"pg_try_advisory_lock", "pg_try_advisory_xact_lock", "pg_type_is_visible", "pgp_pub_decrypt",
	"pgp_pub_encrypt", "pgp_sym_decrypt", "pgp_sym_encrypt", 
	"query_to_xml", "querytree", "range_agg", "range_intersect_agg",
	"range_merge", "regr_avgx", "regr_avgy", "regr_intercept", "regr_r2", "regr_slope",
	"regr_sxx", "regr_sxy", "regr_syy", "row_security_active", "set_bit", "set_masklen",
	"shobj_description", "sind", "skeys", 
	"st_astext", "st_distance", "st_dwithin", "st_geogfromtext", "st_makepoint", "st_point",
	"st_setsrid", "svals", "table_to_xml", "tand", "to_ascii",
	"to_regclass", "to_regnamespace", "to_regproc", "to_regprocedure", "to_regrole", "to_regtype",
	"ts_delete", "ts_filter", "ts_headline", 
	"ts_rewrite", "tsrange", "tstzrange", "tsvector_to_array", "txid_current_snapshot",
	"txid_status", "upper_inc", "upper_inf", "uuid_generate_v1mc", 
	
	"xml_is_well_formed", "xmlagg", "xmlcomment", "xpath", "xpath_exists",
};
static const char *const operators[] = {
	"#<#", "&&&", "&<", "&>", "-|-", "<#>", "<->", "<<%", "<<|", "<=>", "<@>", "@@", "@@@", "^@", "|&>", "|>>", "~=",
};
/* clang-format on */

static int compare(const void *key, const void *item)
{
	return str_cmp(*(const struct str *)key, str_of(*(const char *const *)item));
}

bool builtin_is_unsupported(enum builtin_kind kind, struct str name)
{
	bool is_op = kind == BUILTIN_OP;
	const char *const *list = is_op ? operators : functions;
	size_t n = is_op ? sizeof(operators) / sizeof(*operators)
			 : sizeof(functions) / sizeof(*functions);
	return bsearch(&name, list, n, sizeof(*list), compare) != NULL;
}
