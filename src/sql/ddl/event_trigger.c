/* Event triggers are kept by name and fire on nothing: DDL has no events here. */
#include "sql/ddl/statements.h"

#include <string.h>

static void keep_tags(struct ddl *d, struct event_trigger *t, const struct json *when)
{
	for (const struct json *j = when ? when->child : NULL; j; j = j->next) {
		const struct json *arg = json_get(node_as(j, "DefElem"), "arg");
		const struct json *items = json_get(node_as(arg, "List"), "items");
		for (const struct json *k = items ? items->child : NULL; k; k = k->next)
			VEC_PUSH(d->a, &t->tags, str_dup(d->a, node_string(k)));
	}
}

int ddl_create_event_trigger(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str name = json_get_str(stmt, "trigname", STR(""));
	if (catalog_event_trigger(d->cat, name))
		return err_set(c, "42710", "event trigger \"%.*s\" already exists", STR_ARG(name));
	struct event_trigger *t = ARENA_NEW(d->a, struct event_trigger);
	const struct json *function = json_get(stmt, "funcname");
	t->oid = ddl_new_oid(d);
	t->name = str_dup(d->a, name);
	t->event = str_dup(d->a, json_get_str(stmt, "eventname", STR("")));
	t->owner = arena_strdup(d->a, d->s->role);
	t->function_schema = str_dup(d->a, ddl_qualifier(function));
	t->function = str_dup(d->a, ddl_last_name(function));
	t->enabled = 'O';
	keep_tags(d, t, json_get(stmt, "whenclause"));
	VEC_PUSH(d->a, &d->cat->event_triggers, t);
	ddl_notice(c, d, "event trigger \"%s\" is kept by name: it never fires", t->name);
	return 0;
}

int ddl_find_event_trigger(struct ctx *c, struct ddl *d, struct str name,
			   struct event_trigger **ret)
{
	struct event_trigger *t = catalog_event_trigger(d->cat, name);
	if (!t)
		return err_set(c, "42704", "event trigger \"%.*s\" does not exist", STR_ARG(name));
	TRY(ddl_must_own(c, d, t->owner, "event trigger", t->name));
	*ret = t;
	return 0;
}

int ddl_alter_event_trigger(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct event_trigger *t;
	struct str enabled = json_get_str(stmt, "tgenabled", STR("O"));
	TRY(ddl_find_event_trigger(c, d, json_get_str(stmt, "trigname", STR("")), &t));
	t->enabled = enabled.n ? enabled.p[0] : 'O';
	return 0;
}

int ddl_drop_event_trigger(struct ctx *c, struct ddl *d, struct str name, bool missing_ok)
{
	struct event_trigger *t;
	if (missing_ok && !catalog_event_trigger(d->cat, name)) {
		ddl_notice(c, d, "event trigger \"%.*s\" does not exist, skipping", STR_ARG(name));
		return 0;
	}
	TRY(ddl_find_event_trigger(c, d, name, &t));
	size_t n = 0;
	for (size_t i = 0; i < d->cat->event_triggers.n; i++) {
		if (d->cat->event_triggers.v[i] != t)
			d->cat->event_triggers.v[n++] = d->cat->event_triggers.v[i];
	}
	d->cat->event_triggers.n = n;
	return 0;
}
