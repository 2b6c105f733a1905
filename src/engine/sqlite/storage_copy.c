/*
 * COPY ... FROM stdin: each line is an INSERT of the row executor, with a plan
 * made once. Foreign keys are looked at for all rows together at the end, as
 * PostgreSQL does.
 */
#include "base/arena.h"
#include "base/json.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/storage_int.h"
#include "sql/parse.h"

#include <string.h>

struct copy {
	struct ctx *c;
	struct storage *st;
	const struct relation *rel;
	const struct column *const *cols;
	size_t n_cols;
	struct exec_plan *plan;
	struct exec_batch *batch;
	struct sql_param *params;
	size_t line;
};

static bool hex_digit(char ch, int *ret)
{
	if (ch >= '0' && ch <= '9')
		*ret = ch - '0';
	else if ((ch | 32) >= 'a' && (ch | 32) <= 'f')
		*ret = (ch | 32) - 'a' + 10;
	else
		return false;
	return true;
}

static int number_escape(struct str s, size_t *at, int base, int max_digits)
{
	int value = 0, digit;
	for (int i = 0; i < max_digits && *at < s.n; i++) {
		if (!hex_digit(s.p[*at], &digit) || digit >= base)
			break;
		value = value * base + digit;
		(*at)++;
	}
	return value & 0xFF;
}

/* The character that a backslash and what follows it at *at stand for. */
static char escape(struct str s, size_t *at)
{
	static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
	char ch = s.p[(*at)++];
	int digit;
	const char *known = ch ? strchr(from, ch) : NULL;
	if (known)
		return to[known - from];
	if (ch >= '0' && ch <= '7') {
		(*at)--;
		return (char)number_escape(s, at, 8, 3);
	}
	if (ch == 'x' && *at < s.n && hex_digit(s.p[*at], &digit))
		return (char)number_escape(s, at, 16, 2);
	return ch;
}

static struct str unescape(struct arena *a, struct str field)
{
	if (str_chr(field, '\\') < 0)
		return field;
	char *out = arena_alloc(a, field.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < field.n;) {
		char ch = field.p[i++];
		out[n++] = ch == '\\' && i < field.n ? escape(field, &i) : ch;
	}
	return (struct str){ out, n };
}

static int too_many(struct copy *k, struct ctx *row)
{
	(void)k;
	return err_set(row, "22P04", "extra data after last expected column");
}

static int too_few(struct copy *k, struct ctx *row, size_t n)
{
	return err_set(row, "22P04", "missing data for column \"%s\"", k->cols[n]->name);
}

/* One field of a row literal from *at on; *ret_null for an empty one. */
static struct str row_field(struct arena *a, struct str s, size_t *at, bool *ret_null)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0, i = *at;
	bool is_quoted = false, had_quotes = false;
	for (; i < s.n && (is_quoted || (s.p[i] != ',' && s.p[i] != ')')); i++) {
		bool is_pair = is_quoted && i + 1 < s.n && s.p[i] == '"' && s.p[i + 1] == '"';
		if (is_pair || (s.p[i] == '\\' && i + 1 < s.n)) {
			out[n++] = s.p[++i];
		} else if (s.p[i] == '"') {
			is_quoted = !is_quoted;
			had_quotes = true;
		} else {
			out[n++] = s.p[i];
		}
	}
	*at = i + 1;
	*ret_null = !n && !had_quotes;
	return (struct str){ out, n };
}

/* A row literal, "(1,x)", as the JSON object that a composite column stores. */
static int row_to_json(struct ctx *row, const struct type *t, struct str text, struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(SQL_STATEMENT_MAX);
	size_t at = 1;
	if (text.n < 2 || text.p[0] != '(' || text.p[text.n - 1] != ')')
		return err_set(row, "22P02", "malformed record literal: \"%.*s\"", STR_ARG(text));
	buf_char(&b, '{');
	for (size_t i = 0; i < t->row->columns.n; i++) {
		const struct column *col = &t->row->columns.v[i];
		struct vtype vt = sqlite_vtype(row->arena, col->type);
		struct datum v = datum_null();
		bool is_null;
		if (at >= text.n)
			return err_set(row, "22P02", "malformed record literal: \"%.*s\"",
				       STR_ARG(text));
		struct str field = row_field(row->arena, text, &at, &is_null);
		if (!is_null)
			TRY(value_in(row, &vt, NULL, field, &v));
		buf_puts(&b, i ? "," : "");
		json_put_string(&b, str_of(col->name));
		buf_char(&b, ':');
		value_to_json(&b, &vt, NULL, v);
	}
	buf_char(&b, '}');
	*ret = str_of(buf_dup(row->arena, &b));
	return 0;
}

/* What the executor's parameter takes: the text, but JSON for a composite. */
static int to_param(struct ctx *row, const struct column *col, struct str *value)
{
	const struct type *t = type_base(col->type.type);
	if (t->kind != TYPE_COMPOSITE || !value->p)
		return 0;
	return row_to_json(row, t, *value, value);
}

static int text_fields(struct copy *k, struct ctx *row, struct str line)
{
	size_t n = 0;
	while (line.p) {
		struct str field = str_split(&line, '\t');
		if (n == k->n_cols && !(n == 0 && !field.n))
			return too_many(k, row);
		if (n == k->n_cols)
			return 0;
		bool is_null = str_is(field, "\\N");
		struct str value = { NULL, 0 };
		if (!is_null)
			value = unescape(row->arena, field);
		if (!is_null && !value.p)
			value.p = "";
		TRY(to_param(row, k->cols[n], &value));
		k->params[n++].text = value;
	}
	return n < k->n_cols ? too_few(k, row, n) : 0;
}

static int run_row(struct copy *k, struct ctx *row)
{
	return exec_batch_run(row, k->batch, k->params, k->n_cols);
}

/* One record in memory of its own. */
static int copy_row(struct copy *k, struct ctx *row, struct str record,
		    int (*fields)(struct copy *, struct ctx *, struct str))
{
	k->line++;
	struct ctx *outer = k->st->cn->c;
	k->st->cn->c = row;
	int failed = fields(k, row, record) < 0 ? -1 : run_row(k, row);
	k->st->cn->c = outer;
	if (failed == 0) {
		if (!exec_batch_keeps_rows(k->batch))
			arena_reset(row->arena);
		return 0;
	}
	k->c->err = err_copy(k->c->arena, &row->err);
	if (!k->c->err.details)
		err_details(k->c, "COPY %s, line %zu", k->rel->name, k->line);
	return -1;
}

static int copy_text(struct copy *k, struct ctx *row, struct str data)
{
	while (data.n) {
		struct str line = str_split(&data, '\n');
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n && !data.p && k->n_cols > 1)
			break;
		TRY(copy_row(k, row, line, text_fields));
	}
	return 0;
}

/* A CSV record ends at a line end outside quotes. */
static struct str next_record(struct str *data)
{
	bool is_quoted = false;
	size_t i = 0;
	for (; i < data->n; i++) {
		if (data->p[i] == '"')
			is_quoted = !is_quoted;
		else if (data->p[i] == '\n' && !is_quoted)
			break;
	}
	struct str record = str_sub(*data, 0, i);
	*data = str_from(*data, i < data->n ? i + 1 : i);
	if (record.n && record.p[record.n - 1] == '\r')
		record.n--;
	return record;
}

/* One CSV field from *at on; an empty one without quotes is NULL. */
static struct str csv_field(struct arena *a, struct str s, size_t *at)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0, i = *at;
	bool is_quoted = false, had_quotes = false;
	for (; i < s.n && (is_quoted || s.p[i] != ','); i++) {
		if (s.p[i] != '"') {
			out[n++] = s.p[i];
		} else if (is_quoted && i + 1 < s.n && s.p[i + 1] == '"') {
			out[n++] = '"';
			i++;
		} else {
			is_quoted = !is_quoted;
			had_quotes = true;
		}
	}
	*at = i;
	return n || had_quotes ? (struct str){ out, n } : (struct str){ 0 };
}

static int csv_fields(struct copy *k, struct ctx *row, struct str record)
{
	size_t n = 0, at = 0;
	for (;;) {
		if (n == k->n_cols)
			return too_many(k, row);
		k->params[n++].text = csv_field(row->arena, record, &at);
		if (at >= record.n)
			break;
		at++;
	}
	return n < k->n_cols ? too_few(k, row, n) : 0;
}

static int copy_csv(struct copy *k, struct ctx *row, struct str data)
{
	while (data.n)
		TRY(copy_row(k, row, next_record(&data), csv_fields));
	return 0;
}

static int make_plan(struct ctx *c, struct copy *k)
{
	BUF_CLEANUP struct buf b = storage_sql();
	buf_puts(&b, "INSERT INTO ");
	sql_put_ident(&b, str_of(k->rel->schema));
	buf_char(&b, '.');
	sql_put_ident(&b, str_of(k->rel->name));
	for (size_t i = 0; i < k->n_cols; i++) {
		buf_puts(&b, i ? ", " : " (");
		sql_put_ident(&b, str_of(k->cols[i]->name));
	}
	buf_puts(&b, k->n_cols ? ") OVERRIDING SYSTEM VALUE VALUES (" : " DEFAULT VALUES");
	for (size_t i = 0; i < k->n_cols; i++)
		buf_printf(&b, "%s$%zu", i ? ", " : "", i + 1);
	buf_puts(&b, k->n_cols ? ")" : "");
	if (!buf_ok(&b))
		return err_set(c, "54000", "the statement is too long");
	return exec_plan_make(c, k->st->cn, str_of(buf_dup(c->arena, &b)), &k->plan);
}

static int copy_rows(struct copy *k, bool is_csv, struct str data)
{
	TRY(make_plan(k->c, k));
	struct ctx row = { .arena = arena_new(64 << 10), .deadline_ns = k->c->deadline_ns };
	int failed = exec_batch_begin(k->c, k->st->cn, k->plan, &k->batch);
	if (!failed)
		failed = is_csv ? copy_csv(k, &row, data) : copy_text(k, &row, data);
	if (!failed)
		failed = exec_batch_end(k->batch);
	exec_plan_free(k->plan);
	arena_free(row.arena);
	return failed;
}

int storage_copy_from(struct ctx *c, void *arg, const struct relation *rel,
		      const struct column *const *cols, size_t n_cols, bool is_csv, struct str data)
{
	struct storage *st = arg;
	struct copy k = { .c = c, .st = st, .rel = rel, .cols = cols, .n_cols = n_cols };
	k.params = arena_array(c->arena, n_cols, sizeof(*k.params));
	struct relation *edited = catalog_relation_by_oid(st->session->cat, rel->oid);
	VEC(struct constraint *) others = { 0 }, keys = { 0 };
	for (size_t i = 0; i < rel->constraints.n; i++) {
		struct constraint *con = rel->constraints.v[i];
		if (con->kind == CON_FOREIGN)
			VEC_PUSH(c->arena, &keys, con);
		else
			VEC_PUSH(c->arena, &others, con);
	}
	struct constraint **all = edited->constraints.v;
	size_t n_all = edited->constraints.n;
	edited->constraints.v = others.v;
	edited->constraints.n = others.n;
	int failed = copy_rows(&k, is_csv, data);
	edited->constraints.v = all;
	edited->constraints.n = n_all;
	for (size_t i = 0; failed == 0 && i < keys.n && !st->cn->is_replica; i++)
		failed = storage_validate_constraint(c, st, rel, keys.v[i]);
	return failed;
}
