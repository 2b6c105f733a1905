/* GET / on the data API: its description as OpenAPI 2.0 (Swagger), made from
 * the catalog: what the caller's role may use. */
#include "api/rest_function.h"
#include "api/rest_int.h"

#include "base/json.h"
#include "sql/trigger.h"

#include <string.h>

struct doc {
	struct arena *arena;
	struct buf *out;
	const struct call *k;
	const struct catalog *cat;
	struct str role;
	bool ignores_rights;
	VEC(const struct relation *) tables;
};

static void put_string(struct doc *d, const char *text)
{
	json_put_string(d->out, str_of(text));
}

/* `,"name":` or without the comma for the first member. */
static void put_key(struct doc *d, const char *name)
{
	if (d->out->n && d->out->p[d->out->n - 1] != '{')
		buf_char(d->out, ',');
	put_string(d, name);
	buf_char(d->out, ':');
}

static void put_member(struct doc *d, const char *name, const char *text)
{
	put_key(d, name);
	put_string(d, text);
}

static void open_object(struct doc *d, const char *name)
{
	put_key(d, name);
	buf_char(d->out, '{');
}

static void close_object(struct doc *d)
{
	buf_char(d->out, '}');
}

static bool is_allowed(const struct doc *d, const struct relation *rel)
{
	const uint32_t any = PRIV_SELECT | PRIV_INSERT | PRIV_UPDATE | PRIV_DELETE | PRIV_TRUNCATE |
			     PRIV_REFERENCES | PRIV_TRIGGER;
	if (d->ignores_rights || relation_privs(d->cat, d->role, rel, any))
		return true;
	for (size_t i = 0; i < rel->columns.n; i++)
		if (column_privs(d->cat, d->role, rel, &rel->columns.v[i], any))
			return true;
	return false;
}

static bool is_callable(const struct doc *d, const struct function *f)
{
	bool is_trigger = f->returns.type && !strcmp(f->returns.type->name, "trigger");
	return !is_trigger && (d->ignores_rights ||
			       catalog_privs(d->cat, d->role, f->owner, f->acl, 'f', PRIV_EXECUTE));
}

static void collect_tables(struct doc *d)
{
	for (size_t i = 0; i < d->cat->relations.n; i++) {
		const struct relation *rel = d->cat->relations.v[i];
		bool is_kind = rel->kind == REL_TABLE || rel->kind == REL_VIEW ||
			       rel->kind == REL_MATVIEW || rel->kind == REL_PARTITIONED ||
			       rel->kind == REL_FOREIGN;
		if (is_kind && !rel->is_partition && str_is(d->k->req.schema, rel->schema) &&
		    is_allowed(d, rel))
			VEC_PUSH(d->arena, &d->tables, rel);
	}
}

static bool ends_with(const char *text, const char *end)
{
	return str_ends(str_of(text), str_of(end));
}

/* NULL for json: any value. */
static const char *swagger_type(const char *type)
{
	static const struct {
		const char *type, *name;
	} names[] = { { "boolean", "boolean" },
		      { "smallint", "integer" },
		      { "integer", "integer" },
		      { "bigint", "integer" },
		      { "numeric", "number" },
		      { "real", "number" },
		      { "double precision", "number" },
		      { "json", NULL },
		      { "jsonb", NULL } };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(type, names[i].type))
			return names[i].name;
	return ends_with(type, "[]") ? "array" : "string";
}

static const char *swagger_format(const char *type)
{
	return !strcmp(type, "smallint") || !strcmp(type, "integer") ? "int32"
	       : !strcmp(type, "bigint")			     ? "int64"
								     : type;
}

static const char *type_text(struct doc *d, struct typeref t)
{
	return t.type ? type_format(d->arena, TYPEREF(t.type)) : "text";
}

/* type, format and an array's items. */
static void put_type(struct doc *d, const char *type)
{
	const char *name = swagger_type(type);
	put_member(d, "format", swagger_format(type));
	if (name)
		put_member(d, "type", name);
	if (!name || strcmp(name, "array") != 0)
		return;
	const char *element = str_dup(d->arena, str_sub(str_of(type), 0, strlen(type) - 2));
	open_object(d, "items");
	if (swagger_type(element))
		put_member(d, "type", swagger_type(element));
	close_object(d);
}

static const struct relationship *key_of_column(const struct doc *d, const struct relation *rel,
						const char *column)
{
	const relationship_list *list = relation_set_from(d->k->relations, rel);
	const struct relationship *found = NULL;
	for (size_t i = 0; list && i < list->n; i++) {
		const struct relationship *r = list->v[i];
		bool is_ours = !r->function &&
			       (r->card == CARD_M2O || (r->card == CARD_O2O && !r->is_parent));
		if (is_ours && r->n_cols == 1 && !strcmp(r->cols[0].from, column) &&
		    (!found || (found->to_is_view && !r->to_is_view)))
			found = r;
	}
	return found;
}

static bool is_in_key(const name_list *key, const char *column)
{
	for (size_t i = 0; i < key->n; i++)
		if (!strcmp(key->v[i], column))
			return true;
	return false;
}

static void put_description(struct doc *d, const struct relation *rel, const struct column *col,
			    const name_list *key)
{
	const struct relationship *fk = key_of_column(d, rel, col->name);
	bool is_pk = is_in_key(key, col->name);
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	if (col->comment)
		buf_puts(&b, col->comment);
	if (is_pk || fk)
		buf_printf(&b, "%sNote:", b.n ? "\n\n" : "");
	if (is_pk)
		buf_puts(&b, "\nThis is a Primary Key.<pk/>");
	if (fk)
		buf_printf(&b, "\nThis is a Foreign Key to `%s.%s`.<fk table='%s' column='%s'/>",
			   fk->to->name, fk->cols[0].to, fk->to->name, fk->cols[0].to);
	if (b.n)
		put_member(d, "description", buf_dup(d->arena, &b));
}

/* A default that is a plain constant. */
static void put_default(struct doc *d, const struct column *col, const char *type)
{
	const char *text = col->is_generated ? NULL : col->default_expr.text;
	struct ctx c = { .arena = d->arena };
	struct json *j;
	if (!text)
		return;
	const char *name = swagger_type(type);
	if (name && !strcmp(name, "string")) {
		struct str s = str_of(text);
		const char *cast = arena_printf(d->arena, "::%s", type);
		if (str_ends(s, str_of(cast))) {
			s = str_sub(s, 0, s.n - strlen(cast));
			while (s.n && s.p[0] == '\'')
				s = str_from(s, 1);
			while (s.n && s.p[s.n - 1] == '\'')
				s.n--;
		}
		put_key(d, "default");
		json_put_string(d->out, s);
	} else if (json_parse(&c, str_of(text), (struct json_limits){ 0 }, &j) == 0) {
		put_key(d, "default");
		buf_puts(d->out, text);
	}
}

static void put_enum(struct doc *d, const struct column *col)
{
	const struct type *t = col->type.type ? type_base(col->type.type) : NULL;
	if (!t || t->kind != TYPE_ENUM)
		return;
	put_key(d, "enum");
	buf_char(d->out, '[');
	for (size_t i = 0; i < t->n_labels; i++) {
		if (i)
			buf_char(d->out, ',');
		put_string(d, t->labels[i]);
	}
	buf_char(d->out, ']');
}

static void put_property(struct doc *d, const struct relation *rel, const struct column *col,
			 const name_list *key)
{
	const char *type = type_text(d, col->type);
	bool has_length = col->type.type && col->type.typmod > 4 &&
			  (!strcmp(col->type.type->name, "varchar") ||
			   !strcmp(col->type.type->name, "bpchar"));
	open_object(d, col->name);
	put_default(d, col, type);
	put_description(d, rel, col, key);
	put_enum(d, col);
	put_type(d, type);
	if (has_length) {
		put_key(d, "maxLength");
		buf_i64(d->out, col->type.typmod - 4);
	}
	close_object(d);
}

static void put_definition(struct doc *d, const struct relation *rel)
{
	name_list key = { 0 };
	relation_key(d->k->relations, d->arena, rel, &key);
	open_object(d, rel->name);
	if (rel->comment)
		put_member(d, "description", rel->comment);
	open_object(d, "properties");
	for (size_t i = 0; i < rel->columns.n; i++)
		put_property(d, rel, &rel->columns.v[i], &key);
	close_object(d);
	size_t n = 0;
	for (size_t i = 0; i < rel->columns.n; i++) {
		if (!rel->columns.v[i].not_null)
			continue;
		if (!n++) {
			put_key(d, "required");
			buf_char(d->out, '[');
		} else {
			buf_char(d->out, ',');
		}
		put_string(d, rel->columns.v[i].name);
	}
	if (n)
		buf_char(d->out, ']');
	put_member(d, "type", "object");
	close_object(d);
}

static void put_parameter(struct doc *d, const char *key, const char *name, const char *in,
			  const char *description, const char *extra)
{
	open_object(d, key);
	put_member(d, "name", name);
	if (description)
		put_member(d, "description", description);
	put_key(d, "required");
	buf_puts(d->out, "false");
	put_member(d, "in", in);
	put_member(d, "type", "string");
	buf_puts(d->out, extra);
	close_object(d);
}

static void put_table_parameters(struct doc *d, const struct relation *rel)
{
	open_object(d, arena_printf(d->arena, "body.%s", rel->name));
	put_member(d, "name", rel->name);
	put_member(d, "description", rel->name);
	put_key(d, "required");
	buf_puts(d->out, "false");
	put_member(d, "in", "body");
	open_object(d, "schema");
	put_member(d, "$ref", arena_printf(d->arena, "#/definitions/%s", rel->name));
	close_object(d);
	close_object(d);
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *col = &rel->columns.v[i];
		put_parameter(d, arena_printf(d->arena, "rowFilter.%s.%s", rel->name, col->name),
			      col->name, "query", col->comment, "");
	}
}

static void put_parameters(struct doc *d)
{
	static const char returns[] =
		"\"return=representation\",\"return=minimal\",\"return=none\"";
	open_object(d, "parameters");
	put_parameter(d, "preferParams", "Prefer", "header", "Preference", "");
	put_parameter(d, "preferReturn", "Prefer", "header", "Preference",
		      arena_printf(d->arena, ",\"enum\":[%s]", returns));
	put_parameter(d, "preferCount", "Prefer", "header", "Preference",
		      ",\"enum\":[\"count=none\"]");
	put_parameter(d, "preferPost", "Prefer", "header", "Preference",
		      arena_printf(d->arena,
				   ",\"enum\":[%s,\"resolution=ignore-duplicates\","
				   "\"resolution=merge-duplicates\"]",
				   returns));
	put_parameter(d, "select", "select", "query", "Filtering Columns", "");
	put_parameter(d, "on_conflict", "on_conflict", "query", "On Conflict", "");
	put_parameter(d, "order", "order", "query", "Ordering", "");
	put_parameter(d, "range", "Range", "header", "Limiting and Pagination", "");
	put_parameter(d, "rangeUnit", "Range-Unit", "header", "Limiting and Pagination",
		      ",\"default\":\"items\"");
	put_parameter(d, "offset", "offset", "query", "Limiting and Pagination", "");
	put_parameter(d, "limit", "limit", "query", "Limiting and Pagination", "");
	for (size_t i = 0; i < d->tables.n; i++)
		put_table_parameters(d, d->tables.v[i]);
	close_object(d);
}

/* First line: summary; the rest: description. */
static void put_comment(struct doc *d, const char *comment)
{
	if (!comment)
		return;
	struct str rest = str_of(comment);
	put_member(d, "summary", str_dup(d->arena, str_split(&rest, '\n')));
	while (rest.n && rest.p[0] == '\n')
		rest = str_from(rest, 1);
	if (rest.n)
		put_member(d, "description", str_dup(d->arena, rest));
}

static void put_ref(struct doc *d, const char *name)
{
	if (d->out->p[d->out->n - 1] != '[')
		buf_char(d->out, ',');
	buf_puts(d->out, "{\"$ref\":");
	put_string(d, arena_printf(d->arena, "#/parameters/%s", name));
	buf_char(d->out, '}');
}

static void put_row_filters(struct doc *d, const struct relation *rel)
{
	for (size_t i = 0; i < rel->columns.n; i++)
		put_ref(d, arena_printf(d->arena, "rowFilter.%s.%s", rel->name,
					rel->columns.v[i].name));
}

static void open_operation(struct doc *d, const char *method, const struct relation *rel)
{
	open_object(d, method);
	put_comment(d, rel->comment);
	put_key(d, "tags");
	buf_char(d->out, '[');
	put_string(d, rel->name);
	buf_char(d->out, ']');
	put_key(d, "parameters");
	buf_char(d->out, '[');
}

static void close_operation(struct doc *d, const char *status, const char *description)
{
	buf_char(d->out, ']');
	open_object(d, "responses");
	open_object(d, status);
	put_member(d, "description", description);
	close_object(d);
	close_object(d);
	close_object(d);
}

static void put_get(struct doc *d, const struct relation *rel)
{
	static const char *const common[] = { "select", "order", "range",      "rangeUnit",
					      "offset", "limit", "preferCount" };
	open_operation(d, "get", rel);
	put_row_filters(d, rel);
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		put_ref(d, common[i]);
	buf_char(d->out, ']');
	open_object(d, "responses");
	open_object(d, "200");
	put_member(d, "description", "OK");
	open_object(d, "schema");
	put_member(d, "type", "array");
	open_object(d, "items");
	put_member(d, "$ref", arena_printf(d->arena, "#/definitions/%s", rel->name));
	close_object(d);
	close_object(d);
	close_object(d);
	open_object(d, "206");
	put_member(d, "description", "Partial Content");
	close_object(d);
	close_object(d);
	close_object(d);
}

static void put_table_path(struct doc *d, const struct relation *rel)
{
	const char *body = arena_printf(d->arena, "body.%s", rel->name);
	bool is_writable = relation_accepts(rel, TRIGGER_INSERT) ||
			   relation_accepts(rel, TRIGGER_UPDATE) ||
			   relation_accepts(rel, TRIGGER_DELETE);
	open_object(d, arena_printf(d->arena, "/%s", rel->name));
	put_get(d, rel);
	if (is_writable) {
		open_operation(d, "post", rel);
		put_ref(d, body);
		put_ref(d, "select");
		put_ref(d, "preferPost");
		close_operation(d, "201", "Created");
		open_operation(d, "delete", rel);
		put_row_filters(d, rel);
		put_ref(d, "preferReturn");
		close_operation(d, "204", "No Content");
		open_operation(d, "patch", rel);
		put_row_filters(d, rel);
		put_ref(d, body);
		put_ref(d, "preferReturn");
		close_operation(d, "204", "No Content");
	}
	close_object(d);
}

static void open_function(struct doc *d, const char *method, const struct function *f)
{
	open_object(d, method);
	put_comment(d, f->comment);
	put_key(d, "tags");
	buf_char(d->out, '[');
	put_string(d, arena_printf(d->arena, "(rpc) %s", f->name));
	buf_puts(d->out, "],\"produces\":[\"application/json\","
			 "\"application/vnd.pgrst.object+json;nulls=stripped\","
			 "\"application/vnd.pgrst.object+json\"],\"parameters\":[");
}

static void put_query_argument(struct doc *d, const struct func_arg *arg)
{
	const char *type = type_text(d, arg->type);
	const char *name = swagger_type(type);
	bool is_array = name && !strcmp(name, "array");
	if (d->out->p[d->out->n - 1] != '[')
		buf_char(d->out, ',');
	buf_char(d->out, '{');
	put_member(d, "name", arg->name);
	put_key(d, "required");
	buf_puts(d->out, arg->has_default ? "false" : "true");
	put_member(d, "in", "query");
	if (arg->mode == 'v' && is_array) {
		const char *element = str_dup(d->arena, str_sub(str_of(type), 0, strlen(type) - 2));
		put_member(d, "type", "array");
		put_member(d, "collectionFormat", "multi");
		open_object(d, "items");
		if (swagger_type(element))
			put_member(d, "type", swagger_type(element));
		put_member(d, "format", swagger_format(element));
		close_object(d);
	} else {
		put_member(d, "format", swagger_format(type));
		put_member(d, "type", !name || is_array ? "string" : name);
	}
	close_object(d);
}

static void put_body_arguments(struct doc *d, const struct function *f)
{
	const struct func_arg *arg;
	size_t n = 0;
	buf_puts(d->out, "{\"name\":\"args\",\"required\":true,\"in\":\"body\",\"schema\":{");
	if (f->comment)
		put_member(d, "description", f->comment);
	put_member(d, "type", "object");
	open_object(d, "properties");
	for (size_t i = 0; (arg = function_input(f, i)); i++) {
		open_object(d, arg->name);
		put_type(d, type_text(d, arg->type));
		close_object(d);
	}
	close_object(d);
	for (size_t i = 0; (arg = function_input(f, i)); i++) {
		if (arg->has_default)
			continue;
		if (!n++)
			put_key(d, "required");
		buf_char(d->out, n == 1 ? '[' : ',');
		put_string(d, arg->name);
	}
	buf_puts(d->out, n ? "]}}" : "}}");
	put_ref(d, "preferParams");
}

static void put_function_path(struct doc *d, const struct function *f)
{
	const struct func_arg *arg;
	open_object(d, arena_printf(d->arena, "/rpc/%s", f->name));
	if (f->volatility != 'v') {
		open_function(d, "get", f);
		for (size_t i = 0; (arg = function_input(f, i)); i++)
			put_query_argument(d, arg);
		close_operation(d, "200", "OK");
	}
	open_function(d, "post", f);
	put_body_arguments(d, f);
	close_operation(d, "200", "OK");
	close_object(d);
}

static bool is_first_of_name(const struct doc *d, size_t index)
{
	const struct function *f = d->cat->functions.v[index];
	for (size_t i = 0; i < index; i++)
		if (!strcmp(d->cat->functions.v[i]->name, f->name) &&
		    !strcmp(d->cat->functions.v[i]->schema, f->schema))
			return false;
	return true;
}

static void put_paths(struct doc *d)
{
	open_object(d, "paths");
	buf_puts(d->out,
		 "\"/\":{\"get\":{\"tags\":[\"Introspection\"],\"summary\":\"OpenAPI "
		 "description (this document)\",\"produces\":[\"application/openapi+json\","
		 "\"application/json\"],\"responses\":{\"200\":{\"description\":\"OK\"}}}}");
	for (size_t i = 0; i < d->tables.n; i++)
		put_table_path(d, d->tables.v[i]);
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		const struct function *f = d->cat->functions.v[i];
		if (str_is(d->k->req.schema, f->schema) && is_first_of_name(d, i) &&
		    is_callable(d, f))
			put_function_path(d, f);
	}
	close_object(d);
}

static void put_info(struct doc *d)
{
	const struct schema *s = catalog_schema(d->cat, d->k->req.schema);
	const char *title = "PostgREST API";
	const char *text = "This is a dynamic API generated by PostgREST";
	if (s && s->comment) {
		struct str rest = str_of(s->comment);
		title = str_dup(d->arena, str_split(&rest, '\n'));
		while (rest.n && rest.p[0] == '\n')
			rest = str_from(rest, 1);
		text = str_dup(d->arena, rest);
	}
	open_object(d, "info");
	put_member(d, "title", title);
	put_member(d, "description", text);
	put_member(d, "version", "17");
	close_object(d);
}

static const char mime_list[] = "[\"application/json\","
				"\"application/vnd.pgrst.object+json;nulls=stripped\","
				"\"application/vnd.pgrst.object+json\",\"text/csv\"]";

static void put_document(struct doc *d)
{
	struct str host = request_header(d->k->rq, "Host");
	buf_puts(d->out, "{\"swagger\":\"2.0\"");
	put_info(d);
	put_member(d, "host", str_dup(d->arena, host.p ? host : STR("localhost")));
	put_member(d, "basePath", "/");
	buf_puts(d->out, ",\"schemes\":[\"http\"],\"consumes\":");
	buf_puts(d->out, mime_list);
	buf_puts(d->out, ",\"produces\":");
	buf_puts(d->out, mime_list);
	put_paths(d);
	open_object(d, "definitions");
	for (size_t i = 0; i < d->tables.n; i++)
		put_definition(d, d->tables.v[i]);
	close_object(d);
	put_parameters(d);
	buf_puts(d->out, ",\"externalDocs\":{\"description\":\"PostgREST Documentation\",\"url\":"
			 "\"https://postgrest.org/en/stable/references/api.html\"}}");
}

static int negotiate(struct ctx *c, struct call *k)
{
	for (size_t i = 0; i < k->req.accept.n; i++) {
		enum media_kind kind = k->req.accept.v[i].kind;
		if (kind == MEDIA_OPENAPI || kind == MEDIA_JSON || kind == MEDIA_ANY) {
			k->media = (struct media){ .kind = MEDIA_OPENAPI };
			return 0;
		}
	}
	return call_negotiate_failed(c, k);
}

int call_description(struct ctx *c, struct call *k)
{
	TRY(negotiate(c, k));
	struct doc d = { .arena = c->arena,
			 .out = &k->rs->body,
			 .k = k,
			 .cat = k->relations->cat,
			 .role = str_of(k->who->role) };
	d.ignores_rights = !strcmp(k->api->cfg->server.openapi_mode, "ignore-privileges");
	if (!k->req.is_head) {
		collect_tables(&d);
		put_document(&d);
	}
	response_status(k->rs, 200);
	respond_content_type(c, k);
	respond_common(c, k, NULL);
	return 0;
}
