/*
 * The objects of a catalog (sql/catalog.h): what PostgreSQL's own catalog says
 * of schemas, relations, constraints, indexes, policies, functions and roles.
 * Plain data, all of it in the catalog's arena and immutable once published.
 */
#ifndef SQL_OBJECT_H
#define SQL_OBJECT_H

#include "base/str.h"
#include "base/vec.h"
#include "sql/type.h"

/* Privilege bits, in aclitem letter order "arwdDxtXUCcT". */
enum priv {
	PRIV_INSERT = 1 << 0,
	PRIV_SELECT = 1 << 1,
	PRIV_UPDATE = 1 << 2,
	PRIV_DELETE = 1 << 3,
	PRIV_TRUNCATE = 1 << 4,
	PRIV_REFERENCES = 1 << 5,
	PRIV_TRIGGER = 1 << 6,
	PRIV_EXECUTE = 1 << 7,
	PRIV_USAGE = 1 << 8,
	PRIV_CREATE = 1 << 9,
	PRIV_CONNECT = 1 << 10,
	PRIV_TEMPORARY = 1 << 11
};

/* One grantee's rights on an object; grantee "" is PUBLIC. A NULL acl list on
 * an object means PostgreSQL's defaults (owner: all; PUBLIC: EXECUTE on
 * functions, USAGE on types), as pg_class.relacl NULL does. An object whose
 * last right was revoked keeps an entry without rights, so that NULL stays
 * apart from empty. */
struct acl {
	struct acl *next;
	const char *grantee;
	const char *grantor;
	uint32_t privs;
	uint32_t grantable;
};

/* SQL text and the search_path (comma-separated, quoted as needed) that
 * resolves its names. */
struct stored_sql {
	const char *text;
	const char *search_path;
};

struct check_def {
	struct check_def *next;
	const char *name;
	struct stored_sql expr;
	bool not_valid;
};

struct column {
	const char *name;
	int16_t attnum; /* 1-based, never reused within its relation */
	struct typeref type;
	bool not_null;
	struct stored_sql default_expr; /* text NULL: none; also the generation expression */
	bool is_generated;		/* GENERATED ALWAYS AS (default_expr) STORED */
	char identity;			/* 'a' always, 'd' by default, 0 none */
	const char *sequence;		/* owned sequence "schema.name" of identity and serial */
	const char *comment;
	struct acl *acl; /* column privileges, NULL none */
	/* The name on an engine whose names know no case, where another column
	 * differs in case only; NULL: its own name. */
	const char *storage_name;
};

enum constraint_kind {
	CON_PRIMARY = 'p',
	CON_UNIQUE = 'u',
	CON_FOREIGN = 'f',
	CON_CHECK = 'c',
	CON_EXCLUDE = 'x'
};

struct constraint {
	const char *name;
	enum constraint_kind kind;
	int16_t *cols; /* attnums, n_cols */
	uint16_t n_cols;
	struct stored_sql check; /* CON_CHECK */
	uint32_t ref_oid;	 /* CON_FOREIGN: the referenced relation */
	int16_t *ref_cols;	 /* n_cols of them */
	char on_delete;		 /* a no action, r restrict, c cascade, n set null, d set default */
	char on_update;
	int16_t *set_cols; /* ON DELETE SET NULL (cols), n_set_cols; empty: all */
	uint16_t n_set_cols;
	char match; /* s simple, f full */
	bool is_deferrable;
	bool is_deferred; /* initially */
	bool is_validated;
	bool nulls_not_distinct;
	const char *index; /* name of the index behind p and u */
	const char *comment;
};

struct index_key {
	int16_t attnum; /* 0: an expression */
	struct stored_sql expr;
	bool is_desc;
	bool nulls_first;
	const char *opclass; /* NULL default */
};

struct index {
	uint32_t oid;
	const char *name; /* in the relation's schema */
	const char *method;
	bool is_unique;
	bool nulls_not_distinct;
	struct index_key *keys;
	uint16_t n_keys;
	int16_t *include;
	uint16_t n_include;
	struct stored_sql predicate; /* text NULL: not partial */
	const char *comment;
};

/* cmd: '*' all, 'r' select, 'a' insert, 'w' update, 'd' delete (pg_policy). */
struct policy {
	const char *name;
	char cmd;
	bool is_permissive;
	const char **roles; /* n_roles; 0 of them means PUBLIC */
	uint16_t n_roles;
	struct stored_sql using_expr; /* text NULL when absent */
	struct stored_sql check_expr;
	const char *comment;
};

/* A view's output column that is plainly a column of some relation. */
struct view_source {
	int16_t attnum;
	uint32_t base_oid;
	int16_t base_attnum;
};

enum relation_kind {
	REL_TABLE = 'r',
	REL_VIEW = 'v',
	REL_MATVIEW = 'm',
	REL_SEQUENCE = 'S',
	REL_COMPOSITE = 'c',
	REL_PARTITIONED = 'p',
	REL_FOREIGN = 'f'
};

struct sequence {
	struct typeref type;
	int64_t start, increment, min, max, cache;
	bool is_cycle;
	uint32_t owner_rel; /* owned by column, 0 none */
	int16_t owner_col;
};

struct trigger; /* sql/trigger.h */

struct relation {
	uint32_t oid; /* stable for the relation's life, unique in the database */
	const char *schema;
	const char *name;
	enum relation_kind kind;
	const char *owner;
	const char *comment;
	VEC(struct column) columns; /* live columns in order */
	int16_t next_attnum;
	VEC(struct constraint *) constraints;
	VEC(struct index *) indexes;
	VEC(struct policy *) policies;
	VEC(struct trigger *) triggers;
	bool rls_enabled;
	bool rls_forced;
	bool is_partition; /* reached through its parent: never a target of embedding */
	struct acl *acl;
	struct stored_sql view; /* REL_VIEW, REL_MATVIEW */
	bool security_invoker, security_barrier;
	bool is_insertable, is_updatable, is_deletable; /* views: auto-updatable */
	char view_check; /* WITH CHECK OPTION: 'l' local, 'c' cascaded, 0 none */
	VEC(struct view_source) sources;
	struct sequence *seq;
	char replica_identity; /* d default, f full, n nothing, i index */
	const struct type *row_type;
};

struct func_arg {
	const char *name; /* "" unnamed */
	struct typeref type;
	char mode; /* i in, o out, b inout, v variadic, t table */
	bool has_default;
	struct stored_sql default_expr;
};

/* A function or procedure of the user's (builtins are in sql/builtin.h). */
struct function {
	uint32_t oid;
	const char *schema, *name, *owner, *language, *comment;
	char kind; /* pg_proc.prokind: f function, p procedure; 0 as f */
	struct func_arg *args;
	uint16_t n_args;
	/* RETURNS: for OUT and TABLE parameters record (several) or the one's type;
	 * void of a procedure without them. */
	struct typeref returns;
	bool returns_set;
	char volatility; /* i s v */
	char parallel;	 /* s r u; 0 as u */
	bool is_strict, security_definer, is_leakproof;
	double rows; /* planner estimate: 1 makes a computed relationship to-one */
	double cost;
	/* Text between the quotes; names bind by the caller's path or the one of
	 * `settings`, in an is_atomic body by the path here. */
	struct stored_sql body;
	bool is_atomic;	       /* BEGIN ATOMIC ... END or RETURN expr: body is that text */
	const char **settings; /* SET name = value, "name=value", n_settings */
	uint16_t n_settings;
	/* Why the body cannot run here, with the place in it; NULL: it can. Every call
	 * fails with it as 0A000. */
	const char *refusal;
	int refusal_offset; /* byte offset in body */
	struct acl *acl;
};

struct role {
	const char *name;
	bool is_superuser, bypass_rls, can_login, inherits, create_role, create_db;
	VEC(const char *) member_of; /* direct memberships */
	VEC(const char *) settings;  /* "name=value" */
	const char *comment;
};

struct schema {
	const char *name;
	const char *owner;
	const char *comment;
	struct acl *acl;
};

/* ALTER DEFAULT PRIVILEGES; schema "" means all schemas; kind as in
 * pg_default_acl.defaclobjtype: r S f T n. */
struct default_acl {
	const char *role;
	const char *schema;
	char kind;
	struct acl *acl;
};

#endif
