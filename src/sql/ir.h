/*
 * The IR: a query after analysis, every name resolved and every value typed by
 * the catalog. It follows PostgreSQL's own Query tree (range table, join tree,
 * target list), because views, permissions and policies are defined on that.
 *
 * Nodes live in one arena and are freely shared once analysis is over; a
 * rewrite copies what it changes.
 */
#ifndef SQL_IR_H
#define SQL_IR_H

#include "base/vec.h"
#include "sql/catalog.h"

struct builtin; /* sql/builtin.h */
struct query;

enum expr_kind {
	EX_CONST,     /* datum; is_null */
	EX_PARAM,     /* $param; of type unknown: text from the client; else a cell of the type */
	EX_VAR,	      /* column attnum of rtes[rte], levels_up queries out */
	EX_WHOLE_ROW, /* rtes[rte] as a row value */
	EX_FUNC,      /* builtin applied to args: functions, operators and casts alike */
	EX_CALL,      /* the project's own `function`: an argument for each input parameter */
	EX_AGG,	      /* builtin aggregate; distinct, order_by, filter */
	EX_WINDOW,    /* builtin window function or aggregate over window */
	EX_AND,
	EX_OR,
	EX_NOT,
	EX_IS_NULL,   /* negated: IS NOT NULL */
	EX_BOOL_TEST, /* test 't' 'f' 'u'; negated */
	EX_DISTINCT, /* args[0] IS DISTINCT FROM args[1]; negated: NOT DISTINCT; builtin is the = */
	EX_CASE,     /* whens: args = when, then, when, then, ...; els; boolean whens only */
	EX_COALESCE,
	EX_GREATEST,
	EX_LEAST,
	EX_NULLIF,    /* builtin is the = */
	EX_ARRAY,     /* ARRAY[args] */
	EX_ANY_ALL,   /* args[0] builtin ANY (args[1]); is_all for ALL */
	EX_SUBLINK,   /* subquery; sublink kind; args[0] the test expression for ANY/ALL/IN */
	EX_ROW,	      /* ROW(args), with names when they are known */
	EX_FIELD,     /* (args[0]).name */
	EX_SUBSCRIPT, /* args[0][args[1]] or [args[1]:args[2]] when is_slice (absent bounds NULL) */
	EX_INPUT,     /* args[0], text of unknown type, through type's input function */
	EX_OUTPUT,    /* args[0] through its type's output function: to text */
	EX_TYPMOD,    /* args[0] coerced to typmod; explicit truncates, else 22001 */
	EX_RELABEL,   /* args[0] seen as another type of the same representation */
	EX_DOMAIN,    /* args[0] checked against the domain `type` */
	EX_GUARD,     /* CASE WHEN args[0] THEN args[1] END: keeps args[1] off hidden rows */
	EX_DEFAULT,   /* DEFAULT in a DML value list */
	EX_CURRENT    /* CURRENT_USER, SESSION_USER, CURRENT_TIMESTAMP... as builtin */
};

enum sublink_kind { SUB_EXISTS, SUB_SCALAR, SUB_ANY, SUB_ALL, SUB_ARRAY };

struct sort_key {
	struct expr *expr;
	bool is_desc;
	bool nulls_first; /* resolved: PostgreSQL's default is NULLS LAST for ASC */
};
typedef VEC(struct sort_key) sort_keys;
typedef VEC(struct expr *) exprs;

struct window {
	const char *name; /* "" anonymous */
	exprs partition_by;
	sort_keys order_by;
	const char *frame; /* SQL text of the frame clause, "" the default */
};

struct expr {
	enum expr_kind kind;
	struct typeref type;
	int location; /* byte offset in the statement's text, -1 unknown */
	const struct builtin *builtin;
	const struct function *function; /* EX_CALL */
	exprs args;

	struct datum datum; /* EX_CONST */
	int param;	    /* EX_PARAM, 1-based */
	int rte;	    /* EX_VAR, EX_WHOLE_ROW: index into rtes of the query levels_up out */
	int attnum;	    /* EX_VAR: 1-based output column of that rte (relations: attnum) */
	int levels_up;
	bool negated, is_all, is_distinct, is_star, is_explicit, is_slice, is_variadic;
	bool is_simple, is_sql_syntax; /* CASE x WHEN ...; EXTRACT(... FROM ...) and its kin */
	bool is_checked;	       /* EX_CALL: EXECUTE, for another role than the caller's */
	char test;		       /* EX_BOOL_TEST */
	enum sublink_kind sublink;
	struct query *subquery;
	struct expr *filter;   /* EX_AGG */
	sort_keys order_by;    /* EX_AGG */
	struct window *window; /* EX_WINDOW */
	struct expr *els;      /* EX_CASE, NULL none */
	const char *name;      /* EX_FIELD */
	const char **names;    /* EX_ROW: per arg, or NULL */
};

enum rte_kind {
	RTE_RELATION,
	RTE_SUBQUERY,
	RTE_CTE,
	RTE_FUNCTION, /* a set-returning or scalar function in FROM */
	RTE_VALUES,
	RTE_EXCLUDED, /* INSERT ... ON CONFLICT: the row proposed for insertion */
	RTE_JOIN      /* alias of a JOIN ... USING: only names; vars point to the sides */
};

struct rte_column {
	const char *name;
	struct typeref type;
	int16_t attnum; /* what EX_VAR.attnum holds: relation attnum, else 1-based position */
};

/* What the statement does to this relation, for privileges and policies. */
struct rte_access {
	uint32_t privs;	       /* PRIV_* required at relation or column level */
	const char *check_as;  /* role whose rights count; NULL the current role */
	VEC(int16_t) selected; /* attnums read; 0 stands for "any column" (count(*)) */
	VEC(int16_t) inserted;
	VEC(int16_t) updated;
};

struct rte {
	enum rte_kind kind;
	const char *alias;
	VEC(struct rte_column) columns; /* as visible under the alias */
	const struct relation *rel;	/* RTE_RELATION */
	struct query *subquery;		/* RTE_SUBQUERY; a view expands to one, rel kept set */
	struct cte *cte;		/* RTE_CTE */
	struct expr *func;		/* RTE_FUNCTION: the call (EX_FUNC, EX_CALL) */
	bool with_ordinality;
	bool is_nullable; /* an outer join may put a row of NULLs in its place */
	bool is_lateral;
	VEC(exprs) rows; /* RTE_VALUES */
	struct rte_access access;
	exprs security_quals; /* policies' USING for this relation, AND-ed, set by the rewriter */
};

enum join_kind { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_CROSS };

/* FROM as a tree: a leaf names an rte; a join has two sides. */
struct from_item {
	bool is_join;
	int rte; /* leaf */
	enum join_kind join;
	struct from_item *left, *right;
	struct expr *on; /* NULL for CROSS */
};

struct target {
	struct expr *expr;
	const char *name;
	int16_t attnum; /* DML: the column assigned, 0 otherwise */
	bool is_hidden; /* sort or group helper, not an output column */
};
typedef VEC(struct target) targets;

struct cte {
	const char *name;
	struct query *query;
	bool is_recursive;
	char materialized; /* 'd' default, 'y', 'n' */
};

enum query_cmd { CMD_SELECT, CMD_INSERT, CMD_UPDATE, CMD_DELETE };
enum set_op {
	SET_NONE,
	SET_UNION,
	SET_UNION_ALL,
	SET_INTERSECT,
	SET_INTERSECT_ALL,
	SET_EXCEPT,
	SET_EXCEPT_ALL
};

struct conflict {
	bool do_update;
	bool has_target;		     /* a column list or constraint was named */
	const struct index *index;	     /* NULL: any */
	const struct constraint *constraint; /* when named or behind the index */
	VEC(int16_t) view_cols; /* target columns when the target is a view: find the index below */
	targets set;		/* DO UPDATE SET; exprs see result_rte (old row) and excluded_rte */
	struct expr *where;
	int excluded_rte;
};

struct query {
	enum query_cmd cmd;
	VEC(struct rte *) rtes;
	VEC(struct from_item *) from; /* comma list, each a tree */
	struct expr *where;
	targets targets; /* SELECT list; INSERT/UPDATE: assigned columns */
	bool is_distinct;
	exprs distinct_on;
	exprs group_by;
	bool is_grouped; /* GROUP BY (), aggregates or HAVING present */
	struct expr *having;
	VEC(struct window *) windows;
	sort_keys order_by;
	struct expr *limit, *offset;
	VEC(struct cte *) ctes;
	bool for_update;   /* FOR UPDATE/SHARE seen: a no-op on SQLite */
	bool is_rewritten; /* views, policies and guards are in */
	bool is_barrier;   /* as a subquery: nothing of the outer query may move into it */

	/* Set operation: left and right stand one query further in. targets[i].expr
	 * is an EX_VAR of rte -1, attnum i + 1: output column i; order_by refers to
	 * outputs the same way. */
	enum set_op set_op;
	struct query *left, *right;

	/* DML. INSERT reads source (SELECT or VALUES, an rte that is not in from),
	 * whose output columns feed targets in order: targets[i].expr is an EX_VAR
	 * on source_rte, converted to the column's type where needed. Rows of VALUES
	 * are converted already and may hold EX_DEFAULT. UPDATE and DELETE have the
	 * target as from[0], then FROM/USING. */
	int result_rte;	 /* -1 for SELECT */
	int source_rte;	 /* INSERT ... SELECT/VALUES; -1 for DEFAULT VALUES */
	char overriding; /* 's' system, 'u' user, 0 */
	struct conflict *conflict;
	targets returning;

	/* Row checks that the rewriter adds (policies' WITH CHECK, view check
	 * options): boolean exprs on result_rte's new row. See sql/rewrite.h. */
	VEC(struct row_check *) checks;
	int n_params; /* highest $n */
};

enum check_kind {
	CHECK_RLS_INSERT,
	CHECK_RLS_UPDATE,
	CHECK_RLS_CONFLICT_UPDATE_USING,
	CHECK_RLS_SELECT_NEW,
	CHECK_VIEW_OPTION,
	CHECK_VIEW_CONFLICT /* the row that ON CONFLICT DO UPDATE found */
};

/* A condition every written row must satisfy (NULL counts as failure for RLS). */
struct row_check {
	enum check_kind kind;
	struct expr *expr;  /* vars refer to result_rte: the new row (or old, see kind) */
	const char *policy; /* restrictive policy's name for the message, NULL otherwise */
	const char *relation;
};

/* Walks every expression below e (not into subqueries' range tables unless
 * into_subqueries), pre-order; fn returns false to skip a node's children. */
void expr_walk(struct expr *e, bool into_subqueries, bool (*fn)(struct expr *, void *), void *arg);
void query_walk(struct query *q, bool (*fn)(struct expr *, void *), void *arg);

/* Deep copies in the arena. query_copy copies rtes and subqueries too. */
struct expr *expr_copy(struct arena *a, const struct expr *e);
struct query *query_copy(struct arena *a, const struct query *q);

/* Calls fn for every expression below e, subqueries included, with how many
 * queries further in it stands (depth to begin with). */
void expr_walk_levels(struct expr *e, int depth, void (*fn)(struct expr *, int depth, void *),
		      void *arg);
void query_walk_levels(struct query *q, int depth, void (*fn)(struct expr *, int depth, void *),
		       void *arg);

/* Structural equality, locations aside; subqueries are equal only to themselves. */
bool expr_equal(const struct expr *a, const struct expr *b);

/* Adds delta to levels_up of every var that refers `depth` or more queries out. */
void expr_shift_levels(struct expr *e, int delta, int depth);

/* Small constructors. */
struct expr *expr_new(struct arena *a, enum expr_kind kind, struct typeref type);
struct expr *expr_bool(struct arena *a, bool value);
struct expr *expr_and(struct arena *a, struct expr *left, struct expr *right); /* NULL = absent */
struct expr *expr_or(struct arena *a, struct expr *left, struct expr *right);
struct expr *expr_var(struct arena *a, int rte, int attnum, struct typeref type);

#endif
