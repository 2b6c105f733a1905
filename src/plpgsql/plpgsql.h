/*
 * plpgsql: parser and interpreter of function bodies, after PostgreSQL 15's
 * "PL/pgSQL - SQL Procedural Language" chapter and its observable behaviour.
 * Every expression and statement of a body runs as SQL through the host
 * (plpgsql/host.h); there is no second evaluator.
 *
 *	plpgsql_parse()	    body -> tree, syntax errors as PostgreSQL's 42601 with position
 *	plpgsql_new()	    tree + signature + host -> instance: variables laid out
 *	plpgsql_call()	    runs it; embedded SQL is planned when first reached
 *
 * An instance belongs to one connection, role, search_path and catalog version;
 * it may be entered recursively.
 */
#ifndef PLPGSQL_PLPGSQL_H
#define PLPGSQL_PLPGSQL_H

#include "plpgsql/host.h"

struct plpgsql_body; /* plpgsql/ast_int.h */
struct plpgsql_instance;

enum { PLPGSQL_NESTING_MAX = 200, PLPGSQL_BODY_MAX = 1 << 20 };

/* Parses a body (the text between the dollar quotes) into a's memory; body and f
 * must outlive the tree. f: the function, whose parameters and result the body's
 * statements refer to; NULL for a DO block. Embedded SQL is checked for syntax only,
 * as check_function_bodies does: tables and types bind late. Errors are PostgreSQL's
 * (42601, 42704, 42804, 22004, ...) with c->err.position counted in body (characters,
 * 1-based, 0 none); 54001 for nesting past the limit. */
int plpgsql_parse(struct ctx *c, struct arena *a, struct str body, const struct function *f,
		  struct plpgsql_body **ret);

/* The SQL texts and declared types of a body, in order, with their offset in it: for
 * `check`, and for finding constructs that cannot run. kind: 's' statement, 'e'
 * expression, 't' type. */
void plpgsql_each_sql(const struct plpgsql_body *b,
		      void (*fn)(void *arg, char kind, struct str sql, int offset), void *arg);

/* What the instance is for: f NULL for a DO block; rel (with f) for a trigger
 * function called for that relation: NEW and OLD have its row type. arg_types: the
 * actual types of the input parameters (as many) where f is polymorphic, else NULL. Errors 42704,
 * 42P01, ... of declarations. The body and the catalog objects outlive the instance. */
struct plpgsql_spec {
	const struct plpgsql_body *body;
	const struct function *function;
	const struct relation *rel;
	const struct typeref *arg_types;
	struct typeref result; /* resolved RETURNS */
};
int plpgsql_new(struct ctx *c, const struct plpgsql_spec *spec, struct plpgsql_host *host,
		struct plpgsql_instance **ret);
void plpgsql_free(struct plpgsql_instance *in); /* NULL allowed; releases its queries */

/* A call of a trigger function. Cells by position in rel->columns. */
struct plpgsql_trigger {
	const char *name, *when, *level, *op; /* TG_NAME; BEFORE..; ROW, STATEMENT; INSERT.. */
	const struct relation *rel;
	const char *const *args; /* TG_ARGV */
	size_t n_args;
	const struct datum *old_row; /* NULL: there is none */
	struct datum *new_row;	     /* in: the row; out: the row to go on with (c->arena) */
	/* Transition tables are relations of the host's making (name_scope.relation). */
	const struct name_scope *outer;
	bool ret_is_null; /* RETURN NULL: the row is skipped */
};

/*
 * Runs the body. args: one cell for each input parameter. A scalar or composite
 * result (also of OUT parameters) is *ret, in c->arena; the empty text for void. For a
 * set-returning function every row goes to rows->row, one cell for each output
 * column (one cell for SETOF scalar), and *ret is untouched. tg: a trigger call.
 * Errors: those of the body, with the context line
 * "PL/pgSQL function f(int) line 3 at RAISE" appended to c->err's context if it
 * has one; 2F005 control reached end of function without RETURN; 54001, 57014.
 */
int plpgsql_call(struct ctx *c, struct plpgsql_instance *in, const struct datum *args, size_t n,
		 struct plpgsql_trigger *tg, struct host_sink *rows, struct datum *ret);

#endif
