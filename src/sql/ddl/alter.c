/* ALTER TABLE (and ALTER INDEX, VIEW, SEQUENCE, TYPE, which share its tree). */
#include "sql/ddl/statements.h"

#include <string.h>

struct alter {
	struct relation *rel;
	const struct json *cmd;
	size_t from, to; /* tokens of this command in the statement */
};

static int add_column(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct relation *rel = a->rel;
	const struct json *def = node_as(json_get(a->cmd, "def"), "ColumnDef");
	struct column_plan p;
	struct relation *seq;
	struct str name = json_get_str(def, "colname", STR(""));
	if (relation_column(rel, name)) {
		if (!json_get_bool(a->cmd, "missing_ok", false))
			return err_set(c, "42701",
				       "column \"%.*s\" of relation \"%s\" already exists",
				       STR_ARG(name), rel->name);
		ddl_notice(c, d, "column \"%.*s\" of relation \"%s\" already exists, skipping",
			   STR_ARG(name), rel->name);
		return 0;
	}
	TRY(ddl_plan_column(c, d, def, rel->name, &p));
	TRY(ddl_column_sequence(c, d, rel->schema, rel->name, &p, &seq));
	p.col.attnum = rel->next_attnum++;
	if (seq)
		ddl_own_sequence(seq, rel, p.col.attnum);
	ddl_name_column_storage(d, rel, &p.col);
	VEC_PUSH(d->a, &rel->columns, p.col);
	TRY(ddl_check_column_default(c, d, rel, &p));
	if (rel->kind == REL_COMPOSITE)
		return 0;
	struct column *col = &rel->columns.v[rel->columns.n - 1];
	TRY(STORE(c, d, add_column, rel, col));
	if (col->not_null)
		TRY(STORE(c, d, validate_not_null, rel, col));
	return ddl_add_constraints(c, d, rel, p.constraints.v, p.constraints.n, true);
}

static void forget_column(struct relation *rel, int16_t attnum)
{
	size_t n = 0;
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (rel->columns.v[i].attnum != attnum)
			rel->columns.v[n++] = rel->columns.v[i];
	}
	rel->columns.n = n;
}

static bool has_col(const int16_t *cols, size_t n, int16_t attnum)
{
	for (size_t i = 0; i < n; i++) {
		if (cols[i] == attnum)
			return true;
	}
	return false;
}

static bool index_uses(const struct index *ix, int16_t attnum)
{
	for (size_t i = 0; i < ix->n_keys; i++) {
		if (ix->keys[i].attnum == attnum)
			return true;
	}
	return has_col(ix->include, ix->n_include, attnum);
}

/* The table's own constraints and indexes on the column go with it. */
static int drop_column_parts(struct ctx *c, struct ddl *d, struct relation *rel, int16_t attnum)
{
	for (size_t i = rel->constraints.n; i-- > 0;) {
		struct constraint *con = rel->constraints.v[i];
		if (has_col(con->cols, con->n_cols, attnum))
			TRY(ddl_remove_constraint(c, d, rel, con));
		if (i > rel->constraints.n)
			i = rel->constraints.n;
	}
	for (size_t i = rel->indexes.n; i-- > 0;) {
		if (index_uses(rel->indexes.v[i], attnum))
			TRY(ddl_drop_index(c, d, rel, rel->indexes.v[i]));
	}
	return 0;
}

int ddl_drop_column(struct ctx *c, struct ddl *d, struct relation *rel, const char *name,
		    bool cascade)
{
	struct column *found;
	TRY(ddl_column(c, rel, str_of(name), &found));
	struct column col = *found;
	dependents deps = { 0 };
	TRY(ddl_dependents(c, d, rel, col.attnum, &deps));
	TRY(ddl_settle(c, d,
		       arena_printf(c->arena, "column %s of table %s", col.name,
				    ddl_shown_name(c, d, rel)),
		       &deps, cascade));
	TRY(drop_column_parts(c, d, rel, col.attnum));
	forget_column(rel, col.attnum);
	if (rel->kind != REL_COMPOSITE)
		TRY(STORE(c, d, drop_column, rel, &col));
	return ddl_drop_owned_sequences(c, d, rel, col.attnum);
}

static int drop_column(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct str name = json_get_str(a->cmd, "name", STR(""));
	if (!relation_column(a->rel, name) && json_get_bool(a->cmd, "missing_ok", false)) {
		ddl_notice(c, d, "column \"%.*s\" of relation \"%s\" does not exist, skipping",
			   STR_ARG(name), a->rel->name);
		return 0;
	}
	return ddl_drop_column(c, d, a->rel, str_dup(c->arena, name),
			       str_is(json_get_str(a->cmd, "behavior", STR("")), "DROP_CASCADE"));
}

static int add_constraint(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct con_spec spec = ddl_con_spec(node_as(json_get(a->cmd, "def"), "Constraint"));
	return ddl_add_constraint(c, d, a->rel, &spec, true);
}

static int named_constraint(struct ctx *c, struct ddl *d, struct alter *a, struct constraint **ret)
{
	struct str name = json_get_str(a->cmd, "name", STR(""));
	*ret = relation_constraint(a->rel, name);
	if (*ret)
		return 0;
	if (json_get_bool(a->cmd, "missing_ok", false)) {
		ddl_notice(c, d, "constraint \"%.*s\" of relation \"%s\" does not exist, skipping",
			   STR_ARG(name), a->rel->name);
		return 0;
	}
	return err_set(c, "42704", "constraint \"%.*s\" of relation \"%s\" does not exist",
		       STR_ARG(name), a->rel->name);
}

static int drop_constraint(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct constraint *con;
	TRY(named_constraint(c, d, a, &con));
	if (!con)
		return 0;
	dependents deps = { 0 };
	TRY(ddl_key_dependents(c, d, a->rel, con, &deps));
	TRY(ddl_settle(c, d,
		       arena_printf(c->arena, "constraint %s on table %s", con->name,
				    ddl_shown_name(c, d, a->rel)),
		       &deps, str_is(json_get_str(a->cmd, "behavior", STR("")), "DROP_CASCADE")));
	return ddl_remove_constraint(c, d, a->rel, con);
}

static int validate_constraint(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct constraint *con;
	TRY(named_constraint(c, d, a, &con));
	if (con->kind != CON_FOREIGN && con->kind != CON_CHECK)
		return err_set(c, "42809",
			       "constraint \"%s\" of relation \"%s\" is not a foreign key or check "
			       "constraint",
			       con->name, a->rel->name);
	if (con->is_validated)
		return 0;
	TRY(STORE(c, d, validate_constraint, a->rel, con));
	con->is_validated = true;
	return 0;
}

static int alter_constraint(struct ctx *c, struct ddl *d, struct alter *a)
{
	const struct json *node = node_as(json_get(a->cmd, "def"), "Constraint");
	struct str name = json_get_str(node, "conname", STR(""));
	struct constraint *con = relation_constraint(a->rel, name);
	if (!con)
		return err_set(c, "42704", "constraint \"%.*s\" of relation \"%s\" does not exist",
			       STR_ARG(name), a->rel->name);
	if (con->kind != CON_FOREIGN)
		return err_set(
			c, "42809",
			"constraint \"%s\" of relation \"%s\" is not a foreign key constraint",
			con->name, a->rel->name);
	con->is_deferrable = json_get_bool(node, "deferrable", false);
	con->is_deferred = json_get_bool(node, "initdeferred", false);
	return STORE(c, d, sync_table, a->rel);
}

static int change_owner(struct ctx *c, struct ddl *d, struct alter *a)
{
	const char *owner;
	TRY(ddl_role(c, d, json_get(a->cmd, "newowner"), &owner));
	return ddl_set_relation_owner(c, d, a->rel, owner);
}

static int set_rls(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct str kind = json_get_str(a->cmd, "subtype", STR(""));
	(void)c;
	(void)d;
	if (str_is(kind, "AT_EnableRowSecurity"))
		a->rel->rls_enabled = true;
	else if (str_is(kind, "AT_DisableRowSecurity"))
		a->rel->rls_enabled = false;
	else
		a->rel->rls_forced = str_is(kind, "AT_ForceRowSecurity");
	return 0;
}

static int replica_identity(struct ctx *c, struct ddl *d, struct alter *a)
{
	const struct json *stmt = node_as(json_get(a->cmd, "def"), "ReplicaIdentityStmt");
	struct str kind = json_get_str(stmt, "identity_type", STR("d"));
	struct str name = json_get_str(stmt, "name", STR(""));
	(void)d;
	if (name.n && !relation_index(a->rel, name))
		return err_set(c, "42704", "index \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(name), a->rel->name);
	a->rel->replica_identity = kind.p[0];
	return 0;
}

static int rel_options(struct ctx *c, struct ddl *d, struct alter *a)
{
	bool is_reset = str_is(json_get_str(a->cmd, "subtype", STR("")), "AT_ResetRelOptions");
	const struct json *options = json_get(node_as(json_get(a->cmd, "def"), "List"), "items");
	if (a->rel->kind == REL_VIEW)
		return ddl_view_options(c, d, a->rel, options, is_reset);
	ddl_notice(c, d, "storage parameters of %s are not kept", a->rel->name);
	return 0;
}

static int toggle_trigger(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct str kind = json_get_str(a->cmd, "subtype", STR(""));
	struct str name = json_get_str(a->cmd, "name", STR(""));
	/* REPLICA: fires in replication only, which there is none of */
	bool is_disable =
		str_starts(kind, STR("AT_Disable")) || str_is(kind, "AT_EnableReplicaTrig");
	bool is_found = !name.n;
	(void)d;
	for (size_t i = 0; i < a->rel->triggers.n; i++) {
		struct trigger *t = a->rel->triggers.v[i];
		if (name.n && !str_is(name, t->name))
			continue;
		t->is_disabled = is_disable;
		is_found = true;
	}
	if (!is_found)
		return err_set(c, "42704", "trigger \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(name), a->rel->name);
	return 0;
}

static int nothing(struct ctx *c, struct ddl *d, struct alter *a)
{
	ddl_notice(c, d, "%s has no effect here", ddl_cstr(c, a->cmd, "subtype"));
	return 0;
}

static int refuse_inherit(struct ctx *c, struct ddl *d, struct alter *a)
{
	(void)d;
	(void)a;
	return ddl_refuse(c, "table inheritance and partitions are not supported on this engine",
			  "Use PostgreSQL as the engine.");
}

static int alter_column(struct ctx *c, struct ddl *d, struct alter *a)
{
	return ddl_alter_column(c, d, a->rel, a->cmd, a->from, a->to);
}

static const struct {
	const char *subtype;
	int (*run)(struct ctx *c, struct ddl *d, struct alter *a);
} commands[] = {
	{ "AT_AddColumn", add_column },
	{ "AT_DropColumn", drop_column },
	{ "AT_AddConstraint", add_constraint },
	{ "AT_DropConstraint", drop_constraint },
	{ "AT_ValidateConstraint", validate_constraint },
	{ "AT_AlterConstraint", alter_constraint },
	{ "AT_AlterColumnType", alter_column },
	{ "AT_ColumnDefault", alter_column },
	{ "AT_SetNotNull", alter_column },
	{ "AT_DropNotNull", alter_column },
	{ "AT_AddIdentity", alter_column },
	{ "AT_SetIdentity", alter_column },
	{ "AT_DropIdentity", alter_column },
	{ "AT_DropExpression", alter_column },
	{ "AT_ChangeOwner", change_owner },
	{ "AT_EnableRowSecurity", set_rls },
	{ "AT_DisableRowSecurity", set_rls },
	{ "AT_ForceRowSecurity", set_rls },
	{ "AT_NoForceRowSecurity", set_rls },
	{ "AT_ReplicaIdentity", replica_identity },
	{ "AT_SetRelOptions", rel_options },
	{ "AT_ResetRelOptions", rel_options },
	{ "AT_ReplaceRelOptions", rel_options },
	{ "AT_EnableTrig", toggle_trigger },
	{ "AT_EnableAlwaysTrig", toggle_trigger },
	{ "AT_EnableReplicaTrig", toggle_trigger },
	{ "AT_EnableTrigAll", toggle_trigger },
	{ "AT_EnableTrigUser", toggle_trigger },
	{ "AT_DisableTrig", toggle_trigger },
	{ "AT_DisableTrigAll", toggle_trigger },
	{ "AT_DisableTrigUser", toggle_trigger },
	{ "AT_SetStatistics", nothing },
	{ "AT_SetStorage", nothing },
	{ "AT_SetCompression", nothing },
	{ "AT_SetOptions", nothing },
	{ "AT_ResetOptions", nothing },
	{ "AT_ClusterOn", nothing },
	{ "AT_DropCluster", nothing },
	{ "AT_SetTableSpace", nothing },
	{ "AT_SetLogged", nothing },
	{ "AT_SetUnLogged", nothing },
	{ "AT_SetAccessMethod", nothing },
	{ "AT_AddInherit", refuse_inherit },
	{ "AT_DropInherit", refuse_inherit },
	{ "AT_AttachPartition", refuse_inherit },
	{ "AT_DetachPartition", refuse_inherit },
};

static int run_command(struct ctx *c, struct ddl *d, struct alter *a)
{
	struct str subtype = json_get_str(a->cmd, "subtype", STR(""));
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (str_is(subtype, commands[i].subtype))
			return commands[i].run(c, d, a);
	}
	return err_set(c, "0A000", "ALTER TABLE: %.*s is not supported on this engine",
		       STR_ARG(subtype));
}

/* The relation, or for ALTER INDEX the relation behind it with *ret_index set. */
static int find_target(struct ctx *c, struct ddl *d, const struct json *stmt, struct relation **ret,
		       struct index **ret_index)
{
	const struct json *rv = json_get(stmt, "relation");
	bool missing_ok = json_get_bool(stmt, "missing_ok", false);
	*ret_index = NULL;
	if (str_is(json_get_str(stmt, "objtype", STR("")), "OBJECT_INDEX"))
		return ddl_index(c, d, json_get_str(rv, "schemaname", STR("")),
				 json_get_str(rv, "relname", STR("")), missing_ok, ret, ret_index);
	return ddl_relation(c, d, rv, missing_ok, ret);
}

int ddl_alter_table(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *rv = json_get(stmt, "relation");
	struct alter a = { 0 };
	struct index *ix;
	TRY(find_target(c, d, stmt, &a.rel, &ix));
	if (!a.rel) {
		ddl_notice(c, d, "relation \"%s\" does not exist, skipping",
			   ddl_cstr(c, rv, "relname"));
		return 0;
	}
	TRY(ddl_must_own_relation(c, d, a.rel));
	/* Commands follow the name: its token, and those of a qualified name. */
	size_t first = ddl_token_at(d, json_get_i64(rv, "location", 0)) + 1;
	while (ddl_token_is(d, first, "."))
		first += 2;
	size_t i = 0;
	for (const struct json *j = json_get(stmt, "cmds")->child; j; j = j->next, i++) {
		a.cmd = node_as(j, "AlterTableCmd");
		struct str subtype = json_get_str(a.cmd, "subtype", STR(""));
		if (ix && !str_starts(subtype, STR("AT_Set")))
			return ddl_refuse(c, "this ALTER INDEX is not supported on this engine",
					  NULL);
		if (!ddl_part(d, first, d->tokens.n, i, &a.from, &a.to))
			a.from = a.to = d->tokens.n;
		TRY(run_command(c, d, &a));
	}
	return 0;
}
