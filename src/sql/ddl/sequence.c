/* Sequences: CREATE, ALTER, and those behind serial and identity columns. */
#include "sql/ddl/statements.h"

#include <string.h>

struct seq_options {
	const struct json *start, *restart, *increment, *min, *max, *owned_by;
	bool has_restart, has_min, has_max;
};

/* libpg_query's JSON leaves negative integers out: the number is read from the text. */
static int64_t option_number(struct ctx *c, struct ddl *d, const struct json *elem)
{
	const struct json *arg = json_get(elem, "arg");
	int64_t n = 0;
	if (node_as(arg, "Integer") && json_get(node_as(arg, "Integer"), "ival"))
		return json_get_i64(node_as(arg, "Integer"), "ival", 0);
	if (node_as(arg, "Float")) {
		str_to_i64(json_get_str(node_as(arg, "Float"), "fval", STR("")), &n);
		return n;
	}
	size_t i = ddl_token_at(d, json_get_i64(elem, "location", 0)) + 1;
	while (i < d->tokens.n && (d->tokens.v[i].kind == TOK_WORD))
		i++;
	bool is_negative = ddl_token_is(d, i, "-");
	struct str digits = ddl_span(d, i + is_negative, i + is_negative + 1);
	str_to_i64(digits, &n);
	(void)c;
	return is_negative ? -n : n;
}

static void type_range(const struct type *t, int64_t *min, int64_t *max)
{
	*min = INT64_MIN;
	*max = INT64_MAX;
	if (strcmp(t->name, "int2") == 0)
		*min = INT16_MIN, *max = INT16_MAX;
	else if (strcmp(t->name, "int4") == 0)
		*min = INT32_MIN, *max = INT32_MAX;
}

static int set_type(struct ctx *c, struct ddl *d, struct sequence *s, const struct json *arg)
{
	struct typeref t;
	TRY(ddl_type(c, d, node_as(arg, "TypeName"), &t));
	const char *name = t.type->name;
	if (strcmp(name, "int2") != 0 && strcmp(name, "int4") != 0 && strcmp(name, "int8") != 0)
		return err_set(c, "22023", "sequence type must be smallint, integer, or bigint");
	int64_t low, high;
	type_range(s->type.type, &low, &high);
	bool is_max = s->max == high, is_min = s->min == low;
	s->type = t;
	type_range(t.type, &low, &high);
	/* Limits that were the old type's are the new one's. */
	if (is_max)
		s->max = high;
	if (is_min)
		s->min = low;
	return 0;
}

static int scan_options(struct ctx *c, struct ddl *d, struct sequence *s,
			const struct json *options, struct seq_options *o)
{
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		struct str name = json_get_str(elem, "defname", STR(""));
		if (str_is(name, "as"))
			TRY(set_type(c, d, s, json_get(elem, "arg")));
		else if (str_is(name, "start"))
			o->start = elem;
		else if (str_is(name, "restart"))
			o->restart = elem, o->has_restart = true;
		else if (str_is(name, "increment"))
			o->increment = elem;
		else if (str_is(name, "minvalue"))
			o->min = json_get(elem, "arg") ? elem : NULL, o->has_min = true;
		else if (str_is(name, "maxvalue"))
			o->max = json_get(elem, "arg") ? elem : NULL, o->has_max = true;
		else if (str_is(name, "cache"))
			s->cache = option_number(c, d, elem);
		else if (str_is(name, "cycle"))
			s->is_cycle = json_get_bool(node_as(json_get(elem, "arg"), "Boolean"),
						    "boolval", false);
		else if (str_is(name, "owned_by"))
			o->owned_by = node_as(json_get(elem, "arg"), "List");
	}
	return 0;
}

static int set_bounds(struct ctx *c, struct ddl *d, struct sequence *s, const struct seq_options *o,
		      bool is_new)
{
	int64_t low, high;
	type_range(s->type.type, &low, &high);
	if (o->increment)
		s->increment = option_number(c, d, o->increment);
	if (s->increment == 0)
		return err_set(c, "22023", "INCREMENT must not be zero");
	if (s->cache < 1)
		return err_set(c, "22023", "CACHE (%lld) must be greater than zero",
			       (long long)s->cache);
	if (is_new || o->has_min)
		s->min = s->increment > 0 ? 1 : low;
	if (is_new || o->has_max)
		s->max = s->increment > 0 ? high : -1;
	if (o->min)
		s->min = option_number(c, d, o->min);
	if (o->max)
		s->max = option_number(c, d, o->max);
	if (s->max > high || s->max < low)
		return err_set(c, "22023",
			       "MAXVALUE (%lld) is out of range for sequence data type %s",
			       (long long)s->max, type_format(c->arena, s->type));
	if (s->min > high || s->min < low)
		return err_set(c, "22023",
			       "MINVALUE (%lld) is out of range for sequence data type %s",
			       (long long)s->min, type_format(c->arena, s->type));
	if (s->min >= s->max)
		return err_set(c, "22023", "MINVALUE (%lld) must be less than MAXVALUE (%lld)",
			       (long long)s->min, (long long)s->max);
	if (o->start)
		s->start = option_number(c, d, o->start);
	else if (is_new)
		s->start = s->increment > 0 ? s->min : s->max;
	if (s->start < s->min)
		return err_set(c, "22023", "START value (%lld) cannot be less than MINVALUE (%lld)",
			       (long long)s->start, (long long)s->min);
	if (s->start > s->max)
		return err_set(c, "22023",
			       "START value (%lld) cannot be greater than MAXVALUE (%lld)",
			       (long long)s->start, (long long)s->max);
	return 0;
}

static int set_owner(struct ctx *c, struct ddl *d, struct relation *rel, const struct json *list)
{
	const struct json *items = json_get(list, "items");
	if (items->count == 1) { /* OWNED BY NONE */
		rel->seq->owner_rel = 0;
		rel->seq->owner_col = 0;
		return 0;
	}
	struct str parts[3] = { STR(""), STR(""), STR("") };
	for (uint32_t i = 0; i < items->count && i < 3; i++)
		parts[i + 3 - (items->count < 3 ? items->count : 3)] =
			node_string(json_at(items, i));
	struct relation *table;
	struct column *col;
	TRY(ddl_relation_named(c, d, parts[0], parts[1], false, &table));
	TRY(ddl_column(c, table, parts[2], &col));
	if (strcmp(table->schema, rel->schema) != 0)
		return err_set(c, "55000",
			       "sequence must be in same schema as table it is linked to");
	ddl_own_sequence(rel, table, col->attnum);
	return 0;
}

int ddl_sequence_options(struct ctx *c, struct ddl *d, struct relation *rel,
			 const struct json *options, bool is_new)
{
	struct seq_options o = { 0 };
	struct sequence s = *rel->seq;
	TRY(scan_options(c, d, &s, options, &o));
	TRY(set_bounds(c, d, &s, &o, is_new));
	*rel->seq = s;
	if (o.owned_by)
		TRY(set_owner(c, d, rel, o.owned_by));
	if (!o.has_restart)
		return 0;
	int64_t value = json_get(o.restart, "arg") ? option_number(c, d, o.restart) : s.start;
	if (value < s.min)
		return err_set(c, "22023",
			       "RESTART value (%lld) cannot be less than MINVALUE (%lld)",
			       (long long)value, (long long)s.min);
	if (value > s.max)
		return err_set(c, "22023",
			       "RESTART value (%lld) cannot be greater than MAXVALUE (%lld)",
			       (long long)value, (long long)s.max);
	return STORE(c, d, set_sequence, rel, value, false);
}

int ddl_new_sequence(struct ctx *c, struct ddl *d, const char *schema, const char *name,
		     const struct json *options, const struct type *type, struct relation **ret)
{
	struct relation *rel = ddl_new_relation(d, REL_SEQUENCE, schema, name);
	rel->seq = ARENA_NEW(d->a, struct sequence);
	rel->seq->type = TYPEREF(type);
	rel->seq->increment = 1;
	rel->seq->cache = 1;
	TRY(ddl_sequence_options(c, d, rel, options, true));
	TRY(ddl_add_relation(c, d, rel));
	TRY(STORE(c, d, create_sequence, rel));
	*ret = rel;
	return 0;
}

int ddl_create_sequence(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *rv = json_get(stmt, "sequence");
	struct str name = json_get_str(rv, "relname", STR(""));
	struct schema *schema;
	struct relation *rel;
	TRY(ddl_schema_for(c, d, rv, &schema));
	if (ddl_relname_taken(d, str_of(schema->name), name) &&
	    json_get_bool(stmt, "if_not_exists", false)) {
		ddl_notice(c, d, "relation \"%.*s\" already exists, skipping", STR_ARG(name));
		return 0;
	}
	return ddl_new_sequence(c, d, schema->name, str_dup(c->arena, name),
				json_get(stmt, "options"), type_builtin(STR("int8")), &rel);
}

int ddl_alter_sequence(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct relation *rel;
	bool missing_ok = json_get_bool(stmt, "missing_ok", false);
	TRY(ddl_relation(c, d, json_get(stmt, "sequence"), missing_ok, &rel));
	if (!rel) {
		ddl_notice(c, d, "relation \"%s\" does not exist, skipping",
			   ddl_cstr(c, json_get(stmt, "sequence"), "relname"));
		return 0;
	}
	if (rel->kind != REL_SEQUENCE)
		return err_set(c, "42809", "\"%s\" is not a sequence", rel->name);
	TRY(ddl_must_own_relation(c, d, rel));
	return ddl_sequence_options(c, d, rel, json_get(stmt, "options"), false);
}
