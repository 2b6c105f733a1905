/* ddl_run: which function runs which kind of statement. */
#include "sql/ddl/statements.h"

#include <string.h>

typedef int (*statement_fn)(struct ctx *c, struct ddl *d, const struct json *stmt);

static const struct {
	const char *kind;
	statement_fn run;
} statements[] = {
	{ "CreateStmt", ddl_create_table },
	{ "CreateForeignTableStmt", ddl_create_foreign_table },
	{ "IndexStmt", ddl_create_index },
	{ "CreatePolicyStmt", ddl_create_policy },
	{ "AlterPolicyStmt", ddl_alter_policy },
	{ "GrantStmt", ddl_grant },
	{ "GrantRoleStmt", ddl_grant_role },
	{ "AlterDefaultPrivilegesStmt", ddl_default_privileges },
	{ "CreateSchemaStmt", ddl_create_schema },
	{ "CreateSeqStmt", ddl_create_sequence },
	{ "AlterSeqStmt", ddl_alter_sequence },
	{ "CreateRoleStmt", ddl_create_role },
	{ "AlterRoleStmt", ddl_alter_role },
	{ "AlterRoleSetStmt", ddl_alter_role_set },
	{ "DropRoleStmt", ddl_drop_role },
	{ "CreateExtensionStmt", ddl_create_extension },
	{ "VariableSetStmt", ddl_set },
	{ "AlterTableStmt", ddl_alter_table },
	{ "CreateEnumStmt", ddl_create_enum },
	{ "CompositeTypeStmt", ddl_create_composite },
	{ "CreateDomainStmt", ddl_create_domain },
	{ "AlterEnumStmt", ddl_alter_enum },
	{ "AlterDomainStmt", ddl_alter_domain },
	{ "AlterOwnerStmt", ddl_alter_owner },
	{ "DropStmt", ddl_drop },
	{ "RenameStmt", ddl_rename },
	{ "AlterObjectSchemaStmt", ddl_set_schema },
	{ "ViewStmt", ddl_create_view },
	{ "CreateTableAsStmt", ddl_create_table_as },
	{ "RefreshMatViewStmt", ddl_refresh_matview },
	{ "CreateTrigStmt", ddl_create_trigger },
	{ "CopyStmt", ddl_copy },
	{ "TruncateStmt", ddl_truncate },
	{ "ConstraintsSetStmt", ddl_set_constraints },
	{ "CommentStmt", ddl_comment },
	{ "DefineStmt", ddl_define },
	{ "AlterTSConfigurationStmt", ddl_alter_ts_config },
	{ "CreateFunctionStmt", ddl_create_function },
	{ "AlterFunctionStmt", ddl_alter_function },
	{ "AlterExtensionStmt", ddl_alter_extension },
	{ "CreatePublicationStmt", ddl_create_publication },
	{ "AlterPublicationStmt", ddl_alter_publication },
	{ "CreateEventTrigStmt", ddl_create_event_trigger },
	{ "AlterEventTrigStmt", ddl_alter_event_trigger },
	{ "DoStmt", ddl_do },
};

/* Accepted without effect; the text is the notice, NULL for silence. */
static const struct {
	const char *kind, *notice;
} no_ops[] = {
	{ "TransactionStmt", "transaction control: a script is one transaction" },
	{ "LockStmt", NULL },
	{ "VacuumStmt", NULL },
	{ "CheckPointStmt", NULL },
	{ "DiscardStmt", NULL },
	{ "NotifyStmt", "NOTIFY: nothing listens inside a script" },
	{ "ListenStmt", NULL },
	{ "UnlistenStmt", NULL },
	{ "ReindexStmt", NULL },
	{ "ClusterStmt", NULL },
	{ "VariableShowStmt", NULL },
	{ "AlterDatabaseSetStmt", "settings of the database are not kept" },
	{ "AlterDatabaseStmt", "options of the database are not kept" },
	{ "AlterExtensionContentsStmt", "extensions are built in" },
	{ "CreateStatsStmt", "extended statistics are not kept" },
	{ "AlterObjectDependsStmt", NULL },
	{ "CreateFdwStmt", "foreign data wrappers are not kept: foreign data is not read" },
	{ "CreateForeignServerStmt", "foreign servers are not kept: foreign data is not read" },
	{ "CreateUserMappingStmt", "user mappings are not kept: foreign data is not read" },
	{ "SecLabelStmt", "security labels are not kept" },
};

static const struct {
	const char *kind, *what, *hint;
} refused[] = {
	{ "RuleStmt", "rules are not supported on this engine", "Use a view or a policy." },
	{ "CreateCastStmt", "user-defined casts are not supported on this engine", NULL },
	{ "CreateRangeStmt", "user-defined range types are not supported on this engine", NULL },
};

static bool is_query(struct str kind)
{
	return str_is(kind, "SelectStmt") || str_is(kind, "InsertStmt") ||
	       str_is(kind, "UpdateStmt") || str_is(kind, "DeleteStmt") || str_is(kind, "CallStmt");
}

static int run_query(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	bool is_done = false;
	const struct json *select = node_as(stmt, "SelectStmt");
	if (select)
		TRY(ddl_select(c, d, select, &is_done));
	if (is_done)
		return 0;
	return STORE(c, d, run_query, d->text, stmt);
}

static int refuse(struct ctx *c, struct ddl *d, struct str kind)
{
	(void)d;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (str_is(kind, refused[i].kind))
			return ddl_refuse(c, refused[i].what, refused[i].hint);
	}
	err_set(c, "0A000", "%.*s is not supported on this engine", STR_ARG(kind));
	return err_hint(c, "Leave the statement out, or use PostgreSQL as the engine.");
}

int ddl_run_node(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str kind = node_kind(stmt);
	if (is_query(kind))
		return run_query(c, d, stmt);
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		if (str_is(kind, statements[i].kind))
			return statements[i].run(c, d, stmt->child);
	}
	for (size_t i = 0; i < sizeof(no_ops) / sizeof(*no_ops); i++) {
		if (!str_is(kind, no_ops[i].kind))
			continue;
		if (no_ops[i].notice)
			ddl_notice(c, d, "%s", no_ops[i].notice);
		return 0;
	}
	return refuse(c, d, kind);
}

int ddl_run(struct ctx *c, struct ddl_session *s, struct str text, const struct json *stmt,
	    struct str copy_data)
{
	struct ddl d = { .s = s, .cat = s->cat, .a = s->cat->arena };
	if (!s->session_role)
		s->session_role = s->role;
	d.text = text;
	d.copy_data = copy_data;
	return ddl_run_node(c, &d, stmt);
}
