/* Names of types. */
#include "base/arena.h"
#include "value/value.h"

static const struct {
	const char *typname, *sql;
} type_names[V_TYPE_COUNT] = {
	[V_UNKNOWN] = { "unknown", "unknown" },
	[V_BOOL] = { "bool", "boolean" },
	[V_INT2] = { "int2", "smallint" },
	[V_INT4] = { "int4", "integer" },
	[V_INT8] = { "int8", "bigint" },
	[V_FLOAT4] = { "float4", "real" },
	[V_FLOAT8] = { "float8", "double precision" },
	[V_NUMERIC] = { "numeric", "numeric" },
	[V_TEXT] = { "text", "text" },
	[V_VARCHAR] = { "varchar", "character varying" },
	[V_BPCHAR] = { "bpchar", "character" },
	[V_CITEXT] = { "citext", "citext" },
	[V_NAME] = { "name", "name" },
	[V_UUID] = { "uuid", "uuid" },
	[V_DATE] = { "date", "date" },
	[V_TIME] = { "time", "time without time zone" },
	[V_TIMETZ] = { "timetz", "time with time zone" },
	[V_TIMESTAMP] = { "timestamp", "timestamp without time zone" },
	[V_TIMESTAMPTZ] = { "timestamptz", "timestamp with time zone" },
	[V_INTERVAL] = { "interval", "interval" },
	[V_JSON] = { "json", "json" },
	[V_JSONB] = { "jsonb", "jsonb" },
	[V_BYTEA] = { "bytea", "bytea" },
	[V_ENUM] = { "enum", "enum" },
	[V_OID] = { "oid", "oid" },
	[V_TSVECTOR] = { "tsvector", "tsvector" },
	[V_TSQUERY] = { "tsquery", "tsquery" },
	[V_VECTOR] = { "vector", "vector" },
};

struct str value_type_name(struct arena *a, const struct vtype *t)
{
	struct str name = str_of(type_names[t->id].sql);
	if (t->id == V_ENUM && t->labels)
		name = t->labels->name;
	if (!t->is_array)
		return name;
	return str_of(arena_printf(a, "%.*s[]", STR_ARG(name)));
}

const char *value_type_typname(enum value_type id)
{
	return type_names[id].typname;
}

enum value_type value_type_by_name(struct str name)
{
	for (int id = V_BOOL; id < V_TYPE_COUNT; id++) {
		if (id == V_ENUM)
			continue;
		if (str_is(name, type_names[id].typname) || str_is(name, type_names[id].sql))
			return (enum value_type)id;
	}
	return V_UNKNOWN;
}
