/* CREATE TRIGGER: only the built-in moddatetime(column) so far. */
#include "sql/ddl/statements.h"

#include <string.h>

enum {
	TG_BEFORE = 1 << 1,
	TG_INSERT = 1 << 2,
	TG_DELETE = 1 << 3,
	TG_UPDATE = 1 << 4,
	TG_TRUNCATE = 1 << 5
}; /* CreateTrigStmt's timing and events */

static int check_moddatetime(struct ctx *c, const struct relation *rel, const struct trigger *t)
{
	if (t->timing != 'b')
		return err_set(c, "39P01", "moddatetime: must be fired before event");
	if (!t->for_each_row)
		return err_set(c, "39P01", "moddatetime: must be fired for row");
	if (t->events != TRIGGER_UPDATE)
		return err_set(c, "39P01", "moddatetime: must be fired before UPDATE");
	if (t->n_args != 1)
		return err_set(c, "39P01", "moddatetime (%s): A single argument was expected",
			       rel->name);
	const struct column *col = relation_column(rel, str_of(t->args[0]));
	if (!col)
		return err_set(c, "09000", "\"%s\" has no attribute \"%s\"", rel->name, t->args[0]);
	const char *type = type_base(col->type.type)->name;
	if (strcmp(type, "timestamp") != 0 && strcmp(type, "timestamptz") != 0)
		return err_set(c, "09000",
			       "attribute \"%s\" of \"%s\" must be type TIMESTAMP or TIMESTAMPTZ",
			       t->args[0], rel->name);
	return 0;
}

static int32_t events_of(int64_t bits)
{
	return (bits & TG_INSERT ? TRIGGER_INSERT : 0) | (bits & TG_UPDATE ? TRIGGER_UPDATE : 0) |
	       (bits & TG_DELETE ? TRIGGER_DELETE : 0) |
	       (bits & TG_TRUNCATE ? TRIGGER_TRUNCATE : 0);
}

static int update_columns(struct ctx *c, struct ddl *d, const struct json *names,
			  const struct relation *rel, struct trigger *t)
{
	if (!names)
		return 0;
	t->columns = ddl_key_columns(c, d, rel, names, NULL, "trigger");
	t->n_columns = (uint16_t)names->count;
	return t->columns ? 0 : -1;
}

int ddl_create_trigger(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *function = json_get(stmt, "funcname");
	struct str name = json_get_str(stmt, "trigname", STR(""));
	struct relation *rel;
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), false, &rel));
	TRY(ddl_must_own_relation(c, d, rel));
	if (!str_is(ddl_last_name(function), "moddatetime"))
		return ddl_refuse(c, "triggers are not supported on this engine yet",
				  "User functions and triggers arrive later; moddatetime(column) "
				  "is built in.");
	if (json_get(stmt, "whenClause"))
		return ddl_refuse(c, "WHEN of a trigger is not supported on this engine yet", NULL);
	struct trigger *t = ARENA_NEW(d->a, struct trigger);
	t->name = str_dup(d->a, name);
	t->function_schema = "extensions";
	t->function = "moddatetime";
	t->for_each_row = json_get_bool(stmt, "row", false);
	t->timing = json_get_i64(stmt, "timing", 0) & TG_BEFORE ? 'b' : 'a';
	t->events = events_of(json_get_i64(stmt, "events", 0));
	TRY(update_columns(c, d, json_get(stmt, "columns"), rel, t));
	const struct json *args = json_get(stmt, "args");
	t->args = arena_array(d->a, args ? args->count : 0, sizeof(*t->args));
	for (const struct json *j = args ? args->child : NULL; j; j = j->next)
		t->args[t->n_args++] = str_dup(d->a, node_string(j));
	TRY(check_moddatetime(c, rel, t));
	for (size_t i = 0; i < rel->triggers.n; i++) {
		if (strcmp(rel->triggers.v[i]->name, t->name) != 0)
			continue;
		if (!json_get_bool(stmt, "replace", false))
			return err_set(c, "42710",
				       "trigger \"%s\" for relation \"%s\" already exists", t->name,
				       rel->name);
		rel->triggers.v[i] = t;
		return 0;
	}
	VEC_PUSH(d->a, &rel->triggers, t);
	return 0;
}
