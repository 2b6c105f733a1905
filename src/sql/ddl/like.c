/* CREATE TABLE (LIKE source INCLUDING ...). */
#include "sql/ddl/statements.h"

#include <string.h>

enum like_option { /* TableLikeOption's bits */
		   LIKE_COMMENTS = 1 << 0,
		   LIKE_CONSTRAINTS = 1 << 2,
		   LIKE_DEFAULTS = 1 << 3,
		   LIKE_GENERATED = 1 << 4,
		   LIKE_IDENTITY = 1 << 5,
		   LIKE_INDEXES = 1 << 6
};

int ddl_like_columns(struct ctx *c, struct ddl *d, const struct json *like,
		     const struct relation *source, struct column_plan **v, size_t *n, size_t *cap)
{
	int64_t options = json_get_i64(like, "options", 0);
	VEC(struct column_plan) plans = { *v, *n, *cap };
	for (size_t i = 0; i < source->columns.n; i++) {
		const struct column *from = &source->columns.v[i];
		struct column_plan p = { .col = *from };
		p.col.acl = NULL;
		p.col.sequence = NULL;
		bool keeps = options & (from->is_generated ? LIKE_GENERATED : LIKE_DEFAULTS);
		if (!keeps) {
			p.col.default_expr = (struct stored_sql){ 0 };
			p.col.is_generated = false;
		}
		if (!(options & LIKE_COMMENTS))
			p.col.comment = NULL;
		p.col.identity = 0;
		if (from->identity && (options & LIKE_IDENTITY)) {
			p.col.identity = from->identity;
			p.identity = like; /* no options member: the sequence's defaults */
		}
		for (size_t j = 0; j < plans.n; j++) {
			if (strcmp(plans.v[j].col.name, p.col.name) == 0)
				return err_set(c, "42701", "column \"%s\" specified more than once",
					       p.col.name);
		}
		VEC_PUSH(c->arena, &plans, p);
	}
	(void)d;
	*v = plans.v;
	*n = plans.n;
	*cap = plans.cap;
	return 0;
}

/* The attnums of the same columns in the new table, by name. */
static int16_t *map_columns(struct ddl *d, const struct relation *from, const struct relation *to,
			    const int16_t *cols, size_t n)
{
	int16_t *mapped = arena_array(d->a, n, sizeof(*mapped));
	for (size_t i = 0; i < n; i++) {
		const struct column *old = relation_column_by_attnum(from, cols[i]);
		const struct column *made = old ? relation_column(to, str_of(old->name)) : NULL;
		mapped[i] = made ? made->attnum : 0;
	}
	return mapped;
}

static void copy_check(struct ddl *d, struct relation *rel, const struct relation *source,
		       const struct constraint *con)
{
	struct constraint *copy = ARENA_NEW(d->a, struct constraint);
	*copy = *con;
	copy->cols = map_columns(d, source, rel, con->cols, con->n_cols);
	VEC_PUSH(d->a, &rel->constraints, copy);
}

static void copy_index(struct ctx *c, struct ddl *d, struct relation *rel,
		       const struct relation *source, const struct index *ix)
{
	struct index *copy = ARENA_NEW(d->a, struct index);
	const struct constraint *con = NULL;
	*copy = *ix;
	copy->oid = ddl_new_oid(d);
	copy->keys = arena_array(d->a, ix->n_keys, sizeof(*copy->keys));
	int16_t *cols = arena_array(d->a, ix->n_keys, sizeof(*cols));
	for (size_t i = 0; i < ix->n_keys; i++) {
		copy->keys[i] = ix->keys[i];
		copy->keys[i].attnum = *map_columns(d, source, rel, &ix->keys[i].attnum, 1);
		cols[i] = copy->keys[i].attnum;
	}
	copy->include = map_columns(d, source, rel, ix->include, ix->n_include);
	for (size_t i = 0; i < source->constraints.n; i++) {
		const struct constraint *s = source->constraints.v[i];
		if (s->index && strcmp(s->index, ix->name) == 0)
			con = s;
	}
	const char *label = !con ? "idx" : con->kind == CON_PRIMARY ? "pkey" : "key";
	const char *joined =
		con && con->kind == CON_PRIMARY ? NULL : ddl_index_addition(c, rel, copy);
	copy->name = arena_strdup(
		d->a, ddl_choose_relname(c, d, rel->schema, rel->name, joined, label, con != NULL));
	VEC_PUSH(d->a, &rel->indexes, copy);
	catalog_index_relation(d->cat, rel);
	if (!con)
		return;
	struct constraint *made = ARENA_NEW(d->a, struct constraint);
	*made = *con;
	made->name = made->index = copy->name;
	made->cols = cols;
	VEC_PUSH(d->a, &rel->constraints, made);
	if (made->kind == CON_PRIMARY)
		ddl_set_not_null(rel, made);
}

int ddl_like_rest(struct ctx *c, struct ddl *d, const struct json *like, struct relation *rel)
{
	int64_t options = json_get_i64(like, "options", 0);
	struct relation *source;
	TRY(ddl_relation(c, d, json_get(like, "relation"), false, &source));
	for (size_t i = 0; (options & LIKE_CONSTRAINTS) && i < source->constraints.n; i++) {
		if (source->constraints.v[i]->kind == CON_CHECK)
			copy_check(d, rel, source, source->constraints.v[i]);
	}
	for (size_t i = 0; (options & LIKE_INDEXES) && i < source->indexes.n; i++)
		copy_index(c, d, rel, source, source->indexes.v[i]);
	return 0;
}
