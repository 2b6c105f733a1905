/* Quoting, concatenation and format(): functions of values of any type. */
#include "value/fn_int.h"
#include "value/scalar.h"
#include "value/text.h"

#include <stdlib.h>
#include <string.h>

static int quote_ident(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	text_quote_ident(&b, args[0].s);
	return ret_buf(c, ret, &b);
}

/* The text of a value of any type, as || with text uses it. */
static int out(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct vtype t = value_type_of_code(args[0].i);
	if (args[1].kind == D_NULL)
		return ret_null(ret);
	if (t.id == V_BOOL && !t.is_array)
		return ret_text(ret, args[1].i ? STR("true") : STR("false"));
	struct str s = args[1].s;
	if (t.id == V_BPCHAR && !t.is_array) {
		while (s.n && s.p[s.n - 1] == ' ')
			s.n--;
		return ret_text(ret, s);
	}
	value_out(&b, &t, env, args[1]);
	return ret_buf(c, ret, &b);
}

/* quote_literal(text), or of a value behind its type's code */
static int quote_literal(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	if (nargs == 1) {
		text_quote_literal(&b, args[0].s);
		return ret_buf(c, ret, &b);
	}
	struct datum shown;
	TRY(out(c, env, args, nargs, &shown));
	text_quote_literal(&b, shown.s);
	return ret_buf(c, ret, &b);
}

static int quote_nullable(FN_ARGS)
{
	if (args[nargs - 1].kind == D_NULL)
		return ret_text(ret, STR("NULL"));
	return quote_literal(c, env, args, nargs, ret);
}

/* Type code and value pairs from args[at] on. */
static void put_value(struct buf *b, const struct value_env *env, const struct datum *args, int at)
{
	struct vtype t = value_type_of_code(args[at].i);
	value_out(b, &t, env, args[at + 1]);
}

static int concat(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	for (int i = 0; i + 1 < nargs; i += 2)
		put_value(&b, env, args, i);
	return ret_buf(c, ret, &b);
}

static int concat_ws(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	bool is_first = true;
	if (nargs < 2 || args[1].kind == D_NULL)
		return ret_null(ret);
	for (int i = 2; i + 1 < nargs; i += 2) {
		if (args[i + 1].kind == D_NULL)
			continue;
		if (!is_first)
			buf_str(&b, args[1].s);
		is_first = false;
		put_value(&b, env, args, i);
	}
	return ret_buf(c, ret, &b);
}

/* ---- format ---- */

struct format {
	struct ctx *c;
	const struct value_env *env;
	const struct datum *args; /* code, value pairs */
	int n;			  /* pairs */
	int next;		  /* pair that the next specifier takes, from 0 */
	struct str s;		  /* what is left of the format */
	struct buf *b;
};

struct spec {
	int arg; /* 1-based position, 0 none */
	bool is_left, has_width, width_from_arg;
	int width_arg;
	int64_t width;
};

static int too_few(struct format *f)
{
	return err_set(f->c, "22023", "too few arguments for format()");
}

static int unterminated(struct format *f)
{
	err_set(f->c, "22023", "unterminated format() type specifier");
	return err_hint(f->c, "For a single \"%%\" use \"%%%%\".");
}

static char look(const struct format *f)
{
	return f->s.n ? f->s.p[0] : 0;
}

static bool take_number(struct format *f, int64_t *ret)
{
	size_t n = 0;
	int64_t v = 0;
	for (; n < f->s.n && f->s.p[n] >= '0' && f->s.p[n] <= '9'; n++)
		v = v < 100000000 ? v * 10 + (f->s.p[n] - '0') : v;
	f->s = str_from(f->s, n);
	*ret = v;
	return n > 0;
}

static int parse_star(struct format *f, struct spec *spec)
{
	int64_t number;
	f->s = str_from(f->s, 1);
	spec->has_width = spec->width_from_arg = true;
	if (!take_number(f, &number))
		return 0;
	if (look(f) != '$') {
		return err_set(f->c, "22023", "width argument position must be ended by \"$\"");
	}
	f->s = str_from(f->s, 1);
	if (number == 0)
		return err_set(f->c, "22023",
			       "format specifies argument 0, but arguments are numbered from 1");
	spec->width_arg = (int)number;
	return 0;
}

/* %[position$][-][width] */
static int parse_spec(struct format *f, struct spec *spec)
{
	int64_t number;
	if (take_number(f, &number)) {
		if (look(f) != '$') {
			spec->has_width = true;
			spec->width = number;
			return 0;
		}
		f->s = str_from(f->s, 1);
		spec->arg = (int)number;
		if (number == 0)
			return err_set(f->c, "22023",
				       "format specifies argument 0, but arguments are numbered "
				       "from 1");
	}
	while (look(f) == '-') {
		spec->is_left = true;
		f->s = str_from(f->s, 1);
	}
	if (look(f) == '*')
		return parse_star(f, spec);
	if (take_number(f, &number)) {
		spec->has_width = true;
		spec->width = number;
	}
	return 0;
}

static int find_width(struct format *f, struct spec *spec)
{
	if (!spec->width_from_arg)
		return 0;
	int at = spec->width_arg ? spec->width_arg - 1 : f->next;
	f->next = at + 1;
	if (at >= f->n)
		return too_few(f);
	struct datum v = f->args[2 * at + 1];
	bool is_int = v.kind == D_INT && f->args[2 * at].i != V_BOOL;
	if (!is_int && v.kind != D_NULL) {
		struct vtype int4 = VTYPE(V_INT4);
		BUF_CLEANUP struct buf text = buf_make(TEXT_MAX);
		put_value(&text, f->env, f->args, 2 * at);
		TRY(value_in(f->c, &int4, f->env, str_copy(f->c->arena, buf_view(&text)), &v));
	}
	spec->width = v.kind == D_INT ? v.i : 0;
	if (spec->width < 0) {
		spec->is_left = true;
		spec->width = -spec->width;
	}
	return 0;
}

static void put_padded(struct buf *b, const struct spec *spec, struct str s)
{
	int64_t fill = spec->has_width ? spec->width - (int64_t)utf8_length(s) : 0;
	if (!spec->is_left)
		for (int64_t i = 0; i < fill && !b->overflow; i++)
			buf_char(b, ' ');
	buf_str(b, s);
	if (spec->is_left)
		for (int64_t i = 0; i < fill && !b->overflow; i++)
			buf_char(b, ' ');
}

static int put_conversion(struct format *f, const struct spec *spec, char kind, int at)
{
	BUF_CLEANUP struct buf text = buf_make(TEXT_MAX), quoted = buf_make(TEXT_MAX);
	bool is_null = f->args[2 * at + 1].kind == D_NULL;
	if (is_null && kind == 'I')
		return err_set(f->c, "22004",
			       "null values cannot be formatted as an SQL identifier");
	if (is_null) {
		put_padded(f->b, spec, kind == 'L' ? STR("NULL") : STR(""));
		return 0;
	}
	put_value(&text, f->env, f->args, 2 * at);
	if (kind == 'I')
		text_quote_ident(&quoted, buf_view(&text));
	else if (kind == 'L')
		text_quote_literal(&quoted, buf_view(&text));
	put_padded(f->b, spec, kind == 's' ? buf_view(&text) : buf_view(&quoted));
	return 0;
}

static int put_one(struct format *f)
{
	struct spec spec = { 0 };
	if (!f->s.n)
		return unterminated(f);
	if (look(f) == '%') {
		buf_char(f->b, '%');
		f->s = str_from(f->s, 1);
		return 0;
	}
	TRY(parse_spec(f, &spec));
	if (!f->s.n)
		return unterminated(f);
	char kind = look(f);
	if (kind != 's' && kind != 'I' && kind != 'L') {
		err_set(f->c, "22023", "unrecognized format() type specifier \"%.*s\"",
			(int)utf8_size((unsigned char)kind), f->s.p);
		return err_hint(f->c, "For a single \"%%\" use \"%%%%\".");
	}
	f->s = str_from(f->s, 1);
	TRY(find_width(f, &spec));
	int at = spec.arg ? spec.arg - 1 : f->next;
	f->next = at + 1;
	if (at >= f->n)
		return too_few(f);
	return put_conversion(f, &spec, kind, at);
}

/* format(code of text, format, code, value, …) */
static int format(FN_ARGS)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	struct datum text = nargs == 1 ? args[0] : args[1];
	if (text.kind == D_NULL)
		return ret_null(ret);
	struct format f = { .c = c, .env = env, .s = text.s, .b = &b };
	f.args = args + 2;
	f.n = nargs > 2 ? (nargs - 2) / 2 : 0;
	while (f.s.n) {
		ptrdiff_t at = str_chr(f.s, '%');
		buf_str(&b, at < 0 ? f.s : str_sub(f.s, 0, (size_t)at));
		if (at < 0)
			break;
		f.s = str_from(f.s, (size_t)at + 1);
		TRY(put_one(&f));
	}
	return ret_buf(c, ret, &b);
}

static int count_nulls(FN_ARGS)
{
	FN_UNUSED;
	int64_t n = 0;
	for (int i = 1; i < nargs; i += 2)
		n += args[i].kind == D_NULL;
	return ret_int(ret, n);
}

static int count_nonnulls(FN_ARGS)
{
	FN_UNUSED;
	int64_t n = 0;
	for (int i = 1; i < nargs; i += 2)
		n += args[i].kind != D_NULL;
	return ret_int(ret, n);
}

static const struct value_fn rows[] = {
	STRICT("quote_ident", "t:t", quote_ident),
	STRICT("quote_literal", "t:t", quote_literal),
	STABLE("quote_literal", "t:TV", quote_literal),
	LAX("quote_nullable", "t:t", quote_nullable),
	LAX("quote_nullable", "t:TV", quote_nullable),
	LAX("text_concat", "t:TV*", concat),
	LAX("text_concat_ws", "t:TtTV*", concat_ws),
	LAX("text_format", "t:TtTV*", format),
	LAX("text_format_nv", "t:t", format),
	LAX("out", "t:TV", out),
	LAX("pg_num_nulls", "i:TV*", count_nulls),
	LAX("pg_num_nonnulls", "i:TV*", count_nonnulls),
};
FN_GROUP(fn_group_quote, rows);
