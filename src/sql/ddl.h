/*
 * DDL on a catalog under edit: statements that are not queries, for engines
 * whose catalog is what the migrations built. Each statement changes the
 * catalog and asks the storage for what must follow; either both happen or
 * (the engine rolls back and drops the edit) neither.
 */
#ifndef SQL_DDL_H
#define SQL_DDL_H

#include "sql/analyze.h"
#include "sql/catalog.h"

struct ctx;
struct json;

/* What an engine's storage does for DDL. A slot may be NULL: nothing follows. Every function runs
 * inside the engine's open transaction, sees the catalog as edited so far, and returns 0/-1. rel is
 * the relation after the change unless said otherwise. */
struct ddl_storage {
	/* With every index and constraint that rel has. */
	int (*create_table)(struct ctx *c, void *arg, const struct relation *rel);
	int (*drop_table)(struct ctx *c, void *arg, const struct relation *rel);
	int (*rename_table)(struct ctx *c, void *arg, const struct relation *before,
			    const struct relation *after);
	/* Adds the column and fills existing rows with its default or generation expression. */
	int (*add_column)(struct ctx *c, void *arg, const struct relation *rel,
			  const struct column *col);
	int (*drop_column)(struct ctx *c, void *arg, const struct relation *rel,
			   const struct column *col);
	/* before: the name (or storage_name) it had. */
	int (*rename_column)(struct ctx *c, void *arg, const struct relation *rel,
			     const char *before, const struct column *col);
	/* Rewrites the column's values: using_expr on the row as before, already
	 * coerced to the new type (NULL: assignment cast). */
	int (*alter_column_type)(struct ctx *c, void *arg, const struct relation *before,
				 const struct relation *after, const struct column *col,
				 struct str using_expr);
	int (*create_index)(struct ctx *c, void *arg, const struct relation *rel,
			    const struct index *ix);
	int (*drop_index)(struct ctx *c, void *arg, const struct relation *rel,
			  const struct index *ix);
	/* Fails with PostgreSQL's 23502/23503/23505/23514 when existing rows violate it. */
	int (*validate_constraint)(struct ctx *c, void *arg, const struct relation *rel,
				   const struct constraint *con);
	int (*validate_not_null)(struct ctx *c, void *arg, const struct relation *rel,
				 const struct column *col);
	/* A CHECK, foreign key, default or NOT NULL changed: whatever of it stands
	 * in the physical table must follow. Rows are not looked at. */
	int (*sync_table)(struct ctx *c, void *arg, const struct relation *rel);
	/* Every value of the column satisfies its domain (23502, 23514 otherwise). */
	int (*validate_domain)(struct ctx *c, void *arg, const struct relation *rel,
			       const struct column *col);
	/* ALTER TYPE ... RENAME VALUE: stored labels follow. */
	int (*rename_enum_label)(struct ctx *c, void *arg, const struct type *t, const char *before,
				 const char *after);
	int (*create_sequence)(struct ctx *c, void *arg, const struct relation *rel);
	int (*drop_sequence)(struct ctx *c, void *arg, const struct relation *rel);
	int (*rename_sequence)(struct ctx *c, void *arg, const struct relation *before,
			       const struct relation *after);
	/* setval/RESTART; is_called as in PostgreSQL. */
	int (*set_sequence)(struct ctx *c, void *arg, const struct relation *rel, int64_t value,
			    bool is_called);
	int (*truncate)(struct ctx *c, void *arg, const struct relation *const *rels, size_t n,
			bool restart_identity);
	/* Fills a table that was just made, or a materialized view, from a query, as
	 * its owner. */
	int (*fill_table)(struct ctx *c, void *arg, const struct relation *rel,
			  const struct stored_sql *query);
	/* Runs an INSERT/UPDATE/DELETE/SELECT of the script (analysed by the engine), or
	 * a CALL, which analyze_query() reads as a SELECT of the procedure. */
	int (*run_query)(struct ctx *c, void *arg, struct str text, const struct json *stmt);
	/* SET CONSTRAINTS of one deferrable constraint; name NULL: all. */
	int (*set_constraint)(struct ctx *c, void *arg, const char *name, bool is_deferred);
	/* DO: an anonymous block in this language, as the session's role and with its
	 * search_path. Errors: the block's own; 0A000 for another language. */
	int (*run_block)(struct ctx *c, void *arg, const char *language, struct str body);
	/* COPY rel (cols) FROM stdin, text or csv format, data as in the script. */
	int (*copy_from)(struct ctx *c, void *arg, const struct relation *rel,
			 const struct column *const *cols, size_t n_cols, bool is_csv,
			 struct str data);
};

/* One session's script state: SET search_path, SET ROLE, etc. */
struct ddl_session {
	struct catalog *cat; /* under edit */
	const char *role;    /* current_user: owner of what is created */
	/* session_user: what RESET ROLE goes back to and SET ROLE is judged by.
	 * NULL: the role of the first statement, whose text must then outlive the
	 * session. */
	const char *session_role;
	const char *search_path;
	const struct ddl_storage *storage;
	void *storage_arg;
	/* Things accepted that do nothing here; each is called with a one-line
	 * reason, so that `check` can list them. NULL to ignore. */
	void (*notice)(struct ctx *c, void *arg, const char *what);
	void *notice_arg;
	/* The syntax of a plpgsql body: 0, or -1 with 42601 and c->err.position counted
	 * in the body. *ret_refusal: why a body that is well formed cannot run here (NULL:
	 * it can) and the byte offset of that in it. NULL: bodies are not looked at. */
	int (*check_body)(struct ctx *c, void *arg, const struct function *f,
			  const char **ret_refusal, int *ret_offset);
	void *check_body_arg;
	bool keep_bodies_unchecked; /* SET check_function_bodies = off */
	bool is_replica;	    /* SET session_replication_role: no trigger, no foreign key */
};

/* The script's end: temporary objects go. To be called before the catalog is
 * kept. */
int ddl_end(struct ctx *c, struct ddl_session *s);

/* Runs one statement of a script: DDL here, queries through run_query. What
 * cannot be kept is refused with 0A000, the reason and a hint. */
int ddl_run(struct ctx *c, struct ddl_session *s, struct str text, const struct json *stmt,
	    struct str copy_data);

/* The roles, schemas, tables and privileges that a Supabase project has from
 * the start (anon, authenticated, service_role, authenticator, postgres;
 * auth.users and siblings, storage.buckets/objects, ...): SQL text of our own,
 * for ddl_run as "postgres" on an empty catalog. */
struct str ddl_bootstrap_sql(void);
/* Its second half, idempotent and good for PostgreSQL too: the tables of auth,
 * storage and supabase_migrations, once roles, schemas and enums are there. */
struct str ddl_bootstrap_tables_sql(void);

/* Persistence: one catalog object as compact JSON and back. Kinds: schema,
 * relation, type, function, role, default_acl. */
void catalog_to_json(const struct catalog *cat, struct buf *out);
int catalog_from_json(struct ctx *c, struct str text, struct catalog **ret);

#endif
