/* Who depends on what: found by analysing the stored SQL of everything that
 * could refer to the object, as no dependency table is kept. */
#include "sql/ddl/statements.h"

#include <string.h>

struct search {
	struct ctx *c;
	struct ddl *d;
	const struct relation *target;
	int16_t attnum; /* 0: the relation as a whole */
	dependents *found;
};

static bool has_col(const int16_t *cols, size_t n, int16_t attnum)
{
	for (size_t i = 0; i < n; i++) {
		if (cols[i] == attnum)
			return true;
	}
	return false;
}

bool ddl_refs_have(const sql_refs *refs, uint32_t oid, int16_t attnum)
{
	for (size_t i = 0; i < refs->n; i++) {
		if (refs->v[i].rel_oid == oid && (!attnum || refs->v[i].attnum == attnum))
			return true;
	}
	return false;
}

static bool mentions(struct search *s, const struct stored_sql *sql, const struct relation *row)
{
	sql_refs refs = { 0 };
	if (!sql->text || ddl_refs(s->c, s->d, sql, row, &refs) < 0) {
		err_clear(s->c);
		return false;
	}
	return ddl_refs_have(&refs, s->target->oid, s->attnum);
}

static void add(struct search *s, struct dependent dep)
{
	VEC_PUSH(s->c->arena, s->found, dep);
}

static const char *table_name(struct search *s, const struct relation *rel)
{
	return ddl_shown_name(s->c, s->d, rel);
}

static void search_policies(struct search *s, struct relation *rel)
{
	/* Policies on the relation itself go with it, but hold its columns. */
	if (rel == s->target && !s->attnum)
		return;
	for (size_t i = 0; i < rel->policies.n; i++) {
		struct policy *p = rel->policies.v[i];
		if (!mentions(s, &p->using_expr, rel) && !mentions(s, &p->check_expr, rel))
			continue;
		add(s,
		    (struct dependent){ .what = arena_printf(s->c->arena, "policy %s on table %s",
							     p->name, table_name(s, rel)),
					.rel = rel,
					.policy = p });
	}
}

static void search_foreign_keys(struct search *s, struct relation *rel)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		struct constraint *con = rel->constraints.v[i];
		if (con->kind != CON_FOREIGN || con->ref_oid != s->target->oid)
			continue;
		if (rel == s->target && !s->attnum)
			continue;
		if (s->attnum && !has_col(con->ref_cols, con->n_cols, s->attnum))
			continue;
		if (rel == s->target && has_col(con->cols, con->n_cols, s->attnum))
			continue;
		add(s, (struct dependent){ .what = arena_printf(s->c->arena,
								"constraint %s on table %s",
								con->name, table_name(s, rel)),
					   .rel = rel,
					   .con = con });
	}
}

static void search_columns(struct search *s, struct relation *rel)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		struct column *col = &rel->columns.v[i];
		if (s->target->row_type &&
		    (col->type.type == s->target->row_type ||
		     col->type.type == s->target->row_type->array) &&
		    !s->attnum && rel != s->target)
			add(s, (struct dependent){ .what = arena_printf(
							   s->c->arena, "column %s of %s %s",
							   col->name, relation_kind_name(rel->kind),
							   table_name(s, rel)),
						   .rel = rel,
						   .column = col });
		if (rel == s->target && s->attnum && col->is_generated &&
		    col->attnum != s->attnum && mentions(s, &col->default_expr, rel))
			add(s, (struct dependent){
				       .what = arena_printf(s->c->arena, "column %s of table %s",
							    col->name, table_name(s, rel)),
				       .rel = rel,
				       .column = col });
	}
}

/* Defaults that take their values from a sequence. */
static void search_defaults(struct search *s, struct relation *rel)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		struct column *col = &rel->columns.v[i];
		if (!col->default_expr.text || !ddl_default_uses(s->c, s->d, col, s->target))
			continue;
		if (s->target->seq->owner_rel == rel->oid &&
		    s->target->seq->owner_col == col->attnum && col->identity)
			continue;
		add(s, (struct dependent){
			       .what = arena_printf(s->c->arena,
						    "default value for column %s of table %s",
						    col->name, table_name(s, rel)),
			       .rel = rel,
			       .column = col,
			       .is_default = true });
	}
}

/* Triggers that name the column in UPDATE OF or in WHEN. */
static void search_triggers(struct search *s, struct relation *rel)
{
	const struct column *col =
		s->attnum ? relation_column_by_attnum(s->target, s->attnum) : NULL;
	if (rel != s->target || !col)
		return;
	for (size_t i = 0; i < rel->triggers.n; i++) {
		struct trigger *t = rel->triggers.v[i];
		if (!has_col(t->columns, t->n_columns, s->attnum) &&
		    !ddl_when_reads(s->c, t, col->name))
			continue;
		add(s,
		    (struct dependent){ .what = arena_printf(s->c->arena, "trigger %s on table %s",
							     t->name, table_name(s, rel)),
					.rel = rel,
					.trigger = t });
	}
}

int ddl_dependents(struct ctx *c, struct ddl *d, const struct relation *target, int16_t attnum,
		   dependents *ret)
{
	struct search s = { c, d, target, attnum, ret };
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		if (target->kind == REL_SEQUENCE) {
			search_defaults(&s, rel);
			continue;
		}
		search_policies(&s, rel);
		search_foreign_keys(&s, rel);
		search_columns(&s, rel);
		search_triggers(&s, rel);
		bool is_view = rel->kind == REL_VIEW || rel->kind == REL_MATVIEW;
		if (is_view && rel != target && mentions(&s, &rel->view, NULL))
			add(&s,
			    (struct dependent){ .what = arena_printf(c->arena, "%s %s",
								     relation_kind_name(rel->kind),
								     table_name(&s, rel)),
						.rel = rel });
	}
	return 0;
}

int ddl_key_dependents(struct ctx *c, struct ddl *d, const struct relation *target,
		       const struct constraint *key, dependents *ret)
{
	if (key->kind != CON_PRIMARY && key->kind != CON_UNIQUE)
		return 0;
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		for (size_t k = 0; k < rel->constraints.n; k++) {
			struct constraint *con = rel->constraints.v[k];
			if (con->kind != CON_FOREIGN || con->ref_oid != target->oid ||
			    con->n_cols != key->n_cols)
				continue;
			bool is_on_key = true;
			for (size_t j = 0; j < key->n_cols; j++)
				is_on_key = is_on_key &&
					    has_col(key->cols, key->n_cols, con->ref_cols[j]);
			if (!is_on_key)
				continue;
			struct dependent dep = { .what = arena_printf(
							 c->arena, "constraint %s on table %s",
							 con->name, ddl_shown_name(c, d, rel)),
						 .rel = rel,
						 .con = con };
			VEC_PUSH(c->arena, ret, dep);
		}
	}
	return 0;
}

static bool is_of_type(const struct type *used, const struct type *t)
{
	return used == t || (t->array && used == t->array);
}

int ddl_type_dependents(struct ctx *c, struct ddl *d, const struct type *t, dependents *ret)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		for (size_t k = 0; k < rel->columns.n; k++) {
			struct column *col = &rel->columns.v[k];
			if (rel == t->row || !is_of_type(col->type.type, t))
				continue;
			struct dependent dep = {
				.what = rel->kind == REL_VIEW
						? arena_printf(c->arena, "view %s",
							       ddl_shown_name(c, d, rel))
						: arena_printf(
							  c->arena, "column %s of %s %s", col->name,
							  rel->kind == REL_COMPOSITE
								  ? "composite type"
								  : relation_kind_name(rel->kind),
							  ddl_shown_name(c, d, rel)),
				.rel = rel,
				.column = rel->kind == REL_VIEW ? NULL : col
			};
			VEC_PUSH(c->arena, ret, dep);
			if (rel->kind == REL_VIEW)
				break;
		}
	}
	for (size_t i = 0; i < d->cat->types.n; i++) {
		struct type *other = d->cat->types.v[i];
		if (other->kind != TYPE_DOMAIN || !is_of_type(other->base, t))
			continue;
		struct dependent dep = { .what = arena_printf(c->arena, "type %s", other->name),
					 .type = other };
		VEC_PUSH(c->arena, ret, dep);
	}
	return 0;
}

static bool is_live(struct ddl *d, const struct dependent *dep)
{
	for (size_t i = 0; dep->function && i < d->cat->functions.n; i++)
		if (d->cat->functions.v[i] == dep->function)
			return true;
	if (dep->function)
		return false;
	if (!dep->rel)
		return dep->type && catalog_type_by_oid(d->cat, dep->type->oid) == dep->type;
	if (catalog_relation_by_oid(d->cat, dep->rel->oid) != dep->rel)
		return false;
	if (dep->con)
		return relation_constraint(dep->rel, str_of(dep->con->name)) == dep->con;
	for (size_t i = 0; dep->trigger && i < dep->rel->triggers.n; i++)
		if (dep->rel->triggers.v[i] == dep->trigger)
			return true;
	if (dep->trigger)
		return false;
	if (dep->index)
		return relation_index(dep->rel, str_of(dep->index->name)) == dep->index;
	if (dep->policy)
		return relation_policy(dep->rel, str_of(dep->policy->name)) == dep->policy;
	return true;
}

static int drop_dependent(struct ctx *c, struct ddl *d, const struct dependent *dep)
{
	if (!is_live(d, dep))
		return 0; /* gone with another one */
	ddl_notice(c, d, "drop cascades to %s", dep->what);
	if (dep->function)
		return ddl_drop_one_function(c, d, dep->function, true);
	if (dep->trigger) {
		ddl_remove_trigger(dep->rel, str_of(dep->trigger->name));
		return 0;
	}
	if (dep->index)
		return ddl_drop_index(c, d, dep->rel, dep->index);
	if (dep->type)
		return ddl_drop_type(c, d, dep->type, true);
	if (dep->con)
		return ddl_remove_constraint(c, d, dep->rel, dep->con);
	if (dep->policy) {
		ddl_remove_policy(dep->rel, dep->policy);
		return 0;
	}
	if (dep->is_default) {
		dep->column->default_expr = (struct stored_sql){ 0 };
		return 0;
	}
	if (dep->column)
		return ddl_drop_column(c, d, dep->rel, dep->column->name, true);
	return ddl_drop_relation(c, d, dep->rel, true);
}

/* One line each, and below a view what depends on that view. */
static int list_dependents(struct ctx *c, struct ddl *d, const char *what, const dependents *deps,
			   int depth, struct buf *out)
{
	for (size_t i = 0; i < deps->n && depth > 0; i++) {
		const struct dependent *dep = &deps->v[i];
		buf_printf(out, "%s%s depends on %s", out->n ? "\n" : "", dep->what,
			   dep->on ? dep->on : what);
		bool is_view = dep->rel && dep->rel->kind == REL_VIEW && !dep->column;
		dependents below = { 0 };
		if (!is_view)
			continue;
		TRY(ddl_dependents(c, d, dep->rel, 0, &below));
		TRY(list_dependents(c, d, dep->what, &below, depth - 1, out));
	}
	return 0;
}

int ddl_settle(struct ctx *c, struct ddl *d, const char *what, const dependents *deps, bool cascade)
{
	if (!deps->n)
		return 0;
	for (size_t i = 0; cascade && i < deps->n; i++)
		TRY(drop_dependent(c, d, &deps->v[i]));
	if (cascade)
		return 0;
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	TRY(list_dependents(c, d, what, deps, 16, &b));
	err_set(c, "2BP01", "cannot drop %s because other objects depend on it", what);
	err_details(c, "%s", buf_dup(c->arena, &b));
	return err_hint(c, "Use DROP ... CASCADE to drop the dependent objects too.");
}
