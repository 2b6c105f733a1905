/*
 * SQL text of catalog objects, as PostgreSQL 15's pg_get_*def() functions write
 * it. Stored texts are analysed and printed anew; one that cannot be analysed
 * is given as the user wrote it. All results are in the arena.
 */
#ifndef SQL_DEPARSE_H
#define SQL_DEPARSE_H

#include "sql/catalog.h"

struct trigger;

/* Names that the search_path finds are printed without their schema. */
struct deparse {
	struct arena *a;
	const struct catalog *cat;
	const char *search_path;
};

/* An expression on a row of rel (NULL: none), coerced to want (NULL: as it is). */
const char *deparse_expr(const struct deparse *d, const struct relation *rel,
			 const struct stored_sql *sql, const struct type *want);
/* A column's default or generation expression; a domain's CHECK, VALUE being it. */
const char *deparse_default(const struct deparse *d, const struct relation *rel,
			    const struct column *col);
const char *deparse_check(const struct deparse *d, const struct type *domain,
			  const struct check_def *check);
/* The query of a view, with the semicolon. */
const char *deparse_view(const struct deparse *d, const struct relation *view);

/* pg_get_constraintdef(), of a domain's CHECK too. */
const char *deparse_constraint(const struct deparse *d, const struct relation *rel,
			       const struct constraint *con);
const char *deparse_domain_check(const struct deparse *d, const struct type *domain,
				 const struct check_def *check);
/* pg_get_indexdef(): the statement, or its nth column (from 1). */
const char *deparse_index(const struct deparse *d, const struct relation *rel,
			  const struct index *ix);
const char *deparse_index_column(const struct deparse *d, const struct relation *rel,
				 const struct index *ix, size_t n);
/* pg_get_triggerdef(), and the condition of WHEN alone. */
const char *deparse_trigger(const struct deparse *d, const struct relation *rel,
			    const struct trigger *t);
const char *deparse_trigger_when(const struct deparse *d, const struct relation *rel,
				 const struct trigger *t);

/* Functions: the whole statement, the parameters with and without defaults, the
 * result (NULL of a procedure). */
const char *deparse_function(const struct deparse *d, const struct function *f);
const char *deparse_arguments(const struct deparse *d, const struct function *f,
			      bool with_defaults);
const char *deparse_result(const struct deparse *d, const struct function *f);

/* "schema"."name", without the schema where the search_path finds it. */
const char *deparse_relation_name(const struct deparse *d, const struct relation *rel);
bool deparse_is_visible(const struct deparse *d, const char *schema);

#endif
