/* ALTER, DROP and COMMENT of functions, and who depends on them. */
#include "sql/ddl/function.h"
#include "sql/ddl/patch.h"

#include <string.h>

void function_remove(struct ddl *d, const struct function *f)
{
	size_t n = 0;
	for (size_t i = 0; i < d->cat->functions.n; i++)
		if (d->cat->functions.v[i] != f)
			d->cat->functions.v[n++] = d->cat->functions.v[i];
	d->cat->functions.n = n;
}

/* Triggers name their function beside its oid. */
static void rename_in_triggers(struct ddl *d, const struct function *f)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		for (size_t k = 0; k < rel->triggers.n; k++) {
			struct trigger *t = rel->triggers.v[k];
			if (t->function_oid != f->oid)
				continue;
			t->function = f->name;
			t->function_schema = f->schema;
		}
	}
}

int function_move(struct ctx *c, struct ddl *d, struct function *f, const char *schema,
		  const char *name)
{
	size_t n = function_n_inputs(f);
	bool is_move = strcmp(schema, f->schema) != 0;
	struct typeref *inputs = arena_array(c->arena, n + 1, sizeof(*inputs));
	for (size_t i = 0; i < n; i++)
		inputs[i] = function_nth_input(f, i)->type;
	if (function_with(d, schema, str_of(name), inputs, n)) {
		struct function shown = *f;
		shown.name = name;
		return err_set(c, "42723", "function %s already exists in schema \"%s\"",
			       function_signature(c, &shown), schema);
	}
	struct rename r = { .function = f,
			    .schema = f->schema,
			    .before = f->name,
			    .after = name,
			    .new_schema = is_move ? schema : NULL };
	ddl_patch(c, d, &r);
	f->schema = arena_strdup(d->a, schema);
	f->name = arena_strdup(d->a, name);
	rename_in_triggers(d, f);
	return 0;
}

static const struct json *object_of(const struct json *node)
{
	const struct json *inner = node_as(node, "ObjectWithArgs");
	return inner ? inner : node;
}

int ddl_alter_function(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct function_options o;
	struct function *f;
	struct str objtype = json_get_str(stmt, "objtype", STR("OBJECT_FUNCTION"));
	TRY(ddl_find_function(c, d, object_of(json_get(stmt, "func")), objtype, false, &f));
	TRY(function_must_own(c, d, f));
	TRY(function_read_options(c, d, json_get(stmt, "actions"), f->kind == 'p', &o));
	return function_apply_options(c, d, &o, f);
}

int ddl_rename_function(struct ctx *c, struct ddl *d, const struct json *stmt, const char *name)
{
	struct function *f;
	TRY(ddl_find_function(c, d, object_of(json_get(stmt, "object")),
			      json_get_str(stmt, "renameType", STR("")), false, &f));
	TRY(function_must_own(c, d, f));
	return function_move(c, d, f, f->schema, name);
}

int ddl_move_function(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct function *f;
	struct schema *schema;
	TRY(ddl_find_function(c, d, object_of(json_get(stmt, "object")),
			      json_get_str(stmt, "objectType", STR("")), false, &f));
	TRY(function_must_own(c, d, f));
	TRY(ddl_create_schema_of(c, d, json_get_str(stmt, "newschema", STR("")), -1, &schema));
	if (!strcmp(f->schema, schema->name))
		return 0;
	return function_move(c, d, f, schema->name, f->name);
}

int ddl_own_function(struct ctx *c, struct ddl *d, const struct json *stmt, const char *owner)
{
	struct function *f;
	TRY(ddl_find_function(c, d, object_of(json_get(stmt, "object")),
			      json_get_str(stmt, "objectType", STR("")), false, &f));
	TRY(function_must_own(c, d, f));
	if (f->acl)
		ddl_acl_change_owner(d, f->acl, f->owner, owner);
	f->owner = arena_strdup(d->a, owner);
	return 0;
}

int ddl_comment_function(struct ctx *c, struct ddl *d, const struct json *object,
			 struct str objtype, const char *text)
{
	struct function *f;
	TRY(ddl_find_function(c, d, object_of(object), objtype, false, &f));
	TRY(function_must_own(c, d, f));
	f->comment = text;
	return 0;
}

/* ---- dependents ---- */

struct search {
	struct ctx *c;
	struct ddl *d;
	const struct function *f;
	dependents *found;
};

static bool calls(struct search *s, const struct stored_sql *sql, const struct relation *row)
{
	sql_refs refs = { 0 };
	if (!sql->text || str_find(str_of(sql->text), str_of(s->f->name)) < 0)
		return false;
	if (ddl_refs(s->c, s->d, sql, row, &refs) < 0) {
		err_clear(s->c);
		return false;
	}
	for (size_t i = 0; i < refs.n; i++)
		if (refs.v[i].function == s->f)
			return true;
	return false;
}

static void add(struct search *s, struct dependent dep)
{
	VEC_PUSH(s->c->arena, s->found, dep);
}

static const char *on_table(struct search *s, const char *fmt, const char *name,
			    const struct relation *rel)
{
	return arena_printf(s->c->arena, "%s %s on %s %s", fmt, name, relation_kind_name(rel->kind),
			    ddl_shown_name(s->c, s->d, rel));
}

static void search_triggers(struct search *s, struct relation *rel)
{
	for (size_t i = 0; i < rel->triggers.n; i++)
		if (rel->triggers.v[i]->function_oid == s->f->oid)
			add(s, (struct dependent){ .what = on_table(s, "trigger",
								    rel->triggers.v[i]->name, rel),
						   .rel = rel,
						   .trigger = rel->triggers.v[i] });
}

static void search_columns(struct search *s, struct relation *rel)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		struct column *col = &rel->columns.v[i];
		if (!calls(s, &col->default_expr, col->is_generated ? rel : NULL) &&
		    !calls(s, &col->default_expr, rel))
			continue;
		add(s,
		    (struct dependent){ .what = arena_printf(
						s->c->arena,
						col->is_generated
							? "column %s of table %s"
							: "default value for column %s of table %s",
						col->name, ddl_shown_name(s->c, s->d, rel)),
					.rel = rel,
					.column = col,
					.is_default = !col->is_generated });
	}
}

static void search_indexes(struct search *s, struct relation *rel)
{
	for (size_t i = 0; i < rel->indexes.n; i++) {
		struct index *ix = rel->indexes.v[i];
		bool found = calls(s, &ix->predicate, rel);
		for (uint16_t k = 0; k < ix->n_keys && !found; k++)
			found = calls(s, &ix->keys[k].expr, rel);
		if (found)
			add(s, (struct dependent){
				       .what = arena_printf(s->c->arena, "index %s", ix->name),
				       .rel = rel,
				       .index = ix });
	}
}

static void search_relation(struct search *s, struct relation *rel)
{
	search_triggers(s, rel);
	for (size_t i = 0; i < rel->policies.n; i++) {
		struct policy *p = rel->policies.v[i];
		if (calls(s, &p->using_expr, rel) || calls(s, &p->check_expr, rel))
			add(s, (struct dependent){ .what = on_table(s, "policy", p->name, rel),
						   .rel = rel,
						   .policy = p });
	}
	for (size_t i = 0; i < rel->constraints.n; i++) {
		struct constraint *con = rel->constraints.v[i];
		if (calls(s, &con->check, rel))
			add(s,
			    (struct dependent){ .what = on_table(s, "constraint", con->name, rel),
						.rel = rel,
						.con = con });
	}
	search_columns(s, rel);
	search_indexes(s, rel);
	if ((rel->kind == REL_VIEW || rel->kind == REL_MATVIEW) && calls(s, &rel->view, NULL))
		add(s, (struct dependent){ .what = arena_printf(s->c->arena, "%s %s",
								relation_kind_name(rel->kind),
								ddl_shown_name(s->c, s->d, rel)),
					   .rel = rel });
}

static bool uses_type(const struct function *f, const struct type *t)
{
	const struct type *r = f->returns.type;
	if (r == t || (t->array && r == t->array))
		return true;
	for (uint16_t i = 0; i < f->n_args; i++) {
		r = f->args[i].type.type;
		if (r == t || (t->array && r == t->array))
			return true;
	}
	return false;
}

void ddl_type_functions(struct ctx *c, struct ddl *d, const struct type *t, const char *on,
			dependents *ret)
{
	for (size_t i = 0; t && i < d->cat->functions.n; i++) {
		struct function *f = d->cat->functions.v[i];
		if (!uses_type(f, t))
			continue;
		struct dependent dep = { .what = arena_printf(c->arena, "function %s",
							      function_shown(c, d, f)),
					 .on = on,
					 .function = f };
		VEC_PUSH(c->arena, ret, dep);
	}
}

int ddl_drop_one_function(struct ctx *c, struct ddl *d, struct function *f, bool cascade)
{
	dependents deps = { 0 };
	struct search s = { c, d, f, &deps };
	for (size_t i = 0; i < d->cat->relations.n; i++)
		search_relation(&s, d->cat->relations.v[i]);
	TRY(ddl_settle(c, d,
		       arena_printf(c->arena, "%s %s", f->kind == 'p' ? "procedure" : "function",
				    function_shown(c, d, f)),
		       &deps, cascade));
	function_remove(d, f);
	return 0;
}

int ddl_drop_function(struct ctx *c, struct ddl *d, const struct json *object, struct str objtype,
		      bool missing_ok, bool cascade)
{
	struct function *f;
	TRY(ddl_find_function(c, d, object_of(object), objtype, missing_ok, &f));
	if (!f)
		return 0;
	TRY(function_must_own(c, d, f));
	return ddl_drop_one_function(c, d, f, cascade);
}
