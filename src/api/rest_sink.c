#include "api/rest_sink.h"

#include "base/err.h"
#include "base/json.h"

#include <ctype.h>
#include <string.h>

static struct str copy_name(struct arena *a, const char *name)
{
	return str_copy(a, str_of(name));
}

static struct str json_key(struct arena *a, const char *name)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	json_put_string(&b, str_of(name));
	buf_char(&b, ':');
	return (struct str){ buf_dup(a, &b), b.n };
}

static void csv_header(struct row_sink *s)
{
	for (size_t i = 0; i < s->n_cols; i++) {
		if (i)
			buf_char(s->body, ',');
		buf_str(s->body, s->cols[i].name);
	}
}

static int on_columns(struct ctx *c, void *arg, const struct result_column *cols, size_t n)
{
	(void)c;
	struct row_sink *s = arg;
	s->cols = arena_array(s->arena, n + 1, sizeof(*s->cols));
	s->n_cols = n;
	for (size_t i = 0; i < n; i++) {
		struct sink_column *col = &s->cols[i];
		col->name = copy_name(s->arena, cols[i].name);
		col->key = json_key(s->arena, cols[i].name);
		col->is_text = s->is_native || !cols[i].type.type;
		col->type = col->is_text ? VTYPE(V_TEXT) : type_vtype(s->arena, cols[i].type);
	}
	s->rows = 0;
	s->values.n = 0;
	s->has_number = s->has_total = false;
	if (s->body)
		s->body->n = s->start;
	if (s->format == ROWS_JSON)
		buf_char(s->body, '[');
	return 0;
}

static void json_row(struct row_sink *s, const struct datum *cells, size_t n)
{
	buf_char(s->body, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(s->body, ',');
		buf_str(s->body, s->cols[i].key);
		if (cells[i].kind == D_NULL)
			buf_puts(s->body, "null");
		else
			value_to_json(s->body, &s->cols[i].type, &s->env, cells[i]);
	}
	buf_char(s->body, '}');
}

/* A field as record_out writes it: quoted when empty or when it holds a
 * separator, a quote, a bracket or white space. */
static void csv_field(struct buf *b, struct str text)
{
	bool quote = !text.n;
	for (size_t i = 0; i < text.n && !quote; i++)
		quote = strchr("\"\\(),", text.p[i]) || isspace((unsigned char)text.p[i]);
	if (!quote) {
		buf_str(b, text);
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_char(b, text.p[i]);
		buf_char(b, text.p[i]);
	}
	buf_char(b, '"');
}

static void csv_row(struct row_sink *s, const struct datum *cells, size_t n)
{
	if (!s->rows)
		csv_header(s);
	buf_char(s->body, '\n');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(s->body, ',');
		if (cells[i].kind == D_NULL)
			continue;
		BUF_CLEANUP struct buf one = buf_make(s->body->limit);
		if (s->cols[i].is_text)
			buf_str(&one, cells[i].s);
		else
			value_out(&one, &s->cols[i].type, &s->env, cells[i]);
		csv_field(s->body, buf_view(&one));
	}
}

static int64_t cell_number(const struct datum *cell)
{
	int64_t n = 0;
	if (cell->kind == D_INT)
		return cell->i;
	if (cell->kind == D_TEXT && !str_to_i64(cell->s, &n))
		n = 0;
	return n;
}

static struct str cell_copy(struct row_sink *s, const struct datum *cell)
{
	return cell->kind == D_TEXT ? str_copy(s->arena, cell->s) : (struct str){ 0 };
}

static void made_row(struct row_sink *s, const struct datum *cells, size_t n)
{
	if (n > 0 && cells[0].kind == D_TEXT)
		buf_str(s->body, cells[0].s);
	if (n > 1)
		s->rows = (uint64_t)cell_number(&cells[1]);
	s->has_total = n > 2 && cells[2].kind != D_NULL;
	if (s->has_total)
		s->total = cell_number(&cells[2]);
	if (n > 3)
		s->headers = cell_copy(s, &cells[3]);
	if (n > 4)
		s->status = cell_copy(s, &cells[4]);
}

static void keep_values(struct row_sink *s, const struct datum *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str text = { 0 };
		if (cells[i].kind != D_NULL) {
			BUF_CLEANUP struct buf one = buf_make(1 << 20);
			if (s->cols[i].is_text)
				buf_str(&one, cells[i].s);
			else
				value_to_json(&one, &s->cols[i].type, &s->env, cells[i]);
			text = (struct str){ buf_dup(s->arena, &one), one.n };
			bool is_string = text.n >= 2 && text.p[0] == '"' && !s->cols[i].is_text;
			if (is_string)
				text = str_sub(text, 1, text.n - 2);
		}
		VEC_PUSH(s->arena, &s->values, text);
	}
}

static int on_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct row_sink *s = arg;
	switch (s->format) {
	case ROWS_JSON:
		if (s->rows)
			buf_puts(s->body, ", \n "); /* as json_agg does */
		json_row(s, cells, n);
		break;
	case ROWS_OBJECT:
		if (!s->rows)
			json_row(s, cells, n);
		break;
	case ROWS_CSV:
		csv_row(s, cells, n);
		break;
	case ROWS_MADE:
		made_row(s, cells, n);
		return 0;
	case ROWS_VALUES:
		if (!s->rows)
			keep_values(s, cells, n);
		break;
	case ROWS_LINES:
		if (cells[0].kind == D_TEXT)
			buf_str(s->body, cells[0].s);
		buf_char(s->body, '\n');
		break;
	case ROWS_NUMBER:
		s->number = cell_number(&cells[0]);
		s->has_number = true;
		break;
	}
	s->rows++;
	if (s->body && s->body->overflow) {
		err_set(c, "54000", "the response is larger than allowed");
		return err_http(c, 500);
	}
	return 0;
}

void row_sink_init(struct row_sink *s, struct arena *a, struct buf *body, enum row_format format,
		   bool is_native)
{
	*s = (struct row_sink){ .arena = a,
				.body = body,
				.format = format,
				.is_native = is_native,
				.start = body ? body->n : 0 };
	s->sink = (struct sink){ .arg = s, .columns = on_columns, .row = on_row };
}

void row_sink_finish(struct row_sink *s)
{
	if (s->format == ROWS_JSON)
		buf_char(s->body, ']');
	else if (s->format == ROWS_OBJECT && !s->rows)
		buf_puts(s->body, "null");
	else if (s->format == ROWS_CSV && !s->rows)
		buf_char(s->body, '\n');
}
