/* CREATE TRIGGER. */
#include "sql/coerce.h"
#include "sql/ddl/function.h"
#include "sql/ir.h"

#include <string.h>

enum {
	TG_BEFORE = 1 << 1,
	TG_INSERT = 1 << 2,
	TG_DELETE = 1 << 3,
	TG_UPDATE = 1 << 4,
	TG_TRUNCATE = 1 << 5,
	TG_INSTEAD = 1 << 6
}; /* CreateTrigStmt's timing and events */

static int check_moddatetime(struct ctx *c, struct ddl *d, const struct relation *rel,
			     const struct trigger *t)
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
	if (!col) { /* PostgreSQL looks at it when it fires */
		ddl_notice(c, d, "\"%s\" has no attribute \"%s\": every update will fail",
			   rel->name, t->args[0]);
		return 0;
	}
	const char *type = type_base(col->type.type)->name;
	if (strcmp(type, "timestamp") != 0 && strcmp(type, "timestamptz") != 0)
		return err_set(c, "09000",
			       "attribute \"%s\" of \"%s\" must be type TIMESTAMP or TIMESTAMPTZ",
			       t->args[0], rel->name);
	return 0;
}

/* The statement and what is made of it. */
struct make {
	struct ctx *c;
	struct ddl *d;
	const struct json *stmt;
	struct relation *rel;
	struct trigger *t;
};

static int32_t events_of(int64_t bits)
{
	return (bits & TG_INSERT ? TRIGGER_INSERT : 0) | (bits & TG_UPDATE ? TRIGGER_UPDATE : 0) |
	       (bits & TG_DELETE ? TRIGGER_DELETE : 0) |
	       (bits & TG_TRUNCATE ? TRIGGER_TRUNCATE : 0);
}

static int unsupported(struct make *m, const char *what)
{
	return err_set(m->c, "0A000", "%s", what);
}

static int invalid(struct make *m, const char *what)
{
	return err_set(m->c, "42P17", "%s", what);
}

/* ---- what the relation's kind allows ---- */

static int wrong_kind(struct make *m, const char *kind, const char *detail)
{
	err_set(m->c, "42809", "\"%s\" is a %s", m->rel->name, kind);
	return err_details(m->c, "%s", detail);
}

static int check_relation(struct make *m)
{
	const struct trigger *t = m->t;
	switch (m->rel->kind) {
	case REL_TABLE:
		if (t->timing == 'i')
			return wrong_kind(m, "table", "Tables cannot have INSTEAD OF triggers.");
		return 0;
	case REL_VIEW:
		if (t->timing != 'i' && t->for_each_row)
			return wrong_kind(m, "view",
					  "Views cannot have row-level BEFORE or AFTER triggers.");
		if (t->events & TRIGGER_TRUNCATE)
			return wrong_kind(m, "view", "Views cannot have TRUNCATE triggers.");
		return 0;
	default:
		err_set(m->c, "42809", "relation \"%s\" cannot have triggers", m->rel->name);
		return err_details(m->c, "This operation is not supported for %ss.",
				   relation_kind_name(m->rel->kind));
	}
}

static int check_rights(struct make *m)
{
	if (ddl_may_do_all(m->d) ||
	    relation_privs(m->d->cat, str_of(m->d->s->role), m->rel, PRIV_TRIGGER))
		return 0;
	return err_set(m->c, "42501", "permission denied for %s %s",
		       relation_kind_name(m->rel->kind), m->rel->name);
}

static int check_shape(struct make *m)
{
	const struct trigger *t = m->t;
	if (t->for_each_row && (t->events & TRIGGER_TRUNCATE))
		return unsupported(m, "TRUNCATE FOR EACH ROW triggers are not supported");
	if (t->timing != 'i')
		return 0;
	if (!t->for_each_row)
		return unsupported(m, "INSTEAD OF triggers must be FOR EACH ROW");
	if (json_get(m->stmt, "whenClause"))
		return unsupported(m, "INSTEAD OF triggers cannot have WHEN conditions");
	if (json_get(m->stmt, "columns"))
		return unsupported(m, "INSTEAD OF triggers cannot have column lists");
	return 0;
}

/* ---- REFERENCING ---- */

static int check_transition(struct make *m, const struct json *tr)
{
	const struct trigger *t = m->t;
	if (!json_get_bool(tr, "isTable", false)) {
		unsupported(m, "ROW variable naming in the REFERENCING clause is not supported");
		return err_hint(m->c, "Use OLD TABLE or NEW TABLE for naming transition tables.");
	}
	if (m->rel->kind == REL_VIEW)
		return wrong_kind(m, "view", "Triggers on views cannot have transition tables.");
	if (t->timing != 'a')
		return invalid(m,
			       "transition table name can only be specified for an AFTER trigger");
	if (t->events & TRIGGER_TRUNCATE)
		return unsupported(m, "TRUNCATE triggers with transition tables are not supported");
	if (t->events & (t->events - 1))
		return unsupported(m,
				   "transition tables cannot be specified for triggers with more "
				   "than one event");
	if (t->n_columns)
		return unsupported(m, "transition tables cannot be specified for triggers with "
				      "column lists");
	return 0;
}

static int read_transition(struct make *m, const struct json *tr)
{
	struct trigger *t = m->t;
	bool is_new = json_get_bool(tr, "isNew", false);
	const char *name = str_dup(m->d->a, json_get_str(tr, "name", STR("")));
	TRY(check_transition(m, tr));
	if (is_new && !(t->events & (TRIGGER_INSERT | TRIGGER_UPDATE)))
		return invalid(m,
			       "NEW TABLE can only be specified for an INSERT or UPDATE trigger");
	if (!is_new && !(t->events & (TRIGGER_DELETE | TRIGGER_UPDATE)))
		return invalid(m, "OLD TABLE can only be specified for a DELETE or UPDATE trigger");
	if (is_new ? t->new_table : t->old_table)
		return invalid(m, is_new ? "NEW TABLE cannot be specified multiple times"
					 : "OLD TABLE cannot be specified multiple times");
	*(is_new ? &t->new_table : &t->old_table) = name;
	if (t->new_table && t->old_table && !strcmp(t->new_table, t->old_table))
		return invalid(m, "OLD TABLE name and NEW TABLE name cannot be the same");
	return 0;
}

static int read_transitions(struct make *m)
{
	const struct json *list = json_get(m->stmt, "transitionRels");
	for (const struct json *j = list ? list->child : NULL; j; j = j->next)
		TRY(read_transition(m, node_as(j, "TriggerTransition")));
	return 0;
}

/* ---- WHEN ---- */

/* OLD and NEW of a condition, with the first error that PostgreSQL would find. */
struct when_names {
	struct name_scope scope;
	const struct make *m;
};

static int misplaced(struct ctx *c, const struct trigger *t, bool is_new)
{
	if (!t->for_each_row)
		return err_set(c, "42P17",
			       "statement trigger's WHEN condition cannot reference column values");
	if (is_new && (t->events & TRIGGER_DELETE))
		return err_set(c, "42P17",
			       "DELETE trigger's WHEN condition cannot reference NEW values");
	if (!is_new && (t->events & TRIGGER_INSERT))
		return err_set(c, "42P17",
			       "INSERT trigger's WHEN condition cannot reference OLD values");
	return 0;
}

static struct expr *row_param(struct ctx *c, const struct relation *rel, bool is_new, size_t i)
{
	struct expr *e = expr_new(c->arena, EX_PARAM, rel->columns.v[i].type);
	e->param = (int)(1 + i + (is_new ? rel->columns.n : 0));
	return e;
}

static bool has_generated(const struct relation *rel)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (rel->columns.v[i].is_generated)
			return true;
	}
	return false;
}

static int generated_new(struct ctx *c, const char *details)
{
	err_set(c, "42P17",
		"BEFORE trigger's WHEN condition cannot reference NEW generated columns");
	return err_details(c, "%s", details);
}

static int whole_row(struct ctx *c, const struct make *m, bool is_new, struct expr **ret)
{
	const struct relation *rel = m->rel;
	struct expr *e =
		expr_new(c->arena, EX_ROW,
			 TYPEREF(rel->row_type ? rel->row_type : type_builtin(STR("record"))));
	e->names = arena_array(c->arena, rel->columns.n, sizeof(*e->names));
	TRY(misplaced(c, m->t, is_new));
	if (is_new && m->t->timing == 'b' && has_generated(rel))
		return generated_new(c, "A whole-row reference is used and the table contains "
					"generated columns.");
	for (size_t i = 0; i < rel->columns.n; i++) {
		e->names[i] = rel->columns.v[i].name;
		VEC_PUSH(c->arena, &e->args, row_param(c, rel, is_new, i));
	}
	*ret = e;
	return 1;
}

static int resolve_row(struct ctx *c, void *arg, const struct str *parts, size_t n,
		       struct expr **ret)
{
	const struct make *m = ((struct when_names *)arg)->m;
	bool is_new = str_is(parts[0], "new");
	if ((!is_new && !str_is(parts[0], "old")) || n > 2)
		return 0;
	if (n == 1)
		return whole_row(c, m, is_new, ret);
	const struct column *col = relation_column(m->rel, parts[1]);
	if (!col)
		return err_set(c, "42703", "column %s.%.*s does not exist", is_new ? "new" : "old",
			       STR_ARG(parts[1]));
	TRY(misplaced(c, m->t, is_new));
	if (is_new && m->t->timing == 'b' && col->is_generated)
		return generated_new(
			c,
			arena_printf(c->arena, "Column \"%s\" is a generated column.", col->name));
	*ret = row_param(c, m->rel, is_new, (size_t)(col - m->rel->columns.v));
	return 1;
}

static int move_position(struct make *m, struct str text)
{
	if (m->c->err.position > 7)
		m->c->err.position +=
			sql_char_pos(m->d->text, (int)(text.p - m->d->text.p)) - 1 - 7;
	return -1;
}

static int read_when(struct make *m)
{
	struct ddl *d = m->d;
	const struct json *stmt;
	struct query *q;
	if (!json_get(m->stmt, "whenClause"))
		return 0;
	struct str text = ddl_parens(d, ddl_token_find(d, 0, "when"));
	struct when_names names = { .m = m };
	names.scope = (struct name_scope){ .arg = &names,
					   .on_conflict = NAMES_VARIABLE,
					   .resolve = resolve_row };
	struct analysis an = { .cat = d->cat,
			       .search_path = d->s->search_path,
			       .names = &names.scope };
	an.text = str_of(arena_printf(m->c->arena, "select %.*s", STR_ARG(text)));
	TRY(sql_parse(m->c, an.text, &stmt));
	if (analyze_query(m->c, &an, stmt, &q) < 0)
		return move_position(m, text);
	const struct expr *e = q->targets.v[0].expr;
	if (type_base(e->type.type)->value != V_BOOL && type_base(e->type.type)->value != V_TEXT) {
		err_set(m->c, "42804", "argument of WHEN must be type boolean, not type %s",
			type_format(m->c->arena, TYPEREF(e->type.type)));
		m->c->err.position = e->location >= 0 ? sql_char_pos(an.text, e->location) : 0;
		return move_position(m, text);
	}
	m->t->when = ddl_keep(d, text);
	return 0;
}

/* ---- the function ---- */

static int no_function(struct make *m, struct str schema, struct str name)
{
	if (schema.n && !catalog_schema(m->d->cat, schema))
		return err_set(m->c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(schema));
	if (schema.n)
		return err_set(m->c, "42883", "function %.*s.%.*s() does not exist",
			       STR_ARG(schema), STR_ARG(name));
	return err_set(m->c, "42883", "function %.*s() does not exist", STR_ARG(name));
}

static int find_function(struct make *m)
{
	const struct json *names = json_get(m->stmt, "funcname");
	struct str schema = ddl_qualifier(names), name = ddl_last_name(names);
	const struct function *f = function_no_args(m->d, schema, name);
	struct trigger *t = m->t;
	if (!f && str_is(name, "moddatetime")) {
		t->function_schema = "extensions";
		t->function = "moddatetime";
		return check_moddatetime(m->c, m->d, m->rel, t);
	}
	if (!f && str_starts(name, STR("tsvector_update_trigger")))
		return ddl_refuse(m->c, "tsvector_update_trigger() is not supported on this engine",
				  "Use a generated column, or a trigger in plpgsql.");
	if (!f)
		return no_function(m, schema, name);
	if (!ddl_may_do_all(m->d) &&
	    !catalog_privs(m->d->cat, str_of(m->d->s->role), f->owner, f->acl, 'f', PRIV_EXECUTE))
		return err_set(m->c, "42501", "permission denied for function %s", f->name);
	if (f->returns.type->oid != 2279)
		return err_set(m->c, "42P17", "function %s must return type trigger", f->name);
	t->function_schema = f->schema;
	t->function = f->name;
	t->function_oid = f->oid;
	return 0;
}

/* ---- the statement ---- */

static int read_columns(struct make *m)
{
	const struct json *names = json_get(m->stmt, "columns");
	struct trigger *t = m->t;
	t->columns = names ? arena_array(m->d->a, names->count, sizeof(*t->columns)) : NULL;
	for (const struct json *j = names ? names->child : NULL; j; j = j->next) {
		struct column *col;
		TRY(ddl_column(m->c, m->rel, node_string(j), &col));
		for (uint16_t i = 0; i < t->n_columns; i++)
			if (t->columns[i] == col->attnum)
				return err_set(m->c, "42701",
					       "column \"%s\" specified more than once", col->name);
		t->columns[t->n_columns++] = col->attnum;
	}
	return 0;
}

static void read_args(struct make *m)
{
	const struct json *args = json_get(m->stmt, "args");
	struct trigger *t = m->t;
	t->args = arena_array(m->d->a, args ? args->count : 0, sizeof(*t->args));
	for (const struct json *j = args ? args->child : NULL; j; j = j->next)
		t->args[t->n_args++] = str_dup(m->d->a, node_string(j));
}

static int place(struct make *m)
{
	struct relation *rel = m->rel;
	struct trigger *t = m->t;
	for (size_t i = 0; i < rel->triggers.n; i++) {
		struct trigger *old = rel->triggers.v[i];
		if (strcmp(old->name, t->name) != 0)
			continue;
		if (!json_get_bool(m->stmt, "replace", false))
			return err_set(m->c, "42710",
				       "trigger \"%s\" for relation \"%s\" already exists", t->name,
				       rel->name);
		if (old->is_constraint)
			return err_set(m->c, "42710",
				       "trigger \"%s\" for relation \"%s\" is a constraint trigger",
				       t->name, rel->name);
		t->oid = old->oid;
		t->comment = old->comment;
		rel->triggers.v[i] = t;
		return 0;
	}
	t->oid = ddl_new_oid(m->d);
	VEC_PUSH(m->d->a, &rel->triggers, t);
	return 0;
}

static int read_constraint(struct make *m)
{
	struct trigger *t = m->t;
	struct relation *from = NULL;
	t->is_constraint = json_get_bool(m->stmt, "isconstraint", false);
	t->is_deferrable = json_get_bool(m->stmt, "deferrable", false);
	t->is_deferred = json_get_bool(m->stmt, "initdeferred", false);
	if (t->is_constraint && json_get_bool(m->stmt, "replace", false))
		return unsupported(m, "CREATE OR REPLACE CONSTRAINT TRIGGER is not supported");
	if (json_get(m->stmt, "constrrel"))
		TRY(ddl_relation(m->c, m->d, json_get(m->stmt, "constrrel"), false, &from));
	t->constraint_rel = from ? from->oid : 0;
	return 0;
}

int ddl_create_trigger(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct make m = { .c = c, .d = d, .stmt = stmt, .t = ARENA_NEW(d->a, struct trigger) };
	int64_t timing = json_get_i64(stmt, "timing", 0);
	struct trigger *t = m.t;
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), false, &m.rel));
	t->name = str_dup(d->a, json_get_str(stmt, "trigname", STR("")));
	t->for_each_row = json_get_bool(stmt, "row", false);
	t->timing = timing & TG_BEFORE ? 'b' : timing & TG_INSTEAD ? 'i' : 'a';
	t->events = events_of(json_get_i64(stmt, "events", 0));
	read_args(&m);
	TRY(read_constraint(&m));
	TRY(check_relation(&m));
	TRY(check_rights(&m));
	TRY(check_shape(&m));
	if (json_get(stmt, "transitionRels"))
		t->n_columns = json_get(stmt, "columns") ? 1 : 0;
	TRY(read_transitions(&m));
	t->n_columns = 0;
	TRY(read_when(&m));
	TRY(find_function(&m));
	TRY(read_columns(&m));
	return place(&m);
}
