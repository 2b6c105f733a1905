/* SELECT * in a view means the columns of the day it was made: the stars of
 * its outermost lists are written out. */
#include "sql/ddl/statements.h"
#include "sql/ir.h"

#include <string.h>

struct star {
	size_t at, n; /* in the statement's text */
	const char *columns;
};

struct expansion {
	struct ctx *c;
	struct ddl *d;
	VEC(struct star) stars;
};

static const struct json *star_ref(const struct json *target)
{
	const struct json *ref =
		node_as(json_get(node_as(target, "ResTarget"), "val"), "ColumnRef");
	const struct json *fields = json_get(ref, "fields");
	if (!fields || !node_as(json_at(fields, fields->count - 1), "A_Star"))
		return NULL;
	return ref;
}

static const char *rte_column_name(const struct rte *rte, int attnum)
{
	for (size_t i = 0; i < rte->columns.n; i++) {
		if (rte->columns.v[i].attnum == attnum)
			return rte->columns.v[i].name;
	}
	return NULL;
}

/* "alias.column", or the bare name of what a FULL JOIN ... USING merged. */
static bool put_column(struct buf *b, const struct query *q, const struct target *t)
{
	const struct expr *e = t->expr;
	if (e->kind == EX_VAR && e->levels_up == 0 && q->rtes.v[e->rte]->alias) {
		const struct rte *rte = q->rtes.v[e->rte];
		const char *name = rte_column_name(rte, e->attnum);
		if (!name)
			return false;
		sql_put_ident(b, str_of(rte->alias));
		buf_char(b, '.');
		sql_put_ident(b, str_of(name));
		if (strcmp(name, t->name) == 0)
			return true;
		buf_puts(b, " AS ");
	}
	sql_put_ident(b, str_of(t->name));
	return true;
}

/* The bytes of "*" or "a.b.*" at a location. */
static size_t star_length(struct str text, size_t at)
{
	size_t i = at;
	while (i < text.n) {
		struct sql_token t = sql_scan(text, i);
		i = t.at + t.n;
		if (t.n == 1 && text.p[t.at] == '*')
			return i - at;
		i = sql_skip_space(text, i);
	}
	return 0;
}

static void expand_one(struct expansion *x, const struct query *q, int64_t location)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (size_t i = 0; i < q->targets.n; i++) {
		const struct target *t = &q->targets.v[i];
		if (t->is_hidden || t->expr->location != location)
			continue;
		if (b.n)
			buf_puts(&b, ", ");
		if (!put_column(&b, q, t))
			return;
	}
	struct star star = { (size_t)location, star_length(x->d->text, (size_t)location),
			     buf_dup(x->c->arena, &b) };
	if (b.n && star.n)
		VEC_PUSH(x->c->arena, &x->stars, star);
}

static void expand_select(struct expansion *x, const struct json *select, const struct query *q)
{
	if (json_get(select, "larg") && q->set_op != SET_NONE) {
		expand_select(x, json_get(select, "larg"), q->left);
		expand_select(x, json_get(select, "rarg"), q->right);
		return;
	}
	const struct json *inner = node_as(select, "SelectStmt");
	const struct json *list = json_get(inner ? inner : select, "targetList");
	for (const struct json *j = list ? list->child : NULL; j; j = j->next) {
		const struct json *ref = star_ref(j);
		if (ref)
			expand_one(x, q, json_get_i64(ref, "location", 0));
	}
}

struct str ddl_expand_stars(struct ctx *c, struct ddl *d, const struct json *select,
			    const struct query *q, struct str text)
{
	struct expansion x = { .c = c, .d = d };
	size_t base = (size_t)(text.p - d->text.p), at = 0;
	expand_select(&x, select, q);
	BUF_CLEANUP struct buf b = buf_make(SQL_STATEMENT_MAX);
	for (size_t i = 0; i < x.stars.n; i++) {
		const struct star *s = &x.stars.v[i];
		if (s->at < base + at)
			return text;
		buf_str(&b, str_sub(text, at, s->at - base - at));
		buf_puts(&b, s->columns);
		at = s->at - base + s->n;
	}
	buf_str(&b, str_from(text, at));
	return str_of(buf_dup(d->a, &b));
}
