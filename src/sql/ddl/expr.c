#include "sql/builtin.h"
#include "sql/ddl/statements.h"
#include "sql/ir.h"

#include <string.h>

/* Analysis speaks of positions in the part it was given. */
static int shift_position(struct ctx *c, const struct ddl *d, struct str part)
{
	bool is_inside = part.p >= d->text.p && part.p <= d->text.p + d->text.n;
	if (c->err.position > 0 && is_inside)
		c->err.position += sql_char_pos(d->text, (int)(part.p - d->text.p)) - 1;
	return -1;
}

int ddl_check_expr(struct ctx *c, struct ddl *d, struct str part, const struct relation *rel,
		   const struct type *want)
{
	struct analysis an = { .cat = d->cat, .search_path = d->s->search_path };
	struct query *q;
	if (analyze_row_expr(c, &an, part, rel, want, &q) < 0)
		return shift_position(c, d, part);
	return 0;
}

struct immutability {
	const struct relation *rel;
	bool is_mutable;
	const struct column *generated; /* one that is read, NULL none */
};

static bool look_at(struct expr *e, void *arg)
{
	struct immutability *im = arg;
	if (e->builtin && e->builtin->volatility != 'i')
		im->is_mutable = true;
	if (e->function && e->function->volatility != 'i')
		im->is_mutable = true;
	const struct column *col = e->kind == EX_VAR && e->levels_up == 0
					   ? relation_column_by_attnum(im->rel, (int16_t)e->attnum)
					   : NULL;
	if (col && col->is_generated)
		im->generated = col;
	return true;
}

int ddl_check_immutable(struct ctx *c, struct ddl *d, struct str part, const struct relation *rel,
			bool is_generated)
{
	struct analysis an = { .cat = d->cat, .search_path = d->s->search_path };
	struct immutability im = { .rel = rel };
	struct query *q;
	if (analyze_row_expr(c, &an, part, rel, NULL, &q) < 0)
		return shift_position(c, d, part);
	expr_walk(q->where, false, look_at, &im);
	if (is_generated && im.generated) {
		err_set(c, "42P17",
			"cannot use generated column \"%s\" in column generation expression",
			im.generated->name);
		return err_details(c,
				   "A generated column cannot reference another generated column.");
	}
	if (im.is_mutable)
		return err_set(c, "42P17",
			       is_generated
				       ? "generation expression is not immutable"
				       : "functions in index expression must be marked IMMUTABLE");
	return 0;
}

int ddl_check_condition(struct ctx *c, struct ddl *d, struct str part, const struct relation *rel,
			const char *clause)
{
	static const char prefix[] = "argument of CHECK ";
	if (ddl_check_expr(c, d, part, rel, type_builtin(STR("bool"))) == 0)
		return 0;
	const char *tail = strstr(c->err.message, "in check constraints");
	if (tail && strcmp(clause, "CHECK") != 0)
		c->err.message = arena_printf(
			c->arena, "%.*sin %s", (int)(tail - c->err.message), c->err.message,
			strcmp(clause, "POLICY") == 0 ? "policy expressions" : "index predicates");
	if (strncmp(c->err.message, prefix, sizeof(prefix) - 1) == 0)
		c->err.message = arena_printf(c->arena, "argument of %s %s", clause,
					      c->err.message + sizeof(prefix) - 1);
	return -1;
}

int ddl_check_default(struct ctx *c, struct ddl *d, struct str part, struct typeref want)
{
	struct analysis an = { .cat = d->cat, .search_path = d->s->search_path };
	struct expr *e;
	if (analyze_default(c, &an, part, want, &e) < 0)
		return shift_position(c, d, part);
	return 0;
}

int ddl_refs(struct ctx *c, struct ddl *d, const struct stored_sql *sql, const struct relation *row,
	     sql_refs *ret)
{
	struct analysis an = { .cat = d->cat, .search_path = sql->search_path, .want_refs = true };
	const struct json *stmt;
	struct query *q;
	if (row) {
		TRY(analyze_row_expr(c, &an, str_of(sql->text), row, NULL, &q));
	} else {
		an.text = str_of(sql->text);
		TRY(sql_parse(c, str_of(sql->text), &stmt));
		TRY(analyze_query(c, &an, stmt, &q));
	}
	ret->v = an.refs.v;
	ret->n = an.refs.n;
	ret->cap = an.refs.cap;
	return 0;
}

/* The relation a string constant given to nextval() names. */
static const struct relation *named_sequence(struct ddl *d, const struct json *node,
					     const char *search_path)
{
	const struct json *cast = node_as(node, "TypeCast");
	const struct json *k = node_as(cast ? json_get(cast, "arg") : node, "A_Const");
	struct str text = json_get_str(json_get(k, "sval"), "sval", STR(""));
	struct str parts[2] = { { 0 }, { 0 } };
	size_t n = 0, pos = 0;
	/* "schema"."name": dots outside quotes part them, as commas do in a path. */
	char *list = str_dup(d->a, text);
	bool is_quoted = false;
	for (char *p = list; *p; p++) {
		if (*p == '"')
			is_quoted = !is_quoted;
		else if (*p == '.' && !is_quoted)
			*p = ',';
	}
	while (n < 2 && search_path_next(list, &pos, &parts[n]))
		n++;
	if (n == 2)
		return catalog_relation(d->cat, parts[0], parts[1]);
	return n == 1 ? catalog_find_relation(d->cat, search_path, parts[0]) : NULL;
}

static bool calls_nextval(struct ddl *d, const struct json *node, const char *search_path,
			  const struct relation *seq)
{
	const struct json *call = node_as(node, "FuncCall");
	const struct json *args = json_get(call, "args");
	if (call && args && args->count == 1 &&
	    str_is(ddl_last_name(json_get(call, "funcname")), "nextval") &&
	    named_sequence(d, args->child, search_path) == seq)
		return true;
	for (const struct json *j = node->child; j; j = j->next) {
		if (calls_nextval(d, j, search_path, seq))
			return true;
	}
	return false;
}

bool ddl_default_uses(struct ctx *c, struct ddl *d, const struct column *col,
		      const struct relation *seq)
{
	const struct json *expr;
	struct str text = str_of(col->default_expr.text);
	if (str_find(text, STR("nextval")) < 0)
		return false;
	if (sql_parse_expr(c, text, &expr) < 0) {
		err_clear(c);
		return false;
	}
	return calls_nextval(d, expr, col->default_expr.search_path, seq);
}
