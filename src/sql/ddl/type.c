/* Enums, composite types and domains. */
#include "sql/ddl/patch.h"

#include <string.h>

enum { ENUM_LABELS_MAX = 10000 };

static int type_schema(struct ctx *c, struct ddl *d, const struct json *names, struct schema **ret)
{
	return ddl_create_schema_of(c, d, ddl_qualifier(names), -1, ret);
}

static struct type *new_type(struct ddl *d, const struct schema *schema, struct str name,
			     enum type_kind kind)
{
	struct type *t = ARENA_NEW(d->a, struct type);
	t->schema = schema->name;
	t->name = str_dup(d->a, name);
	t->kind = kind;
	t->base_typmod = -1;
	t->owner = arena_strdup(d->a, d->s->role);
	t->acl = ddl_initial_acl(d, t->owner, t->schema, 'T');
	return t;
}

static int check_label(struct ctx *c, struct str label)
{
	if (label.n <= NAME_MAX_BYTES)
		return 0;
	err_set(c, "42602", "invalid enum label \"%.*s\"", STR_ARG(label));
	return err_details(c, "Labels must be %d bytes or less.", NAME_MAX_BYTES);
}

static bool has_label(const struct type *t, struct str label, uint32_t *ret_at)
{
	for (uint32_t i = 0; i < t->n_labels; i++) {
		if (!str_is(label, t->labels[i]))
			continue;
		*ret_at = i;
		return true;
	}
	return false;
}

int ddl_create_enum(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *names = json_get(stmt, "typeName");
	const struct json *vals = json_get(stmt, "vals");
	struct schema *schema;
	uint32_t at;
	TRY(type_schema(c, d, names, &schema));
	struct type *t = new_type(d, schema, ddl_last_name(names), TYPE_ENUM);
	t->value = V_ENUM;
	t->category = 'E';
	t->labels = arena_array(d->a, vals ? vals->count : 0, sizeof(*t->labels));
	for (const struct json *j = vals ? vals->child : NULL; j; j = j->next) {
		struct str label = node_string(j);
		TRY(check_label(c, label));
		if (has_label(t, label, &at))
			return err_set(c, "23505",
				       "duplicate key value violates unique constraint "
				       "\"pg_enum_typid_label_index\"");
		t->labels[t->n_labels++] = str_dup(d->a, label);
	}
	return ddl_add_type(c, d, t);
}

static int rename_label(struct ctx *c, struct ddl *d, struct type *t, struct str from,
			struct str to)
{
	uint32_t at, other;
	if (!has_label(t, from, &at))
		return err_set(c, "22023", "\"%.*s\" is not an existing enum label", STR_ARG(from));
	if (has_label(t, to, &other))
		return err_set(c, "42710", "enum label \"%.*s\" already exists", STR_ARG(to));
	const char *before = t->labels[at];
	ddl_patch_label(c, d, t, before, str_dup(c->arena, to));
	const char **labels = arena_array(d->a, t->n_labels, sizeof(*labels));
	memcpy(labels, t->labels, t->n_labels * sizeof(*labels));
	labels[at] = str_dup(d->a, to);
	t->labels = labels;
	return STORE(c, d, rename_enum_label, t, before, labels[at]);
}

int ddl_alter_enum(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct type *t;
	TRY(ddl_user_type(c, d, json_get(stmt, "typeName"), false, &t));
	if (t->kind != TYPE_ENUM)
		return err_set(c, "42809", "%s is not an enum", t->name);
	TRY(ddl_must_own(c, d, t->owner, "type", t->name));
	struct str label = json_get_str(stmt, "newVal", STR(""));
	struct str neighbor = json_get_str(stmt, "newValNeighbor", STR(""));
	TRY(check_label(c, label));
	if (json_get(stmt, "oldVal"))
		return rename_label(c, d, t, json_get_str(stmt, "oldVal", STR("")), label);
	uint32_t at = t->n_labels;
	if (has_label(t, label, &at)) {
		if (!json_get_bool(stmt, "skipIfNewValExists", false))
			return err_set(c, "42710", "enum label \"%.*s\" already exists",
				       STR_ARG(label));
		ddl_notice(c, d, "enum label \"%.*s\" already exists, skipping", STR_ARG(label));
		return 0;
	}
	if (t->n_labels >= ENUM_LABELS_MAX)
		return err_set(c, "54000", "an enum may have %d labels", ENUM_LABELS_MAX);
	if (neighbor.n && !has_label(t, neighbor, &at))
		return err_set(c, "22023", "\"%.*s\" is not an existing enum label",
			       STR_ARG(neighbor));
	if (neighbor.n && json_get_bool(stmt, "newValIsAfter", false))
		at++;
	const char **labels = arena_array(d->a, t->n_labels + 1, sizeof(*labels));
	memcpy(labels, t->labels, at * sizeof(*labels));
	labels[at] = str_dup(d->a, label);
	memcpy(labels + at + 1, t->labels + at, (t->n_labels - at) * sizeof(*labels));
	t->labels = labels;
	t->n_labels++;
	return 0;
}

int ddl_create_composite(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *rv = json_get(stmt, "typevar");
	struct schema *schema;
	TRY(ddl_create_schema_of(c, d, json_get_str(rv, "schemaname", STR("")), -1, &schema));
	struct relation *rel =
		ddl_new_relation(d, REL_COMPOSITE, schema->name,
				 str_dup(c->arena, json_get_str(rv, "relname", STR(""))));
	const struct json *cols = json_get(stmt, "coldeflist");
	for (const struct json *j = cols ? cols->child : NULL; j; j = j->next) {
		struct column_plan p;
		TRY(ddl_plan_column(c, d, node_as(j, "ColumnDef"), rel->name, &p));
		if (relation_column(rel, str_of(p.col.name)))
			return err_set(c, "42701", "column \"%s\" specified more than once",
				       p.col.name);
		p.col.attnum = rel->next_attnum++;
		VEC_PUSH(d->a, &rel->columns, p.col);
	}
	if (catalog_type(d->cat, str_of(schema->name), str_of(rel->name)) &&
	    !ddl_relname_taken(d, str_of(schema->name), str_of(rel->name)))
		return err_set(c, "42710", "type \"%s\" already exists", rel->name);
	return ddl_add_relation(c, d, rel);
}

/* VALUE of a domain's CHECK as the one column of a relation of its own. */
static struct relation *value_relation(struct ctx *c, struct typeref type)
{
	struct relation *rel = ARENA_NEW(c->arena, struct relation);
	struct column col = { .name = "value", .attnum = 1, .type = type };
	rel->schema = "";
	rel->name = "";
	rel->kind = REL_TABLE;
	VEC_PUSH(c->arena, &rel->columns, col);
	return rel;
}

static bool has_check(const struct type *t, struct str name)
{
	for (const struct check_def *k = t->checks; k; k = k->next) {
		if (str_is(name, k->name))
			return true;
	}
	return false;
}

static int add_check(struct ctx *c, struct ddl *d, struct type *t, const struct json *con,
		     struct check_def **ret)
{
	struct str text = ddl_parens(d, ddl_token_at(d, json_get_i64(con, "location", 0)));
	struct typeref base = { t->base, t->base_typmod };
	TRY(ddl_check_condition(c, d, text, value_relation(c, base), "CHECK"));
	struct str name = json_get_str(con, "conname", STR(""));
	struct check_def *check = ARENA_NEW(d->a, struct check_def);
	check->name = str_dup(d->a, name);
	for (int pass = 0; !name.n && (!*check->name || has_check(t, str_of(check->name)));
	     pass++) {
		const char *label = pass ? arena_printf(c->arena, "check%d", pass) : "check";
		check->name = arena_strdup(d->a, ddl_object_name(c, t->name, NULL, label));
	}
	if (name.n && has_check(t, name))
		return err_set(c, "42710", "constraint \"%s\" for domain \"%s\" already exists",
			       check->name, t->name);
	check->expr = ddl_keep(d, text);
	check->not_valid = json_get_bool(con, "skip_validation", false);
	struct check_def **tail = &t->checks;
	while (*tail)
		tail = &(*tail)->next;
	*tail = check;
	*ret = check;
	return 0;
}

static int add_constraint(struct ctx *c, struct ddl *d, struct type *t, const struct json *con)
{
	struct str kind = json_get_str(con, "contype", STR(""));
	struct check_def *check;
	if (str_is(kind, "CONSTR_CHECK"))
		return add_check(c, d, t, con, &check);
	if (str_is(kind, "CONSTR_NOTNULL")) {
		t->not_null = true;
	} else if (str_is(kind, "CONSTR_DEFAULT")) {
		struct str text = ddl_default_text(d, json_get_i64(con, "location", 0));
		TRY(ddl_check_default(c, d, text, (struct typeref){ t->base, t->base_typmod }));
		t->default_sql = str_dup(d->a, text);
	} else if (!str_is(kind, "CONSTR_NULL")) {
		return err_set(c, "42601", "this constraint is not possible for domains");
	}
	return 0;
}

int ddl_create_domain(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *names = json_get(stmt, "domainname");
	struct schema *schema;
	struct typeref base;
	TRY(type_schema(c, d, names, &schema));
	TRY(ddl_type(c, d, json_get(stmt, "typeName"), &base));
	if (base.type->kind == TYPE_PSEUDO)
		return err_set(c, "42804", "\"%s\" is not a valid base type for a domain",
			       base.type->name);
	struct type *t = new_type(d, schema, ddl_last_name(names), TYPE_DOMAIN);
	t->value = base.type->value;
	t->category = base.type->category;
	t->base = base.type;
	t->base_typmod = base.typmod;
	t->elem = base.type->kind == TYPE_ARRAY ? base.type->elem : NULL;
	const struct json *cons = json_get(stmt, "constraints");
	for (const struct json *j = cons ? cons->child : NULL; j; j = j->next)
		TRY(add_constraint(c, d, t, node_as(j, "Constraint")));
	return ddl_add_type(c, d, t);
}

static int drop_check(struct ctx *c, struct ddl *d, struct type *t, const struct json *stmt)
{
	struct str name = json_get_str(stmt, "name", STR(""));
	struct check_def **at = &t->checks;
	while (*at && !str_is(name, (*at)->name))
		at = &(*at)->next;
	if (*at) {
		*at = (*at)->next;
		return 0;
	}
	if (!json_get_bool(stmt, "missing_ok", false))
		return err_set(c, "42704", "constraint \"%.*s\" of domain \"%s\" does not exist",
			       STR_ARG(name), t->name);
	ddl_notice(c, d, "constraint \"%.*s\" of domain \"%s\" does not exist, skipping",
		   STR_ARG(name), t->name);
	return 0;
}

static int set_domain_default(struct ctx *c, struct ddl *d, struct type *t, const struct json *stmt)
{
	if (!json_get(stmt, "def")) {
		t->default_sql = NULL;
		return 0;
	}
	size_t i = ddl_token_find(d, 0, "default");
	struct str text = ddl_span(d, i + 1, d->tokens.n);
	TRY(ddl_check_default(c, d, text, (struct typeref){ t->base, t->base_typmod }));
	t->default_sql = str_dup(d->a, text);
	return 0;
}

/* Columns of the domain are checked as if the constraint were theirs. */
static int validate_domain(struct ctx *c, struct ddl *d, const struct type *t)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		const struct relation *rel = d->cat->relations.v[i];
		for (size_t k = 0; rel->kind == REL_TABLE && k < rel->columns.n; k++) {
			if (t->array && rel->columns.v[k].type.type == t->array)
				return err_set(
					c, "0A000",
					"cannot alter type \"%s\" because column \"%s.%s\" uses it",
					t->name, rel->name, rel->columns.v[k].name);
			if (rel->columns.v[k].type.type == t)
				TRY(STORE(c, d, validate_domain, rel, &rel->columns.v[k]));
		}
	}
	return 0;
}

int ddl_alter_domain(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct type *t;
	struct check_def *check;
	TRY(ddl_user_type(c, d, json_get(stmt, "typeName"), false, &t));
	if (t->kind != TYPE_DOMAIN)
		return err_set(c, "42809", "%s is not a domain", t->name);
	TRY(ddl_must_own(c, d, t->owner, "type", t->name));
	struct str name = json_get_str(stmt, "name", STR(""));
	switch (json_get_str(stmt, "subtype", STR("?")).p[0]) {
	case 'T':
		return set_domain_default(c, d, t, stmt);
	case 'N':
		t->not_null = false;
		return 0;
	case 'O':
		t->not_null = true;
		return validate_domain(c, d, t);
	case 'C':
		TRY(add_check(c, d, t, node_as(json_get(stmt, "def"), "Constraint"), &check));
		return check->not_valid ? 0 : validate_domain(c, d, t);
	case 'X':
		return drop_check(c, d, t, stmt);
	default:
		for (check = t->checks; check && !str_is(name, check->name);)
			check = check->next;
		if (!check)
			return err_set(c, "42704",
				       "constraint \"%.*s\" of domain \"%s\" does not exist",
				       STR_ARG(name), t->name);
		check->not_valid = false;
		return validate_domain(c, d, t);
	}
}
