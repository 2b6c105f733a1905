/* The families of statements, a file each, and what they need of one another. */
#ifndef SQL_DDL_STATEMENTS_H
#define SQL_DDL_STATEMENTS_H

#include "sql/ddl/internal.h"

/* --- acl.c --- */
int ddl_grant(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_grant_role(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_default_privileges(struct ctx *c, struct ddl *d, const struct json *stmt);
/* The acl a new object starts with under ALTER DEFAULT PRIVILEGES; NULL: none. */
struct acl *ddl_initial_acl(struct ddl *d, const char *owner, const char *schema, char kind);
/* Follows a change of owner. */
void ddl_acl_change_owner(struct ddl *d, struct acl *acl, const char *before, const char *after);
void ddl_acl_forget_role(struct ddl *d, const char *role);

/* --- table.c, column.c, constraint.c --- */
int ddl_create_table(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_create_foreign_table(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_create_table_as(struct ctx *c, struct ddl *d, const struct json *stmt);
struct relation *ddl_new_relation(struct ddl *d, enum relation_kind kind, const char *schema,
				  const char *name);
int ddl_add_relation(struct ctx *c, struct ddl *d, struct relation *rel);
void ddl_remove_relation(struct ddl *d, struct relation *rel);

/* A constraint as it was written: a table constraint, or one on a column. */
struct con_spec {
	const struct json *node;
	const char *col; /* NULL: a table constraint */
	struct str name; /* "" unnamed */
	bool is_deferrable, is_deferred;
};

/* A ColumnDef in the making: the column and the constraints written on it. */
struct column_plan {
	struct column col;
	const struct json *def;
	bool is_serial;
	const struct json *identity;	  /* its Constraint node, NULL none */
	struct str default_text;	  /* slice of the statement, p NULL none */
	VEC(struct con_spec) constraints; /* PRIMARY KEY, UNIQUE, CHECK, REFERENCES */
};
int ddl_plan_column(struct ctx *c, struct ddl *d, const struct json *def, const char *relation_name,
		    struct column_plan *ret);
/* Makes the sequence of a serial or identity column and points the column at
 * it; to be called before the relation is in the catalog. */
int ddl_column_sequence(struct ctx *c, struct ddl *d, const char *schema, const char *relname,
			struct column_plan *plan, struct relation **ret);
/* The column's attnum is known now: who owns the sequence. */
void ddl_own_sequence(struct relation *seq, const struct relation *rel, int16_t attnum);
/* Analyses the default or generation expression of a column that rel has. */
int ddl_check_column_default(struct ctx *c, struct ddl *d, struct relation *rel,
			     const struct column_plan *plan);

/* like.c: LIKE source INCLUDING ...; columns now, the rest once rel is made. */
int ddl_like_columns(struct ctx *c, struct ddl *d, const struct json *like,
		     const struct relation *source, struct column_plan **v, size_t *n, size_t *cap);
int ddl_like_rest(struct ctx *c, struct ddl *d, const struct json *like, struct relation *rel);

struct con_spec ddl_con_spec(const struct json *constraint);
/* Adds a constraint (unnamed ones get PostgreSQL's name). exists: the table
 * exists already, the storage is told and rows are validated. */
int ddl_add_constraint(struct ctx *c, struct ddl *d, struct relation *rel,
		       const struct con_spec *spec, bool exists);
/* All of them in PostgreSQL's order: checks, primary key, unique, foreign keys. */
int ddl_add_constraints(struct ctx *c, struct ddl *d, struct relation *rel,
			const struct con_spec *specs, size_t n, bool exists);
int ddl_add_foreign_key(struct ctx *c, struct ddl *d, struct relation *rel,
			const struct con_spec *spec, bool exists);
/* Takes a constraint and the index behind it away; dependents are the caller's. */
int ddl_remove_constraint(struct ctx *c, struct ddl *d, struct relation *rel,
			  struct constraint *con);
int16_t *ddl_key_columns(struct ctx *c, struct ddl *d, const struct relation *rel,
			 const struct json *names, const char *col, const char *in_what);
/* Column names joined by "_", as they go into generated names. */
const char *ddl_joined_columns(struct ctx *c, const struct relation *rel, const int16_t *cols,
			       size_t n);
void ddl_set_not_null(struct relation *rel, const struct constraint *pk);
void ddl_push_constraint(struct ddl *d, struct relation *rel, struct constraint *con);

/* --- alter.c, alter_column.c --- */
int ddl_drop_owned_sequences(struct ctx *c, struct ddl *d, const struct relation *rel,
			     int16_t attnum);
int ddl_alter_table(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_column(struct ctx *c, struct ddl *d, struct relation *rel, const struct json *cmd,
		     size_t from, size_t to);

/* --- index.c --- */
int ddl_create_index(struct ctx *c, struct ddl *d, const struct json *stmt);
/* The columns' part of a generated index name: "a_lower_expr". */
const char *ddl_index_addition(struct ctx *c, const struct relation *rel, const struct index *ix);
int ddl_drop_index(struct ctx *c, struct ddl *d, struct relation *rel, struct index *ix);
/* The unique index behind a PRIMARY KEY or UNIQUE constraint. */
struct index *ddl_constraint_index(struct ddl *d, struct relation *rel,
				   const struct constraint *con);

/* --- type.c --- */
int ddl_create_enum(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_create_composite(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_create_domain(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_enum(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_domain(struct ctx *c, struct ddl *d, const struct json *stmt);

/* --- sequence.c --- */
int ddl_create_sequence(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_sequence(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_new_sequence(struct ctx *c, struct ddl *d, const char *schema, const char *name,
		     const struct json *options, const struct type *type, struct relation **ret);
int ddl_sequence_options(struct ctx *c, struct ddl *d, struct relation *rel,
			 const struct json *options, bool is_new);

/* --- view.c --- */
int ddl_create_view(struct ctx *c, struct ddl *d, const struct json *stmt);
/* rel's columns and sources from the query's outputs, named by aliases where given. */
void ddl_view_columns(struct ddl *d, struct relation *rel, const struct query *q,
		      const struct json *aliases);
int ddl_check_view_columns(struct ctx *c, const struct relation *rel, const struct json *aliases);
int ddl_refresh_matview(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_view_options(struct ctx *c, struct ddl *d, struct relation *rel, const struct json *options,
		     bool reset);

/* The view's query text with its outermost stars written out (star.c). */
struct query;
struct str ddl_expand_stars(struct ctx *c, struct ddl *d, const struct json *select,
			    const struct query *q, struct str text);

/* --- policy.c --- */
int ddl_create_policy(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_policy(struct ctx *c, struct ddl *d, const struct json *stmt);

/* --- role.c --- */
/* Makes member a member of granted, or no longer; a loop is 0LP01. */
int ddl_change_membership(struct ctx *c, struct ddl *d, const struct role *granted,
			  struct role *member, bool is_grant);
int ddl_create_role(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_role(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_role_set(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_drop_role(struct ctx *c, struct ddl *d, const struct json *stmt);

/* --- schema.c --- */
int ddl_create_schema(struct ctx *c, struct ddl *d, const struct json *stmt);

/* --- temp.c --- */
/* pg_temp, made when it is not there. */
struct schema *ddl_temp_schema(struct ddl *d);
/* Where a new relation goes: its schema, pg_temp for a temporary one, or the
 * first of the path. 3F000, 42501, 42P16. */
int ddl_schema_for(struct ctx *c, struct ddl *d, const struct json *range_var, struct schema **ret);

int ddl_define(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_ts_config(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_drop_ts_config(struct ctx *c, struct ddl *d, const struct json *names, bool missing_ok);

/* --- extension.c --- */
int ddl_create_extension(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_extension(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_drop_extension(struct ctx *c, struct ddl *d, struct str name, bool missing_ok);
/* The extension, owned by the current role; 42704, 42501. The same of the others. */
int ddl_find_extension(struct ctx *c, struct ddl *d, struct str name, struct extension **ret);

/* --- publication.c --- */
int ddl_create_publication(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_publication(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_drop_publication(struct ctx *c, struct ddl *d, struct str name, bool missing_ok);
int ddl_find_publication(struct ctx *c, struct ddl *d, struct str name, struct publication **ret);
/* A relation that goes leaves every publication. */
void ddl_unpublish(struct ddl *d, const struct relation *rel);

int ddl_create_event_trigger(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_event_trigger(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_drop_event_trigger(struct ctx *c, struct ddl *d, struct str name, bool missing_ok);
int ddl_find_event_trigger(struct ctx *c, struct ddl *d, struct str name,
			   struct event_trigger **ret);

/* --- setting.c --- */
int ddl_set(struct ctx *c, struct ddl *d, const struct json *stmt);
/* A setting that PostgreSQL knows, or one with a dot. */
bool ddl_is_setting(struct str name);
/* SELECT set_config(...) and setval(...) of a dump; *ret_done false: an ordinary query. */
int ddl_select(struct ctx *c, struct ddl *d, const struct json *stmt, bool *ret_done);

/* --- depend.c, drop.c, rename.c, owner.c, comment.c, trigger.c, copy.c --- */

/* What depends on an object. column 0: the whole relation. */
struct dependent {
	const char *what; /* "view v", "constraint c on table t", "policy p on table t" */
	const char *on;	  /* what it depends on, NULL: what is dropped */
	struct relation *rel;
	struct constraint *con;
	struct policy *policy;
	struct index *index;
	struct column *column;
	struct trigger *trigger;
	struct type *type;
	struct function *function;
	bool is_default; /* column's default only */
};
typedef VEC(struct dependent) dependents;
bool ddl_refs_have(const sql_refs *refs, uint32_t oid, int16_t attnum);
int ddl_drop_type(struct ctx *c, struct ddl *d, struct type *t, bool cascade);
int ddl_drop_column(struct ctx *c, struct ddl *d, struct relation *rel, const char *name,
		    bool cascade);
void ddl_remove_trigger(struct relation *rel, struct str name);
void ddl_remove_policy(struct relation *rel, const struct policy *p);
int ddl_dependents(struct ctx *c, struct ddl *d, const struct relation *rel, int16_t attnum,
		   dependents *ret);
/* Foreign keys that rest on a PRIMARY KEY or UNIQUE constraint. */
int ddl_key_dependents(struct ctx *c, struct ddl *d, const struct relation *rel,
		       const struct constraint *con, dependents *ret);
int ddl_type_dependents(struct ctx *c, struct ddl *d, const struct type *t, dependents *ret);
/* RESTRICT: 2BP01 with details and hint when there are any; CASCADE drops them. */
int ddl_settle(struct ctx *c, struct ddl *d, const char *what, const dependents *deps,
	       bool cascade);
int ddl_drop_relation(struct ctx *c, struct ddl *d, struct relation *rel, bool cascade);

int ddl_drop(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_rename(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_set_schema(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_owner(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_set_relation_owner(struct ctx *c, struct ddl *d, struct relation *rel, const char *owner);
int ddl_comment(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_create_trigger(struct ctx *c, struct ddl *d, const struct json *stmt);
/* Whether a trigger's WHEN reads OLD's or NEW's column of that name (patch.c). */
bool ddl_when_reads(struct ctx *c, const struct trigger *t, const char *column);
int ddl_copy(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_truncate(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_set_constraints(struct ctx *c, struct ddl *d, const struct json *stmt);

/* --- function.c, function_alter.c --- */
int ddl_create_function(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_alter_function(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_rename_function(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name);
int ddl_move_function(struct ctx *c, struct ddl *d, const struct json *stmt);
int ddl_own_function(struct ctx *c, struct ddl *d, const struct json *stmt, const char *owner);
int ddl_comment_function(struct ctx *c, struct ddl *d, const struct json *object,
			 struct str objtype, const char *text);
int ddl_drop_function(struct ctx *c, struct ddl *d, const struct json *object, struct str objtype,
		      bool missing_ok, bool cascade);
int ddl_drop_one_function(struct ctx *c, struct ddl *d, struct function *f, bool cascade);
/* Functions whose parameters or result have the type; on as in struct dependent. */
void ddl_type_functions(struct ctx *c, struct ddl *d, const struct type *t, const char *on,
			dependents *ret);
/* --- block.c --- */
int ddl_do(struct ctx *c, struct ddl *d, const struct json *stmt);
/* Runs a statement node as part of d (run.c). */
int ddl_run_node(struct ctx *c, struct ddl *d, const struct json *stmt);

#endif
