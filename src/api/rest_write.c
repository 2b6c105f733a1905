#include "api/rest_write.h"

#include "api/rest_errors.h"

#include <string.h>

enum { VALUES_CELLS_MAX = 1000 };

static int resolve_columns(struct ctx *c, struct write_plan *w)
{
	for (size_t i = 0; i < w->payload->keys.n; i++) {
		const char *name = w->payload->keys.v[i];
		const struct column *col = relation_column(w->rel, str_of(name));
		if (!col)
			return api_failf(
				c, ERR_NO_COLUMN,
				"Could not find the '%s' column of '%s' in the schema cache", name,
				w->rel->name);
		VEC_PUSH(c->arena, &w->columns, col);
	}
	return 0;
}

static bool is_plain_eq(const struct rest_where *w)
{
	const struct rest_filter *f = &w->logic->filter;
	return w->is_plain && !f->negated && f->op == OP_EQ && !f->quant;
}

/* PUT: exactly the key's columns, each with eq. */
static int check_put(struct ctx *c, const struct write_plan *w)
{
	const struct rest_query *q = w->query;
	if (!w->key.n)
		return api_fail(c, ERR_PUT_FILTERS);
	for (size_t i = 0; i < q->where.n; i++) {
		if (!q->where.v[i].is_plain)
			return api_fail(c, ERR_PUT_FILTERS);
		if (!q->where.v[i].path.n && !is_plain_eq(&q->where.v[i]))
			return api_fail(c, ERR_PUT_FILTERS);
	}
	size_t hit = 0;
	for (size_t i = 0; i < w->key.n; i++) {
		bool found = false;
		for (size_t j = 0; j < q->filter_keys.n; j++)
			found = found || str_is(q->filter_keys.v[j], w->key.v[i]);
		hit += found;
	}
	for (size_t j = 0; j < q->filter_keys.n; j++) {
		bool found = false;
		for (size_t i = 0; i < w->key.n; i++)
			found = found || str_is(q->filter_keys.v[j], w->key.v[i]);
		if (!found)
			return api_fail(c, ERR_PUT_FILTERS);
	}
	return hit == w->key.n ? 0 : api_fail(c, ERR_PUT_FILTERS);
}

int write_plan_build(struct ctx *c, struct write_plan *w)
{
	if (w->kind == WRITE_PUT)
		TRY(check_put(c, w));
	if (w->kind != WRITE_DELETE)
		TRY(resolve_columns(c, w));
	if (w->kind == WRITE_PUT) {
		w->conflict = w->key;
		w->resolution = RESOLUTION_MERGE;
	} else if (w->kind == WRITE_INSERT && w->resolution && w->query->has_on_conflict) {
		for (size_t i = 0; i < w->query->on_conflict.n; i++)
			VEC_PUSH(c->arena, &w->conflict,
				 str_dup(c->arena, w->query->on_conflict.v[i]));
	} else if (w->kind == WRITE_INSERT && w->resolution) {
		w->conflict = w->key;
	}
	return 0;
}

static const struct type *plain_type(const struct column *col)
{
	return col->type.type ? type_base(col->type.type) : NULL;
}

static bool is_json_column(const struct column *col)
{
	const struct type *t = plain_type(col);
	return t && (!strcmp(t->name, "json") || !strcmp(t->name, "jsonb"));
}

/* A composite built from a JSON object has no text form of its own. */
static bool needs_recordset(const struct write_plan *w)
{
	for (size_t i = 0; i < w->columns.n; i++) {
		const struct type *t = plain_type(w->columns.v[i]);
		if (!t)
			return true;
		if (t->kind == TYPE_COMPOSITE ||
		    (t->kind == TYPE_ARRAY && t->elem && t->elem->kind == TYPE_COMPOSITE))
			return true;
	}
	return false;
}

static void put_array_element(struct buf *b, const struct json *j);

/* A JSON array as PostgreSQL's array literal. */
static void put_array(struct buf *b, const struct json *array)
{
	buf_char(b, '{');
	for (const struct json *j = array->child; j; j = j->next) {
		if (j != array->child)
			buf_char(b, ',');
		put_array_element(b, j);
	}
	buf_char(b, '}');
}

static void put_array_element(struct buf *b, const struct json *j)
{
	if (j->kind == JSON_ARRAY) {
		put_array(b, j);
		return;
	}
	if (j->kind == JSON_NULL) {
		buf_puts(b, "NULL");
		return;
	}
	struct str text = j->kind == JSON_STRING || j->kind == JSON_NUMBER ? j->text : j->raw;
	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, text.p[i]);
	}
	buf_char(b, '"');
}

static struct str cell_text(struct arena *a, const struct column *col, const struct json *j)
{
	const struct type *t = plain_type(col);
	if (j->kind == JSON_NULL)
		return (struct str){ 0 };
	if (is_json_column(col))
		return j->raw;
	if (j->kind == JSON_STRING)
		return j->text.p ? j->text : STR("");
	if (j->kind == JSON_ARRAY && t && t->kind == TYPE_ARRAY) {
		BUF_CLEANUP struct buf b = buf_make(2 * j->raw.n + 16);
		put_array(&b, j);
		return (struct str){ buf_dup(a, &b), b.n };
	}
	return j->raw;
}

static void print_cell(struct sql_text *t, const struct write_plan *w, const struct column *col,
		       const struct json *row)
{
	const struct json *j = json_get(row, col->name);
	if (!j)
		buf_puts(&t->text, w->apply_defaults ? "DEFAULT" : "NULL");
	else
		sql_param(t, cell_text(t->arena, col, j));
}

static void print_values(struct sql_text *t, const struct write_plan *w)
{
	buf_puts(&t->text, " VALUES ");
	for (const struct json *row = w->payload->rows->child; row; row = row->next) {
		buf_puts(&t->text, row == w->payload->rows->child ? "(" : ", (");
		for (size_t i = 0; i < w->columns.n; i++) {
			if (i)
				buf_puts(&t->text, ", ");
			print_cell(t, w, w->columns.v[i], row);
		}
		if (!w->columns.n)
			buf_puts(&t->text, "DEFAULT");
		buf_char(&t->text, ')');
	}
}

static void print_column_list(struct sql_text *t, const struct write_plan *w, const char *ref)
{
	for (size_t i = 0; i < w->columns.n; i++) {
		buf_printf(&t->text, "%s%s", i ? ", " : "", ref);
		sql_ident(&t->text, str_of(w->columns.v[i]->name));
	}
}

static size_t row_count(const struct write_plan *w)
{
	return w->payload->rows->count;
}

/* A row that lacks a column takes its default: DEFAULT exists in VALUES only. */
static bool is_ragged(const struct write_plan *w)
{
	for (const struct json *row = w->payload->rows->child; row; row = row->next)
		for (size_t i = 0; i < w->columns.n; i++)
			if (!json_get(row, w->columns.v[i]->name))
				return true;
	return false;
}

static bool is_values(const struct write_plan *w)
{
	size_t rows = row_count(w);
	if (!rows || w->kind == WRITE_PUT || needs_recordset(w))
		return false;
	if (!w->columns.n)
		return true;
	return rows == 1 ||
	       (w->apply_defaults && rows * w->columns.n <= VALUES_CELLS_MAX && is_ragged(w));
}

/* Defaults for many rows at once: by expression, from a recordset. */
static bool is_flagged(const struct write_plan *w)
{
	return w->apply_defaults && w->kind == WRITE_INSERT && w->columns.n && row_count(w) > 1 &&
	       !is_values(w) && is_ragged(w);
}

/* Many ragged rows: each says in a member of its own which columns it has. */
static struct str flagged_text(struct arena *a, const struct write_plan *w)
{
	BUF_CLEANUP struct buf b = buf_make(256 << 20);
	buf_char(&b, '[');
	for (const struct json *row = w->payload->rows->child; row; row = row->next) {
		if (b.n > 1)
			buf_char(&b, ',');
		buf_char(&b, '{');
		for (const struct json *m = row->child; m; m = m->next) {
			json_put_string(&b, m->key);
			buf_char(&b, ':');
			buf_str(&b, m->raw);
			buf_char(&b, ',');
		}
		buf_puts(&b, "\"pgrst_has\":\"");
		for (size_t i = 0; i < w->columns.n; i++)
			buf_char(&b, json_get(row, w->columns.v[i]->name) ? 'y' : 'n');
		buf_puts(&b, "\"}");
	}
	buf_char(&b, ']');
	return (struct str){ buf_dup(a, &b), b.n };
}

static void print_default(struct sql_text *t, const struct column *col)
{
	const struct type *type = col->type.type;
	const char *text = col->default_expr.text;
	if (!text && type && type->kind == TYPE_DOMAIN)
		text = type->default_sql;
	if (text) {
		buf_printf(&t->text, "(%s)", text);
	} else if (col->identity && col->sequence) {
		struct str name = str_of(col->sequence);
		struct str schema = str_split(&name, '.');
		BUF_CLEANUP struct buf quoted = buf_make(4096);
		sql_name(&quoted, str_dup(t->arena, schema), str_dup(t->arena, name));
		buf_puts(&t->text, "nextval(");
		sql_literal(&t->text, buf_view(&quoted));
		buf_char(&t->text, ')');
	} else {
		buf_puts(&t->text, "NULL");
	}
}

static void print_flagged_columns(struct sql_text *t, const struct write_plan *w)
{
	for (size_t i = 0; i < w->columns.n; i++) {
		buf_printf(&t->text,
			   "%sCASE WHEN substr(pgrst_body.pgrst_has, %zu, 1) = 'y' THEN "
			   "pgrst_body.",
			   i ? ", " : "", i + 1);
		sql_ident(&t->text, str_of(w->columns.v[i]->name));
		buf_puts(&t->text, " ELSE ");
		print_default(t, w->columns.v[i]);
		buf_puts(&t->text, " END");
	}
}

/* json_to_recordset($1) AS "pgrst_body"("a" integer, ...) */
static void print_recordset(struct sql_text *t, const struct write_plan *w)
{
	bool flagged = is_flagged(w);
	buf_puts(&t->text, "json_to_recordset(");
	sql_param(t, flagged ? flagged_text(t->arena, w) : w->payload->text);
	buf_puts(&t->text, flagged ? ") AS pgrst_body(pgrst_has text, " : ") AS pgrst_body(");
	for (size_t i = 0; i < w->columns.n; i++) {
		if (i)
			buf_puts(&t->text, ", ");
		sql_ident(&t->text, str_of(w->columns.v[i]->name));
		buf_printf(&t->text, " %s",
			   w->columns.v[i]->type.type ? type_format(t->arena, w->columns.v[i]->type)
						      : "text");
	}
	buf_char(&t->text, ')');
}

static void print_root_filters(struct sql_text *t, const struct write_plan *w, const char *ref)
{
	size_t n = 0;
	for (size_t i = 0; i < w->query->where.n; i++) {
		if (w->query->where.v[i].path.n)
			continue;
		buf_puts(&t->text, n++ ? " AND " : " WHERE ");
		plan_print_logic(t, NULL, w->query->where.v[i].logic, w->rel, ref);
	}
}

static const char *full_ref(struct sql_text *t, const struct write_plan *w)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	sql_name(&b, w->rel->schema, w->rel->name);
	return buf_dup(t->arena, &b);
}

static void print_conflict(struct sql_text *t, const struct write_plan *w)
{
	if (!w->conflict.n)
		return;
	buf_puts(&t->text, " ON CONFLICT (");
	for (size_t i = 0; i < w->conflict.n; i++) {
		if (i)
			buf_puts(&t->text, ", ");
		sql_ident(&t->text, str_of(w->conflict.v[i]));
	}
	if (w->resolution == RESOLUTION_IGNORE || !w->columns.n) {
		buf_puts(&t->text, ") DO NOTHING");
		return;
	}
	buf_puts(&t->text, ") DO UPDATE SET ");
	for (size_t i = 0; i < w->columns.n; i++) {
		struct str name = str_of(w->columns.v[i]->name);
		if (i)
			buf_puts(&t->text, ", ");
		sql_ident(&t->text, name);
		buf_puts(&t->text, " = EXCLUDED.");
		sql_ident(&t->text, name);
	}
}

static void print_insert(struct sql_text *t, const struct write_plan *w)
{
	buf_printf(&t->text, "INSERT INTO %s", full_ref(t, w));
	size_t rows = row_count(w);
	if (rows == 1 && !w->columns.n && w->kind == WRITE_INSERT) {
		buf_puts(&t->text, " DEFAULT VALUES");
		print_conflict(t, w);
		return;
	}
	struct write_plan first = *w;
	if (!w->columns.n && w->rel->columns.n) {
		first.columns.n = first.columns.cap = 0;
		VEC_PUSH(t->arena, &first.columns, &w->rel->columns.v[0]);
	}
	buf_puts(&t->text, " (");
	print_column_list(t, &first, "");
	buf_char(&t->text, ')');
	if (is_values(w)) {
		print_values(t, w);
	} else {
		buf_puts(&t->text, " SELECT ");
		if (is_flagged(w))
			print_flagged_columns(t, w);
		else
			print_column_list(t, &first, "pgrst_body.");
		buf_puts(&t->text, " FROM ");
		print_recordset(t, &first);
		if (w->kind == WRITE_PUT)
			print_root_filters(t, w, "pgrst_body");
		else if (w->conflict.n)
			buf_puts(&t->text, " WHERE true");
	}
	print_conflict(t, w);
}

static void print_set_params(struct sql_text *t, const struct write_plan *w)
{
	const struct json *row = w->payload->rows->child;
	for (size_t i = 0; i < w->columns.n; i++) {
		if (i)
			buf_puts(&t->text, ", ");
		sql_ident(&t->text, str_of(w->columns.v[i]->name));
		buf_puts(&t->text, " = ");
		print_cell(t, w, w->columns.v[i], row);
	}
}

static void print_set_recordset(struct sql_text *t, const struct write_plan *w)
{
	for (size_t i = 0; i < w->columns.n; i++) {
		struct str name = str_of(w->columns.v[i]->name);
		if (i)
			buf_puts(&t->text, ", ");
		sql_ident(&t->text, name);
		buf_puts(&t->text, " = pgrst_row.");
		sql_ident(&t->text, name);
	}
	buf_puts(&t->text, " FROM (SELECT * FROM ");
	print_recordset(t, w);
	buf_puts(&t->text, " LIMIT 1) AS pgrst_row");
}

static void print_update(struct sql_text *t, const struct write_plan *w)
{
	const char *ref = full_ref(t, w);
	buf_printf(&t->text, "UPDATE %s SET ", ref);
	if (needs_recordset(w))
		print_set_recordset(t, w);
	else
		print_set_params(t, w);
	print_root_filters(t, w, ref);
}

static void print_returning(struct sql_text *t, const struct write_plan *w, struct plan_node *read,
			    bool direct)
{
	const char *ref = full_ref(t, w);
	if (w->returning == WRITE_NOTHING)
		return;
	buf_puts(&t->text, " RETURNING ");
	if (w->returning == WRITE_ROWS && direct) {
		plan_print_list(t, read);
		return;
	}
	name_list names = { 0 };
	if (w->returning == WRITE_KEY)
		names = w->key;
	else
		plan_needed_columns(t->arena, read, &names);
	if (!names.n)
		buf_char(&t->text, '1');
	for (size_t i = 0; i < names.n; i++) {
		buf_printf(&t->text, "%s%s.", i ? ", " : "", ref);
		if (!strcmp(names.v[i], "*"))
			buf_char(&t->text, '*');
		else
			sql_ident(&t->text, str_of(names.v[i]));
	}
}

/* Nothing to set: no row changes, but rights are still checked. */
static bool is_empty_update(const struct write_plan *w)
{
	return w->kind == WRITE_UPDATE && (!w->columns.n || !row_count(w));
}

static void print_no_rows(struct sql_text *t, const struct write_plan *w, struct plan_node *read,
			  bool direct)
{
	buf_puts(&t->text, "SELECT ");
	if (w->returning == WRITE_ROWS && direct)
		plan_print_list(t, read);
	else if (w->returning == WRITE_ROWS)
		buf_puts(&t->text, "*");
	else
		buf_puts(&t->text, "NULL");
	buf_printf(&t->text, " FROM %s WHERE false", full_ref(t, w));
}

void write_print(struct sql_text *t, const struct write_plan *w, struct plan_node *read,
		 bool direct)
{
	if (is_empty_update(w)) {
		print_no_rows(t, w, read, direct);
		return;
	}
	if (w->kind == WRITE_UPDATE) {
		print_update(t, w);
	} else if (w->kind == WRITE_DELETE) {
		buf_printf(&t->text, "DELETE FROM %s", full_ref(t, w));
		print_root_filters(t, w, full_ref(t, w));
	} else {
		print_insert(t, w);
	}
	print_returning(t, w, read, direct);
}

bool write_counts_inserts(const struct write_plan *w)
{
	return w->conflict.n && (w->kind == WRITE_PUT || w->resolution == RESOLUTION_MERGE);
}

static const struct column *payload_column(const struct write_plan *w, const char *name)
{
	for (size_t i = 0; i < w->columns.n; i++)
		if (!strcmp(w->columns.v[i]->name, name))
			return w->columns.v[i];
	return NULL;
}

void write_print_insert_count(struct sql_text *t, const struct write_plan *w)
{
	for (size_t i = 0; i < w->conflict.n; i++)
		if (!payload_column(w, w->conflict.v[i])) {
			buf_puts(&t->text, "SELECT 1");
			return;
		}
	buf_puts(&t->text, "SELECT count(*) FROM ");
	print_recordset(t, w);
	buf_printf(&t->text, " WHERE NOT EXISTS (SELECT 1 FROM %s AS pgrst_t WHERE ",
		   full_ref(t, w));
	for (size_t i = 0; i < w->conflict.n; i++) {
		buf_puts(&t->text, i ? " AND pgrst_t." : "pgrst_t.");
		sql_ident(&t->text, str_of(w->conflict.v[i]));
		buf_puts(&t->text, " = pgrst_body.");
		sql_ident(&t->text, str_of(w->conflict.v[i]));
	}
	buf_char(&t->text, ')');
	if (w->kind == WRITE_PUT)
		for (size_t i = 0; i < w->query->where.n; i++) {
			if (w->query->where.v[i].path.n)
				continue;
			buf_puts(&t->text, " AND ");
			plan_print_logic(t, NULL, w->query->where.v[i].logic, w->rel, "pgrst_body");
		}
}
