/* Constraints, policies, triggers. */
#include "base/arena.h"
#include "sql/deparse.h"
#include "sql/syscat/fills.h"
#include "sql/syscat/is.h"

#include <stdlib.h>
#include <string.h>

static bool same_columns(const struct constraint *a, const struct constraint *fk)
{
	size_t found = 0;
	for (uint16_t i = 0; i < fk->n_cols; i++) {
		for (uint16_t k = 0; k < a->n_cols; k++)
			found += a->cols[k] == fk->ref_cols[i];
	}
	return a->n_cols == fk->n_cols && found == fk->n_cols;
}

const struct constraint *referenced_key(const struct relation *ref, const struct constraint *fk)
{
	for (size_t i = 0; ref && i < ref->constraints.n; i++) {
		const struct constraint *con = ref->constraints.v[i];
		bool is_key = con->kind == CON_PRIMARY || con->kind == CON_UNIQUE;
		if (is_key && same_columns(con, fk))
			return con;
	}
	return NULL;
}

static uint32_t index_oid(const struct relation *rel, const char *name)
{
	const struct index *ix = rel && name ? relation_index(rel, str_of(name)) : NULL;
	return ix ? ix->oid : 0;
}

static void put_foreign(struct fill *f, const struct relation *rel, const struct constraint *con)
{
	const struct relation *ref = catalog_relation_by_oid(f->cat, con->ref_oid);
	const struct constraint *key = referenced_key(ref, con);
	(void)rel;
	put_int(f, "conindid", index_oid(ref, key ? key->index : NULL));
	put_int(f, "confrelid", con->ref_oid);
	put_char(f, "confupdtype", con->on_update);
	put_char(f, "confdeltype", con->on_delete);
	put_char(f, "confmatchtype", con->match);
	put_attnums(f, "confkey", con->ref_cols, con->n_cols);
	if (con->n_set_cols)
		put_attnums(f, "confdelsetcols", con->set_cols, con->n_set_cols);
}

static void constraint_row(struct fill *f, const struct relation *rel, const struct constraint *con)
{
	bool is_foreign = con->kind == CON_FOREIGN;
	fill_row(f);
	put_int(f, "oid", syscat_oid(SYS_CONSTRAINT, rel->oid, con->name));
	put_text(f, "conname", con->name);
	put_int(f, "connamespace", syscat_schema_oid(rel->schema));
	put_char(f, "contype", (char)con->kind);
	put_bool(f, "condeferrable", con->is_deferrable);
	put_bool(f, "condeferred", con->is_deferred);
	put_bool(f, "convalidated", con->is_validated);
	put_int(f, "conrelid", rel->oid);
	put_int(f, "conindid", index_oid(rel, con->index));
	put_text(f, "confupdtype", " ");
	put_text(f, "confdeltype", " ");
	put_text(f, "confmatchtype", " ");
	put_bool(f, "conislocal", true);
	put_bool(f, "connoinherit", con->kind != CON_CHECK);
	put_attnums(f, "conkey", con->cols, con->n_cols);
	if (is_foreign)
		put_foreign(f, rel, con);
	if (con->kind == CON_CHECK)
		put_text(f, "conbin", fill_expr(f, rel, &con->check));
}

static void domain_constraints(struct fill *f, const struct type *t)
{
	for (const struct check_def *check = t->checks; check; check = check->next) {
		fill_row(f);
		put_int(f, "oid", syscat_oid(SYS_CONSTRAINT, t->oid, check->name));
		put_text(f, "conname", check->name);
		put_int(f, "connamespace", syscat_schema_oid(t->schema));
		put_text(f, "contype", "c");
		put_bool(f, "convalidated", !check->not_valid);
		put_int(f, "contypid", t->oid);
		put_text(f, "confupdtype", " ");
		put_text(f, "confdeltype", " ");
		put_text(f, "confmatchtype", " ");
		put_bool(f, "conislocal", true);
		put_text(f, "conbin", check->expr.text);
	}
}

void fill_pg_constraint(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->constraints.n; k++)
			constraint_row(f, rel, rel->constraints.v[k]);
	}
	for (size_t i = 0; i < f->cat->types.n; i++)
		domain_constraints(f, f->cat->types.v[i]);
}

/* ---- policies ---- */

static void policy_row(struct fill *f, const struct relation *rel, const struct policy *p)
{
	int64_t *roles = arena_array(f->a, p->n_roles + 1u, sizeof(*roles));
	for (uint16_t i = 0; i < p->n_roles; i++)
		roles[i] = syscat_role_oid(p->roles[i]);
	fill_row(f);
	put_int(f, "oid", syscat_oid(SYS_POLICY, rel->oid, p->name));
	put_text(f, "polname", p->name);
	put_int(f, "polrelid", rel->oid);
	put_char(f, "polcmd", p->cmd);
	put_bool(f, "polpermissive", p->is_permissive);
	put_numbers(f, "polroles", roles, p->n_roles ? p->n_roles : 1);
	put_text(f, "polqual", fill_expr(f, rel, &p->using_expr));
	put_text(f, "polwithcheck", fill_expr(f, rel, &p->check_expr));
}

static const char *command_word(char cmd)
{
	switch (cmd) {
	case 'r':
		return "SELECT";
	case 'a':
		return "INSERT";
	case 'w':
		return "UPDATE";
	case 'd':
		return "DELETE";
	default:
		return "ALL";
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void policies_row(struct fill *f, const struct relation *rel, const struct policy *p)
{
	const char **roles = arena_array(f->a, p->n_roles + 1u, sizeof(*roles));
	roles[0] = "public";
	for (uint16_t i = 0; i < p->n_roles; i++)
		roles[i] = p->roles[i];
	qsort(roles, p->n_roles, sizeof(*roles), compare_names);
	fill_row(f);
	put_text(f, "schemaname", rel->schema);
	put_text(f, "tablename", rel->name);
	put_text(f, "policyname", p->name);
	put_text(f, "permissive", p->is_permissive ? "PERMISSIVE" : "RESTRICTIVE");
	put_texts(f, "roles", roles, p->n_roles ? p->n_roles : 1);
	put_text(f, "cmd", command_word(p->cmd));
	put_text(f, "qual", fill_expr(f, rel, &p->using_expr));
	put_text(f, "with_check", fill_expr(f, rel, &p->check_expr));
}

static void each_policy(struct fill *f,
			void (*row)(struct fill *, const struct relation *, const struct policy *))
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->policies.n; k++)
			row(f, rel, rel->policies.v[k]);
	}
}

void fill_pg_policy(struct fill *f)
{
	each_policy(f, policy_row);
}

void fill_pg_policies(struct fill *f)
{
	each_policy(f, policies_row);
}

/* ---- triggers ---- */

/* pg_trigger.tgtype */
static int64_t trigger_type(const struct trigger *t)
{
	int64_t type = t->for_each_row ? 1 : 0;
	type |= t->timing == 'b' ? 2 : 0;
	type |= t->events & TRIGGER_INSERT ? 4 : 0;
	type |= t->events & TRIGGER_DELETE ? 8 : 0;
	type |= t->events & TRIGGER_UPDATE ? 16 : 0;
	type |= t->events & TRIGGER_TRUNCATE ? 32 : 0;
	return type | (t->timing == 'i' ? 64 : 0);
}

/* Arguments in a bytea, each ended by a zero byte. */
static void put_arguments(struct fill *f, const struct trigger *t)
{
	size_t n = 0;
	for (uint16_t i = 0; i < t->n_args; i++)
		n += strlen(t->args[i]) + 1;
	char *bytes = arena_alloc(f->a, n + 1), *end = bytes;
	for (uint16_t i = 0; i < t->n_args; i++) {
		size_t length = strlen(t->args[i]) + 1;
		memcpy(end, t->args[i], length);
		end += length;
	}
	put_null(f, "tgargs");
	f->row[f->at - 1] = datum_blob((struct str){ bytes, n });
}

static void trigger_row(struct fill *f, const struct relation *rel, const struct trigger *t)
{
	fill_row(f);
	put_int(f, "oid", t->oid ? t->oid : syscat_oid(SYS_OTHER, rel->oid, t->name));
	put_int(f, "tgrelid", rel->oid);
	put_text(f, "tgname", t->name);
	put_int(f, "tgfoid", t->function_oid);
	put_int(f, "tgtype", trigger_type(t));
	put_text(f, "tgenabled", t->is_disabled ? "D" : "O");
	put_int(f, "tgconstrrelid", t->constraint_rel);
	put_bool(f, "tgdeferrable", t->is_deferrable);
	put_bool(f, "tginitdeferred", t->is_deferred);
	put_int(f, "tgnargs", t->n_args);
	put_attnums(f, "tgattr", t->columns, t->n_columns);
	put_arguments(f, t);
	put_text(f, "tgqual", t->when.text);
	put_text(f, "tgoldtable", t->old_table);
	put_text(f, "tgnewtable", t->new_table);
}

void fill_pg_trigger(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		for (size_t k = 0; k < rel->triggers.n; k++)
			trigger_row(f, rel, rel->triggers.v[k]);
	}
}
