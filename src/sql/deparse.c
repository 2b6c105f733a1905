/* Stored expressions and queries, analysed and printed anew. */
#include "sql/deparse.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/analyze.h"
#include "sql/deparse_int.h"
#include "sql/parse.h"
#include "sql/trigger.h"

#include <string.h>

enum { TEXT_MAX = 4 << 20 };

static struct analysis analysis_for(const struct deparse *d, const struct stored_sql *sql)
{
	return (struct analysis){ .cat = d->cat,
				  .search_path =
					  sql->search_path ? sql->search_path : d->search_path,
				  .keep_casts = true };
}

/* e, whose names are q's (NULL: it has none); NULL when it cannot be printed. */
static const char *print(struct ctx *c, const struct deparse *d, const struct query *q,
			 const struct expr *e, bool with_prefix, const char *value)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct dp_frame frame = { .q = q };
	struct dp p = { .c = c, .d = d, .out = &b, .with_prefix = with_prefix, .value = value };
	if (q) {
		frame.names = arena_array(c->arena, q->rtes.n + 1, sizeof(*frame.names));
		for (size_t i = 0; i < q->rtes.n; i++)
			frame.names[i] = q->rtes.v[i]->alias;
		p.frame = &frame;
	}
	dp_expr(&p, e, false);
	return p.failed || !buf_ok(&b) ? NULL : buf_dup(d->a, &b);
}

static const char *print_row_expr(const struct deparse *d, const struct relation *rel,
				  const struct stored_sql *sql, const struct type *want,
				  const char *value)
{
	struct ctx c = { .arena = d->a };
	struct analysis an = analysis_for(d, sql);
	struct query *q;
	if (analyze_row_expr(&c, &an, str_of(sql->text), rel, want, &q) < 0)
		return NULL;
	return print(&c, d, q, q->where, false, value);
}

static const char *print_constant(const struct deparse *d, const struct stored_sql *sql,
				  struct typeref want)
{
	struct ctx c = { .arena = d->a };
	struct analysis an = analysis_for(d, sql);
	struct expr *e;
	if (analyze_default(&c, &an, str_of(sql->text), want, &e) < 0)
		return NULL;
	return print(&c, d, NULL, e, false, NULL);
}

const char *deparse_expr(const struct deparse *d, const struct relation *rel,
			 const struct stored_sql *sql, const struct type *want)
{
	const char *text = rel ? print_row_expr(d, rel, sql, want, NULL)
			       : print_constant(d, sql, TYPEREF(want));
	return text ? text : sql->text;
}

const char *deparse_default(const struct deparse *d, const struct relation *rel,
			    const struct column *col)
{
	const struct stored_sql *sql = &col->default_expr;
	const char *text = col->is_generated ? print_row_expr(d, rel, sql, col->type.type, NULL)
					     : print_constant(d, sql, col->type);
	return text ? text : sql->text;
}

const char *deparse_check(const struct deparse *d, const struct type *domain,
			  const struct check_def *check)
{
	struct column value = { .name = "value", .attnum = 1, .type = { domain->base, -1 } };
	struct relation rel = { .name = "value", .kind = REL_COMPOSITE };
	VEC_PUSH(d->a, &rel.columns, value);
	const char *text =
		print_row_expr(d, &rel, &check->expr, type_builtin(STR("bool")), "VALUE");
	return text ? text : check->expr.text;
}

/* The operands of UNION and the like name their columns as the view does. */
static void rename_targets(struct query *q, const struct relation *view)
{
	for (size_t i = 0, n = 0; i < q->targets.n && n < view->columns.n; i++) {
		if (!q->targets.v[i].is_hidden)
			q->targets.v[i].name = view->columns.v[n++].name;
	}
	if (q->set_op) {
		rename_targets(q->left, view);
		rename_targets(q->right, view);
	}
}

static const char *print_view(const struct deparse *d, const struct relation *view)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct ctx c = { .arena = d->a };
	struct analysis an = analysis_for(d, &view->view);
	const struct json *stmt;
	struct query *q;
	if (sql_parse(&c, str_of(view->view.text), &stmt) < 0 ||
	    analyze_query(&c, &an, stmt, &q) < 0)
		return NULL;
	rename_targets(q, view);
	struct dp p = { .c = &c, .d = d, .out = &b };
	dp_query(&p, q);
	buf_char(&b, ';');
	return p.failed || !buf_ok(&b) ? NULL : buf_dup(d->a, &b);
}

const char *deparse_view(const struct deparse *d, const struct relation *view)
{
	const char *text = print_view(d, view);
	return text ? text : arena_printf(d->a, " %s;", view->view.text);
}

/* The condition's names are two rows of the relation. */
static const char *print_when(const struct deparse *d, const struct relation *rel,
			      const struct stored_sql *sql)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct ctx c = { .arena = d->a };
	struct analysis an = analysis_for(d, sql);
	const struct json *stmt;
	struct query *q;
	buf_printf(&b, "SELECT (%s) FROM ", sql->text);
	for (int i = 0; i < 2; i++) {
		sql_put_ident(&b, str_of(rel->schema));
		buf_char(&b, '.');
		sql_put_ident(&b, str_of(rel->name));
		buf_puts(&b, i ? " AS new" : " AS old, ");
	}
	if (sql_parse(&c, str_of(buf_dup(d->a, &b)), &stmt) < 0 ||
	    analyze_query(&c, &an, stmt, &q) < 0 || !q->targets.n)
		return NULL;
	return print(&c, d, q, q->targets.v[0].expr, true, NULL);
}

const char *deparse_trigger_when(const struct deparse *d, const struct relation *rel,
				 const struct trigger *t)
{
	const char *text = print_when(d, rel, &t->when);
	return text ? text : t->when.text;
}
