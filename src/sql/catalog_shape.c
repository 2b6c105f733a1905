#include "sql/catalog_shape.h"

#include "sql/trigger.h"

#define M(S, member, kind_)                                                                        \
	{                                                                                          \
#member, kind_, offsetof(struct S, member), 0, NULL                                \
	}
#define SUB(S, member, kind_, shape_)                                                              \
	{                                                                                          \
#member, kind_, offsetof(struct S, member), 0, shape_                              \
	}
#define ARR(S, member, count, kind_, shape_)                                                       \
	{                                                                                          \
#member, kind_, offsetof(struct S, member), offsetof(struct S, count), shape_      \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, M_END, 0, 0, NULL                                                            \
	}
#define SHAPE(S)                                                                                   \
	{                                                                                          \
		sizeof(struct S), members_##S                                                      \
	}

static const struct member members_stored_sql[] = { M(stored_sql, text, M_CSTR),
						    M(stored_sql, search_path, M_CSTR), END };
static const struct shape shape_stored_sql = SHAPE(stored_sql);

static const struct member members_acl[] = { M(acl, grantee, M_CSTR), M(acl, grantor, M_CSTR),
					     M(acl, privs, M_U32), M(acl, grantable, M_U32), END };
static const struct shape shape_acl = SHAPE(acl);

static const struct member members_check_def[] = {
	M(check_def, name, M_CSTR), SUB(check_def, expr, M_STRUCT, &shape_stored_sql),
	M(check_def, not_valid, M_BOOL), END
};
static const struct shape shape_check_def = SHAPE(check_def);

static const struct member members_typeref[] = { M(typeref, type, M_TYPE),
						 M(typeref, typmod, M_I32), END };
static const struct shape shape_typeref = SHAPE(typeref);

static const struct member members_column[] = { M(column, name, M_CSTR),
						M(column, attnum, M_I16),
						SUB(column, type, M_STRUCT, &shape_typeref),
						M(column, not_null, M_BOOL),
						SUB(column, default_expr, M_STRUCT,
						    &shape_stored_sql),
						M(column, is_generated, M_BOOL),
						M(column, identity, M_CHAR),
						M(column, sequence, M_CSTR),
						M(column, comment, M_CSTR),
						SUB(column, acl, M_LIST, &shape_acl),
						M(column, storage_name, M_CSTR),
						END };
static const struct shape shape_column = SHAPE(column);

static const struct member members_constraint[] = {
	M(constraint, name, M_CSTR),
	M(constraint, kind, M_I32),
	ARR(constraint, cols, n_cols, M_ARR_I16, NULL),
	SUB(constraint, check, M_STRUCT, &shape_stored_sql),
	M(constraint, ref_oid, M_U32),
	ARR(constraint, ref_cols, n_cols, M_ARR_I16, NULL),
	M(constraint, on_delete, M_CHAR),
	M(constraint, on_update, M_CHAR),
	ARR(constraint, set_cols, n_set_cols, M_ARR_I16, NULL),
	M(constraint, match, M_CHAR),
	M(constraint, is_deferrable, M_BOOL),
	M(constraint, is_deferred, M_BOOL),
	M(constraint, is_validated, M_BOOL),
	M(constraint, nulls_not_distinct, M_BOOL),
	M(constraint, index, M_CSTR),
	M(constraint, comment, M_CSTR),
	END
};
static const struct shape shape_constraint = SHAPE(constraint);

static const struct member members_index_key[] = {
	M(index_key, attnum, M_I16),   SUB(index_key, expr, M_STRUCT, &shape_stored_sql),
	M(index_key, is_desc, M_BOOL), M(index_key, nulls_first, M_BOOL),
	M(index_key, opclass, M_CSTR), END
};
static const struct shape shape_index_key = SHAPE(index_key);

static const struct member members_index[] = { M(index, oid, M_U32),
					       M(index, name, M_CSTR),
					       M(index, method, M_CSTR),
					       M(index, is_unique, M_BOOL),
					       M(index, nulls_not_distinct, M_BOOL),
					       ARR(index, keys, n_keys, M_ARR, &shape_index_key),
					       ARR(index, include, n_include, M_ARR_I16, NULL),
					       SUB(index, predicate, M_STRUCT, &shape_stored_sql),
					       M(index, comment, M_CSTR),
					       END };
static const struct shape shape_index = SHAPE(index);

static const struct member members_policy[] = {
	M(policy, name, M_CSTR),
	M(policy, cmd, M_CHAR),
	M(policy, is_permissive, M_BOOL),
	ARR(policy, roles, n_roles, M_ARR_CSTR, NULL),
	SUB(policy, using_expr, M_STRUCT, &shape_stored_sql),
	SUB(policy, check_expr, M_STRUCT, &shape_stored_sql),
	M(policy, comment, M_CSTR),
	END
};
static const struct shape shape_policy = SHAPE(policy);

static const struct member members_trigger[] = { M(trigger, name, M_CSTR),
						 M(trigger, timing, M_CHAR),
						 M(trigger, events, M_I32),
						 M(trigger, for_each_row, M_BOOL),
						 M(trigger, is_disabled, M_BOOL),
						 ARR(trigger, columns, n_columns, M_ARR_I16, NULL),
						 SUB(trigger, when, M_STRUCT, &shape_stored_sql),
						 M(trigger, function_schema, M_CSTR),
						 M(trigger, function, M_CSTR),
						 M(trigger, function_oid, M_U32),
						 M(trigger, oid, M_U32),
						 M(trigger, is_constraint, M_BOOL),
						 M(trigger, is_deferrable, M_BOOL),
						 M(trigger, is_deferred, M_BOOL),
						 M(trigger, constraint_rel, M_U32),
						 M(trigger, old_table, M_CSTR),
						 M(trigger, new_table, M_CSTR),
						 ARR(trigger, args, n_args, M_ARR_CSTR, NULL),
						 M(trigger, comment, M_CSTR),
						 END };
static const struct shape shape_trigger = SHAPE(trigger);

static const struct member members_view_source[] = { M(view_source, attnum, M_I16),
						     M(view_source, base_oid, M_U32),
						     M(view_source, base_attnum, M_I16), END };
static const struct shape shape_view_source = SHAPE(view_source);

static const struct member members_sequence[] = { SUB(sequence, type, M_STRUCT, &shape_typeref),
						  M(sequence, start, M_I64),
						  M(sequence, increment, M_I64),
						  M(sequence, min, M_I64),
						  M(sequence, max, M_I64),
						  M(sequence, cache, M_I64),
						  M(sequence, is_cycle, M_BOOL),
						  M(sequence, owner_rel, M_U32),
						  M(sequence, owner_col, M_I16),
						  END };
static const struct shape shape_sequence = SHAPE(sequence);

static const struct member members_relation[] = {
	M(relation, oid, M_U32),
	M(relation, schema, M_CSTR),
	M(relation, name, M_CSTR),
	M(relation, kind, M_I32),
	M(relation, owner, M_CSTR),
	M(relation, comment, M_CSTR),
	SUB(relation, columns, M_VEC, &shape_column),
	M(relation, next_attnum, M_I16),
	SUB(relation, constraints, M_VEC_PTR, &shape_constraint),
	SUB(relation, indexes, M_VEC_PTR, &shape_index),
	SUB(relation, policies, M_VEC_PTR, &shape_policy),
	SUB(relation, triggers, M_VEC_PTR, &shape_trigger),
	M(relation, rls_enabled, M_BOOL),
	M(relation, rls_forced, M_BOOL),
	SUB(relation, acl, M_LIST, &shape_acl),
	SUB(relation, view, M_STRUCT, &shape_stored_sql),
	M(relation, security_invoker, M_BOOL),
	M(relation, security_barrier, M_BOOL),
	M(relation, is_insertable, M_BOOL),
	M(relation, is_updatable, M_BOOL),
	M(relation, is_deletable, M_BOOL),
	M(relation, view_check, M_CHAR),
	SUB(relation, sources, M_VEC, &shape_view_source),
	SUB(relation, seq, M_PTR, &shape_sequence),
	M(relation, replica_identity, M_CHAR),
	M(relation, row_type, M_TYPE),
	END
};
const struct shape shape_relation = SHAPE(relation);

static const struct member members_func_arg[] = { M(func_arg, name, M_CSTR),
						  SUB(func_arg, type, M_STRUCT, &shape_typeref),
						  M(func_arg, mode, M_CHAR),
						  M(func_arg, has_default, M_BOOL),
						  SUB(func_arg, default_expr, M_STRUCT,
						      &shape_stored_sql),
						  END };
static const struct shape shape_func_arg = SHAPE(func_arg);

static const struct member members_function[] = {
	M(function, oid, M_U32),
	M(function, schema, M_CSTR),
	M(function, name, M_CSTR),
	M(function, owner, M_CSTR),
	M(function, language, M_CSTR),
	M(function, comment, M_CSTR),
	M(function, kind, M_CHAR),
	ARR(function, args, n_args, M_ARR, &shape_func_arg),
	SUB(function, returns, M_STRUCT, &shape_typeref),
	M(function, returns_set, M_BOOL),
	M(function, volatility, M_CHAR),
	M(function, parallel, M_CHAR),
	M(function, is_strict, M_BOOL),
	M(function, security_definer, M_BOOL),
	M(function, is_leakproof, M_BOOL),
	M(function, rows, M_DOUBLE),
	M(function, cost, M_DOUBLE),
	SUB(function, body, M_STRUCT, &shape_stored_sql),
	M(function, is_atomic, M_BOOL),
	ARR(function, settings, n_settings, M_ARR_CSTR, NULL),
	M(function, refusal, M_CSTR),
	M(function, refusal_offset, M_I32),
	SUB(function, acl, M_LIST, &shape_acl),
	END
};
const struct shape shape_function = SHAPE(function);

static const struct member members_type[] = { M(type, oid, M_U32),
					      M(type, schema, M_CSTR),
					      M(type, name, M_CSTR),
					      M(type, kind, M_I32),
					      M(type, value, M_I32),
					      M(type, category, M_CHAR),
					      M(type, is_preferred, M_BOOL),
					      M(type, elem, M_TYPE),
					      M(type, array, M_TYPE),
					      ARR(type, labels, n_labels, M_ARR_CSTR32, NULL),
					      M(type, base, M_TYPE),
					      M(type, base_typmod, M_I32),
					      M(type, not_null, M_BOOL),
					      M(type, default_sql, M_CSTR),
					      SUB(type, checks, M_LIST, &shape_check_def),
					      M(type, row, M_RELATION),
					      M(type, owner, M_CSTR),
					      M(type, comment, M_CSTR),
					      SUB(type, acl, M_LIST, &shape_acl),
					      END };
const struct shape shape_type = SHAPE(type);

static const struct member members_role[] = { M(role, name, M_CSTR),
					      M(role, is_superuser, M_BOOL),
					      M(role, bypass_rls, M_BOOL),
					      M(role, can_login, M_BOOL),
					      M(role, inherits, M_BOOL),
					      M(role, create_role, M_BOOL),
					      M(role, create_db, M_BOOL),
					      SUB(role, member_of, M_VEC_CSTR, NULL),
					      SUB(role, settings, M_VEC_CSTR, NULL),
					      M(role, comment, M_CSTR),
					      END };
const struct shape shape_role = SHAPE(role);

static const struct member members_schema[] = { M(schema, name, M_CSTR), M(schema, owner, M_CSTR),
						M(schema, comment, M_CSTR),
						SUB(schema, acl, M_LIST, &shape_acl), END };
const struct shape shape_schema = SHAPE(schema);

static const struct member members_default_acl[] = {
	M(default_acl, role, M_CSTR), M(default_acl, schema, M_CSTR), M(default_acl, kind, M_CHAR),
	SUB(default_acl, acl, M_LIST, &shape_acl), END
};
const struct shape shape_default_acl = SHAPE(default_acl);

static const struct member members_extension[] = { M(extension, oid, M_U32),
						   M(extension, name, M_CSTR),
						   M(extension, schema, M_CSTR),
						   M(extension, version, M_CSTR),
						   M(extension, owner, M_CSTR),
						   M(extension, comment, M_CSTR),
						   END };
const struct shape shape_extension = SHAPE(extension);

static const struct member members_publication_table[] = {
	M(publication_table, rel_oid, M_U32),
	ARR(publication_table, columns, n_columns, M_ARR_I16, NULL), END
};
static const struct shape shape_publication_table = SHAPE(publication_table);

static const struct member members_publication[] = { M(publication, oid, M_U32),
						     M(publication, name, M_CSTR),
						     M(publication, owner, M_CSTR),
						     M(publication, comment, M_CSTR),
						     M(publication, all_tables, M_BOOL),
						     M(publication, inserts, M_BOOL),
						     M(publication, updates, M_BOOL),
						     M(publication, deletes, M_BOOL),
						     M(publication, truncates, M_BOOL),
						     M(publication, via_root, M_BOOL),
						     SUB(publication, tables, M_VEC,
							 &shape_publication_table),
						     SUB(publication, schemas, M_VEC_CSTR, NULL),
						     END };
const struct shape shape_publication = SHAPE(publication);

static const struct member members_event_trigger[] = { M(event_trigger, oid, M_U32),
						       M(event_trigger, name, M_CSTR),
						       M(event_trigger, event, M_CSTR),
						       M(event_trigger, owner, M_CSTR),
						       M(event_trigger, function_schema, M_CSTR),
						       M(event_trigger, function, M_CSTR),
						       SUB(event_trigger, tags, M_VEC_CSTR, NULL),
						       M(event_trigger, enabled, M_CHAR),
						       M(event_trigger, comment, M_CSTR),
						       END };
const struct shape shape_event_trigger = SHAPE(event_trigger);

static const struct member members_search_config[] = {
	M(search_config, oid, M_U32),	 M(search_config, schema, M_CSTR),
	M(search_config, name, M_CSTR),	 M(search_config, base, M_CSTR),
	M(search_config, owner, M_CSTR), END
};
const struct shape shape_search_config = SHAPE(search_config);

/* Types and relations first: the others refer to them. */
const struct catalog_list catalog_lists[CATALOG_LISTS] = {
	{ "types", offsetof(struct catalog, types), &shape_type },
	{ "relations", offsetof(struct catalog, relations), &shape_relation },
	{ "schemas", offsetof(struct catalog, schemas), &shape_schema },
	{ "functions", offsetof(struct catalog, functions), &shape_function },
	{ "roles", offsetof(struct catalog, roles), &shape_role },
	{ "default_acls", offsetof(struct catalog, default_acls), &shape_default_acl },
	{ "extensions", offsetof(struct catalog, extensions), &shape_extension },
	{ "publications", offsetof(struct catalog, publications), &shape_publication },
	{ "event_triggers", offsetof(struct catalog, event_triggers), &shape_event_trigger },
	{ "ts_configs", offsetof(struct catalog, ts_configs), &shape_search_config },
};

size_t shape_count(const struct member *m, const char *base)
{
	if (m->kind == M_ARR_CSTR32)
		return *(const uint32_t *)(const void *)(base + m->count_offset);
	return *(const uint16_t *)(const void *)(base + m->count_offset);
}

void shape_set_count(const struct member *m, char *base, size_t n)
{
	if (m->kind == M_ARR_CSTR32)
		*(uint32_t *)(void *)(base + m->count_offset) = (uint32_t)n;
	else
		*(uint16_t *)(void *)(base + m->count_offset) = (uint16_t)n;
}
