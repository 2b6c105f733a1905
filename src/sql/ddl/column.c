/* Column definitions: type, default, NOT NULL, identity, serial, generated. */
#include "sql/ddl/statements.h"

#include <string.h>

static const struct type *serial_type(const struct json *type_name)
{
	static const struct {
		const char *name, *type;
	} serials[] = {
		{ "serial", "int4" },  { "serial4", "int4" },	  { "bigserial", "int8" },
		{ "serial8", "int8" }, { "smallserial", "int2" }, { "serial2", "int2" },
	};
	const struct json *names = json_get(type_name, "names");
	if (!names || names->count != 1 || json_get(type_name, "arrayBounds"))
		return NULL;
	struct str name = node_string(names->child);
	for (size_t i = 0; i < sizeof(serials) / sizeof(*serials); i++) {
		if (str_is(name, serials[i].name))
			return type_builtin(str_of(serials[i].type));
	}
	return NULL;
}

static int plan_type(struct ctx *c, struct ddl *d, const struct json *def, struct column_plan *p)
{
	const struct json *type_name = json_get(def, "typeName");
	const struct type *serial = serial_type(type_name);
	if (serial) {
		p->is_serial = true;
		p->col.not_null = true;
		p->col.type = TYPEREF(serial);
		return 0;
	}
	TRY(ddl_type(c, d, type_name, &p->col.type));
	if (p->col.type.type->kind == TYPE_PSEUDO) {
		err_set(c, "42P16", "column \"%s\" has pseudo-type %s", p->col.name,
			p->col.type.type->name);
		return ddl_err_at(c, d, json_get_i64(type_name, "location", -1));
	}
	return 0;
}

static bool is_binary_collation(struct str name)
{
	static const char *const names[] = { "C",	  "POSIX",  "default",
					     "ucs_basic", "C.utf8", "C.UTF-8" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_is(name, names[i]))
			return true;
	}
	return false;
}

static int plan_default(struct ctx *c, struct ddl *d, const struct json *con, struct column_plan *p,
			const char *relname)
{
	int64_t location = json_get_i64(con, "location", 0);
	bool is_generated = str_is(json_get_str(con, "contype", STR("")), "CONSTR_GENERATED");
	if (p->default_text.p || p->is_serial) {
		err_set(c, "42601",
			"multiple default values specified for column \"%s\" of table \"%s\"",
			p->col.name, relname);
		return ddl_err_at(c, d, location);
	}
	p->col.is_generated = is_generated;
	p->default_text = is_generated ? ddl_parens(d, ddl_token_at(d, location))
				       : ddl_default_text(d, location);
	if (is_generated || !ddl_is_no_default(json_get(con, "raw_expr"), p->col.type))
		p->col.default_expr = ddl_keep(d, p->default_text);
	return 0;
}

static int plan_identity(struct ctx *c, struct ddl *d, const struct json *con,
			 struct column_plan *p)
{
	const char *base = type_base(p->col.type.type)->name;
	if (strcmp(base, "int2") != 0 && strcmp(base, "int4") != 0 && strcmp(base, "int8") != 0)
		return err_set(c, "22023",
			       "identity column type must be smallint, integer, or bigint");
	p->identity = con;
	p->col.not_null = true;
	p->col.identity = json_get_str(con, "generated_when", STR("a")).p[0];
	(void)d;
	return 0;
}

static void set_attribute(struct column_plan *p, struct str contype)
{
	if (!p->constraints.n)
		return;
	struct con_spec *last = &p->constraints.v[p->constraints.n - 1];
	if (str_is(contype, "CONSTR_ATTR_DEFERRABLE"))
		last->is_deferrable = true;
	else if (str_is(contype, "CONSTR_ATTR_DEFERRED"))
		last->is_deferrable = last->is_deferred = true;
}

struct con_spec ddl_con_spec(const struct json *node)
{
	return (struct con_spec){ .node = node,
				  .name = json_get_str(node, "conname", STR("")),
				  .is_deferrable = json_get_bool(node, "deferrable", false),
				  .is_deferred = json_get_bool(node, "initdeferred", false) };
}

static int plan_constraint(struct ctx *c, struct ddl *d, const struct json *con,
			   struct column_plan *p, const char *relname)
{
	struct str contype = json_get_str(con, "contype", STR(""));
	if (str_is(contype, "CONSTR_NOTNULL")) {
		p->col.not_null = true;
	} else if (str_is(contype, "CONSTR_DEFAULT") || str_is(contype, "CONSTR_GENERATED")) {
		return plan_default(c, d, con, p, relname);
	} else if (str_is(contype, "CONSTR_IDENTITY")) {
		return plan_identity(c, d, con, p);
	} else if (str_starts(contype, STR("CONSTR_ATTR"))) {
		set_attribute(p, contype);
	} else if (!str_is(contype, "CONSTR_NULL")) {
		struct con_spec spec = ddl_con_spec(con);
		spec.col = p->col.name;
		VEC_PUSH(c->arena, &p->constraints, spec);
	}
	return 0;
}

int ddl_plan_column(struct ctx *c, struct ddl *d, const struct json *def, const char *relname,
		    struct column_plan *ret)
{
	struct column_plan p = { .def = def };
	p.col.name = str_dup(d->a, json_get_str(def, "colname", STR("")));
	TRY(plan_type(c, d, def, &p));
	const struct json *collation = json_get(def, "collClause");
	struct str name = ddl_last_name(json_get(collation, "collname"));
	if (collation && !is_binary_collation(name))
		ddl_notice(c, d, "collation \"%.*s\" of column %s: text is ordered by bytes",
			   STR_ARG(name), p.col.name);
	const struct json *cons = json_get(def, "constraints");
	for (const struct json *j = cons ? cons->child : NULL; j; j = j->next)
		TRY(plan_constraint(c, d, node_as(j, "Constraint"), &p, relname));
	if (p.identity && (p.default_text.p || p.is_serial))
		return err_set(
			c, "42601",
			"both default and identity specified for column \"%s\" of table \"%s\"",
			p.col.name, relname);
	*ret = p;
	return 0;
}

/* (SEQUENCE NAME a.b ...), as dumps have it; it goes into the table's schema. */
static const char *chosen_name(struct ctx *c, const struct json *options)
{
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		const struct json *list = node_as(json_get(elem, "arg"), "List");
		if (str_is(json_get_str(elem, "defname", STR("")), "sequence_name") && list)
			return str_dup(c->arena, ddl_last_name(json_get(list, "items")));
	}
	return NULL;
}

int ddl_column_sequence(struct ctx *c, struct ddl *d, const char *schema, const char *relname,
			struct column_plan *plan, struct relation **ret)
{
	*ret = NULL;
	if (!plan->is_serial && !plan->identity)
		return 0;
	const struct json *options = plan->identity ? json_get(plan->identity, "options") : NULL;
	const char *name = chosen_name(c, options);
	if (!name)
		name = ddl_choose_relname(c, d, schema, relname, plan->col.name, "seq", false);
	TRY(ddl_new_sequence(c, d, schema, name, options, type_base(plan->col.type.type), ret));
	plan->col.sequence = arena_strdup(d->a, ddl_qualified(c, schema, name));
	if (!plan->is_serial)
		return 0;
	BUF_CLEANUP struct buf b = buf_make(4096);
	buf_puts(&b, "nextval(");
	sql_put_literal(&b, str_of(plan->col.sequence));
	buf_puts(&b, "::regclass)");
	plan->col.default_expr = ddl_keep(d, buf_view(&b));
	return 0;
}

void ddl_own_sequence(struct relation *seq, const struct relation *rel, int16_t attnum)
{
	seq->seq->owner_rel = rel->oid;
	seq->seq->owner_col = attnum;
}

int ddl_check_column_default(struct ctx *c, struct ddl *d, struct relation *rel,
			     const struct column_plan *plan)
{
	if (!plan->default_text.p)
		return 0;
	if (!plan->col.is_generated)
		return ddl_check_default(c, d, plan->default_text, plan->col.type);
	return ddl_check_immutable(c, d, plan->default_text, rel, true);
}
