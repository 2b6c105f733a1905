/* Between the files that run the project's functions. */
#ifndef ENGINE_SQLITE_ROUTINE_INT_H
#define ENGINE_SQLITE_ROUTINE_INT_H

#include "base/vec.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/plan_cache.h"
#include "engine/sqlite/routine.h"
#include "plpgsql/host.h"
#include "sql/analyze.h"

enum {
	ROUTINE_INSTANCES_MAX = 256,
	ROUTINE_ARGS_MAX = 100,
	ROUTINE_COLUMNS_MAX = 400, /* of bp_rows() */
	ROUTINE_ROWS_MEMORY_MAX = 256 << 20,
	ROUTINE_IDLE_PLANS_MAX = 4,
	EXEC_ROUTINE_SQL_MAX = 1 << 20
};

struct instance;
struct memo;
struct plpgsql_instance;
struct subtx;

/* What a connection keeps for its functions: cn->routines. */
struct routines {
	struct sqlite_conn *cn;
	struct map *instances; /* by key */
	int depth;	       /* calls under way */
	struct subtx *subtx;   /* open EXCEPTION blocks, innermost first */
	int n_statements;      /* under way */
	struct memo *memo;     /* of the innermost one */
};
struct routines *routines_of(struct sqlite_conn *cn);

/* A statement of a body. */
struct query_plan {
	struct host_query pub;
	struct query_plan *next, **prev; /* of the instance */
	struct arena *arena;
	struct instance *in;
	struct str sql;
	const struct name_scope *names;
	const struct json *utility; /* not a query: for ddl_run */
	struct exec_plan *idle[ROUTINE_IDLE_PLANS_MAX];
	size_t n_idle;
	int64_t version; /* of the catalog that the idle ones were made for */
	uint64_t edits;
};

/* A conversion between two types, made once. */
struct value_cast {
	struct value_cast *next;
	struct typeref from, to;
	struct exec_plan *plan;
	bool is_busy;
};

/* A function compiled for a role, search_path, argument types and catalog. */
struct instance {
	struct routines *rs;
	struct arena *arena;
	struct catalog *cat; /* a reference */
	uint64_t edits;
	const struct function *f;	/* NULL: a DO block */
	const struct relation *rel;	/* trigger functions: the table */
	const char *role, *search_path; /* that the body runs with */
	struct typeref *arg_types;	/* actual ones, NULL: as declared */
	struct typeref result;
	row_columns columns; /* of a row of the result; n 0: void */
	bool is_row;	     /* a value of it is a row */
	bool is_stale;	     /* out of the map: freed with its last user */
	int n_users;
	struct query_plan *queries;
	struct value_cast *casts;
	struct sql_body *sql;
	struct plpgsql_instance *plpgsql;
	struct plpgsql_host host;
	struct str key;
};

/* Which function, as what. */
struct routine_spec {
	const struct function *f;
	const struct relation *rel;
	/* Of a polymorphic call and of one with a column definition list:
	 * "argument oids|result oid|column oids and typmods" as dialect_set.c prints it. */
	struct str signature;
};

/* ---- routine.c ---- */

/* The instance, compiled when need be; a user until instance_leave(). */
int instance_enter(struct ctx *c, struct sqlite_conn *cn, const struct routine_spec *spec,
		   struct instance **ret);
void instance_leave(struct instance *in);
int instance_new(struct ctx *c, struct sqlite_conn *cn, const struct routine_spec *spec,
		 struct instance **ret);
/* Runs a call: rows of in->columns go to sink (NULL: dropped). */
int instance_run(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
		 struct host_sink *sink);
/* One value of its result from such a row. */
int instance_value(struct ctx *c, struct instance *in, const struct datum *cells,
		   struct datum *ret);

/* The first row's value, NULL without one. */
int routine_value(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
		  struct datum *ret);

/* What a call changes on its connection for its time: role, search_path, settings. */
struct call_scope {
	struct sqlite_conn *cn;
	const struct session *session;
	struct session own;
	struct ctx *c;
	struct local_setting *settings;
	bool restores_settings;
};
int call_scope_open(struct ctx *c, struct instance *in, struct call_scope *s);
void call_scope_close(struct call_scope *s);

/* ---- routine_query.c: the statements of bodies ---- */

/* is_lasting: names outlive the instance; else they are for this call only. */
int query_plan_make(struct ctx *c, struct instance *in, struct str sql,
		    const struct name_scope *names, bool is_lasting, struct query_plan **ret);
int query_plan_run(struct ctx *c, struct query_plan *q, const struct datum *params, size_t n,
		   struct host_sink *sink, uint64_t *ret_affected);
void query_plan_free(struct query_plan *q); /* NULL allowed; not while it runs */

/* ---- routine_names.c ---- */

/* A scope that asks `from` and remembers its answers in a; after name_notes_close()
 * it has only those. */
struct name_notes;
const struct name_scope *name_notes_new(struct arena *a, const struct name_scope *from,
					struct name_notes **ret);
void name_notes_close(struct name_notes *k);

/* ---- routine_subtx.c ---- */

int routine_subtransaction(struct ctx *c, struct routines *rs, enum host_subtransaction what);
/* The catalog under edit is about to change. */
void routine_before_ddl(struct routines *rs);
void routine_drop_subtransactions(struct routines *rs);

/* ---- routine_sql.c ---- */

int sql_body_make(struct ctx *c, struct instance *in);
int sql_body_run(struct ctx *c, struct instance *in, const struct datum *args, size_t n,
		 struct host_sink *sink);

/* ---- routine_value.c ---- */

int value_coerce(struct ctx *c, struct instance *in, struct datum v, struct typeref from,
		 struct typeref to, struct datum *ret);
int routine_text(struct ctx *c, struct sqlite_conn *cn, struct datum v, struct typeref t,
		 struct str *ret);
int value_explode(struct ctx *c, struct sqlite_conn *cn, struct datum row,
		  const struct typeref *fields, const char *const *names, size_t n,
		  struct datum *ret);
int value_implode(struct ctx *c, struct sqlite_conn *cn, const struct datum *cells,
		  const struct typeref *fields, const char *const *names, size_t n,
		  struct datum *ret);
struct datum datum_keep(struct arena *a, struct datum v);

/* ---- routine_rows.c, routine_call.c: what printed SQL calls ---- */

/* Cells as one blob and back, for bp_rows(): every kind exactly. */
void cells_pack(struct buf *b, const struct datum *cells, size_t n);
int cells_unpack(struct ctx *c, struct str packed, struct datum *cells, size_t max, size_t *ret_n);
int sqlite_add_row_functions(struct ctx *c, struct sqlite_conn *cn);

int routine_spec_of(struct ctx *c, struct sqlite_conn *cn, struct datum oid, struct datum sig,
		    struct routine_spec *ret);
/* The statement under way fails with err. */
void routine_fail(struct sqlite_conn *cn, const struct error *err);

/* Results of stable functions within one statement. */
bool memo_get(struct routines *rs, struct str key, struct datum *ret);
void memo_put(struct routines *rs, struct str key, struct datum v);
void memo_free(struct memo *m); /* NULL allowed */

#endif
