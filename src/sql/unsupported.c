/* Functions and operators that PostgreSQL or a common extension has and this
 * table of built-ins does not: a call is refused as such, not as a misspelling. */
#include "sql/builtin.h"

#include <stdlib.h>

/* clang-format off */
static const char *const functions[] = {
	"abbrev", "acosd", "acosh", "akeys", "armor", "array_to_tsvector", "asind", "asinh", "atan2d",
	"atand", "atanh", "avals", "bit_count", "bit_xor", "broadcast", "cosd",
	"cotd", "current_query", "daterange", "dearmor", "dmetaphone", "each",
	"erf", "erfc", "family",
	"host", "hostmask",
	"hstore", "http_get", "http_post", "inet_merge", "inet_same_family",
	"int4range", "int8range", "is_normalized", "isempty", "json_to_tsvector",
 "jsonb_path_exists_tz", "jsonb_path_query",
 "jsonb_to_tsvector",
	"lo_create", "lo_export", "lo_get", "lo_import", "lo_put", "lo_unlink", "lower_inc",
	"lower_inf", "masklen", "metaphone", "netmask", "network", "numrange",
	"pg_cancel_backend", "pg_column_size", "pg_current_xact_id",
	
	"pg_get_keywords",
	"pg_listening_channels", "pg_size_bytes",
	"pg_sleep_for", "pg_sleep_until", "pg_snapshot_xmin",
	"pg_terminate_backend", "pg_timezone_names",
	"pgp_pub_decrypt",
	"pgp_pub_encrypt", "pgp_sym_decrypt", "pgp_sym_encrypt",
	"query_to_xml", "querytree", "range_agg", "range_intersect_agg",
	"range_merge", "regr_avgx", "regr_avgy", "regr_intercept", "regr_r2", "regr_slope",
	"regr_sxx", "regr_sxy", "regr_syy", "set_bit", "set_masklen",
	"sind", "skeys",
	"st_astext", "st_distance", "st_dwithin", "st_geogfromtext", "st_makepoint", "st_point",
	"st_setsrid", "svals", "table_to_xml", "tand", "to_ascii",
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
