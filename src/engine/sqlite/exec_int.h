/* Between the executor's own files. */
#ifndef ENGINE_SQLITE_EXEC_INT_H
#define ENGINE_SQLITE_EXEC_INT_H

#include "base/arena.h"
#include "engine/sqlite/conn.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/exec.h"

enum { EXEC_SQL_MAX = 4 << 20, EXEC_ROWS_MEMORY_MAX = 512 << 20 };

/* A prepared statement and where its parameters come from. */
struct exec_stmt {
	sqlite3_stmt *st;
	binds binds;
	struct vtype *types; /* per bind: a BIND_PARAM's type */
};

/* A condition of the query on the row under way: several in one statement,
 * one output column each. st NULL: there is none. */
struct exec_checks {
	struct exec_stmt stmt;
	const struct row_check **checks; /* n */
	size_t n;
};

/*
 * The cells of a row under way, n columns wide:
 *   0      the new row          n       the row as it was
 *   2n     its rowid            2n + 1  EXCLUDED, n wide
 *   3n + 1 other tables' columns that RETURNING reads
 */
struct exec_layout {
	int n;
	int old, rowid, excluded, extra, size;
};

struct exec_unique {
	bool is_ours; /* SQLite does not enforce it: looked up before each write */
	const struct index *index;
	const struct constraint *constraint; /* NULL: a bare unique index */
	struct exec_stmt probe;		     /* rowid of another row with the new row's key */
};

/* What it takes to write rows of one table, whatever the statement. */
struct exec_table {
	struct exec_table *next;
	const struct relation *rel;
	struct exec_layout at;
	struct exec_stmt insert, erase, read; /* read: all columns by rowid */
	struct exec_stmt generated;
	int16_t *generated_at; /* cell per output column of generated */
	size_t n_generated;
	struct exec_checks check; /* CHECK constraints, by name */
	const char **check_names;
	struct exec_trigger *triggers; /* enabled ones, by name */
	size_t n_triggers;
	/* The events that have such triggers; moddatetime is not counted. */
	int32_t before_row, instead_row, after_row, before_statement, after_statement, transition;
	struct exec_stmt touch; /* moddatetime's values */
	int16_t *touch_at;
	const struct trigger **touches; /* whose they are */
	size_t n_touch;
	struct exec_variant *variants; /* UPDATEs, where BEFORE triggers choose the columns */
	size_t n_variants;
	struct exec_unique *uniques;
	size_t n_uniques;
	bool has_own_uniques;
	struct exec_fk *fks; /* this table's foreign keys */
	size_t n_fks;
	struct exec_fk *refs; /* those that reference it */
	size_t n_refs;
};

struct exec_plan {
	struct arena *arena;
	struct catalog *cat; /* a reference */
	struct sqlite_conn *cn;
	const char *role, *search_path;
	struct query *q;
	bool writes;
	size_t n_params;
	struct result_column *columns; /* of what goes to the sink */
	int *outputs;		       /* their columns in the statement */
	size_t n_columns;
	struct exec_stmt select; /* CMD_SELECT */
	struct exec_dml *dml;	 /* the others */
	struct exec_cte *ctes;	 /* data-modifying ones, run first */
	size_t n_ctes;
	struct exec_table *tables;
	VEC(sqlite3_stmt *) owned; /* finalized with the plan */
};

/* INSERT, UPDATE or DELETE on one table. */
struct exec_dml {
	const struct query *q;
	struct exec_table *table;
	struct exec_layout at;
	struct exec_stmt scan;
	int16_t *assigned; /* UPDATE: cell per assigned column in the scan */
	size_t n_assigned;
	bool may_repeat;	    /* a join may find a row twice */
	struct row_source *sources; /* of RETURNING */
	size_t n_sources, n_extra;
	struct exec_stmt update; /* by rowid, of the columns that may change */
	bool is_instead;	 /* a view's INSTEAD OF triggers do the writing */
	bool is_by_row;		 /* triggers may write between two rows: one row after the other */
	struct exec_checks insert_checks, update_checks, conflict_checks, view_checks,
		view_conflict;
	struct exec_stmt conflict_where, conflict_set;
	int16_t *conflict_at; /* cell per output of conflict_set */
	size_t n_conflict;
	struct exec_unique **arbiters;
	size_t n_arbiters;
	struct exec_stmt returning;
	int *returning_cells; /* when all are plain columns: no statement needed */
	struct result_column *columns;
	size_t n_columns;
};

struct exec_cte {
	struct exec_dml *dml;
	struct exec_stmt clear, insert, all;
	const char *create; /* its temp table, if it does not exist */
};

/* What is due at a query's end, see exec_trigger.h. */
struct exec_after {
	VEC(struct exec_due *) list;
	size_t next; /* not fired yet */
	struct exec_written *written;
};

/* One execution. */
struct exec_run {
	struct ctx *c;
	struct sqlite_conn *cn;
	struct exec_plan *p;
	const struct sql_param *params;
	size_t n_params;
	uint64_t affected;
	struct exec_after *after; /* what waits for the end of the query */
	struct exec_frame *frame; /* of the table being written, where triggers may run */
	bool is_replica;	  /* session_replication_role: no trigger, no foreign key */
	bool is_batch;		  /* one of many executions that are one statement */
	bool has_called;	  /* a trigger's function has run */
	/* What the statement writes to that relation: its details may show it. */
	const struct relation *written;
	const struct rte_access *access;
};

/* A row under way. */
struct exec_row {
	struct datum *cells;
	struct datum *returning; /* computed right after the write; NULL: plain columns */
	bool is_written;	 /* RETURNING shows it */
	enum query_cmd cmd;	 /* what was done to it */
};
typedef VEC(struct exec_row) exec_rows;

/* ---- exec_stmt.c ---- */

/* Prints q as SQL and prepares it; rows say which entries are bound from cells.
 * The plan owns the statement. */
int exec_prepare_query(struct ctx *c, struct exec_plan *p, const struct query *q,
		       const struct row_source *rows, size_t n_rows, struct exec_stmt *ret);
/* Prepares SQL whose ?1..?n are cells cell0.. of the row. */
int exec_prepare_text(struct ctx *c, struct exec_plan *p, const struct buf *sql,
		      struct exec_stmt *ret);
void exec_add_cell(struct ctx *c, struct exec_stmt *s, int cell);
/* Binds every parameter from the call's parameters and the row's cells. */
int exec_bind(struct exec_run *run, struct exec_stmt *s, const struct datum *cells);
/* Binds and steps once: 1 a row is ready (reset it later), 0 none, -1. */
int exec_first(struct exec_run *run, struct exec_stmt *s, const struct datum *cells);
/* A cell whose text is copied into the call's arena. */
struct datum exec_cell(struct exec_run *run, sqlite3_stmt *st, int column);
/* A SELECT of no table with these expressions, on q's range table. */
struct query *exec_row_query(struct ctx *c, const struct query *q);
void exec_add_target(struct ctx *c, struct query *q, struct expr *e);

/* ---- exec_plan.c, exec_dml.c, exec_write.c, exec_scan.c ---- */

int exec_dml_make(struct ctx *c, struct exec_plan *p, const struct query *q, struct exec_dml **ret);
/* Runs it; *ret has every row with its RETURNING cells still to be computed. */
int exec_dml_run(struct exec_run *run, struct exec_dml *d, exec_rows *ret);
/* Its statement triggers, for a batch: else exec_dml_run() fires them. */
int exec_before_triggers(struct exec_run *run, struct exec_dml *d);
int exec_after_triggers(struct exec_run *run, struct exec_dml *d);
/* RETURNING of one written row (d->n_columns cells). */
void exec_returning(const struct exec_dml *d, const struct exec_row *row, struct datum *cells);
int exec_scan_make(struct ctx *c, struct exec_plan *p, struct exec_dml *d);
/* Materialises the scan. */
int exec_scan_run(struct exec_run *run, struct exec_dml *d, exec_rows *ret);
/* DEFAULT of a column, coerced to it. */
int exec_default_expr(struct ctx *c, struct exec_plan *p, const struct column *col,
		      struct expr **ret);
/* SET's expressions as targets of into, and the cells they go to. */
int exec_assignments(struct ctx *c, struct exec_plan *p, const struct relation *rel,
		     const targets *list, struct query *into, int16_t **ret_cells, size_t *ret_n);
int exec_describe(struct ctx *c, const targets *list, bool skip_hidden, struct result_column **ret,
		  int **ret_outputs, size_t *ret_n);

/* ---- exec_cte.c ---- */

int exec_ctes_make(struct ctx *c, struct exec_plan *p, const struct query *q);
int exec_ctes_run(struct exec_run *run);
/* What the plan's tables hold for a statement further out, and it back into them. */
int exec_ctes_keep(struct exec_run *run, exec_rows **ret);
int exec_ctes_give_back(struct exec_run *run, const exec_rows *kept);

/* ---- exec_table.c ---- */

/* The table's statements, made on first use. */
int exec_table_get(struct ctx *c, struct exec_plan *p, const struct relation *rel,
		   struct exec_table **ret);
struct exec_layout exec_layout_of(const struct relation *rel);
/* The position of a column among the live ones, its cell. */
int exec_cell_of(const struct relation *rel, int16_t attnum);
/* UPDATE of these columns by rowid. */
int exec_update_make(struct ctx *c, struct exec_plan *p, struct exec_table *t, const int16_t *cells,
		     size_t n, struct exec_stmt *ret);
/* Before a row is written: generated columns. */
int exec_fill_row(struct exec_run *run, struct exec_table *t, struct datum *cells);
/* NOT NULL and CHECK, with PostgreSQL's texts. */
int exec_check_row(struct exec_run *run, struct exec_table *t, const struct datum *cells);
/* Equal as stored. */
bool exec_same_cell(struct datum a, struct datum b);
int exec_insert_row(struct exec_run *run, struct exec_table *t, struct datum *cells);
int exec_update_row(struct exec_run *run, struct exec_table *t, struct exec_stmt *update,
		    struct datum *cells);
int exec_delete_row(struct exec_run *run, struct exec_table *t, const struct datum *cells);
/* cells' old part from the table; 0 when the row is gone, 1. */
int exec_read_row(struct exec_run *run, struct exec_table *t, int64_t rowid, struct datum *cells);

/* ---- exec_check.c ---- */

int exec_checks_make(struct ctx *c, struct exec_plan *p, const struct query *q,
		     enum check_kind kind, int base, struct exec_checks *ret);
/* Error when one is not true. */
int exec_checks_run(struct exec_run *run, struct exec_checks *k, struct exec_table *t,
		    const struct datum *cells);

/* ---- exec_unique.c ---- */

int exec_uniques_make(struct ctx *c, struct exec_plan *p, struct exec_table *t);
/* The rowid of another row with the same key: 1 found, 0 none, -1. */
int exec_unique_find(struct exec_run *run, struct exec_table *t, struct exec_unique *u,
		     const struct datum *cells, int64_t *ret_rowid);
/* Before a write: what SQLite's indexes do not refuse themselves. */
int exec_unique_check(struct exec_run *run, struct exec_table *t, const struct datum *cells);
/* Turns SQLite's constraint failure on this row into PostgreSQL's 23505. */
int exec_unique_error(struct exec_run *run, struct exec_table *t, const struct datum *cells);

/* ---- exec_fk.c ---- */

int exec_fks_make(struct ctx *c, struct exec_plan *p, struct exec_table *t);
/* For a row that was written: the actions and checks of the keys that reference it. */
int exec_fk_act(struct exec_run *run, struct exec_table *t, const struct exec_row *row);
/* Its own keys must have parents. */
int exec_fk_check(struct exec_run *run, struct exec_table *t, const struct exec_row *row);

/* ---- exec_message.c ---- */

/* "(1, null, ...)" as this role may see it, NULL when it may not. */
const char *exec_row_text(struct exec_run *run, const struct relation *rel,
			  const struct datum *cells);
/* "(a, b)=(1, 2)" of a key, NULL when this role may not see it. */
const char *exec_key_text(struct exec_run *run, const struct relation *rel, const int16_t *cols,
			  size_t n, const struct datum *values);
bool exec_may_see(struct exec_run *run, const struct relation *rel, const int16_t *cols, size_t n);
void exec_put_value(struct exec_run *run, struct buf *b, struct typeref t, struct datum v);

#endif
