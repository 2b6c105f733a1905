/* DROP. */
#include "sql/ddl/function.h"

#include <string.h>

struct drop {
	struct str kind; /* OBJECT_... */
	bool missing_ok, cascade;
};

static const struct json *name_list(const struct json *object)
{
	const struct json *list = node_as(object, "List");
	const struct json *type = node_as(object, "TypeName");
	return list ? json_get(list, "items") : json_get(type, "names");
}

/* Other tables' defaults on the sequences that go with rel. */
static int sequence_dependents(struct ctx *c, struct ddl *d, const struct relation *rel,
			       dependents *ret)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		const struct relation *seq = d->cat->relations.v[i];
		dependents all = { 0 };
		if (seq->kind != REL_SEQUENCE || seq->seq->owner_rel != rel->oid)
			continue;
		TRY(ddl_dependents(c, d, seq, 0, &all));
		for (size_t k = 0; k < all.n; k++) {
			if (all.v[k].rel == rel)
				continue;
			all.v[k].on =
				arena_printf(c->arena, "sequence %s", ddl_shown_name(c, d, seq));
			VEC_PUSH(c->arena, ret, all.v[k]);
		}
	}
	return 0;
}

int ddl_drop_relation(struct ctx *c, struct ddl *d, struct relation *rel, bool cascade)
{
	dependents deps = { 0 };
	TRY(sequence_dependents(c, d, rel, &deps));
	TRY(ddl_dependents(c, d, rel, 0, &deps));
	ddl_type_functions(c, d, rel->row_type,
			   arena_printf(c->arena, "type %s", ddl_shown_name(c, d, rel)), &deps);
	TRY(ddl_settle(c, d,
		       arena_printf(c->arena, "%s %s", relation_kind_name(rel->kind),
				    ddl_shown_name(c, d, rel)),
		       &deps, cascade));
	for (size_t i = 0; i < rel->columns.n; i++)
		TRY(ddl_drop_owned_sequences(c, d, rel, rel->columns.v[i].attnum));
	ddl_remove_relation(d, rel);
	if (rel->kind == REL_TABLE || rel->kind == REL_MATVIEW)
		return STORE(c, d, drop_table, rel);
	return rel->kind == REL_SEQUENCE ? STORE(c, d, drop_sequence, rel) : 0;
}

static enum relation_kind wanted_kind(struct str object, const char **ret_name)
{
	if (str_is(object, "OBJECT_VIEW")) {
		*ret_name = "view";
		return REL_VIEW;
	}
	if (str_is(object, "OBJECT_SEQUENCE")) {
		*ret_name = "sequence";
		return REL_SEQUENCE;
	}
	if (str_is(object, "OBJECT_MATVIEW")) {
		*ret_name = "materialized view";
		return REL_MATVIEW;
	}
	if (str_is(object, "OBJECT_FOREIGN_TABLE")) {
		*ret_name = "foreign table";
		return REL_FOREIGN;
	}
	*ret_name = "table";
	return REL_TABLE;
}

static int wrong_kind(struct ctx *c, const struct relation *rel, const char *wanted)
{
	err_set(c, "42809", "\"%s\" is not a %s", rel->name, wanted);
	if (rel->kind == REL_COMPOSITE)
		return err_hint(c, "Use DROP TYPE to remove a type.");
	const char *kind = relation_kind_name(rel->kind);
	const char *verb = rel->kind == REL_VIEW       ? "VIEW"
			   : rel->kind == REL_SEQUENCE ? "SEQUENCE"
			   : rel->kind == REL_MATVIEW  ? "MATERIALIZED VIEW"
						       : "TABLE";
	return err_hint(c, "Use DROP %s to remove a %s.", verb, kind);
}

static int drop_relation(struct ctx *c, struct ddl *d, const struct drop *drop,
			 const struct json *object)
{
	const char *kind_name;
	enum relation_kind kind = wanted_kind(drop->kind, &kind_name);
	const struct json *names = name_list(object);
	struct str schema = ddl_qualifier(names), name = ddl_last_name(names);
	struct relation *rel;
	if (schema.n && !catalog_schema(d->cat, schema) && !drop->missing_ok)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(schema));
	TRY(ddl_relation_named(c, d, schema, name, true, &rel));
	if (!rel && drop->missing_ok) {
		ddl_notice(c, d, "%s \"%.*s\" does not exist, skipping", kind_name, STR_ARG(name));
		return 0;
	}
	if (!rel && schema.n)
		return err_set(c, "42P01", "%s \"%.*s.%.*s\" does not exist", kind_name,
			       STR_ARG(schema), STR_ARG(name));
	if (!rel)
		return err_set(c, "42P01", "%s \"%.*s\" does not exist", kind_name, STR_ARG(name));
	if (rel->kind != kind)
		return wrong_kind(c, rel, kind_name);
	TRY(ddl_must_own_relation(c, d, rel));
	if (kind == REL_SEQUENCE && rel->seq->owner_rel) {
		const struct relation *table = catalog_relation_by_oid(d->cat, rel->seq->owner_rel);
		const struct column *col =
			table ? relation_column_by_attnum(table, rel->seq->owner_col) : NULL;
		if (col && col->identity) {
			const char *what = ddl_shown_name(c, d, table);
			err_set(c, "2BP01",
				"cannot drop sequence %s because column %s of table %s requires it",
				ddl_shown_name(c, d, rel), col->name, what);
			return err_hint(c, "You can drop column %s of table %s instead.", col->name,
					what);
		}
	}
	return ddl_drop_relation(c, d, rel, drop->cascade);
}

static int drop_index(struct ctx *c, struct ddl *d, const struct drop *drop,
		      const struct json *object)
{
	const struct json *names = name_list(object);
	struct relation *rel = NULL;
	struct index *ix;
	TRY(ddl_index(c, d, ddl_qualifier(names), ddl_last_name(names), drop->missing_ok, &rel,
		      &ix));
	if (!ix) {
		ddl_notice(c, d, "index \"%.*s\" does not exist, skipping",
			   STR_ARG(ddl_last_name(names)));
		return 0;
	}
	TRY(ddl_must_own_relation(c, d, rel));
	for (size_t i = 0; i < rel->constraints.n; i++) {
		const struct constraint *con = rel->constraints.v[i];
		if (!con->index || strcmp(con->index, ix->name) != 0)
			continue;
		const char *what = ddl_shown_name(c, d, rel);
		err_set(c, "2BP01",
			"cannot drop index %s because constraint %s on table %s requires it",
			ix->name, con->name, what);
		return err_hint(c, "You can drop constraint %s on table %s instead.", con->name,
				what);
	}
	return ddl_drop_index(c, d, rel, ix);
}

int ddl_drop_type(struct ctx *c, struct ddl *d, struct type *t, bool cascade)
{
	dependents deps = { 0 };
	TRY(ddl_type_dependents(c, d, t, &deps));
	ddl_type_functions(c, d, t, NULL, &deps);
	TRY(ddl_settle(c, d, arena_printf(c->arena, "type %s", t->name), &deps, cascade));
	if (t->kind == TYPE_COMPOSITE) {
		struct relation *rel = catalog_relation_by_oid(d->cat, t->row->oid);
		ddl_remove_relation(d, rel);
		return 0;
	}
	ddl_remove_type(d, t);
	return 0;
}

static int drop_type(struct ctx *c, struct ddl *d, const struct drop *drop,
		     const struct json *object)
{
	const struct json *names = name_list(object);
	struct type *t;
	TRY(ddl_user_type(c, d, names, true, &t));
	bool is_domain = str_is(drop->kind, "OBJECT_DOMAIN");
	if (!t && drop->missing_ok) {
		ddl_notice(c, d, "type \"%.*s\" does not exist, skipping",
			   STR_ARG(ddl_last_name(names)));
		return 0;
	}
	if (!t)
		TRY(ddl_user_type(c, d, names, false, &t));
	if (is_domain && t->kind != TYPE_DOMAIN)
		return err_set(c, "42809", "\"%s\" is not a domain", t->name);
	if (t->kind == TYPE_COMPOSITE && t->row->kind != REL_COMPOSITE) {
		const char *kind = relation_kind_name(t->row->kind);
		err_set(c, "2BP01", "cannot drop type %s because %s %s requires it", t->name, kind,
			t->row->name);
		return err_hint(c, "You can drop %s %s instead.", kind, t->row->name);
	}
	TRY(ddl_must_own(c, d, t->owner, "type", t->name));
	return ddl_drop_type(c, d, t, drop->cascade);
}

static void add_dependent(struct ctx *c, dependents *deps, struct dependent dep)
{
	VEC_PUSH(c->arena, deps, dep);
}

static int drop_schema(struct ctx *c, struct ddl *d, const struct drop *drop, struct str name)
{
	struct schema *schema = catalog_schema(d->cat, name);
	if (!schema && drop->missing_ok) {
		ddl_notice(c, d, "schema \"%.*s\" does not exist, skipping", STR_ARG(name));
		return 0;
	}
	if (!schema)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(name));
	TRY(ddl_must_own(c, d, schema->owner, "schema", schema->name));
	dependents deps = { 0 };
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		struct relation *rel = d->cat->relations.v[i];
		bool is_owned = rel->kind == REL_SEQUENCE && rel->seq->owner_rel;
		if (!str_is(name, rel->schema) || is_owned || rel->kind == REL_COMPOSITE)
			continue;
		add_dependent(
			c, &deps,
			(struct dependent){ .what = arena_printf(c->arena, "%s %s",
								 relation_kind_name(rel->kind),
								 ddl_shown_name(c, d, rel)),
					    .rel = rel });
	}
	for (size_t i = 0; i < d->cat->types.n; i++) {
		struct type *t = d->cat->types.v[i];
		bool is_implied =
			t->kind == TYPE_ARRAY || (t->row && t->row->kind != REL_COMPOSITE);
		if (!str_is(name, t->schema) || is_implied)
			continue;
		add_dependent(
			c, &deps,
			(struct dependent){ .what = arena_printf(c->arena, "type %s", t->name),
					    .type = t });
	}
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		struct function *f = d->cat->functions.v[i];
		if (str_is(name, f->schema))
			add_dependent(
				c, &deps,
				(struct dependent){ .what = arena_printf(c->arena, "function %s",
									 function_shown(c, d, f)),
						    .function = f });
	}
	TRY(ddl_settle(c, d, arena_printf(c->arena, "schema %s", schema->name), &deps,
		       drop->cascade));
	size_t n = 0;
	for (size_t i = 0; i < d->cat->schemas.n; i++) {
		if (d->cat->schemas.v[i] != schema)
			d->cat->schemas.v[n++] = d->cat->schemas.v[i];
	}
	d->cat->schemas.n = n;
	catalog_index(d->cat);
	return 0;
}

void ddl_remove_policy(struct relation *rel, const struct policy *p)
{
	size_t n = 0;
	for (size_t i = 0; i < rel->policies.n; i++) {
		if (rel->policies.v[i] != p)
			rel->policies.v[n++] = rel->policies.v[i];
	}
	rel->policies.n = n;
}

void ddl_remove_trigger(struct relation *rel, struct str name)
{
	size_t n = 0;
	for (size_t i = 0; i < rel->triggers.n; i++) {
		if (!str_is(name, rel->triggers.v[i]->name))
			rel->triggers.v[n++] = rel->triggers.v[i];
	}
	rel->triggers.n = n;
}

/* Policies and triggers are named within their table: table's parts, then theirs. */
static int drop_on_table(struct ctx *c, struct ddl *d, const struct drop *drop,
			 const struct json *object)
{
	const struct json *names = name_list(object);
	struct str name = ddl_last_name(names);
	uint32_t n = names->count;
	struct str table = n > 1 ? node_string(json_at(names, n - 2)) : STR("");
	struct str schema = n > 2 ? node_string(json_at(names, n - 3)) : STR("");
	bool is_policy = str_is(drop->kind, "OBJECT_POLICY");
	const char *kind = is_policy ? "policy" : "trigger";
	struct relation *rel;
	TRY(ddl_relation_named(c, d, schema, table, drop->missing_ok, &rel));
	if (!rel) {
		ddl_notice(c, d, "relation \"%.*s\" does not exist, skipping", STR_ARG(table));
		return 0;
	}
	TRY(ddl_must_own_relation(c, d, rel));
	struct policy *p = is_policy ? relation_policy(rel, name) : NULL;
	size_t before = rel->triggers.n;
	if (p)
		ddl_remove_policy(rel, p);
	else if (!is_policy)
		ddl_remove_trigger(rel, name);
	if (p || rel->triggers.n != before)
		return 0;
	if (!drop->missing_ok)
		return err_set(c, "42704", "%s \"%.*s\" for table \"%s\" does not exist", kind,
			       STR_ARG(name), rel->name);
	ddl_notice(c, d, "%s \"%.*s\" for relation \"%s\" does not exist, skipping", kind,
		   STR_ARG(name), rel->name);
	return 0;
}

static int drop_function(struct ctx *c, struct ddl *d, const struct drop *drop,
			 const struct json *object)
{
	return ddl_drop_function(c, d, object, drop->kind, drop->missing_ok, drop->cascade);
}

static int drop_other(struct ctx *c, struct ddl *d, const struct drop *drop)
{
	if (str_is(drop->kind, "OBJECT_STATISTIC_EXT")) {
		ddl_notice(c, d, "DROP: nothing of this kind is kept");
		return 0;
	}
	if (!drop->missing_ok)
		return ddl_refuse(c, "this DROP is not supported on this engine", NULL);
	ddl_notice(c, d, "DROP IF EXISTS: there is nothing of this kind");
	return 0;
}

static int drop_one(struct ctx *c, struct ddl *d, const struct drop *drop,
		    const struct json *object)
{
	static const struct {
		const char *kind;
		int (*run)(struct ctx *, struct ddl *, const struct drop *, const struct json *);
	} kinds[] = {
		{ "OBJECT_TABLE", drop_relation },
		{ "OBJECT_VIEW", drop_relation },
		{ "OBJECT_SEQUENCE", drop_relation },
		{ "OBJECT_MATVIEW", drop_relation },
		{ "OBJECT_FOREIGN_TABLE", drop_relation },
		{ "OBJECT_INDEX", drop_index },
		{ "OBJECT_TYPE", drop_type },
		{ "OBJECT_DOMAIN", drop_type },
		{ "OBJECT_POLICY", drop_on_table },
		{ "OBJECT_TRIGGER", drop_on_table },
		{ "OBJECT_FUNCTION", drop_function },
		{ "OBJECT_ROUTINE", drop_function },
		{ "OBJECT_PROCEDURE", drop_function },
	};
	if (str_is(drop->kind, "OBJECT_SCHEMA"))
		return drop_schema(c, d, drop, node_string(object));
	if (str_is(drop->kind, "OBJECT_EXTENSION"))
		return ddl_drop_extension(c, d, node_string(object), drop->missing_ok);
	if (str_is(drop->kind, "OBJECT_TSCONFIGURATION"))
		return ddl_drop_ts_config(c, d, name_list(object), drop->missing_ok);
	if (str_is(drop->kind, "OBJECT_PUBLICATION"))
		return ddl_drop_publication(c, d, node_string(object), drop->missing_ok);
	if (str_is(drop->kind, "OBJECT_EVENT_TRIGGER"))
		return ddl_drop_event_trigger(c, d, node_string(object), drop->missing_ok);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (str_is(drop->kind, kinds[i].kind))
			return kinds[i].run(c, d, drop, object);
	}
	return drop_other(c, d, drop);
}

int ddl_drop(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct drop drop = { .kind = json_get_str(stmt, "removeType", STR("")),
			     .missing_ok = json_get_bool(stmt, "missing_ok", false) };
	drop.cascade = str_is(json_get_str(stmt, "behavior", STR("")), "DROP_CASCADE");
	for (const struct json *j = json_get(stmt, "objects")->child; j; j = j->next)
		TRY(drop_one(c, d, &drop, j));
	return 0;
}
