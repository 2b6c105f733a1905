/* FOREIGN KEY and REFERENCES. */
#include "sql/builtin.h"
#include "sql/ddl/statements.h"

#include <string.h>

static bool same_set(const int16_t *a, const int16_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < n && b[k] != a[i])
			k++;
		if (k == n)
			return false;
	}
	return true;
}

/* The referenced columns must be those of a unique index that is neither
 * partial nor over expressions, and not deferrable. */
static int find_key(struct ctx *c, const struct relation *target, const struct constraint *con)
{
	for (size_t i = 0; i < target->indexes.n; i++) {
		const struct index *ix = target->indexes.v[i];
		if (!ix->is_unique || ix->predicate.text || ix->n_keys != con->n_cols)
			continue;
		int16_t keys[64];
		for (size_t k = 0; k < ix->n_keys && k < 64; k++)
			keys[k] = ix->keys[k].attnum;
		if (con->n_cols > 64 || !same_set(con->ref_cols, keys, con->n_cols))
			continue;
		const struct constraint *owner = relation_constraint(target, str_of(ix->name));
		if (owner && owner->is_deferrable)
			return err_set(c, "55000",
				       "cannot use a deferrable unique constraint for referenced "
				       "table \"%s\"",
				       target->name);
		return 0;
	}
	return err_set(
		c, "42830",
		"there is no unique constraint matching given keys for referenced table \"%s\"",
		target->name);
}

static int referenced_columns(struct ctx *c, struct ddl *d, const struct relation *target,
			      const struct json *names, struct constraint *con)
{
	if (!names) {
		const struct constraint *pk = relation_primary_key(target);
		if (!pk)
			return err_set(c, "42830",
				       "there is no primary key for referenced table \"%s\"",
				       target->name);
		if (pk->n_cols != con->n_cols)
			return err_set(c, "42830",
				       "number of referencing and referenced columns for foreign "
				       "key disagree");
		con->ref_cols = arena_array(d->a, pk->n_cols, sizeof(*con->ref_cols));
		memcpy(con->ref_cols, pk->cols, pk->n_cols * sizeof(*con->ref_cols));
		return 0;
	}
	if (names->count != con->n_cols)
		return err_set(
			c, "42830",
			"number of referencing and referenced columns for foreign key disagree");
	con->ref_cols = ddl_key_columns(c, d, target, names, NULL, "foreign key constraint");
	return con->ref_cols ? find_key(c, target, con) : -1;
}

/* Whether the key can be compared: the same type, one family, or a cast that
 * PostgreSQL would make by itself towards the referenced type. */
static bool are_comparable(const struct type *from, const struct type *to)
{
	from = type_base(from);
	to = type_base(to);
	if (from == to)
		return true;
	if (from->kind != TYPE_BASE || to->kind != TYPE_BASE)
		return false;
	if ((from->category == 'S' && to->category == 'S') ||
	    (from->category == 'N' && to->category == 'N' && from->value < V_NUMERIC))
		return true;
	const struct builtin *cast = builtin_cast(from, to);
	return cast && (cast->flags & BF_IMPLICIT);
}

static int check_types(struct ctx *c, const struct relation *rel, const struct relation *target,
		       const struct constraint *con)
{
	for (size_t i = 0; i < con->n_cols; i++) {
		const struct column *from = relation_column_by_attnum(rel, con->cols[i]);
		const struct column *to = relation_column_by_attnum(target, con->ref_cols[i]);
		if (are_comparable(from->type.type, to->type.type))
			continue;
		err_set(c, "42804", "foreign key constraint \"%s\" cannot be implemented",
			con->name);
		return err_details(
			c, "Key columns \"%s\" and \"%s\" are of incompatible types: %s and %s.",
			from->name, to->name, type_format(c->arena, from->type),
			type_format(c->arena, to->type));
	}
	return 0;
}

static char action(const struct json *node, const char *key)
{
	struct str s = json_get_str(node, key, STR("a"));
	return s.n ? s.p[0] : 'a';
}

static int plan(struct ctx *c, struct ddl *d, struct relation *rel, const struct con_spec *spec,
		const struct relation *target, struct constraint *con)
{
	const struct json *names = json_get(spec->node, "fk_attrs");
	con->cols = ddl_key_columns(c, d, rel, names, spec->col, "foreign key constraint");
	if (!con->cols)
		return -1;
	con->n_cols = (uint16_t)(spec->col ? 1 : names->count);
	TRY(referenced_columns(c, d, target, json_get(spec->node, "pk_attrs"), con));
	con->on_delete = action(spec->node, "fk_del_action");
	con->on_update = action(spec->node, "fk_upd_action");
	con->match = json_get_str(spec->node, "fk_matchtype", STR("s")).p[0];
	const struct json *set = json_get(spec->node, "fk_del_set_cols");
	if (set) {
		con->set_cols = ddl_key_columns(c, d, rel, set, NULL, "foreign key constraint");
		con->n_set_cols = (uint16_t)set->count;
		if (!con->set_cols)
			return -1;
	}
	struct str name = json_get_str(spec->node, "conname", STR(""));
	const char *joined = ddl_joined_columns(c, rel, con->cols, con->n_cols);
	con->name = name.n ? str_dup(d->a, name)
			   : arena_strdup(d->a, ddl_choose_conname(c, d, rel->schema, rel->name,
								   joined, "fkey"));
	if (name.n && relation_constraint(rel, name))
		return err_set(c, "42710", "constraint \"%s\" for relation \"%s\" already exists",
			       con->name, rel->name);
	return check_types(c, rel, target, con);
}

int ddl_add_foreign_key(struct ctx *c, struct ddl *d, struct relation *rel,
			const struct con_spec *spec, bool exists)
{
	struct relation *target;
	TRY(ddl_relation(c, d, json_get(spec->node, "pktable"), false, &target));
	if (target->kind != REL_TABLE)
		return err_set(c, "42809", "referenced relation \"%s\" is not a table",
			       target->name);
	if (strcmp(d->s->role, "postgres") != 0 &&
	    !relation_privs(d->cat, str_of(d->s->role), target, PRIV_REFERENCES))
		return err_set(c, "42501", "permission denied for table %s", target->name);
	struct constraint *con = ARENA_NEW(d->a, struct constraint);
	con->kind = CON_FOREIGN;
	con->ref_oid = target->oid;
	con->is_deferrable = spec->is_deferrable;
	con->is_deferred = spec->is_deferred;
	TRY(plan(c, d, rel, spec, target, con));
	con->is_validated = !exists || !json_get_bool(spec->node, "skip_validation", false);
	ddl_push_constraint(d, rel, con);
	if (!exists)
		return 0;
	if (con->is_validated)
		TRY(STORE(c, d, validate_constraint, rel, con));
	return STORE(c, d, sync_table, rel);
}
