/* Stored expressions and queries, analysed and printed as PostgreSQL does. */
#include "sql/deparse.h"

#include "base/arena.h"
#include "sql/trigger.h"

const char *deparse_expr(const struct deparse *d, const struct relation *rel,
			 const struct stored_sql *sql, const struct type *want)
{
	(void)d;
	(void)rel;
	(void)want;
	return sql->text;
}

const char *deparse_default(const struct deparse *d, const struct relation *rel,
			    const struct column *col)
{
	return deparse_expr(d, col->is_generated ? rel : NULL, &col->default_expr, col->type.type);
}

const char *deparse_check(const struct deparse *d, const struct type *domain,
			  const struct check_def *check)
{
	(void)d;
	(void)domain;
	return check->expr.text;
}

const char *deparse_view(const struct deparse *d, const struct relation *view)
{
	return arena_printf(d->a, " %s;", view->view.text);
}

const char *deparse_trigger_when(const struct deparse *d, const struct relation *rel,
				 const struct trigger *t)
{
	(void)d;
	(void)rel;
	return t->when.text;
}
