/* Functions and procedures: what their statements share. */
#ifndef SQL_DDL_FUNCTION_H
#define SQL_DDL_FUNCTION_H

#include "sql/ddl/statements.h"
#include "sql/function_names.h"

/* --- function_find.c --- */

/* "f(integer, text)" of input types, as most messages show a function. */
const char *function_signature(struct ctx *c, const struct function *f);
/* "s.f(integer,text)" as regprocedure prints it: what depends on what, hints. */
const char *function_shown(struct ctx *c, const struct ddl *d, const struct function *f);
/* The function with exactly these input types in the schema, NULL none. */
struct function *function_with(const struct ddl *d, const char *schema, struct str name,
			       const struct typeref *inputs, size_t n);
/* What an ObjectWithArgs names. objtype: OBJECT_FUNCTION, _PROCEDURE, _ROUTINE. Errors 42883,
 * 42725, 42809, 42704. missing_ok gives NULL and 0, with a notice. */
int ddl_find_function(struct ctx *c, struct ddl *d, const struct json *object, struct str objtype,
		      bool missing_ok, struct function **ret);
int function_must_own(struct ctx *c, const struct ddl *d, const struct function *f);
/* A function without parameters along the path: a trigger's. NULL none. */
struct function *function_no_args(const struct ddl *d, struct str schema, struct str name);

/* --- function_options.c --- */

/* What LANGUAGE, AS, SET and the rest of CREATE and ALTER say. */
struct function_options {
	const char *language;
	const struct json *as, *as_option;
	char volatility, parallel;
	int is_strict, security_definer, is_leakproof; /* -1 not said */
	double cost, rows;			       /* -1 not said */
	VEC(const struct json *) sets;		       /* VariableSetStmt, in order */
};
int function_read_options(struct ctx *c, struct ddl *d, const struct json *list, bool is_procedure,
			  struct function_options *ret);
/* Applies SET and RESET to settings. */
int function_apply_sets(struct ctx *c, struct ddl *d, const struct function_options *o,
			struct function *f);
/* Puts the other options that were said into f. */
int function_apply_options(struct ctx *c, struct ddl *d, const struct function_options *o,
			   struct function *f);

/* --- function_body.c --- */

/* Analyses an SQL body as PostgreSQL's validator does, or hands a plpgsql one to the session's
 * check_body. base: byte offset of the body in d->text, -1 unknown. Fills f->refusal. */
int function_check_body(struct ctx *c, struct ddl *d, struct function *f, int base);

/* --- function_alter.c --- */

void function_remove(struct ddl *d, const struct function *f);
int function_move(struct ctx *c, struct ddl *d, struct function *f, const char *schema,
		  const char *name);

#endif
