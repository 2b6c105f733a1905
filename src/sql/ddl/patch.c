/* Renames follow into stored SQL: the identifiers that refer to the renamed
 * object, found by analysis, are written anew in the user's text. */
#include "sql/ddl/patch.h"
#include "sql/ir.h"

#include <stdlib.h>
#include <string.h>

struct edit {
	size_t at, n; /* bytes replaced */
	const char *text;
};
typedef VEC(struct edit) edits;

static struct str token_at(struct str text, size_t at, struct sql_token *ret)
{
	*ret = sql_scan(text, at);
	return str_sub(text, ret->at, ret->n);
}

/* The identifier a token stands for, case folded or unquoted. */
static const char *ident_of(struct ctx *c, struct str token)
{
	if (!token.n || token.p[0] != '"')
		return str_dup(c->arena, str_lower(c->arena, token));
	char *out = arena_alloc(c->arena, token.n + 1);
	size_t n = 0;
	for (size_t i = 1; i + 1 < token.n; i++) {
		out[n++] = token.p[i];
		if (token.p[i] == '"')
			i++;
	}
	out[n] = '\0';
	return out;
}

static const char *quoted(struct ctx *c, const char *name)
{
	BUF_CLEANUP struct buf b = buf_make(1024);
	sql_put_ident(&b, str_of(name));
	return buf_dup(c->arena, &b);
}

/* The token two before byte `at`, when only a dot is between: the qualifier. */
static bool qualifier_before(struct str text, size_t at, struct sql_token *ret)
{
	struct sql_token last[2] = { 0 };
	size_t n = 0;
	for (size_t i = sql_skip_space(text, 0); i < at;) {
		struct sql_token t = sql_scan(text, i);
		i = sql_skip_space(text, t.at + t.n);
		if (t.kind == TOK_COMMENT)
			continue;
		last[0] = last[1];
		last[1] = t;
		n++;
	}
	bool is_dot = n >= 2 && last[1].n == 1 && text.p[last[1].at] == '.';
	if (!is_dot || (last[0].kind != TOK_WORD && last[0].kind != TOK_QUOTED))
		return false;
	*ret = last[0];
	return true;
}

static void add_edit(struct ctx *c, edits *es, size_t at, size_t n, const char *text)
{
	for (size_t i = 0; i < es->n; i++) {
		if (es->v[i].at == at)
			return;
	}
	struct edit e = { at, n, text };
	VEC_PUSH(c->arena, es, e);
}

static const char *literal(struct ctx *c, const char *schema, const char *name)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	sql_put_literal(&b, str_of(ddl_qualified(c, schema, name)));
	return buf_dup(c->arena, &b);
}

/* A reference to the renamed thing itself. */
static void edit_name(struct ctx *c, const struct rename *r, struct str text, size_t at, edits *es)
{
	struct sql_token t, q;
	token_at(text, at, &t);
	if (t.kind == TOK_STRING) { /* 'schema.name'::regclass */
		add_edit(c, es, at, t.n,
			 literal(c, r->new_schema ? r->new_schema : r->schema, r->after));
		return;
	}
	if (!r->new_schema) {
		add_edit(c, es, at, t.n, quoted(c, r->after));
		return;
	}
	if (qualifier_before(text, at, &q))
		add_edit(c, es, q.at, q.n, quoted(c, r->new_schema));
	else
		add_edit(c, es, at, t.n, ddl_qualified(c, r->new_schema, r->after));
}

static void edit_ref(struct ctx *c, const struct rename *r, const struct sql_ref *ref,
		     struct str text, edits *es)
{
	struct sql_token q;
	size_t at = (size_t)ref->location;
	if (ref->location < 0 || at >= text.n)
		return;
	if (r->function || ref->function) {
		if (ref->function == r->function)
			edit_name(c, r, text, at, es);
		return;
	}
	if (r->type) {
		if (ref->type && (ref->type == r->type))
			edit_name(c, r, text, at, es);
		return;
	}
	if (ref->rel_oid != r->oid || ref->type)
		return;
	if (ref->attnum == r->attnum) {
		edit_name(c, r, text, at, es);
	} else if (!r->attnum && ref->attnum && !r->new_schema && qualifier_before(text, at, &q) &&
		   strcmp(ident_of(c, str_sub(text, q.at, q.n)), r->before) == 0) {
		add_edit(c, es, q.at, q.n, quoted(c, r->after));
	}
}

static int by_place(const void *a, const void *b)
{
	size_t x = ((const struct edit *)a)->at, y = ((const struct edit *)b)->at;
	return x < y ? -1 : x > y;
}

static const char *apply(struct ddl *d, struct str text, edits *es)
{
	qsort(es->v, es->n, sizeof(*es->v), by_place);
	BUF_CLEANUP struct buf b = buf_make(SQL_STATEMENT_MAX);
	size_t at = 0;
	for (size_t i = 0; i < es->n; i++) {
		buf_str(&b, str_sub(text, at, es->v[i].at - at));
		buf_puts(&b, es->v[i].text);
		at = es->v[i].at + es->v[i].n;
	}
	buf_str(&b, str_from(text, at));
	return buf_dup(d->a, &b);
}

static void patch_sql(struct ctx *c, struct ddl *d, const struct rename *r, struct stored_sql *sql,
		      const struct relation *row)
{
	sql_refs refs = { 0 };
	edits es = { 0 };
	if (!sql->text)
		return;
	if (ddl_refs(c, d, sql, row, &refs) < 0) {
		err_clear(c);
		return;
	}
	struct str text = str_of(sql->text);
	for (size_t i = 0; i < refs.n; i++)
		edit_ref(c, r, &refs.v[i], text, &es);
	if (es.n)
		sql->text = apply(d, text, &es);
}

static void each_of_relation(struct relation *rel, ddl_sql_fn fn, void *arg)
{
	fn(&rel->view, NULL, arg);
	for (size_t i = 0; i < rel->columns.n; i++)
		fn(&rel->columns.v[i].default_expr, rel, arg);
	for (size_t i = 0; i < rel->constraints.n; i++)
		fn(&rel->constraints.v[i]->check, rel, arg);
	for (size_t i = 0; i < rel->policies.n; i++) {
		fn(&rel->policies.v[i]->using_expr, rel, arg);
		fn(&rel->policies.v[i]->check_expr, rel, arg);
	}
	for (size_t i = 0; i < rel->indexes.n; i++) {
		struct index *ix = rel->indexes.v[i];
		fn(&ix->predicate, rel, arg);
		for (size_t k = 0; k < ix->n_keys; k++)
			fn(&ix->keys[k].expr, rel, arg);
	}
}

void ddl_each_sql(struct ddl *d, ddl_sql_fn fn, void *arg)
{
	for (size_t i = 0; i < d->cat->relations.n; i++)
		each_of_relation(d->cat->relations.v[i], fn, arg);
}

struct patch_arg {
	struct ctx *c;
	struct ddl *d;
	const struct rename *r;
};

static void patch_one(struct stored_sql *sql, const struct relation *row, void *arg)
{
	const struct patch_arg *p = arg;
	patch_sql(p->c, p->d, p->r, sql, row);
}

void ddl_patch(struct ctx *c, struct ddl *d, const struct rename *r)
{
	struct patch_arg p = { c, d, r };
	ddl_each_sql(d, patch_one, &p);
}

/* "old" as an element of a stored search_path becomes "new". */
struct path_arg {
	struct ctx *c;
	struct ddl *d;
	const char *before, *after;
};

static void patch_path(struct stored_sql *sql, const struct relation *row, void *arg)
{
	const struct path_arg *p = arg;
	(void)row;
	if (!sql->text || str_find(str_of(sql->search_path), str_of(p->before)) < 0)
		return;
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	size_t pos = 0;
	struct str element;
	while (search_path_next(sql->search_path, &pos, &element)) {
		if (b.n)
			buf_puts(&b, ", ");
		sql_put_ident(&b, str_is(element, p->before) ? str_of(p->after) : element);
	}
	sql->search_path = buf_dup(p->d->a, &b);
}

void ddl_patch_paths(struct ctx *c, struct ddl *d, const char *before, const char *after)
{
	struct path_arg p = { c, d, before, after };
	ddl_each_sql(d, patch_path, &p);
}

/* The column whose default this is, NULL when it is something else. */
static const struct column *default_owner(const struct relation *row, const struct stored_sql *sql)
{
	for (size_t i = 0; i < row->columns.n; i++) {
		if (&row->columns.v[i].default_expr == sql)
			return &row->columns.v[i];
	}
	return NULL;
}

struct label_arg {
	struct ctx *c;
	struct ddl *d;
	const struct type *type;
	const char *before, *after;
	struct str text; /* being patched */
	edits edits;
};

static bool find_label(struct expr *e, void *arg)
{
	struct label_arg *p = arg;
	struct sql_token t;
	bool is_enum = type_base(e->type.type) == p->type;
	if (e->kind == EX_INPUT && is_enum && e->args.n && e->args.v[0]->kind == EX_CONST)
		e = e->args.v[0];
	bool is_label = e->kind == EX_CONST && is_enum && e->datum.kind == D_TEXT &&
			str_is(e->datum.s, p->before);
	if (!is_label || e->location < 0 || (size_t)e->location >= p->text.n)
		return true;
	token_at(p->text, (size_t)e->location, &t);
	if (t.kind != TOK_STRING)
		return true;
	BUF_CLEANUP struct buf b = buf_make(4096);
	sql_put_literal(&b, str_of(p->after));
	add_edit(p->c, &p->edits, t.at, t.n, buf_dup(p->c->arena, &b));
	return true;
}

static void patch_label(struct stored_sql *sql, const struct relation *row, void *arg)
{
	struct label_arg *p = arg;
	struct query *q;
	struct expr *e;
	if (!sql->text || str_find(str_of(sql->text), str_of(p->before)) < 0)
		return;
	struct analysis an = { .cat = p->d->cat, .search_path = sql->search_path };
	const struct column *col = row ? default_owner(row, sql) : NULL;
	const struct json *stmt;
	p->text = str_of(sql->text);
	p->edits.n = 0;
	int rc;
	if (col && !col->is_generated) {
		rc = analyze_default(p->c, &an, p->text, col->type, &e);
		if (rc == 0)
			expr_walk(e, true, find_label, p);
	} else if (row) {
		rc = analyze_row_expr(p->c, &an, p->text, row, NULL, &q);
		if (rc == 0)
			query_walk(q, find_label, p);
	} else {
		rc = sql_parse(p->c, p->text, &stmt);
		if (rc == 0)
			rc = analyze_query(p->c, &an, stmt, &q);
		if (rc == 0)
			query_walk(q, find_label, p);
	}
	if (rc < 0)
		err_clear(p->c);
	if (p->edits.n)
		sql->text = apply(p->d, p->text, &p->edits);
}

void ddl_patch_label(struct ctx *c, struct ddl *d, const struct type *t, const char *before,
		     const char *after)
{
	struct label_arg p = { .c = c, .d = d, .type = t, .before = before, .after = after };
	ddl_each_sql(d, patch_label, &p);
}

/* Where a WHEN says old.name or new.name: edits to after. */
static edits when_edits(struct ctx *c, struct str text, const char *name, const char *after)
{
	edits es = { 0 };
	for (size_t at = sql_skip_space(text, 0); at < text.n; at = sql_skip_space(text, at)) {
		struct sql_token tok = sql_scan(text, at), q;
		bool is_name = tok.kind == TOK_WORD || tok.kind == TOK_QUOTED;
		at = tok.at + tok.n;
		if (!is_name || strcmp(ident_of(c, str_sub(text, tok.at, tok.n)), name) != 0 ||
		    !qualifier_before(text, tok.at, &q))
			continue;
		const char *row = ident_of(c, str_sub(text, q.at, q.n));
		if (!strcmp(row, "old") || !strcmp(row, "new"))
			add_edit(c, &es, tok.at, tok.n, quoted(c, after));
	}
	return es;
}

void ddl_patch_when(struct ctx *c, struct ddl *d, struct trigger *t, const char *before,
		    const char *after)
{
	struct str text = str_of(t->when.text ? t->when.text : "");
	edits es = when_edits(c, text, before, after);
	if (es.n)
		t->when.text = apply(d, text, &es);
}

bool ddl_when_reads(struct ctx *c, const struct trigger *t, const char *column)
{
	return t->when.text && when_edits(c, str_of(t->when.text), column, column).n > 0;
}
