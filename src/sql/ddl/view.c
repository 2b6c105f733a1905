/* Views: their columns, where these come from, and whether they can be written
 * to (PostgreSQL's view_query_is_auto_updatable()). */
#include "sql/ddl/statements.h"
#include "sql/ir.h"

#include <string.h>

/* The text of the query in CREATE VIEW ... AS query [WITH CHECK OPTION]. */
static struct str query_text(struct ddl *d, const struct json *stmt, const char *rv_key)
{
	int64_t location = json_get_i64(json_get(stmt, rv_key), "location", 0);
	size_t from = ddl_token_find(d, ddl_token_at(d, location), "as") + 1;
	size_t to = d->tokens.n;
	struct str check = json_get_str(stmt, "withCheckOption", STR("NO_CHECK_OPTION"));
	if (!str_is(check, "NO_CHECK_OPTION")) {
		to -= 2; /* CHECK OPTION, and before it WITH [LOCAL | CASCADED] */
		to -= ddl_token_is(d, to - 1, "with") ? 1 : 2;
	}
	return ddl_span(d, from, to);
}

/* The column of a relation that an output expression plainly is. */
static const struct expr *plain_var(const struct expr *e)
{
	return e->kind == EX_VAR && e->levels_up == 0 ? e : NULL;
}

/* Follows subqueries and CTEs down to a relation's column. */
static bool find_source(const struct query *q, const struct expr *e, int depth, uint32_t *ret_oid,
			int16_t *ret_attnum)
{
	const struct expr *var = plain_var(e);
	if (!var || depth == 0 || q->set_op != SET_NONE)
		return false;
	const struct rte *rte = q->rtes.v[var->rte];
	if (rte->kind == RTE_RELATION) {
		*ret_oid = rte->rel->oid;
		*ret_attnum = (int16_t)var->attnum;
		return true;
	}
	const struct query *sub = rte->kind == RTE_SUBQUERY ? rte->subquery
				  : rte->kind == RTE_CTE    ? rte->cte->query
							    : NULL;
	if (!sub || var->attnum < 1 || sub->set_op != SET_NONE)
		return false;
	int n = 0;
	for (size_t i = 0; i < sub->targets.n; i++) {
		if (!sub->targets.v[i].is_hidden && ++n == var->attnum)
			return find_source(sub, sub->targets.v[i].expr, depth - 1, ret_oid,
					   ret_attnum);
	}
	return false;
}

/* A source that is itself a view's column is followed to what that one shows. */
static struct view_source resolve(struct ddl *d, int16_t attnum, uint32_t oid, int16_t base)
{
	const struct relation *rel = catalog_relation_by_oid(d->cat, oid);
	for (size_t i = 0; rel && rel->kind == REL_VIEW && i < rel->sources.n; i++) {
		const struct view_source *s = &rel->sources.v[i];
		if (s->attnum == base)
			return (struct view_source){ attnum, s->base_oid, s->base_attnum };
	}
	return (struct view_source){ attnum, oid, base };
}

void ddl_view_columns(struct ddl *d, struct relation *rel, const struct query *q,
		      const struct json *aliases)
{
	rel->columns.n = 0;
	rel->sources.n = 0;
	rel->next_attnum = 1;
	const struct json *alias = aliases ? aliases->child : NULL;
	for (size_t i = 0; i < q->targets.n; i++) {
		const struct target *t = &q->targets.v[i];
		if (t->is_hidden)
			continue;
		struct column col = { .name = alias ? str_dup(d->a, node_string(alias))
						    : arena_strdup(d->a, t->name),
				      .attnum = rel->next_attnum++,
				      .type = t->expr->type };
		alias = alias ? alias->next : NULL;
		if (col.type.type->kind == TYPE_PSEUDO &&
		    strcmp(col.type.type->name, "unknown") == 0)
			col.type = TYPEREF(type_builtin(STR("text")));
		VEC_PUSH(d->a, &rel->columns, col);
		uint32_t oid;
		int16_t base;
		if (find_source(q, t->expr, 16, &oid, &base))
			VEC_PUSH(d->a, &rel->sources, resolve(d, col.attnum, oid, base));
	}
}

/* One table or updatable view in FROM, nothing that merges or limits rows. */
static void set_updatable(struct relation *rel, const struct query *q)
{
	rel->is_insertable = rel->is_updatable = rel->is_deletable = false;
	bool is_simple = q->set_op == SET_NONE && !q->is_distinct && !q->distinct_on.n &&
			 !q->is_grouped && !q->group_by.n && !q->having && !q->ctes.n &&
			 !q->limit && !q->offset && q->from.n == 1 && !q->from.v[0]->is_join;
	for (size_t i = 0; i < q->windows.n; i++)
		is_simple = false;
	if (!is_simple)
		return;
	const struct rte *rte = q->rtes.v[q->from.v[0]->rte];
	if (rte->kind != RTE_RELATION)
		return;
	bool has_column = false;
	for (size_t i = 0; i < q->targets.n; i++) {
		const struct expr *e = q->targets.v[i].expr;
		if (e->kind == EX_AGG || e->kind == EX_WINDOW)
			return;
		has_column = has_column || plain_var(e);
	}
	const struct relation *base = rte->rel;
	bool is_table = base->kind == REL_TABLE;
	rel->is_deletable = is_table || base->is_deletable;
	rel->is_updatable = has_column && (is_table || base->is_updatable);
	rel->is_insertable = has_column && (is_table || base->is_insertable);
}

static bool option_on(const struct json *elem)
{
	const struct json *arg = json_get(elem, "arg");
	if (!arg)
		return true;
	struct str s = node_string(arg);
	const struct json *type = node_as(arg, "TypeName");
	if (type)
		s = ddl_last_name(json_get(type, "names"));
	return str_ieq(s, STR("true")) || str_ieq(s, STR("on")) || str_ieq(s, STR("yes")) ||
	       str_is(s, "1") || json_get_i64(node_as(arg, "Integer"), "ival", 0) == 1 ||
	       json_get_bool(node_as(arg, "Boolean"), "boolval", false);
}

int ddl_view_options(struct ctx *c, struct ddl *d, struct relation *rel, const struct json *options,
		     bool reset)
{
	(void)d;
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		struct str name = json_get_str(elem, "defname", STR(""));
		if (str_is(name, "security_invoker"))
			rel->security_invoker = !reset && option_on(elem);
		else if (str_is(name, "security_barrier"))
			rel->security_barrier = !reset && option_on(elem);
		else if (str_is(name, "check_option"))
			rel->view_check =
				reset							    ? 0
				: str_ieq(node_string(json_get(elem, "arg")), STR("local")) ? 'l'
											    : 'c';
		else
			return err_set(c, "22023", "unrecognized parameter \"%.*s\"",
				       STR_ARG(name));
	}
	return 0;
}

/* CREATE OR REPLACE keeps the columns it had, in place, and may add some. */
static int check_replacement(struct ctx *c, const struct relation *old, const struct relation *new)
{
	if (new->columns.n < old->columns.n)
		return err_set(c, "42P16", "cannot drop columns from view");
	for (size_t i = 0; i < old->columns.n; i++) {
		const struct column *a = &old->columns.v[i], *b = &new->columns.v[i];
		if (strcmp(a->name, b->name) != 0) {
			err_set(c, "42P16", "cannot change name of view column \"%s\" to \"%s\"",
				a->name, b->name);
			return err_hint(c, "Use ALTER VIEW ... RENAME COLUMN ... to change name of "
					   "view column instead.");
		}
		if (a->type.type != b->type.type || a->type.typmod != b->type.typmod)
			return err_set(
				c, "42P16",
				"cannot change data type of view column \"%s\" from %s to %s",
				a->name, type_format(c->arena, a->type),
				type_format(c->arena, b->type));
	}
	return 0;
}

int ddl_check_view_columns(struct ctx *c, const struct relation *rel, const struct json *aliases)
{
	if (aliases && aliases->count > rel->columns.n)
		return err_set(c, "42601", "CREATE VIEW specifies more column names than columns");
	for (size_t i = 0; i < rel->columns.n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (strcmp(rel->columns.v[k].name, rel->columns.v[i].name) == 0)
				return err_set(c, "42701", "column \"%s\" specified more than once",
					       rel->columns.v[i].name);
		}
	}
	return 0;
}

static int analyse(struct ctx *c, struct ddl *d, const struct json *query, struct query **ret)
{
	struct analysis an = { .cat = d->cat, .search_path = d->s->search_path };
	return analyze_query(c, &an, query, ret);
}

static void take_over(struct ddl *d, struct relation *old, const struct relation *made)
{
	old->view = made->view;
	for (size_t i = old->columns.n; i < made->columns.n; i++)
		VEC_PUSH(d->a, &old->columns, made->columns.v[i]);
	old->next_attnum = made->next_attnum;
	old->sources.v = made->sources.v;
	old->sources.n = made->sources.n;
	old->sources.cap = made->sources.cap;
	old->security_invoker = made->security_invoker;
	old->security_barrier = made->security_barrier;
	old->view_check = made->view_check;
	old->is_insertable = made->is_insertable;
	old->is_updatable = made->is_updatable;
	old->is_deletable = made->is_deletable;
}

static int make_view(struct ctx *c, struct ddl *d, const struct json *stmt, struct relation *rel)
{
	struct query *q;
	TRY(analyse(c, d, json_get(stmt, "query"), &q));
	struct str text = query_text(d, stmt, "view");
	const struct json *select = node_as(json_get(stmt, "query"), "SelectStmt");
	text = ddl_expand_stars(c, d, select, q, text);
	rel->view = ddl_keep(d, text);
	ddl_view_columns(d, rel, q, json_get(stmt, "aliases"));
	set_updatable(rel, q);
	TRY(ddl_check_view_columns(c, rel, json_get(stmt, "aliases")));
	TRY(ddl_view_options(c, d, rel, json_get(stmt, "options"), false));
	struct str check = json_get_str(stmt, "withCheckOption", STR("NO_CHECK_OPTION"));
	if (str_is(check, "LOCAL_CHECK_OPTION"))
		rel->view_check = 'l';
	else if (str_is(check, "CASCADED_CHECK_OPTION"))
		rel->view_check = 'c';
	if (rel->view_check && !rel->is_updatable) {
		err_set(c, "0A000",
			"WITH CHECK OPTION is supported only on automatically updatable views");
		return -1;
	}
	return 0;
}

int ddl_create_view(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *rv = json_get(stmt, "view");
	struct str name = json_get_str(rv, "relname", STR(""));
	struct schema *schema;
	TRY(ddl_schema_for(c, d, rv, &schema));
	struct relation *old = catalog_relation(d->cat, str_of(schema->name), name);
	bool is_replace = old && json_get_bool(stmt, "replace", false);
	if (old && !is_replace)
		return err_set(c, "42P07", "relation \"%.*s\" already exists", STR_ARG(name));
	if (old && old->kind != REL_VIEW)
		return err_set(c, "42809", "\"%s\" is not a view", old->name);
	struct relation *rel = ddl_new_relation(d, REL_VIEW, schema->name, str_dup(c->arena, name));
	TRY(make_view(c, d, stmt, rel));
	if (!is_replace)
		return ddl_add_relation(c, d, rel);
	TRY(ddl_must_own_relation(c, d, old));
	TRY(check_replacement(c, old, rel));
	take_over(d, old, rel);
	return 0;
}
