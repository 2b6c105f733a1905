/*
 * The tree of a body: blocks, statements, and the SQL texts that run on the
 * host. Names are resolved while parsing, as PostgreSQL does: a variable is its
 * number in plpgsql_body.vars; every SQL text keeps the scope it stands in.
 *
 * Texts are the body's own where possible; `offset` is a byte offset in it.
 */
#ifndef PLPGSQL_AST_INT_H
#define PLPGSQL_AST_INT_H

#include "plpgsql/plpgsql.h"

/* One name of a scope. Scopes are chains from the innermost name outwards. */
struct pl_ns {
	enum { NS_LABEL, NS_VAR } kind;
	enum { LABEL_BLOCK, LABEL_LOOP, LABEL_OTHER } label; /* NS_LABEL */
	struct str name;				     /* "" of a label: unlabelled */
	int var;
	const struct pl_ns *up;
};

/* A literal, or one whole variable or record field: needs no SQL. */
enum pl_fast { FAST_NO, FAST_NULL, FAST_BOOL, FAST_INT, FAST_TEXT, FAST_VAR, FAST_FIELD };

struct pl_expr {
	struct str sql;	 /* runnable: "SELECT x + 1", or the statement without INTO */
	struct str text; /* as written, for context lines */
	int offset;	 /* of sql's byte `skip` in the body */
	int skip;	 /* what the parser put in front ("SELECT ") */
	int id;		 /* place in an instance's list of queries */
	const struct pl_ns *ns;
	enum pl_fast fast;
	int64_t number;	    /* FAST_BOOL, FAST_INT */
	struct str literal; /* FAST_TEXT; FAST_FIELD: the field */
	int var;	    /* FAST_VAR, FAST_FIELD */
};

/* What the declared type says before a host can look it up. */
enum pl_shape {
	SHAPE_SCALAR, /* surely no row: a built-in type */
	SHAPE_RECORD, /* record, x%ROWTYPE, NEW and OLD */
	SHAPE_UNKNOWN /* a name of the catalog's */
};

struct pl_cursor {
	struct pl_expr *query; /* NULL: an unbound refcursor */
	const int *args;       /* variables, n_args */
	size_t n_args;
	int scroll; /* 1 SCROLL, -1 NO SCROLL, 0 */
};

struct pl_var {
	struct str name;
	enum pl_shape shape;
	struct str type; /* text; "" for like_* */
	int type_offset;
	struct str like[3]; /* name parts of %TYPE and %ROWTYPE, n_like */
	size_t n_like;
	int like_var; /* %TYPE of that variable, -1 */
	bool is_rowtype, is_constant, is_not_null, is_row_loop;
	int argument; /* 1-based parameter of the function; 0 none */
	int line;
	struct pl_expr *init; /* NULL: NULL */
	struct pl_cursor *cursor;
	const struct typeref *fixed; /* found, sqlstate, TG_*: a built-in type */
};

/* A place to assign to: a variable, then fields and subscripts. */
struct pl_step {
	struct str field; /* p NULL: a subscript */
	struct pl_expr *from, *to;
	bool is_slice;
};
struct pl_target {
	int var;
	struct pl_step *steps;
	size_t n_steps;
};

/* INTO: n targets; one that is a record takes the whole row. */
struct pl_into {
	struct pl_target *v;
	size_t n;
	bool is_strict;
};

struct pl_stmt;
struct pl_stmts {
	struct pl_stmt **v;
	size_t n;
};

struct pl_exprs {
	struct pl_expr **v;
	size_t n;
};

struct pl_condition {
	const char *code; /* SQLSTATE; NULL: OTHERS */
	bool is_class;	  /* the code ends in 000: the whole class */
};
struct pl_handler {
	struct pl_condition *conditions;
	size_t n_conditions;
	struct pl_stmts body;
};

struct pl_block {
	struct str label;
	const int *vars; /* declared here, in order */
	size_t n_vars;
	struct pl_stmts body;
	struct pl_handler *handlers;
	size_t n_handlers;
	int sqlstate_var, sqlerrm_var; /* with handlers */
};

struct pl_branch {
	struct pl_expr *cond;
	struct pl_stmts body;
};

enum pl_kind {
	PL_BLOCK,
	PL_ASSIGN,
	PL_IF,
	PL_CASE,
	PL_LOOP,
	PL_WHILE,
	PL_FOR_INT,
	PL_FOR_QUERY,
	PL_FOR_CURSOR,
	PL_FOR_EXECUTE,
	PL_FOREACH,
	PL_EXIT,
	PL_RETURN,
	PL_RETURN_NEXT,
	PL_RETURN_QUERY,
	PL_RAISE,
	PL_ASSERT,
	PL_SQL,
	PL_PERFORM,
	PL_CALL,
	PL_EXECUTE,
	PL_DIAGNOSTICS,
	PL_OPEN,
	PL_FETCH,
	PL_CLOSE,
	PL_NULL,
	PL_TRANSACTION
};

enum pl_diag {
	DIAG_ROW_COUNT,
	DIAG_CONTEXT,
	DIAG_ERROR_CONTEXT,
	DIAG_ERROR_DETAIL,
	DIAG_ERROR_HINT,
	DIAG_SQLSTATE,
	DIAG_COLUMN,
	DIAG_CONSTRAINT,
	DIAG_DATATYPE,
	DIAG_MESSAGE,
	DIAG_TABLE,
	DIAG_SCHEMA
};

enum pl_raise_option {
	OPT_ERRCODE,
	OPT_MESSAGE,
	OPT_DETAIL,
	OPT_HINT,
	OPT_COLUMN,
	OPT_CONSTRAINT,
	OPT_DATATYPE,
	OPT_TABLE,
	OPT_SCHEMA
};

enum pl_fetch { FETCH_FORWARD, FETCH_BACKWARD, FETCH_ABSOLUTE, FETCH_RELATIVE };

struct pl_loop {
	struct str label;
	struct pl_stmts body;
	int var;		/* PL_FOR_INT, PL_FOR_CURSOR */
	struct pl_into targets; /* rows; FOREACH */
	struct pl_expr *query;	/* also WHILE's condition, FOREACH's array, EXECUTE's text */
	struct pl_expr *to, *by;
	struct pl_exprs args; /* USING; a cursor's arguments */
	int cursor;
	int slice;
	bool is_reverse;
};

struct pl_stmt {
	enum pl_kind kind;
	int line;
	union {
		struct pl_block block;
		struct pl_loop loop;
		struct {
			struct pl_target target;
			struct pl_expr *value;
			struct str text;     /* "x := 1", for context lines */
			struct pl_expr *row; /* of ROW(a, b): its fields as columns */
			struct pl_target *row_target;
		} assign;
		struct {
			struct pl_branch *branches;
			size_t n;
			struct pl_stmts els;
			bool has_else;
		} cond;
		struct {
			struct pl_expr *test; /* NULL: searched */
			int test_var;
			struct pl_branch *branches;
			size_t n;
			struct pl_stmts els;
			bool has_else;
		} cases;
		struct {
			bool is_exit; /* else CONTINUE */
			struct str label;
			struct pl_expr *cond;
		} exit;
		struct {
			struct pl_expr *value; /* NULL: none written */
			int var;	       /* a plain variable, -1 */
			struct pl_exprs args;  /* RETURN QUERY EXECUTE ... USING */
			bool is_dynamic;
		} ret;
		struct {
			enum raise_level level;
			bool is_exception, is_rethrow;
			struct str format;    /* p NULL: none */
			struct str condition; /* name or "" */
			const char *code;     /* of condition or SQLSTATE, NULL none */
			struct pl_exprs args;
			struct {
				enum pl_raise_option what;
				struct pl_expr *value;
			} * options;
			size_t n_options;
		} raise;
		struct {
			struct pl_expr *cond, *message;
		} assertion;
		struct {
			struct pl_expr *query;
			struct pl_into into;
			bool has_into, is_mod;
			struct pl_exprs args; /* USING */
		} sql;
		struct {
			bool is_stacked;
			struct {
				struct pl_target target;
				enum pl_diag what;
			} * items;
			size_t n;
		} diag;
		struct {
			int cursor;
			struct pl_expr *query;
			bool is_dynamic;
			struct pl_exprs args;
			int scroll;
		} open;
		struct {
			int cursor;
			enum pl_fetch direction;
			int64_t count; /* INT64_MAX: ALL */
			struct pl_expr *count_expr;
			bool is_move, is_many;
			struct pl_into into;
		} fetch;
		struct {
			bool is_rollback;
		} transaction;
	};
};

struct pl_sql_ref {
	char kind;
	struct str sql;
	int offset;
};

struct plpgsql_body {
	struct str text;
	struct pl_stmt *block;
	VEC(struct pl_var) vars;
	VEC(struct pl_sql_ref) sqls;
	int n_exprs;
	int found;
	int first_out; /* variables of OUT parameters: see pl_var.argument */
	enum name_conflict on_conflict;
	bool print_strict_params;
	bool is_trigger;
	struct pl_ns *outer; /* the function's own scope */
	/* Trigger functions: numbers of NEW, OLD and TG_*, else -1. */
	int new_row, old_row, tg_first;
	int *args; /* variable of each parameter in order, -1 none */
	size_t n_args;
};

/* TG_* in the order of their variables from tg_first on. */
enum pl_tg {
	TG_NAME,
	TG_WHEN,
	TG_LEVEL,
	TG_OP,
	TG_RELID,
	TG_RELNAME,
	TG_TABLE_NAME,
	TG_TABLE_SCHEMA,
	TG_NARGS,
	TG_ARGV,
	TG_COUNT
};

/* A name of n parts in a scope: the variable and how many parts named it; false when
 * there is none. Case as given. rows: whether a variable can have fields (NULL: by
 * its declaration). */
bool pl_ns_find(const struct plpgsql_body *b, const struct pl_ns *ns, const struct str *parts,
		size_t n, bool is_local, int *ret_var, size_t *ret_used);

/* The SQLSTATE of a condition's name ("unique_violation"), NULL when unknown; names
 * with several codes give the first. Visits all: start with *pos 0. */
const char *pl_condition_code(struct str name);
const char *pl_condition_next(struct str name, size_t *pos);

#endif
