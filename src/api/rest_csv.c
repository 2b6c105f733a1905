/* CSV (RFC 4180) in: a header row, then rows of as many fields. */
#include "api/rest_body.h"
#include "api/rest_errors.h"

struct csv {
	struct str text;
	size_t pos;
};

static bool at_line_end(const struct csv *r)
{
	return r->pos >= r->text.n || r->text.p[r->pos] == '\n' || r->text.p[r->pos] == '\r';
}

static void skip_line_end(struct csv *r)
{
	if (r->pos < r->text.n && r->text.p[r->pos] == '\r')
		r->pos++;
	if (r->pos < r->text.n && r->text.p[r->pos] == '\n')
		r->pos++;
}

/* The closing quote is a quote not followed by another. */
static int quoted_field(struct ctx *c, struct csv *r, struct buf *out)
{
	for (r->pos++; r->pos < r->text.n; r->pos++) {
		char ch = r->text.p[r->pos];
		if (ch == '"') {
			if (r->pos + 1 >= r->text.n || r->text.p[r->pos + 1] != '"') {
				r->pos++;
				return 0;
			}
			r->pos++;
		}
		buf_char(out, ch);
	}
	return api_failf(c, ERR_INVALID_BODY, "A quoted CSV field is not closed");
}

static int field(struct ctx *c, struct csv *r, struct buf *out)
{
	buf_clear(out);
	if (r->pos < r->text.n && r->text.p[r->pos] == '"')
		return quoted_field(c, r, out);
	while (!at_line_end(r) && r->text.p[r->pos] != ',')
		buf_char(out, r->text.p[r->pos++]);
	return 0;
}

typedef VEC(struct str) fields;

static int line(struct ctx *c, struct csv *r, fields *ret)
{
	BUF_CLEANUP struct buf one = buf_make(64 << 20);
	for (;;) {
		TRY(field(c, r, &one));
		struct str value = { buf_dup(c->arena, &one), one.n };
		VEC_PUSH(c->arena, ret, value);
		if (r->pos < r->text.n && r->text.p[r->pos] == ',') {
			r->pos++;
			continue;
		}
		if (!at_line_end(r))
			return api_failf(c, ERR_INVALID_BODY, "Malformed CSV field");
		skip_line_end(r);
		return 0;
	}
}

static void put_row(struct buf *out, const fields *names, const fields *values)
{
	buf_char(out, '{');
	for (size_t i = 0; i < values->n && i < names->n; i++) {
		if (i)
			buf_char(out, ',');
		json_put_string(out, names->v[i]);
		buf_char(out, ':');
		if (str_is(values->v[i], "NULL"))
			buf_puts(out, "null");
		else
			json_put_string(out, values->v[i]);
	}
	buf_char(out, '}');
}

int csv_to_json(struct ctx *c, struct str csv, struct buf *out)
{
	struct csv r = { csv, 0 };
	fields names = { 0 };
	if (!csv.n)
		return api_failf(c, ERR_INVALID_BODY, "not enough input");
	if (!str_is_utf8(csv))
		return api_failf(c, ERR_INVALID_BODY, "CSV is not UTF-8");
	TRY(line(c, &r, &names));
	buf_char(out, '[');
	for (size_t n = 0; r.pos < r.text.n; n++) {
		fields values = { 0 };
		TRY(line(c, &r, &values));
		if (values.n == 1 && !values.v[0].n && names.n > 1)
			continue; /* an empty line */
		if (values.n != names.n)
			return api_failf(c, ERR_INVALID_BODY,
					 "All lines must have same number of fields");
		if (out->n > 1)
			buf_char(out, ',');
		put_row(out, &names, &values);
	}
	buf_char(out, ']');
	return 0;
}
