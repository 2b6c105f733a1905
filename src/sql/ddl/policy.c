/* CREATE and ALTER POLICY. */
#include "sql/ddl/statements.h"

#include <string.h>

static char command(struct str name)
{
	if (str_is(name, "select"))
		return 'r';
	if (str_is(name, "insert"))
		return 'a';
	if (str_is(name, "update"))
		return 'w';
	return str_is(name, "delete") ? 'd' : '*';
}

/* PUBLIC anywhere in the list makes it all roles: none are kept. */
static int set_roles(struct ctx *c, struct ddl *d, struct policy *p, const struct json *roles)
{
	const char **names = arena_array(d->a, roles->count, sizeof(*names));
	uint16_t n = 0;
	bool is_public = false;
	for (const struct json *j = roles->child; j; j = j->next) {
		const char *role;
		TRY(ddl_role(c, d, j, &role));
		is_public = is_public || !*role;
		names[n++] = arena_strdup(d->a, role);
	}
	if (is_public && n > 1)
		ddl_notice(c, d, "ignoring specified roles other than PUBLIC");
	p->roles = is_public ? NULL : names;
	p->n_roles = is_public ? 0 : n;
	return 0;
}

/* The slices after USING and WITH CHECK; p NULL when absent. */
static void find_clauses(struct ddl *d, const struct json *stmt, struct str *ret_using,
			 struct str *ret_check)
{
	int64_t location = json_get_i64(json_get(stmt, "table"), "location", 0);
	size_t from = ddl_token_at(d, location);
	*ret_using = *ret_check = (struct str){ 0 };
	if (json_get(stmt, "qual"))
		*ret_using = ddl_parens(d, ddl_token_find(d, from, "using"));
	if (json_get(stmt, "with_check"))
		*ret_check = ddl_parens(d, ddl_token_find(d, from, "check"));
}

static int set_exprs(struct ctx *c, struct ddl *d, const struct json *stmt,
		     const struct relation *rel, struct policy *p)
{
	struct str using, check;
	find_clauses(d, stmt, &using, &check);
	if (using.p) {
		TRY(ddl_check_condition(c, d, using, rel, "POLICY"));
		p->using_expr = ddl_keep(d, using);
	}
	if (check.p) {
		TRY(ddl_check_condition(c, d, check, rel, "POLICY"));
		p->check_expr = ddl_keep(d, check);
	}
	return 0;
}

static int check_shape(struct ctx *c, const struct json *stmt, char cmd)
{
	bool has_using = json_get(stmt, "qual"), has_check = json_get(stmt, "with_check");
	if ((cmd == 'r' || cmd == 'd') && has_check)
		return err_set(c, "42601", "WITH CHECK cannot be applied to SELECT or DELETE");
	if (cmd == 'a' && has_using)
		return err_set(c, "42601", "only WITH CHECK expression allowed for INSERT");
	return 0;
}

static int find_table(struct ctx *c, struct ddl *d, const struct json *stmt, struct relation **ret)
{
	TRY(ddl_relation(c, d, json_get(stmt, "table"), false, ret));
	if ((*ret)->kind != REL_TABLE)
		return err_set(c, "42809", "\"%s\" is not a table", (*ret)->name);
	return ddl_must_own_relation(c, d, *ret);
}

int ddl_create_policy(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct relation *rel;
	struct policy *p = ARENA_NEW(d->a, struct policy);
	p->cmd = command(json_get_str(stmt, "cmd_name", STR("")));
	p->is_permissive = json_get_bool(stmt, "permissive", false);
	TRY(check_shape(c, stmt, p->cmd));
	TRY(find_table(c, d, stmt, &rel));
	TRY(set_roles(c, d, p, json_get(stmt, "roles")));
	struct str name = json_get_str(stmt, "policy_name", STR(""));
	p->name = str_dup(d->a, name);
	if (relation_policy(rel, name))
		return err_set(c, "42710", "policy \"%s\" for table \"%s\" already exists", p->name,
			       rel->name);
	TRY(set_exprs(c, d, stmt, rel, p));
	VEC_PUSH(d->a, &rel->policies, p);
	return 0;
}

int ddl_alter_policy(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct relation *rel;
	struct str name = json_get_str(stmt, "policy_name", STR(""));
	TRY(find_table(c, d, stmt, &rel));
	struct policy *p = relation_policy(rel, name);
	if (!p)
		return err_set(c, "42704", "policy \"%.*s\" for table \"%s\" does not exist",
			       STR_ARG(name), rel->name);
	TRY(check_shape(c, stmt, p->cmd));
	if (json_get(stmt, "roles"))
		TRY(set_roles(c, d, p, json_get(stmt, "roles")));
	return set_exprs(c, d, stmt, rel, p);
}
