/* The interpreter's own: instances, frames, values. */
#ifndef PLPGSQL_RUN_INT_H
#define PLPGSQL_RUN_INT_H

#include "plpgsql/ast_int.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"

/* Bytes of rows that a loop or a cursor may hold. */
enum { ROWS_BYTES_MAX = 256 << 20 };

struct value {
	struct datum d;
	struct typeref t;
};

/* A cell that owns its bytes and reuses them. */
struct cell {
	struct datum d;
	char *owned;
	size_t cap;
};

/* The columns of a row. is_lasting: lives as long as the instance. */
struct row_shape {
	const char **names;
	const struct typeref *types;
	size_t n;
	bool is_lasting;
};

/* A variable's value in a frame. A row's shape is NULL while it is not assigned. */
struct slot {
	struct cell cell;
	const struct row_shape *shape;
	struct cell *fields;
	size_t n_fields; /* allocated */
	bool is_null_row;
	struct arena *arena; /* of a shape that does not last */
	struct row_shape own;
};

/* A variable's type in an instance. */
struct var_type {
	struct typeref type;
	bool is_row, is_record; /* is_record: takes any shape */
	const struct row_shape *shape;
};

/* A statement as planned: which variables its parameters are. */
struct plan_param {
	int var;
	int field; /* -1: the scalar */
};
struct plan {
	struct host_query *q;
	struct plan_param *params;
	size_t n_params;
	struct row_shape shape; /* what it returns */
	/* Records it was planned with: their shapes must still be these. */
	struct plan_record {
		int var;
		const char **names;
		struct typeref *types;
		size_t n;
	} * records;
	size_t n_records;
	struct arena *arena;
};

struct plpgsql_instance {
	struct arena *arena;
	struct plpgsql_spec spec;
	struct plpgsql_host *host;
	const struct plpgsql_body *body;
	struct var_type *types;
	struct plan *plans;	 /* by pl_expr.id */
	struct row_shape result; /* of composite results and RETURNS TABLE */
	bool is_set, is_void, is_row_result, has_outs;
	const struct type *unknown, *boolean, *text, *int4, *int8;
	const char *signature; /* "f(integer)" */
	struct slot *spare_slots;
	struct arena *spare_arena;
	int depth;
	VEC(struct plan *) retired; /* replaced while a recursive call might run them */
};

struct rowset {
	struct arena *arena;
	VEC(struct datum *) rows;
	size_t width;
};

struct cursor {
	struct cursor *next;
	char *name;
	struct rowset rows;
	struct row_shape shape;
	int64_t at; /* 0: before the first row */
};

enum flow { FLOW_ERROR = -1, FLOW_NEXT, FLOW_EXIT, FLOW_CONTINUE, FLOW_RETURN };

struct frame {
	struct plpgsql_instance *in;
	struct ctx work; /* the arena is rewound after each statement */
	struct slot *slots;
	struct plpgsql_trigger *tg;
	struct host_sink *rows;
	const struct pl_stmt *stmt;
	const char *during; /* for context lines, instead of the statement */
	const struct error *caught;
	bool is_context_done; /* a re-raised error has its context already */
	struct str exit_label;
	uint64_t row_count;
	struct cursor *cursors;
	int n_cursors;
	/* RETURN's value: a cell of ret_type, or a row variable (ret_var >= 0). */
	struct cell ret;
	struct typeref ret_type;
	int ret_var;
	bool has_returned, ret_is_null_row;
};

/* Cells and variables (slot.c). */
void pl_cell_set(struct cell *cell, struct datum d);
void pl_cell_free(struct cell *cell);
void pl_slot_clear(struct slot *s);
int pl_slot_row_check(struct frame *f, int var); /* 55000 when not assigned */
int pl_slot_field(struct frame *f, int var, struct str field, int *ret_index);
bool pl_same_type(struct typeref from, struct typeref to);
int pl_assign_value(struct frame *f, int var, struct value v);
int pl_assign_cell(struct frame *f, struct cell *cell, struct value v, struct typeref to);
/* A row into a row variable; cells NULL: no row. */
int pl_assign_row(struct frame *f, int var, const struct row_shape *shape,
		  const struct datum *cells);
int pl_assign_target(struct frame *f, const struct pl_target *t, struct value v);
int pl_assign_into(struct frame *f, const struct pl_into *into, const struct row_shape *shape,
		   const struct datum *cells);
void pl_assign_bool(struct frame *f, int var, bool is_true);
void pl_assign_text(struct frame *f, int var, const char *text);
int pl_assign_row_expr(struct frame *f, struct pl_expr *e, const struct pl_into *into);
int pl_init_var(struct frame *f, int var, struct value v);
int pl_row_value(struct frame *f, int var, struct value *ret);
const struct row_shape *pl_composite_shape(struct frame *f, const struct type *t);
struct row_shape *pl_relation_shape(struct arena *a, const struct relation *rel);

/* Queries and expressions (run_query.c). */
int pl_plan_get(struct frame *f, struct pl_expr *e, struct plan **ret);
void pl_plan_free(struct plpgsql_host *host, struct plan *p);
int pl_plan_run(struct frame *f, struct plan *p, struct host_sink *sink, uint64_t *ret_affected);
int pl_eval(struct frame *f, struct pl_expr *e, struct value *ret);
int pl_eval_bool(struct frame *f, struct pl_expr *e, bool *ret, bool *ret_is_null);
int pl_eval_text(struct frame *f, struct pl_expr *e, struct str *ret, bool *ret_is_null);
int pl_eval_int(struct frame *f, struct pl_expr *e, const struct type *t, int64_t *ret,
		bool *ret_is_null);
int pl_value_text(struct frame *f, struct value v, struct str *ret);
int pl_coerce_value(struct frame *f, struct value v, struct typeref to, struct value *ret);

/* Rows kept for a loop or a cursor (rowset.c). */
int pl_rowset_read(struct frame *f, struct plan *p, struct rowset *ret);
void pl_rowset_free(struct rowset *r);
#define ROWSET_CLEANUP __attribute__((cleanup(pl_rowset_free)))
/* A dynamic statement: planned with USING's values, released by dynamic_free. */
struct dynamic {
	struct plan plan;
	struct value *using;
	struct datum *cells;
	size_t n;
	struct plpgsql_host *host;
};
int pl_dynamic_using(struct frame *f, const struct pl_exprs *args, struct dynamic *d);
int pl_dynamic_plan(struct frame *f, struct str sql, struct dynamic *d);
int pl_dynamic_rows(struct frame *f, struct pl_expr *e, const struct pl_exprs *args,
		    struct dynamic *d, struct rowset *ret);
int pl_dynamic_run(struct frame *f, struct dynamic *d, struct host_sink *sink,
		   uint64_t *ret_affected);
void pl_dynamic_free(struct dynamic *d);
#define DYNAMIC_CLEANUP __attribute__((cleanup(pl_dynamic_free)))

/* Statements. */
enum flow pl_run_stmts(struct frame *f, const struct pl_stmts *list);
enum flow pl_run_block(struct frame *f, const struct pl_stmt *s);
enum flow pl_run_loop(struct frame *f, const struct pl_stmt *s);
int pl_run_sql(struct frame *f, const struct pl_stmt *s);
int pl_run_perform(struct frame *f, const struct pl_stmt *s);
int pl_run_execute(struct frame *f, const struct pl_stmt *s);
int pl_run_return(struct frame *f, const struct pl_stmt *s);
int pl_return_result(struct frame *f, struct datum *ret);
int pl_check_trigger_row(struct frame *f, const struct row_shape *from, const struct row_shape *to);
int pl_statement_context(struct frame *f, const struct pl_expr *e); /* adds a line; -1 */
int pl_run_return_next(struct frame *f, const struct pl_stmt *s);
int pl_run_return_query(struct frame *f, const struct pl_stmt *s);
int pl_run_raise(struct frame *f, const struct pl_stmt *s);
int pl_run_assert(struct frame *f, const struct pl_stmt *s);
int pl_run_diagnostics(struct frame *f, const struct pl_stmt *s);
int pl_run_open(struct frame *f, const struct pl_stmt *s);
int pl_run_fetch(struct frame *f, const struct pl_stmt *s);
int pl_run_close(struct frame *f, const struct pl_stmt *s);
void pl_cursors_free(struct frame *f);
int pl_cursor_open(struct frame *f, int var, const struct pl_exprs *args, struct cursor **ret);
void pl_cursor_close(struct frame *f, struct cursor *cur);

/* "PL/pgSQL function f() line 3 at RAISE", added to the error in f->work. */
void pl_add_context_line(struct frame *f);
const char *pl_context_line(struct frame *f);
/* Types of the variables (types.c). */
int pl_resolve_types(struct ctx *c, struct plpgsql_instance *in);

#endif
