/* SET CONSTRAINTS. */
#include "sql/ddl/statements.h"
#include "sql/trigger.h"

#include <string.h>

/* 1 deferrable, 0 it exists, -1 there is none of that name. */
static int find_in(const struct relation *rel, struct str name)
{
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		if (str_is(name, con->name))
			return con->is_deferrable;
	}
	for (size_t i = 0; i < rel->triggers.n; i++) {
		const struct trigger *tg = rel->triggers.v[i];
		if (tg->is_constraint && str_is(name, tg->name))
			return tg->is_deferrable;
	}
	return -1;
}

static int check_name(struct ctx *c, const struct ddl *d, struct str name)
{
	int found = -1;
	for (size_t i = 0; i < d->cat->relations.n && found <= 0; i++) {
		int here = find_in(d->cat->relations.v[i], name);
		found = here > found ? here : found;
	}
	if (found < 0)
		return err_set(c, "42704", "constraint \"%.*s\" does not exist", STR_ARG(name));
	if (found == 0)
		return err_set(c, "42809", "constraint \"%.*s\" is not deferrable", STR_ARG(name));
	return 0;
}

int ddl_set_constraints(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	bool is_deferred = json_get_bool(stmt, "deferred", false);
	const struct json *list = json_get(stmt, "constraints");
	if (!list)
		return STORE(c, d, set_constraint, NULL, is_deferred);
	for (const struct json *j = list->child; j; j = j->next) {
		struct str name = json_get_str(node_as(j, "RangeVar"), "relname", STR(""));
		TRY(check_name(c, d, name));
		TRY(STORE(c, d, set_constraint, str_dup(c->arena, name), is_deferred));
	}
	return 0;
}
